"""Checks that read outcomes: who gains, what is kept, recovery by every criterion, the case against.

Every check takes a plan's facts, the book of all plans and the reading, and answers with a verdict and one sentence.
*Clearly*: the range of 19 in 20 runs lies on one side of zero. An outcome that crosses zero cannot be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bothand.principles.answers import Answer, Verdict, worst
from bothand.principles.facts import STEPS, Book, Change, GroupLine, PlanFacts, Spread
from bothand.principles.rules import Reading
from bothand.words import dollars, first_up, in_sentence, join_words, listed, mean_words, number_words

PEOPLE_WORDS = {
    "all": "everyone",
    "with": "people with addiction",
    "without": "people using without addiction",
}
RECOVERY = "recovery"
HUNDRED = 100  # UNIT: per cent
NEARLY_ALWAYS = 0.95  # MATH: 19 in 20 runs


def said(spread: Spread) -> str:
    """Return '12 (5 to 23)'."""
    return mean_words(spread.mean, spread.low, spread.high)


def gains(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when each of the people named clearly gains in at least one of the outcomes named for them."""
    verdicts: list[Verdict] = []
    told, more = [], []
    for people, names in reading.looks_at.items():
        found = [(plan.lines[n].label, plan.lines[n].people[people]) for n in names if _has(plan, n, people)]
        who = PEOPLE_WORDS.get(people, people)
        if not found:
            verdicts.append("not computed")
            told.append(f"nothing is counted for {who}")
            continue
        clear = [row for row in found if row[1].sign > 0]
        verdict: Verdict = "passes" if clear else "cannot tell"
        if all(spread.sign < 0 or spread.nothing for _, spread in found):
            verdict = "fails"
        verdicts.append(verdict)
        label, spread = (clear or found)[0]
        told.append(f"{who}: {in_sentence(label)} {said(spread)}")
        more += [f"{first_up(who)}: {in_sentence(name)} {said(s)}." for name, s in found]
    return Answer(worst(verdicts), _sentence("; ".join(told)), tuple(more))


