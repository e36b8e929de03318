"""Folded parts about delivery: findings under other reach, how services meet, and the same people reached twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bothand.report.charts import Table
from bothand.report.lookup import Index, number, ranged, signed
from bothand.report.summary import Overlap, PlanPart, Reaching, Sentence
from bothand.words import dollars, in_sentence, join_words, unparted

REACHES: dict[Reaching, str] = {
    "to the ceiling": "The usual reach",
    "half the ceiling": "Half the people to be found",
    "linear": "No limit to the people found",
}
DEPENDS = {
    "does": "depends on it",
    "does not": "does not depend on it",
    "does not apply": "no plan was run for it",
    "run with --full": "not run: run with --full",
}
HOW = {
    "union": "one lever: reach joins, the same people counted once",
    "add": "one lever: places or kits add up",
    "blend": "one lever: the mean over old and new places",
    "multiply": "one rate: the effects multiply",
    "best": "one rate: the stronger effect counts",
    "queue": "one queue",
    "in turn": "in turn: the first leads people on to the second",
    "independent": "independent",
}
SAME = "the same"


@dataclass(frozen=True)
class DeliveryView:
    """Everything these parts show; tables without rows where a run told nothing."""

    said: str
    findings: Table
    reached: Table
    searched: Table
    case: list[tuple[str, list[str]]]
    meets: Table
    independent: str
    overlaps: Mapping[str, Table]  # plan -> people whom two of its services reach
    overlap_said: Mapping[str, list[str]]


def view(index: Index) -> DeliveryView:
    """Return the parts about delivery."""
    summary = index.summary
    plans = [plan for plan in summary.plans if plan.overlap]
    return DeliveryView(
        said=_counted(summary.findings),
        findings=_findings(index),
        reached=_reached(index),
        searched=_searched(index),
        case=_case(index),
        meets=_meets(index),
        independent=_independent(index),
        overlaps={plan.key: _overlaps(index, plan) for plan in plans},
        overlap_said={plan.key: [_same_people(index, row) for row in plan.overlap] for plan in plans},
    )


def _counted(findings: list[Sentence]) -> str:
    """Return how many findings depend on how many people can be found, in a sentence."""
    count = {word: sum(f.depends == word for f in findings) for word in ("does", "does not", "run with --full")}
    told = count["does"] + count["does not"]
    if not told:
        return ""
    text = f"Of {told} findings tried with half the people to be found and with no limit, {count['does']} depend on it"
    left = count["run with --full"]
    return f"{text}; {left} more are tried in a full run." if left else f"{text}."


def _findings(index: Index) -> Table:
    rows = []
    for found in index.summary.findings:
        if not found.under:
            continue
        usual = found.under.get("to the ceiling", "")
        texts = [usual, *(found.under.get(reach, "") for reach in list(REACHES)[1:])]
        said = [SAME if n and text and text == usual else text for n, text in enumerate(texts)]
        rows.append([found.text, *(SAME if text == found.text else text for text in said), DEPENDS[found.depends]])
    heads = ["Finding", *REACHES.values(), "Does it depend on reach?"]
    few = index.summary.few_draws
    return Table(
        f"Every finding under other reach, all three in the same {few} runs. It depends on reach where its claim "
        "changes, or an amount in it moves by over a tenth",
        heads,
        rows if few else [],
    )


def _reached(index: Index) -> Table:
    """Return how many more people each plan reaches under each reach."""
    rows = []
    for plan in index.compared:
        under = plan.reach_under
        for n, reach in enumerate(under.get("to the ceiling", [])):
            cells = [ranged(under[name][n].amount, signed) if name in under else "" for name in REACHES]
            if set(cells) != {"0"}:
                rows.append([f"{plan.label}: {reach.label}", *cells])
    return Table("More people reached on any day, more kits, under other reach", ["Plan", *REACHES.values()], rows)


def _searched(index: Index) -> Table:
    """Return what a search under each reach finds."""
    rows = []
    for found in index.summary.both_and.under:
        money = [f"{dollars(usd)} for {in_sentence(index.name(key))}" for key, usd in found.dollars.items()]
        prices = [f"×{number(price)}" for price in (found.all_values, found.all_groups)]
        rows.append([REACHES[found.reach], *prices, number(found.beta), join_words(money)])
    heads = ["Reach", "All values at once", "All groups at once", "Best share of the least served", "Dollars a year"]
    return Table("The plan found and its prices, searched for again under each reach", heads, rows)


def _case(index: Index) -> list[tuple[str, list[str]]]:
    """Return the case against the searched plan under each reach, where it is not that of the usual reach."""
    found = index.summary.case_under
    usual = found.get("to the ceiling")
    return [(REACHES[reach], reasons) for reach, reasons in found.items() if reasons != usual]


def _meets(index: Index) -> Table:
    rows = [
        [f"{_short(index, i.a)} and {in_sentence(_short(index, i.b))}", HOW[i.how], i.status, i.where]
        for i in index.summary.interactions
        if i.how != "independent"
    ]
    return Table("How two services meet", ["Services", "How", "Declared or assumed", "Where"], rows)


def _short(index: Index, service: str) -> str:
    return unparted(index.services[service].short)


def _independent(index: Index) -> str:
    """Return how many pairs meet nowhere, in a sentence."""
    count = sum(i.how == "independent" for i in index.summary.interactions)
    pairs = {(frozenset((i.a, i.b))) for i in index.summary.interactions}
    if not count:
        return ""
    return (
        f"The other {count} of {len(pairs)} pairs share no lever, rate or queue, and neither leads to the other: "
        "they are taken as independent. Nobody declared that, so it is an assumption."
    )


def _overlaps(index: Index, plan: PlanPart) -> Table:
    rows = [
        [_names(index, row), HOW[row.how], ranged(row.one_by_one), ranged(row.together), ranged(row.twice)]
        for row in plan.overlap
    ]
    heads = ["Services", "How they meet", "Reached one by one", "Reached together", "The same people"]
    return Table(f"{plan.label}: people whom two services reach, on any day", heads, rows)


def _names(index: Index, found: Overlap) -> str:
    first, *rest = [_short(index, key) for key in found.services]
    return join_words([first, *map(in_sentence, rest)])


def _same_people(index: Index, found: Overlap) -> str:
    """Return 'Of the 140 people whom syringe services and outreach would reach one by one, 12 are the same.'"""
    names = join_words([in_sentence(_short(index, key)) for key in found.services])
    same = f"{number(found.twice.mean)} are" if found.twice.mean >= 1 else "less than one is"
    return f"Of the {number(found.one_by_one.mean)} people whom {names} would reach one by one, {same} the same."
