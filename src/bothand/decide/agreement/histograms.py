"""How far answers on one ordered scale agree: a histogram in, an index out.

Four indexes are here because none is the truth: where answers are spread evenly over five steps A is 0, Tastle and
Wierman's index 0.434 and Leik's 0.6. Show the histogram and one index, A; the others are for who compares studies.
Every function takes counts (K,) of the answers at each of K ordered steps; only their proportions matter.

Sources: van der Eijk 2001, Quality & Quantity 35:325-341 (A); Tastle and Wierman 2007, Int J Approx Reasoning
45:531-545; Leik 1966, Pacific Sociological Review 9:85-90. Numbers of the R package agrmt 1.42.12 (tests).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import numpy.typing as npt

from bothand.engine.arrays import Bools, Floats

NEIGHBOURS = 3  # MATH: steps that are looked at together: one peak or two


def agreement(counts: npt.ArrayLike) -> float:
    """Return van der Eijk's A: 1 all answer alike, 0 spread evenly, -1 half at either end.

    The histogram is cut in layers, each a pattern of steps with and without answers; a layer of S steps counts by the
    answers in it, with ``A = U (1 - (S - 1) / (K - 1))``, where U says how far its pattern has one peak.

    Raises:
        ValueError: fewer than two steps, a count below zero, or no answer.
    """
    left = _given(counts)  # counts and no shares: whole numbers stay whole as layers are taken off
    many, found = left.sum(), 0.0
    while (filled := left > 0).any():
        height = left[filled].min()
        found += float(height * filled.sum()) * _of_layer(filled)
        left = np.where(filled, left - height, 0)
    return float(found / many)


def _of_layer(filled: Bools) -> float:
    """Return A of one pattern of steps."""
    steps, many = len(filled), int(filled.sum())
    if many == 1:
        return 1.0
    if many == steps:
        return 0.0
    triples = [tuple(filled[list(at)]) for at in combinations(range(steps), NEIGHBOURS)]
    one_peak = sum(triple in ((True, True, False), (False, True, True)) for triple in triples)
    two_peaks = sum(triple == (True, False, True) for triple in triples)
    peaks = ((steps - 2) * one_peak - (steps - 1) * two_peaks) / ((steps - 2) * (one_peak + two_peaks))
    return float(peaks * (1 - (many - 1) / (steps - 1)))


def polarisation(counts: npt.ArrayLike) -> float:
    """Return (1 - A) / 2: 0 all answer alike, 1 half at either end. Errors as in ``agreement``."""
    return (1 - agreement(counts)) / 2


def consensus(counts: npt.ArrayLike) -> float:
    """Return Tastle and Wierman's consensus: 1 all answer alike, 0 half at either end. Errors as in ``agreement``.

    ``1 + sum_k p_k log2(1 - |k - mean| / (K - 1))``
    """
    shares = _given(counts) / np.sum(counts)
    step = np.arange(len(shares))
    away = np.abs(step - shares @ step) / (len(shares) - 1)
    with_answers = shares > 0  # a step without answers may lie a whole scale away
    return float(1 + shares[with_answers] @ np.log2(1 - away[with_answers]))


def dispersion(counts: npt.ArrayLike) -> float:
    """Return Leik's ordinal dispersion D: 0 all answer alike, 1 half at either end. Errors as in ``agreement``.

    ``2 sum_k min(F_k, 1 - F_k) / (K - 1)``, with F_k the share of answers at step k or below.
    """
    shares = _given(counts) / np.sum(counts)
    up_to = np.cumsum(shares)
    return float(2 * np.minimum(up_to, 1 - up_to)[:-1].sum() / (len(shares) - 1))


def _given(counts: npt.ArrayLike) -> Floats:
    given = np.asarray(counts, dtype=np.float64)
    if given.ndim != 1 or len(given) < 2 or not np.isfinite(given).all() or (given < 0).any() or not given.sum() > 0:
        raise ValueError(f"give the answers at each of two or more steps, 0 or more, and some; found {given.tolist()}")
    return given
