"""The map against budgets: one panel for values, one for groups, in a full run one for what favourites leave undone.

Up: the share that each gets at least of what today's money could do for it alone. Across: budgets, a tenth to ten times
today's. The dark line is all at once; the pale bars run from the hardest pair to the easiest, the dot is the middle
one. Under the axis stands between how many pairs nobody has to choose.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bothand.report import charts, layout, svg
from bothand.report.charts import Frame, Line, Table
from bothand.report.lookup import Index, in_hundred, number, times
from bothand.report.summary import AtBudget, Interval, Pair

KINDS = {"values": "values", "groups": "groups of people"}
FREE = 1 - 1e-6  # MATH: a share this close to 1 is all
FOOT = 20.0  # UNIT: px under the axis for the row of counts
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)  # UNIT: ticks of the shares
TOP = 1.05  # UNIT: share at the top of the axis, so that a dot at 1 is whole


@dataclass(frozen=True)
class BudgetPanel:
    """One panel: its head, the drawing, and a line that says what stands under the axis."""

    head: str
    figure: Markup
    under: str


@dataclass(frozen=True)
class BudgetsView:
    """What the map's page shows of other budgets; no panels where nothing was asked."""

    panels: list[BudgetPanel]
    table: Table
    undone: Table
    end: str


def view(index: Index) -> BudgetsView:
    """Return the panels and the tables behind them."""
    panels = [panel for kind in KINDS if (panel := _shares(index, kind)) is not None]
    beyond = _beyond(index)
    if beyond is not None:
        panels.append(beyond)
    ends = [part for rows in _levels(index) for part in rows if part.at_end]
    end = "Where a service gets all that its curve was measured to, more might be possible." if ends else ""
    left = [p for p in index.summary.pairs if any(part.collision for part in p.at_budgets)]
    told = _table(index, left, "What is left undone when both best plans of a budget are paid", lambda x: x.collision)
    return BudgetsView(panels, _table(index, _told(index), "What each gets at least", lambda x: x.share), told, end)


def _told(index: Index) -> list[Pair]:
    return [p for kind in KINDS for p in index.pairs(kind) if p.at_budgets]


def _levels(index: Index) -> list[list[AtBudget]]:
    return [*(p.at_budgets for p in index.summary.pairs), *(a.at_budgets for a in index.summary.all_at_once)]


def _point(value: float, low: float | None = None, high: float | None = None) -> Interval:
    return Interval(mean=value, low=value if low is None else low, high=value if high is None else high)


def _frame(budgets: Sequence[float]) -> Frame:
    xs = [math.log10(b) for b in budgets]
    frame = Frame.over(xs, [0.0, 1.0], layout.PLOT_HEIGHT, small=True)
    y = svg.Scale(0.0, TOP, layout.PLOT_HEIGHT - layout.PLOT_FOOT, layout.PLOT_TOP)
    return Frame(frame.x, y, layout.PLOT_HEIGHT)


def _axes(frame: Frame, budgets: Sequence[float], counts: Sequence[str]) -> Markup:
    """Return hairlines at quarters, today's budget as a dark upright, budgets, and the counts under them."""
    body: list[Markup] = []
    for step in STEPS:
        y = frame.y.at(step)
        body.append(svg.line(frame.x.start, y, frame.x.end, y, "zero" if step in (0.0, 1.0) else "hair"))
        words = number(step * layout.HUNDRED)
        body.append(svg.text(frame.x.start - layout.TICK_LABEL_GAP, y + layout.TEXT_DROP, words, "tick end"))
    today = frame.x.at(0.0)
    body.append(svg.line(today, frame.y.at(0.0), today, layout.PLOT_TOP - layout.TEXT_DROP, "zero"))
    body.append(svg.text(today, layout.PLOT_TOP - 2 * layout.TEXT_DROP, "today", "tick mid"))
    for budget, count in zip(budgets, counts, strict=True):
        x = frame.x.at(math.log10(budget))
        body.append(svg.text(x, frame.height - layout.TEXT_DROP, f"\u00d7{number(budget)}", "tick mid"))
        if count:
            body.append(svg.text(x, frame.height - layout.TEXT_DROP + FOOT, count, "num mid"))
    return svg.join(body)


