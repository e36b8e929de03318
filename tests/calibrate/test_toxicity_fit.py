"""The fit of toxicity finds a series that is known, and its walk after the last count is the same in every plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.calibrate.toxicity import ITERATIONS, Counts, fit, series_of, walk
from bothand.engine.arrays import Floats

YEARS = tuple(range(2015, 2025))
KNOTS = (2015, 2018, 2022, 2024)
KNOWN = np.log([[0.6, 0.8], [1.1, 1.4], [1.9, 1.2], [0.9, 0.7]])  # (K, D)


def memory(toxicity: Floats, years: int | None = None) -> Floats:
    """Deaths among people who remain: those who died of an earlier year's supply are not there any more."""
    alive, found = np.full(toxicity.shape[1:], 1e5), []
    for year in toxicity:
        found.append(alive * -np.expm1(-0.02 * year))
        alive = alive - found[-1] + 900
    return np.array(found)


def levels(target: Floats, spread: float = 0.02) -> Counts:
    """Every year's deaths as a level."""
    return Counts(tuple(map(str, YEARS)), np.eye(len(YEARS)), target, np.full(len(YEARS), spread))


def loose(draws: int) -> Floats:
    return np.full(draws, 1e4)


@pytest.mark.parametrize("draw", [0, 1])
def test_a_known_series_is_found_from_the_deaths_it_gives(draw: int) -> None:
    known = series_of(KNOWN[:, [draw]], KNOTS, YEARS)
    found = fit(memory, levels(np.log(memory(known))[:, 0]), YEARS, KNOTS, loose(1))
    assert_allclose(found.series, known, rtol=1e-6)
    assert_allclose(found.deaths, memory(known), rtol=1e-6)
    assert np.abs(found.residuals).max() < 1e-4
    assert found.free_parameters == 4


def test_a_fit_ends_with_a_run_of_what_it_found_and_runs_nothing_twice() -> None:
    seen: list[Floats] = []
    asked: list[int | None] = []

    def watched(toxicity: Floats, years: int | None) -> Floats:
        seen.append(toxicity)
        asked.append(years)
        return memory(toxicity)

    target = np.log(memory(series_of(KNOWN[:, [0]], KNOTS, YEARS)))[:, 0]
    found = fit(watched, levels(target), YEARS, KNOTS, np.array([0.4]))
    assert np.array_equal(seen[-1], found.series)
    assert np.array_equal(memory(found.series), found.deaths)
    assert len(seen) == 1 + len(KNOTS) + ITERATIONS
    assert len({series.tobytes() for series in seen}) == len(seen)
    assert asked == [len(YEARS)] * (len(seen) - 1) + [None]


def test_years_after_the_last_count_are_run_at_the_end_only_and_weigh_nothing() -> None:
    told = len(YEARS) - 3
    target = np.log(memory(series_of(KNOWN[:, [0]], KNOTS, YEARS)))[:, 0]
    counts = Counts((), np.eye(len(YEARS))[:told], target[:told], np.full(told, 0.02))
    asked: list[int | None] = []

    def cut(toxicity: Floats, years: int | None) -> Floats:
        asked.append(years)
        deaths = memory(toxicity)
        deaths[years:] = 1 if years else deaths[years:]
        return deaths

    penalty = np.array([0.4])
    assert_allclose(fit(cut, counts, YEARS, KNOTS, penalty).series, fit(memory, counts, YEARS, KNOTS, penalty).series)
    assert set(asked[:-1]) == {told}


def test_draws_do_not_touch_each_other() -> None:
    target = np.log(memory(series_of(KNOWN[:, [0]], KNOTS, YEARS)))[:, 0]
    scale = np.array([1.0, 1.3, 0.7])

    def scaled(some: Floats) -> Callable[[Floats, int | None], Floats]:
        return lambda toxicity, years: memory(toxicity * some)

    penalty = np.array([0.3, 0.5, 0.8])
    together = fit(scaled(scale), levels(target), YEARS, KNOTS, penalty)
    for d in range(3):
        alone = fit(scaled(scale[[d]]), levels(target), YEARS, KNOTS, penalty[[d]])
        assert_allclose(together.series[:, [d]], alone.series, rtol=1e-12)


