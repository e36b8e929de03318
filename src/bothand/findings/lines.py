"""Every line of every plan: what it buys, the settlement's heading, who pays, what the law says; also as a table.

The table is for a resolution. Its last columns are those of the action-plan worksheet that coalitions of the HEALing
Communities study filled in; what no file knows (sector, who, where, when, support needed) is left for the reader.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from bothand.experiments.plans import Tried
from bothand.experiments.results import Results
from bothand.findings.measures import interval
from bothand.findings.people import MONTHS, smallest_size
from bothand.keys import THREE_YEARS
from bothand.report.summary import PlanLine
from bothand.world.plan import Outside, Plan
from bothand.world.rules import NO_RULE, said_of
from bothand.world.service import Service, load_service

COLUMNS = (
    "plan", "line", "service", "exhibit_e_code", "exhibit_e_heading", "usd_a_year", "unit", "units_a_year",
    "units_low", "units_high", "paid_by_settlement", "other_payer", "paid_by_other", "law", "law_rule", "law_date",
    "law_source", "not_paid_by", "line_source", "note", "strategy", "target_population", "sector",
    "sustainability", "feasibility", "months_to_start", "who", "where", "when", "support_needed",
)  # fmt: skip
LEFT_OPEN = ("sector", "who", "where", "when", "support_needed")
SEARCHED = "found by search"


def plan_lines(results: Results) -> list[PlanLine]:
    """Return the lines of every plan as the first round spends it, services in the order of the study."""
    return [line for tried in results.in_mode(THREE_YEARS) for line in _lines(results, tried)]


def _lines(results: Results, tried: Tried) -> Iterator[PlanLine]:
    plan = results.setting.plan(tried.plan)
    years = results.world.first_round
    for number, service in enumerate(results.setting.services):
        usd = float(np.mean(tried.dollars[number, years]))
        if usd > 0:
            yield _bought(results, tried, plan, service, usd)
    notes = {out.label: out for out in plan.outside} if plan else {}
    heads = {head.label: head for head in plan.heading} if plan else {}
    for label, money in tried.outside.items():
        usd = float(np.mean(money[years]))
        if usd > 0 and plan:
            own = (notes.get(label) or heads[label]).source
            note = notes[label].note if label in notes else heads[label].outside or ""
            law = _law_outside(results, notes.get(label))
            yield PlanLine(plan=plan.key, service="", label=label, usd=usd, source=own or plan.source, note=note, **law)


def _law_outside(results: Results, out: Outside | None) -> dict[str, Any]:
    """Return what the law says of an outside line that pays for a service that is not modelled, and its headings."""
    service = load_service(out.service) if out and out.service else None
    if service is None or service.modelled:
        return {"law": NO_RULE}
    said = said_of(results.setting.place, service, results.setting.study.day_one)
    return {
        "codes": "; ".join(h.code for h in service.exhibit_e),
        "headings": "; ".join(h.heading for h in service.exhibit_e),
        "law": said.word,
        "rule": said.rule,
        "dated": said.dated,
        "law_source": said.source,
    }


def _bought(results: Results, tried: Tried, plan: Plan | None, service: Service, usd: float) -> PlanLine:
    place, day = results.setting.place, results.setting.study.day_one
    said = said_of(place, service, day)
    delivery, year = tried.trial.delivery, results.world.first_round[-1]
    line = next((x for x in plan.line if x.service == service.key), None) if plan else None
    head = next((x for x in plan.heading if service.key in x.services), None) if plan else None
    part = line or head
    named = f"under '{head.label}', split evenly" if head else ""
    return PlanLine(
        plan=tried.plan,
        service=service.key,
        label=service.label,
        codes="; ".join(h.code for h in service.exhibit_e),
        headings="; ".join(h.heading for h in service.exhibit_e),
        usd=usd,
        unit=service.unit,
        units=interval(delivery.units[service.key][year]) if delivery else None,
        settlement_share=interval(results.world.values[service.payers.settlement]),
        other_payer=service.payers.rest_label,
        law=said.word,
        rule=said.rule,
        dated=said.dated,
        law_source=said.source,
        not_paid_by="; ".join(row.rule for row in said.law.not_paid_by),
        source=(part.source if part else "") or (plan.source if plan else SEARCHED),
        note=(line.note if line else named) or "",
    )


def lines_table(results: Results, lines: list[PlanLine]) -> str:
    """Return the lines as CSV, with the columns of the worksheet beside them."""
    services = {service.key: service for service in results.setting.services}
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    for line in lines:
        service = services.get(line.service)
        writer.writerow({**_money(line), **(_worksheet(results, service) if service else {})})
    return stream.getvalue()


def _money(line: PlanLine) -> dict[str, str]:
    units, share = line.units, line.settlement_share
    return {
        "plan": line.plan,
        "line": line.label,
        "service": line.service,
        "exhibit_e_code": line.codes,
        "exhibit_e_heading": line.headings,
        "usd_a_year": f"{line.usd:.2f}",
        "unit": line.unit,
        "units_a_year": _number(units.mean) if units else "",
        "units_low": _number(units.low) if units else "",
        "units_high": _number(units.high) if units else "",
        "paid_by_settlement": _number(share.mean) if share else "",
        "other_payer": line.other_payer,
        "paid_by_other": _number(1 - share.mean) if share else "",
        "law": line.law,
        "law_rule": line.rule,
        "law_date": line.dated,
        "law_source": line.law_source,
        "not_paid_by": line.not_paid_by,
        "line_source": line.source,
        "note": line.note,
    }


def _number(value: float) -> str:
    return f"{value:.6g}"


def _worksheet(results: Results, service: Service) -> dict[str, str]:
    values = results.world.values
    return {
        "strategy": service.summary,
        "target_population": service.eligible,
        "sustainability": service.payers.rest_label,
        "feasibility": f"smallest: {smallest_size(service, dict(values))}; how sure: {service.evidence_grade}",
        "months_to_start": _number(float(np.mean(values[service.lag] + results.world.board_lag)) * MONTHS),
    }
