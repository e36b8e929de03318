"""A results folder appears whole or not at all: written beside its place, then moved there in one step.

What is being written stands in a hidden folder beside the target, whose name says which machine and process writes it.
A process that was killed leaves its hidden folder behind; the next run into the same target clears it away, and puts
an earlier run back when the kill fell between the two moves that replace it. The record of a run names the files beside
it with their hashes, so that what a reader put there later is known as theirs and is not replaced.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import re
import secrets
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from bothand.faults import Fault, FaultsFound
from bothand.files.writing import write_atomically

MARK = "run.json"
PARTIAL = "bothand-partial"
EARLIER = "earlier"
LONGEST_WRITE = 3600  # UNIT: seconds; a hidden folder that is older was left behind
ATTEMPTS = 100  # UNIT: times that a move is tried while other runs move into the same folder
KILLED = 128  # UNIT: exit code of a process that a signal ends, less the signal's number
TAKEN = (errno.ENOTEMPTY, errno.EEXIST)


# ------------------------------------------------------------------------------------------------------------- before


def check_target(folder: Path) -> None:
    """Refuse a target that cannot take results, or that holds something other than an earlier run.

    Raises FaultsFound before any work is done. Clears away what a killed run left beside the target.
    """
    try:
        clear_leftovers(folder)
        message = _unfit(folder)
    except (OSError, RuntimeError) as error:  # a link that leads to itself is a RuntimeError
        message = f"the results cannot be written there: {getattr(error, 'strerror', error)}."
    if message:
        raise FaultsFound([Fault(str(folder), message)])


def _unfit(folder: Path) -> str:
    """Return why results cannot be written to a folder, or "" when they can."""
    if folder.is_symlink() and not folder.exists():
        return "this is a link to a folder that does not exist."
    target = folder.resolve()
    if target.exists() and not target.is_dir():
        return "this is a file; a folder for the results was expected."
    if target == Path.cwd() or target in Path.cwd().parents:
        return "this is the folder that you are in, or one above it; name a new folder inside it."
    if os.path.ismount(target):  # a folder that is mounted cannot be replaced in one move
        return "this is where a disk or a shared folder is mounted; name a new folder inside it."
    parent = next(above for above in target.parents if above.exists())
    if not parent.is_dir():
        return f"'{parent}' is a file; a folder was expected."
    if not os.access(parent, os.W_OK | os.X_OK):
        return f"the folder '{parent}' is read-only; nothing can be written there."
    if words := _cannot_hold(parent, target.name):
        return words
    if not target.is_dir() or not any(target.iterdir()):
        return ""
    if not (target / MARK).is_file():
        return "this folder holds other things than an earlier run; name a new folder, so that nothing is lost."
    if strange := _strangers(target):
        names = ", ".join(f"'{name}'" for name in strange)
        return f"this folder holds, beside an earlier run, {names}; move that away, so that nothing is lost."
    return ""


def _cannot_hold(parent: Path, name: str) -> str:
    """Return why no folder can be made in another, tried by making one and taking it away, or "" when it can."""
    probe = parent / f"{_stem(parent / name)}{_machine()}-{os.getpid()}-{secrets.token_hex(2)}"
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError as error:
        return f"no folder can be made in '{parent}': {error.strerror or error}."
    return ""


def _strangers(folder: Path) -> list[str]:
    """Return what stands in an earlier run's folder and was not written by that run, as far as its record says."""
    try:
        written = json.loads((folder / MARK).read_text("utf-8")).get("files")
    except (ValueError, AttributeError):
        return []
    if not isinstance(written, dict):
        return []
    there = (entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    return sorted(name for name in there if name not in {*written, MARK})


# -------------------------------------------------------------------------------------------------------- the hidden


def _hidden(folder: Path) -> Path:
    """Make a new hidden folder beside ``folder`` (resolved); its name holds machine and process."""
    path = folder.with_name(f"{_stem(folder)}{_machine()}-{os.getpid()}-{secrets.token_hex(2)}")
    path.mkdir()
    return path


def _stem(folder: Path) -> str:
    return f".{folder.name}.{PARTIAL}-"


def _machine() -> str:
    return re.sub(r"[^A-Za-z0-9]", "", platform.node()) or "here"


def clear_leftovers(folder: Path) -> None:
    """Remove hidden folders of processes of this machine that have ended; an earlier run goes back to its place."""
    if folder.is_symlink() and not folder.exists():
        return
    folder = folder.resolve()
    if not folder.parent.is_dir():
        return
    mine = re.compile(re.escape(f"{_stem(folder)}{_machine()}-") + r"(\d+)-[0-9a-f]+")
    for path in sorted(folder.parent.iterdir()):
        found = mine.fullmatch(path.name)
        if found and path.is_dir() and not path.is_symlink() and not _running(int(found.group(1)), path):
            _put_back(path, folder)


def _running(process: int, hidden: Path) -> bool:
    """Say whether the process that writes a hidden folder still runs; on Windows, whether the folder is young.

    There signal 0 is no question but an order. Results are computed before the folder is made, so that nobody writes
    in it for longer than seconds.
    """
    if sys.platform == "win32":
        try:
            return time.time() - hidden.stat().st_mtime < LONGEST_WRITE
        except OSError:
            return True  # it has just gone
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # another user's
    return True


def _put_back(hidden: Path, folder: Path) -> None:
    """Remove a hidden folder; when nothing stands at ``folder``, the run that was set aside last returns there."""
    earlier = sorted(hidden.glob(f"{EARLIER}-*"))
    if earlier and not folder.exists():
        with suppress(OSError):
            earlier[-1].rename(folder)
    if folder.exists() or not earlier:
        shutil.rmtree(hidden, ignore_errors=True)


# ------------------------------------------------------------------------------------------------------------ writing


def write_results(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files of a run; an earlier run in the same folder is replaced only when the new one is complete.

    ``files`` maps names to contents; the record among them, JSON, is completed with the SHA-256 of the others.
    Raises FaultsFound when the disk is full or the folder cannot be written: nothing half-written is left, and the
    earlier run stays. So it does when the process is asked to stop.
    """
    target = folder.resolve()
    made: list[Path] = []
    partial: Path | None = None
    with _ended_in_order():
        try:
            _make_parents(target, made)
            partial = _hidden(target)
            for name, content in _with_hashes(files).items():
                write_atomically(partial / name, content)
            _move(partial, target)
        except OSError as error:
            raise FaultsFound([Fault(str(folder), f"the results could not be written: {error.strerror}.")]) from error
        finally:
            if partial is not None and partial.exists():
                shutil.rmtree(partial, ignore_errors=True)
            _remove_empty(made)


def _with_hashes(files: Mapping[str, bytes]) -> dict[str, bytes]:
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != MARK}
    record = {**json.loads(files[MARK]), "files": hashes}
    return {**files, MARK: json.dumps(record, indent=2).encode()}


def _make_parents(target: Path, made: list[Path]) -> None:
    for above in reversed([path for path in target.parents if not path.exists()]):
        above.mkdir(exist_ok=True)
        made.append(above)


def _remove_empty(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):  # it holds something, so it stays
            path.rmdir()


def _move(partial: Path, target: Path) -> None:
    """Put ``partial`` in the place of ``target``; of several runs at once the last one stands, each of them whole."""
    aside = _hidden(target)
    there = False
    try:
        for number in range(ATTEMPTS):
            try:
                partial.rename(target)
                there = True
                break
            except OSError as error:
                if error.errno not in TAKEN or number == ATTEMPTS - 1:
                    raise
            with suppress(FileNotFoundError):  # another run has just set it aside
                target.rename(aside / f"{EARLIER}-{number:02}")
    finally:
        if there:
            shutil.rmtree(aside, ignore_errors=True)
        else:
            _put_back(aside, target)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a signal that asks the process to stop end it as a fault would, with nothing left behind."""
    asked = [signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else [])]
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(KILLED + number)

    heard = [number for number in asked if signal.getsignal(number) != signal.SIG_IGN]  # nohup stays nohup
    before = {number: signal.signal(number, stop) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
