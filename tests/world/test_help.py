"""Where help is in a place: what ships is sound, what is faulty is told, and an own place names its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from bothand.faults import FaultsFound
from bothand.files import data_folder
from bothand.world.placefile import load_place

PLACES = data_folder() / "places"


def test_the_tables_that_ship_can_be_checked_by_themselves(call: Callable[..., Result]) -> None:
    result = call("check", PLACES / "us_help_lines.csv", PLACES / "washtenaw_doors.csv")
    assert result.exit_code == 0
    assert "table of numbers to call, no fault found" in result.output
    assert "table of doors, no fault found" in result.output


def test_a_place_of_ones_own_has_its_doors_before_those_of_its_state_and_every_fault_is_told(tmp_path: Path) -> None:
    text = (PLACES / "washtenaw.toml").read_text("utf-8")
    own = tmp_path / "washtenaw.toml"
    own.write_text(text.replace("washtenaw_doors.csv", "doors.csv"), encoding="utf-8")
    door = "naloxone,At the library,,2026-11-30,the library\n"
    (tmp_path / "doors.csv").write_text(f"need,what,call,checked_on,source\n{door}", encoding="utf-8")
    place = load_place(own)
    assert place.doors[0].what == "At the library"
    assert place.doors[1:] == load_place("michigan").doors
    (tmp_path / "doors.csv").write_text(
        f"need,what,call,checked_on,source\n{door}{door}money,A bank,,2026-11-30,a bank\nfamily,A group,,soon,\n",
        encoding="utf-8",
    )
    with pytest.raises(FaultsFound) as found:
        load_place(own)
    told = [(fault.line, str(fault)) for fault in found.value.faults]
    assert {line for line, _ in told} == {3, 4, 5}
    assert len(told) >= 4


def test_a_number_to_call_that_stands_twice_is_a_fault(call: Callable[..., Result], tmp_path: Path) -> None:
    head, first, *_ = (PLACES / "us_help_lines.csv").read_text("utf-8").splitlines()
    (tmp_path / "lines.csv").write_text("\n".join([head, first, first]) + "\n", encoding="utf-8")
    result = call("check", tmp_path / "lines.csv")
    assert result.exit_code == 2
    assert "stands already in line 2" in result.output
