"""Which plan is best under uncertainty: shares of draws, the price of not knowing, and where the best plan changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bothand.decide.doubt import acceptability, best, net_benefit, perfect_information, stretches


@st.composite
def tables(draw):
    plans, draws = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    cell = st.floats(-1e6, 1e6)
    return [
        np.array(draw(st.lists(st.lists(cell, min_size=draws, max_size=draws), min_size=plans, max_size=plans)))
        for _ in range(2)
    ]


@settings(max_examples=60, deadline=None)
@given(found=tables(), worth=st.floats(0, 1e5))
def test_shares_add_up_to_one_and_knowing_is_never_worth_less_than_nothing(found, worth):
    benefit = net_benefit(*found, worth)
    shares = acceptability(benefit)
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()
    assert perfect_information(benefit) >= 0
    if benefit.shape[1] == 1:
        assert perfect_information(benefit) == 0
        assert shares[best(benefit)] > 0


@settings(max_examples=60, deadline=None)
@given(found=tables(), worth=st.floats(0, 1e5), shift=st.floats(-1e6, 1e6))
def test_what_is_paid_under_every_plan_changes_nothing(found, worth, shift):
    costs, effects = np.round(found[0]), np.round(found[1])
    before, after = net_benefit(costs, effects, round(worth)), net_benefit(costs + round(shift), effects, round(worth))
    assert acceptability(before).tolist() == acceptability(after).tolist()
    assert perfect_information(before) == pytest.approx(perfect_information(after), rel=1e-9, abs=1e-3)


def test_equally_good_plans_share_a_draw():
    benefit = net_benefit([[1.0, 0.0], [1.0, 5.0]], [[1.0, 1.0], [1.0, 1.0]], 10)
    assert acceptability(benefit).tolist() == [0.75, 0.25]


def test_the_price_of_not_knowing_of_two_normal_plans_is_its_closed_form():
    """EVPI of choosing between 0 and N(m, s): s phi(m/s) - |m| Phi(-|m|/s)."""
    mean, spread = 3.0, 10.0
    gain = stats.norm(mean, spread).ppf((np.arange(40_000) + 0.5) / 40_000)
    benefit = net_benefit(np.array([np.zeros_like(gain), -gain]), np.zeros((2, gain.size)), 1)
    exact = spread * stats.norm.pdf(mean / spread) - mean * stats.norm.cdf(-mean / spread)
    assert perfect_information(benefit) == pytest.approx(exact, rel=1e-4)
    assert acceptability(benefit)[1] == pytest.approx(stats.norm.cdf(mean / spread), abs=1e-4)


def test_stretches_name_where_the_best_plan_changes():
    worths = [0.0, 5.0, 10.0, 15.0, 20.0]
    assert stretches(worths, ["a", "a", "b", "b", "c"]) == {"below 10": "a", "10 to 15": "b", "20 and above": "c"}
    assert stretches(worths, ["a"] * 5) == {"any": "a"}
    assert stretches(worths[:1], ["a"]) == {"any": "a"}


@pytest.mark.parametrize(
    ("costs", "effects"), [([1.0], [1.0]), ([[1.0]], [[1.0, 2.0]]), ([[np.inf]], [[1.0]]), ([[]], [[]])]
)
def test_what_has_no_net_benefit_is_refused(costs, effects):
    with pytest.raises(ValueError, match="cost"):
        net_benefit(costs, effects, 1)
