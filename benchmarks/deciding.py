"""The front over three values beside NSGA-II, and the map of eleven values: on curves, and by the exact model.

The front's problem is made up: twelve services, what one brings is ``worth * (1 - exp(-dollars / scale))``, one purse.
It has no meaning; both sides know it exactly, and all fronts are measured by the same exact gains, from one corner.
The map is that of the default study.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from benchmarks.rows import NoPeerError, Peer, Row, median, timed
from bothand.decide.ideals import Ideals, find_ideals
from bothand.decide.pairs import collision_plan, pairs
from bothand.decide.pairwise.front import front_on
from bothand.decide.search.answers import start
from bothand.decide.search.front import front, hypervolume, nondominated
from bothand.decide.search.oracle import Point
from bothand.decide.search.solve import favourites
from bothand.decide.search.space import Space
from bothand.decide.surfaces import Floats, Surface, evaluate
from bothand.engine.setting import draw_values, load_setting
from bothand.experiments.curves import DEATHS, GROUP, Curves, measure_curves, objectives
from bothand.experiments.plans import try_dollars
from bothand.experiments.worlds import first_draws, open_world, side_by_side, walks
from bothand.keys import THREE_YEARS

PART = "deciding"
SERVICES, VALUES, SEED = 12, 3, 1
LEVELS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
DIVISIONS, FEW_DIVISIONS = 46, 5
POPULATION, GENERATIONS = 1000, 100
POINTS = 1000
FRONT_BAR, FRONT_AIM, MAP_BAR, MAP_AIM = 120.0, 10.0, 40.0, 2.0
TOLERANCE, FINEST, CALLS = 1e-3, 1e-2, 1
CURVE_DRAWS, EXACT_DRAWS = 16, 8
ELEVEN = 11


@dataclass(frozen=True, eq=False)
class Problem:
    """Twelve services, three values: what each dollar is worth (V, S), and how soon a service is full (S,)."""

    worth: Floats
    scale: Floats

    @classmethod
    def made(cls) -> Problem:
        chance = np.random.default_rng(SEED)
        worth = chance.exponential(1, (VALUES, SERVICES)) * (chance.random((VALUES, SERVICES)) < 0.6)
        worth[np.arange(VALUES), chance.integers(0, SERVICES, VALUES)] += 0.5
        return cls(worth, chance.uniform(0.1, 1, SERVICES))

    def gains(self, plans: Floats) -> Floats:
        """Return the exact gains of plans (R, S) in a purse of 1, (R, V)."""
        return (1 - np.exp(-plans / self.scale)) @ self.worth.T

    def __call__(self, plan: Floats) -> Point:
        rest = np.exp(-plan[:, 0] / self.scale)
        return Point(self.worth @ (1 - rest), (self.worth * rest / self.scale)[:, :, None])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"value {v}" for v in range(VALUES))

    @property
    def services(self) -> tuple[str, ...]:
        return tuple(f"service {s}" for s in range(SERVICES))

    def surface(self) -> Surface:
        dollars = np.tile(LEVELS, (SERVICES, 1))
        return Surface(
            self.names, self.services, dollars, self.worth[:, :, None] * (1 - np.exp(-dollars / self.scale[:, None]))
        )

    @cached_property
    def corners(self) -> tuple[Floats, Floats]:
        """Return each value's exact gain under every favourite, found finely: the lowest (V,), and the best (V,)."""
        space = Space(self.services, ("now",), np.array([1.0]))
        found = favourites(start(self.names, space, self, tolerance=1e-5, calls=200))
        gains = np.array([one.gains for one in found.answers])
        return gains.min(axis=0), gains.max(axis=0)

    def covered(self, gains: Floats) -> float:
        """Return the share of the box between the corners that a front of exact gains covers."""
        low, high = self.corners
        z = (gains - low) / (high - low)
        return hypervolume(z[nondominated(z)], np.zeros(VALUES))


def measure(quick: bool) -> list[Row]:
    """Return the rows of this comparison."""
    return [*fronts(quick), *maps(quick)]


def fronts(quick: bool) -> list[Row]:
    """Return how long a front takes on curves and by exact slopes, and how much it covers beside NSGA-II's."""
    problem, divisions = Problem.made(), FEW_DIVISIONS if quick else DIVISIONS
    found: dict[str, tuple[Floats, int, str]] = {}

    def on_curves() -> None:
        ideals = find_ideals(problem.surface(), 1.0)
        made = front_on(ideals, problem.names, divisions)
        exact = problem.gains(made.plans)
        error = float(np.abs(exact / ideals.best - made.z).max())
        found["curves"] = exact, len(made.plans), f"largest error of the curves {error:.2g} of a value's own best"

    def by_slopes() -> None:
        space = Space(problem.services, ("now",), np.array([1.0]))
        search = start(problem.names, space, problem, tolerance=TOLERANCE, calls=200, finest=FINEST)
        made = front(search, favourites(search), problem.names, divisions, CALLS)
        found["slopes"] = made.gains, len(made.plans), f"{search.oracle.calls:,} plans asked"

    seconds = {"curves": [timed(on_curves)], "slopes": [timed(by_slopes)]}
    what = "plans of which none is better for all over three values of twelve services, a made-up problem"
    rows = [
        Row(
            f"front of {POINTS:,} points, {told}", PART,
            f"processor seconds, one thread: {what}, {how}", spent[0], "seconds", bar=bar, aim=aim, at_most=True,
            samples={"processor": spent},
            note=f"{found[kind][1]:,} points; {found[kind][2]}. They cover "
            f"{problem.covered(found[kind][0]):.4f} of the box.",
        )
        for (kind, spent), told, how, bar, aim in zip(
            seconds.items(), ("on curves", "by exact slopes"),
            ("by a programme for each direction", "by a search for each direction, a call each"),
            (None, FRONT_BAR), (FRONT_AIM, FRONT_AIM), strict=True,
        )
    ]  # fmt: skip
    ours = {kind: problem.covered(gains) for kind, (gains, _, _) in found.items()}
    return [*rows, beside_nsga2(problem, ours, seconds["slopes"][0], quick)]


