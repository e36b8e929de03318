"""Rules on curves: every plan found keeps them, what does not bind changes nothing, and a cap known by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.decide.both_and import curve, leximin, settle
from bothand.decide.ideals import common, find_ideals
from bothand.decide.moves.move import move_from
from bothand.decide.pairs import pairs, price
from bothand.decide.pairwise.budgets import at_budgets
from bothand.decide.pairwise.spread import Draws
from bothand.decide.programme import at_most
from bothand.decide.repair import cheapest_gain
from bothand.decide.ruled.rows import affordable, broken, hair, least_asked, possible
from bothand.decide.ruled.rules import Rules, rules_of
from bothand.decide.surfaces import ROUNDING, Surface, asked_of_others, concave, evaluate
from decide.decide_toys import BUDGET, LEVELS, curved, linear, surfaces

CLOSE = 1e-5


def with_rules(surface: Surface, least=0.0, most=np.inf, cap=np.inf, asked=0.0) -> Surface:
    n = len(surface.services)
    low, high = (np.broadcast_to(np.asarray(end, dtype=float), (n,)) for end in (least, most))
    curves = np.broadcast_to(np.asarray(asked, dtype=float), surface.dollars.shape)
    return replace(surface, rules=rules_of(BUDGET, low, high, surface.services, cap, curves))


@st.composite
def ruled(draw, bends=True) -> Surface:
    """Random curves with an earmark, a ceiling and a cap that some plan keeps; what others are asked for may bend."""
    surface = draw(surfaces())
    n = len(surface.services)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    least = rng.dirichlet(np.ones(n)) * BUDGET * draw(st.floats(0, 0.6)) * (rng.random(n) < 0.5)
    most = np.where(rng.random(n) < 0.5, np.maximum(least, rng.uniform(0, 1, n) * BUDGET), np.inf)
    slopes = rng.uniform(-0.2, 2, (n, len(LEVELS))) if bends else np.repeat(rng.uniform(0, 2, (n, 1)), len(LEVELS), 1)
    asked = np.cumsum(slopes * np.diff(LEVELS, prepend=0), axis=1)
    free = with_rules(surface, least, most, np.inf, asked)
    lowest = least_asked(free, BUDGET)
    assert lowest is not None
    return with_rules(surface, least, most, lowest + draw(st.floats(0.05, 1)) * BUDGET, asked)


def every_plan(surface: Surface):
    """All plans that the questions of this room find at today's budget."""
    ideals = find_ideals(surface, BUDGET)
    yield from ideals.plans[ideals.room]
    members = ideals.members
    if members:
        yield leximin(ideals, members).plan
        yield settle(ideals, members, members[0]).plan
        yield from (point.plan for point in curve(ideals, members, members[0], 3))
        shared = common(ideals, members)
        assert shared is not None
        yield shared.plan


@settings(max_examples=25, deadline=None)
@given(surface=ruled())
def test_every_plan_that_is_found_keeps_every_rule(surface: Surface) -> None:
    for plan in every_plan(surface):
        assert broken(surface, plan, BUDGET) == ()
        assert plan.sum() <= BUDGET * (1 + CLOSE)


@settings(max_examples=25, deadline=None)
@given(surface=surfaces(), slack=st.floats(1.0, 5.0))
def test_rules_that_do_not_bind_change_nothing(surface: Surface, slack: float) -> None:
    loose = with_rules(surface, 0.0, slack * BUDGET, slack * BUDGET, np.tile(LEVELS, (len(surface.services), 1)))
    free, held = find_ideals(surface, BUDGET), find_ideals(loose, BUDGET)
    assert_allclose(held.best, free.best, rtol=CLOSE, atol=1e-9)
    members = free.members
    assert held.members == members
    one, other = settle(free, members, members[0]), settle(held, members, members[0])
    assert_allclose(other.beta, one.beta, atol=CLOSE)
    assert_allclose(other.gains[0], one.gains[0], rtol=CLOSE, atol=1e-6)
    for a, b in zip(pairs(free), pairs(held), strict=True):
        assert_allclose(b.price.multiple, a.price.multiple, rtol=1e-4)
        assert_allclose(b.tension, a.tension, atol=CLOSE)


