"""Some people on the other side of the line between use and addiction: nobody is lost, and as many die on day one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.calibrate.run_in import overdose_deaths, overdose_hazard
from bothand.engine.arrays import WEEKS, Floats
from bothand.evidence.tables import load_evidence
from bothand.experiments.plans import try_study_plan
from bothand.experiments.what_if.wrong_side import (
    MISSED,
    ROWS,
    WRONGLY_FOUND,
    WrongSide,
    on_the_other_side,
    same_deaths,
    try_wrong_side,
    with_people,
)
from bothand.keys import THREE_YEARS
from bothand.outcomes.indicators import columns
from experiments.small_worlds import plan, setting, world

WITH = ("not_in_treatment", "in_treatment")
MODEL = setting().model
DIRECTIONS = pytest.mark.parametrize("direction", [MISSED, WRONGLY_FOUND])
shares = st.floats(0, 0.6)


@cache
def sides() -> dict[str, WrongSide]:
    usual = [try_study_plan(world(), plan(key), THREE_YEARS) for key in ("status_quo", "even_split")]
    found = try_wrong_side(world(), usual, np.zeros(len(setting().services)), seed=1)
    return {side.direction: side for side in found}


def of_group(people: Floats, *groups: str) -> Floats:
    """People of some groups (D,)."""
    return np.asarray(people[:, [MODEL.groups.index(g) for g in groups]].sum(axis=(1, 2, 3)))


@settings(max_examples=20)
@given(direction=st.sampled_from([MISSED, WRONGLY_FOUND]), wrong=shares)
def test_nobody_is_lost_and_everyone_keeps_sex_age_and_contact(direction: str, wrong: float) -> None:
    before = world().county.start.people
    after, _ = on_the_other_side(world().county, direction, np.full(world().county.draws, wrong))
    assert after.min() >= 0
    assert_allclose(after.sum(axis=(1, 3)), before.sum(axis=(1, 3)), rtol=1e-12)
    for touch in ("yes", "no"):
        cells = [n for n, cell in enumerate(MODEL.cells) if cell.get("touch") == touch]
        assert_allclose(after[..., cells].sum(axis=(1, 3)), before[..., cells].sum(axis=(1, 3)), rtol=1e-12, atol=1e-12)
    others = [o for o, group in enumerate(MODEL.groups) if group not in ("no_addiction", "not_in_treatment")]
    assert np.array_equal(after[:, others], before[:, others])


@given(wrong=st.floats(0.01, 0.5))
def test_of_all_people_with_addiction_the_missed_share_had_not_been_counted(wrong: float) -> None:
    county = world().county
    after, share = on_the_other_side(county, MISSED, np.full(county.draws, wrong))
    moved = of_group(after, *WITH) - of_group(county.start.people, *WITH)
    true = np.where(share < 1, wrong, moved / of_group(after, *WITH))  # more cannot be missed than there are
    assert_allclose(moved / of_group(after, *WITH), true, rtol=1e-9)
    assert_allclose(of_group(after, "no_addiction"), (1 - share) * of_group(county.start.people, "no_addiction"))


def test_with_nobody_on_the_wrong_side_the_worlds_are_as_they_were() -> None:
    county = world().county
    for direction in ROWS:
        people, _ = on_the_other_side(county, direction, np.zeros(county.draws))
        assert np.array_equal(people, county.start.people)
        assert_allclose(same_deaths(county, people), 1, rtol=1e-12)
    same = with_people(world(), county.start.people)
    assert_allclose(overdose_deaths(MODEL, same.county.quo), overdose_deaths(MODEL, county.quo), rtol=1e-9)


@DIRECTIONS
def test_as_many_people_die_of_overdose_on_day_one_as_were_seen(direction: str) -> None:
    def on_day_one(where: WrongSide | None) -> Floats:
        county = world().county if where is None else where.world.county
        hazard = overdose_hazard(MODEL, county.rates, world().county.quo.at_hand[:WEEKS].mean(axis=0))
        return np.einsum("dosn,nd->d", county.start.people[..., : hazard.shape[0]], hazard)

    assert_allclose(on_day_one(sides()[direction]), on_day_one(None), rtol=1e-9)
    years = overdose_deaths(MODEL, sides()[direction].world.county.quo) / overdose_deaths(MODEL, world().county.quo)
    assert np.abs(years[0] - 1).max() < 0.1, "and nearly as many in the first year, in which people move on"


def test_more_people_with_addiction_mean_a_supply_that_kills_fewer_of_them_and_fewer_people_the_reverse() -> None:
    usual = world().county.environment.series["toxicity"]
    assert (sides()[MISSED].world.county.environment.series["toxicity"] < usual).all()
    assert (sides()[WRONGLY_FOUND].world.county.environment.series["toxicity"] > usual).all()


@DIRECTIONS
def test_every_plan_that_spends_is_run_in_the_same_draws_on_the_same_dollars(direction: str) -> None:
    side = sides()[direction]
    assert [tried.plan for tried in side.tried] == ["even_split"]
    usual = try_study_plan(world(), plan("even_split"), THREE_YEARS)
    assert np.array_equal(side.tried[0].dollars, usual.dollars)
    now, then = side.tried[0].trial.run.main, side.world.quo.run.main
    saved = (now.at("alive", "lifetime") - then.at("alive", "lifetime"))[:, columns(then, WITH)].sum(axis=1)
    assert (saved > 0).all()


def test_a_model_that_tells_no_groups_apart_is_not_run() -> None:
    county = replace(world().county, start=replace(world().county.start, people=world().county.start.people[:, :1]))
    assert try_wrong_side(replace(world(), county=county), [], np.zeros(1), seed=1) == ()


def test_both_shares_have_a_source_that_was_read_and_agree_with_what_it_reports() -> None:
    rows = load_evidence()
    missed, wrongly = (rows[key] for key in ROWS.values())
    assert {missed.grade, wrongly.grade} == {"primary"}
    assert (missed.low, missed.high) == pytest.approx((1 - 0.85, 1 - 0.68)), "sensitivities of 68 to 85 %"
    sensitivity, specificity, positive = 0.97, 0.76, 0.69  # of 97 people
    with_it = 97 * (1 - specificity) * positive / (sensitivity * (1 - positive) + (1 - specificity) * positive)
    called = sensitivity * with_it / positive
    assert wrongly.mean == pytest.approx(1 - positive)
    assert round(called * wrongly.mean) == 15
    assert round(called) == 48
    middle, half = (15 / 48 + 1.96**2 / 96) / (1 + 1.96**2 / 48), 0.127  # Wilson's interval
    assert (wrongly.low, wrongly.high) == pytest.approx((middle - half, middle + half), abs=0.005)
