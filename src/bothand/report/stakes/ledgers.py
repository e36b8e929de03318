"""The ledgers of infections, families and the community by payer, and two perspectives on money, plan by plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bothand.keys import HEALTHY
from bothand.report import layout
from bothand.report.charts import Table
from bothand.report.lookup import Index, interval, number, ranged, signed
from bothand.report.summary import Interval, LedgerLine, PlanPart
from bothand.words import in_sentence

LIFETIME = "lifetime"
DOLLARS = "USD"
GRADES = {
    "primary": "sources read",
    "secondary": "sources seen at second hand",
    "judgement": "rests on a judgement",
    "unverified": "rests on a number not verified",
}
PERSPECTIVES = {"health_sector": "The health sector", "societal": "Society"}
STATUSES = {"in": "in", "not part": "not asked for", "no data": "belongs here, no data"}
LIVING_LONGER = "living_longer"


@dataclass(frozen=True)
class Row:
    """One line of a ledger: what it is called, what it rests on, and a cell for each plan."""

    label: str
    about: str
    contested: bool
    cells: list[tuple[str, str]]
    no_data: str


@dataclass(frozen=True)
class Part:
    """One ledger on the page."""

    key: str
    title: str
    note: str
    caption: str
    rows: list[Row]
    notes: list[tuple[str, str]]
    groups: Table


@dataclass(frozen=True)
class LedgersView:
    """Everything that the page of ledgers shows."""

    plans: list[PlanPart]
    parts: list[Part]
    money: Table
    inventory: Table
    source: str


def view(index: Index) -> LedgersView | None:
    """Return the ledgers; None for a summary that has none."""
    s = index.summary
    if not s.ledger_lines:
        return None
    return LedgersView(
        plans=index.compared,
        parts=[_part(index, ledger.key, ledger.label, ledger.note) for ledger in s.ledgers],
        money=_money(index),
        inventory=_inventory(index),
        source=s.inventory_source,
    )


def _part(index: Index, key: str, title: str, note: str) -> Part:
    lines = [line for line in index.summary.ledger_lines if line.ledger == key]
    dollars = any(line.unit == DOLLARS for line in lines)
    units = ", in million dollars; below zero: spends less" if dollars else ""
    fewer = "; below zero: fewer" if lines and all(line.better == "less" for line in lines) and not dollars else ""
    return Part(
        key=key,
        title=title,
        note=note,
        caption=f"{title}: what each plan changes against no new money{units}{fewer}",
        rows=[_row(index, line) for line in lines],
        notes=[note for line in lines for note in _notes(line)],
        groups=_by_group(index, lines),
    )


def _row(index: Index, line: LedgerLine) -> Row:
    say = _millions if line.unit == DOLLARS else signed
    about = [line.who] if line.ledger == "community" else []
    about += [GRADES[line.grade]] if line.grade else []
    return Row(
        label=line.label,
        about="; ".join(about),
        contested=bool(line.disputed),
        cells=[_cell(line.amounts.get(plan.key), say) for plan in index.compared],
        no_data=line.no_data,
    )


def _cell(value: Interval | None, say: Callable[[float], str]) -> tuple[str, str]:
    if value is None:
        return "not run", ""
    mean, _, span = ranged(value, say).partition(" (")
    return mean, span.removesuffix(")")


def _millions(usd: float) -> str:
    shown = round(usd / layout.MILLION, 2)
    return number(shown)


def _notes(line: LedgerLine) -> list[tuple[str, str]]:
    notes = [(line.label, f"contested, both signs. {line.disputed}")] if line.disputed else []
    return [*notes, *([(line.label, line.caution)] if line.caution else [])]


def _by_group(index: Index, lines: list[LedgerLine]) -> Table:
    """Return the lines that are known group by group: a row for each plan and group, a column for each line."""
    known = [line for line in lines if line.by_group]
    rows = []
    for plan in index.compared if known else []:
        for group in index.summary.groups:
            cells = [ranged(line.by_group[plan.key][group.key], signed) for line in known if plan.key in line.by_group]
            rows.append([f"{plan.label}: {in_sentence(group.label)}", *cells])
    return Table("Group by group, as people are on day one", ["Plan and group", *(line.label for line in known)], rows)


def _money(index: Index) -> Table:
    """Return each plan's money by perspective, and beside it what is never added: life-years, and what living costs."""
    costs: dict[tuple[str, str], Interval] = {(c.plan, c.perspective): c.usd for c in index.summary.perspectives}
    longer = next((line for line in index.summary.ledger_lines if line.key == LIVING_LONGER), None)
    rows = []
    for plan in index.compared:
        found = [costs.get((plan.key, key)) for key in PERSPECTIVES]
        if not any(found):
            continue
        health = index.outcome(plan.key, HEALTHY, LIFETIME)
        apart = longer.amounts.get(plan.key) if longer else None
        rows.append(
            [
                plan.label,
                *(ranged(usd, _millions) if usd else "" for usd in found),
                ranged(interval(health), signed) if health else "",
                ranged(apart, _millions) if apart else "",
            ]
        )
    heads = ["Plan", *(f"{name}, million dollars" for name in PERSPECTIVES.values())]
    heads += ["Healthy life-years, beside", "What it costs that people live, apart, million dollars"]
    return Table("What each plan costs and saves by two perspectives, lives as long as with no new money", heads, rows)


def _inventory(index: Index) -> Table:
    rows = [
        [item.label, item.sector, STATUSES[item.health_sector], STATUSES[item.societal], item.note]
        for item in index.summary.inventory
    ]
    heads = ["What", "Sector", *PERSPECTIVES.values(), "What stands for it here"]
    return Table("What each perspective looks at, and what is known of it", heads, rows)
