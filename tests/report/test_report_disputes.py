"""The dispute register on the page: what changes the decision, both sides of it, and what is worth finding out."""

from __future__ import annotations

import re
from html import unescape

import pytest
from example import example, full

from bothand.report.lookup import Index
from bothand.report.page import render
from bothand.report.questions import disputes
from bothand.report.questions.disputes import DisputesView
from bothand.report.summary import RegisterEntry, Summary
from bothand.words import forbidden


@pytest.fixture(scope="module")
def whole() -> Summary:
    return full()


@pytest.fixture(scope="module")
def html(whole: Summary) -> str:
    return render(whole)


@pytest.fixture(scope="module")
def section(html: str) -> str:
    after = html.split('id="register"', 1)[1].split("</section>", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", after.split(">", 1)[1])).split())


@pytest.fixture(scope="module")
def view(whole: Summary) -> DisputesView:
    found = disputes.view(Index(whole))
    assert found is not None
    return found


def entry(whole: Summary, key: str) -> RegisterEntry:
    return next(one for one in whole.disputes if one.key == key)


def test_every_dispute_of_the_register_stands_on_the_page_in_exactly_one_place(
    view: DisputesView, whole: Summary, section: str
) -> None:
    claims = [d.claim for d in view.changing] + [row[0] for row in (*view.same.rows, *view.outside.rows)]
    assert sorted(claims) == sorted(one.claim for one in whole.disputes)
    for claim in claims:
        assert section.count(claim) == 1
    assert not forbidden(section)


def test_a_dispute_that_changes_the_decision_says_both_positions_with_sources_and_what_would_settle_it(
    view: DisputesView, whole: Summary, section: str
) -> None:
    assert [d.key for d in view.changing] == ["kits_in_the_right_hands", "criterion_of_recovery"]
    for changing in view.changing:
        found = entry(whole, changing.key)
        assert changing.settled_by == found.settled_by
        for shown, side in zip(changing.sides, found.sides, strict=True):
            assert f"If {side.label}" in section
            assert side.says in section
            assert shown.sources == side.sources


def test_a_service_that_leaves_belongs_to_the_first_side_and_one_that_enters_to_the_second(view: DisputesView) -> None:
    first, second = view.changing[0].sides
    assert first.pays == "Its plan alone pays for recovery housing that welcomes medication."
    assert second.pays == "Its plan alone pays for syringe services."
    assert view.changing[1].sides[1].pays == "Its plan gives $270,000 more to community naloxone."


def test_what_a_side_would_lose_is_said_only_beyond_the_error_of_the_curves(view: DisputesView) -> None:
    kits, criterion = view.changing
    assert kits.sides[0].loses == "The plan of the other side would bring 41 fewer healthy life-years."
    assert kits.sides[1].loses == (
        "The plan of the other side would bring 12 more healthy life-years, but take 21 in 100 of its best from "
        "the value that is served least."
    )
    assert criterion.sides[0].loses == "The plan of the other side would do about as well."


def test_both_losses_are_joined(whole: Summary) -> None:
    side = entry(whole, "kits_in_the_right_hands").sides[0]
    assert side.trial is not None
    said = disputes._loses(side.trial.model_copy(update={"share_lost": 0.3}))
    assert said == (
        "The plan of the other side would bring 41 fewer healthy life-years and take 30 in 100 of its best from "
        "the value that is served least."
    )


def test_the_money_of_both_plans_stands_service_by_service(view: DisputesView) -> None:
    rows = {row[0]: row[1:] for row in view.changing[0].money.rows}
    assert view.changing[0].money.heads == ["Service", "many kits reach them", "few kits reach them"]
    assert rows["Syringe services"] == ["nothing", "$130,000"]
    assert rows["Community naloxone"] == ["$460,000", "$380,000"]


def test_every_dispute_that_was_tried_has_a_bar_as_long_as_the_money_that_moves(
    view: DisputesView, whole: Summary
) -> None:
    assert view.moved is not None
    tried = [one for one in whole.disputes if one.outcome != "not tried"]
    assert [row.head for row in view.moved.rows] == [one.topic for one in tried]
    for row, one in zip(view.moved.rows, tried, strict=True):
        cell = row.cells[0]
        assert cell is not None
        assert f'width="{one.moved * 100:.0f}%"' in str(cell.figure)
        assert bool(row.href) == (cell.word == "changes the decision") == (one.outcome == "changes")


def test_what_does_not_change_the_decision_says_why(view: DisputesView) -> None:
    why = {row[0]: row[2] for row in view.same.rows}
    assert why["The household survey misses most people with opioid use disorder."].startswith("money moves, yet")
    assert why[next(claim for claim in why if "jail" in claim)] == "$2 of each $100 moves"
    assert view.outside.rows == [
        ["An overdose prevention centre brings crime.", "values", "outside the model: it has no streets"]
    ]


def test_what_is_worth_finding_out_says_how_much_how_sure_and_what_would_settle_it(
    view: DisputesView, section: str
) -> None:
    first, second = view.learn.rows
    assert first[1:3] == ["19, give or take 6", "above chance"]
    assert first[3].startswith("50 people or cases: 3 (chance alone could give this); 200 people or cases: 8;")
    assert first[4] == "kits in the right hands"
    assert second[3] == ""
    assert "such a survey costs about $50,000" in view.learn_note
    assert second[1:3] == ["2, give or take 3", "may be chance"]
    assert "may seem to bring 7 in 64 runs" in view.learn_note
    assert view.learn_said in section


def test_the_disputes_that_change_most_say_what_settling_them_is_worth_beside_what_it_costs(
    view: DisputesView, section: str, whole: Summary
) -> None:
    rows = {row[0]: row[1:] for row in view.settle.rows}
    assert rows["Kits in the right hands"] == [
        "19, give or take 2",
        "A local count, $20,000 ($6,000 to $60,000)",
        "1 (0.3 to 3); 1 in 100 of the money",
        "yes",
    ]
    told = entry(whole, "prevalence").settled_by
    assert rows["Prevalence"][1] == f"Linked records, $150,000 ($45,000 to $450,000). {told}"
    assert rows["Prevalence"][0] == "2, give or take 2; may be chance"
    assert rows["Prevalence"][3] == "cannot tell; 4 counties would have to share it"
    assert rows["Risk after release"][2:] == ["140 (42 to 420); more than all the money", "no"]
    assert rows["Criterion of recovery"] == ["no drawn input", "no study", "", "no study"]
    assert view.settle_said in section
    assert "the both/and plan would lose, 5 for each $100,000 taken from all its services alike" in section


def test_a_worth_in_dollars_stands_only_where_the_study_names_one(whole: Summary) -> None:
    priced = [
        one.model_copy(update={"settling": one.settling.model_copy(update={"worth_usd": 950_000.0})})
        for one in whole.disputes
        if one.settling and one.settling.worth
    ]
    found = disputes.view(Index(whole.model_copy(update={"disputes": priced})))
    assert found is not None
    assert all("$950,000 at the study\u2019s own worth of a year" in row[1] for row in found.settle.rows)


def test_what_knowing_is_worth_to_each_position_is_told_in_hundredths_and_what_may_be_chance(
    view: DisputesView,
) -> None:
    first, second = view.whom.rows
    assert first == [
        "Recovery first",
        "14",
        "Share of kits that are in the right hands",
        "4 (0 to 5)",
        "above chance",
    ]
    assert second[3:] == ["2 (0 to 5)", "chance alone could give this"]


def test_the_older_list_of_disputes_leads_to_the_register_and_a_usual_run_has_none(html: str, whole: Summary) -> None:
    minds = html.split('id="minds"', 1)[1].split("</section>", 1)[0]
    assert 'href="#register"' in minds
    assert html.count('id="register"') == 1
    usual = render(example())
    assert "#register" not in usual
    assert 'id="register"' not in usual


def test_a_register_of_which_nothing_can_be_tried_has_no_drawing(whole: Summary) -> None:
    outside = [one for one in whole.disputes if one.outcome == "not tried"]
    bare = whole.model_copy(update={"disputes": outside, "to_learn": [], "learning": None})
    found = disputes.view(Index(bare))
    assert found is not None
    assert (found.moved, found.changing, found.same.rows, found.learn.rows) == (None, [], [], [])
    assert "How much money each dispute moves" not in render(bare)


def test_what_moves_less_than_a_dollar_in_a_hundred_has_no_bar_and_is_counted(whole: Summary) -> None:
    told = [one.model_copy(update={"moved": 0.002}) if one.key == "prevalence" else one for one in whole.disputes]
    found = disputes.view(Index(whole.model_copy(update={"disputes": told})))
    assert found is not None
    assert found.moved is not None
    assert "Prevalence" not in [row.head for row in found.moved.rows]
    assert found.moved_note == "1 more moves less than $1."
    assert "less than $1 of each $100 moves" in [row[2] for row in found.same.rows]


def test_a_number_that_brings_nothing_is_counted_and_has_no_row(whole: Summary) -> None:
    none = [one.model_copy(update={"worth": 0.0}) for one in whole.to_learn[1:]]
    found = disputes.view(Index(whole.model_copy(update={"to_learn": [whole.to_learn[0], *none]})))
    assert found is not None
    assert len(found.learn.rows) == 1
    assert "1 more of the numbers that move results most seem to bring nothing." in found.learn_note
