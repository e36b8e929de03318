"""Questions to a run in discrete time. People (n + 1, S, N, D) are those of ``engine/discrete/chances.run``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bothand.engine.arrays import Bools, Floats
from bothand.engine.discrete.chances import Chances, before_each, run
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
    if any(part.add is not None for part in found.parts):
        raise ValueError("people come and go within a cycle: nobody is followed, so there is no chance of a visit.")
    still = np.eye(len(inside))[inside]
    parts = []
    for part in found.parts:
        matrix = part.matrix[:cycles].copy()
        matrix[:, :, inside] = still[:, :, None]
        parts.append(replace(part, matrix=matrix))
    people = run(Chances(tuple(parts)), start)
    return np.asarray(people[-1][:, inside].sum(axis=(0, 1)) / start.sum(axis=(0, 1)))


def entries(found: Chances, people: Floats, inside: Bools) -> Floats:
    """Return the expected number of moves into ``inside`` (N,) from outside over the run, (D,)."""
    sums = np.zeros(people.shape[-1])
    for part, now in before_each(found, people):
        into = part.matrix[: len(now)][:, :, ~inside][:, :, :, inside].sum(axis=-2)
        sums += (now[:, :, ~inside] * into).sum(axis=(0, 1, 2))
    return sums
