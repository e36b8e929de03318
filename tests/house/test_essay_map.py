"""The map of the essay is true: it has every sentence, and every file and test that it names is there."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MADE = runpy.run_path(str(ROOT / "docs" / "make_essay_map.py"))
ROWS: list[dict[str, Any]] = MADE["rows"]()
SENTENCES = [f"E{number}" for number in range(1, 26)]


@pytest.fixture(scope="module")
def collected() -> set[str]:
    """Every test that pytest collects in the files that the map names, without its parameters."""
    files = sorted({test.split("::")[0] for row in ROWS for test in row["tests"]})
    words = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "--benchmark-disable"]
    run = subprocess.run([*words, *files], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return {line.split("[")[0] for line in run.stdout.splitlines() if "::" in line}


def test_every_sentence_has_one_row_in_order() -> None:
    assert [row["no"] for row in ROWS] == SENTENCES == list(MADE["asked"]())


def test_every_row_says_what_is_there_where_it_lives_and_which_test_holds_it() -> None:
    for row in ROWS:
        assert set(row) == {"no", "there", "where", "tests", "waits"}, row["no"]
        assert row["there"], row["no"]
        assert row["where"], row["no"]
        assert row["tests"], row["no"]


def test_every_file_that_the_map_names_exists() -> None:
    lost = [f"{row['no']}: {path}" for row in ROWS for path in row["where"] if not (ROOT / path).exists()]
    assert not lost


def test_every_test_that_the_map_names_is_collected(collected: set[str]) -> None:
    lost = [f"{row['no']}: {test}" for row in ROWS for test in row["tests"] if test not in collected]
    assert not lost


def test_a_row_that_waits_names_the_issue() -> None:
    for row in ROWS:
        if row["waits"]:
            assert all(re.match(r"issue \d+[,:] ?", part) for part in row["waits"].split("; ")), row["no"]


def test_the_page_is_the_one_that_the_map_makes() -> None:
    page = (ROOT / "docs" / "reference" / "essay-map.md").read_text("utf-8")
    assert page == MADE["page"](), "run: python docs/make_essay_map.py"
