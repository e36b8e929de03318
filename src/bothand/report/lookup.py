"""Finding things in a summary by name, and the titles that stand when no finding was written."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from bothand import words
from bothand.keys import HEALTHY, NO_NEW_MONEY, OTHERS_HALF, THREE_YEARS
from bothand.report import layout
from bothand.report.summary import GroupVerdict, Interval, Outcome, Pair, PlanPart, Reference, Service, Summary, Verdict

HORIZON = "10"
"""The horizon of the sheet, in years."""

MARGIN = "no_worse_margin"
"""Key of the quantity within which a group is not called worse off."""

BREAKS = {"buprenorphine": "bupre\u00adnorphine", "medication": "medi\u00adcation", "residential": "resi\u00addential"}
"""Where long words of narrow column heads may be parted; not every browser can do it by itself."""

LETTERS = {kind: label[0] for kind, label in words.KINDS.items()}
"""The letter that a kind of service wears in a bar: its first."""

REFERENCES: dict[Reference, str] = {
    "no_new_money": "against no new money",
    "as_others_do": "against the same money spent as others do",
}
TITLES = {
    "picture": "What each service says to each of the eleven values",
    "picture_deck": "Most people who use drugs are not addicted, so each value has two lines.",
    "sheet_1": "What each plan does for each group of people",
    "sheet_1_deck": "People reached come first; then who gains, who loses and where the numbers cannot tell.",
    "sheet_2": "What both/and costs, and what could change the order",
    "sheet_2_deck": "Order by healthy life-years in the best-guess run.",
    "map": "What two values cost together",
    "map_deck": "Each coin is one budget of today. The more two coins overlap, the more one dollar serves both.",
    "groups": "Who gains and who loses under each plan",
    "recovery": "Years in recovery by two criteria and three durations",
    "horizon": "What each plan brings after one year, and after many",
    "requests": "Who gets the help they ask for, and who waits",
    "bills": "Who pays for each plan",
    "worth": "What a million dollars brings under each plan",
    "fit": "How well the model repeats the years it was shown",
    "evidence": "What the numbers rest on",
}
"""Plain titles for a run in which no finding could be chosen."""


def verdict_of(value: Interval, better: str = "more") -> Verdict | None:
    """Return gains, loses or cannot tell from an interval against zero; None where neither direction is better."""
    if better == "neither":
        return None
    if value.low <= 0 <= value.high:
        return "cannot_tell"
    return "gains" if (value.low > 0) == (better == "more") else "loses"


def interval(found: Outcome | GroupVerdict) -> Interval:
    """Return the mean and the 19-in-20 range of an outcome or a verdict."""
    if isinstance(found, GroupVerdict):
        return found.per_1000
    return Interval(mean=found.mean, low=found.low, high=found.high)


@dataclass(frozen=True)
class Index:
    """A summary and its parts by name."""

    summary: Summary

    @cached_property
    def _sentences(self) -> dict[str, str]:
        return {f.key: f.text for f in self.summary.findings}

    def title(self, key: str) -> str:
        """Return the finding of that key, or a plain factual title, or an empty text."""
        return self._sentences.get(key) or TITLES.get(key, "")

    @cached_property
    def services(self) -> dict[str, Service]:
        """Services by key."""
        return {s.key: s for s in self.summary.services}

    @cached_property
    def funded(self) -> list[PlanPart]:
        """Plans that spend new money, in the order of the study."""
        return [p for p in self.summary.plans if p.dollars]

    @cached_property
    def on_sheet(self) -> list[PlanPart]:
        """Plans that stand on the sheet: all but those that only a full run sets beside the others."""
        return [p for p in self.summary.plans if p.on_sheet]

    @cached_property
    def compared(self) -> list[PlanPart]:
        """Plans that spend all the new money: the funded ones without the yardstick that leaves part of it unspent."""
        return [p for p in self.funded if p.key != OTHERS_HALF]

    @cached_property
    def names(self) -> dict[str, str]:
        """Public labels of values, groups, plans and services by key."""
        s = self.summary
        found = {item.key: item.label for items in (s.services, s.plans, s.groups, s.values) for item in items}
        return {**found, "all": "everyone"}

    def name(self, key: str) -> str:
        """Return the public label of a key, or the key in plain words; what follows a comma stays as it is."""
        first, comma, rest = key.partition(",")
        return self.names.get(key) or self.names.get(first, first.replace("_", " ")) + comma + rest

    @cached_property
    def horizons(self) -> dict[str, str]:
        """Horizons of the outcomes and what they are called, the shortest first: '5' is '5 years'."""
        found = dict.fromkeys(o.horizon for o in self.summary.outcomes)
        years = sorted((h for h in found if h.isdigit()), key=int)
        named = {h: "1 year" if h == "1" else f"{h} years" for h in years}
        return named | {h: h for h in found if h not in named}

    @cached_property
    def served(self) -> Counter[str]:
        """How many values each service serves in at least one group; a mark that is only assumed is not counted."""
        marks = self.summary.marks
        serving = dict.fromkeys((m.service, m.value) for m in marks if m.sign == "serves" and m.status != "assumed")
        return Counter(service for service, _ in serving)

    @cached_property
    def _outcomes(self) -> dict[tuple[str, str, str, str, str, str], Outcome]:
        return {(o.plan, o.group, o.horizon, o.money, o.indicator, o.reference): o for o in self.summary.outcomes}

    def outcome(
        self, plan: str, indicator: str, horizon: str = HORIZON, money: str = THREE_YEARS, group: str = "all"
    ) -> Outcome | None:
        """Return what a plan brought against no new money, or None when it was not run."""
        return self._outcomes.get((plan, group, horizon, money, indicator, NO_NEW_MONEY))

    @cached_property
    def _verdicts(self) -> dict[tuple[str, str, str, str], GroupVerdict]:
        return {(v.plan, v.group, v.reference, v.indicator): v for v in self.summary.verdicts}

    def verdict(self, plan: str, group: str, reference: Reference, indicator: str = HEALTHY) -> GroupVerdict | None:
        """Return a group's verdict under a plan, or None when it was not run."""
        return self._verdicts.get((plan, group, reference, indicator))

    def pairs(self, kind: str) -> list[Pair]:
        """Return the pairs of values, or of groups, cheapest first."""
        return sorted((p for p in self.summary.pairs if p.kind == kind), key=lambda p: p.price)

    def both(self, pair: Pair) -> str:
        """Return 'Respect + hope'."""
        return f"{self.name(pair.a)} + {words.in_sentence(self.name(pair.b))}"

    @cached_property
    def margin(self) -> str:
        """How much a group must lose to be called worse off, as a phrase; an empty text when no margin is in use."""
        found = next((r.mean for r in self.summary.judgements if r.key == MARGIN), 0.0)
        return f"by more than {words.in_so_many(found, '').strip()} of what it has" if found else ""

    def groups_said(self, keys: Iterable[str]) -> str:
        """Return groups as a phrase, or that it is every group."""
        chosen = set(keys)
        found = [g for g in self.summary.groups if g.key in chosen]
        if len(found) > 1 and len(found) == len(self.summary.groups):
            return f"all {len(found)} groups"
        return "; ".join(words.in_sentence(g.label) for g in found)

    @cached_property
    def notice(self) -> str:
        """The line for example or unreviewed runs, or an empty text."""
        if self.summary.study.notice:
            return self.summary.study.notice
        drafted = [p for p in self.summary.plans if p.reviewed.startswith("drafted")]
        return "Plans drafted, not reviewed" if drafted else ""


