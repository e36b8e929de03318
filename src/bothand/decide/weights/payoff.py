"""Rules for a table of options and states of the world, where nobody will say how likely the states are.

Axis letters: O options, S states. More is better. Each rule gives a number for every option; by ``savage`` less is
better, by the others more. Source: knowledge/deciding.md 2 (b); the rules are standard.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bothand.decide.surfaces import Floats


def _table(payoff: npt.ArrayLike) -> Floats:
    found = np.asarray(payoff, dtype=np.float64)
    if found.ndim != 2 or not found.size or not np.isfinite(found).all():
        raise ValueError(f"a table of finite numbers, options by states, was expected; found the shape {found.shape}")
    return found


def wald(payoff: npt.ArrayLike) -> Floats:
    """The worst of every option, (O,); the rule takes the option whose worst is best."""
    found: Floats = _table(payoff).min(axis=1)
    return found


def regret_table(payoff: npt.ArrayLike) -> Floats:
    """What every option loses in each state against the best option there, (O, S)."""
    table = _table(payoff)
    found: Floats = table.max(axis=0) - table
    return found


def savage(payoff: npt.ArrayLike) -> Floats:
    """The largest regret of every option, (O,); the rule takes the least."""
    found: Floats = regret_table(payoff).max(axis=1)
    return found


def hurwicz(payoff: npt.ArrayLike, optimism: float) -> Floats:
    """``optimism x best + (1 - optimism) x worst`` of every option, (O,); 0 is Wald's rule, 1 looks at the best only.

    Raises:
        ValueError: an optimism that does not lie between 0 and 1.
    """
    if not 0 <= optimism <= 1:
        raise ValueError(f"optimism lies between 0 and 1; found {optimism}")
    table = _table(payoff)
    found: Floats = optimism * table.max(axis=1) + (1 - optimism) * table.min(axis=1)
    return found


def laplace(payoff: npt.ArrayLike) -> Floats:
    """The mean of every option over states, each held as likely as any other, (O,)."""
    found: Floats = _table(payoff).mean(axis=1)
    return found
