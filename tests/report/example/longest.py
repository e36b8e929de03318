"""The example with eight plans and with every sentence of the first pages as long as a real run has made it."""

from __future__ import annotations

from typing import TypeVar

from bothand.files import available
from bothand.report import summary as s
from bothand.world.service import load_services
from example.parts import between, table
from example.whole import example

OTHERS, HALF = "as_others_do", "as_others_do_half"
TITLES = {
    "picture": "Different values need different services. No service serves all eleven, and none serves both groups.",
    "sheet_1": "The even split helps every group, yet people who would start later lose against spending as others do",
    "sheet_1_deck": "That holds for every group at once in 93 of 100 runs. Each plan that follows one tradition alone "
    "leaves someone behind, and in two of them it is the people whom the other tradition knows best.",
    "sheet_2": "The numbers cannot tell the plans apart; treatment only has most healthy life-years in each run tried",
    "sheet_2_deck": "Order by healthy life-years over a lifetime in the best-guess run. These numbers cannot tell "
    "neighbours apart, and the second place changes with every one of the three doubts that were tried.",
}
PICTURE = {
    "serves_most": "Low-barrier buprenorphine and recovery housing that welcomes medication serve most "
    "values: 8 of 11, 6 of them measured, the rest claimed. They leave 3 to others.",
    "only_one": "Restoration and solidarity rest on one service each: recovery housing that welcomes "
    "medication, and syringe services. Cut that line, and nothing here serves it.",
    "hardest_pull": "Self-determination and community welfare pull hardest against each other. Community naloxone and "
    "syringe services serve the first and are said to pull against the second. Recovery housing that welcomes "
    "medication serves the second and is said to pull against the first. Just as hard: self-determination and hope; "
    "respect and hope; respect and community welfare; primacy of the relationship and community welfare.",
}
RULE = (
    "The county's first round: $2.25 million for October 2025 to September 2028, spent here over 2026 to 2028. At "
    "least 85 % of the money must go to opioid remediation, and at least half of that to what is still to come."
)
CASE_AGAINST = [
    "It pays nothing for navigation from harm reduction to treatment and recovery, methadone places, "
    "medication in jail, continued on release, residential treatment with medication and peer coaching.",
    "It was found by search on curves of single services (largest gap to the full model 0.02 of a "
    "value's own best); so was each stance; the yardsticks were not.",
    "Treatment only brings 280 more years in remission, medication included.",
    "Primacy of the relationship: harm reduction only at its own searched best gives it 99 in 100 of the most; this "
    "plan 28.",
]
DOUBT = {
    "label": "How the county's buprenorphine places differ from its share of the state's; "
    "whether they are full is not known",
    "short": "How the county's buprenorphine places differ from the state's: 0.75, not 1.1",
}
FACTS = {
    "coercion_note": "an offer: same-day start, counselling offered and not required, nobody is discharged for using",
    "supplants": True,
    "supplants_note": "the county's own such place closed in April 2025: the line may replace it",
    "federal_grants": "may not pay for syringes, needles or pipes since April 2026; other parts may",
    "outside_model": ["wounds and bacterial infections", "kits that clients carry away"],
    "pathway": [
        "completes residential treatment, in remission without medication",
        "completes residential treatment, in remission on buprenorphine",
        "leaves residential treatment early, without medication",
    ],
    "works_by": [
        s.WorksBy(
            key="ssp_hcv_rr",
            description="High-coverage syringe services: HCV acquisition",
            mean=0.79,
            low=0.39,
            high=1.61,
            unit="risk ratio",
            reference_population="people who inject and do not use syringe services",
            grade="primary",
            source="Platt et al 2018, Addiction 113:545-563, doi 10.1111/add.14012 (Cochrane)",
        )
    ],
    "alone": [
        s.Alone(label="Overdose deaths averted in 10 years", unit="deaths", amount=between(8, 34, 98)),
        s.Alone(
            label="Healthy life-years of people with addiction, not in treatment",
            unit="healthy life-years",
            amount=between(57, 229, 650),
        ),
    ],
}
NOT_IN_MODEL = ("Spread of infections", "Earlier overdoses and tolerance of a person", "Race")


