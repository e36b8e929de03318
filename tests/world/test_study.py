"""Studies: the file that names place, model, services, plans and values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bothand.faults import FaultsFound
from bothand.world.service import available, named_file
from bothand.world.studyfile import load_parts, load_study, paid_years

BASE = """
key = "mine"
label = "Mine"
note = "a test"
place = "place.toml"
model = "opioids-us"
services = ["peer_coaching", "recovery_housing"]
plans = ["status_quo", "plan.toml"]
values = ["value.toml"]
status_quo = "status_quo"
references = ["status_quo"]
day_one = 2026-01-01
last_day = 2043-12-31
run_in_start = 2015
horizons = [1, 5, 18]
draws = 8
seed = 1
price_year = 2025
discount = 0.03

[fit]
last_level = 2023
test = [2018, 2022]
test_knots = [2018, 2022]
decision_knots = [2015, 2023]
note = "a test"

[[money]]
key = "round"
label = "The round"
note = "a test"
periods = [[2026, 2028], [2029, 2031]]
"""

PLAN = """
key = "plan"
label = "A plan"
short = "Plan"
stance = "own"
note = "a test"
source = "a test"
reviewed = "drafted, not reviewed"
new_money = true
[[line]]
service = "peer_coaching"
share = 0.5
"""


@pytest.fixture
def study(tmp_path: Path) -> Callable[..., Path]:
    """Write a study, with changes, beside a place, a plan and a value file."""
    (tmp_path / "place.toml").write_text('name = "x"\n', encoding="utf-8")
    (tmp_path / "value.toml").write_text('name = "x"\n', encoding="utf-8")

    def write(*changes: tuple[str, str], plan: str = PLAN) -> Path:
        text = BASE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_default_study_loads_with_everything_it_names() -> None:
    parts = load_parts("washtenaw")
    assert len(parts.services) == 10
    assert len(parts.plans) == 7
    assert len(parts.study.values) == 11
    assert parts.study.years == tuple(range(2026, 2044))
    assert paid_years(parts.study) == list(range(2026, 2041))
    assert parts.study.draws == 64


def test_all_stands_for_everything_that_ships(study: Callable[..., Path]) -> None:
    found = load_study(study(('services = ["peer_coaching", "recovery_housing"]', 'services = "all"')))
    assert list(found.services) == available("services")


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
        ("[[money]]", '[choices]\nno_such_set = "x"\n[[money]]', "no alternatives 'no_such_set'"),
    ],
)
def test_a_faulty_study_says_what_is_wrong(study: Callable[..., Path], old: str, new: str, words: str) -> None:
    with pytest.raises(FaultsFound) as found:
        load_study(study((old, new)))
    assert words in str(found.value)


def test_faults_of_a_study_name_file_and_line(study: Callable[..., Path]) -> None:
    path = study(("run_in_start = 2015", "run_in_start = 2030"), ("horizons = [1, 5, 18]", "horizons = [5, 1]"))
    rows = path.read_text(encoding="utf-8").splitlines()
    with pytest.raises(FaultsFound) as found:
        load_study(path)
    lines = {fault.where: fault.line for fault in found.value.faults}
    assert lines["run_in_start"] == rows.index("run_in_start = 2030") + 1
    assert lines["horizons"] == rows.index("horizons = [5, 1]") + 1


def test_a_plan_that_pays_for_a_service_outside_the_study_is_a_fault(study: Callable[..., Path]) -> None:
    plan = PLAN.replace("peer_coaching", "community_naloxone")
    with pytest.raises(FaultsFound, match="no service 'community_naloxone'"):
        load_parts(study(plan=plan))


def test_plan_years_outside_the_paid_years_are_a_fault(study: Callable[..., Path]) -> None:
    plan = PLAN.replace("share = 0.5", 'share_in = { "2031-2033" = 0.5 }')
    with pytest.raises(FaultsFound, match="outside the years with new money, 2026-2031"):
        load_parts(study(plan=plan))


def test_a_service_that_moves_a_lever_the_model_lacks_is_a_fault(study: Callable[..., Path], tmp_path: Path) -> None:
    text = named_file("services", "peer_coaching").read_text(encoding="utf-8")
    (tmp_path / "peer_coaching.toml").write_text(text.replace('"peers"', '"peer"'), encoding="utf-8")
    path = study(('services = ["peer_coaching",', 'services = ["peer_coaching.toml",'))
    with pytest.raises(FaultsFound, match="no lever of opioids-us") as found:
        load_parts(path)
    assert "Did you mean 'peers'" in str(found.value)


def test_a_service_that_moves_a_lever_as_another_kind_is_a_fault(study: Callable[..., Path], tmp_path: Path) -> None:
    text = named_file("services", "peer_coaching").read_text(encoding="utf-8")
    (tmp_path / "peer_coaching.toml").write_text(text.replace('kind = "reach"', 'kind = "places"'), encoding="utf-8")
    path = study(('services = ["peer_coaching",', 'services = ["peer_coaching.toml",'))
    with pytest.raises(FaultsFound, match="as places; the model says reach"):
        load_parts(path)


def test_faults_of_a_study_and_of_its_files_come_together(study: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "peer_coaching.toml").write_text("key = 3\n", encoding="utf-8")
    path = study(('services = ["peer_coaching",', 'services = ["peer_coaching.toml",'), plan="key = 4\n")
    with pytest.raises(FaultsFound) as found:
        load_parts(path)
    files = {Path(fault.file).name for fault in found.value.faults}
    assert files == {"peer_coaching.toml", "plan.toml"}
