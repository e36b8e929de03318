"""What the next dollar of every service adds to every value: by the model's slopes, by the curves, and by the marks.

Slopes are exact: of the engine itself, in the draws of the exact search, start-up apart. Curves and marks stand beside
them, and where they say otherwise, that is a finding (DESIGN 8, "alignment").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from bothand.experiments.plans import option_keys
from bothand.experiments.results import Results
from bothand.findings.said.claim import Said
from bothand.outcomes.values import Picture, values_of
from bothand.report.summary.deciding.exact import NextDollar
from bothand.words import in_sentence

Claim = Literal["serves", "pulls_against", "both", "none"]

AMOUNT = 1e5  # UNIT: dollars of the first round whose effect is told
PARTS = 100  # UNIT: parts of a value's own best
NOTHING = 1e-3  # MATH: less than this share of a value's own best for that amount is told as nothing


def next_dollars(results: Results, names: Mapping[str, str]) -> list[NextDollar]:
    """Return what $100,000 of each service adds to each value; ``names``: objective -> value. Empty unless run."""
    found = results.exact
    if found is None:
        return []
    surface, claims = results.curves.surface, _claims(results)
    spent = surface.dollars[:, 0] * len(results.world.first_round)
    made = []
    for v, objective in enumerate(found.names):
        best = float(found.favourites.best[v])
        if not found.favourites.room[v]:
            continue
        curve = surface.gains[surface.index(objective), :, 0] / spent
        for s, key in enumerate(option_keys(results.world)):
            made.append(
                NextDollar(
                    value=names[objective],
                    service=key,
                    first=float(found.at_nothing[v, s]) * AMOUNT / best,
                    on_curves=float(curve[s]) * AMOUNT / best,
                    more=float(found.at_plan[v, s]) * AMOUNT / best,
                    claim=claims.get((names[objective].partition(",")[0], key), "none"),
                )
            )
    return made


def _shown(results: Results) -> Picture:
    setting = results.setting
    return values_of(setting.study, setting.folder, setting.services, setting.evidence.names)


def _claims(results: Results) -> dict[tuple[str, str], Claim]:
    """Return what the marks say of each value and service, for any group."""
    shown = _shown(results)
    signs: dict[tuple[str, str], set[str]] = {}
    for mark in shown.marks:
        if mark.drawn:
            signs.setdefault((mark.value, mark.service), set()).add(mark.sign)
    one: dict[str, Claim] = {"serves": "serves", "pulls_against": "pulls_against"}
    return {cell: one[next(iter(said))] if len(said) == 1 else "both" for cell, said in signs.items()}


def against(row: NextDollar) -> bool:
    """Say whether the first dollar does the opposite of what the marks say."""
    return (row.claim == "serves" and row.first < -NOTHING) or (row.claim == "pulls_against" and row.first > NOTHING)


def findings(results: Results) -> list[Said]:
    """Return where slopes, curves and marks disagree most; empty unless it was run."""
    if results.exact is None:
        return []
    names = {objective: value for value, objective in results.found.keys.items()}
    back = {name: names.get(name, name) for name in results.exact.names}
    rows = [row for row in next_dollars(results, back) if row.value in names.values()]
    if not rows:
        return []
    labels = {value.key: in_sentence(value.label) for value in _shown(results).values}
    services = {service.key: in_sentence(service.label) for service in results.setting.services}
    apart = max(rows, key=lambda row: abs(row.first - row.on_curves))
    text = (
        f"What the first $100,000 of a service adds differs most between slopes and curves for "
        f"{services[apart.service]} and {labels[apart.value]}: {_points(apart.first)} of 100 parts of its own best by "
        f"the model\u2019s own slopes, {_points(apart.on_curves)} on the curve, which pays the start-up too."
    )
    opposed = sorted((row for row in rows if against(row)), key=lambda row: -abs(row.first))
    if opposed:
        worst = opposed[0]
        verb = "serves" if worst.claim == "serves" else "pulls against"
        text += (
            f" In {len(opposed)} cells the model does the opposite of the marks. Most so: the marks say that "
            f"{services[worst.service]} {verb} {labels[worst.value]}, and its first $100,000 changes it by "
            f"{_points(worst.first)}."
        )
    else:
        text += " In no cell does the model do the opposite of what the marks say."
    return [Said("next_dollar", text, {}, rests_on="nothing")]


def _points(share: float) -> str:
    return f"{PARTS * share:.1f}".replace("-", "\u2212")
