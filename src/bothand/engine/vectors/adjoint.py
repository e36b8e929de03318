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

Strata stand in *blocks* of K, in the order in which they age, and a compartment has a *row* of K vectors in each block
of each column, so that a rate is loaded once for all of a row: ``[column][block][compartment][stratum of the block]``.
Columns are blocks too, only later ones, so that one compiled form serves any number of them. All numbers come and go in
lanes, in the order in which they are used: Python lays them out, for a line of it costs nothing to compile.

Lanes are those of ``kernel.py``, of which this file uses no line on purpose: what is compiled calls its own file only.
It is long because it is one sweep, and what its parts read and write stands beside them.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from bothand.engine.arrays import Floats, Ints
from bothand.engine.vectors.lanes import (
    LANES,
    add_each,
    add_scaled,
    bare,
    bare_entry,
    clear,
    dot,
    fetch,
    fetch_early,
    fetch_late,
    fill,
    less,
    load,
    multiply_add,
    none,
    pick,
    put,
    scaled,
    store,
    total,
)

SIXTH = 1 / 6  # MATH: third coefficient of the Taylor series of the integral
THIRD = 1 / 3  # MATH: second coefficient of the series of (1 - exp(-x) (1 + x)) / x^2
SMALL = 1e-4  # MATH: x below which that series is used, because the formula loses digits there
NO_KITS = 1e-250  # MATH: so few kits are none: what is divided by them would overflow
BUFFERS = 2  # UNIT: blocks whose derivatives are in use at a time
FLOWS = 5  # UNIT: what a share let in depends on: people asking, entering otherwise, leaving, already there; places
EDGED = 3  # UNIT: the first of these, which go along edges
CROSSING_ROUNDS = 4  # MATH: more rounds of the fixed point where edges of one gate cross the bounds of another


class Paths(NamedTuple):
    """Who can move where, both ways. Edges are positions in the order of their targets, unless said otherwise.

    *Told* edges are those whose rates are asked about, by the compartments that they leave; a *moving* edge, one with
    a gate or a coupling, is always told.
    """

    living: int
    row: Ints  # (N + 1,) first plain edge into each compartment
    source: Ints  # (n_plain,)
    by_row: Ints  # (N + 1,)
    by_source: Ints  # (n_by_stratum,)
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
    bound_row: Ints  # (EDGED C + 1,) at f C + c, first plain edge of flow f over the bounds of the places of c
    bound: Ints
    by_bound_row: Ints  # the same for by-stratum edges, which nobody asks to go along
    by_bound: Ints
    holds_row: Ints
    holds: Ints  # compartments
    at_risk: Ints  # compartments
    crossed: Ints  # capacities whose entries or exits depend on the share let in at some gate
    arrivals: Ints  # (A,) compartments
    arrival_held: Ints  # (C, A) 1 where an arrival takes a place


class Run(NamedTuple):
    """The rates of a run in a vector of draws (held paths in their place) and what it recorded: flat."""

    plain: Floats  # [Y][n_plain]
    by_stratum: Floats  # [Y][B][n_by_stratum][K]
    slope: Floats  # [Y][J]
    inflow: Floats  # [Y][A][B][K]
    places: Floats  # [Y][C]
    fill: Floats  # [C]
    kits: Floats  # [Y]
    shelf_life: Floats  # [1]
    most: Floats  # [1]
    draw_down: Floats  # [1]
    use_per_event: Floats  # [Y]
    event: Floats  # [Y][N]
    held_at_hand: Floats  # [Y * steps]
    at_hand: Floats  # [Y * steps]
    fraction: Floats  # [Y * steps][C]
    stock: Floats  # [Y + 1]
    people: Floats  # [Y][O][B][N][K] on the first day of each year
    entry: Floats  # [O] how much of the inflow each column gets
    grow: Floats  # [B][K] hazard at which people come from the stratum before
    age: Floats  # [B][K] hazard at which people go on to the stratum after


