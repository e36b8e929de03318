"""The guide for one person: everything that it shows, put together."""

from __future__ import annotations

from pathlib import Path

from bothand.ask.language import load_language
from bothand.ask.page import render
from bothand.world.placefile import load_place

TEMPLATE = "person.html.j2"
SCRIPTS = ("shared.js",)


def person_html(place: str | Path, language: str) -> str:
    """Return the page as one HTML document. Raises FaultsFound for faults of the place, the language or the data."""
    words = load_language("person", language)
    here = load_place(place)
    return render(TEMPLATE, SCRIPTS, words, here.label, place=here)
