"""Each stance searched on its own ground, and the cheapest improvement of a reader's own plan."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bothand.decide.both_and import KEEP
from bothand.decide.surfaces import evaluate
from bothand.experiments.curves import counted, measure_curves
from bothand.experiments.plans import Tried, judged_gains, movable, try_changed, try_dollars, try_study_plan, yearly_in
from bothand.experiments.positions.own_plan import MOVED, improve
from bothand.experiments.positions.stances import Stances, own_ground, sought_for, try_stances
from bothand.experiments.ruled.price import with_rules
from bothand.experiments.search import BOTH_AND, FUNCTIONAL, STEP
from bothand.experiments.what_if.moves import COUNTS
from bothand.experiments.what_if.repairs import Loss, repair_of
from bothand.experiments.worlds import World
from bothand.keys import HEALTHY, THREE_YEARS
from bothand.world.plan import Line, Plan
from bothand.world.spending.rule import SpendingRule
from experiments.small_worlds import THREE_LEVELS, makers, of_services, plan

FEW = ("community_naloxone", "methadone_places", "peer_coaching")
POOR = "poor"


def stance(key: str, shares: dict[str, float], **changed: object) -> Plan:
    lines = tuple(Line(service=service, share=share) for service, share in shares.items())
    return plan("recovery_only").model_copy(update={"key": key, "line": lines, **changed})


PLANS = (
    stance(
        "split",
        {"methadone_places": 0.5, "peer_coaching": 0.5},
        stance="treatment",
        puts_first=("primacy_of_the_relationship",),
    ),
    stance("silent", {"peer_coaching": 1.0}, puts_first=(), puts_first_why=None),
    stance("pressed", {"methadone_places": 1.0}, stance="mandate"),
    stance("elsewhere", {"recovery_housing": 1.0}),
)


def four_plans() -> World:
    """Two draws of the default study with three services and four plans, one of which pays for none of them."""
    base = of_services(*FEW, plans=False)
    own = replace(base.setting, plans=PLANS)
    return replace(base, setting=own, county=replace(base.county, setting=own))


small, curves, found = makers(four_plans, THREE_LEVELS)


@cache
def runs() -> tuple[Tried, ...]:
    made = [try_study_plan(small(), one, THREE_YEARS) for one in PLANS]
    return (*made, try_dollars(small(), BOTH_AND, found().yearly, THREE_YEARS))


@cache
def stances() -> Stances:
    return try_stances(curves(), found(), runs(), BOTH_AND)


def test_each_stance_of_a_tradition_is_searched_and_neither_the_mandate_nor_one_that_buys_nothing_here() -> None:
    assert [one.plan for one in stances().tried] == ["split", "silent"]
    assert stances().both is not None
    assert (stances().both or {})[FUNCTIONAL] == pytest.approx(counted(small(), runs()[-1])[FUNCTIONAL])


def test_a_stance_whose_money_cannot_keep_the_rules_is_named_and_has_no_best() -> None:
    budget = small().yearly_budget
    needs = SpendingRule(service="peer_coaching", at_least=0.2 * budget, because="a test", source="a test")
    few = stance("few", {"peer_coaching": 0.1, "recovery_housing": 0.9})
    ruled = with_rules(small(), [needs])
    where = replace(ruled, setting=replace(ruled.setting, plans=(PLANS[0], few)))
    told = try_stances(
        measure_curves(where, known=curves()), found(), (*runs(), try_study_plan(small(), few, THREE_YEARS)), BOTH_AND
    )
    assert told.unable == ("few",)
    assert [one.plan for one in told.tried] == ["split"]
    assert not stances().unable, "without rules nobody is unable"


def test_its_best_spends_no_more_than_the_stance_has_and_on_its_own_services_alone() -> None:
    for one, run in zip(stances().tried, runs(), strict=False):
        own = [service in small().setting.plan(one.plan).services for service in curves().surface.services]
        assert one.yearly.sum() <= movable(small(), run) * (1 + 1e-9)
        assert (one.yearly[~np.array(own)] == 0).all()
        assert (one.yearly % STEP == 0).all()


def test_on_the_curves_it_keeps_most_of_what_its_money_can_do_for_what_it_puts_first_and_then_brings_most_lives() -> (
    None
):
    one = stances().tried[0]
    assert one.declared
    assert one.members == (found().keys["primacy_of_the_relationship"],)
    budget, v = small().yearly_budget, curves().surface.index(one.members[0])
    shares = np.linspace(0, 1, 41)
    split = np.stack([0 * shares, shares * budget, (1 - shares) * budget], axis=1)
    gains, lives = evaluate(curves().surface, split), curves().surface.index(FUNCTIONAL)
    kept = KEEP * gains[:, v].max()
    assert evaluate(curves().surface, one.yearly)[v] >= 0.999 * kept
    most = gains[gains[:, v] >= kept, lives].max()
    assert evaluate(curves().surface, one.yearly)[lives] >= most - 1e-3 * abs(most)


def test_a_stance_that_says_nothing_is_searched_for_every_value_its_money_can_move() -> None:
    one = stances().tried[1]
    ideals = own_ground(curves(), ["peer_coaching"], small().yearly_budget)
    assert not one.declared
    assert set(one.members) <= set(ideals.members)
    assert set(found().keys.values()) & set(ideals.members) <= set(one.members)
    assert one.left_out == ()


def test_values_that_its_money_cannot_move_are_left_out_by_name() -> None:
    ideals = own_ground(curves(), ["peer_coaching"], small().yearly_budget)
    asked = stance("asked", {"peer_coaching": 1.0}, puts_first=("hope", "solidarity"))
    members, left = sought_for(asked, found(), ideals)
    assert "solidarity" in left
    assert set(members) <= {"sustained_included", "sustained_without"}


def test_a_best_is_better_only_where_the_full_model_says_so_too() -> None:
    one = stances().tried[0]
    assert replace(one, aim_signed=0.5, aim_best=0.6).better
    assert not replace(one, aim_signed=0.5, aim_best=0.4).better
    same = replace(one, aim_signed=0.5, aim_best=0.5, best=one.signed)
    assert not same.better
    more = {**one.signed, FUNCTIONAL: one.signed[FUNCTIONAL] + 1}
    assert replace(same, best=more).better


# -------------------------------------------------------------------------------------------------- a reader's own plan


def wasteful() -> Tried:
    """Half of the money left over: something must improve everything."""
    return try_dollars(small(), POOR, small().yearly_budget * np.array([0.2, 0.2, 0.1]), THREE_YEARS)


def test_money_left_over_improves_every_value_and_the_change_is_the_smallest_that_the_full_model_confirms() -> None:
    run = wasteful()
    (one,), repairs = improve(curves(), found(), small(), (run,), {POOR: None})
    assert one.repair is not None
    assert one.in_model is not None
    before, surface = yearly_in(small(), run), found().ideals.surface
    gained = evaluate(surface, one.repair.plan) - evaluate(surface, before)
    shares = found().ideals.weights(one.members) @ gained
    assert shares.min() >= COUNTS - 1e-9
    assert one.repair.plan.sum() <= small().yearly_budget * (1 + 1e-9)
    half = before + one.repair.change / 2
    least = found().ideals.weights(one.members) @ (evaluate(surface, half) - evaluate(surface, before))
    assert least.min() < shares.min()
    after = counted(small(), try_changed(small(), POOR, run, one.repair.plan))
    first = one.members[0]
    best = found().ideals.best[surface.index(first)]
    assert one.in_model[0] == pytest.approx((after[first] - counted(small(), run)[first]).mean() / best)
    assert repairs.money == {}


def test_where_nothing_improves_every_value_the_worst_loss_is_undone_and_run() -> None:
    run = runs()[-1]
    group = small().setting.model.groups[0]
    loss = Loss(BOTH_AND, None, HEALTHY, group)
    (one,), repairs = improve(curves(), found(), small(), runs(), {BOTH_AND: loss})
    if one.repair is None:
        assert one.loss == loss
        repair = repair_of(curves(), small(), {t.plan: t for t in runs()}, loss, MOVED)
        assert ((loss, MOVED) in repairs.money) == (repair is not None)
        if repair is not None:
            assert repairs.before[BOTH_AND][HEALTHY] == pytest.approx(judged_gains(small(), run)[HEALTHY])
    else:
        assert one.loss is None


def test_a_plan_that_was_not_run_or_does_nothing_is_not_improved() -> None:
    made, _ = improve(curves(), found(), small(), runs(), {"nobody": None})
    assert made == ()
