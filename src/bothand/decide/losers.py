"""Who gains, gains least, loses, or cannot be told, and whether anyone is worse off.

"Loses" and "gains least" are different words. Intervals hold 19 in 20 draws (2.5 % to 97.5 %, linear quantiles).
Gains are paired: the same draw is the same world under every plan. Axis letters: G groups, D draws.
Source: DESIGN 6 and 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bothand.decide.surfaces import Floats
from bothand.words import PEOPLE

Verdict = Literal["gains", "gains_least", "loses", "cannot_tell"]

NINETEEN_IN_TWENTY = (0.025, 0.975)  # MATH: quantiles of the interval that holds 19 in 20 draws
LEAST_RUNS = 16  # UNIT: draws below which no verdict is given
SMALLEST_MARGIN = 1e-6  # MATH: a margin is never zero, also for a group that is nearly empty


@dataclass(frozen=True)
class GroupVerdict:
    """One group under one plan against one reference; mean, low and high in the unit of the gains given."""

    group: str
    verdict: Verdict
    mean: float
    low: float
    high: float
    share_not_worse: float

    @property
    def below_zero(self) -> bool:
        """True when the whole interval lies below zero, whatever the margin."""
        return self.high < 0


def range_of(values: Floats) -> tuple[float, float]:
    """Return the ends of 19 in 20 values (D,): what ``np.quantile`` says of ``NINETEEN_IN_TWENTY``, to the bit.

    A report asks this of tens of thousands of short rows, of which each would cost ``np.quantile`` more than sorting.
    """
    ordered = np.sort(values)
    low, high = (_between(ordered, (len(ordered) - 1) * part) for part in NINETEEN_IN_TWENTY)
    return low, high


def told(differences: Floats) -> bool:
    """Say whether there are runs enough (``LEAST_RUNS``) and 19 in 20 differences (D,) lie on one side of zero."""
    low, high = range_of(differences)
    return len(differences) >= LEAST_RUNS and (low > 0 or high < 0)


def _between(ordered: Floats, place: float) -> float:
    """Return the value at a place between two of rising values, on the line from the nearer of them; nan if one is."""
    if np.isnan(ordered[-1]):
        return float("nan")
    below = int(place)
    a, b = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    share = place - below
    return b - (b - a) * (1 - share) if share >= 0.5 else a + (b - a) * share


def per_thousand(gains: npt.ArrayLike, people: npt.ArrayLike) -> Floats:
    """Gains per 1,000 people of each group.

    Args:
        gains: (G, D) totals.
        people: (G,) or (G, D) people of the group on day one (for those who start later: status-quo starters).

    Raises:
        ValueError: a group of nobody.
    """
    totals = np.asarray(gains, dtype=np.float64)
    heads = np.asarray(people, dtype=np.float64)
    heads = heads[:, None] if heads.ndim == 1 else heads
    if not (heads > 0).all():
        raise ValueError("a group of nobody has no gain per person")
    return totals / heads * PEOPLE


def margins(levels: npt.ArrayLike, share: float) -> Floats:
    """Non-inferiority margins: a declared share of each group's mean status-quo level, (G,) in the unit of the levels.

    Args:
        levels: (G, D) status-quo levels.
        share: declared share, above zero.

    Raises:
        ValueError: a share that is not above zero: margins are declared and never zero. A group whose level is zero
            has the smallest margin.
    """
    if not share > 0:
        raise ValueError(f"the share of a margin must be above zero; found {share}")
    found: Floats = share * np.abs(np.asarray(levels, dtype=np.float64).mean(axis=1))
    return np.maximum(found, SMALLEST_MARGIN)


def _declared(found: Floats) -> Floats:
    """Refuse margins that are not above zero."""
    if not (found > 0).all():
        raise ValueError(f"every margin must be above zero; found {found.tolist()}")
    return found


def no_group_worse(gains: npt.ArrayLike, worse_by: npt.ArrayLike) -> float:
    """Share of draws in which no group at all is worse off by more than its margin (jointly, not group by group).

    Args:
        gains: (G, D) gains against the reference.
        worse_by: (G,) margins above zero, in the units of the gains.
    """
    allowed = _declared(np.asarray(worse_by, dtype=np.float64))
    return float(np.mean((np.asarray(gains, dtype=np.float64) >= -allowed[:, None]).all(axis=0)))


def no_group_worse_than_any(gains: npt.ArrayLike, worse_by: npt.ArrayLike) -> float:
    """Share of draws in which no group at all is worse off than under *any* of several references, all jointly.

    It is at most the least of the shares that ``no_group_worse`` finds for each, and may be well below it: the draws in
    which a plan fails one reference need not be those in which it fails another.

    Args:
        gains: (R, G, D) gains against each of R references, and by each indicator where more than one is judged.
        worse_by: (G,) or (R, G) margins above zero, in the units of the gains.
    """
    drawn = np.asarray(gains, dtype=np.float64)
    allowed = np.broadcast_to(np.asarray(worse_by, dtype=np.float64), drawn.shape[:-1])
    return no_group_worse(drawn.reshape(-1, drawn.shape[-1]), allowed.reshape(-1))


def verdicts(groups: Sequence[str], gains: npt.ArrayLike, worse_by: npt.ArrayLike) -> tuple[GroupVerdict, ...]:
    """Say of every group whether it gains, gains least, loses, or cannot be told.

    Rules, in this order: with fewer than ``LEAST_RUNS`` draws *cannot tell*; *loses* if the whole interval lies below
    zero and the mean loss is at least the margin; *gains* if the whole interval lies above zero; else *cannot tell* (an
    interval that touches zero, or a loss smaller than the margin). Among two or more groups that gain, the one with the
    smallest mean *gains least*; a lone gainer gains, and no one gains least of equals.

    Args:
        groups: G names.
        gains: (G, D) gains per 1,000 people of the group, against one reference.
        worse_by: (G,) margins, per 1,000 as well.
    """
    drawn = np.asarray(gains, dtype=np.float64)
    allowed = _declared(np.asarray(worse_by, dtype=np.float64))
    low, high = np.quantile(drawn, NINETEEN_IN_TWENTY, axis=1)
    mean = drawn.mean(axis=1)
    gaining = np.flatnonzero(low > 0)
    least = _least(mean, gaining)
    out = []
    for g, group in enumerate(groups):
        verdict: Verdict = "cannot_tell"
        if drawn.shape[1] >= LEAST_RUNS:
            if high[g] < 0 and mean[g] <= -allowed[g]:
                verdict = "loses"
            elif low[g] > 0:
                verdict = "gains_least" if g == least else "gains"
        kept = float(np.mean(drawn[g] >= -allowed[g]))
        out.append(GroupVerdict(group, verdict, float(mean[g]), float(low[g]), float(high[g]), kept))
    return tuple(out)


def _least(mean: Floats, gaining: npt.NDArray[np.intp]) -> int | None:
    """Position of the one group with the smallest mean among two or more that gain."""
    if len(gaining) < 2:
        return None
    order = gaining[np.argsort(mean[gaining], kind="stable")]
    return int(order[0]) if mean[order[0]] < mean[order[1]] else None
