"""Small worlds of the default study, opened once a session: what the tests of its runs share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from bothand.engine.arrays import Chain, Floats, Held, Schedule, Start, Trajectory
from bothand.engine.cohort import simulate
from bothand.engine.rates import Environment, both_schedules
from bothand.engine.setting import Setting, draw_values, load_setting
from bothand.engine.weights import weigh
from bothand.evidence.draws import Draws
from bothand.experiments.curves import Curves, measure_curves
from bothand.experiments.plans import try_study_plan, value_gains
from bothand.experiments.search import Found, search
from bothand.experiments.worlds import World, lanes, open_world, stays, walks, with_values
from bothand.keys import THREE_YEARS
from bothand.outcomes.county import in_groups
from bothand.outcomes.indicators import Run
from bothand.outcomes.ledger import Account, Ledger, person_ledger
from bothand.outcomes.values import load_values
from bothand.world.plan import Plan
from bothand.world.service import load_service

STUDY, SEED, DRAWS = "washtenaw", 1, 5
TWO_LEVELS = (1.0, 4.0)
"""Budgets at which curves of a small world are measured: enough to search on, and quick."""

THREE_LEVELS = (0.5, 1.0, 4.0)
"""The same, with what half the budget does: for changes of a plan, which move a part of it."""
PLACES = tuple(f"washtenaw_{gate}_places_ratio" for gate in ("methadone", "buprenorphine", "residential", "withdrawal"))


@cache
def setting() -> Setting:
    return load_setting(STUDY)


@cache
def drawn(draws: int = DRAWS) -> Draws:
    return draw_values(setting(), draws, SEED)


@cache
def world(draws: int = DRAWS) -> World:
    """Draws of the default study, people in their day-one groups."""
    return open_world(setting(), drawn(draws).values, walks(SEED))


@cache
def of_services(*keys: str, plans: bool = True) -> World:
    """Two draws of the default study with these services only; without its plans where they are not asked for."""
    own = replace(setting(), services=tuple(load_service(key) for key in keys))
    own = own if plans else replace(own, plans=())
    return replace(world(2), setting=own, county=replace(world(2).county, setting=own))


def searched(curves: Curves, floors: Sequence[Plan] = ()) -> Found:
    """What search finds on curves, for every value that they hold."""
    there = curves.surface.objectives
    return search(curves, {v.key: v.indicator.key for v in load_values() if v.indicator.key in there}, floors)


def makers(
    where: Callable[[], World], levels: tuple[float, ...] = TWO_LEVELS, floors: Sequence[str] = ()
) -> tuple[Callable[[], World], Callable[[], Curves], Callable[[], Found]]:
    """What gives a small world, its curves at few levels and what search finds on them: each made once, when asked."""
    small = cache(where)
    curves = cache(lambda: measure_curves(small(), levels=levels))
    return small, curves, cache(lambda: searched(curves(), [plan(key) for key in floors]))


@cache
def best_guess() -> World:
    """One lane: every quantity at its mean, the supply as on day one."""
    return open_world(setting(), lanes(drawn(1), [{}]), stays)


@cache
def free_places() -> World:
    """The world with places for everyone who asks."""
    return with_places(world(), 1e12)


@cache
def few_places() -> World:
    """The world with a tenth of the places that were drawn: people wait for every kind in every draw."""
    return with_places(world(), 0.1)


def with_places(base: World, times: float) -> World:
    """A world with so many times its places of every kind."""
    return with_values(base, {name: base.values[name] * times for name in PLACES})


def levers(where: World, **changed: Floats | float) -> dict[str, Floats]:
    """The levers of a world's status quo, some of them changed (a number stands for every year and draw)."""
    found = dict(where.county.environment.levers)
    for name, value in changed.items():
        found[name] = np.broadcast_to(np.asarray(value, dtype=float), found[name].shape)
    return found


def told(
    where: World, run: Trajectory, environment: Environment, measures: Sequence[str] = (), counts: Sequence[str] = ()
) -> Ledger:
    """What a run says of names that no ledger of a study tells; nothing is added after the last year."""
    weights = weigh(setting().model, environment, measures, counts)
    counted = {name: rates.along(run.at_hand) for name, rates in weights.counts.items()}
    accounts = [Account(measures, setting().study.discount, {})]
    chain, groups = setting().model.chain, where.county.groups
    return person_ledger(chain, groups, run, weights.measures, counted, accounts, where.horizons)


def held_twin(where: World, changed: Mapping[str, Floats]) -> tuple[Trajectory, Environment]:
    """The run of other levers that takes every death from the status quo, and its environment."""
    county, model = where.county, setting().model
    environment = replace(county.environment, levers=changed)
    rates = in_groups(county.start, both_schedules(model, environment, county.environment)[1])
    held = Held(rates.plain, rates.slope, rates.by_stratum, county.quo.at_hand)
    return simulate(model.chain, rates, county.start, held=held, keep="sum"), environment


def plan(key: str) -> Plan:
    return next(p for p in setting().plans if p.key == key)


def years_of(rates: Schedule, years: int) -> Schedule:
    """The first years of a schedule."""
    names = ("plain", "by_stratum", "slope", "inflow", "places", "kits", "use_per_event", "event")
    return replace(rates, **{name: np.ascontiguousarray(getattr(rates, name)[:years]) for name in names})


def smooth(rates: Schedule) -> Schedule:
    """A schedule without queues and kits: all its rates stay within each year."""
    return replace(
        rates,
        places=np.full_like(rates.places, np.inf),
        slope=np.zeros_like(rates.slope),
        kits=np.zeros_like(rates.kits),
    )


def together(start: Start) -> Start:
    """The same people in one group, without kits."""
    return Start(start.people.sum(axis=1, keepdims=True), np.zeros_like(start.stock))


def dead(chain: Chain) -> slice:
    return slice(chain.n_living, chain.n_all)


def numbers(run: Run) -> dict[str, Floats]:
    """Every number of a run, the draws first or second."""
    found = {f"{part}.{k}": v for part in ("main", "twin") for k, v in getattr(run, part).values.items()}
    for part, asked in (("", run.requests), ("twin.", run.held_requests)):
        for request in asked:
            found |= {f"{part}{request.kind}.{k}": getattr(request, k) for k in ("asked", "met", "waiting", "full")}
    return found | {f"sustained.{k}": v[None] for k, v in run.sustained.items()}


def unlike(one: Run, other: Run, draws: int | None = None) -> list[str]:
    """Names of numbers that are not the same to the bit; of the first ``draws`` of ``other`` only."""
    theirs = numbers(other)
    return [k for k, v in numbers(one).items() if not np.array_equal(v, theirs[k][:, :draws])]


def what_one_plan_does() -> tuple[dict[str, Floats], dict[str, Floats]]:
    """In two draws: what is counted under a plan, by group and horizon, and its gains against no new money."""
    few = world(2)
    tried = try_study_plan(few, plan("even_split"), THREE_YEARS)
    return dict(tried.trial.run.main.values), value_gains(few, tried)
