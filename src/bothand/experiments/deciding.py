"""Which inputs decide the order of the plans: every judgement moved to its ends, one at a time, all in one run.

Each lane of the run is one world: the best guess with one input at one end. The state is run in and fitted anew in
every lane, so an input that the fit makes up for is seen to matter less. In one more lane, the last, the supply returns
to its earlier mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.calibrate.run_in import RunIn
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.engine.setting import Setting
from bothand.evidence.draws import Draws
from bothand.evidence.quantity import Quantity
from bothand.experiments.plans import group_healthy_years, try_dollars, try_study_plan
from bothand.experiments.worlds import World, lanes, open_world, returns_to, some_lanes, stays
from bothand.keys import THREE_YEARS
from bothand.world.plan import Plan

SHOWN = 3  # UNIT: inputs whose other end is shown on the sheet and tried under other reach


@dataclass(frozen=True)
class End:
    """One input at one end of its interval, in base units."""

    name: str
    key: str
    value: float


@dataclass(frozen=True)
class Deciding:
    """Healthy life-years of every plan (P, L) in lane 0 (best guess) and in one lane for each end (1 + number)."""

    plans: tuple[str, ...]
    ends: tuple[End, ...]
    healthy: Floats
    returning: Floats  # (P,) when the supply returns to its earlier mean

    @property
    def best(self) -> Floats:
        """Healthy life-years at the best guess (P,)."""
        return np.asarray(self.healthy[:, 0])

    def swing(self, plan: str) -> dict[str, float]:
        """Return, for each input, the distance between a plan's healthy life-years at its two ends."""
        row = self.healthy[self.plans.index(plan)]
        found: dict[str, list[float]] = {}
        for lane, end in enumerate(self.ends, start=1):
            found.setdefault(end.key, []).append(float(row[lane]))
        return {key: max(values) - min(values) for key, values in found.items()}


def judged(setting: Setting, draws: Draws, grades: Sequence[str] = ("judgement",)) -> list[tuple[str, Quantity]]:
    """Return (name, row) of every drawn input of the given grades that has an interval."""
    found = []
    for name in setting.names:
        row = setting.evidence[draws.keys[name]]
        if row.grade in grades and row.family != "fixed" and row.base_low < row.base_high and not row.inputs:
            found.append((name, row))
    return found


def ends_of(setting: Setting, rows: Sequence[tuple[str, Quantity]]) -> tuple[End, ...]:
    """Return both ends of every row, in the units of draws."""
    ends = []
    for name, row in rows:
        scale = setting.evidence.price_factor(row)
        ends += [End(name, row.key, row.base_low * scale), End(name, row.key, row.base_high * scale)]
    return tuple(ends)


def open_ends(setting: Setting, draws: Draws, ends: Sequence[End]) -> World:
    """Open a lane for the best guess, one for each end, and the last, in which the supply returns."""
    first, last = setting.study.fit.test

    def path(before: RunIn, values: Mapping[str, Floats], years: int) -> Floats:
        return np.hstack([stays(before, values, years)[:, :-1], returns_to(first, last)(before, values, years)[:, -1:]])

    values = lanes(draws, [{}, *({end.name: end.value} for end in ends), {}])
    return open_world(setting, values, path, grouped=False)


def decide(
    world: World,
    plans: Sequence[Plan],
    found: Mapping[str, Floats],
    ends: Sequence[End],
    tell: Callable[[str], None] | None = None,
    reach: Reach = "to the ceiling",
) -> Deciding:
    """Run every plan in every lane of ``world`` (``open_ends``).

    ``found`` are searched plans: name -> dollars a year by service (S,).
    """
    rows, names = [], []
    for plan in plans:
        if tell:
            tell(f"ends of {len(ends)} inputs, {plan.label}")
        rows.append(group_healthy_years(world, try_study_plan(world, plan, THREE_YEARS, reach)).sum(axis=1))
        names.append(plan.key)
    for name, yearly in found.items():
        rows.append(group_healthy_years(world, try_dollars(world, name, yearly, THREE_YEARS, reach)).sum(axis=1))
        names.append(name)
    healthy = np.array(rows)
    return Deciding(tuple(names), tuple(ends), healthy[:, :-1], healthy[:, -1])


def ends_alone(world: World, deciding: Deciding, ends: Sequence[End]) -> World:
    """Return the lanes of the best guess, of these ends and of the returning supply, out of the world of all ends."""
    lanes_of = [deciding.ends.index(end) + 1 for end in ends]
    return some_lanes(world, [0, *lanes_of, len(deciding.ends) + 1])


def only_ends(deciding: Deciding, ends: Sequence[End]) -> Deciding:
    """Return what was found in the lanes of the best guess, of these ends and of the returning supply."""
    lanes_of = [deciding.ends.index(end) + 1 for end in ends]
    return replace(deciding, ends=tuple(ends), healthy=deciding.healthy[:, [0, *lanes_of]])


def order_of(healthy: Floats) -> list[int]:
    """Return the plans' positions from most to least healthy life-years."""
    return [int(i) for i in np.argsort(-healthy, kind="stable")]


def changes(best: Floats, other: Floats) -> int:
    """Return how many pairs of plans change their order between two rows of healthy life-years."""
    count = 0
    for i in range(len(best)):
        for j in range(i):
            count += int((best[i] - best[j]) * (other[i] - other[j]) < 0)
    return count


def strongest(deciding: Deciding, most: int) -> list[tuple[End, int]]:
    """Return the ends that change the order most: (end, pairs that change), at most one end an input.

    Ties are broken by how far the end moves the gaps between plans.
    """
    best = deciding.best
    scored: list[tuple[int, float, int]] = []
    for lane in range(1, deciding.healthy.shape[1]):
        other = deciding.healthy[:, lane]
        gaps = np.abs((other[:, None] - other[None]) - (best[:, None] - best[None])).sum()
        scored.append((changes(best, other), float(gaps), lane))
    chosen: list[tuple[End, int]] = []
    for flips, _, lane in sorted(scored, reverse=True):
        end = deciding.ends[lane - 1]
        if end.key not in {e.key for e, _ in chosen}:
            chosen.append((end, flips))
        if len(chosen) == most:
            break
    return chosen
