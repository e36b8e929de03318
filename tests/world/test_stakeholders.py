"""Stakeholders: positions as statements, every fault in one pass, and which statements contradict each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.checking import check_files
from bothand.decide.weights import position_weights, question_notes
from bothand.faults import FaultsFound
from bothand.files import available
from bothand.words import forbidden
from bothand.world.stakeholders import (
    Row,
    Statement,
    contradiction_words,
    contradictions,
    families_of,
    load_stakeholder,
    read_stakeholder,
    statements_of,
)
from bothand.world.stakeholders.contradictions import can_be_met
from faulty import faults_of, line_of, write

VALUES = available("values")
POSITIONS = available("stakeholders")
HEAD = """key = "ours"
label = "Ours"
short = "Ours"
stands_for = "what we hold"
note = "to try it"
source = "our panel, 3 November 2026"
reviewed = "drafted, not reviewed"
"""
GAINS = {
    "harm_reduction_only": {"respect": 0.9, "healing": 0.1},
    "treatment_only": {"respect": 0.1, "healing": 0.5},
}
Own = Callable[..., Path]


@pytest.fixture
def own(tmp_path: Path) -> Own:
    def make(*lines: str, head: str = HEAD) -> Path:
        return write(tmp_path / "ours.toml", head + "\n".join(lines) + "\n")

    return make


# -------------------------------------------------------------------------------------------------- the five positions


@pytest.mark.parametrize("name", POSITIONS)
def test_a_shipped_position_is_an_order_of_all_values_whose_first_count_half_and_not_a_person(name: str) -> None:
    found = load_stakeholder(name)
    assert sorted(value for tier in found.tiers for value in tier) == VALUES
    first = found.tiers[0]
    halves = [*found.at_least.items(), *((group.values, group.at_least) for group in found.together)]
    assert halves == [(first if len(first) > 1 else first[0], 0.5)]
    assert not any((found.at_most, found.ratio, found.swing, found.prefers))
    assert "a position written by us to try the method with, not a person" in found.note
    assert found.reviewed == "drafted, not reviewed"
    assert not forbidden(" ".join((found.label, found.short, found.stands_for, found.note)))


def test_the_five_positions_put_five_different_values_first() -> None:
    assert len(POSITIONS) == 5
    assert len({load_stakeholder(name).tiers[0] for name in POSITIONS}) == 5


@pytest.mark.parametrize("name", POSITIONS)
def test_all_weight_or_half_of_it_may_be_on_what_comes_first_and_no_less(name: str) -> None:
    weights = position_weights(name, VALUES)
    first = load_stakeholder(name).tiers[0]
    head = np.array([value in first for value in VALUES])
    assert weights.holds(head / head.sum())
    assert weights.holds(np.where(head, 0.5 / head.sum(), 0.5 / (~head).sum()))
    assert weights.corners[:, head].sum(axis=1).min() == pytest.approx(0.5)


# -------------------------------------------------------------------------------------------------------- statements


def test_each_kind_of_statement_says_what_it_says_of_weights(own: Own) -> None:
    path = own(
        'order = ["healing", ["hope", "respect"]]',
        "at_least = { healing = 0.2 }",
        "at_most = { healing = 0.6 }",
        'ratio = [{ more = "hope", less = "respect", at_least = 2, at_most = 4 }]',
        'together = [{ values = ["hope", "respect"], at_least = 0.1, at_most = 0.5 }]',
        "[swing]",
        "points = { healing = 100, hope = 50 }",
        "tolerance = 0.2",
    )
    found, document, _ = read_stakeholder(path)
    assert found is not None
    said = {statement.words: statement for statement in statements_of(found, document)}
    assert [row.coefficients for row in said["'healing' counts at least as much as 'hope' and 'respect'"].rows] == [
        {"healing": 1, "hope": -1},
        {"healing": 1, "respect": -1},
    ]
    assert said["'healing' has at least 0.2 of all weight"].rows == (Row({"healing": 1}, 0.2),)
    assert said["'healing' has at most 0.6 of all weight"].rows == (Row({"healing": -1}, -0.6),)
    assert said["'hope' counts at least 2 times as much as 'respect'"].rows == (Row({"hope": 1, "respect": -2}),)
    assert said["'hope' counts at most 4 times as much as 'respect'"].rows == (Row({"hope": -1, "respect": 4}),)
    for words, row in (
        ("at least 0.1", Row({"hope": 1, "respect": 1}, 0.1)),
        ("at most 0.5", Row({"hope": -1, "respect": -1}, -0.5)),
    ):
        assert said[f"'hope' and 'respect' together have {words} of all weight"].rows == (row,)
    swing = said["'hope' has 50 points beside 100 of 'healing', give or take 20 per cent"]
    assert swing.rows == (Row({"hope": 1, "healing": -0.4}), Row({"hope": -1, "healing": 0.6}))
    assert swing.line == line_of(path, "points")
    weights = position_weights(path, VALUES)
    w = dict.fromkeys(VALUES, 0.0) | {"healing": 0.5, "hope": 0.25, "respect": 0.1, "solidarity": 0.15}
    assert weights.holds([w[value] for value in VALUES])
    assert not weights.holds([(w | {"respect": 0.05, "solidarity": 0.2})[value] for value in VALUES])


def test_an_accepted_choice_between_plans_is_one_row_once_plans_are_known(own: Own) -> None:
    path = own('prefers = [{ plan = "harm_reduction_only", over = "treatment_only" }]')
    assert len(position_weights(path, VALUES).corners) == len(VALUES)
    chosen = position_weights(path, ["healing", "respect"], GAINS)
    assert chosen.ranges == pytest.approx(np.array([[0, 2 / 3], [1 / 3, 1]]))  # 0.8 of respect against 0.4 of healing


def test_a_choice_that_the_rest_contradicts_is_told_beside_it(own: Own) -> None:
    path = own("at_least = { healing = 0.7 }", 'prefers = [{ plan = "harm_reduction_only", over = "treatment_only" }]')
    (fault,) = faults_of(position_weights, path, ["healing", "respect"], GAINS)
    assert "'healing' has at least 0.7 of all weight" in fault.message
    assert "'harm_reduction_only' is at least as good as 'treatment_only'" in fault.message
    assert fault.file == str(path)


def test_points_that_are_asked_again_change_no_weight_and_are_told_by_check(own: Own) -> None:
    swing = ("at_least = { healing = 0.6 }", "[swing]", "points = { healing = 100, hope = 50 }", "tolerance = 0.1")
    plain = position_weights(own(*swing), VALUES)
    path = own(*swing, "[[swing.again]]", 'value = "hope"', "way = 2", "points = 50")
    assert load_stakeholder(path).swing.again[0].way == 2  # type: ignore[union-attr]  # it was written above
    again = position_weights(path, VALUES)
    assert np.array_equal(again.corners, plain.corners)
    ((_, kind, notes),), faults = check_files([path])
    assert (kind, faults) == ("stakeholder", [])
    assert notes == [
        "'hope': asked again over twice the way, its points did not move: the question, not the value, may have made "
        "the number."
    ]


def test_check_says_where_a_position_may_be_no_choice(own: Own) -> None:
    points = ", ".join(f"{value} = {100 - n}" for n, value in enumerate(VALUES))
    (even,) = question_notes(own("[swing]", f"points = {{ {points} }}", "tolerance = 0"))
    assert even.startswith("Its points and the middle of its weights are so even that they may say no more than")
    (free,) = question_notes(own("at_least = { hope = 0.02 }"))
    assert free.startswith("The middle of its weights is so even")
    chosen = 'prefers = [{ plan = "harm_reduction_only", over = "treatment_only" }]'
    assert question_notes(own("at_least = { hope = 0.02 }", chosen)) == []
    assert [question_notes(name) for name in POSITIONS] == [[]] * len(POSITIONS)


# ------------------------------------------------------------------------------------------------------------- faults


def test_what_is_asked_again_has_first_points_another_way_and_one_answer(own: Own) -> None:
    again = [("hop", 2, 50), ("healing", 2, 90), ("hope", 1, 50), ("respect", 0.5, 10), ("respect", 0.5, 20)]
    again += [("hope", 3, 60), ("hope", 3, 60)]
    rows = [
        part
        for value, way, points in again
        for part in ("[[swing.again]]", f'value = "{value}"', f"way = {way}", f"points = {points}")
    ]
    path = own("[swing]", "points = { healing = 100, hope = 50, respect = 20 }", "tolerance = 0.1", *rows)
    assert [fault.message for fault in faults_of(load_stakeholder, path)] == [
        "'hop' is asked again, but has no points to set beside.",
        "'healing' is what the others are asked beside; ask another value again.",
        "a way of 1 is the whole way, as the first time; ask over another.",
        "'respect' has 10 and 20 points for the same way; take one back.",
        "'hope' is asked twice over the same way; once is enough.",
    ]


def test_every_fault_is_told_in_one_pass_with_its_line(own: Own) -> None:
    path = own(
        'order = ["healng", "hope", "hope"]',
        "at_least = { respect = 1.5 }",
        'ratio = [{ more = "hope", less = "hope", at_least = 2 }, { more = "respect", less = "healing" }]',
        'prefers = [{ plan = "treatment_onl", over = "recovery_only" }, { plan = "mandate", over = "mandate" }]',
        'together = [{ values = ["solidarity"], at_least = 0.1 }, { values = ["hope", "respct"] }]',
        "[swing]",
        "points = { hope = 50, respect = 0 }",
        "tolerance = 0.1",
        head=HEAD.replace('key = "ours"', 'key = "other"').replace("note =", "nott ="),
    )
    found = {str(fault) for fault in faults_of(load_stakeholder, path)}
    for words, part in (
        ("the key 'other' is not the file's name", "key"),
        ("unknown key 'nott'. Did you mean 'note'?", "nott"),
        ("there is no value 'healng'. Did you mean 'healing'?", "order"),
        ("'hope' stands 2 times in the order", "order"),
        ("a number less than or equal to 1 was expected, found 1.5", "at_least"),
        ("'hope' is compared with itself", "ratio"),
        ("a ratio has 'at_least', 'at_most' or both", "ratio"),
        ("there is no plan 'treatment_onl', and no file of it beside this one. Did you mean 'treatment_only'?", "pref"),
        ("'together' names two or more values, each once", "together"),
        ("'together' has 'at_least', 'at_most' or both", "together"),
        ("there is no value 'respct'", "together"),
        ("'mandate' is chosen over itself", "prefers"),
        ("a number greater than 0 was expected, found 0", "points"),
    ):
        told = [text for text in found if words in text]
        assert told, f"{words!r} is not in {found}"
        assert f"line {line_of(path, part)} " in told[0]


def test_swing_points_start_from_the_value_that_has_a_hundred(own: Own) -> None:
    for points, words in (("hope = 50, respect = 20", "no value has 100 points"), ("hope = 100", "fewer than two")):
        (fault,) = faults_of(load_stakeholder, own("[swing]", f"points = {{ {points} }}", "tolerance = 0.1"))
        assert words in fault.message


def test_a_position_that_says_nothing_is_a_fault(own: Own) -> None:
    (fault,) = faults_of(load_stakeholder, own())
    assert "nothing is said" in fault.message
    (fault,) = faults_of(load_stakeholder, own('order = ["hope"]'))
    assert "an order of one step says nothing" in fault.message


def test_a_readers_own_value_and_plan_may_stand_beside(own: Own, tmp_path: Path) -> None:
    path = own('order = ["belonging", "hope"]', 'prefers = [{ plan = "ours_too", over = "mandate" }]')
    assert len(faults_of(load_stakeholder, path)) == 2
    for name in ("belonging", "ours_too"):
        (tmp_path / f"{name}.toml").write_text("x = 1\n")
    assert load_stakeholder(path).order == ("belonging", "hope")


# ----------------------------------------------------------------------------------------------------- contradictions


def test_the_statements_that_contradict_each_other_are_named_with_their_lines_and_no_other(own: Own) -> None:
    path = own(
        'order = ["respect", "healing", "hope"]',
        "at_most = { respect = 0.3, solidarity = 0.9 }",
        "at_least = { hope = 0.1, healing = 0.4 }",
    )
    (fault,) = faults_of(load_stakeholder, path)
    assert "these 3 statements contradict each other" in fault.message
    for words, part in (
        ("'respect' counts at least as much as 'healing'", "order"),
        ("'respect' has at most 0.3 of all weight", "at_most"),
        ("'healing' has at least 0.4 of all weight", "at_least"),
    ):
        assert f"{words} (line {line_of(path, part)})" in fault.message
    assert "hope" not in fault.message
    assert "solidarity" not in fault.message


def test_two_contradictions_that_share_nothing_are_both_told(own: Own) -> None:
    path = own(
        'ratio = [{ more = "hope", less = "healing", at_least = 3, at_most = 2 }]',
        "at_least = { respect = 0.3 }",
        "at_most = { respect = 0.2 }",
    )
    # three times as much and twice as much are both met by nothing at all: one more bound makes it a contradiction
    assert len(faults_of(load_stakeholder, path)) == 1
    path = own(
        'ratio = [{ more = "hope", less = "healing", at_least = 3, at_most = 2 }]',
        "at_least = { respect = 0.3, healing = 0.1 }",
        "at_most = { respect = 0.2 }",
    )
    messages = [fault.message for fault in faults_of(load_stakeholder, path)]
    assert len(messages) == 2
    assert sum("'respect'" in message for message in messages) == 1


def test_a_statement_that_nothing_meets_is_told_alone() -> None:
    alone = Statement("more than everything", (Row({"a": 1}, 1.2),), line=4)
    assert contradiction_words((alone,)) == "no weights meet this: more than everything (line 4)."
    assert contradictions([alone], ["a", "b"]) == [(alone,)]


@st.composite
def statements(draw: st.DrawFn) -> list[Statement]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = [(rng.integers(-2, 3, 3).astype(float), float(rng.choice([-0.4, 0, 0.3]))) for _ in range(6)]
    return [Statement(str(n), (Row(dict(zip("abc", row, strict=True)), least),)) for n, (row, least) in enumerate(rows)]


@given(statements())
def test_what_is_told_contradicts_itself_and_any_one_fewer_does_not(said: list[Statement]) -> None:
    found = contradictions(said, "abc")
    assert bool(found) != can_be_met(said, "abc")
    for subset in found:
        assert not can_be_met(subset, "abc")
        for statement in subset:
            assert can_be_met([other for other in subset if other is not statement], "abc")


def test_faults_end_a_check_with_nothing_written(own: Own, call: Callable[..., object]) -> None:
    path = own("at_least = { healing = 0.6, hope = 0.6 }")
    result = call("check", path)
    assert result.exit_code == 2  # type: ignore[attr-defined]
    assert "these 2 statements contradict each other" in result.stderr  # type: ignore[attr-defined]
    assert "stakeholder, no fault found" in call("check", own('order = ["hope", "healing"]')).output  # type: ignore[attr-defined]


def test_a_position_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(FaultsFound, match="Did you mean 'recovery_first'"):
        load_stakeholder("recovery_frst")


def test_what_is_said_of_a_family_is_said_of_the_values_in_it_together(own: Own) -> None:
    said = "family_at_least = { what_people_gain = 0.3 }\nfamily_at_most = { how_we_treat_people = 0.5 }"
    found, document, faults = read_stakeholder(own(said))
    assert faults == []
    assert found is not None
    rows = {s.words: s.rows for s in statements_of(found, document, families_of(available("values")))}
    (least,) = rows["the family 'what_people_gain' has at least 0.3 of all weight"]
    assert least.least == 0.3
    assert set(least.coefficients) == {"healing", "flourishing", "patient_welfare"}
    (most,) = rows["the family 'how_we_treat_people' has at most 0.5 of all weight"]
    assert (most.least, set(most.coefficients.values())) == (-0.5, {-1})


def test_a_family_that_is_none_and_families_that_cannot_fit_are_told(own: Own) -> None:
    _, _, faults = read_stakeholder(own("family_at_least = { what_people_gains = 0.3 }"))
    (fault,) = faults
    assert "no family of values 'what_people_gains'" in fault.message
    assert fault.nearest == "what_people_gain"
    said = "family_at_least = { what_people_gain = 0.7, who_else_matters = 0.4 }"
    _, _, faults = read_stakeholder(own(said))
    (fault,) = faults
    assert "contradict each other" in fault.message
