"""Random words: published known answers, and a battery for what is made of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bothand.engine.arrays import Floats, Ints
from bothand.engine.vectors import streams
from bothand.engine.vectors.lanes import entry
from bothand.engine.vectors.streams import fill_luck

MANY = 200_000
ALPHA = 1e-4  # seeds are fixed: a failure is a fault, not luck

# Known answers of the authors' library Random123 1.09, tests/kat_vectors, philox4x32 with 10 rounds.
KNOWN = [
    ((0, 0, 0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@entry
def words(a: int, b: int, c: int, d: int, first: int, second: int) -> tuple[int, int, int, int]:
    return streams.philox(np.uint64(a), np.uint64(b), np.uint64(c), np.uint64(d), np.uint64(first), np.uint64(second))


@entry
def counted(seed: int, draw: int, person: int, cause: int, thresholds: Floats, lots: Floats) -> None:
    for count in range(len(lots)):
        thresholds[count], lots[count] = streams.luck(seed, draw, person, cause, count)


def over_people(seed: int = 1, draw: int = 0, cause: int = 3) -> tuple[Floats, Floats]:
    person = np.arange(MANY)
    thresholds, lots = np.zeros(MANY), np.zeros(MANY)
    fill_luck(seed, draw, cause, person, thresholds, lots)
    return thresholds, lots


def over_counts(person: int = 7) -> tuple[Floats, Floats]:
    thresholds, lots = np.zeros(MANY), np.zeros(MANY)
    counted(1, 0, person, 3, thresholds, lots)
    return thresholds, lots


@pytest.mark.parametrize(("given", "expected"), KNOWN)
def test_philox_gives_the_published_words(given: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert tuple(int(word) for word in words(*given)) == expected


@pytest.mark.parametrize("along", [over_people, over_counts])
def test_lots_are_uniform_and_thresholds_exponential(along: object) -> None:
    thresholds, lots = along()  # type: ignore[operator]  # one of the two above
    assert stats.kstest(lots, "uniform").pvalue > ALPHA
    assert stats.kstest(thresholds, "expon").pvalue > ALPHA
    cells = np.bincount((lots * 1000).astype(int), minlength=1000)
    assert stats.chisquare(cells).pvalue > ALPHA
    assert lots.min() > 0
    assert lots.max() < 1


@pytest.mark.parametrize("along", [over_people, over_counts])
@pytest.mark.parametrize("lag", [1, 2, 7, 52])
def test_words_do_not_remember_the_last_person_or_the_last_time(along: object, lag: int) -> None:
    thresholds, lots = along()  # type: ignore[operator]  # one of the two above
    for values in (lots, np.exp(-thresholds)):
        assert abs(np.corrcoef(values[:-lag], values[lag:])[0, 1]) < 4.5 / np.sqrt(MANY)


def test_streams_of_two_seeds_draws_or_causes_have_nothing_to_do_with_each_other() -> None:
    base = over_people()[1]
    others: list[Floats] = [over_people(seed=2)[1], over_people(draw=1)[1], over_people(cause=4)[1], over_people()[0]]
    for other in others:
        assert abs(np.corrcoef(base, other)[0, 1]) < 4.5 / np.sqrt(MANY)
        pairs: Ints = (base * 20).astype(int) * 20 + (stats.rankdata(other) / (MANY + 1) * 20).astype(int)
        assert stats.chisquare(np.bincount(pairs, minlength=400)).pvalue > ALPHA


def test_gaps_between_small_lots_are_geometric() -> None:
    lots = over_people()[1]
    gaps = np.diff(np.flatnonzero(lots < 0.1))
    seen = np.bincount(np.minimum(gaps, 40), minlength=41)[1:]
    chance = 0.1 * 0.9 ** np.arange(40)
    chance[-1] = 1 - chance[:-1].sum()
    assert stats.chisquare(seen, chance * seen.sum()).pvalue > ALPHA
