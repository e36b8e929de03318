"""The both/and plan: nobody left behind first, then the most healthy life-years, with its curve and service ranges.

The bare maximin point is a weak recommendation (knowledge/prototype.md 4: it averted 14 deaths where 49 were to be had
for 8 % of beta). So: leximin shows how far everyone can be brought; the *settled* plan is the one that gains most of a
functional (healthy life-years) among plans that keep 0.9 of beta, above named floors where they can be met; optima are
flat, so the range of every service over near-optimal plans goes with it. Source: DESIGN 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.decide.ideals import Ideals, common, least_dollars
from bothand.decide.programme import Rows, Solution, maximise, rows, stack
from bothand.decide.ruled.rows import affordable, hair
from bothand.decide.surfaces import Bools, Floats, Surface, evaluate

KEEP = 0.9  # MATH: share of beta that the settled plan keeps for everyone (DESIGN 8)
NEAR = 0.95  # MATH: share of the functional's optimum that a near-optimal plan keeps
TIE = 1e-6  # MATH: shares of the own best closer than this are equal


@dataclass(frozen=True, eq=False)
class Leximin:
    """The plan that brings the least served furthest, then the next, and so on.

    Attributes:
        beta: the share of its own best that all members reach.
        levels: member -> share of its own best, in the order in which they could rise no further.
        plan: (I,) the cheapest plan with these levels.
        gains: (V,) its gains.
    """

    beta: float
    levels: dict[str, float]
    plan: Floats
    gains: Floats


@dataclass(frozen=True)
class Floor:
    """What another plan (an even split, what others do) gives, as the least that each objective should get.

    Attributes:
        label: whose floor, for example "even split".
        least: objective -> gain.
    """

    label: str
    least: Mapping[str, float]


@dataclass(frozen=True)
class FloorMet:
    """Whether the settled plan meets one objective's floor, and what it reaches."""

    label: str
    objective: str
    least: float
    reached: float
    met: bool


@dataclass(frozen=True, eq=False)
class Settled:
    """The both/and plan.

    Attributes:
        plan: (I,) yearly dollars.
        gains: (V,) gains on the surrogate.
        z: member -> share of its own best.
        beta: what the bare maximin plan would give the least served member.
        functional: the objective that was maximised.
        floors: every floor with what the plan reaches, met or not.
        conditions: the rows that the plan keeps (budget, 0.9 beta, floors as far as they can be met).
    """

    plan: Floats
    gains: Floats
    z: dict[str, float]
    beta: float
    functional: str
    floors: tuple[FloorMet, ...]
    conditions: Rows


@dataclass(frozen=True, eq=False)
class CurvePoint:
    """The most of the functional when every member keeps at least ``floor`` of its own best."""

    floor: float
    plan: Floats
    gains: Floats


def _share_rows(ideals: Ideals, members: Sequence[str], least: npt.ArrayLike) -> Rows:
    """Rows: every member reaches at least this share of its own best, less rounding."""
    return rows(ideals.surface, gains=ideals.weights(members), least=np.asarray(least) - hair(ideals.surface))


def _shares(ideals: Ideals, members: Sequence[str], gains: Floats) -> Floats:
    """z of the members, (n,)."""
    return np.asarray(ideals.weights(members) @ gains, dtype=np.float64)


def leximin(ideals: Ideals, members: Sequence[str]) -> Leximin:
    """Raise the least served member as far as it goes, hold those that cannot rise, and go on with the others.

    A member is held when no plan that keeps all levels lifts it (a positive dual proves it on concave curves, else one
    programme per member asks). Where curves are not concave it can happen that each could rise but not all together;
    then the one is held whose holding lets the rest rise most (one step of look-ahead).

    Args:
        ideals: today's ideals.
        members: names with room, at least one.

    Returns:
        Leximin with one level per member.
    """
    held: dict[str, float] = {}
    beta: float | None = None
    active = list(members)
    while active:
        found = _raise(ideals, active, held)
        level = found.value
        beta = level if beta is None else beta
        stuck = _stuck(ideals, active, held, found)
        if not stuck:
            stuck = [_best_to_hold(ideals, active, held, level)]
        for name in stuck:
            held[name] = level
            active.remove(name)
    cheapest = _cheapest(ideals, stack(affordable(ideals.surface, ideals.budget), _held_rows(ideals, held)))
    return Leximin(beta or 0.0, held, cheapest.plan, cheapest.gains)


def _held_rows(ideals: Ideals, held: Mapping[str, float]) -> Rows:
    """Rows that keep the levels reached so far."""
    return _share_rows(ideals, list(held), list(held.values()))


def _raise(ideals: Ideals, active: Sequence[str], held: Mapping[str, float]) -> Solution:
    """Maximin over the active members with the others held."""
    found = common(ideals, active, also=_held_rows(ideals, held) if held else None)
    if found is None:
        raise RuntimeError("levels already reached were lost to rounding")
    return found


