from __future__ import annotations

import numpy as np
import pytest
from decide_toys import linear

from bothand.decide.ideals import find_ideals
from bothand.decide.losers import LEAST_RUNS
from bothand.decide.repair import OtherTerms, cheapest_gain, cheapest_repair, cheapest_terms
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


# ------------------------------------------------------------------------------------------------------------- of terms


def runs(*means):
    """Gains of each group in enough runs, close around a mean."""
    return np.array(means)[:, None] + np.linspace(-0.1, 0.1, LEAST_RUNS)


OWN = runs(5, -3, 2)
GROUPS = ("g0", "g1", "g2")


def terms(name, dollars, *means):
    return OtherTerms(name, dollars, runs(*means))


def test_the_cheapest_terms_that_remove_the_loss_are_chosen_and_free_ones_before_all():
    keep = terms("keep people who return to use", 0, 5, 1, 2)
    places = terms("places of its own", 40_000, 5, 4, 2)
    assert cheapest_terms(GROUPS, "g1", OWN, [places, keep], [1, 1, 1]) is keep
    assert cheapest_terms(GROUPS, "g1", OWN, [places], [1, 1, 1]) is places


def test_of_equally_cheap_terms_the_loser_has_the_better_ones():
    weak, strong = terms("weak", 10, 5, 1, 2), terms("strong", 10, 5, 2, 2)
    assert cheapest_terms(GROUPS, "g1", OWN, [weak, strong], [1, 1, 1]) is strong


def test_terms_that_leave_the_loss_or_make_another_loser_repair_nothing():
    smaller, passed_on = terms("smaller", 0, 5, -2, 2), terms("passed on", 0, -2, 1, 2)
    assert cheapest_terms(GROUPS, "g1", OWN, [smaller, passed_on], [1, 1, 1]) is None
    assert cheapest_terms(GROUPS, "g1", OWN, [], [1, 1, 1]) is None


def test_a_loss_that_another_group_had_before_stands_in_no_ones_way():
    own = runs(-5, -3, 2)
    helps = terms("helps g1", 0, -5, 1, 2)
    assert cheapest_terms(GROUPS, "g1", own, [helps], [1, 1, 1]) is helps
    with pytest.raises(ValueError, match="no group 'g9'"):
        cheapest_terms(GROUPS, "g9", own, [helps], [1, 1, 1])


def test_the_cheapest_gain_for_all_takes_from_what_helps_nobody_and_no_more_than_it_needs():
    ideals = find_ideals(linear([[1, 0, 0], [0, 1, 0]]), 100)
    found = cheapest_gain(ideals, [40, 40, 20], ideals.members, 0.05)
    np.testing.assert_allclose(found.change, [5, 5, -10], atol=1e-4)
    assert found.dollars == pytest.approx(10)
    over = cheapest_gain(ideals, [30, 30, 0], ideals.members, 0.1, budget=100)
    np.testing.assert_allclose(over.change, [10, 10, 0], atol=1e-4)


def test_a_plan_at_which_values_only_compete_has_no_gain_for_all():
    ideals = find_ideals(linear([[1, 0], [0, 1]]), 100)
    assert cheapest_gain(ideals, [50, 50], ideals.members, 0.01) is None
    assert cheapest_gain(ideals, [100, 0], ["v1"], 1.0).dollars == pytest.approx(100)
