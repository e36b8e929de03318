"""One form of the cohort's step is compiled early, and a run never depends on it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from chains import Size, random_case

from bothand.engine import early
from bothand.engine.cohort import simulate
from bothand.engine.vectors.adjoint import sweep_block
from bothand.engine.vectors.kernel import run_block
from bothand.engine.vectors.lanes import known_forms
from bothand.experiments.curves import DEATHS, GROUP
from bothand.experiments.exact.oracle import Engine
from experiments.small_worlds import world

SOUGHT = (
    *("contact_years", "healthy_life_years", "remission_years", "sustained_without", "quality_gained", "burden_lifted"),
    *("unbereaved_years", "requests_met", f"{GROUP}not_in_treatment", DEATHS),
)


def test_the_run_of_one_person_compiles_the_form_that_a_study_uses() -> None:
    early.compile_form(3, 6)
    forms = len(run_block.signatures)
    simulate(*random_case(1, Size(origins=3)))
    assert len(run_block.signatures) == forms
    assert known_forms(run_block) >= 1


def test_a_process_that_fails_is_waited_for_once_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def fails(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        started.append(command)
        return real([sys.executable, "-c", "raise SystemExit(1)"])

    real = subprocess.Popen
    monkeypatch.setattr(early.subprocess, "Popen", fails)
    monkeypatch.setattr(early, "known_forms", lambda dispatcher: 0)
    assert early.begin(3, 6)
    assert not early.begin(3, 6)
    assert len(started) == 1
    run = simulate(*random_case(2, Size(origins=3)))
    assert np.isfinite(run.final).all()
    assert early.begin(3, 6)
    early.wait_for(3)


def test_nothing_is_begun_where_all_forms_that_are_asked_for_are_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    forms = {id(run_block): 2, id(sweep_block): 1}
    monkeypatch.setattr(early, "known_forms", lambda dispatcher: forms[id(dispatcher)])
    monkeypatch.setattr(early.subprocess, "Popen", lambda *asked, **named: pytest.fail("a process was begun"))
    assert not early.begin(6, 14)
    assert not early.begin(6, 14, slopes=True)


def test_the_sweep_is_compiled_once_for_every_number_of_columns_that_a_plan_is_swept_back_in() -> None:
    """Slopes of the values, the groups and deaths need no form that was not begun early."""
    early.compile_sweep(6, 14)
    forms = len(sweep_block.signatures)
    engine = Engine(world(2), SOUGHT, [[0, 1, 2]])
    engine(np.full((len(engine.rows), 1), 50_000.0))
    assert len(sweep_block.signatures) == forms


def test_whoever_sweeps_waits_until_nothing_is_being_compiled() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"])
    early._going_on.append(process)
    early.wait_for_rest()
    assert process.returncode == 0
    assert early._going_on == []
