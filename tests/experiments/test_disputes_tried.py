"""Every side of a dispute is a world of its own: its plan, and what the other plan costs it, by the full model."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.decide.surfaces import evaluate
from bothand.engine.runs.executors import Executor, Processes, Threads
from bothand.engine.runs.running import Runs
from bothand.evidence.conversions import CONVERSIONS
from bothand.experiments.curves import LEVELS, measure_curves
from bothand.experiments.plans import (
    PUBLIC_QUALITY,
    QUALITY,
    Tried,
    group_healthy_years,
    option_keys,
    try_by_lane,
    try_dollars,
)
from bothand.experiments.search import FUNCTIONAL, search
from bothand.experiments.what_if.believed import Lane, columns, lane_of, open_lanes
from bothand.experiments.what_if.disputes import (
    MOVED,
    DisputesTried,
    DisputeTried,
    SideTried,
    told,
    try_disputes,
)
from bothand.experiments.worlds import World, lanes, open_world, stays
from bothand.keys import REMISSION, THREE_YEARS, WITHOUT_MEDICATION
from bothand.world.disputes.register import Belief
from experiments import small_worlds
from experiments.small_disputes import draws, floor, register, small

KEYS = {"patient_welfare": FUNCTIONAL, "healing": "remission_years", "hope": "sustained_included"}
TRIED = ("kits_in_the_right_hands", "who_pays", "criterion_of_recovery", "utility_scale", "diminishing_returns")
NOT_TRIED = ("centre_and_crime", "what_people_want", "safer_supply_saves")


@cache
def found() -> DisputesTried:
    asked = [register()[key] for key in (*TRIED, *NOT_TRIED)]
    return try_disputes(small(), draws(), asked, KEYS, [floor()])


def of(key: str) -> DisputeTried:
    return next(one for one in found().tried if one.dispute.key == key)


def lane(key: str, side: int) -> Lane:
    made = lane_of(small(), draws(), register()[key].side[side].belief)
    assert isinstance(made, Lane)
    return made


@cache
def alone(key: str, side: int) -> World:
    """The world of one side, opened by itself."""
    return open_world(small(), lanes(draws(), [dict(lane(key, side).changes)]), stays)


def healthy(world: World, tried: Tried, quality: str = QUALITY) -> float:
    return float(group_healthy_years(world, tried, quality).sum())


# ------------------------------------------------------------------------------------------------------------- lanes


def test_a_belief_moves_its_row_in_base_units_and_what_is_computed_from_it_and_nothing_else() -> None:
    setting, drawn = small_worlds.setting(), small_worlds.drawn(1)
    belief = Belief(quantity={"oxford_house_substance_use_rr": 0.3, "jail_stay_days": 36.0})
    made = lane_of(setting, drawn, belief)
    assert isinstance(made, Lane)
    assert set(made.changes) == {"oxford_house_substance_use_rr", "oxford_house_return_hr", "jail_stay_days"}
    assert made.changes["jail_stay_days"] == pytest.approx(36 / 365.25)
    derived = setting.evidence.derivations["oxford_house_return_hr"]
    inputs = [0.3, setting.evidence["usual_aftercare_use_24m"].mean]
    expected = CONVERSIONS[derived.by](*inputs, years=derived.years)
    assert made.changes["oxford_house_return_hr"] == pytest.approx(float(expected))


def test_dollars_that_are_believed_are_taken_to_the_price_year() -> None:
    setting, drawn = small_worlds.setting(), small_worlds.drawn(1)
    made = lane_of(setting, drawn, Belief(quantity={"cost_kit": 80.0}))
    assert isinstance(made, Lane)
    assert made.changes["cost_kit"] / drawn.best["cost_kit"] == pytest.approx(80.0 / setting.evidence["cost_kit"].mean)


def test_what_is_believed_already_changes_nothing() -> None:
    setting, drawn = small_worlds.setting(), small_worlds.drawn(1)
    usual = ("surveillance", "patient")
    choices = [{"overdose_definition": usual[0]}, {"utility_scale": usual[1]}]
    rows = [{key: setting.evidence[key].mean} for key in ("effective_kit_share", "cost_kit", "retention_6m_bup")]
    beliefs = [
        *(Belief(choose=c) for c in choices),
        *(Belief(quantity=q) for q in rows),
        Belief(reach="to the ceiling"),
    ]
    assert [lane_of(setting, drawn, belief) for belief in beliefs] == [Lane()] * len(beliefs)


def test_the_other_way_to_count_overdoses_fills_both_slots() -> None:
    setting, drawn = small_worlds.setting(), small_worlds.drawn(1)
    made = lane_of(setting, drawn, Belief(choose={"overdose_definition": "self_report"}))
    assert isinstance(made, Lane)
    assert set(made.changes) == {"overdose_rate", "overdose_fatal_share"}
    assert made.changes["overdose_fatal_share"] == setting.evidence["cfr_pwid_us"].mean
    assert made.changes["overdose_rate"] == pytest.approx(
        setting.evidence["od_rate_untreated_self_report"].base_mean, rel=0.05
    )


def test_beliefs_about_reach_criterion_and_scale_share_the_usual_world() -> None:
    asked = [lane(key, side) for key in TRIED[2:] for side in (0, 1)]
    assert {made.changes == {} for made in asked} == {True}
    assert [made.reach for made in asked[-2:]] == ["to the ceiling", "linear"]
    assert [made.quality for made in asked[2:4]] == [QUALITY, PUBLIC_QUALITY]
    assert [made.criterion for made in asked[:2]] == ["medication included", "without medication"]
    first, places = columns([Lane(), *asked, lane(TRIED[0], 0)])
    assert len(first) == 2
    assert places == [0] * 7 + [1]


def test_the_default_study_takes_up_every_dispute_of_most_leverage_and_says_why_not_the_others() -> None:
    setting, drawn = small_worlds.setting(), small_worlds.drawn(1)
    made = {key: [lane_of(setting, drawn, side.belief) for side in one.side] for key, one in register().items()}
    untried = {key for key, sides in made.items() if any(isinstance(side, str) for side in sides)}
    first = list(register())[:10]
    assert not untried & set(first)
    assert len(made) - len(untried) == 21
    for key in set(made) - untried:
        one, other = made[key]
        assert one != other, key
    unread = {key for key in untried if any("nothing in this study reads" in str(side) for side in made[key])}
    assert unread == {"safer_supply_saves"}


def test_lanes_opened_together_are_the_worlds_opened_alone() -> None:
    asked = [Lane(), lane("kits_in_the_right_hands", 1), lane("who_pays", 0)]
    together = open_lanes(small(), draws(), asked)
    for name, value in lanes(draws(), [dict(one.changes) for one in asked]).items():
        assert together.values[name].tolist() == value.tolist()
    plans = np.tile(np.array([[500_000.0], [250_000.0]]), (1, 3))
    tried = try_by_lane(together, "together", plans)
    for place, world in enumerate(
        (alone("utility_scale", 0), alone("kits_in_the_right_hands", 1), alone("who_pays", 0))
    ):
        by_itself = try_dollars(world, "alone", plans[:, 0], THREE_YEARS)
        expected = healthy(world, by_itself)
        assert_allclose(group_healthy_years(together, tried)[place].sum(), expected, rtol=1e-8)


def test_a_plan_given_to_every_lane_is_that_plan_tried_once() -> None:
    world = open_lanes(small(), draws(), [Lane(), lane("kits_in_the_right_hands", 0)])
    yearly = np.array([400_000.0, 300_000.0])
    one, other = try_dollars(world, "one", yearly, THREE_YEARS), try_by_lane(world, "one", np.tile(yearly[:, None], 2))
    assert np.array_equal(one.dollars, other.dollars)
    assert np.array_equal(group_healthy_years(world, one), group_healthy_years(world, other))
    assert_allclose(one.kept, other.kept)


@pytest.mark.parametrize("executor", [Threads(), Processes(2)], ids=["threads", "processes"])
def test_lanes_in_blocks_and_elsewhere_give_the_same_plans_and_losses_to_the_bit(executor: Executor) -> None:
    asked = [register()[key] for key in ("kits_in_the_right_hands", "utility_scale")]
    whole = try_disputes(small(), draws(), asked, KEYS, [floor()])
    with Runs(executor, 2, None, 2) as runs:
        parts = try_disputes(small(), draws(), asked, KEYS, [floor()], runs)
    for one, other in zip(whole.tried, parts.tried, strict=True):
        assert one.dispute.key == other.dispute.key
        for here, there in zip(one.sides, other.sides, strict=True):
            assert here.yearly.tolist() == there.yearly.tolist()
            assert replace(here, yearly=there.yearly) == there
    assert parts.runs == whole.runs


# ---------------------------------------------------------------------------------------------------- what is found


def test_every_dispute_is_tried_or_it_is_said_why_not() -> None:
    assert {one.dispute.key for one in found().tried} == set(TRIED)
    assert set(found().untried) == set(NOT_TRIED)
    assert "nothing in this study reads safer_supply_overdose_ratio" in found().untried["safer_supply_saves"]
    assert "a matter of values" in found().untried["what_people_want"]


def test_the_plan_of_the_best_guess_is_the_one_that_the_search_finds_there() -> None:
    world = alone("utility_scale", 0)
    expected = search(measure_curves(world), KEYS, [floor()])
    assert found().options == option_keys(world)
    assert found().yearly.tolist() == expected.yearly.tolist()


@pytest.mark.parametrize("key", ["kits_in_the_right_hands", "who_pays"])
def test_losses_are_what_each_plan_does_in_the_sides_own_world(key: str) -> None:
    tried = of(key)
    for number, side in enumerate(tried.sides):
        world, other = alone(key, number), tried.sides[1 - number]
        does = [healthy(world, try_dollars(world, "p", plan, THREE_YEARS)) for plan in (side.yearly, other.yearly)]
        assert_allclose(side.healthy, does[0], rtol=1e-7)
        assert_allclose(side.healthy_lost, does[0] - does[1], rtol=1e-5, atol=1e-6 * abs(does[0]))
        usual = healthy(world, try_dollars(world, "p", found().yearly, THREE_YEARS))
        assert_allclose(side.study_lost, does[0] - usual, rtol=1e-5, atol=1e-6 * abs(does[0]))


@pytest.mark.parametrize("key", ["kits_in_the_right_hands", "who_pays"])
def test_each_side_settles_on_curves_of_its_own(key: str) -> None:
    """Settled on the curves of its own world alone, a side's plan is the one that was found among all lanes."""
    for number, side in enumerate(of(key).sides):
        curves = measure_curves(alone(key, number))
        expected = search(curves, KEYS, [floor()])
        assert_allclose(side.yearly, expected.yearly, atol=200)  # whole hundreds: a rounding may fall either way
        gap = side.healthy - evaluate(curves.surface, side.yearly)[curves.surface.index(FUNCTIONAL)]
        assert_allclose(side.error, abs(gap), rtol=1e-3, atol=1e-6 * abs(side.healthy))


