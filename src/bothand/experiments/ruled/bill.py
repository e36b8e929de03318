"""What others are asked for under a plan, beside its own dollars: the sum that a cap is about.

::

    asked = (other payers' part of the services + treatment that follows) / years in which the plan's money is spent

Everything to the last year of the run, not discounted. Treatment that follows is what added years on medication cost,
lives as long as with no new money, less what all payers paid for places of the same kind: so nobody pays twice for a
place, and no life that a plan saves counts against it. What others save, on ambulances or courts, is not set off: it is
another budget's. Source: DESIGN 6 ("downstream bill"); ``findings.bills`` prints every line of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.delivery import Delivery
from bothand.experiments.plans import Tried
from bothand.experiments.worlds import World
from bothand.outcomes.others import Against, held_cost
from bothand.outcomes.trial import Trial
from bothand.world.service import Service

TREATMENT_PLACES = ("methadone_places", "buprenorphine_places", "naltrexone_start")
SETTLEMENT = "settlement"


def asked_of_others(world: World, tried: Tried) -> Floats:
    """Return what others are asked for, dollars for each year in which the plan's money is spent (D,)."""
    return np.asarray(asked_in_all(world, tried.trial) / years_spent(world, tried))


def asked_in_all(world: World, trial: Trial) -> Floats:
    """Return what others are asked for in all, to the last year (D,)."""
    delivery, run = trial.delivery, trial.run
    if delivery is None:
        return np.zeros(world.county.draws)
    follows = held_cost(Against(run.main, run.twin, world.quo.run.main), "medication_cost")
    return np.asarray(paid_by_others(delivery) + follows - paid_for_places(world, delivery))


def asked_by_units(world: World, services: Sequence[Service]) -> dict[str, Floats]:
    """Return what one unit of each service adds to what others are asked for, in itself: service -> (D,).

    The other payers' part of its price, less what all payers pay for its places; what follows in the model is apart.
    """
    found = {}
    for service in services:
        share = world.values[service.payers.settlement]
        whole = np.sum([world.values[part.quantity] for part in service.cost], axis=0)
        places = for_places(service, world.values) if buys_places(service) else 0.0
        found[service.key] = np.asarray(whole * (1 - share) - whole * places)
    return found


def years_spent(world: World, tried: Tried) -> int:
    """Return in how many years the money that a plan was tried with is spent."""
    return int(np.count_nonzero(world.money[tried.mode].max(axis=1) > 0))


def paid_by_others(delivery: Delivery) -> Floats:
    """Return what all payers but the settlement pay for the services bought (D,)."""
    each = [
        usd.sum(axis=0) for by in delivery.spent_by_payer.values() for payer, usd in by.items() if payer != SETTLEMENT
    ]
    return np.asarray(np.sum(each, axis=0))


def paid_for_places(world: World, delivery: Delivery) -> Floats:
    """Return what all payers pay for treatment places that a plan buys, their start-up left out (D,).

    Only the parts of a price that pay for places count: medication in jail is no place outside, and no yearly cost of
    treatment holds it.
    """
    paid = np.zeros(world.county.draws)
    for service in world.setting.services:
        if buys_places(service):
            whole = np.sum([usd.sum(axis=0) for usd in delivery.spent_by_payer[service.key].values()], axis=0)
            units = whole - delivery.start_up[service.key].sum(axis=0)
            paid = paid + units * for_places(service, world.values)
    return paid


def buys_places(service: Service) -> bool:
    """Return whether a service's dollars buy places of treatment."""
    return any(move.lever in TREATMENT_PLACES and not move.own_places for move in service.moves)


def for_places(service: Service, values: Mapping[str, Floats]) -> Floats:
    """Return the share of a unit's price that pays for its places (D,)."""
    whole = np.sum([values[part.quantity] for part in service.cost], axis=0)
    places = [values[part.quantity] for part in service.cost if not part.beside_places]
    return np.asarray(np.sum(places, axis=0) / whole)
