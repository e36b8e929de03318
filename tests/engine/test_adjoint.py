"""The cohort swept backward: derivatives against differences of the forward engines, on random chains.

The differences are Richardson's: (4 d(h/2) - d(h)) / 3 of central differences, right to the fourth order of h.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from chains import Case, Size, held_by, random_case
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.engine import reference
from bothand.engine.adjoint.cohort import People, Recorded, Slopes, Worth, record, sweep_back
from bothand.engine.arrays import Chain, Floats, Held, Schedule, Start, Trajectory
from bothand.engine.cohort import simulate

RATES = ("plain", "by_stratum", "slope", "inflow", "places", "kits", "use_per_event", "event")
SMALL = 1e-3  # a step, as a share of each number
STEPS = 26


def per_draw(values: Floats, axis: int = -1) -> Floats:
    """Sum over every axis but the draws'."""
    return np.asarray(np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1).sum(axis=1))


def weighed(worth: Worth, run: Trajectory) -> Floats:
    """The number whose derivatives are asked for, (D,)."""
    total = np.zeros(run.stock.shape[1])
    for part in worth.people:
        if part.person_years is not None:
            total += np.einsum("do,ydkn,ydokn->d", part.groups, part.person_years, run.person_years)
        if part.state is not None:
            total += np.einsum("do,ydn,ydon->d", part.groups, part.state, run.state)
        if part.final is not None:
            total += np.einsum("do,dsn,dosn->d", part.groups, part.final, run.final)
    for name in ("at_hand", "fraction", "stock"):
        if getattr(worth, name) is not None:
            total += per_draw(getattr(run, name) * getattr(worth, name))
    return total


def difference(at: Callable[[float], Floats]) -> Floats:
    def central(h: float) -> Floats:
        return (at(h) - at(-h)) / (2 * h)

    return np.asarray((4 * central(SMALL / 2) - central(SMALL)) / 3)


def random_worth(rng: np.random.Generator, run: Trajectory, unlike: int = 2) -> Worth:
    """Everything is worth something; people in ``unlike`` proportions between the groups, and one the same in all."""
    years, draws, origins, kept, compartments = run.person_years.shape
    parts = [
        People(
            rng.normal(size=(draws, origins)) if part < unlike else np.repeat(rng.normal(size=(draws, 1)), origins, 1),
            rng.normal(size=(years, draws, kept, compartments)),
            rng.normal(size=(years + 1, draws, compartments)),
            rng.normal(size=(draws, *run.final.shape[2:])),
        )
        for part in range(unlike + 1)
    ]
    more = {name: rng.normal(size=getattr(run, name).shape) for name in ("at_hand", "fraction", "stock")}
    return Worth(parts, **more)


def a_twin(case: Case, rng: np.random.Generator) -> Held:
    """Held paths, all lower than the plan's own, or a rate would fall below zero."""
    schedule = case.schedule
    at_hand = rng.random((schedule.years * STEPS, schedule.draws))
    return replace(held_by(schedule, at_hand), plain=schedule.plain * 0.7, slope=schedule.slope * 0.7)


def directions(rng: np.random.Generator, schedule: Schedule) -> dict[str, Floats]:
    """For every kind of rate, a random change that keeps zeros and no limits what they are."""
    found = {}
    for name in RATES:
        values = getattr(schedule, name)
        finite = np.where(np.isfinite(values), values, 0)
        found[name] = rng.normal(size=values.shape) * finite
    return found


def moved(run: Recorded, start: Start, name: str, by: Floats) -> Trajectory:
    """What the run would do with other numbers of one kind; a twin holds what it held."""
    schedule = replace(run.schedule, **{name: getattr(run.schedule, name) + by})
    held = None if run.held_at_hand is None else held_by(schedule, run.held_at_hand)
    return simulate(run.chain, schedule, start, run.steps, held, threads=1, keep="sum")


def no_corner(run: Recorded, start: Start, name: str, by: Floats) -> bool:
    """Whether no queue begins or ends to let in nobody (or everybody) within the differences: a corner has no slope."""

    def shut(h: float) -> Floats:
        return moved(run, start, name, h * by).fraction == 0

    return bool(np.array_equal(shut(SMALL), shut(-SMALL)))


