"""The eleven values, and what speaks to each of them. Source: DESIGN 7.

Data: ``data/values/*.toml`` (one file a value), ``alignment.csv`` (every value x service x group) and ``sources.csv``
(what a claimed mark may cite). Values are never added up: a count of services is a count of words, not a score.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Protocol, cast, get_args

from pydantic import Field

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, available, data_folder, read_csv, read_toml, validate
from bothand.words import SILENT
from bothand.world.service import Key, Record, Text
from bothand.world.studyfile import Study

Family = Literal["how_we_treat_people", "what_people_gain", "what_we_hope_for", "who_else_matters"]
ValueKind = Literal["simulated", "rated", "profile"]
People = Literal["without", "with"]
Sign = Literal["serves", "pulls_against", "none"]
Status = Literal["measured", "claimed", "assumed", "none"]

COLUMNS = ("value", "service", "group", "sign", "status", "source", "locator", "note", "reviewed")
SOURCE_COLUMNS = ("tag", "tradition", "citation", "locator", "read")
COUNTED = ("measured", "claimed")
"""A mark that this project only assumes is drawn, and never counted."""


class Named(Protocol):
    """Anything with a code name and a public label, such as a service."""

    @property
    def key(self) -> str:
        """The code name."""

    @property
    def label(self) -> str:
        """The public label."""


class ValueIndicator(Record):
    """What stands for a value in numbers, and what stands beside it, never added."""

    key: Key
    label: Text
    unit: Text
    beside: tuple[Text, ...] = ()


class Value(Record):
    """One of the eleven values of the essay."""

    key: Key
    word: Text = Field(description="the essay's word")
    plain: Text = Field(description="the same in plain words")
    family: Family
    order: Annotated[int, Field(ge=1)] = Field(description="place in the picture, from the top")
    kind: ValueKind = Field(description="simulated, rated by a local panel, or a profile that follows from the plan")
    rated_beside: bool = Field(False, description="true when a local panel may rate it beside the simulation")
    without_addiction: Text = Field(description=f"what it says to people without addiction, or '{SILENT}'")
    with_addiction: Text
    essay: tuple[Annotated[str, Field(pattern=r"^E[0-9]+$")], ...] = Field(min_length=1)
    sources: tuple[str, ...] = Field(min_length=1, description="tags of sources.csv")
    indicator: ValueIndicator

    @property
    def label(self) -> str:
        """The public label: the essay's word."""
        return self.word


@dataclass(frozen=True)
class Source:
    """A text in which a link between a service and a value is claimed, and the tradition it comes from."""

    tag: str
    tradition: str
    citation: str
    locator: str
    read: str


@dataclass(frozen=True)
class Alignment:
    """One cell of the picture: what a service does to a value, for people without or with addiction.

    ``sources`` are evidence keys where the status is measured or assumed, tags of sources.csv where it is claimed.
    """

    value: str
    service: str
    group: People
    sign: Sign
    status: Status
    sources: tuple[str, ...]
    locator: str
    note: str
    reviewed: str

    @property
    def drawn(self) -> bool:
        """True when the picture shows a mark."""
        return self.sign != "none"

    def counts(self, sign: Sign) -> bool:
        """True when the mark is of this sign and measured or claimed by someone, not only assumed here."""
        return self.sign == sign and self.status in COUNTED


# ------------------------------------------------------------------------------------------------------------ loading


