"""Kendall's W: how alike several people rank the same items, corrected for ties.

With n items, m people, R_i the sum of item i's ranks and T_j = sum over ties of (t^3 - t) in person j's ranking::

    S = sum_i (R_i - mean R)^2          W = 12 S / (m^2 (n^3 - n) - m sum_j T_j)          chi2 = m (n - 1) W

W is 1 when all rank alike and 0 when the sums of ranks are all the same. chi2 is Friedman's statistic, with n - 1
degrees of freedom when m and n are not small. Source: Kendall and Babington Smith 1939, Ann Math Stat 10:275-287.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from bothand.engine.arrays import Floats

TWELVE = 12  # MATH: n^3 - n over this is the largest sum of squares of one ranking


@dataclass(frozen=True, eq=False)
class Concordance:
    """How alike the rankings are.

    Attributes:
        rank_sums: (n,) sum over people of each item's rank; the lowest is placed first.
        squares: S, sum of squared distances of the rank sums from their mean.
        w: 0 to 1.
        chi2: Friedman's statistic, corrected for ties.
        mean_spearman: mean rank correlation over all pairs of people; nan where one of them ranks all items alike.
    """

    rank_sums: Floats
    squares: float
    w: float
    chi2: float
    mean_spearman: float


def kendall_w(ranks: npt.ArrayLike) -> Concordance:
    """Say how alike several people rank the same items.

    Args:
        ranks: (n, m) place that each of m people (columns) gives each of n items (rows), 1 = first. Any numbers in the
            same order do: they are ranked anew, and items that a person ranks alike share their mean rank.

    Raises:
        ValueError: fewer than two items or two people, a rank that is missing, or people who all rank all items alike,
            of whose agreement rankings say nothing.
    """
    given = np.asarray(ranks, dtype=np.float64)
    if given.ndim != 2 or min(given.shape) < 2:
        raise ValueError(f"give at least two items (rows) and two people (columns); found {given.shape}")
    if not np.isfinite(given).all():
        raise ValueError("every person must rank every item; some ranks are missing")
    items, people = given.shape
    placed = np.asarray(rankdata(given, axis=0), dtype=np.float64)
    sums = placed.sum(axis=1)
    squares = float(((sums - sums.mean()) ** 2).sum())
    of_each = np.array([_ties(column) for column in placed.T])
    whole = items * (items**2 - 1)
    most = people**2 * whole - people * of_each.sum()
    if (of_each == whole).all():
        raise ValueError("everyone ranks all items alike; rankings say nothing of how far they agree")
    w = float(TWELVE * squares / most)
    return Concordance(sums, squares, w, people * (items - 1) * w, _mean_spearman(placed))


def _ties(column: Floats) -> float:
    """Return the sum of t^3 - t over the ties of one person's ranking."""
    _, many = np.unique(column, return_counts=True)
    return float((many * (many**2 - 1)).sum())


def _mean_spearman(placed: Floats) -> float:
    """Return the mean correlation of ranks over all pairs of people."""
    if (placed == placed[0]).all(axis=0).any():
        return float("nan")
    pairs = np.triu_indices(placed.shape[1], k=1)
    return float(np.atleast_2d(np.corrcoef(placed, rowvar=False))[pairs].mean())
