"""Ten thousand lives: people with addiction on day one, followed one by one with no new money and under a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from bothand.engine.arrays import Bools, Floats, Ints, Schedule, Start
from bothand.engine.cohort import simulate as cohort
from bothand.engine.needs import OVERDOSE
from bothand.engine.people.lives import entered, first_of, times_of
from bothand.engine.people.people import Lives, simulate
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.individuals.counties import carried_under, levers_under, rates_under
from bothand.experiments.plans import Tried
from bothand.experiments.worlds import World, side_by_side

TEN_THOUSAND = 10_000  # UNIT: lives
GROUPS = ("not_in_treatment", "in_treatment")
REMISSION = ("remission_under_1", "remission_1_to_5", "remission_over_5")
SUSTAINED = REMISSION[1:]


@dataclass(frozen=True)
class Courses:
    """The same people under one plan, P of them over all draws; times in years from day one, infinite = never.

    ``returns`` (moves from remission to use) and ``overdoses`` are counted up to the first day of sustained remission,
    medication included, or to the last day that was followed.
    """

    overdose_death: Floats  # (P,)
    other_death: Floats
    sustained: Floats  # first day with a year of remission behind them, medication included
    sustained_without: Floats  # the same, without medication
    returns: Ints
    overdoses: Ints


def follow(world: World, tried: Sequence[Tried], seed: int, lives: int = TEN_THOUSAND) -> dict[str, Courses]:
    """Follow people with addiction under each plan, the same people with the same luck; plan -> their courses.

    They are shared out over the draws of ``world`` (few of them: ``first_draws``). What their county is like in each
    week (naloxone at hand, the share let in) is the cohort engine's.
    """
    each = lives // world.county.draws

    def followed(one: Tried) -> Courses:
        asked = ["courses", levers_under(world, one), seed, each]
        return kept(world, asked, lambda where: _follow(where, one, seed, each), (Courses,))

    return {one.plan: followed(one) for one in tried}


def _follow(world: World, one: Tried, seed: int, each: int) -> Courses:
    """Return the courses of ``each`` people of every draw under one plan."""
    start, rates = with_addiction(world), rates_under(world, one)
    weeks = cohort(world.setting.model.chain, rates, world.county.start, keep="sum")
    alone = replace(rates, inflow=np.zeros_like(rates.inflow))

    def course(d: int) -> Courses:
        carried = carried_under(world, one, d)
        lives = simulate(
            world.setting.model, alone, start, draw=d, seed=seed, people=each, weeks=weeks, carried=carried
        )
        return _course(world, lives, alone)

    parts = side_by_side(course, range(world.county.draws), world.workers)
    return Courses(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Courses)))


def with_addiction(world: World) -> Start:
    """Return the first day with people with addiction on it and nobody else."""
    start, groups = world.county.start, world.county.groups
    marked = np.array([group in GROUPS for group in groups])
    return replace(start, people=np.where(marked[:, None, None], start.people, 0.0))


def _course(world: World, lives: Lives, rates: Schedule) -> Courses:
    chain, cells = world.setting.model.chain, world.setting.model.cells
    named, dead = lives.named, [False] * (chain.n_all - chain.n_living)

    def where(levels: Sequence[str], care: str | None = None) -> Bools:
        marked = [cell["use"] in levels and care in (None, cell.get("care")) for cell in cells]
        return np.array([*marked, *dead])

    overdose = named.target == chain.compartments.index(OVERDOSE)
    sustained = entered(lives, where(SUSTAINED))
    remission, living = where(REMISSION), np.arange(chain.n_all) < chain.n_living
    back = remission[named.source] & ~remission[named.target] & living[named.target]
    before = lives.time < np.minimum(sustained, rates.years)[lives.person]
    return Courses(
        overdose_death=first_of(lives, overdose),
        other_death=first_of(lives, named.death & ~overdose),
        sustained=sustained,
        sustained_without=entered(lives, where(SUSTAINED, "none")),
        returns=np.bincount(lives.person[back[lives.move] & before], minlength=lives.people),
        overdoses=times_of(lives, "overdose", until=sustained),
    )
