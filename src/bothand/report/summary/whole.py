"""The summary as one schema."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.asked import Money, StudyPart
from bothand.report.summary.audits import Audits
from bothand.report.summary.both_and import AllAtOnce, BothAnd, LeftOut, Pair, PrinciplePrice, Reaching, Sentence
from bothand.report.summary.deciding.disputes import Learning, RegisterEntry, WorthKnowing
from bothand.report.summary.deciding.moves import BeatsOthers, ImprovementPart, MovePart
from bothand.report.summary.deciding.repairs import JointAll
from bothand.report.summary.deciding.rules import RulesPart
from bothand.report.summary.deciding.stakeholders import Apart, CommonGround, Stakeholder
from bothand.report.summary.deciding.stances import StancePart
from bothand.report.summary.doubts import Chance, Check, Deciding, EvidenceRow, Fit, GradeCount, Minds, NotInModel, Rank
from bothand.report.summary.ledgers import Bill, InventoryItem, Ledger, LedgerLine, PerspectiveCost, Worth
from bothand.report.summary.lives import Lives, Luck
from bothand.report.summary.parts import Part
from bothand.report.summary.people import Group, GroupVerdict, Indicator, JointVerdict, Loser, Outcome, Request
from bothand.report.summary.plans import PlanLine, PlanPart, TermsAlone
from bothand.report.summary.services import Interaction, KnownService, Service
from bothand.report.summary.values import Likeness, Mark, PictureSentences, Rating, Value, ValueReading


class Summary(Part):
    """Everything that any output of one run shows."""

    schema_name: Literal["bothand-summary/1"] = "bothand-summary/1"
    study: StudyPart
    money: Money
    services: list[Service]
    also_known: list[KnownService] = Field(default=[], description="services that ship and are not in this study")
    interactions: list[Interaction] = Field(default=[], description="how every pair of services combines")
    plans: list[PlanPart]
    groups: list[Group]
    values: list[Value]
    marks: list[Mark]
    picture: PictureSentences
    indicators: list[Indicator]
    outcomes: list[Outcome]
    verdicts: list[GroupVerdict]
    joint: list[JointVerdict]
    joint_all: list[JointAll] = Field(default=[], description="against both references at once")
    pairs: list[Pair]
    all_at_once: list[AllAtOnce]
    left_out: list[LeftOut]
    both_and: BothAnd
    principle_prices: list[PrinciplePrice] = Field(
        default=[], description="what each principle costs and brings; empty unless --full"
    )
    losers: list[Loser]
    moves: list[MovePart] = Field(default=[], description="empty unless all was asked for, as is the next")
    beats_others: BeatsOthers | None = None
    case_against: list[str]
    case_under: dict[Reaching, list[str]] = Field(default={}, description="the same under each reach, in few draws")
    deciding: list[Deciding]
    best_guess: list[Rank]
    chance: Chance
    grades: list[GradeCount]
    judgements: list[EvidenceRow] = Field(description="the judgement rows in use, largest swing first")
    unverified: list[EvidenceRow]
    minds: Minds | None = Field(default=None, description="what would change our mind")
    disputes: list[RegisterEntry] = Field(
        default=[], description="the dispute register, what changes most first; empty unless --full"
    )
    to_learn: list[WorthKnowing] = Field(
        default=[], description="inputs worth finding out, most first; empty unless --full"
    )
    learning: Learning | None = Field(default=None, description="what there is to learn in all; None unless --full")
    linear_reach: Sentence = Field(description="does the finding depend on diminishing returns?")
    fit: Fit
    checks: list[Check]
    requests: list[Request]
    bills: list[Bill]
    worth: list[Worth] = Field(default=[])
    readings: list[ValueReading] = Field(default=[])
    likeness: Likeness | None = None
    ratings: list[Rating] = Field(default=[], description="empty unless a panel's table was given")
    ledgers: list[Ledger] = Field(default=[])
    ledger_lines: list[LedgerLine] = Field(default=[])
    inventory: list[InventoryItem] = Field(default=[])
    inventory_source: str = ""
    perspectives: list[PerspectiveCost] = Field(default=[])
    terms_alone: list[TermsAlone] = Field(default=[], description="what a plan's own terms do, the dollars held")
    findings: list[Sentence]
    few_draws: int = Field(default=0, description="runs in which findings were tried under other reach")
    assumed: list[str] = Field(description="assumptions printed as such: effects that multiply, place shares, readings")
    not_in_model: list[NotInModel]
    lines: list[PlanLine] = Field(default=[], description="every line of every plan's money, with what the law says")
    audits: Audits = Audits()
    luck: Luck | None = Field(default=None, description="what counts of deaths may show by chance")
    lives: Lives | None = None
    improvements: list[ImprovementPart] = Field(
        default=[], description="the cheapest improvement of each plan given with --plan; empty without"
    )
    rules: RulesPart | None = Field(
        default=None,
        description="rules of spending that every plan found keeps, and what they cost; None without rules",
    )
    stances: list[StancePart] = Field(
        default=[], description="each stance as it was signed and at its own searched best, beside the both/and plan"
    )
    stakeholders: list[Stakeholder] = Field(default=[], description="empty unless a full run asked them")
    apart: list[Apart] = Field(default=[], description="every two stakeholders: where they disagree on plans")
    common_ground: CommonGround | None = Field(default=None, description="what all of them could live with")
