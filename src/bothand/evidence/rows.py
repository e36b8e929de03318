"""Reading one row of an evidence table, with every fault of its cells. Source: DESIGN 5."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from bothand.evidence.quantity import DISTRIBUTIONS, GRADES, ORIGINS, ROLES, Quantity
from bothand.faults import Fault, nearest
from bothand.units import SHARES, Kind, UnitError, parse_unit

COLUMNS = (
    *("key", "group", "role", "description", "unit", "mean", "low", "high", "distribution", "population"),
    *("reference_population", "year", "citation", "locator", "grade", "interval_origin", "note", "checked_on"),
    *("review_by", "judged_by", "judged_from", "judged_why"),
)
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_MARKUP = re.compile(r"<\s*[/!?A-Za-z]")
_WORDS = {"role": ROLES, "grade": GRADES, "interval_origin": ORIGINS, "distribution": DISTRIBUTIONS}


def read_row(cells: Mapping[str, str], file: str, line: int) -> tuple[Quantity | None, list[Fault]]:
    """Return a row as a Quantity, or None, with every fault of its cells."""
    text = {name: " ".join(cells[name].split()) for name in COLUMNS}
    key = text["key"]
    faults: list[Fault] = []

    def wrong(column: str, message: str, near: str | None = None) -> None:
        faults.append(Fault(file, message, f"{key}.{column}" if key else column, line, near))

    if not _KEY.fullmatch(key):
        wrong("key", f"a key is lower-case letters, digits and underscores; found '{key}'.")
    for column, allowed in _WORDS.items():
        if text[column] not in allowed:
            words = f"unknown {column} '{text[column]}'; allowed: {', '.join(allowed)}."
            wrong(column, words, nearest(text[column], allowed))
    for column in COLUMNS:
        if _MARKUP.search(text[column]) or not text[column].isprintable():
            wrong(column, f"markup and control characters may not stand in a text; found '{text[column]}'.")
    if not text["description"]:
        wrong("description", "the description is missing.")
    numbers = {c: _number(text[c]) for c in ("mean", "low", "high")}
    for column, number in numbers.items():
        if number is None:
            wrong(column, f"a number was expected, found '{text[column]}'.")
    dates: dict[str, Any] = {c: _date(text[c]) for c in ("checked_on", "review_by")}
    for column, day in dates.items():
        if day is None:
            wrong(column, f"a date such as 2026-11-23 was expected, found '{text[column]}'.")
    as_text: dict[str, Any] = {c: text[c] for c in COLUMNS if c not in numbers and c not in dates}
    figures: dict[str, Any] = {c: math.nan if v is None else v for c, v in numbers.items()}
    row = Quantity(**as_text, **figures, **dates, file=file, line=line)
    for column, message, near in _content(row, complete=None not in numbers.values()):
        wrong(column, message, near)
    return (None if faults and not key else row), faults


def _number(text: str) -> float | None:
    if not re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", text):
        return None
    return float(text)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _content(q: Quantity, complete: bool) -> Iterator[tuple[str, str, str | None]]:
    """What a row's cells say together: (column, message, nearest) of every fault."""
    if q.role != "context":
        try:
            parse_unit(q.unit)
        except UnitError as error:
            yield "unit", f"unknown unit '{q.unit}'.", error.near
    if q.grade == "judgement":
        for column, asks in (("judged_by", "who judged"), ("judged_from", "from which rows"), ("judged_why", "why")):
            if not getattr(q, column):
                yield column, f"a judgement is a source only if it says {asks}.", None
    else:
        for column in ("citation", "locator"):
            if not getattr(q, column):
                yield column, "a row with no source: the " + column + " is missing.", None
    if q.typed and q.typed.is_ratio and q.role != "context" and not q.reference_population:
        yield "reference_population", "a ratio without its reference population.", None
    if q.checked_on and q.review_by and q.review_by < q.checked_on:
        yield "review_by", "the review lies before the check.", None
    if complete:
        yield from _numbers(q)


def _numbers(q: Quantity) -> Iterator[tuple[str, str, str | None]]:
    if q.low > q.high:
        yield "low", f"low {q.low:g} is above high {q.high:g}.", None
    elif not q.low <= q.mean <= q.high:
        yield "mean", f"the mean {q.mean:g} is outside its interval {q.low:g} to {q.high:g}.", None
    if q.typed is None:
        return
    for column in ("low", "mean", "high"):
        value = getattr(q, column)
        if value > q.typed.highest or value < q.typed.lowest:
            yield column, _out_of_bounds(q, value), None
    if q.role == "context":
        return
    if q.family == "lognormal" and q.low <= 0:
        yield "low", "a lognormal lies above zero; give a low above zero or another distribution.", None
    if q.family == "beta" and (q.low < 0 or q.high > 1):
        yield "distribution", "a beta lies between 0 and 1.", None
    if q.family == "gamma" and q.low < 0:
        yield "low", "a gamma lies above zero.", None


def _out_of_bounds(q: Quantity, value: float) -> str:
    assert q.typed is not None
    kind = q.typed.kind
    if kind in SHARES:
        return f"a {kind.value} lies between 0 and 1; found {value:g}."
    if q.typed.is_money:
        return f"money is not negative; found {value:g}."
    if kind is Kind.UTILITY:
        return f"a utility lies between -1 and 1; found {value:g}."
    return f"a {kind.value} may not be {value:g}."
