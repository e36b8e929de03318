"""Regret: what a stakeholder may lose by a plan, at the weight of its set that is worst for the plan.

::

    R(x) = max over w in W of ( max over y of w . z(y)  -  w . z(x) )

The inner best is the larger of straight lines in w, so R is reached at a corner of W: corners are enough, and exact,
for a list of plans and for all affordable dollars of a surface alike. Regret is in shares of the own best: 0.1 is a
tenth of all that counts. Axis letters: P plans, n values, K corners, I services. Source: knowledge/deciding.md 4 (v).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.decide.ideals import Ideals
from bothand.decide.programme import Rows, at_most, maximise, rows, stack
from bothand.decide.surfaces import Floats, evaluate
from bothand.decide.weights.polytope import WeightSet


@dataclass(frozen=True, eq=False)
class Worst:
    """The largest regret of one plan, and where it is reached.

    Attributes:
        regret: in shares of the own best, 0 or more.
        weights: (n,) the weight at which it is reached.
        instead: what is best there: the position of a plan of the list.
    """

    regret: float
    weights: Floats
    instead: int


def plan_regrets(z: npt.ArrayLike, weights: WeightSet) -> Floats:
    """Largest regret of every plan of a list against the others, (P,).

    Args:
        z: (P, n) share of its own best that each plan gives each value, in the order of the set's values.
    """
    found: Floats = _regret_table(z, weights).max(axis=0)
    return found


def worst_of(z: npt.ArrayLike, weights: WeightSet, plan: int) -> Worst:
    """Where the largest regret of one plan of a list is reached, and which plan is best there."""
    corner = int(_regret_table(z, weights)[:, plan].argmax())
    worth = np.asarray(z, dtype=np.float64) @ weights.corners[corner]
    return Worst(float(worth.max() - worth[plan]), weights.corners[corner], int(worth.argmax()))


def _regret_table(z: npt.ArrayLike, weights: WeightSet) -> Floats:
    """Regret of every plan at every corner, (K, P)."""
    given = np.asarray(z, dtype=np.float64)
    if given.ndim != 2 or given.shape[1] != len(weights.values):
        raise ValueError(f"z must be plans by {len(weights.values)} values; found the shape {given.shape}")
    worth = weights.corners @ given.T
    found: Floats = worth.max(axis=1, keepdims=True) - worth
    return found


def best_at(ideals: Ideals, weights: WeightSet, budget: float | None = None, also: Rows | None = None) -> Floats:
    """The most that any affordable plan is worth at each corner of a set, (K,), in shares of the own best.

    Args:
        ideals: today's ideals. weights: a set over members of it (``WeightSet.onto``).
        budget: yearly dollars; today's when None.
        also: further rows that every plan must reach.

    Raises:
        ValueError: a value without room, or rows that no plan reaches.
    """
    lines = gain_weights(ideals, weights)
    such_that = allowed(ideals, budget, also)
    found = []
    for line in lines:
        best = maximise(ideals.surface, rows(ideals.surface, gains=line), such_that)
        if best is None:
            raise ValueError("no affordable plan reaches what every plan must reach")
        found.append(best.value)
    return np.array(found)


def regret_at(
    ideals: Ideals, weights: WeightSet, plan: npt.ArrayLike, best: Floats | None = None, budget: float | None = None
) -> float:
    """Largest regret of a plan against every affordable plan of a surface.

    Args:
        ideals: today's ideals. weights: a set over members of it.
        plan: (I,) yearly dollars; one that spends more than the budget can have regret below 0.
        best: from ``best_at``, when it is known already.
        budget: yearly dollars; today's when None.
    """
    most = best_at(ideals, weights, budget) if best is None else best
    worth = gain_weights(ideals, weights) @ evaluate(ideals.surface, plan)
    return float((most - worth).max())


def gain_weights(ideals: Ideals, weights: WeightSet) -> Floats:
    """Corners as weights of the gains of a surface, (K, V). Raises ValueError for a value without room."""
    found: Floats = weights.corners @ ideals.weights(weights.values)
    return found


def allowed(ideals: Ideals, budget: float | None, also: Rows | None) -> Rows:
    """What every plan must keep to: the budget, today's when None, and further rows."""
    spent = at_most(ideals.surface, ideals.budget if budget is None else budget)
    return spent if also is None else stack(spent, also)
