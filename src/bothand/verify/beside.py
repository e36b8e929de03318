"""One number beside another, and how much work goes into setting the engines beside each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bothand.verify.answers import Answer

PREFIX = "engines/"
SIGNIFICANT = 3  # MATH: standard errors that a difference may come to; every seed is fixed


@dataclass(frozen=True)
class Effort:
    """How much work goes into the checks of the engines.

    draws: of the study, beside the best guess. error: the standard error that is asked for, as a share of overdose
    deaths, where people with given weeks stand beside the cohort; block: people in a block of them; pilot: blocks of
    each group that show how to share the work out. crowd: people on day one who share places; crowds: how many crowds
    of the best guess, of each draw, and of the county's size; doubt: the standard error that is asked for, as a share.
    years: of the run without a step. finest: the week is cut into so many parts, a power of 2. many: people of each
    closed form. towns: small towns in which people arrive, or share a few places.
    """

    draws: int
    error: float
    block: int
    pilot: int
    crowd: int
    crowds: tuple[int, int, int]
    doubt: float
    years: int
    finest: int
    many: int
    towns: int


@dataclass(frozen=True)
class Pair:
    """One number beside what is expected of it, in the same unit; without ``tolerance`` it is only printed."""

    id: str
    value: float
    expected: float | None = None
    tolerance: float | None = None


def answers(check: str, pairs: Iterable[Pair]) -> list[Answer]:
    """Return pairs as answers of the case ``engines/CHECK``."""
    return [_answer(PREFIX + check, pair) for pair in pairs]


def _answer(case: str, pair: Pair) -> Answer:
    if pair.tolerance is None or pair.expected is None:
        return Answer(case, pair.id, "", float(pair.value), pair.expected, None, None, None)
    value, expected, limit = float(pair.value), float(pair.expected), float(pair.tolerance)
    error = abs(value - expected)
    return Answer(case, pair.id, "", value, expected, {"abs": limit}, error <= limit, error)
