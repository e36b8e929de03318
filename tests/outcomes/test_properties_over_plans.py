"""Promises of the essay held over the whole default model, whatever the size, the years and the mix of what is bought.

Each property that other tests show for one trial is held here for random ones, on a few draws (hypothesis).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from test_healthy_years import tiny
from test_other_ledgers import KEYS, LINES, infections_whole

from bothand.engine.arrays import Floats
from bothand.evidence.draws import draw
from bothand.evidence.tables import load_evidence
from bothand.experiments.plans import PUBLIC_QUALITY, QUALITY, try_dollars
from bothand.experiments.worlds import World, with_values
from bothand.keys import THREE_YEARS
from bothand.outcomes.indicators import gains, group_gains, remission_years
from bothand.outcomes.others import Against, community, family
from bothand.outcomes.trial import FLAT, Trial, try_levers
from experiments.small_worlds import SEED, levers, setting, with_places, world

FEW = 3  # draws
YEARS = len(setting().study.years)
ROWS = draw(load_evidence(), KEYS, FEW, SEED).values
by_year = st.lists(st.floats(0, 1), min_size=YEARS, max_size=YEARS)
shares = st.lists(st.floats(0, 1), min_size=len(setting().services), max_size=len(setting().services))
qualities = st.sampled_from([QUALITY, PUBLIC_QUALITY])


@cache
def free() -> World:
    """Places for everyone who asks."""
    return with_places(world(FEW), 1e12)


def more(where: World, name: str, by: list[float], most: float) -> Floats:
    """A lever of the status quo raised by up to ``most`` of a share, in each year by its own part of it."""
    now = where.county.environment.levers[name]
    return np.minimum(now + most * np.array(by)[:, None], 1)


def worse(trial: Trial, where: World, quality: str) -> dict[str, float]:
    """The values that are lower in some draw by more than rounding, and the largest loss."""
    found = gains(trial.run, where.quo.run, where.scales, quality)
    level = where.quo.run.main.values["alive"].sum(axis=2)
    dollars = where.quo.run.main.values["crime_and_justice"].sum(axis=2)
    slack = {name: tiny(dollars if name == "burden_lifted" else level) for name in found}
    return {name: float(gain.min()) for name, gain in found.items() if (gain < -slack[name]).any()}


def more_kits(times: list[float]) -> Trial:
    """Kits up to six times those of today, in each year its own number."""
    kits = world(FEW).county.environment.levers["kits"] * (1 + 5 * np.array(times)[:, None])
    return try_levers(world(FEW).county, levers(world(FEW), kits=kits), world(FEW).horizons)


@settings(max_examples=5)
@given(times=by_year, quality=qualities)
def test_whatever_only_lowers_fatality_earns_the_weight_of_a_life_year_in_every_group_and_no_value_falls(
    times: list[float], quality: str
) -> None:
    trial, where = more_kits(times), world(FEW)
    run = trial.run
    saved = (run.main.values["alive"] - where.quo.run.main.values["alive"])[-1]
    earned = group_gains(run, where.quo.run, where.scales, quality)
    weight = where.scales.life_year[:, None]
    assert_allclose(weight, 0.851, rtol=1e-12)
    assert_allclose(earned, weight * saved, rtol=1e-7, atol=1e-6)
    assert worse(trial, where, quality) == {}


@settings(max_examples=5)
@given(times=by_year)
def test_whatever_only_lowers_fatality_leaves_no_line_of_any_ledger_worse_in_any_draw(times: list[float]) -> None:
    run, base = more_kits(times).run, world(FEW).quo.run.main
    plan = Against(run.main, run.twin, base)
    found = {**infections_whole(plan), **family(plan, ROWS), **community(plan, ROWS)}
    size = dict.fromkeys(found, 10000.0) | {
        line: float(base.values[f"health_care{FLAT}"].sum()) for line in found if LINES[line].unit == "USD"
    }
    sign = {"more": 1, "less": -1, "neither": 0}
    lost = {k: v for k, v in found.items() if (sign[LINES[k].better] * v < -1e-9 * size[k]).any()}
    assert lost == {}


@settings(max_examples=5)
@given(reach=by_year, ratio=st.floats(1, 2))
def test_retention_of_any_size_lowers_remission_in_no_group_no_draw_and_at_no_horizon_while_places_are_free(
    reach: list[float], ratio: float
) -> None:
    """People with a coach who only keeps them in treatment: no effect on return to use."""
    ones = np.ones(FEW)
    only = with_values(free(), {"recovery_support_relapse_scenario": ones, "peer_support_retention_rr": ratio * ones})
    trial = try_levers(only.county, levers(only, peers=more(only, "peers", reach, 0.6)), only.horizons)
    before, after = (remission_years(run.main, "included") for run in (only.quo.run, trial.run))
    assert (after >= before - tiny(before)).all()


@settings(max_examples=5)
@given(prevented=by_year, quality=qualities)
def test_prevention_of_any_size_lowers_no_value_while_places_are_free(prevented: list[float], quality: str) -> None:
    share = more(free(), "prevention", prevented, 0.8)
    trial = try_levers(free().county, levers(free(), prevention=share), free().horizons)
    assert worse(trial, free(), quality) == {}


@settings(max_examples=5)
@given(navigated=by_year, low=by_year)
def test_asking_more_is_no_harm_to_help_lives_or_remission_while_places_are_free(
    navigated: list[float], low: list[float]
) -> None:
    where = free()
    raised = {"navigation": more(where, "navigation", navigated, 0.6)}
    raised |= {"low_barrier_ask": more(where, "low_barrier_ask", low, 0.6)}
    found = gains(
        try_levers(where.county, levers(where, **raised), where.horizons).run, where.quo.run, where.scales, QUALITY
    )
    level = tiny(where.quo.run.main.values["alive"].sum(axis=2))
    for name in ("requests_met", "remission_years", "healthy_life_years", "unbereaved_years", "quality_gained"):
        assert (found[name] >= -level).all(), name


@settings(max_examples=5)
@given(given_=shares, budgets=st.floats(0, 4))
def test_a_plan_of_any_mix_and_size_counts_every_life_year_alike_and_quality_with_deaths_held_beside_it(
    given_: list[float], budgets: float
) -> None:
    """Healthy life-years are the weight times life-years, and what quality adds with deaths held: nothing else."""
    where = world(FEW)
    yearly = np.array(given_) / max(sum(given_), 1e-9) * budgets * where.yearly_budget
    run = try_dollars(where, "any", yearly, THREE_YEARS).trial.run
    found = gains(run, where.quo.run, where.scales, QUALITY)
    lived = (run.main.at("alive", "lifetime") - where.quo.run.main.at("alive", "lifetime")).sum(axis=1)
    assert_allclose(
        found["healthy_life_years"], where.scales.life_year * lived + found["quality_gained"], rtol=1e-9, atol=1e-6
    )
    assert_allclose(found["unbereaved_years"], where.scales.close_kin * lived, rtol=1e-9, atol=1e-6)
