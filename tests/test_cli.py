"""The command line: it starts at once, prints for people and for programs, and refuses in time."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result

from bothand.files import data_folder
from bothand.report.summary import Summary
from bothand.verify import Answer, as_rows
from program import FAULTY, program

COMMANDS = ("check", "decide", "describe", "evidence", "list", "run", "schema", "values", "verify")


def as_json(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


# -------------------------------------------------------------------------------------------------------------- help


LOADED_FOR_HELP = """
import sys
from bothand.cli import main
try:
    main(["--help"])
finally:
    print("loaded:", *{"jinja2", "numba", "numpy", "pydantic", "rich", "scipy"} & set(sys.modules))
"""


def test_help_loads_nothing_that_takes_time() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED_FOR_HELP], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert done.stdout.splitlines()[-1].split() == ["loaded:"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command: str, call: Callable[..., Result]) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) > 4


def test_the_version_is_told(call: Callable[..., Result]) -> None:
    assert "bothand, version" in call("--version").stdout


# ------------------------------------------------------------------------------------------------------------- lists


@pytest.mark.parametrize("kind", ["models", "places", "services", "plans", "studies", "values"])
def test_lists_are_the_same_for_people_and_programs(kind: str, call: Callable[..., Result]) -> None:
    rows = as_json(call("list", kind, "--json"))
    printed = call("list", kind).stdout.splitlines()
    assert printed[0].split() == [name for name, value in rows[0].items() if not isinstance(value, list)]
    assert [line.split()[0] for line in printed[1:]] == [row["name"] for row in rows]


def test_an_unknown_list_ends_with_two(call: Callable[..., Result]) -> None:
    assert call("list", "plan").exit_code == FAULTY


def test_evidence_is_the_same_for_people_and_programs(call: Callable[..., Result]) -> None:
    rows = as_json(call("evidence", "--json"))
    assert {"key", "role", "grade", "source", "unit", "mean", "low", "high"} <= set(rows[0])
    printed = call("evidence").stdout.splitlines()
    assert [line.split()[0] for line in printed[1:]] == [row["key"] for row in rows]


def test_evidence_can_be_narrowed(call: Callable[..., Result]) -> None:
    rows = as_json(call("evidence", "--grade", "unverified", "--json"))
    assert {row["grade"] for row in rows} == {"unverified"}
    used = as_json(call("evidence", "--used-by", "washtenaw", "--json"))
    assert "cost_ems" in {row["key"] for row in used}
    (row,) = as_json(call("evidence", "cost_ems", "--json"))
    assert row["key"] == "cost_ems"
    assert "cost_ems" in call("evidence", "cost_ems").stdout.splitlines()[0]


def test_a_key_and_a_choice_among_all_do_not_go_together(call: Callable[..., Result]) -> None:
    result = call("evidence", "cost_ems", "--grade", "primary")
    assert result.exit_code == FAULTY
    assert "KEY names one quantity" in result.stderr


def test_an_unknown_quantity_ends_with_two_and_the_nearest(call: Callable[..., Result]) -> None:
    result = call("evidence", "cost_emss", "--json")
    assert result.exit_code == FAULTY
    assert result.stdout == ""
    assert "Did you mean 'cost_ems'?" in result.stderr


def test_an_unknown_grade_ends_with_two(call: Callable[..., Result]) -> None:
    assert call("evidence", "--grade", "sure").exit_code == FAULTY


def test_values_are_printed_with_the_three_sentences(call: Callable[..., Result]) -> None:
    content = as_json(call("values", "--json"))
    printed = call("values").stdout
    for value in content["values"]:
        assert value["word"] in printed
    for sentence in content["sentences"]:
        assert f"- {sentence}" in printed


# ----------------------------------------------------------------------------------------------- schemas, models, cases


def test_the_schema_of_the_summary_is_a_schema(call: Callable[..., Result]) -> None:
    schema = as_json(call("schema", "summary"))
    jsonschema.Draft202012Validator.check_schema(schema)
    parts = {"plans", "groups", "values", "outcomes", "pairs", "both_and", "losers"}
    assert parts <= set(schema["properties"])
    assert schema == Summary.model_json_schema()


def test_an_unknown_schema_ends_with_two(call: Callable[..., Result]) -> None:
    assert call("schema", "summry").exit_code == FAULTY


@pytest.mark.parametrize("model", ["opioids-us", "thread"])
def test_a_model_is_described_in_every_form(model: str, call: Callable[..., Result], tmp_path: Path) -> None:
    assert call("describe", model).exit_code == 0
    assert as_json(call("describe", model, "--json"))
    page = tmp_path / "model.html"
    assert str(page) in call("describe", model, "--html", page).stdout
    assert "<svg" in page.read_text("utf-8")


@pytest.mark.parametrize("name", ["recovery_housing", "entry"])
def test_a_service_and_a_term_are_described_as_text_and_as_json_and_not_drawn(
    name: str, call: Callable[..., Result], tmp_path: Path
) -> None:
    printed = call("describe", name).stdout
    assert "harm reduction reads: " in printed
    assert "recovery reads: " in printed
    assert max(map(len, printed.splitlines())) <= 100
    assert as_json(call("describe", name, "--json"))["name"] == name
    result = call("describe", name, "--html", tmp_path / "page.html")
    assert result.exit_code == FAULTY
    assert "--html draws a model" in result.stderr
    assert not list(tmp_path.iterdir())


def test_an_unknown_model_ends_with_two_and_the_nearest(call: Callable[..., Result]) -> None:
    result = call("describe", "opioid-us")
    assert result.exit_code == FAULTY
    assert "Did you mean 'opioids-us'?" in result.stderr


def test_a_description_that_cannot_be_written_is_told_in_plain_words(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    result = call("describe", "thread", "--html", tmp_path / "no" / "model.html")
    assert result.exit_code == FAULTY
    assert f"{tmp_path / 'no' / 'model.html'}: No such file or directory" in result.stderr


def test_every_published_case_is_repeated(call: Callable[..., Result], tmp_path: Path) -> None:
    path = tmp_path / "verification" / "results.json"
    answers = as_json(call("verify", "--json", "--out", path))
    assert json.loads(path.read_text("utf-8")) == answers
    columns = ("case", "id", "value", "expected", "tolerance", "met")
    assert {tuple(answer) for answer in answers} == {columns}
    assert {path.stem for path in (data_folder() / "cases").glob("*.toml")} == {answer["case"] for answer in answers}
    assert all(answer["met"] for answer in answers)
    printed = call("verify").stdout.splitlines()
    assert len(printed) == len(answers) + 3
    assert printed[-2] == "--json prints every entry, --out FILE writes them."
    assert printed[-1] == f"{len(answers)} of {len(answers)} answers within their tolerance."


def test_answers_that_are_few_are_shown_and_a_ratio_that_there_is_not_is_said(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(
        '[case]\nid = "ours"\ntitle = "x"\naccuracy = "exact"\n[source]\ncitation = "x"\nlicence = "x"\n'
        '[given.two]\nplans = ["dear", "cheap"]\ncost = [9.0, 2.0]\neffect = [1.0, 3.0]\n'
        '[[ask]]\nid = "ratio"\nquestion = "icer"\ngiven = "two"\nvariant = "cheap"\n'
        '[[ask]]\nid = "more"\nquestion = "incremental cost"\ngiven = "two"\nvariant = ["cheap", "dear"]\n'
        '[[ask]]\nid = "status"\nquestion = "status"\ngiven = "two"\n',
        encoding="utf-8",
    )
    _, ratio, more, status, last = call("verify", path).stdout.splitlines()
    assert ratio.split() == ["ours", "ratio", "none"]
    assert more.split(maxsplit=2)[2] == "none, none"
    assert status.split(maxsplit=2)[2] == "cheap ND, dear D"
    assert last == "0 of 0 answers within their tolerance."


def test_a_number_that_waits_is_listed_and_not_counted_as_met(call: Callable[..., Result], tmp_path: Path) -> None:
    shutil.copytree(data_folder() / "cases", tmp_path, dirs_exist_ok=True)
    path = tmp_path / "d04_microsim_memoryless_vs_cohort.toml"
    item = 'id = "later"\nwaits_for = "an engine"\nexpected = 1.0\ntolerance = "some"\n'
    path.write_text(f"{path.read_text('utf-8')}\n[[waits]]\n{item}", encoding="utf-8")
    *asked, last = as_json(call("verify", "--json", path))
    assert (last["met"], last["value"], last["expected"], last["waits_for"]) == (None, None, 1.0, "an engine")
    printed = call("verify", path).stdout.splitlines()
    assert printed[-2] == f"{len(asked)} of {len(asked)} answers within their tolerance."
    assert printed[-1] == "1 published numbers wait for an engine."


def test_a_case_that_is_not_met_ends_with_one(call: Callable[..., Result], tmp_path: Path) -> None:
    case = "d11_closed_forms"
    text = (data_folder() / "cases" / f"{case}.toml").read_text("utf-8")
    (tmp_path / "models").symlink_to(data_folder() / "cases" / "models")
    start = text.index("expected = ")
    end = text.index("\n", start)
    (tmp_path / f"{case}.toml").write_text(f"{text[:start]}expected = 123.0{text[end:]}", "utf-8")
    result = call("verify", tmp_path / f"{case}.toml", "--json")
    assert result.exit_code == 1
    assert [answer["met"] for answer in json.loads(result.stdout)].count(False) == 1


def test_an_unknown_case_ends_with_two(call: Callable[..., Result]) -> None:
    assert call("verify", "d99").exit_code == FAULTY


def test_what_is_no_number_can_be_printed_as_json() -> None:
    answer = Answer(
        "c", "i", "total", {"a": [math.inf, math.nan, 1.5, None, True, "x"]}, 2, {"abs": 1.0}, False, math.inf
    )
    (row,) = json.loads(json.dumps(as_rows([answer]), allow_nan=False))
    assert row["value"] == {"a": ["inf", "nan", 1.5, None, True, "x"]}


# --------------------------------------------------------------------------------------------------- a run, refused


@pytest.fixture(autouse=True)
def computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No run of this file gets as far as computing."""

    def compute(*_: object) -> None:
        raise AssertionError("a run that should be refused was begun")

    monkeypatch.setattr("bothand.study.compute", compute)


