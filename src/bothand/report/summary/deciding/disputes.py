"""What people disagree about and whether it changes the decision, and what it is worth to find out first."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Part

Outcome = Literal["changes", "does not change", "not tried"]


class SideTrial(Part):
    """The both/and plan found under one side's belief, and what the other plans cost this side by the full model."""

    dollars: dict[str, float] = Field(description="dollars a year by service; a service without money is left out")
    healthy_life_years: float = Field(description="of its own plan, in the one world that it believes in")
    lost: float = Field(description="healthy life-years lost by the other side's plan; below zero: that plan is better")
    share_lost: float = Field(description="what the least served value loses, as a share of its own best")
    lost_by_best_guess: float = Field(description="healthy life-years lost by the plan of the best guess")
    error: float = Field(description="healthy life-years by which the curves miss the full model at its plan")
    share_error: float = Field(description="the same for the share of the least served value")
    loses: bool = Field(description="whether the other side's plan costs more than the curves' error")


class DisputeSide(Part):
    """One position on a claim."""

    label: str
    says: str
    sources: list[str]
    trial: SideTrial | None = Field(default=None, description="None where the dispute was not tried")


class Settling(Part):
    """What settling a dispute is worth before a plan is chosen, beside what a study of it costs.

    Worth and cost are in one unit, healthy life-years: a cost is what its dollars would bring at the margin of the
    both/and plan, taken from every service in equal shares.
    """

    inputs: list[str] = Field(description="rows of the evidence it is about that are drawn; empty: no drawn input")
    labels: list[str] = Field(description="what these rows are")
    worth: float | None = Field(description="of knowing them exactly (EVPPI), the most that a study can bring")
    error: float | None = Field(description="standard error of the worth")
    told: bool = Field(description="whether the worth is above what chance alone would earn in so few runs")
    study: Literal["count", "survey", "records", "cohort", "trial"] | None = Field(
        description="the kind of study that would settle it; none where no study would"
    )
    row: str = Field(default="", description="row of the evidence that says what such a study costs")
    usd: tuple[float, float, float] | None = Field(default=None, description="its cost: least, middle and most")
    life_years: tuple[float, float, float] | None = Field(
        default=None, description="healthy life-years that these dollars would bring at the margin"
    )
    share: float | None = Field(default=None, description="its middle cost as a share of the first round's money")
    counties: float | None = Field(
        default=None,
        description="counties like this one that would have to share it for it to pay; none: no number would",
    )
    worth_usd: float | None = Field(default=None, description="the worth in dollars, where the study's file names some")
    pays: Literal["yes", "no", "cannot tell"] | None = Field(
        description="whether knowing is worth its cost to this county; none where one of the two is not known"
    )


class RegisterEntry(Part):
    """A dispute of the register: the claim, both positions, and what it changes."""

    key: str
    topic: str
    claim: str
    about: Literal["a fact", "values"]
    services: list[str]
    settled_by: str
    outcome: Outcome
    why_not: str = Field(default="", description="why it was not tried, in words; empty where it was")
    moved: float = Field(default=0.0, description="share of the money that stands elsewhere in the second side's plan")
    least_moved: float = Field(default=0.0, description="share of the money above which the decision may change")
    enters: list[str] = Field(default=[], description="services that only the second side's plan pays for")
    leaves: list[str] = Field(default=[], description="services that only the first side's plan pays for")
    settling: Settling | None = Field(
        default=None, description="what settling it is worth and costs; only for the ten disputes that change most"
    )
    sides: list[DisputeSide] = Field(description="the two sides, first and second")


class StudyWorth(Part):
    """What a local count of so many people or cases is worth before a plan is chosen (EVSI), in healthy life-years."""

    people: int
    worth: float = Field(description="never more than knowing the number exactly")
    error: float
    told: bool = Field(description="whether it is above what chance alone would earn in so few runs")


class WorthToWhom(Part):
    """What knowing first is worth to one stakeholder, in shares of all that counts for it."""

    stakeholder: str
    everything: float = Field(description="knowing everything (EVPI), at the middle of its weights")
    by_chance: float = Field(description="what the best of as many inputs that say nothing may seem to be worth")
    input: str = Field(description="row of the evidence that is worth most to it, of those worth most to all")
    label: str
    worth: float = Field(description="knowing that input exactly (EVPPI), at the middle of its weights")
    low: float = Field(description="the least over all its weights")
    high: float = Field(description="the most over all its weights")
    told: bool = Field(description="whether the worth is above what chance alone would earn")


class WorthKnowing(Part):
    """What it is worth to know one input exactly before a plan is chosen (EVPPI), in healthy life-years."""

    key: str = Field(description="row of the evidence")
    label: str
    worth: float
    error: float = Field(description="standard error of the worth")
    told: bool = Field(description="whether it is above what chance alone would earn in so few runs")
    disputes: list[str] = Field(description="keys of the disputes about it")
    settled_by: list[str] = Field(description="what would settle each of them")
    studies: list[StudyWorth] = Field(
        default=[], description="local counts of rising size; only for the few worth most that are a share of people"
    )


class Learning(Part):
    """What there is to learn in all before a plan is chosen."""

    plans: list[str] = Field(description="plans to choose from")
    best: str = Field(description="the plan with most healthy life-years on average, which is chosen without learning")
    everything: float = Field(description="healthy life-years from knowing everything first (EVPI)")
    by_chance: float = Field(description="what the best of as many inputs that say nothing may seem to be worth")
    runs: int
    study_source: str = Field(default="", description="where the sizes of local counts come from")
    study_cost: str = Field(default="cost not known", description="what such a count costs")
    margin: float = Field(
        default=0.0, description="healthy life-years that $100,000 bring at the margin of the both/and plan"
    )
    by_chance_disputes: float = Field(
        default=0.0, description="what the best of as many inputs as the disputes have may seem to be worth"
    )
    cost_source: str = Field(default="", description="where the costs of studies come from")
    whom: list[WorthToWhom] = Field(default=[], description="what knowing is worth to each stakeholder")
