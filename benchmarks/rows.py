"""What a row of the benchmarks is, how time is measured, and what the machine was."""

from __future__ import annotations

import gc
import importlib.metadata
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

ROOT = Path(__file__).parents[1]
SCHEMA = 1
SAMPLES = 5
PACKAGES = ("bothand", "numpy", "scipy", "numba", "llvmlite")
SETTINGS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")

Run = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """One comparison, or one number with a limit.

    ``ratio`` is how many times less ours took than theirs (more is better), or, where there is no rival, the number
    itself; None where it could not be measured, and ``note`` says why. ``bar`` is the least that is asked for, ``aim``
    what is hoped for; ``at_most`` says that less is better.
    """

    name: str
    part: str
    what: str
    ratio: float | None
    unit: str
    bar: float | None = None
    aim: float | None = None
    at_most: bool = False
    samples: dict[str, list[float]] = field(default_factory=dict)
    note: str = ""

    def meets(self, limit: float | None) -> bool | None:
        if limit is None or self.ratio is None:
            return None
        return bool(self.ratio <= limit if self.at_most else self.ratio >= limit)

    def plain(self) -> dict[str, Any]:
        """Return the row as it is kept; ``met`` is about the bar, or about the aim where there is no bar."""
        met = self.meets(self.aim if self.bar is None else self.bar)
        return {**asdict(self), "met": met, "aim_met": self.meets(self.aim)}


def timed(run: Run) -> float:
    """Return the processor seconds of this process, all threads, that one run takes."""
    gc.disable()
    began = time.process_time()
    run()
    spent = time.process_time() - began
    gc.enable()
    return spent


def alternate(ours: Run, theirs: Run, samples: int = SAMPLES) -> tuple[list[float], list[float]]:
    """Return seconds of both after one warm-up each, taken in turns, so that a busy moment meets both."""
    ours()
    theirs()
    gc.collect()
    pairs = [(timed(ours), timed(theirs)) for _ in range(samples)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def several(run: Run, samples: int = SAMPLES) -> list[float]:
    """Return seconds of several runs after a warm-up."""
    run()
    gc.collect()
    return [timed(run) for _ in range(samples)]


def median(values: Sequence[float]) -> float:
    return float(statistics.median(values))


def compared(
    name: str, part: str, what: str, ours: list[float], theirs: list[float], *, note: str, work: float = 1.0,
    unit: str = "times", **limits: Any,
) -> Row:  # fmt: skip
    """Return a row of theirs by ours, in medians; ``work`` is what theirs had to do for each of ours' jobs."""
    ratio = median(theirs) / median(ours) * work
    return Row(name, part, what, ratio, unit, samples={"ours": ours, "theirs": theirs}, note=note, **limits)


def children(command: Sequence[str], **options: Any) -> tuple[float, subprocess.CompletedProcess[str]]:
    """Run a command; return its processor seconds, those of its own children included, and what it said."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done


def environment() -> dict[str, Any]:
    """Return what the machine is; nothing in it names whose machine it is."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "settings": {name: os.environ.get(name, "not set") for name in SETTINGS},
        "date": datetime.now(UTC).date().isoformat(),
    }


def load() -> float | None:
    """Return the mean number of running programs in the last minute, where the system tells."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def commit() -> str:
    """Return the commit that was measured, marked where files had been changed since."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=-changed"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip()


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = {name.strip(): value for name, value in re.findall(r"^([a-z ]+?)\s*: (.*)$", text, re.MULTILINE)}
    kind = ", ".join(
        f"{word} {found[name]}" for word, name in (("family", "cpu family"), ("model", "model")) if name in found
    )
    return ", ".join(part for part in (found.get("model name", platform.machine()), kind) if part)


def peers_python() -> Path | None:
    """Return the Python of the environment in which the peers are installed, if it is there."""
    given = os.environ.get("BOTHAND_BENCH_PYTHON")
    found = Path(given) if given else ROOT / ".venv-bench" / ("Scripts" if os.name == "nt" else "bin") / "python"
    return found if found.exists() else None


class NoPeerError(Exception):
    """A peer that does not run here, and why."""


class Peer:
    """A script of ``peers/`` that runs in the peers' environment and answers one line of JSON for each it is given."""

    def __init__(self, script: str) -> None:
        python = peers_python()
        if python is None:
            raise NoPeerError("The peers are not installed here: 'make bench' makes .venv-bench for them.")
        clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        self.script = script
        self.said = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed with the peer
        self.process = subprocess.Popen(
            [str(python), str(Path(__file__).parent / "peers" / script)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said, text=True,
            env={**clean, "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"},
        )  # fmt: skip

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(timeout=60)
        assert self.process.stdout
        self.process.stdout.close()
        self.said.close()

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """Give a job and return the answer. Raises NoPeerError with the last line that the script said in its end."""
        assert self.process.stdin
        assert self.process.stdout
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(job) + "\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        while line and not line.startswith("{"):  # a peer may speak to its reader first, at its first start
            line = self.process.stdout.readline()
        if not line:
            self.process.wait(timeout=60)
            self.said.seek(0)
            last = (self.said.read().strip().splitlines() or ["no word"])[-1]
            raise NoPeerError(f"{self.script} did not run: {last}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
