"""Which statements no weights can meet together: a smallest subset, found by leaving out one after the other.

The deletion filter: of statements that contradict each other, drop each in turn for good if the others still do. What
is left contradicts itself, and any one fewer would not. Feasibility is asked of HiGHS. Source: knowledge/deciding.md
section 1 (a peer tool gives no diagnosis of contradicting statements).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bothand.evidence.arrays import Floats
from bothand.world.stakeholders.statements import Row, Statement

FEASIBLE = 1e-9  # MATH: feasibility tolerance asked of the solver, coefficients scaled to 1


def contradictions(statements: Sequence[Statement], values: Sequence[str]) -> list[tuple[Statement, ...]]:
    """Return smallest sets of statements that contradict each other; none when some weights meet them all.

    No two sets share a statement: each is left out when the next is looked for, until the rest can be met.

    Args:
        statements: what is said. values: every value that has a weight.
    """
    rest, found = list(statements), []
    while rest and not can_be_met(rest, values):
        kept = list(rest)
        for statement in rest:
            fewer = [other for other in kept if other is not statement]
            if not can_be_met(fewer, values):
                kept = fewer
        found.append(tuple(kept))
        rest = [statement for statement in rest if not any(statement is other for other in kept)]
    return found


def contradiction_words(subset: Sequence[Statement]) -> str:
    """Return in plain words which statements contradict each other, with the lines they stand on."""
    said = "; ".join(statement.located for statement in subset)
    if len(subset) == 1:
        return f"no weights meet this: {said}."
    return f"these {len(subset)} statements contradict each other: {said}. Take one of them back, or soften it."


def can_be_met(statements: Sequence[Statement], values: Sequence[str]) -> bool:
    """Return whether some weights, none negative and 1 in all, meet every statement."""
    from scipy.optimize import linprog  # heavy, and seldom needed

    rows = [row for statement in statements for row in statement.rows]
    matrix, least = matrix_of(rows, values)
    found = linprog(
        np.zeros(len(values)),
        A_ub=-matrix if rows else None,
        b_ub=-least if rows else None,
        A_eq=np.ones((1, len(values))),
        b_eq=[1],
        bounds=(0, 1),
        method="highs",
        options={"primal_feasibility_tolerance": FEASIBLE, "presolve": False},
    )
    return bool(found.status == 0)


def matrix_of(rows: Sequence[Row], values: Sequence[str]) -> tuple[Floats, Floats]:
    """Return rows as ``matrix @ weights >= least``, (R, n) and (R,), the largest coefficient of each brought to 1."""
    matrix = np.array([[row.coefficients.get(value, 0.0) for value in values] for row in rows], dtype=np.float64)
    matrix = matrix.reshape(len(rows), len(values))
    least = np.array([row.least for row in rows], dtype=np.float64)
    size = np.abs(matrix).max(axis=1, initial=0)
    size = np.where(size > 0, size, 1)
    return matrix / size[:, None], least / size
