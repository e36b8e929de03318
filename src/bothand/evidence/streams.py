"""Low-discrepancy streams of luck, one a name.

The base-2 Sobol (van der Corput) sequence, its order shuffled and its values scrambled by nested (Owen) permutations
that depend only on (seed, name). So
* values 1..n are the same whatever n is asked, and a name's values do not change when other names are added;
* any first 2**m values hold exactly one in each of 2**m equal strata;
* two names are as if paired at random, at every n: no poor pair of Sobol dimensions, and no power of two is asked for.
Source: Owen (1995), Randomly permuted (t,m,s)-nets; Burley (2020), Practical hash-based Owen scrambling, for the order.
"""

from __future__ import annotations

import hashlib
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bothand.evidence.quantity import Floats

BYTES = 8  # UNIT: bytes in a word of 64 bits
LEVELS = 20  # MATH: binary digits of a stream that are stratified; 2**20 draws at most
ODD = 0x9E3779B97F4A7C15  # MATH: increment of SplitMix64 (Steele, Lea, Flood 2014)
MIX_1 = 0xBF58476D1CE4E5B9  # MATH: its first multiplier
MIX_2 = 0x94D049BB133111EB  # MATH: its second multiplier
SHIFT_1 = 30  # MATH: its first shift
SHIFT_2 = 27  # MATH: its second shift
SHIFT_3 = 31  # MATH: its third shift
TO_UNIT = 11  # MATH: bits of a word beyond the 53 of a fraction
FRACTION = 2.0**-53  # MATH: one step of those 53 bits


Words = NDArray[np.uint64]


def stream(seed: int, name: str, n: int) -> Floats:
    """Return the first ``n`` values, inside 0-1, of the stream of (seed, name). See the head of this file."""
    order, value, rest = (_word(f"{seed}:{name}:{use}") for use in ("order", "value", "rest"))
    index = _scramble(np.arange(n, dtype=np.uint64), order)
    digits = _scramble(_reverse(index), value)
    inside = (_hash(index ^ rest) >> np.uint64(TO_UNIT)).astype(float) * FRACTION
    return cast(Floats, np.clip((digits.astype(float) + inside) / 2.0**LEVELS, FRACTION, 1 - FRACTION))


def _word(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=BYTES).digest(), "little"))


def _scramble(words: Words, key: np.uint64) -> Words:
    """Nested permutation of LEVELS-digit words: each digit is flipped, or not, by a hash of the digits above it."""
    result = np.zeros_like(words)
    for level in range(LEVELS):
        shift = np.uint64(LEVELS - 1 - level)
        above = words >> (shift + np.uint64(1))
        flip = _hash(_hash(above ^ key) ^ np.uint64(level)) >> np.uint64(TO_UNIT)
        result |= (((words >> shift) ^ flip) & np.uint64(1)) << shift
    return result


def _reverse(words: Words) -> Words:
    result = np.zeros_like(words)
    for level in range(LEVELS):
        result |= ((words >> np.uint64(level)) & np.uint64(1)) << np.uint64(LEVELS - 1 - level)
    return result


def _hash(words: Words) -> Words:
    """SplitMix64's finaliser: a word to a word, every bit depending on every bit."""
    with np.errstate(over="ignore"):
        z = words + np.uint64(ODD)
        z = (z ^ (z >> np.uint64(SHIFT_1))) * np.uint64(MIX_1)
        z = (z ^ (z >> np.uint64(SHIFT_2))) * np.uint64(MIX_2)
        return z ^ (z >> np.uint64(SHIFT_3))
