"""Drawings tell the truth: coins overlap as they cost, scales hold their values, shapes say how sure."""

from __future__ import annotations

import itertools
import math

import pytest
from example import example, longest
from hypothesis import given
from hypothesis import strategies as st

from bothand.report import charts, doubts, lookup, svg
from bothand.report.lookup import Index, number
from bothand.report.map import arranged, coins, distance, row_of_coins
from bothand.report.summary import Interval

numbers = st.floats(-1e6, 1e6, allow_nan=False)


def lens(d: float, r: float) -> float:
    return 2 * r**2 * math.acos(d / 2 / r) - d / 2 * math.sqrt(max(4 * r**2 - d**2, 0))


@given(st.floats(1, 2), st.floats(1, 50))
def test_two_coins_overlap_by_two_less_their_price(price: float, radius: float) -> None:
    d = distance(price, radius)
    assert lens(d, radius) / (math.pi * radius**2) == pytest.approx(2 - price, abs=1e-6)


def test_one_budget_for_both_is_one_coin_and_two_budgets_are_two_coins_that_touch() -> None:
    assert distance(1, 10) == pytest.approx(0, abs=1e-6)
    assert distance(2, 10) == 20


def test_a_bar_stands_only_between_values_in_each_others_way() -> None:
    for pair in example().pairs:
        assert ('class="bar"' in coins(pair, 10)) == (pair.lane == "in_each_others_way")


@given(st.floats(1, 12))
def test_a_price_is_drawn_as_so_many_coins(price: float) -> None:
    drawn = row_of_coins(price, "All", "words")
    assert drawn.count("<circle") == math.ceil(price - 1e-9)


@given(st.lists(numbers, min_size=1, max_size=6))
def test_a_scale_holds_its_values_and_zero_and_keeps_their_order(values: list[float]) -> None:
    scale = svg.scale_over(values)
    places = [scale.at(v) for v in sorted([0.0, *values])]
    assert all(0 <= p <= 100 for p in places)
    assert places == sorted(places)


@given(numbers, st.floats(1e-3, 1e6), st.integers(3, 6))
def test_ticks_are_few_even_and_inside(low: float, width: float, most: int) -> None:
    scale = svg.Scale(low, low + width, most=most)
    ticks = scale.ticks()
    assert len(ticks) <= most + 1
    assert all(low - width * 1e-6 <= t <= low + width * (1 + 1e-6) for t in ticks)
    steps = [b - a for a, b in itertools.pairwise(ticks)]
    assert all(s == pytest.approx(steps[0], rel=1e-3) for s in steps)


@given(st.lists(numbers, min_size=3, max_size=3))
def test_a_verdict_is_sure_only_when_all_of_the_interval_lies_on_one_side(ends: list[float]) -> None:
    low, mean, high = sorted(ends)
    word = lookup.verdict_of(Interval(mean=mean, low=low, high=high))
    assert word == ("gains" if low > 0 else "loses" if high < 0 else "cannot_tell")


def test_less_is_better_turns_the_verdict_round_and_neither_has_none() -> None:
    up = Interval(mean=2, low=1, high=3)
    assert lookup.verdict_of(up, "less") == "loses"
    assert lookup.verdict_of(up, "neither") is None


def test_shapes_say_how_sure_without_any_colour() -> None:
    scale = svg.Scale(-10, 10)
    sure = charts.mark(scale, Interval(mean=2, low=1, high=3), "gains", 5)
    unsure = charts.mark(scale, Interval(mean=2, low=-1, high=3), "cannot_tell", 5)
    lost = charts.mark(scale, Interval(mean=-2, low=-3, high=-1), "loses", 5)
    assert "<circle" in sure
    assert 'class="disc"' in sure
    assert 'class="ring"' in unsure
    assert "<path" in lost
    assert "<circle" not in lost


