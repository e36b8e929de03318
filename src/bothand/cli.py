"""The command line: ``bothand run washtenaw`` and the small commands beside it.

Heavy modules are imported inside commands, so that help answers at once. Every command that meets a faulty file
prints all its faults to the error stream, writes nothing and ends with exit code 2. The file is long because every
command stands in it with its options.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from bothand.faults import Fault, FaultsFound
from bothand.units import LARGEST_SEED

KINDS = ("models", "places", "services", "terms", "plans", "studies", "values", "stakeholders", "principles")
SCHEMAS = (
    "summary",
    "study",
    "place",
    "service",
    "term",
    "programme",
    "plan",
    "model",
    "value",
    "stakeholder",
    "case",
)
NOT_MET = 1
FAULTY = 2
REFRESHED = 2  # UNIT: times a second that the line of progress is drawn
SMALLEST_ROW = 22  # UNIT: characters of the column of names
WIDTH = 100  # UNIT: characters of a line of text
FEW = 4  # UNIT: entries of a list that a table shows
NO_NUMBER = "none"  # in the place of a ratio that there is not
SET_IN = 4  # UNIT: characters by which the rest of a paragraph is set in

a_file = click.Path(path_type=Path)


# --------------------------------------------------------------------------------------------------------- in words


def _in_plain_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what a command found wrong into printed faults and exit code 2."""

    @wraps(command)
    def guarded(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except FaultsFound as found:
            _end_with(found.faults)
        except BrokenPipeError:
            raise  # whoever reads our output has read enough; click ends quietly
        except OSError as error:
            _end_with([Fault(str(error.filename or "this machine"), f"{error.strerror or error}.")])

    return guarded


def _end_with(faults: Sequence[Fault]) -> NoReturn:
    """Print faults, file by file in the order of lines, and end."""
    files = list(dict.fromkeys(fault.file for fault in faults))
    ordered = sorted(dict.fromkeys(faults), key=lambda fault: (files.index(fault.file), fault.line or 0))
    for fault in ordered:
        click.echo(_printable(str(fault)), err=True)
    click.echo(f"{len(ordered)} fault{'' if len(ordered) == 1 else 's'}; nothing was written.", err=True)
    sys.exit(FAULTY)


def _printable(text: str) -> str:
    """Return a text in which nothing steers the terminal: a file may hold any sign."""
    return "".join(sign if sign.isprintable() or sign == "\n" else repr(sign)[1:-1] for sign in text)


def _folded(line: str) -> str:
    """Return a line of text folded to a page, its parts set in under it."""
    indent = " " * (len(line) - len(line.lstrip()) + SET_IN)
    return textwrap.fill(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def _print_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print a table: folded to the width of a terminal, one line a row in a pipe."""
    cells = [[_printable(str(row.get(name, ""))) for name in columns] for row in rows]
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*columns, box=None, pad_edge=False)
        for row in cells:
            table.add_row(*(Text(cell, overflow="fold") for cell in row))
        Console().print(table)
        return
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for row in (list(columns), *cells):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _tell_result(result: Any, lines: Sequence[str], as_json: bool) -> None:
    """Print what a run says, as lines or as JSON, and then its notes and how long it took."""
    if as_json:
        click.echo(result.summary.model_dump_json(indent=2))
    else:
        click.echo(f"report: {result.folder / 'report.html'}")
        for line in lines:
            click.echo(line)
    for note in result.notes:
        click.echo(_printable(f"note: {note}"), err=as_json)
    click.echo(f"computing: {result.seconds:.0f} s", err=as_json)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Yield what tells progress on the error stream: one line that changes on a terminal, plain lines elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.text import Text

        console = Console(stderr=True)
        if not console.is_dumb_terminal:
            with console.status(Text("reading"), refresh_per_second=REFRESHED) as status:
                yield lambda words: status.update(Text(words))
            return
    yield lambda words: click.echo(words, err=True)


# --------------------------------------------------------------------------------------------------------- commands


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bothand", prog_name="bothand")
def main() -> None:
    """Show what each affordable plan does for each group of people, and find plans in which nobody is traded away."""


@main.command()
@click.argument("study")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of all draws; the study's own by default.")
@click.option("--draws", type=click.IntRange(min=1), help="Number of runs of the uncertain inputs.")
@click.option("--out", type=a_file, help="Folder for the results; runs/STUDY by default.")
@click.option("--place", type=a_file, help="A place file of your own instead of the study's.")
@click.option(
    "--plan",
    "plans",
    multiple=True,
    type=a_file,
    help="A plan that ships, by name, or a file of your own; may be given more than once.",
)
@click.option("--ratings", type=a_file, help="What a local panel says of the services: a CSV table.")
@click.option(
    "--terms",
    multiple=True,
    type=a_file,
    help="How a programme runs its services: a file that the page of 'ask programme' saves; may be given twice.",
)
@click.option(
    "--full",
    is_flag=True,
    help="Run every plan that ships too, the map and the search under other reach, and stakeholders; a few minutes.",
)
@click.option(
    "--stakeholder",
    "stakeholders",
    multiple=True,
    type=a_file,
    help="With --full: ask this stakeholder, a file or a position that ships; may be given more than once.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=2, help="How many tasks are run at a time; 2 by default."
)
@click.option(
    "--executor",
    type=click.Choice(["threads", "processes", "dask"]),
    default="threads",
    help="Where they run: in this process by default; in others, which may be killed; over Dask, if installed.",
)
@click.option(
    "--chunks",
    type=a_file,
    help="Folder in which finished chunks stay for later runs; else they go when the report stands.",
)
@click.option("--chunk-draws", type=click.IntRange(min=1), help="Draws in a chunk; changes no number.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON when done.")
@_in_plain_words
def run(
    study: str,
    seed: int | None,
    draws: int | None,
    out: Path | None,
    place: Path | None,
    plans: tuple[Path, ...],
    ratings: Path | None,
    terms: tuple[Path, ...],
    full: bool,
    stakeholders: tuple[Path, ...],
    workers: int,
    executor: str,
    chunks: Path | None,
    chunk_draws: int | None,
    as_json: bool,
) -> None:
    """Simulate every plan of STUDY (a name or a file) and write the report and its numbers."""
    from bothand.checking import check_run

    folder = out or Path("runs") / Path(study).stem
    check_run(study, folder, place, plans, draws, ratings, chunks, stakeholders, full, terms)

    from bothand.study import Options, run_study

    options = Options(
        study=study,
        seed=seed,
        draws=draws,
        folder=folder,
        place=place,
        plans=plans,
        ratings=ratings,
        terms=terms,
        full=full,
        stakeholders=stakeholders,
        workers=workers,
        executor=executor,
        chunks=chunks,
        chunk_draws=chunk_draws,
    )
    with _progress() as tell:
        result = run_study(options, tell=tell)
    _tell_result(result, [f"- {finding.text}" for finding in result.summary.findings], as_json)


@main.command()
@click.argument("study")
@click.option("--seed", type=click.IntRange(0, LARGEST_SEED), help="Seed of all draws; the study's own by default.")
@click.option("--draws", type=click.IntRange(min=1), help="Number of runs of the uncertain inputs.")
@click.option("--out", type=a_file, help="Folder for the results; runs/STUDY-decide by default.")
@click.option("--place", type=a_file, help="A place file of your own instead of the study's.")
@click.option(
    "--plan", "plans", multiple=True, type=a_file, help="A plan that ships, by name, or a file of your own; also twice."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON when done.")
@_in_plain_words
def decide(
    study: str,
    seed: int | None,
    draws: int | None,
    out: Path | None,
    place: Path | None,
    plans: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Run STUDY in full and say what there is to decide: what pulls apart, what both cost, who is traded away."""
    from bothand.checking import check_run

    folder = out or Path("runs") / f"{Path(study).stem}-decide"
    check_run(study, folder, place, plans, draws, None, None)

    from bothand.report.deciding.told import told
    from bothand.study import Options, run_study

    options = Options(study=study, seed=seed, draws=draws, folder=folder, place=place, plans=plans, full=True)
    with _progress() as tell:
        result = run_study(options, tell=tell)
    parts = told(result.summary)
    _tell_result(
        result, [line for head, lines in parts for line in ("", head, *(f"- {one}" for one in lines))], as_json
    )


@main.command()
@click.argument("files", nargs=-1, required=True, type=a_file)
@_in_plain_words
def check(files: tuple[Path, ...]) -> None:
    """Read FILES (studies, places, services, plans, terms, models, values, stakeholders, cases, tables).

    Every fault is told.
    """
    from bothand.checking import check_files

    sound, faults = check_files(files)
    for path, kind, notes in sound:
        click.echo(f"{path}: {kind}, no fault found.")
        for note in notes:
            click.echo(_printable(f"  note: {note}"))
    if faults:
        _end_with(faults)


@main.command()
@click.argument("key", required=False)
@click.option(
    "--grade", type=click.Choice(["primary", "secondary", "judgement", "unverified"]), help="Only rows of this grade."
)
@click.option("--used-by", "study", help="Only rows that a study uses.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_in_plain_words
def evidence(key: str | None, grade: str | None, study: str | None, as_json: bool) -> None:
    """Print the evidence: one quantity by KEY, or all, by grade or by the study that uses them."""
    from bothand.listing import evidence_rows

    if key is not None and (grade or study):
        raise click.UsageError("KEY names one quantity; --grade and --used-by choose among all of them.")
    rows = evidence_rows(key, grade, study)
    if as_json:
        _print_json(rows)
    elif key is not None:
        for name, value in rows[0].items():
            click.echo(_printable(f"{name:{SMALLEST_ROW}} {value}"))
    else:
        columns = ("key", "role", "grade", "unit", "mean", "low", "high", "description")
        _print_rows([{name: _short(row[name]) for name in columns} for row in rows], columns)


@main.command("list")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_in_plain_words
def list_(kind: str, as_json: bool) -> None:
    """List the models, places, services, terms, plans, studies, values, stakeholders or principles that ship."""
    from bothand.listing import listing_rows

    rows = listing_rows(kind)
    if as_json:
        _print_json(rows)
    else:
        _print_rows(rows, [name for name, value in rows[0].items() if not isinstance(value, list)])


@main.command()
@click.option("--form", type=a_file, help="Write a form to this file on which people rate a service, value by value.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_in_plain_words
def values(form: Path | None, as_json: bool) -> None:
    """Print the eleven values and which services serve them or pull against them, or write a form to rate by."""
    from bothand.listing import values_content

    if form is not None:
        from bothand.files import write_atomically
        from bothand.report.stakes.form import form_html

        write_atomically(form, form_html().encode())
        click.echo(f"form: {form}")
        return

    content = values_content()
    if as_json:
        _print_json(content)
    else:
        _print_rows(content["values"], ["word", "plain", "kind", "with_addiction", "without_addiction"])
        for sentence in content["sentences"]:
            click.echo(f"- {sentence}")


@main.command()
@click.argument("name")
@click.option("--html", type=a_file, help="Write the description of a model, with its diagram, to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_in_plain_words
def describe(name: str, html: Path | None, as_json: bool) -> None:
    """Print NAME, a model, a service or a term, from its file: a model's states, moves and formulas, or how a service
    is run, read by both traditions, with its grade of coercion, its law and its sources.
    """
    from bothand.listing import described

    known = described(name)
    if known is None:
        _describe_model(name, html, as_json)
    elif html is not None:
        raise click.UsageError("--html draws a model; a service and a term are printed as text or JSON.")
    elif as_json:
        _print_json(known.content)
    else:
        for line in known.lines:
            click.echo(_folded(_printable(line)))


def _describe_model(model: str, html: Path | None, as_json: bool) -> None:
    from bothand.report.describe import describe_html, describe_json, describe_text

    if html is not None:
        from bothand.files import write_atomically

        write_atomically(html, describe_html(model).encode())
        click.echo(f"description: {html}")
    elif as_json:
        _print_json(describe_json(model))
    else:
        click.echo(describe_text(model))


@main.group()
def weights() -> None:
    """Work with stakeholders' files, which say how much each value counts."""


@weights.command()
@click.argument("files", nargs=-1, required=True, type=a_file)
@_in_plain_words
def seal(files: tuple[Path, ...]) -> None:
    """Seal stakeholders' FILES before results are seen: write FILE.seal beside each, all or none."""
    from bothand.world.stakeholders import seal_files

    for path in seal_files(files):
        click.echo(f"sealed: {path}")


@main.group()
def ask() -> None:
    """Write an offline page of questions: for a person, alone or with a helper, or for a programme."""


def _asks(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command of ``ask`` the options that all of them have."""
    options = (
        click.option(
            "--out", type=a_file, default=Path("runs") / "ask", help="Folder for the page; runs/ask by default."
        ),
        click.option("--place", default="washtenaw", help="Where help is looked for: a place that ships, or a file."),
        click.option("--language", default="en", help="'es' is Spanish, a machine draft that nobody has reviewed."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@ask.command()
@_asks
@_in_plain_words
def person(out: Path, place: str, language: str) -> None:
    """Write a guide for one person, with or without a helper: safety, what matters, what to change, what goes together.

    It chooses nothing, scores nothing, asks for nothing over a network and keeps nothing.
    """
    from bothand.ask.person import write_person

    click.echo(f"page: {write_person(out, place, language)}")


@ask.command()
@click.option("--out", type=a_file, default=Path("runs") / "ask", help="Folder for the page; runs/ask by default.")
@click.option("--language", default="en", help="'es' is Spanish, a machine draft that nobody has reviewed.")
@_in_plain_words
def programme(out: Path, language: str) -> None:
    """Write a page on which three people look at their own programme, each alone, and open their answers together.

    It gives no score, asks for nothing over a network and keeps nothing; it saves files where you say.
    """
    from bothand.ask.programme import write_programme

    click.echo(f"page: {write_programme(out, language)}")


@main.command()
@click.argument("cases", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--out", type=a_file, help="Also write the answers to this JSON file.")
@click.option(
    "--engines",
    is_flag=True,
    help="Also set the engines beside each other, with Washtenaw's numbers; a few minutes.",
)
@_in_plain_words
def verify(cases: tuple[str, ...], as_json: bool, out: Path | None, engines: bool) -> None:
    """Answer the questions of published CASES (names or files; all that ship by default) beside what was published.

    Ends with exit code 1 when an answer is further from what was published than its tolerance.
    """
    from bothand.files import available
    from bothand.verify import COLUMNS, as_rows, run_case, write_results

    answers = [answer for case in cases or available("cases") for answer in run_case(case)]
    if engines:
        from bothand.verify.engines import run_engines

        with _progress() as tell:
            answers += run_engines(tell=tell)
    if out is not None:
        write_results(answers, out)
    if as_json:
        _print_json(as_rows(answers))
    else:
        rows = [
            {name: "" if name in answer.empty else _short(getattr(answer, name)) for name in COLUMNS}
            for answer in answers
        ]
        _print_rows(rows, COLUMNS)
        if any(cell.endswith(" entries") for row in rows for cell in row.values()):
            click.echo("--json prints every entry, --out FILE writes them.")
        asked = [answer for answer in answers if answer.met is not None]
        click.echo(f"{sum(bool(answer.met) for answer in asked)} of {len(asked)} answers within their tolerance.")
        for what in dict.fromkeys(answer.waits_for for answer in answers if answer.waits_for):
            click.echo(f"{sum(answer.waits_for == what for answer in answers)} published numbers wait for {what}.")
    if any(answer.met is False for answer in answers):
        sys.exit(NOT_MET)


@main.command()
@click.argument("what", type=click.Choice(SCHEMAS))
@_in_plain_words
def schema(what: str) -> None:
    """Print the JSON schema of the summary or of a kind of file."""
    from bothand.listing import json_schema

    _print_json(json_schema(what))


def _short(value: Any) -> str:
    """Return a value for a table: numbers with a few digits, long or nested lists and tables by their size."""
    if isinstance(value, list | Mapping):
        entries = list(value.values()) if isinstance(value, Mapping) else value
        if len(value) > FEW or any(isinstance(entry, list | Mapping) for entry in entries):
            return f"{len(value)} entries"
        names = [f"{name} " for name in value] if isinstance(value, Mapping) else [""] * len(value)
        return ", ".join(f"{name}{_short(entry)}" for name, entry in zip(names, entries, strict=True))
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: NO_NUMBER}[value]
    return f"{value:.9g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
