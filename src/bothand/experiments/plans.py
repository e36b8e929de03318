"""Every plan of the study, tried under both ways the money may come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.experiments.worlds import World
from bothand.keys import ALL_YEARS, THREE_YEARS
from bothand.outcomes.indicators import gains, group_gains
from bothand.outcomes.trial import Trial, try_plan
from bothand.world.plan import Plan, dollars, left_over, outside_dollars, places_of
from bothand.world.service import Places

QUALITY = "quality_patient"
PUBLIC_QUALITY = "quality_public"
MODES = (THREE_YEARS, ALL_YEARS)


@dataclass(frozen=True)
class Tried:
    """One plan under one way the money comes."""

    plan: str
    mode: str
    dollars: Floats  # (S, Y) or (S, Y, D)
    outside: Mapping[str, Floats]  # line outside the model -> (Y,) or (Y, D)
    kept: Floats  # not given to any line, (Y,) or (Y, D)
    trial: Trial


def service_keys(world: World) -> tuple[str, ...]:
    """Return the keys of the study's services, in the order of every dollar array."""
    return tuple(service.key for service in world.setting.services)


def option_keys(world: World) -> tuple[str, ...]:
    """Return the keys of the services that search and curves may choose: neither off by default nor not modelled."""
    return tuple(service.key for service in world.setting.services if service.option)


def try_study_plan(world: World, plan: Plan, mode: str, reach: Reach = "to the ceiling") -> Tried:
    """Try one plan of the study."""
    years, budget = world.setting.study.years, world.money[mode]
    money = dollars(plan, service_keys(world), years, budget)
    trial = _try(world, money, reach, places_of(plan))
    return Tried(plan.key, mode, money, outside_dollars(plan, years, budget), left_over(plan, years, budget), trial)


def try_dollars(world: World, name: str, yearly: Floats, mode: str, reach: Reach = "to the ceiling") -> Tried:
    """Try a plan given as dollars a year of the first round by option (I,); later years keep its shares."""
    budget = world.money[mode]
    shares = np.zeros(len(service_keys(world)))
    shares[[service.option for service in world.setting.services]] = yearly / world.yearly_budget
    money = shares[:, None, None] * budget[None]
    return Tried(name, mode, money, {}, budget * (1 - shares.sum()), _try(world, money, reach))


def _try(world: World, money: Floats, reach: Reach, places: Mapping[str, Places] | None = None) -> Trial:
    if not np.any(money):
        return world.quo
    return try_plan(world.county, money, world.horizons, board_lag=world.board_lag, reach=reach, places=places)


def try_all(world: World, modes: Sequence[str] = MODES, tell: Callable[[str], None] | None = None) -> list[Tried]:
    """Try every plan of the study in every mode."""
    tried = []
    for mode in modes:
        for plan in world.setting.plans:
            if tell:
                tell(f"{plan.label}, {mode.replace('_', ' ')}")
            tried.append(try_study_plan(world, plan, mode))
    return tried


def value_gains(world: World, tried: Tried) -> dict[str, Floats]:
    """Return indicator -> gain against no new money (D,)."""
    return gains(tried.trial.run, world.quo.run, world.scales, QUALITY)


def group_healthy_years(world: World, tried: Tried) -> Floats:
    """Return healthy life-years gained by each group against no new money (D, O)."""
    return group_gains(tried.trial.run, world.quo.run, world.scales, QUALITY)


def healthy_years(world: World, tried: Tried) -> Floats:
    """Return healthy life-years that a plan brings everyone, against no new money (D,)."""
    return np.asarray(group_healthy_years(world, tried).sum(axis=1))


def deaths_averted(world: World, tried: Tried, horizon: str) -> Floats:
    """Return overdose deaths averted by a horizon against no new money (D,)."""
    base, plan = world.quo.run.main, tried.trial.run.main
    return np.asarray((base.at("overdose_deaths", horizon) - plan.at("overdose_deaths", horizon)).sum(axis=1))
