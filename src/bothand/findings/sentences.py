"""The findings as sentences, made from the numbers, and the strongest case against the searched plan."""

from __future__ import annotations

import numpy as np

from bothand.experiments.results import Results
from bothand.findings.bills import FOLLOWS
from bothand.findings.doubts import plan_labels
from bothand.keys import AS_OTHERS_DO, HEALTHY, OTHERS_HALF, REMISSION, THREE_YEARS, WITHOUT_MEDICATION
from bothand.report.summary import (
    Bill,
    Check,
    Fit,
    GradeCount,
    GroupVerdict,
    JointVerdict,
    Outcome,
    Pair,
    Reach,
    Request,
    Sentence,
    Summary,
    Worth,
)
from bothand.words import dollars, first_up, in_sentence, join_words, number_words, range_words, unparted

RUNS = 100  # UNIT: "in 93 of 100 runs"
NAMED = 4  # UNIT: services named in one sentence


def of_100(share: float) -> str:
    """Return a share of runs in words: '93 of 100 runs'."""
    return f"{round(share * RUNS)} of {RUNS} runs"


def outcome(found: list[Outcome], plan: str, indicator: str, horizon: str, money: str = THREE_YEARS) -> Outcome | None:
    """Return one outcome for everyone, or None."""
    for o in found:
        if (o.plan, o.indicator, o.horizon, o.group, o.money) == (plan, indicator, horizon, "all", money):
            return o
    return None


def findings(results: Results, parts: Summary) -> list[Sentence]:
    """Return every finding, in the order of the report."""
    made = [
        _picture(parts),
        *_sheet_one(results, parts),
        *_sheet_two(results, parts),
        *_map(results, parts.pairs),
        _groups(results, parts.verdicts),
        _recovery(results, parts.outcomes),
        _horizon(results, parts.outcomes),
        _requests(results, parts.requests),
        _bills(results, parts.bills),
        _worth(results, parts.worth),
        _fit(parts.fit, parts.checks),
        _evidence(parts.grades),
        parts.linear_reach,
        _toxicity(results),
    ]
    return [sentence for sentence in made if sentence is not None]


def _picture(parts: Summary) -> Sentence:
    most = max(
        len({m.value for m in parts.marks if m.service == s.key and m.sign == "serves" and m.status != "assumed"})
        for s in parts.services
    )
    total = len(parts.values)
    text = "Different values need different services."
    text += f" No single service serves all {_count(total)}." if most < total else " Yet one service serves them all."
    return Sentence(key="picture", text=text, numbers={"most values one service serves": float(most)})


def _joint(found: list[JointVerdict], plan: str, reference: str) -> float | None:
    for j in found:
        if (j.plan, j.reference, j.indicator) == (plan, reference, HEALTHY):
            return j.share_no_group_worse
    return None


def _losing(found: list[GroupVerdict], reference: str) -> dict[str, list[str]]:
    lost: dict[str, list[str]] = {}
    for v in found:
        if v.reference == reference and v.indicator == HEALTHY and v.verdict == "loses":
            lost.setdefault(v.plan, []).append(v.group)
    return lost


def _sheet_one(results: Results, parts: Summary) -> list[Sentence]:
    plan = results.found_plan
    lost = _losing(parts.verdicts, AS_OTHERS_DO)
    joint = _joint(parts.joint, plan, AS_OTHERS_DO)
    if joint is None:
        return []
    labels = plan_labels(results)
    stances = [p for p in labels if p not in (plan, results.setting.study.status_quo, AS_OTHERS_DO, OTHERS_HALF)]
    behind = [labels[p] for p in stances if p in lost]
    if plan not in lost and behind:
        title = "The both/and plan leaves no group clearly worse off than spending as others do"
    elif plan in lost:
        title = f"Even the both/and plan leaves {_group_names(results, lost[plan])} behind spending as others do"
    else:
        title = "No plan that spends all the money leaves a group clearly worse off than spending as others do"
    tail = f" {join_words(behind)} {'leave' if len(behind) > 1 else 'leaves'} someone behind." if behind else ""
    share = round(1 / float(results.world.values["no_worse_margin"][0]))
    deck = (
        f"In {of_100(joint)} the both/and plan leaves no group worse off than that by more than 1 in {share:,} of "
        f"what it has.{tail}"
    )
    return [
        Sentence(key="sheet_1", text=title, numbers={"groups that lose": float(len(lost.get(plan, [])))}),
        Sentence(key="sheet_1_deck", text=deck, numbers={"share of runs": joint}),
    ]


