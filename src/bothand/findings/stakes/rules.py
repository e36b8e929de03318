"""What the rules of spending say and cost, in sentences and numbers; nothing for a study without rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bothand.experiments.plans import Tried, service_keys
from bothand.experiments.results import Results
from bothand.experiments.ruled.bill import asked_of_others
from bothand.experiments.ruled.bounds import lifted
from bothand.experiments.ruled.price import Alone, RulesPrice
from bothand.findings.bills import with_money
from bothand.findings.doubts import plan_labels
from bothand.findings.measures import interval
from bothand.findings.stakes.minds import REACHES
from bothand.keys import HEALTHY, REMISSION, WITHOUT_MEDICATION
from bothand.report.summary.deciding.rules import CapLifted, RulesPart, RuleTold
from bothand.words import dollars, first_up, in_sentence, in_so_many, join_words, listed, mean_words, number_words
from bothand.world.spending.rule import Bounds

HAIR = 1e-6  # MATH: share of a rule by which a plan may pass it through rounding
HUNDRED = 100  # UNIT: hundredths in a whole
LITTLE = 0.05  # UNIT: life-years; less is told as nothing
BROUGHT = {
    HEALTHY: "healthy life-years",
    REMISSION: "years in remission, medication included",
    WITHOUT_MEDICATION: "years in remission, without medication",
}


def rules(results: Results) -> RulesPart | None:
    """Return the rules of the study and its place; None where there are none."""
    found, bounds = results.ruled, results.setting.bounds
    if found is None:
        return None
    runs = {tried.plan: tried for tried in with_money(results)}
    asked = {plan: asked_of_others(results.world, tried) for plan, tried in runs.items()}
    both = asked.get(results.found_plan, np.zeros(results.world.county.draws))
    within = None if bounds.cap is None else float(np.mean(both <= bounds.cap * (1 + HAIR)))
    breaks = {
        plan: said
        for plan, tried in runs.items()
        if (said := _broken(results, bounds, tried, float(asked[plan].mean())))
    }
    part = RulesPart(
        rules=[_told(results, one) for one in found.each],
        text="",
        cost_nothing=found.same,
        plan_without={key: usd for key, usd in found.plan.items() if usd > 0},
        more={key: interval(gain) for key, gain in found.more.items()},
        beta=found.beta,
        beta_without=found.beta_free,
        cap=bounds.cap,
        asked={plan: interval(usd) for plan, usd in asked.items()},
        within_cap=within,
        breaks=breaks,
        lifted=lifted_caps(results),
        unable=list(results.stances.unable),
    )
    return part.model_copy(update={"text": _text(results, found, part)})


def _told(results: Results, one: Alone) -> RuleTold:
    label = in_sentence(_label(results, one.service)) if one.service else ""
    usd = dollars(one.usd or 0)
    words = {
        "earmark": f"At least {usd} a year for {label}.",
        "ceiling": f"At most {usd} a year for {label}.",
        "exclusion": f"Nothing for {label}.",
        "cap": f"Others are asked for at most {usd} a year beside the plan's own money.",
    }
    return RuleTold(
        kind=one.kind,
        service=one.service,
        usd=one.usd,
        because=one.because,
        source=one.source,
        words=words[one.kind],
        without=one.healthy,
        plan_without=dict(one.dollars),
    )


def _label(results: Results, service: str) -> str:
    return next((s.label for s in results.setting.services if s.key == service), service)


def _broken(results: Results, bounds: Bounds, tried: Tried, asked: float) -> list[str]:
    """Return the rules that a plan's first-round money does not keep, in words; ``asked``: of others, in the mean."""
    money = np.asarray(tried.dollars)
    spent = money.reshape(*money.shape[:2], -1)[:, results.world.first_round].mean(axis=(1, 2))
    paid = dict(zip(service_keys(results.world), spent.tolist(), strict=True))
    said = []
    for key, usd in bounds.at_least.items():
        if paid.get(key, 0.0) < usd * (1 - HAIR):
            said.append(f"less than {dollars(usd)} a year for {in_sentence(_label(results, key))}")
    for key, usd in bounds.at_most.items():
        if paid.get(key, 0.0) > usd * (1 + HAIR):
            said.append(f"more than {dollars(usd)} a year for {in_sentence(_label(results, key))}")
    said += [f"money for {in_sentence(_label(results, key))}" for key in bounds.must_not if paid.get(key, 0.0) > 0]
    if bounds.cap is not None and asked > bounds.cap * (1 + HAIR):
        said.append(f"others are asked for {dollars(asked)} a year")
    return said


