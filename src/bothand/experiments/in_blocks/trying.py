"""One plan tried by block of draws: the county's run and its held-death twin of each block are one task."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.engine.runs.joining import join
from bothand.engine.runs.parcel import pack, unpack
from bothand.engine.runs.provenance import key_of
from bothand.engine.runs.running import Task
from bothand.experiments.in_blocks.cutting import TRIAL, compact, doubled, rests_on
from bothand.experiments.worlds import World
from bothand.outcomes.county import County
from bothand.outcomes.ledger import Horizons
from bothand.outcomes.trial import Trial, try_plan
from bothand.remembered import Remembered
from bothand.world.service import Places, Terms

PER_DRAW = 3  # MATH: axes of dollars that differ by draw (S, Y, D)


def try_in_blocks(
    world: World,
    money: Floats,
    reach: Reach,
    places: Mapping[str, Places] | None = None,
    terms: Mapping[str, Terms] | None = None,
) -> Trial:
    """Try a plan as ``try_plan`` does, its draws in blocks; in a world without ``runs``, in one and here.

    ``money`` (S, Y) or (S, Y, D): settlement dollars by service and year.
    """
    county, lag = world.county, world.board_lag
    if world.runs is None:
        return try_plan(county, money, world.horizons, board_lag=lag, reach=reach, places=places, terms=terms)
    how = [reach, dict(places or {}), dict(terms or {})]
    tasks, sizes = [], []
    for block, part, name in _blocks(world):
        which = doubled(block)
        sizes.append(block.stop - block.start)
        dollars = np.ascontiguousarray(money[..., which] if money.ndim == PER_DRAW else money)
        here = compact(county.at(which)) if part is None else part
        given = (here, dollars, world.horizons, lag[which], reach, places, terms, sizes[-1])
        tasks.append(Task(key_of("try", name, dollars, how), try_block, given, partial(unpack, classes=TRIAL)))
    parts: list[Trial] = world.runs.run(tasks)
    return parts[0] if len(parts) == 1 else join(parts, sizes, Trial.at)


def keys_of(world: World) -> list[str]:
    """Return the keys of everything that a plan meets in a world with ``runs``, block by block."""
    return [name for _, _, name in _blocks(world)]


Block = tuple[slice, County | None, str]
_made: Remembered[list[Block]] = Remembered()


def _blocks(world: World) -> list[Block]:
    """Return a world's blocks, each with its key; where there is one only, with its county too, made compact once."""
    return _made.of(world, "blocks", lambda: _make_blocks(world))


def _make_blocks(world: World) -> list[Block]:
    assert world.runs is not None
    slices = world.runs.blocks(world.county.draws)
    alone = len(slices) == 1 and world.county.draws > 1
    return [(block, compact(world.county) if alone else None, _key(world, block)) for block in slices]


def _key(world: World, block: slice) -> str:
    """Return a key of everything that a plan meets in a block.

    The county's rates, its status quo and the years after the last day follow from what is named here.
    """
    county, which = world.county, doubled(block)
    there = county.environment
    return key_of(
        rests_on(county.setting),
        {name: value[which] for name, value in county.values.items()},
        {name: value[which] for name, value in there.quantities.items()},
        {name: value[:, which] for name, value in there.levers.items()},
        {name: value[:, which] for name, value in there.series.items()},
        dict(there.tables),
        list(there.years),
        {name: people[:, which] for name, people in county.eligible.items()},
        county.start.people[which],
        county.start.stock[which],
        county.quo.at_hand[:, which],
        world.board_lag[which],
        list(world.horizons.years),
    )


def try_block(
    county: County,
    money: Floats,
    horizons: Horizons,
    board_lag: Floats,
    reach: Reach,
    places: Mapping[str, Places] | None,
    terms: Mapping[str, Terms] | None,
    draws: int,
) -> bytes:
    """Return what a plan does in a block, packed."""
    trial = try_plan(county, money, horizons, board_lag=board_lag, reach=reach, places=places, terms=terms)
    return pack(trial if county.draws == draws else trial.at(slice(draws)))
