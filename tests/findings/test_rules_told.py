"""Where rules of spending cannot be kept, from what was tried to the report's words."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np

from bothand.experiments.results import Results
from bothand.findings.stakes.rules import elsewhere, lifted_caps, without_best
from bothand.words import forbidden
from findings.test_disputes_told import tried


def surface(cap: float) -> SimpleNamespace:
    return SimpleNamespace(rules=SimpleNamespace(cap=cap))


def reached(own: float, kept: float) -> SimpleNamespace:
    """A reach under which curves had one cap and the search kept another."""
    found = SimpleNamespace(ideals=SimpleNamespace(surface=surface(kept)))
    return SimpleNamespace(curves=SimpleNamespace(surface=surface(own)), found=found)


def results() -> Results:
    one = tried("who_pays", 0.1, 0.0)
    lifted = replace(one, sides=(one.sides[0], replace(one.sides[1], cap=250_000.0)))
    reaches = {
        "to the ceiling": reached(100.0, 100.0),
        "half the ceiling": reached(100.0, 90_000.0),
        "linear": reached(100.0, np.inf),
    }
    return cast(Results, SimpleNamespace(reaches=reaches, disputes=SimpleNamespace(tried=(one, lifted))))


def test_only_beliefs_under_which_the_cap_was_lifted_are_named_each_with_what_was_kept_instead() -> None:
    told = lifted_caps(results())
    assert [(one.reach, one.dispute, one.usd) for one in told] == [
        ("half the ceiling", None, 90_000.0),
        ("linear", None, None),
        (None, "who_pays", 250_000.0),
    ]
    (said,) = elsewhere(told)
    for words in ("half as many people can be reached ($90,000 a year)", "(no limit)", "($250,000 a year)"):
        assert words in said
    assert told[-1].where in said
    assert not forbidden(said)
    assert not elsewhere([])


def test_a_usual_run_searches_under_its_own_reach_alone_and_names_nothing() -> None:
    usual = SimpleNamespace(reaches={"linear": SimpleNamespace(curves=None, found=None)}, disputes=None)
    assert lifted_caps(cast(Results, usual)) == []


def test_stances_without_a_best_are_named_by_their_labels() -> None:
    plans = [SimpleNamespace(key="abstinence", label="Recovery only"), SimpleNamespace(key="other", label="Other")]
    there = cast(Results, SimpleNamespace(setting=SimpleNamespace(plans=plans), found_plan="both_and"))
    (said,) = without_best(there, ["abstinence"])
    assert said.startswith("Recovery only:")
    assert not forbidden(said)
    assert not without_best(there, [])
