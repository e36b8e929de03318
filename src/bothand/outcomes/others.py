"""Ledgers beside the person's own: infections, families, the wider community. A life saved is never a loss in any.

A plan's change of a cost or count c against no new money, lives held (DESIGN 6)::

    change = (c_held(x) - c_held(0)) * LY_0

c_held is per person-year lived in the twin run that takes deaths from the status quo. What people cost because they
live is the rest, ``main - held``, a line of its own. Bereavement alone follows the deaths as they go. Counts and
dollars run to the last year and are not discounted; years not bereaved and wellbeing run over a lifetime, discounted.
Work lost is lives held too: what people earn, or lose, because they live is in no line, nor is what they consume.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.needs import GROUPS
from bothand.outcomes.equal_worth import held_burden, ratio
from bothand.outcomes.indicators import columns
from bothand.outcomes.ledger import LIFETIME, Ledger
from bothand.outcomes.trial import FLAT
from bothand.words import PEOPLE

INFECTIONS = ("hcv", "hiv")
COSTED = ("medication_cost", "health_care", "crime_and_justice")
DEATHS = "overdose_deaths"


@dataclass(frozen=True)
class Against:
    """A plan's run and its held-death twin, and the run of no new money."""

    main: Ledger
    twin: Ledger
    base: Ledger


def held_cost(plan: Against, cost: str) -> Floats:
    """Return the change of a cost (or of years with addiction) to the last year, lives held, not discounted: (D,)."""
    return np.asarray(_held(plan, f"{cost}{FLAT}").sum(axis=1))


def held_overdoses(plan: Against) -> Floats:
    """Return the change of overdoses to the last year among lives as long as with no new money: (D,)."""
    return np.asarray((plan.twin.values["overdoses"] - plan.base.values["overdoses"])[-1].sum(axis=1))


def infections(plan: Against) -> dict[str, Floats]:
    """Return the change of infections to the last year by day-one group, lives held: name -> (D, O)."""
    return {name: _held(plan, name) for name in INFECTIONS}


def _held(plan: Against, name: str) -> Floats:
    """Return the change of a flat measure or a count at the last horizon, lives held: (D, O)."""
    twin, base = (
        Ledger(run.horizons, run.groups, {"alive": run.values[f"alive{FLAT}"], name: run.values[name]})
        for run in (plan.twin, plan.base)
    )
    return np.asarray(-held_burden(twin, base, name)[-1])


def family(plan: Against, rows: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the lines of the family ledger that have a source: key -> (D,), more is better in every one.

    ``rows``: draws (D,) of the quantities that the lines name.
    """
    averted = (plan.base.values[DEATHS] - plan.main.values[DEATHS])[-1].sum(axis=1)
    lived = (plan.main.at("alive", LIFETIME) - plan.base.at("alive", LIFETIME)).sum(axis=1)
    with_addiction = columns(plan.base, GROUPS)
    years = held_burden(plan.twin, plan.base, "addiction")[-1][:, with_addiction].sum(axis=1)
    people = plan.base.at("people", LIFETIME)[:, with_addiction].sum(axis=1)
    spared = ratio(years, people) * PEOPLE  # years beside addiction that 1,000 relatives are spared
    partnered = rows["oud_partner_share"] * years
    return {
        "bereavements_averted": rows["close_bereaved_per_death"] * averted,
        "unbereaved_years": rows["close_bereaved_per_death"] * lived,
        "children_keep_a_parent": rows["children_bereaved_per_death"] * averted,
        "partners_patient_scale": rows["family_loss_spouse_alcohol"] * spared,
        "partners_public_scale": rows["u_spouse_loss_active"] * spared,
        "all_partners_patient_scale": rows["family_loss_spouse_alcohol"] * partnered,
        "all_partners_public_scale": rows["u_spouse_loss_active"] * partnered,
        "relatives_wellbeing": rows["family_loss_kin_alcohol"] * spared,
    }


def community(
    plan: Against, rows: Mapping[str, Floats], attended: Floats | float = 1, paid: Floats | float = 0
) -> dict[str, Floats]:
    """Return the lines of the community's ledger that have a source: key -> dollars (D,), less is better.

    ``attended`` (D,): share of overdoses that an ambulance attends; ``paid`` (D,): what the plan paid for places of
    treatment already. ``living_longer`` is what lives saved cost; it is held against no plan.
    """
    by_overdose = attended * (rows["cost_ems"] + rows["cost_od_hospital"])
    overdoses = held_overdoses(plan)
    caught = {name: change.sum(axis=1) for name, change in infections(plan).items()}
    held = {cost: held_cost(plan, cost) for cost in COSTED}
    longer = [whole_cost(plan, cost) - held[cost] for cost in COSTED]
    more = (plan.main.values["overdoses"] - plan.base.values["overdoses"])[-1].sum(axis=1) - overdoses
    return {
        "treatment_that_follows": held["medication_cost"] - paid,
        "other_health_care": held["health_care"],
        "ambulances": overdoses * attended * rows["cost_ems"],
        "hospitals": overdoses * attended * rows["cost_od_hospital"],
        "hcv_care": caught["hcv"] * rows["hcv_treatment_cost"],
        "hiv_care": caught["hiv"] * rows["hiv_cost_averted"],
        "justice": held["crime_and_justice"],
        "productivity": rows["work_lost_oud_year"] * rows["work_regained"] * held_cost(plan, "addiction"),
        "living_longer": np.sum([*longer, more * by_overdose], axis=0),
    }


def whole_cost(plan: Against, cost: str) -> Floats:
    """Return the change of a cost to the last year, lives as they go, not discounted: (D,)."""
    name = f"{cost}{FLAT}"
    return np.asarray((plan.main.values[name] - plan.base.values[name])[-1].sum(axis=1))
