"""Kendall's W: a published table, a table with ties beside scipy, and what it must do at its ends."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare, spearmanr

from bothand.decide.agreement.rankings import kendall_w

CASE = json.loads((Path(__file__).parents[2] / "reference" / "decision" / "05_kendall_w.json").read_text("utf-8"))

# Birds' wings, tails and bills, ranked: the table behind the rank sums of the second case (Zar 2010, example 20.5).
BIRDS = np.array(
    [
        [4, 8.5, 10, 1.5, 3, 1.5, 7, 5, 8.5, 11, 6, 12],
        [5, 7, 11, 2.5, 5, 1, 5, 2.5, 9.5, 8, 9.5, 12],
        [5.5, 5.5, 9.5, 2, 3, 1, 8, 4, 11, 9.5, 7, 12],
    ]
).T


def test_the_published_table_has_its_rank_sums_and_its_w():
    found, expected = kendall_w(CASE["inputs"]["ranks_rows_items_cols_judges"]), CASE["expected"]
    assert found.rank_sums.tolist() == expected["rank_sums"]
    assert found.squares == expected["S"]
    assert found.w == pytest.approx(expected["W"], abs=1e-9)
    assert found.chi2 == pytest.approx(expected["chi2"], abs=1e-9)
    assert found.mean_spearman == pytest.approx(expected["mean_spearman"], abs=1e-9)


def test_a_table_with_ties_has_its_published_sums_and_friedmans_statistic():
    found = kendall_w(BIRDS)
    assert found.rank_sums.tolist() == CASE["second_case"]["rank_sums"]
    assert found.chi2 == pytest.approx(friedmanchisquare(*BIRDS).statistic, abs=1e-9)
    correlations = spearmanr(BIRDS).statistic
    assert found.mean_spearman == pytest.approx(correlations[np.triu_indices(3, 1)].mean(), abs=1e-9)


def test_all_alike_is_one_and_opposite_pairs_are_zero():
    assert kendall_w([[1, 1, 1], [2, 2, 2], [3, 3, 3]]).w == pytest.approx(1)
    found = kendall_w([[1, 3], [2, 2], [3, 1]])
    assert (found.w, found.mean_spearman) == (0, pytest.approx(-1))


@given(st.integers(0, 2**32 - 1), st.integers(2, 8), st.integers(2, 6))
def test_w_lies_between_none_and_all_and_asks_only_for_the_order(seed, items, people):
    scores = np.random.default_rng(seed).integers(0, 5, (items, people)).astype(float)
    scores[:, 0] = np.arange(items)
    found = kendall_w(scores)
    assert -1e-12 <= found.w <= 1 + 1e-12
    assert found.rank_sums.sum() == pytest.approx(people * items * (items + 1) / 2)
    assert kendall_w(np.exp(scores)).w == pytest.approx(found.w)
    assert kendall_w(-scores).w == pytest.approx(found.w)
    assert kendall_w(scores[::-1, ::-1]).w == pytest.approx(found.w)


@given(st.integers(0, 2**32 - 1), st.integers(2, 8), st.integers(2, 6))
def test_without_ties_the_mean_correlation_follows_from_w(seed, items, people):
    rng = np.random.default_rng(seed)
    found = kendall_w(np.column_stack([rng.permutation(items) for _ in range(people)]))
    assert found.mean_spearman == pytest.approx((people * found.w - 1) / (people - 1), abs=1e-9)


def test_a_person_to_whom_all_items_are_alike_counts_but_has_no_correlation():
    found = kendall_w([[1, 1, 5], [2, 2, 5], [3, 3, 5]])
    assert np.isnan(found.mean_spearman)
    assert found.chi2 == pytest.approx(friedmanchisquare([1, 1, 5], [2, 2, 5], [3, 3, 5]).statistic)


def test_what_is_no_ranking_is_refused():
    with pytest.raises(ValueError, match="at least two"):
        kendall_w([[1, 2, 3]])
    with pytest.raises(ValueError, match="missing"):
        kendall_w([[1, np.nan], [2, 1]])
    with pytest.raises(ValueError, match="alike"):
        kendall_w([[1, 1], [1, 1]])
