"""The map of both/and: what two values, or two groups, cost together, and the plan found by search."""

from __future__ import annotations

from itertools import combinations

from bothand.report import summary as s
from example.parts import interval, table
from example.plans import PLANS
from example.services import KEYS
from example.study import GROUPS
from example.values import simulated, values

PRICES = {
    ("respect", "hope"): 2.08,
    ("respect", "self_determination"): 1.17,
    ("healing", "community_welfare"): 1.10,
    ("flourishing", "community_welfare"): 1.0,
    ("hope", "family_welfare"): 2.05,
    ("healing", "flourishing"): 1.15,
    ("patient_welfare", "family_welfare"): 1.04,
}
"""Prices that the sentences speak of; the others go up and down."""

ERROR = 0.02
FLOORS = ("healthy life-years", "people in treatment")


def pairs() -> list[s.Pair]:
    prices = {
        pair: PRICES.get(pair, round(1.38 + 0.047 * (n * 7 % 13), 2))
        for n, pair in enumerate(combinations(simulated(), 2))
    }
    among_groups = {
        pair: round(1.0 + 0.055 * (n * 5 % 14), 2)
        for n, pair in enumerate(combinations([key for key, *_ in GROUPS], 2))
    }
    return [
        *(pair_of("values", a, b, price) for (a, b), price in prices.items()),
        *(pair_of("groups", a, b, price) for (a, b), price in among_groups.items()),
    ]


def pair_of(kind: str, a: str, b: str, price: float) -> s.Pair:
    lane = "go_together" if price <= 1.25 else "in_each_others_way" if price - ERROR > 2 else "compete"
    spill = max(-0.2, 1.9 - price) if price < 2.03 else -0.15
    return s.Pair.model_validate(
        {
            "kind": kind,
            "a": a,
            "b": b,
            "price": price,
            "dollars": price * 750000,
            "error": ERROR,
            "spill_ab": spill,
            "spill_ba": spill - 0.2 if price > 1.2 else spill,
            "collision": 0.07 if price > 2 else 0.0,
            "tension": round(min(0.5, (price - 1) / 2), 2),
            "low": max(1.0, price - 0.2),
            "high": price + 0.3,
            **ends_of("spill_ab", spill, 0.2),
            **ends_of("spill_ba", spill, 0.3),
            **ends_of("collision", 0.07 if price > 2 else 0.0, 0.05),
            **ends_of("tension", min(0.5, (price - 1) / 2), 0.1),
            "lane_told": not any(price - 0.2 < border < price + 0.3 for border in (1.25, 2.0)),
            "lanes": lanes_of(lane, price),
            "at_budgets": at_budgets(price),
            "lane": lane,
            **hope_otherwise(a, b, price),
            "remedy": "They meet in the same waiting line. Give each its own treatment places."
            if lane == "in_each_others_way"
            else "",
        }
    )


def lanes_of(lane: str, price: float) -> dict[str, int]:
    """Sixteen runs: all of them in the lane of a pair, or as many in the next one as its price is near to it."""
    near = {"go_together": price - 1.0, "compete": 2.0 - price, "in_each_others_way": 0.0}[lane]
    away = min(7, int(near * 16))
    other = "go_together" if lane == "compete" else "compete"
    return {lane: 16 - away, other: away}


def hope_otherwise(a: str, b: str, price: float) -> dict[str, object]:
    """A pair with hope where recovery counts without medication: dearer, and more is left undone."""
    if "hope" not in (a, b):
        return {}
    dearer = round(price + 0.1, 2)
    other = {"price": dearer, "low": 1.0, "high": 2.6, "dollars": dearer * 750000, "spill_ab": 0.1, "spill_ba": 0.0}
    other |= {"collision": 0.3, "tension": 0.45, "lane": "compete" if dearer <= 2 + ERROR else "in_each_others_way"}
    return {
        "without_medication": {**other, "lane_told": False, "lanes": {"compete": 9, "in_each_others_way": 7}},
        "collision_without_medication": 0.3,
    }


def ends_of(name: str, value: float, width: float) -> dict[str, float]:
    """The low and high of a number: nothing is left undone below zero."""
    least = 0.0 if name in ("collision", "tension") else -1.0
    return {f"{name}_low": max(least, value - width), f"{name}_high": value + width}


def at_budgets(price: float, full: bool = False) -> list[s.AtBudget]:
    """What both get at every budget, on a curve that reaches 1 at the price; in a full run what is left undone."""
    return [
        s.AtBudget(
            budget=b, share=min(1.0, (b / price) ** 0.9), collision=max(0.0, price - 1.9) * b**0.3 if full else None
        )
        for b in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
    ]


def all_at_once() -> list[s.AllAtOnce]:
    rows = [("values", 4.3, 3.225e6, at_budgets(4.3)), ("groups", 2.0, 1.5e6, at_budgets(2.0))]
    return table(s.AllAtOnce, "kind price dollars at_budgets", rows)


def left_out() -> list[s.LeftOut]:
    rows = [
        ("solidarity", "it follows from who runs a service, not from a simulation"),
        ("restoration", "it is rated by a local panel; no rating has been made"),
    ]
    return table(s.LeftOut, "value why", rows)


def both_and() -> s.BothAnd:
    mapped = simulated()
    _, dollars, _ = PLANS["both_and"]
    return s.BothAnd(
        plan="both_and",
        beta=0.37,
        z={v.key: round(0.34 + 0.06 * (n * 3 % 11), 2) for n, v in enumerate(values()) if v.key in mapped},
        curve=[
            s.CurvePoint(
                floor=round(0.05 * n, 2), healthy_life_years=240 - 0.9 * n**2.2, deaths_averted=47 - 0.3 * n**2
            )
            for n in range(8)
        ],
        floors_met=[f"{plan}: {what}" for plan in ("As others do", "Even split") for what in FLOORS],
        floors_not_met=["As others do: people who would start later"],
        service_range={key: interval(dollars.get(key, 8000), 0.5, 1.6) for key in KEYS},
        surrogate_error=0.012,
    )
