"""A cohort run through its cycles: people take paths from where they are to where they are a cycle later.

A path is a move of the model, or staying. A cycle has one set of paths, or, where the model says so, one for each of
its stages, taken one after the other.

Axes: T cycles, S strata, N compartments, P paths, E moves, D draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from bothand.engine.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class Paths:
    """One stage of every cycle: first who comes, then every path with the share of people who take it.

    ``moves`` names the move of the model behind each of the first paths; the others stay. It is None where several
    moves fit in a cycle, so that no path is one of them.
    """

    size: int  # N
    source: Ints  # (P,)
    target: Ints  # (P,)
    share: Floats  # (T, S, P, D)
    moves: tuple[int, ...] | None
    add: Floats | None = None  # (T, S, N, D) people who come before the paths are taken; nobody is left below 0

    @cached_property
    def _arrives(self) -> csr_array:
        """Which path ends where, (N, P)."""
        paths = np.arange(len(self.target))
        return csr_array((np.ones(len(paths)), (self.target, paths)), shape=(self.size, len(paths)))

    def come(self, people: Floats, t: int | slice) -> Floats:
        """Return people (..., N, D) once those who come are there."""
        return people if self.add is None else np.maximum(people + self.add[t], 0)

    def take(self, people: Floats, t: int | slice) -> Floats:
        """Return how many of people (..., N, D) take each path, (..., P, D)."""
        return np.asarray(people[..., self.source, :] * self.share[t])

    def arrive(self, taken: Floats) -> Floats:
        """Return where people who took paths (..., P, D) are then, (..., N, D)."""
        first = np.moveaxis(taken, -2, 0)
        found = self._arrives @ first.reshape(len(first), -1)
        return np.moveaxis(found.reshape(self.size, *first.shape[1:]), 0, -2)

    @property
    def matrix(self) -> Floats:
        """The share of people who go from the first N to the second, (T, S, N, N, D)."""
        found = np.zeros((*self.share.shape[:2], self.size, self.size, self.share.shape[-1]))
        for p, (source, target) in enumerate(zip(self.source, self.target, strict=True)):
            found[:, :, source, target] += self.share[:, :, p]
        return found

    def absorbing(self, inside: Bools) -> Paths:
        """Return the paths when nobody leaves ``inside`` (N,)."""
        out = ~inside[self.source]
        held = np.flatnonzero(inside)
        ones = np.ones((*self.share.shape[:2], len(held), self.share.shape[-1]))
        return Paths(
            self.size,
            np.concatenate([self.source[out], held]),
            np.concatenate([self.target[out], held]),
            np.concatenate([self.share[:, :, out], ones], axis=2),
            None,
            self.add,
        )


@dataclass(frozen=True)
class Chances:
    """What may happen to a person in each cycle, stage after stage."""

    stages: tuple[Paths, ...]

    @property
    def followed(self) -> bool:
        """Say whether everyone is there from the start: nobody comes or goes within a cycle."""
        return all(stage.add is None for stage in self.stages)

    @property
    def matrix(self) -> Floats:
        """Where a person is a whole cycle later, (T, S, N, N, D). Raises ValueError where people come meanwhile."""
        if not self.followed:
            raise ValueError("people come and go within a cycle: no table of chances says it all.")
        found = self.stages[0].matrix
        for stage in self.stages[1:]:
            found = np.einsum("tsnkd,tskmd->tsnmd", found, stage.matrix)
        return found


def run(found: Chances, start: Floats, cycles: int | None = None) -> Floats:
    """Return people at the points 0 to T between cycles, (T + 1, S, N, D); ``cycles``: only the first so many.

    ``start`` holds the people at point 0, (S, N) or (S, N, D).
    """
    size, (there, strata, _, draws) = found.stages[0].size, found.stages[0].share.shape
    people = np.empty(((there if cycles is None else cycles) + 1, strata, size, draws))
    people[0] = start if start.ndim > 2 else start[:, :, None]
    for t in range(len(people) - 1):
        now = people[t]
        for stage in found.stages:
            now = stage.arrive(stage.take(stage.come(now, t), t))
        people[t + 1] = now
    return people


def taken(found: Chances, people: Floats) -> Iterator[tuple[Paths, Floats]]:
    """Yield every stage with how many people take each of its paths in each cycle, (T, S, P, D).

    ``people`` (T + 1, S, N, D) are those of ``run``.
    """
    now, cycles = people[:-1], slice(len(people) - 1)
    for stage in found.stages:
        went = stage.take(stage.come(now, cycles), cycles)
        yield stage, went
        now = stage.arrive(went)


def moved(size: int, found: Chances, people: Floats) -> Floats:
    """Return how many people each of ``size`` moves takes in each cycle, (T, S, E, D).

    Raises ValueError for a matrix exponential, in which several moves fit in one cycle.
    """
    sums = np.zeros((len(people) - 1, people.shape[1], size, people.shape[-1]))
    for stage, went in taken(found, people):
        if stage.moves is None:
            raise ValueError("a matrix exponential does not tell one move from another.")
        sums[:, :, list(stage.moves)] = went[:, :, : len(stage.moves)]
    return sums
