"""Plans for the audits: their facts as a test sets them, and the default study's own world with any plan in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from bothand.engine.setting import Setting, draw_values, load_setting
from bothand.experiments.end_and_platform import part_gains
from bothand.experiments.plans import Tried, try_study_plan
from bothand.experiments.results import Results
from bothand.experiments.worlds import World, open_world, walks
from bothand.findings import people, tables
from bothand.findings.stakes.audits import audits, held_ratios
from bothand.keys import STATUS_QUO, THREE_YEARS
from bothand.principles.answers import Answer, Verdict
from bothand.principles.audit import CHECKS, answer
from bothand.principles.facts import Book, Funded, Line, PlanFacts, Spread
from bothand.principles.rules import Rule, load_rules
from bothand.report.summary import Audits
from bothand.world.plan import Line as Spent
from bothand.world.plan import Plan
from bothand.world.service import Service, Terms, load_service

ENOUGH = 16
NONE = Spread(0, 0, 0)
MORE, FEWER, EITHER = Spread(3, 1, 5), Spread(-3, -5, -1), Spread(1, -1, 3)


@cache
def rules() -> dict[str, Rule]:
    return {rule.key: rule for rule in load_rules(CHECKS)}


def funded(
    key: str,
    terms: Mapping[str, str] | None = None,
    running: float = 1,
    met: Mapping[str, Spread] | None = None,
    **changed: Any,
) -> Funded:
    """A service that ships, run as the test says: 100,000 dollars a year and 1,000 person-days."""
    service = load_service(key).model_copy(update=changed)
    own = Terms.model_validate({**service.terms.model_dump(), **(terms or {})})
    return Funded(service, own, 100_000, running, 1_000, met or {})


def facts(*services: Funded, **changed: Any) -> PlanFacts:
    """A plan that pays for these services and changes nothing else."""
    plan = PlanFacts(
        key="own",
        label="Own plan",
        funded=services,
        not_funded=(),
        money=sum(one.dollars for one in services),
        kinds=kinds(services),
        unspent=0,
        lines={},
        groups={},
        values={},
        peers=NONE,
        unmet=NONE,
        unmet_share=0.5,
        swap_gap=0,
        parted=None,
    )
    return replace(plan, **changed)


def kinds(services: Sequence[Funded], **outside: float) -> dict[str, float]:
    """Kind of service -> its share of the money, with dollars outside the model by kind."""
    found = dict(outside)
    for one in services:
        found[one.service.kind] = found.get(one.service.kind, 0) + one.dollars
    return {kind: usd / sum(found.values()) for kind, usd in found.items()}


def lines(**spreads: Mapping[str, Spread]) -> dict[str, Line]:
    return {name: Line(name, people) for name, people in spreads.items()}


def book(*plans: PlanFacts, **changed: Any) -> Book:
    """The book of these plans, of 1,000 people with addiction."""
    whole = Book({p.key: p for p in plans}, 1_000, 0.001, {}, {}, "", None, 0, None)
    return replace(whole, **changed)


def answers(rule: str, plan: PlanFacts, among: Book | None = None) -> tuple[Answer, Answer]:
    """Both readings of a rule on a plan: harm reduction's, recovery's."""
    found = rules()[rule]
    return answer(plan, among or book(plan), found.hr), answer(plan, among or book(plan), found.r)


def verdicts(rule: str, plan: PlanFacts, among: Book | None = None) -> tuple[Verdict, Verdict]:
    hr, r = answers(rule, plan, among)
    return hr.verdict, r.verdict


# -------------------------------------------------------------------------------- the default study, any plan in it
@cache
def setting() -> Setting:
    return load_setting("washtenaw")


@cache
def world() -> World:
    """As many draws as a verdict needs."""
    return open_world(setting(), draw_values(setting(), ENOUGH, 1).values, walks(1))


def plan_of(*services: str, terms: Mapping[str, Any] | None = None) -> Plan:
    """A plan that gives each of these services the same share."""
    spent = tuple(
        Spent.model_validate({"service": s, "share": 1 / len(services), "terms": terms or {}}) for s in services
    )
    words = {"label": "Own plan", "short": "Own", "note": "a test", "source": "a test", "reviewed": "a test"}
    return Plan.model_validate({"key": "own", "stance": "own", "new_money": True, "line": spent, **words})


@cache
def shipped() -> Audits:
    """The audits of the plans that ship."""
    return audited(setting().plans, setting().services)


def audited(plans: Sequence[Plan], services: Sequence[Service]) -> Audits:
    """Run plans in the default study, with other services of the same keys, and audit them."""
    given = tuple(plans) if any(p.key == STATUS_QUO for p in plans) else (setting().plans[0], *plans)
    own = replace(setting(), services=tuple(services), plans=given)
    where = replace(world(), setting=own, county=replace(world().county, setting=own))
    tried = tuple(try_study_plan(where, plan, THREE_YEARS) for plan in given)
    parted = part_gains(where, where, tried, held_ratios(), np.zeros(len(services)))
    return _audits(own, where, tried, parted)


def _audits(own: Setting, where: World, tried: tuple[Tried, ...], parted: Any) -> Audits:
    unread: Any = None  # what no audit reads: curves, search, doubts
    draws = draw_values(own, ENOUGH, 1)
    results = Results(own, draws, where, tried, unread, unread, unread, {}, {}, unread, "test", parted=parted)
    found, _ = tables.judge_all(results)

    class Draft:
        plans, verdicts = people.plans(results), found

    draft: Any = Draft()
    return audits(results, draft)


def words(found: Audits, plan: str) -> dict[str, tuple[str, str]]:
    """Rule -> the verdicts of both readings on one plan."""
    return {a.rule: (a.hr.verdict, a.r.verdict) for a in found.audits if a.plan == plan}


def of(plan: Plan) -> dict[str, tuple[str, str]]:
    """The verdicts on one plan of the default study's services."""
    return words(audited([plan], setting().services), plan.key)
