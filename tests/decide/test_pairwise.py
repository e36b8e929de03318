"""The map at other budgets, over the draws, and the front on curves."""

from itertools import pairwise

import numpy as np
import pytest
from decide_toys import BUDGET, LEVELS, curved, linear, surfaces
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bothand.decide.ideals import common, find_ideals
from bothand.decide.losers import LEAST_RUNS
from bothand.decide.pairs import collision, collision_plan, lane, pair, pairs, price, with_error
from bothand.decide.pairwise import at_once
from bothand.decide.pairwise.at_once import Worlds, best_in_draws, dollars_in_draws
from bothand.decide.pairwise.budgets import BUDGETS, at_budgets, collisions
from bothand.decide.pairwise.front import front_on
from bothand.decide.pairwise.spread import Draws, Spread, spread
from bothand.decide.search.front import nondominated
from bothand.decide.surfaces import Surface, evaluate

NUMBERS = ("price", "spill_ab", "spill_ba", "collision", "tension")
TODAY = BUDGETS.index(1.0)


def at(ideals, members, budgets=BUDGETS):
    return at_budgets(ideals, members, price(ideals, members), budgets)


def at_each(surface, named, multiples):
    return collisions(surface, find_ideals(surface, BUDGET), named, multiples)


def value_of(found, name):
    return found.price.multiple if name == "price" else getattr(found, name)


def drawn(surface, seed, draws=8, spread_of=0.3):
    """Draws around a surface's gains whose mean is the surface."""
    chance = np.random.default_rng(seed).uniform(1 - spread_of, 1 + spread_of, (*surface.gains.shape[:2], 1, draws))
    return surface.gains[..., None] * (chance + 1 - chance.mean(axis=-1, keepdims=True))


def test_with_services_of_their_own_every_budget_gives_half_of_itself_until_two_purses():
    found = at(find_ideals(linear([[1, 0], [0, 5]]), BUDGET), ("v0", "v1"))
    np.testing.assert_allclose(found.shares, np.minimum(1, np.array(BUDGETS) / 2), atol=1e-6)
    assert not found.at_end.any()


@settings(max_examples=15, deadline=None)
@given(surfaces(concave=False, antagonism=True))
def test_what_all_reach_with_ideals_fixed_never_falls_as_budgets_grow_and_is_whole_from_the_price_on(surface):
    ideals = find_ideals(surface, BUDGET)
    assume(len(ideals.members) > 1)
    cost = price(ideals, ideals.members)
    found = at_budgets(ideals, ideals.members, cost)
    assert all(later >= before for before, later in pairwise(found.shares))
    assert found.shares[TODAY] == pytest.approx(common(ideals, ideals.members).value, abs=1e-6)
    free = np.array(BUDGETS) * BUDGET >= cost.spent * (1 + 1e-6)
    np.testing.assert_allclose(found.shares[free], 1)
    assert (found.shares[np.array(BUDGETS) * BUDGET < cost.spent * (1 - 1e-4)] < 1).all()


@settings(max_examples=15, deadline=None)
@given(surfaces(concave=False, antagonism=True), st.floats(1e-3, 1e3))
def test_budgets_and_intervals_do_not_depend_on_the_units_of_values_or_money(surface, factor):
    units = np.linspace(1, factor, len(surface.objectives))[:, None, None]
    other = Surface(surface.objectives, surface.services, surface.dollars * factor, surface.gains * units)
    before, after = find_ideals(surface, BUDGET), find_ideals(other, BUDGET * factor)
    assume(len(before.members) > 1)
    one, two = (at(ideals, before.members[:2]) for ideals in (before, after))
    np.testing.assert_allclose(one.shares, two.shares, atol=1e-5)
    draws = drawn(surface, 1)
    for a, b in zip(pairs(before), pairs(after), strict=True):
        here = spread(Draws(before, draws), a, most=40)
        there = spread(Draws(after, draws * units[..., None]), b, most=40)
        for name in NUMBERS:
            ends = [(getattr(x, name).low, getattr(x, name).high) for x in (here, there)]
            np.testing.assert_allclose(*ends, rtol=1e-3, atol=1e-3)


