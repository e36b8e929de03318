"""The compiled step of the cohort engine: several draws at a time, one to a lane of a vector.

Every loop here could be read as plain NumPy in ``reference.py``; this file only says how it is laid out. Strata stand
in *blocks* of K, in the order in which they age, and a compartment has a *row* of people in a block: K strata times O
origins, so people are kept as ``[block][compartment][stratum of the block][origin][lane]``. A compartment's rate of
change is *gathered* over the edges that end in it, with its row held in registers, so that a rate is loaded once for
all of a row. With many origins a block is one stratum; with one origin it is several, or a row would be too short.
Lanes never mix and the order of operations does not depend on anything but the chain, so a draw gives the same
bits in any lane, at any place among the draws, on any number of threads.

The file is long because what the parts of a step read and write stands beside them: compiled code is kept on disk,
and a change of its arguments in a file below would not be seen.
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
    fetch,
    fetch_late,
    fill,
    leave,
    less,
    load,
    multiply_add,
    none,
    pick,
    put,
    scaled,
    store,
    total,
    totals,
)

SIXTH = 1 / 6  # MATH: third coefficient of the Taylor series of the integral
BUFFERS = 3  # UNIT: blocks whose derivatives are in use at a time
FLOWS = 4  # UNIT: what meets at a gate: people asking, entering otherwise, leaving, already there
CROSSING_ROUNDS = 4  # MATH: more rounds of the fixed point where edges of one gate cross the bounds of another
MOST_TRIES = 200  # MATH: bound on the iterations of a gate; two or three are used
CLOSE = 4e-16  # MATH: relative change at which the iteration of a gate has converged in double precision


class Structure(NamedTuple):
    """A chain with its edges sorted by target; edges below are positions in that order."""

    living: int
    inflow_origin: int
    row: Ints  # (N + 1,) first plain edge into each compartment
    source: Ints  # (n_plain,)
    edge: Ints  # (n_plain,) number in the chain
    by_row: Ints  # (N + 1,)
    by_source: Ints  # (n_by_stratum,)
    by_edge: Ints  # (n_by_stratum,) number in the by-stratum block
    order: Ints  # (S,) strata by their place in the blocks: one comes right after the one that ages into it
    younger: Ints  # (S,) or -1
    fixed: Ints  # edges whose rate stays for the year
    moving: Ints  # edges with a gate or a coupling
    moved: Ints  # compartments that a moving edge leaves
    coupled: Ints  # (len(chain.coupled),)
    coupled_held: Ints  # (len(chain.coupled),) 1 where the twin holds the edge
    gated_row: Ints  # (C + 1,) and so on: lists of edges per capacity
    gated: Ints  # edges with gate c
    bound_row: Ints  # (3 C + 1,) at f C + c, first plain edge of flow f over the bounds of the places of c
    bound: Ints  # plain edges: gated by c into its places, others into them, out of them
    by_bound_row: Ints  # the same for by-stratum edges, which nobody asks to go along
    by_bound: Ints
    holds_row: Ints
    holds: Ints  # compartments
    at_risk: Ints  # compartments
    crossed: Ints  # capacities whose entries or exits depend on the share let in at some gate
    arrivals: Ints  # (A,) compartments
    arrival_held: Ints  # (C, A) 1 where an arrival takes a place


class Rates(NamedTuple):
    """What acts on a vector of draws, held paths in their place: flat, aligned to a vector, indexed in vectors."""

    plain: Floats  # [Y][n_plain] rate without coupling and gate
    by_stratum: Floats  # [Y][B][n_by_stratum][K]
    slope: Floats  # [Y][len(coupled)]
    grow: Floats  # [B][K] hazard at which people come from the stratum before
    age: Floats  # [B][K] hazard at which people go on to the stratum after
    inflow: Floats  # [Y][A][S], strata by their place
    places: Floats  # [Y][C]
    fill: Floats  # [C]
    kits: Floats  # [Y]
    shelf_life: Floats  # [1]
    most: Floats  # [1]
    draw_down: Floats  # [1]
    use_per_event: Floats  # [Y]
    event: Floats  # [Y][N]
    held_at_hand: Floats  # [Y steps]


class Work(NamedTuple):
    """What one block of lanes works in: flat, aligned to a vector, indexed in vectors."""

    people: Floats  # [B][N][K O] those of day one at first, those of the last day in the end
    speed: Floats  # [BUFFERS][N][K O] first derivative: of this block, the one before, the one after
    by_stratum_total: Floats  # [B][N][K] summed over origins
    total: Floats  # [N] summed over origins and strata
    free: Floats  # [n_plain] rate with free places
    rate: Floats  # [n_plain] rate of this step
    steady_exit: Floats  # [N] hazard of leaving by fixed edges
    exit: Floats  # [N] hazard of leaving by plain edges
    by_exit: Floats  # [B][N][K] minus the hazard of leaving by by-stratum edges and ageing
    stock: Floats  # [1] kits
    hand: Floats  # [2] at hand: own, held
    flow: Floats  # [FLOWS]
    share: Floats  # [1] let in


class Record(NamedTuple):
    """What happened in a vector of draws: flat, aligned to a vector, indexed in vectors."""

    lived: Floats  # [Y][B or 1][N][K O] integral of occupancy in each year, kept by block or summed over blocks
    state: Floats  # [Y + 1][N][O] people at the start of each year and at the end, summed over strata
    at_hand: Floats  # [Y steps]
    fraction: Floats  # [Y steps][C] share let in
    stock: Floats  # [Y + 1] kits


# --- the parts of a step ----------------------------------------------------------------------------------------


@bare
def begin(structure: Structure, work: Work, block: Any, row: Any) -> None:
    """Add up the people of day one as ``move_on`` does."""
    compartments, wide, one = len(structure.row) - 1, len(block), fill(1.0)
    clear(work.total)
    for b in range(len(structure.order) // wide):
        for n in range(compartments):
            people = fetch(work.people, (b * compartments + n) * len(row), row)
            put(work.by_stratum_total, (b * compartments + n) * wide, totals(people, block))
            store(work.total, n, multiply_add(one, total(people), load(work.total, n)))


@bare
def begin_year(structure: Structure, rates: Rates, work: Work, year: int, block: Any) -> None:
    """Take up the rates of a year and sum those that stay for the year by the compartment they leave."""
    compartments, edges, plain = len(structure.row) - 1, len(structure.by_source), len(structure.source)
    wide = len(block)
    for k in range(plain):
        for into in (work.free, work.rate):
            store(into, k, load(rates.plain, year * plain + k))
    clear(work.steady_exit)
    for k in structure.fixed:
        leave(work.steady_exit, structure.source[k], work.rate, k)
    for n in range(compartments):
        store(work.exit, n, load(work.steady_exit, n))
    for place in range(len(structure.order)):
        b, part = place // wide, place % wide
        for n in range(compartments):
            hazard = load(rates.age, place) if n < structure.living else fill(0.0)
            store(work.by_exit, (b * compartments + n) * wide + part, multiply_add(fill(-1.0), hazard, fill(0.0)))
        for k in range(edges):
            edge = ((year * len(structure.order) // wide + b) * edges + k) * wide + part
            source = (b * compartments + structure.by_source[k]) * wide + part
            for lane in range(LANES):
                work.by_exit[source * LANES + lane] -= rates.by_stratum[edge * LANES + lane]


@bare
def share_let_in(places: float, fill_exponent: float, flows: Floats, lane: int, dt: float) -> float:
    """Solve N = before + dt (asking (1 - (N/C)^k) + others - exits N) and return 1 - (N/C)^k, within [0, 1].

    By Halley's iteration, within a bracket: each power taken gives three times the digits, where Newton's gives twice,
    and taking it is most of the work. Where the step is s of N, the next would be about (k s)^2 s.
    """
    if places == math.inf:
        return 1.0
    if places <= 0:
        return 0.0
    asking, others, leaving = dt * flows[lane], dt * flows[LANES + lane], dt * flows[2 * LANES + lane]
    before = flows[(FLOWS - 1) * LANES + lane]
    stay = 1 + (leaving / before if before > 0 else 0.0)
    if before + others >= places * stay:
        return 0.0
    low, high = 0.0, min(places, (before + asking + others) / stay)
    if high <= 0:
        return 1.0
    people = before if 0 < before < high else high
    for _ in range(MOST_TRIES):
        if people <= 0:
            break
        full = (people / places) ** fill_exponent
        gap = before + asking * (1 - full) + others - stay * people
        low, high = (people, high) if gap > 0 else (low, people)
        falls = asking * fill_exponent * full / people
        steep = falls + stay
        curved = 2 * steep * steep + gap * falls * (fill_exponent - 1) / people
        halley = curved > steep * steep
        closer = people + (2 * gap * steep / curved if halley else gap / steep)
        if closer > high or closer < low:
            closer = high if closer > high else 0.5 * (low + high)
            halley = False
        step = abs(closer - people) / people
        people = closer
        if step <= CLOSE or (halley and ((1 + fill_exponent) * step) ** 2 * step <= CLOSE):
            break
    return float(min(max(1 - (people / places) ** fill_exponent, 0.0), 1.0))


@bare
def measure_flows(structure: Structure, rates: Rates, work: Work, at: Any, block: Any) -> None:
    """People who ask for the places of a capacity, enter them otherwise, leave them, per year; who is there.

    ``at`` is (capacity, year).
    """
    c, year = at
    one, compartments, wide, capacities = fill(1.0), len(structure.row) - 1, len(block), len(structure.holds_row) - 1
    strata, edges, arrivals = len(structure.order), len(structure.by_source), len(structure.arrivals)
    blocks = strata // wide
    for f in range(FLOWS - 1):
        flow, by_stratum = fill(0.0), none(block)
        for i in range(structure.bound_row[f * capacities + c], structure.bound_row[f * capacities + c + 1]):
            k = structure.bound[i]
            rate = load(work.free, k) if f == 0 else load(work.rate, k)
            flow = multiply_add(rate, load(work.total, structure.source[k]), flow)
        for b in range(blocks):
            for i in range(structure.by_bound_row[f * capacities + c], structure.by_bound_row[f * capacities + c + 1]):
                k = structure.by_bound[i]
                people = fetch(work.by_stratum_total, (b * compartments + structure.by_source[k]) * wide, block)
                rates_here = fetch(rates.by_stratum, ((year * blocks + b) * edges + k) * wide, block)
                by_stratum = add_each(by_stratum, rates_here, people)
        flow = multiply_add(one, total(by_stratum), flow)
        for a in range(arrivals):
            if f == 1 and structure.arrival_held[c, a] == 1:
                for s in range(strata):
                    flow = multiply_add(one, load(rates.inflow, (year * arrivals + a) * strata + s), flow)
        store(work.flow, f, flow)
    before = fill(0.0)
    for i in range(structure.holds_row[c], structure.holds_row[c + 1]):
        before = multiply_add(one, load(work.total, structure.holds[i]), before)
    store(work.flow, FLOWS - 1, before)


@bare
def open_gate(structure: Structure, rates: Rates, work: Work, record: Record, at: Any, dt: float, block: Any) -> None:
    """Let the share in that one capacity has room for; ``at`` is (capacity, year, week)."""
    c, year, week = at
    capacities = len(structure.holds_row) - 1
    measure_flows(structure, rates, work, (c, year), block)
    for lane in range(LANES):
        places = rates.places[(year * capacities + c) * LANES + lane]
        work.share[lane] = share_let_in(places, rates.fill[c * LANES + lane], work.flow, lane, dt)
    store(record.fraction, week * capacities + c, load(work.share, 0))
    for i in range(structure.gated_row[c], structure.gated_row[c + 1]):
        k = structure.gated[i]
        store(work.rate, k, multiply_add(load(work.free, k), load(work.share, 0), fill(0.0)))


@bare
def set_rates(structure: Structure, rates: Rates, work: Work, record: Record, at: Any, dt: float, block: Any) -> None:
    """Set every rate that changes within the year for the coming step, from people and kits at its start."""
    year, week = at
    coupled, plain = len(structure.coupled), len(structure.source)
    for lane in range(LANES):
        risk = 0.0
        for n in structure.at_risk:
            risk += work.total[n * LANES + lane]
        kits = work.stock[lane]
        hand = 0.0
        if kits > 0:
            hand = rates.most[lane] * (-math.expm1(-rates.draw_down[lane] * kits / risk) if risk > 0 else 1.0)
        work.hand[lane] = hand
    store(record.at_hand, week, load(work.hand, 0))
    store(work.hand, 1, load(rates.held_at_hand, week))
    for j in range(coupled):
        k = structure.coupled[j]
        hand_now = load(work.hand, structure.coupled_held[j])
        free = multiply_add(load(rates.slope, year * coupled + j), hand_now, load(rates.plain, year * plain + k))
        store(work.free, k, free)
    for k in structure.moving:
        store(work.rate, k, load(work.free, k))
    capacities, crossed = len(structure.holds_row) - 1, len(structure.crossed)
    for turn in range(capacities + CROSSING_ROUNDS * crossed):
        c = turn if turn < capacities else structure.crossed[(turn - capacities) % crossed]
        open_gate(structure, rates, work, record, (c, year, week), dt, block)
    for n in structure.moved:
        store(work.exit, n, load(work.steady_exit, n))
    for k in structure.moving:
        leave(work.exit, structure.source[k], work.rate, k)


@bare
def use_stock(structure: Structure, rates: Rates, work: Work, year: int, dt: float) -> None:
    """Step the kits: kept and used in proportion to their number, which is exact while that proportion stays."""
    compartments = len(structure.row) - 1
    for lane in range(LANES):
        kits, events = work.stock[lane], 0.0
        for n in range(compartments):
            events += rates.event[(year * compartments + n) * LANES + lane] * work.total[n * LANES + lane]
        loss = 1 / rates.shelf_life[lane]
        if kits > 0:
            loss += events * rates.use_per_event[year * LANES + lane] * work.hand[lane] / kits
        gained = -math.expm1(-loss * dt) / loss if loss > 0 else dt
        work.stock[lane] = kits * math.exp(-loss * dt) + rates.kits[year * LANES + lane] * gained


@bare
def gather(structure: Structure, rates: Rates, work: Work, people: Floats, at: Any, block: Any, row: Any) -> Any:
    """Rate of change of a compartment's row by moves: in-edges, less the hazard of leaving.

    ``people`` is the state or its derivative; ``at`` is (n, b, offset, edges): ``offset`` is where block b begins in
    it, in compartments, ``edges`` where the by-stratum edges of the year and of block b begin.
    """
    n, b, offset, edges = at
    count, wide, compartments = len(row), len(block), len(structure.row) - 1
    staying = less(fetch(work.by_exit, (b * compartments + n) * wide, block), load(work.exit, n))
    change = scaled(staying, fetch(people, (offset + n) * count, row))
    for k in range(pick(structure.row, n), pick(structure.row, n + 1)):
        source = offset + pick(structure.source, k)
        change = add_scaled(change, load(work.rate, k), fetch(people, source * count, row))
    for k in range(pick(structure.by_row, n), pick(structure.by_row, n + 1)):
        source = offset + pick(structure.by_source, k)
        rate = fetch(rates.by_stratum, (edges + k) * wide, block)
        change = add_each(change, rate, fetch(people, source * count, row))
    return change


@bare
def set_speed(structure: Structure, rates: Rates, work: Work, at: Any, block: Any, row: Any) -> None:
    """First derivative of block b; the one before it must not have moved on yet. ``at`` is (b, year)."""
    b, year = at
    count, wide, compartments, strata = len(row), len(block), len(structure.row) - 1, len(structure.order)
    mine, offset, before = b % BUFFERS * compartments, b * compartments, max(b - 1, 0) * compartments
    edges, arrivals = (year * (strata // wide) + b) * len(structure.by_source), len(structure.arrivals)
    grow = fetch(rates.grow, b * wide, block)
    for n in range(compartments):
        change = gather(structure, rates, work, work.people, (n, b, offset, edges), block, row)
        if n < structure.living:
            younger = fetch_late(work.people, (before + n) * count, (offset + n) * count, block, row)
            change = add_each(change, grow, younger)
        put(work.speed, (mine + n) * count, change)
    for a in range(arrivals):
        for k in range(wide):
            inflow = load(rates.inflow, (year * arrivals + a) * strata + b * wide + k)
            place = (mine + structure.arrivals[a]) * count + k * (count // wide) + structure.inflow_origin
            store(work.speed, place, multiply_add(fill(1.0), inflow, load(work.speed, place)))


@bare
def move_on(
    structure: Structure, rates: Rates, work: Work, record: Record, at: Any, dt: float, block: Any, row: Any
) -> None:
    """Second derivative and Taylor step of block b, and of the years lived in it; ``at`` is (b, year, kept).

    ``kept`` is where the years that block b lived in this year begin in the record, in compartments.
    """
    b, year, kept = at
    count, wide, compartments = len(row), len(block), len(structure.row) - 1
    mine, before = b % BUFFERS * compartments, (b + BUFFERS - 1) % BUFFERS * compartments
    offset = b * compartments
    edges = (year * (len(structure.order) // wide) + b) * len(structure.by_source)
    grow = fetch(rates.grow, b * wide, block)
    one, all_dt, half, sixth = fill(1.0), fill(dt), fill(0.5 * dt * dt), fill(SIXTH * dt * dt * dt)
    for n in range(compartments):
        bend = gather(structure, rates, work, work.speed, (n, b, mine, edges), block, row)
        if n < structure.living:
            younger = fetch_late(work.speed, (before + n) * count, (mine + n) * count, block, row)
            bend = add_each(bend, grow, younger)
        speed = fetch(work.speed, (mine + n) * count, row)
        people = fetch(work.people, (offset + n) * count, row)
        lived = fetch(record.lived, (kept + n) * count, row)
        lived = add_scaled(add_scaled(add_scaled(lived, all_dt, people), half, speed), sixth, bend)
        put(record.lived, (kept + n) * count, lived)
        people = add_scaled(add_scaled(people, all_dt, speed), half, bend)
        put(work.people, (offset + n) * count, people)
        put(work.by_stratum_total, (offset + n) * wide, totals(people, block))
        store(work.total, n, multiply_add(one, total(people), load(work.total, n)))


@bare
def write_state(structure: Structure, work: Work, into: Floats, year: int, block: Any, row: Any) -> None:
    """Sum people over strata, in the order of their places."""
    compartments, wide, origins = len(structure.row) - 1, len(block), len(row) // len(block)
    one = fill(1.0)
    for n in range(compartments):
        for o in range(origins):
            here = fill(0.0)
            for place in range(len(structure.order)):
                column = (place // wide * compartments + n) * wide + place % wide
                here = multiply_add(one, load(work.people, column * origins + o), here)
            store(into, (year * compartments + n) * origins + o, here)


@bare_entry
def run_block(structure: Structure, rates: Rates, work: Work, record: Record, steps: int, shape: Any) -> None:
    """Run a vector of draws through all years.

    ``work.people`` and ``work.stock`` are those of day one, and ``record.lived`` is zero. ``shape`` is two tuples, as
    long as there are strata in a block, and strata times origins.
    """
    block, row = shape
    years, blocks, compartments = len(rates.kits) // LANES, len(structure.order) // len(block), len(structure.row) - 1
    kept = len(record.lived) // (years * compartments * len(row) * LANES)  # blocks: all, or one for their sum
    dt = 1 / steps
    begin(structure, work, block, row)
    for year in range(years + 1):
        write_state(structure, work, record.state, year, block, row)
        store(record.stock, year, load(work.stock, 0))
        if year == years:
            break
        begin_year(structure, rates, work, year, block)
        for week in range(year * steps, (year + 1) * steps):
            set_rates(structure, rates, work, record, (year, week), dt, block)
            use_stock(structure, rates, work, year, dt)
            clear(work.total)
            # One block ahead: people who age are counted at the start of the step, before their stratum moves on.
            for b in range(blocks + 1):
                if b < blocks:
                    set_speed(structure, rates, work, (b, year), block, row)
                if b > 0:
                    into = (year * kept + (b - 1) % kept) * compartments
                    move_on(structure, rates, work, record, (b - 1, year, into), dt, block, row)
