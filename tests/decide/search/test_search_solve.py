import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_toys import (
    BUDGET,
    Additive,
    Changed,
    Smooth,
    best_by_slsqp,
    fading,
    linear,
    names,
    of_surface,
    one_period,
    search_of,
    surfaces_of,
)

from bothand.decide import both_and, pairs
from bothand.decide.ideals import common as common_of_surface
from bothand.decide.ideals import find_ideals
from bothand.decide.search.answers import answer
from bothand.decide.search.questions import ask
from bothand.decide.search.solve import (
    best_for_weights,
    best_plan,
    collision,
    common,
    favourites,
    leximin,
    near_optimal,
    pair,
    price,
    settle,
)
from bothand.decide.search.space import Space

SEEDS = st.integers(0, 10_000)


def roots(weights):
    """Gains that grow with the square root of dollars (a dollar is there before, so that the first slope is finite)."""
    return Additive(weights, lambda x: np.sqrt(x + 1) - 1, lambda x: 0.5 / np.sqrt(x + 1))


def several(services, periods, money=BUDGET, **rules):
    share = np.linspace(2, 1, periods)
    receipts = money * share / share.sum()
    return Space(tuple(f"s{i}" for i in range(services)), tuple(f"p{p}" for p in range(periods)), receipts, **rules)


def test_square_roots_share_the_purse_by_equal_marginal_returns():
    """3 / sqrt(x + 1) = 1 / sqrt(y + 1) and x + y = 100: x + 1 = 9/10 of 102."""
    found = best_plan(search_of(roots([[3, 1]]), one_period(2), 1), "v0")
    np.testing.assert_allclose(found.plan[:, 0], [0.9 * 102 - 1, 0.1 * 102 - 1], atol=0.8)
    assert found.value == pytest.approx(3 * np.sqrt(91.8) + np.sqrt(10.2) - 4, rel=1e-4)
    assert found.gap < 1e-2 * found.value
    assert found.calls < 15


def test_fading_returns_share_the_purse_by_equal_marginal_returns():
    """2/k exp(-x/k) = 1/k exp(-y/k): x - y = k ln 2."""
    found = best_plan(search_of(fading([[2, 1]], 40.0), one_period(2), 1), "v0")
    assert found.plan[0, 0] - found.plan[1, 0] == pytest.approx(40 * np.log(2), rel=0.05)
    assert found.plan.sum() == pytest.approx(BUDGET)


def test_of_two_straight_lines_the_steeper_takes_all_and_the_tangent_proves_it():
    found = best_plan(search_of(linear([[1, 2, 0]]), one_period(3), 1), "v0")
    np.testing.assert_allclose(found.plan[:, 0], [0, 100, 0], atol=1e-5)
    assert found.why == "proved"
    assert found.proved
    assert found.calls <= 2


def test_weights_trade_values_against_each_other():
    """The sum 3 sqrt(x+1) + 1 sqrt(y+1) again, from two values of one service each."""
    found = best_for_weights(search_of(roots([[1, 0], [0, 2]]), one_period(2), 2), {"v0": 3, "v1": 0.5})
    assert found.value == pytest.approx(3 * np.sqrt(91.8) + np.sqrt(10.2) - 4, rel=1e-4)


def test_n_values_with_services_of_their_own_reach_one_nth_and_cost_n_purses():
    for n in (2, 3, 4):
        search = search_of(linear(np.eye(n)), one_period(n), n)
        found = favourites(search)
        assert common(search, found, found.members).value == pytest.approx(1 / n, abs=1e-4)
        assert price(search, found, found.members).multiple == pytest.approx(n, rel=1e-3)


def test_a_harm_on_one_side_costs_more_than_two_budgets():
    """s0 takes half a unit from v1 for each it gives v0: v1 needs 150 dollars of s1 beside the 100 of s0."""
    search = search_of(linear([[1, 0], [-0.5, 1]]), one_period(2), 2)
    found = pair(search, favourites(search), "v0", "v1")
    assert found.price.multiple == pytest.approx(2.5, rel=1e-3)
    assert (found.spill_ab, found.spill_ba) == (pytest.approx(-0.5), pytest.approx(0, abs=1e-6))
    assert found.collision == pytest.approx(0.5, abs=1e-5)


