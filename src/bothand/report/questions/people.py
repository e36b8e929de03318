"""A page for each group of people: who they are, what happens to them, what plans and single services do for them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from markupsafe import Markup

from bothand.keys import AS_OTHERS_DO, DEATHS, HEALTHY, REMISSION, WITHOUT_MEDICATION
from bothand.report import charts, layout, svg
from bothand.report.charts import Cell, Column, Panels, Row, Table
from bothand.report.groups import COLUMNS
from bothand.report.lookup import HORIZON, REFERENCES, Index, in_hundred, interval, number, ranged, signed
from bothand.report.map import LANES, given
from bothand.report.sheet import YARDSTICKS
from bothand.report.summary import Group, GroupVerdict, Interval, Pair, PlanPart, Reference
from bothand.words import LINES, SILENT, VERDICTS, dollars, first_up, in_sentence, join_words, listed

JUDGED = (HEALTHY, REMISSION, WITHOUT_MEDICATION)
LEDGERS = {"family": "families", "community": "the wider community", "infections": "people who could be infected"}
"""Ledger -> the people whom it is about."""


@dataclass(frozen=True)
class GroupPage:
    """One group of people: who they are, what happens, what plans and services do, who stands against whom."""

    key: str
    label: str
    people: str
    title: str
    made_up_of: list[tuple[str, str]]
    course: Table
    panels: Panels
    numbers: Table
    best: str
    alone: Table
    marks: str
    line: str
    pairs: Table
    no_pairs: str
    losses: Table
    lost: str


@dataclass(frozen=True)
class PeopleView:
    """Everything the pages about groups of people show."""

    groups: list[GroupPage]
    lines: list[tuple[str, Table]]
    ledgers: list[tuple[str, str]]


def view(index: Index) -> PeopleView:
    """Return a page for each group, the marks of both lines of the picture, and whose ledgers stand beside."""
    held = {ledger.key for ledger in index.summary.ledgers if index.summary.ledger_lines}
    return PeopleView(
        groups=[_page(index, group) for group in index.summary.groups],
        lines=[(line, _marks(index, line)) for line in LINES],
        ledgers=[(key, words) for key, words in LEDGERS.items() if key in held],
    )


def _page(index: Index, group: Group) -> GroupPage:
    left = {x.value: x.why for x in index.summary.left_out}
    return GroupPage(
        key=group.key,
        label=group.label,
        people=_people(group.people),
        title=_title(index, group),
        made_up_of=_made_up_of(group),
        course=_course(group),
        panels=_panels(index, group),
        numbers=_numbers(index, group),
        best=_best(index, group),
        alone=_alone(index, group),
        marks=_said(index, group.line),
        line=group.line,
        pairs=_pairs(index, group),
        no_pairs=left.get(group.key, ""),
        losses=_losses(index, group),
        lost=_lost(index, group),
    )


def _people(people: Interval) -> str:
    """Return 'about 5,500 people (3,800 to 7,700)'."""
    mean, bracket, span = ranged(people).partition(" (")
    return f"about {mean} people{bracket}{span}"


def _title(index: Index, group: Group) -> str:
    """Return under how many plans they gain and lose, against both references."""
    said = []
    for reference, words in REFERENCES.items():
        found = [v.verdict for p in index.compared if (v := index.verdict(p.key, group.key, reference))]
        counts = (
            ("they gain under", sum(word.startswith("gains") for word in found)),
            ("they lose under", found.count("loses")),
            ("the numbers cannot tell under", found.count("cannot_tell")),
        )
        told = [f"{verb} {'all ' if n == len(found) else ''}{n}" for verb, n in counts if n]
        if found:
            said.append(f"{first_up(words)}, of {len(found)} plans: {join_words(told)}.")
    return " ".join(said)


def _lost(index: Index, group: Group) -> str:
    """Return under which plans they lose healthy life-years, or that there is none, in a sentence."""
    said = [
        f"{in_sentence(plan.label)}, {words}"
        for reference, words in REFERENCES.items()
        for plan in index.funded
        if (v := index.verdict(plan.key, group.key, reference)) and v.verdict == "loses"
    ]
    if said:
        return f"They lose healthy life-years under {'; '.join(said)}. No repair was looked for."
    return "Under no plan do they clearly lose healthy life-years, against either reference."


def _made_up_of(group: Group) -> list[tuple[str, str]]:
    """Return each dimension of the model with its levels and their shares in words, the largest first."""
    found: dict[str, list[tuple[str, Interval]]] = {}
    for level in group.made_up_of:
        found.setdefault(level.dimension, []).append((level.label, level.share))
    return [
        (
            first_up(dimension),
            "; ".join(f"{label}: {in_hundred(s.mean)}" for label, s in sorted(levels, key=lambda x: -x[1].mean)),
        )
        for dimension, levels in found.items()
    ]


def _course(group: Group) -> Table:
    rows = [[c.label, f"{ranged(c.amount)} {c.unit}", ranged(c.per_1000)] for c in group.course]
    return Table("What happens to them with no new money", ["What", "In all", "For each 1,000 of them"], rows)


def _panels(index: Index, group: Group) -> Panels:
    """Return every plan for one group, columns as on a plan's page; columns that mean the same share a scale."""
    found = {
        (plan.key, head): index.verdict(plan.key, group.key, reference, indicator)
        for plan in index.funded
        for head, indicator, reference, _ in COLUMNS
    }
    shares = {head: shared for head, _, _, shared in COLUMNS}
    scales = {
        shared: svg.scale_over(
            end
            for (_, head), v in found.items()
            if v and shares[head] == shared
            for end in (v.per_1000.low, v.per_1000.high)
        )
        for shared in dict.fromkeys(shares.values())
    }
    rows = [
        Row(
            plan.label,
            "",
            [_cell(plan, found[plan.key, head], reference, scales[shared]) for head, _, reference, shared in COLUMNS],
            plan.searched,
        )
        for plan in index.funded
    ]
    columns = [Column(head, "", charts.axis(scales[shared], signed)) for head, _, _, shared in COLUMNS]
    return Panels(f"{group.label}: each plan, per 1,000 people of the group", "Plan", columns, rows)


