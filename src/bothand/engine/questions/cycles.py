"""Questions to a run in discrete time. People (n + 1, S, N, D) are those of ``engine/discrete/paths.run``."""

from __future__ import annotations

import numpy as np

from bothand.engine.arrays import Bools, Floats
from bothand.engine.discrete.paths import Chances, run, taken
from bothand.engine.discrete.rewards import counted
from bothand.world.model import Counting


def people_counted(people: Floats, inside: Bools, counting: Counting) -> Floats:
    """Return how many people in ``inside`` (N,) each cycle counts, (n, D)."""
    if counting == "weights":
        raise ValueError("people are counted at the start or the end of a cycle, or by the life table.")
    how = counted(counting, len(people) - 1)
    return np.asarray(np.einsum("kp,psnd->kd", how.points, people[:, :, inside]))


def chance_of_visit(found: Chances, start: Floats, inside: Bools, cycles: int) -> Floats:
    """Return the share of ``start`` (S, N) or (S, N, D) who have been in ``inside`` (N,) within ``cycles``, (D,)."""
    if not found.followed:
        raise ValueError("people come and go within a cycle: nobody is followed, so there is no chance of a visit.")
    people = run(Chances(tuple(stage.absorbing(inside) for stage in found.stages)), start, cycles)
    return np.asarray(people[-1][:, inside].sum(axis=(0, 1)) / start.sum(axis=(0, 1)))


def entries(found: Chances, people: Floats, inside: Bools) -> Floats:
    """Return the expected number of moves into ``inside`` (N,) from outside over the run, (D,)."""
    sums = np.zeros(people.shape[-1])
    for stage, went in taken(found, people):
        into = ~inside[stage.source] & inside[stage.target]
        sums += went[:, :, into].sum(axis=(0, 1, 2))
    return sums
