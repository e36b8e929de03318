"""Plans of which none is better for all, on curves: a programme for each direction of a lattice.

As ``decide.search.front``, which asks an oracle; here the question is linear, and a thousand directions take seconds ::

    maximise  min over v of  (z_v - lowest_v) / (r_v (1 - lowest_v))  +  a little * sum over v of z_v

Source: DESIGN 8 and 12; knowledge/deciding.md 2e.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bothand.decide.ideals import Ideals
from bothand.decide.programme import maximise, rows, stack
from bothand.decide.ruled.rows import affordable
from bothand.decide.search.front import AUGMENT, LEAST_PART, directions, nondominated
from bothand.decide.surfaces import Floats


@dataclass(frozen=True, eq=False)
class Front:
    """Plans of which none is better for all.

    Attributes:
        members: the M values. plans: (R, I) yearly dollars. z: (R, M) on the surface. asked: how many directions.
    """

    members: tuple[str, ...]
    plans: Floats
    z: Floats
    asked: int


def front_on(ideals: Ideals, members: Sequence[str], divisions: int) -> Front:
    """Draw the front over some values at today's budget.

    Args:
        ideals: from ``find_ideals``.
        members: M values with room, usually three.
        divisions: of the lattice: (divisions + 1)(divisions + 2) / 2 directions for three values.
    """
    surface, weights = ideals.surface, ideals.weights(members)
    own = surface.indices(members)
    lowest = ideals.spill[np.ix_(own, own)].min(axis=0)
    span = np.maximum(1 - lowest, AUGMENT)
    lattice = np.maximum(directions(len(own), divisions), LEAST_PART)
    money = affordable(surface, ideals.budget)
    goal = rows(surface, gains=AUGMENT * weights.sum(axis=0), extra=[1])
    plans = []
    for direction in lattice:
        part = 1 / (direction * span)
        reach = rows(surface, gains=part[:, None] * weights, extra=np.full((len(own), 1), -1.0), least=part * lowest)
        found = maximise(surface, goal, stack(reach, money), bounds=[(-np.inf, np.inf)])
        if found is None:
            raise RuntimeError("the solver found no plan although spending nothing is one")
        plans.append((found.plan, found.gains))
    z = np.array([gains for _, gains in plans]) @ weights.T
    best = nondominated(z)
    return Front(tuple(members), np.array([plan for plan, _ in plans])[best], z[best], len(lattice))
