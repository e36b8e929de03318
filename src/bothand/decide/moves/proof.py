"""Weights on the values and a price of a dollar: by these anyone can check how much is left to improve.

With weights w_v >= 0 that add up to 1, a price m >= 0 and z_v = gain / own best, any allowed plan x has ::

    sum_v w_v z_v(x) <= m B + sum_i max over allowed x_i of ( sum_v w_v z_vi(x_i) - m x_i )

since what it spends is at most the budget B. A rule adds its own price l >= 0: a row a . x >= b adds l (a . x - b), a
cap c on what others are asked for adds l (c - asked(x)), neither below zero for an allowed plan. Of two ways to run one
service only the better counts. Curves are straight between their levels, so each maximum stands at a level or at an end
of what is allowed, whatever the curve's form: no solver is needed, and a wrong answer of one cannot pass. What is left
is the right side less the same sum at the plan as it stands. A change that improved every value by e would raise the
sum by e at least, so no change improves the least improved value by more than what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bothand.decide.surfaces import Floats, Surface, evaluate

NOTHING = 1e-7  # MATH: share of its own best below which a gain counts as none


@dataclass(frozen=True, eq=False)
class Allowed:
    """Which plans are looked at: I services, each between two amounts, all within a budget.

    Attributes:
        budget: yearly dollars in all.
        low, high: (I,) yearly dollars, not below 0 and not beyond the grid.
    """

    budget: float
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Proof:
    """How much is left to improve for all values at once.

    Attributes:
        members: the values, n of them.
        weights: (n,) 0 or more, adding up to 1.
        price: what one more dollar is worth, in weighted shares of own bests.
        left: the most by which any allowed change can improve the least improved value, in shares of its own best.
        ruled: what each rule is worth to loosen, its rows first and then its cap; none without rules.
    """

    members: tuple[str, ...]
    weights: Floats
    price: float
    left: float
    ruled: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def closes(self) -> bool:
        """Whether nothing is left: no allowed change improves every value."""
        return self.left <= NOTHING


def left_to_improve(
    surface: Surface,
    plan: Floats,
    shares: Floats,
    weights: Floats,
    price: float,
    allowed: Allowed,
    ruled: Floats | None = None,
) -> float:
    """Return what is left, by arithmetic alone.

    Args:
        surface: the curves.
        plan: (I,) yearly dollars, an allowed plan.
        shares: (n, V) that turn gains into shares of own bests (``Ideals.weights``).
        weights: (n,) 0 or more, adding up to 1.
        price: 0 or more.
        allowed: the plans that are looked at.
        ruled: 0 or more for each rule of the surface, its cap last (``Proof.ruled``).
    """
    worth = np.asarray(weights, dtype=np.float64) @ shares  # (V,) per unit of gain
    most, above = price * allowed.budget, np.zeros(len(plan))
    dearer, asked = np.zeros(len(plan)), np.zeros(surface.dollars.shape)
    rules = surface.rules
    if rules is not None and ruled is not None and len(ruled):
        rowed, capped = ruled[: len(rules.least)], ruled[len(rules.least) :]
        dearer = rowed @ rules.weights
        most -= float(rowed @ rules.least)
        if len(capped):
            asked, most = capped[0] * rules.asked, most + float(capped[0]) * rules.cap
    for i, levels in enumerate(surface.dollars):
        curve = np.concatenate([[0.0], worth @ surface.gains[:, i] - asked[i]])
        grid = np.concatenate([[0.0], levels])
        inside = (grid > allowed.low[i]) & (grid < allowed.high[i])
        x = np.concatenate([[allowed.low[i], allowed.high[i]], grid[inside]])
        net = np.interp(x, grid, curve) - (price - dearer[i]) * x
        most += float(net[0])
        above[i] = float(net.max() - net[0])
    most += sum(float(above[group].max()) for group in kept_apart(surface))
    return float(most - worth @ evaluate(surface, plan))


def kept_apart(surface: Surface) -> list[list[int]]:
    """Return positions of services in groups of which one at most may have dollars; most stand alone."""
    ways = list(surface.ways)
    grouped = {i for group in ways for i in group}
    return ways + [[i] for i in range(len(surface.services)) if i not in grouped]
