"""What two objectives do to each other, again in every draw: the plans chosen once, on the mean, and read in each draw.

A favourite that is best at the mean need not be best in a draw, so a share may pass 1 there; what is left undone is
then nothing. Source: DESIGN 8 ("x is chosen once, here and now; intervals re-evaluate the chosen x over draws").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.decide.ideals import Ideals
from bothand.decide.losers import NINETEEN_IN_TWENTY
from bothand.decide.pairs import Pair, collision_plan
from bothand.decide.surfaces import ROUNDING, Floats, filled


@dataclass(frozen=True)
class Range:
    """The ends of 19 in 20 draws; the number that they belong to lies between them."""

    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Spread:
    """The ranges of one pair's numbers (names as in ``pairs.Pair``)."""

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
    """The curves of every draw, to be read at plans that the mean's curves chose.

    Args:
        ideals: of the mean's curves.
        by_draw: (V, I, L, D) gains of the surface in every draw.
    """

    def __init__(self, ideals: Ideals, by_draw: Floats) -> None:
        self.ideals = ideals
        self.steps: Floats = np.diff(by_draw, axis=2, prepend=0)
        self._best: dict[str, Floats] = {}

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
    return Spread(
        price=_price(draws, found, most),
        spill_ab=_range(found.spill_ab, draws.z(found.b, ideals.plan_of(found.a))),
        spill_ba=_range(found.spill_ba, draws.z(found.a, ideals.plan_of(found.b))),
        collision=_range(found.collision, _undone(draws, pair, both)),
        tension=_range(found.tension, _undone(draws, pair, found.shared)),
    )


def _undone(draws: Draws, pair: Sequence[str], plan: npt.ArrayLike) -> Floats:
    """Return what a plan leaves undone of the less served of two, in every draw (D,): ``max(0, 1 - min z)``."""
    least: Floats = np.min([draws.z(name, plan) for name in pair], axis=0)
    return np.asarray(np.maximum(0.0, 1 - least))


def _price(draws: Draws, found: Pair, most: float) -> Range:
    """Return the price in 19 of 20 draws, to first order, between 1 and ``most`` budgets.

    In each draw, what the plan at the price leaves undone of what each would get alone, or does beyond, at what a unit
    costs there: ``price + sum_v (u_vd(x_v*) - u_vd(x)) * dollars per unit / budget``.
    """
    if not np.isfinite(found.price.multiple):
        return Range(most, most)
    missed = [
        float(worth) * (draws.best(name) - draws.gains(name, found.price.plan))
        for name, worth in zip((found.a, found.b), found.price.per_gain, strict=True)
    ]
    budget = draws.ideals.budget
    drawn = found.price.spent / budget + np.sum(missed, axis=0) / budget
    return _range(min(found.price.multiple, most), np.clip(drawn, 1, most))


def _range(value: float, drawn: Floats) -> Range:
    """Return the ends of 19 in 20 draws that have a number, widened to hold the value itself."""
    there = drawn[~np.isnan(drawn)]
    if not len(there):
        return Range(value, value)
    low, high = np.quantile(there, NINETEEN_IN_TWENTY)
    return Range(min(float(low), value), max(float(high), value))
