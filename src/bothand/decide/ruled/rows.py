"""The rules of a surface as rows of a programme: at a budget, at one that is itself sought, and in plain words."""

from __future__ import annotations

import numpy as np

from bothand.decide.programme import Rows, at_most, maximise, rows, stack
from bothand.decide.ruled.rules import Rules
from bothand.decide.surfaces import ROUNDING, Floats, Surface, asked_of_others

HAIR = 1e-7  # MATH: as ROUNDING, where a rule may fix dollars to a point: the solver's own tolerance, and some more
BROKEN = 1e-6  # MATH: share of its size by which a plan may pass a rule through rounding


def kept(surface: Surface, budget: float) -> tuple[Rows, ...]:
    """Return the rows that every plan at a budget keeps beside it: none where the surface has no rules."""
    rules = surface.rules
    if rules is None:
        return ()
    found = _rows(surface, rules, budget / rules.budget)
    return (found,) if len(found.least) else ()


def hair(surface: Surface) -> float:
    """Return the relative slack by which a level that was reached is asked for again."""
    return ROUNDING if surface.rules is None else HAIR


def affordable(surface: Surface, budget: float) -> Rows:
    """Return the rows of every plan that a budget and the surface's rules allow."""
    return stack(at_most(surface, budget), *kept(surface, budget))


def at_any_budget(surface: Surface, rules: Rules) -> Rows:
    """Return the rows of every plan that some budget and the rules allow.

    One helper number stands for the budget, as a multiple of that beside which the rules are stated.
    """
    every = stack(at_most(surface, rules.budget), _rows(surface, rules, 1.0))
    return Rows(every.gains, every.dollars, -every.least[:, None], np.zeros(len(every.least)), every.asks)


def possible(surface: Surface, budget: float) -> bool:
    """Whether some plan keeps the rules at a budget."""
    nothing = rows(surface, dollars=np.zeros(len(surface.services)))
    return surface.rules is None or maximise(surface, nothing, affordable(surface, budget)) is not None


def least_asked(surface: Surface, budget: float) -> float | None:
    """Return the least that others are asked for under any plan that keeps the other rules; None where no plan does."""
    rules = surface.rules
    if rules is None:
        return 0.0
    wanted = Rows(
        np.zeros((1, len(surface.objectives))),
        np.zeros((1, len(surface.services))),
        np.zeros((1, 0)),
        np.zeros(1),
        np.ones(1),
    )
    other = _rows(surface, rules, budget / rules.budget, capped=False)
    found = maximise(surface, wanted, stack(at_most(surface, budget), other))
    return None if found is None else asked_of_others(surface, found.plan)


def broken(surface: Surface, plan: Floats, budget: float) -> tuple[str, ...]:
    """Return the rules that a plan (I,) breaks at a budget by more than rounding, in words."""
    rules = surface.rules
    if rules is None:
        return ()
    times = budget / rules.budget
    short = rules.least * times - rules.weights @ plan > BROKEN * np.maximum(1.0, np.abs(rules.least))
    found = [words for words, one in zip(rules.words, short, strict=True) if one]
    size = max(1.0, rules.cap, float(np.abs(rules.asked).max(initial=0.0)))
    if rules.capped and asked_of_others(surface, plan) > times * rules.cap + BROKEN * size:
        found.append(f"others are asked for at most ${rules.cap:,.0f} a year")
    return tuple(found)


def _rows(surface: Surface, rules: Rules, times: float, capped: bool = True) -> Rows:
    """Return the rules as rows with so many times their dollars, a hair of rounding apart."""
    n_objectives, n_services = len(surface.objectives), len(surface.services)
    count = len(rules.least)
    least = times * rules.least - ROUNDING * np.abs(rules.least)
    found = Rows(np.zeros((count, n_objectives)), rules.weights, np.zeros((count, 0)), least, np.zeros(count))
    if not (rules.capped and capped):
        return found
    most = times * rules.cap + ROUNDING * abs(rules.cap)
    empty = np.zeros((1, n_objectives)), np.zeros((1, n_services)), np.zeros((1, 0))
    return stack(found, Rows(*empty, np.array([-most]), np.ones(1)))
