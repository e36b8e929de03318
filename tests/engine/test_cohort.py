from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from chains import Case, Size, held_by, random_case
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.engine import reference
from bothand.engine.arrays import Floats, Held, Trajectory
from bothand.engine.cohort import distinct, refuse_unstable, simulate, strata_in_a_row, strata_in_order
from bothand.engine.vectors.kernel import run_block

PER_DRAW_LAST = ("at_hand", "fraction", "stock")


def assert_same_bits(one: Trajectory, other: Trajectory) -> None:
    for field in fields(Trajectory):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name


def pick_draws(case: Case, draws: list[int]) -> Case:
    """The same case with some of its draws, in a given order."""
    chain, schedule, start = case
    changed = {
        field.name: np.ascontiguousarray(getattr(schedule, field.name)[..., draws])
        for field in fields(schedule)
        if field.name not in ("ageing", "inflow_origin")
    }
    return Case(
        chain, replace(schedule, **changed), replace(start, people=start.people[draws], stock=start.stock[draws])
    )


@st.composite
def sizes(draw: st.DrawFn) -> Size:
    return Size(
        living=draw(st.integers(3, 8)),
        dead=draw(st.integers(1, 2)),
        plain=draw(st.integers(4, 20)),
        bands=draw(st.integers(1, 3)),
        origins=draw(st.sampled_from([1, 3])),
        draws=draw(st.integers(1, 10)),
        years=draw(st.integers(1, 2)),
        capacities=draw(st.integers(0, 3)),
        coupled=draw(st.integers(0, 3)),
        arrivals=draw(st.integers(0, 2)),
        fastest=12.0,
    )


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), size=sizes(), twin=st.booleans())
def test_cohort_equals_the_reference_on_random_chains(seed: int, size: Size, twin: bool) -> None:
    case = random_case(seed, size)
    held: Held | None = None
    if twin:
        other = random_case(seed + 1, size).schedule
        held = replace(
            held_by(case.schedule, np.random.default_rng(seed).random((size.years * 13, size.draws))),
            plain=case.schedule.plain * 0.7,
            slope=case.schedule.slope * 0.7,  # both, or a rate falls below zero
            by_stratum=other.by_stratum,
        )
    fast, slow = simulate(*case, steps=13, held=held), reference.simulate(*case, steps=13, held=held)
    for field in fields(Trajectory):
        assert_allclose(
            getattr(fast, field.name), getattr(slow, field.name), rtol=1e-10, atol=1e-10, err_msg=field.name
        )


