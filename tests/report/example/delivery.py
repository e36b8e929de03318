"""Delivery: findings under other reach, how services meet, people reached twice."""

from __future__ import annotations

from bothand.report import summary as s
from example.parts import between, table
from example.plans import reach

REACHES: tuple[s.Reaching, ...] = ("to the ceiling", "half the ceiling", "linear")
DEPENDS: dict[str, s.Depends] = {
    "picture": "does not apply",
    "fit": "does not apply",
    "map": "run with --full",
    "map_deck": "run with --full",
    "bills": "does",
}
OTHERWISE = {("bills", "linear"): "For each settlement dollar, other payers pay a third more again"}
FEW = 16


def beside(findings: list[s.Sentence]) -> list[s.Sentence]:
    """The findings with what each would be under other reach."""
    return [f.model_copy(update={"depends": depends(f.key), "under": under(f)}) for f in findings]


def depends(key: str) -> s.Depends:
    return DEPENDS.get(key, "does not")


def under(finding: s.Sentence) -> dict[s.Reaching, str]:
    told = {"does not apply": (), "run with --full": REACHES[:1]}.get(depends(finding.key), REACHES)
    return {reach_: OTHERWISE.get((finding.key, reach_), finding.text) for reach_ in told}


def reached(plans: list[s.PlanPart]) -> list[s.PlanPart]:
    """The plans with the people that each would reach under other reach, and with those whom two services reach."""
    return [
        plan.model_copy(update={"reach_under": {r: reach(plan.key) for r in REACHES}, "overlap": overlap(plan)})
        for plan in plans
    ]


def overlap(plan: s.PlanPart) -> list[s.Overlap]:
    if not {"peer_coaching", "recovery_centre"} <= plan.dollars.keys():
        return []
    return [
        s.Overlap(
            services=["peer_coaching", "recovery_centre"],
            where="share of people who have a coach and share who take part in a centre",
            how="multiply",
            one_by_one=between(90, 140, 210),
            together=between(85, 128, 190),
            twice=between(4, 12, 25),
        )
    ]


def interactions() -> list[s.Interaction]:
    rows = [
        ("navigation", "low_barrier_buprenorphine", "multiply", "assumed", "asks for buprenorphine"),
        ("navigation", "methadone_places", "queue", "declared",
         "methadone places: the first makes more people ask; the second adds places"),
        ("peer_coaching", "recovery_centre", "multiply", "declared", "returns to use"),
        ("syringe_services", "navigation", "in turn", "declared", "begins low-threshold contact"),
        ("community_naloxone", "recovery_housing", "independent", "assumed", "nothing is shared"),
    ]  # fmt: skip
    return table(s.Interaction, "a b how status where", rows)


def case_under(usual: list[str]) -> dict[s.Reaching, list[str]]:
    return {"to the ceiling": usual, "half the ceiling": usual, "linear": usual[:2]}
