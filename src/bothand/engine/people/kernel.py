"""The compiled loops of the people engine: every person's clocks, in continuous time.

A *cause* is something that can happen to a person: a rule of the model, a branch of an event, the passing of an age
band. Each person has, for each cause and each time it happens, a threshold that is exponential with mean 1
(``vectors/streams.py``). The hazard of the cause is added up while the person is where it acts; when the sum meets the
threshold it happens. So a cause that a plan does not touch happens to the same person at the same hazard-time under
every plan.

Hazards stay for a year. What changes from week to week (naloxone at hand, the share let in at a gate) acts by
thinning: the clock runs at the highest hazard there can be, and what happens is accepted with the share of it that
holds in that week. That is exact, and a person is looked at only when something may happen to them.

Either the weeks are *given* (from the cohort engine: each person on their own), or they are made by these people
themselves: their own kits, their own places and, where asked, a queue in which whoever waits longest is let in first.

The file is long because compiled code is kept on disk, and a change in a file below would not be seen.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from bothand.engine.arrays import Floats, Ints
from bothand.engine.vectors.lanes import bare, bare_entry, inlined
from bothand.engine.vectors.streams import luck

YEAR_ENDS = -1  # UNIT: what comes next for a person, when it is no move
AGES = -2  # UNIT: they pass into the next age band
ARRIVES = -3  # UNIT: they come from outside
FADES = -4  # UNIT: what they carry with them fades
NOBODY = -1  # UNIT: no person, no place, no move
UNDRAWN = -1.0  # UNIT: a threshold that is not drawn yet
NEVER = math.inf
QUEUE_ROWS = 3  # UNIT: of a person in a queue: who is before, who comes after, which queue it is
MOST_TRIES = 200  # MATH: halvings of the bracket around the people who hold a place at the end of a week
CLOSE = 1e-14  # MATH: relative width at which the bracket is narrow enough


class Moves(NamedTuple):
    """Moves sorted by where they start; K of them, self-loops of events included."""

    row: Ints  # (N + 1,) first move out of each compartment
    target: Ints  # (K,)
    cause: Ints  # (K,)
    gate: Ints  # (K,) capacity, or -1
    coupled: Ints  # (K,) 1 where the rate depends on at_hand
    watched: Ints  # (K,) 1 where hazards are added up beside the counts
    modified: Ints  # (K,) modifier of one's own that multiplies the hazard, or -1
    history: Ints  # (K,) history that multiplies the hazard, or -1
    factor: Floats  # (K, levels)
    adds: Ints  # (K,) history that this move adds one to, or -1
    living: int
    causes: int  # ageing is the last of them
    queue: Ints  # (N,) capacity that people here wait for, or -1


class Yearly(NamedTuple):
    """Hazards of one draw. ``hazard`` is the highest there can be in a year: gates open, at_hand at its worse end."""

    hazard: Floats  # (Y, S, K)
    base: Floats  # (Y, K) coupled moves at at_hand = 0
    slope: Floats  # (Y, K)
    ageing: Floats  # (S,)
    older: Ints  # (S,)
    most: Ints  # (H,) highest level of a history
    window: Floats  # (H,) years after which a history fades to nothing; inf = never


class Weeks(NamedTuple):
    """What changes from week to week."""

    at_hand: Floats  # (W,)
    hand_years: Floats  # (W + 1,) integral of at_hand from day one
    fraction: Floats  # (W, C)
    steps: int


class Places(NamedTuple):
    """Capacities and the stock, for people who make their own weeks; one of them stands for ``weight`` people."""

    places: Floats  # (Y, C)
    fill: Floats  # (C,)
    holds: Ints  # (C, N)
    at_risk: Ints  # (N,)
    event: Floats  # (Y, N)
    kits: Floats  # (Y,)
    use_per_event: Floats  # (Y,)
    shelf_life: float
    most: float
    draw_down: float
    stock: float
    weight: float
    in_order: int  # 1: whoever waits longest is let in first


class State(NamedTuple):
    """Where everyone is. P people; ``next`` is when something may happen to them, ``fires`` what."""

    compartment: Ints  # (P,) or -1 before arrival
    stratum: Ints
    origin: Ints
    year: Ints
    now: Floats
    next: Floats
    fires: Ints
    residual: Floats  # (P, causes)
    happened: Ints  # (P, causes) how often
    level: Ints  # (P, H)
    expires: Floats  # (P, H)
    modifier: Floats  # (P, M)
    lands: Ints  # (P,) compartment in which they arrive, or -1


class Record(NamedTuple):
    """What happened. ``log`` holds person and move of every move, in the order in which they were met."""

    person_years: Floats  # (Y, O, S, N)
    counts: Ints  # (Y, O, K)
    hazards: Floats  # (Y, O, K) of watched moves
    state: Ints  # (Y + 1, O, N) people at the start and at each year's end
    log_person: Ints  # (L,)
    log_move: Ints  # (L,)
    log_time: Floats  # (L,)
    logged: Ints  # (1,) moves met; above L = the log was too short
    crowd: Ints  # (S, N) who is where, for people who make their own weeks
    lined: Ints  # (3, P) who is before and after a person in a queue, and which queue they stand in
    ends: Ints  # (2, C) the first and last in every queue


class Key(NamedTuple):
    """What every random word depends on, beside person, cause and count."""

    seed: int
    draw: int
    first: int  # number of the first person


@inlined
def hand_until(weeks: Weeks, time: float) -> float:
    """Return the integral of at_hand from day one to a time."""
    week = min(int(time * weeks.steps), len(weeks.at_hand) - 1)
    return float(weeks.hand_years[week] + (time - week / weeks.steps) * weeks.at_hand[week])


@inlined
def strength(moves: Moves, yearly: Yearly, state: State, p: int, k: int) -> float:
    """Return the highest hazard of a move for a person, with what they carry."""
    hazard = yearly.hazard[state.year[p], state.stratum[p], k]
    m = moves.modified[k]
    if m >= 0:
        hazard *= state.modifier[p, m]
    h = moves.history[k]
    if h >= 0:
        hazard *= moves.factor[k, state.level[p, h]]
    return float(hazard)


@inlined
def threshold(state: State, key: Key, p: int, cause: int) -> float:
    """Return what is left of a person's threshold for a cause; drawn when it is first met."""
    left = state.residual[p, cause]
    if left < 0:
        left = luck(key.seed, key.draw, key.first + p, cause, state.happened[p, cause])[0]
        state.residual[p, cause] = left
    return float(left)


