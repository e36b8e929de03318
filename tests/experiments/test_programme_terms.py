"""The terms of a programme in a run: every plan that pays for its services runs them so, and the report names it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result as Said

from bothand.engine.arrays import Floats
from bothand.engine.setting import draw_values, load_setting
from bothand.experiments.plans import Tried, option_keys, service_keys, try_dollars, try_study_plan
from bothand.experiments.terms import try_terms
from bothand.experiments.worlds import World, beyond_limit, knowing, left_to_plans, open_world, walks
from bothand.faults import FaultsFound
from bothand.keys import THREE_YEARS
from bothand.study import Options, Result, run_study, short_hash
from bothand.world.plan import TermsChange, terms_of
from bothand.world.service import load_service
from bothand.world.terms import coercion_of, effect_of, load_programme, load_terms, run_by
from bothand.world.terms.programme import run_so
from experiments.small_worlds import SEED, STUDY, setting, world
from faulty import write
from texts import line, plan_text, small_study

HEAD = 'label = "Corner House"\nbasis = "as it is run now"\nmade = 2026-11-30\n'
TERMS = f"""{HEAD}
[terms.low_barrier_buprenorphine]
entry = "intake"
return_to_use = "discharged"
"""
CHANGE = TermsChange(entry="intake", return_to_use="discharged")
KEY = "low_barrier_buprenorphine"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("terms") / "corner.toml", TERMS)


@pytest.fixture(scope="module")
def as_run_here(file: Path) -> World:
    """The default study on the programme's terms, in the draws of ``small_worlds``."""
    own = load_setting(STUDY, terms=[file])
    return open_world(own, draw_values(own, world().county.draws, SEED).values, walks(SEED))


def test_a_service_on_a_programmes_terms_keeps_the_numbers_of_its_own_file() -> None:
    service = load_service(KEY)
    turned = run_so(service, CHANGE)
    assert turned.terms == service.terms.model_copy(update={"entry": "intake", "return_to_use": "discharged"})
    assert turned.own_terms == service.terms == service.own_terms
    assert turned.moves == service.moves
    assert run_so(service, None) is service
    levers = setting().model.levers
    entry = load_terms()["entry"]
    for choice in ("none", "intake"):
        assert effect_of(turned, entry, choice, levers) == effect_of(service, entry, choice, levers)


@pytest.fixture(scope="module")
def usual() -> World:
    """The same study on the files' own terms, with the numbers that the programme's terms read beside."""
    terms = run_so(load_service(KEY), CHANGE).terms
    return replace(world(), county=knowing(world().county, {KEY: terms}, SEED))


def deaths(tried: Tried) -> Floats:
    return np.asarray(tried.trial.run.main.at("overdose_deaths", "5"))


def test_a_run_on_a_programmes_terms_is_the_run_of_a_plan_that_says_the_same(as_run_here: World, usual: World) -> None:
    """Closed: the same dollars, draws and terms, said in two ways, are one and the same run."""
    plan = setting().plan("even_split")
    assert plan is not None
    said = plan.model_copy(update={"terms": {KEY: CHANGE}})
    ours = deaths(try_study_plan(as_run_here, plan, THREE_YEARS))
    assert ours == pytest.approx(deaths(try_study_plan(usual, said, THREE_YEARS)), rel=1e-12)
    assert not np.allclose(ours, deaths(try_study_plan(usual, plan, THREE_YEARS)), rtol=1e-6)


def test_a_plan_found_by_search_is_run_so_too() -> None:
    change = TermsChange(entry="intake")
    services = tuple(run_so(s, change) if s.key == KEY else s for s in setting().services)
    there = replace(setting(), services=services)
    here = replace(world(), setting=there, county=replace(world().county, setting=there))
    yearly = np.full(len(option_keys(here)), here.yearly_budget / len(option_keys(here)))
    terms = {KEY: run_so(load_service(KEY), change).terms}
    found, wanted, without = (
        deaths(try_dollars(where, "found", yearly, THREE_YEARS, terms=own))
        for where, own in ((here, None), (world(), terms), (world(), None))
    )
    assert found == pytest.approx(wanted, rel=1e-12)
    assert not np.allclose(found, without, rtol=1e-6)


