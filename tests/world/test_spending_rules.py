"""Rules of spending in a study's and a place's file: what is wrong with them is told at once, in plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bothand.engine.setting import load_setting
from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.world.spending.rule import DownstreamCap, SpendingRule, bounds_of
from bothand.world.studyfile import load_study
from faulty import write
from texts import line, plan_text, rules_text, small_study, spending_rule

PLACES = data_folder() / "places"
NALOXONE = plan_text(line("community_naloxone", "share = 1.0"), key="naloxone")


@pytest.fixture(autouse=True)
def _plan(tmp_path: Path) -> None:
    (tmp_path / "naloxone.toml").write_text(NALOXONE, encoding="utf-8")


def told(folder: Path, *rules: str, cap: int | None = None, services: str = "") -> str:
    """What is said of a study with these rules, loaded with its place."""
    text = small_study("naloxone.toml") + rules_text(*rules, cap=cap)
    if services:
        text = text.replace('"low_barrier_buprenorphine"]', f'"low_barrier_buprenorphine", "{services}"]')
    (folder / "small.toml").write_text(text, encoding="utf-8")
    with pytest.raises(FaultsFound) as found:
        load_setting(str(folder / "small.toml"))
    return "\n".join(str(fault) for fault in found.value.faults)


def test_sound_rules_are_read_and_the_strictest_of_several_counts(tmp_path: Path) -> None:
    rules = (
        spending_rule("community_naloxone", "at_least = 50_000"),
        spending_rule("community_naloxone", "at_least = 60_000\nat_most = 200_000"),
        spending_rule("low_barrier_buprenorphine", "must_not = true"),
    )
    text = small_study("naloxone.toml") + rules_text(*rules, cap=400_000)
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    bounds = load_setting(str(tmp_path / "small.toml")).bounds
    assert bounds.at_least == {"community_naloxone": 60_000}
    assert bounds.at_most == {"community_naloxone": 200_000}
    assert bounds.must_not == ("low_barrier_buprenorphine",)
    assert bounds.cap == 400_000
    assert bounds


def test_the_study_that_ships_has_no_rules() -> None:
    study = load_study("washtenaw")
    assert (study.spending_rule, study.downstream_cap) == ((), None)
    assert not load_setting("washtenaw").bounds


def test_an_unknown_service_is_told_with_the_nearest(tmp_path: Path) -> None:
    words = told(tmp_path, spending_rule("comunity_naloxone", "at_least = 1_000"))
    assert "unknown service 'comunity_naloxone'" in words
    assert "community_naloxone" in words


def test_a_rule_that_says_nothing_and_contradictions_are_told_together_and_once_each(tmp_path: Path) -> None:
    words = told(
        tmp_path,
        spending_rule("community_naloxone", "at_least = 90_000\nat_most = 50_000"),
        spending_rule("community_naloxone", "at_most = 40_000"),
        spending_rule("low_barrier_buprenorphine", "at_least = 10_000"),
        spending_rule("low_barrier_buprenorphine", "must_not = true"),
        spending_rule("low_barrier_buprenorphine", ""),
    )
    assert words.count("no sum is both") == 1
    assert "'community_naloxone' must get at least $90,000 and at most $50,000 a year" in words
    assert words.count("must not be paid for: one of the two has to go") == 1
    assert "says nothing: give at_least, at_most, or must_not = true" in words


def test_earmarks_above_the_money_are_told_alone_and_together(tmp_path: Path) -> None:
    words = told(tmp_path, spending_rule("community_naloxone", "at_least = 2_000_000"))
    assert "must get $2,000,000 a year; the first round has $750,000 a year" in words
    words = told(
        tmp_path,
        spending_rule("community_naloxone", "at_least = 400_000"),
        spending_rule("low_barrier_buprenorphine", "at_least = 400_000"),
    )
    assert "'community_naloxone', 'low_barrier_buprenorphine' must get $800,000 a year together" in words


def test_no_plan_may_be_made_to_press_people(tmp_path: Path) -> None:
    words = told(tmp_path, spending_rule("compulsory_treatment", "at_least = 1_000"), services="compulsory_treatment")
    assert "'compulsory_treatment' must be paid for" in words


def test_a_required_service_on_coercive_terms_is_refused(tmp_path: Path) -> None:
    """Whatever its own grade, a service that search may not choose for its grade cannot be required."""
    from bothand.files import read_toml
    from bothand.world.service import load_service
    from bothand.world.spending.faults import required_faults

    (tmp_path / "small.toml").write_text(small_study("naloxone.toml"), encoding="utf-8")
    document = read_toml(tmp_path / "small.toml")
    service = load_service("community_naloxone").model_copy(update={"coercion": 2})
    rule = SpendingRule(service="community_naloxone", at_least=1000.0, because="a test", source="a test")
    (fault,) = required_faults([rule], [service], 1, document)
    assert "its coercion is of grade 2, and the study's limit is 1" in fault.message
    assert not list(required_faults([rule], [service], 2, document))


def test_rules_of_a_place_stand_beside_those_of_the_study_and_may_not_contradict_them(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    for name in ("washtenaw_ages.csv", "washtenaw_series.csv"):
        (place / name).write_bytes((PLACES / name).read_bytes())
    law = rules_text(spending_rule("community_naloxone", "at_least = 80_000"), cap=300_000)
    text = (PLACES / "washtenaw.toml").read_text("utf-8") + law
    (place / "washtenaw.toml").write_text(text, encoding="utf-8")
    own = tmp_path / "small.toml"
    own.write_text(small_study("naloxone.toml") + rules_text(cap=500_000), encoding="utf-8")
    bounds = load_setting(str(own), place / "washtenaw.toml").bounds
    assert (bounds.at_least, bounds.cap) == ({"community_naloxone": 80_000}, 300_000)
    against = rules_text(spending_rule("community_naloxone", "must_not = true"))
    own.write_text(small_study("naloxone.toml") + against, encoding="utf-8")
    with pytest.raises(FaultsFound, match="one of the two has to go"):
        load_setting(str(own), place / "washtenaw.toml")
    missing = law.replace("community_naloxone", "peer_coaching")
    write(place / "washtenaw.toml", text, (law, missing))
    own.write_text(small_study("naloxone.toml"), encoding="utf-8")
    with pytest.raises(FaultsFound, match="the study does not have it"):
        load_setting(str(own), place / "washtenaw.toml")


def test_a_study_without_rules_says_nothing_and_several_caps_leave_the_lowest() -> None:
    assert not bounds_of((), (None, None))
    caps = [DownstreamCap(usd=usd, because="a test", source="a test") for usd in (3.0, 2.0)]
    assert bounds_of((), caps).cap == 2
