"""The rules that bear on plans in a place: what law and payers say of a service. A reading list, not advice."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from bothand.faults import Fault, nearest
from bothand.files import data_folder
from bothand.world.population import OpenDay, Source, doubled, whole_table
from bothand.world.service import Key, Record, Service, Text

if TYPE_CHECKING:
    from bothand.world.place import Place

STATUSES = "rule_statuses.csv"
LAW_WORDS = ("allowed", "required", "allowed with conditions", "contested", "not allowed")
"""What law may say of a service, the strictest last: a duty binds more than a permission, and less than a limit."""
NO_RULE = "no rule read"
DUTY = "required"

Level = Literal["federal", "state", "local", "settlement", "payer", "evidence"]
Bearing = Literal["law", "money", "context"]


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";"))


class Rule(Record):
    """One rule that bears on plans, as it was read on the day the table was made. A reading list, not legal advice."""

    key: Key
    subject: Text
    services: Annotated[tuple[str, ...], BeforeValidator(_parts)]
    level: Annotated[tuple[Level, ...], BeforeValidator(_parts)]
    jurisdiction: Text
    status: Text
    rule: Text
    law: str
    date: str
    ends: OpenDay
    effect: str
    seen: Text
    source: Source
    note: str


class RuleStatus(Record):
    """What a status word means: how severe it is among rules of law, and whether it bears on law, money or neither."""

    status: Text
    severity: Annotated[int, Field(ge=0)]
    bears_on: Bearing
    label: Text
    words: Text


@dataclass(frozen=True)
class Legality:
    """What law says of a service here: the worst of its rows, and every row, so that both levels can be printed."""

    label: str
    strictest: tuple[Rule, ...]  # the rows of law that the label is taken from
    federal: tuple[Rule, ...]
    state: tuple[Rule, ...]
    not_paid_by: tuple[Rule, ...]  # who may not pay for it
    context: tuple[Rule, ...]  # bills, advice, warnings
    ends: tuple[Rule, ...]  # rules that end on a known day


def legal(place: Place, service: str, on: datetime.date | None = None) -> Legality:
    """Return what the rules say of a service: the worst of its federal, state and local rows of law, all rows beside.

    A rule that ended before ``on`` no longer counts. Without a row of law the label is "no rule read".
    """
    meaning = {s.status: s for s in place.statuses}
    rows = [r for r in place.rules if service in r.services and (on is None or r.ends is None or r.ends >= on)]
    law = [r for r in rows if meaning[r.status].bears_on == "law"]
    worst = max(law, key=lambda r: meaning[r.status].severity, default=None)
    label = meaning[worst.status].label if worst else NO_RULE
    return Legality(
        label=label,
        strictest=tuple(r for r in law if meaning[r.status].label == label),
        federal=tuple(r for r in law if "federal" in r.level),
        state=tuple(r for r in law if "state" in r.level or "local" in r.level),
        not_paid_by=tuple(r for r in rows if meaning[r.status].bears_on == "money"),
        context=tuple(r for r in rows if meaning[r.status].bears_on == "context"),
        ends=tuple(r for r in rows if r.ends),
    )


@dataclass(frozen=True)
class Said:
    """What stands beside a line of dollars: the strictest word that the place's rules or the service's file say."""

    word: str
    rule: str
    dated: str
    source: str
    law: Legality


def said_of(place: Place, service: Service, on: datetime.date | None = None) -> Said:
    """Return the word of the law for a service, with the rule that it is taken from, its date and its source.

    Duties stand beside it, whatever the word: a county that must do something may not sell it as a choice. Where the
    service's own file is stricter than the place's rules, its note stands as the rule.
    """
    law = legal(place, service.key, on)
    word = max((w for w in (law.label, service.legal.label) if w in LAW_WORDS), key=LAW_WORDS.index)
    duties = [r for r in (*law.federal, *law.state) if r.status == DUTY]
    own = word != law.label
    rows = list(dict.fromkeys([*law.federal, *law.state] if own else [*law.strictest, *duties]))
    return Said(
        word=word,
        rule=service.legal.note if own else " ".join(f"{r.rule.rstrip('.')}." for r in rows),
        dated="; ".join(dict.fromkeys(r.date for r in rows if r.date)) or "no date seen",
        source="; ".join(dict.fromkeys(part for r in rows for part in r.source.split("; "))) or service.legal.note,
        law=law,
    )


@lru_cache(maxsize=1)
def known_statuses() -> tuple[RuleStatus, ...]:
    """Return what every status word means, from the table that ships."""
    return whole_table(data_folder() / "places" / STATUSES, RuleStatus, status_faults)


def status_faults(statuses: Sequence[tuple[int, RuleStatus]], path: Path) -> Iterator[Fault]:
    """Yield a fault for each status that stands twice."""
    return doubled("status", [(line, row.status) for line, row in statuses], path)


def rule_faults(rules: Sequence[tuple[int, Rule]], path: Path) -> Iterator[Fault]:
    """Yield a fault for each rule that stands twice, or whose status has no meaning."""
    meanings = [s.status for s in known_statuses()]
    yield from doubled("rule", [(line, rule.key) for line, rule in rules], path, "key")
    for line, rule in rules:
        if rule.status not in meanings:
            words = f"unknown status '{rule.status}'; allowed: {', '.join(meanings)}."
            yield Fault(str(path), words, rule.key, line, nearest(rule.status, meanings))
