"""The compiled loop of people in discrete time: where each is, cycle by cycle, and what it adds up to.

In every stage of every cycle one lot decides: the ways out of a compartment stand in the order of the compartments
that they lead to, and the lot says how far along them a person goes. The lot is a function of (seed, draw, person,
stage, cycle), so people whose chances two plans share live the same life under both.
"""

from __future__ import annotations

from typing import NamedTuple

from bothand.engine.arrays import Floats, Ints
from bothand.engine.vectors.lanes import bare, bare_entry
from bothand.engine.vectors.streams import luck


class Ways(NamedTuple):
    """Ways from where people are, sorted by where they start and then by where they lead; stage after stage.

    W is 1, or the number of people where everyone has chances of their own.
    """

    row: Ints  # (G, N + 1) first way out of each compartment, in each stage
    target: Ints  # (K,)
    move: Ints  # (K,) which of the moves that carry a reward this is, or -1
    share: Floats  # (T, S, K, W)


class Worths(NamedTuple):
    """What being in a compartment at a point, and taking a move in a cycle, adds to each of R rewards."""

    state: Floats  # (R, T + 1, S, N, W)
    move: Floats  # (R, T, S, M, W)


class Luck(NamedTuple):
    """What every lot depends on, beside person, stage and cycle."""

    seed: int
    draw: int
    first: int  # number of the first person


@bare
def way_out(ways: Ways, stage: int, cycle: int, stratum: int, here: int, own: int, lot: float) -> int:
    """Return the way that a lot between 0 and 1 falls on; the last that has a chance, where rounding leaves it over."""
    found = -1
    for k in range(ways.row[stage, here], ways.row[stage, here + 1]):
        share = ways.share[cycle, stratum, k, own]
        if share > 0:
            found = k
            lot -= share
            if lot < 0:
                break
    return found


@bare_entry
def walk(ways: Ways, worths: Worths, key: Luck, place: Ints, stratum: Ints, totals: Floats, state: Ints) -> None:
    """Let everyone live through all cycles.

    ``place`` (P,) is where each begins and in the end where each is; ``totals`` (R, P) and ``state`` (T + 1, N), people
    in every compartment at every point, are added to.
    """
    stages, rewards = len(ways.row), len(totals)
    cycles = len(state) - 1
    chances, state_width, move_width = ways.share.shape[3], worths.state.shape[4], worths.move.shape[4]
    for p in range(len(place)):
        here, s = place[p], stratum[p]
        w = p if state_width > 1 else 0
        state[0, here] += 1
        for r in range(rewards):
            totals[r, p] += worths.state[r, 0, s, here, w]
        for t in range(cycles):
            for g in range(stages):
                lot = luck(key.seed, key.draw, key.first + p, g, t)[1]
                k = way_out(ways, g, t, s, here, p if chances > 1 else 0, lot)
                m = ways.move[k]
                if m >= 0:
                    for r in range(rewards):
                        totals[r, p] += worths.move[r, t, s, m, p if move_width > 1 else 0]
                here = ways.target[k]
            state[t + 1, here] += 1
            for r in range(rewards):
                totals[r, p] += worths.state[r, t + 1, s, here, w]
        place[p] = here
