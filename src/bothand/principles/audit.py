"""Every check by name, and the audit of a plan: each rule, both readings. A profile; nothing is added up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bothand.principles import change, lines, services
from bothand.principles.answers import Answer, Audit
from bothand.principles.facts import Book, PlanFacts
from bothand.principles.rules import NOT_COMPUTED, Reading, Rule

Check = Callable[[PlanFacts, Book, Reading], Answer]

CHECKS: Final[Mapping[str, Check]] = {
    check.__name__: check
    for check in (
        lines.gains_on_either_side,
        lines.steps,
        lines.keeps,
        lines.recovery_with_medication,
        lines.recovery_in_reach,
        lines.no_loser,
        lines.case_against,
        services.coercion,
        services.door_without_stopping,
        services.door_to_treatment,
        services.never_discharged,
        services.discharged_to_a_place,
        services.one_goal,
        services.stewardship,
        services.hope_reaches_more,
        services.hope_not_pressed,
        services.help_imposed,
        services.need_unmet,
        change.steps_protected,
        change.ends_kept,
        change.swapped,
        change.end_in_itself,
        change.platform,
    )
}


def answer(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Return one reading's answer on one plan; a reading that is not computed says what it would need."""
    if reading.check == NOT_COMPUTED:
        return Answer("not computed", f"Needs {reading.needs}.")
    return CHECKS[reading.check](plan, book, reading)


def audit(rules: Sequence[Rule], plan: PlanFacts, book: Book) -> tuple[Audit, ...]:
    """Return the audit of one plan by every rule."""
    return tuple(Audit(rule.key, answer(plan, book, rule.hr), answer(plan, book, rule.r)) for rule in rules)
