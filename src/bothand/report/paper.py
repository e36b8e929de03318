"""What every page is made of: templates, the style of the house, and a text without empty lines."""

from __future__ import annotations

import re

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

HOUSE = "house.css"
STYLE = "style.css"


def environment(*rooms: str) -> Environment:
    """Return the templates of all pages: every text is escaped, and a name that is not given is a fault.

    Args:
        rooms: packages with templates of their own, such as 'bothand.ask'; they are looked through first.
    """
    loaders: list[BaseLoader] = [PackageLoader(room) for room in (*rooms, "bothand.report")]
    return Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def styled(pages: Environment, left: str, right: str = "", own: str = STYLE) -> Markup:
    """Return the house's style and a page's own, with two texts in the margin of every printed page."""
    assert pages.loader is not None
    house, *_ = pages.loader.get_source(pages, HOUSE)
    more, *_ = pages.loader.get_source(pages, own)
    return Markup(house.replace("/*left*/", css_text(left)).replace("/*right*/", css_text(right)) + more)


def squeezed(html: str) -> str:
    """Return a page without its empty lines."""
    return re.sub(r"\n\s*\n+", "\n", html)


def css_text(words: str) -> str:
    """Return a CSS string in which every character but letters, digits and spaces is escaped."""
    safe = "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in words)
    return f'"{safe}"'
