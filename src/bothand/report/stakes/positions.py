"""What each stakeholder's position would choose, where two truly disagree, and what all could live with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bothand.report import charts, layout, svg
from bothand.report.charts import Panels, Table
from bothand.report.lookup import Index, exact_dollars, in_hundred, ranged
from bothand.report.summary import Apart, CommonGround, Held, Interval, Seal, Stakeholder
from bothand.words import FAMILIES, dollars, in_sentence, join_words, listed, range_words

SEALED: dict[Seal, str] = {
    "sealed before": "sealed before this run began",
    "sealed after": "sealed only after this run began",
    "changed since": "changed since it was sealed",
    "not sealed": "never sealed",
}
SHOWN = 0.005  # MATH: share of weights and runs below which a plan counts as never first
TREES: tuple[Literal["families", "directions"], ...] = ("families", "directions")
COMMON = "The plan that all could live with"
PAIRS_SHOWN = 3  # UNIT: pairs of plans named for every two positions


@dataclass(frozen=True)
class Position:
    """Who speaks: the name, what it stands for, and what must be known of its weights."""

    label: str
    stands_for: str
    about: str


@dataclass(frozen=True)
class PositionsView:
    """Everything that the page about stakeholders shows."""

    who: str
    seal: str
    positions: list[Position]
    first: Panels | None
    never: str
    settled: Table
    asked: list[str]
    regret: Panels | None
    central: Table
    voices: Table
    shared: Panels | None
    meet: Table
    order: Table
    gap: str
    apart: Table


def view(index: Index) -> PositionsView | None:
    """Return what stakeholders say of the plans; None for a summary in which nobody was asked."""
    asked = index.summary.stakeholders
    if not asked:
        return None
    weighed = [one for one in asked if one.plans]
    ground = index.summary.common_ground
    return PositionsView(
        who=_who(asked),
        seal=_seal(asked),
        positions=[Position(one.label, one.stands_for, _about(one)) for one in asked],
        first=_first(index, weighed) if weighed else None,
        never=_never(index, weighed),
        settled=_settled(index, weighed),
        asked=[f"{one.label}: {words}" for one in asked if (words := " ".join(_questions(one)))],
        regret=_regret(index, weighed) if weighed else None,
        central=_central(index, weighed),
        voices=_voices(index, weighed),
        shared=_shared(index, ground) if ground else None,
        meet=_meet(index, ground, weighed) if ground else Table("", [], []),
        order=_order(index, ground) if ground else Table("", [], []),
        gap=_gap(ground) if ground else "",
        apart=_apart(index, index.summary.apart),
    )


def _who(asked: Sequence[Stakeholder]) -> str:
    """Return whose weights these are."""
    ours = [one.label for one in asked if one.ships]
    if len(ours) == len(asked):
        return "These are positions that we wrote to try the method with. They are not people, and no one was asked."
    if ours:
        return f"We wrote these to try the method with; they are not people: {join_words(ours)}."
    return ""


def _seal(asked: Sequence[Stakeholder]) -> str:
    """Return whose weights were not sealed before results were seen; empty when all were."""
    loose = [one for one in asked if one.seal != "sealed before"]
    if not loose:
        return ""
    if len(loose) == len(asked):
        return "Weights were not sealed before results were seen."
    return f"Weights were not sealed before results were seen: {join_words([one.label for one in loose])}."


def _about(one: Stakeholder) -> str:
    """Return what must be known of one position's weights."""
    low, high = (min(max(share, 0.0), 1.0) for share in one.off_the_map)
    away = "All of its weight lies on values that are on no map, so it cannot be set beside the plans."
    if one.plans:
        gone = range_words(low, high, _in_hundred)
        away = f"Of its weight, {gone} in 100 lie on values that are on no map; plans are held against the rest."
        if high < SHOWN:
            away = "All values that it weighs are on the map."
    return f"{away} Source: {one.source}; {one.reviewed}; {SEALED[one.seal]}."


def _questions(one: Stakeholder) -> list[str]:
    """Return where the question, rather than the value, may have made a position's weights; no weight moves by it."""
    return [*(again.words for again in one.asked_twice), *([one.even] if one.even else [])]


