"""Case files: every fault at once, in plain words, with its line; and what only a run can show."""

from __future__ import annotations

import shutil

import pytest

from bothand.checking import check_files
from bothand.files import data_folder
from bothand.verify import run_case
from bothand.world.cases.loading import load_case
from faulty import change, faults_of

CASES = data_folder() / "cases"
D01, D06, D11 = "d01_sick_sicker_time_homogeneous", "d06_counting_methods_and_discounting", "d11_closed_forms"
D04, D07, D09 = "d04_microsim_memoryless_vs_cohort", "d07_frontiers", "d09_psa_sick_sicker_time_homogeneous"


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
        (D01, 'unit = "hazard"', 'unit = "hazzard"', "there is no unit 'hazzard'", "hazard"),
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
        (D04, 'cost = "cost"\neffect = "qaly"\namong', 'cost = "cost"\namong',
         "of a 'reward', or of 'cost' and 'effect'", None),
        (D04, "people = 100000\n", "", "the key 'people' is missing: 'people' needs it", None),
        (D04, "people = 100000\n", "people = 1\n", "greater than or equal to 2", None),
        (D04, "within = { errors = 4, spread = 0.02 }\n", "", '"see notes" and \'within\' belong together', None),
        (D04, "people = 100000\n", 'people = 100000\nover = "mean"\n', "the mean is what 'people' gives", None),
        (D04, "people = 100000\n", "people = 100000\ndraw = 1\n", "people are followed in one 'draw' where", None),
        (D04, "people = 100000\n", 'people = 100000\ncarry = "x"\n', "only people in continuous time carry", None),
        (D04, "people = 100000\n", 'people = 100000\nvariant = "Treatment"\n', "name one 'variant', or several", None),
        (D04, 'tolerance = { rel = 1e-08 }', 'tolerance = "see notes"', "'see notes' belongs to the question", None),
        (D04, 'id = "published_microsim_A"', 'id = "cohort.icer"', "two questions are called 'cohort.icer'", None),
        (D07, 'given = "va_herc"\n', 'given = "va_hercs"\n', "there is no set of given costs and effects", "va_herc"),
        (D07, 'question = "icer"\n', 'question = "ratio"\n', "is asked of people in a model", None),
        (D07, 'question = "status"\n', 'question = "best"\n', "is asked of people in a model", None),
        (D07, 'variant = ["B", "D", "E"]', 'variant = ["B", "D", "F"]', "there is no plan 'F'", None),
        (D07, 'given = "va_herc"\n', 'given = "va_herc"\nhorizon = 3\n', "'horizon' has no meaning for 'icer'", None),
        (D07, 'given = "va_herc"\n', "", "the key 'given' is missing", None),
        (D07, "[26041, 21000", "[21000", "every plan stands once, with one cost", None),
        (D09, 'file = "d09_draws.csv"', 'file = "d09_draw.csv"', "there is no file 'd09_draw.csv'", "d09_draws.csv"),
        (D09, 'column = "r_HD"', 'column = "r_HS"', "has no column 'r_HS'", "r_HS1"),
        (D09, 'draws = "given"', 'draws = "givn"', "there is no set of draws 'givn'", "given"),
        (D09, 'draws = "given"\n', "", "has no number for 'falls_ill': it has no draws", None),
        (D09, 'over = "mean"\nhorizon', "horizon", "name either a 'draw', or 'over'", None),
        (D09, "size = 1000", 'size = 1000\nfile = "d09_draws.csv"', "draws are either given", None),
        (D09, "step = 5000.0", "step = 7000.0", "the steps must lead from 'first' to 'last'", None),
        (D09, "rate = 200 }", "rate = 200, scale = 3 }", "a gamma distribution is given by", None),
        (D09, 'question = "best"', 'over = "mean"\nquestion = "best"', "'over' has no meaning for 'best'", None),
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
        (D07, 'variant = ["B"', 'among = ["UC", "A"]\nvariant = ["B"', "is not among the variants compared"),
        (D09, "draw = [1, 2, 3, 4, 5]", "draw = [1, 1001]", "there is no draw 1001: there are 1,000"),
        (D09, 'cost_a"', 'cost_aa"', "nothing is called 'cost_aa'"),
        (D09, 'over = "mean"\nvariant', 'over = "sd"\nvariant', "is asked of one 'draw', or of their means"),
    ],
)
def test_what_only_a_run_can_show_is_named_too(changed, case, old, new, message):
    path = changed(case, (old, new))
    found = faults_of(run_case, path)
    assert any(message in fault.message for fault in found), [str(fault) for fault in found]


