"""Derivatives along the whole road, dollars to outcomes, against differences of whole trials of the default study."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.engine.arrays import Floats
from bothand.experiments.plans import QUALITY
from bothand.outcomes.equal_worth import healthy_life_years
from bothand.outcomes.gradients.asked import NAMES, Outcome
from bothand.outcomes.gradients.dollars import (
    Road,
    Spent,
    by_period,
    gradients,
    lever_slopes,
    run_plan,
    yearly_gradient,
)
from bothand.outcomes.indicators import gains
from bothand.outcomes.ledger import LIFETIME
from bothand.outcomes.trial import try_plan
from experiments.small_worlds import setting, world

FEW = 3  # draws
SERVICES = [service.key for service in setting().services]
YEARS = len(setting().study.years)
STEP = 0.01  # of each direction
GROUPED = tuple(
    Outcome("healthy_life_years", group, horizon)
    for group, horizon in (("not_in_treatment", LIFETIME), ("in_treatment", LIFETIME), ("start_later", "10"))
)
OUTCOMES = (*(Outcome(name) for name in NAMES), Outcome("deaths_averted", None, "10"), *GROUPED)


@cache
def money() -> Floats:
    """Some dollars for every service in every year, other in every year."""
    rng = np.random.default_rng(4)
    return np.asarray(rng.uniform(2e4, 1.5e5, (len(SERVICES), 1)) * rng.uniform(0.9, 1.1, (1, YEARS)))


@cache
def road() -> Road:
    where = world(FEW)
    return run_plan(where.county, where.quo.run, where.horizons, Spent(money(), where.board_lag))


@cache
def slopes() -> Mapping[Outcome, Floats]:
    return {outcome: yearly_gradient(road(), outcome) for outcome in OUTCOMES}


def outcomes_of(dollars: Floats) -> dict[Outcome, Floats]:
    """The same outcomes from a trial, as the study tells them."""
    where = world(FEW)
    run = try_plan(where.county, dollars, where.horizons, board_lag=where.board_lag, sites=0).run
    quo = where.quo.run
    told = gains(run, quo, where.scales, QUALITY)
    found = {Outcome(name): told[name] for name in told}
    for horizon in (LIFETIME, "10"):
        averted = quo.main.at("overdose_deaths", horizon) - run.main.at("overdose_deaths", horizon)
        found[Outcome("deaths_averted", None, horizon)] = averted.sum(axis=1)
    healthy = healthy_life_years(run.main, run.twin, quo.main, where.scales.life_year, QUALITY)
    for outcome in GROUPED:
        at = quo.main.horizons.index(outcome.horizon)
        found[outcome] = healthy[at][:, quo.main.groups.index(str(outcome.group))]
    return found


def differences(direction: Floats) -> dict[Outcome, Floats]:
    """Richardson's differences of trials along a direction of dollars: right to the fourth order."""

    def central(h: float) -> dict[Outcome, Floats]:
        up, down = outcomes_of(money() + h * direction), outcomes_of(money() - h * direction)
        return {outcome: (up[outcome] - down[outcome]) / (2 * h) for outcome in up}

    near, far = central(STEP / 2), central(STEP)
    return {outcome: (4 * near[outcome] - far[outcome]) / 3 for outcome in near}


def test_every_outcome_follows_its_derivatives_in_all_services_and_years_at_once() -> None:
    direction = np.random.default_rng(1).normal(size=money().shape) * money() * 0.1
    found = differences(direction)
    for outcome in OUTCOMES:
        parts = slopes()[outcome] * direction[..., None]
        scale = np.abs(parts).sum(axis=(0, 1))
        assert np.all(np.abs(parts.sum(axis=(0, 1)) - found[outcome]) < 1e-6 * scale), outcome


@pytest.mark.parametrize(
    ("service", "years"),
    [("community_naloxone", range(3)), ("residential_with_medication", range(3, 6))],
)
def test_a_period_of_one_service_follows_its_own_derivative(service: str, years: range) -> None:
    s = SERVICES.index(service)
    direction = np.zeros(money().shape)
    direction[s, list(years)] = 3e4 / len(years)  # one number of dollars, spread evenly
    found = differences(direction)
    for outcome in OUTCOMES:
        owed = by_period(slopes()[outcome], [years])[s, 0] * 3e4
        assert_allclose(owed, found[outcome], rtol=2e-4, atol=1e-5 * np.abs(found[outcome]).max(), err_msg=str(outcome))


def test_kits_change_nothing_where_deaths_are_held() -> None:
    # The twin takes at_hand from the status quo: a service that only lowers fatality leaves every line of it alone.
    kits = SERVICES.index("community_naloxone")
    for name in ("quality_gained", "burden_lifted", "requests_met"):
        assert not slopes()[Outcome(name)][kits].any()
    assert np.all(slopes()[Outcome("deaths_averted")][kits, 0] > 0)


def test_money_that_comes_too_late_to_open_anything_is_worth_nothing() -> None:
    where = world(FEW)
    for s, service in enumerate(where.setting.services):
        late = where.board_lag + where.values[service.lag] >= 1
        for outcome in OUTCOMES:
            assert not slopes()[outcome][s, -1, late].any()
    assert any(np.any(slopes()[outcome][:, -3]) for outcome in OUTCOMES)


def test_a_lever_that_no_service_moves_has_a_slope_too() -> None:
    found = lever_slopes(road(), Outcome("deaths_averted"))
    assert np.all(found["prevention"].sum(axis=0) > 0)  # fewer starts, fewer deaths
    assert found["kits"].shape == (YEARS, FEW)


def test_deaths_averted_by_a_horizon_owe_nothing_to_later_dollars() -> None:
    assert not slopes()[Outcome("deaths_averted", None, "10")][:, 10:].any()
    assert slopes()[Outcome("deaths_averted")][:, 10:].any()


def test_start_up_is_paid_before_a_dollar_is_worth_anything() -> None:
    where = world(FEW)
    little = np.full(money().shape, 1.0)
    begun = run_plan(where.county, where.quo.run, where.horizons, Spent(little, where.board_lag, sites=1.0))
    asked = [Outcome("deaths_averted")]
    assert not gradients(begun, asked, [range(3)])[asked[0]].any()


def test_unknown_outcomes_groups_and_horizons_are_refused_by_name() -> None:
    for outcome, said in (
        (Outcome("happiness"), "deaths_averted"),
        (Outcome("deaths_averted", "everyone"), "in_treatment"),
        (Outcome("deaths_averted", None, "7"), "lifetime"),
        (Outcome("requests_met", "in_treatment"), "by group"),
    ):
        with pytest.raises(ValueError, match=said):
            yearly_gradient(road(), outcome)


def test_the_page_shows_how_to_ask() -> None:
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "model-and-time.md").read_text("utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    found: dict[str, Any] = {}
    exec(code.replace("setting, 8, seed=1", "setting, 2, seed=1"), found)
    for more in found["more"].values():
        assert more.shape == (len(SERVICES), 2, 2)
        assert more[SERVICES.index("community_naloxone")].min() > 0
