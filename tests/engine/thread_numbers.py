"""Numbers for the thread model, chosen so that a reader can follow them by hand."""

import numpy as np

from bothand.engine.rates import Environment

QUANTITIES = {
    "ask_methadone": 0.5, "admission_time": 0.1, "leave_methadone": 0.4, "early_exit_ratio": 2.0,
    "remission_untreated": 0.05, "remission_on_methadone": 0.1, "return_to_use": 0.3, "peers_return_ratio": 0.8,
    "centre_return_ratio": 0.9, "excess_deaths_women": 3.0, "excess_deaths_men": 4.0, "overdose_rate": 0.08,
    "overdose_ratio_methadone": 0.25, "fatal_without_help": 0.1, "witnessed": 0.6, "naloxone_effect": 0.5,
    "stops_after_overdose": 0.2, "fill_exponent": 6.0, "kits_in_right_hands": 0.3, "kit_shelf_life": 2.0,
    "most_at_hand": 0.9, "draw_down": 0.7, "starts_per_year": 120.0, "quality_general": 0.9,
    "quality_remission": 0.8, "quality_methadone": 0.7, "quality_using": 0.6, "kits_today": 500.0,
    "places_today": 40.0, "peers_today": 0.25,
}  # fmt: skip
BACKGROUND = np.array([0.001, 0.02, 0.002, 0.03])
STARTERS = np.array([0.3, 0.1, 0.4, 0.2])


def environment(years=3, draws=2, spread=0.0, levers=None, **quantities):
    """An environment whose draw d has every quantity times 1 + spread * d; levers may be set by name."""
    factors = 1 + spread * np.arange(draws)
    numbers = {**QUANTITIES, **quantities}
    level = {"kits": 500.0, "places": 40.0, "peers": 0.25, "centre": 0.0, "prevention": 0.0, **(levers or {})}
    return Environment(
        quantities={key: value * factors for key, value in numbers.items()},
        levers={key: np.array(np.broadcast_to(value, (years, draws))) for key, value in level.items()},
        series={"toxicity": np.array(np.broadcast_to(np.linspace(1, 2, years)[:, None], (years, draws)))},
        tables={"background": BACKGROUND, "starters": STARTERS},
        years=tuple(range(2026, 2026 + years)),
    )
