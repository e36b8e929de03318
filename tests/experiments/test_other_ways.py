"""Other ways to run a service: which there are, their curves, and what both of a pair cost where they are open."""

from __future__ import annotations

import tomllib
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.experiments.curves import TODAY, evaluate_draws, objectives
from bothand.experiments.plans import try_study_plan
from bothand.experiments.what_if.ways import Way, Ways, other_ways, try_ways
from bothand.keys import THREE_YEARS
from bothand.world.plan import Plan
from experiments.small_worlds import SEED, makers, of_services
from texts import plan_text

FEW = ("low_barrier_buprenorphine", "jail_medication", "peer_coaching")


small, curves, found = makers(lambda: of_services(*FEW))


@cache
def ways() -> Ways:
    return try_ways(curves(), found(), SEED)


def test_every_change_of_terms_that_moves_a_number_is_a_way_and_no_other() -> None:
    told = {(w.service, w.term, w.now): w.grade for w in other_ways(small())}
    assert told == {
        ("low_barrier_buprenorphine", "entry", "intake"): 0,
        ("low_barrier_buprenorphine", "entry", "abstinence first"): 2,
        ("low_barrier_buprenorphine", "return_to_use", "discharged"): 2,
        ("jail_medication", "return_to_use", "discharged"): 2,
        ("jail_medication", "places", "queue"): 0,
    }


@pytest.mark.parametrize(
    "line",
    [
        {"service": "low_barrier_buprenorphine", "share": 1.0, "terms": {"entry": "intake"}},
        {"service": "jail_medication", "share": 1.0, "places": "queue"},
    ],
)
def test_the_curve_of_a_way_is_what_a_plan_gives_that_sets_these_terms(line: dict[str, object]) -> None:
    plan = Plan.model_validate({**tomllib.loads(plan_text()), "line": [line]})
    tried = objectives(small(), try_study_plan(small(), plan, THREE_YEARS))
    surface = ways().surface
    column = next(n for n, name in enumerate(surface.services) if "@" in name and _is(name, line))
    today = curves().levels.index(TODAY)
    for v, name in enumerate(surface.objectives):
        assert_allclose(surface.gains[v, column, today], tried[name].mean(), rtol=1e-9, atol=1e-9)


def _is(name: str, line: dict[str, object]) -> bool:
    return name in (f"{line['service']}@entry=intake", f"{line['service']}@places=queue")


def test_a_choice_more_never_makes_both_cost_more_and_nothing_beyond_the_limit_is_chosen() -> None:
    before = {(p.a, p.b): p.price.multiple for p in (*found().value_pairs, *found().group_pairs)}
    pairs = (*ways().values, *ways().groups)
    assert len(pairs) == len(before)
    chosen: list[Way] = []
    for pair in pairs:
        assert pair.multiple <= before[pair.a, pair.b] + 1e-6
        assert bool(pair.chosen) == (pair.multiple < before[pair.a, pair.b] - 1e-6)
        chosen += pair.chosen
        if pair.worst:
            assert pair.worst[1] > before[pair.a, pair.b]
    assert all(way.grade <= ways().limit for way in chosen)
    assert any(pair.worst for pair in pairs)


def test_a_plan_in_every_draw_is_the_mean_of_the_surface_on_average() -> None:
    surface, by_draw = curves().surface, curves().by_draw
    plan = 0.7 * surface.dollars[:, 0]
    for v in range(len(surface.objectives)):
        drawn = evaluate_draws(surface, by_draw[v], plan)
        expected = [
            np.interp(x, [0, *row], [0, *gain])
            for x, row, gain in zip(plan, surface.dollars, surface.gains[v], strict=True)
        ]
        assert drawn.shape == (2,)
        assert_allclose(drawn.mean(), np.sum(expected), rtol=1e-9, atol=1e-12)
