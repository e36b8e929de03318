"""The map at other budgets, by both criteria of recovery, and what the runs cannot tell."""

from __future__ import annotations

import re

import pytest
from example import example, full

from bothand.report import map as map_page
from bothand.report import summary
from bothand.report.deciding import budgets, undone
from bothand.report.lookup import Index
from bothand.report.page import render


@pytest.fixture(scope="module")
def whole() -> summary.Summary:
    return full()


@pytest.fixture(scope="module")
def index(whole: summary.Summary) -> Index:
    return Index(whole)


def test_values_and_groups_have_a_panel_and_a_full_run_one_for_what_is_left_undone(index: Index) -> None:
    assert [panel.head.split(":")[0] for panel in budgets.view(index).panels] == [
        "Values",
        "Groups of people",
        "Left undone when both best plans are paid",
    ]
    assert len(budgets.view(Index(example())).panels) == 2


def test_the_row_under_the_axis_counts_the_pairs_between_which_nobody_has_to_choose(index: Index) -> None:
    figure = str(budgets.view(index).panels[0].figure)
    told = re.findall(r'class="num mid">(\d+)</text>', figure)
    pairs = index.pairs("values")
    assert told == [str(sum(p.at_budgets[n].share >= 1 for p in pairs)) for n in range(7)]
    assert told[0] == "0"
    assert told[-1] == str(len(pairs))


def test_a_dark_line_says_what_all_at_once_get_at_every_budget(index: Index) -> None:
    figure = str(budgets.view(index).panels[0].figure)
    line = next(a for a in index.summary.all_at_once if a.kind == "values")
    assert figure.count('class="path strong"') == len(line.at_budgets) - 1
    for part in line.at_budgets:
        assert f"times today\u2019s money {round(100 * part.share)} in 100" in figure


def test_every_pair_and_budget_stands_in_the_table_behind_the_panels(index: Index) -> None:
    table = budgets.view(index).table
    assert table.heads == ["Pair", "\u00d70.1", "\u00d70.2", "\u00d70.5", "\u00d71", "\u00d72", "\u00d75", "\u00d710"]
    assert len(table.rows) == len(index.summary.pairs)
    first = index.pairs("values")[0]
    assert table.rows[0][1:] == [str(round(100 * part.share)) for part in first.at_budgets]


def test_a_run_that_asked_for_no_budgets_shows_none(whole: summary.Summary) -> None:
    pairs = [p.model_copy(update={"at_budgets": []}) for p in whole.pairs]
    shown = budgets.view(Index(whole.model_copy(update={"pairs": pairs, "all_at_once": []})))
    assert shown.panels == []
    assert shown.table.rows == []


def test_where_a_curve_ends_it_is_said_that_more_might_be_possible(whole: summary.Summary, index: Index) -> None:
    assert budgets.view(index).end == ""
    first, *rest = whole.pairs
    ends = [part.model_copy(update={"at_end": True}) for part in first.at_budgets]
    cut = whole.model_copy(update={"pairs": [first.model_copy(update={"at_budgets": ends}), *rest]})
    assert "more might be possible" in budgets.view(Index(cut)).end


def test_hope_stands_on_the_map_by_both_criteria_of_recovery(index: Index) -> None:
    shown = map_page.view(index).values
    assert shown is not None
    assert shown.last is not None
    label, cells = shown.last
    assert label == "Hope, without medication"
    with_hope = [p for p in index.pairs("values") if "hope" in (p.a, p.b)]
    assert sum(cell is not None for cell in cells) == len(with_hope)
    told = {cell.times for cell in cells if cell is not None}
    assert told == {f"\u00d7{p.without_medication.price:.2f}" for p in with_hope if p.without_medication}
    assert {cell.names for cell in shown.listed} >= {cell.names for cell in cells if cell is not None}


def test_a_collision_shows_both_criteria_beside_each_other_and_says_where_they_are_one(index: Index) -> None:
    pairs = index.pairs("values")
    found = undone.collisions(index, pairs)
    assert found
    assert found[0].without is not None
    assert found[0].without.words == "30 in 100 undone"
    bare = [p.model_copy(update={"collision_without_medication": None, "collision": 0.2}) for p in pairs]
    assert all(one.without is None and one.included.share == 0.2 for one in undone.collisions(index, bare))
    assert undone.collisions(index, [p.model_copy(update={"collision": 0.0}) for p in bare]) == []


