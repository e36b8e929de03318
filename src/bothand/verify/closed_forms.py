"""People followed one by one beside closed forms: small models whose law is known.

The published case ``d11_closed_forms`` gives the numbers and the formulas; there the cohort meets them to twelve
digits. Here people live through the same models. Of N people each is somewhere with a known chance p, so their share
has a standard error of sqrt(p (1 - p) / N). In a town where people arrive and leave, how many are there has the mean
and the variance v of the case; over R towns their standard errors are sqrt(v / R) and v sqrt(2 / (R - 1)).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from bothand.engine.arrays import Ints, Start
from bothand.engine.cohort import simulate as cohort
from bothand.engine.people.people import Lives, simulate
from bothand.engine.questions.cohorts import Continuous, ready
from bothand.engine.rates import schedule
from bothand.experiments.worlds import side_by_side
from bothand.verify.beside import SIGNIFICANT, Effort, Pair
from bothand.world.cases.loading import Case, load_case
from bothand.world.cases.nouns import Ask
from bothand.world.cases.questions import listed

CASE = "d11_closed_forms"
SHARES = ("competing.P_5yr", "erlang.cdf", "erlang.stage_probabilities", "reversible.p_use")
LIFE = "constant_hazard.undiscounted_years"
MEAN, VARIANCE = "immigration_death.mean", "immigration_death.variance"


def pairs(effort: Effort) -> Iterator[Pair]:
    """Yield what people come to beside the closed forms of the published case."""
    case = load_case(CASE)
    asks = {ask.id: ask for ask in case.spec.ask}
    for seed, name in enumerate(SHARES):
        yield from _shares(_ready(case, asks[name]), asks[name], effort.many, seed)
    yield _life(_ready(case, asks[LIFE]), asks[LIFE], effort.many)
    yield from _towns(_ready(case, asks[MEAN]), asks[MEAN], asks[VARIANCE], effort.towns)


def _ready(case: Case, ask: Ask) -> Continuous:
    found = ready(case, case.cohort_of(ask))
    if not isinstance(found, Continuous):
        raise ValueError(f"'{ask.id}' is not asked in continuous time.")
    return found


def _shares(found: Continuous, ask: Ask, many: int, seed: int) -> Iterator[Pair]:
    """Yield the share of people in each state at each time, in the order in which the case lists them."""
    times, states = [float(time) for time in listed(ask.at)], listed(ask.of)
    lives = followed(found, max(times), many, seed)
    expected = listed(list(ask.expected.values()) if isinstance(ask.expected, dict) else ask.expected)
    for number, chance in enumerate(expected):
        time, name = times[number // len(states)], states[number % len(states)]
        share = float(found.states[name][where(lives, time)].mean())
        error = math.sqrt(chance * (1 - chance) / many)
        yield Pair(f"{ask.id}: {name}, {time:g} years", share, chance, SIGNIFICANT * error)


def _life(found: Continuous, ask: Ask, many: int) -> Pair:
    """Return the mean years that people live within a horizon; the error is that of their spread."""
    lives = followed(found, ask.years, many, 0)
    lived = np.full(many, ask.years)
    lived[lives.person] = lives.time  # each moves once at most, and that is the end
    return Pair(ask.id, float(lived.mean()), ask.expected, SIGNIFICANT * float(lived.std()) / math.sqrt(many))


def _towns(found: Continuous, mean: Ask, variance: Ask, towns: int) -> Iterator[Pair]:
    """Yield mean and variance, over towns, of the people who are there."""
    time, state = float(listed(mean.at)[0]), listed(mean.of)[0]
    size, spread = round(float(found.people.sum())), float(variance.expected)

    def one(seed: int) -> int:
        here = where(followed(found, time, size, seed), time)
        return int(found.states[state][here[here >= 0]].sum())

    counts = np.array(side_by_side(one, range(towns)))
    yield Pair(mean.id, float(counts.mean()), mean.expected, SIGNIFICANT * math.sqrt(spread / towns))
    error = spread * math.sqrt(2 / (towns - 1))
    yield Pair(variance.id, float(counts.var(ddof=1)), spread, SIGNIFICANT * error)


def followed(found: Continuous, years: float, many: int, seed: int) -> Lives:
    """Return people of a cohort of a case, each of them on their own, with all their moves."""
    model = found.model
    rates = schedule(model, found.environment)
    length = math.ceil(years)
    rates = rates.in_years([0] * length)  # one year, kept
    people = found.people.T.reshape(1, 1, len(model.chain.strata), model.chain.n_all)
    groups = np.zeros((1, len(model.groups), *people.shape[2:]))
    groups[:, :1] = people
    start = Start(groups, np.zeros(1))
    run = cohort(model.chain, rates, start, threads=1)
    return simulate(model, rates, start, seed=seed, people=many, weeks=run)


def where(lives: Lives, time: float) -> Ints:
    """Return the compartment of everyone at a time, (P,); -1 for those who have not arrived."""
    here = np.where(lives.arrived <= time, lives.start, -1)
    moved = lives.time <= time
    here[lives.person[moved]] = lives.named.target[lives.move[moved]]  # in the order of time: the last one stays
    return np.asarray(here)
