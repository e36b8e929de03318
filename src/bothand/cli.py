"""The command line: ``bothand run washtenaw`` and the small commands beside it.

Heavy modules are imported inside commands, so that help answers at once. Every command that meets a faulty file
prints all its faults to the error stream, writes nothing and ends with exit code 2.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from bothand.faults import FaultsFound

KINDS = ("models", "places", "services", "plans", "studies", "values")
FAULTY = 2


def _in_plain_words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn FaultsFound into printed faults and exit code 2."""

    @wraps(command)
    def guarded(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except FaultsFound as found:
            for fault in found.faults:
                click.echo(str(fault), err=True)
            size = len(found.faults)
            click.echo(f"{size} fault{'' if size == 1 else 's'}; nothing was written.", err=True)
            sys.exit(FAULTY)

    return guarded


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _rows(rows: list[dict[str, Any]], columns: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(str(row.get(name, "")) for name in columns))
    Console().print(table)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bothand")
def main() -> None:
    """Show what each affordable plan does for each group of people, and find the plans in which nobody is traded away."""


@main.command()
@click.argument("study")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all draws; the study's own by default.")
@click.option("--draws", type=click.IntRange(min=1), help="Number of runs of the uncertain inputs.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results; runs/STUDY by default.")
@click.option("--place", type=click.Path(path_type=Path), help="A place file of your own instead of the study's.")
@click.option(
    "--plan",
    "plans",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A plan file of your own; may be given more than once.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON when done.")
@_in_plain_words
def run(
    study: str,
    seed: int | None,
    draws: int | None,
    out: Path | None,
    place: Path | None,
    plans: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Simulate every plan of STUDY (a name or a file) and write the report and its numbers."""
    from bothand.study import Options, run_study

    folder = out or Path("runs") / Path(study).stem
    options = Options(study=study, seed=seed, draws=draws, folder=folder, place=place, plans=plans)
    result = run_study(options, tell=lambda words: click.echo(words, err=True))
    if as_json:
        click.echo(result.summary.model_dump_json(indent=2))
    else:
        click.echo(f"report: {result.folder / 'report.html'}")
        for finding in result.summary.findings:
            click.echo(f"- {finding.text}")
    click.echo(f"computing: {result.seconds:.0f} s", err=as_json)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_in_plain_words
def check(files: tuple[Path, ...]) -> None:
    """Read FILES (studies, places, services, plans, models, values, evidence tables) and tell every fault."""
    from bothand.checking import check_files

    for path, kind in check_files(files):
        click.echo(f"{path}: a {kind}, no fault found.")


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

    rows = evidence_rows(key, grade, study)
    if as_json:
        _print_json(rows)
    elif key is not None:
        for name, value in rows[0].items():
            click.echo(f"{name:22} {value}")
    else:
        _rows(rows, ["key", "role", "grade", "unit", "mean", "low", "high", "description"])


@main.command("list")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_in_plain_words
def list_(kind: str, as_json: bool) -> None:
    """List the models, places, services, plans, studies or values that ship with the package."""
    from bothand.listing import listing_rows

    rows = listing_rows(kind)
    if as_json:
        _print_json(rows)
    else:
        _rows(rows, list(rows[0]))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_in_plain_words
def values(as_json: bool) -> None:
    """Print the eleven values and which services serve them or pull against them."""
    from bothand.listing import values_content

    content = values_content()
    if as_json:
        _print_json(content)
    else:
        for value in content["values"]:
            click.echo(f"{value['label']} ({value['kind']}): {value['plain']}")
        for sentence in content["sentences"]:
            click.echo(f"- {sentence}")


@main.command()
@click.argument("model")
@click.option("--html", type=click.Path(path_type=Path), help="Write the description with its diagram to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_in_plain_words
def describe(model: str, html: Path | None, as_json: bool) -> None:
    """Print MODEL from its specification: states, moves with formulas, quantities with sources, a diagram."""
    from bothand.report.describe import describe_html, describe_json, describe_text

    if html is not None:
        from bothand.files import write_atomically

        write_atomically(html, describe_html(model).encode())
        click.echo(f"description: {html}")
    elif as_json:
        _print_json(describe_json(model))
    else:
        click.echo(describe_text(model))


@main.command()
@click.argument("what", type=click.Choice(["summary", "model", "place", "service", "plan", "study", "value"]))
@_in_plain_words
def schema(what: str) -> None:
    """Print the JSON schema of the summary or of a kind of file."""
    from bothand.listing import json_schema

    _print_json(json_schema(what))


if __name__ == "__main__":
    main()
