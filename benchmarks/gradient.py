"""Time the derivatives of outcomes by the dollars of every service in every period, beside one forward trial.

    python -m benchmarks --only gradient

A trial is what ``try_plan`` does for a plan of the default study: its run, its held-death twin and all ledgers. Ratios
are of processor seconds, all threads, in runs that take turns.
"""

from __future__ import annotations

import statistics
from functools import partial

import numpy as np

from benchmarks.rows import Row, timed
from bothand.engine.setting import draw_values, load_setting
from bothand.experiments.worlds import open_world, walks
from bothand.outcomes.gradients.asked import Outcome
from bothand.outcomes.gradients.dollars import Spent, gradients, run_plan
from bothand.outcomes.trial import try_plan

DRAWS, FEW = 64, 8
SAMPLES = 5
BAR = 5.0
DOLLARS = 75e3  # a year for each service
WHOLE = Outcome("healthy_life_years")
LESS = {
    "deaths averted": Outcome("deaths_averted"),
    "healthy life-years of one group": Outcome("healthy_life_years", "not_in_treatment"),
}


def measure(quick: bool) -> list[Row]:
    """Return the rows of this comparison."""
    setting = load_setting("washtenaw")
    draws, samples = (FEW, 1) if quick else (DRAWS, SAMPLES)
    world = open_world(setting, draw_values(setting, draws, 1).values, walks(1))
    years = len(setting.study.years)
    dollars = np.full((len(setting.services), years), DOLLARS)
    periods = [range(first, min(first + 3, years)) for first in range(0, years, 3)]
    how = (world.county, world.quo.run, world.horizons)
    spent = Spent(dollars, world.board_lag)

    def forward() -> object:
        return try_plan(world.county, dollars, world.horizons, board_lag=world.board_lag, sites=0)

    def whole() -> object:
        return gradients(run_plan(*how, spent), [WHOLE], periods)

    forward()
    whole()
    there = run_plan(*how, spent)
    for outcome in LESS.values():
        gradients(there, [outcome], periods)
    seconds: dict[str, list[float]] = {}
    for _ in range(samples):
        jobs = {"trial": forward, "whole": whole}
        jobs |= {name: lambda o=outcome: gradients(there, [o], periods) for name, outcome in LESS.items()}
        for name, job in jobs.items():
            seconds.setdefault(name, []).append(timed(job))
    middle = {name: statistics.median(taken) for name, taken in seconds.items()}
    count = f"{len(setting.services)} services x {len(periods)} periods"
    row = partial(Row, part="gradient", unit="forward trials", at_most=True)
    first = row(
        name="gradient of all services' dollars",
        what=f"healthy life-years of everyone by {count}, {draws} draws: the run, its twin and both sweeps back",
        ratio=middle["whole"] / middle["trial"],
        bar=BAR,
        samples={name: seconds[name] for name in ("whole", "trial")},
    )
    more = [
        row(
            name=f"gradient of one more outcome: {name}",
            what=f"{name} by {count}, {draws} draws: sweeps back along a run that is there",
            ratio=middle[name] / middle["trial"],
            samples={"sweep": seconds[name], "trial": seconds["trial"]},
        )
        for name in LESS
    ]
    return [first, *more]
