"""The both/and plan of the first round by exact slopes, beside the one found on curves: how far the two are apart.

The same money, values and floors as on the curves, in the first draws only: one block of the engine's lanes. Every
value's favourite on the curves is run first, so that all start from what is known; then each may improve by a few
runs, and the plan is settled anew. Source: DESIGN 8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.decide.both_and import Floor
from bothand.decide.search.answers import Search
from bothand.decide.search.certificate import Certificate
from bothand.decide.search.rules import nearest_plan
from bothand.decide.search.solve import Favourites, Settled
from bothand.decide.search.space import Space
from bothand.engine.arrays import Floats
from bothand.engine.vectors.lanes import LANES
from bothand.experiments.curves import Curves
from bothand.experiments.exact.oracle import Engine
from bothand.experiments.exact.settling import asked_about, begin, errors, settle_by_slopes
from bothand.experiments.plans import option_keys
from bothand.experiments.search import FUNCTIONAL, Found, yearly_of
from bothand.experiments.worlds import World, first_draws
from bothand.world.plan import Plan

CALLS_EACH = 4  # MATH: runs by which a value's favourite may improve on the one found on curves
CALLS = 20  # MATH: runs for beta, and again for the plan


@dataclass(frozen=True, eq=False)
class Exact:
    """What exact slopes find with the first round's money.

    Attributes:
        draws: how many. names: (V,) objectives asked about. calls: plans that the engine ran. sweeps: slopes of one
            objective at one plan.
        favourites: the best plan of every objective. settled: the both/and plan and its beta.
        certificate: of that plan. yearly: (I,) its dollars a year, start-up costs included.
        on_curves: (V,) exact gains, in the same draws, of the plan found on curves. beta_on_curves: its least z.
        at_nothing: (V, I) what the first dollar of each service adds to each objective.
        at_plan: (V, I) what one more dollar adds at the both/and plan.
    """

    draws: int
    names: tuple[str, ...]
    calls: int
    sweeps: int
    favourites: Favourites
    settled: Settled
    certificate: Certificate
    yearly: Floats
    on_curves: Floats
    beta_on_curves: float
    at_nothing: Floats
    at_plan: Floats


def search_exactly(
    curves: Curves, found: Found, floors: Sequence[Plan], tell: Callable[[str], None] = lambda words: None
) -> Exact:
    """Settle the both/and plan of the first round by exact slopes.

    Args:
        curves, found: what was found on curves, and where the search begins.
        floors: plans whose healthy life-years it should reach, as for ``experiments.search``.
        tell: hears what is being run.
    """
    world = first_draws(curves.world, LANES)
    served = found.served
    names = tuple(dict.fromkeys((*served, FUNCTIONAL)))
    years = len(world.first_round)
    space = first_round(world)
    asked = asked_about(world, names)
    engine = Engine(world, asked, [list(world.first_round)])
    tell("the both/and plan again, by the model's own slopes")
    search = begin(engine, space, curves.surface, found.yearly[:, None] * years)
    known = [found.ideals.plan_of(name)[:, None] * years for name in served]
    error = errors(curves, asked)
    lines = _floors(search, world, floors, years)
    got = settle_by_slopes(search, served, known, lines, error, CALLS_EACH, CALLS)
    tell("what the next dollar brings, by the model's own slopes")
    every = np.arange(len(names))
    return Exact(
        world.county.draws,
        names,
        got.runs,
        got.sweeps,
        got.favourites,
        got.settled,
        got.certificate,
        space.paid(got.settled.answer.plan).sum(axis=1) / years,
        got.before[: len(names)],
        got.beta_before,
        engine.slopes(np.zeros(space.shape), every.tolist())[:, :, 0],
        search.oracle.sharpened(search.asked[search.point(got.settled.answer.plan)], every).slopes[:, :, 0],
    )


def first_round(world: World) -> Space:
    """Return the plans that the first round's money and the study's rules allow, in one spending period."""
    years, services = len(world.first_round), {s.key: s for s in world.setting.services}
    options = option_keys(world)

    def means(part: str) -> Floats:
        return np.array([float(np.mean(world.values[getattr(services[key], part).quantity])) for key in options])

    least, most = bounds_in(world, options, years, means("start_up"))
    first, last = (world.setting.study.years[world.first_round[n]] for n in (0, -1))
    return Space(
        services=options,
        periods=(f"{first}-{last}",),
        least=least[:, None],
        most=most[:, None],
        receipts=np.array([world.yearly_budget * years]),
        years=np.array([float(years)]),
        smallest=means("smallest")[:, None] * years,
        start_up=means("start_up"),
    )


def bounds_in(world: World, options: Sequence[str], years: float, start_up: Floats) -> tuple[Floats, Floats]:
    """Return the least and most of each option by the rules of spending, over so many years of today's money (I,).

    A rule counts what starting costs, which a search pays on top.
    """
    bounds = world.setting.bounds
    least = np.array([bounds.at_least.get(key, 0.0) for key in options]) * years - start_up
    most = np.array([bounds.at_most.get(key, np.inf) for key in options]) * years - start_up
    return np.maximum(least, 0.0), np.maximum(most, 0.0)


def _floors(search: Search, world: World, plans: Sequence[Plan], years: int) -> list[Floor]:
    """Return what other plans give in healthy life-years, asked of the engine itself."""
    at, found = search.names.index(FUNCTIONAL), []
    for plan in plans:
        asked = nearest_plan(search.today, yearly_of(world, plan)[:, None] * years)
        known = search.point(asked)
        found.append(Floor(plan.label, {FUNCTIONAL: float(search.bundle.gains[known, at])}))
    return found
