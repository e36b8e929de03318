"""Stakeholders beside the plans: what each would choose, where they truly disagree, and what all could live with.

What plans do is the full model's: ``z[draw, plan, value]``, the gain against no new money as a share of the most that
this money could do for the value. Common ground is sought on the curves, and its plan is run once in the full model.
Curves that miss being concave by little are smoothed for that search (``SMOOTHED``): it then asks for few mixed-integer
programmes, and what the smoothing adds is inside the gap that the full model's run shows. Regret is against every
affordable plan of the curves and every plan that was run. Source: knowledge/deciding.md 2 (b), 4 (v) to (vii).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from bothand.decide.both_and import surrogate_error
from bothand.decide.ideals import Ideals
from bothand.decide.surfaces import Bools, concave
from bothand.decide.weights import (
    Acceptability,
    CommonGround,
    Disagreement,
    WeightSet,
    acceptability,
    always_better,
    bests_at,
    common_ground,
    disagreement,
    floors,
    opposed,
    position_weights,
    potentially_optimal,
    regrets_in_draws,
    sample,
)
from bothand.engine.arrays import Floats
from bothand.experiments.curves import Curves, evaluate_draws, objectives
from bothand.experiments.plans import Tried, in_first_draws, try_dollars
from bothand.experiments.positions.voices import Tree, Trees, Voice, trees_of, voices
from bothand.experiments.search import Found, whole_hundreds
from bothand.experiments.worlds import World
from bothand.faults import Fault, FaultsFound
from bothand.keys import THREE_YEARS
from bothand.world.stakeholders import Consulted, Weighed

COMMON = "common_ground"
WEIGHTS = 4_096  # MATH: weights drawn from every set; a share of a half is then known within 0.02
SMOOTHED = 0.02  # MATH: share of a value's largest gain by which a curve may lie under its envelope and be smoothed


@dataclass(frozen=True, eq=False)
class Held:
    """One stakeholder beside the plans.

    Attributes:
        asked: who it is, and how its file is sealed.
        weights: its weights over the values on the map; None when it gives none of them any weight.
        chosen: ranks, central weights and confidence of the P plans over its weights and all draws; None as above.
        best: (P,) whether the plan is the best of them at one of its weights at least, by the means of all draws.
        regrets: (P,) largest regret of every plan, by the means of the few draws that the curves have.
        voices: tree -> the same ranks with an equal voice for each of its families; empty where weights are None.
        always: (P, P) whether the first plan is never worse than the second and better at some of its weights, by the
            means of all draws; empty where weights are None.
    """

    asked: Consulted
    weights: WeightSet | None
    chosen: Acceptability | None
    best: Bools
    regrets: Floats
    voices: Mapping[Tree, Voice] = field(default_factory=dict)
    always: Bools = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))


@dataclass(frozen=True)
class Apart:
    """Two stakeholders, by key: pairs of plans that they order the opposite way at every weight, and at nearly all."""

    first: str
    second: str
    always: Disagreement
    nearly: Disagreement


@dataclass(frozen=True, eq=False)
class Common:
    """What stakeholders would choose, and what all could live with.

    Attributes:
        plans: P keys of the plans that stand beside each other. values: n objectives on the map.
        held: by stakeholder. apart: by pair of stakeholders with weights on the map.
        ground: on the curves; None when nobody has weights on the map.
        yearly: (I,) dollars a year of the plan that was run, in whole hundreds.
        floors: (I,) least dollars a year that each of them would keep, whoever of them decided.
        regrets: by stakeholder, regret of that plan in the full model.
        gap: largest difference of curves and full model at that plan, in shares of the own best.
        trees: which values are one family, by their files and by what the simulation can tell apart.
        in_draws: by stakeholder, the largest regret of every plan and, last, of that plan, read in every draw of the
            curves (P + 1, D): each chosen once, and so are the weight and what would be chosen instead.
    """

    plans: tuple[str, ...]
    values: tuple[str, ...]
    held: tuple[Held, ...]
    apart: tuple[Apart, ...]
    ground: CommonGround | None = None
    yearly: Floats | None = None
    floors: Floats | None = None
    regrets: Mapping[str, float] | None = None
    gap: float = 0.0
    trees: Trees = field(default_factory=dict)
    in_draws: Mapping[str, Floats] = field(default_factory=dict)


def find_common(
    asked: Sequence[Consulted],
    weighed: Weighed,
    world: World,
    tried: Sequence[Tried],
    curves: Curves,
    found: Found,
    seed: int,
    tell: Callable[[str], None] = lambda words: None,
) -> Common | None:
    """Set stakeholders beside every plan that was run, and look for what all could live with.

    Args:
        asked: the stakeholders. weighed: every value that has a weight, alone or with its family; those that are on no
            map among them.
        world: the worlds in which the first round's money was tried.
        tried: the runs; those of the first round's money are read, that of no new money is left out.
        curves, found: what common ground is sought on, and the ideals. seed: of the weights that are drawn.
        tell: hears what is being run.

    Returns:
        Common; None where no value is on the map, or nobody is asked.

    Raises:
        FaultsFound: a stakeholder's choices between plans contradict what else it says, now that the plans are known.
    """
    members = found.ideals.members
    names = {value: name for value, name in found.keys.items() if name in members}
    runs = [t for t in tried if t.mode == THREE_YEARS and t.plan != world.setting.study.status_quo]
    if not names or not asked or not runs:
        return None
    tell("stakeholders beside the plans")
    values = tuple(dict.fromkeys(names.values()))
    z = shares_of_best(found.ideals, values, [objectives(world, t) for t in runs])
    few = curves.world
    z_few = shares_of_best(found.ideals, values, [objectives(few, in_first_draws(t, few)) for t in runs])
    plans = tuple(t.plan for t in runs)
    by_plan = {
        plan: {value: float(shares[values.index(name)]) for value, name in names.items()}
        for plan, shares in zip(plans, z.mean(axis=0), strict=True)
    }
    sets = _sets(asked, weighed, names, by_plan)
    on_map = {key: weights for key, weights in sets.items() if weights is not None}
    ideals = smoothed(found.ideals)
    bests = {key: bests_at(ideals, weights) for key, weights in on_map.items()}
    most, means = {key: worth for key, (worth, _) in bests.items()}, z_few.mean(axis=0)
    trees = trees_of(weighed, names, found.ideals, seed)
    held = tuple(
        _held(one, sets[one.stakeholder.key], z, means, most.get(one.stakeholder.key), trees, seed) for one in asked
    )
    common = Common(plans, values, held, _apart(held, z.mean(axis=0)), trees=trees)
    if not on_map:
        return common
    tell("what all could live with")
    ground = common_ground(ideals, on_map, most=most)
    yearly = whole_hundreds(ground.plan, ideals.surface.rules)
    reached = objectives(few, try_dollars(few, COMMON, yearly, THREE_YEARS))
    gains = np.array([reached[name].mean() for name in ideals.surface.objectives])
    z_plan = shares_of_best(found.ideals, values, [reached])
    regrets = {key: float(regrets_of(z_plan.mean(axis=0), on_map[key], most[key], means)[0]) for key in on_map}
    shown = np.concatenate([z_few, z_plan], axis=1)
    in_draws = {
        key: regrets_in_draws(
            shown, on_map[key], np.concatenate([shown, shares_on_curves(curves, found, values, best)], 1)
        )
        for key, (_, best) in bests.items()
    }
    gap = surrogate_error(found.ideals, values, yearly, gains)
    return replace(
        common,
        ground=ground,
        yearly=yearly,
        floors=floors(ideals, on_map, most=most),
        regrets=regrets,
        gap=gap,
        in_draws=in_draws,
    )


def smoothed(ideals: Ideals) -> Ideals:
    """Return the same ideals on curves of which those that are nearly concave are made so."""
    return replace(ideals, surface=concave(ideals.surface, SMOOTHED))


def shares_of_best(ideals: Ideals, values: Sequence[str], gains: Sequence[Mapping[str, Floats]]) -> Floats:
    """Return what plans give values on the map, as shares of the own best, (D, P, n), from each plan's gains (D,)."""
    best = [ideals.best[ideals.surface.index(name)] for name in values]
    table = np.array([[one[name] for name in values] for one in gains])  # (P, n, D)
    return np.asarray(np.moveaxis(table, -1, 0) / best)


