"""The files that ship inside the package, and the one way from a name to a file."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from bothand.faults import Fault, FaultsFound, nearest


def data_folder() -> Path:
    """Return the folder of the data files that ship inside the package."""
    return Path(str(resources.files("bothand"))) / "data"


FOLDERS = {"plans": ("", "published")}
"""Kinds whose files stand in more than one folder; a name is one name in all of them."""


def _files(kind: str) -> list[Path]:
    return [path for inner in FOLDERS.get(kind, ("",)) for path in (data_folder() / kind / inner).glob("*.toml")]


def available(kind: str) -> list[str]:
    """Return the names of the files of one kind that ship: models, places, services, plans, studies, values, cases."""
    return sorted(path.stem for path in _files(kind))


def named_file(kind: str, name: str | Path) -> Path:
    """Return the path of a shipped file by its name, or a reader's own file by its path.

    Raises FaultsFound when a bare name is not shipped, with the nearest that is.
    """
    text = str(name)
    if isinstance(name, Path) or text.endswith(".toml") or "/" in text or "\\" in text:
        return Path(name)
    known = available(kind)
    if text not in known:
        message = f"there is none called '{text}' in {kind}; known: {', '.join(known) or 'none'}."
        raise FaultsFound([Fault(text, message, nearest=nearest(text, known))])
    return next(path for path in _files(kind) if path.stem == text)
