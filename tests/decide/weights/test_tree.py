"""Weights over a tree of families: closed forms, even draws where the tree says nothing, and rejection beside walks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from bothand.decide.weights import acceptability, all_weights, sample, sample_by_family, split_bias, weight_set
from decide.weights.weight_toys import named, ordered, point, tables, weight_sets

THREE_AND_ONE = {"v0": "many", "v1": "many", "v2": "many", "v3": "few"}


def rejected(found, families, count, seed):
    """Weights of the whole tree that happen to lie in a set: families evenly, then the values of each evenly."""
    rng = np.random.default_rng(seed)
    names = [families.get(value, value) for value in found.values]
    kinds = list(dict.fromkeys(names))
    sums, weights = rng.dirichlet(np.ones(len(kinds)), count), np.zeros((count, len(names)))
    for f, kind in enumerate(kinds):
        own = [n for n, name in enumerate(names) if name == kind]
        weights[:, own] = sums[:, [f]] * rng.dirichlet(np.ones(len(own)), count)
    kept = (weights @ found.rows.T >= found.least).all(axis=1)
    return weights[kept]


def test_each_family_has_the_weight_of_any_other_however_many_names_it_has():
    found = sample_by_family(all_weights(named(4)), THREE_AND_ONE, 40_000, 1)
    assert found.sum(axis=1) == pytest.approx(np.ones(40_000))
    assert found.mean(axis=0) == pytest.approx([1 / 6, 1 / 6, 1 / 6, 0.5], abs=0.006)
    assert found[:, 3].var() == pytest.approx(1 / 12, abs=0.003)  # even between 0 and 1


@settings(max_examples=15, deadline=None)
@given(weight_sets())
def test_a_tree_with_one_value_a_family_or_with_one_family_is_the_even_draw(found):
    apart = {value: f"family of {value}" for value in found.values}
    for families in (apart, {}, dict.fromkeys(found.values, "all")):
        assert (sample_by_family(found, families, 40, 5) == sample(found, 40, 5)).all()


@settings(max_examples=15, deadline=None)
@given(weight_sets())
def test_every_weight_drawn_over_a_tree_is_in_the_set(found):
    families = {value: "a" if n % 2 else "b" for n, value in enumerate(found.values)}
    for weights in sample_by_family(found, families, 25, 5):
        assert found.holds(weights)


def test_what_is_said_is_kept_and_the_rest_is_as_likely_as_in_the_whole_tree():
    cut = weight_set(named(5), [[-1, 1, 0, 0, 0], [0, 0, 0, -1, 0], [1, 0, 1, 0, 0]], [-0.1, -0.4, 0.2])
    families = {"v0": "a", "v1": "a", "v2": "a", "v3": "b"}
    plain = rejected(cut, families, 200_000, 2)
    walked = sample_by_family(cut, families, 20_000, 3)
    assert walked.mean(axis=0) == pytest.approx(plain.mean(axis=0), abs=0.01)
    assert walked.std(axis=0) == pytest.approx(plain.std(axis=0), abs=0.01)
    assert np.quantile(walked, 0.1, axis=0) == pytest.approx(np.quantile(plain, 0.1, axis=0), abs=0.02)


def test_in_an_order_the_tree_is_walked_as_rejection_has_it():
    plain = rejected(ordered(4), THREE_AND_ONE, 400_000, 4)
    walked = sample_by_family(ordered(4), THREE_AND_ONE, 20_000, 5)
    assert walked.mean(axis=0) == pytest.approx(plain.mean(axis=0), abs=0.01)


def test_a_flat_set_in_which_families_are_fixed_is_drawn_evenly():
    square = weight_set(named(4), [[1, 1, 0, 0], [-1, -1, 0, 0]], [0.5, -0.5])
    found = sample_by_family(square, {"v0": "a", "v1": "a", "v2": "b", "v3": "b"}, 8_000, 6)
    assert found[:, :2].sum(axis=1) == pytest.approx(np.full(8_000, 0.5))
    assert found.var(axis=0) == pytest.approx([0.25 / 12] * 4, abs=0.002)


def test_one_weight_stays_one_weight():
    families = {"v0": "a", "v1": "a", "v2": "b"}
    found = sample_by_family(point([0.25, 0.25, 0.5]), families, 3, 1)
    assert found == pytest.approx(np.array([[0.25, 0.25, 0.5]] * 3))


def test_a_set_on_a_map_is_drawn_over_the_whole_tree_first():
    whole = all_weights(named(4))
    found = sample_by_family(whole.onto({"v0": "x", "v3": "y"}), THREE_AND_ONE, 50, 7)
    everything = sample_by_family(whole, THREE_AND_ONE, 50, 7)[:, [0, 3]]
    assert found == pytest.approx(everything / everything.sum(axis=1, keepdims=True))


def test_what_a_family_gains_by_its_names_alone_sums_to_nothing_and_is_nothing_where_each_has_one():
    whole = all_weights(named(4))
    flat, tree = sample(whole, 40_000, 8), sample_by_family(whole, THREE_AND_ONE, 40_000, 9)
    excess = split_bias(whole.values, THREE_AND_ONE, flat, tree)
    assert excess == pytest.approx({"many": 0.25, "few": -0.25}, abs=0.01)  # 3/4 of the names, half of the tree
    assert sum(excess.values()) == pytest.approx(0)
    assert split_bias(whole.values, {}, flat, flat) == pytest.approx(dict.fromkeys(whole.values, 0))


def test_acceptabilities_over_a_tree_sum_to_one_and_a_plan_for_the_many_names_comes_first_less_often():
    z = np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]])
    whole = all_weights(named(4))
    flat = acceptability(z, sample(whole, 20_000, 10)).ranks
    tree = acceptability(z, sample_by_family(whole, THREE_AND_ONE, 20_000, 11)).ranks
    assert flat[0, 0] == pytest.approx(7 / 8, abs=0.01)  # P(w3 < 1/2) = 1 - (1/2)^3
    assert tree[0, 0] == pytest.approx(0.5, abs=0.015)
    ranks = acceptability(tables(5, 4, 12), sample_by_family(whole, THREE_AND_ONE, 500, 13)).ranks
    assert ranks.sum(axis=0) == pytest.approx(np.ones(5))
    assert ranks.sum(axis=1) == pytest.approx(np.ones(5))
