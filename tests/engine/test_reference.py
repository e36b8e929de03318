from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from chains import Case, Size, random_case
from numpy.testing import assert_allclose

from bothand.engine import cohort, reference
from bothand.engine.arrays import Chain, Floats, Schedule, Start, Trajectory

BEDS, STAY, DEMAND, LEAVE_QUEUE, ASK = 12.0, 7 / 365, 700.0, 4.0, 52.0


def unit(demand: float = DEMAND, fill: float = 8.0, places: float = BEDS, years: int = 3) -> Case:
    """A unit with beds: people arrive in a queue, ask weekly, stay a week, and some give up waiting."""
    chain = Chain(
        compartments=("waits", "bed", "gone"),
        n_living=2,
        strata=("all",),
        source=np.array([0, 0, 1]),
        target=np.array([1, 2, 2]),
        death=np.zeros(3, dtype=bool),
        n_plain=3,
        gate=np.array([0, -1, -1]),
        coupled=np.array([], dtype=np.int64),
        held=np.zeros(3, dtype=bool),
        capacities=("beds",),
        holds=np.array([[False, True, False]]),
        at_risk=np.zeros(3, dtype=bool),
        older=np.array([-1]),
        arrivals=(0,),
    )
    rates = np.array([ASK, LEAVE_QUEUE, 1 / STAY])
    schedule = Schedule(
        plain=np.tile(rates[None, :, None], (years, 1, 1)),
        by_stratum=np.zeros((years, 0, 1, 1)),
        slope=np.zeros((years, 0, 1)),
        ageing=np.zeros(1),
        inflow=np.full((years, 1, 1, 1), demand),
        inflow_origin=0,
        places=np.full((years, 1, 1), places),
        fill=np.full((1, 1), fill),
        kits=np.zeros((years, 1)),
        shelf_life=np.ones(1),
        most=np.zeros(1),
        draw_down=np.zeros(1),
        use_per_event=np.zeros((years, 1)),
        event=np.zeros((years, 3, 1)),
    )
    return Case(chain, schedule, Start(np.zeros((1, 1, 1, 3)), np.zeros(1)))


def last_year(run: Trajectory) -> Floats:
    """Mean numbers waiting and in bed in the last year."""
    return run.person_years[-1, 0, 0, 0, :2]


@pytest.mark.parametrize("simulate", [reference.simulate, cohort.simulate])
@pytest.mark.parametrize(("demand", "in_bed"), [(700.0, 11.27), (1200.0, 11.87)])
def test_occupancy_of_a_full_unit_does_not_know_the_step(simulate, demand: float, in_bed: float) -> None:
    weekly, daily = (last_year(simulate(*unit(demand), steps=steps)) for steps in (52, 365))
    assert_allclose(weekly, daily, rtol=0.01)
    assert_allclose(weekly[1], in_bed, rtol=0.002)


def test_steady_unit_solves_its_balance() -> None:
    waits, bed = last_year(reference.simulate(*unit()))
    admitted = ASK * waits * (1 - (bed / BEDS) ** 8)
    assert_allclose(admitted, bed / STAY, rtol=1e-3)
    assert_allclose(DEMAND, admitted + LEAVE_QUEUE * waits, rtol=1e-3)
    assert_allclose(waits, 28.5, rtol=0.01)


def test_high_fill_exponent_is_a_hard_gate() -> None:
    steps, years = 52, 3
    dt, waits, bed, hard = 1 / steps, 0.0, 0.0, []
    for _ in range(steps * years):
        exits = 1 / STAY if bed > 0 else 0.0
        asking = ASK * waits
        room = (BEDS * (1 + dt * exits) - bed) / dt  # let in just so many that the beds are full, never more
        share = 1.0 if asking <= 0 else min(max(room / asking, 0.0), 1.0)
        rates = np.array([[-ASK * share - LEAVE_QUEUE, 0.0], [ASK * share, -1 / STAY]])
        first = rates @ [waits, bed] + [DEMAND, 0.0]
        second = rates @ first
        hard.append(bed)
        waits, bed = np.array([waits, bed]) + dt * first + dt**2 / 2 * second
    soft = reference.simulate(*unit(fill=1e5))
    assert_allclose(soft.state[-1, 0, 0, :2], [waits, bed], rtol=1e-3)
    assert_allclose(bed, BEDS, rtol=1e-3)


