"""Random words that are a pure function of what they are for: Philox4x32-10, and what is made of its words.

The same person meets the same luck under every plan, whatever the number of workers, because a word is not the next
of a sequence but the value of a function of (seed, draw, person, cause, count).
Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11, doi
10.1145/2063384.2063405; its known answers are tested.
"""

from __future__ import annotations

import math

import numpy as np

from bothand.engine.arrays import Floats, Ints
from bothand.engine.vectors.lanes import compiled, entry

WORD = np.uint64(0xFFFFFFFF)  # UNIT: the bits of one word of 32
BITS = np.uint64(32)  # UNIT: bits in one word
ROUNDS = 10  # MATH: rounds of Philox4x32-10
FIRST = np.uint64(0xD2511F53)  # MATH: multiplier of Philox4x32
SECOND = np.uint64(0xCD9E8D57)  # MATH: multiplier of Philox4x32
FIRST_STEP = np.uint64(0x9E3779B9)  # MATH: by which the key moves on, each round
SECOND_STEP = np.uint64(0xBB67AE85)  # MATH: by which the key moves on, each round
HIGH = np.uint64(5)  # MATH: bits dropped of one word, which leaves 27
LOW = np.uint64(6)  # MATH: bits dropped of another, which leaves 26
LOW_RANGE = 67108864.0  # MATH: 2^26
RANGE = 9007199254740992.0  # MATH: 2^53


@compiled
def philox(
    a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64, first: np.uint64, second: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return four words of 32 bits for a counter (a, b, c, d) and a key (first, second), all of 32 bits."""
    for _ in range(ROUNDS):
        one, two = FIRST * a, SECOND * c
        a, b, c, d = (two >> BITS) ^ b ^ first, two & WORD, (one >> BITS) ^ d ^ second, one & WORD
        first, second = (first + FIRST_STEP) & WORD, (second + SECOND_STEP) & WORD
    return a, b, c, d


@compiled
def uniform(high: np.uint64, low: np.uint64) -> float:
    """Return a number strictly between 0 and 1 from two words: (53 bits + 1/2) / 2^53."""
    return (float(high >> HIGH) * LOW_RANGE + float(low >> LOW) + 0.5) / RANGE


@compiled
def luck(seed: int, draw: int, person: int, cause: int, count: int) -> tuple[float, float]:
    """Return a threshold, exponential with mean 1, and a number between 0 and 1, for the count-th time of a cause."""
    a, b, c, d = philox(
        np.uint64(person), np.uint64(cause), np.uint64(count), np.uint64(0), np.uint64(seed), np.uint64(draw)
    )
    return -math.log(uniform(a, b)), uniform(c, d)


@entry
def fill_luck(seed: int, draw: int, cause: int, person: Ints, thresholds: Floats, lots: Floats) -> None:
    """Fill in the first threshold and lot of one cause for many people."""
    for i in range(len(person)):
        thresholds[i], lots[i] = luck(seed, draw, person[i], cause, 0)
