import numpy as np
import pytest
from decide_toys import BUDGET, linear

from bothand.decide.likeness import likeness, random_plans
from bothand.decide.surfaces import evaluate


def test_values_that_move_together_are_one_cluster_side_by_side():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 400))
    gains = np.column_stack([a, b, 3 * a + 0.01 * rng.standard_normal(400), -b])
    found = likeness(("a", "b", "like a", "against b"), gains)
    assert {frozenset(c) for c in found.clusters} == {frozenset({"a", "like a"}), frozenset({"b", "against b"})}
    position = {name: n for n, name in enumerate(found.order)}
    assert abs(position["a"] - position["like a"]) == 1
    assert found.directions == pytest.approx(2, abs=0.05)


def test_independent_values_are_as_many_directions_as_values():
    gains = np.eye(6)[:, :3] - 1 / 6
    signs = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=float)
    assert likeness(("a", "b", "c"), signs).directions == pytest.approx(3)
    assert likeness(("a", "b", "c"), np.tile(gains[:, :1], 3)).directions == pytest.approx(1)


def test_a_value_that_never_moves_is_alike_to_nothing():
    found = likeness(("still", "moves"), np.column_stack([np.ones(10), np.arange(10.0)]))
    assert len(found.clusters) == 2


def test_one_value_alone_is_its_own_cluster():
    found = likeness(("a",), np.arange(4.0)[:, None])
    assert (found.order, found.clusters) == (("a",), (("a",),))


def test_random_plans_spend_the_whole_budget_and_repeat_with_their_seed():
    plans = random_plans(4, BUDGET, 50, seed=7)
    np.testing.assert_allclose(plans.sum(axis=1), BUDGET)
    assert (plans >= 0).all()
    np.testing.assert_array_equal(plans, random_plans(4, BUDGET, 50, seed=7))


def test_likeness_reads_a_surface_through_its_plans():
    surface = linear([[1, 0, 0], [2, 0, 0], [0, 1, 0]])
    found = likeness(surface.objectives, evaluate(surface, random_plans(3, BUDGET, 100, seed=1)))
    assert ("v0", "v1") in found.clusters or ("v1", "v0") in found.clusters