def _cell(plan: PlanPart, found: GroupVerdict | None, reference: Reference, scale: svg.Scale) -> Cell | None:
    if found is None and reference == AS_OTHERS_DO and plan.key in YARDSTICKS:
        return Cell(Markup(""), "none", "the yardstick", "", "", grey=True)
    return charts.cell(scale, found.per_1000, found.verdict, signed) if found else None


def _numbers(index: Index, group: Group) -> Table:
    """Return every verdict with its number, by plan, and the deaths averted in the group."""
    labels = {i.key: i.label for i in index.summary.indicators}
    judged: list[tuple[str, Reference]] = [
        (indicator, reference)
        for indicator in JUDGED
        for reference in REFERENCES
        if any(index.verdict(p.key, group.key, reference, indicator) for p in index.funded)
    ]
    dead = any(index.outcome(p.key, DEATHS, group=group.key) for p in index.funded)
    rows = []
    for plan in index.funded:
        cells = [_verdict(index.verdict(plan.key, group.key, reference, key)) for key, reference in judged]
        if dead:
            averted = index.outcome(plan.key, DEATHS, group=group.key)
            cells.append(ranged(interval(averted), signed) if averted else "")
        rows.append([plan.label, *cells])
    heads = ["Plan", *(f"{labels.get(key, key)}, {REFERENCES[reference]}" for key, reference in judged)]
    heads += [f"{labels.get(DEATHS, DEATHS)} in {HORIZON} years, in the whole group"] if dead else []
    return Table("Per 1,000 people of the group, and 19 in 20 runs", heads, rows)


def _verdict(found: GroupVerdict | None) -> str:
    return f"{VERDICTS[found.verdict]}, {ranged(found.per_1000, signed)}" if found else ""


def _order(group: Group) -> list[tuple[str, Interval]]:
    return sorted(group.alone.items(), key=lambda item: -item[1].mean)


def _best(index: Index, group: Group) -> str:
    """Return which single service does most for them, and which others' ranges meet its range."""
    order = _order(group)
    if not order or order[0][1].high <= 0:
        return ""
    (first, most), others = order[0], order[1:]
    near = [index.name(key) for key, gain in others if gain.high >= most.low and gain.mean > 0]
    said = f"{index.name(first)} brings most on average, {ranged(most)} healthy life-years."
    if not near:
        return f"{said} No other service\u2019s range meets that."
    shown = near if len(near) <= layout.SERVICES_NAMED else [*near[: layout.SERVICES_NAMED], "others"]
    return f"{said} These ranges meet it, so the numbers do not settle which does most: {listed(shown)}."


