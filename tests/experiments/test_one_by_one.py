"""The county again and again, and ten thousand lives: what is told of them."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal
from scipy.stats import poisson

from bothand.experiments.individuals.counties import count_counties
from bothand.experiments.individuals.courses import follow
from bothand.experiments.plans import Tried, try_study_plan
from bothand.findings.stakes.luck import fell
from bothand.keys import THREE_YEARS
from experiments.small_worlds import plan, world

YEARS, LUCKS, SEED = 5, 3, 11


def tried() -> list[Tried]:
    return [try_study_plan(world(2), plan(key), THREE_YEARS) for key in ("status_quo", "harm_reduction_only")]


def test_counties_count_as_many_deaths_as_the_cohort_engine_expects_whether_weeks_are_given_or_their_own() -> None:
    for own_weeks in (False, True):
        found = count_counties(world(2), tried(), YEARS, SEED, LUCKS, own_weeks)
        for key, counted in found.counted.items():
            assert counted.shape == (2 * LUCKS, YEARS)
            total = counted.sum(axis=1).reshape(2, LUCKS)
            expected = found.expected[key][:, -1]
            # Deaths are rare and nearly independent: their number has a variance near its mean.
            error = np.sqrt(expected / LUCKS)
            assert np.all(np.abs(total.mean(axis=1) - expected) < 4 * error)
            assert np.all(expected > 20)


def test_a_plan_of_kits_saves_lives_in_the_same_counties_with_the_same_luck() -> None:
    found = count_counties(world(2), tried(), YEARS, SEED, LUCKS)
    averted = (found.counted["status_quo"] - found.counted["harm_reduction_only"]).sum(axis=1)
    assert averted.mean() > 0
    first = found.counted["status_quo"]
    assert len({tuple(row) for row in first}) == len(first)
    again = count_counties(world(2), tried(), YEARS, SEED, LUCKS)
    assert_array_equal(first, again.counted["status_quo"])


def test_half_of_all_years_are_better_than_the_year_before_where_nothing_but_chance_is_at_work() -> None:
    rng = np.random.default_rng(1)
    counted = rng.poisson(400, (4000, 10))
    assert abs(fell(counted, 0) - 0.5) < 0.02
    n = np.arange(200)
    chance = poisson.pmf(n, 60)
    exactly = chance @ poisson.cdf(np.floor(0.8 * n), 60)
    assert abs(fell(rng.poisson(60, (4000, 10)), 0.2) - exactly) < 0.01
    assert fell(np.array([[10, 9, 9, 12]]), 0) == 1 / 3
    assert fell(np.array([[10, 8, 8, 12]]), 0.2) == 1 / 3


def test_ten_thousand_lives_are_the_same_people_and_nobody_dies_twice() -> None:
    found = follow(world(2), tried(), SEED, lives=4000)
    quo, kits = found["status_quo"], found["harm_reduction_only"]
    assert len(quo.returns) == len(kits.returns) == 4000
    for courses in found.values():
        assert not np.any(np.isfinite(courses.overdose_death) & np.isfinite(courses.other_death))
        assert np.all(courses.sustained <= courses.sustained_without)
        died = np.minimum(courses.overdose_death, courses.other_death)
        assert np.all((courses.sustained < died) | np.isinf(courses.sustained))
    assert np.isfinite(kits.overdose_death).sum() < np.isfinite(quo.overdose_death).sum()
    assert np.mean(quo.sustained == kits.sustained) > 0.8
