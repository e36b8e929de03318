"""How services are run: the terms of each with both readings, and what a plan's own terms alone did, to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from bothand.decide.losers import LEAST_RUNS
from bothand.engine.arrays import Floats
from bothand.evidence.tables import Evidence
from bothand.experiments.results import Results
from bothand.experiments.terms import TermsTried
from bothand.findings.measures import differences, interval, running
from bothand.findings.said.claim import Said
from bothand.keys import DEATHS, HEALTHY, REMISSION, WITHOUT_MEDICATION
from bothand.outcomes.ledger import LIFETIME
from bothand.report.summary import Interval, Service, TermPart, TermsAlone, TermsGain, TermsLine, Verdict
from bothand.words import dollars, in_sentence, join_words, mean_words, run_as
from bothand.world.plan import terms_of
from bothand.world.service import Service as ServiceFile
from bothand.world.terms import (
    COST_NOT_KNOWN,
    Deviation,
    Term,
    Way,
    changes_of,
    coercion_of,
    effect_of,
    effect_told,
    load_terms,
)

TOLD = (HEALTHY, REMISSION, WITHOUT_MEDICATION, "contact_years", DEATHS)
"""What a change of terms is told in, over a lifetime; deaths to the last year of the run."""
FILES = "each service as its file has it"
EVERYONE = "all"


def on_terms(results: Results, services: Sequence[Service]) -> list[Service]:
    """Return the services with the terms that each is run on by its own file."""
    files = {service.key: service for service in results.setting.services}
    return [part.model_copy(update={"run_on": parts_of(results, files[part.key])}) for part in services]


def alone(results: Results) -> list[TermsAlone]:
    """Return what the terms of each plan that sets its own did, the dollars held."""
    return [_alone(results, tried) for tried in results.terms]


def findings(parts: Iterable[TermsAlone]) -> list[Said]:
    """Return a finding for each plan whose terms have an effect in this model; what holds of many is said once."""
    alike: dict[str, list[TermsAlone]] = {}
    for part in parts:
        if part.gains:
            alike.setdefault(part.shared or part.plan, []).append(part)
    return [_finding(same[0]) if len(same) == 1 else _of_many(same) for same in alike.values()]


def _of_many(parts: Sequence[TermsAlone]) -> Said:
    names = [part.text.partition(run_as(part.by))[0] for part in parts]
    first = parts[0]
    return Said(
        f"terms_{first.plan}",
        f"{'; '.join(names)}{first.text[len(names[0]) :]}",
        {f"{part.plan}, {g.group}: {g.indicator}": g.change.mean for part in parts for g in part.gains},
        tuple(f"{part.plan}, {g.group}: {g.verdict}" for part in parts for g in part.gains if g.indicator == HEALTHY),
        tuple(f"{part.plan}, {EVERYONE}: {HEALTHY}" for part in parts),
    )


def _finding(part: TermsAlone) -> Said:
    numbers = {f"{g.group}: {g.indicator}": g.change.mean for g in part.gains}
    healthy = [g for g in part.gains if g.indicator == HEALTHY]
    printed = [g for g in healthy if _told(g.group, g)] or [g for g in healthy if g.group == EVERYONE]
    return Said(
        f"terms_{part.plan}",
        part.text,
        numbers,
        tuple(f"{g.group}: {g.verdict}" for g in healthy),
        tuple(f"{g.group}: {HEALTHY}" for g in printed),
    )


def parts_of(results: Results, service: ServiceFile) -> list[TermPart]:
    """Return the terms that a service is run on by its own file, in their order."""
    levers, evidence = results.setting.model.levers, results.setting.evidence
    graded = coercion_of(service, service.terms, [(one, one.terms) for one in results.setting.services])
    found = []
    for key, term in load_terms().items():
        word = getattr(service.terms, key)
        choice = term.of(word)
        others = {c.label: changes_of(service, term, c.key, levers) for c in term.choice if c.key != word}
        found.append(
            TermPart(
                term=key,
                label=term.label,
                choice=choice.label,
                hr=choice.hr,
                r=choice.r,
                cost=_cost(choice.cost, evidence),
                effect=effect_of(service, term, word, levers),
                coercion=graded.terms[key].grade,
                otherwise={label: effect_told(changes, evidence) for label, changes in others.items() if changes},
            )
        )
    return found


def _cost(cost: str, evidence: Evidence) -> str:
    if cost == COST_NOT_KNOWN:
        return cost
    row = evidence[evidence.resolve(cost)]
    return f"{dollars(row.base_mean * evidence.price_factor(row))} {row.unit.removeprefix('USD').strip()}".strip()


def _alone(results: Results, tried: TermsTried) -> TermsAlone:
    setting, catalogue = results.setting, load_terms()
    files = {service.key: service for service in setting.services}
    lines = [_line(results, tried, line, catalogue[line.term], files[line.service]) for line in tried.lines]
    gains = _gains(results, tried, one_sided=any(line.one_sided for line in lines))
    name = f"{tried.plan.label}{run_as(tried.by)}" if tried.by else tried.plan.label
    like = next((plan.label for plan in setting.plans if plan.key == tried.plan.like), tried.plan.like or FILES)
    labels = {name: in_sentence(setting.model.spec.group[name].label) for name in setting.model.groups}
    return TermsAlone(
        plan=tried.plan.key,
        against=FILES if tried.by else like,
        lines=lines,
        gains=gains,
        text=_sentence(name, lines, gains, labels),
        by=tried.by,
    )


def _line(results: Results, tried: TermsTried, line: Deviation, term: Term, service: ServiceFile) -> TermsLine:
    setting, now = results.setting, term.of(line.now)
    return TermsLine(
        service=line.service,
        term=term.label,
        was=term.of(line.was).label,
        now=now.label,
        hr=now.hr,
        r=now.r,
        effect=effect_told(line.changes, setting.evidence) or effect_of(service, term, line.now, setting.model.levers),
        leaves_out=line.leaves_out,
        one_sided=any(change.one_sided for change in line.changes),
        coercion=coercion_of(service, terms_of(tried.plan, service), _beside(results, tried)).grade,
        disputes=[f"{d.claim} One side: {d.one} The other: {d.other}" for d in term.dispute],
    )


def _beside(results: Results, tried: TermsTried) -> list[Way]:
    """Return the services that run in most runs of a plan, as the plan runs them."""
    world, services = results.world, results.setting.services
    return [(s, terms_of(tried.plan, s)) for s in services if running(world, tried.own, s.key) > 0.5]


def _gains(results: Results, tried: TermsTried, one_sided: bool) -> list[TermsGain]:
    """Return the change of each indicator told, by group and for everyone: with the plan's own terms less without."""
    if tried.without is None:
        return []
    world = results.world
    own, without = differences(world, tried.own), differences(world, tried.without)
    last = world.horizons.index(LIFETIME)
    found = []
    for indicator in TOLD:
        by_group = own[indicator][last] - without[indicator][last]  # (D, O)
        rows = {EVERYONE: by_group.sum(axis=1)} | dict(zip(world.setting.model.groups, by_group.T, strict=True))
        for group, change in rows.items():
            told = interval(change)
            verdict = "cannot_tell" if one_sided else _verdict(told, change)
            found.append(TermsGain(group=group, indicator=indicator, change=told, verdict=verdict))
    return found


