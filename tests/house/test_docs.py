"""The documents are true: every command and option is written down, every command shown works, every link leads on."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bothand.cli import main
from bothand.files import available, data_folder
from bothand.report.summary import Summary
from bothand.words import reading_grade
from bothand.world.cases.nouns import CaseSpec
from bothand.world.cases.questions import QUESTIONS
from bothand.world.model import ModelSpec
from program import FAULTY

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
COMMANDS = DOCS / "reference" / "commands.md"
FOLDERS = {"tutorial", "how-to", "explanation", "reference"}
"""Diataxis: to learn, to do, to understand, to look up."""

OTHER_PROGRAMS = ("make", "uv", "pipx")
LONG_TO_RUN = {"run"} if os.environ.get("BOTHAND_LONG") == "1" else {"run", "decide"}
"""A full run of the default study takes minutes: `make verify` does it; `make test` reads what it names."""

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\]\([^)]*\))*\]\(([^)]+)\)")
HARDEST = 10.0
"""US school grade of a page for a council (STYLE)."""

Tree = dict[str, click.Command]


def commands() -> Tree:
    """Every command by what a reader types; those of a group by two words."""
    found: Tree = {}
    for key, command in main.commands.items():
        inner = command.commands if isinstance(command, click.Group) else None
        found |= {f"{key} {name}": part for name, part in inner.items()} if inner else {key: command}
    return found


def asked(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that a line names, and the words after it."""
    size = 1 if words[0] in commands() else 2
    return commands()[" ".join(words[:size])], words[size:]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def options(command: click.Command) -> set[str]:
    return {o for p in command.params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)}


