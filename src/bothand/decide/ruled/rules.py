"""Rules that every searched plan keeps: earmarks and ceilings of services, and a cap on what others are asked for.

A rule is read as a share of the money: with b times the budget, every dollar of it is b times too. So two separate
purses keep the rules as one purse twice as large does, and the price of both/and keeps its meaning: two favourites paid
in full keep the rules of twice the money where what others are asked for adds up.

What others are asked for is a curve of each service alone, and adds up over services, as every gain does. It may bend
either way: where it flattens, as money beyond demand buys nothing, the plans within the cap are no convex set, and the
programme chooses in whole numbers (``decide.programme``). So it is exact on the curves, and no further than they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bothand.engine.arrays import Floats


@dataclass(frozen=True, eq=False)
class Rules:
    """Rules over I services whose curves have L levels.

    Attributes:
        budget: yearly dollars beside which the rules are stated.
        words: (R,) each row in plain words.
        weights, least: (R, I) and (R,): ``weights @ dollars`` a year reaches ``least``; a ceiling is a row below zero.
        cap: dollars a year that others may be asked for at most; inf = no cap.
        asked: (I, L) what others are asked for, dollars a year, with one service alone at each level of its curve.
    """

    budget: float
    words: tuple[str, ...]
    weights: Floats
    least: Floats
    cap: float
    asked: Floats

    @property
    def capped(self) -> bool:
        """Whether there is a cap."""
        return bool(np.isfinite(self.cap))

    def over(self, columns: Sequence[int] | npt.NDArray[np.int_]) -> Rules:
        """Return the same rules over other columns, each one of the services before, by position.

        A service that stands in several columns, run in several ways, keeps its rule in sum.
        """
        return replace(self, weights=self.weights[:, columns], asked=self.asked[columns])

    def beside(self, budget: float) -> Rules:
        """Return the same dollars stated beside another budget."""
        return replace(self, budget=budget)

    def lowest(self) -> Floats:
        """Return the dollars a year that each service alone must get at least (I,)."""
        found = np.zeros(self.weights.shape[1])
        for row, least in zip(self.weights, self.least, strict=True):
            (at,) = np.nonzero(row)
            if len(at) == 1 and row[at[0]] > 0:
                found[at[0]] = max(found[at[0]], least / row[at[0]])
        return found

    def as_plan_stands(self, plan: Floats, asked: float) -> Rules:
        """Return rules by which no change takes a plan further from these than it stands already.

        Args:
            plan: (I,) yearly dollars. asked: what others are asked for under it, by the curves.
        """
        return replace(self, least=np.minimum(self.least, self.weights @ plan), cap=max(self.cap, asked))


def rules_of(
    budget: float,
    least: npt.ArrayLike,
    most: npt.ArrayLike,
    labels: Sequence[str],
    cap: float = np.inf,
    asked: npt.ArrayLike = 0.0,
    levels: int = 1,
) -> Rules:
    """Return rules from the least and most of each service.

    Args:
        budget: yearly dollars. least, most: (I,) yearly dollars; 0 and inf = no rule.
        labels: (I,) the services, for the words. cap, asked: as in ``Rules``. levels: L, where nothing is asked.
    """
    low, high = np.asarray(least, dtype=np.float64), np.asarray(most, dtype=np.float64)
    unit, rows, sides, words = np.eye(len(labels)), [], [], []
    for i, label in enumerate(labels):
        if low[i] > 0:
            rows.append(unit[i])
            sides.append(low[i])
            words.append(f"at least ${low[i]:,.0f} a year for {label}")
        if np.isfinite(high[i]):
            rows.append(-unit[i])
            sides.append(-high[i])
            words.append(f"at most ${high[i]:,.0f} a year for {label}")
    given = np.asarray(asked, dtype=np.float64)
    curves = np.array(given if given.ndim else np.broadcast_to(given, (len(labels), levels)))
    return Rules(budget, tuple(words), np.array(rows).reshape(-1, len(labels)), np.array(sides), cap, curves)
