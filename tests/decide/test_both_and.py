import numpy as np
import pytest
from decide_toys import BUDGET, LEVELS, curved, linear, surfaces
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bothand.decide.both_and import Floor, curve, floor_of, leximin, service_ranges, settle, surrogate_error
from bothand.decide.ideals import common, find_ideals
from bothand.decide.likeness import random_plans
from bothand.decide.surfaces import Surface, evaluate


def none(x):
    return 0 * x


def shares(ideals, plan):
    return ideals.weights(ideals.members) @ evaluate(ideals.surface, plan)


def with_life_years(surface, slopes):
    """The surface with one more objective, 'life_years', in straight lines."""
    extra = (np.asarray(slopes, dtype=float)[:, None] * surface.dollars)[None]
    names = (*surface.objectives, "life_years")
    return Surface(names, surface.services, surface.dollars, np.concatenate([surface.gains, extra]))


def test_leximin_goes_on_where_maximin_stops():
    """v0 and v1 exclude each other (beta 0 with or without money); v2 has a service of its own and gets it in full."""
    ideals = find_ideals(linear([[1, -1, 0], [-1, 1, 0], [0, 0, 1]]), BUDGET)
    found = leximin(ideals, ideals.members)
    assert found.beta == pytest.approx(0, abs=1e-6)
    assert found.levels == pytest.approx({"v0": 0, "v1": 0, "v2": 1}, abs=1e-5)
    np.testing.assert_allclose(found.plan, [0, 0, 100], atol=1e-3)


def test_leximin_holds_only_those_that_cannot_rise():
    """v2 is in full at 50 dollars of s0: at the maximin point (50, 50) it stands at 1, v0 and v1 at 1/2."""
    ideals = find_ideals(
        curved([[lambda x: x, none], [none, lambda x: x], [lambda x: np.minimum(x, 50), none]]), BUDGET
    )
    found = leximin(ideals, ideals.members)
    assert found.levels == pytest.approx({"v0": 0.5, "v1": 0.5, "v2": 1}, abs=1e-5)
    assert list(found.levels)[-1] == "v2"


@settings(max_examples=12, deadline=None)
@given(surfaces(concave=True, antagonism=True), st.integers(0, 1000))
def test_no_plan_is_better_than_leximin_from_the_bottom_up(surface, seed):
    ideals = find_ideals(surface, BUDGET)
    assume(len(ideals.members) > 1)
    found = leximin(ideals, ideals.members)
    bare = common(ideals, ideals.members)
    assert found.beta == pytest.approx(bare.value, abs=1e-6)
    ours = np.sort(shares(ideals, found.plan))
    np.testing.assert_allclose(ours, np.sort(list(found.levels.values())), atol=1e-5)
    others = [*random_plans(len(surface.services), BUDGET, 200, seed), bare.plan, *ideals.plans]
    for plan in others:
        theirs = np.sort(shares(ideals, plan))
        apart = np.flatnonzero(np.abs(theirs - ours) > 2e-6)
        assert not len(apart) or theirs[apart[0]] < ours[apart[0]]


@settings(max_examples=8, deadline=None)
@given(surfaces(concave=False, antagonism=True, max_values=3, max_services=3), st.integers(0, 1000))
def test_leximin_keeps_beta_where_curves_are_not_concave(surface, seed):
    ideals = find_ideals(surface, BUDGET)
    assume(len(ideals.members) > 1)
    found = leximin(ideals, ideals.members)
    worst = [shares(ideals, p).min() for p in random_plans(len(surface.services), BUDGET, 200, seed)]
    assert max(worst) <= found.beta + 1e-5
    assert shares(ideals, found.plan).min() == pytest.approx(found.beta, abs=1e-5)


def test_the_settled_plan_buys_many_life_years_for_a_little_of_beta():
    """As in the prototype: s2 saves lives and serves no value; a tenth of beta frees a tenth of the money for it."""
    surface = with_life_years(linear([[1, 0, 0], [0, 1, 0]]), [0, 0, 5])
    ideals = find_ideals(surface, BUDGET)
    found = settle(ideals, ("v0", "v1"), "life_years")
    assert found.beta == pytest.approx(0.5)
    np.testing.assert_allclose(found.plan, [45, 45, 10], atol=1e-4)
    assert found.gains[2] == pytest.approx(50, abs=1e-3)
    assert found.z == pytest.approx({"v0": 0.45, "v1": 0.45}, abs=1e-6)
    strict = settle(ideals, ("v0", "v1"), "life_years", keep=1)
    assert strict.gains[2] == pytest.approx(0, abs=1e-3)


def test_floors_that_can_be_met_are_met_and_the_others_are_named():
    surface = with_life_years(linear([[1, 0, 0], [0, 1, 0]]), [0, 0, 5])
    ideals = find_ideals(surface, BUDGET)
    even = floor_of(ideals, "even split", [100 / 3] * 3, ("v0", "v1"))
    generous = Floor("as others do", {"v0": 46.0, "v1": 70.0})
    found = settle(ideals, ("v0", "v1"), "life_years", floors=[even, generous])
    by_name = {(f.label, f.objective): f for f in found.floors}
    assert by_name["even split", "v0"].met
    assert by_name["even split", "v1"].met
    assert by_name["as others do", "v0"].met
    assert by_name["as others do", "v0"].reached >= 46 - 1e-3
    assert not by_name["as others do", "v1"].met
    assert by_name["as others do", "v1"].reached < 70
    np.testing.assert_allclose(found.plan, [46, 45, 9], atol=1e-3)


