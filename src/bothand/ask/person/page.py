"""The guide for one person: everything that it shows, put together; nothing of it depends on an answer."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from bothand.ask.language import Language, load_language
from bothand.ask.page import render
from bothand.ask.person.guide import Danger, Fact, load_guide
from bothand.ask.person.numbers import GRADES, RANGES, Figure, numbers
from bothand.ask.person.options import Option, Pair, load_options
from bothand.evidence.tables import Evidence, load_evidence
from bothand.outcomes.values import load_values
from bothand.world.help import Door, HelpLine, LineKind, Need
from bothand.world.place import Place
from bothand.world.placefile import load_place

TEMPLATE = "person.html.j2"
SCRIPTS = ("shared.js", "order.js", "person.js")

KINDS: tuple[LineKind, ...] = get_args(LineKind)
"""Lines of help stand in this order."""

NEEDS: dict[Need, str] = {
    "naloxone": "Naloxone",
    "supplies": "New gear and test strips",
    "treatment": "Treatment",
    "medication": "Medication",
    "withdrawal": "Stopping with medical help",
    "recovery_support": "Company in recovery",
    "housing": "A house where nobody uses",
    "family": "Help for families",
    "anything": "Any other question",
}
"""What is looked for in a place, as a person says it."""

REVIEWERS = (
    "a person who uses drugs",
    "a person in recovery",
    "a family member",
    "a clinician",
    "a reviewer of the harm reduction tradition",
    "a reviewer of the recovery tradition",
)
"""Those whose review the guide waits for."""


@dataclass(frozen=True)
class Said:
    """A figure as a person reads it, and what stands behind it."""

    key: str
    text: str
    grade: str
    span: str
    source: str


@dataclass(frozen=True)
class Where:
    """What is looked for, and the doors here; none is *not known here*."""

    need: str
    doors: tuple[Door, ...]


def person_html(place: str | Path, language: str | Language) -> str:
    """Return the page as one HTML document. Raises FaultsFound for faults of the place, the language or the data."""
    words = language if isinstance(language, Language) else load_language("person", language)
    here, evidence = load_place(place), load_evidence()
    values, (options, pairs) = load_values(), load_options(evidence)
    guide = load_guide(evidence, values)
    places: list[Option | Danger] = [*options, *guide.danger]
    spoken: list[Option | Danger | Fact] = [*places, guide.fact]
    return render(
        TEMPLATE,
        SCRIPTS,
        words,
        words.say("BothAnd: a guide for one person. Nothing here was sent or kept."),
        place=here.label,
        lines=sorted(here.help_lines, key=lambda line: KINDS.index(line.kind)),
        bar=always_in_view(here.help_lines),
        guide=guide,
        values=sorted(values, key=lambda value: words.say(guide.cards[value.key].name)),
        options=sorted(options, key=lambda option: words.say(option.label)),
        pairs=_by_label(pairs, options),
        label={option.key: option.label for option in options},
        figures={part.key: said(part.number, evidence, words) for part in spoken},
        also={part.key: [(key, evidence[key].source) for key in part.also] for part in spoken},
        where={part.key: doors_here(part.needs, here) for part in places},
        all_doors=doors_here([need for need in NEEDS if any(need in option.needs for option in options)], here),
        again=_looked_at_again(spoken, evidence),
        sources=_sources(here),
        reviewers=[words.say(who) for who in REVIEWERS],
    )


def said(figures: Iterable[Figure], evidence: Evidence, words: Language) -> list[Said]:
    """Return figures as sentences in a language, each with its grade, where its range comes from, and its source."""
    found = []
    for figure in figures:
        row = evidence[figure.key]
        text = words.say(figure.text, **numbers(row, figure.form))
        found.append(Said(row.key, text, GRADES[row.grade], RANGES[row.interval_origin], row.source))
    return found


def doors_here(needs: Sequence[Need], place: Place) -> list[Where]:
    """Return, for each need, the doors of a place and of what it is part of."""
    return [Where(NEEDS[need], tuple(door for door in place.doors if door.need == need)) for need in needs]


def always_in_view(lines: Sequence[HelpLine]) -> list[HelpLine]:
    """Return the lines that never leave the screen: the emergency, and a crisis line that answers calls and texts."""
    crisis = [line for line in lines if line.kind == "crisis"]
    both = [line for line in crisis if line.call and line.text]
    return [line for line in lines if line.kind == "emergency"][:1] + (both or crisis)[:1]


def _by_label(pairs: Sequence[Pair], options: Sequence[Option]) -> list[Pair]:
    """Return the pairs in the order in which the options stand in their file."""
    place = {option.key: number for number, option in enumerate(options)}
    return sorted(pairs, key=lambda pair: sorted(place[key] for key in pair.options))


def _looked_at_again(spoken: Sequence[Option | Danger | Fact], evidence: Evidence) -> datetime.date:
    """Return the first day on which one of the page's quantities is due to be checked again."""
    keys = [key for part in spoken for key in (*part.also, *(figure.key for figure in part.number))]
    return min(day for key in keys if (day := evidence[key].review_by))


def _sources(place: Place) -> list[str]:
    """Return every source of a number to call or a door, once."""
    sources = [*(line.source for line in place.help_lines), *(door.source for door in place.doors)]
    return list(dict.fromkeys(sources))
