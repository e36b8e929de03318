"""All the money, by spending period: the both/and plan by exact slopes, beside the same mix in every period.

Dollars are free by service and spending period of the study, at most six. What comes in is the place's: receipts by
year, what was unspent on day one, what is held back for later, and whether money that finds no use is carried into the
next period. The engine's own delivery counts the board's lag. The search begins at *spending evenly*: the mix that was
settled for the first round, in every period alike, so it never ends with less for the least served. Spending evenly,
the even split and what others do, each with all the money, are floors for healthy life-years and for every group that
has room. Then it is asked again from other plans, and with the other rule for money that is not paid. Source: DESIGN 8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.decide.both_and import NEAR, Floor
from bothand.decide.search.answers import Search, answer, with_other_rules
from bothand.decide.search.certificate import certify
from bothand.decide.search.multistart import Spread, from_points
from bothand.decide.search.rules import HOLDS, nearest_plan, table
from bothand.decide.search.solve import common, near_optimal, settled_again
from bothand.decide.search.space import MOST_PERIODS, Space
from bothand.engine.arrays import Floats
from bothand.engine.vectors.lanes import LANES
from bothand.experiments.curves import Curves
from bothand.experiments.exact.first_round import Exact, bounds_in, first_round
from bothand.experiments.exact.oracle import Engine
from bothand.experiments.exact.settling import Exactly, asked_about, begin, errors, settle_by_slopes
from bothand.experiments.plans import option_keys
from bothand.experiments.search import FUNCTIONAL, Found
from bothand.experiments.worlds import World, first_draws
from bothand.keys import ALL_YEARS
from bothand.world.plan import Plan, dollars

EVENLY = "The first round\u2019s mix"
CALLS_EACH = 2  # MATH: runs by which a value's favourite may improve
CALLS_WAITING = 2  # MATH: runs for beta where the rule of unpaid money is the other one, and again for the plan
CALLS_FROM = 2  # MATH: runs from each other start
STARTS = 2  # MATH: other starts
NEARLY = 0.1  # MATH: shares of own best by which another start may miss what every value should get
NEARBY = 1 / 16  # MATH: how far a service's end is sought, a share of a period's money: one run an end
CALLS = 14  # MATH: runs for beta, and again for the plan


@dataclass(frozen=True, eq=False)
class Waiting:
    """What the money could do under the other rule for what is not paid in its period, everything else alike.

    Attributes:
        carries: whether unpaid money is kept for the next period here. beta: what the least served can be given.
        healthy: healthy life-years of the plan found under the same conditions. paid: (I, P) its dollars, start-up
            costs included. waits: the most that is held over from one period to the next. runs: plans run for this.
    """

    carries: bool
    beta: float
    healthy: float
    paid: Floats
    waits: float
    runs: int


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
        waiting: under the other rule for unpaid money. starts: where the search ended from other plans that were run
            and nearly kept the conditions. begun: share of all money that each of these spends otherwise than the plan.
    """

    draws: int
    spans: tuple[tuple[int, int], ...]
    found: Exactly
    paid: Floats
    even: Floats
    worth: Floats
    ranges: Floats
    near: int
    waiting: Waiting
    starts: Spread
    begun: tuple[float, ...]


