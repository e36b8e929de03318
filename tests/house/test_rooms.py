"""The house: rooms import only from rooms below, stay small, and say what they are; the command starts at once."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "bothand"
MOST_FILES = 12
MOST_LINES = 450
HEAVY = ("numpy", "numba", "scipy", "pydantic")
A_REASON = re.compile(r"\blong(?:er)?\b[^.]*\bbecause\b", re.IGNORECASE)


def modules() -> list[Path]:
    return sorted(SOURCES.rglob("*.py"))


def rooms() -> list[Path]:
    return sorted(p.parent for p in SOURCES.rglob("__init__.py") if p.parent != SOURCES)


def undocumented(text: str) -> list[str]:
    """Return what is public and has no docstring: the module, functions, classes, their methods."""
    return list(_undocumented(ast.parse(text), ""))


def _undocumented(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    if not ast.get_docstring(node):
        yield prefix.rstrip(".") or "the module"
    for child in node.body:
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or child.name.startswith("_"):
            continue
        if isinstance(child, ast.ClassDef):
            yield from _undocumented(child, f"{prefix}{child.name}.")
        elif not ast.get_docstring(child) and not _is_overload(child):
            yield f"{prefix}{child.name}"


def _is_overload(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "overload" for d in function.decorator_list)


def test_the_rule_for_docstrings_sees_modules_functions_classes_and_methods() -> None:
    text = "def f():\n    pass\nclass A:\n    def g(self):\n        pass\n    def _h(self):\n        pass\n"
    assert undocumented(text) == ["the module", "f", "A", "A.g"]


def test_everything_public_says_what_it_is() -> None:
    found = [f"{p.relative_to(SOURCES)}: {name}" for p in modules() for name in undocumented(p.read_text("utf-8"))]
    assert not found, "\n".join(["these have no docstring:", *found])


def test_a_room_has_at_most_twelve_files() -> None:
    crowded = {
        room.name: n
        for room in rooms()
        if (n := len([p for p in room.glob("*.py") if p.stem != "__init__"])) > MOST_FILES
    }
    assert not crowded


def test_every_room_says_what_it_is_and_names_its_files() -> None:
    silent = []
    for room in rooms():
        docstring = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
        unnamed = [p.stem for p in sorted(room.glob("*.py")) if p.stem != "__init__" and p.stem not in docstring]
        silent += [f"{room.name}/__init__.py does not name {stem}" for stem in unnamed]
    assert not silent, "\n".join(silent)


def test_a_long_file_says_why_in_its_head() -> None:
    silent = []
    for path in modules():
        text = path.read_text("utf-8")
        lines = text.count("\n")
        if lines > MOST_LINES and not A_REASON.search(ast.get_docstring(ast.parse(text)) or ""):
            silent.append(f"{path.relative_to(SOURCES)}: {lines} lines")
    assert not silent, "\n".join(
        [f"over {MOST_LINES} lines without 'long because ...' in the module's docstring:", *silent]
    )


def test_data_flows_up_the_house_and_nothing_flows_back_down() -> None:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 kept, 0 broken" in run.stdout


def test_every_room_stands_in_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = {name.strip() for c in contracts for layer in c["layers"] for name in layer.split("|")}
    found = {f"bothand.{room.name}" for room in rooms() if room.parent == SOURCES}
    found |= {f"bothand.{p.stem}" for p in SOURCES.glob("*.py") if not p.stem.startswith("__")}
    assert found <= layers


@pytest.mark.parametrize("heavy", HEAVY)
def test_the_command_starts_without_what_is_slow_to_import(heavy: str) -> None:
    code = f"import sys, bothand.cli; sys.exit({heavy!r} in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"importing bothand.cli imports {heavy}\n{run.stderr}"
