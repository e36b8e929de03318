"""What each plan does for everyone, by indicator, horizon and money."""

from __future__ import annotations

from collections.abc import Iterator

from bothand.report import summary as s
from example.parts import around, interval, table

# ten years, no new money: deaths averted, healthy life-years, remission, remission without medication
TEN = {
    "harm_reduction_only": (32, 120, 27, 6),
    "treatment_only": (10, 105, 726, 72),
    "recovery_only": (2.1, 22, 154, 110),
    "as_others_do": (30, 149, 261, 46),
    "even_split": (19, 104, 387, 34),
    "both_and": (43, 228, 589, 60),
}
HEALTHY = {plan: numbers[1] for plan, numbers in TEN.items()}
GROWTH = {"1": 0.04, "5": 0.5, "10": 1.0, "18": 1.35, "lifetime": 4.6}
DURATIONS = {
    "under_1": ("under 1 year", 0.3),
    "1_to_5": ("1 to 5 years", 0.5),
    "5_plus": ("5 years and more", 0.2),
}
ALL, WITHOUT = ("", "medication included"), ("_without_medication", "without medication")


def indicators() -> list[s.Indicator]:
    rows = [
        ("deaths_averted", "Deaths averted", "deaths"),
        ("healthy_life_years", "Healthy life-years gained", "years"),
        *((f"remission_years{end}", f"Years in remission, {words}", "years") for end, words in (ALL, WITHOUT)),
        *(
            (f"remission_{key}{end}", f"Years in remission of {lasting}, {words}", "years")
            for key, (lasting, _) in DURATIONS.items()
            for end, words in (ALL, WITHOUT)
        ),
        ("contact_years", "Years in low-threshold contact", "years"),
    ]
    return table(s.Indicator, "key label unit", rows, better="more")


def outcomes() -> list[s.Outcome]:
    return [outcome(plan, *row) for plan in TEN for row in (*by_horizon(plan), *by_duration(plan))]


def outcome(plan: str, indicator: str, horizon: str, money: str, value: s.Interval) -> s.Outcome:
    return s.Outcome.model_validate(
        {
            "plan": plan,
            "group": "all",
            "horizon": horizon,
            "money": money,
            "indicator": indicator,
            "reference": "no_new_money",
            **value.model_dump(),
            "share_above_zero": 1.0 if value.low > 0 else 0.0 if value.high < 0 else 0.8,
        }
    )


Row = tuple[str, str, str, s.Interval]


def by_horizon(plan: str) -> Iterator[Row]:
    deaths, healthy, remission, without = TEN[plan]
    spread = 20 + without
    for horizon, growth in GROWTH.items():
        lives, fewer = min(growth, 1.3), 0.8 if horizon == "lifetime" else 1.0
        for money, more in (("three_years", 1.0), ("all_years", 1.0 if horizon == "1" else 2.2)):
            yield "deaths_averted", horizon, money, interval(deaths * lives * more * fewer, 0.25, 2.1)
            yield "healthy_life_years", horizon, money, interval(healthy * growth * more, 0.25, 2.1)
            yield "remission_years", horizon, money, interval(remission * growth * more, 0.25, 2.1)
            half = spread * growth * more * (0.7 if plan == "recovery_only" else 1)
            yield "remission_years_without_medication", horizon, money, around(without * growth * more, half)


def by_duration(plan: str) -> Iterator[Row]:
    *_, remission, without = TEN[plan]
    for key, (_, share) in DURATIONS.items():
        yield f"remission_{key}", "10", "three_years", interval(remission * share, 0.5, 1.6)
        part = around(without * share, 22 * share + without * share * 0.8)
        yield f"remission_{key}_without_medication", "10", "three_years", part
