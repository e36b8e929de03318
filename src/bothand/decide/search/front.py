"""Plans of which none is better for all: the front over three (or more) values, and how much of the room it covers.

For each direction r of a lattice, an augmented Chebyshev question is asked: go as far as possible from the lowest
corner into that direction, and of equals take the plan that does most for all ::

    maximise  min over v of  (z_v - lowest_v) / (r_v (1 - lowest_v))  +  a little * sum over v of z_v

with lowest_v the least z_v under any favourite. Directions follow each other so that neighbours share their points;
every exact point seen on the way may join the front. Source: knowledge/deciding.md 2e; Das and Dennis lattice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.decide.search.answers import Search, answer
from bothand.decide.search.oracle import members_of
from bothand.decide.search.questions import ask
from bothand.decide.search.solve import Favourites
from bothand.decide.surfaces import Bools, Floats

CUBE = 3  # MATH: axes of the box whose volume is measured
AUGMENT = 1e-3  # MATH: weight of the sum beside the worst
LEAST_PART = 1e-3  # MATH: no value has a smaller part in a direction


@dataclass(frozen=True, eq=False)
class Front:
    """Non-dominated plans.

    Attributes:
        members: the M values. plans: (R, S, P) dollars. gains: (R, V) exact. z: (R, M).
        asked: how many directions. calls: oracle calls.
        covered: share of the box from the lowest z of the favourites to 1 that the front dominates (M = 3, else nan).
    """

    members: tuple[str, ...]
    plans: Floats
    gains: Floats
    z: Floats
    asked: int
    calls: int
    covered: float


def directions(values: int, divisions: int) -> Floats:
    """Directions whose parts sum to 1 on a lattice, (R, values), each next to the one before."""

    def parts(left: int, places: int, back: bool) -> Iterator[tuple[int, ...]]:
        if places == 1:
            yield (left,)
            return
        for turn, first in enumerate(range(left, -1, -1) if back else range(left + 1)):
            for rest in parts(left - first, places - 1, bool(turn % 2)):
                yield (first, *rest)

    return np.array(list(parts(divisions, values, False)), dtype=np.float64) / divisions


def nondominated(points: npt.ArrayLike) -> Bools:
    """Which points no other one beats (as good in all, better in one), (R,); of equal points the first is kept."""
    found = np.asarray(points, dtype=np.float64)
    kept = np.zeros(len(found), dtype=bool)
    order = np.lexsort(tuple(-found.T[::-1]))
    front = np.empty_like(found)
    count = 0
    for k in order:
        if not (front[:count] >= found[k]).all(axis=1).any():
            kept[k] = True
            front[count] = found[k]
            count += 1
    return kept


def hypervolume(points: npt.ArrayLike, lowest: npt.ArrayLike) -> float:
    """Volume above ``lowest`` (3,) that points (R, 3) dominate: slabs from the top of the third axis down.

    Raises:
        ValueError: points that do not have three coordinates.
    """
    found = np.asarray(points, dtype=np.float64) - np.asarray(lowest, dtype=np.float64)
    if found.ndim != 2 or found.shape[1] != CUBE:
        raise ValueError(f"three coordinates a point are needed; found shape {found.shape}")
    found = found[(found > 0).all(axis=1)]
    if not len(found):
        return 0.0
    found = found[np.argsort(-found[:, 2], kind="stable")]
    bottoms = np.append(found[1:, 2], 0.0)
    volume, stairs = 0.0, np.zeros((0, 2))
    for k, bottom in enumerate(bottoms):
        stairs = _climb(stairs, found[k, :2])
        lower = np.append(0.0, stairs[:-1, 0])
        volume += float(((stairs[:, 0] - lower) * stairs[:, 1]).sum()) * (found[k, 2] - bottom)
    return volume


def _climb(stairs: Floats, step: Floats) -> Floats:
    """A staircase (first axis rising, second falling) with one more point."""
    if ((stairs >= step).all(axis=1)).any():
        return stairs
    kept = stairs[~(stairs <= step).all(axis=1)]
    at = int(np.searchsorted(kept[:, 0], step[0]))
    return np.insert(kept, at, step, axis=0)


def front(search: Search, found: Favourites, members: Sequence[str], divisions: int, calls: int | None = None) -> Front:
    """Draw the front over some values.

    Args:
        search: oracle and space; give it a small ``finest`` where the oracle is cheap and time matters.
        found: favourites. members: M values with room, usually three.
        divisions: of the lattice: (divisions + 1)(divisions + 2) / 2 directions for three values.
        calls: oracle calls for each direction; the search's own number if None.
    """
    before = search.oracle.calls
    weights = found.weights(members)
    own = members_of(found.names, members)
    lowest = found.spill[np.ix_(own, own)].min(axis=0)
    span = np.maximum(1 - lowest, AUGMENT)
    lattice = np.maximum(directions(len(own), divisions), LEAST_PART)
    for direction in lattice:
        scaled = 1 / (direction * span)
        question = ask(
            len(found.names),
            search.space.shape,
            weights=AUGMENT * weights.sum(axis=0),
            common=scaled[:, None] * weights,
            offset=scaled * lowest,
        )
        answer(search, question, calls, bounded=False)
    allowed = search.allowed(ask(len(found.names), search.space.shape))
    z = search.bundle.gains[allowed] @ weights.T
    best = nondominated(z)
    covered = hypervolume((z[best] - lowest) / span, np.zeros(len(own))) if len(own) == CUBE else float("nan")
    plans = search.bundle.shares[allowed[best]].reshape(-1, *search.space.shape) * search.space.total
    gains = search.bundle.gains[allowed[best]]
    return Front(tuple(members), plans, gains, z[best], len(lattice), search.oracle.calls - before, covered)
