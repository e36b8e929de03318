"""Pages about people: who gains and loses under each plan, recovery, horizons, requests and bills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from bothand.keys import (
    ALL_YEARS,
    AS_OTHERS_DO,
    DEATHS,
    HEALTHY,
    NO_NEW_MONEY,
    OTHERS_HALF,
    REMISSION,
    STATUS_QUO,
    THREE_YEARS,
    WITHOUT_MEDICATION,
    remission_key,
)
from bothand.report import charts, layout, svg
from bothand.report.charts import Cell, Column, Line, Panels, Row, Table
from bothand.report.deciding import losers
from bothand.report.doubts import LAW_SIGNS
from bothand.report.lookup import (
    Index,
    even,
    in_hundred,
    interval,
    number,
    ranged,
    signed,
    verdict_of,
)
from bothand.report.sheet import Bar, bars
from bothand.report.summary import Interval, PlanPart, Reference, Request
from bothand.report.svg import Scale
from bothand.words import DURATIONS, dollars, first_up, join_words, range_words

COLUMNS: tuple[tuple[str, str, Reference, str], ...] = (
    ("Healthy life-years, against no new money", HEALTHY, NO_NEW_MONEY, "life"),
    ("Healthy life-years, against spending as others do", HEALTHY, AS_OTHERS_DO, "life"),
    ("Years in remission, medication included", REMISSION, NO_NEW_MONEY, "remission"),
    ("Years in remission, without medication", WITHOUT_MEDICATION, NO_NEW_MONEY, "remission"),
)
"""Columns of a plan page: head, indicator, reference, and the scale it shares."""


@dataclass(frozen=True)
class PlanPage:
    """One plan: its money, its groups, its losers."""

    key: str
    label: str
    title: str
    note: str
    reviewed: str
    bars: list[Bar]
    lines: Table
    outside: str
    panels: Panels
    losses: list[losers.Loss]
    joint: str
    chosen: bool


@dataclass(frozen=True)
class HorizonPanel:
    """One plan's healthy life-years at every horizon, for money of three years and of all years."""

    label: str
    figure: Markup
    chosen: bool


@dataclass(frozen=True)
class Bills:
    """What each payer pays: a row a payer, in two parts, a column a plan; each cell its mean and its range."""

    caption: str
    plans: list[str]
    chosen: list[bool]
    parts: list[tuple[str, list[tuple[str, list[tuple[str, str]]]]]]


@dataclass(frozen=True)
class GroupsView:
    """Everything the pages about people show."""

    plans: list[PlanPage]
    recovery: Panels | None
    horizons: list[HorizonPanel]
    horizon_table: Table
    horizons_said: str
    everything: Table
    requests: list[Panels]
    crowded: bool
    bills: Bills | None
    worth: Panels | None


def view(index: Index) -> GroupsView:
    """Return the pages about people."""
    panels, table = _horizons(index)
    return GroupsView(
        plans=_pages(index),
        recovery=_recovery(index),
        horizons=panels,
        horizon_table=table,
        horizons_said=_horizons_said(index),
        everything=_everything(index),
        requests=_requests(index),
        crowded=any(r.full.high > 1 for r in index.summary.requests),
        bills=_bills(index),
        worth=_worth(index),
    )


def _ends(values: Iterable[Interval]) -> list[float]:
    return [end for value in values for end in (value.low, value.high)]


def _pages(index: Index) -> list[PlanPage]:
    """Return a page for every plan that spends money; equal columns share one scale over all plans."""
    scales = {}
    for shared in ("life", "remission"):
        wanted = {(i, r) for _, i, r, s in COLUMNS if s == shared}
        found = [v.per_1000 for v in index.summary.verdicts if (v.indicator, v.reference) in wanted]
        scales[shared] = svg.scale_over(_ends(found))
    return [_page(index, plan, scales) for plan in index.funded]


