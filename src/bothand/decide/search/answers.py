"""From a question to an answer with exact numbers: solve the model, ask the oracle, learn, until no more can be gained.

One round: the local model (``curves``) and the nearest tangents are maximised within a trust region around the best
exact plan so far; the oracle is asked at the answer; the point joins the bundle. The region grows after a good promise
and shrinks after a broken one. When the model promises nothing more, the tangents of all points over the whole space
say how much better any plan could be (``bound``). While that is more than the tolerance, the plan that they like best
is asked too (with start-ups: the best plan with its pattern of starts is searched), as long as calls are left. The
points of one question serve the next: a ``Search`` carries them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from bothand.decide.search.bundle import Bundle
from bothand.decide.search.curves import Bends, Local, Shapes, learn, read_off
from bothand.decide.search.master import Found, Master
from bothand.decide.search.oracle import Counted, Oracle, Parted, SurfaceOracle
from bothand.decide.search.questions import Question
from bothand.decide.search.rules import HOLDS, Table, check, nearest_plan, table
from bothand.decide.search.space import Space
from bothand.decide.surfaces import Bools, Floats

Why = Literal["proved", "settled", "calls spent"]

TOLERANCE = 2e-3  # MATH: gap, as a share of a whole of the goal, at which a question is answered
PATIENCE = 0.1  # MATH: a promise below this share of the tolerance is none
LESS_PATIENCE = 0.5  # MATH: the same for a part of the bends, which promises more than it keeps
KEPT = 0.1  # MATH: share of its promise that a step must keep to count as good enough
WELL_KEPT = 0.6  # MATH: share of its promise after which the trust region grows
EASES = (1.0, 1 / 4, 0.0)  # MATH: parts of the learned bends that are tried in turn
BROKEN = 2  # MATH: broken promises in a row after which a part of the bends is given up
MOVED = 2.0  # MATH: what a step along lent bends may move in all, share of all money, times the trust region
SHRINK = 4  # MATH: divides the trust region after a broken promise
AFRESH = 1 / 16  # MATH: trust region with which a smaller part of the bends begins
FINEST = 1e-4  # MATH: smallest trust region, share of the largest
TANGENTS = 30  # MATH: nearest tangents that guard the local model
BOUNDING = 150  # MATH: nearest tangents that make the bound; fewer than all leave it a proof, a little weaker
CALLS = 40  # MATH: calls that one question may spend unless told otherwise
TIED = 0.03  # MATH: rows that more than this, in wholes of the goal, parts from binding need no slopes of their own
STALE = 5e-3  # MATH: slopes known this near the centre, as a share of all money that moves, need not be asked again
LEFT = 1 / 4  # MATH: part of the tolerance by which a floor may be missed at no price, so that steps along it count
FIRST_PENALTY = 8.0  # MATH: price of a missed floor to begin with, in wholes of the goal
PENALTY = 2.0  # MATH: price of a missed floor, times the price that the model's duals show
NEARER = 0.5  # MATH: a price of a missed floor counts as too low if a higher one leaves less than this of the miss
MOST_PENALTY = 1000.0  # MATH: that price at most, in wholes of the goal


@dataclass(eq=False)
class Search:
    """An oracle over a space, and all that it has said.

    Attributes:
        names: (V,) of the objectives. space: the plans allowed. oracle: counted.
        surface: curves that the objectives are, or ``Shapes`` that they are like, if there are any; else bends are
            learned.
        tolerance: gap at which a question is answered, as a share of a whole of its goal.
        calls: how many calls one question may spend. proof: how many of them to close the gap once settled.
        largest: how far a priced question may multiply all money.
        relaxed: whether starts and smallest sizes may be met in part where it is said how much better a plan could be:
            quick, and still said from above; no other pattern of starts is then tried than the local models choose.
        finest, radius: the smallest trust region that is tried and the first one, shares of the largest.
        held: position of an objective that is below zero, and how far below it may be; kept by every question that is
            asked of today's money, a tolerance within; None = nothing is held.
        bundle: all exact points; for each of them ``multiples`` of today's money that it needs, and whether the rules
            allow it at that money (``affordable``), and the plan as it was ``asked``.
    """

    names: tuple[str, ...]
    space: Space
    oracle: Counted
    surface: SurfaceOracle | Shapes | None = None
    tolerance: float = TOLERANCE
    calls: int = CALLS
    proof: int = 0
    largest: float = 1.0
    finest: float = FINEST
    radius: float = 1.0
    relaxed: bool = False
    held: tuple[int, float] | None = None
    bundle: Bundle = field(init=False)
    multiples: list[float] = field(init=False, default_factory=list)
    affordable: list[bool] = field(init=False, default_factory=list)
    asked: list[Floats] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        check(self.space)
        self.bundle = Bundle(self.space.total)

    @cached_property
    def today(self) -> Table:
        """The rules at today's money."""
        return table(self.space)

    @cached_property
    def richer(self) -> Table:
        """The rules with money that may be multiplied."""
        return table(self.space, self.largest)

    def point(self, plan: Floats) -> int:
        """Ask the oracle (once for each plan) and return the plan's position in the bundle."""
        seen = self.bundle.find(plan)
        if seen is not None:
            return seen
        k = self.bundle.add(plan, self.oracle(plan))
        self.took(k, plan)
        return k

    def took(self, k: int, plan: Floats) -> None:
        """Note what a point of the bundle was asked as, what money it needs, and whether the rules allow it."""
        self.asked.append(plan)
        multiple = self.space.multiple(self.plan(k))
        self.multiples.append(multiple)
        self.affordable.append(np.isfinite(multiple) and not self.richer.broken(self.plan(k), max(1.0, multiple)))

    def keeping(self, question: Question) -> Question:
        """Return a question that also keeps what is held."""
        if self.held is None or question.priced:
            return question
        at, most = self.held
        size = max(most, float(self.bundle.size[at]) if len(self.asked) else 0.0)
        row = np.eye(len(self.names))[[at]] / size
        least = np.append(question.least, -most / size + self.tolerance)
        return replace(question, floors=np.concatenate([question.floors, row]), least=least)

    def sharpen(self, k: int, objectives: npt.NDArray[np.int_]) -> None:
        """Ask for the slopes of some objectives at a point, where they are not known."""
        if not self.bundle.known(k)[objectives].all():
            self.bundle.sharpen(k, self.oracle.sharpened(self.asked[k], objectives).slopes)

    def allowed(self, question: Question) -> npt.NDArray[np.int_]:
        """Positions of the points that the rules allow for a question."""
        most = self.largest if question.priced else 1.0
        within = np.array(self.multiples) <= most + HOLDS
        return np.flatnonzero(within & np.array(self.affordable))

    def worth(self, question: Question, penalty: float) -> Floats:
        """The exact goal of every point, less a penalty on its shortfall beyond what rounding may leave, (K,)."""
        plans = self.bundle.shares.reshape(-1, *self.space.shape) * self.space.total
        goals = question.goals(self.bundle.gains, plans, np.array(self.multiples))
        short = np.maximum(question.shortfalls(self.bundle.gains) - LEFT * self.tolerance, 0)
        worth: Floats = goals - penalty * short
        return worth

    def plan(self, k: int) -> Floats:
        """The plan of a point, (S, P) dollars."""
        found: Floats = self.bundle.shares[k].reshape(self.space.shape) * self.space.total
        return found