def test_what_a_plan_itself_says_of_a_term_comes_first(as_run_here: World) -> None:
    service = as_run_here.setting.services[service_keys(as_run_here).index(KEY)]
    plan = as_run_here.setting.plan("even_split")
    assert plan is not None
    own = plan.model_copy(update={"terms": {KEY: TermsChange(return_to_use="stays")}})
    assert terms_of(plan, service).return_to_use == "discharged"
    assert terms_of(own, service).return_to_use == "stays"
    assert terms_of(own, service).entry == "intake"


def test_each_plan_that_pays_for_it_is_told_beside_the_same_dollars_on_the_files_terms(as_run_here: World) -> None:
    plans = {plan.key: plan for plan in as_run_here.setting.plans if plan.key in ("status_quo", "even_split")}
    here = replace(as_run_here, setting=replace(as_run_here.setting, plans=tuple(plans.values())))
    [told] = try_terms(here, [try_study_plan(here, plan, THREE_YEARS) for plan in plans.values()])
    assert told.plan.key == "even_split"
    assert told.by == "Corner House (as it is run now)"
    assert [(one.term, one.was, one.now) for one in told.lines] == [
        ("entry", "none", "intake"),
        ("return_to_use", "stays", "discharged"),
    ]
    assert told.without is not None
    assert deaths(told.without) == pytest.approx(deaths(try_study_plan(world(), plans["even_split"], THREE_YEARS)))


def test_search_leaves_out_what_a_programme_makes_more_coercive_than_the_study_allows(tmp_path: Path) -> None:
    pressed = write(tmp_path / "pressed.toml", f'{HEAD}[terms.{KEY}]\noffer = "pressed"\n')
    own = load_setting(STUDY, terms=[pressed])
    service = next(service for service in own.services if service.key == KEY)
    assert coercion_of(service, service.terms).grade > own.study.coercion_limit
    assert set(beyond_limit(own)) - set(beyond_limit(setting())) == {KEY}
    assert left_to_plans(own) == [KEY]
    assert left_to_plans(setting()) == []


def test_the_hash_of_a_run_tells_the_terms(file: Path) -> None:
    usual, ours = setting(), load_setting(STUDY, terms=[file])
    assert short_hash(usual, 1, 8) != short_hash(ours, 1, 8)
    assert short_hash(ours, 1, 8) == short_hash(load_setting(STUDY, terms=[file]), 1, 8)


# ------------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            f'{HEAD}[terms.low_barier_buprenorphine]\nentry = "intake"\n',
            "there is no service 'low_barier_buprenorphine'",
        ),
        (f'{HEAD}[terms.{KEY}]\nentry = "intakes"\n', "found 'intakes'; allowed: none, intake, abstinence first"),
        (f'{HEAD}[terms.{KEY}]\nentrance = "intake"\n', "unknown key 'entrance'"),
        (f"{HEAD}[terms.{KEY}]\n", f"the terms of '{KEY}' say nothing"),
        (
            f'{HEAD}[terms.{KEY}]\nmedication = "excluded"\n',
            "cannot be run with 'excluded': the service is the medication",
        ),
        (HEAD, "the key 'terms' is missing"),
        (f'{HEAD}[terms.drug_checking]\nentry = "intake"\n', "this study holds none of these services"),
        (TERMS.replace("as it is run now", "as we like it"), "found 'as we like it'; allowed: as it is run now"),
        (TERMS.replace("2026-11-30", '"today"'), "a date such as 2026-01-31"),
    ],
)
def test_a_wrong_file_is_told_in_plain_words_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = write(tmp_path / "ours.toml", text)
    with pytest.raises(FaultsFound) as found:
        run_by(setting().services, [path])
    told = [str(fault) for fault in found.value.faults]
    assert len(told) == 1
    assert words in told[0]
    assert str(path) in told[0]


