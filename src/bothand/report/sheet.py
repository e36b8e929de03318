"""Side 1 of the sheet: what we can spend, plans by people reached first, who gains and who loses, four small panels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bothand.keys import AS_OTHERS_DO, DEATHS, HEALTHY, NO_NEW_MONEY, OTHERS_HALF, REMISSION, WITHOUT_MEDICATION
from bothand.report import charts, layout, svg
from bothand.report.charts import Panels, Table
from bothand.report.lookup import (
    LETTERS,
    Index,
    exact_dollars,
    interval,
    number,
    ranged,
    short_dollars,
    signed,
    verdict_of,
    whole,
)
from bothand.report.summary import Interval, Money, PlanPart
from bothand.words import KINDS, VERDICTS, dollars

YARDSTICKS = {
    AS_OTHERS_DO: "the yardstick of this table",
    OTHERS_HALF: "a second yardstick: the part that others\u2019 reports could track",
}
"""Plans that others are compared with, and what their row says instead of verdicts."""

PANELS = (DEATHS, HEALTHY, REMISSION, WITHOUT_MEDICATION)


@dataclass(frozen=True)
class Bar:
    """One kind's part of a plan's money."""

    kind: str
    letter: str
    label: str
    width: str
    words: str


@dataclass(frozen=True)
class Reached:
    """How many more people a plan reaches."""

    number: str
    grey: bool


@dataclass(frozen=True)
class GroupWord:
    """One group's verdict under one plan."""

    group: str
    verdict: str
    word: str
    spoken: str


@dataclass(frozen=True)
class PlanRow:
    """One plan of the sheet's table."""

    key: str
    label: str
    sub: str
    bars: list[Bar]
    reached: list[Reached | None]
    unspent: str
    verdicts: list[GroupWord | None]
    instead: str
    chosen: bool


@dataclass(frozen=True)
class SideOne:
    """Side 1: what we can spend, plans side by side, four small panels."""

    per_year: str
    rule: str
    people: str
    all_years: str
    reach_heads: list[str]
    group_heads: list[tuple[str, str]]  # key of the group, its head
    plans: list[PlanRow]
    kinds: list[tuple[str, str, str]]
    panels: Panels
    caption: str
    numbers: list[Table]
    improvements: list[tuple[str, str]]  # label of a reader's own plan, its cheapest improvement


def bars(plan: PlanPart) -> list[Bar]:
    """Return the plan's money as lettered parts, in the fixed order of kinds."""
    whole = sum(plan.kinds.values()) or 1.0
    made = []
    for kind, label in KINDS.items():
        share = plan.kinds.get(kind, 0.0) / whole
        if share > 0:
            narrow = share < layout.LETTER_ROOM
            words = f"{label} {share:.0%}"
            made.append(Bar(kind, "" if narrow else LETTERS[kind], label, svg.percent(share * layout.WHOLE), words))
    return made


def side_one(index: Index) -> SideOne:
    """Return side 1 of the sheet."""
    money, summary = index.summary.money, index.summary
    reach_keys = _reach_keys(index.on_sheet)
    heads = _reach_labels(index)
    used = [k for k in KINDS if any(p.kinds.get(k) for p in index.on_sheet)]
    return SideOne(
        per_year=exact_dollars(money.per_year),
        rule=money.rule,
        people=_people(money),
        all_years=ranged(money.all_years, dollars),
        reach_heads=[heads[k] for k in reach_keys],
        group_heads=[(g.key, g.short) for g in summary.groups],
        plans=[_plan_row(index, p, reach_keys) for p in index.on_sheet],
        kinds=[(k, LETTERS[k], KINDS[k]) for k in used],
        panels=_panels(index),
        caption=_caption(index),
        numbers=[_reach_table(index, reach_keys), _outcome_table(index)],
        improvements=[(index.name(one.plan), one.text) for one in summary.improvements],
    )


def _people(money: Money) -> str:
    """Return how many people have opioid addiction here, and the money for each, from the numbers beside it."""
    people = money.people_with_addiction
    each = f", or {exact_dollars(round(money.per_year / people.mean))} each a year" if people.mean else ""
    return f"about {ranged(people)}{each}"


def _amounts(plan: PlanPart) -> dict[str, Interval]:
    return {r.key: r.amount for r in plan.reach}


def _reach_labels(index: Index) -> dict[str, str]:
    return {r.key: r.label for p in index.summary.plans for r in p.reach}


def _reach_keys(plans: Sequence[PlanPart]) -> list[str]:
    """Return the reaches that any plan moves, in a fixed order."""
    moved = {r.key for p in plans for r in p.reach if r.amount.mean or r.amount.high}
    return [k for k in ("on_medication", "in_contact", "with_peer", "housed", "kits") if k in moved]