def test_a_ratio_of_two_years_is_enough_to_carry_the_series_on() -> None:
    known = series_of(KNOWN[:, [1]], KNOTS, YEARS)
    logs = np.log(memory(known))[:, 0]
    contrast = np.vstack([np.eye(10)[:9], np.eye(10)[9] - np.eye(10)[8]])
    counts = Counts((), contrast, contrast @ logs, np.full(10, 0.02))
    # Another definition of death counts 30 % more in both years of the ratio, and the fit is the same.
    found = fit(memory, counts, YEARS, KNOTS, loose(1))
    assert_allclose(found.series, known, rtol=1e-6)


def test_a_tight_penalty_keeps_the_series_flat() -> None:
    target = np.log(memory(series_of(KNOWN[:, [0]], KNOTS, YEARS)))[:, 0]
    tight, wide = (fit(memory, levels(target), YEARS, KNOTS, np.array([p])) for p in (1e-4, 1e4))
    assert np.ptp(tight.series) < 0.01 < np.ptp(wide.series)
    assert np.abs(tight.residuals).max() > np.abs(wide.residuals).max()


def test_between_knots_toxicity_is_linear_in_the_log_and_beyond_them_flat() -> None:
    found = series_of(np.log([[1.0], [4.0]]), (2016, 2018), range(2014, 2021))
    assert_allclose(found[:, 0], [1, 1, 1, 2, 4, 4, 4], rtol=1e-12)


@given(draws=st.integers(1, 20), more=st.integers(1, 20), seed=st.integers(0, 2**31))
def test_the_walk_of_a_draw_does_not_depend_on_how_many_are_drawn(draws: int, more: int, seed: int) -> None:
    few = walk(np.ones(draws), np.full(draws, 0.2), 6, seed)
    many = walk(np.ones(draws + more), np.full(draws + more, 0.2), 6, seed)
    assert np.array_equal(few, many[:, :draws])


def test_the_walk_of_a_longer_run_begins_like_that_of_a_shorter_one() -> None:
    short, long = (walk(np.ones(7), np.full(7, 0.2), years, 3) for years in (4, 9))
    assert np.array_equal(short, long[:4])


def test_the_walk_spreads_as_the_root_of_time_from_where_the_counts_end() -> None:
    last = np.full(20_000, 2.5)
    logs = np.log(walk(last, np.full(20_000, 0.1), 9, 5) / 2.5)
    years = np.arange(1, 10)
    assert_allclose(logs.std(axis=1), 0.1 * np.sqrt(years), rtol=0.03)
    # The log falls by half the variance of a step, so that the toxicity itself has no trend (the test below).
    assert np.abs(logs.mean(axis=1) + 0.1**2 / 2 * years).max() < 0.01
    steps = np.diff(logs, axis=0)
    assert np.abs(np.corrcoef(steps) - np.eye(8)).max() < 0.03


@pytest.mark.parametrize("spread", [0.1, 0.25])
def test_the_walk_adds_doubt_and_no_trend_to_the_mean_toxicity(spread: float) -> None:
    found = walk(np.full(200_000, 2.5), np.full(200_000, spread), 9, 5)
    # Five standard errors of the mean of a lognormal, year by year.
    error = 5 * np.sqrt(np.expm1(spread**2 * np.arange(1, 10)) / 200_000)
    assert (np.abs(found.mean(axis=1) / 2.5 - 1) < error).all()
    assert (error < spread**2 * np.arange(1, 10) / 4).all(), "a walk without the correction would pass"


def test_a_supply_without_spread_stays_as_it_was() -> None:
    assert np.array_equal(walk(np.array([0.5, 2.0]), np.zeros(2), 3, 1), [[0.5, 2.0]] * 3)


def test_seeds_give_other_walks() -> None:
    one, other = (walk(np.ones(4), np.full(4, 0.2), 3, seed) for seed in (1, 2))
    assert not np.isclose(one, other).any()