def number(value: float) -> str:
    """Return a number with two significant figures at most; a smaller one than anybody can use is 0."""
    return words.number_words(value if abs(value) >= layout.SMALLEST else 0.0)


def even(value: Interval) -> Interval:
    """Return an interval rounded to the second figure of its largest end, so that its three numbers match.

    A number that this would make zero keeps one figure: on which side of zero an interval ends is the verdict.
    """
    largest = max(abs(value.mean), abs(value.low), abs(value.high))
    if largest < layout.SMALLEST:
        return Interval(mean=0, low=0, high=0)
    places = 1 - math.floor(math.log10(largest))

    def rounded(number: float) -> float:
        shown = round(number, places)
        return shown if shown or abs(number) < layout.SMALLEST else float(f"{number:.1g}")

    return Interval(mean=rounded(value.mean), low=rounded(value.low), high=rounded(value.high))


def ranged(value: Interval, say: Callable[[float], str] = number) -> str:
    """Return '12 (5 to 23)', or one number where nothing varies."""
    shown = even(value)
    return words.mean_words(shown.mean, shown.low, shown.high, say)


def signed(value: float) -> str:
    """Return a change with its sign: '+12', '−0.4', '0'."""
    shown = number(value)
    return shown if shown == "0" or value < 0 else f"+{shown}"


def whole(value: float) -> str:
    """Return a change in people or kits with its sign; less than half of one is 0."""
    return signed(value if abs(value) >= 0.5 else 0.0)


def soft(label: str) -> str:
    """Return a label whose long words may be parted at the end of a line."""
    pattern = "|".join(BREAKS)
    return re.sub(pattern, lambda m: m[0][0] + BREAKS[m[0].lower()][1:], label, flags=re.IGNORECASE)


def exact_dollars(value: float) -> str:
    """Return a sum that is known to the dollar."""
    return f"${value:,.0f}"


def short_dollars(value: float) -> str:
    """Return '$0.83M', for columns of a table."""
    return f"{words.MINUS if value < 0 else ''}${abs(value) / layout.MILLION:.2f}M"


def in_hundred(share: float, noun: str = "") -> str:
    """Return '93 in 100', with the noun counted when there is one."""
    return words.in_so_many(min(max(share, 0.0), 1.0), noun, layout.HUNDRED).strip()


def times(price: float) -> str:
    """Return a multiple of a budget, '×1.74'."""
    return f"×{price:.2f}"


def lead(sentence: str, labels: Iterable[str]) -> tuple[str, str]:
    """Split a sentence after the label or pair of labels it opens with, so that the page can set it in bold."""
    names = list(labels)
    pairs = [f"{a} and {words.in_sentence(b)}" for a in names for b in names if a != b]
    for name in sorted([*names, *pairs], key=len, reverse=True):
        if sentence.startswith(name):
            return name, sentence[len(name) :]
    return "", sentence
