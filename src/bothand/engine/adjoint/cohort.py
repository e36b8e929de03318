"""From what one more of everything a run recorded is worth, what one more of every rate is worth, for many draws.

A run that is to be swept back is run year by year, which costs the same and leaves the people of every first day.

Every group moves at the same rates, so their sums, in any proportion, obey the same law, and only everybody together
feels queues and kits. What is worth the same in every group is swept once, for everybody; what is worth more in some
groups than in others is swept once for each proportion between groups that there is, not once for each group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bothand.engine import early
from bothand.engine.arrays import WEEKS, Bools, Chain, Floats, Held, Ints, Schedule, Start, Trajectory, hold
from bothand.engine.cohort import arrange, in_order, lists, share_out, simulate, strata_in_a_row
from bothand.engine.vectors.adjoint import BUFFERS, FLOWS, Owed, Paths, Run, Space, Weights, sweep_block
from bothand.engine.vectors.kernel import Structure
from bothand.engine.vectors.lanes import LANES
from bothand.engine.vectors.rows import aligned, in_lanes, in_rows, out_of_rows
from bothand.remembered import Remembered


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

    Years after the last day on which anything is worth something are left out: their rates add nothing.

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
    run, worth = _until_nothing_counts(run, worth)
    mixed, weights, last = _columns(run, worth)
    draws, wide = schedule.draws, strata_in_a_row(1, len(chain.strata))
    asked = run.held_at_hand is not None, told.tobytes(), by_told.tobytes()
    layout = _laid_out.of(chain, asked, lambda: _arrange(run, told, by_told, wide))
    given, weights = _given(run, mixed, layout), _in_blocks(weights, layout)
    last = in_rows(last, layout.forward.order, wide)
    slopes = Slopes(
        plain=np.zeros(schedule.plain.shape),
        by_stratum=np.zeros(schedule.by_stratum.shape),
        **{name: np.zeros(getattr(schedule, name).shape) for name in _RATES},
        people=np.empty(run.people.shape[1:]),
        stock=np.empty(draws),
    )
    early.wait_for_rest()

    def one(here: slice) -> None:
        space = _space(layout, len(mixed), weights.person_years.shape[2] * wide, run.steps)
        space.value[:] = in_lanes(last[..., here])
        owed = _owed(space, run.schedule.years)
        rates = Run(*(in_lanes(array[..., here]) for array in given))
        weighed = Weights(*(in_lanes(array[..., here]) for array in weights))
        sweep_block(layout.paths, rates, weighed, space, owed, run.steps, (0.0,) * wide)
        _write(slopes, owed, space, layout, here, mixed, run.schedule.years)

    share_out(one, draws, threads)
    return slopes


_RATES = ("slope", "inflow", "places", "kits", "use_per_event", "event")


@dataclass(frozen=True)
class _Layout:
    """How a run is laid out for the sweep: ``wide`` strata in a row, and the numbers in the chain of what is sorted."""

    paths: Paths
    wide: int
    forward: Structure  # of the same chain: edges and strata stand in one order both ways
    told: Ints  # (told,) plain edges
    by_told: Ints  # (by told,)


_laid_out: Remembered[_Layout] = Remembered()


def _until_nothing_counts(run: Recorded, worth: Worth) -> tuple[Recorded, Worth]:
    """Return the years before the last day on which anything is worth something, and what is worth something then."""
    people, steps, all_years = worth.people, run.steps, run.schedule.years
    if any(part.final is not None and part.final.any() for part in people):
        return run, worth
    ends = [_last(worth.at_hand) // steps + 1, _last(worth.fraction) // steps + 1, _last(worth.stock)]
    ends += [max(_last(part.person_years) + 1, _last(part.state)) for part in people]
    years = max(ends)
    if years == all_years:
        return run, worth
    weeks = years * steps
    lived, known, held = run.schedule.in_years(slice(years)), run.trajectory, run.held_at_hand
    trajectory = Trajectory(
        person_years=known.person_years[:years],
        state=known.state[: years + 1],
        final=run.people[years],
        at_hand=known.at_hand[:weeks],
        fraction=known.fraction[:weeks],
        stock=known.stock[: years + 1],
    )
    cut = Recorded(run.chain, lived, None if held is None else held[:weeks], steps, trajectory, run.people[:years])
    parts = [People(part.groups, _cut(part.person_years, years), _cut(part.state, years + 1)) for part in people]
    return cut, Worth(parts, _cut(worth.at_hand, weeks), _cut(worth.fraction, weeks), _cut(worth.stock, years + 1))


def _last(values: Floats | None) -> int:
    """Return the last place of the first axis at which there is a number but zero, or -1."""
    if values is None:
        return -1
    return int(np.flatnonzero(values.any(axis=tuple(range(1, values.ndim)))).max(initial=-1))


def _cut(values: Floats | None, many: int) -> Floats | None:
    return None if values is None else values[:many]


def _columns(run: Recorded, worth: Worth) -> tuple[list[Floats], Weights, Floats]:
    """Return how much of every group each column holds, (D, O), everybody first; the weights; those of the last day.

    Weights have their column before strata and compartments, and draws last.
    """
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
    by_column = [np.moveaxis(np.stack(sums[name], axis=axis[name]), axis[name] + 1, -1) for name in shapes]
    return mixed, Weights(by_column[0], by_column[1], *rest), by_column[2]


def _given(run: Recorded, mixed: list[Floats], layout: _Layout) -> Run:
    """Lay out a run for the sweep, draws last, with its groups added up by column."""
    schedule, trajectory = run.schedule, run.trajectory
    years, draws, origins, strata, compartments = run.people.shape
    groups = np.stack(mixed, axis=1)
    people = groups @ run.people.reshape(years, draws, origins, strata * compartments)
    people = people.reshape(years, draws, len(mixed), strata, compartments)
    return Run(
        **in_order(run.chain, layout.forward, schedule, layout.wide),
        held_at_hand=np.zeros_like(trajectory.at_hand) if run.held_at_hand is None else run.held_at_hand,
        at_hand=trajectory.at_hand,
        fraction=trajectory.fraction,
        stock=trajectory.stock,
        people=in_rows(np.moveaxis(people, 1, -1), layout.forward.order, layout.wide),
        entry=groups[:, :, schedule.inflow_origin].T,
    )


def _in_blocks(weights: Weights, layout: _Layout) -> Weights:
    """Lay out the worth of person-years by block; what is the same in all strata, for one block of them."""
    lived = weights.person_years
    if lived.shape[2] > 1:
        return weights._replace(person_years=in_rows(lived, layout.forward.order, layout.wide))
    rows = np.repeat(lived[..., None, :], layout.wide, axis=-2)
    return weights._replace(person_years=rows)


def _write(
    slopes: Slopes, owed: Owed, space: Space, layout: _Layout, draws: slice, mixed: list[Floats], years: int
) -> None:
    """Copy what a vector of draws is owed in the years swept out of the lanes."""
    columns, many = len(mixed), draws.stop - draws.start
    compartments, order = slopes.people.shape[-1], layout.forward.order
    blocks = len(order) // layout.wide

    def of_years(lanes: Floats, *shape: int) -> Floats:
        return lanes.reshape(years, *shape, LANES)[..., :many]

    slopes.plain[:years, layout.told, draws] = of_years(owed.plain, len(layout.told))
    rows = owed.by_stratum.reshape(years, blocks, len(layout.by_told), layout.wide, LANES)
    by = out_of_rows(rows).swapaxes(1, 2)
    slopes.by_stratum[:years, layout.by_told[:, None], order, draws] = by[..., :many]
    slopes.inflow[:years, :, order, draws] = of_years(owed.inflow, *slopes.inflow.shape[1:-1])
    for name in ("slope", "places", "event"):
        getattr(slopes, name)[:years, ..., draws] = of_years(getattr(owed, name), getattr(slopes, name).shape[1])
    kits = of_years(owed.kits, 2)
    slopes.kits[:years, draws], slopes.use_per_event[:years, draws] = kits[:, 0], kits[:, 1]
    value = out_of_rows(space.value.reshape(columns, blocks, compartments, layout.wide, LANES))[..., :many]
    groups = np.stack([column[draws] for column in mixed])
    slopes.people[draws][:, :, order] = np.einsum("kdo,kpnd->dopn", groups, value)
    slopes.stock[draws] = space.owed_stock[:many]


def _arrange(run: Recorded, told: Bools, by_told: Bools, wide: int) -> _Layout:
    """Sort the edges both ways."""
    chain, base = run.chain, arrange(run.chain, run.schedule.inflow_origin, run.held_at_hand is not None)
    capacities = len(chain.capacities)
    out, told_list = _by_source(base.source, base.edge, told, chain.n_all)
    by_out, by_list = _by_source(base.by_source, base.by_edge, by_told, chain.n_all)
    target, by_target = chain.target[base.edge], chain.target[chain.n_plain + base.by_edge]
    told_of, by_told_of = _places(told_list[1], chain.n_plain), _places(by_list[1], chain.n_by_stratum)
    moving_of = _places(base.moving, chain.n_plain)
    numbers = {
        **{name: getattr(base, name) for name in ("row", "source", "by_row", "by_source")},
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
        **{name: getattr(base, name) for name in ("bound_row", "bound", "by_bound_row", "by_bound")},
        **{name: getattr(base, name) for name in ("holds_row", "holds", "at_risk", "crossed", "arrivals")},
        "arrival_held": base.arrival_held.reshape(capacities, len(chain.arrivals)),
    }
    laid_out = {name: np.ascontiguousarray(array, dtype=np.int64) for name, array in numbers.items()}
    return _Layout(
        paths=Paths(living=chain.n_living, **laid_out),
        wide=wide,
        forward=base,
        told=base.edge[told_list[1]],
        by_told=base.by_edge[by_list[1]],
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


def _space(layout: _Layout, columns: int, kept: int, steps: int) -> Space:
    """Memory for one block of lanes; ``kept`` strata of person-years."""
    paths = layout.paths
    n, strata, wide = len(paths.row) - 1, len(layout.forward.order), layout.wide
    moving, capacities, coupled = len(paths.moving), len(paths.holds_row) - 1, len(paths.coupled)
    inflow = len(paths.arrivals) * strata
    sizes = {
        "total": steps * n,
        "inflow": inflow,
        "stock": steps + 1,
        "rate": len(paths.source),
        "base": moving,
        "free": moving,
        "slope": coupled,
        "by_stratum": strata * len(paths.by_source),
        "steady_exit": n,
        "exit": n,
        "by_exit": strata * n,
        "event": n,
        "hand": 2,
        "share": capacities,
        "value": columns * strata * n,
        "lived": columns * kept * n,
        "first": BUFFERS * wide * n,
        "second": BUFFERS * wide * n,
        "feed": n,
        "told": len(paths.told),
        "by_told": strata * len(paths.by_told),
        "owed_base": moving,
        "owed_free": moving,
        "owed_slope": coupled,
        "owed_inflow": inflow,
        "owed_places": capacities,
        "owed_kits": 2,
        "owed_event": n,
        "owed_stock": 1,
        "owed_hand": 1,
        "owed_share": capacities,
        "slopes": capacities * FLOWS,
        "owed_flow": max(capacities, 1) * FLOWS,
        "worth": 2,
    }
    year = steps * columns * strata * n * LANES
    people, speed = aligned(year, np.empty), aligned(year, np.empty)
    return Space(people=people, speed=speed, **{name: aligned(size * LANES) for name, size in sizes.items()})


def _owed(space: Space, years: int) -> Owed:
    """Memory for what the rates of every year are owed."""
    sums = (space.told, space.by_told, space.owed_slope, space.owed_inflow, space.owed_places)
    return Owed(*(np.empty(years * len(part)) for part in (*sums, space.owed_kits, space.owed_event)))
