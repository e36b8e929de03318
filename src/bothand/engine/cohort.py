"""The cohort engine: exact expectations of a compiled model for many draws at once, fast.

The step is that of ``reference.py``, in other words the meaning is there and only the speed is here: a chain and
its schedule are laid out for ``vectors/kernel.py``, which carries several draws in a vector, and vectors of draws
are shared out over threads.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import numpy as np

from bothand.engine import early
from bothand.engine.arrays import WEEKS, Bools, Chain, Floats, Held, Ints, Schedule, Start, Trajectory, hold
from bothand.engine.reference import Flows, exits
from bothand.engine.vectors.kernel import BUFFERS, FLOWS, Rates, Record, Structure, Work, run_block
from bothand.engine.vectors.lanes import LANES
from bothand.engine.vectors.rows import aligned, in_lanes, in_rows, out_of_rows
from bothand.remembered import Remembered

LONGEST_ROW = 8  # MATH: vectors of one row: twice as many no longer fit the registers
STABLE = 2  # MATH: a second-order Taylor step is stable while exit hazard x step <= 2
STRATA = -4  # UNIT: axis of strata in front of compartments, origins and lanes


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
    first, place = distinct(schedule, start, held)
    if len(first) < schedule.draws:
        there = held and held.at(first)
        few = simulate(chain, schedule.at(first), start.at(first), steps, there, threads=threads, keep=keep)
        # Laid out as a run is: sums over parts of it take another order, and other last digits, in another layout.
        return Trajectory(*(np.ascontiguousarray(array) for array in vars(few.at(place)).values()))
    structure = arrange(chain, schedule.inflow_origin, held is not None)
    at_hand = np.zeros((schedule.years * steps, schedule.draws))
    if held is not None:
        schedule, at_hand = hold(chain, schedule, held), held.at_hand
    refuse_unstable(chain, schedule, steps)
    draws, origins, strata, compartments = start.people.shape
    wide = strata_in_a_row(origins, strata)
    run = Trajectory(
        person_years=np.empty((schedule.years, draws, origins, strata if keep == "strata" else 1, compartments)),
        state=np.empty((schedule.years + 1, draws, origins, compartments)),
        final=np.empty(start.people.shape),
        at_hand=np.empty(at_hand.shape),
        fraction=np.empty((len(at_hand), len(chain.capacities), draws)),
        stock=np.empty((schedule.years + 1, draws)),
    )
    early.wait_for(origins)

    def run_vector(here: slice) -> None:
        given = in_order(chain, structure, schedule.at(here), wide) | {"held_at_hand": at_hand[:, here]}
        rates = Rates(**{name: in_lanes(array) for name, array in given.items()})
        work, record = _workspace(structure, start, wide, here), _to_record(run, wide)
        run_block(structure, rates, work, record, steps, ((0.0,) * wide, (0.0,) * (wide * origins)))
        _take_out(structure, work, record, run, wide, here)

    share_out(run_vector, draws, threads)
    return run


def distinct(schedule: Schedule, start: Start, held: Held | None) -> tuple[list[int], list[int]]:
    """Return draws that all differ in what they are given, and for every draw the place of its like among them.

    Lanes in which one input is moved are often the same run, since many inputs say only what a run is worth.
    """
    _, alike, times = np.unique(schedule.plain[0].sum(axis=0), return_inverse=True, return_counts=True)
    draws = range(schedule.draws)
    if times.max() == 1:
        return list(draws), list(draws)
    numbers = [*schedule.by_draw.values(), start.stock, np.moveaxis(start.people, 0, -1)]
    numbers += vars(held).values() if held else ()
    seen: dict[object, int] = {}
    first: list[int] = []
    place: list[int] = []
    for draw in draws:
        digest = hashlib.blake2b()
        for array in numbers if times[alike[draw]] > 1 else ():
            digest.update(np.ascontiguousarray(array[..., draw]).data)
        like = alike[draw], digest.digest()
        if like not in seen:
            seen[like] = len(first)
            first.append(draw)
        place.append(seen[like])
    return first, place


def share_out(run: Callable[[slice], None], draws: int, threads: int | None) -> None:
    """Run every vector of draws once, on as many threads as asked."""
    vectors = [slice(first, min(first + LANES, draws)) for first in range(0, draws, LANES)]
    workers = min(len(vectors), threads or os.cpu_count() or 1)
    if workers <= 1:
        for here in vectors:
            run(here)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, vectors))


def refuse_unstable(chain: Chain, schedule: Schedule, steps: int) -> None:
    """Raise ValueError when some exit hazard, gates open, is past what the step can follow."""
    most = schedule.plain.max(axis=(0, 2))
    most[chain.coupled] += schedule.slope.max(axis=(0, 2), initial=0)
    rates = np.concatenate([most, schedule.by_stratum.max(axis=0).max(axis=(1, 2))])
    if np.bincount(chain.source, rates, chain.n_all).max() + schedule.ageing.max() <= STABLE * steps:
        return  # not even if all that leaves a compartment were largest in one year, draw and stratum
    plain = schedule.plain.copy()
    plain[:, chain.coupled] += np.maximum(schedule.slope, 0)
    leaving = [
        exits(chain, Flows(plain[year], schedule.by_stratum[year], schedule.ageing, schedule.inflow[year], 0))
        for year in range(schedule.years)
    ]
    fastest = np.max(leaving, axis=0).reshape(chain.n_all, -1).max(axis=1)
    compartment = int(np.argmax(fastest))
    if fastest[compartment] > STABLE * steps:
        raise ValueError(
            f"{steps} steps a year are too few: people leave '{chain.compartments[compartment]}' at "
            f"{fastest[compartment]:.6g} a year with free places; at least {math.ceil(fastest[compartment] / STABLE)} "
            f"steps are needed ({math.ceil(fastest[compartment])} keep numbers of people from falling below zero)."
        )


def in_order(chain: Chain, structure: Structure, schedule: Schedule, wide: int) -> dict[str, Floats]:
    """Return rates as compiled code reads them, forward and back, by name, draws last.

    Edges stand by target and strata by their place, in blocks of ``wide`` where a rate is by stratum. ``grow`` and
    ``age`` (S, D): hazards at which people come from the stratum before, and go on to the one after.
    """
    by_stratum = schedule.by_stratum[:, structure.by_edge].swapaxes(1, 2)
    grow = np.where(structure.younger >= 0, schedule.ageing[structure.younger], 0)
    age = np.where(chain.older >= 0, schedule.ageing, 0)
    each = np.ones((1, schedule.draws))
    return {
        **schedule.by_draw,
        "plain": schedule.plain[:, structure.edge],
        "by_stratum": in_rows(by_stratum, structure.order, wide),
        "inflow": schedule.inflow[:, :, structure.order],
        "grow": grow[structure.order][:, None] * each,
        "age": age[structure.order][:, None] * each,
    }


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
        np.flatnonzero(~moves),
        moving,
        np.unique(source[moving]),
        position[chain.coupled],
        chain.held[chain.coupled] & twin,
        *lists(gated),
        *lists(np.concatenate([asks, enters, out])),
        *lists(np.concatenate([np.zeros_like(by_in), ~by_in & by_out, by_in & ~by_out])),
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


def _workspace(structure: Structure, start: Start, wide: int, here: slice) -> Work:
    """Memory for a vector of draws, with the people and kits of day one; ``wide`` strata in a row."""
    people = in_rows(np.moveaxis(start.people[here], (0, 1), (-1, -2)), structure.order, wide, STRATA)
    strata, n, edges = len(structure.order), len(structure.row) - 1, len(structure.edge)
    sizes = {
        "speed": BUFFERS * n * wide * start.people.shape[1],
        "by_stratum_total": strata * n,
        "total": n,
        "free": edges,
        "rate": edges,
        "steady_exit": n,
        "exit": n,
        "by_exit": strata * n,
        "hand": 2,
        "flow": FLOWS,
        "share": 1,
    }
    memory = {name: aligned(size * LANES) for name, size in sizes.items()}
    return Work(people=in_lanes(people), stock=in_lanes(start.stock[here]), **memory)


def _to_record(run: Trajectory, wide: int) -> Record:
    """Memory for what happens in a vector of draws."""
    years, _, origins, kept, n = run.person_years.shape
    weeks, capacities, _ = run.fraction.shape
    sizes = (years * max(kept, wide) * n * origins, (years + 1) * n * origins, weeks, weeks * capacities, years + 1)
    return Record(*(aligned(size * LANES) for size in sizes))


def _take_out(structure: Structure, work: Work, record: Record, run: Trajectory, wide: int, here: slice) -> None:
    """Copy what happened in a vector of draws out of the lanes."""
    years, _, origins, kept, n = run.person_years.shape
    many = here.stop - here.start
    lived = record.lived.reshape(years, max(kept // wide, 1), n, wide, origins, LANES)
    for year in range(years):
        if kept == 1:
            run.person_years[year, here, :, 0] = lived[year, 0].sum(axis=1).transpose(2, 1, 0)[:many]
        else:
            run.person_years[year, here][:, :, structure.order] = _by_draw(lived[year], many)
    run.final[here][:, :, structure.order] = _by_draw(
        work.people.reshape(len(structure.order) // wide, n, wide, origins, LANES), many
    )
    run.state[:, here] = record.state.reshape(years + 1, n, origins, LANES).swapaxes(1, -1)[:, :many]
    for name in ("at_hand", "fraction", "stock"):
        whole = getattr(run, name)
        whole[..., here] = getattr(record, name).reshape(*whole.shape[:-1], LANES)[..., :many]


def _by_draw(rows: Floats, many: int) -> Floats:
    """Turn people by block, compartment, stratum of the block, origin and lane into (D, O, places of strata, N)."""
    return np.moveaxis(out_of_rows(rows, STRATA), (-1, -2), (0, 1))[:many]
