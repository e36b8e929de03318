import itertools
import os

import numpy as np
import pytest
from decide_toys import BUDGET, LEVELS, curved, linear, surfaces
from hypothesis import given, settings

from bothand.decide import programme
from bothand.decide.programme import at_most, maximise, rows, stack
from bothand.decide.surfaces import concave, evaluate


def maximin(surface, budget=BUDGET):
    n = len(surface.objectives)
    worst = rows(surface, gains=np.eye(n), extra=np.full((n, 1), -1.0))
    return maximise(surface, rows(surface, extra=[1]), stack(worst, at_most(surface, budget)), bounds=[(-1e6, 1e6)])


@settings(max_examples=20, deadline=None)
@given(surfaces(concave=False, antagonism=True, max_values=3, max_services=2))
def test_curves_that_are_not_concave_are_solved_exactly(surface):
    """Every split on a fine grid is tried: none beats the programme, whose own plan is worth its value."""
    found = maximin(surface)
    steps = np.linspace(0, BUDGET, 81)
    plans = np.array([p for p in itertools.product(steps, steps) if sum(p) <= BUDGET * (1 + 1e-12)])
    tried = evaluate(surface, plans).min(axis=1).max()
    assert found.value >= tried - 1e-6 * surface.scale.max()
    assert evaluate(surface, found.plan).min() == pytest.approx(found.value, abs=2e-6 * surface.scale.max())
    assert found.plan.sum() <= BUDGET * (1 + 1e-6)


def test_a_start_up_cost_is_paid_before_anything_is_gained():
    """Two services, one with 25 dollars of start-up and slope 2, one with slope 1: below 50 dollars the second wins."""
    surface = curved([[lambda x: 2 * np.maximum(x - 25, 0), lambda x: x]])
    goal = rows(surface, gains=[1])
    for budget, plan in ((40.0, [0, 40]), (60.0, [60, 0])):
        np.testing.assert_allclose(maximise(surface, goal, at_most(surface, budget)).plan, plan, atol=1e-6)
    on_envelope = maximise(concave(surface), goal, at_most(surface, 40.0))
    np.testing.assert_allclose(on_envelope.plan, [40, 0], atol=1e-6)


def test_a_harm_that_levels_off_is_not_understated():
    """s0 gives v0 one a dollar and takes 20 from v1 with its first 25 dollars only; s1 gives v1 one a dollar."""
    surface = curved([[lambda x: x, lambda x: 0 * x], [lambda x: np.full_like(x, -20), lambda x: x]])
    found = maximin(surface)
    assert found.value == pytest.approx((BUDGET - 20) / 2)


def test_duals_are_the_change_of_the_goal_per_unit_asked():
    surface = curved([[np.sqrt, lambda x: 0 * x], [lambda x: 0 * x, lambda x: 3 * np.sqrt(x)]])
    goal = rows(surface, dollars=[-1, -1])

    def cheapest(a, b):
        return maximise(surface, goal, rows(surface, gains=np.eye(2), least=[a, b]))

    here = cheapest(6.0, 12.0)
    for r, step in enumerate(np.eye(2) * 1e-3):
        there = cheapest(*(np.array([6.0, 12.0]) + step))
        assert (there.value - here.value) / 1e-3 == pytest.approx(here.duals[r], rel=1e-5)


def test_what_no_plan_reaches_is_none():
    surface = linear([[1]])
    assert maximise(surface, rows(surface, gains=[1]), rows(surface, gains=[1], least=LEVELS[-1] + 1)) is None
    stepped = curved([[lambda x: np.maximum(x - 30, 0)]])
    assert maximise(stepped, rows(stepped, gains=[1]), rows(stepped, gains=[1], least=LEVELS[-1])) is None


def test_a_negative_weight_on_a_gain_is_refused():
    with pytest.raises(ValueError, match="negative"):
        rows(linear([[1]]), gains=[-1])


def test_helper_numbers_without_bounds_are_refused():
    surface = linear([[1]])
    with pytest.raises(ValueError, match="bounds"):
        maximise(surface, rows(surface, extra=[1]), at_most(surface, 1))


def test_what_is_printed_is_seen_again_once_the_last_of_two_has_solved(capfd: pytest.CaptureFixture[str]) -> None:
    first, second = programme._quiet(True), programme._quiet(True)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    os.write(1, b"while the other solves")
    second.__exit__(None, None, None)
    os.write(1, b"seen")
    assert capfd.readouterr().out == "seen"
