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

from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Floats, Ints
from bothand.engine.discrete.chances import Clock, Numbers, clock, read
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


def total(model: DiscreteModel, name: str, numbers: Numbers, found: Chances, people: Floats) -> Floats:
    """Return the total of a reward over all cycles of a run, (D,).

    Args:
        model: the compiled model; numbers: those that ``found`` was made from.
        name: the reward.
        found: the chances of n cycles.
        people: their run, (n + 1, S, N, D).

    Raises FaultsFound for an unknown reward, a missing number, or a value that is not finite.
    """
    if name not in model.rewards:
        known = list(model.rewards)
        message = f"the model has no reward '{name}'; it has: {', '.join(known) or 'none'}."
        raise FaultsFound([model.spec.fault(message, ("reward",), nearest(name, known))])
    reward = model.rewards[name]
    cycles = len(people) - 1
    now = clock(model, numbers, 1, cycles)
    values = read(model, numbers, reward.roots, now)
    how = counted(reward.spec.counting, cycles, _weights(model, reward, numbers, cycles))
    discount = _discount(model, reward, values, len(how.points), people.shape[1:])
    state = np.zeros((cycles, *people.shape[1:]))
    for n, node in enumerate(reward.state):
        if node is not None:
            state[:, :, n] = values[node]
    held = np.einsum("kp,psnd->ksnd", how.points, people)
    sums = (state[how.read_at] * model.cycle * held * discount).sum(axis=(0, 1, 2))
    if reward.moves:
        sums += _moves(model, reward, values, how, discount, moved(len(model.edges), found, people))
    if not np.isfinite(sums).all():
        raise FaultsFound([model.spec.fault("a value of this reward is not a finite number.", reward.where)])
    return np.asarray(sums)


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
    model: DiscreteModel, reward: RewardNodes, values: dict[int, Floats], how: Counted, discount: Floats, taken: Floats
) -> Floats:
    """Return what the moves add, (D,); a move is discounted as the cell it leaves."""
    arriving = np.concatenate([np.zeros_like(taken[:1]), taken])  # by the point that ends the cycle
    once = reward.spec.move_counted == "once"
    held = np.einsum("kt,tsed->ksed", how.cycles, taken) if once else np.einsum("kp,psed->ksed", how.points, arriving)
    sums = np.zeros(taken.shape[-1])
    for e, node in reward.moves.items():
        value = np.broadcast_to(values[node], taken[:, :, e].shape)[how.read_at]
        sums += (value * held[:, :, e] * discount[:, :, model.edges[e].source]).sum(axis=(0, 1))
    return sums
