"""How the eleven values are read: their kinds, votes for one service, values that move together, a panel's ratings."""

from __future__ import annotations

from dataclasses import dataclass

from bothand.report.charts import Table
from bothand.report.lookup import Index, in_hundred, number
from bothand.report.summary import Likeness, Rating, ValueReading
from bothand.words import RATER_ROLES, VALUE_KINDS, in_sentence, join_words, range_words

TITLE = "How the values are read"
EVERYONE = "everyone"


@dataclass(frozen=True)
class ValuesView:
    """Everything that the page about values shows."""

    title: str
    votes: str
    apart: str
    formula: str
    table: Table
    ratings: list[Table]


def view(index: Index) -> ValuesView | None:
    """Return how the values are read; None for a summary that does not say it."""
    s = index.summary
    if not s.readings and s.likeness is None and not s.ratings:
        return None
    return ValuesView(
        title=TITLE,
        votes=votes(index),
        apart=apart(index),
        formula=_formula(s.likeness) if s.likeness else "",
        table=_table(index),
        ratings=[_rated(index, service) for service in dict.fromkeys(r.service for r in s.ratings)],
    )


def apart(index: Index) -> str:
    """Return in a sentence or two which values the simulation cannot tell apart; empty when it was not asked."""
    found = index.summary.likeness
    if found is None:
        return ""
    said = (
        f"The simulation has {found.values} lines for values and sees about {number(found.directions)} "
        "independent directions in them."
    )
    together = [_names(index, cluster) for cluster in found.clusters if len(cluster) > 1]
    if together:
        said += f" Here these move together: {'; '.join(together)}. What sets them apart is for people to say."
    return said


def _names(index: Index, keys: list[str]) -> str:
    """Return 'hope, healing and family welfare'; a name with a comma in it stands in brackets."""
    names = [in_sentence(index.name(key)).replace(", ", " (", 1) + (")" if "," in key else "") for key in keys]
    return join_words(names)


def _formula(found: Likeness) -> str:
    return (
        f"Correlations of what {found.plans:,} random plans of today\u2019s budget gain on the curves. Two values move "
        "together when theirs is above 0.95 or below \u22120.95. Independent directions: the square of the sum of the "
        "eigenvalues of the table of correlations, divided by the sum of their squares; 1 when all values are one, "
        f"{found.values} when none depends on another."
    )


def votes(index: Index) -> str:
    """Return which values are here a vote for one service, or that none is; empty when it was not asked."""
    carried = [r for r in index.summary.readings if r.carrier]
    found = [f"{_names(index, [r.value])} for {in_sentence(index.name(r.carrier))}" for r in carried if r.vote]
    if not carried:
        return ""
    if not found:
        return "No value is here a vote for one service alone."
    many = "value is" if len(found) == 1 else "values are"
    return f"Here {'this' if len(found) == 1 else 'these'} {many} a vote for one service: {'; '.join(found)}."


def _table(index: Index) -> Table:
    """Return each value with its kind, what is counted, what it moves with, and who carries its best plan."""
    readings = {r.value: r for r in index.summary.readings}
    clusters = {key: c for c in (index.summary.likeness.clusters if index.summary.likeness else []) for key in c}
    rows = []
    for value in sorted(index.summary.values, key=lambda v: v.order):
        # a value may have further lines of its own, such as hope without medication
        for key in [value.key, *(k for k in readings if k.startswith(f"{value.key},"))]:
            others = [k for k in clusters.get(key, []) if k != key]
            counted = value.indicator if key == value.key else "the same, without medication"
            carried = _carried(index, readings[key]) if key in readings else ""
            together = _names(index, others) if others else ""
            rows.append([index.name(key), VALUE_KINDS[value.kind], counted, together, carried])
    heads = ["Value", "Kind", "What is counted", "Moves together with", "Who carries its best plan"]
    return Table("Each value, its kind and how it is read", heads, rows)


def _carried(index: Index, reading: ValueReading) -> str:
    if not reading.carrier:
        return "no plan improves it by more than the error"
    service = in_sentence(index.name(reading.carrier))
    if reading.vote:
        return f"here this value is a vote for {service}"
    return f"{service} gives {in_hundred(reading.share)} of what its best plan gains"


def _rated(index: Index, service: str) -> Table:
    """Return what a panel said of one service, beside what the simulation gives it; roles apart, nothing added up."""
    alone = {r.value: r.alone.get(service) for r in index.summary.readings}
    rows = []
    for rating in (r for r in index.summary.ratings if r.service == service):
        who = "everyone who rated" if rating.role == EVERYONE else RATER_ROLES[rating.role]
        share = alone.get(rating.value)
        simulated = "not simulated" if share is None else _given(share)
        rows.append([index.name(rating.value), who, *_spread(rating), simulated])
    heads = ["Value", "Who", "Middle half", "Gave 1, 2, 3, 4, 5", "Simulated: all the money on it gives"]
    return Table(f"{index.name(service)}, as a local panel rates it from 1 (not at all) to 5 (fully)", heads, rows)


def _spread(rating: Rating) -> list[str]:
    return [range_words(rating.low, rating.high), ", ".join(str(n) for n in rating.counts)]


def _given(share: float) -> str:
    return (
        f"{in_hundred(share)} of the most possible"
        if share >= 0
        else f"takes {in_hundred(-share)} of the most possible"
    )
