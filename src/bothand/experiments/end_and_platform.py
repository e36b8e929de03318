"""Every plan again with the moves from harm reduction into treatment held: an end in itself, and a platform.

Held means: in the plan's run and in its reference alike, people in contact, with a navigator or without, ask for help
at today's mean rate. The ratios by which contact and navigation raise asking are one there; nothing else changes. What
a plan still gains is *kept*, the rest is *lost*. The harm-reduction and bridge lines *alone* bring what the whole plan
keeps less what the plan without them keeps. First-round money, few draws. Source: DESIGN 9; essay E1.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Floats
from bothand.experiments.plans import Tried, healthy_years, option_keys, service_keys, try_dollars, try_study_plan
from bothand.experiments.worlds import World, with_values
from bothand.keys import THREE_YEARS
from bothand.outcomes.indicators import remission_years
from bothand.outcomes.ledger import LIFETIME

HARM_REDUCTION = ("harm_reduction", "bridge")


@dataclass(frozen=True)
class Parts:
    """One plan's gains, (D,), against no new money over lifetimes.

    alone: healthy life-years that its harm-reduction and bridge lines keep; None where it pays for none. kept and lost:
    the whole plan's healthy life-years; lost_remission: years in remission, medication included, that go.
    """

    alone: Floats | None
    kept: Floats
    lost: Floats
    lost_remission: Floats


def hold(world: World, ratios: Collection[str]) -> World:
    """Return the same worlds in which these ratios are one from day one on."""
    return with_values(world, dict.fromkeys(ratios, np.ones(world.county.draws)))


def part_gains(
    world: World,
    few: World,
    tried: Sequence[Tried],
    ratios: Collection[str],
    found: Floats,
    tell: Callable[[str], None] = lambda words: None,
) -> dict[str, Parts]:
    """Return plan -> its parts, for every plan that spends first-round money.

    Args:
        world: where the plans were tried.
        few: its first draws.
        tried: the runs of every plan in ``world``; the one that is no plan of the study was found by search.
        ratios: the ratios to hold; a model that does not read them all has no such moves, and nothing is returned.
        found: dollars a year of the plan found by search, by option (I,).
        tell: hears what is being run.
    """
    if not ratios or any(name not in few.values for name in ratios):
        return {}
    tell("harm reduction as an end in itself, and as a platform")
    held, draws = hold(few, ratios), few.county.draws
    keys = service_keys(few)
    own = [s.key for s in few.setting.services if s.kind in HARM_REDUCTION]
    parted = {}
    for usual in (t for t in tried if t.mode == THREE_YEARS and np.any(t.dollars)):
        whole = _again(held, usual.plan, found, ())
        pays = any(np.any(usual.dollars[keys.index(key)]) for key in own)
        kept = healthy_years(held, whole)
        parted[usual.plan] = Parts(
            alone=kept - healthy_years(held, _again(held, usual.plan, found, own)) if pays else None,
            kept=kept,
            lost=healthy_years(world, usual)[:draws] - kept,
            lost_remission=_remission(world, usual)[:draws] - _remission(held, whole),
        )
    return parted


def _again(held: World, name: str, found: Floats, without: Collection[str]) -> Tried:
    """Try a plan with the moves held, the lines of some services left out."""
    plan = held.setting.plan(name)
    if plan:
        return try_study_plan(held, plan, THREE_YEARS, without=without)
    left = np.array([key in without for key in option_keys(held)])
    return try_dollars(held, name, np.where(left, 0, found), THREE_YEARS)


def _remission(world: World, tried: Tried) -> Floats:
    """Return years in remission, medication included, that a plan brings against no new money (D,)."""
    last = world.horizons.index(LIFETIME)
    plan, base = (remission_years(trial.run.main, "included")[last] for trial in (tried.trial, world.quo))
    return np.asarray((plan - base).sum(axis=1))
