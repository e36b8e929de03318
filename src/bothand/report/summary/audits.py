"""The principles as audits of every plan."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bothand.report.summary.parts import Part


class AuditReading(Part):
    """How one tradition reads a rule."""

    reading: str
    rejects: str = Field(description="what it would refuse in the other's reading")


class AuditRule(Part):
    """One rule of the audits: a principle, or a check that follows from several."""

    key: str
    number: str = Field(description="'P4'; empty for a check")
    label: str
    principle: str
    sources: list[str]
    honesty: str = Field(description="the device that keeps it honest to both sides")
    hr: AuditReading
    r: AuditReading
    reviewed: str = Field(description="what reviewers of both traditions said, or 'not yet reviewed'")


class AuditAnswer(Part):
    """One reading's verdict on one plan, and why in one sentence."""

    verdict: Literal["passes", "fails", "cannot tell", "not computed"]
    why: str


class Audit(Part):
    """One rule on one plan, by both readings: a word, never a number, and never a total."""

    plan: str
    rule: str
    hr: AuditAnswer
    r: AuditAnswer
    word: Literal["both", "one (harm reduction)", "one (recovery)", "neither", "cannot tell", "not computed"]
    more: list[str] = Field(default=[], description="what stands behind both answers")


class Audits(Part):
    """The principles as audits of every plan that spends money."""

    rules: list[AuditRule] = Field(default=[])
    audits: list[Audit] = Field(default=[])
