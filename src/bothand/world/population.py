"""Who lives in a place: people by sex and age, the tables of their deaths, and the shapes of those who use and start.

Arrays run over strata S = sex x age band, sex outermost, as in the model: bands [a, b) from the edges ``ages``.
The tables are a country's (2017) and stand in for the place's own; DESIGN 4 and 6 say why.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from bothand.evidence.arrays import Floats
from bothand.faults import Fault, FaultsFound
from bothand.files import Document, scan_csv, validate
from bothand.world.service import FIRST_YEAR, LAST_YEAR, Key, Record, Text, no_markup

if TYPE_CHECKING:
    from bothand.world.place import Place

R = TypeVar("R", bound=Record)
Together = Callable[[Sequence[tuple[int, R]], Path], Iterable[Fault]]  # what rows say together

PER_100_000 = 100_000  # UNIT: people of a rate "per 100,000"
OLDEST = 150  # UNIT: years of age that a table may name
HALVINGS = 60  # MATH: bisections, to the last bit
ROUNDING = 1e-9  # MATH: shares that sum to one within this are one
SEXES = ("female", "male")


def _stated(text: str) -> str:
    if not text:
        raise ValueError("the source is missing")
    return no_markup(text)


def blank(cell: Any) -> Any:
    """Return None for an empty cell, and any other cell as it is."""
    return None if cell == "" else cell


Source = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_stated)]
Count = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Age = Annotated[int, Field(ge=0, le=OLDEST)]
OpenDay = Annotated[datetime.date | None, BeforeValidator(blank)]
TableYear = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Sex = Literal["female", "male"]
OpenAge = Annotated[Age | None, BeforeValidator(blank)]


class AgeGroup(Record):
    """People of both sexes in the ages [age_from, age_to); no age_to = and older."""

    place: Key
    year: TableYear
    age_from: Age
    age_to: OpenAge
    people: Count
    status: Text
    source: Source


class Mortality(Record):
    """The chance ``q`` that a person of one sex and single age dies within the year."""

    sex: Sex
    age: Age
    q: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
    source: Source


class OverdoseRate(Record):
    """Overdose deaths per 100,000 people and year of one sex in the ages [age_from, age_to)."""

    sex: Sex
    age_from: Age
    age_to: OpenAge
    all_drugs: Count
    opioids: Count
    source: Source


class Starters(Record):
    """Share of the people who start to use opioids nonmedically in the ages [age_from, age_to), both sexes."""

    age_from: Age
    age_to: Age
    share: Share
    status: Text
    source: Source


def read_rows(path: Path, row: type[R]) -> tuple[list[tuple[int, R]], list[Fault]]:
    """Return (line, row) of every sound row of a CSV whose columns are the fields of ``row``, and every fault."""
    rows: list[tuple[int, R]] = []
    table, faults = scan_csv(path, row.model_fields)
    for line, cells in table:
        try:
            rows.append((line, validate(row, Document(path, dict(cells)))))
        except FaultsFound as found:
            faults += [replace(fault, line=line) for fault in found.faults]
    return rows, faults


def whole_table(path: Path, row: type[R], together: Together[R]) -> tuple[R, ...]:
    """Return every row of such a CSV. Raises FaultsFound with every fault, those of ``together`` among them."""
    rows, faults = read_rows(path, row)
    faults += together(rows, path)
    if faults:
        raise FaultsFound(faults)
    return tuple(r for _, r in rows)


def doubled(what: str, names: Iterable[tuple[int, str]], path: Path, where: str = "") -> Iterator[Fault]:
    """Yield a fault for each (line, name) whose name stands in an earlier line already."""
    seen: dict[str, int] = {}
    for line, name in names:
        if name in seen:
            yield Fault(str(path), f"the {what} '{name}' stands already in line {seen[name]}.", where or what, line)
        seen.setdefault(name, line)


def residents(place: Place, ages: Sequence[int]) -> Floats:
    """Return residents by stratum (S,), people: single ages of the place, split by its share of men at every age.

    That the share of men is the same at every age is an assumption; it overstates old men. Raises FaultsFound when a
    place and its parents have no table of ages.
    """
    groups = place.ages or (place.parent.ages if place.parent else ())
    if not groups:
        raise FaultsFound([Fault(place.key, "there is no table of people by age, here or in the parent place.")])
    total = np.array([sum(g.people for g in groups if a <= g.age_from < b) for a, b in _bands(ages)])
    return np.concatenate([total * share for share in _sex_shares(place)])


def background_mortality(place: Place, ages: Sequence[int]) -> Floats:
    """Return the hazard of death from causes other than overdose by stratum (S,), per year.

    Single ages: mu(x) = max(0, -log(1 - q(x)) - o(x)), q from the life table and o the overdose death rate of the sex
    and age, both of one year. A band [a, b) but the last: deaths over years lived of a cohort that enters at a,

        h = (1 - S(b)) / sum over x of S(x) (1 - exp(-mu(x))) / mu(x),   S(x + 1) = S(x) exp(-mu(x)),  S(a) = 1.

    The last band has no exit but death. Its h closes the chain (ageing 1 / width in every other band): among the bands
    below, the largest and the smallest error of ``_chain`` against ``remaining_years`` are equal and opposite
    (under 0.7 years here). A person ages without memory in a chain, so the true rate of the last band would leave
    everyone three to four years too many. Raises FaultsFound when an age of a band has no row.
    """
    return np.concatenate([_band_hazards(mortality_by_age(place, sex), ages) for sex in SEXES])


def mortality_by_age(place: Place, sex: str) -> dict[int, float]:
    """Return the hazard of death from causes other than overdose, per year, by single age."""
    tables = place.tables
    found = {row.age: -float(np.log1p(-row.q)) for row in tables.life_table if row.sex == sex}
    return {age: max(0.0, h - _overdose_rate(place, sex, age, "all_drugs")) for age, h in sorted(found.items())}


def years_lived(hazards: dict[int, float], start: int, end: int) -> float:
    """Return the years lived between two exact ages under a hazard that is constant within each age."""
    mu = np.array([hazards[age] for age in range(start, end)])
    alive = np.exp(-np.concatenate([[0.0], np.cumsum(mu)[:-1]]))
    in_year = np.divide(-np.expm1(-mu), mu, out=np.ones_like(mu), where=mu > 0)
    return float(alive @ in_year)


def remaining_years(hazards: dict[int, float], ages: Sequence[int]) -> Floats:
    """Return the mean years still lived, up to the last edge, by people inside each band (one per band).

    The people of a band are weighted by life-table survivorship: integral of T over the band / integral of S, with T(x)
    the years that the survivors of x live from x on.
    """
    first, last = ages[0], ages[-1]
    mu = np.array([hazards[age] for age in range(first, last)])
    alive = np.exp(-np.concatenate([[0.0], np.cumsum(mu)]))
    lived = alive[:-1] * np.divide(-np.expm1(-mu), mu, out=np.ones_like(mu), where=mu > 0)
    ahead = np.concatenate([np.cumsum(lived[::-1])[::-1], [0.0]])
    midway = (ahead[:-1] + ahead[1:]) / 2
    spans = [slice(a - first, b - first) for a, b in _bands(ages)]
    return np.array([midway[span].sum() / lived[span].sum() for span in spans])


def people_shape(place: Place, ages: Sequence[int]) -> Floats:
    """Return the composition of people with addiction by stratum (S,), summing to 1.

    A stand-in, labelled so: no table of people with addiction by sex and age was found, so it is the composition of
    opioid *deaths*: national rates by sex and age on the place's residents, scaled to the place's own deaths by sex.
    A county without deaths by sex takes its parent's shape. Deaths are older and more often men than addiction is.
    """
    if place.about.people_shape is None and place.parent is not None:
        return people_shape(place.parent, ages)
    groups = place.ages
    parts = []
    for sex, weight in zip(SEXES, _death_weights(place), strict=True):
        rates = [(g.age_from, g.people * _overdose_rate(place, sex, g.age_from, "opioids")) for g in groups]
        bands = np.array([sum(deaths for age, deaths in rates if a <= age < b) for a, b in _bands(ages)])
        parts.append(bands / bands.sum() * weight)
    return np.concatenate(parts)


def starters_shape(place: Place, ages: Sequence[int]) -> Floats:
    """Return the composition of people who start by stratum (S,), summing to 1: the age table x the place's sex shares.

    Raises FaultsFound when a row of the table lies across an edge of ``ages``.
    """
    bands = _bands(ages)
    shares = np.zeros(len(bands))
    for row in place.tables.starters:
        inside = [i for i, (a, b) in enumerate(bands) if a <= row.age_from and row.age_to <= b]
        if not inside:
            words = f"starters of ages {row.age_from} to {row.age_to} lie across the bands {list(ages)}."
            raise FaultsFound([Fault(place.key, words)])
        shares[inside[0]] += row.share
    return np.concatenate([shares / shares.sum() * sex for sex in _sex_shares(place)])


def table_faults(
    place: str, life: Sequence[Mortality], starters: Sequence[Starters], rates: Sequence[OverdoseRate] = ()
) -> list[Fault]:
    """Return what is wrong with whole tables: a sex that is missing, ages with gaps, shares that do not sum to one."""
    faults = []
    for sex in SEXES if rates else ():
        bands = sorted((row.age_from, row.age_to or OLDEST) for row in rates if row.sex == sex)
        if not bands or any(end != start for (_, end), (start, _) in itertools.pairwise(bands)):
            faults.append(Fault(place, f"the overdose deaths of '{sex}' are missing, or their ages do not join."))
    for sex in SEXES if life else ():
        found = sorted(row.age for row in life if row.sex == sex)
        if not found or found != list(range(found[0], found[-1] + 1)):
            faults.append(Fault(place, f"the life table of '{sex}' is missing, or has a gap or an age twice."))
    spans = sorted((row.age_from, row.age_to) for row in starters)
    if any(start < end for (_, end), (start, _) in itertools.pairwise(spans)):
        faults.append(Fault(place, "ages of people who start overlap, or stand twice."))
    total = sum(row.share for row in starters)
    if starters and abs(total - 1) > ROUNDING:
        faults.append(Fault(place, f"the shares of people who start sum to {total:.3f}, not to 1."))
    return faults


def _bands(ages: Sequence[int]) -> list[tuple[int, int]]:
    return list(itertools.pairwise(ages))


def _sex_shares(place: Place) -> tuple[float, float]:
    """Shares of women and men among residents: the last year of ``share_male``, the place's or its parent's."""
    for where in place.lineage:
        found = [p.value for p in where.points if p.measure == "share_male" and p.value is not None]
        if found:
            return 1 - found[-1], found[-1]
    raise FaultsFound([Fault(place.key, "there is no 'share_male' in the series, here or in the parent place.")])


def _death_weights(place: Place) -> list[float]:
    """Shares of women and men among opioid deaths in the years that the place file names."""
    shape = place.about.people_shape
    if shape is None or not place.ages:
        raise FaultsFound([Fault(place.key, "people by age and deaths by sex are needed for the shape of addiction.")])
    deaths = [
        sum(p.value or 0 for p in place.points if p.measure == measure and p.year in shape.years)
        for measure in (shape.female, shape.male)
    ]
    if not sum(deaths):
        raise FaultsFound([Fault(place.key, f"no deaths by sex in the years {list(shape.years)}.")])
    return [d / sum(deaths) for d in deaths]


def _overdose_rate(place: Place, sex: str, age: int, column: str) -> float:
    for row in place.tables.overdose_rates:
        if row.sex == sex and row.age_from <= age and (row.age_to is None or age < row.age_to):
            return float(getattr(row, column)) / PER_100_000
    return 0.0


def _band_hazards(hazards: dict[int, float], ages: Sequence[int]) -> Floats:
    found = []
    for a, b in _bands(ages):
        missing = [age for age in range(a, b) if age not in hazards]
        if missing:
            words = f"the band {a} to {b} has ages without a row: {', '.join(map(str, missing))}."
            raise FaultsFound([Fault("life table", words)])
        died = -np.expm1(-sum(hazards[age] for age in range(a, b)))
        found.append(died / years_lived(hazards, a, b))
    rates = np.array(found)
    if len(rates) > 1:
        rates[-1] = 1 / _years_in_last(rates, ages, remaining_years(hazards, ages))
    return rates


def _chain(rates: Floats, ages: Sequence[int]) -> tuple[Floats, Floats]:
    """Return (a, b) with e = a + b x: years still lived in each band, x those of the last band."""
    after, at_last = np.zeros(len(rates)), np.ones(len(rates))
    for k in range(len(rates) - 2, -1, -1):
        ageing = 1 / (ages[k + 1] - ages[k])
        after[k] = (1 + ageing * after[k + 1]) / (rates[k] + ageing)
        at_last[k] = ageing * at_last[k + 1] / (rates[k] + ageing)
    return after, at_last


def _years_in_last(rates: Floats, ages: Sequence[int], wanted: Floats) -> float:
    """Return the x of ``_chain`` at which the largest and smallest error below the last band are opposite."""
    after, at_last = (values[:-1] for values in _chain(rates, ages))
    low, high = 0.0, float(ages[-1] - ages[-2])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        errors = after + at_last * middle - wanted[:-1]
        low, high = (low, middle) if errors.max() + errors.min() > 0 else (middle, high)
    return (low + high) / 2
