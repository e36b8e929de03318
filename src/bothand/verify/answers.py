"""An answer, what it is held to, and how far it is from that."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bothand.files import write_atomically
from bothand.world.cases.nouns import Within
from bothand.world.cases.questions import listed

ERROR = "_mcse"  # the end of the name of a Monte Carlo standard error
DEVIATION = "_sd"  # the end of the name of a standard deviation between people
FROM_COHORT = "from_cohort"
COLUMNS = ("case", "id", "value", "expected", "tolerance", "met")


@dataclass(frozen=True)
class Answer:
    """One question of a case, answered.

    ``error`` is the largest distance from what was published, in the measure of the tolerance (0 or infinite for an
    exact one; where single people are held to ``within``, in the distances that are allowed). It and ``met`` are None
    where nothing was published. ``waits_for`` says what an answer waits for, if it has none.
    """

    case: str
    id: str
    question: str
    value: Any
    expected: Any
    tolerance: Mapping[str, float] | str | None
    met: bool | None
    error: float | None
    origin: str = ""
    waits_for: str = ""

    @property
    def empty(self) -> tuple[str, ...]:
        """Columns in which nothing stands: where nothing was published, and where an answer still waits."""
        published = () if self.tolerance is not None else ("expected", "tolerance")
        return (*published, *(("value",) if self.waits_for else ()), *(("met",) if self.met is None else ()))


def as_rows(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    """Return answers as plain data: case, id, value, expected, tolerance, met, and what they wait for, if they wait."""
    rows = []
    for answer in answers:
        row = {name: _plain(getattr(answer, name)) for name in COLUMNS}
        rows.append({**row, "waits_for": answer.waits_for} if answer.waits_for else row)
    return rows


def write_results(answers: Iterable[Answer], path: Path) -> None:
    """Write the rows of ``as_rows`` to a JSON file, whole or not at all; its folder is made when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(
        path, (json.dumps(as_rows(answers), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    )


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold: what is infinite or no number is written in words."""
    if isinstance(value, Mapping):
        return {name: _plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def among_people(value: Mapping[str, Any], expected: Mapping[str, Any], within: Within) -> float:
    """Return the largest distance of people who were followed from what was published, in distances that are allowed.

    ``value`` is as ``told`` gives it, with ``from_cohort``. Infinite where something published has no answer. A number
    that was published without its own standard error is taken to have ours.
    """
    allowed: list[tuple[float, float]] = []  # distance, and how much of it is allowed
    if value.get(FROM_COHORT) is not None:
        allowed.append((value[FROM_COHORT], within.errors))
    for name, published in expected.items():
        ours, theirs = listed(value.get(name)), listed(published)
        if not ours or len(ours) != len(theirs):
            return math.inf
        error = name + ERROR
        of_spread = name.endswith((ERROR, DEVIATION))
        errors = [0.0] * len(ours) if of_spread else listed(value[error])
        for own, other, mcse, its in zip(ours, theirs, errors, listed(expected.get(error)) or errors, strict=True):
            near = within.spread * other if of_spread else within.errors * math.hypot(mcse, its)
            allowed.append((abs(own - other), near + _half_of_last_digit(other)))
    return max(gap / near for gap, near in allowed)


def _half_of_last_digit(number: float) -> float:
    """Return how far a number may have been rounded: half of the last digit that is written."""
    return float(Decimal(1).scaleb(int(Decimal(repr(number)).as_tuple().exponent)) / 2)


def distance(value: Any, expected: Any, relative: bool) -> float:
    """Return the largest distance between two numbers, or lists or tables of them; infinite where they differ in form.

    Relative distances are divided by the size of what is expected; 0 is met only by 0.
    """
    if isinstance(expected, Mapping):
        if not isinstance(value, Mapping) or set(value) != set(expected):
            return math.inf
        return max((distance(value[name], expected[name], relative) for name in expected), default=0)
    if isinstance(expected, list):
        if not isinstance(value, list) or len(value) != len(expected):
            return math.inf
        return max((distance(v, e, relative) for v, e in zip(value, expected, strict=True)), default=0)
    if isinstance(value, list | Mapping) or value is None or isinstance(expected, str):
        return 0 if value == expected else math.inf
    gap = abs(value - expected)
    if not relative or gap == 0:
        return float(gap)
    return float(gap / abs(expected)) if expected else math.inf