@inlined
def look_ahead(moves: Moves, yearly: Yearly, state: State, key: Key, p: int) -> None:
    """Find what may happen next to a person, and when."""
    here, now = state.compartment[p], state.now[p]
    if here >= moves.living:
        state.next[p], state.fires[p] = NEVER, YEAR_ENDS
        return
    end = float(state.year[p] + 1)
    soonest, fires = end - now, YEAR_ENDS
    for k in range(moves.row[here], moves.row[here + 1]):
        hazard = strength(moves, yearly, state, p, k)
        if hazard > 0:
            wait = threshold(state, key, p, moves.cause[k]) / hazard
            if wait < soonest:
                soonest, fires = wait, k
    ageing = yearly.ageing[state.stratum[p]]
    if ageing > 0:
        wait = threshold(state, key, p, moves.causes - 1) / ageing
        if wait < soonest:
            soonest, fires = wait, AGES
    for h in range(len(yearly.window)):
        wait = state.expires[p, h] - now
        if wait < soonest:
            soonest, fires = max(wait, 0.0), FADES
    state.next[p] = end if fires == YEAR_ENDS else now + soonest
    state.fires[p] = fires


@inlined
def settle(moves: Moves, yearly: Yearly, weeks: Weeks, state: State, record: Record, p: int, time: float) -> None:
    """Let a person live until ``time``, during which nothing happens to them."""
    lived = time - state.now[p]
    if lived <= 0:
        return
    here, year, o, s = state.compartment[p], state.year[p], state.origin[p], state.stratum[p]
    record.person_years[year, o, s, here] += lived
    hand = -1.0
    for k in range(moves.row[here], moves.row[here + 1]):
        hazard = strength(moves, yearly, state, p, k)
        if hazard > 0:
            cause = moves.cause[k]
            state.residual[p, cause] = max(state.residual[p, cause] - hazard * lived, 0.0)
            if moves.watched[k] == 1:
                if moves.coupled[k] == 1:
                    if hand < 0:
                        hand = hand_until(weeks, time) - hand_until(weeks, state.now[p])
                    own = yearly.base[year, k] * lived + yearly.slope[year, k] * hand
                    record.hazards[year, o, k] += hazard / yearly.hazard[year, s, k] * own
                else:
                    record.hazards[year, o, k] += hazard * lived
    if yearly.ageing[s] > 0:
        last = moves.causes - 1
        state.residual[p, last] = max(state.residual[p, last] - yearly.ageing[s] * lived, 0.0)
    state.now[p] = time


