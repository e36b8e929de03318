"""The map and the both/and plan, in the summary's words."""

from __future__ import annotations

import numpy as np

from bothand.decide.pairs import Pair as Found
from bothand.decide.pairs import serves_both, taken_away
from bothand.decide.pairwise.spread import Draws, Spread, spread
from bothand.experiments.curves import DEATHS, GROUP
from bothand.experiments.plans import option_keys
from bothand.experiments.results import Results
from bothand.experiments.search import FIRST_LINE, FUNCTIONAL, SECOND_LINES
from bothand.findings.deciding.budgets import all_at_budgets, pair_at_budgets
from bothand.findings.deciding.exact import exact_plan, floor_words
from bothand.findings.deciding.periods import by_period
from bothand.findings.deciding.plan_on_terms import plan_on_terms
from bothand.findings.deciding.ways import on_terms
from bothand.keys import HOPE_WITHOUT
from bothand.outcomes.values import Value
from bothand.report.summary import AllAtOnce, BothAnd, CurvePoint, Interval, LeftOut, OtherCriterion, Pair
from bothand.words import first_up, in_sentence
from bothand.world.service import Service

INCLUDED, WITHOUT_MEDICATION = FIRST_LINE, SECOND_LINES[0]
LITTLE = 0.1  # MATH: less than a tenth of a value's own best is "a little"
QUEUES = ("bridge", "treatment")  # kinds of service whose people wait for places
NOT_SIMULATED = {
    "rated": "it is for a local panel to rate; no source gives the simulation what it would need",
    "profile": "it follows from the plan itself, so no search is needed",
}


def names_of(results: Results) -> dict[str, str]:
    """Return objective -> the key under which the summary shows it."""
    back = {objective: value for value, objective in results.found.keys.items()}
    back[WITHOUT_MEDICATION] = HOPE_WITHOUT
    back |= {GROUP + group: group for group in results.setting.model.groups}
    return back


def pairs(results: Results) -> list[Pair]:
    """Return every pair of values and of groups."""
    every = (*results.found.value_pairs, *results.found.group_pairs, *results.found.second_pairs)
    draws = Draws(results.found.ideals, results.curves.by_draw, every)
    found = [_pair(results, p, "values", draws) for p in results.found.value_pairs]
    return found + [_pair(results, p, "groups", draws) for p in results.found.group_pairs]


def _pair(results: Results, p: Found, kind: str, draws: Draws) -> Pair:
    names = names_of(results)
    most = float(results.curves.surface.dollars[:, -1].sum() / results.world.yearly_budget)
    price = min(p.price.multiple, most)
    ends = spread(draws, p, most)
    return Pair.model_validate(
        {
            "kind": kind,
            "a": names[p.a],
            "b": names[p.b],
            "price": price,
            "dollars": price * results.world.yearly_budget,
            "error": p.error,
            "spill_ab": p.spill_ab,
            "spill_ba": p.spill_ba,
            "collision": p.collision,
            "tension": p.tension,
            **_without_medication(results, p, draws, most),
            "lane": p.lane,
            "remedy": _remedy(results, p),
            "mechanism": _mechanism(results, p),
            "low": ends.price.low,
            "high": ends.price.high,
            **_ends(ends),
            "lane_told": ends.told,
            "lanes": ends.lanes,
            "at_budgets": pair_at_budgets(results, p),
            "with_terms": on_terms(results, p, most),
        }
    )


def _ends(found: Spread) -> dict[str, float]:
    """Return the low and high of spill-over, collision and tension by the name of the summary's field."""
    named = {name: getattr(found, name) for name in ("spill_ab", "spill_ba", "collision", "tension")}
    return {f"{name}_{end}": getattr(ends, end) for name, ends in named.items() for end in ("low", "high")}


def _without_medication(results: Results, p: Found, draws: Draws, most: float) -> dict[str, object]:
    """Return the pair when hope counts recovery without medication; nothing for pairs without hope."""
    if INCLUDED not in (p.a, p.b):
        return {}
    other = p.b if p.a == INCLUDED else p.a
    found = next((q for q in results.found.second_pairs if other in (q.a, q.b)), None)
    if found is None:
        return {}
    ends = spread(draws, found, most)
    cost = min(found.price.multiple, most)
    to_hope, from_hope = (found.spill_ab, found.spill_ba) if found.a == other else (found.spill_ba, found.spill_ab)
    ab, ba = (from_hope, to_hope) if p.a == INCLUDED else (to_hope, from_hope)
    told = OtherCriterion(
        price=cost,
        low=ends.price.low,
        high=ends.price.high,
        dollars=cost * results.world.yearly_budget,
        spill_ab=ab,
        spill_ba=ba,
        collision=found.collision,
        tension=found.tension,
        lane=found.lane,
        lane_told=ends.told,
        lanes=dict(ends.lanes),
    )
    return {"without_medication": told, "collision_without_medication": found.collision}


