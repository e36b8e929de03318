"""What the audits' own runs say: people on the other side of a line, the other rule on use, no limit on coercion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bothand.engine.arrays import Floats
from bothand.experiments.deciding import changes
from bothand.experiments.plans import Tried, healthy_years
from bothand.experiments.results import Results
from bothand.experiments.what_if.discharge import Discharge
from bothand.experiments.what_if.limit import LimitPrice
from bothand.experiments.what_if.wrong_side import MISSED, ROWS, WrongSide
from bothand.experiments.worlds import World
from bothand.findings.measures import spread
from bothand.keys import HEALTHY, REMISSION, THREE_YEARS, WITHOUT_MEDICATION
from bothand.principles.lines import HUNDRED, said
from bothand.words import COERCION, dollars, in_sentence, join_words, listed, number_words

COUNTED_AS = {
    True: "of those counted as using without addiction had addiction",
    False: "of those counted as having addiction, in no treatment and not waiting for it, had none",
}
BROUGHT = {
    HEALTHY: "healthy life-years",
    REMISSION: "years in remission, medication included",
    WITHOUT_MEDICATION: "years in remission, without medication",
}


def supposed(side: WrongSide) -> str:
    """Return 'If one in 5 of those counted as ... had ...', with how many people that is."""
    share, people = float(side.share.mean()), number_words(float(side.people.mean()))
    return f"If one in {max(round(1 / share), 1)} ({people} people) {COUNTED_AS[side.direction == MISSED]}"


def order_moved(results: Results, side: WrongSide, labels: Mapping[str, str]) -> str:
    """Say what the order of the plans by healthy life-years does, in the same draws."""
    usual = {t.plan: t for t in results.in_mode(THREE_YEARS)}
    before = _means(results.world, [usual[t.plan] for t in side.tried], side.world.county.draws)
    after = _means(side.world, side.tried, side.world.county.draws)
    flips, pairs = changes(before, after), len(after) * (len(after) - 1) // 2
    first, now = (in_sentence(labels[side.tried[int(np.argmax(means))].plan]) for means in (before, after))
    same = f"{now} still comes first" if first == now else f"{now} comes first, not {first}"
    how_many = f"{flips} of {pairs}" if flips else f"none of {pairs}"
    return f"{supposed(side)}, {how_many} pairs of plans change places by mean healthy life-years; {same}."


def shares_told(results: Results) -> str:
    """Say where the shares of people on the wrong side of the line come from."""
    told = []
    for row in (results.setting.evidence[ROWS[side.direction]] for side in results.wrong_side):
        low, mean, high = (number_words(HUNDRED * value) for value in (row.low, row.mean, row.high))
        told.append(f"{in_sentence(row.description)}, {mean} % ({low} to {high}): {row.citation}, {row.population}")
    return f"Where these shares come from: {'; '.join(told)}."


def _means(world: World, tried: Sequence[Tried], draws: int) -> Floats:
    return np.array([healthy_years(world, t)[:draws].mean() for t in tried])


def discharge_told(found: Discharge, labels: Mapping[str, str]) -> str:
    """Say how many more or fewer people die of overdose with the other rule."""
    names = [labels[key] for key in (*found.sent_away, *found.kept)]
    if found.sent_away and found.kept:
        rule = "turned the rule after a return to use around"
    else:
        rule = "sent people away for use" if found.sent_away else "kept people who return to use"
    more = spread(found.more)
    left = f" Not in it: {'; '.join(found.leaves_out)}." if found.leaves_out else ""
    return (
        f"If these places {rule}: {said(more)} more overdose deaths in {number_words(found.years)} years "
        f"({listed(names)}; below zero is fewer).{left}"
    )


def limit_told(found: LimitPrice, labels: Mapping[str, str]) -> str:
    """Say what the limit on coercion keeps out of the search, and what that costs or brings."""
    words = COERCION[found.limit]
    if not found.beyond or found.more is None:
        return f"No service that search may choose goes beyond {words}, so the limit costs nothing here."
    kept_out = f"Search may go no further than {words}; that keeps out {listed([labels[k] for k in found.beyond])}."
    if not found.dollars:
        return f"{kept_out} Without the limit it chooses none of them: the limit costs nothing here."
    given = join_words([f"{dollars(usd)} a year to {listed([labels[k]])}" for k, usd in found.dollars.items()])
    told = join_words([f"{said(spread(found.more[key]))} {words}" for key, words in BROUGHT.items()])
    return f"{kept_out} Without the limit it would give {given}, and bring more (below zero: less): {told}."
