"""Reading a place: its TOML file, the tables that it names, its parents; every fault of them in one pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, data_folder, examine, named_file, nearest_beside, read_toml, told
from bothand.world.help import Door, HelpLine, door_faults, line_faults
from bothand.world.money import money_faults
from bothand.world.place import Measure, Place, PlaceFile, Point, Tables
from bothand.world.population import (
    AgeGroup,
    Mortality,
    OverdoseRate,
    R,
    Starters,
    doubled,
    read_rows,
    table_faults,
    whole_table,
)
from bothand.world.rules import Rule, known_statuses, rule_faults
from bothand.world.spending.faults import rule_faults as spending_faults

MEASURES = "measures.csv"


def load_place(name: str | Path) -> Place:
    """Read a place by name or path, with its parents and tables. Raises FaultsFound once, with all faults."""
    return _load(named_file("places", name), ())


@lru_cache(maxsize=1)
def known_measures() -> tuple[Measure, ...]:
    """Return every measure that may stand in a series, from the table that ships."""
    return whole_table(data_folder() / "places" / MEASURES, Measure, measure_faults)


def _load(path: Path, below: tuple[Path, ...]) -> Place:
    document = read_toml(path)
    about, faults = examine(PlaceFile, document)
    if about is None:
        raise FaultsFound(faults)
    form = list(faults)
    faults += told(document.misnamed(about.key), form)
    parent = None
    try:
        parent = _parent(about, document, (*below, path.resolve()))
    except FaultsFound as found:
        faults += told(found.faults, form)
    points, wrong = _rows(document, "series", about.series, Point, form)
    faults += [*wrong, *series_faults(about.key, points, _beside(path, about.series))]
    faults += told(_own_faults(about, points, wrong, document), form)
    tables, wrong = _tables(about, document, parent, form)
    faults += wrong
    ages, wrong = _rows(document, "ages", about.ages, AgeGroup, form)
    rules, wrong_rules = _rows(document, "rules", about.rules, Rule, form)
    faults += [*wrong, *age_faults(about.key, ages, _beside(path, about.ages or ""))]
    faults += [*wrong_rules, *rule_faults(rules, _beside(path, about.rules or ""))]
    doors, wrong_doors = _rows(document, "doors", about.doors, Door, form)
    lines, wrong_lines = _help_lines(document, about, form)
    faults += [*wrong_doors, *door_faults(doors, _beside(path, about.doors or "")), *wrong_lines]
    if faults:
        raise FaultsFound(faults)
    return Place(
        about=about,
        path=path,
        parent=parent,
        points=tuple(p for _, p in points),
        ages=tuple(a for _, a in ages),
        tables=tables,
        rules=(*(r for _, r in rules), *(parent.rules if parent else ())),
        statuses=known_statuses(),
        measures=known_measures(),
        help_lines=(*lines, *(parent.help_lines if parent else ())),
        doors=(*(d for _, d in doors), *(parent.doors if parent else ())),
    )


def _beside(path: Path, name: str) -> Path:
    """Return a CSV beside the place's file, or the one that ships under that name."""
    own, shipped = path.parent / name, data_folder() / "places" / name
    return own if own.exists() or not shipped.exists() else shipped


def _rows(
    document: Document, field: str, name: str | None, row: type[R], form: Sequence[Fault]
) -> tuple[list[tuple[int, R]], list[Fault]]:
    """Read a table that the place file names; a name that stands for a faulty one is not blamed again."""
    if name is None or not told([document.fault("", (field,))], form):
        return [], []
    path = _beside(document.path, name)
    if not path.exists() and not path.is_symlink():
        words = f"there is no such file beside the place: '{name}'."
        return [], [document.fault(words, (field,), nearest_beside(path))]
    return read_rows(path, row)


def _help_lines(document: Document, about: PlaceFile, form: Sequence[Fault]) -> tuple[list[HelpLine], list[Fault]]:
    """Read the tables of numbers to call, in the order in which the place names them."""
    lines: list[HelpLine] = []
    faults: list[Fault] = []
    for name in about.help_lines:
        rows, wrong = _rows(document, "help_lines", name, HelpLine, form)
        faults += [*wrong, *line_faults(rows, _beside(document.path, name))]
        lines += [row for _, row in rows]
    return lines, faults


def _parent(about: PlaceFile, document: Document, below: tuple[Path, ...]) -> Place | None:
    if about.parent is None:
        return None
    beside = document.path.parent / f"{about.parent.removesuffix('.toml')}.toml"
    try:
        path = beside if beside.is_file() else named_file("places", about.parent)
    except FaultsFound as found:
        words = f"unknown parent '{about.parent}'."
        raise FaultsFound([document.fault(words, ("parent",), found.faults[0].nearest)]) from found
    if not path.is_file():
        raise FaultsFound([document.fault(f"unknown parent '{about.parent}'.", ("parent",))])
    if path.resolve() in below:
        raise FaultsFound([document.fault("a place cannot be a part of itself.", ("parent",))])
    parent = _load(path, below)
    if parent.parent is not None:
        words = f"{parent.label} is itself a part of {parent.parent.label}; name that one, and the share of it."
        raise FaultsFound([document.fault(words, ("parent",), parent.parent.key)])
    return parent


