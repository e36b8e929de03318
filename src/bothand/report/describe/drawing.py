"""A drawing written out as SVG: outlines, words and lines in one ink, spoken as sentences."""

from __future__ import annotations

from markupsafe import Markup

from bothand.report.describe import sizes
from bothand.report.describe.layout import Box, Layout, Wire, ends, place
from bothand.report.describe.stations import START, Station, Wiring
from bothand.report.svg import coordinate, element, join


def draw(wiring: Wiring) -> Markup:
    """Return one drawing as SVG with a title and a description; every colour is a variable of the page's style."""
    layout = place(wiring)
    parts = [_box(box, layout) for box in layout.boxes]
    parts += [_wire(wire, layout) for wire in layout.wires]
    title = f"Moves by {wiring.label}"
    names = element("title", title) + element("desc", " ".join(sentences(wiring)))
    shape = f"0 0 {coordinate(layout.width)} {coordinate(layout.height)}"
    return element(
        "svg", names + join(parts), class_="wiring", role="img", aria_label=title,
        width=layout.width, height=layout.height, viewBox=shape,
    )  # fmt: skip


def sentences(wiring: Wiring) -> list[str]:
    """Return what a drawing shows, one sentence for each box that people leave or always reach."""
    found = []
    for station in wiring.stations:
        said = [f"to {name(wiring.stations[e.target])}: {'; '.join(e.labels)}" for e in station.exits]
        said += [f"within it: {text}" for text in station.within]
        said += [f"from every box: {text}" for text in station.always]
        if said:
            found.append(f"{name(station)}, {', '.join(said)}.")
    return found


def name(station: Station) -> str:
    """Return a box's number and title."""
    return f"{station.number} {station.title}" if station.number else station.title


def _box(box: Box, layout: Layout) -> Markup:
    width = layout.right - layout.left
    parts = [
        element("rect", x=layout.left, y=box.top, width=width, height=box.bottom - box.top, class_=f"box {box.kind}")
    ]
    if box.rule is not None and box.kind != START:
        parts.append(element("line", x1=layout.left, x2=layout.right, y1=box.rule, y2=box.rule, class_="hair"))
    parts += [element("text", w.text, x=w.x, y=w.y, class_=w.style) for w in box.words]
    return element("g", join(parts))


def _wire(wire: Wire, layout: Layout) -> Markup:
    """Return the lane, its ends at the boxes, its arrowhead and its joints."""
    x, right = coordinate(wire.x), coordinate(layout.right)
    tip = layout.right + sizes.HEAD
    path = [f"M{x},{coordinate(wire.top)} V{coordinate(wire.bottom)}"]
    path += [f"M{right},{coordinate(y)} H{x}" for y in wire.leaves]
    path.append(f"M{x},{coordinate(wire.entry)} H{coordinate(tip)}")
    low, high = (coordinate(wire.entry + side * sizes.HEAD_HALF) for side in (1, -1))
    head = f"M{right},{coordinate(wire.entry)} L{coordinate(tip)},{high} L{coordinate(tip)},{low} Z"
    joints = [y for y in ends(wire) if wire.top < y < wire.bottom]
    dots = [element("circle", cx=wire.x, cy=y, r=sizes.DOT, class_="dot") for y in joints]
    return element(
        "g", element("path", d=" ".join(path), class_="wire") + element("path", d=head, class_="head") + join(dots)
    )