def test_two_values_that_undo_each_other_have_no_price_and_tension_above_one_half():
    search = search_of(linear([[1, -1], [-1, 1]]), one_period(2), 2)
    found = pair(search, favourites(search), "v0", "v1")
    assert found.price.multiple == np.inf
    assert found.price.reached == pytest.approx(0, abs=1e-3)
    assert found.tension == pytest.approx(1, abs=1e-3)
    assert found.collision == pytest.approx(1, abs=1e-5)


def test_a_value_with_itself_has_price_one_and_no_tension():
    search = search_of(Smooth(3), several(4, 2), 3)
    found = pair(search, favourites(search), "v1", "v1")
    assert found.price.multiple == pytest.approx(1, abs=1e-3)
    assert found.tension == pytest.approx(0, abs=1e-3)
    assert found.spill_ab == pytest.approx(1)
    assert found.collision == 0


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_a_general_solver_of_smooth_programmes_agrees(seed):
    """SLSQP on random concave problems over periods: ideals and beta; here with a tenth of the calls."""
    oracle, space = Smooth(seed), several(4, 2)
    search = search_of(oracle, space, 3)
    found = favourites(search)
    for v, best in enumerate(found.best):
        row = np.eye(3)[v] / best
        assert best_by_slsqp(oracle, space, row) == pytest.approx(1, abs=2e-3)
    weights = found.weights(found.members)
    shared = common(search, found, found.members)
    assert shared.value == pytest.approx(best_by_slsqp(oracle, space, weights), abs=2e-3)
    assert shared.bound >= shared.value - 1e-9


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_no_random_plan_passes_the_bound_of_a_concave_question(seed):
    oracle, space = Smooth(seed, services=3, periods=3), several(3, 3)
    search = search_of(oracle, space, 3, tolerance=1e-2)
    found = favourites(search)
    shared = common(search, found, found.members)
    chance = np.random.default_rng(seed)
    for _ in range(100):
        plan = chance.dirichlet(np.full(3, 0.5), 3).T * space.receipts
        gains = oracle(plan).gains
        assert (gains <= [one.bound * (1 + 1e-9) for one in found.answers]).all()
        assert (found.weights(found.members) @ gains).min() <= shared.bound + 1e-9


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.booleans())
def test_on_a_surface_the_answers_are_those_of_the_linear_programmes(seed, antagonism):
    surface = surfaces_of(seed, antagonism=antagonism)
    ideals = find_ideals(surface, BUDGET)
    search = of_surface(surface)
    found = favourites(search)
    np.testing.assert_allclose(found.best, ideals.best, rtol=1e-4, atol=1e-4)
    assert found.members == ideals.members
    members = found.members
    shared, same = common(search, found, members), common_of_surface(ideals, members)
    assert shared.value == pytest.approx(same.value, abs=1e-4)
    lexi, same_lexi = leximin(search, found, members), both_and.leximin(ideals, members)
    np.testing.assert_allclose(sorted(lexi.levels.values()), sorted(same_lexi.levels.values()), atol=1e-3)
    for a, b in itertools.combinations(members, 2):
        ours, theirs = price(search, found, (a, b)), pairs.price(ideals, (a, b))
        if np.isfinite(theirs.multiple) and ours.answer.plan.max() <= surface.dollars[0, -1]:
            assert ours.multiple == pytest.approx(theirs.multiple, rel=1e-3)


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_the_settled_plan_and_its_ranges_are_those_of_the_surface(seed):
    surface = surfaces_of(seed, values=3)
    ideals = find_ideals(surface, BUDGET)
    search = of_surface(surface)
    found = favourites(search)
    theirs = both_and.settle(ideals, names(2), "v2")
    ours = settle(search, found, names(2), "v2")
    assert ours.answer.gains[2] == pytest.approx(theirs.gains[2], rel=1e-3, abs=1e-3)
    assert min(ours.z.values()) >= 0.9 * ours.beta - 1e-4
    ranges = near_optimal(search, ours.question, ours.answer)
    np.testing.assert_allclose(ranges, both_and.service_ranges(ideals, theirs), atol=0.02 * BUDGET)


def test_floors_that_can_be_met_are_met_and_the_others_are_named():
    """As for the surface: s2 saves lives; a floor of 46 for v0 can be met, one of 70 for v1 cannot."""
    search = search_of(linear([[1, 0, 0], [0, 1, 0], [0, 0, 5]]), one_period(3), 3)
    found = favourites(search)
    generous = both_and.Floor("as others do", {"v0": 46.0, "v1": 70.0})
    settled = settle(search, found, ("v0", "v1"), "v2", floors=[generous])
    met = {one.objective: one.met for one in settled.floors}
    assert met == {"v0": True, "v1": False}
    np.testing.assert_allclose(settled.answer.plan[:, 0], [46, 45, 9], atol=0.1)


