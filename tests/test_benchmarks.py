"""The benchmarks run, do the same job as their rivals, keep their form, and the page is made from what they found."""

from __future__ import annotations

import importlib
import json
import runpy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
LATEST = ROOT / "benchmarks" / "latest.json"
PARTS = ("cohort", "individuals", "respond", "scaling", "starting", "deciding")
FIELDS = {
    "name": str, "part": str, "what": str, "unit": str, "note": str, "at_most": bool, "samples": dict,
    "ratio": (float, int, type(None)), "bar": (float, int, type(None)), "aim": (float, int, type(None)),
    "met": (bool, type(None)), "aim_met": (bool, type(None)),
}  # fmt: skip


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(ROOT))

    def load(name: str) -> ModuleType:
        return importlib.import_module(f"benchmarks.{name}")

    return load


def wrong(rows: list[dict[str, Any]]) -> list[str]:
    """Every way in which rows do not have the form that the page reads."""
    found = [f"two rows are called '{n}'" for n in {r["name"] for r in rows} if sum(r["name"] == n for r in rows) > 1]
    for row in rows:
        found += [
            f"{row['name']}: {key} is {row.get(key)!r}"
            for key, kind in FIELDS.items()
            if not isinstance(row.get(key), kind)
        ]
        found += [f"{row['name']}: unknown '{key}'" for key in row if key not in FIELDS]
        if row["ratio"] is None:
            found += [] if row["note"] else [f"{row['name']}: not measured, and nobody says why"]
            continue
        found += [] if np.isfinite(row["ratio"]) else [f"{row['name']}: {row['ratio']}"]
        if row["bar"] is not None:
            met = row["ratio"] <= row["bar"] if row["at_most"] else row["ratio"] >= row["bar"]
            found += [] if met == row["met"] else [f"{row['name']}: met is {row['met']}"]
    return found


@pytest.mark.parametrize("part", PARTS)
def test_a_small_run_of_every_part_has_the_form_of_the_rows(bench: Any, part: str) -> None:
    rows = bench("__main__").measure(part, quick=True)
    assert rows
    assert wrong(rows) == []
    json.dumps(rows, allow_nan=False)


def test_rows_that_have_not_the_form_are_found(bench: Any) -> None:
    row = bench("rows").Row("a", "cohort", "what", 3.0, "times", bar=5.0).plain()
    assert wrong([row]) == []
    assert wrong([{**row, "met": True}]) == ["a: met is True"]
    assert wrong([{**row, "ratio": None}]) == ["a: not measured, and nobody says why"]
    assert wrong([{**row, "speed": 1}]) == ["a: unknown 'speed'"]


def test_a_limit_is_met_from_its_own_side(bench: Any) -> None:
    row = bench("rows").Row("a", "cohort", "what", 3.0, "times", bar=2.0, aim=12.0)
    assert (row.plain()["met"], row.plain()["aim_met"]) == (True, False)
    less = replace(row, at_most=True)
    assert (less.plain()["met"], less.plain()["aim_met"]) == (False, True)
    assert replace(row, ratio=None).plain()["met"] is None


def test_a_rival_that_does_another_job_is_refused(bench: Any) -> None:
    cohort, jobs, stepping = bench("cohort"), bench("jobs"), bench("stepping")
    model, numbers, _ = cohort.sized(True, 8)
    start = jobs.reference_start(model, numbers.draws)
    rates = cohort.schedule(model, numbers)
    ours = cohort.results(cohort.simulate(model.chain, rates, start, threads=1), model.chain.n_living)
    job = stepping.job_of(model, numbers, start.people[:, 0])
    assert cohort.agree(ours, stepping.listed(job, rates.ageing), cohort.SAME) < cohort.SAME
    more = {**numbers.quantities, "fatal": numbers.quantities["fatal"] * 1.0001}
    with pytest.raises(AssertionError, match="not the same job"):
        cohort.agree(
            ours, stepping.listed(replace(job, environment=replace(numbers, quantities=more)), rates.ageing), 1e-5
        )


def test_people_who_die_of_something_else_are_another_job(bench: Any) -> None:
    individuals = bench("individuals")
    people = 20_000
    mean = individuals.expected(people).state[-1, 0, 0, -2:]
    assert individuals.refuse_other_job(list(mean), people) == 0
    with pytest.raises(AssertionError, match="not the same job"):
        individuals.refuse_other_job(list(mean * 1.2), people)


def test_chances_of_a_week_come_to_an_exact_year(bench: Any) -> None:
    individuals, jobs = bench("individuals"), bench("jobs")
    cumulative, target = individuals.weekly()
    p = np.zeros_like(cumulative)
    np.put_along_axis(p, target, np.diff(cumulative, axis=1, prepend=0.0), axis=1)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    start = jobs.people_start(1.0).people[0, 0, 0]
    after = start @ np.linalg.matrix_power(p, 52)
    model = jobs.people_model()
    exact = bench("cohort").simulate_exact(model.chain, jobs.people_schedule(1), jobs.people_start(1.0))
    np.testing.assert_allclose(after, exact.final[0, 0, 0], rtol=1e-9)


def test_what_was_found_last_has_the_form_of_a_whole_run() -> None:
    found = json.loads(LATEST.read_text("utf-8"))
    assert found["schema"] == 1
    assert len(found["commit"].removesuffix("-changed")) == 40
    assert {"processor", "cores", "python", "packages", "settings", "date", "load_before", "load_after"} <= set(
        found["environment"]
    )
    assert set(found["environment"]["settings"]) >= {"OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS"}
    assert wrong(found["rows"]) == []


def test_the_page_on_speed_is_made_from_what_was_found_last() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_performance.py"))["page"]()
    assert (ROOT / "docs" / "performance.md").read_text("utf-8") == made, "run: python docs/make_performance.py"


def test_a_bar_that_is_missed_and_a_peer_that_is_not_there_stand_on_the_page(bench: Any, tmp_path: Path) -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_performance.py"))
    row = bench("rows").Row
    found = json.loads(LATEST.read_text("utf-8"))
    found["quick"] = True
    found["rows"] = [
        row("too slow", "cohort", "a job", 0.7, "times", bar=5.0, aim=12.0, samples={"ours": [1.0, 3.0, 2.0]}).plain(),
        row("no peer", "people", "a job", None, "times", bar=5.0, note="it is not installed").plain(),
        row("fast", "people", "a job", 1234.0, "times", aim=12.0).plain(),
    ]
    path = tmp_path / "latest.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    made["page"].__globals__["LATEST"] = path
    text = made["page"]()
    assert "These numbers are from a small run" in text
    assert "Bars met: 0 of 2. Not met:\n\n* too slow\n* no peer\n" in text
    assert "| too slow | 0.7 times | 5 | 12 | bar: **no**, aim: no |" in text
    assert "| no peer | not measured | 5 |  | not measured |" in text
    assert "| no peer | a job | it is not installed |  |" in text
    assert "| fast | 1,234 times |  | 12 | aim: yes |" in text
    assert "| too slow | a job |  | ours 2 |" in text
