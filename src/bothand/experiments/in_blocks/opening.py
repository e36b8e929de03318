"""Worlds opened by block of draws: run-in, fits and status quo of each block are one task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np

from bothand.calibrate.run_in import RunIn
from bothand.engine.arrays import Floats
from bothand.engine.runs.joining import join
from bothand.engine.runs.parcel import pack, unpack
from bothand.engine.runs.provenance import key_of
from bothand.engine.runs.running import Runs, Task
from bothand.engine.setting import Setting
from bothand.experiments.in_blocks.cutting import WORLD, cut_world, doubled, rests_on
from bothand.experiments.worlds import World, open_world


class PathOfDraws(Protocol):
    """A path of toxicity that can be cut to some draws and sent to another process; its ``repr`` says all of it."""

    def __call__(self, before: RunIn, values: Mapping[str, Floats], years: int) -> Floats:
        """Return toxicity after day one (Y, D)."""

    def at(self, draws: Sequence[int]) -> PathOfDraws:
        """Return the path of some draws."""


def open_in_blocks(
    runs: Runs | None, setting: Setting, values: Mapping[str, Floats], path: PathOfDraws, grouped: bool = True
) -> World:
    """Open a world as ``open_world`` does, its draws in blocks; without ``runs``, in one and here."""
    if runs is None:
        return open_world(setting, values, path, grouped)
    draws = len(next(iter(values.values())))
    blocks = runs.blocks(draws)
    rests = rests_on(setting)
    read = partial(unpack, classes=WORLD, given={"setting": setting})
    tasks = []
    for block in blocks:
        which = doubled(block)
        own = {name: value[which] for name, value in values.items()}
        cut = path.at(np.arange(draws)[which].tolist())
        key = key_of("open", rests, own, repr(cut), grouped)
        tasks.append(Task(key, open_block, (setting, own, cut, grouped, block.stop - block.start), read))
    parts: list[World] = runs.run(tasks)
    whole = parts[0] if len(parts) == 1 else join(parts, [b.stop - b.start for b in blocks], cut_world)
    return replace(whole, runs=runs)


def open_block(setting: Setting, values: Mapping[str, Floats], path: PathOfDraws, grouped: bool, draws: int) -> bytes:
    """Return the world of a block, packed; the setting is not in it."""
    world = open_world(setting, values, path, grouped)
    if world.county.draws > draws:
        world = cut_world(world, slice(draws))
    return pack(world, {"setting": setting})