def _stuck(ideals: Ideals, active: Sequence[str], held: Mapping[str, float], found: Solution) -> list[str]:
    """Active members that no plan lifts above the level found while all others keep theirs.

    One plan that lifts a member proves that it can rise, so the plan with the largest sum goes first and every later
    plan counts for all; a member nobody lifted is stuck only when its own programme (or its dual) says so.
    """
    if len(active) == 1 or found.value >= 1 - TIE:
        return list(active)
    used = ideals.surface.indices([*active, *held])
    bent = ideals.surface.rules is not None and ideals.surface.asked_bends_down_at.any()
    trusted = not (ideals.surface.convex_at[used].any() or ideals.surface.one_of or bent)
    proven = {name for name, dual in zip(active, found.duals, strict=False) if trusted and dual < -TIE}
    base = stack(
        affordable(ideals.surface, ideals.budget),
        _held_rows(ideals, dict(held) | dict.fromkeys(active, found.value)),
    )
    weights = ideals.weights(active)

    def lifts(goal: Floats) -> Bools:
        higher = maximise(ideals.surface, rows(ideals.surface, gains=goal), base)
        if higher is None:
            return np.zeros(len(active), dtype=bool)
        return np.asarray(weights @ higher.gains > found.value + TIE)

    lifted = lifts(weights.sum(axis=0))
    for n, name in enumerate(active):
        if not lifted[n] and name not in proven:
            lifted |= lifts(weights[n])
    return [name for name, up in zip(active, lifted, strict=True) if not up]


def _best_to_hold(ideals: Ideals, active: Sequence[str], held: Mapping[str, float], level: float) -> str:
    """The member whose holding at the level lets the remaining ones rise most."""
    reached = {}
    for name in active:
        rest = [other for other in active if other != name]
        reached[name] = _raise(ideals, rest, {**held, name: level}).value
    return max(active, key=lambda name: reached[name])


def _cheapest(ideals: Ideals, conditions: Rows) -> Solution:
    """The cheapest plan under conditions that a plan is known to meet."""
    found = least_dollars(ideals.surface, conditions)
    if found is None:
        raise RuntimeError("a plan already found was lost to rounding")
    return found


def floor_of(ideals: Ideals, label: str, plan: npt.ArrayLike, objectives: Sequence[str]) -> Floor:
    """The floor that a plan sets on the surrogate: each named objective should get at least what it gets there."""
    gains = evaluate(ideals.surface, plan)
    return Floor(label, {name: float(gains[ideals.surface.index(name)]) for name in objectives})


def settle(
    ideals: Ideals, members: Sequence[str], functional: str, keep: float = KEEP, floors: Sequence[Floor] = ()
) -> Settled:
    """Find the both/and plan: most of the functional among plans that keep ``keep`` of beta for every member.

    Floors come second to that. Which of them can be met together is read off the plan with the least sum of shortfalls
    (each a share of the objective's own best): those without shortfall there are kept, the others set no condition.
    Then the functional is maximised; of equal plans the cheapest is taken.

    Args:
        ideals: today's ideals.
        members: names with room.
        functional: an objective of the surface, for example "healthy_life_years".
        keep: share of beta to keep.
        floors: floors of other plans, see ``floor_of``.

    Returns:
        Settled; ``floors`` says by name which are met.
    """
    surface = ideals.surface
    shared = common(ideals, members)
    if shared is None:
        raise RuntimeError("the solver found no plan although there is one")
    wanted = [(f.label, name, gain) for f in floors for name, gain in f.least.items()]
    conditions = conditions_of(ideals, members, keep * shared.value, floors)
    found = _most(ideals, functional, conditions)
    met = []
    for label, name, gain in wanted:
        v = surface.index(name)
        reached = float(found.gains[v])
        met.append(FloorMet(label, name, gain, reached, reached >= gain - TIE * unit_of(ideals, v)))
    z = dict(zip(members, _shares(ideals, members, found.gains).tolist(), strict=True))
    return Settled(found.plan, found.gains, z, shared.value, functional, tuple(met), conditions)


def conditions_of(ideals: Ideals, members: Sequence[str], share: float, floors: Sequence[Floor] = ()) -> Rows:
    """The rows that a plan keeps: budget and rules, the members' shares, and the floors that can be met together.

    Args:
        ideals: today's ideals.
        members: names with room; none = nobody's share is kept.
        share: of its own best that each member keeps.
        floors: floors of other plans, second to the shares.
    """
    conditions = affordable(ideals.surface, ideals.budget)
    if members:
        conditions = stack(conditions, _share_rows(ideals, members, np.full(len(members), share)))
    wanted = [(name, gain) for floor in floors for name, gain in floor.least.items()]
    return stack(conditions, _reachable(ideals, conditions, wanted)) if wanted else conditions


