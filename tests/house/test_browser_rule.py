"""Tests that need a browser are skipped by name without one, and CI fails if any of them was skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

CONFTEST = Path(__file__).parents[1] / "conftest.py"
ONE_TEST = "import pytest\n\n\n@pytest.mark.browser\ndef test_a_page_is_shown() -> None:\n    pass\n"


def run_without_browser(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(CONFTEST, folder / "conftest.py")
    (folder / "test_page.py").write_text(ONE_TEST)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser: needs a browser\n")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "BOTHAND"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "-p", "no:xdist", str(folder)],
        env={**kept, "BOTHAND_CHROMIUM": str(folder / "no-chromium"), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_chromium_its_tests_are_skipped_by_name(tmp_path: Path) -> None:
    run = run_without_browser(tmp_path)
    assert run.returncode == 0, run.stdout
    assert "test_a_page_is_shown needs Chromium" in run.stdout
    assert "1 skipped" in run.stdout


def test_ci_fails_when_a_browser_test_was_skipped(tmp_path: Path) -> None:
    run = run_without_browser(tmp_path, BOTHAND_CI="1")
    assert run.returncode == 1, run.stdout
    assert "in CI no browser test may be" in run.stdout


@pytest.mark.browser
def test_a_request_that_would_leave_the_page_is_refused_and_seen(
    chromium_page: Page, requests_that_left: list[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>here</title><img src='http://localhost:9/away.png' alt='nothing'>")
    chromium_page.goto(page.as_uri())
    assert chromium_page.title() == "here"
    assert requests_that_left == ["http://localhost:9/away.png"]
