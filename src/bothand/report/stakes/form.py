"""A form of one page on which people rate one service by the eleven values; offline, for screen and paper."""

from __future__ import annotations

from bothand.outcomes.ratings import COLUMNS, POINTS
from bothand.outcomes.values import load_values
from bothand.report.paper import environment, squeezed
from bothand.words import RATER_ROLES

TEMPLATE = "form.html.j2"
ANSWERS = ("not at all", "a little", "partly", "mostly", "fully")
"""What the five points say, from the lowest."""


def form_html() -> str:
    """Return the form: one service, one person, eleven values, five points; nothing is sent and nothing is kept."""
    answers = list(zip(POINTS, ANSWERS, strict=True))
    page = environment().get_template(TEMPLATE)
    html = page.render(
        values=load_values(), answers=answers, roles=RATER_ROLES, columns=", ".join(COLUMNS), lowest=answers[0]
    )
    return squeezed(html)
