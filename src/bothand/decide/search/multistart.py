"""The same question from several starts, each with nothing known: do they end in the same place?

Where gains are concave they must; where a harm levels off or services help each other, a search can stop on a lower
hill. The spread of the ends is printed instead of hoped away (knowledge/deciding.md 2e). Where a run is dear, a start
is a plan that was run already, and what all points say is shared (``from_points``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bothand.decide.search.answers import Answer, Search, answer, start
from bothand.decide.search.questions import Question
from bothand.decide.search.rules import nearest_plan
from bothand.decide.surfaces import Floats


@dataclass(frozen=True, eq=False)
class Spread:
    """Where several starts ended.

    Attributes:
        answers: of each start, best first. values: (A,) their exact goals, best first.
        spread: best less worst value, as a share of a whole of the goal.
        apart: (A,) share of all money spent otherwise than in the best plan.
        calls: oracle calls in all. order: (A,) which start each was.
    """

    answers: tuple[Answer, ...]
    values: Floats
    spread: float
    apart: Floats
    calls: int
    order: tuple[int, ...]


def multistart(search: Search, question: Question, starts: int, seed: int) -> Spread:
    """Ask a question from random plans, each with points of its own.

    Args:
        search: oracle, space and settings; its points are not used, its remembered calls are.
        question: what is asked.
        starts: how many. seed: of the random plans.
    """
    chance = np.random.default_rng(seed)
    before = search.oracle.calls
    found = []
    for _ in range(starts):
        other = start(
            search.names,
            search.space,
            search.oracle,
            search.surface,
            search.tolerance,
            search.calls,
            search.proof,
            search.largest,
            search.finest,
            first=nearest_plan(search.today, random_plan(search, chance)),
            radius=search.radius,
            relaxed=search.relaxed,
        )
        found.append(answer(other, question))
    return _spread(search, question, found, before)


def from_points(search: Search, question: Question, points: Sequence[int], calls: int) -> Spread:
    """Ask a question from points of a search that are no best ones; what was seen elsewhere is known from the start.

    Args:
        search: oracle, space, points. question: what is asked.
        points: positions in the bundle to climb from. calls: oracle calls of each.
    """
    before = search.oracle.calls
    found = [answer(search, question, calls, bounded=False, begin=k) for k in points]
    return _spread(search, question, found, before)


def _spread(search: Search, question: Question, found: Sequence[Answer], before: int) -> Spread:
    """Set ends side by side, best first."""
    values = np.array([one.value for one in found])
    order = np.argsort(-values, kind="stable")
    best = found[int(order[0])]
    apart = np.array([np.abs(found[k].plan - best.plan).sum() / 2 / search.space.total for k in order])
    spread = float(values.max() - values.min()) / question.scale(best.value)
    calls = search.oracle.calls - before
    return Spread(tuple(found[k] for k in order), values[order], spread, apart, calls, tuple(order.tolist()))


def random_plan(search: Search, chance: np.random.Generator) -> Floats:
    """Random shares of each period's receipts, and of all of them a random part, (S, P); rules apart."""
    n_services, n_periods = search.space.shape
    shares = chance.dirichlet(np.full(n_services, 0.5), n_periods).T
    plan: Floats = shares * search.space.receipts * np.sqrt(chance.random())
    return plan
