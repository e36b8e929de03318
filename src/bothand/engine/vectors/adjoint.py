"""The cohort's step swept backward: what a number that rests on a run owes to every rate of that run.

For a step y' = y + dt k1 + dt^2/2 k2 with k1 = G y + b and k2 = G k1, whose years lived weigh L, a value v' of what
comes after the step is worth, at its beginning::

    v2 = dt^2/2 v' + dt^3/6 L        v1 = dt v' + dt^2/2 L + G^T v2        v = v' + dt L + G^T v1

and a rate from a to b owes (v2[b] - v2[a]) k1[a] + (v1[b] - v1[a]) y[a]. Queues, kits and what is at hand follow by
differentiating the equations they solve. Only a year is ever remembered: its weeks are run again from its first day,
with what the run recorded of queues and kits, and then swept.

People stand in columns. The first holds everybody, and alone feels queues and kits. Every other holds people of each
group of day one in some proportion and is only carried along: a number that counts groups unlike each other owes its
own value to those columns, and to the first what groups owe each other by queues and kits.

Lanes are those of ``kernel.py``, of which this file uses no line on purpose: what is compiled calls its own file only.
It is long because it is one sweep, and what its parts read and write stands beside them.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from bothand.engine.arrays import Floats, Ints
from bothand.engine.vectors.lanes import (
    LANES,
    add_scaled,
    bare,
    bare_entry,
    clear,
    dot,
    fetch,
    fill,
    leave,
    load,
    multiply_add,
    pick,
    put,
    raise_first,
    read_lanes,
    scaled,
    store,
)

SIXTH = 1 / 6  # MATH: third coefficient of the Taylor series of the integral
THIRD = 1 / 3  # MATH: second coefficient of the series of (1 - exp(-x) (1 + x)) / x^2
SMALL = 1e-4  # MATH: x below which that series is used, because the formula loses digits there
NO_KITS = 1e-250  # MATH: so few kits are none: what is divided by them would overflow
BUFFERS = 2  # UNIT: strata whose derivatives are in use at a time
FLOWS = 5  # UNIT: what a share let in depends on: people asking, entering otherwise, leaving, already there; places
CROSSING_ROUNDS = 4  # MATH: more rounds of the fixed point where edges of one gate cross the bounds of another


class Paths(NamedTuple):
    """Who can move where, both ways. Edges are positions in the order of their targets, unless said otherwise.

    *Told* edges are those whose rates are asked about, by the compartments that they leave; a *moving* edge, one with
    a gate or a coupling, is always told.
    """

    living: int
    order: Ints  # (S,) a stratum comes right after the one that ages into it
    older: Ints  # (S,) or -1
    younger: Ints  # (S,) or -1
    row: Ints  # (N + 1,) first plain edge into each compartment
    source: Ints  # (n_plain,)
    edge: Ints  # (n_plain,) number in the chain
    by_row: Ints  # (N + 1,)
    by_source: Ints  # (n_by_stratum,)
    by_edge: Ints  # (n_by_stratum,) number in the by-stratum block
    out_row: Ints  # (N + 1,) and so on: plain edges out of each compartment that are not told
    out: Ints
    out_target: Ints
    told_row: Ints
    told: Ints
    told_target: Ints
    by_out_row: Ints
    by_out: Ints
    by_out_target: Ints
    by_told_row: Ints
    by_told: Ints
    by_told_target: Ints
    told_of: Ints  # (n_plain,) place among the told, or -1
    by_told_of: Ints  # (n_by_stratum,)
    moving: Ints  # (M,) places among the told
    moving_of: Ints  # (n_plain,) place among the moving, or -1
    moved: Ints  # compartments that a moving edge leaves
    gate: Ints  # (M,) capacity or -1
    coupled: Ints  # (J,) places among the moving
    coupled_held: Ints  # (J,) 1 where the twin holds the edge
    asks_row: Ints  # (C + 1,) and so on: edges gated by c from outside its places into them
    asks: Ints
    enters_row: Ints  # other plain edges into its places
    enters: Ints
    exits_row: Ints
    exits: Ints
    by_enters_row: Ints
    by_enters: Ints
    by_exits_row: Ints
    by_exits: Ints
    holds_row: Ints
    holds: Ints  # compartments
    at_risk: Ints  # compartments
    crossed: Ints  # capacities whose entries or exits depend on the share let in at some gate
    arrivals: Ints  # (A,) compartments
    arrival_held: Ints  # (C, A) 1 where an arrival takes a place


class Run(NamedTuple):
    """The rates of a run (held paths in their place) and what it recorded, axes as in Schedule and Trajectory."""

    plain: Floats
    by_stratum: Floats
    slope: Floats
    ageing: Floats
    inflow: Floats
    places: Floats
    fill: Floats
    kits: Floats
    shelf_life: Floats
    most: Floats
    draw_down: Floats
    use_per_event: Floats
    event: Floats
    held_at_hand: Floats
    at_hand: Floats
    fraction: Floats
    stock: Floats
    people: Floats  # (Y, D, O, S, N) on the first day of each year, by column
    entry: Floats  # (O, D) how much of the inflow each column gets


class Weights(NamedTuple):
    """What one more of each recorded thing adds to the number, axes as in Trajectory, by column."""

    person_years: Floats
    state: Floats
    final: Floats
    at_hand: Floats
    fraction: Floats
    stock: Floats


class Owed(NamedTuple):
    """What one more of each rate adds to the number, axes as in Schedule, told edges only; people and kits at last."""

    plain: Floats  # (Y, told, D)
    by_stratum: Floats  # (Y, told, S, D)
    slope: Floats
    inflow: Floats
    places: Floats
    kits: Floats
    use_per_event: Floats
    event: Floats
    people: Floats  # (D, O, S, N) on day one, by column
    stock: Floats  # (D,)


class Space(NamedTuple):
    """What one block of lanes works in: flat, aligned to a vector, indexed in vectors."""

    people: Floats  # [steps][S][N][O] at the start of each step of a year
    total: Floats  # [steps][N] everybody, summed over strata
    inflow: Floats  # [A][S]
    entry: Floats  # [O] share of the inflow in each column
    stock: Floats  # [steps + 1]
    rate: Floats  # [n_plain] of this step
    base: Floats  # [M] rate of moving edges without coupling and gate
    free: Floats  # [M] with free places
    slope: Floats  # [J]
    by_stratum: Floats  # [S][n_by_stratum]
    steady_exit: Floats  # [N] hazard of leaving by edges that do not move
    exit: Floats  # [N] hazard of leaving by plain edges
    by_exit: Floats  # [S][N] hazard of leaving by by-stratum edges and ageing
    event: Floats  # [N]
    hand: Floats  # [2] at hand: own, held
    share: Floats  # [C] let in
    speed: Floats  # [BUFFERS][N][O] first derivative k1
    value: Floats  # [S][N][O] v
    lived: Floats  # [S or 1][N][O] L
    first: Floats  # [BUFFERS][N][O] v1
    second: Floats  # [BUFFERS][N][O] v2
    by_total: Floats  # [S][N] everybody
    feed: Floats  # [N] what one more person there is worth by queues and kits, whoever it is
    by_feed: Floats  # [S][N]
    told: Floats  # [told] owed to the rate as it acts: this year; of a moving edge, this step
    by_told: Floats  # [S][by told]
    owed_base: Floats  # [M] owed to the rate of a moving edge this year
    owed_free: Floats  # [M] owed to its rate with free places in this step
    owed_slope: Floats  # [J]
    owed_inflow: Floats  # [A][S]
    owed_places: Floats  # [C]
    owed_kits: Floats  # [2] kits, use per event
    owed_event: Floats  # [N]
    owed_stock: Floats  # [1]
    owed_hand: Floats  # [1]
    owed_share: Floats  # [C]
    slopes: Floats  # [C][FLOWS] of the share let in
    owed_flow: Floats  # [C][FLOWS]
    worth: Floats  # [3] of one more event, of one more person at risk; a place to work


# --- a year once more, from its first day --------------------------------------------------------------------------


@bare
def begin_year(paths: Paths, run: Run, space: Space, year: int, first: int) -> None:
    """Bring the rates of a year, and the people of its first day, into the lanes."""
    _, _, origins, strata, compartments = run.people.shape
    edges = len(paths.by_source)
    clear(space.steady_exit)
    for k in range(len(paths.source)):
        read_lanes(space.rate, k, run.plain[year, paths.edge[k]], first)
        m = paths.moving_of[k]
        if m >= 0:
            store(space.base, m, load(space.rate, k))
        else:
            leave(space.steady_exit, paths.source[k], space.rate, k)
    for n in range(compartments):
        store(space.exit, n, load(space.steady_exit, n))
        read_lanes(space.event, n, run.event[year, n], first)
    for j in range(len(paths.coupled)):
        read_lanes(space.slope, j, run.slope[year, j], first)
    for s in range(strata):
        for n in range(compartments):
            ages = paths.older[s] >= 0 and n < paths.living
            store(space.by_exit, s * compartments + n, fill(run.ageing[s] if ages else 0.0))
            for o in range(origins):
                read_lanes(space.people, (s * compartments + n) * origins + o, run.people[year, :, o, s, n], first)
        for k in range(edges):
            read_lanes(space.by_stratum, s * edges + k, run.by_stratum[year, paths.by_edge[k], s], first)
            leave(space.by_exit, s * compartments + paths.by_source[k], space.by_stratum, s * edges + k)
    read_lanes(space.stock, 0, run.stock[year], first)
    clear(space.total)
    for s in range(strata):
        for n in range(compartments):
            for lane in range(LANES):
                space.total[n * LANES + lane] += space.people[(s * compartments + n) * origins * LANES + lane]
    for a in range(len(paths.arrivals)):
        for s in range(strata):
            read_lanes(space.inflow, a * strata + s, run.inflow[year, a, s], first)
    for o in range(origins):
        read_lanes(space.entry, o, run.entry[o], first)


@bare
def set_rates(paths: Paths, run: Run, space: Space, week: int, first: int) -> None:
    """Set every rate that changes within the year, from what the run recorded of queues and kits."""
    for lane in range(LANES):
        draw = min(first + lane, run.stock.shape[1] - 1)
        space.hand[lane] = run.at_hand[week, draw]
        space.hand[LANES + lane] = run.held_at_hand[week, draw]
        for c in range(run.places.shape[1]):
            space.share[c * LANES + lane] = run.fraction[week, c, draw]
    for m in range(len(paths.moving)):
        store(space.free, m, load(space.base, m))
    for j in range(len(paths.coupled)):
        m = paths.coupled[j]
        hand = load(space.hand, paths.coupled_held[j])
        store(space.free, m, multiply_add(load(space.slope, j), hand, load(space.base, m)))
    for n in paths.moved:
        store(space.exit, n, load(space.steady_exit, n))
    for m in range(len(paths.moving)):
        k, free = paths.told[paths.moving[m]], load(space.free, m)
        if paths.gate[m] >= 0:
            free = multiply_add(free, load(space.share, paths.gate[m]), fill(0.0))
        store(space.rate, k, free)
        leave(space.exit, paths.source[k], space.rate, k)


@bare
def gather(paths: Paths, space: Space, people: Floats, at: Any, origins: Any) -> Any:
    """G y of one compartment; ``at`` = (n, s, offset): where the stratum begins in ``people``, in compartments."""
    n, s, offset = at
    count, compartments, edges = len(origins), len(paths.row) - 1, len(paths.by_source)
    minus = fill(-1.0)
    staying = multiply_add(minus, load(space.by_exit, s * compartments + n), fill(0.0))
    staying = multiply_add(minus, load(space.exit, n), staying)
    change = scaled(staying, fetch(people, (offset + n) * count, origins))
    for k in range(pick(paths.row, n), pick(paths.row, n + 1)):
        source = offset + pick(paths.source, k)
        change = add_scaled(change, load(space.rate, k), fetch(people, source * count, origins))
    for k in range(pick(paths.by_row, n), pick(paths.by_row, n + 1)):
        source = offset + pick(paths.by_source, k)
        change = add_scaled(change, load(space.by_stratum, s * edges + k), fetch(people, source * count, origins))
    return change


@bare
def set_speed(paths: Paths, run: Run, space: Space, step: int, i: int, origins: Any) -> None:
    """First derivative of stratum number ``i`` in the order at the start of a step."""
    s = paths.order[i]
    count, compartments, strata = len(origins), len(paths.row) - 1, len(paths.order)
    mine, offset, younger = i % BUFFERS * compartments, (step * strata + s) * compartments, paths.younger[s]
    grows = younger >= 0
    ageing = fill(run.ageing[younger] if grows else 0.0)
    for n in range(compartments):
        change = gather(paths, space, space.people, (n, s, offset), origins)
        if grows and n < paths.living:
            place = (step * strata + younger) * compartments + n
            change = add_scaled(change, ageing, fetch(space.people, place * count, origins))
        put(space.speed, (mine + n) * count, change)
    for a in range(len(paths.arrivals)):
        for o in range(count):
            place = (mine + paths.arrivals[a]) * count + o
            arriving = multiply_add(load(space.entry, o), load(space.inflow, a * strata + s), load(space.speed, place))
            store(space.speed, place, arriving)


@bare
def move_on(paths: Paths, run: Run, space: Space, step: int, i: int, dt: float, origins: Any) -> None:
    """Write the people of stratum number ``i`` in the order at the end of a step."""
    s = paths.order[i]
    count, compartments, strata = len(origins), len(paths.row) - 1, len(paths.order)
    mine, before = i % BUFFERS * compartments, (i + 1) % BUFFERS * compartments
    offset, grows = (step * strata + s) * compartments, paths.younger[s] >= 0
    ageing = fill(run.ageing[paths.younger[s]] if grows else 0.0)
    one, all_dt, half = fill(1.0), fill(dt), fill(0.5 * dt * dt)
    for n in range(compartments):
        bend = gather(paths, space, space.speed, (n, s, mine), origins)
        if grows and n < paths.living:
            bend = add_scaled(bend, ageing, fetch(space.speed, (before + n) * count, origins))
        people = add_scaled(
            fetch(space.people, (offset + n) * count, origins), all_dt, fetch(space.speed, (mine + n) * count, origins)
        )
        people = add_scaled(people, half, bend)
        put(space.people, (offset + strata * compartments + n) * count, people)
        place = (step + 1) * compartments + n
        store(space.total, place, multiply_add(one, people[0], load(space.total, place)))


@bare
def run_step(paths: Paths, run: Run, space: Space, step: int, dt: float, origins: Any) -> None:
    """Take everybody over a step."""
    for i in range(len(paths.order)):
        set_speed(paths, run, space, step, i, origins)
        move_on(paths, run, space, step, i, dt, origins)


@bare
def stock_loss(run: Run, space: Space, at: Any, step: int, lane: int) -> Any:
    """Return (overdoses a year, share of the kits lost a year) at the start of a step; ``at`` = (year, draw)."""
    year, draw = at
    compartments, events = len(space.event) // LANES, 0.0
    for n in range(compartments):
        events += space.event[n * LANES + lane] * space.total[(step * compartments + n) * LANES + lane]
    kits, loss = space.stock[step * LANES + lane], 1 / run.shelf_life[draw]
    if kits > 0:
        loss += events * run.use_per_event[year, draw] * space.hand[lane] / kits
    return events, loss


@bare
def use_stock(run: Run, space: Space, year: int, step: int, first: int, dt: float) -> None:
    """Step the kits."""
    for lane in range(LANES):
        draw = min(first + lane, run.stock.shape[1] - 1)
        _, loss = stock_loss(run, space, (year, draw), step, lane)
        gained = -math.expm1(-loss * dt) / loss if loss > 0 else dt
        kits = space.stock[step * LANES + lane]
        space.stock[(step + 1) * LANES + lane] = kits * math.exp(-loss * dt) + run.kits[year, draw] * gained


# --- the sweep back ------------------------------------------------------------------------------------------------


@bare
def gather_back(paths: Paths, space: Space, value: Floats, people: Floats, at: Any, origins: Any) -> Any:
    """G^T v of one compartment; told edges out of it get what they are owed for ``people``.

    ``at`` = (n, s, where the stratum begins in ``value``, and in ``people``, in compartments).
    """
    n, s, offset, place = at
    count, compartments, edges = len(origins), len(paths.row) - 1, len(paths.by_source)
    one, minus = fill(1.0), fill(-1.0)
    here = fetch(value, (offset + n) * count, origins)
    who = fetch(people, (place + n) * count, origins)
    staying = multiply_add(minus, load(space.by_exit, s * compartments + n), fill(0.0))
    staying = multiply_add(minus, load(space.exit, n), staying)
    change = scaled(staying, here)
    less = multiply_add(minus, dot(fill(0.0), here, who), fill(0.0))
    for i in range(pick(paths.out_row, n), pick(paths.out_row, n + 1)):
        there = fetch(value, (offset + pick(paths.out_target, i)) * count, origins)
        change = add_scaled(change, load(space.rate, pick(paths.out, i)), there)
    for i in range(pick(paths.told_row, n), pick(paths.told_row, n + 1)):
        there = fetch(value, (offset + pick(paths.told_target, i)) * count, origins)
        change = add_scaled(change, load(space.rate, pick(paths.told, i)), there)
        store(space.told, i, multiply_add(one, dot(less, there, who), load(space.told, i)))
    for i in range(pick(paths.by_out_row, n), pick(paths.by_out_row, n + 1)):
        there = fetch(value, (offset + pick(paths.by_out_target, i)) * count, origins)
        change = add_scaled(change, load(space.by_stratum, s * edges + pick(paths.by_out, i)), there)
    for i in range(pick(paths.by_told_row, n), pick(paths.by_told_row, n + 1)):
        there = fetch(value, (offset + pick(paths.by_told_target, i)) * count, origins)
        change = add_scaled(change, load(space.by_stratum, s * edges + pick(paths.by_told, i)), there)
        mine = s * len(paths.by_told) + i
        store(space.by_told, mine, multiply_add(one, dot(less, there, who), load(space.by_told, mine)))
    return change


@bare
def sweep(paths: Paths, run: Run, space: Space, step: int, i: int, dt: float, origins: Any) -> None:
    """Take the value of stratum number ``i`` in the order back over a step; the older strata come first."""
    s = paths.order[i]
    count, compartments, strata = len(origins), len(paths.row) - 1, len(paths.order)
    mine, above = i % BUFFERS * compartments, (i + 1) % BUFFERS * compartments
    offset, place, ages = s * compartments, (step * strata + s) * compartments, paths.older[s] >= 0
    kept = offset if len(space.lived) == len(space.value) else 0
    ageing = fill(run.ageing[s] if ages else 0.0)
    one, all_dt, half, sixth = fill(1.0), fill(dt), fill(0.5 * dt * dt), fill(SIXTH * dt * dt * dt)
    for n in range(compartments):
        more = multiply_add(one, load(space.feed, n), load(space.by_feed, offset + n))
        after = raise_first(fetch(space.value, (offset + n) * count, origins), more)
        put(space.value, (offset + n) * count, after)
        second = add_scaled(scaled(half, after), sixth, fetch(space.lived, (kept + n) * count, origins))
        put(space.second, (mine + n) * count, second)
    for n in range(compartments):
        change = gather_back(paths, space, space.second, space.speed, (n, s, mine, mine), origins)
        if ages and n < paths.living:
            change = add_scaled(change, ageing, fetch(space.second, (above + n) * count, origins))
        change = add_scaled(change, all_dt, fetch(space.value, (offset + n) * count, origins))
        put(space.first, (mine + n) * count, add_scaled(change, half, fetch(space.lived, (kept + n) * count, origins)))
    for n in range(compartments):
        change = gather_back(paths, space, space.first, space.people, (n, s, mine, place), origins)
        if ages and n < paths.living:
            change = add_scaled(change, ageing, fetch(space.first, (above + n) * count, origins))
        change = add_scaled(change, all_dt, fetch(space.lived, (kept + n) * count, origins))
        after = fetch(space.value, (offset + n) * count, origins)
        put(space.value, (offset + n) * count, add_scaled(after, one, change))
        store(space.by_total, offset + n, load(space.people, (place + n) * count))
    for a in range(len(paths.arrivals)):
        worth = load(space.owed_inflow, a * strata + s)
        for o in range(count):
            place = (mine + paths.arrivals[a]) * count + o
            worth = multiply_add(load(space.entry, o), load(space.first, place), worth)
        store(space.owed_inflow, a * strata + s, worth)


@bare
def sweep_step(paths: Paths, run: Run, space: Space, step: int, dt: float, origins: Any) -> None:
    """Take the value of everybody back over a step, the oldest first."""
    for later in range(len(paths.order)):
        i = len(paths.order) - 1 - later
        set_speed(paths, run, space, step, i, origins)
        sweep(paths, run, space, step, i, dt, origins)


# --- queues and kits -----------------------------------------------------------------------------------------------


@bare
def add_to(into: Floats, index: int, a: Any, b: Any) -> None:
    """Add a * b to one vector of a flat array."""
    store(into, index, multiply_add(a, b, load(into, index)))


@bare
def set_slopes(paths: Paths, run: Run, space: Space, step: int, at: Any, dt: float) -> None:
    """Set how the share let in at every gate changes with what it depends on; ``at`` = (year, first draw).

    N = before + asking (1 - (N/C)^k) + others - (1 + leaving / before) N, all flows times dt, is differentiated as it
    stands. At a bound (nobody or everybody is let in) nothing changes.
    """
    year, first = at
    compartments, strata, edges = len(paths.row) - 1, len(paths.order), len(paths.by_source)
    here = step * compartments
    clear(space.slopes)
    for c in range(run.places.shape[1]):
        asking, leaving, before = fill(0.0), fill(0.0), fill(0.0)
        for i in range(paths.asks_row[c], paths.asks_row[c + 1]):
            m = paths.moving_of[paths.asks[i]]
            asking = multiply_add(load(space.free, m), load(space.total, here + paths.source[paths.asks[i]]), asking)
        for i in range(paths.exits_row[c], paths.exits_row[c + 1]):
            k = paths.exits[i]
            leaving = multiply_add(load(space.rate, k), load(space.total, here + paths.source[k]), leaving)
        for i in range(paths.by_exits_row[c], paths.by_exits_row[c + 1]):
            k = paths.by_exits[i]
            for s in range(strata):
                people = load(space.by_total, s * compartments + paths.by_source[k])
                leaving = multiply_add(load(space.by_stratum, s * edges + k), people, leaving)
        for i in range(paths.holds_row[c], paths.holds_row[c + 1]):
            before = multiply_add(fill(1.0), load(space.total, here + paths.holds[i]), before)
        store(space.owed_flow, 0, asking)
        store(space.owed_flow, 1, leaving)
        store(space.owed_flow, 2, before)
        for lane in range(LANES):
            share = space.share[c * LANES + lane]
            if not 0 < share < 1:
                continue
            draw = min(first + lane, run.places.shape[2] - 1)
            places, k = run.places[year, c, draw], run.fill[c, draw]
            full, there = 1 - share, space.owed_flow[2 * LANES + lane]
            people = places * full ** (1 / k)
            steeper = k * full / people
            out = dt * space.owed_flow[LANES + lane] / there if there > 0 else 0.0
            hold = dt * space.owed_flow[lane] * steeper + 1 + out
            place = c * FLOWS * LANES + lane
            space.slopes[place] = -steeper * share * dt / hold
            space.slopes[place + LANES] = -steeper * dt / hold
            if there > 0:
                space.slopes[place + 2 * LANES] = steeper * people / there * dt / hold
            space.slopes[place + (FLOWS - 2) * LANES] = -steeper / hold
            if there > 0:
                space.slopes[place + (FLOWS - 2) * LANES] -= steeper * people * out / there / hold
            space.slopes[place + (FLOWS - 1) * LANES] = steeper * people / places * (1 + out) / hold


@bare
def pass_on(paths: Paths, space: Space, owed: Any, row: Ints, edges: Ints, at: Any) -> None:
    """Owe a flow along edges of other gates to the shares that those let in; ``at`` = (capacity, flow, here)."""
    c, flow, here = at
    worth = multiply_add(owed, load(space.slopes, c * FLOWS + flow), fill(0.0))
    for i in range(row[c], row[c + 1]):
        k = edges[i]
        m = paths.moving_of[k]
        if m >= 0 and paths.gate[m] >= 0:
            asking = multiply_add(load(space.free, m), load(space.total, here + paths.source[k]), fill(0.0))
            add_to(space.owed_share, paths.gate[m], asking, worth)


@bare
def shut_gate(paths: Paths, space: Space, c: int, here: int) -> None:
    """Take one opening of a gate back: what its share is owed goes to the flows it was solved from."""
    owed = load(space.owed_share, c)
    store(space.owed_share, c, fill(0.0))
    for flow in range(FLOWS):
        add_to(space.owed_flow, c * FLOWS + flow, owed, load(space.slopes, c * FLOWS + flow))
    pass_on(paths, space, owed, paths.enters_row, paths.enters, (c, 1, here))
    pass_on(paths, space, owed, paths.exits_row, paths.exits, (c, 2, here))


@bare
def owe_edges(paths: Paths, space: Space, row: Ints, edges: Ints, at: Any) -> None:
    """Owe a flow into or out of places to its plain edges and to who is there; ``at`` = (capacity, flow, here)."""
    c, flow, here = at
    worth = load(space.owed_flow, c * FLOWS + flow)
    for i in range(row[c], row[c + 1]):
        k = edges[i]
        m, people = paths.moving_of[k], load(space.total, here + paths.source[k])
        if flow == 0:
            add_to(space.feed, paths.source[k], worth, load(space.free, m))
        else:
            add_to(space.feed, paths.source[k], worth, load(space.rate, k))
        if m < 0:
            if paths.told_of[k] >= 0:
                add_to(space.told, paths.told_of[k], worth, people)
        elif flow > 0 and paths.gate[m] >= 0:
            through = multiply_add(load(space.share, paths.gate[m]), people, fill(0.0))
            add_to(space.owed_free, m, worth, through)
        else:
            add_to(space.owed_free, m, worth, people)


@bare
def owe_by_stratum(paths: Paths, space: Space, row: Ints, edges: Ints, at: Any) -> None:
    """Owe a flow to its by-stratum edges and to who is there; ``at`` = (capacity, flow)."""
    c, flow = at
    count, compartments, told = len(paths.by_source), len(paths.row) - 1, len(paths.by_told)
    worth = load(space.owed_flow, c * FLOWS + flow)
    for i in range(row[c], row[c + 1]):
        k = edges[i]
        for s in range(len(paths.order)):
            place = s * compartments + paths.by_source[k]
            add_to(space.by_feed, place, worth, load(space.by_stratum, s * count + k))
            if paths.by_told_of[k] >= 0:
                add_to(space.by_told, s * told + paths.by_told_of[k], worth, load(space.by_total, place))


@bare
def close_gates(paths: Paths, run: Run, space: Space, weights: Weights, step: int, at: Any, dt: float) -> None:
    """Owe the shares let in to the flows, people and places that they were solved from; ``at`` = (year, week, first).

    Gates that cross are taken back round by round, as they were opened.
    """
    year, week, first = at
    capacities, here, one = run.places.shape[1], step * (len(paths.row) - 1), fill(1.0)
    set_slopes(paths, run, space, step, (year, first), dt)
    for c in range(capacities):
        read_lanes(space.owed_share, c, weights.fraction[week, c], first)
    clear(space.owed_flow)
    for m in range(len(paths.moving)):
        owed, c = load(space.told, paths.moving[m]), paths.gate[m]
        if c >= 0:
            add_to(space.owed_share, c, owed, load(space.free, m))
            owed = multiply_add(owed, load(space.share, c), fill(0.0))
        store(space.owed_free, m, owed)
    for _ in range(CROSSING_ROUNDS):
        for i in range(len(paths.crossed)):
            shut_gate(paths, space, paths.crossed[len(paths.crossed) - 1 - i], here)
    for c in range(capacities):
        shut_gate(paths, space, capacities - 1 - c, here)
    for c in range(capacities):
        owe_edges(paths, space, paths.asks_row, paths.asks, (c, 0, here))
        owe_edges(paths, space, paths.enters_row, paths.enters, (c, 1, here))
        owe_edges(paths, space, paths.exits_row, paths.exits, (c, 2, here))
        owe_by_stratum(paths, space, paths.by_enters_row, paths.by_enters, (c, 1))
        owe_by_stratum(paths, space, paths.by_exits_row, paths.by_exits, (c, 2))
        for a in range(len(paths.arrivals)):
            if paths.arrival_held[c, a] == 1:
                for s in range(len(paths.order)):
                    add_to(space.owed_inflow, a * len(paths.order) + s, one, load(space.owed_flow, c * FLOWS + 1))
        for i in range(paths.holds_row[c], paths.holds_row[c + 1]):
            add_to(space.feed, paths.holds[i], one, load(space.owed_flow, c * FLOWS + FLOWS - 2))
        add_to(space.owed_places, c, one, load(space.owed_flow, c * FLOWS + FLOWS - 1))


@bare
def owe_kits(paths: Paths, run: Run, space: Space, step: int, at: Any, dt: float) -> None:
    """Owe kits after a step, and what was at hand in it, to kits before it and to people; ``at`` = (year, first)."""
    year, first = at
    compartments = len(paths.row) - 1
    here = step * compartments
    for lane in range(LANES):
        draw = min(first + lane, run.stock.shape[1] - 1)
        events, loss = stock_loss(run, space, (year, draw), step, lane)
        kits, hand, after = space.stock[step * LANES + lane], space.hand[lane], space.owed_stock[lane]
        use, stays = run.use_per_event[year, draw], math.exp(-loss * dt)
        gained = -math.expm1(-loss * dt) / loss if loss > 0 else dt
        bent = (dt * stays - gained) / loss if loss * dt > SMALL else -dt * dt * (0.5 - THIRD * loss * dt)
        given = run.kits[year, draw]
        by_loss = after * (given * bent - dt * kits * stays)
        space.owed_kits[lane] += after * gained
        before, worth, by_hand = after * stays, 0.0, space.owed_hand[lane]
        if kits > NO_KITS:
            worth = by_loss * use * hand / kits
            space.owed_kits[LANES + lane] += by_loss * events * hand / kits
            by_hand += by_loss * events * use / kits
            used = events * use * hand / kits
            turned = by_loss * used
            if loss * dt > SMALL:  # the same, where a great loss would underflow
                turned = after * (given * (dt * stays - gained) - dt * kits * loss * stays) * (used / loss)
            before -= turned / kits
        risk = 0.0
        for n in paths.at_risk:
            risk += space.total[(here + n) * LANES + lane]
        at_risk = 0.0
        if risk > 0:
            drawn = run.draw_down[draw] / risk
            more = by_hand * run.most[draw] * math.exp(-drawn * kits) * drawn
            before += more
            at_risk = -more * kits / risk
        space.owed_stock[lane] = before
        space.worth[lane] = worth
        space.worth[LANES + lane] = at_risk
    worth = load(space.worth, 0)
    for n in range(compartments):
        add_to(space.feed, n, worth, load(space.event, n))
        add_to(space.owed_event, n, worth, load(space.total, here + n))
    for n in paths.at_risk:
        add_to(space.feed, n, fill(1.0), load(space.worth, 1))


@bare
def feed_back(paths: Paths, run: Run, space: Space, weights: Weights, step: int, at: Any, dt: float) -> None:
    """Bring what the moving rates of a step are owed to queues, kits and the people they depend on."""
    year, week, first = at
    clear(space.feed)
    clear(space.by_feed)
    close_gates(paths, run, space, weights, step, at, dt)
    read_lanes(space.owed_hand, 0, weights.at_hand[week], first)
    for j in range(len(paths.coupled)):
        owed = load(space.owed_free, paths.coupled[j])
        add_to(space.owed_slope, j, owed, load(space.hand, paths.coupled_held[j]))
        if paths.coupled_held[j] == 0:
            add_to(space.owed_hand, 0, owed, load(space.slope, j))
    for m in range(len(paths.moving)):
        add_to(space.owed_base, m, fill(1.0), load(space.owed_free, m))
        store(space.told, paths.moving[m], fill(0.0))
    owe_kits(paths, run, space, step, (year, first), dt)


# --- all years -----------------------------------------------------------------------------------------------------


@bare
def write_rows(into: Floats, rows: Floats, first: int) -> None:
    """Copy ``[row][lane]`` out to (rows, D)."""
    for row in range(into.shape[0]):
        for lane in range(min(LANES, into.shape[1] - first)):
            into[row, first + lane] = rows[row * LANES + lane]


@bare
def end_year(paths: Paths, space: Space, owed: Owed, year: int, first: int) -> None:
    """Write what a year's rates are owed."""
    strata, draws = len(paths.order), owed.stock.shape[0]
    for m in range(len(paths.moving)):
        store(space.told, paths.moving[m], load(space.owed_base, m))
    write_rows(owed.plain[year], space.told, first)
    write_rows(owed.slope[year], space.owed_slope, first)
    write_rows(owed.places[year], space.owed_places, first)
    write_rows(owed.event[year], space.owed_event, first)
    for lane in range(min(LANES, draws - first)):
        owed.kits[year, first + lane] = space.owed_kits[lane]
        owed.use_per_event[year, first + lane] = space.owed_kits[LANES + lane]
        for s in range(strata):
            for i in range(len(paths.by_told)):
                owed.by_stratum[year, i, s, first + lane] = space.by_told[(s * len(paths.by_told) + i) * LANES + lane]
            for a in range(len(paths.arrivals)):
                owed.inflow[year, a, s, first + lane] = space.owed_inflow[(a * strata + s) * LANES + lane]


