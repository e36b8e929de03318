"""What the guide always shows: the eleven values as cards, the dangers in view, the drugs, and steps already taken."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import Field

from bothand.ask.person.numbers import Figure, spoken_faults
from bothand.ask.person.options import FOLDER
from bothand.evidence.quantity import Quantity
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import data_folder, examine, read_toml
from bothand.outcomes.values import Value
from bothand.world.help import Need
from bothand.world.service import Key, Record, Text


class Card(Record):
    """A value as a person says it."""

    name: Text
    text: Text


class Danger(Record):
    """One danger that is always in view, what lowers it, and what is known of it."""

    key: Key
    head: Text
    text: Text
    needs: tuple[Need, ...] = ()
    also: tuple[Key, ...] = ()
    sources: tuple[Text, ...] = Field((), description="works behind it that are no quantity")
    number: tuple[Figure, ...] = ()


class Fact(Record):
    """What is said to everyone about addiction, and what was counted."""

    key: Key
    text: Text
    sure: Text
    also: tuple[Key, ...] = ()
    number: tuple[Figure, ...] = Field(min_length=1)


class Guide(Record):
    """``guide.toml``."""

    drafted: datetime.date
    drugs: tuple[Text, ...] = Field(min_length=1, description="in the order of the list")
    steps: tuple[Text, ...] = Field(min_length=1)
    fact: Fact
    cards: dict[Key, Card] = Field(description="value, and what it says in a person's own voice")
    danger: tuple[Danger, ...] = Field(min_length=1)


def load_guide(evidence: Mapping[str, Quantity], values: Sequence[Value], folder: Path | None = None) -> Guide:
    """Return the guide that ships, or that of a folder.

    Raises FaultsFound for unknown quantities and for a value without a card or the reverse.
    """
    document = read_toml((folder or data_folder() / FOLDER) / "guide.toml")
    guide, faults = examine(Guide, document)
    if guide is not None:
        faults += _guide_faults(guide, evidence, [value.key for value in values], document.name)
    if faults or guide is None:
        raise FaultsFound(faults)
    return guide


def _guide_faults(guide: Guide, evidence: Mapping[str, Quantity], values: Sequence[str], file: str) -> Iterator[Fault]:
    for key in sorted(set(values) - set(guide.cards)):
        yield Fault(file, f"the value '{key}' has no card.", "cards")
    for key in sorted(set(guide.cards) - set(values)):
        yield Fault(file, f"unknown value '{key}'.", "cards", None, nearest(key, values))
    parts: list[Fact | Danger] = [guide.fact, *guide.danger]
    for part in parts:
        yield from spoken_faults(part.key, part.number, part.also, evidence, file)
