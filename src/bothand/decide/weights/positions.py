"""From what a stakeholder says to the set of weights that it leaves.

Statements on weights alone are known from the file. A choice between two plans is one more row once it is known what
the plans do: ``sum of w x (z of the plan - z of the other) >= 0``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bothand.decide.weights.biases import asked_twice, even_words, is_equal_weighting
from bothand.decide.weights.elicitation import swing_weights
from bothand.decide.weights.polytope import WeightSet, weight_set
from bothand.faults import Fault, FaultsFound
from bothand.world.stakeholders import (
    Statement,
    Weighed,
    choice_statement,
    contradiction_words,
    contradictions,
    families_of,
    read_stakeholder,
    statements_of,
    values_at_hand,
)
from bothand.world.stakeholders.contradictions import matrix_of

Gains = Mapping[str, Mapping[str, float]]


def question_notes(name: str | Path) -> list[str]:
    """Return in sentences where the question, rather than the value, may have made what a position's file says.

    The middle of its weights is looked at where the file alone leaves it known: no choices between plans, which speak
    once plans were run, and a set that is not too many-cornered.

    Raises:
        FaultsFound: every fault of the file.
    """
    stakeholder, document, faults = read_stakeholder(name)
    if stakeholder is None or faults:
        raise FaultsFound(faults)
    swing = stakeholder.swing
    notes = [one.words(f"'{one.value}'") for one in asked_twice(swing)] if swing else []
    points = swing is not None and is_equal_weighting(swing_weights(list(swing.points.values())))
    middle = False
    if not stakeholder.prefers:
        try:
            middle = is_equal_weighting(position_weights(name, values_at_hand(stakeholder, document)).centre)
        except ValueError:  # too many corners
            middle = False
    even = even_words(points=points, middle=middle)
    return [*notes, even] if even else notes


def weights_of(statements: Sequence[Statement], values: Sequence[str], name: str = "these statements") -> WeightSet:
    """Return the set of weights that meets every statement.

    Args:
        statements: what is said. values: n values that have a weight.
        name: what faults are told of, such as a file.

    Raises:
        FaultsFound: the statements contradict each other; which ones is said, a smallest set of them at a time.
    """
    faults = []
    for subset in contradictions(statements, values):
        where = ".".join(str(step) for step in subset[0].where)
        faults.append(Fault(name, contradiction_words(subset), where, subset[0].line))
    if faults:
        raise FaultsFound(faults)
    matrix, least = matrix_of([row for statement in statements for row in statement.rows], values)
    return weight_set(values, matrix, least)


def position_weights(name: str | Path, values: Weighed, gains: Gains | None = None) -> WeightSet:
    """Read a position and return the set of weights that it leaves.

    Args:
        name: a shipped position, or a file.
        values: every value that has a weight, those the position may name, alone or with their families.
        gains: by plan, by value: share of its own best (z) that the plan gives the value, for the choices between
            plans that the position accepts. A choice between plans that are not there says nothing.

    Raises:
        FaultsFound: every fault of the file, or which of its statements contradict each other beside these plans.
    """
    stakeholder, document, faults = read_stakeholder(name, values)
    if stakeholder is None or faults:
        raise FaultsFound(faults)
    known = gains or {}
    statements = list(statements_of(stakeholder, document, families_of(values, document.path.parent)))
    for number, choice in enumerate(stakeholder.prefers):
        if choice.plan in known and choice.over in known:
            statements.append(choice_statement(number, choice, known, document))
    return weights_of(statements, tuple(values), document.name)
