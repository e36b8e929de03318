"""What a panel says: every fault in one pass, its spread as it is, nobody who can be known by it, no number of ours."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.faults import FaultsFound
from bothand.outcomes.ratings import COLUMNS, EVERYONE, LEAST_APART, POINTS, Given, load_ratings, shown_apart, spreads
from bothand.outcomes.values import load_values
from bothand.report.stakes.form import form_html
from bothand.words import RATER_ROLES, reading_grade

SERVICES = ("syringe_services", "recovery_housing")
VALUES = tuple(v.key for v in load_values())


def table(folder: Path, *rows: tuple[str, ...]) -> Path:
    path = folder / "panel.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([COLUMNS, *rows])
    return path


def load(path: Path) -> tuple[Given, ...]:
    return load_ratings(path, SERVICES, VALUES)


def test_a_panels_table_is_read_as_it_was_given(tmp_path: Path) -> None:
    rows = [("syringe_services", "uses", "1", "respect", "5"), ("recovery_housing", "staff", "2", "hope", "1")]
    assert load(table(tmp_path, *rows)) == (
        Given("syringe_services", "uses", "1", "respect", 5),
        Given("recovery_housing", "staff", "2", "hope", 1),
    )


def test_every_fault_of_a_panels_table_is_told_in_one_pass_with_its_line(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        ("syringe_service", "uses", "1", "respect", "5"),
        ("syringe_services", "client", "2", "respect", "5"),
        ("syringe_services", "uses", "3", "respekt", "4"),
        ("syringe_services", "uses", "4", "respect", "6"),
        ("syringe_services", "uses", "5", "respect", "3.5"),
        ("syringe_services", "uses", "", "respect", "3"),
        ("syringe_services", "staff", "6", "hope", "3"),
        ("syringe_services", "staff", "6", "hope", "4"),
        ("recovery_housing", "other", "6", "hope", "4"),
    )
    with pytest.raises(FaultsFound) as found:
        load(path)
    said = {fault.line: fault for fault in found.value.faults}
    assert sorted(said) == [2, 3, 4, 5, 6, 7, 9, 10]
    assert said[2].nearest == "syringe_services"
    assert "unknown role 'client'" in said[3].message
    assert said[4].nearest == "respect"
    assert "from 1 to 5; found '6'" in said[5].message
    assert "whole number" in said[6].message
    assert "keep no name" in said[7].message
    assert "in line 8 already" in said[9].message
    assert "has the role 'staff' in another line" in said[10].message


def test_a_table_in_which_nobody_rated_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(FaultsFound, match="nobody has rated anything"):
        load(table(tmp_path))


def panel(**ratings: list[int]) -> list[Given]:
    """Ratings of one service and value by role; raters are numbered through."""
    found = []
    for role, points in ratings.items():
        found += [Given("syringe_services", role, f"{role}{n}", "respect", p) for n, p in enumerate(points)]
    return found


def test_the_spread_is_counts_and_the_middle_half_and_no_mean() -> None:
    found = spreads(panel(uses=[1, 5, 5, 4, 1]))
    assert [(s.role, s.counts, s.low, s.middle, s.high) for s in found] == [
        (EVERYONE, (2, 0, 0, 1, 2), 1, 4, 5),
        ("uses", (2, 0, 0, 1, 2), 1, 4, 5),
    ]
    assert not hasattr(found[0], "mean")


def test_two_services_and_two_values_are_never_put_together() -> None:
    given = [*panel(uses=[1, 1, 1]), *[Given("recovery_housing", "uses", str(n), "respect", 5) for n in range(3)]]
    given += [Given("syringe_services", "uses", str(n), "hope", 3) for n in range(3)]
    by_cell = {(s.service, s.value): s.middle for s in spreads(given) if s.role == EVERYONE}
    assert by_cell == {
        ("syringe_services", "respect"): 1,
        ("syringe_services", "hope"): 3,
        ("recovery_housing", "respect"): 5,
    }


@pytest.mark.parametrize(
    ("ratings", "shown"),
    [
        ({"uses": 3, "staff": 2, "other": 0}, []),  # everyone less those who use would be two people
        ({"uses": 3, "staff": 2, "other": 1}, ["uses"]),
        ({"uses": 5, "staff": 4, "other": 1}, ["uses"]),
        ({"uses": 3, "staff": 0, "other": 3}, ["uses", "other"]),
        ({"uses": 2, "staff": 2, "other": 2}, []),
    ],
)
def test_no_role_is_shown_by_which_a_person_could_be_known(ratings: dict[str, int], shown: list[str]) -> None:
    assert shown_apart({role: [3] * n for role, n in ratings.items()}) == shown


@given(st.lists(st.integers(0, 6), min_size=3, max_size=3))
def test_neither_a_role_nor_what_is_left_of_everyone_is_one_or_two_people(sizes: list[int]) -> None:
    by_role = {role: [3] * n for role, n in zip(RATER_ROLES, sizes, strict=True)}
    shown = shown_apart(by_role)
    assert all(len(by_role[role]) >= LEAST_APART for role in shown)
    left = sum(sizes) - sum(len(by_role[role]) for role in shown)
    assert not shown or left == 0 or left >= LEAST_APART


# ---- the form


def test_the_form_asks_for_all_eleven_values_on_five_points_and_for_one_of_three_roles() -> None:
    html = form_html()
    for value in load_values():
        assert re.findall(rf'name="{value.key}" value="(\d)"', html) == [str(point) for point in POINTS]
        assert value.word in html
        assert value.plain in html
    assert re.findall(r'name="role" value="(\w+)"', html) == list(RATER_ROLES)
    assert "checked" not in html, "the form answers nothing by itself"


def test_the_form_needs_no_network_and_keeps_nothing() -> None:
    html = form_html()
    assert not re.search(r"<script|<form|https?://|url\(", html)
    assert "default-src 'none'" in html


def test_the_form_can_be_read_by_the_people_it_asks() -> None:
    words = [re.sub(r"<[^>]+>", "", p) for p in re.findall(r"<p>(.*?)</p>|<h1>(.*?)</h1>", form_html()) for p in p if p]
    assert reading_grade("\n".join(words)) <= 8
