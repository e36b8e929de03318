"""People who share kits, places and queues of their own, beside the cohort whose queues are expectations.

A *crowd* is everyone whom the model follows in the county, on day one as many as asked for; kits and places are the
county's, in proportion. Whoever waits longest is let in first, as in the study's own runs. The cohort is no longer
their exact mean: what a place does for one person depends on who else is there. How far apart the two are is the gap.

To see a small gap, the same people with the same luck also live through the cohort's weeks, where the cohort is their
mean. What chance alone makes of the deaths of a crowd is nearly the same in both, and is taken off: gap = own weeks -
given weeks. Places that are full leave little to chance in how many people are on medication: there, gap = own weeks -
cohort.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from bothand.engine.arrays import Floats, Trajectory
from bothand.engine.people.people import Queue, simulate
from bothand.experiments.worlds import side_by_side
from bothand.verify.beside import Effort, Pair
from bothand.verify.county import County

QUEUE: Queue = "first come, first let in"
SHARE = 0.01  # MATH: how far from the cohort a crowd may be
PAIRED = ("overdose deaths", "deaths of all causes")
ALONE = ("person-years on medication",)
BESIDE = (*PAIRED, *ALONE)
COUNTY_SEED = 1000  # MATH: crowds of the county's size have other seeds than the larger ones


def pairs(lanes: Sequence[County], effort: Effort) -> Iterator[Pair]:
    """Yield the totals of large crowds beside the cohort's, within 1 %; then the gap at the county's size, printed."""
    best, draws, small = effort.crowds
    for county in lanes:
        first = county is lanes[0]
        gap, error = gaps(county, effort.crowd, best if first else draws, 0)
        expected = _totals(county)
        for i, name in enumerate(BESIDE):
            words = f"{name}, {effort.crowd:,} people, {county.name}"
            yield Pair(words, expected[i] + gap[i], expected[i], SHARE * expected[i])
            yield Pair(f"standard error of {words}, as a share", error[i] / expected[i], 0.0, effort.doubt)
        yield Pair(f"least share let in at a gate, {county.name}", float(county.run.fraction.min()))
    county = lanes[0]
    gap, error = gaps(county, county.people, small, COUNTY_SEED)
    for i, name in enumerate(BESIDE):
        words = f"{name} at the county's size, {county.name}"
        yield Pair(f"gap in {words}, as a share", gap[i] / _totals(county)[i])
        yield Pair(f"standard error of the gap in {words}, as a share", error[i] / _totals(county)[i])


def gaps(county: County, people: int, crowds: int, seed: int) -> tuple[Floats, Floats]:
    """Return the mean gap of every total over many crowds, and its standard error, (names,) each."""
    found = np.array(side_by_side(partial(_gap, county, people), range(seed, seed + crowds)))
    return found.mean(axis=0), found.std(axis=0, ddof=1) / math.sqrt(crowds)


def _gap(county: County, people: int, seed: int) -> Floats:
    own, given = _crowd(county, people, seed, None), _crowd(county, people, seed, county.run)
    paired = np.array([name in PAIRED for name in BESIDE])
    return own - np.where(paired, given, _totals(county))


def _crowd(county: County, people: int, seed: int, weeks: Trajectory | None) -> Floats:
    lives = simulate(
        county.model,
        county.rates,
        county.start,
        seed=seed,
        people=people,
        weeks=weeks,
        queue=QUEUE,
        waiting=county.waiting,
        log=False,
    )
    told = county.told_of(lives)
    return np.array([told[name].sum() for name in BESIDE])


def _totals(county: County) -> Floats:
    told = county.told(county.run)
    return np.array([told[name].sum() for name in BESIDE])
