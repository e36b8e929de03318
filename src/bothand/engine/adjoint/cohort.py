"""From what one more of everything a run recorded is worth, what one more of every rate is worth, for many draws.

A run that is to be swept back is run year by year, which costs the same and leaves the people of every first day.

Every group moves at the same rates, so their sums, in any proportion, obey the same law, and only everybody together
feels queues and kits. What is worth the same in every group is swept once, for everybody; what is worth more in some
groups than in others is swept once for each proportion between groups that there is, not once for each group.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.engine import early
from bothand.engine.arrays import WEEKS, Bools, Chain, Floats, Held, Ints, Schedule, Start, Trajectory, hold
from bothand.engine.cohort import aligned, arrange, lists, share_out, simulate
from bothand.engine.vectors.adjoint import BUFFERS, FLOWS, Owed, Paths, Run, Space, Weights, sweep_block
from bothand.engine.vectors.lanes import LANES


@dataclass(frozen=True)
class Recorded:
    """A run and what the sweep back needs of it. ``schedule`` is the one that acted, held paths in their place."""

    chain: Chain
    schedule: Schedule
    held_at_hand: Floats | None  # (Y * steps, D) of a twin
    steps: int
    trajectory: Trajectory  # person-years summed over strata
    people: Floats  # (Y, D, O, S, N) on the first day of every year


@dataclass(frozen=True)
class People:
    """What one more person adds to a number: ``groups`` times the rest; None = nothing.

    groups (D, O): of each day-one group; person_years (Y, D, S or 1, N), state (Y + 1, D, N) and final (D, S, N): of
    what a ``Trajectory`` has under these names.
    """

    groups: Floats
    person_years: Floats | None = None
    state: Floats | None = None
    final: Floats | None = None


@dataclass(frozen=True)
class Worth:
    """What one more of each thing that a run recorded adds to a number, in every draw; None = nothing."""

    people: Sequence[People] = ()
    at_hand: Floats | None = None  # (Y * steps, D)
    fraction: Floats | None = None  # (Y * steps, C, D)
    stock: Floats | None = None  # (Y + 1, D)


@dataclass(frozen=True)
class Slopes:
    """What one more of each rate adds to a number, axes as in ``Schedule``; a twin's held rates are constants of its.

    Edges that were not asked about have zeros. At a bound (a queue that lets everybody or nobody in) a share let in
    does not change; where kits begin at none, the side on which there are some is meant.
    """

    plain: Floats  # (Y, n_plain, D)
    by_stratum: Floats  # (Y, n_by_stratum, S, D)
    slope: Floats  # (Y, len(coupled), D)
    inflow: Floats  # (Y, len(arrivals), S, D)
    places: Floats  # (Y, C, D)
    kits: Floats  # (Y, D)
    use_per_event: Floats  # (Y, D)
    event: Floats  # (Y, N, D)
    people: Floats  # (D, O, S, N) on day one
    stock: Floats  # (D,) on day one


def record(
    chain: Chain, schedule: Schedule, start: Start, steps: int = WEEKS, held: Held | None = None,
    *, threads: int | None = None,
) -> Recorded:  # fmt: skip
    """Run a cohort as ``simulate`` does, with what the sweep back needs. Arguments and errors as there."""
    people, parts = [start.people], []
    for year in range(schedule.years):
        weeks = slice(year * steps, (year + 1) * steps)
        here = slice(year, year + 1)
        there = held and Held(held.plain[here], held.slope[here], held.by_stratum[here], held.at_hand[weeks])
        run = simulate(chain, schedule.in_years(here), start, steps, there, threads=threads, keep="sum")
        start = Start(run.final, run.stock[-1])
        people.append(run.final)
        parts.append(run)
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("person_years", "at_hand", "fraction")
    }
    for name in ("state", "stock"):
        joined[name] = np.concatenate([getattr(parts[0], name)[:1], *(getattr(part, name)[1:] for part in parts)])
    return Recorded(
        chain=chain,
        schedule=schedule if held is None else hold(chain, schedule, held),
        held_at_hand=None if held is None else held.at_hand,
        steps=steps,
        trajectory=Trajectory(**joined, final=people[-1]),
        people=np.stack(people[:-1]),
    )


def sweep_back(
    run: Recorded, worth: Worth, plain: Bools | None = None, by_stratum: Bools | None = None,
    *, threads: int | None = None,
) -> Slopes:  # fmt: skip
    """Return what one more of every rate adds to a number, (its shape, D): one pass over the years, last to first.

    Args:
        run: what ``record`` gave.
        worth: what one more of each recorded thing adds to the number.
        plain, by_stratum: edges that are asked about, (n_plain,) and (n_by_stratum,); None = all. Fewer are faster.
        threads: how many; as many as there are processors when None. Results do not depend on it.
    """
    chain, schedule = run.chain, run.schedule
    told = np.ones(chain.n_plain, dtype=np.bool_) if plain is None else plain.copy()
    by_told = np.ones(chain.n_by_stratum, dtype=np.bool_) if by_stratum is None else by_stratum
    told[chain.coupled] = True
    told[chain.gate >= 0] = True
    mixed, weights = _columns(run, worth)
    columns = len(mixed)
    paths, told_edges, by_edges = _arrange(run, told, by_told)
    given = _given(run, mixed)
    years, draws, strata = schedule.years, schedule.draws, len(chain.strata)
    owed = Owed(
        np.empty((years, len(told_edges), draws)),
        np.empty((years, len(by_edges), strata, draws)),
        np.empty(schedule.slope.shape),
        np.empty(schedule.inflow.shape),
        np.empty(schedule.places.shape),
        np.empty((years, draws)),
        np.empty((years, draws)),
        np.empty(schedule.event.shape),
        np.empty(weights.final.shape),
        np.empty(draws),
    )

    early.wait_for_rest()

    def one(block: int) -> None:
        space = _space(paths, columns, weights.person_years.shape[3], run.steps, len(chain.capacities))
        sweep_block(paths, given, weights, space, owed, block * LANES, run.steps, (0.0,) * columns)

    share_out(one, range(-(-draws // LANES)), threads)
    whole = np.zeros(schedule.plain.shape)
    whole[:, told_edges] = owed.plain
    by = np.zeros(schedule.by_stratum.shape)
    by[:, by_edges] = owed.by_stratum
    people = np.einsum("kdo,dksn->dosn", np.stack(mixed), owed.people)
    rest = {name: getattr(owed, name) for name in ("slope", "inflow", "places", "kits", "use_per_event", "event")}
    return Slopes(plain=whole, by_stratum=by, **rest, people=people, stock=owed.stock)


def _columns(run: Recorded, worth: Worth) -> tuple[list[Floats], Weights]:
    """Return how much of every group each column holds, (D, O), everybody first; and the weights by column."""
    years, draws, origins, strata, compartments = run.people.shape
    kept = max((p.person_years.shape[2] for p in worth.people if p.person_years is not None), default=1)
    shapes = {
        "person_years": (years, draws, kept, compartments),
        "state": (years + 1, draws, compartments),
        "final": (draws, strata, compartments),
    }
    axis = {"person_years": 1, "state": 1, "final": 0}
    mixed = [np.ones((draws, origins))]
    sums = {name: [np.zeros(shape)] for name, shape in shapes.items()}
    for part in worth.people:
        # A proportion between groups, so many times in each draw; the most that a group has is 1.
        most = np.take_along_axis(part.groups, np.abs(part.groups).argmax(axis=1)[:, None], axis=1)
        groups, times = part.groups / np.where(most == 0, 1, most), most[:, 0]
        at = next((k for k, other in enumerate(mixed) if np.array_equal(other, groups)), len(mixed))
        if at == len(mixed):
            mixed.append(groups)
        for name, shape in shapes.items():
            if at == len(sums[name]):
                sums[name].append(np.zeros(shape))
            own = getattr(part, name)
            if own is not None:
                sums[name][at] += own * np.expand_dims(times, tuple(range(1, own.ndim - axis[name])))
    steps, capacities = years * run.steps, run.schedule.places.shape[1]
    others = {"at_hand": (steps, draws), "fraction": (steps, capacities, draws), "stock": (years + 1, draws)}
    rest = [np.zeros(shape) if getattr(worth, name) is None else getattr(worth, name) for name, shape in others.items()]
    by_column = [np.stack(sums[name], axis=axis[name] + 1) for name in shapes]
    return mixed, Weights(*(np.ascontiguousarray(array, dtype=np.float64) for array in (*by_column, *rest)))


def _given(run: Recorded, mixed: list[Floats]) -> Run:
    """Lay out a run for the sweep, with its groups added up by column."""
    schedule = run.schedule
    people = np.stack([np.einsum("do,ydosn->ydsn", groups, run.people) for groups in mixed], axis=2)
    entry = np.stack([groups[:, schedule.inflow_origin] for groups in mixed])
    held = np.zeros_like(run.trajectory.at_hand) if run.held_at_hand is None else run.held_at_hand
    arrays = (
        *(schedule.plain, schedule.by_stratum, schedule.slope, schedule.ageing, schedule.inflow, schedule.places),
        *(schedule.fill, schedule.kits, schedule.shelf_life, schedule.most, schedule.draw_down),
        *(schedule.use_per_event, schedule.event, held, run.trajectory.at_hand, run.trajectory.fraction),
        *(run.trajectory.stock, people, entry),
    )
    return Run(*(np.ascontiguousarray(array, dtype=np.float64) for array in arrays))


def _arrange(run: Recorded, told: Bools, by_told: Bools) -> tuple[Paths, Ints, Ints]:
    """Sort the edges both ways; also the numbers in the chain of the told edges, in their order."""
    chain, base = run.chain, arrange(run.chain, run.schedule.inflow_origin, run.held_at_hand is not None)
    capacities = len(chain.capacities)
    out, told_list = _by_source(base.source, base.edge, told, chain.n_all)
    by_out, by_list = _by_source(base.by_source, base.by_edge, by_told, chain.n_all)
    target, by_target = chain.target[base.edge], chain.target[chain.n_plain + base.by_edge]
    told_of, by_told_of = _places(told_list[1], chain.n_plain), _places(by_list[1], chain.n_by_stratum)
    moving_of = _places(base.moving, chain.n_plain)
    listed = {name: getattr(base, name) for name in _LISTS}
    numbers = {
        "order": base.order,
        "older": chain.older,
        "younger": base.younger,
        **{name: getattr(base, name) for name in ("row", "source", "edge", "by_row", "by_source", "by_edge")},
        **{"out_row": out[0], "out": out[1], "out_target": target[out[1]]},
        **{"told_row": told_list[0], "told": told_list[1], "told_target": target[told_list[1]]},
        **{"by_out_row": by_out[0], "by_out": by_out[1], "by_out_target": by_target[by_out[1]]},
        **{"by_told_row": by_list[0], "by_told": by_list[1], "by_told_target": by_target[by_list[1]]},
        "told_of": told_of,
        "by_told_of": by_told_of,
        "moving": told_of[base.moving],
        "moving_of": moving_of,
        "moved": base.moved,
        "gate": chain.gate[base.edge[base.moving]],
        "coupled": moving_of[base.coupled],
        "coupled_held": base.coupled_held,
        **listed,
        "arrival_held": base.arrival_held.reshape(capacities, len(chain.arrivals)),
    }
    laid_out = {name: np.ascontiguousarray(array, dtype=np.int64) for name, array in numbers.items()}
    paths = Paths(living=chain.n_living, **laid_out)
    return paths, base.edge[told_list[1]], base.by_edge[by_list[1]]


_LISTS = (
    *("asks_row", "asks", "enters_row", "enters", "exits_row", "exits", "by_enters_row", "by_enters"),
    *("by_exits_row", "by_exits", "holds_row", "holds", "at_risk", "crossed", "arrivals"),
)


def _by_source(
    source: Ints, number: Ints, told: Bools, compartments: int
) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Return (row, edges) of the edges not told and of those told, by the compartment that they leave."""
    chosen = told[number]
    leaves = source == np.arange(compartments)[:, None]
    return lists(leaves & ~chosen), lists(leaves & chosen)