def test_a_pair_whose_price_crosses_a_border_of_its_lane_is_marked_and_counted(index: Index) -> None:
    shown = map_page.view(index)
    unsure = [p for p in index.summary.pairs if not p.lane_told]
    assert unsure
    assert shown.unsure == f"{len(unsure)} of {len(index.summary.pairs)} pairs"
    lanes = [row[2] for row in shown.numbers.rows]
    assert sum(words.endswith("cannot tell") for words in lanes) == len(unsure)
    sure = [p.model_copy(update={"lane_told": True}) for p in index.summary.pairs]
    told = map_page.view(Index(index.summary.model_copy(update={"pairs": sure})))
    assert told.unsure == ""
    assert not any("cannot tell" in row[2] for row in told.numbers.rows)


def test_every_pair_says_how_many_runs_fall_in_its_lane_and_every_lane_how_many_pairs_are_sure(index: Index) -> None:
    pairs = index.pairs("values")
    shown = map_page.view(index)
    told = {row[0]: row[2] for row in shown.numbers.rows}
    for pair in pairs:
        assert f"({pair.lanes[pair.lane]} of 16 runs" in told[index.both(pair)]
        for other in pair.lanes.keys() - {pair.lane}:
            words = f"{map_page.LANES[other][0].lower()} in {pair.lanes[other]}"
            assert (words in told[index.both(pair)]) == (pair.lanes[other] > 0)
    for key, lane in zip(map_page.LANES, shown.lanes, strict=True):
        mine = [p for p in pairs if p.lane == key]
        sure = sum(p.lanes[key] >= 12 for p in mine)
        other = sum(max(p.lanes.values()) > p.lanes[key] for p in mine)
        named = f"; more runs name another lane: {other}" if other else ""
        assert f"15 of 20 runs or more: {sure}; the runs split: {len(mine) - sure - other}{named}." in lane.meaning


def test_a_pair_that_more_runs_put_elsewhere_is_no_example_of_its_lane(index: Index) -> None:
    names = [index.both(p) for p in index.pairs("values")]
    pairs = [
        p.model_copy(update={"lane": "compete", "lanes": {"compete": own, "go_together": 16 - own}})
        for p, own in zip(index.pairs("values"), [3, 12, 2, 8, 16] + [16] * len(names), strict=False)
    ]
    summary = index.summary.model_copy(update={"pairs": pairs})
    lane = map_page.view(Index(summary)).lanes[list(map_page.LANES).index("compete")]
    assert "more runs name another lane: 2." in lane.meaning
    shown = [cell.names for cell in lane.pairs]
    assert shown
    assert not {names[0], names[2]} & set(shown)
    none = [p.model_copy(update={"lanes": {"compete": 0, "go_together": 16}}) for p in pairs]
    alone = map_page.view(Index(summary.model_copy(update={"pairs": none}))).lanes
    assert alone[list(map_page.LANES).index("compete")].pairs


@pytest.mark.parametrize(("own", "other", "sure"), [(12, 4, True), (11, 5, False), (16, 0, True), (0, 16, False)])
def test_fifteen_of_twenty_runs_are_twelve_of_sixteen(index: Index, own: int, other: int, sure: bool) -> None:
    pair = index.pairs("values")[0].model_copy(
        update={"lane": "compete", "lanes": {"compete": own, "go_together": other}}
    )
    assert map_page.mostly(pair) == sure


def test_on_other_terms_only_what_moves_stands_out_with_the_price_it_had(index: Index) -> None:
    shown = map_page.view(index)
    assert shown.on_terms is not None
    assert shown.groups_on_terms is not None
    for triangle, kind in ((shown.on_terms, "values"), (shown.groups_on_terms, "groups")):
        cells = {cell.names: cell for cell in triangle.listed}
        for pair in index.pairs(kind):
            assert pair.with_terms is not None
            moved = f"{pair.with_terms.price:.2f}" != f"{pair.price:.2f}"
            cell = cells[index.both(pair)]
            assert cell.was == (f"\u00d7{pair.price:.2f}" if moved else "")
            assert ("coin faint" in str(cell.coins)) == (not moved)


def test_the_page_tells_all_three_findings_on_budgets(whole: summary.Summary) -> None:
    html = render(whole)
    for key in ("map_budgets", "map_free", "map_beyond"):
        assert next(f.text for f in whole.findings if f.key == key) in html
