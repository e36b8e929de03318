"""The cheapest repair of each loss, run again in the full model: of money, and of the terms of the plan's services.

A loss is a group that is worse off under a plan than under a reference, by one indicator. The repair of money is found
on the curves, with the plan's own gains in the full model carried along; then it is run in the few draws of the curves.
For terms there are no curves: every other way to run a service that the plan pays for is run once, in the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from bothand.decide.repair import Repair, cheapest_repair
from bothand.decide.surfaces import Surface
from bothand.engine.arrays import Floats
from bothand.experiments.curves import Curves
from bothand.experiments.plans import (
    Tried,
    in_first_draws,
    judged_gains,
    movable,
    of_group,
    people_gains,
    told_of_changed,
    yearly_in,
)
from bothand.experiments.what_if.ways import Way, other_ways, places_in
from bothand.experiments.worlds import World, knowing, side_by_side
from bothand.keys import HEALTHY, THREE_YEARS
from bothand.world.plan import terms_of
from bothand.world.service import Terms

Kind = Literal["reallocation", "addition"]
KINDS: tuple[Kind, ...] = ("reallocation", "addition")
COST = "dollars"
Gains = Mapping[str, Floats]  # indicator -> (D, O) against no new money


@dataclass(frozen=True)
class Loss:
    """Who loses: a group under a plan, by one of ``plans.JUDGED``; ``reference``: a plan, None = no new money."""

    plan: str
    reference: str | None
    indicator: str
    group: str


@dataclass(frozen=True, eq=False)
class TriedWay:
    """A plan with one service run otherwise: dollars a year more, from any payer, in the first round, and gains."""

    way: Way
    dollars: float
    gains: Gains


@dataclass(frozen=True, eq=False)
class Repairs:
    """What was run, in ``draws`` draws.

    money: loss and kind -> what the repaired plan brings in the full model; terms: plan -> every other way that was
    run; before: plan -> what it brings itself in the same draws.
    """

    draws: int = 0
    money: Mapping[tuple[Loss, Kind], Gains] = field(default_factory=dict)
    terms: Mapping[str, tuple[TriedWay, ...]] = field(default_factory=dict)
    before: Mapping[str, Gains] = field(default_factory=dict)


def repair_of(curves: Curves, world: World, runs: Mapping[str, Tried], loss: Loss, kind: Kind) -> Repair | None:
    """Find the cheapest repair of money on the curves; None: none there.

    Every group keeps its healthy life-years, and by the indicator of the loss no other group starts to lose.

    Args:
        curves: of every option.
        world: the worlds of ``runs``.
        runs: plan -> its run.
        loss: what is to be undone.
        kind: move the plan's own money, or add some.
    """
    run = runs[loss.plan]
    here = _means(world, run)
    there = _means(world, runs[loss.reference]) if loss.reference else dict.fromkeys(here, 0.0)
    groups = world.setting.model.groups
    names = [of_group(key, group) for key in dict.fromkeys((HEALTHY, loss.indicator)) for group in groups]
    every = curves.people
    gains = every.gains[every.indices(names)]
    surface = Surface(tuple(names), every.services, every.dollars, gains, rules=curves.surface.rules)
    return cheapest_repair(
        surface,
        yearly_in(world, run),
        of_group(loss.indicator, loss.group),
        names,
        [there[name] for name in names],
        kind,
        movable(world, run),
        np.array([here[name] for name in names]),
    )


def _means(world: World, run: Tried) -> dict[str, float]:
    return {name: float(gains.mean()) for name, gains in people_gains(world, run).items()}


def try_repairs(
    curves: Curves,
    world: World,
    tried: Sequence[Tried],
    losses: Sequence[Loss],
    seed: int,
    tell: Callable[[str], None] = lambda words: None,
) -> Repairs:
    """Run the repair of every loss, and every other way to run the services of every plan under which someone loses.

    Args:
        curves: of every option, in few draws.
        world: all worlds, those of ``tried``.
        tried: every plan's run.
        losses: what is to be undone.
        seed: of the quantities that only another way reads.
        tell: hears what is being run.
    """
    few, runs = curves.world, {t.plan: t for t in tried if t.mode == THREE_YEARS}
    usual = {plan: in_first_draws(runs[plan], few) for plan in dict.fromkeys(loss.plan for loss in losses)}
    if losses:
        tell(f"repairs of {len(losses)} losses")
    asked = [
        ((loss, kind), repair)
        for loss in losses
        for kind in KINDS
        if (repair := repair_of(curves, world, runs, loss, kind)) is not None
    ]

    def run(one: tuple[tuple[Loss, Kind], Repair]) -> Gains:
        (loss, _), repair = one
        return told_of_changed(few, usual[loss.plan], judged_gains, repair.plan)

    money = dict(zip((key for key, _ in asked), side_by_side(run, asked, few.workers), strict=True))
    terms = {plan: try_ways(few, one, seed, tell) for plan, one in usual.items()}
    before = {plan: judged_gains(few, one) for plan, one in usual.items()}
    return Repairs(few.county.draws, money, terms, before)


def try_ways(
    few: World, usual: Tried, seed: int, tell: Callable[[str], None] = lambda words: None
) -> tuple[TriedWay, ...]:
    """Run a plan with each of its services in every other way within the study's limit on coercion, one at a time.

    ``usual``: the plan's run in the worlds of ``few``; ``seed``: of the quantities that only another way reads.
    """
    limit = few.setting.study.coercion_limit
    paid = {s.key for s, usd in zip(few.setting.services, usual.dollars, strict=True) if np.any(usd)}
    own = {service: _own_terms(few, usual, service) for service in paid}
    ways = [
        way
        for way in other_ways(few)
        if way.service in paid
        and way.grade <= limit
        and (way.terms is None or getattr(own[way.service], way.term) != way.now)
    ]
    if ways:
        tell(f"other terms in {usual.plan}")

    def run(way: Way) -> TriedWay:
        terms = {}
        if way.terms is not None:
            terms = {way.service: own[way.service].model_copy(update={way.term: way.now})}
        world = replace(few, county=knowing(few.county, terms, seed))
        changed = told_of_changed(world, usual, _gains_and_cost, places=places_in((way,)), terms=terms)
        return TriedWay(way, float(changed.pop(COST)) - _cost(few, usual), changed)

    return tuple(side_by_side(run, ways, few.workers))


def _own_terms(few: World, usual: Tried, key: str) -> Terms:
    service = next(s for s in few.setting.services if s.key == key)
    plan = few.setting.plan(usual.plan)
    return terms_of(plan, service) if plan else service.terms


def _gains_and_cost(world: World, tried: Tried) -> dict[str, Floats]:
    return {**judged_gains(world, tried), COST: np.array(_cost(world, tried))}


def _cost(world: World, tried: Tried) -> float:
    """Return what all payers pay for a plan's services, dollars a year of the first round, in the mean."""
    delivery = tried.trial.delivery
    if delivery is None:
        return 0.0
    paid = [np.asarray(usd)[world.first_round].mean() for by in delivery.spent_by_payer.values() for usd in by.values()]
    return float(np.sum(paid))