def _group_names(results: Results, groups: list[str]) -> str:
    spec = results.setting.model.spec.group
    return join_words([in_sentence(spec[g].label) for g in groups])


def _sheet_two(results: Results, parts: Summary) -> list[Sentence]:
    labels = plan_labels(results)
    top = parts.best_guess[0].plan
    held = [d for d in parts.deciding if d.ranks[0].plan == top]
    clear = [r for r in parts.best_guess if r.rank is not None]
    doubts = f"{_count(len(held)) if held else 'none'} of {_count(len(parts.deciding))} doubts"
    leads = f"{labels[top]} has most healthy life-years in the best-guess run and under {doubts}."
    title = "These numbers cannot tell the plans apart"
    if clear:
        title = f"{first_up(_count(len(clear)))} of {len(parts.best_guess)} plans can be told from their neighbours"
    return [
        Sentence(key="sheet_2", text=title, numbers={"places told apart": float(len(clear))}),
        Sentence(key="sheet_2_deck", text=f"{leads} Order over a lifetime.", numbers={"doubts": float(len(held))}),
    ]


def _get(n: int) -> str:
    return "gets" if n == 1 else "get"


def _count(n: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
    return words[n] if n < len(words) else str(n)


def _map(results: Results, found: list[Pair]) -> list[Sentence]:
    values = [p for p in found if p.kind == "values"]
    if not values:
        return []
    lanes = {lane: sum(p.lane == lane for p in values) for lane in ("go_together", "compete", "in_each_others_way")}
    most = max(lanes, key=lambda lane: lanes[lane])
    title = {
        "go_together": "Most values go together: the plan for one carries the other.",
        "compete": "Most values only compete for money.",
        "in_each_others_way": "Many values get in each other's way here.",
    }[most]
    blocked = lanes["in_each_others_way"]
    tail = (
        "None gets in another's way."
        if not blocked
        else f"{first_up(_count(blocked))} of {len(values)} pairs {_get(blocked)} in each other's way."
    )
    price = results.found.all_values
    reach = "no budget on the curves gives all of them at once what each gets alone"
    if np.isfinite(price.multiple):
        reach = f"all at once cost {number_words(price.multiple)} budgets, {dollars(price.dollars)} a year"
    return [
        Sentence(key="map", text=f"{title} {tail}", numbers={k: float(v) for k, v in lanes.items()}),
        Sentence(
            key="map_deck",
            text=f"Each coin is one budget of today. Of these values, {reach}.",
            numbers={"budgets": min(price.multiple, RUNS)},
        ),
    ]


def _groups(results: Results, found: list[GroupVerdict]) -> Sentence:
    lost = _losing(found, "no_new_money")
    labels = plan_labels(results)
    if not lost:
        text = "Against no new money no group clearly loses healthy life-years under any plan"
    else:
        named = [f"{in_sentence(labels[p])} ({_group_names(results, g)})" for p, g in lost.items()]
        text = f"Against no new money someone loses under {join_words(named)}"
    return Sentence(key="groups", text=text, numbers={"plans with a loser": float(len(lost))})


def _recovery(results: Results, found: list[Outcome]) -> Sentence | None:
    plans = [t.plan for t in results.in_mode(THREE_YEARS) if t.plan != results.setting.study.status_quo]
    firsts = {}
    for indicator in (REMISSION, WITHOUT_MEDICATION):
        values = {p: o.mean for p in plans if (o := outcome(found, p, indicator, "lifetime"))}
        if values:
            firsts[indicator] = max(values, key=lambda p: values[p])
    if len(firsts) < 2:
        return None
    labels = plan_labels(results)
    a, b = labels[firsts[REMISSION]], labels[firsts[WITHOUT_MEDICATION]]
    if a == b:
        text = f"{a} brings most years in remission by both criteria"
    else:
        text = f"{a} brings most years in remission with medication counted; {in_sentence(b)} without"
    return Sentence(key="recovery", text=text, numbers={"criteria that agree": float(a == b)})


def _horizon(results: Results, found: list[Outcome]) -> Sentence | None:
    plan = results.found_plan
    short, long = outcome(found, plan, HEALTHY, "1"), outcome(found, plan, HEALTHY, "lifetime")
    if short is None or long is None or long.mean <= 0:
        return None
    share = max(0.0, short.mean / long.mean)
    seen = "less than one" if share * RUNS < 1 else f"{round(share * RUNS)}"
    text = f"One year shows {seen} in {RUNS} of the healthy life-years that the both/and plan brings over a lifetime"
    return Sentence(key="horizon", text=text, numbers={"share seen in one year": share})


def _requests(results: Results, found: list[Request]) -> Sentence | None:
    quo = [r for r in found if r.plan == results.setting.study.status_quo]
    own = [r for r in found if r.plan == results.found_plan]
    if not quo or not own:
        return None
    worst = min(quo, key=lambda r: r.met_within_30_days.mean)
    change = sum(r.waiting.mean for r in own) - sum(r.waiting.mean for r in quo)
    met, more = round(worst.met_within_30_days.mean * RUNS), "more" if change > 0 else "fewer"
    text = (
        f"Today {met} in {RUNS} who ask for {in_sentence(worst.label)} are let in within 30 days; under the both/and "
        f"plan {number_words(abs(change))} {more} people wait"
    )
    return Sentence(key="requests", text=text, numbers={"change in people waiting": change})


def _after(results: Results) -> list[str]:
    """Say what becomes of requests two years after the money ends, when bought places have closed."""
    year = results.world.first_round[-1] + 2
    quo = results.world.quo.run.requests
    plan = results.of(results.found_plan, THREE_YEARS).trial.run.requests
    if year >= quo[0].met.shape[0]:
        return []
    kind = max(range(len(quo)), key=lambda k: abs(float(np.mean(plan[k].met[year] - quo[k].met[year]))))
    now, then = (round(float(np.mean(r[kind].met[year])) * RUNS) for r in (plan, quo))
    if now == then:
        return []
    asked = f"who ask for {quo[kind].kind} are let in within 30 days"
    return [f"Two years after the money ends {now} in {RUNS} {asked}, not {then}."]


def _bills(results: Results, found: list[Bill]) -> Sentence | None:
    own = [b for b in found if b.plan == results.found_plan]
    later = next((b for b in own if b.payer == FOLLOWS), None)
    paid = next((b for b in own if b.payer.startswith("Settlement")), None)
    if later is None or paid is None:
        return None
    spent, after = paid.usd.mean, later.usd.mean
    text = f"The both/and plan spends {dollars(spent)} of settlement money and sets off {dollars(after)} of treatment "
    text += "that others pay"
    return Sentence(key="bills", text=text, numbers={"settlement": spent, "treatment that follows": after})


def _worth(results: Results, found: list[Worth]) -> Sentence | None:
    if not found:
        return None
    labels = plan_labels(results)
    first = max(found, key=lambda w: w.per_million_settlement.mean)
    everyone = [w.per_million_all.mean for w in found]
    span = range_words(min(everyone), max(everyone))
    text = (
        f"For each million dollars that anyone pays the plans bring {span} healthy life-years; "
        f"{in_sentence(labels[first.plan])} leads only where others pay"
    )
    if max(found, key=lambda w: w.per_million_all.mean).plan == first.plan:
        text = (
            f"{labels[first.plan]} brings most healthy life-years for each million dollars of settlement money; "
            f"counting all who pay, the plans bring {span}"
        )
    return Sentence(key="worth", text=text, numbers={"of settlement": first.per_million_settlement.mean})


def _fit(fit: Fit, checks: list[Check]) -> Sentence:
    outside = sorted({f"{row.place} {row.year}" for row in fit.years if row.outside})
    agreed = sum(check.agrees for check in checks)
    told = "every count lies inside the range"
    if outside:
        told = f"{_count(len(outside))} {'count lies' if len(outside) == 1 else 'counts lie'} outside the range"
    text = f"The model repeats most years it was shown; {told}, and {agreed} of {len(checks)} figures that it was not "
    text += "given agree"
    return Sentence(
        key="fit", text=text, numbers={"years outside": float(len(outside)), "checks that agree": float(agreed)}
    )


def _evidence(found: list[GradeCount]) -> Sentence:
    count = {g.grade: g.inputs for g in found}
    total = sum(count.values())
    sourced = count["primary"] + count["secondary"]
    text = f"Of {total} inputs {sourced} come from a source, {count['judgement']} are judgements and "
    text += f"{count['unverified']} were not verified"
    return Sentence(key="evidence", text=text, numbers={g: float(n) for g, n in count.items()})


def _toxicity(results: Results) -> Sentence:
    deciding = results.deciding
    now, back = deciding.best, deciding.returning
    labels = plan_labels(results)
    first, other = deciding.plans[int(np.argmax(now))], deciding.plans[int(np.argmax(back))]
    same = "the same plan comes first" if first == other else f"{in_sentence(labels[other])} comes first"
    years = results.setting.study.fit.test
    text = f"If the supply becomes as toxic again as in {years[0]} to {years[1]}, {same}"
    return Sentence(key="toxicity", text=text, numbers={p: float(v) for p, v in zip(deciding.plans, back, strict=True)})


def case_against(results: Results, parts: Summary) -> list[str]:
    """Return the strongest case against the searched plan, from the numbers, the weightiest first."""
    plan = results.found_plan
    reasons = [
        *_less_than_a_stance(results, parts),
        *_floors(parts),
        *_reached_less(results, parts),
        *_leans_on(results, parts.bills, plan),
        *_unfunded(results, parts),
        *_after(results),
        "It was found by search on curves of single services (largest gap to the full model "
        f"{parts.both_and.surrogate_error:.2f} of a value's own best); the other plans were not searched.",
    ]
    return reasons


def _less_than_a_stance(results: Results, parts: Summary) -> list[str]:
    labels = plan_labels(results)
    horizon, years = results.world.ten_years
    kinds = (
        (HEALTHY, "healthy life-years"),
        (REMISSION, "years in remission, medication included,"),
        (WITHOUT_MEDICATION, "years in remission without medication"),
    )
    found = []
    for indicator, words in kinds:
        own = outcome(parts.outcomes, results.found_plan, indicator, horizon)
        rivals = {p: o.mean for p in labels if (o := outcome(parts.outcomes, p, indicator, horizon)) and o != own}
        if own is None or not rivals:
            continue
        best = max(rivals, key=lambda p: rivals[p])
        if rivals[best] > own.mean:
            found.append(
                f"{labels[best]} brings {number_words(rivals[best] - own.mean)} more {words} in {years} years."
            )
    return found


def _floors(parts: Summary) -> list[str]:
    missed, met = parts.both_and.floors_not_met, parts.both_and.floors_met
    if not missed:
        return []
    told = in_sentence(missed[0].replace(": ", " gives more to ", 1))
    return [f"It misses {_count(len(missed))} of {len(missed) + len(met)} floors: {told}, for one."]


def _reached_less(results: Results, parts: Summary) -> list[str]:
    by_plan = {p.key: p.reach for p in parts.plans if p.reach}
    labels = plan_labels(results)

    def amount(reach: list[Reach], key: str) -> float:
        return next(r.amount.mean for r in reach if r.key == key)

    key, words = "in_contact", "people in open, low-threshold contact"
    own = amount(by_plan[results.found_plan], key)
    best = max(by_plan, key=lambda p: amount(by_plan[p], key))
    gap = amount(by_plan[best], key) - own
    if gap <= 1:
        return []
    return [
        f"It adds {number_words(own)} {words} on any day; {in_sentence(labels[best])} adds {number_words(own + gap)}."
    ]


def _leans_on(results: Results, found: list[Bill], plan: str) -> list[str]:
    own = [b for b in found if b.plan == plan and b.payer == FOLLOWS]
    if not own or own[0].usd.mean <= 0:
        return []
    return [f"It leans on others: {dollars(own[0].usd.mean)} of treatment that follows falls on Medicaid and insurers."]


def _unfunded(results: Results, parts: Summary) -> list[str]:
    plan = next(p for p in parts.plans if p.key == results.found_plan)
    none = [in_sentence(unparted(s.short)) for s in parts.services if plan.dollars.get(s.key, 0) < 1]
    missing = none if len(none) <= NAMED else [*none[:NAMED], f"{len(none) - NAMED} more"]
    asked = results.setting.place.about.asked_for
    reasons = [f"It pays nothing for {join_words(missing)}."] if missing else []
    if asked and asked[0].services and not any(plan.dollars.get(name, 0) >= 1 for name in asked[0].services):
        reasons.append(f"Residents asked first for something else: {in_sentence(asked[0].what)}.")
    return reasons
