"""A description as one page: the report's style, drawings inside, no script, no request, links only within the page."""

from __future__ import annotations

import re
from collections import Counter

from markupsafe import Markup, escape

from bothand.report.describe.drawing import draw, name
from bothand.report.describe.laws import CAPACITY_LAW, CARRIED, HOW_TO_READ, STOCK_LAW, TERMS, TODAY
from bothand.report.describe.nouns import Content
from bothand.report.paper import environment, squeezed, styled
from bothand.words import first_up, join_words

TEMPLATE = "describe.html.j2"
COUNTED = {
    "primary": "from a primary source",
    "secondary": "from a secondary source",
    "judgement": "by judgement",
    "unverified": "not verified",
    "given": "given by the place or the run",
}
_NAME = re.compile(r"[^\W\d]\w*")


def render(found: Content) -> str:
    """Return the description as one self-contained HTML document."""
    pages = environment()
    links = _links(found)
    pages.filters["linked"] = lambda text: linked(text, links)
    pages.filters["box"] = name
    pages.filters["anchor"] = anchor
    pages.filters["first_up"] = first_up
    html = pages.get_template(TEMPLATE).render(
        c=found,
        style=styled(pages, f"Model {found.code} · {found.label}"),
        drawings=[(wired, draw(wired)) for wired in found.drawings],
        reading=HOW_TO_READ,
        capacity_law=CAPACITY_LAW,
        stock_law=STOCK_LAW,
        today=TODAY,
        how_run=TERMS,
        carried_law=CARRIED,
        grades=grades(found),
        all_given=all(used.grade == "given" for used in found.quantities),
    )
    return squeezed(html)


def grades(found: Content) -> str:
    """Return how many quantities have which grade, in words, and how many stand behind computed ones."""
    counts = Counter(used.grade for used in found.quantities)
    said = join_words([f"{counts[grade]} {words}" for grade, words in COUNTED.items() if counts[grade]])
    behind = len(found.quantities) - found.size["quantities"]
    more = f" {behind} of these only stand behind others, which are computed from them." if behind else ""
    return f"{said}.{more}"


def anchor(kind: str, name: str) -> str:
    """Return the place of a thing in the page, safe as an id: 'q-rate_of_x'."""
    return f"{kind}-" + "".join(x if x.isalnum() or x in "_-" else f".{ord(x):x}" for x in name)


def linked(text: str, links: dict[str, str]) -> Markup:
    """Return a formula in which every name that the page explains leads there; all else is escaped."""
    parts = []
    end = 0
    for match in _NAME.finditer(text):
        parts.append(escape(text[end : match.start()]))
        word, end = match.group(), match.end()
        parts.append(Markup('<a href="#{}">{}</a>').format(links[word], word) if word in links else escape(word))
    return Markup("").join([*parts, escape(text[end:])])


def _links(found: Content) -> dict[str, str]:
    """Return where the page explains each name that formulas use."""
    places = {used.key: anchor("q", used.key) for used in found.quantities}
    places |= {lever.code: anchor("l", lever.code) for lever in found.levers}
    places |= {given.code.split("[")[0]: anchor("g", given.code.split("[")[0]) for given in found.given}
    return places | {name: anchor("let", name) for name, _ in found.lets}
