"""SMAA-2 beside exact areas, published numbers, and properties that hold for any plans."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.weights import (
    acceptability,
    all_weights,
    choice_entropy,
    disagreement,
    opposed,
    sample,
    weight_set,
)
from decide.weights.weight_toys import named, ordered, reference, tables, weight_sets

CASE = reference("08_smaa")
EXACT = CASE["case_A"]
DRAWS = 40_000


def test_exact_areas_of_the_simplex_are_met():
    found = acceptability(EXACT["values"], sample(all_weights(named(3)), DRAWS, 1))
    close = EXACT["tolerance"]["mc_10000"]
    assert found.ranks == pytest.approx(np.array(EXACT["rank_acceptability"]), abs=close)
    assert found.central == pytest.approx(np.array(EXACT["central_weights"]), abs=close)
    assert found.winning == pytest.approx(np.array(EXACT["pairwise_winning"]), abs=close)
    assert found.entropy == pytest.approx(EXACT["choice_entropy_bits"], abs=close)
    assert found.confidence.tolist() == [1, 1, 1, 1]


def test_entropy_of_exact_and_of_published_shares():
    exact = [row[0] for row in EXACT["rank_acceptability"]]
    assert choice_entropy(exact) == pytest.approx(EXACT["choice_entropy_bits"], abs=EXACT["tolerance"]["exact"])
    published = CASE["case_B_published"]
    shares = [row[0] for row in published["rank_acceptability"].values()]
    assert choice_entropy(shares) == pytest.approx(published["entropy_ranking_bits"], abs=published["tolerance"])
    assert choice_entropy([1, 0, 0]) == 0


def test_with_uncertain_plans_the_shares_are_those_of_draws_and_weights_together():
    z = np.array([[[1, 1], [0, 0]], [[0, 0], [1, 1]], [[1, 1], [0, 0]], [[1, 1], [0, 0]]])
    found = acceptability(z, sample(ordered(2), 4_000, 2))
    assert found.ranks == pytest.approx(np.array([[0.75, 0.25], [0.25, 0.75]]))
    assert found.confidence == pytest.approx([0.75, 0.25])
    assert found.central[0] == pytest.approx([0.75, 0.25], abs=0.01)


def test_a_plan_that_is_never_first_has_no_central_weight():
    found = acceptability([[1, 1], [0, 0.5]], sample(ordered(2), 100, 3))
    assert np.isnan(found.central[1]).all()
    assert np.isnan(found.confidence[1])
    assert found.entropy == 0
    assert found.winning.tolist() == [[0, 1], [0, 0]]


@settings(max_examples=40, deadline=None)
@given(weight_sets(), st.integers(1, 6), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_shares_sum_to_one_for_every_plan_and_every_rank(weights, plans, draws, seed):
    rng = np.random.default_rng(seed)
    z = rng.integers(-2, 3, (draws, plans, len(weights.values))).astype(float)  # whole numbers tie often
    found = acceptability(z, sample(weights, 60, 1))
    assert found.ranks.sum(axis=0) == pytest.approx(np.ones(plans))
    assert found.ranks.sum(axis=1) == pytest.approx(np.ones(plans))
    pairs = found.winning + found.winning.T
    assert pairs[~np.eye(plans, dtype=bool)] == pytest.approx(np.ones(plans * (plans - 1)))
    assert np.diag(found.winning).tolist() == [0] * plans


@settings(max_examples=30, deadline=None)
@given(weight_sets(), st.integers(0, 2**32 - 1), st.permutations(range(5)))
def test_the_order_of_plans_changes_nothing_and_equal_plans_fare_alike(weights, seed, order):
    z = tables(5, len(weights.values), seed)
    z[3] = z[1]
    drawn = sample(weights, 80, 2)
    found, turned = acceptability(z, drawn), acceptability(z[list(order)], drawn)
    assert turned.ranks == pytest.approx(found.ranks[list(order)])
    assert turned.winning == pytest.approx(found.winning[np.ix_(order, order)])
    assert turned.central == pytest.approx(found.central[list(order)], nan_ok=True)
    assert turned.confidence == pytest.approx(found.confidence[list(order)], nan_ok=True)
    assert (found.ranks[1] == found.ranks[3]).all()
    assert found.winning[1, 3] == 0.5


def test_two_who_are_all_but_sure_of_the_opposite_are_found_though_they_share_a_weight():
    z = [[1, 0], [0, 1], [0.5, 0.5]]
    first = acceptability(z, sample(ordered(2), 500, 1))
    second = acceptability(z, sample(weight_set(named(2), [[-1, 1]], [0]), 500, 2))
    assert set(opposed(first, second).pairs) == {(0, 1), (0, 2), (2, 1)}
    assert opposed(first, second).share == 1
    assert opposed(first, first).share == 0
    with pytest.raises(ValueError, match="above a half"):
        opposed(first, second, 0.5)


@settings(max_examples=30, deadline=None)
@given(weight_sets(3), weight_sets(3), st.integers(0, 2**32 - 1))
def test_who_truly_disagrees_is_all_but_sure_of_it(first, second, seed):
    z = tables(5, 3, seed)
    found = opposed(*(acceptability(z, sample(weights, 60, 1)) for weights in (first, second)))
    assert set(disagreement(z, first, second).pairs) <= set(found.pairs)


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="plans by values"):
        acceptability([[1, 2]], [[0.2, 0.3, 0.5]])
    with pytest.raises(ValueError, match="finite"):
        acceptability([[1, np.nan]], [[0.5, 0.5]])
