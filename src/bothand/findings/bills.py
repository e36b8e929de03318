"""Who pays: the services bought, what follows for others, and healthy life-years for each million dollars."""

from __future__ import annotations

import numpy as np

from bothand.engine.arrays import Floats
from bothand.experiments.plans import Tried, healthy_years
from bothand.experiments.results import Results
from bothand.experiments.ruled import bill
from bothand.findings.measures import attended_share, interval
from bothand.findings.people import with_addiction
from bothand.keys import THREE_YEARS
from bothand.outcomes.others import Against, held_cost, held_overdoses, whole_cost
from bothand.report.summary import Bill, Worth
from bothand.words import MILLION, PEOPLE, first_up

FOLLOWS = "Medicaid and insurers: treatment that follows"


def bills(results: Results) -> list[Bill]:
    """Return what each payer pays to the last year, not discounted, against no new money; lines are never added up."""
    return [
        Bill(plan=tried.plan, payer=payer, usd=interval(usd), downstream=later)
        for tried in with_money(results)
        for payer, usd, later in [*_bought(results, tried), *_afterwards(results, tried)]
    ]


def worth(results: Results) -> list[Worth]:
    """Return healthy life-years for each million dollars, of settlement money and of all who pay for treatment."""
    found = []
    people = with_addiction(results)
    for tried in with_money(results):
        healthy = healthy_years(results.world, tried)
        settlement = paid_by(results, tried, "settlement")
        everyone = total_paid(results, tried) + treatment_that_follows(results, tried)
        found.append(
            Worth(
                plan=tried.plan,
                per_million_settlement=interval(_per(healthy, settlement) * MILLION),
                per_million_all=interval(_per(healthy, everyone) * MILLION),
                per_1000_with_addiction=interval(healthy / people * PEOPLE),
            )
        )
    return found


def _per(gain: Floats, usd: Floats) -> Floats:
    return np.asarray(np.divide(gain, usd, out=np.zeros_like(gain), where=usd > 0))


def with_money(results: Results) -> list[Tried]:
    """Return the plans that spend money of the first round on services."""
    quo = results.setting.study.status_quo
    return [tried for tried in results.in_mode(THREE_YEARS) if tried.plan != quo and tried.trial.delivery is not None]


def paid_by(results: Results, tried: Tried, payer: str) -> Floats:
    """Return what one payer pays for the services bought (D,)."""
    delivery = tried.trial.delivery
    nothing = np.zeros(results.world.county.draws)
    if delivery is None:
        return nothing
    parts = [p[payer].sum(axis=0) for p in delivery.spent_by_payer.values() if payer in p]
    return np.asarray(np.sum(parts, axis=0)) if parts else nothing


def total_paid(results: Results, tried: Tried) -> Floats:
    """Return what all payers pay for the services bought (D,)."""
    delivery = tried.trial.delivery
    if delivery is None:
        return np.zeros(results.world.county.draws)
    return np.asarray(np.sum([v.sum(axis=0) for p in delivery.spent_by_payer.values() for v in p.values()], axis=0))


def treatment_that_follows(results: Results, tried: Tried) -> Floats:
    """Return the cost of added treatment years that nobody has paid for yet (D,).

    All added years on medication at their yearly cost, less what was paid for places of the same kind: places bought
    are not charged twice, and people who stay when the money has ended are.
    """
    return np.asarray(whole_cost(_against(results, tried), "medication_cost") - paid_for_places(results, tried))


def paid_for_places(results: Results, tried: Tried) -> Floats:
    """Return what all payers pay for treatment places that the plan buys, as ``ruled.bill`` counts it (D,)."""
    delivery = tried.trial.delivery
    return np.zeros(results.world.county.draws) if delivery is None else bill.paid_for_places(results.world, delivery)


def _bought(results: Results, tried: Tried) -> list[tuple[str, Floats, bool]]:
    delivery = tried.trial.delivery
    payers = dict.fromkeys(p for paid in delivery.spent_by_payer.values() for p in paid) if delivery else {}
    rows = [("Settlement money", paid_by(results, tried, "settlement"), False)]
    rows += [
        (f"{first_up(payer)}, for these services", paid_by(results, tried, payer), False)
        for payer in payers
        if payer != "settlement" and np.any(paid_by(results, tried, payer))
    ]
    return rows


def _afterwards(results: Results, tried: Tried) -> list[tuple[str, Floats, bool]]:
    plan = _against(results, tried)
    held = {cost: held_cost(plan, cost) for cost in ("health_care", "crime_and_justice")}
    values = results.world.values
    attended = attended_share(values, results.draws.choices)
    return [
        (FOLLOWS, treatment_that_follows(results, tried), True),
        ("Health care outside treatment, lives as long as with no new money", held["health_care"], True),
        (
            "Health care of people who live longer because of the plan",
            whole_cost(plan, "health_care") - held["health_care"],
            True,
        ),
        ("Courts, police and jails, lives as long as with no new money", held["crime_and_justice"], True),
        (
            "Ambulances and hospitals for overdoses, lives as long as with no new money",
            held_overdoses(plan) * attended * (values["cost_ems"] + values["cost_od_hospital"]),
            True,
        ),
    ]


def _against(results: Results, tried: Tried) -> Against:
    run = tried.trial.run
    return Against(run.main, run.twin, results.world.quo.run.main)
