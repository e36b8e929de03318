"""Each stance at its own best: the same money, its own services and terms, searched for the values it puts first.

A searched plan is not held against an unsearched stance without saying so. So for each stance that a tradition would
sign, the both/and criterion is asked on the curves of the services it pays for alone, over the values its file puts
first (all values on the map where it names none): everyone of them as far as can be, then the most healthy life-years.
What the stance pays for outside the model, and how it runs its services, stays. The plan found is run once in the full
model, in the few draws of the curves, beside the stance as it was signed.
Source: DESIGN 8; practice P4 for the mandate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.decide.both_and import KEEP, settle
from bothand.decide.ideals import Ideals, find_ideals
from bothand.decide.ruled.rows import possible
from bothand.engine.arrays import Floats
from bothand.experiments.curves import Curves, counted
from bothand.experiments.plans import Tried, in_first_draws, movable, option_keys, spent_on, try_changed, yearly_in
from bothand.experiments.search import FUNCTIONAL, SECOND_LINES, STEP, Found, whole_hundreds
from bothand.experiments.worlds import World, side_by_side
from bothand.keys import THREE_YEARS
from bothand.world.plan import TRADITIONS, Plan

Gains = Mapping[str, Floats]


@dataclass(frozen=True, eq=False)
class Stance:
    """One stance as it was signed and at its own best.

    Attributes:
        plan: its key. declared: whether its file says what it puts first.
        members: objectives that it was searched for. left_out: values it puts first that its money cannot move here, or
            that are on no map.
        yearly: (I,) dollars a year of its best, in whole hundreds.
        signed, best: everything counted against no new money in the full model (D,), as signed and at its best.
        aim_signed, aim_best: the least share of its own best, on its own ground, of the objectives, in the full model.
    """

    plan: str
    declared: bool
    members: tuple[str, ...]
    left_out: tuple[str, ...]
    yearly: Floats
    signed: Gains
    best: Gains
    aim_signed: float
    aim_best: float

    @property
    def better(self) -> bool:
        """Whether the full model, too, finds it better, by what it was searched for.

        The least served value keeps its share, less what the search may give up of it for lives, and that value or
        healthy life-years rise.
        """
        kept = self.aim_best >= min(self.aim_signed, KEEP * self.aim_signed) - SAME
        lives = float(self.best[FUNCTIONAL].mean() - self.signed[FUNCTIONAL].mean())
        return kept and (self.aim_best > self.aim_signed + SAME or lives > 0)


@dataclass(frozen=True, eq=False)
class Stances:
    """Every stance at its own best, and what the both/and plan brings in the same draws.

    ``unable``: keys of stances that have no best of their own, since the money that search may move for them cannot
    keep the rules of the study and its place.
    """

    tried: tuple[Stance, ...] = ()
    both: Gains | None = None
    unable: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Sought:
    """What a search found on the curves; ``most``: each objective's own best on the stance's ground."""

    members: tuple[str, ...]
    left_out: tuple[str, ...]
    yearly: Floats
    most: Floats


SAME = 0.01  # MATH: shares of an own best closer than this are alike; the curves err by as much


def try_stances(
    curves: Curves,
    found: Found,
    tried: Sequence[Tried],
    both: str,
    tell: Callable[[str], None] = lambda words: None,
) -> Stances:
    """Search every stance of the study on its own ground.

    Args:
        curves: of every option, in few draws.
        found: the map: value -> objective. tried: every plan's run, in as many draws as the curves or more.
        both: key of the both/and plan among them. tell: hears what is being run.
    """
    world = curves.world
    runs = {t.plan: in_first_draws(t, world) for t in tried if t.mode == THREE_YEARS}
    asked = [
        (plan, runs[plan.key])
        for plan in world.setting.plans
        if plan.stance in TRADITIONS and plan.key in runs and movable(world, runs[plan.key]) > STEP
    ]
    if not asked:
        return Stances()
    tell("each stance at its own best")
    able = {plan.key: _able(curves, run) for plan, run in asked}
    own = [_seek(curves, found, plan, run) for plan, run in asked if able[plan.key]]
    sought = [one for one in own if one is not None]
    made = side_by_side(lambda one: _run(world, *one), sought, world.workers)
    unable = tuple(key for key, keeps in able.items() if not keeps)
    return Stances(tuple(made), counted(world, runs[both]), unable)


def _budget(world: World, run: Tried) -> float:
    """Return the money of a stance that search may move, dollars a year: that of an excluded service is free."""
    return movable(world, run) + spent_on(world, run, world.setting.bounds.must_not)


def _able(curves: Curves, run: Tried) -> bool:
    """Whether the money of a stance that search may move can keep the rules."""
    budget, rules = _budget(curves.world, run), curves.surface.rules
    return rules is None or possible(replace(curves.surface, rules=rules.beside(budget)), budget)


def own_ground(curves: Curves, services: Sequence[str], budget: float) -> Ideals:
    """Return the best of each objective from these services alone, at a yearly budget; rules keep their dollars.

    Raises:
        ValueError: no plan of these services keeps the rules.
    """
    every = curves.surface
    own = every.over([i for i, service in enumerate(every.services) if service in services])
    if own.rules is not None:
        own = replace(own, rules=own.rules.beside(budget))
    return find_ideals(own, budget, curves.error)


def sought_for(plan: Plan, found: Found, ideals: Ideals) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the objectives that a stance is searched for, and the values it puts first that this leaves out.

    Hope has two lines, and a stance that puts it first is searched for both.
    """
    wanted = plan.puts_first or tuple(found.keys)
    objectives = [found.keys[value] for value in wanted if value in found.keys]
    if "sustained_included" in objectives:
        objectives += SECOND_LINES
    members = tuple(dict.fromkeys(o for o in objectives if o in ideals.members))
    left = tuple(v for v in plan.puts_first if found.keys.get(v) not in members)
    return members, left


