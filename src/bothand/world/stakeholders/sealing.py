"""Sealing: a file beside a stakeholder's file that says what stood in it, and when, so that nobody need be believed.

Weights that are chosen after the results are known can be chosen for a result. A seal holds the hash of what the file
says (its keys and values, whatever their layout), the time in UTC and the version. The time is this machine's: who
wants proof beyond that gives the hash to someone else, or prints it in the minutes of a meeting.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from bothand.faults import Fault, FaultsFound
from bothand.files import read_text, read_toml, write_atomically
from bothand.world.stakeholders.stakeholderfile import read_stakeholder

SealState = Literal["sealed before", "sealed after", "changed since", "not sealed"]
ENDING = ".seal"
SCHEMA = "bothand-seal/1"


def seal_path(path: Path) -> Path:
    """Return the file that holds the seal of a file."""
    return path.with_name(path.name + ENDING)


def content_hash(path: Path) -> str:
    """Return the SHA-256 of what a TOML file says: its data as sorted JSON; layout and comments do not count."""
    data = read_toml(path).data
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def seal_files(paths: Sequence[Path], now: datetime | None = None) -> list[Path]:
    """Seal stakeholders' files, all or none: write FILE.seal beside each, and return these.

    Raises FaultsFound with every fault of the files, and for each that has a seal already: a seal is never overwritten.
    Raises OSError where nothing can be written. ``now`` is the time to write; this machine's when absent.
    """
    faults: list[Fault] = []
    for path in dict.fromkeys(paths):
        try:
            faults += read_stakeholder(path)[2]
        except FaultsFound as found:
            faults += found.faults
            continue
        if seal_path(path).exists():
            when = _when(seal_path(path))
            faults.append(Fault(str(path), f"it was sealed on {when}; a seal is never overwritten."))
    if faults:
        raise FaultsFound(faults)
    written: list[Path] = []
    try:
        for path in dict.fromkeys(paths):
            write_atomically(seal_path(path), _record(path, now or datetime.now(UTC)))
            written.append(seal_path(path))
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written


def _record(path: Path, time: datetime) -> bytes:
    """Return what a seal holds."""
    record = {
        "schema": SCHEMA,
        "file": path.name,
        "sha256": content_hash(path),
        "sealed": time.astimezone(UTC).isoformat(timespec="seconds"),
        "version": version("bothand"),
    }
    return (json.dumps(record, indent=2) + "\n").encode()


def seal_state(path: Path, results_time: datetime) -> SealState:
    """Return how a stakeholder's file stands to results of a time (with its zone).

    *sealed before* or *sealed after* the results, *changed since* it was sealed (whenever that was), or *not sealed*.
    Raises FaultsFound when the seal cannot be read.
    """
    if not seal_path(path).exists():
        return "not sealed"
    record = _read(seal_path(path))
    if record["sha256"] != content_hash(path):
        return "changed since"
    return "sealed before" if datetime.fromisoformat(record["sealed"]) < results_time else "sealed after"


def _when(path: Path) -> str:
    try:
        return datetime.fromisoformat(_read(path)["sealed"]).strftime("%d %B %Y at %H:%M UTC").lstrip("0")
    except FaultsFound:
        return "a day that cannot be read"


def _read(path: Path) -> dict[str, str]:
    try:
        record: Any = json.loads(read_text(path))
        whole = record["schema"] == SCHEMA and len(record["sha256"]) == hashlib.sha256().digest_size * 2
        whole = whole and datetime.fromisoformat(record["sealed"]).tzinfo is not None
    except (ValueError, TypeError, KeyError) as error:
        if isinstance(error, FaultsFound):
            raise
        whole = False
    if not whole:
        raise FaultsFound([Fault(str(path), "this is no seal that can be read.")])
    return dict(record)
