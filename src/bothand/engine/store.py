"""A results folder appears whole or not at all: written beside its place, then moved there in one step."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bothand.faults import Fault, FaultsFound
from bothand.files import write_atomically

MARK = "run.json"
PARTIAL = ".bothand-partial-"
ORDINARY = 0o755  # UNIT: the mode of an ordinary folder


def check_target(folder: Path) -> None:
    """Refuse a target that is a file, or a folder that holds something other than an earlier run.

    Raises FaultsFound before any work is done, also when the parent folder cannot be written to.
    """
    name = str(folder)
    if folder.exists() and not folder.is_dir():
        raise FaultsFound([Fault(name, "this is a file; a folder for the results was expected.")])
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise FaultsFound(
            [
                Fault(
                    name,
                    "this folder holds other things than an earlier run; name a new folder, so that nothing is lost.",
                )
            ]
        )
    parent = _existing_parent(folder)
    if not os.access(parent, os.W_OK | os.X_OK):
        raise FaultsFound([Fault(name, f"the folder '{parent}' is read-only; nothing can be written there.")])


def _existing_parent(folder: Path) -> Path:
    parent = folder.absolute().parent
    while not parent.exists():
        parent = parent.parent
    return parent


def write_results(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files of a run; an earlier run in the same folder is replaced only when the new one is complete.

    ``files`` maps names to contents. Raises FaultsFound when the disk is full or the folder cannot be written;
    nothing half-written is left, and the earlier run stays.
    """
    parent = folder.absolute().parent
    partial: Path | None = None
    try:
        parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=parent))
        for name, content in files.items():
            write_atomically(partial / name, content)
        partial.chmod(ORDINARY)
        _move(partial, folder)
    except OSError as error:
        raise FaultsFound([Fault(str(folder), f"the results could not be written: {error.strerror}.")]) from error
    finally:
        if partial is not None and partial.exists():
            shutil.rmtree(partial, ignore_errors=True)


def _move(partial: Path, folder: Path) -> None:
    """Put ``partial`` in the place of ``folder``; an earlier run is moved aside first and removed last."""
    if not folder.exists():
        partial.rename(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=PARTIAL, dir=folder.absolute().parent))
    try:
        folder.rename(aside / "earlier")
        try:
            partial.rename(folder)
        except OSError:
            (aside / "earlier").rename(folder)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
