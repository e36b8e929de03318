"""The price of the study's limit on coercion: the search again without it, and what that plan would do instead.

Source: practice P4; DESIGN 9, rule 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.engine.arrays import Floats
from bothand.experiments.curves import Curves, measure_curves
from bothand.experiments.plans import Tried, healthy_years, option_keys, try_dollars
from bothand.experiments.search import search
from bothand.experiments.worlds import World, beyond_limit
from bothand.keys import HEALTHY, REMISSION, THREE_YEARS, WITHOUT_MEDICATION
from bothand.outcomes.indicators import remission_years
from bothand.outcomes.ledger import LIFETIME
from bothand.world.plan import Plan
from bothand.world.service import MOST_COERCIVE

UNLIMITED = "without_limit"


@dataclass(frozen=True)
class LimitPrice:
    """What a study's limit on coercion costs, or brings, on few draws.

    limit: the highest grade that search may choose; beyond: services that it may not choose for their grade alone;
    dollars: what the plan found without the limit gives each of these a year, where it gives any; more: what that plan
    would bring more than the one found within the limit, (D,), of healthy life-years and of years in remission by both
    criteria. Empty where nothing is beyond the limit.
    """

    limit: int
    beyond: tuple[str, ...] = ()
    dollars: Mapping[str, float] | None = None
    more: Mapping[str, Floats] | None = None


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
    yearly = search(measure_curves(free, tell, curves), keys, floors).yearly
    without = try_dollars(free, UNLIMITED, yearly, THREE_YEARS)
    within = try_dollars(world, UNLIMITED, found, THREE_YEARS)
    given = {key: float(usd) for key, usd in zip(option_keys(free), yearly, strict=True) if key in beyond and usd > 0}
    before, after = _told(world, within), _told(free, without)
    return LimitPrice(limit, beyond, given, {key: np.asarray(after[key] - before[key]) for key in before})


def without_limit(world: World) -> World:
    """Return the same worlds in a study without a limit on coercion."""
    study = world.setting.study.model_copy(update={"coercion_limit": MOST_COERCIVE})
    return replace(world, setting=replace(world.setting, study=study))


def _told(world: World, tried: Tried) -> dict[str, Floats]:
    """Return healthy life-years and years in remission by both criteria, against no new money (D,)."""
    last = world.horizons.index(LIFETIME)
    found = {HEALTHY: healthy_years(world, tried)}
    for key, criterion in ((REMISSION, "included"), (WITHOUT_MEDICATION, "without")):
        plan, base = (remission_years(run.main, criterion)[last] for run in (tried.trial.run, world.quo.run))
        found[key] = np.asarray((plan - base).sum(axis=1))
    return found
