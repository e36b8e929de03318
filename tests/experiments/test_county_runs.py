"""The county's runs of opioids-us: nobody is lost, nobody is less than none, and the week is a fine enough step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.engine.arrays import Floats, Schedule, Start, Trajectory
from bothand.engine.cohort import simulate
from bothand.engine.delivery import deliver
from bothand.engine.exact import simulate_exact
from bothand.engine.rates import schedule
from bothand.experiments.plans import service_keys
from bothand.experiments.worlds import World
from bothand.keys import THREE_YEARS
from bothand.outcomes.county import in_groups
from bothand.world.plan import dollars
from experiments.small_worlds import (
    best_guess,
    dead,
    few_places,
    levers,
    plan,
    setting,
    smooth,
    together,
    world,
    years_of,
)

Case = Callable[[], tuple[Schedule, Start]]
Where = Callable[[], World]

CHAIN = setting().model.chain
LATER = setting().model.groups.index("start_later")
YEARS = 2
OPENING_YEARS = 5


@cache
def even_split(where_: Where) -> tuple[Schedule, Trajectory]:
    where, study = where_(), setting().study
    money = dollars(plan("even_split"), service_keys(where), study.years, where.money[THREE_YEARS])
    county = where.county
    given = deliver(
        money,
        setting().services,
        county.values,
        county.eligible,
        county.environment.levers,
        board_lag=where.board_lag,
    )
    rates = schedule(setting().model, replace(county.environment, levers=levers(where, **given.levers)))
    return rates, simulate(CHAIN, rates, county.start)


def status_quo(where: Where) -> tuple[Schedule, Trajectory]:
    return where().county.rates, where().county.quo


RunOf = Callable[[Where], tuple[Schedule, Trajectory]]
PLANS = pytest.mark.parametrize("run_of", [status_quo, even_split], ids=["status quo", "even split"])
WORLDS = pytest.mark.parametrize("where", [world, few_places], ids=["places as drawn", "few places"])


@PLANS
def test_with_few_places_every_gate_is_near_closed_in_every_draw(run_of: RunOf) -> None:
    # As drawn, the places of a county may be enough: this is the world in which the tests below meet queues.
    _, run = run_of(few_places)
    assert (run.fraction.min(axis=0) < 0.9).all()


@PLANS
@WORLDS
def test_nobody_is_lost_and_nobody_appears_while_people_wait_for_places(run_of: RunOf, where: Where) -> None:
    rates, run = run_of(where)
    assert (run.fraction.min(axis=0) < 0.9).any(), "no gate was ever near closed"
    groups = run.state.sum(axis=3)  # (Y + 1, D, O)
    arrived = np.cumsum(rates.inflow.sum(axis=(1, 2)), axis=0)
    expected = np.repeat(groups[:1], len(groups), axis=0)
    expected[1:, :, LATER] += arrived
    error = np.abs(groups - expected) / expected.sum(axis=2, keepdims=True)
    print("largest share of people lost:", error.max())
    assert error.max() < 1e-9
    assert_allclose(run.final.sum(axis=(2, 3)), groups[-1], rtol=1e-9)


@PLANS
@WORLDS
def test_nobody_is_less_than_none(run_of: RunOf, where: Where) -> None:
    _, run = run_of(where)
    for numbers in (run.state, run.final, run.person_years, run.stock, run.fraction, run.at_hand):
        assert numbers.min() >= 0
    assert run.fraction.max() <= 1


@PLANS
@WORLDS
def test_years_lived_lie_between_the_people_of_two_year_ends(run_of: RunOf, where: Where) -> None:
    _, run = run_of(where)
    lived = run.person_years.sum(axis=(2, 3, 4))  # the dead included: everyone who ever was here
    everyone = run.state.sum(axis=(2, 3))
    assert (lived >= everyone[:-1] * (1 - 1e-12)).all()
    assert (lived <= everyone[1:] * (1 + 1e-12)).all()


# -------------------------------------------------------------------- the week against no step at all
@cache
def settled() -> tuple[Schedule, Start]:
    """The best guess with open gates and no kits, three years after the gates opened: one group."""
    county = best_guess().county
    rates = replace(smooth(county.rates), inflow_origin=0)
    before = simulate(CHAIN, years_of(rates, 3), together(county.start))
    return years_of(rates, YEARS), Start(before.final, before.stock[-1])


@cache
def sudden() -> tuple[Schedule, Start]:
    """The same from day one: full queues meet open gates."""
    county = best_guess().county
    return years_of(replace(smooth(county.rates), inflow_origin=0), YEARS), together(county.start)


@cache
def opening() -> tuple[Schedule, Start]:
    """The even split from the settled start: its services open within the first years."""
    rates, _ = even_split(best_guess)
    return years_of(replace(smooth(rates), inflow_origin=0), OPENING_YEARS), settled()[1]


@cache
def without_steps(case: Case) -> Trajectory:
    return simulate_exact(CHAIN, *case())


def deaths_by_cause(run: Trajectory) -> Floats:
    return np.asarray(np.diff(run.state[..., dead(CHAIN)].sum(axis=2), axis=0))  # (Y, D, causes)


def worst(run: Floats, exact: Floats) -> tuple[float, str]:
    """The largest relative error over cells that anyone is in, and the cell."""
    living = run.reshape(-1, run.shape[-1])[:, : CHAIN.n_living], exact.reshape(-1, run.shape[-1])[:, : CHAIN.n_living]
    error = np.where(living[1] > 1e-9, np.abs(living[0] - living[1]) / np.maximum(living[1], 1e-9), 0)
    return float(error.max()), CHAIN.compartments[int(np.argmax(error.max(axis=0)))]


def errors(case: Case, steps: int) -> dict[str, float]:
    exact, run = without_steps(case), simulate(CHAIN, *case(), steps=steps)
    found = {"deaths a year": float(np.abs(deaths_by_cause(run) / deaths_by_cause(exact) - 1).max())}
    lived = [r.person_years.sum(axis=(2, 3)) for r in (run, exact)]
    for name, pair in (("people at a year's end", (run.state[1:], exact.state[1:])), ("years lived", lived)):
        found[name], cell = worst(*pair)
        print(f"{steps} steps, {name}: {found[name]:.1e} in {cell}")
    ends = run.state[1:].sum(axis=2), exact.state[1:].sum(axis=2)
    for name, (one, other) in (("people at a year's end", ends), ("years lived", (lived[0], lived[1]))):
        found[f"{name}, share of all"] = float(np.abs(one - other).max() / other.sum(axis=2).max())
    print(f"{steps} steps, deaths a year: {found['deaths a year']:.1e}")
    return found


def test_the_week_is_within_1e_5_of_no_step_on_deaths_and_on_the_people_of_every_cell() -> None:
    # Measured: 2.8e-7 on deaths, 1.7e-6 on people (remission over 5 years, first year of methadone).
    found = errors(settled, 52)
    assert found["deaths a year"] < 1e-6
    assert found["people at a year's end"] < 1e-5
    assert found["years lived"] < 1e-5


@pytest.mark.parametrize("case", [settled, opening, sudden])
def test_the_week_is_within_1e_5_of_no_step_on_deaths_and_as_a_share_of_all_people_even_when_gates_open_overnight(
    case: Case,
) -> None:
    found = errors(case, 52)
    assert found["deaths a year"] < 1e-6
    assert found["people at a year's end, share of all"] < 1e-5
    assert found["years lived, share of all"] < 1e-5


def test_cells_that_people_pass_through_in_days_are_followed_less_closely_in_the_years_in_which_gates_open() -> None:
    # Measured, of a cell's own people: a plan that opens services 1.1e-5 at a year's end and 3e-4 of the years lived in
    # a waiting room of about two people; full queues that meet open gates 6.8e-5 and 8e-3. Half the step: a quarter.
    plan_opens, overnight = errors(opening, 52), errors(sudden, 52)
    assert plan_opens["people at a year's end"] < 2e-5
    assert plan_opens["years lived"] < 5e-4
    assert overnight["people at a year's end"] < 1e-4
    assert overnight["years lived"] < 1e-2


def test_half_the_step_leaves_a_quarter_of_the_error() -> None:
    whole, half = errors(settled, 52), errors(settled, 104)
    for name in ("deaths a year", "people at a year's end", "years lived"):
        assert whole[name] / half[name] == pytest.approx(4, rel=0.1), name


# -------------------------------------------------------------------- a small unit
@pytest.mark.parametrize("capacity", CHAIN.capacities)
def test_a_unit_of_twelve_beds_is_as_full_in_weekly_as_in_daily_steps(capacity: str) -> None:
    county, c = best_guess().county, CHAIN.capacities.index(capacity)
    places = county.rates.places.copy()
    places[:, c] = 12
    rates = in_groups(together(county.start), years_of(replace(county.rates, places=places), 4))
    start = Start(together(county.start).people, county.start.stock)
    inside = []
    for steps in (52, 364):
        run = simulate(CHAIN, rates, start, steps=steps)
        inside.append(run.person_years.sum(axis=(1, 2, 3))[:, CHAIN.holds[c]].sum(axis=1))
        if capacity in ("residential_places", "withdrawal_places"):
            assert inside[-1][-1] < 12.5
    print(f"{capacity}: {np.abs(inside[0] / inside[1] - 1).max():.1e}")
    assert_allclose(inside[0], inside[1], rtol=0.01)
