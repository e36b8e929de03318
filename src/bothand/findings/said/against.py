"""The strongest case against the searched plan, from the numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bothand.experiments.results import Results
from bothand.findings.bills import FOLLOWS
from bothand.findings.doubts import plan_labels
from bothand.findings.said.sentences import RUNS, count, outcome
from bothand.keys import HEALTHY, REMISSION, THREE_YEARS, WITHOUT_MEDICATION
from bothand.report.summary import Bill, Reach, Summary
from bothand.words import as_subject, dollars, first_up, in_100, in_sentence, join_words, number_words, unparted

LEAD = 0.01  # MATH: share of a value's best by which a stance must lead to be told; the curves err by as much
SIGNED = 2  # UNIT: reasons from stances as signed, where one at its own best stands before them
NAMED = 4  # UNIT: services named in one sentence


def case_against(results: Results, parts: Summary) -> list[str]:
    """Return the strongest case against the searched plan, from the numbers, the weightiest first."""
    plan, labels = results.found_plan, plan_labels(results)
    best = _best_of_a_stance(parts, labels)
    reasons = [
        *best,
        *_less_than_a_stance(results, parts)[: SIGNED if best else None],
        *_floors(parts),
        *_reached_less(results, parts),
        *_leans_on(results, parts.bills, plan),
        *_unfunded(results, parts),
        *_after(results),
        "It was found by search on curves of single services (largest gap to the full model "
        f"{in_100(parts.both_and.surrogate_error)} of a value's own best); {_also_searched(parts)}",
    ]
    return reasons


def _less_than_a_stance(results: Results, parts: Summary) -> list[str]:
    labels = plan_labels(results)
    horizon, years = results.world.ten_years
    kinds = (
        (HEALTHY, "healthy life-years"),
        (REMISSION, "years in remission, medication included,"),
        (WITHOUT_MEDICATION, "years in remission without medication"),
    )
    found = []
    for indicator, words in kinds:
        own = outcome(parts.outcomes, results.found_plan, indicator, horizon)
        rivals = {p: o.mean for p in labels if (o := outcome(parts.outcomes, p, indicator, horizon)) and o != own}
        if own is None or not rivals:
            continue
        best = max(rivals, key=lambda p: rivals[p])
        if rivals[best] > own.mean:
            found.append(
                f"{as_subject(labels[best])} brings {number_words(rivals[best] - own.mean)} more {words} in "
                f"{years} years."
            )
    return found


def _best_of_a_stance(parts: Summary, labels: Mapping[str, str]) -> list[str]:
    """Say of which value it gives most less than a stance that was searched too, for what that stance puts first."""
    values = {value.key: value.label for value in parts.values}
    found = [
        (shares[form] - shares["both_and"], shares[form], shares["both_and"], value, one.plan)
        for one in parts.stances
        for value, shares in one.shares.items()
        for form in (("best" if one.better else "signed"),)
    ]
    if not found or max(found)[0] <= LEAD:
        return []
    _, own, ours, value, plan = max(found)
    label = first_up(in_sentence(values.get(value, value)))
    most = "the most" if own <= 1 else "the most that the search saw on curves"  # the plan itself was run in the model
    best = f"{in_sentence(labels[plan])} at its own searched best gives it {in_100(own)} of {most}"
    return [f"{label}: {best}; this plan {round(ours * RUNS)}."]


def _also_searched(parts: Summary) -> str:
    """Say which other plans were searched."""
    if not parts.stances:
        return "the other plans were not searched."
    return "so was each stance; the yardsticks were not."


def _floors(parts: Summary) -> list[str]:
    missed, met = parts.both_and.floors_not_met, parts.both_and.floors_met
    if not missed:
        return []
    told = in_sentence(missed[0].replace(": ", " gives more to ", 1))
    return [f"It misses {count(len(missed))} of {len(missed) + len(met)} floors: {told}, for one."]


def _reached_less(results: Results, parts: Summary) -> list[str]:
    by_plan = {p.key: p.reach for p in parts.plans if p.reach}
    labels = plan_labels(results)

    def amount(reach: list[Reach], key: str) -> float:
        return next(r.amount.mean for r in reach if r.key == key)

    key, words = "in_contact", "people in open, low-threshold contact"
    own = amount(by_plan[results.found_plan], key)
    best = max(by_plan, key=lambda p: amount(by_plan[p], key))
    gap = amount(by_plan[best], key) - own
    if gap <= 1:
        return []
    return [
        f"It adds {number_words(own)} {words} on any day; {in_sentence(labels[best])} adds {number_words(own + gap)}."
    ]


def _leans_on(results: Results, found: list[Bill], plan: str) -> list[str]:
    own = [b for b in found if b.plan == plan and b.payer == FOLLOWS]
    if not own or own[0].usd.mean <= 0:
        return []
    return [f"It leans on others: {dollars(own[0].usd.mean)} of treatment that follows falls on Medicaid and insurers."]


def _unfunded(results: Results, parts: Summary) -> list[str]:
    plan = next(p for p in parts.plans if p.key == results.found_plan)
    none = [in_sentence(unparted(s.short)) for s in parts.services if plan.dollars.get(s.key, 0) < 1]
    missing = none if len(none) <= NAMED else [*none[:NAMED], f"{len(none) - NAMED} more"]
    asked = results.setting.place.about.asked_for
    reasons = [f"It pays nothing for {join_words(missing)}."] if missing else []
    if asked and asked[0].services and not any(plan.dollars.get(name, 0) >= 1 for name in asked[0].services):
        reasons.append(f"Residents asked first for something else: {in_sentence(asked[0].what)}.")
    return reasons


def _after(results: Results) -> list[str]:
    """Say what becomes of requests two years after the money ends, when bought places have closed."""
    year = results.world.first_round[-1] + 2
    quo = results.world.quo.run.requests
    plan = results.of(results.found_plan, THREE_YEARS).trial.run.requests
    if year >= quo[0].met.shape[0]:
        return []
    kind = max(range(len(quo)), key=lambda k: abs(float(np.mean(plan[k].met[year] - quo[k].met[year]))))
    now, then = (round(float(np.mean(r[kind].met[year])) * RUNS) for r in (plan, quo))
    if now == then:
        return []
    asked = f"who ask for {quo[kind].kind} are let in within 30 days"
    return [f"Two years after the money ends {now} in {RUNS} {asked}, not {then}."]
