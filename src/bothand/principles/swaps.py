"""Equal worth as a permutation test: two people with the same life-years swap their use status; no value may move.

A life-year is given to one person of one day-one group, then to one of another, all else as it was, and every value is
reckoned anew. The largest difference between any two groups is the gap: zero when a life-year counts the same whoever
lives it. Source: DESIGN 9, rule 6; essay E21.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bothand.outcomes.indicators import Run, Scales, gains
from bothand.outcomes.ledger import Ledger

LIVED = "alive"
ROUNDING = 1e-9  # MATH: values differ by this share of themselves by order of addition alone


def swap_gap(run: Run, quo: Run, scales: Scales, quality: str) -> float:
    """Return the largest change of any value, of one draw, when the life-year of one person becomes another's."""
    found = [gains(replace(run, main=_with_a_year(run.main, group)), quo, scales, quality) for group in quo.main.groups]
    gap = 0.0
    for name, first in found[0].items():
        for other in found[1:]:
            apart = np.abs(other[name] - first)
            gap = max(gap, float(np.max(np.where(apart > ROUNDING * np.maximum(np.abs(first), 1), apart, 0))))
    return gap


def _with_a_year(ledger: Ledger, group: str) -> Ledger:
    """Return a ledger in which one person of a group lives one year more, at every horizon."""
    lived = ledger.values[LIVED].copy()
    lived[:, :, ledger.groups.index(group)] += 1
    return replace(ledger, values={**ledger.values, LIVED: lived})
