"""Run a case: put its numbers into its model, answer its questions, and set each answer beside what was published.

No case has code of its own. ``bothand.decide.frontier`` places strategies; everything else is asked of the engine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bothand.decide.frontier import Entry, frontier
from bothand.engine.questions.cohorts import Continuous, Discrete, Pick, ready
from bothand.faults import FaultsFound
from bothand.world.casefile import FRONTIER, Ask, Case, Tolerance, listed, load_case

AXES = ("variant", "from", "at", "of")


@dataclass(frozen=True)
class Answer:
    """One question of a case, answered.

    ``error`` is the largest distance from what was published, in the measure of the tolerance (0 or infinite for an
    exact one); it and ``met`` are None where nothing was published.
    """

    case: str
    id: str
    question: str
    value: Any
    expected: Any
    tolerance: Mapping[str, float] | str | None
    met: bool | None
    error: float | None
    origin: str = ""


def run_case(path_or_name: Path | str) -> list[Answer]:
    """Answer every question of a case, in the order of its file.

    Raises FaultsFound with the faults of the case file, of a model, or of a question that has no answer.
    """
    case = load_case(path_or_name)
    runner = _Runner(case)
    answers = []
    for i, ask in enumerate(case.spec.ask):
        try:
            value = runner.answer(ask)
        except ValueError as error:
            if isinstance(error, FaultsFound):
                raise
            raise FaultsFound([case.document.fault(str(error), ("ask", i))]) from error
        answers.append(_beside(case, ask, value))
    return answers


def _beside(case: Case, ask: Ask, value: Any) -> Answer:
    limit = ask.tolerance
    tolerance = limit.model_dump(exclude_none=True) if isinstance(limit, Tolerance) else limit
    answer = Answer(case.id, ask.id, ask.question, value, ask.expected, tolerance, None, None, ask.origin)
    if limit is None:
        return answer
    if not isinstance(limit, Tolerance):
        same = value == ask.expected
        return replace(answer, met=same, error=0.0 if same else math.inf)
    error = distance(value, ask.expected, limit.rel is not None)
    return replace(answer, met=error <= (limit.rel or limit.abs or 0), error=error)


def distance(value: Any, expected: Any, relative: bool) -> float:
    """Return the largest distance between two numbers, or lists or tables of them; infinite where they differ in form.

    Relative distances are divided by the size of what is expected; 0 is met only by 0.
    """
    if isinstance(expected, Mapping):
        if not isinstance(value, Mapping) or set(value) != set(expected):
            return math.inf
        return max((distance(value[name], expected[name], relative) for name in expected), default=0)
    if isinstance(expected, list):
        if not isinstance(value, list) or len(value) != len(expected):
            return math.inf
        return max((distance(v, e, relative) for v, e in zip(value, expected, strict=True)), default=0)
    if isinstance(value, list | Mapping) or value is None or isinstance(expected, str):
        return 0 if value == expected else math.inf
    gap = abs(value - expected)
    if not relative or gap == 0:
        return float(gap)
    return float(gap / abs(expected)) if expected else math.inf


class _Runner:
    """The cohorts of a case, each made ready once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._ready: dict[tuple[str, str | None, str | None], Continuous | Discrete] = {}

    def cohort(self, ask: Ask, variant: str | None) -> Continuous | Discrete:
        name = self.case.cohort_of(ask)
        counting = ask.counting if ask.question != "counted" else None
        key = (name, variant, counting)
        if key not in self._ready:
            self._ready[key] = ready(self.case, name, variant, counting)
        return self._ready[key]

    def answer(self, ask: Ask) -> Any:
        """Return the answer, or a list or table of answers."""
        if ask.question == "status":
            return {entry.plan: entry.status for entry in self._frontier(ask)}
        axes = {axis: listed(ask.start if axis == "from" else getattr(ask, axis)) for axis in AXES}
        wide = [axis for axis in AXES if isinstance(ask.start if axis == "from" else getattr(ask, axis), list)]
        by_name = next((axis for axis in ("of", "variant") if axis in wide), None)
        named = by_name if isinstance(ask.expected, dict) else None
        if named is not None:
            wide = [named, *(axis for axis in wide if axis != named)]
        chosen = {axis: values[0] if values and axis not in wide else None for axis, values in axes.items()}
        return self._nested(ask, wide, axes, chosen, named)

    def _nested(
        self, ask: Ask, wide: Sequence[str], axes: Mapping[str, list[Any]], chosen: dict[str, Any], named: str | None
    ) -> Any:
        if not wide:
            return self._one(ask, chosen)
        axis, *rest = wide
        found = {x: self._nested(ask, rest, axes, {**chosen, axis: x}, named) for x in axes[axis]}
        return found if axis == named else list(found.values())

    def _one(self, ask: Ask, chosen: Mapping[str, Any]) -> Any:
        variant = chosen["variant"]
        if ask.question in FRONTIER:
            return self._increment(ask, variant)
        if ask.question == "ratio":
            ours, theirs = self._pair(ask, variant), self._pair(ask, ask.against)
            return (ours[0] - theirs[0]) / (ours[1] - theirs[1])
        pick = Pick(chosen["from"], chosen["at"] or 0.0, chosen["of"] or "")
        return self.cohort(ask, variant).answer(ask, pick)

    def _pair(self, ask: Ask, variant: str | None) -> tuple[float, float]:
        """Return cost and effect of one variant."""
        cohort = self.cohort(ask, variant)
        found = [cohort.answer(ask.model_copy(update={"question": "total", "reward": name}), Pick())
                 for name in (ask.cost, ask.effect)]  # fmt: skip
        cost, effect = (float(x) for x in found if not isinstance(x, list))
        return cost, effect

    def _frontier(self, ask: Ask) -> tuple[Entry, ...]:
        spec = self.case.models[self.case.cohort_of(ask)]
        names = ask.among or [variant.name for variant in spec.variant]
        costs, effects = zip(*(self._pair(ask, name) for name in names), strict=True)
        return frontier(names, costs, effects)

    def _increment(self, ask: Ask, variant: str | None) -> float | None:
        """Return a variant's step on the frontier: ratio, more cost or more effect than the one before it."""
        entry = next((entry for entry in self._frontier(ask) if entry.plan == variant), None)
        if entry is None:
            raise ValueError(f"'{variant}' is not among the variants compared.")
        steps = {"icer": entry.ratio, "incremental cost": entry.extra_cost, "incremental effect": entry.extra_effect}
        return steps[ask.question]
