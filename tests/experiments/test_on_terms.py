"""The both/and plan where a service may be run in another way, beside the one on the services' own terms."""

from __future__ import annotations

from functools import cache

import pytest

from bothand.experiments.curves import objectives
from bothand.experiments.exact.on_terms import PlanOnTerms, settle_on_terms
from bothand.experiments.plans import try_dollars
from bothand.experiments.search import FUNCTIONAL
from bothand.experiments.what_if.ways import Ways, measure_ways, other_ways, places_in, terms_in
from bothand.keys import THREE_YEARS
from experiments.small_worlds import SEED, makers, of_services

FEW = ("low_barrier_buprenorphine", "community_naloxone")


small, curves, found = makers(lambda: of_services(*FEW))


@cache
def ways(limit: int) -> Ways:
    every = other_ways(small())
    return Ways(every, limit, measure_ways(curves(), every, SEED), (), ())


@cache
def plan(limit: int) -> PlanOnTerms:
    return settle_on_terms(curves(), found(), ways(limit), [], SEED)


def test_a_plan_that_may_choose_terms_reaches_no_less_on_curves_and_keeps_to_the_money_and_the_limit() -> None:
    told = plan(1)
    assert told.beta >= told.beta_own - 1e-9
    assert told.yearly.sum() <= small().yearly_budget * (1 + 1e-9)
    assert all(way.grade <= 1 for way in told.chosen)
    assert len({way.service for way in told.chosen}) == len(told.chosen), "one way of each service at most"


def test_both_plans_are_run_in_the_full_model_as_they_are_chosen() -> None:
    told = plan(1)
    own = objectives(small(), try_dollars(small(), "so", found().yearly, THREE_YEARS))
    assert told.gains_own[FUNCTIONAL] == pytest.approx(own[FUNCTIONAL].mean())
    then = try_dollars(
        small(), "so", told.yearly, THREE_YEARS, places=places_in(told.chosen), terms=terms_in(told.chosen)
    )
    assert told.gains[FUNCTIONAL] == pytest.approx(objectives(small(), then)[FUNCTIONAL].mean())
    assert set(told.z) == set(told.z_own) == set(found().served)
    for name, share in told.z.items():
        best = found().ideals.best[found().ideals.surface.index(name)]
        assert share == pytest.approx(told.gains[name] / best)