@bare
def leave_queue(record: Record, p: int) -> None:
    """Take a person out of the queue they stand in."""
    c = record.lined[2, p]
    if c < 0:
        return
    before, after = record.lined[0, p], record.lined[1, p]
    if before >= 0:
        record.lined[1, before] = after
    else:
        record.ends[0, c] = after
    if after >= 0:
        record.lined[0, after] = before
    else:
        record.ends[1, c] = before
    record.lined[2, p] = NOBODY


@bare
def join_queue(record: Record, p: int, c: int) -> None:
    """Put a person at the end of a queue."""
    last = record.ends[1, c]
    record.lined[0, p], record.lined[1, p], record.lined[2, p] = last, NOBODY, c
    if last >= 0:
        record.lined[1, last] = p
    else:
        record.ends[0, c] = p
    record.ends[1, c] = p


@inlined
def go(moves: Moves, yearly: Yearly, state: State, record: Record, p: int, k: int) -> None:
    """Let a move happen to a person, now."""
    year, o, s, here = state.year[p], state.origin[p], state.stratum[p], state.compartment[p]
    record.counts[year, o, k] += 1
    n = record.logged[0]
    if n < len(record.log_person):
        record.log_person[n], record.log_move[n], record.log_time[n] = p, k, state.now[p]
    record.logged[0] = n + 1
    h = moves.adds[k]
    if h >= 0:
        state.level[p, h] = min(state.level[p, h] + 1, yearly.most[h])
        state.expires[p, h] = state.now[p] + yearly.window[h]
    there = moves.target[k]
    if there != here:
        enter(moves, state, record, p, s, here, there)


@inlined
def enter(moves: Moves, state: State, record: Record, p: int, s: int, here: int, there: int) -> None:
    """Move a person from one compartment to another, in the crowd and in the queues too."""
    state.compartment[p] = there
    if len(record.ends[0]) == 0 and len(record.crowd) == 0:
        return
    if here >= 0:
        record.crowd[s, here] -= 1
    record.crowd[s, there] += 1
    if len(record.ends[0]) > 0:
        c = moves.queue[there]
        if c != record.lined[2, p]:
            leave_queue(record, p)
            if c >= 0:
                join_queue(record, p, c)


@inlined
def share_of(moves: Moves, yearly: Yearly, weeks: Weeks, state: State, p: int, k: int) -> float:
    """Return the share of the highest hazard of a move that holds now."""
    week = min(int(state.now[p] * weeks.steps), len(weeks.at_hand) - 1)
    share = 1.0
    if moves.coupled[k] == 1:
        year, s = state.year[p], state.stratum[p]
        own = yearly.base[year, k] + yearly.slope[year, k] * weeks.at_hand[week]
        share = own / yearly.hazard[year, s, k]
    c = moves.gate[k]
    return float(share * weeks.fraction[week, c]) if c >= 0 else share


