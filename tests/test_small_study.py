"""A reader's own small study: two services, three plans, five years. The same seed gives the same numbers."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from bothand.decide.likeness import CARRIED
from bothand.engine.runs.store import Store, beside
from bothand.engine.setting import load_setting
from bothand.evidence.tables import load_evidence
from bothand.experiments import plans
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.findings.lines import LEFT_OPEN
from bothand.study import Options, Result, run_study, short_hash
from bothand.units import LARGEST_SEED
from bothand.words import in_sentence
from faulty import write
from texts import line, plan_text, small_study

KILLED_AFTER = 5  # chunks
PLACES = data_folder() / "places"
STUDY = small_study("naloxone.toml")

NALOXONE = plan_text(
    line("community_naloxone", "share = 1.0"), key="naloxone", label="All to naloxone", short="Naloxone"
)

ORDER = "ordered"
ORDERED = plan_text(
    line("compulsory_treatment", "share = 0.5"),
    line("low_barrier_buprenorphine", "share = 0.5"),
    key=ORDER,
    label="Ordered",
    short="Ordered",
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.toml").write_text(STUDY, encoding="utf-8")
    (folder / "naloxone.toml").write_text(NALOXONE, encoding="utf-8")
    return folder / "small.toml"


@pytest.fixture(scope="module")
def first(study: Path) -> Result:
    return run_study(Options(study=str(study), folder=study.parent / "first"))


def test_a_small_study_runs_and_says_that_it_is_a_trial(first: Result) -> None:
    assert first.summary.study.notice
    assert {p.key for p in first.summary.plans} == {"status_quo", "naloxone", "both_and"}
    assert (first.folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_naloxone_averts_deaths_in_every_run(first: Result) -> None:
    rows = [o for o in first.summary.outcomes if o.plan == "naloxone" and o.indicator == "deaths_averted"]
    assert rows
    assert all(o.low > 0 for o in rows if o.group == "all" and o.horizon == "5")


def test_a_killed_run_goes_on_in_other_chunks_and_gives_the_same_bytes(study: Path, first: Result) -> None:
    """Killed in the middle of its work and started again: no finished chunk is run again, and no bit is another.

    The other run had all draws in one chunk and two workers; this one has one, and splits the lanes of its ends.
    """
    folder, asked = study.parent / "again", ["--workers", "1", "--chunk-draws", "24"]
    command = [sys.executable, "-m", "bothand.cli", "run", str(study), "--out", str(folder), *asked]
    kept = Store(beside(folder))
    driver = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while len(kept) < KILLED_AFTER and driver.poll() is None:
        time.sleep(0.05)
    driver.kill()
    driver.wait()
    assert not folder.exists()
    finished = kept.keys()
    assert len(finished) >= KILLED_AFTER
    again = run_study(Options(study=str(study), folder=folder, workers=1, chunk_draws=24))
    assert again.found == len(finished)
    assert again.made > 0
    assert again.notes == (f"{again.found} of {again.found + again.made} chunks were already there.",)
    assert not kept.folder.exists()
    for name in ("summary.json", "arrays.npz"):
        assert (again.folder / name).read_bytes() == (first.folder / name).read_bytes()


def test_another_seed_gives_other_numbers(study: Path, first: Result) -> None:
    other = run_study(Options(study=str(study), folder=study.parent / "other", seed=4))
    one = json.loads((first.folder / "summary.json").read_text())
    assert one["outcomes"] != json.loads((other.folder / "summary.json").read_text())["outcomes"]


def test_each_group_is_made_up_of_whole_people_and_told_as_elsewhere(first: Result) -> None:
    labels = {g.label: g for g in first.summary.groups}
    shares: dict[tuple[str, str], float] = {}
    for group in first.summary.groups:
        for level in group.made_up_of:
            key = group.key, level.dimension
            shares[key] = shares.get(key, 0) + level.share.mean
        if group.course:
            assert group.course[0].label == "Overdose deaths in the first year"
            assert group.course[0].amount == group.first_year_deaths
    assert shares
    assert all(0.95 < share <= 1 + 1e-9 for share in shares.values())
    assert not labels["People who would start later"].made_up_of
    assert {g.key for g in first.summary.groups if g.line == "with"} == {
        "not_in_treatment",
        "in_treatment",
        "remission",
    }


def test_what_a_service_alone_does_for_a_group_is_the_same_on_both_their_pages(first: Result) -> None:
    for service in first.summary.services:
        told = {a.label: a.amount for a in service.alone}
        for group in first.summary.groups:
            words = f"Healthy life-years of {in_sentence(group.label)}"
            assert told[words] == group.alone[service.key]


def test_what_would_change_our_mind_is_asked_of_the_county_and_of_its_services_not_of_the_state(first: Result) -> None:
    minds = first.summary.minds
    assert minds is not None
    keys = [count.key for count in minds.counts]
    assert keys
    assert not any(key.startswith("michigan_") for key in keys)
    assert [c.swing for c in minds.counts] == sorted((c.swing for c in minds.counts), reverse=True)
    swings = {row.key: row.swing for row in (*first.summary.judgements, *first.summary.unverified)}
    for count in minds.counts:
        assert count.swing == swings[count.key]
        assert all(count.low <= turn.at <= count.high for turn in count.turns)
    for found in minds.disputed:
        assert found.rests.keys() == found.whole.keys()
        best = max(found.whole, key=lambda plan: found.whole[plan] - found.rests[plan])
        assert found.first_without == best
    assert {order.key for order in minds.orders} == {"toxicity", "reach_half", "reach_linear"}


@pytest.fixture(scope="module")
def later(study: Path) -> Result:
    """The same county, its first round spent from the second year on, and a reader's plan that begins a year later."""
    folder = study.parent / "later"
    folder.mkdir()
    for table in ("washtenaw_series.csv", "washtenaw_ages.csv"):
        (folder / table).write_bytes((PLACES / table).read_bytes())
    text = (PLACES / "washtenaw.toml").read_text(encoding="utf-8")
    place = write(folder / "washtenaw.toml", text, ("spent = [2026, 2028]", "spent = [2027, 2029]"))
    own = plan_text(line("low_barrier_buprenorphine", "dollars_in = { '2028-2029' = 300_000 }"))
    plan = write(folder / "own.toml", own)
    ordered = write(folder / "ordered.toml", ORDERED)
    plans = (plan, Path("washtenaw_first_round"), ordered)
    return run_study(Options(study=str(study), folder=folder / "out", place=place, plans=plans))


