"""From a plan on a surface: the change that gives the least improved value most, or the proof that none improves all.

::

    maximise  e   such that  z_v(x) - z_v(plan) >= e for every v,   sum x <= B,   |x_i - plan_i| <= step_i,   x >= 0

Where the surface has rules, no change takes a plan further from them than it stands, or, for a plan of its own, every
rule is kept (``strict``).
with z_v the gain in shares of v's own best. The curves to the left of the plan say what taking a dollar costs, those to
its right what giving one brings. With all groups as the values and what others do as the plan, this is the search for a
plan that beats what others do for every group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bothand.decide.ideals import Ideals
from bothand.decide.moves.proof import NOTHING, Allowed, Proof, kept_apart, left_to_improve
from bothand.decide.programme import Rows, Solution, at_most, maximise, rows, stack
from bothand.decide.ruled.rows import kept
from bothand.decide.ruled.rules import Rules
from bothand.decide.surfaces import ROUNDING, Floats, Surface, asked_of_others, evaluate


@dataclass(frozen=True, eq=False)
class Move:
    """The best change of a plan for all values at once, and the proof that there is no better one.

    Of several that give the least improved value as much, it is the one that improves all in sum the most.

    Attributes:
        members: the values that were asked for, n of them.
        change: (I,) yearly dollars put in (above zero) or taken away, by service; all zero where no change improves
            every value.
        plan: (I,) the plan after it.
        improved: (n,) what each value gains by it, in shares of its own best.
        least: what the least improved value gains, 0 or more.
        proof: what is left at most, checked without a solver. Where curves are concave it meets ``least``; at a
            start-up cost or a harm that levels off it may leave a gap, and then "none" is the solver's word alone.
    """

    members: tuple[str, ...]
    change: Floats
    plan: Floats
    improved: Floats
    least: float
    proof: Proof

    @property
    def exists(self) -> bool:
        """Whether every value is improved."""
        return self.least > NOTHING

    @property
    def proved(self) -> bool:
        """Whether arithmetic alone says the same: the move improves all, or nothing is left to improve."""
        return self.exists or self.proof.closes


def move_from(
    ideals: Ideals,
    plan: npt.ArrayLike,
    members: Sequence[str] | None = None,
    budget: float | None = None,
    step: npt.ArrayLike = np.inf,
    strict: bool = False,
) -> Move:
    """Find the change of a plan that improves every value most, or prove that there is none.

    Args:
        ideals: the curves, and each value's own best at today's budget.
        plan: (I,) yearly dollars.
        members: values or groups with room; all of them by default.
        budget: yearly dollars that the changed plan may spend; today's by default. What the plan leaves over of it may
            be used.
        step: () or (I,) dollars by which a service may change at most; small for a move from here, ``inf`` for any
            plan at all.
        strict: whether the changed plan keeps every rule of the surface; else none is broken further than it is.

    Raises:
        ValueError: no members; a plan off the grid or above the budget, or that pays for two ways to run one service;
            a step below zero.
    """
    before, surface = np.asarray(plan, dtype=np.float64), ideals.surface
    names = ideals.members if members is None else tuple(members)
    if not names:
        raise ValueError("name at least one value with room to improve")
    limit = ideals.budget if budget is None else budget
    allowed = allowed_from(surface, before, limit, step)
    return search(surface, before, names, ideals.weights(names), allowed, strict)


def allowed_from(surface: Surface, plan: Floats, budget: float, step: npt.ArrayLike) -> Allowed:
    """Return which plans are within a step of a plan and within a budget; errors as in ``move_from``."""
    reach = np.broadcast_to(np.asarray(step, dtype=np.float64), plan.shape)
    if not (reach >= 0).all():
        raise ValueError(f"a step must be 0 or more dollars; found {reach.min()}")
    spent = float(plan.sum())
    if not spent <= budget * (1 + ROUNDING):
        raise ValueError(f"the plan spends {spent:g} a year and the budget is {budget:g}")
    last, most = surface.dollars[:, -1], max(budget, spent)
    low, high = np.maximum(plan - reach, 0), np.minimum(np.minimum(plan + reach, last), most)
    paid = plan > ROUNDING * last
    for group in kept_apart(surface):
        if paid[group].sum() > 1:
            both = ", ".join(surface.services[i] for i in group if paid[i])
            raise ValueError(f"a plan pays for one way to run a service at most; found {both}")
        stays = [i for i in group if low[i] > 0]
        high[[i for i in group if stays and i not in stays]] = 0
    return Allowed(most, low, high)


def search(
    surface: Surface,
    plan: Floats,
    members: tuple[str, ...],
    shares: Floats,
    allowed: Allowed,
    strict: bool = False,
) -> Move:
    """Search the allowed plans; ``shares`` (n, V) turn gains into shares of own bests, ``strict`` as ``move_from``."""
    if surface.rules is not None and not strict:
        there = surface.rules.as_plan_stands(plan, asked_of_others(surface, plan))
        surface = replace(surface, rules=there)
    here, now = _within(surface, allowed), shares @ evaluate(surface, plan)
    lowest = shares @ evaluate(surface, allowed.low)
    money = allowed.budget - float(allowed.low.sum())
    conditions = _conditions(here, shares, now - lowest, money)
    best = _most(here, conditions)
    kindest = _kindest(here, shares, conditions, best.value) if best.value > NOTHING else best
    change = np.clip(allowed.low + kindest.plan, allowed.low, allowed.high) - plan
    change = np.where(np.abs(change) > ROUNDING * surface.dollars[:, -1], change, 0)
    improved = shares @ evaluate(surface, plan + change) - now
    if not improved.min() > NOTHING:
        change, improved = np.zeros(len(plan)), np.zeros(len(members))
    smooth = (
        _mixed(here, shares, now - lowest, money) if here.convex_at.any() or len(kept_apart(here)) < len(plan) else best
    )
    weights = np.maximum(-smooth.duals[: len(members)], 0)
    weights = weights / weights.sum()
    price = max(0.0, -float(smooth.duals[len(members)]))
    ruled = np.maximum(-smooth.duals[len(members) + 1 :], 0)
    left = left_to_improve(surface, plan, shares, weights, price, allowed, ruled)
    proof = Proof(members, weights, price, left, ruled)
    return Move(members, change, plan + change, improved, float(improved.min()), proof)


def _within(surface: Surface, allowed: Allowed) -> Surface:
    """Return the curves from each service's lowest allowed dollars to its highest, counted from the lowest.

    So the concave envelope is that of what is allowed, and not of what lies beyond it. A service that may not change
    has a flat curve.
    """
    count = surface.dollars.shape[1] + 1
    dollars, gains = np.ones((len(surface.services), count)), np.zeros((*surface.gains.shape[:2], count))
    for i, levels in enumerate(surface.dollars):
        low, high, near = allowed.low[i], allowed.high[i], ROUNDING * levels[-1]
        if high - low <= near:
            dollars[i] = np.arange(1, count + 1)
            continue
        inside = levels[(levels > low + near) & (levels < high - near)]
        last = inside[-1] if len(inside) else low
        x = np.concatenate([inside, np.linspace(last, high, count - len(inside) + 1)[1:]])
        dollars[i] = x - low
        for v, curve in enumerate(surface.gains[:, i]):
            at = np.interp(np.append(low, x), np.append(0, levels), np.append(0, curve))
            gains[v, i] = at[1:] - at[0]
    return replace(surface, dollars=dollars, gains=gains, rules=_rules_within(surface, dollars, allowed))


def _rules_within(surface: Surface, dollars: Floats, allowed: Allowed) -> Rules | None:
    """Return the rules counted from each service's lowest allowed dollars, on the levels (I, L) counted from there."""
    rules = surface.rules
    if rules is None:
        return None
    asked = np.zeros(dollars.shape)
    for i, levels in enumerate(surface.dollars):
        if allowed.high[i] - allowed.low[i] > ROUNDING * levels[-1]:
            curve = np.append(0, rules.asked[i])
            at = np.interp(np.append(allowed.low[i], allowed.low[i] + dollars[i]), np.append(0, levels), curve)
            asked[i] = at[1:] - at[0]
    low = allowed.low
    return replace(
        rules, least=rules.least - rules.weights @ low, cap=rules.cap - asked_of_others(surface, low), asked=asked
    )


