"""The findings as sentences, made from the numbers.

``of_plans`` and ``of_doubts`` make those that rest on how many people can be reached, from any runs of the plans; the
others rest on no plan.
"""

from __future__ import annotations

import numpy as np

from bothand.experiments.results import Results
from bothand.findings import terms
from bothand.findings.bills import FOLLOWS
from bothand.findings.deciding import budgets
from bothand.findings.doubts import plan_labels
from bothand.findings.said.claim import Said
from bothand.findings.said.numbers import Numbers
from bothand.keys import AS_OTHERS_DO, HEALTHY, OTHERS_HALF, REMISSION, THREE_YEARS, WITHOUT_MEDICATION
from bothand.report.summary import (
    Bill,
    Check,
    Fit,
    GradeCount,
    GroupVerdict,
    JointVerdict,
    Outcome,
    Request,
    Summary,
    Worth,
)
from bothand.words import as_subject, dollars, in_sentence, join_words, number_words

RUNS = 100  # UNIT: "in 93 of 100 runs"


def of_100(share: float) -> str:
    """Return a share of runs in words: '93 of 100 runs'."""
    return f"{round(share * RUNS)} of {RUNS} runs"


def outcome(found: list[Outcome], plan: str, indicator: str, horizon: str, money: str = THREE_YEARS) -> Outcome | None:
    """Return one outcome for everyone, or None."""
    for o in found:
        if (o.plan, o.indicator, o.horizon, o.group, o.money) == (plan, indicator, horizon, "all", money):
            return o
    return None


def of_plans(results: Results, numbers: Numbers) -> list[Said]:
    """Return what is said of the plans, the map and their money, in the order of the report."""
    made = [
        *_sheet_one(results, numbers),
        *_sheet_two(results, numbers),
        *_map(results),
        *budgets.of_map(results),
        _groups(results, numbers.verdicts),
        _recovery(results, numbers.outcomes),
        _horizon(results, numbers.outcomes),
        _requests(results, numbers.requests),
        _bills(results, numbers.bills),
        _worth(results, numbers.worth),
    ]
    return [said for said in made if said is not None]


def of_doubts(results: Results, numbers: Numbers) -> list[Said]:
    """Return what is said of the supply and of terms, in the order of the report."""
    return [_toxicity(results), *terms.findings(numbers.terms_alone)]


def of_evidence(parts: Summary) -> list[Said]:
    """Return what is said of the fit and of the inputs: no plan was run for it."""
    return [_fit(parts.fit, parts.checks), _evidence(parts.grades)]


def of_picture(parts: Summary) -> Said:
    """Return what is said of the picture: which services serve which values."""
    most = max(
        len({m.value for m in parts.marks if m.service == s.key and m.sign == "serves" and m.status != "assumed"})
        for s in parts.services
    )
    total = len(parts.values)
    text = "Different values need different services."
    text += f" No single service serves all {count(total)}." if most < total else " Yet one service serves them all."
    return Said("picture", text, {"most values one service serves": float(most)}, rests_on="nothing")


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


def _sheet_one(results: Results, numbers: Numbers) -> list[Said]:
    plan = results.found_plan
    lost = _losing(numbers.verdicts, AS_OTHERS_DO)
    joint = _joint(numbers.joint, plan, AS_OTHERS_DO)
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
        Said("sheet_1", title, {"groups that lose": float(len(lost.get(plan, [])))}, (title,)),
        Said("sheet_1_deck", deck, {"share of runs": joint}, tuple(behind), ("share of runs",)),
    ]


def _group_names(results: Results, groups: list[str]) -> str:
    spec = results.setting.model.spec.group
    return join_words([in_sentence(spec[g].label) for g in groups])


def _sheet_two(results: Results, numbers: Numbers) -> list[Said]:
    labels = plan_labels(results)
    top = numbers.best_guess[0].plan
    held = [d for d in numbers.deciding if d.ranks[0].plan == top]
    clear = [r for r in numbers.best_guess if r.rank is not None]
    doubts = f"{count(len(held)) if held else 'none'} of {count(len(numbers.deciding))} doubts"
    leads = f"{as_subject(labels[top])} has most healthy life-years in the best-guess run and under {doubts}."
    title = "These numbers cannot tell the plans apart"
    if clear:
        title = f"{count(len(clear)).capitalize()} of {len(numbers.best_guess)} plans can be told from their neighbours"
    return [
        Said("sheet_2", title, {"places told apart": float(len(clear))}, tuple(sorted(r.plan for r in clear))),
        Said("sheet_2_deck", f"{leads} Order over a lifetime.", {"doubts": float(len(held))}, (top, str(len(held)))),
    ]


def _get(n: int) -> str:
    return "gets" if n == 1 else "get"


