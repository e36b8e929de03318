"""Each group of people has a page, and what would change our mind stands under that name: all from the summary."""

from __future__ import annotations

import re
from html import unescape

import pytest
from example import example, longest, many

from bothand.report import layout, picture
from bothand.report.doubts import side_two
from bothand.report.lookup import Index, even, in_hundred, number
from bothand.report.page import render
from bothand.report.questions import minds, people
from bothand.report.summary import Disputed, Interval, LocalCount, Rank, Summary, Turn
from bothand.words import forbidden, in_sentence, unparted


def part(html: str, start: str, end: str) -> str:
    """The words between two ids, without tags."""
    inside = html.split(f'id="{start}"', 1)[1].split(f'id="{end}"', 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inside.split(">", 1)[1])).split())


@pytest.fixture(scope="module")
def whole() -> Summary:
    return example()


@pytest.fixture(scope="module")
def html(whole: Summary) -> str:
    return render(whole)


@pytest.fixture(scope="module")
def pages(whole: Summary) -> dict[str, people.GroupPage]:
    return {page.key: page for page in people.view(Index(whole)).groups}


# ------------------------------------------------------------------------------------------------ groups of people


def test_every_group_has_one_page_with_its_own_anchor_and_is_linked_from_the_sheet_and_a_plan(
    html: str, whole: Summary
) -> None:
    sheet = html.split('id="sheet"', 1)[1].split('id="sheet-2"', 1)[0]
    plan = html.split('id="plan-1"', 1)[1].split('id="plan-2"', 1)[0]
    for group in whole.groups:
        assert html.count(f'id="group-{group.key}"') == 1
        for place in (sheet, plan):
            assert place.count(f'href="#group-{group.key}"') == 1


def test_a_group_says_how_many_and_what_happens_with_no_new_money_in_all_and_for_each_thousand(
    whole: Summary, pages: dict[str, people.GroupPage]
) -> None:
    for group in whole.groups:
        page = pages[group.key]
        assert f"about {number(even(group.people).mean)} people (" in page.people
        assert [row[0] for row in page.course.rows] == [c.label for c in group.course]
        for course, row in zip(group.course, page.course.rows, strict=True):
            assert course.unit in row[1]
            assert course.per_1000.mean == pytest.approx(course.amount.mean / group.people.mean * 1000)


def test_the_verdicts_of_a_group_stand_on_its_page_as_on_the_pages_of_plans(
    whole: Summary, pages: dict[str, people.GroupPage]
) -> None:
    index = Index(whole)
    for key, page in pages.items():
        assert [row.head for row in page.panels.rows] == [plan.label for plan in index.funded]
        for plan, row in zip(index.funded, page.panels.rows, strict=True):
            for cell, (_, indicator, reference, _) in zip(row.cells, people.COLUMNS, strict=True):
                found = index.verdict(plan.key, key, reference, indicator)
                assert cell is not None
                assert cell.verdict == (found.verdict if found else "none")


def test_the_numbers_of_a_group_hold_both_references_and_both_criteria_of_recovery(
    pages: dict[str, people.GroupPage],
) -> None:
    heads = " ".join(pages["addiction"].numbers.heads)
    for words in ("no new money", "as others do", "medication included", "without medication"):
        assert words in heads


def test_the_count_of_gains_in_a_groups_title_is_that_of_its_verdicts(
    whole: Summary, pages: dict[str, people.GroupPage]
) -> None:
    index = Index(whole)
    words = [v.verdict for p in index.compared if (v := index.verdict(p.key, "later", "as_others_do"))]
    title = pages["later"].title
    assert f"Against the same money spent as others do, of {len(words)} plans" in title
    assert f"they lose under {words.count('loses')}" in title
    assert f"they gain under {sum(w.startswith('gains') for w in words)}" in title


def test_services_alone_stand_from_most_to_least_and_ranges_that_meet_settle_nothing(
    whole: Summary, pages: dict[str, people.GroupPage]
) -> None:
    group = next(g for g in whole.groups if g.key == "addiction")
    order = sorted(group.alone, key=lambda key: -group.alone[key].mean)
    assert [row[0] for row in pages["addiction"].alone.rows] == [Index(whole).name(key) for key in order]
    assert "the numbers do not settle which does most" in pages["addiction"].best
    apart = {key: Interval(mean=10.0 - n, low=9.9 - n, high=10.1 - n) for n, key in enumerate(order)}
    told = people._best(Index(whole), group.model_copy(update={"alone": apart}))
    assert told.startswith(Index(whole).name(order[0]))
    assert "No other service\u2019s range meets that." in told
    assert people._best(Index(whole), group.model_copy(update={"alone": {}})) == ""


