"""The loader of stakeholders: every fault of the file at once, and which statements contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, available, examine, named_file, nearest_beside, read_toml, told
from bothand.world.stakeholders.contradictions import contradiction_words, contradictions
from bothand.world.stakeholders.families import Weighed, families_of
from bothand.world.stakeholders.stakeholder import MOST_POINTS, Stakeholder, Swing
from bothand.world.stakeholders.statements import statements_of


def load_stakeholder(name: str | Path, values: Weighed | None = None) -> Stakeholder:
    """Read one position by name or path; ``values`` as in ``read_stakeholder``. Raises FaultsFound with every fault."""
    stakeholder, _, faults = read_stakeholder(name, values)
    if stakeholder is None or faults:
        raise FaultsFound(faults)
    return stakeholder


def read_stakeholder(
    name: str | Path, values: Weighed | None = None
) -> tuple[Stakeholder | None, Document, list[Fault]]:
    """Return what is sound of a position (None when too little is), its document, and every fault of it.

    ``values`` are those that may be named, alone or with their families; when absent, the eleven that ship and those
    with a file beside this one. A choice between plans is held against the plans that ship, or a file beside this one;
    what it says of weights is not known before the plans are run.
    Raises FaultsFound where there is no such file.
    """
    document = read_toml(named_file("stakeholders", name))
    stakeholder, faults = examine(Stakeholder, document)
    if stakeholder is not None:
        known = list(values) if values is not None else values_at_hand(stakeholder, document)
        families = families_of(known if values is None else values, document.path.parent)
        meaning = [*_faults(stakeholder, document), *_value_faults(stakeholder, document, known)]
        meaning += _family_faults(stakeholder, document, families)
        meaning += _plan_faults(stakeholder, document)
        faults += told(meaning, faults)
        if not faults:
            faults += _contradiction_faults(stakeholder, document, known, families)
    return stakeholder, document, faults


def values_at_hand(stakeholder: Stakeholder, document: Document) -> list[str]:
    """The values that ship, and a reader's own that the position names and that have a file beside it."""
    named = dict.fromkeys(value for _, value in named_values(stakeholder))
    own = [value for value in named if (document.path.parent / f"{value}.toml").is_file()]
    return list(dict.fromkeys([*available("values"), *own]))


def named_values(stakeholder: Stakeholder) -> Iterator[tuple[Path_, str]]:
    """Yield every value that a position names, with the path of its key."""
    for number, step in enumerate(stakeholder.order):
        if isinstance(step, str):
            yield ("order", number), step
        else:
            yield from ((("order", number, place), value) for place, value in enumerate(step))
    for field in ("at_least", "at_most"):
        yield from (((field, value), value) for value in getattr(stakeholder, field))
    for number, group in enumerate(stakeholder.together):
        yield from ((("together", number, "values", place), value) for place, value in enumerate(group.values))
    for number, bound in enumerate(stakeholder.ratio):
        yield from ((("ratio", number, key), getattr(bound, key)) for key in ("more", "less"))
    if stakeholder.swing:
        yield from ((("swing", "points", value), value) for value in stakeholder.swing.points)


def _faults(stakeholder: Stakeholder, document: Document) -> Iterator[Fault]:
    yield from document.misnamed(stakeholder.key)
    if stakeholder.silent:
        yield document.fault("nothing is said of how much any value counts: give an order, a bound, a ratio.")
    if len(stakeholder.order) == 1:
        yield document.fault("an order of one step says nothing; name at least two.", ("order",))
    twice = Counter(value for tier in stakeholder.tiers for value in tier)
    for value, count in twice.items():
        if count > 1:
            yield document.fault(f"'{value}' stands {count} times in the order.", ("order",))
    for number, tier in enumerate(stakeholder.tiers):
        if not tier:
            yield document.fault("this step of the order names no value.", ("order", number))
    for number, group in enumerate(stakeholder.together):
        if len(set(group.values)) < max(2, len(group.values)):
            yield document.fault("'together' names two or more values, each once.", ("together", number))
        if group.at_least is None and group.at_most is None:
            yield document.fault("'together' has 'at_least', 'at_most' or both.", ("together", number))
    for number, bound in enumerate(stakeholder.ratio):
        if bound.more == bound.less:
            yield document.fault(f"'{bound.more}' is compared with itself.", ("ratio", number))
        if bound.at_least is None and bound.at_most is None:
            yield document.fault("a ratio has 'at_least', 'at_most' or both.", ("ratio", number))
    points = stakeholder.swing.points.values() if stakeholder.swing else None
    if points is not None and len(points) < 2:
        yield document.fault("points of fewer than two values say nothing.", ("swing", "points"))
    if points and max(points) < MOST_POINTS:
        message = f"no value has {MOST_POINTS} points; the one whose whole way counts most gets them."
        yield document.fault(message, ("swing", "points"))
    if stakeholder.swing and stakeholder.swing.points:
        yield from _again_faults(stakeholder.swing, document)


def _again_faults(swing: Swing, document: Document) -> Iterator[Fault]:
    """Yield what is wrong with points that were asked again: they need first points, and another way."""
    asked: dict[tuple[str, float], float] = {}
    for number, one in enumerate(swing.again):
        where: Path_ = ("swing", "again", number)
        if one.value not in swing.points:
            message = f"'{one.value}' is asked again, but has no points to set beside."
            yield document.fault(message, (*where, "value"), nearest(one.value, swing.points))
        elif one.value == swing.top:
            message = f"'{one.value}' is what the others are asked beside; ask another value again."
            yield document.fault(message, (*where, "value"))
        if one.way == 1:
            yield document.fault("a way of 1 is the whole way, as the first time; ask over another.", (*where, "way"))
        before = asked.get((one.value, one.way))
        asked.setdefault((one.value, one.way), one.points)
        if before == one.points:
            yield document.fault(f"'{one.value}' is asked twice over the same way; once is enough.", where)
        elif before is not None:
            message = f"'{one.value}' has {before:g} and {one.points:g} points for the same way; take one back."
            yield document.fault(message, (*where, "points"))


def _value_faults(stakeholder: Stakeholder, document: Document, known: Sequence[str]) -> Iterator[Fault]:
    for where, value in named_values(stakeholder):
        if value not in known:
            yield document.fault(f"there is no value '{value}'.", where, nearest(value, known))


def _plan_faults(stakeholder: Stakeholder, document: Document) -> Iterator[Fault]:
    plans = available("plans")
    for number, choice in enumerate(stakeholder.prefers):
        if choice.plan == choice.over:
            yield document.fault(f"'{choice.plan}' is chosen over itself.", ("prefers", number))
        for key in ("plan", "over"):
            name = getattr(choice, key)
            path = document.path.parent / f"{name}.toml"
            if name not in plans and not path.is_file():
                near = nearest(name, plans) or nearest_beside(path)
                message = f"there is no plan '{name}', and no file of it beside this one."
                yield document.fault(message, ("prefers", number, key), near)


def _family_faults(stakeholder: Stakeholder, document: Document, families: Mapping[str, str]) -> Iterator[Fault]:
    known = list(dict.fromkeys(families.values()))
    for field in ("family_at_least", "family_at_most"):
        for family in getattr(stakeholder, field):
            if family not in known:
                message = f"there is no family of values '{family}'."
                yield document.fault(message, (field, family), nearest(family, known))


def _contradiction_faults(
    stakeholder: Stakeholder, document: Document, known: Sequence[str], families: Mapping[str, str]
) -> Iterator[Fault]:
    for subset in contradictions(statements_of(stakeholder, document, families), known):
        yield document.fault(contradiction_words(subset), subset[0].where)
