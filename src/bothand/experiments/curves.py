"""Curves: what the dollars of each service, funded alone, do for every value and every group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.decide.surfaces import Surface, filled, widened
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach, feels_reach
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.plans import (
    JUDGED,
    PUBLIC_QUALITY,
    QUALITY,
    Tried,
    deaths_averted,
    group_healthy_years,
    of_group,
    option_keys,
    people_gains,
    remission_gains,
    try_dollars,
    value_gains,
)
from bothand.experiments.ruled.bill import asked_of_others
from bothand.experiments.ruled.bounds import ruled
from bothand.experiments.worlds import World, side_by_side
from bothand.keys import THREE_YEARS
from bothand.outcomes.ledger import LIFETIME
from bothand.world.service import Places, Service, Terms

LEVELS = (0.2, 0.5, 1.0, 2.0, 4.0)  # MATH: budgets at which a study measures each service's curve
TODAY = 1.0  # MATH: today's budget among them
DRAWS = 16  # MATH: worlds that the curves are averaged over
GROUP = "group:"
DEATHS = "deaths_averted"
BESIDE = "beside:"
"""How the names of measures begin that stand beside the objectives: no value, and no search reads them."""

ASKED = BESIDE + "asked_of_others"
"""Dollars that others are asked for, for each year of the plan's money (``ruled.bill``)."""

QALYS = ("qaly_patient", "qaly_public")
CONTACT = "contact_years"


@dataclass(frozen=True)
class Curves:
    """The surface for values and groups, and the sampling error of the mean of every objective (V,).

    ``alone``: objective -> gain when the first round's money goes to one service alone, by service and draw (S, D);
    ``by_draw``: the surface's gains in every draw (V, S, L, D). No plan is searched on the other two surfaces, which
    stand on the same dollars: ``beside``: what stands beside the objectives (``beside``); ``people``: each group by
    each indicator that groups are judged by (``plans.people_gains``). ``levels``: the budgets at
    which they were measured.
    """

    world: World
    surface: Surface
    error: Floats
    alone: Mapping[str, Floats]
    by_draw: Floats
    beside: Surface
    people: Surface
    levels: tuple[float, ...] = LEVELS

    @property
    def asked(self) -> Floats:
        """What others are asked for with one service alone at each level, dollars a year (I, L)."""
        return np.asarray(self.beside.gains[self.beside.index(ASKED)])

    @property
    def wide(self) -> Surface:
        """The curves of the objectives, and then of what stands beside them."""
        return widened(self.surface, self.beside)


def objectives(world: World, tried: Tried, quality: str = QUALITY) -> dict[str, Floats]:
    """Return every objective's gain (D,): the values' indicators, 'group:KEY' healthy life-years, deaths averted."""
    found = value_gains(world, tried, quality)
    groups = group_healthy_years(world, tried, quality)
    found |= {GROUP + name: groups[:, o] for o, name in enumerate(world.setting.model.groups)}
    return {**found, DEATHS: deaths_averted(world, tried, world.ten_years[0])}


def beside(world: World, tried: Tried) -> dict[str, Floats]:
    """Return what stands beside the objectives, everyone in the model together, against no new money over a lifetime.

    Years in remission by both criteria, years in contact, and QALYs by the patients' and the public's scale, in which a
    death counts by the quality of the life that it ended: 'beside:NAME' -> (D,). QALYs also stand by day-one group:
    'beside:NAME:GROUP'. What others are asked for stands among them.
    """
    plan, base = tried.trial.run.main, world.quo.run.main
    last = base.horizons.index(LIFETIME)
    found = remission_gains(world, tried)
    counts = zip((CONTACT, *QALYS), ("in_contact", QUALITY, PUBLIC_QUALITY), strict=True)
    found |= {name: plan.values[line][last] - base.values[line][last] for name, line in counts}
    told = {BESIDE + name: np.asarray(gain.sum(axis=1)) for name, gain in found.items()}
    told |= {ASKED: asked_of_others(world, tried)}
    for name in QALYS:
        told |= {f"{BESIDE}{name}:{group}": found[name][:, o] for o, group in enumerate(base.groups)}
    return told


def counted(world: World, tried: Tried) -> dict[str, Floats]:
    """Return every objective's gain, what stands beside them, and what groups gain (D,)."""
    return {**objectives(world, tried), **beside(world, tried), **people_gains(world, tried)}


def measure_curves(
    world: World,
    tell: Callable[[str], None] | None = None,
    known: Curves | None = None,
    reach: Reach = "to the ceiling",
    levels: tuple[float, ...] = LEVELS,
) -> Curves:
    """Run every option alone at every level of dollars. ``world`` should hold few draws (``first_draws``).

    ``known``: curves of some of the options in the same worlds and with the same reach, which are not measured again.
    ``levels``: budgets at which to measure, rising, ``TODAY`` among them; those of ``known`` where it is given. The
    rules of the study and its place stand on the curves of the objectives.
    """
    if known is not None:
        found = _with_known(world, tell, known, reach)
    else:
        found = _measure(world, option_keys(world), tell, reach, levels)
    return replace(found, surface=ruled(world, found.surface, found.asked))


