"""The evidence tables: every quantity of every CSV, or every fault of every file in one pass. Source: DESIGN 5.

Rows lie in ``data/evidence/*.csv``, one file a group; ``load_evidence`` reads the folder, then ``extra`` files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from bothand.evidence.conversions import (
    CONVERSIONS,
    DERIVED,
    PRICES,
    Derivation,
    PriceIndex,
    load_derivations,
    load_price_index,
)
from bothand.evidence.quantity import LOWER_TAIL, UPPER_TAIL, Floats, Quantity
from bothand.evidence.rows import COLUMNS, read_row
from bothand.evidence.sets import SETS, Sets, load_sets, set_faults
from bothand.evidence.streams import stream
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, data_folder, scan_csv
from bothand.units import parse_unit

SAMPLES = 1024  # MATH: draws behind the printed range of a derived quantity


class Evidence(Mapping[str, Quantity]):
    """Quantities by key, the sets that bind them, and the price index. A slot is no key: ``resolve`` it."""

    def __init__(
        self,
        rows: Mapping[str, Quantity],
        sets: Sets,
        prices: PriceIndex,
        derivations: Mapping[str, Derivation] | None = None,
    ) -> None:
        self._rows = dict(rows)
        self.sets = sets
        self.prices = prices
        self.derivations = dict(derivations or {})

    def __getitem__(self, key: str) -> Quantity:
        return self._rows[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def names(self) -> frozenset[str]:
        """Every name a model may use: keys of input and check rows, and slots."""
        return frozenset(k for k, q in self._rows.items() if q.role != "context") | frozenset(self.sets.slots)

    def resolve(self, name: str, choices: Mapping[str, str] | None = None) -> str:
        """Return the key that a slot stands for under ``choices``, or the name itself."""
        return self.sets.resolve(name, choices)

    def used_by(self, names: Iterable[str], choices: Mapping[str, str] | None = None) -> list[Quantity]:
        """Return the rows behind ``names`` (keys or slots), with those that derived ones are computed from, by key."""
        todo, found = [self.resolve(n, choices) for n in names], set()
        while todo:
            key = todo.pop()
            if key in self._rows and key not in found:
                found.add(key)
                todo += self._rows[key].inputs
        return [self._rows[k] for k in sorted(found)]

    def price_factor(self, quantity: Quantity) -> float:
        """Return what takes a row's dollars to the price year of the report; 1 for every row that is no money."""
        year = quantity.price_year
        return 1.0 if year is None else self.prices.factor(year)

    def to_rows(self, rows: Iterable[Quantity] | None = None) -> list[dict[str, Any]]:
        """Return rows as plain dictionaries, for ``bothand evidence --json``."""
        return [to_dict(q) for q in (self._rows.values() if rows is None else rows)]


def to_dict(q: Quantity) -> dict[str, Any]:
    """Return one row as plain values: key, role, grade, source, description, unit, mean, low, high, and the rest."""
    head = {
        name: getattr(q, name)
        for name in ("key", "role", "grade", "source", "description", "unit", "mean", "low", "high")
    }
    rest = {name: getattr(q, name) for name in COLUMNS if name not in head}
    dates = {name: str(rest[name]) if rest[name] else None for name in ("checked_on", "review_by")}
    base = {"base_unit": q.base_unit, "base_mean": q.base_mean, "base_low": q.base_low, "base_high": q.base_high}
    more = {"drawn_as": q.family, "conversion": q.conversion, "inputs": list(q.inputs)}
    assumption = CONVERSIONS[q.conversion].assumption if q.conversion else ""
    return {**head, **rest, **dates, **base, **more, "assumption": assumption, "price_year": q.price_year}


def require_reference(evidence: Evidence, key: str, population: str, file: str = "", line: int | None = None) -> None:
    """Refuse a ratio used on another reference population than its row's. Raises FaultsFound.

    ``population`` is the text that the user of the ratio (a service, a rule) declares; case and spaces do not matter.
    """
    if key not in evidence:
        raise FaultsFound([Fault(file, f"unknown quantity '{key}'.", key, line, nearest(key, evidence))])
    row = evidence[key]
    if row.typed is None or not row.typed.is_ratio:
        raise FaultsFound(
            [Fault(file, f"'{key}' is no ratio but '{row.unit}'; it has no reference population.", key, line)]
        )
    if _plain(population) != _plain(row.reference_population):
        words = f"'{key}' is relative to '{row.reference_population}'; it may not be used relative to '{population}'."
        raise FaultsFound([Fault(file, words, key, line, row.reference_population)])


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def load_evidence(folder: Path | None = None, extra: Sequence[Path] = (), instead_of: Sequence[str] = ()) -> Evidence:
    """Read every table of ``folder`` (the shipped one by default), and the ``extra`` files.

    Tables of the folder that ``instead_of`` names are left out: an extra file is an edited copy of them.
    Raises FaultsFound with all faults of all files. Files that did not change are read once a process.
    """
    root = folder or data_folder() / "evidence"
    return _load(root, tuple(extra), tuple(instead_of), _stamp([*root.glob("*.*"), *extra]))


def _stamp(paths: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """What changes when a file changes: so that the cache never serves a stale table."""
    return tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(paths) if p.is_file())


@lru_cache(maxsize=2)
def _load(
    root: Path, extra: tuple[Path, ...], instead_of: tuple[str, ...], stamp: tuple[tuple[str, int, int], ...]
) -> Evidence:
    faults: list[Fault] = []
    rows: dict[str, Quantity] = {}
    if not root.is_dir():
        raise FaultsFound([Fault(str(root), "there is no such folder of evidence tables.")])
    for path in [*(p for p in sorted(root.glob("*.csv")) if p.name not in (PRICES, *instead_of)), *extra]:
        table, of_form = scan_csv(path, COLUMNS)
        faults += of_form
        for line, cells in table:
            row, wrong = read_row(cells, str(path), line)
            faults += wrong
            if row and row.key in rows:
                first = rows[row.key]
                words = f"the key '{row.key}' stands already in {first.file}, line {first.line}."
                faults.append(Fault(str(path), words, "key", line))
            elif row:
                rows[row.key] = row
    evidence, more = _bind(root, rows, faults)
    faults += more
    if faults or evidence is None:
        raise FaultsFound(faults)
    return evidence


