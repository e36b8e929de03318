"""The both/and plan found by exact slopes, beside the one found on curves."""

from __future__ import annotations

from pydantic import Field

from bothand.report.summary.parts import Part


class ExactPlan(Part):
    """What a search by the full model's own slopes finds with the first round's money, in few draws."""

    draws: int
    calls: int = Field(description="plans that the full model was asked about, each with all slopes")
    dollars: dict[str, float] = Field(description="service -> dollars a year, start-up costs included")
    beta: float = Field(description="share of its own best that the least served value can be given at most")
    z: dict[str, float] = Field(description="value -> share of its own best that the plan reaches")
    healthy_life_years: float
    beta_on_curves: float = Field(description="least share that the plan found on curves reaches in the same draws")
    healthy_life_years_on_curves: float = Field(description="of the plan found on curves, in the same draws")
    better: float = Field(description="what moving a hundredth of the money could add, to first order, as a share")
    residual: float = Field(description="part of the slope that no rule accounts for, 0 to 1; 0 at a best plan")
    ended: str = Field(description="why the search ended: proved, settled, or its calls were spent")
