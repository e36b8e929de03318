"""The engine as an oracle: exact gains of a plan, and what one more dollar of each service in each period adds.

A plan is (S, P) dollars of the study's options by spending period, spent evenly over the years of each. Start-up costs
and the smallest award stand in the search's rules (``decide.search.space``), not here: a dollar at a step has no slope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from bothand.decide.search.oracle import Point
from bothand.engine.arrays import Floats
from bothand.experiments.curves import DEATHS, GROUP, objectives
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.plans import QUALITY, Tried, option_keys, service_keys
from bothand.experiments.ruled.bill import asked_by_units, asked_in_all
from bothand.experiments.worlds import World, side_by_side
from bothand.keys import THREE_YEARS
from bothand.outcomes.gradients.asked import FOLLOWS, Outcome
from bothand.outcomes.gradients.dollars import Road, Spent, by_period, run_plan, yearly_gradient
from bothand.world.service import Places, Service, Terms
from bothand.world.terms import as_run

SPARED = "others_spared"
"""What others are asked for, below zero: dollars for each year of the money. It is kept, and never sought."""

KEPT = 16  # MATH: runs kept for slopes asked for later
"""Some thirty megabytes each in eight draws. With six, one run in seven was made again (measured)."""


@dataclass(frozen=True, eq=False)
class Engine:
    """The full model in the draws of a world; gains and slopes are means over these.

    Attributes:
        world: few draws (``first_draws``): a run costs two runs of a plan, the slopes of an objective one to three.
        names: (V,) objectives of ``curves.objectives``, and ``SPARED`` where a study caps what others are asked for.
        periods: (P,) positions of the years of each spending period.
        terms, places: services run otherwise than their own files say.
        roads: the last runs, by plan. running: held by whoever looks for one, so that no plan is run twice.
    """

    world: World
    names: tuple[str, ...]
    periods: Sequence[Sequence[int]]
    terms: Mapping[str, Terms] | None = None
    places: Mapping[str, Places] | None = None
    roads: dict[bytes, Road] = field(default_factory=dict, repr=False)
    running: Lock = field(default_factory=Lock, repr=False)

    def __call__(self, plan: Floats) -> Point:
        """Return the gains (V,) of a plan (S, P) and their slopes (V, S, P)."""
        return Point(self.gains(plan), self.slopes(plan, range(len(self.names))))

    def gains(self, plan: Floats) -> Floats:
        """Return the gains of a plan (V,); they are kept."""
        return kept(self.world, ["gains", self.names, *self._asked(plan)], lambda world: self._gains(plan))

    def slopes(self, plan: Floats, objectives: Sequence[int]) -> Floats:
        """Return the slopes of some objectives at a plan, by position, (len(objectives), S, P); they are kept."""

        def slope(v: int) -> Floats:
            asked = ["slope", self.names[v], [list(years) for years in self.periods], *self._asked(plan)]
            return kept(self.world, asked, lambda world: self._slope(plan, self.names[v]))

        return np.stack(side_by_side(slope, objectives, self.world.workers))

    def _asked(self, plan: Floats) -> list[object]:
        return [self.yearly(plan), dict(self.places or {}), dict(self.terms or {})]

    def _gains(self, plan: Floats) -> Floats:
        nothing = np.zeros(0)
        trial = self._road(plan).trial
        told = objectives(self.world, Tried("asked", THREE_YEARS, nothing, {}, nothing, trial))
        if SPARED in self.names:
            told = {**told, SPARED: -asked_in_all(self.world, trial) / self.years}
        return np.array([told[name].mean() for name in self.names])

    def _slope(self, plan: Floats, name: str) -> Floats:
        if name == SPARED:
            units = asked_by_units(self.world, self._services)
            yearly = yearly_gradient(self._road(plan), Outcome(FOLLOWS), QUALITY, units)
            return np.asarray(-by_period(yearly, self.periods)[self.rows].mean(axis=-1) / self.years)
        yearly = yearly_gradient(self._road(plan), outcome_of(name, self.world), QUALITY)
        return np.asarray(by_period(yearly, self.periods)[self.rows].mean(axis=-1))

    def _road(self, plan: Floats) -> Road:
        """Return the run of a plan; the last few are kept, for the slopes that are asked for afterwards."""
        key = np.ascontiguousarray(plan, dtype=np.float64).tobytes()
        with self.running:
            if key not in self.roads:
                while len(self.roads) >= KEPT:
                    self.roads.pop(next(iter(self.roads)))
                world = self.world
                spent = Spent(self.yearly(plan), world.board_lag, terms=self.terms, places=self.places)
                self.roads[key] = run_plan(world.county, world.quo.run, world.horizons, spent)
            return self.roads[key]

    @property
    def years(self) -> int:
        """How many years the money is spent in."""
        return sum(len(years) for years in self.periods)

    @property
    def _services(self) -> list[Service]:
        """The services as they are run here."""
        levers = self.world.county.environment.levers
        own = self.terms or {}
        return [as_run(s, own.get(s.key, s.terms), levers).service for s in self.world.setting.services]

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
