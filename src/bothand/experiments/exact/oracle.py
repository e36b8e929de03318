"""The engine as an oracle: exact gains of a plan, and what one more dollar of each service in each period adds.

A plan is (S, P) dollars of the study's options by spending period, spent evenly over the years of each. Start-up costs
and the smallest award stand in the search's rules (``decide.search.space``), not here: a dollar at a step has no slope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bothand.decide.search.oracle import Point
from bothand.engine.arrays import Floats
from bothand.experiments.curves import DEATHS, GROUP, objectives
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.plans import QUALITY, Tried, option_keys, service_keys
from bothand.experiments.worlds import World, side_by_side
from bothand.keys import THREE_YEARS
from bothand.outcomes.gradients.asked import Outcome
from bothand.outcomes.gradients.dollars import Spent, by_period, run_plan, yearly_gradient


@dataclass(frozen=True, eq=False)
class Engine:
    """The full model in the draws of a world; gains and slopes are means over these.

    Attributes:
        world: few draws (``first_draws``): a call costs some three runs of a plan for the first objective and one for
            each other.
        names: (V,) objectives of ``curves.objectives``.
        periods: (P,) positions of the years of each spending period.
    """

    world: World
    names: tuple[str, ...]
    periods: Sequence[Sequence[int]]

    def __call__(self, plan: Floats) -> Point:
        """Return the gains (V,) of a plan (S, P) and their slopes (V, S, P); both are kept."""
        yearly = self.yearly(plan)
        asked = ["exact slopes", yearly, self.names, [list(years) for years in self.periods]]
        return kept(self.world, asked, lambda world: self._ask(world, yearly), (Point,))

    def _ask(self, world: World, yearly: Floats) -> Point:
        road = run_plan(world.county, world.quo.run, world.horizons, Spent(yearly, world.board_lag))
        nothing = np.zeros(0)
        told = objectives(world, Tried("asked", THREE_YEARS, nothing, {}, nothing, road.trial))

        def slope(name: str) -> Floats:
            by_year = yearly_gradient(road, outcome_of(name, world), QUALITY)
            return np.asarray(by_period(by_year, self.periods)[self.rows].mean(axis=-1))

        slopes = side_by_side(slope, self.names, world.workers)
        return Point(np.array([told[name].mean() for name in self.names]), np.stack(slopes))

    @property
    def rows(self) -> list[int]:
        """Positions of the options among the services of the study."""
        return [service_keys(self.world).index(key) for key in option_keys(self.world)]

    def yearly(self, plan: Floats) -> Floats:
        """Return the dollars of every service of the study in every year (S, Y), each period's spent evenly."""
        found = np.zeros((len(service_keys(self.world)), len(self.world.setting.study.years)))
        for p, years in enumerate(self.periods):
            found[np.ix_(self.rows, list(years))] = plan[:, [p]] / len(years)
        return found


def outcome_of(name: str, world: World) -> Outcome:
    """Return the outcome whose slopes are those of an objective."""
    if name.startswith(GROUP):
        return Outcome("healthy_life_years", name.removeprefix(GROUP))
    return Outcome(DEATHS, None, world.ten_years[0]) if name == DEATHS else Outcome(name)