def _shares(index: Index, kind: str) -> BudgetPanel | None:
    """Return what one plan gives all at once, and what it gives the hardest, the middle and the easiest pair."""
    pairs = [p for p in index.pairs(kind) if p.at_budgets]
    whole = next((a for a in index.summary.all_at_once if a.kind == kind), None)
    if not pairs or whole is None or not whole.at_budgets:
        return None
    budgets = [part.budget for part in whole.at_budgets]
    columns = [[p.at_budgets[n].share for p in pairs] for n in range(len(budgets))]
    free = [sum(share >= FREE for share in column) for column in columns]
    frame = _frame(budgets)
    xs = [math.log10(b) for b in budgets]
    spread = [(x, _point(statistics.median(c), min(c), max(c))) for x, c in zip(xs, columns, strict=True)]
    all_of_them = [(x, _point(part.share)) for x, part in zip(xs, whole.at_budgets, strict=True)]
    body = _axes(frame, budgets, [str(n) for n in free])
    body += charts.plotted(frame, Line("pale", spread, joined=False)) + charts.plotted(
        frame, Line("strong", all_of_them)
    )
    said = [f"with {number(p.budget)} times today\u2019s money {in_hundred(p.share)}" for p in whole.at_budgets]
    desc = f"All {KINDS[kind]} at once get at least, {'; '.join(said)}. Pairs free to choose nothing: {free}."
    title = f"What one plan gives {KINDS[kind]}, by budget"
    figure = svg.drawing(body, frame.height + FOOT, "budgets", title, desc)
    return BudgetPanel(
        f"{KINDS[kind].capitalize()}: all at once, and {len(pairs)} pairs",
        figure,
        f"Last row: between how many of the {len(pairs)} pairs nobody has to choose.",
    )


def _beyond(index: Index) -> BudgetPanel | None:
    """Return what two favourites leave undone at each budget: the pair that leaves most at the largest; all pairs."""
    pairs = [p for p in index.pairs("values") if any(part.collision is not None for part in p.at_budgets)]
    if not pairs:
        return None
    most = max(pairs, key=lambda p: (p.at_budgets[-1].collision or 0.0, p.collision))
    budgets = [part.budget for part in most.at_budgets]
    columns = [[min(p.at_budgets[n].collision or 0.0, 1.0) for p in pairs] for n in range(len(budgets))]
    count = [sum(share > 1 - FREE for share in column) for column in columns]
    frame = _frame(budgets)
    xs = [math.log10(b) for b in budgets]
    spread = [(x, _point(statistics.median(c), min(c), max(c))) for x, c in zip(xs, columns, strict=True)]
    line = [
        (x, _point(min(part.collision, 1.0)))
        for x, part in zip(xs, most.at_budgets, strict=True)
        if part.collision is not None
    ]
    body = _axes(frame, budgets, [str(n) for n in count])
    body += charts.plotted(frame, Line("pale", spread, joined=False)) + charts.plotted(frame, Line("outside", line))
    said = [
        f"with {number(part.budget)} times today\u2019s money {in_hundred(part.collision)}"
        for part in most.at_budgets
        if part.collision is not None
    ]
    desc = f"{index.both(most)} leave undone, both best plans paid in full, {'; '.join(said)}."
    figure = svg.drawing(body, frame.height + FOOT, "budgets", "What two best plans leave undone, by budget", desc)
    return BudgetPanel(
        "Left undone when both best plans are paid",
        figure,
        f"Line: {index.both(most)}. Last row: how many of the {len(pairs)} pairs leave something undone.",
    )


def _table(index: Index, pairs: Sequence[Pair], caption: str, read: Callable[[AtBudget], float | None]) -> Table:
    """Return a row a pair, a column a budget."""
    if not pairs:
        return Table("", [], [])
    heads = ["Pair", *(f"{times(part.budget).rstrip('0').rstrip('.')}" for part in pairs[0].at_budgets)]
    rows = [[index.both(p), *("" if (x := read(part)) is None else _short(x) for part in p.at_budgets)] for p in pairs]
    return Table(f"{caption}, in hundredths, by budgets of today", heads, rows)


def _short(share: float) -> str:
    return number(round(min(max(share, 0.0), 1.0) * layout.HUNDRED))
