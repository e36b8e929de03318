"""Which inputs decide: every end in a lane of its own, and the returning supply in one more."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.testing import assert_allclose

from bothand.experiments.deciding import Deciding, End, decide, ends_of, judged, open_ends
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
