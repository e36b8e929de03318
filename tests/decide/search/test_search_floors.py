"""Floors of other plans, money that may wait, and other starts: small problems whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_toys import BUDGET, Smooth, fading, linear, one_period, search_of

from bothand.decide.both_and import Floor
from bothand.decide.search import answers
from bothand.decide.search.answers import answer, with_other_rules
from bothand.decide.search.multistart import from_points
from bothand.decide.search.questions import ask
from bothand.decide.search.solve import favourites, settle
from bothand.decide.search.space import Space

APART = linear(np.eye(2))  # each service serves one objective, a dollar a gain
FEW_DOLLARS = 0.3  # what the tolerance of a search leaves open of a hundred dollars


def settled(*floors: Floor, oracle=APART):
    search = search_of(oracle, one_period(2), 2, tolerance=1e-3)
    return settle(search, favourites(search), ["v0"], "v0", floors=floors)


def test_a_floor_that_binds_takes_what_it_needs_and_the_rest_goes_where_it_brings_most():
    found = settled(Floor("others", {"v1": 8}))
    assert found.answer.plan.ravel() == pytest.approx([BUDGET - 8, 8], abs=FEW_DOLLARS)
    assert [one.met for one in found.floors] == [True]


def test_a_floor_that_beta_leaves_no_room_for_is_named_and_the_next_highest_takes_its_place():
    """Nine tenths of the best keep 90 dollars on the first service; 50 for the second cannot be, 5 can."""
    found = settled(Floor("others", {"v1": 50}), Floor("even", {"v1": 5}))
    assert {one.label: one.met for one in found.floors} == {"others": False, "even": True}
    assert found.answer.plan.ravel() == pytest.approx([BUDGET - 5, 5], abs=FEW_DOLLARS)


def test_a_floor_of_what_is_maximised_sets_no_condition_of_its_own():
    found, bare = settled(Floor("others", {"v0": 2 * BUDGET})), settled()
    assert [one.met for one in found.floors] == [False]
    assert found.answer.plan == pytest.approx(bare.answer.plan, abs=FEW_DOLLARS)
    assert len(found.question.floors) == len(bare.question.floors)


def test_the_floor_of_what_is_maximised_comes_before_that_of_a_group():
    """95 for the first and 8 for the second cannot both be: 100 were seen for the first, and that is taken."""
    found = settled(Floor("others", {"v0": 95, "v1": 8}))
    assert {one.objective: one.met for one in found.floors} == {"v0": True, "v1": False}
    assert found.answer.gains[0] == pytest.approx(BUDGET, abs=FEW_DOLLARS)


def test_objectives_that_only_set_floors_are_not_searched():
    search = search_of(fading(np.eye(2), 30.0), one_period(2), 2, tolerance=1e-3)
    found = favourites(search, sought=["v0"])
    asked = search.oracle.calls
    assert found.answers[1].calls == 0
    assert found.best[1] == search.bundle.gains[:, 1].max()
    favourites(search)
    assert search.oracle.calls > asked


def by_period(carry_over: str, most: float = np.inf) -> Space:
    """One service, 60 and then 40 dollars, of which the first period can use no more than ``most``."""
    return Space(("a",), ("p", "q"), np.array([60.0, 40]), carry_over=carry_over, most=np.array([[most, np.inf]]))


@pytest.mark.parametrize(("most", "worth"), [(np.inf, 0.0), (20.0, 40.0), (45.0, 15.0)])
def test_waiting_is_worth_what_a_period_cannot_use_and_nothing_where_it_uses_all(most, worth):
    search = search_of(linear([[1.0]]), by_period("returned", most), 1, tolerance=1e-3)
    question = ask(1, (1, 2), weights=[1], unit=0)
    own = answer(search, question)
    waiting = answer(with_other_rules(search, by_period("next period", most)), question)
    assert own.value == pytest.approx(BUDGET - worth, abs=FEW_DOLLARS)
    assert waiting.value - own.value == pytest.approx(worth, abs=FEW_DOLLARS)


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000))
def test_money_that_may_wait_never_brings_less_and_what_was_run_is_not_run_again(seed):
    space = Space(("a", "b"), ("p", "q"), np.array([60.0, 40]), carry_over="returned")
    free = Space(("a", "b"), ("p", "q"), np.array([60.0, 40]), carry_over="next period")
    search = search_of(Smooth(seed, services=2), space, 3, tolerance=1e-3)
    question = ask(3, space.shape, weights=[1, 0, 0], unit=0)
    own = answer(search, question)
    calls, points = search.oracle.calls, len(search.bundle)
    other = with_other_rules(search, free)
    assert search.oracle.calls == calls
    assert answer(other, question, calls=2).value >= own.value
    assert len(search.bundle) == points, "what is learned there is not learned here"


def test_points_are_read_again_for_the_same_money_only():
    search = search_of(linear([[1.0]]), by_period("returned"), 1)
    with pytest.raises(ValueError, match="same services"):
        with_other_rules(search, Space(("a",), ("p", "q"), np.array([60.0, 41])))


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10_000))
def test_concave_gains_lead_from_any_point_to_the_same_end(seed):
    space = Space(("a", "b", "c", "d"), ("p", "q"), np.array([60.0, 40]))
    search = search_of(Smooth(seed), space, 3, tolerance=1e-3)
    question = ask(3, space.shape, common=np.eye(3) / search.bundle.gains.max(axis=0)[:, None], unit=0)
    best = answer(search, question)
    one = np.zeros(space.shape)
    one[0] = space.receipts
    starts = [search.point(one), search.point(one[::-1].copy()), 0]
    spread = from_points(search, question, starts, calls=40)
    assert sorted(spread.order) == [0, 1, 2]
    assert (np.diff(spread.values) <= 0).all()
    assert spread.spread <= 1e-2
    assert spread.values[0] == pytest.approx(best.value, rel=1e-2)


def test_a_floor_that_no_step_reaches_does_not_make_all_steps_too_dear():
    search = search_of(APART, one_period(2), 2, first=np.array([[50.0], [0.0]]), radius=1 / 16)
    climb = answers._Climb(search, ask(2, (2, 1), weights=[0.01, 0], floors=[[0, 1]], least=[30.0]), 10)
    assert climb.step(1 / 16, 1.0, None) is not None
    assert climb.penalty < answers.MOST_PENALTY / 2
    assert answer(search, climb.question).shortfall <= FEW_DOLLARS
