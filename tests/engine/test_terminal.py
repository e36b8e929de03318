from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from chains import Size, generator, random_case
from numpy.testing import assert_allclose

from bothand.engine.cohort import simulate
from bothand.engine.vectors.terminal import remaining

SMALL = Size(living=5, plain=12, bands=2, origins=1, draws=2, years=1, capacities=0, coupled=0, arrivals=0)


def test_remaining_life_of_a_constant_hazard_is_one_over_hazard_plus_discount() -> None:
    chain, schedule, _ = random_case(0, SMALL)
    weights = np.zeros((chain.n_all, 1, 2))
    weights[: chain.n_living] = 1
    by_stratum = np.full_like(schedule.by_stratum[0], 0.04)
    nobody_moves = np.zeros_like(schedule.plain[0])
    value = remaining(chain, nobody_moves, by_stratum, schedule.ageing, weights, np.array([0.0, 0.03]))
    assert_allclose(value[0, :, : chain.n_living], 1 / 0.04, rtol=1e-12)
    assert_allclose(value[1, :, : chain.n_living], 1 / 0.07, rtol=1e-12)
    assert not value[:, :, chain.n_living :].any()


def test_years_before_the_next_band_are_worth_their_mean_stay() -> None:
    chain, schedule, _ = random_case(1, SMALL)
    ages = np.flatnonzero(chain.older >= 0)
    by_stratum = np.zeros_like(schedule.by_stratum[0])
    by_stratum[:, chain.older[ages]] = 1e12  # nobody lives in the older bands
    weights = np.zeros((chain.n_all, 1, 2))
    weights[: chain.n_living] = 1
    by_stratum[:, ages] = 0.0
    value = remaining(chain, np.zeros_like(schedule.plain[0]), by_stratum, schedule.ageing, weights, 0.0)
    for s in ages:
        assert_allclose(value[:, s, : chain.n_living], 1 / schedule.ageing[s], rtol=1e-9)


@pytest.mark.parametrize("discount", [0.0, 0.03])
def test_remaining_value_is_what_a_long_simulation_adds_up_to(discount: float) -> None:
    years = 400
    chain, schedule, start = random_case(2, SMALL)
    rng = np.random.default_rng(5)
    weights = rng.random((chain.n_all, 2, 2))
    weights[chain.n_living :] = 0
    # Discounting at rho is dying at rho into a compartment without weight: the run below sees it that way.
    dying = schedule.by_stratum[:1] + 0.05
    value = remaining(chain, schedule.plain[0], dying[0], schedule.ageing, weights, discount)
    from_start = np.einsum("dosn,dsnk->dk", start.people, value)
    long = replace(
        schedule,
        plain=np.repeat(schedule.plain, years, 0),
        by_stratum=np.repeat(dying + discount, years, 0),
        slope=np.zeros((years, 0, 2)),
        inflow=np.zeros((years, 0, len(chain.strata), 2)),
        places=np.zeros((years, 0, 2)),
        kits=np.zeros((years, 2)),
        use_per_event=np.zeros((years, 2)),
        event=np.zeros((years, chain.n_all, 2)),
    )
    run = simulate(chain, long, start)
    assert_allclose(np.einsum("ydosn,nkd->dk", run.person_years, weights), from_start, rtol=1e-4)


def test_remaining_value_solves_the_whole_system_in_every_draw() -> None:
    chain, schedule, _ = random_case(6, SMALL._replace(draws=11, bands=3))
    weights = np.random.default_rng(1).random((chain.n_all, 3, 11))
    rho = np.linspace(0.01, 0.06, 11)
    value = remaining(chain, schedule.plain[0], schedule.by_stratum[0], schedule.ageing, weights, rho)
    for draw in range(11):
        g = generator(chain, schedule.plain[0, :, draw], schedule.by_stratum[0, :, :, draw], schedule.ageing)
        right = np.tile(weights[:, :, draw], (len(chain.strata), 1))
        whole = np.linalg.solve(rho[draw] * np.eye(len(g)) - g.T, right)
        assert_allclose(value[draw].reshape(whole.shape), whole, rtol=1e-10)


def test_discounted_weights_on_the_dead_last_for_ever() -> None:
    chain, schedule, _ = random_case(3, SMALL)
    weights = np.ones((chain.n_all, 1, 2))
    value = remaining(chain, schedule.plain[0], schedule.by_stratum[0], schedule.ageing, weights, 0.04)
    assert_allclose(value, 1 / 0.04, rtol=1e-10)


def test_value_without_end_is_refused() -> None:
    chain, schedule, _ = random_case(4, SMALL)
    on_the_dead = np.ones((chain.n_all, 1, 2))
    with pytest.raises(ValueError, match="weight on the dead"):
        remaining(chain, schedule.plain[0], schedule.by_stratum[0], schedule.ageing, on_the_dead, 0.0)
    on_the_dead[chain.n_living :] = 0
    still = np.zeros_like(schedule.plain[0]), np.zeros_like(schedule.by_stratum[0])
    with pytest.raises(ValueError, match="never leave"):
        remaining(chain, *still, schedule.ageing, on_the_dead, 0.0)
