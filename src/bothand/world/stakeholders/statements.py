"""What a position says, one statement after the other: in words, where it stands, and as rows that weights must meet.

A row is ``sum of coefficient x weight >= least``, over weights that are not negative and sum to 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bothand.files import Document, Path_
from bothand.words import join_words
from bothand.world.stakeholders.families import values_in
from bothand.world.stakeholders.stakeholder import Preference, RatioBound, Stakeholder, Swing, Together

HUNDRED = 100  # UNIT: per cent


@dataclass(frozen=True)
class Row:
    """``sum of coefficients[value] x weight of value >= least``; a value that is not named has coefficient 0."""

    coefficients: Mapping[str, float]
    least: float = 0.0


@dataclass(frozen=True)
class Statement:
    """One thing that a position says.

    Attributes:
        words: the statement in plain words.
        rows: what weights must meet for it to hold.
        where: path of its key in the file. line: the file's line, None when it was not read from one.
    """

    words: str
    rows: tuple[Row, ...]
    where: Path_ = ()
    line: int | None = None

    @property
    def located(self) -> str:
        """The words, and the line they stand on."""
        return self.words if self.line is None else f"{self.words} (line {self.line})"


def statements_of(
    stakeholder: Stakeholder, document: Document | None = None, families: Mapping[str, str] | None = None
) -> tuple[Statement, ...]:
    """Return each statement of a position on weights alone, in the order of its form.

    Choices between plans are left out: what they say of weights hangs on what the plans do (``choice_statement``).
    ``document`` gives the lines; ``families``: value -> family, for what is said of a whole family.
    """
    said = (*_statements(stakeholder), *_of_families(stakeholder, families or {}))
    return tuple(
        Statement(words, rows, where, document.line(where) if document else None) for where, words, rows in said
    )


def choice_statement(
    number: int, choice: Preference, gains: Mapping[str, Mapping[str, float]], document: Document | None = None
) -> Statement:
    """Return an accepted choice between two plans as a statement: one row, linear in the weights.

    Args:
        number: which of the position's choices it is, from 0.
        choice: the plan that is at least as good, and the other.
        gains: by plan, by value: share of its own best that the plan gives the value (z). A value that is not named
            says nothing in the choice.
        document: gives the line.

    Raises:
        KeyError: a plan whose gains are not given.
    """
    better, other = gains[choice.plan], gains[choice.over]
    row = Row({value: z - other[value] for value, z in better.items() if value in other})
    where: Path_ = ("prefers", number)
    words = f"'{choice.plan}' is at least as good as '{choice.over}'"
    return Statement(words, (row,), where, document.line(where) if document else None)


Found = Iterator[tuple[Path_, str, tuple[Row, ...]]]


def _statements(stakeholder: Stakeholder) -> Found:
    tiers = stakeholder.tiers
    for number, (above, below) in enumerate(pairwise(tiers), start=1):
        verb = "counts" if len(above) == 1 else "each count"
        words = f"{_quoted(above)} {verb} at least as much as {_quoted(below)}"
        yield ("order", number), words, tuple(Row({more: 1, less: -1}) for more in above for less in below)
    for value, share in stakeholder.at_least.items():
        yield ("at_least", value), f"'{value}' has at least {share:g} of all weight", (Row({value: 1}, share),)
    for value, share in stakeholder.at_most.items():
        yield ("at_most", value), f"'{value}' has at most {share:g} of all weight", (Row({value: -1}, -share),)
    for number, group in enumerate(stakeholder.together):
        yield from _of_group(number, group)
    for number, bound in enumerate(stakeholder.ratio):
        yield from _of_ratio(number, bound)
    if stakeholder.swing:
        yield from _of_swing(stakeholder.swing)


def _quoted(values: Sequence[str]) -> str:
    return join_words([f"'{value}'" for value in values])


def _of_group(number: int, group: Together) -> Found:
    for key, share, sign in (("at_least", group.at_least, 1), ("at_most", group.at_most, -1)):
        if share is not None:
            words = f"{_quoted(group.values)} together have {key.replace('_', ' ')} {share:g} of all weight"
            yield ("together", number, key), words, (Row(dict.fromkeys(group.values, sign), sign * share),)


def _of_families(stakeholder: Stakeholder, families: Mapping[str, str]) -> Found:
    for key, shares, sign in (
        ("family_at_least", stakeholder.family_at_least, 1),
        ("family_at_most", stakeholder.family_at_most, -1),
    ):
        for family, share in shares.items():
            words = f"the family '{family}' has {key.removeprefix('family_').replace('_', ' ')} {share:g} of all weight"
            yield (key, family), words, (Row(dict.fromkeys(values_in(family, families), sign), sign * share),)


def _of_ratio(number: int, bound: RatioBound) -> Found:
    for key, times, sign in (("at_least", bound.at_least, 1), ("at_most", bound.at_most, -1)):
        if times is not None:
            words = f"'{bound.more}' counts {key.replace('_', ' ')} {times:g} times as much as '{bound.less}'"
            yield ("ratio", number, key), words, (Row({bound.more: sign, bound.less: -sign * times}),)


def _of_swing(swing: Swing) -> Found:
    """Points are asked beside the value that has most of them, so each is held against that one."""
    top = swing.top
    most = swing.points[top]
    for value, points in swing.points.items():
        if value == top:
            continue
        ratio = points / most
        low, high = ratio * (1 - swing.tolerance), ratio * (1 + swing.tolerance)
        words = f"'{value}' has {points:g} points beside {most:g} of '{top}'"
        words += f", give or take {swing.tolerance * HUNDRED:g} per cent"
        yield ("swing", "points", value), words, (Row({value: 1, top: -low}), Row({value: -1, top: high}))
