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
from bothand.decide.losers import told
from bothand.decide.programme import Rows, maximise, rows, stack
from bothand.decide.ruled.rows import affordable
from bothand.decide.surfaces import Floats, evaluate
from bothand.decide.weights.polytope import WeightSet

DRAWN = 3  # MATH: axes of a table by draw: draws, plans, values


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
    return bests_at(ideals, weights, budget, also)[0]


def bests_at(
    ideals: Ideals, weights: WeightSet, budget: float | None = None, also: Rows | None = None
) -> tuple[Floats, Floats]:
    """As ``best_at``, with the plan that is best at each corner: (K,) and (K, I) yearly dollars."""
    such_that = allowed(ideals, budget, also)
    values, plans = [], []
    for line in gain_weights(ideals, weights):
        best = maximise(ideals.surface, rows(ideals.surface, gains=line), such_that)
        if best is None:
            raise ValueError("no affordable plan reaches what every plan must reach")
        values.append(best.value)
        plans.append(best.plan)
    return np.array(values), np.array(plans)


def regrets_in_draws(z: npt.ArrayLike, weights: WeightSet, instead: npt.ArrayLike) -> Floats:
    """The largest regret of each plan read draw by draw, (P, D): how sure it is.

    All is chosen once, here and now, on the average of the draws: the plan, the weight that is worst for it, and what
    would be chosen there instead. In a draw the regret is the lead of that other plan at that weight; below 0, the plan
    did better. Its mean over draws is the largest regret on average, and it is 0 in every draw for a plan that would be
    chosen itself.

    Args:
        z: (D, P, n) what each plan gives each value in every draw.
        weights: the set.
        instead: (D, Q, n) what the plans give that may be chosen instead.

    Raises:
        ValueError: arrays that do not fit the set or each other.
    """
    given, others = np.asarray(z, dtype=np.float64), np.asarray(instead, dtype=np.float64)
    shapes = {(len(table), table.shape[-1]) for table in (given, others)}
    if {given.ndim, others.ndim} != {DRAWN} or shapes != {(len(given), len(weights.values))}:
        raise ValueError(f"draws by plans by {len(weights.values)} values were expected; found {given.shape}")
    worth, other = (np.einsum("kn,dpn->kdp", weights.corners, table) for table in (given, others))
    chosen = other.mean(axis=1).argmax(axis=1)
    lead = other[np.arange(len(chosen)), :, chosen][:, :, None] - worth  # (K, D, P)
    worst = lead.mean(axis=1).argmax(axis=0)
    found: Floats = lead[worst, :, np.arange(worth.shape[-1])]
    return found


def told_apart(largest: npt.ArrayLike) -> tuple[bool, ...]:
    """Whether each plan can be told from the next, the plan with least regret on average first.

    Args:
        largest: (P, D) each plan's largest regret read draw by draw, in the order of its mean.

    Returns:
        (P - 1,) True where 19 in 20 draws of the difference lie on one side of zero; never with fewer draws than
        ``LEAST_RUNS``.
    """
    return tuple(map(told, np.diff(np.asarray(largest, dtype=np.float64), axis=0)))


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
    spent = affordable(ideals.surface, ideals.budget if budget is None else budget)
    return spent if also is None else stack(spent, also)
