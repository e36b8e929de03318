"""What each principle costs and brings: sentences, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bothand.experiments.curves import BESIDE, CONTACT, DEATHS, GROUP, QALYS
from bothand.experiments.results import Results
from bothand.experiments.search import FUNCTIONAL
from bothand.experiments.what_if import priced
from bothand.experiments.what_if.priced import Change, Priced
from bothand.findings.measures import interval
from bothand.keys import HEALTHY, REMISSION, WITHOUT_MEDICATION
from bothand.report.summary import CountedWorth, Interval, PriceChange, PrinciplePrice
from bothand.words import COERCION, in_sentence, in_so_many, join_words, listed, mean_words, number_words

HUNDRED = 100  # UNIT: hundredths in a whole
LEAST = 0.5  # UNIT: years; less than half a year is not said
LITTLE = 0.1  # MATH: share of the largest amount below which one that cannot be told is not said
PRINCIPLES: dict[priced.Principle, str] = {
    "no_coercion": "No coercion",
    "equal_worth": "Equal worth",
    "no_group_worse_off": "No group worse off",
    "recovery_floor": "A recovery floor",
    "harm_reduction_floor": "A harm-reduction floor",
}
MEASURES = {
    HEALTHY: FUNCTIONAL,
    REMISSION: BESIDE + REMISSION,
    WITHOUT_MEDICATION: BESIDE + WITHOUT_MEDICATION,
    DEATHS: DEATHS,
    CONTACT: BESIDE + CONTACT,
    **{name: BESIDE + name for name in QALYS},
}
"""Indicator -> how the curves name it."""

TOLD = {
    HEALTHY: "healthy life-years",
    REMISSION: "years in remission with medication included",
    WITHOUT_MEDICATION: "years in remission without medication",
    CONTACT: "years in low-threshold contact",
}
"""Indicators that a sentence tells, in this order."""

SCALES = {"qaly_patient": "patients\u2019", "qaly_public": "public"}
LABELS = {
    priced.NO_LIMIT: "Without the limit on coercion",
    "qaly_patient": "Lives counted in QALYs, patients\u2019 scale",
    "qaly_public": "Lives counted in QALYs, public scale",
    priced.NO_FLOORS: "Without floors from other plans",
    priced.NOT_BELOW_ZERO: "No group below what it has with no new money",
    priced.NOT_BELOW_OTHERS: "No group below what it gets as others do",
}
ADDED = (priced.NOT_BELOW_ZERO, priced.NOT_BELOW_OTHERS)


def principle_prices(results: Results) -> list[PrinciplePrice]:
    """Return every principle with what it costs and brings; nothing where a run did not price them."""
    if results.prices is None:
        return []
    return [_price(results, found) for found in results.prices.principles]


def _price(results: Results, found: Priced) -> PrinciplePrice:
    text, other_way = _told(results, found)
    counted = _counted(results) if found.principle == "equal_worth" else []
    if counted and (words := _worth_told(results, counted)):
        other_way = " ".join(filter(None, [other_way, words]))
    return PrinciplePrice(
        key=found.principle,
        label=PRINCIPLES[found.principle],
        text=text,
        other_way=other_way,
        changes=[_change(results, change) for change in found.changes],
        counted=counted,
    )


def label_of(change: Change) -> str:
    """Return which rule is otherwise, in words."""
    if change.key != priced.FLOOR:
        return LABELS[change.key]
    if not change.share:
        return f"No floor of {TOLD[change.measure]}"
    words = f"{in_so_many(change.share, '', HUNDRED).strip()} of the most {TOLD[change.measure]}"
    return f"{words}: the furthest that the other rules allow" if change.last else f"At least {words}"


def _change(results: Results, change: Change) -> PriceChange:
    known = {key: name for key, name in MEASURES.items() if name in change.curves}
    exact = {key: interval(change.exact[name]) for key, name in known.items() if name in change.exact}
    before = _plan_held_against(results, change)
    plan = {key: usd for key, usd in (change.dollars or {}).items() if usd}
    return PriceChange(
        key=change.key,
        label=label_of(change),
        against=change.against,
        measure=change.measure,
        share=change.share,
        last=change.last,
        possible=change.dollars is not None,
        same=change.same,
        plan=plan,
        moved={
            key: plan.get(key, 0.0) - before.get(key, 0.0)
            for key in dict.fromkeys([*before, *plan])
            if plan and plan.get(key, 0.0) != before.get(key, 0.0)
        },
        brings={key: change.brings[name] for key, name in known.items()},
        on_curves={key: change.curves[name] for key, name in known.items()},
        exact=exact,
        gap={key: exact[key].mean - change.curves[name] for key, name in known.items() if key in exact},
        groups={
            name.removeprefix(GROUP): interval(more) for name, more in change.exact.items() if name.startswith(GROUP)
        },
        not_met=list(change.unmet),
    )


def _plan_held_against(results: Results, change: Change) -> Mapping[str, float]:
    """Return the dollars by service of the plan that a change is held against."""
    prices = results.prices
    assert prices is not None
    if change.against == "both_and":
        return {
            k: usd for k, usd in zip(results.curves.surface.services, results.found.yearly.tolist(), strict=True) if usd
        }
    floors = (c for found in prices.principles for c in found.changes if c.against == change.against and not c.share)
    first = next(floors)
    return {key: usd for key, usd in (first.dollars or {}).items() if usd}


def _told(results: Results, found: Priced) -> tuple[str, str]:
    """Return what holding to a principle costs and brings, and the other way round."""
    holding = f"Holding to {in_sentence(PRINCIPLES[found.principle])}"
    nothing = f"{holding} costs nothing here"
    both = [change for change in found.changes if change.against == "both_and"]
    if found.principle == "no_coercion" and not both:
        limit = COERCION[results.setting.study.coercion_limit]
        return f"{nothing}: no service that search may choose goes beyond {limit}.", ""
    if found.principle in priced.FLOORS:
        return _floor_told(holding, nothing, both)
    moved = [change for change in both if not change.same and change.dollars is not None]
    impossible = [change for change in both if change.dollars is None]
    unmet = " ".join(_unmet_told(results, change) for change in both if change.unmet)
    if not moved and not impossible:
        return f"{nothing}: {WHY[found.principle]}.", unmet
    text, other = [], []
    for change in moved:
        label, sign = in_sentence(label_of(change)), 1 if change.key in ADDED else -1
        which, against = (
            (f" ({label})", "") if change.key in ADDED else ("", f", against the plan found {HOW[change.key]}")
        )
        text.append(f"{holding}{which} {_costs_and_brings(change, sign)}{against}{_less(results, change)}.")
        other.append(f"The other way round, letting go of it {_costs_and_brings(change, -sign, ranges=False)}.")
    text += [f"{label_of(change)}: no plan keeps to this and to the other rules." for change in impossible]
    return " ".join(text), " ".join([*dict.fromkeys(other), *([unmet] if unmet else [])])


HOW = {
    priced.NO_LIMIT: "without the limit on coercion",
    "qaly_patient": "when lives count in QALYs by the patients\u2019 scale",
    "qaly_public": "when lives count in QALYs by the public scale",
    priced.NO_FLOORS: "without floors for groups",
}
"""How a plan is found without a principle."""

WHY = {
    "no_coercion": "without the limit the search chooses none of the services that it keeps out",
    "equal_worth": "a search that counts lives in QALYs, by either scale, finds the same plan",
    "no_group_worse_off": "without floors for any group the search finds the same plan, and with them too",
}
"""Why a principle costs nothing where the plan stays as it is."""


def _unmet_told(results: Results, change: Change) -> str:
    """Name the groups that no plan can lift to a floor while it keeps to the other rules."""
    groups = listed([in_sentence(results.setting.model.spec.group[key].label) for key in change.unmet])
    return f"{label_of(change)}: as far as it can be kept; no plan with the other rules does so for {groups}."


def _less(results: Results, change: Change) -> str:
    """Name the groups that would clearly get less without the principle."""
    if change.key in ADDED:
        return ""
    short = {key: in_sentence(group.label) for key, group in results.setting.model.spec.group.items()}
    less = [
        short[name.removeprefix(GROUP)]
        for name, more in change.exact.items()
        if name.startswith(GROUP) and interval(more).high < 0
    ]
    return f"; that plan would bring fewer healthy life-years to {listed(less)}" if less else ""


def _floor_told(holding: str, nothing: str, both: Sequence[Change]) -> tuple[str, str]:
    """Say what the floor that the both/and plan holds costs, and what less and more of it would."""
    if not both:
        return f"{nothing}: no money brings more of it.", ""
    free, other = both[0], []
    if free.same:
        text = f"{nothing}: without it the search finds the same plan."
    else:
        text = f"{holding}, as far as the both/and plan does, {_costs_and_brings(free, -1)}."
        other.append(f"The other way round, letting go of it {_costs_and_brings(free, 1, ranges=False)}.")
    for measure in dict.fromkeys(change.measure for change in both):
        furthest = [c for c in both if c.measure == measure and c.share and c.exact and not c.same][-1:]
        for change in furthest:
            other.append(f"{_asking(change)} {_costs_and_brings(change, 1)}.")
    return text, " ".join(other)


def _asking(change: Change) -> str:
    share = in_so_many(change.share, "", HUNDRED).strip()
    room = ", all that the other rules leave room for," if change.last else ""
    return f"Asking for {share} of the most {TOLD[change.measure]}{room}"


def _costs_and_brings(change: Change, sign: int, ranges: bool = True) -> str:
    """Return 'costs 109 (80 to 140) healthy life-years, and may bring 53 (-9 to 90) years in remission'.

    'May': the range crosses zero, so these runs cannot tell; what is little beside the rest is then not said.
    ``sign`` turns all round; without ``ranges`` each amount is said by its mean.
    """
    found = {words: _amount(change, key, sign) for key, words in TOLD.items()}
    largest = max(abs(amount.mean) for amount in found.values())
    told: dict[str, list[str]] = {"costs": [], "brings": [], "may cost": [], "may bring": []}
    for words, amount in found.items():
        sure = amount.low > 0 or amount.high < 0
        if abs(amount.mean) < (LEAST if sure else max(LEAST, LITTLE * largest)):
            continue
        up = amount if amount.mean > 0 else Interval(mean=-amount.mean, low=-amount.high, high=-amount.low)
        said = mean_words(up.mean, up.low, up.high) if ranges else number_words(up.mean)
        verb = ("brings" if sure else "may bring") if amount.mean > 0 else ("costs" if sure else "may cost")
        told[verb].append(f"{said} {words}")
    parts = [(verb, f"{verb} {join_words(amounts)}") for verb, amounts in told.items() if amounts]
    clear, unsure = ([said for verb, said in parts if verb.startswith("may") == may] for may in (False, True))
    both = [" and ".join(said) for said in (clear, unsure) if said]
    return ", and ".join(both) or "costs and brings less than half a year of each"


def _amount(change: Change, key: str, sign: int) -> Interval:
    """Return what a change brings more of an indicator, in the full model or, where it was not run, on the curves."""
    name = MEASURES[key]
    return interval(sign * change.exact.get(name, np.array([change.curves[name]])))


def _counted(results: Results) -> list[CountedWorth]:
    """Return what the both/and plan brings each group, by equal worth and in QALYs."""
    assert results.prices is not None
    both = results.prices.both
    rows = [("all", MEASURES[HEALTHY], [MEASURES[name] for name in QALYS])]
    for group in results.setting.model.groups:
        rows.append((group, GROUP + group, [f"{BESIDE}{name}:{group}" for name in QALYS]))
    return [
        CountedWorth(
            group=group,
            healthy_life_years=interval(both[healthy]),
            qaly_patient=interval(both[patient]),
            qaly_public=interval(both[public]),
        )
        for group, healthy, (patient, public) in rows
    ]


def _worth_told(results: Results, counted: Sequence[CountedWorth]) -> str:
    """Say how much less the same plan would be said to bring, and to whom most, if lives counted by their quality."""
    whole = counted[0]
    told = []
    for name, scale in SCALES.items():
        if whole.healthy_life_years.mean <= 0:
            return ""
        told.append(f"{in_so_many(_lost(whole, name), '', HUNDRED).strip()} less by the {scale} scale")
    most = max(counted[1:], key=lambda row: _lost(row, "qaly_public"))
    label = in_sentence(results.setting.model.spec.group[most.group].label)
    lost = in_so_many(_lost(most, "qaly_public"), "", HUNDRED).strip()
    return (
        f"Counted in QALYs, where a life saved counts by its quality, the same plan would seem to bring "
        f"{join_words(told)}; the largest cut, {lost} by the public scale, would fall on {label}."
    )


def _lost(row: CountedWorth, scale: str) -> float:
    """Return the share of a group's healthy life-years that a scale of quality would not count, 0 to 1."""
    whole = row.healthy_life_years.mean
    return float(np.clip(1 - getattr(row, scale).mean / whole, 0, 1)) if whole > 0 else 0.0
