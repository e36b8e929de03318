"""Questions to single people: what each of them adds up to, and what many come to.

In discrete time people walk through the chances of the cohort (``engine/people/cycles.py``); in continuous time they
have clocks of their own, and may carry a history with them (``engine/people/people.py``). The same people meet the same
luck as every variant, so increments are differences person by person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bothand.engine.arrays import Floats, Start
from bothand.engine.cohort import simulate as cohort
from bothand.engine.discrete.chances import Numbers
from bothand.engine.people.cycles import walk_through
from bothand.engine.people.history import carry
from bothand.engine.people.lives import times_of, years_weighed
from bothand.engine.people.people import simulate
from bothand.engine.people.spread import ratio, spread
from bothand.engine.questions.cohorts import Continuous, Discrete
from bothand.engine.questions.stepped import short_enough
from bothand.engine.rates import schedule
from bothand.world.cases.nouns import Ask

DRAW = 1  # UNIT: the draw that is followed when a question names none
WHOLE = 1e-9  # MATH: a number of years this close to a whole one is that number


def rewards_of(ask: Ask) -> list[str]:
    """Return what a question adds up for each person: cost and effect, or one reward."""
    return [name for name in (ask.cost, ask.effect, ask.reward) if name is not None]


def followed(ready: Continuous | Discrete, ask: Ask) -> dict[str, Floats]:
    """Return what each person of a question adds up to, (P,) for each reward.

    Raises ValueError where single people cannot be followed, FaultsFound for what the engines refuse.
    """
    if isinstance(ready, Discrete):
        return _walked(ready, ask)
    return _lived(ready, ask)


def _told_apart(ready: Continuous | Discrete, ask: Ask) -> list[str]:
    """Return what is added up. Raises ValueError where a tree gives to it: each person's part of that is not known."""
    names = rewards_of(ask)
    for name in names:
        if np.any(ready.given.get(name, 0.0)):
            raise ValueError(f"the tree gives to '{name}': of what it gives the mean is known, not each person's part.")
    return names


def _draw(ask: Ask) -> int:
    """Return the draw, from 0, whose numbers people live with."""
    return (ask.draw if isinstance(ask.draw, int) else DRAW) - 1


def _walked(ready: Discrete, ask: Ask) -> dict[str, Floats]:
    names = _told_apart(ready, ask)
    if ask.discount is not None:
        raise ValueError("in discrete time the reward itself says how it is discounted.")
    draw = _draw(ask)
    start = ready.people[:, :, draw if ready.people.shape[-1] > 1 else 0]
    found = walk_through(
        ready.model, one_draw(ready.numbers, draw), start, names, ready.cycles_in(ask.years),
        people=ask.people or 1, seed=ask.seed or 0, draw=draw,
    )  # fmt: skip
    return dict(found.totals)


def one_draw(numbers: Numbers, draw: int) -> Numbers:
    """Return the numbers of one draw, from 0. Raises ValueError when there are not so many."""
    if draw >= numbers.draws:
        raise ValueError(f"there is no draw {draw + 1}: there are {numbers.draws:,}.")

    def one(value: Any) -> Any:
        values = np.atleast_1d(np.asarray(value, dtype=np.float64))
        return values[draw : draw + 1] if len(values) > 1 else values

    return Numbers(
        {name: one(value) for name, value in numbers.quantities.items()},
        {name: one(value) for name, value in numbers.levers.items()},
        {name: {key: one(entry) for key, entry in table.items()} for name, table in numbers.tables.items()},
    )


def _lived(ready: Continuous, ask: Ask) -> dict[str, Floats]:
    model, chain = ready.model, ready.model.chain
    draw = _draw(ask)
    years = round(ask.years) if np.isfinite(ask.years) else 0
    if years < 1 or abs(years - ask.years) > WHOLE:
        raise ValueError("people in continuous time are followed for a whole number of years.")
    if model.inflows:
        raise ValueError("people who arrive are not followed from the start: ask the cohort.")
    names = _told_apart(ready, ask)
    if draw >= ready.environment.draws:
        raise ValueError(f"there is no draw {draw + 1}: there are {ready.environment.draws:,}.")
    environment = replace(ready.environment, years=tuple(range(years)))
    rates = schedule(model, environment)
    shape = (len(chain.strata), chain.n_all)
    there = np.zeros((rates.draws, len(model.groups), *shape))
    for n in range(chain.n_living):
        there[:, model.group_of[n], :, n] = ready.people.reshape(*shape, -1)[:, n].T
    if not there[draw].sum() > 0:
        raise ValueError("a run needs people who are alive at the start.")
    start, steps = Start(there, np.zeros(rates.draws)), short_enough(chain, rates)
    counts = {name: model.spec.count[name] for name in names if name in model.spec.count}
    events = [event for count in counts.values() for event in count.events]
    lives = simulate(
        model, rates, start, draw=draw, seed=ask.seed or 0, people=ask.people, steps=steps,
        weeks=cohort(chain, rates, start, steps=steps),
        carried=carry(model, environment, ask.carry or (), draw, events),
    )  # fmt: skip
    force = ask.discount or 0.0
    force = float(np.log1p(force)) if ask.compounding == "yearly" else force
    return {
        name: times_of(lives, *counts[name].rules, *counts[name].events).astype(np.float64)
        if name in counts
        else years_weighed(lives, ready.weights(name)[: chain.n_all, draw], years, force)
        for name in names
    }


def told(totals: Sequence[Mapping[str, Floats]], ask: Ask) -> dict[str, Any]:
    """Return what people of one or several variants come to, by name.

    For each reward its mean (a list for several variants), ``_mcse``, its Monte Carlo standard error, and ``_sd``, the
    standard deviation between people; of two variants also the second less the first (``inc_``) and, for cost and
    effect, the ratio ``icer``. With over = "sd" a name stands for the standard deviation.
    """
    columns: dict[str, list[Floats]] = {name: [each[name] for each in totals] for name in totals[0]}
    if len(totals) == 2:
        columns |= {f"inc_{name}": [second - first] for name, (first, second) in list(columns.items())}
    found: dict[str, Any] = {}
    for name, column in columns.items():
        each = [spread(values) for values in column]
        tell = {"": "mean", "_mcse": "mcse", "_sd": "sd"} if ask.over != "sd" else {"": "sd"}
        for end, what in tell.items():
            values = [getattr(one, what) for one in each]
            found[name + end] = values if len(values) > 1 else values[0]
    if len(totals) == 2 and ask.cost is not None and ask.effect is not None and ask.over != "sd":
        found["icer"], found["icer_mcse"] = ratio(*(columns[f"inc_{name}"][0] for name in (ask.cost, ask.effect)))
    return found
