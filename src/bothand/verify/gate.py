"""A gate with a few places, beside the law that it has by the model.

A town has P people; each without a place asks for one at a hazard a, each with a place leaves at a hazard m; there are
C places. When N people are inside at the start of a step of length h, the share let in during it is 1 - (M/C)^k, where
M solves M = N + h (a (P - N) (1 - (M/C)^k) - m M). Given that share s, people come at a (P - n) s and go at m n: a
birth-death chain, whose step is a matrix exponential. Step after step this gives the chance of every number of people
inside, and so its mean and its variance: people who are followed are held to both.

As the step goes to nothing the share is 1 - (n/C)^k, and the long run has product form, pi(n + 1) / pi(n) = a (P - n)
(1 - (n/C)^k) / (m (n + 1)). With a great k a gate shuts only when it is full, and this is Engset's formula (Erlang's
M/M/C/C for many people who ask seldom). How far the gate of a short step is from Engset's is printed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.linalg import expm
from scipy.optimize import brentq

from bothand.engine.arrays import WEEKS, Floats, Start
from bothand.engine.compile import CompiledModel, compile_model
from bothand.engine.people.people import simulate
from bothand.engine.rates import Environment, schedule
from bothand.experiments.worlds import side_by_side
from bothand.files import data_folder
from bothand.verify.beside import SIGNIFICANT, Effort, Pair
from bothand.world.model import load_model

MODEL = "places-and-gate.toml"
HOURS = 168  # UNIT: hours in a week
TIGHT = 1e-14  # MATH: relative error of the share let in


@dataclass(frozen=True)
class Town:
    """A town with a few places; ``asks`` and ``leaves`` are hazards a year, ``steps`` are steps a year."""

    name: str
    people: int
    places: int
    asks: float
    leaves: float
    fill: float
    years: int
    steps: int


MODEL_LIKE = Town("a gate like the model's", 40, 8, 1.5, 2.0, 6.0, 2, WEEKS)  # MATH: places are nearly always taken
SHUT_WHEN_FULL = Town("a gate that shuts when full", 40, 8, 1.5, 2.0, 40.0, 2, HOURS * WEEKS)  # MATH: as above
FEWER = 10  # MATH: hourly towns take longer, so there are fewer


def pairs(effort: Effort) -> Iterator[Pair]:
    """Yield mean and variance of people inside, over towns, beside the law of the gate; then Engset's, printed."""
    model = compile_model(load_model(data_folder() / "cases" / "models" / MODEL))
    for town, towns in ((MODEL_LIKE, effort.towns), (SHUT_WHEN_FULL, max(2, effort.towns // FEWER))):
        chance = law(town)
        numbers = np.arange(town.people + 1)
        mean = float(chance @ numbers)
        around = (numbers - mean) ** 2
        spread = float(chance @ around)
        fourth = float(chance @ around**2)
        counts = np.array(side_by_side(partial(inside, model, town), range(towns)))
        yield Pair(f"people inside, {town.name}: mean", counts.mean(), mean, SIGNIFICANT * math.sqrt(spread / towns))
        error = math.sqrt((fourth - spread**2) / towns)
        yield Pair(f"people inside, {town.name}: variance", counts.var(ddof=1), spread, SIGNIFICANT * error)
        words = f"people inside, {town.name}: mean of the law"
        yield Pair(f"{words}, steps of {HOURS * WEEKS // town.steps} h", mean)
        yield Pair(f"{words}, in the long run of steps of no length", long_run(town))


def inside(model: CompiledModel, town: Town, seed: int) -> int:
    """Return how many people have a place at the end of the years of a town in which nobody has one at first."""
    one = {"asks": town.asks, "leaves": town.leaves, "fill_exponent": town.fill, "places_today": float(town.places)}
    environment = Environment(
        {name: np.array([value]) for name, value in one.items()},
        {"places": np.full((town.years, 1), float(town.places))},
        {},
        {},
        tuple(range(town.years)),
    )
    people = np.zeros((1, len(model.groups), 1, model.chain.n_all))
    people[0, 0, 0, int(np.flatnonzero(~model.chain.holds[0])[0])] = town.people
    rates = schedule(model, environment)
    lives = simulate(model, rates, Start(people, np.zeros(1)), seed=seed, steps=town.steps, log=False)
    return int(lives.state[-1, :, model.chain.holds[0]].sum())


def law(town: Town) -> Floats:
    """Return the chance of every number of people inside at the end, (P + 1,)."""
    chances = np.array([step(town, here)[here] for here in range(town.people + 1)])
    found = np.zeros(town.people + 1)
    found[0] = 1
    whole: Floats = np.linalg.matrix_power(chances, town.years * town.steps)
    return np.asarray(found @ whole)


def step(town: Town, here: int) -> Floats:
    """Return the chance of each number at the end of a step, from each at its start, at the share let in ``here``."""
    size = town.people + 1
    come = town.asks * (town.people - np.arange(size)) * share(town, here)
    go = town.leaves * np.arange(size)
    generator = np.diag(come[:-1], 1) + np.diag(go[1:], -1)
    generator -= np.diag(generator.sum(axis=1))
    return np.asarray(expm(generator / town.steps))


def share(town: Town, here: int) -> float:
    """Return the share of those who ask that is let in during a step; nobody leaves while nobody is inside."""
    length, asking = 1 / town.steps, town.asks * (town.people - here)
    leaves = town.leaves if here else 0.0

    def more(middle: float) -> float:
        return float(here + length * (asking * (1 - (middle / town.places) ** town.fill) - leaves * middle) - middle)

    if more(town.places) >= 0:
        return 0.0
    taken = float(brentq(more, 0, town.places, xtol=TIGHT * town.places)) / town.places
    return float(1 - taken**town.fill)


def long_run(town: Town) -> float:
    """Return the mean number of people inside in the long run when the step has no length: product form."""
    weight = [1.0]
    for n in range(town.places):
        come = town.asks * (town.people - n) * (1 - (n / town.places) ** town.fill)
        weight.append(weight[-1] * come / (town.leaves * (n + 1)))
    chance = np.array(weight) / np.sum(weight)
    return float(chance @ np.arange(town.places + 1))
