"""People: groups as they are on day one, and what every plan did for them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.deciding.repairs import RepairPart
from bothand.report.summary.parts import Interval, Part, Reference, Verdict


class LevelShare(Part):
    """What share of a group is at one level of the model on day one."""

    dimension: str
    label: str
    share: Interval


class Course(Part):
    """What happens to the people of a group with no new money."""

    label: str
    unit: str
    amount: Interval
    per_1000: Interval = Field(description="for each 1,000 people of the group")


class Group(Part):
    """People as they are on day one."""

    key: str
    label: str
    short: str
    people: Interval
    first_year_deaths: Interval
    line: Literal["without", "with"] = Field(
        default="without", description="the line of the picture that stands for them: without or with addiction"
    )
    made_up_of: list[LevelShare] = Field(default=[], description="who they are on day one; shares of one dimension")
    course: list[Course] = Field(default=[], description="what happens to them with no new money")
    alone: dict[str, Interval] = Field(
        default={},
        description="service -> healthy life-years of the group, over a lifetime, when all of the first round's yearly "
        "money goes to this service alone, in the draws of the curves",
    )


class Outcome(Part):
    """One number: what a plan did for a group by a horizon, against no new money."""

    plan: str
    group: str = Field(description="a group's key, or 'all'")
    horizon: str = Field(description="whole years of the study, such as '10', or 'lifetime'")
    money: Literal["three_years", "all_years"]
    indicator: str
    reference: Literal["no_new_money"]
    mean: float
    low: float
    high: float
    share_above_zero: float = Field(description="share of runs above zero")


class Indicator(Part):
    """What an outcome's indicator is."""

    key: str
    label: str
    unit: str
    better: Literal["more", "less", "neither"]


class GroupVerdict(Part):
    """Gains, gains least, loses or cannot tell."""

    plan: str
    group: str
    reference: Reference
    indicator: str
    verdict: Verdict
    per_1000: Interval
    share_not_worse: float = Field(
        description="share of runs in which the group is not worse off by more than the margin"
    )


class JointVerdict(Part):
    """Share of runs in which no group at all is worse off."""

    plan: str
    reference: Reference
    indicator: str
    share_no_group_worse: float


class Loser(Part):
    """A group that loses under a plan, and how."""

    plan: str
    group: str
    reference: Reference
    indicator: str
    amount: Interval = Field(description="per 1,000 people of the group")
    mechanism: str
    repair: str = Field(description="the cheapest change that removes the loss, or 'no repair found'")
    repairs: list[RepairPart] = Field(
        default=[], description="the cheapest of each kind; run in the full model where all was asked for"
    )


class Request(Part):
    """Requests for one kind of help."""

    plan: str
    kind: str
    label: str
    met_within_30_days: Interval = Field(description="share of the status-quo requests")
    waiting: Interval = Field(description="people waiting on an average day")
    full: Interval = Field(description="share of places in use")