def _places(listed: Ints, size: int) -> Ints:
    """Return where each number stands in a list, -1 = nowhere."""
    found = np.full(size, -1, dtype=np.int64)
    found[listed] = np.arange(len(listed))
    return found


def _space(paths: Paths, columns: int, kept: int, steps: int, capacities: int) -> Space:
    """Memory for one block of lanes."""
    n, strata, moving = len(paths.row) - 1, len(paths.order), len(paths.moving)
    edges, by, arrivals = len(paths.source), len(paths.by_source), len(paths.arrivals)
    sizes: Iterable[int] = (
        steps * strata * n * columns,
        steps * n,
        arrivals * strata,
        columns,
        steps + 1,
        edges,
        moving,
        moving,
        len(paths.coupled),
        strata * by,
        n,
        n,
        strata * n,
        n,
        2,
        capacities,
        BUFFERS * n * columns,
        strata * n * columns,
        kept * n * columns,
        BUFFERS * n * columns,
        BUFFERS * n * columns,
        strata * n,
        n,
        strata * n,
        len(paths.told),
        strata * len(paths.by_told),
        moving,
        moving,
        len(paths.coupled),
        arrivals * strata,
        capacities,
        2,
        n,
        1,
        1,
        capacities,
        capacities * FLOWS,
        max(capacities, 1) * FLOWS,
        2,
    )
    return Space(*(aligned(size * LANES) for size in sizes))