def unit_of(ideals: Ideals, v: int) -> float:
    """What one whole share of an objective is: its own best, or its largest gain where it has no room."""
    return float(ideals.best[v] if ideals.room[v] else ideals.surface.scale[v])


def _reachable(ideals: Ideals, conditions: Rows, wanted: Sequence[tuple[str, float]]) -> Rows:
    """Those floors that have no shortfall when the sum of all shortfalls is least; the others set no condition."""
    surface = ideals.surface
    positions = surface.indices([name for name, _ in wanted])
    units = np.array([unit_of(ideals, v) for v in positions])
    weights = np.eye(len(surface.objectives))[positions] / units[:, None]
    least = np.array([gain for _, gain in wanted]) / units
    n = len(wanted)
    goal = rows(surface, extra=np.full(n, -1.0))
    softened = rows(surface, gains=weights, extra=np.eye(n), least=least)
    found = maximise(surface, goal, stack(softened, conditions), bounds=[(0, np.inf)] * n)
    if found is None:
        raise RuntimeError("a plan already found was lost to rounding")
    met = found.extra <= TIE
    return rows(surface, gains=weights[met], least=least[met] - TIE)


def _most(ideals: Ideals, functional: str, conditions: Rows) -> Solution:
    """The plan with the most of a functional under conditions that some plan meets."""
    found = most_of(ideals.surface, functional, conditions)
    if found is None:
        raise RuntimeError("a plan already found was lost to rounding")
    return found


def most_of(surface: Surface, functional: str, conditions: Rows) -> Solution | None:
    """The plan with the most of a functional; the cheapest of equals. None where no plan meets the conditions."""
    v = surface.index(functional)
    weights = np.zeros(len(surface.objectives))
    weights[v] = 1
    found = maximise(surface, rows(surface, gains=weights), conditions)
    if found is None:
        return None
    kept = rows(surface, gains=weights, least=found.value - hair(surface) * surface.scale[v])
    cheaper = least_dollars(surface, stack(kept, conditions))
    return found if cheaper is None else cheaper


def curve(ideals: Ideals, members: Sequence[str], functional: str, points: int) -> tuple[CurvePoint, ...]:
    """Life-years forgone against the floor of the least served: the most of the functional at floors from 0 to beta.

    Args:
        ideals: today's ideals.
        members: names with room.
        functional: the objective to maximise; read others (deaths averted) off ``gains``.
        points: how many floors, evenly from 0 to beta, at least 2.
    """
    shared = common(ideals, members)
    if shared is None:
        raise RuntimeError("the solver found no plan although there is one")
    spent = affordable(ideals.surface, ideals.budget)
    drawn = []
    for floor in np.linspace(0, shared.value, points).tolist():
        conditions = stack(spent, _share_rows(ideals, members, np.full(len(members), floor)))
        found = _most(ideals, functional, conditions)
        drawn.append(CurvePoint(floor, found.plan, found.gains))
    return tuple(drawn)


def service_ranges(ideals: Ideals, settled: Settled, near: float = NEAR) -> Floats:
    """Least and most dollars of every service over near-optimal plans.

    A near-optimal plan keeps every condition of the settled plan and at least ``near`` of its functional (an optimum
    below zero may worsen by the same share).

    Returns:
        (I, 2) yearly dollars, least and most; the settled plan lies between.
    """
    surface = ideals.surface
    v = surface.index(settled.functional)
    optimum = float(settled.gains[v])
    weights = np.zeros(len(surface.objectives))
    weights[v] = 1
    kept = rows(surface, gains=weights, least=optimum - (1 - near) * abs(optimum) - hair(surface) * surface.scale[v])
    conditions = stack(kept, settled.conditions)
    ranges = np.tile(settled.plan[:, None], (1, 2))
    for i in range(len(surface.services)):
        for side, sign in enumerate((-1.0, 1.0)):
            direction = np.zeros(len(surface.services))
            direction[i] = sign
            found = maximise(surface, rows(surface, dollars=direction), conditions)
            if found is not None:
                ranges[i, side] = found.plan[i]
    ranges[:, 0] = np.minimum(ranges[:, 0], settled.plan)
    ranges[:, 1] = np.maximum(ranges[:, 1], settled.plan)
    return ranges


def surrogate_error(ideals: Ideals, members: Sequence[str], plan: npt.ArrayLike, exact_gains: npt.ArrayLike) -> float:
    """Largest difference, over members, between surrogate and exact model at a plan, in shares of the own best.

    Args:
        ideals: today's ideals.
        members: names with room; of none there is no difference.
        plan: (I,) or (P, I) yearly dollars.
        exact_gains: (V,) or (P, V) the exact model's gains there.
    """
    gap = np.abs(np.asarray(exact_gains, dtype=np.float64) - evaluate(ideals.surface, plan))
    return float(np.max(gap @ ideals.weights(members).T, initial=0.0))
