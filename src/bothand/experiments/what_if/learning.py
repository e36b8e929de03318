"""What it is worth to know an input before choosing a plan, and which study or local count would settle it.

Nothing is run: the plans' results in the draws that they were tried in are read again. Worth is in healthy life-years
of everyone, or in shares of own best, weighed by a stakeholder. Source: DESIGN 8; ``decide.information``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.decide.doubt import best, perfect_information
from bothand.decide.information import Span, Worth, by_chance, over_weights, partial_information
from bothand.engine.arrays import Floats
from bothand.evidence.draws import Draws
from bothand.evidence.tables import Evidence
from bothand.experiments.deciding import Deciding, strongest
from bothand.experiments.plans import Tried, healthy_years, value_gains
from bothand.experiments.worlds import World
from bothand.world.disputes.register import Dispute

MOST = 10  # UNIT: inputs that are told


@dataclass(frozen=True)
class Learned:
    """What knowing one input is worth to everyone: ``worth`` in healthy life-years, ``dollars`` at a stated worth.

    key: row of the evidence behind the input ``name``; told: whether the worth is above what chance would earn with so
    few draws; disputes: keys of the disputes about it; settled_by: what would settle each of them, in words.
    """

    name: str
    key: str
    worth: Worth
    told: bool
    dollars: float | None
    disputes: tuple[str, ...]
    settled_by: tuple[str, ...]


@dataclass(frozen=True)
class ToLearn:
    """What there is to learn: the plan that is best without, the worth of knowing everything, and of each input.

    by_chance: what the best of as many inputs that say nothing may seem to be worth with so few draws; more draws lower
    it. Inputs with the largest worth stand first; of equals, in the order in which they were asked.
    """

    plans: tuple[str, ...]
    best: str
    everything: float
    by_chance: float
    inputs: tuple[Learned, ...]


def most_leverage(deciding: Deciding, most: int = MOST) -> tuple[str, ...]:
    """Return the names of the inputs whose ends change the order of the plans most."""
    return tuple(end.name for end, _ in strongest(deciding, most))


def what_to_learn(
    world: World,
    tried: Sequence[Tried],
    draws: Draws,
    inputs: Sequence[str],
    disputes: Sequence[Dispute] = (),
    usd_per_life_year: float | None = None,
) -> ToLearn:
    """Return what it is worth to know each input exactly, in healthy life-years, before a plan is chosen.

    Args:
        world: the worlds in which the plans were tried.
        tried: the plans to choose from, one way the money comes, no new money among them where it is a choice.
        draws: which row stands behind each name.
        inputs: names of drawn inputs (``most_leverage``).
        disputes: the register, which says what would settle an input.
        usd_per_life_year: worth of a healthy life-year where the study's file names one; None = no dollars are told.
    """
    benefit = np.array([healthy_years(world, one) for one in tried])
    chance = by_chance(benefit, draws.seed, len(inputs))
    found = []
    for name in inputs:
        key, knowing = draws.keys[name], partial_information(benefit, world.values[name])
        about = [one for one in disputes if _speaks_of(one, key, world.setting.evidence)]
        paid = None if usd_per_life_year is None else knowing.value * usd_per_life_year
        keys, words = tuple(one.key for one in about), tuple(one.settled_by for one in about)
        found.append(Learned(name, key, knowing, knowing.value > chance, paid, keys, words))
    names = tuple(one.plan for one in tried)
    order = tuple(sorted(found, key=lambda one: -one.worth.value))
    return ToLearn(names, names[best(benefit)], perfect_information(benefit), chance, order)


def what_to_whom(
    world: World,
    tried: Sequence[Tried],
    own_best: Mapping[str, float],
    weights: Mapping[str, npt.ArrayLike],
    inputs: Sequence[str],
) -> dict[str, dict[str, Span]]:
    """Return what knowing each input is worth to each stakeholder, in shares of own best, over one's set of weights.

    Args:
        world: as ``what_to_learn``.
        tried: as ``what_to_learn``.
        own_best: objective -> the most that a plan for it alone gains (``Ideals.best``), above zero.
        weights: stakeholder -> weights (W, V) of the objectives in the order of ``own_best``, one corner of the set a
            row.
        inputs: names of drawn inputs.

    Returns:
        Stakeholder -> input -> span.
    """
    shares = shares_by_draw(world, tried, own_best)
    return {who: {name: over_weights(shares, w, world.values[name]) for name in inputs} for who, w in weights.items()}


def shares_by_draw(world: World, tried: Sequence[Tried], own_best: Mapping[str, float]) -> Floats:
    """Return what every plan gains for every objective in every draw, in shares of its own best (V, P, D)."""
    gains = [value_gains(world, one) for one in tried]
    return np.array([[gain[name] / most for gain in gains] for name, most in own_best.items()])


def _speaks_of(dispute: Dispute, key: str, evidence: Evidence) -> bool:
    """Return whether a side believes something of a row, or of a row that it is computed from."""
    behind = {row.key for row in evidence.used_by([key])}
    return any(behind & set(side.belief.quantity) for side in dispute.side)
