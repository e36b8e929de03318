from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from chains import Case, Size, generator, held_by, random_case
from numpy.testing import assert_allclose
from scipy.linalg import expm

from bothand.engine import reference
from bothand.engine.arrays import Floats
from bothand.engine.cohort import simulate
from bothand.engine.exact import simulate_exact

SMALL = Size(living=5, plain=12, bands=2, origins=2, draws=2, years=2, capacities=1, coupled=2)


def smooth_case(seed: int, size: Size = SMALL) -> Case:
    """A case with free places, no stock and no coupling."""
    chain, schedule, start = random_case(seed, size)
    schedule = replace(
        schedule,
        places=np.full_like(schedule.places, np.inf),
        slope=np.zeros_like(schedule.slope),
        kits=np.zeros_like(schedule.kits),
    )
    return Case(chain, schedule, replace(start, stock=np.zeros_like(start.stock)))


@pytest.mark.parametrize("seed", range(4))
def test_exact_mode_is_the_matrix_exponential(seed: int) -> None:
    chain, schedule, start = smooth_case(seed)
    run = simulate_exact(chain, schedule, start)
    size = len(chain.strata) * chain.n_all
    for draw in range(schedule.draws):
        people, lived = start.people[draw], []
        for year in range(schedule.years):
            inflow = np.zeros((start.people.shape[1], len(chain.strata), chain.n_all))
            for a, n in enumerate(chain.arrivals):
                inflow[schedule.inflow_origin, :, n] += schedule.inflow[year, a, :, draw]
            matrix = np.zeros((2 * size + 1, 2 * size + 1))
            matrix[:size, :size] = generator(
                chain, schedule.plain[year, :, draw], schedule.by_stratum[year, :, :, draw], schedule.ageing
            )
            matrix[size : 2 * size, :size] = np.eye(size)
            after = np.empty_like(people)
            years_lived = np.empty_like(people)
            for origin in range(len(people)):
                matrix[:size, -1] = inflow[origin].ravel()
                vector = np.concatenate([people[origin].ravel(), np.zeros(size), [1.0]])
                result = expm(matrix) @ vector
                after[origin] = result[:size].reshape(people[origin].shape)
                years_lived[origin] = result[size:-1].reshape(people[origin].shape)
            people = after
            lived.append(years_lived)
        assert_allclose(run.final[draw], people, rtol=1e-11, atol=1e-11)
        assert_allclose(run.person_years[:, draw], lived, rtol=1e-11, atol=1e-11)


def test_one_way_out_decays_exponentially() -> None:
    chain, schedule, start = smooth_case(0)
    nothing = replace(
        schedule,
        plain=np.zeros_like(schedule.plain),
        by_stratum=np.full_like(schedule.by_stratum, 0.7),
        inflow=np.zeros_like(schedule.inflow),
    )
    run = simulate_exact(chain, nothing, start)
    alive = run.state[..., : chain.n_living].sum(axis=(2, 3))
    assert_allclose(alive, alive[0] * np.exp(-0.7 * np.arange(3))[:, None], rtol=1e-14)


def test_weekly_step_error_falls_fourfold_when_the_step_halves() -> None:
    case = smooth_case(3, SMALL._replace(fastest=16.0))
    exact = simulate_exact(*case)
    errors = []
    for steps in (52, 104, 208):
        run = simulate(*case, steps=steps)
        errors.append(np.abs(run.person_years - exact.person_years).max())
    assert_allclose([errors[0] / errors[1], errors[1] / errors[2]], 4.0, rtol=0.1)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_weekly_step_of_a_smooth_chain_is_within_1e_5_of_exact(seed: int) -> None:
    # Smooth: people leave a compartment about once a year. The error grows as the square of that hazard.
    case = smooth_case(seed, SMALL._replace(living=20, plain=90, fastest=5.0, years=3))
    exact, weekly, living = simulate_exact(*case), simulate(*case), case.chain.n_living
    assert_allclose(weekly.state[-1].sum(axis=1)[:, living:], exact.state[-1].sum(axis=1)[:, living:], rtol=1e-5)
    lived, lived_exactly = (run.person_years.sum(axis=(2, 3))[..., :living] for run in (weekly, exact))
    assert_allclose(lived, lived_exactly, rtol=1e-5)


def test_exact_twin_of_the_status_quo_is_the_status_quo() -> None:
    case = smooth_case(1)
    run = simulate_exact(*case)
    twin = simulate_exact(*case, held=held_by(case.schedule, run.at_hand))
    assert np.array_equal(run.person_years, twin.person_years)


def test_exact_twin_dies_as_in_the_status_quo() -> None:
    case = smooth_case(2)
    other = replace(case.schedule, by_stratum=case.schedule.by_stratum * 2)
    twin = simulate_exact(case.chain, other, case.start, held=held_by(case.schedule, np.zeros((2, 2))))
    assert_allclose(twin.final, simulate_exact(*case).final, rtol=1e-14)


def test_doubling_people_and_inflow_doubles_every_count() -> None:
    chain, schedule, start = smooth_case(4)
    once = simulate_exact(chain, schedule, start)
    twice = simulate_exact(
        chain, replace(schedule, inflow=2 * schedule.inflow), replace(start, people=2 * start.people)
    )
    assert_allclose(twice.person_years, 2 * once.person_years, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"places": np.full((2, 1, 2), 3.0)}, "no queues"),
        ({"slope": np.ones((2, 2, 2))}, "slope must be 0"),
        ({"kits": np.ones((2, 2))}, "no stock"),
    ],
)
def test_exact_mode_refuses_what_moves_within_a_year(change: dict[str, Floats], message: str) -> None:
    chain, schedule, start = smooth_case(0)
    with pytest.raises(ValueError, match=message):
        simulate_exact(chain, replace(schedule, **change), start)


def test_reference_and_exact_mode_agree_when_steps_are_tiny() -> None:
    case = smooth_case(6, SMALL._replace(years=1, draws=1))
    exact, fine = simulate_exact(*case), reference.simulate(*case, steps=4000)
    assert_allclose(fine.final, exact.final, rtol=1e-5, atol=1e-6)
