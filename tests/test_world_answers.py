"""The world answers: whatever goes in comes out, in the direction and size that a reader can work out alone."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.engine.arrays import Floats
from bothand.engine.setting import draw_values, load_setting
from bothand.evidence.tables import load_evidence
from bothand.experiments.plans import (
    QUALITY,
    Tried,
    service_keys,
    try_dollars,
    try_study_plan,
)
from bothand.experiments.worlds import World, open_world, walks, with_values
from bothand.files import data_folder
from bothand.keys import THREE_YEARS
from bothand.outcomes.indicators import gains
from bothand.outcomes.ledger import LIFETIME
from bothand.outcomes.trial import try_plan
from experiments.small_worlds import best_guess, drawn, numbers, plan, setting, told, unlike, world

SHARE = "washtenaw_share_of_michigan"
ADDICTION = ("not_in_treatment", "in_treatment")


# -------------------------------------------------------------------- twice the world
@cache
def twice() -> World:
    """A county with twice the state's share: twice the people, starts, places and kits."""
    values = drawn().values
    return open_world(setting(), {**values, SHARE: 2 * values[SHARE]}, walks(1))


def test_twice_the_share_is_twice_the_people_the_starts_the_places_and_the_kits() -> None:
    one, two = world().county, twice().county
    assert_allclose(two.start.people, 2 * one.start.people, rtol=1e-12)
    assert_allclose(two.start.stock, 2 * one.start.stock, rtol=1e-12)
    assert_allclose(two.rates.inflow, 2 * one.rates.inflow, rtol=1e-12)
    assert_allclose(two.rates.places, 2 * one.rates.places, rtol=1e-12)
    assert_allclose(two.rates.kits, 2 * one.rates.kits, rtol=1e-12)


@pytest.mark.parametrize("key", ["even_split", "as_others_do"])
def test_people_starts_places_kits_and_dollars_times_two_give_every_count_times_two(key: str) -> None:
    one = try_study_plan(world(), plan(key), THREE_YEARS)
    county = twice().county
    two = try_plan(county, 2 * one.dollars, world().horizons, board_lag=world().board_lag, sites=2.0)
    theirs = numbers(two.run)
    for name, values in numbers(one.trial.run).items():
        factor = 1 if name.endswith((".met", ".full")) else 2
        assert_allclose(theirs[name], factor * values, rtol=1e-9, atol=1e-9, err_msg=name)
    assert one.trial.delivery is not None
    assert two.delivery is not None
    for part in ("units", "reached", "start_up", "unspent", "ceiling"):
        mine, its = getattr(one.trial.delivery, part), getattr(two.delivery, part)
        for service in service_keys(world()):
            assert_allclose(its[service], 2 * mine[service], rtol=1e-9, err_msg=f"{part} of {service}")
    for service, payers in one.trial.delivery.spent_by_payer.items():
        for payer, usd in payers.items():
            assert_allclose(two.delivery.spent_by_payer[service][payer], 2 * usd, rtol=1e-9, err_msg=payer)


def test_twice_the_world_has_the_same_shares_and_chances() -> None:
    one = try_study_plan(world(), plan("even_split"), THREE_YEARS)
    two = try_plan(twice().county, 2 * one.dollars, world().horizons, board_lag=world().board_lag, sites=2.0)
    mine = gains(one.trial.run, world().quo.run, world().scales, QUALITY)
    its = gains(two.run, twice().quo.run, twice().scales, QUALITY)
    for name, gain in mine.items():
        factor = 1 if name.startswith("sustained") else 2
        assert_allclose(its[name], factor * gain, rtol=1e-9, err_msg=name)


# -------------------------------------------------------------------- no dollars
def test_a_plan_of_no_dollars_is_the_status_quo_to_the_bit() -> None:
    nothing = np.zeros((len(service_keys(world())), len(setting().study.years)))
    trial = try_plan(world().county, nothing, world().horizons, board_lag=world().board_lag)
    assert unlike(trial.run, world().quo.run) == []
    for name, gain in gains(trial.run, world().quo.run, world().scales, QUALITY).items():
        assert not gain.any(), name
    assert trial.delivery is not None
    assert not any(usd.any() for payers in trial.delivery.spent_by_payer.values() for usd in payers.values())


def test_the_status_quo_plan_is_the_status_quo() -> None:
    tried = try_study_plan(world(), plan("status_quo"), THREE_YEARS)
    assert unlike(tried.trial.run, world().quo.run) == []
    assert not tried.dollars.any()
    assert_allclose(tried.kept, world().money[THREE_YEARS])


# -------------------------------------------------------------------- all money on one service
@cache
def all_on(service: str) -> Tried:
    yearly = np.where(np.array(service_keys(best_guess())) == service, best_guess().yearly_budget, 0.0)
    return try_dollars(best_guess(), service, yearly, THREE_YEARS)


