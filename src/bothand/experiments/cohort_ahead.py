"""A closed cohort followed for decades: who of those with addiction today is in stable remission later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bothand.calibrate.run_in import compartment
from bothand.engine.arrays import Floats, Start
from bothand.engine.cohort import simulate
from bothand.engine.setting import composition
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.worlds import World

STABLE = "remission_over_5"


def stable_shares(world: World, after: Sequence[int]) -> dict[int, Floats]:
    """Return years -> share of survivors in remission without medication of five years and more (D,).

    Everyone starts with addiction, untreated, at day one; rates stay those of the first year, nobody arrives, and
    places are without limit. The cohorts that this is compared with counted stable abstinence.
    """
    return kept(world, ["stable remission", list(after)], lambda where: _followed(where, after))


def _followed(world: World, after: Sequence[int]) -> dict[int, Floats]:
    model, county = world.setting.model, world.county
    rates, longest = county.rates, max(after)

    def first_year(values: Floats) -> Floats:
        return np.repeat(values[:1], longest, axis=0)

    frozen = replace(
        rates,
        plain=first_year(rates.plain),
        by_stratum=first_year(rates.by_stratum),
        slope=first_year(rates.slope),
        inflow=np.zeros((longest, *rates.inflow.shape[1:])),
        inflow_origin=0,
        places=np.full((longest, *rates.places.shape[1:]), np.inf),
        kits=first_year(rates.kits),
        use_per_event=first_year(rates.use_per_event),
        event=first_year(rates.event),
    )
    people = np.zeros((county.draws, 1, len(model.chain.strata), model.chain.n_all))
    inject = county.values["share_injecting_oud"]
    for use, share in (("using", 1 - inject), ("injecting", inject)):
        cell = {"use": use, "care": "none", "touch": "no"}
        people[:, 0, :, compartment(model, cell)] = share[:, None] * composition(world.setting)
    run = simulate(model.chain, frozen, Start(people, county.start.stock), keep="sum")
    living = run.state[:, :, 0, : model.chain.n_living]
    stable = np.array([cell.get("use") == STABLE and cell.get("care") == "none" for cell in model.cells], dtype=float)
    return {year: np.asarray(living[year] @ stable / living[year].sum(axis=1)) for year in after}
