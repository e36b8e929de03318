"""Person-first words in every public string: data, labels, templates, documents and the strings of the code."""

from __future__ import annotations

import ast
import csv
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bothand.words import forbidden

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "bothand"
TERM_LIST = SOURCES / "words.py"
"""The one file that must spell the terms out."""

CITATIONS = {"key", "citation", "locator", "source", "sources", "url", "doi", "judged_from"}
"""Keys and columns that name works by their own titles, or code names."""

DOCUMENTS = ("README.md", "CHANGELOG.md", "NOTICE", "CITATION.cff", "CONTRIBUTING.md", "Makefile")
SKIPPED = {".pyc", ".png", ".jpg", ".npz", ".parquet", ".woff2"}
MARKUP = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)

Text = tuple[str, str]


def strings_of(path: Path) -> Iterator[Text]:
    """Yield (place, text) of every string that a reader of ``path`` can meet."""
    if path.suffix in SKIPPED:
        return
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"line {node.lineno}", node.value
    elif path.suffix == ".csv":
        for number, row in enumerate(csv.DictReader(text.splitlines(keepends=True)), start=2):
            yield from ((f"row {number}, {name}", cell or "") for name, cell in row.items() if name not in CITATIONS)
    elif path.suffix == ".toml":
        yield from _values(tomllib.loads(text), "")
    elif path.suffix == ".json":
        yield from _values(json.loads(text), "")
    else:
        seen = (
            MARKUP.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text) if path.suffix in {".html", ".svg"} else text
        )
        yield from ((f"line {number}", line) for number, line in enumerate(seen.splitlines(), start=1))


def _values(node: Any, where: str) -> Iterator[Text]:
    if isinstance(node, str):
        yield where, node
    elif isinstance(node, dict):
        for name, child in node.items():
            if name not in CITATIONS:
                yield from _values(child, f"{where}.{name}".lstrip("."))
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from _values(child, f"{where}[{number}]")


def hits(paths: Iterable[Path]) -> list[str]:
    return [f"{path}, {where}: {hit}" for path in paths for where, text in strings_of(path) for hit in forbidden(text)]


def public_files() -> list[Path]:
    found = [p for p in SOURCES.rglob("*") if p.is_file() and p != TERM_LIST and "__pycache__" not in p.parts]
    # the example's words are the package's own, checked where they stand; beside them it prints titles of papers
    found += [p for p in (ROOT / "docs").rglob("*") if p.is_file() and p.parent.name != "example"]
    return sorted([*found, *(ROOT / name for name in DOCUMENTS if (ROOT / name).is_file())])


def models() -> list[Path]:
    return sorted((SOURCES / "data" / "models").glob("*.toml"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", "[level]\nlabel = 'an addict'\n"),
        ("a.csv", "key,note\na,after a relapse\n"),
        ("a.json", '{"labels": ["hard-to-reach people"]}'),
        ("a.html", "<p class='note'>drug abuse</p>"),
        ("a.md", "# Target populations\n"),
        ("a.py", "def f():\n    return f'{1} clean urine tests'\n"),
        ("a.py", '"""Of substitution treatment."""\n'),
    ],
)
def test_a_term_is_found_wherever_a_reader_can_meet_it(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(hits([tmp_path / name])) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "key,citation,note\nrelapse,Predictors of relapse 2011,fine\n"),
        ("a.toml", "source = 'Predictors of relapse'\n"),
        ("a.html", "<style>.clean { color: red }</style><p>People who use drugs</p>"),
        ("a.py", "# a comment may say clean\nclean = 1\n"),
        ("a.md", "J Addict Med 2018; Substance Abuse and Mental Health Services Administration\n"),
    ],
)
def test_citations_and_code_names_are_left_as_they_are(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert hits([tmp_path / name]) == []


def test_every_public_string_is_person_first() -> None:
    files = public_files()
    assert TERM_LIST.parent / "faults.py" in files
    found = hits(files)
    assert not found, "\n".join([f"{len(found)} terms:", *found])


@pytest.mark.parametrize("path", models(), ids=lambda path: path.stem)
def test_every_state_and_move_has_a_public_label_apart_from_its_code_name(path: Path) -> None:
    missing = []
    for where, thing in _named(tomllib.loads(path.read_text("utf-8")), ""):
        text = thing.get("label", "")
        if not text or "_" in text or text != text.strip():
            missing.append(f"{where} '{thing['name']}': {text!r}")
    assert not missing, "\n".join(missing)


def _named(node: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every table of a model that carries a code name."""
    if isinstance(node, dict):
        if isinstance(node.get("name"), str):
            yield where, node
        for name, child in node.items():
            yield from _named(child, f"{where}.{name}".lstrip("."))
    elif isinstance(node, list):
        for child in node:
            yield from _named(child, where)
