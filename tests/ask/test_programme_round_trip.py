"""From three sealed people to the county's study: the file of terms that the page saves is one that a run takes in."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import Result
from three_people import open_three, same, save, seal_three, words_of

from bothand.ask.programme import write_programme
from bothand.ask.programme.page import _refused
from faulty import write
from texts import line, plan_text, small_study

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

THREE = {
    "uses": same(first_visit="no", keeps_help="no", welcome_back="no"),
    "staff": same(first_visit="no", keeps_help="no", welcome_back="no", help_today="partly"),
    "manager": same(first_visit="no", keeps_help="no", welcome_back="no"),
}
KEY = "low_barrier_buprenorphine"


def test_three_sealed_files_become_terms_on_which_a_study_runs(
    chromium_page: Page, call: Callable[..., Result], tmp_path: Path
) -> None:
    chromium_page.goto(write_programme(tmp_path, "en").as_uri())
    open_three(chromium_page, seal_three(chromium_page, tmp_path, THREE))
    chromium_page.click("#save-now")
    assert "Choose at least one service" in words_of(chromium_page, "#terms-says")
    chromium_page.check(f'input[value="{KEY}"]')
    chromium_page.click("#agreed")
    assert "Your answers do not settle this." not in words_of(chromium_page, "#p-return_to_use")
    assert chromium_page.input_value("#t-return_to_use") == "discharged"
    assert chromium_page.input_value("#t-whose_choice") == "own first choice"
    assert chromium_page.input_value("#t-medication") == ""  # a yes fits more than one choice: nothing is guessed
    chromium_page.select_option("#t-entry", "intake")
    now, repaired = (save(chromium_page, button, tmp_path) for button in ("#save-now", "#save-repaired"))
    assert (now.name, repaired.name) == ("terms-corner-house-now.toml", "terms-corner-house-repaired.toml")
    said, mended = (tomllib.loads(path.read_text("utf-8")) for path in (now, repaired))
    assert (said["label"], said["basis"], mended["basis"]) == ("Corner House", "as it is run now", "with repairs")
    assert (said["terms"][KEY]["entry"], said["terms"][KEY]["return_to_use"]) == ("intake", "discharged")
    assert (mended["terms"][KEY]["entry"], mended["terms"][KEY]["return_to_use"]) == ("none", "stays")
    assert call("check", now, repaired).output.count("terms of a programme, no fault found.") == 2

    plan = plan_text(line(KEY, "share = 1.0"), key="ours", label="All to medication", short="Ours")
    write(tmp_path / "ours.toml", plan)
    study = write(tmp_path / "small.toml", small_study("ours.toml"))
    result = call("run", study, "--terms", now, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["study"]["programmes"] == ["Corner House (as it is run now)"]
    [alone] = summary["terms_alone"]
    assert {(one["term"], one["now"]) for one in alone["lines"]} >= {("Entry", "an intake visit first")}


def test_a_name_that_a_file_cannot_hold_is_made_plain(
    chromium_page: Page, call: Callable[..., Result], tmp_path: Path
) -> None:
    chromium_page.goto(write_programme(tmp_path, "en").as_uri())
    chromium_page.evaluate("document.querySelector('#programme').maxLength = 200")
    open_three(chromium_page, seal_three(chromium_page, tmp_path, THREE, name='A "B" <c> \\ d'))
    chromium_page.check(f'input[value="{KEY}"]')
    chromium_page.click("#agreed")
    path = save(chromium_page, "#save-now", tmp_path)
    assert tomllib.loads(path.read_text("utf-8"))["label"] == 'A "B"  c  \\ d'
    assert call("check", path).exit_code == 0


def test_a_term_may_hold_for_one_service_and_not_for_another(
    chromium_page: Page, call: Callable[..., Result], tmp_path: Path
) -> None:
    """A programme with two services rarely runs both in one way."""
    chromium_page.goto(write_programme(tmp_path, "en").as_uri())
    open_three(chromium_page, seal_three(chromium_page, tmp_path, THREE))
    for key in (KEY, "methadone_places", "community_naloxone"):
        chromium_page.check(f'#terms input[name="service"][value="{key}"]')
    assert not chromium_page.is_visible("#h-entry")
    chromium_page.select_option("#t-entry", "intake")
    chromium_page.select_option("#t-offer", "offered once")
    chromium_page.click("#h-entry summary")
    assert chromium_page.locator("#for-entry input:checked").count() == 3
    chromium_page.uncheck('#for-entry input[value="methadone_places"]')
    path = save(chromium_page, "#save-now", tmp_path)
    terms = tomllib.loads(path.read_text("utf-8"))["terms"]
    assert terms[KEY] == {"entry": "intake", "offer": "offered once"}
    assert terms["methadone_places"] == {"offer": "offered once"}
    assert call("check", path).exit_code == 0


def test_a_service_that_cannot_be_run_in_a_way_is_named(chromium_page: Page, tmp_path: Path) -> None:
    refused = {(service, term, choice) for service, term, choice in _refused()}
    service, term, choice = sorted(refused)[0]
    chromium_page.goto(write_programme(tmp_path, "en").as_uri())
    open_three(chromium_page, seal_three(chromium_page, tmp_path, THREE))
    chromium_page.check(f'#terms input[name="service"][value="{service}"]')
    chromium_page.select_option(f"#t-{term}", choice)
    assert "cannot be run in this way" in words_of(chromium_page, f"#no-{term}")
    chromium_page.click("#wipe")
    assert chromium_page.locator(f"#no-{term}").inner_text() == ""
