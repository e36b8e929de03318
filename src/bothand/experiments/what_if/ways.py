"""Other ways to run each service: the map again, where a plan may choose how a service is run beside what it costs.

A *way* is one term of a service set otherwise than in its own file, or whether the starts it makes bring places of
their own; only ways that move a number of the model are run. Two questions are asked of every pair, both with today's
ideals held: what both cost where a plan may choose any way within the study's limit on coercion (never more than on the
services' own terms), and what both cost where one service is run in one other way (DESIGN 5 and 8).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.decide.ideals import Ideals
from bothand.decide.pairs import Pair, price
from bothand.decide.surfaces import Surface
from bothand.experiments.curves import ASKED, Curves, try_counted
from bothand.experiments.plans import option_keys
from bothand.experiments.search import Found
from bothand.experiments.worlds import World, knowing, side_by_side
from bothand.world.service import Places, Service, Terms
from bothand.world.terms import as_run, coercion_of, load_terms

PLACES = "places"
QUEUE: Places = "queue"
SAME = 1e-6  # MATH: prices closer than this, in budgets, are one price


@dataclass(frozen=True)
class Way:
    """One service run otherwise: ``term`` is a key of the catalogue, or 'places'; ``grade`` is that of coercion."""

    service: str
    term: str
    was: str
    now: str
    grade: int
    terms: Terms | None = None
    places: Places | None = None

    @property
    def name(self) -> str:
        """The column of this way on a surface."""
        return f"{self.service}@{self.term}={self.now}"


@dataclass(frozen=True)
class PairByWays:
    """One pair where ways are open.

    multiple: what both cost where a plan may choose ways; chosen: those that its plan pays for; worst: the way that
    raises the price most when the service is run so and no other, and the price then; None where no way raises it.
    """

    a: str
    b: str
    multiple: float
    chosen: tuple[Way, ...]
    worst: tuple[Way, float] | None


@dataclass(frozen=True)
class Ways:
    """The map over dollars and terms.

    ways: every other way that moves a number, those beyond the limit on coercion among them; limit: the highest grade
    that a plan may choose; surface: the curves of services in their own way and in every other; pairs: by kind.
    """

    ways: tuple[Way, ...]
    limit: int
    surface: Surface
    values: tuple[PairByWays, ...]
    groups: tuple[PairByWays, ...]


def other_ways(world: World) -> tuple[Way, ...]:
    """Return every way to run an option of the study that moves a number of the model, one change at a time."""
    setting, found = world.setting, []
    for service in setting.services:
        if service.key in option_keys(world):
            found += [*_by_terms(service, setting.model.levers), *_by_places(service)]
    return tuple(found)


def _by_terms(service: Service, levers: Collection[str]) -> list[Way]:
    found, own = [], as_run(service, service.terms, levers)
    for key, term in load_terms().items():
        was = getattr(service.terms, key)
        for choice in term.choice:
            terms = service.terms.model_copy(update={key: choice.key})
            if choice.key != was and service.key not in choice.refused_on and as_run(service, terms, levers) != own:
                found.append(Way(service.key, key, was, choice.key, coercion_of(service, terms).grade, terms))
    return found


def _by_places(service: Service) -> list[Way]:
    if not any(move.own_places for move in service.moves):
        return []
    return [Way(service.key, PLACES, "own", QUEUE, coercion_of(service, service.terms).grade, places=QUEUE)]


def measure_ways(
    curves: Curves, ways: Sequence[Way], seed: int, tell: Callable[[str], None] = lambda words: None
) -> Surface:
    """Run every way alone at every level of dollars, and return the surface of all columns: services, then ways.

    ``seed``: of the quantities that only another way reads.
    """
    world, surface, options = run_otherwise(curves.world, ways, seed), curves.surface, option_keys(curves.world)
    levels = surface.dollars[0]  # the same for every service

    def gain(asked: tuple[Way, float]) -> list[float]:
        way, level = asked
        if level == levels[0]:
            tell(f"{way.service}, {way.term}: {way.now}")
        yearly = np.where(np.array(options) == way.service, level, 0.0)
        found = try_counted(world, yearly, places=places_in((way,)), terms=terms_in((way,)))
        return [float(found[name].mean()) for name in (*surface.objectives, ASKED)]

    points = side_by_side(gain, [(way, level) for way in ways for level in levels], world.workers)
    rows = [np.array(points[n : n + len(levels)]).T for n in range(0, len(points), len(levels))]
    every = np.stack(rows, axis=1) if rows else np.zeros((len(surface.objectives) + 1, 0, len(levels)))
    gains = np.concatenate([surface.gains, every[:-1]], axis=1)
    rules = surface.rules
    if rules is not None:
        over = rules.over([*range(len(options)), *(options.index(way.service) for way in ways)])
        rules = replace(over, asked=np.concatenate([rules.asked, every[-1]]))
    dollars = np.concatenate([surface.dollars, np.repeat(levels[None], len(ways), axis=0)])
    return Surface(surface.objectives, (*options, *(way.name for way in ways)), dollars, gains, _groups(ways), rules)


def run_otherwise(world: World, ways: Sequence[Way], seed: int) -> World:
    """Return the same worlds with the quantities that only these ways read; ``seed``: of these."""
    for way in ways:
        world = replace(world, county=knowing(world.county, terms_in((way,)), seed))
    return world


def places_in(ways: Sequence[Way]) -> dict[str, Places]:
    """Return service -> whether its starts bring places of their own, for a plan that uses these ways."""
    return {way.service: way.places for way in ways if way.places is not None}


def terms_in(ways: Sequence[Way]) -> dict[str, Terms]:
    """Return service -> the terms that it is run on, for a plan that uses these ways."""
    return {way.service: way.terms for way in ways if way.terms is not None}


def _groups(ways: Sequence[Way]) -> tuple[tuple[str, ...], ...]:
    """Return, for each service, its columns: of its own way and of each other."""
    services = dict.fromkeys(way.service for way in ways)
    return tuple((key, *(way.name for way in ways if way.service == key)) for key in services)


def try_ways(curves: Curves, found: Found, seed: int, tell: Callable[[str], None] = lambda words: None) -> Ways:
    """Measure every way and price every pair anew, ideals held at those of the services' own terms."""
    ways, limit = other_ways(curves.world), curves.world.setting.study.coercion_limit
    surface = measure_ways(curves, ways, seed, tell)
    services, allowed = found.ideals.surface.services, tuple(way for way in ways if way.grade <= limit)
    anew = _on(found.ideals, columns_of(surface, services, allowed))
    each = [(way, _on(found.ideals, run_so(surface, services, [way]))) for way in ways]
    values, groups = (
        tuple(_pair(pair, anew, allowed, each) for pair in pairs) for pairs in (found.value_pairs, found.group_pairs)
    )
    return Ways(ways, limit, surface, values, groups)


