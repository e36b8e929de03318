"""A guide for one person, alone or with a helper: what matters, what to change, and what goes together.

It names every option to everyone in the same words, and chooses, scores, sends and keeps nothing.

options: what a person might like to change, and how each two of these go together
guide: the values as cards, the dangers in view, steps already taken
numbers: a sourced quantity as it is said to a person: '47 for each 100', and how sure
page: the page itself
"""

from __future__ import annotations

from pathlib import Path

NAME = "ask-person.html"


def write_person(folder: Path, place: str | Path, language: str) -> Path:
    """Write the page into a folder, which is made if need be, and return its path.

    Args:
        folder: where the page goes.
        place: a place that ships, by name, or a file: where help is looked for.
        language: the code of a catalogue, such as 'es'; 'en' needs none.

    Raises FaultsFound for whatever is wrong with a place, a language or the data; then nothing is written.
    """
    from bothand.ask.person.page import person_html
    from bothand.files import write_into

    html = person_html(place, language)
    return write_into(folder, NAME, html.encode())
