"""What people disagree about and what is worth finding out, in the summary's words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bothand.evidence.tables import Evidence
from bothand.experiments.results import Results
from bothand.experiments.what_if.disputes import MOVED, DisputesTried, DisputeTried, SideTried
from bothand.experiments.what_if.learning import COST, SIZES, Learned, ToLearn, ToWhom
from bothand.experiments.what_if.learning import Settling as Settled
from bothand.findings.said.claim import Said
from bothand.report.summary import (
    DisputeSide,
    Learning,
    RegisterEntry,
    Settling,
    SideTrial,
    StudyWorth,
    WorthKnowing,
    WorthToWhom,
)
from bothand.words import dollars, first_up, in_sentence, join_words, mean_words, number_words, unparted
from bothand.world.disputes.register import Dispute, Side, Source

UNREAD = "nothing in this study reads"
NAMED = 3  # UNIT: disputes that are named in a finding
AMOUNT = 1e5  # UNIT: dollars whose healthy life-years at the margin are told


def register(results: Results) -> list[RegisterEntry]:
    """Return every dispute of the register, those that change most first; empty unless it was a full run."""
    found = results.disputes
    if found is None:
        return []
    evidence = results.setting.evidence
    untried = [dispute for dispute in results.register if dispute.key in found.untried]
    learned = results.learned.disputes if results.learned else ()
    settling = {one.dispute: _settling(one, results) for one in learned}
    return [
        *(_tried(one, found.options, evidence, settling.get(one.dispute.key)) for one in found.tried),
        *(_entry(one, evidence, _why_not(found.untried[one.key])) for one in untried),
    ]


def _why_not(told: str) -> str:
    """Return why a dispute was not tried without the code names of rows that nothing reads."""
    return "nothing in this study depends on it" if told.startswith(UNREAD) else told


def _entry(dispute: Dispute, evidence: Evidence, why_not: str = "") -> RegisterEntry:
    return RegisterEntry(
        key=dispute.key,
        topic=topic(dispute.key),
        claim=dispute.claim,
        about=dispute.about,
        services=list(dispute.services),
        settled_by=dispute.settled_by,
        outcome="not tried",
        why_not=why_not,
        sides=[_side(side, evidence) for side in dispute.side],
    )


def _settling(one: Settled, results: Results) -> Settling:
    rows = list(dict.fromkeys(results.draws.keys[name] for name in one.names))
    shared = one.counties
    return Settling(
        inputs=rows,
        labels=[results.setting.evidence[key].description for key in rows],
        worth=None if one.worth is None else one.worth.value,
        error=None if one.worth is None else one.worth.error,
        told=one.told,
        study=one.kind,
        row=one.price.row if one.price else "",
        usd=one.price.dollars if one.price else None,
        life_years=one.price.years if one.price else None,
        share=one.price.share if one.price else None,
        counties=shared if shared is not None and math.isfinite(shared) else None,
        worth_usd=one.dollars,
        pays=one.pays,
    )


def _tried(tried: DisputeTried, options: Sequence[str], evidence: Evidence, settling: Settling | None) -> RegisterEntry:
    entry = _entry(tried.dispute, evidence)
    sides = [
        side.model_copy(update={"trial": _trial(one, options)})
        for side, one in zip(entry.sides, tried.sides, strict=True)
    ]
    return entry.model_copy(
        update={
            "outcome": "changes" if tried.changes else "does not change",
            "moved": tried.moved,
            "least_moved": MOVED,
            "enters": list(tried.enters),
            "leaves": list(tried.leaves),
            "sides": sides,
            "settling": settling,
        }
    )


def topic(key: str) -> str:
    """Return what a dispute is about in a few words."""
    return first_up(key.replace("_", " "))


def _side(side: Side, evidence: Evidence) -> DisputeSide:
    return DisputeSide(label=side.label, says=side.says, sources=[_source(s, evidence) for s in side.sources])


def _source(source: Source, evidence: Evidence) -> str:
    """Return a source in one line: that of a row of the evidence, or the work with its place."""
    told = evidence[source.row].source if source.row else f"{source.citation} ({source.locator})"
    return f"{told}: {source.detail}" if source.detail else told


def _trial(side: SideTried, options: Sequence[str]) -> SideTrial:
    return SideTrial(
        dollars={key: float(usd) for key, usd in zip(options, side.yearly, strict=True) if usd > 0},
        healthy_life_years=side.healthy,
        lost=side.healthy_lost,
        share_lost=side.least_lost,
        lost_by_best_guess=side.study_lost,
        error=side.error,
        share_error=side.least_error,
        loses=side.loses,
    )


def to_learn(results: Results) -> list[WorthKnowing]:
    """Return what each input is worth to know, most first; empty unless it was a full run."""
    found = results.learned
    return [
        WorthKnowing(
            key=one.key,
            label=results.setting.evidence[one.key].description,
            worth=one.worth.value,
            error=one.worth.error,
            told=one.told,
            disputes=list(one.disputes),
            settled_by=list(one.settled_by),
            studies=[
                StudyWorth(
                    people=size, worth=w.value, error=w.error, told=found is not None and w.value > found.by_chance
                )
                for size, w in one.studies
            ],
        )
        for one in (found.inputs if found else ())
    ]


def learning(results: Results) -> Learning | None:
    """Return what there is to learn in all; None unless it was a full run."""
    found = results.learned
    if found is None:
        return None
    return Learning(
        plans=list(found.plans),
        best=found.best,
        everything=found.everything,
        by_chance=found.by_chance,
        runs=results.draws.n,
        study_source=results.setting.evidence[SIZES].source if any(one.studies for one in found.inputs) else "",
        study_cost=_count_cost(results.setting.evidence),
        margin=found.margin * AMOUNT,
        by_chance_disputes=found.by_chance_disputes,
        cost_source=_cost_source(found, results.setting.evidence),
        whom=[_to_whom(results, one) for one in found.whom],
    )


def _count_cost(evidence: Evidence) -> str:
    """Return what a survey of people costs, in words."""
    row = evidence[f"{COST}survey"]
    factor = evidence.price_factor(row)
    told = mean_words(factor * row.mean, factor * row.low, factor * row.high, dollars)
    return f"such a survey costs about {told}, a judgement too"


def _cost_source(found: ToLearn, evidence: Evidence) -> str:
    """Return where the costs of studies come from, each once; empty where no cost is told."""
    rows = dict.fromkeys(one.price.row for one in found.disputes if one.price)
    return " ".join(dict.fromkeys(evidence[row].source for row in rows))


def _to_whom(results: Results, one: ToWhom) -> WorthToWhom:
    key = results.draws.keys[one.most]
    return WorthToWhom(
        stakeholder=one.who,
        everything=one.everything,
        by_chance=one.by_chance,
        input=key,
        label=results.setting.evidence[key].description,
        worth=one.middle,
        low=one.span.low,
        high=one.span.high,
        told=one.told,
    )


def findings(results: Results) -> list[Said]:
    """Return what a full run says of disputes: how many change the decision, which, and what would settle most."""
    if results.disputes is None or results.learned is None:
        return []
    texts = {
        "disputes": _how_many(results.disputes),
        "disputes_deck": _which(results.disputes),
        "to_learn": _settles_most(results, results.learned),
        "settling": _worth_its_cost(results.disputes, results.learned),
    }
    return [Said(key, text, {}, rests_on="nothing") for key, text in texts.items() if text]


def _how_many(found: DisputesTried) -> str:
    tried, changing = len(found.tried), sum(one.changes for one in found.tried)
    if not tried:
        return "None of the disputes can be tried in this study"
    told = {0: "none changes", 1: "1 changes"}.get(changing, f"{changing} change")
    return f"Of {tried} disputes that can be tried, {told} the decision"


def _which(found: DisputesTried) -> str:
    changing = [one for one in found.tried if one.changes]
    if not changing:
        return "Whichever side is right, a plan of the other side serves it about as well."
    names = [in_sentence(topic(one.dispute.key)) for one in changing[:NAMED]]
    return f"Most money moves over these: {join_words(names)}." if len(names) > 1 else f"Money moves over {names[0]}."


def _settles_most(results: Results, found: ToLearn) -> str:
    """Return what is most worth finding out, or that these runs cannot tell."""
    everything = f"{number_words(found.everything)} healthy life-years"
    told = [one for one in found.inputs if one.told]
    if not told:
        return (
            f"Knowing everything before a plan is chosen would bring {everything}. In {results.draws.n} runs no single "
            "number can be told to bring a part of it."
        )
    most = told[0]
    label = in_sentence(unparted(results.setting.evidence[most.key].description))
    return (
        f"Knowing everything before a plan is chosen would bring {everything}. Most of what one number brings, "
        f"{number_words(most.worth.value)}, comes from this one: {label}.{_by_count(found, most)}"
    )


def _worth_its_cost(found: DisputesTried, learned: ToLearn) -> str:
    """Say for how many of the disputes that change most a study is worth its cost to this county."""
    if not learned.disputes:
        return ""
    answers = [one.pays for one in learned.disputes]
    yes, no, unsure = (sum(answer == asked for answer in answers) for asked in ("yes", "no", "cannot tell"))
    silent = sum(one.worth is None for one in learned.disputes)
    told = [
        f"for {count} {words}"
        for count, words in (
            (yes, "a study is worth its cost to this county alone"),
            (no, "a study costs more than all that it could tell is worth"),
            (unsure, "these runs cannot tell"),
            (silent, "no number that is drawn holds the dispute"),
        )
        if count
    ]
    most = "the dispute" if len(answers) == 1 else f"the {len(answers)} disputes"
    return f"Of {most} that change most: {'; '.join(told)}." if told else ""


def _by_count(found: ToLearn, most: Learned) -> str:
    """Say how much of it a local count would bring; the middle size, and whether chance alone could give this."""
    if not most.studies:
        return ""
    size, study = most.studies[len(most.studies) // 2]
    doubt = "" if study.value > found.by_chance else "; chance alone could give this"
    return f" A local count of {size:,} people or cases would bring {number_words(study.value)}{doubt}."
