"""The set of weights by its corners: closed forms, and another library's corners of the same cuts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import HalfspaceIntersection

from bothand.decide.weights import all_weights, weight_set
from decide.weights.weight_toys import named, ordered, point, weight_sets


def rows_of(array):
    return {tuple(row) for row in np.round(array, 9) + 0.0}


def test_nothing_said_leaves_every_weight():
    assert rows_of(all_weights(named(3)).corners) == {(1, 0, 0), (0, 1, 0), (0, 0, 1)}


@pytest.mark.parametrize("n", [2, 3, 7, 11])
def test_an_order_has_the_equal_shares_of_its_heads_as_corners(n):
    heads = [[1 / k] * k + [0] * (n - k) for k in range(1, n + 1)]
    assert ordered(n).corners == pytest.approx(np.array(sorted(heads)), abs=1e-12)


def test_lower_bounds_leave_a_smaller_simplex():
    found = weight_set(named(3), np.eye(3), [0.2, 0.1, 0])
    assert rows_of(found.corners) == {(0.9, 0.1, 0), (0.2, 0.8, 0), (0.2, 0.1, 0.7)}
    assert found.ranges == pytest.approx(np.array([[0.2, 0.9], [0.1, 0.8], [0, 0.7]]))


def test_upper_bounds_cut_every_corner_off():
    found = weight_set(named(3), -np.eye(3), [-0.5] * 3)
    assert rows_of(found.corners) == {(0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)}


def test_one_weight_and_a_line_of_weights_need_no_special_care():
    assert point([0.2, 0.3, 0.5]).corners == pytest.approx(np.array([[0.2, 0.3, 0.5]]))
    line = weight_set(named(3), [[1, -2, 0], [-1, 2, 0]], [0, 0])
    assert line.corners == pytest.approx(np.array([[0, 0, 1], [2 / 3, 1 / 3, 0]]))


def test_statements_that_no_weight_meets_are_refused():
    with pytest.raises(ValueError, match="no weights meet"):
        weight_set(named(2), np.eye(2), [0.6, 0.6])


def test_a_set_with_too_many_corners_is_refused_and_not_cut_short(monkeypatch):
    monkeypatch.setattr("bothand.decide.weights.polytope.MOST_CORNERS", 5)
    with pytest.raises(ValueError, match="more than 5 corners"):
        weight_set(named(4), -np.eye(4), [-0.4] * 4)


@settings(max_examples=60, deadline=None)
@given(weight_sets())
def test_corners_meet_every_row_and_qhull_finds_the_same(found):
    n = len(found.values)
    for corner in found.corners:
        assert found.holds(corner)
    free = np.concatenate([np.eye(n), found.rows])[:, : n - 1] - np.concatenate([np.eye(n), found.rows])[:, n - 1 :]
    shift = np.concatenate([np.eye(n), found.rows])[:, n - 1] - np.concatenate([np.zeros(n), found.least])
    inside = found.centre[: n - 1]
    if (free @ inside + shift < 1e-6).any() or n < 3:
        return  # too flat for qhull, or a line, whose ends the test of ranges holds
    there = HalfspaceIntersection(np.hstack([-free, -shift[:, None]]), inside).intersections
    there = np.column_stack([there, 1 - there.sum(axis=1)])
    near = np.abs(there[:, None] - found.corners[None]).max(axis=2)
    assert near.min(axis=1).max() < 1e-6
    assert near.min(axis=0).max() < 1e-6


@settings(max_examples=40, deadline=None)
@given(weight_sets(), st.integers(0, 2**32 - 1))
def test_no_direction_reaches_further_than_the_corners(found, seed):
    from scipy.optimize import linprog

    way = np.random.default_rng(seed).normal(size=len(found.values))
    best = linprog(-way, A_ub=-found.rows, b_ub=-found.least, A_eq=np.ones((1, len(way))), b_eq=[1], method="highs")
    assert (found.corners @ way).max() == pytest.approx(-best.fun, abs=1e-7)


# ---------------------------------------------------------------------------------------------------- onto a map


def test_what_is_on_the_map_is_read_as_shares_of_itself():
    whole = weight_set(("a", "b", "c"), [[0, 0, -1]], [-0.4])
    found = whole.onto({"a": "years", "b": "contacts"})
    assert found.values == ("years", "contacts")
    assert rows_of(found.corners) == {(1, 0), (0, 1)}
    assert found.off_the_map == pytest.approx((0, 0.4))


def test_an_order_stays_an_order_when_its_middle_is_not_on_the_map():
    found = ordered(3).onto({"v0": "x", "v2": "y"})
    assert found.ranges == pytest.approx(np.array([[0.5, 1], [0, 0.5]]))


@settings(max_examples=30, deadline=None)
@given(weight_sets(5))
def test_no_corner_on_a_map_is_a_mean_of_others_and_none_is_lost(whole):
    from scipy.optimize import linprog

    found = whole.onto({"v0": "x", "v2": "y", "v3": "z"})
    part = whole.corners[:, [0, 2, 3]]
    shares = part[part.sum(axis=1) > 1e-9] / part.sum(axis=1, keepdims=True)[part.sum(axis=1) > 1e-9]
    for way in np.random.default_rng(1).normal(size=(20, 3)):
        assert (found.corners @ way).max() == pytest.approx((shares @ way).max(), abs=1e-7)
    for number, corner in enumerate(found.corners):
        others = np.delete(found.corners, number, axis=0)
        if len(others):
            mean = linprog(np.zeros(len(others)), A_eq=others.T, b_eq=corner, method="highs")
            assert mean.status != 0


def test_values_with_one_name_on_the_map_count_together():
    found = point([0.2, 0.3, 0.5]).onto({"v0": "x", "v1": "x", "v2": "y"})
    assert found.corners == pytest.approx(np.array([[0.5, 0.5]]))


def test_a_set_none_of_whose_weight_is_on_the_map_is_refused():
    with pytest.raises(ValueError, match="none of these values"):
        ordered(2).onto({})
    with pytest.raises(ValueError, match="all weight is on values"):
        point([1, 0]).onto({"v1": "x"})
    with pytest.raises(ValueError, match="already"):
        ordered(2).onto({"v0": "x"}).onto({"x": "y"})
