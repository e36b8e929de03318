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
from bothand.engine.compile import CompiledModel
from bothand.engine.needs import COUNTS, HELD_COUNTS
from bothand.engine.rates import schedule
from bothand.engine.weights import count_rates, measure
from bothand.experiments.worlds import first_draws
from bothand.outcomes.county import County
from bothand.outcomes.ledger import (
    LIFETIME,
    Account,
    Horizons,
    cumulate,
    deaths,
    discount_factors,
    person_ledger,
    yearly,
)
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
    accounts = [Account(["alive"], 0.0, {"alive": np.array([[9.0]])}), Account(["alive"], 0.03, {}, "@0.03")]
    ledger = person_ledger(chain, ("all",), run, {"alive": alive}, {"events": 0.7 * alive}, accounts, HORIZONS)
    ends = np.array([1, 3, 5, 5])
    lived = 1000 * (1 - np.exp(-hazard * ends)) / hazard
    assert_allclose(ledger.values["alive"].ravel(), lived + np.array([0, 0, 0, 9]), rtol=1e-12)
    by_year = np.diff(lived_by := 1000 * (1 - np.exp(-hazard * np.arange(6))) / hazard) * discount_factors(5, 0.03)
    assert_allclose(ledger.values["alive@0.03"].ravel(), np.cumsum(by_year)[[0, 2, 4, 4]], rtol=1e-12)
    assert_allclose(lived_by[[1, 3, 5]], lived[:3], rtol=1e-15)
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


def test_every_count_of_the_model_is_told_whole() -> None:
    county = world().county
    for name in setting().model.spec.count:
        rates = count_rates(setting().model, name, county.environment)
        assert rates.along(county.quo.at_hand).any(), name
    assert set(COUNTS) <= set(world().quo.run.main.values)


def test_a_count_whose_parts_are_not_told_by_yearly_sums_is_refused() -> None:
    county, waits = world().county, "admitted to methadone"
    for rule in (waits, "death from other causes"):
        model = counting(rule)
        with pytest.raises(ValueError, match="wait for places, or that differ by sex or age"):
            count_rates(model, "moves", county.environment).along(county.quo.at_hand)


def test_moves_that_depend_on_naloxone_at_hand_are_counted_as_they_happen() -> None:
    # Deaths are counted by the run itself: the count of the same moves must come to the same.
    county = world().county
    rates = count_rates(counting("overdose: fatal"), "moves", county.environment)
    assert rates.slope is not None
    for run, close in ((county.quo, 2e-4), (try_more_kits(), 1e-3)):  # at hand and the people move within a year
        found = np.einsum("ydon,ynd->yd", run.person_years.sum(axis=-2), rates.along(run.at_hand))
        dead = run.state[..., setting().model.chain.compartments.index("dead.overdose")].sum(axis=-1)
        assert_allclose(found, np.diff(dead, axis=0), rtol=close)
        only_plain = np.einsum("ydon,ynd->yd", run.person_years.sum(axis=-2), rates.plain)
        assert (only_plain > 1.005 * found).all(), "a count that leaves the slope out would pass"


def test_remissions_begun_hold_those_after_an_overdose() -> None:
    county, model = world().county, setting().model
    after = "overdose: survived, stops"
    assert after in model.spec.count["remissions"].rules
    begun = count_rates(model, "remissions", county.environment).along(county.quo.at_hand)
    of_survivors = count_rates(counting(after), "moves", county.environment).along(county.quo.at_hand)
    assert of_survivors.any()
    assert (begun >= of_survivors).all()
    assert (begun > of_survivors).any()


def test_the_twin_tells_only_counts_whose_moves_it_does_not_hold() -> None:
    # A survivor of the twin remits at the status quo's chance of surviving, which the plan's rates do not know.
    model = setting().model
    held = {edge.rule for edge in model.edges if edge.death or edge.survives is not None}
    for name in HELD_COUNTS:
        assert not held & set(model.spec.count[name].rules), name
    assert held & set(model.spec.count["remissions"].rules)


def counting(rule: str) -> CompiledModel:
    """The model with one more count, of one rule."""
    model = setting().model
    count = {
        **model.spec.count,
        "moves": model.spec.count["remissions"].model_copy(update={"rules": (rule,), "events": ()}),
    }
    return replace(model, spec=model.spec.model_copy(update={"count": count}))


def try_more_kits() -> Trajectory:
    """The county's run with three times the kits from the second year on: at hand changes within and between years."""
    county, more = world().county, dict(world().county.environment.levers)
    more["programme_kits"] = more["programme_kits"].copy()
    more["programme_kits"][1:] += 3 * county.environment.levers["kits"][1:]
    rates = schedule(setting().model, replace(county.environment, levers=more))
    return simulate(setting().model.chain, rates, county.start, keep="sum")