SIZES = st.builds(
    Size,
    living=st.integers(3, 8),
    dead=st.integers(1, 2),
    plain=st.integers(4, 20),
    bands=st.integers(1, 3),
    origins=st.sampled_from([1, 3]),
    draws=st.integers(1, 10),
    years=st.integers(1, 3),
    capacities=st.integers(0, 3),
    coupled=st.integers(0, 3),
    arrivals=st.integers(0, 2),
    fastest=st.just(12.0),
)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), size=SIZES, twin=st.booleans(), alike=st.booleans())
def test_every_rate_is_owed_what_differences_of_runs_say(seed: int, size: Size, twin: bool, alike: bool) -> None:
    rng, case = np.random.default_rng(seed), random_case(seed, size)
    run = record(*case, STEPS, a_twin(case, rng) if twin else None, threads=1)
    worth = random_worth(rng, run.trajectory, 0 if alike or size.origins == 1 else 2)
    slopes = sweep_back(run, worth, threads=1)
    for name, direction in directions(rng, run.schedule).items():
        if direction.size == 0 or not no_corner(run, case.start, name, direction):
            continue
        found = difference(lambda h: weighed(worth, moved(run, case.start, name, h * direction)))  # noqa: B023  # at once
        owed = getattr(slopes, name) * direction
        assert_allclose(per_draw(owed), found, rtol=3e-6, atol=1e-7 * np.abs(owed).sum() + 1e-7, err_msg=name)


def test_people_and_kits_of_day_one_are_owed_what_differences_say() -> None:
    rng, case = np.random.default_rng(3), random_case(3, Size(origins=3))
    run = record(*case, STEPS, threads=1)
    worth = random_worth(rng, run.trajectory)
    slopes = sweep_back(run, worth, threads=1)
    people, kits = rng.normal(size=case.start.people.shape) * case.start.people, case.start.stock * 0.3

    def at(h: float) -> Floats:
        start = Start(case.start.people + h * people, case.start.stock + h * kits)
        return weighed(worth, simulate(case.chain, case.schedule, start, STEPS, threads=1, keep="sum"))

    assert_allclose(per_draw(slopes.people * people, 0) + slopes.stock * kits, difference(at), rtol=1e-6)


@pytest.mark.parametrize("bands", [Size().bands, 5], ids=["all strata in one row", "two rows of strata"])
def test_differences_of_the_plain_engine_say_the_same(bands: int) -> None:
    rng, case = np.random.default_rng(8), random_case(8, Size(origins=3, years=1, bands=bands))
    run = record(*case, STEPS, threads=1)
    worth = random_worth(rng, run.trajectory)
    slopes = sweep_back(run, worth, threads=1)
    by = {name: 0.1 * direction for name, direction in directions(rng, case.schedule).items()}

    def at(h: float) -> Floats:
        schedule = replace(case.schedule, **{name: getattr(case.schedule, name) + h * by[name] for name in RATES})
        run = reference.simulate(case.chain, schedule, case.start, STEPS)
        return weighed(worth, replace(run, person_years=run.person_years.sum(axis=3, keepdims=True)))

    owed = sum(per_draw(getattr(slopes, name) * by[name]) for name in RATES)
    assert_allclose(owed, difference(at), rtol=1e-6)


def test_without_queues_and_kits_complex_steps_say_the_same_to_twelve_digits() -> None:
    # A complex step has no rounding to lose digits by; min, max and kinks do not survive it, hence the smooth case.
    case = random_case(5, Size(capacities=0, coupled=0, origins=1, years=2))
    case = Case(case.chain, replace(case.schedule, kits=0 * case.schedule.kits), Start(case.start.people, np.zeros(3)))
    rng = np.random.default_rng(5)
    run = record(*case, STEPS, threads=1)
    weights = rng.normal(size=(2, 3, 1, case.chain.n_all))
    slopes = sweep_back(run, Worth([People(np.ones((3, 1)), weights)]), threads=1)
    for name in ("plain", "by_stratum", "inflow"):
        direction = rng.normal(size=getattr(case.schedule, name).shape)
        changed = {name: getattr(case.schedule, name) + 1e-30j * direction}
        lived = plain_years(case.chain, replace(case.schedule, **changed), case.start)
        found = per_draw(weights[:, :, 0] * lived, 1).imag / 1e-30
        assert_allclose(per_draw(getattr(slopes, name) * direction), found, rtol=1e-12, atol=1e-12)


