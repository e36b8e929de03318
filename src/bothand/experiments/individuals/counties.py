"""The county again and again, each time with luck of its own: what its counts of deaths may show, and may not.

In every draw the county's people live through the same years under each plan, with the same luck. In a full run they
have kits and places of their own, and whoever waits longest is let in first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from bothand.engine.arrays import Floats, Ints, Schedule, Start, Trajectory
from bothand.engine.cohort import simulate as cohort
from bothand.engine.needs import CAPACITIES, KINDS, OVERDOSE, matching
from bothand.engine.people.history import NOTHING, Carry, carry
from bothand.engine.people.people import Lives, Queue, simulate
from bothand.engine.rates import Environment, schedule
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.plans import Tried
from bothand.experiments.worlds import World
from bothand.outcomes.county import in_groups

QUEUE: Queue = "first come, first let in"
LUCKS = 2  # MATH: counties of each draw, each with luck of its own


@dataclass(frozen=True)
class Counties:
    """Overdose deaths counted in the same counties under each plan: plan -> (R, Y), R = draws x lucks.

    ``expected``: plan -> (D, Y) the cohort engine's, in the same draws.
    """

    counted: Mapping[str, Ints]
    expected: Mapping[str, Floats]
    people: int
    lucks: int
    own_weeks: bool = False

    @property
    def years(self) -> int:
        """Number of years counted."""
        return int(next(iter(self.counted.values())).shape[1])


def rates_under(world: World, tried: Tried) -> Schedule:
    """Return the rates of every year under a plan, as its run had them."""
    county = world.county
    if tried.trial.delivery is None:
        return county.rates
    return in_groups(county.start, schedule(county.setting.model, _environment_under(world, tried)))


def _environment_under(world: World, tried: Tried) -> Environment:
    return replace(world.county.environment, levers=levers_under(world, tried))


def levers_under(world: World, tried: Tried) -> Mapping[str, Floats]:
    """Return lever -> (Y, D) under a plan, in the draws of ``world``."""
    county, delivery = world.county, tried.trial.delivery
    if delivery is None:
        return county.environment.levers
    return {name: values[:, : county.draws] for name, values in delivery.levers.items()}


def carried_under(world: World, tried: Tried, draw: int) -> Carry:
    """Return what people carry with them in one draw under a plan; nothing unless the study asks for it."""
    asked = world.setting.study.carry
    return carry(world.setting.model, _environment_under(world, tried), asked, draw) if asked else NOTHING


def waiting_cells(world: World) -> dict[str, list[int]]:
    """Return, for each kind of help that people wait for, its capacity and the compartments they wait in."""
    model = world.setting.model
    return {c: matching(model, {"care": f"waits_{kind}"}) for kind, c in zip(KINDS, CAPACITIES, strict=True)}


def live(
    world: World,
    rates: Schedule,
    start: Start,
    draw: int,
    seed: int,
    carried: Carry = NOTHING,
    weeks: Trajectory | None = None,
) -> Lives:
    """Return one county's people under some rates, each one of them; ``weeks``: given, or their own when None."""
    return simulate(
        world.setting.model,
        rates,
        start,
        draw=draw,
        seed=seed,
        weeks=weeks,
        queue=QUEUE,
        waiting=waiting_cells(world),
        carried=carried,
        log=False,
    )


def count_counties(
    world: World, tried: Sequence[Tried], years: int, seed: int, lucks: int = LUCKS, own_weeks: bool = False
) -> Counties:
    """Count overdose deaths in the county under each plan, in every draw of ``world`` and ``lucks`` times.

    Args:
        world: a world of few draws (``first_draws``).
        tried: plans, run in as many draws or more; the one that spends nothing among them.
        years: years to count.
        seed: of the study; each county has a seed of its own, the same under every plan.
        lucks: counties of each draw.
        own_weeks: whether people share kits, places and queues of their own; else each week has the naloxone at hand
            and the share let in that the cohort engine gives it, which takes less time.
    """
    draws, living = world.county.draws, world.setting.model.chain.n_living
    people = round(float(world.county.start.people[..., :living].sum()) / draws)

    def count(one: Tried) -> Ints:
        asked = ["counties", levers_under(world, one), years, seed, lucks, own_weeks]
        return kept(world, asked, lambda where: _count(where, one, years, seed, lucks, own_weeks))

    counted = {one.plan: count(one) for one in tried}
    expected = {one.plan: _expected(one, draws, years) for one in tried}
    return Counties(counted, expected, people, lucks, own_weeks)


def _count(world: World, one: Tried, years: int, seed: int, lucks: int, own_weeks: bool) -> Ints:
    """Return overdose deaths counted under one plan (R, Y); arguments as for ``count_counties``."""
    model, start = world.setting.model, world.county.start
    rates = rates_under(world, one).in_years(slice(years))
    weeks = None if own_weeks else cohort(model.chain, rates, start, keep="sum")

    def count(number: int) -> Ints:
        draw, luck = divmod(number, lucks)
        lives = live(world, rates, start, draw, seed + luck, carried_under(world, one, draw), weeks)
        return np.asarray(lives.counts[:, :, lives.named.target == _overdose(world)].sum(axis=(1, 2)))

    with ThreadPoolExecutor() as pool:
        return np.array(list(pool.map(count, range(world.county.draws * lucks))))


def _overdose(world: World) -> int:
    return world.setting.model.chain.compartments.index(OVERDOSE)


def _expected(one: Tried, draws: int, years: int) -> Floats:
    """Return overdose deaths of every horizon that is a whole year (D, horizons within ``years``)."""
    ledger = one.trial.run.main
    names = [name for name in ledger.horizons.names if name.isdigit() and int(name) <= years]
    return np.array([ledger.at("overdose_deaths", name).sum(axis=1)[:draws] for name in names]).T
