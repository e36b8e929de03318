"""The derivative of an outcome with respect to every service's dollars in every period, along the whole road.

One run of a plan (its main run and its held-death twin) is kept with what the sweep back needs. Each outcome is then
one sweep back: ledgers, runs, rates, levers, delivery. It costs the same for one dollar or for hundreds. Who is
eligible and what remains of life after the last day are the status quo's, and do not move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.engine.adjoint.cohort import Recorded, record, sweep_back
from bothand.engine.adjoint.delivery import to_dollars
from bothand.engine.adjoint.rates import Owed, moved_edges
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Delivery, Reach
from bothand.engine.needs import MEASURES
from bothand.engine.rates import Environment
from bothand.engine.weights import weigh
from bothand.outcomes.county import County
from bothand.outcomes.gradients.asked import Beside, Outcome, stake
from bothand.outcomes.gradients.ledgers import requests_to_run, to_run
from bothand.outcomes.indicators import Run
from bothand.outcomes.ledger import Horizons
from bothand.outcomes.trial import Trial, both_rates, delivered, scales, tell
from bothand.world.service import Places, Terms

Periods = Sequence[Sequence[int]]  # positions of the years of each period


@dataclass(frozen=True)
class Spent:
    """How the dollars of a plan are spent, as in ``trial.try_plan``.

    Start-up and the smallest award are left out here unless ``sites`` asks for them: a dollar at a step has no slope.
    """

    dollars: Floats  # (S, Y) or (S, Y, D)
    board_lag: Floats  # (D,)
    reach: Reach = "to the ceiling"
    sites: float = 0.0
    places: Mapping[str, Places] | None = None
    terms: Mapping[str, Terms] | None = None


@dataclass(frozen=True)
class Road:
    """A plan's run in a county, kept so that any outcome can be swept back along it. ``quo``: of no new money."""

    county: County
    quo: Run
    horizons: Horizons
    spent: Spent
    delivery: Delivery
    environment: Environment
    main: Recorded
    twin: Recorded
    trial: Trial
    measures: Mapping[str, Floats]


def run_plan(county: County, quo: Run, horizons: Horizons, spent: Spent) -> Road:
    """Run a plan as ``trial.try_plan`` does, at the same cost, and keep what the sweep back needs.

    Memory: 8 bytes for each year, draw, group, stratum and compartment, twice; ask for many draws in parts.
    """
    there = delivered(
        county,
        spent.dollars,
        board_lag=spent.board_lag,
        reach=spent.reach,
        sites=spent.sites,
        places=spent.places,
        terms=spent.terms,
    )
    environment = replace(county.environment, levers=there.levers)
    chain = county.setting.model.chain
    rates, twin_rates, held = both_rates(county, environment)
    main = record(chain, rates, county.start)
    twin = record(chain, twin_rates, county.start, held=held)
    trial = tell(county, environment, (rates, main.trajectory), (twin_rates, twin.trajectory), horizons, there)
    measures = weigh(county.setting.model, environment, MEASURES).measures
    return Road(county, quo, horizons, spent, there, environment, main, twin, trial, measures)


def lever_slopes(road: Road, outcome: Outcome, quality: str = "quality_patient") -> dict[str, Floats]:
    """Return lever -> what one more of it in each year adds to an outcome, (Y, D)."""
    county = road.county
    asked = stake(outcome, Beside(road.trial.run, road.quo, scales(county), quality))
    owed = Owed(county.setting.model, road.environment, county.environment)
    plain, by_stratum = moved_edges(county.setting.model)

    if asked.main or asked.sustained:
        worth = to_run(county, asked.main, asked.sustained, road.measures, road.main.trajectory, road.horizons, owed)
        owed.add_schedule(sweep_back(road.main, worth, plain, by_stratum), twin=False)
    if asked.twin or asked.met:
        worth = to_run(county, asked.twin, {}, road.measures, road.twin.trajectory, road.horizons, owed)
        edges: dict[int, Floats] = {}
        if asked.met:
            weeks, edges = requests_to_run(county, asked.met, road.twin)
            worth = replace(worth, fraction=weeks)
        slopes = sweep_back(road.twin, worth, plain, by_stratum)
        for edge, more in edges.items():
            slopes.plain[:, edge] += more
        owed.add_schedule(slopes, twin=True)
    return owed.levers()


def yearly_gradient(
    road: Road, outcome: Outcome, quality: str = "quality_patient", units: Mapping[str, Floats] | None = None
) -> Floats:
    """Return what one more settlement dollar of each service in each year adds to an outcome, (S, Y, D).

    ``units``: service -> what each of its units adds beside, in itself, (D,).
    """
    county, spent = road.county, road.spent
    return to_dollars(
        lever_slopes(road, outcome, quality),
        road.delivery,
        spent.dollars,
        county.setting.services,
        county.values,
        county.eligible,
        county.environment.levers,
        board_lag=spent.board_lag,
        reach=spent.reach,
        places=spent.places,
        terms=spent.terms,
        sites=spent.sites,
        units=units,
    )


def by_period(yearly: Floats, periods: Periods) -> Floats:
    """Return what one more dollar adds that is spread evenly over the years of each period, (S, P, D)."""
    return np.stack([yearly[:, list(years)].mean(axis=1) for years in periods], axis=1)


def gradients(
    road: Road, outcomes: Sequence[Outcome], periods: Periods, quality: str = "quality_patient"
) -> dict[Outcome, Floats]:
    """Return outcome -> what one more dollar of each service in each period adds to it, (S, P, D).

    Per settlement dollar of the report's price year, spread evenly over the years of the period, in every draw.

    Raises:
        ValueError: an unknown outcome, group or horizon.
    """
    return {outcome: by_period(yearly_gradient(road, outcome, quality), periods) for outcome in outcomes}
