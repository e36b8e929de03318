"""Equity: published numbers, what aversion must do, levels and no gains, and the lives of groups under real plans."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.experiments.plans import try_study_plan
from bothand.keys import THREE_YEARS
from bothand.outcomes.equity import (
    MEASURES,
    ede,
    ede_change,
    ede_profile,
    equity_weights,
    inequality,
    lifetime_levels,
)
from bothand.outcomes.ledger import LIFETIME, Horizons, Ledger
from experiments.small_worlds import plan, world

CASE = json.loads(
    (Path(__file__).parents[1] / "reference" / "decision" / "01_dcea_ede_atkinson_kolm.json").read_text("utf-8")
)
GIVEN, PUBLISHED, COMPUTED = CASE["inputs"], CASE["expected_published"], CASE["expected_computed"]
BEFORE, SHARES = np.array(GIVEN["health"]), np.array(GIVEN["weights"])
AFTER = BEFORE + GIVEN["delta_health"]
ROUGH, FINE = CASE["tolerance"]["published"], CASE["tolerance"]["computed"]

levels = st.lists(st.tuples(st.floats(0.5, 90), st.floats(0.01, 5)), min_size=1, max_size=6)


@pytest.mark.parametrize(("aversion", "name"), [(0, "ede_eta0"), (1, "ede_eta1"), (5, "ede_eta5")])
def test_the_published_ede(aversion, name):
    assert float(ede(BEFORE, SHARES, aversion)) == pytest.approx(PUBLISHED[name], abs=ROUGH)


def test_the_published_change_and_its_two_parts():
    found = ede_change(BEFORE, AFTER, SHARES, 1)
    assert float(ede(AFTER, SHARES, 1)) == pytest.approx(PUBLISHED["ede_post_eta1"], abs=ROUGH)
    assert float(found.total) == pytest.approx(PUBLISHED["delta_ede_eta1"], abs=1e-7)
    assert float(found.from_more) == pytest.approx(PUBLISHED["efficiency_component"], abs=ROUGH)
    assert float(found.from_equality) == pytest.approx(PUBLISHED["equity_component"], abs=1e-9)


def test_the_published_index_and_equity_weights():
    lives = GIVEN["atkinson_health"]
    assert float(inequality(lives, np.ones(5), 1)) == pytest.approx(PUBLISHED["atkinson_index_eps1"], abs=1e-9)
    np.testing.assert_allclose(equity_weights(BEFORE, SHARES, 1), PUBLISHED["equity_weights_eta1"], atol=1e-6)


def test_both_measures_at_the_aversion_of_the_public():
    found = [ede(h, SHARES, a, m) for a, m in ((10.95, "atkinson"), (0.15, "kolm")) for h in (BEFORE, AFTER)]
    names = ("ede_eta10_95", "ede_post_eta10_95", "ede_kolm_alpha0_15", "ede_kolm_post_alpha0_15")
    np.testing.assert_allclose(found, [COMPUTED[name] for name in names], atol=FINE)
    relative, absolute = equity_weights(BEFORE, SHARES, 10.95), equity_weights(BEFORE, SHARES, 0.15, "kolm")
    assert relative[0] / relative[-1] == pytest.approx(COMPUTED["atkinson_weight_ratio_first_to_last_eta10_95"])
    assert absolute[0] / absolute[-1] == pytest.approx(COMPUTED["kolm_weight_ratio_first_to_last"])


# ------------------------------------------------------------------------------------------------------ what must hold


@pytest.mark.parametrize("measure", MEASURES)
@given(levels, st.floats(0, 60), st.floats(0.001, 5))
def test_ede_lies_between_the_least_level_and_the_mean_and_falls_with_aversion(measure, given_levels, aversion, more):
    h, people = np.array(given_levels).T
    mean = float(ede(h, people, 0, measure))
    low, high = float(ede(h, people, aversion + more, measure)), float(ede(h, people, aversion, measure))
    assert mean == pytest.approx((h * people).sum() / people.sum())
    assert h.min() * (1 - 1e-9) <= low <= high * (1 + 1e-9) <= mean * (1 + 2e-9)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("aversion", [5e-324, 1e-310, 1e-300, 1e-289, 1e-20])
def test_an_aversion_next_to_nothing_leaves_the_mean(measure, aversion):
    h, people = np.array([1.0, 2.0]), np.array([1.0, 1.0])
    assert float(ede(h, people, aversion, measure)) == pytest.approx(float(ede(h, people, 0, measure)), rel=1e-14)


@pytest.mark.parametrize("measure", MEASURES)
@given(st.floats(0.1, 90), st.floats(0, 60), st.integers(1, 5))
def test_where_all_live_alike_there_is_no_inequality(measure, level, aversion, groups):
    assert float(ede(np.full(groups, level), np.arange(1, groups + 1), aversion, measure)) == pytest.approx(level)
    index = inequality(np.full(groups, level), np.ones(groups), aversion, measure)
    assert float(index) == pytest.approx(0, abs=1e-12 * max(1, level))


@given(levels, st.floats(0, 20), st.floats(0.1, 10))
def test_atkinson_looks_at_ratios_and_kolm_at_differences(given_levels, aversion, by):
    h, people = np.array(given_levels).T
    assert float(inequality(by * h, people, aversion)) == pytest.approx(float(inequality(h, people, aversion)))
    kolm = [float(inequality(x, people, aversion, "kolm")) for x in (h, h + by)]
    assert kolm[1] == pytest.approx(kolm[0], abs=1e-9)


@given(levels, st.floats(0.999999, 1.000001))
def test_near_an_aversion_of_one_nothing_jumps(given_levels, aversion):
    h, people = np.array(given_levels).T
    assert float(ede(h, people, aversion)) == pytest.approx(float(ede(h, people, 1)), rel=1e-5)


@pytest.mark.parametrize("measure", MEASURES)
@given(levels, st.just(0.0) | st.floats(0.01, 12))
def test_weights_are_the_slopes_of_ede_and_their_mean_over_people_is_one(measure, given_levels, aversion):
    h, people = np.array(given_levels).T
    share, weights = people / people.sum(), equity_weights(h, people, aversion, measure)
    assert share @ weights == pytest.approx(1)
    step = 1e-5
    slopes = [
        float(ede(h + step * e, people, aversion, measure) - ede(h - step * e, people, aversion, measure)) / (2 * step)
        for e in np.eye(len(h))
    ]
    assert np.array(slopes) / np.sum(slopes) == pytest.approx(share * weights, abs=1e-4)


def test_a_group_of_nobody_changes_nothing():
    found = ede([[50.0, 60, np.nan], [50, 60, 0]], [1, 2, 0], 3)
    np.testing.assert_allclose(found, ede([50, 60], [1, 2], 3))
    assert np.isnan(equity_weights([50, 60, np.nan], [1, 2, 0], 3)[2])


def test_gains_are_no_levels():
    with pytest.raises(ValueError, match="never gains"):
        ede([0.5, 0.0], [1, 1], 2)
    with pytest.raises(ValueError, match="never gains"):
        equity_weights([0.5, -0.1], [1, 1], 0)
    assert float(ede([0.5, 0.0], [1, 1], 2, "kolm")) > 0


@pytest.mark.parametrize(
    ("given_levels", "people", "aversion", "measure", "words"),
    [
        ([1, 2], [1, 1], -1, "atkinson", "0 or more"),
        ([1, 2], [1, 1], np.nan, "kolm", "0 or more"),
        ([1, 2], [0, 0], 1, "atkinson", "some of them"),
        ([1, 2], [2, -1], 1, "atkinson", "some of them"),
        ([1, np.inf], [1, 1], 1, "kolm", "finite"),
        ([1, 2], [1, 1], 1, "gini", "no measure"),
    ],
)
def test_what_cannot_be_asked_is_refused(given_levels, people, aversion, measure, words):
    with pytest.raises(ValueError, match=words):
        ede(given_levels, people, aversion, measure)


# ------------------------------------------------------------------------------------------------------------ profiles


def test_the_more_averse_a_reader_is_the_more_a_plan_for_the_worst_off_counts():
    """The first plan adds two years to those who live long, the second one year to those who do not."""
    found = ede_profile(("long", "short"), [[[30.0, 62]], [[31.0, 60]]], [1, 1], (0, 0.5, 2, 10))
    assert found.first == ("long", "long", "short", "short")
    np.testing.assert_allclose(found.mean[:, 0], [46, 45.5])
    assert found.share_above("short", "long").tolist() == [0, 0, 1, 1]
    with pytest.raises(ValueError, match="does not hold"):
        found.share_above("short", "lang")


def test_a_profile_that_does_not_fit_together_is_refused():
    drawn = np.ones((2, 3, 2))
    with pytest.raises(ValueError, match="every plan once"):
        ede_profile(("a", "a"), drawn, [1, 1], (0, 1))
    with pytest.raises(ValueError, match="every plan once"):
        ede_profile(("a",), drawn, [1, 1], (0, 1))
    with pytest.raises(ValueError, match="must rise"):
        ede_profile(("a", "b"), drawn, [1, 1], (1, 0))


# --------------------------------------------------------------------------------------------------- levels and plans


def ledger(alive, people, groups=("a", "b")):
    values = {"alive": np.array([alive, alive]), "people": np.array([people, people])}
    return Ledger(Horizons((5,)), groups, values)


def test_levels_are_years_lived_by_those_of_day_one_and_nobody_has_none():
    base = ledger([[40.0, 0]], [[2.0, 0]])
    found = lifetime_levels(ledger([[50.0, 0]], [[2.0, 0]]), base)
    assert found[0, 0] == 25
    assert np.isnan(found[0, 1])
    with pytest.raises(ValueError, match="same groups"):
        lifetime_levels(ledger([[1.0]], [[1.0]], ("a",)), base)


def test_the_lives_of_groups_under_plans_of_a_study_have_an_ede_that_falls_with_aversion():
    quo = world().quo.run.main
    people = quo.at("people", LIFETIME)
    keys = ("even_split", "as_others_do")
    runs = {key: try_study_plan(world(), plan(key), THREE_YEARS).trial.run.main for key in keys}
    drawn = np.stack([lifetime_levels(run, quo) for run in (quo, *runs.values())])
    assert (drawn > 0).all()
    assert (drawn < 60).all()  # discounted years
    found = ede_profile(("status_quo", *runs), drawn, people, (0, 1, 5, 10.95, 20))
    mean = (drawn * people).sum(axis=-1) / people.sum(axis=-1)
    np.testing.assert_allclose(found.ede[:, 0], mean)
    assert (np.diff(found.ede, axis=1) < 0).all()
    assert (found.ede > drawn.min(axis=-1)[:, None]).all()
    for plan_key in runs:
        assert (found.share_above(plan_key, "status_quo") == 1).all()
    for key, run in runs.items():
        np.testing.assert_array_equal(run.at("people", LIFETIME), people, err_msg=key)
