"""Worlds: for any set of draws or lanes, the state's run-in, the county on day one, and the money there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from bothand.calibrate.run_in import RunIn, run_in
from bothand.calibrate.toxicity import walk
from bothand.engine.arrays import Floats, Which
from bothand.engine.runs.running import WORKERS, Runs
from bothand.engine.setting import Setting, composition, tables_of, with_inputs
from bothand.evidence.draws import Draws, draw
from bothand.faults import Fault, FaultsFound
from bothand.keys import ALL_YEARS, THREE_YEARS
from bothand.outcomes.county import County, first_day, open_county
from bothand.outcomes.indicators import Scales
from bothand.outcomes.ledger import Horizons
from bothand.outcomes.trial import Trial, scales, status_quo
from bothand.world.money import spendable
from bothand.world.service import Terms
from bothand.world.terms import RunOtherwise, coercion_of, quantities_of

Path = Callable[[RunIn, Mapping[str, Floats], int], Floats]
TEN = 10  # UNIT: years

Item = TypeVar("Item")
Found = TypeVar("Found")


@dataclass(frozen=True)
class World:
    """D worlds: their run-in, the county, its status quo, and the money by year and way it comes (Y, D).

    ``runs``: how plans are tried in them, by block of draws; None = all draws at once, here, nothing kept.
    """

    setting: Setting
    values: Mapping[str, Floats]
    run_in: RunIn
    county: County
    quo: Trial
    scales: Scales
    board_lag: Floats
    money: Mapping[str, Floats]
    runs: Runs | None = None

    @property
    def workers(self) -> int:
        """How many plans are tried at a time."""
        return self.runs.workers if self.runs else WORKERS

    @cached_property
    def unkept(self) -> World:
        """The same worlds, whose runs are not kept: for whoever keeps what is told of them."""
        return replace(self, runs=self.runs.unkept() if self.runs else None)

    @cached_property
    def options(self) -> tuple[str, ...]:
        """Keys of the services that search and curves may choose.

        They are modelled, on, within the limit on coercion, and no rule of spending excludes them.
        """
        beyond = (*beyond_limit(self.setting), *self.setting.bounds.must_not)
        return tuple(s.key for s in self.setting.services if s.option and s.key not in beyond)

    @property
    def horizons(self) -> Horizons:
        """The study's horizons."""
        return Horizons(self.setting.study.horizons)

    @property
    def ten_years(self) -> tuple[str, int]:
        """The horizon at which plans stand side by side, and its years: ten, or the last where ten is not asked for."""
        years = TEN if TEN in self.setting.study.horizons else self.setting.study.horizons[-1]
        return str(years), years

    @property
    def first_round(self) -> range:
        """Positions of the years in which the first round is spent, first to last."""
        paid = np.flatnonzero(self.money[THREE_YEARS].max(axis=1) > 0)
        return range(int(paid[0]), int(paid[-1]) + 1)

    @property
    def yearly_budget(self) -> float:
        """Dollars a year of the first round."""
        return float(self.money[THREE_YEARS].max())


def left_to_plans(setting: Setting) -> list[str]:
    """Return the keys of the services that search may not choose because of how a programme runs them."""
    beyond = beyond_limit(setting)
    return [service.key for service in setting.services if isinstance(service, RunOtherwise) and service.key in beyond]


def beyond_limit(setting: Setting) -> tuple[str, ...]:
    """Return the keys of the services that search would be free to choose but for the study's limit on coercion.

    What counts is the grade of a service on its own terms and by itself: search may leave out what would free it.
    """
    options = [service for service in setting.services if service.option]
    return tuple(s.key for s in options if coercion_of(s, s.terms).grade > setting.study.coercion_limit)


def side_by_side(run: Callable[[Item], Found], items: Sequence[Item], workers: int = WORKERS) -> list[Found]:
    """Return what each item gives, in their order, two or more at a time: one is laid out while another is run.

    Items do not feel each other, so results are the same as one after the other.
    """
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, items))


@dataclass(frozen=True)
class Walks:
    """The default path of toxicity after day one: a random walk of the log, its own in every draw.

    ``draws``: which draws of the study stand here, since a draw keeps its walk wherever it stands; None = all.
    """

    seed: int
    draws: tuple[int, ...] | None = None

    def __call__(self, before: RunIn, values: Mapping[str, Floats], years: int) -> Floats:
        """Return toxicity after day one (Y, D)."""
        last, spread = before.decision.series[-1], values["toxicity_walk_sd"]
        if self.draws is None:
            return walk(last, spread, years, self.seed)
        here = list(self.draws)
        every = np.zeros((2, max(here) + 1))  # MATH: the last level and the spread of every draw up to the last one
        every[:, here] = last, spread
        return walk(every[0], every[1], years, self.seed)[:, here]

    def at(self, draws: Sequence[int]) -> Walks:
        """Return the walks of some draws."""
        return replace(self, draws=tuple(draws))


