"""A change of each plan that improves everything, or the proof that there is none, in the summary's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bothand.decide.losers import no_group_worse_than_any
from bothand.engine.arrays import Floats
from bothand.experiments.plans import JUDGED, option_keys
from bothand.experiments.results import Results
from bothand.experiments.what_if.moves import COUNTS, Beats, MoveTried
from bothand.findings.both import names_of
from bothand.findings.measures import interval
from bothand.findings.said.claim import Said
from bothand.findings.tables import Judge
from bothand.keys import HEALTHY
from bothand.outcomes.values import Value
from bothand.report.summary import BeatsOthers, GroupBeaten, MoveAnswer, MovePart, Shift, Summary
from bothand.words import dollars, first_up, in_100, in_sentence, join_words

ONE = {"values": "value", "groups": "group"}
SEEN = 500  # UNIT: dollars a year; a shift of less is not named in a sentence


def moves(results: Results, values: Sequence[Value]) -> list[MovePart]:
    """Return every plan's answer, over values and over groups; empty unless it was asked for."""
    if results.moves is None:
        return []
    labels = {value.key: value.label for value in values}
    labels |= {key: group.label for key, group in results.setting.model.spec.group.items()}
    return [_part(results, one, labels) for one in results.moves.tried]


def _part(results: Results, one: MoveTried, labels: Mapping[str, str]) -> MovePart:
    names = [names_of(results)[member] for member in one.move.members]
    changes = _shifts(results, one.move.change) if one.counts else []
    proof, answer = one.move.proof, _answer(one)
    full = {} if one.exact is None else dict(zip(names, one.exact.tolist(), strict=True))
    return MovePart(
        plan=one.plan,
        over=one.over,
        step=one.step,
        answer=answer,
        counts=COUNTS,
        changes=changes,
        on_curves=dict(zip(names, one.move.improved.tolist(), strict=True)) if one.counts else {},
        in_full_model=full,
        weights=dict(zip(names, proof.weights.tolist(), strict=True)),
        price=proof.price,
        left=proof.left,
        text=_text(results, one, answer, [labels.get(n.partition(",")[0], n) for n in names]),
    )


def _answer(one: MoveTried) -> MoveAnswer:
    if one.counts:
        return "move" if one.holds else "contradicted"
    return "none" if one.proved else "open"


def _shifts(results: Results, change: Floats) -> list[Shift]:
    keys = option_keys(results.world)
    return [Shift(service=key, dollars=float(usd)) for key, usd in zip(keys, change, strict=True) if usd]


def _text(results: Results, one: MoveTried, answer: MoveAnswer, labels: Sequence[str]) -> str:
    what, step = ONE[one.over], dollars(one.step)
    bound = f"by more than 1 in {round(1 / COUNTS)} of the most it could get"
    if answer == "none":
        return f"No change of up to {step} a year for each service improves every {what} {bound}: weights prove it."
    if answer == "open":
        return (
            f"No change of up to {step} a year for each service was found that improves every {what} {bound}, but "
            f"nothing proves that there is none: {in_100(one.move.proof.left)} may be left."
        )
    said = said_of_change(results, one.move.change)
    assert one.exact is not None
    if answer == "move":
        least = f"Each gains {in_100(float(one.exact.min()))} or more of the most it could get."
        return f"One change improves every {what}: {said}. {least}"
    lost = [in_sentence(label) for label, gain in zip(labels, one.exact, strict=True) if gain <= 0]
    return (
        f"By the curves one change improves every {what}: {said}. The full model says otherwise: "
        f"{join_words(list(dict.fromkeys(lost)))} would not gain by it."
    )


def said_of_change(results: Results, change: Floats) -> str:
    """Return 'take $40,000 a year from recovery housing and put $40,000 into community naloxone'."""
    labels = {service.key: in_sentence(service.label) for service in results.setting.services}
    taken, put = (
        [
            (labels[key], abs(float(usd)))
            for key, usd in sorted(zip(option_keys(results.world), change, strict=True), key=lambda row: -abs(row[1]))
            if sign * usd > SEEN
        ]
        for sign in (-1, 1)
    )
    parts = []
    if taken:
        parts.append("take " + join_words([f"{dollars(usd)} a year from {name}" for name, usd in taken]))
    if put:
        parts.append("put " + join_words([f"{dollars(usd)} a year into {name}" for name, usd in put]))
    return "; ".join(parts)


