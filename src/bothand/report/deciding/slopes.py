"""What a full run adds to the plan found by search: what the next dollar brings, spending periods, other terms."""

from __future__ import annotations

from collections.abc import Sequence

from bothand.report.charts import Table
from bothand.report.lookup import Index, in_hundred, number, signed
from bothand.report.summary.deciding.exact import ExactPlan
from bothand.report.summary.deciding.periods import ByPeriod
from bothand.words import dollars, first_up, in_sentence, join_words

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


def floors(floors: Sequence[str]) -> str:
    """Return 'As others do and even split, for life-years; people in treatment': like plans together."""
    by_plan: dict[str, list[str]] = {}
    for floor in floors:
        plan, _, what = floor.partition(": ")
        by_plan.setdefault(plan, []).append(what)
    alike: dict[tuple[str, ...], list[str]] = {}
    for plan, about in by_plan.items():
        mine = alike.setdefault(tuple(about), [])
        mine.append(in_sentence(plan) if mine else plan)
    said = [(join_words(plans), "; ".join(filter(None, about))) for about, plans in alike.items()]
    return ". ".join(f"{plans}, for {about}" if about else plans for plans, about in said)


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
        f"{rule} {_other_rule(found)} No plan could give every value more than {in_hundred(found.beta)} of its own "
        f"best, as far as the search went. {_floors_told(found)}Moving a hundredth of the money could still add "
        f"{could} healthy life-years. {sure(found)}"
    )


def _other_rule(found: ByPeriod) -> str:
    """Say what the other rule for unpaid money would bring, or that nothing is gained by it."""
    other = found.other_rule
    more = other.healthy_life_years - found.healthy_life_years
    rule = "could wait for the next period" if other.carried else "had to be returned"
    brings = [
        f"{number(abs(more))} {'more' if more > 0 else 'fewer'} healthy life-years" if abs(more) >= 1 else "",
        f"{in_hundred(other.beta)} of its own best for the least served value, against {in_hundred(found.beta)}"
        if in_hundred(other.beta) != in_hundred(found.beta)
        else "",
    ]
    said = join_words([one for one in brings if one])
    runs = f"{other.calls} run{'' if other.calls == 1 else 's'}"
    return f"If it {rule}, that would bring {said} ({runs})." if said else f"If it {rule}, {runs} found nothing gained."


def _floors_told(found: ByPeriod) -> str:
    """Say which plans this one gives less than, with all the money each; empty where there are none."""
    return f"It gives less than: {floors(found.floors_not_met)}. " if found.floors_not_met else ""


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
    starts = [
        [
            f"{in_hundred(one.begun)} of the money otherwise",
            f"{one.healthy_life_years:,.0f}",
            in_hundred(one.least),
            in_hundred(one.apart),
        ]
        for one in found.starts
    ]
    most = max((one.calls for one in found.starts), default=0)
    starts.append(["The plan itself", f"{found.healthy_life_years:,.0f}", in_hundred(found.least), in_hundred(0)])
    return [
        Table("Dollars of every period, beside the same mix in all of them", heads, [receipts, *paid, worth]),
        Table(
            f"Dollars of all periods in the {found.almost} plans run that are almost as good",
            ["Service", "Least", "The plan", "Most"],
            ranges,
        ),
        Table(
            f"Where the search ends from other plans run before, after at most {most} more runs",
            ["Begun with", "Healthy life-years", "Least served value", "Ends with money spent otherwise"],
            starts,
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
