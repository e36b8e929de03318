"""Is there a both/and move from here? Closed forms with a move and without, proofs that hold, and kinks."""

from __future__ import annotations

import time

import numpy as np
import pytest
from decide_toys import BUDGET, LEVELS, curved, linear, surfaces
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from bothand.decide.ideals import common, find_ideals
from bothand.decide.moves.move import allowed_from, move_from
from bothand.decide.moves.proof import Allowed, left_to_improve
from bothand.decide.moves.slopes import best_move, slopes_at
from bothand.decide.surfaces import Surface, evaluate


def cap(most):
    """A curve that rises by one a dollar to a ceiling."""
    return lambda x: np.minimum(x, most)


# ------------------------------------------------------------------------------------------------- from slopes alone


def test_where_two_levers_help_both_values_the_money_of_the_third_moves_to_them():
    """Lever 0 gives (3, 1), lever 1 (1, 3), lever 2 (1, 1): ten units out of 2 give 5 to each of the others; e = 10."""
    found = best_move([[3, 1, 1], [1, 3, 1]], [20, 20, 20], step=10)
    assert found.exists
    np.testing.assert_allclose(found.change, [5, 5, -10], atol=1e-6)
    assert found.least == pytest.approx(10)
    np.testing.assert_allclose(found.improved, [10, 10], atol=1e-6)
    assert found.proof.left == pytest.approx(10)


def test_what_a_lever_costs_and_what_is_left_over_count():
    """A unit of lever 1 costs 2, of lever 0 one. 3 are left over and 4 can be taken out of lever 0."""
    found = best_move([[1, 2]], [4, 0], step=10, slack=3, costs=[1, 2], best=[10])
    assert found.least == pytest.approx(0.3)  # money is worth the same in both: only what is left over gains
    free = best_move([[1, 3]], [4, 0], step=10, slack=3, costs=[1, 2])
    np.testing.assert_allclose(free.change, [-4, 3.5], atol=1e-6)
    assert free.least == pytest.approx(6.5)


def test_at_a_pareto_stationary_point_weights_prove_that_there_is_no_move():
    """Value 0 has slopes (2, 1), value 1 (1, 2): money moved gives one what it takes from the other. Weights 1/2."""
    found = best_move([[2, 1], [1, 2]], [50, 50], step=25)
    assert not found.exists
    assert found.proved
    assert found.change.tolist() == [0, 0]
    np.testing.assert_allclose(found.proof.weights, [0.5, 0.5], atol=1e-9)
    assert found.proof.price == pytest.approx(1.5)
    assert found.proof.left == pytest.approx(0, abs=1e-9)


def test_own_bests_set_the_weights():
    """In shares of own bests 4 and 1 the slopes are (1/2, 1/4) and (1, 2): 4/5 and 1/5 make levers alike."""
    found = best_move([[2, 1], [1, 2]], [50, 50], step=25, best=[4, 1])
    assert not found.exists
    np.testing.assert_allclose(found.proof.weights, [0.8, 0.2], atol=1e-9)


def test_a_plan_without_money_can_only_be_given_some():
    assert not best_move([[1, 1]], [0, 0], step=5).exists
    assert best_move([[1, 1]], [0, 0], step=5, slack=1).least == pytest.approx(1)
    assert not best_move([[-1, -2]], [0, 0], step=5, slack=1).exists


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 5), st.booleans())
def test_no_move_gains_less_than_nothing_and_weights_prove_that_none_gains_more(seed, values, levers, left_over):
    rng = np.random.default_rng(seed)
    slopes, plan = rng.normal(0.3, 1, (values, levers)), rng.integers(0, 3, levers) * 10.0
    costs, best, slack = rng.uniform(0.5, 2, levers), rng.uniform(1, 5, values), 7.0 * left_over
    found = best_move(slopes, plan, step=5, slack=slack, costs=costs, best=best)
    assert found.least >= 0
    assert (np.abs(found.change) <= 5 + 1e-6).all()
    assert (plan + found.change >= -1e-6).all()
    assert costs @ found.change <= slack + 1e-6
    np.testing.assert_allclose(found.improved, slopes @ found.change / best, atol=1e-6)
    weights = found.proof.weights
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1)
    assert found.proof.price >= 0
    assert found.proved
    worth = weights @ (slopes / best[:, None])  # by hand: the best use of money at these weights, service by service
    low, high = np.maximum(-5, -plan), np.minimum(5, (costs @ plan + slack) / costs - plan)
    net = worth - found.proof.price * costs
    by_hand = found.proof.price * slack + np.maximum(net * low, net * high).sum()
    assert found.proof.left == pytest.approx(by_hand, abs=1e-7)
    assert found.proof.left == pytest.approx(found.least, abs=1e-6)


