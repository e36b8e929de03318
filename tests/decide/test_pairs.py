import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from decide_toys import BUDGET, LEVELS, curved, linear, surfaces
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bothand.decide import programme
from bothand.decide.ideals import common, find_ideals, share_of_best
from bothand.decide.pairs import collision, lane, pair, pairs, price, price_error, serves_both, taken_away, with_error
from bothand.decide.surfaces import Surface, evaluate


def none(x):
    return 0 * x


def test_one_service_that_serves_two_values_has_price_one():
    found = pair(find_ideals(linear([[1], [3]]), BUDGET), "v0", "v1")
    assert found.price.multiple == pytest.approx(1)
    assert found.price.dollars == pytest.approx(BUDGET)
    assert (found.spill_ab, found.spill_ba) == (pytest.approx(1), pytest.approx(1))
    assert found.tension == pytest.approx(0, abs=1e-9)
    assert found.lane == "go_together"


def test_two_values_with_services_of_their_own_have_price_two():
    found = pair(find_ideals(linear([[1, 0], [0, 5]]), BUDGET), "v0", "v1")
    assert found.price.multiple == pytest.approx(2, abs=1e-7)
    assert (found.spill_ab, found.spill_ba) == (pytest.approx(0), pytest.approx(0))
    assert found.tension == pytest.approx(0.5)
    assert found.collision == pytest.approx(0, abs=1e-7)
    assert found.lane == "compete"


def test_n_disjoint_values_have_price_n_and_beta_one_nth():
    for n in (2, 3, 4):
        ideals = find_ideals(linear(np.eye(n)), BUDGET)
        assert price(ideals, ideals.members).multiple == pytest.approx(n, abs=1e-6)
        assert common(ideals, ideals.members).value == pytest.approx(1 / n)


def test_a_harm_on_one_side_costs_more_than_two_budgets():
    """s0 takes half a unit from v1 for each it gives v0: v1 needs 150 dollars of s1 beside the 100 of s0."""
    found = pair(find_ideals(linear([[1, 0], [-0.5, 1]]), BUDGET), "v0", "v1")
    assert found.price.multiple == pytest.approx(2.5, abs=1e-6)
    assert (found.spill_ab, found.spill_ba) == (pytest.approx(-0.5), pytest.approx(0))
    assert found.collision == pytest.approx(0.5)
    assert found.lane == "in_each_others_way"


def test_a_harm_on_both_sides_is_solved_as_two_equations():
    """x0 - x1/2 = 100 and x1 - x0/2 = 100: 200 dollars each."""
    ideals = find_ideals(linear([[1, -0.5], [-0.5, 1]]), BUDGET)
    found = price(ideals, ("v0", "v1"))
    assert found.multiple == pytest.approx(4, abs=1e-5)
    np.testing.assert_allclose(found.plan, [200, 200], rtol=1e-6)


def test_when_no_money_helps_the_price_is_infinite_and_says_how_far_money_gets():
    ideals = find_ideals(linear([[1, -1], [-1, 1]]), BUDGET)
    found = pair(ideals, "v0", "v1")
    assert found.price.multiple == found.price.dollars == np.inf
    assert found.price.reached == pytest.approx(0, abs=1e-9)
    assert found.lane == with_error(found, 5.0).lane == "in_each_others_way"
    assert found.collision == pytest.approx(1)
    assert price_error(found.price, ideals, [100, 100], [0, 0]) == 0


