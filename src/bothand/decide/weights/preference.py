"""What a set of weights says of plans without choosing a weight: potentially optimal, dominated, necessary, possible.

A plan's worth is linear in the weights, so what holds at every corner of the set holds in all of it. Axis letters: P
plans, n values, K corners. ``z`` (P, n) is the share of its own best that a plan gives a value, in the order of the
set's values. Source: knowledge/deciding.md 2 (b), robust ordinal regression with linear values; 4 (vii).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from bothand.decide.surfaces import Bools, Floats
from bothand.decide.weights.polytope import WeightSet

TIE = 1e-9  # MATH: worths closer than this are equal


@dataclass(frozen=True)
class Disagreement:
    """Where two stakeholders truly disagree: pairs of plans that they order the opposite way, whatever their weights.

    Attributes:
        share: of all pairs of plans.
        pairs: (the plan the first holds better, the plan the second holds better), by position.
    """

    share: float
    pairs: tuple[tuple[int, int], ...]


def _table(z: npt.ArrayLike, weights: WeightSet) -> Floats:
    """Check what plans give, (P, n)."""
    given = np.asarray(z, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] != len(weights.values) or not np.isfinite(given).all():
        raise ValueError(f"z must be finite, plans by {len(weights.values)} values; found the shape {given.shape}")
    return given


def leads(z: npt.ArrayLike, weights: WeightSet) -> tuple[Floats, Floats]:
    """Least and largest lead of each plan over each other, over all weights of the set, (P, P) each.

    Raises:
        ValueError: a table that does not fit the set.
    """
    worth = weights.corners @ _table(z, weights).T
    least = np.full((worth.shape[1], worth.shape[1]), np.inf)
    for row in worth:
        least = np.minimum(least, row[:, None] - row[None, :])
    return least, -least.T


def necessary(z: npt.ArrayLike, weights: WeightSet) -> Bools:
    """``[i, j]``: plan i is at least as good as j at every weight of the set, (P, P)."""
    found: Bools = leads(z, weights)[0] >= -TIE
    return found


def possible(z: npt.ArrayLike, weights: WeightSet) -> Bools:
    """``[i, j]``: plan i is at least as good as j at some weight of the set, (P, P)."""
    found: Bools = leads(z, weights)[1] >= -TIE
    return found


def always_better(z: npt.ArrayLike, weights: WeightSet) -> Bools:
    """``[i, j]``: plan i is never worse than j, and better at some weight of the set, (P, P): strict ``necessary``.

    Of two plans that are equal at every weight neither is better.
    """
    least, most = leads(z, weights)
    found: Bools = (least >= -TIE) & (most > TIE)
    return found


def dominated(z: npt.ArrayLike, weights: WeightSet) -> Bools:
    """Which plans some other plan beats: never worse and at some weight better, (P,)."""
    return np.asarray(always_better(z, weights).any(axis=0))


def potentially_optimal(z: npt.ArrayLike, weights: WeightSet) -> Bools:
    """Which plans are best of all, ties included, at some weight of the set, (P,).

    One linear programme a plan: the largest lead over the best of the others is at least 0.
    """
    table = _table(z, weights)
    return np.array([_largest_lead(table, weights, plan) >= -TIE for plan in range(len(table))], dtype=bool)


def _largest_lead(table: Floats, weights: WeightSet, plan: int) -> float:
    """The largest lead of a plan over the best of all others, over means of the corners; infinite for a lone plan."""
    others = np.delete(table, plan, axis=0)
    if not len(others):
        return np.inf
    lead = (table[plan] - others) @ weights.corners.T
    count = lead.shape[1]
    found = linprog(
        np.append(np.zeros(count), -1.0),
        A_ub=np.hstack([-lead, np.ones((len(lead), 1))]),
        b_ub=np.zeros(len(lead)),
        A_eq=np.append(np.ones(count), 0.0)[None, :],
        b_eq=[1],
        bounds=[(0, None)] * count + [(None, None)],
        method="highs",
        options={"primal_feasibility_tolerance": TIE, "dual_feasibility_tolerance": TIE},
    )
    if found.status != 0 or found.fun is None:
        raise RuntimeError(f"the solver gave up: {found.message}")
    return -float(found.fun)


def disagreement(z: npt.ArrayLike, first: WeightSet, second: WeightSet) -> Disagreement:
    """Where two stakeholders truly disagree: one holds i better than j at every weight, the other j better than i.

    *Better* is never worse, and better at some weight: a pair that one of them holds equal is no disagreement. Sets
    that share a weight agree there, so they disagree on no pair that is not equal there (``opposed`` asks for less).

    Raises:
        ValueError: sets over different values, or a table that does not fit them.
    """
    if first.values != second.values:
        raise ValueError("both sets must be over the same values, in the same order")
    return share_of_pairs(always_better(z, first) & always_better(z, second).T)


def share_of_pairs(opposite: Bools) -> Disagreement:
    """Count pairs of plans, ``opposite[i, j]``: the first stakeholder holds i better and the second j."""
    found = tuple((int(i), int(j)) for i, j in zip(*np.nonzero(opposite), strict=True))
    total = len(opposite) * (len(opposite) - 1) // 2
    return Disagreement(len(found) / total if total else 0.0, found)
