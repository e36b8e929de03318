"""Side 2 of the sheet: what both/and costs, the case against it, what decides the order, chance, how sure, the law."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bothand.keys import AS_OTHERS_DO, DEATHS, HEALTHY, NO_NEW_MONEY
from bothand.report import charts, layout
from bothand.report.charts import Named, Place, Table
from bothand.report.lookup import (
    Index,
    exact_dollars,
    interval,
    number,
    ranged,
    verdict_of,
)
from bothand.report.map import PairCell, pair_cell, row_of_coins
from bothand.report.summary import Deciding, Pair, Rank, Service
from bothand.words import as_subject, dollars, in_sentence, join_words, unparted

LAW_SIGNS = {
    "required": "\u25cf",
    "allowed": "\u2713",
    "allowed with conditions": "(\u2713)",
    "contested": "\u25d0",
    "not allowed": "\u2715",
}
GRADES = {"primary": "primary", "secondary": "secondary", "judgement": "judgement", "unverified": "not verified"}


@dataclass(frozen=True)
class SideTwo:
    """Side 2: what both/and costs, the case against it, what decides the order, chance, how sure, the law."""

    coins_title: str
    pairs: list[PairCell]
    remedies: list[tuple[str, str]]
    all_coins: Markup
    all_words: str
    all_label: str
    budget: str
    priced: str
    case_against: list[str]
    least: str
    unsure: str
    decides: list[str]
    decides_title: str
    bump: Named | None
    bump_table: Table
    tried: list[str]
    chance: Named
    chance_title: str
    chance_words: str
    chance_table: Table
    strip: Markup
    grades: list[tuple[str, str, str]]
    sure: str
    not_in_model: str
    law: list[tuple[str, str, str, str]]
    law_by_word: list[tuple[str, str, str]]


def chosen_pairs(index: Index) -> list[Pair]:
    """Return four pairs that show the spread: the cheapest, two that compete, and the one most in its own way."""
    pairs = index.pairs("values")
    if len(pairs) <= layout.PAIRS_ON_SHEET:
        return pairs
    step = (len(pairs) - 1) / (layout.PAIRS_ON_SHEET - 1)
    return [pairs[round(n * step)] for n in range(layout.PAIRS_ON_SHEET)]


def side_two(index: Index) -> SideTwo:
    """Return side 2 of the sheet."""
    summary = index.summary
    pairs = index.pairs("values")
    whole = next((a for a in summary.all_at_once if a.kind == "values"), None)
    count = len({k for p in pairs for k in (p.a, p.b)})
    label = f"All {count} values at once"
    words = f"\u00d7{number(whole.price)}: {dollars(whole.dollars)} a year, each as well off as alone" if whole else ""
    columns = [("Best guess", summary.best_guess), *_columns(summary.deciding)]
    shown = chosen_pairs(index)
    chance, chance_rows = _chance(index)
    return SideTwo(
        coins_title=_coins_title(pairs, count, whole.price if whole else None),
        pairs=[pair_cell(index, p, layout.COIN_LARGE, tight=True) for p in shown],
        remedies=[(index.both(p), p.remedy) for p in shown if p.lane == "in_each_others_way" and p.remedy],
        all_coins=row_of_coins(whole.price, label, words) if whole else Markup(""),
        all_words=words,
        all_label=label,
        budget=exact_dollars(summary.money.per_year),
        priced=f"Only {count} of the {len(summary.values)} values can be priced."
        if count < len(summary.values)
        else "",
        case_against=summary.case_against,
        least=_groups_with(index, NO_NEW_MONEY, "gains_least"),
        unsure=_groups_with(index, AS_OTHERS_DO, "cannot_tell"),
        decides=[head for head, _ in columns],
        decides_title=_decides_title(len(summary.deciding)),
        bump=_bump(index, columns),
        bump_table=_bump_table(index, columns),
        tried=[f"{d.label}: {number(d.used)}, tried {number(d.tried)}." for d in summary.deciding],
        chance=chance,
        chance_title=_chance_title(index),
        chance_words=_years_needed(index),
        chance_table=Table("Deaths averted in ten years", ["Plan", "Mean and 19 in 20 runs"], chance_rows),
        strip=_strip(index),
        grades=[(g.grade, GRADES[g.grade], f"{g.inputs}") for g in summary.grades],
        sure=_sure(index),
        not_in_model=join_words([in_sentence(n.what) for n in summary.not_in_model]),
        law=[_law(s) for s in summary.services],
        law_by_word=_law_by_word(summary.services) if len(summary.services) > layout.LEVEL_HEADS else [],
    )


def _columns(deciding: Sequence[Deciding]) -> list[tuple[str, Sequence[Rank]]]:
    """Return a head and the ranks for every input that was tried; numbers alone where a name is too long for a head."""
    fit = all(len(found.short) <= layout.HEAD for found in deciding)
    return [(f"{n} {d.short}" if fit else f"Input {n}", d.ranks) for n, d in enumerate(deciding, start=1)]


def _decides_title(count: int) -> str:
    words = ("No input moves", "One input moves", "Two inputs move", "Three inputs move")
    return f"{words[count] if count < len(words) else 'Some inputs move'} the order most"


def _coins_title(pairs: Sequence[Pair], count: int, whole: float | None) -> str:
    if not pairs:
        return "What two values cost together"
    low, high = number(pairs[0].price), number(pairs[-1].price)
    tail = f"; all {count} cost {number(whole)}" if whole else ""
    return f"Two values together cost {low} to {high} budgets{tail}"


def _groups_with(index: Index, reference: str, verdict: str) -> str:
    """Return the groups that carry a verdict under the both/and plan, as a phrase."""
    plan = index.summary.both_and.plan
    return index.groups_said(
        v.group
        for v in index.summary.verdicts
        if (v.plan, v.reference, v.verdict, v.indicator) == (plan, reference, verdict, HEALTHY)
    )


def line_styles(index: Index) -> dict[str, str]:
    """Return a line style for every plan: the search's plan strong, one-kind plans in their colour, others broken."""
    styles, broken = {}, ["dash", "dots", "dashdot"]
    for n, plan in enumerate(index.funded):
        kind = max(plan.kinds, key=lambda k: plan.kinds[k], default="")
        if plan.searched:
            styles[plan.key] = "strong"
        elif kind and plan.kinds[kind] > layout.DOMINANT:
            styles[plan.key] = f"k-{kind}"
        else:
            styles[plan.key] = broken[n % len(broken)]
    return styles


