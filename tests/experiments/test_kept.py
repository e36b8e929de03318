"""What is told of runs is kept without them: answered from the store to the bit, and for nothing that is otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from bothand.engine.arrays import Floats
from bothand.engine.runs.executors import Threads
from bothand.engine.runs.running import Runs
from bothand.engine.runs.store import Store
from bothand.experiments import cohort_ahead, more_kits
from bothand.experiments.cohort_ahead import stable_shares
from bothand.experiments.curves import objectives, try_counted
from bothand.experiments.exact.oracle import Engine
from bothand.experiments.in_blocks import keeping, trying
from bothand.experiments.individuals import counties, courses
from bothand.experiments.more_kits import averted_by_kit
from bothand.experiments.plans import Tried, told_of_changed, try_study_plan
from bothand.experiments.what_if import discharge
from bothand.experiments.what_if.discharge import try_discharge
from bothand.experiments.worlds import World, with_values
from bothand.keys import THREE_YEARS
from experiments.small_worlds import SEED, plan, world
from experiments.test_in_blocks import assert_same_bits

PEOPLE = 20
YEARLY = np.linspace(0, 200_000, 10)
NAMES = ("healthy_life_years", "contact_years")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "chunks")


@pytest.fixture
def runs(store: Store) -> Iterator[Runs]:
    with Runs(Threads(), 2, store) as here:
        yield here


def small() -> World:
    return world(2)


@cache
def treatment() -> Tried:
    return try_study_plan(small(), plan("treatment_only"), THREE_YEARS)


def answers(where: World) -> dict[str, Any]:
    """Everything that is kept without its run, of one plan in one world."""
    usual = treatment()
    engine = Engine(where, NAMES, [[0, 1, 2]])
    return {
        "counted": try_counted(where, YEARLY),
        "under another reach": try_counted(where, YEARLY, "linear"),
        "with more money": told_of_changed(where, usual, objectives, YEARLY),
        "discharge": {key: one.more for key, one in try_discharge(where, [usual], SEED).items()},
        "stable": stable_shares(where, (10, 20)),
        "kits": averted_by_kit(where),
        "counties": counties.count_counties(where, [usual], 2, SEED, lucks=1).counted,
        "courses": courses.follow(where, [usual], SEED, PEOPLE),
        "slopes": vars(engine(np.full((len(engine.rows), 1), 50_000.0))),
    }


def refuse(*asked: object, **named: object) -> NoReturn:
    raise AssertionError("an engine was run")


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def stop() -> None:
        for room in (cohort_ahead, more_kits, counties, courses, discharge):
            monkeypatch.setattr(room, "simulate", refuse)
        monkeypatch.setattr(counties, "cohort", refuse)
        monkeypatch.setattr(courses, "cohort", refuse)
        monkeypatch.setattr(trying, "try_plan", refuse)
        monkeypatch.setattr("bothand.experiments.exact.oracle.run_plan", refuse)

    return stop


def test_a_second_run_takes_every_answer_from_the_store_to_the_bit(
    store: Store, runs: Runs, no_engine: Callable[[], None]
) -> None:
    expected = answers(small())
    first = answers(replace(small(), runs=runs))
    assert_same_bits(first, expected)
    made = len(store)
    assert runs.made == made == len(expected) + len(NAMES)  # each slope by itself
    no_engine()
    with Runs(Threads(), 1, store) as later:
        again = answers(replace(small(), runs=later))
    assert_same_bits(again, first)
    assert (later.found, later.made, len(store)) == (made, 0, made)


def test_a_world_with_another_value_is_not_answered_from_the_store(runs: Runs) -> None:
    here = replace(small(), runs=runs)
    before = try_counted(here, YEARLY)
    changed = with_values(here, {"effective_kit_share": here.values["effective_kit_share"] * 0.5})
    after = try_counted(changed, YEARLY)
    assert runs.made == 2
    assert (after["deaths_averted"] != before["deaths_averted"]).all()
    assert_same_bits(after, try_counted(replace(changed, runs=None), YEARLY))


@pytest.mark.parametrize("change", [YEARLY + 1, YEARLY[::-1].copy()])
def test_other_dollars_reach_or_world_are_other_chunks(runs: Runs, change: Floats) -> None:
    here = replace(small(), runs=runs)
    try_counted(here, YEARLY)
    try_counted(here, change)
    try_counted(here, YEARLY, "linear")
    assert (runs.found, runs.made) == (0, 3)


def test_a_damaged_chunk_is_made_anew(store: Store, runs: Runs) -> None:
    here = replace(small(), runs=runs)
    before = try_counted(here, YEARLY)
    (path,) = store.folder.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert_same_bits(try_counted(here, YEARLY), before)
    assert runs.made == 2
    assert_same_bits(try_counted(here, YEARLY), before)
    assert runs.made == 2


def test_what_is_told_takes_a_hundredth_of_the_room_of_the_run(store: Store, runs: Runs) -> None:
    here = replace(small(), runs=runs)
    try_counted(here, YEARLY)
    (told,) = store.folder.iterdir()
    try_study_plan(here, plan("even_split"), THREE_YEARS)
    (run,) = set(store.folder.iterdir()) - {told}
    assert told.stat().st_size < run.stat().st_size / 10


def test_without_a_store_what_is_made_is_what_is_given(runs: Runs) -> None:
    made: Mapping[str, Any] = {"a": np.arange(3.0)}
    assert keeping.kept(small(), ["x"], lambda where: made) is made
    with Runs(Threads()) as bare:
        assert_same_bits(keeping.kept(replace(small(), runs=bare), ["x"], lambda where: made), made)
