"""The list that settlement money is spent by: every code that a service names stands in it, with its words."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from bothand.faults import FaultsFound
from bothand.files import available, data_folder
from bothand.world.headings import HEADINGS, SpendingHeading, heading_faults, known_headings
from bothand.world.placefile import load_place
from bothand.world.population import whole_table
from bothand.world.rules import LAW_WORDS, known_statuses, said_of
from bothand.world.service import load_service
from faulty import write

SCHEDULES = {"A": 9, "B": 12}
"""Headings of Schedule A (core strategies, A to I) and of Schedule B (approved uses, A to L)."""
WORDS = {row.code: row.heading for row in known_headings()}


@pytest.mark.parametrize("name", available("services"))
def test_every_code_that_a_service_names_is_in_the_list_with_the_same_words(name: str) -> None:
    for heading in load_service(name).exhibit_e:
        assert WORDS[heading.code] == heading.heading, heading.code


def test_the_list_holds_every_heading_and_says_what_of_it_was_seen() -> None:
    rows = known_headings()
    for schedule, count in SCHEDULES.items():
        heads = [row for row in rows if row.code.startswith(f"{schedule}.") and row.code.count(".") == 1]
        assert len(heads) == count
        assert all(row.seen == "heading" and row.source for row in heads)
    assert {row.seen.split(" ")[0] for row in rows} == {"heading", "text", "unverified"}


def test_a_code_that_stands_twice_or_has_no_heading_is_a_fault(tmp_path: Path) -> None:
    text = (data_folder() / "places" / HEADINGS).read_text("utf-8")
    doubled = write(tmp_path / "a.csv", text, (",A.A.2,", ",A.A.1,"))
    alone = write(tmp_path / "b.csv", text, (",A.A.2,", ",A.Z.2,"))
    for path, words in ((doubled, "A.A.1"), (alone, "the heading 'A.Z' of 'A.Z.2' is missing")):
        with pytest.raises(FaultsFound, match=words):
            whole_table(path, SpendingHeading, heading_faults)


def test_the_word_beside_a_line_is_the_strictest_and_its_rule_is_the_one_it_is_taken_from() -> None:
    place, day = load_place("washtenaw"), datetime.date(2026, 1, 1)
    said = said_of(place, load_service("syringe_services"), day)
    assert said.word == "contested"
    assert "No state law authorises syringe services" in said.rule
    assert "in force" in said.dated
    assert "filtermag.org" in said.source


def test_a_service_that_is_stricter_than_the_rules_gives_its_own_note() -> None:
    service = load_service("peer_coaching")
    strict = service.model_copy(update={"legal": service.legal.model_copy(update={"label": "not allowed"})})
    said = said_of(load_place("washtenaw"), strict, datetime.date(2026, 1, 1))
    assert (said.word, said.rule) == ("not allowed", service.legal.note)


@pytest.mark.parametrize("name", ["jail_medication", "jail_medication_own_places"])
def test_a_duty_is_the_word_where_nothing_stricter_stands_with_its_date_and_source(name: str) -> None:
    said = said_of(load_place("washtenaw"), load_service(name), datetime.date(2026, 1, 1))
    assert said.word == "required"
    assert said.rule.startswith("Refusing prescribed medication in jail is disability discrimination")
    assert said.dated == "2022-04-05; 2022-01"
    assert "prisonlegalnews.org" in said.source


def test_a_duty_gives_way_to_a_stricter_word_and_its_rule_stands_beside() -> None:
    place, day = load_place("washtenaw"), datetime.date(2026, 1, 1)
    service = load_service("jail_medication")
    for word in ("allowed with conditions", "contested", "not allowed"):
        stricter = service.model_copy(update={"legal": service.legal.model_copy(update={"label": word})})
        assert said_of(place, stricter, day).word == word
    milder = service.model_copy(update={"legal": service.legal.model_copy(update={"label": "allowed"})})
    assert said_of(place, milder, day).word == "required"


def test_a_duty_on_how_a_house_is_run_is_no_duty_to_open_one() -> None:
    said = said_of(load_place("washtenaw"), load_service("recovery_housing"), datetime.date(2026, 1, 1))
    assert said.word == "allowed with conditions"


def test_a_rule_that_asks_for_something_is_stricter_than_one_that_allows_it() -> None:
    severity = {row.status: row.severity for row in known_statuses()}
    words = {row.label: row.severity for row in known_statuses() if row.bears_on == "law"}
    assert severity["allowed"] < severity["required"] < severity["allowed-with-conditions"]
    assert sorted(words, key=lambda word: words[word]) == list(LAW_WORDS)
