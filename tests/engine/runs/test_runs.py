"""Executors and the store: killed workers and a killed driver lose no finished chunk, and no damaged one is used."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import chores
from bothand.engine.runs.cluster import Dask
from bothand.engine.runs.executors import Executor, Processes, Threads
from bothand.engine.runs.running import BLOCK, Runs, Task, block_of, executor_of
from bothand.engine.runs.store import Store, beside, unfit
from bothand.faults import FaultsFound

NAMES = [f"t{n}" for n in range(6)]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")


def task(log: Path, name: str, function: Callable[..., bytes] = chores.note, *more: float) -> Task:
    return Task(key(name), function, (str(log), name, *more), bytes.decode)


def key(name: str) -> str:
    return name.encode().hex() * 4


def results(names: list[str]) -> list[str]:
    return [f"result of {name}" for name in names]


@contextmanager
def running(executor: Executor, store: Store | None = None, workers: int = 2) -> Iterator[Runs]:
    with Runs(executor, workers, store) as runs:
        yield runs


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "chunks")


def test_results_come_in_the_order_of_the_tasks_and_a_second_run_finds_them(log: Path, store: Store) -> None:
    tasks = [task(log, name, chores.slow, 0.05 * (name == "t0")) for name in NAMES]
    with running(Threads(), store) as runs:
        assert runs.run(tasks) == results(NAMES)
        assert (runs.found, runs.made) == (0, len(NAMES))
        assert runs.run(tasks) == results(NAMES)
        assert (runs.found, runs.made) == (0, len(NAMES)), "chunks of this run are no chunks of an earlier one"
    with running(Threads(), store) as again:
        assert again.run(tasks) == results(NAMES)
    assert (again.found, again.made) == (len(NAMES), 0)
    assert len(chores.begun(log)) == len(NAMES)


def test_a_fault_in_a_task_is_raised_and_leaves_what_was_finished(log: Path, store: Store) -> None:
    with running(Threads(), store, 1) as runs, pytest.raises(ValueError, match="t1 cannot be run"):
        runs.run([task(log, "t0"), task(log, "t1", chores.faulty)])
    assert store.keys() == {key("t0")}


@POSIX
def test_a_worker_killed_in_the_middle_of_a_task_costs_that_task_only(log: Path, store: Store) -> None:
    tasks = [task(log, n, chores.killed_once if n == "t4" else chores.note) for n in NAMES]
    with running(Processes(1), store, 1) as runs:
        assert runs.run(tasks) == results(NAMES)
    assert sorted(chores.begun(log)) == NAMES, "a finished task was run again"
    assert len(chores.workers(log)) == 2
    assert os.getpid() not in chores.workers(log)


@POSIX
def test_a_task_that_kills_every_worker_ends_the_run_in_words(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bothand.engine.runs.executors.TRIES", 1)
    with running(Processes(1)) as runs, pytest.raises(FaultsFound, match="too little memory"):
        runs.run([task(log, "t0", chores.killed_always)])


@POSIX
def test_dask_runs_a_task_again_whose_worker_is_killed(
    log: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    tasks = [task(log, n, chores.killed_once if n == "t4" else chores.note) for n in NAMES]
    with running(executor_of("dask", 1), store, 1) as runs:
        assert isinstance(runs.executor, Dask)
        assert runs.run(tasks) == results(NAMES)
    assert sorted(chores.begun(log)) == NAMES, "a finished task was run again"
    assert len(chores.workers(log)) == 2


def test_without_dask_it_is_said_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(FaultsFound, match="bothand\\[dask\\]"):
        executor_of("dask", 1)


DRIVER = """
import sys
from pathlib import Path
import chores
from bothand.engine.runs.executors import Processes
from bothand.engine.runs.running import Runs, Task
from bothand.engine.runs.store import Store

if __name__ == "__main__":
    log, chunks, names = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    with Runs(Processes(1), 1, Store(chunks)) as runs:
        tasks = [Task(n.encode().hex() * 4, chores.slow, (log, n, 0.3), bytes.decode) for n in names]
        print(*runs.run(tasks), runs.found, sep=",")
