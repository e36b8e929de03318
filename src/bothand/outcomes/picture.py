"""The counts and the three sentences under the picture of values and services. Source: DESIGN 7.

Values are never added up: a count of services is a count of words, not a score.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bothand.outcomes.values import Alignment, Named, Sign, Value
from bothand.words import in_sentence, join_words


@dataclass(frozen=True)
class ServiceCount:
    """How many values a service serves and pulls against, in at least one of the two groups of people."""

    service: str
    serves: int
    measured: int
    pulls_against: int


@dataclass(frozen=True)
class Pull:
    """Services that serve one value and pull against the other, in both directions."""

    a: str
    b: str
    for_a: tuple[str, ...]
    for_b: tuple[str, ...]

    @property
    def hardness(self) -> tuple[int, int]:
        """Services on the weaker side, then all: two values pull against *each other* when both sides have one."""
        sides = (len(self.for_a), len(self.for_b))
        return min(sides), sum(sides)


@dataclass(frozen=True)
class PictureCounts:
    """What stands under the picture: a count for each service and three sentences made from the marks."""

    services: tuple[ServiceCount, ...]
    serves_most: str
    only_one: str
    hardest_pull: str

    @property
    def counts(self) -> dict[str, int]:
        """Service -> how many of the values it serves, measured or claimed: a count of words, not a score."""
        return {count.service: count.serves for count in self.services}

    @property
    def sentences(self) -> tuple[str, str, str]:
        """The three sentences in the order in which they are shown."""
        return self.serves_most, self.only_one, self.hardest_pull


def picture(values: Sequence[Value], alignment: Iterable[Alignment], services: Sequence[Named]) -> PictureCounts:
    """Return the counts and the three sentences under the picture; ties are named, never broken.

    A service serves a value when it does so, measured or claimed, for people without or with addiction. A mark that is
    only assumed is drawn and not counted.
    """
    keys = {service.key for service in services}
    marks = [mark for mark in alignment if mark.service in keys]
    serves = _cells(marks, "serves")
    against = _cells(marks, "pulls_against")
    measured = _cells((m for m in marks if m.status == "measured"), "serves")
    shown = _cells((m for m in marks if m.status == "measured"), "pulls_against")
    counts = tuple(ServiceCount(s.key, _of(serves, s.key), _of(measured, s.key), _of(against, s.key)) for s in services)
    return PictureCounts(
        services=counts,
        serves_most=_serves_most(counts, services, len(values)),
        only_one=_only_one(values, serves, services),
        hardest_pull=_hardest_pull(values, serves, against, shown, services),
    )


def _cells(marks: Iterable[Alignment], sign: Sign) -> set[tuple[str, str]]:
    return {(mark.value, mark.service) for mark in marks if mark.counts(sign)}


def _of(cells: Iterable[tuple[str, str]], service: str) -> int:
    return sum(name == service for _, name in cells)


def _serves_most(counts: Sequence[ServiceCount], services: Sequence[Named], total: int) -> str:
    labels = {service.key: service.label for service in services}
    most = max((count.serves for count in counts), default=0)
    if most == 0:
        return f"No service here is said or shown to serve any of the {total} values."
    first = [count for count in counts if count.serves == most]
    names = join_words([labels[c.service] if n == 0 else in_sentence(labels[c.service]) for n, c in enumerate(first)])
    left = f"{total - most} to others" if most < total else "none to others"
    if len(first) > 1:
        return f"{names} serve most values: {most} of {total} each. Each leaves {left}."
    shown = first[0].measured
    how = f"{'all' if shown == most else shown or 'none'} of them measured, the rest claimed"
    how = how.removesuffix(", the rest claimed") if shown == most else how
    return f"{names} serves most values: {most} of {total}, {how}. It leaves {left}."


def _only_one(values: Sequence[Value], serves: Collection[tuple[str, str]], services: Sequence[Named]) -> str:
    by_value = {v.key: [s for s in services if (v.key, s.key) in serves] for v in values}
    alone = [v for v in values if len(by_value[v.key]) == 1]
    unserved = [v for v in values if not by_value[v.key]]
    only = {v.key: in_sentence(by_value[v.key][0].label) for v in alone}
    if not alone:
        text = "No value rests on one service alone."
    elif len(alone) == 1:
        value = alone[0]
        text = (
            f"{value.label} rests on one service alone: {only[value.key]}. Cut that line, and nothing here serves it."
        )
    else:
        names = join_words([v.label if n == 0 else in_sentence(v.label) for n, v in enumerate(alone)])
        parts = join_words([f"{in_sentence(v.label)} on {only[v.key]}" for v in alone])
        text = f"{names} rest on one service each: {parts}. Cut that line, and nothing here serves the value."
    if unserved:
        text += f" No service here serves {join_words([in_sentence(v.label) for v in unserved], 'or')}."
    return text


def pulls(
    values: Sequence[Value],
    serves: Collection[tuple[str, str]],
    against: Collection[tuple[str, str]],
    services: Sequence[Named],
) -> tuple[Pull, ...]:
    """Return every pair of values with a service that serves one and pulls against the other, the hardest first."""

    def both(served: str, pulled: str) -> tuple[str, ...]:
        return tuple(s.key for s in services if (served, s.key) in serves and (pulled, s.key) in against)

    found = [Pull(a.key, b.key, both(a.key, b.key), both(b.key, a.key)) for a, b in combinations(values, 2)]
    return tuple(sorted((p for p in found if p.for_a or p.for_b), key=lambda p: p.hardness, reverse=True))


def _hardest_pull(
    values: Sequence[Value],
    serves: Collection[tuple[str, str]],
    against: Collection[tuple[str, str]],
    shown: Collection[tuple[str, str]],
    services: Sequence[Named],
) -> str:
    ranked = pulls(values, serves, against, services)
    if not ranked:
        return "No two values pull against each other in these marks."
    words = {v.key: v.label for v in values}
    hardest = [pair for pair in ranked if pair.hardness == ranked[0].hardness]
    first = hardest[0]
    labels = {s.key: s.label for s in services}
    text = f"{words[first.a]} and {in_sentence(words[first.b])} pull hardest against each other. "
    text += " ".join(_sides(first, shown, labels))
    if len(hardest) > 1:
        others = [f"{in_sentence(words[p.a])} and {in_sentence(words[p.b])}" for p in hardest[1:]]
        text += f" Just as hard: {'; '.join(others)}."
    return text


def _sides(pair: Pull, shown: Collection[tuple[str, str]], labels: Mapping[str, str]) -> Iterator[str]:
    """Yield who serves the first value and pulls against the second, then the other way round."""
    for served, pulled, names in (("first", "second", pair.for_a), ("second", "first", pair.for_b)):
        if names:
            who = join_words([labels[s] if n == 0 else in_sentence(labels[s]) for n, s in enumerate(names)])
            serve, are = ("serves", "is") if len(names) == 1 else ("serve", "are")
            measured = [(pair.b if served == "first" else pair.a, name) in shown for name in names]
            how = "shown" if all(measured) else "said or shown" if any(measured) else "said"
            yield f"{who} {serve} the {served} and {are} {how} to pull against the {pulled}."