@dataclass(frozen=True, eq=False)
class Answer:
    """The best plan found for a question, with exact numbers.

    Attributes:
        plan: (S, P) dollars. gains: (V,) exact. slopes: (V, S, P) exact; nan where nobody asked.
        value: the exact goal. multiple: of today's money that the plan needs (below 1: money is left).
        shortfall: how far the worst floor is missed, in the unit of the floors.
        bound: what the tangents of all points leave possible at most. gap: bound - value, never negative.
        proved: the gap is a proof: within the tolerance, and no objective used was seen to bend up.
        why: "proved", "settled" (no local model promises more; the gap is what is not excluded) or "calls spent".
        calls: oracle calls of this question.
    """

    plan: Floats
    gains: Floats
    slopes: Floats
    value: float
    multiple: float
    shortfall: float
    bound: float
    gap: float
    proved: bool
    why: Why
    calls: int


def start(
    names: Sequence[str],
    space: Space,
    oracle: Oracle | Parted,
    surface: SurfaceOracle | Shapes | None = None,
    tolerance: float = TOLERANCE,
    calls: int = CALLS,
    proof: int = 0,
    largest: float | None = None,
    finest: float = FINEST,
    first: npt.ArrayLike | None = None,
    radius: float = 1.0,
    relaxed: bool = False,
) -> Search:
    """Begin a search.

    Args:
        names: (V,) names of the objectives. space: the plans allowed. oracle: exact gains and slopes.
        surface: curves that show how objectives bend; learned from the points if None.
        tolerance, calls, proof, finest, radius, relaxed: see ``Search``.
        largest: how far a price may multiply all money; twice the number of objectives if None.
        first: (S, P) a plan to begin with; the plan nearest to an even split if None.

    Raises:
        ValueError: no plan is possible (with the rules that contradict each other), or names that do not fit.
    """
    counted = oracle if isinstance(oracle, Counted) else Counted(oracle)
    most = 2.0 * len(names) if largest is None else largest
    found = Search(tuple(names), space, counted, surface, tolerance, calls, proof, most, finest, radius, relaxed)
    even = np.where(space.left_out[:, None], 0.0, space.receipts / max(1, int((~space.left_out).sum())))
    found.point(nearest_plan(found.today, even if first is None else first))
    if len(found.bundle.gains[0]) != len(names):
        raise ValueError(f"{len(names)} names but the oracle gives {len(found.bundle.gains[0])} gains")
    return found


