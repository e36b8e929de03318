"""The project's files: ``documents`` reads TOML and CSV with line numbers (found by ``lines``), ``form`` holds them
against a pydantic model, ``shipped`` finds them by name, ``writing`` writes so that no half file is ever seen and
``store`` does the same for a folder of results.

A loader first asks for the form of a file (``examine``), then for its meaning. A fault of form does not hide a fault
of meaning: what is faulty is put aside, the rest is built, and every fault is told in one pass.
"""

from bothand.files.documents import (
    LARGEST_FILE,
    MEGABYTE,
    Document,
    Row,
    nearest_beside,
    read_csv,
    read_text,
    read_toml,
    scan_csv,
)
from bothand.files.form import examine, told, validate
from bothand.files.lines import Path_
from bothand.files.shipped import available, data_folder, named_file
from bothand.files.writing import write_atomically, write_into

__all__ = [
    "LARGEST_FILE",
    "MEGABYTE",
    "Document",
    "Path_",
    "Row",
    "available",
    "data_folder",
    "examine",
    "named_file",
    "nearest_beside",
    "read_csv",
    "read_text",
    "read_toml",
    "scan_csv",
    "told",
    "validate",
    "write_atomically",
    "write_into",
]
