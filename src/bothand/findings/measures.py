"""Small measures that all findings share: intervals, indicators of the report, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bothand.decide.losers import LEAST_RUNS, range_of
from bothand.engine.arrays import Floats
from bothand.experiments.plans import QUALITY, Tried
from bothand.experiments.worlds import World
from bothand.keys import DEATHS, HEALTHY, LIFE_YEARS, REMISSION, WITHOUT_MEDICATION, remission_key
from bothand.outcomes.equal_worth import healthy_life_years
from bothand.outcomes.indicators import remission_years
from bothand.outcomes.ledger import Ledger
from bothand.principles.facts import Spread
from bothand.report.summary import Indicator, Interval
from bothand.words import DURATIONS

OVERDOSES, SURVEILLANCE = "overdose_definition", "surveillance"  # which of two pairs of evidence the study uses
MEASURED = {"under_1": "under_1", "1_to_5": "1_to_5", "5_plus": "over_5"}  # duration -> how the model's measures end


def attended_share(values: Mapping[str, Floats], choices: Mapping[str, str]) -> Floats:
    """Return the share of overdoses that an ambulance attends (D,).

    Surveillance counts overdoses that an ambulance, a hospital or a medical examiner saw: all of them were attended.
    Self-report counts every overdose: someone must have seen it and called.
    """
    if choices[OVERDOSES] == SURVEILLANCE:
        return np.ones_like(values["prob_witnessed"])
    call = values["share_od_public"] + (1 - values["share_od_public"]) * values["ems_call_private_ratio"]
    return np.asarray(values["prob_witnessed"] * values["prob_call_ems_public"] * call)


def interval(values: Floats) -> Interval:
    """Return mean and the range of 19 in 20 runs of values (D,)."""
    low, high = range_of(values)
    mean = float(np.mean(values))
    return Interval(mean=mean, low=min(low, mean), high=max(high, mean))


def running(world: World, tried: Tried, service: str) -> float:
    """Return the share of runs in which some unit of a service runs in the first round's last year."""
    delivery = tried.trial.delivery
    return float(np.mean(delivery.units[service][world.first_round[-1]] > 0)) if delivery else 0.0


def spread(values: Floats) -> Spread:
    """Return mean and range of values (D,); with too few runs nothing can be said of it."""
    found = interval(values)
    return Spread(found.mean, found.low, found.high, len(values) >= LEAST_RUNS)


def indicators(beside: tuple[float, ...]) -> list[Indicator]:
    """Return every indicator that outcomes are given in; ``beside``: discount rates shown beside the study's own."""
    found = [
        Indicator(key=DEATHS, label="Overdose deaths averted", unit="deaths", better="more"),
        Indicator(key=HEALTHY, label="Healthy life-years gained", unit="healthy life-years", better="more"),
        Indicator(key=LIFE_YEARS, label="Life-years gained", unit="life-years", better="more"),
        Indicator(key=REMISSION, label="Years in remission, medication included", unit="years", better="more"),
        Indicator(key=WITHOUT_MEDICATION, label="Years in remission, without medication", unit="years", better="more"),
        Indicator(key="overdoses", label="Overdoses", unit="overdoses", better="less"),
        Indicator(key="infections", label="Hepatitis C and HIV infections", unit="infections", better="less"),
        Indicator(key="contact_years", label="Years in low-threshold contact", unit="years", better="more"),
        Indicator(key="medication_years", label="Years on medication", unit="years", better="more"),
        Indicator(key="waiting_years", label="Years waiting for treatment", unit="years", better="less"),
        Indicator(key="qaly_patient", label="QALYs, patients' scale", unit="QALYs", better="more"),
        Indicator(key="qaly_public", label="QALYs, public scale", unit="QALYs", better="more"),
        Indicator(key="moves_to_lower_risk", label="Moves to lower-risk use", unit="moves", better="more"),
        Indicator(key="remissions_begun", label="Remissions begun", unit="remissions", better="more"),
        Indicator(
            key="lived_experience_dollars",
            label="Dollars to services run by people with lived experience, all payers",
            unit="USD",
            better="neither",
        ),
    ]
    for rate in beside:
        label = f"Healthy life-years gained, discounted at {rate:.0%}"
        found.append(Indicator(key=f"{HEALTHY}_at_{rate:g}", label=label, unit="healthy life-years", better="more"))
    for without, words in ((False, "medication included"), (True, "without medication")):
        for duration, long in DURATIONS.items():
            label = f"Years in remission, {long}, {words}"
            found.append(Indicator(key=remission_key(duration, without), label=label, unit="years", better="more"))
    return found


def differences(world: World, tried: Tried) -> dict[str, Floats]:
    """Return every indicator's gain or change against no new money, (H, D, O)."""
    plan, base = tried.trial.run.main, world.quo.run.main

    def more(name: str) -> Floats:
        return np.asarray(plan.values[name] - base.values[name])

    found = {
        DEATHS: -more("overdose_deaths"),
        HEALTHY: healthy_life_years(plan, tried.trial.run.twin, base, world.scales.life_year, QUALITY),
        LIFE_YEARS: more("alive"),
        REMISSION: remission_years(plan, "included") - remission_years(base, "included"),
        WITHOUT_MEDICATION: remission_years(plan, "without") - remission_years(base, "without"),
        "overdoses": more("overdoses"),
        "infections": more("hcv") + more("hiv"),
        "contact_years": more("in_contact"),
        "medication_years": more("on_medication"),
        "waiting_years": more("waiting"),
        "qaly_patient": more("quality_patient"),
        "qaly_public": more("quality_public"),
        "moves_to_lower_risk": more("to_lower_risk"),
        "remissions_begun": more("remissions"),
    }
    for rate in world.setting.study.discount_beside:
        found[f"{HEALTHY}_at_{rate:g}"] = _healthy_at(world, tried, rate)
    for without, criterion in ((False, "included"), (True, "without")):
        for duration in DURATIONS:
            found[remission_key(duration, without)] = more(f"remission_{criterion}_{MEASURED[duration]}")
    return found


def _healthy_at(world: World, tried: Tried, rate: float) -> Floats:
    """Return healthy life-years gained (H, D, O) at another discount rate."""
    runs = (tried.trial.run.main, tried.trial.run.twin, world.quo.run.main)
    main, twin, base = (
        Ledger(r.horizons, r.groups, {name: r.values[f"{name}@{rate:g}"] for name in ("alive", QUALITY)}) for r in runs
    )
    return healthy_life_years(main, twin, base, world.scales.life_year, QUALITY)


def levels(world: World) -> dict[str, Floats]:
    """Return the status-quo levels that margins are shares of, (H, D, O)."""
    base = world.quo.run.main
    return {
        HEALTHY: world.scales.life_year[:, None] * base.values["alive"],
        REMISSION: remission_years(base, "included"),
        WITHOUT_MEDICATION: remission_years(base, "without"),
    }