def load_values(folder: Path | None = None, own: Sequence[Path] = ()) -> tuple[Value, ...]:
    """Read every value in the order of the picture, a reader's ``own`` after those of the folder.

    Raises FaultsFound with the faults of all files.
    """
    folder = folder or data_folder() / "values"
    values: list[Value] = []
    faults: list[Fault] = []
    shared = load_sources(folder)
    for path in (*sorted(folder.glob("*.toml")), *own):
        try:
            document = read_toml(path)
            value = validate(Value, document)
        except FaultsFound as found:
            faults += found.faults
            continue
        faults += value_faults(value, document, shared if path.parent == folder else known_sources(folder, path))
        if value.key in {v.key for v in values}:
            faults.append(document.fault(f"there is a value called '{value.key}' already.", ("key",)))
        if same := next((v for v in values if v.indicator.key == value.indicator.key), None):
            message = f"'{same.key}' is seen by '{same.indicator.key}' already; a value has an indicator of its own."
            faults.append(document.fault(message, ("indicator", "key")))
        if other := next((v for v in values if v.order == value.order), None):
            faults.append(document.fault(f"the place {value.order} is taken by '{other.key}'.", ("order",)))
        values.append(value)
    if faults:
        raise FaultsFound(faults)
    return tuple(sorted(values, key=lambda value: value.order))


def value_faults(value: Value, document: Document, tags: Collection[str]) -> Iterator[Fault]:
    """Yield what is wrong with a value by itself: a key that is not the file's name, a source that ``tags`` lacks."""
    yield from document.misnamed(value.key)
    for number, tag in enumerate(value.sources):
        if tag not in tags:
            yield document.fault(f"unknown source '{tag}'.", ("sources", number), nearest(tag, tags))


def load_sources(folder: Path | None = None, table: Path | None = None) -> dict[str, Source]:
    """Read the sources that marks may claim, by tag. Raises FaultsFound for an empty cell or a doubled tag.

    ``table`` stands in for the folder's sources.csv.
    """
    path = table or (folder or data_folder() / "values") / "sources.csv"
    found: dict[str, Source] = {}
    faults: list[Fault] = []
    for line, row in read_csv(path, SOURCE_COLUMNS):
        faults += [Fault(str(path), f"'{name}' is empty.", line=line) for name in SOURCE_COLUMNS if not row[name]]
        if row["tag"] in found:
            faults.append(Fault(str(path), f"the tag '{row['tag']}' stands twice.", line=line))
        found[row["tag"]] = Source(**row)
    if faults:
        raise FaultsFound(faults)
    return found


def known_sources(folder: Path, beside: Path | None = None) -> dict[str, Source]:
    """Return the sources of the folder, and those of a sources.csv that stands beside a reader's own file."""
    known = load_sources(folder)
    if beside is not None and beside.parent != folder and (beside.parent / "sources.csv").is_file():
        known |= load_sources(beside.parent)
    return known


def load_alignment(
    services: Iterable[str | Named],
    folder: Path | None = None,
    evidence: Collection[str] | None = None,
    table: Path | None = None,
    own: Sequence[Path] = (),
    values: Sequence[Value] = (),
) -> tuple[Alignment, ...]:
    """Read every cell of the picture for these services, in the order of the file.

    ``evidence`` holds the known evidence keys; given, a measured or assumed mark must cite at least one of them. Raises
    FaultsFound for a name or word that is not known, a cell that stands twice, a mark without source or note, and for
    a cell missing between the first and the last (a service with no row at all is a reader's own, and has no marks).
    ``table`` stands in for the folder's alignment.csv. A reader's ``own`` tables are read after it, for a study's
    ``values``; of a value or a service that only they speak of, the cells that they leave out are blank.
    """
    folder = folder or data_folder() / "values"
    path = table or folder / "alignment.csv"
    wanted = [service if isinstance(service, str) else service.key for service in services]
    shipped = [value.key for value in load_values(folder)]
    names = list(dict.fromkeys([*shipped, *(value.key for value in values)]))
    known = {"value": names, "service": list(dict.fromkeys([*wanted, *available("services")]))}
    cells: dict[tuple[str, str, str], Alignment] = {}
    first: dict[tuple[str, str, str], Alignment] = {}
    faults: list[Fault] = []
    rows = [(where, line, row) for where in (path, *own) for line, row in read_csv(where, COLUMNS)]
    tags = {where: known_sources(folder, where) for where in (path, *own)}
    for where, line, row in rows:
        problems = [*_words_faults(row, known), *_source_faults(row, tags[where], evidence)]
        cell = (row["value"], row["service"], row["group"])
        if cell in cells:
            problems.append(("this cell stands twice.", None))
        faults += [Fault(str(where), message, line=line, nearest=near) for message, near in problems]
        cells[cell] = _alignment(row)
        if where == path:
            first[cell] = cells[cell]
    present = {service for _, service, _ in cells} & set(wanted)
    whole = {service for _, service, _ in first} & set(wanted)
    for cell in ((v, s, g) for v in shipped for s in wanted if s in whole for g in get_args(People)):
        if cell not in cells:
            faults.append(Fault(str(path), f"the cell {' x '.join(cell)} is missing."))
    if faults:
        raise FaultsFound(faults)
    return tuple(cell for cell in cells.values() if cell.service in present)