def plain_years(chain: Chain, schedule: Schedule, start: Start) -> np.ndarray:
    """Person-years (Y, D, N) in the plain engine's step, in complex numbers, of a chain without queues and kits."""
    dt = 1 / STEPS
    people = start.people.T.astype(complex)
    lived = np.zeros((schedule.years, *people.shape), dtype=complex)
    for week in range(schedule.years * STEPS):
        year = week // STEPS
        flows = reference.Flows(
            schedule.plain[year], schedule.by_stratum[year], schedule.ageing, schedule.inflow[year], 0
        )
        arriving = np.zeros_like(people)
        for entry, compartment in enumerate(chain.arrivals):
            arriving[compartment, :, 0] += schedule.inflow[year, entry]
        first = reference.move(chain, flows, people) + arriving
        second = reference.move(chain, flows, first)
        lived[year] += dt * people + dt**2 / 2 * first + dt**3 / 6 * second
        people = people + dt * first + dt**2 / 2 * second
    return lived.sum(axis=(2, 3)).transpose(0, 2, 1)


def test_a_run_kept_for_the_sweep_is_the_run() -> None:
    case = random_case(2, Size(origins=3, years=3))
    held = a_twin(case, np.random.default_rng(2))
    kept = record(*case, STEPS, held, threads=1)
    run = simulate(*case, STEPS, held, threads=1, keep="sum")
    for field in fields(Trajectory):
        assert_allclose(getattr(kept.trajectory, field.name), getattr(run, field.name), rtol=1e-12, atol=1e-12)


def test_only_edges_that_are_asked_about_are_told_and_they_are_told_the_same() -> None:
    case = random_case(4, Size(origins=3))
    run = record(*case, STEPS, threads=1)
    worth = random_worth(np.random.default_rng(4), run.trajectory)
    whole = sweep_back(run, worth, threads=1)
    asked, by = np.zeros(case.chain.n_plain, dtype=bool), np.zeros(case.chain.n_by_stratum, dtype=bool)
    asked[[1, 7]] = by[2] = True
    some = sweep_back(run, worth, asked, by, threads=1)
    told = asked.copy()
    told[case.chain.coupled] = told[case.chain.gate >= 0] = True
    assert not some.plain[:, ~told].any()
    assert not some.by_stratum[:, ~by].any()
    assert_allclose(some.plain[:, told], whole.plain[:, told], rtol=1e-11, atol=1e-9)
    assert_allclose(some.by_stratum[:, by], whole.by_stratum[:, by], rtol=1e-11, atol=1e-9)
    assert_allclose(some.places, whole.places, rtol=1e-11, atol=1e-11)


def test_a_draw_feels_no_other_and_threads_do_not_matter() -> None:
    case = random_case(6, Size(origins=3, draws=10))
    run = record(*case, STEPS, threads=2)
    worth = random_worth(np.random.default_rng(6), run.trajectory)
    whole = sweep_back(run, worth, threads=2)
    for which in ([9], [2, 5]):
        part = record(case.chain, case.schedule.at(which), case.start.at(which), STEPS, threads=1)
        own = Worth(
            [at_draws(people, which) for people in worth.people],
            **{name: getattr(worth, name)[..., which] for name in ("at_hand", "fraction", "stock")},
        )
        alone = sweep_back(part, own, threads=1)
        for field in fields(Slopes):
            axis = 0 if field.name in ("people", "stock") else -1
            assert np.array_equal(np.take(getattr(whole, field.name), which, axis), getattr(alone, field.name))


@pytest.mark.parametrize("last", ["person_years", "state", "at_hand", "fraction", "stock"])
def test_years_after_the_last_that_counts_owe_nothing_and_change_nothing(last: str) -> None:
    # Beside a run that ends there; of all that counts, one thing alone reaches so far, the rest a year or a day less.
    case, until = random_case(7, Size(origins=3, years=4, draws=3)), 2
    held = a_twin(case, np.random.default_rng(7))
    first = slice(until * STEPS)
    short = Held(held.plain[:until], held.slope[:until], held.by_stratum[:until], held.at_hand[first])
    whole = record(*case, STEPS, held, threads=1)
    ended = record(case.chain, case.schedule.in_years(slice(until)), case.start, STEPS, short, threads=1)

    def counted(name: str, values: Floats) -> Floats:
        days = name in ("state", "stock")
        until_then = until if days else len(values) * (until - 1) // until
        return values if name == last else np.concatenate([values[:until_then], 0 * values[until_then:]])

    def longer(name: str, values: Floats) -> Floats:
        more = len(getattr(whole.trajectory, name)) - len(values)
        return np.concatenate([values, np.zeros((more, *values.shape[1:]))])

    worth = changed(random_worth(np.random.default_rng(7), ended.trajectory), counted)
    alone, of_whole = sweep_back(ended, worth, threads=1), sweep_back(whole, changed(worth, longer), threads=1)
    for field in fields(Slopes):
        mine, found = getattr(alone, field.name), getattr(of_whole, field.name)
        if field.name in RATES:
            assert not found[until:].any()
            found = found[:until]
        assert np.array_equal(found, mine), field.name
        assert mine.any(), field.name


