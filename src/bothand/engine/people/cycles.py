"""Single people through a model in discrete time: the chances of the cohort engine, one person at a time.

A person is in one compartment at a time, and what each of them adds up to is known, not only the mean of all. Where a
formula reads a modifier, everyone has a value of their own for life: people then stand where draws stand in the
cohort, each with chances and rewards of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from bothand.engine.arrays import Floats, Ints
from bothand.engine.discrete.chances import Numbers, chances, distribution
from bothand.engine.discrete.paths import Chances, Paths
from bothand.engine.discrete.rewards import Worth, worth
from bothand.engine.discrete.structure import DiscreteModel
from bothand.engine.people.history import quantile
from bothand.engine.people.people import CHUNK, OWN_CAUSE, lots, quotas
from bothand.engine.people.walk import Luck, Ways, Worths, walk
from bothand.faults import FaultsFound
from bothand.world.language.graph import MODIFIER

LEAST_CHUNK = 16  # MATH: people run at a time, at least; results do not depend on it
MOST_HELD = 8_000_000  # UNIT: numbers that the chances and rewards of one chunk hold
ROUNDING = 1e-9  # MATH: the ways out of a place may miss 1 by this much


@dataclass(frozen=True)
class Walked:
    """What P people lived through."""

    totals: Mapping[str, Floats]  # reward -> (P,)
    state: Ints  # (n + 1, N) people in every compartment at every point between cycles
    modifiers: Mapping[str, Floats]  # modifier -> (P,)
    start: Ints  # (P,) compartment in which each began
    end: Ints  # (P,) compartment in which each is in the end


def walk_through(
    model: DiscreteModel,
    numbers: Numbers,
    start: Floats,
    rewards: Sequence[str],
    cycles: int,
    *,
    people: int,
    seed: int = 0,
    draw: int = 0,
    threads: int = 1,
) -> Walked:
    """Let people walk through the cycles of a model.

    Args:
        model: the compiled model.
        numbers: one draw of its numbers, without modifiers.
        start: where people begin, (S, N), in any number; people are shared out over it by even steps.
        rewards: what is added up for each of them.
        cycles: how many cycles.
        people: how many people.
        seed, draw: the key of every lot.
        threads: how many; results do not depend on it.

    Raises:
        FaultsFound: what the cohort engine refuses, at any value of a modifier.
        ValueError: people who come and go within a cycle, and ways that do not add up to 1: nobody can be followed.
    """
    if people < 1 or not start.sum() > 0:
        raise ValueError("a run needs at least one person, who begins somewhere.")
    if numbers.draws != 1:
        raise ValueError("people are followed with one draw of the numbers.")
    own = {
        name: quantile(
            modifier.distribution,
            {key: float(value[0]) for key, value in distribution(model, numbers, name).items()},
            lots(seed, draw, np.arange(people), OWN_CAUSE + m),
        )
        for m, (name, modifier) in enumerate(model.modifiers.items())
    }
    begun = quotas(start.ravel(), people, seed, draw)
    job = _Job(model, numbers, own, tuple(rewards), cycles)
    size = job.chunk()
    totals, place = np.zeros((len(rewards), people)), begun % model.n_all

    def one(first: int) -> Ints:
        part = slice(first, first + size)
        state = np.zeros((cycles + 1, model.n_all), dtype=np.int64)
        ways, worths = job.of(part)
        where, sums = place[part].copy(), np.zeros((len(rewards), len(place[part])))
        walk(ways, worths, Luck(seed, draw, first), where, begun[part] // model.n_all, sums, state)
        totals[:, part], end[part] = sums, where
        return state

    end = place.copy()
    with ThreadPoolExecutor(threads) as pool:
        states = list(pool.map(one, range(0, people, size)))
    if not np.isfinite(totals).all():
        raise FaultsFound([model.spec.fault("a value of a reward is not a finite number.", ("reward",))])
    return Walked(dict(zip(rewards, totals, strict=True)), np.sum(states, axis=0), own, place, end)


@dataclass
class _Job:
    """Chances and rewards of one chunk of people; those that no modifier changes are made once."""

    model: DiscreteModel
    numbers: Numbers
    own: Mapping[str, Floats]
    rewards: tuple[str, ...]
    cycles: int

    def __post_init__(self) -> None:
        graph, model = self.model.graph, self.model
        self.by_chance = any(graph.reads(edge.rate, MODIFIER) for edge in model.edges) or any(
            graph.reads(node, MODIFIER) for nodes in model.probabilities.values() for node in nodes
        )
        self.by_reward = any(
            graph.reads(root, MODIFIER) for name in self.rewards if name in model.rewards
            for root in model.rewards[name].roots
        )  # fmt: skip
        self.carry = [e for e in range(len(model.edges)) if any(e in r.moves for r in model.rewards.values())]
        self._ways = None if self.by_chance else self._lay_out(chances(model, self.numbers, self.cycles))
        self._worths = None if self.by_reward else self._weigh(self.numbers)

    def chunk(self) -> int:
        """Return how many people are run at a time."""
        model, strata = self.model, len(self.model.strata)
        ways = (len(model.edges) + model.n_all) * self.by_chance
        held = (model.n_all + len(self.carry)) * len(self.rewards) * self.by_reward
        each = (self.cycles + 1) * strata * (ways + held)
        return CHUNK if each == 0 else max(LEAST_CHUNK, min(CHUNK, MOST_HELD // each))

    def of(self, part: slice) -> tuple[Ways, Worths]:
        """Return the chances and rewards of some of the people."""
        numbers = replace(self.numbers, modifiers={name: values[part] for name, values in self.own.items()})
        ways = self._ways or self._lay_out(chances(self.model, numbers, self.cycles))
        return ways, self._worths or self._weigh(numbers)

    def _weigh(self, numbers: Numbers) -> Worths:
        each = [worth(self.model, name, numbers, self.cycles) for name in self.rewards]
        width = max((one.state.shape[-1] for one in each), default=1)
        strata, n = len(self.model.strata), self.model.n_all
        state = np.zeros((len(each), self.cycles + 1, strata, n, width))
        move = np.zeros((len(each), self.cycles, strata, len(self.carry), width))
        for r, one in enumerate(each):
            state[r] = one.state
            _moves(one, self.carry, move[r])
        return Worths(state, move)

    def _lay_out(self, found: Chances) -> Ways:
        if not found.followed:
            raise ValueError("people come and go within a cycle: nobody can be followed one by one.")
        orders = [np.lexsort((stage.target, stage.source)) for stage in found.stages]
        both = list(zip(found.stages, orders, strict=True))
        rows, before = [], 0
        for stage, order in both:
            rows.append(before + np.searchsorted(stage.source[order], np.arange(stage.size + 1)))
            before += len(order)
            if not (np.abs(_out_of(stage) - 1) <= ROUNDING).all():
                raise ValueError("the ways out of some place do not add up to 1: nobody can be followed one by one.")
        return Ways(
            row=np.array(rows, dtype=np.int64),
            target=np.concatenate([stage.target[order] for stage, order in both]),
            move=np.concatenate([self._carried(stage)[order] for stage, order in both]),
            share=np.concatenate([stage.share[:, :, order] for stage, order in both], axis=2),
        )

    def _carried(self, stage: Paths) -> Ints:
        """Return which of the moves that carry a reward each path of a stage is, or -1."""
        found = np.full(len(stage.target), -1, dtype=np.int64)
        for path, e in enumerate(stage.moves or ()):
            found[path] = self.carry.index(e) if e in self.carry else -1
        return found


def _out_of(stage: Paths) -> Floats:
    """Return the sum of all ways out of every compartment, (N, T, S, D)."""
    sums = np.zeros((stage.size, *stage.share.shape[:2], stage.share.shape[-1]))
    np.add.at(sums, stage.source, np.moveaxis(stage.share, 2, 0))
    return sums


def _moves(one: Worth, carry: Sequence[int], into: Floats) -> None:
    for m, e in enumerate(carry):
        if e in one.moves:
            into[:, :, m] = one.moves[e]
