"""Where a task runs: in a thread of this process, or in a process of its own that may be killed without loss.

An executor runs one task at a time for whoever asks, and may be asked from several threads at once; ``running`` asks
from as many threads as there are workers.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from bothand.faults import Fault, FaultsFound

TRIES = 5  # MATH: times that a task is begun whose worker is killed


class Executor(Protocol):
    """Runs tasks. ``name`` is what a reader asks for it by."""

    name: str

    def run(self, function: Callable[..., bytes], arguments: tuple[Any, ...]) -> bytes:
        """Return what a function of a module gives; a fault in it is raised here."""

    def close(self) -> None:
        """End the workers."""


class Threads:
    """Tasks run in the thread that asks; the engine shares each one out over the processors."""

    name = "threads"

    def run(self, function: Callable[..., bytes], arguments: tuple[Any, ...]) -> bytes:
        """Run a task here."""
        return function(*arguments)

    def close(self) -> None:
        """Do nothing: the threads belong to whoever asks."""


class Processes:
    """Tasks run in processes of their own. When one is killed, its task runs again in a new one."""

    name = "processes"

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def run(self, function: Callable[..., bytes], arguments: tuple[Any, ...]) -> bytes:
        """Run a task in a process, again when that is killed; FaultsFound when it is killed time and again."""
        for _ in range(TRIES):
            pool = self._there()
            try:
                return pool.submit(function, *arguments).result()
            except BrokenProcessPool:
                self._renew(pool)
        raise FaultsFound([Fault("a worker", killed_words(TRIES))])

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def processes(self) -> list[int]:
        """Return the ids of the processes that there are."""
        with self._lock:
            return list(self._pool._processes or ()) if self._pool is not None else []

    def _there(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                # A fresh interpreter, on every system alike: a fork would copy locks that other threads hold.
                afresh = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(self.workers, mp_context=afresh, initializer=end_with_parent)
            return self._pool

    def _renew(self, broken: ProcessPoolExecutor) -> None:
        """Put a new pool in the place of a broken one, once for all who saw it break."""
        with self._lock:
            if self._pool is broken:
                self._pool = None
        broken.shutdown(wait=False, cancel_futures=True)


def killed_words(times: int) -> str:
    """Return what a reader is told when a task's worker is killed time and again."""
    return (
        f"a worker was ended {times} times while it ran the same task; there may be too little memory: "
        "ask for fewer draws a chunk, or for fewer workers."
    )


def end_with_parent() -> None:
    """End this process when the one that started it ends, however that was killed: nobody waits for an answer then."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
