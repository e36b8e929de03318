"""Where a person finds help in a place: numbers to call in need, and doors that are open. Nobody's worth is asked.

Both are CSV tables that a place file names. ``checked_on`` is the day on which the entry was read in the source that
it names; without it the entry is *unverified*, and every page says so. Reading is not calling: nobody has called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from bothand.faults import Fault
from bothand.world.population import OpenDay, Source, doubled
from bothand.world.service import Key, Record, Text

LineKind = Literal["emergency", "crisis", "poison", "not_alone", "treatment"]
Need = Literal[
    "naloxone", "supplies", "treatment", "medication", "withdrawal", "recovery_support", "housing", "family", "anything"
]


class HelpLine(Record):
    """A number to call or to text, day or night, and who answers."""

    key: Key
    kind: LineKind
    label: Text
    what: Text = Field(description="when to call, and who answers")
    call: str = Field(description="number to call, or empty")
    text: str = Field(description="number to text, or empty")
    checked_on: OpenDay = Field(description="day on which it was read in the source; empty = unverified")
    source: Source

    @model_validator(mode="after")
    def _to_be_reached(self) -> HelpLine:
        if not (self.call or self.text):
            raise ValueError("a line has a number to call or to text")
        return self


class Door(Record):
    """One way to what a person needs, where they are. ``call`` is empty where a number was not seen."""

    need: Need
    what: Text = Field(description="what is to be had, and where")
    call: str = Field(description="number to call, or empty")
    checked_on: OpenDay = Field(description="day on which it was read in the source; empty = unverified")
    source: Source


def line_faults(lines: Sequence[tuple[int, HelpLine]], path: Path) -> Iterator[Fault]:
    """Yield a fault for each line of help that stands twice."""
    return doubled("line of help", [(number, line.key) for number, line in lines], path)


def door_faults(doors: Sequence[tuple[int, Door]], path: Path) -> Iterator[Fault]:
    """Yield a fault for each door that stands twice under one need."""
    return doubled("door", [(number, f"{door.need}: {door.what}") for number, door in doors], path)
