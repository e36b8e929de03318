"""The price of each principle: what holding to it costs and brings, the plans behind it, and floors from none on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bothand.keys import DEATHS, HEALTHY, REMISSION, WITHOUT_MEDICATION
from bothand.report import charts, layout, svg
from bothand.report.charts import Panels, Table
from bothand.report.lookup import Index, in_hundred, number, ranged, signed
from bothand.report.summary import Interval, PriceChange, PrinciplePrice
from bothand.words import dollars, in_sentence, join_words

CONTACT = "contact_years"
SHOWN = (HEALTHY, REMISSION, WITHOUT_MEDICATION, CONTACT)
"""Indicators that have a column of their own in the drawing."""

FULLER = (DEATHS, "qaly_patient", "qaly_public")
"""Indicators that stand in the table behind it besides."""


@dataclass(frozen=True)
class Curve:
    """Healthy life-years along the floors of one measure."""

    label: str
    figure: Markup


@dataclass(frozen=True)
class PricesView:
    """Everything the section shows; no sentences where a run did not price the principles."""

    told: list[PrinciplePrice]
    plans: Panels | None
    moved: Table
    numbers: Table
    groups: Table
    curves: list[Curve]
    floors: Table
    counted: Table
    runs: int


def view(index: Index) -> PricesView:
    """Return the section of the prices of principles."""
    prices = index.summary.principle_prices
    run = _run_once(prices)
    return PricesView(
        told=list(prices),
        plans=_plans(index, run),
        moved=_moved(index, run),
        numbers=_numbers(index, run),
        groups=_groups(index, run),
        curves=[_curve(index, measure, rungs) for measure, rungs in _by_measure(prices)],
        floors=_floors(prices),
        counted=_counted(index, prices),
        runs=index.summary.few_draws,
    )


def _run_once(prices: Sequence[PrinciplePrice]) -> list[PriceChange]:
    """Return the changes whose plans were run in the full model, each plan once."""
    found: list[PriceChange] = []
    for change in (c for price in prices for c in price.changes if c.exact):
        if change.plan not in [earlier.plan for earlier in found]:
            found.append(change)
    return found


def _by_measure(prices: Sequence[PrinciplePrice]) -> list[tuple[str, list[PriceChange]]]:
    """Return each measure that has floors, with its rungs."""
    found: dict[str, list[PriceChange]] = {}
    for change in (c for price in prices for c in price.changes if c.measure):
        found.setdefault(change.measure, []).append(change)
    return list(found.items())


def _label(index: Index, key: str) -> str:
    return next((one.label for one in index.summary.indicators if one.key == key), key)


def _head(prices: Sequence[PrinciplePrice], change: PriceChange) -> str:
    """Return a change's label; where no floor stands, the principle that it is without."""
    owner = next(price for price in prices if change in price.changes)
    return f"Without {in_sentence(owner.label)}" if change.measure and not change.share else change.label


def _plans(index: Index, changes: Sequence[PriceChange]) -> Panels | None:
    """Return every plan that was run, less the both/and plan."""
    if not changes:
        return None
    scales = {
        key: svg.scale_over(
            [end for c in changes if (v := c.exact.get(key)) for end in (v.low, v.high)], most=layout.TICKS_LEAST
        )
        for key in SHOWN
    }
    prices = index.summary.principle_prices
    rows = [
        charts.Row(
            _head(prices, change), "", [charts.cell(scales[key], change.exact.get(key), None, signed) for key in SHOWN]
        )
        for change in changes
    ]
    columns = [charts.Column(_label(index, key), "", charts.axis(scales[key])) for key in SHOWN]
    return Panels(f"Each plan less the both/and plan, in {index.summary.few_draws} runs", "Rule", columns, rows)


def _moved(index: Index, changes: Sequence[PriceChange]) -> Table:
    """Return the dollars a year that each plan moves."""
    prices = index.summary.principle_prices
    rows = []
    for change in changes:
        more = [f"{dollars(usd)} to {_service(index, key)}" for key, usd in _sorted(change) if usd > 0]
        less = [f"{dollars(-usd)} from {_service(index, key)}" for key, usd in _sorted(change) if usd < 0]
        rows.append([_head(prices, change), join_words(less), join_words(more)])
    return Table("Dollars a year moved, against the both/and plan", ["Rule", "Taken", "Given"], rows)


def _sorted(change: PriceChange) -> list[tuple[str, float]]:
    return sorted(change.moved.items(), key=lambda item: -abs(item[1]))


def _service(index: Index, key: str) -> str:
    return in_sentence(index.services[key].label) if key in index.services else key