def _verdict(told: Interval, change: Floats) -> Verdict:
    """Return gains or loses where the whole interval lies on one side of zero and there are runs enough."""
    if len(change) < LEAST_RUNS or not (told.low > 0 or told.high < 0) or not np.any(change):
        return "cannot_tell"
    return "gains" if told.low > 0 else "loses"


def _sentence(plan: str, lines: Sequence[TermsLine], gains: Sequence[TermsGain], labels: dict[str, str]) -> str:
    """Return what the terms alone did, to whom, in healthy life-years."""
    if not gains:
        return f"{plan}: what its terms change is not known in this model; no number rests on them."
    one_sided = dict.fromkeys(line.leaves_out for line in lines if line.one_sided)
    if one_sided:
        return (
            f"{plan}, the terms alone: the numbers hold one side only of this change, so no gain or loss is read from "
            f"them. Not in the numbers: {'; '.join(one_sided)}."
        )
    healthy = {g.group: g for g in gains if g.indicator == HEALTHY}
    if not any(g.change.low or g.change.high for g in healthy.values()):
        return f"{plan}, the terms alone, with the same dollars: they change nothing."
    said = [_amount(labels[key], g.change, g.verdict) for key, g in healthy.items() if _told(key, g)]
    whole = healthy[EVERYONE]
    if not said:
        return (
            f"{plan}, the terms alone, with the same dollars: these numbers cannot tell which group gains or loses; "
            f"in all {_span(whole.change)} healthy life-years.{_left_out(lines)}"
        )
    rest = "; of the others these numbers cannot tell" if len(said) < len(healthy) - 1 else ""
    return f"{plan}, the terms alone, with the same dollars: {join_words(said)}{rest}.{_left_out(lines)}"


def _left_out(lines: Sequence[TermsLine]) -> str:
    found = dict.fromkeys(line.leaves_out for line in lines if line.leaves_out)
    return f" Not in the numbers: {'; '.join(found)}." if found else ""


def _told(key: str, gain: TermsGain) -> bool:
    return key != EVERYONE and gain.verdict in ("gains", "loses")


def _amount(label: str, change: Interval, verdict: Verdict) -> str:
    size = change if verdict == "gains" else Interval(mean=-change.mean, low=-change.high, high=-change.low)
    verb = "gain" if verdict == "gains" else "lose"
    return f"{label} {verb} {_span(size)} healthy life-years"


def _span(value: Interval) -> str:
    return mean_words(value.mean, value.low, value.high)
