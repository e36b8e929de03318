"""What each dispute changes: the both/and plan of either side, and what one side loses by following the other's.

Every side that a simulation can take up is a lane: the best guess with that belief. All lanes are run at once; each has
its own curves, up to today's budget, and settles the both/and plan anew on them. Then the full model runs, in every
lane, its own plan, the other side's and the one of the best guess, so that a loss is never read off the curves. Sides
that differ in reach or in what counts share their world. Runs of one plan in one world: options x levels of dollars x
worlds, again for every other reach that is believed in, and two to four more for each side. Source: DESIGN 8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bothand.decide.both_and import floor_of, settle, surrogate_error
from bothand.decide.ideals import Ideals, find_ideals
from bothand.decide.surfaces import Surface, evaluate
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.engine.needs import GROUPS
from bothand.engine.runs.running import Runs
from bothand.engine.setting import Setting
from bothand.evidence.draws import Draws
from bothand.experiments.curves import ASKED, GROUP, gains_alone, levels_today, objectives
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.plans import Tried, option_keys, remission_gains, try_by_lane
from bothand.experiments.ruled.bill import asked_of_others
from bothand.experiments.ruled.bounds import lifted, loosened, ruled
from bothand.experiments.search import FUNCTIONAL, SECOND_LINES, whole_hundreds, yearly_of
from bothand.experiments.what_if.believed import Lane, by_reach, columns, lane_of, open_lanes, picked
from bothand.experiments.worlds import World, some_lanes
from bothand.keys import REMISSION, THREE_YEARS, WITHOUT_MEDICATION
from bothand.outcomes.indicators import columns as columns_of
from bothand.world.disputes.register import Criterion, Dispute
from bothand.world.plan import Plan

MOVED = 0.1  # MATH: share of the money; optima are flat, so that less moves between equally good plans (DESIGN 8)
STUDY = 0  # MATH: position of the lane of the best guess
SUSTAINED, SUSTAINED_WITHOUT = "sustained_included", SECOND_LINES[0]
COUNTED: Mapping[Criterion, Mapping[str, str]] = {
    "medication included": {WITHOUT_MEDICATION: REMISSION, SUSTAINED_WITHOUT: SUSTAINED},
    "without medication": {REMISSION: WITHOUT_MEDICATION, SUSTAINED: SUSTAINED_WITHOUT},
}
"""Criterion of recovery -> objectives that others stand for; each is served once."""


@dataclass(frozen=True)
class SideTried:
    """One side of a dispute: its both/and plan, and what it loses under its own belief by other plans.

    yearly (I,) dollars a year by option; healthy: healthy life-years of that plan; least: share of its own best that
    the least served value gets; healthy_lost, least_lost: what is lost of both by the other side's plan; study_lost:
    healthy life-years lost by the plan of the study's best guess. error, least_error: how far the curves are from the
    full model at the side's plan: a loss within them may be no loss. All losses are by the full model; below zero where
    the other plan is better than the one found on the curves. cap: where no plan keeps the study's cap under this
    belief, the dollars a year that others were let be asked for instead.
    """

    label: str
    yearly: Floats
    healthy: float
    least: float
    healthy_lost: float
    least_lost: float
    study_lost: float
    error: float
    least_error: float
    served: tuple[str, ...]
    cap: float | None = None

    @property
    def loses(self) -> bool:
        """Whether the other side's plan costs this side something beyond the error of the curves."""
        return self.healthy_lost > self.error or self.least_lost > self.least_error


@dataclass(frozen=True)
class DisputeTried:
    """What a dispute changes. ``moved``: share of the dollars that stand elsewhere in the second side's plan.

    enters, leaves: services that the second side's plan pays for and the first side's does not, and the reverse.
    """

    dispute: Dispute
    sides: tuple[SideTried, SideTried]
    moved: float
    enters: tuple[str, ...]
    leaves: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether the decision changes: more than a tenth of the money moves, and a side would lose by not moving."""
        return self.moved > MOVED and any(side.loses for side in self.sides)


@dataclass(frozen=True)
class DisputesTried:
    """Every dispute: those that were tried, by what they change, and why the others were not.

    options: services of every plan (I,); yearly: the plan of the best guess; untried: key -> why; lanes: worlds run at
    once; runs: how often one plan was run in one world.
    """

    options: tuple[str, ...]
    yearly: Floats
    tried: tuple[DisputeTried, ...]
    untried: Mapping[str, str]
    lanes: int
    runs: int


@dataclass(frozen=True)
class _Settled:
    """A lane's plan: dollars a year by option, what it serves, the ideals in whose shares it is told, a lifted cap."""

    yearly: Floats
    served: tuple[str, ...]
    ideals: Ideals
    cap: float | None


@dataclass(frozen=True)
class _Lanes:
    """All lanes, their worlds by reach, and each one's place there."""

    asked: list[Lane]
    world: World
    places: list[int]
    reaches: Mapping[Reach, list[int]]