class Weights(NamedTuple):
    """What one more of each recorded thing adds to the number; what the last day's people do, ``value`` begins with."""

    person_years: Floats  # [Y][O][B or 1][N][K]
    state: Floats  # [Y + 1][O][N]
    at_hand: Floats  # [Y * steps]
    fraction: Floats  # [Y * steps][C]
    stock: Floats  # [Y + 1]


class Owed(NamedTuple):
    """What one more of each rate adds to the number, told edges only; of people and kits, ``Space`` has it at last."""

    plain: Floats  # [Y][told]
    by_stratum: Floats  # [Y][B][by told][K]
    slope: Floats  # [Y][J]
    inflow: Floats  # [Y][A][B][K]
    places: Floats  # [Y][C]
    kits: Floats  # [Y][2] kits, use per event
    event: Floats  # [Y][N]


class Space(NamedTuple):
    """What one block of lanes works in: flat, aligned to a vector, indexed in vectors."""

    people: Floats  # [steps][O][B][N][K] at the start of each step of a year
    speed: Floats  # [steps][O][B][N][K] first derivative k1
    total: Floats  # [steps][N] everybody, summed over strata
    inflow: Floats  # [A][B][K]
    stock: Floats  # [steps + 1]
    rate: Floats  # [n_plain] of this step
    base: Floats  # [M] rate of moving edges without coupling and gate
    free: Floats  # [M] with free places
    slope: Floats  # [J]
    by_stratum: Floats  # [B][n_by_stratum][K]
    steady_exit: Floats  # [N] hazard of leaving by edges that do not move
    exit: Floats  # [N] hazard of leaving by plain edges
    by_exit: Floats  # [B][N][K] minus the hazard of leaving by by-stratum edges and ageing
    event: Floats  # [N]
    hand: Floats  # [2] at hand: own, held
    share: Floats  # [C] let in
    value: Floats  # [O][B][N][K] v
    lived: Floats  # [O][B or 1][N][K] L
    first: Floats  # [BUFFERS][N][K] v1
    second: Floats  # [BUFFERS][N][K] v2
    feed: Floats  # [N] what one more person there is worth by queues and kits, whoever it is
    told: Floats  # [told] owed to the rate as it acts: this year; of a moving edge, this step
    by_told: Floats  # [B][by told][K]
    owed_base: Floats  # [M] owed to the rate of a moving edge this year
    owed_free: Floats  # [M] owed to its rate with free places in this step
    owed_slope: Floats  # [J]
    owed_inflow: Floats  # [A][B][K]
    owed_places: Floats  # [C]
    owed_kits: Floats  # [2] kits, use per event
    owed_event: Floats  # [N]
    owed_stock: Floats  # [1]
    owed_hand: Floats  # [1]
    owed_share: Floats  # [C]
    slopes: Floats  # [C][FLOWS] of the share let in
    owed_flow: Floats  # [max(C, 1)][FLOWS]
    worth: Floats  # [2] of one more event, of one more person at risk; before that, how many of both there are


# --- a year once more, from its first day --------------------------------------------------------------------------


@bare
def add_to(into: Floats, index: int, a: Any, b: Any) -> None:
    """Add a * b to one vector of a flat array."""
    store(into, index, multiply_add(a, b, load(into, index)))


@bare
def raised(row: Any, by: Any) -> Any:
    """Add one vector to every one of a row."""
    return less(row, multiply_add(fill(-1.0), by, fill(0.0)))


@bare
def bring(into: Floats, values: Floats, at: int) -> None:
    """Copy what fills ``into`` from part number ``at`` of ``values``."""
    for i in range(len(into)):
        into[i] = values[at * len(into) + i]


@bare
def keep(into: Floats, at: int, values: Floats) -> None:
    """Copy all values to part number ``at`` of ``into``."""
    for i in range(len(values)):
        into[at * len(values) + i] = values[i]


