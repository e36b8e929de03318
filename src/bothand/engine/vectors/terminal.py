"""What remains after the last year: discounted integrals of weights under rates that stay as they are.

The remaining value v of a person solves (rho I - G^T) v = w. People only age upward, so the oldest stratum is
solved first and every younger one after it: a dense system of the size of the living compartments for each stratum,
a vector of draws at a time (measured: ten times faster than LAPACK draw by draw, which also starts threads that wait
for each other on a busy machine). Its diagonal outweighs the rest of each row, so elimination needs no exchange of
rows.
"""

from __future__ import annotations

import numpy as np

from bothand.engine.arrays import Chain, Floats, Ints
from bothand.engine.cohort import strata_in_order
from bothand.engine.vectors.lanes import LANES, clear, compiled, entry, fill, load, multiply_add, read_lanes, store
from bothand.engine.vectors.rows import aligned

NO_END = 1e-12  # MATH: what is left of a diagonal, as a share, below which a system counts as singular


def remaining(
    chain: Chain,
    plain: Floats,
    by_stratum: Floats,
    ageing: Floats,
    weights: Floats,
    discount: Floats | float,
) -> Floats:
    """Remaining discounted integral of weights from every stratum and compartment, for one person there.

    Args:
        chain: who can move where.
        plain: rates a year of plain edges as they act, gates and stock included, (n_plain, D).
        by_stratum: rates a year of by-stratum edges, (n_by_stratum, S, D).
        ageing: hazard of moving into the older stratum, (S,).
        weights: value a year in each compartment, K kinds, (N, K, D).
        discount: continuous discount rate a year, (D,) or one number.

    Returns:
        (D, S, N, K), in weight x years.

    Raises:
        ValueError: when the dead could move, or a value has no end (no discount, and a place that nobody leaves).
    """
    living, kinds, draws = chain.n_living, weights.shape[1], plain.shape[1]
    rho = np.array(np.broadcast_to(discount, (draws,)), dtype=np.float64)
    if (chain.source >= living).any():
        raise ValueError("an edge leaves a dead compartment.")
    value = np.zeros((draws, len(chain.strata), chain.n_all, kinds))
    value[:, :, living:] = value_of_the_dead(weights[living:].transpose(2, 0, 1), rho)[:, None]
    system = aligned(living * (living + kinds) * LANES)
    arrays = (np.ascontiguousarray(a, dtype=np.float64) for a in (plain, by_stratum, ageing, weights))
    whole = (np.ascontiguousarray(a, dtype=np.int64) for a in (chain.source, chain.target, chain.older))
    lists, numbers, order = tuple(whole), tuple(arrays), np.ascontiguousarray(strata_in_order(chain.older)[0][::-1])
    for first in range(0, draws, LANES):
        stuck = solve_strata(lists, numbers, order, rho, value, system, first, living)
        if stuck >= 0:
            raise ValueError(
                f"remaining value in stratum '{chain.strata[stuck]}' has no end: without discounting, "
                "people in some compartment never leave."
            )
    return value


def value_of_the_dead(weights: Floats, rho: Floats) -> Floats:
    """w / rho for the dead, (D, dead, K): zero where the weight is zero."""
    if (weights.any(axis=(1, 2)) & (rho <= 0)).any():
        raise ValueError("a weight on the dead needs a discount rate above 0: its sum has no end.")
    return np.divide(weights, rho[:, None, None], out=np.zeros_like(weights), where=weights != 0)


@entry
def solve_strata(
    lists: tuple[Ints, ...],
    numbers: tuple[Floats, ...],
    order: Ints,
    rho: Floats,
    value: Floats,
    system: Floats,
    first: int,
    living: int,
) -> int:
    """Solve every stratum for a vector of draws, oldest first; return a stratum without an end, or -1."""
    older, weights = lists[2], numbers[3]
    draws, _, _, kinds = value.shape
    for s in order:
        set_up(lists, numbers, rho, value, system, (s, first, living))
        for n in range(living):
            for kind in range(kinds):
                place = n * (living + kinds) + living + kind
                for lane in range(LANES):
                    draw = min(first + lane, draws - 1)
                    ahead = numbers[2][s] * value[draw, older[s], n, kind] if older[s] >= 0 else 0.0
                    system[place * LANES + lane] += weights[n, kind, draw] + ahead
        if not eliminate(system, living, kinds):
            return int(s)
        for lane in range(min(LANES, draws - first)):
            for n in range(living):
                for kind in range(kinds):
                    solved = system[(n * (living + kinds) + living + kind) * LANES + lane]
                    value[first + lane, s, n, kind] = solved
    return -1


@compiled
def set_up(
    lists: tuple[Ints, ...],
    numbers: tuple[Floats, ...],
    rho: Floats,
    value: Floats,
    system: Floats,
    at: tuple[int, int, int],
) -> None:
    """Write rho I - G^T of one stratum and, right of it, what the dead are worth, ``[living][living + K][lane]``."""
    source, target, older = lists
    plain, by_stratum, ageing, _ = numbers
    s, first, living = at
    draws, _, _, kinds = value.shape
    width, n_plain = living + kinds, plain.shape[0]
    clear(system)
    for n in range(living):
        read_lanes(system, n * width + n, rho, first)
        for lane in range(LANES):
            system[(n * width + n) * LANES + lane] += ageing[s] if older[s] >= 0 else 0.0
    for edge in range(len(source)):
        row, into = source[edge] * width, target[edge]
        for lane in range(LANES):
            draw = min(first + lane, draws - 1)
            rate = plain[edge, draw] if edge < n_plain else by_stratum[edge - n_plain, s, draw]
            system[(row + source[edge]) * LANES + lane] += rate
            if into < living:
                system[(row + into) * LANES + lane] -= rate
                continue
            for kind in range(kinds):
                system[(row + living + kind) * LANES + lane] += rate * value[draw, s, into, kind]


@compiled
def eliminate(system: Floats, size: int, kinds: int) -> bool:
    """Solve a system in place, solutions in its last columns; False when it is singular in some lane."""
    width = size + kinds
    inverse, factor = np.empty(LANES), np.empty(LANES)
    whole = np.empty(size * LANES)
    for n in range(size):
        store(whole, n, load(system, n * width + n))
    for p in range(size):
        for lane in range(LANES):
            pivot = system[(p * width + p) * LANES + lane]
            if not pivot > NO_END * whole[p * LANES + lane]:
                return False
            inverse[lane] = 1 / pivot
        for column in range(p + 1, width):
            place = p * width + column
            store(system, place, multiply_add(load(system, place), load(inverse, 0), fill(0.0)))
        for row in range(p + 1, size):
            take_away(system, row * width, p * width, p, p + 1, width, factor)
    for p in range(size - 1, 0, -1):
        for row in range(p):
            take_away(system, row * width, p * width, p, size, width, factor)
    return True


@compiled
def take_away(system: Floats, row: int, pivot: int, column: int, begin: int, end: int, factor: Floats) -> None:
    """Subtract the pivot row, times the entry that stands over it, from a row, in columns begin to end."""
    some = False
    for lane in range(LANES):
        factor[lane] = -system[(row + column) * LANES + lane]
        some = some or factor[lane] != 0
    if some:
        times = load(factor, 0)
        for c in range(begin, end):
            store(system, row + c, multiply_add(times, load(system, pivot + c), load(system, row + c)))
