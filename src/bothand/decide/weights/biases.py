"""Checks on weights that people gave: does the question, rather than the value, make the number?

Source: knowledge/deciding.md 2 (c). The measures are ours; what they look for was seen by others: direct weights that
do not move with the range (Fischer 1995), a value that gains weight when it is split (Hamalainen and Alaja), everything
held equal (Montibeller and von Winterfeldt 2015).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

EQUAL = 0.98  # MATH: evenness above which weights are taken for equal ones
ONE = 1e-6  # MATH: by how much weights may miss a sum of 1


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
