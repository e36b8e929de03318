"""Services as the study uses them, and the terms they are run on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Interval, Kind, Part


class Payer(Part):
    """Who pays one unit of a service."""

    payer: str
    usd_per_unit: Interval


class Law(Part):
    """What the law says of a service."""

    word: Literal["required", "allowed", "allowed with conditions", "contested", "not allowed"]
    level: str = Field(description="'state and federal', 'town rules differ', ...")
    dated: str
    source: str
    ends: str = Field(default="", description="ISO date on which a rule in force ends; empty when none has an end")
    not_paid_by: str = Field(default="", description="who may not pay for it, in words; empty when no rule says so")


class Service(Part):
    """One service as the study uses it."""

    key: str
    label: str
    short: str = Field(description="at most two short words a line, for column heads")
    kind: Kind
    unit: str
    unit_cost: Interval
    payers: list[Payer]
    start_up: Interval
    lag_months: Interval
    ceiling: Interval = Field(
        description="most units that find people in the first round's last year; all zero when no limit was found"
    )
    smallest_size: str
    terms: dict[str, str] = Field(description="term -> choice, the default way it is run")
    coercion: int = Field(description="grade, 0 an offer to 4 confinement")
    coercion_note: str = ""
    law: Law
    exhibit_e: str
    evidence: str = Field(description="how sure: one sentence")
    disputes: list[str]
    supplants: bool = Field(default=False, description="true when the money may pay for what was paid for before")
    supplants_note: str = ""
    federal_grants: str = Field(default="", description="what federal grants may and may not pay")
    outside_model: list[str] = Field(default=[], description="what it does that the model does not hold")
    pathway: list[str] = Field(default=[], description="moves of people that it changes, in words")
    works_by: list[WorksBy] = Field(default=[], description="the ratios by which it changes them")
    alone: list[Alone] = Field(default=[], description="what all of the first round's money on it alone would do")
    run_on: list[TermPart] = Field(default=[], description="the terms it is run on, with readings and effects")
    other_payers: list[str] = Field(default=[], description="who else can pay, or may not any more, and to when")


class WorksBy(Part):
    """One ratio by which a service works in the model."""

    key: str
    description: str
    mean: float
    low: float
    high: float
    unit: str
    reference_population: str = Field(description="whom it was measured against")
    grade: str
    source: str


class Alone(Part):
    """What the first round's yearly money would do if all of it went to one service, in the draws of the curves."""

    label: str
    unit: str
    amount: Interval


class TermPart(Part):
    """One term on which a service is run, with both readings, and what is known of its effect."""

    term: str
    label: str
    choice: str
    hr: str = Field(description="the harm reduction reading")
    r: str = Field(description="the recovery reading")
    cost: str = Field(description="in words, or 'not known'")
    effect: str = Field(description="in words, or 'effect not known'")
    coercion: int = Field(description="grade, 0 an offer to 4 confinement")
    otherwise: dict[str, str] = Field({}, description="other choice -> what it would change, where that is known")


class KnownService(Part):
    """A service that ships and is not part of this study."""

    key: str
    label: str
    kind: Kind
    why: str = Field(description="why it is not in this study")
    costs: str = Field(default="", description="what one unit would cost, and who pays")
    coercion: str = Field(default="", description="grade of coercion in words, on its own terms and alone")


class Interaction(Part):
    """One way in which two services of a study meet."""

    a: str
    b: str
    how: Literal["union", "add", "blend", "multiply", "best", "queue", "in turn", "independent"] = Field(
        description="on one lever: union (reach), add (places, kits) or blend (a mean by places); in one rate: "
        "multiply, or the best counts; one queue; in turn: a moves people to where b is at work; independent: nowhere"
    )
    status: Literal["declared", "assumed"] = Field(
        description="declared by the model or by the law of delivery; assumed where nobody declared it"
    )
    where: str = Field(description="the lever; the moves whose rate both change; the queue; the moves that lead on")