@dataclass(frozen=True)
class Picture:
    """The values of a study, the marks of its services, and the sources that marks may claim, by tag."""

    values: tuple[Value, ...]
    marks: tuple[Alignment, ...]
    sources: Mapping[str, Source]


def values_of(study: Study, folder: Path, services: Sequence[Named], evidence: Collection[str]) -> Picture:
    """Return the values and marks of a study, with a reader's own files beside it in ``folder``.

    Raises FaultsFound with every fault of them.
    """
    own = [folder / entry for entry in study.own_values]
    tables = [folder / entry for entry in study.own_marks]
    values = load_values(own=own)
    marks = load_alignment(services, evidence=evidence, own=tables, values=values)
    sources: dict[str, Source] = {}
    for path in (None, *own, *tables):
        sources |= known_sources(data_folder() / "values", path)
    return Picture(values, marks, sources)


Problem = tuple[str, str | None]


def _words_faults(row: Mapping[str, str], known: Mapping[str, Sequence[str]]) -> list[Problem]:
    allowed = {**known, "group": get_args(People), "sign": get_args(Sign), "status": get_args(Status)}
    problems = [
        (f"unknown {name} '{row[name]}'.", nearest(row[name], words))
        for name, words in allowed.items()
        if row[name] not in words
    ]
    if (row["sign"] == "none") != (row["status"] == "none"):
        problems.append(
            (f"the sign is '{row['sign']}' and the status '{row['status']}': both are none or neither.", None)
        )
    if not row["reviewed"]:
        problems.append(("'reviewed' is empty: say who reviewed it and when, or 'drafted, not reviewed'.", None))
    return problems


def _source_faults(row: Mapping[str, str], tags: Collection[str], evidence: Collection[str] | None) -> list[Problem]:
    if row["status"] == "none":
        return []
    cited = _split(row["source"])
    problems: list[Problem] = [(f"a mark needs a {name}.", None) for name in ("locator", "note") if not row[name]]
    if not cited:
        problems.append((f"a mark that is {row['status']} needs a source.", None))
    known = tags if row["status"] == "claimed" else evidence
    if known is not None:
        kind = "source" if row["status"] == "claimed" else "evidence key"
        problems += [(f"unknown {kind} '{name}'.", nearest(name, known)) for name in cited if name not in known]
    return problems


def _split(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(";") if (name := part.strip()))


def _alignment(row: Mapping[str, str]) -> Alignment:
    return Alignment(
        value=row["value"],
        service=row["service"],
        group=cast(People, row["group"]),
        sign=cast(Sign, row["sign"]),
        status=cast(Status, row["status"]),
        sources=_split(row["source"]),
        locator=row["locator"],
        note=row["note"],
        reviewed=row["reviewed"],
    )


def cited(mark: Alignment, sources: Mapping[str, Source]) -> str:
    """Return the source of a mark in words: citations of claims and evidence keys, then the place in them."""
    names = [sources[name].citation if name in sources else name for name in mark.sources]
    return "; ".join(names) + (f" ({mark.locator})" if mark.locator else "")
