"""What is left undone when two favourites are paid in full, under both criteria of recovery, on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bothand.report import layout
from bothand.report.lookup import Index, in_hundred, number
from bothand.report.summary import Pair


@dataclass(frozen=True)
class Undone:
    """What is left undone under one criterion of recovery: the share, its words, and 19 in 20 runs of it."""

    share: float
    words: str
    span: str = ""


@dataclass(frozen=True)
class Collision:
    """What is left undone when two favourites are paid in full: medication included, and not.

    ``without`` is None for a pair without hope: both criteria say the same of it.
    """

    names: str
    included: Undone
    without: Undone | None
    why: str


def span(low: float | None, high: float | None, of_one: bool = False) -> str:
    """Return a range of shares in hundredths, ' (5 to 40)'; ``of_one``: of what is left of one. Empty where not run."""
    if low is None or high is None:
        return ""
    ends = (1 - high, 1 - low) if of_one else (low, high)
    kept = [round(layout.HUNDRED * min(max(end, 0.0 if of_one else -1.0), 1.0)) for end in ends]
    return f" ({number(kept[0])} to {number(kept[1])})"


def collisions(index: Index, pairs: Sequence[Pair]) -> list[Collision]:
    """Return the deepest collisions, each under both criteria of recovery where the pair depends on it."""
    deepest = sorted(pairs, key=lambda p: -max(p.collision, p.collision_without_medication or 0))
    made: list[Collision] = []
    for pair in deepest[: layout.COLLISIONS]:
        other = pair.collision_without_medication
        if max(pair.collision, other or 0) <= 0:
            continue
        included = _undone(pair.collision, span(pair.collision_low, pair.collision_high))
        made.append(Collision(index.both(pair), included, None if other is None else _undone(other), pair.remedy))
    return made


def _undone(share: float, span: str = "") -> Undone:
    kept = min(max(share, 0.0), 1.0)
    return Undone(kept, f"{in_hundred(kept)} undone" if kept > 0 else "nothing undone", span.strip())
