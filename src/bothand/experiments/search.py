"""The both/and plan and the map, found on the curves and checked in the full model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.decide.both_and import (
    CurvePoint,
    Floor,
    Leximin,
    Settled,
    curve,
    floor_of,
    leximin,
    service_ranges,
    settle,
    surrogate_error,
)
from bothand.decide.ideals import Ideals, find_ideals
from bothand.decide.pairs import Pair, Price, pair, pairs, price, price_error, with_error
from bothand.decide.ruled.rows import possible
from bothand.decide.ruled.rules import Rules
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.experiments.curves import ASKED, GROUP, Curves, try_counted
from bothand.experiments.plans import option_keys
from bothand.experiments.ruled.bounds import loosened, lowest
from bothand.experiments.worlds import World, side_by_side
from bothand.keys import THREE_YEARS
from bothand.world.plan import Plan, dollars

BOTH_AND = "both_and"
FUNCTIONAL = "healthy_life_years"
FIRST_LINE = "sustained_included"
SECOND_LINES = ("sustained_without",)  # hope has two lines: the plan must serve both, neither is the default
BORDERS = (1.25, 2.0)  # MATH: borders between the lanes of the map, in budgets
CHECKED = 6  # MATH: pairs whose price the full model checks
STEP = 100  # UNIT: dollars to which a plan found by search is rounded down
FURTHER = 1.02  # MATH: by how much more than what is missed the cap on curves is lowered
LOWERED = 6  # MATH: times that the cap is lowered on curves, for a plan that passes it in the full model
FLATTEST = 0.2  # MATH: dollars that others are asked for less, at least, for each that the cap on curves is lowered by
POINTS = 8  # MATH: points of the curve of life-years against the floor


@dataclass(frozen=True)
class Found:
    """What the search found.

    ``keys``: value -> objective; ``members``: objectives with room, values first; ``yearly`` (I,) the both/and plan's
    dollars a year, in whole hundreds; ``exact_gap``: largest difference of surrogate and full model at that plan, in
    shares of own best; ``second_pairs``: hope by its second line, without medication, with every other value.
    What stands after ``all_groups`` is sought by ``search``, and not by ``search_in_short``.
    """

    keys: Mapping[str, str]
    ideals: Ideals
    values: tuple[str, ...]
    groups: tuple[str, ...]
    settled: Settled
    yearly: Floats
    value_pairs: tuple[Pair, ...]
    all_values: Price
    all_groups: Price
    group_pairs: tuple[Pair, ...] = ()
    leximin: Leximin | None = None
    ranges: Floats | None = None
    curve: tuple[CurvePoint, ...] = ()
    exact_gap: float = float("nan")
    second_pairs: tuple[Pair, ...] = ()

    @property
    def served(self) -> tuple[str, ...]:
        """The objectives that the both/and plan serves: the values on the map, and the other line of hope."""
        return _served(self.ideals, self.values)


def search(curves: Curves, keys: Mapping[str, str], floors: Sequence[Plan], reach: Reach = "to the ceiling") -> Found:
    """Find the both/and plan and the map. ``keys`` maps each simulated value to its objective on the surface.

    ``reach``: the one that the curves were measured under, so that the full model is asked the same.
    """
    exact = _Exact(curves.world, curves.surface.objectives, reach)
    found = _in_short(exact, curves, keys, floors)
    ideals, settled = found.ideals, found.settled
    return replace(
        found,
        group_pairs=_with_errors(exact, pairs(ideals, found.groups), ideals, _exact_best(exact, ideals, found.groups)),
        leximin=leximin(ideals, found.served),
        ranges=service_ranges(ideals, settled),
        curve=curve(ideals, found.served, FUNCTIONAL, POINTS),
        exact_gap=surrogate_error(ideals, found.served, settled.plan, exact(settled.plan)),
        second_pairs=_second(ideals, found.values, found.value_pairs),
    )


def searched_dollars(curves: Curves, keys: Mapping[str, str], floors: Sequence[Plan]) -> Floats:
    """Return the yearly dollars of the both/and plan alone (I,), in whole hundreds; arguments as for ``search``."""
    exact = _Exact(curves.world, curves.surface.objectives, "to the ceiling")
    ideals, _, served, _, lines = _ground(curves, keys, floors)
    return whole_hundreds(_within_cap(exact, ideals, served, lines).plan, ideals.surface.rules)


def search_in_short(
    curves: Curves, keys: Mapping[str, str], floors: Sequence[Plan], reach: Reach = "to the ceiling"
) -> Found:
    """Find the both/and plan, the pairs of values, and what all cost at once; arguments as for ``search``.

    Enough to say what is another under another reach; the pairs of groups and the rest would be solved and run for
    nobody.
    """
    return _in_short(_Exact(curves.world, curves.surface.objectives, reach), curves, keys, floors)


def _in_short(exact: _Exact, curves: Curves, keys: Mapping[str, str], floors: Sequence[Plan]) -> Found:
    ideals, values, served, groups, lines = _ground(curves, keys, floors)
    settled = _within_cap(exact, ideals, served, lines)
    return Found(
        dict(keys),
        ideals,
        values,
        groups,
        settled,
        whole_hundreds(settled.plan, ideals.surface.rules),
        _with_errors(exact, pairs(ideals, values), ideals, _exact_best(exact, ideals, values)),
        price(ideals, values),
        price(ideals, groups),
    )


Names = tuple[str, ...]


def _ground(
    curves: Curves, keys: Mapping[str, str], floors: Sequence[Plan]
) -> tuple[Ideals, Names, Names, Names, list[Floor]]:
    """Return the ideals, the objectives with room (values on the map, all that is served, groups), and the floors."""
    world = curves.world
    ideals = find_ideals(loosened(curves.surface), world.yearly_budget, curves.error)
    values = tuple(o for o in dict.fromkeys(keys.values()) if o in ideals.members)
    groups = tuple(o for o in ideals.surface.objectives if o.startswith(GROUP) and o in ideals.members)
    lines = [floor_of(ideals, plan.label, yearly_of(world, plan), [FUNCTIONAL, *groups]) for plan in floors]
    return ideals, values, _served(ideals, values), groups, lines


def settle_on(curves: Curves, keys: Mapping[str, str], floors: Sequence[Plan]) -> tuple[Ideals, Settled]:
    """Settle the both/and plan on curves alone: no map, and nothing is run. Arguments as for ``search``."""
    ideals, _, served, _, lines = _ground(curves, keys, floors)
    return ideals, settle(ideals, served, FUNCTIONAL, floors=lines)


def _within_cap(exact: _Exact, ideals: Ideals, served: Sequence[str], lines: Sequence[Floor]) -> Settled:
    """Settle the both/and plan, so that others are asked for no more than the cap in the full model too.

    Curves add up what services do alone; together they may ask others for more. Then the cap on the curves is lowered
    by what the last plans say (the secant), and the plan is settled again, a few times at most.
    """
    settled = settle(ideals, served, FUNCTIONAL, floors=lines)
    surface, rules = ideals.surface, ideals.surface.rules
    if rules is None or not rules.capped:
        return settled
    cap, tried = rules.cap, [(np.inf, np.inf)]
    for _ in range(LOWERED):
        asked = exact.asked(whole_hundreds(settled.plan, rules))
        if asked <= rules.cap:
            break
        before, more = tried[-1]
        rise = (more - asked) / (before - cap) if len(tried) > 1 else 1.0
        tried.append((cap, asked))
        cap -= (asked - rules.cap) * FURTHER / min(max(rise, FLATTEST), 1.0)
        lower = replace(surface, rules=replace(rules, cap=cap))
        if not possible(lower, ideals.budget):
            break
        settled = settle(replace(ideals, surface=lower), served, FUNCTIONAL, floors=lines)
    return settled


def _second(ideals: Ideals, values: Sequence[str], checked: Sequence[Pair]) -> tuple[Pair, ...]:
    """Return the pairs of hope's second line with every value but hope itself; none where either line has no room.

    Each carries the largest error of the pairs that the full model checked.
    """
    error = max((p.error for p in checked), default=0.0)
    second = [line for line in SECOND_LINES if line in ideals.members and FIRST_LINE in values]
    return tuple(with_error(pair(ideals, a, b), error) for b in second for a in values if a != FIRST_LINE)


def _served(ideals: Ideals, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(o for o in (*values, *SECOND_LINES) if o in ideals.members)


def whole_hundreds(plan: Floats, rules: Rules | None = None) -> Floats:
    """Return the dollars of a plan that was found, each rounded down to a whole ``STEP``, but to no less than rules."""
    down = np.floor(plan / STEP) * STEP
    return np.asarray(np.maximum(down, lowest(rules, len(plan))))


def yearly_of(world: World, plan: Plan) -> Floats:
    """Return a plan's dollars a year of the first round, by option (I,)."""
    money = dollars(plan, option_keys(world), world.setting.study.years, world.money[THREE_YEARS])
    return np.asarray(money[:, world.first_round, 0].mean(axis=1))


