"""The set of weights that meets every statement: ``W = {w >= 0, sum w = 1, rows w >= least}``, by its corners.

Corners by the double description method (Motzkin et al. 1953): start with the simplex of all weights and cut it by one
row at a time; a cut keeps the corners on its side and adds one on every edge that it crosses. Flat sets need no special
care. Axis letters: n values, R rows, K corners.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from bothand.decide.surfaces import Bools, Floats

ON = 1e-9  # MATH: a corner this close to a row, whose largest coefficient is 1, lies on it
MOST_CORNERS = 20_000  # UNIT: corners beyond which a set is too many-cornered to be exact
Positions = npt.NDArray[np.intp]

BLOCK = 2_000_000  # UNIT: entries of a table that is held at a time
DIGITS = 12  # MATH: corners that agree in so many digits are one


@dataclass(frozen=True, eq=False)
class WeightSet:
    """Every weight that a stakeholder's statements leave.

    Attributes:
        values: n names.
        rows: (R, n) coefficients. least: (R,) least values of ``rows @ w``.
        corners: (K, n) corners; every weight in the set is a mean of them, and every mean of them is in the set.
        whole: for a set that was brought ``onto`` the values that a map holds, the set over all values; else None.
            Its own ``rows`` are empty then: the corners say all.
        names: of a set on a map, the name that each value of the whole set has there; None where it has none.
    """

    values: tuple[str, ...]
    rows: Floats
    least: Floats
    corners: Floats
    whole: WeightSet | None = None
    names: tuple[str | None, ...] = ()

    @property
    def ranges(self) -> Floats:
        """Least and largest weight of every value, (n, 2)."""
        return np.stack([self.corners.min(axis=0), self.corners.max(axis=0)], axis=1)

    @property
    def centre(self) -> Floats:
        """The mean of the corners, (n,): a weight well inside the set."""
        found: Floats = self.corners.mean(axis=0)
        return found

    def holds(self, weights: npt.ArrayLike) -> bool:
        """Whether weights (n,) are in the set; asked of a set over all values, by its rows."""
        w = np.asarray(weights, dtype=np.float64)
        if self.whole is not None:
            raise ValueError("ask the set over all values, not the one brought onto a map")
        inside = (w >= -ON).all() and abs(w.sum() - 1) <= ON and (self.rows @ w >= self.least - ON).all()
        return bool(inside)

    def onto(self, names: Mapping[str, str]) -> WeightSet:
        """Return the set over what a map holds of the values.

        Values that are not measured, or that no affordable plan improves, are on no map. Their weight stays theirs:
        what is left is read as shares of itself, ``w / sum of w on the map``. ``off_the_map`` says how much left.

        Args:
            names: value -> its name on the map (its indicator); values that share a name have their weights added.

        Returns:
            the WeightSet over the names on the map, in their order there.

        Raises:
            ValueError: no value of the set is on the map, none of them can have any weight, or the set was brought
                onto a map already.
        """
        if self.whole is not None:
            raise ValueError("this set was brought onto a map already")
        given = tuple(names.get(value) for value in self.values)
        kept = tuple(dict.fromkeys(name for name in names.values() if name in given))
        if not kept:
            raise ValueError("none of these values is on the map")
        corners = _shares(_added(self.corners, given, kept))
        if not len(corners):
            raise ValueError("all weight is on values that the map does not hold")
        rows = np.zeros((0, len(kept)))
        return WeightSet(kept, rows, np.zeros(0), _ends(_distinct(corners)), self, given)

    @property
    def off_the_map(self) -> tuple[float, float]:
        """Least and largest weight of the values that were left behind by ``onto``; (0, 0) for a whole set."""
        if self.whole is None:
            return (0.0, 0.0)
        left = self.whole.corners[:, [name is None for name in self.names]].sum(axis=1)
        return (float(left.min()), float(left.max()))

    def brought(self, weights: Floats) -> Floats:
        """Weights over all values, (N, n of the whole set), as shares over this set's own values, (N, n)."""
        return weights if self.whole is None else _shares(_added(weights, self.names, self.values))


def all_weights(values: Sequence[str]) -> WeightSet:
    """The set of every weight, where nothing is said."""
    return weight_set(values, np.zeros((0, len(values))), np.zeros(0))


