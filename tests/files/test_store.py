"""A results folder appears whole or not at all: full disks, read-only folders, kills, and two runs at once."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bothand.faults import FaultsFound
from bothand.files import store
from bothand.files.store import MARK, PARTIAL, check_target, clear_leftovers, write_results
from faulty import faults_of

DEAD = 2**22 + 7  # more than any process number of this kernel
SLOW = """
import sys, time, pathlib
from bothand.files import store
whole = store.write_atomically
def slow(path, content):
    whole(path, content)
    if path.name == "b.txt":
        print("half", flush=True)
        time.sleep(60)
store.write_atomically = slow
store.write_results(pathlib.Path(sys.argv[1]), {"run.json": b"{}", "a.txt": b"new", "b.txt": b"new", "c.txt": b"new"})
"""


def run_of(words: str) -> dict[str, bytes]:
    """The files of a run, all of which say the same word."""
    return {MARK: json.dumps({"word": words}).encode(), "a.txt": words.encode(), "b.txt": words.encode()}


def word_of(folder: Path) -> str:
    """The one word that all files of a run say. Fails when they are mixed or one is missing."""
    record = json.loads((folder / MARK).read_text("utf-8"))
    words = {record["word"], (folder / "a.txt").read_text("utf-8"), (folder / "b.txt").read_text("utf-8")}
    assert len(words) == 1, words
    assert {path.name for path in folder.iterdir()} == {MARK, "a.txt", "b.txt"}
    return words.pop()


def hidden(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if PARTIAL in path.name]


def leftover(folder: Path, process: int = DEAD) -> Path:
    """Make what a killed process leaves beside ``folder``."""
    path = folder.with_name(f"{store._stem(folder)}{store._machine()}-{process}-0a0b")
    path.mkdir()
    return path


def refused(folder: Path) -> str:
    (fault,) = faults_of(check_target, folder)
    assert fault.file == str(folder)
    return fault.message


# -------------------------------------------------------------------------------------------------------------- whole


def test_a_run_is_written_whole_with_its_parents(tmp_path: Path) -> None:
    write_results(tmp_path / "runs" / "one", run_of("new"))
    assert word_of(tmp_path / "runs" / "one") == "new"
    assert not hidden(tmp_path / "runs")


def test_the_record_names_the_files_beside_it_with_their_hashes(tmp_path: Path) -> None:
    write_results(tmp_path / "one", run_of("new"))
    record = json.loads((tmp_path / "one" / MARK).read_text("utf-8"))
    assert record["word"] == "new"
    assert record["files"] == dict.fromkeys(("a.txt", "b.txt"), hashlib.sha256(b"new").hexdigest())


def test_a_new_run_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    write_results(tmp_path / "one", {**run_of("old"), "gone.txt": b"old"})
    check_target(tmp_path / "one")
    write_results(tmp_path / "one", run_of("new"))
    assert word_of(tmp_path / "one") == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    check_target(tmp_path / "one")
    write_results(tmp_path / "one", run_of("new"))
    assert word_of(tmp_path / "one") == "new"


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    write_results(tmp_path / "real", run_of("old"))
    (tmp_path / "link").symlink_to(tmp_path / "real")
    check_target(tmp_path / "link")
    write_results(tmp_path / "link", run_of("new"))
    assert (tmp_path / "link").is_symlink()
    assert word_of(tmp_path / "real") == "new"


def test_the_folder_may_be_read_by_whom_the_system_lets(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    write_results(tmp_path / "one", run_of("new"))
    assert (tmp_path / "one").stat().st_mode == (tmp_path / "plain").stat().st_mode


# ------------------------------------------------------------------------------------------------------------ refused


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    assert "this is a file" in refused(tmp_path / "file")
    assert "is a file; a folder was expected" in refused(tmp_path / "file" / "inside" / "deep")


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x", "utf-8")
    assert "other things than an earlier run" in refused(tmp_path / "mine")


def test_what_a_reader_put_beside_a_run_is_never_lost(tmp_path: Path) -> None:
    write_results(tmp_path / "one", run_of("old"))
    (tmp_path / "one" / "notes.txt").write_text("mine", "utf-8")
    assert "holds, beside an earlier run, 'notes.txt'" in refused(tmp_path / "one")
    (tmp_path / "one" / "notes.txt").rename(tmp_path / "one" / ".DS_Store")
    check_target(tmp_path / "one")


def test_the_folder_one_stands_in_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for folder in (Path(), tmp_path / "here", tmp_path):
        assert "the folder that you are in, or one above it" in refused(folder)


def test_a_mounted_folder_is_told_before_any_work_as_no_move_can_replace_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "disk").mkdir()
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) == tmp_path / "disk")
    assert "name a new folder inside it" in refused(tmp_path / "disk")
    check_target(tmp_path / "disk" / "one")


def test_links_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "a link to a folder that does not exist" in refused(tmp_path / "gone")
    assert "a link to a folder that does not exist" in refused(tmp_path / "loop")
    assert "cannot be written there" in refused(tmp_path / "loop" / "inside")


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    assert "cannot be written there" in refused(tmp_path / ("x" * 300))


def test_a_read_only_folder_is_told_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert f"the folder '{tmp_path}' is read-only" in refused(tmp_path / "runs" / "one")


def test_a_folder_in_which_none_can_be_made_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rights may be there and a folder yet refuse, as on a full disk or where others rule: it is tried."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert f"no folder can be made in '{tmp_path}': No space left on device." in refused(tmp_path / "runs" / "one")
    assert list(tmp_path.iterdir()) == []


def without_power_over_permissions() -> list[str]:
    """Return what takes a superuser's power to write anywhere from a command, if that can be done here."""
    if os.geteuid() != 0:
        return []
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
    if shutil.which("setpriv") is None or subprocess.run([*drop, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a superuser writes anywhere, and setpriv cannot change that here")
    return drop


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")
def test_a_run_into_a_real_read_only_folder_ends_with_two(tmp_path: Path) -> None:
    command = [*without_power_over_permissions(), sys.executable, "-m", "bothand.cli", "run", "washtenaw", "--out"]
    locked = tmp_path / "locked"
    locked.mkdir(0o555)
    done = subprocess.run([*command, str(locked / "one")], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"the folder '{locked}' is read-only" in done.stderr
    assert not list(locked.iterdir())


# -------------------------------------------------------------------------------------------------------- full disks


def full_at(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = store.write_atomically

    def write(path: Path, content: bytes) -> None:
        if path.name == name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(path, content)

    monkeypatch.setattr(store, "write_atomically", write)


@pytest.mark.parametrize("name", [MARK, "a.txt", "b.txt"])
def test_a_full_disk_leaves_the_earlier_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_results(tmp_path / "one", run_of("old"))
    full_at(name, monkeypatch)
    with pytest.raises(FaultsFound, match="could not be written: No space left on device"):
        write_results(tmp_path / "one", run_of("new"))
    assert word_of(tmp_path / "one") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_a_full_disk_leaves_nothing_where_nothing_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full_at("b.txt", monkeypatch)
    with pytest.raises(FaultsFound, match="No space left"):
        write_results(tmp_path / "runs" / "deep" / "one", run_of("new"))
    assert not list(tmp_path.iterdir())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 64 KB, where the system lets one be made."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be made here; the full disk is simulated in the tests above")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_real_full_disk_leaves_the_earlier_run(small_disk: Path) -> None:
    write_results(small_disk / "one", run_of("old"))
    with pytest.raises(FaultsFound, match="No space left"):
        write_results(small_disk / "one", {**run_of("new"), "large": b"x" * 100_000})
    assert word_of(small_disk / "one") == "old"
    assert [path.name for path in small_disk.iterdir()] == ["one"]


def test_a_move_that_fails_puts_the_earlier_run_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_results(tmp_path / "one", run_of("old"))
    whole, moves = Path.rename, []

    def rename(path: Path, to: Path) -> Path:
        moves.append(to)
        if len(moves) == 3:  # the new run, after the earlier one was set aside
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return whole(path, to)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(FaultsFound, match="could not be written"):
        write_results(tmp_path / "one", run_of("new"))
    assert word_of(tmp_path / "one") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


# ------------------------------------------------------------------------------------------------------------- killed


@pytest.fixture
def half_written(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start a process that stops, for a minute, in the middle of writing a run to tmp_path/one."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SLOW, str(tmp_path / "one")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("earlier", [False, True], ids=["nothing before", "an earlier run"])
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"])
def test_a_kill_in_the_middle_leaves_the_earlier_run_or_nothing(
    name: str, earlier: bool, tmp_path: Path, half_written: Callable[[], subprocess.Popen[str]]
) -> None:
    if not hasattr(signal, name):
        pytest.skip(f"{name} is not known here")
    folder = tmp_path / "one"
    if earlier:
        write_results(folder, run_of("old"))
    process = half_written()
    process.send_signal(getattr(signal, name))
    process.communicate(timeout=30)
    assert process.returncode != 0
    if earlier:
        assert word_of(folder) == "old"
    else:
        assert not folder.exists()
    if name == "SIGKILL":
        assert len(hidden(tmp_path)) == 1
        check_target(folder)
    assert not hidden(tmp_path)


def test_what_a_living_process_writes_is_left_alone(
    tmp_path: Path, half_written: Callable[[], subprocess.Popen[str]]
) -> None:
    half_written()
    check_target(tmp_path / "one")
    assert len(hidden(tmp_path)) == 1


def test_where_a_process_cannot_be_asked_an_old_leftover_goes_and_a_young_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    old, young = leftover(target), leftover(target, process=DEAD + 1)
    (old / "half.txt").write_text("half", "utf-8")
    os.utime(old, (time.time() - 2 * store.LONGEST_WRITE,) * 2)
    monkeypatch.setattr(sys, "platform", "win32")
    check_target(target)
    assert hidden(tmp_path) == [young]


def test_a_kill_between_the_two_moves_loses_no_run(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    write_results(folder, run_of("older"))
    write_results(tmp_path / "two", run_of("old"))
    aside = leftover(folder)
    folder.rename(aside / "earlier-00")
    (tmp_path / "two").rename(aside / "earlier-01")
    check_target(folder)
    assert word_of(folder) == "old"
    assert not hidden(tmp_path)


def test_only_what_dead_processes_of_this_machine_left_for_this_folder_is_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    gone = leftover(folder)
    kept = [leftover(tmp_path / "other"), leftover(folder, os.getpid())]
    kept.append(folder.with_name(f"{store._stem(folder)}elsewhere-{DEAD}-0a0b"))
    kept.append(folder.with_name(f"{store._stem(folder)}notes"))
    for path in kept[2:]:
        path.mkdir()
    clear_leftovers(folder)
    assert not gone.exists()
    assert all(path.exists() for path in kept)


# --------------------------------------------------------------------------------------------------------- at once


def test_of_many_runs_at_once_one_stands_whole(tmp_path: Path) -> None:
    """Every look at the folder sees one whole run, whatever the order of the moves."""
    folder = tmp_path / "one"
    failed: list[BaseException] = []

    def write(word: str) -> None:
        try:
            for _ in range(10):
                write_results(folder, run_of(word))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(f"run {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert word_of(folder) in {f"run {n}" for n in range(4)}
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_two_programs_at_once_end_with_one_whole_run(tmp_path: Path) -> None:
    code = (
        "import sys, json, pathlib; from bothand.files.store import write_results; w = sys.argv[2];"
        "[write_results(pathlib.Path(sys.argv[1]),"
        " {'run.json': json.dumps({'word': w}).encode(), 'a.txt': w.encode(), 'b.txt': w.encode()}) for _ in range(20)]"
    )
    folder = tmp_path / "one"
    command = [sys.executable, "-c", code, str(folder)]
    processes = [subprocess.Popen([*command, word], stderr=subprocess.PIPE, text=True) for word in ("left", "right")]
    seen = set()
    while any(process.poll() is None for process in processes):
        try:
            seen.add((folder / "a.txt").read_text("utf-8"))
        except FileNotFoundError:
            time.sleep(0.001)
    for process in processes:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    assert seen <= {"left", "right"}
    assert word_of(folder) in {"left", "right"}
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_a_signal_that_is_not_heard_stays_unheard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    whole = store.write_atomically

    def write(path: Path, content: bytes) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        whole(path, content)

    monkeypatch.setattr(store, "write_atomically", write)
    try:
        write_results(tmp_path / "one", run_of("new"))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert word_of(tmp_path / "one") == "new"


def test_the_handlers_of_signals_are_as_before(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    write_results(tmp_path / "one", run_of("new"))
    assert signal.getsignal(signal.SIGTERM) is before
