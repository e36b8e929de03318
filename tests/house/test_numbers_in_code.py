"""No number that describes the world stands in Python: only 0, 1, 2, -1 and 0.5, and named constants with a reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src" / "bothand"
PLAIN = (0, 1, 2, 0.5)
REASON = re.compile(r"#.*\b(?:UNIT|MATH): *\S")
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
READERS = {"float", "int", "complex", "Decimal", "Fraction"}


def literals(text: str) -> list[tuple[int, str]]:
    """Return (line, number) of every number in code that is neither plain nor a named constant with its reason."""
    lines = text.splitlines()
    tree = ast.parse(text)
    exempt = {id(node) for node in _indices(tree)} | {id(node) for node in _constants(tree, lines)}
    return sorted((node.lineno, shown) for node, shown in _numbers(tree) if id(node) not in exempt)


def _numbers(tree: ast.AST) -> Iterator[tuple[ast.Constant, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and _is_number(node.value) and node.value not in PLAIN:
            yield node, repr(node.value)
        if isinstance(node, ast.Call) and _name(node.func) in READERS:
            for argument in node.args:
                if (
                    isinstance(argument, ast.Constant)
                    and isinstance(argument.value, str)
                    and argument.value[:1].isdigit()
                ):
                    yield argument, f"{_name(node.func)}({argument.value!r})"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _indices(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the constants that are an index: x[3], x[:3], x[..., -3]; not x[3 * i]."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            yield from _leaves(node.slice)


def _leaves(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant):
        yield node
    elif isinstance(node, ast.Slice | ast.Tuple | ast.UnaryOp):
        for child in ast.iter_child_nodes(node):
            yield from _leaves(child)


def _constants(tree: ast.Module, lines: list[str]) -> Iterator[ast.AST]:
    """Yield the numbers of module-level UPPER_CASE constants whose own line, first or last line has a reason."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            targets: list[ast.expr] = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        else:
            continue
        if not all(isinstance(t, ast.Name) and CONSTANT.fullmatch(t.id) for t in targets):
            continue
        ends = {statement.lineno, statement.end_lineno or statement.lineno}
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and any(REASON.search(lines[n - 1]) for n in ends | {node.lineno}):
                yield node


@pytest.mark.parametrize(
    "code",
    [
        "x = 0.25",
        "def f(x):\n    return 3 * x",
        "def f(x=64):\n    return x",
        "RATE = 0.07",
        "RATE = 0.07  # a rate",
        "RATE = 0.07  # UNIT:",
        "rate = 0.07  # UNIT: lower case is no constant",
        "class A:\n    RATE = 0.07  # UNIT: not at module level",
        "x = y[3 * i]",
        "x = float('0.07')",
        "X = {\n    'a': 3,  # UNIT: metres\n    'b': 4,\n}",
        "x = -3",
        "x = 3j",
    ],
)
def test_a_number_without_a_reason_is_found(code: str) -> None:
    assert literals(code)


@pytest.mark.parametrize(
    "code",
    [
        "x = -1 + 0.5 * 2.0 + 1.0 - 0",
        "x = y[3] + y[:12, ..., -4:]",
        "WEEKS = 52  # UNIT: weeks in a year",
        "GRID: tuple[int, ...] = (16, 32)  # MATH: sizes tried",
        "X = (  # UNIT: points\n    8,\n    9,\n)",
        "x = True",
        "x = float('nan')",
        "x = f'{y:.3f}'",
    ],
)
def test_plain_numbers_indices_and_reasoned_constants_pass(code: str) -> None:
    assert literals(code) == []


def test_no_number_that_describes_the_world_stands_in_python() -> None:
    found = [
        f"{path.relative_to(SOURCES)}:{line}: {number}"
        for path in sorted(SOURCES.rglob("*.py"))
        for line, number in literals(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(
        ["name these as a constant with '# UNIT: ...' or '# MATH: ...', or as a quantity:", *found]
    )
