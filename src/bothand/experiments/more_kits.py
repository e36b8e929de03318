"""A few more naloxone kits a year: how many deaths one of them averts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bothand.calibrate.run_in import overdose_deaths
from bothand.engine.arrays import Floats
from bothand.engine.cohort import simulate
from bothand.engine.rates import schedule
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.worlds import World
from bothand.outcomes.county import in_groups

LEVER = "programme_kits"
YEARS = 5  # UNIT: years in which the kits are handed out and the deaths are counted
PER_DEATH = 1  # UNIT: more kits a year for each overdose death a year: few enough to be what the next kit is worth


def averted_by_kit(world: World) -> Floats:
    """Return overdose deaths averted for each kit that a programme hands out beside those of the status quo (D,)."""
    return kept(world, ["a few more kits"], _averted)


def _averted(world: World) -> Floats:
    county, model = world.county, world.setting.model
    deaths = overdose_deaths(model, county.quo)[:YEARS]
    kits = PER_DEATH * deaths[0]
    there = county.environment.in_years(slice(YEARS))
    levers = {**there.levers, LEVER: there.levers[LEVER] + kits}
    rates = in_groups(county.start, schedule(model, replace(there, levers=levers)))
    run = simulate(model.chain, rates, county.start, keep="sum")
    averted = (deaths - overdose_deaths(model, run)).sum(axis=0)
    return np.asarray(averted / (len(deaths) * kits))
