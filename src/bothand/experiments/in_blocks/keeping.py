"""What is made in a world beside whole trials, kept as one small chunk: a curve's gains, slopes, counted deaths.

What is told of a run is a hundredth of the run itself, so the run is not kept then, and the next time neither it nor
what it tells is made again. A world's key names everything that a run in it meets (``trying``); whoever keeps
something names the rest: what was asked, and whatever else was read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from bothand.engine.runs.parcel import pack, unpack
from bothand.engine.runs.provenance import key_of
from bothand.engine.runs.running import Task
from bothand.experiments.in_blocks.trying import keys_of
from bothand.experiments.worlds import World

Value = TypeVar("Value")


def kept(world: World, asked: Sequence[object], make: Callable[[World], Value], classes: Sequence[type] = ()) -> Value:
    """Return what is made in a world, taken from the store where it is there; in a world without ``runs``, made.

    Args:
        world: where it is made.
        asked: everything else that it depends on, its own name first (parts as for ``provenance.key_of``).
        make: makes it in the worlds that it is given: the same ones, whose own runs are not kept.
        classes: the dataclasses in it.
    """
    if world.runs is None:
        return make(world)
    bare = world.unkept
    key = key_of("kept", keys_of(bare), list(asked))
    task = Task(key, lambda: pack(make(bare)), (), partial(unpack, classes=classes))
    found: Value = world.runs.here(task)
    return found
