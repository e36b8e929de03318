"""Kinds of number as types: a probability, a hazard, a count, a duration, a ratio, money and utility cannot be mixed.

A unit is written as ``[multiplier] head [per denominator ...]``: "probability", "per person-year",
"per 100 person-years", "hazard ratio", "million USD per year", "USD per kit", "kits per year", "weeks", "utility".
Base units are years, US dollars and one thing: ``Unit.to_base`` takes a number there. A probability over a period stays
a probability: it becomes a hazard only through a named function of ``bothand.evidence.conversions``. Source: DESIGN 5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from bothand.faults import nearest

DAYS_IN_A_YEAR = 365.25  # UNIT: days in a year
LARGEST_SEED = 4_000_000_000_000_000_000  # UNIT: seeds; round, and small numbers added to it still fit into 64 bits
WEEKS_IN_A_YEAR = DAYS_IN_A_YEAR / 7  # UNIT: seven days a week
MONTHS_IN_A_YEAR = 12.0  # UNIT: months in a year
HOURS_IN_A_DAY = 24.0  # UNIT: hours in a day
MINUTES_IN_AN_HOUR = 60.0  # UNIT: minutes in an hour
THOUSAND = 1e3  # UNIT: thousand
MILLION = 1e6  # UNIT: million
BILLION = 1e9  # UNIT: billion
REMEMBERED = 4096  # UNIT: texts whose unit is remembered


class Kind(StrEnum):
    """What a number is. The value is the word shown to people."""

    NUMBER = "number"
    PROBABILITY = "probability"
    SHARE = "share"
    HAZARD = "hazard"
    COUNT = "count"
    FLOW = "count per year"
    FREQUENCY = "things per thing"
    DURATION = "duration"
    RATIO = "ratio"
    HAZARD_RATIO = "hazard ratio"
    RATE_RATIO = "rate ratio"
    RISK_RATIO = "risk ratio"
    ODDS_RATIO = "odds ratio"
    MORTALITY_RATIO = "standardised mortality ratio"
    REDUCTION = "relative reduction"
    EFFECT_SIZE = "standardised mean difference"
    MONEY = "money"
    UNIT_COST = "money per thing"
    SPENDING = "money per year"
    UTILITY = "utility"
    UTILITY_CHANGE = "change of utility"
    QALY = "quality-adjusted life-years"


RATIOS = frozenset(
    {Kind.RATIO, Kind.HAZARD_RATIO, Kind.RATE_RATIO, Kind.RISK_RATIO, Kind.ODDS_RATIO, Kind.MORTALITY_RATIO}
    | {Kind.REDUCTION}
)
MONEYS = frozenset({Kind.MONEY, Kind.UNIT_COST, Kind.SPENDING})
SHARES = frozenset({Kind.PROBABILITY, Kind.SHARE})

_HEADS = {
    "number": Kind.NUMBER,
    "exponent": Kind.NUMBER,
    "index": Kind.NUMBER,
    "standard deviation of the logarithm": Kind.NUMBER,
    "probability": Kind.PROBABILITY,
    "proportion": Kind.SHARE,
    "share": Kind.SHARE,
    "ratio": Kind.RATIO,
    "multiplier": Kind.RATIO,
    "hazard ratio": Kind.HAZARD_RATIO,
    "rate ratio": Kind.RATE_RATIO,
    "risk ratio": Kind.RISK_RATIO,
    "odds ratio": Kind.ODDS_RATIO,
    "standardised mortality ratio": Kind.MORTALITY_RATIO,
    "relative reduction": Kind.REDUCTION,
    "standardised mean difference": Kind.EFFECT_SIZE,
    "utility": Kind.UTILITY,
    "qaly weight": Kind.UTILITY,
    "utility change": Kind.UTILITY_CHANGE,
    "qaly": Kind.QALY,
    "qalys": Kind.QALY,
}
_TIMES = {
    "year": 1.0,
    "month": 1 / MONTHS_IN_A_YEAR,
    "week": 1 / WEEKS_IN_A_YEAR,
    "day": 1 / DAYS_IN_A_YEAR,
    "hour": 1 / DAYS_IN_A_YEAR / HOURS_IN_A_DAY,
    "minute": 1 / DAYS_IN_A_YEAR / HOURS_IN_A_DAY / MINUTES_IN_AN_HOUR,
}
_SIZES = {"thousand": THOUSAND, "million": MILLION, "billion": BILLION}
_IRREGULAR = {"people": "person", "children": "child", "lives": "life", "families": "family", "pharmacies": "pharmacy"}
_IRREGULAR |= {
    "deliveries": "delivery",
    "losses": "loss",
    "classes": "class",
    "syringes": "syringe",
    "agencies": "agency",
}
THINGS = frozenset(
    re.findall(
        r"\w+",
        "admission agency ask bed booking box call centre child client clinic coach community contact course "
        "death delivery dose driver encounter enrolment episode event family group hospital home house household "
        "infection injection jail kit life link loss machine meeting member message mile navigator nurse "
        "officer organisation overdose parent participant patient person pharmacy place prescriber programme "
        "pupil qaly release report request resident reversal ride run sample school service session shelter "
        "site slot start starter stay strip student survivor syringe system test town training treatment "
        "trial unit usd van vehicle visit window worker ",
    )
)


class UnitError(ValueError):
    """A unit that cannot be read. ``near`` is the nearest text that can."""

    def __init__(self, text: str, near: str | None) -> None:
        self.text, self.near = text, near
        super().__init__(f"unknown unit '{text}'")


@dataclass(frozen=True)
class Unit:
    """A kind of number, and how to take it to the base unit.

    ``factor``: base value = value * factor. ``thing``: what is counted ("kit"). ``per``: the denominator's words.
    ``period``: years that a probability spans, or None.
    """

    text: str
    kind: Kind
    factor: float = 1.0
    thing: str = ""
    per: str = ""
    period: float | None = None

    def to_base(self, value: float) -> float:
        """Return the value in base units: years, per year, US dollars, one thing."""
        return value * self.factor

    @property
    def is_ratio(self) -> bool:
        """Whether the number needs a reference population."""
        return self.kind in RATIOS

    @property
    def is_money(self) -> bool:
        """Whether the number is in US dollars and so has a price year."""
        return self.kind in MONEYS

    @property
    def lowest(self) -> float:
        """The least value that the kind allows."""
        signed = self.kind in (Kind.EFFECT_SIZE, Kind.UTILITY_CHANGE, Kind.REDUCTION, Kind.NUMBER, Kind.QALY)
        return float("-inf") if signed else -1.0 if self.kind is Kind.UTILITY else 0.0

    @property
    def highest(self) -> float:
        """The largest value that the kind allows."""
        return 1.0 if self.kind in SHARES | {Kind.UTILITY, Kind.REDUCTION} else float("inf")

    @property
    def dimension(self) -> tuple[int, int]:
        """Exponents of (years, dollars): two numbers may be added only when these are equal."""
        years = {Kind.HAZARD: -1, Kind.FLOW: -1, Kind.SPENDING: -1, Kind.DURATION: 1}.get(self.kind, 0)
        return years, 1 if self.is_money else 0

    @property
    def base_text(self) -> str:
        """The base unit in words."""
        if self.kind is Kind.HAZARD:
            return "per person-year" if not self.thing else f"{_plural(self.thing)} per person-year"
        if self.kind is Kind.DURATION:
            return "years"
        if self.is_money:
            return "USD per year" if self.kind is Kind.SPENDING else f"USD per {self.per}" if self.per else "USD"
        if self.kind in (Kind.COUNT, Kind.FLOW):
            return _plural(self.thing) + (" per year" if self.kind is Kind.FLOW else "")
        return self.text


def _plural(thing: str) -> str:
    for many, one in _IRREGULAR.items():
        if thing == one:
            return many
    return f"{thing}s"


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in THINGS or word in _TIMES:
        return word
    return word.removesuffix("s")


@dataclass(frozen=True)
class _Per:
    """One denominator: how many, of what, over which time (years, or None)."""

    words: str
    many: float
    thing: str
    years: float | None


_NUMBER = re.compile(r"^([0-9][0-9,]*(?:\.[0-9]+)?)\s+(.*)$")


def _denominator(words: str) -> _Per | None:
    many, rest = 1.0, words
    found = _NUMBER.match(words)
    if found:
        many, rest = float(found.group(1).replace(",", "")), found.group(2)
    elif re.fullmatch(r"[0-9][0-9,]*", words):
        return _Per(words, float(words.replace(",", "")), "person", None)
    head, _, tail = rest.rpartition("-")
    time = _singular(tail if head else rest)
    if time in _TIMES and (not head or _singular(head) in THINGS):
        return _Per(rest, many, _singular(head) if head else "", many * _TIMES[time])
    thing = _thing(rest)
    return _Per(rest, many, thing, None) if thing else None


def _thing(words: str) -> str:
    """Return the counted thing in the singular; an adjective or a participle may stand beside it ("death averted")."""
    parts = words.split()
    if "per" in parts or not any(_singular(part) in THINGS for part in parts) or parts[0].isdigit():
        return ""
    return " ".join(_singular(part) if _singular(part) in THINGS else part for part in parts)


@lru_cache(maxsize=REMEMBERED)
def parse_unit(text: str) -> Unit:
    """Return the unit that ``text`` names. Raises UnitError, with the nearest readable unit, when it names none."""
    words = " ".join(text.strip().lower().split())
    over = re.fullmatch(r"probability over ([0-9.]+) (\w+)", words)
    if over and _singular(over.group(2)) in _TIMES:
        return Unit(text, Kind.PROBABILITY, period=float(over.group(1)) * _TIMES[_singular(over.group(2))])
    head, *rest = f" {words}".split(" per ") if words.startswith("per ") else words.split(" per ")
    denominators = [_denominator(part) for part in rest]
    unit = None if None in denominators else _build(text, head, [d for d in denominators if d])
    if unit is None:
        examples = {example.lower(): example for example in EXAMPLES}
        raise UnitError(text, examples.get(nearest(words, examples) or ""))
    return unit


def _build(text: str, head: str, denominators: list[_Per]) -> Unit | None:
    timed = [d for d in denominators if d.years is not None]
    factor = 1.0
    for d in denominators:
        factor /= d.years if d.years is not None else d.many
    per = " per ".join(d.words for d in denominators)
    if head == "":
        return Unit(text, Kind.HAZARD if timed else Kind.FREQUENCY, factor, per=per) if denominators else None
    if head in _HEADS:
        kind = _HEADS[head]
        if kind in SHARES:
            return Unit(text, kind, per=per, period=timed[0].years if timed else None)
        return Unit(text, kind, 1.0 if kind in RATIOS else factor, per=per)
    size, noun = _sized(head)
    if noun == "usd":
        kind = Kind.SPENDING if timed else Kind.UNIT_COST if denominators else Kind.MONEY
        return Unit(text, kind, size * factor, "usd", per)
    if _singular(noun) in _TIMES:
        kind = Kind.FREQUENCY if denominators else Kind.DURATION
        return Unit(text, kind, size * factor * _TIMES[_singular(noun)], per=per)
    thing = _thing(noun)
    if not thing:
        return None
    if not denominators:
        return Unit(text, Kind.COUNT, size, thing)
    by_person = any(d.thing for d in timed)
    kind = Kind.HAZARD if by_person else Kind.FLOW if timed else Kind.FREQUENCY
    return Unit(text, kind, size * factor, thing, per)


def _sized(head: str) -> tuple[float, str]:
    """Split "million USD", "USD million" or "people" in a factor and a noun."""
    first, _, last = head.partition(" ")
    if first in _SIZES and last:
        return _SIZES[first], last
    if first == "usd" and last in _SIZES:
        return _SIZES[last], first
    return 1.0, head


_MORE = (
    "per year, per month, per week, per person-year, per person-month, per 100 person-years, per visit, "
    "probability per event, USD, USD per year, USD per month, USD per day, USD per person-year, USD per kit, "
    "USD per visit, USD per person, million USD, people, million people, kits, deaths, beds, places, "
    "kits per year, people per year, deaths per year, visits per person-year, kits per death, QALY per year"
)
EXAMPLES = (*_HEADS, *(f"{t}s" for t in _TIMES), *(f"probability per {t}" for t in _TIMES), *_MORE.split(", "))

Operation = Literal["+", "-", "*", "/"]

_DIMENSIONLESS = frozenset({Kind.NUMBER, Kind.PROBABILITY, Kind.SHARE, *RATIOS})
_ACTS_ON = {
    Kind.HAZARD_RATIO: Kind.HAZARD,
    Kind.RATE_RATIO: Kind.HAZARD,
    Kind.MORTALITY_RATIO: Kind.HAZARD,
    Kind.RISK_RATIO: Kind.PROBABILITY,
}


def combine(operation: Operation, left: Unit, right: Unit) -> Unit:
    """Return the unit of ``left operation right``. Raises TypeError when the two kinds may not be mixed.

    Sums need one kind ("1 - probability" is a number and a probability). A hazard or rate ratio acts on hazards only,
    a risk ratio on probabilities only, an odds ratio on nothing: each has a named function in evidence.conversions.
    """
    if operation in ("+", "-"):
        return _sum(operation, left, right)
    result = _product(operation, left, right)
    if result is None:
        raise TypeError(_refusal(operation, left, right))
    return Unit(result.value, result)


def _sum(operation: Operation, left: Unit, right: Unit) -> Unit:
    plain = {left.kind, right.kind}
    if _alike(left, right):
        return left
    if Kind.NUMBER in plain and plain <= _DIMENSIONLESS:
        return right if left.kind is Kind.NUMBER else left
    if plain == {Kind.UTILITY, Kind.UTILITY_CHANGE} and left.kind is Kind.UTILITY:
        return left
    raise TypeError(_refusal(operation, left, right))


def _alike(left: Unit, right: Unit) -> bool:
    """Whether two numbers are of one kind, of one thing, per one thing, over one period."""
    if {left.kind, right.kind} <= SHARES:
        return left.period == right.period
    counted = left.kind not in (Kind.COUNT, Kind.FLOW) or left.thing == right.thing
    shared = left.kind not in (Kind.UNIT_COST, Kind.FREQUENCY) or left.per == right.per
    return left.kind == right.kind and counted and shared


def _product(operation: Operation, left: Unit, right: Unit) -> Kind | None:
    a, b = left.kind, right.kind
    if b is Kind.NUMBER:
        return a
    if operation == "*":
        if a is Kind.NUMBER:
            return b
        return _times(left, right) or _times(right, left)
    if _alike(left, right):
        return Kind.RATIO
    if a is Kind.NUMBER and b is Kind.HAZARD:
        return Kind.DURATION
    if b is Kind.DURATION:
        return {Kind.COUNT: Kind.FLOW, Kind.MONEY: Kind.SPENDING, Kind.NUMBER: Kind.HAZARD}.get(a)
    return a if b in SHARES | {Kind.RATIO} else None


def _times(left: Unit, right: Unit) -> Kind | None:
    """The kind of a product whose left factor modifies the right one, or None."""
    a, b = left.kind, right.kind
    if a in _ACTS_ON:
        return b if b is _ACTS_ON[a] or b == a or (b is Kind.SHARE and a is Kind.RISK_RATIO) else None
    if a in SHARES:
        return None if b in RATIOS else b
    if a is Kind.RATIO:
        return b
    pairs = {
        (Kind.HAZARD, Kind.DURATION): Kind.NUMBER,
        (Kind.HAZARD, Kind.COUNT): Kind.FLOW,
        (Kind.FLOW, Kind.DURATION): Kind.COUNT,
        (Kind.SPENDING, Kind.DURATION): Kind.MONEY,
        (Kind.UTILITY, Kind.DURATION): Kind.QALY,
    }
    if a is Kind.UNIT_COST and b in (Kind.COUNT, Kind.FLOW) and _singular(left.per) == right.thing:
        return Kind.MONEY if b is Kind.COUNT else Kind.SPENDING
    return pairs.get((a, b))


_NAMED = {
    frozenset({Kind.HAZARD, Kind.PROBABILITY}): "hazard_from_probability",
    frozenset({Kind.HAZARD, Kind.SHARE}): "exit_hazard_from_retention",
    frozenset({Kind.HAZARD, Kind.ODDS_RATIO}): "hazard_ratio_from_odds_ratio",
    frozenset({Kind.HAZARD, Kind.RISK_RATIO}): "hazard_ratio_from_risk_ratio",
    frozenset({Kind.PROBABILITY, Kind.HAZARD_RATIO}): "probability_under_hazard_ratio",
    frozenset({Kind.PROBABILITY, Kind.RATE_RATIO}): "probability_under_hazard_ratio",
    frozenset({Kind.PROBABILITY, Kind.ODDS_RATIO}): "probability_under_odds_ratio",
}


def _refusal(operation: Operation, left: Unit, right: Unit) -> str:
    named = _NAMED.get(frozenset({left.kind, right.kind}))
    hint = f"; use the named conversion '{named}'" if named else ""
    return f"'{left.text} {operation} {right.text}' mixes a {left.kind.value} with a {right.kind.value}{hint}"