def test_a_value_with_itself_costs_one_budget_with_no_tension_whatever_the_draw():
    surface = linear([[1, 2], [3, 6]])
    ideals = find_ideals(surface, BUDGET)
    found = pair(ideals, "v0", "v1")
    again = drawn(surface, 3)
    again[1] = 3 * again[0]
    ends = spread(Draws(ideals, again), found, most=40)
    for name, value in (("price", 1), ("tension", 0), ("collision", 0), ("spill_ab", 1), ("spill_ba", 1)):
        assert getattr(ends, name).low == pytest.approx(value, abs=1e-7)
        assert getattr(ends, name).high == pytest.approx(value, abs=1e-7)
    np.testing.assert_allclose(at(ideals, ("v0", "v1")).shares, np.minimum(1, BUDGETS), atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(surfaces(concave=False, antagonism=True), st.integers(0, 1000))
def test_intervals_hold_the_number_itself_and_shrink_to_it_where_draws_agree(surface, seed):
    ideals = find_ideals(surface, BUDGET)
    for found in pairs(ideals):
        wide = spread(Draws(ideals, drawn(surface, seed)), found, most=40)
        none = spread(Draws(ideals, drawn(surface, seed, spread_of=0)), found, most=40)
        for name in NUMBERS:
            value = min(value_of(found, name), 40)
            ends = getattr(wide, name)
            assert ends.low <= value <= ends.high
            assert getattr(none, name).low == pytest.approx(value, abs=1e-3)
            assert getattr(none, name).high == pytest.approx(value, abs=1e-3)


def test_intervals_are_the_same_plans_read_in_every_draw_and_its_own_price():
    """v1's harm from s0 is 0.2, 0.5 or 0.8 a dollar: after 100 dollars of both, 0.2, 0.5 or 0.8 are undone."""
    surface = linear([[1, 0], [-0.5, 1]])
    ideals = find_ideals(surface, BUDGET)
    found = pair(ideals, "v0", "v1")
    harm = np.array([0.2, 0.5, 0.8])
    draws = np.repeat(surface.gains[..., None], 3, axis=-1)
    draws[1, 0] = -harm * LEVELS[:, None]
    ends = spread(Draws(ideals, draws), found, most=40)
    low, high = np.quantile(harm, (0.025, 0.975))
    assert (ends.collision.low, ends.collision.high) == (pytest.approx(low), pytest.approx(high))
    assert (ends.spill_ab.low, ends.spill_ab.high) == (pytest.approx(-high), pytest.approx(-low))
    assert (ends.price.low, ends.price.high) == (pytest.approx(2 + low), pytest.approx(2 + high))


@settings(max_examples=40, deadline=None)
@given(surfaces(concave=False, antagonism=True), st.integers(0, 1000))
def test_prices_in_all_draws_at_once_are_those_of_one_programme_a_pair_and_draw(surface, seed):
    ideals = find_ideals(surface, BUDGET)
    by_draw = drawn(surface, seed, draws=4, spread_of=0.6)
    worlds = Worlds(surface, by_draw)
    draws = Draws(ideals, by_draw, pairs(ideals))
    best = best_in_draws(worlds, BUDGET)
    for d in range(4):
        there = find_ideals(Surface(surface.objectives, surface.services, surface.dollars, by_draw[..., d]), BUDGET)
        np.testing.assert_allclose(best[:, d], there.best, rtol=1e-5, atol=1e-5 * surface.scale.max())
        for found in pairs(ideals):
            told = draws.prices(found.a, found.b)[d]
            if {found.a, found.b} <= {*there.members}:
                assert told == pytest.approx(price(there, (found.a, found.b)).multiple, rel=1e-4)
            else:
                assert np.isnan(told)


def test_lanes_count_the_draws_whose_own_price_falls_in_each_as_the_pair_is_judged():
    """v1's harm from s0 is none, a half or whole: both cost 2, 2.5 or 3 budgets, and 1.1 where s0 serves v1 as well."""
    surface = linear([[1, 0], [-0.5, 1]])
    found = pair(find_ideals(surface, BUDGET), "v0", "v1")
    draws = np.repeat(surface.gains[..., None], 4, axis=-1)
    draws[1, 0] = np.array([0.9, 0.0, -0.5, -1.0]) * LEVELS[:, None]
    read = Draws(find_ideals(surface, BUDGET), draws)
    np.testing.assert_allclose(read.prices("v0", "v1"), [1.1, 2, 2.5, 3], rtol=1e-6)
    told = spread(read, found, most=40)
    assert told.lanes == {"go_together": 1, "compete": 1, "in_each_others_way": 2}
    assert not told.told
    judged = spread(read, with_error(found, 0.6), most=40)
    assert judged.lanes == {"go_together": 1, "compete": 2, "in_each_others_way": 1}
    assert judged.lanes[lane(2.5, 0.6)] == 2


def test_a_lane_is_told_where_no_draw_leaves_it_and_a_harm_that_no_money_heals_is_the_largest_price():
    surface = linear([[1, -1], [-1, 1]])
    ideals = find_ideals(surface, BUDGET)

    def ranges(draws: int) -> Spread:
        by_draw = np.repeat(surface.gains[..., None], draws, axis=-1)
        return spread(Draws(ideals, by_draw), pair(ideals, "v0", "v1"), most=40)

    told = ranges(LEAST_RUNS)
    assert told.told
    assert not ranges(LEAST_RUNS - 1).told  # too few to say so
    assert (told.price.low, told.price.high) == (40, 40)
    assert told.lanes == {"go_together": 0, "compete": 0, "in_each_others_way": LEAST_RUNS}


def test_services_that_may_be_run_in_several_ways_are_refused():
    ways = linear([[1, 0], [0, 1]])
    apart = Surface(ways.objectives, ways.services, ways.dollars, ways.gains, (ways.services,))
    with pytest.raises(ValueError, match="several ways"):
        Worlds(apart, apart.gains[..., None])


def test_a_draw_in_which_the_favourite_gives_nothing_has_no_share():
    surface = linear([[1, 0], [0, 1]])
    ideals = find_ideals(surface, BUDGET)
    draws = np.repeat(surface.gains[..., None], 2, axis=-1)
    draws[0, :, :, 0] = 0
    z = Draws(ideals, draws).z("v0", [50, 50])
    assert np.isnan(z[0])
    assert z[1] == pytest.approx(0.5)
    told = spread(Draws(ideals, draws), pair(ideals, "v0", "v1"), most=40)
    assert told.tension.high == pytest.approx(0.5)
    assert sum(told.lanes.values()) == 1, "there is no price where one of the two gets nothing"


def test_where_money_alone_is_short_nothing_is_left_undone_at_any_budget_and_a_harm_stays():
    budgets = (0.1, 1.0, 2.0)
    rivals = at_each(linear([[1, 0], [0, 5]]), [("v0", "v1")], multiples=budgets)
    np.testing.assert_allclose(rivals["v0", "v1"], 0, atol=1e-6)
    harm = at_each(linear([[1, 0], [-0.5, 1]]), [("v0", "v1")], multiples=budgets)
    np.testing.assert_allclose(harm["v0", "v1"], 0.5, atol=1e-6)


def test_a_queue_that_fills_makes_a_collision_that_grows_with_money_and_is_today_s_own_at_one_budget():
    """s0 takes nothing from v1 with its first 100 dollars, then one for one."""
    surface = curved([[lambda x: x, lambda x: 0 * x], [lambda x: -np.maximum(x - 100, 0), lambda x: x]])
    found = at_each(surface, [("v0", "v1")], multiples=(0.5, 1.0, 2.0))["v0", "v1"]
    np.testing.assert_allclose(found, [0, 0, 0.5], atol=1e-6)
    assert found[1] == pytest.approx(collision(find_ideals(surface, BUDGET), "v0", "v1"), abs=1e-9)


def test_budgets_beyond_the_curves_have_no_collision_to_tell():
    found = at_each(linear([[1, 0], [0, 5]]), [("v0", "v1")], multiples=(2.0, 2.5))["v0", "v1"]
    assert np.isfinite(found[0])
    assert np.isnan(found[1])


def test_a_plan_that_gives_a_service_all_that_was_measured_says_so():
    ideals = find_ideals(linear([[1, -1], [-1, 1]]), BUDGET)
    found = at(ideals, ("v0", "v1"))
    assert found.shares.max() < 1
    steep = find_ideals(linear([[1, 0], [-3.9, 1]], levels=LEVELS), BUDGET)
    assert at(steep, ("v0", "v1"), (1.0, 10.0)).at_end.tolist() == [False, True]


@pytest.mark.parametrize("budgets", [(0.0, 1.0), (1.0, 0.5), (1.0, 1.0)])
def test_budgets_that_do_not_rise_from_above_zero_are_refused(budgets):
    with pytest.raises(ValueError, match="rising"):
        at(find_ideals(linear([[1, 0], [0, 5]]), BUDGET), ("v0", "v1"), budgets)


@settings(max_examples=10, deadline=None)
@given(surfaces(concave=False, antagonism=True))
def test_the_plan_of_a_collision_pays_for_both_favourites(surface):
    ideals = find_ideals(surface, BUDGET)
    assume(len(ideals.members) > 1)
    a, b = ideals.members[:2]
    np.testing.assert_allclose(collision_plan(ideals, a, b), ideals.plan_of(a) + ideals.plan_of(b))


def test_three_values_with_services_of_their_own_have_a_triangle_for_a_front_on_curves():
    found = front_on(find_ideals(linear(np.eye(3)), BUDGET), ("v0", "v1", "v2"), 12)
    np.testing.assert_allclose(found.z.sum(axis=1), 1, atol=1e-5)
    assert found.asked == 91
    assert len(found.plans) >= 85


@settings(max_examples=8, deadline=None)
@given(surfaces(concave=True, antagonism=True, max_values=3))
def test_no_plan_of_a_front_on_curves_beats_another_or_spends_more_than_there_is(surface):
    ideals = find_ideals(surface, BUDGET)
    assume(len(ideals.members) > 1)
    found = front_on(ideals, ideals.members, 5)
    assert nondominated(found.z).all()
    assert (found.plans.sum(axis=1) <= BUDGET * (1 + 1e-6)).all()
    z = evaluate(surface, found.plans)[:, ideals.room] / ideals.best[ideals.room]
    np.testing.assert_allclose(z, found.z, atol=1e-6)


def test_where_one_of_two_gets_nothing_in_any_draw_no_price_is_told():
    """Every service harms v1, in every draw."""
    surface = linear([[1, 1], [-1, -0.5]])
    worlds = Worlds(surface, np.repeat(surface.gains[..., None], 3, axis=-1))
    best = best_in_draws(worlds, BUDGET)
    assert (best[0] > 0).all()
    assert (best[1] == 0).all()
    assert np.isnan(dollars_in_draws(worlds, best, np.array([[0, 1]]))).all()


@settings(max_examples=15, deadline=None)
@given(surfaces(concave=False, antagonism=True), st.integers(0, 99))
def test_parts_that_are_asked_ahead_of_their_turn_change_no_price(surface, seed):
    worlds = Worlds(surface, drawn(surface, seed, draws=3, spread_of=0.9))
    best = best_in_draws(worlds, BUDGET)
    named = np.array([(a, b) for a in range(len(best)) for b in range(a)], dtype=int).reshape(-1, 2)
    assume(len(named))
    asked = []
    for together in (1, 1000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(at_once, "TOGETHER", together)
            asked.append(dollars_in_draws(worlds, best, named))
    np.testing.assert_array_equal(*asked)
