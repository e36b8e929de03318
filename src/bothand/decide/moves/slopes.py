"""The same question from slopes alone: what one more dollar of each service does for each value, here and now."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bothand.decide.moves.move import Move, allowed_from, search
from bothand.decide.surfaces import ROUNDING, Floats, Surface


def best_move(
    slopes: npt.ArrayLike,
    plan: npt.ArrayLike,
    step: npt.ArrayLike,
    slack: float = 0,
    costs: npt.ArrayLike = 1,
    best: npt.ArrayLike = 1,
) -> Move:
    """Find the change that improves every value most when slopes hold within a step, or prove that there is none.

    ``max e`` such that ``slopes_v . change / best_v >= e`` for every v, ``costs . change <= slack``,
    ``|change| <= step`` and ``plan + change >= 0``. It takes a few milliseconds. For a curve that bends within the step
    ask ``move_from`` the surface itself.

    Args:
        slopes: (V, K) gain of each value for one more unit of each lever, at the plan.
        plan: (K,) units, 0 or more.
        step: () or (K,) units by which a lever may change at most, finite.
        slack: money not spent yet, 0 or more.
        costs: () or (K,) money for a unit of each lever, above 0.
        best: () or (V,) each value's own best gain, above 0: gains are told in shares of it.

    Returns:
        Move whose values are named "0", "1", ... in the order given; ``change`` and ``plan`` are in units of levers.

    Raises:
        ValueError: with what does not fit.
    """
    rise, at = np.asarray(slopes, dtype=np.float64), np.asarray(plan, dtype=np.float64)
    if rise.ndim != 2 or at.shape != rise.shape[1:] or not rise.size:
        raise ValueError(f"give slopes of values by levers and a plan of levers; found {rise.shape} and {at.shape}")
    price = np.broadcast_to(np.asarray(costs, dtype=np.float64), at.shape)
    own = np.broadcast_to(np.asarray(best, dtype=np.float64), rise.shape[:1])
    reach = np.broadcast_to(np.asarray(step, dtype=np.float64), at.shape)
    if not (np.isfinite(rise).all() and np.isfinite(reach).all() and (at >= 0).all()):
        raise ValueError("slopes and steps must be finite numbers, and a plan 0 or more")
    if not ((price > 0).all() and (own > 0).all() and slack >= 0):
        raise ValueError("costs and own bests must be above 0, and money not spent 0 or more")
    names = tuple(str(v) for v in range(len(rise)))
    most = np.where(at + reach > 0, at + reach, 1) * price
    surface = Surface(names, tuple(str(k) for k in range(len(at))), most[:, None], (rise / price * most)[:, :, None])
    spent = at * price
    allowed = allowed_from(surface, spent, float(spent.sum()) + slack, reach * price)
    found = search(surface, spent, names, np.diag(1 / own), allowed)
    return replace(found, change=found.change / price, plan=at + found.change / price)


def slopes_at(surface: Surface, plan: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return what the last dollar of each service brought and what the next would bring, (V, I) each.

    Between two levels they are the same. The first is nan where a service has no dollars, the second where its grid
    ends.
    """
    x = np.asarray(plan, dtype=np.float64)
    rise = surface.increments / surface.widths
    near = ROUNDING * surface.dollars[:, -1]
    left, right = (np.full(rise.shape[:2], np.nan) for _ in range(2))
    for i, levels in enumerate(surface.dollars):
        before = int(np.searchsorted(levels, x[i] - near[i]))  # the segment that holds the last dollar
        after = int(np.searchsorted(levels, x[i] + near[i]))
        if x[i] > near[i]:
            left[:, i] = rise[:, i, before]
        if after < len(levels):
            right[:, i] = rise[:, i, after]
    return left, right
