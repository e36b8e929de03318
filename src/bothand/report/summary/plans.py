"""Plans: where their money goes, what each line buys, what their own terms do."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.both_and import Reaching
from bothand.report.summary.parts import Interval, Part, Verdict
from bothand.words import run_as


class TermsLine(Part):
    """One term that a plan sets otherwise, on one service."""

    service: str
    term: str
    was: str
    now: str
    hr: str
    r: str
    effect: str
    leaves_out: str = Field(default="", description="what the numbers do not hold")
    one_sided: bool = Field(default=False, description="true when what some people lose is not in the numbers")
    coercion: int = Field(description="grade of the line: the highest of the service and of all its terms")
    disputes: list[str] = Field(default=[], description="what is disputed about the term, both positions")


class TermsGain(Part):
    """What a plan's own terms alone change for a group, against the same dollars without them."""

    group: str = Field(description="a group's key, or 'all'")
    indicator: str
    change: Interval
    verdict: Verdict


class TermsAlone(Part):
    """What a plan's own terms do, the dollars held: the first round's money, over a lifetime."""

    plan: str
    against: str = Field(description="the plan it is like, or 'each service as its file has it'")
    lines: list[TermsLine]
    gains: list[TermsGain] = Field(description="empty when no term has an effect in this model")
    text: str = Field(description="what the change of terms alone did, to whom, in a sentence")
    by: str = Field(default="", description="the programmes whose terms these are; empty: the plan's own")

    @property
    def shared(self) -> str:
        """What is said of every plan on these programmes' terms alike, without its name; "" where it is of this alone.

        Where only one side of a change was measured no number is said, so that the words are the same for all.
        """
        one_sided = self.by and any(line.one_sided for line in self.lines)
        return f"{self.by}: {self.text.partition(run_as(self.by))[2]}" if one_sided else ""


class Reach(Part):
    """How many more people one plan reaches, on any day of the first round's last year."""

    key: Literal["on_medication", "in_contact", "with_peer", "housed", "kits"]
    label: str
    amount: Interval


class Overlap(Part):
    """People whom two services of a plan both reach, on any day of the first round's last year."""

    services: list[str]
    where: str = Field(description="the lever they share, or the two levers that multiply in one rate")
    how: Literal["union", "multiply"] = Field(description="on one lever, or on two that multiply in one rate")
    one_by_one: Interval = Field(description="sum of the people that each would reach if it were the only one")
    together: Interval = Field(description="people reached by at least one of them")
    twice: Interval = Field(description="the difference: people reached twice")


class PlanPart(Part):
    """One plan and where its money goes."""

    key: str
    label: str
    note: str = Field(description="what tradition would sign it, one sentence")
    reviewed: str = Field(description="source, or 'drafted, not reviewed'")
    searched: bool = Field(description="true for a plan found by search")
    on_sheet: bool = Field(default=True, description="false for a plan that only a full run sets beside the others")
    dollars: dict[str, float] = Field(description="service -> first-round dollars a year; 'outside the model' too")
    kinds: dict[str, float] = Field(description="kind -> share of the money")
    unspent: Interval = Field(description="dollars a year beyond demand or below the smallest size, returned")
    reach: list[Reach]
    reach_under: dict[Reaching, list[Reach]] = Field(
        default={}, description="the same under each reach, the usual one among them, in few draws"
    )
    overlap: list[Overlap] = Field(default=[], description="the same people reached by two services")


class PlanLine(Part):
    """One line of a plan's money: what it buys, what the settlement's list calls it, and what the law says of it."""

    plan: str
    service: str = Field(description="a service's key; empty for money outside the model")
    label: str
    codes: str = Field(default="", description="codes of Exhibit E, parted by semicolons")
    headings: str = Field(default="", description="the headings of these codes, in the same order")
    usd: float = Field(description="first-round dollars a year")
    unit: str = ""
    units: Interval | None = Field(default=None, description="units a year in the first round's last year")
    settlement_share: Interval | None = Field(default=None, description="share of a unit that settlement money pays")
    other_payer: str = Field(default="", description="who pays the rest")
    law: str = Field(description="required, allowed, allowed with conditions, contested, not allowed; or no rule read")
    rule: str = ""
    dated: str = ""
    law_source: str = ""
    not_paid_by: str = ""
    source: str = Field(default="", description="where the line's money was read, or who drafted it")
    note: str = ""
