"""What the example says in sentences: its findings, the case against the plan found, and what is left out."""

from __future__ import annotations

from bothand.report import summary as s
from example.parts import table

FINDINGS = {
    "picture": "Different values need different services. No single service serves all eleven.",
    "sheet_1": "One plan found leaves no group worse off than spending as others do",
    "sheet_1_deck": "That holds for every group at once in 93 of 100 runs. Each plan that "
    "follows one tradition alone leaves someone behind.",
    "sheet_2": "The both/and plan stays first under three doubts",
    "sheet_2_deck": "Second place changes with them. Order by healthy life-years in the best-guess run.",
    "map": "Most values only compete for money. Hardly any get in each other's way.",
    "map_deck": "Each coin is one budget of $750,000 a year. The more two "
    "coins overlap, the more one dollar serves both.",
    "map_budgets": "With half of today\u2019s money, no plan gives every value more than 14 in 100 of the most that "
    "today\u2019s money could do for it alone; with today\u2019s it is 27 in 100, with twice as much 50 in 100. From "
    "4.3 times today\u2019s money on, nobody has to choose between them.",
    "map_free": "Between 1 of 36 pairs of values nobody has to choose even today; with twice the money, between 34. "
    "Most is needed for respect and hope: 2.1 times today\u2019s money.",
    "groups": "Every plan that follows one tradition leaves people who would start later behind",
    "recovery": "Count medication and treatment leads; leave it out and recovery services lead",
    "horizon": "After one year you would see less than a hundredth of what a plan brings",
    "requests": "Four in ten people who ask for residential treatment wait more than a month",
    "bills": "For each settlement dollar, other payers pay almost as much again",
    "moves": "From the both/and plan: no change of up to $75,000 a year for each service improves every value by more "
    "than 1 in 100 of the most it could get: weights prove it. From 2 of the 5 other plans one change improves every "
    "value: as others do and even split.",
    "fit": "The model missed the fall in deaths of 2024",
}
CASE_AGAINST = [
    "It adds little open, low-threshold contact: 33 more people on any day. Harm reduction alone adds 200.",
    "63 more people wait for treatment on any day, because it fills jail starts but adds no community places.",
    "It pays nothing for housing, which residents named first in 2024.",
    "It leans on jail medication, whose later costs fall on other payers.",
]
ASSUMED = [
    "Effects of two services on one rate multiply, where no study says how they combine.",
    "The county's share of people with opioid addiction is the state's.",
    "The split inside a heading of what others do is even.",
]


def findings() -> list[s.Sentence]:
    return table(s.Sentence, "key text", FINDINGS.items(), numbers={})


def not_in_model() -> list[s.NotInModel]:
    rows = [
        ("Stimulants beside opioids", "over half of the county's deaths involve one; no rates by both drugs"),
        ("Work", "no source ties a service here to work"),
        ("Serious bacterial infections", "no county counts"),
    ]
    return table(s.NotInModel, "what why", rows)