def _with_known(world: World, tell: Callable[[str], None] | None, known: Curves, reach: Reach) -> Curves:
    """Return the curves of a world's options: those that are known, and what is not known measured."""
    options = option_keys(world)
    unknown = [name for name in options if name not in known.surface.services]
    every = _beside(known, _measure(world, unknown, tell, reach, known.levels)) if unknown else known
    at = [every.surface.services.index(name) for name in options]
    return Curves(
        world,
        every.surface.over(at),
        every.error,
        {key: gains[at] for key, gains in every.alone.items()},
        every.by_draw[:, at],
        every.beside.over(at),
        every.people.over(at),
        every.levels,
    )


def _beside(known: Curves, new: Curves) -> Curves:
    """Return the curves of other services beside those that are known, at the same levels; no rules stand on them."""

    def joined(one: Surface, other: Surface) -> Surface:
        dollars, gains = np.concatenate([one.dollars, other.dollars]), np.concatenate([one.gains, other.gains], axis=1)
        return Surface(one.objectives, (*one.services, *other.services), dollars, gains)

    return replace(
        known,
        surface=joined(known.surface, new.surface),
        error=np.maximum(known.error, new.error),
        alone={key: np.concatenate([known.alone[key], new.alone[key]]) for key in known.surface.objectives},
        by_draw=np.concatenate([known.by_draw, new.by_draw], axis=1),
        beside=joined(known.beside, new.beside),
        people=joined(known.people, new.people),
    )


def _measure(
    world: World, names: Sequence[str], tell: Callable[[str], None] | None, reach: Reach, levels: tuple[float, ...]
) -> Curves:
    yearly = np.array(levels) * world.yearly_budget
    gains = gains_alone(world, names, yearly, lambda asked: try_counted(world, asked, reach), tell, reach)
    dollars = np.repeat(yearly[None], len(names), axis=0)

    def surface(keys: Sequence[str]) -> tuple[Surface, Floats]:
        drawn = np.array([gains[key] for key in keys])  # (V, I, L, D)
        return Surface(tuple(keys), tuple(names), dollars, drawn.mean(axis=-1)), drawn

    groups = [of_group(indicator, group) for indicator in JUDGED for group in world.setting.model.groups]
    aside = [key for key in gains if key.startswith(BESIDE)]
    found, drawn = surface([key for key in gains if key not in (*groups, *aside)])
    spread = drawn.std(axis=-1).max(axis=(1, 2)) / np.sqrt(drawn.shape[-1])
    alone = {key: gains[key][:, levels.index(TODAY)] for key in found.objectives}
    return Curves(world, found, spread, alone, drawn, surface(aside)[0], surface(groups)[0], levels)


def levels_today(world: World) -> Floats:
    """Return the yearly dollars at which curves are measured by whoever spends today's budget at most (L,)."""
    return np.array(LEVELS[: LEVELS.index(TODAY) + 1]) * world.yearly_budget


def gains_alone(
    world: World,
    names: Sequence[str],
    levels: Floats,
    run: Callable[[Floats], Mapping[str, Floats]],
    tell: Callable[[str], None] | None = None,
    reach: Reach = "to the ceiling",
) -> dict[str, Floats]:
    """Run options alone at every level of yearly dollars.

    ``run``: dollars a year by option (I,) -> what is told of that plan's run, objective -> (D,). Returns objective ->
    gain by option, level and world (I, L, D).
    """

    def gain(asked: tuple[str, int]) -> Mapping[str, Floats]:
        name, level = asked
        if tell and level == 0:
            tell(f"curve of {name}" if reach == "to the ceiling" else f"curve of {name}, reach: {reach}")
        return run(np.where(np.array(option_keys(world)) == name, levels[level], 0.0))

    asked = [(name, level) for name in names for level in range(len(levels))]
    points = side_by_side(gain, asked, world.workers)
    shape = len(names), len(levels), -1
    return {key: np.array([point[key] for point in points]).reshape(shape) for key in points[0]}


def try_counted(
    world: World,
    yearly: Floats,
    reach: Reach = "to the ceiling",
    places: Mapping[str, Places] | None = None,
    terms: Mapping[str, Terms] | None = None,
) -> dict[str, Floats]:
    """Return what a plan of the first round's dollars (``try_dollars``) brings of everything counted (D,).

    Only that is kept of its run. Arguments as for ``try_dollars``. Under another reach, nothing is run again where no
    service that is paid for feels it.
    """
    if not terms and not any(feels_reach(service) for service in _paid(world, yearly)):
        reach = "to the ceiling"
    asked = ["counted", yearly, world.money[THREE_YEARS], reach, dict(places or {}), dict(terms or {})]

    def run(where: World) -> dict[str, Floats]:
        return counted(where, try_dollars(where, "counted", yearly, THREE_YEARS, reach, places, terms))

    return kept(world, asked, run)


def _paid(world: World, yearly: Floats) -> list[Service]:
    """Return the services that dollars (I,) by option pay for."""
    services = {service.key: service for service in world.setting.services}
    return [services[key] for key, usd in zip(option_keys(world), yearly.tolist(), strict=True) if usd > 0]


def evaluate_draws(surface: Surface, by_draw: Floats, plan: Floats) -> Floats:
    """Return one objective's gain under a plan in every draw (D,), from its gains by service, level and draw (S, L, D).

    As ``surfaces.evaluate`` reads the mean's curves: each service's dollars fill its segments, lowest first.
    """
    steps = np.diff(by_draw, axis=1, prepend=0)
    return np.asarray((filled(surface, plan)[..., None] * steps).sum(axis=(0, 1)))
