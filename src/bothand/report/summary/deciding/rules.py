"""The rules of spending of a study and its place: what they are, whether plans keep them, and what they cost."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Interval, Part


class RuleTold(Part):
    """One rule, and what the search would find without it alone."""

    kind: Literal["earmark", "ceiling", "exclusion", "cap"]
    service: str = Field(default="", description="empty for the cap")
    usd: float | None = Field(default=None, description="dollars a year; None for an exclusion")
    because: str
    source: str
    words: str = Field(description="the rule in a sentence")
    without: float = Field(description="healthy life-years more on the curves if this rule alone were gone")
    plan_without: dict[str, float] = Field(description="service -> dollars a year of the plan that is found then")


class CapLifted(Part):
    """Where no plan keeps the cap, by somebody's belief: a search there keeps the least that can be asked instead."""

    where: str = Field(description="the belief, in words")
    reach: str | None = Field(default=None, description="the reach that is believed in; None = a side of a dispute")
    dispute: str | None = Field(default=None, description="key of the dispute; None = another reach")
    usd: float | None = Field(description="dollars a year that others were let be asked for; None = no limit at all")


class RulesPart(Part):
    """The rules, the plan found without any, and who keeps them."""

    rules: list[RuleTold]
    text: str = Field(description="what the rules cost, in sentences")
    cost_nothing: bool = Field(description="whether the plan found within the rules is as good as any without them")
    plan_without: dict[str, float] = Field(description="service -> dollars a year of the plan found without rules")
    more: dict[str, Interval] = Field(
        description="indicator -> what that plan brings more than the both/and plan, in the full model, in few draws"
    )
    beta: float = Field(
        description="the largest share of its own best, as it is without rules, that one plan gives every value"
    )
    beta_without: float = Field(description="the same where no rule binds")
    cap: float | None = Field(default=None, description="dollars a year that others may be asked for; None = no cap")
    asked: dict[str, Interval] = Field(
        description="plan -> dollars that others are asked for, for each year of its money, in the full model"
    )
    within_cap: float | None = Field(
        default=None, description="share of runs in which others are asked for no more than the cap by the plan found"
    )
    lifted: list[CapLifted] = Field(default=[], description="beliefs under which no plan keeps the cap")
    unable: list[str] = Field(
        default=[], description="plans whose money that search may move cannot keep the rules: no best of their own"
    )
    breaks: dict[str, list[str]] = Field(description="plan -> rules that it does not keep, in words; none = left out")
