"""Curves: what the dollars of each service, funded alone, do for every value and every group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.decide.surfaces import Surface, filled
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.experiments.plans import (
    QUALITY,
    Tried,
    deaths_averted,
    group_healthy_years,
    option_keys,
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
    ``by_draw``: the surface's gains in every draw (V, S, L, D).
    """

    world: World
    surface: Surface
    error: Floats
    alone: Mapping[str, Floats]
    by_draw: Floats


def objectives(world: World, tried: Tried, quality: str = QUALITY) -> dict[str, Floats]:
    """Return every objective's gain (D,): the values' indicators, 'group:KEY' healthy life-years, deaths averted."""
    found = value_gains(world, tried, quality)
    groups = group_healthy_years(world, tried, quality)
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
    gains = np.concatenate([before.gains, new.surface.gains], axis=1)[:, order]
    dollars = np.concatenate([before.dollars, new.surface.dollars])[order]
    alone = {key: np.concatenate([known.alone[key], new.alone[key]])[order] for key in before.objectives}
    error = np.maximum(known.error, new.error)
    by_draw = np.concatenate([known.by_draw, new.by_draw], axis=1)[:, order]
    return Curves(world, Surface(before.objectives, options, dollars, gains), error, alone, by_draw)


def _measure(world: World, names: Sequence[str], tell: Callable[[str], None] | None, reach: Reach) -> Curves:
    drawn = gains_alone(world, names, tell, reach)
    dollars = np.repeat(levels_of(world)[None], len(names), axis=0)
    values = np.array(list(drawn.values()))  # (V, I, L, D)
    spread = values.std(axis=-1).max(axis=(1, 2)) / np.sqrt(values.shape[-1])
    alone = {key: gain[:, LEVELS.index(TODAY)] for key, gain in drawn.items()}
    return Curves(world, Surface(tuple(drawn), tuple(names), dollars, values.mean(axis=-1)), spread, alone, values)


def levels_of(world: World) -> Floats:
    """Return the yearly dollars at which curves are measured (L,)."""
    return np.array(LEVELS) * world.yearly_budget


def gains_alone(
    world: World,
    names: Sequence[str],
    tell: Callable[[str], None] | None = None,
    reach: Reach = "to the ceiling",
    told: Callable[[World, Tried], Mapping[str, Floats]] = objectives,
) -> dict[str, Floats]:
    """Run options alone at every level of dollars.

    ``told``: what is kept of a run. Returns objective -> gain by option, level and world (I, L, D).
    """
    options = option_keys(world)
    rows: list[list[Mapping[str, Floats]]] = []
    for name in names:
        if tell:
            tell(f"curve of {name}" if reach == "to the ceiling" else f"curve of {name}, reach: {reach}")

        def gain(level: float, name: str = name) -> Mapping[str, Floats]:
            yearly = np.zeros(len(options))
            yearly[options.index(name)] = level
            return told(world, try_dollars(world, name, yearly, THREE_YEARS, reach))

        rows.append(side_by_side(gain, levels_of(world).tolist(), world.workers))
    return {key: np.array([[point[key] for point in row] for row in rows]) for key in rows[0][0]}


def evaluate_draws(surface: Surface, by_draw: Floats, plan: Floats) -> Floats:
    """Return one objective's gain under a plan in every draw (D,), from its gains by service, level and draw (S, L, D).

    As ``surfaces.evaluate`` reads the mean's curves: each service's dollars fill its segments, lowest first.
    """
    steps = np.diff(by_draw, axis=1, prepend=0)
    return np.asarray((filled(surface, plan)[..., None] * steps).sum(axis=(0, 1)))
