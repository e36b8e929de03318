"""The lines of the ledgers of infections, families and the community, and what two perspectives look at.

Data: ``data/values/ledgers/*.toml``: what a line is called, who it is for or who pays, the rows it rests on, and where
its sign is disputed. The sums are in ``others``. Lines are never added up but where a perspective lists them.
Source: DESIGN 6; the perspectives: Sanders et al 2016, JAMA 316:1093-1103 (impact inventory).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, data_folder, examine, read_toml, told, validate
from bothand.world.service import Key, Record, Text

FOLDER = Path("values", "ledgers")
INVENTORY = "inventory"
LEDGERS = ("infections", "family", "community")
Lives = Literal["held", "as_they_go", "living_longer"]
Better = Literal["more", "less", "neither"]
Status = Literal["in", "not part", "no data"]
Perspective = Literal["health_sector", "societal"]
PERSPECTIVES: tuple[Perspective, ...] = ("health_sector", "societal")


class Line(Record):
    """One line of a ledger."""

    key: Key
    label: Text
    who: Text = Field(description="who it is about; in the community's ledger, who pays")
    unit: Text
    better: Better
    lives: Lives = Field(
        description="held: deaths as with no new money; as_they_go: as they happen; living_longer: what lives cost"
    )
    rows: tuple[Key, ...] = Field((), description="quantities that it multiplies the model's numbers by")
    rests_on: tuple[Key, ...] = Field((), description="measures and counts of the model that it reads")
    disputed: str = Field("", description="what is contested, with both signs")
    disputed_source: str = ""
    caution: str = Field("", description="what weakens it")
    no_data: str = Field("", description="why it has no number, printed where it has none")


class LedgerFile(Record):
    """One ledger: its lines in the order in which they are shown."""

    key: Key
    label: Text
    note: Text
    line: tuple[Line, ...] = Field(min_length=1)


class Item(Record):
    """One kind of effect that a perspective may look at."""

    sector: Text
    label: Text
    health_sector: Status
    societal: Status
    lines: tuple[Key, ...] = Field((), description="lines of the community's ledger that are added up for it")
    apart: tuple[Key, ...] = Field((), description="lines shown apart, never added")
    services: bool = Field(False, description="true when the price of the services bought is added up for it")
    note: Text

    def status(self, perspective: Perspective) -> Status:
        """Return in, not part or no data."""
        return self.health_sector if perspective == "health_sector" else self.societal


class Inventory(Record):
    """What two perspectives look at, and what is known of it."""

    label: Text
    source: Text
    item: tuple[Item, ...] = Field(min_length=1)

    def added(self, perspective: Perspective) -> tuple[str, ...]:
        """Return the lines that a perspective adds up."""
        return tuple(key for item in self.item if item.status(perspective) == "in" for key in item.lines)


def load_ledgers(folder: Path | None = None, evidence: Collection[str] | None = None) -> tuple[LedgerFile, ...]:
    """Read every ledger. Raises FaultsFound with the faults of all files.

    ``evidence`` holds the keys of all rows; given, a row that is not there is a fault.
    """
    folder = folder or data_folder() / FOLDER
    found: list[LedgerFile] = []
    faults: list[Fault] = []
    for name in LEDGERS:
        try:
            document = read_toml(folder / f"{name}.toml")
            ledger = validate(LedgerFile, document)
        except FaultsFound as wrong:
            faults += wrong.faults
            continue
        faults += ledger_faults(ledger, document, evidence)
        found.append(ledger)
    if faults:
        raise FaultsFound(faults)
    return tuple(found)


def load_inventory(path: Path | None = None, ledgers: Sequence[LedgerFile] | None = None) -> Inventory:
    """Read what the perspectives look at; ``ledgers``: those that ship, where they have been read.

    Raises FaultsFound, for a line that no ledger has among others.
    """
    document = read_toml(path or data_folder() / FOLDER / f"{INVENTORY}.toml")
    found, form = examine(Inventory, document)
    community = next(ledger for ledger in ledgers or load_ledgers() if ledger.key == "community")
    known = {line.key for line in community.line}
    wrong = list(_unknown_lines(found, document, known)) if found else []
    if form or wrong or found is None:
        raise FaultsFound([*form, *told(wrong, form)])
    return found


def ledger_faults(ledger: LedgerFile, document: Document, evidence: Collection[str] | None = None) -> Iterator[Fault]:
    """Yield what is wrong with a ledger by itself, and rows that ``evidence`` lacks."""
    yield from document.misnamed(ledger.key)
    seen: set[str] = set()
    for n, line in enumerate(ledger.line):
        if line.key in seen:
            yield document.fault(f"the line '{line.key}' stands twice.", ("line", n, "key"))
        seen.add(line.key)
        if bool(line.disputed) != bool(line.disputed_source):
            message = "a dispute needs its sources, and sources a dispute."
            yield document.fault(message, ("line", n, "disputed" if line.disputed else "disputed_source"))
        if not (line.rows or line.rests_on or line.no_data):
            yield document.fault("a line rests on rows or on the model, or says why it has no number.", ("line", n))
        for number, key in enumerate(line.rows):
            if evidence is not None and key not in evidence:
                yield document.fault(f"unknown quantity '{key}'.", ("line", n, "rows", number), nearest(key, evidence))


def _unknown_lines(found: Inventory, document: Document, known: Collection[str]) -> Iterator[Fault]:
    for n, item in enumerate(found.item):
        for where in ("lines", "apart"):
            for number, key in enumerate(getattr(item, where)):
                if key not in known:
                    place = ("item", n, where, number)
                    yield document.fault(f"the community's ledger has no line '{key}'.", place, nearest(key, known))