def walks(seed: int) -> Walks:
    """Return the default path of toxicity after day one."""
    return Walks(seed)


def stays(before: RunIn, values: Mapping[str, Floats], years: int) -> Floats:
    """Return the named path on which toxicity stays as it was on day one."""
    return np.repeat(before.decision.series[-1:], years, axis=0)


def returns_to(first: int, last: int) -> Path:
    """Return the named path on which toxicity goes back to its mean of the years ``first`` to ``last``."""

    def path(before: RunIn, values: Mapping[str, Floats], years: int) -> Floats:
        inside = [i for i, year in enumerate(before.years) if first <= year <= last]
        return np.repeat(before.decision.series[inside].mean(axis=0, keepdims=True), years, axis=0)

    return path


def open_world(setting: Setting, values: Mapping[str, Floats], path: Path, grouped: bool = True) -> World:
    """Run the state in, open the county, and run its status quo.

    Not ``grouped``: everyone in one group and no test fit, for runs that ask for totals only.
    """
    study, place = setting.study, setting.place
    about = place.about.money
    if about is None:
        raise FaultsFound([Fault(str(place.path), f"{place.label} has no money of its own in its file.")])
    state = place.lineage[-1]
    given = with_inputs(state, values)
    years = range(study.run_in_start, study.day_one.year)
    before = run_in(setting.model, state, given, tables_of(setting), composition(setting), years, study.fit, grouped)
    own = with_inputs(place, values)
    start = first_day(setting, before.trajectory, own, given["kits"], grouped)
    county = open_county(setting, values, start, path(before, values, len(study.years)), before.onset)
    money = {mode: spendable(place, values, mode, study.years, study.periods) for mode in (THREE_YEARS, ALL_YEARS)}
    quo = status_quo(county, Horizons(study.horizons))
    return World(setting, values, before, county, quo, scales(county), values[about.board_lag], money)


def first_draws(world: World, n: int) -> World:
    """Return the same worlds, only the first ``n`` draws of them."""
    return world if n >= world.county.draws else some_lanes(world, slice(n))


def some_lanes(world: World, which: Which, changed: Mapping[str, Floats] | None = None) -> World:
    """Return the same worlds, only the lanes in these positions, in this order; nothing is run again.

    ``changed``: values in these lanes that move nothing before a plan is tried, and not the money there is.
    """
    county = world.county.at(which, changed)
    return World(
        world.setting,
        {**{key: value[which] for key, value in world.values.items()}, **(changed or {})},
        replace(world.run_in, onset=world.run_in.onset[which]),
        county,
        world.quo.at(which),
        scales(county),
        world.board_lag[which],
        {mode: dollars[:, which] for mode, dollars in world.money.items()},
        world.runs,
    )


def with_values(world: World, changed: Mapping[str, Floats], setting: Setting | None = None) -> World:
    """Return a world with other values from day one on: its people, kits, toxicity and onset held."""
    values, draws = {**world.values, **changed}, world.county.draws
    toxicity, onset = world.county.environment.series["toxicity"], world.run_in.onset[:draws]
    county = open_county(setting or world.setting, values, world.county.start, toxicity, onset)
    quo = status_quo(county, world.horizons)
    return replace(world, setting=county.setting, values=values, county=county, quo=quo, scales=scales(county))


def knowing(county: County, terms: Mapping[str, Terms], seed: int) -> County:
    """Return the county with the quantities that delivery reads on these terms and that no plan of the study reads."""
    setting = county.setting
    services = {service.key: service for service in setting.services}
    read = {q for key, own in terms.items() for q in quantities_of(services[key], own, setting.model.levers)}
    new = sorted(read - set(county.values))
    drawn = draw(setting.evidence, new, county.draws, seed, setting.study.choices).values if new else {}
    return replace(county, values={**county.values, **drawn})


def lanes(draws: Draws, changes: list[dict[str, float]]) -> dict[str, Floats]:
    """Return best-guess values in ``len(changes)`` lanes, each with its own changes (name -> value in base units)."""
    values = {name: np.full(len(changes), best) for name, best in draws.best.items()}
    for lane, change in enumerate(changes):
        for name, value in change.items():
            values[name][lane] = value
    return values
