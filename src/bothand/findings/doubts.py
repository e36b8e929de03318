"""How sure we are: the inputs that decide the order, grades, chance and requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import combinations

import numpy as np

from bothand.decide.losers import told
from bothand.engine.arrays import Floats
from bothand.evidence.quantity import Quantity
from bothand.experiments.deciding import SHOWN, order_of, strongest
from bothand.experiments.plans import deaths_averted, healthy_years
from bothand.experiments.results import Results
from bothand.findings.measures import interval
from bothand.keys import THREE_YEARS
from bothand.report.summary import Chance, Deciding, EvidenceRow, GradeCount, Rank, Request

COLUMN = 44  # UNIT: characters of a column head
DRIVERS = 20  # UNIT: inputs counted as drivers
POWER = 2.8016  # MATH: 1.960 + 0.842, a two-sided test at 5 % with 80 % power
REQUEST_LABELS = {
    "methadone": "Methadone",
    "buprenorphine": "Buprenorphine",
    "residential": "Residential treatment",
}


def told_apart(results: Results) -> dict[frozenset[str], bool]:
    """Return whether the paired difference of two plans' healthy life-years keeps its sign in 19 of 20 runs."""
    drawn = {t.plan: healthy_years(results.world, t) for t in results.in_mode(THREE_YEARS)}
    return {frozenset((a, b)): told(drawn[a] - drawn[b]) for a, b in combinations(drawn, 2)}


def ranks(results: Results, healthy: Floats, apart: Mapping[frozenset[str], bool]) -> list[Rank]:
    """Return the plans in their order under one assumption; no rank where a neighbour cannot be told ``apart``."""
    plans = results.deciding.plans
    order = order_of(healthy)
    found = []
    for place, p in enumerate(order):
        near = [order[i] for i in (place - 1, place + 1) if 0 <= i < len(order)]
        clear = all(apart[frozenset((plans[p], plans[q]))] for q in near)
        found.append(Rank(plan=plans[p], healthy_life_years=float(healthy[p]), rank=place + 1 if clear else None))
    return found


def deciding(results: Results, apart: Mapping[frozenset[str], bool]) -> list[Deciding]:
    """Return the three inputs that decide the order, and the order at their other end."""
    found = []
    ends = results.deciding.ends
    for end, _ in strongest(results.deciding, SHOWN):
        row = results.setting.evidence[end.key]
        lane = ends.index(end) + 1
        at_low = end.value == row.base_low * results.setting.evidence.price_factor(row)
        tried = row.low if at_low else row.high
        found.append(
            Deciding(
                key=end.key,
                label=row.description,
                used=row.mean,
                tried=tried,
                unit=row.unit,
                short=f"{_short(row.description)}: {tried:g}, not {row.mean:g}",
                ranks=ranks(results, results.deciding.healthy[:, lane], apart),
            )
        )
    return found


def _short(description: str) -> str:
    """Return the first words of a description, for the head of a column."""
    before, colon, after = description.partition(": ")
    turned = f"{after}: {before}" if colon else before
    words = turned.split(",")[0].split(";")[0].split()
    text = ""
    for word in words:
        if len(text) + len(word) > COLUMN:
            return f"{text}…"
        text = f"{text} {word}".strip()
    return text


def chance(results: Results) -> Chance:
    """Return what chance alone does to the county's counts, and how long counts would be needed to see a plan work."""
    base = results.world.quo.run.main
    horizon, years = results.world.ten_years
    deaths = float(base.at("overdose_deaths", horizon).sum(axis=1).mean())
    needed = {}
    for tried in results.in_mode(THREE_YEARS):
        averted = float(deaths_averted(results.world, tried, horizon).mean()) / years
        if averted > 0:
            needed[tried.plan] = POWER**2 * (2 * deaths / years - averted) / averted**2
    return Chance(deaths_ten_years=deaths, sd_ten_years=float(np.sqrt(2 * deaths)), years_needed=needed)


def used_rows(results: Results) -> list[Quantity]:
    """Return every row that the study rests on."""
    return results.setting.evidence.used_by(results.setting.names, results.setting.study.choices)


def swings(results: Results) -> dict[str, float]:
    """Return input -> healthy life-years between its ends, both/and plan against no new money."""
    return results.deciding.swing(results.found_plan)


def grades(results: Results) -> list[GradeCount]:
    """Return how many inputs carry each grade, and how many of them are among the strongest drivers."""
    rows = used_rows(results)
    moving = sorted(swings(results).items(), key=lambda item: -item[1])[:DRIVERS]
    grade = {row.key: row.grade for row in rows}
    driving = Counter(grade.get(key, "judgement") for key, _ in moving)
    counts = Counter(row.grade for row in rows)
    return [
        GradeCount.model_validate({"grade": g, "inputs": counts.get(g, 0), "drivers": driving.get(g, 0)})
        for g in ("primary", "secondary", "judgement", "unverified")
    ]


def evidence_rows(results: Results, grade: str) -> list[EvidenceRow]:
    """Return the rows of one grade in use, largest swing first."""
    moving = swings(results)
    rows = [row for row in used_rows(results) if row.grade == grade]
    rows.sort(key=lambda row: (-round(moving.get(row.key, -1), 2), row.key))
    return [
        EvidenceRow.model_validate(
            {
                "key": row.key,
                "description": row.description,
                "unit": row.unit,
                "mean": row.mean,
                "low": row.low,
                "high": row.high,
                "grade": row.grade,
                "interval_origin": row.interval_origin,
                "source": row.citation
                if grade != "judgement"
                else f"{row.judged_by}; from {row.judged_from}: {row.judged_why}",
                "locator": row.locator,
                "swing": moving.get(row.key),
            }
        )
        for row in rows
    ]


def rows_in_order(results: Results) -> list[str]:
    """Return the plans in the order of the study."""
    return [t.plan for t in results.in_mode(THREE_YEARS)]


def plan_labels(results: Results) -> Mapping[str, str]:
    """Return plan -> its public name."""
    return {p.key: p.label for p in results.setting.plans} | {results.found_plan: "The both/and plan"}


def requests(results: Results) -> list[Request]:
    """Return requests met, people waiting and places in use in the first round's last year, by plan and kind."""
    year = results.world.first_round[-1]
    found = []
    for tried in results.in_mode(THREE_YEARS):
        if not (tried.acts or tried.plan == results.setting.study.status_quo):
            continue
        for asked in tried.trial.run.requests:
            found.append(
                Request(
                    plan=tried.plan,
                    kind=asked.kind,
                    label=REQUEST_LABELS[asked.kind],
                    met_within_30_days=interval(asked.met[year]),
                    waiting=interval(asked.waiting[year]),
                    full=interval(asked.full[year]),
                )
            )
    return found
