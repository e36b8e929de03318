"""The price of the study's limit on coercion: the search again without it, and what that plan would do instead.

Source: practice P4; DESIGN 9, rule 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.decide.surfaces import evaluate
from bothand.engine.arrays import Floats
from bothand.experiments.curves import BESIDE, Curves, measure_curves, try_counted
from bothand.experiments.plans import option_keys
from bothand.experiments.search import searched_dollars
from bothand.experiments.worlds import World, beyond_limit
from bothand.keys import HEALTHY, REMISSION, WITHOUT_MEDICATION
from bothand.world.plan import Plan
from bothand.world.service import MOST_COERCIVE

TOLD = {HEALTHY: HEALTHY, REMISSION: BESIDE + REMISSION, WITHOUT_MEDICATION: BESIDE + WITHOUT_MEDICATION}
"""What the price is told in -> how the curves name it: everyone's years in remission, by both criteria."""


@dataclass(frozen=True)
class LimitPrice:
    """What a study's limit on coercion costs, or brings, on few draws.

    limit: the highest grade that search may choose; beyond: services that it may not choose for their grade alone;
    dollars: what the plan found without the limit gives each of these a year, where it gives any; more: what that plan
    would bring more than the one found within the limit, (D,), of healthy life-years and of years in remission by both
    criteria. ``plan``: dollars a year of that plan by service; ``exact``: what it brings more of everything that
    is counted, in the full model (D,); ``on_curves``: what it brings of each on the curves. Empty where nothing is
    beyond the limit.
    """

    limit: int
    beyond: tuple[str, ...] = ()
    dollars: Mapping[str, float] | None = None
    more: Mapping[str, Floats] | None = None
    plan: Mapping[str, float] | None = None
    exact: Mapping[str, Floats] | None = None
    on_curves: Mapping[str, float] | None = None


def price_of_limit(
    curves: Curves,
    keys: Mapping[str, str],
    floors: Sequence[Plan],
    found: Floats,
    tell: Callable[[str], None] = lambda words: None,
) -> LimitPrice:
    """Search again without the limit where it keeps a service out, and hold the plan found against the usual one.

    Args:
        curves: those of the options within the limit.
        keys: value -> objective, as for ``search``.
        floors: plans whose gains the plan found should reach, as for ``search``.
        found: dollars a year of the plan found within the limit, by option (I,).
        tell: hears what is being run.
    """
    world = curves.world
    limit, beyond = world.setting.study.coercion_limit, beyond_limit(world.setting)
    if not beyond:
        return LimitPrice(limit)
    tell("the price of the limit on coercion")
    free = without_limit(world)
    wider = measure_curves(free, tell, curves)
    yearly = searched_dollars(wider, keys, floors)
    after, before = try_counted(free, yearly), try_counted(world, found)
    exact = {key: np.asarray(after[key] - before[key]) for key in before}
    more = {key: exact[name] for key, name in TOLD.items()}
    brings = evaluate(wider.wide, yearly)
    plan = {key: float(usd) for key, usd in zip(option_keys(free), yearly, strict=True)}
    given = {key: usd for key, usd in plan.items() if key in beyond and usd > 0}
    on_curves = dict(zip(wider.wide.objectives, brings.tolist(), strict=True))
    return LimitPrice(limit, beyond, given, more, plan, exact, on_curves)


def without_limit(world: World) -> World:
    """Return the same worlds in a study without a limit on coercion."""
    study = world.setting.study.model_copy(update={"coercion_limit": MOST_COERCIVE})
    return replace(world, setting=replace(world.setting, study=study))
