"""Every plan of the study, tried under both ways the money may come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.experiments.carrying import Allot, carry_over
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.in_blocks.trying import PER_DRAW, try_in_blocks
from bothand.experiments.worlds import World, first_draws, side_by_side
from bothand.keys import ALL_YEARS, HEALTHY, REMISSION, THREE_YEARS, WITHOUT_MEDICATION
from bothand.outcomes.indicators import gains, group_gains, remission_years
from bothand.outcomes.ledger import LIFETIME
from bothand.outcomes.trial import Trial, delivered
from bothand.world.money import RETURNED
from bothand.world.plan import Plan, dollars, left_over, outside_dollars, places_of, terms_of
from bothand.world.service import Places, Terms

QUALITY = "quality_patient"
PUBLIC_QUALITY = "quality_public"
MODES = (THREE_YEARS, ALL_YEARS)
JUDGED = (HEALTHY, REMISSION, WITHOUT_MEDICATION)
"""Indicators by which it is judged whether a group is worse off."""

DRAWS_ALL_YEARS = 64  # UNIT: first draws in which the money of all years is followed: it stands beside, not in the lead


@dataclass(frozen=True)
class Tried:
    """One plan under one way the money comes."""

    plan: str
    mode: str
    dollars: Floats  # (S, Y) or (S, Y, D)
    outside: Mapping[str, Floats]  # line outside the model -> (Y,) or (Y, D)
    kept: Floats  # not given to any line, (Y,) or (Y, D)
    trial: Trial

    @property
    def acts(self) -> bool:
        """Whether any money goes to a service of the model: else the run is that of no new money, and says nothing."""
        return self.trial.delivery is not None


def service_keys(world: World) -> tuple[str, ...]:
    """Return the keys of the study's services, in the order of every dollar array."""
    return tuple(service.key for service in world.setting.services)


def option_keys(world: World) -> tuple[str, ...]:
    """Return the keys of the services that search and curves may choose.

    They are modelled, not off by default, and no more coercive than the study's limit.
    """
    return world.options


def try_study_plan(
    world: World, plan: Plan, mode: str, reach: Reach = "to the ceiling", without: Collection[str] = ()
) -> Tried:
    """Try one plan of the study; the lines of the services in ``without`` are left out."""
    years, places = world.setting.study.years, places_of(plan)
    gone = [key in without for key in service_keys(world)]

    def allot(budget: Floats) -> tuple[Floats, Floats]:
        outside = sum(outside_dollars(plan, years, budget).values(), np.zeros_like(budget))
        inside = dollars(plan, service_keys(world), years, budget)
        inside[gone] = 0
        return inside, outside

    terms = {service.key: terms_of(plan, service) for service in world.setting.services}
    budget, money = _with_carried(world, allot, mode, reach, places, terms)
    trial = _try(world, money, reach, places, terms)
    return Tried(plan.key, mode, money, outside_dollars(plan, years, budget), left_over(plan, years, budget), trial)


def try_dollars(
    world: World,
    name: str,
    yearly: Floats,
    mode: str,
    reach: Reach = "to the ceiling",
    places: Mapping[str, Places] | None = None,
    terms: Mapping[str, Terms] | None = None,
) -> Tried:
    """Try a plan given as dollars a year of the first round by option (I,); later years keep its shares.

    ``places`` and ``terms``: services run otherwise than their own files say.
    """
    shares = _shares(world, yearly)

    def allot(budget: Floats) -> tuple[Floats, Floats]:
        return shares[:, None, None] * budget[None], np.zeros_like(budget)

    budget, money = _with_carried(world, allot, mode, reach, places, terms)
    return Tried(name, mode, money, {}, budget * (1 - shares.sum()), _try(world, money, reach, places, terms))


def try_by_lane(world: World, name: str, yearly: Floats, reach: Reach = "to the ceiling") -> Tried:
    """Try another plan in every world: dollars a year of the first round by option and world (I, D)."""
    shares, budget = _shares(world, yearly), world.money[THREE_YEARS]
    money = shares[:, None] * budget[None]
    return Tried(name, THREE_YEARS, money, {}, budget * (1 - shares.sum(axis=0)), _try(world, money, reach))


def _shares(world: World, yearly: Floats) -> Floats:
    """Return the share of the budget of every service of the study, (S, ...), from dollars by option (I, ...)."""
    shares = np.zeros((len(service_keys(world)), *yearly.shape[1:]))
    shares[[key in option_keys(world) for key in service_keys(world)]] = yearly / world.yearly_budget
    return shares