def law(service: s.Service) -> dict[str, str]:
    """The law of a service with the longest level that a real run has given, an end and a payer who may not pay."""
    word = service.law.word
    long = {"level": "federal and state or local", "dated": "2024-02-02, 2026-04-24"}
    more = {"ends": "2027-09-30", "not_paid_by": "federal grants"} if word == "contested" else {}
    return {**service.law.model_dump(), **long, **more}


KNOWN = tuple(f"service_{number}" for number in range(1, 19))
ALSO_KNOWN = {
    "label": "Withdrawal management with naloxone and linked medication",
    "kind": "treatment",
    "why": "off by default: federal law forbids it, and the evidence is contested: its effect may have either sign; "
    "not modelled: its effect lies outside the model (its sure effect is on what the model does not hold)",
    "costs": "one course with incentives, tests and staff: $1,900 ($320 to $2,400). The settlement pays about 60 %, "
    "the rest Michigan's Medicaid pilot, to December 2026",
    "coercion": "a benefit with a condition (grade 2): Entry: no other way to the same help is open: it is given on "
    "the condition of having stopped",
}


Row = TypeVar("Row", s.Outcome, s.GroupVerdict)


def longest() -> s.Summary:
    whole = example()
    missing = table(s.NotInModel, "what", [(what,) for what in NOT_IN_MODEL], why="no source was found")
    return whole.model_copy(
        update={
            "plans": eight(whole.plans),
            "also_known": table(s.KnownService, "key", [(key,) for key in KNOWN], **ALSO_KNOWN),
            "services": [s.Service.model_validate({**x.model_dump(), **FACTS, "law": law(x)}) for x in whole.services],
            "outcomes": with_half(whole.outcomes),
            "verdicts": with_half(whole.verdicts),
            "money": whole.money.model_copy(update={"rule": RULE}),
            "picture": s.PictureSentences(**PICTURE),
            "case_against": [*whole.case_against, *CASE_AGAINST],
            "deciding": [d.model_copy(update=DOUBT) for d in whole.deciding],
            "not_in_model": [*whole.not_in_model, *missing],
            "findings": [f.model_copy(update={"text": TITLES.get(f.key, f.text)}) for f in whole.findings],
            "moves": [],  # these two only a full run has
            "beats_others": None,
        }
    )


def eight(plans: list[s.PlanPart]) -> list[s.PlanPart]:
    """The plans, each leaving some of its money unspent, and one more that spends half of what others do."""
    unspent = {"unspent": between(0, 240_000, 560_000)}
    found = []
    for plan in plans:
        found.append(plan.model_copy(update=unspent if plan.dollars else {}))
        if plan.key == OTHERS:
            half = {"key": HALF, "label": "As others do, half unspent"}
            found.append(found[-1].model_copy(update=half))
    return found


def with_half(rows: list[Row]) -> list[Row]:
    """The rows and, for the plan that leaves half unspent, those of spending as others do."""
    return rows + [row.model_copy(update={"plan": HALF}) for row in rows if row.plan == OTHERS]


def many() -> s.Summary:
    """The longest example with twenty services: ten more that ship, each with the marks and law of one of the ten."""
    whole = longest()
    labels = {service.label for service in whole.services}
    shipped = [x for x in load_services(available("services")) if x.option and x.label not in labels]
    more, marks = [], []
    for own, like in zip(shipped, whole.services, strict=False):
        named = {"key": f"{own.key}_more", "label": own.label, "short": own.short, "kind": own.kind}
        more.append(like.model_copy(update=named))
        marks += [m.model_copy(update={"service": named["key"]}) for m in whole.marks if m.service == like.key]
    return whole.model_copy(update={"services": [*whole.services, *more], "marks": [*whole.marks, *marks]})
