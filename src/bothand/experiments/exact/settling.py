"""One question asked of the engine by exact slopes: every value's favourite, beta, and the plan that is settled.

A run of a plan tells every gain; slopes are asked only of the objective whose favourite is sought, or of those that
bind. The curves of the first round lend their bends (``decide.search.curves.Shapes``), the engine the heights and the
slopes. Source: DESIGN 8 ("exact gradients; KKT residual as certificate").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bothand.decide.both_and import Floor
from bothand.decide.search.answers import Search, start
from bothand.decide.search.certificate import Certificate, certify
from bothand.decide.search.curves import Shapes
from bothand.decide.search.oracle import Counted
from bothand.decide.search.rules import nearest_plan
from bothand.decide.search.solve import Favourites, Settled, favourites, settle
from bothand.decide.search.space import Space
from bothand.decide.surfaces import Surface
from bothand.engine.arrays import Floats
from bothand.experiments.curves import Curves
from bothand.experiments.exact.oracle import SPARED, Engine
from bothand.experiments.search import FUNCTIONAL
from bothand.experiments.worlds import World

RADIUS = 0.25  # MATH: trust region to begin with, share of the largest: a search begins near what is known
NEARER = 1 / 16  # MATH: the same for beta and the plan, which begin among the favourites

FINEST = 1e-3  # MATH: smallest trust region that is tried, share of the largest


@dataclass(frozen=True, eq=False)
class Exactly:
    """What exact slopes find in one space.

    Attributes:
        names: (V,) objectives asked about. runs: plans that the engine ran. sweeps: slopes of one objective at one
            plan that were asked for.
        favourites: the best plan of every objective. settled: the both/and plan and its beta.
        certificate: of that plan. before: (V,) gains of the plan that the search began with.
        beta_before: the least share of its own best that this plan gives. space: the plans allowed.
    """

    names: tuple[str, ...]
    runs: int
    sweeps: int
    favourites: Favourites
    settled: Settled
    certificate: Certificate
    before: Floats
    beta_before: float
    space: Space


def begin(engine: Engine, space: Space, surface: Surface, first: Floats, oracle: Counted | None = None) -> Search:
    """Return a search of the engine over a space, begun near a plan (S, P).

    Every question of it keeps the cap on what others are asked for, where the engine is asked about that: dollars for
    each year of the money, as many times as there is money for such a year beside today's.
    """
    gains = [_gains(surface, name) for name in engine.names]
    kept = Surface(engine.names, surface.services, surface.dollars, np.array(gains))
    asked = oracle or Counted(engine)
    shapes = Shapes(kept, space.years)
    search = start(engine.names, space, asked, shapes, finest=FINEST, first=first, radius=RADIUS, relaxed=True)
    cap, today = engine.world.setting.bounds.cap, engine.world.yearly_budget
    if SPARED in engine.names and cap is not None:
        search.held = engine.names.index(SPARED), cap * space.total / engine.years / today
    return search


def _gains(surface: Surface, name: str) -> Floats:
    """Return an objective's curves (I, L); those of what others are spared are those of what they are asked for."""
    if name == SPARED and surface.rules is not None:
        return -surface.rules.asked
    return np.asarray(surface.gains[surface.index(name)])


def asked_about(world: World, names: Sequence[str]) -> tuple[str, ...]:
    """Return the objectives, and last what others are spared where the study caps what they are asked for."""
    return (*names, *((SPARED,) if world.setting.bounds.cap is not None else ()))


def errors(curves: Curves, names: Sequence[str]) -> Floats:
    """Return the gain of each objective that cannot be told from none (V,)."""
    return np.array([0.0 if name == SPARED else curves.error[curves.surface.index(name)] for name in names])


def settle_by_slopes(
    search: Search,
    served: Sequence[str],
    known: Sequence[Floats],
    floors: Sequence[Floor],
    error: Floats,
    each: int,
    most: int,
) -> Exactly:
    """Find every favourite, beta and the settled plan of a search that was begun.

    Args:
        search: begun at the plan that the answer stands beside.
        served: objectives that the plan should serve; their best plans and the functional's are searched. Others of the
            search's names may set floors. known: plans (S, P) to begin with beside the first.
        floors: as for ``decide.search.solve.settle``. error: (V,) gain that cannot be told from none.
        each: runs that a favourite may take, and that may lift the plan to floors which it misses. most: runs that beta
            may take, and again the plan.
    """
    before = search.bundle.gains[0]
    for plan in known:
        search.point(nearest_plan(search.today, plan))
    search.calls = each
    best = favourites(search, error, sought=(*served, FUNCTIONAL))
    search.calls, search.radius = most, NEARER
    members = [name for name in served if name in best.members]
    settled = settle(search, best, members, FUNCTIONAL, floors=floors, lifting=each)
    certificate = certify(search, settled.question, settled.answer)
    z = best.weights(members) @ before
    return Exactly(
        search.names,
        search.oracle.calls,
        search.oracle.sweeps,
        best,
        settled,
        certificate,
        before,
        float(np.min(z, initial=np.inf)),
        search.space,
    )
