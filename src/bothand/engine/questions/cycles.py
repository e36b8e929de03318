"""Questions to a run in discrete time. People (n + 1, S, N, D) are those of ``engine/discrete/chances.run``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bothand.engine.arrays import Bools, Floats
from bothand.engine.discrete.chances import Chances, run
from bothand.engine.discrete.rewards import counted
from bothand.world.model import Counting


def people_counted(people: Floats, inside: Bools, counting: Counting) -> Floats:
    """Return how many people in ``inside`` (N,) each cycle counts, (n, D)."""
    if counting == "weights":
        raise ValueError("people are counted at the start or the end of a cycle, or by the life table.")
    how = counted(counting, len(people) - 1)
    return np.asarray(np.einsum("kp,psnd->kd", how.points, people[:, :, inside]))


def chance_of_visit(found: Chances, start: Floats, inside: Bools, cycles: int) -> Floats:
    """Return the share of ``start`` (S, N) who have been in ``inside`` (N,) within ``cycles``, (D,)."""
    still = np.eye(len(inside))[inside]
    matrix = found.matrix[:cycles].copy()
    matrix[:, :, inside] = still[:, :, None]
    people = run(replace(found, matrix=matrix), start)
    return np.asarray(people[-1][:, inside].sum(axis=(0, 1)) / start.sum())


def entries(found: Chances, people: Floats, inside: Bools) -> Floats:
    """Return the expected number of moves into ``inside`` (N,) from outside over the run, (D,)."""
    cycles = len(people) - 1
    into = found.matrix[:cycles][:, :, ~inside][:, :, :, inside].sum(axis=-2)
    return np.asarray((people[:-1][:, :, ~inside] * into).sum(axis=(0, 1, 2)))
