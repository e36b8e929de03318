"""Evidence tables that tests write: one sound row, and as many like it as a test asks for."""

from __future__ import annotations

import csv
from pathlib import Path

from bothand.evidence.rows import COLUMNS

GOOD = {
    "key": "a_key",
    "group": "overdose",
    "role": "input",
    "description": "a rate",
    "unit": "per person-year",
    "mean": "0.1",
    "low": "0.05",
    "high": "0.2",
    "distribution": "gamma",
    "population": "people",
    "reference_population": "",
    "year": "2020",
    "citation": "A et al 2020",
    "locator": "doi 10.1000/x",
    "grade": "primary",
    "interval_origin": "reported",
    "note": "",
    "checked_on": "2026-11-23",
    "review_by": "2028-11-23",
    "judged_by": "",
    "judged_from": "",
    "judged_why": "",
}


def table(path: Path, *rows: dict[str, str]) -> Path:
    """Write a table of sound rows, each with the cells that it has otherwise, and return its file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({**GOOD, **row} for row in rows)
    return path
