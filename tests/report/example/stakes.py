"""How the values are read, a panel's ratings, and the ledgers of those beside the person, with made-up amounts."""

from __future__ import annotations

from bothand.outcomes.lines import load_inventory, load_ledgers
from bothand.report import summary as s
from example.outcomes import HEALTHY
from example.parts import between, interval
from example.services import KEYS
from example.study import groups
from example.values import simulated

SECOND_LINE = "hope, without medication"
CLUSTERS = [["healing", "hope"], ["patient_welfare", "family_welfare", "community_welfare"]]
NO_NUMBER = {"relatives_in_support", "relatives_in_support_wellbeing"}
BOTH_SIGNS = "High-coverage syringe services: 0.79, 0.39 to 1.61; below 1 helps, above 1 harms."


def readings() -> list[s.ValueReading]:
    shares = [1.0, 0.81, 0.62, 0.97, 0.55]
    return [
        s.ValueReading(
            value=value,
            carrier=KEYS[n % len(KEYS)],
            share=shares[n % len(shares)],
            vote=shares[n % len(shares)] > 0.95,
            alone={key: 0.9 - 0.11 * ((n + m) % len(KEYS)) for m, key in enumerate(KEYS)},
        )
        for n, value in enumerate([*simulated(), SECOND_LINE])
    ]


def likeness() -> s.Likeness:
    values = [*simulated(), SECOND_LINE]
    alone = [[v] for v in values if not any(v in c for c in CLUSTERS)]
    return s.Likeness(clusters=[*CLUSTERS, *alone], directions=3.4, values=len(values), plans=400)


def ratings() -> list[s.Rating]:
    return [
        s.Rating(service=KEYS[1], value=value, role=role, counts=[0, 1, 2, 4, 3], low=3, middle=4, high=5)
        for value in ("respect", "hope")
        for role in ("everyone", "uses")
    ]


def ledgers() -> list[s.Ledger]:
    return [s.Ledger.model_validate({"key": f.key, "label": f.label, "note": f.note}) for f in load_ledgers()]


def lines() -> list[s.LedgerLine]:
    return [
        s.LedgerLine.model_validate(
            {
                "ledger": ledger.key,
                "key": line.key,
                "label": line.label,
                "who": line.who,
                "unit": line.unit,
                "better": line.better,
                "lives": line.lives,
                "grade": "judgement" if line.rows else None,
                "rows": list(line.rows),
                "disputed": line.disputed or (BOTH_SIGNS if ledger.key == "infections" else ""),
                "caution": line.caution,
                "no_data": line.no_data if line.key in NO_NUMBER else "",
                "amounts": {} if line.key in NO_NUMBER else _amounts(line.unit),
                "by_group": _by_group() if ledger.key == "infections" else {},
            }
        )
        for ledger in load_ledgers()
        for line in ledger.line
    ]


def _amounts(unit: str) -> dict[str, s.Interval]:
    size = -1.3e6 if unit == "USD" else 12.0
    return {plan: interval(size * (1 + 0.4 * n), 0.2, 2.3) for n, plan in enumerate(HEALTHY)}


def _by_group() -> dict[str, dict[str, s.Interval]]:
    return {plan: {g.key: between(-3.2, -1.4, 0.2) for g in groups()} for plan in HEALTHY}


def inventory() -> list[s.InventoryItem]:
    kept = {"sector", "label", "health_sector", "societal", "note"}
    return [s.InventoryItem.model_validate(item.model_dump(include=kept)) for item in load_inventory().item]


def perspectives() -> list[s.PerspectiveCost]:
    return [
        s.PerspectiveCost.model_validate({"plan": plan, "perspective": key, "usd": between(-8.1e6, usd, 9.4e6)})
        for plan in HEALTHY
        for key, usd in (("health_sector", 2.1e6), ("societal", -1.4e6))
    ]
