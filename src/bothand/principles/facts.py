"""What the audits look at: the facts of every plan, as the runs give them. No verdict stands here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bothand.engine.arrays import Floats
from bothand.principles.order import OrderReport
from bothand.world.service import Service, Terms

STEPS = "steps"


@dataclass(frozen=True)
class Spread:
    """Mean and the range of 19 in 20 runs; ``enough`` is false where too few runs were made to say anything."""

    mean: float
    low: float
    high: float
    enough: bool = True

    @property
    def sign(self) -> Literal[-1, 0, 1]:
        """1 or -1 where the whole range lies on one side of zero, else 0."""
        if not self.enough:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0

    @property
    def nothing(self) -> bool:
        """True where nothing changes in any run."""
        return self.mean == self.low == self.high == 0


@dataclass(frozen=True)
class Line:
    """One outcome, turned so that more is better, against no new money; by people: all, with, without addiction."""

    label: str
    people: Mapping[str, Spread]


@dataclass(frozen=True)
class GroupLine:
    """What one day-one group gains, per 1,000 of its people, against no new money."""

    label: str
    gain: Spread
    loses: bool


@dataclass(frozen=True)
class Funded:
    """A service that a plan pays for: how it is run, and what its money does in the first round.

    dollars: a year; running: share of runs in which some unit runs; days: person-days of service from day one to the
    last day; met: for a service that adds places, the change in the share of requests of its kind met in 30 days.
    """

    service: Service
    terms: Terms
    dollars: float
    running: float
    days: float
    met: Mapping[str, Spread]


def runs(one: Funded) -> bool:
    """Say whether a service has some unit running in most runs."""
    return one.running > 0.5


@dataclass(frozen=True)
class Change:
    """One change that may be a loss, turned so that more is better, against no new money.

    kind: whom it concerns: 'people', a ledger's key, or 'steps' for a count of steps; who: a day-one group, relatives,
    who pays; share: size of the mean change, of what there is today; None where nothing is known of that; loses:
    clearly, and beyond the margin.
    """

    kind: str
    label: str
    who: str
    unit: str
    change: Spread
    share: float | None
    loses: bool


@dataclass(frozen=True)
class Moved:
    """A plan's outcomes if some people stood on the other side of the line; ``said``: how many, and which way."""

    said: str
    lines: Mapping[str, Line]


@dataclass(frozen=True)
class Parted:
    """What a plan's harm reduction is in itself, and what it is as a platform, in healthy life-years.

    alone: gain that its harm-reduction and bridge lines keep when nobody asks for help because of them; None where the
    plan has no such line. kept, lost: the whole plan's gain that stays, and that goes, when those moves are held.
    lost_remission: the same in years of remission.
    """

    alone: Spread | None
    kept: Spread
    lost: Spread
    lost_remission: Spread


@dataclass(frozen=True)
class PlanFacts:
    """One plan. Money is dollars a year of the first round; ``values`` are gains by draw, (D,), more is better."""

    key: str
    label: str
    funded: tuple[Funded, ...]
    not_funded: tuple[str, ...]
    money: float
    kinds: Mapping[str, float]  # kind of service -> share of the money given, money outside the model by its true kind
    unspent: float
    lines: Mapping[str, Line]
    groups: Mapping[str, tuple[GroupLine, ...]]  # indicator -> a line for every group
    values: Mapping[str, Floats]
    peers: Spread  # change in people reached by a coach or centre, of 100 people with addiction or in remission
    unmet: Spread  # change in the share of requests that are not met within 30 days
    unmet_share: float
    swap_gap: float | None  # largest change of any value when two people with the same life-years swap places
    parted: Parted | None
    shown: tuple[Funded, ...] = ()  # services that are paid for and stand outside the model: graded, and no more
    changes: tuple[Change, ...] = ()
    moved: tuple[Moved, ...] = ()
    discharge: str = ""  # what the other rule after a return to use would do to deaths; empty where it is not known

    @property
    def days(self) -> float:
        """Person-days of all services."""
        return sum(one.days for one in self.funded)


@dataclass(frozen=True)
class Book:
    """All plans of a study, and what is the same for all of them.

    firsts: (criterion, duration) -> label of the plan with most years in that remission; by_quality: what the order of
    plans does on another scale, a sentence; placed: moves of the model by which people without addiction enter
    treatment; lower_risk_death: overdose deaths a year of 100,000 people with lower-risk use, today's supply.
    """

    plans: Mapping[str, PlanFacts]
    people: float  # with addiction on day one
    margin: float  # share of what there is by which a change is not called worse
    value_labels: Mapping[str, str]
    firsts: Mapping[tuple[str, str], str]
    by_quality: str
    order: OrderReport | None
    placed: int | None
    lower_risk_death: Spread | None
    orders_moved: tuple[str, ...] = ()  # what the order of plans does if people stood on the other side of the line
    limit_price: str = ""  # what the study's limit on coercion costs, a sentence
