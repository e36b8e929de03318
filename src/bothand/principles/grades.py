"""How coercive a service is as a plan runs it: its own grade, raised by terms that make help conditional.

0 an offer, 1 an incentive, 2 a conditional benefit, 3 legal pressure, 4 confinement. The grades of terms are data
(``data/principles/coercion/terms.csv``): drafted by the BothAnd team, 2026-11-25, not reviewed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import data_folder, read_csv
from bothand.principles.facts import Funded
from bothand.world.population import doubled
from bothand.world.service import MOST_COERCIVE, Terms

COLUMNS = ("term", "choice", "grade", "unless", "note")
OPEN_BESIDE = "a place that welcomes medication is open"
WELCOME = "welcome"

_GRADE = TypeAdapter(Annotated[int, Field(ge=0, le=MOST_COERCIVE)])


@dataclass(frozen=True)
class TermGrade:
    """The grade that a choice among the terms brings; none while ``unless`` holds."""

    term: str
    choice: str
    grade: int
    unless: str


@lru_cache(maxsize=2)
def load_grades(table: Path | None = None) -> tuple[TermGrade, ...]:
    """Read the grades of terms.

    Raises FaultsFound for an unknown term or condition, a grade that is none, and a choice that stands twice.
    """
    path = table or data_folder() / "principles" / "coercion" / "terms.csv"
    found: list[TermGrade] = []
    faults: list[Fault] = []
    rows = list(read_csv(path, COLUMNS))
    choices = [(line, f"{row['term']}: {row['choice']}") for line, row in rows]
    faults += doubled("choice", choices, path)
    for line, row in rows:
        if row["term"] not in Terms.model_fields:
            near = nearest(row["term"], list(Terms.model_fields))
            faults.append(Fault(str(path), f"unknown term '{row['term']}'.", line=line, nearest=near))
        if row["unless"] not in ("", OPEN_BESIDE):
            faults.append(Fault(str(path), f"'{row['unless']}' is not '{OPEN_BESIDE}'.", line=line))
        try:
            grade = _GRADE.validate_python(row["grade"])
        except ValidationError:
            faults.append(Fault(str(path), f"'{row['grade']}' is not a grade from 0 to {MOST_COERCIVE}.", line=line))
            continue
        found.append(TermGrade(row["term"], row["choice"], grade, row["unless"]))
    if faults:
        raise FaultsFound(faults)
    return tuple(found)


def grade_of(one: Funded, beside: Sequence[Funded]) -> int:
    """Return the grade of a service as a plan runs it; ``beside`` are all services that the plan pays for."""
    found = [one.service.coercion]
    for term in load_grades():
        if getattr(one.terms, term.term) == term.choice and not (term.unless and _welcomed(one, beside)):
            found.append(term.grade)
    return max(found)


def _welcomed(one: Funded, beside: Sequence[Funded]) -> bool:
    """Say whether a place of the same kind that welcomes medication runs under the plan."""
    return any(
        other.service.kind == one.service.kind and other.terms.medication == WELCOME and runs(other)
        for other in beside
        if other.service.key != one.service.key
    )


def runs(one: Funded) -> bool:
    """Say whether a service has some unit running in most runs."""
    return one.running > 0.5
