"""The published cases of deciding: every answer that was published is asked, and met within its own tolerance."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bothand.faults import FaultsFound
from bothand.verify import as_rows, run_case
from bothand.verify.decisions import CASES

FOLDER = Path(__file__).parents[1] / "reference" / "decision"
GIVEN = {"v", "Q0", "Q1", "n", "p", "aB", "aW", "best", "worst", "matrix", "values"}
"""Numbers of a row that are asked, not answered."""

BESIDE = {"name", "u", "note", "tolerance", "rank_acceptability_exact"}
"""What stands beside the answers of a row."""


def published(case: str) -> Iterator[Any]:
    """Yield every number and word that a case file expects."""
    document = json.loads((FOLDER / f"{case}.json").read_text("utf-8"))
    for name, part in document.items():
        if name.startswith("expected") or name == "life_years_gained":
            yield from leaves(part)
        if name in ("rows", "cases"):
            for row in part:
                yield from answered(row)
        if name in ("ahp", "case_A"):
            yield from answered(part)
        if name == "case_B_published":  # without its measurements its shares cannot be asked, only what follows of them
            yield part["entropy_ranking_bits"]


def answered(row: dict[str, Any]) -> Iterator[Any]:
    return leaves({k: v for k, v in row.items() if k not in GIVEN | BESIDE})


def leaves(node: Any) -> Iterator[Any]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else None
    if children is None:
        yield node
    else:
        for child in children:
            yield from leaves(child)


def test_the_cases_that_can_be_asked_are_beside_the_tests():
    assert {f"{name}.json" for name in CASES} <= {path.name for path in FOLDER.glob("*.json")}


@pytest.mark.parametrize("case", CASES)
def test_every_published_answer_is_asked_once_and_met(case):
    answers = run_case(FOLDER / f"{case}.json")
    missed = [f"{a.id}: {a.value}, published {a.expected}, error {a.error}" for a in answers if a.met is not True]
    assert not missed, "\n".join(missed)
    assert len({a.id for a in answers}) == len(answers)
    assert Counter(leaves([a.expected for a in answers])) == Counter(published(case))


def test_a_wrong_published_number_is_not_met(tmp_path):
    text = (FOLDER / "05_kendall_w.json").read_text("utf-8").replace("0.793939393939394", "0.793939")
    (tmp_path / "05_kendall_w.json").write_text(text, "utf-8")
    assert [a.id for a in run_case(tmp_path / "05_kendall_w.json") if not a.met] == ["W"]


def test_the_command_prints_a_decision_like_any_other_case(call):
    found = call("verify", FOLDER / "10_evly.json", "--json")
    rows = json.loads(found.output)
    assert rows == as_rows(run_case(FOLDER / "10_evly.json"))
    assert set(rows[0]) == {"case", "id", "value", "expected", "tolerance", "met"}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("12_kendal_w", "{}", "no published decision called '12_kendal_w'"),
        ("05_kendall_w", None, "cannot be read"),
        ("05_kendall_w", "{", "cannot be read"),
        ("05_kendall_w", "{}", "lacks what it is asked for"),
    ],
)
def test_a_file_that_is_no_case_is_a_fault_in_plain_words(tmp_path, name, text, words):
    path = tmp_path / f"{name}.json"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(FaultsFound) as found:
        run_case(path)
    assert words in str(found.value.faults[0])


def test_the_nearest_known_case_is_named(tmp_path):
    shutil.copy(FOLDER / "05_kendall_w.json", tmp_path / "05_kendal_w.json")
    with pytest.raises(FaultsFound) as found:
        run_case(tmp_path / "05_kendal_w.json")
    assert found.value.faults[0].nearest == "05_kendall_w"
