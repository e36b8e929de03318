"""What the rules of a study and its place cost: the plan that is found without them, beside.

The search on curves is made again with no rule, and with one rule fewer in turn. A service that a rule excludes is run
alone once, for its curve; the plan without rules is run once in the full model, in the few draws of the curves. Where
the plan found within the rules is as good as any without them, it stays, and the rules cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from bothand.decide.ideals import common
from bothand.decide.prices import again
from bothand.engine.arrays import Floats
from bothand.engine.setting import Setting
from bothand.experiments.curves import ASKED, BESIDE, Curves, measure_curves, try_counted
from bothand.experiments.plans import option_keys
from bothand.experiments.ruled.bounds import ruled
from bothand.experiments.search import FUNCTIONAL, STEP, Found, settle_on, whole_hundreds
from bothand.experiments.what_if.priced import held_for
from bothand.experiments.worlds import World
from bothand.keys import HEALTHY, REMISSION, WITHOUT_MEDICATION
from bothand.world.plan import Plan
from bothand.world.spending.rule import DownstreamCap, SpendingRule

TOLD = {HEALTHY: HEALTHY, REMISSION: BESIDE + REMISSION, WITHOUT_MEDICATION: BESIDE + WITHOUT_MEDICATION}
"""What the price is told in -> how the curves name it: everyone's years in remission, by both criteria."""

Kind = Literal["earmark", "ceiling", "exclusion", "cap"]


@dataclass(frozen=True)
class Alone:
    """One rule, and what the plan found without it alone would bring more on the curves.

    kind, service: of the rule; usd: dollars a year, None for an exclusion; healthy: life-years more; dollars: service
    -> dollars a year of that plan.
    """

    kind: Kind
    service: str
    usd: float | None
    because: str
    source: str
    healthy: float
    dollars: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class RulesPrice:
    """What rules cost, in few draws.

    Attributes:
        same: whether the plan without rules is the one found within them.
        plan: service -> dollars a year of the plan without rules, in whole hundreds.
        more: what it brings more in the full model (D,), by ``TOLD``.
        beta, beta_free: the largest share of its own best, as it is without rules, that one plan can give every value:
            within the rules and without.
        asked, asked_free: what others are asked for under both plans in the full model, dollars a year (D,).
        each: every rule alone.
    """

    same: bool
    plan: Mapping[str, float]
    more: Mapping[str, Floats]
    beta: float
    beta_free: float
    asked: Floats
    asked_free: Floats
    each: tuple[Alone, ...]


def price_of_rules(
    curves: Curves,
    keys: Mapping[str, str],
    floors: Sequence[Plan],
    found: Found,
    tell: Callable[[str], None] = lambda words: None,
) -> RulesPrice | None:
    """Search again without the rules, and hold the plan found against the usual one.

    Args:
        curves: those of the options within the rules. keys, floors: as for ``search``.
        found: what was found within the rules. tell: hears what is being run.

    Returns:
        None where the study has no rules.
    """
    world = curves.world
    bounds = world.setting.bounds
    if not bounds:
        return None
    tell("the price of the rules of spending")
    free = with_rules(world)
    wider = measure_curves(free, tell, curves)
    ideals, settled = settle_on(wider, keys, floors)
    options, inside = option_keys(free), option_keys(world)
    at = [options.index(key) for key in inside]
    usual = np.zeros(len(options))
    usual[at] = found.settled.plan
    plan = again(held_for(wider.wide, ideals, settled), usual)
    same = plan is None or bool(np.abs(plan - usual).max() <= STEP)
    yearly = np.zeros(len(options))
    yearly[at] = found.yearly
    if not same and plan is not None:
        yearly = whole_hundreds(plan)
    before = try_counted(world, found.yearly)
    after = before if same else try_counted(free, yearly)
    within = common(replace(ideals, surface=curves.surface), tuple(settled.z))
    return RulesPrice(
        same,
        dict(zip(options, yearly.tolist(), strict=True)),
        {key: np.asarray(after[name] - before[name]) for key, name in TOLD.items()},
        0.0 if within is None else within.value,
        settled.beta,
        before[ASKED],
        after[ASKED],
        tuple(_alone(world, wider, keys, floors, found)),
    )


def with_rules(world: World, rules: Sequence[SpendingRule] = (), caps: Sequence[DownstreamCap] = ()) -> World:
    """Return the same worlds in a study with these rules and no others, its place's among those left out."""
    return replace(world, setting=_setting(world.setting, rules, caps))


def _setting(setting: Setting, rules: Sequence[SpendingRule], caps: Sequence[DownstreamCap]) -> Setting:
    cap = min(caps, key=lambda one: one.usd, default=None)
    study = setting.study.model_copy(update={"spending_rule": tuple(rules), "downstream_cap": cap})
    about = setting.place.about.model_copy(update={"spending_rule": (), "downstream_cap": None})
    return replace(setting, study=study, place=setting.place.model_copy(update={"about": about}))


def _alone(world: World, wider: Curves, keys: Mapping[str, str], floors: Sequence[Plan], found: Found) -> list[Alone]:
    """Return every rule with what is found when it alone is gone."""
    bounds = world.setting.bounds
    made = []
    for rule in bounds.stated:
        left = [one for one in bounds.stated if one is not rule]
        told = _without(with_rules(world, left, bounds.caps), wider, keys, floors, found)
        kinds: list[tuple[Kind, float | None]] = [("earmark", rule.at_least), ("ceiling", rule.at_most)]
        kinds = [(kind, usd) for kind, usd in kinds if usd is not None]
        kinds += [("exclusion", None)] if rule.must_not else []
        made += [Alone(kind, rule.service, usd, rule.because, rule.source, *told) for kind, usd in kinds]
    for cap in bounds.caps:
        left_caps = [one for one in bounds.caps if one is not cap]
        told = _without(with_rules(world, bounds.stated, left_caps), wider, keys, floors, found)
        made.append(Alone("cap", "", cap.usd, cap.because, cap.source, *told))
    return made


def _without(
    there: World, wider: Curves, keys: Mapping[str, str], floors: Sequence[Plan], found: Found
) -> tuple[float, dict[str, float]]:
    """Return the healthy life-years that a plan under the rules of ``there`` brings more, on the curves, and it."""
    options, every = option_keys(there), wider.surface
    at = [every.services.index(key) for key in options]
    surface = ruled(there, every.over(at), wider.asked[at])
    _, settled = settle_on(replace(wider, world=there, surface=surface), keys, floors)
    healthy = surface.index(FUNCTIONAL)
    more = float(settled.gains[healthy] - found.settled.gains[healthy])
    plan = whole_hundreds(settled.plan, surface.rules)
    return more, {key: usd for key, usd in zip(options, plan.tolist(), strict=True) if usd > 0}
