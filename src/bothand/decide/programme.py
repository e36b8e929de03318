"""Linear programmes over a surface: the one place where the solver (HiGHS) is called.

Every question of this room has the form: choose yearly dollars x and helper numbers e so that ::

    maximise   goal(x, e)
    such that  row_r(x, e) >= least_r        for every row
    with       row(x, e) = gains . u(x) - asked a(x) + dollars . x + extra . e,   gains, asked >= 0

where a(x) is what others are asked for under x (``ruled.rules``), zero on a surface without rules.

Each service's dollars are split in the segments of its grid, each filled from 0 to 1. On concave curves the lowest
segment is filled first of its own accord, and the linear programme is exact. Where a curve that the question uses is
*not* concave (a start-up step, a harm that levels off), the programme with concave envelopes is solved first; if its
answer holds on the true curves it is the answer, else binary variables keep the segments in order and the mixed-integer
programme is exact again. So: give a surface to have its true curves, ``concave(surface)`` to have envelopes. Two ways
to run one service are kept apart in the same manner: where an answer pays for both, binary variables choose one.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from bothand.decide.surfaces import ROUNDING, Bools, Floats, Surface, asked_of_others, evaluate, filled

FEASIBLE = 1e-9  # MATH: feasibility and optimality tolerance asked of the solver, rows scaled to 1
HOLDS = 1e-7  # MATH: relative slack with which an answer on envelopes must hold on the true curves
GAP = 1e-7  # MATH: relative optimality gap of a mixed-integer programme

SOLVED = 0  # MATH: status code of scipy.optimize.linprog
INFEASIBLE = 2  # MATH: status code of scipy.optimize.linprog
UNDECIDED = 4  # MATH: status code of scipy.optimize.linprog, "infeasible or unbounded" among others


Places = npt.NDArray[np.int_]  # columns of a programme


@dataclass(frozen=True, eq=False)
class Rows:
    """Linear expressions in gains, dollars and helper numbers, with the least value each must reach.

    Attributes:
        gains: (R, V) weights of the objectives' gains, never negative.
        dollars: (R, I) weights of the services' yearly dollars.
        extra: (R, E) weights of the helper numbers.
        least: (R,) least values.
        asked: () or (R,) weights of what others are asked for, taken away; never negative.
    """

    gains: Floats
    dollars: Floats
    extra: Floats
    least: Floats
    asked: Floats = field(default_factory=lambda: np.zeros(()))

    @property
    def asks(self) -> Floats:
        """``asked`` of every row, (R,)."""
        return np.broadcast_to(self.asked, self.least.shape)

    def at(self, which: slice) -> Rows:
        """Some of the rows, in a stretch."""
        return self.some(np.arange(len(self.least))[which])

    def some(self, which: npt.NDArray[np.int_] | Bools) -> Rows:
        """Some of the rows, by position or by mark."""
        return Rows(self.gains[which], self.dollars[which], self.extra[which], self.least[which], self.asks[which])


@dataclass(frozen=True, eq=False)
class Solution:
    """The best answer to a programme.

    Attributes:
        plan: (I,) yearly dollars.
        gains: (V,) gains under the plan, in each objective's unit.
        extra: (E,) helper numbers.
        value: the goal.
        duals: (R,) change of the goal when a row's least value rises by one unit; never positive.
    """

    plan: Floats
    gains: Floats
    extra: Floats
    value: float
    duals: Floats


def rows(
    surface: Surface,
    gains: npt.ArrayLike | None = None,
    dollars: npt.ArrayLike | None = None,
    extra: npt.ArrayLike | None = None,
    least: npt.ArrayLike = 0,
) -> Rows:
    """Build rows from the parts that are not zero; every part is (R, ...) or one row.

    Raises:
        ValueError: a negative weight on a gain (such a row is not concave).
    """
    given = [np.atleast_2d(np.asarray(p, dtype=np.float64)) for p in (gains, dollars, extra) if p is not None]
    count = max(len(p) for p in given)

    def part(values: npt.ArrayLike | None, width: int) -> Floats:
        if values is None:
            return np.zeros((count, width))
        return np.array(np.broadcast_to(np.atleast_2d(np.asarray(values, dtype=np.float64)), (count, width)))

    weights = part(gains, len(surface.objectives))
    if (weights < 0).any():
        raise ValueError("the weight of a gain may not be negative")
    n_extra = 0 if extra is None else np.atleast_2d(np.asarray(extra)).shape[1]
    floor = np.array(np.broadcast_to(np.asarray(least, dtype=np.float64), (count,)))
    return Rows(weights, part(dollars, len(surface.services)), part(extra, n_extra), floor)


def at_most(surface: Surface, budget: float) -> Rows:
    """The row: no more than ``budget`` dollars a year in all."""
    return rows(surface, dollars=np.full(len(surface.services), -1.0), least=-budget)


def stack(*parts: Rows) -> Rows:
    """Put rows under each other; those without helper numbers get zero weights for them."""
    n_extra = max(p.extra.shape[1] for p in parts)
    extra = [np.pad(p.extra, ((0, 0), (0, n_extra - p.extra.shape[1]))) for p in parts]
    return Rows(
        np.concatenate([p.gains for p in parts]),
        np.concatenate([p.dollars for p in parts]),
        np.concatenate(extra),
        np.concatenate([p.least for p in parts]),
        np.concatenate([p.asks for p in parts]),
    )


def maximise(surface: Surface, goal: Rows, such_that: Rows, bounds: npt.ArrayLike = ()) -> Solution | None:
    """Solve one programme.

    Args:
        surface: the curves; exact where not concave (see the head of this file).
        goal: one row, its ``least`` unused.
        such_that: the rows to reach.
        bounds: (E, 2) lower and upper bound of every helper number.

    Returns:
        the best answer, or None when no plan on the grid reaches every row.

    Raises:
        RuntimeError: the solver gave up.
    """
    limits = np.asarray(bounds, dtype=np.float64).reshape(-1, 2)
    both = stack(goal, such_that)
    if both.extra.shape[1] != len(limits):
        raise ValueError(f"{both.extra.shape[1]} helper numbers but {len(limits)} bounds")
    goal, such_that = both.at(slice(1)), both.at(slice(1, None))
    capped = such_that.asks > 0
    if capped.any() and not goal.asks.any():
        loose = maximise(surface, goal, such_that.some(~capped), limits)
        if loose is None or _reaches(surface, loose, such_that.some(capped)):
            return None if loose is None else _with_all_duals(loose, capped)
    used = (both.gains > 0).any(axis=0)
    kinks = np.asarray(surface.convex_at[used].any(axis=0))
    if (both.asks > 0).any():
        kinks = kinks | surface.asked_bends_down_at
    free = np.tile([0.0, 1.0], (surface.dollars.size, 1))
    curves = surface.envelope if kinks.any() else surface
    relaxed = _solve(surface, curves, goal, such_that, np.concatenate([free, limits]))
    if relaxed is None:
        return None
    if _one_of_each(surface, relaxed.plan) and (not kinks.any() or _holds(surface, relaxed, goal, such_that)):
        return relaxed
    return _solve_ordered(surface, kinks, goal, such_that, limits)


def _reaches(surface: Surface, found: Solution, lines: Rows) -> bool:
    """Whether an answer reaches some further rows: then they do not bind, and it is the answer with them too."""
    reached = lines.gains @ found.gains + lines.dollars @ found.plan + lines.extra @ found.extra
    reached = reached - lines.asks * asked_of_others(surface, found.plan)
    return bool((reached >= lines.least).all())


def _with_all_duals(found: Solution, left_out: Bools) -> Solution:
    """The answer with a dual of zero for each row that was left out."""
    duals = np.zeros(len(left_out))
    duals[~left_out] = found.duals
    return replace(found, duals=duals)


def _columns(curves: Surface, lines: Rows) -> Floats:
    """Coefficients of segments and helper numbers, (R, I*L + E)."""
    from_gains = np.einsum("rv,vil->ril", lines.gains, curves.increments)
    from_dollars = lines.dollars[:, :, None] * curves.widths
    of_segments = from_gains + from_dollars
    if curves.rules is not None:
        of_segments = of_segments - lines.asks[:, None, None] * curves.asked_steps
    return np.concatenate([of_segments.reshape(len(lines.least), -1), lines.extra], axis=1)


def _scaled(matrix: Floats) -> tuple[Floats, Floats]:
    """The matrix with each row's largest coefficient brought to 1, and the sizes divided by, (R,)."""
    size = np.abs(matrix).max(axis=1)
    size = np.where(size > 0, size, 1)
    return matrix / size[:, None], size


