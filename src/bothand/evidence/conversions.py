"""Named conversions between kinds of number, each with the assumption it makes, and prices to one price year.

Kinds do not mix (``bothand.units``); these functions are the only bridges. ``data/evidence/conversions.toml`` names the
quantities derived by them, so that a derived number carries its inputs, its conversion and its assumption.
Every function takes and returns floats or arrays of one shape; times in years, hazards per year.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, data_folder, read_csv, read_toml, validate

Numbers = NDArray[np.float64]
JUST_BELOW_ONE = 1 - 1e-9  # MATH: largest probability whose hazard is taken
PRICES = "cpi.csv"
DERIVED = "conversions.toml"


@dataclass(frozen=True)
class Conversion:
    """A named conversion: its function, the unit of its result, and the assumption it makes."""

    name: str
    function: Callable[..., Numbers]
    unit: str
    assumption: str
    needs_years: bool

    def __call__(self, *values: Numbers | float, years: float | None = None) -> Numbers:
        """Convert. ``years`` is the period, for the conversions that need one."""
        arrays = [np.asarray(v, dtype=float) for v in values]
        return self.function(*arrays, years) if self.needs_years else self.function(*arrays)


CONVERSIONS: dict[str, Conversion] = {}


def _named(unit: str, assumption: str, years: bool = False) -> Callable[[Callable[..., Numbers]], Conversion]:
    def register(function: Callable[..., Numbers]) -> Conversion:
        found = Conversion(function.__name__, function, unit, assumption, years)
        CONVERSIONS[found.name] = found
        return found

    return register


def _hazard(probability: Numbers) -> Numbers:
    return cast(Numbers, -np.log1p(-np.clip(probability, 0, JUST_BELOW_ONE)))


@_named("per person-year", "the hazard is constant over the period that the probability spans", years=True)
def hazard_from_probability(probability: Numbers, years: float) -> Numbers:
    """-ln(1 - p) / t: the yearly hazard behind a probability over ``years``."""
    return _hazard(probability) / years


@_named("probability", "the hazard is constant over the period", years=True)
def probability_from_hazard(hazard: Numbers, years: float) -> Numbers:
    """1 - exp(-h t): the probability over ``years`` of a yearly hazard."""
    return cast(Numbers, -np.expm1(-hazard * years))


@_named("per person-year", "people leave at one constant rate up to the time at which retention was seen", years=True)
def exit_hazard_from_retention(retained: Numbers, years: float) -> Numbers:
    """-ln(r) / t: the yearly rate of leaving that keeps a share ``r`` after ``years``."""
    return _hazard(1 - retained) / years


@_named("per person-year", "the time to the event is exponential, so that its median is ln 2 / hazard")
def hazard_from_median(median_years: Numbers) -> Numbers:
    """ln 2 / median: the yearly hazard of an exponential time with that median."""
    return cast(Numbers, np.log(2) / median_years)


@_named("per person-year", "the length is exponential, so that the hazard is one over its mean")
def hazard_from_mean_duration(mean_years: Numbers) -> Numbers:
    """1 / mean: the yearly hazard of an exponential time with that mean."""
    return 1 / mean_years


@_named("probability", "the odds ratio is the same at the baseline risk of the place")
def probability_under_odds_ratio(baseline: Numbers, odds_ratio: Numbers) -> Numbers:
    """OR p / (1 - p + OR p): the risk when the odds of a baseline risk are multiplied."""
    return odds_ratio * baseline / (1 - baseline + odds_ratio * baseline)


@_named("probability", "hazards stay proportional over the whole period of the baseline risk")
def probability_under_hazard_ratio(baseline: Numbers, hazard_ratio: Numbers) -> Numbers:
    """1 - (1 - p) ** HR: the risk over the same period when the hazard is multiplied."""
    return cast(Numbers, -np.expm1(-_hazard(baseline) * hazard_ratio))


@_named("hazard ratio", "hazards are constant and proportional over the follow-up in which the odds ratio was seen")
def hazard_ratio_from_odds_ratio(odds_ratio: Numbers, baseline: Numbers) -> Numbers:
    """ln(1 - p1) / ln(1 - p0), with p1 the risk under the odds ratio at the baseline risk p0."""
    return _hazard(probability_under_odds_ratio(baseline, odds_ratio)) / _hazard(baseline)


@_named("hazard ratio", "hazards are constant and proportional over the follow-up in which the risk ratio was seen")
def hazard_ratio_from_risk_ratio(risk_ratio: Numbers, baseline: Numbers) -> Numbers:
    """ln(1 - RR p0) / ln(1 - p0) at the baseline risk p0 (RR p0 is held below one)."""
    return _hazard(risk_ratio * baseline) / _hazard(baseline)


@_named("hazard ratio", "the share is one minus a survival curve with constant, proportional hazards")
def hazard_ratio_from_shares(with_service: Numbers, without: Numbers) -> Numbers:
    """ln(1 - p1) / ln(1 - p0): two shares with the event by the same time, as a ratio of hazards."""
    return _hazard(with_service) / _hazard(without)


@_named("rate ratio", "the ratio read the other way round: the groups change places")
def inverse_ratio(ratio: Numbers) -> Numbers:
    """1 / ratio: "out of treatment against in it" becomes "in it against out of it"."""
    return 1 / ratio


@_named("per person-year", "the ratio holds at every age and sex of the background rate")
def death_rate_from_smr(smr: Numbers, background: Numbers) -> Numbers:
    """SMR x background: a death rate from a standardised mortality ratio."""
    return smr * background


@_named("per person-year", "fatal and non-fatal overdoses are counted under one definition")
def overdoses_from_nonfatal(nonfatal: Numbers, fatal_share: Numbers) -> Numbers:
    """nonfatal / (1 - fatal share): the rate of all overdoses from the rate of those survived."""
    return nonfatal / (1 - fatal_share)


@_named("per person-year", "people who inject differ from others by one multiplier, and their share is known")
def rate_across_injecting(rate_injecting: Numbers, share_injecting: Numbers, multiplier: Numbers) -> Numbers:
    """rate / m x (1 - s + s m): the rate of all people with addiction from that of those who inject."""
    return rate_injecting / multiplier * (1 - share_injecting + share_injecting * multiplier)


@_named("utility", "the change adds to the utility of the same scale")
def utility_with_change(utility: Numbers, change: Numbers) -> Numbers:
    """utility + change: a state's utility from a base state and a decrement of the same scale."""
    return utility + change


