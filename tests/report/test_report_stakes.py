"""How the values are read and the ledgers of others on the page: everything of the summary, and nothing added up."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from example import example

from bothand.report.lookup import Index
from bothand.report.page import render
from bothand.report.stakes import ledgers, values
from bothand.report.stakes.form import form_html
from bothand.report.summary import Likeness, Summary
from bothand.words import VALUE_KINDS, forbidden

if TYPE_CHECKING:
    from playwright.sync_api import Page

BLANK = {
    "readings": [],
    "likeness": None,
    "ratings": [],
    "ledgers": [],
    "ledger_lines": [],
    "inventory": [],
    "perspectives": [],
}


def part(html: str, key: str) -> str:
    """The words from the part with this id on, without tags, to the next part of its kind."""
    after = html.split(f'id="{key}"', 1)[1]
    inside = re.split(r"<section|<div class=\"section", after)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", inside)).split())


@pytest.fixture(scope="module")
def whole() -> Summary:
    return example()


@pytest.fixture(scope="module")
def html(whole: Summary) -> str:
    return render(whole)


def test_each_value_is_shown_with_its_kind(html: str, whole: Summary) -> None:
    told = part(html, "values")
    for value in whole.values:
        assert f"{value.label} {VALUE_KINDS[value.kind]}" in told


def test_a_value_that_one_service_carries_is_called_a_vote_for_it_and_no_other_is(whole: Summary) -> None:
    index = Index(whole)
    said = values.votes(index)
    for reading in whole.readings:
        named = index.name(reading.value).lower().replace(", ", " (") in said.lower()
        assert named == reading.vote, reading.value
    none = whole.model_copy(update={"readings": [r.model_copy(update={"vote": False}) for r in whole.readings]})
    assert values.votes(Index(none)) == "No value is here a vote for one service alone."


def test_values_that_move_together_stand_under_all_their_names_on_the_map_and_with_the_directions(html: str) -> None:
    for key in ("map", "values"):
        told = part(html, key) if key == "values" else html
        assert "patient welfare, family welfare and community welfare" in told
        assert "about 3.4 independent directions" in told


def test_where_nothing_moves_together_no_cluster_is_named(whole: Summary) -> None:
    apart = Likeness(clusters=[["hope"], ["respect"]], directions=2, values=2, plans=400)
    said = values.apart(Index(whole.model_copy(update={"likeness": apart})))
    assert said == "The simulation has 2 lines for values and sees about 2 independent directions in them."


def test_what_a_panel_said_stands_with_its_spread_beside_the_simulation_and_without_a_mean(html: str) -> None:
    told = part(html, "values")
    assert "0, 1, 2, 4, 3" in told
    assert "people who use the service" in told
    assert "of the most possible" in told
    assert "No local panel" not in told


def test_without_a_panel_no_rating_is_shown_and_the_page_says_so(whole: Summary) -> None:
    told = part(render(whole.model_copy(update={"ratings": []})), "values")
    assert "none is made up" in told
    assert "Gave 1, 2, 3, 4, 5" not in told


def test_every_line_of_every_ledger_is_on_the_page_with_its_grade_its_disputes_and_what_has_no_data(
    html: str, whole: Summary
) -> None:
    for line in whole.ledger_lines:
        told = part(html, f"ledger-{line.ledger}")
        row = told.split(line.label, 1)[1]
        if line.no_data:
            assert f"no data: {line.no_data}" in row
        if line.grade:
            assert ledgers.GRADES[line.grade] in row
        if line.disputed:
            assert "contested, both signs" in row
            assert line.disputed.split(";")[0] in told


def test_payers_are_named_and_what_it_costs_that_people_live_stands_apart(html: str, whole: Summary) -> None:
    told = part(html, "ledger-community")
    for line in whole.ledger_lines:
        if line.ledger == "community":
            assert line.who in told
    assert "What it costs that people live, apart" in part(html, "perspectives")


def test_infections_stand_by_plan_and_by_group(html: str, whole: Summary) -> None:
    told = part(html, "ledger-infections")
    for plan in Index(whole).compared:
        for group in whole.groups:
            assert f"{plan.label}: {group.label[0].lower()}{group.label[1:]}" in told


def test_each_perspective_says_what_is_in_and_what_is_not_and_adds_no_health_to_money(
    html: str, whole: Summary
) -> None:
    told = part(html, "perspectives")
    for item in whole.inventory:
        said = f"{item.label} {item.sector} {ledgers.STATUSES[item.health_sector]} {ledgers.STATUSES[item.societal]}"
        assert said in told
    assert "Money is never added to life-years or QALYs" in told
    assert "Healthy life-years, beside" in told


def test_a_summary_that_has_none_of_it_has_no_empty_part(whole: Summary) -> None:
    bare = render(whole.model_copy(update=BLANK))
    for key in ("values", "ledgers", "perspectives"):
        assert f'id="{key}"' not in bare
        assert f'href="#{key}"' not in bare


def test_the_words_are_person_first(html: str) -> None:
    for key in ("values", "ledger-infections", "ledger-family", "ledger-community", "perspectives"):
        assert not list(forbidden(part(html, key)))


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_form_is_plain_to_screen_readers_and_scrolls_down_only(chromium_page: Page, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    chromium_page.set_viewport_size({"width": width, "height": 900})
    chromium_page.set_content(form_html())
    assert Axe().run(chromium_page).violations_count == 0
    assert chromium_page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_the_form_is_one_printed_page(chromium_page: Page) -> None:
    chromium_page.set_content(form_html())
    printed = chromium_page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