def refused(call: Callable[..., Result], *words: str | Path) -> str:
    result = call("run", *words)
    assert result.exit_code == FAULTY, result.output
    assert result.stdout == ""
    return result.stderr


def test_an_unknown_study_is_met_with_the_nearest(call: Callable[..., Result], tmp_path: Path) -> None:
    words = refused(call, "washtenau", "--out", tmp_path / "out")
    assert "Did you mean 'washtenaw'?" in words
    assert not list(tmp_path.iterdir())


def test_results_do_not_take_the_place_of_a_file(call: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", "utf-8")
    assert f"{tmp_path / 'out'}: this is a file" in refused(call, "washtenaw", "--out", tmp_path / "out")
    assert (tmp_path / "out").read_text("utf-8") == "mine"


def test_results_do_not_take_the_place_of_other_things(call: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    assert "other things than an earlier run" in refused(call, "washtenaw", "--out", tmp_path)


def test_a_read_only_parent_is_told_before_computing(
    call: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "is read-only" in refused(call, "washtenaw", "--out", tmp_path / "out")


def test_a_run_that_is_too_large_is_refused(call: Callable[..., Result], tmp_path: Path) -> None:
    words = refused(call, "washtenaw", "--draws", "1000000", "--out", tmp_path / "out")
    assert "1,000,000 runs; at most 65,536" in words


def test_a_decision_about_a_study_that_is_not_there_is_refused_and_nothing_is_written(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    result = call("decide", "washtenau", "--out", str(tmp_path / "out"))
    assert result.exit_code == FAULTY
    assert "washtenaw" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_run_that_is_too_large_and_a_faulty_panel_are_told_in_one_pass(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    table = tmp_path / "panel.csv"
    table.write_text("service,role,rater,value,rating\nhousing,uses,1,respect,9\n", "utf-8")
    words = refused(call, "washtenaw", "--draws", "1000000", "--ratings", table, "--out", tmp_path / "out")
    assert "1,000,000 runs; at most 65,536" in words
    assert "unknown service 'housing'" in words
    assert "from 1 to 5; found '9'" in words
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "option", [("--draws", "0"), ("--draws", "many"), ("--seed", "-1"), ("--seed", "9" * 30), ("--sed", "1")]
)
def test_options_that_mean_nothing_are_refused(
    option: tuple[str, str], call: Callable[..., Result], tmp_path: Path
) -> None:
    refused(call, "washtenaw", *option, "--out", tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_an_unknown_study_is_refused_by_the_program(tmp_path: Path) -> None:
    done = program("run", "washtenau", cwd=tmp_path)
    assert done.returncode == FAULTY
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


# ----------------------------------------------------------------------------------------------------------- progress

STEPS = """
import time
from bothand.cli import _progress
with _progress() as tell:
    tell("one [b]")
    time.sleep(0.7)
    tell("two")
"""


def test_in_a_pipe_each_step_is_a_line() -> None:
    done = subprocess.run([sys.executable, "-c", STEPS], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert done.stderr.splitlines() == ["one [b]", "two"]


def on_a_terminal(code: str, **variables: str) -> str:
    """Run a program whose error stream is a terminal, and return what was written there."""
    pty = pytest.importorskip("pty", reason="a terminal cannot be made here")
    master, terminal = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", code], stderr=terminal, env={**os.environ, **variables})
    os.close(terminal)
    found = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # the other end was closed
            break
        if not part:
            break
        found += part
    os.close(master)
    assert process.wait() == 0
    return found.decode()


def test_on_a_terminal_one_line_changes_and_goes() -> None:
    found = on_a_terminal(STEPS, TERM="xterm")
    assert "one [b]" in found
    assert "\x1b[2K" in found
    assert "\x1b[?25h" in found


def test_on_a_plain_terminal_each_step_is_a_line() -> None:
    assert on_a_terminal(STEPS, TERM="dumb").split() == ["one", "[b]", "two"]


def test_a_reader_of_our_output_may_stop_reading() -> None:
    """As in `bothand evidence | head -1`."""
    command = f"{sys.executable} -m bothand.cli evidence | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("key ")
    assert done.stderr == ""