def _alone(index: Index, group: Group) -> Table:
    rows = [[index.name(key), ranged(gain, signed)] for key, gain in _order(group)]
    caption = (
        "All of the first round\u2019s yearly money on one service, healthy life-years of this group over a lifetime"
    )
    return Table(caption, ["Service", "More (19 in 20 runs)"], rows)


def _said(index: Index, line: str) -> str:
    """Return how many values speak to a line of the picture, and which services serve most of them."""
    marks = [m for m in index.summary.marks if m.group == line]
    spoken = {m.value for m in marks}
    pairs = dict.fromkeys((m.sign, m.service, m.value) for m in marks)  # in the order of the marks, as a set is not
    serves = Counter(service for sign, service, _ in pairs if sign == "serves")
    pulls = Counter(service for sign, service, _ in pairs if sign == "pulls_against")
    said = [f"{len(spoken)} of {len(index.summary.values)} values speak to them through a service."]
    for counts, words in ((serves, "Serves most of these"), (pulls, "Pulls against most of these")):
        if counts:
            most = max(counts.values())
            names = [index.name(key) for key, n in counts.items() if n == most]
            said.append(f"{words}, with {most}{' each' if len(names) > 1 else ''}: {listed(names)}.")
    return " ".join(said)


def _marks(index: Index, line: str) -> Table:
    """Return what every value says to one line of the picture, and which services serve it or pull against it."""
    marks = [m for m in index.summary.marks if m.group == line]
    rows = []
    for value in sorted(index.summary.values, key=lambda v: v.order):
        mine = [m for m in marks if m.value == value.key]
        told = [
            "; ".join(f"{in_sentence(index.name(m.service))} ({m.status})" for m in mine if m.sign == sign)
            for sign in ("serves", "pulls_against")
        ]
        says = value.plain if line == "with" else value.without_addiction
        rows.append([value.label, says if mine or line == "without" else f"{says}; {SILENT}", *told])
    heads = ["Value", "What it says to them", "Serves it", "Pulls against it"]
    return Table(f"What the values say to people {LINES[line]}, and the marks of the picture", heads, rows)


def _pairs(index: Index, group: Group) -> Table:
    """Return who stands with or against the group: the price of both, the dearest first, and what would help."""
    mine = [p for p in reversed(index.pairs("groups")) if group.key in (p.a, p.b)]
    rows = [_pair(index, p, group.key) for p in mine]
    heads = [
        "Together with",
        "Budgets for both",
        "Dollars a year",
        "Their best plan gives the others",
        "The others\u2019 best plan gives them",
        "Undone when both best plans are paid",
        "What to do",
    ]
    return Table("What it costs to serve both as well as each could be alone", heads, rows)


def _pair(index: Index, pair: Pair, group: str) -> list[str]:
    first = pair.a == group
    gives, takes = (pair.spill_ab, pair.spill_ba) if first else (pair.spill_ba, pair.spill_ab)
    title, _, advice = LANES[pair.lane]
    return [
        index.name(pair.b if first else pair.a),
        f"{number(pair.price)}, within {number(pair.error)}",
        dollars(pair.dollars),
        given(gives),
        given(takes),
        in_hundred(pair.collision),
        f"{title}. {pair.remedy or advice}",
    ]


def _losses(index: Index, group: Group) -> Table:
    """Return every plan under which they lose, how, and the cheapest repair."""
    labels = {i.key: in_sentence(i.label) for i in index.summary.indicators}
    rows = [
        [
            index.name(x.plan),
            REFERENCES[x.reference],
            f"{ranged(x.amount, signed)} {labels.get(x.indicator, x.indicator)} per 1,000 people",
            x.mechanism,
            x.repair,
        ]
        for x in index.summary.losers
        if x.group == group.key
    ]
    return Table("Where they lose, and the cheapest repair", ["Plan", "Against", "How much", "How", "Repair"], rows)
