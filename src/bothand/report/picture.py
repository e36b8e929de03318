"""The picture before any dollar: eleven values, two lines each, against the services of the study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bothand.report import layout, svg
from bothand.report.charts import Table
from bothand.report.lookup import Index, lead
from bothand.report.summary import Mark, Service, Value
from bothand.words import FAMILIES, KINDS, LINES, SIGNS, SILENT, unparted


@dataclass(frozen=True)
class Spot:
    """One service on one line: its marks."""

    service: Service
    marks: list[Mark]

    @property
    def words(self) -> str:
        """What the marks say, for a screen reader."""
        return "; ".join(f"{SIGNS[m.sign]}, {m.status}" for m in self.marks)


@dataclass(frozen=True)
class ValueLine:
    """One value for one of the two groups of people."""

    group: str
    label: str
    spots: list[Spot]
    says: str

    @property
    def silent(self) -> str:
        """The words of a line without any mark."""
        if any(spot.marks for spot in self.spots):
            return ""
        return SILENT if SILENT in self.says or self.group == "without" else "none of these services speaks to it"


@dataclass(frozen=True)
class Band:
    """One kind's services side by side; ``style``: how its name finds room where there are many services."""

    kind: str
    words: str
    services: list[Service]
    style: str = ""


@dataclass(frozen=True)
class PictureView:
    """Everything the picture's template shows."""

    families: list[tuple[str, list[tuple[Value, list[ValueLine]]]]]
    bands: list[Band]
    counts: list[tuple[Service, int]]
    sentences: list[tuple[str, str]]
    widths: str
    key: list[tuple[str, str, str]]
    sources: Table
    total: int
    many: bool


def view(index: Index) -> PictureView:
    """Return the picture's rows and columns; services stand in the order of their kinds."""
    services = [s for kind in KINDS for s in index.summary.services if s.kind == kind]
    cells: dict[tuple[str, str, str], list[Mark]] = {}
    for mark in index.summary.marks:
        cells.setdefault((mark.value, mark.group, mark.service), []).append(mark)
    values = sorted(index.summary.values, key=lambda v: v.order)
    many = len(services) > layout.LEVEL_HEADS
    families = [
        (words, [(v, [_line(v, group, services, cells) for group in LINES]) for v in values if v.family == key])
        for key, words in FAMILIES.items()
    ]
    said = index.summary.picture
    texts = (said.serves_most, said.only_one, said.hardest_pull)
    labels = [v.label for v in values] + [s.label for s in services] + [unparted(s.short) for s in services]
    return PictureView(
        families=[f for f in families if f[1]],
        bands=_bands(services, many),
        counts=[(s, index.served[s.key]) for s in services],
        sentences=[lead(text, labels) for text in texts],
        widths=_widths(texts),
        key=_key(index.summary.marks),
        sources=_sources(index),
        total=len(values),
        many=many,
    )


def _bands(services: Sequence[Service], many: bool) -> list[Band]:
    """Return the bands in the order of kinds; among many a name wider than its one column runs to the left or turns."""
    made: list[Band] = []
    for kind, words in KINDS.items():
        mine = [s for s in services if s.kind == kind]
        if mine:
            room = bool(made) and len(made[-1].services) >= layout.ROOMY
            style = ("leftward" if room else "turned") if many and len(mine) == 1 else ""
            made.append(Band(kind, words, mine, style))
    return made


def _widths(texts: Sequence[str]) -> str:
    """Return the columns of the sentences, the longer the wider, so that all end at about the same line."""
    mean = sum(len(text) for text in texts) / len(texts) or 1.0
    shares = [min(max(len(text) / mean, layout.NARROW), 2.0) for text in texts]
    return " ".join(f"minmax(0, {svg.coordinate(share)}fr)" for share in shares)


def _key(marks: Sequence[Mark]) -> list[tuple[str, str, str]]:
    """Return (mark, words, style) for every kind of mark that the picture holds, in a fixed order."""
    held = {(m.sign, m.status) for m in marks}
    made = []
    for sign, words in (("serves", "serves the value"), ("pulls_against", "pulls against it")):
        for status in ("measured", "claimed", "assumed"):
            if (sign, status) in held:
                made.append((f"{sign}-{status}", f"{words}, {status}", "pulls" if sign == "pulls_against" else ""))
    return made


def _line(
    value: Value, group: str, services: Sequence[Service], cells: dict[tuple[str, str, str], list[Mark]]
) -> ValueLine:
    spots = [Spot(s, cells.get((value.key, group, s.key), [])) for s in services]
    says = value.without_addiction if group == "without" else ""
    return ValueLine(group, LINES[group], spots, says)


def _sources(index: Index) -> Table:
    """Return the source of every mark, row by row."""
    order = {v.key: v.order for v in index.summary.values}
    marks = sorted(index.summary.marks, key=lambda m: order.get(m.value, 0))
    rows = [
        [index.name(m.value), LINES[m.group], index.name(m.service), SIGNS[m.sign], m.status, m.source] for m in marks
    ]
    return Table("The source of every mark", ["Value", "People", "Service", "Mark", "Status", "Source"], rows)
