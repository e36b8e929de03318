"""A folder of finished chunks, each a file named by its key. Half a chunk is never seen, and a damaged one is not used.

A file is a mark, the SHA-256 of its content, and the content. It is written beside its place, flushed to the disk and
moved there, so that a kill or a power cut leaves a whole chunk or none. Whoever reads it checks the sum first: a torn
or foreign file is as good as none. A disk that cannot be written to does not end the run: it is said once, and the run
goes on without keeping anything more.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bothand.files import write_atomically

MARK = b"bothand chunk 1\n"
ENDING = ".chunk"
SUM = hashlib.sha256().digest_size
NAMED = re.compile(r"[0-9a-f]{8,128}\.chunk|\.bothand-\d+-[0-9a-f]+")  # a chunk, or one that was being written

Tell = Callable[[str], None]


class Store:
    """Finished chunks in a folder, which is made when the first one is kept."""

    def __init__(self, folder: Path, tell: Tell = lambda words: None) -> None:
        self.folder, self._tell = folder, tell
        self._lock = threading.Lock()
        self._full = False

    def __len__(self) -> int:
        """Return how many chunks there are, sound or not."""
        return len(self.keys())

    def keys(self) -> set[str]:
        """Return the keys of the chunks that there are, sound or not."""
        with suppress(OSError):
            return {path.name.removesuffix(ENDING) for path in self.folder.iterdir() if path.name.endswith(ENDING)}
        return set()

    def get(self, key: str) -> bytes | None:
        """Return a finished chunk; None when there is none, or when its file is torn or somebody else's."""
        try:
            content = self._path(key).read_bytes()
        except OSError:
            return None
        start = len(MARK) + SUM
        own = content[start:]
        if content[: len(MARK)] != MARK or content[len(MARK) : start] != _sum(key, own):
            return None
        return own

    def put(self, key: str, content: bytes) -> None:
        """Keep a finished chunk. A fault of the disk is told once; after it nothing more is written."""
        if self._full:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path(key), MARK + _sum(key, content) + content)
        except OSError as error:
            with suppress(OSError):
                self.folder.rmdir()  # none was kept: an empty folder would tell nothing
            with self._lock:
                if not self._full:
                    self._full = True
                    self._tell(
                        f"finished chunks cannot be kept in {self.folder}: {error.strerror or error}; "
                        "the run goes on, but could not be taken up again"
                    )

    def remove(self) -> None:
        """Remove every chunk, and the folder if nothing else is in it."""
        with suppress(OSError):
            for path in self.folder.iterdir():
                if NAMED.fullmatch(path.name):
                    with suppress(OSError):
                        path.unlink()
            self.folder.rmdir()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{ENDING}"


def beside(results: Path) -> Path:
    """Return the hidden folder beside a results folder in which chunks stay until the results stand."""
    return results.absolute().with_name(f".{results.absolute().name}.bothand-chunks")


def unfit(folder: Path) -> str:
    """Return why chunks cannot be kept in a folder that a reader named, or "" when they can."""
    above = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not above.is_dir():
        return f"'{above}' is a file; a folder for chunks was expected."
    if not os.access(above, os.W_OK | os.X_OK):
        return f"the folder '{above}' is read-only; no chunk can be kept there."
    return ""


def _sum(key: str, content: bytes) -> bytes:
    """Return the sum of a chunk and its key, so that a file under another's name is not taken for it."""
    digest = hashlib.sha256(key.encode())
    digest.update(content)
    return digest.digest()
