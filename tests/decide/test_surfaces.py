import numpy as np
import pytest
from decide_toys import BUDGET, LEVELS, curved, linear, surfaces
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.surfaces import Surface, concave, contributions, evaluate


@settings(max_examples=25, deadline=None)
@given(surfaces(concave=False, antagonism=True), st.integers(0, 2**32 - 1))
def test_evaluating_is_interpolating_every_curve_and_adding(surface, seed):
    x = np.random.default_rng(seed).uniform(0, LEVELS[-1], len(surface.services))
    levels = np.concatenate([[0], LEVELS])
    expected = [
        sum(np.interp(x[i], levels, np.concatenate([[0], curve])) for i, curve in enumerate(of_value))
        for of_value in surface.gains
    ]
    np.testing.assert_allclose(evaluate(surface, x), expected, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(contributions(surface, x).sum(axis=1), evaluate(surface, x), atol=1e-9)


def test_many_plans_are_evaluated_like_each_alone():
    surface = linear([[1, 2], [3, -1]])
    plans = np.array([[10.0, 20.0], [0.0, 300.0]])
    np.testing.assert_allclose(evaluate(surface, plans), [evaluate(surface, p) for p in plans])
    np.testing.assert_allclose(evaluate(surface, plans), [[50, 10], [600, -300]])


def test_no_dollars_gain_nothing_at_all():
    surface = curved([[np.sqrt, lambda x: -x], [lambda x: x**2, np.log1p]])
    assert (evaluate(surface, [0, 0]) == 0).all()


@settings(max_examples=25, deadline=None)
@given(surfaces(concave=False, antagonism=True))
def test_the_envelope_is_concave_and_never_below(surface):
    envelope = concave(surface)
    assert not envelope.convex_at.any()
    assert (envelope.gains >= surface.gains).all()
    np.testing.assert_allclose(concave(envelope).gains, envelope.gains)


@settings(max_examples=25, deadline=None)
@given(surfaces(concave=True, antagonism=True))
def test_a_concave_surface_is_its_own_envelope(surface):
    np.testing.assert_array_equal(concave(surface).gains, surface.gains)


def test_the_envelope_of_a_start_up_step_is_the_line_over_it():
    """50 dollars of start-up, then one unit a dollar: from 0 to 400 the envelope is the chord to 350."""
    surface = curved([[lambda x: np.maximum(x - 50, 0)]])
    np.testing.assert_allclose(concave(surface).gains[0, 0], LEVELS * 350 / 400)
    assert evaluate(concave(surface), [50])[0] == pytest.approx(50 * 350 / 400)


def test_smoothing_within_a_share_keeps_true_steps_and_removes_noise():
    def step(x):
        return np.maximum(x - 50, 0)

    def noise(x):
        return x + np.where(x == 100, -0.5, 0)

    surface = curved([[step, noise]])
    smoothed = concave(surface, within=0.01)
    np.testing.assert_array_equal(smoothed.gains[0, 0], surface.gains[0, 0])
    np.testing.assert_allclose(smoothed.gains[0, 1], LEVELS)


def test_all_faults_of_a_surface_are_told_at_once():
    with pytest.raises(ValueError) as told:
        Surface(("a", "a"), ("s", "t"), np.array([[0.0, 1.0], [2.0, 1.0]]), np.full((2, 2, 2), np.nan))
    for word in ("objectives", "finite", "'s'", "'t'"):
        assert word in str(told.value)


def test_a_surface_of_the_wrong_shape_says_which_is_right():
    with pytest.raises(ValueError, match=r"\(1, 1, 2\)"):
        Surface(("a",), ("s",), np.array([[1.0, 2.0]]), np.zeros((1, 2, 2)))


def test_dollars_beyond_the_grid_are_refused_by_name():
    with pytest.raises(ValueError, match="s1"):
        evaluate(linear([[1, 1]]), [0, 4 * BUDGET + 1])
    with pytest.raises(ValueError, match="s0"):
        evaluate(linear([[1, 1]]), [-1, 0])


def test_an_unknown_objective_is_told_with_those_there_are():
    with pytest.raises(KeyError, match="v0, v1"):
        linear([[1], [1]]).index("hope")


def test_a_surface_cannot_be_changed_by_accident():
    given = np.array([[1.0]])
    surface = Surface(("a",), ("s",), given, np.array([[[1.0]]]))
    given[0, 0] = 5
    assert surface.dollars[0, 0] == 1
    with pytest.raises(ValueError):
        surface.gains[0, 0, 0] = 2
