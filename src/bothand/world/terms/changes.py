"""What a change of terms does to a service.

The numbers of a service are those of the choices in its own file. A plan that runs it otherwise changes them by one of
three things that a choice can do to a lever that the service moves:

    undoes          the service does not move the lever: the ratio by which the lever works is divided out
    moves_instead   the service moves another lever in its stead: other people are reached
    adds            among the new places on the lever, another lever stands at the share that a quantity gives

Where the choice in the service's file itself changes the lever, what another choice would do is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bothand.evidence.tables import Evidence
from bothand.words import number_words, range_words
from bothand.world.service import Move, Service, Terms
from bothand.world.terms.catalogue import Change, Term, TermChoice, load_terms

NOT_KNOWN = "effect not known"
NOT_HERE = "effect not known in this model"
OWN = "counted: the service's own numbers are those of this choice"


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
        was, now = getattr(service.own_terms, key), getattr(terms, key)
        if was != now:
            found.append(Deviation(service.key, key, was, now, changes_of(service, term, now, levers)))
    return found


def changes_of(service: Service, term: Term, choice: str, levers: Collection[str]) -> tuple[Change, ...]:
    """Return what a choice changes on a service, against the choice in the service's file; empty = not known."""
    own = _touched(service, term.of(getattr(service.own_terms, term.key)), levers)
    return () if own else _touched(service, term.of(choice), levers)


def effect_of(service: Service, term: Term, choice: str, levers: Collection[str]) -> str:
    """Return the effect of a choice on a service in words: its own numbers, what changes, or that it is not known."""
    if choice == getattr(service.own_terms, term.key):
        others = [changes_of(service, term, other.key, levers) for other in term.choice if other.key != choice]
        return OWN if any(others) else NOT_KNOWN
    words = dict.fromkeys(change.words for change in changes_of(service, term, choice, levers))
    return "; ".join(words) or NOT_HERE


def effect_told(changes: Iterable[Change], evidence: Evidence) -> str:
    """Return changes in words, each with the number that it rests on."""
    said = []
    for change in changes:
        row = evidence[evidence.resolve(change.quantity)] if change.quantity else None
        number = f" ({number_words(row.mean)}, {range_words(row.low, row.high)}; {row.grade})" if row else ""
        said.append(f"{change.words}{number}")
    return "; ".join(dict.fromkeys(said))


def quantities_of(service: Service, terms: Terms, levers: Collection[str]) -> set[str]:
    """Return the quantities that delivery reads because a plan runs the service on these terms."""
    return {
        change.quantity
        for deviation in deviations(service, terms, levers)
        for change in deviation.changes
        if change.how == "adds" and change.quantity
    }


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