def gains_on_either_side(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """As ``gains``; beside it, what would be told if some people stood on the other side of the line of addiction."""
    answer = gains(plan, book, reading)
    told = []
    for moved in plan.moved:
        other = gains(replace(plan, lines=moved.lines), book, reading)
        turns = "the verdict stays" if other.verdict == answer.verdict else f"the verdict would be: {other.verdict}"
        told.append(f"{moved.said}, {turns}. {other.why}")
    return Answer(answer.verdict, answer.why, (*answer.more, *told, *book.orders_moved))


def steps(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """As ``gains``, with the risk of death of lower-risk use today beside zero, so that neither is implied."""
    answer = gains(plan, book, reading)
    risk = book.lower_risk_death
    beside = () if risk is None else (
        f"Lower-risk use has its risk: today {said(risk)} overdose deaths a year among 100,000 people; "
        "without use the number is 0.",
    )  # fmt: skip
    return Answer(answer.verdict, answer.why, (*answer.more, *beside))


def keeps(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when none of the outcomes named clearly falls for the people named; an outcome left out fails."""
    verdicts: list[Verdict] = []
    told = []
    for people, names in reading.looks_at.items():
        for name in names:
            who = PEOPLE_WORDS.get(people, people)
            if not _has(plan, name, people):
                verdicts.append("fails")
                told.append(f"{name.replace('_', ' ')} of {who} is left out")
                continue
            line = plan.lines[name]
            spread = line.people[people]
            verdicts.append("fails" if spread.sign < 0 else "passes" if spread.enough else "cannot tell")
            told.append(f"{in_sentence(line.label)}, {who}: {said(spread)}")
    return Answer(worst(verdicts), _sentence("; ".join(told)))


def recovery_with_medication(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when remission, medication included, clearly gains and no service that is paid for shuts medication out."""
    answer = gains(plan, book, reading)
    shut = [one.service.label for one in plan.funded if one.terms.medication == "excluded"]
    if shut:
        return Answer("fails", f"Medication is shut out of {listed(shut)}.", answer.more)
    return Answer(answer.verdict, answer.why, (*answer.more, *_flips(book)))


def recovery_in_reach(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when recovery support is paid for and sustained remission clearly gains by at least one criterion."""
    money = sum(one.dollars for one in plan.funded if one.service.kind == RECOVERY)
    each = f"{dollars(money / book.people)} a year of recovery support for each person with addiction"
    answer = gains(plan, book, reading)
    verdict = worst(["passes" if money > 0 else "fails", answer.verdict])
    return Answer(verdict, f"{_sentence(each)[:-1]}; {in_sentence(answer.why)}", (*answer.more, *_flips(book)))


def _flips(book: Book) -> Iterator[str]:
    """Yield which plan comes first by every criterion and duration, and whether the first changes."""
    if not book.firsts:
        return
    firsts = set(book.firsts.values())
    word = "the first plan changes with the criterion" if len(firsts) > 1 else "the same plan comes first by all"
    by = "; ".join(f"{criterion}, {duration}: {first}" for (criterion, duration), first in book.firsts.items())
    yield f"Most years in remission, {word}. {by}."


def no_loser(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when no group clearly loses, beyond the margin, in the outcomes named; name the group that is worst off."""
    rows = [(name, row) for name in reading.looks_at["groups"] for row in plan.groups.get(name, ())]
    if not rows:
        return Answer("not computed", "No group was judged.")
    losing = list(dict.fromkeys(row.label for _, row in rows if row.loses))
    name, low = min(rows, key=lambda pair: pair[1].gain.mean)
    least = f"worst off: {in_sentence(low.label)}, {_per_thousand(book, name, low)}"
    beside = _adverse(plan)
    if losing:
        return Answer("fails", f"Someone loses: {listed(losing)}; {least}.", beside)
    known = all(row.gain.enough for _, row in rows)
    return Answer("passes" if known else "cannot tell", f"No group clearly loses; {least}.", beside)


def _adverse(plan: PlanFacts) -> tuple[str, ...]:
    """Return the largest clear loss among all that is counted, and the largest of every ledger: never a sum."""
    if not plan.changes:
        return ()
    of = f"of {len(plan.changes)} lines, by group, family and payer"
    if not all(one.change.enough for one in plan.changes):
        return (f"Too few runs to name the largest adverse change {of}.",)
    lost = sorted((one for one in plan.changes if one.loses), key=lambda one: -(one.share or 0))
    if not lost:
        return (f"No clear loss in any {of}.",)
    first: dict[str, Change] = {}
    for one in lost:
        first.setdefault(one.kind, one)
    steps = first.pop(STEPS, None)
    told = [f"Clear losses: {len(lost)} {of}."]
    told += [f"Largest adverse change, of what there is today: {_loss(next(iter(first.values())))}."] if first else []
    told += [f"Largest of another ledger: {_loss(one)}." for one in list(first.values())[1:]]
    told += [f"Fewer steps, of which fewer people may be left to take one: {_loss(steps)}."] if steps else []
    return tuple(told)


def _loss(one: Change) -> str:
    share = "" if one.share is None else f", {number_words(one.share * HUNDRED)} % of what there is"
    return f"{in_sentence(one.label)}, {in_sentence(one.who)}: {said(one.change)} {one.unit}{share}"


def _per_thousand(book: Book, indicator: str, row: GroupLine) -> str:
    return f"{said(row.gain)} {book.value_labels.get(indicator, indicator)} per 1,000 of them"


def case_against(plan: PlanFacts, book: Book, reading: Reading) -> Answer:
    """Pass when no other plan is at least as good for every value, and print the strongest case against this one."""
    rivals = {key: other for key, other in book.plans.items() if key != plan.key and other.values}
    if not rivals or not plan.values:
        return Answer("not computed", "There is no other plan to set beside it.")
    better = [other.label for other in rivals.values() if _beats(other, plan)]
    alternatives = [other.label for other in rivals.values() if not _beats(plan, other)]
    strongest = _strongest(plan, rivals, book, reading.looks_at["values"])
    more = (f"Not worse for every value than this plan: {listed(alternatives)}.",) if alternatives else ()
    if better:
        return Answer("fails", f"{join_words(better)} serves every value at least as well in 19 of 20 runs.", more)
    if not alternatives:
        return Answer("fails", "No other plan is better for any value: there is no alternative to weigh.", more)
    return Answer("passes", strongest, more)


def _beats(one: PlanFacts, other: PlanFacts) -> bool:
    """Say whether one plan is at least as good for every value, and better for some, in 19 of 20 runs."""
    names = sorted(set(one.values) & set(other.values))
    gaps = np.stack([one.values[name] - other.values[name] for name in names])
    return bool(np.mean((gaps >= 0).all(axis=0) & (gaps > 0).any(axis=0)) >= NEARLY_ALWAYS)


def _strongest(plan: PlanFacts, rivals: dict[str, PlanFacts], book: Book, names: tuple[str, ...]) -> str:
    """Return where, among these values, the plan is furthest behind the best, by share of what the best brings."""
    found = []
    for name in (n for n in names if n in plan.values):
        best = max((r for r in rivals.values() if name in r.values), key=lambda r: float(r.values[name].mean()))
        most, own = float(best.values[name].mean()), float(plan.values[name].mean())
        if most > 0 and most > own:
            found.append(((most - own) / most, name, best.label, most, own))
    if not found:
        return "No other plan brings more of what this side looks at first."
    _, name, label, most, own = max(found)
    numbers = f"{number_words(most)} against {number_words(own)}"
    return f"Against it: {in_sentence(label)} brings more {in_sentence(book.value_labels[name])}, {numbers}."


def _has(plan: PlanFacts, name: str, people: str) -> bool:
    return name in plan.lines and people in plan.lines[name].people


def _sentence(text: str) -> str:
    return f"{first_up(text)}."
