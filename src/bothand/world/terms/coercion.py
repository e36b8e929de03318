"""How coercive a service is as it is run: the one home of its grade, which pages, lists and audits all read.

0 an offer, 1 an incentive, 2 a benefit with a condition, 3 legal pressure, 4 confinement (DESIGN.md, section 9). What a
service is by itself stands in its own file; what its terms add stands with each choice of ``data/terms``. A condition
may weigh less while another way to the same help, without it, is open: a service names such ways in ``other_ways``.
The grades were drafted by the BothAnd team, 2026-11-25 and 2026-11-30, and are not reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bothand.world.service import Service, Terms
from bothand.world.terms.catalogue import TermChoice, load_terms

Way = tuple[Service, Terms]
"""A service, and the terms on which it is run."""


@dataclass(frozen=True)
class TermGrade:
    """The grade of coercion that one term brings to a line, and why."""

    grade: int
    note: str


@dataclass(frozen=True)
class Coercion:
    """How coercive a line is: its grade, what that rests on, and each of its terms.

    ``otherwise`` is the same line where no other way is open; None where its grade would be the same.
    """

    grade: int
    note: str
    terms: Mapping[str, TermGrade]
    otherwise: Coercion | None = None

    @property
    def told(self) -> str:
        """What the grade rests on, and the other grade where nothing else is open."""
        other = self.otherwise
        return f"{self.note}; else grade {other.grade}, {other.note}" if other else self.note


def coercion_of(service: Service, terms: Terms, beside: Iterable[Way] = ()) -> Coercion:
    """Return how coercive a service is as it is run: the highest of its own grade and of each of its terms.

    ``beside`` are the services that run beside it, each on its own terms. A condition weighs less while one of the
    service's ``other_ways`` is among them and asks for less: it sets none of the gravest conditions of this line as
    gravely, and is no closed place. One and the same way must do so for all of these, else somebody has no place. The
    lesser conditions of the line then come with a free choice of it (DESIGN.md, section 9, rule 4).
    """
    choices = _choices(terms)
    conditions = {key: c.coercion_alone.grade for key, c in choices.items() if c.coercion_alone}
    worst = max(conditions.values(), default=0)
    gravest = [key for key, grade in conditions.items() if grade == worst]
    free = bool(conditions) and any(
        other.key in service.other_ways
        and other.coercion < worst
        and all(chosen.by_itself < worst for key, chosen in _choices(own).items() if key in gravest)
        for other, own in beside
    )
    parts = {key: _graded(choice, free) for key, choice in choices.items()}
    grade = max(service.coercion, *(part.grade for part in parts.values()))
    catalogue = load_terms()
    notes = [service.coercion_note] if service.coercion == grade else []
    told = [key for key, part in parts.items() if part.grade == grade > 0 or (free and key in gravest)]
    notes += [f"{catalogue[key].label}: {parts[key].note}" for key in told]
    alone = coercion_of(service, terms) if free else None
    return Coercion(grade, "; ".join(notes), parts, alone if alone and alone.grade > grade else None)


def _choices(terms: Terms) -> dict[str, TermChoice]:
    return {key: term.of(getattr(terms, key)) for key, term in load_terms().items()}


def _graded(choice: TermChoice, free: bool) -> TermGrade:
    alone = choice.coercion_alone
    return TermGrade(choice.coercion, choice.coercion_note) if free or not alone else TermGrade(alone.grade, alone.note)
