"""Money by year: nothing is spent twice, nothing before it comes, and the rules stand in the file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.world.money import Money, spendable
from bothand.world.place import Place, by_year
from bothand.world.placefile import load_place
from faulty import faults_of

YEARS = range(2026, 2044)
Floats = np.ndarray


def money_of(place: Place) -> Money:
    assert place.about.money is not None
    return place.about.money


def with_reserve(place: Place, reserve: str) -> Place:
    money = money_of(place).model_copy(update={"reserve": reserve})
    return place.model_copy(update={"about": place.about.model_copy(update={"money": money})})


def draws(place: Place, unspent: float, factor: float) -> Mapping[str, Floats]:
    money = money_of(place)
    return {money.unspent: np.array([unspent]), money.factor: np.array([factor])}


WASHTENAW = load_place("washtenaw")
BEST = draws(WASHTENAW, 4_590_000.0, 1.0)


def test_the_first_round_is_750_thousand_a_year_for_three_years_and_keeps_its_total() -> None:
    dollars = spendable(WASHTENAW, BEST, "three_years", YEARS)
    assert dollars[:, 0].tolist() == [750_000.0] * 3 + [0.0] * 15
    assert dollars.sum() == money_of(WASHTENAW).first_round.usd


@given(unspent=st.floats(0, 1e7), factor=st.floats(0.5, 1.5), reserve=st.sampled_from(["spread", "as received"]))
def test_all_years_spend_what_was_left_and_what_comes_and_nothing_more(
    unspent: float, factor: float, reserve: str
) -> None:
    place = with_reserve(WASHTENAW, reserve)
    dollars = spendable(place, draws(place, unspent, factor), "all_years", YEARS)
    comes = by_year(place, "settlement_receipts", range(2026, 2041)).sum()
    assert dollars.shape == (18, 1)
    assert dollars.sum() == pytest.approx(unspent + factor * comes)


@pytest.mark.parametrize("reserve", ["spread", "as received"])
def test_no_dollar_is_spent_before_it_is_in_the_bank(reserve: str) -> None:
    place = with_reserve(WASHTENAW, reserve)
    spent = np.cumsum(spendable(place, BEST, "all_years", range(2026, 2041))[:, 0])
    there = 4_590_000 + np.cumsum(by_year(place, "settlement_receipts", range(2026, 2041)))
    assert (spent <= there * (1 + 1e-12)).all()


def test_money_is_even_within_a_spending_period_and_nothing_is_left_after_the_last() -> None:
    dollars = spendable(WASHTENAW, BEST, "all_years", YEARS)[:, 0]
    for first, last in money_of(WASHTENAW).periods:
        inside = dollars[first - 2026 : last - 2025]
        assert np.ptp(inside) == 0
    assert (dollars[15:] == 0).all()


def test_the_reserve_rule_moves_money_in_time() -> None:
    spread = spendable(WASHTENAW, BEST, "all_years", YEARS)[:, 0]
    at_once = spendable(with_reserve(WASHTENAW, "as received"), BEST, "all_years", YEARS)[:, 0]
    assert spread[0] < at_once[0]
    assert spread[14] > at_once[14]


def test_twice_the_dollars_are_twice_the_dollars() -> None:
    money = money_of(WASHTENAW)
    twice = {money.unspent: 2 * BEST[money.unspent], money.factor: 2 * BEST[money.factor]}
    one, two = (spendable(WASHTENAW, values, "all_years", YEARS) for values in (BEST, twice))
    assert two == pytest.approx(2 * one)


def test_a_study_may_state_its_own_periods() -> None:
    dollars = spendable(WASHTENAW, BEST, "all_years", YEARS, periods=[(2026, 2040)])[:, 0]
    assert np.ptp(dollars[:15]) == 0
    assert dollars[0] > 0


def test_each_draw_has_its_own_money() -> None:
    money = money_of(WASHTENAW)
    values = {money.unspent: np.array([0.0, 1e6]), money.factor: np.array([0.8, 1.2])}
    dollars = spendable(WASHTENAW, values, "all_years", YEARS)
    assert dollars.shape == (18, 2)
    assert (dollars[:15, 1] > dollars[:15, 0]).all()


def test_what_was_received_before_day_one_is_not_paid_again() -> None:
    nothing_left = spendable(WASHTENAW, draws(WASHTENAW, 0.0, 1.0), "all_years", YEARS)
    everything = sum(p.value or 0 for p in WASHTENAW.points if p.measure == "settlement_receipts")
    before = by_year(WASHTENAW, "settlement_receipts", (2023, 2024, 2025)).sum()
    assert nothing_left.sum() == pytest.approx(everything - before)


def test_the_unspent_receipts_follow_from_the_illustration() -> None:
    received = by_year(WASHTENAW, "settlement_receipts", (2023, 2024, 2025)).sum()
    row = load_evidence()[money_of(WASHTENAW).unspent]
    assert row.mean == pytest.approx(received - 750_000 / 4, rel=0.005)


def test_the_rules_of_the_money_stand_in_words() -> None:
    money = money_of(WASHTENAW)
    assert "illustration" in money.receipts_note.lower()
    assert "2026 to 2040" in money.reserve_note
    assert "Nothing is indexed" in money.dollars_note
    assert "2026 to 2028" in money.first_round.note
    statuses = {p.status for p in WASHTENAW.points if p.measure == money.receipts}
    assert statuses == {"illustration: derived, not observed"}


def test_an_unknown_mode_is_met_with_the_nearest() -> None:
    with pytest.raises(FaultsFound, match="Did you mean 'all_years'"):
        spendable(WASHTENAW, BEST, "al_years", YEARS)


def test_missing_draws_are_named_together() -> None:
    assert len(faults_of(spendable, WASHTENAW, {}, "all_years", YEARS)) == 2


def test_a_place_without_money_says_so() -> None:
    with pytest.raises(FaultsFound, match="no money of its own"):
        spendable(load_place("michigan"), BEST, "all_years", YEARS)
