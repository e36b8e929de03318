"""Studies: the file that names place, model, services and plans."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bothand.checking import check_files
from bothand.engine.setting import load_setting
from bothand.evidence.sets import mixed
from bothand.evidence.tables import load_evidence
from bothand.faults import FaultsFound
from bothand.files import available, named_file
from bothand.world.placefile import load_place
from bothand.world.service import load_services
from bothand.world.studyfile import load_parts, load_study, paid_years
from faulty import Change, faults_of, line_of, write
from texts import line, plan_text

BASE = """
key = "mine"
label = "Mine"
note = "a test"
place = "place.toml"
model = "opioids-us"
services = ["peer_coaching", "recovery_housing"]
plans = ["status_quo", "plan.toml"]
status_quo = "status_quo"
day_one = 2026-01-01
last_day = 2043-12-31
run_in_start = 2015
horizons = [1, 5, 18]
draws = 8
seed = 1
price_year = 2025
discount = 0.03
periods = [[2026, 2028], [2029, 2031]]

[fit]
last_level = 2023
test = [2018, 2022]
test_knots = [2018, 2022]
decision_knots = [2015, 2023]
note = "a test"
"""

PLAN = plan_text(line("peer_coaching", "share = 0.5"), key="plan")
SHIPPED_PLACE = ('place = "place.toml"', 'place = "washtenaw"')
OWN_COACHES = ('services = ["peer_coaching",', 'services = ["peer_coaching.toml",')


@pytest.fixture
def study(tmp_path: Path) -> Callable[..., Path]:
    """Write a study, with changes, beside a place and a plan."""
    (tmp_path / "place.toml").write_text('name = "x"\n', encoding="utf-8")

    def make(*changes: Change, plan: str = PLAN) -> Path:
        write(tmp_path / "plan.toml", plan)
        return write(tmp_path / "mine.toml", BASE, *changes)

    return make


def test_the_default_study_loads_with_everything_it_names() -> None:
    parts = load_parts("washtenaw")
    assert len(parts.services) == 10
    assert len(parts.plans) == 7
    assert parts.study.years == tuple(range(2026, 2044))
    assert paid_years(parts.study, load_place("washtenaw")) == list(range(2026, 2041))
    assert parts.study.draws == 64


def test_all_stands_for_every_service_that_is_modelled_and_not_off(study: Callable[..., Path]) -> None:
    found = load_study(study(('services = ["peer_coaching", "recovery_housing"]', 'services = "all"')))
    options = [service.key for service in load_services(available("services")) if service.option]
    assert list(found.services) == options
    assert set(load_study("washtenaw").services) < set(options) < set(available("services"))


@pytest.mark.parametrize("name", ["contingency_management", "mutual_help_facilitation", "compulsory_treatment"])
def test_a_service_that_is_not_modelled_cannot_be_run(study: Callable[..., Path], name: str) -> None:
    path = study(('"recovery_housing"]', f'"recovery_housing", "{name}"]'))
    faults = "\n".join(map(str, faults_of(load_parts, path)))
    assert f"'{name}' is not modelled" in faults


def test_a_service_that_is_off_can_be_run_where_a_study_names_it(study: Callable[..., Path]) -> None:
    parts = load_parts(study(('"recovery_housing"]', '"recovery_housing", "safer_supply"]')))
    assert [service.option for service in parts.services] == [True, True, False]


def test_a_study_with_its_own_files_beside_it_loads(study: Callable[..., Path]) -> None:
    parts = load_parts(study())
    assert [service.key for service in parts.services] == ["peer_coaching", "recovery_housing"]
    assert [plan.key for plan in parts.plans] == ["status_quo", "plan"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('model = "opioids-us"', 'model = "opioid-us"', "Did you mean 'opioids-us'"),
        ('"recovery_housing"]', '"recovery_house"]', "Did you mean 'recovery_housing'"),
        ('place = "place.toml"', 'place = "nowhere.toml"', "no file 'nowhere.toml'"),
        ('"plan.toml"]', '"gone.toml"]', "no file 'gone.toml'"),
        ('status_quo = "status_quo"', 'status_quo = "even_split"', "not among the study's plans"),
        ('"recovery_housing"]', '"peer_coaching"]', "stands twice"),
        ("last_day = 2043-12-31", "last_day = 2025-12-31", "not after day one"),
        ("last_day = 2043-12-31", 'last_day = "late"', "late"),
        ("horizons = [1, 5, 18]", "horizons = [1, 30]", "longer than the run"),
        ("horizons = [1, 5, 18]", "horizons = [5, 1]", "in order"),
        ("run_in_start = 2015", "run_in_start = 2030", "before day one"),
        ("[[2026, 2028], [2029, 2031]]", "[[2029, 2031], [2026, 2028]]", "out of order"),
        ("[2029, 2031]]", "[2040, 2050]]", "ends after the run"),
        ("draws = 8", "draws = 0", "greater than or equal to 1"),
        ("draws = 8", 'draws = "many"', "a number was expected"),
        ("discount = 0.03", "discount = 3", "less than or equal to 1"),
        ("discount = 0.03", "discounts = 0.03", "Did you mean 'discount'"),
        ("[fit]", '[choices]\nno_such_set = "x"\n[fit]', "no alternatives 'no_such_set'"),
        ("discount = 0.03", 'discount = 0.03\nreferences = ["status_quo"]', "unknown key 'references'"),
        ("discount = 0.03", 'discount = 0.03\nvalues = ["hope"]', "unknown key 'values'"),
    ],
)
def test_a_faulty_study_says_what_is_wrong(study: Callable[..., Path], old: str, new: str, words: str) -> None:
    with pytest.raises(FaultsFound) as found:
        load_study(study((old, new)))
    assert words in str(found.value)


def test_faults_of_a_study_name_file_and_line(study: Callable[..., Path]) -> None:
    path = study(("run_in_start = 2015", "run_in_start = 2030"), ("horizons = [1, 5, 18]", "horizons = [5, 1]"))
    lines = {fault.where: fault.line for fault in faults_of(load_study, path)}
    assert lines["run_in_start"] == line_of(path, "run_in_start = 2030\n")
    assert lines["horizons"] == line_of(path, "horizons = [5, 1]\n")


def test_a_plan_that_pays_for_a_service_outside_the_study_is_a_fault(study: Callable[..., Path]) -> None:
    plan = plan_text(line("community_naloxone", "share = 0.5"), key="plan")
    with pytest.raises(FaultsFound, match="'community_naloxone' ships, and this study does not"):
        load_parts(study(plan=plan))


def test_plan_years_outside_the_paid_years_are_a_fault(study: Callable[..., Path]) -> None:
    plan = plan_text(line("peer_coaching", 'share_in = { "2031-2033" = 0.5 }'), key="plan")
    with pytest.raises(FaultsFound, match="outside the years with new money, 2026-2031"):
        load_setting(study(SHIPPED_PLACE, plan=plan))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([SHIPPED_PLACE, ("day_one = 2026", "day_one = 2027")], "is spent in 2026-2028; the study runs from 2027"),
        ([SHIPPED_PLACE, ("last_day = 2043", "last_day = 2027")], "is spent in 2026-2028; the study runs from 2026"),
        ([('place = "place.toml"', 'place = "michigan"')], "Michigan has no money of its own"),
    ],
)
def test_a_place_without_money_in_the_years_of_the_study_is_a_fault(
    study: Callable[..., Path], changes: list[Change], words: str
) -> None:
    path = study(*changes, ("horizons = [1, 5, 18]", "horizons = [1]"), ("[2026, 2028], [2029, 2031]", "[2027, 2027]"))
    assert words in str(faults_of(load_setting, path))


def test_a_study_may_be_shorter_than_the_spending_periods_of_its_place(study: Callable[..., Path]) -> None:
    path = study(
        SHIPPED_PLACE,
        ("last_day = 2043", "last_day = 2030"),
        ("horizons = [1, 5, 18]", "horizons = [1]"),
        ("periods = [[2026, 2028], [2029, 2031]]\n", ""),
    )
    setting = load_setting(path)
    assert paid_years(setting.study, setting.place) == list(range(2026, 2031))


@pytest.fixture
def with_model(study: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """Write a study of the shipped place whose model is the shipped one with changes."""

    def make(*changes: Change, choices: str = "") -> Path:
        text = named_file("models", "opioids-us").read_text(encoding="utf-8")
        write(tmp_path / "model.toml", text, *changes)
        own = ("discount = 0.03\n", f"discount = 0.03\n{choices}\n")
        return study(SHIPPED_PLACE, ('model = "opioids-us"', 'model = "model.toml"'), own)

    return make


SELF_REPORT = ("overdose_rate / (1 -", "od_rate_untreated_self_report / (1 -")
PATIENT = (
    'injecting = { by = "care", methadone = "u_methadone_stable"',
    'injecting = { by = "care", methadone = "u_oat_longterm_no"',
)


@pytest.mark.parametrize(
    ("change", "told"), [(SELF_REPORT, "overdose_definition"), (PATIENT, "utility_scale")], ids=["rates", "measure"]
)
def test_a_model_that_mixes_two_options_is_refused(
    with_model: Callable[..., Path], tmp_path: Path, change: Change, told: str
) -> None:
    faults = faults_of(load_setting, with_model(change))
    assert [fault.message for fault in faults if f"alternatives of '{told}' may not be mixed" in fault.message]
    assert len(faults) == 1
    _, beside = check_files([tmp_path / "model.toml"])
    assert beside == list(faults)


def test_a_model_may_name_the_rows_of_the_option_that_the_study_chose(with_model: Callable[..., Path]) -> None:
    setting = load_setting(with_model(SELF_REPORT, choices='choices = { overdose_definition = "self_report" }'))
    assert {"od_rate_untreated_self_report", "overdose_fatal_share"} <= set(setting.names)


def test_two_measures_may_show_two_options_side_by_side() -> None:
    names = load_setting("washtenaw").names
    assert list(mixed(load_evidence().sets, names)) == ["utility_scale"]


def test_a_service_that_names_a_row_of_the_other_option_is_refused(study: Callable[..., Path], tmp_path: Path) -> None:
    text = named_file("services", "peer_coaching").read_text(encoding="utf-8")
    write(tmp_path / "peer_coaching.toml", text, ('lived_experience = "', 'lived_experience = "cfr_pwid_us" #'))
    told = faults_of(load_setting, study(SHIPPED_PLACE, OWN_COACHES))
    assert "cfr_pwid_us (self_report)" in str(told)


def test_a_choice_that_would_change_no_number_is_refused(study: Callable[..., Path]) -> None:
    chosen = ("discount = 0.03\n", 'discount = 0.03\nchoices = { utility_scale = "public" }\n')
    told = faults_of(load_setting, study(SHIPPED_PLACE, chosen))
    assert "nothing in this study reads 'utility_scale'" in str(told)


def test_a_study_without_periods_of_its_own_takes_those_of_its_place(study: Callable[..., Path]) -> None:
    path = study(SHIPPED_PLACE, ("periods = [[2026, 2028], [2029, 2031]]\n", ""))
    setting = load_setting(path)
    assert paid_years(setting.study, setting.place) == list(range(2026, 2041))


def test_a_service_that_moves_a_lever_the_model_lacks_is_a_fault(study: Callable[..., Path], tmp_path: Path) -> None:
    text = named_file("services", "peer_coaching").read_text(encoding="utf-8")
    write(tmp_path / "peer_coaching.toml", text, ('"peers"', '"peer"'), once=False)
    path = study(OWN_COACHES)
    with pytest.raises(FaultsFound, match="no lever of opioids-us") as found:
        load_parts(path)
    assert "Did you mean 'peers'" in str(found.value)


def test_a_service_that_moves_a_lever_as_another_kind_is_a_fault(study: Callable[..., Path], tmp_path: Path) -> None:
    text = named_file("services", "peer_coaching").read_text(encoding="utf-8")
    write(tmp_path / "peer_coaching.toml", text, ('kind = "reach"', 'kind = "places"'), once=False)
    path = study(OWN_COACHES)
    with pytest.raises(FaultsFound, match="as places; the model says reach"):
        load_parts(path)


def test_faults_of_a_study_and_of_its_files_come_together(study: Callable[..., Path], tmp_path: Path) -> None:
    write(tmp_path / "peer_coaching.toml", "key = 3\n")
    files = {Path(fault.file).name for fault in faults_of(load_parts, study(OWN_COACHES, plan="key = 4\n"))}
    assert files == {"peer_coaching.toml", "plan.toml"}


@pytest.mark.parametrize("field", ["own_evidence", "own_values", "own_marks"])
def test_a_file_of_ones_own_that_is_not_there_is_met_with_the_nearest_beside_the_study(
    study: Callable[..., Path], field: str
) -> None:
    path = study(("discount = 0.03", f'discount = 0.03\n{field} = ["mine.tml"]'))
    with pytest.raises(FaultsFound, match=r"there is no file 'mine\.tml' beside the study.*Did you mean 'mine\.toml'"):
        load_study(path)


def test_a_plan_beside_the_study_that_is_named_as_if_it_shipped_is_met_with_its_file(
    study: Callable[..., Path],
) -> None:
    path = study(('"plan.toml"', '"plan"'))
    with pytest.raises(FaultsFound, match=r"there is none called 'plan' in plans\. Did you mean 'plan\.toml'"):
        load_study(path)