@bare
def begin_year(paths: Paths, run: Run, space: Space, year: int, block: Any) -> None:
    """Bring the rates of a year, and the people of its first day, into the lanes."""
    compartments, edges, wide, one, minus = len(paths.row) - 1, len(paths.by_source), len(block), fill(1.0), fill(-1.0)
    blocks = len(run.grow) // (LANES * wide)
    bring(space.rate, run.plain, year)
    bring(space.event, run.event, year)
    bring(space.slope, run.slope, year)
    bring(space.inflow, run.inflow, year)
    bring(space.by_stratum, run.by_stratum, year)
    store(space.stock, 0, load(run.stock, year))
    clear(space.steady_exit)
    for k in range(len(paths.source)):
        m = paths.moving_of[k]
        if m >= 0:
            store(space.base, m, load(space.rate, k))
        else:
            add_to(space.steady_exit, paths.source[k], one, load(space.rate, k))
    clear(space.total)
    clear(space.by_exit)
    for n in range(compartments):
        store(space.exit, n, load(space.steady_exit, n))
    for b in range(blocks):
        for k in range(edges):
            place = (b * compartments + paths.by_source[k]) * wide
            rate = fetch(space.by_stratum, (b * edges + k) * wide, block)
            put(space.by_exit, place, add_scaled(fetch(space.by_exit, place, block), minus, rate))
        age = fetch(run.age, b * wide, block)
        for n in range(paths.living):
            place = (b * compartments + n) * wide
            put(space.by_exit, place, add_scaled(fetch(space.by_exit, place, block), minus, age))
    rows = len(space.value) // (LANES * wide)
    for row in range(rows):
        people = fetch(run.people, (year * rows + row) * wide, block)
        put(space.people, row * wide, people)
        if row < blocks * compartments:
            add_to(space.total, row % compartments, one, total(people))


@bare
def set_rates(paths: Paths, run: Run, space: Space, week: int) -> None:
    """Set every rate that changes within the year, from what the run recorded of queues and kits."""
    store(space.hand, 0, load(run.at_hand, week))
    store(space.hand, 1, load(run.held_at_hand, week))
    bring(space.share, run.fraction, week)
    for m in range(len(paths.moving)):
        store(space.free, m, load(space.base, m))
    for j in range(len(paths.coupled)):
        add_to(space.free, paths.coupled[j], load(space.slope, j), load(space.hand, paths.coupled_held[j]))
    for n in paths.moved:
        store(space.exit, n, load(space.steady_exit, n))
    for m in range(len(paths.moving)):
        k, free = paths.told[paths.moving[m]], load(space.free, m)
        if paths.gate[m] >= 0:
            free = multiply_add(free, load(space.share, paths.gate[m]), fill(0.0))
        store(space.rate, k, free)
        add_to(space.exit, paths.source[k], fill(1.0), free)


@bare
def gather(paths: Paths, space: Space, people: Floats, at: Any, block: Any) -> Any:
    """G y of one compartment's row; ``at`` = (n, b, offset): where block b begins in ``people``, in compartments."""
    n, b, offset = at
    wide, compartments, edges = len(block), len(paths.row) - 1, len(paths.by_source)
    staying = less(fetch(space.by_exit, (b * compartments + n) * wide, block), load(space.exit, n))
    change = scaled(staying, fetch(people, (offset + n) * wide, block))
    for k in range(pick(paths.row, n), pick(paths.row, n + 1)):
        source = offset + pick(paths.source, k)
        change = add_scaled(change, load(space.rate, k), fetch(people, source * wide, block))
    for k in range(pick(paths.by_row, n), pick(paths.by_row, n + 1)):
        source = offset + pick(paths.by_source, k)
        rate = fetch(space.by_stratum, (b * edges + k) * wide, block)
        change = add_each(change, rate, fetch(people, source * wide, block))
    return change


@bare
def set_speed(paths: Paths, run: Run, space: Space, step: int, row: int, block: Any) -> None:
    """First derivative of block ``row``, counted over all columns, at the start of a step."""
    wide, compartments, strata = len(block), len(paths.row) - 1, len(run.grow) // LANES
    blocks = strata // wide
    column, b, place = row // blocks, row % blocks, (step * len(run.entry) // LANES * blocks + row) * compartments
    before = place - (compartments if b > 0 else 0)
    grow = fetch(run.grow, b * wide, block)
    for n in range(compartments):
        change = gather(paths, space, space.people, (n, b, place), block)
        if n < paths.living:
            younger = fetch_late(space.people, (before + n) * wide, (place + n) * wide, block, block)
            change = add_each(change, grow, younger)
        put(space.speed, (place + n) * wide, change)
    for a in range(len(paths.arrivals)):
        into, arriving = (place + paths.arrivals[a]) * wide, fetch(space.inflow, a * strata + b * wide, block)
        put(space.speed, into, add_scaled(fetch(space.speed, into, block), load(run.entry, column), arriving))


