"""The world that a side of a dispute believes in: the best guess with that belief, as a lane among others.

A belief that nothing in the study reads, or that is about values, makes no lane; then it is said why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bothand.calibrate.run_in import RunIn
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.engine.runs.running import Runs
from bothand.engine.setting import Setting
from bothand.evidence.draws import Draws, best_guess
from bothand.evidence.sets import mixed
from bothand.experiments.deciding import of_services_only
from bothand.experiments.in_blocks.opening import open_in_blocks
from bothand.experiments.plans import PUBLIC_QUALITY, QUALITY
from bothand.experiments.worlds import World, lanes, some_lanes, stays
from bothand.words import join_words
from bothand.world.disputes.register import Belief, Criterion

SCALE = "utility_scale"
QUALITIES = {"patient": QUALITY, "public": PUBLIC_QUALITY}
"""Alternatives of whose valuation counts -> the model's measure of quality on that scale."""


@dataclass(frozen=True)
class Lane:
    """What someone believes.

    changes: name of an input -> its value in base units, where it is another than the best guess; reach: how many are
    found; quality: the measure of a year of life; criterion: what counts as recovery, None = both lines stand, as in
    the study's own search.
    """

    changes: Mapping[str, float] = field(default_factory=dict)
    reach: Reach = "to the ceiling"
    quality: str = QUALITY
    criterion: Criterion | None = None

    @property
    def world(self) -> tuple[tuple[str, float], ...]:
        """What tells the lane's world from others; two lanes with the same world are run once."""
        return tuple(sorted(self.changes.items()))


@dataclass(frozen=True)
class Stays:
    """The path of toxicity of every lane: it stays as it was on day one."""

    def __call__(self, before: RunIn, values: Mapping[str, Floats], years: int) -> Floats:
        """Return toxicity after day one (Y, D)."""
        return stays(before, values, years)

    def at(self, draws: Sequence[int]) -> Stays:
        """Return the path of some lanes."""
        return self


def lane_of(setting: Setting, draws: Draws, belief: Belief) -> Lane | str:
    """Return the lane of a belief, or why there is none, in words."""
    if belief.none:
        return belief.none
    if belief.reach:
        return Lane(reach=belief.reach)
    if belief.criterion:
        return Lane(criterion=belief.criterion)
    if belief.choose:
        return _chosen(setting, draws, belief.choose)
    read = {row.key for row in setting.evidence.used_by(setting.names, draws.choices)}
    if not read & set(belief.quantity):
        return f"nothing in this study reads {join_words(list(belief.quantity))}"
    rows = [setting.evidence[key] for key in belief.quantity]
    given = {row.key: row.to_base(belief.quantity[row.key]) * setting.evidence.price_factor(row) for row in rows}
    return Lane(_changes(setting, draws, draws.choices, given))


def _chosen(setting: Setting, draws: Draws, choose: Mapping[str, str]) -> Lane | str:
    """Return the lane in which sets of alternatives use other options; the scale of quality is also a measure."""
    evidence, choices = setting.evidence, {**draws.choices, **choose}
    quality = QUALITIES.get(choose.get(SCALE, ""), QUALITY)
    slots = {slot for name in choose for slot in evidence.sets.alternatives[name].slots}
    if quality not in setting.model.measures or not (slots & set(setting.names) or SCALE in choose):
        return f"nothing in this study reads {join_words(list(choose))}"
    own, other = (
        mixed(evidence.sets, (row.key for row in evidence.used_by(setting.names, c))) for c in (draws.choices, choices)
    )
    if new := [words for name, words in other.items() if name not in own]:
        return " ".join(new)
    return Lane(_changes(setting, draws, choices, {}), quality=quality)


def _changes(
    setting: Setting, draws: Draws, choices: Mapping[str, str], given: Mapping[str, float]
) -> dict[str, float]:
    """Return the inputs that are otherwise than at the best guess; what is computed from rows follows them."""
    evidence = setting.evidence
    found = {name: best_guess(evidence, evidence.resolve(name, choices), given) for name in setting.names}
    return {name: value for name, value in found.items() if value != draws.best[name]}


def open_lanes(setting: Setting, draws: Draws, asked: Sequence[Lane], runs: Runs | None = None) -> World:
    """Open one world for each lane, people in their groups; lanes with the same world are opened once.

    What only services name moves nothing before a plan is tried, so such lanes are copies of one that is opened.
    """
    only = of_services_only(setting)
    before = [tuple((name, value) for name, value in lane.world if name not in only) for lane in asked]
    opened = list(dict.fromkeys(before))
    world = open_in_blocks(runs, setting, lanes(draws, [dict(changes) for changes in opened]), Stays())
    values = lanes(draws, [dict(lane.changes) for lane in asked])
    which = [opened.index(changes) for changes in before]
    return some_lanes(world, which, {name: values[name] for name in sorted(only) if name in values})


def columns(asked: Sequence[Lane]) -> tuple[list[Lane], list[int]]:
    """Return the lanes that must be run, one for each world, and for each lane asked its place among them."""
    worlds = list(dict.fromkeys(lane.world for lane in asked))
    first = [next(lane for lane in asked if lane.world == world) for world in worlds]
    return first, [worlds.index(lane.world) for lane in asked]


def by_reach(asked: Sequence[Lane]) -> dict[Reach, list[int]]:
    """Return reach -> positions of the lanes that believe in it."""
    found: dict[Reach, list[int]] = {}
    for number, lane in enumerate(asked):
        found.setdefault(lane.reach, []).append(number)
    return found


def picked(parts: Mapping[str, Floats], column: int) -> dict[str, Floats]:
    """Return one lane's part of arrays whose last axis is the lane."""
    return {key: np.asarray(values[..., column]) for key, values in parts.items()}
