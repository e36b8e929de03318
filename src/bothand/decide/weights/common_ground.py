"""Common ground: the plan whose largest regret over several stakeholders is least, and what all could live with.

``tau = min over x of max over s of R_s(x)``, one linear programme over a surface with a row for each corner of each
stakeholder's set. Every plan with no more than ``tau`` and a margin is common ground; the range of each service over
these plans says "all of you could live with at least this much of it". Source: knowledge/deciding.md 4 (vi).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.decide.ideals import Ideals
from bothand.decide.programme import Rows, Solution, maximise, rows, stack
from bothand.decide.surfaces import ROUNDING, Floats, evaluate
from bothand.decide.weights.polytope import WeightSet
from bothand.decide.weights.regret import allowed, best_at, gain_weights, plan_regrets

MARGIN = 0.05  # MATH: regret beyond the least that a plan of the common ground may have (deciding 4 vi)
BINDS = 1e-6  # MATH: smallest share of the say that counts as binding


@dataclass(frozen=True, eq=False)
class CommonGround:
    """Where several stakeholders can meet.

    Attributes:
        tau: the least largest regret, in shares of the own best.
        plan: (I,) yearly dollars of a plan that has it; among these the ``ranges`` say how free the choice is.
        gains: (V,) its gains.
        regrets: by stakeholder, its own largest regret under the plan.
        say: by stakeholder, its share in what keeps tau from falling; they sum to 1, or are all 0 when tau is 0. Where
            a curve has a step, with the steps that the plan takes held as they are.
        binds: stakeholders with a share of that say: tau falls only if one of them gives way.
        without: by stakeholder, what tau would be if only the others were asked.
        margin: how much more than tau a plan of the common ground may have.
        ranges: (I, 2) least and most yearly dollars of each service over the common ground.
    """

    tau: float
    plan: Floats
    gains: Floats
    regrets: dict[str, float]
    say: dict[str, float]
    binds: tuple[str, ...]
    without: dict[str, float]
    margin: float
    ranges: Floats


def common_ground(
    ideals: Ideals,
    stakeholders: Mapping[str, WeightSet],
    budget: float | None = None,
    margin: float = MARGIN,
    also: Rows | None = None,
    most: Mapping[str, Floats] | None = None,
) -> CommonGround:
    """Find the least largest regret over all affordable plans, who binds, and the range of every service.

    Args:
        ideals: today's ideals.
        stakeholders: by name, a set over members of the ideals (``WeightSet.onto``); at least one.
        budget: yearly dollars; today's when None.
        margin: regret beyond tau that the ranges allow.
        also: further rows that every plan must reach, the plans that regret looks at included.
        most: by stakeholder, what ``best_at`` says at this budget and with these rows, where it was asked already.

    Raises:
        ValueError: nobody is asked, a value without room, or rows that no plan reaches.
    """
    if not stakeholders:
        raise ValueError("common ground needs at least one stakeholder")
    kept = allowed(ideals, budget, also)
    parts = {
        name: _part(ideals, weights, budget, also, (most or {}).get(name)) for name, weights in stakeholders.items()
    }
    found = _least(ideals, parts, kept)
    tau = max(0.0, -found.value)
    say = _say(parts, found) if tau > ROUNDING else dict.fromkeys(parts, 0.0)
    without = {name: _tau_without(ideals, parts, kept, name) for name in parts}
    return CommonGround(
        tau,
        found.plan,
        found.gains,
        {name: _regret(ideals, part, found.plan) for name, part in parts.items()},
        say,
        tuple(name for name, share in say.items() if share > BINDS),
        without,
        margin,
        _ranges(ideals, parts, kept, tau + margin, found.plan),
    )


def floors(
    ideals: Ideals,
    stakeholders: Mapping[str, WeightSet],
    budget: float | None = None,
    margin: float = MARGIN,
    also: Rows | None = None,
    most: Mapping[str, Floats] | None = None,
) -> Floats:
    """The least of every service that each stakeholder, asked alone, keeps in every plan that is good enough for it.

    Good enough is a regret of its own least and ``margin`` at most. A floor above zero says: whoever of them decided,
    this much of the service would be paid for.

    Args:
        ideals, stakeholders, budget, margin, also, most: as in ``common_ground``.

    Returns:
        (I,) yearly dollars, the least over all stakeholders.
    """
    surface, kept = ideals.surface, allowed(ideals, budget, also)
    least = np.full(len(surface.services), np.inf if stakeholders else 0.0)
    for name, weights in stakeholders.items():
        part = _part(ideals, weights, budget, also, (most or {}).get(name))
        own = _least(ideals, {"": part}, kept)
        within = max(0.0, -own.value) + margin
        conditions = stack(rows(surface, gains=part.gains, least=part.best - within - ROUNDING), kept)
        least = np.minimum(least, own.plan)
        for i in np.flatnonzero(least > 0):
            end = maximise(surface, rows(surface, dollars=-np.eye(len(surface.services))[i]), conditions)
            least[i] = min(least[i], np.inf if end is None else end.plan[i])
    return least


def least_regret(z: npt.ArrayLike, stakeholders: Mapping[str, WeightSet]) -> tuple[int, dict[str, Floats]]:
    """Of a list of plans, the one whose largest regret over all stakeholders is least, and every plan's regrets.

    Args:
        z: (P, n) share of its own best that each plan gives each value.
        stakeholders: by name, a set over the n values in that order.

    Returns:
        position of the plan (the first of equals), and by stakeholder its regrets (P,).
    """
    found = {name: plan_regrets(z, weights) for name, weights in stakeholders.items()}
    return int(np.max(list(found.values()), axis=0).argmin()), found


@dataclass(frozen=True, eq=False)
class _Part:
    """One stakeholder's corners: weights of gains (K, V), and the most that any plan is worth at each (K,)."""

    gains: Floats
    best: Floats


