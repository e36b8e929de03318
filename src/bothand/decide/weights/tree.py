"""Weights drawn over a tree of families, so that a direction with three names does not vote three times.

Drawn evenly over values, a family's weight grows with the number of its names. Here each family is drawn first, evenly
over all ways to share weight among families, then the values inside each of them. In weights w with family sums W_f of
n_f values the density is ::

    p(w)  ~  product over families f of  W_f ** (1 - n_f)        on the set, 0 elsewhere

What a stakeholder says is kept: the tree only says what is alike likely before anything is said. A tree of one value a
family, or of one family, is the even draw (``sample``). A full set is walked by hit-and-run in turn over the families'
weights, the shares inside them held, and over the shares, the families' weights held: along either line the density is
even. A flat set is walked along its own lines, each step taken or not by Metropolis' rule. Source: DESIGN 8;
Dirichlet trees and hit-and-run are standard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from bothand.decide.surfaces import Floats
from bothand.decide.weights.biases import splitting_excess
from bothand.decide.weights.polytope import WeightSet
from bothand.decide.weights.sampling import BEFORE, BETWEEN, CHAINS, along, axes_of, sample

Places = npt.NDArray[np.intp]


def sample_by_family(weights: WeightSet, families: Mapping[str, str], count: int, seed: int) -> Floats:
    """Draw weights over a tree of families from a set.

    Args:
        weights: the set; one brought onto a map is drawn from over all values first.
        families: value -> its family; a value that is not named stands alone.
        count: how many, N.
        seed: the same seed gives the same weights.

    Returns:
        (N, n) weights over the set's values.
    """
    whole = weights.whole or weights
    places = _places(whole.values, families)
    sizes = np.bincount(places)
    if len(sizes) == 1 or (sizes == 1).all():
        return sample(weights, count, seed)
    rng = np.random.default_rng(seed)
    axes = axes_of(whole.corners)
    if not len(axes):
        return weights.brought(np.repeat(whole.corners[:1], count, axis=0))
    full = len(axes) == len(whole.values) - 1
    member = np.eye(len(sizes))[places]
    matrix = np.concatenate([whole.rows, np.eye(len(whole.values))])
    least = np.concatenate([whole.least, np.zeros(len(whole.values))])
    here = rng.dirichlet(np.ones(len(whole.corners)), min(CHAINS, count)) @ whole.corners
    taken: list[Floats] = []
    steps = BEFORE * len(axes)
    while len(taken) * len(here) < count:
        for _ in range(steps):
            if full:
                here = along(here, _over_families(here, member, rng), matrix, least, rng)
                here = along(here, _inside_families(here, member, rng), matrix, least, rng)
            else:
                there = along(here, rng.standard_normal((len(here), len(axes))) @ axes, matrix, least, rng)
                here = _taken_or_not(here, there, member, rng)
        taken.append(here)
        steps = BETWEEN * len(axes)
    return weights.brought(np.asarray(np.concatenate(taken)[:count]))


def split_bias(
    values: Sequence[str], families: Mapping[str, str], evenly: Floats, by_family: Floats
) -> dict[str, float]:
    """Return what each family gains in weight for having many names alone: the splitting excess of its values.

    Args:
        values: n names. families: value -> its family; a value that is not named stands alone, under its own name.
        evenly: (N, n) weights drawn evenly over values. by_family: (N, n) weights of the same set, drawn over the tree.

    Returns:
        Family -> excess, a share of all weight; they sum to 0. Below 0: it loses by having few names.
    """
    flat, tree = evenly.mean(axis=0), by_family.mean(axis=0)
    names = [families.get(value, value) for value in values]
    inside = {family: [name == family for name in names] for family in dict.fromkeys(names)}
    return {family: splitting_excess(flat[own], float(tree[own].sum())) for family, own in inside.items()}


def _places(values: Sequence[str], families: Mapping[str, str]) -> Places:
    """The number of each value's family, (n,)."""
    names = [("family", families[value]) if value in families else ("alone", value) for value in values]
    return np.array([list(dict.fromkeys(names)).index(name) for name in names], dtype=np.intp)


def _over_families(here: Floats, member: Floats, rng: np.random.Generator) -> Floats:
    """A random way to shift weight between families, the shares inside each held, (C, n).

    ``member`` (n, F): 1 for each value in its family, else 0; so here and below.
    """
    sums = here @ member
    ways = rng.standard_normal(sums.shape)
    ways -= ways.mean(axis=1, keepdims=True)
    of_value = sums @ member.T
    shares = np.divide(here, of_value, out=np.zeros_like(here), where=of_value > 0)
    return np.asarray((ways @ member.T) * shares)


def _inside_families(here: Floats, member: Floats, rng: np.random.Generator) -> Floats:
    """A random way to shift weight inside families, the weight of each held, (C, n)."""
    ways = rng.standard_normal(here.shape)
    means = (ways @ member) / member.sum(axis=0)
    return np.asarray(ways - means @ member.T)


def _taken_or_not(here: Floats, there: Floats, member: Floats, rng: np.random.Generator) -> Floats:
    """Go where the density is higher, and where it is lower as often as it is so."""
    fewer = 1 - member.sum(axis=0)
    tiny = np.finfo(np.float64).tiny
    before, after = (np.log(np.maximum(w @ member, tiny)) @ fewer for w in (here, there))
    goes = np.log(rng.random(len(here))) < after - before
    return np.asarray(np.where(goes[:, None], there, here))
