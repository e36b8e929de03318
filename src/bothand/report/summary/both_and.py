"""What both cost, the plan found by search, and the findings as sentences."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.deciding.exact import ExactPlan
from bothand.report.summary.deciding.periods import ByPeriod, OnOtherTerms
from bothand.report.summary.deciding.ways import OnTerms
from bothand.report.summary.parts import Interval, Lane, Part

Reaching = Literal["to the ceiling", "half the ceiling", "linear"]
Depends = Literal["does", "does not", "does not apply", "run with --full"]


class OtherCriterion(Part):
    """A pair with hope where recovery is counted without medication; neither criterion is the default."""

    price: float
    low: float
    high: float
    dollars: float
    spill_ab: float
    spill_ba: float
    collision: float
    tension: float
    lane: Lane
    lane_told: bool
    lanes: dict[Lane, int] = Field(default={})


class AtBudget(Part):
    """What one plan gives two values, or all, at one budget, with what each would get alone from today's held."""

    budget: float = Field(description="multiple of today's budget")
    share: float = Field(description="share of what today's money could give it alone that each gets at least, to 1")
    at_end: bool = Field(
        default=False, description="a service gets all that its curve was measured to: more might be possible"
    )
    collision: float | None = Field(
        default=None,
        description="what is left undone when both favourites of that budget are paid in full; None unless --full, "
        "and where a favourite of that budget gains nothing",
    )


class Pair(Part):
    """Two values, or two groups, and what both cost together."""

    kind: Literal["values", "groups"]
    a: str
    b: str
    price: float = Field(description="multiple of today's budget at which both get what each gets alone")
    low: float = Field(
        default=1.0, description="the price in 19 of 20 draws: what both would cost if a draw were true,"
    )
    high: float = Field(default=1.0, description="what each gets alone found anew in it")
    dollars: float = Field(description="the same in US dollars a year")
    error: float = Field(description="error of the price from the piecewise slopes")
    spill_ab: float = Field(description="what a's favourite plan does for b, 1 = b's own best")
    spill_ba: float
    spill_ab_low: float | None = Field(
        default=None,
        description="in 19 of 20 draws of the curves, the plans chosen once; so are all low and high below",
    )
    spill_ab_high: float | None = None
    spill_ba_low: float | None = None
    spill_ba_high: float | None = None
    collision: float = Field(description="what is left undone when both favourites are paid in full, 0 to 1")
    collision_low: float | None = None
    collision_high: float | None = None
    collision_without_medication: float | None = Field(
        default=None,
        description="the same, recovery counted without medication; None when the pair does not depend on it",
    )
    without_medication: OtherCriterion | None = Field(
        default=None, description="the pair with hope counted without medication; None for pairs without hope"
    )
    tension: float | None = Field(
        default=None,
        description="1 less the largest share of its own best that one plan gives both at today's budget: up to a half "
        "the two may only compete for money; more than that asks for a look at the definitions",
    )
    tension_low: float | None = None
    tension_high: float | None = None
    lane: Lane
    lane_told: bool = Field(
        default=True, description="false: the price crosses a border of its lane within low to high"
    )
    lanes: dict[Lane, int] = Field(
        default={}, description="in how many draws the price falls in each lane; a draw in which one gets nothing: none"
    )
    at_budgets: list[AtBudget] = Field(default=[], description="from a tenth to ten times today's money")
    remedy: str = Field(description="what stands between them and what would let both stand; empty when nothing does")
    mechanism: Literal["money", "queue", "taken away", ""] = Field(
        default="", description="what stands between them: places that fill, what one takes from the other, or money"
    )
    with_terms: OnTerms | None = Field(default=None, description="where terms may change; None unless --full")


class AllAtOnce(Part):
    """The price of all values, or all groups, at once."""

    kind: Literal["values", "groups"]
    price: float
    dollars: float
    at_budgets: list[AtBudget] = Field(default=[], description="from a tenth to ten times today's money")


class LeftOut(Part):
    """A value that is not on the map, and why."""

    value: str
    why: str


class CurvePoint(Part):
    """Life-years forgone against the floor of the least served value."""

    floor: float
    healthy_life_years: float
    deaths_averted: float


