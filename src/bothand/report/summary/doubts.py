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


class OrderUnder(Part):
    """The plans' healthy life-years and places when something else than one input is otherwise."""

    key: str
    label: str
    ranks: list[Rank]


class Disputed(Part):
    """A service whose effect is disputed, and what rests on it: healthy life-years on the curves."""

    service: str
    rests: dict[str, float] = Field(description="plan -> healthy life-years that the service brings it")
    whole: dict[str, float] = Field(description="plan -> all of its healthy life-years, in the same runs")
    first: str = Field(description="plan with most of them")
    first_without: str = Field(description="plan with most of them if the service did nothing")


class Turn(Part):
    """A value of an input at which one plan begins to have more healthy life-years than another."""

    at: float
    before: str = Field(description="plan that has more at the best guess")
    after: str
    first: bool = Field(description="true when the plan that comes first changes")


class LocalCount(Part):
    """A judged number that the place can find out for itself, and what other value of it would turn the order."""

    key: str
    label: str
    unit: str
    used: float
    low: float
    high: float
    swing: float = Field(description="healthy life-years between its ends, both/and plan against no new money")
    how: Literal["count", "ask_payers", "ask_price", "ask_people"] = Field(description="how the place would find out")
    turns: list[Turn] = Field(
        description="at most one on each side; between the values that were run, on straight lines"
    )


class Minds(Part):
    """What would change our mind about the order of the plans, beside the inputs that decide it."""

    orders: list[OrderUnder] = Field(description="the supply, and how many people can be reached")
    disputed: list[Disputed] = Field(description="services whose effect is disputed, those that carry most first")
    counts: list[LocalCount] = Field(description="what the place should count first, the largest swing first")


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