def of_addiction(values: Floats) -> Floats:
    """Sum over the groups of people with addiction on day one who are not in remission: (H, D)."""
    groups = setting().model.groups
    return np.asarray(values[..., [groups.index(name) for name in ADDICTION]].sum(axis=-1))


@pytest.mark.parametrize("name", ["deaths", "overdose_deaths"])
def test_all_money_to_methadone_lowers_deaths_among_people_with_addiction(name: str) -> None:
    base, more = best_guess().quo.run.main, all_on("methadone_places").trial.run.main
    change = of_addiction(more.values[name] - base.values[name])
    assert (change[base.horizons.index("5") :] < 0).all()
    assert (
        all_on("methadone_places").trial.reached["on_medication"].max()
        > best_guess().quo.reached["on_medication"].max()
    )


def test_all_money_to_naloxone_lowers_deaths_per_overdose_and_no_overdose_when_deaths_are_held() -> None:
    base, run = best_guess().quo.run.main, all_on("community_naloxone").trial.run
    for horizon in base.horizons.names:
        per_overdose = [
            (r.at("overdose_deaths", horizon).sum(axis=1) / r.at("overdoses", horizon).sum(axis=1))
            for r in (run.main, base)
        ]
        assert (per_overdose[0] < per_overdose[1]).all(), horizon
    assert_allclose(run.twin.values["overdoses"], base.values["overdoses"], rtol=1e-12)


def test_overdoses_after_naloxone_are_those_of_the_people_it_keeps_alive() -> None:
    base, main = best_guess().quo.run.main, all_on("community_naloxone").trial.run.main
    county = best_guess().county
    last = f"{setting().study.horizons[-1]}"
    years, more = ((main.at(name, last) - base.at(name, last)).sum() for name in ("alive", "overdoses"))
    a_year = (
        base.at("overdoses", last).sum()
        / told(best_guess(), county.quo, county.environment, ["addiction"]).at("addiction", last).sum()
    )
    assert years > 0
    assert 0 < more < years * a_year


# -------------------------------------------------------------------- a copied study
FATAL = 'probability = "fatal_no_help *'


def test_a_fatality_half_as_high_again_in_a_copied_study_raises_deaths_when_toxicity_is_held(tmp_path: Path) -> None:
    model = (data_folder() / "models" / "opioids-us.toml").read_text(encoding="utf-8")
    assert model.count(FATAL) == 1
    model = model.replace(FATAL, FATAL.replace("fatal_no_help", "1.5 * fatal_no_help"))
    (tmp_path / "deadlier.toml").write_text(re.sub('(?m)^name = "opioids-us"', 'name = "deadlier"', model), "utf-8")
    study = (data_folder() / "studies" / "washtenaw.toml").read_text(encoding="utf-8")
    study = study.replace('model = "opioids-us"', 'model = "deadlier.toml"')
    study = study.replace('key = "washtenaw"', 'key = "copied"')
    (tmp_path / "copied.toml").write_text(study, "utf-8")
    copied = load_setting(tmp_path / "copied.toml")
    before, after = world().quo.run.main, with_values(world(), {}, copied).quo.run.main
    years = [h for h in before.horizons.names if h != LIFETIME]
    deaths = [np.array([run.at("overdose_deaths", h).sum(axis=1) for h in years]) for run in (after, before)]
    ratio = deaths[0] / deaths[1]
    assert (ratio[0] > 1.45).all()
    assert (ratio > 1.2).all()
    assert (ratio < 1.5).all()
    assert (np.diff(ratio, axis=0) < 0).all(), "people who have died cannot die again"


def test_a_row_changed_in_a_copied_table_changes_what_is_drawn(tmp_path: Path) -> None:
    for path in (data_folder() / "evidence").glob("*.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    table = tmp_path / "judgements_model.csv"
    text = table.read_text(encoding="utf-8")
    row = "ratio,1.2,1.05,1.45,lognormal,"
    assert text.count(row) == 1
    table.write_text(text.replace(row, "ratio,1.8,1.575,2.175,lognormal,"), encoding="utf-8")
    other = draw_values(replace(setting(), evidence=load_evidence(tmp_path)), drawn().n, 1)
    changed = "fatal_help_ratio"
    assert_allclose(other.best[changed], 1.5 * drawn().best[changed], rtol=1e-12)
    assert_allclose(other.values[changed], 1.5 * drawn().values[changed], rtol=1e-12)
    same = [name for name in setting().names if np.array_equal(other.values[name], drawn().values[name])]
    assert sorted(set(setting().names) - set(same)) == [changed]
