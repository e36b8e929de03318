"""Whether one change of a plan improves everything, and a plan that beats what others do for every group."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Interval, Part

MoveAnswer = Literal["move", "contradicted", "none", "open"]


class Shift(Part):
    """Dollars a year put into a service (above zero) or taken out of it."""

    service: str
    dollars: float


class MovePart(Part):
    """One plan, and the change of it that improves every value, or every group, most."""

    plan: str
    over: Literal["values", "groups"]
    step: float = Field(description="dollars a year by which a service may change")
    answer: MoveAnswer = Field(
        description="move: a change improves all, in the full model too; contradicted: it does on the curves and not "
        "in the full model; none: weights prove that no change improves all by more than 'counts'; open: none was "
        "found, and none was proved"
    )
    counts: float = Field(description="share of its own best by which each must gain for a change to count")
    changes: list[Shift] = Field(description="the change; empty where there is none that counts")
    on_curves: dict[str, float] = Field(description="by value or group: gain by it, in shares of its own best")
    in_full_model: dict[str, float] = Field(description="the same in the full model, in few draws; empty where not run")
    weights: dict[str, float] = Field(description="the proof: a weight for each value or group; they add up to 1")
    price: float = Field(description="the proof: what a dollar is worth, in weighted shares of own bests")
    left: float = Field(description="the most by which any such change can improve the least improved, by the proof")
    text: str


class ImprovementPart(Part):
    """The cheapest change of a plan that a reader gave: after it every value has more, or its worst loss is gone."""

    plan: str
    answer: Literal["improves", "contradicted", "undoes a loss", "none"] = Field(
        description="improves: every value gains, in the full model too; contradicted: by the curves only; undoes a "
        "loss: nothing improves every value, and this undoes the worst loss; none: neither was found"
    )
    dollars: float = Field(default=0.0, description="dollars a year that are moved")
    changes: list[Shift] = Field(default=[], description="where they go; empty for the repair of a loss, see 'losers'")
    in_full_model: dict[str, float] = Field(
        default={}, description="value -> what it gains in the full model, in shares of its own best"
    )
    group: str = Field(default="", description="who has the worst loss, where it is undone")
    text: str


class GroupBeaten(Part):
    """What one group gains more than under what others do, per 1,000 people of it, over a lifetime."""

    group: str
    per_1000: Interval


class BeatsOthers(Part):
    """A plan of the same money, sought so that every group gains more than under what others do."""

    dollars: dict[str, float] = Field(description="service -> dollars a year; empty where there is no such plan")
    groups: list[GroupBeaten] = Field(description="healthy life-years more, in the full model")
    share_no_group_worse: float | None = Field(
        description="share of runs in which no group has fewer healthy life-years than with no new money or under what "
        "others do, by more than its margin"
    )
    share_no_group_worse_by_any: float | None = Field(
        description="the same by years in remission as well, by both criteria"
    )
    draws: int
    left: float = Field(description="the most by which any plan can improve the least improved group, by the proof")
    text: str
