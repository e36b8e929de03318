"""The programme solved between two calls of the oracle: a question over the tangents, or over the model near a centre.

Columns: dollars (as shares of all money, or cut in the segments of a local model), the whole numbers of the rules, the
gain of each objective used (in shares of its size), the least of the common rows, the multiple of all money, and how
far the worst floor is missed, at a penalty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.decide.programme import call_solver
from bothand.decide.search.bundle import Bundle
from bothand.decide.search.curves import Local
from bothand.decide.search.questions import Question
from bothand.decide.search.rules import Table
from bothand.decide.surfaces import Floats

CHEAPER = 1e-7  # MATH: of plans equally good to this share of a whole of the goal, the cheaper one


@dataclass(frozen=True, eq=False)
class Found:
    """The answer of a model.

    Attributes:
        plan: (S, P) dollars. whole: starts and switches.
        value: what the model promises (goal less penalty).
        pressure: the largest price of a missed floor, from the duals; 0 where whole numbers were free.
    """

    plan: Floats
    whole: Floats
    value: float
    pressure: float


@dataclass(frozen=True, eq=False)
class Master:
    """A question over a bundle and the rules.

    Attributes:
        table: the rules. bundle: the points. question: what is asked.
        penalty: the price of missing the worst floor by 1.
    """

    table: Table
    bundle: Bundle
    question: Question
    penalty: float

    def best(
        self,
        local: Local | None,
        middle: Floats,
        count: int,
        whole: Floats | None = None,
    ) -> Found | None:
        """The best plan by the tangents alone over the whole space, or also by a local model within its edges.

        Args:
            local: the model near a centre, None for tangents alone.
            middle: (N,) shares of all money; the tangents nearest to it count.
            count: how many tangents.
            whole: starts and switches held; None to choose them.

        Returns:
            None when no plan is possible within the edges.
        """
        used = np.flatnonzero(self.question.used)
        space = self.table.space
        n, n_whole, n_used = self.table.n_dollars, self.table.n_whole, len(used)
        spread = np.eye(n) if local is None else np.repeat(np.eye(n), local.widths.shape[1], axis=1)
        start = np.zeros(n) if local is None else local.breaks[:, 0]
        n_cut = spread.shape[1]
        wide = n_cut + n_whole + n_used + 3  # MATH: least of the common rows, multiple, shortfall
        gains = slice(n_cut + n_whole, n_cut + n_whole + n_used)
        least, multiple, missed = wide - 3, wide - 2, wide - 1

        blocks: list[tuple[Floats, Floats]] = []

        def block(count: int) -> Floats:
            return np.zeros((count, wide))

        rules = block(len(self.table.most))
        own = self.table.matrix
        rules[:, :n_cut] = own[:, :n] @ spread
        rules[:, n_cut : n_cut + n_whole] = own[:, n:]
        rules[:, multiple] = -self.table.money
        blocks.append((rules, self.table.most - own[:, :n] @ start))

        size = self.bundle.size[used]
        chosen = self.bundle.near(middle, count)
        slopes = self.bundle.slopes[chosen][:, used] / size[:, None]
        constants = self.bundle.constants()[chosen][:, used] / size
        tangents = block(len(chosen) * n_used)
        tangents[:, :n_cut] = -(slopes @ spread).reshape(-1, n_cut)
        tangents[:, gains] = np.tile(np.eye(n_used), (len(chosen), 1))
        blocks.append((tangents, (constants + slopes @ start).ravel()))

        if local is not None:
            bent = block(n_used)
            bent[:, :n_cut] = -local.slopes.reshape(n_used, n_cut) / size[:, None]
            bent[:, gains] = np.eye(n_used)
            blocks.append((bent, local.height / size))

        question = self.question
        if len(question.common):
            shared = block(len(question.common))
            shared[:, gains] = -question.common[:, used] * size
            shared[:, least] = 1
            blocks.append((shared, -question.offset))
        if len(question.floors):
            floors = block(len(question.floors))
            floors[:, gains] = -question.floors[:, used] * size
            floors[:, missed] = -1
            blocks.append((floors, -question.least))

        goal = np.zeros(wide)
        goal[gains] = question.weights[used] * size
        goal[:n_cut] = (question.dollars.ravel() * space.total) @ spread
        unit = question.scale(float(np.abs(goal[gains]).max(initial=0.0)))
        cheap = CHEAPER * unit
        goal[:n_cut] -= cheap
        goal[least] = float(len(question.common) > 0)
        goal[multiple] = -float(question.priced)
        goal[missed] = -self.penalty

        bounds = np.full((wide, 2), (-np.inf, np.inf))
        bounds[:n_cut] = (0, np.inf)
        if local is not None:
            bounds[:n_cut, 1] = local.widths.ravel()
        bounds[n_cut : n_cut + n_whole] = (0, 1) if whole is None else np.stack([whole, whole], axis=1)
        bounds[least] = (-np.inf, np.inf) if len(question.common) else (0, 0)
        bounds[multiple] = (1, self.table.largest) if question.priced else (1, 1)
        bounds[missed] = (0, np.inf) if len(question.floors) else (0, 0)
        free = n_whole > 0 and whole is None
        kinds = np.zeros(wide, dtype=int)
        kinds[n_cut : n_cut + n_whole] = int(free)
        matrix = np.concatenate([part for part, _ in blocks])
        limit = np.concatenate([side for _, side in blocks])
        scale = np.abs(matrix).max(axis=1)
        scale = np.where(scale > 0, scale, 1)
        weight = float(np.abs(goal).max()) or 1.0
        answer = call_solver(-goal / weight, matrix / scale[:, None], limit / scale, bounds, kinds if free else None)
        if answer is None:
            return None
        x = np.asarray(answer.x)
        shares = np.maximum(start + spread @ x[:n_cut], 0)
        value = -float(answer.fun) * weight + cheap * float(x[:n_cut].sum())
        pressure = 0.0
        if not free and len(question.floors):
            duals = -np.asarray(answer.ineqlin.marginals) * weight / scale
            pressure = float(duals[-len(question.floors) :].sum())
        plan = (shares * space.total).reshape(space.shape)
        return Found(plan, np.round(x[n_cut : n_cut + n_whole]), value, pressure)
