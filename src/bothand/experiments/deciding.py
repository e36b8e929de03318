"""Which inputs decide the order of the plans: every judgement moved to its ends, one at a time, all in one run.

Each lane of the run is one world: the best guess with one input at one end. The state is run in and fitted anew in
every lane, so an input that the fit makes up for is seen to matter less. In one more lane, the last, the supply returns
to its earlier mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from bothand.calibrate.run_in import RunIn
from bothand.engine.arrays import Floats
from bothand.engine.delivery import Reach
from bothand.engine.runs.running import Runs
from bothand.engine.setting import Setting
from bothand.evidence.draws import Draws
from bothand.evidence.quantity import Quantity
from bothand.experiments.in_blocks.keeping import kept
from bothand.experiments.in_blocks.opening import open_in_blocks
from bothand.experiments.plans import Tried, group_healthy_years, option_keys, try_dollars, try_study_plan
from bothand.experiments.worlds import World, lanes, returns_to, side_by_side, some_lanes, stays
from bothand.keys import THREE_YEARS
from bothand.world.place import quantity_keys
from bothand.world.plan import Plan
from bothand.world.service import quantity_keys as service_keys

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


@dataclass(frozen=True)
class ReturnsInLast:
    """The path of toxicity of lanes: it stays in all but the last one, in which the supply returns to its mean.

    ``years``: first and last of the mean; ``last``: position of the last lane; ``lanes``: which of them stand here,
    None = all.
    """

    years: tuple[int, int]
    last: int
    lanes: tuple[int, ...] | None = None

    def __call__(self, before: RunIn, values: Mapping[str, Floats], years: int) -> Floats:
        """Return toxicity after day one (Y, D)."""
        here = range(self.last + 1) if self.lanes is None else self.lanes
        returning = np.array([lane == self.last for lane in here])
        return np.where(returning, returns_to(*self.years)(before, values, years), stays(before, values, years))

    def at(self, draws: Sequence[int]) -> ReturnsInLast:
        """Return the paths of some lanes."""
        return replace(self, lanes=tuple(draws))


def open_ends(setting: Setting, draws: Draws, ends: Sequence[End], runs: Runs | None = None) -> World:
    """Open a lane for the best guess, one for each end, and the last, in which the supply returns."""
    only = of_services_only(setting)
    moved = [n for n, end in enumerate(ends) if end.name not in only]
    given = lanes(draws, [{}, *({ends[n].name: ends[n].value} for n in moved), {}])
    world = open_in_blocks(runs, setting, given, ReturnsInLast(setting.study.fit.test, len(moved) + 1), False)
    where = {n: lane for lane, n in enumerate(moved, start=1)}
    which = [0, *(where.get(n, 0) for n in range(len(ends))), len(moved) + 1]
    values = lanes(draws, [{}, *({end.name: end.value} for end in ends), {}])
    return some_lanes(world, which, {name: values[name] for name in only if name in values})


def of_services_only(setting: Setting) -> set[str]:
    """Return the inputs that only services name: neither the model nor the place reads them before a plan is tried."""
    named = {key for service in setting.services for key in service_keys(service)}
    return named - set(setting.model.symbols) - {key for place in setting.place.lineage for key in quantity_keys(place)}


def decide(
    world: World,
    plans: Sequence[Plan],
    found: Mapping[str, Floats],
    ends: Sequence[End],
    tell: Callable[[str], None] | None = None,
    reach: Reach = "to the ceiling",
) -> Deciding:
    """Run every plan in every lane of ``world`` (``open_ends``).

    ``found`` are searched plans: name -> dollars a year by service (S,). What cannot move a plan is not run: an end of
    an input that only services name which it does not pay for leaves it as it is at the best guess.
    """
    asked: list[tuple[str, Sequence[str], object, Callable[[World], Tried]]] = []
    for plan in plans:
        if tell:
            tell(f"ends of {len(ends)} inputs, {plan.label}")
        run = partial(try_study_plan, plan=plan, mode=THREE_YEARS, reach=reach)
        asked.append((plan.key, plan.services, plan, run))
    options = option_keys(world)
    for name, yearly in found.items():
        bought = [key for key, usd in zip(options, yearly, strict=True) if usd > 0]
        run = partial(try_dollars, name=name, yearly=yearly, mode=THREE_YEARS, reach=reach)
        asked.append((name, bought, yearly, run))
    rows = side_by_side(lambda one: _in_lanes(world, ends, one[1], [reach, one[2]], one[3]), asked, world.workers)
    names = [name for name, *_ in asked]
    healthy = np.array(rows)
    return Deciding(tuple(names), tuple(ends), healthy[:, :-1], healthy[:, -1])


def _in_lanes(
    world: World, ends: Sequence[End], bought: Sequence[str], plan: Sequence[object], run: Callable[[World], Tried]
) -> Floats:
    """Return a plan's healthy life-years in every lane (L,), run only where an end can move it; only they are kept.

    ``plan``: everything that ``run`` rests on beside the world.
    """
    paid = {key for service in world.setting.services if service.key in bought for key in service_keys(service)}
    idle = of_services_only(world.setting) - paid
    which = [0, *(n for n, end in enumerate(ends, start=1) if end.name not in idle), len(ends) + 1]

    def gains(where: World) -> Floats:
        some = some_lanes(where, which)
        return np.asarray(group_healthy_years(some, run(some)).sum(axis=1))

    gained = kept(world, ["ends", which, world.money[THREE_YEARS], *plan], gains)
    healthy = np.full(len(ends) + 2, gained[0])
    healthy[which] = gained
    return healthy


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


# ------------------------------------------------------------------------------------------- what a place can find out

How = Literal["count", "ask_payers", "ask_price", "ask_people"]
LOCAL = 8  # UNIT: local inputs looked at closely, those with the largest swing
INNER = (0.25, 0.5, 0.75)  # MATH: values run between the best guess and each end, as shares of the way


@dataclass(frozen=True)
class Between:
    """One input at values from its low end to its high end, in the unit of its row, and what every plan brings there.

    ``inputs`` (L,) rise; ``healthy`` (P, L) are healthy life-years, all else at its best guess, which is at ``used``.
    """

    inputs: Floats
    healthy: Floats
    used: int


def local_inputs(setting: Setting) -> dict[str, How]:
    """Return the names of the quantities that stand for this place, and how it would find each out."""
    place = setting.place
    others = {key for parent in place.lineage[1:] for key in quantity_keys(parent)}
    found: dict[str, How] = {key: "count" for key in quantity_keys(place) if key not in others}
    for service in setting.services:
        found |= {part.quantity: "ask_price" for part in (*service.cost, service.start_up)}
        found[service.payers.settlement] = "ask_payers"
        if service.demand is not None and service.demand.willing is not None:
            found[service.demand.willing] = "ask_people"
    return found


def look_between(
    setting: Setting,
    draws: Draws,
    plans: Sequence[Plan],
    found: Mapping[str, Floats],
    deciding: Deciding,
    plan: str,
    runs: Runs | None = None,
) -> dict[str, Between]:
    """Run the local inputs with the largest swing under ``plan`` at values between their ends, by key."""
    local, swing = local_inputs(setting), deciding.swing(plan)
    names = {end.key: end.name for end in deciding.ends if end.name in local or end.key in local}
    chosen = sorted(names, key=lambda key: -swing[key])[:LOCAL]
    if not chosen:
        return {}
    ends = [[end for end in deciding.ends if end.key == key][:2] for key in chosen]
    inner = []
    for key, (low, high) in zip(chosen, ends, strict=True):
        row = setting.evidence[key]
        mean = row.base_mean * setting.evidence.price_factor(row)
        for end, shares in ((low, reversed(INNER)), (high, INNER)):
            inner += [End(low.name, key, mean + share * (end.value - mean)) for share in shares]
    close = decide(open_ends(setting, draws, inner, runs), plans, found, inner)
    made = {}
    for n, (key, (low, high)) in enumerate(zip(chosen, ends, strict=True)):
        row, most = setting.evidence[key], len(INNER)
        lanes_of = 1 + 2 * most * n + np.arange(2 * most)
        outer = [1 + deciding.ends.index(end) for end in (low, high)]
        healthy = np.column_stack(
            [
                deciding.healthy[:, outer[0]],
                close.healthy[:, lanes_of[:most]],
                deciding.best,
                close.healthy[:, lanes_of[most:]],
                deciding.healthy[:, outer[1]],
            ]
        )
        down = [row.mean + share * (row.low - row.mean) for share in (1, *reversed(INNER))]
        up = [row.mean + share * (row.high - row.mean) for share in (*INNER, 1)]
        made[key] = Between(np.array([*down, row.mean, *up]), healthy, most + 1)
    return made


@dataclass(frozen=True)
class Crossing:
    """The value of one input at which one plan begins to have more than another, and whether that one came first."""

    at: float
    before: int  # position of the plan that had more at the best guess
    after: int
    first: bool


def crossings(found: Between) -> list[Crossing]:
    """Return, for each side of the best guess, the nearest value at which another plan comes first.

    A side on which the first plan stays first tells the nearest value at which two other plans change places; a side
    on which nothing changes tells nothing. Between two values that were run, x and x', a plan's life-years follow a
    straight line::

        at = x + t (x' - x),    t = g / (g - g'),    g, g' the gap of two plans at x and at x'
    """
    order = order_of(found.healthy[:, found.used])
    first = [(order[0], q) for q in order[1:]]
    others = [(p, q) for place, p in enumerate(order) for q in order[place + 1 :]]
    made = []
    for step, end in ((-1, 0), (1, len(found.inputs) - 1)):
        steps = [(here, here + step) for here in range(found.used, end, step)]
        turn = _nearest(found, steps, first, True) or _nearest(found, steps, others, False)
        made += [turn] if turn else []
    return made


def _nearest(
    found: Between, steps: Sequence[tuple[int, int]], pairs: Sequence[tuple[int, int]], first: bool
) -> Crossing | None:
    for here, there in steps:
        met = []
        for p, q in pairs:
            gap, then = (float(found.healthy[p, n] - found.healthy[q, n]) for n in (here, there))
            if then < 0:
                met.append((gap / (gap - then), p, q))
        if met:
            t, p, q = min(met)
            return Crossing(float(found.inputs[here] + t * (found.inputs[there] - found.inputs[here])), p, q, first)
    return None