def _settled(index: Index, weighed: Sequence[Stakeholder]) -> Table:
    """Return what holds at every weight of a position: pairs of plans in one order, and which plans may be best."""
    rows = []
    for one in weighed:
        if not one.pairs:
            continue
        after = {plan: [b for a, b in one.always if a == plan] for plan in _plans(weighed)}
        most = max(after, key=lambda plan: len(after[plan]))
        before = f"{index.name(most)} before {listed([in_sentence(index.name(plan)) for plan in after[most]])}"
        best = listed([index.name(held.plan) for held in one.plans if held.best])
        rows.append([one.label, f"{len(one.always)} of {one.pairs}", before if after[most] else "", best])
    heads = ["Position", "Pairs of plans in one order", "Such as", "Best at some weight"]
    return Table("What holds at every weight of a position, on the mean of the runs", heads, rows)


def _first(index: Index, weighed: Sequence[Stakeholder]) -> Panels:
    """Return how often each position puts each plan first; plans that never come first are left to a sentence."""
    scale = svg.Scale(0.0, 1.0, most=layout.TICKS_LEAST)
    chosen = [plan for plan in _plans(weighed) if any(_of(one, plan).first >= SHOWN for one in weighed)]
    rows = [
        charts.Row(index.name(plan), "", [_first_cell(scale, _of(one, plan)) for one in weighed]) for plan in chosen
    ]
    columns = [charts.Column(one.short, "", charts.axis(scale, _in_hundred)) for one in weighed]
    caption = "How often each position puts a plan first, in 100 of its weights and of the runs"
    return Panels(caption, "Plan", columns, rows)


def _first_cell(scale: svg.Scale, held: Held) -> charts.Cell:
    return charts.bar(scale, held.first, _in_hundred, "amount" if held.best else "amount hollow")


def _in_hundred(share: float) -> str:
    """Return a share as a count in 100: '48', 'under 1'."""
    return "under 1" if 0 < share < SHOWN else f"{round(share * layout.HUNDRED)}"


def _regret(index: Index, weighed: Sequence[Stakeholder]) -> Panels:
    """Return what each position may give up at most by each plan, up to all that counts."""
    scale = svg.Scale(0.0, 1.0, most=layout.TICKS_LEAST)
    rows = [
        charts.Row(index.name(plan), "", [charts.bar(scale, _of(one, plan).regret, given_up) for one in weighed])
        for plan in _plans(weighed)
    ]
    columns = [charts.Column(one.short, "", charts.axis(scale, _in_hundred)) for one in weighed]
    caption = "What each position may give up at most by a plan, in 100 of all that counts for it"
    return Panels(caption, "Plan", columns, rows)


def given_up(share: float) -> str:
    """Return what is given up, in 100 of all that counts: '54', or 'more than all' where a plan does harm."""
    return "more than all" if share > 1 else _in_hundred(share)


def _never(index: Index, weighed: Sequence[Stakeholder]) -> str:
    """Return which plans come first for nobody."""
    plans = [plan for plan in _plans(weighed) if all(_of(one, plan).first < SHOWN for one in weighed)]
    if not plans:
        return ""
    return f"First for none of them: {listed([index.name(plan) for plan in plans])}."


def _central(index: Index, weighed: Sequence[Stakeholder]) -> Table:
    """Return, for each plan that a position puts first, its share, central weights and confidence."""
    rows = []
    for one in weighed:
        for held in one.plans:
            if held.first < SHOWN:
                continue
            heavy = sorted(held.central.items(), key=lambda item: -item[1])
            named = [f"{in_sentence(index.name(key))} {_in_hundred(w)}" for key, w in heavy if w >= SHOWN]
            sure = "" if held.confidence is None else in_hundred(held.confidence)
            best = "yes" if held.best else "no"
            rows.append([one.label, index.name(held.plan), in_hundred(held.first), best, "; ".join(named), sure])
    heads = [
        "Position",
        "Plan",
        "First in",
        "Best on average at some weight",
        "Typical weights that put it first, in 100",
        "First at these weights, of 100 runs",
    ]
    return Table("Which weights speak for a plan", heads, rows)


def _voices(index: Index, weighed: Sequence[Stakeholder]) -> Table:
    """Return which plan most often comes first when each value, family or direction has one voice, and the bias."""
    rows = []
    for one in weighed:
        if not one.voices:
            continue
        evenly = {held.plan: held.first for held in one.plans}
        heard = {voice.tree: voice for voice in one.voices}
        firsts = [evenly, *(heard[tree].first for tree in TREES if tree in heard)]
        most = max(heard[TREES[0]].excess.items(), key=lambda item: item[1])
        bias = f"{in_sentence(FAMILIES.get(most[0], index.name(most[0])))} +{_in_hundred(most[1])}"
        rows.append([one.label, *(_most_often(index, first) for first in firsts), bias])
    heads = [
        "Position",
        "If each value has one voice",
        "If each family has",
        "If each direction has",
        "Gains most weight by having many names, in 100",
    ]
    return Table("The plan that most often comes first, by how values are counted", heads, rows)


