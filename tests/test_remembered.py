"""What is remembered for an object: worked out once, told apart by the object itself, gone when it goes."""

from __future__ import annotations

import gc
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from bothand.remembered import Remembered


@dataclass(frozen=True)
class Thing:
    """Things with the same name are equal, and still two things."""

    name: str


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30))
def test_each_question_of_each_thing_is_worked_out_once(asked: list[tuple[int, int]]) -> None:
    things, worked = [Thing("same") for _ in range(4)], []
    remembered: Remembered[tuple[int, int]] = Remembered()

    def work_out(pair: tuple[int, int]) -> tuple[int, int]:
        worked.append(pair)
        return pair

    for which, question in asked:
        pair = which, question
        assert remembered.of(things[which], question, lambda pair=pair: work_out(pair)) == pair  # type: ignore[misc]
    assert sorted(worked) == sorted(set(asked))


def test_what_is_remembered_goes_with_its_thing() -> None:
    remembered: Remembered[list[int]] = Remembered()
    thing, other = Thing("a"), Thing("b")
    remembered.of(thing, "x", lambda: [1])
    remembered.of(other, "x", lambda: [2])
    assert len(remembered) == 2
    del thing
    gc.collect()
    assert len(remembered) == 1
    assert remembered.of(other, "x", lambda: [3]) == [2]


def test_a_new_thing_in_an_old_place_is_another() -> None:
    remembered: Remembered[int] = Remembered()
    for n in range(200):  # a thing that goes leaves its place, and its number, to the next
        assert remembered.of(Thing("again"), "x", lambda n=n: n) == n  # type: ignore[misc]
    gc.collect()
    assert len(remembered) == 0
