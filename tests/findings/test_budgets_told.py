"""What is said of the map against budgets, from curves with known answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bothand.decide.ideals import find_ideals
from bothand.decide.pairs import pairs, price
from bothand.decide.pairwise.budgets import BUDGETS
from bothand.decide.surfaces import Surface
from bothand.experiments.what_if.budgets import Budgets, still_moves
from bothand.findings.deciding import budgets

LEVELS = np.array([0.25, 0.5, 1, 2, 4]) * 100


def surface(slopes: Any, full: float = np.inf) -> Surface:
    """Gains in straight lines until a service is full."""
    rates = np.asarray(slopes, dtype=float)
    dollars = np.tile(LEVELS, (rates.shape[1], 1))
    names = tuple(f"v{v}" for v in range(len(rates)))
    services = tuple(f"s{i}" for i in range(rates.shape[1]))
    return Surface(names, services, dollars, rates[:, :, None] * np.minimum(dollars, full))


def results(found: Surface, more: Budgets | None = None) -> Any:
    """The parts of results that these findings read."""
    ideals = find_ideals(found, 100.0)
    names = ideals.members
    searched = SimpleNamespace(
        ideals=ideals, values=names, value_pairs=pairs(ideals), group_pairs=(), all_values=price(ideals, names),
        keys={f"value {name}": name for name in names},
    )  # fmt: skip
    setting = SimpleNamespace(
        study=None, folder=None, evidence=SimpleNamespace(names=()),
        services=[SimpleNamespace(key=name, label=name.upper()) for name in found.services],
    )  # fmt: skip
    return SimpleNamespace(found=searched, setting=setting, budgets=more)


@pytest.fixture(autouse=True)
def labels(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = [SimpleNamespace(key=f"value v{n}", label=f"Value {n}") for n in range(4)]
    monkeypatch.setattr(budgets, "values_of", lambda *_: SimpleNamespace(values=shown))


def test_services_of_their_own_share_the_money_until_there_is_a_purse_for_each() -> None:
    told = budgets.of_map(results(surface(np.eye(4))))
    assert [one.key for one in told] == ["map_budgets", "map_free"]
    text = told[0].text
    assert told[0].numbers["half"] == pytest.approx(1 / 8)
    assert "with today\u2019s it is 25 in 100, with twice as much 50 in 100." in text
    assert "From 4 times today\u2019s money on, nobody has to choose between them." in text
    assert told[1].text.startswith("Between none of 6 pairs of values nobody has to choose even today;")
    assert "with twice the money, between 6." in told[1].text


def test_where_no_money_is_enough_it_is_said_and_never_a_number() -> None:
    told = budgets.of_map(results(surface([[1, -1, 0], [-1, 1, 0], [0, 0, 1]])))
    assert "No budget on the curves gives every value all of it." in told[0].text
    assert "No budget on the curves is enough for value 0 and value 1." in told[1].text


def test_values_that_go_together_need_no_choice_today() -> None:
    told = budgets.of_map(results(surface([[1], [3]])))
    assert "nobody has to choose between them" not in told[0].text
    assert told[1].text.startswith("Between 1 of 1 pairs of values nobody has to choose even today")


def test_only_a_full_run_says_what_money_cannot_end_and_which_services_are_full() -> None:
    grown = np.linspace(0, 0.4, len(BUDGETS))
    more = Budgets({}, 4.0, {("v0", "v1"): grown}, further=("s0",), full=("s1",))
    usual = results(surface(np.eye(2)), Budgets({}, 4.0))
    assert budgets.findings(usual) == []
    (told,) = budgets.findings(results(surface(np.eye(2)), more))
    assert "the best plans for value 0 and value 1 still leave 40 in 100 undone for one of them" in told.text
    assert "Beyond 4 budgets for one service, these still bring more: s0." in told.text
    assert told.text.endswith("All other services are full there.")
    calm = Budgets({}, 4.0, {("v0", "v1"): np.zeros(len(BUDGETS))}, full=("s0", "s1"))
    (told,) = budgets.findings(results(surface(np.eye(2)), calm))
    assert told.text.startswith("With ten times today\u2019s money no two favourites leave anything undone.")


def test_a_service_that_is_full_moves_nothing_at_the_end_of_its_curve() -> None:
    both = surface([[1.0, 1.0]])
    gains = both.gains.copy()
    gains[0, 1] = np.minimum(both.dollars[1], 200)
    assert still_moves(Surface(both.objectives, both.services, both.dollars, gains)).tolist() == [True, False]
