"""Ten services: what one unit is and costs, who pays, and what the law says."""

from __future__ import annotations

from bothand.report import summary as s
from example import terms
from example.parts import interval

# A short name is given where it is another than the label.
SERVICES = (
    ("community_naloxone", "Community naloxone", "",
     "harm_reduction", "kit in a person's hands, with a short training", 156),
    ("syringe_services", "Syringe services", "",
     "harm_reduction", "person in regular contact for a year", 1700),
    ("navigation", "Navigation from harm reduction to treatment and recovery", "Navigation",
     "bridge", "navigator for a year", 82000),
    ("low_barrier_buprenorphine", "Low-barrier buprenorphine", "Low-barrier bupre\u00adnorphine",
     "treatment", "place for a year, with a nurse care manager", 3200),
    ("methadone_places", "Methadone places", "",
     "treatment", "place for a year", 8200),
    ("medication_in_jail", "Medication in jail with continuity on release", "Medication in jail",
     "treatment", "person treated and linked on release", 3100),
    ("residential_with_medication", "Residential treatment with medication", "Residential treatment",
     "treatment", "stay of about 13 weeks", 14800),
    ("recovery_housing", "Recovery housing that welcomes medication", "Recovery housing",
     "recovery", "bed for a year", 9400),
    ("peer_coaching", "Peer recovery coaching", "Peer coaching",
     "recovery", "participant for a year", 2600),
    ("recovery_centre", "Recovery community centre", "Recovery centre",
     "recovery", "centre for a year", 310000),
)  # fmt: skip
KEYS = tuple(key for key, *_ in SERVICES)

LAWS = {
    "syringe_services": ("contested", "town rules differ"),
    "medication_in_jail": ("required", "duty of care; disability law"),
    "methadone_places": ("allowed with conditions", "federal and state or local"),
    "residential_with_medication": ("allowed with conditions", "state or local"),
}
ALLOWED = ("allowed", "state and federal")
TERMS = {
    "offer": "offered once, can be declined",
    "entry": "none",
    "return to use": "stays",
    "medication": "welcome",
}
DISPUTE = "Does easier rescue raise risk? One study says so; a re-analysis found the claim invalid."


def services() -> list[s.Service]:
    return [
        s.Service.model_validate(
            {
                "key": key,
                "label": label,
                "short": short or label,
                "kind": kind,
                "unit": unit,
                "unit_cost": interval(cost, 0.6, 1.5),
                "payers": [
                    s.Payer(payer="settlement", usd_per_unit=interval(cost * 0.65, 0.5, 1.5)),
                    s.Payer(payer="Medicaid", usd_per_unit=interval(cost * 0.35, 0.5, 1.6)),
                ],
                "start_up": interval(12000 * n, 0.5, 1.8),
                "lag_months": interval(2 + n, 0.5, 2.0),
                "ceiling": interval(4200 / (n + 1), 0.4, 1.7),
                "smallest_size": "one worker in a running programme"
                if n
                else "200 kits a year through an existing programme",
                "terms": TERMS,
                "coercion": int(key == "medication_in_jail"),
                "law": law(key),
                "exhibit_e": "A.A; B.H.1; B.H.2",
                "evidence": "Measured for deaths at witnessed overdoses; the size is disputed.",
                "disputes": [DISPUTE] if n < 2 else [],
                "run_on": terms.run_on() if n % 2 == 0 else [],
            }
        )
        for n, (key, label, short, kind, unit, cost) in enumerate(SERVICES)
    ]


def law(service: str) -> s.Law:
    word, level = LAWS.get(service, ALLOWED)
    source = "state code and federal guidance, seen April 2026"
    return s.Law.model_validate({"word": word, "level": level, "dated": "2026-04", "source": source})
