"""NOTICE lists every source whose figures ship with a place, with its licence and the credit it asks for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bothand.evidence.tables import load_evidence
from bothand.files import available, data_folder
from bothand.world.headings import known_headings
from bothand.world.place import Place
from bothand.world.placefile import load_place

NOTICE = Path(__file__).parents[2] / "NOTICE"
HOST = re.compile(r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|gov|net|edu|us|charity|io|app)\b")
LABELS = ("Source:", "Used in:", "Licence:", "Credit:")


def entries() -> list[dict[str, str]]:
    """Every entry of NOTICE: label to text."""
    found: list[dict[str, str]] = []
    label = ""
    for line in NOTICE.read_text(encoding="utf-8").splitlines():
        started = next((name for name in LABELS if line.startswith(f"  {name}")), None)
        if started == "Source:":
            found.append({})
        if started:
            label = started
            found[-1][label] = line[2 + len(label) :].strip()
        elif line.startswith("    ") and label:
            found[-1][label] += " " + line.strip()
        else:
            label = ""
    return found


def sources(place: Place) -> set[str]:
    """Every source that a figure, a table, a rule or a statement of the place names."""
    about, tables = place.about, place.tables
    rows: list[Any] = [*place.points, *place.ages, *tables.life_table, *tables.overdose_rates, *tables.starters]
    rows += [*place.help_lines, *place.doors]
    rows += [*place.rules, *about.services_today, *about.asked_for, *about.not_in_model]
    rows += [about.money.first_round] if about.money else []
    return {part for row in rows for part in row.source.split("; ")}


def named() -> set[str]:
    return {name.strip() for entry in entries() for name in entry["Source:"].split(",")}


def test_every_entry_has_a_licence_and_a_credit() -> None:
    assert len(entries()) > 10
    for entry in entries():
        assert set(entry) == set(LABELS), entry
        assert all(entry.values()), entry


@pytest.mark.parametrize("place", available("places"))
def test_every_source_of_a_place_is_in_notice(place: str) -> None:
    missing = {source.split(":")[0] for source in sources(load_place(place))} - named()
    assert not missing, f"not in NOTICE: {sorted(missing)}"


@pytest.mark.parametrize("name", available("places"))
def test_every_source_of_a_place_is_a_name_and_a_detail(name: str) -> None:
    assert all(": " in source for source in sources(load_place(name)))


def test_every_page_that_a_places_quantities_name_is_in_notice() -> None:
    rows = [q for q in load_evidence().values() if Path(q.file).name.startswith("place_")]
    assert rows
    pages = {page for q in rows for page in HOST.findall(f"{q.citation} {q.locator} {q.judged_from} {q.judged_why}")}
    assert pages
    assert not pages - named(), f"not in NOTICE: {sorted(pages - named())}"


def test_every_measured_series_that_a_places_judgements_rest_on_ships() -> None:
    measures = {m.measure for m in load_place("michigan").measures}
    rows = [q for q in load_evidence().values() if Path(q.file).name.startswith("place_")]
    named_series = {name for q in rows for name in re.findall(r"\bseries ([a-z]+_[a-z_]+)\b", q.judged_from)}
    assert named_series
    assert named_series <= measures


def test_every_quantity_that_a_places_judgements_rest_on_exists() -> None:
    evidence, measures = load_evidence(), {m.measure for m in load_place("michigan").measures}
    rows = [q for q in evidence.values() if Path(q.file).name.startswith("place_")]
    for row in rows:
        words = set(re.findall(r"\b[a-z]+(?:_[a-z0-9]+)+\b", row.judged_from))
        assert words <= set(evidence) | measures, f"{row.key}: {sorted(words - set(evidence) - measures)}"


def test_every_page_that_a_plan_or_a_list_of_headings_names_is_in_notice() -> None:
    texts = [path.read_text("utf-8") for path in (data_folder() / "plans").rglob("*.toml")]
    texts += [row.source for row in known_headings()]
    pages = {page for text in texts for page in HOST.findall(text)}
    assert "fox17online.com" in pages
    assert not pages - named(), f"not in NOTICE: {sorted(pages - named())}"


def test_no_table_of_a_place_is_left_out() -> None:
    folder = data_folder() / "places"
    used = {"measures.csv", "rule_statuses.csv", "exhibit_e.csv"}
    for name in available("places"):
        about = load_place(name).about
        tables = (about.series, about.ages, about.rules, about.life_table, about.overdose_rates, about.starters)
        used |= {table for table in (*tables, about.doors, *about.help_lines) if table}
    assert {path.name for path in folder.glob("*.csv")} == used


def test_every_published_case_of_deciding_is_in_notice() -> None:
    folder = NOTICE.parent / "tests" / "reference" / "decision"
    text = " ".join(entry["Used in:"] for entry in entries())
    assert {path.name for path in folder.glob("*.json")} > {"05_kendall_w.json"}
    assert {path.name for path in folder.glob("*.json") if f"tests/reference/decision/{path.name}" not in text} == set()
