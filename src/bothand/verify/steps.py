"""The cohort's week beside no step at all, and beside finer steps.

*No step*: the exact mode holds every rate for a year, so it has no queue and no stock that acts. Each year is given the
mean share let in at every gate, and the mean naloxone at hand, that the county's own run had in that year.
*The matrix exponential*: the same years once more as exp(G t) on the whole generator G, by another method and library.
*Finer steps*: everything acts, queues and kits too. Their laws look at the start of each week, so the error falls by
half with the step; twice the finest run less the one before it leaves that error out (Richardson's extrapolation).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import expm_multiply

from bothand.engine.arrays import WEEKS, Floats, Ints, Schedule, Start, Trajectory
from bothand.engine.cohort import simulate as cohort
from bothand.engine.exact import simulate_exact
from bothand.verify.beside import Effort, Pair
from bothand.verify.county import County

CLOSE = 1e-5  # MATH: relative error that the week may have in a total
QUEUED = 1e-4  # MATH: the same where queues and kits act, whose laws look at the start of a week
SAME = 1e-9  # MATH: relative difference of two methods without a step
BY_STEP = ("overdose deaths", "person-years on medication")
ANYONE = 1e-3  # UNIT: person-years below which a cell is empty


def without_step(lanes: Sequence[County], effort: Effort) -> Iterator[Pair]:
    """Yield the week's totals beside the exact mode's, and these beside the exponential's; the worst cell, printed."""
    for county in lanes:
        held = held_by_year(county, effort.years)
        exact, week = simulate_exact(county.model.chain, *held), cohort(county.model.chain, *held)
        other = _summed(county, exponential(county, *held))
        for name, expected in _summed(county, exact).items():
            yield Pair(f"{name}, {county.name}", _summed(county, week)[name], expected, CLOSE * expected)
            words = f"{name} without a step, beside the matrix exponential, {county.name}"
            yield Pair(words, expected, other[name], SAME * other[name])
        yield Pair(f"largest error of a cell's person-years, as a share of them, {county.name}", worst(week, exact))


def finer(lanes: Sequence[County], effort: Effort) -> Iterator[Pair]:
    """Yield the week's totals beside those of steps that go to nothing, with queues and kits; what is left, printed."""
    times = [2**i for i in range(effort.finest.bit_length()) if 2**i <= effort.finest]
    for county in lanes:
        start, rates = county.start.together(), replace(county.rates, inflow_origin=0)
        runs = [cohort(county.model.chain, rates, start, steps=WEEKS * many) for many in times]
        told = [_summed(county, run) for run in runs]
        for name, finest in told[-1].items():
            limit = 2 * finest - told[-2][name]
            yield Pair(f"{name}, {county.name}", told[0][name], limit, QUEUED * limit)
            for many, found in zip(times, told, strict=True) if name in BY_STEP else ():
                words = f"error of {name} at {WEEKS * many} steps a year, as a share, {county.name}"
                yield Pair(words, found[name] / limit - 1)
        words = f"largest difference of a cell's person-years from the finest step, as a share of them, {county.name}"
        yield Pair(words, worst(runs[0], runs[-1]))


def held_by_year(county: County, years: int) -> tuple[Schedule, Start]:
    """Return the county's first years with naloxone at hand and shares let in held at each year's mean; one group."""
    chain, rates, run = county.model.chain, county.rates, county.run
    hand = run.at_hand.reshape(rates.years, -1, rates.draws).mean(axis=1)
    let_in = run.fraction.reshape(rates.years, -1, *run.fraction.shape[1:]).mean(axis=1)
    plain, gated = rates.plain.copy(), np.flatnonzero(chain.gate >= 0)
    plain[:, chain.coupled] += rates.slope * hand[:, None]
    plain[:, gated] *= let_in[:, chain.gate[gated]]
    start = county.start.together()
    held = replace(
        rates,
        plain=plain,
        slope=np.zeros_like(rates.slope),
        places=np.full_like(rates.places, np.inf),
        kits=np.zeros_like(rates.kits),
        inflow_origin=0,
    )
    return held.in_years(slice(years)), replace(start, stock=np.zeros_like(start.stock))


def exponential(county: County, rates: Schedule, start: Start) -> Trajectory:
    """Return a run by the matrix exponential, year by year: people, their person-years, and one state that sends in."""
    chain = county.model.chain
    strata, n = len(chain.strata), chain.n_all
    size = strata * n
    people, state, lived = start.people[0, 0].ravel(), [start.people.sum(axis=2)], []
    for year in range(rates.years):
        vector = np.concatenate([people, np.zeros(size), [1.0]])
        after = expm_multiply(_matrix(county, rates, year), vector)
        people = after[:size]
        state.append(people.reshape(1, 1, strata, n).sum(axis=2))
        lived.append(after[size:-1].reshape(1, 1, strata, n))
    return Trajectory(
        person_years=np.array(lived),
        state=np.array(state),
        final=people.reshape(1, 1, strata, n),
        at_hand=np.zeros((rates.years, 1)),
        fraction=np.ones((rates.years, len(chain.capacities), 1)),
        stock=np.zeros((rates.years + 1, 1)),
    )


def _matrix(county: County, rates: Schedule, year: int) -> csr_array:
    """Return the matrix of one year, which acts on columns of people, person-years, and the state that sends in."""
    chain = county.model.chain
    strata, n = len(chain.strata), chain.n_all
    size = strata * n
    first: Ints = n * np.arange(strata, dtype=np.int64)
    rows: list[Ints] = []
    columns: list[Ints] = []
    values: list[Floats] = []

    def flow(source: Ints, target: Ints, rate: Floats) -> None:
        for row, sign in ((source, -1), (target, 1)):
            rows.append(row)
            columns.append(source)
            values.append(sign * np.broadcast_to(rate, source.shape))

    for edge, (source, target) in enumerate(zip(chain.source, chain.target, strict=True)):
        plain = edge < chain.n_plain
        rate = rates.plain[year, edge, 0] if plain else rates.by_stratum[year, edge - chain.n_plain, :, 0]
        flow(first + source, first + target, rate)
    for stratum, older in enumerate(chain.older):
        if older >= 0:
            living = np.arange(chain.n_living, dtype=np.int64)
            flow(n * stratum + living, n * older + living, rates.ageing[stratum])
    for entry, compartment in enumerate(chain.arrivals):
        rows.append(first + compartment)
        columns.append(np.full(strata, 2 * size, dtype=np.int64))
        values.append(rates.inflow[year, entry, :, 0])
    everyone = np.arange(size, dtype=np.int64)
    rows.append(size + everyone)
    columns.append(everyone)
    values.append(np.ones(size))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return csr_array(entries, shape=(2 * size + 1, 2 * size + 1))


def _summed(county: County, run: Trajectory) -> dict[str, float]:
    """Return the totals of everyone."""
    told = county.told(run)
    return {name: float(values.sum()) for name, values in told.items()}


def worst(run: Trajectory, other: Trajectory) -> float:
    """Return the largest relative difference of person-years of a cell over all years, where anyone is."""
    ours, theirs = (found.person_years[:, 0].sum(axis=(0, 1, 2)) for found in (run, other))
    anyone = theirs > ANYONE
    return float(np.abs(ours[anyone] / theirs[anyone] - 1).max())