def try_disputes(
    setting: Setting,
    draws: Draws,
    disputes: Sequence[Dispute],
    keys: Mapping[str, str],
    floors: Sequence[Plan],
    runs: Runs | None = None,
    tell: Callable[[str], None] = lambda words: None,
    least: Mapping[str, float] | None = None,
) -> DisputesTried:
    """Settle the both/and plan under each side of every dispute that the study can take up.

    Args:
        setting: the study.
        draws: its draws; their best guess is what no side disputes.
        disputes: of the register (``load_disputes``).
        keys: value -> objective, as for ``search``.
        floors: plans whose gains the both/and plan should reach, as for ``search``.
        runs: how plans are tried; None = all lanes at once, here.
        tell: hears what is being run.
        least: objective -> gain that cannot be told from none (the sampling error of the study's curves).
    """
    asked, untried = [Lane()], {}
    placed: dict[str, tuple[int, int]] = {}
    for dispute in disputes:
        found = [lane_of(setting, draws, side.belief) for side in dispute.side]
        why = [one for one in found if isinstance(one, str)]
        if why:
            untried[dispute.key] = "; ".join(dict.fromkeys(why))
            continue
        first_side, other_side = (_place(asked, lane) for lane in found if isinstance(lane, Lane))
        placed[dispute.key] = first_side, other_side
    tell(f"{len(asked)} lanes for the sides of {len(placed)} disputes")
    first, places = columns(asked)
    there = _Lanes(asked, open_lanes(setting, draws, first, runs), places, by_reach(asked))
    settled, curves = _settle_all(there, keys, floors, least or {}, tell)
    tell("plans of one side under the belief of the other")
    pairs = [(one, *placed[one.key]) for one in disputes if one.key in placed]
    tried, held = _hold_against(there, settled, pairs)
    order = sorted(tried, key=lambda one: (not one.changes, -one.moved))
    options = option_keys(there.world)
    return DisputesTried(options, settled[STUDY].yearly, tuple(order), untried, len(first), curves + held)


def _place(asked: list[Lane], lane: Lane) -> int:
    """Return a lane's place among those asked, where it stands once."""
    if lane not in asked:
        asked.append(lane)
    return asked.index(lane)


def told(world: World, tried: Tried, quality: str) -> dict[str, Floats]:
    """Return every objective's gain by lane (D,), and beside them what others are asked for."""
    addiction = columns_of(world.quo.run.main, GROUPS)
    without = remission_gains(world, tried)[WITHOUT_MEDICATION][:, addiction].sum(axis=1)
    beside = {WITHOUT_MEDICATION: np.asarray(without), ASKED: asked_of_others(world, tried)}
    return {**objectives(world, tried, quality), **beside}


def _told_on(world: World, tried: Tried, scales: Sequence[str]) -> dict[str, Floats]:
    """Return every objective's gain by lane on each scale of quality, under "scale objective"."""
    return {f"{q} {key}": gain for q in scales for key, gain in told(world, tried, q).items()}


def _of_scale(found: Mapping[str, Floats], scale: str) -> dict[str, Floats]:
    """Return what was told on one scale of quality (``_told_on``), by objective."""
    return {key.removeprefix(f"{scale} "): gain for key, gain in found.items() if key.startswith(f"{scale} ")}


def _in_lanes(some: World, reach: Reach, scales: Sequence[str], yearly: Floats) -> dict[str, Floats]:
    """Return what is told by lane of a plan of the first round, one for all (I,) or one for each (I, D); only that
    is kept of its run."""

    def run(where: World) -> dict[str, Floats]:
        by_lane = np.broadcast_to(yearly.reshape(len(yearly), -1), (len(yearly), where.county.draws))
        return _told_on(where, try_by_lane(where, "in lanes", by_lane, reach), scales)

    return kept(some, ["in lanes", yearly, some.money[THREE_YEARS], reach, scales], run)


def _served(lane: Lane, keys: Mapping[str, str]) -> list[str]:
    """Return the objectives that a plan serves by what someone counts as recovery, each once."""
    stands_for = COUNTED[lane.criterion] if lane.criterion else {}
    return list(dict.fromkeys(stands_for.get(name, name) for name in (*keys.values(), *SECOND_LINES)))


def _settle_all(
    there: _Lanes,
    keys: Mapping[str, str],
    floors: Sequence[Plan],
    least: Mapping[str, float],
    tell: Callable[[str], None],
) -> tuple[list[_Settled], int]:
    """Return every lane's plan on curves of its own, and how many runs of a plan in a world the curves took."""
    made: dict[int, _Settled] = {}
    options = option_keys(there.world)
    lines = [(plan.label, yearly_of(there.world, plan)) for plan in floors]
    ran = 0
    for reach, numbers in there.reaches.items():
        place = list(dict.fromkeys(there.places[n] for n in numbers))
        scales = list(dict.fromkeys(there.asked[n].quality for n in numbers))
        some = some_lanes(there.world, place)
        levels = levels_today(some)
        gains = gains_alone(some, options, levels, partial(_in_lanes, some, reach, scales), tell, reach)
        ran += len(options) * len(levels) * len(place)
        for n in numbers:
            lane = there.asked[n]
            own = picked(_of_scale(gains, lane.quality), place.index(there.places[n]))
            made[n] = _settle(some, own, _served(lane, keys), lines, least)
    return [made[n] for n in range(len(there.asked))], ran


