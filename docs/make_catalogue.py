"""Write the catalogue of a page anew: ``python docs/make_catalogue.py person es``.

Every text that the page asks for stands in it, in the order of the page; translations are kept, new texts are left
empty for a translator, and texts that the page no longer has go. The head stays as it is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bothand.ask.language import ENGLISH, Language, read_catalogue
from bothand.ask.person import page as person
from bothand.files import data_folder

HEAD = "Language: {code}\nContent-Type: text/plain; charset=UTF-8\nX-Review: machine draft, not reviewed\n"


def texts() -> list[str]:
    """Return every text of the guide for a person, each once, as the page asks for them."""
    asked: list[str] = []

    class Noting(Language):
        """English, and a note of what was asked for."""

        def say(self, text: str, **filled: object) -> str:
            """Note a text and return it."""
            asked.append(text)
            return super().say(text, **filled)

    person.person_html("washtenaw", Noting(ENGLISH, {}))
    return list(dict.fromkeys(asked))


def catalogue(code: str, known: dict[str, str]) -> str:
    """Return the catalogue as text: its head, then an entry for each text."""
    head = known.get("", HEAD.format(code=code))
    lines = ['msgid ""', 'msgstr ""', *(quoted(f"{line}\n") for line in head.splitlines())]
    for text in texts():
        lines += ["", f"msgid {quoted(text)}", f"msgstr {quoted(known.get(text, ''))}"]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Return a text as it stands in a catalogue."""
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    room, code = sys.argv[1:]
    path: Path = data_folder() / "ask" / room / f"{code}.po"
    path.write_text(catalogue(code, read_catalogue(path) if path.exists() else {}), encoding="utf-8")
    print(path)
