"""Which cells, in words: a set of cells as few blocks of levels, and lists of labels without their repeated words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bothand.words import join_words

PHASE = "phase"
Block = dict[str, tuple[str, ...]]  # axis -> levels; an axis that is not named is free
SHARED_BY_MOVES = 2  # UNIT: words that the labels of two moves begin with alike before these are written once


@dataclass(frozen=True)
class Axes:
    """The axes of a model's living cells (its dimensions and, if any cell has one, the phase), with public labels."""

    cells: tuple[Mapping[str, str], ...]  # living compartments: axis -> level; a cell without a phase has none
    names: Mapping[str, str]  # axis -> label
    labels: Mapping[tuple[str, str], str]  # (axis, level) -> label

    def level(self, cell: int, axis: str) -> str:
        """Return the level of a cell on an axis, "" where it has none."""
        return self.cells[cell].get(axis, "")

    @cached_property
    def masks(self) -> dict[str, dict[str, int]]:
        """For every axis and level, its cells as the bits of one integer."""
        found: dict[str, dict[str, int]] = {axis: {} for axis in self.names}
        for axis, levels in found.items():
            for i in range(len(self.cells)):
                level = self.level(i, axis)
                levels[level] = levels.get(level, 0) | 1 << i
        return found

    def say(self, axis: str, levels: Iterable[str], last: str = "or") -> str:
        """Return levels of one axis in words: 'on methadone or buprenorphine'."""
        return either([self.labels.get((axis, level)) or "without one" for level in levels], last)

    def words(self, block: Block) -> str:
        """Return a block in words: 'care: waiting for methadone · contact: in contact'."""
        parts = [f"{self.names[axis]}: {self.say(axis, levels)}" for axis, levels in block.items()]
        return " · ".join(parts) or "everyone"

    def where(self, chosen: Iterable[int]) -> list[str]:
        """Return cells in words, one block a line."""
        return [self.words(block) for block in cover(self, chosen)]


def cover(axes: Axes, chosen: Iterable[int]) -> list[Block]:
    """Return blocks of levels that together hold exactly the ``chosen`` of the cells that exist.

    Blocks may overlap. An axis is left out of a block when naming it would not change which cells the block holds.
    Greedy: not always the fewest blocks, always the same ones, and never a cell too many or too few.
    """
    wanted = sum(1 << i for i in set(chosen))
    left = wanted
    found = []
    names = list(axes.names)
    while left:
        seed = (left & -left).bit_length() - 1
        turns = [names[n:] + names[:n] for n in range(len(names))]
        grown = [_free(axes, wanted, _grow(axes, wanted, seed, turn)) for turn in turns]
        block = max(grown, key=lambda block: (_mask(axes, block) & left).bit_count())
        found.append(block)
        left &= ~_mask(axes, block)
    return found


def _grow(axes: Axes, wanted: int, seed: int, order: Sequence[str]) -> Block:
    """Return the block that grows from one cell, axis by axis, as long as it holds wanted cells only."""
    block: Block = {axis: (axes.level(seed, axis),) for axis in axes.names}
    mask = _mask(axes, block)
    for axis in order:
        for level in axes.masks[axis]:
            wider = {**block, axis: (*block[axis], level)}
            if level not in block[axis] and mask != (more := _mask(axes, wider)) and not more & ~wanted:
                block, mask = wider, more
    return {axis: tuple(x for x in axes.masks[axis] if x in levels) for axis, levels in block.items()}


def _free(axes: Axes, wanted: int, block: Block) -> Block:
    """Leave out every axis that does not narrow the block, the phase first."""
    for axis in [PHASE, *(a for a in axes.names if a != PHASE)]:
        wider = {a: levels for a, levels in block.items() if a != axis}
        if not _mask(axes, wider) & ~wanted:
            block = wider
    return block


def _mask(axes: Axes, block: Block) -> int:
    mask = (1 << len(axes.cells)) - 1
    for axis, levels in block.items():
        either_ = 0
        for level in levels:
            either_ |= axes.masks[axis][level]
        mask &= either_
    return mask


def either(labels: Iterable[str], last: str = "or", least: int = 1) -> str:
    """Return labels as one phrase; neighbours that begin with at least ``least`` equal words say them once.

    'on methadone', 'on buprenorphine', 'in jail' become 'on methadone or buprenorphine or in jail'. Where a comma would
    leave open what belongs together, the parts are set apart by semicolons.
    """
    parts = phrases(labels, last, least)
    if any("," in part for part in parts):
        return "; ".join(parts)
    return join_words(parts, last)


def phrases(labels: Iterable[str], last: str = "or", least: int = SHARED_BY_MOVES) -> list[str]:
    """Return labels as few phrases: neighbours that begin with the same words share them, all others stand alone.

    Neighbours share only where what is left of each has no comma of its own.
    """
    groups: list[list[str]] = []
    for label in dict.fromkeys(labels):
        if groups and _shared([*groups[-1], label]) >= least and _plain([*groups[-1], label]):
            groups[-1].append(label)
        else:
            groups.append([label])
    return [_phrase(group, last) for group in groups]


def _phrase(labels: Sequence[str], last: str) -> str:
    shared = _shared(labels)
    split = [label.split(" ") for label in labels]
    rest = [" ".join(words[shared:]) for words in split]
    return " ".join([*split[0][:shared], join_words(rest, last)])


def _shared(labels: Sequence[str]) -> int:
    """Return how many words all labels begin with, leaving each at least one of its own; 0 for a single label."""
    if len(labels) < 2:
        return 0
    split = [label.split(" ") for label in labels]
    most = min(len(words) for words in split) - 1
    count = 0
    while count < most and len({words[count] for words in split}) == 1:
        count += 1
    return count


def _plain(labels: Sequence[str]) -> bool:
    shared = _shared(labels)
    return not any("," in " ".join(label.split(" ")[shared:]) for label in labels)
