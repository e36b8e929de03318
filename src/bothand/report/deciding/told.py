"""What a study says of deciding, in plain lines: for a terminal, and for whoever reads numbers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from bothand.report.deciding.found import hope_twice
from bothand.report.lookup import number
from bothand.report.summary import Summary
from bothand.words import dollars, in_sentence, join_words

OTHERS = (
    "picture",
    "sheet_1_deck",
    "sheet_2_deck",
    "fit",
    "evidence",
    "toxicity",
    "horizon",
    "recovery",
    "bills",
    "worth",
)
"""Findings that speak of the runs or of the evidence, and not of the decision."""


def told(summary: Summary) -> list[tuple[str, list[str]]]:
    """Return (heading, lines) of everything that a summary says of deciding, parts that are empty left out."""
    parts = {
        "The plan found by search": list(_found(summary)),
        "What pulls apart, and what both cost": [f.text for f in summary.findings if f.key not in OTHERS],
        "What each principle costs and brings": [p.text for p in summary.principle_prices],
        "The cheapest improvement of your own plan": [one.text for one in summary.improvements],
        "The strongest case against the plan found": summary.case_against,
    }
    return [(heading, lines) for heading, lines in parts.items() if lines]


def _found(summary: Summary) -> Iterator[str]:
    both = summary.both_and
    labels = {service.key: in_sentence(service.label) for service in summary.services}
    spent = {key: amount for key, amount in both.service_range.items() if amount.mean > 0}
    for key, amount in sorted(spent.items(), key=lambda item: -item[1].mean):
        yield (
            f"{dollars(amount.mean)} a year for {labels[key]}; "
            f"plans almost as good give it {dollars(amount.low)} to {dollars(amount.high)}."
        )
    may = [labels[key] for key, amount in both.service_range.items() if amount.mean <= 0 < amount.high]
    if may:
        yield f"Plans almost as good may also pay for {join_words(may)}."
    if both.z:
        yield (
            f"Every value gets at least {number(min(both.z.values()))} of the most that this budget could do for it "
            f"alone; no plan could give every value{hope_twice(both)} more than {number(both.beta)}."
        )
    if both.floors_not_met:
        yield f"It gives less than these: {join_words([in_sentence(floor) for floor in both.floors_not_met])}."
