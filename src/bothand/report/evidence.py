"""Pages about how we know: the fit, the checks, services, values, evidence, what is left out, provenance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bothand.report import charts, layout, svg
from bothand.report.charts import Frame, Line, Table
from bothand.report.doubts import GRADES, LAW_SIGNS
from bothand.report.lookup import Index, number, ranged
from bothand.report.summary import (
    Check,
    EvidenceRow,
    FitYear,
    Interval,
    KnownService,
    Service,
    TermPart,
    TermsAlone,
    TermsLine,
)
from bothand.words import (
    COERCION,
    FAMILIES,
    KINDS,
    VALUE_KINDS,
    VERDICTS,
    dollars,
    in_sentence,
    join_words,
    range_words,
    unparted,
)

ORIGINS = {"judgement": "the interval is a judgement"}


@dataclass(frozen=True)
class FitPanel:
    """One place's years: observed, and what two fits expected."""

    place: str
    figure: Markup
    table: Table
    outside: str


@dataclass(frozen=True)
class CheckRow:
    """Something the model was not given."""

    label: str
    model: str
    published: str
    word: str
    agrees: bool


@dataclass(frozen=True)
class ServiceCard:
    """One service as the study uses it."""

    key: str
    kind: str
    kind_label: str
    label: str
    unit: str
    cost: str
    payers: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    more: list[tuple[str, str]]
    law_sign: str
    law: str
    evidence: str
    disputes: list[str]
    changes: str
    works_by: list[tuple[str, str]]
    alone: Table
    terms: list[TermPart]


@dataclass(frozen=True)
class TermsPanel:
    """What one plan's own terms did, the dollars held."""

    plan: str
    by: str
    against: str
    text: str
    lines: list[tuple[str, TermsLine]]
    table: Table


@dataclass(frozen=True)
class EvidenceLine:
    """One quantity as used."""

    description: str
    used: str
    unit: str
    swing: str
    bar: str
    origin: str
    source: str
    brief: str

    @property
    def cut(self) -> bool:
        """True when the table holds only the beginning of the source."""
        return self.brief.endswith("\u2026")


@dataclass(frozen=True)
class EvidenceView:
    """Everything the pages about evidence show."""

    fit: list[FitPanel]
    wrong_by: str
    fit_note: str
    parameters: str
    test_years: str
    checks: list[CheckRow]
    services: list[ServiceCard]
    terms: list[TermsPanel]
    left_to_plans: str
    programmes: str
    also_known: list[tuple[str, KnownService]]  # kind
    values: Table
    strip: Markup
    grades: list[tuple[str, str, int, int]]
    judged: list[EvidenceLine]
    judged_more: list[EvidenceLine]
    unverified: list[EvidenceLine]
    assumed: list[str]
    not_in_model: list[tuple[str, str]]
    provenance: list[tuple[str, str]]


def view(index: Index) -> EvidenceView:
    """Return the pages about evidence."""
    summary = index.summary
    rows = [*summary.judgements, *summary.unverified]
    largest = max((abs(r.swing) for r in rows if r.swing), default=1.0)
    lines = [_line(r, largest) for r in summary.judgements]
    said = join_words([f"{g.inputs} {GRADES[g.grade]}" for g in summary.grades])
    return EvidenceView(
        fit=[_fit(place, years) for place, years in _by_place(summary.fit.years).items()],
        wrong_by=summary.fit.wrong_by,
        fit_note=summary.fit.note,
        parameters=f"{summary.fit.free_parameters} free parameters beside {summary.fit.counts} counts",
        test_years=range_words(*summary.fit.test_years, str) if summary.fit.test_years else "the earlier counts",
        checks=[_check(c) for c in summary.checks],
        services=[_card(s) for kind in KINDS for s in summary.services if s.kind == kind],
        terms=[
            _terms(index, part, _told_above(summary.terms_alone[:at], part))
            for at, part in enumerate(summary.terms_alone)
        ],
        left_to_plans=join_words([in_sentence(index.name(key)) for key in summary.study.left_to_plans]),
        programmes=join_words(summary.study.programmes),
        also_known=[(KINDS[k.kind], k) for k in summary.also_known],
        values=_values(index),
        strip=charts.strip([(g.grade, g.inputs) for g in summary.grades], "Grades of the inputs in use", f"{said}."),
        grades=[(g.grade, GRADES[g.grade], g.inputs, g.drivers) for g in summary.grades],
        judged=lines[: layout.ROWS_SHOWN],
        judged_more=lines[layout.ROWS_SHOWN :],
        unverified=[_line(r, largest) for r in summary.unverified],
        assumed=summary.assumed,
        not_in_model=[(n.what, n.why) for n in summary.not_in_model],
        provenance=_provenance(index),
    )


