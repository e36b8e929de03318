"""What a change of terms alone does: a plan run with its own terms and without them, on the same dollars and draws.

So with the terms of programmes: every plan that pays for their services, and sets no terms of its own, is run once
more with each service as its own file has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.engine.delivery import Reach
from bothand.engine.setting import Setting
from bothand.experiments.plans import Tried, try_changed, try_study_plan
from bothand.experiments.worlds import World
from bothand.keys import THREE_YEARS
from bothand.words import join_words
from bothand.world.plan import Plan, terms_of, without_terms
from bothand.world.terms import Deviation, as_run, changes_of, deviations, load_terms


@dataclass(frozen=True)
class TermsTried:
    """One plan that sets terms of its own, by the first round's money.

    ``lines``: each term against the plan it is like, or against the service's own file. ``without`` is the run of that
    plan; None where no term of the plan has an effect in this model: then there is nothing to compare. ``by``: the
    programmes whose terms these are; empty where they are the plan's own.
    """

    plan: Plan
    lines: tuple[Deviation, ...]
    own: Tried
    without: Tried | None
    by: str = ""


def changed_lines(setting: Setting, plan: Plan) -> tuple[Deviation, ...]:
    """Return what a plan runs otherwise, service by service: its own terms against the same plan without them."""
    levers, before = setting.model.levers, without_terms(plan)
    return tuple(
        Deviation(service.key, key, was, now, changes_of(service, term, now, levers))
        for service in setting.services
        for key, term in load_terms().items()
        for was, now in [(getattr(terms_of(before, service), key), getattr(terms_of(plan, service), key))]
        if was != now
    )


def runs_otherwise(setting: Setting, plan: Plan) -> bool:
    """Say whether a plan's own terms change what any service moves in this model."""
    levers, before = setting.model.levers, without_terms(plan)
    return any(
        as_run(service, terms_of(plan, service), levers) != as_run(service, terms_of(before, service), levers)
        for service in setting.services
    )


def try_terms(
    world: World,
    tried: Sequence[Tried],
    tell: Callable[[str], None] | None = None,
    reach: Reach = "to the ceiling",
) -> tuple[TermsTried, ...]:
    """Run every plan that sets terms of its own without them, and others without those of programmes.

    ``tried`` has every plan's run, which is not repeated.
    """
    setting, found = world.setting, []
    runs = {t.plan: t for t in tried if t.mode == THREE_YEARS}
    for plan in setting.plans:
        lines = changed_lines(setting, plan)
        if not lines:
            if setting.programmes:
                found += _as_run_here(world, runs[plan.key], plan, tell, reach)
            continue
        without = None
        if runs_otherwise(setting, plan):
            if tell:
                tell(f"{plan.label}, without its own terms")
            without = runs.get(plan.like or "") or try_study_plan(world, without_terms(plan), THREE_YEARS, reach)
        found.append(TermsTried(plan, lines, runs[plan.key], without))
    return tuple(found)


def _as_run_here(
    world: World, usual: Tried, plan: Plan, tell: Callable[[str], None] | None, reach: Reach
) -> list[TermsTried]:
    """Return a plan's run beside the same dollars with each service as its own file has it; nothing where it pays none.

    The services are those that programmes run otherwise.
    """
    setting = world.setting
    paid = [s for s, usd in zip(setting.services, usual.dollars, strict=True) if np.any(usd) and s.terms != s.own_terms]
    lines = tuple(line for s in paid for line in deviations(s, s.terms, setting.model.levers))
    if not lines:
        return []
    without = None
    if any(line.changes for line in lines):
        if tell:
            tell(f"{plan.label}, with each service as its own file has it")
        own = {service.key: service.own_terms for service in paid}
        without = try_changed(world, plan.key, usual, terms=own, reach=reach)
    by = join_words([one.name for one in setting.programmes if set(one.said.terms) & {s.key for s in paid}])
    return [TermsTried(plan, lines, usual, without, by)]