def test_money_that_moves_and_services_that_come_and_go_are_read_off_the_two_plans() -> None:
    for tried in found().tried:
        one, other = (side.yearly for side in tried.sides)
        budget = alone("utility_scale", 0).yearly_budget
        both = [np.append(plan, budget - plan.sum()) for plan in (one, other)]
        assert tried.moved == pytest.approx(np.abs(both[0] - both[1]).sum() / 2 / budget)
        assert 0 <= tried.moved <= 1 + 1e-12
        named = dict(zip(found().options, zip(one, other, strict=True), strict=True))
        assert set(tried.enters) == {key for key, (a, b) in named.items() if a <= 0 < b}
        assert set(tried.leaves) == {key for key, (a, b) in named.items() if b <= 0 < a}


def test_who_pays_moves_money_to_what_others_pay() -> None:
    """Where others pay for buprenorphine, a dollar opens more of it."""
    place = found().options.index("low_barrier_buprenorphine")
    yearly = np.zeros(len(found().options))
    yearly[place] = 100_000.0
    gains = [
        healthy(world, try_dollars(world, "p", yearly, THREE_YEARS)) for world in map(alone, ("who_pays",) * 2, (0, 1))
    ]
    assert gains[0] > 2 * gains[1] > 0


def test_the_public_scale_is_asked_of_the_public_measure() -> None:
    world = alone("utility_scale", 0)
    for side, quality in zip(of("utility_scale").sides, (QUALITY, PUBLIC_QUALITY), strict=True):
        expected = healthy(world, try_dollars(world, "p", side.yearly, THREE_YEARS), quality)
        assert_allclose(side.healthy, expected, rtol=1e-7)
    one, other = of("utility_scale").sides
    assert one.healthy != other.healthy


