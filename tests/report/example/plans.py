"""Seven plans: where their money goes, and how many more people they reach."""

from __future__ import annotations

from bothand.report import summary as s
from example.parts import between, interval, table
from example.services import KEYS

PLANS: dict[str, tuple[str, dict[str, float], dict[str, float]]] = {
    "no_new_money": ("No new money", {}, {}),
    "harm_reduction_only": (
        "Harm reduction only",
        {"community_naloxone": 280000, "syringe_services": 470000},
        {"harm_reduction": 1.0},
    ),
    "treatment_only": (
        "Treatment only",
        {"low_barrier_buprenorphine": 250000, "methadone_places": 250000, "medication_in_jail": 250000},
        {"treatment": 1.0},
    ),
    "recovery_only": (
        "Recovery only",
        {"recovery_housing": 250000, "peer_coaching": 250000, "recovery_centre": 250000},
        {"recovery": 1.0},
    ),
    "as_others_do": (
        "As others do",
        {
            "community_naloxone": 150000,
            "low_barrier_buprenorphine": 220000,
            "recovery_housing": 150000,
            "peer_coaching": 118000,
            "outside the model": 112000,
        },
        {"harm_reduction": 0.2, "treatment": 0.3, "recovery": 0.3, "family": 0.05, "prevention": 0.15},
    ),
    "even_split": (
        "Even split",
        dict.fromkeys(KEYS, 75000),
        {"harm_reduction": 0.2, "bridge": 0.1, "treatment": 0.4, "recovery": 0.3},
    ),
    "both_and": (
        "Both/and plan",
        {
            "community_naloxone": 190000,
            "medication_in_jail": 160000,
            "syringe_services": 80000,
            "peer_coaching": 140000,
            "recovery_centre": 90000,
            "navigation": 90000,
        },
        {"harm_reduction": 0.36, "bridge": 0.12, "treatment": 0.21, "recovery": 0.31},
    ),
}

REACH_LABELS = {
    "on_medication": "on medication",
    "in_contact": "in open contact",
    "with_peer": "with a peer",
    "housed": "in recovery housing",
    "kits": "kits a year",
}
REACH = {
    "no_new_money": (0, 0, 0, 0, 0),
    "harm_reduction_only": (2.1, 201, 0, 0, 1630),
    "treatment_only": (85, 20, 0, 0, 0),
    "recovery_only": (3.2, -1.2, 160, 24, 0),
    "as_others_do": (32, 18, 94, 14, 1300),
    "even_split": (42, 62, 95, 7.4, 410),
    "both_and": (61, 33, 133, 0, 2350),
}


def plans() -> list[s.PlanPart]:
    return [
        s.PlanPart(
            key=key,
            label=label,
            note="A plan that one tradition would sign." if dollars else "What exists runs on.",
            reviewed="drafted, not reviewed" if key.endswith("_only") else "built from the study",
            searched=key == "both_and",
            dollars=dollars,
            kinds=kinds,
            unspent=between(0, 21000, 90000) if key == "recovery_only" else between(0, 0, 0),
            reach=reach(key),
        )
        for key, (label, dollars, kinds) in PLANS.items()
    ]


def reach(plan: str) -> list[s.Reach]:
    amounts = (interval(amount, 0.6, 1.5) for amount in REACH[plan])
    rows = [(key, label, amount) for (key, label), amount in zip(REACH_LABELS.items(), amounts, strict=True)]
    return table(s.Reach, "key label amount", rows)