def count(n: int) -> str:
    """Return a small number in words: 'no', 'one', 'eleven', then in digits."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
    return words[n] if n < len(words) else str(n)


def _map(results: Results) -> list[Said]:
    values = results.found.value_pairs
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
        else f"{count(blocked).capitalize()} of {len(values)} pairs {_get(blocked)} in each other's way."
    )
    price = results.found.all_values
    reach = "no budget on the curves gives all of them at once what each gets alone"
    if np.isfinite(price.multiple):
        reach = f"all at once cost {number_words(price.multiple)} budgets, {dollars(price.dollars)} a year"
    return [
        Said(
            "map",
            f"{title} {tail}",
            {k: float(v) for k, v in lanes.items()},
            (most,),
            ("in_each_others_way",),
            rests_on="search",
        ),
        Said(
            "map_deck",
            f"Each coin is one budget of today. Of these values, {reach}.",
            {"budgets": min(price.multiple, RUNS)},
            ("priced" if np.isfinite(price.multiple) else "no budget is enough",),
            ("budgets",),
            rests_on="search",
        ),
    ]


def _groups(results: Results, found: list[GroupVerdict]) -> Said:
    lost = _losing(found, "no_new_money")
    labels = plan_labels(results)
    if not lost:
        text = "Against no new money no group clearly loses healthy life-years under any plan"
    else:
        named = [f"{in_sentence(labels[p])} ({_group_names(results, g)})" for p, g in lost.items()]
        text = f"Against no new money someone loses under {join_words(named)}"
    return Said("groups", text, {"plans with a loser": float(len(lost))}, (text,))


def _recovery(results: Results, found: list[Outcome]) -> Said | None:
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
    return Said("recovery", text, {"criteria that agree": float(a == b)}, (a, b))


def _horizon(results: Results, found: list[Outcome]) -> Said | None:
    plan = results.found_plan
    short, long = outcome(found, plan, HEALTHY, "1"), outcome(found, plan, HEALTHY, "lifetime")
    if short is None or long is None or long.mean <= 0:
        return None
    share = max(0.0, short.mean / long.mean)
    seen = "less than one" if share * RUNS < 1 else f"{round(share * RUNS)}"
    text = f"One year shows {seen} in {RUNS} of the healthy life-years that the both/and plan brings over a lifetime"
    return Said("horizon", text, {"share seen in one year": share}, amounts=("share seen in one year",))


def _requests(results: Results, found: list[Request]) -> Said | None:
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
    return Said(
        "requests",
        text,
        {"change in people waiting": change},
        (worst.kind, more),
        ("change in people waiting",),
    )


def _bills(results: Results, found: list[Bill]) -> Said | None:
    own = [b for b in found if b.plan == results.found_plan]
    later = next((b for b in own if b.payer == FOLLOWS), None)
    paid = next((b for b in own if b.payer.startswith("Settlement")), None)
    if later is None or paid is None:
        return None
    spent, after, ends = paid.usd.mean, later.usd.mean, (later.usd.low, later.usd.high)
    text = f"The both/and plan spends {dollars(spent)} of settlement money and "
    said, else_said = f"sets off {dollars(after)} of treatment that others pay", "or spares them some"
    if after < 0:
        said, else_said = f"spares others {dollars(-after)} of treatment", "or sets off some"
        ends = -later.usd.high, -later.usd.low
    text += said
    if ends[0] < 0 < ends[1]:
        text += f", {else_said}: {dollars(ends[0])} to {dollars(ends[1])} in 19 of 20 runs"
    return Said(
        "bills",
        text,
        {"settlement": spent, "treatment that follows": after},
        amounts=("settlement", "treatment that follows"),
    )


def _worth(results: Results, found: list[Worth]) -> Said | None:
    if not found:
        return None
    labels = plan_labels(results)
    first = max(found, key=lambda w: w.per_million_settlement.mean)
    leads = max(found, key=lambda w: w.per_million_all.mean).plan == first.plan
    everyone = [w.per_million_all.mean for w in found]
    text = (
        f"For each million dollars that anyone pays the plans bring {number_words(min(everyone))} "
        f"to {number_words(max(everyone))} healthy life-years; {as_subject(in_sentence(labels[first.plan]))} leads "
        "only where others pay"
    )
    if leads:
        text = (
            f"{as_subject(labels[first.plan])} brings most healthy life-years for each million dollars of settlement "
            f"money; counting all who pay, the plans bring {number_words(min(everyone))} to "
            f"{number_words(max(everyone))}"
        )
    return Said(
        "worth",
        text,
        {
            "of settlement": first.per_million_settlement.mean,
            "of all who pay, least": min(everyone),
            "of all who pay, most": max(everyone),
        },
        (first.plan, "by both counts" if leads else "of settlement money only"),
        ("of all who pay, least", "of all who pay, most"),
    )


def _fit(fit: Fit, checks: list[Check]) -> Said:
    outside = sorted({f"{row.place} {row.year}" for row in fit.years if row.outside})
    agreed = sum(check.agrees for check in checks)
    told = "every count lies inside the range"
    if outside:
        told = f"{count(len(outside))} {'count lies' if len(outside) == 1 else 'counts lie'} outside the range"
    text = f"The model repeats most years it was shown; {told}, and {agreed} of {len(checks)} figures that it was not "
    text += "given agree"
    told_of = {"years outside": float(len(outside)), "checks that agree": float(agreed)}
    return Said("fit", text, told_of, rests_on="nothing")


def _evidence(found: list[GradeCount]) -> Said:
    inputs = {g.grade: g.inputs for g in found}
    total = sum(inputs.values())
    sourced = inputs["primary"] + inputs["secondary"]
    text = f"Of {total} inputs {sourced} come from a source, {inputs['judgement']} are judgements and "
    text += f"{inputs['unverified']} were not verified"
    return Said("evidence", text, {g: float(n) for g, n in inputs.items()}, rests_on="nothing")


def _toxicity(results: Results) -> Said:
    deciding = results.deciding
    now, back = deciding.best, deciding.returning
    labels = plan_labels(results)
    first, other = deciding.plans[int(np.argmax(now))], deciding.plans[int(np.argmax(back))]
    same = "the same plan comes first" if first == other else f"{as_subject(in_sentence(labels[other]))} comes first"
    years = results.setting.study.fit.test
    text = f"If the supply becomes as toxic again as in {years[0]} to {years[1]}, {same}"
    returning = {p: float(v) for p, v in zip(deciding.plans, back, strict=True)}
    return Said("toxicity", text, returning, (same,))
