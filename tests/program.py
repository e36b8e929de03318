"""The program as a reader starts it: in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FAULTY = 2
"""How it ends when what it was given has faults."""


def program(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bothand.cli", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
