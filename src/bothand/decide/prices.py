"""The price of a principle: the best plan found again with one rule added or taken away.

A plan keeps to rules: today's budget, a share of its own best for every member, floors. ``Held`` says which; a copy of
it with one rule otherwise (``dataclasses.replace``), solved again, is the plan that the rule is priced by. A rule that
does not bind changes nothing: then the plan found before is returned itself, not another one that is equally good.

Source: DESIGN 8, "Price of a principle".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.decide.both_and import TIE, Floor, conditions_of, most_of
from bothand.decide.ideals import Ideals
from bothand.decide.programme import Rows, rows, stack
from bothand.decide.ruled.rows import affordable
from bothand.decide.surfaces import ROUNDING, Floats, Surface, asked_of_others, evaluate


@dataclass(frozen=True, eq=False)
class Held:
    """The rules that a plan keeps to, and what it seeks among the plans that keep to them.

    Attributes:
        ideals: today's ideals; their budget and the members' own best.
        wide: the curves of the ideals' objectives, in their order, and of others beside them.
        members: objectives with room of which each keeps ``share`` of its own best; none = nobody's share is kept.
        share: 0 to 1.
        floors: the least that objectives of the ideals get.
        seeks: the objective of ``wide`` that is maximised.
    """

    ideals: Ideals
    wide: Surface
    members: tuple[str, ...]
    share: float
    floors: tuple[Floor, ...]
    seeks: str

    def without(self, names: Sequence[str]) -> Held:
        """Return the same rules, but these members keep no share of their own best."""
        return replace(self, members=tuple(name for name in self.members if name not in names))

    @property
    def conditions(self) -> Rows:
        """The rules as rows on ``wide``."""
        found = conditions_of(self.ideals, self.members, self.share, self.floors)
        more = len(self.wide.objectives) - found.gains.shape[1]
        return replace(found, gains=np.pad(found.gains, ((0, 0), (0, more))))


@dataclass(frozen=True, eq=False)
class Rung:
    """The best plan that gives one objective at least a share of the most that the money can buy of it.

    Attributes:
        share: that share, 0 to 1.
        plan: (I,) yearly dollars; None where no plan that keeps to the other rules reaches the share.
        last: whether this is the largest share that such a plan reaches, and no share that was asked for.
    """

    share: float
    plan: Floats | None
    last: bool = False


def again(held: Held, before: Floats | None = None, also: Rows | None = None) -> Floats | None:
    """Return the plan with the most of what is sought among those that keep to the rules, (I,) yearly dollars.

    Args:
        held: the rules.
        before: (I,) a plan found earlier, which stays where none that keeps to the rules is better.
        also: one more rule, as rows on ``held.wide``.

    Returns:
        None where no plan keeps to the rules.
    """
    conditions = held.conditions if also is None else stack(held.conditions, also)
    found = most_of(held.wide, held.seeks, conditions)
    if found is None:
        return None
    if before is not None and _keeps(held.wide, before, conditions):
        v = held.wide.index(held.seeks)
        if evaluate(held.wide, before)[v] >= found.gains[v] - TIE * held.wide.scale[v]:
            return before
    return found.plan


def _keeps(surface: Surface, plan: Floats, conditions: Rows) -> bool:
    """Whether a plan reaches every row, up to rounding."""
    reached = conditions.gains @ evaluate(surface, plan) + conditions.dollars @ plan
    reached = reached - conditions.asks * asked_of_others(surface, plan)
    size = conditions.gains @ surface.scale + np.abs(conditions.least)
    return bool((reached >= conditions.least - TIE * size).all())


def most_alone(held: Held, objective: str) -> float:
    """Return the most of one objective that the budget can buy, whatever else is lost."""
    surface = held.wide
    found = most_of(surface, objective, affordable(surface, held.ideals.budget))
    return 0.0 if found is None else max(0.0, float(found.gains[surface.index(objective)]))


def ladder(held: Held, objective: str, shares: Sequence[float], before: Floats | None = None) -> tuple[Rung, ...]:
    """Return the best plans that give an objective at least these shares of the most that the money can buy of it.

    Where the other rules leave no plan for the largest share, the largest that they do leave one for is added.

    Args:
        held: the other rules.
        objective: of ``held.wide``.
        shares: 0 to 1, rising.
        before: (I,) a plan found earlier, which stays where none is better.

    Returns:
        one rung a share; none where no money brings more of the objective.
    """
    surface, v = held.wide, held.wide.index(objective)
    best = most_alone(held, objective)
    if best <= ROUNDING * surface.scale[v]:
        return ()

    def plan_at(share: float) -> Floats | None:
        return again(held, before, _least(surface, v, share * best)) if share > 0 else again(held, before)

    found = [Rung(share, plan_at(share)) for share in shares]
    if any(rung.plan is None for rung in found):
        furthest = most_of(surface, objective, held.conditions)
        reached = [rung.share for rung in found if rung.plan is not None]
        if furthest is not None and (top := float(furthest.gains[v]) / best) > max([*reached, 0.0]) + TIE:
            found.append(Rung(top, plan_at(top - TIE), last=True))
    return tuple(sorted(found, key=lambda rung: rung.share))


def _least(surface: Surface, v: int, gain: float) -> Rows:
    """The row: at least this much of one objective."""
    weights = np.zeros(len(surface.objectives))
    weights[v] = 1
    return rows(surface, gains=weights, least=gain)
