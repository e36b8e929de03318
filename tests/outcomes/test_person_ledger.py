"""The arithmetic of the ledgers against closed forms: discounting, sums to horizons, what remains after the run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.engine.arrays import Floats, Start, Trajectory
from bothand.engine.cohort import simulate
from bothand.engine.rates import count_rates, measure
from bothand.experiments.worlds import first_draws
from bothand.outcomes.county import County
from bothand.outcomes.ledger import LIFETIME, Horizons, cumulate, deaths, discount_factors, person_ledger, yearly
from experiments.small_worlds import setting, smooth, world

HORIZONS = Horizons((1, 3, 5))


@given(rate=st.floats(0, 0.2), years=st.integers(1, 60))
def test_discounted_years_are_a_geometric_series_counted_at_mid_year(rate: float, years: int) -> None:
    growth = 1 + rate
    closed = years if rate < 1e-9 else growth**0.5 * (1 - growth**-years) / rate
    assert_allclose(discount_factors(years, rate).sum(), closed, rtol=1e-6)


def test_no_discount_weighs_every_year_alike_and_a_high_one_weighs_the_first_most() -> None:
    assert np.array_equal(discount_factors(4, 0.0), np.ones(4))
    assert_allclose(discount_factors(3, 0.05), [1.05**-0.5, 1.05**-1.5, 1.05**-2.5], rtol=1e-15)


@given(rate=st.floats(0.001, 0.1))
def test_mid_year_weights_are_within_a_thousandth_of_continuous_discounting(rate: float) -> None:
    force = np.log1p(rate)
    assert_allclose(discount_factors(80, rate).sum(), (1 - np.exp(-80 * force)) / force, rtol=1e-3)


def test_horizons_add_up_years_and_the_lifetime_adds_what_remains() -> None:
    totals = np.arange(10.0).reshape(5, 2, 1)
    weights = np.array([1.0, 0.5, 0.25, 0.125, 0.0625])
    found = cumulate(totals, HORIZONS, weights, np.full((2, 1), 100.0))
    assert HORIZONS.names == ("1", "3", "5", LIFETIME)
    assert_allclose(found[:, 0, 0], [0, 2, 3.25, 103.25], atol=1e-12)
    assert np.array_equal(found[3], found[2] + 100)


def test_a_count_has_no_terminal_value() -> None:
    found = cumulate(np.ones((5, 2, 1)), HORIZONS, np.ones(5), None)
    assert np.array_equal(found[-1], found[-2])


def test_weights_that_change_with_the_year_give_each_year_its_own() -> None:
    lived = np.random.default_rng(1).random((5, 2, 3, 4))
    same = np.random.default_rng(2).random((1, 4, 2))
    by_year = np.repeat(same[:, None], 5, axis=1)
    assert_allclose(yearly(lived, by_year), yearly(lived, same), rtol=1e-12)
    by_year[:, 2] = 0
    assert not yearly(lived, by_year)[:, 2].any()
    assert_allclose(yearly(lived, by_year)[:, 3], yearly(lived, same)[:, 3], rtol=1e-12)


def one_cell(hazard: float, years: int) -> Trajectory:
    """A thousand people who die at a constant hazard, half of them of overdose; exact integrals."""
    ends = np.arange(years + 1)
    alive = 1000 * np.exp(-hazard * ends)
    state = np.stack([alive, (1000 - alive) / 2, (1000 - alive) / 2], axis=-1)[:, None, None]
    lived = np.zeros((years, 1, 1, 1, 3))
    lived[..., 0] = ((alive[:-1] - alive[1:]) / hazard)[:, None, None, None]
    return Trajectory(lived, state, state[-1][:, :, None], np.zeros((0, 1)), np.zeros((0, 0, 1)), np.zeros((0, 1)))


def test_a_constant_hazard_gives_its_closed_forms() -> None:
    chain = replace(setting().model.chain, compartments=("alive", "dead.overdose", "dead.other"), n_living=1)
    run, hazard = one_cell(0.04, 5), 0.04
    alive = np.array([[1.0], [0.0], [0.0]])
    ledger = person_ledger(
        chain, ("all",), run, {"alive": alive}, {"events": 0.7 * alive}, {"alive": np.array([[9.0]])}, HORIZONS, 0.0
    )
    ends = np.array([1, 3, 5, 5])
    lived = 1000 * (1 - np.exp(-hazard * ends)) / hazard
    assert_allclose(ledger.values["alive"].ravel(), lived + np.array([0, 0, 0, 9]), rtol=1e-12)
    assert_allclose(ledger.values["events"].ravel(), 0.7 * lived, rtol=1e-12)
    assert_allclose(ledger.values["deaths"].ravel(), hazard * lived, rtol=1e-12)
    assert_allclose(ledger.values["overdose_deaths"].ravel(), hazard * lived / 2, rtol=1e-12)
    assert_allclose(deaths(chain, run, HORIZONS, "dead.other"), deaths(chain, run, HORIZONS) / 2, rtol=1e-12)


def frozen_at_the_end(county: County) -> Floats:
    """Rates of plain edges as they act in the last week: gates and kits included."""
    chain, rates = county.setting.model.chain, county.rates
    plain = rates.plain[-1].copy()
    gated = np.flatnonzero(chain.gate >= 0)
    plain[gated] *= county.quo.fraction[-1][chain.gate[gated]]
    plain[chain.coupled] += rates.slope[-1] * county.quo.at_hand[-1]
    return plain


MEASURED = ("alive", "quality_patient", "crime_and_justice", "unbroken_contact", "remission_included_over_5")


@pytest.mark.parametrize("name", MEASURED)
def test_what_remains_is_what_150_more_years_add_up_to(name: str) -> None:
    years, rate = 150, setting().study.discount
    county, run = long_run(years)
    weights = measure(setting().model, name, county.environment)
    last = weights if weights.ndim == 2 else weights[-1]
    added = np.einsum("ydon,nd,y->do", run.person_years.sum(axis=3), last, discount_factors(years, rate))
    remains = np.einsum("dosn,dsn->do", county.quo.final, county.ahead[name])
    assert_allclose(added, remains, rtol=1e-3)


_LONG: dict[int, tuple[County, Trajectory]] = {}


def long_run(years: int) -> tuple[County, Trajectory]:
    """One draw of the county, followed on from its last day at the rates of its last week; nobody arrives."""
    if years not in _LONG:
        county = first_draws(world(), 1).county
        frozen = replace(county.rates, plain=np.repeat(county.rates.plain[-1:], len(county.rates.plain), axis=0))
        frozen = smooth(replace(frozen, inflow=np.zeros_like(frozen.inflow)))
        names = ("by_stratum", "slope", "inflow", "places", "kits", "use_per_event", "event")
        longer = {name: np.repeat(getattr(frozen, name)[-1:], years, axis=0) for name in names}
        frozen = replace(frozen, plain=np.repeat(frozen_at_the_end(county)[None], years, axis=0), **longer)
        _LONG[years] = county, simulate(setting().model.chain, frozen, Start(county.quo.final, np.zeros(1)), keep="sum")
    return _LONG[years]


def test_the_lifetime_of_the_ledger_is_the_last_year_plus_what_remains_brought_to_day_one() -> None:
    one, rate = world(), setting().study.discount
    years = len(setting().study.years)
    ledger = one.quo.run.main
    remains = np.einsum("dosn,dsn->do", one.county.quo.final, one.county.ahead["alive"]) * (1 + rate) ** -years
    last = f"{setting().study.horizons[-1]}"
    assert last == str(years)
    assert_allclose(ledger.at("alive", LIFETIME), ledger.at("alive", last) + remains, rtol=1e-12)


def test_every_count_of_the_model_is_whole_in_its_plain_part() -> None:
    # The ledger multiplies person-years by the plain part only: a count of a gated move would be lost silently.
    county = world().county
    for name in setting().model.spec.count:
        rates = count_rates(setting().model, name, county.environment)
        assert rates.slope is None, name
        assert rates.by_stratum is None, name
        assert rates.gated is None, name
        assert rates.plain.any(), name