class _Exact:
    """The full model's mean gain of every objective at a plan; a plan that was run before is not run again."""

    def __init__(self, world: World, names: Sequence[str], reach: Reach) -> None:
        self.world, self.names, self.reach = world, tuple(names), reach
        self._known: dict[tuple[float, ...], Floats] = {}

    def __call__(self, yearly: Floats) -> Floats:
        """Return gains (V,) at dollars a year by option (I,), to the dollar."""
        self.ask([yearly])
        return self._known[tuple(np.round(yearly).tolist())][:-1]

    def asked(self, yearly: Floats) -> float:
        """Return what others are asked for, dollars a year."""
        self.ask([yearly])
        return float(self._known[tuple(np.round(yearly).tolist())][-1])

    def ask(self, plans: Sequence[Floats]) -> None:
        """Run all of these plans that were not run before, side by side."""
        rounded = (tuple(np.round(plan).tolist()) for plan in plans)
        new = [plan for plan in dict.fromkeys(rounded) if plan not in self._known]

        def run(plan: tuple[float, ...]) -> Floats:
            found = try_counted(self.world, np.array(plan), self.reach)
            return np.array([found[name].mean() for name in (*self.names, ASKED)])

        self._known |= dict(zip(new, side_by_side(run, new, self.world.workers), strict=True))


