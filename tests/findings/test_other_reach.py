"""A finding under other reach: what makes it depend on reach, and what does not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.decide.losers import LEAST_RUNS
from bothand.engine.delivery import Reach
from bothand.experiments.reaches import OTHER, USUAL
from bothand.findings.said import most
from bothand.findings.said.claim import TENTH, Said, near, same
from bothand.findings.said.reaches import Under, beside

BILLS = Said("bills", "It sets off $1 million", {"usd": 1e6, "unsaid": 3.0}, ("sets off",), ("usd",))
MAP = Said("map", "Most values compete.", {}, ("compete",), rests_on="search")


def variants(**said: Said) -> dict[Reach, Under]:
    """A finding under each reach, by the reach's first word."""
    unread: Any = None
    named = {reach: said[reach.split()[0]] for reach in (USUAL, *OTHER) if reach.split()[0] in said}
    return {
        reach: Under(unread, unread, unread, {named[reach].key: named[reach]} if reach in named else {})
        for reach in (USUAL, *OTHER)
    }


def depends(usual: Said, half: Said, linear: Said) -> str:
    return beside(usual, variants(to=usual, half=half, linear=linear)).depends


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_two_amounts_are_near_whichever_is_named_first_and_each_is_near_itself(a: float, b: float) -> None:
    assert near(a, b) == near(b, a)
    assert near(a, a)


@pytest.mark.parametrize(("other", "is_near"), [(0.91, True), (0.89, False), (1.1, True), (1.12, False), (-1, False)])
def test_an_amount_may_move_by_a_tenth_of_the_larger_one(other: float, is_near: bool) -> None:
    assert TENTH == 0.1
    assert near(1.0, other) == is_near


def test_a_finding_whose_claim_changes_under_one_reach_depends_on_it() -> None:
    other = replace(BILLS, text="It saves $1 million", claim=("saves",))
    assert depends(BILLS, BILLS, other) == "does"
    assert depends(BILLS, other, BILLS) == "does"
    assert depends(BILLS, BILLS, BILLS) == "does not"


def test_a_finding_whose_printed_amount_moves_by_over_a_tenth_depends_on_reach_and_an_unprinted_one_does_not() -> None:
    little = replace(BILLS, text="It sets off $1.05 million", numbers={"usd": 1.05e6, "unsaid": 9.0})
    much = replace(BILLS, text="It sets off $1.3 million", numbers={"usd": 1.3e6, "unsaid": 3.0})
    assert depends(BILLS, little, BILLS) == "does not"
    assert depends(BILLS, BILLS, much) == "does"


def test_the_same_words_say_the_same_whatever_stands_behind_them() -> None:
    one = Said("horizon", "less than one in 100", {"share": 0.001}, amounts=("share",))
    assert same(one, replace(one, numbers={"share": 0.004}))


def test_the_full_run_is_compared_with_nothing_few_draws_are_compared_with_few() -> None:
    full = replace(BILLS, text="It sets off $2 million", numbers={"usd": 2e6, "unsaid": 0.0})
    said = beside(full, variants(to=BILLS, half=BILLS, linear=BILLS))
    assert said.text == full.text
    assert set(said.under.values()) == {BILLS.text}
    assert said.depends == "does not"


def test_a_finding_that_is_there_under_the_usual_reach_only_depends_on_it() -> None:
    assert beside(BILLS, variants(to=BILLS, half=BILLS)).depends == "does"


def test_a_finding_of_the_search_asks_for_a_full_run_until_the_search_was_made_again() -> None:
    assert beside(MAP, variants(to=MAP)).depends == "run with --full"
    assert beside(MAP, variants(to=MAP, half=MAP, linear=MAP)).depends == "does not"


def test_a_finding_for_which_no_plan_was_run_has_no_other_reach() -> None:
    fit = Said("fit", "The model repeats most years", {}, rests_on="nothing")
    said = beside(fit, variants())
    assert said.depends == "does not apply"
    assert said.under == {}


def test_a_finding_that_few_draws_cannot_say_at_all_is_compared_with_nothing() -> None:
    assert beside(BILLS, variants()).depends == "does not apply"


@pytest.mark.parametrize(("runs", "clearly"), [(LEAST_RUNS - 1, False), (LEAST_RUNS, True)])
def test_too_few_runs_tell_no_plan_from_another_however_far_apart_they_are(
    monkeypatch: pytest.MonkeyPatch, runs: int, clearly: bool
) -> None:
    labels = {"one": "One plan", "other": "Another plan"}
    monkeypatch.setattr(most, "plan_labels", lambda results: labels)
    monkeypatch.setattr(most, "rows_in_order", lambda results: list(labels))
    rows = {"one": np.full(runs, 2.0), "other": np.full(runs, 1.0)}
    results: Any = SimpleNamespace(reaches={reach: SimpleNamespace(healthy=rows) for reach in (USUAL, *OTHER)})
    assert ("clearly gains most" in most.linear_reach(results).text) == clearly
