"""Small pieces of SVG: text-safe elements, scales and ticks. x runs in per cent of the width, y in pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from bothand.report import layout


def coordinate(value: float) -> str:
    """Return a coordinate with two decimals and no trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def percent(value: float) -> str:
    """Return a horizontal place, in per cent of the drawing's width."""
    return coordinate(value) + "%"


def element(name: str, body: str | Markup = "", **attributes: str | float) -> Markup:
    """Return one element; attribute values and plain text are escaped, ``class_`` becomes ``class``."""
    parts = [name]
    for key, value in attributes.items():
        shown = coordinate(value) if isinstance(value, float | int) else value
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{escape(shown)}"')
    head = " ".join(parts)
    return Markup(f"<{head}>{escape(body)}</{name}>") if body else Markup(f"<{head}/>")


def join(parts: Iterable[Markup]) -> Markup:
    """Return the pieces in order, as one piece."""
    return Markup("").join(parts)


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    """Return a line; x in per cent, y in px."""
    return element("line", x1=percent(x1), y1=y1, x2=percent(x2), y2=y2, class_=style)


def rect(x: float, y: float, width: float, height: float, style: str) -> Markup:
    """Return a rectangle; x and width in per cent, y and height in px."""
    return element("rect", x=percent(x), y=y, width=percent(max(width, 0)), height=height, class_=style)


def circle(x: float, y: float, radius: float, style: str) -> Markup:
    """Return a circle; x in per cent, y and radius in px."""
    return element("circle", cx=percent(x), cy=y, r=radius, class_=style)


def text(x: float, y: float, words: str, style: str) -> Markup:
    """Return a text whose baseline is at y; x in per cent."""
    return element("text", words, x=percent(x), y=y, class_=style)


def triangle_left(x: float, y: float, style: str) -> Markup:
    """Return a triangle that points left, centred on (x per cent, y px)."""
    size = layout.TRIANGLE
    path = element("path", d=f"M{-size},0 L{size * 0.5},{-size} L{size * 0.5},{size} Z", class_=style)
    return element("svg", path, x=percent(x), y=y, overflow="visible")


def drawing(body: Markup, height: float, style: str = "", title: str = "", desc: str = "") -> Markup:
    """Return a drawing as wide as its place: spoken when it has a title and a description, else hidden from readers."""
    if not title:
        return element("svg", body, class_=f"fig {style}".strip(), height=height, aria_hidden="true", focusable="false")
    names = element("title", title) + element("desc", desc)
    return element(
        "svg", names + body, class_=f"fig {style}".strip(), height=height, role="img", aria_label=f"{title}. {desc}"
    )


def picture(body: Markup, width: float, height: float, style: str, title: str = "", desc: str = "") -> Markup:
    """Return a drawing of a fixed size in px; spoken when it has a title."""
    shape: dict[str, str | float] = {
        "width": width,
        "height": height,
        "viewBox": f"0 0 {coordinate(width)} {coordinate(height)}",
    }
    if not title:
        return element("svg", body, class_=style, aria_hidden="true", focusable="false", **shape)
    names = element("title", title) + element("desc", desc)
    return element("svg", names + body, class_=style, role="img", aria_label=f"{title}. {desc}", **shape)


@dataclass(frozen=True)
class Scale:
    """A linear scale from ``low`` to ``high`` onto ``start`` to ``end`` (per cent or px)."""

    low: float
    high: float
    start: float = 0.0
    end: float = layout.WHOLE
    most: int = layout.TICKS_FEW

    def at(self, value: float) -> float:
        """Return the place of a value, kept inside the scale."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * min(max(share, 0.0), 1.0)

    def ticks(self) -> list[float]:
        """Return at most about ``most`` round values inside the scale; zero is one of them when it lies inside."""
        step = _step(self.high - self.low, self.most)
        first = math.ceil(self.low / step - layout.TINY)
        last = math.floor(self.high / step + layout.TINY)
        return [n * step for n in range(first, last + 1)]


def _step(span: float, most: int) -> float:
    """Return the smallest round step that gives at most ``most`` ticks over ``span``."""
    power = layout.TEN ** math.floor(math.log10(max(span, layout.TINY) / most))
    for nice in layout.NICE:
        if span / (nice * power) <= most - 1 + 0.5:
            return nice * power
    return layout.NICE[-1] * power * 2


def scale_over(
    values: Iterable[float], start: float = 0.0, end: float = layout.WHOLE, most: int = layout.TICKS_FEW
) -> Scale:
    """Return a scale that holds all values and zero, with a little room at the ends."""
    found = [v for v in values if math.isfinite(v)]
    low, high = min([0.0, *found]), max([0.0, *found])
    if high - low < layout.TINY:
        low, high = -1.0, 1.0
    room = (high - low) * layout.MARGIN
    return Scale(low - room, high + room, start, end, most)