def sections(text: str) -> dict[str, str]:
    """Heading of the second level to what stands under it."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def undocumented(tree: Tree, text: str) -> list[str]:
    """Every command and option of ``tree`` that ``text`` does not hold, and every one that only the text has."""
    found, written = [], sections(text)
    for key, command in tree.items():
        section = written.pop(f"bothand {key}", None)
        if section is None:
            found.append(f"bothand {key} has no section")
            continue
        listed = set(re.findall(r"^\| .*?\|", section, re.MULTILINE))
        shown = {o for row in listed for o in re.findall(r"`(-{1,2}[a-z][a-z-]*)", row)}
        found += [f"bothand {key} {o} is not written down" for o in sorted(options(command) - shown)]
        found += [f"bothand {key} {o} does not exist" for o in sorted(shown - options(command))]
        for parameter in command.params:
            if isinstance(parameter.type, click.Choice):
                missing = [c for c in parameter.type.choices if f"`{c}`" not in section]
                found += [f"bothand {key} {parameter.name}: {c} is not written down" for c in missing]
    return found + [f"{heading} does not exist" for heading in written]


def shell_lines(page: Path) -> Iterator[list[str]]:
    """Yield the words of every line that a page tells a reader to type."""
    for language, _, text in BLOCK.findall(page.read_text("utf-8")):
        if language == "sh":
            yield from (shlex.split(line) for line in text.splitlines() if line.strip())


def lay_out(page: Path, folder: Path) -> None:
    """Write every named file of a page into ``folder``, and show the sources there as in a clone."""
    for _, file, text in BLOCK.findall(page.read_text("utf-8")):
        if file:
            (folder / file).write_text(text, encoding="utf-8")
    (folder / "src").symlink_to(ROOT / "src", target_is_directory=True)


def test_an_option_or_command_that_nobody_wrote_down_is_found() -> None:
    @click.command()
    @click.option("--new", is_flag=True)
    @click.argument("kind", type=click.Choice(["one", "two"]))
    def grow(new: bool, kind: str) -> None: ...

    text = "## bothand grow\n`one`\n| `--old` | no more |\n## bothand gone\n"
    assert undocumented({"grow": grow, "sow": grow}, text) == [
        "bothand grow --new is not written down",
        "bothand grow --old does not exist",
        "bothand grow kind: two is not written down",
        "bothand sow has no section",
        "bothand gone does not exist",
    ]


def test_every_command_and_option_is_written_down_and_no_other() -> None:
    assert undocumented(commands(), COMMANDS.read_text("utf-8")) == []


def test_the_options_of_the_group_are_written_down() -> None:
    head = COMMANDS.read_text("utf-8").split("\n## ")[0]
    context = click.Context(main, **main.context_settings)
    shown = {o for p in main.get_params(context) if isinstance(p, click.Option) for o in p.opts}
    assert {o for o in shown if f"`{o}`" not in head} == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_that_a_page_shows_works(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for program, *words in shell_lines(page):
        if program == "bothand":
            command, rest = asked(words)
            command.make_context(words[0], rest)
            if words[0] not in LONG_TO_RUN:
                result = CliRunner().invoke(main, words)
                faulty = any("faulty" in word for word in words)
                assert result.exit_code == (FAULTY if faulty else 0), f"{words}: {result.output} {result.exception!r}"
        elif program == "make":
            assert words[0] in targets, words
        else:
            assert program in OTHER_PROGRAMS, program


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_a_page_shows_to_run_can_be_read(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bothand.engine.setting import load_setting

    lay_out(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    for line in shell_lines(page):
        if line[0] == "bothand" and line[1] in ("run", "decide"):
            given = commands()[line[1]].make_context(line[1], line[2:]).params
            own = [path for path in given["plans"] if str(path) not in available("plans")]
            if all(path.exists() for path in (*own, *filter(None, [given["place"]]))):
                load_setting(given["study"], given["place"], given["plans"], given.get("terms", ()))
            else:
                assert page.parent == ROOT, f"{line} names a file that the page does not show"


def test_the_page_on_faults_shows_what_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = DOCS / "how-to" / "check-a-file.md"
    lay_out(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    shown = [text.strip() for language, _, text in BLOCK.findall(page.read_text("utf-8")) if language == "text"]
    told = CliRunner().invoke(main, ["check", "faulty_plan.toml"]).output
    assert shown
    assert all(line in told for line in shown), told


def test_a_study_with_the_alternative_that_the_page_names_can_be_read(tmp_path: Path) -> None:
    from bothand.engine.setting import load_setting

    text = (DOCS / "how-to" / "change-a-number.md").read_text("utf-8")
    choice = next(block for language, _, block in BLOCK.findall(text) if language == "toml")
    study = (data_folder() / "studies" / "washtenaw.toml").read_text("utf-8")
    study = study.replace('key = "washtenaw"', 'key = "mine"').replace("\n[fit]", f"\n{choice}\n[fit]")
    (tmp_path / "mine.toml").write_text(study, encoding="utf-8")
    assert load_setting(tmp_path / "mine.toml").study.choices == {"overdose_definition": "self_report"}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    lost = []
    for target in LINK.findall(page.read_text("utf-8")):
        path = page.parent / target.split("#")[0]
        generated = path.is_relative_to(DOCS / "example")
        if not path.exists() and not generated:
            lost.append(target)
    assert not lost


def test_the_readme_links_the_example_report_before_anything_else() -> None:
    assert LINK.findall((ROOT / "README.md").read_text("utf-8"))[0] == "docs/example/washtenaw.html"


def test_the_readme_shows_a_picture_with_words_for_who_cannot_see_it() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    words, path = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", text)[0]
    assert len(words.split()) > 20
    assert (ROOT / path).stat().st_size <= 300_000


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_page_stands_in_its_folder_and_in_the_list(page: Path) -> None:
    if page.parent in (ROOT, DOCS):
        return
    assert page.parent.name in FOLDERS
    assert f"({page.relative_to(DOCS)})" in (DOCS / "README.md").read_text("utf-8")


@pytest.mark.parametrize("page", [p for p in PAGES if p.parent.name != "reference"], ids=name)
def test_a_page_can_be_read_by_a_council(page: Path) -> None:
    assert reading_grade(prose(page.read_text("utf-8"))) <= HARDEST


def prose(text: str) -> str:
    """A page without code, tables, headings, link targets and the breaks of its lines."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"!?\[([^\[\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^(\||#|\s*>).*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"`[^`]*`", "it", text)
    text = re.sub(r"^(\*|\d+\.) ", "\n\n", text, flags=re.MULTILINE)
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)


def test_the_page_on_files_is_what_the_code_says() -> None:
    made = runpy.run_path(str(DOCS / "make_reference.py"))
    assert (DOCS / "reference" / "files.md").read_text("utf-8") == made["page"](), "run: python docs/make_reference.py"
    keys = (DOCS / "reference" / "model-keys.md").read_text("utf-8")
    assert keys == made["model_page"](), "run: python docs/make_reference.py"


def test_the_page_on_published_cases_is_what_a_run_of_them_says() -> None:
    made = runpy.run_path(str(DOCS / "make_verification.py"))["page"]()
    assert (DOCS / "reference" / "verification.md").read_text("utf-8") == made, "run: python docs/make_verification.py"


def test_the_page_on_the_language_names_every_table_of_a_case_and_every_question() -> None:
    text = (DOCS / "reference" / "model-language.md").read_text("utf-8")
    tables = {field.alias or key for key, field in CaseSpec.model_fields.items()}
    assert {t for t in tables if not re.search(rf"\[{t}(?:\.NAME)?\]", text)} == set()
    assert {name for name in QUESTIONS if f"`{name}`" not in " ".join(text.split())} == set()


def test_the_page_on_the_language_names_every_table_of_a_model() -> None:
    text = (DOCS / "reference" / "model-language.md").read_text("utf-8")
    tables = {field.alias or key for key, field in ModelSpec.model_fields.items()}
    assert {t for t in tables if not re.search(rf"\[{t}(?:\.NAME)?\]", text)} == set()


def test_the_page_on_results_names_parts_that_the_summary_has() -> None:
    text = (DOCS / "reference" / "results.md").read_text("utf-8").split("| part |")[1]
    named = {part for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for part in re.findall(r"`(\w+)`", row)}
    assert len(named) > 10
    assert named <= set(Summary.model_fields)


def test_every_shipped_part_of_the_house_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    rooms = {p.parent.name for p in (ROOT / "src" / "bothand").glob("*/__init__.py")}
    assert {room for room in rooms if f"`{room}/`" not in text} == set()


@pytest.mark.parametrize("case", sorted((data_folder() / "cases").glob("*.toml")), ids=lambda path: path.stem)
def test_the_source_of_every_published_case_is_in_notice(case: Path) -> None:
    text = " ".join((ROOT / "NOTICE").read_text("utf-8").split())
    source = tomllib.loads(case.read_text("utf-8"))["source"]
    assert f"data/cases/{case.name}" in text
    assert source.get("repo", "") in text
    assert source.get("package", "msm").split()[0] in text


def test_every_table_beside_a_published_case_is_in_notice() -> None:
    text = (ROOT / "NOTICE").read_text("utf-8")
    assert {p.name for p in (data_folder() / "cases").glob("*.csv") if p.name not in text} == set()