@bare
def clear_year(space: Space) -> None:
    """Begin a year's sums."""
    for sums in (space.told, space.by_told, space.owed_base, space.owed_slope, space.owed_inflow, space.owed_places):
        clear(sums)
    clear(space.owed_kits)
    clear(space.owed_event)


@bare
def value_state(space: Space, weights: Weights, year: int, at: Any) -> None:
    """Add what people and kits on the last day before ``year`` are worth; ``at`` = (strata, compartments, first)."""
    strata, compartments, first = at
    origins, draws = weights.state.shape[2], weights.state.shape[1]
    for lane in range(LANES):
        draw = min(first + lane, draws - 1)
        space.owed_stock[lane] += weights.stock[year, draw]
        for s in range(strata):
            for n in range(compartments):
                for o in range(origins):
                    place = ((s * compartments + n) * origins + o) * LANES + lane
                    space.value[place] += weights.state[year, draw, o, n]


@bare
def bring_weights(space: Space, weights: Weights, year: int, first: int) -> None:
    """Bring the worth of a year's person-years into the lanes."""
    _, _, origins, kept, compartments = weights.person_years.shape
    for s in range(kept):
        for n in range(compartments):
            for o in range(origins):
                place = (s * compartments + n) * origins + o
                read_lanes(space.lived, place, weights.person_years[year, :, o, s, n], first)


