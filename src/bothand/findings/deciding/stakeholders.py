"""Stakeholders beside the plans, in the summary's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bothand.decide.weights import EQUAL, asked_twice, even_words, evenness, swing_weights, told_apart
from bothand.decide.weights import CommonGround as Ground
from bothand.experiments.positions.voices import DIRECTIONS, FAMILIES, Tree, first_of
from bothand.experiments.results import Results
from bothand.experiments.search import STEP
from bothand.experiments.what_if.common import COMMON, Common
from bothand.experiments.what_if.common import Held as HeldPlans
from bothand.findings.doubts import plan_labels
from bothand.findings.measures import interval
from bothand.findings.said.claim import Said
from bothand.outcomes.values import values_of
from bothand.report.summary import Interval
from bothand.report.summary.deciding.stakeholders import (
    Apart,
    AskedTwice,
    CommonGround,
    Held,
    LargestRegret,
    Shared,
    Stakeholder,
    Voice,
)
from bothand.words import dollars, in_sentence, in_so_many, join_words, mean_words

HUNDRED = 100  # UNIT: the denominator of shares in these sentences
NAMED = 3  # UNIT: services named in a sentence
VOICE: dict[Tree, str] = {FAMILIES: "each family of values has", DIRECTIONS: "each direction has"}
"""Tree -> who has one voice in it."""


def stakeholders(results: Results) -> list[Stakeholder]:
    """Return every stakeholder beside the plans; empty unless they were asked."""
    common = results.common
    if common is None:
        return []
    values = {objective: value for value, objective in results.found.keys.items()}
    labels = _value_labels(results) if any(_asked_again(held) for held in common.held) else {}
    return [_stakeholder(held, common, values, labels) for held in common.held]


def _stakeholder(
    held: HeldPlans, common: Common, values: Mapping[str, str], value_labels: Mapping[str, str]
) -> Stakeholder:
    position = held.asked.stakeholder
    about = Stakeholder(
        key=position.key,
        label=position.label,
        short=position.short,
        stands_for=position.stands_for,
        source=position.source,
        reviewed=position.reviewed,
        ships=held.asked.ships,
        seal=held.asked.seal,
        **_questions(held, value_labels),
    )
    if held.weights is None or held.chosen is None:
        return about
    chosen = held.chosen
    plans = []
    for n, plan in enumerate(common.plans):
        central = chosen.central[n]
        known = np.isfinite(central).all()
        names = [values[objective] for objective in held.weights.values]
        plans.append(
            Held(
                plan=plan,
                first=float(chosen.ranks[n, 0]),
                ranks=chosen.ranks[n].tolist(),
                best=bool(held.best[n]),
                central=dict(zip(names, central.tolist(), strict=True)) if known else {},
                confidence=float(chosen.confidence[n]) if known else None,
                regret=float(held.regrets[n]),
                regret_in_runs=interval(common.in_draws[position.key][n]) if common.in_draws else None,
            )
        )
    heard = [
        Voice(
            tree=tree, first=dict(zip(common.plans, voice.ranks[:, 0].tolist(), strict=True)), excess=dict(voice.excess)
        )
        for tree, voice in held.voices.items()
    ]
    update = {"off_the_map": held.weights.off_the_map, "entropy": chosen.entropy, "plans": plans, "voices": heard}
    always = [(common.plans[i], common.plans[j]) for i, j in zip(*np.nonzero(held.always), strict=True)]
    update |= {"always": always, "pairs": _pairs(common)}
    return about.model_copy(update=update)


def _asked_again(held: HeldPlans) -> bool:
    swing = held.asked.stakeholder.swing
    return swing is not None and bool(swing.again)


def _value_labels(results: Results) -> dict[str, str]:
    setting = results.setting
    shown = values_of(setting.study, setting.folder, setting.services, setting.evidence.names)
    return {value.key: value.label for value in shown.values}


def _questions(held: HeldPlans, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return where the question, rather than the value, may have made a stakeholder's weights; none of it moves any."""
    swing = held.asked.stakeholder.swing
    points = evenness(swing_weights(list(swing.points.values()))) if swing else None
    whole = held.weights and (held.weights.whole or held.weights)
    middle = evenness(whole.centre) if whole and len(whole.values) > 1 else None
    said = even_words(points=points is not None and points > EQUAL, middle=middle is not None and middle > EQUAL)
    twice = [
        AskedTwice(
            value=one.value,
            way=one.way,
            before=one.before,
            after=one.after,
            sensitivity=one.sensitivity,
            low=one.low,
            high=one.high,
            moved=one.moved,
            words=one.words(labels.get(one.value, one.value)),
        )
        for one in (asked_twice(swing) if swing else ())
    ]
    return {"asked_twice": twice, "evenness": middle, "points_evenness": points, "even": said}


