"""Form before meaning: is every key known, present and of its kind? Every fault in plain words, with its line."""

from __future__ import annotations

import copy
import datetime
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files.documents import Document
from bothand.files.lines import Path_

LONGEST_SHOWN = 80  # UNIT: characters of a faulty value that are printed back

M = TypeVar("M", bound=BaseModel)


def validate(model: type[M], document: Document) -> M:
    """Build ``model`` from a document. Raises FaultsFound with every fault of form, in plain words, with lines."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise FaultsFound(_plain(document, error, model)) from error


def examine(model: type[M], document: Document, fill: Collection[str] | None = None) -> tuple[M | None, list[Fault]]:
    """Return what can be built of ``model``, and every fault of form.

    What is faulty is left out, so that the meaning of the rest can be looked at in the same pass; what may not be left
    out gets a stand-in, which ``told`` keeps from being blamed. ``fill`` names the only keys, beside unknown ones, for
    which this may be done. None when too little is sound.
    """
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        return _mended(model, document.data, error, fill), _plain(document, error, model)


def told(faults: Iterable[Fault], form: Sequence[Fault]) -> list[Fault]:
    """Return the faults of meaning that do not merely follow from a fault of form at the same place."""
    spots = [(fault.file, f"{fault.where}.") for fault in form if fault.where]
    return [fault for fault in faults if not any(_same_place(fault, file, spot) for file, spot in spots)]


def _same_place(fault: Fault, file: str, spot: str) -> bool:
    where = f"{fault.where}."
    return fault.file == file and (spot.startswith(where) or where.startswith(spot))


_STAND_INS: tuple[Any, ...] = (
    "x",
    1,
    0,
    2026,  # UNIT: a calendar year
    True,
    datetime.date(2026, 1, 1),  # UNIT: a day
    [],
    {},
    ["x"],
    [1],
    [2026, 2026],  # UNIT: calendar years
    [[2026, 2026]],  # UNIT: calendar years
)


def _mended(model: type[M], data: dict[str, Any], error: ValidationError, fill: Collection[str] | None) -> M | None:
    """Return the model without what is faulty; a required part gets the first stand-in that fits."""
    data = copy.deepcopy(data)
    tried: dict[Path_, int] = {}
    for _ in range(2 * len(_STAND_INS)):
        for where, one in {_place(data, one): one for one in error.errors(include_url=False)}.items():
            if not where or not _put_aside(data, where, one, tried, fill):
                return None
        try:
            return model.model_validate(data)
        except ValidationError as again:
            error = again
    return None


def _put_aside(
    data: dict[str, Any], where: Path_, error: Any, tried: dict[Path_, int], fill: Collection[str] | None
) -> bool:
    """Leave out what stands at ``where``, or put the next stand-in there. False when that may not be, or no more."""
    parent: Any = data
    for step in where[:-1]:
        try:
            parent = parent[step]
        except (KeyError, IndexError, TypeError):
            return True  # left out with what it was a part of
    last: Any = where[-1]
    if fill is not None and last not in fill and error["type"] != "extra_forbidden":
        return False
    if isinstance(parent, dict) and last in parent and where not in tried:
        del parent[last]
        tried[where] = 0
        return True
    number = tried.get(where, 0)
    tried[where] = number + 1
    if number == len(_STAND_INS) or not isinstance(parent, dict | list):
        return False
    if isinstance(parent, list) and last == len(parent):
        parent.append(None)
    allowed = _allowed(error) if error["type"] == "literal_error" else []
    parent[last] = allowed[0] if allowed else _STAND_INS[number]
    return True


def _place(data: Any, error: Any) -> Path_:
    """Return where a fault stands in the file: the checker's own words, such as the kind it tried, are left out."""
    where: list[str | int] = []
    here: Any = data
    for step in error["loc"]:
        if (isinstance(here, dict) and step in here) or (
            isinstance(here, list) and isinstance(step, int) and step < len(here)
        ):
            where.append(step)
            here = here[step]
    if error["type"] == "missing":
        where.append(error["loc"][-1])
    return tuple(where)


