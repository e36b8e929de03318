"""The terms of a programme: how it runs its services, said by the programme itself, and taken into a study.

A file names services and, of each, the terms that the programme runs otherwise than the service's own file. In a run
these are then the terms of that service for every plan that pays for it, and for every plan that is found by search;
what a plan itself says of a term comes first. The numbers of a service stay those of its own file: what the programme
does otherwise changes them as a plan's own terms would (``changes``).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, Strict

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, available, examine, read_toml, told
from bothand.words import join_words
from bothand.world.plan import TermsChange
from bothand.world.service import Key, Record, Service, Terms, Text, load_service
from bothand.world.terms.catalogue import load_terms

Basis = Literal["as it is run now", "with repairs"]


class ProgrammeTerms(Record):
    """How a programme runs its services: what it does otherwise than each service's own file."""

    label: Text = Field(description="name of the programme")
    basis: Basis = Field(description="how it is run today, or how it would be after the repairs that it chose")
    made: Annotated[datetime.date, Strict()] = Field(description="day on which the programme said so")
    note: Text | None = None
    terms: dict[Key, TermsChange] = Field(min_length=1, description="by service: how the programme runs it")


class RunOtherwise(Service):
    """A service on the terms of a programme: ``terms`` are the programme's, ``written`` those of the service's file."""

    written: Terms

    @property
    def own_terms(self) -> Terms:
        """The terms of the service's own file: its numbers are those of these."""
        return self.written


@dataclass(frozen=True)
class Programme:
    """A programme that a run takes in, and the file that says how it runs its services."""

    said: ProgrammeTerms
    path: Path

    @property
    def name(self) -> str:
        """How pages and lists call it: its label, and whether that is today or after repairs."""
        return f"{self.said.label} ({self.said.basis})"


def load_programme(path: Path) -> Programme:
    """Read a programme's terms. Raises FaultsFound with every fault of the file, beside the services that ship."""
    said, _, faults = read_programme(path)
    if said is None or faults:
        raise FaultsFound(faults)
    return Programme(said, path)


def read_programme(path: Path) -> tuple[ProgrammeTerms | None, Document, list[Fault]]:
    """Return what is sound of a programme's terms, its document, and every fault of the file by itself."""
    document = read_toml(path)
    said, faults = examine(ProgrammeTerms, document)
    if said is not None:
        faults += told(_faults(said, document), faults)
    return said, document, faults


def run_by(services: Sequence[Service], paths: Sequence[Path]) -> tuple[tuple[Service, ...], tuple[Programme, ...]]:
    """Return a study's services as programmes run them, and the programmes.

    Raises FaultsFound with every fault of every file: also where the study holds none of a programme's services, and
    where two programmes run the same one.
    """
    faults: list[Fault] = []
    programmes: list[Programme] = []
    here = {service.key: service for service in services}
    first: dict[str, Path] = {}
    for path in dict.fromkeys(paths):
        try:
            said, document, wrong = read_programme(path)
        except FaultsFound as found:
            faults += found.faults
            continue
        if said is not None:
            wrong += told(_beside(said, document, here, first), wrong)
            programmes.append(Programme(said, path))
            first = {**dict.fromkeys(said.terms, path), **first}
        faults += wrong
    if faults:
        raise FaultsFound(faults)
    said_of = {key: change for one in programmes for key, change in one.said.terms.items()}
    return tuple(run_so(service, said_of.get(service.key)) for service in services), tuple(programmes)


def run_so(service: Service, change: TermsChange | None) -> Service:
    """Return a service on the terms of a programme; the very same one where nothing is said of it."""
    said = change.model_dump(exclude_none=True) if change else {}
    if not said:
        return service
    parts = {name: getattr(service, name) for name in Service.model_fields}
    terms = service.terms.model_copy(update=said)
    return RunOtherwise.model_construct(**{**parts, "terms": terms}, written=service.own_terms)


def said_for_nothing(programme: Programme, services: Sequence[Service]) -> str:
    """Return in a sentence for which of its services a programme says terms that this study does not hold; or ""."""
    keys = {service.key for service in services}
    gone = [f"'{key}'" for key in programme.said.terms if key not in keys]
    words = f"this study does not hold {join_words(gone)}; what is said of it changes nothing here"
    return f"{programme.name}: {words}." if gone else ""


def _beside(
    said: ProgrammeTerms, document: Document, here: Mapping[str, Service], first: Mapping[str, Path]
) -> Iterator[Fault]:
    """Yield what is wrong beside a study and other programmes' files."""
    for key in said.terms:
        if key in first:
            message = f"{first[key]} says how '{key}' is run too; one file says it."
            yield document.fault(message, ("terms", key))
    ships = available("services")
    if not set(said.terms) & set(here) and set(said.terms) <= set(ships):
        yield document.fault(f"this study holds none of these services; it holds: {', '.join(here)}.", ("terms",))


def _faults(said: ProgrammeTerms, document: Document) -> Iterator[Fault]:
    ships = available("services")
    for key, change in said.terms.items():
        where = ("terms", key)
        if key not in ships:
            yield document.fault(f"there is no service '{key}'.", where, nearest(key, ships))
            continue
        if document.data["terms"][key] == {}:
            yield document.fault(f"the terms of '{key}' say nothing.", where)
        service = load_service(key)
        moved = {move.lever for move in service.moves}
        for name, word in change.model_dump(exclude_none=True).items():
            choice = load_terms()[name].of(word)
            if word != getattr(service.terms, name) and moved & set(choice.refused_on):
                words = f"'{key}' cannot be run with '{word}': {choice.refused_why}."
                yield document.fault(words, (*where, name))
