"""A place: who lives there, what was counted there, what it already has, its money by year and its rules.

One place is one TOML file in ``data/places`` with small CSV tables beside it; every figure carries its source. A county
names its state as parent and inherits what it does not state: rules, tables by age, shapes. What the model needs of a
place on day one (places, kits, starts) is a product of quantities in ``data/evidence``, named under ``[inputs]``.

Long because it holds the noun, its few verbs and its loader, whose checks are one line a fault.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from bothand.evidence.arrays import Floats
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, data_folder, examine, read_toml, told
from bothand.world.money import Money, money_faults
from bothand.world.population import (
    AgeGroup,
    Count,
    Mortality,
    OpenDay,
    OverdoseRate,
    R,
    Source,
    Starters,
    TableYear,
    blank,
    read_rows,
    table_faults,
)
from bothand.world.service import Key, OtherPayer, Record, Text, Year, named_file

NOT_SEEN = "not seen"
MEASURES, STATUSES = "measures.csv", "rule_statuses.csv"

Figure = Annotated[Count | None, BeforeValidator(blank)]


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";"))


Level = Literal["federal", "state", "local", "settlement", "payer", "evidence"]
Bearing = Literal["law", "money", "context"]


class Measure(Record):
    """What may stand in a series: its name for people, its unit, its kind and how it is counted."""

    measure: Key
    label: Text
    unit: Text
    kind: Literal["count", "share", "rate", "money"]
    definition: str


class Point(Record):
    """One figure of a series. ``value`` is None only when the status says that it was not seen."""

    place: Key
    measure: Key
    year: TableYear
    value: Figure
    low: Figure
    high: Figure
    unit: Text
    status: Text
    source: Source

    @model_validator(mode="after")
    def _in_order(self) -> Point:
        if (self.value is None) != self.status.startswith(NOT_SEEN):
            raise ValueError(f"a figure is missing exactly when its status begins with '{NOT_SEEN}'")
        if self.value is not None:
            if self.low is not None and self.low > self.value:
                raise ValueError(f"low {self.low:g} is above the value {self.value:g}")
            if self.high is not None and self.high < self.value:
                raise ValueError(f"high {self.high:g} is below the value {self.value:g}")
        return self


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


class ServiceToday(Record):
    """A service that exists on day one, as far as it was seen. No payers = not known."""

    service: Key
    what: Text
    payers: tuple[OtherPayer, ...] = ()
    source: Source


class LeftOut(Record):
    """Something that matters here and that the model does not hold."""

    what: Text
    why: Text
    source: Source


class Request(Record):
    """What residents asked for."""

    what: Text
    source: Source


class PeopleShape(Record):
    """Which deaths by sex, in which years, stand in for the composition of people with addiction."""

    female: Key
    male: Key
    years: tuple[Year, ...] = Field(min_length=1)


class PlaceFile(Record):
    """A place as its TOML file states it. Names of CSV files are beside it, or those that ship."""

    key: Key
    label: Text
    kind: Literal["state", "county"]
    parent: Text | None = Field(None, description="the place that this one is part of")
    note: Text
    series: Text = Field(description="CSV of figures by year")
    ages: Text | None = Field(None, description="CSV of people by single age")
    rules: Text | None = None
    life_table: Text | None = None
    overdose_rates: Text | None = None
    starters: Text | None = None
    evidence: Text | None = Field(None, description="CSV of the place's own quantities, for a reader's own place")
    people_shape: PeopleShape | None = None
    inputs: dict[Key, tuple[Key, ...]] = Field({}, description="name in the model = product of these quantities")
    share_of_parent: Key | None = Field(None, description="quantity: its share of the parent's people with addiction")
    services_today: tuple[ServiceToday, ...] = ()
    asked_for: tuple[Request, ...] = ()
    not_in_model: tuple[LeftOut, ...] = ()
    money: Money | None = None


class Tables(Record):
    """Tables by sex and age: the place's own, else its parent's."""

    life_table: tuple[Mortality, ...] = ()
    overdose_rates: tuple[OverdoseRate, ...] = ()
    starters: tuple[Starters, ...] = ()


class Place(Record):
    """A place with everything its file names, loaded and free of faults."""

    about: PlaceFile
    path: Path
    parent: Place | None
    points: tuple[Point, ...]
    ages: tuple[AgeGroup, ...]
    tables: Tables
    rules: tuple[Rule, ...] = Field(description="its own and its parent's")
    statuses: tuple[RuleStatus, ...]
    measures: tuple[Measure, ...]

    @property
    def key(self) -> str:
        """Code name."""
        return self.about.key

    @property
    def label(self) -> str:
        """Name for people."""
        return self.about.label

    @property
    def lineage(self) -> tuple[Place, ...]:
        """The place, its parent, and so on up."""
        return (self, *(self.parent.lineage if self.parent else ()))

    @property
    def evidence_files(self) -> tuple[Path, ...]:
        """Tables of quantities that come with this place or its parents, beside the shipped ones."""
        return tuple(p.path.parent / p.about.evidence for p in self.lineage if p.about.evidence)


@dataclass(frozen=True)
class Legality:
    """What law says of a service here: the worst of its rows, and every row, so that both levels can be printed."""

    label: str
    federal: tuple[Rule, ...]
    state: tuple[Rule, ...]
    not_paid_by: tuple[Rule, ...]  # who may not pay for it
    context: tuple[Rule, ...]  # bills, advice, warnings
    ends: tuple[Rule, ...]  # rules that end on a known day


# ------------------------------------------------------------------ verbs
def series(place: Place, measure: str) -> dict[int, Point]:
    """Return the figures of one measure by year, those not seen left out. Raises FaultsFound for an unknown measure."""
    _known(place, measure)
    return {p.year: p for p in place.points if p.measure == measure and p.value is not None}


def by_year(place: Place, measure: str, years: Sequence[int]) -> Floats:
    """Return the values of one measure (Y,), in its unit. Raises FaultsFound naming every year without one."""
    found = series(place, measure)
    missing = [str(year) for year in years if year not in found]
    if missing:
        raise FaultsFound([Fault(place.key, f"there is no '{measure}' of {', '.join(missing)}.", measure)])
    return np.array([found[year].value for year in years], dtype=np.float64)


def ratio(place: Place, measure: str, year: int, base: int) -> float:
    """Return the value of ``year`` over that of ``base`` within one measure, so that no two definitions are mixed."""
    top, bottom = by_year(place, measure, (year, base))
    return float(top / bottom)


def not_known(place: Place) -> tuple[Point, ...]:
    """Return the figures that were looked for and not seen: shown as "not known", never as zero."""
    return tuple(p for p in place.points if p.value is None)


def supplied(place: Place, values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return what the place gives the model, by the model's name: each the product of its quantities' draws (D,)."""
    faults = [Fault(place.key, f"no draw of '{k}'.", k) for k in _input_keys(place) if k not in values]
    if faults:
        raise FaultsFound(faults)
    return {n: np.asarray(np.prod([values[k] for k in ks], axis=0)) for n, ks in place.about.inputs.items()}