def beats_others(results: Results) -> BeatsOthers | None:
    """Return the plan that was sought to beat what others do for every group; None unless it was asked for."""
    if results.moves is None or results.moves.beats is None:
        return None
    found, judge = results.moves.beats, Judge(results)
    none = found.yearly is None
    more = {} if none else {key: judge.of_people((found.gains[key] - found.others[key]).T) for key in JUDGED}
    groups = (
        [GroupBeaten(group=group, per_1000=interval(more[HEALTHY][o])) for o, group in enumerate(judge.groups)]
        if more
        else []
    )
    given = {} if found.yearly is None else dict(zip(option_keys(results.world), found.yearly.tolist(), strict=True))
    part = BeatsOthers(
        dollars={key: usd for key, usd in given.items() if usd},
        groups=groups,
        share_no_group_worse=None if none else _kept(judge, found, (HEALTHY,)),
        share_no_group_worse_by_any=None if none else _kept(judge, found, JUDGED),
        draws=results.moves.draws,
        left=found.move.proof.left,
        text="",
    )
    return part.model_copy(update={"text": _beats_text(results, part)})


def _kept(judge: Judge, found: Beats, indicators: Sequence[str]) -> float:
    """Return the share of runs in which no group is worse off than with no new money or under what others do."""
    gains = [
        judge.of_people((found.gains[key] - base).T)
        for key in indicators
        for base in (np.zeros_like(found.gains[key]), found.others[key])
    ]
    return no_group_worse_than_any(gains, [judge.margins[key] for key in indicators for _ in range(2)])


def _beats_text(results: Results, part: BeatsOthers) -> str:
    if not part.dollars:
        left = in_100(part.left)
        return f"No plan was found that beats spending as others do for every group; at most {left} may be left."
    labels = {service.key: in_sentence(service.label) for service in results.setting.services}
    order = sorted(part.dollars.items(), key=lambda row: -row[1])
    given = join_words([f"{dollars(usd)} a year for {labels[key]}" for key, usd in order])
    spec = results.setting.model.spec.group
    behind = [in_sentence(spec[g.group].label) for g in part.groups if g.per_1000.mean <= 0]
    if behind:
        return (
            f"By the curves this plan beats spending as others do for every group: {given}. In the full model it does "
            f"not for {join_words(behind)}."
        )
    kept, by_any = (
        f"{round(share * part.draws)} of {part.draws} runs"
        for share in (part.share_no_group_worse or 0.0, part.share_no_group_worse_by_any or 0.0)
    )
    return (
        f"One plan beats spending as others do for every group: {given}. In {kept} no group has fewer healthy "
        f"life-years than that, or than with no new money; in {by_any} none has fewer years in remission either."
    )


def findings(parts: Summary) -> list[Said]:
    """Return the findings of a full run: from which plans one change improves every value, and the plan for all."""
    made = []
    over = [one for one in parts.moves if one.over == "values"]
    if over:
        labels = {plan.key: plan.label for plan in parts.plans}
        searched = next((one for one in over if one.plan == parts.both_and.plan), None)
        said = [f"From the both/and plan: {searched.text[:1].lower()}{searched.text[1:]}"] if searched else []
        others = [one for one in over if one is not searched]
        able = [one for one in others if one.answer == "move"]
        if others:
            many = f"From {len(able)} of the {len(others)} other plans one change improves every value"
            said.append(
                f"{many}." if not able else f"{many}: {join_words([in_sentence(labels[one.plan]) for one in able])}."
            )
        made.append(Said("moves", " ".join(said), {"plans with a move": float(len(able))}, rests_on="nothing"))
    if parts.beats_others:
        share = parts.beats_others.share_no_group_worse
        numbers = {} if share is None else {"share of runs": share}
        made.append(Said("beats_others", first_up(parts.beats_others.text), numbers, rests_on="nothing"))
    return made
