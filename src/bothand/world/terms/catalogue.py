"""The terms as data: a question each, and the choices that answer it; one file of ``data/terms`` a term.

A choice says how both traditions read it, what it costs, how much it coerces, and what it changes on which lever of a
model. Or its effect is not known: then it enters audits and profiles, and never a number (DESIGN.md, section 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, Strict

from bothand.evidence.tables import Evidence, require_reference
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, available, data_folder, examine, named_file, read_toml, told
from bothand.units import SHARES
from bothand.world.service import Flag, Grade, Key, Record, Terms, Text

How = Literal["undoes", "moves_instead", "adds"]

COST_NOT_KNOWN = "not known"


class Change(Record):
    """What a choice does to a service that moves a lever."""

    lever: Key = Field(description="lever that a service must move for this to hold")
    how: How = Field(description="what the choice does to it")
    to: Key | None = Field(None, description="the other lever; for 'moves_instead' and 'adds'")
    quantity: Key | None = Field(
        None, description="with 'undoes' the ratio that is divided out, with 'adds' the share in the new places"
    )
    reference_population: Text | None = Field(None, description="of the ratio, as in the evidence row")
    words: Text = Field(description="what follows, for people")
    leaves_out: Text | None = Field(None, description="what the number does not hold")
    one_sided: Flag = Field(False, description="true when what is left out is what some people lose: no gain is read")


class Alone(Record):
    """The grade of a condition where nobody whom it shuts out has another way to the same help."""

    grade: Grade
    note: Text


class TermChoice(Record):
    """One choice: how harm reduction and recovery read it, what it costs, how much it coerces, what it changes."""

    key: Text = Field(description="the word that stands in services and plans")
    label: Text
    hr: Text = Field(description="how people of the harm reduction tradition may read it")
    r: Text = Field(description="how people of the recovery tradition may read it")
    cost: Text = Field(description="quantity in USD, or 'not known'")
    coercion: Grade = Field(description="grade, 0 an offer")
    coercion_note: Text = Field(description="why this grade")
    coercion_alone: Alone | None = Field(
        None, description="the grade of a condition where no other way to the same help, without it, is open"
    )
    change: tuple[Change, ...] = Field((), description="absent = effect not known")
    refused_on: tuple[Key, ...] = Field((), description="levers: a service that moves one cannot be run so")
    refused_why: Text | None = None

    @property
    def by_itself(self) -> int:
        """The grade where nothing else is open."""
        return self.coercion_alone.grade if self.coercion_alone else self.coercion


class Dispute(Record):
    """What is disputed about a term: a claim, two positions, and the quantities they rest on."""

    claim: Text
    one: Text
    other: Text
    evidence: tuple[Key, ...] = ()


class Term(Record):
    """One term: a question, and the choices that answer it."""

    key: Key
    label: Text
    question: Text
    order: Annotated[int, Strict(), Field(ge=1)]
    reviewed: Text = Field(description="who of each tradition reviewed the readings, or 'drafted, not reviewed'")
    evidence: tuple[Key, ...] = Field((), description="quantities that speak to it, in use or not")
    choice: tuple[TermChoice, ...] = Field(min_length=1)
    dispute: tuple[Dispute, ...] = ()

    def of(self, key: str) -> TermChoice:
        """Return the choice that a service or plan names."""
        return next(choice for choice in self.choice if choice.key == key)


Catalogue = Mapping[str, Term]


def load_terms(folder: Path | None = None) -> Catalogue:
    """Return every term by key, in their order. Raises FaultsFound with the faults of all files."""
    root = folder or data_folder() / "terms"
    return _load(root, tuple((path.name, path.stat().st_mtime_ns) for path in sorted(root.glob("*.toml"))))


def read_term(name: str | Path) -> tuple[Term | None, Document, list[Fault]]:
    """Return what is sound of a term, its document, and every fault of the file by itself."""
    document = read_toml(named_file("terms", name))
    term, faults = examine(Term, document)
    if term is not None:
        faults += told(_faults(term, document), faults)
    return term, document, faults


def catalogue_faults(evidence: Evidence) -> list[Fault]:
    """Return what is wrong with the shipped terms beside the evidence, places with tables of their own included."""
    faults: list[Fault] = []
    for name in available("terms"):
        term, document, wrong = read_term(name)
        faults += [*wrong, *told(term_faults(term, document, evidence) if term else (), wrong)]
    return faults


def term_faults(term: Term, document: Document, evidence: Evidence) -> Iterator[Fault]:
    """Yield what is wrong with a term beside the evidence: unknown quantities, other kinds, other references."""
    for number, key in enumerate(term.evidence):
        yield from _unknown(document, key, evidence, ("evidence", number))
    for n, dispute in enumerate(term.dispute):
        for number, key in enumerate(dispute.evidence):
            yield from _unknown(document, key, evidence, ("dispute", n, "evidence", number))
    for n, choice in enumerate(term.choice):
        if choice.cost != COST_NOT_KNOWN:
            yield from _unknown(document, choice.cost, evidence, ("choice", n, "cost"))
        for number, change in enumerate(choice.change):
            yield from _change_faults(change, document, evidence, ("choice", n, "change", number))


@lru_cache(maxsize=2)
def _load(root: Path, stamp: tuple[tuple[str, int], ...]) -> Catalogue:
    found: list[Term] = []
    faults: list[Fault] = []
    for name, _ in stamp:
        term, _, wrong = read_term(root / name)
        faults += wrong
        found += [term] if term else []
    missing = set(Terms.model_fields) - {term.key for term in found}
    faults += [Fault(str(root), f"there is no file for the term '{key}'.") for key in sorted(missing)]
    if faults:
        raise FaultsFound(faults)
    return {term.key: term for term in sorted(found, key=lambda term: term.order)}


def _faults(term: Term, document: Document) -> Iterator[Fault]:
    if term.key not in Terms.model_fields:
        near = nearest(term.key, Terms.model_fields)
        yield document.fault(f"services have no term '{term.key}'.", ("key",), near)
        return
    yield from document.misnamed(term.key)
    words = get_args(Terms.model_fields[term.key].annotation)
    keys = [choice.key for choice in term.choice]
    for number, key in enumerate(keys):
        if key not in words:
            allowed = f"'{key}' is no choice of '{term.key}'; allowed: {', '.join(words)}."
            yield document.fault(allowed, ("choice", number, "key"), nearest(key, words))
        elif key in keys[:number]:
            yield document.fault(f"the choice '{key}' stands twice.", ("choice", number, "key"))
    for word in words:
        if word not in keys:
            yield document.fault(f"the choice '{word}' is missing.", ("choice",))
    for n, choice in enumerate(term.choice):
        if choice.coercion_alone and choice.by_itself <= choice.coercion:
            message = f"alone it weighs more: a grade above {choice.coercion} was expected."
            yield document.fault(message, ("choice", n, "coercion_alone", "grade"))
        if bool(choice.refused_on) != (choice.refused_why is not None):
            yield document.fault("'refused_on' and 'refused_why' belong together.", ("choice", n))
        for number, change in enumerate(choice.change):
            if (change.how == "undoes") != (change.to is None):
                words_ = "'to' names the other lever of 'moves_instead' and 'adds', and of nothing else."
                yield document.fault(words_, ("choice", n, "change", number))
            if change.how == "adds" and change.quantity is None:
                yield document.fault("'adds' needs the quantity of the share.", ("choice", n, "change", number))


def _unknown(document: Document, key: str, evidence: Evidence, where: tuple[str | int, ...]) -> Iterator[Fault]:
    if key not in evidence and key not in evidence.names:
        yield document.fault(f"unknown quantity '{key}'.", where, nearest(key, evidence))


def _change_faults(
    change: Change, document: Document, evidence: Evidence, where: tuple[str | int, ...]
) -> Iterator[Fault]:
    """A ratio is used on its own reference population alone; a share of new places must be a share."""
    key = change.quantity
    if key is None:
        return
    if key not in evidence.names:
        yield document.fault(f"unknown quantity '{key}'.", (*where, "quantity"), nearest(key, evidence.names))
        return
    if change.how == "undoes":
        try:
            require_reference(evidence, key, change.reference_population or "")
        except FaultsFound as found:
            for fault in found.faults:
                yield document.fault(fault.message, (*where, "reference_population"), fault.nearest)
    else:
        row = evidence[evidence.resolve(key)]
        if row.typed and row.typed.kind not in SHARES:
            yield document.fault(f"a share was expected; '{key}' is in '{row.unit}'.", (*where, "quantity"))