def _numbers(index: Index, changes: Sequence[PriceChange]) -> Table:
    """Return all that was counted, in the full model, with the gap to the curves."""
    keys = [key for key in (*SHOWN, *FULLER) if any(key in change.exact for change in changes)]
    rows = [
        [
            _head(index.summary.principle_prices, change),
            *[_with_gap(change, key) if key in change.exact else "" for key in keys],
        ]
        for change in changes
    ]
    caption = "All that is counted, in the full model; after it what the curves alone say"
    return Table(caption, ["Rule", *[_label(index, key) for key in keys]], rows)


def _with_gap(change: PriceChange, key: str) -> str:
    return f"{ranged(change.exact[key], signed)}; curves {signed(change.on_curves[key])}"


def _groups(index: Index, changes: Sequence[PriceChange]) -> Table:
    """Return each group's healthy life-years, less those of the both/and plan."""
    groups = [g for g in index.summary.groups if any(g.key in change.groups for change in changes)]
    rows = [
        [
            _head(index.summary.principle_prices, change),
            *[ranged(change.groups[g.key], signed) if g.key in change.groups else "" for g in groups],
        ]
        for change in changes
    ]
    caption = "Healthy life-years of each group, less those of the both/and plan"
    return Table(caption, ["Rule", *[g.short for g in groups]], rows if groups else [])


def _curve(index: Index, measure: str, rungs: Sequence[PriceChange]) -> Curve:
    """Return healthy life-years along the floors: with every other value's share kept, and the floor alone."""
    there = [rung for rung in rungs if rung.possible]
    frame = charts.Frame.over(
        [rung.share for rung in rungs], [rung.brings[HEALTHY] for rung in there], layout.PLOT_SMALL, small=True
    )
    asked = dict.fromkeys(rung.share for rung in rungs if not rung.last)
    body = charts.axes(frame, [(share, number(share * layout.HUNDRED)) for share in asked])
    said = []
    for against, style, words in (
        ("life_years", "open", "The floor alone"),
        ("both_and", "strong", "With every other value\u2019s share kept"),
    ):
        line = [rung for rung in there if rung.against == against]
        points = [(rung.share, _point(rung.brings[HEALTHY])) for rung in line]
        body += charts.plotted(frame, charts.Line(style, points))
        if line:
            last = f"{number(line[-1].brings[HEALTHY])} at {in_hundred(line[-1].share)}"
            said.append(f"{words}: {number(line[0].brings[HEALTHY])} healthy life-years without a floor, {last}")
    label = _label(index, measure)
    title = f"{label}: healthy life-years as the floor rises"
    return Curve(label, svg.drawing(body, frame.height, "", title, ". ".join(said) + "."))


def _point(value: float) -> Interval:
    return Interval(mean=value, low=value, high=value)


def _floors(prices: Sequence[PrinciplePrice]) -> Table:
    """Return every floor with what it costs and brings, and the rate between the two in both directions."""
    heads = ["Floor", "Beside it", "Healthy life-years", "Years of it", "Each year of it costs", "Each life-year buys"]
    rows = []
    for measure, rungs in _by_measure(prices):
        for rung in rungs:
            beside = "every other value\u2019s share" if rung.against == "both_and" else "nothing else"
            if not rung.possible:
                rows.append([rung.label, beside, "no plan", "", "", ""])
                continue
            first = next(r for r in rungs if r.against == rung.against and r.possible)
            costs = first.brings[HEALTHY] - rung.brings[HEALTHY]
            gains = rung.brings[measure] - first.brings[measure]
            rows.append(
                [rung.label, beside, number(rung.brings[HEALTHY]), number(rung.brings[measure]), *_rates(costs, gains)]
            )
    return Table("Floors, on the curves; rates are against no floor", heads, rows)


def _rates(costs: float, gains: float) -> tuple[str, str]:
    """Return life-years for each year that a floor brings, and years for each life-year that it costs."""
    if costs < 0.5:
        return "nothing", ""
    if gains < 0.5:
        return "", "nothing"
    return f"{number(costs / gains)} life-years", f"{number(gains / costs)} years"


def _counted(index: Index, prices: Sequence[PrinciplePrice]) -> Table:
    """Return what the both/and plan brings each group, counted with equal worth and in QALYs."""
    names = {"all": "Everyone", **{g.key: g.label for g in index.summary.groups}}
    rows = [
        [
            names.get(row.group, row.group),
            ranged(row.healthy_life_years),
            ranged(row.qaly_patient),
            ranged(row.qaly_public),
        ]
        for price in prices
        for row in price.counted
    ]
    heads = ["People", "Healthy life-years", "QALYs, patients\u2019 scale", "QALYs, public scale"]
    return Table("The both/and plan, a life counted the same whoever lives it, and by its quality", heads, rows)
