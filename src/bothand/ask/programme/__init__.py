"""A programme asks itself: three people answer alone, seal, and open together; where they differ is the headline.

Twenty-four statements, eight from harm reduction, eight from recovery and eight that both share, each with how both
read it. The result is a profile in two columns, never a total, four answers in sentences, and a file of terms for a
county's study.

statements: the statements and the four questions as data, and their loader
known: what is known of what a "no" costs, from the evidence, in words
page: the page itself
"""

from __future__ import annotations

from pathlib import Path

NAME = "ask-programme.html"


def write_programme(folder: Path, language: str) -> Path:
    """Write the page into a folder, which is made if need be, and return its path.

    Args:
        folder: where the page goes.
        language: the code of a catalogue, such as 'es'; 'en' needs none.

    Raises FaultsFound for whatever is wrong with a language or the data; then nothing is written.
    """
    from bothand.ask.programme.page import programme_html
    from bothand.files import write_into

    html = programme_html(language)
    return write_into(folder, NAME, html.encode())
