"""The main job on the default study, once, at full size: its files, its schema, and the committed example."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bothand.report.summary import Summary
from bothand.study import Options, Result, run_study

EXAMPLE = Path(__file__).parents[1] / "docs" / "example"
CLOSE = 1e-6
EXAMPLE_CLOSE = 1e-4  # two BLAS kernels on one machine differed by 4e-6 in small differences of large sums
LARGEST_PAGE = 1_500_000


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory, told: list[str]) -> Result:
    folder = tmp_path_factory.mktemp("run") / "washtenaw"
    return run_study(Options(study="washtenaw", folder=folder), told.append)


def test_the_folder_holds_the_report_and_its_numbers(result: Result) -> None:
    names = {path.name for path in result.folder.iterdir()}
    assert {"report.html", "summary.json", "run.json", "outcomes.csv", "arrays.npz"} <= names
    assert not [path for path in result.folder.parent.iterdir() if path != result.folder]
    assert (result.folder / "report.html").stat().st_size <= LARGEST_PAGE


def test_the_summary_keeps_its_own_json_schema(result: Result) -> None:
    content = json.loads((result.folder / "summary.json").read_text(encoding="utf-8"))
    jsonschema.validate(content, Summary.model_json_schema())
    for part in ("plans", "groups", "values", "outcomes", "pairs", "both_and", "losers"):
        assert part in content


def test_the_run_record_says_how_to_repeat_it(result: Result) -> None:
    record = json.loads((result.folder / "run.json").read_text(encoding="utf-8"))
    assert record["seed"] == 1
    assert record["draws"] == 64
    assert record["run"] == result.summary.study.run


def test_the_table_holds_every_outcome(result: Result) -> None:
    with (result.folder / "outcomes.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(result.summary.outcomes)
    assert float(rows[0]["mean"]) == result.summary.outcomes[0].mean


def test_every_plan_but_the_status_quo_is_given_the_same_new_dollars(result: Result) -> None:
    for plan in result.summary.plans:
        if plan.key == "status_quo":
            assert plan.dollars == {}
        elif plan.key != "as_others_do_half":
            assert sum(plan.dollars.values()) <= result.summary.money.per_year * (1 + CLOSE)
            assert sum(plan.dollars.values()) + plan.unspent.high >= result.summary.money.per_year * (1 - CLOSE)


def test_all_eleven_values_are_named_and_those_left_off_the_map_say_why(result: Result) -> None:
    assert len(result.summary.values) == 11
    on_map = {p.a for p in result.summary.pairs} | {p.b for p in result.summary.pairs}
    off_map = {left.value for left in result.summary.left_out}
    assert {v.key for v in result.summary.values} <= on_map | off_map


def test_no_verdict_is_worse_than_its_interval(result: Result) -> None:
    for verdict in result.summary.verdicts:
        if verdict.verdict == "loses":
            assert verdict.per_1000.high < 0
        if verdict.verdict in ("gains", "gains_least"):
            assert verdict.per_1000.low > 0


def test_the_page_shows_the_numbers_of_the_summary(result: Result) -> None:
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    for finding in result.summary.findings:
        if finding.key in ("picture", "sheet_1", "sheet_2", "map", "groups"):
            assert finding.text.split(".")[0].split("/")[0] in page


def _name(position: int, item: Any) -> str:
    """Return a row's own key where it has one, so that rows with equal swings may stand in either order."""
    return str(item["key"]) if isinstance(item, dict) and "key" in item else str(position)


def _numbers(found: Any, path: str = "") -> dict[str, float]:
    if isinstance(found, bool) or found is None or isinstance(found, str):
        return {}
    if isinstance(found, int | float):
        return {path: float(found)}
    items = found.items() if isinstance(found, dict) else ((_name(i, item), item) for i, item in enumerate(found))
    rows: dict[str, float] = {}
    for key, value in items:
        rows |= _numbers(value, f"{path}/{key}")
    return rows


def test_the_committed_example_is_what_a_fresh_run_gives(result: Result) -> None:
    committed = _numbers(json.loads((EXAMPLE / "summary.json").read_text(encoding="utf-8")))
    fresh = _numbers(json.loads((result.folder / "summary.json").read_text(encoding="utf-8")))
    other = sorted(committed.keys() ^ fresh.keys())[:10]  # a few: told in full, they are thousands
    assert not other, "run 'make example' and say in the changelog which results moved"
    moved = [
        f"{key}: {value} is now {fresh[key]}"
        for key, value in committed.items()
        if not math.isclose(value, fresh[key], rel_tol=EXAMPLE_CLOSE, abs_tol=CLOSE)
    ]
    assert not moved, "\n".join(["run 'make example' and say in the changelog which results moved", *moved[:20]])


def test_the_committed_page_is_small_and_of_the_same_run(result: Result) -> None:
    page = (EXAMPLE / "washtenaw.html").read_text(encoding="utf-8")
    assert len(page.encode()) <= LARGEST_PAGE
    assert result.summary.study.run in page


def test_progress_is_told_in_words(result: Result, told: list[str]) -> None:
    assert told
    assert all(words and "\n" not in words for words in told)
