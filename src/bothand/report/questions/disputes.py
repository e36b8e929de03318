"""What do people disagree about, does it change the decision, and what is worth finding out first?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bothand.report import charts, layout, svg
from bothand.report.charts import Cell, Column, Panels, Row, Table
from bothand.report.lookup import Index, in_hundred, number
from bothand.report.summary import DisputeSide, RegisterEntry, Settling, SideTrial, StudyWorth, WorthKnowing
from bothand.words import dollars, in_sentence, join_words, listed, mean_words, range_words

SEEN = 0.01  # MATH: share of the money below which a bar cannot be seen
MORE = 2  # UNIT: services named that get more money
KINDS = {
    "count": "A local count",
    "survey": "A survey",
    "records": "Linked records",
    "cohort": "A cohort",
    "trial": "A trial",
}
"""Kind of study -> what it is called."""


@dataclass(frozen=True)
class SideView:
    """One side: what it says, what its plan pays for that the other's does not, and what the other's would cost it."""

    label: str
    says: str
    sources: list[str]
    pays: str
    loses: str


@dataclass(frozen=True)
class Changing:
    """A dispute that changes the decision."""

    key: str
    claim: str
    moved: str
    sides: list[SideView]
    money: Table
    settled_by: str


@dataclass(frozen=True)
class DisputesView:
    """Everything the section shows."""

    title: str
    deck: str
    moved: Panels | None
    moved_note: str
    changing: list[Changing]
    same: Table
    outside: Table
    settle: Table
    settle_said: str
    settle_note: str
    learn: Table
    learn_said: str
    whom: Table
    learn_note: str


def view(index: Index) -> DisputesView | None:
    """Return the section of disputes; None where a run did not try the register."""
    s = index.summary
    if not s.disputes:
        return None
    tried = [one for one in s.disputes if one.outcome != "not tried"]
    return DisputesView(
        title=index.title("disputes") or "What people disagree about, and whether it changes the decision",
        deck=index.title("disputes_deck"),
        moved=_moved(tried) if tried else None,
        moved_note=_moved_note(tried),
        changing=[_changing(index, one) for one in tried if one.outcome == "changes"],
        same=_same([one for one in tried if one.outcome != "changes"]),
        outside=_outside([one for one in s.disputes if one.outcome == "not tried"]),
        settle=_settle([one for one in tried if one.settling]),
        settle_said=index.title("settling"),
        settle_note=_settle_note(index),
        learn=_learn(index, s.to_learn),
        learn_said=index.title("to_learn"),
        whom=_whom(index),
        learn_note=_learn_note(index),
    )


# ------------------------------------------------------------------------------------------------------- the drawing


def _moved(tried: Sequence[RegisterEntry]) -> Panels | None:
    """Return a bar for each dispute that was tried, the share of the money that stands elsewhere."""
    scale = svg.Scale(0.0, 1.0)
    least = max(one.least_moved for one in tried)
    rows = [
        Row(one.topic, "", [_bar(scale, one)], href=f"#dispute-{one.key}" if one.outcome == "changes" else "")
        for one in tried
        if one.moved >= SEEN or one.outcome == "changes"
    ]
    if not rows:
        return None
    axis = charts.axis(scale, lambda share: number(share * layout.HUNDRED))
    unit = f"of each $100; the line stands at ${number(least * layout.HUNDRED)}"
    return Panels(
        "Money that the plan of one side spends otherwise than that of the other",
        "Dispute",
        [Column("Money that moves", "", axis, unit)],
        rows,
    )


def _moved_note(tried: Sequence[RegisterEntry]) -> str:
    """Return how many disputes have no bar."""
    few = sum(one.moved < SEEN and one.outcome != "changes" for one in tried)
    return f"{few} more {'moves' if few == 1 else 'move'} less than $1." if few else ""


def _of_100(one: RegisterEntry) -> str:
    """Return how much of each $100 moves."""
    return f"${one.moved * layout.HUNDRED:.0f}" if one.moved >= SEEN else "less than $1"


def _bar(scale: svg.Scale, one: RegisterEntry) -> Cell:
    changes = one.outcome == "changes"
    bottom, middle = layout.CELL_HEIGHT, layout.CELL_TOP
    body: list[Markup] = [
        charts.grid(scale, middle, bottom),
        svg.rect(0.0, middle + 1, scale.at(one.moved), bottom - middle - 2, "moves" if changes else "moves stays"),
        svg.line(scale.at(one.least_moved), middle, scale.at(one.least_moved), bottom, "span unsure"),
    ]
    said = _of_100(one)
    return Cell(
        figure=svg.drawing(svg.join(body), bottom),
        verdict="none",
        word="changes the decision" if changes else "",
        number=said,
        span=said,
        grey=not changes,
    )


# ------------------------------------------------------------------------------------------------- those that change


def _changing(index: Index, one: RegisterEntry) -> Changing:
    first, second = one.sides
    return Changing(
        key=one.key,
        claim=one.claim,
        moved=f"{_of_100(one)} of each $100 would be spent otherwise.",
        sides=[
            SideView(
                side.label, side.says, side.sources, _pays(index, keys, side.trial, other.trial), _loses(side.trial)
            )
            for side, other, keys in ((first, second, one.leaves), (second, first, one.enters))
        ],
        money=_money(index, one.sides),
        settled_by=one.settled_by,
    )


def _pays(index: Index, keys: Sequence[str], own: SideTrial | None, other: SideTrial | None) -> str:
    """Return which services only this side's plan pays for; where it is none, those to which it gives most more."""
    if keys:
        return f"Its plan alone pays for {listed([index.name(key) for key in keys])}."
    if own is None or other is None:
        return ""
    more = {key: usd - other.dollars.get(key, 0.0) for key, usd in own.dollars.items()}
    most = sorted((key for key in more if more[key] > 0), key=lambda key: -more[key])[:MORE]
    if not most:
        return "Its plan gives no service more."
    said = [f"{dollars(more[key])} more to {in_sentence(index.name(key))}" for key in most]
    return f"Its plan gives {join_words(said)}."