def test_reach_is_that_of_the_side_and_the_criterion_says_which_values_are_served() -> None:
    world = alone("utility_scale", 0)
    for side, reach in zip(of("diminishing_returns").sides, ("to the ceiling", "linear"), strict=True):
        expected = healthy(world, try_dollars(world, "p", side.yearly, THREE_YEARS, reach))  # type: ignore[arg-type]
        assert_allclose(side.healthy, expected, rtol=1e-7)
    included, without = (set(side.served) for side in of("criterion_of_recovery").sides)
    assert not included & {WITHOUT_MEDICATION, "sustained_without"}
    assert not without & {REMISSION, "sustained_included"}


def test_years_in_remission_without_medication_are_part_of_those_with_it() -> None:
    world = alone("utility_scale", 0)
    tried = try_dollars(world, "p", np.array([0.0, 700_000.0]), THREE_YEARS)
    gains = told(world, tried, QUALITY)
    assert gains[REMISSION] > gains[WITHOUT_MEDICATION]
    assert gains[REMISSION] > 0


def test_runs_are_counted_by_plan_and_world() -> None:
    worlds = 1 + 2 + 2  # best guess, kits, who pays
    levels = sum(level <= 1 for level in LEVELS)  # no plan spends more than today's budget
    curves = len(found().options) * levels * (worlds + 1)  # and the best guess again without diminishing returns
    assert found().lanes == worlds
    assert curves < found().runs <= curves + 6 * len(TRIED)


