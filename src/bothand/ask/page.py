"""One self-contained page: its style and script inside, and a rule that lets nothing in or out.

The page's content security policy names its one style and its one script by their SHA-256, and allows nothing else:
no request, no font, no picture but an empty icon, no form that is sent, no other base.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources

from jinja2 import Environment
from markupsafe import Markup

from bothand.ask.language import Language
from bothand.report.paper import environment, squeezed, styled

STYLE = "ask.css"
POLICY = (
    "default-src 'none'; style-src '{style}'; script-src '{script}'; img-src data:; base-uri 'none'; form-action 'none'"
)
ROOMS = "bothand.ask"


def render(
    template: str, scripts: Sequence[str], language: Language, foot: str, styles: Sequence[str] = (), **given: object
) -> str:
    """Return a page as one HTML document.

    Args:
        template: its name in ``ask/templates``; it extends ``ask.html.j2``.
        scripts: names of the files of ``ask/scripts`` that it needs, in order; they share one scope.
        language: what every text is said in; a template says a text with ``_("...")``.
        foot: what stands at the foot of every printed page, said already.
        styles: names of style files of ``ask/templates`` that this page alone has.
        given: what the template shows.
    """
    pages = _pages(language)
    style, code = Markup(squeezed("".join([styled(pages, foot, own=STYLE), *_sources(pages, styles)]))), script(scripts)
    html = pages.get_template(template).render(
        language=language,
        style=style,
        script=Markup(code),
        policy=POLICY.format(style=digest(style), script=digest(code)),
        **given,
    )
    return squeezed(html)


def _pages(language: Language) -> Environment:
    pages = environment(ROOMS)
    pages.globals["_"] = language.say
    return pages


def _sources(pages: Environment, names: Sequence[str]) -> list[str]:
    assert pages.loader is not None
    return [pages.loader.get_source(pages, name)[0] for name in names]


def script(names: Sequence[str]) -> str:
    """Return the script files as one, in a scope of its own and without empty lines, as it stands in the page."""
    folder = resources.files(ROOMS) / "scripts"
    files = "\n".join((folder / name).read_text("utf-8").strip() for name in names)
    return squeezed(f'(() => {{\n"use strict";\n{files}\n}})();')


def digest(text: str) -> str:
    """Return a text's name in a content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
