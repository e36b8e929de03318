"""One form of the cohort's step is compiled early, and a run never depends on it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from chains import Size, random_case

from bothand.engine import early
from bothand.engine.cohort import simulate
from bothand.engine.vectors.kernel import run_block
from bothand.engine.vectors.lanes import known_forms


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


def test_nothing_is_begun_where_both_forms_are_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early, "known_forms", lambda dispatcher: 2)
    assert not early.begin(6, 14)
