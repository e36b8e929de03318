"""Families of values: which values a position's words on a whole family speak of.

Each value's own file says its family (``data/values``). A study knows those of all its values; a stakeholder's file
that is read alone takes them from the files that ship and from those beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bothand.files import available, named_file, read_toml

Weighed = Sequence[str] | Mapping[str, str]
"""Every value that has a weight, by name alone or with its family."""


def families_of(values: Weighed, beside: Path | None = None) -> dict[str, str]:
    """Return value -> family: as given, or as the values' own files say.

    Args:
        values: every value that has a weight. beside: folder that holds a reader's own values.
    """
    if isinstance(values, Mapping):
        return dict(values)
    ships = available("values")
    files = {value: named_file("values", value) for value in values if value in ships}
    if beside is not None:
        files = {value: beside / f"{value}.toml" for value in values if (beside / f"{value}.toml").is_file()} | files
    found: dict[str, str] = {}
    for value in values:
        family = read_toml(files[value]).data.get("family") if value in files else None
        if isinstance(family, str):
            found[value] = family
    return found


def values_in(family: str, families: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of a family, in their order."""
    return tuple(value for value, own in families.items() if own == family)
