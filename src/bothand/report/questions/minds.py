"""What would change our mind: the order under each doubt, what rests on what is disputed, what to count first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bothand.report.charts import Table
from bothand.report.lookup import Index, number
from bothand.report.summary import Disputed, LocalCount, Minds, Rank, Turn
from bothand.words import first_up, in_sentence, join_words, listed, range_words

HOW = {
    "count": "count it",
    "ask_payers": "ask who pays now",
    "ask_price": "ask for the price",
    "ask_people": "ask how many would come",
}


@dataclass(frozen=True)
class DisputedRow:
    """A service whose effect is disputed: what is disputed, what rests on it, who comes first without it."""

    key: str
    label: str
    disputes: list[str]
    rests: str
    without: str
    turns: bool


@dataclass(frozen=True)
class MindsView:
    """Everything the section shows."""

    deck: str
    orders: Table
    supply: str
    reach: str
    disputed: list[DisputedRow]
    disputed_said: str
    counts: Table
    counts_said: str


def view(index: Index) -> MindsView | None:
    """Return what would change our mind; None for a summary in which no plan was compared."""
    s = index.summary
    found = s.minds or Minds(orders=[], disputed=[], counts=[])
    if not s.best_guess or not (s.deciding or s.minds):
        return None
    orders = _orders(index, found)
    rows = [_disputed(index, d) for d in found.disputed]
    return MindsView(
        deck=_deck(index, [ranks for _, ranks in orders[1:]]),
        orders=_order_table(index, orders),
        supply=index.title("toxicity"),
        reach=s.linear_reach.text,
        disputed=rows,
        disputed_said=_disputed_said(found.disputed, rows),
        counts=Table(
            "Local numbers that are judgements today, the largest swing first",
            ["What to find out", "Used (range)", "Swing", "What another value would change"],
            [_count(index, c) for c in found.counts],
        ),
        counts_said=_counts_said(found.counts),
    )


def _orders(index: Index, found: Minds) -> list[tuple[str, Sequence[Rank]]]:
    """Return every assumption with the plans' places: the best guess, each input at its other end, and the others."""
    tried = [(f"{d.label}: {number(d.tried)}, not {number(d.used)}", d.ranks) for d in index.summary.deciding]
    others = [(o.label, o.ranks) for o in found.orders]
    return [("Best guess", index.summary.best_guess), *tried, *others]


def _first(ranks: Sequence[Rank]) -> str:
    return max(ranks, key=lambda r: r.healthy_life_years).plan


def _deck(index: Index, others: Sequence[Sequence[Rank]]) -> str:
    """Return which plan comes first at the best guess, and in how many other cases another does, by name."""
    first = _first(index.summary.best_guess)
    behind = sorted((r.healthy_life_years for r in index.summary.best_guess), reverse=True)[:2]
    top = next(r for r in index.summary.best_guess if r.plan == first)
    gap = f", {number(behind[0] - behind[1])} more than under the next" if len(behind) > 1 else ""
    unsure = "" if top.rank else "; these numbers cannot tell the two apart"
    told = f"At the best guess most healthy life-years come under {in_sentence(index.name(first))}{gap}{unsure}"
    instead = [plan for ranks in others if ranks and (plan := _first(ranks)) != first]
    if not others:
        return f"{told}."
    if not instead:
        return f"{told}. So they do in each of {len(others)} other cases."
    names = join_words([in_sentence(index.name(plan)) for plan in dict.fromkeys(instead)], "or")
    return f"{told}. In {len(instead)} of {len(others)} other cases they come under {names}."


def _order_table(index: Index, orders: Sequence[tuple[str, Sequence[Rank]]]) -> Table:
    plans = [p for p in index.funded if any(p.key == r.plan for _, ranks in orders for r in ranks)]
    rows = []
    for label, ranks in orders:
        by_plan = {r.plan: r for r in ranks}
        years = [number(by_plan[p.key].healthy_life_years) if p.key in by_plan else "" for p in plans]
        rows.append([label, *years, _places(index, ranks)])
    heads = ["If", *(p.label for p in plans), "Places that can be told"]
    return Table("Healthy life-years over a lifetime", heads, rows)


def _places(index: Index, ranks: Sequence[Rank]) -> str:
    """Return the plans that can be told from their neighbours, each with its place; or that none can."""
    clear = sorted((r.rank, index.name(r.plan)) for r in ranks if r.rank is not None)
    return "; ".join(f"{place}: {in_sentence(name)}" for place, name in clear) or "cannot tell any"


def _disputed(index: Index, found: Disputed) -> DisputedRow:
    plan = index.summary.both_and.plan
    most = max(found.rests, key=lambda p: abs(found.rests[p]))
    shown = [p for p in dict.fromkeys((plan, most)) if p == most or abs(found.rests.get(p, 0)) >= 1]
    rests = [f"{number(found.rests[p])} of {number(found.whole[p])} ({in_sentence(index.name(p))})" for p in shown]
    turns = found.first_without != found.first
    service = index.services[found.service]
    return DisputedRow(
        key=found.service,
        label=service.label,
        disputes=service.disputes,
        rests=join_words(rests),
        without=f"{index.name(found.first_without)}, not {in_sentence(index.name(found.first))}"
        if turns
        else f"{index.name(found.first)}, as now",
        turns=turns,
    )


def _disputed_said(found: Sequence[Disputed], rows: Sequence[DisputedRow]) -> str:
    """Return which disputes would put another plan first, and how little may be enough for that."""
    if not rows:
        return ""
    behind = sorted(found[0].whole.values(), reverse=True)[:2]
    gap = f" The first plan has {number(behind[0] - behind[1])} more than the next." if len(behind) > 1 else ""
    matter = [row.label for row in rows if row.turns]
    if not matter:
        return f"Were any one of these services without effect, the same plan would still come first.{gap}"
    return f"Another plan would come first if this did nothing: {listed(matter, 'or')}.{gap}"


def _count(index: Index, count: LocalCount) -> list[str]:
    used = f"{number(count.used)} ({range_words(count.low, count.high, number)}) {count.unit}"
    return [f"{count.label}: {HOW[count.how]}", used, number(count.swing), _turned(index, count)]


def _turned(index: Index, count: LocalCount) -> str:
    if not count.turns:
        return "no value in this range changes the order"
    return first_up("; ".join(_turn(index, count, turn) for turn in count.turns))


def _turn(index: Index, count: LocalCount, turn: Turn) -> str:
    side = "below" if turn.at < count.used else "above"
    before, after = (in_sentence(index.name(plan)) for plan in (turn.before, turn.after))
    if turn.first:
        return f"{side} about {number(turn.at)}, {after} comes first, not {before}"
    return f"{side} about {number(turn.at)}, {after} stands before {before}; the first stays first"


def _counts_said(counts: Sequence[LocalCount]) -> str:
    """Return how many of the local numbers could put another plan first."""
    if not counts:
        return ""
    turning = sum(any(turn.first for turn in count.turns) for count in counts)
    if not turning:
        return f"None of these {len(counts)} numbers would put another plan first within its range."
    its = "its" if turning == 1 else "their"
    return f"{turning} of these {len(counts)} numbers could put another plan first within {its} range."
