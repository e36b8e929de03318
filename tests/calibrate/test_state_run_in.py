"""The state's run-in: whom it starts with, what its fit is given, and how near it comes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.calibrate.run_in import (
    ADDICTION,
    DEATHS,
    MEDICATION,
    PROVISIONAL,
    TREND_SPREAD,
    TREND_YEARS,
    DeathsOf,
    compartment,
    counts_of,
    first_people,
    fit_onset,
    overdose_deaths,
)
from bothand.engine.arrays import Floats
from bothand.engine.cohort import simulate
from bothand.engine.rates import schedule
from bothand.engine.setting import composition, with_inputs
from bothand.world.place import by_year, series
from experiments.small_worlds import dead, setting, world

STATE = setting().place.lineage[-1]
SHAPE = composition(setting())


def test_the_run_in_never_has_fewer_than_no_people() -> None:
    run = world().run_in.trajectory
    assert run.state.min() >= 0
    assert run.final.min() >= 0
    assert run.person_years.min() >= 0
    assert run.stock.min() > 0
    assert (run.at_hand >= 0).all()
    assert (run.at_hand <= world().values["naloxone_most_at_hand"]).all()


def test_the_run_in_loses_nobody() -> None:
    before = world().run_in
    everyone = before.trajectory.state.sum(axis=(2, 3))  # (Y + 1, D)
    inflow = schedule(setting().model, before.environment).inflow
    arrived = np.cumsum(inflow.sum(axis=(1, 2)), axis=0)
    assert_allclose(everyone[1:], everyone[0] + arrived, rtol=1e-9)


def test_the_first_day_holds_the_people_that_the_place_gives() -> None:
    values = with_inputs(STATE, world().values)
    levers = world().run_in.environment.levers
    model = setting().model
    start = first_people(model, {**values, "kits_first_year": levers["kits"][0]}, composition(setting()))
    assert_allclose(composition(setting()).sum(), 1, rtol=1e-12)

    def people(**wanted: str) -> np.ndarray:
        cells = [all(c.get(k) == v for k, v in wanted.items()) for c in model.cells]
        return start.people[..., : model.chain.n_living][..., cells].sum(axis=(1, 2, 3))

    addiction = values["people_with_addiction"]
    assert_allclose(people(use="using") + people(use="injecting"), addiction, rtol=1e-12)
    assert_allclose(people(use="injecting") / addiction, values["share_injecting_oud"], rtol=1e-12)
    for kind in ("methadone", "buprenorphine"):
        assert_allclose(people(care=kind), values[f"{kind}_places"] * values["on_medication_ratio"], rtol=1e-12)
    without = people(use="lower_risk") + people(use="unpredictable")
    assert_allclose(without, values["using_without_addiction"], rtol=1e-12)
    assert_allclose(people(use="stopped"), values["stopped_never_addicted"], rtol=1e-12)
    remission = sum(people(use=f"remission_{d}") for d in ("under_1", "1_to_5", "over_5"))
    assert_allclose(remission, addiction * values["remission_ratio"], rtol=1e-12)
    assert not start.people[..., dead(model.chain)].any()
    assert start.people.min() >= 0


def test_a_run_that_begins_where_two_series_part_gives_the_deaths_of_a_whole_run_to_the_bit() -> None:
    model, before = setting().model, world().run_in
    values = with_inputs(STATE, world().values)
    start = first_people(model, {**values, "kits_first_year": before.environment.levers["kits"][0]}, SHAPE)
    deaths_of, whole = (DeathsOf(model, before.environment, start) for _ in range(2))
    flat = np.ones_like(before.environment.series["toxicity"])
    years = len(flat)
    assert np.array_equal(deaths_of(flat, years), whole(flat, None))
    for apart in (0, 3, years - 1):
        other = flat.copy()
        other[apart:, 0] *= 1.3  # in one draw only
        assert np.array_equal(deaths_of(other, years), whole(other, None))
        cut = deaths_of(other, years - 2)
        assert np.array_equal(cut[: years - 2], whole(other, None)[: years - 2])
        assert (cut[years - 2 :] == 1).all()
    with pytest.raises(LookupError):
        _ = deaths_of.latest
    assert np.array_equal(overdose_deaths(model, whole.latest), whole(other, None))


# -------------------------------------------------------------------- how fast addiction develops
TREND = with_inputs(STATE, world().values)["addiction_trend"]


def growth(onset: Floats) -> Floats:
    """People with addiction (in treatment or not) after the years of the trend against the first day (D,)."""
    model, before = setting().model, world().run_in
    years = before.years[: TREND_YEARS + 1]
    shape = (len(years), world().county.draws)
    series_ = {"toxicity": np.ones(shape), "onset": np.broadcast_to(onset, shape)}
    levers = {name: value[: len(years)] for name, value in before.environment.levers.items()}
    rates = schedule(model, replace(before.environment, years=years, levers=levers, series=series_))
    start = first_people(model, before.environment.quantities, composition(setting()))
    run = simulate(model.chain, replace(rates, inflow_origin=0), start, keep="sum")
    either = [c.get("use") in ADDICTION or c.get("care") in MEDICATION for c in model.cells]
    people = run.state[:, :, 0, : len(either)][..., either].sum(axis=-1)
    return np.asarray(people[TREND_YEARS] / people[0])


def misfit(onset: Floats) -> Floats:
    """What the fit makes small: the squared misses of the trend and of the published rates, in standard deviations."""
    return np.asarray((np.log(growth(onset) / TREND) / TREND_SPREAD) ** 2 + np.log(onset) ** 2)


def test_no_other_onset_is_a_better_compromise_between_the_trend_and_the_published_rates() -> None:
    found = misfit(world().run_in.onset)
    others = [misfit(np.full_like(found, onset)) for onset in np.exp(np.arange(-4, 3, 0.25))]
    # Three steps end within half a unit of the best, also where no onset meets the trend (many return to use).
    assert (found < np.min(others, axis=0) + 0.5).all()
    assert (found < misfit(np.ones_like(found)) + 1e-6).all()


def test_people_with_addiction_keep_their_trend_where_new_cases_can_keep_it() -> None:
    missed = np.abs(np.log(growth(world().run_in.onset) / TREND))
    without = np.abs(np.log(growth(np.ones_like(TREND)) / TREND))
    assert (missed <= without + 1e-9).all()
    assert np.median(missed) < TREND_SPREAD / 2 < np.median(without)


def test_more_people_with_addiction_in_the_trend_is_a_faster_onset_and_the_only_thing_that_a_draw_feels() -> None:
    before, model = world().run_in, setting().model
    start = first_people(model, before.environment.quantities, composition(setting()))
    raised = TREND * np.where(np.arange(len(TREND)) == 1, 1.1, 1.0)
    onset = fit_onset(model, before.environment, start, before.years, raised)
    assert onset[1] > 1.1 * before.onset[1]
    assert np.array_equal(np.delete(onset, 1), np.delete(before.onset, 1))


def test_the_run_in_and_the_county_read_the_onset_that_was_fitted() -> None:
    onset = world().run_in.onset
    for environment in (world().run_in.environment, world().county.environment):
        assert (environment.series["onset"] == onset).all()


def test_a_cell_that_is_not_one_compartment_is_refused() -> None:
    with pytest.raises(LookupError, match="exactly one"):
        compartment(setting().model, {"use": "using"})
    with pytest.raises(LookupError, match="0 compartments"):
        compartment(setting().model, {"use": "nobody"})


def test_levels_and_the_ratio_of_the_last_year_are_never_of_two_definitions() -> None:
    years = tuple(range(2015, 2026))
    counts = counts_of(STATE, years, range(2015, 2024), 2024, np.full(9, 0.04), 0.05)
    assert counts.label == (*map(str, range(2015, 2024)), "2024/2023")
    assert np.array_equal(counts.contrast[:9], np.eye(11)[:9])
    assert counts.contrast[9].sum() == 0
    assert counts.contrast[9, years.index(2024)] == 1
    assert_allclose(np.exp(counts.target[:9]), by_year(STATE, DEATHS, range(2015, 2024)), rtol=1e-12)
    provisional = by_year(STATE, PROVISIONAL, [2024, 2023])
    assert_allclose(np.exp(counts.target[9]), provisional[0] / provisional[1], rtol=1e-12)
    assert 2024 not in series(STATE, DEATHS)
    assert counts.spread[9] == 0.05


def test_a_fit_without_a_ratio_has_levels_only() -> None:
    counts = counts_of(STATE, range(2015, 2026), range(2018, 2023), None, np.full(5, 0.04), 0.05)
    assert counts.contrast.shape == (5, 11)
    assert (counts.contrast.sum(axis=1) == 1).all()


def test_the_decision_fit_comes_near_every_count_it_was_given() -> None:
    before = world().run_in
    assert before.decision.residuals.shape == (10, world().county.draws)
    print("largest residual, in standard deviations:", np.abs(before.decision.residuals).max().round(2))
    assert np.abs(before.decision.residuals).max() < 4
    assert np.sqrt((before.decision.residuals**2).mean(axis=0)).max() < 2
    seen = [before.years.index(year) for year in range(2018, 2024)]
    counted = by_year(STATE, DEATHS, range(2018, 2024))
    off = before.decision.deaths[seen].sum(axis=0) / counted.sum() - 1
    assert np.abs(off).max() < 0.03
    fall = before.decision.deaths[before.years.index(2024)] / before.decision.deaths[before.years.index(2023)]
    assert_allclose(fall, np.exp(before.fit_counts.target[-1]), rtol=0.05)


def test_the_test_fit_is_not_told_of_the_years_it_predicts() -> None:
    before, rules = world().run_in, setting().study.fit
    assert before.test.residuals.shape[0] == rules.test[1] - rules.test[0] + 1
    assert before.test.free_parameters == len(rules.test_knots)
    after = before.years.index(max(rules.test_knots))
    assert (before.test.series[after:] == before.test.series[after]).all()
    assert np.abs(before.test.residuals).max() < 4


def test_the_run_that_leads_to_day_one_has_the_deaths_of_the_decision_fit() -> None:
    before = world().run_in
    assert_allclose(overdose_deaths(setting().model, before.trajectory), before.decision.deaths, rtol=1e-9)
    rates = replace(schedule(setting().model, before.environment), inflow_origin=0)
    start = first_people(setting().model, before.environment.quantities, composition(setting()))
    again = simulate(setting().model.chain, rates, start, keep="sum")
    assert np.array_equal(again.final, before.trajectory.final)
    assert 2024 not in series(STATE, DEATHS)