@given(st.integers(0, 2**32 - 1))
def test_a_random_change_never_passes_the_proof(seed):
    rng = np.random.default_rng(seed)
    slopes, plan = rng.normal(0, 1, (3, 4)), np.full(4, 10.0)
    found = best_move(slopes, plan, step=5)
    changes = rng.uniform(-5, 5, (500, 4))
    changes = changes[changes.sum(axis=1) <= 0]
    assert (slopes @ changes.T).min(axis=0).max(initial=0) <= found.proof.left + 1e-9


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ({"slopes": [1, 2]}, "values by levers"),
        ({"plan": [1, 2, 3]}, "values by levers"),
        ({"step": np.inf}, "finite"),
        ({"plan": [-1, 2]}, "0 or more"),
        ({"costs": 0}, "above 0"),
        ({"best": -1}, "above 0"),
        ({"slack": -1}, "not spent"),
        ({"step": -1}, "a step"),
    ],
)
def test_what_does_not_fit_is_refused(given_, words):
    with pytest.raises(ValueError, match=words):
        best_move(**{"slopes": [[1, 2]], "plan": [1, 2], "step": 1, **given_})


# ----------------------------------------------------------------------------------------------------- on a surface


def test_slopes_to_the_left_tell_what_is_lost_and_to_the_right_what_is_gained():
    surface = curved([[cap(50), cap(100)]])
    left, right = slopes_at(surface, [50, 30])
    assert left.tolist() == [[1, 1]]
    assert right.tolist() == [[0, 1]]
    left, right = slopes_at(surface, [0, 400])
    np.testing.assert_array_equal(left, [[np.nan, 0]])
    np.testing.assert_array_equal(right, [[1, np.nan]])


def test_dollars_beyond_a_ceiling_move_to_what_both_values_can_use():
    """Value 0 is full at 50 dollars of s0; 100 stand there. s1 is value 1's own, s2 is both's."""
    surface = curved([[cap(50), lambda x: 0 * x, cap(100)], [lambda x: 0 * x, cap(50), cap(100)]])
    ideals = find_ideals(surface, BUDGET)
    found = move_from(ideals, [100, 0, 0])
    assert found.exists
    assert found.plan.sum() <= BUDGET + 1e-6
    np.testing.assert_allclose(
        found.improved, ideals.weights(ideals.members) @ evaluate(surface, found.plan) - [0.5, 0]
    )
    assert found.least == pytest.approx(0.5, abs=1e-6)  # all to s2: (100, 100) of own bests (100, 100), from (50, 0)
    np.testing.assert_allclose(found.plan, [0, 0, 100], atol=1e-5)


def test_at_the_both_and_point_there_is_no_move_and_at_the_status_quo_there_is():
    surface = curved([[np.sqrt, lambda x: 0 * x], [lambda x: 0 * x, np.sqrt]])
    ideals = find_ideals(surface, BUDGET)
    point = common(ideals, ideals.members)
    stays = move_from(ideals, point.plan)
    assert not stays.exists
    assert stays.proof.closes
    assert move_from(ideals, [0, 0]).least == pytest.approx(point.value, abs=1e-6)


def test_what_others_do_is_beaten_for_every_group_where_a_plan_can():
    """Others spend on s0, which gives each group 0.4 a dollar; s1 gives one group 1 and the other 0.5."""
    surface = linear([[0.4, 1], [0.4, 0.5]], names=("g0", "g1"))
    ideals = find_ideals(surface, BUDGET)
    found = move_from(ideals, [BUDGET, 0], ("g0", "g1"))
    assert found.exists
    np.testing.assert_allclose(found.plan, [0, BUDGET], atol=1e-5)
    np.testing.assert_allclose(found.improved, [0.6, 0.2], atol=1e-6)
    back = move_from(ideals, [0, BUDGET], ("g0", "g1"))
    assert not back.exists
    assert back.proof.closes


def test_money_left_over_may_be_used_and_more_than_the_budget_is_refused():
    ideals = find_ideals(linear([[1, 0], [0, 1]]), BUDGET)
    assert move_from(ideals, [30, 30]).least == pytest.approx(0.2)
    assert not move_from(ideals, [30, 30], budget=60).exists
    with pytest.raises(ValueError, match="the budget is"):
        move_from(ideals, [80, 80])
    with pytest.raises(ValueError, match="at least one"):
        move_from(ideals, [1, 1], ())


