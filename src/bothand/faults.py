"""Faults of a file, in plain words: what was found, what is allowed, where, and the nearest match.

Every loader collects all faults of a file in one pass and raises them together as ``FaultsFound``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in one file.

    ``where`` is the dotted path of the key ("rule.3.rate") or "" for the whole file; ``line`` counts from 1.
    ``unknown`` is the name that nothing has, where that is the fault.
    """

    file: str
    message: str
    where: str = ""
    line: int | None = None
    nearest: str | None = None
    unknown: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        where = f" [{self.where}]" if self.where else ""
        hint = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        return f"{place}{where}: {self.message}{hint}"


class FaultsFound(ValueError):  # noqa: N818 - the noun is what was found, not an error of the program
    """Raised by a loader with every fault of the files it read."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(f) for f in self.faults))


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """Return the allowed name that is most like ``name``, or None when nothing is close."""
    found = difflib.get_close_matches(name, list(allowed), n=1)
    return found[0] if found else None