"""


@POSIX
def test_a_killed_driver_loses_no_finished_chunk_and_takes_its_workers_with_it(log: Path, store: Store) -> None:
    script = log.with_name("driver.py")
    script.write_text(DRIVER, encoding="utf-8")
    command = [sys.executable, str(script), str(log), str(store.folder), *NAMES]
    paths = os.pathsep.join([str(Path(chores.__file__).parent), os.environ.get("PYTHONPATH", "")])
    place = {**os.environ, "PYTHONPATH": paths}
    driver = subprocess.Popen(command, env=place)
    wait_for(lambda: len(store) >= 2)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    finished = store.keys()
    assert 2 <= len(finished) < len(NAMES)
    wait_for(lambda: not any(alive(worker) for worker in chores.workers(log)))
    before = len(chores.begun(log))
    said = subprocess.run(command, env=place, capture_output=True, text=True, check=True).stdout.strip()
    assert said == ",".join([*results(NAMES), str(len(finished))])
    again = chores.begun(log)[before:]
    assert {key(name) for name in again} == {key(name) for name in NAMES} - finished


def wait_for(happens: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[:-1],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"",
        lambda whole: whole[:-1] + bytes([whole[-1] ^ 1]),
        lambda whole: b"somebody else's file",
    ],
    ids=["torn", "half", "empty", "one bit", "foreign"],
)
def test_a_damaged_chunk_is_run_again(log: Path, store: Store, damage: Callable[[bytes], bytes]) -> None:
    store.put(key("t0"), b"result of t0")
    (path,) = store.folder.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    with running(Threads(), store) as runs:
        assert runs.run([task(log, "t0")]) == results(["t0"])
    assert runs.made == 1
    assert store.get(key("t0")) == b"result of t0"


def test_a_chunk_under_the_name_of_another_is_not_used(store: Store) -> None:
    store.put(key("t0"), b"result of t0")
    (path,) = store.folder.iterdir()
    path.rename(path.with_name(f"{key('t1')}.chunk"))
    assert store.get(key("t1")) is None


def test_a_chunk_that_cannot_be_read_is_run_again(log: Path, store: Store) -> None:
    store.put(key("t0"), b"\xff")
    with running(Threads(), store) as runs:
        assert runs.run([task(log, "t0")]) == results(["t0"])
    assert store.get(key("t0")) == b"result of t0"


def test_a_full_disk_is_said_once_and_the_run_goes_on(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    store, flush = Store(tmp_path / "chunks", told.append), os.fsync
    left = iter([True, True])

    def full(number: int) -> None:
        if not next(left, False):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(number)

    monkeypatch.setattr("os.fsync", full)
    with running(Threads(), store) as runs:
        assert runs.run([task(log, name) for name in NAMES]) == results(NAMES)
    (words,) = told
    assert "No space left" in words
    assert len(store) == 2
    assert all(path.suffix == ".chunk" for path in store.folder.iterdir()), "something half-written is left"


def test_only_chunks_are_removed(store: Store) -> None:
    store.put(key("t0"), b"x")
    (store.folder / "notes.txt").write_text("mine")
    store.remove()
    assert [path.name for path in store.folder.iterdir()] == ["notes.txt"]
    (store.folder / "notes.txt").unlink()
    store.remove()
    assert not store.folder.exists()


def test_chunks_stand_hidden_beside_the_results(tmp_path: Path) -> None:
    assert beside(tmp_path / "runs" / "here") == tmp_path / "runs" / ".here.bothand-chunks"


def test_a_file_is_no_folder_for_chunks(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "is a file" in unfit(tmp_path / "file" / "chunks")
    assert unfit(tmp_path / "new") == ""


@pytest.mark.parametrize(
    ("name", "workers", "draws", "block"),
    [
        ("threads", 8, 64, BLOCK),
        ("processes", 2, 64, 32),
        ("processes", 3, 64, 24),
        ("dask", 4, 5, 8),
        ("dask", 2, 9999, BLOCK),
    ],
)
def test_blocks_leave_no_worker_idle_and_fill_vectors(name: str, workers: int, draws: int, block: int) -> None:
    assert block_of(name, workers, draws) == block


def test_blocks_cover_every_draw_once() -> None:
    with Runs(Threads(), block=3) as runs:
        assert [n for block in runs.blocks(8) for n in range(8)[block]] == list(range(8))
