"""Reading the project's TOML and CSV with line numbers, and writing results so that no half file is ever seen."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bothand.faults import Fault, FaultsFound, nearest

MEGABYTE = 1_000_000  # UNIT
LARGEST_FILE = 5 * MEGABYTE  # UNIT: a specification file larger than this is a mistake

Path_ = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)

_TABLE = re.compile(r"^\s*\[(\[)?\s*([^\[\]]+?)\s*\]?\]\s*(#.*)?$")
_KEY = re.compile(r"^\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_INLINE = re.compile(r"[{,]\s*([A-Za-z0-9_-]+)\s*=")


def data_folder() -> Path:
    """Return the folder of the data files that ship inside the package."""
    return Path(str(resources.files("bothand"))) / "data"


@dataclass(frozen=True)
class Document:
    """A parsed file and the line on which each key stands."""

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
        """Make a fault of this document at ``where``."""
        return Fault(self.name, message, ".".join(str(w) for w in where), self.line(where), near)


def read_text(path: Path) -> str:
    """Return the text of a specification file.

    Raises FaultsFound for a folder, a dangling link, a missing, empty or too large file, or one that is not UTF-8.
    """
    name = str(path)
    if path.is_symlink() and not path.exists():
        raise FaultsFound([Fault(name, "this is a link to a file that does not exist.")])
    if not path.exists():
        near = nearest(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else None
        raise FaultsFound([Fault(name, "there is no such file.", nearest=near)])
    if path.is_dir():
        raise FaultsFound([Fault(name, "this is a folder; a file was expected.")])
    if not path.is_file():
        raise FaultsFound([Fault(name, "this is not an ordinary file.")])
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise FaultsFound(
            [Fault(name, f"the file has {size / MEGABYTE:.0f} MB; at most {LARGEST_FILE / MEGABYTE:.0f} MB are read.")]
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FaultsFound([Fault(name, f"the file cannot be read: {error.strerror}.")]) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise FaultsFound([Fault(name, "the file is not UTF-8 text.", line=line)]) from error
    if "\0" in text:
        raise FaultsFound([Fault(name, "the file holds a zero byte; it is not text.")])
    if not text.strip():
        raise FaultsFound([Fault(name, "the file is empty.")])
    return text


def read_toml(path: Path) -> Document:
    """Parse a TOML file. Raises FaultsFound with the line of the first syntax error."""
    text = read_text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found.group(1)) if found else None
        words = re.sub(r"\s*\(at [^)]*\)", "", str(error))
        raise FaultsFound([Fault(str(path), f"this is not valid TOML: {words}.", line=line)]) from error
    return Document(path, data, _toml_lines(text))


def _split(dotted: str) -> list[str]:
    parts = re.findall(r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'", dotted)
    return [p.strip("\"'") for p in parts]


def _toml_lines(text: str) -> dict[Path_, int]:
    """Map each key path to its line: a plain scan, good to the line for tables, keys and one-line inline tables."""
    lines: dict[Path_, int] = {}
    counts: dict[Path_, int] = {}
    prefix: Path_ = ()
    inside = ""
    for number, row in enumerate(text.splitlines(), start=1):
        if inside:
            if inside in row:
                inside = ""
            continue
        table = _TABLE.match(row)
        if table and "=" not in table.group(2):
            prefix = _table_prefix(_split(table.group(2)), bool(table.group(1)), counts)
            lines.setdefault(prefix, number)
            continue
        key = _KEY.match(row)
        if key:
            where = prefix + tuple(_split(key.group(1)))
            lines.setdefault(where, number)
            for name in _INLINE.findall(row[key.end() :]):
                lines.setdefault((*where, name), number)
            for quote in ('"""', "'''"):
                if row.count(quote) == 1:
                    inside = quote
    return lines


def _table_prefix(parts: list[str], is_array: bool, counts: dict[Path_, int]) -> Path_:
    prefix: Path_ = ()
    for depth, part in enumerate(parts):
        prefix = (*prefix, part)
        last = depth == len(parts) - 1
        if last and is_array:
            counts[prefix] = counts.get(prefix, -1) + 1
        if prefix in counts:
            prefix = (*prefix, counts[prefix])
    return prefix


def read_csv(path: Path, columns: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
    """Return (line, row) of a CSV file with a header. Raises FaultsFound for missing, unknown or doubled columns."""
    text = read_text(path)
    reader = csv.reader(io.StringIO(text), strict=True)
    wanted = list(columns)
    faults: list[Fault] = []
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = next(reader)
        for name in header:
            if name not in wanted:
                faults.append(Fault(str(path), f"unknown column '{name}'.", line=1, nearest=nearest(name, wanted)))
        faults += [
            Fault(str(path), f"the column '{name}' is missing.", line=1) for name in wanted if name not in header
        ]
        if len(set(header)) != len(header):
            faults.append(Fault(str(path), "a column stands twice.", line=1))
        line = reader.line_num + 1
        for values in reader:
            if values and len(values) != len(header):
                faults.append(Fault(str(path), f"{len(values)} cells; the header has {len(header)}.", line=line))
            elif values:
                rows.append((line, dict(zip(header, values, strict=True))))
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(str(path), f"this is not valid CSV: {error}.", line=reader.line_num))
    if faults:
        raise FaultsFound(faults)
    return rows


def validate(model: type[M], document: Document) -> M:
    """Build ``model`` from a document. Raises FaultsFound with every fault, in plain words, with lines."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise FaultsFound(_plain(document, e, model) for e in error.errors()) from error


def _plain(document: Document, error: Any, model: type[BaseModel]) -> Fault:
    where: Path_ = tuple(w for w in error["loc"] if not (isinstance(w, str) and w.startswith(("function-", "tagged-"))))
    kind, found, context = error["type"], error.get("input"), error.get("ctx", {})
    shown = repr(found) if len(repr(found)) < len("x") * LONGEST_SHOWN else type(found).__name__
    if kind == "extra_forbidden":
        return document.fault(f"unknown key '{where[-1]}'.", where, nearest(str(where[-1]), _siblings(model, where)))
    if kind == "missing":
        return document.fault(f"the key '{where[-1]}' is missing.", where)
    if kind in ("float_parsing", "float_type", "int_parsing", "int_type", "int_from_float"):
        return document.fault(f"a number was expected, found {shown}.", where)
    if kind in ("string_type", "string_sub_type"):
        return document.fault(f"text was expected, found {shown}.", where)
    if kind in ("literal_error", "enum"):
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return document.fault(f"found {shown}; allowed: {', '.join(allowed)}.", where, nearest(str(found), allowed))
    words = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    return document.fault(f"{words[:1].lower()}{words[1:]}; found {shown}.", where)


LONGEST_SHOWN = 80  # UNIT: characters of a faulty value that are printed back


def _siblings(model: type[BaseModel], where: Path_) -> list[str]:
    """Return the field names that were allowed where an unknown key stood."""
    current: Any = model
    for step in where[:-1]:
        if isinstance(current, type) and issubclass(current, BaseModel) and step in current.model_fields:
            current = _inner(current.model_fields[str(step)].annotation)
        if current is None:
            return []
    return list(current.model_fields) if isinstance(current, type) and issubclass(current, BaseModel) else []


def _inner(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in reversed(getattr(annotation, "__args__", ())):
        found = _inner(part)
        if found is not None:
            return found
    return None


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file in one move: readers see the old file or the whole new one, also after a kill or a full disk."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