def _exact_best(exact: _Exact, ideals: Ideals, members: Sequence[str]) -> Floats:
    """Return the full model's gain of each member at its own favourite plan (V,); the surrogate's for all others."""
    best = np.array(ideals.best)
    exact.ask([ideals.plans[ideals.surface.index(name)] for name in members])
    for name in members:
        v = ideals.surface.index(name)
        best[v] = exact(ideals.plans[v])[v]
    return best


def _with_errors(exact: _Exact, found: Sequence[Pair], ideals: Ideals, exact_best: Floats) -> tuple[Pair, ...]:
    """Return pairs with the error of their price; the full model checks those nearest to a border between lanes.

    A pair that was not checked carries the largest error of those that were.
    """
    near = sorted(found, key=lambda p: min(abs(p.price.multiple - border) for border in BORDERS))[:CHECKED]
    exact.ask([p.price.plan for p in near if np.isfinite(p.price.multiple)])
    errors = {(p.a, p.b): _error(exact, p.price, ideals, exact_best) for p in near}
    largest = max(errors.values(), default=0.0)
    return tuple(with_error(p, errors.get((p.a, p.b), largest)) for p in found)


def _error(exact: _Exact, found: Price, ideals: Ideals, exact_best: Floats) -> float:
    if not np.isfinite(found.multiple):
        return 0.0
    return price_error(found, ideals, exact_best, exact(found.plan))
