"""A sourced quantity as it is said to a person: '47 of each 100', its range, and how sure.

No number on the page is written in its text: the text has a place for it, and the quantity's key says which it is.
Nothing here is a chance for the person who reads: it is what was counted among others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from bothand.evidence.quantity import Quantity
from bothand.faults import Fault, nearest
from bothand.world.service import Key, Record, Text

HUNDRED = 100  # UNIT: the one denominator of the page
HOLES = ("{n}", "{low}", "{high}")

Form = Literal["share", "of_each_hundred", "more", "one_in", "times"]

GRADES = {
    "primary": "The figure was read in the study itself.",
    "secondary": "The figure was read in a report of the study, not in the study.",
    "judgement": "The figure is a judgement of ours.",
    "unverified": "The figure was not verified.",
}
RANGES = {
    "reported": "The range is the study's own.",
    "derived": "We worked out the range from what was published.",
    "judgement": "The range is our own estimate.",
    "recalled": "The range was not verified.",
    "none": "",
}


class Figure(Record):
    """A quantity, how it is turned into a number for a person, and the sentence that it stands in.

    share: that many of 100 people. of_each_hundred: a ratio, as that many for each 100 of the others. more: a ratio
    above one, as that many more for each 100. one_in: people treated for one to be helped, as that many helped of
    100. times: a ratio as it stands.
    """

    key: Key
    form: Form
    text: Text


def numbers(row: Quantity, form: Form) -> dict[str, int]:
    """Return the whole numbers n, low and high that a figure's sentence shows.

    Source: for one_in, the number needed to treat is one over the difference of two shares.
    """
    ends = {"n": row.mean, "low": row.low, "high": row.high}
    if form == "one_in":
        ends = {"n": 1 / row.mean, "low": 1 / row.high, "high": 1 / row.low}
    if form == "more":
        ends = {name: value - 1 for name, value in ends.items()}
    among = 1 if form == "times" else HUNDRED
    return {name: round(among * value) for name, value in ends.items()}


def known_faults(figure: Figure, evidence: Mapping[str, Quantity], where: str) -> Iterator[Fault]:
    """Yield what is wrong with a figure: a key that is no quantity, a share of something else, a missing place."""
    if figure.key not in evidence:
        yield Fault(where, f"unknown quantity '{figure.key}'.", figure.key, None, nearest(figure.key, evidence))
    elif figure.form == "share" and not 0 <= evidence[figure.key].low <= evidence[figure.key].high <= 1:
        yield Fault(where, f"'{figure.key}' is not a share.", figure.key)
    for hole in HOLES:
        if hole not in figure.text:
            yield Fault(where, f"the sentence has no place for {hole}: '{figure.text}'.", figure.key)
    if re.search(r"\d", figure.text.replace(str(HUNDRED), "")):
        yield Fault(where, f"a number stands in the sentence itself: '{figure.text}'.", figure.key)


def spoken_faults(
    part: str, figures: Iterable[Figure], also: Iterable[str], evidence: Mapping[str, Quantity], file: str
) -> Iterator[Fault]:
    """Yield what is wrong with the figures of one part of the page, and with the further quantities that it names."""
    for figure in figures:
        yield from known_faults(figure, evidence, file)
    for key in also:
        if key not in evidence:
            yield Fault(file, f"unknown quantity '{key}'.", part, None, nearest(key, evidence))
