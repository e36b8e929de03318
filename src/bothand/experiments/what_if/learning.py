"""What it is worth to know an input before choosing a plan, and which study or local count would settle it.

Nothing is run: the plans' results in the draws that they were tried in are read again. Worth is in healthy life-years
of everyone, or in shares of own best, weighed by a stakeholder. Source: DESIGN 8; ``decide.information``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bothand.decide.doubt import best, perfect_information
from bothand.decide.information import (
    Span,
    Worth,
    by_chance,
    over_weights,
    partial_information,
    sample_information,
    shares_seen,
)
from bothand.engine.arrays import Floats
from bothand.evidence.draws import Draws
from bothand.evidence.tables import Evidence
from bothand.experiments.deciding import Deciding, strongest
from bothand.experiments.plans import Tried, healthy_years, value_gains
from bothand.experiments.search import Found
from bothand.experiments.what_if.common import Common
from bothand.experiments.worlds import World
from bothand.world.disputes.register import Dispute

MOST = 10  # UNIT: inputs that are told
STUDIED = 3  # UNIT: inputs, those worth most, for which the worth of a local count is told
SILENT = 100  # MATH: inputs that say nothing, made up for each stakeholder to see what chance earns
SIZES = "local_study_people"
"""The row that says how many people a local count can look at."""

SHARES = ("proportion", "probability")
"""Units of inputs that are a share of people or cases."""


@dataclass(frozen=True)
class Learned:
    """What knowing one input is worth to everyone: ``worth`` in healthy life-years, ``dollars`` at a stated worth.

    key: row of the evidence behind the input ``name``; told: whether the worth is above what chance would earn with so
    few draws; disputes: keys of the disputes about it; settled_by: what would settle each of them, in words; studies:
    how many people or cases a local count looks at, and what it is worth (EVSI), for the few inputs that are worth
    most, where they are a share of people or cases.
    """

    name: str
    key: str
    worth: Worth
    told: bool
    dollars: float | None
    disputes: tuple[str, ...]
    settled_by: tuple[str, ...]
    studies: tuple[tuple[int, Worth], ...] = ()


@dataclass(frozen=True)
class ToWhom:
    """What knowing is worth to one stakeholder, in shares of all that counts for it.

    who: its key. everything: the worth of knowing everything (EVPI) at the middle of its weights; by_chance: what the
    best of as many inputs that say nothing may seem to be worth there. most: the input worth most there; middle: its
    worth there; span: its least and largest worth over the corners of its weights.
    """

    who: str
    everything: float
    by_chance: float
    most: str
    middle: float
    span: Span

    @property
    def told(self) -> bool:
        """Whether the worth is above what chance would earn."""
        return self.middle > self.by_chance


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
    whom: tuple[ToWhom, ...] = ()


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
    order = sorted(found, key=lambda one: -one.worth.value)
    sizes = study_sizes(world.setting.evidence)
    for n, one in enumerate(order[:STUDIED]):
        if one.worth.value > 0 and is_share(world.setting.evidence, one.key, world.values[one.name]):
            order[n] = replace(one, studies=_studies(benefit, world.values[one.name], one.worth, sizes, draws.seed))
    return ToLearn(names, names[best(benefit)], perfect_information(benefit), chance, tuple(order))


def study_sizes(evidence: Evidence) -> tuple[int, ...]:
    """Return how many people a local count can look at, the smallest first."""
    row = evidence[SIZES]
    return tuple(sorted({round(size) for size in (row.low, row.mean, row.high)}))


def is_share(evidence: Evidence, key: str, values: Floats) -> bool:
    """Return whether an input is a share of people or cases, so that counting them tells it as a draw of lots would."""
    return evidence[key].unit in SHARES and bool((values >= 0).all() and (values <= 1).all())


def _studies(
    benefit: Floats, share: Floats, known: Worth, sizes: Sequence[int], seed: int
) -> tuple[tuple[int, Worth], ...]:
    """Return what a count of each size is worth; never more than knowing the share itself."""
    told = sample_information(benefit, share, shares_seen(share, sizes, seed)).studies
    return tuple((size, Worth(min(one.value, known.value), one.error)) for size, one in zip(sizes, told, strict=True))


def worth_to_each(
    world: World, tried: Sequence[Tried], common: Common, found: Found, learned: ToLearn, seed: int
) -> ToLearn:
    """Return what there is to learn with what it is worth to each stakeholder that has weights on the map.

    Args:
        world: as ``what_to_learn``.
        tried: as ``what_to_learn``.
        common: the stakeholders, with their weights. found: each value's own best.
        learned: of ``what_to_learn``; its inputs that are worth most are asked.
        seed: of the inputs that are made up to see what chance earns.
    """
    best = found.ideals.best[found.ideals.surface.indices(common.values)]
    shares = shares_by_draw(world, tried, dict(zip(common.values, best.tolist(), strict=True)))
    names = [one.name for one in learned.inputs[:STUDIED]]
    whom = []
    for held in common.held:
        if held.weights is None or not names:
            continue
        at = [common.values.index(name) for name in held.weights.values]
        middle = np.tensordot(held.weights.centre, shares[at], axes=1)
        worths = {name: partial_information(middle, world.values[name]).value for name in names}
        most = max(worths, key=lambda name: worths[name])
        span = over_weights(shares[at], held.weights.corners, world.values[most])
        chance = by_chance(middle, seed, len(names), SILENT)
        who = held.asked.stakeholder.key
        whom.append(ToWhom(who, perfect_information(middle), chance, most, worths[most], span))
    return replace(learned, whom=tuple(whom))


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
