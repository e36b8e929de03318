import numpy as np
import pytest
from decide_toys import BUDGET, curved, linear, surfaces
from hypothesis import given, settings

from bothand.decide.ideals import find_ideals
from bothand.decide.likeness import CARRIED, carrier, likeness, random_plans
from bothand.decide.surfaces import contributions, evaluate


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


def favourite(surface, name):
    return carrier(surface, name, find_ideals(surface, BUDGET).plan_of(name))


def test_a_value_that_one_service_serves_alone_is_a_vote_for_it():
    found = favourite(linear([[1, 0, 0], [1, 2, 0]]), "v0")
    assert (found.service, found.share, found.alone) == ("s0", 1, True)


def test_a_value_whose_best_plan_mixes_services_is_no_vote():
    """v0 is worth 60 of 100 dollars in s0, then s1 gives more: 60 of the 60 + 40 gained is s0's."""
    surface = curved([[lambda x: np.minimum(x, 60), lambda x: 0.9999 * x]], levels=np.array([60, 100, 200.0]))
    found = favourite(surface, "v0")
    assert found.service == "s0"
    assert found.share == pytest.approx(0.6, abs=1e-3)
    assert not found.alone


def test_a_service_that_takes_money_and_gives_nothing_carries_nothing():
    """Dollars would say half; the gain says all."""
    surface = linear([[1, 0]])
    found = carrier(surface, "v0", [BUDGET / 2, BUDGET / 2])
    assert (found.service, found.share) == ("s0", 1)


def test_what_a_plan_takes_from_a_value_makes_no_share_larger_than_the_whole():
    found = carrier(linear([[1, -0.5, 0.1]]), "v0", [BUDGET / 4, BUDGET / 4, BUDGET / 4])
    assert found.share == pytest.approx(1 / 1.1)
    assert not found.alone


def test_a_value_that_nothing_serves_has_no_carrier():
    assert carrier(linear([[0, -1]]), "v0", [BUDGET / 2, BUDGET / 2]) is None


@settings(max_examples=30, deadline=None)
@given(surfaces(antagonism=True))
def test_the_carrier_adds_most_and_is_alone_only_above_the_share(surface):
    ideals = find_ideals(surface, BUDGET)
    for name in ideals.members:
        plan = ideals.plan_of(name)
        added = contributions(surface, plan)[surface.index(name)]
        found = carrier(surface, name, plan)
        assert added[surface.services.index(found.service)] == added.max()
        rest = np.maximum(added, 0).sum() - added.max()
        assert found.alone == (added.max() > CARRIED * (added.max() + rest))