def _bump(index: Index, columns: Sequence[tuple[str, Sequence[Rank]]]) -> Named | None:
    on_sheet = {plan.key for plan in index.on_sheet}
    styles = {key: style for key, style in line_styles(index).items() if key in on_sheet}
    places = [[Place(r.plan, r.healthy_life_years, r.rank) for r in ranks if r.plan in styles] for _, ranks in columns]
    if not all(places):
        return None
    firsts = [max(column, key=lambda p: p.amount) for column in places]
    said = [
        f"{head}: {as_subject(index.name(p.plan))} has most, {number(p.amount)} healthy life-years"
        + ("" if p.rank is not None else ", but cannot be told apart from its neighbour")
        for (head, _), p in zip(columns, firsts, strict=True)
    ]
    return charts.bump(places, index.names, styles, ("Order of the plans under each assumption", ". ".join(said)))


def _bump_table(index: Index, columns: Sequence[tuple[str, Sequence[Rank]]]) -> Table:
    by_plan = [{r.plan: r for r in ranks} for _, ranks in columns]

    def said(rank: Rank | None) -> str:
        if rank is None:
            return ""
        place = "cannot tell" if rank.rank is None else f"place {rank.rank}"
        return f"{number(rank.healthy_life_years)}, {place}"

    rows = [[p.label, *(said(ranks.get(p.key)) for ranks in by_plan)] for p in index.funded]
    return Table("Healthy life-years over a lifetime, and place", ["Plan", *(head for head, _ in columns)], rows)


