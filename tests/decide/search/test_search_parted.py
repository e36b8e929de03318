"""An oracle that tells gains apart from slopes: the same answers, with slopes asked for only where they count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_toys import BUDGET, Smooth, best_by_slsqp, fading, one_period, search_of, surfaces_of

from bothand.decide.search.answers import answer
from bothand.decide.search.bundle import Bundle
from bothand.decide.search.certificate import certify
from bothand.decide.search.curves import Shapes
from bothand.decide.search.master import Master
from bothand.decide.search.oracle import Counted, Point, SurfaceOracle
from bothand.decide.search.questions import ask
from bothand.decide.search.rules import nearest_plan
from bothand.decide.search.solve import common, favourites, settle
from bothand.decide.search.space import Space

SPACE = Space(("a", "b", "c", "d"), ("p", "q"), np.array([60.0, 40]))


class Apart:
    """Any toy, its slopes told for single objectives only."""

    def __init__(self, oracle):
        self.oracle, self.told = oracle, 0

    def gains(self, plan):
        return self.oracle(plan).gains

    def slopes(self, plan, objectives):
        self.told += len(objectives)
        return self.oracle(plan).slopes[list(objectives)]


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_beta_over_periods_is_that_of_a_general_solver_of_smooth_programmes(seed):
    oracle = Smooth(seed)
    search = search_of(Apart(oracle), SPACE, 3, tolerance=1e-3)
    found = favourites(search)
    if len(found.members) < 2:
        return
    shared = common(search, found, found.members)
    by_another = best_by_slsqp(oracle, SPACE, found.weights(found.members), tries=3)
    assert shared.value == pytest.approx(by_another, abs=4e-3)
    assert search.oracle.sweeps < 3 * search.oracle.calls


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_choosing_by_period_never_serves_the_least_served_less_than_one_mix_for_all_periods(seed):
    chance = np.random.default_rng(seed)
    mix = chance.dirichlet(np.ones(4))
    even = mix[:, None] * SPACE.receipts
    search = search_of(Apart(Smooth(seed)), SPACE, 3, tolerance=1e-3, calls=6, first=even, relaxed=True)
    before = search.bundle.gains[0]
    found = favourites(search)
    settled = settle(search, found, found.members, "v0")
    if found.members:
        assert settled.beta >= (found.weights(found.members) @ before).min() - 1e-9


def test_every_slope_is_asked_for_once_and_the_certificate_asks_for_those_it_lacks():
    apart = Apart(Smooth(3))
    search = search_of(apart, SPACE, 3, tolerance=1e-3)
    question = ask(3, SPACE.shape, weights=[1, 0, 0], unit=0)
    found = answer(search, question)
    assert apart.told == search.oracle.sweeps
    k = search.bundle.find(found.plan)
    both = ask(3, SPACE.shape, common=np.eye(3), unit=0)
    certify(search, both, found)
    assert search.bundle.known(k).all()
    told = apart.told
    certify(search, both, found)
    assert apart.told == told


def test_a_slope_that_was_not_asked_for_makes_no_tangent_and_one_that_is_put_in_is_lifted_like_any_other():
    oracle, bundle = Smooth(5), Bundle(BUDGET)
    plans = np.random.default_rng(5).uniform(0, BUDGET, (6, 4, 2))
    for plan in plans:
        point = oracle(plan)
        bundle.add(plan, Point(point.gains, np.full_like(point.slopes, np.nan)))
    assert np.isnan(bundle.constants()).all()
    assert not bundle.known(0).any()
    with pytest.raises(ValueError, match="no slope"):
        bundle.nearest_slopes(0, np.array([1]))
    whole = Bundle(BUDGET)
    for k, plan in enumerate(plans):
        bundle.sharpen(k, oracle(plan).slopes)
        whole.add(plan, oracle(plan))
    np.testing.assert_allclose(bundle.constants(), whole.constants())
    np.testing.assert_allclose(bundle.lift, whole.lift)


def test_a_number_that_is_none_is_refused_from_an_oracle_in_parts_too():
    apart = Apart(Smooth(1))
    apart.gains = lambda plan: np.array([np.nan, 1, 1])
    with pytest.raises(ValueError, match="finite"):
        Counted(apart)(np.zeros(SPACE.shape))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_shapes_lend_bends_and_keep_the_exact_height_and_slopes_of_the_centre(seed):
    surface, oracle = surfaces_of(seed, services=4), Smooth(seed)
    bundle, chance = Bundle(BUDGET), np.random.default_rng(seed)
    plan = chance.uniform(0.1, 0.5, (4, 2)) * BUDGET
    bundle.add(plan, oracle(plan))
    c, every = bundle.shares[0], np.arange(3)
    shapes = Shapes(surface, np.ones(2))
    for ease in (0.0, 1.0):
        local = shapes.around(bundle, 0, every, np.maximum(c - 1e-9, 0), c + 1e-9, ease)
        near = 1e-7 * np.abs(bundle.slopes).max()  # a slope is a difference of heights over a width of 1e-9
        np.testing.assert_allclose(local.slopes[:, :, -1], bundle.slopes[0], rtol=1e-6, atol=near)
        inside = np.clip(c[:, None] - local.breaks[:, :-1], 0, local.widths)
        np.testing.assert_allclose(local.height + (local.slopes * inside).sum(axis=(1, 2)), bundle.gains[0])
    wide = shapes.around(bundle, 0, every, np.zeros(8), np.full(8, 2.0))
    assert (np.diff(wide.slopes, axis=2) <= 1e-9 * np.abs(wide.slopes).max()).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 1.0, 3.0]))
def test_bends_are_scaled_until_they_give_back_what_tangents_miss_at_other_points(seed, times):
    surface, oracle = surfaces_of(seed, services=4), Smooth(seed)
    bundle, chance = Bundle(BUDGET), np.random.default_rng(seed)
    plan, every = chance.uniform(0.1, 0.5, (4, 2)) * BUDGET, np.arange(3)
    first = oracle(plan)
    bundle.add(plan, first)
    shapes = Shapes(surface, np.ones(2))
    np.testing.assert_array_equal(shapes.amount(bundle, 0, every), 1.0)
    there = plan + chance.uniform(0.05, 0.2, (4, 2)) * BUDGET
    c, x = bundle.shares[0], there.ravel() / BUDGET
    local, straight = shapes.around(bundle, 0, every, c, x), bundle.slopes[0] @ (x - c)
    drops = straight - (local.slopes * local.widths).sum(axis=(1, 2))
    gains = first.gains + straight - times * drops
    bundle.add(there, Point(gains, np.full_like(first.slopes, np.nan)))
    telling = drops > 1e-3 * np.abs(straight)
    np.testing.assert_allclose(shapes.amount(bundle, 0, every)[telling], times, rtol=0.2, atol=1e-6)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.02, 0.1]))
def test_a_step_along_lent_bends_moves_no_more_than_it_may(seed, most):
    search = search_of(Smooth(seed), SPACE, 3, surface=Shapes(surfaces_of(seed, services=4), np.ones(2)))
    search.sharpen(0, np.arange(3))
    c = search.bundle.shares[0]
    low, high = np.maximum(c - 0.2, 0), c + 0.2
    local = search.surface.around(search.bundle, 0, np.arange(3), low, high, 1.0, most)
    question = ask(3, SPACE.shape, common=np.eye(3), unit=0)
    found = Master(search.today, search.bundle, question, 1.0, local).best(c, 1)
    assert np.abs(found.plan.ravel() / SPACE.total - c).sum() <= most + 1e-9


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_shapes_of_the_surface_itself_lead_to_its_own_best_plan(seed):
    surface = surfaces_of(seed)
    oracle = SurfaceOracle(surface, np.ones(1))
    space = Space(surface.services, ("now",), np.array([BUDGET]))
    search = search_of(oracle, space, 3, surface=Shapes(surface, np.ones(1)), tolerance=1e-3)
    own = search_of(oracle, space, 3, surface=oracle, tolerance=1e-5)
    for name in search.names:
        row = np.eye(3)[search.names.index(name)]
        found, best = (answer(one, ask(3, space.shape, weights=row, unit=0)) for one in (search, own))
        assert found.value == pytest.approx(best.value, rel=2e-2)
        assert found.bound >= best.value * (1 - 1e-9)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_a_bound_that_lets_starts_be_paid_in_part_is_never_below_the_best_of_whole_starts(seed):
    chance = np.random.default_rng(seed)
    oracle = fading(chance.exponential(1, (1, 4)), 30.0)
    space = one_period(4, start_up=chance.uniform(5, 60, 4))
    question = ask(1, space.shape, weights=[1], unit=0)
    whole = answer(search_of(oracle, space, 1, tolerance=1e-3, proof=30), question)
    loose = answer(search_of(oracle, space, 1, tolerance=1e-3, relaxed=True), question)
    assert loose.bound >= whole.value * (1 - 1e-6)
    assert space.multiple(loose.plan) <= 1 + 1e-6
    assert space.multiple(nearest_plan(search_of(oracle, space, 1).today, loose.plan)) <= 1 + 1e-6
