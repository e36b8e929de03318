"""Exact search: the engine's gains and slopes of a plan, the both/and plan that they lead to, and spending periods."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.decide.search.rules import table
from bothand.experiments.curves import DEATHS, GROUP, objectives
from bothand.experiments.exact import first_round as first_round_
from bothand.experiments.exact import oracle as oracle_
from bothand.experiments.exact import periods as periods_
from bothand.experiments.exact.first_round import Exact, first_round, search_exactly
from bothand.experiments.exact.oracle import Engine
from bothand.experiments.exact.periods import (
    EVENLY,
    ByPeriod,
    all_money,
    evenly,
    paid_by,
    search_periods,
    spans_of,
)
from bothand.experiments.plans import Tried
from bothand.experiments.search import FUNCTIONAL
from bothand.keys import ALL_YEARS, THREE_YEARS
from bothand.outcomes.gradients.dollars import Road
from bothand.outcomes.trial import try_plan
from bothand.study import FLOORS
from bothand.world.plan import Plan
from bothand.world.service import load_service
from experiments.small_worlds import makers, of_services

FEW = ("community_naloxone", "low_barrier_buprenorphine", "peer_coaching")
NAMES = ("contact_years", "healthy_life_years", "remission_years", f"{GROUP}not_in_treatment", DEATHS)
PERIODS = ((0, 1, 2), (3, 4))
EACH, MOST = 2, 6


@pytest.fixture(autouse=True)
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few runs: enough to begin with, and quick."""
    for module in (first_round_, periods_):
        monkeypatch.setattr(module, "CALLS_EACH", EACH)
        monkeypatch.setattr(module, "CALLS", MOST)


small, curves, found = makers(lambda: of_services(*FEW))


@cache
def plans() -> tuple[Plan, ...]:
    """The plans that set floors."""
    return tuple(plan for plan in small().setting.plans if plan.key in FLOORS)


@cache
def exact() -> Exact:
    return search_exactly(curves(), found(), [])


@cache
def by_period() -> ByPeriod:
    told = search_periods(curves(), found(), exact(), plans())
    assert told is not None
    return told


def engine() -> Engine:
    return Engine(small(), NAMES, PERIODS)


def test_the_gains_of_a_plan_are_those_of_a_run_without_start_up() -> None:
    plan = np.array([[3e5, 1e5], [4e5, 0.0], [0.0, 2e5]])
    where = small()
    trial = try_plan(where.county, engine().yearly(plan), where.horizons, board_lag=where.board_lag, sites=0)
    nothing = np.zeros(0)
    told = objectives(where, Tried("so", THREE_YEARS, nothing, {}, nothing, trial))
    assert_allclose(engine()(plan).gains, [told[name].mean() for name in NAMES], rtol=1e-9)


def test_money_of_a_period_is_spent_evenly_over_its_years_and_all_of_it() -> None:
    plan = np.array([[3.0, 4.0], [6.0, 0.0], [0.0, 2.0]])
    yearly = engine().yearly(plan)
    assert_allclose(yearly[:, :3], [[1, 1, 1], [2, 2, 2], [0, 0, 0]])
    assert_allclose(yearly.sum(axis=1), plan.sum(axis=1))
    assert not yearly[:, 5:].any()


def test_a_plan_whose_slopes_are_asked_for_side_by_side_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plan, runs, run_plan = np.full((3, 2), 1e5), [], oracle_.run_plan

    def counted(*given: Any) -> Road:
        runs.append(given)
        return run_plan(*given)

    monkeypatch.setattr(oracle_, "run_plan", counted)
    asked = engine()
    together = asked.slopes(plan, range(len(NAMES)))
    assert len(runs) == 1
    for v in (3, 0):
        assert np.array_equal(engine().slopes(plan, [v])[0], together[v]), "whatever is asked beside it"
    assert np.array_equal(engine().slopes(plan, [4, 1, 2]), together[[4, 1, 2]])


def test_slopes_are_those_of_differences() -> None:
    plan, step = np.array([[3e5, 1e5], [4e5, 1e5], [1e5, 2e5]]), 500.0
    point = engine()(plan)
    for s, p in ((0, 0), (1, 1), (2, 0)):
        more, less = plan.copy(), plan.copy()
        more[s, p] += step
        less[s, p] -= step
        found_ = (engine()(more).gains - engine()(less).gains) / (2 * step)
        size = np.abs(point.slopes).max(axis=(1, 2))
        assert_allclose(point.slopes[:, s, p] / size, found_ / size, rtol=1e-3, atol=1e-3)


def test_the_plan_by_exact_slopes_serves_the_least_served_no_worse_and_keeps_to_the_money() -> None:
    plan, budget = exact(), small().yearly_budget
    assert plan.yearly.sum() <= budget * (1 + 1e-6)
    assert (plan.yearly >= 0).all()
    assert plan.settled.beta >= plan.beta_on_curves - 1e-3
    kept = min(plan.settled.z.values())
    assert kept >= 0.9 * plan.settled.beta - 2e-3
    assert 0 <= plan.certificate.residual <= 1
    assert plan.calls <= len(plan.names) * (EACH + 1) + 2 * MOST + 2
    assert plan.sweeps < plan.calls * len(plan.names), "slopes are asked for only where they count"
    healthy = plan.names.index(FUNCTIONAL)
    assert plan.favourites.best[healthy] >= plan.on_curves[healthy] * (1 - 1e-3)


