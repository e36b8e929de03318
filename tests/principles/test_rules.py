"""The principles are data: sixteen and three checks, each with two readings; a faulty file is told whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

import pytest
from plans_to_audit import rules

from bothand.checking import check_files
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.principles.answers import Verdict, word, worst
from bothand.principles.audit import CHECKS
from bothand.principles.rules import NOT_COMPUTED, NOT_REVIEWED, load_reviews, load_rules, reviewed

LOOKED_AT = [names for rule in rules().values() for r in (rule.hr, rule.r) for names in r.looks_at.values()]
HEADER = "rule,tradition,verdict,comment,date\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(data_folder() / "principles", tmp_path / "principles"))


def change(folder: Path, rule: str, before: str, after: str) -> None:
    path = folder / f"{rule}.toml"
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_sixteen_principles_come_in_their_order_and_three_checks_after_them() -> None:
    numbers = [rule.number for rule in load_rules(CHECKS)]
    assert numbers == [*(f"P{n}" for n in range(1, 17)), "", "", ""]


def test_every_rule_has_two_readings_each_with_what_it_would_refuse_and_a_device() -> None:
    for rule in rules().values():
        assert (rule.hr.reading, rule.hr.rejects) != (rule.r.reading, rule.r.rejects), rule.key
        assert rule.honesty, rule.key


def test_every_check_decides_some_reading() -> None:
    used = {reading.check for rule in rules().values() for reading in (rule.hr, rule.r)}
    assert used == {*CHECKS, NOT_COMPUTED}


def test_what_the_software_cannot_know_says_what_it_would_need() -> None:
    unknown = {key: rule.hr.needs for key, rule in rules().items() if rule.hr.check == NOT_COMPUTED}
    assert {*unknown} == {"connections", "conditions", "real_voice"}
    assert "seats" in (unknown["real_voice"] or "")


def test_until_reviewers_sign_a_rule_is_not_yet_reviewed() -> None:
    assert load_reviews(list(rules())) == ()
    assert {reviewed(rule, ()) for rule in rules()} == {NOT_REVIEWED}


def test_one_review_leaves_the_other_tradition_to_be_asked(tmp_path: Path) -> None:
    table = tmp_path / "reviews.csv"
    table.write_text(f"{HEADER}no_coercion,recovery,accepted,grades are fair,2027-01-31\n", encoding="utf-8")
    found = reviewed("no_coercion", load_reviews(list(rules()), table))
    assert "recovery, 2027-01-31: accepted (grades are fair)" in found
    assert found.endswith("not yet reviewed by the harm reduction tradition")


def test_a_faulty_table_of_reviews_is_told_whole(tmp_path: Path) -> None:
    table = tmp_path / "reviews.csv"
    table.write_text(f"{HEADER}no_coercon,police,accepted,,31 January\n", encoding="utf-8")
    with pytest.raises(FaultsFound) as found:
        load_reviews(list(rules()), table)
    told = " ".join(str(fault) for fault in found.value.faults)
    for words in ("'comment' is empty", "no_coercon", "police", "31 January"):
        assert words in told


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('check = "coercion"', 'check = "coersion"', "unknown check"),
        ('tag = "NHRC"', 'tag = "NHCR"', "unknown source"),
        ("order = 4", "order = 5", "the place 5 is taken"),
        ('key = "no_coercion"', 'key = "coercion"', "not the file's name"),
        ("limit = 0", "limit = 9", "less than or equal to 4"),
        ("limit = 0", 'needs = "a number"', "'needs' belongs to"),
    ],
)
def test_a_faulty_rule_is_refused_in_plain_words(folder: Path, before: str, after: str, words: str) -> None:
    change(folder, "no_coercion", before, after)
    with pytest.raises(FaultsFound, match=words):
        load_rules(CHECKS, folder)


def test_an_outcome_that_nobody_counts_is_refused_with_its_nearest_name(folder: Path) -> None:
    change(folder, "not_addicted", '"deaths_averted"', '"deaths_averred"')
    with pytest.raises(FaultsFound, match=r"unknown name 'deaths_averred'.*deaths_averted") as found:
        load_rules(CHECKS, folder, {name for lines in LOOKED_AT for name in lines})
    assert len(found.value.faults) == 2


def test_a_principle_checked_by_itself_is_held_against_the_outcomes_that_a_study_counts(folder: Path) -> None:
    path = folder / "not_addicted.toml"
    assert check_files([path])[1] == []
    change(folder, "not_addicted", '"contact_years"', '"contact_hours"')
    _, faults = check_files([path])
    assert len(faults) == 2, "one for each reading"
    assert all("unknown name 'contact_hours'" in f.message and f.nearest == "contact_years" for f in faults)


def test_the_word_over_two_readings_is_both_one_named_or_neither_and_never_hides_what_is_not_known() -> None:
    assert word("passes", "passes") == "both"
    assert word("passes", "fails") == "one (harm reduction)"
    assert word("cannot tell", "passes") == "one (recovery)"
    assert word("fails", "fails") == "neither"
    for other in get_args(Verdict):
        if other != "passes":
            assert word("cannot tell", other) == "cannot tell"
    assert word("not computed", "fails") == "not computed"


def test_conditions_that_must_all_hold_fail_with_the_first_that_fails() -> None:
    assert worst([]) == "passes"
    assert worst(["passes", "cannot tell", "not computed", "fails"]) == "fails"
    assert worst(["passes", "cannot tell"]) == "cannot tell"
