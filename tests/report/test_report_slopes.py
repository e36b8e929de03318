"""What the report says of the searches by the model's own slopes: the next dollar, periods, other terms."""

from __future__ import annotations

import pytest
from example import example

from bothand.report.deciding import slopes
from bothand.report.lookup import Index
from bothand.report.page import render
from bothand.report.summary import Interval, Sentence, Summary
from bothand.report.summary.deciding.exact import ExactPlan, NextDollar
from bothand.report.summary.deciding.periods import (
    ByPeriod,
    OnOtherTerms,
    OtherRule,
    OtherStart,
    SpendingPeriod,
    TermsBySlopes,
    UndoneTerm,
)
from bothand.report.summary.deciding.ways import WayPart
from bothand.words import forbidden

SURE = {"better": 0.001, "residual": 0.02, "gap": 0.3}
SAID = ("exact_search", "next_dollar", "by_period", "plan_on_terms")


@pytest.fixture(scope="module")
def whole() -> Summary:
    found = example()
    one, other = found.services[0].key, found.services[1].key
    value = next(iter(found.both_and.z))
    z = {value: 0.5}
    rows = [NextDollar(value=value, service=one, first=-0.0123, on_curves=0.02, more=0.0, claim="pulls_against")]
    exact = ExactPlan(
        draws=8,
        calls=51,
        sweeps=72,
        dollars={one: 3e5},
        beta=0.35,
        z=z,
        healthy_life_years=266,
        beta_on_curves=0.26,
        healthy_life_years_on_curves=256,
        ended="settled",
        next_dollars=rows,
        **SURE,
    )
    spans = ((2026, 2028), (2029, 2031))
    periods = [
        SpendingPeriod(first=a, last=b, receipts=5e6, dollars={one: 2e6}, evenly={other: 1e6}, worth=20 - n)
        for n, (a, b) in enumerate(spans)
    ]
    by_period = ByPeriod(
        draws=8,
        calls=62,
        sweeps=90,
        carried=False,
        periods=periods,
        beta=0.47,
        least=0.42,
        least_evenly=0.21,
        z=z,
        healthy_life_years=1316,
        healthy_life_years_evenly=1442,
        service_range={one: Interval(mean=4e6, low=3e6, high=5e6), other: Interval(mean=0, low=0, high=0)},
        almost=7,
        floors_met=["As others do: healthy life-years"],
        floors_not_met=["The first round\u2019s mix: healthy life-years", "The first round\u2019s mix: people in care"],
        other_rule=OtherRule(carried=True, beta=0.48, healthy_life_years=1319, waits=2e5, calls=4),
        starts=[OtherStart(begun=0.3, healthy_life_years=1301, least=0.4, apart=0.12, calls=3)],
        ended="calls spent",
        **SURE,
    )
    way = WayPart(service=one, term="Entry", was="same day", now="after an intake", coercion=0)
    terms = OnOtherTerms(
        draws=16,
        chosen=[way],
        dollars={one: 2e5},
        beta=0.34,
        beta_own=0.31,
        z=z,
        z_own={value: 0.4},
        healthy_life_years=254,
        healthy_life_years_own=248,
        by_slopes=TermsBySlopes(
            draws=8,
            calls=14,
            sweeps=11,
            dollars={one: 2.5e5},
            beta=0.41,
            z={value: 0.55},
            healthy_life_years=271,
            beta_on_curves=0.3,
            better=0.001,
            residual=0.04,
            ended="settled",
            undone=[UndoneTerm(way=way, least=0.36, healthy_life_years=266, better=True)],
        ),
    )
    both = found.both_and.model_copy(update={"exact": exact, "by_period": by_period, "on_terms": terms})
    said = [Sentence(key=key, text=f"This is {key}.", numbers={}, depends="does not apply") for key in SAID]
    return found.model_copy(update={"both_and": both, "findings": [*found.findings, *said]})


def test_the_page_shows_what_was_found_by_slopes_and_only_then(whole: Summary) -> None:
    page, usual = render(whole), render(example())
    for words in ("All the money, by spending period", "may be run in another way", *(f"This is {k}." for k in SAID)):
        assert words in page
        assert words not in usual
    assert not forbidden(page)


