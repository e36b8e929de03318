"""Every plan again with other reach: half the people to be found, and no limit at all.

The same few draws stand under every reach, the usual one among them, so that like is compared with like. The plan found
by search keeps its dollars: what is asked is what this plan would do if reach were otherwise. A full run also draws the
curves again and searches on them, which says what would be found by someone who believes in that reach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.experiments.curves import Curves, measure_curves
from bothand.experiments.deciding import SHOWN, Deciding, decide, ends_alone, only_ends, strongest
from bothand.experiments.plans import Tried, healthy_years, in_first_draws, try_dollars, try_study_plan
from bothand.experiments.search import BOTH_AND, Found, search_in_short
from bothand.experiments.terms import TermsTried, try_terms
from bothand.experiments.worlds import World
from bothand.keys import THREE_YEARS
from bothand.world.plan import Plan

USUAL: Reach = "to the ceiling"
OTHER: tuple[Reach, ...] = ("half the ceiling", "linear")


@dataclass(frozen=True)
class Reached:
    """What the plans do under one reach, with the first round's money, in few draws.

    ``tried``: the plans of the study, the searched plan last; ``deciding``: the best guess, and the ends of the inputs
    that decide the order under the usual reach; ``curves`` and ``found``: what a search under this reach finds, in a
    full run only.
    """

    world: World
    tried: tuple[Tried, ...]
    deciding: Deciding
    terms: tuple[TermsTried, ...]
    curves: Curves | None = None
    found: Found | None = None

    @property
    def healthy(self) -> dict[str, Floats]:
        """Healthy life-years of the plans that are compared, plan -> (D,)."""
        compared = set(self.deciding.plans)
        return {t.plan: healthy_years(self.world, t) for t in self.tried if t.plan in compared}


@dataclass(frozen=True)
class Asked:
    """What is run again: the plans that are compared, and the searched plan's dollars a year by option (I,)."""

    plans: Sequence[Plan]
    yearly: Floats
    keys: Mapping[str, str]  # value -> objective of the search
    floors: Sequence[Plan]
    full: bool  # draw curves and search again


def usual_reach(few: World, tried: Sequence[Tried], deciding: Deciding, curves: Curves, found: Found) -> Reached:
    """Return what was run with the usual reach, in the draws of ``few`` only; nothing is run again but terms."""
    cut = tuple(in_first_draws(one, few) for one in tried if one.mode == THREE_YEARS)
    ends = [end for end, _ in strongest(deciding, SHOWN)]
    return Reached(few, cut, only_ends(deciding, ends), try_terms(few, cut), curves, found)


def try_reaches(
    usual: Reached, ends: World, deciding: Deciding, asked: Asked, tell: Callable[[str], None]
) -> dict[Reach, Reached]:
    """Return every reach and what the plans do under it.

    Args:
        usual: the plans with the usual reach, in few draws.
        ends: the world of all ends, and ``deciding`` what was found in it.
        asked: what is run again.
        tell: hears what is being run.
    """
    few = usual.world
    lanes = ends_alone(ends, deciding, usual.deciding.ends)
    found: dict[Reach, Reached] = {USUAL: usual}
    for reach in OTHER:
        tell(f"reach: {reach}")
        tried = [try_study_plan(few, plan, THREE_YEARS, reach) for plan in few.setting.plans]
        tried.append(try_dollars(few, BOTH_AND, asked.yearly, THREE_YEARS, reach))
        decided = decide(lanes, asked.plans, {BOTH_AND: asked.yearly}, usual.deciding.ends, reach=reach)
        terms = try_terms(few, tried, reach=reach)
        curves = measure_curves(few, tell, reach=reach) if asked.full else None
        searched = search_in_short(curves, asked.keys, asked.floors, reach) if curves else None
        found[reach] = Reached(few, tuple(tried), decided, terms, curves, searched)
    return found
