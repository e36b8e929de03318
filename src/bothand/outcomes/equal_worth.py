"""Equal worth: healthy life-years (evLY) in which a life saved counts the same whoever lives it.

evLY of plan x against the status quo 0, per group (DESIGN 6)::

    evLY = weight * (LY_x - LY_0) + (q_held(x) - q_held(0)) * LY_0

q_held is the mean quality of life in a twin run that takes every death path at the status quo's probabilities, so
who dies cannot change it. The weight (0.851) is a quantity with a source. A difference, never a level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.engine.arrays import Floats
from bothand.outcomes.ledger import Ledger


def held_quality(twin: Ledger, quality: str) -> Floats:
    """Return mean quality of life (H, D, O) of a twin run; zero where a group has no person-years."""
    return ratio(twin.values[quality], twin.values["alive"])


def ratio(top: Floats, bottom: Floats) -> Floats:
    """Return top / bottom with 0 where bottom is 0."""
    return np.asarray(np.divide(top, bottom, out=np.zeros_like(top), where=bottom != 0))


def quality_gain(twin: Ledger, quo: Ledger, quality: str) -> Floats:
    """Return (q_held(x) - q_held(0)) * LY_0, deaths held: (H, D, O)."""
    return np.asarray((held_quality(twin, quality) - held_quality(quo, quality)) * quo.values["alive"])


def healthy_life_years(main: Ledger, twin: Ledger, quo: Ledger, weight: Floats, quality: str) -> Floats:
    """Return evLY gained against the status quo (H, D, O); ``weight`` (D,) is the quality of a life-year saved."""
    saved = main.values["alive"] - quo.values["alive"]
    return np.asarray(weight[:, None] * saved + quality_gain(twin, quo, quality))


def held_burden(twin: Ledger, quo: Ledger, cost: str) -> Floats:
    """Return -(c_held(x) - c_held(0)) * LY_0: a burden per person-year lived, deaths held (H, D, O).

    Positive when the plan lowers the burden. People who are kept alive can never raise it.
    """
    return np.asarray(-(held_quality(twin, cost) - held_quality(quo, cost)) * quo.values["alive"])


@dataclass(frozen=True, eq=False)
class Gained:
    """What a change brings, counted in three ways, to be printed side by side: (...) years each.

    With a weight below 1, people whose quality is above it have fewer evLY than QALYs; life-years lead.
    """

    life_years: Floats
    qalys: Floats
    evlys: Floats


def gained(
    alive_before: npt.ArrayLike,
    alive_after: npt.ArrayLike,
    quality_before: npt.ArrayLike,
    quality_after: npt.ArrayLike,
    weight: float,
) -> Gained:
    """Return life-years, QALYs and evLY gained by the published formula, from curves of survival and quality.

    ``QALY = sum_t (S1 - S0) Q1 + S0 (Q1 - Q0)``; in ``evLY`` the first Q1 is ``weight``: a year of life gained counts
    the same at any quality. A run of the model has ``healthy_life_years`` instead: there quality is that of a twin
    with the same deaths, since people who are saved change the mean of those alive.

    Args:
        alive_before, alive_after: (..., T) people alive in each year, without and with the change.
        quality_before, quality_after: (..., T) or one number: quality of a year, 0 to 1.
        weight: quality of a year of life gained: 0.851 for evLY, 1 by Nord et al. 1999.

    Source: Campbell, Whittington and Pearson 2023, Value Health 26:147-155.
    """
    s0, s1, q0, q1 = (
        np.asarray(x, dtype=np.float64) for x in (alive_before, alive_after, quality_before, quality_after)
    )
    more, better = s1 - s0, s0 * (q1 - q0)
    return Gained(
        np.asarray(more.sum(axis=-1)),
        np.asarray((more * q1 + better).sum(axis=-1)),
        np.asarray((more * weight + better).sum(axis=-1)),
    )
