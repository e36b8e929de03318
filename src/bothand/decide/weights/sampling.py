"""Weights drawn evenly from a set.

A set that is a simplex (any set of orders is one, and so is one of lower bounds) is drawn from exactly: a mean of its
corners with Dirichlet(1, ..., 1) shares. Any other set by hit-and-run (Smith 1984): from many starts at once, each goes
a random way along a random line inside the set, again and again.
"""

from __future__ import annotations

import numpy as np

from bothand.decide.surfaces import Floats
from bothand.decide.weights.polytope import ON, WeightSet

CHAINS = 1_000  # UNIT: walks that go on at the same time
BEFORE = 40  # UNIT: steps for each dimension before the first weight is taken
BETWEEN = 4  # UNIT: steps for each dimension between two weights of a walk


def sample(weights: WeightSet, count: int, seed: int) -> Floats:
    """Draw weights evenly from a set.

    Args:
        weights: the set; one brought onto a map is drawn from over all values first.
        count: how many, N.
        seed: the same seed gives the same weights.

    Returns:
        (N, n) weights over the set's values.
    """
    rng = np.random.default_rng(seed)
    whole = weights.whole or weights
    axes = axes_of(whole.corners)
    if len(axes) + 1 >= len(whole.corners):
        drawn = rng.dirichlet(np.ones(len(whole.corners)), count) @ whole.corners
    else:
        drawn = _walked(whole, axes, count, rng)
    return weights.brought(np.asarray(drawn, dtype=np.float64))


def axes_of(corners: Floats) -> Floats:
    """Directions that span a set, orthonormal, (dimension, n)."""
    _, sizes, rows = np.linalg.svd(corners - corners.mean(axis=0))
    found: Floats = rows[: int((sizes > ON).sum())]
    return found


def _walked(whole: WeightSet, axes: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Walk hit-and-run inside a set, (N, n)."""
    n = len(whole.values)
    matrix = np.concatenate([whole.rows, np.eye(n)])
    least = np.concatenate([whole.least, np.zeros(n)])
    chains = min(CHAINS, count)
    here = rng.dirichlet(np.ones(len(whole.corners)), chains) @ whole.corners
    taken: list[Floats] = []
    steps = BEFORE * len(axes)
    while len(taken) * chains < count:
        for _ in range(steps):
            ways = rng.standard_normal((len(here), len(axes))) @ axes
            here = along(here, ways, matrix, least, rng)
        taken.append(here)
        steps = BETWEEN * len(axes)
    found: Floats = np.concatenate(taken)[:count]
    return found


def along(here: Floats, ways: Floats, matrix: Floats, least: Floats, rng: np.random.Generator) -> Floats:
    """Go from each point (C, n) an even share of the way between the ends of its line (C, n) inside a set, (C, n)."""
    slack, rise = here @ matrix.T, ways @ matrix.T
    slack -= least
    np.maximum(slack, 0, out=slack)
    np.copyto(rise, np.nan, where=np.abs(rise) <= ON)  # along such a row the line has no end
    ends = np.divide(slack, rise, out=slack)  # below zero, -0.0 among it: an end ahead; else one behind
    # The bits of doubles, read as whole numbers: with a sign, the least is the end below zero that is nearest to it;
    # without, the end above zero that is. Rows without an end (nan) come last, so that one pass does for each side.
    ahead, behind = ends.view(np.int64).min(axis=1), ends.view(np.uint64).min(axis=1)
    forth, back = -ahead.view(np.float64), -behind.view(np.float64)
    ended = np.isfinite(forth) & np.isfinite(back)  # a line that goes nowhere has no ends
    ended &= ~np.signbit(forth) & np.signbit(back)
    forth, back = np.where(ended, forth, 0), np.where(ended, back, 0)
    length = back + (forth - back) * rng.random(len(here))
    there = np.maximum(here + length[:, None] * ways, 0)
    found: Floats = there / there.sum(axis=1, keepdims=True)
    return found