def _page(index: Index, plan: PlanPart, scales: dict[str, Scale]) -> PlanPage:
    shown = [c for c in COLUMNS if not (plan.key == AS_OTHERS_DO and c[2] == AS_OTHERS_DO)]
    rows = []
    for group in index.summary.groups:
        cells: list[Cell | None] = []
        for _, indicator, reference, shared in shown:
            found = index.verdict(plan.key, group.key, reference, indicator)
            cells.append(charts.cell(scales[shared], found.per_1000, found.verdict, signed) if found else None)
        href = f"#group-{group.key}" if plan == index.funded[0] else ""
        rows.append(Row(group.label, f"{number(group.people.mean)} people", cells, href=href))
    columns = [Column(head, "", charts.axis(scales[shared], signed)) for head, _, _, shared in shown]
    return PlanPage(
        key=plan.key,
        label=plan.label,
        title=_title(index, plan),
        note=plan.note,
        reviewed=first_up(plan.reviewed),
        bars=bars(plan),
        lines=_money_lines(index, plan),
        outside=_outside(index, plan),
        panels=Panels(
            f"{plan.label}: each group, per 1,000 people of the group", "Who they are on day one", columns, rows
        ),
        losses=losers.losses(index, plan.key),
        joint=losers.joint(index, plan.key),
        chosen=plan.searched,
    )


def _money_lines(index: Index, plan: PlanPart) -> Table:
    """Return a row for each line of the plan's money: dollars, heading of the settlements, and what the law says."""
    rows = [
        [
            f"{line.label}: {line.note}" if line.note and not line.service else line.label,
            dollars(line.usd),
            line.codes,
            f"{LAW_SIGNS[line.law]} {line.law}" if line.law in LAW_SIGNS else line.law,
            ": ".join(filter(None, (line.dated, line.law_source))),
        ]
        for line in index.summary.lines
        if line.plan == plan.key
    ]
    heads = ["Line", "Dollars a year", "Exhibit E", "The law", "Dates and sources"]
    return Table(f"{plan.label}: dollars a year, and what the law says of each line", heads, rows)


def _outside(index: Index, plan: PlanPart) -> str:
    """Return how much of a plan's money the model says nothing of, in one sentence, or an empty text."""
    share = sum(x.usd for x in index.summary.lines if x.plan == plan.key and not x.service) / sum(plan.dollars.values())
    if not share:
        return ""
    if share > 1 - layout.TINY:
        return "All of its money stands outside the model: what this plan does is not known, and nothing is shown."
    return f"{in_hundred(share, 'dollars')} stand outside the model: they are spent, and no effect is claimed for them."


def _title(index: Index, plan: PlanPart) -> str:
    """Return who gains, who loses and who cannot be told, counted."""
    reference: Reference = NO_NEW_MONEY if plan.key == AS_OTHERS_DO else AS_OTHERS_DO
    words = [v.verdict for g in index.summary.groups if (v := index.verdict(plan.key, g.key, reference))]
    gains, loses = sum(w.startswith("gains") for w in words), words.count("loses")
    verbs = ((gains, "gain"), (loses, "lose"))
    said = [f"{n} of {len(words)} groups {verb}{'s' if n == 1 else ''}" for n, verb in verbs if n]
    if unsure := words.count("cannot_tell"):
        said.append(f"for {f'all {unsure} groups' if unsure == len(words) else unsure} the numbers cannot tell")
    against = "no new money" if reference == NO_NEW_MONEY else "spending as others do"
    return f"{plan.label}, against {against}: {join_words(said)}" if said else plan.label


def _recovery(index: Index) -> Panels | None:
    """Return remission by criterion and duration: two columns a duration, medication included at the left."""
    columns: list[Column] = []
    scales: list[tuple[str, Scale]] = []
    for duration, words in DURATIONS.items():
        keys = [remission_key(duration, without) for without in (False, True)]
        found = [interval(o) for p in index.compared for k in keys if (o := index.outcome(p.key, k))]
        if not found:
            continue
        scale = svg.scale_over(_ends(found), most=layout.TICKS_LEAST)
        for key, head in zip(keys, ("medication included", "without medication"), strict=True):
            columns.append(Column(head, f"Remission of {words}", charts.axis(scale, signed)))
            scales.append((key, scale))
    if not columns:
        return None
    rows = []
    for plan in index.compared:
        cells = []
        for key, scale in scales:
            outcome = index.outcome(plan.key, key)
            value = interval(outcome) if outcome else None
            cells.append(charts.cell(scale, value, verdict_of(value) if value else None, signed))
        rows.append(Row(plan.label, "", cells, plan.searched))
    return Panels("Years in remission in ten years, everyone together, against no new money", "Plan", columns, rows)