def test_where_nothing_counts_nothing_is_owed() -> None:
    run = record(*random_case(7, Size(origins=3)), STEPS, threads=1)
    for worth in (Worth(), Worth([People(np.ones((3, 3)), state=np.zeros(run.trajectory.state[:, :, 0].shape))])):
        slopes = sweep_back(run, worth, threads=1)
        assert not any(getattr(slopes, field.name).any() for field in fields(Slopes))


def test_people_of_day_one_may_be_all_that_counts() -> None:
    run = record(*random_case(7, Size(origins=3)), STEPS, threads=1)
    state = np.zeros(run.trajectory.state[:, :, 0].shape)
    state[0] = np.random.default_rng(7).normal(size=state[0].shape)
    slopes = sweep_back(run, Worth([People(np.ones((3, 3)), state=state)]), threads=1)
    assert np.array_equal(slopes.people, np.broadcast_to(state[0][:, None, None], slopes.people.shape))
    assert not any(getattr(slopes, name).any() for name in (*RATES, "stock"))


def changed(worth: Worth, change: Callable[[str, Floats], Floats]) -> Worth:
    """Other numbers for everything that is worth something, people of the last day by stratum left out."""
    people = [
        People(part.groups, change("person_years", part.person_years), change("state", part.state))
        for part in worth.people
    ]
    return Worth(people, **{name: change(name, getattr(worth, name)) for name in ("at_hand", "fraction", "stock")})


def at_draws(people: People, which: list[int]) -> People:
    return People(people.groups[which], people.person_years[:, which], people.state[:, which], people.final[which])


def test_in_full_and_in_closed_queues_places_are_worth_nothing_and_in_others_something() -> None:
    case = random_case(1, Size(capacities=1, origins=1, plain=40))
    some = np.full_like(case.schedule.places, 30.0)
    for places, moves in ((some * np.inf, False), (some * 0, False), (some, True)):
        run = record(case.chain, replace(case.schedule, places=places), case.start, STEPS, threads=1)
        dead = np.zeros(run.trajectory.final[:, 0].shape)
        dead[..., case.chain.n_living :] = 1
        slopes = sweep_back(run, Worth([People(np.ones((3, 1)), final=dead)]), threads=1)
        assert (case.chain.gate >= 0).any()
        assert slopes.places.any() == moves


@pytest.mark.parametrize("years", [1, 2])
def test_one_way_out_follows_its_closed_form(years: int) -> None:
    # People leave at rate r: y(T) = y0 exp(-r T), so one more of r is worth -T y(T) to who is there at the end.
    rate, there = 0.7, 50.0
    chain = random_case(0, Size(living=1, dead=1, plain=0, bands=1, capacities=0, coupled=0, arrivals=0)).chain
    chain = replace(
        chain, source=np.array([0, 0]), target=np.array([1, 1]), death=np.array([True, True]), n_plain=1,
        gate=np.array([-1]), held=np.array([False]), coupled=np.array([], dtype=np.int64),
    )  # fmt: skip
    size = Size(living=1, dead=1, plain=1, bands=1, capacities=0, coupled=0, arrivals=0, origins=1, draws=1)
    schedule = random_case(0, size._replace(years=years)).schedule
    schedule = replace(schedule, plain=np.full((years, 1, 1), rate), by_stratum=0 * schedule.by_stratum)
    people = np.array([[[[there, 0.0]] * 2]])
    run = record(chain, schedule, Start(people, np.zeros(1)), 520, threads=1)
    slopes = sweep_back(run, Worth([People(np.ones((1, 1)), final=np.array([[[1.0, 0.0]] * 2]))]), threads=1)
    assert_allclose(slopes.plain[:, 0, 0].sum(), -years * 2 * there * np.exp(-rate * years), rtol=1e-5)
