"""Sealing: what stood in a stakeholder's file, and when; never overwritten, and changed content is seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.world.stakeholders import seal_files, seal_path, seal_state
from faulty import change, faults_of
from program import FAULTY

SHIPPED = data_folder() / "stakeholders" / "recovery_first.toml"
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def position(tmp_path: Path) -> Path:
    path = tmp_path / SHIPPED.name
    path.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    return path


def test_a_seal_says_what_and_when_in_utc_and_by_which_version(position: Path) -> None:
    assert seal_files([position], NOON) == [seal_path(position)]
    record = json.loads(seal_path(position).read_text("utf-8"))
    assert set(record) == {"schema", "file", "sha256", "sealed", "version"}
    assert record["file"] == position.name
    assert record["sealed"] == "2026-11-30T12:00:00+00:00"
    assert len(record["sha256"]) == 64


def test_how_a_file_stands_to_results(position: Path) -> None:
    assert seal_state(position, NOON) == "not sealed"
    seal_files([position], NOON)
    assert seal_state(position, NOON + HOUR) == "sealed before"
    assert seal_state(position, NOON - HOUR) == "sealed after"
    assert seal_state(position, NOON) == "sealed after"


def test_another_order_breaks_the_seal_and_another_layout_does_not(position: Path) -> None:
    seal_files([position], NOON)
    text = position.read_text("utf-8")
    position.write_text("# a remark\n\n" + text.replace('short = "Recovery"', "short   =   'Recovery'"), "utf-8")
    assert seal_state(position, NOON + HOUR) == "sealed before"
    position.write_text(text.replace('["hope", "healing"]', '["healing", "hope"]'), "utf-8")
    assert seal_state(position, NOON + HOUR) == "changed since"
    position.write_text(text, "utf-8")
    assert seal_state(position, NOON + HOUR) == "sealed before"


def test_a_seal_is_never_overwritten_and_then_no_other_file_is_sealed(position: Path, tmp_path: Path) -> None:
    seal_files([position], NOON)
    before = seal_path(position).read_bytes()
    other = tmp_path / "families_first.toml"
    other.write_text((SHIPPED.parent / other.name).read_text("utf-8"), "utf-8")
    (fault,) = faults_of(seal_files, [other, position], NOON + HOUR)
    assert str(fault) == f"{position}: it was sealed on 30 November 2026 at 12:00 UTC; a seal is never overwritten."
    assert seal_path(position).read_bytes() == before
    assert not seal_path(other).exists()


def test_a_faulty_file_is_not_sealed(position: Path) -> None:
    change(position, ('"hope"', '"hopes"'))
    assert "there is no value 'hopes'" in faults_of(seal_files, [position])[0].message
    assert not seal_path(position).exists()


def test_a_seal_that_cannot_be_read_is_told(position: Path) -> None:
    for text in ("{}", "[1]", "no JSON", '{"schema": "bothand-seal/1", "sha256": "12", "sealed": "2026-11-30"}'):
        seal_path(position).write_text(text, "utf-8")
        with pytest.raises(FaultsFound, match="no seal that can be read"):
            seal_state(position, NOON)
        assert "a day that cannot be read" in faults_of(seal_files, [position])[0].message


def test_when_one_seal_cannot_be_written_none_stays(position: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bothand.world.stakeholders import sealing

    def full(path: Path, content: bytes) -> None:
        if path.name.startswith("families"):
            raise OSError("the disk is full")
        path.write_bytes(content)

    monkeypatch.setattr(sealing, "write_atomically", full)
    other = position.with_name("families_first.toml")
    other.write_text((SHIPPED.parent / other.name).read_text("utf-8"), "utf-8")
    with pytest.raises(OSError, match="full"):
        seal_files([position, other], NOON)
    assert sorted(path.name for path in position.parent.iterdir()) == [other.name, position.name]


def test_the_command_seals_once(position: Path, call: Callable[..., Result]) -> None:
    first = call("weights", "seal", position)
    assert (first.exit_code, first.output) == (0, f"sealed: {seal_path(position)}\n")
    assert seal_state(position, datetime.now(UTC) + HOUR) == "sealed before"
    again = call("weights", "seal", position)
    assert again.exit_code == FAULTY
    assert "a seal is never overwritten" in again.stderr
    assert "1 fault; nothing was written." in again.stderr
