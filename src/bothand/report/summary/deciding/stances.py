"""Each stance as it was signed, at its own searched best, and the both/and plan beside it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Interval, Part

Form = Literal["signed", "best", "both_and"]


class StancePart(Part):
    """One stance: the same money and services, searched for the values that it puts first."""

    plan: str
    puts_first: list[str] = Field(description="values that it was searched for; hope in both of its lines")
    declared: bool = Field(description="whether its own file names them; else every value on the map")
    why: str = Field(description="whose words say so, from its file")
    left_out: list[str] = Field(description="values that it puts first and that no money for its services moves here")
    dollars: dict[str, float] = Field(description="its best: service -> dollars a year; other lines stay as signed")
    better: bool = Field(description="whether the full model, too, finds its best better than the plan as signed")
    healthy_life_years: dict[Form, Interval] = Field(description="over a lifetime, against no new money")
    shares: dict[str, dict[Form, float]] = Field(
        description="value -> what the plan as signed, its best and the both/and plan give it in the full model, in "
        "shares of the most that all this money could do for it"
    )
    runs: int = Field(description="runs in which all three stand beside each other")
    text: str
