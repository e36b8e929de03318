"""Kinds of number are types: they are read from words, taken to base units, and never mixed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.units import EXAMPLES, Kind, Operation, Unit, UnitError, combine, parse_unit


@pytest.mark.parametrize(
    ("text", "kind", "base"),
    [
        ("probability", Kind.PROBABILITY, 1.0),
        ("proportion", Kind.SHARE, 1.0),
        ("per year", Kind.HAZARD, 1.0),
        ("per person-month", Kind.HAZARD, 12.0),
        ("per week", Kind.HAZARD, 365.25 / 7),
        ("per 100 person-years", Kind.HAZARD, 0.01),
        ("per 100,000 children-years", Kind.HAZARD, 1e-5),
        ("visits per person-year", Kind.HAZARD, 1.0),
        ("months", Kind.DURATION, 1 / 12),
        ("days", Kind.DURATION, 1 / 365.25),
        ("hazard ratio", Kind.HAZARD_RATIO, 1.0),
        ("hazard ratio per year", Kind.HAZARD_RATIO, 1.0),
        ("odds ratio", Kind.ODDS_RATIO, 1.0),
        ("USD", Kind.MONEY, 1.0),
        ("USD billion", Kind.MONEY, 1e9),
        ("million USD per year", Kind.SPENDING, 1e6),
        ("USD per day", Kind.SPENDING, 365.25),
        ("USD per person-month", Kind.SPENDING, 12.0),
        ("USD per kit", Kind.UNIT_COST, 1.0),
        ("million people", Kind.COUNT, 1e6),
        ("people", Kind.COUNT, 1.0),
        ("kits per year", Kind.FLOW, 1.0),
        ("people per month", Kind.FLOW, 12.0),
        ("kits per 100,000 per year", Kind.FLOW, 1e-5),
        ("kits per death averted", Kind.FREQUENCY, 1.0),
        ("utility change", Kind.UTILITY_CHANGE, 1.0),
        ("QALY", Kind.QALY, 1.0),
    ],
)
def test_a_unit_is_read_and_taken_to_years_dollars_and_single_things(text: str, kind: Kind, base: float) -> None:
    unit = parse_unit(text)
    assert unit.kind is kind
    assert unit.to_base(1.0) == pytest.approx(base, rel=1e-12)


def test_every_example_that_a_fault_may_offer_can_be_read() -> None:
    for text in EXAMPLES:
        parse_unit(text)


@pytest.mark.parametrize(
    ("text", "near"), [("hazzard ratio", "hazard ratio"), ("USD per kti", "USD per kit"), ("dyas", "days"), ("", None)]
)
def test_an_unknown_unit_is_refused_with_the_nearest(text: str, near: str | None) -> None:
    with pytest.raises(UnitError) as found:
        parse_unit(text)
    assert found.value.near == near or (found.value.near or "").lower() == (near or "").lower()


@pytest.mark.parametrize("text", ["direction", "rank of 5", "CAD per month", "per", "probability per kti", "USD per"])
def test_words_that_name_no_unit_of_the_model_are_refused(text: str) -> None:
    with pytest.raises(UnitError):
        parse_unit(text)


def test_a_probability_over_a_period_keeps_its_period_and_stays_a_probability() -> None:
    assert parse_unit("probability per month").period == pytest.approx(1 / 12)
    assert parse_unit("probability over 5 years").period == pytest.approx(5)
    assert parse_unit("probability per month").to_base(0.1) == 0.1


@pytest.mark.parametrize(
    ("left", "right", "named"),
    [
        ("per year", "probability", "hazard_from_probability"),
        ("per year", "odds ratio", ""),
        ("probability", "years", ""),
        ("USD", "people", ""),
        ("utility", "probability", ""),
        ("kits", "people", ""),
        ("USD per kit", "USD per visit", ""),
        ("probability per month", "probability per year", ""),
        ("hazard ratio", "odds ratio", ""),
        ("per year", "people per year", ""),
    ],
)
def test_two_kinds_cannot_be_added(left: str, right: str, named: str) -> None:
    for a, b in ((left, right), (right, left)):
        with pytest.raises(TypeError, match=named or "mixes"):
            combine("+", parse_unit(a), parse_unit(b))


@pytest.mark.parametrize(
    ("ratio", "acts_on", "refused"),
    [
        ("hazard ratio", "per year", "probability"),
        ("rate ratio", "per year", "probability"),
        ("risk ratio", "probability", "per year"),
    ],
)
def test_a_ratio_acts_on_its_own_kind_only(ratio: str, acts_on: str, refused: str) -> None:
    assert combine("*", parse_unit(acts_on), parse_unit(ratio)).kind is parse_unit(acts_on).kind
    with pytest.raises(TypeError, match="use the named conversion"):
        combine("*", parse_unit(refused), parse_unit(ratio))


@pytest.mark.parametrize("other", ["per year", "probability", "USD", "years", "people", "utility"])
def test_an_odds_ratio_acts_on_nothing_without_a_conversion(other: str) -> None:
    with pytest.raises(TypeError):
        combine("*", parse_unit(other), parse_unit("odds ratio"))


@pytest.mark.parametrize(
    ("left", "operation", "right", "kind"),
    [
        ("people", "*", "per year", Kind.FLOW),
        ("people", "/", "years", Kind.FLOW),
        ("people per year", "*", "years", Kind.COUNT),
        ("USD per kit", "*", "kits", Kind.MONEY),
        ("USD per kit", "*", "kits per year", Kind.SPENDING),
        ("USD per year", "*", "years", Kind.MONEY),
        ("utility", "*", "years", Kind.QALY),
        ("number", "/", "years", Kind.HAZARD),
        ("number", "/", "per year", Kind.DURATION),
        ("per month", "/", "per year", Kind.RATIO),
        ("number", "-", "probability", Kind.PROBABILITY),
        ("utility", "+", "utility change", Kind.UTILITY),
        ("proportion", "*", "probability", Kind.PROBABILITY),
        ("USD per day", "+", "USD per month", Kind.SPENDING),
    ],
)
def test_what_may_be_combined_has_the_kind_of_the_result(
    left: str, operation: Operation, right: str, kind: Kind
) -> None:
    assert combine(operation, parse_unit(left), parse_unit(right)).kind is kind


UNITS = [parse_unit(text) for text in EXAMPLES]


@given(st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_a_sum_is_allowed_only_within_one_dimension_and_its_order_does_not_matter(a: Unit, b: Unit) -> None:
    allowed = []
    for left, right in itertools.permutations((a, b)):
        try:
            allowed.append(combine("+", left, right).kind)
        except TypeError:
            allowed.append(None)
    if {a.kind, b.kind} != {Kind.UTILITY, Kind.UTILITY_CHANGE}:
        assert (allowed[0] is None) == (allowed[1] is None)
    if allowed[0] is not None:
        assert a.dimension == b.dimension


@given(st.sampled_from([u for u in UNITS if u.kind not in (Kind.PROBABILITY, Kind.SHARE)]), st.floats(-1e6, 1e6))
def test_base_units_are_proportional_and_keep_the_sign(unit: Unit, value: float) -> None:
    assert unit.to_base(2 * value) == pytest.approx(2 * unit.to_base(value), rel=1e-12, abs=1e-300)
    assert unit.to_base(1.0) > 0


def test_what_a_kind_allows_is_bounded() -> None:
    assert (parse_unit("probability").lowest, parse_unit("proportion").highest) == (0.0, 1.0)
    assert parse_unit("USD per kit").lowest == 0.0
    assert parse_unit("utility").highest == 1.0
    assert parse_unit("utility change").lowest == float("-inf")