def test_no_places_let_nobody_in_and_endless_places_let_everybody_in() -> None:
    shut, wide = (reference.simulate(*unit(places=places)) for places in (0.0, np.inf))
    assert not shut.fraction.any()
    assert not shut.state[..., 1].any()
    assert (wide.fraction == 1).all()
    assert_allclose(last_year(wide)[1], STAY * DEMAND * ASK / (ASK + LEAVE_QUEUE), rtol=1e-3)


def test_more_people_than_places_let_nobody_in_until_enough_have_left() -> None:
    chain, schedule, start = unit(places=5.0)
    people = np.zeros_like(start.people)
    people[..., 1] = 40.0
    run = reference.simulate(chain, schedule, replace(start, people=people))
    assert run.fraction[0, 0, 0] == 0
    assert (run.fraction >= 0).all()
    assert last_year(run)[1] < 5


@pytest.mark.parametrize("seed", range(5))
def test_share_let_in_solves_the_end_of_step_equation(seed: int) -> None:
    chain, schedule, start = random_case(seed, Size(capacities=1, coupled=0, years=1))
    people, dt = start.people.T, 1 / 52
    flows = reference.Flows(
        schedule.plain[0], schedule.by_stratum[0], schedule.ageing, schedule.inflow[0], schedule.inflow_origin
    )
    share = reference.shares_let_in(chain, schedule, 0, flows, people.sum(axis=2), dt)[0]
    holds = chain.holds[0]
    before = people[holds].sum(axis=(0, 1, 2))
    after = before + dt * sum_of_moves(chain, reference.gated(chain, schedule.plain[0], share[None]), flows, people)
    leaving = before + dt * sum_of_moves(chain, 0 * schedule.plain[0], replace_with_zero(flows), people)
    assert_allclose(leaving, before)
    limited = np.isfinite(schedule.places[0, 0]) & (share > 0) & (share < 1)
    # Exits fall on the people at the end of the step: after = before + entries - exits after / before.
    entries = after - before + dt * exits_of(chain, schedule, people)
    implicit = (before + entries) / (1 + dt * exits_of(chain, schedule, people) / np.maximum(before, 1e-300))
    places, fill = schedule.places[0, 0], schedule.fill[0]
    assert_allclose(share[limited], (1 - (implicit / places) ** fill)[limited], rtol=1e-9)


def exits_of(chain: Chain, schedule: Schedule, people: Floats) -> Floats:
    holds, leaving = chain.holds[0], 0.0
    for edge, (a, b) in enumerate(zip(chain.source, chain.target, strict=True)):
        if holds[a] and not holds[b]:
            plain = edge < chain.n_plain
            rate = schedule.plain[0, edge] if plain else schedule.by_stratum[0, edge - chain.n_plain][:, None]
            leaving = leaving + (rate * people[a]).sum(axis=(0, 1))
    return leaving


def replace_with_zero(flows: reference.Flows) -> reference.Flows:
    return replace(flows, by_stratum=0 * flows.by_stratum, ageing=0 * flows.ageing, inflow=0 * flows.inflow)


def sum_of_moves(chain: Chain, plain: Floats, flows: reference.Flows, people: Floats) -> Floats:
    """Net people a year into the held compartments."""
    flows = replace(flows, plain=plain)
    change = reference.move(chain, flows, people) + reference.arrive(chain, flows, people)
    return change[chain.holds[0]].sum(axis=(0, 1, 2))