@settings(max_examples=25, deadline=None)
@given(surface=ruled(bends=False))
def test_two_purses_keep_the_rules_of_twice_the_money(surface: Surface) -> None:
    """Concave gains, nobody in another's way, and what others are asked for adds up: then no price is above two."""
    ideals = find_ideals(surface, BUDGET)
    for pair in pairs(ideals):
        if min(pair.spill_ab, pair.spill_ba) >= 0:
            assert pair.price.multiple <= 2 + CLOSE
            assert pair.tension <= 0.5 + CLOSE
        assert broken(surface, pair.price.plan, pair.price.dollars) == ()


def test_a_cap_on_two_concave_services_splits_the_money_where_it_is_known_by_hand() -> None:
    """Gains 20 sqrt(x) of either; the first asks others for a dollar each, the second for none; a cap of 36.

    Without the cap half the money goes to each: 50 and 50. With it 36 and 64, for 20 (6 + 8) = 280.
    """
    levels = np.arange(1, 101, dtype=float)

    def root(x):
        return 20 * np.sqrt(x)

    surface = curved([[root, root]], levels)
    free = find_ideals(surface, BUDGET)
    assert_allclose(free.plans[0], [50, 50])
    capped = with_rules(surface, cap=36.0, asked=np.stack([levels, np.zeros(100)]))
    found = find_ideals(capped, BUDGET)
    assert_allclose(found.plans[0], [36, 64], rtol=1e-6)
    assert_allclose(found.best[0], 280, rtol=1e-6)
    assert asked_of_others(capped, found.plans[0]) <= 36 * (1 + CLOSE)


@pytest.mark.parametrize("cap", [10.0, 25.0, 40.0, 55.0])
def test_a_cap_on_a_sum_that_bends_down_is_exact_where_every_plan_is_tried(cap: float) -> None:
    """What the first service asks levels off, so plans within the cap are no convex set: brute force over a grid."""
    surface = curved([[lambda x: 3 * np.minimum(x, 60), lambda x: 1.0 * x]], LEVELS)
    asked = np.array([[20, 40, 45, 45, 45], [0, 5, 20, 50, 110]], dtype=float)
    capped = with_rules(surface, cap=cap, asked=asked)
    best = find_ideals(capped, BUDGET).best[0]
    tried = [
        evaluate(surface, [x, y])[0]
        for x in np.linspace(0, 100, 401)
        for y in np.linspace(0, 100 - x, 101)
        if asked_of_others(capped, [x, y]) <= cap
    ]
    assert best >= max(tried) - 1e-6
    assert best <= max(tried) * 1.01
    eased = concave(capped)
    assert find_ideals(eased, BUDGET).best[0] >= best - 1e-6


def test_an_earmark_and_a_ceiling_of_one_value_are_known_by_hand() -> None:
    surface = linear([[3.0, 1.0, 0.0]])
    held = with_rules(surface, [0, 0, 20], [50, np.inf, np.inf])
    assert_allclose(find_ideals(held, BUDGET).plans[0], [50, 30, 20], rtol=1e-4)


def test_rules_are_read_as_shares_of_another_budget() -> None:
    held = with_rules(linear([[3.0, 1.0, 0.0]]), [0, 0, 20], [50, np.inf, np.inf])
    for times in (0.5, 1, 2):
        assert_allclose(find_ideals(held, times * BUDGET).plans[0], np.array([50, 30, 20]) * times, rtol=1e-4)


