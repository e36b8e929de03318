"""Carry-over: what a plan cannot use goes into the next period, and no dollar is made or lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_worlds import plan, world

from bothand.engine.arrays import Floats
from bothand.experiments.carrying import Allot, carry_over
from bothand.experiments.plans import service_keys, try_study_plan
from bothand.experiments.worlds import World
from bothand.outcomes.trial import delivered
from bothand.world.plan import dollars

PERIODS = [[0, 1], [2, 3], [4, 5]]
YEARS = 6


def by_shares(*shares: float, outside: float = 0.0) -> Allot:
    """Each service its share of each year's money, and a share outside the model."""

    def allot(budget: Floats) -> tuple[Floats, Floats]:
        return np.stack([share * budget for share in shares]), outside * budget

    return allot


def above(cap: float) -> object:
    """What comes back of each service when it can use so much a year."""
    return lambda given: np.maximum(given - cap, 0).sum(axis=1)


def start_up(cost: float) -> object:
    """What comes back when a service uses nothing until it has been given its start-up in all, and then everything."""
    return lambda given: np.where(given.sum(axis=1) > cost, 0.0, given.sum(axis=1))


def budget(*usd: float) -> Floats:
    return np.repeat(np.array(usd), 2)[:, None]


def test_what_one_period_cannot_use_is_shared_evenly_over_the_years_of_the_next() -> None:
    found = carry_over(by_shares(1.0), above(100.0), budget(150, 60, 60), PERIODS)
    np.testing.assert_allclose(found.dollars[0, :, 0], [150, 150, 110, 110, 70, 70])
    np.testing.assert_allclose(found.into[:, 0], [0, 100, 20])
    np.testing.assert_allclose(found.left, [0])


def test_what_the_plan_gives_to_no_line_is_carried_too_and_the_last_period_returns_its_own() -> None:
    found = carry_over(by_shares(0.25, outside=0.25), above(1e9), budget(100, 0, 0), PERIODS)
    np.testing.assert_allclose(found.into[:, 0], [0, 100, 50])
    np.testing.assert_allclose(found.left, [25])
    np.testing.assert_allclose(found.outside[:, 0], [25, 25, 12.5, 12.5, 6.25, 6.25])


def test_a_dollar_that_was_carried_over_does_not_pay_a_start_up_twice() -> None:
    found = carry_over(by_shares(1.0), start_up(250.0), budget(60, 60, 60), PERIODS)
    np.testing.assert_allclose(found.dollars[0, :, 0], [0, 0, 0, 0, 180, 180])
    np.testing.assert_allclose(found.left, [0])


@given(
    money=st.lists(st.floats(0, 1e6), min_size=3, max_size=3),
    shares=st.lists(st.floats(0, 0.3), min_size=2, max_size=2),
    outside=st.floats(0, 0.4),
    limit=st.floats(0, 5e5),
    kind=st.sampled_from([above, start_up]),
)
def test_no_dollar_is_made_or_lost(
    money: list[float], shares: list[float], outside: float, limit: float, kind: object
) -> None:
    unspent = kind(limit)  # type: ignore[operator]  # one of the two functions above
    new = budget(*money)
    found = carry_over(by_shares(*shares, outside=outside), unspent, new, PERIODS)
    spent = found.dollars.sum() - unspent(found.dollars).sum() + found.outside.sum()
    assert spent + found.left[0] == pytest.approx(new.sum(), rel=1e-9, abs=1e-6)
    assert (found.dollars >= 0).all()
    assert found.left[0] >= -1e-6


def carrying(base: World) -> World:
    """The same world in a county that carries over what finds no use."""
    place = base.setting.place
    assert place.about.money
    about = place.about.model_copy(update={"money": place.about.money.model_copy(update={"carry_over": "next period"})})
    setting = replace(base.setting, place=place.model_copy(update={"about": about}))
    return replace(base, setting=setting)


@pytest.mark.parametrize("key", ["recovery_only", "as_others_do_half"])
def test_in_a_county_that_carries_over_a_plan_spends_more_and_never_more_than_there_is(key: str) -> None:
    base = world()
    usual, carried = (try_study_plan(where, plan(key), "all_years") for where in (base, carrying(base)))
    used = [
        _used(base, tried.dollars) + sum(out.sum(axis=0) for out in tried.outside.values())
        for tried in (usual, carried)
    ]
    assert (used[1] > used[0]).all()
    assert (used[1] <= base.money["all_years"].sum(axis=0) * (1 + 1e-9)).all()


def test_the_first_round_has_one_window_and_carries_nothing() -> None:
    base = world()
    tried = try_study_plan(carrying(base), plan("recovery_only"), "three_years")
    years, new = base.setting.study.years, base.money["three_years"]
    np.testing.assert_array_equal(tried.dollars, dollars(plan("recovery_only"), service_keys(base), years, new))


def _used(where: World, money: Floats) -> Floats:
    found = delivered(where.county, money, board_lag=where.board_lag)
    return np.sum([paid["settlement"].sum(axis=0) for paid in found.spent_by_payer.values()], axis=0)
