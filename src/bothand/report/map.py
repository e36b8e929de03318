"""The map of both/and: coins for pairs of values and groups, three lanes, and the map where terms may change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from bothand.report import layout, svg
from bothand.report.charts import Table
from bothand.report.deciding.undone import Collision, collisions, span
from bothand.report.lookup import Index, in_hundred, number, short_dollars, times
from bothand.report.summary import Pair, WayPart
from bothand.words import dollars, in_sentence

HOPE = "hope"
"""Key of the value that has two lines: recovery with medication included, and without."""

LANES = {
    "go_together": ("Go together", "both for at most a quarter more", "Fund one, and much of the other comes with it."),
    "compete": ("Compete for money", "both for up to two budgets", "Add money, or share it."),
    "in_each_others_way": (
        "In each other\u2019s way",
        "two budgets fall short",
        "Name what stands between them, and change that.",
    ),
}
"""Lane -> title, what it means, what to do."""

MOSTLY = 15  # MATH: of twenty runs; pairs whose lane at least so many agree on are counted apart
TWENTY = 20  # MATH: runs that this is a share of


def distance(price: float, radius: float) -> float:
    """Return the distance of two coins' centres: their overlap is 2 - price of one coin's area.

    The area of the lens of two circles of radius r at distance d is ``2 r^2 acos(d / 2r) - d/2 sqrt(4 r^2 - d^2)``.
    """
    if price >= layout.COIN_TOUCH:
        return 2 * radius
    wanted = (layout.COIN_TOUCH - max(price, 1.0)) * math.pi * radius**2
    low, high = 0.0, 2 * radius
    for _ in range(layout.HALVINGS):
        d = (low + high) * 0.5
        lens = 2 * radius**2 * math.acos(d * 0.5 / radius) - d * 0.5 * math.sqrt(max((2 * radius) ** 2 - d**2, 0))
        low, high = (d, high) if lens > wanted else (low, d)
    return (low + high) * 0.5


def coins(pair: Pair, radius: float, tight: bool = False, faint: bool = False) -> Markup:
    """Return two coins, in a box of one width for all pairs unless ``tight``.

    A bar stands between them when both cost more than two budgets by more than the error; ``faint``: nothing moved.
    """
    apart = pair.lane == "in_each_others_way"
    height = 2 * (radius + layout.COIN_PAD)
    half = distance(pair.price, radius) * 0.5 + (layout.COIN_GAP if apart else 0)
    middle = radius + half + layout.COIN_PAD if tight else 2 * radius + layout.COIN_GAP + layout.COIN_PAD
    style = "coin faint" if faint else "coin"
    body = svg.join(
        svg.element("circle", cx=middle + side * half, cy=height * 0.5, r=radius, class_=style) for side in (-1, 1)
    )
    if apart:
        body += svg.element("line", x1=middle, y1=0, x2=middle, y2=height, class_="bar")
    return svg.picture(body, 2 * middle, height, "coins")


def row_of_coins(price: float, title: str, desc: str) -> Markup:
    """Return as many coins as budgets are needed, the last one cut."""
    count = math.ceil(price - layout.TINY)
    radius = layout.COIN_LARGE * min(1.0, layout.COIN_ROWS / count)
    step = 2 * (radius + layout.COIN_PAD * 0.5)
    height = 2 * (radius + layout.COIN_PAD)
    body: list[Markup] = []
    for n in range(count):
        part = min(1.0, price - n)
        left = n * step
        coin = svg.element("circle", cx=radius + 1, cy=height * 0.5, r=radius, class_="coin")
        shown = (2 * radius) * part + (2 if part >= 1 else 0)
        body.append(svg.element("svg", coin, x=left, y=0, width=shown, height=height))
    return svg.picture(svg.join(body), count * step + 2, height, "coins", title, desc)


def arrows(left: float, right: float, error: float) -> Markup:
    """Return the spill-over of a pair: an arrow to the value carried, a broken line with a stop to the value harmed.

    ``left`` is what the right value's favourite plan does for the left one, ``right`` the reverse.
    """
    carried, harmed = (left >= 0.5, right >= 0.5), (left < -error, right < -error)
    if not any(carried + harmed):
        return Markup("")
    width, y, head = layout.ARROW_WIDTH, layout.ARROW_HEIGHT * 0.5, layout.ARROW
    style = "spill harm" if any(harmed) and not any(carried) else "spill"
    body = svg.element("line", x1=1, y1=y, x2=width - 1, y2=y, class_=style)
    for at, inward, helps, harms in ((1.0, 1, carried[0], harmed[0]), (width - 1, -1, carried[1], harmed[1])):
        if helps:
            path = f"M{at},{y} l{inward * head},{-head * 0.5} v{head} Z"
            body += svg.element("path", d=path, class_="head")
        elif harms:
            body += svg.element("line", x1=at, y1=0, x2=at, y2=layout.ARROW_HEIGHT, class_="stop")
    return svg.picture(body, width, layout.ARROW_HEIGHT, "arrows")


@dataclass(frozen=True)
class PairCell:
    """One pair as the page shows it."""

    coins: Markup
    arrows: Markup
    names: str
    times: str
    dollars: str
    lane: str
    words: str
    remedy: str
    was: str = ""
    unsure: bool = False


@dataclass(frozen=True)
class Triangle:
    """Every pair once: row i holds the pairs of item i with the items before it."""

    kind: str
    caption: str
    heads: list[str]
    rows: list[tuple[str, list[PairCell | None]]]
    listed: list[PairCell]
    together: str
    row: Markup
    last: tuple[str, list[PairCell | None]] | None = None


@dataclass(frozen=True)
class Lane:
    """One of the three lanes of the map."""

    title: str
    meaning: str
    count: str
    advice: str
    sample: Markup
    pairs: list[PairCell]


@dataclass(frozen=True)
class MapView:
    """Everything the map's template shows."""

    lanes: list[Lane]
    values: Triangle | None
    groups: Triangle | None
    collisions: list[Collision]
    left_out: list[tuple[str, str]]
    error: str
    numbers: Table
    on_terms: Triangle | None
    groups_on_terms: Triangle | None
    terms: Table
    unsure: str