def test_the_rules_of_the_first_round_name_every_option_with_its_start_up_and_smallest_award() -> None:
    space = first_round(small())
    years = len(small().first_round)
    assert space.services == FEW
    assert_allclose(space.receipts, small().yearly_budget * years)
    for key, start_up, smallest in zip(FEW, space.start_up, space.smallest, strict=True):
        service = load_service(key)
        assert start_up == pytest.approx(small().values[service.start_up.quantity].mean())
        assert smallest[0] == pytest.approx(small().values[service.smallest.quantity].mean() * years)


def test_what_the_next_dollar_adds_is_the_difference_that_a_few_dollars_make() -> None:
    """At the plan from both sides; at nothing, below which there are no dollars, from above."""
    plan, years = exact().settled.answer.plan, [list(small().first_round)]
    asked = Engine(small(), exact().names, years)
    for at, slopes, back in ((plan, exact().at_plan, 1.0), (np.zeros_like(plan), exact().at_nothing, 0.0)):
        for s in range(len(FEW)):
            step = np.zeros_like(at)
            step[s] = 200.0
            low = np.maximum(at - back * step, 0)
            found_ = (asked.gains(at + step) - asked.gains(low)) / (at + step - low)[s, 0]
            size = np.abs(slopes).max(axis=1)
            assert_allclose(slopes[:, s] / size, found_ / size, atol=5e-3)


def test_all_the_money_comes_by_spending_period_as_the_place_says() -> None:
    world = small()
    spans = spans_of(world)
    space = all_money(world, spans)
    assert spans == world.setting.place.about.money.periods
    assert space.receipts.sum() == pytest.approx(world.money[ALL_YEARS].mean(axis=1).sum())
    assert space.carry_over == "returned"
    assert_allclose(space.smallest[:, 0], first_round(world).smallest[:, 0])
    even = evenly(space, np.array([3.0, 1.0, 0.0]))
    assert not table(space).broken(even)
    assert_allclose(even[0, 1:] / even[1, 1:], 3)
    assert not even[2].any()
    assert (space.paid(even).sum(axis=0) <= space.receipts * (1 + 1e-6)).all()


def test_choosing_by_period_serves_the_least_served_no_worse_than_the_same_mix_and_keeps_to_the_money() -> None:
    told = by_period()
    got = told.found
    assert got.settled.beta >= got.beta_before - 1e-9
    assert min(got.settled.z.values()) >= 0.9 * got.settled.beta - 2e-3
    assert not table(got.space).broken(got.settled.answer.plan)
    assert (told.paid.sum(axis=0) <= got.space.receipts * (1 + 1e-6)).all()
    assert (told.ranges[:, 0] <= told.paid.sum(axis=1) + 1).all()
    assert (told.ranges[:, 1] >= told.paid.sum(axis=1) - 1).all()
    assert told.near >= 1
    assert (told.worth >= 0).all()
    assert 0 <= got.certificate.residual <= 1
    assert got.settled.answer.gap >= 0


def test_spending_evenly_and_both_plans_set_floors_and_each_says_whether_it_is_met() -> None:
    got = by_period().found
    labels = {EVENLY, *(plan.label for plan in plans())}
    assert len(labels) == 1 + len(FLOORS)
    assert {one.label for one in got.settled.floors} == labels
    assert {one.objective for one in got.settled.floors} == {FUNCTIONAL, *found().groups}
    gains = dict(zip(got.names, got.settled.answer.gains.tolist(), strict=True))
    for one in got.settled.floors:
        assert one.reached == gains[one.objective]
        assert one.met or one.reached < one.least
    evenly_ = {one.objective: one.least for one in got.settled.floors if one.label == EVENLY}
    before = dict(zip(got.names, got.before.tolist(), strict=True))
    assert evenly_ == {name: before[name] for name in evenly_}


def test_a_plan_pays_in_every_period_its_share_of_the_money_that_comes() -> None:
    world = small()
    spans = spans_of(world)
    even = next(plan for plan in plans() if plan.key == FLOORS[0])
    paid = paid_by(world, even, spans)
    assert_allclose(paid, np.repeat(0.1 * all_money(world, spans).receipts[None], len(FEW), axis=0))


def test_money_that_may_wait_brings_no_less_and_other_starts_say_where_they_ended() -> None:
    told = by_period()
    got, healthy = told.found, told.found.names.index(FUNCTIONAL)
    assert not got.space.carries
    assert told.waiting.carries
    assert told.waiting.healthy >= got.settled.answer.gains[healthy]
    assert told.waiting.beta >= got.settled.beta - 1e-9
    assert 0 <= told.waiting.waits <= got.space.receipts.sum()
    assert (told.waiting.paid.sum(axis=0).cumsum() <= got.space.receipts.cumsum() * (1 + 1e-6)).all()
    assert len(told.starts.answers) == len(told.begun) > 0
    assert all(0 <= apart <= 1 for apart in told.begun)
    best = got.settled.answer
    for one in told.starts.answers:
        assert one.value <= best.value or one.shortfall > 2e-3, "a better end would have been taken"


def test_a_study_with_one_period_is_not_searched_by_period() -> None:
    world = small()
    first = world.setting.place.about.money.periods[0]
    study = world.setting.study.model_copy(update={"periods": (first,)})
    one = replace(curves(), world=replace(world, setting=replace(world.setting, study=study)))
    assert search_periods(one, found(), exact(), []) is None
