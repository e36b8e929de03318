"""The best plan for each value, for weights, for all at once: with exact gains, gaps, and the oracle calls they took.

The questions that ``decide.ideals``, ``pairs`` and ``both_and`` ask of a piecewise linear surface, asked of an oracle
over spending periods. ``z`` of an objective is its exact gain divided by the exact gain of its own favourite plan.
Source: DESIGN 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bothand.decide.both_and import KEEP, NEAR, Floor, FloorMet
from bothand.decide.ideals import share_of_best
from bothand.decide.search.answers import Answer, Search, answer
from bothand.decide.search.bundle import EXCESS
from bothand.decide.search.oracle import members_of
from bothand.decide.search.questions import Question, ask
from bothand.decide.surfaces import Bools, Floats

Line = tuple[str, str, float]  # a floor: whose, objective, least gain
REACHED = 5e-3  # MATH: an ideal missed by less than this share counts as reached, as ideals are found no closer


@dataclass(frozen=True, eq=False)
class Favourites:
    """What each objective could get if it alone decided.

    Attributes:
        names: (V,) objectives. answers: (V,) its best plan, exact. best: (V,) its gain there.
        room: (V,) False for objectives that no plan found improves by more than their error.
        spill: (V, V) ``spill[i, j]`` = z_j under i's favourite plan; nan where i or j has no room.
    """

    names: tuple[str, ...]
    answers: tuple[Answer, ...]
    best: Floats
    room: Bools
    spill: Floats

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the objectives with room."""
        return tuple(name for name, has in zip(self.names, self.room, strict=True) if has)

    def weights(self, members: Sequence[str]) -> Floats:
        """Weights that turn gains into z, (M, V).

        Raises:
            KeyError: an unknown name. ValueError: a member without room.
        """
        positions = members_of(self.names, members)
        lost = [name for name, v in zip(members, positions, strict=True) if not self.room[v]]
        if lost:
            raise ValueError(f"no room to improve {', '.join(lost)}; take only names from Favourites.members")
        matrix: Floats = np.eye(len(self.names))[positions] / self.best[positions][:, None]
        return matrix


@dataclass(frozen=True, eq=False)
class Leximin:
    """The plan that brings the least served furthest, then the next, and so on; member -> share of its own best."""

    beta: float
    levels: dict[str, float]
    answer: Answer


@dataclass(frozen=True, eq=False)
class Settled:
    """The both/and plan: most of a functional among plans that keep a share of beta, and floors that can be met."""

    answer: Answer
    z: dict[str, float]
    beta: float
    functional: str
    floors: tuple[FloorMet, ...]
    question: Question


@dataclass(frozen=True, eq=False)
class Price:
    """The least money, as a multiple of today's, at which every member gets what it alone would get from today's.

    Attributes:
        multiple: at least 1; ``inf`` when no plan found does it with the largest money searched (``answer.why`` says
            whether the search had come to rest). dollars: the same in dollars.
        reached: share of its ideal that the least served member reaches under the plan; about 1 unless infinite.
    """

    members: tuple[str, ...]
    multiple: float
    dollars: float
    reached: float
    answer: Answer


@dataclass(frozen=True, eq=False)
class Pair:
    """Two objectives and what both cost together (names as in ``decide.pairs``), with the calls that it took."""

    a: str
    b: str
    price: Price
    spill_ab: float
    spill_ba: float
    collision: float
    tension: float
    tension_gap: float
    calls: int


def _ask(search: Search, **parts: npt.ArrayLike) -> Question:
    """A question over the search's objectives."""
    question = ask(len(search.names), search.space.shape, **parts)  # type: ignore[arg-type]  # the names of ask's parts
    return search.keeping(question)


def best_plan(search: Search, name: str, calls: int | None = None, bounded: bool = True) -> Answer:
    """The best plan for one objective."""
    (v,) = members_of(search.names, [name])
    return answer(search, _ask(search, weights=np.eye(len(search.names))[v], unit=0), calls, bounded)


