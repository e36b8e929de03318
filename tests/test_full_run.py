"""A full run of a small study: every plan that ships, and the map and the search under other reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from bothand.experiments.reaches import OTHER, USUAL
from bothand.files import available
from bothand.study import Options, Result, run_study
from texts import line, plan_text, small_study

PLAN = plan_text(line("community_naloxone", "share = 0.5"), line("low_barrier_buprenorphine", "share = 0.5"), key="own")
REACHES = {USUAL, *OTHER}
SEARCHED = {"map", "map_deck"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full")
    (folder / "small.toml").write_text(small_study("own.toml"), encoding="utf-8")
    (folder / "own.toml").write_text(PLAN, encoding="utf-8")
    return folder / "small.toml"


@pytest.fixture(scope="module")
def usual(study: Path) -> Result:
    return run_study(Options(study=str(study), folder=study.parent / "usual"))


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def full(study: Path, told: list[str]) -> Result:
    return run_study(Options(study=str(study), folder=study.parent / "full", full=True), told.append)


def test_every_finding_for_which_a_plan_was_run_is_told_under_every_reach_or_asks_for_a_full_run(
    usual: Result, full: Result
) -> None:
    for result in (usual, full):
        for finding in result.summary.findings:
            if finding.depends in ("does", "does not") and finding.key != "linear_reach":
                assert set(finding.under) == REACHES, finding.key
            if finding.depends == "does not apply":
                assert finding.under == {}
    assert {f.key for f in usual.summary.findings if f.depends == "run with --full"} == SEARCHED
    assert {f.key for f in full.summary.findings if f.depends == "run with --full"} == set()
    assert all(set(f.under) == REACHES for f in full.summary.findings if f.key in SEARCHED)


def test_the_fit_and_the_picture_rest_on_no_reach(usual: Result) -> None:
    depends = {f.key: f.depends for f in usual.summary.findings}
    assert {depends[key] for key in ("picture", "fit", "evidence")} == {"does not apply"}
    assert depends["sheet_2"] in ("does", "does not")


def test_the_usual_reach_among_the_others_is_the_finding_itself_where_all_draws_are_few(usual: Result) -> None:
    """With two draws the few are all there are, so the same functions must give the same words."""
    for finding in usual.summary.findings:
        if finding.under:
            assert finding.under[USUAL] == finding.text
    assert usual.summary.few_draws == usual.summary.study.draws
    assert usual.summary.case_under[USUAL] == usual.summary.case_against


def test_people_reached_under_the_usual_reach_are_those_of_the_plan_and_no_limit_reaches_no_fewer(
    usual: Result,
) -> None:
    for plan in usual.summary.plans:
        if plan.reach:
            assert plan.reach_under[USUAL] == plan.reach
            assert set(plan.reach_under) == REACHES


def test_a_full_run_adds_every_plan_that_ships_and_leaves_out_by_name_what_the_study_cannot_run(
    full: Result, told: list[str]
) -> None:
    shown = {plan.key for plan in full.summary.plans}
    missing = set(available("plans")) - shown
    said = " ".join(words for words in told if words.startswith("left out"))
    assert {name for name in missing if name in said} == missing
    assert {"own", "status_quo", "both_and"} <= shown
    assert len(shown) > 3


def test_a_full_run_searches_again_under_each_reach_and_a_usual_one_does_not(usual: Result, full: Result) -> None:
    assert usual.summary.both_and.under == []
    found = {one.reach: one for one in full.summary.both_and.under}
    assert set(found) == REACHES
    prices = {a.kind: a.price for a in full.summary.all_at_once}
    assert found[USUAL].all_values == prices["values"]
    assert found[USUAL].beta == full.summary.both_and.beta


def test_a_full_run_has_a_hash_of_its_own(usual: Result, full: Result) -> None:
    assert usual.summary.study.run != full.summary.study.run


def test_the_sheet_keeps_to_the_plans_that_were_asked_for_and_says_how_many_more_there_are(
    usual: Result, full: Result
) -> None:
    on_sheet = {plan.key for plan in full.summary.plans if plan.on_sheet}
    assert on_sheet == {plan.key for plan in usual.summary.plans}
    more = len(full.summary.plans) - len(on_sheet)
    assert more > 1
    page = (full.folder / "report.html").read_text("utf-8")
    assert f"{more} more plans of this full run stand on the pages that follow." in page
    sheet = page[page.index('id="sheet"') : page.index('id="minds"')]
    labels = {plan.label for plan in full.summary.plans if not plan.on_sheet}
    assert not [label for label in labels if f">{label}<" in sheet]


def test_a_full_run_asks_of_every_plan_whether_one_change_improves_everything_and_a_usual_one_does_not(
    usual: Result, full: Result
) -> None:
    assert (usual.summary.moves, usual.summary.beats_others) == ([], None)
    asked = {one.plan for one in full.summary.moves}
    assert {"own", "both_and"} <= asked <= {plan.key for plan in full.summary.plans}
    said = {finding.key: finding.text for finding in full.summary.findings}
    assert "both/and plan" in said["moves"]
    assert "as_others_do" not in asked, "this study has no such plan, so there is none to beat"
    assert full.summary.beats_others is None
    assert "beats_others" not in said
    page = (full.folder / "report.html").read_text("utf-8")
    assert 'id="moves"' in page
    assert 'id="moves"' not in (usual.folder / "report.html").read_text("utf-8")