def test_two_files_that_say_how_one_service_is_run_are_a_fault(file: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other.toml", TERMS.replace("Corner", "Other"))
    with pytest.raises(FaultsFound) as found:
        run_by(setting().services, [file, other])
    assert [f"{file} says how '{KEY}' is run too" in str(fault) for fault in found.value.faults] == [True]


def test_faults_of_terms_are_told_beside_those_of_the_study_and_nothing_is_written(
    call: Callable[..., Said], tmp_path: Path
) -> None:
    wrong = write(tmp_path / "ours.toml", TERMS.replace('"intake"', '"intakes"'))
    study = write(tmp_path / "small.toml", small_study("nobody.toml"))
    result = call("run", study, "--terms", wrong, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "found 'intakes'" in result.output
    assert "nobody.toml" in result.output
    assert not (tmp_path / "out").exists()


def test_check_knows_a_file_of_terms(call: Callable[..., Said], file: Path, tmp_path: Path) -> None:
    assert "corner.toml: terms of a programme, no fault found." in call("check", file).output
    wrong = write(tmp_path / "ours.toml", TERMS.replace('"discharged"', '"sent away"'))
    result = call("check", wrong)
    assert result.exit_code == 2
    assert "found 'sent away'" in result.output


# ------------------------------------------------------------------------------------------------------ a whole run


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A small study on terms of a programme that runs one of its services and one that the study does not hold."""
    folder = tmp_path_factory.mktemp("ran")
    more = f'{TERMS}\n[terms.methadone_places]\nentry = "none"\n'
    write(
        folder / "ours.toml", plan_text(line(KEY, "share = 1.0"), key="ours", label="All to medication", short="Ours")
    )
    study, terms = write(folder / "small.toml", small_study("ours.toml")), write(folder / "terms.toml", more)
    return run_study(Options(study=str(study), folder=folder / "out", terms=(terms,)))


def test_the_report_and_its_summary_name_the_programme(ran: Result) -> None:
    name = "Corner House (as it is run now)"
    assert ran.summary.study.programmes == [name]
    assert ran.summary.study.label.endswith(f", run as {name} does")
    page = (ran.folder / "report.html").read_text("utf-8")
    assert f"All to medication, as run by {name}" in page
    assert ran.summary.study.left_to_plans == ["low_barrier_buprenorphine"]
    assert f"The way in which {name} runs low-barrier buprenorphine goes beyond this study’s limit on coercion." in page
    assert name in page.split("<title>")[1].split("</title>")[0]
    assert json.loads((ran.folder / "summary.json").read_text("utf-8"))["study"]["programmes"] == [name]


def test_the_report_says_what_the_terms_alone_did_and_shows_them_with_the_service(ran: Result) -> None:
    [alone] = ran.summary.terms_alone
    assert (alone.plan, alone.by, alone.against) == (
        "ours",
        "Corner House (as it is run now)",
        "each service as its file has it",
    )
    assert [(one.term, one.was, one.now) for one in alone.lines] == [
        ("Entry", "nothing is asked", "an intake visit first"),
        ("Return to use", "the person stays", "discharged"),
    ]
    service = next(one for one in ran.summary.services if one.key == KEY)
    assert {part.term: part.choice for part in service.run_on}["entry"] == "an intake visit first"
    assert alone.gains


def test_a_service_that_the_study_does_not_hold_is_named_in_a_note(ran: Result) -> None:
    assert any("this study does not hold 'methadone_places'" in note for note in ran.notes)


def test_a_file_alone_is_read_whatever_the_study(file: Path) -> None:
    assert load_programme(file).said.terms == {KEY: CHANGE}
