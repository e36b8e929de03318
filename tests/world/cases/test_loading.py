"""Case files: every fault at once, in plain words, with its line; and what only a run can show."""

from __future__ import annotations

import shutil

import pytest

from bothand.files import data_folder
from bothand.verify import run_case
from bothand.world.cases.loading import load_case
from faulty import change, faults_of

CASES = data_folder() / "cases"
D01, D06, D11 = "d01_sick_sicker_time_homogeneous", "d06_counting_methods_and_discounting", "d11_closed_forms"


@pytest.fixture
def changed(tmp_path):
    """Return a copy of a shipped case with some of its text changed."""

    def copy(case, *changes):
        shutil.copytree(CASES, tmp_path, dirs_exist_ok=True)
        return change(tmp_path / f"{case}.toml", *changes)

    return copy


@pytest.mark.parametrize(
    ("case", "old", "new", "message", "near"),
    [
        (D01, 'question = "total"', 'question = "totals"', "there is no question 'totals'", "total"),
        (D01, 'reward = "cost"', 'reward = "costs"', "there is no reward 'costs'", "cost"),
        (D01, 'variant = "Strategy B"', 'variant = "Strategy C"', "there is no variant 'Strategy C'", None),
        (D01, 'of = ["H", "S1", "S2", "D"]', 'of = ["H", "S3", "S2", "D"]', "there is no state 'S3'", None),
        (D01, "start = { H = 1 }", "start = { HH = 1 }", "there is no state 'HH'", "H"),
        (D01, 'unit = "hazard"', 'unit = "hazzard"', "there is no dimension word 'hazzard'", "hazard"),
        (D01, "horizon = 75\n", "horizon = 75\nat = 5\n", "'at' has no meaning for 'total'", None),
        (D01, "horizon = 75\n", "", "the key 'horizon' is missing: 'total' needs it", None),
        (D01, "tolerance = { rel = 1e-09 }\n", "", "'expected' and 'tolerance' belong together", None),
        (D01, "{ rel = 1e-09 }", "{ rel = 1e-09, abs = 1 }", "a tolerance is either 'rel' or 'abs'", None),
        (D01, 'licence = "MIT', 'licences = "MIT', "unknown key 'licences'", "licence"),
        (D01, "value = 0.15\n", 'value = "0.15"\n', "a number was expected, found '0.15'", None),
        (D01, 'id = "qaly.Standard of care"', 'id = "cost.Standard of care"', "two questions are called", None),
        (D01, '"models/sick-sicker.toml"', '"models/sickest.toml"', "there is no file", "sick-sicker.toml"),
        (D01, "cycle_weights.csv", "cycle_weight.csv", "there is no file", "within_cycle_weights.csv"),
        (D06, 'against = "I"\n', "", "the key 'against' is missing: 'ratio' needs it", None),
        (D11, 'cohort = "erlang"\n', "", "the key 'cohort' is missing: the case has several", None),
        (D11, 'question = "variance"\ncohort = "immigration_death"', 'question = "variance"\ncohort = "naive"',
         "'variance' has no answer in discrete time", None),
    ],
)  # fmt: skip
def test_a_slip_in_a_case_is_named_with_its_line(changed, case, old, new, message, near):
    found = faults_of(load_case, changed(case, (old, new)))
    hit = [fault for fault in found if message in fault.message]
    assert hit, [str(fault) for fault in found]
    assert near in (None, hit[0].nearest)
    assert hit[0].line is not None


def test_all_faults_of_a_case_are_reported_at_once(changed):
    path = changed(
        D01,
        ('reward = "cost"', 'reward = "costs"'),
        ('unit = "hazard"', 'unit = "hazzard"'),
        ("{ H = 1 }", "{ X = 1 }"),
    )
    assert len(faults_of(load_case, path)) == 3


@pytest.mark.parametrize(
    ("case", "old", "new", "message"),
    [
        (D01, "[value.falls_ill]", "[value.fall_ill]", "nothing is called 'falls_ill'"),
        (D01, '{ health = "sick" }', '{ health = "sock" }', "there is no level or set of 'health' called 'sock'"),
        (D01, '"dead.any"', '"dead.all"', "there is no way to die called 'dead.all'"),
        (D01, "horizon = 75\n", "horizon = 74.5\n", "74.5 years are not a whole number of cycles of 1 years"),
        (D01, "horizon = 75\n", 'horizon = "infinite"\n', "in discrete time a horizon has an end"),
        (D01, "horizon = 75\n", "horizon = 76\n", "no entry for cycle 76"),
        (D01, 'cost = "cost"\n', 'cost = "cost"\namong = ["Strategy A"]\n', "is not among the variants compared"),
    ],
)
def test_what_only_a_run_can_show_is_named_too(changed, case, old, new, message):
    path = changed(case, (old, new))
    found = faults_of(run_case, path)
    assert any(message in fault.message for fault in found), [str(fault) for fault in found]


def test_faults_of_a_states_cells_stand_in_the_case_and_not_in_the_model(changed):
    path = changed(D01, ('{ health = "sick" }', '{ health = "sock" }'))
    (fault,) = faults_of(run_case, path)
    assert fault.file == str(path)
    assert "sock" in path.read_text("utf-8").splitlines()[fault.line - 1]
    assert fault.nearest == "sick"


def test_a_case_that_does_not_ship_is_named_with_the_nearest():
    (fault,) = faults_of(load_case, "d11_closed_form")
    assert fault.nearest == "d11_closed_forms"
