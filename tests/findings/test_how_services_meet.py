"""How services meet is worked out from the model and their files, and agrees with what the compiler says."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from bothand.engine.setting import Setting, load_setting
from bothand.experiments.plans import Tried, try_dollars, try_study_plan
from bothand.experiments.results import Results
from bothand.findings.delivery import declared, interactions, meetings, overlaps
from bothand.keys import THREE_YEARS
from bothand.outcomes.county import people_in
from bothand.report.summary import Interaction
from experiments.small_worlds import drawn, plan, setting, world


@cache
def everything() -> Setting:
    """Every service that ships and is modelled."""
    return load_setting("washtenaw_all")


@cache
def found(where: Callable[[], Setting] = setting) -> list[Interaction]:
    return interactions(where().model, list(where().services))


def ways(a: str, b: str, where: Callable[[], Setting] = everything) -> dict[str, str]:
    """How -> declared or assumed, of a pair in either order."""
    return {i.how: i.status for i in found(where) if {i.a, i.b} == {a, b}}


@pytest.mark.parametrize("where", [setting, everything])
def test_every_pair_of_services_is_said_to_meet_or_to_be_independent_and_not_both(
    where: Callable[[], Setting],
) -> None:
    keys = [service.key for service in where().services]
    for pair in itertools.combinations(keys, 2):
        said = ways(*pair, where)
        assert said, pair
        assert set(said) == {"independent"} or "independent" not in said


@pytest.mark.parametrize("where", [setting, everything])
def test_pairs_of_levers_that_multiply_undeclared_are_those_that_the_compiler_lists_as_assumed(
    where: Callable[[], Setting],
) -> None:
    model = where().model
    undeclared = {tuple(sorted(p)) for p, how in meetings(model).items() if how == "multiply"} - {
        tuple(sorted(p)) for p in declared(model)
    }
    assert undeclared == set(model.assumed)


@pytest.mark.parametrize("where", [setting, everything])
def test_what_multiplies_is_assumed_exactly_where_the_compiler_assumes_it(where: Callable[[], Setting]) -> None:
    levers = {s.key: {move.lever for move in s.moves} for s in where().services}
    assumed = {frozenset(pair) for pair in where().model.assumed}
    for a, b in itertools.combinations(levers, 2):
        said = [i.status for i in found(where) if (i.a, i.b, i.how) == (a, b, "multiply")]
        expected = {frozenset(pair) for pair in itertools.product(levers[a], levers[b])} & assumed
        assert said.count("assumed") == len(expected), (a, b)


def test_services_on_one_lever_of_reach_join_as_a_union_and_on_places_add_up() -> None:
    assert ways("syringe_services", "peer_led_outreach")["union"] == "declared"
    assert ways("low_barrier_buprenorphine", "jail_medication")["add"] == "declared"
    assert ways("jail_medication", "jail_medication_own_places").keys() >= {"union", "add"}


def test_recovery_supports_multiply_as_declared_and_asking_multiplies_as_assumed() -> None:
    assert ways("peer_coaching", "recovery_community_centre")["multiply"] == "declared"
    assert ways("bridge_navigation", "low_barrier_buprenorphine")["multiply"] == "assumed"


def test_places_and_those_who_send_people_to_them_share_a_queue() -> None:
    (row,) = [i for i in found() if {i.a, i.b} == {"bridge_navigation", "methadone_places"}]
    assert row.how == "queue"
    assert row.where.startswith("methadone places: ")
    assert "makes more people ask" in row.where
    assert "adds places" in row.where


def test_contact_comes_before_navigation_and_not_the_other_way_round() -> None:
    turns = [(i.a, i.b) for i in found() if i.how == "in turn" and "bridge_navigation" in (i.a, i.b)]
    assert ("syringe_services", "bridge_navigation") in turns
    assert ("bridge_navigation", "syringe_services") not in turns


def test_naloxone_and_housing_meet_nowhere() -> None:
    assert ways("community_naloxone", "recovery_housing") == {"independent": "assumed"}


# ------------------------------------------------------------------------------------------- the same people twice
def results(where: Any, tried: Tried) -> Results:
    unread: Any = None
    return Results(where.setting, drawn(), where, (tried,), unread, unread, unread, {}, {}, unread, "test")


def test_a_coach_and_a_centre_reach_the_same_people_as_often_as_chance_would_have_it() -> None:
    tried = try_study_plan(world(), plan("recovery_only"), THREE_YEARS)
    rows = {tuple(row.services): row for row in overlaps(results(world(), tried), tried)}
    row = rows["peer_coaching", "recovery_community_centre"]
    assert row.how == "multiply"
    model, county, delivery = setting().model, world().county, tried.trial.delivery
    assert delivery is not None
    year = world().first_round[-1]
    more = [(delivery.levers[k] - county.environment.levers[k])[year] for k in ("peers", "centre")]
    both = (model.eligible["peers"] & model.eligible["centre"]).astype(float)
    expected = people_in(county.quo, both)[year] * more[0] * more[1]
    assert expected.mean() > 0
    assert row.twice.mean == pytest.approx(expected.mean(), rel=1e-9)
    for one in rows.values():
        assert one.one_by_one.mean == pytest.approx(one.together.mean + one.twice.mean)
        assert 0 <= one.twice.mean <= one.together.mean


def test_a_plan_with_one_service_reaches_no_one_twice() -> None:
    money = np.zeros(len(setting().services))
    money[[s.key for s in setting().services].index("peer_coaching")] = world().yearly_budget
    tried = try_dollars(world(), "one", money, THREE_YEARS)
    assert overlaps(results(world(), tried), tried) == []


def test_no_one_is_reached_twice_with_no_new_money() -> None:
    tried = try_study_plan(world(), plan("status_quo"), THREE_YEARS)
    assert overlaps(results(world(), tried), tried) == []
