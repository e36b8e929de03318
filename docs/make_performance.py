"""Write docs/performance.md from benchmarks/latest.json, the last whole run of ``make bench``.

Run it by ``python docs/make_performance.py``. The page holds no number that the file does not: a test compares it with
what this file makes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

LATEST = Path(__file__).parents[1] / "benchmarks" / "latest.json"
PAGE = Path(__file__).parent / "performance.md"
DIGITS = 3
THOUSANDTH = 1e-3
TIMES = ("ours", "theirs", "six", "one", "clock", "processor")

HEAD = """# How fast it is

*Made by `docs/make_performance.py` from `benchmarks/latest.json`, the last run of `make bench`.*

Speed means little by itself. So every number here is a ratio: a run of BothAnd beside a run of something else, on one
machine, in turns, within one run of the benchmarks. A ratio of 5 means that the other took five times as long. Where
the ratio is below 1, the other is faster, and that stands here too. Both do the same job. Each comparison checks that:
the results must agree, or it stops.

Time is what the processor worked, so that other programs disturb it less. Each number is the middle of several runs,
after one to warm up. A *bar* is what must be reached; an *aim* is what we hope for. To measure again:

```sh
make bench
```
"""

SMALL = "**These numbers are from a small run, which only tries whether all works. Read nothing from them.**\n"

PARTS = {
    "cohort": (
        "Cohorts",
        "The cohort engine steps expected numbers of people week by week, for many draws of the numbers at a time. Its "
        "rivals are NumPy and SciPy, on one thread each. Each rival is the best form that we could write.",
    ),
    "people": (
        "People one by one",
        "The same model with single people. Starsim is a framework for simulating single people, in Python. The module "
        "that we wrote for it is as lean as we could make it; its own experts may do better. The last two rows ask "
        "something else: how many people must be simulated until the answer is good enough. Here it matters more than "
        "speed that both arms of a comparison share their luck.",
    ),
    "respondpy": (
        "Beside respondpy",
        "respondpy runs RESPOND, an opioid model in C++. It steps one set of numbers at a time, and is good at it. "
        "Ours steps many sets at once.",
    ),
    "gradient": ("Gradients", "What it costs to learn how the result moves with every dollar."),
    "deciding": (
        "Deciding",
        "A front is a set of plans of which none is better for all values. It is drawn on curves, and by exact slopes. "
        "Its rival is NSGA-II in pymoo, which tries many plans and breeds the best. The map asks what every pair of "
        "values costs together: on curves, and with all its plans run in the full model.",
    ),
    "growth": (
        "How cost grows",
        "Each size doubles a few times. The slope says how cost grows: at 1, twice the size is twice the time; "
        "below 1, it is less.",
    ),
    "start": ("Starting", "What one waits for before anything is computed, and for the main job."),
}


def page() -> str:
    """Return the whole page."""
    found = json.loads(LATEST.read_text("utf-8"))
    lines = [HEAD, *([SMALL] if found["quick"] else []), *_missed(found["rows"]), *_environment(found)]
    known = [*PARTS, *dict.fromkeys(row["part"] for row in found["rows"] if row["part"] not in PARTS)]
    for part in known:
        rows = [row for row in found["rows"] if row["part"] == part]
        if rows:
            title, about = PARTS.get(part, (part.capitalize(), ""))
            lines += [f"## {title}", "", about, ""]
            lines += list(_growth(rows) if part == "growth" else _table(rows))
            lines += list(_notes(rows))
    return "\n".join(lines).rstrip() + "\n"


def number(value: float | None) -> str:
    """Return a number with as many digits as it deserves."""
    if value is None:
        return "not measured"
    if value == 0 or THOUSANDTH <= abs(value) < 1:
        return f"{value:.{DIGITS - 1}g}"
    return f"{value:,.0f}" if abs(value) >= 10 ** (DIGITS - 1) else f"{value:.{DIGITS}g}"


def _missed(rows: list[dict[str, Any]]) -> Iterator[str]:
    bars = [row for row in rows if row["bar"] is not None]
    missed = [row["name"] for row in bars if row["met"] is not True]
    yield f"Bars met: {len(bars) - len(missed)} of {len(bars)}." + (" Not met:" if missed else "")
    yield ""
    if missed:
        yield from (f"* {name}" for name in missed)
        yield ""


def _environment(found: dict[str, Any]) -> Iterator[str]:
    about = found["environment"]
    packages = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    settings = ", ".join(f"`{name}` {value}" for name, value in about["settings"].items())
    yield "## The machine"
    yield ""
    yield "| what | |\n|---|---|"
    yield f"| measured | {about['date']}, commit `{found['commit']}`, in {about['seconds']} s |"
    yield f"| processor | {about['processor']}; {about['cores']} cores; {about['system']} |"
    yield f"| programs that ran, before and after | {about['load_before']} and {about['load_after']} |"
    yield f"| Python and packages | Python {about['python']}, {packages} |"
    yield f"| settings | {settings} |"
    yield ""


def _table(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield "| | ratio or number | bar | aim | reached |\n|---|---|---|---|---|"
    for row in rows:
        sign = "at most " if row["at_most"] else ""
        limits = ["" if row[kind] is None else f"{sign}{number(row[kind])}" for kind in ("bar", "aim")]
        shown = number(row["ratio"]) + ("" if row["ratio"] is None else f" {row['unit']}")
        yield f"| {row['name']} | {shown} | {' | '.join(limits)} | {_reached(row)} |"
    yield ""


def _reached(row: dict[str, Any]) -> str:
    if row["ratio"] is None:
        return "not measured"
    said = []
    if row["bar"] is not None:
        said.append("bar: yes" if row["met"] else "bar: **no**")
    if row["aim"] is not None:
        said.append("aim: yes" if row["aim_met"] else "aim: no")
    return ", ".join(said)


def _growth(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        sizes, seconds = row["samples"]["size"], row["samples"]["seconds"]
        yield f"**{row['name'].capitalize()}**: slope {number(row['ratio'])}."
        yield ""
        yield f"| {row['name'].removeprefix('cost by ')} | {' | '.join(f'{size:,.0f}' for size in sizes)} |"
        yield "|---" * (len(sizes) + 1) + "|"
        yield f"| seconds | {' | '.join(number(value) for value in seconds)} |"
        yield ""


def _notes(rows: list[dict[str, Any]]) -> Iterator[str]:
    yield "What was run:"
    yield ""
    yield "| | the job | notes | seconds, the middle of each |\n|---|---|---|---|"
    for row in rows:
        times = {name: median(values) for name, values in row["samples"].items() if values and name in TIMES}
        middle = ", ".join(f"{name} {number(value)}" for name, value in times.items())
        yield f"| {row['name']} | {_cell(row['what'])} | {_cell(row['note'])} | {middle} |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
