"""A change of a plan that improves everything, a plan that beats what others do, and repairs, in the full model."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.decide.surfaces import evaluate
from bothand.experiments.curves import objectives
from bothand.experiments.plans import (
    JUDGED,
    Tried,
    judged_gains,
    movable,
    of_group,
    option_keys,
    people_gains,
    service_keys,
    try_changed,
    try_dollars,
    try_study_plan,
    yearly_in,
)
from bothand.experiments.search import BOTH_AND, yearly_of
from bothand.experiments.what_if.moves import COUNTS, MoveTried, try_moves
from bothand.experiments.what_if.repairs import KINDS, Loss, repair_of, try_repairs, try_ways
from bothand.findings.measures import differences
from bothand.keys import AS_OTHERS_DO, HEALTHY, OTHERS_HALF, THREE_YEARS
from experiments.small_worlds import THREE_LEVELS, makers, of_services, plan, setting, world

FEW = ("community_naloxone", "methadone_places", "peer_coaching")
POOR = "poor"


small, curves, found = makers(lambda: of_services(*FEW, plans=False), THREE_LEVELS)
"""Two draws of the default study with three services."""


@cache
def runs() -> dict[str, Tried]:
    """Peer coaching alone; what others do, here half of it and half methadone; the same by half; the searched plan."""
    budget = small().yearly_budget
    given = {
        POOR: (0, 0, budget),
        AS_OTHERS_DO: (0, budget / 2, budget / 2),
        OTHERS_HALF: (0, budget / 4, budget / 4),
        BOTH_AND: found().yearly,
    }
    return {name: try_dollars(small(), name, np.array(x, dtype=float), THREE_YEARS) for name, x in given.items()}


@cache
def asked() -> dict[tuple[str, str], MoveTried]:
    return {(one.plan, one.over): one for one in try_moves(curves(), found(), list(runs().values())).tried}


# --------------------------------------------------------------------------------------------- a plan that is changed


def test_a_plan_that_is_not_changed_runs_as_it_did() -> None:
    few = world(2)
    for key in (AS_OTHERS_DO, "recovery_only"):
        usual = try_study_plan(few, plan(key), THREE_YEARS)
        assert_allclose(yearly_in(few, usual), yearly_of(few, plan(key)))
        again = try_changed(few, key, usual, yearly_in(few, usual))
        assert_allclose(again.dollars, usual.dollars)
        for name, gain in judged_gains(few, usual).items():
            assert_allclose(judged_gains(few, again)[name], gain)


def test_only_the_changed_line_moves_and_lines_outside_stay() -> None:
    few = world(2)
    usual = try_study_plan(few, plan(AS_OTHERS_DO), THREE_YEARS)
    yearly = yearly_in(few, usual)
    assert movable(few, usual) < few.yearly_budget - 1, "others spend on what the model does not hold"
    changed = try_changed(few, "more", usual, yearly + 1000.0 * (np.arange(len(yearly)) == 0))
    at = service_keys(few).index(option_keys(few)[0])
    rest = np.arange(len(usual.dollars)) != at
    assert_allclose(changed.dollars[rest], usual.dollars[rest])
    first = list(few.first_round)
    more = (changed.dollars[at] - usual.dollars[at])[first, 0]
    assert more.mean() == pytest.approx(1000)
    assert changed.outside == usual.outside


def test_a_line_without_dollars_gets_them_as_the_money_comes() -> None:
    budget = small().yearly_budget
    changed = try_changed(small(), "new", runs()[POOR], np.array([budget / 4, 0, budget * 3 / 4]))
    straight = try_dollars(small(), "new", np.array([budget / 4, 0, budget * 3 / 4]), THREE_YEARS)
    assert_allclose(changed.dollars, straight.dollars)


def test_what_groups_are_judged_by_is_what_the_outcomes_tell() -> None:
    told = differences(small(), runs()[POOR])
    for key, gain in judged_gains(small(), runs()[POOR]).items():
        assert_allclose(gain, told[key][-1], atol=1e-9)


# -------------------------------------------------------------------------------------------------- one change for all


def test_a_move_is_within_its_step_and_told_as_the_full_model_has_it() -> None:
    some = [one for one in asked().values() if one.counts]
    assert some, "some plan here can be improved for all"
    for one in some:
        run = runs()[one.plan]
        assert one.exact is not None
        assert (np.abs(one.move.change) <= one.step + 1e-3).all()
        assert one.move.plan.sum() <= movable(small(), run) * (1 + 1e-6)
        after = objectives(small(), try_dollars(small(), "again", one.move.plan, THREE_YEARS))
        before = objectives(small(), run)
        best = found().ideals.best[found().ideals.surface.indices(one.move.members)]
        gained = [(after[name] - before[name]).mean() for name in one.move.members]
        assert_allclose(one.exact, np.array(gained) / best, rtol=1e-6, atol=1e-9)
        assert one.holds == (min(gained) > 0)


def test_from_the_both_and_plan_no_change_improves_every_value_and_weights_prove_it() -> None:
    one = asked()[BOTH_AND, "values"]
    assert one.exact is None
    assert not one.counts
    assert one.proved
    assert one.move.proof.weights.sum() == pytest.approx(1)


def test_every_plan_is_asked_twice_but_the_half_of_what_others_do() -> None:
    assert set(asked()) == {(p, over) for p in (POOR, AS_OTHERS_DO, BOTH_AND) for over in ("values", "groups")}


def test_a_change_that_helps_one_less_in_the_full_model_does_not_hold() -> None:
    one = next(one for one in asked().values() if one.counts)
    assert one.exact is not None
    against = replace(one, exact=np.where(np.arange(len(one.exact)) == 0, -COUNTS, 1.0))
    assert not against.holds
    assert replace(one, exact=np.ones(len(one.exact))).holds
    assert not replace(one, exact=None).holds


def test_a_plan_that_beats_what_others_do_costs_no_more_and_is_run_in_the_full_model() -> None:
    beats = try_moves(curves(), found(), list(runs().values())).beats
    assert beats is not None
    assert beats.yearly is not None
    assert beats.yearly.sum() <= small().yearly_budget
    assert (beats.yearly % 100 == 0).all()
    again = judged_gains(small(), try_dollars(small(), "again", beats.yearly, THREE_YEARS))
    for key in JUDGED:
        assert_allclose(beats.gains[key], again[key])
        assert_allclose(beats.others[key], judged_gains(small(), runs()[AS_OTHERS_DO])[key])
    more = (beats.gains[HEALTHY] - beats.others[HEALTHY]).mean(axis=0)
    assert (more > 0).all(), "naloxone, of which others buy none, saves lives in every group"


def test_without_a_plan_like_that_of_others_nothing_is_sought() -> None:
    moves = try_moves(curves(), found(), [runs()[POOR]])
    assert moves.beats is None
    assert {one.plan for one in moves.tried} == {POOR}


# ------------------------------------------------------------------------------------------------------------ repairs


def test_a_repair_of_money_undoes_the_loss_on_the_curves_and_lets_no_other_group_fall() -> None:
    groups = setting().model.groups
    here, there = (people_gains(small(), runs()[key]) for key in (POOR, AS_OTHERS_DO))
    lost = [g for g in groups if here[of_group(HEALTHY, g)].mean() < there[of_group(HEALTHY, g)].mean()]
    assert lost, "methadone saves lives that coaching alone does not"
    loss = Loss(POOR, AS_OTHERS_DO, HEALTHY, lost[0])
    for kind in KINDS:
        repair = repair_of(curves(), small(), runs(), loss, kind)
        assert repair is not None
        assert repair.dollars > 0
        if kind == "addition":
            assert (repair.change >= 0).all()
        else:
            assert repair.plan.sum() <= small().yearly_budget * (1 + 1e-6)
        surface, yearly = curves().people, yearly_in(small(), runs()[POOR])
        rise = evaluate(surface, repair.plan) - evaluate(surface, yearly)
        for group in groups:
            name = of_group(HEALTHY, group)
            then = here[name].mean() + rise[surface.index(name)]
            least = there[name].mean() if group == loss.group else min(there[name].mean(), here[name].mean())
            assert then >= least - 1e-5 * abs(least) - 1e-6


def test_repairs_are_run_once_in_the_draws_of_the_curves_with_the_plans_own_gains_beside() -> None:
    loss = Loss(POOR, AS_OTHERS_DO, HEALTHY, setting().model.groups[0])
    told: list[str] = []
    done = try_repairs(curves(), small(), list(runs().values()), [loss], 1, told.append)
    assert done.draws == 2
    for (asked_loss, kind), gains in done.money.items():
        repair = repair_of(curves(), small(), runs(), asked_loss, kind)
        assert repair is not None
        changed = try_changed(small(), POOR, runs()[POOR], repair.plan)
        for key in JUDGED:
            assert_allclose(gains[key], judged_gains(small(), changed)[key])
    assert set(done.before) == {POOR}
    assert set(done.terms) == {POOR}
    assert any("repairs of 1 loss" in words for words in told)


def test_other_terms_are_tried_of_services_that_are_paid_within_the_limit() -> None:
    few = world(2)
    usual = try_study_plan(few, plan("treatment_only"), THREE_YEARS)
    done = try_ways(few, usual, 1)
    paid = {key for key, usd in zip(service_keys(few), usual.dollars, strict=True) if np.any(usd)}
    assert done, "some service of treatment only can be run otherwise"
    for one in done:
        assert one.way.service in paid
        assert one.way.grade <= few.setting.study.coercion_limit
        assert np.isfinite(one.dollars)
    moved = [one for one in done if not np.allclose(one.gains[HEALTHY], judged_gains(few, usual)[HEALTHY])]
    assert moved, "a way that moves a number of the model moves an outcome"


def test_no_losses_run_nothing() -> None:
    told: list[str] = []
    done = try_repairs(curves(), small(), list(runs().values()), [], 1, told.append)
    assert (dict(done.money), dict(done.terms), told) == ({}, {}, [])
