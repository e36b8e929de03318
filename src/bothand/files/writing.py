"""Writing a file so that no half of it is ever seen, into a folder that is made if need be."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from bothand.faults import Fault, FaultsFound


def made_folder(folder: Path) -> Path:
    """Return a folder, made if need be with those above it. Raises FaultsFound, in plain words, where it cannot be."""
    above = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    words = ""
    if above == folder.absolute() and not above.is_dir():
        words = "this is a file; a folder was expected."
    elif not above.is_dir():
        words = f"'{above}' is a file; a folder was expected."
    else:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            words = f"the folder cannot be made: {error.strerror or error}."
    if words:
        raise FaultsFound([Fault(str(folder), words)])
    return folder


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file in one move: readers see the old file or the whole new one, also after a kill or a full disk.

    Raises OSError; nothing half-written is left beside the old file.
    """
    temporary = path.with_name(f".bothand-{os.getpid()}-{secrets.token_hex(2)}")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