def test_the_next_dollar_is_told_in_hundredths_beside_curve_and_marks(whole: Summary) -> None:
    table = slopes.next_dollars(Index(whole))
    assert table is not None
    (row,) = table.rows
    assert row[2:] == ["\u22121.2", "+2", "0", "pulls against"]
    assert len(row) == len(table.heads)


def test_money_that_may_not_wait_is_said_and_what_each_period_pays_for_stands_beside_the_same_mix(
    whole: Summary,
) -> None:
    index = Index(whole)
    assert "no dollar moves between periods" in slopes.by_period(index)
    assert "runs were used up" in slopes.by_period(index)
    carried = whole.both_and.by_period.model_copy(update={"carried": True})  # type: ignore[union-attr]  # it is there
    other = Index(whole.model_copy(update={"both_and": whole.both_and.model_copy(update={"by_period": carried})}))
    assert "may be paid in the next" in slopes.by_period(other)
    paid, ranges, starts = slopes.periods(index)
    assert paid.rows[0][1:] == ["$5 million", "$5 million"]
    assert paid.rows[1][1] == "$2 million ($0 evenly)"
    assert paid.rows[2][1] == "$0 ($1 million evenly)"
    assert [row[1:] for row in ranges.rows] == [["$3 million", "$4 million", "$5 million"]]
    assert "7 plans" in ranges.caption
    assert "3 more runs" in starts.caption
    assert starts.rows[0] == ["30 in 100 of the money otherwise", "1,301", "40 in 100", "12 in 100"]
    assert starts.rows[-1][1:] == ["1,316", "42 in 100", "0 in 100"]


def test_what_waiting_money_would_bring_is_said_or_that_it_brings_nothing(whole: Summary) -> None:
    found = whole.both_and.by_period
    assert found is not None

    def told(**changed: object) -> str:
        other = found.model_copy(update={"other_rule": found.other_rule.model_copy(update=changed)})
        return slopes.by_period(
            Index(whole.model_copy(update={"both_and": whole.both_and.model_copy(update={"by_period": other})}))
        )

    assert "could wait for the next period, that would bring 3 more healthy life-years and 48 in 100" in told()
    assert "4 runs found nothing gained" in told(beta=0.47, healthy_life_years=1316)
    fewer = told(carried=False, beta=0.47, healthy_life_years=1310, calls=1)
    assert "had to be returned, that would bring 6 fewer healthy life-years (1 run)" in fewer


def test_floors_that_are_not_met_with_all_the_money_are_named(whole: Summary) -> None:
    words = slopes.by_period(Index(whole))
    assert "It gives less than: The first round\u2019s mix, for healthy life-years; people in care." in words
    assert "others do" not in words


def test_the_plan_on_other_terms_stands_beside_the_one_on_own_terms(whole: Summary) -> None:
    table = slopes.on_terms(Index(whole))
    assert table is not None
    assert table.rows[0][1:] == ["50 in 100", "40 in 100"]
    assert table.rows[1] == ["Healthy life-years", "254", "248"]
    assert table.rows[2][1:] == ["entry: after an intake", "same day"]
    assert slopes.on_terms(Index(example())) is None


def test_what_slopes_settle_on_other_terms_stands_beside_the_plan_that_they_settle_on_own_terms(whole: Summary) -> None:
    index = Index(whole)
    table = slopes.terms_by_slopes(index)
    assert table is not None
    assert [row[1:] for row in table.rows[:4]] == [
        ["55 in 100", "50 in 100"],
        ["41 in 100", "35 in 100"],
        ["271", "266"],
        ["4 in 100", "2 in 100"],
    ]
    assert table.rows[4][0].endswith("entry: after an intake")
    assert table.rows[4][1:] == ["36 in 100 for the least served, 266 healthy life-years", "better with the change"]
    said = slopes.on_terms_sure(index)
    assert "chosen on curves" in said
    assert "14 runs and 11 slopes" in said
    assert slopes.terms_by_slopes(Index(example())) is None
    assert slopes.on_terms_sure(Index(example())) == ""
