"""Curves: what the dollars of each service, funded alone, do for every value and every group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bothand.decide.surfaces import Surface
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.experiments.plans import Tried, deaths_averted, group_healthy_years, option_keys, try_dollars, value_gains
from bothand.experiments.worlds import World
from bothand.keys import THREE_YEARS

LEVELS = (0.2, 0.5, 1.0, 2.0, 4.0)  # MATH: budgets at which each service's curve is measured
TODAY = 1.0  # MATH: today's budget among them
DRAWS = 16  # MATH: worlds that the curves are averaged over
GROUP = "group:"
DEATHS = "deaths_averted"


@dataclass(frozen=True)
class Curves:
    """The surface for values and groups, and the sampling error of the mean of every objective (V,).

    ``alone``: objective -> gain when the first round's money goes to one service alone, by service and draw (S, D).
    """

    world: World
    surface: Surface
    error: Floats
    alone: Mapping[str, Floats]


def objectives(world: World, tried: Tried) -> dict[str, Floats]:
    """Return every objective's gain (D,): the values' indicators, 'group:KEY' healthy life-years, deaths averted."""
    found = value_gains(world, tried)
    groups = group_healthy_years(world, tried)
    found |= {GROUP + name: groups[:, o] for o, name in enumerate(world.setting.model.groups)}
    return {**found, DEATHS: deaths_averted(world, tried, world.ten_years[0])}


def measure_curves(world: World, tell: Callable[[str], None] | None = None, reach: Reach = "to the ceiling") -> Curves:
    """Run every option alone at every level of dollars. ``world`` should hold few draws (``first_draws``)."""
    names = option_keys(world)
    levels = np.array(LEVELS) * world.yearly_budget
    rows: list[list[dict[str, Floats]]] = []
    for i, name in enumerate(names):
        if tell:
            tell(f"curve of {name}" if reach == "to the ceiling" else f"curve of {name}, reach: {reach}")
        row = []
        for level in levels:
            yearly = np.zeros(len(names))
            yearly[i] = level
            row.append(objectives(world, try_dollars(world, name, yearly, THREE_YEARS, reach)))
        rows.append(row)
    keys = tuple(rows[0][0])
    drawn = np.array([[[point[key] for point in row] for row in rows] for key in keys])  # (V, I, L, D)
    dollars = np.repeat(levels[None], len(names), axis=0)
    spread = drawn.std(axis=-1).max(axis=(1, 2)) / np.sqrt(drawn.shape[-1])
    alone = dict(zip(keys, drawn[:, :, LEVELS.index(TODAY)], strict=True))
    return Curves(world, Surface(keys, names, dollars, drawn.mean(axis=-1)), spread, alone)
