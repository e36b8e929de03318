"""The map against budgets in the model: services that still bring more are run on, full ones go on level."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from bothand.experiments.curves import measure_curves, objectives
from bothand.experiments.plans import option_keys, try_dollars
from bothand.experiments.search import FIRST_LINE, SECOND_LINES, search_in_short, searched_dollars
from bothand.experiments.what_if.budgets import FURTHER, Budgets, look_at_budgets, look_further, measured_on
from bothand.keys import THREE_YEARS
from experiments.small_worlds import makers, of_services, searched

FULL, GROWS = "low_barrier_buprenorphine", "syringe_services"
TODAY = 3
LEVELS = (1.0, 2.0, 4.0)
DOLLAR = 1e-9


small, curves, found = makers(lambda: of_services(FULL, GROWS), LEVELS)


@cache
def budgets() -> Budgets:
    return look_further(curves(), found(), look_at_budgets(curves(), found()))


def test_every_pair_of_the_map_stands_at_every_budget() -> None:
    pairs = (*found().value_pairs, *found().group_pairs)
    assert pairs
    assert set(budgets().pairs) == set(budgets().collisions) == {(p.a, p.b) for p in pairs}
    for pair in pairs:
        assert budgets().pairs[pair.a, pair.b].shares[TODAY] == pytest.approx(1 - pair.tension, abs=1e-6)
        assert budgets().collisions[pair.a, pair.b][TODAY] == pytest.approx(pair.collision, abs=DOLLAR)
    assert budgets().end == pytest.approx(4)


def test_a_service_that_still_brings_more_is_run_on_and_one_that_is_full_is_not() -> None:
    assert budgets().further == (GROWS,)
    assert budgets().full == (FULL,)


def test_further_levels_are_what_the_model_gives_in_the_same_draws() -> None:
    surface = measured_on(curves(), (GROWS,))
    options = option_keys(small())
    yearly = np.where(np.array(options) == GROWS, FURTHER[0] * small().yearly_budget, 0.0)
    told = objectives(small(), try_dollars(small(), "asked", yearly, THREE_YEARS))
    at = options.index(GROWS)
    for v, name in enumerate(surface.objectives):
        assert surface.gains[v, at, -2] == pytest.approx(told[name].mean(), rel=1e-9, abs=1e-9)
    level = surface.gains[:, options.index(FULL)]
    np.testing.assert_array_equal(level[:, -1], level[:, -3])
    np.testing.assert_array_equal(surface.gains[:, :, :-2], curves().surface.gains)


def test_hope_has_a_pair_of_its_second_line_with_every_other_value_where_both_lines_have_room() -> None:
    assert found().second_pairs == ()
    wider = searched(measure_curves(of_services("peer_coaching", "recovery_housing"), levels=LEVELS))
    others = [name for name in wider.values if name != FIRST_LINE]
    assert others
    assert FIRST_LINE in wider.values
    assert [(pair.a, pair.b) for pair in wider.second_pairs] == [(name, SECOND_LINES[0]) for name in others]
    assert {pair.error for pair in wider.second_pairs} == {max(pair.error for pair in wider.value_pairs)}


def test_a_search_in_short_says_the_same_of_all_that_it_says() -> None:
    short, whole = search_in_short(curves(), found().keys, []), found()
    np.testing.assert_array_equal(short.yearly, whole.yearly)
    np.testing.assert_array_equal(searched_dollars(curves(), found().keys, []), whole.yearly)
    assert short.settled.beta == whole.settled.beta
    assert (short.values, short.groups, short.served) == (whole.values, whole.groups, whole.served)
    assert [(p.a, p.b, p.price.multiple, p.error, p.lane) for p in short.value_pairs] == [
        (p.a, p.b, p.price.multiple, p.error, p.lane) for p in whole.value_pairs
    ]
    for one, other in ((short.all_values, whole.all_values), (short.all_groups, whole.all_groups)):
        assert (one.members, one.multiple) == (other.members, other.multiple)
    assert (short.group_pairs, short.leximin, short.ranges, short.curve) == ((), None, None, ())
    assert whole.group_pairs
    assert whole.leximin is not None
