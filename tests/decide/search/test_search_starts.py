"""Start-ups and smallest sizes, against every pattern tried one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_toys import BUDGET, Smooth, best_by_slsqp, fading, linear, one_period, search_of

from bothand.decide.search.rules import table
from bothand.decide.search.solve import best_plan, common, favourites, price
from bothand.decide.search.space import Space


def by_patterns(oracle, services, start_up, row, budget=BUDGET):
    """The best of all sets of services, each with its starts paid and the rest of the purse spent freely."""
    best = 0.0
    for chosen in itertools.product([False, True], repeat=services):
        on = np.array(chosen)
        left = budget - start_up[on].sum()
        if left <= 0 or not on.any():
            continue

        def part(plan, on=on):
            point = oracle(np.where(on[:, None], plan, 0.0))
            return type(point)(point.gains, point.slopes * on[:, None])

        best = max(best, best_by_slsqp(part, one_period(services, left), row, tries=2))
    return best


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_which_services_to_start_is_the_best_of_all_patterns(seed):
    chance = np.random.default_rng(seed)
    weights, start_up = chance.exponential(1, (1, 4)), chance.uniform(5, 60, 4)
    oracle = fading(weights, 30.0)
    search = search_of(oracle, one_period(4, start_up=start_up), 1, tolerance=1e-3, proof=30)
    found = best_plan(search, "v0")
    assert found.value == pytest.approx(by_patterns(oracle, 4, start_up, [[1.0]]), rel=3e-3)
    assert search.space.multiple(found.plan) <= 1 + 1e-6
    assert not table(search.space).broken(found.plan)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_what_all_reach_with_starts_is_the_best_of_all_patterns(seed):
    chance = np.random.default_rng(seed)
    start_up = chance.uniform(5, 40, 3)
    oracle = Smooth(seed, services=3, periods=1, values=2)
    search = search_of(oracle, one_period(3, start_up=start_up), 2, tolerance=1e-3, proof=30)
    found = favourites(search)
    if len(found.members) == 2:
        shared = common(search, found, found.members)
        assert shared.value == pytest.approx(by_patterns(oracle, 3, start_up, found.weights(found.members)), abs=5e-3)


def test_a_start_is_paid_when_what_it_opens_is_worth_it():
    """s1 gains 2 a dollar after a start of 40, s0 1 at once: with 100 dollars 120 > 100, with 70 dollars 70 > 60."""
    for budget, plan in ((100.0, [0, 60]), (70.0, [70, 0])):
        search = search_of(linear([[1, 2]]), one_period(2, budget, start_up=[0, 40]), 1, proof=5)
        np.testing.assert_allclose(best_plan(search, "v0").plan[:, 0], plan, atol=1e-4)


def test_a_start_is_part_of_the_price_of_both_and():
    """v0 has 100 of s0 alone; v1 has 60 of s1 after a start of 40: both cost 100 + 60 + 40 = two purses of 100."""
    search = search_of(linear([[1, 0], [0, 2]]), one_period(2, start_up=[0, 40]), 2, proof=5)
    found = favourites(search)
    np.testing.assert_allclose(found.best, [100, 120], rtol=1e-5)
    assert price(search, found, ("v0", "v1")).multiple == pytest.approx(2, rel=1e-3)
    assert common(search, found, ("v0", "v1")).value == pytest.approx(60 / 160, abs=1e-3)


def test_a_start_is_paid_once_for_all_periods():
    """Two periods of 50 dollars: the start of 30 in the first, then all goes to the steeper service: 2 x 70 > 100."""
    for carry_over, worth in (("returned", 140), ("next period", 140)):
        space = Space(("s0", "s1"), ("a", "b"), np.array([50.0, 50]), start_up=[0, 30], carry_over=carry_over)
        found = best_plan(search_of(linear([[1, 2]]), space, 1, proof=5), "v0")
        assert found.value == pytest.approx(worth, rel=1e-4)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_a_smallest_size_is_kept_and_the_best_of_all_patterns_found(seed):
    """With straight lines, each service at nothing, its least, or the rest: all patterns can be written down."""
    chance = np.random.default_rng(seed)
    slopes, smallest, most = chance.exponential(1, 3), chance.uniform(10, 60, 3), chance.uniform(60, 90, 3)
    space = one_period(3, smallest=smallest[:, None], most=most[:, None])
    found = best_plan(search_of(linear([slopes]), space, 1, proof=20), "v0")
    worth = []
    for ends in itertools.product(range(4), repeat=3):
        sizes = np.choose(ends, [np.zeros(3), smallest, most, np.zeros(3)])
        rest = np.array(ends) == 3
        if rest.sum() > 1:
            continue
        sizes[rest] = BUDGET - sizes.sum()
        on = sizes > 0
        if (sizes >= 0).all() and sizes.sum() <= BUDGET and (sizes[on] >= smallest[on]).all() and (sizes <= most).all():
            worth.append(slopes @ sizes)
    assert found.value == pytest.approx(max(worth), rel=1e-4)
    assert not table(space).broken(found.plan)