def test_stock_without_use_comes_to_rest_at_kits_times_shelf_life() -> None:
    chain, schedule, start = random_case(1, Size(years=40, plain=10, draws=2))
    schedule = replace(
        schedule,
        kits=np.full_like(schedule.kits, 120.0),
        shelf_life=np.array([2.0, 3.0]),
        use_per_event=np.zeros_like(schedule.use_per_event),
    )
    run = reference.simulate(chain, schedule, start, steps=40)
    years = np.arange(41)[:, None]
    rest = 120.0 * schedule.shelf_life
    assert_allclose(run.stock, rest + (start.stock - rest) * np.exp(-years / schedule.shelf_life), rtol=1e-10)


def test_stock_balance_is_kits_less_expiry_less_use_at_rest() -> None:
    chain, schedule, _ = random_case(2, Size(years=1))
    people = np.full((chain.n_all, len(chain.strata), 3, 3), 4.0)
    stock, hand, steps = np.full(3, 50.0), np.zeros(3), 52
    for _ in range(200 * steps):
        hand = reference.share_at_hand(chain, schedule, people, stock)
        stock = reference.step_stock(schedule, 0, stock, hand, people, 1 / steps)
    events = (schedule.event[0] * 4.0 * len(chain.strata) * 3).sum(axis=0)
    used = events * schedule.use_per_event[0] * hand
    assert_allclose(schedule.kits[0], stock / schedule.shelf_life + used, rtol=1e-9)
    assert (stock > 0).all()


def test_chain_without_rates_stays() -> None:
    chain, schedule, start = random_case(3)
    still = replace(
        schedule,
        plain=0 * schedule.plain,
        slope=0 * schedule.slope,
        by_stratum=0 * schedule.by_stratum,
        ageing=0 * schedule.ageing,
        inflow=0 * schedule.inflow,
    )
    run = reference.simulate(chain, still, start)
    assert np.array_equal(run.final, start.people)
    assert_allclose(run.person_years, np.stack([start.people] * 2), rtol=1e-12)


def test_the_dead_do_not_age() -> None:
    chain, schedule, start = random_case(4)
    people = np.zeros_like(start.people)
    people[:, 0, 0, chain.n_living :] = 5.0
    nobody = replace(schedule, inflow=0 * schedule.inflow)
    assert np.array_equal(reference.simulate(chain, nobody, replace(start, people=people)).final, people)


@pytest.mark.parametrize("seed", range(6))
def test_people_are_conserved_and_never_negative_with_binding_places_and_inflow(seed: int) -> None:
    chain, schedule, start = random_case(seed, Size(years=2, fastest=40.0))
    schedule = replace(schedule, places=np.minimum(schedule.places, 30.0))
    # One step a year at a time: the state is seen after every step of a week.
    weeks = reference.simulate(chain, by_week(schedule, 52), start, steps=1, held=None)
    came = schedule.inflow.sum(axis=(1, 2)) / 52
    expected = start.people.sum(axis=(1, 2, 3)) + np.cumsum(np.repeat(came, 52, axis=0), axis=0)
    assert_allclose(weeks.state[1:].sum(axis=(2, 3)), expected, rtol=1e-9)
    assert weeks.person_years.min() >= 0
    assert weeks.state.min() >= 0
    assert (weeks.fraction < 1).any()


def by_week(schedule: Schedule, steps: int) -> Schedule:
    """The same world with a week called a year."""

    def slow(values: Floats) -> Floats:
        return np.repeat(values / steps, steps, axis=0)

    return replace(
        schedule,
        plain=slow(schedule.plain),
        by_stratum=slow(schedule.by_stratum),
        slope=slow(schedule.slope),
        ageing=schedule.ageing / steps,
        inflow=slow(schedule.inflow),
        places=np.repeat(schedule.places, steps, axis=0),
        kits=slow(schedule.kits),
        shelf_life=schedule.shelf_life * steps,
        use_per_event=np.repeat(schedule.use_per_event, steps, axis=0),
        event=slow(schedule.event),
    )


def test_a_week_called_a_year_gives_the_same_people() -> None:
    chain, schedule, start = random_case(7)
    yearly = reference.simulate(chain, schedule, start)
    weekly = reference.simulate(chain, by_week(schedule, 52), start, steps=1)
    assert_allclose(weekly.final, yearly.final, rtol=1e-12, atol=1e-13)
