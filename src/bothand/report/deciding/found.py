"""The plan found by search: how far it goes toward each value, what it costs, and how much each service may get."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup

from bothand.keys import HOPE_WITHOUT
from bothand.report import charts, layout, svg
from bothand.report.charts import Panels, Table
from bothand.report.deciding import slopes
from bothand.report.lookup import Index, in_hundred, number, ranged
from bothand.report.summary import BothAnd, Interval, Law
from bothand.words import dollars, in_sentence, join_words


@dataclass(frozen=True)
class BothAndView:
    """The plan found by search: how far it goes toward each value, its curve, its ranges."""

    name: str
    least: str
    most: str
    twice: str
    reached: Panels
    ranges: Panels
    curve: Markup
    curve_table: Table
    met: str
    not_met: str
    error: str
    exact: str
    rules: str
    rule_table: Table
    stances: list[str]
    stance_table: Table
    next_dollars: Table | None
    by_period: str
    periods: list[Table]
    on_terms: Table | None
    terms_by_slopes: Table | None
    on_terms_sure: str


def hope_twice(found: BothAnd) -> str:
    """Return what is said of every value where hope was asked of the plan twice, by both criteria of recovery.

    The map asks for the values alone, so that it finds that a plan can give them all more.
    """
    return ", and hope without medication too," if HOPE_WITHOUT in found.z else ""


def view(index: Index) -> BothAndView:
    """Return the view of the both/and plan."""
    found = index.summary.both_and
    name = index.name(found.plan)
    return BothAndView(
        name=name,
        least=in_hundred(min(found.z.values(), default=0.0)),
        most=in_hundred(found.beta),
        twice=hope_twice(found),
        reached=_reached(index),
        ranges=_ranges(index),
        curve=_curve(index),
        curve_table=Table(
            "Healthy life-years and deaths averted at each floor",
            ["Floor of the least served value", "Healthy life-years", "Deaths averted"],
            [[number(p.floor), number(p.healthy_life_years), number(p.deaths_averted)] for p in found.curve],
        ),
        met=slopes.floors(found.floors_met),
        not_met=slopes.floors(found.floors_not_met),
        error=number(found.surrogate_error),
        exact=_exact(index),
        rules=index.summary.rules.text if index.summary.rules else "",
        rule_table=_rules(index),
        stances=[one.text for one in index.summary.stances],
        stance_table=_stances(index),
        next_dollars=slopes.next_dollars(index),
        by_period=slopes.by_period(index),
        periods=slopes.periods(index),
        on_terms=slopes.on_terms(index),
        terms_by_slopes=slopes.terms_by_slopes(index),
        on_terms_sure=slopes.on_terms_sure(index),
    )


def _exact(index: Index) -> str:
    """Say what a search by exact slopes pays for, and how sure it is; empty unless it was run."""
    found = index.summary.both_and.exact
    if found is None:
        return ""
    lines = sorted(found.dollars.items(), key=lambda item: -item[1])
    paid = join_words([f"{dollars(usd)} a year for {in_sentence(index.name(key))}" for key, usd in lines])
    return (
        f"It pays {paid}: {number(found.healthy_life_years)} healthy life-years, against "
        f"{number(found.healthy_life_years_on_curves)} of the plan found on curves in the same draws. "
        f"Moving a hundredth of the money could still add {number(found.better * found.healthy_life_years)} of them. "
        + slopes.sure(found)
    )


def _rules(index: Index) -> Table:
    """Return every rule of spending, whose it is, and what the search would bring more without it alone."""
    found = index.summary.rules
    rows = [[r.words, r.because, number(r.without), r.source] for r in found.rules] if found else []
    heads = ["Rule", "Whose", "Healthy life-years more without it alone, on the curves", "Source"]
    return Table("Rules that every plan found by search keeps", heads, rows)


def _stances(index: Index) -> Table:
    """Return each stance's own values under the plan as signed, its searched best, and the both/and plan."""
    rows = []
    for one in index.summary.stances:
        for value, shares in one.shares.items():
            given = [number(shares[form]) for form in ("signed", "best", "both_and")]
            rows.append([index.name(one.plan), index.name(value), *given])
        given = [ranged(one.healthy_life_years[form]) for form in ("signed", "best", "both_and")]
        rows.append([index.name(one.plan), "healthy life-years (in themselves, not shares)", *given])
    heads = ["Stance", "What it puts first", "As signed", "Its own best", "Both/and plan"]
    return Table("Shares of the most that all this money could do for each value", heads, rows)


def _reached(index: Index) -> Panels:
    found = index.summary.both_and
    scale = svg.Scale(min([0.0, *found.z.values()]), max([1.0, *found.z.values()]))
    rows = []
    for key, share in sorted(found.z.items(), key=lambda item: -item[1]):
        point = Interval(mean=share, low=share, high=share)
        rows.append(charts.Row(index.name(key), "", [charts.cell(scale, point, None, number)]))
    column = charts.Column("Share of the most this budget could do for the value alone", "", charts.axis(scale))
    return Panels(f"How far the {in_sentence(index.name(found.plan))} goes for each value", "Value", [column], rows)


def _ranges(index: Index) -> Panels:
    found = index.summary.both_and.service_range
    scale = svg.scale_over((v for i in found.values() for v in (i.low, i.high)), most=layout.TICKS_LEAST)
    rows = [
        charts.Row(index.name(key), _law(index.services[key].law), [charts.cell(scale, found[key], None, dollars)])
        for key in index.services
        if key in found
    ]
    column = charts.Column("Dollars a year that plans almost as good spend on it", "", charts.axis(scale, dollars))
    return Panels("How much each service may get in plans that are almost as good", "Service", [column], rows)


def _law(law: Law) -> str:
    """Return the word of the law with the year of its newest rule; sources and dates stand under Services."""
    years = re.findall(r"(?:19|20)[0-9]{2}", law.dated)
    return ", ".join([law.word, *([max(years)] if years else [])])


def _curve(index: Index) -> Markup:
    points = index.summary.both_and.curve
    if len(points) < 2:
        return Markup("")
    ys = [p.healthy_life_years for p in points]
    frame = charts.Frame.over([p.floor for p in points], ys, layout.PLOT_HEIGHT)
    drawn = charts.Line("strong", [(p.floor, Interval(mean=y, low=y, high=y)) for p, y in zip(points, ys, strict=True)])
    labels = [(p.floor, number(p.floor)) for p in points]
    desc = (
        f"Healthy life-years are {number(ys[0])} when the least served value gets {number(points[0].floor)} "
        f"of its own best, and {number(ys[-1])} when it gets {number(points[-1].floor)}."
    )
    title = "What it costs in healthy life-years to serve the least served value"
    return svg.drawing(charts.axes(frame, labels) + charts.plotted(frame, drawn), frame.height, "", title, desc)
