"""Life courses, read from the record of moves: when something first happened to each person, and how often before."""

from __future__ import annotations

import numpy as np

from bothand.engine.arrays import Bools, Floats, Ints
from bothand.engine.people.people import Lives


def first_time(lives: Lives, *names: str) -> Floats:
    """Return the first time (P,) at which one of these rules or events happened to each person; infinite = never."""
    return first_of(lives, lives.named.of(*names))


def first_of(lives: Lives, moves: Bools) -> Floats:
    """Return the first time (P,) of any of the marked moves (K,); infinite = never."""
    found = np.full(lives.people, np.inf)
    marked = moves[lives.move]
    np.minimum.at(found, lives.person[marked], lives.time[marked])
    return found


def times_of(lives: Lives, *names: str, until: Floats | None = None) -> Ints:
    """Return how often (P,) one of these rules or events happened to each person, before ``until`` (P,) where given."""
    marked = lives.named.of(*names)[lives.move]
    if until is not None:
        marked &= lives.time < until[lives.person]
    return np.bincount(lives.person[marked], minlength=lives.people)


def entered(lives: Lives, compartments: Bools) -> Floats:
    """Return the first time (P,) at which each person was in one of the marked compartments (N,); infinite = never.

    Whoever began there was there when they came.
    """
    inside, outside = compartments[lives.named.target], ~compartments[lives.named.source]
    found = first_of(lives, inside & outside)
    return np.where(compartments[lives.start], lives.arrived, found)


def years_weighed(lives: Lives, weights: Floats, years: float, force: float = 0.0) -> Floats:
    """Return the weighed years (P,) of each person up to ``years``, discounted by exp(-force t).

    ``weights`` (N,): what a year in each compartment counts for; a year of the dead should count for nothing.
    """
    person = np.concatenate([np.arange(lives.people), lives.person])
    order = np.argsort(person, kind="stable")  # how they began comes first, then their moves in the order of time
    person = person[order]
    where = np.concatenate([lives.start, lives.named.target[lives.move]])[order]
    begin = np.minimum(np.concatenate([lives.arrived, lives.time])[order], years)
    last = np.append(person[1:] != person[:-1], True)
    end = np.where(last, years, np.append(begin[1:], years))
    lived = end - begin if force == 0 else (np.exp(-force * begin) - np.exp(-force * end)) / force
    return np.bincount(person, weights=weights[where] * lived, minlength=lives.people).astype(np.float64)
