"""From a chance tree to people: how many start where, and what the way there gave.

Whatever the values of draws: chances below 0 or above 1, and forks whose ways do not add up to 1, are refused.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bothand.engine.arrays import Floats
from bothand.faults import FaultsFound
from bothand.world.language.tree import TreeNodes
from bothand.world.model import ModelSpec

ROUNDING = 1e-9  # MATH: the ways of a fork may miss 1 by this much


def started(
    spec: ModelSpec, tree: TreeNodes, values: Mapping[int, Floats], size: int
) -> tuple[Floats, dict[str, Floats]]:  # fmt: skip
    """Return the shares of people who start in each of ``size`` compartments, (N, D), and what each reward gets, (D,).

    ``values`` holds every node of the tree, axes (1, 1, D or 1). Raises FaultsFound.
    """
    faults = []
    for name, node, where in tree.ways:
        chance = values[node]
        if not ((chance >= -ROUNDING) & (chance <= 1 + ROUNDING)).all():
            worst = chance.flat[np.nanargmax(np.abs(chance - 1 / 2))] if np.isfinite(chance).any() else np.nan
            faults.append(spec.fault(f"the chance of '{name}' is {worst:.6g}.", where))
    for name, node, where in tree.forks:
        if not (np.abs(values[node] - 1) <= ROUNDING).all():
            worst = values[node].flat[np.argmax(np.abs(values[node] - 1))]
            faults.append(spec.fault(f"the ways of the fork '{name}' add up to {worst:.6g}, not to 1.", where))
    if faults:
        raise FaultsFound(list(dict.fromkeys(faults)))
    given = {reward: values[node].reshape(-1) for reward, node in tree.gives.items()}
    draws = max([values[node].size for node in tree.people.values()] + [x.size for x in given.values()], default=1)
    people = np.zeros((size, draws))
    for compartment, node in tree.people.items():
        people[compartment] = np.maximum(values[node].reshape(-1), 0)
    return people, given