@settings(max_examples=4, deadline=None)
@given(SEEDS)
def test_without_harm_tension_is_at_most_one_half_and_beta_falls_as_values_join(seed):
    search = search_of(Smooth(seed, values=4), several(4, 2), 4, tolerance=1e-3)
    found = favourites(search)
    members = found.members
    for a, b in itertools.combinations(members, 2):
        assert common(search, found, (a, b)).value >= 0.5 - 1e-3
        assert collision(search, found, a, b) <= 1e-3
    reached = [common(search, found, members[:n]).value for n in range(1, 5)]
    assert all(later <= before + 2e-3 for before, later in itertools.pairwise(reached))
    assert reached[-1] >= 1 / len(members) - 1e-3
    assert 1 <= price(search, found, members).multiple <= len(members) + 1e-2


def test_harm_is_told_and_nothing_is_called_proved_where_tangents_were_lifted():
    """u = -(1 - exp(-x/20)) of s0 for v1: the harm levels off, v1 is not concave; the bound agrees with all points."""
    search = search_of(fading([[1, 0], [-0.6, 1]], 20.0), one_period(2), 2)
    found = favourites(search)
    shared = common(search, found, found.members)
    assert search.bundle.bent_up.tolist() == [False, True]
    assert not shared.proved
    grid = np.linspace(0, 100, 4001)
    z = (
        np.stack([1 - np.exp(-grid / 20), 1 - np.exp(-(100 - grid) / 20) - 0.6 * (1 - np.exp(-grid / 20))])
        / found.best[:, None]
    )
    assert shared.value == pytest.approx(z.min(axis=0).max(), abs=2e-3)


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_units_of_values_change_nothing(seed):
    factor = np.random.default_rng(seed).uniform(1e-3, 1e3, 3)
    one = search_of(Smooth(seed), several(4, 2), 3)
    two = search_of(Changed(Smooth(seed), factor), several(4, 2), 3)
    first, second = favourites(one), favourites(two)
    np.testing.assert_allclose(first.best * factor, second.best, rtol=1e-3)
    np.testing.assert_allclose(first.spill, second.spill, atol=0.02)
    beta = [common(s, f, f.members).value for s, f in ((one, first), (two, second))]
    assert beta[0] == pytest.approx(beta[1], abs=2e-3)


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_the_order_of_services_changes_only_where_their_dollars_stand(seed):
    order = np.random.default_rng(seed).permutation(4)
    one = search_of(Smooth(seed), several(4, 2), 3)
    two = search_of(Changed(Smooth(seed), order=order), several(4, 2), 3)
    np.testing.assert_allclose(favourites(one).best, favourites(two).best, rtol=1e-3)


def test_services_that_do_the_same_have_the_whole_range_between_them():
    search = search_of(linear([[1, 1]]), one_period(2), 1)
    question = ask(1, search.space.shape, weights=[1], unit=0)
    found = answer(search, question)
    np.testing.assert_allclose(near_optimal(search, question, found), [[0, 100], [0, 100]], atol=0.1)


def test_what_has_no_room_is_left_out_and_cannot_be_asked_for():
    search = search_of(linear([[1, 1], [-1, -2]]), one_period(2), 2)
    found = favourites(search)
    assert found.members == ("v0",)
    assert np.isnan(found.spill[1]).all()
    with pytest.raises(ValueError, match="no room to improve v1"):
        common(search, found, ("v0", "v1"))
    with pytest.raises(KeyError, match="v9"):
        best_plan(search, "v9")


def test_calls_are_counted_and_kept_within_what_may_be_spent():
    oracle = Smooth(5, services=6, periods=3)
    counted = []

    def noted(plan):
        counted.append(plan)
        return oracle(plan)

    search = search_of(noted, several(6, 3), 3, tolerance=1e-6)
    found = best_plan(search, "v0", calls=4)
    assert found.calls == 4
    assert found.why == "calls spent"
    assert len(counted) == search.oracle.calls == 5
    better = best_plan(search, "v0")
    assert better.value > found.value
    assert search.oracle.calls == len(counted)