def _chance(index: Index) -> tuple[Named, list[list[str]]]:
    """Return the chart of chance and its table: the search's plan, and the plans with most and least deaths averted."""
    found = [(p, interval(o)) for p in index.compared if (o := index.outcome(p.key, DEATHS))]
    found.sort(key=lambda item: (not item[0].searched, -item[1].mean))
    shown = [*found[:2], *found[-1:]] if len(found) >= layout.CHANCE_PLANS else found
    rows = [(f"{p.label} {number(i.mean)}", i, verdict_of(i)) for p, i in shown]
    sd = index.summary.chance.sd_ten_years
    said = [
        f"{p.label}: {number(i.mean)} deaths averted, 19 in 20 runs between {number(i.low)} and {number(i.high)}"
        for p, i in shown
    ]
    desc = f"By chance alone two identical counties differ by up to {number(sd)} deaths in 2 of 3 cases. " + ". ".join(
        said
    )
    table = [[p.label, ranged(i)] for p, i in found]
    return charts.chance(sd, rows, ("Deaths averted in ten years, against chance", desc)), table


def _chance_title(index: Index) -> str:
    """Return how large chance is, beside the plan that averts most deaths."""
    sd = index.summary.chance.sd_ten_years
    tail = f"two identical counties differ by about {number(sd)} deaths in ten years"
    found = [abs(o.mean) for p in index.compared if (o := index.outcome(p.key, DEATHS))]
    larger = sum(mean < sd for mean in found)
    if found and larger == len(found):
        return f"Chance is larger than any plan: {tail}"
    return f"Chance is larger than most plans: {tail}" if larger > len(found) * 0.5 else f"Chance matters: {tail}"


def _years_needed(index: Index) -> str:
    """Return how long deaths would have to be counted, for the plan seen soonest and the one seen last."""
    needed = index.summary.chance.years_needed
    found = sorted((needed[p.key], in_sentence(p.label)) for p in index.compared if p.key in needed)
    judge = "So judge a plan by the people it reaches."
    if not found:
        return judge
    (soon, first), (late, last) = found[0], found[-1]
    others = f", and {number(late)} for {last}" if len(found) > 1 else ""
    return f"Death counts alone would take {number(soon)} years to show that {first} works{others}. {judge}"


def _strip(index: Index) -> Markup:
    grades = index.summary.grades
    said = join_words([f"{g.inputs} {GRADES[g.grade]}" for g in grades])
    return charts.strip([(g.grade, g.inputs) for g in grades], "Grades of the inputs in use", f"Of all inputs: {said}.")


def _sure(index: Index) -> str:
    grades = {g.grade: g for g in index.summary.grades}
    drivers = sum(g.drivers for g in index.summary.grades)
    guess = grades.get("judgement")
    said = [index.summary.linear_reach.text]
    if guess and drivers:
        said.insert(0, f"Of the {drivers} inputs that move the order most, {guess.drivers} are judgements.")
    return " ".join(s for s in said if s)


def _law_by_word(services: Sequence[Service]) -> list[tuple[str, str, str]]:
    """Return each word of the law with its sign and the services it is said of, each with its newest rule's year."""
    said: dict[str, list[str]] = {}
    for service in services:
        name, _, word, level = _law(service)
        year = level.rpartition(", ")[2]
        said.setdefault(word, []).append(f"{in_sentence(name)} ({year})" if year.isdigit() else in_sentence(name))
    return [(sign, word, "; ".join(said[word])) for word, sign in LAW_SIGNS.items() if word in said]


def _law(service: Service) -> tuple[str, str, str, str]:
    """Return the service, the sign, the word, and the level with the year of the newest rule; more under Services."""
    law = service.law
    years = re.findall(r"(?:19|20)[0-9]{2}", law.dated)
    level = ", ".join([law.level, *([max(years)] if years else [])])
    return unparted(service.short), LAW_SIGNS[law.word], law.word, level
