"""Write docs/reference/engines.md from the numbers of ``make verify``.

Run it by ``python docs/make_engines.py`` after ``make verify``. What each check says comes from the code, and a test
holds the page to it: every check, every number's name and tolerance in words, none that is not met.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bothand.verify.beside import PREFIX
from bothand.verify.engines import CHECKS

PAGE = Path(__file__).parent / "reference" / "engines.md"
RESULTS = Path(__file__).parents[1] / "verification" / "results.json"
DIGITS = 9  # UNIT: digits of a number in a table
SMALLER = 5  # UNIT: digits of a number below 1
FEW = 3  # UNIT: digits of a tolerance

Row = Mapping[str, Any]

HEAD = """# The engines beside each other

*Made by `docs/make_engines.py` from the numbers of `make verify`.* One model is run in two ways. The **cohort** carries
expected numbers of people from week to week. The **people** engine follows single persons, each with luck of their own.
Where the model says that the two must agree, they are held to it here, with the real model `opioids-us` and Washtenaw's
numbers. So are the cohort's step of a week, and both engines beside formulas.

A *standard error* says how far a mean of simulated people may be off by chance alone. Every seed is fixed: on one
machine the same numbers come again. Another kind of processor may change the last digits. Rows without a tolerance are
printed and not held to anything.

```sh
make verify
```
"""


def page(rows: Sequence[Row]) -> str:
    """Return the whole page from the rows of ``verification/results.json``."""
    return "\n".join([HEAD, *(_section(check.key, check.title, check.words, rows) for check in CHECKS)])


def _section(key: str, title: str, words: str, rows: Sequence[Row]) -> str:
    own = [row for row in rows if row["case"] == PREFIX + key]
    held, printed = ([row for row in own if (row["met"] is None) is free] for free in (False, True))
    parts = [f"## {title}", "", f"Case `{PREFIX}{key}`. {words}", "", *_held(held)]
    return "\n".join([*parts, *(["", *_printed(printed)] if printed else []), ""])


def _held(rows: Iterable[Row]) -> list[str]:
    lines = ["| number | found | expected | may differ by | met |", "|---|---|---|---|---|"]
    for row in rows:
        limit, met = row["tolerance"]["abs"], "yes" if row["met"] else "no"
        lines.append(
            f"| {row['id']} | {_number(row['value'])} | {_number(row['expected'])} | {limit:.{FEW}g} | {met} |"
        )
    return lines


def _printed(rows: Iterable[Row]) -> list[str]:
    return ["| printed | found |", "|---|---|", *(f"| {row['id']} | {_number(row['value'])} |" for row in rows)]


def _number(value: float) -> str:
    return f"{value:.{DIGITS if abs(value) >= 1 else SMALLER}g}"


if __name__ == "__main__":
    PAGE.write_text(page(json.loads(RESULTS.read_text("utf-8"))), encoding="utf-8")
