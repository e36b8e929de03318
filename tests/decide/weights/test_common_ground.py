"""Common ground: closed forms, bounds that every plan sets, and who keeps tau from falling."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.ideals import find_ideals
from bothand.decide.programme import rows
from bothand.decide.weights import (
    all_weights,
    bests_at,
    common_ground,
    floors,
    least_regret,
    plan_regrets,
    regret_at,
)
from decide.decide_toys import BUDGET, curved, linear, surfaces
from decide.weights.weight_toys import named, ordered, point, tables, weight_sets


def test_two_one_sided_stakeholders_meet_in_the_middle():
    ideals = find_ideals(linear([[1, 0], [0, 1]]), BUDGET)
    found = common_ground(ideals, {"one": point([1, 0]), "other": point([0, 1])}, margin=0.1)
    assert found.tau == pytest.approx(0.5)
    assert found.plan == pytest.approx([BUDGET / 2] * 2)
    assert found.regrets == pytest.approx({"one": 0.5, "other": 0.5})
    assert found.say == pytest.approx({"one": 0.5, "other": 0.5})
    assert found.binds == ("one", "other")
    assert found.without == pytest.approx({"one": 0, "other": 0})
    assert found.ranges == pytest.approx(np.array([[0.4, 0.6]] * 2) * BUDGET)


def test_a_service_that_serves_both_is_common_ground_without_regret():
    ideals = find_ideals(linear([[1, 0, 1], [0, 1, 1]]), BUDGET)
    found = common_ground(ideals, {"one": point([1, 0]), "other": point([0, 1])}, margin=0.2)
    assert found.tau == pytest.approx(0, abs=1e-9)
    assert found.plan == pytest.approx([0, 0, BUDGET])
    assert found.binds == ()
    assert found.ranges[2] == pytest.approx([0.6 * BUDGET, BUDGET])


def test_who_stands_between_two_others_does_not_bind():
    ideals = find_ideals(linear([[1, 0], [0, 1]]), BUDGET)
    sides = {"one": point([1, 0]), "between": point([0.5, 0.5]), "other": point([0, 1])}
    found = common_ground(ideals, sides)
    assert found.binds == ("one", "other")
    assert found.without == pytest.approx({"one": 0, "between": 0.5, "other": 0}, abs=1e-9)


def test_a_step_at_the_start_is_taken_or_left_whole():
    """A service that gives nothing before its full price: half of it is half of nothing."""
    step = [lambda d: np.where(d >= BUDGET, 1.0, 0.0), lambda d: 0 * d]
    ideals = find_ideals(curved([step, [step[1], lambda d: d / BUDGET]]), BUDGET)
    found = common_ground(ideals, {"one": point([1, 0]), "other": point([0, 1])})
    assert found.tau >= 0.5 - 1e-6
    assert max(found.regrets.values()) == pytest.approx(found.tau, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(surfaces(antagonism=True, max_values=3, max_services=3), st.integers(0, 2**32 - 1))
def test_no_affordable_plan_has_less_regret_and_the_plan_found_has_just_that(surface, seed):
    ideals = find_ideals(surface, BUDGET)
    names = {f"v{n}": name for n, name in enumerate(ideals.members)}
    n = len(surface.objectives)
    upside = ordered(n).onto(names)
    sides = {"order": upside, "free": all_weights(upside.values), "even": point([1 / n] * n).onto(names)}
    found = common_ground(ideals, sides)
    assert max(found.regrets.values()) == pytest.approx(found.tau, abs=1e-6)
    assert found.plan.sum() <= BUDGET * (1 + 1e-7)
    rng = np.random.default_rng(seed)
    plans = [*ideals.plans, *(rng.dirichlet(np.ones(len(surface.services)), 15) * BUDGET)]
    for plan in plans:
        assert found.tau <= max(regret_at(ideals, weights, plan) for weights in sides.values()) + 1e-6
    assert (found.ranges[:, 0] <= found.plan + 1e-6).all()
    assert (found.plan <= found.ranges[:, 1] + 1e-6).all()
    assert all(tau <= found.tau + 1e-6 for tau in found.without.values())
    if found.tau > 1e-6:
        assert sum(found.say.values()) == pytest.approx(1)
        assert all(found.regrets[name] == pytest.approx(found.tau, abs=1e-6) for name in found.binds)


@settings(max_examples=10, deadline=None)
@given(surfaces(max_values=3, max_services=3))
def test_one_more_stakeholder_never_makes_common_ground_wider(surface):
    ideals = find_ideals(surface, BUDGET)
    names = ideals.members
    alone = {"first": all_weights(names)}
    both = {**alone, "second": ordered(len(names)).onto({f"v{n}": name for n, name in enumerate(names)})}
    assert common_ground(ideals, alone).tau <= common_ground(ideals, both).tau + 1e-7


def test_a_floor_is_what_each_alone_would_keep_and_not_what_one_of_them_would():
    ideals = find_ideals(linear([[1, 0, 1], [0, 1, 1]]), BUDGET)
    one, other = point([1, 0]), point([0, 1])
    assert floors(ideals, {"one": one, "other": other}, margin=0.1) == pytest.approx([0, 0, 0], abs=1e-6)
    shared = find_ideals(linear([[0.5, 0, 1], [0, 0.5, 1]]), BUDGET)
    assert floors(shared, {"one": one, "other": other}, margin=0.1)[2] == pytest.approx(0.8 * BUDGET)
    assert floors(shared, {}) == pytest.approx([0, 0, 0])


@settings(max_examples=15, deadline=None)
@given(surfaces(antagonism=True, max_values=3, max_services=3), st.integers(0, 2**32 - 1))
def test_a_plan_under_a_floor_is_good_enough_for_nobody(surface, seed):
    ideals = find_ideals(surface, BUDGET)
    names = {f"v{n}": name for n, name in enumerate(ideals.members)}
    n = len(surface.objectives)
    sides = {"order": ordered(n).onto(names), "even": point([1 / n] * n).onto(names)}
    least = floors(ideals, sides, margin=0.1)
    alone = {name: common_ground(ideals, {name: weights}).tau for name, weights in sides.items()}
    plans = np.random.default_rng(seed).dirichlet(np.ones(len(surface.services)), 40) * BUDGET
    for plan in plans[(plans < least - 1e-6 * BUDGET).any(axis=1)]:
        for name, weights in sides.items():
            assert regret_at(ideals, weights, plan) > alone[name] + 0.1 - 1e-6


def test_common_ground_of_nobody_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        common_ground(find_ideals(linear([[1, 0], [0, 1]]), BUDGET), {})


@settings(max_examples=20, deadline=None)
@given(weight_sets(3), weight_sets(3), st.integers(0, 2**32 - 1))
def test_of_a_list_of_plans_the_one_with_the_least_largest_regret_is_found(first, second, seed):
    z = tables(6, 3, seed)
    chosen, regrets = least_regret(z, {"a": first, "b": second})
    largest = np.maximum(plan_regrets(z, first), plan_regrets(z, second))
    assert largest[chosen] == largest.min()
    assert (regrets["a"] == plan_regrets(z, first)).all()
    assert named(3) == first.values


def test_what_every_plan_must_keep_to_also_binds_the_plans_that_regret_looks_at():
    """With the first service shut, nobody can regret what it would have done."""
    surface = linear([[1, 0], [0, 1]])
    shut = rows(surface, dollars=[-1, 0])
    found = common_ground(find_ideals(surface, BUDGET), {"one": point([1, 0]), "other": point([0, 1])}, also=shut)
    assert found.tau == pytest.approx(0, abs=1e-9)
    assert found.ranges[0] == pytest.approx([0, 0], abs=1e-6)
    assert found.plan == pytest.approx([0, BUDGET])


def test_regret_is_against_plans_of_the_same_budget():
    ideals = find_ideals(linear([[1, 0], [0, 1]]), BUDGET)
    found = common_ground(ideals, {"one": point([1, 0]), "other": point([0, 1])}, budget=BUDGET / 2)
    assert found.tau == pytest.approx(0.25)  # half of what half the money can do


def test_bests_that_are_known_already_change_neither_the_ground_nor_its_floors():
    ideals = find_ideals(linear([[1, 0, 1], [0, 1, 1]]), BUDGET)
    sides = {"one": point([1, 0]), "all": all_weights(named(2))}
    most = {name: bests_at(ideals, weights)[0] for name, weights in sides.items()}
    anew, known = common_ground(ideals, sides), common_ground(ideals, sides, most=most)
    assert (anew.tau, anew.regrets, anew.say, anew.without) == (known.tau, known.regrets, known.say, known.without)
    np.testing.assert_array_equal(anew.plan, known.plan)
    np.testing.assert_array_equal(anew.ranges, known.ranges)
    np.testing.assert_array_equal(floors(ideals, sides), floors(ideals, sides, most=most))
    higher = {name: worth + 1 for name, worth in most.items()}
    assert common_ground(ideals, sides, most=higher).tau == pytest.approx(anew.tau + 1)
