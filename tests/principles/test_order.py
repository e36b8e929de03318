"""Less harm is a partial order; every step along it counts, none counts against anyone. Over the whole model."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.engine.arrays import Floats
from bothand.engine.rates import schedule
from bothand.engine.weights import weigh
from bothand.experiments.plans import try_dollars
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.keys import THREE_YEARS
from bothand.principles.order import Order, OrderReport, cells_of, load_order, report
from experiments.small_worlds import setting, world

FILE = data_folder() / "principles" / "order" / "opioids-us.toml"


@cache
def order() -> Order:
    found = load_order(setting().model)
    assert found is not None
    return found


@cache
def credit() -> Floats:
    """What the credited measures give a person-year in every living state, (N, D)."""
    weights = weigh(setting().model, world().county.environment, order().file.measures).measures
    return np.sum([weights[name][: setting().model.chain.n_living] for name in order().file.measures], axis=0)


def reported(found: Order) -> OrderReport:
    weights = weigh(setting().model, world().county.environment, found.file.measures).measures
    return report(found, setting().model, world().county.rates, weights)


def changed(tmp_path: Path, before: str, after: str) -> Path:
    text = FILE.read_text("utf-8")
    assert before in text
    path = tmp_path / FILE.name
    path.write_text(text.replace(before, after), encoding="utf-8")
    return path


states = st.integers(0, setting().model.chain.n_living - 1)


@given(states, states, states)
def test_less_harm_is_a_strict_partial_order(a: int, b: int, c: int) -> None:
    less = order().less
    assert not less[a, a]
    assert not (less[a, b] and less[b, a])
    assert less[a, c] or not (less[a, b] and less[b, c])


@given(st.integers(0, int(order().less.sum()) - 1))
def test_no_credit_rule_is_negative_toward_less_harm(which: int) -> None:
    a, b = np.argwhere(order().less)[which]
    assert (credit()[b] >= credit()[a]).all(), f"{setting().model.labels[a]} to {setting().model.labels[b]}"


shares = st.lists(st.floats(0, 1), min_size=len(setting().services), max_size=len(setting().services))


@settings(max_examples=6)
@given(given_=shares, budgets=st.floats(0, 4))
def test_whatever_a_plan_buys_every_credit_still_rises_along_the_order_and_every_step_still_counts(
    given_: list[float], budgets: float
) -> None:
    yearly = np.array(given_) / max(sum(given_), 1e-9) * budgets * world().yearly_budget
    delivery = try_dollars(world(), "any", yearly, THREE_YEARS).trial.delivery
    moved = delivery.levers if delivery else {}
    environment = replace(world().county.environment, levers={**world().county.environment.levers, **moved})
    model = setting().model
    weights = weigh(model, environment, order().file.measures).measures
    found = report(order(), model, schedule(model, environment), weights)
    assert found.sound, (found.against, found.uncounted, found.falling[:1])


def test_every_move_of_the_model_toward_less_harm_counts_and_none_that_counts_leads_to_more() -> None:
    found = reported(order())
    assert found.sound
    assert all(found.counted.values())


def test_remission_is_less_harm_than_use_whatever_the_care_and_contact() -> None:
    model = setting().model
    use, remission = cells_of(model, {"use": ["addiction"]}), cells_of(model, {"use": ["remission"]})
    settled = cells_of(model, {"use": ["settled"]})
    assert order().less[np.ix_(settled, remission)].all()
    assert not order().less[np.ix_(remission, use)].any()


def test_leaving_medication_in_remission_is_neither_more_nor_less_harm() -> None:
    model = setting().model
    on = cells_of(model, {"use": ["remission"], "care": ["medication"]})
    off = cells_of(model, {"use": ["remission"], "care": ["none"]})
    same = [(a, b) for a in on for b in off if model.cells[a]["use"] == model.cells[b]["use"]]
    assert same
    assert not any(order().less[a, b] or order().less[b, a] for a, b in same)


def test_the_risks_are_those_in_which_people_overdose_more_often_and_first_of_all_a_return_to_use() -> None:
    found = {risk.key: risk for risk in reported(order()).risks}
    assert {"after_treatment", "after_release", "return"} <= set(found)
    assert all(risk.after > risk.before for risk in found.values())


def test_a_kind_of_change_that_nobody_counts_is_found(tmp_path: Path) -> None:
    path = changed(tmp_path, '"return to a lower-risk supply", "stop injecting"]', '"return to a lower-risk supply"]')
    found = load_order(setting().model, path)
    assert found is not None
    assert reported(found).uncounted == ("stop injecting",)


def test_a_move_that_counts_though_it_leads_to_more_harm_is_found(tmp_path: Path) -> None:
    found = load_order(setting().model, changed(tmp_path, '"stop injecting"]', '"stop injecting", "begin injecting"]'))
    assert found is not None
    assert reported(found).against == ("begin injecting",)


def test_credit_that_falls_along_the_order_is_found(tmp_path: Path) -> None:
    measures = 'measures = ["remission_included_under_1", "remission_included_1_to_5", "remission_included_over_5"]'
    found = load_order(setting().model, changed(tmp_path, measures, 'measures = ["in_contact"]'))
    assert found is not None
    falls = reported(found).falling
    assert falls
    assert all("in contact" in more for more, _ in falls)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('less = "remission_over_5"', 'less = "remission_ever_5"', "unknown name 'remission_ever_5'"),
        ('"join contact"', '"joins contact"', "unknown name 'joins contact'"),
        ('levers = ["programme_kits", "continuity"]', 'levers = ["programme_kit"]', "unknown name 'programme_kit'"),
        ('first = ["use", "care", "touch"]', 'first = ["use", "cares"]', "unknown name 'cares'"),
        ('more = "lower_risk"\nless = "stopped"', 'more = "stopped"\nless = "unpredictable"', "round in a circle"),
    ],
)
def test_a_faulty_order_is_refused_in_plain_words(tmp_path: Path, before: str, after: str, words: str) -> None:
    with pytest.raises(FaultsFound, match=words):
        load_order(setting().model, changed(tmp_path, before, after))


def test_a_model_for_which_no_order_is_declared_has_none(tmp_path: Path) -> None:
    assert load_order(setting().model, tmp_path / "none.toml") is None


def test_the_file_says_who_drafted_it_and_that_nobody_reviewed_it() -> None:
    assert "drafted by the bothand team" in FILE.read_text("utf-8").splitlines()[0].lower()
    assert tomllib.loads(FILE.read_text("utf-8"))["model"] == setting().model.spec.header.name
