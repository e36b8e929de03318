"""The principles as audits: from the runs to the facts of every plan, and from the audits to the summary's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from bothand.calibrate.run_in import overdose_hazard
from bothand.decide.losers import LEAST_RUNS
from bothand.engine.arrays import WEEKS, Floats
from bothand.engine.needs import GROUPS, KINDS
from bothand.engine.weights import weigh
from bothand.experiments.end_and_platform import Parts
from bothand.experiments.plans import QUALITY, Tried, value_gains
from bothand.experiments.results import Results
from bothand.experiments.what_if.wrong_side import WrongSide
from bothand.experiments.worlds import World
from bothand.findings.measures import differences, indicators, running, spread
from bothand.findings.people import with_addiction
from bothand.findings.stakes import rerun
from bothand.findings.stakes.harms import changes
from bothand.findings.stakes.ledgers import Ledgers
from bothand.keys import DEATHS, HEALTHY, LIFE_YEARS, REMISSION, THREE_YEARS, WITHOUT_MEDICATION, remission_key
from bothand.outcomes.indicators import columns
from bothand.outcomes.requests import Requests
from bothand.principles.answers import Answer
from bothand.principles.audit import CHECKS, audit
from bothand.principles.facts import Book, Funded, GroupLine, Line, Moved, Parted, PlanFacts, Spread
from bothand.principles.order import OrderReport, load_order, report
from bothand.principles.rules import HELD, Reading, Rule, load_cited, load_reviews, load_rules, reviewed
from bothand.principles.swaps import swap_gap
from bothand.report.summary import (
    Audit,
    AuditAnswer,
    AuditReading,
    AuditRule,
    Audits,
    GroupVerdict,
    PlanPart,
    Summary,
)
from bothand.units import DAYS_IN_A_YEAR
from bothand.words import DURATIONS, PEOPLE, join_words
from bothand.words import KINDS as KINDS_OF_SERVICE
from bothand.world.plan import Plan, terms_of
from bothand.world.service import Service, load_services

WITHOUT, IN_TREATMENT = "no_addiction", "in_treatment"
WITH = ("not_in_treatment", IN_TREATMENT)
PER_HUNDRED_THOUSAND = 100_000  # UNIT: people of whom so many die in a year
HUNDRED = 100  # UNIT: people of whom so many are reached
MEDICATION_INCLUDED, WITHOUT_WORDS = "medication included", "without medication"
COUNTED = (
    HEALTHY,
    DEATHS,
    LIFE_YEARS,
    REMISSION,
    WITHOUT_MEDICATION,
    "contact_years",
    "moves_to_lower_risk",
    "remissions_begun",
)
FEWER = {"infections": "Hepatitis C and HIV infections averted"}  # less is better: turned
LATE = ("1_to_5", "5_plus")
SUSTAINED = {
    "sustained_with_medication": (False, "Years in remission of a year and more, medication included"),
    "sustained_without_medication": (True, "Years in remission of a year and more, without medication"),
}
FOR_ALL = {
    "unbereaved_years": "Years in which close relatives are not bereaved",
    "burden_lifted": "Dollars of crime and justice lifted, deaths held",
}
SCALES = {
    HEALTHY: "healthy life-years",
    "qaly_patient": "QALYs on patients' scale",
    "qaly_public": "QALYs on the public scale",
}
SHARES = ("sustained_included", "sustained_without")  # of people with addiction: told of 1,000
VALUES = {
    "contact_years": "years in low-threshold contact",
    "requests_met": "requests met within 30 days",
    "unbroken_contact_years": "years in voluntary, unbroken contact",
    REMISSION: "years in remission, medication included",
    WITHOUT_MEDICATION: "years in remission, without medication",
    HEALTHY: "healthy life-years",
    "unbereaved_years": "years not bereaved",
    "burden_lifted": "dollars of crime and justice lifted",
    "quality_gained": "quality of life, in years, deaths held",
    "sustained_included": "people in sustained remission at year five, medication included, of 1,000 with addiction",
    "sustained_without": "people in sustained remission at year five, without medication, of 1,000 with addiction",
}
NAMES = frozenset({*COUNTED, *FEWER, *SUSTAINED, *FOR_ALL, *VALUES, *KINDS_OF_SERVICE})
"""What there is for a rule to look at."""


@lru_cache(maxsize=1)
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules that ship, held against the checks and the outcomes there are."""
    return load_rules(CHECKS, names=NAMES)