@bare
def move_on(paths: Paths, run: Run, space: Space, step: int, row: int, dt: float, block: Any) -> None:
    """Write the people of block ``row`` at the end of a step."""
    wide, compartments = len(block), len(paths.row) - 1
    blocks = len(run.grow) // (LANES * wide)
    rows = len(run.entry) // LANES * blocks
    column, b, place = row // blocks, row % blocks, (step * rows + row) * compartments
    before, after = place - (compartments if b > 0 else 0), place + rows * compartments
    grow = fetch(run.grow, b * wide, block)
    one, all_dt, half = fill(1.0), fill(dt), fill(0.5 * dt * dt)
    for n in range(compartments):
        bend = gather(paths, space, space.speed, (n, b, place), block)
        if n < paths.living:
            younger = fetch_late(space.speed, (before + n) * wide, (place + n) * wide, block, block)
            bend = add_each(bend, grow, younger)
        people, speed = fetch(space.people, (place + n) * wide, block), fetch(space.speed, (place + n) * wide, block)
        people = add_scaled(add_scaled(people, all_dt, speed), half, bend)
        put(space.people, (after + n) * wide, people)
        if column == 0:
            add_to(space.total, (step + 1) * compartments + n, one, total(people))


@bare
def count_events(space: Space, step: int) -> None:
    """Add up overdoses a year at the start of a step, as the first of ``worth``."""
    compartments, events = len(space.event) // LANES, fill(0.0)
    for n in range(compartments):
        events = multiply_add(load(space.event, n), load(space.total, step * compartments + n), events)
    store(space.worth, 0, events)


@bare
def stock_loss(run: Run, space: Space, year: int, step: int, lane: int) -> Any:
    """Return the share of the kits lost a year at the start of a step, events counted."""
    kits, loss = space.stock[step * LANES + lane], 1 / run.shelf_life[lane]
    if kits > 0:
        loss += space.worth[lane] * run.use_per_event[year * LANES + lane] * space.hand[lane] / kits
    return loss


@bare
def use_stock(run: Run, space: Space, year: int, step: int, dt: float) -> None:
    """Step the kits."""
    count_events(space, step)
    for lane in range(LANES):
        loss = stock_loss(run, space, year, step, lane)
        gained = -math.expm1(-loss * dt) / loss if loss > 0 else dt
        kits = space.stock[step * LANES + lane]
        space.stock[(step + 1) * LANES + lane] = kits * math.exp(-loss * dt) + run.kits[year * LANES + lane] * gained


# --- the sweep back ------------------------------------------------------------------------------------------------


