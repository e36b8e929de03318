"""The cohort engine in plain NumPy: slow, for reading and for checking the fast one.

A step of length dt freezes the rates and takes the second-order Taylor step of y' = G y + b::

    k1 = G y + b        k2 = G k1
    y           += dt k1 + dt^2/2 k2
    years lived += dt y + dt^2/2 k1 + dt^3/6 k2

G moves people along edges and, if they are living, into the next age band. What depends on the state (naloxone at
hand, the share let in at a gate) is worked out at the start of the step. Inside, axes are N, S, O, D.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bothand.engine.arrays import WEEKS, Bools, Chain, Floats, Held, Schedule, Start, Trajectory, hold

CROSSING_ROUNDS = 4  # MATH: more rounds of the fixed point where edges of one gate cross the bounds of another
SIXTH = 1 / 6  # MATH: third coefficient of the Taylor series of the integral
HALVINGS = 60  # MATH: halvings that bring a bracket down to the precision of a double


@dataclass(frozen=True)
class Flows:
    """Rates at one moment: everything that G and b are made of."""

    plain: Floats  # (n_plain, D)
    by_stratum: Floats  # (n_by_stratum, S, D)
    ageing: Floats  # (S,)
    inflow: Floats  # (A, S, D)
    inflow_origin: int


def simulate(
    chain: Chain,
    schedule: Schedule,
    start: Start,
    steps: int = WEEKS,
    held: Held | None = None,
) -> Trajectory:
    """Run a cohort through all years of a schedule.

    Args:
        chain: who can move where.
        schedule: rates of every year, for D draws.
        start: people and kits on the first day.
        steps: steps a year.
        held: paths that the held-death twin takes from the status quo.

    Returns:
        What the run did, axes as in ``Trajectory``.
    """
    dt = 1 / steps
    schedule = schedule if held is None else hold(chain, schedule, held)
    people, stock = start.people.T.copy(), start.stock.copy()
    lived = np.zeros((schedule.years, *people.shape))
    state, at_hand, fraction, stocks = [people.sum(axis=1).T], [], [], [stock]
    for week in range(schedule.years * steps):
        year = week // steps
        hand = share_at_hand(chain, schedule, people, stock)
        free = free_rates(chain, schedule, year, hand, None if held is None else held.at_hand[week])
        flows = Flows(free, schedule.by_stratum[year], schedule.ageing, schedule.inflow[year], schedule.inflow_origin)
        shares = shares_let_in(chain, schedule, year, flows, people.sum(axis=2), dt)
        flows = replace(flows, plain=gated(chain, free, shares))
        stock = step_stock(schedule, year, stock, hand, people, dt)
        first = move(chain, flows, people) + arrive(chain, flows, people)
        second = move(chain, flows, first)
        lived[year] += dt * people + dt**2 * (0.5 * first + SIXTH * dt * second)
        people = people + dt * first + 0.5 * dt**2 * second
        at_hand.append(hand)
        fraction.append(shares)
        if (week + 1) % steps == 0:
            state.append(people.sum(axis=1).T)
            stocks.append(stock)
    return Trajectory(
        person_years=np.array([year.T for year in lived]),
        state=np.array(state),
        final=people.T.copy(),
        at_hand=np.array(at_hand),
        fraction=np.array(fraction),
        stock=np.array(stocks),
    )


def move(chain: Chain, flows: Flows, people: Floats) -> Floats:
    """G y, people per year (N, S, O, D): flows along every edge, and ageing of the living."""
    change = np.zeros_like(people)
    for edge, (source, target) in enumerate(zip(chain.source, chain.target, strict=True)):
        if edge < chain.n_plain:
            flow = flows.plain[edge] * people[source]
        else:
            flow = flows.by_stratum[edge - chain.n_plain][:, None, :] * people[source]
        change[source] -= flow
        change[target] += flow
    for stratum, older in enumerate(chain.older):
        if older >= 0:
            flow = flows.ageing[stratum] * people[: chain.n_living, stratum]
            change[: chain.n_living, stratum] -= flow
            change[: chain.n_living, older] += flow
    return change


def exits(chain: Chain, flows: Flows) -> Floats:
    """Hazard of leaving each compartment, (N, S, D)."""
    hazard = np.zeros((chain.n_all, *flows.by_stratum.shape[1:]))
    np.add.at(hazard, chain.source[: chain.n_plain], flows.plain[:, None, :])
    np.add.at(hazard, chain.source[chain.n_plain :], flows.by_stratum)
    hazard[: chain.n_living] += np.where(chain.older >= 0, flows.ageing, 0.0)[:, None]
    return hazard


def arrive(chain: Chain, flows: Flows, people: Floats) -> Floats:
    """B, people per year who enter from outside (N, S, O, D)."""
    arriving = np.zeros_like(people)
    for entry, compartment in enumerate(chain.arrivals):
        arriving[compartment, :, flows.inflow_origin] += flows.inflow[entry]
    return arriving


def share_at_hand(chain: Chain, schedule: Schedule, people: Floats, stock: Floats) -> Floats:
    """most (1 - exp(-draw_down K / people at risk)), (D,)."""
    at_risk: Floats = people[chain.at_risk].sum(axis=(0, 1, 2))
    drawn = np.divide(schedule.draw_down * stock, at_risk, out=np.full_like(stock, np.inf), where=at_risk > 0)
    share: Floats = np.where(stock > 0, schedule.most * -np.expm1(-drawn), 0.0)
    return share


def free_rates(chain: Chain, schedule: Schedule, year: int, hand: Floats, held_hand: Floats | None) -> Floats:
    """Rates of plain edges while every place is free, (n_plain, D)."""
    rates: Floats = schedule.plain[year].copy()
    for number, edge in enumerate(chain.coupled):
        at_hand = held_hand if held_hand is not None and chain.held[edge] else hand
        rates[edge] += schedule.slope[year, number] * at_hand
    return rates


def gated(chain: Chain, free: Floats, shares: Floats) -> Floats:
    """Rates of plain edges when ``shares`` (C, D) of those who ask are let in."""
    rates = free.copy()
    for edge, gate in enumerate(chain.gate):
        if gate >= 0:
            rates[edge] *= shares[gate]
    return rates


def shares_let_in(chain: Chain, schedule: Schedule, year: int, free: Flows, people: Floats, dt: float) -> Floats:
    """Share of those who ask for a place that is let in at every gate, (C, D); ``people`` is (N, S, D).

    Where edges of one gate cross the bounds of another capacity, the shares are the fixed point of all gates.
    """
    shares = np.ones((len(chain.capacities), people.shape[-1]))
    depends = [crosses(chain, capacity) for capacity in range(len(chain.capacities))]
    for sweep in range(1 + CROSSING_ROUNDS):
        for capacity in range(len(chain.capacities)):
            if sweep == 0 or depends[capacity]:
                flows = replace(free, plain=gated(chain, free.plain, shares))
                shares[capacity] = share_let_in(chain, schedule, year, capacity, free, flows, people, dt)
    return shares


def asks(chain: Chain, capacity: int) -> Bools:
    """Edges (E,) that bring people who ask for a place from outside into it."""
    holds = chain.holds[capacity]
    gate = np.concatenate([chain.gate, np.full(chain.n_by_stratum, -1)])
    found: Bools = (gate == capacity) & ~holds[chain.source] & holds[chain.target]
    return found


def crosses(chain: Chain, capacity: int) -> bool:
    """Whether gated edges other than those that ask lead into or out of the places of a capacity."""
    holds = chain.holds[capacity][chain.source] != chain.holds[capacity][chain.target]
    return bool((holds & ~asks(chain, capacity))[: chain.n_plain][chain.gate >= 0].any())


def share_let_in(
    chain: Chain,
    schedule: Schedule,
    year: int,
    capacity: int,
    free: Flows,
    flows: Flows,
    people: Floats,
    dt: float,
) -> Floats:
    """Solve N = N0 + dt (asking (1 - (N/C)^k) + others - exits N) and return 1 - (N/C)^k within [0, 1], (D,)."""
    holds, asking_edges = chain.holds[capacity], asks(chain, capacity)
    asking, others, leaving = (np.zeros(people.shape[-1]) for _ in ("asking", "others", "leaving"))
    for edge, (source, target) in enumerate(zip(chain.source, chain.target, strict=True)):
        if holds[source] == holds[target]:
            continue
        if asking_edges[edge]:
            asking += free.plain[edge] * people[source].sum(axis=0)
            continue
        rate = flows.plain[edge] if edge < chain.n_plain else flows.by_stratum[edge - chain.n_plain]
        flow = (rate * people[source]).sum(axis=0)
        if holds[target]:
            others += flow
        else:
            leaving += flow
    for entry, compartment in enumerate(chain.arrivals):
        if holds[compartment]:
            others += flows.inflow[entry].sum(axis=0)
    before = people[holds].sum(axis=(0, 1))
    exits = np.divide(leaving, before, out=np.zeros_like(before), where=before > 0)
    places, fill = schedule.places[year, capacity], schedule.fill[capacity]
    limited = np.isfinite(places) & (places > 0)
    room = np.where(limited, places, 1.0)
    low, high = np.zeros_like(room), room
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        more = before + dt * (asking * (1 - (middle / room) ** fill) + others - exits * middle) > middle
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    share = np.where(limited, np.clip(1 - (high / room) ** fill, 0.0, 1.0), 0.0)
    return np.where(np.isinf(places), 1.0, share)


def step_stock(schedule: Schedule, year: int, stock: Floats, hand: Floats, people: Floats, dt: float) -> Floats:
    """Kits after a step, (D,): K' = kits - loss K, exact while the loss (1 / shelf life + used / K) stays."""
    events = (schedule.event[year] * people.sum(axis=(1, 2))).sum(axis=0)
    used = events * schedule.use_per_event[year] * hand
    with np.errstate(divide="ignore"):
        loss = 1 / schedule.shelf_life + np.divide(used, stock, out=np.zeros_like(stock), where=stock > 0)
    gained = np.divide(-np.expm1(-loss * dt), loss, out=np.full_like(loss, dt), where=loss > 0)
    after: Floats = stock * np.exp(-loss * dt) + schedule.kits[year] * gained
    return after
