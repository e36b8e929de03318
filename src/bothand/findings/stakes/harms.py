"""Every change of a plan that may be a loss: outcomes by group and lines of the ledgers, against what there is today.

A change is turned so that more is better. A *clear loss* lies below zero in 19 of 20 runs and is, in the mean, no
smaller than the declared margin of what there is with no new money: the convention of every verdict by group. Events
that people meet because they live (overdoses, waiting, infections) are counted with deaths held. Nothing is added up.
Source: practice P14.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bothand.decide.losers import margins
from bothand.engine.arrays import Floats
from bothand.engine.needs import GROUPS
from bothand.experiments.plans import Tried
from bothand.experiments.worlds import World
from bothand.findings.measures import attended_share, differences, indicators, levels, spread
from bothand.findings.stakes.ledgers import Ledgers
from bothand.keys import DEATHS, HEALTHY, LIFE_YEARS, REMISSION, WITHOUT_MEDICATION
from bothand.outcomes.equal_worth import held_burden, ratio
from bothand.outcomes.indicators import columns
from bothand.outcomes.ledger import LIFETIME
from bothand.outcomes.trial import FLAT
from bothand.principles.facts import STEPS, Change
from bothand.words import PEOPLE

BY_LEDGER = {
    DEATHS: "overdose_deaths",
    LIFE_YEARS: "alive",
    "contact_years": "in_contact",
    "medication_years": "on_medication",
    "qaly_patient": "quality_patient",
    "qaly_public": "quality_public",
    "moves_to_lower_risk": "to_lower_risk",
    "remissions_begun": "remissions",
}
"""Outcomes that people gain by more of them, and deaths averted: the name of each in the model's ledger."""
COUNTS_OF_STEPS = ("moves_to_lower_risk", "remissions_begun")  # a step is taken once: fewer may be left to take it
CONCERNED = "people"
ELSEWHERE = (HEALTHY, REMISSION, WITHOUT_MEDICATION)  # their levels stand in ``measures``
INFECTIONS = "infections"  # the ledger whose lines are by group
COSTS = {
    "treatment_that_follows": "medication_cost",
    "other_health_care": "health_care",
    "justice": "crime_and_justice",
}
RELATIVES = {
    "partners_patient_scale": "family_loss_spouse_alcohol",
    "partners_public_scale": "u_spouse_loss_active",
    "relatives_wellbeing": "family_loss_kin_alcohol",
}
PARTNERS = {
    "all_partners_patient_scale": "family_loss_spouse_alcohol",
    "all_partners_public_scale": "u_spouse_loss_active",
}
TURN = {"more": 1, "less": -1}


def changes(found: Ledgers, tried: Tried) -> tuple[Change, ...]:
    """Return every change of one plan, by group and by line, each in its own unit."""
    return (*_of_people(found.results.world, tried), *_of_lines(found, tried))


def _of_people(world: World, tried: Tried) -> Iterator[Change]:
    """Yield every outcome of every group, over lifetimes, against no new money."""
    told, base, twin = differences(world, tried), world.quo.run.main, tried.trial.run.twin
    known = {i.key: i for i in indicators(())}
    there = {key: level[-1] for key, level in levels(world).items()}
    gained = {key: told[key][-1] for key in (*ELSEWHERE, *BY_LEDGER)}
    there |= {key: base.at(name, LIFETIME) for key, name in BY_LEDGER.items()}
    gained["waiting_years"], there["waiting_years"] = (
        held_burden(twin, base, "waiting")[-1],
        base.at("waiting", LIFETIME),
    )
    there["overdoses"] = base.at("overdoses", LIFETIME)
    gained["overdoses"] = there["overdoses"] - twin.at("overdoses", LIFETIME)
    for key, gain in gained.items():
        for o, group in enumerate(base.groups):
            who = world.setting.model.spec.group[group].label if group in world.setting.model.spec.group else group
            kind = STEPS if key in COUNTS_OF_STEPS else CONCERNED
            yield _change(world, kind, known[key].label, who, known[key].unit, gain[:, o], there[key][:, o])


def _of_lines(found: Ledgers, tried: Tried) -> Iterator[Change]:
    """Yield every line of the ledgers that has a better sign; infections by group."""
    world, drawn = found.results.world, found.drawn[tried.plan]
    there = _levels(found)
    for ledger in found.files:
        for line in ledger.line:
            if line.key not in drawn or line.better not in TURN:
                continue
            gain, level = TURN[line.better] * drawn[line.key], there.get(line.key)
            if gain.ndim == 1:
                yield _change(world, ledger.key, line.label, line.who, line.unit, gain, level)
                continue
            for o, group in enumerate(world.county.groups):
                who = world.setting.model.spec.group[group].label
                yield _change(
                    world,
                    ledger.key,
                    line.label,
                    who,
                    line.unit,
                    gain[:, o],
                    level[:, o] if level is not None else None,
                )


def _levels(found: Ledgers) -> dict[str, Floats]:
    """Return what there is of each line with no new money, in its own unit: (D,), or (D, O) for infections."""
    world, rows = found.results.world, found.rows
    base = world.quo.run.main
    deaths, overdoses = (base.at(name, LIFETIME).sum(axis=1) for name in ("overdose_deaths", "overdoses"))
    attended = attended_share(world.values, found.results.draws.choices) * overdoses
    own = columns(base, GROUPS)
    years = base.at("addiction", LIFETIME)[:, own].sum(axis=1)
    beside = ratio(years, base.at("people", LIFETIME)[:, own].sum(axis=1))
    caught = {name: base.at(name, LIFETIME) for name in ("hcv", "hiv")}
    return {
        **caught,
        "bereavements_averted": rows["close_bereaved_per_death"] * deaths,
        "unbereaved_years": rows["close_bereaved_per_death"] * base.at("alive", LIFETIME).sum(axis=1),
        "children_keep_a_parent": rows["children_bereaved_per_death"] * deaths,
        **{line: np.asarray(rows[row] * beside * PEOPLE) for line, row in RELATIVES.items()},
        **{line: np.asarray(rows[row] * rows["oud_partner_share"] * years) for line, row in PARTNERS.items()},
        "productivity": rows["work_lost_oud_year"]
        * rows["work_regained"]
        * base.at(f"addiction{FLAT}", LIFETIME).sum(axis=1),
        **{line: base.at(f"{cost}{FLAT}", LIFETIME).sum(axis=1) for line, cost in COSTS.items()},
        "ambulances": attended * rows["cost_ems"],
        "hospitals": attended * rows["cost_od_hospital"],
        "hcv_care": caught["hcv"].sum(axis=1) * rows["hcv_treatment_cost"],
        "hiv_care": caught["hiv"].sum(axis=1) * rows["hiv_cost_averted"],
    }


def _change(world: World, kind: str, label: str, who: str, unit: str, gain: Floats, level: Floats | None) -> Change:
    """Return one change; ``level`` (D,) is what there is of it today, None where that is not known."""
    there = np.zeros_like(gain) if level is None else level
    margin = float(margins(there[None], float(world.values["no_worse_margin"][0]))[0])
    change = spread(gain)
    whole = abs(float(np.mean(there)))
    share = abs(change.mean) / whole if whole > 0 else None
    return Change(kind, label, who, unit, change, share, change.sign < 0 and -change.mean >= margin)
