"""What is worked out once for an object, and kept as long as that object lives."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Values by an object and by what was asked of it.

    The object is known by itself, not by what it is equal to: it must not change. It is not kept alive, and takes its
    values with it when it goes. Two threads that ask at the same time may both work a value out; both get the same one.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Any], dict[Hashable, Value]]] = {}

    def __len__(self) -> int:
        """Return how many objects something is known of."""
        return len(self._known)

    def of(self, thing: object, asked: Hashable, work_out: Callable[[], Value]) -> Value:
        """Return the value that an object has for a question, worked out if it is not known yet."""
        mine = id(thing)
        entry = self._known.get(mine)
        if entry is None or entry[0]() is not thing:
            entry = weakref.ref(thing, lambda gone: self._forget(mine, gone)), {}
            self._known[mine] = entry
        if asked not in entry[1]:
            entry[1].setdefault(asked, work_out())
        return entry[1][asked]

    def _forget(self, mine: int, gone: weakref.ref[Any]) -> None:
        entry = self._known.get(mine)
        if entry is not None and entry[0] is gone:
            del self._known[mine]