@contextmanager
def _quiet(wanted: bool) -> Iterator[None]:
    """Keep HiGHS's own lines off the standard output while it solves a mixed-integer programme.

    Its library prints a line for each repaired solution whatever its options say, and would break ``--json``.
    """
    if not wanted:
        yield
        return
    _silence.begin()
    try:
        yield
    finally:
        _silence.end()


class _Silence:
    """The standard output turned away while anybody solves: the first turns it away, the last turns it back."""

    def __init__(self) -> None:
        self._lock, self._solving, self._kept = threading.Lock(), 0, -1

    def begin(self) -> None:
        with self._lock:
            if self._solving == 0:
                sys.stdout.flush()
                self._kept = os.dup(1)
                silence = os.open(os.devnull, os.O_WRONLY)
                os.dup2(silence, 1)
                os.close(silence)
            self._solving += 1

    def end(self) -> None:
        with self._lock:
            self._solving -= 1
            if self._solving == 0:
                os.dup2(self._kept, 1)
                os.close(self._kept)


_silence = _Silence()


def call_solver(
    cost: Floats,
    matrix: Floats,
    limit: Floats,
    bounds: Floats,
    whole: npt.NDArray[np.int_] | None,
    gap: float = GAP,
) -> Any:
    """Call HiGHS once, again without presolve when that leaves it undecided; None if infeasible.

    ``gap``: share of the goal by which an answer in whole numbers may miss the best.
    """
    solver = cast(Any, linprog)  # its overloads do not know an optional integrality
    options: dict[str, Any] = {"primal_feasibility_tolerance": FEASIBLE, "dual_feasibility_tolerance": FEASIBLE}
    if whole is not None:
        options = {"primal_feasibility_tolerance": FEASIBLE, "mip_rel_gap": gap}
    for presolve in (True, False):
        options["presolve"] = presolve
        with _quiet(whole is not None):
            found = solver(
                cost, A_ub=matrix, b_ub=limit, bounds=bounds, method="highs", integrality=whole, options=options
            )
        if found.status == INFEASIBLE:
            return None
        if found.status == SOLVED:
            return found
        if found.status != UNDECIDED:
            break
    raise RuntimeError(f"the solver gave up: {found.message}")


