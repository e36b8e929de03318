"""Values as bytes and back, and blocks of draws joined: to the bit, and nothing else is built or trusted."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bothand.engine.arrays import Floats, Which
from bothand.engine.runs.joining import join
from bothand.engine.runs.parcel import HEAD, pack, unpack
from bothand.engine.runs.provenance import key_of, made_by

SHAPES = st.tuples(st.integers(0, 3), st.integers(0, 3))
ARRAYS = st.one_of(
    arrays(np.float64, SHAPES),
    arrays(np.int64, SHAPES),
    arrays(np.bool_, SHAPES),
    arrays(np.float64, SHAPES).map(np.transpose),
    arrays(np.float64, SHAPES).map(lambda a: a[:, ::-2]),
    st.just(np.broadcast_to(np.float64(3), (2, 2))),
)
WORDS = st.text(max_size=4)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), WORDS, st.just(range(3, 9, 2)))
VALUES = st.recursive(
    st.one_of(PLAIN, ARRAYS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(WORDS, st.floats(allow_nan=False)), inner, max_size=3),
        st.builds(lambda draws, fixed: Box({"a": draws}, fixed), arrays(np.float64, (2, 3)), inner),
    ),
    max_leaves=6,
)


@dataclass(frozen=True, eq=False)
class Box:
    by_draw: Mapping[str, Floats]
    fixed: Any

    def at(self, which: Which) -> Box:
        return replace(self, by_draw={name: value[:, which] for name, value in self.by_draw.items()})


@dataclass(frozen=True)
class Other:
    fixed: Any


def same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, Box):
        return same(dict(one.by_draw), dict(other.by_draw)) and same(one.fixed, other.fixed)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


@given(VALUES)
def test_what_is_packed_is_unpacked_to_the_bit(value: Any) -> None:
    assert same(unpack(pack(value), [Box]), value)


def test_arrays_come_back_contiguous_and_can_be_written_to() -> None:
    found = unpack(pack([np.arange(6.0).reshape(2, 3).T, np.broadcast_to(1.0, (2, 2))]), [])
    for array in found:
        assert array.flags.c_contiguous
        array += 1


def test_an_array_that_stands_twice_is_carried_once() -> None:
    array = np.arange(1000.0)
    assert len(pack([array, array])) < 1.5 * array.nbytes
    one, other = unpack(pack([array, array]), [])
    assert one is other


def test_what_both_sides_have_is_not_carried() -> None:
    model = object()
    assert unpack(pack(Other(model), {"model": model}), [Other], {"model": model}).fixed is model
    with pytest.raises(TypeError, match="does not carry"):
        pack(Other(model))


def test_a_class_that_was_not_named_is_not_built() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        unpack(pack(Other(1)), [Box])


@pytest.mark.parametrize("content", [b"", HEAD, pickle.dumps({"a": 1}), HEAD + bytes(8), pack([1])[:18]])
def test_what_is_no_whole_parcel_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(content, [Box])


def test_a_parcel_cut_short_is_refused() -> None:
    with pytest.raises(ValueError, match="cut short"):
        unpack(pack(np.arange(100.0))[:-64], [])


@given(arrays(np.float64, (2, 7)), st.integers(1, 8), st.integers())
def test_blocks_of_any_size_join_to_what_they_were_cut_from(draws: Floats, size: int, fixed: int) -> None:
    whole = Box({"a": draws, "b": draws[::-1]}, (fixed, [np.arange(3)]))
    blocks = [range(first, min(first + size, 7)) for first in range(0, 7, size)]
    parts = [whole.at(list(block)) for block in blocks]
    assert same(join(parts, [len(block) for block in blocks], Box.at), whole)


@pytest.mark.parametrize("other", [2, "1", np.arange(2), [1], None])
def test_blocks_that_differ_in_what_is_not_by_draw_are_not_joined(other: Any) -> None:
    one = Box({"a": np.zeros((2, 1))}, 1)
    with pytest.raises(ValueError, match=r"Box\.fixed"):
        join([one, replace(one, fixed=other)], [1, 1], Box.at)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        ("ab", ["a", "b"]),
        (["a", "b"], ["ab"]),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.zeros(2), np.zeros(2, dtype=np.float32)),
        (np.array([0.0]), np.array([-0.0])),
        ({"a": 1}, {"a": 2}),
    ],
)
def test_what_differs_has_another_key(one: Any, other: Any) -> None:
    assert key_of(one) != key_of(other)


def test_a_key_does_not_depend_on_the_order_of_a_table_or_on_memory() -> None:
    array = np.arange(6.0).reshape(2, 3)
    assert key_of({"a": 1, "b": array}) == key_of({"b": array.T.copy().T, "a": 1})


def test_other_code_and_other_libraries_have_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = key_of(1)
    made_by.cache_clear()
    monkeypatch.setattr("bothand.engine.runs.provenance.version", lambda name: "0")
    other = key_of(1)
    made_by.cache_clear()
    monkeypatch.undo()
    assert other != mine == key_of(1)
    assert "numpy" in made_by()
