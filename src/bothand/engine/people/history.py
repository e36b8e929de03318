"""What a person carries with them: past events, the time since the last one, and a modifier of their own.

The cohort engine knows only where people are. A history is what its states leave out: how often something has happened
to a person, or whether it happened lately. With no history the two engines mean the same model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bothand.engine.compile import CompiledModel
from bothand.world.language.edges import Edge


@dataclass(frozen=True)
class History:
    """How the past changes a hazard.

    ``after``: rules or events that add one to the level; ``changes``: rules or events whose hazard is multiplied;
    ``factors``: multiplier at level 0, 1, 2, ... (the last holds from there on); ``fades``: years after the last time
    at which the level falls back to 0 (infinite = never).
    """

    after: tuple[str, ...]
    changes: tuple[str, ...]
    factors: tuple[float, ...]
    fades: float = math.inf


def belongs(edge: Edge, names: Sequence[str]) -> bool:
    """Say whether an edge is one of these rules, or a branch of one of these events."""
    return edge.rule in names or edge.rule.partition(": ")[0] in names


def require_known(model: CompiledModel, histories: Sequence[History], modified: Sequence[str]) -> None:
    """Raise ValueError when a history or modifier names what the model does not have, or two change one hazard."""
    known = {edge.rule for edge in model.edges} | set(model.events)
    names = [name for h in histories for name in (*h.after, *h.changes)]
    unknown = [name for name in (*names, *modified) if name not in known]
    if unknown:
        raise ValueError(f"this model has no rule or event '{unknown[0]}'")
    for edge in model.edges:
        for which in ("after", "changes"):
            if sum(belongs(edge, getattr(h, which)) for h in histories) > 1:
                raise ValueError(f"two histories name '{edge.rule}'; one is allowed.")
    if any(len(h.factors) < 2 or min(h.factors) < 0 for h in histories):
        raise ValueError("a history has a factor for level 0 and for each level after it, none of them negative.")
