"""Which plan is best when costs and effects are uncertain: acceptability, the price of not knowing, the best by worth.

With ``worth`` of one unit of effect, a plan's net benefit in a draw is ``worth * effect - cost``. Source: standard;
reference case d09.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bothand.world.language.expression import number_text

Floats = npt.NDArray[np.float64]


def net_benefit(costs: npt.ArrayLike, effects: npt.ArrayLike, worth: float) -> Floats:
    """Return the net benefit of P plans in D draws, (P, D). Raises ValueError for other shapes or infinite numbers."""
    cost, effect = np.asarray(costs, dtype=np.float64), np.asarray(effects, dtype=np.float64)
    if cost.ndim != 2 or cost.shape != effect.shape or not cost.size:
        raise ValueError("give one cost and one effect for every plan and draw")
    found = worth * effect - cost
    if not np.isfinite(found).all():
        raise ValueError("costs and effects must be finite numbers")
    return np.asarray(found)


def acceptability(benefit: Floats) -> Floats:
    """Return the share of draws in which each plan is best, (P,); plans that are equally good share a draw."""
    best = benefit == benefit.max(axis=0)
    return np.asarray((best / best.sum(axis=0)).mean(axis=1))


def perfect_information(benefit: Floats) -> float:
    """Return EVPI: how much better it is, on average, to choose in every draw than once for all of them; never < 0."""
    return max(float(benefit.max(axis=0).mean() - benefit.mean(axis=1).max()), 0.0)


def best(benefit: Floats) -> int:
    """Return the plan that is best on average over draws; of equals, the one listed first."""
    return int(np.argmax(benefit.mean(axis=1)))


def stretches(worths: Sequence[float], names: Sequence[str]) -> dict[str, str]:
    """Return which name holds over which stretch of rising worths, the stretch in words.

    Such as "below 80000", "80000 to 115000", "120000 and above": the first is named by the point at which the second
    begins. A name that holds everywhere is at "any".
    """
    starts = [i for i in range(len(names)) if i == 0 or names[i] != names[i - 1]]
    found = {}
    for begin, after in zip(starts, [*starts[1:], len(names)], strict=True):
        if begin == 0:
            words = f"below {number_text(worths[after])}" if after < len(names) else "any"
        elif after == len(names):
            words = f"{number_text(worths[begin])} and above"
        else:
            words = f"{number_text(worths[begin])} to {number_text(worths[after - 1])}"
        found[words] = names[begin]
    return found
