"""The best plan for each objective at today's budget, and what it does for all the others.

Source: DESIGN 8; ``z_v = (u_v - d_v) / (u_v* - d_v)`` with gains counted from the status quo, so d_v = 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bothand.decide.programme import Rows, Solution, at_most, maximise, rows, stack
from bothand.decide.ruled.rows import affordable, at_any_budget, hair, kept, possible
from bothand.decide.surfaces import ROUNDING, Bools, Floats, Surface


@dataclass(frozen=True)
class LeftOut:
    """An objective that is not on the map, by name, and why: a phrase that a page can print after the name."""

    objective: str
    why: str


@dataclass(frozen=True, eq=False)
class Favourites:
    """The best plan for each objective with room, sought when it is first asked: many questions need the bests alone.

    Attributes: as of ``Ideals``; the surface is the one on which the ideals were found.
    """

    surface: Surface
    budget: float
    best: Floats
    room: Bools

    @cached_property
    def _found(self) -> tuple[Floats, Floats]:
        """Plans (V, I) and their gains (V, V)."""
        n = len(self.surface.objectives)
        plans, gains = np.zeros((n, len(self.surface.services))), np.zeros((n, n))
        for v in np.flatnonzero(self.room).tolist():
            found = _favourite(self.surface, self.budget, v, self.best, self.room)
            plans[v], gains[v] = found.plan, found.gains
        return plans, gains

    @property
    def plans(self) -> Floats:
        """As of ``Ideals``, (V, I)."""
        return self._found[0]

    @cached_property
    def spill(self) -> Floats:
        """As of ``Ideals``, (V, V)."""
        return share_of_best(self._found[1], self.best, self.room)


@dataclass(frozen=True, eq=False)
class Ideals:
    """What each objective could get if it alone decided, at today's budget.

    Attributes:
        surface: the curves that all later questions use.
        budget: today's yearly US dollars.
        best: (V,) gain of each objective under its own best plan.
        favourites: the plans, once they are asked for.
        room: (V,) False for objectives that no affordable plan improves by more than their error.
        left_out: the objectives without room, by name.
    """

    surface: Surface
    budget: float
    best: Floats
    favourites: Favourites
    room: Bools
    left_out: tuple[LeftOut, ...]

    @property
    def plans(self) -> Floats:
        """The best plan for each objective, (V, I).

        Of several equally good ones: the cheapest, then the one that does most for the others (largest sum of z), so
        that the choice does not hang on the order of services.
        """
        return self.favourites.plans

    @property
    def spill(self) -> Floats:
        """``spill[i, j]`` = z_j under i's best plan, (V, V).

        1 on the diagonal, negative = antagonism, nan where i or j has no room.
        """
        return self.favourites.spill

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the objectives with room, in the order of the surface."""
        return tuple(name for name, has in zip(self.surface.objectives, self.room, strict=True) if has)

    def plan_of(self, objective: str) -> Floats:
        """Best plan for one objective, (I,) yearly dollars."""
        plan: Floats = self.plans[self.surface.index(objective)]
        return plan

    def weights(self, members: Sequence[str]) -> Floats:
        """Weights that turn gains into z, (n, V).

        Raises:
            ValueError: a member that has no room, whose z does not exist.
        """
        positions = self.surface.indices(members)
        lost = [name for name, v in zip(members, positions, strict=True) if not self.room[v]]
        if lost:
            raise ValueError(f"no room to improve {', '.join(lost)}; take only names from Ideals.members")
        matrix: Floats = np.eye(len(self.surface.objectives))[positions] / self.best[positions][:, None]
        return matrix


def find_ideals(surface: Surface, budget: float, error: npt.ArrayLike = 0) -> Ideals:
    """Find the most of every objective; its best plan and the spill-over on all others when they are asked for.

    Args:
        surface: the curves; every service's grid must reach at least the budget.
        budget: yearly US dollars, above zero.
        error: () or (V,) gain below which an improvement cannot be told from none (sampling error of the mean).

    Returns:
        Ideals with V objectives.

    Raises:
        ValueError: budget not above zero, a grid that ends before it, or rules of the surface that no plan keeps.
    """
    short = [s for s, last in zip(surface.services, surface.dollars[:, -1], strict=True) if last < budget]
    if not budget > 0 or short:
        raise ValueError(f"the budget must be above zero and inside every grid; found {budget}, short: {short}")
    if not possible(surface, budget):
        raise ValueError(f"no plan of {budget:,.0f} dollars a year keeps the rules")
    n = len(surface.objectives)
    best = np.zeros(n)
    for v in range(n):
        best[v] = max(0, _best(surface, _one(n, v), affordable(surface, budget)).gains[v])
    least_room = np.maximum(np.broadcast_to(np.asarray(error, dtype=np.float64), (n,)), ROUNDING * surface.scale)
    room = best > least_room
    favourites = Favourites(surface, budget, best, room)
    return Ideals(surface, budget, best, favourites, room, _left_out(surface, best, room))


