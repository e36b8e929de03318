"""A full run of a small study: every plan that ships, and the map and the search under other reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result as CliResult

from bothand.engine.runs.store import Store
from bothand.experiments.reaches import OTHER, USUAL
from bothand.files import available
from bothand.report.deciding.told import told as told_lines
from bothand.study import Options, Result, run_study
from texts import line, plan_text, small_study

PLAN = plan_text(line("community_naloxone", "share = 0.5"), line("low_barrier_buprenorphine", "share = 0.5"), key="own")
REACHES = {USUAL, *OTHER}
SEARCHED = {"map", "map_deck", "map_budgets", "map_free"}


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
    return run_study(asked_in_full(study, "full"), told.append)


def asked_in_full(study: Path, name: str) -> Options:
    return Options(study=str(study), folder=study.parent / name, full=True, chunks=study.parent / "chunks")


def test_a_second_full_run_takes_every_run_from_the_chunks_and_gives_the_same_bytes(study: Path, full: Result) -> None:
    """One chunk was torn in between: it is made anew, and nothing else is."""
    assert full.made > 0
    (study.parent / "chunks" / sorted(Store(study.parent / "chunks").keys())[0]).with_suffix(".chunk").write_bytes(b"")
    again = run_study(asked_in_full(study, "again"))
    assert again.made == 1
    for name in ("summary.json", "arrays.npz", "outcomes.csv", "lines.csv"):
        assert (again.folder / name).read_bytes() == (full.folder / name).read_bytes(), name


def test_the_command_that_decides_prints_every_part_of_a_full_run(
    call: Callable[..., CliResult], full: Result, study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_study(options: Options, tell: object) -> Result:
        assert options.full
        return full

    monkeypatch.setattr("bothand.study.run_study", run_study)
    done = call("decide", study, "--out", study.parent / "decided")
    assert done.exit_code == 0, done.output
    for head, lines in told_lines(full.summary):
        assert head in done.stdout
        for said in lines:
            assert said in done.stdout
    asked = json.loads(call("decide", study, "--out", study.parent / "decided", "--json").stdout)
    assert asked == json.loads(full.summary.model_dump_json())


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


def test_the_money_for_each_person_is_that_of_the_people_who_stand_beside_it(usual: Result) -> None:
    money = usual.summary.money
    assert money.per_person_with_addiction == pytest.approx(money.per_year / money.people_with_addiction.mean)


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


def test_a_full_run_prices_every_principle_and_a_usual_one_none(usual: Result, full: Result, told: list[str]) -> None:
    assert usual.summary.principle_prices == []
    prices = {price.key: price for price in full.summary.principle_prices}
    assert list(prices) == [
        "no_coercion",
        "equal_worth",
        "no_group_worse_off",
        "recovery_floor",
        "harm_reduction_floor",
    ]
    assert all(price.text.startswith("Holding to ") for price in prices.values())
    assert "the price of each principle" in told
    found = full.summary.both_and.service_range
    for change in (c for price in prices.values() for c in price.changes if c.against == "both_and" and c.possible):
        assert sum(change.plan.values()) <= full.summary.money.per_year * (1 + 1e-9)
        if change.same:
            assert not change.moved
            assert not change.exact
            assert all(usd == found[key].mean for key, usd in change.plan.items())
    page = (full.folder / "report.html").read_text("utf-8")
    assert 'id="prices"' in page
    assert 'id="prices"' not in (usual.folder / "report.html").read_text("utf-8")


def test_what_there_is_to_decide_is_told_in_plain_lines(usual: Result, full: Result) -> None:
    lines = dict(told_lines(full.summary))
    assert all(lines.values())
    assert lines["The plan found by search"][0].split(" a year for ")[0].startswith("$")
    assert {p.text for p in full.summary.principle_prices} == set(lines["What each principle costs and brings"])
    assert lines["The strongest case against the plan found"] == full.summary.case_against
    said = lines["What pulls apart, and what both cost"]
    assert {f.text for f in full.summary.findings if f.key in ("map", "map_deck", "map_terms")} <= set(said)
    assert "What each principle costs and brings" not in dict(told_lines(usual.summary))


def test_the_map_where_terms_may_change_is_drawn_in_a_full_run_only_and_never_costs_more(
    usual: Result, full: Result
) -> None:
    assert all(pair.with_terms is None for pair in usual.summary.pairs)
    for pair in full.summary.pairs:
        assert pair.with_terms is not None
        assert pair.with_terms.price <= pair.price + 1e-6
        assert bool(pair.with_terms.chosen) == (pair.with_terms.price < pair.price - 1e-6)
        assert pair.low <= pair.price <= pair.high
        assert (pair.mechanism == "") == (pair.lane == "go_together")
    words = "where a plan may also choose how a service is run"
    assert words in (full.folder / "report.html").read_text("utf-8")
    assert words not in (usual.folder / "report.html").read_text("utf-8")


def test_the_map_stands_at_every_budget_and_only_a_full_run_pays_both_favourites_at_each(
    usual: Result, full: Result
) -> None:
    for result in (usual, full):
        for row in (*result.summary.pairs, *result.summary.all_at_once):
            shares = [part.share for part in row.at_budgets]
            assert shares == sorted(shares)
            if shares[-1] == 1:  # else no budget on the curves is enough, and the price is the end of all curves
                assert all(part.share == 1 for part in row.at_budgets if part.budget >= row.price)
        for pair in result.summary.pairs:
            today = next(part for part in pair.at_budgets if part.budget == 1)
            assert pair.tension is not None
            assert today.share == pytest.approx(1 - pair.tension, abs=1e-6)
            assert (today.collision is None) == (result is usual)
            if today.collision is not None:
                assert today.collision == pytest.approx(pair.collision, abs=1e-4)
            for name in ("spill_ab", "spill_ba", "collision", "tension"):
                assert getattr(pair, f"{name}_low") <= getattr(pair, name) <= getattr(pair, f"{name}_high"), name
    assert "map_beyond" in {f.key for f in full.summary.findings}
    assert "map_beyond" not in {f.key for f in usual.summary.findings}


def test_a_full_run_searches_by_the_models_own_slopes_and_a_usual_one_does_not(usual: Result, full: Result) -> None:
    before, both = usual.summary.both_and, full.summary.both_and
    assert (before.exact, before.by_period, before.on_terms) == (None, None, None)
    assert both.exact is not None
    assert both.by_period is not None
    assert both.on_terms is not None
    assert both.by_period.beta >= both.by_period.least_evenly - 1e-9
    for period in both.by_period.periods:
        assert sum(period.dollars.values()) <= period.receipts * (1 + 1e-6)
    assert both.on_terms.beta >= both.on_terms.beta_own - 1e-9
    cells = [(row.value, row.service) for row in both.exact.next_dollars]
    assert len(set(cells)) == len(cells) > 0
    said = {finding.key for finding in full.summary.findings}
    terms = both.on_terms
    assert (terms.by_slopes is not None) == bool(terms.chosen)
    if terms.by_slopes is not None:
        assert [one.way for one in terms.by_slopes.undone] == terms.chosen
        assert set(terms.by_slopes.z) == set(both.exact.z)
    assert {"exact_search", "by_period", "next_dollar", "plan_on_terms"} <= said
    page = (full.folder / "report.html").read_text("utf-8")
    assert "All the money, by spending period" in page
    assert "All the money, by spending period" not in (usual.folder / "report.html").read_text("utf-8")


def test_a_full_run_tries_the_dispute_register_and_says_what_is_worth_finding_out(usual: Result, full: Result) -> None:
    assert usual.summary.disputes == usual.summary.to_learn == []
    assert usual.summary.learning is None
    told = full.summary.disputes
    tried = [one for one in told if one.outcome != "not tried"]
    assert len({one.key for one in told}) == len(told) > len(tried) > 1
    assert all(one.why_not for one in told if one.outcome == "not tried")
    for one in tried:
        assert 0 <= one.moved <= 1
        for side in one.sides:
            assert side.trial is not None
            assert sum(side.trial.dollars.values()) <= full.summary.money.per_year * (1 + 1e-9)
        if one.outcome == "changes":
            assert one.moved > one.least_moved
            assert any(side.trial and side.trial.loses for side in one.sides)
    changing = sum(one.outcome == "changes" for one in tried)
    said = next(f.text for f in full.summary.findings if f.key == "disputes")
    assert said.startswith(f"Of {len(tried)} disputes that can be tried, {changing or 'none'}")
    found = full.summary.learning
    assert found is not None
    assert found.everything >= max(one.worth for one in full.summary.to_learn) >= 0
    page = (full.folder / "report.html").read_text("utf-8")
    assert 'id="register"' in page
    assert 'id="register"' not in (usual.folder / "report.html").read_text("utf-8")


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


def test_a_full_run_sets_the_positions_that_ship_beside_every_plan_and_a_usual_one_asks_nobody(
    usual: Result, full: Result
) -> None:
    assert usual.summary.stakeholders == []
    assert usual.summary.common_ground is None
    summary = full.summary
    assert [one.key for one in summary.stakeholders] == available("stakeholders")
    assert all(one.ships and one.seal == "not sealed" for one in summary.stakeholders)
    quo = {plan.key for plan in summary.plans if plan.key == "status_quo"}
    for one in summary.stakeholders:
        assert {held.plan for held in one.plans} == {plan.key for plan in summary.plans} - quo
        assert sum(held.first for held in one.plans) == pytest.approx(1)
    assert summary.common_ground is not None
    assert set(summary.common_ground.regrets) == set(available("stakeholders"))
    assert "Weights were not sealed before results were seen." in (full.folder / "report.html").read_text("utf-8")


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
