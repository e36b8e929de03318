"""Where the boxes, words and lines of a drawing lie: boxes under one another, every line in lanes beside them.

Each exit runs from its box to the lane of the box it leads to, and that lane enters there with one arrowhead. So no
line passes through a box or through words, whatever the model; lines cross only at right angles, and only a dot is a
joint. Words are set by the widths of their characters, so the same model gives the same drawing everywhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bothand.report.describe import sizes
from bothand.report.describe.stations import Station, Wiring

WITHIN = "within: "
ALWAYS = "from every box: "
_WIDTHS = {
    **dict.fromkeys("ijl|'", sizes.NARROWEST),
    **dict.fromkeys(" .,:;ftrI/()-!", sizes.NARROW),
    **dict.fromkeys("cksvxyzJ", sizes.MIDDLE),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZw", sizes.CAPITAL),
    **dict.fromkeys("mMW@%", sizes.WIDEST),
}


@dataclass(frozen=True)
class Words:
    """One line of text: its left end and its baseline; ``style`` is title, exit, within or port."""

    x: float
    y: float
    text: str
    style: str


@dataclass(frozen=True)
class Box:
    """One box: ``top`` and ``bottom`` in px from the top; ``rule`` is the line under its title."""

    kind: str
    top: float
    bottom: float
    rule: float | None
    words: tuple[Words, ...]


@dataclass(frozen=True)
class Wire:
    """All lines into one box: the heights at which they leave other boxes, where they enter, and their lane."""

    target: int
    entry: float
    leaves: tuple[float, ...]
    x: float = 0.0

    @property
    def top(self) -> float:
        """The upper end of the lane."""
        return min(self.entry, *self.leaves)

    @property
    def bottom(self) -> float:
        """The lower end of the lane."""
        return max(self.entry, *self.leaves)


@dataclass(frozen=True)
class Layout:
    """A drawing, ready to be written out. All in px."""

    width: float
    height: float
    left: float
    right: float
    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]


def text_width(text: str, bold: bool = False) -> float:
    """Return the width in px that a line of text needs at most in the drawing's face and size."""
    ems = sum(_WIDTHS.get(letter, sizes.USUAL) for letter in text)
    return ems * sizes.FONT * sizes.SAFE * (sizes.BOLD if bold else 1.0)


def wrap(text: str, width: float, bold: bool = False, hang: float = 0.0) -> list[str]:
    """Return a text in lines of at most ``width`` px, all but the first ``hang`` px shorter; too long words are cut."""
    lines: list[str] = []
    for word in text.split():
        room = width - (hang if len(lines) > 1 else 0)
        longer = f"{lines[-1]} {word}" if lines else ""
        if longer and text_width(longer, bold) <= room:
            lines[-1] = longer
        else:
            lines += _cut(word, width - hang, bold)
    return lines or [""]


def _cut(word: str, width: float, bold: bool) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width(pieces[-1] + letter, bold) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def place(wiring: Wiring) -> Layout:
    """Return where everything of a drawing lies."""
    y = sizes.EDGE
    boxes: list[Box] = []
    entries: dict[int, float] = {}
    leaves: dict[int, list[float]] = {}
    for n, station in enumerate(wiring.stations):
        if n:
            same = station.layer == wiring.stations[n - 1].layer
            y += sizes.GAP if same else sizes.LAYER_GAP
        box, out = _box(station, wiring.stations, y)
        entries[n] = y + sizes.PAD + sizes.LINE / 2
        for target, height in out:
            leaves.setdefault(target, []).append(height)
        boxes.append(box)
        y = box.bottom
    wires = _lanes([Wire(target, entries[target], tuple(found)) for target, found in leaves.items()])
    return Layout(sizes.WIDTH, y + sizes.EDGE, sizes.EDGE, sizes.EDGE + sizes.BOX, tuple(boxes), tuple(wires))