def _most_often(index: Index, first: Mapping[str, float]) -> str:
    plan = max(first, key=lambda key: first[key])
    return f"{index.name(plan)} ({in_hundred(first[plan])})"


def _order(index: Index, ground: CommonGround) -> Table:
    """Return every plan by the position that it asks most of, run by run, and what can be told."""
    rows = []
    for one in ground.order:
        value = Interval(**{end: layout.HUNDRED * share for end, share in one.regret.model_dump().items()})
        told = {True: "yes", False: "cannot tell", None: ""}[one.told]
        rows.append([COMMON if one.plan == "common_ground" else index.name(one.plan), ranged(value), told])
    heads = ["Plan", "Given up at most by any position, in 100 of what counts for it", "Told from the next"]
    return Table("What each plan asks of the position that it asks most of, the least first", heads, rows)


def _shared(index: Index, ground: CommonGround) -> Panels:
    """Return the dollars of each service over all plans of the common ground."""
    found = {row.service: row for row in ground.services}
    spans = {
        key: Interval(mean=min(max(r.plan, r.least), r.most), low=r.least, high=r.most) for key, r in found.items()
    }
    scale = svg.scale_over((v for i in spans.values() for v in (i.low, i.high)), most=layout.TICKS_LEAST)
    rows = [
        charts.Row(index.name(key), _floor(found[key].floor), [charts.cell(scale, spans[key], None, dollars)])
        for key in index.services
        if key in spans
    ]
    column = charts.Column("Dollars a year in plans that all could live with", "", charts.axis(scale, dollars))
    return Panels("How much each service gets in plans that all could live with", "Service", [column], rows)


def _floor(usd: float) -> str:
    """Return what each position, deciding alone, would keep of a service; empty where one would keep nothing."""
    return f"each alone would keep {dollars(usd)}" if usd >= 1 else ""


def _meet(index: Index, ground: CommonGround, weighed: Sequence[Stakeholder]) -> Table:
    """Return what the plan asks of every position."""
    rows = []
    for one in weighed:
        row = [given_up(found[one.key]) for found in (ground.regrets, ground.in_the_model, ground.without)]
        rows.append([one.label, *row, "yes" if one.key in ground.binds else "no"])
    heads = [
        "Position",
        "Gives up at most, in 100 of what counts for it",
        "The same, in the full model",
        "Most that any other would give up if it were not asked",
        "Keeps the others from a better plan",
    ]
    spent = [
        f"{in_sentence(index.name(row.service))} {exact_dollars(row.plan)}" for row in ground.services if row.plan >= 1
    ]
    return Table(f"The plan that asks the least of all, dollars a year: {'; '.join(spent)}", heads, rows)


def _gap(ground: CommonGround) -> str:
    return (
        f"The plan was sought on a quick copy of the model and then run once in the full model, in {ground.runs} runs. "
        f"No value was further off than {in_hundred(min(ground.gap, 1.0))} of its own best. A plan that asks "
        f"{in_hundred(ground.margin)} more of anyone still counts as one that all could live with."
    )


def _apart(index: Index, pairs: Sequence[Apart]) -> Table:
    """Return where every two positions disagree, those that do on most pairs first."""
    rows = [
        [
            f"{index_label(index, one.first)} / {index_label(index, one.second)}",
            f"{len(one.always)} of {one.pairs}",
            f"{len(one.nearly)} of {one.pairs}",
            "; ".join(f"{index.name(a)} / {in_sentence(index.name(b))}" for a, b in one.always[:PAIRS_SHOWN]),
        ]
        for one in sorted(pairs, key=lambda one: (-len(one.always), -len(one.nearly)))
    ]
    heads = [
        "Positions",
        "Pairs of plans, at every weight",
        "Pairs, in 19 of 20 weights and runs",
        "Such as: the first would rather have / the second",
    ]
    return Table("Where two positions truly disagree on plans", heads, rows)


def index_label(index: Index, key: str) -> str:
    """Return the label of a position by its key."""
    return next(one.label for one in index.summary.stakeholders if one.key == key)


def _plans(weighed: Sequence[Stakeholder]) -> list[str]:
    """Return the plans that positions were set beside, in the order of the study."""
    return [held.plan for held in weighed[0].plans] if weighed else []


def _of(one: Stakeholder, plan: str) -> Held:
    return next(held for held in one.plans if held.plan == plan)