@bare
def gather_back(paths: Paths, space: Space, value: Floats, people: Floats, at: Any, block: Any) -> Any:
    """G^T v of one compartment's row; told edges out of it get what they are owed for ``people``.

    ``at`` = (n, b, where the block begins in ``value``, and in ``people``, in compartments).
    """
    n, b, offset, place = at
    wide, compartments, edges = len(block), len(paths.row) - 1, len(paths.by_source)
    one, minus = fill(1.0), fill(-1.0)
    here = fetch(value, (offset + n) * wide, block)
    who = fetch(people, (place + n) * wide, block)
    staying = less(fetch(space.by_exit, (b * compartments + n) * wide, block), load(space.exit, n))
    change = scaled(staying, here)
    for i in range(pick(paths.out_row, n), pick(paths.out_row, n + 1)):
        there = fetch(value, (offset + pick(paths.out_target, i)) * wide, block)
        change = add_scaled(change, load(space.rate, pick(paths.out, i)), there)
    left = multiply_add(minus, dot(fill(0.0), here, who), fill(0.0))
    for i in range(pick(paths.told_row, n), pick(paths.told_row, n + 1)):
        there = fetch(value, (offset + pick(paths.told_target, i)) * wide, block)
        change = add_scaled(change, load(space.rate, pick(paths.told, i)), there)
        store(space.told, i, multiply_add(one, dot(left, there, who), load(space.told, i)))
    for i in range(pick(paths.by_out_row, n), pick(paths.by_out_row, n + 1)):
        there = fetch(value, (offset + pick(paths.by_out_target, i)) * wide, block)
        rate = fetch(space.by_stratum, (b * edges + pick(paths.by_out, i)) * wide, block)
        change = add_each(change, rate, there)
    for i in range(pick(paths.by_told_row, n), pick(paths.by_told_row, n + 1)):
        there = fetch(value, (offset + pick(paths.by_told_target, i)) * wide, block)
        rate = fetch(space.by_stratum, (b * edges + pick(paths.by_told, i)) * wide, block)
        change = add_each(change, rate, there)
        mine = (b * len(paths.by_told) + i) * wide
        owed = add_each(fetch(space.by_told, mine, block), scaled(minus, who), here)
        put(space.by_told, mine, add_each(owed, who, there))
    return change


@bare
def sweep(paths: Paths, run: Run, space: Space, step: int, row: int, dt: float, block: Any) -> None:
    """Take the value of block ``row``, counted over all columns, back over a step; the older one comes before it."""
    wide, compartments, strata = len(block), len(paths.row) - 1, len(run.grow) // LANES
    blocks = strata // wide
    column, b, place = row // blocks, row % blocks, (step * len(run.entry) // LANES * blocks + row) * compartments
    mine, above = b % BUFFERS * compartments, min(b + 1, blocks - 1) % BUFFERS * compartments
    offset = row * compartments
    kept = offset if len(space.lived) == len(space.value) else column * compartments
    age = fetch(run.age, b * wide, block)
    one, all_dt, half, sixth = fill(1.0), fill(dt), fill(0.5 * dt * dt), fill(SIXTH * dt * dt * dt)
    for n in range(compartments):
        after = fetch(space.value, (offset + n) * wide, block)
        if column == 0:
            after = raised(after, load(space.feed, n))
            put(space.value, (offset + n) * wide, after)
        second = add_scaled(scaled(half, after), sixth, fetch(space.lived, (kept + n) * wide, block))
        put(space.second, (mine + n) * wide, second)
    for n in range(compartments):
        change = gather_back(paths, space, space.second, space.speed, (n, b, mine, place), block)
        if n < paths.living:
            older = fetch_early(space.second, (mine + n) * wide, (above + n) * wide, block, block)
            change = add_each(change, age, older)
        change = add_scaled(change, all_dt, fetch(space.value, (offset + n) * wide, block))
        put(space.first, (mine + n) * wide, add_scaled(change, half, fetch(space.lived, (kept + n) * wide, block)))
    for n in range(compartments):
        change = gather_back(paths, space, space.first, space.people, (n, b, mine, place), block)
        if n < paths.living:
            older = fetch_early(space.first, (mine + n) * wide, (above + n) * wide, block, block)
            change = add_each(change, age, older)
        change = add_scaled(change, all_dt, fetch(space.lived, (kept + n) * wide, block))
        put(space.value, (offset + n) * wide, add_scaled(fetch(space.value, (offset + n) * wide, block), one, change))
    for a in range(len(paths.arrivals)):
        into, arriving = a * strata + b * wide, fetch(space.first, (mine + paths.arrivals[a]) * wide, block)
        owed = fetch(space.owed_inflow, into, block)
        put(space.owed_inflow, into, add_scaled(owed, load(run.entry, column), arriving))


# --- queues and kits -----------------------------------------------------------------------------------------------


