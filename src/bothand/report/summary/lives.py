"""People one by one: what a county's counts may show by chance, and the courses of ten thousand lives."""

from __future__ import annotations

from pydantic import Field

from bothand.report.summary.parts import Interval, Part


class Counted(Part):
    """Overdose deaths that would be counted under one plan, chance included."""

    plan: str
    deaths: Interval = Field(description="in the years counted, over counties and luck")
    fewer_than_today: float = Field(
        description="share of pairs of counties, same draw, other luck, in which the county with the plan counts fewer "
        "deaths than the one with no new money"
    )


class Luck(Part):
    """What counts of deaths may show by chance: the same county again and again, with luck of its own."""

    counties: int = Field(description="counties run under each plan: draws x lucks")
    years: int
    people: int = Field(description="people followed in each, on day one")
    own_weeks: bool = Field(description="true where people share kits, places and queues of their own")
    fewer_next_year: float = Field(
        description="share of years with no new money in which fewer deaths are counted than the year before"
    )
    a_fifth_fewer: float = Field(description="the same, at least a fifth fewer")
    counted: list[Counted]


class LifeCourse(Part):
    """What became of people with addiction on day one under one plan; shares of them all."""

    plan: str
    overdose_death: float = Field(description="died of overdose within five years")
    other_death: float
    sustained: float = Field(description="reached a year of remission within five years, medication included")
    sustained_without: float = Field(description="the same, without medication")
    returns: list[float] = Field(
        description="of those who reached it: share with 0, 1, 2, 3 or more returns to use before"
    )
    overdose_before: float = Field(description="of those who reached it: share who survived an overdose before")
    overdose_death_in_all: float = Field(description="died of overdose within the years followed")


class Lives(Part):
    """Ten thousand lives, the same people with the same luck under each plan."""

    people: int
    years: int
    courses: list[LifeCourse]