def quantity_keys(place: Place) -> tuple[str, ...]:
    """Return the keys of every quantity that the place names, each once."""
    money = place.about.money
    keys = [*_input_keys(place), *([place.about.share_of_parent] if place.about.share_of_parent else [])]
    keys += [money.unspent, money.factor, money.board_lag] if money else []
    return tuple(dict.fromkeys(keys))


def place_faults(place: Place, quantities: Collection[str], services: Collection[str] = ()) -> list[Fault]:
    """Return a fault for each quantity or (if any are given) service that the place names and that does not exist."""
    return named_faults(place.about, read_toml(place.path), quantities, services)


def named_faults(
    about: PlaceFile, document: Document, quantities: Collection[str], services: Collection[str] = ()
) -> list[Fault]:
    """The same for what stands in a place's own file, which may have faults of its own."""
    faults = [
        document.fault(f"unknown quantity '{key}'.", where, nearest(key, quantities))
        for where, key in _named_keys(about)
        if key not in quantities
    ]
    for number, today in enumerate(about.services_today if services else ()):
        if today.service not in services:
            where = ("services_today", number, "service")
            faults.append(
                document.fault(f"unknown service '{today.service}'.", where, nearest(today.service, services))
            )
    return faults


def legal(place: Place, service: str, on: datetime.date | None = None) -> Legality:
    """Return what the rules say of a service: the worst of its federal, state and local rows of law, all rows beside.

    A rule that ended before ``on`` no longer counts. Without a row of law the label is "no rule read".
    """
    meaning = {s.status: s for s in place.statuses}
    rows = [r for r in place.rules if service in r.services and (on is None or r.ends is None or r.ends >= on)]
    law = [r for r in rows if meaning[r.status].bears_on == "law"]
    worst = max(law, key=lambda r: meaning[r.status].severity, default=None)
    return Legality(
        label=meaning[worst.status].label if worst else "no rule read",
        federal=tuple(r for r in law if "federal" in r.level),
        state=tuple(r for r in law if "state" in r.level or "local" in r.level),
        not_paid_by=tuple(r for r in rows if meaning[r.status].bears_on == "money"),
        context=tuple(r for r in rows if meaning[r.status].bears_on == "context"),
        ends=tuple(r for r in rows if r.ends),
    )