@bare
def set_slopes(paths: Paths, run: Run, space: Space, step: int, year: int, dt: float, block: Any) -> None:
    """Set how the share let in at every gate changes with what it depends on.

    N = before + asking (1 - (N/C)^k) + others - (1 + leaving / before) N, all flows times dt, is differentiated as it
    stands. At a bound (nobody or everybody is let in) nothing changes.
    """
    capacities, compartments = len(paths.holds_row) - 1, len(paths.row) - 1
    edges, wide = len(paths.by_source), len(block)
    here, everybody = step * compartments, step * len(space.value) // LANES
    clear(space.slopes)
    for c in range(capacities):
        asking, leaving, before = fill(0.0), fill(0.0), fill(0.0)
        for i in range(paths.bound_row[c], paths.bound_row[c + 1]):
            k = paths.bound[i]
            people = load(space.total, here + paths.source[k])
            asking = multiply_add(load(space.free, paths.moving_of[k]), people, asking)
        for i in range(paths.bound_row[2 * capacities + c], paths.bound_row[2 * capacities + c + 1]):
            k = paths.bound[i]
            leaving = multiply_add(load(space.rate, k), load(space.total, here + paths.source[k]), leaving)
        dying = none(block)
        for i in range(paths.by_bound_row[2 * capacities + c], paths.by_bound_row[2 * capacities + c + 1]):
            k = paths.by_bound[i]
            for b in range(len(run.grow) // (LANES * wide)):
                who = fetch(space.people, everybody + (b * compartments + paths.by_source[k]) * wide, block)
                dying = add_each(dying, fetch(space.by_stratum, (b * edges + k) * wide, block), who)
        leaving = multiply_add(fill(1.0), total(dying), leaving)
        for i in range(paths.holds_row[c], paths.holds_row[c + 1]):
            before = multiply_add(fill(1.0), load(space.total, here + paths.holds[i]), before)
        store(space.owed_flow, 0, asking)
        store(space.owed_flow, 1, leaving)
        store(space.owed_flow, 2, before)
        for lane in range(LANES):
            share = space.share[c * LANES + lane]
            if not 0 < share < 1:
                continue
            places, k = run.places[(year * capacities + c) * LANES + lane], run.fill[c * LANES + lane]
            full, there = 1 - share, space.owed_flow[2 * LANES + lane]
            all_there = places * full ** (1 / k)
            steeper = k * full / all_there
            out = dt * space.owed_flow[LANES + lane] / there if there > 0 else 0.0
            hold = dt * space.owed_flow[lane] * steeper + 1 + out
            place = c * FLOWS * LANES + lane
            space.slopes[place] = -steeper * share * dt / hold
            space.slopes[place + LANES] = -steeper * dt / hold
            if there > 0:
                space.slopes[place + 2 * LANES] = steeper * all_there / there * dt / hold
            space.slopes[place + (FLOWS - 2) * LANES] = -steeper / hold
            if there > 0:
                space.slopes[place + (FLOWS - 2) * LANES] -= steeper * all_there * out / there / hold
            space.slopes[place + (FLOWS - 1) * LANES] = steeper * all_there / places * (1 + out) / hold


@bare
def pass_on(paths: Paths, space: Space, owed: Any, at: Any) -> None:
    """Owe a flow along edges of other gates to the shares that those let in; ``at`` = (capacity, flow, here)."""
    c, flow, here = at
    capacities = len(paths.holds_row) - 1
    worth = multiply_add(owed, load(space.slopes, c * FLOWS + flow), fill(0.0))
    for i in range(paths.bound_row[flow * capacities + c], paths.bound_row[flow * capacities + c + 1]):
        k = paths.bound[i]
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
    for flow in range(1, EDGED):
        pass_on(paths, space, owed, (c, flow, here))


@bare
def owe_edges(paths: Paths, space: Space, at: Any) -> None:
    """Owe a flow into or out of places to its plain edges and to who is there; ``at`` = (capacity, flow, here)."""
    c, flow, here = at
    capacities = len(paths.holds_row) - 1
    worth = load(space.owed_flow, c * FLOWS + flow)
    for i in range(paths.bound_row[flow * capacities + c], paths.bound_row[flow * capacities + c + 1]):
        k = paths.bound[i]
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
def owe_by_stratum(paths: Paths, run: Run, space: Space, at: Any, block: Any) -> None:
    """Owe a flow to its by-stratum edges and to who is there; ``at`` = (capacity, flow, where everybody begins)."""
    c, flow, everybody = at
    count, compartments, told, wide = len(paths.by_source), len(paths.row) - 1, len(paths.by_told), len(block)
    capacities, worth = len(paths.holds_row) - 1, load(space.owed_flow, c * FLOWS + flow)
    for i in range(paths.by_bound_row[flow * capacities + c], paths.by_bound_row[flow * capacities + c + 1]):
        k = paths.by_bound[i]
        for b in range(len(run.grow) // (LANES * wide)):
            place = (b * compartments + paths.by_source[k]) * wide
            rate = fetch(space.by_stratum, (b * count + k) * wide, block)
            put(space.value, place, add_scaled(fetch(space.value, place, block), worth, rate))
            if paths.by_told_of[k] >= 0:
                mine, people = (b * told + paths.by_told_of[k]) * wide, fetch(space.people, everybody + place, block)
                put(space.by_told, mine, add_scaled(fetch(space.by_told, mine, block), worth, people))


@bare
def close_gates(paths: Paths, run: Run, space: Space, weights: Weights, step: int, week: int, block: Any) -> None:
    """Owe the shares let in, slopes set, to the flows, people and places that they were solved from.

    Gates that cross are taken back round by round, as they were opened.
    """
    capacities, here, one = len(paths.holds_row) - 1, step * (len(paths.row) - 1), fill(1.0)
    everybody, strata = step * len(space.value) // LANES, len(run.grow) // LANES
    clear(space.feed)
    bring(space.owed_share, weights.fraction, week)
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
        for flow in range(EDGED):
            owe_edges(paths, space, (c, flow, here))
            owe_by_stratum(paths, run, space, (c, flow, everybody), block)
        for a in range(len(paths.arrivals)):
            if paths.arrival_held[c, a] == 1:
                for s in range(strata):
                    add_to(space.owed_inflow, a * strata + s, one, load(space.owed_flow, c * FLOWS + 1))
        for i in range(paths.holds_row[c], paths.holds_row[c + 1]):
            add_to(space.feed, paths.holds[i], one, load(space.owed_flow, c * FLOWS + FLOWS - 2))
        add_to(space.owed_places, c, one, load(space.owed_flow, c * FLOWS + FLOWS - 1))


@bare
def owe_moving(paths: Paths, space: Space, weights: Weights, week: int) -> None:
    """Owe moving rates with free places to what is at hand and to the rates of the year."""
    store(space.owed_hand, 0, load(weights.at_hand, week))
    for j in range(len(paths.coupled)):
        owed = load(space.owed_free, paths.coupled[j])
        add_to(space.owed_slope, j, owed, load(space.hand, paths.coupled_held[j]))
        if paths.coupled_held[j] == 0:
            add_to(space.owed_hand, 0, owed, load(space.slope, j))
    for m in range(len(paths.moving)):
        add_to(space.owed_base, m, fill(1.0), load(space.owed_free, m))
        store(space.told, paths.moving[m], fill(0.0))


@bare
def owe_kits(paths: Paths, run: Run, space: Space, step: int, year: int, dt: float) -> None:
    """Owe kits after a step, and what was at hand in it, to kits before it and to people."""
    compartments = len(paths.row) - 1
    here = step * compartments
    count_events(space, step)
    counted = fill(0.0)
    for n in paths.at_risk:
        counted = multiply_add(fill(1.0), load(space.total, here + n), counted)
    store(space.worth, 1, counted)
    for lane in range(LANES):
        events, loss = space.worth[lane], stock_loss(run, space, year, step, lane)
        kits, hand, after = space.stock[step * LANES + lane], space.hand[lane], space.owed_stock[lane]
        use, stays = run.use_per_event[year * LANES + lane], math.exp(-loss * dt)
        gained = -math.expm1(-loss * dt) / loss if loss > 0 else dt
        bent = (dt * stays - gained) / loss if loss * dt > SMALL else -dt * dt * (0.5 - THIRD * loss * dt)
        given = run.kits[year * LANES + lane]
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
        risk, at_risk = space.worth[LANES + lane], 0.0
        if risk > 0:
            drawn = run.draw_down[lane] / risk
            more = by_hand * run.most[lane] * math.exp(-drawn * kits) * drawn
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


# --- all years -----------------------------------------------------------------------------------------------------


@bare
def end_year(paths: Paths, space: Space, owed: Owed, year: int) -> None:
    """Write what a year's rates are owed."""
    for m in range(len(paths.moving)):
        store(space.told, paths.moving[m], load(space.owed_base, m))
    keep(owed.plain, year, space.told)
    keep(owed.by_stratum, year, space.by_told)
    keep(owed.slope, year, space.owed_slope)
    keep(owed.inflow, year, space.owed_inflow)
    keep(owed.places, year, space.owed_places)
    keep(owed.kits, year, space.owed_kits)
    keep(owed.event, year, space.owed_event)


@bare
def clear_year(space: Space) -> None:
    """Begin a year's sums."""
    for sums in (space.told, space.by_told, space.owed_base, space.owed_slope, space.owed_inflow, space.owed_places):
        clear(sums)
    clear(space.owed_kits)
    clear(space.owed_event)


@bare
def value_state(paths: Paths, space: Space, weights: Weights, year: int, block: Any) -> None:
    """Add what people and kits on the last day before ``year`` are worth."""
    compartments, wide = len(paths.row) - 1, len(block)
    rows = len(space.value) // (LANES * wide)
    columns = len(weights.state) // (len(weights.stock) * compartments)
    blocks = rows // (columns * compartments)
    add_to(space.owed_stock, 0, fill(1.0), load(weights.stock, year))
    for row in range(rows):
        column, n = row // (blocks * compartments), row % compartments
        worth = load(weights.state, (year * columns + column) * compartments + n)
        put(space.value, row * wide, raised(fetch(space.value, row * wide, block), worth))


@bare_entry
def sweep_block(paths: Paths, run: Run, weights: Weights, space: Space, owed: Owed, steps: int, block: Any) -> None:
    """Sweep a vector of draws back through all years; ``block`` is a tuple as long as there are strata in a block.

    ``space`` comes cleared, but for ``value``: what people of the last day are worth. At last it says what people of
    day one are owed, and ``owed_stock`` what their kits are.
    """
    years, rows, dt = len(run.kits) // LANES, len(space.value) // (len(block) * (len(paths.row) - 1) * LANES), 1 / steps
    for back in range(years + 1):
        year = years - 1 - back
        value_state(paths, space, weights, year + 1, block)
        if year < 0:
            break
        begin_year(paths, run, space, year, block)
        bring(space.lived, weights.person_years, year)
        clear_year(space)
        for step in range(steps):
            set_rates(paths, run, space, year * steps + step)
            use_stock(run, space, year, step, dt)
            for row in range(rows):
                set_speed(paths, run, space, step, row, block)
                if step < steps - 1:
                    move_on(paths, run, space, step, row, dt, block)
        for later in range(steps):
            step = steps - 1 - later
            week = year * steps + step
            set_rates(paths, run, space, week)
            for row in range(rows):
                sweep(paths, run, space, step, rows - 1 - row, dt, block)
            set_slopes(paths, run, space, step, year, dt, block)
            close_gates(paths, run, space, weights, step, week, block)
            owe_moving(paths, space, weights, week)
            owe_kits(paths, run, space, step, year, dt)
        end_year(paths, space, owed, year)
    give_feed(paths, run, space, block)


@bare
def give_feed(paths: Paths, run: Run, space: Space, block: Any) -> None:
    """Add what queues and kits say that people are worth to the value of everybody."""
    compartments, wide = len(paths.row) - 1, len(block)
    for row in range(len(run.grow) // (LANES * wide) * compartments):
        worth = load(space.feed, row % compartments)
        put(space.value, row * wide, raised(fetch(space.value, row * wide, block), worth))
