"""Carry-over: money that finds no use in one spending period is given again in the next.

For the periods n = 1, 2, ... in order, with b_n the new money of a period and c_n what is carried into it:

    given_n = allot(b_n + c_n)                     by line, as the plan shares money out
    c_(n+1) = what came back of given_n + what the plan gave to no line

A service that used nothing of what it was given so far gives it back whole, so that the same dollar cannot later count
towards its start-up and be given to the next period as well. Summed over periods, new money = spent + left at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Floats

ROUNDING = 1e-9  # MATH: of what was given, within which all of it came back

Allot = Callable[[Floats], tuple[Floats, Floats]]
"""New money (Y, D) to the dollars of services (S, Y, D) and those that are spent outside the model (Y, D)."""
Unspent = Callable[[Floats], Floats]
"""Dollars of services (S, Y, D) to those of each service that come back, over all years (S, D)."""


@dataclass(frozen=True)
class Carried:
    """Dollars with what was carried over in them. ``left`` (D,): what finds no use in the last period either."""

    dollars: Floats  # (S, Y, D)
    outside: Floats  # (Y, D)
    into: Floats  # (P, D) carried into each period; nothing into the first
    left: Floats


def carry_over(allot: Allot, unspent: Unspent, budget: Floats, periods: Sequence[Sequence[int]]) -> Carried:
    """Return the dollars of a plan whose unspent money goes into the next period.

    Args:
        allot: how the plan shares the money of a year out.
        unspent: what comes back of the dollars given so far, zero in later years.
        budget: (Y, D) new money, zero outside the periods.
        periods: positions of the years of each period, in order.
    """
    there: Floats = np.array(budget, dtype=np.float64)
    given, outside = (np.zeros_like(part) for part in allot(there))
    before = np.zeros((given.shape[0], given.shape[2]))
    into = np.zeros((len(periods), there.shape[1]))
    left = np.zeros(there.shape[1])
    for number, years in enumerate(periods):
        inside = list(years)
        shared, gone = allot(there)
        given[:, inside], outside[inside] = shared[:, inside], gone[inside]
        kept = (there - gone - shared.sum(axis=0))[inside].sum(axis=0)
        back, total = unspent(given), given.sum(axis=1)
        unused = back >= total * (1 - ROUNDING)
        given = np.where(unused[:, None, :], 0.0, given)
        returned = np.where(unused, 0.0, back)
        left = kept + (np.where(unused, total, returned) - before).sum(axis=0)
        before = returned
        if number + 1 < len(periods):
            into[number + 1] = left
            there[list(periods[number + 1])] += left / len(periods[number + 1])
    return Carried(given, outside, into, left)