def test_a_group_stands_in_every_pair_it_belongs_to_the_dearest_first(
    whole: Summary, pages: dict[str, people.GroupPage]
) -> None:
    for key, page in pages.items():
        mine = [p for p in whole.pairs if p.kind == "groups" and key in (p.a, p.b)]
        assert len(page.pairs.rows) == len(mine) == len(whole.groups) - 1
        prices = sorted((p.price for p in mine), reverse=True)
        assert [row[1].split(",")[0] for row in page.pairs.rows] == [number(price) for price in prices]
        for row in page.pairs.rows:
            other = next(p for p in mine if Index(whole).name(p.b if p.a == key else p.a) == row[0])
            gives = other.spill_ab if other.a == key else other.spill_ba
            assert row[3] == (in_hundred(gives) if gives >= 0 else f"takes {in_hundred(-gives)}")


def test_what_the_values_say_to_a_group_is_the_line_of_the_picture_that_stands_for_it(
    whole: Summary, pages: dict[str, people.GroupPage]
) -> None:
    lines = dict(people.view(Index(whole)).lines)
    for group in whole.groups:
        marks = [m for m in whole.marks if m.group == group.line]
        assert pages[group.key].marks.startswith(f"{len({m.value for m in marks})} of {len(whole.values)} values")
        said = " ".join(" ".join(row) for row in lines[group.line].rows)
        for mark in marks:
            assert f"{in_sentence(Index(whole).name(mark.service))} ({mark.status})" in said


def test_losses_stand_with_how_and_the_repair_and_a_verdict_without_one_is_not_hidden(
    whole: Summary, pages: dict[str, people.GroupPage]
) -> None:
    assert len(pages["later"].losses.rows) == len([x for x in whole.losers if x.group == "later"])
    lost = {v.group for v in whole.verdicts if v.verdict == "loses" and v.indicator == "healthy_life_years"}
    for key, page in pages.items():
        assert page.lost.startswith("They lose") == (key in lost)


def test_families_and_the_community_are_linked_as_people_of_their_own(html: str, whole: Summary) -> None:
    section = html.split('id="people"', 1)[1].split("</section>", 1)[0]
    for key in ("family", "community", "infections"):
        assert f'href="#ledger-{key}"' in section
    bare = whole.model_copy(update={"ledgers": [], "ledger_lines": []})
    assert people.view(Index(bare)).ledgers == []


def test_a_summary_without_what_was_added_still_has_its_pages(whole: Summary) -> None:
    plain = {"course": [], "alone": {}, "made_up_of": []}
    bare = whole.model_copy(
        update={"groups": [g.model_copy(update=plain) for g in whole.groups], "minds": None, "pairs": []}
    )
    told = part(render(bare), "people", "groups")
    assert "No pair is on the map" in told
    assert "What one service alone would do" not in told


# ------------------------------------------------------------------------------------- what would change our mind


def test_every_assumption_that_was_tried_has_a_row_with_every_plans_life_years(whole: Summary) -> None:
    view = minds.view(Index(whole))
    assert view is not None
    assert whole.minds is not None
    assert len(view.orders.rows) == 1 + len(whole.deciding) + len(whole.minds.orders)
    for row, ranks in zip(view.orders.rows[1:], [d.ranks for d in whole.deciding], strict=False):
        told = dict(zip(view.orders.heads[1:-1], row[1:-1], strict=True))
        for rank in ranks:
            assert told[Index(whole).name(rank.plan)] == number(rank.healthy_life_years)


def test_the_deck_counts_the_cases_in_which_another_plan_comes_first(whole: Summary) -> None:
    view = minds.view(Index(whole))
    assert view is not None
    assert whole.minds is not None
    first = max(whole.best_guess, key=lambda r: r.healthy_life_years).plan
    cases = [d.ranks for d in whole.deciding] + [o.ranks for o in whole.minds.orders]
    others = sum(max(ranks, key=lambda r: r.healthy_life_years).plan != first for ranks in cases)
    assert 0 < others < len(cases)
    assert f"In {others} of {len(cases)} other cases" in view.deck
    calm = [d.model_copy(update={"ranks": whole.best_guess}) for d in whole.deciding]
    same = minds.view(Index(whole.model_copy(update={"deciding": calm, "minds": None})))
    assert same is not None
    assert "So they do in each of 3 other cases." in same.deck


def test_a_count_says_at_what_value_which_finding_turns_and_how_to_find_it_out(whole: Summary) -> None:
    assert whole.minds is not None
    view = minds.view(Index(whole))
    assert view is not None
    for count, row in zip(whole.minds.counts, view.counts.rows, strict=True):
        assert row[0] == f"{count.label}: {minds.HOW[count.how]}"
        for turn in count.turns:
            side = "below" if turn.at < count.used else "above"
            assert f"{side} about {number(turn.at)}" in row[3].lower()
        assert ("no value in this range" in row[3]) == (not count.turns)
    assert view.counts_said.startswith("2 of these 3 numbers could put another plan first")


