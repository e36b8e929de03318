"""What tests of faulty files share: a sound text with some of its words changed, and the faults that it is met with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bothand.faults import Fault, FaultsFound

Change = tuple[str, str]
"""What stands in a text, and what shall stand in its place."""


def changed(text: str, *changes: Change, once: bool = True) -> str:
    """The text with each change made where the old words stand first, or else wherever they stand."""
    for old, new in changes:
        assert old in text, f"{old!r} does not stand in the text"
        text = text.replace(old, new, 1 if once else -1)
    return text


def write(path: Path, text: str, *changes: Change, once: bool = True) -> Path:
    """Write a text with changes, and return its file."""
    path.write_text(changed(text, *changes, once=once), encoding="utf-8")
    return path


def change(path: Path, *changes: Change) -> Path:
    """Make changes in a file, and return it."""
    return write(path, path.read_text(encoding="utf-8"), *changes)


def line_of(path: Path, part: str) -> int:
    """The first line of a file on which a part of it begins."""
    text = path.read_text(encoding="utf-8")
    return text[: text.index(part)].count("\n") + 1


def faults_of(read: Callable[..., object], *given: object) -> tuple[Fault, ...]:
    """The faults that reading what is given is met with; the test fails when there is none."""
    with pytest.raises(FaultsFound) as found:
        read(*given)
    return found.value.faults
