"""People who live through given weeks, one by one, beside the cohort whose weeks they are.

Nobody waits for a place, so people are independent of each other and the cohort is exactly their mean. Each group of
day one is followed apart, and those who arrive later: a *block* holds people of one group, shared out over its cells
by even steps. More blocks are followed of groups in which people differ more, in proportion to people times the
standard deviation, which a pilot with seeds of its own has shown (Neyman's allocation). That leaves every mean as it is
and makes the error of the sum the smallest for the work.

How many people arrive in a block is a matter of chance too, whose mean the model gives. What each block has more or
fewer than that is taken off at the cohort's total for each arrival: a control variate, with mean 0 whatever the factor.
That as many arrive as should is held beside its mean without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import numpy as np

from bothand.engine.arrays import Floats, Start
from bothand.engine.people.people import simulate
from bothand.experiments.worlds import side_by_side
from bothand.verify.beside import SIGNIFICANT, Effort, Pair
from bothand.verify.county import County

DEATHS = "overdose deaths"
COUNTED = "overdose deaths, counted one by one"
ARRIVE = "people who arrive"
AIM = 0.9  # MATH: of the standard error that is asked for, because a pilot knows it only about
LEAST = 8  # MATH: blocks of every group, at the least


def pairs(county: County, effort: Effort) -> Iterator[Pair]:
    """Yield every total over all years beside the cohort's, within three standard errors; then the error itself."""
    county = county.without_queues()
    expected = expected_of(county)
    names = list(expected)
    groups = [o for o in range(county.start.people.shape[1]) if expected[DEATHS][o] > 0]
    seeds = count()
    pilot = _blocks(county, expected, [(o, next(seeds)) for o in groups for _ in range(effort.pilot)], effort.block)
    deaths = names.index(DEATHS)
    spread = np.array([np.std(pilot[o][:, deaths], ddof=1) for o in groups])
    aim = AIM * effort.error * expected[DEATHS].sum()
    many = np.maximum(LEAST, np.ceil(spread * spread.sum() / aim**2)).astype(int)
    runs = [(o, next(seeds)) for o, n in zip(groups, many, strict=True) for _ in range(n)]
    found = _blocks(county, expected, runs, effort.block)
    means = sum(found[o].mean(axis=0) for o in groups)
    errors = np.sqrt(sum(found[o].var(axis=0, ddof=1) / len(found[o]) for o in groups))
    for i, name in enumerate(names):
        yield Pair(name, means[i], expected[name][groups].sum(), SIGNIFICANT * errors[i])
    share = errors[deaths] / expected[DEATHS].sum()
    yield Pair("standard error of overdose deaths, as a share", share, 0.0, effort.error)
    yield Pair("people followed", float(len(runs) * effort.block))


def expected_of(county: County) -> dict[str, Floats]:
    """Return what the cohort gives for every total of people followed, by group, (O,)."""
    told = county.told(county.run)
    arrive = np.zeros_like(told[DEATHS])
    arrive[county.rates.inflow_origin] = county.rates.inflow.sum()
    return {DEATHS: told[DEATHS], COUNTED: told[DEATHS], **told, ARRIVE: arrive}


def _blocks(
    county: County, expected: dict[str, Floats], runs: list[tuple[int, int]], block: int
) -> dict[int, Floats]:  # fmt: skip
    """Return the totals of every block by group: group -> (blocks, names)."""
    totals = side_by_side(lambda run: one_block(county, expected, run[0], run[1], block), runs)
    found: dict[int, list[Floats]] = {}
    for (origin, _), row in zip(runs, totals, strict=True):
        found.setdefault(origin, []).append(row)
    return {origin: np.array(rows) for origin, rows in found.items()}


def one_block(county: County, expected: dict[str, Floats], origin: int, seed: int, block: int) -> Floats:
    """Return the totals of the people of one group, as ``block`` of them came to, (names,)."""
    rates, start = county.rates, county.start
    later = origin == rates.inflow_origin
    people = np.zeros_like(start.people)
    if later:
        # One person of another group, who stands for as many as each who arrives, and is not looked at.
        here = np.unravel_index(np.argmax(start.people), people.shape)
        people[here] = rates.inflow.sum() / block
    else:
        people[:, origin] = start.people[:, origin]
        rates = replace(rates, inflow=np.zeros_like(rates.inflow))
    lives = simulate(
        county.model,
        rates,
        Start(people, start.stock),
        seed=seed,
        people=1 if later else block,
        weeks=county.run,
        log=False,
    )
    arrived = lives.weight * float((lives.arrived > 0).sum())
    found = {name: float(values[origin]) for name, values in county.told_of(lives).items()}
    if later:
        more = arrived / expected[ARRIVE][origin] - 1
        found = {name: value - more * expected[name][origin] for name, value in found.items()}
    return np.array([{**found, ARRIVE: arrived}[name] for name in expected])
