"""The compiled step of the cohort engine: eight draws at a time, one to a lane of a vector.

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
    read_lanes,
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
    leaves: Ints  # (S,) 1 where people age into another stratum
    fixed: Ints  # edges whose rate stays for the year
    moving: Ints  # edges with a gate or a coupling
    moved: Ints  # compartments that a moving edge leaves
    coupled: Ints  # (len(chain.coupled),)
    coupled_held: Ints  # (len(chain.coupled),) 1 where the twin holds the edge
    gated_row: Ints  # (C + 1,) and so on: lists of edges per capacity
    gated: Ints  # edges with gate c
    asks_row: Ints
    asks: Ints  # edges gated by c from outside its places into them
    enters_row: Ints
    enters: Ints  # other plain edges into its places
    exits_row: Ints
    exits: Ints  # plain edges out of its places
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


class Rates(NamedTuple):
    """The arrays of a Schedule and a Start (held paths already in their place), axes as documented there."""

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
    people: Floats
    stock: Floats


class Work(NamedTuple):
    """What one block of lanes works in: flat, aligned to a vector, indexed in vectors."""

    people: Floats  # [B][N][K O]
    lived: Floats  # [B or 1][N][K O] integral of occupancy in this year
    speed: Floats  # [BUFFERS][N][K O] first derivative: of this block, the one before, the one after
    by_stratum_total: Floats  # [B][N][K] summed over origins
    total: Floats  # [N] summed over origins and strata
    base: Floats  # [n_plain] rate without coupling and gate
    free: Floats  # [n_plain] rate with free places
    rate: Floats  # [n_plain] rate of this step
    slope: Floats  # [len(coupled)]
    by_stratum: Floats  # [B][n_by_stratum][K]
    steady_exit: Floats  # [N] hazard of leaving by fixed edges
    exit: Floats  # [N] hazard of leaving by plain edges
    by_exit: Floats  # [B][N][K] minus the hazard of leaving by by-stratum edges and ageing
    grow: Floats  # [B][K] hazard at which people come from the stratum before
    event: Floats  # [N]
    inflow: Floats  # [A][S]
    stock: Floats  # [1]
    hand: Floats  # [2] at hand: own, held
    flow: Floats  # [FLOWS]
    share: Floats  # [1] let in


class Record(NamedTuple):
    """The arrays of a Trajectory, and the fastest exit that was met, (blocks, 2): hazard, compartment."""

    person_years: Floats
    state: Floats
    final: Floats
    at_hand: Floats
    fraction: Floats
    stock: Floats
    fastest: Floats


# --- the parts of a step ----------------------------------------------------------------------------------------


@bare
def begin(structure: Structure, rates: Rates, work: Work, first: int, block: Any, row: Any) -> None:
    """Bring the people and kits of day one into the lanes, and add them up as ``move_on`` does."""
    _, origins, strata, compartments = rates.people.shape
    wide, one = len(block), fill(1.0)
    clear(work.total)
    read_lanes(work.stock, 0, rates.stock, first)
    for place in range(strata):
        s, b, k = structure.order[place], place // wide, place % wide
        younger = structure.younger[s]
        store(work.grow, place, fill(rates.ageing[younger] if younger >= 0 else 0.0))
        for n in range(compartments):
            for o in range(origins):
                column = ((b * compartments + n) * wide + k) * origins + o
                read_lanes(work.people, column, rates.people[:, o, s, n], first)
    for b in range(strata // wide):
        for n in range(compartments):
            people = fetch(work.people, (b * compartments + n) * len(row), row)
            put(work.by_stratum_total, (b * compartments + n) * wide, totals(people, block))
            store(work.total, n, multiply_add(one, total(people), load(work.total, n)))


@bare
def begin_year(structure: Structure, rates: Rates, work: Work, year: int, first: int, block: Any) -> None:
    """Bring the rates of a year into the lanes and sum those that stay for the year by the compartment they leave."""
    strata, compartments, edges = len(structure.order), len(structure.row) - 1, len(structure.by_source)
    wide = len(block)
    for k in range(len(structure.source)):
        read_lanes(work.base, k, rates.plain[year, structure.edge[k]], first)
        for into in (work.free, work.rate):
            store(into, k, load(work.base, k))
    for j in range(len(structure.coupled)):
        read_lanes(work.slope, j, rates.slope[year, j], first)
    for n in range(compartments):
        read_lanes(work.event, n, rates.event[year, n], first)
    clear(work.steady_exit)
    for k in structure.fixed:
        leave(work.steady_exit, structure.source[k], work.base, k)
    for n in range(compartments):
        store(work.exit, n, load(work.steady_exit, n))
    for place in range(strata):
        s, b, part = structure.order[place], place // wide, place % wide
        for n in range(compartments):
            ages = structure.leaves[s] == 1 and n < structure.living
            store(work.by_exit, (b * compartments + n) * wide + part, fill(-rates.ageing[s] if ages else 0.0))
        for k in range(edges):
            edge = (b * edges + k) * wide + part
            read_lanes(work.by_stratum, edge, rates.by_stratum[year, structure.by_edge[k], s], first)
            source = (b * compartments + structure.by_source[k]) * wide + part
            for lane in range(LANES):
                work.by_exit[source * LANES + lane] -= work.by_stratum[edge * LANES + lane]
        for a in range(len(structure.arrivals)):
            read_lanes(work.inflow, a * strata + place, rates.inflow[year, a, s], first)
    clear(work.lived)


@bare
def find_fastest(structure: Structure, work: Work, fastest: Floats, block: Any) -> None:
    """Note the largest hazard of leaving, gates open, at the worse end of at_hand."""
    compartments, wide = len(structure.row) - 1, len(block)
    for k in structure.moving:
        leave(work.exit, structure.source[k], work.base, k)
    for j in range(len(structure.coupled)):
        for lane in range(LANES):
            more = max(work.slope[j * LANES + lane], 0.0)
            work.exit[structure.source[structure.coupled[j]] * LANES + lane] += more
    for row in range(len(structure.order) * compartments):
        n = row // wide % compartments
        for lane in range(LANES):
            hazard = work.exit[n * LANES + lane] - work.by_exit[row * LANES + lane]
            if hazard > fastest[0]:
                fastest[0] = hazard
                fastest[1] = n


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
def plain_flow(start: Any, source: Ints, rate: Floats, total: Floats, row: Ints, edges: Ints, c: int) -> Any:
    """Start + people per year along the plain edges listed for capacity c."""
    for i in range(row[c], row[c + 1]):
        start = multiply_add(load(rate, edges[i]), load(total, source[edges[i]]), start)
    return start


@bare
def by_stratum_flow(structure: Structure, work: Work, row: Ints, edges: Ints, c: int, block: Any) -> Any:
    """People per year along the by-stratum edges listed for capacity c."""
    count, compartments, wide = len(structure.by_source), len(structure.row) - 1, len(block)
    flow = none(block)
    for b in range(len(structure.order) // wide):
        for i in range(row[c], row[c + 1]):
            people = fetch(work.by_stratum_total, (b * compartments + structure.by_source[edges[i]]) * wide, block)
            flow = add_each(flow, fetch(work.by_stratum, (b * count + edges[i]) * wide, block), people)
    return total(flow)


@bare
def measure_flows(structure: Structure, work: Work, c: int, block: Any) -> None:
    """People who ask for the places of capacity c, enter them otherwise, leave them, per year; who is there."""
    nobody, one, source, people = fill(0.0), fill(1.0), structure.source, work.total
    store(work.flow, 0, plain_flow(nobody, source, work.free, people, structure.asks_row, structure.asks, c))
    others = plain_flow(nobody, source, work.rate, people, structure.enters_row, structure.enters, c)
    entering = by_stratum_flow(structure, work, structure.by_enters_row, structure.by_enters, c, block)
    others = multiply_add(one, entering, others)
    strata = len(structure.order)
    for a in range(len(structure.arrivals)):
        if structure.arrival_held[c, a] == 1:
            for s in range(strata):
                others = multiply_add(one, load(work.inflow, a * strata + s), others)
    store(work.flow, 1, others)
    leaving = plain_flow(nobody, source, work.rate, people, structure.exits_row, structure.exits, c)
    dying = by_stratum_flow(structure, work, structure.by_exits_row, structure.by_exits, c, block)
    leaving = multiply_add(one, dying, leaving)
    store(work.flow, 2, leaving)
    before = nobody
    for i in range(structure.holds_row[c], structure.holds_row[c + 1]):
        before = multiply_add(one, load(people, structure.holds[i]), before)
    store(work.flow, FLOWS - 1, before)


@bare
def open_gate(structure: Structure, rates: Rates, work: Work, record: Record, at: Any, dt: float, block: Any) -> None:
    """Let the share in that one capacity has room for; ``at`` is (capacity, year, week, first draw)."""
    c, year, week, first = at
    measure_flows(structure, work, c, block)
    for lane in range(LANES):
        draw = min(first + lane, rates.places.shape[2] - 1)
        share = share_let_in(rates.places[year, c, draw], rates.fill[c, draw], work.flow, lane, dt)
        record.fraction[week, c, draw] = share
        work.share[lane] = share
    for i in range(structure.gated_row[c], structure.gated_row[c + 1]):
        k = structure.gated[i]
        store(work.rate, k, multiply_add(load(work.free, k), load(work.share, 0), fill(0.0)))


@bare
def set_rates(structure: Structure, rates: Rates, work: Work, record: Record, at: Any, dt: float, block: Any) -> None:
    """Set every rate that changes within the year for the coming step, from people and kits at its start."""
    year, week, first = at
    for lane in range(LANES):
        draw = min(first + lane, rates.stock.shape[0] - 1)
        risk = 0.0
        for n in structure.at_risk:
            risk += work.total[n * LANES + lane]
        kits = work.stock[lane]
        hand = 0.0
        if kits > 0:
            hand = rates.most[draw] * (-math.expm1(-rates.draw_down[draw] * kits / risk) if risk > 0 else 1.0)
        record.at_hand[week, draw] = hand
        work.hand[lane] = hand
        work.hand[LANES + lane] = rates.held_at_hand[week, draw]
    for j in range(len(structure.coupled)):
        k = structure.coupled[j]
        hand_now = load(work.hand, structure.coupled_held[j])
        store(work.free, k, multiply_add(load(work.slope, j), hand_now, load(work.base, k)))
    for k in structure.moving:
        store(work.rate, k, load(work.free, k))
    for c in range(rates.places.shape[1]):
        open_gate(structure, rates, work, record, (c, year, week, first), dt, block)
    for _ in range(CROSSING_ROUNDS):
        for c in structure.crossed:
            open_gate(structure, rates, work, record, (c, year, week, first), dt, block)
    for n in structure.moved:
        store(work.exit, n, load(work.steady_exit, n))
    for k in structure.moving:
        leave(work.exit, structure.source[k], work.rate, k)


@bare
def use_stock(rates: Rates, work: Work, year: int, first: int, dt: float) -> None:
    """Step the kits: kept and used in proportion to their number, which is exact while that proportion stays."""
    for lane in range(LANES):
        draw = min(first + lane, rates.stock.shape[0] - 1)
        kits, events = work.stock[lane], 0.0
        for n in range(rates.event.shape[1]):
            events += work.event[n * LANES + lane] * work.total[n * LANES + lane]
        loss = 1 / rates.shelf_life[draw]
        if kits > 0:
            loss += events * rates.use_per_event[year, draw] * work.hand[lane] / kits
        gained = -math.expm1(-loss * dt) / loss if loss > 0 else dt
        work.stock[lane] = kits * math.exp(-loss * dt) + rates.kits[year, draw] * gained


@bare
def gather(structure: Structure, work: Work, people: Floats, at: Any, block: Any, row: Any) -> Any:
    """Rate of change of a compartment's row by moves: in-edges, less the hazard of leaving; ``at`` = (n, b, offset).

    ``people`` is the state or its derivative; ``offset`` is where block b begins in it, in compartments.
    """
    n, b, offset = at
    count, wide, compartments, edges = len(row), len(block), len(structure.row) - 1, len(structure.by_source)
    staying = less(fetch(work.by_exit, (b * compartments + n) * wide, block), load(work.exit, n))
    change = scaled(staying, fetch(people, (offset + n) * count, row))
    for k in range(pick(structure.row, n), pick(structure.row, n + 1)):
        source = offset + pick(structure.source, k)
        change = add_scaled(change, load(work.rate, k), fetch(people, source * count, row))
    for k in range(pick(structure.by_row, n), pick(structure.by_row, n + 1)):
        source = offset + pick(structure.by_source, k)
        rate = fetch(work.by_stratum, (b * edges + k) * wide, block)
        change = add_each(change, rate, fetch(people, source * count, row))
    return change


@bare
def set_speed(structure: Structure, work: Work, b: int, block: Any, row: Any) -> None:
    """First derivative of block b; the one before it must not have moved on yet."""
    count, wide, compartments, strata = len(row), len(block), len(structure.row) - 1, len(structure.order)
    mine, offset, before = b % BUFFERS * compartments, b * compartments, max(b - 1, 0) * compartments
    grow = fetch(work.grow, b * wide, block)
    for n in range(compartments):
        change = gather(structure, work, work.people, (n, b, offset), block, row)
        if n < structure.living:
            younger = fetch_late(work.people, (before + n) * count, (offset + n) * count, block, row)
            change = add_each(change, grow, younger)
        put(work.speed, (mine + n) * count, change)
    for a in range(len(structure.arrivals)):
        for k in range(wide):
            place = (mine + structure.arrivals[a]) * count + k * (count // wide) + structure.inflow_origin
            arriving = multiply_add(fill(1.0), load(work.inflow, a * strata + b * wide + k), load(work.speed, place))
            store(work.speed, place, arriving)


@bare
def move_on(structure: Structure, work: Work, b: int, dt: float, block: Any, row: Any) -> None:
    """Second derivative and Taylor step of block b, and of the years lived in it."""
    count, wide, compartments = len(row), len(block), len(structure.row) - 1
    mine, before = b % BUFFERS * compartments, (b + BUFFERS - 1) % BUFFERS * compartments
    offset = b * compartments
    kept = offset if len(work.lived) == len(work.people) else 0
    grow = fetch(work.grow, b * wide, block)
    one, all_dt, half, sixth = fill(1.0), fill(dt), fill(0.5 * dt * dt), fill(SIXTH * dt * dt * dt)
    for n in range(compartments):
        bend = gather(structure, work, work.speed, (n, b, mine), block, row)
        if n < structure.living:
            younger = fetch_late(work.speed, (before + n) * count, (mine + n) * count, block, row)
            bend = add_each(bend, grow, younger)
        speed = fetch(work.speed, (mine + n) * count, row)
        people = fetch(work.people, (offset + n) * count, row)
        lived = fetch(work.lived, (kept + n) * count, row)
        lived = add_scaled(add_scaled(add_scaled(lived, all_dt, people), half, speed), sixth, bend)
        put(work.lived, (kept + n) * count, lived)
        people = add_scaled(add_scaled(people, all_dt, speed), half, bend)
        put(work.people, (offset + n) * count, people)
        put(work.by_stratum_total, (offset + n) * wide, totals(people, block))
        store(work.total, n, multiply_add(one, total(people), load(work.total, n)))


@bare
def write(structure: Structure, into: Floats, people: Floats, first: int, block: Any) -> None:
    """Copy rows out to (D, O, S, N), or their sum over strata to (D, O, 1, N)."""
    draws, origins, strata, compartments = into.shape
    wide = len(block)
    places = len(people) // (compartments * origins * LANES)
    for lane in range(min(LANES, draws - first)):
        for o in range(origins):
            for s in range(strata):
                for n in range(compartments):
                    into[first + lane, o, s, n] = 0
            for place in range(places):
                s = structure.order[place] if strata > 1 else 0
                for n in range(compartments):
                    row = (place // wide * compartments + n) * wide + place % wide
                    into[first + lane, o, s, n] += people[(row * origins + o) * LANES + lane]


@bare
def write_state(structure: Structure, into: Floats, people: Floats, first: int, block: Any) -> None:
    """Sum rows over strata into (D, O, N)."""
    draws, origins, compartments = into.shape
    wide = len(block)
    for lane in range(min(LANES, draws - first)):
        for o in range(origins):
            for n in range(compartments):
                people_here = 0.0
                for place in range(len(structure.order)):
                    row = (place // wide * compartments + n) * wide + place % wide
                    people_here += people[(row * origins + o) * LANES + lane]
                into[first + lane, o, n] = people_here


@bare_entry
def run_block(
    structure: Structure, rates: Rates, work: Work, record: Record, first: int, steps: int, shape: Any
) -> None:
    """Run eight draws, from ``first``, through all years.

    ``shape`` is two tuples, as long as there are strata in a block, and strata times origins.
    """
    block, row = shape
    years, draws, blocks = rates.plain.shape[0], rates.stock.shape[0], len(structure.order) // len(block)
    dt = 1 / steps
    begin(structure, rates, work, first, block, row)
    for year in range(years + 1):
        write_state(structure, record.state[year], work.people, first, block)
        for lane in range(min(LANES, draws - first)):
            record.stock[year, first + lane] = work.stock[lane]
        if year == years:
            break
        begin_year(structure, rates, work, year, first, block)
        find_fastest(structure, work, record.fastest[first // LANES], block)
        for week in range(year * steps, (year + 1) * steps):
            set_rates(structure, rates, work, record, (year, week, first), dt, block)
            use_stock(rates, work, year, first, dt)
            clear(work.total)
            # One block ahead: people who age are counted at the start of the step, before their stratum moves on.
            for b in range(blocks + 1):
                if b < blocks:
                    set_speed(structure, work, b, block, row)
                if b > 0:
                    move_on(structure, work, b - 1, dt, block, row)
        write(structure, record.person_years[year], work.lived, first, block)
    write(structure, record.final, work.people, first, block)
