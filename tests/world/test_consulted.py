"""The stakeholders of a run: those that ship or the files given, every fault of them in one pass with the study's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from bothand.faults import FaultsFound
from bothand.files import available, data_folder
from bothand.world.stakeholders import load_consulted, seal_files, seal_path
from faulty import write
from program import FAULTY
from texts import line, plan_text, small_study

VALUES = available("values")
POSITIONS = available("stakeholders")
SHIPPED = data_folder() / "stakeholders" / "recovery_first.toml"
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN = plan_text(line("community_naloxone", "share = 1"), key="own")


def copied(folder: Path, *pairs: tuple[str, str], name: str = SHIPPED.name) -> Path:
    """A copy of a position that ships, with some of its text changed."""
    folder.mkdir(exist_ok=True)
    return write(folder / name, SHIPPED.read_text("utf-8"), *pairs)


def unmet(folder: Path) -> Path:
    """A position whose statements contradict each other."""
    return copied(
        folder, ("at_least = 0.5", 'at_least = 0.5\n[[together]]\nvalues = ["hope", "healing"]\nat_most = 0.2')
    )


def test_without_files_the_positions_that_ship_are_asked() -> None:
    asked = load_consulted((), VALUES, NOON)
    assert [one.stakeholder.key for one in asked] == POSITIONS
    assert all(one.ships for one in asked)


def test_with_files_these_are_asked_instead_and_a_position_that_ships_by_its_name(tmp_path: Path) -> None:
    mine = copied(tmp_path, ('key = "recovery_first"', 'key = "mine"'), name="mine.toml")
    asked = load_consulted((mine, Path("families_first")), VALUES, NOON)
    assert [one.stakeholder.key for one in asked] == ["mine", "families_first"]
    assert [one.ships for one in asked] == [False, True]
    assert asked[0].path == mine


def test_how_a_file_stands_to_its_seal_when_the_run_begins_is_kept(tmp_path: Path) -> None:
    mine = copied(tmp_path)
    assert load_consulted((mine,), VALUES, NOON)[0].seal == "not sealed"
    seal_files([mine], NOON)
    assert load_consulted((mine,), VALUES, NOON + HOUR)[0].seal == "sealed before"
    assert load_consulted((mine,), VALUES, NOON - HOUR)[0].seal == "sealed after"


def test_every_fault_of_every_file_and_seal_is_told_at_once(tmp_path: Path) -> None:
    badly_sealed = copied(tmp_path / "a")
    seal_path(badly_sealed).write_text("no seal", "utf-8")
    with pytest.raises(FaultsFound) as found:
        load_consulted((badly_sealed, unmet(tmp_path / "b"), Path("recovry_first")), VALUES, NOON)
    told = "\n".join(map(str, found.value.faults))
    assert "contradict each other" in told
    assert "no seal that can be read" in told
    assert "recovery_first" in told.split("recovry_first", 1)[1]


def test_two_files_with_one_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FaultsFound, match="is the key of"):
        load_consulted((copied(tmp_path / "a"), copied(tmp_path / "b")), VALUES, NOON)


def test_faults_of_stakeholders_are_told_with_those_of_the_study_and_nothing_is_written(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    study = write(tmp_path / "small.toml", small_study("own.toml").replace("horizons = [1, 5]", "horizons = [1, 9]"))
    write(tmp_path / "own.toml", PLAN)
    faulty = copied(tmp_path / "a", ('["hope", "healing"]', '["hop", "healing"]'))
    out = tmp_path / "out"
    result = call("run", study, "--full", "--stakeholder", faulty, "--stakeholder", unmet(tmp_path / "b"), "--out", out)
    assert result.exit_code == FAULTY
    assert "there is no value 'hop'" in result.stderr
    assert "contradict each other" in result.stderr
    assert "small.toml" in result.stderr
    assert "nothing was written" in result.stderr
    assert not out.exists()


def test_stakeholders_are_asked_in_a_full_run_only(call: Callable[..., Result], tmp_path: Path) -> None:
    asked = ("--stakeholder", unmet(tmp_path / "b"), "--out", tmp_path / "out")
    result = call("run", "washtenaw", *asked)
    assert result.exit_code == FAULTY
    assert "--full" in result.stderr
    assert "contradict each other" in result.stderr
    assert not (tmp_path / "out").exists()
