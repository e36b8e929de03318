"""The both/and plan by exact slopes, beside the one found on curves: how far the two are apart, and a certificate.

The same money, values and floors as on the curves, in the first draws only: one block of the engine's lanes. Every
value's favourite on the curves is asked first, so that all start from what is known; then each may improve by a few
calls, and the plan is settled anew. Source: DESIGN 8 ("exact gradients; KKT residual as certificate").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.decide.both_and import Floor
from bothand.decide.search.answers import Search, start
from bothand.decide.search.certificate import Certificate, certify
from bothand.decide.search.oracle import SurfaceOracle
from bothand.decide.search.rules import nearest_plan
from bothand.decide.search.solve import Favourites, Settled, favourites, settle
from bothand.decide.search.space import Space
from bothand.decide.surfaces import Surface
from bothand.engine.arrays import Floats
from bothand.engine.vectors.lanes import LANES
from bothand.experiments.curves import Curves
from bothand.experiments.exact.oracle import Engine
from bothand.experiments.plans import option_keys
from bothand.experiments.search import FUNCTIONAL, SECOND_LINES, Found, yearly_of
from bothand.experiments.worlds import World, first_draws
from bothand.world.plan import Plan

CALLS_EACH = 2  # MATH: calls by which a value's favourite may improve on the one found on curves
CALLS = 8  # MATH: calls for beta, and again for the plan


@dataclass(frozen=True, eq=False)
class Exact:
    """What exact slopes find with the first round's money.

    Attributes:
        draws: how many. names: (V,) objectives asked about. calls: of the engine in all.
        favourites: the best plan of every objective. settled: the both/and plan and its beta.
        certificate: of that plan. yearly: (I,) its dollars a year, start-up costs included.
        on_curves: (V,) exact gains, in the same draws, of the plan found on curves. beta_on_curves: its least z.
    """

    draws: int
    names: tuple[str, ...]
    calls: int
    favourites: Favourites
    settled: Settled
    certificate: Certificate
    yearly: Floats
    on_curves: Floats
    beta_on_curves: float


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
    served = tuple(o for o in (*found.values, *SECOND_LINES) if o in found.ideals.members)
    names = tuple(dict.fromkeys((*served, FUNCTIONAL)))
    years = len(world.first_round)
    space = first_round(world)
    engine = Engine(world, names, [list(world.first_round)])
    plan = found.yearly[:, None] * years
    tell("the plan again by exact slopes")
    search = start(names, space, engine, _read(curves.surface, names, years), first=plan, calls=CALLS_EACH)
    before = search.bundle.gains[0]
    for name in served:
        search.point(nearest_plan(search.today, found.ideals.plan_of(name)[:, None] * years))
    tell("every value's favourite by exact slopes")
    best = favourites(search, curves.error[[curves.surface.index(name) for name in names]])
    search.calls = CALLS
    tell("the both/and plan by exact slopes")
    members = [name for name in served if name in best.members]
    settled = settle(search, best, members, FUNCTIONAL, floors=_floors(search, world, floors, years))
    z = best.weights(members) @ before
    return Exact(
        world.county.draws,
        names,
        search.oracle.calls,
        best,
        settled,
        certify(search, settled.question, settled.answer),
        space.paid(settled.answer.plan).sum(axis=1) / years,
        before,
        float(z.min()),
    )


def first_round(world: World) -> Space:
    """Return the plans that the first round's money and the study's rules allow, in one spending period."""
    years, services = len(world.first_round), {s.key: s for s in world.setting.services}
    options = option_keys(world)

    def means(part: str) -> Floats:
        return np.array([float(np.mean(world.values[getattr(services[key], part).quantity])) for key in options])

    first, last = (world.setting.study.years[world.first_round[n]] for n in (0, -1))
    return Space(
        services=options,
        periods=(f"{first}-{last}",),
        receipts=np.array([world.yearly_budget * years]),
        years=np.array([float(years)]),
        smallest=means("smallest")[:, None] * years,
        start_up=means("start_up"),
    )


def _read(surface: Surface, names: Sequence[str], years: int) -> SurfaceOracle:
    """Return the curves of some objectives as an oracle over the one period."""
    at = [surface.index(name) for name in names]
    kept = Surface(tuple(names), surface.services, surface.dollars, surface.gains[at])
    return SurfaceOracle(kept, np.array([float(years)]))


def _floors(search: Search, world: World, plans: Sequence[Plan], years: int) -> list[Floor]:
    """Return what other plans give in healthy life-years, asked of the engine itself."""
    at, found = search.names.index(FUNCTIONAL), []
    for plan in plans:
        asked = nearest_plan(search.today, yearly_of(world, plan)[:, None] * years)
        known = search.point(asked)
        found.append(Floor(plan.label, {FUNCTIONAL: float(search.bundle.gains[known, at])}))
    return found
