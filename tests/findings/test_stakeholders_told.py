"""What is said of stakeholders: who would choose what, what all could live with, who binds, who truly disagrees."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from bothand.decide.ideals import find_ideals
from bothand.decide.surfaces import Surface
from bothand.decide.weights import (
    WeightSet,
    acceptability,
    always_better,
    common_ground,
    disagreement,
    opposed,
    plan_regrets,
    potentially_optimal,
    sample,
    weight_set,
)
from bothand.experiments.positions.voices import FAMILIES, Voice
from bothand.experiments.results import Results
from bothand.experiments.what_if.common import COMMON, Apart, Common, Held
from bothand.findings.deciding import stakeholders as said
from bothand.words import forbidden
from bothand.world.stakeholders import Swing, load_consulted
from experiments.small_disputes import small

VALUES = ("lives", "calm")
PLANS = ("all_one", "all_other", "half")
Z = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]])
BUDGET = 100_000.0
ASKED = load_consulted((), None, datetime(2026, 11, 30, tzinfo=UTC))
ONE, OTHER = ASKED[0].stakeholder, ASKED[1].stakeholder


def point(*weights: float) -> WeightSet:
    return weight_set(VALUES, np.eye(2), weights)


def results(*sets: WeightSet) -> Results:
    """Two services, each for one value; three plans; a stakeholder for each set."""
    surface = Surface(VALUES, ("naloxone", "quiet"), np.full((2, 1), BUDGET), np.eye(2)[:, :, None])
    ideals = find_ideals(surface, BUDGET)
    held = []
    for asked, weights in zip(ASKED, sets, strict=False):
        chosen = acceptability(Z, sample(weights, 8, 1))
        best, regrets = potentially_optimal(Z, weights), plan_regrets(Z, weights)
        held.append(Held(asked, weights, chosen, best, regrets, always=always_better(Z, weights)))
    apart = ()
    if len(held) > 1:
        nearly = opposed(cast(Any, held[0].chosen), cast(Any, held[1].chosen))
        apart = (Apart(ONE.key, OTHER.key, disagreement(Z, sets[0], sets[1]), nearly),)
    ground = common_ground(ideals, {h.asked.stakeholder.key: s for h, s in zip(held, sets, strict=True)})
    common = Common(PLANS, VALUES, tuple(held), apart, ground, ground.plan, np.zeros(2), dict(ground.regrets), 0.0)
    labels = [SimpleNamespace(key=key, label=f"Label of {key}") for key in (*PLANS, "naloxone", "quiet")]
    world = SimpleNamespace(county=SimpleNamespace(draws=1))
    made = SimpleNamespace(
        common=common,
        found=SimpleNamespace(keys={v: v for v in VALUES}),
        curves=SimpleNamespace(surface=surface, world=world),
        setting=SimpleNamespace(plans=labels[:3], services=labels[3:]),
        found_plan="both_and",
    )
    return cast(Results, made)


def texts(*sets: WeightSet) -> dict[str, str]:
    return {one.key: one.text for one in said.findings(results(*sets))}


def test_where_nobody_was_asked_nothing_is_said() -> None:
    nobody = cast(Results, SimpleNamespace(common=None))
    assert said.findings(nobody) == []
    assert said.stakeholders(nobody) == []
    assert said.apart(nobody) == []
    assert said.common_ground(nobody) is None


def test_two_that_want_the_opposite_meet_in_the_middle_and_both_bind() -> None:
    told = texts(point(1, 0), point(0, 1))
    assert "give up 50 in 100 of what counts" in told["common_ground"]
    assert f"\u201c{ONE.label}\u201d and \u201c{OTHER.label}\u201d" in told["common_ground"]
    assert told["common_floor"].count("$45,000") == 2
    assert "truly disagree on 3 of 3 pairs" in told["truly_apart"]
    assert "all but sure of this on 3 of them" in told["truly_apart"]
    assert f"label of all_one for \u201c{ONE.label}\u201d" in told["stakeholders"]
    assert f"label of all_other for \u201c{OTHER.label}\u201d" in told["stakeholders"]


def test_two_that_want_the_same_have_one_plan_and_no_quarrel() -> None:
    told = texts(point(1, 0), point(1, 0))
    assert told["common_ground"] == "One plan gives every position all that it could have."
    assert "most often choose one plan" in told["stakeholders"]
    assert "No two of them truly disagree on any of the 3 pairs" in told["truly_apart"]


def test_the_summary_holds_what_each_gives_up_and_which_weights_speak_for_a_plan() -> None:
    found = results(point(1, 0), point(0, 1))
    first, second = said.stakeholders(found)
    assert [held.regret for held in first.plans] == [0, 1, 0.5]
    assert [held.first for held in second.plans] == [0, 1, 0]
    assert first.plans[0].central == {"lives": 1, "calm": 0}
    assert first.plans[1].central == {}
    ground = said.common_ground(found)
    assert ground is not None
    assert ground.binds == [ONE.key, OTHER.key]
    assert [row.plan for row in ground.services] == [BUDGET / 2] * 2
    assert len(said.apart(found)[0].always) == 3


def test_what_holds_whatever_the_weights_is_counted_and_kept_pair_by_pair() -> None:
    free = weight_set(VALUES, np.zeros((0, 2)), np.zeros(0))
    found = results(point(1, 0), free)
    first, second = said.stakeholders(found)
    assert first.always == [("all_one", "all_other"), ("all_one", "half"), ("half", "all_other")]
    assert (first.pairs, second.always) == (3, [])
    told = {one.key: one.text for one in said.findings(found)}
    assert told["settled"] == (
        "Whatever its weights, a position puts 0 to 3 of 3 pairs of plans in one order, by position. The best plan at "
        "some weight is one of 1 to 3."
    )
    assert texts(point(1, 0))["settled"] == (
        "Whatever its weights, it puts 3 of 3 pairs of plans in one order. The best plan at some weight is one of 1."
    )


def asking(swing: dict[str, Any]) -> Results:
    """One stakeholder of even weights that gave swing points."""
    found = results(point(0.5, 0.5))
    assert found.common is not None
    held = found.common.held[0]
    position = held.asked.stakeholder.model_copy(update={"swing": Swing.model_validate(swing)})
    held = replace(held, asked=replace(held.asked, stakeholder=position))
    common = replace(found.common, held=(held,))
    return cast(Results, SimpleNamespace(**{**vars(found), "common": common, "setting": small()}))


def test_points_that_the_question_may_have_made_and_even_weights_are_told_and_move_no_weight() -> None:
    again = [{"value": "hope", "way": 2.0, "points": 50.0}]
    (one,) = said.stakeholders(asking({"points": {"healing": 100.0, "hope": 50.0}, "tolerance": 0.0, "again": again}))
    (twice,) = one.asked_twice
    assert (twice.value, twice.before, twice.after, twice.sensitivity) == ("hope", 50.0, 50.0, 0.0)
    assert (twice.low, twice.high, twice.moved) == (0.0, 0.0, "not at all")
    assert twice.words.startswith("Hope: asked again over twice the way, its points did not move")
    assert one.evenness == pytest.approx(1)
    assert one.points_evenness == pytest.approx(0.918, abs=1e-3)
    assert one.even.startswith("The middle of its weights is so even")
    plain = said.stakeholders(results(point(0.5, 0.5)))[0]
    assert one.model_copy(update={"asked_twice": [], "points_evenness": None}) == plain


def test_uneven_weights_are_not_called_even() -> None:
    (one,) = said.stakeholders(results(point(0.9, 0.1)))
    assert (one.asked_twice, one.points_evenness, one.even) == ([], None, "")


def with_voices(by_family: np.ndarray, in_draws: dict[str, np.ndarray] | None = None) -> Results:
    """One stakeholder for whom the first plan comes first, and who has these ranks when families have a voice each."""
    found = results(point(1, 0))
    assert found.common is not None
    heard = {FAMILIES: Voice(by_family, {"lives": 0.2, "calm": -0.2})}
    held = (replace(found.common.held[0], voices=heard),)
    common = replace(found.common, held=held, in_draws=in_draws or {})
    return cast(Results, SimpleNamespace(**{**vars(found), "common": common}))


def test_it_is_said_where_counting_families_and_not_names_changes_the_first_plan() -> None:
    other = np.eye(3)[[1, 0, 2]]
    told = {one.key: one.text for one in said.findings(with_voices(other))}
    assert "label of all_one if each value has one voice, label of all_other if each family" in told["voices"]
    told = {one.key: one.text for one in said.findings(with_voices(np.eye(3)))}
    assert "the same plan comes first for each position" in told["voices"]
    heard = said.stakeholders(with_voices(other))[0].voices[0]
    assert heard.first == {"all_one": 0, "all_other": 1, "half": 0}
    assert heard.excess == {"lives": 0.2, "calm": -0.2}


def test_plans_are_ordered_by_the_position_that_gives_up_most_and_what_runs_cannot_tell_is_said() -> None:
    rng = np.random.default_rng(1)
    near, far = 0.3 + 0.01 * rng.random(20), 0.8 + 0.01 * rng.random(20)
    found = with_voices(np.eye(3), {ONE.key: np.array([far, near, far + 0.1, near + 0.02 * (rng.random(20) - 0.3)])})
    ground = said.common_ground(found)
    assert ground is not None
    assert [one.plan for one in ground.order] == ["all_other", COMMON, "all_one", "half"]
    assert [one.told for one in ground.order] == [False, True, True, None]
    assert ground.in_runs[ONE.key].mean == ground.order[1].regret.mean
    text = next(one.text for one in said.findings(found) if one.key == "regret_order")
    assert text.startswith("Of the position that it asks most of, label of all_other asks least: 30 (")
    assert text.endswith("these runs cannot tell the two apart.")


def test_a_plan_can_take_more_than_all_that_counts() -> None:
    assert said.share(1.2) == "more than all"
    assert said.share(0.54) == "54 in 100"


def test_all_that_is_said_is_person_first() -> None:
    for text in (*texts(point(1, 0), point(0, 1)).values(), *texts(point(1, 0)).values()):
        assert forbidden(text) == []
