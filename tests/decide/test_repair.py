import numpy as np
import pytest
from decide_toys import linear

from bothand.decide.repair import cheapest_repair
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
