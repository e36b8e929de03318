"""A position's weights drawn over trees of values: families as the values' own files say, and directions.

Three values that the simulation cannot tell apart are one direction under three names. Drawn evenly over names, it
votes three times. So a position's weights are drawn twice more: with an equal voice for each family of values, and for
each direction (a cluster of values that move together over random plans; a value on no map stands alone). Where the
plan that comes first is another one, the answer hangs on how values are counted. Source: DESIGN 7 and 8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bothand.decide.ideals import Ideals
from bothand.decide.likeness import over_random_plans
from bothand.decide.weights import WeightSet, acceptability, sample_by_family, split_bias
from bothand.engine.arrays import Floats
from bothand.experiments.search import SECOND_LINES
from bothand.world.stakeholders import Weighed, families_of

Tree = Literal["families", "directions"]
FAMILIES: Tree = "families"
DIRECTIONS: Tree = "directions"
Trees = Mapping[Tree, Mapping[str, str]]
"""Tree -> value -> its family in that tree."""


@dataclass(frozen=True, eq=False)
class Voice:
    """One position's weights drawn over one tree.

    Attributes:
        ranks: (P, P) share of weights (and draws) in which each plan has each rank.
        excess: family -> how much more weight it has when names are counted; a share of all weight.
    """

    ranks: Floats
    excess: Mapping[str, float]


def trees_of(weighed: Weighed, names: Mapping[str, str], ideals: Ideals, seed: int) -> dict[Tree, dict[str, str]]:
    """Return the tree of families and the tree of directions.

    Args:
        weighed: every value that has a weight, alone or with its family.
        names: value -> objective, of the values on the map.
        ideals: the curves, and which objectives have room. seed: of the random plans.
    """
    objectives = list(dict.fromkeys([*names.values(), *(o for o in SECOND_LINES if o in ideals.members)]))
    found = over_random_plans(ideals.surface, objectives, ideals.budget, seed)
    directions: dict[str, str] = {}
    for cluster in found.clusters:
        together = [value for value in names if names[value] in cluster]
        directions |= dict.fromkeys(together, together[0] if together else "")
    return {FAMILIES: families_of(weighed), DIRECTIONS: directions}


def voices(z: Floats, weights: WeightSet, evenly: Floats, trees: Trees, seed: int) -> dict[Tree, Voice]:
    """Return a position's ranks over each tree.

    Args:
        z: (D, P, n) what every plan gives each value on the map.
        weights: the position's set, on the map. evenly: (N, m) weights over all values, drawn evenly from the set.
        trees: which families there are. seed: of the weights.
    """
    whole = weights.whole or weights
    found: dict[Tree, Voice] = {}
    for tree, families in trees.items():
        drawn = sample_by_family(whole, families, len(evenly), seed)
        excess = split_bias(whole.values, families, evenly, drawn)
        found[tree] = Voice(acceptability(z, weights.brought(drawn)).ranks, excess)
    return found


def first_of(ranks: Floats, plans: Sequence[str]) -> str:
    """Return the plan that most often comes first."""
    return plans[int(ranks[:, 0].argmax())]