def sources(place: Place) -> tuple[str, ...]:
    """Return every source that a figure, a table, a rule or a statement of the place names, each once."""
    rows: list[Point | AgeGroup | Mortality | OverdoseRate | Starters | Rule | ServiceToday | Request]
    rows = [*place.points, *place.ages, *place.tables.life_table, *place.tables.overdose_rates, *place.tables.starters]
    rows += [*place.rules, *place.about.services_today, *place.about.asked_for]
    found = [row.source for row in rows]
    found += [place.about.money.first_round.source] if place.about.money else []
    return tuple(dict.fromkeys(part for source in found for part in source.split("; ")))


def _named_keys(about: PlaceFile) -> Iterator[tuple[Path_, str]]:
    """Yield (where, key) of every quantity that the place file names."""
    for name, keys in about.inputs.items():
        yield from ((("inputs", name, number), key) for number, key in enumerate(keys))
    if about.share_of_parent:
        yield ("share_of_parent",), about.share_of_parent
    for name in ("unspent", "factor", "board_lag") if about.money else ():
        yield ("money", name), getattr(about.money, name)


def _input_keys(place: Place) -> list[str]:
    return [key for keys in place.about.inputs.values() for key in keys]


def _known(place: Place, measure: str) -> None:
    names = [m.measure for m in place.measures]
    if measure not in names:
        raise FaultsFound([Fault(place.key, f"unknown measure '{measure}'.", measure, None, nearest(measure, names))])


# ------------------------------------------------------------------ loading
def load_place(name: str | Path) -> Place:
    """Read a place by name or path, with its parents and tables. Raises FaultsFound once, with all faults."""
    return _load(named_file("places", name), ())


@lru_cache(maxsize=1)
def _measures() -> tuple[Measure, ...]:
    return _whole(data_folder() / "places" / MEASURES, Measure)


@lru_cache(maxsize=1)
def _statuses() -> tuple[RuleStatus, ...]:
    return _whole(data_folder() / "places" / STATUSES, RuleStatus)


def _whole(path: Path, row: type[R]) -> tuple[R, ...]:
    rows, faults = read_rows(path, row)
    if faults:
        raise FaultsFound(faults)
    return tuple(r for _, r in rows)


def _load(path: Path, below: tuple[Path, ...]) -> Place:
    document = read_toml(path)
    about, faults = examine(PlaceFile, document)
    if about is None:
        raise FaultsFound(faults)
    form = list(faults)
    if about.key != path.stem:
        faults += told([document.fault(f"the key '{about.key}' is not the file's name.", ("key",), path.stem)], form)
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
        statuses=_statuses(),
        measures=_measures(),
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
        near = nearest(name, [p.name for p in path.parent.glob("*.csv")])
        return [], [document.fault(f"there is no such file beside the place: '{name}'.", (field,), near)]
    return read_rows(path, row)


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
    return _load(path, below)


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


def series_faults(place: str, points: Sequence[tuple[int, Point]], path: Path) -> Iterator[Fault]:
    """Yield what is wrong with the sound rows of a place's series: names, units, shares, years, order of payments."""
    known = {m.measure: m for m in _measures()}
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


def rule_faults(rules: Sequence[tuple[int, Rule]], path: Path) -> Iterator[Fault]:
    """Yield a fault for each rule that stands twice, or whose status has no meaning."""
    meanings = [s.status for s in _statuses()]
    seen: dict[str, int] = {}
    for line, rule in rules:
        if rule.key in seen:
            yield Fault(str(path), f"the rule '{rule.key}' stands already in line {seen[rule.key]}.", "key", line)
        seen.setdefault(rule.key, line)
        if rule.status not in meanings:
            words = f"unknown status '{rule.status}'; allowed: {', '.join(meanings)}."
            yield Fault(str(path), words, rule.key, line, nearest(rule.status, meanings))


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
    if about.money is not None:
        paid = [(line, p.year) for line, p in points if p.measure == about.money.receipts]
        yield from money_faults(about.money, paid, document)
