"""What both of a pair cost where a plan may also choose how a service is run."""

from __future__ import annotations

from pydantic import Field

from bothand.report.summary.parts import Lane, Part


class WayPart(Part):
    """One service run otherwise than in its own file."""

    service: str
    term: str = Field(description="the term's label, or 'places of its own'")
    was: str
    now: str
    coercion: int = Field(description="grade of coercion of the service run so, 0 to 4")


class OnTerms(Part):
    """A pair of the map where terms may change, with the targets of the map itself."""

    price: float = Field(description="budgets for both where a plan may choose any term within the limit on coercion")
    lane: Lane = Field(description="which lane that price runs in, less the error of the pair")
    chosen: list[WayPart] = Field(description="what its plan runs otherwise; empty where that would save nothing")
    hardest: WayPart | None = Field(
        default=None, description="the one change that makes both cost most; None: none does"
    )
    hardest_price: float | None = Field(default=None, description="budgets for both where that service is run so")
