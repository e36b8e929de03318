"""Worlds opened and plans tried by block of draws: the same bits for any size of block and wherever they are run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from bothand.calibrate.run_in import RunIn
from bothand.engine.runs.executors import Executor, Processes, Threads
from bothand.engine.runs.running import Runs
from bothand.engine.runs.store import Store
from bothand.engine.setting import Setting
from bothand.experiments.deciding import ReturnsInLast
from bothand.experiments.in_blocks.cutting import cut_world, rests_on
from bothand.experiments.in_blocks.opening import open_in_blocks
from bothand.experiments.plans import MODES, Tried, try_study_plan
from bothand.experiments.worlds import World, returns_to, some_lanes, stays, walks
from bothand.keys import THREE_YEARS
from experiments.small_worlds import DRAWS, SEED, drawn, plan, setting, world

PLAN = plan("even_split")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number of a value with its place in it; a setting is taken as it is."""
    if isinstance(value, Setting | Runs):
        return
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from leaves(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from leaves(entry, f"{path}.{key}")
    elif isinstance(value, list | tuple | range):
        for number, entry in enumerate(value):
            yield from leaves(entry, f"{path}[{number}]")
    else:
        yield path, value


def assert_same_bits(one: Any, other: Any) -> None:
    theirs = dict(leaves(other))
    mine = dict(leaves(one))
    assert mine.keys() == theirs.keys()
    for path, value in mine.items():
        if isinstance(value, np.ndarray):
            assert value.shape == theirs[path].shape, path
            assert np.array_equal(value, theirs[path], equal_nan=value.dtype.kind == "f"), path
        else:
            assert value == theirs[path], path


@cache
def whole(mode: str) -> Tried:
    return try_study_plan(world(), PLAN, mode)


def tried(where: World, mode: str, block: int, executor: Executor, workers: int, store: Store | None = None) -> Tried:
    with Runs(executor, workers, store, block) as runs:
        return try_study_plan(replace(where, runs=runs), PLAN, mode)


@pytest.mark.parametrize(
    ("mode", "block", "workers"),
    [
        *((THREE_YEARS, block, workers) for block, workers in ((1, 2), (2, 1), (3, 2), (DRAWS, 1), (64, 2))),
        (MODES[1], 2, 2),
    ],
)
def test_a_plan_gives_the_same_bits_in_blocks_of_any_size(mode: str, block: int, workers: int) -> None:
    assert_same_bits(tried(world(), mode, block, Threads(), workers), whole(mode))


def test_lanes_picked_from_a_world_give_the_same_bits_in_blocks() -> None:
    """A world of lanes has other strides in memory than one that was opened."""
    where = some_lanes(world(), [4, 0, 2])
    assert_same_bits(tried(where, THREE_YEARS, 2, Threads(), 2).trial, whole(THREE_YEARS).trial.at([4, 0, 2]))


def test_a_world_opened_in_processes_by_block_is_the_world_opened_whole_and_here() -> None:
    some = 3
    values = {name: value[:some] for name, value in drawn().values.items()}
    with Runs(Processes(2), 2, None, 2) as runs:
        opened = open_in_blocks(runs, setting(), values, walks(SEED))
        again = try_study_plan(opened, PLAN, THREE_YEARS)
    assert_same_bits(replace(opened, runs=None), cut_world(world(), slice(some)))
    assert_same_bits(again.trial, whole(THREE_YEARS).trial.at(slice(some)))


def test_chunks_are_found_again_by_the_same_inputs_only(tmp_path: Path) -> None:
    store = Store(tmp_path / "chunks")
    first = tried(world(), THREE_YEARS, 2, Threads(), 2, store)
    kept = store.keys()
    assert len(kept) == 3
    assert_same_bits(tried(world(), THREE_YEARS, 2, Threads(), 2, store), first)
    assert store.keys() == kept
    lag = replace(world(), board_lag=world().board_lag + np.array([1.0, 0, 0, 0, 0]))
    tried(lag, THREE_YEARS, 2, Threads(), 2, store)
    assert len(store.keys() - kept) == 1, "only the block of the draw that changed is another"
    before = store.keys()
    study = setting().study.model_copy(update={"discount": 0.04})
    other = replace(world(), county=replace(world().county, setting=replace(setting(), study=study)))
    tried(other, THREE_YEARS, 2, Threads(), 2, store)
    assert len(store.keys() - before) == 3


def test_another_plan_beside_it_leaves_a_block_as_it_is() -> None:
    fewer = replace(setting(), plans=setting().plans[:2])
    assert rests_on(fewer) == rests_on(setting())


def test_a_draw_keeps_its_path_wherever_it_stands() -> None:
    last = np.linspace(0.5, 2, 3 * DRAWS).reshape(3, DRAWS)

    def before(which: list[int]) -> RunIn:
        return cast(RunIn, SimpleNamespace(years=(2020, 2021, 2022), decision=SimpleNamespace(series=last[:, which])))

    spread, years, every, some = np.linspace(0, 0.3, DRAWS), 4, list(range(DRAWS)), [3, 1, 4]
    for path in (walks(SEED), ReturnsInLast((2020, 2021), DRAWS - 1)):
        all_draws = path(before(every), {"toxicity_walk_sd": spread}, years)
        few = path.at(some)(before(some), {"toxicity_walk_sd": spread[some]}, years)
        assert np.array_equal(few, all_draws[:, some])
    ends = ReturnsInLast((2020, 2021), DRAWS - 1)(before(every), {}, years)
    assert np.array_equal(ends[:, -1], returns_to(2020, 2021)(before(every), {}, years)[:, -1])
    assert np.array_equal(ends[:, :-1], stays(before(every), {}, years)[:, :-1])