def best_for_weights(search: Search, weights: Mapping[str, float]) -> Answer:
    """The best plan for a weighted sum of gains; weights per unit of each objective, never negative."""
    own = np.zeros(len(search.names))
    own[members_of(search.names, list(weights))] = list(weights.values())
    return answer(search, _ask(search, weights=own, unit=0))


def favourites(search: Search, error: npt.ArrayLike = 0.0, sought: Sequence[str] | None = None) -> Favourites:
    """The best plan for every objective. Points found later for others count too: the best exact one seen is taken.

    Args:
        search: oracle and space. error: () or (V,) gain below which an improvement cannot be told from none.
        sought: objectives whose best plan is searched, all if None; for the others the best plan seen is taken.
    """
    kept = None if search.held is None else search.names[search.held[0]]
    wanted = [name for name in (search.names if sought is None else sought) if name != kept]
    first = {name: best_plan(search, name) for name in search.names if name in wanted}
    found = []
    for name in search.names:
        new, old = best_plan(search, name, calls=0, bounded=name in first), first.get(name)
        found.append(new if old is None else replace(new, why=old.why, proved=old.proved, calls=old.calls))
    best = np.array([one.value for one in found])
    least = np.maximum(np.broadcast_to(np.asarray(error, dtype=np.float64), best.shape), EXCESS * search.bundle.size)
    room = best > least
    gains = np.array([one.gains for one in found])
    spill = share_of_best(gains, np.where(room, best, 1), room)
    return Favourites(search.names, tuple(found), best, room, spill)


def common(
    search: Search,
    found: Favourites,
    members: Sequence[str],
    held: Mapping[str, float] | None = None,
    calls: int | None = None,
) -> Answer:
    """The largest share of its own best that one plan reaches for every member at once: ``value`` is beta.

    Args:
        search: oracle and space. found: favourites, which stay fixed. members: names with room.
        held: further members with a share that each must keep. calls: as for ``answer``.
    """
    kept = held or {}
    return answer(
        search,
        _ask(
            search,
            common=found.weights(members),
            floors=found.weights(list(kept)),
            least=list(kept.values()),
        ),
        calls,
    )


def leximin(search: Search, found: Favourites, members: Sequence[str]) -> Leximin:
    """Raise the least served as far as it goes, hold those that cannot rise, and go on with the others.

    A member whose tangents allow no rise above the tolerance, while all others keep their levels, is held without a
    call (where gains are concave that is a proof); for one that they would let rise, the best plan is searched, and it
    counts for all. If each could rise but not all together, the one that could rise least is held.
    """
    held: dict[str, float] = {}
    active = list(members)
    beta: float | None = None
    while True:
        last = common(search, found, active, held)
        level = last.value
        beta = level if beta is None else beta
        reached = _reached(search, found, active, held, level)
        stuck = [name for name in active if reached[name] <= level + 2 * search.tolerance]
        for name in stuck or [min(active, key=lambda one: reached[one])]:
            held[name] = level
            active.remove(name)
        if not active:
            return Leximin(beta, held, last)


def _reached(
    search: Search, found: Favourites, active: Sequence[str], held: Mapping[str, float], level: float
) -> dict[str, float]:
    """The most that each active member was seen to reach, or may reach at most, while all others keep their levels."""
    reached = dict.fromkeys(active, level)
    weights = found.weights(active)
    for name in active:
        if len(active) == 1 or reached[name] > level + 2 * search.tolerance:
            continue
        others = dict(held) | {other: level for other in active if other != name}
        question = _ask(
            search,
            weights=found.weights([name])[0],
            floors=found.weights(list(others)),
            least=np.array(list(others.values())) - search.tolerance,
        )
        if answer(search, question, calls=0).bound <= level + 2 * search.tolerance:
            continue
        best = answer(search, question)
        if best.shortfall <= search.tolerance:
            z = (weights @ best.gains).tolist()
            reached = {one: max(reached[one], share) for one, share in zip(active, z, strict=True)}
    return reached


