"""What each position would choose, on the page: nobody's weights are hidden, and nothing is added up over positions."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from example import example, full
from test_reading_grade import grade, prose

from bothand.report import summary as s
from bothand.report.lookup import Index
from bothand.report.page import render
from bothand.report.stakes import positions
from bothand.report.summary import Summary
from bothand.words import forbidden

if TYPE_CHECKING:
    from playwright.sync_api import Page

UNSEALED = "Weights were not sealed before results were seen"
HARDEST = 10  # US school grade


@pytest.fixture(scope="module")
def whole() -> Summary:
    return full()


@pytest.fixture(scope="module")
def html(whole: Summary) -> str:
    return render(whole)


def section(html: str) -> str:
    """The words of the section, without tags."""
    inside = html.split('id="positions"', 1)[1].split("</section>", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", inside)).split())


def with_each(whole: Summary, **changed: Any) -> Summary:
    asked = [one.model_copy(update=changed) for one in whole.stakeholders]
    return whole.model_copy(update={"stakeholders": asked})


def test_where_nobody_was_asked_there_is_no_such_section() -> None:
    assert 'id="positions"' not in render(example())
    assert 'href="#positions"' not in render(example())


def test_each_position_stands_with_what_it_stands_for_and_who_drafted_it(html: str, whole: Summary) -> None:
    told = section(html)
    for one in whole.stakeholders:
        about = told.split(f"{one.label} {one.stands_for}", 1)[1]
        assert one.source in about.split(" Source: ", 1)[1]
        assert one.reviewed in about


def test_how_often_a_plan_comes_first_stands_beside_its_bar(whole: Summary) -> None:
    shown = positions.view(Index(whole))
    assert shown is not None
    assert shown.first is not None
    rows = {row.head: row for row in shown.first.rows}
    for number, one in enumerate(whole.stakeholders):
        for held in one.plans:
            row = rows.get(Index(whole).name(held.plan))
            if row is None:
                assert held.first < positions.SHOWN
                continue
            cell = row.cells[number]
            assert cell is not None
            assert cell.number == f"{held.first * 100:.0f}" or held.first < positions.SHOWN
            assert ("hollow" in cell.figure) == (not held.best and held.first > 0)


def test_a_plan_that_does_more_harm_than_all_good_is_said_so(whole: Summary) -> None:
    assert positions.given_up(1.34) == "more than all"
    assert positions.given_up(1.0) == "100"
    assert positions.given_up(0.001) == "under 1"
    assert positions.given_up(0) == "0"


def test_every_plan_comes_first_somewhere_or_is_named_as_first_for_nobody(whole: Summary) -> None:
    shown = positions.view(Index(whole))
    assert shown is not None
    assert shown.first is not None
    drawn = {row.head for row in shown.first.rows}
    for held in whole.stakeholders[0].plans:
        name = Index(whole).name(held.plan)
        assert (name in drawn) != (name.lower() in shown.never.lower())


def test_weights_that_were_not_sealed_before_are_said_so_by_name(html: str, whole: Summary) -> None:
    told = section(html).split(UNSEALED, 1)[1].split(".", 1)[0]
    for one in whole.stakeholders:
        assert (one.label in told) == (one.seal != "sealed before")


@pytest.mark.parametrize("state", ["not sealed", "sealed after", "changed since"])
def test_a_run_in_which_no_weights_were_sealed_before_says_so(whole: Summary, state: str) -> None:
    assert f"{UNSEALED}." in section(render(with_each(whole, seal=state)))


def test_a_run_in_which_all_were_sealed_before_says_nothing_of_the_kind(whole: Summary) -> None:
    assert UNSEALED not in section(render(with_each(whole, seal="sealed before")))


def test_positions_that_ship_are_called_positions_and_not_people(whole: Summary) -> None:
    assert "not people, and no one was asked" in section(render(with_each(whole, ships=True)))
    assert "not people" not in section(render(with_each(whole, ships=False)))
    some = section(render(whole)).split("they are not people: ", 1)[1].split(".", 1)[0]
    assert "Autonomy first" in some
    assert "Our panel" not in some


def test_what_share_of_weight_lies_on_no_map_is_said(whole: Summary) -> None:
    told = section(render(with_each(whole, off_the_map=(0.1, 0.25))))
    assert told.count("Of its weight, 10 to 25 in 100 lie on values that are on no map") == len(whole.stakeholders)
    assert "All values that it weighs are on the map." in section(render(with_each(whole, off_the_map=(0.0, 0.0))))


def test_a_position_without_weight_on_the_map_stands_beside_no_plan(whole: Summary) -> None:
    first, *others = whole.stakeholders
    blank = first.model_copy(update={"plans": [], "off_the_map": (1.0, 1.0)})
    nobody = whole.model_copy(update={"stakeholders": [blank], "apart": [], "common_ground": None})
    assert "so it cannot be set beside the plans" in section(render(nobody))
    shown = positions.view(Index(whole.model_copy(update={"stakeholders": [blank, *others]})))
    assert shown is not None
    assert shown.first is not None
    assert [column.head for column in shown.first.columns] == [one.short for one in others]


def test_the_dollars_of_the_common_ground_stand_service_by_service_with_their_floors(whole: Summary) -> None:
    shown = positions.view(Index(whole))
    assert shown is not None
    assert shown.shared is not None
    assert whole.common_ground is not None
    assert len(shown.shared.rows) == len(whole.common_ground.services)
    floors = [row.sub for row in shown.shared.rows if row.sub]
    assert floors == ["each alone would keep $28,000"]
    assert [row[4] for row in shown.meet.rows] == ["yes", "no", "yes", "no"]


def test_what_holds_at_every_weight_stands_with_the_plans_that_may_be_best(whole: Summary, html: str) -> None:
    shown = positions.view(Index(whole))
    assert shown is not None
    for row, one in zip(shown.settled.rows, whole.stakeholders, strict=True):
        assert row[:2] == [one.label, f"{len(one.always)} of {one.pairs}"]
        first, behind = one.always[0][0], [b for _, b in one.always]
        assert row[2].startswith(f"{Index(whole).name(first)} before ")
        assert all(Index(whole).name(plan).lower() in row[2].lower() for plan in behind)
        best = [Index(whole).name(held.plan).lower() for held in one.plans if held.best]
        assert all(name in row[3].lower() for name in best)
    assert "What holds at every weight of a position" in section(html)


def test_where_the_question_may_have_made_the_weights_the_section_says_so_by_name(whole: Summary) -> None:
    words = "Hope: asked again over twice the way, its points did not move: the question may have made the number."
    again = s.AskedTwice(
        value="hope", way=2, before=60, after=60, sensitivity=0, low=0, high=0, moved="not at all", words=words
    )
    told = section(render(with_each(whole, asked_twice=[again], even="Its points are so even.")))
    for one in whole.stakeholders:
        assert f"{one.label}: {words} Its points are so even." in told
    assert "asked again over" not in section(render(whole))


def test_nothing_is_added_up_over_positions(html: str) -> None:
    told = section(html).lower()
    assert "never added up over positions" in told
    assert not re.search(r"\b(average|mean) (position|stakeholder)|total score|ranking of plans", told)


def test_the_section_reads_at_grade_ten_and_speaks_of_people_first(html: str) -> None:
    sentences = prose(html, "positions")
    assert len(sentences) > 8
    assert grade(sentences) <= HARDEST
    assert forbidden(section(html)) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_part_of_the_section_is_wider_than_the_screen(
    chromium_page: Page, html: str, tmp_path: Path, width: int
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    chromium_page.set_viewport_size({"width": width, "height": 900})
    chromium_page.goto(path.as_uri())
    chromium_page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = "[...document.querySelectorAll('#positions *:not(.vh):not(.vh *)')].filter(e => e.closest('thead') === null"
    wide += " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    assert chromium_page.evaluate(wide) == []


@pytest.mark.browser
def test_on_paper_the_section_takes_two_pages_at_most_and_keeps_its_bars(
    chromium_page: Page, html: str, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    chromium_page.emulate_media(media="print")
    chromium_page.goto(path.as_uri())
    alone = "document.querySelectorAll('section.page').forEach(s => s.id === 'positions' || s.remove())"
    chromium_page.evaluate(f"{alone}; document.querySelectorAll('nav, .skip').forEach(e => e.remove())")
    assert chromium_page.locator("#positions .amount").first.is_visible()
    printed = chromium_page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) <= 2
