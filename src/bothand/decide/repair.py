"""The cheapest change that removes a loss: of money, or of the terms on which a service is run.

Of money: a programme on the surrogate; the caller re-runs the exact model at the answer. Of terms: there is no curve to
follow, so the caller runs the exact model with each change of terms, and the cheapest that does it is chosen. Source:
DESIGN 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from bothand.decide.ideals import Ideals
from bothand.decide.losers import verdicts
from bothand.decide.programme import Rows, at_most, maximise, rows, stack
from bothand.decide.ruled.rows import kept
from bothand.decide.surfaces import ROUNDING, Floats, Surface, asked_of_others, evaluate


@dataclass(frozen=True, eq=False)
class Repair:
    """A changed plan in which the named loss is gone, or every value has more.

    Attributes:
        kind: "reallocation" of the same money, or "addition" to the plan as it stands.
        dollars: yearly dollars moved (the larger of what is taken away and what is put in) or added.
        change: (I,) dollars put in (above zero) or taken away, by service.
        plan: (I,) the changed plan.
        gains: (V,) its gains on the surrogate.
    """

    kind: Literal["reallocation", "addition"]
    dollars: float
    change: Floats
    plan: Floats
    gains: Floats


def cheapest_repair(
    surface: Surface,
    plan: npt.ArrayLike,
    loser: str,
    groups: Sequence[str],
    least: npt.ArrayLike = 0,
    kind: Literal["reallocation", "addition"] = "reallocation",
    budget: float | None = None,
    exact: npt.ArrayLike | None = None,
) -> Repair | None:
    """Find the smallest change of dollars after which a group no longer loses, and no other group starts to.

    Args:
        surface: the curves.
        plan: (I,) yearly dollars of the plan under which the group loses.
        loser: its name, one of ``groups``.
        groups: groups to protect; one that is below its least already must not fall further.
        least: () or (n,) gain each group must reach: 0 against no new money; against another plan, that plan's gains.
        kind: move the same money, or add to the plan.
        budget: yearly dollars for a reallocation, if more than the plan spends (money left over may be used).
        exact: (V,) the exact model's gains at the plan; their difference from the surrogate is carried along.

    Returns:
        Repair, or None: no repair found on the grid.
    """
    before = np.asarray(plan, dtype=np.float64)
    on_surface = evaluate(surface, before)
    offset = np.zeros_like(on_surface) if exact is None else np.asarray(exact, dtype=np.float64) - on_surface
    positions = surface.indices(groups)
    floor = np.array(np.broadcast_to(np.asarray(least, dtype=np.float64), (len(groups),)))
    now = (on_surface + offset)[positions]
    needed = np.minimum(floor, now)
    needed[groups.index(loser)] = floor[groups.index(loser)]
    protect = rows(surface, gains=np.eye(len(surface.objectives))[positions], least=needed - offset[positions])
    return _smallest(surface, before, protect, kind, budget)


def cheapest_gain(
    ideals: Ideals, plan: npt.ArrayLike, members: Sequence[str], gain: float, budget: float | None = None
) -> Repair | None:
    """Find the smallest reallocation of dollars after which every value has more.

    Args:
        ideals: the curves, and each value's own best.
        plan: (I,) yearly dollars.
        members: values or groups with room.
        gain: by how much each must gain, in shares of its own best.
        budget: yearly dollars, if more than the plan spends (money left over may be used).

    Returns:
        Repair, or None: no such change on the grid.
    """
    before, shares = np.asarray(plan, dtype=np.float64), ideals.weights(members)
    now = shares @ evaluate(ideals.surface, before)
    return _smallest(
        ideals.surface, before, rows(ideals.surface, gains=shares, least=now + gain), "reallocation", budget
    )


def _smallest(
    surface: Surface,
    before: Floats,
    such_that: Rows,
    kind: Literal["reallocation", "addition"],
    budget: float | None,
) -> Repair | None:
    """Return the smallest change of dollars that meets the rows, and breaks no rule further than the plan does."""
    conditions = stack(such_that, *_change_rows(surface, before))
    if surface.rules is not None:
        there = surface.rules.as_plan_stands(before, asked_of_others(surface, before))
        conditions = stack(conditions, *kept(replace(surface, rules=there), there.budget))
    if kind == "reallocation":
        spent = float(before.sum())
        conditions = stack(conditions, at_most(surface, spent if budget is None else max(budget, spent)))
    n = len(surface.services)
    down = np.inf if kind == "reallocation" else 0
    bounds = [(0, np.inf)] * n + [(0, down)] * n + [(0, np.inf)]
    goal = rows(surface, extra=np.append(np.zeros(2 * n), -1.0))
    found = maximise(surface, goal, conditions, bounds)
    if found is None:
        return None
    change = found.plan - before
    change = np.where(np.abs(change) > ROUNDING * surface.dollars[:, -1], change, 0)
    dollars = max(float(change[change > 0].sum()), float(-change[change < 0].sum()))
    return Repair(kind, dollars, change, found.plan, found.gains)


def _change_rows(surface: Surface, before: Floats) -> tuple[Rows, Rows, Rows]:
    """Tie dollars to helper numbers (put in by service, taken away by service, the larger of both sums)."""
    n = len(surface.services)
    unit = np.eye(n)
    none = np.zeros((n, 1))
    at_least = rows(surface, dollars=unit, extra=np.hstack([-unit, unit, none]), least=before)
    no_more = rows(surface, dollars=-unit, extra=np.hstack([unit, -unit, none]), least=-before)
    put_in, taken = np.repeat([1.0, 0.0], n), np.repeat([0.0, 1.0], n)
    larger = rows(surface, extra=[np.append(-put_in, 1), np.append(-taken, 1)])
    return at_least, no_more, larger


@dataclass(frozen=True, eq=False)
class OtherTerms:
    """A plan run on other terms, the money held.

    Attributes:
        name: what was changed, in words.
        dollars: yearly dollars that the other terms cost more, from any payer; below zero where they cost less.
        gains: (G, D) gains of the groups against the same reference as the plan's own, per 1,000 people of each.
    """

    name: str
    dollars: float
    gains: Floats


def cheapest_terms(
    groups: Sequence[str],
    loser: str,
    gains: npt.ArrayLike,
    tried: Sequence[OtherTerms],
    worse_by: npt.ArrayLike,
) -> OtherTerms | None:
    """Return the cheapest change of terms under which a group no longer loses and no other group starts to.

    Args:
        groups: G names.
        loser: one of them.
        gains: (G, D) gains under the plan's own terms, per 1,000 people of each group.
        tried: the same plan on other terms, in the same draws.
        worse_by: (G,) margins above zero, per 1,000 as well.

    Returns:
        Of equally cheap ones the one that leaves the loser best off in the mean; None if none does it.

    Raises:
        ValueError: a loser that is none of the groups.
    """
    if loser not in groups:
        raise ValueError(f"there is no group '{loser}'; known: {', '.join(groups)}")

    def losing(of: npt.ArrayLike) -> set[str]:
        return {found.group for found in verdicts(groups, of, worse_by) if found.verdict == "loses"}

    before, place = losing(gains), list(groups).index(loser)
    good = [one for one in tried if losing(one.gains) <= before - {loser}]
    return min(good, key=lambda one: (one.dollars, -float(one.gains[place].mean())), default=None)