def _pairs(common: Common) -> int:
    """Return how many pairs of plans there are."""
    return len(common.plans) * (len(common.plans) - 1) // 2


def apart(results: Results) -> list[Apart]:
    """Return where every two stakeholders disagree on plans; empty unless they were asked."""
    common = results.common
    if common is None:
        return []

    def named(pairs: tuple[tuple[int, int], ...]) -> list[tuple[str, str]]:
        return [(common.plans[i], common.plans[j]) for i, j in pairs]

    return [
        Apart(
            first=one.first,
            second=one.second,
            always=named(one.always.pairs),
            nearly=named(one.nearly.pairs),
            pairs=_pairs(common),
        )
        for one in common.apart
    ]


def common_ground(results: Results) -> CommonGround | None:
    """Return what all could live with; None unless stakeholders with weights on the map were asked."""
    common = results.common
    if common is None or common.ground is None or common.yearly is None or common.floors is None:
        return None
    ground = common.ground
    rows = zip(results.curves.surface.services, common.yearly, ground.ranges, common.floors, strict=True)
    return CommonGround(
        regret=ground.tau,
        margin=ground.margin,
        regrets=dict(ground.regrets),
        in_the_model=dict(common.regrets or {}),
        in_runs={key: interval(regrets[-1]) for key, regrets in common.in_draws.items()},
        order=_order(common),
        without=dict(ground.without),
        binds=list(ground.binds),
        services=[
            Shared(service=service, plan=float(usd), least=float(low), most=float(high), floor=float(floor))
            for service, usd, (low, high), floor in rows
        ],
        gap=common.gap,
        runs=results.curves.world.county.draws,
    )


def _order(common: Common) -> list[LargestRegret]:
    """Return every plan by its largest regret over all stakeholders, the least on average first."""
    if not common.in_draws:
        return []
    regrets = np.array(list(common.in_draws.values()))  # (stakeholders, P + 1, D)
    most = regrets.mean(axis=2).argmax(axis=0)
    largest = regrets[most, np.arange(regrets.shape[1])]
    order = np.argsort(largest.mean(axis=1), kind="stable")
    told = [*told_apart(largest[order]), None]
    names = (*common.plans, COMMON)
    return [
        LargestRegret(plan=names[n], regret=interval(largest[n]), told=apart)
        for n, apart in zip(order, told, strict=True)
    ]


def findings(results: Results) -> list[Said]:
    """Return what a full run says of stakeholders: what they would choose, what all could live with, who binds, and
    where two truly disagree."""
    common = results.common
    if common is None:
        return []
    labels = {one.asked.stakeholder.key: f"\u201c{one.asked.stakeholder.label}\u201d" for one in common.held}
    plans = plan_labels(results)
    made = [_chosen(common, labels, plans), *_settled(common), *_voices(common, labels, plans)]
    if common.ground is not None:
        made += [_ground(common.ground, labels), _shared(results, common.ground), *_ordered(common, plans)]
    return [*made, _apart(common, labels, plans)]


def _said(key: str, text: str, **numbers: float) -> Said:
    return Said(key, text, numbers, rests_on="nothing")


def _chosen(common: Common, labels: Mapping[str, str], plans: Mapping[str, str]) -> Said:
    by_plan: dict[str, list[str]] = {}
    for held in common.held:
        if held.chosen is not None:
            first = common.plans[int(held.chosen.ranks[:, 0].argmax())]
            by_plan.setdefault(first, []).append(labels[held.asked.stakeholder.key])
    if not by_plan:
        return _said("stakeholders", "None of these positions gives weight to a value that the simulation can show.")
    if len(by_plan) == 1 and len(common.held) > 1:
        return _said(
            "stakeholders", f"All of them most often choose one plan: {in_sentence(plans[next(iter(by_plan))])}."
        )
    told = [f"{in_sentence(plans[plan])} for {join_words(who)}" for plan, who in by_plan.items()]
    return _said("stakeholders", f"The plan that most often comes first is {'; '.join(told)}.")


def _settled(common: Common) -> list[Said]:
    """Say how many pairs of plans each position holds in one order, whatever its weights, and how many may be best."""
    heard = [held for held in common.held if held.weights is not None]
    count = _pairs(common)
    if not heard or not count:
        return []
    least, most = ends = [end(int(held.always.sum()) for held in heard) for end in (min, max)]
    first = [end(int(held.best.sum()) for held in heard) for end in (min, max)]
    one = len(heard) == 1
    text = (
        f"Whatever its weights, {'it' if one else 'a position'} puts {_to(ends)} of {count} pairs of plans in one "
        f"order{'' if one else ', by position'}. The best plan at some weight is one of {_to(first)}."
    )
    return [_said("settled", text, least=float(least), most=float(most))]