def test_a_turn_among_later_places_leaves_the_first_plan_first(whole: Summary) -> None:
    turn = Turn(at=0.7, before="even_split", after="recovery_only", first=False)
    count = LocalCount(
        key="k", label="K", unit="share", used=0.5, low=0.1, high=0.9, swing=1.0, how="count", turns=[turn]
    )
    said = minds._turned(Index(whole), count)
    assert said == "Above about 0.7, recovery only stands before even split; the first stays first"
    assert minds._counts_said([count]).startswith("None of these 1")


def test_a_dispute_says_how_much_rests_on_it_and_whether_another_plan_would_come_first(
    html: str, whole: Summary
) -> None:
    assert whole.minds is not None
    told = part(html, "disputes", "people")
    for found in whole.minds.disputed:
        service = Index(whole).services[found.service]
        assert service.label in told
        for dispute in service.disputes:
            assert dispute in told
    turned = [d for d in whole.minds.disputed if d.first != d.first_without]
    assert len(turned) == 1
    assert f"Treatment only, not {in_sentence(Index(whole).name(turned[0].first))}" in told
    assert "Both/and plan, as now" in told


def test_disputes_are_told_once_and_the_card_of_the_service_leads_there(html: str, whole: Summary) -> None:
    assert whole.minds is not None
    cards = html.split('id="services"', 1)[1].split("</section>", 1)[0]
    for found in whole.minds.disputed:
        card = cards.split(f'id="service-{found.service}"', 1)[1].split("</article>", 1)[0]
        assert 'href="#disputes"' in card
        for dispute in Index(whole).services[found.service].disputes:
            assert dispute not in card
    bare = render(whole.model_copy(update={"minds": None}))
    assert Index(whole).services[whole.minds.disputed[0].service].disputes[0] in part(bare, "services", "evidence")


def test_nothing_rests_on_a_service_that_the_plan_does_not_pay(whole: Summary) -> None:
    rests = {"both_and": 0.0, "treatment_only": 36.0}
    row = minds._disputed(
        Index(whole),
        Disputed(
            service="syringe_services",
            rests=rests,
            whole={"both_and": 250.0, "treatment_only": 190.0},
            first="both_and",
            first_without="both_and",
        ),
    )
    assert row.rests == "36 of 190 (treatment only)"
    assert not row.turns


def test_reach_and_the_supply_are_said_under_the_name_and_not_again_under_evidence(whole: Summary) -> None:
    html = render(whole)
    assert whole.linear_reach.text in part(html, "minds", "people")
    assert whole.linear_reach.text not in part(html, "evidence", "reading")


def test_places_are_named_only_where_they_can_be_told(whole: Summary) -> None:
    ranks = [
        Rank(plan="both_and", healthy_life_years=3, rank=1),
        Rank(plan="even_split", healthy_life_years=2, rank=None),
    ]
    assert minds._places(Index(whole), ranks) == "1: both/and plan"
    assert minds._places(Index(whole), ranks[1:]) == "cannot tell any"


def test_both_pages_are_person_first(html: str) -> None:
    assert not forbidden(part(html, "minds", "people"))
    assert not forbidden(part(html, "people", "groups"))


# ----------------------------------------------------------------------------------------------- twenty services


def test_twenty_services_are_turned_each_under_its_band_and_ten_are_not() -> None:
    whole = many()
    view = picture.view(Index(whole))
    assert len(whole.services) == 20 > layout.LEVEL_HEADS
    assert view.many
    assert sum(len(band.services) for band in view.bands) == 20
    told = render(whole)
    for service in whole.services:
        assert f'<span class="turned">{unparted(service.short)}</span>' in told
    assert not picture.view(Index(longest())).many
    assert 'class="turned"' not in render(longest())


def test_a_narrow_band_beside_a_wide_one_runs_to_the_left_and_beside_a_narrow_one_it_turns() -> None:
    whole = many()
    kinds = ["recovery"] * 18 + ["family", "prevention"]
    services = [x.model_copy(update={"kind": kind}) for x, kind in zip(whole.services, kinds, strict=True)]
    bands = picture.view(Index(whole.model_copy(update={"services": services}))).bands
    assert [(band.kind, band.style) for band in bands] == [
        ("recovery", ""),
        ("family", "leftward"),
        ("prevention", "turned"),
    ]


def test_the_law_of_many_services_is_said_by_its_word_and_of_each_of_them_once() -> None:
    whole = many()
    by_word = side_two(Index(whole)).law_by_word
    said = {word: names.split("; ") for _, word, names in by_word}
    assert sum(len(names) for names in said.values()) == len(whole.services)
    for service in whole.services:
        name = in_sentence(unparted(service.short))
        assert any(told.startswith(name) for told in said[service.law.word])
    assert side_two(Index(longest())).law_by_word == []
