"""How services are run, in the runs: own terms move nothing, known effects do what they say, unknown ones nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bothand.engine.delivery import deliver
from bothand.engine.rates import schedule
from bothand.engine.setting import draw_values, load_setting
from bothand.experiments.plans import service_keys, try_study_plan
from bothand.experiments.terms import changed_lines, runs_otherwise, try_terms
from bothand.experiments.worlds import World, open_world, walks
from bothand.findings import terms as said
from bothand.keys import HEALTHY, THREE_YEARS
from bothand.report.summary import Interval
from bothand.study import Options, run_study
from bothand.world.plan import Plan, TermsChange, dollars, terms_of
from bothand.world.planfile import load_plan
from bothand.world.service import Service, Terms
from bothand.world.terms import NOT_HERE, effect_of, load_terms
from experiments.small_worlds import SEED, STUDY, plan, setting, unlike, world
from faulty import write
from texts import line, plan_text, small_study

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "change-how-a-service-is-run.md"
ENOUGH = 16  # draws from which a verdict is given
SHARE = "discharged_for_use_share"


def like(folder: Path, key: str, tables: str, base: str = "even_split") -> Path:
    return write(folder / f"{key}.toml", f'key = "{key}"\nlabel = "{key}"\nlike = "{base}"\n{tables}')


def run_as(key: str, **terms: str) -> Plan:
    """The even split with one service run on other terms."""
    base, service = plan("even_split"), own(key)
    changed = service.terms.model_copy(update=terms).model_dump()
    change = TermsChange.model_validate(changed)
    return base.model_copy(update={"terms": {key: change}})


def own(key: str) -> Service:
    return next(service for service in setting().services if service.key == key)


def with_share(where: World, share: float) -> dict[str, Any]:
    return {**where.county.values, SHARE: np.full(where.county.draws, share)}


def delivered(where: World, terms: dict[str, Terms], share: float = 0.3) -> Any:
    money = dollars(plan("even_split"), service_keys(where), where.setting.study.years, where.money[THREE_YEARS])
    county = where.county
    return deliver(
        money,
        setting().services,
        with_share(where, share),
        county.eligible,
        county.environment.levers,
        board_lag=where.board_lag,
        terms=terms,
    )


def otherwise(key: str, **terms: str) -> dict[str, Terms]:
    return {key: own(key).terms.model_copy(update=terms)}


# ------------------------------------------------------------------------------------------- own terms, unknown terms


def test_a_plan_that_states_the_default_terms_gives_the_same_run_to_the_bit() -> None:
    base = plan("even_split")
    stated = {s.key: TermsChange.model_validate(s.terms.model_dump()) for s in setting().services}
    usual = try_study_plan(world(), base, THREE_YEARS)
    again = try_study_plan(world(), base.model_copy(update={"terms": stated}), THREE_YEARS)
    assert unlike(usual.trial.run, again.trial.run) == []
    assert changed_lines(setting(), base.model_copy(update={"terms": stated})) == ()


def test_terms_without_a_known_effect_move_no_number_to_the_bit() -> None:
    base, levers = plan("even_split"), setting().model.levers
    changed = {}
    for service in setting().services:
        choices = {
            key: next((c.key for c in term.choice if effect_of(service, term, c.key, levers) == NOT_HERE), None)
            for key, term in load_terms().items()
        }
        changed[service.key] = TermsChange.model_validate(choices)
    other = base.model_copy(update={"terms": changed})
    assert len(changed_lines(setting(), other)) > 30
    usual = try_study_plan(world(), base, THREE_YEARS)
    assert unlike(usual.trial.run, try_study_plan(world(), other, THREE_YEARS).trial.run) == []


def test_the_default_study_reads_no_quantity_of_terms() -> None:
    assert SHARE not in setting().names


# ---------------------------------------------------------------------------------------------------- known effects


def test_an_intake_leaves_asking_as_it_is_today_and_buys_the_same_places() -> None:
    usual, strict = delivered(world(), {}), delivered(world(), otherwise("low_barrier_buprenorphine", entry="intake"))
    today = world().county.environment.levers
    assert (usual.levers["low_barrier_ask"] > today["low_barrier_ask"]).any()
    np.testing.assert_array_equal(strict.levers["low_barrier_ask"], today["low_barrier_ask"])
    for lever in set(usual.levers) - {"low_barrier_ask"}:
        np.testing.assert_array_equal(strict.levers[lever], usual.levers[lever])
    for part in ("units", "unspent", "ceiling"):
        key = "low_barrier_buprenorphine"
        np.testing.assert_array_equal(getattr(strict, part)[key], getattr(usual, part)[key])


def test_the_low_threshold_is_divided_out_by_its_own_ratio() -> None:
    """Asking for buprenorphine of people who are all offered a same-day start, over asking without: the ratio."""
    county, model = world().county, setting().model
    edges = [e for e, edge in enumerate(model.edges) if edge.rule == "ask for buprenorphine"]
    rates = []
    for share in (1.0, 0.0):
        levers = dict(county.environment.levers)
        levers["low_barrier_ask"] = np.full_like(levers["low_barrier_ask"], share)
        rates.append(schedule(model, _environment(levers)).plain[:, edges])
    ratio = county.values["low_threshold_reach_rr"]
    np.testing.assert_allclose(rates[0] / rates[1], np.broadcast_to(ratio, rates[0].shape), rtol=1e-12)


def _environment(levers: dict[str, Any]) -> Any:
    return replace(world().county.environment, levers=levers)


def test_new_places_that_send_people_away_do_so_at_the_share_that_is_given() -> None:
    share, key = 0.3, "methadone_places"
    usual, strict = delivered(world(), {}), delivered(world(), otherwise(key, return_to_use="discharged"), share)
    places, new = world().county.environment.levers[key], usual.units[key]
    np.testing.assert_allclose(strict.levers["methadone_discharge"], share * new / (places + new), rtol=1e-12)
    assert not usual.levers["methadone_discharge"].any()
    assert not strict.levers["buprenorphine_discharge"].any()


def test_people_sent_away_enter_the_four_weeks_after_treatment_at_the_rate_of_the_share() -> None:
    county, model, share = world().county, setting().model, 0.2
    levers = dict(county.environment.levers)
    levers["methadone_discharge"] = np.full_like(levers["methadone_discharge"], share)
    plain = schedule(model, _environment(levers)).plain
    weeks = county.values["four_weeks"]
    found = [(e, edge) for e, edge in enumerate(model.edges) if edge.rule == "sent away for using"]
    assert found
    for e, edge in found:
        care = model.cells[edge.source]["care"]
        assert model.cells[edge.target]["care"] == "after_treatment"
        assert model.cells[edge.target]["use"] == model.cells[edge.source]["use"]
        expected = -np.log(1 - share) / weeks if care == "methadone" else 0 * weeks
        np.testing.assert_allclose(plain[:, e], np.broadcast_to(expected, plain[:, e].shape), rtol=1e-12)


def test_a_house_that_excludes_medication_houses_nobody_on_it() -> None:
    key = "recovery_housing"
    usual, strict = delivered(world(), {}), delivered(world(), otherwise(key, medication="excluded"))
    today = world().county.environment.levers
    np.testing.assert_array_equal(strict.levers["housing"], today["housing"])
    assert (strict.levers["housing_without_medication"] > 0).any()
    assert (strict.ceiling[key] <= usual.ceiling[key]).all(), "fewer people may have a bed"
    eligible = np.flatnonzero(setting().model.eligible["housing_without_medication"])
    assert {setting().model.cells[n]["care"] for n in eligible} == {"none"}


def test_a_navigator_who_never_raises_treatment_leaves_asking_as_it_is() -> None:
    strict = delivered(world(), otherwise("bridge_navigation", offer="never raised"))
    np.testing.assert_array_equal(strict.levers["navigation"], world().county.environment.levers["navigation"])


def test_with_the_queue_a_service_brings_no_places_that_could_send_people_away() -> None:
    money = dollars(plan("even_split"), service_keys(world()), world().setting.study.years, world().money[THREE_YEARS])
    county = world().county
    found = deliver(
        money,
        setting().services,
        with_share(world(), 0.3),
        county.eligible,
        county.environment.levers,
        board_lag=world().board_lag,
        places={"jail_medication": "queue"},
        terms=otherwise("jail_medication", return_to_use="discharged"),
    )
    assert not found.levers["buprenorphine_discharge"].any()


def test_a_plan_that_takes_back_what_another_changed_is_held_against_it() -> None:
    """Its own terms are those of the service's file, and the plan that it is like runs the service otherwise."""
    strict = TermsChange(return_to_use="discharged")
    base = plan("even_split")
    lines = tuple(x.model_copy(update={"terms": strict}) if x.service == "methadone_places" else x for x in base.line)
    back = {"methadone_places": TermsChange(return_to_use="stays")}
    mine = base.model_copy(update={"line": lines, "like": "strict.toml", "terms": back})
    (found,) = changed_lines(setting(), mine)
    assert (found.was, found.now) == ("discharged", "stays")
    assert runs_otherwise(setting(), mine)
    assert not runs_otherwise(setting(), mine.model_copy(update={"terms": {}}))