def _to(ends: Sequence[int]) -> str:
    """Return '3 to 5', or '3' where both ends are one."""
    return f"{ends[0]} to {ends[1]}" if ends[0] != ends[1] else f"{ends[0]}"


def _voices(common: Common, labels: Mapping[str, str], plans: Mapping[str, str]) -> list[Said]:
    """Say for whom another plan comes first once families of values, or directions, have an equal voice."""
    told = []
    heard = [held for held in common.held if held.chosen is not None and held.voices]
    for held in heard:
        assert held.chosen is not None
        first = first_of(held.chosen.ranks, common.plans)
        other = {tree: first_of(voice.ranks, common.plans) for tree, voice in held.voices.items()}
        changed = [f"{in_sentence(plans[plan])} if {VOICE[tree]}" for tree, plan in other.items() if plan != first]
        if changed:
            who = labels[held.asked.stakeholder.key]
            told.append(f"for {who}, {in_sentence(plans[first])} if each value has one voice, {' and '.join(changed)}")
    if not heard:
        return []
    text = "Whether each value has one voice, or each family of values, the same plan comes first for each position."
    if told:
        text = f"How values are counted changes which plan most often comes first: {'; '.join(told)}."
    return [_said("voices", text, changed=float(len(told)))]


def _ordered(common: Common, plans: Mapping[str, str]) -> list[Said]:
    """Say which plan asks least of the position that it asks most of, and whether these runs can tell it."""
    order = _order(common)
    if len(order) < 2:
        return []
    names = {**plans, COMMON: "The plan that all could live with"}
    first, second = order[:2]
    text = (
        f"Of the position that it asks most of, {in_sentence(names[first.plan])} asks least: "
        f"{_hundredths(first.regret)} in {HUNDRED}. Next is {in_sentence(names[second.plan])}, "
        f"{_hundredths(second.regret)}; "
    )
    text += "these runs can tell the two apart." if first.told else "these runs cannot tell the two apart."
    return [_said("regret_order", text, first=first.regret.mean, second=second.regret.mean)]


def _hundredths(share: Interval) -> str:
    """Return '54 (49 to 60)' of a share and its range."""
    mean, low, high = (HUNDRED * end for end in (share.mean, share.low, share.high))
    return mean_words(mean, low, high)


def _ground(ground: Ground, labels: Mapping[str, str]) -> Said:
    if len(labels) == 1:
        text = "With one position alone, its own best plan is common ground."
    elif ground.tau < 0.5 / HUNDRED:
        text = "One plan gives every position all that it could have."
    else:
        text = (
            f"The plan that asks least of all still asks some to give up {share(ground.tau)} of what counts for them."
        )
    if ground.binds and len(labels) > 1:
        who = join_words([labels[key] for key in ground.binds])
        text += f" It would ask less only if one of these gave way: {who}."
    return _said("common_ground", text, regret=ground.tau, **{f"regret of {k}": r for k, r in ground.regrets.items()})


def _shared(results: Results, ground: Ground) -> Said:
    services = {service.key: service.label for service in results.setting.services}
    names = results.curves.surface.services
    order = [int(i) for i in np.argsort(-ground.ranges[:, 0], kind="stable") if ground.ranges[i, 0] >= STEP]
    told = [f"{dollars(ground.ranges[i, 0])} for {in_sentence(services[names[i]])}" for i in order[:NAMED]]
    text = "No service is in every plan that all could live with."
    if told:
        text = f"All could live with at least this much a year: {'; '.join(told)}."
    return _said("common_floor", text, **{names[i]: float(ground.ranges[i, 0]) for i in order})


def _apart(common: Common, labels: Mapping[str, str], plans: Mapping[str, str]) -> Said:
    count = _pairs(common)
    found = [one for one in common.apart if one.always.pairs]
    if not found:
        return _said("truly_apart", f"No two of them truly disagree on any of the {count} pairs of plans.", pairs=0)
    most = max(found, key=lambda one: len(one.always.pairs))
    n = len(most.always.pairs)
    first, second = (plans[common.plans[i]] for i in most.always.pairs[0])
    pairs = "one pair" if n == 1 else f"{n} of {count} pairs"
    text = (
        f"On the mean of the runs, {labels[most.first]} and {labels[most.second]} truly disagree on {pairs} of plans. "
        f"One such pair: the first would rather have {in_sentence(first)}, the second {in_sentence(second)}. "
    )
    sure = len(set(most.always.pairs) & set(most.nearly.pairs))
    text += (
        f"Where the doubt of the runs counts too, they are all but sure of this on {sure if sure else 'none'} of them."
    )
    return _said("truly_apart", text, pairs=float(n), sure=float(sure))


def share(part: float) -> str:
    """Return a share of all that counts as '54 in 100'; a plan that does harm can take more than all."""
    return in_so_many(part, "", HUNDRED).strip() if part <= 1 else "more than all"