def _part(ideals: Ideals, weights: WeightSet, budget: float | None, also: Rows | None, most: Floats | None) -> _Part:
    return _Part(gain_weights(ideals, weights), best_at(ideals, weights, budget, also) if most is None else most)


def _regret(ideals: Ideals, part: _Part, plan: Floats) -> float:
    return max(0.0, float((part.best - part.gains @ evaluate(ideals.surface, plan)).max()))


def _least(ideals: Ideals, parts: Mapping[str, _Part], kept: Rows) -> Solution:
    """The plan with the least largest regret; its helper number is that regret."""
    surface = ideals.surface
    gains = np.concatenate([part.gains for part in parts.values()])
    best = np.concatenate([part.best for part in parts.values()])
    short = rows(surface, gains=gains, extra=np.ones((len(best), 1)), least=best)
    found = maximise(surface, rows(surface, extra=[-1]), stack(short, kept), bounds=[(0, np.inf)])
    if found is None:
        raise RuntimeError("the solver found no plan although every plan has some regret")
    return found


def _say(parts: Mapping[str, _Part], found: Solution) -> dict[str, float]:
    """By stakeholder, the sum of its rows' duals as a share of all."""
    ends = np.cumsum([len(part.best) for part in parts.values()])
    sums = [float(-piece.sum()) for piece in np.split(found.duals[: ends[-1]], ends[:-1])]
    total = sum(sums)
    return {name: one / total if total > 0 else 0.0 for name, one in zip(parts, sums, strict=True)}


def _tau_without(ideals: Ideals, parts: Mapping[str, _Part], kept: Rows, name: str) -> float:
    others = {other: part for other, part in parts.items() if other != name}
    return max(0.0, -_least(ideals, others, kept).value) if others else 0.0


def _ranges(ideals: Ideals, parts: Mapping[str, _Part], kept: Rows, within: float, plan: Floats) -> Floats:
    """Least and most dollars of every service over plans whose regrets are all ``within``, (I, 2)."""
    surface = ideals.surface
    gains = np.concatenate([part.gains for part in parts.values()])
    best = np.concatenate([part.best for part in parts.values()])
    conditions = stack(rows(surface, gains=gains, least=best - within - ROUNDING), kept)
    found = np.tile(plan[:, None], (1, 2))
    for i in range(len(surface.services)):
        for side, sign in enumerate((-1.0, 1.0)):
            direction = sign * np.eye(len(surface.services))[i]
            end = maximise(surface, rows(surface, dollars=direction), conditions)
            if end is not None:
                found[i, side] = end.plan[i]
    found[:, 0] = np.minimum(found[:, 0], plan)
    found[:, 1] = np.maximum(found[:, 1], plan)
    return found
