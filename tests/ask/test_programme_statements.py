"""The statements as data: two columns of one size, two readings each, and nothing without a source or words for it."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from pathlib import Path

import pytest

from bothand.ask.language import Language
from bothand.ask.programme.known import facts_of, number_said, range_said
from bothand.ask.programme.statements import EACH, Asked, load_asked, stands_for
from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.outcomes.values import load_values
from bothand.words import forbidden
from bothand.world.service import Terms
from bothand.world.terms import load_terms

SHIPPED = data_folder() / "ask" / "programme"
RECOGNITIONS = {
    "not_addicted": "E16",
    "lower_risk": "E17",
    "recovery": "E18",
    "no_coercion": "E19",
    "all_change": "E20",
    "equal_worth": "E21",
}
ENGLISH = Language("en", {})


@pytest.fixture(scope="module")
def asked() -> Asked:
    return load_asked()


def test_both_columns_hold_the_same_number_and_so_does_what_they_share(asked: Asked) -> None:
    assert [column.key for column in asked.columns] == ["harm_reduction", "recovery", "shared"]
    assert {len(column.statement) for column in asked.columns} == {EACH}
    assert len({statement.key for statement in asked.statements}) == 3 * EACH


def test_columns_take_turns_and_take_turns_in_going_first(asked: Asked) -> None:
    column_of = {s.key: column.key for column in asked.columns for s in column.statement}
    order = [column_of[statement.key] for statement in asked.mixed]
    assert Counter(order[::3]) == Counter(order[1::3]) == {"harm_reduction": EACH / 2, "recovery": EACH / 2}
    assert set(order[2::3]) == {"shared"}
    assert all(first != second for first, second in itertools.pairwise(order))


def test_every_statement_stands_for_a_value_or_a_principle_of_the_essay(asked: Asked) -> None:
    meanings = stands_for()
    for statement in asked.statements:
        _, sentences = meanings[statement.stands_for]
        assert set(statement.essay) & set(sentences), statement.key
    stood = {statement.stands_for for statement in asked.statements}
    assert stood >= {value.key for value in load_values()}
    assert stood >= set(RECOGNITIONS)
    for key, sentence in RECOGNITIONS.items():
        assert any(sentence in s.essay for s in asked.statements if s.stands_for == key)


def test_every_sentence_of_the_essay_is_spoken_to(asked: Asked) -> None:
    spoken = {sentence for s in asked.statements for sentence in s.essay}
    spoken |= {sentence for question in asked.questions for sentence in question.essay}
    assert spoken == {f"E{number}" for number in range(1, 26)}


def test_every_term_is_spoken_to_and_each_has_one_repair(asked: Asked) -> None:
    repairs: dict[str, set[str]] = {}
    for statement in asked.statements:
        if statement.term:
            repairs.setdefault(statement.term.key, set()).add(statement.term.repair)
            choices = {choice.key for choice in load_terms()[statement.term.key].choice}
            assert set(statement.term.yes) | set(statement.term.no) == choices
    assert set(repairs) == set(Terms.model_fields)
    assert all(len(found) == 1 for found in repairs.values())


def test_no_repair_asks_for_more_coercion_than_what_it_repairs(asked: Asked) -> None:
    for statement in asked.statements:
        if statement.term:
            term = load_terms()[statement.term.key]
            assert term.of(statement.term.repair).by_itself <= min(term.of(no).by_itself for no in statement.term.no)


def test_a_statement_says_what_is_known_or_that_nothing_is(asked: Asked) -> None:
    evidence = load_evidence()
    for statement in asked.statements:
        facts = facts_of(statement, evidence, ENGLISH)
        assert bool(facts) != bool(statement.not_known)
        for fact, known in zip(facts, statement.known, strict=True):
            row = evidence[evidence.resolve(known.quantity)]
            assert number_said(row, ENGLISH) in fact.sentence
            assert range_said(row, ENGLISH) in fact.sure
            assert row.citation in fact.source
            assert ("not verified" in fact.sure) == (row.grade == "unverified")


@pytest.mark.parametrize(
    ("key", "number", "span"),
    [
        ("ssp_clients_want_help", "78 in 100", "between 73 and 81"),
        ("od_mult_relapse", "4.3 times", "between 3.6 and 5.2"),
        ("pref_rank_mortality_moud", "4", "no range is known"),
    ],
)
def test_a_share_a_ratio_and_a_rank_are_said_in_their_own_way(key: str, number: str, span: str) -> None:
    row = load_evidence()[key]
    assert number_said(row, ENGLISH) == number
    assert range_said(row, ENGLISH) == span


def test_no_statement_names_its_own_tradition_or_a_word_that_hurts(asked: Asked) -> None:
    for statement in asked.statements:
        texts = [statement.text, statement.short, statement.hr, statement.r, statement.trades, statement.repair]
        assert not any(forbidden(text) for text in texts)
        assert "harm reduction" not in statement.text.lower()
        assert statement.hr != statement.r


def test_each_question_rests_on_statements_of_the_page_and_has_a_sentence_for_each_way(asked: Asked) -> None:
    assert [question.key for question in asked.questions] == ["visible", "end", "not_addicted", "traded"]
    for question in asked.questions:
        assert len(question.both) in (0, 4)
        for part in question.part:
            assert len({part.yes, part.no, part.mixed, part.unknown}) == 4


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    shutil.copytree(SHIPPED, folder / "programme", ignore=shutil.ignore_patterns("*.po"))
    path = folder / "programme" / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder / "programme"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('stands_for = "respect"', 'stands_for = "respekt"', "there is no value or principle 'respekt'"),
        ('essay = ["E10"]', 'essay = ["E26"]', "E26"),
        ('quantity = "low_threshold_reach_rr"', 'quantity = "low_threshold_reach"', "unknown quantity"),
        ("people start medicine {n} as often", "people start medicine 1.4 as often", "the number stands once"),
        ('tag = "HRI"', 'tag = "HRJ"', "'HRJ' is not known"),
        ('yes = ["none", "intake"]', 'yes = ["none", "intakes"]', "'intakes' is no choice of 'entry'"),
        ('yes = ["none", "intake"]', 'yes = ["none", "abstinence first"]', "stands under yes and under no"),
        ('repair = "none"', 'repair = "abstinence first"', "none of the choices that a yes points to"),
        ('key = "entry"', 'key = "entrance"', "services have no term 'entrance'"),
        ('key = "first_visit"', 'key = "help_today"', "'help_today' stands twice"),
        ('bought_as = ["community_naloxone"]', 'bought_as = ["naloxone"]', "'naloxone' is not known"),
        ("not_known = ", "known = []\nnot_knowing = ", "unknown key 'not_knowing'"),
    ],
)
def test_a_faulty_statement_is_told_in_plain_words(tmp_path: Path, old: str, new: str, words: str) -> None:
    folder = changed(tmp_path, "harm_reduction.toml", old, new)
    with pytest.raises(FaultsFound) as found:
        load_asked(folder)
    told = [str(fault) for fault in found.value.faults]
    assert any(words in fault for fault in told), told
    assert all("harm_reduction.toml" in fault for fault in told if words in fault)


def test_a_column_with_one_statement_fewer_is_a_fault(tmp_path: Path) -> None:
    folder = changed(tmp_path, "shared.toml", "reviewed", "reviewed")
    text = (folder / "shared.toml").read_text("utf-8")
    (folder / "shared.toml").write_text(text[: text.rindex("[[statement]]")], encoding="utf-8")
    with pytest.raises(FaultsFound) as found:
        load_asked(folder)
    assert any("7 statements; each column has 8" in str(fault) for fault in found.value.faults)


def test_a_question_about_no_statement_is_a_fault(tmp_path: Path) -> None:
    folder = changed(tmp_path, "questions.toml", '"safer_counts", "help_today"', '"safer_counts", "help_now"')
    with pytest.raises(FaultsFound) as found:
        load_asked(folder)
    assert [fault.nearest for fault in found.value.faults] == ["help_today"]
