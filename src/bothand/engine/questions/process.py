"""Questions to a model in continuous time whose rates are constant: the exact mode of reference cases.

With generator G (rows sum to 0), people x as a row and b people arriving a year::

    people at t                  [x, 1] expm(H t),  H = [[G, 0], [b, 0]]
    discounted years lived       int_0^T e^(-r s) x(s) ds, the top right block of expm([[H - r, I], [0, 0]] T)
    without end                  x (r - G)^-1; with r = 0 over the states that people leave for good
    years until a set is met     h = 0 inside, -G h = 1 outside; infinite where the set may never be met
    ever inside by t             the set made absorbing, people inside at t
    where a visit ends           -G_in^-1 G_out, from the state of entry
    variance of a count          independent people: sum of n p (1 - p), plus the mean of those who arrived (Poisson)

States run over strata (outermost) and compartments. Source: standard results for Markov jump processes (reference
case d11 gives the formulas).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import expm, solve

from bothand.engine.arrays import Bools, Chain, Floats, Schedule, Start
from bothand.engine.exact import refuse_what_moves


@dataclass(frozen=True)
class Process:
    """A Markov jump process with constant rates a year, and people who arrive."""

    generator: Floats  # (M, M), M = strata x compartments
    inflow: Floats  # (M,) people a year

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.inflow)

    @property
    def closed(self) -> Process:
        """The same process without arrivals."""
        return replace(self, inflow=np.zeros_like(self.inflow))

    def absorbing(self, inside: Bools) -> Process:
        """Return the closed process in which nobody leaves ``inside`` (M,)."""
        return replace(self.closed, generator=np.where(inside[:, None], 0.0, self.generator))


def process(chain: Chain, schedule: Schedule, draw: int = 0) -> Process:
    """Return the process of one draw. Raises ValueError for rates that change: years, queues, a stock."""
    if schedule.years != 1:
        raise ValueError("rates must be the same in all years.")
    nobody = np.zeros((schedule.draws, 1, len(chain.strata), chain.n_all))
    refuse_what_moves(chain, schedule, Start(nobody, np.zeros(schedule.draws)))
    n, strata = chain.n_all, len(chain.strata)
    rates = np.zeros((strata, n, strata, n))
    for s in range(strata):
        for e, (source, target) in enumerate(zip(chain.source, chain.target, strict=True)):
            plain = e < chain.n_plain
            rate = schedule.plain[0, e, draw] if plain else schedule.by_stratum[0, e - chain.n_plain, s, draw]
            rates[s, source, s, target] += rate
        if chain.older[s] >= 0:
            for i in range(chain.n_living):
                rates[s, i, chain.older[s], i] += schedule.ageing[s]
    generator = rates.reshape(strata * n, strata * n)
    generator -= np.diag(generator.sum(axis=1))
    inflow = np.zeros((strata, n))
    for a, i in enumerate(chain.arrivals):
        inflow[:, i] += schedule.inflow[0, a, :, draw]
    return Process(generator, inflow.ravel())


def people_at(process: Process, people: Floats, years: float) -> Floats:
    """Return people in each state after ``years``, (M,), from ``people`` (M,) now and those who arrive."""
    found: Floats = np.append(people, 1) @ expm(_open(process) * years)
    return found[:-1]


def years_lived(process: Process, people: Floats, years: float, force: float = 0.0) -> Floats:
    """Return person-years in each state over ``years`` (``inf``: without end), discounted by exp(-force t), (M,).

    Raises ValueError for people who arrive without end and are not discounted.
    """
    if math.isinf(years):
        return _without_end(process, people, force)
    size = process.size + 1
    block = np.zeros((2 * size, 2 * size))
    block[:size, :size] = _open(process) - force * np.eye(size)
    block[:size, size:] = np.eye(size)
    found: Floats = np.append(people, 1) @ expm(block * years)[:size, size:]
    return found[:-1]


def _without_end(process: Process, people: Floats, force: float) -> Floats:
    if force > 0:
        arriving = people + process.inflow / force
        return np.asarray(solve((force * np.eye(process.size) - process.generator).T, arriving))
    if process.inflow.any():
        raise ValueError("people who arrive without end live without end: give a horizon or a discount.")
    stays = _recurrent(process)
    found = np.zeros(process.size)
    found[~stays] = solve(-process.generator[np.ix_(~stays, ~stays)].T, people[~stays]) if (~stays).any() else 0
    met = (_leads_to(process) & (people > 0)[:, None]).any(axis=0)
    found[stays & met] = np.inf
    return found


def chance_of_visit(process: Process, people: Floats, inside: Bools, years: float) -> float:
    """Return the share of ``people`` (M,) who have been in ``inside`` (M,) within ``years``."""
    found = people_at(process.absorbing(inside), people, years)
    return float(found[inside].sum() / people.sum())


def entries(process: Process, people: Floats, inside: Bools, years: float) -> float:
    """Return the expected number of moves into ``inside`` (M,) from outside, over ``years``."""
    lived = years_lived(process.closed, people, years)
    return float(lived[~inside] @ process.generator[np.ix_(~inside, inside)].sum(axis=1))


def years_until(process: Process, inside: Bools) -> Floats:
    """Return the expected years until ``inside`` (M,) is first met, from every state, (M,)."""
    stopped = process.absorbing(inside)
    elsewhere = _recurrent(stopped) & ~inside
    never = (_leads_to(stopped) & elsewhere[None, :]).any(axis=1)
    open_ = ~inside & ~never
    found = np.where(never, np.inf, 0.0)
    if open_.any():
        found[open_] = solve(-process.generator[np.ix_(open_, open_)], np.ones(int(open_.sum())))
    return found


def after_visit(process: Process, inside: Bools, entered: int) -> Floats:
    """Return where a visit to ``inside`` (M,), entered at one state, ends: a probability for each state, (M,).

    Raises ValueError when nobody leaves.
    """
    if not inside[entered]:
        raise ValueError("a visit begins inside.")
    if math.isinf(years_until(process, ~inside)[entered]):
        raise ValueError("nobody, or not everybody, leaves.")
    leave = solve(-process.generator[np.ix_(inside, inside)], process.generator[np.ix_(inside, ~inside)])
    found = np.zeros(process.size)
    found[~inside] = leave[int(inside[:entered].sum())]
    return found


def variance(process: Process, people: Floats, inside: Bools, years: float) -> float:
    """Return the variance of the number of people in ``inside`` (M,) after ``years``.

    People are independent: those here now are inside or not (binomial), those who arrive make a Poisson number.
    """
    here = expm(process.generator * years)[:, inside].sum(axis=1)
    arrived = people_at(process, np.zeros(process.size), years)
    return float((people * here * (1 - here)).sum() + arrived[inside].sum())


def _open(process: Process) -> Floats:
    """Return H, the generator with one more state that sends people in."""
    size = process.size
    found = np.zeros((size + 1, size + 1))
    found[:size, :size] = process.generator
    found[size, :size] = process.inflow
    return found


def _leads_to(process: Process) -> Bools:
    """Return which state can come to which, itself included, (M, M)."""
    found = (process.generator > 0) | np.eye(process.size, dtype=np.bool_)
    reached = 0
    while reached < found.sum():
        reached = int(found.sum())
        found = found @ found
    return found


def _recurrent(process: Process) -> Bools:
    """Return the states that are never left for good, (M,): whatever they lead to, leads back."""
    there = _leads_to(process)
    return np.asarray(~(there & ~there.T).any(axis=1))
