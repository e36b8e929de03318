import numpy as np
import pytest
from decide_toys import BUDGET, linear, surfaces
from hypothesis import assume, given, settings

from bothand.decide.both_and import leximin
from bothand.decide.ideals import find_ideals
from bothand.decide.likeness import random_plans
from bothand.decide.repair import both_and_move, cheapest_repair
from bothand.decide.surfaces import evaluate

HARM = linear([[1, 0], [-0.5, 1]], names=("g0", "g1"))  # s0 takes half a unit from g1; s1 is g1's own
BOTH = ("g0", "g1")


def test_a_loss_of_fifty_is_repaired_by_fifty_dollars_more():
    found = cheapest_repair(HARM, [100, 0], "g1", BOTH, kind="addition")
    assert found.dollars == pytest.approx(50)
    np.testing.assert_allclose(found.change, [0, 50], atol=1e-5)
    np.testing.assert_allclose(found.gains, [100, 0], atol=1e-5)


def test_with_the_same_money_a_third_of_it_moves():
    found = cheapest_repair(HARM, [100, 0], "g1", BOTH)
    assert found.dollars == pytest.approx(100 / 3)
    np.testing.assert_allclose(found.change, [-100 / 3, 100 / 3], atol=1e-5)
    assert found.plan.sum() == pytest.approx(100)


def test_money_left_over_may_be_used_first():
    found = cheapest_repair(HARM, [100, 0], "g1", BOTH, budget=150)
    assert found.dollars == pytest.approx(100 / 3)
    richer = cheapest_repair(HARM, [100, 0], "g1", ("g0", "g1"), least=[100, 0], budget=150)
    np.testing.assert_allclose(richer.change, [0, 50], atol=1e-4)


def test_where_nothing_helps_the_harm_itself_is_taken_back():
    only_harm = linear([[1], [-1]], names=BOTH)
    found = cheapest_repair(only_harm, [100], "g1", BOTH)
    np.testing.assert_allclose(found.change, [-100], atol=1e-5)
    assert cheapest_repair(only_harm, [100], "g1", BOTH, kind="addition") is None
    assert cheapest_repair(only_harm, [100], "g1", BOTH, least=[1, 0]) is None


def test_a_repair_makes_no_new_loser():
    """s1 would repair g1 at once but takes from g2; s2 costs twice as much and takes from nobody."""
    surface = linear([[1, 0, 0], [-0.5, 1, 0.5], [0, -1, 0]], names=("g0", "g1", "g2"))
    found = cheapest_repair(surface, [100, 0, 0], "g1", ("g0", "g1", "g2"), kind="addition")
    np.testing.assert_allclose(found.change, [0, 0, 100], atol=1e-4)
    unprotected = cheapest_repair(surface, [100, 0, 0], "g1", ("g1",), kind="addition")
    np.testing.assert_allclose(unprotected.change, [0, 50, 0], atol=1e-4)


def test_what_the_exact_model_adds_to_a_loss_is_repaired_too():
    found = cheapest_repair(HARM, [100, 0], "g1", BOTH, kind="addition", exact=[100, -70])
    assert found.dollars == pytest.approx(70)


def test_against_another_plan_the_least_is_what_that_plan_gives():
    least = evaluate(HARM, [40, 60])
    found = cheapest_repair(HARM, [100, 0], "g1", ("g1",), least=least[1])
    assert found.gains[1] == pytest.approx(least[1], abs=1e-5)


def test_a_plan_that_wastes_money_has_a_both_and_move():
    surface = linear([[1, 0, 0.1], [0, 1, 0.1]])
    ideals = find_ideals(surface, BUDGET)
    found = both_and_move(ideals, ideals.members, [0, 0, 100])
    assert found.gain == pytest.approx(0.4)
    np.testing.assert_allclose(found.plan, [50, 50, 0], atol=1e-4)
    assert found.weights == {}


def test_where_there_is_no_move_the_weights_prove_it():
    ideals = find_ideals(linear([[1, 0], [0, 2]]), BUDGET)
    found = both_and_move(ideals, ideals.members, [30, 70])
    assert found.gain == 0
    assert found.weights == pytest.approx({"v0": 0.5, "v1": 0.5})


@settings(max_examples=12, deadline=None)
@given(surfaces(concave=True, antagonism=True))
def test_from_the_leximin_plan_no_move_serves_everyone(surface):
    ideals = find_ideals(surface, BUDGET)
    assume(len(ideals.members) > 1)
    plan = leximin(ideals, ideals.members).plan
    found = both_and_move(ideals, ideals.members, plan)
    assert found.gain == 0
    assert sum(found.weights.values()) == pytest.approx(1)
    weights = np.array([found.weights[m] for m in ideals.members]) @ ideals.weights(ideals.members)
    for other in random_plans(len(surface.services), float(plan.sum()), 100, 3):
        assert weights @ evaluate(surface, other) <= weights @ evaluate(surface, plan) + 1e-5


@settings(max_examples=12, deadline=None)
@given(surfaces(concave=False, antagonism=True, max_values=3, max_services=3))
def test_a_move_improves_every_value_with_the_same_money(surface):
    ideals = find_ideals(surface, BUDGET)
    assume(len(ideals.members) > 1)
    here = np.full(len(surface.services), BUDGET / len(surface.services))
    found = both_and_move(ideals, ideals.members, here)
    weights = ideals.weights(ideals.members)
    improvement = weights @ (evaluate(surface, found.plan) - evaluate(surface, here))
    assert found.plan.sum() <= BUDGET * (1 + 1e-6)
    assert improvement.min() >= found.gain - 1e-5
