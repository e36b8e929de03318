"""Compiled code on disk: made anew when the file below it changes, and only then."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bothand.engine.people import kernel, walk
from bothand.engine.vectors import lanes, streams

FOLDER = Path(lanes.__file__).parent
COMPILED = (*sorted(FOLDER.glob("*.py")), Path(kernel.__file__), Path(walk.__file__))
BY_PYTHON = ("bothand.engine.cohort", "bothand.engine.vectors.rows")  # terminal lays its numbers out as the cohort does
TYPES_ONLY = ("bothand.engine.arrays", *BY_PYTHON)

UPPER = """
import numpy as np
from lanes import LANES, compiled, entry, clear, fill, load, store

@compiled
def write(into):
    clear(into)
    store(into, 0, fill(3.0))

@entry
def first(into):
    write(into)
    return into[0]

found = first(np.zeros(LANES))
hits, misses = (sum(getattr(f.stats, kind).values()) for kind in ("cache_hits", "cache_misses") for f in [first])
print(found, hits, misses)
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[[], list[str]]:
    """Run a small file that calls compiled code of a copy of lanes.py; its result, and hits and misses on disk."""
    (tmp_path / "lanes.py").write_bytes(Path(lanes.__file__).read_bytes())
    (tmp_path / "upper.py").write_text(UPPER, encoding="utf-8")

    def once() -> list[str]:
        call = [sys.executable, "-c", "import upper"]
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return once


@pytest.mark.slow
def test_code_is_compiled_anew_when_the_file_below_it_changes_and_only_then(
    run: Callable[[], list[str]], tmp_path: Path
) -> None:
    assert run() == ["3.0", "0", "1"]
    assert run() == ["3.0", "1", "0"]
    below = tmp_path / "lanes.py"
    text = below.read_text("utf-8")
    changed = text.replace("builder.insert_element(vector, arguments[0]", "builder.insert_element(vector, twice")
    changed = changed.replace(
        "        vector: Any = ir", "        twice = builder.fadd(*2 * [arguments[0]])\n        vector: Any = ir"
    )
    assert changed != text
    below.write_text(changed, encoding="utf-8")
    assert run() == ["6.0", "0", "1"]
    assert run() == ["6.0", "1", "0"]


def test_compiled_code_calls_only_its_own_file_the_lanes_and_the_streams() -> None:
    # A change in any other file would not reach the code on disk.
    below = (lanes.__name__, streams.__name__, *TYPES_ONLY)
    for path in COMPILED:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("bothand"):
                assert node.module in below, f"{path.name} imports {node.module}"


def test_what_the_remaining_life_takes_from_the_cohort_is_called_by_python_only() -> None:
    tree = ast.parse((FOLDER / "terminal.py").read_text("utf-8"))
    imports = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module in BY_PYTHON]
    taken = {alias.name for node in imports for alias in node.names}
    for function in [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.decorator_list]:
        used = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
        assert not used & taken, function.name