PRICE_ASSUMPTION = (
    "prices follow the consumer price index for all items; after its last year they stand still; where a source states "
    "no price year it is the year of publication less two"
)


@dataclass(frozen=True)
class PriceIndex:
    """The consumer price index by year, the price year of the report, and where the index comes from."""

    by_year: Mapping[int, float]
    report_year: int
    source: str = ""
    assumption: str = PRICE_ASSUMPTION

    def factor(self, year: int) -> float:
        """Return what takes a price of ``year`` to the report year. Raises ValueError before the index begins."""
        return self._at(self.report_year) / self._at(year)

    def _at(self, year: int) -> float:
        if year < min(self.by_year):
            raise ValueError(f"the price index begins in {min(self.by_year)}; found the price year {year}")
        return self.by_year[min(year, max(self.by_year))]


def load_price_index(report_year: int | None = None, path: Path | None = None) -> PriceIndex:
    """Read ``cpi.csv`` (columns year, index, source). Raises FaultsFound for what is no year or index, and for
    a year that stands twice.
    """
    file = path or data_folder() / "evidence" / PRICES
    by_year: dict[int, float] = {}
    faults: list[Fault] = []
    source = ""
    for line, row in read_csv(file, ("year", "index", "source")):
        source = row["source"] or source
        if (
            re.fullmatch(r"\d{4}", row["year"])
            and re.fullmatch(r"\d+(\.\d+)?", row["index"])
            and float(row["index"]) > 0
        ):
            if int(row["year"]) in by_year:
                faults.append(Fault(str(file), f"the year {row['year']} stands twice.", "year", line))
            by_year[int(row["year"])] = float(row["index"])
        else:
            faults.append(Fault(str(file), "a year and an index above zero were expected.", "year", line))
    if faults or not by_year:
        raise FaultsFound(faults or [Fault(str(file), "the price index is empty.")])
    return PriceIndex(by_year, report_year or max(by_year), source)


class Derivation(BaseModel):
    """One derived quantity: which conversion, of which rows, over how many years."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    description: str
    by: str
    inputs: tuple[str, ...] = Field(alias="from")
    years: float | None = Field(default=None, gt=0)
    population: str = ""
    reference_population: str = ""


class Derivations(BaseModel):
    """The file of derived quantities."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    derived: dict[str, Derivation] = {}


def load_derivations(path: Path) -> tuple[Derivations, Document | None]:
    """Read ``conversions.toml``. Raises FaultsFound for an unknown key or an unknown conversion."""
    if not path.exists():
        return Derivations(), None
    document = read_toml(path)
    found = validate(Derivations, document)
    faults = [
        document.fault(f"unknown conversion '{d.by}'.", ("derived", key, "by"), nearest(d.by, CONVERSIONS))
        for key, d in found.derived.items()
        if d.by not in CONVERSIONS
    ]
    if faults:
        raise FaultsFound(faults)
    return found, document
