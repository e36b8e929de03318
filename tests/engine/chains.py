"""Random chains and schedules for the tests and benchmarks of the engines. No number here describes the world."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bothand.engine.arrays import Chain, Floats, Held, Schedule, Start


class Case(NamedTuple):
    chain: Chain
    schedule: Schedule
    start: Start


class Size(NamedTuple):
    living: int = 7
    dead: int = 2
    plain: int = 18
    bands: int = 3  # age bands, for each of two sexes
    origins: int = 3
    draws: int = 3
    years: int = 2
    capacities: int = 2
    coupled: int = 3
    arrivals: int = 2
    fastest: float = 30.0  # bound on the hazard of leaving


DEFAULT = Size()


def random_case(seed: int, size: Size = DEFAULT) -> Case:
    """A chain with gates, a stock, inflow, ageing and held paths, and numbers to go with it."""
    rng = np.random.default_rng(seed)
    chain = random_chain(rng, size)
    return Case(chain, random_schedule(rng, chain, size), random_start(rng, chain, size))


def random_chain(rng: np.random.Generator, size: Size) -> Chain:
    living, dead, strata = size.living, size.dead, 2 * size.bands
    everyone = living + dead
    source = rng.integers(0, living, size.plain)
    target = (source + rng.integers(1, everyone, size.plain)) % everyone
    by_source, by_target = np.arange(living), np.full(living, everyone - 1)
    holds = np.zeros((size.capacities, everyone), dtype=bool)
    gate = np.full(size.plain, -1)
    for c in range(size.capacities):
        holds[c, rng.choice(living, max(1, living // 6), replace=False)] = True
        enters = holds[c, target] & ~holds[c, source]
        gate[enters & (gate < 0) & (rng.random(size.plain) < 0.8)] = c
    coupled = np.sort(rng.choice(size.plain, min(size.coupled, size.plain), replace=False))
    held = (target >= living) | (rng.random(size.plain) < 0.1)
    band = np.tile(np.arange(size.bands), 2)
    older = np.where(band < size.bands - 1, np.arange(strata) + 1, -1)
    return Chain(
        compartments=tuple(f"c{n}" for n in range(everyone)),
        n_living=living,
        strata=tuple(f"s{s}" for s in range(strata)),
        source=np.concatenate([source, by_source]),
        target=np.concatenate([target, by_target]),
        death=np.concatenate([target, by_target]) >= living,
        n_plain=size.plain,
        gate=gate,
        coupled=coupled,
        held=held,
        capacities=tuple(f"places {c}" for c in range(size.capacities)),
        holds=holds,
        at_risk=(rng.random(everyone) < 0.5) & (np.arange(everyone) < living),
        older=older,
        arrivals=tuple(int(n) for n in rng.choice(living, size.arrivals, replace=False)),
    )


def random_schedule(rng: np.random.Generator, chain: Chain, size: Size) -> Schedule:
    years, draws, strata = size.years, size.draws, len(chain.strata)
    most_out = np.bincount(chain.source[: chain.n_plain], minlength=chain.n_all).max()
    plain = rng.random((years, chain.n_plain, draws)) ** 2 * (size.fastest - 4) / most_out
    plain[:, chain.target[: chain.n_plain] >= chain.n_living] *= 0.05
    places = rng.uniform(0.0, 60.0, (years, len(chain.capacities), draws))
    places[rng.random(places.shape) < 0.15] = np.inf
    return Schedule(
        plain=plain,
        by_stratum=rng.random((years, chain.n_by_stratum, strata, draws)) * 0.05,
        slope=-plain[:, chain.coupled] * rng.uniform(0, 0.9, (years, len(chain.coupled), draws)),
        ageing=np.where(chain.older >= 0, rng.uniform(0.05, 0.2, strata), 0.0),
        inflow=rng.random((years, len(chain.arrivals), strata, draws)) * 20,
        inflow_origin=size.origins - 1,
        places=places,
        fill=rng.uniform(1.0, 12.0, (len(chain.capacities), draws)),
        kits=rng.uniform(0, 400, (years, draws)),
        shelf_life=rng.uniform(1, 4, draws),
        most=rng.uniform(0.3, 0.95, draws),
        draw_down=rng.uniform(0.5, 3, draws),
        use_per_event=rng.uniform(0.1, 1.0, (years, draws)),
        event=rng.random((years, chain.n_all, draws)) * (np.arange(chain.n_all) < chain.n_living)[None, :, None],
    )


def random_start(rng: np.random.Generator, chain: Chain, size: Size) -> Start:
    people = rng.random((size.draws, size.origins, len(chain.strata), chain.n_all)) * 10
    people[rng.random(people.shape) < 0.3] = 0
    people[..., chain.n_living :] = 0
    return Start(people=people, stock=rng.uniform(0, 200, size.draws))


def held_by(schedule: Schedule, at_hand: Floats) -> Held:
    """What a twin takes from a run of ``schedule``."""
    return Held(plain=schedule.plain, slope=schedule.slope, by_stratum=schedule.by_stratum, at_hand=at_hand)


def generator(chain: Chain, plain: Floats, by_stratum: Floats, ageing: Floats) -> Floats:
    """The matrix G of one draw, written out entry by entry, (S N, S N)."""
    strata, n = len(chain.strata), chain.n_all
    matrix = np.zeros((strata * n, strata * n))
    for s in range(strata):
        rates = [*plain, *by_stratum[:, s]]
        moves = [(a, s, b, s, r) for a, b, r in zip(chain.source, chain.target, rates, strict=True)]
        if chain.older[s] >= 0:
            moves += [(a, s, a, chain.older[s], ageing[s]) for a in range(chain.n_living)]
        for a, from_stratum, b, to_stratum, rate in moves:
            matrix[to_stratum * n + b, from_stratum * n + a] += rate
            matrix[from_stratum * n + a, from_stratum * n + a] -= rate
    return matrix
