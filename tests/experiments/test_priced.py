"""The price of a principle in a small world: on the curves, in the full model, and said in words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.decide.prices import again
from bothand.experiments.curves import BESIDE, GROUP, QALYS, beside, counted, objectives
from bothand.experiments.plans import Tried, healthy_years, option_keys, try_dollars, try_study_plan
from bothand.experiments.search import FUNCTIONAL
from bothand.experiments.what_if import priced
from bothand.experiments.what_if.limit import LimitPrice
from bothand.experiments.what_if.priced import Change, Priced, Prices, held_by, price_principles
from bothand.findings.stakes.prices import principle_prices
from bothand.keys import AS_OTHERS_DO, REMISSION, THREE_YEARS
from bothand.words import forbidden, number_words
from experiments.small_worlds import makers, of_services, plan, setting, world

FEW = ("community_naloxone", "syringe_services", "recovery_community_centre")


small, curves, found = makers(lambda: of_services(*FEW), floors=[AS_OTHERS_DO])


@cache
def both() -> Tried:
    return try_dollars(small(), "both_and", found().yearly, THREE_YEARS)


@cache
def prices() -> Prices:
    return price_principles(curves(), found(), [plan(AS_OTHERS_DO)], LimitPrice(1), both())


def changes(principle: str) -> tuple[Change, ...]:
    return next(p.changes for p in prices().principles if p.principle == principle)


def every_change() -> list[Change]:
    return [change for p in prices().principles for change in p.changes]


def told(these: Prices) -> dict[str, Any]:
    results: Any = SimpleNamespace(prices=these, curves=curves(), found=found(), setting=small().setting)
    return {price.key: price for price in principle_prices(results)}


def test_what_stands_beside_the_objectives_is_on_no_surface_that_a_search_reads() -> None:
    assert not [name for name in curves().surface.objectives if name.startswith(BESIDE)]
    assert all(name.startswith(BESIDE) for name in curves().beside.objectives)
    assert curves().wide.objectives == (*curves().surface.objectives, *curves().beside.objectives)
    assert tuple(objectives(small(), both())) == curves().surface.objectives


def test_qalys_by_group_add_up_to_those_of_the_ledger() -> None:
    few = world(2)
    saved = try_study_plan(few, plan("even_split"), THREE_YEARS)
    ours = beside(few, saved)
    years = few.quo.run.main
    for name in QALYS:
        by_group = [ours[f"{BESIDE}{name}:{group}"] for group in years.groups]
        assert_allclose(np.sum(by_group, axis=0), ours[BESIDE + name], rtol=1e-9)
    last = years.horizons.index("lifetime")
    quality = saved.trial.run.main.values["quality_public"][last] - years.values["quality_public"][last]
    assert_allclose(ours[BESIDE + "qaly_public"], quality.sum(axis=1), rtol=1e-9)


def test_the_both_and_plan_is_found_again_by_its_own_rules() -> None:
    held = held_by(curves(), found())
    assert again(held, found().settled.plan) is found().settled.plan
    assert_allclose(again(held), found().settled.plan, atol=1.0)


def test_a_rule_taken_away_never_lowers_healthy_life_years_on_the_curves_and_a_floor_never_raises_them() -> None:
    step = 0.01  # dollars in whole hundreds move no more
    for change in every_change():
        if change.key == priced.NO_FLOORS or (change.key == priced.FLOOR and not change.share):
            assert change.curves[FUNCTIONAL] >= -step, change
    for against in ("both_and", "life_years"):
        for measure in {c.measure for c in every_change() if c.measure}:
            line = [
                c.brings[FUNCTIONAL]
                for c in every_change()
                if (c.measure, c.against) == (measure, against) and c.dollars
            ]
            assert len(line) > 1
            assert all(later <= earlier + step for earlier, later in pairwise(line)), (against, measure)


def test_a_plan_that_stays_costs_nothing_and_is_not_run() -> None:
    same = [change for change in every_change() if change.same]
    assert same
    for change in same:
        assert not change.exact
        assert not any(change.curves.values())


def test_what_is_printed_is_the_gap_of_two_runs_of_the_full_model_in_the_same_draws() -> None:
    ran = [change for change in every_change() if change.exact]
    assert 0 < len({tuple(c.dollars.values()) for c in ran if c.dollars}) <= priced.MOST_RUNS
    change = ran[0]
    assert change.dollars is not None
    assert tuple(change.dollars) == option_keys(small())
    other = try_dollars(small(), "other", np.array(list(change.dollars.values())), THREE_YEARS)
    gap = healthy_years(small(), other) - healthy_years(small(), both())
    assert_allclose(change.exact[FUNCTIONAL], gap, rtol=1e-9)
    again_ = counted(small(), other)[BESIDE + REMISSION] - counted(small(), both())[BESIDE + REMISSION]
    assert_allclose(change.exact[BESIDE + REMISSION], again_, rtol=1e-9)


def test_money_is_moved_and_never_made() -> None:
    for change in every_change():
        if change.dollars is not None:
            assert sum(change.dollars.values()) <= small().yearly_budget * (1 + 1e-9)


def test_no_coercion_costs_nothing_where_no_service_is_beyond_the_limit() -> None:
    assert changes("no_coercion") == ()
    text = told(prices())["no_coercion"].text
    assert (
        text == "Holding to no coercion costs nothing here: no service that search may choose goes beyond an incentive."
    )


def test_every_price_is_said_in_both_directions_and_in_words_that_put_people_first() -> None:
    for price in told(prices()).values():
        assert price.text.startswith(f"Holding to {price.label[0].lower()}{price.label[1:]}")
        assert not forbidden(price.text + price.other_way)
    moved = told(prices())["harm_reduction_floor"]
    assert " costs " in moved.text
    assert " brings " in moved.text
    assert moved.other_way.startswith("The other way round, letting go of it costs ")
    free = next(c for c in moved.changes if not c.share)
    lost = number_words(-free.exact["contact_years"].mean)
    assert f"brings {lost} (" in moved.text
    assert f"letting go of it costs {lost} years in low-threshold contact" in moved.other_way


def one_change(key: str, more: dict[str, float], worse_for: str = "") -> Prices:
    """Prices with one principle, whose plan brings so much more or less in every draw."""
    names = list(curves().wide.objectives)
    exact = {name: np.full(20, more.get(name, 0.0)) for name in names}
    if worse_for:
        exact[GROUP + worse_for] = np.linspace(-3, -1, 20)
    principle = "equal_worth" if key in QALYS else "no_group_worse_off"
    change = Change(
        key,
        dollars={"community_naloxone": 1000.0},
        brings=dict.fromkeys(names, 0.0),
        curves=more_of(names, more),
        exact=exact,
    )
    return Prices((Priced(principle, (change,)),), prices().both)  # type: ignore[arg-type]  # one of the principles


def more_of(names: list[str], more: dict[str, float]) -> dict[str, float]:
    return {name: more.get(name, 0.0) - 1 for name in names}


def test_equal_worth_says_who_would_get_less_and_the_gap_to_the_curves() -> None:
    group = setting().model.groups[1]
    found_ = told(one_change("qaly_public", {FUNCTIONAL: -50, BESIDE + REMISSION: 20}, group))["equal_worth"]
    label = setting().model.spec.group[group].label
    assert "brings 50 healthy life-years" in found_.text
    assert "costs 20 years in remission with medication included" in found_.text
    assert f"fewer healthy life-years to {label[0].lower()}{label[1:]}" in found_.text
    assert "letting go of it costs 50 healthy life-years and brings 20 years in remission" in found_.other_way
    (change,) = found_.changes
    assert change.gap["healthy_life_years"] == pytest.approx(1)
    assert {row.group for row in found_.counted} == {"all", *setting().model.groups}


def test_what_crosses_zero_may_cost_or_may_bring_and_what_is_little_beside_the_rest_is_left_out() -> None:
    these = one_change("qaly_public", {FUNCTIONAL: -50})
    (one,) = these.principles[0].changes
    unsure, little = np.linspace(-10, 30, 20), np.linspace(-1, 3, 20)
    exact = {**one.exact, BESIDE + REMISSION: unsure, BESIDE + "contact_years": little}
    text = told(Prices((Priced("equal_worth", (replace(one, exact=exact),)),), these.both))["equal_worth"].text
    assert "brings 50 healthy life-years, and may cost 10 (\u22129 to 29) years in remission with" in text
    assert "contact" not in text


def test_a_rule_that_is_added_costs_what_its_plan_brings_less() -> None:
    found_ = told(one_change(priced.NOT_BELOW_ZERO, {FUNCTIONAL: -30}))["no_group_worse_off"]
    assert "(no group below what it has with no new money) costs 30 healthy life-years." in found_.text
    assert "letting go of it brings 30 healthy life-years" in found_.other_way


def test_a_group_that_no_plan_lifts_to_its_floor_is_named() -> None:
    group = setting().model.groups[0]
    label = setting().model.spec.group[group].label
    names = list(curves().wide.objectives)
    zero = dict.fromkeys(names, 0.0)
    change = Change(priced.NOT_BELOW_ZERO, dollars={}, same=True, brings=zero, curves=zero, unmet=(group,))
    found_ = told(Prices((Priced("no_group_worse_off", (change,)),), prices().both))["no_group_worse_off"]
    assert f"no plan with the other rules does so for {label[0].lower()}{label[1:]}" in found_.other_way
    assert found_.changes[0].not_met == [group]


def test_a_usual_run_prices_no_principle() -> None:
    results: Any = SimpleNamespace(prices=None)
    assert principle_prices(results) == []