def _box(station: Station, stations: Sequence[Station], top: float) -> tuple[Box, list[tuple[int, float]]]:
    """Return a box and (target, height) of each of its exits."""
    left, right = sizes.EDGE + sizes.PAD, sizes.EDGE + sizes.BOX - sizes.PAD
    words: list[Words] = []
    y = top + sizes.PAD
    inner = left + (sizes.NUMBER if station.number else 0)
    if station.number:
        words.append(Words(left, _base(y), str(station.number), "title"))
    for line in wrap(station.title, right - inner, bold=True):
        words.append(Words(inner, _base(y), line, "title"))
        y += sizes.LINE
    body = [head + "; ".join(found) for head, found in ((WITHIN, station.within), (ALWAYS, station.always)) if found]
    rule = y + sizes.PAD / 2 if body or station.exits else None
    y += sizes.PAD if rule else 0
    for text in body:
        y = _set(words, text, left, right - left, y, "within") + sizes.EXIT_GAP
    out = []
    for leave in station.exits:
        out.append((leave.target, y + sizes.LINE / 2))
        number = stations[leave.target].number
        words.append(Words(right, _base(y), str(number), "port"))
        for text in leave.labels:
            y = _set(words, text, left, right - left - sizes.PORT, y, "exit")
        y += sizes.EXIT_GAP
    y -= sizes.EXIT_GAP if rule else 0
    return Box(station.kind, top, y + sizes.PAD, rule, tuple(words)), out


def _set(words: list[Words], text: str, x: float, width: float, y: float, style: str) -> float:
    """Add a text in lines, all but the first hanging, and return the height under it."""
    for n, line in enumerate(wrap(text, width, hang=sizes.HANG)):
        words.append(Words(x + (sizes.HANG if n else 0), _base(y), line, style))
        y += sizes.LINE
    return y


def _base(y: float) -> float:
    return y + sizes.LINE / 2 + sizes.BASE


def _lanes(wires: Sequence[Wire]) -> list[Wire]:
    """Give every wire a lane: short ones near the boxes, then neighbours exchanged while that saves crossings.

    Wires that do not lie beside one another share a lane, so that a large model needs few.
    """
    order = sorted(wires, key=lambda w: (w.bottom - w.top, w.target))
    best = _crossings(order)
    for _ in range(sizes.SWAPS):
        before = best
        for n in range(len(order) - 1):
            tried = [*order[:n], order[n + 1], order[n], *order[n + 2 :]]
            if (count := _crossings(tried)) < best:
                order, best = tried, count
        if best == before:
            break
    lanes: list[list[Wire]] = []
    for wire in order:
        free = [n for n, lane in enumerate(lanes) if not any(_beside(wire, other) for other in lane)]
        inner = [n for n, lane in enumerate(lanes) if any(_beside(wire, other) for other in lane)]
        fitting = [n for n in free if n > max(inner, default=-1)]
        if fitting:
            lanes[fitting[0]].append(wire)
        else:
            lanes.append([wire])
    room = sizes.WIDTH - sizes.EDGE - sizes.BOX - sizes.LANE_FIRST - 2 * sizes.EDGE
    pitch = min(sizes.LANE_PITCH, room / max(len(lanes) - 1, 1))
    first = sizes.EDGE + sizes.BOX + sizes.LANE_FIRST
    return [replace(wire, x=first + n * pitch) for n, lane in enumerate(lanes) for wire in lane]


def _beside(one: Wire, two: Wire) -> bool:
    return one.top < two.bottom + sizes.LANE_APART and two.top < one.bottom + sizes.LANE_APART


def _crossings(order: Sequence[Wire]) -> int:
    """Count where the ends of a wire cross the lanes of the wires that are nearer to the boxes."""
    return sum(
        near.top < height < near.bottom for near, far in itertools.combinations(order, 2) for height in ends(far)
    )


def ends(wire: Wire) -> Iterable[float]:
    """Return the heights of all horizontal lines of a wire."""
    return (wire.entry, *wire.leaves)
