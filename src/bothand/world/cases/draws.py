"""Numbers that are uncertain: given draws from a table beside the case, or draws from the distributions of its source.

Drawn numbers have a stream each (``evidence/streams.py``): draw 7 is the same however many are asked, and does not
change when other numbers are added. They are independent of one another; what belongs together is drawn together by a
formula, such as shares from gamma counts divided by their sum (a Dirichlet distribution).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from scipy import special

from bothand.evidence.quantity import Floats
from bothand.evidence.streams import stream
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import read_csv, read_text
from bothand.world.cases.nouns import Distribution, Value

DRAW = "draw"


def quantile(distribution: Distribution, u: Floats) -> Floats:
    """Return the values below which shares ``u`` (any shape, inside 0-1) of a distribution lie."""
    by = distribution.numbers
    match distribution.family:
        case "gamma":
            return np.asarray(special.gammaincinv(by["shape"], u) * by.get("scale", 1 / by.get("rate", 1)))
        case "beta":
            return np.asarray(special.betaincinv(by["a"], by["b"], u))
        case "lognormal":
            median = by.get("median") or np.exp(by["meanlog"])
            return np.asarray(median * np.exp(by["sdlog"] * special.ndtri(u)))
        case "normal":
            return np.asarray(by["mean"] + by["sd"] * special.ndtri(u))
        case "uniform":
            return np.asarray(by["low"] + (by["high"] - by["low"]) * u)


def drawn(values: Mapping[str, Value], size: int, seed: int) -> dict[str, Floats]:
    """Return ``size`` draws of every number that has a distribution, (D,) each."""
    return {
        name: quantile(value.distribution, stream(seed, name, size))
        for name, value in values.items()
        if value.distribution is not None
    }


def read_draws(path: Path) -> dict[str, Floats]:
    """Read a table of given draws: each column but ``draw``, (D,). Raises FaultsFound.

    The rows are numbered 1, 2, ... so that a lost or doubled row is seen.
    """
    header = [name.strip() for name in read_text(path).splitlines()[0].split(",")]
    rows = read_csv(path, list(dict.fromkeys([DRAW, *header])))
    columns = [name for name in header if name != DRAW]
    found: dict[str, list[float]] = {name: [] for name in columns}
    faults = []
    for number, (line, row) in enumerate(rows, start=1):
        if row[DRAW] != str(number):
            faults.append(Fault(str(path), f"draw {number} was expected here, found '{row[DRAW]}'.", DRAW, line))
        for name in columns:
            try:
                found[name].append(float(row[name]))
            except ValueError:
                faults.append(Fault(str(path), f"a number was expected, found '{row[name]}'.", name, line))
                continue
            if not np.isfinite(found[name][-1]):
                faults.append(Fault(str(path), f"a finite number was expected, found '{row[name]}'.", name, line))
    if not rows:
        faults.append(Fault(str(path), "the table has no draw."))
    if faults:
        raise FaultsFound(faults)
    return {name: np.array(column) for name, column in found.items()}


def of_column(values: Mapping[str, Value], table: Mapping[str, Floats]) -> tuple[dict[str, Floats], list[str]]:
    """Return the draws of every number that names a column, and the columns that the table lacks."""
    columns = {name: value.column for name, value in values.items() if value.column is not None}
    found = {name: table[column] for name, column in columns.items() if column in table}
    return found, [column for column in columns.values() if column not in table]


def nearest_column(name: str, table: Mapping[str, Floats]) -> str | None:
    """Return the column that is most like a name, or None."""
    return nearest(name, table)
