"""The both/and plan where terms may change: which service is run in which way, and what that brings in the full model.

Every way to run a service is an option of its own on the surface of ways (``what_if.ways``), at most one of each
service. The plan is settled there as the recommended one is on the services' own terms: the same ideals, the same
floors. Both are then run in the full model, on the same money, in the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.decide.both_and import floor_of, settle
from bothand.engine.arrays import Floats
from bothand.experiments.curves import Curves, objectives
from bothand.experiments.plans import try_dollars
from bothand.experiments.search import BOTH_AND, FUNCTIONAL, Found, whole_hundreds, yearly_of
from bothand.experiments.what_if.ways import Way, Ways, columns_of, places_in, terms_in
from bothand.experiments.worlds import knowing
from bothand.keys import THREE_YEARS
from bothand.world.plan import Plan

ON_TERMS = "both_and_on_terms"
PAID = 1.0  # UNIT: dollars a year from which a way counts as chosen


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
    there = world
    for way in chosen:
        there = replace(there, county=knowing(there.county, terms_in((way,)), seed))
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
