"""The engines beside each other, in seconds: every check is met, every check can fail, and the page says what ran."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.testing import assert_allclose

from bothand.cli import main
from bothand.engine.arrays import Schedule, Trajectory
from bothand.engine.people.people import Lives
from bothand.verify import Answer, engines, gate, given_weeks, own_weeks, steps
from bothand.verify.beside import PREFIX, Effort, Pair, answers
from bothand.verify.county import County, counties
from bothand.verify.engines import CHECKS, FULL, QUICK, run_engines

DOCS = Path(__file__).parents[2] / "docs"
Engine = Callable[..., Any]
LITTLE = replace(QUICK, block=512, pilot=4)


@pytest.fixture(scope="module")
def found() -> list[Answer]:
    return run_engines(QUICK)


@pytest.fixture(scope="module")
def county() -> County:
    return counties(0)[0]


def missed(key: str, pairs: Any) -> set[str]:
    return {answer.id for answer in answers(key, pairs) if answer.met is False}


def test_every_check_is_met_with_little_work(found: list[Answer]) -> None:
    assert {answer.case for answer in found} == {PREFIX + check.key for check in CHECKS}
    assert [f"{a.case} {a.id}: {a.value}, expected {a.expected}" for a in found if a.met is False] == []
    assert sum(answer.met is True for answer in found) > 45


def test_a_number_is_met_up_to_its_tolerance_and_printed_without_one() -> None:
    inside, outside, printed = answers("x", [Pair("a", 2, 1, 1), Pair("b", 2.5, 1, 1), Pair("c", 3)])
    assert (inside.met, outside.met, printed.met) == (True, False, None)
    assert (inside.case, inside.error, inside.tolerance) == ("engines/x", 1, {"abs": 1})


def test_the_command_adds_the_engines_to_the_cases_and_ends_with_one_when_they_differ(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def differ(**_: Any) -> list[Answer]:
        return answers("gate", [Pair("a", 2, 1, 0.5), Pair("b", 3)])

    monkeypatch.setattr(engines, "run_engines", differ)
    result = CliRunner().invoke(main, ["verify", "d07_frontiers", "--engines", "--json"])
    *cases, held, printed = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {row["case"] for row in cases} == {"d07_frontiers"}
    assert (held["case"], held["met"], printed["met"]) == ("engines/gate", False, None)
    assert "engines/gate" not in CliRunner().invoke(main, ["verify", "d07_frontiers"]).stdout


def test_people_who_move_a_tenth_faster_than_the_cohort_are_seen(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = given_weeks.simulate

    def faster(model: Any, rates: Schedule, *rest: Any, **named: Any) -> Lives:
        return true(model, replace(rates, plain=1.1 * rates.plain), *rest, **named)

    monkeypatch.setattr(given_weeks, "simulate", faster)
    assert "overdose deaths" in missed("x", given_weeks.pairs(county, LITTLE))


def test_more_people_who_arrive_are_seen_though_their_deaths_are_taken_off(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = given_weeks.simulate

    def more(model: Any, rates: Schedule, *rest: Any, **named: Any) -> Lives:
        return true(model, replace(rates, inflow=1.1 * rates.inflow), *rest, **named)

    monkeypatch.setattr(given_weeks, "simulate", more)
    assert given_weeks.ARRIVE in missed("x", given_weeks.pairs(county, LITTLE))


def test_people_who_have_a_tenth_fewer_places_than_the_cohort_are_seen(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = own_weeks.simulate

    def fewer(model: Any, rates: Schedule, *rest: Any, **named: Any) -> Lives:
        return true(model, replace(rates, places=0.9 * rates.places), *rest, **named)

    monkeypatch.setattr(own_weeks, "simulate", fewer)
    short = replace(QUICK, crowd=5_000, crowds=(2, 0, 2))
    monkeypatch.setattr(County, "people", 5_000)
    assert any(name.startswith("person-years on medication") for name in missed("x", own_weeks.pairs([county], short)))


def test_a_longer_step_than_a_week_is_seen(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    true: Engine = steps.cohort

    def longer(*given: Any, **named: Any) -> Trajectory:
        return true(*given, **{"steps": 40, **named})

    monkeypatch.setattr(steps, "cohort", longer)
    assert missed("x", steps.without_step([county], replace(QUICK, years=1)))


def test_the_law_of_a_gate_is_product_form_when_its_step_is_short() -> None:
    town = replace(gate.MODEL_LIKE, steps=200_000, years=6)
    assert_allclose(gate.law(town) @ np.arange(town.people + 1), gate.long_run(town), rtol=1e-3)


def test_a_gate_that_shuts_only_when_full_has_engsets_loss() -> None:
    # Engset: with a = asks / leaves, the chance of n inside is in proportion to C(P, n) a^n, n up to the places.
    town = replace(gate.MODEL_LIKE, fill=1e6)
    n = np.arange(town.places + 1)
    choose = np.cumprod(np.concatenate([[1.0], (town.people - n[:-1]) / n[1:]]))
    weight = choose * (town.asks / town.leaves) ** n
    assert_allclose(gate.long_run(town), (weight * n).sum() / weight.sum(), rtol=1e-12)


def test_the_full_checks_ask_for_what_was_promised() -> None:
    assert FULL.error <= 0.0005
    assert FULL.crowd == 100_000
    assert own_weeks.SHARE == 0.01
    assert steps.CLOSE == 1e-5
    assert isinstance(FULL, Effort)


def test_the_page_has_every_check_and_every_number_and_none_is_missed(found: list[Answer]) -> None:
    text = (DOCS / "reference" / "engines.md").read_text("utf-8")
    again = "run: make verify, then python docs/make_engines.py"
    for check in CHECKS:
        assert f"## {check.title}" in text, again
        assert f"Case `{PREFIX}{check.key}`. {check.words}" in text, again
    names = {answer.id.replace(f"{QUICK.crowd:,} people", f"{FULL.crowd:,} people") for answer in found}
    assert [name for name in names if f"| {name} |" not in text] == [], again
    assert "| no |" not in text


def test_the_page_is_made_from_rows() -> None:
    made = runpy.run_path(str(DOCS / "make_engines.py"))["page"]
    rows: list[dict[str, Any]] = [
        {"case": "engines/gate", "id": "a", "value": 1.5, "expected": 2.0, "tolerance": {"abs": 0.1}, "met": False},
        {"case": "engines/gate", "id": "b", "value": 1e-7, "expected": None, "tolerance": None, "met": None},
        {"case": "d01", "id": "c", "value": [1], "expected": [1], "tolerance": "exact", "met": True},
    ]
    text = made(rows)
    assert "| a | 1.5 | 2 | 0.1 | no |" in text
    assert "| b | 1e-07 |" in text
    assert "| c |" not in text
