"""The both/and plan where a service may be run in another way, beside the one on the services' own terms."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bothand.decide.both_and import KEEP
from bothand.decide.search.rules import table
from bothand.experiments.curves import objectives
from bothand.experiments.exact import first_round as first_round_
from bothand.experiments.exact import on_terms as on_terms_
from bothand.experiments.exact.first_round import Exact, search_exactly
from bothand.experiments.exact.on_terms import PlanOnTerms, TermsExactly, settle_on_terms, settle_on_terms_exactly
from bothand.experiments.exact.oracle import Engine
from bothand.experiments.plans import try_dollars
from bothand.experiments.search import FUNCTIONAL, Found
from bothand.experiments.what_if.ways import Ways, measure_ways, other_ways, places_in, terms_in
from bothand.experiments.worlds import World, knowing
from bothand.keys import THREE_YEARS
from bothand.world.plan import TermsChange
from bothand.world.service import load_service
from bothand.world.terms.programme import run_so
from experiments.small_worlds import SEED, makers, of_services

FEW = ("low_barrier_buprenorphine", "community_naloxone")
DISCHARGED, STAYS = "discharged", "stays"
EACH, MOST = 1, 3


@pytest.fixture(autouse=True)
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few runs of a search: enough to begin with, and quick."""
    monkeypatch.setattr(first_round_, "CALLS_EACH", EACH)
    monkeypatch.setattr(first_round_, "CALLS", MOST)
    monkeypatch.setattr(on_terms_, "CALLS", MOST)


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


def who_discharges() -> World:
    """The small world where a programme takes buprenorphine from whoever returns to use; no limit keeps that out."""
    service, other = (load_service(key) for key in FEW)
    so = run_so(service, TermsChange(return_to_use=DISCHARGED))
    study = small().setting.study.model_copy(update={"coercion_limit": 4})
    own = replace(small().setting, study=study, services=(so, other))
    county = knowing(replace(small().county, setting=own), {so.key: so.terms}, SEED)
    return replace(small(), setting=own, county=county)


harsh, harsh_curves, harsh_searched = makers(who_discharges)


@cache
def harsh_found() -> Found:
    """Requests met are left out: whoever is sent away asks again, and that counts as a request."""
    every = harsh_searched()
    return replace(every, values=tuple(name for name in every.values if name != "requests_met"))


WHERE = {DISCHARGED: (small, curves, found), STAYS: (harsh, harsh_curves, harsh_found)}


@cache
def exact(to: str) -> Exact:
    _, measured, searched = WHERE[to]
    return search_exactly(measured(), searched(), [])


@cache
def held(to: str) -> TermsExactly:
    """The dollars settled where whoever returns to use is treated so, which the service itself does not do."""
    where, measured, searched = WHERE[to]
    (way,) = (w for w in other_ways(where()) if (w.service, w.term, w.now) == (FEW[0], "return_to_use", to))
    told = Ways((way,), way.grade, measure_ways(measured(), [way], SEED), (), ())
    chosen = replace(settle_on_terms(measured(), searched(), told, [], SEED), chosen=(way,))
    found_ = settle_on_terms_exactly(measured(), told, exact(to), chosen, SEED)
    assert found_ is not None
    return found_


def test_a_change_of_terms_that_is_clearly_better_stays_and_gives_the_least_served_no_less() -> None:
    told, before = held(STAYS), exact(STAYS)
    assert told.settled.beta > before.settled.beta
    (undone,) = told.undone
    assert undone.better
    assert undone.healthy < told.settled.answer.gains[told.names.index(FUNCTIONAL)]


def test_a_change_of_terms_that_is_clearly_worse_is_seen_by_undoing_it() -> None:
    (undone,) = held(DISCHARGED).undone
    assert not undone.better
    assert undone.healthy > held(DISCHARGED).settled.answer.gains[held(DISCHARGED).names.index(FUNCTIONAL)]
    assert undone.least >= min(held(DISCHARGED).settled.z.values())


@pytest.mark.parametrize("to", [STAYS, DISCHARGED])
def test_dollars_on_other_terms_keep_to_the_money_and_are_no_worse_than_both_plans_that_the_search_began_with(
    to: str,
) -> None:
    told, before = held(to), exact(to)
    assert not table(told_space(to)).broken(told.settled.answer.plan)
    assert told.yearly.sum() <= WHERE[to][0]().yearly_budget * (1 + 1e-6)
    assert told.settled.beta >= told.least_on_curves - 1e-6
    assert min(told.settled.z.values()) >= KEEP * told.settled.beta - 2e-3
    assert 0 <= told.certificate.residual <= 1
    assert told.runs <= 2 + 2 * MOST + len(told.chosen) + 1
    assert set(told.settled.z) == set(before.settled.z)


def told_space(to: str):
    return first_round_.first_round(WHERE[to][0]())


def test_an_undone_change_is_the_run_of_the_same_dollars_on_the_services_own_terms() -> None:
    told, before = held(STAYS), exact(STAYS)
    gains = Engine(harsh(), told.names, [list(harsh().first_round)]).gains(told.settled.answer.plan)
    (undone,) = told.undone
    assert undone.healthy == pytest.approx(gains[told.names.index(FUNCTIONAL)])
    assert undone.least == pytest.approx(np.min(before.favourites.weights(list(before.settled.z)) @ gains))


def test_where_no_terms_were_changed_there_is_nothing_to_settle_again() -> None:
    none = replace(plan(1), chosen=())
    assert settle_on_terms_exactly(curves(), ways(1), exact(DISCHARGED), none, SEED) is None
