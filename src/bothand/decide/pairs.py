"""What two values (or groups, or all of them) cost together: price of both/and, collision, tension, lane.

Source: DESIGN 8, look/LOOK 6, knowledge/prototype.md 4. All numbers stand on the surrogate of ``Ideals.surface``;
``price_error`` says how far the exact model moves a price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from bothand.decide.ideals import Ideals, common, least_dollars
from bothand.decide.programme import Rows, at_most, maximise, rows, stack
from bothand.decide.ruled.rows import at_any_budget, hair, kept
from bothand.decide.ruled.rules import Rules
from bothand.decide.surfaces import ROUNDING, Floats, contributions, evaluate

Lane = Literal["go_together", "compete", "in_each_others_way"]

ONE_PURSE = 1.25  # MATH: up to this price two values go together (LOOK 6)
TWO_PURSES = 2  # MATH: above two separate purses, values are in each other's way
SLACK = 1e-7  # MATH: share by which the money of a price is loosened while its cheapest plan is sought
TIE = 1e-6  # MATH: prices this close to a bound have not crossed it


@dataclass(frozen=True, eq=False)
class Price:
    """The smallest budget at which every member gets what it alone would get from today's.

    Attributes:
        members: the objectives.
        multiple: of today's budget, at least 1; ``inf`` if no budget on the grid does it. Rules of the surface grow
            with it.
        dollars: the same in yearly US dollars.
        spent: dollars of the cheapest plan that does it (below today's budget where ideals leave money over).
        plan: (I,) that plan; if there is none, a plan that brings the least served member furthest.
        gains: (V,) gains under the plan, on the surrogate.
        reached: share of its ideal that the least served member reaches; 1 unless the price is infinite.
        per_gain: (n,) dollars that one more unit of each member's target would cost, at the plan.
    """

    members: tuple[str, ...]
    multiple: float
    dollars: float
    spent: float
    plan: Floats
    gains: Floats
    reached: float
    per_gain: Floats


@dataclass(frozen=True, eq=False)
class Pair:
    """Two objectives and what both cost together (names as in the summary); ``shared``: (I,) the plan of beta."""

    a: str
    b: str
    price: Price
    spill_ab: float
    spill_ba: float
    collision: float
    tension: float
    error: float
    lane: Lane
    shared: Floats


def price(ideals: Ideals, members: Sequence[str]) -> Price:
    """Price of both/and for two or more objectives, with ideals fixed at today's budget.

    Args:
        ideals: from ``find_ideals``.
        members: names with room; one name alone has price 1.

    Returns:
        Price; infinite if their ideals cannot be reached together at any budget: no money helps, one harms another.
    """
    surface = ideals.surface
    positions = surface.indices(members)
    weights = ideals.weights(members)
    slack = hair(surface) * surface.scale[positions] / ideals.best[positions]
    wanted = rows(surface, gains=weights, least=1 - slack)
    if surface.rules is not None and (ruled := _under_rules(ideals, surface.rules, members, wanted)) is not None:
        return ruled
    found = least_dollars(surface, wanted) if surface.rules is None else None
    if found is not None:
        spent = float(found.plan.sum())
        multiple = max(1.0, spent / ideals.budget)
        per_gain = -found.duals / ideals.best[positions]
        return Price(tuple(members), multiple, multiple * ideals.budget, spent, found.plan, found.gains, 1.0, per_gain)
    furthest = common(ideals, members, budget=np.inf)
    if furthest is None:
        raise RuntimeError("the solver found no plan although spending nothing is one")
    nothing = np.zeros(len(positions))
    return Price(tuple(members), np.inf, np.inf, np.inf, furthest.plan, furthest.gains, furthest.value, nothing)


def _under_rules(ideals: Ideals, rules: Rules, members: Sequence[str], wanted: Rows) -> Price | None:
    """Price of both/and where every plan keeps rules, which grow with the money; None where no budget does it.

    The least budget is sought, and then the cheapest plan that it allows.
    """
    surface, today = ideals.surface, ideals.budget / rules.budget
    positions = surface.indices(members)
    found = maximise(
        surface, rows(surface, extra=[-1]), stack(wanted, at_any_budget(surface, rules)), bounds=[(today, np.inf)]
    )
    if found is None:
        return None
    multiple = max(1.0, -found.value / today)
    budget = multiple * ideals.budget * (1 + SLACK)
    plan = least_dollars(surface, stack(wanted, at_most(surface, budget), *kept(surface, budget))) or found
    per_gain = -found.duals[: len(positions)] * rules.budget if multiple > 1 else -plan.duals[: len(positions)]
    worth = per_gain / ideals.best[positions]
    return Price(
        tuple(members), multiple, multiple * ideals.budget, float(plan.plan.sum()), plan.plan, plan.gains, 1.0, worth
    )


def price_error(found: Price, ideals: Ideals, exact_best: npt.ArrayLike, exact_gains: npt.ArrayLike) -> float:
    """How far the exact model moves a price, to first order, as a multiple of today's budget.

    By how much the exact model misses (or passes) each exact ideal at the price's plan, times what a unit costs there,
    summed over members: ``sum_v |exact_best_v - exact_gain_v| * dollars per unit / budget``.

    Args:
        found: a price; an infinite one has error 0.
        ideals: the ideals it stands on.
        exact_best: (V,) the exact model's gain of each objective at its own favourite plan.
        exact_gains: (V,) the exact model's gains at ``found.plan``.
    """
    positions = ideals.surface.indices(found.members)
    missed = np.abs(np.asarray(exact_best, dtype=np.float64) - np.asarray(exact_gains, dtype=np.float64))[positions]
    return float(missed @ found.per_gain) / ideals.budget


def lane(multiple: float, error: float = 0) -> Lane:
    """Which lane a price runs in, judged by the price minus its error."""
    low = multiple - error
    if low <= ONE_PURSE + TIE:
        return "go_together"
    return "compete" if low <= TWO_PURSES + TIE else "in_each_others_way"


def collision(ideals: Ideals, a: str, b: str) -> float:
    """What is left undone when both favourite plans are paid in full: ``max(0, 1 - min(z_a, z_b))`` at x_a* + x_b*.

    Where the two run one service in two ways, its dollars go to the way that leaves less undone.

    Raises:
        ValueError: a service's grid ends before the sum of both plans (at most twice the budget).
    """
    return max(0.0, _left(ideals, a, b, collision_plan(ideals, a, b)))


def collision_plan(ideals: Ideals, a: str, b: str) -> Floats:
    """Return the dollars of both favourites together, (I,), each service run in the way that leaves less undone."""
    both = ideals.plan_of(a) + ideals.plan_of(b)
    return min(_run_in_one_way(ideals, both), key=lambda plan: _left(ideals, a, b, plan))


def _left(ideals: Ideals, a: str, b: str, plan: Floats) -> float:
    """Return what a plan leaves undone of the less served of two; negative where it does more than either wants."""
    return 1 - float(np.min(ideals.weights((a, b)) @ evaluate(ideals.surface, plan)))


def _run_in_one_way(ideals: Ideals, dollars: Floats) -> list[Floats]:
    """Return every plan that gives the dollars of a service to one way of running it."""
    found = [dollars]
    for ways in ideals.surface.ways:
        paid = [i for i in ways if dollars[i] > 0]
        if len(paid) > 1:
            found = [_moved(plan, ways, i) for plan in found for i in paid]
    return found


def _moved(plan: Floats, ways: Sequence[int], to: int) -> Floats:
    """Return a plan in which all dollars of some columns stand in one of them."""
    moved = plan.copy()
    moved[ways] = 0
    moved[to] = plan[ways].sum()
    return moved


def pair(ideals: Ideals, a: str, b: str) -> Pair:
    """The numbers of one pair; its error is 0 until ``with_error`` brings the exact model's."""
    shared = common(ideals, (a, b))
    if shared is None:
        raise RuntimeError("the solver found no plan although spending nothing is one")
    at_price = price(ideals, (a, b))
    i, j = ideals.surface.indices((a, b))
    return Pair(
        a=a,
        b=b,
        price=at_price,
        spill_ab=float(ideals.spill[i, j]),
        spill_ba=float(ideals.spill[j, i]),
        collision=collision(ideals, a, b),
        tension=1 - shared.value,
        error=0.0,
        lane=lane(at_price.multiple),
        shared=shared.plan,
    )


def pairs(ideals: Ideals, members: Sequence[str] | None = None) -> tuple[Pair, ...]:
    """Every pair of the members with room (all by default), in their order; those without room are passed over."""
    names = [m for m in (ideals.members if members is None else members) if m in ideals.members]
    return tuple(pair(ideals, a, b) for a, b in combinations(names, 2))


def with_error(found: Pair, error: float) -> Pair:
    """The pair with the exact model's error of its price, and its lane judged again."""
    return replace(found, error=error, lane=lane(found.price.multiple, error))


def taken_away(ideals: Ideals, plan: npt.ArrayLike, objective: str) -> tuple[tuple[str, float], ...]:
    """Services of a plan that take something away from an objective, most first, in shares of its own best."""
    (weights,) = ideals.weights((objective,))
    amounts = weights @ contributions(ideals.surface, plan)
    order = np.argsort(amounts, kind="stable")
    return tuple((ideals.surface.services[i], float(amounts[i])) for i in order if amounts[i] < -ROUNDING)


def serves_both(ideals: Ideals, a: str, b: str) -> tuple[str, float] | None:
    """The service whose first dollars help the less helped of two objectives most; None if none helps both.

    Returns:
        its name, and the share of its own best that the less helped objective gains per budget spent at that slope.
    """
    first = ideals.surface.envelope.increments[:, :, 0] / ideals.surface.widths[:, 0]
    slopes = ideals.weights((a, b)) @ first * ideals.budget
    weaker = slopes.min(axis=0)
    chosen = int(np.argmax(weaker))
    return (ideals.surface.services[chosen], float(weaker[chosen])) if weaker[chosen] > ROUNDING else None