# ---------------------------------------------------------------- in words

_EXPECTED = {
    "float": "a number",
    "int": "a number",
    "string": "text",
    "bool": "true or false",
    "date": "a date such as 2026-01-31, without quotes,",
    "list": "a list",
    "tuple": "a list",
    "dict": "a table",
    "model": "a table",
}
_LIMITS = {
    "greater_than_equal": ("ge", "a number greater than or equal to"),
    "greater_than": ("gt", "a number greater than"),
    "less_than_equal": ("le", "a number less than or equal to"),
    "less_than": ("lt", "a number less than"),
}
_PATTERNS = {r"^[a-z][a-z0-9_]*$": "a name of lower-case letters, digits and underscores"}


def _plain(document: Document, error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """Return the faults in the order of the file; where several kinds were possible, one fault names them all."""
    found: dict[Path_, list[Any]] = {}
    for one in error.errors(include_url=False):
        found.setdefault(_place(document.data, one), []).append(one)
    return [_in_words(document, where, errors, model) for where, errors in found.items()]


def _in_words(document: Document, where: Path_, errors: Sequence[Any], model: type[BaseModel]) -> Fault:
    error = errors[0]
    kind, shown = error["type"], _shown(error.get("input"))
    if kind == "extra_forbidden":
        return document.fault(f"unknown key '{where[-1]}'.", where, nearest(str(where[-1]), _siblings(model, where)))
    if kind == "missing" and isinstance(where[-1], int):
        return document.fault("an entry of this list is missing.", where)
    if kind == "missing":
        return document.fault(f"the key '{where[-1]}' is missing.", where)
    if kind in ("literal_error", "enum"):
        allowed = _allowed(error)
        near = nearest(str(error.get("input")), allowed)
        return document.fault(f"found {shown}; allowed: {', '.join(allowed)}.", where, near)
    wanted = list(dict.fromkeys(words for one in errors if (words := _wanted(one))))
    if wanted:
        return document.fault(f"{' or '.join(wanted)} was expected, found {shown}.", where)
    words = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    found = "" if isinstance(error.get("input"), dict) else f"; found {shown}"  # a whole table says nothing more
    return document.fault(f"{words[:1].lower()}{words[1:]}{found}.", where)


def _allowed(error: Any) -> list[str]:
    return re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))


def _wanted(error: Any) -> str:
    """Return what was expected in the place of a faulty value, in words; "" when the message must say it."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        limit = context[name]
        return f"{words} {int(limit) if limit == int(limit) else limit}"
    if kind == "finite_number":
        return "a finite number"
    if kind == "string_too_short":
        return "text that is not empty"
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"text of the form {context['pattern']}")
    if kind == "too_short":
        return f"at least {_entries(context['min_length'])}"
    if kind == "too_long":
        return f"at most {_entries(context['max_length'])}"
    if kind == "int_from_float":
        return "a whole number"
    stem = kind.split("_")[0]
    return _EXPECTED.get(stem, "") if kind.endswith(("_type", "_parsing", "_size")) else ""


def _entries(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"


def _shown(value: Any) -> str:
    """Return a faulty value as the file's author would write it, if it is short."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= LONGEST_SHOWN else f"a text of {len(value)} characters"
    return str(value) if len(str(value)) <= LONGEST_SHOWN else "a very long number"


def _siblings(model: type[BaseModel], where: Path_) -> list[str]:
    """Return the keys that were allowed where an unknown key stood."""
    current: Any = model
    for step in where[:-1]:  # a number in a list, or a name in a table of names, stays in the model that it reached
        fields = {info.alias or name: info for name, info in current.model_fields.items()}
        if step in fields:
            current = _inner(fields[str(step)].annotation)
        if current is None:
            return []
    return [info.alias or name for name, info in current.model_fields.items()]


def _inner(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in reversed(getattr(annotation, "__args__", ())):
        found = _inner(part)
        if found is not None:
            return found
    return None