def held_ratios() -> tuple[str, ...]:
    """Return the ratios that the rule of the two ends holds at one."""
    readings = [reading for rule in shipped_rules() for reading in (rule.hr, rule.r)]
    return tuple(dict.fromkeys(name for reading in readings for name in reading.looks_at.get(HELD, ())))


def audits(results: Results, parts: Summary, ledgers: Ledgers | None = None) -> Audits:
    """Return the audits of every plan that spends money, and the rules they go by; ``ledgers`` if they were read."""
    rules = shipped_rules()
    book = _book(results, parts, ledgers or Ledgers.of(results))
    found = [(key, one) for key, plan in book.plans.items() for one in audit(rules, plan, book)]
    return Audits(
        rules=rules_told(rules),
        audits=[
            Audit(plan=key, rule=one.rule, hr=_told(one.hr), r=_told(one.r), word=one.word, more=list(one.more))
            for key, one in found
        ],
    )


def _told(answer: Answer) -> AuditAnswer:
    return AuditAnswer(verdict=answer.verdict, why=answer.why)


def rules_told(given: Sequence[Rule] | None = None) -> list[AuditRule]:
    """Return the rules, those that ship where none are given, with their sources in full and what reviewers said."""
    rules = shipped_rules() if given is None else given
    reviews, texts = load_reviews([rule.key for rule in rules]), load_cited()
    return [
        AuditRule(
            key=rule.key,
            number=rule.number,
            label=rule.label,
            principle=rule.principle,
            sources=[f"{texts[cited.tag].citation} ({cited.place})" for cited in rule.sources],
            honesty=rule.honesty,
            hr=_read(rule.hr),
            r=_read(rule.r),
            reviewed=reviewed(rule.key, reviews),
        )
        for rule in rules
    ]


def _read(reading: Reading) -> AuditReading:
    return AuditReading(reading=reading.reading, rejects=reading.rejects)


# ------------------------------------------------------------------------------------------------------ gathering


def _book(results: Results, parts: Summary, ledgers: Ledgers) -> Book:
    world = results.world
    tried = {t.plan: t for t in results.in_mode(THREE_YEARS) if t.plan != results.setting.study.status_quo}
    told = {plan: differences(world, one) for plan, one in tried.items()}
    labels = {plan.key: plan.label for plan in parts.plans}
    verdicts = [v for v in parts.verdicts if v.reference == "no_new_money"]
    facts = {
        part.key: _plan(ledgers, part, tried[part.key], told[part.key], [v for v in verdicts if v.plan == part.key])
        for part in parts.plans
        if part.key in tried
    }
    services = {service.key: service.label for service in results.setting.services}
    return Book(
        plans=facts,
        people=float(with_addiction(results).mean()),
        margin=float(world.values["no_worse_margin"][0]),
        value_labels=VALUES,
        firsts=_firsts(told, labels),
        by_quality=_by_quality(told, labels),
        order=_order(results),
        placed=_placed(results),
        lower_risk_death=_lower_risk_death(results),
        orders_moved=(
            *(rerun.order_moved(results, side, labels) for side in results.wrong_side),
            *([rerun.shares_told(results)] if results.wrong_side else []),
        ),
        limit_price=rerun.limit_told(results.limit, services) if results.limit else "",
    )


def _plan(
    ledgers: Ledgers, part: PlanPart, tried: Tried, told: Mapping[str, Floats], verdicts: Sequence[GroupVerdict]
) -> PlanFacts:
    results, world = ledgers.results, ledgers.results.world
    labels = {service.key: service.label for service in results.setting.services}
    funded = _funded(results, part, tried)
    paid = {one.service.key for one in funded}
    money = sum(part.dollars.values())
    unmet, before = (_unmet(results, requests) for requests in (tried.trial.run.requests, world.quo.run.requests))
    parted = results.parted.get(tried.plan)
    values = {k: v * (PEOPLE if k in SHARES else 1) for k, v in value_gains(world, tried).items()}
    return PlanFacts(
        key=part.key,
        label=part.label,
        funded=funded,
        not_funded=tuple(s.label for s in results.setting.services if s.key not in paid),
        money=money,
        kinds=part.kinds,
        unspent=part.unspent.mean / world.yearly_budget,
        lines=_lines(world, told, values),
        groups=_groups(results, verdicts),
        values=values,
        peers=spread(_peers(results, tried)),
        unmet=spread(unmet - before),
        unmet_share=float(unmet.mean()),
        swap_gap=swap_gap(tried.trial.run, world.quo.run, world.scales, QUALITY) if world.county.grouped else None,
        parted=_parted(parted) if parted else None,
        shown=_shown(results, tried),
        changes=changes(ledgers, tried) if tried.acts else (),
        moved=tuple(_moved(side, tried.plan) for side in results.wrong_side if tried.acts),
        discharge=rerun.discharge_told(results.discharge[tried.plan], labels)
        if tried.plan in results.discharge
        else "",
    )


