"""Each stance at its own searched best, and a reader's own plan with its cheapest improvement, made up."""

from __future__ import annotations

from bothand.report import summary as s
from example.parts import around

BEST = {
    "harm_reduction_only": (
        ("patient_welfare", "respect"),
        {"community_naloxone": 367_000.0, "syringe_services": 383_000.0},
    ),
    "treatment_only": (("healing", "patient_welfare"), {"low_barrier_buprenorphine": 750_000.0}),
    "recovery_only": (
        ("hope", "hope, without medication"),
        {"recovery_housing": 600_000.0, "recovery_centre": 150_000.0},
    ),
}
TEXT = (
    "At its own best, {} pays $600,000 a year for recovery housing and $150,000 a year for recovery community centre. "
    "That brings 280 healthy life-years; as signed it brings 250, and the both/and plan 270."
)


def stances() -> list[s.StancePart]:
    return [
        s.StancePart(
            plan=plan,
            puts_first=list(first),
            declared=True,
            why="its own words; our reading of the note, not reviewed",
            left_out=["restoration"] if plan == "recovery_only" else [],
            dollars=dollars,
            better=plan != "recovery_only",
            healthy_life_years={"signed": around(250, 90), "best": around(280, 110), "both_and": around(270, 100)},
            shares={value: {"signed": 0.53, "best": 0.61, "both_and": 0.54 - 0.2 * n} for n, value in enumerate(first)},
            runs=16,
            text=TEXT.format(plan.replace("_", " ")),
        )
        for plan, (first, dollars) in BEST.items()
    ]


def improvements() -> list[s.ImprovementPart]:
    """As if the even split were a reader's own plan."""
    return [
        s.ImprovementPart(
            plan="even_split",
            answer="improves",
            dollars=40_000,
            changes=[
                s.Shift(service="recovery_housing", dollars=-40_000),
                s.Shift(service="navigation", dollars=40_000),
            ],
            in_full_model={"respect": 0.02, "healing": 0.04},
            text="The cheapest change that would improve every value: take $40,000 a year from recovery housing; put "
            "$40,000 a year into navigation. In the full model each gains 2 in 100 or more of the most it could get.",
        )
    ]
