"""The eleven values, what speaks to each of them, and the counts and sentences under the picture. Source: DESIGN 7.

Data: ``data/values/*.toml`` (one file a value), ``alignment.csv`` (every value x service x group) and ``sources.csv``
(what a claimed mark may cite). Values are never added up: a count of services is a count of words, not a score.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal, Protocol, cast, get_args

from pydantic import Field

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import data_folder, read_csv, read_toml, validate
from bothand.words import SILENT, in_sentence, join_words
from bothand.world.service import Key, Record, Text, available

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

    @property
    def speaks_without_addiction(self) -> bool:
        """False when the value does not speak to people without addiction."""
        return self.without_addiction != SILENT


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


@dataclass(frozen=True)
class ServiceCount:
    """How many values a service serves and pulls against, in at least one of the two groups of people."""

    service: str
    serves: int
    measured: int
    pulls_against: int


@dataclass(frozen=True)
class Pull:
    """Services that serve one value and pull against the other, in both directions."""

    a: str
    b: str
    for_a: tuple[str, ...]
    for_b: tuple[str, ...]

    @property
    def hardness(self) -> tuple[int, int]:
        """Services on the weaker side, then all: two values pull against *each other* when both sides have one."""
        sides = (len(self.for_a), len(self.for_b))
        return min(sides), sum(sides)


@dataclass(frozen=True)
class PictureCounts:
    """What stands under the picture: a count for each service and three sentences made from the marks."""

    services: tuple[ServiceCount, ...]
    serves_most: str
    only_one: str
    hardest_pull: str

    @property
    def counts(self) -> dict[str, int]:
        """Service -> how many of the values it serves, measured or claimed: a count of words, not a score."""
        return {count.service: count.serves for count in self.services}

    @property
    def sentences(self) -> tuple[str, str, str]:
        """The three sentences in the order in which they are shown."""
        return self.serves_most, self.only_one, self.hardest_pull


# ------------------------------------------------------------------------------------------------------------ loading


def load_values(folder: Path | None = None) -> tuple[Value, ...]:
    """Read every value in the order of the picture. Raises FaultsFound with the faults of all files."""
    folder = folder or data_folder() / "values"
    known = load_sources(folder)
    values: list[Value] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            document = read_toml(path)
            value = validate(Value, document)
        except FaultsFound as found:
            faults += found.faults
            continue
        if value.key != path.stem:
            faults.append(document.fault(f"the key '{value.key}' is not the file's name.", ("key",), path.stem))
        if other := next((v for v in values if v.order == value.order), None):
            faults.append(document.fault(f"the place {value.order} is taken by '{other.key}'.", ("order",)))
        for tag in value.sources:
            if tag not in known:
                faults.append(document.fault(f"unknown source '{tag}'.", ("sources",), nearest(tag, known)))
        values.append(value)
    if faults:
        raise FaultsFound(faults)
    return tuple(sorted(values, key=lambda value: value.order))


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


def load_alignment(
    services: Iterable[str | Named],
    folder: Path | None = None,
    evidence: Collection[str] | None = None,
    table: Path | None = None,
) -> tuple[Alignment, ...]:
    """Read every cell of the picture for these services, in the order of the file.

    ``evidence`` holds the known evidence keys; given, a measured or assumed mark must cite at least one of them. Raises
    FaultsFound for a name or word that is not known, a cell that stands twice, a mark without source or note, and for
    a cell missing between the first and the last (a service with no row at all is a reader's own, and has no marks).
    ``table`` stands in for the folder's alignment.csv.
    """
    folder = folder or data_folder() / "values"
    path = table or folder / "alignment.csv"
    wanted = [service if isinstance(service, str) else service.key for service in services]
    values = [value.key for value in load_values(folder)]
    known = {"value": values, "service": list(dict.fromkeys([*wanted, *available("services")]))}
    tags = load_sources(folder)
    cells: dict[tuple[str, str, str], Alignment] = {}
    faults: list[Fault] = []
    for line, row in read_csv(path, COLUMNS):
        problems = [*_words_faults(row, known), *_source_faults(row, tags, evidence)]
        cell = (row["value"], row["service"], row["group"])
        if cell in cells:
            problems.append(("this cell stands twice.", None))
        faults += [Fault(str(path), message, line=line, nearest=near) for message, near in problems]
        cells[cell] = _alignment(row)
    present = {service for _, service, _ in cells} & set(wanted)
    for cell in ((v, s, g) for v in values for s in wanted if s in present for g in get_args(People)):
        if cell not in cells:
            faults.append(Fault(str(path), f"the cell {' x '.join(cell)} is missing."))
    if faults:
        raise FaultsFound(faults)
    return tuple(cell for cell in cells.values() if cell.service in present)


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


# ------------------------------------------------------------------------------------------------- under the picture


def picture(values: Sequence[Value], alignment: Iterable[Alignment], services: Sequence[Named]) -> PictureCounts:
    """Return the counts and the three sentences under the picture; ties are named, never broken.

    A service serves a value when it does so, measured or claimed, for people without or with addiction. A mark that is
    only assumed is drawn and not counted.
    """
    keys = {service.key for service in services}
    marks = [mark for mark in alignment if mark.service in keys]
    serves = _cells(marks, "serves")
    against = _cells(marks, "pulls_against")
    measured = _cells((m for m in marks if m.status == "measured"), "serves")
    shown = _cells((m for m in marks if m.status == "measured"), "pulls_against")
    counts = tuple(ServiceCount(s.key, _of(serves, s.key), _of(measured, s.key), _of(against, s.key)) for s in services)
    return PictureCounts(
        services=counts,
        serves_most=_serves_most(counts, services, len(values)),
        only_one=_only_one(values, serves, services),
        hardest_pull=_hardest_pull(values, serves, against, shown, services),
    )


def _cells(marks: Iterable[Alignment], sign: Sign) -> set[tuple[str, str]]:
    return {(mark.value, mark.service) for mark in marks if mark.counts(sign)}


def _of(cells: Iterable[tuple[str, str]], service: str) -> int:
    return sum(name == service for _, name in cells)


def _serves_most(counts: Sequence[ServiceCount], services: Sequence[Named], total: int) -> str:
    labels = {service.key: service.label for service in services}
    most = max((count.serves for count in counts), default=0)
    if most == 0:
        return f"No service here is said or shown to serve any of the {total} values."
    first = [count for count in counts if count.serves == most]
    names = join_words([labels[c.service] if n == 0 else in_sentence(labels[c.service]) for n, c in enumerate(first)])
    left = f"{total - most} to others" if most < total else "none to others"
    if len(first) > 1:
        return f"{names} serve most values: {most} of {total} each. Each leaves {left}."
    shown = first[0].measured
    how = f"{'all' if shown == most else shown or 'none'} of them measured, the rest claimed"
    how = how.removesuffix(", the rest claimed") if shown == most else how
    return f"{names} serves most values: {most} of {total}, {how}. It leaves {left}."


def _only_one(values: Sequence[Value], serves: Collection[tuple[str, str]], services: Sequence[Named]) -> str:
    by_value = {v.key: [s for s in services if (v.key, s.key) in serves] for v in values}
    alone = [v for v in values if len(by_value[v.key]) == 1]
    unserved = [v for v in values if not by_value[v.key]]
    only = {v.key: in_sentence(by_value[v.key][0].label) for v in alone}
    if not alone:
        text = "No value rests on one service alone."
    elif len(alone) == 1:
        value = alone[0]
        text = (
            f"{value.label} rests on one service alone: {only[value.key]}. Cut that line, and nothing here serves it."
        )
    else:
        names = join_words([v.label if n == 0 else in_sentence(v.label) for n, v in enumerate(alone)])
        parts = join_words([f"{in_sentence(v.label)} on {only[v.key]}" for v in alone])
        text = f"{names} rest on one service each: {parts}. Cut that line, and nothing here serves the value."
    if unserved:
        text += f" No service here serves {join_words([in_sentence(v.label) for v in unserved], 'or')}."
    return text


def pulls(
    values: Sequence[Value],
    serves: Collection[tuple[str, str]],
    against: Collection[tuple[str, str]],
    services: Sequence[Named],
) -> tuple[Pull, ...]:
    """Return every pair of values with a service that serves one and pulls against the other, the hardest first."""

    def both(served: str, pulled: str) -> tuple[str, ...]:
        return tuple(s.key for s in services if (served, s.key) in serves and (pulled, s.key) in against)

    found = [Pull(a.key, b.key, both(a.key, b.key), both(b.key, a.key)) for a, b in combinations(values, 2)]
    return tuple(sorted((p for p in found if p.for_a or p.for_b), key=lambda p: p.hardness, reverse=True))


def _hardest_pull(
    values: Sequence[Value],
    serves: Collection[tuple[str, str]],
    against: Collection[tuple[str, str]],
    shown: Collection[tuple[str, str]],
    services: Sequence[Named],
) -> str:
    ranked = pulls(values, serves, against, services)
    if not ranked:
        return "No two values pull against each other in these marks."
    words = {v.key: v.label for v in values}
    hardest = [pair for pair in ranked if pair.hardness == ranked[0].hardness]
    first = hardest[0]
    labels = {s.key: s.label for s in services}
    text = f"{words[first.a]} and {in_sentence(words[first.b])} pull hardest against each other. "
    text += " ".join(_sides(first, shown, labels))
    if len(hardest) > 1:
        others = [f"{in_sentence(words[p.a])} and {in_sentence(words[p.b])}" for p in hardest[1:]]
        text += f" Just as hard: {'; '.join(others)}."
    return text


def _sides(pair: Pull, shown: Collection[tuple[str, str]], labels: Mapping[str, str]) -> Iterator[str]:
    """Yield who serves the first value and pulls against the second, then the other way round."""
    for served, pulled, names in (("first", "second", pair.for_a), ("second", "first", pair.for_b)):
        if names:
            who = join_words([labels[s] if n == 0 else in_sentence(labels[s]) for n, s in enumerate(names)])
            serve, are = ("serves", "is") if len(names) == 1 else ("serve", "are")
            measured = [(pair.b if served == "first" else pair.a, name) in shown for name in names]
            how = "shown" if all(measured) else "said or shown" if any(measured) else "said"
            yield f"{who} {serve} the {served} and {are} {how} to pull against the {pulled}."
