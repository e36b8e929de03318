"""Reading TOML and CSV: what stands in a file, and on which line."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files.lines import Path_, toml_lines

MEGABYTE = 1_000_000  # UNIT: bytes
LARGEST_FILE = 5 * MEGABYTE  # UNIT: a specification file larger than this is a mistake

Row = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Document:
    """A parsed file and the line on which each key and each item of a list stands."""

    path: Path
    data: dict[str, Any]
    lines: dict[Path_, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's path, as the reader gave it."""
        return str(self.path)

    def line(self, where: Path_) -> int | None:
        """Return the line of a key, or of the nearest key above it."""
        for size in range(len(where), 0, -1):
            if where[:size] in self.lines:
                return self.lines[where[:size]]
        return None

    def fault(self, message: str, where: Path_ = (), near: str | None = None) -> Fault:
        """Make a fault of this document at ``where``; what is missing at the top is missing on the first line."""
        return Fault(self.name, message, _dotted(where), self.line(where) or (1 if where else None), near)

    def misnamed(self, key: str) -> list[Fault]:
        """Return a fault when the key that a file gives itself is not the file's name; else nothing."""
        if key == self.path.stem:
            return []
        return [self.fault(f"the key '{key}' is not the file's name.", ("key",), self.path.stem)]


def _dotted(where: Path_) -> str:
    return ".".join(str(w) for w in where)


def read_text(path: Path) -> str:
    """Return the text of a specification file.

    Raises FaultsFound for a folder, a dangling link, a missing, empty or too large file, or one that is not UTF-8.
    """
    try:
        raw = _read(path)
    except OSError as error:
        raise FaultsFound([Fault(str(path), f"the file cannot be read: {error.strerror}.")]) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FaultsFound([Fault(str(path), "the file is not UTF-8 text.", line=line)]) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise FaultsFound([Fault(str(path), "the file holds a zero byte; it is not text.", line=line)])
    if not text.strip():
        raise FaultsFound([Fault(str(path), "the file is empty.")])
    return text


def nearest_beside(path: Path) -> str | None:
    """Return the name in the folder of a missing file that is most like the file's own, or None."""
    return nearest(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else None


def _read(path: Path) -> bytes:
    message, near = "", None
    if path.is_symlink() and not path.exists():
        message = "this is a link to a file that does not exist."
    elif not path.exists():
        message = "there is no such file."
        near = nearest_beside(path)
    elif path.is_dir():
        message = "this is a folder; a file was expected."
    elif not path.is_file():
        message = "this is not an ordinary file."
    elif (size := path.stat().st_size) > LARGEST_FILE:
        message = f"the file has {size / MEGABYTE:.0f} MB; at most {LARGEST_FILE / MEGABYTE:.0f} MB are read."
    if message:
        raise FaultsFound([Fault(str(path), message, nearest=near)])
    return path.read_bytes()


def read_toml(path: Path) -> Document:
    """Parse a TOML file. Raises FaultsFound with the line of the first syntax error."""
    text = read_text(path)
    try:
        return Document(path, tomllib.loads(text), toml_lines(text))
    except RecursionError as error:
        raise FaultsFound([Fault(str(path), "lists and tables are nested too deeply here.")]) from error
    except ValueError as error:  # a syntax error, and also a number of thousands of digits
        found = re.search(r"at line (\d+)", str(error))
        at_end = len(text.splitlines()) if "at end of document" in str(error) else None
        words = re.sub(r"\s*\(at [^)]*\)", "", str(error)).split(";")[0]
        line = int(found.group(1)) if found else at_end
        raise FaultsFound([Fault(str(path), f"this is not valid TOML: {words}.", line=line)]) from error


def scan_csv(path: Path, columns: Iterable[str]) -> tuple[list[Row], list[Fault]]:
    """Return (line, row) of every whole row of a CSV with a header, and every fault of its form.

    No row is read when a column is missing: then nothing that could be said of the rows would be true.
    """
    try:
        reader = csv.reader(io.StringIO(read_text(path)), strict=True)
    except FaultsFound as found:
        return [], list(found.faults)
    name, rows = str(path), []
    faults: list[Fault] = []
    try:
        header = next(reader)
        faults += _header_faults(name, header, list(columns))
        whole = all(column in header for column in columns)
        line = reader.line_num + 1
        for values in reader:
            if values and len(values) != len(header):
                faults.append(Fault(name, f"{len(values)} cells; the header has {len(header)}.", line=line))
            elif values and whole:
                rows.append((line, dict(zip(header, values, strict=True))))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(name, f"this is not valid CSV: {error}.", line=reader.line_num))
    return rows, faults


def _header_faults(file: str, header: Sequence[str], wanted: Sequence[str]) -> Iterator[Fault]:
    for name in dict.fromkeys(header):
        if name not in wanted:
            yield Fault(file, f"unknown column '{name}'.", line=1, nearest=nearest(name, wanted))
        if header.count(name) > 1:
            yield Fault(file, f"a column stands twice: '{name}'.", line=1)
    for name in wanted:
        if name not in header:
            yield Fault(file, f"the column '{name}' is missing.", line=1)


def read_csv(path: Path, columns: Iterable[str]) -> list[Row]:
    """Return (line, row) of a CSV file with a header. Raises FaultsFound for missing, unknown or doubled columns."""
    rows, faults = scan_csv(path, list(columns))
    if faults:
        raise FaultsFound(faults)
    return rows
