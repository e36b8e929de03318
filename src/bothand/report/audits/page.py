"""The section of the principles: a table of rules and plans with words, never a total; details behind each rule."""

from __future__ import annotations

from dataclasses import dataclass

from bothand.report.lookup import Index
from bothand.report.summary import Audit, AuditRule

STYLES = {"both": "gains", "neither": "loses", "cannot tell": "cannot_tell", "not computed": "cannot_tell"}
"""Word over both readings -> the style of a verdict that it wears; a rule that one reading passes wears none."""


@dataclass(frozen=True)
class Cell:
    """One plan under one rule."""

    plan: str
    word: str
    style: str
    chosen: bool
    hr: str
    r: str
    more: list[str]


@dataclass(frozen=True)
class Row:
    """One rule: its words, its readings, and a cell for every plan; ``needs`` where no plan is computed.

    ``shared``: what stands behind the answers of every plan alike.
    """

    rule: AuditRule
    cells: list[Cell]
    shared: list[str]
    needs: str


@dataclass(frozen=True)
class AuditsView:
    """Everything the section shows; no rows where a run made no audit."""

    plans: list[tuple[str, bool]]
    rows: list[Row]


def view(index: Index) -> AuditsView:
    """Return the section of the principles."""
    part = index.summary.audits
    found = {(a.plan, a.rule): a for a in part.audits}
    plans = [plan for plan in index.summary.plans if any(a.plan == plan.key for a in part.audits)]
    rows = []
    for rule in part.rules:
        told = [(plan, found[plan.key, rule.key]) for plan in plans if (plan.key, rule.key) in found]
        if told:
            shared = [words for words in told[0][1].more if all(words in audit.more for _, audit in told)]
            cells = [_cell(plan.label, plan.searched, audit, shared) for plan, audit in told]
            rows.append(Row(rule, cells, shared, _needs([audit for _, audit in told])))
    return AuditsView([(plan.label, plan.searched) for plan in plans], rows)


def _cell(plan: str, chosen: bool, audit: Audit, shared: list[str]) -> Cell:
    return Cell(
        plan=plan,
        word=audit.word,
        style=STYLES.get(audit.word, ""),
        chosen=chosen,
        hr=f"{audit.hr.verdict}. {audit.hr.why}",
        r=f"{audit.r.verdict}. {audit.r.why}",
        more=[words for words in audit.more if words not in shared],
    )


def _needs(audits: list[Audit]) -> str:
    """Return what a rule would need that is computed for no plan, where every plan and reading says the same."""
    why = {answer.why for audit in audits for answer in (audit.hr, audit.r)}
    computed = any(answer.verdict != "not computed" for audit in audits for answer in (audit.hr, audit.r))
    return next(iter(why)) if len(why) == 1 and not computed else ""
