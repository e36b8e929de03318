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
