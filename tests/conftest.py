"""What all tests share: the commands, the browser, and the rule that CI never skips what needs one."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from bothand.cli import main

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).parents[1]
CHROMIUM = Path(os.environ.get("BOTHAND_CHROMIUM", "/usr/bin/chromium"))
IN_CI = os.environ.get("BOTHAND_CI") == "1"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSIDE = ("file:", "data:", "blob:", "about:")

# No example is timed: a busy machine is no fault of the code. In CI the examples are the same each time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if IN_CI else "here")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked ``browser`` is skipped by name without Chromium; in CI it fails."""
    if item.get_closest_marker("browser") and not CHROMIUM.exists():
        pytest.skip(f"{item.name} needs Chromium at {CHROMIUM}: run 'make ci-system'")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """In CI a browser test that was skipped, for whatever reason, has failed."""
    report = yield
    if IN_CI and report.skipped and item.get_closest_marker("browser") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and in CI no browser test may be: {report.longrepr}"
    return report


@pytest.fixture
def call() -> Callable[..., Result]:
    """Run a command in this process. A traceback would be an exception that is no SystemExit."""

    def run(*words: str | Path) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started once for all tests that need it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture
def requests_that_left() -> list[str]:
    """Addresses that ``chromium_page`` asked for beyond its own file. They are refused, and a test can read them."""
    return []


@pytest.fixture
def chromium_page(chromium: Browser, requests_that_left: list[str]) -> Iterator[Page]:
    """A fresh page, 1280 x 900, in which no request leaves the machine."""

    def guard(route: Route) -> None:
        if route.request.url.startswith(INSIDE):
            route.continue_()
        else:
            requests_that_left.append(route.request.url)
            route.abort()

    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.route("**/*", guard)
    yield context.new_page()
    context.close()
