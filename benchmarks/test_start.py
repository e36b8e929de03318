"""The command answers at once: ``bothand --help`` in under 0.3 s, the median of nine starts after two warm-ups."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pytest_benchmark.fixture import BenchmarkFixture

LIMIT_SECONDS = 0.3
COMMAND = [str(Path(sys.executable).with_name("bothand")), "--help"]


def test_help_is_there_at_once(benchmark: BenchmarkFixture) -> None:
    def start() -> None:
        subprocess.run(COMMAND, check=True, capture_output=True)

    benchmark.pedantic(start, rounds=9, warmup_rounds=2)
    assert benchmark.stats.stats.median < LIMIT_SECONDS