def test_money_for_compulsory_treatment_is_shown_with_its_law_audited_and_told(later: Result) -> None:
    (row,) = [row for row in later.summary.lines if row.plan == ORDER and not row.service]
    assert row.label == "Compulsory treatment (contrast only)"
    assert row.usd == pytest.approx(later.summary.money.per_year / 2)
    assert row.law == "allowed with conditions"
    assert row.dated
    assert row.note == "Not modelled (its effect lies outside the model): spent and shown, no effect claimed."
    (audit,) = [a for a in later.summary.audits.audits if (a.plan, a.rule) == (ORDER, "no_coercion")]
    assert (audit.hr.verdict, audit.r.verdict) == ("fails", "fails")
    (note,) = later.notes
    assert note.startswith("Ordered: 'compulsory_treatment' is not modelled")
    (known,) = [k for k in later.summary.also_known if k.key == "compulsory_treatment"]
    page = re.sub(r"\s+", " ", (later.folder / "report.html").read_text("utf-8"))
    for words in (known.costs, known.coercion, "Published: no gain in use on average"):
        assert words in page


def test_a_first_round_that_starts_later_is_spent_later_and_in_full(later: Result, first: Result) -> None:
    plans = {p.key: p for p in later.summary.plans}
    assert plans["naloxone"].dollars == {"community_naloxone": pytest.approx(later.summary.money.per_year)}
    assert later.summary.money.per_year == first.summary.money.per_year
    assert sum(plans["both_and"].dollars.values()) > 0
    found = next(
        o for o in later.summary.outcomes if (o.plan, o.indicator, o.horizon) == ("naloxone", "deaths_averted", "1")
    )
    assert abs(found.high) < 1e-9, "money of the second year averts no death in the first"


def test_a_plan_that_begins_after_the_first_round_does_is_shown_by_the_year(later: Result) -> None:
    own = next(p for p in later.summary.plans if p.key == "own")
    assert own.dollars == {"low_barrier_buprenorphine": pytest.approx(200_000)}
    assert own.kinds == {"treatment": pytest.approx(1.0)}
    assert own.unspent.mean >= later.summary.money.per_year - 200_000 - 1


def test_a_plan_whose_money_all_stands_outside_the_model_is_shown_and_not_judged(later: Result) -> None:
    summary = later.summary
    (shown,) = [p for p in summary.plans if p.key == "washtenaw_first_round"]
    assert shown.dollars == {"outside the model": pytest.approx(summary.money.per_year)}
    assert shown.kinds == {"prevention": pytest.approx(225 / 2200), "outside": pytest.approx(1975 / 2200)}
    assert shown.reach == []
    for judged in (summary.outcomes, summary.verdicts, summary.joint, summary.requests, summary.best_guess):
        assert shown.key not in {row.plan for row in judged}
        assert "own" in {row.plan for row in judged}


