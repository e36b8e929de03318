"""Checks that read which services a plan pays for and how they are run: coercion, doors, discharge, money, hope, need.

*Reachable*, in words: the service has units running in most runs; it is no more than an incentive; and, where it adds
or leads to places, the share of requests met within 30 days does not clearly fall for every kind of place it leads to.
A person who does not seek to stop must also be let in without a condition and may stay through use.
"""

from __future__ import annotations

from bothand.principles.answers import Answer, Verdict
from bothand.principles.facts import Book, Funded, PlanFacts, runs
from bothand.principles.lines import said
from bothand.principles.rules import Reading
from bothand.words import COERCION, PEOPLE, dollars, first_up, in_so_many, join_words, listed, number_words
from bothand.world.terms import coercion_of

INCENTIVE = 1  # UNIT: grade of coercion, DESIGN 9
HUNDRED = 100  # UNIT: per cent
CENT = 0.01  # UNIT: the least sum of US dollars
GOALS = {
    "harm_reduction": "safety and contact",
    "bridge": "a way from contact to treatment",
    "treatment": "treatment",
    "recovery": "recovery",
    "prevention": "prevention",
    "family": "families",
    "community": "the community",
    "outside": "what is not said",
}
UNKNOWN_KIND = "outside"  # money outside the model of which the plan does not say what it is for
NO_RULE_KNOWN = "Deaths by discharge: not computed; no service of this plan has a rule whose effect is known."
HOPEFUL = ("recovery", "bridge")
AFTER_USE = {"stays": "stays", "paused": "pauses", "discharged": "is sent away"}


