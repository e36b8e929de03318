"""Money and the people beside: bills, worth, ledgers and perspectives."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Interval, Part


class Bill(Part):
    """What one payer pays from day one to the last day, against no new money."""

    plan: str
    payer: str
    usd: Interval
    downstream: bool


class Worth(Part):
    """Healthy life-years over a lifetime for each million dollars, and for each 1,000 people with addiction."""

    plan: str
    per_million_settlement: Interval
    per_million_all: Interval = Field(description="all payers of the services bought, and the treatment that follows")
    per_1000_with_addiction: Interval


class Ledger(Part):
    """One of the ledgers beside the person's own. Its lines are never added up."""

    key: Literal["infections", "family", "community"]
    label: str
    note: str


class LedgerLine(Part):
    """One line of a ledger: what every plan changes against no new money, from day one to the last day."""

    ledger: Literal["infections", "family", "community"]
    key: str
    label: str
    who: str = Field(description="who it is about; in the community's ledger, who pays")
    unit: str
    better: Literal["more", "less", "neither"]
    lives: Literal["held", "as_they_go", "living_longer"] = Field(
        description="held: lives as long as with no new money; as_they_go: as they happen; living_longer: what follows "
        "from lives that the plan lengthens, held against no plan"
    )
    grade: Literal["primary", "secondary", "judgement", "unverified"] | None = Field(
        description="the weakest of its rows; None without a row"
    )
    rows: list[str] = Field(description="keys of the evidence that it rests on, beside how people move in the model")
    disputed: str = Field(
        default="", description="what is contested, with both signs; empty when nothing is known to be"
    )
    caution: str = ""
    no_data: str = Field(default="", description="why it has no number; empty when it has one")
    amounts: dict[str, Interval] = Field(description="plan -> amount; empty where there is no data")
    by_group: dict[str, dict[str, Interval]] = Field(default={}, description="plan -> group -> amount")


class InventoryItem(Part):
    """One kind of effect that a perspective may look at."""

    sector: str
    label: str
    health_sector: Literal["in", "not part", "no data"]
    societal: Literal["in", "not part", "no data"]
    note: str


class PerspectiveCost(Part):
    """The money of one plan as one perspective adds it up; never added to life-years or QALYs."""

    plan: str
    perspective: Literal["health_sector", "societal"]
    usd: Interval = Field(description="lives as long as with no new money; not discounted")