def test_every_line_of_dollars_says_what_the_law_says_with_source_and_date(later: Result) -> None:
    words = {"required", "allowed", "allowed with conditions", "contested", "not allowed"}
    assert {line.plan for line in later.summary.lines} == {p.key for p in later.summary.plans if p.dollars}
    for plan in later.summary.plans:
        mine = [line for line in later.summary.lines if line.plan == plan.key]
        assert sum(line.usd for line in mine) == pytest.approx(sum(plan.dollars.values()))
        for row in mine:
            if row.service:
                assert row.law in words
                assert row.rule
                assert row.dated
                assert row.law_source
                assert row.source
                assert row.units is not None
                assert row.codes
                assert row.headings
            elif row.plan != ORDER:
                assert row.law == "no rule read"


def test_the_table_for_a_resolution_holds_every_line_and_leaves_open_what_no_file_knows(later: Result) -> None:
    with (later.folder / "lines.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["plan"] for row in rows] == [line.plan for line in later.summary.lines]
    bought = next(row for row in rows if row["plan"] == "own")
    assert (bought["exhibit_e_code"], bought["law"]) == ("A.B; B.A", "allowed")
    assert float(bought["usd_a_year"]) == pytest.approx(200_000)
    assert float(bought["paid_by_settlement"]) + float(bought["paid_by_other"]) == pytest.approx(1)
    assert bought["target_population"]
    assert bought["strategy"]
    assert bought["sustainability"]
    assert all(row[name] == "" for row in rows for name in LEFT_OPEN)


def test_the_page_of_a_plan_shows_the_law_beside_its_dollars_and_says_what_is_not_known(later: Result) -> None:
    page = (later.folder / "report.html").read_text(encoding="utf-8")
    (own,) = re.findall(r"A reader&#39;s own: dollars a year, and what the law says.*?</table>", page, re.DOTALL)
    assert "A.B; B.A" in own
    assert "allowed" in own
    assert "2022-12" in own
    assert "what this plan does is not known, and nothing is shown" in page
    assert "Not published: $1,975,000" in page


def test_a_study_shorter_than_ten_years_says_what_chance_does_in_its_own_years(first: Result) -> None:
    deaths = first.summary.chance.deaths_ten_years
    assert deaths < 5.5 * sum(group.first_year_deaths.mean for group in first.summary.groups)


def own_place(folder: Path, *changes: tuple[str, str]) -> Path:
    """A copy of the county's files in a folder of one's own, its series changed."""
    folder.mkdir()
    for name in ("washtenaw.toml", "washtenaw_ages.csv"):
        (folder / name).write_bytes((PLACES / name).read_bytes())
    write(folder / "washtenaw_series.csv", (PLACES / "washtenaw_series.csv").read_text("utf-8"), *changes)
    return folder / "washtenaw.toml"


def test_the_hash_of_a_run_changes_with_a_table_beside_a_readers_own_place_and_not_with_where_it_stands(
    study: Path, tmp_path: Path
) -> None:
    changes = {"a": [], "b": [], "c": [("washtenaw,population,2024,373875", "washtenaw,population,2024,373876")]}
    one, same, other = (
        short_hash(load_setting(str(study), own_place(tmp_path / name, *change)), seed=1, draws=2)
        for name, change in changes.items()
    )
    assert one == same
    assert one != other


def test_the_money_of_all_years_is_followed_in_the_first_draws_and_moves_nothing_else(
    study: Path, first: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "DRAWS_ALL_YEARS", 1)
    fewer = run_study(Options(study=str(study), folder=study.parent / "fewer"))
    whole, cut = (np.load(one.folder / "arrays.npz") for one in (first, fewer))
    assert (first.summary.study.draws_all_years, fewer.summary.study.draws_all_years) == (2, 1)
    gains = [name for name in whole.files if name.startswith("all_years/")]
    assert gains
    for name in gains:
        assert whole[name].shape[1] == 2
        assert np.array_equal(cut[name], whole[name][:, :1])
    for name in whole.files:
        assert name in gains or np.array_equal(cut[name], whole[name])


def test_one_draw_is_enough_to_run_with_the_largest_seed_there_is(study: Path) -> None:
    found = run_study(Options(study=str(study), folder=study.parent / "one", draws=1, seed=LARGEST_SEED))
    assert found.summary.study.draws == 1


def test_what_a_panel_says_is_shown_and_moves_no_number(study: Path, first: Result) -> None:
    table = study.parent / "panel.csv"
    table.write_text("service,role,rater,value,rating\ncommunity_naloxone,uses,1,respect,4\n", encoding="utf-8")
    rated = run_study(Options(study=str(study), folder=study.parent / "rated", ratings=table))
    assert [(r.service, r.value, r.counts) for r in rated.summary.ratings] == [
        ("community_naloxone", "respect", [0, 0, 0, 1, 0])
    ]
    assert first.summary.ratings == []
    assert first.summary.rules is None, "a study without rules of spending says nothing of them"
    assert rated.summary.study.run != first.summary.study.run
    assert rated.summary.model_copy(update={"ratings": [], "study": first.summary.study}) == first.summary


def test_faults_of_a_panels_table_and_of_the_study_are_told_at_once_and_nothing_is_written(study: Path) -> None:
    (study.parent / "faulty.toml").write_text(STUDY.replace("seed = 3", "seed = -3"), encoding="utf-8")
    table = study.parent / "faulty.csv"
    table.write_text("service,role,rater,value,rating\nhousing,uses,1,respect,9\n", encoding="utf-8")
    with pytest.raises(FaultsFound) as found:
        run_study(Options(study=str(study.parent / "faulty.toml"), folder=study.parent / "none", ratings=table))
    assert {Path(fault.file).name for fault in found.value.faults} == {"faulty.toml", "faulty.csv"}
    assert not (study.parent / "none").exists()


def test_the_lines_of_the_ledgers_are_those_of_the_bills_and_of_the_value(first: Result) -> None:
    s = first.summary
    lines = {told.key: told for told in s.ledger_lines}
    bills = {(b.plan, b.payer): b.usd for b in s.bills}
    for plan in ("naloxone", "both_and"):
        care = bills[plan, "Health care outside treatment, lives as long as with no new money"]
        assert lines["other_health_care"].amounts[plan] == care
        courts = bills[plan, "Courts, police and jails, lives as long as with no new money"]
        assert lines["justice"].amounts[plan] == courts
        runs = bills[plan, "Ambulances and hospitals for overdoses, lives as long as with no new money"]
        both = [lines[key].amounts[plan].mean for key in ("ambulances", "hospitals")]
        assert sum(both) == pytest.approx(runs.mean, rel=1e-9, abs=1e-6)
    assert all(told.amounts or told.no_data for told in s.ledger_lines)
    assert {plan for told in s.ledger_lines for plan in told.amounts} == {"naloxone", "both_and"}


def test_a_perspective_adds_up_the_services_and_its_lines_and_nothing_else(first: Result) -> None:
    s = first.summary
    lines = {told.key: told for told in s.ledger_lines}
    health = ("treatment_that_follows", "ambulances", "hospitals", "other_health_care")
    paid = [b for b in s.bills if not b.downstream]
    bought = {plan: sum(b.usd.mean for b in paid if b.plan == plan) for plan in ("naloxone", "both_and")}
    for cost in s.perspectives:
        keys = health if cost.perspective == "health_sector" else (*health, "justice", "productivity")
        expected = bought[cost.plan] + sum(lines[key].amounts[cost.plan].mean for key in keys)
        assert cost.usd.mean == pytest.approx(expected, rel=1e-9)


def test_a_line_names_the_rows_it_rests_on_and_the_weakest_of_their_grades(first: Result) -> None:
    evidence = load_evidence()
    grades = ("primary", "secondary", "judgement", "unverified")
    for told in first.summary.ledger_lines:
        found = [evidence[key].grade for key in told.rows]
        assert told.grade == max(found, key=grades.index, default=None), told.key
    lines = {told.key: told for told in first.summary.ledger_lines}
    assert {"hcv_incidence_pwid", "ssp_hcv_rr", "oat_hcv_rr"} <= set(lines["hcv"].rows)
    assert {"crim_justice_cost_per_oud_derived", "jail_cost_year"} <= set(lines["justice"].rows)
    assert "0.39 to 1.61" in lines["hcv"].disputed
    assert lines["other_health_care"].disputed == ""


def test_a_vote_is_for_the_service_that_carries_the_value_and_each_service_alone_is_told(first: Result) -> None:
    readings = {r.value: r for r in first.summary.readings}
    assert all(r.vote == (r.share > CARRIED) for r in readings.values())
    assert readings["healing"].carrier == "low_barrier_buprenorphine"
    for reading in readings.values():
        if reading.carrier:
            assert set(reading.alone) == {"community_naloxone", "low_barrier_buprenorphine"}
            assert max(reading.alone.values()) <= 1 + 1e-6
        if reading.vote and reading.share == 1:
            assert reading.alone[reading.carrier] == pytest.approx(1, abs=1e-3)
    likeness = first.summary.likeness
    assert likeness is not None
    assert sorted(key for cluster in likeness.clusters for key in cluster) == sorted(
        r.value for r in first.summary.readings if r.carrier
    )
    assert 1 <= likeness.directions <= 2 + 1e-6, "two services whose money is one sum leave at most two directions"