def _by_place(years: Sequence[FitYear]) -> dict[str, list[FitYear]]:
    found: dict[str, list[FitYear]] = {}
    for year in sorted(years, key=lambda y: y.year):
        found.setdefault(year.place, []).append(year)
    return found


def _fit(place: str, years: Sequence[FitYear]) -> FitPanel:
    """Return observed counts as discs between two broken ranges; a year outside is a ring in the colour of loss."""
    fits = [("open", -layout.OFFSET, [(float(y.year), y.test) for y in years if y.test])]
    fits.append(("pale", layout.OFFSET, [(float(y.year), y.decision) for y in years if y.decision]))
    ends = [e for _, _, points in fits for _, i in points for e in (i.low, i.high)]
    seen = [(float(y.year), y.observed, y.outside) for y in years if y.observed is not None]
    values = [*ends, *(count for _, count, _ in seen)]
    frame = Frame.over([float(y.year) for y in years], values, layout.PLOT_HEIGHT)
    body = charts.axes(frame, [(float(y.year), f"{y.year}") for y in years])
    for style, shift, points in fits:
        body += charts.plotted(frame, Line(style, points, joined=False), shift)
    for year, count, outside in seen:
        point = Interval(mean=count, low=count, high=count)
        body += charts.plotted(frame, Line("outside" if outside else "strong", [(year, point)], joined=False))
        if outside:
            body += svg.circle(frame.x.at(year), frame.y.at(count), layout.HALO, "around")
    missed = [y for y in years if y.outside]
    desc = f"{len(seen) - len(missed)} of {len(seen)} years lie inside the range that was expected."
    if missed:
        desc += f" Outside: {join_words([str(y.year) for y in missed])}."
    rows = [
        [str(y.year), number(y.observed) if y.observed is not None else "", _range(y.test), _range(y.decision),
         "outside" if y.outside else "inside" if y.observed is not None else "not yet seen"]
        for y in years
    ]  # fmt: skip
    return FitPanel(
        place=place,
        figure=svg.drawing(body, frame.height, "", f"{place}: opioid overdose deaths, seen and expected", desc),
        table=Table(
            f"{place}: opioid overdose deaths", ["Year", "Seen", "Test fit", "Decision fit", "Where it lies"], rows
        ),
        outside=join_words([str(y.year) for y in missed]),
    )


def _range(value: Interval | None) -> str:
    return ranged(value) if value else ""


def _check(check: Check) -> CheckRow:
    return CheckRow(
        label=check.label,
        model=_range(check.model),
        published=check.published,
        word="agrees" if check.agrees else "does not agree",
        agrees=check.agrees,
    )


def _card(service: Service) -> ServiceCard:
    law = service.law
    cost = service.unit_cost
    facts = [
        ("Starts after", f"{_range(service.lag_months)} months"),
        ("Room for", f"{_range(service.ceiling)} of these units" if service.ceiling.high > 0 else "no limit found"),
        ("Smallest size", service.smallest_size),
        ("Coercion", _coercion(service)),
        ("Replaces", _replaces(service)),
        ("Federal grants", service.federal_grants),
        ("Who else can pay", "; ".join(service.other_payers)),
        ("Not paid by", law.not_paid_by),
        ("A rule ends", law.ends),
        ("Not in model", "; ".join(service.outside_model)),
    ]
    more = [
        ("Start-up", _sum(service.start_up)),
        ("Run so that", "" if service.run_on else _run_so(service)),
        ("Exhibit E", service.exhibit_e),
        ("Law, sources", f"{law.dated} ({law.source})"),
    ]
    return ServiceCard(
        key=service.key,
        kind=service.kind,
        kind_label=KINDS[service.kind],
        label=service.label,
        unit=service.unit,
        cost=ranged(cost, dollars),
        payers=[(p.payer, dollars(p.usd_per_unit.mean)) for p in service.payers],
        facts=[(k, v) for k, v in facts if v],
        more=[(k, v) for k, v in more if v],
        law_sign=LAW_SIGNS[law.word],
        law=f"{law.word}, {law.level}",
        evidence=service.evidence,
        disputes=service.disputes,
        changes=join_words(service.pathway),
        works_by=[
            (
                w.description,
                f"{ranged(Interval(mean=w.mean, low=w.low, high=w.high))} {w.unit}, against {w.reference_population}; "
                f"{w.grade}: {w.source}",
            )
            for w in service.works_by
        ],
        alone=Table(
            f"{unparted(service.short)}: what all of the first round's yearly money on it alone would do",
            ["What", "More (19 in 20 runs)"],
            [[a.label, f"{ranged(a.amount)} {a.unit}"] for a in service.alone],
        ),
        terms=service.run_on,
    )