def _one(n: int, v: int) -> Floats:
    """Weight 1 on one of n objectives."""
    weights = np.zeros(n)
    weights[v] = 1
    return weights


def _best(surface: Surface, weights: Floats, such_that: Rows) -> Solution:
    """Maximise a weighted gain where at least one plan is allowed."""
    found = maximise(surface, rows(surface, gains=weights), such_that)
    if found is None:
        raise RuntimeError("the solver found no plan although there is one")
    return found


def _favourite(surface: Surface, budget: float, v: int, best: Floats, room: Bools) -> Solution:
    """The best plan for v: the cheapest of the best, and of those the one that does most for the others."""
    own = rows(surface, gains=_one(len(best), v), least=best[v] - hair(surface) * surface.scale[v])
    own = stack(own, *kept(surface, budget))
    cheapest = least_dollars(surface, own)
    if cheapest is None:
        raise RuntimeError(f"the best plan for {surface.objectives[v]} was lost to rounding")
    spent = min(float(cheapest.plan.sum()) * (1 + hair(surface)), budget)
    weights = np.where(room, 1 / np.where(room, best, 1), 0)
    kindest = maximise(surface, rows(surface, gains=weights), stack(own, at_most(surface, spent)))
    return cheapest if kindest is None else kindest


def _left_out(surface: Surface, best: Floats, room: Bools) -> tuple[LeftOut, ...]:
    """Say why objectives have no room."""
    out = []
    for name, gain, has in zip(surface.objectives, best, room, strict=True):
        if not has:
            why = "its best affordable gain is within the error" if gain > 0 else "no affordable plan improves it"
            out.append(LeftOut(name, why))
    return tuple(out)


def share_of_best(gains: npt.ArrayLike, best: Floats, room: Bools) -> Floats:
    """z = gain / own best, along the last axis (..., V); nan for objectives (and rows of a square table) without room.

    Give the exact model's gains at the favourite plans, (V, V), with their diagonal as ``best``, for exact spill-over.
    """
    given = np.asarray(gains, dtype=np.float64)
    z = np.full(given.shape, np.nan)
    np.divide(given, np.where(room, best, 1), out=z, where=np.broadcast_to(room, given.shape))
    if given.ndim == 2 and given.shape[0] == given.shape[1]:
        z[~room] = np.nan
    return z


def least_dollars(surface: Surface, such_that: Rows) -> Solution | None:
    """The cheapest plan that reaches the rows; None if none does."""
    return maximise(surface, rows(surface, dollars=np.full(len(surface.services), -1.0)), such_that)


def common(
    ideals: Ideals, members: Sequence[str], budget: float | None = None, also: Rows | None = None
) -> Solution | None:
    """The largest share of its own best that one plan reaches for every member at once (Kalai-Smorodinsky beta).

    Args:
        ideals: today's ideals, which stay fixed.
        members: objectives with room.
        budget: yearly dollars to spend; today's if None; ``inf`` for no limit but the grids, the rules growing along.
        also: further rows to reach (without helper numbers).

    Returns:
        Solution whose ``value`` is beta; None only if ``also``, or the rules at that budget, cannot be reached.
    """
    surface = ideals.surface
    weights = ideals.weights(members)
    parts = [rows(surface, gains=weights, extra=np.full((len(members), 1), -1.0))]
    limit = ideals.budget if budget is None else budget
    bounds: list[tuple[float, float]] = [(0, 1)]
    if np.isfinite(limit):
        parts.append(affordable(surface, limit))
    elif surface.rules is not None:
        grown = at_any_budget(surface, surface.rules)
        parts.append(replace(grown, extra=np.hstack([np.zeros((len(grown.least), 1)), grown.extra])))
        bounds.append((0, np.inf))
    if also is not None:
        parts.append(also)
    goal = rows(surface, extra=np.eye(len(bounds))[0])
    return maximise(surface, goal, stack(*parts), bounds=bounds)
