"""The map against budgets: every pair, and all at once, from a tenth to ten times today's money.

Curves are measured to a few budgets a service (``curves.LEVELS``). With ideals fixed that is far enough: what is asked
for is what today's money can do. Favourites of ten budgets spend more; for them, in a full run, the services that still
bring more at the end of their curves are run with more dollars, in the same draws. All others are full: their curves go
on level.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from bothand.decide.pairs import Pair
from bothand.decide.pairwise.budgets import AtBudgets, at_budgets, collisions
from bothand.decide.surfaces import Surface
from bothand.engine.arrays import Bools, Floats
from bothand.experiments.curves import ASKED, Curves, gains_alone, try_counted
from bothand.experiments.plans import option_keys
from bothand.experiments.search import Found

FURTHER = (10.0, 20.0)  # MATH: budgets for one service at which curves go on; twice the largest budget looked at
STILL_MOVES = 0.01  # MATH: share of the most that an objective gains or loses by which the last measured step moves it

PairKey = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Budgets:
    """The map against budgets.

    Attributes:
        pairs: (a, b) -> what one plan gives both at each budget, ideals fixed.
        end: budgets a service to which its curve was measured.
        collisions: (a, b) -> what is left undone when both favourites of each budget are paid in full; empty unless all
            was asked for, as are the next.
        further: services whose curves were measured on, for they still move something.
        full: services that bring no more.
    """

    pairs: Mapping[PairKey, AtBudgets]
    end: float
    collisions: Mapping[PairKey, Floats] = field(default_factory=dict)
    further: tuple[str, ...] = ()
    full: tuple[str, ...] = ()


def look_at_budgets(curves: Curves, found: Found, tell: Callable[[str], None] = lambda words: None) -> Budgets:
    """Return what one plan gives each pair of the map at every budget, with the ideals of today's."""
    tell("the map against budgets")
    ideals = found.ideals
    told = {(p.a, p.b): at_budgets(ideals, (p.a, p.b), p.price) for p in _pairs(found)}
    return Budgets(told, float(curves.surface.dollars[:, -1].min() / ideals.budget))


def look_further(
    curves: Curves, found: Found, budgets: Budgets, tell: Callable[[str], None] = lambda words: None
) -> Budgets:
    """Return the same with what the favourites of every budget leave undone when both are paid in full."""
    moves = still_moves(curves.surface)
    names = option_keys(curves.world)
    further = tuple(name for name, on in zip(names, moves, strict=True) if on)
    surface = measured_on(curves, further, tell)
    told = collisions(surface, found.ideals, [(p.a, p.b) for p in _pairs(found)])
    full = tuple(name for name in names if name not in further)
    return replace(budgets, collisions=told, further=further, full=full)


def still_moves(surface: Surface) -> Bools:
    """Return which services still move an objective by more than a little at the end of their curves (I,)."""
    last = np.abs(surface.increments[:, :, -1])
    return np.asarray((last > STILL_MOVES * surface.scale[:, None]).any(axis=0))


def measured_on(curves: Curves, names: Sequence[str], tell: Callable[[str], None] = lambda words: None) -> Surface:
    """Return the surface with further levels: those of some services run in the model, all others level."""
    before, budget = curves.surface, curves.world.yearly_budget
    levels = np.array(FURTHER) * budget
    gains = np.repeat(before.gains[:, :, -1:], len(levels), axis=2)
    rules = before.rules
    asked = np.repeat(curves.asked[:, -1:], len(levels), axis=1)
    if names:
        found = gains_alone(curves.world, names, levels, partial(try_counted, curves.world), tell)
        at = [before.services.index(name) for name in names]
        for v, key in enumerate(before.objectives):
            gains[v, at] = found[key].mean(axis=-1)
        asked[at] = found[ASKED].mean(axis=-1)
    dollars = np.concatenate([before.dollars, np.repeat(levels[None], len(before.services), axis=0)], axis=1)
    if rules is not None:
        rules = replace(rules, asked=np.concatenate([rules.asked, asked], axis=1))
    every = np.concatenate([before.gains, gains], axis=2)
    return Surface(before.objectives, before.services, dollars, every, rules=rules)


def _pairs(found: Found) -> tuple[Pair, ...]:
    return (*found.value_pairs, *found.group_pairs)