@bare_entry
def sweep_block(
    paths: Paths, run: Run, weights: Weights, space: Space, owed: Owed, first: int, steps: int, origins: Any
) -> None:
    """Sweep eight draws, from ``first``, back through all years; ``origins`` is a tuple as long as columns."""
    years, strata, compartments, dt = run.plain.shape[0], len(paths.order), len(paths.row) - 1, 1 / steps
    clear(space.feed)
    clear(space.by_feed)
    clear(space.owed_stock)
    for s in range(strata):
        for n in range(compartments):
            for o in range(weights.final.shape[1]):
                place = (s * compartments + n) * weights.final.shape[1] + o
                read_lanes(space.value, place, weights.final[:, o, s, n], first)
    for back in range(years):
        year = years - 1 - back
        value_state(space, weights, year + 1, (strata, compartments, first))
        begin_year(paths, run, space, year, first)
        bring_weights(space, weights, year, first)
        clear_year(space)
        for step in range(steps):
            set_rates(paths, run, space, year * steps + step, first)
            use_stock(run, space, year, step, first, dt)
            if step < steps - 1:
                run_step(paths, run, space, step, dt, origins)
        for later in range(steps):
            step = steps - 1 - later
            week = year * steps + step
            set_rates(paths, run, space, week, first)
            sweep_step(paths, run, space, step, dt, origins)
            feed_back(paths, run, space, weights, step, (year, week, first), dt)
        end_year(paths, space, owed, year, first)
    value_state(space, weights, 0, (strata, compartments, first))
    write_first_day(space, owed, (strata, compartments, first))


@bare
def write_first_day(space: Space, owed: Owed, at: Any) -> None:
    """Write what people and kits of day one are owed; ``at`` = (strata, compartments, first)."""
    strata, compartments, first = at
    draws, origins = owed.people.shape[0], owed.people.shape[1]
    for lane in range(min(LANES, draws - first)):
        owed.stock[first + lane] = space.owed_stock[lane]
        for s in range(strata):
            for n in range(compartments):
                more = space.feed[n * LANES + lane] + space.by_feed[(s * compartments + n) * LANES + lane]
                for o in range(origins):
                    place = ((s * compartments + n) * origins + o) * LANES + lane
                    owed.people[first + lane, o, s, n] = space.value[place] + (more if o == 0 else 0.0)
