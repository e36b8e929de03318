"""What is said of each stance at its own best, and of the cheapest improvement of a reader's own plan."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from example import example
from example.stances import improvements

from bothand.decide.repair import Repair
from bothand.experiments.positions.own_plan import Improvement
from bothand.experiments.results import Results
from bothand.findings.deciding import own_plan
from bothand.findings.said import against
from bothand.report.page import render
from bothand.report.summary import Summary
from bothand.words import forbidden

LABELS = {plan.key: plan.label for plan in example().plans}
SERVICES = ("naloxone", "peers")


def told(summary: Summary) -> list[str]:
    return against._best_of_a_stance(summary, LABELS)


def with_shares(**shares: float) -> Summary:
    whole = example()
    one = whole.stances[0].model_copy(update={"shares": {"respect": shares}})
    return whole.model_copy(update={"stances": [one]})


def test_the_value_that_a_stance_serves_most_beyond_the_plan_found_is_told_by_its_own_best() -> None:
    (text,) = told(with_shares(signed=0.4, best=0.99, both_and=0.45))
    assert text == "Respect: harm reduction only at its own searched best gives it 99 in 100 of the most; this plan 45."
    assert forbidden(text) == []


def test_more_than_the_most_is_told_as_more_than_the_search_saw() -> None:
    (text,) = told(with_shares(signed=0.4, best=1.02, both_and=0.45))
    assert "gives it 102 in 100 of the most that the search saw on curves; this plan 45." in text


def test_a_stance_that_gives_no_value_more_is_no_case_against() -> None:
    assert told(with_shares(signed=0.4, best=0.45, both_and=0.45)) == []
    assert told(example().model_copy(update={"stances": []})) == []


def test_it_is_said_which_other_plans_were_searched() -> None:
    assert against._also_searched(example()) == "so was each stance; the yardsticks were not."
    bare = example().model_copy(update={"stances": []})
    assert against._also_searched(bare) == "the other plans were not searched."


def results(one: Improvement) -> Results:
    services = [SimpleNamespace(key=key, label=key.title()) for key in SERVICES]
    group = {"treatment": SimpleNamespace(label="People in treatment")}
    made = {
        "improvements": (one,),
        "world": SimpleNamespace(options=SERVICES),
        "setting": SimpleNamespace(
            services=services, model=SimpleNamespace(groups=(), spec=SimpleNamespace(group=group))
        ),
        "found": SimpleNamespace(keys={"respect": "contact_years", "hope": "sustained_included"}),
    }
    return cast(Results, SimpleNamespace(**made))


def improvement(**given: Any) -> Improvement:
    return Improvement("ours", ("contact_years", "sustained_included"), **given)


MOVED = Repair("reallocation", 40_000.0, np.array([-40_000.0, 40_000.0]), np.zeros(2), np.zeros(2))


def test_the_cheapest_change_is_told_in_dollars_with_what_the_least_improved_value_gains() -> None:
    (part,) = own_plan.improvements(results(improvement(repair=MOVED, in_model=np.array([0.02, 0.05]))), [], [])
    assert (part.answer, part.dollars) == ("improves", 40_000)
    assert part.text.startswith(
        "The cheapest change that would improve every value: take $40,000 a year from naloxone;"
    )
    assert part.text.endswith("each gains 2 in 100 or more of the most it could get.")
    assert part.in_full_model == {"respect": 0.02, "hope": 0.05}


def test_where_the_full_model_does_not_confirm_a_change_it_is_said() -> None:
    (part,) = own_plan.improvements(results(improvement(repair=MOVED, in_model=np.array([-0.02, 0.05]))), [], [])
    assert part.answer == "contradicted"
    assert "respect would not gain by it" in part.text


def test_where_nothing_improves_everything_and_nobody_loses_there_is_nothing_to_undo() -> None:
    (part,) = own_plan.improvements(results(improvement()), [], [])
    assert part.answer == "none"
    assert "no loss to undo" in part.text


def test_the_sheet_has_the_line_of_a_readers_own_plan_and_no_line_without_one() -> None:
    (one,) = improvements()
    page = render(example().model_copy(update={"improvements": [one]}))
    assert one.text in page.replace("&#39;", "'")
    assert 'class="caption improvement"' not in render(example())