def answer(
    search: Search, question: Question, calls: int | None = None, bounded: bool = True, begin: int | None = None
) -> Answer:
    """Answer a question with exact numbers; see the head of this file.

    Args:
        search: oracle, rules, and the points seen so far (more are added).
        question: what is asked.
        calls: how many oracle calls it may spend; the search's own number if None.
        bounded: whether to say how much better a plan could be; without (infinite bound and gap) it is faster.
        begin: position of the point from which to climb; the best seen if None.
    """
    climb = _Climb(search, question, search.calls if calls is None else calls, begin)
    if bounded:
        return climb.run()
    return climb.told("settled" if climb.climb(None) else "calls spent", np.inf)


def with_other_rules(search: Search, space: Space) -> Search:
    """The same oracle and all points seen, over a space of the same services, periods and money with other rules.

    Raises ValueError for a space of other services or periods, or of other money in all.
    """
    alike = space.services == search.space.services and space.periods == search.space.periods
    if not alike or abs(space.total - search.space.total) > HOLDS * search.space.total:
        raise ValueError("points can be read again only for the same services, periods and money in all")
    other, known = replace(search, space=space), search.bundle
    parts = known.shares, known.gains, known.slopes, known.lift
    other.bundle = Bundle(space.total, *map(np.array, parts))
    for k, plan in enumerate(search.asked):
        other.took(k, plan)
    return other


