"""What a full run adds to the plan found by search: what the next dollar brings, spending periods, other terms."""

from __future__ import annotations

from bothand.report.charts import Table
from bothand.report.lookup import Index, in_hundred, number, signed
from bothand.report.summary.deciding.exact import ExactPlan
from bothand.report.summary.deciding.periods import ByPeriod
from bothand.words import dollars, first_up, in_sentence

CLAIMS = {"serves": "serves", "pulls_against": "pulls against", "both": "serves some, pulls against others", "none": ""}
ENDED = {
    "proved": "No plan can be better by more than the printed tolerance",
    "settled": "No step that the model\u2019s slopes promise improves it further",
    "calls spent": "The search stopped because its runs were used up, so a better plan may be near",
}
HUNDRED = 100  # UNIT: parts of a value's own best


def sure(found: ExactPlan | ByPeriod) -> str:
    """Say how a search by exact slopes ended, what it cost, and what stays open."""
    return (
        f"{ENDED[found.ended]}. Of the plan\u2019s slope, {in_hundred(found.residual)} is not explained by its rules. "
        f"Straight lines along all slopes seen do not exclude {in_hundred(found.gap)} more healthy life-years; that is "
        f"a weak bound, not a promise. It took {found.calls} runs and {found.sweeps} slopes of one value."
    )


def next_dollars(index: Index) -> Table | None:
    """Return what $100,000 of every service adds to every value, beside the curve and the marks."""
    found = index.summary.both_and.exact
    if found is None:
        return None
    rows = [
        [
            index.name(row.value),
            index.name(row.service),
            *(signed(HUNDRED * share) for share in (row.first, row.on_curves, row.more)),
            CLAIMS[row.claim],
        ]
        for row in found.next_dollars
    ]
    heads = ["Value", "Service", "First, by slopes", "First, on the curve", "More, beside the plan", "Marks say"]
    caption = "What $100,000 more of a service adds to a value, in hundredths of the most this budget could do for it"
    return Table(caption, heads, rows)


def by_period(index: Index) -> str:
    """Say what the rule of the money is, and how sure the plan by period is; empty unless it was run."""
    found = index.summary.both_and.by_period
    if found is None:
        return ""
    rule = (
        "Money that is not paid in one period may be paid in the next."
        if found.carried
        else "Money that is not paid in its period is returned, so no dollar moves between periods: what moves is what "
        "each period pays for."
    )
    could = number(found.better * found.healthy_life_years)
    return (
        f"{rule} No plan could give every value more than {in_hundred(found.beta)} of its own best, as far as the "
        f"search went. Moving a hundredth of the money could still add {could} healthy life-years. {sure(found)}"
    )


def periods(index: Index) -> list[Table]:
    """Return what is paid by period beside the same mix, the worth of more, and the range of every service."""
    found = index.summary.both_and.by_period
    if found is None:
        return []
    spans = [f"{one.first}\u2013{one.last}" for one in found.periods]
    paid = [
        [
            index.name(key),
            *(
                f"{dollars(one.dollars.get(key, 0))} ({dollars(one.evenly.get(key, 0))} evenly)"
                for one in found.periods
            ),
        ]
        for key in index.services
        if any(key in one.dollars or key in one.evenly for one in found.periods)
    ]
    worth = ["$100,000 more adds, in healthy life-years", *(number(one.worth) for one in found.periods)]
    receipts = ["Money that comes in", *(dollars(one.receipts) for one in found.periods)]
    ranges = [
        [index.name(key), *(dollars(usd) for usd in (one.low, one.mean, one.high))]
        for key, one in found.service_range.items()
        if one.high > 1
    ]
    heads = ["Service", *spans]
    return [
        Table("Dollars of every period, beside the same mix in all of them", heads, [receipts, *paid, worth]),
        Table(
            f"Dollars of all periods in the {found.almost} plans run that are almost as good",
            ["Service", "Least", "The plan", "Most"],
            ranges,
        ),
    ]


def terms_by_slopes(index: Index) -> Table | None:
    """Return the plan on other terms beside the one on own terms, both settled by slopes, and each change undone."""
    terms, own = index.summary.both_and.on_terms, index.summary.both_and.exact
    found = terms.by_slopes if terms else None
    if found is None or own is None:
        return None
    rows = [[index.name(key), in_hundred(share), in_hundred(own.z[key])] for key, share in found.z.items()]
    pairs = (
        ("Every value can be given", in_hundred(found.beta), in_hundred(own.beta)),
        ("Healthy life-years", f"{found.healthy_life_years:,.0f}", f"{own.healthy_life_years:,.0f}"),
        ("Part of the slope that no rule explains", in_hundred(found.residual), in_hundred(own.residual)),
    )
    rows += [list(pair) for pair in pairs]
    rows += [
        [
            f"Undone: {in_sentence(index.name(one.way.service))}, {in_sentence(one.way.term)}: {one.way.now}",
            f"{in_hundred(one.least)} for the least served, {one.healthy_life_years:,.0f} healthy life-years",
            "better with the change" if one.better else "no worse without it",
        ]
        for one in found.undone
    ]
    caption = f"The same terms, dollars settled by the model\u2019s own slopes in {found.draws} draws"
    return Table(caption, ["", "Where terms may change", "On the services\u2019 own terms"], rows)


def on_terms_sure(index: Index) -> str:
    """Say which part of the plan on other terms was found how; empty unless it was run."""
    terms = index.summary.both_and.on_terms
    if terms is None:
        return ""
    found = terms.by_slopes
    if found is None:
        return "Found on curves, and run in the full model."
    return (
        "The terms were chosen on curves, one change a service, and so were the dollars in the first table, which were "
        f"then run in the full model in {terms.draws} draws. In the second table the model\u2019s own slopes settled "
        f"the dollars. {ENDED[found.ended]}. It took {found.calls} runs and {found.sweeps} slopes of one value."
    )


def on_terms(index: Index) -> Table | None:
    """Return the plan on other terms beside the one on the services' own, value by value."""
    found = index.summary.both_and.on_terms
    if found is None:
        return None
    rows = [[index.name(key), in_hundred(found.z[key]), in_hundred(found.z_own[key])] for key in found.z]
    rows.append(
        ["Healthy life-years", f"{found.healthy_life_years:,.0f}", f"{found.healthy_life_years_own:,.0f}"],
    )
    rows += [
        [first_up(in_sentence(index.name(way.service))), f"{in_sentence(way.term)}: {way.now}", f"{way.was}"]
        for way in found.chosen
    ]
    caption = "Share of its own best that each value gets in the full model, and what is run otherwise"
    return Table(caption, ["", "Where terms may change", "On the services\u2019 own terms"], rows)