# ------------------------------------------------------------------------------------- as the how-to page says it


@cache
def from_the_page() -> tuple[World, tuple[Any, ...], list[Any]]:
    """The plan of the page, tried with and without its own terms, and what is said of it."""
    import tempfile

    text = PAGE.read_text(encoding="utf-8")
    (name, body), *more = re.findall(r"^```toml (\S+)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert not more
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / name, body)
        found = load_setting(STUDY, None, (path,))
    here = open_world(found, draw_values(found, ENOUGH, SEED).values, walks(SEED))
    runs = [try_study_plan(here, p, THREE_YEARS) for p in found.plans if p.key in ("even_split", "stricter")]
    runs += [try_study_plan(here, p, THREE_YEARS) for p in found.plans if p.key == "harm_reduction_only"]
    tried = try_terms(here, runs)
    results: Any = SimpleNamespace(setting=found, world=here, terms=tried)
    return here, tried, said.alone(results)


def test_the_page_changes_terms_and_not_a_dollar() -> None:
    _, tried, _ = from_the_page()
    (mine,) = (t for t in tried if t.plan.key == "stricter")
    assert mine.without is not None
    np.testing.assert_array_equal(mine.own.dollars, mine.without.dollars)
    assert mine.without.plan == "even_split"
    assert [(line.service, line.term, line.now) for line in mine.lines] == [
        ("low_barrier_buprenorphine", "entry", "intake"),
        ("low_barrier_buprenorphine", "return_to_use", "discharged"),
        ("methadone_places", "return_to_use", "discharged"),
        ("methadone_places", "family", "not asked"),
    ]


