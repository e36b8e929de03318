"""The summary of a run: every number that any output shows, with its JSON schema, a file for each noun.

Written by ``bothand.study``, read by the report and by people. Intervals hold 19 in 20 runs (2.5 % to 97.5 %).

parts: what every part of the summary is made of
asked: what was asked: the study and its money
services: as the study uses them, and the terms they are run on
plans: where their money goes, what each line buys, what their own terms do
people: groups as they are on day one, and what every plan did for them
values: what they say, their marks, and how the simulation reads them
both_and: what both cost, the plan found by search, and the findings as sentences
doubts: how sure we are: what decides the order, chance, grades, the fit, and what the model leaves out
lives: people one by one: what a county's counts may show by chance, and the courses of ten thousand lives
ledgers: money and the people beside: bills, worth, ledgers and perspectives
audits: the principles as audits of every plan
deciding/: what a full run says of deciding
whole: the summary as one schema
"""

from bothand.report.summary.asked import Money, StudyPart
from bothand.report.summary.audits import Audit, AuditAnswer, AuditReading, AuditRule, Audits
from bothand.report.summary.both_and import (
    AllAtOnce,
    AtBudget,
    BothAnd,
    BothAndUnder,
    CountedWorth,
    CurvePoint,
    Depends,
    LeftOut,
    OtherCriterion,
    Pair,
    PriceChange,
    PrinciplePrice,
    Reaching,
    Sentence,
)
from bothand.report.summary.deciding.disputes import (
    DisputeSide,
    Learning,
    RegisterEntry,
    Settling,
    SideTrial,
    StudyWorth,
    WorthKnowing,
    WorthToWhom,
)
from bothand.report.summary.deciding.moves import BeatsOthers, GroupBeaten, ImprovementPart, MoveAnswer, MovePart, Shift
from bothand.report.summary.deciding.repairs import JointAll, RepairPart
from bothand.report.summary.deciding.rules import RulesPart, RuleTold
from bothand.report.summary.deciding.stakeholders import (
    Apart,
    AskedTwice,
    CommonGround,
    Held,
    LargestRegret,
    Seal,
    Shared,
    Stakeholder,
    Voice,
)
from bothand.report.summary.deciding.stances import StancePart
from bothand.report.summary.deciding.ways import OnTerms, WayPart
from bothand.report.summary.doubts import (
    Chance,
    Check,
    Deciding,
    Disputed,
    EvidenceRow,
    Fit,
    FitYear,
    GradeCount,
    LocalCount,
    Minds,
    NotInModel,
    OrderUnder,
    Rank,
    Turn,
)
from bothand.report.summary.ledgers import Bill, InventoryItem, Ledger, LedgerLine, PerspectiveCost, Worth
from bothand.report.summary.lives import Counted, LifeCourse, Lives, Luck
from bothand.report.summary.parts import Interval, Kind, Part, Reference, Verdict
from bothand.report.summary.people import (
    Course,
    Group,
    GroupVerdict,
    Indicator,
    JointVerdict,
    LevelShare,
    Loser,
    Outcome,
    Request,
)
from bothand.report.summary.plans import Overlap, PlanLine, PlanPart, Reach, TermsAlone, TermsGain, TermsLine
from bothand.report.summary.services import Alone, Interaction, KnownService, Law, Payer, Service, TermPart, WorksBy
from bothand.report.summary.values import Likeness, Mark, PictureSentences, Rating, Value, ValueReading
from bothand.report.summary.whole import Summary

__all__ = [
    "AllAtOnce",
    "Alone",
    "Apart",
    "AskedTwice",
    "AtBudget",
    "Audit",
    "AuditAnswer",
    "AuditReading",
    "AuditRule",
    "Audits",
    "BeatsOthers",
    "Bill",
    "BothAnd",
    "BothAndUnder",
    "Chance",
    "Check",
    "CommonGround",
    "Counted",
    "CountedWorth",
    "Course",
    "CurvePoint",
    "Deciding",
    "Depends",
    "DisputeSide",
    "Disputed",
    "EvidenceRow",
    "Fit",
    "FitYear",
    "GradeCount",
    "Group",
    "GroupBeaten",
    "GroupVerdict",
    "Held",
    "ImprovementPart",
    "Indicator",
    "Interaction",
    "Interval",
    "InventoryItem",
    "JointAll",
    "JointVerdict",
    "Kind",
    "KnownService",
    "LargestRegret",
    "Law",
    "Learning",
    "Ledger",
    "LedgerLine",
    "LeftOut",
    "LevelShare",
    "LifeCourse",
    "Likeness",
    "Lives",
    "LocalCount",
    "Loser",
    "Luck",
    "Mark",
    "Minds",
    "Money",
    "MoveAnswer",
    "MovePart",
    "NotInModel",
    "OnTerms",
    "OrderUnder",
    "OtherCriterion",
    "Outcome",
    "Overlap",
    "Pair",
    "Part",
    "Payer",
    "PerspectiveCost",
    "PictureSentences",
    "PlanLine",
    "PlanPart",
    "PriceChange",
    "PrinciplePrice",
    "Rank",
    "Rating",
    "Reach",
    "Reaching",
    "Reference",
    "RegisterEntry",
    "RepairPart",
    "Request",
    "RuleTold",
    "RulesPart",
    "Seal",
    "Sentence",
    "Service",
    "Settling",
    "Shared",
    "Shift",
    "SideTrial",
    "Stakeholder",
    "StancePart",
    "StudyPart",
    "StudyWorth",
    "Summary",
    "TermPart",
    "TermsAlone",
    "TermsGain",
    "TermsLine",
    "Turn",
    "Value",
    "ValueReading",
    "Verdict",
    "Voice",
    "WayPart",
    "WorksBy",
    "Worth",
    "WorthKnowing",
    "WorthToWhom",
]
