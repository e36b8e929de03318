"""What it is worth to know an input, read off plans that were tried, and what would settle it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from bothand.decide.doubt import perfect_information
from bothand.decide.information import by_chance, over_weights, partial_information
from bothand.decide.weights import all_weights
from bothand.engine.setting import draw_values
from bothand.evidence.draws import Draws
from bothand.experiments.deciding import Deciding, End
from bothand.experiments.plans import Tried, healthy_years, try_dollars, try_study_plan, value_gains
from bothand.experiments.what_if.learning import (
    SHARES,
    STUDIED,
    ToLearn,
    is_share,
    most_leverage,
    shares_by_draw,
    study_sizes,
    what_to_learn,
    what_to_whom,
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


def test_what_knowing_is_worth_to_each_stakeholder_is_in_shares_of_own_best() -> None:
    gains = [value_gains(world(), one) for one in plans()]
    shares = shares_by_draw(world(), plans(), OWN_BEST)
    assert shares.shape == (2, 3, DRAWS)
    assert shares[1, 2] == pytest.approx(gains[2]["remission_years"] / 100.0)
    weights = {"families": [[1.0, 0.0], [0.8, 0.2]], "recovery": [[0.0, 1.0]]}
    found = what_to_whom(world(), plans(), OWN_BEST, weights, INPUTS)
    assert {who: tuple(spans) for who, spans in found.items()} == dict.fromkeys(weights, INPUTS)
    for name in INPUTS:
        expected = over_weights(shares, weights["families"], drawn().values[name])
        span = found["families"][name]
        assert (span.low, span.high) == (expected.low, expected.high)
        assert span.low <= span.high
        assert found["recovery"][name].low == found["recovery"][name].high


def test_the_inputs_with_most_leverage_are_those_whose_ends_change_the_order_most() -> None:
    ends = tuple(End(name, name, value) for name in ("a", "b", "c") for value in (0.0, 1.0))
    healthy = np.array([[3.0, 3.0, 3.0, 1.0, 3.0, 3.0, 4.0], [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]])
    deciding = Deciding(("one", "other"), ends, healthy, np.zeros(2))
    assert most_leverage(deciding, 1) == ("b",)
    assert most_leverage(deciding, 2) == ("b", "c")
    assert set(most_leverage(deciding)) == {"a", "b", "c"}
