"""What is felt before anything is known: the command, the first compile, the main job."""

from __future__ import annotations

import os
import sys
import time
from tempfile import TemporaryDirectory

from benchmarks.rows import ROOT, Row, children, median, say

PART = "start"
HELP_SECONDS, RUN_SECONDS, FIRST_SECONDS = 0.3, 90.0, 10.0
BOTHAND = [sys.executable, "-c", "from bothand.cli import main; main()"]
COMPILE = {
    "cohort": "run = lambda: simulate(model.chain, rates, start)",
    "people": "weeks = simulate(model.chain, rates, start)\n"
    "run = lambda: people(model, rates, start, people=10, weeks=weeks)",
}
FIRST_CALL = """
import time
from benchmarks import jobs
from bothand.engine.cohort import simulate
from bothand.engine.people.people import simulate as people
model, rates, start = jobs.people_model(), jobs.people_schedule(1), jobs.people_start(100)
{made}
began = time.process_time()
run()
first = time.process_time()
run()
print(2 * first - began - time.process_time())
"""


def measure(quick: bool) -> list[Row]:
    """Return seconds until the command answers; unless it is quick, of the first compile and of the default study."""
    if quick:
        return [help_seconds(3)]
    return [help_seconds(9), *(compile_seconds(which, 3) for which in COMPILE), *run_seconds()]


def help_seconds(samples: int) -> Row:
    walls, works = [], []
    for _ in range(samples + 2):
        began = time.perf_counter()
        works.append(children([*BOTHAND, "--help"])[0])
        walls.append(time.perf_counter() - began)
    return Row(
        "bothand --help", PART, "seconds on the clock until the command has answered, after two starts to warm up",
        median(walls[2:]), "seconds", bar=HELP_SECONDS, at_most=True,
        samples={"clock": walls[2:], "processor": works[2:]},
    )  # fmt: skip


def compile_seconds(which: str, samples: int) -> Row:
    found = []
    for _ in range(samples):
        with TemporaryDirectory() as folder:
            _, done = children(
                [sys.executable, "-c", FIRST_CALL.format(made=COMPILE[which])],
                env={**os.environ, "NUMBA_CACHE_DIR": folder}, cwd=ROOT,
            )  # fmt: skip
        found.append(float(done.stdout))
    return Row(
        f"first compile, {which}", PART,
        f"processor seconds that the first call of the {which} engine takes more than the second, with nothing kept on "
        "disk; once for a machine",
        median(found), "seconds", at_most=True, samples={"processor": found},
    )  # fmt: skip


def run_seconds() -> list[Row]:
    """Run the default study with nothing compiled, and once more."""
    walls, works = [], []
    with TemporaryDirectory() as compiled:
        as_a_reader = {key: value for key, value in os.environ.items() if key != "OPENBLAS_NUM_THREADS"}
        as_a_reader["NUMBA_CACHE_DIR"] = compiled
        for _ in range(2):
            with TemporaryDirectory() as folder:
                say("  the default study, end to end ...")
                began = time.perf_counter()
                works.append(children([*BOTHAND, "run", "washtenaw", "--out", folder], cwd=ROOT, env=as_a_reader)[0])
                walls.append(time.perf_counter() - began)
    return [
        Row(
            "make run", PART,
            f"seconds on the clock of the default study, after one to compile and to warm up, {os.cpu_count()} cores",
            walls[-1], "seconds", bar=RUN_SECONDS, at_most=True,
            samples={"clock": walls[1:], "processor": works[1:]}, note=f"{works[-1]:.0f} processor seconds.",
        ),
        Row(
            "make run, nothing compiled", PART,
            "seconds on the clock that the first run on a machine takes more than the second: both forms of the cohort "
            "and the people engine are compiled, beside each other and beside the run",
            walls[0] - walls[1], "seconds", bar=FIRST_SECONDS, at_most=True,
            samples={"first": walls[:1], "second": walls[1:]},
            note=f"{works[0] - works[1]:.0f} processor seconds more.",
        ),
    ]  # fmt: skip
