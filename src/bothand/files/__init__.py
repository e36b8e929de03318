"""The project's files: ``documents`` reads TOML and CSV with line numbers (found by ``lines``), ``form`` holds them
against a pydantic model, ``writing`` writes so that no half file is ever seen.

A loader first asks for the form of a file (``examine``), then for its meaning. A fault of form does not hide a fault
of meaning: what is faulty is put aside, the rest is built, and every fault is told in one pass.
"""

from bothand.files.documents import (
    LARGEST_FILE,
    MEGABYTE,
    Document,
    Row,
    data_folder,
    read_csv,
    read_text,
    read_toml,
    scan_csv,
)
from bothand.files.form import examine, told, validate
from bothand.files.lines import Path_
from bothand.files.writing import write_atomically

__all__ = [
    "LARGEST_FILE",
    "MEGABYTE",
    "Document",
    "Path_",
    "Row",
    "data_folder",
    "examine",
    "read_csv",
    "read_text",
    "read_toml",
    "scan_csv",
    "told",
    "validate",
    "write_atomically",
]
