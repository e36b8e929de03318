"""Other reach: the same draws and the same plans, cut and run again so that like is compared with like."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.engine.delivery import Reach, feels_reach
from bothand.experiments.deciding import decide, ends_alone, ends_of, judged, only_ends, open_ends
from bothand.experiments.plans import Tried, in_first_draws, try_study_plan
from bothand.experiments.reaches import OTHER, USUAL
from bothand.experiments.worlds import first_draws, some_lanes
from bothand.keys import THREE_YEARS
from bothand.outcomes.trial import delivered
from bothand.world.planfile import load_plan
from experiments.small_worlds import drawn, numbers, plan, setting, world

FEW = 2
PLAN = plan("treatment_only")


@cache
def tried(reach: Reach) -> Tried:
    return try_study_plan(world(), PLAN, THREE_YEARS, reach)


def test_a_run_cut_to_its_first_draws_is_the_run_of_these_draws() -> None:
    few = first_draws(world(), FEW)
    cut, again = in_first_draws(tried(USUAL), few), try_study_plan(few, PLAN, THREE_YEARS)
    theirs = numbers(again.trial.run)
    for name, values in numbers(cut.trial.run).items():
        assert_allclose(values, theirs[name], rtol=1e-11, atol=1e-11, err_msg=name)
    for name, people in again.trial.reached.items():
        assert_allclose(cut.trial.reached[name], people, rtol=1e-11, err_msg=name)
    assert cut.trial.delivery is not None
    assert again.trial.delivery is not None
    for name, units in again.trial.delivery.units.items():
        assert_allclose(cut.trial.delivery.units[name], units, rtol=1e-11, err_msg=name)


def test_a_plan_without_money_is_cut_to_the_status_quo_of_the_few_draws() -> None:
    few = first_draws(world(), FEW)
    assert in_first_draws(try_study_plan(world(), plan("status_quo"), THREE_YEARS), few).trial is few.quo


@pytest.mark.parametrize("name", ["washtenaw_first_round", "status_quo", "treatment_only"])
def test_money_outside_the_model_and_money_that_is_kept_are_cut_to_the_few_draws(name: str) -> None:
    """Of the county's first round, as published, all money stands outside the model: no plan is run."""
    own, few = load_plan(name, [s.key for s in setting().services]), first_draws(world(), FEW)
    cut, again = in_first_draws(try_study_plan(world(), own, THREE_YEARS), few), try_study_plan(few, own, THREE_YEARS)
    assert_allclose(cut.kept, again.kept, rtol=1e-12)
    assert_allclose(cut.dollars, again.dollars, rtol=1e-12)
    assert cut.outside.keys() == again.outside.keys()
    for label, usd in again.outside.items():
        assert_allclose(cut.outside[label], usd, rtol=1e-12)


def test_a_service_that_does_not_feel_reach_delivers_the_same_to_the_bit_and_each_other_one_does_not() -> None:
    services = world().setting.services
    felt = {}
    for n, service in enumerate(services):
        money = np.zeros((len(services), len(world().setting.study.years)))
        money[n] = 5e6  # more than there is demand for
        usual, *others = (
            delivered(world().county, money, board_lag=world().board_lag, reach=reach).levers
            for reach in (USUAL, *OTHER)
        )
        same = all(np.array_equal(usual[name], levers[name]) for levers in others for name in usual)
        felt[service.key] = not same
    assert felt == {service.key: feels_reach(service) for service in services}
    assert len(set(felt.values())) == 2, "some do and some do not"


def test_half_the_people_to_be_found_is_no_more_and_no_limit_no_less_in_any_draw_year_and_service() -> None:
    usual, half, linear = (tried(reach).trial.delivery for reach in (USUAL, *OTHER))
    assert usual is not None
    assert half is not None
    assert linear is not None
    for key, units in usual.units.items():
        assert (half.units[key] <= units * (1 + 1e-12)).all(), key
        assert (linear.units[key] >= units * (1 - 1e-12)).all(), key
    assert any((half.units[key] < 0.9 * units).any() for key, units in usual.units.items() if units.any())


def test_lanes_are_the_worlds_in_these_positions_in_this_order() -> None:
    chosen = some_lanes(world(), [3, 1])
    assert_allclose(chosen.quo.run.main.values["alive"], world().quo.run.main.values["alive"][:, [3, 1]], rtol=1e-11)
    assert np.array_equal(chosen.board_lag, world().board_lag[[3, 1]])


@pytest.mark.slow
def test_the_ends_tried_under_other_reach_are_with_the_usual_reach_those_that_were_found() -> None:
    ends = ends_of(setting(), judged(setting(), drawn(1))[:2])
    lanes = open_ends(setting(), drawn(1), ends)
    whole = decide(lanes, [PLAN], {}, ends)
    chosen = [ends[3], ends[0]]
    again = decide(ends_alone(lanes, whole, chosen), [PLAN], {}, chosen)
    kept = only_ends(whole, chosen)
    assert kept.ends == again.ends == tuple(chosen)
    assert_allclose(again.healthy, kept.healthy, rtol=1e-9)
    assert_allclose(again.returning, kept.returning, rtol=1e-9)
