"""The drawings of the report: intervals, ranks, chance, grades and lines over time, after LOOK sections 4 and 8."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from bothand.report import layout, svg
from bothand.report.lookup import even, number
from bothand.report.summary import Interval, Verdict
from bothand.report.svg import Scale
from bothand.words import VERDICTS, range_words

Says = Callable[[float], str]


@dataclass(frozen=True)
class Cell:
    """One interval of a small multiple: the drawing, and the words over it."""

    figure: Markup
    verdict: str
    word: str
    number: str
    span: str
    grey: bool


@dataclass(frozen=True)
class Column:
    """One column of a small multiple: its head, the group of heads it stands under, and its axis."""

    head: str
    over: str
    axis: Markup
    unit: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a small multiple."""

    head: str
    sub: str
    cells: list[Cell | None]
    chosen: bool = False
    href: str = ""


@dataclass(frozen=True)
class Panels:
    """Small multiples as a table: rows, columns and cells."""

    caption: str
    first: str
    columns: list[Column]
    rows: list[Row]
    compact: bool = False

    @property
    def overs(self) -> list[tuple[str, int]]:
        """Heads over neighbouring columns, with how many columns each spans; empty when no column has one."""
        runs = [(over, len(list(run))) for over, run in groupby(self.columns, key=lambda c: c.over)]
        return runs if any(over for over, _ in runs) else []


@dataclass(frozen=True)
class Table:
    """The numbers behind a chart."""

    caption: str
    heads: list[str]
    rows: list[list[str]]


def grid(scale: Scale, top: float, bottom: float) -> Markup:
    """Return the hairlines at the ticks, zero darker."""
    ticks = scale.ticks()
    lines = [svg.line(scale.at(t), top, scale.at(t), bottom, "zero" if t == 0 else "hair") for t in ticks]
    return svg.join(lines)


def anchored(x: float, label: str) -> str:
    """Return the anchor that keeps a label near an edge inside its drawing."""
    if len(label) <= layout.SHORT:
        return "mid"
    if x < layout.EDGE:
        return "start"
    return "end" if x > layout.WHOLE - layout.EDGE else "mid"


def mark(scale: Scale, value: Interval, verdict: Verdict | None, y: float) -> Markup:
    """Return a mean and its interval with the shape that its verdict asks for."""
    x = scale.at(value.mean)
    unsure = verdict == "cannot_tell" or (verdict is None and value.low < 0 < value.high)
    style = "loses" if verdict == "loses" else "unsure" if unsure else "sure"
    body = svg.line(scale.at(value.low), y, scale.at(value.high), y, f"span {style}")
    if verdict == "loses":
        return body + svg.triangle_left(x, y, "tri")
    return body + svg.circle(x, y, layout.RING if unsure else layout.DISC, "ring" if unsure else "disc")


def cell(
    scale: Scale, value: Interval | None, verdict: Verdict | None, says: Says, labelled: bool = False
) -> Cell | None:
    """Return one interval on a shared scale; ``labelled`` writes the mean over its disc."""
    if value is None:
        return None
    height = layout.CELL_LABELLED if labelled else layout.CELL_HEIGHT
    y = height - layout.CELL_FOOT
    top = 0.0 if labelled else layout.CELL_TOP
    body = grid(scale, top, height) + mark(scale, value, verdict, y)
    if labelled:
        x = scale.at(value.mean)
        body += svg.text(x, y - layout.LABEL_RISE, says(value.mean), f"num {anchored(x, says(value.mean))}")
    shown = even(value)
    return Cell(
        figure=svg.drawing(body, height),
        verdict=verdict or "none",
        word=VERDICTS.get(verdict or "", ""),
        number=says(shown.mean),
        span=range_words(shown.low, shown.high, says),
        grey=value.low <= 0 <= value.high,
    )


def bar(scale: Scale, share: float, says: Says, style: str = "amount") -> Cell:
    """Return one share or amount as a bar from zero, on a shared scale; its number stands over it."""
    y = layout.CELL_HEIGHT - layout.CELL_FOOT - layout.BAR_HEIGHT * 0.5
    start = scale.at(0)
    body = grid(scale, layout.CELL_TOP - 2, layout.CELL_HEIGHT)
    if share > 0:
        body += svg.rect(start, y, max(scale.at(share) - start, layout.BAR_LEAST), layout.BAR_HEIGHT, style)
    said = says(share)
    return Cell(svg.drawing(body, layout.CELL_HEIGHT), "none", "", said, said, grey=False)