def _horizons(index: Index) -> tuple[list[HorizonPanel], Table]:
    """Return a small panel for each plan, all on one scale, and the table behind them."""
    steps = list(index.horizons)
    found = {
        (p.key, money, h): interval(o)
        for p in index.compared
        for money in (THREE_YEARS, ALL_YEARS)
        for h in steps
        if (o := index.outcome(p.key, HEALTHY, h, money))
    }
    if not found:
        return [], Table("", [], [])
    frame = charts.Frame.over(range(len(steps)), _ends(found.values()), layout.PLOT_SMALL, small=True)
    labels = [(n, "life" if h == "lifetime" else h) for n, h in enumerate(steps)]
    panels = []
    for plan in index.compared:
        body, said = charts.axes(frame, labels), []
        for money, style, words, shift in (
            (ALL_YEARS, "open", "money for all years", layout.OFFSET),
            (THREE_YEARS, "strong", "money for three years", -layout.OFFSET),
        ):
            points = [(float(n), v) for n, h in enumerate(steps) if (v := found.get((plan.key, money, h)))]
            body += charts.plotted(frame, Line(style, points), shift)
            ends = (
                f"{number(points[0][1].mean)} after a year, {number(points[-1][1].mean)} over lifetimes"
                if points
                else ""
            )
            said.append(f"{words}: {ends}")
        figure = svg.drawing(body, frame.height, "", f"{plan.label}: healthy life-years gained", ". ".join(said))
        panels.append(HorizonPanel(plan.label, figure, plan.searched))
    return panels, _horizon_table(index)


def _horizons_said(index: Index) -> str:
    """Return 'after 1, 5 and 10 years and over the lives of everyone alive then', from the horizons that were run."""
    years = [h for h in index.horizons if h.isdigit()]
    said = [f"after {join_words(years)} year{'' if years == ['1'] else 's'}"] if years else []
    if len(years) < len(index.horizons):
        said.append("over the lives of everyone alive then")
    return join_words(said)


def _horizon_table(index: Index) -> Table:
    labels = {i.key: i.label for i in index.summary.indicators}
    rows = []
    for plan in index.funded:
        for key in (HEALTHY, DEATHS):
            for money, words in ((THREE_YEARS, "three years"), (ALL_YEARS, "all years")):
                values = [index.outcome(plan.key, key, h, money) for h in index.horizons]
                if any(values):
                    said = [ranged(interval(o)) if o else "" for o in values]
                    rows.append([plan.label, labels.get(key, key), words, *said])
    return Table("What each plan brings by each horizon", ["Plan", "What", "Money for", *index.horizons.values()], rows)


def _everything(index: Index) -> Table:
    """Return every indicator that was run, plans side by side, in ten years for everyone together."""
    rows = []
    for indicator in index.summary.indicators:
        found = [index.outcome(p.key, indicator.key) for p in index.funded]
        if any(found):
            rows.append([indicator.label, *(ranged(interval(o), signed) if o else "" for o in found)])
    heads = ["What", *(p.label for p in index.funded)]
    return Table("Everything counted, in ten years, everyone together, against no new money", heads, rows)


