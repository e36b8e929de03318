"""What a person might like to change, and how each two of these go together. Data: ``data/ask/person``.

Every option and every pair is there for everyone, in the same words, whatever they answer: nothing here depends on a
person. A pair either goes together or competes (for time, for a place, with a rule), and either way it has a change
that lets both stand (essay E14, E24).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from bothand.ask.person.numbers import Figure, spoken_faults
from bothand.evidence.quantity import Quantity
from bothand.faults import Fault, FaultsFound
from bothand.files import data_folder, examine, read_toml
from bothand.world.help import Need
from bothand.world.service import Key, Record, Text

FOLDER = Path("ask") / "person"


class Option(Record):
    """One thing that a person might like to change."""

    key: Key
    label: Text
    lead: Text = Field(description="the option in a person's own voice")
    asks: Text
    gives: Text
    wrong: Text = Field(description="what can go wrong")
    free: Text = Field(description="what it does not require")
    naloxone: Text = Field(description="how naloxone goes with it, abstinence included")
    needs: tuple[Need, ...] = Field(min_length=1, description="what is looked for in the place")
    sure: Text = Field(description="how sure the number is; where there is none, why")
    also: tuple[Key, ...] = Field((), description="further quantities that its words rest on")
    number: tuple[Figure, ...] = ()


class Pair(Record):
    """Two options: whether they go together or compete, why, and the change that lets both stand."""

    options: tuple[Key, Key]
    way: Literal["together", "compete"]
    why: Text
    both: Text


class OptionsFile(Record):
    """``options.toml``."""

    option: tuple[Option, ...] = Field(min_length=1)


class PairsFile(Record):
    """``pairs.toml``."""

    two: tuple[Pair, ...] = Field(min_length=1)


def load_options(
    evidence: Mapping[str, Quantity], folder: Path | None = None
) -> tuple[tuple[Option, ...], tuple[Pair, ...]]:
    """Return every option and every pair of two that ship, or those of a folder.

    Raises FaultsFound for unknown keys and pairs that are missing.
    """
    documents = [read_toml((folder or data_folder() / FOLDER) / name) for name in ("options.toml", "pairs.toml")]
    one, faults = examine(OptionsFile, documents[0])
    pairs, wrong = examine(PairsFile, documents[1])
    faults += wrong
    if one and pairs:
        faults += _option_faults(one.option, evidence, documents[0].name)
        faults += _pair_faults(one.option, pairs.two, documents[1].name)
    if faults or not (one and pairs):
        raise FaultsFound(faults)
    return one.option, pairs.two


def _option_faults(options: tuple[Option, ...], evidence: Mapping[str, Quantity], file: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for option in options:
        if option.key in seen:
            yield Fault(file, f"the option '{option.key}' stands twice.", option.key)
        seen.add(option.key)
        yield from spoken_faults(option.key, option.number, option.also, evidence, file)


def _pair_faults(options: tuple[Option, ...], pairs: tuple[Pair, ...], file: str) -> Iterator[Fault]:
    known = [option.key for option in options]
    wanted = {frozenset(two) for two in itertools.combinations(known, 2)}
    seen: set[frozenset[str]] = set()
    for pair in pairs:
        two = frozenset(pair.options)
        if two not in wanted:
            yield Fault(file, f"these are not two options: {', '.join(pair.options)}.")
        elif two in seen:
            yield Fault(file, f"the pair stands twice: {', '.join(pair.options)}.")
        seen.add(two)
    for missing in sorted(sorted(two) for two in wanted - seen):
        yield Fault(file, f"the pair {' and '.join(missing)} is missing.")