def test_cohort_equals_the_reference_on_a_larger_chain_of_six_origins() -> None:
    case = random_case(11, Size(living=40, plain=250, bands=7, origins=6, draws=9, years=1, capacities=4, coupled=12))
    fast, slow = simulate(*case), reference.simulate(*case)
    assert_allclose(fast.person_years, slow.person_years, rtol=1e-10, atol=1e-12)
    assert_allclose(fast.fraction, slow.fraction, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_people_are_conserved_with_binding_places_and_inflow(seed: int) -> None:
    chain, schedule, start = random_case(seed, Size(fastest=40.0, years=3))
    run = simulate(chain, replace(schedule, places=np.minimum(schedule.places, 25.0)), start)
    came = np.cumsum(schedule.inflow.sum(axis=(1, 2)), axis=0)
    assert_allclose(run.state[1:].sum(axis=(2, 3)), run.state[0].sum(axis=(1, 2)) + came, rtol=1e-9)
    assert (run.fraction < 1).any()
    assert min(run.person_years.min(), run.state.min(), run.final.min()) >= 0


def test_person_years_add_up_to_people_times_time() -> None:
    chain, schedule, start = random_case(5)
    run = simulate(chain, replace(schedule, inflow=0 * schedule.inflow), start)
    assert_allclose(run.person_years.sum(axis=(3, 4)), np.stack([start.people.sum(axis=(2, 3))] * 2), rtol=1e-12)


def test_results_have_the_same_bits_for_any_number_of_threads() -> None:
    case = random_case(6, Size(draws=21))
    assert_same_bits(simulate(*case, threads=1), simulate(*case, threads=2))


@pytest.mark.parametrize("twin", [False, True])
def test_draws_that_are_given_the_same_are_run_once_and_told_as_often_as_they_stand(twin: bool) -> None:
    case = random_case(21, Size(draws=5, origins=3))
    held = held_by(case.schedule, np.random.default_rng(21).random((case.schedule.years * 13, 5))) if twin else None
    asked = [2, 0, 2, 2, 4, 0, 1]
    often = pick_draws(case, asked)
    first, place = distinct(often.schedule, often.start, held and held.at(asked))
    assert (first, place) == ([0, 1, 4, 6], [0, 1, 0, 0, 2, 1, 3])
    alone = simulate(*case, steps=13, held=held)
    told = simulate(*often, steps=13, held=held and held.at(asked))
    assert_same_bits(told, alone.at(asked))
    for field in fields(Trajectory):
        assert getattr(told, field.name).flags.c_contiguous, field.name


@pytest.mark.parametrize("name", ["plain", "by_stratum", "slope", "inflow", "places", "fill", "kits", "event"])
def test_draws_that_differ_in_one_number_are_told_apart(name: str) -> None:
    case = pick_draws(random_case(22), [0, 0, 0])
    array = getattr(case.schedule, name).copy()
    array[(-1,) * (array.ndim - 1) + (1,)] += 1e-9
    assert distinct(replace(case.schedule, **{name: array}), case.start, None)[1] == [0, 1, 0]
    stock, people = case.start.stock.copy(), case.start.people.copy()
    stock[1] += 1e-9
    people[2, 0, -1, 0] += 1e-9
    assert distinct(case.schedule, replace(case.start, stock=stock, people=people), None)[1] == [0, 1, 2]
    held = held_by(case.schedule, np.zeros((case.schedule.years * 13, 3)))
    held.at_hand[-1, 1] = 1e-9
    assert distinct(case.schedule, case.start, held)[1] == [0, 1, 0]


def test_a_draw_has_the_same_bits_at_any_place_among_any_draws() -> None:
    case = random_case(7, Size(draws=19))
    whole = simulate(*case)
    order = [int(d) for d in np.random.default_rng(0).permutation(19)]
    for draws in (order, [18], order[:5]):
        part = simulate(*pick_draws(case, draws))
        assert np.array_equal(part.person_years, whole.person_years[:, draws])
        assert np.array_equal(part.final, whole.final[draws])
        for name in PER_DRAW_LAST:
            assert np.array_equal(getattr(part, name), getattr(whole, name)[..., draws]), name


@pytest.mark.parametrize("seed", range(4))
def test_twin_of_the_status_quo_is_the_status_quo_to_the_bit(seed: int) -> None:
    case = random_case(seed)
    run = simulate(*case)
    assert_same_bits(run, simulate(*case, held=held_by(case.schedule, run.at_hand)))


def test_twin_runs_its_own_stock_and_queues() -> None:
    case = random_case(8)
    run = simulate(*case)
    more = replace(case.schedule, kits=case.schedule.kits * 3, places=case.schedule.places * 2)
    twin = simulate(case.chain, more, case.start, held=held_by(case.schedule, run.at_hand))
    assert (twin.stock[1:] > run.stock[1:]).all()
    assert (twin.fraction >= run.fraction).mean() > 0.9
    assert not np.array_equal(twin.fraction, run.fraction)


def test_kits_in_a_twin_change_nobody_who_is_held() -> None:
    chain, schedule, start = random_case(9)
    chain = replace(chain, held=np.ones(chain.n_plain, dtype=bool))
    run = simulate(chain, schedule, start)
    more = replace(schedule, kits=schedule.kits * 3)
    twin = simulate(chain, more, start, held=held_by(schedule, run.at_hand))
    assert np.array_equal(twin.person_years, run.person_years)
    assert (twin.at_hand[60:] > run.at_hand[60:]).all()


@pytest.mark.parametrize("seed", range(3))
def test_doubling_people_inflow_places_and_kits_doubles_every_count(seed: int) -> None:
    chain, schedule, start = random_case(seed)
    once = simulate(chain, schedule, start)
    doubled = replace(schedule, inflow=2 * schedule.inflow, places=2 * schedule.places, kits=2 * schedule.kits)
    twice = simulate(chain, doubled, replace(start, people=2 * start.people, stock=2 * start.stock))
    for name in ("person_years", "state", "final", "stock"):
        assert_allclose(getattr(twice, name), 2 * getattr(once, name), rtol=1e-12, err_msg=name)
    assert_allclose(twice.fraction, once.fraction, rtol=1e-12, atol=1e-14)


def test_a_run_that_is_stopped_and_taken_up_again_is_the_same_run() -> None:
    chain, schedule, start = random_case(10, Size(years=2))
    whole = simulate(chain, schedule, start)
    for year in range(2):
        run = simulate(chain, schedule.in_years(slice(year, year + 1)), start)
        start = replace(start, people=run.final, stock=run.stock[-1])
    assert np.array_equal(start.people, whole.final)
    assert np.array_equal(start.stock, whole.stock[-1])


def test_the_sum_over_strata_is_kept_when_asked() -> None:
    case = random_case(12)
    whole, summed = simulate(*case), simulate(*case, keep="sum")
    assert summed.person_years.shape[3] == 1
    assert_allclose(summed.person_years[:, :, :, 0], whole.person_years.sum(axis=3), rtol=1e-12)
    assert np.array_equal(summed.final, whole.final)


def test_one_compiled_kernel_serves_every_chain_with_as_many_origins() -> None:
    for size in (Size(), Size(capacities=0), Size(coupled=0, arrivals=0), Size(draws=1, bands=1, capacities=1)):
        case = random_case(1, size)
        simulate(*case, keep="sum", held=held_by(case.schedule, np.zeros((2 * 52, size.draws))))
    forms = [tuple(part.count for part in signature[-1]) for signature in run_block.signatures]
    assert len(set(forms)) == len(forms)


@pytest.mark.parametrize(
    ("origins", "strata", "wide"), [(6, 14, 1), (1, 14, 7), (1, 10, 5), (3, 6, 2), (9, 4, 1), (1, 1, 1)]
)
def test_a_row_holds_as_many_strata_as_fit_with_their_origins(origins: int, strata: int, wide: int) -> None:
    assert strata_in_a_row(origins, strata) == wide


def test_people_of_one_group_and_of_several_add_up_to_the_same() -> None:
    chain, schedule, start = random_case(16, Size(bands=7, origins=6))
    apart = simulate(chain, schedule, start)
    together = simulate(chain, replace(schedule, inflow_origin=0), start.together())
    assert_allclose(together.person_years[:, :, 0], apart.person_years.sum(axis=2), rtol=1e-11, atol=1e-12)
    assert_allclose(together.fraction, apart.fraction, rtol=1e-11, atol=1e-13)


def test_chain_without_rates_stays() -> None:
    chain, schedule, start = random_case(3)
    still = ("plain", "slope", "by_stratum", "ageing", "inflow")
    nothing: dict[str, Floats] = {name: 0 * getattr(schedule, name) for name in still}
    assert np.array_equal(simulate(chain, replace(schedule, **nothing), start).final, start.people)


def test_hazards_of_two_a_step_are_followed_without_growing() -> None:
    chain, schedule, start = random_case(13, Size(capacities=0, coupled=0, years=3))
    fast = replace(schedule, plain=schedule.plain * (2 * 13 - 2) / 26)
    run = simulate(chain, fast, start, steps=13)
    assert np.abs(run.final).max() < start.people.sum() + schedule.inflow.sum()


def test_a_hazard_past_the_step_is_refused_with_the_steps_it_needs() -> None:
    chain, schedule, start = random_case(14)
    by_stratum = schedule.by_stratum.copy()
    by_stratum[1, 2, 1, 0] = 300.0
    place = chain.compartments[chain.source[chain.n_plain + 2]]
    with pytest.raises(ValueError, match=f"people leave '{place}' at 3.*at least 1[56]. steps"):
        simulate(chain, replace(schedule, by_stratum=by_stratum), start)
    finer = simulate(chain, replace(schedule, by_stratum=by_stratum), start, steps=400)
    assert finer.person_years.min() >= 0


def test_a_hazard_is_refused_at_the_worse_end_of_kits_at_hand_and_only_where_it_meets_in_one_year_and_draw() -> None:
    chain, schedule, start = random_case(14)
    coupled = chain.coupled[1]
    slope = schedule.slope.copy()
    slope[0, 1, 1] = 300.0
    with pytest.raises(
        ValueError, match=f"leave '{chain.compartments[chain.source[coupled]]}' at 3.*least 1[56]. steps"
    ):
        simulate(chain, replace(schedule, slope=slope), start)
    refuse_unstable(chain, replace(schedule, slope=-slope), 52)  # the end at which none is at hand
    apart = schedule.plain.copy()
    apart[0, coupled, 0] += 70.0
    slope[0, 1, 1], slope[1, 1, 1] = 0.0, 70.0
    refuse_unstable(chain, replace(schedule, plain=apart, slope=slope), 52)


def test_two_strata_that_age_into_one_are_refused() -> None:
    with pytest.raises(ValueError, match="both age into stratum 2"):
        strata_in_order(np.array([2, 2, -1]))
    with pytest.raises(ValueError, match="circle"):
        strata_in_order(np.array([1, 0]))


def test_a_stratum_may_come_after_the_one_it_ages_from_in_any_order() -> None:
    chain, schedule, start = random_case(15, Size(bands=3))
    order = [3, 0, 5, 2, 4, 1]
    place = np.argsort(order)
    older = np.array([-1 if chain.older[s] < 0 else place[chain.older[s]] for s in order])
    mixed = replace(chain, older=older)
    shuffled = replace(
        schedule,
        by_stratum=schedule.by_stratum[:, :, order],
        ageing=schedule.ageing[order],
        inflow=schedule.inflow[:, :, order],
    )
    run = simulate(mixed, shuffled, replace(start, people=start.people[:, :, order]))
    assert_allclose(run.final, simulate(chain, schedule, start).final[:, :, order], rtol=1e-11)
