"""The indicators of the values that the simulation can speak to, as gains against the status quo (DESIGN 7).

Each is an absolute number on a fixed reference population: everyone in the model on day one, and the people who would
start later under the status quo, followed whether or not they start. None falls because fewer people die or start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.needs import DURATIONS, GROUPS
from bothand.outcomes.equal_worth import healthy_life_years, held_burden, quality_gain
from bothand.outcomes.ledger import LIFETIME, Ledger
from bothand.outcomes.requests import Requests, standardised

SUSTAINED = ("1_to_5", "over_5")
NOT_YET = "start_later"


@dataclass(frozen=True)
class Run:
    """One plan's run: its ledger, its held-death twin's, requests in both, and the state at year five by group.

    ``held_requests`` are those of the twin: people whom a plan saved stand in no queue there.

    ``sustained`` maps 'included' and 'without' to people in sustained remission at the end of year five (D, O).
    """

    main: Ledger
    twin: Ledger
    requests: list[Requests]
    held_requests: list[Requests]
    sustained: Mapping[str, Floats]


@dataclass(frozen=True)
class Scales:
    """What the indicators need beside the runs; all (D,).

    life_year: quality of a life-year saved (evLY); close_kin: close relatives bereaved per death.
    """

    life_year: Floats
    close_kin: Floats


def columns(ledger: Ledger, names: tuple[str, ...]) -> list[int]:
    """Return the positions of groups in a ledger."""
    return [ledger.groups.index(name) for name in names if name in ledger.groups]


def total(ledger: Ledger, name: str, groups: tuple[str, ...] | None = None) -> Floats:
    """Return an indicator at 'lifetime', summed over groups (all by default): (D,)."""
    at = ledger.at(name, LIFETIME)
    return np.asarray(at.sum(axis=1) if groups is None else at[:, columns(ledger, groups)].sum(axis=1))


def remission_years(ledger: Ledger, criterion: str) -> Floats:
    """Return person-years in remission (H, D, O) by one criterion, 'included' or 'without', all durations."""
    return np.asarray(np.sum([ledger.values[f"remission_{criterion}_{d}"] for d in DURATIONS], axis=0))


def gains(run: Run, quo: Run, scales: Scales, quality: str) -> dict[str, Floats]:
    """Return indicator -> gain against the status quo (D,), one for each value the simulation speaks to."""
    main, base = run.main, quo.main

    def more(name: str, groups: tuple[str, ...] | None = None) -> Floats:
        return total(main, name, groups) - total(base, name, groups)

    there = tuple(name for name in base.groups if name != NOT_YET)  # a prevented start takes no contact away

    last = base.horizons.index(LIFETIME)
    addiction = columns(base, GROUPS)
    remission = remission_years(main, "included")[last] - remission_years(base, "included")[last]
    evly = healthy_life_years(main, run.twin, base, scales.life_year, quality)[last]
    people = base.values["people"][last][:, addiction].sum(axis=1)

    def hope(criterion: str) -> Floats:
        gain = (run.sustained[criterion] - quo.sustained[criterion])[:, addiction].sum(axis=1)
        return np.asarray(gain / people)

    return {
        "contact_years": more("in_contact", there),
        "requests_met": standardised(quo.held_requests, run.held_requests)
        - standardised(quo.held_requests, quo.held_requests),
        "unbroken_contact_years": more("unbroken_contact", there),
        "remission_years": remission[:, addiction].sum(axis=1),
        "healthy_life_years": evly.sum(axis=1),
        "unbereaved_years": scales.close_kin * more("alive"),
        "burden_lifted": held_burden(run.twin, base, "crime_and_justice")[last].sum(axis=1),
        "quality_gained": quality_gain(run.twin, base, quality)[last].sum(axis=1),
        "sustained_included": hope("included"),
        "sustained_without": hope("without"),
    }


def group_gains(run: Run, quo: Run, scales: Scales, quality: str) -> Floats:
    """Return healthy life-years gained by each day-one group at 'lifetime': (D, O)."""
    last = quo.main.horizons.index(LIFETIME)
    return np.asarray(healthy_life_years(run.main, run.twin, quo.main, scales.life_year, quality)[last])