def pair_cell(
    index: Index, pair: Pair, radius: float, flipped: bool = False, tight: bool = False, before: Pair | None = None
) -> PairCell:
    """Return one pair; ``flipped`` puts b on the left; ``before``: the pair at the price that it had."""
    a, b = index.name(pair.a), index.name(pair.b)
    to_a, to_b = pair.spill_ba, pair.spill_ab
    said = [f"{LANES[pair.lane][0].lower()}, {number(pair.price)} budgets"]
    if not pair.lane_told:
        said.append(f"cannot tell: {number(pair.low)} to {number(pair.high)} budgets in 19 of 20 runs")
    if runs := runs_words(pair):
        said.append(runs)
    moved = before is not None and times(before.price) != times(pair.price)
    if moved:
        assert before is not None
        said.append(f"{number(before.price)} budgets as services are run")
    for giver, taker, spill in ((a, b, to_b), (b, a, to_a)):
        if spill >= 0.5:
            said.append(f"the best plan for {giver} gives {taker} {in_hundred(min(spill, 1))} of its own best")
        elif spill < -pair.error:
            said.append(f"the best plan for {giver} takes something from {taker}")
    left, right = (to_b, to_a) if flipped else (to_a, to_b)
    return PairCell(
        coins=coins(pair, radius, tight, before is not None and not moved),
        arrows=arrows(left, right, pair.error),
        names=index.both(pair),
        times=times(pair.price),
        dollars=short_dollars(pair.dollars),
        lane=pair.lane,
        words="; ".join(said),
        remedy=pair.remedy,
        was=times(before.price) if before is not None and moved else "",
        unsure=not pair.lane_told,
    )


