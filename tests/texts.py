"""Texts of the small files that tests write: a plan and its lines, and the parts of a model."""

from __future__ import annotations

import json

Cells = dict[str, str]
"""Dimension to level, set of levels, or "*"."""


def plan_text(*lines: str, key: str = "own", label: str = "A reader's own", short: str = "Own") -> str:
    """A plan of a reader's own with these lines, its head whole and sound."""
    return f"""
key = "{key}"
label = "{label}"
short = "{short}"
stance = "own"
note = "a test"
source = "a test"
reviewed = "drafted, not reviewed"
new_money = true

{"".join(lines)}"""


def line(service: str, money: str) -> str:
    """A line of a plan: the service, and the key that says how much money it gets."""
    return f'[[line]]\nservice = "{service}"\n{money}\n'


def small_study(plan: str) -> str:
    """A study of five years, two services and two runs, with the status quo and one plan beside it."""
    return f"""
key = "small"
label = "A small study"
note = "a test"
place = "washtenaw"
model = "opioids-us"
services = ["community_naloxone", "low_barrier_buprenorphine"]
plans = ["status_quo", "{plan}"]
status_quo = "status_quo"
day_one = 2026-01-01
last_day = 2030-12-31
run_in_start = 2015
horizons = [1, 5]
draws = 2
seed = 3
price_year = 2025
discount = 0.03
periods = [[2026, 2028], [2029, 2030]]

[fit]
last_level = 2023
ratio_year = 2024
test = [2018, 2022]
test_knots = [2018, 2022]
decision_knots = [2015, 2023, 2024]
note = "a test"
"""


def spending_rule(service: str, says: str) -> str:
    """A rule of spending on a service, and the lines of what it says."""
    return f'[[spending_rule]]\nservice = "{service}"\n{says}\nbecause = "The board said so."\nsource = "a test"\n'


def rules_text(*rules: str, cap: int | None = None) -> str:
    """Rules of spending and a cap, as they stand at the end of a study's or a place's file."""
    told = f'[downstream_cap]\nusd = {cap}\nbecause = "Medicaid asked for it."\nsource = "a test"\n'
    return "\n" + "\n".join([*rules, *([told] if cap else [])])


def dimension_text(name: str, **labels: str) -> str:
    """A dimension of a model: its levels by name, each with its public label."""
    levels = ", ".join(f'{{ name = "{level}", label = "{words}" }}' for level, words in labels.items())
    return f'[dimension.{name}]\nlabel = "{name}"\nlevels = [{levels}]'


def rule_text(name: str, label: str, source: Cells, target: Cells | str, rate: str | float) -> str:
    """A rule of a model: who moves where, and at which rate."""
    return f"""\
[[rule]]
name = "{name}"
label = "{label}"
in = {cells(source)}
to = {cells(target) if isinstance(target, dict) else json.dumps(target)}
rate = {json.dumps(rate)}"""


def cells(where: Cells) -> str:
    return "{ " + ", ".join(f'{name} = "{level}"' for name, level in where.items()) + " }"
