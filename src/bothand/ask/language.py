"""Catalogues of texts: what a page says in English, and the same in another language.

A catalogue is a gettext file (``.po``) that any translator's tool can edit. The English text is its own key; a text
that a catalogue lacks is shown in English, and a test says so. The standard library reads only compiled catalogues,
hence the few lines of reading here.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import data_folder, read_text

ENGLISH = "en"
HEAD = ""
"""The key under which a catalogue says what it is (the gettext header)."""


@dataclass(frozen=True)
class Language:
    """What one page says in one language. ``asked`` gathers every text that was asked for."""

    code: str
    texts: dict[str, str]
    review: str = ""
    """What the catalogue says of its own review, in its own language; empty for English."""
    asked: set[str] = field(default_factory=set)

    def say(self, text: str, **filled: object) -> str:
        """Return a text in this language, with ``{names}`` filled in; in English where it has none."""
        self.asked.add(text)
        said = self.texts.get(text) or text
        return said.format(**filled) if filled else said


def languages(page: str) -> list[str]:
    """Return the codes of the languages of a page, English first."""
    return [ENGLISH, *sorted(path.stem for path in (data_folder() / "ask" / page).glob("*.po"))]


def load_language(page: str, code: str) -> Language:
    """Return the texts of a page ('person' or 'programme'). Raises FaultsFound for a language that it has not."""
    known = languages(page)
    if code not in known:
        words = f"there is no language '{code}' for this page; known: {', '.join(known)}."
        raise FaultsFound([Fault(code, words, nearest=nearest(code, known))])
    if code == ENGLISH:
        return Language(ENGLISH, {})
    texts = read_catalogue(data_folder() / "ask" / page / f"{code}.po")
    heads = dict(line.split(": ", 1) for line in texts.pop(HEAD, "").splitlines() if ": " in line)
    return Language(code, texts, review=heads.get("X-Review", ""))


def read_catalogue(path: Path) -> dict[str, str]:
    """Return what a ``.po`` file translates, by English text; entries without a translation are left out.

    Raises FaultsFound naming the line of whatever is not part of such a file, and of a text that stands twice.
    """
    found: dict[str, str] = {}
    entry: dict[str, str] = {}
    name, started = "", 0
    faults = []

    def close() -> None:
        if "msgid" in entry and entry.get("msgstr"):
            if entry["msgid"] in found:
                faults.append(Fault(str(path), f"the text stands twice: {entry['msgid'][:40]!r}.", line=started))
            found[entry["msgid"]] = entry["msgstr"]
        entry.clear()

    for number, line in enumerate(read_text(path).splitlines(), start=1):
        word, _, quoted = line.partition(" ")
        if word in ("msgid", "msgstr"):
            if word == "msgid":
                close()
                started = number
            name, entry[word] = word, ""
        elif line.startswith('"') and entry:
            quoted = line
        elif not line.strip() or line.startswith("#"):
            continue
        else:
            faults.append(Fault(str(path), f"this is not part of a catalogue: {line[:40]!r}.", line=number))
            continue
        try:
            entry[name] += ast.literal_eval(quoted)
        except (SyntaxError, ValueError, TypeError):
            faults.append(Fault(str(path), f"this is not a quoted text: {quoted[:40]!r}.", line=number))
    close()
    if faults:
        raise FaultsFound(faults)
    return found
