"""The both/and plan where terms may change: which service is run in which way, and what that brings in the full model.

Every way to run a service is an option of its own on the surface of ways (``what_if.ways``), at most one of each
service. The plan is settled there as the recommended one is on the services' own terms: the same ideals, the same
floors. Both are then run in the full model, on the same money, in the same draws. The terms chosen so are then held,
and their dollars are settled again by the engine's own slopes, beside the plan on the services' own terms that was
settled so (``first_round``): in the same draws, for the same ideals and floors. There each change of terms is undone
alone, at the same dollars.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.decide.both_and import KEEP, Floor, floor_of, settle
from bothand.decide.search.certificate import Certificate, certify
from bothand.decide.search.rules import nearest_plan
from bothand.decide.search.solve import Settled
from bothand.decide.search.solve import settle as settle_exactly
from bothand.engine.arrays import Floats
from bothand.engine.vectors.lanes import LANES
from bothand.experiments.curves import Curves, objectives
from bothand.experiments.exact.first_round import Exact, first_round
from bothand.experiments.exact.oracle import Engine
from bothand.experiments.exact.settling import asked_about, begin
from bothand.experiments.plans import try_dollars
from bothand.experiments.search import BOTH_AND, FUNCTIONAL, Found, whole_hundreds, yearly_of
from bothand.experiments.what_if.ways import Way, Ways, columns_of, places_in, run_otherwise, run_so, terms_in
from bothand.experiments.worlds import World, first_draws
from bothand.keys import THREE_YEARS
from bothand.world.plan import Plan

ON_TERMS = "both_and_on_terms"
PAID = 1.0  # UNIT: dollars a year from which a way counts as chosen
CALLS = 5  # MATH: runs for beta, and again for the plan, beside the two plans that the search begins with


@dataclass(frozen=True, eq=False)
class PlanOnTerms:
    """The both/and plan where terms may change, beside the one on the services' own terms.

    Attributes:
        chosen: ways that its dollars go to, other than the services' own. yearly: (I,) dollars a year by service.
        beta: on curves, where any way may be chosen. beta_own: the same on the services' own terms.
        served: objectives that both plans serve.
        gains: objective -> mean gain in the full model, of this plan; gains_own: of the plan on own terms.
        z, z_own: objective served -> share of its own best (of the map's ideals), in the full model.
    """

    chosen: tuple[Way, ...]
    yearly: Floats
    beta: float
    beta_own: float
    served: tuple[str, ...]
    gains: Mapping[str, float]
    gains_own: Mapping[str, float]
    z: Mapping[str, float]
    z_own: Mapping[str, float]

    @property
    def healthy(self) -> tuple[float, float]:
        """Healthy life-years of this plan, and of the one on the services' own terms."""
        return self.gains[FUNCTIONAL], self.gains_own[FUNCTIONAL]


def settle_on_terms(
    curves: Curves,
    found: Found,
    ways: Ways,
    floors: Sequence[Plan],
    seed: int,
    tell: Callable[[str], None] = lambda words: None,
) -> PlanOnTerms:
    """Settle the both/and plan where a plan may choose ways within the study's limit on coercion, and run both.

    Args:
        curves, found: the curves on the services' own terms, and what was found on them. ways: measured and priced.
        floors: as for ``experiments.search``. seed: of the quantities that only another way reads.
        tell: hears what is being run.
    """
    tell("the both/and plan where terms may change")
    world, own = curves.world, found.ideals
    allowed = tuple(way for way in ways.ways if way.grade <= ways.limit)
    surface = columns_of(ways.surface, own.surface.services, allowed)
    served = found.served
    lines = [floor_of(own, p.label, yearly_of(world, p), [FUNCTIONAL, *found.groups]) for p in floors]
    settled = settle(replace(own, surface=surface), served, FUNCTIONAL, floors=lines)
    count = len(own.surface.services)
    chosen = tuple(way for way, usd in zip(allowed, settled.plan[count:], strict=True) if usd > PAID)
    yearly = np.array(settled.plan[:count])
    for way, usd in zip(allowed, settled.plan[count:], strict=True):
        yearly[own.surface.services.index(way.service)] += usd
    yearly = whole_hundreds(yearly, own.surface.rules)
    places, terms = places_in(chosen), terms_in(chosen)
    there = run_otherwise(world, chosen, seed)
    changed = objectives(there, try_dollars(there, ON_TERMS, yearly, THREE_YEARS, places=places, terms=terms))
    usual = objectives(world, try_dollars(world, BOTH_AND, found.yearly, THREE_YEARS))
    gains, before = ({name: float(gain.mean()) for name, gain in one.items()} for one in (changed, usual))
    best = {name: own.best[own.surface.index(name)] for name in served}
    return PlanOnTerms(
        chosen,
        yearly,
        settled.beta,
        found.settled.beta,
        served,
        gains,
        before,
        {name: gains[name] / most for name, most in best.items()},
        {name: before[name] / most for name, most in best.items()},
    )


@dataclass(frozen=True, eq=False)
class Undone:
    """The plan on other terms with one of its changes undone, at the same dollars.

    Attributes:
        way: the change. least: share of its own best that the least served value then gets. healthy: healthy
            life-years then. better: whether the plan is better with the change, by the order in which it is chosen:
            it keeps for every value what the both/and plan should (``KEEP`` of the most seen either way), and without
            the change that is not kept, or there are fewer healthy life-years.
    """

    way: Way
    least: float
    healthy: float
    better: bool


@dataclass(frozen=True, eq=False)
class TermsExactly:
    """The terms chosen on curves, their dollars settled by exact slopes.

    Attributes:
        draws: how many. names: (V,) objectives. chosen: the ways held. runs, sweeps: as for ``settling.Exactly``.
        settled: the plan; its ``z`` are shares of the exact ideals on the services' own terms. certificate: of it.
        yearly: (I,) its dollars a year, start-up costs included.
        least_on_curves: the least share that the curves' dollars give on these terms, in the same draws.
        undone: each change, undone alone.
    """

    draws: int
    names: tuple[str, ...]
    chosen: tuple[Way, ...]
    runs: int
    sweeps: int
    settled: Settled
    certificate: Certificate
    yearly: Floats
    least_on_curves: float
    undone: tuple[Undone, ...]


def settle_on_terms_exactly(
    curves: Curves,
    ways: Ways,
    exact: Exact,
    told: PlanOnTerms,
    seed: int,
    tell: Callable[[str], None] = lambda words: None,
) -> TermsExactly | None:
    """Settle the dollars of the terms chosen on curves by exact slopes, beginning at the better of two plans.

    Args:
        curves: their bends lead the search. ways: measured. exact: the plan on own terms, and the ideals and floors.
        told: the plan on curves where terms may change. seed: as for ``settle_on_terms``. tell: hears what is run.

    Returns:
        None where no change of terms was chosen: the plan is then that of ``exact``.
    """
    if not told.chosen:
        return None
    tell("the both/and plan where terms may change, by the model's own slopes")
    world = run_otherwise(first_draws(curves.world, LANES), told.chosen, seed)
    space, years = first_round(world), len(world.first_round)
    asked = asked_about(world, exact.names)
    engine = _engine(world, asked, told.chosen)
    own = run_so(ways.surface, curves.surface.services, told.chosen)
    search = begin(engine, space, own, told.yearly[:, None] * years)
    on_curves = search.bundle.gains[0]
    search.point(nearest_plan(search.today, exact.settled.answer.plan))
    search.calls = CALLS
    members = list(exact.settled.z)
    floors = [Floor(one.label, {one.objective: one.least}) for one in exact.settled.floors]
    settled = settle_exactly(search, exact.favourites, members, FUNCTIONAL, floors=floors)
    certificate = certify(search, settled.question, settled.answer)
    weights, plan = exact.favourites.weights(members), settled.answer.plan
    healthy = exact.names.index(FUNCTIONAL)
    undone = []
    for way in told.chosen:
        tell(f"without one change of terms: {way.service}, {way.term}")
        gains = _engine(world, asked, [one for one in told.chosen if one is not way]).gains(plan)
        least, years_then = float(np.min(weights @ gains)), float(gains[healthy])
        floor = KEEP * max(settled.beta, least) - search.tolerance
        worse = least < floor or years_then < float(settled.answer.gains[healthy])
        undone.append(Undone(way, least, years_then, worse and min(settled.z.values()) >= floor))
    return TermsExactly(
        world.county.draws,
        exact.names,
        told.chosen,
        search.oracle.calls + len(undone),
        search.oracle.sweeps,
        settled,
        certificate,
        space.paid(plan).sum(axis=1) / years,
        float(np.min(weights @ on_curves)),
        tuple(undone),
    )


def _engine(world: World, names: tuple[str, ...], ways: Sequence[Way]) -> Engine:
    """Return the full model in which some services are run in other ways."""
    return Engine(world, names, [list(world.first_round)], terms_in(ways), places_in(ways))