def _seek(curves: Curves, found: Found, plan: Plan, run: Tried) -> tuple[_Sought, Plan, Tried] | None:
    """Search a stance on its own ground; None where its money can move nothing that it is searched for.

    Services with an earmark are on everyone's ground. One at a time: the solver is not meant to be called by several
    at once.
    """
    world, options = curves.world, option_keys(curves.world)
    required = world.setting.bounds.at_least
    own = [(service in plan.services or service in required) and service in options for service in options]
    services = [service for service, keeps in zip(curves.surface.services, own, strict=True) if keeps]
    if not services:
        return None
    ideals = own_ground(curves, services, _budget(world, run))
    members, left = sought_for(plan, found, ideals)
    if not members:
        return None
    yearly = np.zeros(len(own))
    yearly[own] = whole_hundreds(settle(ideals, members, FUNCTIONAL).plan, ideals.surface.rules)
    return _Sought(members, left, yearly, ideals.best[ideals.surface.indices(members)]), plan, run


def _run(world: World, sought: _Sought, plan: Plan, run: Tried) -> Stance:
    """Run a stance's best in the full model, beside the stance as signed."""
    signed, best = counted(world, run), _counted_at(world, run, sought.yearly)
    aims = [
        min(float(gains[name].mean() / most) for name, most in zip(sought.members, sought.most, strict=True))
        for gains in (signed, best)
    ]
    return Stance(plan.key, bool(plan.puts_first), sought.members, sought.left_out, sought.yearly, signed, best, *aims)


def _counted_at(world: World, run: Tried, yearly: Floats) -> Gains:
    """Return what a stance brings with other dollars for its services; nothing is run where they are its own."""
    gone = world.setting.bounds.must_not
    if np.abs(yearly - yearly_in(world, run)).max() < STEP and not spent_on(world, run, gone):
        return counted(world, run)
    return counted(world, try_changed(world, run.plan, run, yearly, without=gone))