def settle(
    search: Search,
    found: Favourites,
    members: Sequence[str],
    functional: str,
    keep: float = KEEP,
    floors: Sequence[Floor] = (),
    lifting: int | None = None,
) -> Settled:
    """The plan with the most of a functional among those that keep a share of beta for every member.

    The plan is first settled without floors. A floor of the functional itself sets no condition: it is missed only
    where the shares of beta, or the search, leave no more. Of other floors that the plan misses, the highest of each
    objective counts. One that the tangents show to be out of reach is dropped, and then, while they cannot all be met
    together, the one that is missed most; the next highest of its objective takes its place. No floor of the functional
    that was met is given up for them. Whether a floor is met is read off the exact gains of the answer.

    Args:
        search: oracle and space. found: favourites. members: names with room. functional: the objective to maximise.
        keep: share of beta that every member keeps. floors: least gains by objective. lifting: oracle calls to meet
            floors that the plan misses; as many as for the plan if None.
    """
    shared = common(search, found, members)
    wanted = [(floor.label, name, gain) for floor in floors for name, gain in floor.least.items()]
    (target,) = members_of(search.names, [functional])

    def question(chosen: Sequence[Line]) -> Question:
        rows = np.eye(len(search.names))[members_of(search.names, [name for _, name, _ in chosen])]
        size = search.bundle.size[rows.argmax(axis=1)] if len(chosen) else np.zeros(0)
        return _ask(
            search,
            weights=np.eye(len(search.names))[target] / search.bundle.size[target],
            floors=np.concatenate([found.weights(members), rows / size[:, None]]),
            least=[
                *[keep * shared.value] * len(members),
                *(gain / s for (_, _, gain), s in zip(chosen, size, strict=True)),
            ],
        )

    asked = question([])
    best = answer(search, asked)
    own = [gain for _, name, gain in wanted if name == functional and gain <= best.gains[target]]
    others = sorted((one for one in wanted if one[1] != functional), key=lambda one: -one[2])
    missed = [one for one in others if best.gains[members_of(search.names, [one[1]])[0]] < one[2]]
    within = _within_reach(search, asked, missed)
    lines = [one for one in others if one not in missed or one in within]
    first, most = search.oracle.calls, search.calls if lifting is None else lifting
    while within:
        chosen = list({name: (label, name, gain) for label, name, gain in reversed(lines)}.values())
        lifted = question(chosen)
        other = answer(search, lifted, max(0, most - (search.oracle.calls - first)))
        short = (lifted.least - lifted.floors @ other.gains)[len(members) : len(members) + len(chosen)]
        if other.shortfall <= search.tolerance and other.gains[target] >= max(own, default=-np.inf):
            asked, best = lifted, other
            break
        dropped = max(zip(chosen, short.tolist(), strict=True), key=lambda one: (one[0] in within, one[1]))[0]
        lines.remove(dropped)
        within.remove(dropped)
    return _settled(search, found, members, shared.value, functional, wanted, asked, best)


def settled_again(search: Search, found: Favourites, settled: Settled) -> Settled:
    """The same plan, or a better one that was run since and keeps the same conditions; no further calls."""
    best = answer(search, settled.question, calls=0)
    if best.shortfall > search.tolerance or best.value <= settled.answer.value:
        return settled
    best = replace(best, why=settled.answer.why, calls=settled.answer.calls)
    wanted = [(one.label, one.objective, one.least) for one in settled.floors]
    return _settled(search, found, tuple(settled.z), settled.beta, settled.functional, wanted, settled.question, best)


def _settled(
    search: Search,
    found: Favourites,
    members: Sequence[str],
    beta: float,
    functional: str,
    wanted: Sequence[Line],
    asked: Question,
    best: Answer,
) -> Settled:
    """Say what an answer gives every member, and which floors it meets."""
    met = []
    for label, name, gain in wanted:
        (v,) = members_of(search.names, [name])
        reached = float(best.gains[v])
        slack = search.tolerance * float(search.bundle.size[v])
        met.append(FloorMet(label, name, gain, reached, reached >= gain - slack))
    z = dict(zip(members, (found.weights(members) @ best.gains).tolist(), strict=True))
    return Settled(best, z, beta, functional, tuple(met), asked)


