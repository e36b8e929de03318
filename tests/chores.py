"""Tasks for tests of executors: functions of a module, so that another process can find them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def note(log: str, name: str) -> bytes:
    """Say in a log that a task was begun and by whom, and return its result."""
    with Path(log).open("a", encoding="utf-8") as stream:
        stream.write(f"{name} {os.getpid()}\n")
    return f"result of {name}".encode()


def slow(log: str, name: str, seconds: float) -> bytes:
    time.sleep(seconds)
    return note(log, name)


def killed_once(log: str, name: str) -> bytes:
    """Kill the process that runs this in the middle of the task, the first time that it is run."""
    begun = Path(f"{log}.{name}")
    if not begun.exists():
        begun.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return note(log, name)


def killed_always(log: str, name: str) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return note(log, name)


def faulty(log: str, name: str) -> bytes:
    raise ValueError(f"{name} cannot be run")


def begun(log: Path) -> list[str]:
    """Return the names of the tasks that were run to their end, in that order."""
    return [line.split()[0] for line in log.read_text("utf-8").splitlines()] if log.exists() else []


def workers(log: Path) -> set[int]:
    """Return the ids of the processes that ran them."""
    return {int(line.split()[1]) for line in log.read_text("utf-8").splitlines()}
