"""What the report says of deciding: one change for all, the plan that beats what others do, losers and repairs."""

from __future__ import annotations

import re

import pytest
from example import example
from test_report_page import Reader

from bothand.report.deciding import losers, moves
from bothand.report.lookup import Index
from bothand.report.page import render
from bothand.report.summary import Summary
from bothand.words import forbidden


@pytest.fixture(scope="module")
def whole() -> Summary:
    return example()


@pytest.fixture(scope="module")
def section(whole: Summary) -> str:
    html = render(whole)
    start = html.index('id="moves"')
    return Reader(html[html.rindex("<section", 0, start) : html.index("</section>", start) + len("</section>")]).text


def test_every_plan_has_an_answer_for_values_and_for_groups(whole: Summary, section: str) -> None:
    found = moves.view(Index(whole))
    assert found is not None
    assert len(found.table.rows) == len({one.plan for one in whole.moves})
    for one in whole.moves:
        assert moves.short(one) in section
    assert all(cell for row in found.table.rows for cell in row)


def test_the_four_answers_are_told_apart(whole: Summary) -> None:
    said = {one.answer: moves.short(one) for one in whole.moves}
    assert set(said) == {"move", "contradicted", "none", "open"}
    assert len(set(said.values())) == len(said)
    assert said["move"].startswith("Yes")
    assert "8 in 100" in said["move"], "the least of what the full model lets each gain"


def test_each_change_and_each_proof_stands_in_the_table_behind(whole: Summary, section: str) -> None:
    found = moves.view(Index(whole))
    assert found is not None
    assert len(found.details.rows) == len(whole.moves)
    assert "+$40,000 community naloxone" in section
    assert re.search("−\\$40,000 recovery housing", section)
    assert "at most 0.03" in section


def test_the_plan_that_beats_what_others_do_is_told_group_by_group(whole: Summary, section: str) -> None:
    assert whole.beats_others is not None
    assert whole.beats_others.text in section
    table = section[section.index("What that plan brings each group") :]
    for group in whole.groups:
        assert group.label in table


def test_a_run_that_did_not_ask_has_no_such_page(whole: Summary) -> None:
    bare = whole.model_copy(update={"moves": [], "beats_others": None})
    assert moves.view(Index(bare)) is None
    assert 'href="#moves"' not in render(bare)
    assert 'id="moves"' not in render(bare)


def test_its_words_are_person_first(section: str) -> None:
    assert forbidden(section) == []


def test_every_repair_of_a_loss_is_told_once_and_the_cheapest_first(whole: Summary) -> None:
    for plan in {one.plan for one in whole.losers}:
        for shown, loser in zip(
            losers.losses(Index(whole), plan), [x for x in whole.losers if x.plan == plan], strict=True
        ):
            assert shown.repair == loser.repair
            told = [shown.repair, *shown.others]
            assert len(set(told)) == len(told)
            assert {part.text for part in loser.repairs} <= set(told)


def test_both_references_at_once_follow_each_of_them(whole: Summary) -> None:
    said = losers.joint(Index(whole), "both_and")
    assert said.index("no new money") < said.index("as others do") < said.index("Against both at once")
    assert "91 in 100 runs" in said
    without = whole.model_copy(update={"joint_all": []})
    assert "at once" not in losers.joint(Index(without), "both_and")
    assert losers.joint(Index(without.model_copy(update={"joint": []})), "both_and") == ""
