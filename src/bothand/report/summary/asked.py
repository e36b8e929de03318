"""What was asked: the study and its money."""

from __future__ import annotations

from pydantic import Field

from bothand.report.summary.parts import Interval, Part


class StudyPart(Part):
    """What was asked."""

    key: str
    label: str
    place: str = Field(description="public name, for example 'Washtenaw County, Michigan'")
    model: str
    programmes: list[str] = Field(
        default=[], description="programmes on whose terms their services are run, with what each says that this is"
    )
    left_to_plans: list[str] = Field(
        default=[],
        description="services that search may not choose as these programmes run them: beyond the limit on coercion",
    )
    day_one: str = Field(description="ISO date")
    last_day: str
    draws: int
    draws_all_years: int = Field(description="the first draws, in which the money of all years was followed")
    seed: int
    version: str
    run: str = Field(description="short hash of inputs, seed and code version: the same inputs give the same hash")
    data_as_of: str
    notice: str = Field(
        default="", description="printed at the top and across the sheet of an example or unreviewed run"
    )


class Money(Part):
    """What the council can spend."""

    per_year: float = Field(description="US dollars a year of the first round")
    years: list[int] = Field(description="years in which the first round pays")
    first_round: float
    rule: str = Field(description="one or two sentences: source of the money, dates, what share must be remediation")
    all_years: Interval = Field(description="unspent receipts plus payments to the last payment year, US dollars")
    price_year: int
    people_with_addiction: Interval
    per_person_with_addiction: float = Field(description="first-round dollars a year over the mean of these people")
    periods: list[str] = Field(description="spending periods of 'all years', for example '2026-2028'")