def shares_on_curves(curves: Curves, found: Found, values: Sequence[str], plans: Floats) -> Floats:
    """Return what plans (Q, I) give values on the curves of every draw, as shares of the own best, (D, Q, n)."""
    surface, ideals = curves.surface, found.ideals
    places = surface.indices(values)
    table = [[evaluate_draws(surface, curves.by_draw[v], plan) / ideals.best[v] for v in places] for plan in plans]
    return np.asarray(np.moveaxis(np.array(table), -1, 0))


def regrets_of(z: Floats, weights: WeightSet, most: Floats, others: Floats) -> Floats:
    """Return the largest regret of plans (P, n) against all affordable plans of the curves and others that were run.

    Args:
        z: what the plans give. weights: a stakeholder's, with K corners.
        most: (K,) the most that any plan of the curves is worth at each corner.
        others: (Q, n) what the plans that were run give; no plan is measured against less than itself.
    """
    worth = weights.corners @ z.T
    best = np.maximum(most, (weights.corners @ others.T).max(axis=1))
    found: Floats = np.maximum(best[:, None] - worth, 0).max(axis=0)
    return found


def _sets(
    asked: Sequence[Consulted],
    weighed: Weighed,
    names: Mapping[str, str],
    gains: Mapping[str, Mapping[str, float]],
) -> dict[str, WeightSet | None]:
    """Return each stakeholder's weights over the values on the map; ``gains``: by plan, by value."""
    sets: dict[str, WeightSet | None] = {}
    faults: list[Fault] = []
    for one in asked:
        try:
            whole = position_weights(one.path, weighed, gains)
        except FaultsFound as found:
            faults += found.faults
            continue
        try:
            sets[one.stakeholder.key] = whole.onto(names)
        except ValueError:  # all of its weight is on values that no map holds
            sets[one.stakeholder.key] = None
    if faults:
        raise FaultsFound(faults)
    return sets


