"""A study's limit on coercion: search chooses nothing beyond it, and what that costs or brings is printed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from bothand.engine.setting import Setting
from bothand.experiments.curves import Curves, measure_curves
from bothand.experiments.plans import healthy_years, option_keys, service_keys, try_dollars
from bothand.experiments.search import search
from bothand.experiments.what_if.limit import LimitPrice, price_of_limit, without_limit
from bothand.experiments.worlds import World, beyond_limit
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.findings.stakes.rerun import limit_told
from bothand.keys import HEALTHY, THREE_YEARS
from bothand.outcomes.values import load_values
from bothand.world.service import load_service
from bothand.world.studyfile import load_study
from experiments.small_worlds import TWO_LEVELS, makers, setting, world

FEW = ("community_naloxone", "methadone_places", "peer_coaching")


def with_grades(**grades: int) -> Setting:
    """The default study with three services, some of them graded otherwise."""
    services = tuple(load_service(key).model_copy(update={"coercion": grades.get(key, 0)}) for key in FEW)
    return replace(setting(), services=services)


def small(own: Setting) -> World:
    return replace(world(2), setting=own, county=replace(world(2).county, setting=own))


limited, curves, found = makers(lambda: small(with_grades(community_naloxone=2)))
"""A study in which naloxone is handed out on a condition: two services are left to choose from."""


def values() -> dict[str, str]:
    there = curves().surface.objectives
    return {v.key: v.indicator.key for v in load_values() if v.indicator.key in there}


@cache
def priced() -> tuple[Curves, np.ndarray, LimitPrice]:
    yearly = found().yearly
    return curves(), yearly, price_of_limit(curves(), values(), [], yearly)


def test_search_and_curves_see_no_service_beyond_the_limit() -> None:
    assert beyond_limit(limited().setting) == ("community_naloxone",)
    assert option_keys(limited()) == curves().surface.services == ("methadone_places", "peer_coaching")
    found = try_dollars(limited(), "any", np.full(2, 1000.0), THREE_YEARS)
    paid = dict(zip(service_keys(limited()), found.dollars.sum(axis=(1, 2)), strict=True))
    assert paid["community_naloxone"] == 0
    assert paid["methadone_places"] == paid["peer_coaching"] > 0


@settings(max_examples=10)
@given(grades=st.lists(st.integers(0, 4), min_size=3, max_size=3), limit=st.integers(0, 4))
def test_an_option_is_within_the_limit_or_beyond_it_and_without_a_limit_nothing_is_beyond(
    grades: list[int], limit: int
) -> None:
    own = with_grades(**dict(zip(FEW, grades, strict=True)))
    where = small(replace(own, study=own.study.model_copy(update={"coercion_limit": limit})))
    assert {*option_keys(where), *beyond_limit(where.setting)} == {*FEW}
    assert {*beyond_limit(where.setting)} == {key for key, grade in zip(FEW, grades, strict=True) if grade > limit}
    assert option_keys(without_limit(where)) == FEW


def test_terms_that_make_help_conditional_put_a_service_beyond_the_limit() -> None:
    own = with_grades()
    peers = own.services[-1]
    strict = peers.model_copy(update={"terms": peers.terms.model_copy(update={"return_to_use": "discharged"})})
    assert beyond_limit(replace(own, services=(*own.services[:-1], strict))) == ("peer_coaching",)


def test_curves_that_are_known_are_not_measured_again_and_the_whole_is_the_same() -> None:
    free = without_limit(limited())
    told: list[str] = []
    joined, whole = measure_curves(free, told.append, curves()), measure_curves(free, levels=TWO_LEVELS)
    assert told == ["curve of community_naloxone"]
    assert joined.surface.services == whole.surface.services
    assert_allclose(joined.surface.gains, whole.surface.gains, rtol=1e-12)
    assert_allclose(joined.surface.dollars, whole.surface.dollars)
    assert_allclose(joined.error, whole.error, rtol=1e-9)
    for key in whole.alone:
        assert_allclose(joined.alone[key], whole.alone[key], rtol=1e-12)


def test_the_price_is_the_gap_of_two_plans_tried_in_the_full_model() -> None:
    _, yearly, price = priced()
    assert price.beyond == ("community_naloxone",)
    assert price.limit == 1
    assert price.dollars is not None
    assert price.dollars["community_naloxone"] > 0
    assert price.more is not None
    free = without_limit(limited())
    again = search(measure_curves(free, levels=TWO_LEVELS), values(), []).yearly
    gap = healthy_years(free, try_dollars(free, "free", again, THREE_YEARS))
    gap = gap - healthy_years(limited(), try_dollars(limited(), "within", yearly, THREE_YEARS))
    assert_allclose(price.more[HEALTHY], gap, rtol=1e-9)
    assert gap.mean() > 0, "naloxone saves lives, and the limit forbids it here"


def test_the_price_is_told_with_the_service_kept_out_and_every_line_with_its_sign() -> None:
    labels = {s.key: s.label for s in limited().setting.services}
    words = limit_told(priced()[2], labels)
    assert "Search may go no further than an incentive; that keeps out community naloxone." in words
    assert "a year to community naloxone" in words
    for line in ("healthy life-years", "remission, medication included", "remission, without medication"):
        assert line in words


def test_where_no_service_is_beyond_the_limit_it_costs_nothing_and_nothing_is_run() -> None:
    told: list[str] = []
    inside = replace(curves(), world=small(with_grades(peer_coaching=1)))
    price = price_of_limit(inside, values(), [], np.zeros(3), told.append)
    assert (price, told) == (LimitPrice(1), [])
    assert limit_told(price, {}) == (
        "No service that search may choose goes beyond an incentive, so the limit costs nothing here."
    )
    assert beyond_limit(setting()) == ()


def test_a_service_that_search_would_not_choose_anyway_costs_nothing() -> None:
    price = LimitPrice(1, ("peer_coaching",), {}, {HEALTHY: np.zeros(5)})
    assert "Without the limit it chooses none of them" in limit_told(price, {"peer_coaching": "Peer coaching"})


def test_a_limit_that_is_no_grade_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    text = (data_folder() / "studies" / "washtenaw.toml").read_text("utf-8")
    own = tmp_path / "own.toml"
    head = text.replace('key = "washtenaw"', 'key = "own"').replace("draws = 64", "draws = 64\ncoercion_limit = 7")
    own.write_text(head, encoding="utf-8")
    with pytest.raises(FaultsFound, match="coercion_limit"):
        load_study(own)
    own.write_text(head.replace("coercion_limit = 7", "coercion_limit = 2"), encoding="utf-8")
    assert load_study(own).coercion_limit == 2