@settings(max_examples=12, deadline=None)
@given(surfaces(concave=False, antagonism=True, max_values=3, max_services=3), st.integers(0, 1000))
def test_the_settled_plan_keeps_its_promises_and_no_other_gains_more(surface, seed):
    rng = np.random.default_rng(seed)
    surface = with_life_years(surface, rng.exponential(1, len(surface.services)))
    ideals = find_ideals(surface, BUDGET)
    members = tuple(m for m in ideals.members if m != "life_years")
    assume(len(members) > 1)
    found = settle(ideals, members, "life_years")
    assert found.plan.sum() <= BUDGET * (1 + 1e-6)
    assert min(found.z.values()) >= 0.9 * found.beta - 1e-5
    weights = ideals.weights(members)
    for plan in random_plans(len(surface.services), BUDGET, 300, seed):
        gains = evaluate(surface, plan)
        if (weights @ gains).min() >= 0.9 * found.beta:
            assert gains[-1] <= found.gains[-1] * (1 + 1e-6) + 1e-6


def test_the_curve_falls_from_the_most_life_years_to_the_bare_maximin():
    surface = with_life_years(linear([[1, 0, 0], [0, 1, 0]]), [0, 0, 5])
    drawn = curve(find_ideals(surface, BUDGET), ("v0", "v1"), "life_years", points=6)
    np.testing.assert_allclose([p.floor for p in drawn], np.linspace(0, 0.5, 6), atol=1e-6)
    np.testing.assert_allclose([p.gains[2] for p in drawn], np.linspace(500, 0, 6), atol=1e-3)


@settings(max_examples=10, deadline=None)
@given(surfaces(concave=True, antagonism=True))
def test_on_concave_curves_the_curve_is_concave_and_never_rises(surface):
    surface = with_life_years(surface, np.arange(len(surface.services)))
    ideals = find_ideals(surface, BUDGET)
    members = tuple(m for m in ideals.members if m != "life_years")
    assume(members)
    height = np.array([p.gains[-1] for p in curve(ideals, members, "life_years", points=5)])
    assert (np.diff(height) <= 1e-4).all()
    assert (np.diff(height, 2) <= 1e-3).all()


def test_services_that_do_the_same_have_the_whole_range_between_them():
    surface = with_life_years(linear([[1, 1], [1, 1]]), [1, 1])
    ideals = find_ideals(surface, BUDGET)
    found = settle(ideals, ("v0", "v1"), "life_years")
    np.testing.assert_allclose(service_ranges(ideals, found), [[0, 100], [0, 100]], atol=1e-4)


def test_ranges_are_read_at_the_near_optimum():
    """Life-years may fall by 5 % of 50: s2 from 9.5 to 10 dollars, v0's service from 45 to 45.5."""
    surface = with_life_years(linear([[1, 0, 0], [0, 1, 0]]), [0, 0, 5])
    ideals = find_ideals(surface, BUDGET)
    found = settle(ideals, ("v0", "v1"), "life_years")
    np.testing.assert_allclose(service_ranges(ideals, found), [[45, 45.5], [45, 45.5], [9.5, 10]], atol=1e-4)


@settings(max_examples=8, deadline=None)
@given(surfaces(concave=False, antagonism=True, max_values=3, max_services=3))
def test_the_settled_plan_lies_within_its_ranges(surface):
    surface = with_life_years(surface, np.arange(len(surface.services)))
    ideals = find_ideals(surface, BUDGET)
    members = tuple(m for m in ideals.members if m != "life_years")
    assume(members)
    found = settle(ideals, members, "life_years")
    ranges = service_ranges(ideals, found)
    assert (ranges[:, 0] <= found.plan).all()
    assert (found.plan <= ranges[:, 1]).all()
    assert (ranges[:, 1] <= BUDGET * (1 + 1e-6)).all()


def test_the_surrogate_error_is_the_largest_gap_in_shares_of_the_own_best():
    ideals = find_ideals(linear([[1, 0], [0, 2]]), BUDGET)
    assert surrogate_error(ideals, ideals.members, [50, 50], [50, 100]) == pytest.approx(0)
    assert surrogate_error(ideals, ideals.members, [50, 50], [49, 90]) == pytest.approx(0.05)
    assert surrogate_error(ideals, (), [50, 50], [49, 90]) == 0


def test_life_years_below_zero_do_not_break_the_ranges():
    surface = with_life_years(linear([[1, 0], [0, 1]]), [-1, -1])
    ideals = find_ideals(surface, BUDGET)
    found = settle(ideals, ("v0", "v1"), "life_years")
    assert found.gains[2] == pytest.approx(-90, abs=1e-3)
    ranges = service_ranges(ideals, found)
    np.testing.assert_allclose(ranges, [[45, 49.5], [45, 49.5]], atol=1e-3)
    assert LEVELS[-1] > ranges.max()
