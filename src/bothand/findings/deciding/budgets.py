"""The map against budgets, in the summary's words."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from bothand.decide.ideals import Ideals
from bothand.decide.pairs import Pair, Price
from bothand.decide.pairwise.budgets import BUDGETS, TODAY, AtBudgets, at_budgets
from bothand.decide.surfaces import Floats
from bothand.experiments.results import Results
from bothand.experiments.search import Found
from bothand.findings.said.claim import Said
from bothand.outcomes.values import values_of
from bothand.report.summary import AtBudget
from bothand.words import in_sentence, in_so_many, listed, number_words

HALF, TWICE = 0.5, 2.0  # MATH: budgets that are said beside today's
KEPT = 8  # UNIT: prices whose budgets are kept in mind: of values and of groups, under every reach
HUNDRED = 100  # UNIT: hundredths in a whole
A_LITTLE = 0.02  # MATH: a share of an ideal below which nothing is said to be left undone
FREE = 1e-6  # MATH: a share or a price this close to 1 is 1


def all_at_budgets(found: Found, priced: Price) -> list[AtBudget]:
    """Return what one plan gives every member of a price at each budget."""
    return _parts(_looked_at(found.ideals, priced)) if priced.members else []


@lru_cache(maxsize=KEPT)
def _looked_at(ideals: Ideals, priced: Price) -> AtBudgets:
    """Return what one plan gives every member of a price at each budget; a sentence and a table both ask for it."""
    return at_budgets(ideals, priced.members, priced)


def pair_at_budgets(results: Results, pair: Pair) -> list[AtBudget]:
    """Return what one plan gives both of a pair at each budget; empty where it was not asked."""
    if results.budgets is None or (pair.a, pair.b) not in results.budgets.pairs:
        return []
    left = results.budgets.collisions.get((pair.a, pair.b))
    return _parts(results.budgets.pairs[pair.a, pair.b], left)


def _parts(found: AtBudgets, left: Floats | None = None) -> list[AtBudget]:
    undone = [None] * len(found.budgets) if left is None else [None if np.isnan(x) else float(x) for x in left]
    return [
        AtBudget(budget=float(b), share=float(share), at_end=bool(end), collision=rest)
        for b, share, end, rest in zip(found.budgets, found.shares, found.at_end, undone, strict=True)
    ]


def of_map(results: Results) -> list[Said]:
    """Return what is said of the map against budgets: of all values at once, and of every pair."""
    found = results.found
    if not found.value_pairs:
        return []
    return [_all(found), _pairs(results)]


def _all(found: Found) -> Said:
    """Say what half of today's money, today's and twice as much give every value, and when nobody has to choose."""
    priced = found.all_values
    shares = {part.budget: part.share for part in all_at_budgets(found, priced)}
    half, today, twice = (shares[budget] for budget in (HALF, TODAY, TWICE))
    text = f"With half of today\u2019s money, no plan gives every value more than {_hundredths(half)} of the most that "
    text += f"today\u2019s money could do for it alone; with today\u2019s it is {_hundredths(today)}"
    text += f", with twice as much {_hundredths(twice)}." if twice < 1 - FREE else "."
    numbers = {"half": half, "today": today, "twice": twice}
    if not np.isfinite(priced.multiple):
        text += " No budget on the curves gives every value all of it."
        return Said("map_budgets", text, numbers, ("no budget",), tuple(numbers), rests_on="search")
    if priced.multiple > 1 + FREE:
        text += f" From {number_words(priced.multiple)} times today\u2019s money on, nobody has to choose between them."
    numbers["budgets"] = priced.multiple
    return Said("map_budgets", text, numbers, ("priced",), tuple(numbers), rests_on="search")


def _hundredths(share: float) -> str:
    return in_so_many(share, "", HUNDRED).strip()


def _pairs(results: Results) -> Said:
    """Say for how many pairs nobody has to choose today, with twice the money, and from where on for all."""
    pairs = results.found.value_pairs
    prices = [pair.price.multiple for pair in pairs]
    free = {name: sum(p <= budget + FREE for p in prices) for name, budget in (("today", TODAY), ("twice", TWICE))}
    last = max(pairs, key=lambda pair: pair.price.multiple)
    names = " and ".join(_named(results, last))
    text = f"Between {free['today'] or 'none'} of {len(pairs)} pairs of values nobody has to choose even today"
    text += f"; with twice the money, between {free['twice'] or 'none'}."
    if not np.isfinite(last.price.multiple):
        text += f" No budget on the curves is enough for {names}."
    elif free["twice"] < len(pairs):
        text += f" Most is needed for {names}: {number_words(last.price.multiple)} times today\u2019s money."
    numbers = {**{name: float(n) for name, n in free.items()}, "last": min(last.price.multiple, float(HUNDRED))}
    return Said("map_free", text, numbers, (names,), tuple(numbers), rests_on="search")


def _named(results: Results, pair: Pair) -> tuple[str, str]:
    """Return the labels of two values as they stand in a sentence."""
    setting = results.setting
    shown = values_of(setting.study, setting.folder, setting.services, setting.evidence.names).values
    labels = {results.found.keys[value.key]: value.label for value in shown if value.key in results.found.keys}
    return in_sentence(labels[pair.a]), in_sentence(labels[pair.b])


def findings(results: Results) -> list[Said]:
    """Return what a full run adds: what more money leaves undone, and which services bring no more."""
    budgets = results.budgets
    if budgets is None or not budgets.collisions:
        return []
    pairs = results.found.value_pairs
    last = {(p.a, p.b): budgets.collisions[p.a, p.b][-1] for p in pairs}
    today = {key: budgets.collisions[key][BUDGETS.index(TODAY)] for key in last}
    grown = sum(last[key] > today[key] + A_LITTLE for key in last)
    most = max(pairs, key=lambda p: np.nan_to_num(last[p.a, p.b]))
    left = float(np.nan_to_num(last[most.a, most.b]))
    text = "With ten times today\u2019s money no two favourites leave anything undone."
    if left > A_LITTLE:
        names = " and ".join(_named(results, most))
        before = float(np.nan_to_num(today[most.a, most.b]))
        text = (
            f"Money does not end every collision. With ten times today\u2019s money, paid in full for both, the best "
            f"plans for {names} still leave {_hundredths(min(left, 1.0))} undone for one of them; today it is "
            f"{_hundredths(min(before, 1.0))}."
        )
        if grown:
            text += f" For {grown} of {len(pairs)} pairs more is left undone than today."
    labels = {service.key: service.label for service in results.setting.services}
    if budgets.further:
        on = listed([labels[name] for name in budgets.further])
        text += f" Beyond {number_words(budgets.end)} budgets for one service, these still bring more: {on}."
    text += " All other services are full there." if budgets.full else ""
    return [Said("map_beyond", text, {"left undone": left, "pairs": float(grown)}, rests_on="nothing")]
