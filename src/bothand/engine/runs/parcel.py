"""A value of arrays as bytes, and back to the bit. Reading one runs no code, so that a stranger's file can do no harm.

A parcel is a head of JSON and the numbers after it::

    HEAD (8 bytes)  length of the JSON (8 bytes, little-endian)  JSON  numbers

The JSON says how the value is built: dataclasses by the name of their class, tables, lists, words and numbers, and
where among the numbers each array stands. Only classes that the reader names are built. What both sides have already (a
compiled model, say) is not carried: it is *given* by name. Every array comes back contiguous, in C order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

HEAD = b"bothand1"
COUNT = 8  # UNIT: bytes of the length of the JSON
ALIGNED = 64  # UNIT: bytes; every array begins on a multiple of it, as fast loads like it
KINDS = "biufU"  # kinds of arrays that are carried: truth, whole numbers, numbers, words
PLAIN = (str, bool, int, float, type(None))


def pack(value: object, given: Mapping[str, object] | None = None) -> bytes:
    """Return a value as bytes. ``given``: what the reader has too, by name; it is known again by identity.

    Raises TypeError for a value of a kind that is not carried.
    """
    writer = _Writer({id(one): name for name, one in (given or {}).items()})
    head = json.dumps(writer.form(value), separators=(",", ":")).encode()
    start = HEAD + len(head).to_bytes(COUNT, "little") + head
    return b"".join([start, bytes(-len(start) % ALIGNED), *writer.numbers])


def unpack(content: bytes, classes: Sequence[type], given: Mapping[str, object] | None = None) -> Any:
    """Return the value that was packed.

    Args:
        content: what ``pack`` gave.
        classes: the dataclasses that may be in it.
        given: as for ``pack``.

    Raises:
        ValueError: for anything that is not a whole parcel of these classes.
    """
    after = len(HEAD) + COUNT
    if content[: len(HEAD)] != HEAD:
        raise ValueError("this is no parcel.")
    end = after + int.from_bytes(content[len(HEAD) : after], "little")
    buffer = np.empty(max(len(content) - end - (-end % ALIGNED), 0), dtype=np.uint8)
    buffer[:] = np.frombuffer(content, dtype=np.uint8)[end + (-end % ALIGNED) :]
    try:
        return _Reader({_name(one): one for one in classes}, given or {}, buffer).value(json.loads(content[after:end]))
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(f"this parcel cannot be read: {error!r}.") from error


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


class _Writer:
    """Builds the JSON of a value and gathers its numbers; an array that stands twice is written once."""

    def __init__(self, given: Mapping[int, str]) -> None:
        self.given, self.numbers, self.length = given, list[bytes](), 0
        self._known: dict[int, tuple[dict[str, Any], Any]] = {}  # the array is kept, so that its id is not used again

    def form(self, value: Any) -> Any:
        """Return a value as JSON."""
        if id(value) in self.given:
            return {"given": self.given[id(value)]}
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            return {"number": self._array(np.asarray(value))}
        if isinstance(value, PLAIN):
            return value
        if isinstance(value, range):
            return {"range": [value.start, value.stop, value.step]}
        if is_dataclass(value) and not isinstance(value, type):
            return {
                "class": _name(type(value)),
                "fields": {f.name: self.form(getattr(value, f.name)) for f in fields(value)},
            }
        if isinstance(value, Mapping):
            return {"table": [[self.form(key), self.form(entry)] for key, entry in value.items()]}
        if isinstance(value, tuple):
            return {"tuple": [self.form(entry) for entry in value]}
        if isinstance(value, list):
            return [self.form(entry) for entry in value]
        raise TypeError(f"a parcel does not carry {_name(type(value))}.")

    def _array(self, array: Any) -> dict[str, Any]:
        if id(array) in self._known:
            return self._known[id(array)][0]
        if array.dtype.kind not in KINDS:
            raise TypeError(f"a parcel does not carry arrays of {array.dtype}.")
        content = array.tobytes(order="C")
        form = {"array": array.dtype.str, "shape": list(array.shape), "at": self.length}
        rest = bytes(-len(content) % ALIGNED)
        self.numbers += [content, rest]
        self.length += len(content) + len(rest)
        self._known[id(array)] = (form, array)
        return form


class _Reader:
    """Builds a value from its JSON and its numbers; arrays may be written to, as those of a fresh run."""

    def __init__(self, classes: Mapping[str, type], given: Mapping[str, object], buffer: Any) -> None:
        self.classes, self.given, self.buffer = classes, given, buffer
        self._known: dict[tuple[int, str, tuple[int, ...]], Any] = {}

    def value(self, form: Any) -> Any:
        """Return the value of its JSON."""
        if isinstance(form, list):
            return [self.value(entry) for entry in form]
        if not isinstance(form, dict):
            return form
        if "given" in form:
            return self.given[form["given"]]
        if "array" in form:
            return self._array(form)
        if "number" in form:
            return self._array(form["number"])[()]
        if "range" in form:
            return range(*form["range"])
        if "class" in form:
            return self.classes[form["class"]](**{name: self.value(entry) for name, entry in form["fields"].items()})
        if "tuple" in form:
            return tuple(self.value(entry) for entry in form["tuple"])
        return {self.value(key): self.value(entry) for key, entry in form["table"]}

    def _array(self, form: Mapping[str, Any]) -> Any:
        kind, shape, start = np.dtype(form["array"]), tuple(form["shape"]), form["at"]
        if kind.kind not in KINDS:
            raise ValueError(f"a parcel does not carry arrays of {kind}.")
        key = (start, form["array"], shape)
        if key not in self._known:
            length = kind.itemsize * int(np.prod(shape, dtype=np.int64))
            if start < 0 or start + length > len(self.buffer):
                raise ValueError("a parcel is cut short.")
            self._known[key] = self.buffer[start : start + length].view(kind).reshape(shape)
        return self._known[key]