def _moved(side: WrongSide, plan: str) -> Moved:
    """Return a plan's outcomes with some people on the other side of the line between use and addiction."""
    tried = next(t for t in side.tried if t.plan == plan)
    told, values = differences(side.world, tried), value_gains(side.world, tried)
    return Moved(rerun.supposed(side), _lines(side.world, told, values))


def _parted(found: Parts) -> Parted:
    alone = None if found.alone is None else spread(found.alone)
    return Parted(alone, spread(found.kept), spread(found.lost), spread(found.lost_remission))


def _lines(world: World, told: Mapping[str, Floats], values: Mapping[str, Floats]) -> dict[str, Line]:
    labels = {i.key: i.label for i in indicators(())}
    turned = {key: (labels[key], told[key][-1]) for key in COUNTED}
    turned |= {key: (label, -told[key][-1]) for key, label in FEWER.items()}
    for key, (without, label) in SUSTAINED.items():
        turned[key] = label, np.sum([told[remission_key(d, without)][-1] for d in LATE], axis=0)
    base = world.quo.run.main
    people = {"with": columns(base, WITH), "without": columns(base, (WITHOUT,))}
    lines = {}
    for key, (label, gain) in turned.items():
        shown = {who: spread(gain[:, theirs].sum(axis=1)) for who, theirs in people.items() if theirs}
        lines[key] = Line(label, {"all": spread(gain.sum(axis=1)), **shown})
    return lines | {key: Line(label, {"all": spread(values[key])}) for key, label in FOR_ALL.items()}


def _groups(results: Results, verdicts: Sequence[GroupVerdict]) -> dict[str, tuple[GroupLine, ...]]:
    spec, enough = results.setting.model.spec.group, results.draws.n >= LEAST_RUNS
    found: dict[str, tuple[GroupLine, ...]] = {}
    for v in verdicts:
        gain = Spread(v.per_1000.mean, v.per_1000.low, v.per_1000.high, enough)
        row = GroupLine(spec[v.group].label, gain, v.verdict == "loses")
        found[v.indicator] = (*found.get(v.indicator, ()), row)
    return found


def _funded(results: Results, part: PlanPart, tried: Tried) -> tuple[Funded, ...]:
    plan = results.setting.plan(tried.plan)
    return tuple(
        _one(results, service, part.dollars[service.key], tried, plan)
        for service in results.setting.services
        if part.dollars.get(service.key)
    )


def _shown(results: Results, tried: Tried) -> tuple[Funded, ...]:
    """Return the services that a plan pays for outside the model: their money and their terms, and nothing else."""
    plan, years = results.setting.plan(tried.plan), results.world.first_round
    paid = {out.service: out.label for out in plan.outside if out.service} if plan else {}
    money = {key: float(np.mean(tried.outside[label][years])) for key, label in paid.items()}
    services = load_services(key for key, usd in money.items() if usd > 0)
    return tuple(Funded(s, terms_of(plan, s), money[s.key], 0, 0, {}) for s in services if plan)


def _one(results: Results, service: Service, usd: float, tried: Tried, plan: Plan | None) -> Funded:
    return Funded(
        service=service,
        terms=terms_of(plan, service) if plan else service.terms,
        dollars=usd,
        running=running(results.world, tried, service.key),
        days=float(_at_a_time(results, service, tried).sum(axis=0).mean()) * DAYS_IN_A_YEAR,
        met=_met(results, service, tried),
    )


def _at_a_time(results: Results, service: Service, tried: Tried) -> Floats:
    """Return people whom a service holds on an average day (Y, D); a kit holds nobody."""
    delivery, main = tried.trial.delivery, next(iter(service.moves), None)
    if delivery is None or main is None or main.kind == "kits":
        return np.zeros((1, 1))
    if service.counts_lever:
        return delivery.reached[service.key]
    units = delivery.units[service.key]
    return units * results.world.values[main.stay] if main.stay else units


