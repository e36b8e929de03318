"""Writing a file so that no half of it is ever seen."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


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
