import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_toys import one_period

from bothand.decide.search.rules import check, contradiction, nearest_plan, table
from bothand.decide.search.space import Limit, Space, payer_cap

TWO = ("kits", "housing")
THREE = ("2026", "2027", "2028")


def space(**rules) -> Space:
    return Space(TWO, THREE, np.array([300.0, 100.0, 50.0]), **rules)


def test_money_that_is_kept_adds_up_and_money_that_is_returned_does_not():
    np.testing.assert_allclose(space().spendable, [300, 400, 450])
    np.testing.assert_allclose(space(carry_over="returned").spendable, [300, 100, 50])
    late = [[0, 0, 150], [0, 0, 150]]
    assert table(space()).broken(late) == ()
    assert table(space(carry_over="returned")).broken(late) == ("$50 can be paid in 2028",)


def test_the_lag_holds_money_back_by_its_share_of_a_period():
    """Half a year of lag: half of each year's receipts can be paid in it; with two-year periods a quarter is late."""
    np.testing.assert_allclose(space(board_lag=0.5, in_hand=10).available, [160, 360, 435])
    np.testing.assert_allclose(space(board_lag=0.5, years=[2, 2, 2]).available, [225, 375, 437.5])
    np.testing.assert_allclose(space(board_lag=1).spendable, [0, 300, 400])


def test_a_reserve_is_held_until_it_is_released():
    held = space(reserve=[30, 40, 0], carry_over="returned")
    np.testing.assert_allclose(held.spendable, [270, 90, 90])
    np.testing.assert_allclose(space(reserve=[30, 40, 0]).spendable, [270, 360, 450])


def test_every_fault_is_told_at_once():
    with pytest.raises(ValueError) as caught:
        Space(TWO, THREE, np.array([1.0, -1, 1]), years=[1, 1], least=-1, must_not=("food",), carry_over="never")  # type: ignore[arg-type]
    assert "years must have shape (3,)" in str(caught.value)
    with pytest.raises(ValueError) as caught:
        Space(TWO, THREE, np.array([1.0, -1, 1]), least=-1, must_not=("food",), carry_over="never")  # type: ignore[arg-type]
    for words in ("'food' is left out but is no service", "receipts may not", "least may not", "'never'"):
        assert words in str(caught.value)


def test_more_than_six_periods_and_a_reserve_of_money_not_there_are_refused():
    with pytest.raises(ValueError, match="at most 6 spending periods; found 7"):
        Space(TWO, tuple("abcdefg"), np.ones(7))
    with pytest.raises(ValueError, match="more than has arrived by the end of 2026"):
        space(reserve=[400, 0, 0])
    with pytest.raises(ValueError, match="no money can be spent"):
        space(reserve=[0, 0, 450])


def test_contradictions_name_the_rules_and_only_those():
    clash = contradiction(space(least=[[310, 0, 0], [0, 20, 0]], most=[[400, 400, 400], [50, 50, 50]]))
    assert clash == ("$300 can have been paid by the end of 2026", "'kits' must get at least $310 in 2026")
    clash = contradiction(space(least=[[0, 0, 0], [0, 20, 0]], coercive=("housing",), smallest=5.0))
    assert clash == ("'housing' is left out by the limit on coercion", "'housing' must get at least $20 in 2027")
    clash = contradiction(space(least=[[0, 0, 0], [0, 20, 0]], must_not=("housing",)))
    assert clash == ("'housing' must not be funded", "'housing' must get at least $20 in 2027")
    with pytest.raises(ValueError, match="contradict each other"):
        check(space(least=500.0))


def test_a_start_up_or_smallest_size_that_money_does_not_reach_is_part_of_a_contradiction():
    clash = contradiction(space(least=[[0, 0, 10], [0, 0, 0]], start_up=[445, 0]))
    assert clash == (
        "$450 can have been paid by the end of 2028",
        "'kits' must get at least $10 in 2028",
        "'kits' pays $445 to start",
    )
    clash = contradiction(space(least=[[10, 0, 0], [0, 0, 0]], smallest=[[301, 0, 0], [0, 0, 0]]))
    assert "'kits' gets nothing or at least $301 in 2026" in clash
    assert contradiction(space(smallest=301.0, start_up=1.0)) == ()


def test_a_payer_s_bill_is_capped_in_each_period():
    caps = payer_cap((2, 3), "Medicaid", [0.5, 0], [40, 1000, 1000])
    rules = table(space(limits=caps))
    assert rules.broken([[80, 0, 0], [100, 0, 0]]) == ()
    assert rules.broken([[81, 0, 0], [0, 0, 0]]) == ("Medicaid pays at most $40 in period 1",)
    clash = contradiction(space(limits=caps, least=[[90, 0, 0], [0, 0, 0]]))
    assert clash == ("'kits' must get at least $90 in 2026", "Medicaid pays at most $40 in period 1")
    at_least_half = Limit("half of all dollars go to housing", np.array([[1.0] * 3, [-1.0] * 3]), 0.0)
    assert table(space(limits=(at_least_half,))).broken([[10, 0, 0], [9, 0, 0]]) == (at_least_half.words,)


def test_a_start_is_paid_once_in_the_first_period_with_money():
    started = space(start_up=[20, 5])
    np.testing.assert_allclose(started.paid([[0, 10, 10], [0, 0, 0]]), [[0, 30, 10], [0, 0, 0]])
    assert started.multiple([[280, 0, 0], [0, 0, 0]]) == pytest.approx(1)
    assert started.multiple([[280, 0, 0], [15, 0, 0]]) == pytest.approx(320 / 300)
    assert table(started).broken([[280, 0, 0], [0, 0, 0]]) == ()
    assert table(started).broken([[281, 0, 0], [0, 0, 0]]) == ("$300 can have been paid by the end of 2026",)


def test_the_nearest_plan_moves_only_what_rules_ask():
    found = nearest_plan(table(space(must_not=("housing",), smallest=60.0)), [[250, 20, 0], [10, 0, 0]])
    np.testing.assert_allclose(found[1], 0, atol=1e-6)
    assert found[0, 0] == pytest.approx(250)
    assert found[0, 1] in (pytest.approx(0, abs=1e-6), pytest.approx(60))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_a_plan_is_broken_exactly_when_it_costs_more_than_there_is(seed):
    chance = np.random.default_rng(seed)
    place = space(carry_over=chance.choice(["returned", "next period"]), in_hand=20.0, board_lag=0.3)
    plan = chance.dirichlet(np.ones(6)).reshape(2, 3) * place.total * chance.uniform(0.3, 1.2)
    assert bool(table(place).broken(plan)) == (place.multiple(plan) > 1 + 1e-6)
    much = place.multiple(plan)
    assert not table(place, much).broken(plan, much)


def test_one_period_without_rules_has_only_its_purse():
    assert table(one_period(3)).broken([[50], [50], [0]]) == ()
    assert table(one_period(3)).broken([[50], [51], [0]]) == ("$100 can have been paid by the end of now",)
