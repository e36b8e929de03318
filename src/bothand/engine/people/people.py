"""A run of individuals: who starts, who arrives, what happens to each, and what is left of it.

The same compiled model and schedule as the cohort engine's, one draw at a time. Where the weeks (naloxone at hand, the
share let in at each gate) are given by a cohort run, people are independent of each other and their mean is the cohort
run. Where they make their own weeks, they share their own kits and their own places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bothand.engine.arrays import WEEKS, Floats, Ints, Schedule, Start, Trajectory
from bothand.engine.compile import CompiledModel
from bothand.engine.people.history import NOTHING, Carry, require_known
from bothand.engine.people.kernel import (
    ARRIVES,
    NEVER,
    NOBODY,
    QUEUE_ROWS,
    UNDRAWN,
    Key,
    Moves,
    Places,
    Record,
    State,
    Weeks,
    Yearly,
    run_alone,
    run_together,
)
from bothand.engine.people.layout import Layout, Named, hazards_of, lay_out
from bothand.engine.vectors.streams import fill_luck

CHUNK = 4096  # MATH: people run at a time where they are independent; results do not depend on it
ROOM = 48  # MATH: moves a person that the record has room for at first
START_CAUSE = 0x80000000  # UNIT: streams of luck beside those of the moves
ARRIVAL_CAUSE = 0x80000001  # UNIT: the next of them
PLACE_CAUSE = 0x80000002  # UNIT: the next of them
HISTORY_CAUSE = 0x81000000  # UNIT: from here on, one for each history
OWN_CAUSE = 0x82000000  # UNIT: from here on, one for each modifier

Queue = Literal["by the law", "first come, first let in"]


@dataclass(frozen=True)
class Lives:
    """What happened to P people, each standing for ``weight`` people of the place.

    Axes as in ``engine.arrays``; K are the moves of ``named``. ``hazards`` holds, for moves to death and events that
    leave a person where they are, the hazard that people lived through: its mean is that of ``counts``, its spread is
    smaller. ``person``, ``move``, ``time`` list every move, person by person, in the order of time.
    """

    named: Named
    weight: float
    people: int
    person_years: Floats  # (Y, O, S, N)
    counts: Ints  # (Y, O, K)
    hazards: Floats  # (Y, O, K)
    state: Ints  # (Y + 1, O, N)
    origin: Ints  # (P,)
    start: Ints  # (P,) compartment in which each began
    arrived: Floats  # (P,) years from day one; 0 = was there
    person: Ints  # (L,)
    move: Ints  # (L,)
    time: Floats  # (L,)
    at_hand: Floats  # (W,)
    fraction: Floats  # (W, C)

    def deaths(self, name: str, hazards: bool = False) -> Floats:
        """Return deaths of one kind by year and origin (Y, O), in people of the place."""
        marked = self.named.of(name) & self.named.death
        given = self.hazards if hazards else self.counts
        return np.asarray(given[:, :, marked].sum(axis=2) * self.weight)


def simulate(
    model: CompiledModel,
    schedule: Schedule,
    start: Start,
    *,
    draw: int = 0,
    seed: int = 0,
    people: int | None = None,
    weeks: Trajectory | None = None,
    queue: Queue = "by the law",
    waiting: Mapping[str, Sequence[int]] | None = None,
    carried: Carry = NOTHING,
    steps: int = WEEKS,
    threads: int = 1,
    log: bool = True,
) -> Lives:
    """Run individuals through all years of one draw of a schedule.

    Args:
        model: the compiled model; schedule, start: as for the cohort engine, for D draws.
        draw, seed: which draw; with the seed it is the key of every random word.
        people: how many individuals there are on day one; as many as the place has when None.
        weeks: the cohort run that gives at_hand and the shares let in, for people who are independent of each other;
            None = they make their own.
        queue: of people who make their own weeks, who is let in when a place is given away.
        waiting: capacity -> compartments in which people wait for it, for "first come, first let in".
        carried: histories and modifiers of their own, if any, that change people's hazards (``history.py``).
        steps: weeks a year. threads: how many, where people are independent; results do not depend on it.
        log: whether to list every move.

    Raises:
        ValueError: a history that names what the model does not have, or weeks of another length.
    """
    require_known(model, carried)
    layout = lay_out(model, carried, waiting if queue != "by the law" else None)
    yearly = hazards_of(layout, model, schedule, draw, carried)
    everyone = float(start.people[draw, :, :, : model.chain.n_living].sum())
    count = round(everyone) if people is None else people
    if count < 1:
        raise ValueError("a run needs at least one person.")
    weight = everyone / count
    begin = gather(model, schedule, start, draw, seed, count, weight)
    begin = _with_what_they_carry(begin, carried, seed, draw)
    size, room = len(begin.now), ROOM if log else 0
    while True:
        if weeks is None:
            kits = float(start.stock[draw])
            record, shown = _together(
                model, schedule, layout, yearly, begin, (draw, seed, room, steps), (weight, kits, queue)
            )
        else:
            shown = given_weeks(weeks, draw, steps, schedule.years)
            record = _alone(layout.moves, yearly, shown, begin, (draw, seed, room, threads))
        logged = int(record.logged[0])
        if not log or logged == len(record.log_person):
            break
        room *= 2
    order = np.argsort(record.log_person[:logged], kind="stable") if log else np.zeros(0, dtype=np.int64)
    return Lives(
        named=layout.named,
        weight=weight,
        people=size,
        person_years=record.person_years,
        counts=record.counts,
        hazards=record.hazards,
        state=record.state,
        origin=begin.origin,
        start=np.where(begin.lands >= 0, begin.lands, begin.compartment),
        arrived=np.where(begin.lands >= 0, begin.next, 0.0),
        person=record.log_person[:logged][order],
        move=record.log_move[:logged][order],
        time=record.log_time[:logged][order],
        at_hand=shown.at_hand,
        fraction=shown.fraction,
    )


def given_weeks(run: Trajectory, draw: int, steps: int, years: int) -> Weeks:
    """Return the weeks of one draw of a cohort run. Raises ValueError when they are not as many as asked for."""
    at_hand = np.ascontiguousarray(run.at_hand[:, draw])
    if len(at_hand) != years * steps:
        raise ValueError(f"the weeks given are {len(at_hand)}; {years} years of {steps} were expected.")
    hand_years = np.concatenate([[0.0], np.cumsum(at_hand) / steps])
    return Weeks(at_hand, hand_years, np.ascontiguousarray(run.fraction[:, :, draw]), steps)


def gather(
    model: CompiledModel, schedule: Schedule, start: Start, draw: int, seed: int, count: int, weight: float
) -> State:
    """Return everyone on their first day: quotas of the start, then those who arrive.

    The start is shared out by even steps through its cells, so that each cell has as many as it should, to one. People
    arrive at the times of a Poisson process that no plan changes; whether the start of a person is prevented is
    decided by their own luck.
    """
    living, strata = model.chain.n_living, len(model.chain.strata)
    cells = start.people[draw, :, :, :living].ravel()
    chosen = quotas(cells, count, seed, draw)
    origin, rest = np.divmod(chosen, strata * living)
    stratum, compartment = np.divmod(rest, living)
    times, lands, into = _arrivals(model, schedule, draw, seed, count, weight)
    p = count + len(times)
    state = State(
        compartment=np.concatenate([compartment, np.full(len(times), NOBODY)]),
        stratum=np.concatenate([stratum, into]),
        origin=np.concatenate([origin, np.full(len(times), schedule.inflow_origin)]),
        year=np.zeros(p, dtype=np.int64),
        now=np.zeros(p),
        next=np.concatenate([np.zeros(count), times]),
        fires=np.concatenate([np.full(count, NOBODY), np.full(len(times), ARRIVES)]),
        residual=np.zeros((0, 0)),
        happened=np.zeros((0, 0), dtype=np.int32),
        level=np.zeros((p, 0), dtype=np.int64),
        expires=np.zeros((0, 0)),
        modifier=np.ones((p, 0)),
        lands=np.concatenate([np.full(count, NOBODY), lands]),
    )
    return state


def quotas(cells: Floats, count: int, seed: int, draw: int) -> Ints:
    """Return which of the cells each of ``count`` people begins in, by even steps through people in cells."""
    edges = np.cumsum(cells)
    offset = float(lots(seed, draw, np.zeros(1, dtype=np.int64), START_CAUSE)[0])
    chosen = np.searchsorted(edges, (np.arange(count) + offset) * (edges[-1] / count), side="right")
    return np.asarray(np.minimum(chosen, np.flatnonzero(cells)[-1]))


def _with_what_they_carry(begin: State, carried: Carry, seed: int, draw: int) -> State:
    """Return people with modifiers of their own, and with what had happened to them before the first day."""
    everyone = np.arange(len(begin.now))
    here = begin.compartment >= 0  # who arrives later comes without a past
    level = np.zeros((len(everyone), len(carried.histories)), dtype=np.int64)
    for h, history in enumerate(carried.histories):
        start = np.asarray(history.start, dtype=np.float64)
        share = start if start.ndim == 0 else start[begin.compartment]
        level[:, h] = here & (lots(seed, draw, everyone, HISTORY_CAUSE + h) < share)
    modifier = np.ones((len(everyone), len(carried.modifiers)))
    for m, own in enumerate(carried.modifiers):
        modifier[:, m] = own.of(lots(seed, draw, everyone, OWN_CAUSE + m))
    return begin._replace(level=level, modifier=modifier)


def _arrivals(
    model: CompiledModel, schedule: Schedule, draw: int, seed: int, count: int, weight: float
) -> tuple[Floats, Ints, Ints]:
    """Return when people arrive, where, and in which stratum; person numbers go on from ``count``."""
    inflow = schedule.inflow[:, :, :, draw] / weight  # (Y, A, S)
    total = inflow.sum(axis=(1, 2))
    most = total.sum()
    if most <= 0:
        return np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    clock = np.zeros(0)
    while clock.sum() <= most:
        more = np.arange(len(clock), len(clock) + CHUNK)
        clock = np.concatenate([clock, thresholds(seed, draw, more, ARRIVAL_CAUSE)])
    reached = np.cumsum(clock)
    reached = reached[reached <= most]
    edges = np.concatenate([[0.0], np.cumsum(total)])
    year = np.minimum(np.searchsorted(edges, reached, side="right") - 1, schedule.years - 1)
    times = year + (reached - edges[year]) / total[year]
    number = np.arange(count, count + len(times))
    stratum_lot, place_lot = (lots(seed, draw, number, cause) for cause in (START_CAUSE, PLACE_CAUSE))
    into, place = np.zeros((2, len(times)), dtype=np.int64)
    for y in range(schedule.years):
        now = np.flatnonzero(year == y)
        into[now] = _pick(inflow[y].sum(axis=0), stratum_lot[now])
        for s in range(inflow.shape[2]):
            here = now[into[now] == s]
            place[here] = _pick(inflow[y, :, s], place_lot[here])
    return times, np.array(model.chain.arrivals, dtype=np.int64)[place], into


def thresholds(seed: int, draw: int, person: Ints, cause: int) -> Floats:
    """Return the first threshold of a cause for many people, exponential with mean 1."""
    return _luck(seed, draw, person, cause)[0]


def lots(seed: int, draw: int, person: Ints, cause: int) -> Floats:
    """Return the first lot of a cause for many people, uniform between 0 and 1."""
    return _luck(seed, draw, person, cause)[1]


def _luck(seed: int, draw: int, person: Ints, cause: int) -> tuple[Floats, Floats]:
    first, second = np.zeros(len(person)), np.zeros(len(person))
    fill_luck(seed, draw, cause, person, first, second)
    return first, second


def _pick(weights: Floats, lot: Floats) -> Ints:
    """Return which of the weights each lot between 0 and 1 falls on."""
    edges = np.cumsum(weights)
    found = np.searchsorted(edges, lot * edges[-1], side="right")
    return np.asarray(np.minimum(found, np.flatnonzero(weights)[-1] if edges[-1] > 0 else 0))


def _fresh(begin: State, moves: Moves, yearly: Yearly, first: int, size: int) -> State:
    """Return the state of some of the people on their first day, in memory of their own."""
    part = slice(first, first + size)
    size = len(begin.now[part])
    return begin._replace(
        **{name: getattr(begin, name)[part].copy() for name in (*State._fields[:7], "level", "modifier", "lands")},
        residual=np.full((size, moves.causes), UNDRAWN),
        happened=np.zeros((size, moves.causes), dtype=np.int32),
        expires=np.full((size, len(yearly.window)), NEVER),
    )


def _blank(
    moves: Moves,
    yearly: Yearly,
    begin: State,
    room: int,
    crowd: tuple[int, int] = (0, 0),
    size: int = 0,
    gates: int = 0,
) -> Record:
    years, strata, k = yearly.hazard.shape
    origins, n = int(begin.origin.max()) + 1, len(moves.queue)
    return Record(
        person_years=np.zeros((years, origins, strata, n)),
        counts=np.zeros((years, origins, k), dtype=np.int64),
        hazards=np.zeros((years, origins, k)),
        state=np.zeros((years + 1, origins, n), dtype=np.int64),
        log_person=np.zeros(room, dtype=np.int64),
        log_move=np.zeros(room, dtype=np.int64),
        log_time=np.zeros(room),
        logged=np.zeros(1, dtype=np.int64),
        crowd=np.zeros(crowd, dtype=np.int64),
        lined=np.full((QUEUE_ROWS, size), NOBODY),
        ends=np.full((2, gates), NOBODY),
    )


def _alone(moves: Moves, yearly: Yearly, weeks: Weeks, begin: State, run: tuple[int, int, int, int]) -> Record:
    """Run everyone in chunks; sums are taken in the order of chunks."""
    draw, seed, room, threads = run
    firsts = range(0, len(begin.now), CHUNK)

    def one(first: int) -> Record:
        state = _fresh(begin, moves, yearly, first, CHUNK)
        record = _blank(moves, yearly, begin, room * CHUNK)
        run_alone(moves, yearly, weeks, state, record, Key(seed, draw, first))
        record.log_person[:] += first
        return record

    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(one, firsts))
    else:
        parts = [one(first) for first in firsts]
    total = _blank(moves, yearly, begin, 0)
    for part in parts:
        for name in ("person_years", "counts", "hazards", "state", "logged"):
            getattr(total, name)[...] += getattr(part, name)
    _first_states(total, begin)
    kept = [min(int(part.logged[0]), len(part.log_person)) for part in parts]
    return total._replace(
        **{
            name: np.concatenate([getattr(part, name)[:n] for part, n in zip(parts, kept, strict=True)])
            for name in ("log_person", "log_move", "log_time")
        }
    )


def _first_states(record: Record, begin: State) -> None:
    there = begin.compartment >= 0
    np.add.at(record.state[0], (begin.origin[there], begin.compartment[there]), 1)


def _together(
    model: CompiledModel,
    schedule: Schedule,
    layout: Layout,
    yearly: Yearly,
    begin: State,
    run: tuple[int, int, int, int],
    shared: tuple[float, float, Queue],
) -> tuple[Record, Weeks]:
    """Run everyone at once through weeks that they make themselves."""
    (draw, seed, room, steps), (weight, kits, queue) = run, shared
    chain, moves, size = model.chain, layout.moves, len(begin.now)
    ordered = queue == "first come, first let in"
    gates, length = len(chain.capacities), schedule.years * steps
    record = _blank(moves, yearly, begin, room * size, (len(chain.strata), chain.n_all), size, gates if ordered else 0)
    weeks = Weeks(np.zeros(length), np.zeros(length + 1), np.ones((length, gates)), steps)
    places = Places(
        places=np.ascontiguousarray(schedule.places[:, :, draw]),
        fill=np.ascontiguousarray(schedule.fill[:, draw]),
        holds=chain.holds.astype(np.int64),
        at_risk=chain.at_risk.astype(np.int64),
        event=np.ascontiguousarray(schedule.event[:, :, draw]),
        kits=np.ascontiguousarray(schedule.kits[:, draw]),
        use_per_event=np.ascontiguousarray(schedule.use_per_event[:, draw]),
        shelf_life=float(schedule.shelf_life[draw]),
        most=float(schedule.most[draw]),
        draw_down=float(schedule.draw_down[draw]),
        stock=kits,
        weight=weight,
        in_order=int(ordered),
    )
    heap = 2 * size + CHUNK
    state = _fresh(begin, moves, yearly, 0, size)
    run_together(
        moves, yearly, places, weeks, state, record, Key(seed, draw, 0),
        np.zeros(heap), np.zeros(heap, dtype=np.int64), np.zeros(length + 1),
    )  # fmt: skip
    _first_states(record, begin)
    kept = min(int(record.logged[0]), len(record.log_person))
    return record._replace(
        log_person=record.log_person[:kept], log_move=record.log_move[:kept], log_time=record.log_time[:kept]
    ), weeks
