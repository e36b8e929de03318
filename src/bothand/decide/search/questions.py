"""What is asked of a search: one form for every question of this room.

Choose a plan x with gains u(x) so as to ::

    maximise   weights . u + dollars . x + min over rows r of (common_r . u - offset_r) - [priced] multiple(x)
    such that  floors . u >= least

All weights of gains are never negative, so concave gains make a concave question. A *priced* question may multiply all
money, and pays 1 for each multiple.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.decide.surfaces import Bools, Floats


@dataclass(frozen=True, eq=False)
class Question:
    """A goal and its conditions over V objectives.

    Attributes:
        weights: (V,) of gains. dollars: (S, P) per dollar, of the plan itself.
        common: (M, V) rows of which the least counts. offset: (M,).
        floors: (R, V) rows that must reach ``least`` (R,).
        priced: whether all money may be multiplied, at 1 a multiple.
        unit: what one whole of the goal is: tolerances are shares of it; 0: the goal's own size.
    """

    weights: Floats
    dollars: Floats
    common: Floats
    offset: Floats
    floors: Floats
    least: Floats
    priced: bool = False
    unit: float = 1.0

    @property
    def used(self) -> Bools:
        """Objectives that the question looks at, (V,)."""
        looked = np.vstack([self.weights[None], self.common, self.floors])
        return np.asarray((looked > 0).any(axis=0))

    def goals(self, gains: Floats, plans: Floats, multiples: Floats) -> Floats:
        """What plans with these exact gains are worth to the question, floors apart, (K,).

        Args:
            gains: (K, V) exact. plans: (K, S, P) dollars. multiples: (K,) of today's money that they need.
        """
        worth: Floats = gains @ self.weights + np.einsum("sp,ksp->k", self.dollars, plans)
        if len(self.common):
            worth = worth + (gains @ self.common.T - self.offset).min(axis=1)
        return worth - np.maximum(1.0, multiples) if self.priced else worth

    def shortfalls(self, gains: Floats) -> Floats:
        """How far the worst floor is missed under exact gains (V,) or (K, V), at least 0."""
        missed: Floats = np.max(self.least - gains @ self.floors.T, axis=-1, initial=0.0)
        return missed

    def scale(self, value: float) -> float:
        """What one whole of the goal is near a value."""
        return self.unit or abs(value) or 1.0


def ask(
    n_objectives: int,
    shape: tuple[int, int],
    weights: npt.ArrayLike = 0.0,
    dollars: npt.ArrayLike = 0.0,
    common: npt.ArrayLike | None = None,
    offset: npt.ArrayLike = 0.0,
    floors: npt.ArrayLike | None = None,
    least: npt.ArrayLike = 0.0,
    priced: bool = False,
    unit: float = 1.0,
) -> Question:
    """Build a question from the parts that are not zero.

    Raises:
        ValueError: a negative weight on a gain (such a question is not concave).
    """

    def rows(given: npt.ArrayLike | None) -> Floats:
        if given is None:
            return np.zeros((0, n_objectives))
        return np.asarray(given, dtype=np.float64).reshape(-1, n_objectives)

    together, kept = rows(common), rows(floors)
    own = np.array(np.broadcast_to(np.asarray(weights, dtype=np.float64), (n_objectives,)))
    if (own < 0).any() or (together < 0).any() or (kept < 0).any():
        raise ValueError("the weight of a gain may not be negative")
    return Question(
        weights=own,
        dollars=np.array(np.broadcast_to(np.asarray(dollars, dtype=np.float64), shape)),
        common=together,
        offset=np.array(np.broadcast_to(np.asarray(offset, dtype=np.float64), (len(together),))),
        floors=kept,
        least=np.array(np.broadcast_to(np.asarray(least, dtype=np.float64), (len(kept),))),
        priced=priced,
        unit=unit,
    )