def test_behind_a_start_up_cost_a_small_step_sees_nothing_and_a_large_one_the_move():
    """s1 does nothing for its first 50 dollars, then three times as much as s0: with 100 it has half as much more."""
    late = lambda x: np.maximum(0, 3 * (x - 50))  # noqa: E731 - a curve, named where it is used
    surface = curved([[lambda x: x, late], [lambda x: x, late]])
    ideals = find_ideals(surface, BUDGET)
    small = move_from(ideals, [BUDGET, 0], step=20)
    assert not small.exists
    assert small.proof.closes
    large = move_from(ideals, [BUDGET, 0])
    np.testing.assert_allclose(large.plan, [0, BUDGET], atol=1e-4)
    assert large.least == pytest.approx(1 / 3, abs=1e-6)


def test_where_a_kink_leaves_a_gap_the_proof_says_that_it_does_not_close():
    """s2 brings 1.8 a dollar to both after its first 50. With 70 there and less for the others both have less than 50,
    but the straight line from 0 to those 70 dollars (36 for both) beats a dollar of the others (half for both)."""
    late = np.where(LEVELS > 50, 90.0, 0)
    gains = np.array([[LEVELS, 0 * LEVELS, late], [0 * LEVELS, LEVELS, late]])
    surface = Surface(("v0", "v1"), ("s0", "s1", "s2"), np.tile(LEVELS, (3, 1)), gains)
    ideals = find_ideals(surface, BUDGET)
    found = move_from(ideals, [50, 50, 0], step=[30, 30, 70])
    assert not found.exists
    assert not found.proof.closes
    assert not found.proved
    assert move_from(ideals, [50, 50, 0]).least == pytest.approx(0.4, abs=1e-6)


def test_what_lies_beyond_the_budget_does_not_spoil_a_proof():
    """s2 would bring much to both, but only after its first 100 dollars, and 100 are all there is."""
    beyond = np.where(LEVELS > 100, 500.0, 0)
    gains = np.array([[LEVELS, 0 * LEVELS, beyond], [0 * LEVELS, LEVELS, beyond]])
    surface = Surface(("v0", "v1"), ("s0", "s1", "s2"), np.tile(LEVELS, (3, 1)), gains)
    found = move_from(find_ideals(surface, BUDGET), [50, 50, 0])
    assert not found.exists
    assert found.proof.closes


def test_no_move_pays_for_two_ways_to_run_one_service():
    """Each way is best for one value; a share of both would be worth 0.8 to both, but only one can be had."""
    gains = np.array([[[1.6, 0.0, 0.5]], [[0.0, 1.6, 0.5]]])[:, 0, :, None] * LEVELS
    apart = Surface(("v0", "v1"), ("w0", "w1", "s"), np.tile(LEVELS, (3, 1)), gains, one_of=(("w0", "w1"),))
    free = Surface(("v0", "v1"), ("w0", "w1", "s"), np.tile(LEVELS, (3, 1)), gains)
    assert move_from(find_ideals(free, BUDGET), [0, 0, 100], step=100).least == pytest.approx(0.3 / 1.6, abs=1e-6)
    ideals = find_ideals(apart, BUDGET)
    for step in (20, np.inf):
        found = move_from(ideals, [0, 0, 100], step=step)
        assert not found.exists
        assert (found.plan[:2] > 0).sum() <= 1
    stays = move_from(ideals, [60, 0, 40], ("v0",), step=30)
    np.testing.assert_allclose(stays.plan, [90, 0, 10], atol=1e-6)
    other = move_from(ideals, [60, 0, 40], ("v1",), step=30)
    np.testing.assert_allclose(other.plan, [30, 0, 70], atol=1e-6)  # w0 has dollars left, so w1 may have none
    assert other.proof.left == pytest.approx(other.least, abs=1e-6)
    changed = move_from(ideals, [20, 0, 80], ("v1",), step=30)
    np.testing.assert_allclose(changed.plan, [0, 30, 70], atol=1e-6)
    with pytest.raises(ValueError, match="one way"):
        move_from(ideals, [50, 50, 0])


