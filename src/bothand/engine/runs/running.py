"""Tasks run by an executor, finished ones taken from the store: what makes a run one that can be taken up again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from bothand.engine.runs.executors import Executor, Processes, Threads
from bothand.engine.runs.store import Store

EXECUTORS = ("threads", "processes", "dask")
WORKERS = 2  # MATH: tasks at a time by default: one is laid out while the other is run
BLOCK = 64  # MATH: draws of a chunk at most, by default
VECTOR = 8  # MATH: draws that the engine carries at once, at most; blocks of a multiple of it waste nothing


@dataclass(frozen=True)
class Task:
    """A function of a module, what it is given, the key of what it returns, and how that is read here.

    Functions and arguments may go to another process, so they are such that can be sent there. ``read`` raises
    ValueError for what it cannot read; a chunk of the store that cannot be read is run again.
    """

    key: str
    function: Callable[..., bytes]
    arguments: tuple[Any, ...]
    read: Callable[[bytes], Any]


class Runs:
    """How the tasks of one study are run. May be used from several threads; ends its workers on leaving.

    ``found`` counts the chunks of an earlier run that were used, ``made`` those that were run.
    """

    def __init__(
        self, executor: Executor, workers: int = WORKERS, store: Store | None = None, block: int = BLOCK
    ) -> None:
        self.executor, self.workers, self.store, self.block = executor, workers, store, block
        self.found = self.made = 0
        self._before = store.keys() if store is not None else set[str]()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(workers)

    def __enter__(self) -> Runs:
        """Return the runs themselves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers."""
        self._threads.shutdown(cancel_futures=True)
        self.executor.close()

    def run(self, tasks: Sequence[Task]) -> list[Any]:
        """Return what the tasks give, read, in their order."""
        return list(self._threads.map(self._sent, tasks))

    def here(self, task: Task) -> Any:
        """Return what a task gives, read; run in the thread that asks, so that nothing of it need be sent elsewhere."""
        return self._one(task, lambda: task.function(*task.arguments))

    def unkept(self) -> Runs:
        """Return the same workers without a store; what they run is not counted."""
        other = copy(self)
        other.store, other._before, other._lock = None, set(), threading.Lock()
        return other

    def blocks(self, draws: int) -> list[slice]:
        """Return the draws in blocks, one after the other."""
        return [slice(first, min(first + self.block, draws)) for first in range(0, draws, self.block)]

    def _sent(self, task: Task) -> Any:
        return self._one(task, lambda: self.executor.run(task.function, task.arguments))

    def _one(self, task: Task, run: Callable[[], bytes]) -> Any:
        there, value = self._kept(task)
        if not there:
            content = run()
            value = task.read(content)
            if self.store is not None:
                self.store.put(task.key, content)
        with self._lock:
            self.found += there and task.key in self._before
            self._before.discard(task.key)  # a chunk that is used again is not counted again
            self.made += not there
        return value

    def _kept(self, task: Task) -> tuple[bool, Any]:
        """Say whether the store has a task's chunk, and return it read."""
        content = self.store.get(task.key) if self.store is not None else None
        if content is None:
            return False, None
        try:
            return True, task.read(content)
        except ValueError:
            return False, None


def executor_of(name: str, workers: int) -> Executor:
    """Return the executor of a name. Raises FaultsFound for Dask where it is not installed."""
    if name == "dask":
        from bothand.engine.runs.cluster import Dask

        return Dask(workers)
    return Processes(workers) if name == "processes" else Threads()


def block_of(name: str, workers: int, draws: int) -> int:
    """Return how many draws a chunk has by default: 64 at most, and fewer where workers would stand idle.

    Threads need no smaller blocks, since the engine shares each out over the processors itself.
    """
    if name == "threads":
        return BLOCK
    return min(BLOCK, -(-draws // (workers * VECTOR)) * VECTOR)