class BothAndUnder(Part):
    """What the search finds under one reach."""

    reach: Reaching
    beta: float = Field(description="share of its own best that the least served value can be given at most")
    dollars: dict[str, float] = Field(description="service -> dollars a year of the plan found")
    all_values: float = Field(description="price of all values at once, in budgets of today")
    all_groups: float = Field(description="price of all groups at once, in budgets of today")


class BothAnd(Part):
    """The plan found by search: most healthy life-years among plans that give every value at least 0.9 of beta.

    Beta is the largest share of its own best that one plan gives every value at once: the first level of leximin.
    """

    plan: str
    beta: float = Field(description="share of its own best that the least served value can be given at most")
    z: dict[str, float] = Field(description="value -> share of its own best that the plan reaches")
    leximin: dict[str, float] = Field(
        {}, description="value -> share of its own best where the least served come first, then the next, and so on"
    )
    curve: list[CurvePoint]
    floors_met: list[str]
    floors_not_met: list[str]
    service_range: dict[str, Interval] = Field(
        description="service -> dollars a year over near-optimal plans; mean = the plan"
    )
    surrogate_error: float
    exact: ExactPlan | None = Field(default=None, description="searched by exact slopes; None unless --full")
    by_period: ByPeriod | None = Field(
        default=None, description="all the money by spending period, by exact slopes; None unless --full"
    )
    on_terms: OnOtherTerms | None = Field(
        default=None, description="where a plan may choose how a service is run; None unless --full"
    )
    under: list[BothAndUnder] = Field(
        default=[], description="what a search under each reach finds; empty unless --full"
    )


class PriceChange(Part):
    """One rule added to those of the both/and plan or taken from them, and the plan that is found then."""

    key: str
    label: str = Field(description="which rule is otherwise, in words")
    against: Literal["both_and", "life_years"] = Field(
        description="the plan that it is held against: the both/and plan, or the one for healthy life-years alone"
    )
    measure: str = Field(default="", description="the indicator that a floor is of; empty for other rules")
    share: float = Field(default=0, description="of the most of it that the money can buy, 0 to 1")
    last: bool = Field(default=False, description="the largest share that the other rules leave a plan for")
    possible: bool = Field(description="whether some plan keeps to all rules")
    same: bool = Field(description="whether the plan stays as it is: the rule costs nothing")
    plan: dict[str, float] = Field(default={}, description="service -> dollars a year")
    moved: dict[str, float] = Field(
        default={}, description="service -> dollars a year more than in the plan held against"
    )
    brings: dict[str, float] = Field(default={}, description="indicator -> against no new money, on the curves")
    on_curves: dict[str, float] = Field(
        default={}, description="indicator -> more than the plan held against, on curves"
    )
    exact: dict[str, Interval] = Field(
        default={}, description="indicator -> the same in the full model, in few draws; empty where it was not run"
    )
    gap: dict[str, float] = Field(default={}, description="indicator -> mean of the full model less the curves")
    groups: dict[str, Interval] = Field(default={}, description="group -> healthy life-years more, in the full model")
    not_met: list[str] = Field(default=[], description="groups that no plan could lift to the floor asked for")


class CountedWorth(Part):
    """What the both/and plan brings a group, counted with equal worth and in QALYs by two scales."""

    group: str
    healthy_life_years: Interval
    qaly_patient: Interval
    qaly_public: Interval


class PrinciplePrice(Part):
    """What holding to a principle costs and brings; empty unless --full."""

    key: Literal["no_coercion", "equal_worth", "no_group_worse_off", "recovery_floor", "harm_reduction_floor"]
    label: str
    text: str = Field(description="what holding to it costs and brings")
    other_way: str = Field(default="", description="what letting go of it, or asking for more of it, costs and brings")
    changes: list[PriceChange] = Field(default=[], description="the rule otherwise, and the plans found then")
    counted: list[CountedWorth] = Field(default=[], description="for equal worth: the same plan counted otherwise")


class Sentence(Part):
    """A finding: a sentence, the numbers it rests on, and the same sentence under other reach."""

    key: str
    text: str
    numbers: dict[str, float]
    under: dict[Reaching, str] = Field(
        default={},
        description="reach -> the sentence made anew in few draws, the usual reach among them: 'half the ceiling' is "
        "half the people to be found, 'linear' no limit; empty where no plan was run for it",
    )
    depends: Depends = Field(
        default="does not apply",
        description="does: its claim changes under another reach, or an amount in it moves by over a tenth; "
        "does not apply: no plan was run for it",
    )