def test_the_price_counts_rules_that_grow_with_the_money() -> None:
    """A fifth goes to a third service whatever happens: both others get what each would alone for twice the money."""
    held = with_rules(linear([[1.0, 0, 0], [0, 1.0, 0]]), [0, 0, 20])
    ideals = find_ideals(held, BUDGET)
    assert_allclose(ideals.best, [80, 80])
    found = price(ideals, ideals.members)
    assert_allclose(found.multiple, 2, rtol=1e-5)
    assert_allclose(found.plan, [80, 80, 40], rtol=1e-4)
    assert_allclose(found.per_gain, [1.25, 1.25], rtol=1e-5)
    at = at_budgets(ideals, ideals.members, found, (0.5, 1.0, 2.0))
    assert_allclose(at.shares, [0.25, 0.5, 1.0], atol=1e-5)


def test_prices_in_draws_count_the_rules_too() -> None:
    """No more than half goes to s0: v0 gets 50 and v1 100 alone, both for 150; where s1 gives v0 half as much as s0
    does, v0's own best is 75, and both cost 125."""
    held = with_rules(linear([[1.0, 0], [0, 1.0]]), most=[50, np.inf])
    by_draw = np.repeat(held.gains[..., None], 2, axis=-1)
    by_draw[0, 1, :, 1] = by_draw[0, 0, :, 0] / 2
    assert_allclose(Draws(find_ideals(held, BUDGET), by_draw).prices("v0", "v1"), [1.5, 1.25], rtol=CLOSE)


@settings(max_examples=25, deadline=None)
@given(surface=ruled(), seed=st.integers(0, 2**32 - 1))
def test_a_change_of_a_plan_takes_it_no_further_from_a_rule_and_its_proof_holds(surface: Surface, seed: int) -> None:
    ideals = find_ideals(surface, BUDGET)
    if not ideals.members:
        return
    rules = surface.rules
    assert rules is not None
    start = np.random.default_rng(seed).dirichlet(np.ones(len(surface.services))) * BUDGET
    there = replace(surface, rules=rules.as_plan_stands(start, asked_of_others(surface, start)))
    move = move_from(ideals, start)
    assert broken(there, move.plan, BUDGET) == ()
    assert move.proof.left >= move.least - CLOSE
    repair = cheapest_gain(ideals, start, ideals.members, move.least / 2) if move.exists else None
    if repair is not None:
        assert broken(there, repair.plan, BUDGET) == ()
    strict = move_from(ideals, start, strict=True)
    if strict.exists:
        assert broken(surface, strict.plan, BUDGET) == ()


def test_without_rules_the_programmes_are_those_of_the_money_alone() -> None:
    surface = linear([[3.0, 1.0]])
    one, other = affordable(surface, BUDGET), at_most(surface, BUDGET)
    for part in ("gains", "dollars", "extra", "least", "asks"):
        assert np.array_equal(getattr(one, part), getattr(other, part))
    assert hair(surface) == ROUNDING
    assert possible(surface, BUDGET)
    assert least_asked(surface, BUDGET) == 0


def test_rules_that_no_plan_keeps_are_refused_and_the_least_that_can_be_asked_is_told() -> None:
    surface = with_rules(linear([[1.0, 1.0]]), [40, 0], cap=10.0, asked=np.stack([LEVELS / 2, 0 * LEVELS]))
    assert not possible(surface, BUDGET)
    assert_allclose(least_asked(surface, BUDGET), 20)
    with pytest.raises(ValueError, match="keeps the rules"):
        find_ideals(surface, BUDGET)


def test_a_service_run_in_two_ways_keeps_its_rule_in_sum() -> None:
    rules: Rules | None = with_rules(linear([[1.0, 1.0]]), [30, 0], [60, np.inf]).rules
    assert rules is not None
    wide = rules.over([0, 1, 0])
    assert_allclose(wide.weights @ np.array([10.0, 5.0, 25.0]) - wide.least, [5, 25])
    assert_allclose(rules.lowest(), [30, 0])