class _Climb:
    """One question on its way."""

    def __init__(self, search: Search, question: Question, calls: int, begin: int | None = None) -> None:
        self.search, self.question = search, question
        self.rules = search.richer if question.priced else search.today
        self.first, self.most = search.oracle.calls, calls
        self.penalty = FIRST_PENALTY
        self.centre = self._best_seen() if begin is None else begin
        self.penalty = FIRST_PENALTY * question.scale(self.worth(self.centre))
        self.bends: Bends | None = None
        self.bends_of = 0

    @property
    def spent(self) -> int:
        """Oracle calls so far."""
        return self.search.oracle.calls - self.first

    def master(self, local: Local | None) -> Master:
        """The programme at the present penalty."""
        return Master(self.rules, self.search.bundle, self.question, self.penalty, local)

    def worth(self, k: int) -> float:
        """The exact goal of a point, less the penalty of its shortfall."""
        return float(self.search.worth(self.question, self.penalty)[k])

    def _best_seen(self) -> int:
        """The best point that the rules allow; the plan nearest to the first one if none is."""
        allowed = self.search.allowed(self.question)
        if not len(allowed):
            return self.search.point(nearest_plan(self.rules, self.search.plan(0)))
        return int(allowed[np.argmax(self.search.worth(self.question, self.penalty)[allowed])])

    def run(self) -> Answer:
        """Climb, then bound, then close the gap while calls are left."""
        tried: set[bytes] = set()
        while True:
            settled = self.climb(None)
            bound = self.bound()
            unit = self.question.scale(self.worth(self.centre))
            gap = bound.value - self.worth(self.centre)
            if gap <= self.search.tolerance * unit:
                return self.told("proved" if not self._bent() else "settled", bound.value)
            if self.spent >= self.most or not settled:
                return self.told("calls spent", bound.value)
            if self.search.relaxed or not self.close(bound, tried):
                return self.told("settled", bound.value)

    def close(self, bound: Found, tried: set[bytes]) -> bool:
        """Ask at the plan that the tangents like best; with new starts, search within them. False: nothing new."""
        key = bound.whole.tobytes()
        if self.rules.n_whole and key not in tried:
            tried.add(key)
            kept = self.centre
            self.centre = self.search.point(bound.plan)
            self.climb(bound.whole)
            self.centre = max((kept, self.centre), key=self.worth)
            return True
        if self.search.proof <= 0 or self.search.bundle.find(bound.plan) is not None:
            return False
        if len(tried) >= self.search.proof + self.rules.n_whole:
            return False
        tried.add(bound.plan.tobytes())
        k = self.search.point(bound.plan)
        self.centre = max((self.centre, k), key=self.worth)
        return True

    def climb(self, whole: Floats | None) -> bool:
        """Improve the centre until no local model promises anything more (True) or calls are spent (False).

        Bends learned column by column overstate how a joint change bends; so when a model promises nothing down to the
        finest region, the search goes on with a part of the bends, and at last with the tangent alone.
        """
        for ease in EASES if self.search.surface is None else EASES[:1]:
            radius = self.search.radius if ease == EASES[0] else AFRESH
            broken = 0
            while radius >= self.search.finest and (ease == EASES[0] or broken < BROKEN):
                if self.spent >= self.most:
                    return False
                kept = self.step(radius, ease, whole)
                if kept is None or kept < KEPT:
                    broken += kept is not None
                    radius /= SHRINK
                    continue
                broken = 0
                if kept >= WELL_KEPT:
                    radius = min(1.0, radius * 2)
        return True

    def step(self, radius: float, ease: float, whole: Floats | None) -> float | None:
        """Ask at the local model's best plan; the share of its promise that is kept, None if it promises nothing."""
        here = self.search.bundle.shares[self.centre]
        unit = self.question.scale(self.worth(self.centre))
        self.search.sharpen(self.centre, self.needed(radius))
        found = self.promise(self.local(radius, ease), here, whole)
        if found is None:
            return None
        before = self.worth(self.centre)
        promised = found.value - before
        patience = PATIENCE if ease == EASES[0] else LESS_PATIENCE
        if promised <= patience * self.search.tolerance * unit:
            return None
        k = self.search.point(found.plan)
        kept = (self.worth(k) - before) / promised
        if kept > 0:
            self.centre = k
        return kept

    def promise(self, local: Local, here: Floats, whole: Floats | None) -> Found | None:
        """The local model's best plan, a missed floor being dear enough that the model meets floors where it can.

        A floor that the region cannot reach is missed at any price, and a dearer one would only shorten the steps
        toward it: the price rises no further once it brings the plan no nearer to its floors.
        """
        missed = np.inf
        while True:
            found = self.master(local).best(here, TANGENTS, whole)
            if found is not None and whole is None and self.rules.n_whole and len(self.question.floors):
                found = self.master(local).best(here, TANGENTS, found.whole)  # held, for the duals of the floors
            if found is None:
                return None
            unit = self.question.scale(self.worth(self.centre))
            dear = min(PENALTY * found.pressure, MOST_PENALTY * unit)
            if dear <= self.penalty or found.missed > NEARER * missed:
                return found
            self.penalty, missed = dear, found.missed

    def local(self, radius: float, ease: float) -> Local:
        """The model around the centre within a trust region."""
        bundle, space = self.search.bundle, self.search.space
        used = np.flatnonzero(self.question.used)
        c = bundle.shares[self.centre]
        factor = self.rules.largest if self.question.priced else 1.0
        money = np.broadcast_to(space.spendable / space.total * factor, space.shape).ravel()
        edge = np.maximum(np.minimum(money, (space.most / space.total).ravel()), c)
        low, high = np.maximum(c - radius * edge, 0), np.minimum(c + radius * edge, edge)
        if isinstance(self.search.surface, Shapes):
            return self.search.surface.around(bundle, self.centre, used, low, high, ease, MOVED * radius)
        if self.search.surface is not None:
            return read_off(self.search.surface, bundle, self.centre, used, low, high)
        if self.bends is None or (self.bends.centre, self.bends_of) != (self.centre, len(bundle)):
            self.bends, self.bends_of = learn(bundle, self.centre, used), len(bundle)
        return self.bends.around(low, high, ease)

    def needed(self, radius: float) -> npt.NDArray[np.int_]:
        """Objectives whose slopes count at the centre: those of the goal, and of rows that may bind within a step.

        Where slopes are known at a point next to the centre, these do for a relaxed search.
        """
        question, bundle = self.question, self.search.bundle
        gains, tied = bundle.gains[self.centre], min(TIED, MOVED * radius)
        near = tied * question.scale(self.worth(self.centre))
        level = question.common @ gains - question.offset
        least = question.common[level <= level.min(initial=np.inf) + near]
        short = question.floors[question.floors @ gains <= question.least + tied]
        looked = np.vstack([question.weights[None], least, short]) > 0
        asked = looked.any(axis=0)
        if self.search.relaxed:
            there = np.abs(bundle.shares - bundle.shares[self.centre]).sum(axis=1) <= STALE
            asked &= np.isnan(bundle.slopes[there]).any(axis=-1).all(axis=0)
        return np.flatnonzero(asked | (self._nowhere() & question.used))

    def _nowhere(self) -> Bools:
        """Objectives whose slopes are known at no point, (V,)."""
        return np.asarray(np.isnan(self.search.bundle.slopes).any(axis=-1).all(axis=0))

    def bound(self) -> Found:
        """What the tangents of all points leave possible over the whole space."""
        self.search.sharpen(self.centre, np.flatnonzero(self._nowhere() & self.question.used))
        relaxed = self.search.relaxed
        found = self.master(None).best(self.search.bundle.shares[self.centre], BOUNDING, relaxed=relaxed)
        if found is None:
            raise RuntimeError("rules that allowed a plan allow none now")
        return found

    def _bent(self) -> bool:
        return bool((self.search.bundle.bent_up & self.question.used).any())

    def told(self, why: Why, bound: float) -> Answer:
        """The answer at the centre."""
        k = self.centre
        gains, plan = self.search.bundle.gains[k], self.search.plan(k)
        value = float(self.search.worth(self.question, 0.0)[k])
        slopes = self.search.bundle.slopes[k].reshape(len(gains), *self.search.space.shape) / self.search.space.total
        return Answer(
            plan=plan,
            gains=gains,
            slopes=slopes,
            value=value,
            multiple=self.search.multiples[k],
            shortfall=float(self.question.shortfalls(gains)),
            bound=bound,
            gap=max(0.0, bound - self.worth(k)),
            proved=why == "proved",
            why=why,
            calls=self.spent,
        )