@inlined
def happen(
    moves: Moves, yearly: Yearly, weeks: Weeks, state: State, record: Record, key: Key, p: int, in_order: int
) -> int:
    """Let come what is next for a person. Return another person who was let in instead of them, or -1."""
    other, fires = NOBODY, state.fires[p]
    if fires == ARRIVES:
        state.now[p] = state.next[p]
        state.year[p] = int(state.now[p])
        enter(moves, state, record, p, state.stratum[p], NOBODY, state.lands[p])
        look_ahead(moves, yearly, state, key, p)
        return other
    settle(moves, yearly, weeks, state, record, p, state.next[p])
    if fires == YEAR_ENDS:
        state.year[p] += 1
        state.now[p] = float(state.year[p])
        record.state[state.year[p], state.origin[p], state.compartment[p]] += 1
        if state.year[p] >= len(yearly.hazard):
            state.next[p] = NEVER
            return other
    elif fires == AGES:
        last, s = moves.causes - 1, state.stratum[p]
        state.residual[p, last] = UNDRAWN
        state.happened[p, last] += 1
        state.stratum[p] = yearly.older[s]
        if len(record.crowd) > 0:
            record.crowd[s, state.compartment[p]] -= 1
            record.crowd[state.stratum[p], state.compartment[p]] += 1
    elif fires == FADES:
        for h in range(len(yearly.window)):
            if state.expires[p, h] <= state.now[p]:
                state.level[p, h], state.expires[p, h] = 0, NEVER
    else:
        cause = moves.cause[fires]
        lot = luck(key.seed, key.draw, key.first + p, cause, state.happened[p, cause])[1]
        state.residual[p, cause] = UNDRAWN
        state.happened[p, cause] += 1
        if lot < share_of(moves, yearly, weeks, state, p, fires):
            c = moves.gate[fires]
            if in_order == 1 and c >= 0 and record.lined[2, p] == c and record.ends[0, c] != p:
                other = record.ends[0, c]
                let_in(moves, yearly, weeks, state, record, key, other, c, state.now[p])
            else:
                go(moves, yearly, state, record, p, fires)
    look_ahead(moves, yearly, state, key, p)
    return other


@bare
def let_in(
    moves: Moves, yearly: Yearly, weeks: Weeks, state: State, record: Record, key: Key, p: int, c: int, time: float
) -> None:
    """Let the person in who waits longest, by the move that leads from where they wait through the gate."""
    settle(moves, yearly, weeks, state, record, p, time)
    here = state.compartment[p]
    for k in range(moves.row[here], moves.row[here + 1]):
        if moves.gate[k] == c:
            go(moves, yearly, state, record, p, k)
            break
    look_ahead(moves, yearly, state, key, p)


@bare_entry
def run_alone(moves: Moves, yearly: Yearly, weeks: Weeks, state: State, record: Record, key: Key) -> None:
    """Run everyone through weeks that are given, each person on their own."""
    for p in range(len(state.now)):
        if state.fires[p] != ARRIVES:
            look_ahead(moves, yearly, state, key, p)
        while state.next[p] < NEVER:
            happen(moves, yearly, weeks, state, record, key, p, 0)


# ------------------------------------------------------------------------------------- people who make their own weeks


@bare
def push(times: Floats, people: Ints, size: int, time: float, p: int) -> int:
    """Put a person into the heap of who is next; return its size."""
    i = size
    while i > 0:
        up = (i - 1) // 2
        if times[up] <= time:
            break
        times[i], people[i] = times[up], people[up]
        i = up
    times[i], people[i] = time, p
    return size + 1


@bare
def pop(times: Floats, people: Ints, size: int) -> int:
    """Take the next one out of the heap (they stand at 0 before); return its size."""
    size -= 1
    time, p = times[size], people[size]
    i = 0
    while True:
        down = 2 * i + 1
        if down >= size:
            break
        if down + 1 < size and times[down + 1] < times[down]:
            down += 1
        if times[down] >= time:
            break
        times[i], people[i] = times[down], people[down]
        i = down
    times[i], people[i] = time, p
    return size


@bare
def waits(state: State, p: int) -> bool:
    """Say whether something other than the end of the year comes next for a person."""
    return bool(state.next[p] < NEVER and state.fires[p] != YEAR_ENDS)


@bare
def fill_heap(state: State, times: Floats, people: Ints) -> int:
    """Put everyone to whom something will happen before the year ends into the heap."""
    size = 0
    for p in range(len(state.now)):
        if waits(state, p):
            size = push(times, people, size, state.next[p], p)
    return size


@bare
def share_let_in(places: float, fill: float, asking: float, others: float, leaving: float, before: float) -> float:
    """Solve N = before + asking (1 - (N/C)^k) + others - leaving N / before, and return 1 - (N/C)^k within [0, 1]."""
    if places == math.inf:
        return 1.0
    if places <= 0:
        return 0.0
    stay = 1 + (leaving / before if before > 0 else 0.0)
    low, high = 0.0, places
    for _ in range(MOST_TRIES):
        middle = 0.5 * (low + high)
        if before + asking * (1 - (middle / places) ** fill) + others > stay * middle:
            low = middle
        else:
            high = middle
        if high - low <= CLOSE * places:
            break
    return float(min(max(1 - (high / places) ** fill, 0.0), 1.0))


