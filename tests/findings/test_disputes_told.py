"""Disputes and what is worth finding out, from what was tried to the summary's words."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from bothand.decide.information import Worth
from bothand.experiments.results import Results
from bothand.experiments.what_if.disputes import DisputesTried, DisputeTried, SideTried
from bothand.experiments.what_if.learning import Learned, Price, Settling, ToLearn
from bothand.findings.deciding.disputes import findings, learning, register, to_learn
from bothand.words import forbidden
from bothand.world.disputes.loading import load_disputes
from experiments.small_disputes import small

OPTIONS = ("community_naloxone", "low_barrier_buprenorphine")
UNTRIED = "outside the model: it has no streets"


def side(label: str, naloxone: float, lost: float) -> SideTried:
    return SideTried(label, np.array([naloxone, 0.0]), 90.0, 0.4, lost, 0.0, lost / 2, 5.0, 0.02, ())


def tried(key: str, moved: float, lost: float) -> DisputeTried:
    dispute = next(one for one in load_disputes(small().evidence) if one.key == key)
    labels = [one.label for one in dispute.side]
    sides = (side(labels[0], 100_000.0, lost), side(labels[1], 0.0, 0.0))
    return DisputeTried(dispute, sides, moved, ("low_barrier_buprenorphine",), ("community_naloxone",))


def ran(lost: float = 40.0, *, told: bool = True) -> Results:
    """A full run that tried three disputes and left out the others of the register."""
    entries = (
        tried("kits_in_the_right_hands", 0.5, lost),
        tried("naloxone_per_event", 0.3, 0.0),
        tried("who_pays", 0.05, lost),
    )
    disputes = load_disputes(small().evidence)
    names = {one.dispute.key for one in entries}
    untried = {one.key: UNTRIED for one in disputes if one.key not in names}
    worth = Learned(
        "kits", "effective_kit_share", Worth(12.0, 3.0), told, None, ("kits_in_the_right_hands",), ("Count.",)
    )
    found = {
        "disputes": DisputesTried(OPTIONS, np.zeros(2), entries, untried, 4, 10),
        "register": disputes,
        "learned": ToLearn(("status_quo", "naloxone"), "naloxone", 30.0, 4.0, (worth,)),
        "setting": small(),
        "draws": SimpleNamespace(n=64),
    }
    return cast(Results, SimpleNamespace(**found))


USUAL = cast(Results, SimpleNamespace(disputes=None, learned=None, register=()))


def test_every_dispute_of_the_register_is_told_once_those_that_were_tried_first() -> None:
    found = register(ran())
    assert sorted(one.key for one in found) == sorted(one.key for one in load_disputes(small().evidence))
    assert [one.key for one in found[:3]] == ["kits_in_the_right_hands", "naloxone_per_event", "who_pays"]
    assert [one.outcome for one in found[:3]] == ["changes", "does not change", "does not change"]
    for one in found[3:]:
        assert (one.outcome, one.why_not) == ("not tried", UNTRIED)
        assert all(part.trial is None for part in one.sides)


def test_what_no_part_of_the_study_reads_is_said_without_code_names() -> None:
    results = ran()
    assert results.disputes is not None
    untried = dict.fromkeys(results.disputes.untried, "nothing in this study reads safer_supply_overdose_ratio")
    told = register(
        cast(Results, SimpleNamespace(**{**vars(results), "disputes": replace(results.disputes, untried=untried)}))
    )
    assert {one.why_not for one in told if one.why_not} == {"nothing in this study depends on it"}


def test_a_side_carries_its_plan_its_losses_and_every_source_in_full() -> None:
    one = register(ran())[0]
    first, second = one.sides
    assert first.trial is not None
    assert second.trial is not None
    assert (first.trial.dollars, second.trial.dollars) == ({"community_naloxone": 100_000.0}, {})
    assert (first.trial.lost, first.trial.lost_by_best_guess, first.trial.loses) == (40.0, 20.0, True)
    assert not second.trial.loses
    row = small().evidence["effective_kit_share"]
    assert first.sources[0] == f"{row.source}: high end of the judgement"
    assert (one.enters, one.leaves) == (["low_barrier_buprenorphine"], ["community_naloxone"])


def test_no_words_of_the_register_speak_of_people_as_what_they_do() -> None:
    for one in register(ran()):
        words = [one.topic, one.claim, one.settled_by, *(part.says for part in one.sides)]
        assert not forbidden(" ".join(words)), one.key


def test_the_findings_count_what_changes_the_decision_and_name_it() -> None:
    said = {one.key: one.text for one in findings(ran())}
    assert said["disputes"] == "Of 3 disputes that can be tried, 1 changes the decision"
    assert said["disputes_deck"] == "Money moves over kits in the right hands."
    none = {one.key: one.text for one in findings(ran(lost=0.0))}
    assert none["disputes"] == "Of 3 disputes that can be tried, none changes the decision"
    assert all(one.rests_on == "nothing" for one in findings(ran()))


@pytest.mark.parametrize("told", [True, False])
def test_what_would_settle_most_is_named_only_above_chance(told: bool) -> None:
    said = next(one.text for one in findings(ran(told=told)) if one.key == "to_learn")
    label = small().evidence["effective_kit_share"].description
    assert said.startswith("Knowing everything before a plan is chosen would bring 30 healthy life-years.")
    assert (label[1:] in said) == told
    assert ("In 64 runs no single number can be told" in said) == (not told)


def test_what_is_worth_finding_out_carries_its_error_and_what_would_settle_it() -> None:
    (one,) = to_learn(ran())
    assert (one.worth, one.error, one.told, one.settled_by) == (12.0, 3.0, True, ["Count."])
    assert one.label == small().evidence["effective_kit_share"].description
    found = learning(ran())
    assert found is not None
    assert (found.everything, found.best, found.runs) == (30.0, "naloxone", 64)


def test_what_a_local_count_would_bring_is_told_and_where_chance_alone_could_give_it() -> None:
    found = ran()
    assert found.learned is not None
    for worth, doubt in ((3.0, True), (9.0, False)):
        studies = ((50, Worth(0.0, 1.0)), (200, Worth(worth, 1.0)), (1000, Worth(9.5, 1.0)))
        one = replace(found.learned.inputs[0], studies=studies)
        asked = cast(Results, SimpleNamespace(**{**vars(found), "learned": replace(found.learned, inputs=(one,))}))
        said = next(one.text for one in findings(asked) if one.key == "to_learn")
        assert f"A local count of 200 people or cases would bring {worth:.0f}" in said
        assert said.endswith("chance alone could give this.") == doubt
        told = to_learn(asked)[0].studies
        assert [one.told for one in told] == [False, not doubt, True]
        made = learning(asked)
        assert made is not None
        assert made.study_source == small().evidence["local_study_people"].source
        assert made.study_cost == "such a survey costs about $50,000 ($12,000 to $240,000), a judgement too"


def settled(*found: Settling) -> Results:
    """The same full run, with what settling its disputes is worth."""
    results = ran()
    assert results.learned is not None
    learned = replace(results.learned, disputes=found, margin=2e-5, by_chance_disputes=3.0)
    draws = SimpleNamespace(n=64, keys={"kits": "effective_kit_share"})
    return cast(Results, SimpleNamespace(**{**vars(results), "learned": learned, "draws": draws}))


COUNT = Price("study_cost_count", (5e3, 2e4, 6e4), (0.1, 0.4, 1.2), 0.01)
KITS = Settling("kits_in_the_right_hands", ("kits",), Worth(12.0, 3.0), True, "count", COUNT, 600_000.0)


def test_what_settling_a_dispute_is_worth_and_costs_stands_with_the_dispute() -> None:
    free = Settling("naloxone_per_event", ("kits",), Worth(0.0, 1.0), False, "count", COUNT)
    entries = {one.key: one.settling for one in register(settled(KITS, free))}
    kits, none = entries["kits_in_the_right_hands"], entries["naloxone_per_event"]
    assert kits is not None
    assert (kits.inputs, kits.labels) == (
        ["effective_kit_share"],
        [small().evidence["effective_kit_share"].description],
    )
    assert (kits.worth, kits.told, kits.usd, kits.life_years) == (12.0, True, (5e3, 2e4, 6e4), (0.1, 0.4, 1.2))
    assert (kits.pays, kits.worth_usd, kits.counties) == ("yes", 600_000.0, pytest.approx(0.4 / 12))
    assert none is not None
    assert (none.counties, none.pays) == (None, "cannot tell")
    assert entries["who_pays"] is None
    made = learning(settled(KITS))
    assert made is not None
    assert (made.margin, made.by_chance_disputes) == (pytest.approx(2.0), 3.0)
    assert made.cost_source == small().evidence["study_cost_count"].source


def test_a_finding_counts_for_how_many_disputes_a_study_is_worth_its_cost() -> None:
    values = Settling("who_pays", (), None, False, None, None)
    said = {one.key: one.text for one in findings(settled(KITS, values))}
    assert said["settling"] == (
        "Of the 2 disputes that change most: for 1 a study is worth its cost to this county alone; for 1 no number "
        "that is drawn holds the dispute."
    )
    assert "settling" not in {one.key for one in findings(ran())}


def test_a_usual_run_tells_none_of_it() -> None:
    assert register(USUAL) == to_learn(USUAL) == findings(USUAL) == []
    assert learning(USUAL) is None