@pytest.mark.parametrize(
    ("case", "old", "new", "message"),
    [
        (D01, "[value.falls_ill]", "[value.fall_ill]", "nothing is called 'falls_ill'"),
        (D01, '{ health = "sick" }', '{ health = "sock" }', "there is no level or set of 'health' called 'sock'"),
        (D09, 'utility_sick_b = "utility_sick_usual"', 'utility_sick_b = "utility_b"', "nothing is called 'utility_b'"),
        (D11, '"dead.overdose"', '"dead.overdoses"', "there is no way to die called 'dead.overdoses'"),
    ],
)
def test_what_keeps_a_cohort_from_being_asked_is_told_before_anything_is_run(changed, case, old, new, message):
    _, found = check_files([changed(case, (old, new))])
    assert any(message in fault.message for fault in found), [str(fault) for fault in found]


def test_faults_of_a_states_cells_stand_in_the_case_and_not_in_the_model(changed):
    path = changed(D01, ('{ health = "sick" }', '{ health = "sock" }'))
    (fault,) = faults_of(run_case, path)
    assert fault.file == str(path)
    assert "sock" in path.read_text("utf-8").splitlines()[fault.line - 1]
    assert fault.nearest == "sick"


def test_faults_of_what_a_cohort_says_a_name_stands_for_stand_in_the_case(changed):
    path = changed(D09, ('cost_sick_a = "cost_sick_usual + cost_a"', 'cost_sick_a = "cost_sick_usual + cost_aa"'))
    fault = faults_of(run_case, path)[0]
    assert fault.file == str(path)
    assert "cost_aa" in path.read_text("utf-8").splitlines()[fault.line - 1]
    assert fault.nearest == "cost_a"


def test_a_case_without_people_and_without_given_numbers_asks_of_nothing(changed):
    path = changed(D06)
    text = path.read_text("utf-8")
    start, end = text.index("[cohort.everyone]"), text.index("[[ask]]")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    assert any("a case has a cohort, or given costs" in fault.message for fault in faults_of(load_case, path))


def test_one_worth_has_one_answer_and_a_list_a_table(changed):
    asked = "worth = [50000.0, 70000.0, 80000.0, 100000.0, 105000.0, 120000.0, 150000.0]"
    path = changed(D09, (asked, "worth = 80000.0"), (asked, "worth = [80000.0]"))
    answers = {answer.id: answer.value for answer in run_case(path)}
    assert answers["ceac"]["Strategy B"] == 0.624
    assert answers["evpi"] == {"80000": pytest.approx(5583.252903691027)}


def test_at_the_start_every_draw_has_the_people_who_start(changed):
    more = '[[ask]]\nid = "start"\nquestion = "occupancy"\ncohort = "everyone"\nof = ["H", "S1"]\nat = 0\n'
    answers = run_case(changed(D09, ("[[ask]]", f"{more}draw = [1, 1000]\n[[ask]]")))
    assert answers[0].value == [[1.0, 1.0], [0.0, 0.0]]


def test_a_ratio_of_each_draw_is_the_ratio_of_its_own_costs_and_effects(changed):
    more = '[[ask]]\nid = "each"\nquestion = "ratio"\ncohort = "everyone"\ncost = "cost"\neffect = "qaly"\n'
    more += 'variant = "Strategy B"\nagainst = "Standard of care"\nhorizon = 75\ndraw = [2, 5]\n[[ask]]'
    answers = {answer.id: answer.value for answer in run_case(changed(D09, ("[[ask]]", more)))}
    cost, qaly = answers["first_5_draws_cost"], answers["first_5_draws_qaly"]
    plans = ("Strategy B", "Standard of care")
    for found, i in zip(answers["each"], (1, 4), strict=True):
        more_cost, more_qaly = (table[plans[0]][i] - table[plans[1]][i] for table in (cost, qaly))
        assert found == pytest.approx(more_cost / more_qaly, rel=1e-13)


def test_a_case_that_does_not_ship_is_named_with_the_nearest():
    (fault,) = faults_of(load_case, "d11_closed_form")
    assert fault.nearest == "d11_closed_forms"
