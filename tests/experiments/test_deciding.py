"""Which inputs decide: every end in a lane of its own, and the returning supply in one more."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from bothand.experiments.deciding import Deciding, End, crossings, decide, ends_of, judged
from bothand.experiments.plans import group_healthy_years, try_study_plan
from bothand.experiments.worlds import lanes, open_world, returns_to, stays
from bothand.keys import THREE_YEARS
from experiments.small_worlds import drawn, plan, setting

PLANS = (plan("even_split"), plan("harm_reduction_only"))
FOUND = {"found": np.full(len(setting().services), 50_000.0)}


@cache
def ends() -> tuple[End, ...]:
    return ends_of(setting(), judged(setting(), drawn(1))[:1])


@cache
def deciding() -> Deciding:
    return decide(setting(), drawn(1), PLANS, FOUND, ends())


def test_every_plan_has_a_lane_for_the_best_guess_and_each_end() -> None:
    assert deciding().plans == (*(p.key for p in PLANS), "found")
    assert deciding().healthy.shape == (3, 1 + len(ends()))
    assert deciding().returning.shape == (3,)
    assert (deciding().best != deciding().returning).all()


def test_the_returning_supply_is_the_world_in_which_it_alone_returns() -> None:
    alone = open_world(setting(), lanes(drawn(1), [{}]), returns_to(*setting().study.fit.test), grouped=False)
    for row, one in enumerate(PLANS):
        found = group_healthy_years(alone, try_study_plan(alone, one, THREE_YEARS)).sum()
        assert_allclose(deciding().returning[row], found, rtol=1e-11)  # a gain: the difference of large sums


def test_the_other_lanes_keep_the_supply_of_day_one() -> None:
    usual = open_world(setting(), lanes(drawn(1), [{}]), stays, grouped=False)
    for row, one in enumerate(PLANS):
        found = group_healthy_years(usual, try_study_plan(usual, one, THREE_YEARS)).sum()
        assert_allclose(deciding().best[row], found, rtol=1e-11)  # a gain: the difference of large sums


# ----------------------------------------------------------------------------------------- at what value it turns

YEARS = arrays(np.float64, (4, 3), elements=st.integers(0, 1000).map(float))
INPUTS = (0.1, 0.4, 0.9)


def at(value: float, healthy: np.ndarray) -> np.ndarray:
    """Every plan's life-years on straight lines between the three values that were run."""
    return np.array([np.interp(value, INPUTS, row) for row in healthy])


@given(YEARS)
def test_two_plans_have_the_same_where_they_cross_and_stand_the_other_way_round_beyond(healthy: np.ndarray) -> None:
    for turn in crossings(INPUTS, healthy):
        there = at(turn.at, healthy)
        assert_allclose(there[turn.before], there[turn.after], atol=1e-6)
        assert healthy[turn.before, 1] >= healthy[turn.after, 1]
        assert any(healthy[turn.after, side] > healthy[turn.before, side] for side in (0, 2))


@given(YEARS)
def test_the_first_plan_is_first_all_the_way_to_where_it_is_said_to_lose_that_place(healthy: np.ndarray) -> None:
    first = int(np.argmax(healthy[:, 1]))
    turns = [turn for turn in crossings(INPUTS, healthy) if turn.first]
    for side, end in ((0, INPUTS[0]), (2, INPUTS[2])):
        mine = [turn.at for turn in turns if turn.at != INPUTS[1] and (turn.at < INPUTS[1]) == (side == 0)]
        if healthy[first, side] < healthy[:, side].max() and not np.any(
            np.delete(healthy[:, 1], first) == healthy[first, 1]
        ):
            assert len(mine) == 1
        for share in (0.0, 0.3, 0.7, 1.0):
            value = INPUTS[1] + share * ((mine[0] if mine else end) - INPUTS[1])
            if mine or healthy[first, side] == healthy[:, side].max():
                assert at(value, healthy)[first] >= at(value, healthy).max() - 1e-6


def test_a_side_on_which_no_two_plans_change_places_tells_nothing() -> None:
    parallel = np.array([[3.0, 5.0, 9.0], [2.0, 4.0, 8.0], [0.0, 2.0, 6.0]])
    assert crossings(INPUTS, parallel) == []
    lower = parallel.copy()
    lower[2, 2] = 8.5  # the third passes the second above the best guess, never the first
    (turn,) = crossings(INPUTS, lower)
    assert (turn.before, turn.after, turn.first) == (1, 2, False)
    assert_allclose(turn.at, 0.4 + 0.5 * 2 / 2.5)
