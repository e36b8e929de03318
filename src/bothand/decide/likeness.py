"""Which values a simulation cannot tell apart, and which are carried by one service alone.

Source: DESIGN 7: |r| > 0.95 over random plans makes one cluster; the number of independent directions is printed; a
value whose best plan is carried above 95 % by one service is a vote for that service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from bothand.decide.surfaces import Floats, Surface, contributions, evaluate

SAME = 0.95  # MATH: correlation above which two values are shown as one cluster (DESIGN 7)
PLANS = 400  # MATH: random plans over which values are compared, as many as in the prototype
CARRIED = 0.95  # MATH: share of a value's gain above which one service carries it (DESIGN 7)


@dataclass(frozen=True)
class Likeness:
    """How alike values are over many plans.

    Attributes:
        order: names so that those alike stand side by side.
        clusters: names that move together, each value in one cluster, in that order.
        directions: number of independent directions, ``(sum of eigenvalues)^2 / sum of their squares`` of the
            correlations: 1 = all the same, V = all independent.
    """

    order: tuple[str, ...]
    clusters: tuple[tuple[str, ...], ...]
    directions: float


def random_plans(n_services: int, budget: float, n: int, seed: int) -> Floats:
    """Plans that spend the whole budget, evenly over all ways to split it, (n, I) yearly dollars."""
    shares: Floats = np.random.default_rng(seed).dirichlet(np.ones(n_services), size=n)
    return shares * budget


def over_random_plans(surface: Surface, names: Sequence[str], budget: float, seed: int) -> Likeness:
    """Cluster objectives of a surface by how they move together over random plans that spend the budget."""
    gains = evaluate(surface, random_plans(len(surface.services), budget, PLANS, seed))
    return likeness(names, gains[:, surface.indices(names)])


@dataclass(frozen=True)
class Carrier:
    """The service that gives a value most of what the value's favourite plan gains it.

    Attributes:
        service: its name.
        share: its share of the gain, 0 to 1.
    """

    service: str
    share: float

    @property
    def alone(self) -> bool:
        """True when, here, the value is a vote for this one service."""
        return self.share > CARRIED


def carrier(surface: Surface, objective: str, plan: npt.ArrayLike) -> Carrier | None:
    """Return which service carries an objective under a plan (its favourite one); None where nothing is gained.

    Share = the service's Shapley share of the gain / the sum of all shares above zero. On the curves, which add up, a
    Shapley share is what the service adds. Dollars would say less: a cheap service may carry a value for a tenth of
    the money, and a service may take money for what it does to nothing.
    """
    added = np.maximum(contributions(surface, plan)[surface.index(objective)], 0)
    whole = float(added.sum())
    if whole <= 0:
        return None
    first = int(added.argmax())
    return Carrier(surface.services[first], float(added[first]) / whole)


def likeness(names: Sequence[str], gains: npt.ArrayLike, same: float = SAME) -> Likeness:
    """Cluster values by the correlation of their gains over plans (joined when any two are more alike than ``same``).

    Args:
        names: V names, at least one.
        gains: (P, V) gains under P plans; a value that never moves is alike to nothing.
        same: |r| above which two values are one cluster.
    """
    moved = np.asarray(gains, dtype=np.float64)
    centred = moved - moved.mean(axis=0)
    size = np.sqrt((centred**2).sum(axis=0))
    unit = np.divide(centred, size, out=np.zeros_like(centred), where=size > 0)
    r = unit.T @ unit
    np.fill_diagonal(r, 1)
    spread = np.linalg.eigvalsh(r)
    directions = float(spread.sum() ** 2 / (spread**2).sum())
    order = [0]
    if len(names) > 1:
        distance = np.clip(1 - np.abs(r), 0, 1)
        np.fill_diagonal(distance, 0)
        condensed = squareform((distance + distance.T) / 2, checks=False)
        order = leaves_list(linkage(condensed, "single", optimal_ordering=True)).tolist()
    groups = _joined(np.abs(r) > same)
    clusters = {tuple(names[v] for v in order if v in group): None for v in order for group in groups if v in group}
    return Likeness(tuple(names[v] for v in order), tuple(clusters), directions)


def _joined(alike: npt.NDArray[np.bool_]) -> list[set[int]]:
    """Connected components of a symmetric table."""
    groups: list[set[int]] = []
    for v in range(len(alike)):
        mine = {v, *np.flatnonzero(alike[v]).tolist()}
        apart = [g for g in groups if not g & mine]
        groups = [*apart, mine.union(*(g for g in groups if g & mine))]
    return groups