def _held(
    asked: Consulted,
    weights: WeightSet | None,
    z: Floats,
    z_few: Floats,
    most: Floats | None,
    trees: Trees,
    seed: int,
) -> Held:
    """Return one stakeholder beside the plans: z (D, P, n), z_few (P, n), most (K,)."""
    if weights is None or most is None:
        nobody = np.zeros(z.shape[1])
        return Held(asked, None, None, nobody > 0, nobody)
    evenly = sample(weights.whole or weights, max(WEIGHTS, len(z)), seed)
    chosen = acceptability(z, weights.brought(evenly))
    best, always = potentially_optimal(z.mean(axis=0), weights), always_better(z.mean(axis=0), weights)
    heard = voices(z, weights, evenly, trees, seed)
    return Held(asked, weights, chosen, best, regrets_of(z_few, weights, most, z_few), heard, always)


def _apart(held: Sequence[Held], z: Floats) -> tuple[Apart, ...]:
    """Return where every two stakeholders disagree on plans (P, n)."""
    found = []
    for one, other in combinations(held, 2):
        if one.weights is None or other.weights is None or one.chosen is None or other.chosen is None:
            continue
        always = disagreement(z, one.weights, other.weights)
        nearly = opposed(one.chosen, other.chosen)
        found.append(Apart(one.asked.stakeholder.key, other.asked.stakeholder.key, always, nearly))
    return tuple(found)
