"""Regret over a list of plans and over all affordable dollars, beside linear programmes and searches on a grid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from bothand.decide.ideals import find_ideals
from bothand.decide.surfaces import evaluate
from bothand.decide.weights import (
    all_weights,
    best_at,
    plan_regrets,
    regret_at,
    regrets_in_draws,
    sample,
    told_apart,
    weight_set,
    worst_of,
)
from decide.decide_toys import BUDGET, linear, surfaces
from decide.weights.weight_toys import named, ordered, point, tables, weight_sets


def test_regret_of_two_plans_for_opposite_values():
    z = [[1, 0], [0, 1], [0.5, 0.5]]
    assert plan_regrets(z, all_weights(named(2))) == pytest.approx([1, 1, 0.5])
    assert plan_regrets(z, ordered(2)) == pytest.approx([0, 1, 0.5])
    worst = worst_of(z, ordered(2), 1)
    assert (worst.regret, worst.instead) == (1, 0)
    assert worst.weights == pytest.approx([1, 0])


@settings(max_examples=30, deadline=None)
@given(weight_sets(), st.integers(0, 2**32 - 1))
def test_regret_by_corners_is_regret_by_linear_programmes_over_the_rows(weights, seed):
    z = tables(4, len(weights.values), seed)
    rows = {"A_ub": -weights.rows, "b_ub": -weights.least, "A_eq": np.ones((1, z.shape[1])), "b_eq": [1]}
    slow = [max(-linprog(-(other - own), **rows, method="highs").fun for other in z) for own in z]
    assert plan_regrets(z, weights) == pytest.approx(slow, abs=1e-7)


@settings(max_examples=30, deadline=None)
@given(weight_sets(3), st.integers(0, 2**32 - 1), st.permutations(range(4)))
def test_a_plan_that_is_best_at_every_weight_has_no_regret_and_order_and_copies_do_not_matter(weights, seed, order):
    z = tables(4, 3, seed)
    z[2] = z.max(axis=0)
    found = plan_regrets(z, weights)
    assert found[2] == pytest.approx(0, abs=1e-12)
    assert (found >= 0).all()
    assert plan_regrets(z[list(order)], weights) == pytest.approx(found[list(order)])
    assert plan_regrets(np.vstack([z, z[1]]), weights) == pytest.approx([*found, found[1]])


@settings(max_examples=30, deadline=None)
@given(weight_sets(4), st.integers(0, 2**32 - 1))
def test_who_says_more_has_no_more_regret(weights, seed):
    z = tables(5, 4, seed)
    row = np.random.default_rng(seed).normal(size=4)
    least = np.append(weights.least, row @ weights.centre)
    fewer = weight_set(weights.values, np.vstack([weights.rows, row]), least)
    assert (plan_regrets(z, fewer) <= plan_regrets(z, weights) + 1e-9).all()


# ------------------------------------------------------------------------------------------- all affordable dollars


def test_regret_over_dollars_has_its_closed_form():
    """Two values, a service each: half and half regrets half of what one-sided weights would have."""
    ideals = find_ideals(linear([[1, 0], [0, 1]]), BUDGET)
    half = [BUDGET / 2, BUDGET / 2]
    assert best_at(ideals, all_weights(named(2))) == pytest.approx([1, 1])
    assert regret_at(ideals, all_weights(named(2)), half) == pytest.approx(0.5)
    assert regret_at(ideals, point([0.5, 0.5]), half) == pytest.approx(0)
    assert regret_at(ideals, ordered(2), [0, BUDGET]) == pytest.approx(1)
    assert regret_at(ideals, ordered(2), [BUDGET, 0]) == pytest.approx(0)


@settings(max_examples=20, deadline=None)
@given(surfaces(antagonism=True, max_values=3, max_services=3), st.integers(0, 2**32 - 1))
def test_no_weight_of_the_set_and_no_affordable_plan_gives_more_regret(surface, seed):
    ideals = find_ideals(surface, BUDGET)
    weights = ordered(len(surface.objectives)).onto({f"v{n}": name for n, name in enumerate(ideals.members)})
    rng = np.random.default_rng(seed)
    plans = rng.dirichlet(np.ones(len(surface.services)), 60) * BUDGET * rng.random((60, 1))
    z = evaluate(surface, plans) @ ideals.weights(weights.values).T
    worth = sample(weights, 40, 1) @ z.T
    seen = (worth.max(axis=1, keepdims=True) - worth).max(axis=0)
    best = best_at(ideals, weights)
    found = np.array([regret_at(ideals, weights, plan, best) for plan in plans])
    assert (found >= seen - 1e-7).all()
    assert (found >= -1e-7).all()


@settings(max_examples=15, deadline=None)
@given(surfaces(max_values=3, max_services=3))
def test_each_values_own_favourite_has_no_regret_when_only_that_value_counts(surface):
    ideals = find_ideals(surface, BUDGET)
    for v, name in enumerate(ideals.members):
        alone = all_weights([name])
        plan = ideals.plan_of(name)
        assert regret_at(ideals, alone, plan) == pytest.approx(0, abs=1e-7), v


def test_a_condition_that_no_plan_meets_is_told():
    from bothand.decide.programme import rows

    surface = linear([[1, 0], [0, 1]])
    with pytest.raises(ValueError, match="no affordable plan"):
        best_at(find_ideals(surface, BUDGET), ordered(2), also=rows(surface, gains=[1, 0], least=5 * BUDGET))


def test_regret_is_zero_in_every_draw_for_the_plan_that_is_best_on_average_at_the_only_weight():
    z = np.random.default_rng(1).uniform(0, 1, (12, 4, 3))
    weights = point([0.2, 0.3, 0.5])
    own = int((z.mean(axis=0) @ weights.corners[0]).argmax())
    found = regrets_in_draws(z, weights, z)
    assert found.shape == (4, 12)
    assert (found[own] == 0).all()
    assert found[0] == pytest.approx((z[:, own] - z[:, 0]) @ weights.corners[0])


@settings(max_examples=20, deadline=None)
@given(weight_sets(3), st.integers(0, 2**32 - 1))
def test_read_draw_by_draw_the_largest_regret_keeps_its_mean(weights, seed):
    z = np.random.default_rng(seed).normal(size=(6, 5, 3))
    found = regrets_in_draws(z, weights, z)
    assert found.mean(axis=1) == pytest.approx(plan_regrets(z.mean(axis=0), weights), abs=1e-9)


def test_plans_are_told_apart_where_the_difference_has_one_sign_in_19_of_20_draws():
    rng = np.random.default_rng(4)
    near, far = 0.3 + 0.01 * rng.random(100), 0.6 + 0.01 * rng.random(100)
    assert told_apart([near, near + 0.02 * (rng.random(100) - 0.4), far]) == (False, True)
    assert told_apart([near]) == ()
    assert told_apart([near[:15], far[:15]]) == (False,)  # too few draws tell nothing apart
    assert told_apart([near[:16], far[:16]]) == (True,)


def test_draws_that_do_not_fit_the_set_are_refused():
    with pytest.raises(ValueError, match="draws by plans by 2 values"):
        regrets_in_draws(np.zeros((3, 2, 3)), all_weights(named(2)), np.zeros((3, 2, 3)))