def test_the_page_says_what_the_change_alone_did_to_whom() -> None:
    _, _, parts = from_the_page()
    (mine,) = (p for p in parts if p.plan == "stricter")
    head = "Even split, stricter, the terms alone, with the same dollars: "
    assert mine.text.startswith(f"{head}people in treatment lose ")
    assert "; of the others these numbers cannot tell." in mine.text
    assert all(line.leaves_out in mine.text for line in mine.lines)
    assert [line.effect == NOT_HERE for line in mine.lines] == [False, False, False, True]
    assert {line.coercion for line in mine.lines} == {2}


def test_a_verdict_is_given_only_where_the_interval_keeps_to_one_side_of_zero() -> None:
    _, _, parts = from_the_page()
    (mine,) = (p for p in parts if p.plan == "stricter")
    words = {g.verdict for g in mine.gains}
    assert words <= {"gains", "loses", "cannot_tell"}
    assert len(words) > 1
    for gain in mine.gains:
        side = "gains" if gain.change.low > 0 else "loses" if gain.change.high < 0 else "cannot_tell"
        assert gain.verdict == side


def test_the_groups_add_up_to_everyone() -> None:
    _, _, parts = from_the_page()
    (mine,) = (p for p in parts if p.plan == "stricter")
    for indicator in {g.indicator for g in mine.gains}:
        by = {g.group: g.change.mean for g in mine.gains if g.indicator == indicator}
        whole = by.pop("all")
        assert sum(by.values()) == pytest.approx(whole, rel=1e-9, abs=1e-9)


