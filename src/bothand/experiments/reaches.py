"""Every plan again with other reach: whether the finding depends on how many people can be found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.experiments.plans import healthy_years, try_dollars, try_study_plan
from bothand.experiments.worlds import World
from bothand.keys import THREE_YEARS
from bothand.world.plan import Plan

USUAL: Reach = "to the ceiling"
OTHER: tuple[Reach, ...] = ("half the ceiling", "linear")


def try_reaches(
    usual: Mapping[str, Floats],
    world: World,
    plans: Sequence[Plan],
    found: Mapping[str, Floats],
    tell: Callable[[str], None],
) -> dict[str, dict[str, Floats]]:
    """Return reach -> plan -> healthy life-years with the first round's money (D,), in the draws of ``world``.

    ``usual``: the same with the usual reach, which has been run, in as many draws or more; ``found``: plans given as
    dollars a year by service (S,).
    """
    draws = world.county.draws
    reaches: dict[str, dict[str, Floats]] = {}
    reaches[USUAL] = {key: usual[key][:draws] for key in (*(plan.key for plan in plans), *found)}
    for reach in OTHER:
        tell(f"reach: {reach}")
        tried = [try_study_plan(world, plan, THREE_YEARS, reach) for plan in plans]
        tried += [try_dollars(world, key, yearly, THREE_YEARS, reach) for key, yearly in found.items()]
        reaches[reach] = {t.plan: healthy_years(world, t) for t in tried}
    return reaches
