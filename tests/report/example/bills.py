"""What each payer pays, what a million dollars brings, and whether people who ask for help get it in time."""

from __future__ import annotations

from bothand.report import summary as s
from example.outcomes import HEALTHY
from example.parts import between, interval
from example.plans import PLANS

KINDS = (
    ("methadone", "Methadone", 0.62),
    ("buprenorphine", "Buprenorphine", 0.81),
    ("residential", "Residential treatment", 0.44),
)
SETTLEMENT = ("Settlement money", 2.2e6)
DOWNSTREAM = (
    ("Medicaid", 1.9e6),
    ("Other health payers", 0.4e6),
    ("Jail and courts", -0.8e6),
    ("Living longer: all costs", 0.7e6),
)


def requests() -> list[s.Request]:
    return [
        s.Request(
            plan=plan,
            kind=kind,
            label=label,
            met_within_30_days=between(max(0, share - 0.1), min(0.99, share + 0.02 * n), min(1.0, share + 0.17)),
            waiting=interval(90 - 9 * n, 0.5, 1.8),
            full=between(0.8, 0.94 - 0.02 * n, 0.99),
        )
        for n, plan in enumerate(PLANS)
        for kind, label, share in KINDS
    ]


def bills() -> list[s.Bill]:
    found = []
    for n, plan in enumerate(HEALTHY):
        payer, usd = SETTLEMENT
        found.append(s.Bill(plan=plan, payer=payer, usd=between(usd, usd, usd), downstream=False))
        for payer, usd in DOWNSTREAM:
            later = interval(usd * (0.5 + 0.22 * n), 0.5, 1.7)
            found.append(s.Bill(plan=plan, payer=payer, usd=later, downstream=True))
    return found


def worth() -> list[s.Worth]:
    return [
        s.Worth(
            plan=plan,
            per_million_settlement=interval(years / 2.2, 0.3, 2.2),
            per_million_all=interval(years / 5.1, 0.3, 2.4),
            per_1000_with_addiction=interval(years / 6.7, 0.3, 2.2),
        )
        for plan, years in HEALTHY.items()
    ]