def arranged(keys: Sequence[str], price: dict[frozenset[str], float]) -> list[str]:
    """Return the keys in an order that puts those who share money next to each other.

    Swaps pairs of places while the sum of overlap x distance falls: a minimum linear arrangement, found greedily.
    """
    order = list(keys)

    def cost(places: Sequence[str]) -> float:
        return sum(
            max(layout.COIN_TOUCH - price.get(frozenset((a, b)), layout.COIN_TOUCH), 0) * (j - i)
            for i, a in enumerate(places)
            for j, b in enumerate(places)
            if j > i
        )

    best = cost(order)
    improved = True
    while improved:
        improved = False
        for i in range(len(order)):
            for j in range(i + 1, len(order)):
                tried = [*order]
                tried[i], tried[j] = tried[j], tried[i]
                if (now := cost(tried)) < best - layout.TINY:
                    order, best, improved = tried, now, True
    return order


def triangle(index: Index, kind: str, given: Sequence[Pair] | None = None) -> Triangle | None:
    """Return the triangle of values or of groups, or None when there is no pair; ``given``: at other prices."""
    pairs = index.pairs(kind) if given is None else given
    if not pairs:
        return None
    by_names = {frozenset((p.a, p.b)): p for p in pairs}
    present = {k for p in pairs for k in (p.a, p.b)}
    summary = index.summary
    if kind == "values":
        known = [v.key for v in sorted(summary.values, key=lambda v: v.order) if v.key in present]
        order = arranged(known, {frozenset((p.a, p.b)): p.price for p in index.pairs(kind)})
        short = index.names
    else:
        order = [g.key for g in summary.groups if g.key in present]
        short = {g.key: g.short for g in summary.groups}
    rows: list[tuple[str, list[PairCell | None]]] = []
    for n, key in enumerate(order):
        found = [by_names.get(frozenset((key, other))) for other in order[:n]]
        cells = [_cell(index, p, flipped=p.a != key, moved=given is not None) if p else None for p in found]
        rows.append((short.get(key, key), cells))
    last = _second_hope(index, order, pairs) if given is None else ("", [])
    whole = next((a for a in summary.all_at_once if a.kind == kind and given is None), None)
    together = f"{number(whole.price)} budgets, {dollars(whole.dollars)} a year" if whole else ""
    return Triangle(
        kind=kind,
        caption="Every pair of values" if kind == "values" else "Every pair of groups",
        heads=[short.get(k, k) for k in order],
        rows=rows,
        listed=[*(_cell(index, p, moved=given is not None) for p in pairs), *(c for c in last[1] if c)],
        together=together,
        last=last if last[0] else None,
        row=row_of_coins(whole.price, f"All {kind} at once", together) if whole else Markup(""),
    )


def _cell(index: Index, pair: Pair, flipped: bool = False, moved: bool = False) -> PairCell:
    """Return one pair of a triangle; ``moved``: beside the price that it has as services are run."""
    known = {(p.a, p.b): p for p in index.summary.pairs} if moved else {}
    return pair_cell(index, pair, layout.COIN_SMALL, flipped, before=known.get((pair.a, pair.b)))


def _second_hope(index: Index, order: Sequence[str], pairs: Sequence[Pair]) -> tuple[str, list[PairCell | None]]:
    """Return a last row for hope counted without medication: its pair with each value but hope, under their columns.

    An empty name where no pair depends on the criterion.
    """
    found = {({p.a, p.b} - {HOPE}).pop(): p for p in pairs if p.without_medication is not None}
    label = f"{index.name(HOPE)}, without medication"
    cells: list[PairCell | None] = []
    for key in order:
        pair = found.get(key)
        if pair is None:
            cells.append(None)
            continue
        cell = pair_cell(index, without_medication(pair), layout.COIN_SMALL, flipped=pair.a != HOPE)
        cells.append(replace(cell, names=f"{index.name(key)} + {in_sentence(label)}", remedy=""))
    return (label if found else ""), cells


