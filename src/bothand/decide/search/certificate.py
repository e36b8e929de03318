"""How good an answer is, read off its exact slopes alone: no further call, no model.

Two readings. *Better*: the most that the goal can rise, to first order, when a small share of all money is moved,
added or taken away as the rules allow; 0 at a stationary plan. *Residual*: the part of the goal's slope that no
nonnegative combination of the rules that bind accounts for (Karush, Kuhn and Tucker), as a share of the slope; its
multipliers are the shadow prices of the rules. For concave gains both are 0 only at a best plan. Starts and switches
are held as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import nnls

from bothand.decide.programme import call_solver
from bothand.decide.search.answers import Answer, Search
from bothand.decide.search.questions import Question
from bothand.decide.search.rules import Table
from bothand.decide.surfaces import Floats

MOVED = 0.01  # MATH: share of all money that may be moved
BINDS = 1e-3  # MATH: a row binds when this share of a whole, or of all money, is left
SUM = 1e3  # MATH: weight of the row that makes the common rows' multipliers sum to 1


@dataclass(frozen=True, eq=False)
class Certificate:
    """What an answer's exact slopes say of it.

    Attributes:
        better: the most that moving 1 % of all money could add to the goal, to first order, in the goal's unit.
        better_share: the same as a share of a whole of the goal.
        move: (S, P) that change, in dollars.
        residual: unexplained share of the goal's slope, 0 to 1.
        prices: rule in words -> what the goal gains when the rule gives way by all money once (or its limit once).
    """

    better: float
    better_share: float
    move: Floats
    residual: float
    prices: dict[str, float]


def certify(search: Search, question: Question, found: Answer) -> Certificate:
    """Certify an answer to a question that has no price.

    Raises:
        ValueError: a question with a price (its plans are not of today's money).
    """
    if question.priced:
        raise ValueError("a price is certified by its bound; ask about a plan at today's money")
    rules = search.today
    k = search.point(found.plan)
    search.sharpen(k, np.flatnonzero(question.used))
    found = replace(found, slopes=search.bundle.slopes[k].reshape(found.slopes.shape) / search.space.total)
    slopes = np.nan_to_num(found.slopes.reshape(len(found.gains), -1)) * search.space.total
    better, move = _better(rules, question, found, slopes)
    residual, prices = _residual(rules, question, found, slopes)
    plan = (move * search.space.total).reshape(search.space.shape)
    return Certificate(better, better / question.scale(found.value), plan, residual, prices)


def _slack(rules: Table, plan: Floats) -> Floats:
    """What each rule leaves at a plan, never below zero, (R,)."""
    left: Floats = np.maximum(rules.most + rules.money - rules.matrix @ rules.columns(plan), 0)
    return left


def _better(rules: Table, question: Question, found: Answer, slopes: Floats) -> tuple[float, Floats]:
    """The best small change: columns more, less (N each), and the rise of the least common row."""
    n = rules.n_dollars
    matrix = [np.concatenate([rules.matrix[:, :n], -rules.matrix[:, :n], np.zeros((len(rules.most), 1))], axis=1)]
    limit = [_slack(rules, found.plan)]
    matrix.append(np.concatenate([np.ones((1, 2 * n)), np.zeros((1, 1))], axis=1))
    limit.append(np.array([MOVED]))
    for rows, level, least in (
        (question.common, question.offset, None),
        (question.floors, question.least, question.least),
    ):
        if not len(rows):
            continue
        rise = rows @ slopes
        over = rows @ found.gains - level
        spare = over - over.min() if least is None else np.maximum(over, 0)
        tied = np.full((len(rows), 1), float(least is None))
        matrix.append(np.concatenate([-rise, rise, tied], axis=1))
        limit.append(spare)
    own = question.weights @ slopes + question.dollars.ravel() * rules.space.total
    goal = np.concatenate([own, -own, [float(len(question.common) > 0)]])
    here = rules.columns(found.plan)[:n]
    bounds = np.concatenate(
        [np.tile([0.0, np.inf], (n, 1)), np.stack([np.zeros(n), here], axis=1), [[-np.inf, np.inf]]]
    )
    if not len(question.common):
        bounds[-1] = 0
    rows, sides = np.concatenate(matrix), np.concatenate(limit)
    size = np.abs(rows).max(axis=1)
    size = np.where(size > 0, size, 1)
    weight = float(np.abs(goal).max()) or 1.0
    answer = call_solver(-goal / weight, rows / size[:, None], sides / size, bounds, None)
    if answer is None:
        return 0.0, np.zeros(n)
    x = np.asarray(answer.x)
    return max(0.0, -float(answer.fun) * weight), x[:n] - x[n : 2 * n]


def _residual(rules: Table, question: Question, found: Answer, slopes: Floats) -> tuple[float, dict[str, float]]:
    """Unexplained share of the goal's slope, and the multipliers of the rules that bind."""
    n = rules.n_dollars
    unit = question.scale(found.value)
    own = question.weights @ slopes + question.dollars.ravel() * rules.space.total
    level = question.common @ found.gains - question.offset
    least = question.common[level <= level.min(initial=np.inf) + BINDS * unit] @ slopes
    short = question.floors @ found.gains <= question.least + BINDS
    floors = question.floors[short] @ slopes
    binding = np.flatnonzero((_slack(rules, found.plan) <= BINDS) & (np.abs(rules.matrix[:, :n]) > 0).any(axis=1))
    zero = np.eye(n)[rules.columns(found.plan)[:n] <= BINDS]
    sides = np.concatenate([least, floors, -rules.matrix[binding, :n], zero])
    size = float(np.abs(np.concatenate([own[None], least])).max()) or 1.0
    columns, target = sides.T / size, -own / size
    if len(least):
        total = np.zeros((1, len(sides)))
        total[0, : len(least)] = SUM
        columns, target = np.concatenate([columns, total]), np.concatenate([target, [SUM]])
    multipliers, missed = nnls(columns, target)
    slope = own + multipliers[: len(least)] @ least
    share = missed * size / (float(np.linalg.norm(slope)) or 1.0)
    start = len(least) + len(floors)
    prices: dict[str, float] = {}
    for row, amount in zip(binding.tolist(), multipliers[start:].tolist(), strict=False):
        words = rules.words[row]
        if words and amount > 0:
            prices[words] = prices.get(words, 0.0) + amount
    return min(1.0, share), prices
