"""low-high is the 95 % range of what is drawn, whatever the family."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from bothand.evidence.quantity import DISTRIBUTIONS, Quantity

TAILS = np.array([0.025, 0.5, 0.975])


def quantity(
    distribution: str, mean: float, low: float, high: float, unit: str = "number", key: str = "some_key"
) -> Quantity:
    return Quantity(key, "group", "input", "words", unit, mean, low, high, distribution)


positive = st.floats(1e-3, 1e3)


@given(positive, positive, positive)
@pytest.mark.parametrize("family", ["lognormal", "normal"])
def test_two_sided_families_meet_the_median_and_both_ends(family: str, a: float, b: float, c: float) -> None:
    low, mean, high = sorted((a, b, c))
    assume(low < mean * 0.999 and mean < high * 0.999)
    drawn = quantity(family, mean, low, high).quantile(TAILS)
    assert drawn == pytest.approx([low, mean, high], rel=1e-9)


def test_a_symmetric_row_gives_the_plain_lognormal() -> None:
    u = np.linspace(0.01, 0.99, 50)
    plain = stats.lognorm(s=np.log(4) / (2 * stats.norm.ppf(0.975)), scale=1.0)
    assert quantity("lognormal", 1.0, 0.5, 2.0).quantile(u) == pytest.approx(plain.ppf(u), rel=1e-9)


@given(st.floats(0.5, 50), st.floats(0.5, 50))
@settings(max_examples=30, deadline=None)
def test_a_beta_that_made_the_row_is_found_again(a: float, b: float) -> None:
    true = stats.beta(a, b)
    low, high = true.ppf([0.025, 0.975])
    assume(low > 1e-6 and high < 1 - 1e-6)
    drawn = quantity("beta", float(true.mean()), low, high, "probability").quantile(TAILS)
    assert drawn[[0, 2]] == pytest.approx([low, high], abs=1e-3 * (high - low))


@given(st.floats(0.8, 200), st.floats(1e-3, 1e4))
@settings(max_examples=30, deadline=None)
def test_a_gamma_that_made_the_row_is_found_again(shape: float, scale: float) -> None:
    true = stats.gamma(shape, scale=scale)
    low, high = true.ppf([0.025, 0.975])
    drawn = quantity("gamma", float(true.mean()), low, high).quantile(TAILS)
    assert drawn[[0, 2]] == pytest.approx([low, high], abs=1e-3 * (high - low))


def test_a_uniform_has_its_95_percent_range_between_low_and_high() -> None:
    assert quantity("uniform", 0.0, -1.0, 3.0).quantile(TAILS) == pytest.approx([-1.0, 1.0, 3.0])


@pytest.mark.parametrize("family", ["beta", "gamma", "lognormal", "uniform", "normal"])
def test_a_mean_on_a_bound_is_a_triangle_that_falls_to_the_other_bound(family: str) -> None:
    u = np.linspace(0, 1, 101)
    on_low = quantity(family, 0.2, 0.2, 0.6, "probability")
    on_high = quantity(family, 0.6, 0.2, 0.6, "probability")
    assert on_low.family == on_high.family == "triangular"
    assert on_low.quantile(u) == pytest.approx(0.6 - 0.4 * np.sqrt(1 - u))
    assert on_high.quantile(u) == pytest.approx(0.2 + 0.4 * np.sqrt(u))


def test_a_triangle_with_its_mode_inside_has_the_range_as_its_95_percent() -> None:
    drawn = quantity("triangular", 3.0, 1.0, 9.0).quantile(np.array([0.025, 0.975]))
    assert drawn == pytest.approx([1.0, 9.0], rel=1e-6)


@pytest.mark.parametrize("family", DISTRIBUTIONS)
def test_low_equal_to_high_is_fixed(family: str) -> None:
    assert set(quantity(family, 0.3, 0.3, 0.3, "probability").quantile(TAILS)) == {0.3}


@given(st.sampled_from([d for d in DISTRIBUTIONS if d != "fixed"]), st.floats(0.01, 0.3), st.floats(0.3, 0.6))
@settings(max_examples=60, deadline=None)
def test_quantiles_rise_and_stay_inside_the_kind(family: str, low: float, mean: float) -> None:
    assume(low < mean)
    drawn = quantity(family, mean, low, 0.99, "probability").quantile(np.linspace(1e-6, 1 - 1e-6, 200))
    assert np.all(np.diff(drawn) >= 0)
    assert drawn.min() >= 0
    assert drawn.max() <= 1


def test_base_values_are_per_year_and_in_years() -> None:
    monthly = quantity("gamma", 0.01, 0.005, 0.02, "per person-month")
    assert (monthly.base_mean, monthly.base_low, monthly.base_high) == pytest.approx((0.12, 0.06, 0.24))
    assert monthly.base_unit == "per person-year"
    assert quantity("gamma", 6, 3, 9, "months").base_mean == pytest.approx(0.5)


def test_the_price_year_is_read_from_the_year_of_a_money_row_only() -> None:
    price = Quantity("k", "g", "input", "w", "USD per kit", 5, 4, 6, "gamma", year="2021 USD (assumed: 2023 less two)")
    assert price.price_year == 2021
    assert Quantity("k", "g", "input", "w", "per year", 5, 4, 6, "gamma", year="2021").price_year is None
