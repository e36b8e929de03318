"""Two ways to run one service: a plan pays for one of them, and every question is answered as if each were asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.decide.both_and import leximin
from bothand.decide.ideals import common, find_ideals, least_dollars
from bothand.decide.pairs import collision, price
from bothand.decide.programme import at_most, maximise, rows, stack
from bothand.decide.surfaces import Surface, evaluate

SERVICES = ("bridge", "bridge@offer", "housing")
WAYS = (("bridge", "bridge@offer"),)
DOLLARS = np.tile([50.0, 100.0, 200.0, 400.0], (3, 1))
BUDGET = 100.0

gains = st.lists(st.floats(-2, 4), min_size=2 * 3 * 4, max_size=2 * 3 * 4)


def curves(steps: list[float]) -> Surface:
    """Two values on three columns; the steps are gains between levels, so curves may bend either way."""
    return Surface(("a", "b"), SERVICES, DOLLARS, np.cumsum(np.reshape(steps, (2, 3, 4)), axis=2), WAYS)


def without(surface: Surface, column: int) -> Surface:
    kept = [i for i in range(len(SERVICES)) if i != column]
    names = tuple(SERVICES[i] for i in kept)
    return Surface(surface.objectives, names, surface.dollars[kept], surface.gains[:, kept])


@settings(max_examples=60, deadline=None)
@given(gains)
def test_the_most_of_a_value_is_the_better_of_the_two_ways(steps: list[float]) -> None:
    surface = curves(steps)
    found = maximise(surface, rows(surface, gains=[1, 0.5]), at_most(surface, BUDGET))
    alone = [
        maximise(one, rows(one, gains=[1, 0.5]), at_most(one, BUDGET)) for one in map(without, [surface] * 2, (0, 1))
    ]
    assert found is not None
    assert not (found.plan[0] > 1e-6 and found.plan[1] > 1e-6)
    assert found.value == pytest.approx(max(one.value for one in alone if one is not None), abs=1e-6)
    assert evaluate(surface, found.plan) @ [1, 0.5] == pytest.approx(found.value, abs=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.01, 4), min_size=24, max_size=24))
def test_what_all_reach_and_what_it_costs_are_those_of_the_better_way(steps: list[float]) -> None:
    surface = curves(steps)
    ideals = find_ideals(surface, BUDGET)
    shared = common(ideals, ("a", "b"))
    cost = price(ideals, ("a", "b"))
    wanted = ideals.best
    each, prices = [], []
    for column in (0, 1):
        one = without(surface, column)
        goal = rows(one, extra=[1])
        reach = rows(one, gains=np.diag(1 / wanted), extra=np.full((2, 1), -1.0))
        both = maximise(one, goal, stack(reach, at_most(one, BUDGET)), bounds=[(0, 1)])
        each.append(both.value if both is not None else 0.0)
        cheapest = least_dollars(one, rows(one, gains=np.diag(1 / wanted), least=1 - 1e-9))
        prices.append(cheapest.plan.sum() / BUDGET if cheapest is not None else np.inf)
    assert shared is not None
    assert shared.value == pytest.approx(max(each), abs=1e-6)
    assert cost.multiple == pytest.approx(max(1.0, min(prices)), rel=1e-5)


def test_two_values_that_want_one_service_run_in_two_ways_collide_by_what_the_better_way_leaves_undone() -> None:
    straight = np.array([1.0, 2.0, 2.0, 2.0])
    surface = Surface(
        ("a", "b"),
        SERVICES,
        DOLLARS,
        np.array([[straight, straight / 4, 0 * straight], [straight / 2, straight, 0 * straight]]),
        WAYS,
    )
    ideals = find_ideals(surface, BUDGET)
    assert ideals.plan_of("a").tolist() == pytest.approx([100, 0, 0], abs=1e-3)
    assert ideals.plan_of("b").tolist() == pytest.approx([0, 100, 0], abs=1e-3)
    # The bridge on a's terms leaves half of b undone, on b's terms three quarters of a.
    assert collision(ideals, "a", "b") == pytest.approx(0.5)
    assert leximin(ideals, ("a", "b")).beta == pytest.approx(0.5)
    assert price(ideals, ("a", "b")).multiple == np.inf


def test_a_column_in_two_groups_or_in_none_is_a_fault() -> None:
    with pytest.raises(ValueError, match="ways to run a service"):
        Surface(("a",), ("x", "y"), DOLLARS[:2], np.ones((1, 2, 4)), (("x", "y"), ("y",)))
    with pytest.raises(ValueError, match="ways to run a service"):
        Surface(("a",), ("x", "y"), DOLLARS[:2], np.ones((1, 2, 4)), (("x", "z"),))