def test_disputes_that_change_the_decision_stand_first_and_then_those_that_move_most_money() -> None:
    order = [(not one.changes, -one.moved) for one in found().tried]
    assert order == sorted(order)


def test_two_sides_that_believe_nearly_the_same_change_nothing() -> None:
    dispute = register()["kits_in_the_right_hands"]
    nearly = tuple(
        side.model_copy(update={"belief": Belief(quantity={"effective_kit_share": value})})
        for side, value in zip(dispute.side, (0.12, 0.12000001), strict=True)
    )
    asked = dispute.model_copy(update={"side": nearly})
    (tried,) = try_disputes(small(), draws(), [asked], KEYS, []).tried
    assert tried.moved < 0.01
    assert not tried.changes
    assert not tried.enters
    assert not tried.leaves


# --------------------------------------------------------------------------------------------- what counts as change


def side_of(lost: float, least_lost: float) -> SideTried:
    return SideTried("a side", np.array([1.0]), 100.0, 0.5, lost, least_lost, 0.0, 5.0, 0.02, ())


@given(st.floats(0, 1), st.floats(-50, 50), st.floats(-0.5, 0.5))
def test_a_decision_changes_when_money_moves_and_a_side_would_lose_by_not_moving(
    moved: float, lost: float, least_lost: float
) -> None:
    tried = replace(of("who_pays"), sides=(side_of(lost, least_lost), side_of(0, 0)), moved=moved)
    assert tried.changes == (moved > MOVED and (lost > 5.0 or least_lost > 0.02))
    assert replace(tried, sides=tried.sides[::-1]).changes == tried.changes
