"""Votes on statements, by group: who agrees with what, what marks a group out, and what all groups share.

A vote is 1 (agree), -1 (disagree), 0 (seen and passed) or nan (not seen). Groups are *given*, for instance by role on
a board; people are not clustered: among fewer than about twenty, clusters are noise, and the votes of people by
statements are shown. With n votes of a group on a statement, n_v of them of kind v, and a prior p::

    P_v(g, s) = (n_v + p) / (n + 2 p)             R_v(g, s) = P_v(g, s) / P_v(all others, s)

Two ways to say how far *all* groups share a statement. Every result names the one it was made by:

* "product": the product over groups of P_v, p = 1. It is what Polis did first; with four groups or more hardly any
  statement can reach a half.
* "geometric": the geometric mean over groups of P_v (1 - P_other), p = 1/2: does not shrink with more groups, and a
  vote against counts. The default. (red-dwarf pull requests 118 and 120, 2026.)

Source: knowledge/deciding.md 2d; compdemocracy.org; the numbers of red-dwarf 0.4.0 (tests).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bothand.engine.arrays import Bools, Floats

Way = Literal["product", "geometric"]
PRIORS: dict[Way, float] = {"product": 1, "geometric": 0.5}
AGREE, DISAGREE = 0, 1  # MATH: positions of the two kinds of votes


@dataclass(frozen=True, eq=False)
class Opinions:
    """What groups make of statements. Axis letters: V kinds of votes (agree, disagree), G groups, S statements.

    Attributes:
        groups: their labels, in rising order.
        way: the version of the arithmetic.
        seen: (G, S) votes cast, passes counted.
        share: (V, G, S) P, the smoothed share of a group that votes so.
        marks: (V, G, S) R, above 1 where a group votes so more often than all others; nan with one group only.
        shared: (V, S) how far all groups share it; nan for statements on which a group cast too few votes.
    """

    groups: tuple[int, ...]
    way: Way
    seen: Floats
    share: Floats
    marks: Floats
    shared: Floats


def opinions(votes: npt.ArrayLike, groups: npt.ArrayLike, least: int = 1, way: Way = "geometric") -> Opinions:
    """Describe the votes of given groups.

    Args:
        votes: (P, S) of P people on S statements: 1, -1, 0 or nan.
        groups: (P,) whole numbers, the group of each person.
        least: votes that every group must have cast on a statement before it can be said to be shared by all.
        way: how groups are put together.

    Raises:
        ValueError: votes of another kind, or people without a group.
    """
    cast, labels = np.asarray(votes, dtype=np.float64), np.asarray(groups)
    if cast.ndim != 2 or labels.shape != cast.shape[:1] or not cast.size:
        raise ValueError(f"give votes of people on statements, and one group each; found {cast.shape}, {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError("name the group of each person by a whole number")
    if not (np.isnan(cast) | np.isin(cast, (-1, 0, 1))).all():
        raise ValueError("a vote is 1 (agree), -1 (disagree), 0 (passed) or nan (not seen)")
    if way not in PRIORS:
        raise ValueError(f"there is no way '{way}'; known: {', '.join(PRIORS)}")
    names = np.unique(labels)
    of_group = labels == names[:, None]  # (G, P)
    share, marks = _share(cast, of_group, PRIORS[way]), np.full((2, len(names), cast.shape[1]), np.nan)
    if len(names) > 1:
        marks = share / _share(cast, ~of_group, PRIORS[way])
    seen = of_group.astype(np.float64) @ ~np.isnan(cast)
    shared = np.where((seen >= least).all(axis=0), _shared(share, way), np.nan)
    return Opinions(tuple(int(name) for name in names), way, seen, share, marks, shared)


def _share(cast: Floats, of_group: Bools, prior: float) -> Floats:
    """Return the smoothed share (V, G, S) of people of each group who vote so."""
    among = of_group.astype(np.float64)
    voted = np.stack([among @ (cast == 1), among @ (cast == -1)])
    return np.asarray((voted + prior) / (among @ ~np.isnan(cast) + 2 * prior))


def _shared(share: Floats, way: Way) -> Floats:
    """Return how far all groups share a statement, (V, S)."""
    if way == "product":
        return np.asarray(share.prod(axis=1))
    return np.asarray(np.exp(np.log(share * (1 - share[[DISAGREE, AGREE]])).mean(axis=1)))
