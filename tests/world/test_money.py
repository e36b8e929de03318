"""Money by year: nothing is spent twice, nothing before it comes, and the rules stand in the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.files import data_folder, read_toml
from bothand.world.money import CARRY_OVER, HeldBack, Money, rules_in_words, spendable
from bothand.world.place import Place, by_year
from bothand.world.placefile import load_place
from bothand.world.studyfile import load_study, money_beside_study
from faulty import faults_of, write

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


def with_held_back(place: Place, share: float, first: int, last: int) -> Place:
    held = HeldBack(share=share, spent=(first, last), source="a test")
    money = money_of(place).model_copy(update={"held_back": held})
    return place.model_copy(update={"about": place.about.model_copy(update={"money": money})})


@given(
    share=st.floats(0.01, 0.99),
    first=st.integers(2027, 2040),
    length=st.integers(1, 14),
    unspent=st.floats(0, 1e7),
    factor=st.floats(0.5, 1.5),
    reserve=st.sampled_from(["spread", "as received"]),
)
def test_what_is_held_back_is_spent_later_and_no_dollar_is_made_or_lost(
    share: float, first: int, length: int, unspent: float, factor: float, reserve: str
) -> None:
    last = min(first + length - 1, 2040)
    place = with_reserve(WASHTENAW, reserve)
    values = draws(place, unspent, factor)
    before = spendable(place, values, "all_years", YEARS)[:, 0]
    after = spendable(with_held_back(place, share, first, last), values, "all_years", YEARS)[:, 0]
    early, later = first - 2026, last - 2025
    held = share * before[:early].sum()
    np.testing.assert_allclose(after[:early], before[:early] * (1 - share))
    np.testing.assert_allclose(after[early:later], before[early:later] + held / (later - early))
    np.testing.assert_array_equal(after[later:], before[later:])
    assert after.sum() == pytest.approx(before.sum())
    assert (np.cumsum(after) <= np.cumsum(before) * (1 + 1e-12)).all(), "a reserve is never spent before it is held"


def test_the_first_round_is_offered_whole_and_nothing_of_it_is_held_back() -> None:
    held = spendable(with_held_back(WASHTENAW, 0.2, 2035, 2040), BEST, "three_years", YEARS)
    np.testing.assert_array_equal(held, spendable(WASHTENAW, BEST, "three_years", YEARS))


def test_the_rules_are_told_from_the_data_that_the_run_reads() -> None:
    money = money_of(with_held_back(WASHTENAW, 0.15, 2035, 2040))
    assert any("15% of each year's money before 2035" in words for words in rules_in_words(money))
    assert CARRY_OVER["returned"] in rules_in_words(money)
    carried = money.model_copy(update={"carry_over": "next period"})
    assert CARRY_OVER["next period"] in rules_in_words(carried)
    assert not any("held back" in words for words in rules_in_words(money_of(WASHTENAW))[2:])


@pytest.mark.parametrize("spent", [(2026, 2030), (2038, 2041), (2040, 2038)])
def test_a_reserve_that_is_spent_too_early_too_late_or_backwards_is_a_fault(
    spent: tuple[int, int], tmp_path: Path
) -> None:
    source = data_folder() / "places"
    for table in ("washtenaw_series.csv", "washtenaw_ages.csv"):
        (tmp_path / table).write_bytes((source / table).read_bytes())
    text = (source / "washtenaw.toml").read_text("utf-8")
    reserve = f'[money.held_back]\nshare = 0.1\nspent = [{spent[0]}, {spent[1]}]\nsource = "a test"\n'
    path = write(tmp_path / "washtenaw.toml", text, ("[money.first_round]", reserve + "[money.first_round]"))
    with pytest.raises(FaultsFound, match="what is held back is spent in"):
        load_place(path)


def test_a_reserve_that_a_short_study_never_spends_is_a_fault(tmp_path: Path) -> None:
    study = load_study("washtenaw").model_copy(update={"periods": ((2026, 2028), (2029, 2030))})
    place = with_held_back(WASHTENAW, 0.1, 2035, 2040)
    (fault,) = money_beside_study(study, place, read_toml(place.path))
    assert "what is held back is spent by 2040; this study spends money from 2026 to 2030" in fault.message


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