def _bind(root: Path, rows: dict[str, Quantity], before: list[Fault]) -> tuple[Evidence | None, list[Fault]]:
    """Read the sets, the derived quantities and the price index, and check them against the rows."""
    faults: list[Fault] = []
    try:
        sets, document = load_sets(root / SETS)
        derivations, source = load_derivations(root / DERIVED)
        shipped = root / PRICES if (root / PRICES).exists() else None
        prices = load_price_index(sets.prices.year if sets.prices else None, shipped)
    except FaultsFound as found:
        return None, list(found.faults)
    faults += _prices_known(rows.values(), prices)
    derived = dict(derivations.derived)
    if source:
        faults += _derive(rows, derived, source, quiet=bool(before))
    if document and not before:
        faults += set_faults(sets, document, rows)
    return Evidence(rows, sets, prices, derived), faults


def _prices_known(rows: Iterable[Quantity], prices: PriceIndex) -> list[Fault]:
    faults = []
    for row in rows:
        if row.role == "context" or row.typed is None or not row.typed.is_money:
            continue
        if row.price_year is None:
            faults.append(Fault(row.file, "a price without its price year ('2019 USD').", f"{row.key}.year", row.line))
        elif row.price_year < min(prices.by_year):
            words = f"the price index begins in {min(prices.by_year)}; found the price year {row.price_year}."
            faults.append(Fault(row.file, words, f"{row.key}.year", row.line))
    return faults


def _derive(rows: dict[str, Quantity], derived: dict[str, Derivation], source: Document, quiet: bool) -> list[Fault]:
    """Add the derived quantities to ``rows``; each may use rows and derived quantities that stand above it."""
    faults: list[Fault] = []
    samples: dict[str, Floats] = {}
    for key, d in derived.items():
        wrong = _derivation_faults(key, d, rows, source, quiet)
        faults += wrong
        if wrong or any(k not in rows for k in d.inputs):
            continue
        inputs = [rows[k] for k in d.inputs]
        derived[key] = d.model_copy(update={"years": _years(d, inputs)})
        for q in inputs:
            samples.setdefault(q.key, q.quantile(stream(1, q.key, SAMPLES)) * q.to_base(1))
        samples[key] = CONVERSIONS[d.by](*(samples[k] for k in d.inputs), years=derived[key].years)
        rows[key] = _derived_row(key, derived[key], inputs, samples[key], source)
    return faults


def _years(d: Derivation, inputs: list[Quantity]) -> float | None:
    return d.years or (inputs[0].typed.period if inputs[0].typed else None)


def _derivation_faults(
    key: str, d: Derivation, rows: Mapping[str, Quantity], source: Document, quiet: bool
) -> list[Fault]:
    where = ("derived", key)
    faults = []
    unknown = [k for k in d.inputs if k not in rows]
    if not quiet:
        faults += [source.fault(f"unknown quantity '{k}'.", where, nearest(k, rows)) for k in unknown]
    if key in rows:
        faults.append(source.fault(f"the key '{key}' stands already in {rows[key].file}.", where))
    inputs = [rows[k] for k in d.inputs if k in rows]
    faults += [
        source.fault(f"'{q.key}' is context; it may drive nothing.", where) for q in inputs if q.role == "context"
    ]
    conversion = CONVERSIONS[d.by]
    if inputs and not unknown and conversion.needs_years and _years(d, inputs) is None:
        faults.append(source.fault("the period is not known; give 'years'.", where))
    if parse_unit(conversion.unit).is_ratio and not d.reference_population:
        faults.append(source.fault("a ratio without its reference population.", where))
    return faults


def _derived_row(key: str, d: Derivation, inputs: list[Quantity], sample: Floats, source: Document) -> Quantity:
    conversion = CONVERSIONS[d.by]
    mean = float(conversion(*(q.base_mean for q in inputs), years=d.years))
    low, high = (float(np.quantile(sample, tail)) for tail in (LOWER_TAIL, UPPER_TAIL))
    dates = [q.checked_on for q in inputs if q.checked_on]
    reviews = [q.review_by for q in inputs if q.review_by]
    return Quantity(
        key=key,
        group=inputs[0].group,
        role="check" if any(q.role == "check" for q in inputs) else "input",
        description=d.description,
        unit=conversion.unit,
        mean=mean,
        low=min(low, mean),
        high=max(high, mean),
        distribution="lognormal" if low > 0 else "normal",
        population=d.population or inputs[0].population,
        reference_population=d.reference_population,
        year=inputs[0].year,
        citation=f"Computed by {d.by} from {', '.join(d.inputs)}",
        locator="; ".join(dict.fromkeys(q.locator for q in inputs if q.locator)),
        grade=max((q.grade for q in inputs), key=("primary", "secondary", "judgement", "unverified").index),
        interval_origin="derived",
        note=f"Assumption: {conversion.assumption}.",
        checked_on=min(dates, default=None),
        review_by=min(reviews, default=None),
        judged_by="; ".join(sorted({q.judged_by for q in inputs if q.judged_by})),
        judged_from=", ".join(d.inputs),
        judged_why=conversion.assumption,
        file=source.name,
        line=source.line(("derived", key)) or 0,
        conversion=d.by,
        inputs=d.inputs,
    )