def axis(scale: Scale, says: Says = number) -> Markup:
    """Return the labels of a scale's ticks."""
    return svg.drawing(_tick_labels(scale, layout.AXIS_BASE, says), layout.AXIS_HEIGHT)


def _tick_labels(scale: Scale, y: float, says: Says = number) -> Markup:
    spots = [(scale.at(t), says(t)) for t in scale.ticks()]
    return svg.join(svg.text(x, y, words, f"tick {anchored(x, words)}") for x, words in spots)


@dataclass(frozen=True)
class Place:
    """One plan at one place of a column of ranks."""

    plan: str
    amount: float
    rank: int | None


@dataclass(frozen=True)
class Named:
    """A drawing whose rows have names beside it: (name, style) from the top, a row's height and the first row's top."""

    names: list[tuple[str, str]]
    figure: Markup
    row: float
    top: float


def bump(
    columns: Sequence[Sequence[Place]], names: dict[str, str], styles: dict[str, str], said: tuple[str, str]
) -> Named:
    """Return lines through the plans' places, best at the top; plans that cannot be told apart share one shape.

    ``styles`` gives each plan its line; ``said`` is the title and the description for screen readers.
    """
    order = [sorted(column, key=lambda p: -p.amount) for column in columns]
    width = layout.WHOLE / len(order)
    centres = [width * (n + 0.5) for n in range(len(order))]

    def y(row: int) -> float:
        return layout.BUMP_TOP + layout.BUMP_ROW * row

    rows = [{place.plan: n for n, place in enumerate(column)} for column in order]
    body: list[Markup] = [_ties(column, x, y) for column, x in zip(order, centres, strict=True)]
    for plan, style in styles.items():
        steps = [(x, y(row[plan])) for x, row in zip(centres, rows, strict=True) if plan in row]
        half = layout.BUMP_HALF
        body += [svg.line(a + half, p, b - half, q, f"bump {style}") for (a, p), (b, q) in pairwise(steps)]
    for column, x in zip(order, centres, strict=True):
        for n, place in enumerate(column):
            style = "grey" if place.rank is None else styles.get(place.plan, "")
            body.append(svg.text(x, y(n) + layout.TEXT_DROP, number(place.amount), f"num mid {style}"))
    height = layout.BUMP_ROW * max(len(column) for column in order)
    figure = svg.drawing(svg.join(body), height, "bumps", *said)
    return Named([(names[p.plan], styles.get(p.plan, "")) for p in order[0]], figure, layout.BUMP_ROW, 0)


def _ties(column: Sequence[Place], x: float, y: Callable[[int], float]) -> Markup:
    """Return a shape round every run of neighbours without a rank."""
    body: list[Markup] = []
    start = None
    for n, place in enumerate([*column, Place("", 0, 0)]):
        if place.rank is None and start is None:
            start = n
        elif place.rank is not None and start is not None:
            top = y(start) - layout.TIE_RISE
            height = y(n - 1) - y(start) + 2 * layout.TIE_RISE
            body.append(svg.rect(x - layout.TIE_HALF, top, 2 * layout.TIE_HALF, height, "tie"))
            start = None
    return svg.join(body)


