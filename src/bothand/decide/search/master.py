"""The programme solved between two calls of the oracle: a question over the tangents, or over the model near a centre.

Columns, in this order: dollars (as shares of all money, or cut in the segments of a local model), the whole numbers of
the rules, the gain of each objective used (in shares of its size), the least of the common rows, the multiple of all
money, and how far the worst floor is missed, at a penalty.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bothand.decide.programme import GAP, call_solver
from bothand.decide.search.bundle import Bundle
from bothand.decide.search.curves import Local
from bothand.decide.search.questions import Question
from bothand.decide.search.rules import Table
from bothand.decide.surfaces import Floats

CHEAPER = 1e-7  # MATH: of plans equally good to this share of a whole of the goal, the cheaper one
LOCAL_GAP = 2e-4  # MATH: share of the goal by which starts chosen near a centre may miss the best; the oracle judges
LAST = 3  # MATH: columns after the gains
LEAST, MULTIPLE, MISSED = range(-LAST, 0)
Block = tuple[Floats, Floats]  # rows and their right-hand sides: rows @ columns <= sides


@dataclass(frozen=True, eq=False)
class Found:
    """The answer of a model.

    Attributes:
        plan: (S, P) dollars. whole: starts and switches.
        value: what the model promises (goal less penalty).
        pressure: the largest price of a missed floor, from the duals; 0 where whole numbers were free.
        missed: how far the model expects to miss the worst floor.
    """

    plan: Floats
    whole: Floats
    value: float
    pressure: float
    missed: float = 0.0


@dataclass(frozen=True, eq=False)
class Master:
    """A question over a bundle and the rules, within the edges of a local model or over the whole space.

    Attributes:
        table: the rules. bundle: the points. question: what is asked.
        penalty: the price of missing the worst floor by 1.
        local: the model near a centre, None for tangents alone.
    """

    table: Table
    bundle: Bundle
    question: Question
    penalty: float
    local: Local | None = None

    def best(self, middle: Floats, count: int, whole: Floats | None = None, relaxed: bool = False) -> Found | None:
        """The best plan by the tangents, and by the local model if there is one.

        Args:
            middle: (N,) shares of all money; the tangents nearest to it count. count: how many.
            whole: starts and switches held; None to choose them. relaxed: let them lie between 0 and 1, which says
                from above what is possible, and is quick.

        Returns:
            None when no plan is possible within the edges.
        """
        blocks = [self._rules(), self._tangents(self.bundle.near(middle, count)), *self._bent(), *self._wanted()]
        matrix = np.concatenate([rows for rows, _ in blocks])
        limit = np.concatenate([sides for _, sides in blocks])
        size = np.abs(matrix).max(axis=1)
        size = np.where(size > 0, size, 1)
        goal, cheap = self._goal()
        weight = float(np.abs(goal).max()) or 1.0
        free = self.table.n_whole > 0 and whole is None and not relaxed
        near = GAP if self.local is None else LOCAL_GAP
        kinds = np.zeros(len(goal), dtype=int)
        kinds[self.whole] = int(free)
        bounds = self._bounds(whole)
        answer = call_solver(
            -goal / weight, matrix / size[:, None], limit / size, bounds, kinds if free else None, near
        )
        if answer is None:
            return None
        x = np.asarray(answer.x)
        value = -float(answer.fun) * weight + cheap * float(x[self.cut].sum())
        pressure, n_floors = 0.0, len(self.question.floors)
        if n_floors and not free:
            duals = -np.asarray(answer.ineqlin.marginals) * weight / size
            pressure = float(duals[-n_floors:].sum())
        shares = np.maximum(self.start + self.spread @ x[self.cut], 0)
        plan = (shares * self.table.space.total).reshape(self.table.space.shape)
        return Found(plan, np.round(x[self.whole]), value, pressure, max(0.0, float(x[MISSED])))

    @cached_property
    def used(self) -> npt.NDArray[np.int_]:
        """Positions of the objectives that the question looks at, (W,)."""
        return np.flatnonzero(self.question.used)

    @cached_property
    def size(self) -> Floats:
        """What a gain column counts in, (W,)."""
        size: Floats = self.bundle.size[self.used]
        return size

    @cached_property
    def spread(self) -> Floats:
        """Which dollar column each cut belongs to, (N, number of cuts)."""
        each = np.eye(self.table.n_dollars)
        return each if self.local is None else np.repeat(each, self.local.widths.shape[1], axis=1)

    @property
    def start(self) -> Floats:
        """Shares of all money at which the cuts begin, (N,)."""
        return np.zeros(self.table.n_dollars) if self.local is None else self.local.breaks[:, 0]

    @property
    def cut(self) -> slice:
        """The columns of dollars."""
        return slice(0, self.spread.shape[1])

    @property
    def whole(self) -> slice:
        """The columns of starts and switches."""
        return slice(self.cut.stop, self.cut.stop + self.table.n_whole)

    @property
    def gains(self) -> slice:
        """The columns of gains."""
        return slice(self.whole.stop, self.whole.stop + len(self.used))

    def _empty(self, count: int) -> Floats:
        return np.zeros((count, self.gains.stop + LAST))

    def _rules(self) -> Block:
        """The rules of the space, with the money multiplied."""
        own, n = self.table.matrix, self.table.n_dollars
        rows = self._empty(len(own))
        rows[:, self.cut], rows[:, self.whole] = own[:, :n] @ self.spread, own[:, n:]
        rows[:, MULTIPLE] = -self.table.money
        return rows, self.table.most - own[:, :n] @ self.start

    def _tangents(self, chosen: npt.NDArray[np.int_]) -> Block:
        """No gain lies above a tangent; a slope that was not asked for makes none."""
        slopes = self.bundle.slopes[chosen][:, self.used] / self.size[:, None]
        heights = self.bundle.constants()[chosen][:, self.used] / self.size + slopes @ self.start
        rows = self._empty(heights.size)
        rows[:, self.cut] = -(slopes @ self.spread).reshape(heights.size, -1)
        rows[:, self.gains] = np.tile(np.eye(len(self.used)), (len(chosen), 1))
        told = ~np.isnan(heights.ravel())
        return rows[told], heights.ravel()[told]

    def _bent(self) -> list[Block]:
        """No gain lies above the local model."""
        if self.local is None:
            return []
        rows = self._empty(len(self.used))
        rows[:, self.cut] = -self.local.slopes.reshape(len(self.used), -1) / self.size[:, None]
        rows[:, self.gains] = np.eye(len(self.used))
        return [(rows, self.local.height / self.size), *self._moved(self.local)]

    def _moved(self, local: Local) -> list[Block]:
        """No more is moved than the local model may: segments filled above its centre, and left empty below."""
        if not np.isfinite(local.most):
            return []
        lower = np.arange(local.widths.shape[1]) < local.below[:, None]
        row = self._empty(1)
        row[0, self.cut] = np.where(lower, -1, 1).ravel()
        return [(row, np.array([local.most - local.widths[lower].sum()]))]

    def _wanted(self) -> list[Block]:
        """The least of the common rows, then the floors, last of all rows."""
        question = self.question
        common, floors = self._empty(len(question.common)), self._empty(len(question.floors))
        common[:, self.gains], common[:, LEAST] = -question.common[:, self.used] * self.size, 1
        floors[:, self.gains], floors[:, MISSED] = -question.floors[:, self.used] * self.size, -1
        return [(common, -question.offset), (floors, -question.least)]

    def _goal(self) -> tuple[Floats, float]:
        """The goal of each column, and what a share of all money costs, so that the cheaper of equals is taken."""
        question, goal = self.question, self._empty(1)[0]
        goal[self.gains] = question.weights[self.used] * self.size
        cheap = CHEAPER * question.scale(float(np.abs(goal).max()))
        goal[self.cut] = (question.dollars.ravel() * self.table.space.total) @ self.spread - cheap
        goal[LEAST], goal[MULTIPLE], goal[MISSED] = len(question.common) > 0, -float(question.priced), -self.penalty
        return goal, cheap

    def _bounds(self, whole: Floats | None) -> Floats:
        """Lower and upper end of every column."""
        bounds = np.full((self.gains.stop + LAST, 2), (-np.inf, np.inf))
        bounds[self.cut] = (0, np.inf)
        if self.local is not None:
            bounds[self.cut, 1] = self.local.widths.ravel()
        bounds[self.whole] = (0, 1) if whole is None else np.stack([whole, whole], axis=1)
        if not len(self.question.common):
            bounds[LEAST] = 0
        bounds[MULTIPLE] = (1, self.table.largest) if self.question.priced else (1, 1)
        bounds[MISSED] = (0, np.inf) if len(self.question.floors) else (0, 0)
        return bounds