@bare
def open_week(
    moves: Moves, yearly: Yearly, places: Places, weeks: Weeks, record: Record, year: int, week: int, stock: float
) -> float:
    """Set what a week holds, from who is where at its start; return the kits at its end."""
    dt = 1 / weeks.steps
    strata, compartments = record.crowd.shape
    risk, events = 0.0, 0.0
    for n in range(compartments):
        here = 0.0
        for s in range(strata):
            here += record.crowd[s, n]
        here *= places.weight
        if places.at_risk[n] == 1:
            risk += here
        events += places.event[year, n] * here
    hand = 0.0
    if stock > 0:
        hand = places.most * (-math.expm1(-places.draw_down * stock / risk) if risk > 0 else 1.0)
    weeks.at_hand[week] = hand
    weeks.hand_years[week + 1] = weeks.hand_years[week] + hand * dt
    for c in range(len(places.fill)):
        asking, others, leaving, before = 0.0, 0.0, 0.0, 0.0
        for n in range(moves.living):
            inside = places.holds[c, n] == 1
            for s in range(strata):
                if record.crowd[s, n] == 0:
                    continue
                here = record.crowd[s, n] * places.weight
                if inside:
                    before += here
                for k in range(moves.row[n], moves.row[n + 1]):
                    into = places.holds[c, moves.target[k]] == 1
                    if into == inside:
                        continue
                    rate = yearly.hazard[year, s, k]
                    if moves.coupled[k] == 1:
                        rate = yearly.base[year, k] + yearly.slope[year, k] * hand
                    flow = rate * here * dt
                    if inside:
                        leaving += flow
                    elif moves.gate[k] == c:
                        asking += flow
                    else:
                        others += flow
        weeks.fraction[week, c] = share_let_in(places.places[year, c], places.fill[c], asking, others, leaving, before)
    loss = 1 / places.shelf_life
    if stock > 0:
        loss += events * places.use_per_event[year] * hand / stock
    gained = -math.expm1(-loss * dt) / loss if loss > 0 else dt
    return float(stock * math.exp(-loss * dt) + places.kits[year] * gained)


@bare_entry
def run_together(
    moves: Moves, yearly: Yearly, places: Places, weeks: Weeks, state: State, record: Record, key: Key,
    times: Floats, people: Ints, stocks: Floats,
) -> None:  # fmt: skip
    """Run everyone through weeks that they make themselves, in the order of time; years end for all at once."""
    for p in range(len(state.now)):
        if state.fires[p] == ARRIVES:
            continue
        record.crowd[state.stratum[p], state.compartment[p]] += 1
        if places.in_order == 1 and moves.queue[state.compartment[p]] >= 0:
            join_queue(record, p, moves.queue[state.compartment[p]])
        look_ahead(moves, yearly, state, key, p)
    size = fill_heap(state, times, people)
    stock = places.stock
    for week in range(len(weeks.at_hand)):
        year = week // weeks.steps
        stocks[week] = stock
        stock = open_week(moves, yearly, places, weeks, record, year, week, stock)
        end = float(year + 1) if (week + 1) % weeks.steps == 0 else (week + 1) / weeks.steps
        while size > 0 and times[0] <= end:
            p, time = people[0], times[0]
            size = pop(times, people, size)
            if time != state.next[p]:
                continue  # something else came first for them
            other = happen(moves, yearly, weeks, state, record, key, p, places.in_order)
            if size + 2 > len(times):
                size = fill_heap(state, times, people)
                continue
            if waits(state, p):
                size = push(times, people, size, state.next[p], p)
            if other >= 0 and waits(state, other):
                size = push(times, people, size, state.next[other], other)
        if (week + 1) % weeks.steps == 0:
            for p in range(len(state.now)):
                if state.next[p] < NEVER and state.fires[p] == YEAR_ENDS:
                    happen(moves, yearly, weeks, state, record, key, p, places.in_order)
            size = fill_heap(state, times, people)
    stocks[len(weeks.at_hand)] = stock
