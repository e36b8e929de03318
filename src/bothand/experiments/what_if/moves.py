"""Is there a change of a plan that improves everything? And is there a plan that beats what others do for every group?

Each is asked of the curves, where the answer is a change or weights that prove that there is none; a change that is
found is run once more in the full model, in the few draws of the curves, and what it does there is what is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bothand.decide.moves.move import Move, move_from
from bothand.engine.arrays import Floats
from bothand.experiments.curves import Curves, objectives
from bothand.experiments.plans import (
    Tried,
    in_first_draws,
    judged_gains,
    movable,
    told_of_changed,
    try_dollars,
    yearly_in,
)
from bothand.experiments.search import STEP, Found, whole_hundreds
from bothand.experiments.worlds import World, side_by_side
from bothand.keys import AS_OTHERS_DO, OTHERS_HALF, THREE_YEARS

Over = Literal["values", "groups"]

TENTH = 0.1  # MATH: share of the budget by which a service may change; so much a board can move without starting anew
COUNTS = 0.01  # MATH: share of its own best by which each must gain for a change to count; the curves err by as much
BEATS = "beats_others"


@dataclass(frozen=True, eq=False)
class MoveTried:
    """One plan, and the change of it that improves everything, if there is one.

    Attributes:
        plan: key of the plan.
        over: whether every value or every group is asked for.
        move: on the curves: the change of dollars a year by option (I,), or the proof. A line that search may not
            change stays as it is.
        step: dollars a year by which a service may change.
        exact: (n,) what each member gains by the same change in the full model, in shares of its own best; None where
            no change was found that counts.
    """

    plan: str
    over: Over
    move: Move
    step: float
    exact: Floats | None = None

    @property
    def counts(self) -> bool:
        """Whether the curves know a change by which each member gains a hundredth of its own best."""
        return self.move.least > COUNTS

    @property
    def holds(self) -> bool:
        """Whether the full model, too, lets each member gain by it."""
        return self.exact is not None and bool((self.exact > 0).all())

    @property
    def proved(self) -> bool:
        """Whether arithmetic alone says that no change counts."""
        return self.move.proof.left <= COUNTS


@dataclass(frozen=True, eq=False)
class Beats:
    """A plan of the same money that gives every group more than what others do, as far as the curves know.

    Attributes:
        move: on the curves, from what others do to that plan, or the proof that there is none.
        yearly: (I,) the plan, in whole hundreds of dollars a year; None where there is none.
        gains, others: indicator -> what each group gains against no new money in the full model, under that plan and
            under what others do, in few draws (D, O).
    """

    move: Move
    yearly: Floats | None
    gains: dict[str, Floats]
    others: dict[str, Floats]


@dataclass(frozen=True, eq=False)
class Moves:
    """What was found: two answers a plan, and the plan that beats what others do (None where no plan is like them).

    ``draws``: in how many draws the full model was run.
    """

    tried: tuple[MoveTried, ...]
    beats: Beats | None
    draws: int


def try_moves(
    curves: Curves, found: Found, tried: Sequence[Tried], tell: Callable[[str], None] = lambda words: None
) -> Moves:
    """Ask every plan that acts, and search a plan that beats what others do for every group.

    ``tried``: every plan's run, in as many draws as the curves or more.
    """
    world = curves.world
    runs = [in_first_draws(t, world) for t in tried if t.mode == THREE_YEARS and t.acts and t.plan != OTHERS_HALF]
    tell("a change of each plan that improves everything")
    values = found.served
    every: tuple[tuple[Over, Sequence[str]], ...] = (("values", values), ("groups", found.groups))
    asked = [(run, over, members) for run in runs for over, members in every if members and movable(world, run) > STEP]
    made = side_by_side(lambda one: _try_move(world, found, *one), asked, world.workers)
    others = next((run for run in runs if run.plan == AS_OTHERS_DO), None)
    beats = _beats(world, found, others) if others is not None and found.groups else None
    return Moves(tuple(made), beats, world.county.draws)


def _try_move(world: World, found: Found, run: Tried, over: Over, members: Sequence[str]) -> MoveTried:
    step = TENTH * world.yearly_budget
    move = move_from(found.ideals, yearly_in(world, run), members, movable(world, run), step)
    asked = MoveTried(run.plan, over, move, step)
    if not asked.counts:
        return asked
    before = objectives(world, run)
    after = told_of_changed(world, run, objectives, move.plan)
    best = found.ideals.best[found.ideals.surface.indices(members)]
    gained = np.array([(after[name] - before[name]).mean() for name in members])
    return MoveTried(run.plan, over, move, step, gained / best)


def _beats(world: World, found: Found, others: Tried) -> Beats:
    move = move_from(found.ideals, yearly_in(world, others), found.groups, strict=True)
    if not move.exists:
        return Beats(move, None, {}, {})
    yearly = whole_hundreds(move.plan, found.ideals.surface.rules)
    tried = try_dollars(world, BEATS, yearly, THREE_YEARS)
    return Beats(move, yearly, judged_gains(world, tried), judged_gains(world, others))
