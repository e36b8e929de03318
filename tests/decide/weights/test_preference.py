"""Potentially optimal, dominated, necessary and possible preference, and true disagreement."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.weights import (
    all_weights,
    always_better,
    disagreement,
    dominated,
    necessary,
    possible,
    potentially_optimal,
    sample,
    weight_set,
)
from decide.weights.weight_toys import named, ordered, point, tables, weight_sets

LINE = [[1, 0], [0, 1], [0.4, 0.4], [0.6, 0.6]]


def test_a_plan_below_the_line_between_two_others_is_best_at_no_weight_though_no_plan_beats_it():
    free = all_weights(named(2))
    assert potentially_optimal(LINE[:3], free).tolist() == [True, True, False]
    assert dominated(LINE[:3], free).tolist() == [False, False, False]
    assert potentially_optimal(LINE, free).tolist() == [True, True, False, True]
    assert dominated(LINE, free).tolist() == [False, False, True, False]


def test_an_order_settles_what_free_weights_leave_open():
    assert not necessary([[1, 0], [0.4, 0.4]], all_weights(named(2)))[0, 1]
    assert necessary([[1, 0], [0.4, 0.4]], ordered(2))[0, 1]
    assert potentially_optimal(LINE, ordered(2)).tolist() == [True, False, False, True]
    assert dominated(LINE, ordered(2)).tolist() == [False, True, True, False]


def test_a_plan_that_ties_for_best_may_be_optimal():
    assert potentially_optimal([[1, 0], [0, 1], [0.5, 0.5]], all_weights(named(2))).all()
    assert potentially_optimal([[0.3, 0.3]], all_weights(named(2))).all()


@settings(max_examples=40, deadline=None)
@given(weight_sets(), st.integers(0, 2**32 - 1))
def test_what_is_necessary_holds_at_every_weight_and_what_is_not_has_a_counterexample(weights, seed):
    z = tables(4, len(weights.values), seed)
    worth = np.concatenate([weights.corners, sample(weights, 50, 1)]) @ z.T
    lead = worth[:, :, None] - worth[:, None, :]
    assert (necessary(z, weights) == (lead.min(axis=0) >= -1e-9)).all()
    assert (possible(z, weights) == (lead.max(axis=0) >= -1e-9)).all()
    assert (possible(z, weights) | possible(z, weights).T).all()


@settings(max_examples=40, deadline=None)
@given(weight_sets(), st.integers(0, 2**32 - 1))
def test_whoever_is_first_at_some_weight_may_be_optimal_and_a_clearly_beaten_plan_may_not(weights, seed):
    z = tables(5, len(weights.values), seed)
    optimal = potentially_optimal(z, weights)
    firsts = (np.concatenate([weights.corners, sample(weights, 50, 1)]) @ z.T).argmax(axis=1)
    assert optimal[firsts].all()
    assert optimal.any()
    worse = np.vstack([z, z[0] - 0.01])
    assert not potentially_optimal(worse, weights)[-1]
    assert dominated(worse, weights)[-1]


def test_two_stakeholders_disagree_where_one_order_is_the_other_upside_down():
    first, second = point([0.9, 0.1]), point([0.1, 0.9])
    z = [[1, 0], [0, 1], [0.5, 0.5]]
    found = disagreement(z, first, second)
    assert found.share == 1
    assert set(found.pairs) == {(0, 1), (0, 2), (2, 1)}
    assert disagreement(z, first, first).share == 0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_sets_that_share_a_weight_never_truly_disagree(seed):
    order = ordered(3)
    upside_down = weight_set(named(3), [[-1, 1, 0], [0, -1, 1]], [0, 0])
    assert order.holds([1 / 3] * 3)
    assert upside_down.holds([1 / 3] * 3)
    assert disagreement(tables(6, 3, seed), order, upside_down).share == 0


def test_where_weights_are_free_nobody_truly_disagrees():
    assert disagreement(LINE[:2], all_weights(named(2)), point([0.1, 0.9])).share == 0
    assert disagreement([[1, 1]], ordered(2), ordered(2)).share == 0


@settings(max_examples=30, deadline=None)
@given(weight_sets(3), weight_sets(3), st.integers(0, 2**32 - 1))
def test_disagreement_is_the_same_from_both_sides(first, second, seed):
    z = tables(5, 3, seed)
    one, other = disagreement(z, first, second), disagreement(z, second, first)
    assert one.share == other.share
    assert set(one.pairs) == {(j, i) for i, j in other.pairs}


def test_tables_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="2 values"):
        necessary([[1, 2, 3]], ordered(2))
    with pytest.raises(ValueError, match="same values"):
        disagreement([[1, 2]], ordered(2), ordered(3))


@settings(max_examples=40, deadline=None)
@given(weight_sets(), st.integers(0, 2**32 - 1))
def test_of_two_plans_at_most_one_is_always_better_and_then_the_other_is_nowhere_better(weights, seed):
    table = tables(4, len(weights.values), seed)
    better = always_better(table, weights)
    assert not (better & better.T).any()
    assert (necessary(table, weights) >= better).all()
    assert (dominated(table, weights) == better.any(axis=0)).all()
    some = sample(weights, 32, 1)
    worth = some @ table.T
    for i, j in zip(*np.nonzero(better), strict=True):
        assert (worth[:, i] >= worth[:, j] - 1e-9).all()
    assert not (better & possible(table, weights).T & ~necessary(table, weights)).any()


def test_plans_that_are_equal_at_every_weight_are_in_no_order():
    assert not always_better([[0.3, 0.3], [0.3, 0.3]], all_weights(named(2))).any()
    assert always_better([[0.4, 0.3], [0.3, 0.3]], all_weights(named(2))).tolist() == [[False, True], [False, False]]