def best_proof(surface, plan, shares, allowed):
    """The least that any weights and any price leave: a linear programme of its own over the levels and the ends."""
    n, count = len(shares), len(plan)
    lines, limits = [], []
    for i, levels in enumerate(surface.dollars):
        grid = np.append(0, levels)
        for x in (allowed.low[i], allowed.high[i], *grid[(grid > allowed.low[i]) & (grid < allowed.high[i])]):
            z = shares @ [np.interp(x, grid, np.append(0, curve)) for curve in surface.gains[:, i]]
            lines.append([*z, -x, *(-np.eye(count)[i])])
            limits.append(0)
    cost = [*(-shares @ evaluate(surface, plan)), allowed.budget, *np.ones(count)]
    one = [[*np.ones(n), 0, *np.zeros(count)]]
    bounds = [(0, None)] * (n + 1) + [(None, None)] * count
    return linprog(cost, A_ub=lines, b_ub=limits, A_eq=one, b_eq=[1], bounds=bounds).fun


@settings(max_examples=30)
@given(surfaces(concave=False, antagonism=True), st.integers(0, 2**32 - 1), st.sampled_from([20.0, np.inf]))
def test_no_other_weights_or_price_leave_less(surface, seed, step):
    ideals = find_ideals(surface, BUDGET)
    if not ideals.members:
        return
    plan = np.random.default_rng(seed).dirichlet(np.ones(len(surface.services))) * BUDGET
    shares, allowed = ideals.weights(ideals.members), allowed_from(surface, plan, BUDGET, step)
    found = move_from(ideals, plan, step=step)
    assert found.proof.left == pytest.approx(best_proof(surface, plan, shares, allowed), abs=1e-6)


@settings(max_examples=30)
@given(surfaces(antagonism=True), st.integers(0, 2**32 - 1), st.sampled_from([5.0, 60.0, np.inf]))
def test_on_concave_curves_a_move_or_its_proof_is_always_found(surface, seed, step):
    ideals = find_ideals(surface, BUDGET)
    if not ideals.members:
        return
    plan = np.random.default_rng(seed).dirichlet(np.ones(len(surface.services))) * BUDGET
    found = move_from(ideals, plan, step=step)
    assert found.proved
    assert found.least >= 0
    assert found.proof.left == pytest.approx(found.least, abs=1e-6)
    shares = ideals.weights(ideals.members)
    np.testing.assert_allclose(shares @ (evaluate(surface, found.plan) - evaluate(surface, plan)), found.improved)
    assert found.plan.sum() <= BUDGET * (1 + 1e-6)
    assert (np.abs(found.change) <= step + 1e-6).all()


@settings(max_examples=30)
@given(surfaces(concave=False, antagonism=True), st.integers(0, 2**32 - 1))
def test_whatever_the_curves_no_plan_that_is_tried_passes_the_proof(surface, seed):
    ideals = find_ideals(surface, BUDGET)
    if not ideals.members:
        return
    rng = np.random.default_rng(seed)
    plans = rng.dirichlet(np.full(len(surface.services), 0.5), 200) * BUDGET
    found = move_from(ideals, plans[0])
    shares = ideals.weights(ideals.members)
    improved = (evaluate(surface, plans) - evaluate(surface, plans[0])) @ shares.T
    assert improved.min(axis=1).max() <= found.proof.left + 1e-9
    assert improved.min(axis=1).max() <= max(found.least, 1e-7) + 1e-6
    any_weights = rng.dirichlet(np.ones(len(ideals.members)))
    whole = Allowed(BUDGET, np.zeros(len(plans[0])), surface.dollars[:, -1])
    left = left_to_improve(surface, plans[0], shares, any_weights, float(rng.uniform(0, 0.05)), whole)
    assert improved.min(axis=1).max() <= left + 1e-9
    assert left >= found.least - 1e-6


@settings(max_examples=30)
@given(surfaces(antagonism=True), st.integers(0, 2**32 - 1))
def test_a_step_within_the_segments_at_hand_is_the_move_that_slopes_give(surface, seed):
    ideals = find_ideals(surface, BUDGET)
    if not ideals.members:
        return
    services = len(surface.services)
    plan = np.random.default_rng(seed).uniform(5, 20, services)  # inside the first segment: one slope to both sides
    left, right = slopes_at(surface, plan)
    np.testing.assert_array_equal(left, right)
    positions = surface.indices(ideals.members)
    by_slopes = best_move(right[positions], plan, step=4, best=ideals.best[positions])
    by_curves = move_from(ideals, plan, budget=float(plan.sum()), step=4)
    assert by_slopes.least == pytest.approx(by_curves.least, abs=1e-6)


def test_a_move_for_eleven_values_takes_a_few_milliseconds():
    rng = np.random.default_rng(1)
    slopes = rng.exponential(1, (11, 12))
    best_move(slopes, np.full(12, 10.0), step=1)
    begun = time.process_time()
    for _ in range(10):
        best_move(slopes, np.full(12, 10.0), step=1)
    assert (time.process_time() - begun) / 10 < 0.1
