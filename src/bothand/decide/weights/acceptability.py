"""SMAA-2: how much of a set of weights, and of the uncertainty of what plans do, gives each plan each rank.

Axis letters: N weights, D draws, P plans, n values. Weights are drawn evenly from the set (``sample``); where what
plans do is uncertain too, the weights go through the draws in turn. Plans that are equal share their ranks evenly.
Source: knowledge/deciding.md 2 (b); the measures are standard (SMAA-2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.decide.surfaces import Floats
from bothand.decide.weights.preference import Disagreement, share_of_pairs

SURE = 0.95  # MATH: share of weights in which a plan must be better for a stakeholder to be all but sure
AXES = 3  # MATH: draws, plans, values
BLOCK = 4_000_000  # UNIT: entries of a table that is held at a time


@dataclass(frozen=True, eq=False)
class Acceptability:
    """What a set of weights says of every plan.

    Attributes:
        ranks: (P, P) ``ranks[i, r]``: share of weights (and draws) in which plan i has rank r, 0 the best. Rows and
            columns sum to 1.
        winning: (P, P) ``winning[i, j]``: share in which i is better than j; ties count half; 0 on the diagonal.
        central: (P, n) the mean of the weights that put plan i first; nan where none does.
        confidence: (P,) share of draws in which plan i is first at its central weight; nan where it has none. With
            one draw it says whether the central weight itself puts the plan first.
        entropy: choice entropy in bits, 0 when one plan is always first.
    """

    ranks: Floats
    winning: Floats
    central: Floats
    confidence: Floats
    entropy: float


def choice_entropy(first: npt.ArrayLike) -> float:
    """``-sum b log2 b`` over the shares b (P,) in which each plan is first, in bits."""
    shares = np.asarray(first, dtype=np.float64)
    some = shares[shares > 0]
    return float(-(some * np.log2(some)).sum()) + 0.0


def acceptability(z: npt.ArrayLike, weights: npt.ArrayLike) -> Acceptability:
    """Work out SMAA-2 from weights that were drawn evenly.

    Args:
        z: (P, n), or (D, P, n) with uncertainty: what each plan gives each value.
        weights: (N, n) weights.

    Raises:
        ValueError: arrays that do not fit each other.
    """
    drawn = np.asarray(weights, dtype=np.float64)
    given = np.asarray(z, dtype=np.float64)
    given = given[None] if given.ndim == 2 else given
    if given.ndim != AXES or drawn.ndim != 2 or given.shape[-1] != drawn.shape[1] or not len(drawn):
        raise ValueError(f"z must be plans by values and weights draws by values; found {given.shape}, {drawn.shape}")
    if not (np.isfinite(given).all() and np.isfinite(drawn).all()):
        raise ValueError("z and weights must be finite numbers")
    distinct, which = _distinct(given)
    copies = np.bincount(which).astype(np.float64)
    n_plans, n_kinds = given.shape[1], len(copies)
    ranks, winning = np.zeros((n_kinds, n_plans)), np.zeros((n_kinds, n_kinds))
    heavy, firsts = np.zeros((n_kinds, drawn.shape[1])), np.zeros(n_kinds)
    step = max(1, BLOCK // (n_kinds * n_kinds))
    turns = np.arange(len(drawn)) % len(given)
    for start in range(0, len(drawn), step):
        part = slice(start, start + step)
        worth = np.einsum("skn,sn->sk", distinct[turns[part]], drawn[part])
        better = worth[:, :, None] > worth[:, None, :]
        equal = worth[:, :, None] == worth[:, None, :]
        winning += better.sum(axis=0) + 0.5 * (equal.sum(axis=0) - np.diag(np.diag(equal.sum(axis=0))))
        above = (better * copies[:, None]).sum(axis=1)
        level = (equal * copies[:, None]).sum(axis=1)
        _count_ranks(ranks, above, level)
        first = np.where(above == 0, 1 / level, 0)
        heavy += first.T @ drawn[part]
        firsts += first.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        central = heavy / firsts[:, None]
    same = (which[:, None] == which[None, :]) & ~np.eye(n_plans, dtype=bool)
    pairs = winning[np.ix_(which, which)] / len(drawn) + 0.5 * same
    shares = ranks[which] / len(drawn)
    confidence = _confidence(distinct, central, copies)
    return Acceptability(shares, pairs, central[which], confidence[which], choice_entropy(shares[:, 0]))


def opposed(first: Acceptability, second: Acceptability, sure: float = SURE) -> Disagreement:
    """Where two stakeholders all but surely disagree: each holds another plan of the pair better in ``sure`` of its
    weights (and draws).

    Wider than ``disagreement``, which asks for every weight: two sets that share one weight can never truly disagree,
    and sets of orders alone share equal weights.

    Raises:
        ValueError: not the same plans, or a share that is no majority.
    """
    if first.winning.shape != second.winning.shape or not 0.5 < sure <= 1:
        raise ValueError("the same plans and a share above a half were expected")
    return share_of_pairs((first.winning >= sure) & (sure <= second.winning.T))


def _distinct(given: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Plans that differ in some draw or value, (D, kinds, n), and of which kind each plan is: equal plans then tie
    exactly, whatever the order in which a processor adds up."""
    flat = given.transpose(1, 0, 2).reshape(given.shape[1], -1)
    _, first, which = np.unique(flat, axis=0, return_index=True, return_inverse=True)
    return given[:, first], which.reshape(-1)


def _count_ranks(ranks: Floats, above: Floats, level: Floats) -> None:
    """Add to ``ranks`` (kinds, P) an even share of the places ``above`` to ``above + level`` each time, (S, kinds)."""
    places = np.arange(ranks.shape[1])
    for kind in range(len(ranks)):
        pairs, times = np.unique(np.stack([above[:, kind], level[:, kind]], axis=1), axis=0, return_counts=True)
        for (low, wide), count in zip(pairs, times, strict=True):
            ranks[kind] += count * ((places >= low) & (places < low + wide)) / wide


def _confidence(distinct: Floats, central: Floats, copies: Floats) -> Floats:
    """Share of draws in which each kind of plan is first at its own central weight, (kinds,)."""
    found = np.full(len(central), np.nan)
    for kind, weights in enumerate(central):
        if np.isfinite(weights).all():
            worth = distinct @ weights
            best = worth == worth.max(axis=1, keepdims=True)
            found[kind] = (best[:, kind] / (best * copies).sum(axis=1)).mean()
    return found
