import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_toys import BUDGET, LEVELS, Smooth, surfaces_of

from bothand.decide.search.bundle import Bundle
from bothand.decide.search.curves import learn, read_off
from bothand.decide.search.oracle import Counted, Point, SurfaceOracle
from bothand.decide.surfaces import evaluate


def filled(oracle, plans, total=BUDGET):
    bundle = Bundle(total)
    for plan in plans:
        bundle.add(plan, oracle(plan))
    return bundle


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_lowest_tangent_of_a_concave_gain_is_never_below_it(seed):
    oracle, chance = Smooth(seed), np.random.default_rng(seed)
    plans = chance.uniform(0, BUDGET, (8, 4, 2))
    bundle = filled(oracle, plans)
    assert not bundle.bent_up.any()
    for plan in chance.uniform(0, BUDGET, (20, 4, 2)):
        above = bundle.tangents(plan.ravel() / BUDGET).min(axis=0)
        assert (above >= oracle(plan).gains - 1e-9 * bundle.size).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_no_point_seen_contradicts_the_lifted_tangents(seed):
    oracle, chance = Smooth(seed, harm=0.5), np.random.default_rng(seed)
    bundle = filled(oracle, chance.uniform(0, BUDGET, (12, 4, 2)))
    for shares, gains in zip(bundle.shares, bundle.gains, strict=True):
        assert (bundle.tangents(shares).min(axis=0) >= gains - 1e-7 * bundle.size).all()


def test_a_parabola_that_opens_upward_lifts_the_tangent_by_the_excess_seen():
    """x^2 at 1 and 3 (shares of 1 dollar): the tangent at 1 reads 5 at 3, where the value is 9."""
    bundle = filled(
        lambda x: Point(np.array([x[0, 0] ** 2]), np.array([[[2 * x[0, 0]]]])), np.array([[[1.0]], [[3.0]]]), 1.0
    )
    np.testing.assert_allclose(bundle.lift, [[4], [4]])
    assert bundle.bent_up.tolist() == [True]


def test_the_same_plan_is_asked_for_and_kept_once():
    counted = Counted(Smooth(1))
    plan = np.full((4, 2), 3.0)
    bundle = filled(counted, [plan, plan.copy(), plan + 1e-13])
    assert len(bundle) == 1
    counted(2 * plan)
    counted(plan.copy())
    assert counted.calls == 3


def test_an_answer_that_is_no_number_or_has_another_shape_is_refused():
    with pytest.raises(ValueError, match="not a finite number"):
        Counted(lambda x: Point(np.array([np.nan]), np.zeros((1, *x.shape))))(np.zeros((2, 1)))
    with pytest.raises(ValueError, match="slopes"):
        Counted(lambda x: Point(np.zeros(2), np.zeros((1, *x.shape))))(np.zeros((2, 1)))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_a_surface_read_as_an_oracle_over_one_period_is_the_surface(seed, antagonism):
    surface, chance = surfaces_of(seed, antagonism=antagonism), np.random.default_rng(seed)
    plan = chance.uniform(0, LEVELS[-1], 3)
    oracle = SurfaceOracle(surface, np.ones(1))
    np.testing.assert_allclose(oracle(plan[:, None]).gains, evaluate(surface, plan), rtol=1e-9)
    step = 1e-4
    for s in range(3):
        more = plan.copy()
        more[s] += step
        rise = (evaluate(surface, np.minimum(more, LEVELS[-1])) - evaluate(surface, plan)) / step
        np.testing.assert_allclose(oracle(plan[:, None]).slopes[:, s, 0], rise, rtol=1e-4, atol=1e-6)


def test_a_surface_over_periods_weighs_each_by_its_years():
    """The same yearly dollars in all periods give what the surface says of them; in one period, its share."""
    surface, years = surfaces_of(4), np.array([1.0, 3.0])
    oracle = SurfaceOracle(surface, years)
    yearly = np.array([20.0, 50, 0])
    np.testing.assert_allclose(oracle(yearly[:, None] * years).gains, evaluate(surface, yearly))
    np.testing.assert_allclose(oracle(yearly[:, None] * [0, 3.0]).gains, 0.75 * evaluate(surface, yearly))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_local_model_is_exact_at_its_centre_and_bends_down(seed):
    oracle, chance = Smooth(seed), np.random.default_rng(seed)
    bundle = filled(oracle, chance.uniform(0, BUDGET, (10, 4, 2)))
    every = np.arange(3)
    c = bundle.shares[4]
    local = learn(bundle, 4, every).around(np.maximum(c - 0.5, 0), c + 0.5)
    inside = np.clip(c[:, None] - local.breaks[:, :-1], 0, local.widths)
    np.testing.assert_allclose(local.height + (local.slopes * inside).sum(axis=(1, 2)), bundle.gains[4], rtol=1e-9)
    assert (np.diff(local.slopes, axis=2) <= 1e-9 * np.abs(local.slopes).max()).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_local_model_of_a_separable_surface_is_the_surface_itself(seed):
    surface, chance = surfaces_of(seed), np.random.default_rng(seed)
    oracle = SurfaceOracle(surface, np.ones(1))
    bundle = filled(oracle, chance.uniform(0, BUDGET, (1, 3, 1)))
    local = read_off(oracle, bundle, 0, np.arange(3), np.zeros(3), np.full(3, 4.0))
    plan = chance.uniform(0, 4 * BUDGET, 3)
    inside = np.clip(plan[:, None] / BUDGET - local.breaks[:, :-1], 0, local.widths)
    said = local.height + (local.slopes * inside).sum(axis=(1, 2))
    np.testing.assert_allclose(said, evaluate(surface, plan), rtol=1e-7)
