"""How the eleven values are read: which are votes for one service, which cannot be told apart, what a panel says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from bothand.decide.likeness import PLANS, carrier, over_random_plans
from bothand.decide.surfaces import evaluate
from bothand.experiments.results import Results
from bothand.findings.both import WITHOUT_MEDICATION, names_of
from bothand.outcomes.ratings import Given, spreads
from bothand.report.summary import Likeness, Rating, ValueReading


def objectives(results: Results) -> tuple[str, ...]:
    """Return the objectives that the simulation has for values: one each, and the second line of hope."""
    simulated = dict.fromkeys([*results.found.keys.values(), WITHOUT_MEDICATION])
    return tuple(name for name in simulated if name in results.curves.surface.objectives)


def readings(results: Results) -> list[ValueReading]:
    """Return what each service alone does for each value, and which service carries the value's favourite plan."""
    surface, ideals, names = results.curves.surface, results.found.ideals, names_of(results)
    budget = results.world.yearly_budget
    alone = evaluate(surface, np.eye(len(surface.services)) * budget)  # (I, V)
    found = []
    for objective in objectives(results):
        v = surface.index(objective)
        if not ideals.room[v]:
            found.append(ValueReading(value=names[objective]))
            continue
        carried = carrier(surface, objective, ideals.plans[v])
        shares = alone[:, v] / ideals.best[v]
        found.append(
            ValueReading(
                value=names[objective],
                carrier=carried.service if carried else "",
                share=carried.share if carried else 0,
                vote=bool(carried and carried.alone),
                alone={s: float(share) for s, share in zip(surface.services, shares, strict=True)},
            )
        )
    return found


def alike(results: Results) -> Likeness | None:
    """Return which values move together over random plans at today's budget; None with less than two of them."""
    surface, names = results.curves.surface, names_of(results)
    wanted = [o for o in objectives(results) if results.found.ideals.room[surface.index(o)]]
    if len(wanted) < 2:
        return None
    found = over_random_plans(surface, wanted, results.world.yearly_budget, results.draws.seed)
    clusters = [[names[o] for o in cluster] for cluster in found.clusters]
    return Likeness(clusters=clusters, directions=found.directions, values=len(wanted), plans=PLANS)


def ratings(given: Sequence[Given]) -> list[Rating]:
    """Return what a panel said, with its spread; nothing where no panel was asked."""
    return [Rating.model_validate(asdict(told)) for told in spreads(given)]