def yearly_in(world: World, tried: Tried) -> Floats:
    """Return the dollars a year of the first round that a plan's run gave each option (I,), as ``yearly_of`` a plan."""
    options = [key in option_keys(world) for key in service_keys(world)]
    return np.asarray(_first(world, tried.dollars)[options].mean(axis=1))


def movable(world: World, tried: Tried) -> float:
    """Return a plan's dollars a year of the first round that stand in options or in no line: other lines stay."""
    return float(yearly_in(world, tried).sum() + _first(world, tried.kept).mean())


def spent_on(world: World, tried: Tried, services: Collection[str]) -> float:
    """Return the dollars a year of the first round that a plan's run gave some services."""
    these = [key in services for key in service_keys(world)]
    return float(_first(world, tried.dollars)[these].mean(axis=1).sum()) if any(these) else 0.0


def _first(world: World, money: Floats) -> Floats:
    """Return dollars (..., Y') of the first round's years in the first draw, from (..., Y, D)."""
    return np.asarray(money[..., world.first_round, 0])


def try_changed(
    world: World,
    name: str,
    usual: Tried,
    yearly: Floats | None = None,
    places: Mapping[str, Places] | None = None,
    terms: Mapping[str, Terms] | None = None,
    reach: Reach = "to the ceiling",
    without: Collection[str] = (),
) -> Tried:
    """Try a plan again with other dollars, or on other terms: its first round's money, every line not named as it was.

    Args:
        world: the worlds of ``usual``.
        name: of the changed plan.
        usual: the plan's run, for its dollars.
        yearly: dollars a year of the first round by option (I,); a line that has dollars keeps its years.
        places, terms: services run otherwise than the plan runs them.
        reach: how far money reaches, as in the usual run.
        without: services whose lines get nothing.
    """
    money, there, own = _changed(world, usual, yearly, places, terms)
    money[[key in without for key in service_keys(world)]] = 0
    trial = _try(world, money, reach, there, own)
    return Tried(name, THREE_YEARS, money, usual.outside, usual.kept, trial)


def _changed(
    world: World,
    usual: Tried,
    yearly: Floats | None,
    places: Mapping[str, Places] | None,
    terms: Mapping[str, Terms] | None,
) -> tuple[Floats, dict[str, Places], dict[str, Terms]]:
    """Return the money of every line, and how its services are run; arguments as for ``try_changed``."""
    plan, money = world.setting.plan(usual.plan), np.array(usual.dollars)
    if yearly is not None:
        before, budget = yearly_in(world, usual), world.money[THREE_YEARS]
        for old, new, key in zip(before, yearly, option_keys(world), strict=True):
            at = service_keys(world).index(key)
            money[at] = money[at] * (new / old) if old > 0 else budget * (new / world.yearly_budget)
    own = {s.key: terms_of(plan, s) for s in world.setting.services} if plan else {}
    return money, {**(places_of(plan) if plan else {}), **(places or {})}, {**own, **(terms or {})}


def told_of_changed(
    world: World,
    usual: Tried,
    told: Callable[[World, Tried], Mapping[str, Floats]],
    yearly: Floats | None = None,
    places: Mapping[str, Places] | None = None,
    terms: Mapping[str, Terms] | None = None,
) -> dict[str, Floats]:
    """Return what is told of a plan tried again (``try_changed``); only that is kept of its run.

    ``told``: a function of a module, known again by its name.
    """
    asked = ["changed", told.__module__, told.__qualname__, *_changed(world, usual, yearly, places, terms)]

    def run(where: World) -> dict[str, Floats]:
        return dict(told(where, try_changed(where, usual.plan, usual, yearly, places, terms)))

    return kept(world, asked, run)


def _with_carried(
    world: World,
    allot: Allot,
    mode: str,
    reach: Reach,
    places: Mapping[str, Places] | None = None,
    terms: Mapping[str, Terms] | None = None,
) -> tuple[Floats, Floats]:
    """Return the money of each year (Y, D) and of each service (S, Y, D), by the place's rule of carry-over."""
    study, about, budget = world.setting.study, world.setting.place.about.money, world.money[mode]
    if mode == THREE_YEARS or about is None or about.carry_over == RETURNED:
        return budget, allot(budget)[0]

    def unspent(given: Floats) -> Floats:
        found = delivered(
            world.county, given, board_lag=world.board_lag, reach=reach, places=places, terms=terms
        ).unspent
        return np.stack([found[key].sum(axis=0) for key in service_keys(world)])

    spans = study.periods or about.periods
    periods = [[n for n, year in enumerate(study.years) if first <= year <= last] for first, last in spans]
    carried = carry_over(allot, unspent, budget, periods)
    there = np.array(budget)
    for years, into in zip(periods, carried.into, strict=True):
        there[years] += into / len(years)
    return there, carried.dollars


