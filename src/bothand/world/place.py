"""A place: who lives there, what was counted there, what it already has, its money by year and its rules.

One place is one TOML file in ``data/places`` with small CSV tables beside it; every figure carries its source. A county
names its state as parent and inherits what it does not state: rules, tables by age, shapes. What the model needs of a
place on day one (places, kits, starts) is a product of quantities in ``data/evidence``, named under ``[inputs]``.
``placefile`` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from bothand.evidence.arrays import Floats
from bothand.faults import Fault, FaultsFound, nearest
from bothand.world.help import Door, HelpLine
from bothand.world.money import Money
from bothand.world.population import (
    AgeGroup,
    Count,
    Mortality,
    OverdoseRate,
    Source,
    Starters,
    TableYear,
    blank,
)
from bothand.world.rules import Rule, RuleStatus
from bothand.world.service import Key, OtherPayer, Record, Text, Year
from bothand.world.spending.rule import DownstreamCap, SpendingRule

NOT_SEEN = "not seen"

Figure = Annotated[Count | None, BeforeValidator(blank)]


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
    services: tuple[Key, ...] = Field((), description="services that answer it, any of them; empty = none here does")
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
    help_lines: tuple[Text, ...] = Field((), description="CSV tables of numbers to call in need")
    doors: Text | None = Field(None, description="CSV of where a person finds help here")
    evidence: Text | None = Field(None, description="CSV of the place's own quantities, for a reader's own place")
    people_shape: PeopleShape | None = None
    inputs: dict[Key, tuple[Key, ...]] = Field({}, description="name in the model = product of these quantities")
    share_of_parent: Key | None = Field(None, description="quantity: its share of the parent's people with addiction")
    services_today: tuple[ServiceToday, ...] = ()
    asked_for: tuple[Request, ...] = ()
    not_in_model: tuple[LeftOut, ...] = ()
    spending_rule: tuple[SpendingRule, ...] = Field(
        (), description="earmarks, ceilings and exclusions that law or the settlement sets for this place's money"
    )
    downstream_cap: DownstreamCap | None = Field(
        None, description="what others may be asked for beside this place's own dollars; absent = no cap"
    )
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
    help_lines: tuple[HelpLine, ...] = Field((), description="its own, then its parent's")
    doors: tuple[Door, ...] = Field((), description="its own, then its parent's")

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


def _input_keys(place: Place) -> list[str]:
    return [key for keys in place.about.inputs.values() for key in keys]


def _known(place: Place, measure: str) -> None:
    names = [m.measure for m in place.measures]
    if measure not in names:
        raise FaultsFound([Fault(place.key, f"unknown measure '{measure}'.", measure, None, nearest(measure, names))])
