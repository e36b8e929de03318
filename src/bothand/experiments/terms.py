"""What a change of terms alone does: a plan run with its own terms and without them, on the same dollars and draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bothand.engine.delivery import Reach
from bothand.engine.setting import Setting
from bothand.experiments.plans import Tried, try_study_plan
from bothand.experiments.worlds import World
from bothand.keys import THREE_YEARS
from bothand.world.plan import Plan, terms_of, without_terms
from bothand.world.terms import Deviation, as_run, changes_of, load_terms


@dataclass(frozen=True)
class TermsTried:
    """One plan that sets terms of its own, by the first round's money.

    ``lines``: each term against the plan it is like, or against the service's own file. ``without`` is the run of that
    plan; None where no term of the plan has an effect in this model: then there is nothing to compare.
    """

    plan: Plan
    lines: tuple[Deviation, ...]
    own: Tried
    without: Tried | None


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
    """Run every plan that sets terms of its own without them. ``tried`` has every plan's run, which is not repeated."""
    setting, found = world.setting, []
    runs = {t.plan: t for t in tried if t.mode == THREE_YEARS}
    for plan in setting.plans:
        lines = changed_lines(setting, plan)
        if not lines:
            continue
        without = None
        if runs_otherwise(setting, plan):
            if tell:
                tell(f"{plan.label}, without its own terms")
            without = runs.get(plan.like or "") or try_study_plan(world, without_terms(plan), THREE_YEARS, reach)
        found.append(TermsTried(plan, lines, runs[plan.key], without))
    return tuple(found)