def _within_reach(search: Search, question: Question, lines: Sequence[Line]) -> list[Line]:
    """The floors that the tangents leave within reach, each alone, beside the conditions of a question; no calls."""
    most: dict[str, float] = {}
    for name in dict.fromkeys(name for _, name, _ in lines):
        (v,) = members_of(search.names, [name])
        size = float(search.bundle.size[v])
        alone = _ask(search, weights=np.eye(len(search.names))[v] / size, floors=question.floors, least=question.least)
        most[name] = (answer(search, alone, calls=0).bound + search.tolerance) * size
    return [one for one in lines if one[2] <= most[one[1]]]


def price(search: Search, found: Favourites, members: Sequence[str]) -> Price:
    """The price of both/and: the least multiple of all money at which every member reaches its ideal of today.

    Receipts, money in hand and reserve are multiplied alike; bounds, payers' caps and start-up costs are not.
    """
    both = answer(search, _ask(search, floors=found.weights(members), least=1.0, priced=True))
    reached = 1 - both.shortfall
    if reached < 1 - REACHED:
        return Price(tuple(members), np.inf, np.inf, reached, both)
    multiple = max(1.0, both.multiple)
    return Price(tuple(members), multiple, multiple * search.space.total, reached, both)


def collision(search: Search, found: Favourites, a: str, b: str) -> float:
    """What is left undone when both favourite plans are paid in full: ``max(0, 1 - min(z_a, z_b))`` at x_a* + x_b*."""
    plans = [found.answers[v].plan for v in members_of(found.names, [a, b])]
    k = search.point(plans[0] + plans[1])
    return float(max(0.0, 1 - np.min(found.weights((a, b)) @ search.bundle.gains[k])))


def pair(search: Search, found: Favourites, a: str, b: str) -> Pair:
    """Spill-over, price, collision and tension of two objectives."""
    before = search.oracle.calls
    i, j = members_of(found.names, [a, b])
    crash = collision(search, found, a, b)
    shared = common(search, found, (a, b))
    cost = price(search, found, (a, b))
    spent = search.oracle.calls - before
    spill_ab, spill_ba = float(found.spill[i, j]), float(found.spill[j, i])
    return Pair(a, b, cost, spill_ab, spill_ba, crash, max(0.0, 1 - shared.value), shared.gap, spent)


def near_optimal(
    search: Search,
    question: Question,
    best: Answer,
    near: float = NEAR,
    calls: int | None = None,
    bounded: bool = True,
) -> Floats:
    """Least and most dollars of each service, all periods together, over plans nearly as good as the best.

    Args:
        search: oracle and space. question: what was asked, without a price. best: its answer.
        near: share of the answer's value that a plan must keep (a value below zero may worsen by the same share).
        calls: oracle calls for each of the 2 S ends. bounded: as for ``answer``, each end being sought from the best
            plan seen for it; without it is sought from the best plan itself, whose slopes are known.

    Returns:
        (S, 2) dollars; every end is an exact plan that keeps the share (to the tolerance), the best plan lies between.
    """
    if question.priced:
        raise ValueError("ranges are of plans at today's money; ask without a price")
    least = best.value - (1 - near) * abs(best.value)
    unit = question.scale(best.value)
    goal_rows = question.common + question.weights if len(question.common) else question.weights[None]
    offset = question.offset if len(question.common) else np.zeros(1)
    floors = np.concatenate([goal_rows / unit, question.floors])
    needed = np.concatenate([(least + offset) / unit, question.least])
    own = best.plan.sum(axis=1)
    ranges = np.stack([own, own], axis=1)
    for s in range(len(own)):
        for side, sign in enumerate((-1.0, 1.0)):
            direction = np.zeros(search.space.shape)
            direction[s] = sign / search.space.total
            begun = None if bounded else search.point(best.plan)
            end = answer(search, _ask(search, dollars=direction, floors=floors, least=needed), calls, bounded, begun)
            if end.shortfall <= search.tolerance:
                ranges[s, side] = end.plan[s].sum()
    ranges[:, 0], ranges[:, 1] = np.minimum(ranges[:, 0], own), np.maximum(ranges[:, 1], own)
    return ranges
