"""Equal worth: healthy life-years (evLY) in which a life saved counts the same whoever lives it.

evLY of plan x against the status quo 0, per group (DESIGN 6)::

    evLY = weight * (LY_x - LY_0) + (q_held(x) - q_held(0)) * LY_0

q_held is the mean quality of life in a twin run that takes every death path at the status quo's probabilities, so
who dies cannot change it. The weight (0.851) is a quantity with a source. A difference, never a level.
"""

from __future__ import annotations

import numpy as np

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