def _met(results: Results, service: Service, tried: Tried) -> dict[str, Spread]:
    """Return kind of help -> change in the share of requests met, for the places that a service adds or leads to."""
    levers = {move.lever for move in service.moves if move.kind == "places"}
    kinds = KINDS if service.kind == "bridge" else [kind for kind in KINDS if f"{kind}_places" in levers]
    years = results.world.first_round
    own = {r.kind: r.met[years].mean(axis=0) for r in tried.trial.run.requests}
    base = {r.kind: r.met[years].mean(axis=0) for r in results.world.quo.run.requests}
    return {kind: spread(own[kind] - base[kind]) for kind in kinds}


def _unmet(results: Results, requests: Sequence[Requests]) -> Floats:
    """Return the share of requests that are not met within 30 days while the first round is spent (D,)."""
    years = results.world.first_round
    asked = np.sum([r.asked[years].sum(axis=0) for r in requests], axis=0)
    met = np.sum([(r.asked[years] * r.met[years]).sum(axis=0) for r in requests], axis=0)
    return np.asarray(1 - np.divide(met, asked, out=np.ones_like(met), where=asked > 0))


def _peers(results: Results, tried: Tried) -> Floats:
    """Return the change in people whom a coach or centre reaches, of 100 people with addiction or in remission (D,)."""
    world, year = results.world, results.world.first_round[-1]
    people = world.quo.run.main.values["people"][-1][:, columns(results.world.quo.run.main, GROUPS)].sum(axis=1)
    change = tried.trial.reached["with_peer"][year] - world.quo.reached["with_peer"][year]
    return np.asarray(HUNDRED * change / people)


# --------------------------------------------------------------------------------------- the same for all plans


def _firsts(told: Mapping[str, Mapping[str, Floats]], labels: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Return (criterion, duration) -> the plan with most years in that remission over lifetimes."""
    found = {}
    for without, criterion in ((False, MEDICATION_INCLUDED), (True, WITHOUT_WORDS)):
        for duration, words in DURATIONS.items():
            years = {p: float(g[remission_key(duration, without)][-1].sum(axis=1).mean()) for p, g in told.items()}
            if years:
                found[criterion, words] = labels[max(years, key=lambda p: years[p])]
    return found


def _by_quality(told: Mapping[str, Mapping[str, Floats]], labels: Mapping[str, str]) -> str:
    """Say whether QALYs, on either scale, put another plan first than healthy life-years do."""
    if not told:
        return ""

    def first(key: str) -> str:
        return labels[max(told, key=lambda p: float(told[p][key][-1].sum(axis=1).mean()))]

    firsts = {words: first(key) for key, words in SCALES.items()}
    same = len(set(firsts.values())) == 1
    by = join_words([f"{plan} by {words}" for words, plan in firsts.items()])
    return f"{'The same plan comes' if same else 'Another plan comes'} first on another scale: {by}."


def _order(results: Results) -> OrderReport | None:
    model, county = results.setting.model, results.world.county
    order = load_order(model)
    if order is None:
        return None
    weights = weigh(model, county.environment, order.file.measures).measures
    return report(order, model, county.rates, weights)


def _placed(results: Results) -> int | None:
    """Return how many moves of the model take a person using without addiction straight into treatment."""
    model = results.setting.model
    if WITHOUT not in model.groups or IN_TREATMENT not in model.groups:
        return None
    without, treated = model.groups.index(WITHOUT), model.groups.index(IN_TREATMENT)
    living = [edge for edge in model.edges if edge.target < model.chain.n_living]
    return sum(bool(model.group_of[e.source] == without and model.group_of[e.target] == treated) for e in living)


def _lower_risk_death(results: Results) -> Spread | None:
    """Return overdose deaths in the first year among 100,000 people with the least risky use, with today's supply."""
    model, county = results.setting.model, results.world.county
    if WITHOUT not in model.groups:
        return None
    rate = overdose_hazard(model, county.rates, county.quo.at_hand[:WEEKS].mean(axis=0))
    group = model.groups.index(WITHOUT)
    own = [n for n in range(model.chain.n_living) if model.group_of[n] == group and np.any(rate[n])]
    if not own:
        return None
    return spread(PER_HUNDRED_THOUSAND * rate[min(own, key=lambda n: float(rate[n].mean()))])
