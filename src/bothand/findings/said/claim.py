"""A sentence before it is shown: its text, what it claims, the amounts it prints, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

RestsOn = Literal["nothing", "reach", "search"]

TENTH = 0.1  # MATH: an amount that moves by more than this share of the larger one is another amount


@dataclass(frozen=True)
class Said:
    """A finding.

    ``claim``: what the text claims apart from its amounts, such as which plan comes first; ``amounts``: those of the
    ``numbers`` that the text prints as amounts. ``rests_on``: "reach" where other reach may change it, "search" where
    the search must be made again to know, "nothing" where no plan was run for it.
    """

    key: str
    text: str
    numbers: Mapping[str, float]
    claim: tuple[str, ...] = ()
    amounts: tuple[str, ...] = field(default=())
    rests_on: RestsOn = "reach"


def same(one: Said, other: Said) -> bool:
    """Say whether two sentences of one key say the same: the same claim, and no amount that moved by over a tenth."""
    if one.text == other.text:
        return True
    if one.claim != other.claim or one.amounts != other.amounts:
        return False
    return all(near(one.numbers[name], other.numbers[name]) for name in one.amounts)


def near(one: float, other: float) -> bool:
    """Say whether two amounts differ by at most a tenth of the larger one."""
    return abs(one - other) <= TENTH * max(abs(one), abs(other))