def _loses(trial: SideTrial | None) -> str:
    """Return what the other side's plan would do to this side, by its own belief, beyond the error of the curves."""
    if trial is None:
        return ""
    said = []
    if trial.lost > trial.error:
        said.append(f"would bring {number(trial.lost)} fewer healthy life-years")
    elif trial.lost < -trial.error:
        said.append(f"would bring {number(-trial.lost)} more healthy life-years")
    if trial.share_lost > trial.share_error:
        verb = "take" if said else "would take"
        said.append(f"{verb} {in_hundred(trial.share_lost)} of its best from the value that is served least")
    if not said:
        return "The plan of the other side would do about as well."
    joined = " and ".join(said) if trial.lost > 0 else ", but ".join(said)
    return f"The plan of the other side {joined}."


def _money(index: Index, sides: Sequence[DisputeSide]) -> Table:
    """Return the dollars a year of both plans, service by service."""
    plans = [side.trial.dollars for side in sides if side.trial]
    keys = [key for key in index.services if any(key in plan for plan in plans)]
    rows = [[index.name(key), *(dollars(plan[key]) if key in plan else "nothing" for plan in plans)] for key in keys]
    return Table("Dollars a year, by who is right", ["Service", *(side.label for side in sides)], rows)


# ------------------------------------------------------------------------------------------------------- all others


def _same(found: Sequence[RegisterEntry]) -> Table:
    """Return the disputes that change nothing, and why they do not."""
    rows = [[one.claim, " or ".join(side.label for side in one.sides), _why_same(one)] for one in found]
    return Table("These do not change the decision", ["Claim", "The two sides", "Why it does not matter here"], rows)


def _why_same(one: RegisterEntry) -> str:
    if one.moved <= one.least_moved:
        return f"{_of_100(one)} of each $100 moves"
    return "money moves, yet either plan serves both sides about as well"


def _outside(found: Sequence[RegisterEntry]) -> Table:
    """Return the disputes that were not tried, and why."""
    rows = [[one.claim, one.about, one.why_not] for one in found]
    return Table("These were not tried", ["Claim", "About", "Why not"], rows)


# ------------------------------------------------------------------------------------------------- worth finding out


def _settle(found: Sequence[RegisterEntry]) -> Table:
    """Return, for the disputes that change most, what settling each is worth and what a study of it costs."""
    rows = [
        [one.topic, _knowing(s), _study(one, s), _as_much(s), _pays_off(s)]
        for one in found
        if (s := one.settling) is not None
    ]
    heads = [
        "Dispute",
        "Knowing brings, in healthy life-years",
        "What would settle it, and its cost",
        "That money brings else, in healthy life-years",
        "Worth it to this county?",
    ]
    return Table("Which study would settle it, and is it worth its cost?", heads, rows)


def _knowing(s: Settling) -> str:
    if s.worth is None:
        return "no drawn input"
    worth = f"{number(s.worth)}, give or take {number(s.error or 0.0)}{'' if s.told else '; may be chance'}"
    return worth if s.worth_usd is None else f"{worth}; {dollars(s.worth_usd)} at the study\u2019s own worth of a year"