def without_medication(pair: Pair) -> Pair:
    """Return a pair with hope as it is where hope counts recovery without medication."""
    other = pair.without_medication
    return pair if other is None else pair.model_copy(update=dict(other))


PAIR_HEADS = (
    "Pair",
    "Budgets for both",
    "Lane",
    "Dollars a year",
    "The first one\u2019s best plan gives the second",
    "The second one\u2019s best plan gives the first",
    "Undone when both best plans are paid",
    "One plan on today\u2019s budget gives each",
)
"""Heads of the table of pairs; the last stands only where tension was given."""


def _numbers(index: Index) -> Table:
    """Return the numbers behind both triangles: a row a pair, values first, the cheapest first."""
    pairs = [*index.pairs("values"), *index.pairs("groups")]
    columns = len(PAIR_HEADS) if any(p.tension is not None for p in pairs) else len(PAIR_HEADS) - 1
    rows = [
        [
            index.both(p),
            f"{times(p.price)} ({number(p.low)} to {number(p.high)}), within {number(p.error)}",
            lane_words(p),
            short_dollars(p.dollars),
            given(p.spill_ab) + span(p.spill_ab_low, p.spill_ab_high),
            given(p.spill_ba) + span(p.spill_ba_low, p.spill_ba_high),
            in_hundred(p.collision) + span(p.collision_low, p.collision_high),
            "" if p.tension is None else in_hundred(1 - p.tension) + span(p.tension_low, p.tension_high, of_one=True),
        ][:columns]
        for p in pairs
    ]
    caption = "Every pair in numbers; shares are of what each could get alone, in brackets 19 of 20 runs"
    return Table(caption, list(PAIR_HEADS[:columns]), rows)


def lane_words(pair: Pair) -> str:
    """Return the lane of a pair in words, how many runs say so, and whether its price crosses into another."""
    runs = runs_words(pair)
    return LANES[pair.lane][0] + (f" ({runs})" if runs else "") + ("" if pair.lane_told else "; cannot tell")


def runs_words(pair: Pair) -> str:
    """Return in how many runs the price falls in the pair's own lane and in others; empty where none was read."""
    runs = sum(pair.lanes.values())
    others = [f"{LANES[key][0].lower()} in {n}" for key, n in pair.lanes.items() if n and key != pair.lane]
    return "; ".join([f"{pair.lanes.get(pair.lane, 0)} of {runs} runs", *others]) if runs else ""


def mostly(pair: Pair) -> bool:
    """Say whether at least fifteen in twenty runs agree on the lane of a pair."""
    return pair.lanes.get(pair.lane, 0) * TWENTY >= MOSTLY * max(1, sum(pair.lanes.values()))


def elsewhere(pair: Pair) -> bool:
    """Say whether more runs put a pair into one other lane than into that of its mean price."""
    return max(pair.lanes.values(), default=0) > pair.lanes.get(pair.lane, 0)


def given(spill: float) -> str:
    """Return what one's best plan does for the other: '62 in 100', or 'takes 5 in 100'."""
    return in_hundred(spill) if spill >= 0 else f"takes {in_hundred(-spill)}"


def view(index: Index) -> MapView:
    """Return the map's lanes, triangles and collisions."""
    pairs, groups = index.pairs("values"), index.pairs("groups")
    return MapView(
        lanes=[_lane(index, key, pairs) for key in LANES],
        values=triangle(index, "values"),
        groups=triangle(index, "groups"),
        collisions=collisions(index, pairs),
        left_out=[(index.name(x.value), x.why) for x in index.summary.left_out],
        error=number(max((p.error for p in index.summary.pairs), default=0.0)),
        numbers=_numbers(index),
        on_terms=triangle(index, "values", on_terms(index.pairs("values"))),
        groups_on_terms=triangle(index, "groups", on_terms(groups)) if any(map(_moves, groups)) else None,
        terms=_terms(index),
        unsure=_unsure(index.summary.pairs),
    )


def _unsure(pairs: Sequence[Pair]) -> str:
    """Return for how many pairs the runs cannot tell the lane; empty where they can for all."""
    count = sum(not p.lane_told for p in pairs)
    return f"{count} of {len(pairs)} pairs" if count else ""


