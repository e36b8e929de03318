"""All the money by spending period, and the both/and plan where a service may be run in another way."""

from __future__ import annotations

from pydantic import Field

from bothand.report.summary.deciding.ways import WayPart
from bothand.report.summary.parts import Interval, Part


class SpendingPeriod(Part):
    """One spending period: what is paid in it by the plan, and by the same mix in every period."""

    first: int
    last: int
    receipts: float = Field(description="dollars that come in")
    dollars: dict[str, float] = Field(description="service -> dollars in the period, start-up costs included")
    evenly: dict[str, float] = Field(description="the same where the first round's mix is kept in every period")
    worth: float = Field(
        description="healthy life-years that $100,000 more in the period would add, on the funded service where most"
    )


class OtherRule(Part):
    """What the same money could do if what is not paid in its period were dealt with otherwise."""

    carried: bool = Field(description="whether money that is not paid would go into the next period")
    beta: float = Field(description="share of its own best that the least served value could then be given at most")
    healthy_life_years: float = Field(description="of the plan then found under the same conditions")
    waits: float = Field(description="dollars that this plan holds over from one period to the next, at most")
    calls: int = Field(description="plans that the full model ran to find out")


class OtherStart(Part):
    """Where the search ended when it was begun from another plan that was run and nearly kept the conditions."""

    begun: float = Field(description="share of all money that this plan spends otherwise than the plan found")
    healthy_life_years: float
    least: float = Field(description="share of its own best that the plan it ended at gives the least served value")
    apart: float = Field(
        description="share of all money that the plan it ended at spends otherwise than the plan found"
    )
    calls: int = Field(description="plans that the full model ran from there")


class ByPeriod(Part):
    """What a search by the full model's own slopes finds with all the money, dollars free in every spending period."""

    draws: int
    calls: int = Field(description="plans that the full model ran")
    sweeps: int = Field(description="slopes of one value at one plan that the full model was asked for")
    carried: bool = Field(description="whether the place lets money that is not paid go into the next period")
    periods: list[SpendingPeriod]
    beta: float = Field(description="share of its own best that the least served value can be given at most")
    least: float = Field(description="share of its own best that the plan gives the least served value")
    least_evenly: float = Field(description="the same where the first round's mix is kept in every period")
    z: dict[str, float] = Field(description="value -> share of its own best that the plan reaches")
    healthy_life_years: float
    healthy_life_years_evenly: float = Field(description="where the first round's mix is kept, in the same draws")
    service_range: dict[str, Interval] = Field(
        description="service -> dollars of all periods over the plans that were run and are almost as good; mean: plan"
    )
    almost: int = Field(description="how many plans these are")
    floors_met: list[str] = Field(description="plan, and for whom this plan gives at least as much, all the money each")
    floors_not_met: list[str] = Field(description="the same where it gives less")
    other_rule: OtherRule
    starts: list[OtherStart]
    better: float = Field(description="what moving a hundredth of the money could add, to first order, as a share")
    residual: float = Field(description="part of the slope that no rule accounts for, 0 to 1; 0 at a best plan")
    gap: float = Field(
        description="life-years that straight lines along the slopes seen do not exclude beyond the plan's own, a share"
    )
    ended: str = Field(description="why the search ended: proved, settled, or its calls were spent")


class UndoneTerm(Part):
    """One change of terms undone alone, at the dollars of the plan that search by slopes settled on other terms."""

    way: WayPart
    least: float = Field(description="share of its own best that the least served value then gets")
    healthy_life_years: float
    better: bool = Field(
        description="the plan is better with the change: it keeps nine tenths of the most seen for the least served, "
        "and without the change that is not kept, or there are fewer healthy life-years"
    )


class TermsBySlopes(Part):
    """The terms chosen on curves, their dollars settled by the full model's own slopes, beside the plan in ``exact``.

    The same draws, ideals and floors as there; shares are of each value's own best on the services' own terms.
    """

    draws: int
    calls: int = Field(description="plans that the full model ran")
    sweeps: int = Field(description="slopes of one value at one plan that the full model was asked for")
    dollars: dict[str, float] = Field(description="service -> dollars a year, start-up costs included")
    beta: float = Field(description="share of its own best that the least served value can be given at most")
    z: dict[str, float] = Field(description="value -> share of its own best that the plan reaches")
    healthy_life_years: float
    beta_on_curves: float = Field(description="least share that the dollars found on curves reach in the same draws")
    better: float = Field(description="what moving a hundredth of the money could add, to first order, as a share")
    residual: float = Field(description="part of the slope that no rule accounts for, 0 to 1; 0 at a best plan")
    ended: str = Field(description="why the search ended: proved, settled, or its calls were spent")
    undone: list[UndoneTerm]


class OnOtherTerms(Part):
    """The both/and plan where a plan may choose how a service is run, beside the one on the services' own terms.

    Both are found on curves and run in the full model, with the first round's money and in the same draws.
    """

    draws: int
    chosen: list[WayPart] = Field(description="what it runs otherwise; empty where nothing is gained by that")
    dollars: dict[str, float] = Field(description="service -> dollars a year")
    beta: float = Field(description="on curves: share of its own best that the least served value can be given at most")
    beta_own: float = Field(description="the same on the services' own terms")
    z: dict[str, float] = Field(description="value -> share of its own best, on own terms, that the plan reaches")
    z_own: dict[str, float] = Field(description="the same of the plan on the services' own terms")
    healthy_life_years: float
    healthy_life_years_own: float
    by_slopes: TermsBySlopes | None = Field(
        default=None, description="the same terms, dollars settled by slopes; None where no terms were changed"
    )
