"""Which inputs decide: every end in a lane of its own, and the returning supply in one more."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from bothand.experiments.deciding import (
    Between,
    Deciding,
    End,
    crossings,
    decide,
    ends_of,
    judged,
    local_inputs,
    look_between,
    of_services_only,
    open_ends,
    order_of,
)
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
    return decide(open_ends(setting(), drawn(1), ends()), PLANS, FOUND, ends())


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

INPUTS = (0.1, 0.25, 0.4, 0.7, 0.9)
USED = 2
YEARS = arrays(np.float64, (4, len(INPUTS)), elements=st.integers(0, 1000).map(float))


def between(healthy: np.ndarray) -> Between:
    return Between(np.array(INPUTS), healthy, USED)


def at(value: float, healthy: np.ndarray) -> np.ndarray:
    """Every plan's life-years on straight lines between the values that were run."""
    return np.array([np.interp(value, INPUTS, row) for row in healthy])


@given(YEARS)
def test_two_plans_have_the_same_where_they_cross(healthy: np.ndarray) -> None:
    for turn in crossings(between(healthy)):
        there = at(turn.at, healthy)
        assert_allclose(there[turn.before], there[turn.after], atol=1e-6)
        assert healthy[turn.before, USED] >= healthy[turn.after, USED]


@given(YEARS)
def test_the_first_plan_is_first_all_the_way_to_where_it_is_said_to_lose_that_place(healthy: np.ndarray) -> None:
    first = order_of(healthy[:, USED])[0]
    turns = [turn for turn in crossings(between(healthy)) if turn.first]
    for side, end in ((range(USED), INPUTS[0]), (range(USED + 1, len(INPUTS)), INPUTS[-1])):
        loses = any(healthy[first, n] < healthy[:, n].max() for n in side)
        mine = [turn.at for turn in turns if (turn.at - INPUTS[USED]) * (end - INPUTS[USED]) > 0]
        if loses and np.sum(healthy[:, USED] == healthy[first, USED]) == 1:
            assert len(mine) == 1
        for share in (0.0, 0.3, 0.7, 1.0):
            value = INPUTS[USED] + share * ((mine[0] if mine else end) - INPUTS[USED])
            if mine or not loses:
                assert at(value, healthy)[first] >= at(value, healthy).max() - 1e-6


def test_a_side_on_which_no_two_plans_change_places_tells_nothing() -> None:
    rising = np.array([[3.0, 4.0, 5.0, 8.0, 9.0], [2.0, 3.0, 4.0, 7.0, 8.0], [0.0, 1.0, 2.0, 5.0, 6.0]])
    assert crossings(between(rising)) == []
    passing = rising.copy()
    passing[2, 3:] = 6.0, 8.5  # the third passes the second above 0.7, never the first
    (turn,) = crossings(between(passing))
    assert (turn.before, turn.after, turn.first) == (1, 2, False)
    assert_allclose(turn.at, 0.7 + 0.2 * 1 / 1.5)


def test_local_inputs_are_the_places_own_and_its_services_and_not_the_states() -> None:
    found = local_inputs(setting())
    assert found["washtenaw_kits_ratio"] == "count"
    assert found["community_naloxone_board_share"] == "ask_payers"
    assert found["syringe_services_willing"] == "ask_people"
    assert not [key for key in found if key.startswith("michigan_")]


def test_a_local_input_is_run_between_its_ends_with_all_else_at_its_best_guess() -> None:
    rows = [(name, row) for name, row in judged(setting(), drawn(1)) if name == "washtenaw_kits_ratio"]
    outside = ends_of(setting(), rows)
    outer = decide(open_ends(setting(), drawn(1), outside), PLANS, FOUND, outside)
    (found,) = look_between(setting(), drawn(1), PLANS, FOUND, outer, "found").values()
    assert_allclose(found.healthy[:, [0, found.used, -1]], outer.healthy[:, [1, 0, 2]])
    assert (np.diff(found.inputs) > 0).all()
    row = rows[0][1]
    assert_allclose(found.inputs[[0, found.used, -1]], [row.low, row.mean, row.high])
    value = float(found.inputs[found.used + 1])
    alone = open_world(setting(), lanes(drawn(1), [{"washtenaw_kits_ratio": value}]), stays, grouped=False)
    for n, one in enumerate(PLANS):
        told = group_healthy_years(alone, try_study_plan(alone, one, THREE_YEARS)).sum()
        assert_allclose(found.healthy[n, found.used + 1], told, rtol=1e-9)


def test_what_is_not_run_would_have_moved_nothing() -> None:
    services_only = of_services_only(setting())
    rows = [(name, row) for name, row in judged(setting(), drawn(1)) if name in services_only][:6]
    rows += [(name, row) for name, row in judged(setting(), drawn(1)) if name not in services_only][:2]
    some = ends_of(setting(), rows)
    found = decide(open_ends(setting(), drawn(1), some), PLANS, FOUND, some)
    values = lanes(drawn(1), [{}, *({end.name: end.value} for end in some)])
    whole = open_world(setting(), values, stays, grouped=False)
    for n, one in enumerate(PLANS):
        told = group_healthy_years(whole, try_study_plan(whole, one, THREE_YEARS)).sum(axis=1)
        assert_allclose(found.healthy[n], told, rtol=1e-7)
    assert len(some) == 16
