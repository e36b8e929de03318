"""The headings that settlement money may be spent under (Exhibit E of the national opioid settlements), as data.

Headings were read at their source; most items below them were not, so that a page prints the heading and not the item.
A row says whether it was seen. The list is that of the country's settlements; by its own words it is not exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from bothand.faults import Fault
from bothand.files import data_folder
from bothand.world.population import doubled, whole_table
from bothand.world.service import Record, Text

HEADINGS = "exhibit_e.csv"


def _keys(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


class SpendingHeading(Record):
    """One rule, heading or item of the list: its code, and the services that stand under it."""

    schedule: Text
    code: Text
    part: str
    heading: Text
    use: Text
    seen: Text
    source: str
    services: Annotated[tuple[str, ...], BeforeValidator(_keys)]
    note: str


@lru_cache(maxsize=1)
def known_headings() -> tuple[SpendingHeading, ...]:
    """Return every row of the list that ships."""
    return whole_table(data_folder() / "places" / HEADINGS, SpendingHeading, heading_faults)


def heading_faults(rows: Sequence[tuple[int, SpendingHeading]], path: Path) -> Iterator[Fault]:
    """Yield a fault for each code that stands twice, and for an item whose heading is missing."""
    codes = {row.code for _, row in rows}
    yield from doubled("code", [(line, row.code) for line, row in rows], path, "code")
    for line, row in rows:
        above = row.code.rpartition(".")[0]
        if "." in above and above not in codes:
            yield Fault(str(path), f"the heading '{above}' of '{row.code}' is missing.", "code", line)
