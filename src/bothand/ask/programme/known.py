"""What is known of what a "no" costs: the number of an evidence row, its range, its grade and its source, in words."""

from __future__ import annotations

from dataclasses import dataclass

from bothand.ask.language import Language
from bothand.ask.programme.statements import NUMBER, Known, Statement
from bothand.evidence.quantity import Quantity
from bothand.evidence.tables import Evidence
from bothand.units import SHARES
from bothand.words import number_words

HUNDRED = 100  # UNIT: the denominator of the page, "7 in 100"
NO_RANGE = "none"


@dataclass(frozen=True)
class Fact:
    """One thing that is known, as the page says it: a sentence with its number, how sure it is, and from whom."""

    key: str
    sentence: str
    sure: str
    source: str


def facts_of(statement: Statement, evidence: Evidence, language: Language) -> list[Fact]:
    """Return what is known about a statement, in the language of the page; empty where nothing is."""
    return [_fact(known, evidence[evidence.resolve(known.quantity)], language) for known in statement.known]


def _fact(known: Known, row: Quantity, language: Language) -> Fact:
    sentence = language.say(known.words).replace(NUMBER, number_said(row, language))
    return Fact(known.quantity, sentence, _sure(row, language), f"{row.citation} ({row.population}, {row.year})")


def number_said(row: Quantity, language: Language) -> str:
    """Return a row's number: '78 in 100' for a share, '1.5 times' for a ratio, else the bare number."""
    if row.typed is not None and row.typed.kind in SHARES:
        return language.say("{n} in 100", n=_in_100(row.mean))
    if row.unit.endswith("ratio"):
        return language.say("{n} times", n=number_words(row.mean))
    return number_words(row.mean)


def range_said(row: Quantity, language: Language) -> str:
    """Return the range that a row gives: 19 times in 20 the number is thought to lie in it; or that there is none."""
    if row.interval_origin == NO_RANGE or row.low == row.high:
        return language.say("no range is known")
    share = row.typed is not None and row.typed.kind in SHARES
    low, high = (_in_100(end) if share else number_words(end) for end in (row.low, row.high))
    return language.say("between {low} and {high}", low=low, high=high)


def _sure(row: Quantity, language: Language) -> str:
    grade = {
        "primary": "seen in the study itself",
        "secondary": "seen in another text that quotes it",
        "judgement": "a judgement, not a count",
        "unverified": "not verified: do not rest a decision on it",
    }[row.grade]
    said = {"judgement": "the range is a judgement", "recalled": "the range was recalled, not seen"}
    parts = [range_said(row, language), language.say(grade)]
    if row.interval_origin in said and row.grade != "judgement":
        parts.append(language.say(said[row.interval_origin]))
    return "; ".join(parts)


def _in_100(share: float) -> str:
    return number_words(share * HUNDRED)