def _moves(pair: Pair) -> bool:
    return pair.with_terms is not None and times(pair.with_terms.price) != times(pair.price)


def on_terms(pairs: Sequence[Pair]) -> list[Pair]:
    """Return pairs at the price that they have where terms may change; none unless that was run."""
    moved = []
    for pair in pairs:
        if pair.with_terms is not None:
            share = pair.with_terms.price / pair.price if pair.price else 1.0
            update = {"price": pair.with_terms.price, "dollars": pair.dollars * share, "lane": pair.with_terms.lane}
            moved.append(pair.model_copy(update=update))
    return moved


def _terms(index: Index) -> Table:
    """Return what each pair costs where a service is run otherwise, the pairs that move only."""
    rows = []
    for pair in [*index.pairs("values"), *index.pairs("groups")]:
        found = pair.with_terms
        if found is None or not (found.chosen or found.hardest):
            continue
        saved = "; ".join(_way(index, way) for way in found.chosen)
        harder = f"{times(found.hardest_price or 0)}: {_way(index, found.hardest)}" if found.hardest else ""
        rows.append([index.both(pair), times(pair.price), f"{times(found.price)}: {saved}" if saved else "", harder])
    heads = ["Pair", "As services are run", "On terms that cost least", "On the one change that costs most"]
    return Table("What both cost in budgets, by how services are run", heads, rows)


def _way(index: Index, way: WayPart) -> str:
    pressed = f" (grade {way.coercion} of pressure)" if way.coercion > 1 else ""
    return f"{index.name(way.service)}, {in_sentence(way.term)}: {way.now}{pressed}"


def _lane(index: Index, key: str, pairs: Sequence[Pair]) -> Lane:
    title, meaning, advice = LANES[key]
    mine = [p for p in pairs if p.lane == key]
    clear = [p for p in mine if not elsewhere(p)] or mine  # what most runs put elsewhere is no example of its lane
    shown = clear[: layout.PAIRS_IN_LANE]
    if key == "in_each_others_way":
        shown = clear[::-1][: layout.PAIRS_IN_LANE]
        advice = " ".join(dict.fromkeys(p.remedy for p in shown if p.remedy)) or advice
    if key == "compete" and len(clear) > layout.PAIRS_IN_LANE:
        step = (len(clear) - 1) / (layout.PAIRS_IN_LANE - 1)
        shown = [clear[round(n * step)] for n in range(layout.PAIRS_IN_LANE)]
    whole = next((a for a in index.summary.all_at_once if a.kind == "values"), None)
    if key == "compete" and whole:
        advice += f" All values at once: {number(whole.price)} budgets, {dollars(whole.dollars)} a year."
    if key == "in_each_others_way" and mine and mine[-1].price < layout.JUST_SHORT:
        meaning = "two budgets fall just short"
    price = {"go_together": 1.0 + 1 / layout.TEN, "compete": 2 - 0.5, "in_each_others_way": layout.COIN_TOUCH}[key]
    sample = Pair(
        kind="values", a="", b="", price=price, dollars=0, error=0, spill_ab=0, spill_ba=0, collision=0,
        lane=key, remedy="",  # type: ignore[arg-type]  # the keys of LANES are the lanes of a pair
    )  # fmt: skip
    cells = [pair_cell(index, p, layout.COIN_SMALL) for p in shown]
    if any(p.lanes for p in mine):
        agreed, other = sum(map(mostly, mine)), sum(map(elsewhere, mine))
        meaning += f". In {MOSTLY} of {TWENTY} runs or more: {agreed}; the runs split: {len(mine) - agreed - other}"
        meaning += f"; more runs name another lane: {other}." if other else "."
    return Lane(
        title,
        meaning,
        f"{len(mine)} of {len(pairs)} pairs",
        advice,
        coins(sample, layout.COIN_LARGE, tight=True),
        cells,
    )