def search_periods(
    curves: Curves,
    found: Found,
    exact: Exact,
    floors: Sequence[Plan],
    tell: Callable[[str], None] = lambda words: None,
) -> ByPeriod | None:
    """Settle the both/and plan of all years' money by spending period.

    Args:
        curves, found: as for the first round. exact: the first round's plan, and its values' favourites.
        floors: plans whose healthy life-years and groups it should reach, as for ``experiments.search``.
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
    names = (*exact.names, *found.groups)
    asked = asked_about(world, names)
    engine = Engine(world, asked, positions(world, spans))
    even = evenly(space, exact.settled.answer.plan[:, 0])
    search = begin(engine, space, curves.surface, even)
    known = [evenly(space, one.plan[:, 0]) for one in exact.favourites.answers if one.plan.any()]
    error = errors(curves, asked)
    others = [nearest_plan(search.today, paid_by(world, plan, spans)) for plan in floors]
    sides = {EVENLY: search.asked[0], **{plan.label: own for plan, own in zip(floors, others, strict=True)}}
    lines = [_floor(search, label, own, (FUNCTIONAL, *found.groups)) for label, own in sides.items()]
    got = settle_by_slopes(search, found.served, known, lines, error, CALLS_EACH, CALLS)
    tell("all the money, if what is not paid were dealt with otherwise")
    waiting = _waiting(search, got)
    tell("all the money, begun from other plans")
    far = _far(search, got)
    starts = from_points(search, got.settled.question, far, CALLS_FROM)
    tell("how much each service may get over all periods")
    search.radius = search.finest = NEARBY
    near_optimal(search, got.settled.question, got.settled.answer, calls=1, bounded=False)
    got = _again(search, got)
    plan, first = got.settled.answer.plan, space.paid(search.asked[0])
    at, healthy = search.point(plan), names.index(FUNCTIONAL)
    if waiting.carries:  # a plan that pays everything in its period is allowed there too
        waiting = replace(waiting, healthy=max(waiting.healthy, float(search.bundle.gains[at, healthy])))
    begun = tuple(_apart(search, plan)[far[k]] for k in starts.order)
    search.sharpen(at, np.array([healthy]))
    slope = search.bundle.slopes[at, healthy].reshape(space.shape) / space.total
    worth = np.where(space.funded(plan), slope, 0.0).max(axis=0)
    ranges, near = _near(search, got)
    got = replace(got, runs=search.oracle.calls, sweeps=search.oracle.sweeps)
    draws = world.county.draws
    return ByPeriod(draws, spans, got, space.paid(plan), first, worth, ranges, near, waiting, starts, begun)


def _again(search: Search, got: Exactly) -> Exactly:
    """Return what was found, with a better plan where one was run since the plan was settled."""
    settled = settled_again(search, got.favourites, got.settled)
    if settled is got.settled:
        return got
    return replace(got, settled=settled, certificate=certify(search, settled.question, settled.answer))


def _apart(search: Search, plan: Floats) -> list[float]:
    """Return the share of all money that every plan run spends otherwise than one."""
    asked = np.array(search.asked)
    return list((np.abs(asked - plan).sum(axis=(1, 2)) / 2 / search.space.total).tolist())


def _far(search: Search, got: Exactly) -> list[int]:
    """Return plans run that nearly keep the conditions and differ most from the plan, and from each other."""
    question, plan = got.settled.question, got.settled.answer.plan
    kept = (question.shortfalls(search.bundle.gains) <= NEARLY) & np.array(search.affordable)
    found: list[int] = []
    apart = np.array(_apart(search, plan))
    for _ in range(min(STARTS, int(kept.sum()))):
        found.append(int(np.where(kept, apart, -1.0).argmax()))
        apart = np.minimum(apart, _apart(search, search.asked[found[-1]]))
    return found


def _floor(search: Search, label: str, plan: Floats, objectives: Sequence[str]) -> Floor:
    """Return what a plan (S, P) gives of some objectives, asked of the engine itself."""
    known = search.point(plan)
    gains = dict(zip(search.names, search.bundle.gains[known].tolist(), strict=True))
    return Floor(label, {name: gains[name] for name in objectives})


def _waiting(search: Search, got: Exactly) -> Waiting:
    """Ask the same of the same money under the other rule for what is not paid in its period.

    All points are known from the start. The conditions are those that the plan keeps, so that healthy life-years are
    set beside each other for the same shares and floors. The plan nearest to the one found, under the place's own rule,
    is run too: what that reaches is no gain of the other rule.
    """
    space, before = search.space, search.oracle.calls
    other = with_other_rules(search, replace(space, carry_over="returned" if space.carries else "next period"))
    beta = common(other, got.favourites, list(got.settled.z), calls=CALLS_WAITING).value
    best = answer(other, got.settled.question, CALLS_WAITING, bounded=False)
    search.point(nearest_plan(search.today, best.plan))
    paid = space.paid(best.plan)
    waits = float(np.cumsum(space.receipts - paid.sum(axis=0))[:-1].max(initial=0.0))
    healthy = float(best.gains[search.names.index(FUNCTIONAL)])
    runs = search.oracle.calls - before
    return Waiting(not space.carries, beta, healthy, paid, waits, runs)


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


def paid_by(world: World, plan: Plan, spans: Sequence[tuple[int, int]]) -> Floats:
    """Return what a plan pays for every option in every spending period with all the money, mean of draws (I, P)."""
    own = dollars(plan, option_keys(world), world.setting.study.years, world.money[ALL_YEARS]).mean(axis=-1)
    return np.stack([own[:, at].sum(axis=1) for at in positions(world, spans)], axis=1)


def evenly(space: Space, mix: Floats) -> Floats:
    """Return the plan that spends every period's money in the same shares (I,), as nearly as the rules allow.

    Start-up costs come off the first period's money.
    """
    shares = mix / mix.sum()
    plan = shares[:, None] * space.receipts
    start = float(space.start_up[shares > HOLDS].sum())
    plan[:, 0] = shares * max(0.0, space.receipts[0] - start)
    return nearest_plan(table(space), plan)