def _tables(
    about: PlaceFile, document: Document, parent: Place | None, form: Sequence[Fault]
) -> tuple[Tables, list[Fault]]:
    life_table, faults = _rows(document, "life_table", about.life_table, Mortality, form)
    overdose_rates, wrong = _rows(document, "overdose_rates", about.overdose_rates, OverdoseRate, form)
    starters_table, wrong_starters = _rows(document, "starters", about.starters, Starters, form)
    faults += [*wrong, *wrong_starters]
    life = tuple(r for _, r in life_table)
    rates = tuple(r for _, r in overdose_rates)
    starters = tuple(r for _, r in starters_table)
    if not faults:
        faults += table_faults(document.name, life, starters, rates)
    above = parent.tables if parent else Tables()
    return Tables(
        life_table=life or above.life_table,
        overdose_rates=rates or above.overdose_rates,
        starters=starters or above.starters,
    ), faults


def measure_faults(measures: Sequence[tuple[int, Measure]], path: Path) -> Iterator[Fault]:
    """Yield a fault for each measure that stands twice."""
    return doubled("measure", [(line, row.measure) for line, row in measures], path)


def series_faults(place: str, points: Sequence[tuple[int, Point]], path: Path) -> Iterator[Fault]:
    """Yield what is wrong with the sound rows of a place's series: names, units, shares, years, order of payments."""
    known = {m.measure: m for m in known_measures()}
    seen: dict[tuple[str, int], int] = {}
    last: dict[str, int] = {}
    for line, p in points:
        where, measure = f"{p.measure} {p.year}", known.get(p.measure)
        if p.place != place:
            yield Fault(str(path), f"the row is of '{p.place}'; this is the table of '{place}'.", where, line)
        if measure is None:
            yield Fault(str(path), f"unknown measure '{p.measure}'.", where, line, nearest(p.measure, known))
            continue
        if p.unit != measure.unit:
            near = nearest(p.unit, [measure.unit])
            yield Fault(str(path), f"the unit is '{p.unit}'; '{p.measure}' is in '{measure.unit}'.", where, line, near)
        if measure.kind == "share" and max(v for v in (p.value, p.low, p.high, 0.0) if v is not None) > 1:
            yield Fault(str(path), "a share lies between 0 and 1.", where, line)
        if (p.measure, p.year) in seen:
            yield Fault(str(path), f"the year stands twice (line {seen[p.measure, p.year]}).", where, line)
        elif measure.kind == "money" and p.year < last.get(p.measure, p.year):
            yield Fault(str(path), f"payments are out of order: {p.year} after {last[p.measure]}.", where, line)
        seen.setdefault((p.measure, p.year), line)
        last[p.measure] = p.year


def age_faults(place: str, ages: Sequence[tuple[int, AgeGroup]], path: Path) -> Iterator[Fault]:
    """Yield a fault for each row of another place, and for ages that leave a gap or overlap."""
    end = 0
    for line, group in ages:
        if group.place != place:
            yield Fault(str(path), f"the row is of '{group.place}'; this is the table of '{place}'.", "place", line)
        if group.age_from != end:
            yield Fault(str(path), f"ages do not join: {group.age_from} after {end}.", "age_from", line)
        end = group.age_to if group.age_to is not None else group.age_from + 1


def _own_faults(
    about: PlaceFile, points: Sequence[tuple[int, Point]], wrong: Sequence[Fault], document: Document
) -> Iterator[Fault]:
    if not wrong and not any(p.measure == "population" and p.value for _, p in points):
        yield document.fault("the place is empty: no row of 'population' has people in it.", ("series",))
    if about.kind == "county" and about.parent is None:
        yield document.fault("a county names the place that it is part of.", ("parent",))
    if about.parent is not None and about.share_of_parent is None:
        words = "a part of another place names its share of the people with addiction there."
        yield document.fault(words, ("share_of_parent",))
    yield from spending_faults(about.spending_rule, document)
    if about.money is not None:
        paid = [(line, p.year) for line, p in points if p.measure == about.money.receipts]
        yield from money_faults(about.money, paid, document)


def named_faults(
    about: PlaceFile, document: Document, quantities: Collection[str], services: Collection[str] = ()
) -> list[Fault]:
    """Return a fault for each quantity or (if any are given) service that a place's file names and nothing is."""
    faults = [
        document.fault(f"unknown quantity '{key}'.", where, nearest(key, quantities))
        for where, key in _named_keys(about)
        if key not in quantities
    ]
    for where, name in _named_services(about) if services else ():
        if name not in services:
            faults.append(document.fault(f"unknown service '{name}'.", where, nearest(name, services)))
    return faults


def _named_keys(about: PlaceFile) -> Iterator[tuple[Path_, str]]:
    """Yield (where, key) of every quantity that the place file names."""
    for name, keys in about.inputs.items():
        yield from ((("inputs", name, number), key) for number, key in enumerate(keys))
    if about.share_of_parent:
        yield ("share_of_parent",), about.share_of_parent
    for name in ("unspent", "factor", "board_lag") if about.money else ():
        yield ("money", name), getattr(about.money, name)


def _named_services(about: PlaceFile) -> Iterator[tuple[Path_, str]]:
    """Yield (where, key) of every service that the place file names."""
    for number, today in enumerate(about.services_today):
        yield ("services_today", number, "service"), today.service
    for number, rule in enumerate(about.spending_rule):
        yield ("spending_rule", number, "service"), rule.service
    for number, request in enumerate(about.asked_for):
        yield from ((("asked_for", number, "services", n), name) for n, name in enumerate(request.services))