def chance(sd: float, rows: Sequence[tuple[str, Interval, Verdict | None]], said: tuple[str, str]) -> Named:
    """Return the two bands of chance under the intervals of some plans, on one axis; bands end at one and two sd.

    ``said`` is the title and the description for screen readers.
    """
    ends = [-2 * sd, 2 * sd, *(v for _, i, _ in rows for v in (i.low, i.high))]
    scale = svg.scale_over(ends, most=layout.TICKS_MANY)
    foot = layout.CHANCE_BAND
    bottom = foot + layout.CHANCE_ROW * len(rows)
    bands: list[Markup] = []
    body: list[Markup] = []
    for n, (times, style, words) in enumerate(((2, "band wide", "19 in 20 times"), (1, "band", "2 in 3 times"))):
        left, right = scale.at(-times * sd), scale.at(times * sd)
        bands.append(svg.rect(left, 0, right - left, bottom, style))
        body.append(svg.text(left + layout.LABEL_GAP, layout.CHANCE_LINE * (n + 1), words, "over start"))
    ticks = [times * sd for times in (-2, -1, 0, 1, 2)]
    hairs = [svg.line(scale.at(t), foot, scale.at(t), bottom, "zero" if t == 0 else "hair") for t in ticks]
    body = [*bands, *hairs, *body]
    for n, (_, value, verdict) in enumerate(rows):
        body.append(mark(scale, value, verdict, foot + layout.CHANCE_ROW * (n + 0.5)))
    for t in ticks:
        label = number(t)
        body.append(svg.text(scale.at(t), bottom + layout.AXIS_BASE, label, f"tick {anchored(scale.at(t), label)}"))
    figure = svg.drawing(svg.join(body), bottom + layout.AXIS_HEIGHT, "", *said)
    return Named([(name, "") for name, _, _ in rows], figure, layout.CHANCE_ROW, foot)


def strip(counts: Sequence[tuple[str, int]], title: str, desc: str) -> Markup:
    """Return the strip of grades: each grade's share of the inputs, with its count."""
    whole = sum(n for _, n in counts) or 1
    x, body = 0.0, []
    for grade, n in counts:
        width = layout.WHOLE * n / whole
        body.append(svg.rect(x, 1, width - layout.STRIP_GAP, layout.STRIP_HEIGHT - 2, f"grade {grade}"))
        x += width
    return svg.drawing(svg.join(body), layout.STRIP_HEIGHT, "strip", title, desc)


@dataclass(frozen=True)
class Line:
    """One line of a plot: its points, its intervals and its style."""

    style: str
    points: Sequence[tuple[float, Interval]]
    joined: bool = True


@dataclass(frozen=True)
class Frame:
    """The two scales of a plot and its size."""

    x: Scale
    y: Scale
    height: float

    @classmethod
    def over(cls, xs: Sequence[float], values: Sequence[float], height: float, small: bool = False) -> Frame:
        """Return a frame that holds all values; its y axis holds zero."""
        left = layout.PLOT_LEFT_SMALL if small else layout.PLOT_LEFT
        right = layout.PLOT_RIGHT_SMALL if small else layout.PLOT_RIGHT
        room = (max(xs) - min(xs)) * layout.MARGIN or 1.0
        across = Scale(min(xs) - room, max(xs) + room, left, layout.WHOLE - right)
        return cls(across, svg.scale_over(values, height - layout.PLOT_FOOT, layout.PLOT_TOP), height)


def axes(frame: Frame, labels: Sequence[tuple[float, str]], says: Says = number) -> Markup:
    """Return the hairlines and labels of the y axis, and the labels of the x axis; a phone drops every other one."""
    body: list[Markup] = []
    for t in frame.y.ticks():
        y = frame.y.at(t)
        body.append(svg.line(frame.x.start, y, frame.x.end, y, "zero" if t == 0 else "hair"))
        body.append(svg.text(frame.x.start - layout.TICK_LABEL_GAP, y + layout.TEXT_DROP, says(t), "tick end"))
    for n, (at, words) in enumerate(labels):
        dropped = " odd" if n % 2 and len(labels) > layout.TICKS_MANY else ""
        body.append(svg.text(frame.x.at(at), frame.height - layout.TEXT_DROP, words, f"tick mid{dropped}"))
    return svg.join(body)


def plotted(frame: Frame, drawn: Line, shift: float = 0.0) -> Markup:
    """Return one line: upright intervals, points, and the segments between them."""
    body: list[Markup] = []
    spots = [(frame.x.at(x) + shift, value) for x, value in drawn.points]
    for x, value in spots:
        body.append(svg.line(x, frame.y.at(value.low), x, frame.y.at(value.high), f"upright {drawn.style}"))
    if drawn.joined:
        for (a, p), (b, q) in pairwise(spots):
            body.append(svg.line(a, frame.y.at(p.mean), b, frame.y.at(q.mean), f"path {drawn.style}"))
    body += [svg.circle(x, frame.y.at(v.mean), layout.RING * 0.5 + 1, f"dot {drawn.style}") for x, v in spots]
    return svg.join(body)
