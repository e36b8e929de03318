"""All exact points seen so far, and what their tangents say of every other plan.

The model of an objective from above is the lowest of its tangents::

    u_v(x) <= min over k of  u_v(x_k) + slope_vk . (x - x_k) + lift_vk

For a concave objective this is a proof: no plan can be better than its tangents allow. Where an exact value lies
*above* a tangent (a harm that levels off, a synergy), the objective is not concave there: that tangent is lifted by the
largest excess seen (``lift``), so that no point seen contradicts the model, and the objective is marked (``bent_up``).
A bound that stands on a lifted tangent agrees with all points seen but proves nothing; the local model (``curves``)
always uses the tangent of its own centre unlifted, inside a trust region, so the search still climbs.

A slope that was not asked for is nan; such a point has no tangent for that objective, and says nothing from above.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bothand.decide.search.oracle import Point
from bothand.decide.surfaces import Bools, Floats

EXCESS = 1e-8  # MATH: share of an objective's largest gain by which a value may pass a tangent through rounding


@dataclass(eq=False)
class Bundle:
    """Exact points of one problem, in shares of all money.

    Attributes:
        total: dollars that a share of 1 stands for.
        shares: (K, N) plans seen. gains: (K, V). slopes: (K, V, N) per share of all money; nan where not asked.
        lift: (K, V) how far each tangent had to be lifted.
    """

    total: float
    shares: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    gains: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    slopes: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))
    lift: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    def __len__(self) -> int:
        """How many points were seen."""
        return len(self.shares)

    @property
    def size(self) -> Floats:
        """Largest gain or loss seen of each objective, (V,); 1 where all were zero."""
        largest: Floats = np.abs(self.gains).max(axis=0)
        return np.where(largest > 0, largest, 1.0)

    @property
    def bent_up(self) -> Bools:
        """Objectives that were seen not to be concave, (V,)."""
        return np.asarray((self.lift > 0).any(axis=0))

    def find(self, plan: npt.ArrayLike) -> int | None:
        """Position of a plan that was seen, or None."""
        if not len(self):
            return None
        apart = np.abs(self.shares - np.asarray(plan, dtype=np.float64).ravel() / self.total).max(axis=1)
        k = int(apart.argmin())
        return k if apart[k] < EXCESS else None

    def add(self, plan: Floats, point: Point) -> int:
        """Add an exact point and lift the tangents that it contradicts; return its position."""
        seen = self.find(plan)
        if seen is not None:
            return seen
        x = plan.ravel() / self.total
        slopes = point.slopes.reshape(len(point.gains), -1) * self.total
        if not len(self):
            self.shares, self.gains, self.slopes = x[None], point.gains[None], slopes[None]
            self.lift = np.zeros((1, len(point.gains)))
            return 0
        above_old = point.gains - self.tangents(x)
        self.shares = np.concatenate([self.shares, x[None]])
        self.gains = np.concatenate([self.gains, point.gains[None]])
        self.slopes = np.concatenate([self.slopes, slopes[None]])
        old = self.lift + np.where(above_old > EXCESS * self.size, above_old, 0)
        self.lift = np.concatenate([old, self._lift_of(len(self) - 1)[None]])
        return len(self) - 1

    def sharpen(self, k: int, slopes: Floats) -> None:
        """Put in slopes (V, S, P) of a point that were not known when it was added; known ones are the same."""
        self.slopes[k] = slopes.reshape(len(slopes), -1) * self.total
        self.lift[k] = self._lift_of(k)

    def _lift_of(self, k: int) -> Floats:
        """How far the tangents of a point must be lifted so that no point seen lies above them, (V,)."""
        above = self.gains - (self.gains[k] + (self.shares - self.shares[k]) @ self.slopes[k].T)
        lifted: Floats = np.where(above > EXCESS * self.size, above, 0).max(axis=0)
        return lifted

    def known(self, k: int) -> Bools:
        """Objectives whose slopes at a point are known, (V,)."""
        return np.asarray(~np.isnan(self.slopes[k]).any(axis=-1))

    def nearest_slopes(self, k: int, objectives: npt.NDArray[np.int_]) -> Floats:
        """Slopes of objectives at a point, or at the nearest point where they are known, (W, N).

        Raises:
            ValueError: an objective whose slopes are known nowhere.
        """
        if self.known(k)[objectives].all():
            return np.asarray(self.slopes[k, objectives])
        order = self.near(self.shares[k], len(self))
        found = []
        for v in objectives.tolist():
            there = [self.slopes[j, v] for j in order.tolist() if not np.isnan(self.slopes[j, v]).any()]
            if not there:
                raise ValueError("no slope of an objective is known; sharpen a point first")
            found.append(there[0])
        return np.array(found)

    def constants(self) -> Floats:
        """Height of each tangent at zero dollars, lift included, (K, V)."""
        at_zero: Floats = self.gains + self.lift - np.einsum("kvn,kn->kv", self.slopes, self.shares)
        return at_zero

    def tangents(self, shares: Floats) -> Floats:
        """Height of each tangent at shares of all money (N,), lift included, (K, V)."""
        height: Floats = self.constants() + self.slopes @ shares
        return height

    def near(self, shares: Floats, count: int) -> npt.NDArray[np.int_]:
        """Positions of the points nearest to some shares of all money, nearest first."""
        apart = np.abs(self.shares - shares).sum(axis=1)
        order: npt.NDArray[np.int_] = np.argsort(apart, kind="stable")[:count]
        return order
