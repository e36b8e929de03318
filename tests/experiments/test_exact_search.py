"""Exact search: the engine's gains and slopes of a plan, and the both/and plan that they lead to."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.experiments import curves as curves_
from bothand.experiments.curves import DEATHS, GROUP, Curves, measure_curves, objectives
from bothand.experiments.exact import first_round as first_round_
from bothand.experiments.exact.first_round import Exact, first_round, search_exactly
from bothand.experiments.exact.oracle import Engine
from bothand.experiments.plans import Tried
from bothand.experiments.search import FUNCTIONAL, Found
from bothand.experiments.worlds import World
from bothand.keys import THREE_YEARS
from bothand.outcomes.trial import try_plan
from bothand.world.service import load_service
from experiments.small_worlds import of_services, searched

LEVELS = (1.0, 4.0)
FEW = ("community_naloxone", "low_barrier_buprenorphine", "peer_coaching")
NAMES = ("contact_years", "healthy_life_years", "remission_years", f"{GROUP}not_in_treatment", DEATHS)
PERIODS = ((0, 1, 2), (3, 4))


@pytest.fixture(autouse=True)
def two_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Curves at two levels of dollars: enough to begin with, and quick."""
    monkeypatch.setattr(curves_, "LEVELS", LEVELS)


@cache
def small() -> World:
    return of_services(*FEW)


@cache
def curves() -> Curves:
    return measure_curves(small())


@cache
def found() -> Found:
    return searched(curves())


@cache
def exact() -> Exact:
    return search_exactly(curves(), found(), [])


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
    assert plan.calls <= len(FEW) * 10 + 60
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
    assert first_round_.CALLS >= first_round_.CALLS_EACH