def _settle(
    world: World,
    gains: Mapping[str, Floats],
    served: Sequence[str],
    floors: Sequence[tuple[str, Floats]],
    least: Mapping[str, float],
) -> _Settled:
    """Return the both/and plan on one lane's gains (objective -> (I, L)), in whole hundreds of dollars."""
    options = option_keys(world)
    groups = [key for key in gains if key.startswith(GROUP)]
    names = tuple(dict.fromkeys((*(name for name in served if name in gains), FUNCTIONAL, *groups)))
    dollars = np.repeat(levels_today(world)[None], len(options), axis=0)
    surface = Surface(names, options, dollars, np.array([gains[name] for name in names]))
    own = ruled(world, surface, gains[ASKED])
    surface = loosened(own)
    ideals = find_ideals(surface, world.yearly_budget, [least.get(name, 0.0) for name in names])
    members = tuple(name for name in served if name in ideals.members)
    asked = [FUNCTIONAL, *(group for group in groups if group in ideals.members)]
    found = settle(ideals, members, FUNCTIONAL, floors=[floor_of(ideals, label, at, asked) for label, at in floors])
    return _Settled(whole_hundreds(found.plan, surface.rules), members, ideals, lifted(own, surface))


def _hold_against(
    there: _Lanes, settled: Sequence[_Settled], pairs: Sequence[tuple[Dispute, int, int]]
) -> tuple[list[DisputeTried], int]:
    """Run every side's plans in the full model: its own, the other side's, and that of the best guess."""
    wanted = {(n, m) for _, a, b in pairs for n, m in ((a, a), (a, b), (a, STUDY), (b, b), (b, a), (b, STUDY))}
    gains: dict[tuple[int, int], dict[str, float]] = {}
    for reach, numbers in there.reaches.items():
        entries = sorted(entry for entry in wanted if entry[0] in numbers)
        if not entries:
            continue
        some = some_lanes(there.world, [there.places[n] for n, _ in entries])
        scales = list(dict.fromkeys(there.asked[n].quality for n in numbers))
        yearly = np.column_stack([settled[m].yearly for _, m in entries])
        found = _in_lanes(some, reach, scales, yearly)
        for column, entry in enumerate(entries):
            own = _of_scale(found, there.asked[entry[0]].quality)
            gains[entry] = {key: float(values[column]) for key, values in own.items()}
    return [_tried(there, settled, gains, *pair) for pair in pairs], len(wanted)


def _tried(
    there: _Lanes,
    settled: Sequence[_Settled],
    gains: Mapping[tuple[int, int], Mapping[str, float]],
    dispute: Dispute,
    one: int,
    other: int,
) -> DisputeTried:
    options, budget = option_keys(there.world), there.world.yearly_budget
    plans = settled[one].yearly, settled[other].yearly
    kept = [budget - float(plan.sum()) for plan in plans]
    moved = (float(np.abs(plans[0] - plans[1]).sum()) + abs(kept[0] - kept[1])) / 2 / budget
    sides = [
        _side(side.label, settled[n], gains[n, n], gains[n, m], gains[n, STUDY])
        for side, n, m in zip(dispute.side, (one, other), (other, one), strict=True)
    ]
    enters, leaves = (
        tuple(key for key, here, there_ in zip(options, a, b, strict=True) if here > 0 >= there_)
        for a, b in (plans[::-1], plans)
    )
    return DisputeTried(dispute, (sides[0], sides[1]), moved, enters, leaves)


def _side(
    label: str, own: _Settled, mine: Mapping[str, float], theirs: Mapping[str, float], study: Mapping[str, float]
) -> SideTried:
    surface = own.ideals.surface
    exact = np.array([mine[name] for name in surface.objectives])
    on_curves = evaluate(surface, own.yearly)[surface.index(FUNCTIONAL)]

    def least(gains: Mapping[str, float]) -> float:
        shares = [gains[name] / own.ideals.best[surface.index(name)] for name in own.served]
        return float(min(shares, default=0.0))

    return SideTried(
        label,
        own.yearly,
        mine[FUNCTIONAL],
        least(mine),
        mine[FUNCTIONAL] - theirs[FUNCTIONAL],
        least(mine) - least(theirs),
        mine[FUNCTIONAL] - study[FUNCTIONAL],
        abs(mine[FUNCTIONAL] - float(on_curves)),
        surrogate_error(own.ideals, own.served, own.yearly, exact) if own.served else 0.0,
        own.served,
        own.cap,
    )