def _conditions(here: Surface, shares: Floats, least: Floats, money: float) -> Rows:
    """Return the rows: every value improved by the helper number, and the money."""
    every = rows(here, gains=shares, extra=np.full((len(shares), 1), -1.0), least=least)
    return stack(every, at_most(here, money), *(kept(here, here.rules.budget) if here.rules is not None else ()))


def _mixed(here: Surface, shares: Floats, least: Floats, money: float) -> Solution:
    """Return the best answer where each service may stand at a mixture of its levels.

    No plan does that, but its duals are the weights and the price that leave least where curves are not concave.
    """
    services, levels = here.dollars.shape
    groups = np.array([[float(i in group) for i in range(services)] for group in kept_apart(here)])
    apart = tuple(f"{service}, level {n}" for service in here.services for n in range(levels))
    rules = None if here.rules is None else here.rules.over(np.repeat(np.arange(services), levels))
    if rules is not None and here.rules is not None:
        rules = replace(rules, asked=here.rules.asked.reshape(-1, 1))
    gains = here.gains.reshape(len(shares[0]), -1, 1)
    mixed = Surface(here.objectives, apart, here.dollars.reshape(-1, 1), gains, rules=rules)
    parts = np.repeat(groups, levels, axis=1) / mixed.dollars[:, 0]
    whole = rows(mixed, dollars=-parts, least=-1)
    return _most(mixed, stack(_conditions(mixed, shares, least, money), whole))


def _most(here: Surface, conditions: Rows) -> Solution:
    """Return the answer that improves the least improved value most; some plan is always allowed."""
    lowest = -1 if here.rules is None else -np.inf  # a plan that breaks a rule may have to lose much by keeping it
    found = maximise(here, rows(here, extra=[1]), conditions, bounds=[(lowest, np.inf)])
    if found is None:
        raise RuntimeError("the solver found no plan although there is one")
    return found


def _kindest(here: Surface, shares: Floats, conditions: Rows, least: float) -> Solution:
    """Return, of the answers that are equally good for the least improved value, the one with most for all in sum."""
    found = maximise(here, rows(here, gains=shares.sum(axis=0)), conditions, bounds=[(least - ROUNDING, least)])
    if found is None:
        raise RuntimeError("the best move was lost to rounding")
    return found
