"""The price of each principle: the both/and plan found again with one rule added or taken away.

Found on the measured curves; the plans that move money most are then run once in the full model, on the few draws, so
that a difference to the both/and plan is exact and stands with its range. Source: DESIGN 8 and 9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from bothand.decide.both_and import KEEP, TIE, Floor, Settled, floor_of, unit_of
from bothand.decide.ideals import Ideals
from bothand.decide.prices import Held, again, ladder
from bothand.decide.surfaces import Surface, evaluate
from bothand.engine.arrays import Floats
from bothand.experiments.curves import BESIDE, CONTACT, GROUP, QALYS, Curves, counted, try_counted
from bothand.experiments.plans import Tried, option_keys
from bothand.experiments.search import FUNCTIONAL, STEP, Found, whole_hundreds, yearly_of
from bothand.experiments.what_if.limit import LimitPrice
from bothand.experiments.worlds import World, side_by_side
from bothand.keys import AS_OTHERS_DO, REMISSION, WITHOUT_MEDICATION
from bothand.world.plan import Plan

Principle = Literal["no_coercion", "equal_worth", "no_group_worse_off", "recovery_floor", "harm_reduction_floor"]
Against = Literal["both_and", "life_years"]

SHARES = (0.0, 0.25, 0.5, 0.75)  # MATH: shares of the most that the money can buy, from no floor on
MOST_RUNS = 8  # UNIT: plans that are run in the full model
RECOVERY = ("remission_years", "sustained_included", "sustained_without")
HARM_REDUCTION = ("contact_years", "unbroken_contact_years")
FLOORS: dict[Principle, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "recovery_floor": ((REMISSION, WITHOUT_MEDICATION), RECOVERY),
    "harm_reduction_floor": ((CONTACT,), HARM_REDUCTION),
}
"""Principle -> what the floor is of (beside the objectives), and the objectives whose shares it stands in for."""

NO_LIMIT, NO_FLOORS, NOT_BELOW_ZERO, NOT_BELOW_OTHERS = "no_limit", "no_floors", "not_below_zero", "not_below_others"
FLOOR = "floor"


@dataclass(frozen=True)
class Change:
    """One rule otherwise, and the plan that is found then.

    Attributes:
        key: which rule is otherwise: one of the names above, or a scale of quality in whose QALYs lives are counted.
        against: the plan that it is held against: the both/and plan, or that for most healthy life-years alone.
        measure: what a floor is of, '' for other rules.
        share: of the most that the money can buy of it; ``last``: the largest that the other rules leave a plan for.
        dollars: service -> dollars a year, in whole hundreds; None where no plan keeps to the rules.
        same: whether the plan stays as it is.
        brings: objective, or what stands beside them -> gain against no new money, on the curves.
        curves: the difference of that to the plan that it is held against.
        exact: the same difference in the full model (D,); empty where it was not run.
        unmet: groups, by key, that no plan could lift to the floor asked for.
    """

    key: str
    against: Against = "both_and"
    measure: str = ""
    share: float = 0.0
    last: bool = False
    dollars: Mapping[str, float] | None = None
    same: bool = False
    brings: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, float] = field(default_factory=dict)
    exact: Mapping[str, Floats] = field(default_factory=dict)
    unmet: tuple[str, ...] = ()


@dataclass(frozen=True)
class Priced:
    """A principle and the changes that price it."""

    principle: Principle
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Prices:
    """Every principle priced, and what the both/and plan itself brings of everything that is counted, (D,)."""

    principles: tuple[Priced, ...]
    both: Mapping[str, Floats]


def price_principles(
    curves: Curves,
    found: Found,
    floors: Sequence[Plan],
    limit: LimitPrice,
    both: Tried,
    tell: Callable[[str], None] = lambda words: None,
) -> Prices:
    """Price every principle.

    Args:
        curves: those that the both/and plan was found on; their world holds few draws.
        found: that plan.
        floors: plans whose gains it should reach, as for ``search``.
        limit: the price of the limit on coercion.
        both: the both/and plan's run with the first round's money, in the draws of the curves.
        tell: hears what is being run.
    """
    tell("the price of each principle")
    asked = _Asked(curves, found)
    rules: dict[Principle, list[Change]] = {
        "no_coercion": asked.no_coercion(limit),
        "equal_worth": asked.equal_worth(),
        "no_group_worse_off": asked.no_group_worse_off(floors),
        **{principle: asked.floors(*what) for principle, what in FLOORS.items()},
    }
    before = counted(curves.world, both)
    chosen = _chosen([change for changes in rules.values() for change in changes])
    exact = _run(curves.world, before, chosen, tell)

    def ran(change: Change) -> Change:
        return replace(change, exact=exact.get(_plan_of(change), change.exact)) if _differs(change) else change

    return Prices(tuple(Priced(key, tuple(map(ran, changes))) for key, changes in rules.items()), before)


def held_by(curves: Curves, found: Found) -> Held:
    """Return the rules that the both/and plan keeps to: of the floors asked for, those that it meets."""
    return held_for(curves.wide, found.ideals, found.settled)


def held_for(wide: Surface, ideals: Ideals, settled: Settled) -> Held:
    """Return the rules that a settled plan keeps to; ``wide``: the curves of the ideals, and those beside them."""
    met: dict[str, dict[str, float]] = {}
    for floor in settled.floors:
        if floor.met:
            met.setdefault(floor.label, {})[floor.objective] = floor.least
    kept = tuple(Floor(label, least) for label, least in met.items())
    return Held(ideals, wide, tuple(settled.z), KEEP * settled.beta, kept, FUNCTIONAL)


class _Asked:
    """The rules of the both/and plan, and what a change of one does."""

    def __init__(self, curves: Curves, found: Found) -> None:
        self.world, self.options = curves.world, option_keys(curves.world)
        self.held = held_by(curves, found)
        self.plan, self.yearly = found.settled.plan, found.yearly

    def no_coercion(self, limit: LimitPrice) -> list[Change]:
        """The search without the limit, where it keeps a service out; it was run already."""
        if limit.plan is None or limit.exact is None or limit.on_curves is None:
            return []
        if not limit.dollars:
            return [self.change(self.plan, Change(NO_LIMIT))]
        before = evaluate(self.held.wide, self.yearly).tolist()
        more = {
            name: limit.on_curves[name] - gain for name, gain in zip(self.held.wide.objectives, before, strict=True)
        }
        return [Change(NO_LIMIT, dollars=limit.plan, brings=limit.on_curves, curves=more, exact=limit.exact)]

    def equal_worth(self) -> list[Change]:
        """Lives counted by their present quality, on either scale."""
        asked = [(name, replace(self.held, seeks=BESIDE + name)) for name in QALYS]
        return [self.change(again(held, self.plan), Change(name)) for name, held in asked]

    def no_group_worse_off(self, floors: Sequence[Plan]) -> list[Change]:
        """No floors; no group below what it has with no new money; none below what others do gives it."""
        ideals = self.held.ideals
        groups = [name for name in ideals.surface.objectives if name.startswith(GROUP)]
        asked = {NO_FLOORS: (), NOT_BELOW_ZERO: (Floor(NOT_BELOW_ZERO, dict.fromkeys(groups, 0.0)),)}
        for plan in floors:
            if plan.key == AS_OTHERS_DO:
                asked[NOT_BELOW_OTHERS] = (floor_of(ideals, plan.label, yearly_of(self.world, plan), groups),)
        found = []
        for key, kept in asked.items():
            yearly = again(replace(self.held, floors=kept), self.plan)
            found.append(self.change(yearly, Change(key, unmet=self.unmet(yearly, kept))))
        return found

    def unmet(self, plan: Floats | None, floors: Sequence[Floor]) -> tuple[str, ...]:
        """Return the groups that a plan leaves below the floors."""
        if plan is None:
            return ()
        ideals, gains = self.held.ideals, evaluate(self.held.wide, plan)
        below = []
        for name, least in (item for floor in floors for item in floor.least.items()):
            v = self.held.wide.index(name)
            if gains[v] < least - TIE * unit_of(ideals, v):
                below.append(name.removeprefix(GROUP))
        return tuple(below)

    def floors(self, measures: Sequence[str], instead_of: Sequence[str]) -> list[Change]:
        """Floors of each measure in place of the shares of its values; then each alone, beside most life-years."""
        found = []
        alone = replace(self.held, members=(), floors=())
        first = again(alone)
        for measure in measures:
            for rung in ladder(self.held.without(instead_of), BESIDE + measure, SHARES, self.plan):
                change = Change(FLOOR, "both_and", measure, rung.share, rung.last)
                found.append(self.change(rung.plan, change))
            for rung in ladder(alone, BESIDE + measure, SHARES, first):
                change = Change(FLOOR, "life_years", measure, rung.share, rung.last)
                found.append(self.change(rung.plan, change, first))
        return found

    def change(self, plan: Floats | None, change: Change, against: Floats | None = None) -> Change:
        """Return a change with its plan and its differences on the curves to the both/and plan, or to another."""
        if plan is None:
            return change
        rules = self.held.wide.rules
        before = self.yearly if against is None else whole_hundreds(against, rules)
        same = bool(np.abs(plan - (self.plan if against is None else against)).max() <= STEP)
        yearly = before if same else whole_hundreds(plan, rules)
        brings = evaluate(self.held.wide, yearly)
        more = brings - evaluate(self.held.wide, before)
        return replace(
            change,
            dollars=dict(zip(self.options, yearly.tolist(), strict=True)),
            same=same,
            brings=dict(zip(self.held.wide.objectives, brings.tolist(), strict=True)),
            curves=dict(zip(self.held.wide.objectives, more.tolist(), strict=True)),
        )


def _differs(change: Change) -> bool:
    """Whether a change gives a plan that can be run beside the both/and plan."""
    return change.dollars is not None and not change.same and change.against == "both_and"


def _plan_of(change: Change) -> tuple[float, ...]:
    return tuple((change.dollars or {}).values())


def _chosen(changes: Sequence[Change]) -> list[Change]:
    """Return the changes whose plans are run: each that differs and was not run, of a ladder its two ends."""
    ends: dict[str, list[Change]] = {}
    wanted: list[Change] = []
    for change in changes:
        if _differs(change) and not change.exact:
            (ends.setdefault(change.measure, []) if change.key == FLOOR else wanted).append(change)
    wanted += [ladder[0] for ladder in ends.values()]
    wanted += [ladder[-1] for ladder in ends.values() if len(ladder) > 1]
    return list({_plan_of(change): change for change in wanted}.values())[:MOST_RUNS]


def _run(
    world: World, before: Mapping[str, Floats], changes: Sequence[Change], tell: Callable[[str], None]
) -> dict[tuple[float, ...], dict[str, Floats]]:
    """Return plan -> what it brings more than the both/and plan in the full model, of everything counted (D,)."""
    if changes:
        tell(f"{len(changes)} of these plans in the full model")
    plans = [_plan_of(change) for change in changes]
    afters = side_by_side(lambda plan: try_counted(world, np.array(plan)), plans, world.workers)
    return {
        plan: {name: np.asarray(after[name] - before[name]) for name in before}
        for plan, after in zip(plans, afters, strict=True)
    }