def coercion(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when no service that is paid for is graded above the reading's limit; count its person-days."""
    limit = reading.limit or 0
    graded = [(_grade(one, plan), one) for one in (*plan.funded, *plan.shown)]
    over = [one for grade, one in graded if grade > limit]
    days = sum(one.days for one in over)
    more = tuple(f"{one.service.label}: grade {grade}, {COERCION[grade]}." for grade, one in graded)
    more = (*more, book.limit_price) if book.limit_price else more
    highest = max((grade for grade, _ in graded), default=0)
    if over:
        named = listed([one.service.label for one in over])
        why = f"{first_up(named)}: {number_words(days)} person-days above {COERCION[limit]}."
        return Answer("fails", f"{why}{_not_counted(over, plan)}", more)
    return Answer(
        "passes", f"Highest grade {highest}, {COERCION[highest]}; 0 person-days above {COERCION[limit]}.", more
    )


def _grade(one: Funded, plan: PlanFacts) -> int:
    """Return the grade of a service as the plan runs it, beside the other services that run."""
    beside = [(other.service, other.terms) for other in plan.funded if runs(other)]
    return coercion_of(one.service, one.terms, beside).grade


def _not_counted(over: list[Funded], plan: PlanFacts) -> str:
    """Say of which services no day is counted, because they stand outside the model."""
    unseen = [one.service.label for one in over if one in plan.shown]
    return f" Outside the model, so that no day of it is counted: {listed(unseen)}." if unseen else ""


def door_without_stopping(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when a person who does not seek to stop has a service that is paid for and reachable."""
    kind = [one for one in plan.funded if one.service.kind in reading.looks_at["kinds"]]
    found = [one for one in kind if _reachable(one, plan) and _no_condition(one)]
    return _door(kind, found, "a person who does not seek to stop")


def door_to_treatment(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when a person with addiction who wants treatment or recovery support has a reachable way to it."""
    kind = [one for one in plan.funded if one.service.kind in reading.looks_at["kinds"]]
    found = [one for one in kind if _reachable(one, plan)]
    return _door(kind, found, "a person who wants treatment or recovery support")


def _door(kind: list[Funded], found: list[Funded], who: str) -> Answer:
    if found:
        return Answer("passes", f"Open to {who}: {listed([one.service.label for one in found])}.")
    if kind:
        shut = listed([one.service.label for one in kind])
        return Answer("fails", f"Paid for and not reachable for {who}: {shut}.")
    return Answer("fails", f"No service that is paid for is there for {who}.")


def _reachable(one: Funded, plan: PlanFacts) -> bool:
    let_in = not one.met or any(change.sign >= 0 for change in one.met.values())
    return runs(one) and let_in and _grade(one, plan) <= INCENTIVE


def _no_condition(one: Funded) -> bool:
    return one.terms.entry == "none" and one.terms.return_to_use == "stays" and one.terms.offer != "pressed"


def never_discharged(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when no service sends anyone away for using."""
    sent = [one.service.label for one in plan.funded if one.terms.return_to_use == "discharged"]
    if sent:
        return Answer("fails", f"A return to use ends the help of {listed(sent)}.", _how_run(plan))
    return Answer("passes", "No service that is paid for sends anyone away for using.", _how_run(plan))


def discharged_to_a_place(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when whoever a service sends away for using has another one of its kind that keeps people, running."""
    sent = [one for one in plan.funded if one.terms.return_to_use == "discharged"]
    nowhere = [one.service.label for one in sent if not _other_keeps(one, plan)]
    if nowhere:
        why = f"People are sent away and nothing of its kind keeps them: {listed(nowhere)}."
        return Answer("fails", why, _how_run(plan))
    if sent:
        return Answer("passes", "Who is sent away has another service of that kind that keeps people.", _how_run(plan))
    why = "Nobody is sent away; a house may pause a stay to protect those who live in it."
    return Answer("passes", why, _how_run(plan))


def _other_keeps(one: Funded, plan: PlanFacts) -> bool:
    return any(
        other.service.kind == one.service.kind and other.terms.return_to_use != "discharged" and runs(other)
        for other in plan.funded
    )


def _how_run(plan: PlanFacts) -> tuple[str, ...]:
    ways: dict[str, list[str]] = {}
    for one in plan.funded:
        ways.setdefault(one.terms.return_to_use, []).append(one.service.label)
    told = (f"After a return to use a person {AFTER_USE[way]}: {listed(names)}." for way, names in ways.items())
    return (*told, plan.discharge or NO_RULE_KNOWN)


def one_goal(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Fail when all the money serves one goal."""
    if not plan.kinds:
        return Answer("not computed", "The plan pays for nothing.")
    told = join_words([f"{GOALS[kind]} {_percent(share)}" for kind, share in plan.kinds.items()])
    known = [kind for kind in plan.kinds if kind != UNKNOWN_KIND]
    if len(plan.kinds) == 1 and known:
        return Answer("fails", f"All the money serves one goal: {GOALS[known[0]]}.")
    if len(known) < 2:
        return Answer("cannot tell", f"Of each dollar: {told}.")
    return Answer("passes", f"Of each dollar: {told}.")


def stewardship(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Fail when over half of the money comes back, or may pay for what was paid before; say what is not paid for."""
    if not plan.money:
        return Answer("not computed", "The plan pays for nothing.")
    before = sum(one.dollars for one in plan.funded if one.service.payers.supplants) / plan.money
    verdict: Verdict = "fails" if before > 0.5 or plan.unspent > 0.5 else "passes"
    why = f"{_percent(before)} of the money may pay for what others paid; {_percent(plan.unspent)} comes back unspent."
    left = listed(plan.not_funded) or "nothing"
    more = [f"Not paid for: {left}.", *_price(plan)]
    payers = [(one.service.label, one.service.payers) for one in plan.funded if one.service.payers.supplants]
    more += [f"{label}: {payer.supplants_note}." for label, payer in payers]
    return Answer(verdict, why, tuple(more))


def _price(plan: PlanFacts) -> tuple[str, ...]:
    healthy = plan.values.get("healthy_life_years")
    if healthy is None or healthy.mean() <= 0:
        return ()
    brought = number_words(float(healthy.mean()))
    return (f"{dollars(plan.money)} a year of settlement money bring {brought} healthy life-years.",)


def hope_reaches_more(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when recovery support runs and a coach or centre reaches more people with addiction or in remission."""
    change = plan.peers
    offered = any(one.service.kind == "recovery" and runs(one) for one in plan.funded)
    verdict: Verdict = "passes" if change.sign > 0 else "fails" if change.sign < 0 or change.nothing else "cannot tell"
    verdict = verdict if offered else "fails"
    return Answer(verdict, f"Of 100 people, {said(change)} more are reached by a coach or centre on any day.")


def hope_not_pressed(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when what raises treatment or recovery is an offer that can be declined."""
    pressed = [one.service.label for one in plan.funded if one.terms.offer == "pressed"]
    if pressed:
        return Answer("fails", f"Recovery is pressed on people by {listed(pressed)}.")
    offered = [one.service.label for one in plan.funded if one.service.kind in HOPEFUL]
    told = f"offered and declinable: {listed(offered)}" if offered else "no service of this plan raises it"
    return Answer("passes", f"{first_up(told)}.")


def help_imposed(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Fail when help is imposed: person-days above an incentive, or people without addiction placed in treatment."""
    imposed = [one for one in (*plan.funded, *plan.shown) if _grade(one, plan) > INCENTIVE]
    share = sum(one.days for one in imposed) / plan.days if plan.days else 0.0
    unseen = any(one in plan.shown for one in imposed)
    placed = book.placed
    if placed is None:
        return Answer("not computed", "The model does not tell people without addiction apart.")
    verdict: Verdict = "fails" if share > 0 or unseen or placed > 0 else "passes"
    moves = "no move of the model places" if placed == 0 else f"{placed} moves of the model place"
    why = (
        f"{number_words(share * HUNDRED)} of each 100 person-days of help are imposed; {moves} people without addiction"
    )
    return Answer(verdict, f"{why} in treatment.{_not_counted(imposed, plan)}")


def need_unmet(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Fail when clearly more of those who ask go without; pass when no clearly larger share does."""
    change, before = plan.unmet, plan.unmet_share - plan.unmet.mean
    more = change.sign > 0 and change.mean > book.margin * before
    verdict: Verdict = "fails" if more else "passes" if change.enough else "cannot tell"
    told = f"{number_words(abs(change.mean) * PEOPLE)} {'more' if change.mean > 0 else 'fewer'} than with no new money"
    return Answer(verdict, f"{in_so_many(plan.unmet_share, 'who ask')} are not let in within 30 days, {told}.")


def _percent(share: float) -> str:
    return f"{round(share * HUNDRED)} %"