def _pair(pair: Pair, anew: Ideals, allowed: Sequence[Way], each: Sequence[tuple[Way, Ideals]]) -> PairByWays:
    """Return what both cost where ways are chosen anew among those allowed, and where one service is run in one way."""
    members = (pair.a, pair.b)
    free = price(anew, members)
    own = len(anew.surface.services) - len(allowed)
    paid = free.plan[own:] > 1
    chosen = tuple(
        way for way, on in zip(allowed, paid, strict=True) if on and free.multiple < pair.price.multiple - SAME
    )
    priced = [(way, price(ideals, members).multiple) for way, ideals in each if _may_rise(pair, way, ideals.surface)]
    worst = max(priced, key=lambda one: one[1], default=None)
    rises = worst is not None and worst[1] > pair.price.multiple + SAME
    return PairByWays(pair.a, pair.b, min(free.multiple, pair.price.multiple), chosen, worst if rises else None)


def _may_rise(pair: Pair, way: Way, surface: Surface) -> bool:
    """Whether a pair may cost more where a service is run in one other way.

    Not where its cheapest plan leaves that service out: it is a plan still, at the same price. Where plans keep rules,
    all are asked.
    """
    out = bool(pair.price.plan[surface.services.index(way.service)] <= 0)
    return not out or surface.rules is not None or not np.isfinite(pair.price.multiple)


def _on(ideals: Ideals, surface: Surface) -> Ideals:
    """Return the same ideals, their gains held, to be reached on another surface."""
    return replace(ideals, surface=surface)


def columns_of(surface: Surface, services: Sequence[str], ways: Sequence[Way]) -> Surface:
    """Return the surface of the services in their own way and in some others."""
    at = [surface.services.index(name) for name in (*services, *(way.name for way in ways))]
    return replace(surface.over(at), one_of=_groups(ways))


def run_so(surface: Surface, services: Sequence[str], ways: Sequence[Way]) -> Surface:
    """Return the surface on which the services of some ways are run so and in no other way, one way a service."""
    named = {way.service: way.name for way in ways}
    return surface.over([surface.services.index(named.get(name, name)) for name in services], services)
