"""All the money, by spending period: the both/and plan by exact slopes, beside the same mix in every period.

Dollars are free by service and spending period of the study, at most six. What comes in is the place's: receipts by
year, what was unspent on day one, what is held back for later, and whether money that finds no use is carried into the
next period. The engine's own delivery counts the board's lag. The search begins at *spending evenly*: the mix that was
settled for the first round, in every period alike, so it never ends with less for the least served. Source: DESIGN 8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.decide.both_and import NEAR
from bothand.decide.search.answers import Search
from bothand.decide.search.rules import HOLDS, nearest_plan, table
from bothand.decide.search.solve import near_optimal
from bothand.decide.search.space import MOST_PERIODS, Space
from bothand.engine.arrays import Floats
from bothand.engine.vectors.lanes import LANES
from bothand.experiments.curves import Curves
from bothand.experiments.exact.first_round import Exact, bounds_in, first_round
from bothand.experiments.exact.oracle import Engine
from bothand.experiments.exact.settling import Exactly, asked_about, begin, errors, keep_cap, settle_by_slopes
from bothand.experiments.search import FUNCTIONAL, Found
from bothand.experiments.worlds import World, first_draws
from bothand.keys import ALL_YEARS

CALLS_EACH = 3  # MATH: runs by which a value's favourite may improve
NEARBY = 1 / 16  # MATH: how far a service's end is sought, a share of a period's money: one run an end
CALLS = 14  # MATH: runs for beta, and again for the plan


@dataclass(frozen=True, eq=False)
class ByPeriod:
    """What exact slopes find with all the money.

    Attributes:
        draws: how many. spans: (P,) first and last year of each period. found: what the search says, ``before`` being
            that of spending evenly.
        paid: (I, P) dollars of the settled plan, start-up costs included. even: (I, P) the same of spending evenly.
        worth: (P,) what one more dollar in each period would add to healthy life-years, on the service that the plan
            funds in it where it adds most.
        ranges: (I, 2) least and most dollars of each service, all periods, over the plans that were run and are nearly
            as good: they keep every condition, and ``NEAR`` of the healthy life-years. near: how many these are.
    """

    draws: int
    spans: tuple[tuple[int, int], ...]
    found: Exactly
    paid: Floats
    even: Floats
    worth: Floats
    ranges: Floats
    near: int


def search_periods(
    curves: Curves, found: Found, exact: Exact, tell: Callable[[str], None] = lambda words: None
) -> ByPeriod | None:
    """Settle the both/and plan of all years' money by spending period.

    Args:
        curves, found: as for the first round. exact: the first round's plan, and its values' favourites.
        tell: hears what is being run.

    Returns:
        None where the study has one period, more than six, or no money after the first.
    """
    world = first_draws(curves.world, LANES)
    spans = spans_of(world)
    if not 1 < len(spans) <= MOST_PERIODS:
        return None
    tell("all the money by spending period, by the model's own slopes")
    space = all_money(world, spans)
    asked = asked_about(world, exact.names)
    engine = Engine(world, asked, positions(world, spans))
    even = evenly(space, exact.settled.answer.plan[:, 0])
    search = begin(engine, space, curves.surface, even)
    if world.setting.bounds.cap is not None:
        keep_cap(search, world.setting.bounds.cap * space.total / engine.years / world.yearly_budget)
    known = [evenly(space, one.plan[:, 0]) for one in exact.favourites.answers if one.plan.any()]
    error = errors(curves, asked)
    got = settle_by_slopes(search, found.served, known, [], error, CALLS_EACH, CALLS)
    plan = got.settled.answer.plan
    first = space.paid(search.asked[0])
    healthy = exact.names.index(FUNCTIONAL)
    at = search.point(plan)
    search.sharpen(at, np.array([healthy]))
    slope = search.bundle.slopes[at, healthy].reshape(space.shape) / space.total
    worth = np.where(space.funded(plan), slope, 0.0).max(axis=0)
    tell("how much each service may get over all periods")
    search.radius = NEARBY
    near_optimal(search, got.settled.question, got.settled.answer, calls=1, bounded=False)
    ranges, near = _near(search, got)
    got = replace(got, runs=search.oracle.calls, sweeps=search.oracle.sweeps)
    return ByPeriod(world.county.draws, spans, got, space.paid(plan), first, worth, ranges, near)


def _near(search: Search, got: Exactly) -> tuple[Floats, int]:
    """Return the range of each service over the plans run that are nearly as good (I, 2), and how many these are."""
    settled, space = got.settled, search.space
    kept = settled.question.shortfalls(search.bundle.gains) <= search.tolerance
    healthy = search.bundle.gains[:, search.names.index(FUNCTIONAL)]
    least = NEAR * float(settled.answer.gains[search.names.index(FUNCTIONAL)])
    good = kept & np.array(search.affordable) & (healthy >= least)
    good[search.point(settled.answer.plan)] = True
    dollars = np.array([space.paid(search.plan(k)).sum(axis=1) for k in np.flatnonzero(good).tolist()])
    return np.stack([dollars.min(axis=0), dollars.max(axis=0)], axis=1), len(dollars)


def spans_of(world: World) -> tuple[tuple[int, int], ...]:
    """Return first and last year of each spending period in which new money comes."""
    about, study = world.setting.place.about.money, world.setting.study
    spans = study.periods or (about.periods if about else ())
    money = world.money[ALL_YEARS]
    return tuple(
        (first, last) for first, last in spans if money[[first <= year <= last for year in study.years]].sum() > 0
    )


def positions(world: World, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the positions of the years of each period."""
    years = world.setting.study.years
    return [[n for n, year in enumerate(years) if first <= year <= last] for first, last in spans]


def all_money(world: World, spans: Sequence[tuple[int, int]]) -> Space:
    """Return the plans that all years' money and the study's rules allow, by spending period.

    Rules of spending are read as shares of the money, in every period. Receipts are the mean of these draws, in the
    dollars that ``world.money`` gives each year: what is held back of early years is among those of late ones.
    """
    one, where = first_round(world), positions(world, spans)
    about = world.setting.place.about.money
    assert about is not None
    money = world.money[ALL_YEARS].mean(axis=1)
    years = np.array([float(len(at)) for at in where])
    yearly = one.smallest[:, 0] / one.years[0]
    receipts = np.array([money[at].sum() for at in where])
    nothing = np.zeros(len(one.services))
    ends = [
        bounds_in(world, one.services, usd / world.yearly_budget, one.start_up if p == 0 else nothing)
        for p, usd in enumerate(receipts)
    ]
    most = np.stack([np.maximum(high - (one.start_up if p else nothing), 0.0) for p, (_, high) in enumerate(ends)], 1)
    return Space(
        services=one.services,
        periods=tuple(f"{first}-{last}" for first, last in spans),
        receipts=receipts,
        years=years,
        carry_over=about.carry_over,
        least=np.stack([low for low, _ in ends], axis=1),
        most=most,
        smallest=yearly[:, None] * years,
        start_up=one.start_up,
    )


def evenly(space: Space, mix: Floats) -> Floats:
    """Return the plan that spends every period's money in the same shares (I,), as nearly as the rules allow.

    Start-up costs come off the first period's money.
    """
    shares = mix / mix.sum()
    plan = shares[:, None] * space.receipts
    start = float(space.start_up[shares > HOLDS].sum())
    plan[:, 0] = shares * max(0.0, space.receipts[0] - start)
    return nearest_plan(table(space), plan)
