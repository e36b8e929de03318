"""Many small programmes at once: each objective's best, and what both of a pair cost, in every draw's own world.

The questions are those of ``decide.ideals`` and ``decide.pairs.price``, one objective or two at a time, on curves that
need not be concave. One call of a solver for each pair and draw would take as long as the curves themselves. So all
are answered together, best first: every service may spend between two levels of its grid, its curves are replaced by
their concave envelopes between these, and the relaxed questions have closed answers:

* the most of one objective from a budget fills segments in the order of what a dollar gains;
* the least money for two is ``max over r in [0, 1] of the least money for (1 - r) u_a + r u_b``, and the sign of what
  is missed says on which side of a share r the best one lies.

Where the answer does not hold on the true curves, the service that is furthest off is parted at a level, and both parts
are asked again. Axis letters: N questions, D draws, V objectives, I services, L levels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush, nsmallest
from itertools import count

import numpy as np
import numpy.typing as npt

from bothand.decide.surfaces import ROUNDING, Bools, Floats, Surface

HALVINGS = 40  # MATH: halvings of the share between two objectives
HOLDS = 1e-6  # MATH: share of its target by which an answer may miss on the true curves
MOST_PARTS = 400  # MATH: parts of one question after which its bound is taken as its answer
LEAST_ABOVE_ZERO = 5e-324  # MATH: nothing divided by it is nothing, and no number above zero is less
TOGETHER = 64  # UNIT: parts that are asked together at least, some of them ahead of their turn

Ints = npt.NDArray[np.int_]
_Told = tuple[float, bool, Ints, Ints, int, int]  # of a part: bound, done, low, high, service, level


@dataclass(frozen=True, eq=False)
class Worlds:
    """The curves of every draw.

    Attributes:
        surface: services and dollars; no service may have several ways. by_draw: (V, I, L, D) gains.
    """

    surface: Surface
    by_draw: Floats

    def __post_init__(self) -> None:
        if self.surface.one_of:
            raise ValueError("curves of services that are run in several ways have no answer at once")

    @cached_property
    def levels(self) -> Floats:
        """Dollars of every level, none among them (I, L + 1)."""
        return np.pad(self.surface.dollars, ((0, 0), (1, 0)))

    @cached_property
    def gains(self) -> Floats:
        """Gain at every level, none among them (D, V, I, L + 1)."""
        return np.pad(np.moveaxis(self.by_draw, -1, 0), ((0, 0), (0, 0), (0, 0), (1, 0)))

    @cached_property
    def envelopes(self) -> Floats:
        """Concave envelope between two levels, read at all levels: (L + 1, L + 1, D, V, I, L + 1); nan outside."""
        ends = self.gains.shape[-1]
        found = np.full((ends, ends, *self.gains.shape), np.nan)
        for low in range(ends):
            for high in range(low, ends):
                for at in range(low, high + 1):
                    chords = [self._chord(i, j, at) for i in range(low, at + 1) for j in range(at, high + 1)]
                    found[low, high, ..., at] = np.max(chords, axis=0)
        return found

    def _chord(self, i: int, j: int, at: int) -> Floats:
        """Return the straight line between two levels, read at a third (D, V, I)."""
        if i == j:
            return np.asarray(self.gains[..., i])
        share = (self.levels[:, at] - self.levels[:, i]) / (self.levels[:, j] - self.levels[:, i])
        return np.asarray((1 - share) * self.gains[..., i] + share * self.gains[..., j])


@dataclass(frozen=True, eq=False)
class Parts:
    """Questions whose services may spend between two levels each.

    Attributes:
        worlds: the curves. draw: (N,). objectives: (N, M) positions. unit: (N, M) what a gain is divided by.
        low, high: (N, I) levels.
    """

    worlds: Worlds
    draw: Ints
    objectives: Ints
    unit: Floats
    low: Ints
    high: Ints

    @cached_property
    def _at(self) -> tuple[Ints, Ints, Ints]:
        """Positions of draws, objectives and services, to be read together (N, M, I)."""
        services = np.arange(self.low.shape[1])
        return self.draw[:, None, None], self.objectives[:, :, None], services[None, None]

    @cached_property
    def true(self) -> Floats:
        """Gains in their unit at every level (N, M, I, L + 1)."""
        return np.asarray(self.worlds.gains[self._at] / self.unit[:, :, None, None])

    @cached_property
    def told(self) -> Floats:
        """The same on the envelopes; beyond the ends as at the ends."""
        found = self.worlds.envelopes[(self.low[:, None], self.high[:, None], *self._at)] / self.unit[:, :, None, None]
        there = np.arange(found.shape[-1])
        at = np.clip(there, self.low[:, None, :, None], self.high[:, None, :, None])
        return np.asarray(np.take_along_axis(found, np.broadcast_to(at, found.shape), axis=-1))

    @cached_property
    def steps(self) -> Floats:
        """What each segment adds (N, M, I * L)."""
        steps = np.diff(self.told, axis=-1)
        return np.asarray(steps.reshape(*steps.shape[:2], -1))

    @cached_property
    def widths(self) -> Floats:
        """Dollars of each segment that may be filled (N, I * L)."""
        between = np.arange(self.worlds.levels.shape[1] - 1)
        free = (between >= self.low[..., None]) & (between < self.high[..., None])
        return np.asarray((np.diff(self.worlds.levels)[None] * free).reshape(len(free), -1))

    @cached_property
    def open(self) -> Bools:
        """Which segments may be filled (N, I * L)."""
        return np.asarray(self.widths > 0)

    @cached_property
    def minus_widths(self) -> Floats:
        """Minus the dollars of each segment, endless where it may not be filled: nothing is worth anything there."""
        return np.where(self.open, -self.widths, -np.inf)

    @cached_property
    def spent(self) -> Floats:
        """Dollars of every service before any segment is filled (N, I)."""
        return np.asarray(self.worlds.levels[np.arange(self.low.shape[1])[None], self.low])

    @cached_property
    def given(self) -> Floats:
        """What these dollars give (N, M)."""
        return np.asarray(self.told[..., 0].sum(axis=-1))

    def plan(self, shares: Floats) -> Floats:
        """Return the dollars of a filling (N, I * L) by service (N, I)."""
        return np.asarray(self.spent + (self.widths * shares).reshape(*self.spent.shape, -1).sum(axis=-1))

    def read(self, curves: Floats, plan: Floats) -> Floats:
        """Return what a plan gives of each objective by service (N, M, I), on the true curves or on those told."""
        levels = self.worlds.levels
        share = np.clip((plan[..., None] - levels[:, :-1]) / np.diff(levels), 0, 1)
        return np.asarray(curves[..., 0] + (np.diff(curves, axis=-1) * share[:, None]).sum(axis=-1))

    def parted_at(self, plan: Floats) -> tuple[Ints, Ints]:
        """Return the service whose true curves are furthest below those told, and the level furthest off (N,) each.

        A level of -1: nothing lies between the ends of that service, so that no part could tell more.
        """
        off = (self.read(self.told, plan) - self.read(self.true, plan)).max(axis=1)
        service = off.argmax(axis=1)
        there = np.arange(len(service))
        gap = (self.told - self.true)[there, :, service].max(axis=1)
        level = np.arange(gap.shape[1])
        inside = (level > self.low[there, service, None]) & (level < self.high[there, service, None])
        return service, np.where(inside.any(axis=1), np.where(inside, gap, -np.inf).argmax(axis=1), -1)


def _fill(worth: Floats, parts: Parts, wanted: Floats, of: Floats) -> Floats:
    """Fill segments in the order of their worth for a dollar until the sum of ``of`` is ``wanted``; shares (N, S).

    A segment that is worth nothing, or has no width, stays empty; of two worth alike, the first is filled first.
    """
    order = np.argsort(np.minimum(worth / parts.minus_widths, 0), axis=1, kind="stable")
    order += np.arange(0, order.size, order.shape[1])[:, None]
    filled = (of * ((worth > 0) & parts.open)).ravel()[order]
    left = np.cumsum(filled, axis=1)
    left -= filled
    np.subtract(wanted[:, None], left, out=left)
    np.maximum(left, 0, out=left)
    np.minimum(filled, left, out=left)
    left /= np.maximum(filled, LEAST_ABOVE_ZERO, out=filled)
    found = np.empty(left.shape)
    found.ravel()[order] = left
    return found


def _most(parts: Parts, budget: float) -> tuple[Floats, Floats]:
    """Return minus the most of one objective that a budget buys (N,), infinite where none is left, and the plan."""
    left = budget - parts.spent.sum(axis=1)
    plan = parts.plan(_fill(parts.steps[:, 0], parts, left, parts.widths))
    value = parts.read(parts.told, plan)[:, 0].sum(axis=1)
    return np.where(left >= -ROUNDING * budget, -value, np.inf), plan


def _least(parts: Parts) -> tuple[Floats, Floats]:
    """Return the least dollars at which two objectives reach one unit each (N,), infinite where none do, and plans."""
    needed, steps = 1 - parts.given, parts.steps
    impossible = np.zeros(len(needed), dtype=bool)

    def weighed(r: Floats) -> tuple[Floats, Floats]:
        weights = np.stack([1 - r, r], axis=1)
        worth, wanted = np.einsum("nm,nms->ns", weights, steps), (weights * needed).sum(axis=1)
        impossible[np.maximum(worth, 0).sum(axis=1) < wanted - ROUNDING] = True
        return worth, wanted

    def at(r: Floats) -> tuple[Floats, Floats]:
        worth, wanted = weighed(r)
        shares = _fill(worth, parts, wanted, worth)
        return shares, np.asarray(np.einsum("nms,ns->nm", steps, shares) - needed)

    low, high = np.zeros(len(needed)), np.ones(len(needed))
    weighed(low), weighed(high)
    for _ in range(HALVINGS):
        r = (low + high) * 0.5
        _, past = at(r)
        second = past[:, 0] >= past[:, 1]  # the first is reached, the second is missed
        low, high = np.where(second, r, low), np.where(second, high, r)
    (first, over), (last, under) = at(low), at(high)
    ahead, behind = over[:, 0] - over[:, 1], under[:, 0] - under[:, 1]  # mixed so that both are reached alike
    mix = np.clip(np.divide(ahead, ahead - behind, out=np.zeros_like(ahead), where=ahead > behind), 0, 1)[:, None]
    plan = parts.plan((1 - mix) * first + mix * last)
    return np.where(impossible, np.inf, plan.sum(axis=1)), plan


@dataclass(order=True, frozen=True)
class _Part:
    """One part of a question, the least bound first: where its services may spend, and where to part it again."""

    bound: float
    number: int
    done: bool = field(compare=False)
    low: Ints = field(compare=False)
    high: Ints = field(compare=False)
    service: int = field(compare=False)
    level: int = field(compare=False)

    def parted(self) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """Return the ends of what lies below the level at which the service is furthest off, and of what lies above."""
        below, above = self.high.copy(), self.low.copy()
        below[self.service] = above[self.service] = self.level
        return (self.low, below), (above, self.high)


class _Search:
    """One question, its best part first. Parts may be asked ahead of their turn, which changes no answer."""

    def __init__(self) -> None:
        self.answer = np.inf
        self.answered = False
        self._number, self._tries = count(), 0
        self._waiting: list[_Part] = []
        self._next: _Part | None = None
        self._known: dict[int, list[_Told]] = {}

    def hear(self, parent: int, halves: list[_Told]) -> None:
        """Note what the halves of a part are, by its number; -1 for the whole question."""
        self._known[parent] = halves

    def go_on(self) -> None:
        """Take the best part again and again, until one holds, none is left, or one must be parted and asked."""
        at = -1 if self._next is None else self._next.number
        while at in self._known:
            for told in self._known.pop(at):
                heappush(self._waiting, _Part(told[0], next(self._number), *told[1:]))
            if not self._waiting:
                self.answered = True
                return
            self._next = heappop(self._waiting)
            self._tries += 1
            if self._next.done or self._tries > MOST_PARTS:
                self.answer, self.answered = self._next.bound, True
                return
            at = self._next.number

    def unasked(self, most: int) -> list[_Part]:
        """Return the part whose halves must be told next, and the likeliest ones after it."""
        ahead = [one for one in nsmallest(most, self._waiting) if not (one.done or one.number in self._known)]
        return ([] if self._next is None else [self._next, *ahead])[:most]


def _best_first(
    parts: Parts, ask: Callable[[Parts], tuple[Floats, Floats]], holds: Callable[[Parts, Floats, Floats], Bools]
) -> Floats:
    """Answer every question (N,): take its best part, stop where that holds on the true curves, else part it again.

    Few questions take many parts, one after the other: where few are left, parts that may come next are asked with
    those whose turn it is.
    """
    if not len(parts.draw):
        return np.empty(0)
    searches = [_Search() for _ in parts.draw]
    for search, whole in zip(searches, _tell(parts, ask, holds), strict=True):
        search.hear(-1, [whole] if np.isfinite(whole[0]) else [])
    going = list(range(len(searches)))
    while going:
        for q in going:
            searches[q].go_on()
        going = [q for q in going if not searches[q].answered]
        each = max(1, TOGETHER // max(1, len(going)))
        asked = [(q, part) for q in going for part in searches[q].unasked(each)]
        if asked:
            low, high = (np.array([half[end] for _, part in asked for half in part.parted()]) for end in (0, 1))
            of = np.repeat([q for q, _ in asked], 2)
            told = _tell(
                Parts(parts.worlds, parts.draw[of], parts.objectives[of], parts.unit[of], low, high), ask, holds
            )
            for n, (q, part) in enumerate(asked):
                searches[q].hear(part.number, [half for half in told[2 * n : 2 * n + 2] if np.isfinite(half[0])])
    return np.array([search.answer for search in searches])


def _tell(
    parts: Parts, ask: Callable[[Parts], tuple[Floats, Floats]], holds: Callable[[Parts, Floats, Floats], Bools]
) -> list[_Told]:
    """Return of every part its bound, whether it holds, its ends, and where to part it again."""
    bounds, plans = ask(parts)
    services, levels = parts.parted_at(plans)
    done = holds(parts, plans, bounds) | (levels < 0)
    rows = zip(bounds.tolist(), done.tolist(), parts.low, parts.high, services.tolist(), levels.tolist(), strict=True)
    return [
        (float(bound), bool(holding), low, high, int(service), int(level))
        for bound, holding, low, high, service, level in rows
    ]


def _whole(worlds: Worlds, draw: Ints, objectives: Ints, unit: Floats) -> Parts:
    """Return questions in which every service may spend all of its grid."""
    shape = len(draw), len(worlds.surface.services)
    low = np.zeros(shape, dtype=int)
    return Parts(worlds, draw, objectives, unit, low, low + worlds.surface.dollars.shape[1])


def best_in_draws(worlds: Worlds, budget: float) -> Floats:
    """Return what each objective gets at most from a budget in every draw (V, D); nothing is always allowed."""
    n_objectives, n_draws = worlds.by_draw.shape[0], worlds.by_draw.shape[-1]
    v, draw = (each.ravel() for each in np.indices((n_objectives, n_draws)))
    unit = np.abs(worlds.gains[draw, v]).max(axis=(1, 2))
    unit = np.where(unit > 0, unit, 1)

    def holds(parts: Parts, plans: Floats, bounds: Floats) -> Bools:
        return np.asarray(parts.read(parts.true, plans).sum(axis=(1, 2)) >= -bounds - HOLDS)

    parts = _whole(worlds, draw, v[:, None], unit[:, None])
    found = -_best_first(parts, lambda some: _most(some, budget), holds) * unit
    return np.asarray(np.maximum(found, 0).reshape(n_objectives, n_draws))


def dollars_in_draws(worlds: Worlds, best: Floats, pairs: Ints) -> Floats:
    """Return the least dollars at which both of a pair reach their own best in every draw (P, D).

    Args:
        worlds: the curves. best: (V, D) as ``best_in_draws``. pairs: (P, 2) positions of objectives.

    Returns:
        infinite where no plan on the grid does it; nan where one of the two gets nothing in that draw.
    """
    p, draw = (each.ravel() for each in np.indices((len(pairs), worlds.by_draw.shape[-1])))
    objectives = pairs[p]
    unit = best[objectives, draw[:, None]]
    scale = np.abs(worlds.gains[draw[:, None], objectives]).max(axis=(-2, -1))
    there = (unit > ROUNDING * scale).all(axis=1)

    def holds(parts: Parts, plans: Floats, bounds: Floats) -> Bools:
        return np.asarray((parts.read(parts.true, plans).sum(axis=2) >= 1 - HOLDS).all(axis=1))

    found = np.full(len(p), np.nan)
    found[there] = _best_first(_whole(worlds, draw[there], objectives[there], unit[there]), _least, holds)
    return found.reshape(len(pairs), -1)
