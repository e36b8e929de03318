"""Agreement on a scale: six histograms run in another program, the ends of each index, and what may not matter."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.decide.agreement.histograms import agreement, consensus, dispersion, polarisation

CASE = json.loads(
    (Path(__file__).parents[2] / "reference" / "decision" / "06_ordinal_agreement.json").read_text("utf-8")
)
INDEXES = {"A": agreement, "polarization": polarisation, "tastle_wierman": consensus, "leik_D": dispersion}
histograms = st.lists(st.integers(0, 40), min_size=2, max_size=8).filter(any)


@pytest.mark.parametrize("name", INDEXES)
@pytest.mark.parametrize("row", CASE["rows"], ids=lambda row: "-".join(map(str, row["v"])))
def test_an_index_is_what_another_program_says(name, row):
    assert INDEXES[name](row["v"]) == pytest.approx(row[name], abs=CASE["tolerance"])


@given(st.integers(2, 9), st.data())
def test_where_all_answer_alike_every_index_says_so(steps, data):
    counts = np.zeros(steps)
    counts[data.draw(st.integers(0, steps - 1))] = data.draw(st.integers(1, 99))
    assert [f(counts) for f in INDEXES.values()] == pytest.approx([1, 0, 1, 0])


@given(st.integers(3, 9))
def test_half_at_either_end_is_as_far_apart_as_answers_can_be(steps):
    counts = np.zeros(steps)
    counts[[0, -1]] = 7
    assert [f(counts) for f in INDEXES.values()] == pytest.approx([-1, 1, 0, 1])
    assert agreement(np.ones(steps)) == pytest.approx(0)


@given(histograms, st.integers(1, 1000))
def test_indexes_stay_within_their_ends_and_ask_for_neither_direction_nor_number_of_answers(counts, times):
    for (name, index), (low, high) in zip(INDEXES.items(), ((-1, 1), (0, 1), (0, 1), (0, 1)), strict=True):
        found = index(counts)
        assert low - 1e-12 <= found <= high + 1e-12, name
        assert index(counts[::-1]) == pytest.approx(found, abs=1e-9)
        assert index([times * c for c in counts]) == pytest.approx(found, abs=1e-9)


def test_on_evenly_spread_answers_the_indexes_differ_and_so_the_histogram_is_shown():
    even = [20] * 5
    assert [f(even) for f in INDEXES.values()] == pytest.approx([0, 0.5, 0.433985000288, 0.6])


@pytest.mark.parametrize("counts", [[], [5], [0, 0], [1, -1, 3], [1, np.nan], [[1, 2], [3, 4]]])
def test_what_is_no_histogram_is_refused(counts):
    for index in INDEXES.values():
        with pytest.raises(ValueError, match="two or more steps"):
            index(counts)
