"""Weights drawn evenly: closed-form means, the same seed, and walks beside plain rejection."""

import numpy as np
import pytest
from hypothesis import given, settings

from bothand.decide.weights import all_weights, sample, weight_set
from bothand.decide.weights.sampling import along
from decide.weights.weight_toys import named, ordered, point, weight_sets


def test_weights_of_an_order_have_their_closed_form_mean():
    n = 5  # the mean of an evenly drawn ordered weight k is sum of 1/j over j = k to n, over n
    expected = [sum(1 / j for j in range(k, n + 1)) / n for k in range(1, n + 1)]
    assert sample(ordered(n), 40_000, 1).mean(axis=0) == pytest.approx(expected, abs=0.004)


def test_weights_without_statements_are_even_on_the_simplex():
    found = sample(all_weights(named(4)), 40_000, 2)
    assert found.mean(axis=0) == pytest.approx([0.25] * 4, abs=0.004)
    assert found.var(axis=0) == pytest.approx([3 / 80] * 4, abs=0.001)  # Dirichlet(1, 1, 1, 1): 3 / (16 * 5)


def test_walks_agree_with_rejection_where_a_set_is_no_simplex():
    cut = weight_set(named(4), [[-1, 0, 0, 0], [1, -1, 0, 0], [0, 0, -1, 0]], [-0.45, -0.1, -0.3])
    plain = np.random.default_rng(3).dirichlet(np.ones(4), 400_000)
    plain = plain[[cut.holds(w) for w in plain[:60_000]] + [False] * 340_000]
    walked = sample(cut, 20_000, 4)
    assert walked.mean(axis=0) == pytest.approx(plain.mean(axis=0), abs=0.006)
    assert walked.std(axis=0) == pytest.approx(plain.std(axis=0), abs=0.006)
    assert np.quantile(walked, 0.1, axis=0) == pytest.approx(np.quantile(plain, 0.1, axis=0), abs=0.012)


@settings(max_examples=20, deadline=None)
@given(weight_sets())
def test_every_weight_drawn_is_in_the_set(found):
    for weights in sample(found, 25, 5):
        assert found.holds(weights)


def test_a_flat_set_that_is_no_simplex_is_walked_inside():
    square = weight_set(named(4), [[1, 1, 0, 0], [-1, -1, 0, 0]], [0.5, -0.5])
    assert len(square.corners) == 4
    found = sample(square, 8_000, 6)
    assert found[:, :2].sum(axis=1) == pytest.approx(np.full(8_000, 0.5))
    assert found.var(axis=0) == pytest.approx([0.25 / 12] * 4, abs=0.001)  # even on a square of side 0.5


def test_the_same_seed_gives_the_same_weights_and_another_others():
    assert (sample(ordered(3), 10, 1) == sample(ordered(3), 10, 1)).all()
    assert (sample(ordered(3), 10, 1) != sample(ordered(3), 10, 2)).any()


def test_one_weight_is_drawn_again_and_again():
    assert sample(point([0.25, 0.75]), 3, 1) == pytest.approx(np.array([[0.25, 0.75]] * 3))


def test_a_set_on_a_map_is_drawn_over_all_values_first():
    whole = ordered(4)
    found = sample(whole.onto({"v0": "x", "v3": "y"}), 5, 7)
    everything = sample(whole, 5, 7)[:, [0, 3]]
    assert found == pytest.approx(everything / everything.sum(axis=1, keepdims=True))


@settings(max_examples=40, deadline=None)
@given(weight_sets())
def test_a_step_goes_an_even_share_of_its_line_between_the_nearest_rows_ahead_and_behind(found):
    n = len(found.values)
    luck = np.random.default_rng(6)
    here = luck.dirichlet(np.ones(len(found.corners)), 20) @ found.corners
    ways = luck.standard_normal(here.shape)
    ways[::4] = 0  # goes nowhere
    ways -= ways.mean(axis=1, keepdims=True)
    rows, least = np.concatenate([found.rows, np.eye(n)]), np.concatenate([found.least, np.zeros(n)])
    there = along(here, ways, rows, least, np.random.default_rng(7))
    for start, way, end, share in zip(here, ways, there, np.random.default_rng(7).random(20), strict=True):
        slack, rise = np.maximum(rows @ start - least, 0), rows @ way
        ahead, behind = rise < -1e-9, rise > 1e-9
        gone = np.zeros(n)
        if ahead.any() and behind.any():
            forth, back = (-slack[ahead] / rise[ahead]).min(), (-slack[behind] / rise[behind]).max()
            gone = (back + (forth - back) * share) * way
        expected = np.maximum(start + gone, 0)
        assert end == pytest.approx(expected / expected.sum(), abs=1e-12)
