"""Curves: what the dollars of each service, funded alone, do for every value and every group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.decide.surfaces import Surface, filled
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.experiments.plans import (
    Tried,
    deaths_averted,
    group_healthy_years,
    option_keys,
    people_gains,
    try_dollars,
    value_gains,
)
from bothand.experiments.worlds import World, side_by_side
from bothand.keys import THREE_YEARS

LEVELS = (0.2, 0.5, 1.0, 2.0, 4.0)  # MATH: budgets at which each service's curve is measured
TODAY = 1.0  # MATH: today's budget among them
DRAWS = 16  # MATH: worlds that the curves are averaged over
GROUP = "group:"
DEATHS = "deaths_averted"


@dataclass(frozen=True)
class Curves:
    """The surface for values and groups, and the sampling error of the mean of every objective (V,).

    ``alone``: objective -> gain when the first round's money goes to one service alone, by service and draw (S, D);
    ``by_draw``: the surface's gains in every draw (V, S, L, D); ``people``: what the dollars do for each group by each
    indicator that groups are judged by (``plans.people_gains``). No plan is searched on these.
    """

    world: World
    surface: Surface
    error: Floats
    alone: Mapping[str, Floats]
    by_draw: Floats
    people: Surface


def objectives(world: World, tried: Tried) -> dict[str, Floats]:
    """Return every objective's gain (D,): the values' indicators, 'group:KEY' healthy life-years, deaths averted."""
    found = value_gains(world, tried)
    groups = group_healthy_years(world, tried)
    found |= {GROUP + name: groups[:, o] for o, name in enumerate(world.setting.model.groups)}
    return {**found, DEATHS: deaths_averted(world, tried, world.ten_years[0])}


def measure_curves(
    world: World,
    tell: Callable[[str], None] | None = None,
    known: Curves | None = None,
    reach: Reach = "to the ceiling",
) -> Curves:
    """Run every option alone at every level of dollars. ``world`` should hold few draws (``first_draws``).

    ``known``: curves of some of the options in the same worlds and with the same reach, which are not measured again.
    """
    if known is not None:
        return _with_known(world, tell, known, reach)
    return _measure(world, option_keys(world), tell, reach)


def _with_known(world: World, tell: Callable[[str], None] | None, known: Curves, reach: Reach) -> Curves:
    options, before = option_keys(world), known.surface
    new = _measure(world, [name for name in options if name not in before.services], tell, reach)
    there = (*before.services, *new.surface.services)
    order = [there.index(name) for name in options]
    gains, people = (
        np.concatenate([one.gains, other.gains], axis=1)[:, order]
        for one, other in ((before, new.surface), (known.people, new.people))
    )
    dollars = np.concatenate([before.dollars, new.surface.dollars])[order]
    alone = {key: np.concatenate([known.alone[key], new.alone[key]])[order] for key in before.objectives}
    error = np.maximum(known.error, new.error)
    by_draw = np.concatenate([known.by_draw, new.by_draw], axis=1)[:, order]
    of_people = Surface(known.people.objectives, options, dollars, people)
    return Curves(world, Surface(before.objectives, options, dollars, gains), error, alone, by_draw, of_people)


def _measure(world: World, names: Sequence[str], tell: Callable[[str], None] | None, reach: Reach) -> Curves:
    options = option_keys(world)
    levels = np.array(LEVELS) * world.yearly_budget
    rows: list[list[tuple[dict[str, Floats], dict[str, Floats]]]] = []
    for name in names:
        if tell:
            tell(f"curve of {name}" if reach == "to the ceiling" else f"curve of {name}, reach: {reach}")

        def gain(level: float, name: str = name) -> tuple[dict[str, Floats], dict[str, Floats]]:
            yearly = np.zeros(len(options))
            yearly[options.index(name)] = level
            tried = try_dollars(world, name, yearly, THREE_YEARS, reach)
            return objectives(world, tried), people_gains(world, tried)

        rows.append(side_by_side(gain, levels.tolist(), world.workers))
    keys, named = (tuple(found) for found in rows[0][0])
    drawn = np.array([[[point[key] for point, _ in row] for row in rows] for key in keys])  # (V, I, L, D)
    people = np.array([[[point[key].mean() for _, point in row] for row in rows] for key in named])
    dollars = np.repeat(levels[None], len(names), axis=0)
    spread = drawn.std(axis=-1).max(axis=(1, 2)) / np.sqrt(drawn.shape[-1])
    alone = dict(zip(keys, drawn[:, :, LEVELS.index(TODAY)], strict=True))
    of_people = Surface(named, tuple(names), dollars, people)
    return Curves(world, Surface(keys, tuple(names), dollars, drawn.mean(axis=-1)), spread, alone, drawn, of_people)


def evaluate_draws(surface: Surface, by_draw: Floats, plan: Floats) -> Floats:
    """Return one objective's gain under a plan in every draw (D,), from its gains by service, level and draw (S, L, D).

    As ``surfaces.evaluate`` reads the mean's curves: each service's dollars fill its segments, lowest first.
    """
    steps = np.diff(by_draw, axis=1, prepend=0)
    return np.asarray((filled(surface, plan)[..., None] * steps).sum(axis=(0, 1)))
