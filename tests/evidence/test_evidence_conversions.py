"""Every conversion agrees with its closed form, and says what it assumes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.evidence import conversions as c
from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.units import parse_unit
from faulty import faults_of

risk = st.floats(1e-4, 0.98)
years = st.floats(1 / 52, 20)
ratio = st.floats(0.05, 20)


@given(risk, years)
def test_a_probability_becomes_a_hazard_and_comes_back(p: float, t: float) -> None:
    hazard = c.hazard_from_probability(p, years=t)
    assert float(c.probability_from_hazard(hazard, years=t)) == pytest.approx(p, rel=1e-9)


@given(risk, years)
def test_retention_and_leaving_are_the_same_exponential(retained: float, t: float) -> None:
    assert np.exp(-c.exit_hazard_from_retention(retained, years=t) * t) == pytest.approx(retained, rel=1e-9)


@given(st.floats(0.01, 50))
def test_half_have_left_at_the_median_and_the_mean_is_one_over_the_rate(t: float) -> None:
    assert np.exp(-c.hazard_from_median(t) * t) == pytest.approx(0.5, rel=1e-12)
    assert float(c.hazard_from_mean_duration(t)) * t == pytest.approx(1.0)


@given(risk, ratio)
def test_the_hazard_ratio_of_an_odds_ratio_gives_the_risk_of_the_odds_ratio(p: float, odds_ratio: float) -> None:
    hazard_ratio = c.hazard_ratio_from_odds_ratio(odds_ratio, p)
    by_hazard = float(c.probability_under_hazard_ratio(p, hazard_ratio))
    by_odds = float(c.probability_under_odds_ratio(p, odds_ratio))
    assert by_hazard == pytest.approx(by_odds, rel=1e-6)
    assert by_odds / (1 - by_odds) == pytest.approx(odds_ratio * p / (1 - p), rel=1e-9)


@given(ratio)
def test_at_a_rare_outcome_every_ratio_is_the_same(value: float) -> None:
    rare = 1e-6
    assert float(c.hazard_ratio_from_odds_ratio(value, rare)) == pytest.approx(value, rel=1e-4)
    assert float(c.hazard_ratio_from_risk_ratio(value, rare)) == pytest.approx(value, rel=1e-4)


def test_a_common_outcome_makes_a_hazard_ratio_larger_than_its_risk_ratio() -> None:
    """Case management at a syringe programme: 26 % enter in seven days, 40 % with it."""
    assert float(c.hazard_ratio_from_risk_ratio(0.40 / 0.26, 0.26)) == pytest.approx(np.log(0.6) / np.log(0.74))
    assert float(c.hazard_ratio_from_shares(0.40, 0.26)) == pytest.approx(np.log(0.6) / np.log(0.74))


@given(st.floats(0.01, 2), st.floats(0.01, 0.5), st.floats(0.05, 0.9), st.floats(1.1, 6))
def test_self_report_rates_come_back_to_those_who_inject(rate: float, fatal: float, share: float, times: float) -> None:
    total = float(c.overdoses_from_nonfatal(rate, fatal))
    assert total * (1 - fatal) == pytest.approx(rate)
    everyone = float(c.rate_across_injecting(total, share, times))
    others = everyone / (1 - share + share * times)
    assert others * times == pytest.approx(total)


def test_the_small_conversions_are_what_they_say() -> None:
    assert float(c.inverse_ratio(4.0)) == 0.25
    assert float(c.death_rate_from_smr(5.0, 0.002)) == pytest.approx(0.01)
    assert float(c.utility_with_change(0.63, -0.043)) == pytest.approx(0.587)


def test_every_conversion_states_an_assumption_and_a_unit_that_can_be_read() -> None:
    for name, conversion in c.CONVERSIONS.items():
        assert conversion.name == name
        assert len(conversion.assumption.split()) > 4
        parse_unit(conversion.unit)


def test_prices_move_by_the_ratio_of_the_index() -> None:
    index = c.load_price_index()
    assert index.report_year == 2025
    assert 6552.0 * index.factor(2016) == pytest.approx(6552.0 * 321.943 / 240.007)
    assert index.factor(2025) == 1.0
    assert index.factor(2030) == 1.0
    assert "Bureau of Labor Statistics" in index.source
    with pytest.raises(ValueError, match="begins in 2008"):
        index.factor(2001)


def test_a_year_that_stands_twice_in_the_price_index_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cpi.csv"
    path.write_text("year,index,source\n2020,258.811,BLS\n2021,270.970,BLS\n2020,258.8,BLS\n", "utf-8")
    with pytest.raises(FaultsFound, match=r"line 4.*the year 2020 stands twice"):
        c.load_price_index(path=path)


def test_a_price_index_with_words_for_numbers_is_refused_with_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "cpi.csv"
    file.write_text("year,index,source\n2020,258.8,BLS\ntwenty,1,BLS\n2021,-5,BLS\n")
    assert [f.line for f in faults_of(lambda: c.load_price_index(path=file))] == [3, 4]


def test_a_derived_quantity_carries_its_inputs_its_assumption_and_the_worst_grade() -> None:
    evidence = load_evidence()
    row = evidence["oxford_house_return_hr"]
    assert row.inputs == ("oxford_house_substance_use_rr", "usual_aftercare_use_24m")
    assert row.grade == "unverified"
    assert c.CONVERSIONS[row.conversion].assumption in row.note
    assert row.mean == pytest.approx(np.log(1 - 0.48 * 0.648) / np.log(1 - 0.648))
    assert row.low < row.mean < row.high
    exits = evidence["exit_rate_methadone_6m"]
    assert exits.mean == pytest.approx(-np.log(0.66) / 0.5)
    assert exits.low == pytest.approx(-np.log(0.75) / 0.5, rel=0.1)
    assert exits.high == pytest.approx(-np.log(0.48) / 0.5, rel=0.1)


def test_the_two_definitions_of_overdose_give_about_the_same_deaths() -> None:
    """Surveillance 8.1 x 13.5 %, self-report over all routes x 5 %: both about 1.1 per 100 person-years."""
    evidence = load_evidence()
    surveillance = evidence["od_rate_untreated_respond"].base_mean * evidence["share_overdoses_fatal_respond"].mean
    self_report = evidence["od_rate_untreated_self_report"].base_mean * evidence["cfr_pwid_us"].mean
    assert surveillance == pytest.approx(0.0109, abs=0.0002)
    assert self_report == pytest.approx(surveillance, rel=0.1)