def _taken(results: Results, p: Found) -> tuple[Service, float] | None:
    """Return the service by which one's best plan takes most from the other, and how much; None where money stands.

    Of two that only compete, a loss within the error of the curves says nothing.
    """
    ideals, services = results.found.ideals, {s.key: s for s in results.setting.services}
    for a, b in ((p.a, p.b), (p.b, p.a)):
        taken = taken_away(ideals, ideals.plan_of(a), b)
        if taken and (p.lane == "in_each_others_way" or taken[0][1] < -results.found.exact_gap):
            return services[taken[0][0]], taken[0][1]
    return None


def _remedy(results: Results, p: Found) -> str:
    """Say what stands between two objectives and what would let both stand; empty when nothing does."""
    if p.lane == "go_together":
        return ""
    if (found := _taken(results, p)) is not None:
        service, amount = found
        way = "give it places of its own" if service.kind in QUEUES else "run it beside the other"
        little = " a little" if amount > -LITTLE else ""
        return f"The best plan for one takes{little} from the other through {in_sentence(service.label)}: {way}."
    labels = {s.key: in_sentence(s.label) for s in results.setting.services}
    shared = serves_both(results.found.ideals, p.a, p.b)
    if shared is not None and shared[0] in option_keys(results.world):
        return f"They compete for money. {first_up(labels[shared[0]])} serves both most for each dollar."
    return "They compete for money: add money or share it."


def _mechanism(results: Results, p: Found) -> str:
    """Name what stands between two objectives: a queue, what one takes from the other, or money; else nothing."""
    if p.lane == "go_together":
        return ""
    found = _taken(results, p)
    if found is None:
        return "money"
    return "queue" if found[0].kind in QUEUES else "taken away"


def all_at_once(results: Results) -> list[AllAtOnce]:
    """Return the price of all values, and of all groups, at once."""
    most = float(results.curves.surface.dollars[:, -1].sum() / results.world.yearly_budget)
    rows = (("values", results.found.all_values), ("groups", results.found.all_groups))
    return [
        AllAtOnce.model_validate(
            {
                "kind": kind,
                "price": min(p.multiple, most),
                "dollars": min(p.multiple, most) * results.world.yearly_budget,
                "at_budgets": all_at_budgets(results.found, p),
            }
        )
        for kind, p in rows
    ]


def left_out(results: Results, values: tuple[Value, ...]) -> list[LeftOut]:
    """Return the values that are not on the map, by name, and why."""
    found = []
    why = {left.objective: left.why for left in results.found.ideals.left_out}
    for value in values:
        objective = results.found.keys.get(value.key)
        if objective is None:
            found.append(LeftOut(value=value.key, why=NOT_SIMULATED.get(value.kind, "it is not simulated")))
        elif objective in why:
            found.append(LeftOut(value=value.key, why=why[objective]))
    for group in results.setting.model.groups:
        if GROUP + group in why:
            found.append(LeftOut(value=group, why=why[GROUP + group]))
    return found


def both_and(results: Results) -> BothAnd:
    """Return the plan found by search, its curve, its floors and the range of every service."""
    found, surface = results.found, results.curves.surface
    names = names_of(results)
    healthy, deaths = surface.index(FUNCTIONAL), surface.index(DEATHS)
    assert found.leximin is not None  # the study's own search sought all
    met: list[str] = []
    missed: list[str] = []
    for floor in found.settled.floors:
        (met if floor.met else missed).append(floor_words(results, floor.label, floor.objective))
    return BothAnd(
        plan=results.found_plan,
        beta=found.settled.beta,
        z={names[o]: z for o, z in found.settled.z.items()},
        leximin={names[o]: level for o, level in found.leximin.levels.items()},
        curve=[
            CurvePoint(
                floor=point.floor,
                healthy_life_years=float(point.gains[healthy]),
                deaths_averted=float(point.gains[deaths]),
            )
            for point in found.curve
        ],
        floors_met=met,
        floors_not_met=missed,
        service_range=_ranges(results),
        surrogate_error=found.exact_gap,
        exact=exact_plan(results, names),
        by_period=by_period(results, names),
        on_terms=plan_on_terms(results, names),
    )


def _ranges(results: Results) -> dict[str, Interval]:
    yearly, ranges = results.found.yearly, results.found.ranges
    assert ranges is not None  # as above
    return {
        name: Interval(
            mean=float(yearly[s]),
            low=min(float(ranges[s, 0]), float(yearly[s])),
            high=max(float(ranges[s, 1]), float(yearly[s])),
        )
        for s, name in enumerate(option_keys(results.world))
        if np.any(ranges[s] > 1)
    }
