"""What it is worth to know an input, read off plans that were tried, and what would settle it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from bothand.decide.doubt import perfect_information
from bothand.decide.information import Worth, by_chance, partial_information
from bothand.decide.surfaces import Surface
from bothand.decide.weights import all_weights
from bothand.engine.setting import draw_values
from bothand.evidence.draws import Draws
from bothand.experiments.curves import Curves
from bothand.experiments.deciding import Deciding, End
from bothand.experiments.plans import Tried, healthy_years, try_dollars, try_study_plan, value_gains
from bothand.experiments.search import FUNCTIONAL
from bothand.experiments.what_if import learning
from bothand.experiments.what_if.learning import (
    SHARES,
    STUDIED,
    Price,
    Settling,
    ToLearn,
    at_the_margin,
    is_share,
    most_leverage,
    price_of,
    shares_by_draw,
    study_sizes,
    what_to_learn,
    worth_of_settling,
    worth_to_each,
)
from bothand.experiments.worlds import World, open_world, walks
from bothand.keys import THREE_YEARS
from bothand.world.disputes.register import Belief
from experiments.small_disputes import register, small

DRAWS = 32
INPUTS = (
    *("community_naloxone_board_share", "effective_kit_share", "low_barrier_buprenorphine_board_share"),
    *("naloxone_death_ratio", "u_norm_no"),
)
OWN_BEST = {"healthy_life_years": 200.0, "remission_years": 100.0}


@cache
def drawn() -> Draws:
    return draw_values(small(), DRAWS, small().study.seed)


@cache
def world() -> World:
    return open_world(small(), drawn().values, walks(small().study.seed))


@cache
def plans() -> tuple[Tried, ...]:
    made = [try_study_plan(world(), plan, THREE_YEARS) for plan in small().plans]
    return (*made, try_dollars(world(), "buprenorphine", np.array([0.0, world().yearly_budget]), THREE_YEARS))


@cache
def learned() -> ToLearn:
    return what_to_learn(world(), plans(), drawn(), INPUTS, tuple(register().values()))


def test_every_input_is_told_those_worth_most_first_and_none_more_than_everything() -> None:
    found = learned()
    assert sorted(one.name for one in found.inputs) == sorted(INPUTS)
    worths = [one.worth.value for one in found.inputs]
    assert worths == sorted(worths, reverse=True)
    assert all(0 <= value <= found.everything for value in worths)
    assert found.everything > 0


def test_worth_is_that_of_the_plans_healthy_life_years_in_the_draws_of_the_input() -> None:
    benefit = np.array([healthy_years(world(), one) for one in plans()])
    assert learned().plans == ("status_quo", "naloxone", "buprenorphine")
    assert not benefit[0].any()
    assert learned().best == learned().plans[int(benefit.mean(axis=1).argmax())]
    assert learned().everything == perfect_information(benefit)
    for one in learned().inputs:
        assert one.worth == partial_information(benefit, drawn().values[one.name])
        assert one.told == (one.worth.value > learned().by_chance)
    assert learned().by_chance == by_chance(benefit, drawn().seed, len(INPUTS))


def test_an_input_that_a_dispute_is_about_names_what_would_settle_it() -> None:
    found = {one.name: one for one in learned().inputs}
    kits, dispute = found["effective_kit_share"], register()["kits_in_the_right_hands"]
    assert kits.disputes == ("kits_in_the_right_hands",)
    assert kits.settled_by == (dispute.settled_by,)
    assert found["low_barrier_buprenorphine_board_share"].disputes == ("who_pays",)
    assert found["u_norm_no"].disputes == found["u_norm_no"].settled_by == ()


def test_a_row_behind_a_computed_input_brings_its_dispute() -> None:
    name, row = next((name, row) for name in small().names if (row := small().evidence[drawn().keys[name]]).inputs)
    dispute = register()["kits_in_the_right_hands"]
    beliefs = [Belief(quantity={row.inputs[0]: value}) for value in (0.3, 0.6)]
    sides = tuple(side.model_copy(update={"belief": b}) for side, b in zip(dispute.side, beliefs, strict=True))
    about = dispute.model_copy(update={"side": sides})
    (one,) = what_to_learn(world(), plans(), drawn(), [name], [about]).inputs
    assert one.disputes == (about.key,)


def test_a_local_count_is_worth_more_the_more_people_it_looks_at_and_never_more_than_the_share_itself() -> None:
    sizes = study_sizes(small().evidence)
    assert list(sizes) == sorted(sizes)
    for n, one in enumerate(learned().inputs):
        unit = small().evidence[one.key].unit
        if one.studies:
            assert n < STUDIED
            assert unit in SHARES
            assert [size for size, _ in one.studies] == list(sizes)
            worths = [study.value for _, study in one.studies]
            assert worths == sorted(worths)
            assert 0 <= worths[-1] <= one.worth.value <= learned().everything
        elif n < STUDIED and one.worth.value > 0:
            assert not is_share(small().evidence, one.key, drawn().values[one.name])


def test_what_knowing_is_worth_to_each_position_is_within_the_span_of_its_weights_and_below_knowing_everything() -> (
    None
):
    names = tuple(OWN_BEST)
    held = [
        SimpleNamespace(weights=all_weights(names), asked=SimpleNamespace(stakeholder=SimpleNamespace(key="both"))),
        SimpleNamespace(weights=all_weights(names[1:]), asked=SimpleNamespace(stakeholder=SimpleNamespace(key="one"))),
        SimpleNamespace(weights=None, asked=None),
    ]
    surface = SimpleNamespace(indices=lambda asked: [names.index(name) for name in asked])
    ideals = SimpleNamespace(best=np.array(list(OWN_BEST.values())), surface=surface)
    common, found = SimpleNamespace(values=names, held=held), SimpleNamespace(ideals=ideals)
    told = worth_to_each(world(), plans(), cast(Any, common), cast(Any, found), learned(), 1)
    assert [one.who for one in told.whom] == ["both", "one"]
    assert replace(told, whom=()) == learned()
    shares = shares_by_draw(world(), plans(), OWN_BEST)
    for one, middle in zip(told.whom, (shares.mean(axis=0), shares[1]), strict=True):
        assert one.everything == pytest.approx(perfect_information(middle))
        assert one.middle == partial_information(middle, drawn().values[one.most]).value
        assert 0 <= one.middle <= one.everything + 1e-12
    assert told.whom[1].span.low == told.whom[1].span.high == told.whom[1].middle


def test_dollars_are_told_only_where_a_worth_is_named() -> None:
    assert {one.dollars for one in learned().inputs} == {None}
    paid = what_to_learn(world(), plans(), drawn(), INPUTS, (), usd_per_life_year=1000.0)
    assert [one.dollars for one in paid.inputs] == [1000.0 * one.worth.value for one in paid.inputs]


def test_what_plans_bring_in_every_draw_is_told_in_shares_of_own_best() -> None:
    gains = [value_gains(world(), one) for one in plans()]
    shares = shares_by_draw(world(), plans(), OWN_BEST)
    assert shares.shape == (2, 3, DRAWS)
    assert shares[1, 2] == pytest.approx(gains[2]["remission_years"] / 100.0)


def test_the_inputs_with_most_leverage_are_those_whose_ends_change_the_order_most() -> None:
    ends = tuple(End(name, name, value) for name in ("a", "b", "c") for value in (0.0, 1.0))
    healthy = np.array([[3.0, 3.0, 3.0, 1.0, 3.0, 3.0, 4.0], [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]])
    deciding = Deciding(("one", "other"), ends, healthy, np.zeros(2))
    assert most_leverage(deciding, 1) == ("b",)
    assert most_leverage(deciding, 2) == ("b", "c")
    assert set(most_leverage(deciding)) == {"a", "b", "c"}


# ------------------------------------------------------------------------------------------- disputes and their price

FLAT = "criterion_of_recovery"


def settled(*keys: str, margin: float = 2e-5, usd: float | None = None) -> ToLearn:
    asked = [register()[key] for key in keys]
    return worth_of_settling(world(), plans(), drawn(), asked, learned(), margin, usd)


def test_settling_a_dispute_is_worth_knowing_its_own_inputs_and_never_more_than_everything() -> None:
    found = settled("kits_in_the_right_hands", "who_pays", "plans_start_in_time", FLAT)
    kits, payers, lags, criterion = found.disputes
    benefit = np.array([healthy_years(world(), one) for one in plans()])
    assert kits.names == ("effective_kit_share",)
    assert kits.worth == partial_information(benefit, drawn().values["effective_kit_share"])
    assert [drawn().keys[name] for name in payers.names] == ["low_barrier_buprenorphine_board_share"]
    assert len(lags.names) >= 3
    for one in (kits, payers, lags):
        assert one.worth is not None
        assert 0 <= one.worth.value <= found.everything
        assert one.told == (one.worth.value > found.by_chance_disputes)
    assert (criterion.names, criterion.worth, criterion.pays, criterion.price) == ((), None, None, None)
    assert replace(found, disputes=(), margin=0.0, by_chance_disputes=0.0) == learned()


def two_plans(shift: float, spread: float, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Nothing, and a plan whose benefit is ``shift + spread u`` with u even on -1 to 1."""
    u = np.linspace(-1, 1, 4_001)
    benefits = {"nothing": np.zeros_like(u), "something": shift + spread * u}
    monkeypatch.setattr(learning, "healthy_years", lambda where, one: benefits[one.plan])
    tried = [SimpleNamespace(plan=name) for name in benefits]
    draws = SimpleNamespace(values={"kits": u}, keys={"kits": "effective_kit_share"}, n=len(u), seed=1)
    where = SimpleNamespace(
        setting=SimpleNamespace(evidence=small().evidence), yearly_budget=5e5, first_round=range(3), values={"kits": u}
    )
    without = ToLearn(tuple(benefits), "something", 0.0, 0.0, (), silent=(0.0,))
    asked = [register()["kits_in_the_right_hands"]]
    return worth_of_settling(
        cast(Any, where), cast(Any, tried), cast(Any, draws), asked, without, 2e-5, usd_per_life_year=1e5
    )


