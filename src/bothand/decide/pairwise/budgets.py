"""The map against budgets, from a tenth to ten times today's.

Two questions. *Ideals fixed*: which share of what each would get alone from **today's** money can one plan give every
member at once, with b times today's money? It never falls as b grows, and reaches 1 at the price of both/and.
*Collision*: when both favourites **of that budget** are paid in full, what is left undone of what each would get alone
from it? Money cannot end that: it may even grow, as queues fill. Source: DESIGN 8 ("T at a moving budget falls slowly
by construction: plot c and R, and beta with ideals fixed"), knowledge/prototype.md 4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.decide.ideals import Ideals, common, find_ideals
from bothand.decide.pairs import Price, collision
from bothand.decide.ruled.rows import possible
from bothand.decide.surfaces import ROUNDING, Bools, Floats, Surface

BUDGETS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # MATH: budgets that are looked at, as multiples of today's
TODAY = 1.0  # MATH: today's budget among them
TWO_FAVOURITES = 2  # MATH: two favourites of one budget give one service at most twice that budget


@dataclass(frozen=True, eq=False)
class AtBudgets:
    """What one plan can give some objectives at once, budget by budget, with the ideals of today's budget.

    Attributes:
        members: the objectives.
        budgets: (B,) multiples of today's budget.
        shares: (B,) the share of its ideal that the least served member reaches, at most 1; it never falls.
        at_end: (B,) where the plan gives a service all that its curve was measured to, so that more might be possible.
    """

    members: tuple[str, ...]
    budgets: Floats
    shares: Floats
    at_end: Bools


def at_budgets(ideals: Ideals, members: Sequence[str], priced: Price, budgets: Sequence[float] = BUDGETS) -> AtBudgets:
    """Return what one plan can give every member at each budget, ideals fixed at today's.

    Args:
        ideals: today's.
        members: objectives with room.
        priced: their price of both/and: from there on every member has all, and nothing need be solved.
        budgets: multiples of today's budget, in rising order.

    Raises:
        ValueError: budgets that are not above zero and rising.
    """
    multiples = np.asarray(budgets, dtype=np.float64)
    if not (np.diff(multiples, prepend=0) > 0).all():
        raise ValueError(f"budgets must be above zero and rising; found {multiples.tolist()}")
    shares, at_end = np.ones(len(multiples)), np.zeros(len(multiples), dtype=bool)
    most = ideals.surface.dollars[:, -1] * (1 - ROUNDING)
    for n, multiple in enumerate(multiples.tolist()):
        if multiple * ideals.budget >= _enough(ideals, priced) * (1 - ROUNDING):
            break
        found = common(ideals, members, budget=multiple * ideals.budget)
        if found is None:
            shares[n] = 0  # no plan keeps the rules with so little money
            continue
        shares[n], at_end[n] = found.value, (found.plan >= most).any()
    return AtBudgets(tuple(members), multiples, np.maximum.accumulate(shares), at_end)


def _enough(ideals: Ideals, priced: Price) -> float:
    """Return dollars from which on every member has all: where rules shrink with the money, the price itself."""
    return priced.spent if ideals.surface.rules is None else priced.dollars


def collisions(
    surface: Surface, today: Ideals, pairs: Sequence[tuple[str, str]], multiples: Sequence[float] = BUDGETS
) -> Mapping[tuple[str, str], Floats]:
    """Return for each pair what is left undone when both favourites of a budget are paid in full, by budget (B,).

    nan where one of the two has no room at that budget, where no plan of it keeps the rules, or where the curves end
    before what both favourites may spend.

    Args:
        surface: the curves, which may go on beyond those of today's ideals.
        today: today's ideals; at today's budget its favourites stand.
        pairs: names of two objectives each.
        multiples: of today's budget.
    """
    found = {pair: np.full(len(multiples), np.nan) for pair in pairs}
    last = float(surface.dollars[:, -1].min())
    for n, multiple in enumerate(multiples):
        if TWO_FAVOURITES * multiple * today.budget > last * (1 + ROUNDING):
            continue
        if not possible(surface, multiple * today.budget):
            continue
        ideals = today if multiple == TODAY else find_ideals(surface, multiple * today.budget)
        for (a, b), levels in found.items():
            if {a, b} <= set(ideals.members):
                levels[n] = collision(ideals, a, b)
    return found