def beside_nsga2(problem: Problem, ours: dict[str, float], spent: float, quick: bool) -> Row:
    """Return how much our front covers by what NSGA-II's covers after 100,000 plans."""
    population, generations = (40, 5) if quick else (POPULATION, GENERATIONS)
    name = "front covers, beside NSGA-II"
    what = (
        f"share of the box that exact points cover, by that of NSGA-II in pymoo after {population * generations:,} "
        "plans; the lesser of ours, on curves and by exact slopes"
    )
    job = {
        "worth": problem.worth.tolist(), "scale": problem.scale.tolist(), "population": population,
        "generations": generations, "seed": SEED,
    }  # fmt: skip
    try:
        with Peer("nsga2.py") as peer:
            answer = peer.ask(job)
    except NoPeerError as missing:
        return Row(name, PART, what, None, "times", bar=1.0, note=str(missing))
    theirs = problem.covered(np.array(answer["gains"]))
    return Row(
        name, PART, what, float(min(ours.values()) / theirs), "times", bar=1.0,
        samples={"ours": [spent], "theirs": [answer["run"]]},
        note=f"pymoo {answer['version']}: {theirs:.4f} after {answer['evaluations']:,} plans; ours "
        f"{ours['curves']:.4f} on curves and {ours['slopes']:.4f} by exact slopes.",
    )  # fmt: skip


def maps(quick: bool) -> list[Row]:
    """Return how long the map of eleven values takes on curves, and with all its ends asked of the full model."""
    draws = EXACT_DRAWS if quick else CURVE_DRAWS
    setting = load_setting("washtenaw")
    curves = measure_curves(open_world(setting, draw_values(setting, draws, SEED).values, walks(SEED)))
    values = [name for name in curves.surface.objectives if not name.startswith(GROUP)][: 3 if quick else ELEVEN]
    surface = Surface(
        tuple(values),
        curves.surface.services,
        curves.surface.dollars,
        curves.surface.gains[curves.surface.indices(values)],
    )
    budget = curves.world.yearly_budget
    kept: list[Ideals] = []

    def whole() -> None:
        ideals = find_ideals(surface, budget)
        pairs(ideals)
        kept.append(ideals)

    seconds = [timed(whole) for _ in range(1 if quick else 3)]
    ideals = kept[-1]
    began, worked = time.perf_counter(), time.process_time()
    errors, runs = exact_ends(curves, ideals)
    clock, processor = time.perf_counter() - began, time.process_time() - worked
    count = f"{len(ideals.members)} values, {len(list(combinations(ideals.members, 2)))} pairs, the default study"
    return [
        Row(
            "map of eleven values, on curves", PART,
            f"processor seconds, one thread, curves given: {count}", median(seconds), "seconds", bar=MAP_AIM,
            aim=MAP_AIM, at_most=True, samples={"processor": seconds},
            note=f"Asked of the full model in {EXACT_DRAWS} draws, the ends are off by {errors.max():.2g} of a value's "
            f"own best at most, by {errors.mean():.2g} in the mean. "
            f"{DEATHS.replace('_', ' ').capitalize()} is one of the eleven, and hope counts in both its lines.",
        ),
        Row(
            "map of eleven values, ends by the full model", PART,
            f"seconds on the clock: {count}; every favourite, and for every pair the plans of its price, its tension "
            f"and its collision run in the full model, {EXACT_DRAWS} draws",
            clock, "seconds", bar=MAP_BAR, at_most=True, samples={"clock": [clock], "processor": [processor]},
            note=f"{runs} plans run, {processor:.0f} processor seconds.",
        ),
    ]  # fmt: skip


def exact_ends(curves: Curves, ideals: Ideals) -> tuple[Floats, int]:
    """Run every plan at an end of the map in the full model.

    Returns by how much the curves are off at each, in shares of each value's own best, in the same draws (N, V), and
    how many plans were run.
    """
    world = first_draws(curves.world, EXACT_DRAWS)
    at = curves.surface.indices(ideals.surface.objectives)
    mean = curves.by_draw[at][..., :EXACT_DRAWS].mean(axis=-1)
    same = Surface(ideals.surface.objectives, ideals.surface.services, ideals.surface.dollars, mean)
    plans = [ideals.plan_of(name) for name in ideals.members]
    for pair in pairs(ideals):
        plans += [pair.price.plan, collision_plan(ideals, pair.a, pair.b), pair.shared]
    once = list({tuple(np.round(plan).tolist()): np.round(plan) for plan in plans}.values())

    def asked(plan: Floats) -> Floats:
        told = objectives(world, try_dollars(world, "end", plan, THREE_YEARS))
        return np.array([told[name].mean() for name in ideals.surface.objectives])

    exact = np.array(side_by_side(asked, once, world.workers))
    room = ideals.room
    return np.abs((exact - evaluate(same, np.array(once))) / ideals.best)[:, room], len(once)
