"""The report: one HTML file that needs no network, no script and no other file."""

from __future__ import annotations

import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bothand.report import doubts, evidence, groups, map, picture, sheet
from bothand.report.lookup import Index, soft
from bothand.report.summary import Summary

TEMPLATE = "report.html.j2"
STYLE = "style.css"


def render(summary: Summary) -> str:
    """Return the whole report as HTML.

    Args:
        summary: every number that the page shows; nothing else is read.

    Returns:
        One self-contained document: styles and drawings inside, no script, no request, links only within the page.
    """
    environment = Environment(
        loader=PackageLoader("bothand.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["soft"] = soft
    index = Index(summary)
    template = environment.get_template(TEMPLATE)
    html = template.render(
        s=summary,
        index=index,
        style=Markup(_style(environment, summary)),
        picture=picture.view(index),
        one=sheet.side_one(index),
        two=doubts.side_two(index),
        map=map.view(index),
        both=map.both_and(index),
        people=groups.view(index),
        known=evidence.view(index),
    )
    return re.sub(r"\n\s*\n+", "\n", html)


def _style(environment: Environment, summary: Summary) -> str:
    """Return the style sheet, with the place, data date and run in the margin of every printed page."""
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, STYLE)
    study = summary.study
    left = css_text(f"{study.place} · data: {study.data_as_of}")
    right = css_text(f"run {study.run} · ")
    return source.replace("/*left*/", left).replace("/*right*/", right)


def css_text(words: str) -> str:
    """Return a CSS string in which every character but letters, digits and spaces is escaped."""
    safe = "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in words)
    return f'"{safe}"'
