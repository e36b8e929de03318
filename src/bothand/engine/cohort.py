"""The cohort engine: exact expectations of a compiled model for many draws at once, fast.

The step is that of ``reference.py``, in other words the meaning is there and only the speed is here: a chain and
its schedule are laid out for ``vectors/kernel.py``, which carries eight draws in a vector, and blocks of eight draws
are shared out over threads.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np

from bothand.engine import early
from bothand.engine.arrays import WEEKS, Bools, Chain, Floats, Held, Ints, Schedule, Start, Trajectory, hold
from bothand.engine.vectors.kernel import BUFFERS, FLOWS, Rates, Record, Structure, Work, run_block
from bothand.engine.vectors.lanes import DOUBLE_BYTES, LANES
from bothand.remembered import Remembered

LONGEST_ROW = 8  # MATH: vectors of one row: twice as many no longer fit the registers
STABLE = 2  # MATH: a second-order Taylor step is stable while exit hazard x step <= 2


def simulate(
    chain: Chain,
    schedule: Schedule,
    start: Start,
    steps: int = WEEKS,
    held: Held | None = None,
    *,
    threads: int | None = None,
    keep: Literal["strata", "sum"] = "strata",
) -> Trajectory:
    """Run a cohort through all years of a schedule; same results as ``reference.simulate``.

    Args:
        chain: who can move where.
        schedule: rates of every year, for D draws.
        start: people and kits on the first day.
        steps: steps a year; the largest exit hazard x step must be at most 2, and at most 1 keeps people non-negative.
        held: paths that the held-death twin takes from the status quo.
        threads: how many; as many as there are processors when None. Results do not depend on it.
        keep: "strata" keeps person-years by stratum; "sum" only their sum, with a stratum axis of length 1.

    Returns:
        What the run did, axes as in ``Trajectory``.

    Raises:
        ValueError: when two strata age into one, or a hazard is too large for the step.
    """
    structure = arrange(chain, schedule.inflow_origin, held is not None)
    rates = gather_rates(chain, schedule, start, steps, held)
    draws, origins, strata, compartments = start.people.shape
    weeks, capacities, blocks = schedule.years * steps, len(chain.capacities), -(-draws // LANES)
    kept = strata if keep == "strata" else 1
    wide = strata_in_a_row(origins, strata)
    early.wait_for(origins)
    record = Record(
        person_years=np.empty((schedule.years, draws, origins, kept, compartments)),
        state=np.empty((schedule.years + 1, draws, origins, compartments)),
        final=np.empty(start.people.shape),
        at_hand=np.empty((weeks, draws)),
        fraction=np.ones((weeks, capacities, draws)),
        stock=np.empty((schedule.years + 1, draws)),
        fastest=np.zeros((blocks, 2)),
    )

    def run(block: int) -> None:
        work = workspace(chain, origins, strata, wide, kept > 1)
        run_block(structure, rates, work, record, block * LANES, steps, ((0.0,) * wide, (0.0,) * (wide * origins)))

    share_out(run, range(blocks), threads)
    refuse_unstable(chain, record.fastest, steps)
    return Trajectory(*record[: len(record) - 1])


def share_out(run: Callable[[int], None], blocks: range, threads: int | None) -> None:
    """Run every block once, on as many threads as asked."""
    workers = min(len(blocks), threads or os.cpu_count() or 1)
    if workers <= 1:
        for block in blocks:
            run(block)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, blocks))


def refuse_unstable(chain: Chain, fastest: Floats, steps: int) -> None:
    """Raise ValueError when some exit hazard is past what the step can follow."""
    hazard, compartment = fastest[np.argmax(fastest[:, 0])]
    if hazard > STABLE * steps:
        raise ValueError(
            f"{steps} steps a year are too few: people leave '{chain.compartments[int(compartment)]}' at {hazard:.6g} "
            f"a year with free places; at least {math.ceil(hazard / STABLE)} steps are needed "
            f"({math.ceil(hazard)} keep numbers of people from falling below zero)."
        )


def gather_rates(chain: Chain, schedule: Schedule, start: Start, steps: int, held: Held | None) -> Rates:
    """Lay out a schedule for the kernel, with held paths in their place."""
    at_hand = np.zeros((schedule.years * steps, schedule.draws))
    if held is not None:
        schedule, at_hand = hold(chain, schedule, held), held.at_hand
    arrays = (
        schedule.plain,
        schedule.by_stratum,
        schedule.slope,
        schedule.ageing,
        schedule.inflow,
        schedule.places,
        schedule.fill,
        schedule.kits,
        schedule.shelf_life,
        schedule.most,
        schedule.draw_down,
        schedule.use_per_event,
        schedule.event,
        at_hand,
        start.people,
        start.stock,
    )
    # One layout, one compiled kernel, as in ``arrange``.
    return Rates(*(np.ascontiguousarray(array, dtype=np.float64) for array in arrays))


def arrange(chain: Chain, inflow_origin: int, twin: bool) -> Structure:
    """Sort the edges of a chain by target and list who passes the bounds of every capacity; once for a chain."""
    return _arranged.of(chain, (inflow_origin, twin), lambda: _arrange(chain, inflow_origin, twin))


_arranged: Remembered[Structure] = Remembered()


def _arrange(chain: Chain, inflow_origin: int, twin: bool) -> Structure:
    plain_source, plain_target = chain.source[: chain.n_plain], chain.target[: chain.n_plain]
    by_source, by_target = chain.source[chain.n_plain :], chain.target[chain.n_plain :]
    edge, by_edge = np.argsort(plain_target, kind="stable"), np.argsort(by_target, kind="stable")
    source, target, gate = plain_source[edge], plain_target[edge], chain.gate[edge]
    by_source, by_target = by_source[by_edge], by_target[by_edge]
    bounds = np.arange(chain.n_all + 1)
    moves = gate >= 0
    position = np.argsort(edge)
    moves[position[chain.coupled]] = True
    order, younger = strata_in_order(chain.older)
    moving = np.flatnonzero(moves)
    inside, outside = chain.holds[:, source], ~chain.holds[:, source]
    into, out = chain.holds[:, target] & outside, inside & ~chain.holds[:, target]
    gated = gate == np.arange(len(chain.capacities))[:, None]
    asks = into & gated
    enters = into & ~asks
    by_in, by_out = chain.holds[:, by_source], chain.holds[:, by_target]
    arrivals = np.array(chain.arrivals, dtype=np.int64)
    numbers = (
        np.searchsorted(target, bounds),
        source,
        edge,
        np.searchsorted(by_target, bounds),
        by_source,
        by_edge,
        order,
        younger,
        chain.older >= 0,
        np.flatnonzero(~moves),
        moving,
        np.unique(source[moving]),
        position[chain.coupled],
        chain.held[chain.coupled] & twin,
        *lists(gated),
        *lists(asks),
        *lists(enters),
        *lists(out),
        *lists(~by_in & by_out),
        *lists(by_in & ~by_out),
        *lists(chain.holds),
        np.flatnonzero(chain.at_risk),
        np.flatnonzero(((enters | out) & (gate >= 0)).any(axis=1)),
        arrivals,
        chain.holds[:, arrivals],
    )
    # One layout, one compiled kernel: numba compiles anew for an array of another layout or kind.
    laid_out = (np.ascontiguousarray(array, dtype=np.int64) for array in numbers)
    return Structure(chain.n_living, inflow_origin, *laid_out)


def lists(members: Bools) -> tuple[Ints, Ints]:
    """Turn (C, items) into one list of items after the other and where each begins, (C + 1,)."""
    return np.concatenate([[0], np.cumsum(members.sum(axis=1))]), np.nonzero(members)[1]


def strata_in_order(older: Ints) -> tuple[Ints, Ints]:
    """Order strata so that each comes right after the one that ages into it; also who that is, -1 = none.

    Raises:
        ValueError: when two strata age into one, or ageing goes round in a circle.
    """
    younger = np.full(len(older), -1, dtype=np.int64)
    for stratum, into in enumerate(older):
        if into < 0:
            continue
        if younger[into] >= 0:
            raise ValueError(f"strata {younger[into]} and {stratum} both age into stratum {into}; one is allowed.")
        younger[into] = stratum
    order: list[int] = []
    for first in np.flatnonzero(younger < 0):
        stratum = int(first)
        while stratum >= 0:
            order.append(stratum)
            stratum = int(older[stratum])
    if len(order) < len(older):
        raise ValueError("ageing goes round in a circle of strata; the oldest must have older = -1.")
    return np.array(order, dtype=np.int64), younger


def strata_in_a_row(origins: int, strata: int) -> int:
    """Return how many strata stand in one row: as many as go into them all and fit the registers with their origins."""
    return max(n for n in range(1, strata + 1) if strata % n == 0 and (n == 1 or n * origins <= LONGEST_ROW))


def workspace(chain: Chain, origins: int, strata: int, wide: int, by_stratum: bool) -> Work:
    """Memory for one block of lanes; ``wide`` strata in a row, years lived kept by stratum or summed."""
    n, edges, by = chain.n_all, chain.n_plain, chain.n_by_stratum
    sizes: Iterable[int] = (
        strata * n * origins,
        (strata if by_stratum else wide) * n * origins,
        BUFFERS * n * wide * origins,
        strata * n,
        n,
        edges,
        edges,
        edges,
        len(chain.coupled),
        strata * by,
        n,
        n,
        strata * n,
        strata,
        n,
        len(chain.arrivals) * strata,
        1,
        2,
        FLOWS,
        1,
    )
    return Work(*(aligned(size * LANES) for size in sizes))


def aligned(size: int) -> Floats:
    """Zeros that begin on a vector's boundary: loads across one cost half the speed."""
    whole = np.zeros(size + LANES)
    skip = (-whole.ctypes.data // DOUBLE_BYTES) % LANES
    return whole[skip : skip + size]
