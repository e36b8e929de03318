"""Run a case: put its numbers into its model, answer its questions, and set each answer beside what was published.

No case has code of its own. ``bothand.decide`` places strategies and weighs doubt; everything else is asked of the
engine. What a case holds and no engine can answer yet is listed as waiting, and is never counted as met.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bothand.decide import doubt
from bothand.decide.frontier import Entry, frontier
from bothand.engine.arrays import Floats
from bothand.engine.questions.cohorts import Continuous, Discrete, Pick, ready
from bothand.faults import FaultsFound
from bothand.verify.answers import ERROR, FROM_COHORT, Answer, among_people, distance
from bothand.verify.decisions import run_decision
from bothand.world.cases.loading import Case, load_case
from bothand.world.cases.nouns import Ask, Tolerance
from bothand.world.cases.questions import FRONTIER, INCREMENTS, PEOPLE, UNDER_DOUBT, listed
from bothand.world.language.expression import number_text

DECISION = ".json"
AXES = ("variant", "from", "at", "of", "draw")


def run_case(path_or_name: Path | str) -> list[Answer]:
    """Answer every question of a case, in the order of its file; then list what waits. See ``answers_in``."""
    return list(answers_in(path_or_name))


def answers_in(path_or_name: Path | str) -> Iterator[Answer]:
    """Yield the answer to every question of a case, in the order of its file, each when it is found; then what waits.

    A file that ends in ``.json`` is a published decision, which has no model (``decisions``).

    Raises FaultsFound with the faults of the case file, of a model, or of a question that has no answer.
    """
    if Path(path_or_name).suffix == DECISION:
        yield from run_decision(Path(path_or_name))
        return
    case = load_case(path_or_name)
    runner = _Runner(case)
    for i, ask in enumerate(case.spec.ask):
        try:
            value = runner.answer(ask)
        except ValueError as error:
            if isinstance(error, FaultsFound):
                raise
            raise FaultsFound([case.document.fault(str(error), ("ask", i))]) from error
        yield _beside(case, ask, value)
    for item in case.spec.waits:
        published = (None, item.expected, item.tolerance, None, None)
        yield Answer(case.id, item.id, "", *published, item.origin, item.waits_for)


def _beside(case: Case, ask: Ask, value: Any) -> Answer:
    limit = ask.tolerance
    tolerance = limit.model_dump(exclude_none=True) if isinstance(limit, Tolerance) else limit
    answer = Answer(case.id, ask.id, ask.question, value, ask.expected, tolerance, None, None, ask.origin)
    if limit is None:
        return answer
    if ask.within is not None:
        error = among_people(value, ask.expected, ask.within)
        return replace(answer, met=error <= 1, error=error)
    if not isinstance(limit, Tolerance):
        same = value == ask.expected
        return replace(answer, met=same, error=0.0 if same else math.inf)
    error = distance(value, ask.expected, limit.rel is not None)
    return replace(answer, met=error <= (limit.rel or limit.abs or 0), error=error)


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
        if ask.question == "frontier":
            return [e.plan for e in self._frontier(ask) if e.status == "ND" and e.equal_to is None]
        if ask.question in UNDER_DOUBT:
            return self._under_doubt(ask)
        if ask.question == PEOPLE:
            return self._people(ask)
        given = {axis: ask.start if axis == "from" else getattr(ask, axis) for axis in AXES}
        axes = {axis: listed(value) for axis, value in given.items()}
        wide = [axis for axis in AXES if isinstance(given[axis], list)]
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
        ask = ask.model_copy(update={"draw": chosen["draw"]})
        if ask.question in FRONTIER:
            return self._increment(ask, variant)
        if ask.question == "ratio":
            ours, theirs = self._pair(ask, variant), self._pair(ask, ask.against)
            return (ours[0] - theirs[0]) / (ours[1] - theirs[1])
        pick = Pick(chosen["from"], chosen["at"] or 0.0, chosen["of"] or "")
        found = _over(ask, self.cohort(ask, variant).answer(ask, pick))
        return [float(x) for x in found] if found.ndim else float(found)

    def _each(self, ask: Ask, variant: str | None) -> tuple[Floats, Floats]:
        """Return cost and effect of one variant in every draw, (D,) each."""
        cohort = self.cohort(ask, variant)
        cost, effect = (
            cohort.answer(ask.model_copy(update={"question": "total", "reward": name}), Pick())
            for name in (ask.cost, ask.effect)
        )
        return cost, effect

    def _pair(self, ask: Ask, variant: str | None) -> tuple[float, float]:
        """Return cost and effect of one variant: of its only draw, or as the question asks."""
        cost, effect = (_over(ask, found) for found in self._each(ask, variant))
        if cost.ndim or effect.ndim or ask.over == "sd":
            raise ValueError("a ratio of costs and effects is asked of one 'draw', or of their means.")
        return float(cost), float(effect)

    def _compared(self, ask: Ask) -> list[str]:
        """Return the names of what is compared: those of ``among``, or all there are."""
        if ask.among:
            return ask.among
        if ask.given is not None:
            return self.case.spec.given[ask.given].plans
        return [variant.name for variant in self.case.models[self.case.cohort_of(ask)].variant]

    def _frontier(self, ask: Ask) -> tuple[Entry, ...]:
        names = self._compared(ask)
        if ask.given is not None:
            given = self.case.spec.given[ask.given]
            rows = [given.plans.index(name) for name in names]
            return frontier(names, [given.cost[i] for i in rows], [given.effect[i] for i in rows])
        costs, effects = zip(*(self._pair(ask, name) for name in names), strict=True)
        return frontier(names, costs, effects)

    def _increment(self, ask: Ask, variant: str | None) -> float | None:
        """Return a variant's step on the frontier: ratio, more cost or more effect than the one before it."""
        entry = next((entry for entry in self._frontier(ask) if entry.plan == variant), None)
        if entry is None:
            raise ValueError(f"'{variant}' is not among the variants compared.")
        steps = dict(zip(INCREMENTS, (entry.ratio, entry.extra_cost, entry.extra_effect), strict=True))
        return steps[ask.question]

    def _people(self, ask: Ask) -> dict[str, Any]:
        """Return what people of every variant come to, and how far that is from what the cohort expects."""
        from bothand.engine.questions.people import followed, told  # heavy, and seldom needed

        variants: Sequence[str | None] = ask.among or listed(ask.variant) or [None]
        found = told([followed(self.cohort(ask, variant), ask) for variant in variants], ask)
        return found if ask.over == "sd" else {**found, FROM_COHORT: self._from_cohort(ask, variants, found)}

    def _from_cohort(self, ask: Ask, variants: Sequence[str | None], found: Mapping[str, Any]) -> float | None:
        """Return the largest distance of means from the cohort's expectations, in standard errors of the means.

        None where the cohort leaves out what people carry with them, or cannot be asked.
        """
        cohorts = [self.cohort(ask, variant) for variant in variants]
        names = [name for name in (ask.cost, ask.effect, ask.reward) if name is not None]
        if ask.carry or any(name not in cohort.rewards for cohort in cohorts for name in names):
            return None
        expected: dict[str, list[float]] = {}
        for name in names:
            each = ask.model_copy(update={"question": "total", "reward": name})
            try:
                totals = [float(_over(ask, cohort.answer(each, Pick()) / cohort.size)) for cohort in cohorts]
            except FaultsFound:  # a modifier that its mean does not stand for: people were followed without a fault
                return None
            expected[name] = totals
        if len(cohorts) == 2:
            expected |= {f"inc_{name}": [after - before] for name, (before, after) in list(expected.items())}
        if "icer" in found:
            expected["icer"] = [expected[f"inc_{ask.cost}"][0] / expected[f"inc_{ask.effect}"][0]]
        return max(
            abs(mean - exact) / error if error else (0.0 if math.isclose(mean, exact) else math.inf)
            for name, exacts in expected.items()
            for mean, exact, error in zip(listed(found[name]), exacts, listed(found[name + ERROR]), strict=True)
        )

    def _under_doubt(self, ask: Ask) -> Any:
        """Return an answer for every worth of a unit of effect, by its name; for one worth, the answer."""
        names = self._compared(ask)
        costs, effects = zip(*(self._each(ask, name) for name in names), strict=True)
        found: dict[str, Any] = {}
        for worth in ask.worths:
            benefit = doubt.net_benefit(costs, effects, worth)
            if ask.question == "acceptability":
                answer: Any = dict(zip(names, doubt.acceptability(benefit).tolist(), strict=True))
            elif ask.question == "perfect information":
                answer = doubt.perfect_information(benefit)
            else:
                answer = names[doubt.best(benefit)]
            found[number_text(worth)] = answer
        if ask.question == "best" and len(found) > 1:
            return doubt.stretches(ask.worths, list(found.values()))
        return found if isinstance(ask.worth, list) else next(iter(found.values()))


def _over(ask: Ask, found: Floats) -> Floats:
    """Return what a question wants of all draws (the last axis): one of them, their mean or their spread."""
    draws = found.shape[-1]
    if isinstance(ask.draw, int):
        if ask.draw > draws:
            raise ValueError(f"there is no draw {ask.draw}: there are {draws:,}.")
        return np.asarray(found[..., ask.draw - 1])
    if ask.over == "sd":
        return np.asarray(found.std(axis=-1, ddof=1))
    if ask.over == "mean" or draws == 1:
        return np.asarray(found.mean(axis=-1))
    return found
