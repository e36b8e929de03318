"""The folded parts about delivery: what a finding would be under other reach, and how services meet."""

from __future__ import annotations

import re

import pytest
from example import example
from example.parts import between

from bothand.report.delivery import page as delivery
from bothand.report.lookup import Index
from bothand.report.page import render
from bothand.report.summary import BothAndUnder


@pytest.fixture(scope="module")
def view() -> delivery.DeliveryView:
    return delivery.view(Index(example()))


def test_every_finding_that_rests_on_reach_has_a_row_that_says_whether_it_depends_on_it(
    view: delivery.DeliveryView,
) -> None:
    findings = [f for f in example().findings if f.under]
    assert [(row[0], row[-1]) for row in view.findings.rows] == [
        (f.text, delivery.DEPENDS[f.depends]) for f in findings
    ]
    assert not {f.text for f in example().findings if f.depends == "does not apply"} & {
        row[0] for row in view.findings.rows
    }


def test_a_text_that_is_the_same_is_not_said_again_and_another_one_is_said_whole(view: delivery.DeliveryView) -> None:
    bills = next(f for f in example().findings if f.key == "bills")
    (row,) = (row for row in view.findings.rows if row[0] == bills.text)
    assert row[1:4] == [delivery.SAME, delivery.SAME, bills.under["linear"]]


def test_a_finding_of_the_search_says_how_to_run_it_under_other_reach(view: delivery.DeliveryView) -> None:
    found = next(f for f in example().findings if f.key == "map")
    (row,) = (row for row in view.findings.rows if row[0] == found.text)
    assert row[2:] == ["", "", "not run: run with --full"]


def test_findings_that_depend_on_reach_are_counted_in_words_that_stand_on_paper(view: delivery.DeliveryView) -> None:
    words = [f.depends for f in example().findings]
    told = words.count("does") + words.count("does not")
    assert view.said.startswith(f"Of {told} findings tried")
    assert f"{words.count('does')} depend on it; {words.count('run with --full')} more" in view.said
    part = re.search(r'<section class="page" id="evidence".*?<details', render(example()), re.DOTALL)
    assert part is not None
    assert view.said in part[0]


def test_the_case_against_is_told_again_only_where_it_is_another(view: delivery.DeliveryView) -> None:
    whole = example()
    assert view.case == [("No limit to the people found", whole.case_under["linear"])]


def test_pairs_that_meet_stand_in_the_table_and_the_others_are_counted(view: delivery.DeliveryView) -> None:
    found = example().interactions
    assert len(view.meets.rows) == sum(i.how != "independent" for i in found)
    assert view.meets.rows[0][2] == "assumed"
    assert view.independent.startswith("The other 1 of 5 pairs")
    assert set(delivery.HOW) >= {i.how for i in found}


def test_a_plan_says_how_many_of_the_people_reached_are_the_same(view: delivery.DeliveryView) -> None:
    assert view.overlap_said["both_and"] == [
        "Of the 140 people whom peer coaching and recovery centre would reach one by one, 12 are the same."
    ]
    assert "harm_reduction_only" not in view.overlap_said
    assert view.overlap_said["both_and"][0] in render(example())


def test_a_full_run_shows_what_a_search_under_each_reach_finds() -> None:
    whole = example()
    under = [BothAndUnder(reach="linear", beta=0.24, dollars={"navigation": 90_000}, all_values=2.6, all_groups=1.6)]
    both = whole.both_and.model_copy(update={"under": under})
    (row,) = delivery.view(Index(whole.model_copy(update={"both_and": both}))).searched.rows
    assert row[:4] == ["No limit to the people found", "×2.6", "×1.6", "0.24"]
    assert "navigation" in row[4]
    assert delivery.view(Index(whole)).searched.rows == []


def test_a_summary_without_other_reach_shows_none_of_it() -> None:
    bare = example()
    findings = [f.model_copy(update={"under": {}, "depends": "does not apply"}) for f in bare.findings]
    plans = [p.model_copy(update={"overlap": [], "reach_under": {}}) for p in bare.plans]
    html = render(bare.model_copy(update={"findings": findings, "plans": plans, "interactions": [], "case_under": {}}))
    for words in ("with half the people to be found, and with no limit", "How every two services", "reached twice"):
        assert words not in html


def test_a_part_of_a_person_is_not_counted() -> None:
    whole = example()
    little = [
        p.model_copy(update={"overlap": [o.model_copy(update={"twice": between(0, 0.2, 0.9)}) for o in p.overlap]})
        for p in whole.plans
    ]
    said = delivery.view(Index(whole.model_copy(update={"plans": little}))).overlap_said["both_and"]
    assert said[0].endswith("would reach one by one, less than one is the same.")