def _solve(surface: Surface, curves: Surface, goal: Rows, such_that: Rows, bounds: Floats) -> Solution | None:
    """Solve the continuous programme on given curves; bounds are (I*L + E, 2)."""
    matrix, size = _scaled(_columns(curves, such_that))
    cost, cost_size = _scaled(_columns(curves, goal))
    found = call_solver(-cost[0], -matrix, -such_that.least / size, bounds, None)
    if found is None:
        return None
    duals = np.asarray(found.ineqlin.marginals) * cost_size[0] / size
    return _solution(surface, np.asarray(found.x), -float(found.fun) * float(cost_size[0]), duals)


def _solution(surface: Surface, columns: Floats, value: float, duals: Floats) -> Solution:
    """Read plan, gains on the surface's own curves and helper numbers from the solver's columns."""
    n_segments = surface.dollars.size
    shares = np.clip(columns[:n_segments], 0, 1).reshape(surface.dollars.shape)
    plan = np.minimum((surface.widths * shares).sum(axis=1), surface.dollars[:, -1])
    return Solution(plan, evaluate(surface, plan), columns[n_segments:], value, duals)


def _holds(surface: Surface, found: Solution, goal: Rows, such_that: Rows) -> bool:
    """Whether an answer found on envelopes is as good, and allowed, on the true curves."""
    columns = np.concatenate([filled(surface, found.plan).ravel(), found.extra])
    matrix, size = _scaled(_columns(surface, such_that))
    cost, cost_size = _scaled(_columns(surface, goal))
    reached = matrix @ columns >= such_that.least / size - HOLDS
    as_good = cost[0] @ columns >= found.value / cost_size[0] - HOLDS
    return bool(reached.all() and as_good)


