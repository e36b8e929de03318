"""How each objective bends along each service's dollars near a plan: the local model of the search.

A tangent is straight, but returns fall; a search by tangents alone needs hundreds of exact points. Every exact point
also says what the slope of each objective is at *its* dollars of each service, so slopes that fall with dollars are
learned for all columns at once (isotonic regression, nearest points weigh most), or read off a ``Surface``. Around a
centre c the model is then::

    m_v(x) = u_v(c) + sum over columns i of  integral from c_i to x_i of slope_vi

with slope_vi(c_i) the exact slope: exact to first order at the centre, concave, and separable. Each learned bend is
scaled so that the model gives back the exact values of the other points as well as it can.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from bothand.decide.search.bundle import Bundle
from bothand.decide.search.oracle import SurfaceOracle
from bothand.decide.surfaces import Floats, Surface

STEPS = (0.0, 1 / 16, 1 / 4, 1.0)  # MATH: breakpoints on either side of the centre, shares of the way to the edge
NEIGHBOURS = 40  # MATH: points from which bends are learned
NEAR = 0.02  # MATH: distance (share of all money) within which points weigh alike
FADING = 4  # MATH: power of the distance by which points count less, so that the nearest lead
MOST_BEND = 2.0  # MATH: learned bends are scaled to this much at most
MOST_SCALE = 5.0  # MATH: bends that curves lend are scaled to this much at most
WAY = (1 / 8, 3 / 8, 5 / 8, 7 / 8)  # MATH: where a bend is read on the way to another point: middles of four parts
LEVEL = 1e-12  # MATH: dollars closer than this share of all money stand at the same place


@dataclass(frozen=True, eq=False)
class Local:
    """The model around a centre, in shares of all money.

    Attributes:
        objectives: (W,) positions of the objectives it models.
        breaks: (N, B) rising breakpoints of each column, from the lower to the upper edge of the trust region.
        slopes: (W, N, B - 1) slope of each segment, falling along it.
        height: (W,) gain at the lower edge of all columns.
        below: (N,) how many segments of each column lie below the centre. most: what may be moved in all, both what a
            column gains and what it loses; infinite where the edges alone hold.
    """

    objectives: npt.NDArray[np.int_]
    breaks: Floats
    slopes: Floats
    height: Floats
    below: npt.NDArray[np.int_]
    most: float = np.inf

    @property
    def widths(self) -> Floats:
        """Width of each segment, (N, B - 1)."""
        return np.diff(self.breaks, axis=1)


@dataclass(frozen=True, eq=False)
class Bends:
    """How slopes fall along every column around a point of the bundle, learned from its neighbours.

    Attributes:
        bundle, centre, objectives: whose, (W,).
        knots: for each column and objective, rising dollars and the falling slopes there, the centre's among them.
        amount: (W,) by how much each objective's bend is scaled.
    """

    bundle: Bundle
    centre: int
    objectives: npt.NDArray[np.int_]
    knots: tuple[tuple[tuple[Floats, Floats], ...], ...]
    amount: Floats

    def around(self, low: Floats, high: Floats, ease: float = 1.0) -> Local:
        """The model within edges (N,), shares of all money, with a part of the bends; the centre lies between."""
        c = self.bundle.shares[self.centre]
        here = self.bundle.nearest_slopes(self.centre, self.objectives)
        breaks = _breaks(c, low, high)
        middles = (breaks[:, :-1] + breaks[:, 1:]) / 2
        slopes = np.array(
            [[np.interp(at, *knots) for knots in column] for at, column in zip(middles, self.knots, strict=True)]
        )
        straight = here[:, :, None]
        slopes = straight + ease * self.amount[:, None, None] * (slopes.transpose(1, 0, 2) - straight)
        return _local(self.bundle, self.centre, self.objectives, breaks, slopes)


def _breaks(c: Floats, low: Floats, high: Floats) -> Floats:
    """Rising breakpoints of every column on either side of a centre, (N, B)."""
    steps = np.array(STEPS)
    down, up = c[:, None] - steps[::-1] * (c - low)[:, None], c[:, None] + steps[1:] * (high - c)[:, None]
    return np.concatenate([down, up], axis=1)


@dataclass(frozen=True, eq=False)
class Shapes:
    """Curves that objectives are like and not equal to: they lend their bends, and exact slopes lend the height.

    The slope of an objective along a column is the exact one at the centre, plus the change of the curve's slope from
    there (its concave envelope, read between the middles of its segments), so many times as the exact slopes of the
    period are of the curves'. Services that stand in for each other, and periods whose effects last, bend an objective
    more than the curve of one service alone; so all bends of an objective are scaled until they give back the exact
    gains of the points near by, as well as they can.

    Attributes:
        surface: curves of yearly dollars. years: (P,) length of each spending period.
    """

    surface: Surface
    years: Floats

    def around(
        self,
        bundle: Bundle,
        centre: int,
        objectives: npt.NDArray[np.int_],
        low: Floats,
        high: Floats,
        ease: float = 1.0,
        most: float = np.inf,
    ) -> Local:
        """The model within edges (N,) around a point of a bundle, with a part of the bends, ``most`` being moved."""
        exact = bundle.nearest_slopes(centre, objectives)
        breaks = _breaks(bundle.shares[centre], low, high)
        change = self._change(bundle, centre, objectives, exact, (breaks[:, :-1] + breaks[:, 1:]) / 2)
        amount = self.amount(bundle, centre, objectives)
        slopes = exact[:, :, None] + ease * amount[:, None, None] * change
        return _local(bundle, centre, objectives, breaks, slopes, most)

    def amount(self, bundle: Bundle, centre: int, objectives: npt.NDArray[np.int_]) -> Floats:
        """By how much the bends of each objective are scaled, (W,); 1 where no other point says anything."""
        c, exact = bundle.shares[centre], bundle.nearest_slopes(centre, objectives)
        near = bundle.near(c, NEIGHBOURS)
        near = near[near != centre]
        apart = bundle.shares[near] - c  # (J, N)
        on_the_way = c[:, None, None] + apart.T[:, :, None] * np.array(WAY)
        change = self._change(bundle, centre, objectives, exact, on_the_way.reshape(len(c), -1))
        change = change.reshape(*change.shape[:2], len(near), len(WAY)).mean(axis=-1)
        drops = -np.einsum("wnj,jn->wj", change, apart)
        missed = (bundle.gains[centre][objectives] + apart @ exact.T - bundle.gains[near][:, objectives]).T
        return _amount(drops, missed, 1 / (NEAR + np.abs(apart).sum(axis=1)) ** FADING, MOST_SCALE)

    def _change(
        self, bundle: Bundle, centre: int, objectives: npt.NDArray[np.int_], exact: Floats, at: Floats
    ) -> Floats:
        """Change of every slope from the centre to other shares of each column, at (N, B) -> (W, N, B)."""
        c, n_periods = bundle.shares[centre], len(self.years)
        yearly = np.concatenate([c[:, None], at], axis=1) * bundle.total
        yearly = yearly.reshape(-1, n_periods, yearly.shape[1]) / self.years[:, None]
        read = self._read(objectives, yearly)  # (W, S, P, 1 + B)
        here, away = read[..., 0], read[..., 1:]
        height = np.maximum(exact.reshape(here.shape), 0).sum(axis=1)
        curve = np.maximum(here, 0).sum(axis=1)
        times = np.clip(np.divide(height, curve, out=np.zeros_like(height), where=curve > 0), 0, None)
        change: Floats = times[:, None, :, None] * (away - here[..., None])
        return change.reshape(len(objectives), len(c), -1)

    def _read(self, objectives: npt.NDArray[np.int_], yearly: Floats) -> Floats:
        """Slopes of the curves at yearly dollars (S, ...), (W, S, ...)."""
        curves = self.surface.envelope
        middle = curves.dollars - curves.widths / 2
        slope = (curves.increments / curves.widths)[objectives]
        return np.stack(
            [
                np.stack([np.interp(at, knots, own) for own in falling])
                for at, knots, falling in zip(yearly, middle, slope.transpose(1, 0, 2), strict=True)
            ],
            axis=1,
        )


def learn(bundle: Bundle, centre: int, objectives: npt.NDArray[np.int_]) -> Bends:
    """Learn how objectives (W,) bend around a point of the bundle."""
    c, here = bundle.shares[centre], bundle.nearest_slopes(centre, objectives)
    near = bundle.near(c, NEIGHBOURS)
    told = ~np.isnan(bundle.slopes[near][:, objectives]).any(axis=(1, 2))
    near = near[told & (near != centre)]
    there, seen = bundle.shares[near], bundle.slopes[near][:, objectives]
    weights = 1 / (NEAR + np.abs(there - c).sum(axis=1)) ** 2
    drops = np.zeros((len(objectives), len(near)))
    knots = []
    for i, x in enumerate(c.tolist()):
        column = []
        for w, exact in enumerate(here[:, i].tolist()):
            at, falling = _falling(there[:, i], seen[:, w, i], weights, x, exact)
            drops[w] += _drop(at, falling, there[:, i], x, exact)
            column.append((at, falling))
        knots.append(tuple(column))
    missed = (bundle.gains[centre][objectives] + (there - c) @ here.T - bundle.gains[near][:, objectives]).T
    return Bends(bundle, centre, objectives, tuple(knots), _amount(drops, missed, weights, MOST_BEND))


def _amount(drops: Floats, missed: Floats, weights: Floats, most: float) -> Floats:
    """By how much bends (W, J) must be scaled to give back what tangents miss (W, J), by least squares, (W,)."""
    power = (weights * drops**2).sum(axis=1)
    amount = np.where(power > 0, (weights * drops * missed).sum(axis=1) / np.where(power > 0, power, 1), 1.0)
    return np.clip(amount, 0, most)


def _falling(at: Floats, slope: Floats, weights: Floats, centre: float, here: float) -> tuple[Floats, Floats]:
    """Dollars and falling slopes through the centre's exact one, from other points' dollars and slopes."""
    sides = []
    for side in (-1, 1):
        chosen = (at - centre) * side > LEVEL
        order = np.flatnonzero(chosen)[np.argsort(at[chosen], kind="stable")]
        if not len(order):
            continue
        bounded = np.maximum(slope[order], here) if side < 0 else np.minimum(slope[order], here)
        if len(order) > 1:
            bounded = isotonic_regression(bounded, weights=weights[order], increasing=False).x
        sides.append((at[order], bounded))
    x = np.concatenate([s[0] for s in sides] + [[centre]])
    y = np.concatenate([s[1] for s in sides] + [[here]])
    order = np.lexsort((-y, x))
    return x[order], y[order]


def _drop(at: Floats, falling: Floats, where: Floats, centre: float, here: float) -> Floats:
    """By how much the bent curve lies below the tangent of the centre at other dollars, never negative."""
    steps = np.diff(at) * (falling[1:] + falling[:-1]) / 2
    height = np.concatenate([[0.0], np.cumsum(steps)])
    place = np.clip(np.searchsorted(at, where, side="right") - 1, 0, len(at) - 1)
    read = height[place]  # every other point's dollars are among the knots
    start = height[np.searchsorted(at, centre, side="left")]
    lost: Floats = np.maximum(here * (where - centre) - (read - start), 0)
    return lost


def read_off(
    surface: SurfaceOracle, bundle: Bundle, centre: int, objectives: npt.NDArray[np.int_], low: Floats, high: Floats
) -> Local:
    """The model around a point, bent as a surface is (its concave envelope), brought to the exact slopes at the centre.

    Args:
        surface: curves of yearly dollars over periods.
        bundle, centre, objectives, low, high: as in ``learned``.
    """
    c = bundle.shares[centre]
    n_services, n_periods = len(surface.surface.services), len(surface.years)
    curves = surface.surface.envelope
    years = np.tile(surface.years, n_services)
    levels = np.repeat(curves.dollars, n_periods, axis=0) * years[:, None] / bundle.total
    breaks = np.sort(np.concatenate([np.clip(levels, low[:, None], high[:, None]), np.stack([low, c, high], 1)], 1), 1)
    middles = (breaks[:, :-1] + breaks[:, 1:]) / 2
    rank = (middles[:, :, None] >= levels[:, None, :-1]).sum(axis=2)
    here = (c[:, None] >= levels[:, :-1]).sum(axis=1)
    before = (c[:, None] > levels[:, :-1]).sum(axis=1)
    slope = (curves.increments / curves.widths)[objectives] * bundle.total / surface.years.sum()
    slope = np.repeat(slope, n_periods, axis=1)
    columns = np.arange(len(c))
    exact = bundle.slopes[centre][objectives]
    low_side, high_side = slope[:, columns, before], slope[:, columns, here]
    moved = exact - np.clip(exact, high_side, low_side)
    return _local(bundle, centre, objectives, breaks, slope[:, columns[:, None], rank] + moved[:, :, None])


def _local(
    bundle: Bundle,
    centre: int,
    objectives: npt.NDArray[np.int_],
    breaks: Floats,
    slopes: Floats,
    most: float = np.inf,
) -> Local:
    """A model whose height at the centre is exact."""
    c = bundle.shares[centre]
    filled = np.clip(c[:, None] - breaks[:, :-1], 0, np.diff(breaks, axis=1))
    height = bundle.gains[centre][objectives] - (slopes * filled).sum(axis=(1, 2))
    below = (breaks[:, 1:] <= c[:, None]).sum(axis=1)
    return Local(objectives, breaks, slopes, height, below, most)
