"""The values: what they say, their marks, and how the simulation reads them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Part


class Value(Part):
    """One of the eleven values."""

    key: str
    label: str
    plain: str
    family: Literal["how_we_treat_people", "what_people_gain", "what_we_hope_for", "who_else_matters"]
    kind: Literal["simulated", "rated", "profile"]
    indicator: str
    unit: str
    without_addiction: str = Field(
        description="what it says to people without addiction, or 'does not speak to this group'"
    )
    order: int


class Mark(Part):
    """One cell of the picture."""

    value: str
    group: Literal["without", "with"]
    service: str
    sign: Literal["serves", "pulls_against"]
    status: Literal["measured", "claimed", "assumed"]
    source: str


class ValueReading(Part):
    """How one value is read: what one service does for it, and whether it is a vote for one."""

    value: str = Field(description="key of a value, or 'hope, without medication'")
    carrier: str = Field(
        default="", description="service that gives its best plan most of the gain; empty without room"
    )
    share: float = Field(default=0, description="the carrier's share of that gain: Shapley share on the curves, 0 to 1")
    vote: bool = Field(
        default=False, description="true when the share is above 0.95: here the value is a vote for the service"
    )
    alone: dict[str, float] = Field(
        default={},
        description="service -> what all the money on it gives, as a share of the value's own best; below 0: takes",
    )


class Likeness(Part):
    """Which values the simulation cannot tell apart."""

    clusters: list[list[str]] = Field(description="values that move together, |r| above 0.95 over random plans")
    directions: float = Field(
        description="number of independent directions: (sum of eigenvalues)^2 / sum of their squares, of the table of "
        "correlations; 1 = all the same"
    )
    values: int
    plans: int = Field(description="random plans at today's budget, on the curves")


class Rating(Part):
    """What the raters of a local panel said of a service and a value; never a mean, never added up."""

    service: str
    value: str
    role: Literal["everyone", "uses", "staff", "other"]
    counts: list[int] = Field(description="how many gave each point, 1 to 5")
    low: float = Field(description="low to high: the middle half of the ratings")
    middle: float
    high: float


class PictureSentences(Part):
    """The three sentences under the picture."""

    serves_most: str
    only_one: str
    hardest_pull: str