def _plan_row(index: Index, plan: PlanPart, reach_keys: Sequence[str]) -> PlanRow:
    amounts = _amounts(plan)
    reached = [Reached(whole(a.mean), a.low <= 0 <= a.high) if (a := amounts.get(key)) else None for key in reach_keys]
    instead = ""
    if not plan.dollars:
        instead = "compared below"
    elif plan.key in YARDSTICKS:
        instead = YARDSTICKS[plan.key]
    unspent = short_dollars(plan.unspent.mean) if plan.unspent.mean >= layout.THOUSAND else "$0"
    return PlanRow(
        key=plan.key,
        label=plan.label,
        sub=_sub(plan),
        bars=bars(plan),
        reached=reached,
        unspent=unspent if plan.dollars else "",
        verdicts=[] if instead else [_group_word(index, plan.key, g.key) for g in index.summary.groups],
        instead=instead,
        chosen=plan.searched,
    )


def _sub(plan: PlanPart) -> str:
    """Return what stands under a plan whose name does not say what it is."""
    if plan.searched:
        return "found by search"
    return "" if plan.dollars else "what exists runs on"


def _group_word(index: Index, plan: str, group: str) -> GroupWord | None:
    found = index.verdict(plan, group, AS_OTHERS_DO)
    if found is None:
        return None
    value = found.per_1000
    spoken = (
        f"{index.name(group)}: {VERDICTS[found.verdict]}, {signed(value.mean)} per 1,000 people, "
        f"19 in 20 runs between {signed(value.low)} and {signed(value.high)}"
    )
    return GroupWord(index.name(group), found.verdict, VERDICTS[found.verdict], spoken)


def _paid(index: Index) -> list[PlanPart]:
    """Return the plans on the sheet that spend money."""
    return [plan for plan in index.on_sheet if plan.dollars]


def _panels(index: Index) -> Panels:
    """Return deaths averted, healthy life-years, and both kinds of remission on one scale."""
    indicators = {i.key: i for i in index.summary.indicators}
    shown = [k for k in PANELS if k in indicators and any(index.outcome(p.key, k) for p in _paid(index))]
    scales = {}
    for key in shown:
        shared = (REMISSION, WITHOUT_MEDICATION) if key in (REMISSION, WITHOUT_MEDICATION) else (key,)
        found = [o for p in _paid(index) for k in shared if (o := index.outcome(p.key, k))]
        scales[key] = svg.scale_over((v for o in found for v in (o.low, o.high)), most=layout.TICKS_LEAST)
    rows = []
    for plan in _paid(index):
        cells = []
        for key in shown:
            outcome = index.outcome(plan.key, key)
            value = interval(outcome) if outcome else None
            word = verdict_of(value, indicators[key].better) if value else None
            cells.append(charts.cell(scales[key], value, word, number, labelled=True))
        rows.append(charts.Row(plan.label, "", cells, plan.searched))
    columns = [charts.Column(indicators[k].label, "", charts.axis(scales[k])) for k in shown]
    return Panels("Ten years, against no new money: what each plan brings", "Plan", columns, rows, compact=True)


def _caption(index: Index) -> str:
    """Return who is worse off against no new money, and who gains least, in one or two sentences."""
    summary = index.summary
    shares = [j.share_no_group_worse for j in summary.joint if j.reference == NO_NEW_MONEY and j.indicator == HEALTHY]
    said = []
    if shares:
        low, high = (math.floor(share * layout.HUNDRED + layout.TINY) for share in (min(shares), max(shares)))
        runs = f"{low} of 100 runs" if low == high else f"{low} to {high} of 100 runs, by plan"
        margin = f" {index.margin}" if index.margin else ""
        said.append(f"Against no new money, no group loses healthy life-years{margin}: {runs}.")
    expected = summary.chance.deaths_ten_years
    if expected:
        said.append(f"With no new money about {number(expected)} people would die of an overdose in these ten years.")
    more = len(summary.plans) - len(index.on_sheet)
    if more:
        said.append(f"{more} more plans of this full run stand on the pages that follow.")
    return " ".join(said)


def _reach_table(index: Index, keys: Sequence[str]) -> Table:
    heads = _reach_labels(index)
    rows = []
    for plan in index.on_sheet:
        amounts = _amounts(plan)
        said = [ranged(a, signed) if (a := amounts.get(k)) else "" for k in keys]
        rows.append([plan.label, *said])
    return Table("More people reached on any day: mean and 19 in 20 runs", ["Plan", *(heads[k] for k in keys)], rows)


def _outcome_table(index: Index) -> Table:
    labels = {i.key: i.label for i in index.summary.indicators}
    keys = [k for k in PANELS if k in labels]
    rows = []
    for plan in _paid(index):
        found = [index.outcome(plan.key, k) for k in keys]
        rows.append([plan.label, *(ranged(interval(o)) if o else "" for o in found)])
    return Table("Ten years, against no new money: mean and 19 in 20 runs", ["Plan", *(labels[k] for k in keys)], rows)
