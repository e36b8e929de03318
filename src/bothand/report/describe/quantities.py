"""The quantities of a model as their rows in the evidence tables say: value, range, unit, grade and source in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bothand.evidence.quantity import Quantity
from bothand.evidence.tables import Evidence, to_dict
from bothand.report.describe import sizes

GRADES = {
    "primary": "primary source",
    "secondary": "secondary source",
    "judgement": "a judgement",
    "unverified": "not verified",
}
ORIGINS = {
    "reported": "",
    "derived": "the range is computed",
    "judgement": "the range is a judgement",
    "recalled": "the range is from memory",
    "none": "no range is known",
}
NOT_GIVEN = "given by the place or the run"
NO_ROW = "No row in the evidence tables: whoever runs the model gives this number, a place in its file of inputs."


@dataclass(frozen=True)
class Used:
    """One quantity as a model uses it. ``value`` and ``span`` are in ``unit``; ``via`` names what it is behind."""

    key: str
    description: str
    value: str
    span: str
    unit: str
    grade: str  # a word: primary, secondary, judgement, unverified, or given
    grade_words: str
    source: str
    notes: tuple[str, ...] = ()
    via: tuple[str, ...] = ()

    @property
    def doubted(self) -> bool:
        """Whether the grade is a judgement or not verified, which every form says in words."""
        return self.grade in ("judgement", "unverified")


def used(names: Iterable[str], evidence: Evidence) -> tuple[Used, ...]:
    """Return every quantity that ``names`` need, by key: each name, and the rows that computed ones come from."""
    direct = {name: evidence.resolve(name) for name in names}
    behind: dict[str, list[str]] = {}
    for name, key in direct.items():
        for row in evidence.used_by([key]):
            if row.key != key:
                behind.setdefault(row.key, []).append(name)
    found = {name: _used(name, key, evidence) for name, key in direct.items()}
    for key, via in behind.items():
        if key not in found:
            found[key] = _row(key, evidence[key], (), tuple(via))
    return tuple(found[key] for key in sorted(found))


def _used(name: str, key: str, evidence: Evidence) -> Used:
    if key not in evidence:
        return Used(name, "", "", "", "", "given", NOT_GIVEN, NO_ROW)
    notes: tuple[str, ...] = ()
    if name != key:
        found = evidence.sets.alternatives[evidence.sets.slots[name]]
        others = [f"{row} ({found.options[option]})" for option, row in found.slots[name].items() if row != key]
        notes = (f"stands for {key}; a study may choose {' or '.join(others)}: {found.why}",)
    return _row(name, evidence[key], notes)


def _row(name: str, row: Quantity, notes: tuple[str, ...] = (), via: tuple[str, ...] = ()) -> Used:
    fixed = row.low == row.high
    extra = [f"relative to: {row.reference_population}"] if row.reference_population else []
    extra += [ORIGINS[row.interval_origin]] if ORIGINS.get(row.interval_origin) and not fixed else []
    extra += [f"computed by {row.conversion} from {', '.join(row.inputs)}"] if row.conversion else []
    extra += [f"price year {row.price_year}"] if row.price_year is not None else []
    return Used(
        key=name,
        description=row.description,
        value=number(row.mean),
        span="fixed" if fixed else f"{number(row.low)} to {number(row.high)}",
        unit=row.unit,
        grade=row.grade,
        grade_words=GRADES.get(row.grade, row.grade),
        source=row.source,
        notes=(*notes, *extra),
        via=via,
    )


def number(value: float) -> str:
    """Return a number as a reader can copy it: four significant figures, whole from a thousand on."""
    if abs(value) >= sizes.THOUSANDS:
        return f"{value:,.0f}"
    return f"{value:.{sizes.SIGNIFICANT}g}"


def quantity_rows(found: Iterable[Used], evidence: Evidence) -> list[dict[str, Any]]:
    """Return quantities as plain data: the whole row of the tables, with the name that the model uses."""
    rows = []
    for item in found:
        key = evidence.resolve(item.key)
        row: dict[str, Any] = to_dict(evidence[key]) if key in evidence else {"key": key, "source": item.source}
        rows.append(
            {"name": item.key, **row, "grade": item.grade, "grade_words": item.grade_words, "behind": list(item.via)}
        )
    return rows