def _study(one: RegisterEntry, s: Settling) -> str:
    if s.usd is None or s.study is None:
        return "no study"
    least, middle, most = s.usd
    told = "" if one.outcome == "changes" else f". {one.settled_by}"  # else it stands on the dispute's card
    return f"{KINDS[s.study]}, {mean_words(middle, least, most, dollars)}{told}"


def _as_much(s: Settling) -> str:
    """Return what the same dollars bring at the margin, and their share of the money."""
    if s.life_years is None or s.share is None:
        return ""
    least, middle, most = s.life_years
    share = "more than all the money" if s.share > 1 else f"{in_hundred(s.share)} of the money"
    return f"{mean_words(middle, least, most)}; {share}"


def _pays_off(s: Settling) -> str:
    """Return whether knowing is worth what it costs, and how many counties would have to share a study that is not."""
    if s.pays is None:
        return "no study" if s.study is None else "not known"
    share = (
        "" if s.counties is None or s.counties <= 1 else f"; {math.ceil(s.counties):,} counties would have to share it"
    )
    return f"{s.pays}{share}"


def _settle_note(index: Index) -> str:
    """Return how worth and cost are brought to one unit, and whose judgement the costs are."""
    found = index.summary.learning
    if found is None or not any(one.settling and one.settling.life_years for one in index.summary.disputes):
        return ""
    return (
        "Knowing: as if a study told the truth exactly, the most that it can bring; below "
        f"{number(found.by_chance_disputes)} it may be chance. Cost: our judgement. Its healthy life-years are what "
        f"the both/and plan would lose, {number(found.margin)} for each $100,000 taken from all its services alike."
    )


def _learn(index: Index, found: Sequence[WorthKnowing]) -> Table:
    topics = {one.key: one.topic for one in index.summary.disputes}
    rows = []
    for one in (one for one in found if one.worth > 0):
        sure = "above chance" if one.told else "may be chance"
        about = join_words([in_sentence(topics[key]) for key in one.disputes if key in topics])
        worth = f"{number(one.worth)}, give or take {number(one.error)}"
        counts = "; ".join(_count(study) for study in one.studies)
        rows.append([one.label, worth, sure, counts, about, " ".join(one.settled_by)])
    heads = [
        "What to find out",
        "Healthy life-years it would bring",
        "Sure?",
        "What a local count would bring",
        "Disputed under",
        "What would settle it",
    ]
    return Table("What is worth finding out, most first", heads, rows)


def _count(study: StudyWorth) -> str:
    doubt = "" if study.told else " (chance alone could give this)"
    return f"{study.people:,} people or cases: {number(study.worth)}{doubt}"


def _whom(index: Index) -> Table:
    """Return what knowing first is worth to each stakeholder, in 100 of all that counts for it."""
    labels = {one.key: one.label for one in index.summary.stakeholders}
    rows = [
        [
            labels.get(one.stakeholder, one.stakeholder),
            _hundredths(one.everything),
            one.label,
            f"{_hundredths(one.worth)} ({range_words(one.low, one.high, _hundredths)})",
            "above chance" if one.told else "chance alone could give this",
        ]
        for one in (index.summary.learning.whom if index.summary.learning else ())
    ]
    heads = ["Position", "Knowing everything", "What to find out first", "What that brings (over its weights)", "Sure?"]
    return Table("What knowing first is worth to each position, in 100 of all that counts for it", heads, rows)


def _hundredths(share: float) -> str:
    return number(share * layout.HUNDRED)


def _learn_note(index: Index) -> str:
    """Return which plan is chosen without finding out more, and what chance alone would seem to bring."""
    found = index.summary.learning
    if found is None:
        return ""
    nothing = sum(one.worth <= 0 for one in index.summary.to_learn)
    others = f" {nothing} more of the numbers that move results most seem to bring nothing." if nothing else ""
    return (
        f"Of {len(found.plans)} plans, this one has most healthy life-years on average, and would be chosen without "
        f"finding out more: {in_sentence(index.name(found.best))}. By chance alone the best of these numbers may seem "
        f"to bring {number(found.by_chance)} in {found.runs} runs. What is below that may be nothing.{others}"
        f"{_count_note(index)}"
    )


def _count_note(index: Index) -> str:
    """Return whose judgement the sizes of local counts are, and what they cost; empty where no count is told."""
    found = index.summary.learning
    if found is None or not any(one.studies for one in index.summary.to_learn):
        return ""
    return f" The sizes of local counts are a judgement of ours; {found.study_cost}."
