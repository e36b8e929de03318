"""What a run adds up to: rewards of states and of moves, counted and discounted by the conventions of the reward.

With n cycles there are n + 1 points, 0 to n. ``counting`` says which people each counted thing holds::

    start        cycle k holds the people of point k - 1
    end          cycle k holds the people of point k
    life-table   cycle k holds the mean of both
    weights      point k holds the people of point k, times w_k; read with the values of cycle max(k, 1)

The j-th counted thing (j from 0) is worth (1 + rate)^-(j c), c being the cycle in years, when the origin is "start",
and (1 + rate)^-((j + 1) c) when it is "end". A move arrives at the point that ends its cycle: counted "with-state" it
is part of what is counted there; "once", it is counted with the cycle (under ``weights``: the point) itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Floats, Ints
from bothand.engine.discrete.chances import Clock, Numbers, alone, clock, read
from bothand.engine.discrete.paths import Chances, moved
from bothand.engine.discrete.structure import DiscreteModel, RewardNodes
from bothand.faults import FaultsFound, nearest
from bothand.world.model import Counting


@dataclass(frozen=True)
class Counted:
    """How points and cycles are counted, K counted things."""

    points: Floats  # (K, n + 1): how much of each point a counted thing holds
    cycles: Floats  # (K, n): which cycle's moves it holds, when moves count once
    read_at: Ints  # (K,): the cycle (from 0) whose values it is read with


def counted(counting: Counting, cycles: int, weights: Floats | None = None) -> Counted:
    """Return the counting of ``cycles`` cycles; ``weights`` (n + 1,) for counting = "weights"."""
    if cycles < 1:
        raise ValueError("at least one cycle must be counted.")
    each, none = np.eye(cycles), np.zeros((cycles, 1))
    before, after = np.hstack([each, none]), np.hstack([none, each])
    if counting == "weights":
        if weights is None or weights.shape != (cycles + 1,):
            raise ValueError("one weight is needed for every point.")
        read_at = np.maximum(np.arange(cycles + 1) - 1, 0)
        return Counted(np.diag(weights), np.vstack([none.T, each]), read_at)
    points = {"start": before, "end": after, "life-table": (before + after) / 2}[counting]
    return Counted(points, each, np.arange(cycles))


@dataclass(frozen=True)
class Worth:
    """What being somewhere, and moving, adds to a reward; counting, weights and discounting are in it."""

    state: Floats  # (n + 1, S, N, D): being in a compartment at a point
    moves: Mapping[int, Floats]  # edge -> (n, S, D): taking it in a cycle


def total(model: DiscreteModel, name: str, numbers: Numbers, found: Chances, people: Floats) -> Floats:
    """Return the total of a reward over all cycles of a run, (D,).

    Args:
        model: the compiled model; numbers: those that ``found`` was made from.
        name: the reward.
        found: the chances of n cycles.
        people: their run, (n + 1, S, N, D).

    Raises FaultsFound as ``worth``, and for a total that is not finite.
    """
    each = worth(model, name, numbers, len(people) - 1)
    sums = (each.state * people).sum(axis=(0, 1, 2))
    if each.moves:
        taken = moved(len(model.edges), found, people)
        for e, value in each.moves.items():
            sums = sums + (value * taken[:, :, e]).sum(axis=(0, 1))
    if not np.isfinite(sums).all():
        raise FaultsFound(
            [model.spec.fault("a value of this reward is not a finite number.", model.rewards[name].where)]
        )
    return np.asarray(sums)


def worth(model: DiscreteModel, name: str, numbers: Numbers, cycles: int) -> Worth:
    """Return what everything that may happen in ``cycles`` cycles adds to a reward.

    Raises FaultsFound for an unknown reward, a missing number, and a modifier whose mean does not stand for it.
    """
    if name not in model.rewards:
        known = list(model.rewards)
        message = f"the model has no reward '{name}'; it has: {', '.join(known) or 'none'}."
        raise FaultsFound([model.spec.fault(message, ("reward",), nearest(name, known))])
    reward = model.rewards[name]
    alone(model, numbers, ((root, reward.where) for root in reward.roots), 1)
    values = read(model, numbers, reward.roots, clock(model, numbers, 1, cycles))
    how = counted(reward.spec.counting, cycles, _weights(model, reward, numbers, cycles))
    shape = (len(model.strata), model.n_all, max((value.shape[-1] for value in values.values()), default=1))
    discount = _discount(model, reward, values, len(how.points), shape)
    state = np.zeros((cycles, *shape))
    for n, node in enumerate(reward.state):
        if node is not None:
            state[:, :, n] = values[node]
    each = state[how.read_at] * model.cycle * discount
    held = np.zeros((cycles + 1, *shape))
    for k, p in zip(*np.nonzero(how.points), strict=True):
        held[p] += how.points[k, p] * each[k]
    return Worth(held, _moves(model, reward, values, how, discount))


def _weights(model: DiscreteModel, reward: RewardNodes, numbers: Numbers, cycles: int) -> Floats | None:
    """Return the weights of points 0 to n, one for all strata and draws."""
    if reward.weights is None:
        return None
    points = Clock(np.arange(cycles + 1, dtype=np.float64))
    found = read(model, numbers, [reward.weights], points)[reward.weights]
    if found.shape[1:] != (1, 1) and np.ptp(found, axis=(1, 2)).any():
        raise FaultsFound([model.spec.fault("weights must be the same in every stratum and draw.", reward.where)])
    return np.array(np.broadcast_to(found[:, 0, 0], (cycles + 1,)))


def _discount(
    model: DiscreteModel, reward: RewardNodes, values: dict[int, Floats], size: int, shape: tuple[int, ...]
) -> Floats:  # fmt: skip
    """Return what each counted thing is worth in each cell, (K, S, N, D)."""
    found = np.ones((size, *shape))
    late = 1 if reward.spec.discount is not None and reward.spec.discount.origin == "end" else 0
    years = (np.arange(size) + late)[:, None, None] * model.cycle
    for n, node in enumerate(reward.discount):
        if node is not None:
            found[:, :, n] = (1 + values[node]) ** -years
    return found


def _moves(
    model: DiscreteModel, reward: RewardNodes, values: dict[int, Floats], how: Counted, discount: Floats
) -> dict[int, Floats]:
    """Return what each move adds in each cycle, (n, S, D); a move is discounted as the cell it leaves."""
    cycles = how.cycles.shape[1]
    once = reward.spec.move_counted == "once"
    held = how.cycles if once else how.points[:, 1:]  # by the point that ends the cycle
    found = {}
    for e, node in reward.moves.items():
        away = discount[:, :, model.edges[e].source]
        value = np.broadcast_to(values[node], (cycles, *away.shape[1:]))[how.read_at]
        found[e] = np.einsum("kt,ksd->tsd", held, value * away)
    return found