@given(st.lists(numbers, min_size=3, max_size=3))
def test_three_numbers_of_an_interval_are_rounded_alike_and_stay_in_order(ends: list[float]) -> None:
    low, mean, high = sorted(ends)
    shown = lookup.even(Interval(mean=mean, low=low, high=high))
    assert shown.low <= shown.mean <= shown.high
    largest = max(abs(low), abs(mean), abs(high))
    assert abs(shown.mean - mean) <= largest * 0.05 + 5e-4


@given(st.lists(st.floats(1e-2, 1e6), min_size=3, max_size=3), st.booleans())
def test_an_interval_on_one_side_of_zero_is_never_said_to_reach_it(ends: list[float], below: bool) -> None:
    low, mean, high = sorted(-e if below else e for e in ends)
    shown = lookup.even(Interval(mean=mean, low=low, high=high))
    assert all((end < 0) if below else (end > 0) for end in (shown.low, shown.mean, shown.high))


def test_chance_is_called_larger_than_any_plan_only_when_it_is() -> None:
    whole = example()
    assert doubts.side_two(Index(whole)).chance_title.startswith("Chance is larger than most plans")
    calm = whole.model_copy(update={"chance": whole.chance.model_copy(update={"sd_ten_years": 1.0})})
    assert doubts.side_two(Index(calm)).chance_title.startswith("Chance matters")
    wild = whole.model_copy(update={"chance": whole.chance.model_copy(update={"sd_ten_years": 500.0})})
    assert doubts.side_two(Index(wild)).chance_title.startswith("Chance is larger than any plan")


def test_a_head_too_long_for_a_column_of_ranks_becomes_a_number_that_is_explained_below() -> None:
    side = doubts.side_two(Index(longest()))
    assert side.decides == ["Best guess", "Input 1", "Input 2", "Input 3"]
    assert len(side.tried) == 3
    assert doubts.side_two(Index(example())).decides[1] == "1 Naloxone saves fewer per use"


def test_numbers_are_said_with_two_figures_and_changes_with_their_sign() -> None:
    assert number(1634) == "1,600"
    assert number(0.0001) == "0"
    assert lookup.signed(12.4) == "+12"
    assert lookup.signed(-0.43) == "\u22120.43"
    assert lookup.signed(0) == "0"
    assert lookup.ranged(Interval(mean=12.3, low=5.43, high=22.9)) == "12 (5 to 23)"
    assert lookup.ranged(Interval(mean=3, low=3, high=3)) == "3"
    assert lookup.times(1.744) == "×1.74"
    assert lookup.in_hundred(0.9991, "runs") == "more than 99 in 100 runs"


def test_values_that_share_money_stand_next_to_each_other() -> None:
    keys = ["a", "x", "b", "y"]
    price = {frozenset(p): 2.0 for p in itertools.combinations(keys, 2)}
    price[frozenset("ab")] = 1.0
    price[frozenset("xy")] = 1.0
    order = arranged(keys, price)
    assert abs(order.index("a") - order.index("b")) == 1
    assert abs(order.index("x") - order.index("y")) == 1


def test_no_coordinate_is_written_as_minus_zero_or_with_an_exponent() -> None:
    assert svg.coordinate(-0.001) == "0"
    assert svg.coordinate(1e-12) == "0"
    assert svg.coordinate(12.50) == "12.5"
    assert svg.coordinate(1e6) == "1000000"


def test_text_in_a_drawing_is_escaped() -> None:
    assert "&lt;b&gt;" in svg.text(1, 2, "<b>", "x")
    assert '"' not in svg.element("g", class_='a"b').replace('class="', "").replace('"/>', "")


def test_a_sentence_opens_in_bold_with_what_it_is_about() -> None:
    assert lookup.lead("Respect and hope pull", ["Hope", "Respect"]) == ("Respect and hope", " pull")
    assert lookup.lead("Nothing else", ["Hope"]) == ("", "Nothing else")


def test_the_notice_is_the_studys_or_says_that_plans_are_drafted() -> None:
    whole = example()
    assert Index(whole).notice == "Plans drafted, not reviewed"
    reviewed = [p.model_copy(update={"reviewed": "reviewed by five people"}) for p in whole.plans]
    assert Index(whole.model_copy(update={"plans": reviewed})).notice == ""
