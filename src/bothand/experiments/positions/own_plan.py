"""A reader's own plan and its cheapest improvement: the fewest dollars moved after which every value has more.

Sought on the curves and run in the full model. Where that finds a value that would not gain after all, the curves are
asked for a larger gain, and the change found is run again. Where no change of the plan's money improves every value,
the cheapest one that undoes its worst loss is run instead, if it has one. Source: DESIGN 8; issue of deciding, part 9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.decide.repair import Repair, cheapest_gain
from bothand.engine.arrays import Floats
from bothand.experiments.curves import Curves, objectives
from bothand.experiments.plans import Tried, in_first_draws, judged_gains, movable, told_of_changed, yearly_in
from bothand.experiments.search import Found
from bothand.experiments.what_if.moves import COUNTS
from bothand.experiments.what_if.repairs import Gains, Kind, Loss, Repairs, repair_of
from bothand.experiments.worlds import World
from bothand.keys import THREE_YEARS

ASKED = (1.0, 2.0, 4.0)  # MATH: multiples of what counts that are asked of the curves, in turn
MOVED: Kind = "reallocation"


@dataclass(frozen=True, eq=False)
class Improvement:
    """The cheapest change of one plan's money after which every value has more, or its worst loss.

    Attributes:
        plan: its key. members: the objectives that are improved, n of them.
        repair: the change on the curves; None where none improves them all.
        in_model: (n,) what each gains by it in the full model, in shares of its own best; None where nothing was run.
        loss: the plan's worst loss, where no change improves everything; None where nobody clearly loses.
    """

    plan: str
    members: tuple[str, ...]
    repair: Repair | None = None
    in_model: Floats | None = None
    loss: Loss | None = None

    @property
    def holds(self) -> bool:
        """Whether every value gains in the full model too."""
        return self.in_model is not None and bool((self.in_model > 0).all())


def improve(
    curves: Curves,
    found: Found,
    world: World,
    tried: Sequence[Tried],
    own: Mapping[str, Loss | None],
    tell: Callable[[str], None] = lambda words: None,
) -> tuple[tuple[Improvement, ...], Repairs]:
    """Seek the cheapest improvement of each plan, and run what repairs its worst loss where there is none.

    Args:
        curves: of every option, in few draws. found: the map, with each value's own best.
        world: all worlds, those of ``tried``. tried: every plan's run.
        own: plan -> its worst loss, None where nobody clearly loses. tell: hears what is being run.

    Returns:
        An Improvement for each plan that acts, and the repairs that were run.
    """
    runs = {t.plan: t for t in tried if t.mode == THREE_YEARS}
    members = found.served
    made: list[Improvement] = []
    money: dict[tuple[Loss, Kind], Gains] = {}
    before: dict[str, Gains] = {}
    for plan, loss in own.items():
        if plan not in runs or not runs[plan].acts or not members:
            continue
        tell(f"the cheapest improvement of {plan}")
        usual = in_first_draws(runs[plan], curves.world)
        one = _improved(curves.world, found, usual, members)
        if one.repair is None and loss is not None:
            one = Improvement(plan, members, loss=loss)
            repair = repair_of(curves, world, runs, loss, MOVED)
            if repair is not None:
                money[loss, MOVED] = told_of_changed(curves.world, usual, judged_gains, repair.plan)
                before[plan] = judged_gains(curves.world, usual)
        made.append(one)
    return tuple(made), Repairs(curves.world.county.draws, money, before=before) if money else Repairs()


def _improved(few: World, found: Found, usual: Tried, members: tuple[str, ...]) -> Improvement:
    """Return the first change found that holds in the full model, or else the first."""
    first: Improvement | None = None
    before = objectives(few, usual)
    best = found.ideals.best[found.ideals.surface.indices(members)]
    for times in ASKED:
        repair = cheapest_gain(found.ideals, yearly_in(few, usual), members, times * COUNTS, movable(few, usual))
        if repair is None:
            break
        after = told_of_changed(few, usual, objectives, repair.plan)
        gained = np.array([(after[name] - before[name]).mean() for name in members]) / best
        one = Improvement(usual.plan, members, repair, gained)
        if one.holds:
            return one
        first = first or one
    return first or Improvement(usual.plan, members)
