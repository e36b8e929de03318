"""Cost-effectiveness frontier: incremental ratios with strong and extended dominance.

Strongly dominated (D): another plan costs no more and does no less, and is better in one of both. Extendedly dominated
(ED): not D, but a mixture of two frontier plans does better, that is, its ratio is above the next one's. A plan on the
line between two others stays on the frontier. Source: standard; cases of dampack and heemod (tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Status = Literal["ND", "ED", "D"]

ROUNDING = 1e-12  # MATH: relative slack in comparing two ratios


@dataclass(frozen=True)
class Entry:
    """One plan's place on, or off, the frontier.

    Attributes:
        plan: its name.
        cost, effect: as given; more effect is better.
        status: "ND" on the frontier, "ED" extendedly dominated, "D" strongly dominated.
        extra_cost, extra_effect, ratio: against the frontier plan before it; None off the frontier, for the cheapest
            frontier plan, and for a plan equal to another.
        equal_to: the plan listed before with the same cost and effect, if any; it stands for both.
    """

    plan: str
    cost: float
    effect: float
    status: Status
    extra_cost: float | None = None
    extra_effect: float | None = None
    ratio: float | None = None
    equal_to: str | None = None


def frontier(plans: Sequence[str], costs: npt.ArrayLike, effects: npt.ArrayLike) -> tuple[Entry, ...]:
    """Sort plans onto the cost-effectiveness frontier.

    Args:
        plans: P names, each once.
        costs: (P,) in one currency and price year.
        effects: (P,) in one unit, more is better.

    Returns:
        P entries: the frontier by rising cost, then extendedly, then strongly dominated plans, each by cost.

    Raises:
        ValueError: no plan, a name twice, lengths that differ, or numbers that are not finite.
    """
    cost, effect = np.asarray(costs, dtype=np.float64), np.asarray(effects, dtype=np.float64)
    if not plans or len(set(plans)) != len(plans) or cost.shape != (len(plans),) or effect.shape != cost.shape:
        raise ValueError("give every plan once, with one cost and one effect each")
    if not (np.isfinite(cost).all() and np.isfinite(effect).all()):
        raise ValueError("costs and effects must be finite numbers")
    order = np.lexsort((np.arange(len(plans)), -effect, cost)).tolist()
    kept, strong, equal = _strong(order, cost, effect)
    hull = _hull(kept, cost, effect)
    entries = []
    for before, p in zip([None, *hull], hull, strict=False):
        name, c, e = plans[p], float(cost[p]), float(effect[p])
        if before is None:
            entries.append(Entry(name, c, e, "ND"))
            continue
        more, gained = c - float(cost[before]), e - float(effect[before])
        entries.append(Entry(name, c, e, "ND", more, gained, more / gained))
    rest: list[tuple[int, Status]] = [(p, "ED") for p in kept if p not in hull] + [(p, "D") for p in strong]
    entries += [Entry(plans[p], float(cost[p]), float(effect[p]), status) for p, status in rest]
    status_of = {entry.plan: entry.status for entry in entries}
    for p, twin in equal:
        same = plans[twin]
        entries.append(Entry(plans[p], float(cost[p]), float(effect[p]), status_of[same], equal_to=same))
    return tuple(entries)


def _strong(
    order: Sequence[int], cost: npt.NDArray[np.float64], effect: npt.NDArray[np.float64]
) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    """Split plans sorted by cost (then effect, best first) in kept, strongly dominated, and equal to one before."""
    kept: list[int] = []
    strong: list[int] = []
    equal: list[tuple[int, int]] = []
    before: int | None = None
    for p in order:
        if before is not None and cost[p] == cost[before] and effect[p] == effect[before]:
            equal.append((p, before))
            continue
        before = p
        if kept and effect[p] <= effect[kept[-1]]:
            strong.append(p)
        else:
            kept.append(p)
    return kept, strong, equal


def _hull(kept: Sequence[int], cost: npt.NDArray[np.float64], effect: npt.NDArray[np.float64]) -> list[int]:
    """Plans whose ratios do not fall along the frontier; kept plans rise in cost and in effect."""
    hull: list[int] = []
    for p in kept:
        while len(hull) > 1:
            middle, first = hull[-1], hull[-2]
            rise = (cost[middle] - cost[first]) * (effect[p] - effect[middle])
            next_rise = (cost[p] - cost[middle]) * (effect[middle] - effect[first])
            if rise <= next_rise * (1 + ROUNDING):
                break
            hull.pop()
        hull.append(p)
    return hull
