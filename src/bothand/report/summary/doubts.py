"""How sure we are: what decides the order, chance, grades, the fit, and what the model leaves out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Interval, Part


class Rank(Part):
    """One plan's healthy life-years and place under one assumption."""

    plan: str
    healthy_life_years: float
    rank: int | None = Field(description="None where neighbours cannot be told apart")


class Deciding(Part):
    """One input that decides the ranking."""

    key: str
    label: str
    used: float
    tried: float
    unit: str
    short: str
    ranks: list[Rank]


class Chance(Part):
    """What chance alone does to the county's death counts."""

    deaths_ten_years: float
    sd_ten_years: float = Field(description="sqrt(2 x deaths): two identical counties differ by this much")
    years_needed: dict[str, float] = Field(description="plan -> years of counts to see its effect with 80 % power")


class GradeCount(Part):
    """How many quantities in use carry each grade."""

    grade: Literal["primary", "secondary", "judgement", "unverified"]
    inputs: int
    drivers: int = Field(description="among the inputs that move the ranking most")


class EvidenceRow(Part):
    """One quantity as used."""

    key: str
    description: str
    unit: str
    mean: float
    low: float
    high: float
    grade: Literal["primary", "secondary", "judgement", "unverified"]
    interval_origin: str
    source: str
    locator: str
    swing: float | None = Field(description="healthy life-years between its ends, both/and plan against no new money")


class FitYear(Part):
    """One year of the fit."""

    place: str
    year: int
    observed: float | None
    test: Interval | None = Field(description="fit to the test years carried forward, with chance")
    decision: Interval | None = Field(description="fit to the last datum, with chance")
    outside: bool = Field(description="observed lies outside the decision (or, in the test years, the test) range")


class Fit(Part):
    """How the model was fitted and how wrong it was."""

    years: list[FitYear]
    free_parameters: int
    counts: int
    wrong_by: str = Field(description="a sentence: we were wrong by ...")
    note: str
    test_years: tuple[int, int] | None = Field(
        default=None, description="first and last year of the counts that the test fit was made to"
    )


class Check(Part):
    """Something the model was not given."""

    key: str
    label: str
    model: Interval
    published_low: float | None
    published_high: float | None
    published: str
    agrees: bool


class NotInModel(Part):
    """Something that matters and is not simulated."""

    what: str
    why: str
