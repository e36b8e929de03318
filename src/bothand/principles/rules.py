"""The principles as data, each with two readings, and what reviewers of both traditions said of them.

Data: ``data/principles/*.toml`` (one file a rule) and ``reviews.csv``. Sources are tags of ``data/values/sources.csv``
or of this folder's ``sources.csv``. A rule names the check that decides each reading, and what it
looks at.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

from pydantic import Field, Strict

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, data_folder, read_csv, read_toml, validate
from bothand.outcomes.values import Source, load_sources
from bothand.world.service import MOST_COERCIVE, Key, Record, Text

Tradition = Literal["harm reduction", "recovery"]
Kind = Literal["principle", "check"]

REVIEW_COLUMNS = ("rule", "tradition", "verdict", "comment", "date")
NOT_COMPUTED = "not_computed"
HELD = "held"  # what a rule calls the ratios that a run of its own holds at one
NOT_REVIEWED = "not yet reviewed"


class Reading(Record):
    """How one tradition reads a rule, what it would reject, and the check that decides it."""

    reading: Text
    rejects: Text = Field(description="what this tradition would refuse in the other's reading")
    check: Key = Field(description="name of the check that decides this reading")
    looks_at: dict[str, tuple[Key, ...]] = Field(
        {}, description="group of people ('all', 'with', 'without') or kind of thing -> the names the check looks at"
    )
    limit: Annotated[int, Strict(), Field(ge=0, le=MOST_COERCIVE)] | None = Field(
        None, description="highest grade of coercion that this reading allows"
    )
    needs: Text | None = Field(None, description="what would be needed, for a reading that is not computed")


class Cited(Record):
    """A text that the rule comes from: its tag and the place in it."""

    tag: str
    place: Text


class Rule(Record):
    """One principle, or one check that follows from several, with two readings."""

    key: Key
    order: Annotated[int, Strict(), Field(ge=1)]
    kind: Kind
    label: Text
    principle: Text = Field(description="the principle in its own words")
    sources: tuple[Cited, ...] = Field(min_length=1)
    honesty: Text = Field(description="the device that keeps the audit honest to both sides")
    hr: Reading
    r: Reading

    @property
    def number(self) -> str:
        """'P4' for a principle; empty for a check."""
        return f"P{self.order}" if self.kind == "principle" else ""


@dataclass(frozen=True)
class Review:
    """What one reviewer of one tradition said of a rule."""

    rule: str
    tradition: Tradition
    verdict: str
    comment: str
    date: str


def load_rules(
    checks: Collection[str], folder: Path | None = None, names: Collection[str] | None = None
) -> tuple[Rule, ...]:
    """Read every rule in order. ``checks`` are the names of the checks there are; ``names``, of what they may look at.

    Raises FaultsFound with the faults of all files: form, a key that is not the file's name, a place that is taken, an
    unknown source, check or name, and a reading that is not computed and does not say what it would need.
    """
    folder = folder or data_folder() / "principles"
    tags = load_cited(folder)
    rules: list[Rule] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            document = read_toml(path)
            rule = validate(Rule, document)
        except FaultsFound as found:
            faults += found.faults
            continue
        faults += _faults(rule, document, tags, checks)
        faults += _name_faults(rule, document, names) if names is not None else []
        if other := next((r for r in rules if r.order == rule.order), None):
            faults.append(document.fault(f"the place {rule.order} is taken by '{other.key}'.", ("order",)))
        rules.append(rule)
    if faults:
        raise FaultsFound(faults)
    return tuple(sorted(rules, key=lambda rule: rule.order))


def load_cited(folder: Path | None = None) -> dict[str, Source]:
    """Read the sources that rules may cite, by tag: those of the values, and the rules' own."""
    folder = folder or data_folder() / "principles"
    return {**load_sources(), **load_sources(table=folder / "sources.csv")}


def _faults(rule: Rule, document: Document, tags: Collection[str], checks: Collection[str]) -> Iterator[Fault]:
    yield from document.misnamed(rule.key)
    for number, cited in enumerate(rule.sources):
        if cited.tag not in tags:
            where = ("sources", number, "tag")
            yield document.fault(f"unknown source '{cited.tag}'.", where, nearest(cited.tag, sorted(tags)))
    for name, reading in (("hr", rule.hr), ("r", rule.r)):
        if reading.check != NOT_COMPUTED and reading.check not in checks:
            near = nearest(reading.check, sorted(checks))
            yield document.fault(f"unknown check '{reading.check}'.", (name, "check"), near)
        if (reading.check == NOT_COMPUTED) != (reading.needs is not None):
            yield document.fault(f"'needs' belongs to the check '{NOT_COMPUTED}', and to no other.", (name, "check"))


def _name_faults(rule: Rule, document: Document, names: Collection[str]) -> Iterator[Fault]:
    for part, reading in (("hr", rule.hr), ("r", rule.r)):
        for people, named in reading.looks_at.items():
            for name in named if people != HELD else ():
                if name not in names:
                    near = nearest(name, sorted(names))
                    yield document.fault(f"unknown name '{name}'.", (part, "looks_at"), near)


def load_reviews(rules: Collection[str], table: Path | None = None) -> tuple[Review, ...]:
    """Read the reviews. Raises FaultsFound for an unknown rule or tradition, an empty cell, a day that is none."""
    path = table or data_folder() / "principles" / "reviews.csv"
    found: list[Review] = []
    faults: list[Fault] = []
    for line, row in read_csv(path, REVIEW_COLUMNS):
        faults += [Fault(str(path), f"'{name}' is empty.", line=line) for name in REVIEW_COLUMNS if not row[name]]
        if row["rule"] not in rules:
            near = nearest(row["rule"], sorted(rules))
            faults.append(Fault(str(path), f"unknown rule '{row['rule']}'.", line=line, nearest=near))
        if row["tradition"] not in get_args(Tradition):
            allowed = " or ".join(get_args(Tradition))
            faults.append(Fault(str(path), f"unknown tradition '{row['tradition']}'; {allowed}.", line=line))
        if row["date"] and not _is_day(row["date"]):
            faults.append(Fault(str(path), f"'{row['date']}' is not a day such as 2026-01-31.", line=line))
        found.append(
            Review(row["rule"], cast(Tradition, row["tradition"]), row["verdict"], row["comment"], row["date"])
        )
    if faults:
        raise FaultsFound(faults)
    return tuple(found)


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def reviewed(rule: str, reviews: Collection[Review]) -> str:
    """Return what reviewers of both traditions said of a rule, or that it is not yet reviewed by whom."""
    own = [review for review in reviews if review.rule == rule]
    if not own:
        return NOT_REVIEWED
    said = [f"{r.tradition}, {r.date}: {r.verdict} ({r.comment})" for r in own]
    missing = [t for t in get_args(Tradition) if t not in {r.tradition for r in own}]
    return "; ".join([*said, *(f"{NOT_REVIEWED} by the {t} tradition" for t in missing)])
