"""How cost grows: each size doubles a few times; the slope of log seconds on log size, where 1 is in proportion."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import individuals, jobs
from benchmarks.rows import ROOT, Row, median, several
from bothand.engine.cohort import simulate

PART = "growth"
SAMPLES = 3

Run = Callable[[], object]


def measure(quick: bool) -> list[Row]:
    """Return one row for each thing that can become larger."""
    steps = 2 if quick else 5
    return [_row(*growth, steps) for growth in _growths(quick)]


def _growths(quick: bool) -> list[tuple[str, str, int, Callable[[int], Run]]]:
    few = 4 if quick else 1
    return [
        (
            "compartments",
            "a chain of random moves, six out of each compartment, 12 strata, 8 draws, 2 years",
            16,
            _states,
        ),
        ("strata", "a chain of 36 compartments and 220 random moves, 8 draws, 2 years", 4, _strata),
        ("draws", "the reference job", 16 // few, _draws),
        ("plans", "the reference job with 8 draws, the rates of each plan built and run", 1, _plans),
        ("years", "the reference job with 8 draws", 2, _years),
        ("people", "the people job, each person followed for ten years", 2_000 // few, _people),
    ]


def _row(name: str, what: str, first: int, made: Callable[[int], Run], steps: int) -> Row:
    sizes = [first * 2**i for i in range(steps)]
    seconds = [median(several(made(size), SAMPLES)) for size in sizes]
    slope = float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
    return Row(
        f"cost by {name}", PART, f"{what}; one thread", slope, "slope",
        samples={"size": [float(size) for size in sizes], "seconds": seconds},
    )  # fmt: skip


def _chain(**sizes: Any) -> Run:
    folder = str(ROOT / "tests" / "engine")
    if folder not in sys.path:
        sys.path.append(folder)
    from chains import Size, random_case

    base = Size(living=34, dead=2, plain=220, bands=6, origins=1, draws=8, years=2, capacities=0, coupled=0)
    case = random_case(1, base._replace(**sizes))
    return lambda: simulate(*case, threads=1)


def _states(size: int) -> Run:
    return _chain(living=size - 2, plain=6 * size)


def _strata(size: int) -> Run:
    return _chain(bands=size // 2)


def _draws(size: int) -> Run:
    model, start = jobs.reference_model(), jobs.reference_start(jobs.reference_model(), size)
    return lambda: simulate(model.chain, jobs.reference_schedule(size), start, threads=1)


def _plans(size: int) -> Run:
    run = _draws(8)
    return lambda: [run() for _ in range(size)]


def _years(size: int) -> Run:
    model, start = jobs.reference_model(), jobs.reference_start(jobs.reference_model(), 8)
    return lambda: simulate(model.chain, jobs.reference_schedule(8, size), start, threads=1)


def _people(size: int) -> Run:
    return lambda: individuals.ours(size, 1)