@pytest.mark.parametrize(("shift", "spread"), [(0.0, 4.0), (1.0, 4.0), (-2.0, 4.0), (5.0, 4.0)])
def test_of_two_plans_settling_is_worth_the_harm_that_knowing_would_avoid(
    shift: float, spread: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E max(0, a + b u) - max(0, a) with u even on -1 to 1 is (a + b)^2 / 4 b - max(0, a), for |a| <= b."""
    found = two_plans(shift, spread, monkeypatch)
    (one,) = found.disputes
    inside = min(max(shift, -spread), spread)
    exact = (inside + spread) ** 2 / (4 * spread) - max(0.0, inside)
    assert one.worth.value == pytest.approx(exact, abs=2e-3)
    assert one.dollars == pytest.approx(1e5 * one.worth.value)
    row = small().evidence["study_cost_count"]
    factor = small().evidence.price_factor(row)
    assert one.price.dollars == pytest.approx((factor * row.low, factor * row.mean, factor * row.high))
    assert one.price.years == pytest.approx(tuple(2e-5 * usd for usd in one.price.dollars))
    assert one.price.share == pytest.approx(one.price.dollars[1] / 1.5e6)
    if exact > 0.1:
        assert one.counties == pytest.approx(one.price.years[1] / exact, rel=1e-2)


@pytest.mark.parametrize(
    ("value", "error", "told", "pays"),
    [
        (5.0, 0.5, True, "yes"),
        (5.0, 0.5, False, "cannot tell"),
        (5.0, 1.5, True, "cannot tell"),
        (2.0, 0.1, True, "cannot tell"),
        (0.5, 0.1, True, "no"),
        (0.0, 0.6, False, "cannot tell"),
    ],
)
def test_a_study_pays_or_not_only_where_worth_and_cost_are_clearly_apart(
    value: float, error: float, told: bool, pays: str
) -> None:
    price = Price("study_cost_count", (1e4, 2e4, 3e4), (1.0, 2.0, 3.0), 0.01)
    one = Settling("kits_in_the_right_hands", ("kits",), Worth(value, error), told, "count", price)
    assert one.pays == pays
    assert one.counties == (2.0 / value if value else float("inf"))
    nothing = replace(price, years=None)
    assert (replace(one, price=nothing).pays, replace(one, price=nothing).counties) == (None, None)


def test_a_study_has_no_price_in_life_years_where_the_money_brings_none_and_no_price_where_none_would_settle() -> None:
    price = price_of(small().evidence, "survey", 0.0, 1e6)
    assert price is not None
    assert price.years is None
    assert price.dollars[0] < price.dollars[1] < price.dollars[2]
    assert price_of(small().evidence, None, 1e-5, 1e6) is None


def test_the_margin_of_straight_curves_is_their_slope_weighed_by_the_money_of_each_service() -> None:
    dollars = np.tile([1e5, 2e5], (2, 1))
    gains = np.array([[[1.0, 2.0], [3.0, 6.0]]])
    surface = Surface((FUNCTIONAL,), ("a", "b"), dollars, gains)
    curves = cast(Curves, SimpleNamespace(surface=surface, world=SimpleNamespace(first_round=range(3))))
    assert at_the_margin(curves, np.array([1e5, 0.0])) == pytest.approx(1e-5 / 3)
    assert at_the_margin(curves, np.array([1e5, 1e5])) == pytest.approx(2e-5 / 3)
    assert at_the_margin(curves, np.zeros(2)) == 0.0


def test_many_rows_are_read_as_how_far_they_lie_toward_the_second_side() -> None:
    rows = ["washtenaw_board_lag", "community_naloxone_lag", "methadone_places_lag", "jail_medication_lag"]
    dispute = register()["plans_start_in_time"]
    u = np.random.default_rng(1).uniform(size=(4, 64))
    draws = cast(Draws, SimpleNamespace(keys={row: row for row in rows}, values=dict(zip(rows, u, strict=True)), n=64))
    names, read = learning._read_of(dispute, draws, small().evidence)
    assert names == tuple(rows)
    assert read.shape == (1, 64)
    assert np.corrcoef(read[0], u.sum(axis=0))[0, 1] > 0.98
    turned = dispute.model_copy(update={"side": dispute.side[::-1]})
    assert learning._read_of(turned, draws, small().evidence)[1] == pytest.approx(-read)
