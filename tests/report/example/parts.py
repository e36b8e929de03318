"""What every part of the example is made with: intervals around a mean, and one part for each row of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from bothand.report import summary as s

P = TypeVar("P", bound=s.Part)


def interval(mean: float, low: float = 0.4, high: float = 2.1) -> s.Interval:
    """An interval around ``mean`` whose ends are ``low`` and ``high`` times the mean."""
    ends = sorted((mean * low, mean * high))
    return s.Interval(mean=mean, low=min(ends[0], mean), high=max(ends[1], mean))


def around(mean: float, half: float) -> s.Interval:
    """An interval that reaches ``half`` below ``mean`` and a little more above it."""
    return between(mean - half, mean, mean + half * 1.1)


def between(low: float, mean: float, high: float) -> s.Interval:
    return s.Interval(mean=mean, low=low, high=high)


def table(part: type[P], columns: str, rows: Iterable[Sequence[object]], **same: object) -> list[P]:
    """One part of the summary for each row, its cells under ``columns``; what is the ``same`` in all stands once."""
    names = columns.split()
    return [part.model_validate({**same, **dict(zip(names, row, strict=True))}) for row in rows]