def test_the_price_is_never_below_today_s_budget_and_shows_what_is_spent():
    """Both values are served in full by 25 dollars each: the ideals leave half of the budget over."""
    full = curved([[lambda x: np.minimum(x, 25), none], [none, lambda x: np.minimum(x, 25)]])
    found = price(find_ideals(full, BUDGET), ("v0", "v1"))
    assert found.multiple == 1
    assert found.dollars == BUDGET
    assert found.spent == pytest.approx(50, abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(surfaces(concave=True))
def test_without_harm_and_with_falling_returns_pairs_only_compete_for_money(surface):
    """T <= 1/2, price <= 2, no collision, beta of n at least 1/n: arithmetic, DESIGN 8."""
    ideals = find_ideals(surface, BUDGET)
    for found in pairs(ideals):
        assert found.tension <= 0.5 + 1e-6
        assert 1 <= found.price.multiple <= 2 + 1e-6
        assert found.collision <= 1e-6
        assert found.lane != "in_each_others_way"
        assert min(found.spill_ab, found.spill_ba) >= -1e-9
    n = len(ideals.members)
    assert common(ideals, ideals.members).value >= 1 / n - 1e-6
    assert price(ideals, ideals.members).multiple <= n + 1e-6


@settings(max_examples=25, deadline=None)
@given(surfaces(concave=False, antagonism=True))
def test_the_price_s_plan_brings_everyone_to_its_ideal(surface):
    ideals = find_ideals(surface, BUDGET)
    assume(len(ideals.members) > 1)
    found = price(ideals, ideals.members)
    z = evaluate(surface, found.plan)[ideals.room] / ideals.best[ideals.room]
    if np.isfinite(found.multiple):
        assert z.min() >= 1 - 1e-5
        assert found.plan.sum() == pytest.approx(found.spent)
    else:
        assert z.min() == pytest.approx(found.reached, abs=1e-5)
        assert found.reached < 1


@settings(max_examples=10, deadline=None)
@given(surfaces(concave=False, antagonism=True))
def test_adding_a_value_never_lowers_the_price_nor_raises_beta(surface):
    ideals = find_ideals(surface, BUDGET)
    names = ideals.members
    assume(len(names) > 1)
    costs = [price(ideals, names[:n]).multiple for n in range(1, len(names) + 1)]
    shares = [common(ideals, names[:n]).value for n in range(1, len(names) + 1)]
    assert all(later >= before - 1e-5 for before, later in pairwise(costs))
    assert all(later <= before + 1e-5 for before, later in pairwise(shares))
    assert costs[0] == pytest.approx(1, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(surfaces(concave=True, antagonism=True))
def test_more_money_never_lowers_what_all_reach_with_ideals_fixed(surface):
    ideals = find_ideals(surface, BUDGET)
    assume(ideals.members)
    reached = [common(ideals, ideals.members, budget=share * BUDGET).value for share in (0.5, 1, 1.5, 3, np.inf)]
    assert all(later >= before - 1e-7 for before, later in pairwise(reached))


@settings(max_examples=10, deadline=None)
@given(surfaces(concave=False, antagonism=True), st.floats(1e-3, 1e3))
def test_nothing_depends_on_the_units_of_values_or_money(surface, factor):
    units = np.linspace(1, factor, len(surface.objectives))
    other = Surface(
        surface.objectives, surface.services, surface.dollars * factor, surface.gains * units[:, None, None]
    )
    before, after = find_ideals(surface, BUDGET), find_ideals(other, BUDGET * factor)
    assert before.members == after.members
    for a, b in zip(pairs(before), pairs(after), strict=True):
        assert a.price.multiple == pytest.approx(b.price.multiple, rel=1e-5)
        assert a.tension == pytest.approx(b.tension, abs=1e-5)
        assert a.collision == pytest.approx(b.collision, abs=1e-5)
        np.testing.assert_allclose([a.spill_ab, a.spill_ba], [b.spill_ab, b.spill_ba], atol=1e-5)


@settings(max_examples=10, deadline=None)
@given(surfaces(concave=False, antagonism=True), st.randoms(use_true_random=False))
def test_the_order_of_values_and_services_changes_nothing(surface, chance):
    v, i = list(range(len(surface.objectives))), list(range(len(surface.services)))
    chance.shuffle(v)
    chance.shuffle(i)
    other = Surface(
        tuple(surface.objectives[k] for k in v),
        tuple(surface.services[k] for k in i),
        surface.dollars[i],
        surface.gains[np.ix_(v, i)],
    )
    before, after = find_ideals(surface, BUDGET), find_ideals(other, BUDGET)
    np.testing.assert_allclose(before.spill[np.ix_(v, v)], after.spill, atol=1e-5)
    np.testing.assert_allclose(before.plans[np.ix_(v, i)], after.plans, atol=1e-3)
    for a in before.members:
        for b in before.members:
            if a < b:
                one, two = price(before, (a, b)), price(after, (b, a))
                assert one.multiple == pytest.approx(two.multiple, rel=1e-5)


def test_of_equally_good_plans_the_favourite_is_cheap_then_kind():
    """v0 is served alike by s0 and s1, in full by 50 dollars of either; s1 also serves v1, so it is v0's favourite."""

    def full(x):
        return np.minimum(x, 50)

    surface = curved([[full, full], [none, lambda x: x]])
    surface = Surface(
        surface.objectives, surface.services, surface.dollars, np.minimum(surface.gains, [[[50]], [[100]]])
    )
    ideals = find_ideals(surface, 50.0)
    np.testing.assert_allclose(ideals.plan_of("v0"), [0, 50], atol=1e-5)
    richer = find_ideals(curved([[full, none], [none, lambda x: x]]), BUDGET)
    np.testing.assert_allclose(richer.plan_of("v0"), [50, 0], atol=1e-5)
    assert richer.spill[0, 1] == pytest.approx(0, abs=1e-6)


def test_values_without_room_leave_by_name():
    ideals = find_ideals(linear([[1, 1], [-1, 0], [0.001, 0.001]]), BUDGET, error=[0, 0, 0.2])
    assert ideals.members == ("v0",)
    assert [out.objective for out in ideals.left_out] == ["v1", "v2"]
    assert "no affordable plan" in ideals.left_out[0].why
    assert "within the error" in ideals.left_out[1].why
    assert np.isnan(ideals.spill[1]).all()
    assert np.isnan(ideals.spill[:, 2]).all()
    with pytest.raises(ValueError, match="v1"):
        price(ideals, ("v0", "v1"))
    assert pairs(ideals, ("v0", "v1")) == ()


def test_a_grid_that_ends_before_the_budget_is_refused():
    with pytest.raises(ValueError, match="grid"):
        find_ideals(linear([[1]]), 5 * BUDGET)
    with pytest.raises(ValueError, match="above zero"):
        find_ideals(linear([[1]]), 0)


def test_lanes_are_judged_by_the_price_less_its_error():
    assert lane(1.25) == "go_together"
    assert lane(1.26) == lane(2.0) == lane(2.0 + 1e-9) == "compete"
    assert lane(2.01) == "in_each_others_way"
    assert lane(2.01, error=0.02) == "compete"


def test_the_price_error_is_what_the_exact_model_misses_times_what_it_costs():
    """The exact model gives v1 at the price's plan 90 of its 100; a unit costs a dollar: a tenth of a budget."""
    ideals = find_ideals(linear([[1, 0], [0, 1]]), BUDGET)
    found = price(ideals, ("v0", "v1"))
    assert price_error(found, ideals, [100, 100], [100, 90]) == pytest.approx(0.1)
    assert price_error(found, ideals, ideals.best, found.gains) == pytest.approx(0, abs=1e-6)


def test_a_harm_is_named_and_the_service_for_both_too():
    ideals = find_ideals(linear([[1, 0, 0.4], [-0.5, 1, 0.3]]), BUDGET)
    assert taken_away(ideals, [100, 0, 0], "v1") == (("s0", pytest.approx(-0.5)),)
    assert taken_away(ideals, [100, 0, 0], "v0") == ()
    assert serves_both(ideals, "v0", "v1") == ("s2", pytest.approx(0.3))
    assert serves_both(find_ideals(linear([[1, 0], [0, 1]]), BUDGET), "v0", "v1") is None


def test_collision_is_what_is_left_when_both_favourites_are_paid():
    """At 200 dollars of the shared queue, v1's service is worth half: s0 takes 50 of v1's 100."""
    ideals = find_ideals(linear([[1, 0], [-0.5, 1]]), BUDGET)
    assert collision(ideals, "v0", "v1") == pytest.approx(0.5)


def test_exact_gains_give_exact_spill_over():
    exact = np.array([[2.0, -1.0], [1.0, 4.0]])
    z = share_of_best(exact, np.diag(exact), np.array([True, True]))
    np.testing.assert_allclose(z, [[1, -0.25], [0.5, 1]])


# Source of the cases below: shared reference decision/11_both_and_score (own closed forms, elementary algebra).
FINE = np.linspace(0, 1, 101)[1:]


def both(functions, budget=1.0):
    surface = curved(functions, levels=FINE)
    return find_ideals(surface, budget)


def test_reference_11_linear_trade_off():
    ideals = both([[lambda x: x, none], [none, lambda x: x]])
    assert common(ideals, ideals.members).value == pytest.approx(0.5, abs=1e-6)


def test_reference_11_concave_trade_off():
    ideals = both([[np.sqrt, none], [none, np.sqrt]])
    assert common(ideals, ideals.members).value == pytest.approx(0.7071067811865476, abs=1e-6)


def test_reference_11_harmony_although_one_curve_is_convex():
    ideals = both([[lambda x: x], [lambda x: x**2]])
    assert common(ideals, ideals.members).value == pytest.approx(1, abs=1e-6)


def test_reference_11_four_values_of_square_roots():
    ideals = both([[np.sqrt if i == v else none for i in range(4)] for v in range(4)])
    assert common(ideals, ideals.members).value == pytest.approx(0.5, abs=1e-6)


def test_reference_11_where_the_status_quo_stands_matters():
    """u1 = x, u2 = 1 - x^2 at x = 0.25: every step up lowers u2, every step down lowers u1, so beta is 0."""
    up, down = np.linspace(0, 0.75, 76)[1:], np.linspace(0, 0.25, 76)[1:]
    gains = np.array([[up, -down], [-(up**2 + 0.5 * up), 0.5 * down - down**2]])
    ideals = find_ideals(Surface(("u1", "u2"), ("up", "down"), np.array([up, down]), gains), 0.25)
    assert common(ideals, ("u1", "u2")).value == pytest.approx(0, abs=1e-6)
    assert ideals.best[1] == pytest.approx(0.0625)


def test_the_whole_map_of_eleven_values_and_six_groups_takes_well_under_two_seconds():
    rng = np.random.default_rng(1)
    slopes = rng.exponential(1, (17, 10)) * (rng.random((17, 10)) < 0.6)
    slopes = np.where(rng.random((17, 10)) < 0.1, -0.3 * slopes, slopes)
    cap = rng.uniform(0.3, 3, (10, 1)) * BUDGET
    dollars = np.tile(LEVELS, (10, 1))
    gains = slopes[:, :, None] * cap * (1 - np.exp(-dollars / cap))
    names = tuple(f"v{v}" for v in range(17))
    surface = Surface(names, tuple(f"s{i}" for i in range(10)), dollars, gains)
    begun = time.process_time()
    ideals = find_ideals(surface, BUDGET)
    found = pairs(ideals, names[:11]) + pairs(ideals, names[11:])
    price(ideals, names[:11])
    assert len(found) == 55 + 15
    assert time.process_time() - begun < 2


def test_favourites_are_sought_once_when_they_are_asked_for_and_stay_those_of_their_own_curves(monkeypatch):
    asked, solver = [], programme.call_solver
    monkeypatch.setattr(programme, "call_solver", lambda *given: asked.append(1) or solver(*given))
    ideals = find_ideals(linear([[1, 0], [0, 5]]), BUDGET)
    bests = len(asked)
    elsewhere = replace(ideals, surface=linear([[0, 1], [5, 0]]))
    assert elsewhere.plans == pytest.approx(np.eye(2) * BUDGET)
    assert elsewhere.spill == pytest.approx(np.eye(2))
    sought = len(asked)
    assert 0 < bests < sought
    assert ideals.plan_of("v1") is not None
    assert ideals.plans is elsewhere.plans
    assert len(asked) == sought
