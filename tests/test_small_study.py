"""A reader's own small study: two services, three plans, five years. The same seed gives the same numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bothand.study import Options, Result, run_study
from texts import line, plan_text

STUDY = """
key = "small"
label = "A small study"
note = "a test"
place = "washtenaw"
model = "opioids-us"
services = ["community_naloxone", "low_barrier_buprenorphine"]
plans = ["status_quo", "naloxone.toml"]
status_quo = "status_quo"
day_one = 2026-01-01
last_day = 2030-12-31
run_in_start = 2015
horizons = [1, 5]
draws = 2
seed = 3
price_year = 2025
discount = 0.03
periods = [[2026, 2028], [2029, 2030]]

[fit]
last_level = 2023
ratio_year = 2024
test = [2018, 2022]
test_knots = [2018, 2022]
decision_knots = [2015, 2023, 2024]
note = "a test"
"""

NALOXONE = plan_text(
    line("community_naloxone", "share = 1.0"), key="naloxone", label="All to naloxone", short="Naloxone"
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


def test_the_same_seed_gives_the_same_numbers_and_another_seed_does_not(study: Path, first: Result) -> None:
    again = run_study(Options(study=str(study), folder=study.parent / "again"))
    other = run_study(Options(study=str(study), folder=study.parent / "other", seed=4))
    one, two = ((r.folder / "summary.json").read_bytes() for r in (first, again))
    assert one == two
    assert json.loads(one)["outcomes"] != json.loads((other.folder / "summary.json").read_text())["outcomes"]


def test_one_draw_is_enough_to_run(study: Path) -> None:
    found = run_study(Options(study=str(study), folder=study.parent / "one", draws=1))
    assert found.summary.study.draws == 1
