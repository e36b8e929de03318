"""What two objectives do to each other, again in every draw.

Spill-over, collision and tension are told of plans, which are chosen once, on the mean, and read in each draw. A
favourite that is best at the mean need not be best in a draw, so a share may pass 1 there; what is left undone is then
nothing. A price is told of two objectives and of no plan: in each draw it is what both would cost if that draw were
true, both ideals found anew in it, and the cheapest plan (``at_once``). Source: DESIGN 8 ("x is chosen once, here and
now; intervals re-evaluate the chosen x over draws").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bothand.decide.ideals import Ideals, find_ideals
from bothand.decide.losers import LEAST_RUNS, range_of
from bothand.decide.pairs import Lane, Pair, collision_plan, lane, price
from bothand.decide.pairwise.at_once import Worlds, best_in_draws, dollars_in_draws
from bothand.decide.surfaces import ROUNDING, Floats, filled

LANES: tuple[Lane, ...] = ("go_together", "compete", "in_each_others_way")


@dataclass(frozen=True)
class Range:
    """The ends of 19 in 20 draws; the number that they belong to lies between them."""

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Spread:
    """The ranges of one pair's numbers (names as in ``pairs.Pair``).

    ``lanes``: in how many draws its price falls in each lane, judged as the pair's own lane is; a draw in which one of
    the two gets nothing even alone is in none. ``told``: there are runs enough (``LEAST_RUNS``), and the range of the
    price stays within the pair's own lane.
    """

    lanes: Mapping[Lane, int]
    told: bool
    price: Range
    spill_ab: Range
    spill_ba: Range
    collision: Range
    tension: Range


def in_draws(increments: Floats, shares: Floats) -> Floats:
    """Return one objective's gain in every draw (D,), from what each segment of its curves adds (I, L, D)."""
    found: Floats = np.einsum("ild,il->d", increments, shares)
    return found


class Draws:
    """The curves of every draw, to be read at plans that the mean's curves chose, and to be priced each on its own.

    Args:
        ideals: of the mean's curves.
        by_draw: (V, I, L, D) gains of the surface in every draw.
        asked: pairs that will be asked about: they are priced together, which is faster; one after the other where
            plans keep rules.
    """

    def __init__(self, ideals: Ideals, by_draw: Floats, asked: Sequence[Pair] = ()) -> None:
        self.ideals = ideals
        self.steps: Floats = np.diff(by_draw, axis=2, prepend=0)
        self._best: dict[str, Floats] = {}
        self._worlds = Worlds(ideals.surface, by_draw)
        self._asked = [(p.a, p.b) for p in asked]
        self._prices: dict[tuple[str, str], Floats] = {}

    @cached_property
    def _own_best(self) -> Floats:
        """What each objective gets at most from today's budget in each draw's own world (V, D)."""
        return best_in_draws(self._worlds, self.ideals.budget)

    def prices(self, a: str, b: str) -> Floats:
        """Return what both cost in every draw, in budgets, at least 1 (D,).

        Infinite where no plan on the grid does it; nan where one of the two gets nothing.
        """
        if (a, b) not in self._prices and self.ideals.surface.rules is not None:
            self._prices[a, b] = np.array([self._ruled(one, a, b) for one in self._ruled_ideals])
        elif (a, b) not in self._prices:
            names = list(dict.fromkeys([*self._asked, (a, b)]))
            at = np.array([self.ideals.surface.indices(pair) for pair in names])
            dollars = dollars_in_draws(self._worlds, self._own_best, at)
            self._prices |= dict(zip(names, np.maximum(dollars / self.ideals.budget, 1), strict=True))
        return self._prices[a, b]

    @cached_property
    def _ruled_ideals(self) -> list[Ideals]:
        """The ideals of each draw's own world where plans keep rules: one programme after the other."""
        surface, drawn = self.ideals.surface, np.moveaxis(self._worlds.by_draw, -1, 0)
        return [find_ideals(replace(surface, gains=gains), self.ideals.budget) for gains in drawn]

    @staticmethod
    def _ruled(ideals: Ideals, a: str, b: str) -> float:
        """Return what both cost under the rules in one draw, in budgets; nan where one of the two gets nothing."""
        return price(ideals, (a, b)).multiple if {a, b} <= set(ideals.members) else float("nan")

    def gains(self, name: str, plan: npt.ArrayLike) -> Floats:
        """Return an objective's gain under a plan in every draw (D,)."""
        return in_draws(self.steps[self.ideals.surface.index(name)], filled(self.ideals.surface, plan))

    def best(self, name: str) -> Floats:
        """Return an objective's gain under its own favourite plan in every draw (D,)."""
        if name not in self._best:
            self._best[name] = self.gains(name, self.ideals.plan_of(name))
        return self._best[name]

    def z(self, name: str, plan: npt.ArrayLike) -> Floats:
        """Return what a plan gives an objective, as a share of what its favourite gives it in that draw (D,).

        nan in a draw in which the favourite itself gives nothing: there is nothing to have a share of.
        """
        own = self.best(name)
        there = own > ROUNDING * self.ideals.surface.scale[self.ideals.surface.index(name)]
        found = np.full(len(own), np.nan)
        np.divide(self.gains(name, plan), own, out=found, where=there)
        return found


def spread(draws: Draws, found: Pair, most: float) -> Spread:
    """Return the ranges of a pair's numbers over draws.

    Args:
        draws: the curves of every draw. found: the pair, from the mean's curves.
        most: the largest price that is told, in budgets.
    """
    ideals, pair = draws.ideals, (found.a, found.b)
    both = collision_plan(ideals, *pair)
    drawn = np.minimum(draws.prices(*pair), most)
    cost = _range(min(found.price.multiple, most), drawn)
    lanes = [lane(one, found.error) for one in drawn[~np.isnan(drawn)].tolist()]
    return Spread(
        lanes={name: lanes.count(name) for name in LANES},
        told=drawn.size >= LEAST_RUNS and all(lane(end, found.error) == found.lane for end in (cost.low, cost.high)),
        price=cost,
        spill_ab=_range(found.spill_ab, draws.z(found.b, ideals.plan_of(found.a))),
        spill_ba=_range(found.spill_ba, draws.z(found.a, ideals.plan_of(found.b))),
        collision=_range(found.collision, _undone(draws, pair, both)),
        tension=_range(found.tension, _undone(draws, pair, found.shared)),
    )


def _undone(draws: Draws, pair: Sequence[str], plan: npt.ArrayLike) -> Floats:
    """Return what a plan leaves undone of the less served of two, in every draw (D,): ``max(0, 1 - min z)``."""
    least: Floats = np.min([draws.z(name, plan) for name in pair], axis=0)
    return np.asarray(np.maximum(0.0, 1 - least))


def _range(value: float, drawn: Floats) -> Range:
    """Return the ends of 19 in 20 draws that have a number, widened to hold the value itself."""
    there = drawn[~np.isnan(drawn)]
    if not len(there):
        return Range(value, value)
    low, high = range_of(there)
    return Range(min(low, value), max(high, value))