def _run_so(service: Service) -> str:
    return "; ".join(f"{term.replace('_', ' ')}: {choice}" for term, choice in service.terms.items())


def _told_above(earlier: Sequence[TermsAlone], part: TermsAlone) -> TermsAlone | None:
    """Return the first plan of which the very same was said already, else None."""
    return next((one for one in earlier if part.shared and one.shared == part.shared), None)


def _terms(index: Index, part: TermsAlone, above: TermsAlone | None = None) -> TermsPanel:
    """Return what a plan's own terms did: a row for each group, a column for each indicator, each with its word."""
    labels = {i.key: i.label for i in index.summary.indicators}
    told = list(dict.fromkeys(gain.indicator for gain in part.gains))
    cells = {(g.group, g.indicator): f"{ranged(g.change)}: {VERDICTS[g.verdict]}" for g in part.gains}
    rows = [
        [index.name(group), *(cells[group, indicator] for indicator in told)]
        for group in dict.fromkeys(gain.group for gain in part.gains)
    ]
    name = index.name(part.plan)
    return TermsPanel(
        plan=name,
        by=part.by,
        against=part.against,
        text=part.text
        if above is None
        else f"As was said of {in_sentence(index.name(above.plan))}: no gain or loss is read.",
        lines=[(index.name(line.service), line) for line in part.lines],
        table=Table(f"{name}: what its terms alone change", ["Group", *(labels[key] for key in told)], rows),
    )


def _coercion(service: Service) -> str:
    """Return the grade of coercion in words, and what its note adds to them."""
    word = COERCION[service.coercion]
    note = service.coercion_note.removeprefix(word).lstrip(" :;,")
    return f"{word} (grade {service.coercion}){': ' + note if note else ''}"


def _replaces(service: Service) -> str:
    """Return what was paid for before and the money may now pay for; an empty text when nothing was said."""
    note = service.supplants_note
    return note if service.supplants or not note else f"nothing: {note}"


def _sum(value: Interval) -> str:
    if value.mean == 0 and value.high == 0:
        return "none"
    return ranged(value, dollars)


def _values(index: Index) -> Table:
    rows = [
        [v.label, v.plain, FAMILIES[v.family], v.indicator, VALUE_KINDS[v.kind], v.without_addiction]
        for v in sorted(index.summary.values, key=lambda v: v.order)
    ]
    heads = ["Value", "In plain words", "Family", "Seen by", "How", "To people without addiction"]
    return Table("The eleven values, and what each is seen by", heads, rows)


def _brief(source: str) -> str:
    """Return a source short enough for a table; three dots show that the whole of it stands below the table."""
    said = re.sub(r"^BothAnd team, drafted [0-9-]+, not reviewed; from ", "Drafted from ", source)
    if len(said) <= layout.BRIEF:
        return said
    return said[: layout.BRIEF].rsplit(" ", 1)[0].rstrip(" ,;:.") + " \u2026"


def _line(row: EvidenceRow, largest: float) -> EvidenceLine:
    source = f"{row.source}; {row.locator}" if row.locator else row.source
    return EvidenceLine(
        description=row.description,
        used=ranged(Interval(mean=row.mean, low=row.low, high=row.high)),
        unit=row.unit,
        swing=number(row.swing) if row.swing is not None else "not tried",
        bar=svg.percent(layout.WHOLE * abs(row.swing or 0) / largest),
        origin=ORIGINS.get(row.interval_origin, row.interval_origin),
        source=source,
        brief=_brief(source),
    )


def _provenance(index: Index) -> list[tuple[str, str]]:
    s = index.summary.study
    few = f"; money of all years in the first {s.draws_all_years}" if s.draws_all_years < s.draws else ""
    return [
        ("Study", f"{s.key}: {s.label}, {s.place}"),
        ("Model", s.model),
        ("Day one to last day", f"{s.day_one} to {s.last_day}"),
        ("Runs", f"{s.draws} draws of every uncertain input, seed {s.seed}{few}"),
        ("Version", f"BothAnd {s.version}"),
        ("Run", s.run),
        ("Price year", f"{index.summary.money.price_year}"),
        ("Data as of", s.data_as_of),
        ("Numbers", "Every number here stands in summary.json beside this file."),
    ]
