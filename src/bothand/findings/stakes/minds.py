"""What would change our mind: the order of plans if the supply or reach, a disputed effect or a count is otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from bothand.decide.losers import told
from bothand.decide.surfaces import contributions
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.experiments.deciding import crossings, local_inputs
from bothand.experiments.reaches import OTHER, USUAL
from bothand.experiments.results import Results
from bothand.experiments.search import FUNCTIONAL, yearly_of
from bothand.findings.doubts import ranks, swings
from bothand.report.summary import Disputed, LocalCount, Minds, OrderUnder, Rank, Turn

REACHES: Mapping[Reach, str] = {
    "half the ceiling": "Half as many people can be reached",
    "linear": "No limit to how many can be reached",
}


def minds(results: Results, apart: Mapping[frozenset[str], bool]) -> Minds:
    """Return what would change our mind about the order of the plans."""
    return Minds(
        orders=[_toxic(results, apart), *_reaches(results)],
        disputed=_disputed(results),
        counts=list(_counts(results)),
    )


def _toxic(results: Results, apart: Mapping[frozenset[str], bool]) -> OrderUnder:
    first, last = results.setting.study.fit.test
    label = f"The supply becomes as toxic again as in {first} to {last}"
    return OrderUnder(key="toxicity", label=label, ranks=ranks(results, results.deciding.returning, apart))


def _reaches(results: Results) -> Iterator[OrderUnder]:
    """Yield the order under each other reach; plans are told apart by the runs of that reach."""
    for reach in OTHER:
        if reach in results.reaches:
            rows = results.reaches[reach].healthy
            yield OrderUnder(key=f"reach_{reach.split()[0]}", label=REACHES[reach], ranks=_ranked(rows))


def _ranked(rows: Mapping[str, Floats]) -> list[Rank]:
    apart = {frozenset((a, b)): told(rows[a] - rows[b]) for a, b in combinations(rows, 2)}
    order = sorted(rows, key=lambda plan: -float(rows[plan].mean()))
    found = []
    for place, plan in enumerate(order):
        near = [order[n] for n in (place - 1, place + 1) if 0 <= n < len(order)]
        clear = all(apart[frozenset((plan, other))] for other in near)
        found.append(Rank(plan=plan, healthy_life_years=float(rows[plan].mean()), rank=place + 1 if clear else None))
    return found


def _disputed(results: Results) -> list[Disputed]:
    """Return what rests on each service with a dispute, and which plan comes first if the service does nothing."""
    surface, usual = results.curves.surface, results.reaches[USUAL].healthy
    v = surface.index(FUNCTIONAL)
    yearly = {p.key: yearly_of(results.world, p) for p in results.setting.plans if p.key in usual}
    yearly[results.found_plan] = results.found.yearly
    brought = {plan: contributions(surface, dollars)[v] for plan, dollars in yearly.items()}
    whole = {plan: float(usual[plan].mean()) for plan in yearly}
    found = []
    for service in results.setting.services:
        if not service.disputes or service.key not in surface.services:
            continue
        s = surface.services.index(service.key)
        rests = {plan: float(row[s]) for plan, row in brought.items()}
        without = {plan: whole[plan] - rests[plan] for plan in whole}
        found.append(
            Disputed(
                service=service.key,
                rests=rests,
                whole=whole,
                first=max(whole, key=lambda plan: whole[plan]),
                first_without=max(without, key=lambda plan: without[plan]),
            )
        )
    return sorted(found, key=lambda d: -max(abs(years) for years in d.rests.values()))


def _counts(results: Results) -> Iterator[LocalCount]:
    """Yield the judged numbers that the place can find out itself, the largest swing first."""
    local, moving = local_inputs(results.setting), swings(results)
    names = {end.key: end.name for end in results.deciding.ends}
    plans = results.deciding.plans
    for key, found in results.between.items():
        row = results.setting.evidence[key]
        yield LocalCount(
            key=key,
            label=row.description,
            unit=row.unit,
            used=row.mean,
            low=row.low,
            high=row.high,
            swing=moving[key],
            how=local.get(key) or local[names[key]],
            turns=[
                Turn(at=turn.at, before=plans[turn.before], after=plans[turn.after], first=turn.first)
                for turn in crossings(found)
            ],
        )