def test_a_plan_whose_terms_have_no_known_effect_is_not_given_a_number() -> None:
    _, _, parts = from_the_page()
    (shipped,) = (p for p in parts if p.plan == "harm_reduction_only")
    assert shipped.gains == []
    assert "not known" in shipped.text
    assert [s.key for s in said.findings(parts)] == ["terms_stricter"]


def test_what_shows_one_side_only_is_not_read_as_a_gain() -> None:
    house = run_as("recovery_housing", medication="excluded").model_copy(update={"key": "own", "like": None})
    found = replace(setting(), plans=(*setting().plans, house))
    here = replace(world(), setting=found)
    tried = try_terms(here, [try_study_plan(here, p, THREE_YEARS) for p in found.plans if p.key != "status_quo"])
    results: Any = SimpleNamespace(setting=found, world=here, terms=tried)
    (mine,) = (p for p in said.alone(results) if p.plan == "own")
    assert "one side only" in mine.text
    assert {g.verdict for g in mine.gains} == {"cannot_tell"}
    assert any(g.change != Interval(mean=0, low=0, high=0) for g in mine.gains if g.indicator == HEALTHY)


def test_what_holds_of_many_plans_alike_is_said_once() -> None:
    """On a programme's terms of which one side only was measured, no plan has a number of its own to tell."""
    _, _, parts = from_the_page()
    mine = next(p for p in parts if p.plan == "stricter")
    lines = [line.model_copy(update={"one_sided": True}) for line in mine.lines]
    by = "Corner House (as it is run now)"
    three = [
        mine.model_copy(
            update={"plan": key, "by": by, "lines": lines, "text": f"{name}, run as {by} does, one side only."}
        )
        for key, name in (("a", "Even split"), ("b", "As others do, half unspent"), ("c", "Families first"))
    ]
    [found, alone] = said.findings([*three, mine])
    assert found.text == f"Even split; As others do, half unspent; Families first, run as {by} does, one side only."
    assert found.key == "terms_a"
    assert len(found.numbers) == 3 * len(mine.gains)
    assert alone.text == mine.text


def test_each_service_shows_its_terms_with_both_readings_and_no_effect_that_is_not_known() -> None:
    here, _, _ = from_the_page()
    results: Any = SimpleNamespace(setting=here.setting, world=here)
    for service in here.setting.services:
        parts = said.parts_of(results, service)
        assert [p.term for p in parts] == list(load_terms())
        assert all(p.hr and p.r and p.effect for p in parts)
    clinic = {p.term: p for p in said.parts_of(results, own("low_barrier_buprenorphine"))}
    assert clinic["neighbours"].effect == "effect not known"
    assert clinic["entry"].otherwise["an intake visit first"].endswith("(1.4, 1.1 to 2; unverified)")
    assert set(clinic["return_to_use"].otherwise) == {"discharged"}


# ---------------------------------------------------------------------------------------------- a whole run, small


def test_the_report_of_a_run_says_what_terms_alone_did(tmp_path: Path) -> None:
    text = line("low_barrier_buprenorphine", "share = 0.9") + line("community_naloxone", "share = 0.1")
    write(tmp_path / "clinic.toml", plan_text(text, key="clinic", label="A clinic", short="Clinic"))
    write(tmp_path / "small.toml", small_study("clinic.toml"))
    mine = like(tmp_path, "mine", '[terms.low_barrier_buprenorphine]\nreturn_to_use = "discharged"\n', "clinic.toml")
    result = run_study(Options(study=str(tmp_path / "small.toml"), folder=tmp_path / "out", plans=(mine,)))
    (part,) = result.summary.terms_alone
    assert part.plan == "mine"
    assert {g.verdict for g in part.gains} == {"cannot_tell"}, "two runs are too few for a verdict"
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    assert 'id="terms"' in page
    assert part.text in page
    assert page.count("How it is run, read by both traditions") == 2
    assert any(f.key == "terms_mine" for f in result.summary.findings)


def test_the_terms_of_a_plan_file_are_those_of_the_run(tmp_path: Path) -> None:
    path = like(tmp_path, "mine", '[terms.peer_coaching]\nentry = "intake"\n')
    assert terms_of(load_plan(path), own("peer_coaching")).entry == "intake"