def _text(results: Results, found: RulesPrice, part: RulesPart) -> str:
    """Say what the rules cost, whether the cap is kept, and which plans of the study do not keep them."""
    others = (*_others(results, part.breaks), *elsewhere(part.lifted), *without_best(results, part.unable))
    return " ".join([_cost(results, found, part), *_cap(results, part), *others])


def lifted_caps(results: Results) -> list[CapLifted]:
    """Return the beliefs under which no plan keeps the cap: another reach, or a side of a dispute."""
    made = []
    for reach, words in REACHES.items():
        reached = results.reaches.get(reach)
        if reached is None or reached.curves is None or reached.found is None:
            continue
        cap = lifted(reached.curves.surface, reached.found.ideals.surface)
        if cap is not None:
            made.append(CapLifted(where=in_sentence(words), reach=reach, usd=_finite(cap)))
    for one in results.disputes.tried if results.disputes else ():
        for side in one.sides:
            if side.cap is not None:
                made.append(CapLifted(where=side.label, dispute=one.dispute.key, usd=_finite(side.cap)))
    return made


def _finite(usd: float) -> float | None:
    return usd if np.isfinite(usd) else None


def elsewhere(found: Sequence[CapLifted]) -> Sequence[str]:
    """Say under which beliefs no plan keeps the cap, and what a search there keeps instead."""
    if not found:
        return ()
    said = [
        f"{f'“{one.where}”' if one.dispute else one.where} "
        f"({'no limit' if one.usd is None else f'{dollars(one.usd)} a year'})"
        for one in found
    ]
    return [
        f"By some beliefs no plan keeps the cap: {join_words(said)}. A search there keeps to the least that others can "
        "be asked for, given in brackets."
    ]


def without_best(results: Results, plans: Sequence[str]) -> Sequence[str]:
    """Name the stances that have no best of their own within the rules."""
    labels = plan_labels(results)
    drawn = [labels[plan] for plan in plans if plan in labels]
    if not drawn:
        return ()
    return [
        f"{first_up(listed(drawn))}: no best of its own is shown for any of these, since the money that search may "
        "move for it cannot keep the rules."
    ]


def _cost(results: Results, found: RulesPrice, part: RulesPart) -> str:
    if found.same:
        return "The rules cost nothing here: without them the search finds nothing better."
    lines = sorted(part.plan_without.items(), key=lambda item: -item[1])
    paid = join_words([f"{dollars(usd)} a year for {in_sentence(_label(results, key))}" for key, usd in lines])
    told = join_words([f"{mean_words(*_range(found, key))} {words}" for key, words in BROUGHT.items()])
    both = (part.beta, part.beta_without)
    shares = [in_so_many(min(max(share, 0.0), 1.0), "", HUNDRED).strip() for share in both]
    reach = (
        f"One plan can give every value {shares[0]} of what each could get alone without them, and {shares[1]} where "
        "no rule binds."
    )
    return (
        f"Without the rules the search would pay {paid}, and bring more (below zero: less): {told}. "
        f"{reach}{_most(part)}"
    )


def _most(part: RulesPart) -> str:
    """Name the rule that costs most healthy life-years alone."""
    worst = max(part.rules, key=lambda rule: rule.without)
    if worst.without < LITTLE or len(part.rules) == 1:
        return ""
    words = in_sentence(worst.words).rstrip(".")
    return f" The dearest rule alone, on the curves: {words}; {number_words(worst.without)} healthy life-years."


def _range(found: RulesPrice, key: str) -> tuple[float, float, float]:
    told = interval(found.more[key])
    return told.mean, told.low, told.high


def _cap(results: Results, part: RulesPart) -> list[str]:
    if part.cap is None or part.within_cap is None:
        return []
    asked = part.asked.get(results.found_plan)
    if asked is None:
        return []
    kept = "keeps" if asked.mean <= part.cap * (1 + HAIR) else "does not keep"
    return [
        f"In the full model the both/and plan asks others for {mean_words(asked.mean, asked.low, asked.high, dollars)} "
        f"a year; the cap is {dollars(part.cap)}, and in the mean the plan {kept} it. In "
        f"{in_so_many(part.within_cap, 'runs', HUNDRED)} it is kept."
    ]


def _others(results: Results, breaks: dict[str, list[str]]) -> Sequence[str]:
    labels = plan_labels(results)
    drawn = [labels[plan] for plan in breaks if plan != results.found_plan and plan in labels]
    if not drawn:
        return ()
    return [f"Plans drawn up by people are shown as they are; these do not keep every rule: {listed(drawn)}."]