def _requests(index: Index) -> list[Panels]:
    """Return one small multiple for each kind of help: met within 30 days, waiting, places in use."""
    by_kind: dict[str, list[Request]] = {}
    for request in index.summary.requests:
        if request.plan == OTHERS_HALF:
            continue
        by_kind.setdefault(request.kind, []).append(request)
    whole = Scale(0, 1)
    used = svg.scale_over([1.0, *_ends(r.full for r in index.summary.requests)])
    waiting = svg.scale_over(_ends(r.waiting for r in index.summary.requests))
    columns = [
        Column("Met within 30 days", "", charts.axis(whole, _hundreds), "in 100 requests"),
        Column("Waiting on an average day", "", charts.axis(waiting), "people"),
        Column("Places in use", "", charts.axis(used, _hundreds), "for each 100 places"),
    ]
    made = []
    for requests in by_kind.values():
        rows = [
            Row(
                index.name(r.plan),
                "",
                [
                    charts.cell(whole, r.met_within_30_days, None, _hundreds),
                    charts.cell(waiting, r.waiting, None, number),
                    charts.cell(used, r.full, None, _hundreds),
                ],
                chosen=r.plan == index.summary.both_and.plan,
            )
            for r in requests
        ]
        made.append(Panels(requests[0].label, "Plan", columns, rows))
    return made


def _hundreds(share: float) -> str:
    return f"{round(share * layout.HUNDRED)}"


def _bills(index: Index) -> Bills | None:
    """Return what each payer pays, payers by plans: first what the services cost, then what they set off."""
    bills = index.summary.bills
    if not bills:
        return None
    found = {(b.plan, b.payer): b.usd for b in bills}
    plans = [
        p
        for p in index.summary.plans
        if p.key != STATUS_QUO and any(plan == p.key and usd.mean for (plan, _), usd in found.items())
    ]
    parts = []
    for later, title in ((False, "Paid for the services"), (True, "Set off for others")):
        payers = list(dict.fromkeys(b.payer for b in bills if b.downstream is later))
        rows = [(payer, [_bill(found.get((p.key, payer))) for p in plans]) for payer in payers]
        parts.append((title, [row for row in rows if any(mean not in ("", "0") for mean, _ in row[1])]))
    return Bills(
        caption=f"What each payer pays over {_years(index)} years, against no new money, in million dollars",
        plans=[p.label for p in plans],
        chosen=[p.searched for p in plans],
        parts=[part for part in parts if part[1]],
    )


def _years(index: Index) -> int:
    """Return how many calendar years the run looks at."""
    study = index.summary.study
    return date.fromisoformat(study.last_day).year - date.fromisoformat(study.day_one).year + 1


def _bill(value: Interval | None) -> tuple[str, str]:
    """Return a mean and its range in millions of dollars; to ten thousand dollars at the finest."""
    if value is None:
        return "", ""
    ends = (value.mean, value.low, value.high)
    mean, low, high = (round(v / layout.MILLION, 2) for v in ends)
    shown = even(Interval(mean=mean, low=low, high=high))
    return number(shown.mean), range_words(shown.low, shown.high, number) if shown.low != shown.high else ""


def _worth(index: Index) -> Panels | None:
    """Return what a million dollars brings under each plan, of settlement money and of everyone's, on one scale."""
    found = {w.plan: w for w in index.summary.worth}
    rows = [(p, found[p.key]) for p in index.compared if p.key in found]
    if not rows:
        return None
    money = svg.scale_over(_ends(i for _, w in rows for i in (w.per_million_settlement, w.per_million_all)))
    people = svg.scale_over(_ends(w.per_1000_with_addiction for _, w in rows))
    columns = [
        Column("Each million of settlement money", "", charts.axis(money)),
        Column("Each million that anyone pays", "", charts.axis(money)),
        Column("Each 1,000 people with addiction", "", charts.axis(people)),
    ]
    shown = [
        Row(
            plan.label,
            "",
            [
                charts.cell(scale, value, verdict_of(value), number)
                for scale, value in (
                    (money, w.per_million_settlement),
                    (money, w.per_million_all),
                    (people, w.per_1000_with_addiction),
                )
            ],
            plan.searched,
        )
        for plan, w in rows
    ]
    return Panels("Healthy life-years over a lifetime that each plan brings", "Plan", columns, shown)
