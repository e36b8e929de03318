"""What would undo a loss: money moved, money added, or one service run otherwise."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.deciding.ways import WayPart
from bothand.report.summary.parts import Interval, Part, Reference


class RepairPart(Part):
    """The cheapest repair of a loss of one kind, and what the full model says of it."""

    kind: Literal["reallocation", "addition", "terms"]
    dollars: float = Field(
        description="dollars a year that are moved or added; by terms: what they cost more, from any payer"
    )
    into: str = Field(default="", description="service to which most of the money goes; empty for terms")
    way: WayPart | None = Field(default=None, description="what is run otherwise, for terms")
    after: Interval | None = Field(
        default=None, description="what the group still gains or loses per 1,000 people, repaired, in the full model"
    )
    before: Interval | None = Field(default=None, description="the same without the repair, in the same few draws")
    gone: bool | None = Field(default=None, description="whether no loss is left in the full model; null: not run")
    starts: list[str] = Field(default=[], description="groups that would begin to lose by it, in the full model")
    text: str


class JointAll(Part):
    """Share of runs in which no group at all is worse off than under any of the references, all in the same run."""

    plan: str
    references: list[Reference]
    indicators: list[str]
    share_no_group_worse: float
