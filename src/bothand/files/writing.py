"""Writing a file so that no half of it is ever seen, into a folder that is made if need be."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from bothand.faults import Fault, FaultsFound


def write_into(folder: Path, name: str, content: bytes) -> Path:
    """Write a file into a folder, made if need be with those above it, and return the file's path.

    Raises FaultsFound, in plain words, where that cannot be; then no folder that was made for it is left.
    """
    above = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not above.is_dir():
        what = "this" if above == folder.absolute() else f"'{above}'"
        raise FaultsFound([Fault(str(folder), f"{what} is a file; a folder was expected.")])
    missing = [path for path in (folder.absolute(), *folder.absolute().parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / name, content)
    except OSError as error:
        for made in missing:
            with suppress(OSError):
                made.rmdir()
        raise FaultsFound([Fault(str(folder / name), f"it cannot be written: {error.strerror or error}.")]) from error
    return folder / name


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file in one move: readers see the old file or the whole new one, also after a kill or a full disk.

    Raises OSError that names ``path``; nothing half-written is left beside the old file.
    """
    temporary = path.with_name(f".bothand-{os.getpid()}-{secrets.token_hex(2)}")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):  # where no file could be made, none can be taken away
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
        raise
