"""A study is refused, in plain words and all at once, when its model lacks what fit, ledgers and report read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bothand.calibrate import run_in
from bothand.engine.needs import CAPACITIES, COUNTS, FIRST_CELLS, MEASURES, lacking
from bothand.engine.setting import composition, load_setting
from bothand.files import data_folder
from bothand.outcomes.county import BESIDE
from experiments.small_worlds import setting, world
from faulty import Change, changed, faults_of, line_of

MODELS, STUDIES = (data_folder() / name for name in ("models", "studies"))
Copy = Callable[..., Path]


@pytest.fixture
def copied(tmp_path: Path) -> Copy:
    """A copy of the shipped study with a model of its own: copied(changes of the model) returns the study's file."""

    def copy(*changes: Change) -> Path:
        model = changed((MODELS / "opioids-us.toml").read_text("utf-8"), *changes, once=False)
        model = changed(model, ('\nname = "opioids-us"', '\nname = "own"'))
        (tmp_path / "own.toml").write_text(model, "utf-8")
        study = (STUDIES / "washtenaw.toml").read_text("utf-8")
        study = changed(study, ('model = "opioids-us"', 'model = "own.toml"'), ('key = "washtenaw"', 'key = "copied"'))
        (tmp_path / "copied.toml").write_text(study, "utf-8")
        return tmp_path / "copied.toml"

    return copy


def test_the_shipped_model_lacks_nothing() -> None:
    assert lacking(setting().model) == []


def test_every_name_that_the_model_lacks_is_told_in_one_pass(copied: Copy) -> None:
    study = copied(
        ("[measure.waiting]", "[measure.standing_by]"),
        ("[measure.in_contact]", "[measure.contact]"),
        ("[count.hcv]", "[count.hepatitis]"),
        ("[count.ask_methadone]", "[count.asked]"),
        ("remission_over_5", "remission_long"),
    )
    faults = faults_of(load_setting, study)
    model = study.parent / "own.toml"
    for what in ("measure 'waiting'", "measure 'in_contact'", "count 'hcv'", "count 'ask_methadone'"):
        (fault,) = [fault for fault in faults if what in fault.message]
        assert fault.file == str(model)
        assert fault.message == f"a study reads the {what}; this model does not have it."
        assert fault.line
    places = [fault.message for fault in faults if "run-in begins" in fault.message]
    assert places == [
        "the run-in begins with people in the one compartment with use = remission_over_5, care = none; "
        "this model has 0."
    ]


def test_a_count_of_moves_that_wait_for_places_is_refused_where_it_stands(copied: Copy) -> None:
    study = copied(('rules = ["ask for methadone"]', 'rules = ["ask for methadone", "admitted to methadone"]'))
    (fault,) = faults_of(load_setting, study)
    assert fault.message == "a study cannot count 'admitted to methadone' here: it waits for a place."
    assert fault.line == line_of(study.parent / "own.toml", "[count.ask_methadone]")


def test_a_count_of_who_survives_is_refused_where_the_twin_is_asked_for_it(copied: Copy) -> None:
    study = copied(('rules = ["return to a lower-risk supply"', 'rules = ["overdose: survived, stops"'))
    (fault,) = faults_of(load_setting, study)
    assert fault.message.startswith("a study cannot count 'overdose: survived, stops' here: it follows who survives")
    assert fault.where == "count.to_lower_risk"


def test_a_gate_that_nobody_waits_at_is_refused(copied: Copy) -> None:
    study = copied(('gate = "residential_places"\n', ""))
    assert [f.message for f in faults_of(load_setting, study)] == [
        "no move with the gate 'residential_places' begins where care = waits_residential; a study reads its rate."
    ]


def test_a_model_that_declares_more_than_a_study_reads_is_sound(copied: Copy) -> None:
    shipped = (MODELS / "opioids-us.toml").read_text("utf-8")
    one = shipped[shipped.index("[measure.waiting]") : shipped.index("[measure.waiting_methadone]")]
    more = one.replace("[measure.waiting]", "[measure.more]")
    assert "more" in load_setting(copied(("[measure.waiting]", f"{more}\n[measure.waiting]"))).model.spec.measure


def test_the_ledger_tells_what_a_study_reads_and_no_more() -> None:
    told, model = set(world().quo.run.main.values), setting().model.spec
    assert {*MEASURES, *COUNTS} <= told
    assert not (set(model.measure) | set(model.count)) - {*MEASURES, *COUNTS} & told
    assert set(world().county.ahead) == set(MEASURES)
    assert set(BESIDE) <= set(MEASURES)
    assert set(CAPACITIES) <= set(model.capacity)


def test_the_run_in_begins_in_the_compartments_that_a_model_must_have(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def watched(model: object, cell: dict[str, str]) -> int:
        asked.append(cell)
        return 0

    monkeypatch.setattr(run_in, "compartment", watched)
    run_in.first_people(setting().model, world().run_in.environment.quantities, composition(setting()))
    assert sorted(map(str, asked)) == sorted(map(str, FIRST_CELLS))


def test_an_error_of_the_counts_with_an_interval_is_refused(tmp_path: Path) -> None:
    place = (data_folder() / "places" / "michigan.toml").read_text("utf-8")
    text = changed(place, ('deaths_error = ["michigan_deaths_error"]', 'deaths_error = ["michigan_addiction_trend"]'))
    (tmp_path / "michigan.toml").write_text(text, "utf-8")
    messages = [f.message for f in faults_of(load_setting, "washtenaw", tmp_path / "michigan.toml")]
    assert (
        "'deaths_error' is one number, the same in every run; 'michigan_addiction_trend' has an interval." in messages
    )
