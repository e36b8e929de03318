"""Checks of change and worth: every step counts, risks are mitigated, a life-year is one, two ends are kept apart."""

from __future__ import annotations

from bothand.principles.answers import Answer, Verdict
from bothand.principles.facts import Book, PlanFacts, Spread, runs
from bothand.principles.lines import gains, said
from bothand.principles.order import OrderReport
from bothand.principles.rules import Reading
from bothand.words import first_up, join_words, listed, number_words

NO_ORDER = Answer(
    "not computed", "No order of less harm is declared for this model; a file of its own would be needed."
)


def steps_protected(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when every step counts and each step that carries risk has a service, paid for, that mitigates it."""
    if book.order is None:
        return NO_ORDER
    bare, more = [], []
    levers = {one.service.label: {move.lever for move in one.service.moves} for one in plan.funded if runs(one)}
    for risk in book.order.risks:
        who = [label for label, moved in levers.items() if moved & {*risk.levers}]
        by = listed(who) or "nothing that is paid for"
        rate = f"{number_words(risk.before)} overdoses a person-year before, {number_words(risk.after)} in them"
        more.append(f"A risk to protect people from: {risk.label} ({rate}); mitigated by {by}.")
        if not who:
            bare.append(risk.label)
    counted = _counted(book.order)
    if not book.order.sound:
        return Answer("fails", counted, tuple(more))
    if bare:
        return Answer("fails", f"{counted} Nothing paid for protects {join_words(bare)}.", tuple(more))
    why = f"{counted} Each of {len(more)} steps with a risk has a service that mitigates it."
    return Answer("passes", why, tuple(more))


def ends_kept(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when every step counts and what steps lead to, remission, is counted apart and clearly gains."""
    if book.order is None:
        return NO_ORDER
    answer = gains(plan, book, reading)
    kinds = tuple(f"Counted apart: {label} (moves of the model: {n})." for label, n in book.order.counted.items())
    if not book.order.sound:
        return Answer("fails", _counted(book.order), kinds)
    return Answer(answer.verdict, answer.why, (*answer.more, *kinds))


def _counted(order: OrderReport) -> str:
    if order.sound:
        return "Every step toward less harm counts, none against anyone."
    wrong = [f"'{move}' counts though it leads to more harm" for move in order.against]
    wrong += [f"'{move}' does not count" for move in order.uncounted]
    wrong += [f"credit falls from {a} to {b}" for a, b in order.falling[:1]]
    return f"{first_up(join_words(wrong))}."


def swapped(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when two people with the same life-years may swap their use status and no value moves."""
    if plan.swap_gap is None:
        return Answer("not computed", "The runs were not kept by group.")
    more = (book.by_quality,) if book.by_quality else ()
    if plan.swap_gap > 0:
        why = f"A value moves by {number_words(plan.swap_gap)} when two people swap their use status."
        return Answer("fails", why, more)
    return Answer("passes", "Two people with the same life-years swap their use status, and no value moves.", more)


def end_in_itself(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when harm reduction brings something though nobody asks for help because of it; nil is a funnel."""
    parted = plan.parted
    if parted is None or parted.alone is None:
        return _not_parted(plan)
    verdict = _clear(parted.alone)
    tail = " A funnel: all that it brings is treatment." if verdict == "fails" else ""
    why = f"With moves into treatment held, its harm reduction brings {said(parted.alone)} healthy life-years.{tail}"
    return Answer(verdict, why, _whole(plan))


def platform(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when moves from harm reduction into treatment or recovery bring something; nil is none of its business."""
    parted = plan.parted
    if parted is None or parted.alone is None:
        return _not_parted(plan)
    verdict = _clear(parted.lost_remission)
    tail = " Recovery is none of its business." if verdict == "fails" else ""
    why = f"Moves from it into treatment bring {said(parted.lost_remission)} years in remission"
    return Answer(verdict, f"{why} and {said(parted.lost)} healthy life-years.{tail}", _whole(plan))


def _not_parted(plan: PlanFacts) -> Answer:
    if plan.parted is None:
        return Answer("not computed", "Needs a run with the moves held: nothing was paid for, or the model has none.")
    why = "The plan pays for no harm reduction and no bridge: there is nothing to part."
    return Answer("not computed", why, _whole(plan))


def _clear(spread: Spread) -> Verdict:
    if spread.sign > 0:
        return "passes"
    return "fails" if spread.sign < 0 or spread.nothing else "cannot tell"


def _whole(plan: PlanFacts) -> tuple[str, ...]:
    if plan.parted is None:
        return ()
    kept, lost = plan.parted.kept, plan.parted.lost
    both = f"{said(kept)} healthy life-years kept, {said(lost)} lost"
    return (f"The whole plan with those moves held, on few runs: {both}; the two are not added.",)
