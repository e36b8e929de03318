"""What a chunk was made by and from, as a key: the same key means the same bits.

By: every file of this package, the versions of Python and of the libraries that numbers go through, and the processor's
features, since another processor may add up in another order. From: whatever a task reads, to the last bit.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

LIBRARIES = ("numpy", "scipy", "numba", "llvmlite")
STEERING = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")
LENGTH = 40  # UNIT: characters of a key


def key_of(*parts: object) -> str:
    """Return the key of what is made from these parts by this code on this machine.

    Parts are words, numbers, arrays, records of a file, and tables, lists and tuples of those. What differs in kind or
    shape differs in key: 1 is not 1.0, and an array (2, 3) is not one (3, 2).
    """
    digest = hashlib.sha256(made_by().encode())
    _feed(digest, parts)
    return digest.hexdigest()[:LENGTH]


def _feed(digest: Any, part: Any) -> None:
    if isinstance(part, np.ndarray):
        digest.update(f"array {part.dtype.str} {part.shape} ".encode())
        digest.update(np.ascontiguousarray(part).data if part.size else b"")
    elif isinstance(part, BaseModel):
        _feed(digest, part.model_dump_json())
    elif isinstance(part, Mapping):
        _feed(digest, [[str(key), part[key]] for key in sorted(part, key=str)])
    elif isinstance(part, list | tuple):
        digest.update(f"list {len(part)} ".encode())
        for entry in part:
            _feed(digest, entry)
    elif isinstance(part, bytes):
        digest.update(f"bytes {len(part)} ".encode() + part)
    elif isinstance(part, str | bool | int | float | None):
        text = repr(part).encode()
        digest.update(f"{type(part).__name__} {len(text)} ".encode() + text)
    else:
        raise TypeError(f"a key is not made from {type(part).__name__}.")


@cache
def made_by() -> str:
    """Return what stands for the code, the libraries and the processor that make a chunk."""
    digest = hashlib.sha256()
    root = Path(str(resources.files("bothand")))
    for path in sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(f"{path.relative_to(root).as_posix()} {path.stat().st_size} ".encode())
        digest.update(path.read_bytes())
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    steered = [f"{name}={os.environ.get(name, '')}" for name in STEERING]
    return " ".join([digest.hexdigest(), platform.python_version(), *libraries, _processor(), *steered])


def _processor() -> str:
    from llvmlite import binding

    features = binding.get_host_cpu_features()
    return f"{platform.machine()} {binding.get_host_cpu_name()} {features.flatten()}"
