"""Terms: how a service is run, as named choices with two readings, a cost, a grade of coercion and an effect.

One file of ``data/terms`` for each term of ``service.Terms``. A choice either says what it changes on which lever of a
model, or its effect is not known: then it enters audits and profiles, and never a number (DESIGN.md, section 5).

The numbers of a service are those of the choices in its own file. A plan that runs it otherwise changes them by one of
three things that a choice can do to a lever that the service moves:

    undoes          the service does not move the lever: the ratio by which the lever works is divided out
    moves_instead   the service moves another lever in its stead: other people are reached
    adds            among the new places on the lever, another lever stands at the share that a quantity gives

Where the choice in the service's file itself changes the lever, what another choice would do is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, Strict

from bothand.evidence.tables import Evidence, require_reference
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, available, data_folder, examine, named_file, read_toml, told
from bothand.units import SHARES
from bothand.world.plan import Plan, terms_of
from bothand.world.service import MOST_COERCIVE, Flag, Key, Move, Record, Service, Terms, Text

How = Literal["undoes", "moves_instead", "adds"]

NOT_KNOWN = "effect not known"
NOT_HERE = "effect not known in this model"
COST_NOT_KNOWN = "not known"
OWN = "counted: the service's own numbers are those of this choice"


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


class TermChoice(Record):
    """One choice: how harm reduction and recovery read it, what it costs, how much it coerces, what it changes."""

    key: Text = Field(description="the word that stands in services and plans")
    label: Text
    hr: Text = Field(description="how people of the harm reduction tradition may read it")
    r: Text = Field(description="how people of the recovery tradition may read it")
    cost: Text = Field(description="quantity in USD, or 'not known'")
    coercion: Annotated[int, Strict(), Field(ge=0, le=MOST_COERCIVE)] = Field(description="grade, 0 an offer")
    coercion_note: Text
    change: tuple[Change, ...] = Field((), description="absent = effect not known")
    refused_on: tuple[Key, ...] = Field((), description="levers: a service that moves one cannot be run so")
    refused_why: Text | None = None


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


@dataclass(frozen=True)
class AsRun:
    """A service on the terms of a plan: what it moves, and the levers that it serves without moving them."""

    service: Service
    undone: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Deviation:
    """One term that a plan sets otherwise than the service's own file, and what follows."""

    service: str
    term: str
    was: str
    now: str
    changes: tuple[Change, ...]

    @property
    def leaves_out(self) -> str:
        """What the numbers do not hold; an empty text when nothing is known to be missing."""
        return "; ".join(dict.fromkeys(change.leaves_out for change in self.changes if change.leaves_out))


def as_run(service: Service, terms: Terms, levers: Collection[str]) -> AsRun:
    """Return the service as these terms make it; the very same one on its own terms.

    ``levers`` are those of the model: a change of a lever that it does not have is not known, and made nowhere.
    """
    undone: set[str] = set()
    for deviation in deviations(service, terms, levers):
        for change in deviation.changes:
            if change.how == "undoes":
                undone.add(change.lever)
            elif change.to is not None:
                make = _moves_instead if change.how == "moves_instead" else _adds
                service = make(service, change, change.to)
    return AsRun(service, frozenset(undone))


def deviations(service: Service, terms: Terms, levers: Collection[str]) -> list[Deviation]:
    """Return the terms that are not the service's own, in the order of the catalogue, with what each changes."""
    found = []
    for key, term in load_terms().items():
        was, now = getattr(service.terms, key), getattr(terms, key)
        if was != now:
            found.append(Deviation(service.key, key, was, now, changes_of(service, term, now, levers)))
    return found


def changes_of(service: Service, term: Term, choice: str, levers: Collection[str]) -> tuple[Change, ...]:
    """Return what a choice changes on a service, against the choice in the service's file; empty = not known."""
    own = _touched(service, term.of(getattr(service.terms, term.key)), levers)
    return () if own else _touched(service, term.of(choice), levers)


def effect_of(service: Service, term: Term, choice: str, levers: Collection[str]) -> str:
    """Return the effect of a choice on a service in words: its own numbers, what changes, or that it is not known."""
    if choice == getattr(service.terms, term.key):
        others = [changes_of(service, term, other.key, levers) for other in term.choice if other.key != choice]
        return OWN if any(others) else NOT_KNOWN
    words = dict.fromkeys(change.words for change in changes_of(service, term, choice, levers))
    return "; ".join(words) or NOT_HERE


def coercion_of(service: Service, terms: Terms) -> int:
    """Return the grade of coercion of a line: the highest of the service's own and of each of its terms."""
    grades = [term.of(getattr(terms, key)).coercion for key, term in load_terms().items()]
    return max(service.coercion, *grades)


def quantities_of(service: Service, terms: Terms, levers: Collection[str]) -> set[str]:
    """Return the quantities that delivery reads because a plan runs the service on these terms."""
    return {
        change.quantity
        for deviation in deviations(service, terms, levers)
        for change in deviation.changes
        if change.how == "adds" and change.quantity
    }


def refused(plan: Plan, document: Document, services: Iterable[Service]) -> Iterator[Fault]:
    """Yield a fault for each service that a plan cannot run as it says; ``document`` is the plan's."""
    spots: dict[str, Path_] = {line.service: ("line", n, "terms") for n, line in enumerate(plan.line)}
    spots |= {key: ("terms", key) for key in plan.terms}
    for service in services:
        moved, terms = {move.lever for move in service.moves}, terms_of(plan, service)
        for key, term in load_terms().items():
            choice = term.of(getattr(terms, key))
            if terms != service.terms and moved & set(choice.refused_on):
                message = f"'{service.key}' cannot be run with '{choice.key}': {choice.refused_why}."
                yield document.fault(message, (*spots[service.key], key))


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


def _touched(service: Service, choice: TermChoice, levers: Collection[str]) -> tuple[Change, ...]:
    """Return the changes of a choice that hold for a service in a model."""
    moved = {move.lever for move in service.moves}
    return tuple(
        change
        for change in choice.change
        if change.lever in moved and change.lever in levers and (change.to is None or change.to in levers)
    )


def _moves_instead(service: Service, change: Change, to: str) -> Service:
    """Return the service with every mention of one lever turned into another."""

    def turned(name: str | None) -> str | None:
        return to if name == change.lever else name

    moves = tuple(
        move.model_copy(update={"lever": turned(move.lever), "beside": turned(move.beside)}) for move in service.moves
    )
    demand = service.demand.model_copy(update={"of": turned(service.demand.of)}) if service.demand else None
    return service.model_copy(update={"moves": moves, "demand": demand, "counts_lever": turned(service.counts_lever)})


def _adds(service: Service, change: Change, to: str) -> Service:
    """Return the service with a share of its new places on one lever standing on another."""
    beside = next(move for move in service.moves if move.lever == change.lever)
    more = Move(
        lever=to,
        kind="share",
        amount=None,
        stay=None,
        blend=change.quantity,
        beside=change.lever,
        own_places=beside.own_places,
        later=beside.later,
        note=change.words,
    )
    return service.model_copy(update={"moves": (*service.moves, more)})


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
    if term.key != document.path.stem:
        yield document.fault(f"the key '{term.key}' is not the file's name.", ("key",), document.path.stem)
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
