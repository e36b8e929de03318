"""What each stakeholder would choose, where two truly disagree, and what all could live with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Interval, Part

Seal = Literal["sealed before", "sealed after", "changed since", "not sealed"]


class Held(Part):
    """One plan as one stakeholder holds it."""

    plan: str
    first: float = Field(description="share of its weights and of the runs in which it puts the plan first")
    ranks: list[float] = Field(description="share in which the plan has each rank, the first rank first")
    best: bool = Field(description="by the mean of the runs, the best of the plans at one of its weights at least")
    central: dict[str, float] = Field(
        default={}, description="value on the map -> mean of the weights that put the plan first; empty: none do"
    )
    confidence: float | None = Field(
        default=None, description="share of the runs in which the plan is first at its central weight"
    )
    regret: float = Field(
        description="what it may give up at most by the plan, in shares of all that counts for it; against every "
        "affordable plan of the curves and every plan that was run, in few runs"
    )
    regret_in_runs: Interval | None = Field(
        default=None,
        description="the same run by run: the plan, the weight and what would be chosen instead are chosen once",
    )


class Voice(Part):
    """The same with an equal voice for each family of values, or for each direction, in place of each value."""

    tree: Literal["families", "directions"] = Field(
        description="families: as the values' own files say; directions: values that the simulation cannot tell apart"
    )
    first: dict[str, float] = Field(description="plan -> share of weights and runs in which it comes first")
    excess: dict[str, float] = Field(
        description="family, or a value that names a direction or stands alone -> how much more of all weight it has "
        "when every value has one voice: the splitting bias; they sum to 0"
    )


class AskedTwice(Part):
    """Points of one value that were asked again over another way, to see whether the question made them."""

    value: str
    way: float = Field(description="the second way, as a multiple of the whole way")
    before: float = Field(description="its points for the whole way")
    after: float = Field(description="its points for the second way")
    sensitivity: float = Field(description="1: points moved as the way did; 0: they did not move")
    low: float = Field(description="the least that it may be, each number off by the stated tolerance")
    high: float
    moved: Literal["as the range", "not at all", "too little", "too much", "the other way", "cannot tell"]
    words: str


class Stakeholder(Part):
    """One stakeholder beside the plans. All weights that its statements leave are taken alike."""

    key: str
    label: str
    short: str
    stands_for: str
    source: str
    reviewed: str
    ships: bool = Field(description="a position written to try the method with: neither a person nor a survey")
    seal: Seal = Field(description="how its file stood to its seal when the run began")
    off_the_map: tuple[float, float] = Field(
        default=(1.0, 1.0), description="least and largest share of its weight on values that are on no map"
    )
    entropy: float | None = Field(default=None, description="choice entropy in bits; 0: one plan is always first")
    asked_twice: list[AskedTwice] = Field(
        default=[], description="points asked again over another way; no weight moves"
    )
    evenness: float | None = Field(
        default=None,
        description="how even the middle of its weights is; 1: all values alike; none where all weight is on no map",
    )
    points_evenness: float | None = Field(default=None, description="the same of its swing points, where it gave some")
    even: str = Field(default="", description="which of these is so even that it may be no choice, in words")
    always: list[tuple[str, str]] = Field(
        default=[],
        description="pairs of plans of which it holds the first better at every one of its weights (never worse, and "
        "better at some), by the mean of the runs; of any other pair each may be the better one, or both are equal",
    )
    pairs: int = Field(default=0, description="of how many pairs of plans")
    voices: list[Voice] = Field(default=[], description="empty where all of its weight is on no map")
    plans: list[Held] = Field(default=[], description="empty where all of its weight is on values that are on no map")


class Apart(Part):
    """Where two stakeholders disagree: pairs of plans, the one that the first holds better named first."""

    first: str
    second: str
    always: list[tuple[str, str]] = Field(description="whatever their weights, by the mean of the runs")
    nearly: list[tuple[str, str]] = Field(description="in 19 of 20 of the weights and runs of each")
    pairs: int = Field(description="of how many pairs of plans")


class Shared(Part):
    """One service where stakeholders meet, in dollars a year."""

    service: str
    plan: float = Field(description="what the plan with the least largest regret spends on it")
    least: float = Field(description="the least over all plans that all could live with")
    most: float = Field(description="the most over all plans that all could live with")
    floor: float = Field(description="the least that each of them, deciding alone, would keep")


class LargestRegret(Part):
    """One plan, by the position that would give up most by it, in shares of all that counts for that position."""

    plan: str = Field(description="a plan that was run, or 'common_ground'")
    regret: Interval = Field(description="mean and 19 in 20 of few runs")
    told: bool | None = Field(description="whether it can be told from the next plan of the list; None for the last")


class CommonGround(Part):
    """What all could live with: the plan whose largest regret over all stakeholders is least, and plans about as good.

    Regret is what a stakeholder may give up at most, in shares of all that counts for it, against every plan that this
    money could pay for.
    """

    regret: float = Field(description="the least that the largest regret can be, on the curves")
    margin: float = Field(description="how much more a plan may ask of anyone and still be common ground")
    regrets: dict[str, float] = Field(description="stakeholder -> its regret under the plan, on the curves")
    in_the_model: dict[str, float] = Field(description="the same where the full model is run, in few runs")
    in_runs: dict[str, Interval] = Field(default={}, description="the same run by run, every choice made once")
    order: list[LargestRegret] = Field(
        default=[], description="this plan and every plan that was run, the least largest regret on average first"
    )
    without: dict[str, float] = Field(description="stakeholder -> the least largest regret if it were not asked")
    binds: list[str] = Field(description="stakeholders one of whom must give way for the regret to fall")
    services: list[Shared]
    gap: float = Field(description="largest difference of curves and full model at the plan, in shares of the own best")
    runs: int = Field(description="runs in which the full model was asked")
