"""What many people come to: the mean of a total, its standard error, how people differ; ratios of two totals."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bothand.engine.arrays import Floats


@dataclass(frozen=True)
class Spread:
    """The mean of people who were followed, its Monte Carlo standard error, and their standard deviation."""

    mean: float
    mcse: float
    sd: float


def spread(totals: Floats) -> Spread:
    """Return what totals of independent people (P,) come to. Raises ValueError for fewer than two people."""
    if len(totals) < 2:
        raise ValueError("at least two people are needed to say how people differ.")
    sd = float(totals.std(ddof=1))
    return Spread(float(totals.mean()), sd / math.sqrt(len(totals)), sd)


def ratio(cost: Floats, effect: Floats) -> tuple[float, float]:
    """Return mean cost by mean effect of the same people (P,), and its Monte Carlo standard error.

    With ratio R the error is that of the mean of (cost - R effect) / mean effect (the delta method).
    """
    mean = float(effect.mean())
    if mean == 0:
        raise ValueError("there is no ratio: the effect is 0 on average.")
    found = float(cost.mean()) / mean
    return found, abs(spread(cost - found * effect).mcse / mean)
