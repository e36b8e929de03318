"""Bad input, through the command line: every fault of every file in one pass, in plain words, with file and line."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.checking import check_files
from bothand.files import data_folder
from faulty import write
from program import FAULTY, program
from texts import line, plan_text

DATA = data_folder()
PLAN = plan_text(
    line("peer_coaching", "share = 0.5"), line("recovery_housing", 'dollars_in = { "2026-2028" = 300000.0 }')
)
HEADER = (DATA / "evidence" / "judgements_services.csv").read_text("utf-8").splitlines()[0]
ROWS = f"""{HEADER}
first_number,service,input,A share,proportion,0.4,0.2,0.6,beta,people here,,2024,Someone 2024,doi 10.1/x,primary,reported,,2026-11-01,2027-11-01,,,
second_number,service,input,A ratio,hazard ratio,0.7,0.5,0.9,lognormal,people here,people without it,2024,Someone 2024,doi 10.1/x,primary,reported,,2026-11-01,2027-11-01,,,
third_number,service,input,A cost,USD,70,50,90,lognormal,people here,,2024,Someone 2024,doi 10.1/x,primary,reported,,2026-11-01,2027-11-01,,,
"""  # fmt: skip  # noqa: E501 - rows of a table


@dataclass(frozen=True)
class Bad:
    """One faulty file: what is changed in a sound one, and what must be told.

    ``of`` is a shipped file below data/, or a text of this test by its file name; ``changes`` are (old, new); each
    of ``told`` is (words in one fault, text of the line that it must name, or None for a fault of the whole file).
    """

    name: str
    of: str
    changes: Sequence[tuple[str, str]]
    told: Sequence[tuple[str, str | None]]
    beside: Sequence[str] = field(default=())


OWN = {"own.toml": PLAN, "rows.csv": ROWS}
PLACE = "places/washtenaw.toml"
SERIES = "places/washtenaw_series.csv"
STUDY = "studies/washtenaw.toml"
SERVICE = "services/peer_coaching.toml"
MODEL = "models/opioids-us.toml"
THREAD = "models/thread.toml"
HALF = "share = 0.5\n"

BAD = (
    # ---- unknown keys and names
    Bad("unknown key of a plan", "own.toml", [(HALF, "shar = 0.5\n")], [("Did you mean 'share'?", "shar = 0.5")]),
    Bad("unknown key of a study", STUDY, [("discount =", "discont =")], [("Did you mean 'discount'?", "discont =")]),
    Bad("unknown key of a place", PLACE, [("\nages =", "\nage =")], [("Did you mean 'ages'?", "age =")]),
    Bad("unknown key of a service", SERVICE, [("\nlag =", "\nlagg =")], [("Did you mean 'lag'?", "lagg =")]),
    Bad("unknown key of a model", THREAD, [("request = ", "reqest = ")], [("Did you mean 'request'?", "reqest =")]),
    Bad("unknown key of a value", "values/hope.toml", [("order =", "ordr =")], [("Did you mean 'order'?", "ordr =")]),
    Bad("unknown column", "rows.csv", [("key,group", "key,grup")], [("'grup'. Did you mean 'group'?", "key,grup")]),
    Bad(
        "unknown quantity in a model", MODEL, [('rate = "ask_', 'rate = "asx_')], [("nothing is called 'asx_", "asx_")]
    ),
    Bad(
        "unknown quantity in a service",
        SERVICE,
        [('lag = "peer_coaching_lag"', 'lag = "peer_coaching_lagg"')],
        [("Did you mean 'peer_coaching_lag'?", "peer_coaching_lagg")],
    ),
    Bad(
        "unknown quantity in a place",
        PLACE,
        [('"washtenaw_kits_ratio"', '"washtenaw_kit_ratio"')],
        [("Did you mean 'washtenaw_kits_ratio'?", "washtenaw_kit_ratio")],
    ),
    Bad(
        "unknown service in a plan",
        "own.toml",
        [("peer_coaching", "peer_coachng")],
        [("there is no service 'peer_coachng'. Did you mean 'peer_coaching'?", "peer_coachng")],
    ),
    Bad(
        "unknown service in a study",
        STUDY,
        [('"peer_coaching",', '"peer_coachng",')],
        [("Did you mean 'peer_coaching'?", '"peer_coachng"')],
    ),
    Bad(
        "unknown service in a place",
        PLACE,
        [('service = "jail_medication"', 'service = "jail_medicine"')],
        [("Did you mean 'jail_medication'?", "jail_medicine")],
    ),
    # ---- units and numbers
    Bad(
        "unknown unit", "rows.csv", [("A share,proportion", "A share,propotion")], [("mean 'proportion'?", "propotion")]
    ),
    Bad(
        "wrong unit in a series",
        SERIES,
        [("population,2016,366960,,,people", "population,2016,366960,,,deaths")],
        [("the unit is 'deaths'; 'population' is in 'people'", "366960,,,deaths")],
        beside=("measures.csv",),
    ),
    Bad(
        "wrong kind of number in a service",
        SERVICE,
        [('lag = "peer_coaching_lag"', 'lag = "peer_coaching_start_up"')],
        [("duration was expected; 'peer_coaching_start_up' is in 'USD'", 'lag = "peer_coaching_start_up"')],
    ),
    Bad(
        "units that do not add up in a model",
        MODEL,
        [('rate = "rate_quit_misuse_source"', 'rate = "cost_ems + rate_quit_misuse_source"')],
        [("is added to 'rate_quit_misuse_source', a hazard", 'rate = "cost_ems +')],
    ),
    Bad("low above high", "rows.csv", [("0.7,0.5,0.9", "0.7,0.9,0.5")], [("low 0.9 is above high 0.5", "second_")]),
    Bad("mean outside", "rows.csv", [("0.7,0.5,0.9", "1.7,0.5,0.9")], [("1.7 is outside its interval", "second_")]),
    Bad(
        "probability above 1",
        "rows.csv",
        [("0.4,0.2,0.6,beta", "1.4,0.2,1.6,normal")],
        [("lies between 0 and 1; found 1.4", "first_number")],
    ),
    Bad(
        "probability above 1 in a model",
        THREAD,
        [('probability = "stops_after_overdose"', 'probability = "1.2"')],
        [("a probability lies between 0 and 1; found 1.2", 'probability = "1.2"')],
    ),
    Bad(
        "negative rate in a model",
        THREAD,
        [('rate = "ask_methadone"', "rate = -0.5")],
        [("a rate is not negative; found -0.5", "rate = -0.5")],
    ),
    Bad("share above 1", "own.toml", [(HALF, "share = 1.2\n")], [("less than or equal to 1 was expected", "1.2")]),
    Bad(
        "share above 1 in a series",
        SERIES,
        [("share_male,2023,0.499", "share_male,2023,1.499")],
        [("a share lies between 0 and 1", "share_male,2023,1.499")],
    ),
    Bad("negative dollars", "own.toml", [(HALF, "dollars = -5\n")], [("or equal to 0 was expected, found -5", "-5")]),
    Bad("negative price", "rows.csv", [("70,50,90", "70,-50,90")], [("money is not negative", "third_number")]),
    Bad("negative first round", PLACE, [("usd = 2_", "usd = -2_")], [("or equal to 0 was expected", "usd = -2_")]),
    Bad("text for a number", "own.toml", [(HALF, 'share = "half"\n')], [("number was expected, found 'half'", "half")]),
    Bad("text for a mean", "rows.csv", [("0.4,0.2", "about 0.4,0.2")], [("found 'about 0.4'", "first_number")]),
    Bad("text for draws", STUDY, [("draws = 64", 'draws = "64"')], [("number was expected, found '64'", "draws")]),
    Bad("a number of no end", "own.toml", [(HALF, "dollars = inf\n")], [("a finite number", "inf")]),
    Bad("nobody counted", SERIES, [(",2016,366960", ",2016,many")], [("number was expected, found 'many'", "many")]),
    # ---- plans
    Bad(
        "plan over budget",
        "own.toml",
        [(HALF, "dollars = 800_000.0\n")],
        [("the plan spends $1,100,000 in 2026, 2027, 2028; the budget of that year is $750,000", "800_000")],
    ),
    Bad(
        "plan years outside the horizon",
        "own.toml",
        [("2026-2028", "2046-2048")],
        [("'2046-2048' lies outside the years with new money, 2026-2040", "2046-2048")],
    ),
    Bad(
        "same service twice in a plan",
        "own.toml",
        [("recovery_housing", "peer_coaching")],
        [("'peer_coaching' stands 2 times", 'service = "peer_coaching"')],
    ),
    Bad(
        "same service twice in a study",
        STUDY,
        [('"recovery_housing",', '"peer_coaching",')],
        [("'peer_coaching' stands twice", '"peer_coaching"')],
    ),
    Bad(
        "shares that sum above 1",
        "own.toml",
        [('dollars_in = { "2026-2028" = 300000.0 }', "share = 0.6")],
        [("the shares sum to 1.100; at most 1 can be spent", "share = 0.6")],
    ),
    Bad(
        "payments out of order",
        SERIES,
        [("settlement_receipts,2030", "settlement_receipts,2022")],
        [("payments are out of order: 2022 after 2029", "settlement_receipts,2022")],
    ),
    Bad(
        "spending periods out of order",
        PLACE,
        [("[2029, 2031], [2032, 2034]", "[2032, 2034], [2029, 2031]")],
        [("2029-2031 is out of order", "periods")],
    ),
    # ---- sources and words
    Bad("missing source of a row", "rows.csv", [("Someone 2024,doi 10.1/x", ",")], [("row with no source", "_number")]),
    Bad(
        "missing source of a figure",
        SERIES,
        [('observed,"US Census Bureau: population estimates, vintage 2020"', "observed,")],
        [("the source is missing", ",population,")],
    ),
    Bad("missing source of a plan", "own.toml", [('source = "a test"\n', "")], [("key 'source' is missing", "")]),
    Bad(
        "a judgement without its judge",
        "rows.csv",
        [("primary,reported,,2026", "judgement,judgement,,2026")],
        [("only if it says who judged", "_number")],
    ),
    Bad("markup in a plan's name", "own.toml", [("A reader's", "<b>Own</b>")], [("signs < and >", "<b>Own</b>")]),
    Bad("markup in a place's name", PLACE, [("Washtenaw County", "<i>W</i>")], [("signs < and >", "label = ")]),
    Bad("markup in a model's label", THREAD, [("never started", "<script>")], [("signs < and >", "<script>")]),
    Bad("markup in a row", "rows.csv", [("A share", "A <img src=x>")], [("markup and control", "first_number")]),
    Bad("orders to a terminal", "own.toml", [("A reader's", "\\u001b[31m")], [("control characters", "label = ")]),
    # ---- circles
    Bad(
        "phases in a circle",
        THREAD,
        [('{ name = "longer",', '{ name = "first_4_weeks",')],
        [("'first_4_weeks' stands twice: people would go in a circle", 'name = "first_4_weeks"')],
    ),
    Bad(
        "a last phase with a mean",
        THREAD,
        [('label = "longer" }', 'label = "l", mean = "1 year" }')],
        [("no step after it", '"l", mean')],
    ),
    Bad(
        "lets in a circle",
        THREAD,
        [("[let]\n", '[let]\none = "two"\ntwo = "one"\n'), ('"leave_methadone * ', '"one * ')],
        [("rests on itself", 'one = "two"')],
    ),
    Bad("a place inside itself", PLACE, [('"michigan"', '"washtenaw"')], [("a part of itself", "parent = ")]),
    Bad(
        "a quantity derived from itself",
        "evidence/conversions.toml",
        [('["prob_inactive_to_relapse_monthly_profound"]', '["rate_return_to_use_profound"]')],
        [("'rate_return_to_use_profound' rests on itself", '["rate_return_to_use_profound"]')],
    ),
    # ---- places
    Bad(
        "an empty place",
        PLACE,
        [('series = "washtenaw_series.csv"', 'series = "empty.csv"')],
        [("the place is empty", "series = ")],
    ),
    Bad(
        "a table that is not there",
        PLACE,
        [('ages = "washtenaw_ages.csv"', 'ages = "washtenaw_age.csv"')],
        [("Did you mean 'washtenaw_ages.csv'?", "ages = ")],
    ),
    # ---- two faults in one file, of form and of meaning, are both told
    Bad(
        "two faults of a plan",
        "own.toml",
        [("peer_coaching", "peer_coachng"), ("note =", "nott ="), ("300000.0", "900000.0")],
        [("'nott'", "nott"), ("'note' is missing", ""), ("'peer_coachng'", "coachng"), ("the plan spends", "900000.0")],
    ),
    Bad(
        "two faults of a row and one of the form",
        "rows.csv",
        [("0.7,0.5,0.9", "0.7,0.9,0.5"), ("A share,proportion", "A share,propotion"), (",,,\nthird", ",,\nthird")],
        [("'propotion'", "first_number"), ("21 cells; the header has 22", "second_number")],
    ),
    Bad(
        "two faults of a place and one of its table",
        PLACE,
        [("usd = 2_", "usd = -2_"), ('"washtenaw_kits_ratio"', '"washtenaw_kit_ratio"'), ("kind = ", "knd = ")],
        [("-2250000", "usd"), ("'washtenaw_kit_ratio'", "kit_ratio"), ("'knd'", "knd"), ("'kind' is missing", "")],
    ),
    Bad(
        "two faults of a study",
        STUDY,
        [("horizons = [1,", "horizons = [99,"), ("draws = 64", 'draws = "many"')],
        [("a horizon of 99 years", "horizons"), ("'many'", "draws")],
    ),
    Bad(
        "two faults of a model",
        THREAD,
        [("request = ", "reqest = "), ("[let]\n", '[let]\none = "one"\n'), ('"leave_methadone * ', '"one * ')],
        [("'reqest'", "reqest"), ("rests on itself", 'one = "one"')],
    ),
)


def written(bad: Bad, folder: Path) -> Path:
    """Write the file with its fault, and what stands beside it."""
    text = OWN.get(bad.of) or (DATA / bad.of).read_text("utf-8")
    if bad.of == PLACE:
        for other in (DATA / "places").iterdir():
            shutil.copy(other, folder)
        series = (DATA / SERIES).read_text("utf-8").splitlines()
        (folder / "empty.csv").write_text("\n".join(row for row in series if ",population," not in row), "utf-8")
    return write(folder / Path(bad.of).name, text, *bad.changes, once=False)


def lines_with(path: Path, part: str) -> set[int]:
    return {number for number, row in enumerate(path.read_text("utf-8").splitlines(), start=1) if part in row}


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_every_fault_is_told_with_its_line(bad: Bad, tmp_path: Path, call: Callable[..., Result]) -> None:
    path = written(bad, tmp_path)
    before = sorted(tmp_path.iterdir())
    result = call("check", path)
    assert result.exit_code == FAULTY, result.output
    told = [row for row in result.stderr.splitlines() if row.startswith(str(path))]
    for words, part in bad.told:
        named = [row for row in told if words in row]
        assert named, f"{words!r} is not in:\n{result.stderr}"
        lines = {int(row.split(", line ")[1].split()[0].strip(":")) for row in named}
        assert lines <= lines_with(path, part or ""), f"{named} should name the line of {part!r}"
    assert "nothing was written" in result.stderr
    assert result.stdout == ""
    assert sorted(tmp_path.iterdir()) == before


# ------------------------------------------------------------------------------------- what is no text, or no file


def empty(path: Path) -> None:
    path.touch()


def blank(path: Path) -> None:
    path.write_text("\n  \n\t\n", "utf-8")


def fifty_megabytes(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(50_000_000)


def latin(path: Path) -> None:
    path.write_bytes('key = "own"\nlabel = "Jos\xe9"\n'.encode("latin-1"))


def zero_byte(path: Path) -> None:
    path.write_bytes(b'key = "own"\n\n\0')


def syntax(path: Path) -> None:
    path.write_text('key = "own"\nlabel "no sign"\n', "utf-8")


def open_end(path: Path) -> None:
    path.write_text('key = "own"\nline = [\n', "utf-8")


def too_deep(path: Path) -> None:
    path.write_text("key = " + "[" * 5000 + "]" * 5000, "utf-8")


def digits(path: Path) -> None:
    path.write_text("seed = " + "9" * 5000, "utf-8")


def folder(path: Path) -> None:
    path.mkdir()


def dangling(path: Path) -> None:
    path.symlink_to(path.with_name("gone.toml"))


def circular(path: Path) -> None:
    path.symlink_to(path)


def nothing(path: Path) -> None:
    path.with_name("own_.toml").write_text(PLAN, "utf-8")


def unknown_kind(path: Path) -> None:
    path.write_text('colour = "red"\n', "utf-8")


NO_TEXT = (
    (empty, "the file is empty"),
    (blank, "the file is empty"),
    (fifty_megabytes, "the file has 50 MB; at most 5 MB are read"),
    (latin, ", line 2: the file is not UTF-8 text"),
    (zero_byte, ", line 3: the file holds a zero byte"),
    (syntax, ", line 2: this is not valid TOML: Expected '=' after a key"),
    (open_end, ", line 2: this is not valid TOML"),
    (too_deep, "nested too deeply"),
    (digits, "this is not valid TOML"),
    (folder, "this is a folder; a file was expected"),
    (dangling, "a link to a file that does not exist"),
    (circular, "a link to a file that does not exist"),
    (nothing, "there is no such file. Did you mean 'own_.toml'?"),
)


@pytest.mark.parametrize(("make", "words"), NO_TEXT, ids=lambda x: getattr(x, "__name__", ""))
def test_what_is_no_text_is_told_in_plain_words(
    make: Callable[[Path], None], words: str, tmp_path: Path, call: Callable[..., Result]
) -> None:
    path = tmp_path / "own.toml"
    make(path)
    result = call("check", path)
    assert result.exit_code == FAULTY
    assert result.stderr.startswith(str(path))
    assert words in result.stderr
    assert "1 fault; nothing was written." in result.stderr


@pytest.mark.parametrize("option", ["--plan", "--place"])
@pytest.mark.parametrize("make", [make for make, _ in NO_TEXT], ids=lambda make: make.__name__)
def test_a_run_meets_what_is_no_text_before_it_computes(
    make: Callable[[Path], None], option: str, tmp_path: Path, call: Callable[..., Result]
) -> None:
    path = tmp_path / "own.toml"
    make(path)
    result = call("run", "washtenaw", option, path, "--out", tmp_path / "out")
    assert result.exit_code == FAULTY
    assert str(path) in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_of_no_known_kind_is_met_with_the_kinds(tmp_path: Path, call: Callable[..., Result]) -> None:
    unknown_kind(tmp_path / "own.toml")
    (tmp_path / "own.csv").write_text("colour\nred\n", "utf-8")
    result = call("check", tmp_path / "own.toml", tmp_path / "own.csv")
    assert result.exit_code == FAULTY
    assert "no file of a kind that is known; known: study, place, service, plan" in result.stderr
    assert "the header of no table that is known; known: evidence table" in result.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        (f"{HEADER}\nx,y\n", "line 2: 2 cells; the header has 22"),
        (f'{HEADER}\n"open\n', "not valid CSV"),
        (HEADER.replace("mean", "mode") + "\n", "line 1: the column 'mean' is missing"),
        (HEADER + ",key\n", "line 1: a column stands twice: 'key'"),
    ],
    ids=["empty", "cells", "quotes", "column", "doubled"],
)
def test_a_table_that_is_no_table_is_told(text: str, words: str, tmp_path: Path, call: Callable[..., Result]) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text, "utf-8")
    result = call("check", path)
    assert result.exit_code == FAULTY
    assert words in result.stderr


# ------------------------------------------------------------------------------------------- several files at once


def test_several_files_are_told_of_at_once(tmp_path: Path, call: Callable[..., Result]) -> None:
    plan = written(Bad("", "own.toml", [(HALF, "share = 1.2\n")], ()), tmp_path)
    rows = written(Bad("", "rows.csv", [("0.7,0.5,0.9", "0.7,0.9,0.5")], ()), tmp_path)
    gone, sound = tmp_path / "gone.toml", DATA / "plans" / "even_split.toml"
    result = call("check", plan, sound, rows, gone)
    assert result.exit_code == FAULTY
    assert result.stdout == f"{sound}: plan, no fault found.\n"
    files = [row.split(",")[0].split(": ")[0] for row in result.stderr.splitlines()[:-1]]
    assert files == [str(plan), str(rows), str(gone)]
    assert "3 faults" in result.stderr


def test_a_run_tells_the_faults_of_its_place_its_plans_and_its_folder_at_once(
    tmp_path: Path, call: Callable[..., Result]
) -> None:
    place = written(Bad("", PLACE, [("usd = 2_", "usd = -2_")], ()), tmp_path)
    plan = written(Bad("", "own.toml", [("peer_coaching", "peer_coachng")], ()), tmp_path)
    out = tmp_path / "out"
    out.write_text("a file", "utf-8")
    result = call("run", "washtenaw", "--place", place, "--plan", plan, "--out", out)
    assert result.exit_code == FAULTY
    for path in (place, plan, out):
        assert f"{path}" in result.stderr
    assert "3 faults; nothing was written." in result.stderr
    assert out.read_text("utf-8") == "a file"


def test_a_plan_given_twice_or_named_like_another_is_a_fault(tmp_path: Path, call: Callable[..., Result]) -> None:
    plan = written(Bad("", "own.toml", [(HALF, "share = 0.1\n")], ()), tmp_path)
    shipped = tmp_path / "even_split.toml"
    shutil.copy(DATA / "plans" / "even_split.toml", shipped)
    result = call("run", "washtenaw", "--plan", plan, "--plan", plan, "--plan", shipped, "--out", tmp_path / "out")
    assert result.exit_code == FAULTY
    assert f"{plan}" in result.stderr
    assert "there is a plan called 'own' already" in result.stderr
    assert "there is a plan called 'even_split' already" in result.stderr


def test_a_study_is_held_against_all_the_files_it_names(tmp_path: Path, call: Callable[..., Result]) -> None:
    (tmp_path / "own.toml").write_text(PLAN.replace(HALF, "dollars = 800_000.0\n"), "utf-8")
    (tmp_path / "places").mkdir()
    written(Bad("", PLACE, [('"washtenaw_kits_ratio"', '"washtenaw_kit_ratio"')], ()), tmp_path / "places")
    service = (DATA / SERVICE).read_text("utf-8").replace('lag = "peer_coaching_lag"', 'lag = "peer_lag"')
    (tmp_path / "peer_coaching.toml").write_text(service, "utf-8")
    text = (DATA / STUDY).read_text("utf-8").replace('place = "washtenaw"', 'place = "places/washtenaw.toml"')
    text = text.replace('"even_split",', '"even_split",\n  "own.toml",')
    path = tmp_path / "washtenaw.toml"
    path.write_text(text.replace('"peer_coaching",', '"peer_coaching.toml",'), "utf-8")
    result = call("check", path)
    assert result.exit_code == FAULTY
    for words in ("the plan spends", "'washtenaw_kit_ratio'", "'peer_lag'"):
        assert words in result.stderr


def test_a_plan_of_a_study_that_is_over_the_budget_of_its_place_is_a_fault(
    tmp_path: Path, call: Callable[..., Result]
) -> None:
    (tmp_path / "own.toml").write_text(PLAN.replace(HALF, "dollars = 800_000.0\n"), "utf-8")
    text = (DATA / STUDY).read_text("utf-8").replace('"even_split",', '"even_split",\n  "own.toml",')
    (tmp_path / "washtenaw.toml").write_text(text, "utf-8")
    result = call("check", tmp_path / "washtenaw.toml")
    assert result.exit_code == FAULTY
    assert "own.toml, line 13 [line.0.dollars]: the plan spends $1,100,000" in result.stderr


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (STUDY, ("evidence", "--used-by")),
        (STUDY, ("run",)),
        (THREAD, ("describe",)),
        ("cases/d11_closed_forms.toml", ("verify",)),
    ],
)
def test_every_command_that_reads_a_file_tells_its_faults(
    of: str, words: Sequence[str], tmp_path: Path, call: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / Path(of).name
    text = (DATA / of).read_text("utf-8")
    path.write_text(text.replace("label = ", "labl = ", 1).replace("citation = ", "citaton = "), "utf-8")
    result = call(*words, path)
    assert result.exit_code == FAULTY
    assert f"{path}, line " in result.stderr
    assert "unknown key '" in result.stderr
    assert "Did you mean '" in result.stderr
    assert list(tmp_path.iterdir()) == [path]


# -------------------------------------------------------------------------------------------------- what is sound


def shipped_files() -> list[Path]:
    return [path for path in sorted(DATA.rglob("*")) if path.suffix in (".toml", ".csv")]


def test_every_file_that_ships_is_sound(call: Callable[..., Result]) -> None:
    files = shipped_files()
    result = call("check", *files)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count("no fault found") == len(files)


def test_what_a_reader_writes_without_fault_is_sound(tmp_path: Path, call: Callable[..., Result]) -> None:
    (tmp_path / "own.toml").write_text(PLAN.replace(HALF, "share = 0.5\n"), "utf-8")
    (tmp_path / "rows.csv").write_text(ROWS, "utf-8")
    result = call("check", tmp_path / "own.toml", tmp_path / "rows.csv")
    assert result.exit_code == 0, result.stderr
    assert "own.toml: plan, no fault found" in result.stdout
    assert "rows.csv: evidence table, no fault found" in result.stdout


def test_an_edited_copy_of_a_shipped_table_stands_in_its_place(tmp_path: Path, call: Callable[..., Result]) -> None:
    text = (DATA / "evidence" / "cost.csv").read_text("utf-8")
    path = tmp_path / "mine.csv"
    path.write_text(text, "utf-8")
    assert call("check", path).exit_code == 0
    rows = text.splitlines()
    path.write_text("\n".join([*rows, rows[1]]), "utf-8")
    result = call("check", path)
    assert result.exit_code == FAULTY
    assert f"{path}, line {len(rows) + 1}" in result.stderr
    assert "stands already in" in result.stderr


def test_a_row_that_ships_already_may_not_be_given_again(tmp_path: Path, call: Callable[..., Result]) -> None:
    rows = (DATA / "evidence" / "cost.csv").read_text("utf-8").splitlines()
    path = tmp_path / "rows.csv"
    path.write_text("\n".join([*ROWS.splitlines(), rows[1]]), "utf-8")
    result = call("check", path)
    assert result.exit_code == FAULTY
    assert f"{path}, line 5" in result.stderr
    assert "cost.csv, line 2" in result.stderr


# ---------------------------------------------------------------------------------------------- whatever is written

TOKENS = ("-1", "1e999", "nan", '"x"', '""', "[]", "{}", "true", "2026-01-01", '"<b>"', '"a + "', "9" * 30, "[[1]]")


@settings(max_examples=150)
@given(data=st.data())
def test_no_edit_of_a_file_is_met_with_a_traceback(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = data.draw(st.sampled_from(shipped_files()))
    rows = path.read_text("utf-8").splitlines()
    number = data.draw(st.integers(0, len(rows) - 1))
    sign = "=" if path.suffix == ".toml" else ","
    edit = data.draw(st.sampled_from(["drop", "double", "value", "sign", "cut"]))
    place = data.draw(st.integers(0, len(rows[number])))
    if edit == "drop":
        del rows[number]
    elif edit == "double":
        rows.insert(number, rows[number])
    elif edit == "value":
        rows[number] = rows[number].split(sign)[0] + sign + data.draw(st.sampled_from(TOKENS))
    elif edit == "sign":
        rows[number] = rows[number][:place] + data.draw(st.sampled_from("=[]{}\"'#,.<>\\")) + rows[number][place:]
    else:
        rows = [*rows[:number], rows[number][:place]]
    copy = tmp_path_factory.mktemp("edited") / path.name
    copy.write_text("\n".join(rows), "utf-8")
    sound, faults = check_files([copy])
    assert bool(sound) != bool(faults)
    assert all(fault.message for fault in faults)


def test_check_says_what_becomes_of_money_that_no_run_can_use(tmp_path: Path, call: Callable[..., Result]) -> None:
    (tmp_path / "own.toml").write_text(PLAN.replace('"peer_coaching"', '"compulsory_treatment"'), "utf-8")
    result = call("check", tmp_path / "own.toml")
    assert result.exit_code == 0
    assert "note: 'compulsory_treatment' is not modelled" in result.stdout
    (tmp_path / "own.toml").write_text(PLAN.replace('"peer_coaching"', '"drug_checking"'), "utf-8")
    assert "note: 'drug_checking' is not in the study washtenaw" in call("check", tmp_path / "own.toml").stdout
    refused = call("run", "washtenaw", "--plan", tmp_path / "own.toml", "--out", tmp_path / "out")
    assert refused.exit_code == FAULTY
    assert "this study does not hold it" in refused.stderr


def test_a_fault_never_steers_the_terminal(tmp_path: Path, call: Callable[..., Result]) -> None:
    (tmp_path / "own.toml").write_text(PLAN + '"\\u001b[2J" = 1\n"[bold]" = 2\n', "utf-8")
    result = call("check", tmp_path / "own.toml")
    assert result.exit_code == FAULTY
    assert "\x1b" not in result.stderr
    assert "\\x1b[2J" in result.stderr
    assert "[bold]" in result.stderr


# ------------------------------------------------------------------------------------------------- as a real program


def test_the_program_ends_with_two_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(PLAN.replace(HALF, "share = 1.2\n"), "utf-8")
    (tmp_path / "rows.csv").write_text(ROWS.replace("0.7,0.5,0.9", "0.7,0.9,0.5"), "utf-8")
    done = program("check", tmp_path / "own.toml", tmp_path / "rows.csv")
    assert done.returncode == FAULTY
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 3
    assert "Traceback" not in done.stderr


def test_a_run_with_a_faulty_plan_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(PLAN.replace(HALF, "share = 1.2\n"), "utf-8")
    done = program("run", "washtenaw", "--plan", tmp_path / "own.toml", "--out", tmp_path / "out")
    assert done.returncode == FAULTY
    assert "own.toml, line 13 [line.0.share]" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["own.toml"]


@pytest.mark.parametrize("table", sorted(DATA.rglob("*.csv")), ids=lambda path: path.name)
def test_a_row_that_stands_twice_in_a_shipped_table_is_refused(table: Path, tmp_path: Path) -> None:
    folder = tmp_path / table.parent.name
    shutil.copytree(table.parent, folder)
    rows = table.read_text("utf-8").rstrip("\n").splitlines()
    path = folder / table.name
    path.write_text("\n".join([*rows, rows[-1], ""]), "utf-8")
    sound, faults = check_files([path])
    assert faults
    assert not sound