def weight_set(values: Sequence[str], rows: npt.ArrayLike, least: npt.ArrayLike) -> WeightSet:
    """Build the set of weights that meets every row.

    Args:
        values: n names, each once.
        rows: (R, n) coefficients. least: (R,) least values of ``rows @ w``.

    Returns:
        WeightSet with its corners in an order that does not hang on the order of the rows.

    Raises:
        ValueError: no weights meet the rows, or the set has more than MOST_CORNERS corners.
    """
    n = len(values)
    matrix = np.asarray(rows, dtype=np.float64).reshape(-1, n)
    floor = np.asarray(least, dtype=np.float64).reshape(-1)
    if len(set(values)) != n or not n:
        raise ValueError(f"values must be named, each once; found {list(values)}")
    corners = _corners(matrix - floor[:, None])
    if corners is None:
        raise ValueError("no weights meet all rows")
    return WeightSet(tuple(values), matrix, floor, _distinct(corners))


def _added(weights: Floats, given: Sequence[str | None], kept: Sequence[str]) -> Floats:
    """Weights (N, n) added up by name, (N, names)."""
    shared = np.array([[name == other for other in kept] for name in given], dtype=np.float64)
    found: Floats = weights @ shared
    return found


def _shares(weights: Floats) -> Floats:
    """Weights (N, n) as shares of their sum; those without any are left out."""
    total = weights.sum(axis=1)
    some = total > ON
    found: Floats = weights[some] / total[some, None]
    return found


def _distinct(corners: Floats) -> Floats:
    """Corners, each once, in the order of their numbers."""
    _, first = np.unique(np.round(corners, DIGITS) + 0.0, axis=0, return_index=True)
    found: Floats = corners[first]
    return found


def _ends(points: Floats) -> Floats:
    """Those of distinct points (K, n), on the simplex, that are no mean of the others."""
    kept = np.ones(len(points), dtype=bool)
    for number, point in enumerate(points):
        kept[number] = False
        others = points[kept]
        found = linprog(np.zeros(len(others)), A_eq=others.T, b_eq=point, method="highs") if len(others) else None
        kept[number] = found is None or found.status != 0
    return points[kept]


def _corners(cuts: Floats) -> Floats | None:
    """Corners of the simplex cut by ``cuts @ w >= 0``, (K, n); None when nothing is left."""
    n = cuts.shape[1]
    corners, on = np.eye(n), ~np.eye(n, dtype=bool)
    for cut in cuts:
        size = np.abs(cut).max()
        if size == 0:
            continue
        height = corners @ (cut / size)
        above, below = np.flatnonzero(height > ON), np.flatnonzero(height < -ON)
        kept = np.flatnonzero(height >= -ON)
        if not len(kept):
            return None
        pairs = _edges(on, above, below, n) if len(below) else np.zeros((0, 2), dtype=np.intp)
        a, b = pairs[:, 0], pairs[:, 1]
        new = height[a, None] * corners[b] - height[b, None] * corners[a]
        new = new / new.sum(axis=1, keepdims=True)
        old_on = np.concatenate([on[kept], (np.abs(height[kept]) <= ON)[:, None]], axis=1)
        new_on = np.concatenate([on[a] & on[b], np.ones((len(pairs), 1), dtype=bool)], axis=1)
        corners, on = np.concatenate([corners[kept], new]), np.concatenate([old_on, new_on])
        if len(corners) > MOST_CORNERS:
            raise ValueError(f"the set of weights has more than {MOST_CORNERS:,} corners; say more, or of fewer values")
    return corners


def _edges(on: Bools, above: Positions, below: Positions, n: int) -> Positions:
    """Pairs of corners, one above and one below a cut, that an edge joins, (E, 2).

    Two corners are joined when no third lies on every row that both lie on; they share n - 2 rows at least.
    """
    lies = on.astype(np.float32)
    found = [np.zeros((0, 2), dtype=np.intp)]
    step = max(1, BLOCK // max(1, len(below) * on.shape[1]))
    for start in range(0, len(above), step):
        some = above[start : start + step]
        shared = (on[some][:, None, :] & on[below][None, :, :]).reshape(-1, on.shape[1])
        likely = np.flatnonzero(shared.sum(axis=1) >= n - 2)
        joined = _held_by_two(shared[likely].astype(np.float32), lies)
        chosen = likely[joined]
        found.append(np.stack([some[chosen // len(below)], below[chosen % len(below)]], axis=1))
    return np.concatenate(found)


def _held_by_two(shared: npt.NDArray[np.float32], lies: npt.NDArray[np.float32]) -> Bools:
    """Which sets of rows (S, rows) lie on exactly two corners (K, rows), (S,)."""
    counts = shared.sum(axis=1)
    found = np.zeros(len(shared), dtype=bool)
    step = max(1, BLOCK // len(lies))
    for start in range(0, len(shared), step):
        part = slice(start, start + step)
        found[part] = (shared[part] @ lies.T > counts[part, None] - 0.5).sum(axis=1) == 2
    return found
