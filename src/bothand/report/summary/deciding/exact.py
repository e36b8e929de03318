"""The both/and plan found by exact slopes, beside the one found on curves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Part


class NextDollar(Part):
    """What $100,000 of the first round on one service adds to one value, as a share of the value's own best.

    ``first`` is where no money is spent yet, ``more`` beside the both/and plan, both by the model's own slopes, where
    start-up does not count; ``on_curves`` is read off the lowest step of the service's curve, start-up paid.
    """

    value: str = Field(description="key of a value, or 'hope, without medication'")
    service: str
    first: float
    on_curves: float
    more: float
    claim: Literal["serves", "pulls_against", "both", "none"] = Field(
        description="what the table of marks says of the service and the value, for any group"
    )


class ExactPlan(Part):
    """What a search by the full model's own slopes finds with the first round's money, in few draws."""

    draws: int
    calls: int = Field(description="plans that the full model ran")
    sweeps: int = Field(description="slopes of one value at one plan that the full model was asked for")
    dollars: dict[str, float] = Field(description="service -> dollars a year, start-up costs included")
    beta: float = Field(description="share of its own best that the least served value can be given at most")
    z: dict[str, float] = Field(description="value -> share of its own best that the plan reaches")
    healthy_life_years: float
    beta_on_curves: float = Field(description="least share that the plan found on curves reaches in the same draws")
    healthy_life_years_on_curves: float = Field(description="of the plan found on curves, in the same draws")
    better: float = Field(description="what moving a hundredth of the money could add, to first order, as a share")
    residual: float = Field(description="part of the slope that no rule accounts for, 0 to 1; 0 at a best plan")
    gap: float = Field(
        description="life-years that straight lines along the slopes seen do not exclude beyond the plan's own, a share"
    )
    ended: str = Field(description="why the search ended: proved, settled, or its calls were spent")
    next_dollars: list[NextDollar] = Field(description="what the next dollar of every service adds to every value")
