"""The price of each principle on the page: costs and gains together, both directions, and nothing in a usual run."""

from __future__ import annotations

import re
from html import unescape

import pytest
from example import full

from bothand.report.audits import prices
from bothand.report.audits.prices import PricesView
from bothand.report.lookup import Index
from bothand.report.page import render
from bothand.report.summary import Summary
from bothand.words import forbidden


@pytest.fixture(scope="module")
def whole() -> Summary:
    return full()


@pytest.fixture(scope="module")
def view(whole: Summary) -> PricesView:
    return prices.view(Index(whole))


@pytest.fixture(scope="module")
def page(whole: Summary) -> str:
    after = render(whole).split('id="prices"', 1)[1].split("<section", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", after)).split())


def test_every_principle_stands_with_its_price_and_the_other_direction(page: str, whole: Summary) -> None:
    for price in whole.principle_prices:
        assert f"{price.label} {price.text}" in page
        assert price.other_way in page
    assert not forbidden(page)


def test_only_plans_that_were_run_and_are_another_plan_have_a_row_and_each_has_one(view: PricesView) -> None:
    assert view.plans is not None
    heads = [row.head for row in view.plans.rows]
    assert heads == [
        "Without a recovery floor",
        "At least 70 in 100 of the most years in remission, medication included",
        "At least 45 in 100 of the most years in remission, without medication",
        "Without a harm-reduction floor",
        "At least 37 in 100 of the most years in low-threshold contact",
    ]
    assert [column.head for column in view.plans.columns] == [
        "Healthy life-years gained",
        "Years in remission, medication included",
        "Years in remission, without medication",
        "Years in low-threshold contact",
    ]
    assert [row[0] for row in view.moved.rows] == heads == [row[0] for row in view.groups.rows]


def test_a_difference_carries_its_sign_and_range_and_the_table_what_the_curves_say(view: PricesView) -> None:
    assert view.plans is not None
    cell = view.plans.rows[0].cells[0]
    assert cell is not None
    assert (cell.number, cell.span) == ("+110", "+20 to +210")
    assert view.numbers.rows[0][1].endswith("; curves +110")


def test_dollars_are_said_where_they_are_taken_and_where_they_go(view: PricesView) -> None:
    rule, taken, given = view.moved.rows[0]
    assert rule == "Without a recovery floor"
    assert taken == "$99,000 from syringe services and $85,000 from recovery housing that welcomes medication"
    assert given == "$180,000 to community naloxone"


def test_a_floor_says_what_a_year_costs_in_life_years_and_what_a_life_year_buys(view: PricesView) -> None:
    """Contact alone: 461 life-years without a floor and 281 at half of 1,370 years, of which 137 come without one."""
    row = next(r for r in view.floors.rows if r[0].startswith("At least 50") and "contact" in r[0] and r[2] == "280")
    assert row[1] == "nothing else"
    assert row[4] == f"{(461 - 281) / (685 - 137):.2f} life-years"
    assert row[5] == f"{(685 - 137) / (461 - 281):.0f} years"


def test_a_floor_that_no_plan_reaches_says_so_and_one_that_is_free_costs_nothing(view: PricesView) -> None:
    said = {(row[0], row[1]): row[2:] for row in view.floors.rows}
    beside = "every other value\u2019s share"
    assert said["At least 75 in 100 of years in low-threshold contact", beside] == ["no plan", "", "", ""]
    free = said["At least 25 in 100 of the most years in remission, medication included", "nothing else"]
    assert free[2] == "nothing"


def test_each_measure_has_a_curve_that_is_spoken_and_ends_where_the_rules_end(view: PricesView) -> None:
    assert [curve.label for curve in view.curves] == [
        "Years in remission, medication included",
        "Years in remission, without medication",
        "Years in low-threshold contact",
    ]
    spoken = str(view.curves[2].figure)
    assert (
        "With every other value\u2019s share kept: 400 healthy life-years without a floor, 180 at 37 in 100." in spoken
    )
    assert "The floor alone: 460 healthy life-years without a floor, 160 at 75 in 100" in spoken


def test_equal_worth_stands_beside_both_scales_for_every_group(view: PricesView, whole: Summary) -> None:
    assert [row[0] for row in view.counted.rows] == ["Everyone", *(g.label for g in whole.groups)]
    assert len(view.counted.heads) == 4


def test_the_section_is_in_the_contents_and_stands_once(whole: Summary) -> None:
    html = render(whole)
    assert html.count('href="#prices"') == html.count('id="prices"') == 1


def test_a_usual_run_has_no_such_section(whole: Summary) -> None:
    bare = render(whole.model_copy(update={"principle_prices": []}))
    assert 'id="prices"' not in bare
    assert 'href="#prices"' not in bare


def test_where_every_principle_is_free_there_are_sentences_and_no_drawing(whole: Summary) -> None:
    free = [price.model_copy(update={"changes": []}) for price in whole.principle_prices]
    found = prices.view(Index(whole.model_copy(update={"principle_prices": free})))
    assert (found.plans, found.curves, len(found.told)) == (None, [], 5)
    assert "The plans found with one rule otherwise" not in render(whole.model_copy(update={"principle_prices": free}))
