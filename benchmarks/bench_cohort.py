"""Time one 18-year run of the cohort engine at the size of the default model, and NumPy on the same job.

    python benchmarks/bench_cohort.py

On a busy machine read processor seconds (least of all repeats), which the threads share.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tests" / "engine"))

from chains import Case, Size, random_case

from bothand.engine.cohort import simulate
from bothand.engine.reference import simulate as simulate_plainly

MODEL = Size(
    living=112, plain=720, bands=7, origins=6, draws=64, years=18, capacities=5, coupled=40, arrivals=2, fastest=40.0
)
REPEATS = 7


def queue_case() -> Case:
    """The default size with five separate queues: 18 compartments hold places, 20 edges ask for each."""
    chain, schedule, start = random_case(1, MODEL)
    holds = np.zeros_like(chain.holds)
    for c in range(MODEL.capacities):
        holds[c, 18 * c // 2 : 18 * c // 2 + 9] = True
    outside = ~holds.any(axis=0)
    gate = np.full(chain.n_plain, -1)
    source, target = chain.source[: chain.n_plain], chain.target[: chain.n_plain]
    for c in range(MODEL.capacities):
        gate[np.flatnonzero(outside[source] & holds[c, target])[:20]] = c
    places = np.full_like(schedule.places, 60.0)
    return Case(replace(chain, holds=holds, gate=gate), replace(schedule, places=places), start)


class Times(NamedTuple):
    wall: float  # least of all repeats
    median: float
    processor: float  # least, summed over threads


def seconds(run: Callable[[], object], repeats: int) -> Times:
    walls, processors = [], []
    for _ in range(repeats):
        began, worked = time.perf_counter(), time.process_time()
        run()
        walls.append(time.perf_counter() - began)
        processors.append(time.process_time() - worked)
    return Times(min(walls), statistics.median(walls), min(processors))


def report(what: str, times: Times) -> None:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    wall, median, processor = times
    print(f"{what:<46}{wall:8.3f} s least{median:8.3f} s median{processor:8.3f} core-s  load {load:.2f}")


def main() -> None:
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    case = queue_case()
    report("first run, compiles if not cached", seconds(lambda: simulate(*case), 1))
    for threads in (1, 2):
        report(f"18 years, {threads} thread(s)", seconds(lambda n=threads: simulate(*case, threads=n), REPEATS))
    report("18 years, 2 threads, sum over strata", seconds(lambda: simulate(*case, threads=2, keep="sum"), REPEATS))
    crossing = random_case(1, MODEL)
    report("18 years, 2 threads, five queues that cross", seconds(lambda: simulate(*crossing, threads=2), REPEATS))
    small = random_case(2, MODEL._replace(draws=8, years=1))
    plain, fast = seconds(lambda: simulate_plainly(*small), 1), seconds(lambda: simulate(*small, threads=1), REPEATS)
    report("8 draws, 1 year: plain NumPy reference", plain)
    report("8 draws, 1 year: this engine, 1 thread", fast)
    print(f"ratio {plain.processor / fast.processor:.0f}")


if __name__ == "__main__":
    main()
