"""The cheapest improvement of a reader's own plan, in the summary's words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bothand.experiments.plans import option_keys
from bothand.experiments.positions.own_plan import Improvement
from bothand.experiments.results import Results
from bothand.findings.both import names_of
from bothand.findings.deciding.losers import of_verdict
from bothand.findings.deciding.moves import said_of_change
from bothand.outcomes.values import Value
from bothand.report.summary import ImprovementPart, Loser, Shift
from bothand.words import in_100, in_sentence, join_words

KINDS = {"healthy_life_years": "healthy life-years"}
"""Indicator -> how a loss by it is told; the others are years in remission."""


def improvements(results: Results, values: Sequence[Value], losers: Sequence[Loser]) -> list[ImprovementPart]:
    """Return the cheapest improvement of each plan that a reader gave; ``losers``: every loss with its repairs."""
    labels = {value.key: value.label for value in values}
    return [_part(results, one, labels, losers) for one in results.improvements]


def _part(results: Results, one: Improvement, labels: dict[str, str], losers: Sequence[Loser]) -> ImprovementPart:
    if one.repair is None:
        return _undone(results, one, losers)
    assert one.in_model is not None
    names = [names_of(results)[member] for member in one.members]
    shifts = zip(option_keys(results.world), one.repair.change.tolist(), strict=True)
    said = said_of_change(results, one.repair.change)
    text = (
        f"The cheapest change that would improve every value: {said}. In the full model each gains "
        f"{in_100(float(one.in_model.min()))} or more of the most it could get."
    )
    if not one.holds:
        behind = [labels.get(n.partition(",")[0], n) for n, gain in zip(names, one.in_model, strict=True) if gain <= 0]
        text = (
            f"By the curves the cheapest change that would improve every value is this: {said}. The full model says "
            f"otherwise: {join_words(list(dict.fromkeys(map(in_sentence, behind))))} would not gain by it."
        )
    return ImprovementPart(
        plan=one.plan,
        answer="improves" if one.holds else "contradicted",
        dollars=one.repair.dollars,
        changes=[Shift(service=key, dollars=usd) for key, usd in shifts if usd],
        in_full_model=dict(zip(names, np.asarray(one.in_model).tolist(), strict=True)),
        text=text,
    )


def _undone(results: Results, one: Improvement, losers: Sequence[Loser]) -> ImprovementPart:
    nothing = "No change of this plan's money was found that improves every value"
    if one.loss is None:
        return ImprovementPart(
            plan=one.plan, answer="none", text=f"{nothing}, and no group clearly loses by it: there is no loss to undo."
        )
    lost = next(loser for loser in losers if of_verdict(loser) == one.loss)
    moved = next((repair for repair in lost.repairs if repair.kind == "reallocation"), None)
    group = in_sentence(results.setting.model.spec.group[lost.group].label)
    against = "spending as others do" if lost.reference != "no_new_money" else "no new money"
    what = f"{group} lose {KINDS.get(lost.indicator, 'years in remission')}, against {against}"
    if moved is None:
        text = f"{nothing}, and none that undoes its worst loss ({what})."
        return ImprovementPart(plan=one.plan, answer="none", group=lost.group, text=text)
    text = f"{nothing}. The cheapest change that would undo its worst loss ({what}): {in_sentence(moved.text)}"
    return ImprovementPart(plan=one.plan, answer="undoes a loss", dollars=moved.dollars, group=lost.group, text=text)
