"""Checks on weights that people gave: does the question, rather than the value, make the number?

Source: knowledge/deciding.md 2 (c). The measures are ours; what they look for was seen by others: direct weights that
do not move with the range (Fischer 1995), a value that gains weight when it is split (Hamalainen and Alaja), everything
held equal (Montibeller and von Winterfeldt 2015).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bothand.world.stakeholders import Swing

EQUAL = 0.98  # MATH: evenness above which weights are taken for equal ones
ONE = 1e-6  # MATH: by how much weights may miss a sum of 1
HUNDRED = 100  # UNIT: per cent

Moved = Literal["as the range", "not at all", "too little", "too much", "the other way", "cannot tell"]
"""How points moved when the range that they were asked over moved."""


@dataclass(frozen=True)
class AskedTwice:
    """What points of one value did when they were asked again over another range.

    Attributes:
        value: its key. way: the second range, as a multiple of the whole way that the first points were asked for.
        before, after: its points both times, beside the same 100 of the value that has most.
        sensitivity: ``range_sensitivity`` of the two; 1 is right, 0 is not heard.
        low, high: the least and largest that it may be, each number off by the tolerance that the file states.
        tolerance: that tolerance, a share.
    """

    value: str
    way: float
    before: float
    after: float
    sensitivity: float
    low: float
    high: float
    tolerance: float

    @property
    def moved(self) -> Moved:
        """What can be told of it beside the stated tolerance."""
        right, unheard = (self.low - ONE <= norm <= self.high + ONE for norm in (1, 0))
        if right:
            return "cannot tell" if unheard else "as the range"
        if unheard:
            return "not at all"
        if self.low > 1:
            return "too much"
        return "too little" if self.low > 0 else "the other way"

    def words(self, name: str) -> str:
        """Say in a sentence what was found; ``name``: what the value is called."""
        range_ = {2: "twice the way", 0.5: "half of the way"}.get(self.way, f"{self.way:g} times the way")
        told: dict[Moved, str] = {
            "as the range": "its points moved as the way did",
            "not at all": "its points did not move: the question, not the value, may have made the number",
            "too little": "its points moved less than the way did: the question may have made part of the number",
            "too much": "its points moved more than the way did: the question may have made part of the number",
            "the other way": "its points moved the other way: the two answers do not fit together",
            "cannot tell": f"its points moved by no more than they may be off ({self.tolerance * HUNDRED:g} per cent "
            "each), so nothing can be told from them",
        }
        return f"{name}: asked again over {range_}, {told[self.moved]}."


def asked_twice(swing: Swing) -> Iterator[AskedTwice]:
    """Yield what points did that were asked again over another range; such answers say nothing of weights."""
    slack = math.log1p(swing.tolerance) - math.log1p(-swing.tolerance)
    for again in swing.again:
        before, range_ = swing.points[again.value], abs(math.log(again.way))
        found = range_sensitivity(before, again.points, 1, again.way)
        low, high = found - slack / range_, found + slack / range_
        yield AskedTwice(again.value, again.way, before, again.points, found, low, high, swing.tolerance)


def range_sensitivity(ratio_1: float, ratio_2: float, range_1: float, range_2: float) -> float:
    """How far a weight moves with the range it is asked over: ``ln(ratio_2 / ratio_1) / ln(range_2 / range_1)``.

    1 is right: twice the range counts twice as much. 0: the range was not heard.

    Args:
        ratio_1, ratio_2: the weight of one value as a multiple of another's, asked at two ranges.
        range_1, range_2: the range of the first value each time, in its own unit; they must differ.

    Raises:
        ValueError: a number not above zero, or one range twice.
    """
    given = (ratio_1, ratio_2, range_1, range_2)
    if not all(0 < number < math.inf for number in given) or range_1 == range_2:
        raise ValueError(f"numbers above zero and two different ranges were expected; found {given}")
    return math.log(ratio_2 / ratio_1) / math.log(range_2 / range_1)


def splitting_excess(parts: npt.ArrayLike, whole: float) -> float:
    """By how much the weights of a value's parts, asked each alone, add up to more than the value asked as a whole.

    0 is right; above 0 a value gains weight by being split.

    Args:
        parts: weights of the parts, shares of all weight. whole: the weight of the value, a share of all weight.
    """
    return float(np.asarray(parts, dtype=np.float64).sum()) - whole


def evenness(weights: npt.ArrayLike) -> float:
    """How even weights are: ``-sum w ln w / ln n``, 1 when all n are equal, 0 when one has everything.

    Raises:
        ValueError: weights that are negative, do not sum to 1, or are fewer than two.
    """
    given = np.asarray(weights, dtype=np.float64)
    if given.ndim != 1 or len(given) < 2 or not (given >= 0).all() or abs(given.sum() - 1) > ONE:
        raise ValueError(f"two or more weights that sum to 1 were expected; found {given.tolist()}")
    some = given[given > 0]
    return float(-(some * np.log(some)).sum() / math.log(len(given))) + 0.0


def is_equal_weighting(weights: npt.ArrayLike) -> bool:
    """Whether weights are so even that they may say no more than "I would rather not choose"."""
    return evenness(weights) > EQUAL


def even_words(*, points: bool, middle: bool) -> str:
    """Say in a sentence what is so even that it may be no choice: points, the middle of weights, both; '' for none."""
    who = [told for told, even in (("its points", points), ("the middle of its weights", middle)) if even]
    if not who:
        return ""
    verb = "is" if who == ["the middle of its weights"] else "are"
    it = "it" if verb == "is" else "they"
    subject = " and ".join(who)
    rather = "may say no more than \u201cI would rather not choose\u201d"
    return f"{subject[0].upper()}{subject[1:]} {verb} so even that {it} {rather}."