def _one_of_each(surface: Surface, plan: Floats) -> bool:
    """Whether a plan pays for one way to run each service at most."""
    paid = plan > ROUNDING * surface.dollars[:, -1]
    return all(paid[ways].sum() <= 1 for ways in surface.ways)


def _blocks(kinks: Bools) -> list[tuple[Places, Places]]:
    """For every kink, the columns of the segments in the concave block before it and of those in the block after it."""
    n_services, n_kinks = kinks.shape
    columns = np.arange(n_services * (n_kinks + 1)).reshape(n_services, n_kinks + 1)
    blocks = []
    for i in range(n_services):
        ends = [0, *(np.flatnonzero(kinks[i]) + 1).tolist(), n_kinks + 1]
        for start, middle, stop in zip(ends, ends[1:], ends[2:], strict=False):
            blocks.append((columns[i, start:middle], columns[i, middle:stop]))
    return blocks


def _order(surface: Surface, blocks: Sequence[tuple[Places, Places]], n_columns: int) -> Floats:
    """Rows that tie segments to the binaries after them: the first of each kink, then of each way to run a service.

    A segment after a kink is filled only where its binary is 1, and then every segment before it is full; a way's
    segments are filled only where its binary is 1, and of one service's ways one binary at most is.
    """
    ways = [i for group in surface.ways for i in group]
    after = [np.arange(surface.dollars.size).reshape(surface.dollars.shape)[i] for i in ways]
    tied = [side for block in blocks for side in block] + after
    signs = [-1, 1] * len(blocks) + [1] * len(ways)
    binaries = [k for k in range(len(blocks)) for _ in range(2)] + [len(blocks) + w for w in range(len(ways))]
    lengths = [len(columns) for columns in tied]
    sign, there = np.repeat(signs, lengths), np.arange(sum(lengths))
    order = np.zeros((sum(lengths) + len(surface.ways), n_columns + len(blocks) + len(ways)))
    order[there, np.concatenate(tied)] = sign
    order[there, n_columns + np.repeat(binaries, lengths)] = -sign
    for row, group in zip(order[sum(lengths) :], surface.ways, strict=True):
        row[[n_columns + len(blocks) + ways.index(i) for i in group]] = 1
    return order


def _solve_ordered(surface: Surface, kinks: Bools, goal: Rows, such_that: Rows, limits: Floats) -> Solution | None:
    """Solve with a binary at every kink (the block before is full, or the block after is empty) and for every way.

    The pattern found is then held and the continuous programme solved again, which sharpens the answer and gives duals.
    """
    blocks, ways = _blocks(kinks), [i for group in surface.ways for i in group]
    matrix, size = _scaled(_columns(surface, such_that))
    cost, _ = _scaled(_columns(surface, goal))
    n_rows, n_columns = matrix.shape
    order, n_kinks = _order(surface, blocks, n_columns), len(blocks) + len(ways)
    wide = np.zeros((n_rows + len(order), n_columns + n_kinks))
    wide[:n_rows, :n_columns] = -matrix
    wide[n_rows:] = order
    bounds = np.concatenate([np.tile([0.0, 1.0], (surface.dollars.size, 1)), limits, np.tile([0.0, 1.0], (n_kinks, 1))])
    whole = np.concatenate([np.zeros(n_columns, dtype=int), np.ones(n_kinks, dtype=int)])
    one_each = np.zeros(len(order))
    one_each[len(order) - len(surface.ways) :] = 1
    limit = np.concatenate([-such_that.least / size, one_each])
    found = call_solver(np.concatenate([-cost[0], np.zeros(n_kinks)]), wide, limit, bounds, whole)
    if found is None:
        return None
    held = bounds[:n_columns].copy()
    chosen = np.asarray(found.x)[n_columns:] > 0.5
    for (before, after), on in zip(blocks, chosen, strict=False):
        held[before if on else after] = 1 if on else 0
    segments_of = np.arange(surface.dollars.size).reshape(surface.dollars.shape)
    for i, on in zip(ways, chosen[len(blocks) :], strict=True):
        if not on:
            held[segments_of[i]] = 0
    sharp = _solve(surface, surface, goal, such_that, held)
    if sharp is not None:
        return sharp
    columns = np.asarray(found.x)[:n_columns]
    value = float((_columns(surface, goal) @ columns)[0])
    return _solution(surface, columns, value, np.zeros(len(such_that.least)))