def _try(
    world: World,
    money: Floats,
    reach: Reach,
    places: Mapping[str, Places] | None = None,
    terms: Mapping[str, Terms] | None = None,
) -> Trial:
    if not np.any(money):
        return world.quo
    return try_in_blocks(world, money, reach, places, terms)


def try_all(world: World, modes: Sequence[str] = MODES, tell: Callable[[str], None] | None = None) -> list[Tried]:
    """Try every plan of the study in every mode."""
    where = in_modes(world, modes)
    both = [(mode, plan) for mode in modes for plan in world.setting.plans]

    def one(asked: tuple[str, Plan]) -> Tried:
        mode, plan = asked
        if tell:
            tell(f"{plan.label}, {mode.replace('_', ' ')}")
        return try_study_plan(where[mode], plan, mode)

    return side_by_side(one, both, world.workers)


def in_modes(world: World, modes: Sequence[str] = MODES) -> dict[str, World]:
    """Return mode -> the worlds in which plans are tried under it: all, or the first ``DRAWS_ALL_YEARS`` of them."""
    return {mode: first_draws(world, DRAWS_ALL_YEARS) if mode == ALL_YEARS else world for mode in modes}


def in_first_draws(tried: Tried, few: World) -> Tried:
    """Return a plan's run in the draws of ``few`` (``first_draws``) only; nothing is run again."""
    n = few.county.draws
    return Tried(
        tried.plan,
        tried.mode,
        tried.dollars[..., :n] if tried.dollars.ndim == PER_DRAW else tried.dollars,
        {name: usd[:, :n] if usd.ndim > 1 else usd for name, usd in tried.outside.items()},
        tried.kept[:, :n] if tried.kept.ndim > 1 else tried.kept,
        tried.trial.at(slice(n)) if tried.acts else few.quo,
    )


def value_gains(world: World, tried: Tried, quality: str = QUALITY) -> dict[str, Floats]:
    """Return indicator -> gain against no new money (D,)."""
    return gains(tried.trial.run, world.quo.run, world.scales, quality)


def group_healthy_years(world: World, tried: Tried, quality: str = QUALITY) -> Floats:
    """Return healthy life-years gained by each group against no new money (D, O)."""
    return group_gains(tried.trial.run, world.quo.run, world.scales, quality)


def judged_gains(world: World, tried: Tried) -> dict[str, Floats]:
    """Return what each group gains over a lifetime against no new money (D, O), by every indicator of ``JUDGED``."""
    return {HEALTHY: group_healthy_years(world, tried), **remission_gains(world, tried)}


def remission_gains(world: World, tried: Tried) -> dict[str, Floats]:
    """Return years in remission by both criteria, each group's over a lifetime against no new money (D, O)."""
    last, run, base = world.horizons.index(LIFETIME), tried.trial.run.main, world.quo.run.main
    return {
        key: np.asarray(remission_years(run, criterion)[last] - remission_years(base, criterion)[last])
        for key, criterion in ((REMISSION, "included"), (WITHOUT_MEDICATION, "without"))
    }


def of_group(indicator: str, group: str) -> str:
    """Return the name of a group's gain by one of ``JUDGED``."""
    return f"{indicator} of {group}"


def people_gains(world: World, tried: Tried) -> dict[str, Floats]:
    """Return ``judged_gains`` by name (``of_group``), (D,) each."""
    return {
        of_group(indicator, group): gains[:, o]
        for indicator, gains in judged_gains(world, tried).items()
        for o, group in enumerate(world.setting.model.groups)
    }


def healthy_years(world: World, tried: Tried) -> Floats:
    """Return healthy life-years that a plan brings everyone, against no new money (D,)."""
    return np.asarray(group_healthy_years(world, tried).sum(axis=1))


def deaths_averted(world: World, tried: Tried, horizon: str) -> Floats:
    """Return overdose deaths averted by a horizon against no new money (D,)."""
    base, plan = world.quo.run.main, tried.trial.run.main
    return np.asarray((base.at("overdose_deaths", horizon) - plan.at("overdose_deaths", horizon)).sum(axis=1))
