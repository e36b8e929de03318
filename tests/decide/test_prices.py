"""The price of a principle on curves with known answers: what a rule added or taken away costs and brings."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from decide_toys import BUDGET, LEVELS, linear, surfaces
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.both_and import KEEP, Floor, settle
from bothand.decide.ideals import find_ideals
from bothand.decide.prices import Held, again, ladder, most_alone
from bothand.decide.surfaces import Surface, evaluate, widened

LIVES, RECOVERY, GROUP = "lives", "recovery", "group"
SHARES = (0.0, 0.25, 0.5, 0.75)


def toy() -> Surface:
    """A dollar for s0 saves 1 life-year and takes 0.2 from a group; for s1 half a life-year, and 1 year of recovery."""
    return linear([[1, 0.5], [0, 1], [-0.2, 1]], names=(LIVES, RECOVERY, GROUP))


def beside() -> Surface:
    """Counted by its quality a life-year that s0 saves is worth 0.6, and what s1 does 0.7 a dollar."""
    return linear([[0.6, 0.7]], names=("qalys",))


def held(members: tuple[str, ...] = (), share: float = 0.0, floors: tuple[Floor, ...] = ()) -> Held:
    ideals = find_ideals(toy(), BUDGET)
    return Held(ideals, widened(toy(), beside()), members, share, floors, LIVES)


def gains(rules: Held, plan: np.ndarray | None) -> dict[str, float]:
    assert plan is not None
    return dict(zip(rules.wide.objectives, evaluate(rules.wide, plan).tolist(), strict=True))


@pytest.mark.parametrize("share", SHARES)
def test_a_floor_costs_half_a_life_year_for_each_year_that_it_brings(share: float) -> None:
    """A share q of the most recovery (100 years) takes 100 q dollars from s0: 50 q life-years for 100 q years."""
    (rung,) = ladder(held(), RECOVERY, [share])
    found = gains(held(), rung.plan)
    assert found[RECOVERY] == pytest.approx(100 * share, abs=1e-6)
    assert found[LIVES] == pytest.approx(100 - 50 * share, abs=1e-6)


def test_the_most_that_money_can_buy_counts_no_other_rule() -> None:
    assert most_alone(held((LIVES,), 0.9), RECOVERY) == pytest.approx(100)


def test_where_other_rules_leave_no_plan_the_furthest_share_that_they_leave_is_added() -> None:
    """With 80 of 100 life-years kept, s1 may get 40 dollars: 0.4 of the most recovery."""
    rungs = ladder(held((LIVES,), 0.8), RECOVERY, SHARES)
    assert [rung.share for rung in rungs] == pytest.approx([0, 0.25, 0.4, 0.5, 0.75], abs=1e-5)
    assert [rung.plan is None for rung in rungs] == [False, False, False, True, True]
    assert [rung.last for rung in rungs] == [False, False, True, False, False]
    np.testing.assert_allclose(rungs[2].plan, [60, 40], atol=1e-3)


def test_a_rule_that_does_not_bind_leaves_the_plan_itself() -> None:
    before = again(held())
    assert before is not None
    np.testing.assert_allclose(before, [100, 0], atol=1e-6)
    assert again(held((LIVES,), 0.9), before) is before, "the plan keeps this share as it is"
    assert ladder(held(), LIVES, [0.75], before)[0].plan is before


def test_a_rule_that_binds_gives_another_plan_and_taking_it_away_gives_the_first_one_back() -> None:
    """The group keeps what it has when 0.2 s0 <= s1: a sixth of the money goes to s1, for 100 / 12 life-years."""
    zero = (Floor("no new money", {GROUP: 0.0}),)
    free, kept = again(held()), again(held(floors=zero))
    assert gains(held(), free)[GROUP] == pytest.approx(-20)
    np.testing.assert_allclose(kept, [500 / 6, 100 / 6], atol=1e-3)
    assert gains(held(), free)[LIVES] - gains(held(), kept)[LIVES] == pytest.approx(100 / 12, abs=1e-4)
    np.testing.assert_allclose(again(held(), kept), free, atol=1e-6)


def test_lives_counted_by_their_quality_give_another_plan_that_brings_more_by_that_count_and_fewer_lives() -> None:
    equal, by_quality = again(held()), again(replace(held(), seeks="qalys"))
    np.testing.assert_allclose(by_quality, [0, 100], atol=1e-6)
    assert gains(held(), equal)[LIVES] - gains(held(), by_quality)[LIVES] == pytest.approx(50)
    assert gains(held(), by_quality)["qalys"] - gains(held(), equal)["qalys"] == pytest.approx(10)


def test_a_measure_that_no_money_raises_has_no_ladder() -> None:
    bare = linear([[1, 1], [-1, 0]], names=(LIVES, RECOVERY))
    rules = Held(find_ideals(bare, BUDGET), bare, (), 0.0, (), LIVES)
    assert ladder(rules, RECOVERY, SHARES) == ()


def test_shares_that_cannot_all_be_kept_leave_no_plan() -> None:
    assert again(held((LIVES, RECOVERY), 0.9)) is None


def test_curves_of_other_dollars_do_not_stand_beside_each_other() -> None:
    with pytest.raises(ValueError, match="other services or dollars"):
        widened(toy(), linear([[1, 1]], levels=LEVELS * 2, names=("other",)))


@settings(max_examples=15, deadline=None)
@given(surfaces(concave=True, antagonism=True), st.integers(0, 1))
def test_no_rule_raises_what_is_sought_and_a_higher_floor_never_costs_less(surface: Surface, kept: int) -> None:
    ideals = find_ideals(surface, BUDGET)
    floor, sought = surface.objectives[:2]
    members = ideals.members[-1:] if kept else ()
    rules = Held(ideals, surface, members, 0.5, (), sought)
    before = again(rules)
    assert before is not None
    rungs = [rung for rung in ladder(rules, floor, SHARES, before) if rung.plan is not None]
    reached = [float(evaluate(surface, rung.plan)[1]) for rung in rungs]
    slack = 1e-5 * float(surface.scale[1])
    assert all(gain <= evaluate(surface, before)[1] + slack for gain in reached)
    assert all(later <= earlier + slack for earlier, later in pairwise(reached))
    for rung in rungs:
        least = rung.share * most_alone(rules, floor)
        assert evaluate(surface, rung.plan)[0] >= least - 1e-5 * surface.scale[0] or not rung.share


@settings(max_examples=15, deadline=None)
@given(surfaces(concave=False, antagonism=True, max_values=3, max_services=3))
def test_the_both_and_plan_is_the_best_by_its_own_rules_and_none_of_them_is_free_of_charge_below_zero(
    surface: Surface,
) -> None:
    """The settled plan is found again; without any one member's share what is sought can only rise."""
    ideals = find_ideals(surface, BUDGET)
    members = ideals.members
    found = settle(ideals, members, "v0")
    rules = Held(ideals, surface, members, KEEP * found.beta, (), "v0")
    assert again(rules, found.plan) is found.plan
    for name in members:
        without = again(rules.without([name]), found.plan)
        assert without is not None
        assert evaluate(surface, without)[0] >= found.gains[0] - 1e-5 * surface.scale[0]
