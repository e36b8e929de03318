"""Run every comparison and write ``latest.json`` and docs/performance.md.

    python -m benchmarks [--quick] [--only PART ...] [--out FILE]

Only a whole run writes the page; ``--quick`` and ``--only`` print their rows, and write them where ``--out`` says.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import runpy
import time
from pathlib import Path
from typing import Any

# Before NumPy is there: one thread each, and the kernels that OpenBLAS would choose by itself.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

from benchmarks import rows  # noqa: E402

LATEST = Path(__file__).with_name("latest.json")
PARTS = ("cohort", "individuals", "respond", "scaling", "starting", "gradient", "deciding")


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="small sizes and few samples: to see that all runs")
    options.add_argument("--only", nargs="+", choices=PARTS, default=[], help="run some parts")
    options.add_argument("--out", type=Path, help="where to write the rows of a quick or partial run")
    given = options.parse_args()
    found = measured(given.quick, given.only)
    whole = not given.quick and not given.only
    out = given.out or (LATEST if whole else None)
    if out:
        out.write_text(json.dumps(found, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    if whole and out == LATEST:
        page = runpy.run_path(str(rows.ROOT / "docs" / "make_performance.py"))
        page["PAGE"].write_text(page["page"](), encoding="utf-8")
    missed = [row["name"] for row in found["rows"] if row["bar"] is not None and row["met"] is not True]
    rows.say(f"bars not met: {', '.join(missed) or 'none'}")
    return 0


def measured(quick: bool = False, only: list[str] | None = None) -> dict[str, Any]:
    """Run the parts and return what ``latest.json`` holds."""
    began = time.monotonic()
    before, commit = rows.load(), rows.commit()
    environment = rows.environment()
    rows.say(f"{environment['processor']}, {environment['cores']} cores, load {before}, {environment['packages']}")
    found: list[dict[str, Any]] = []
    for part in only or PARTS:
        rows.say(f"{part} ...")
        for row in measure(part, quick):
            found.append(row)
            rows.say(f"  {row['name']}: {told(row)}")
    environment |= {"load_before": before, "load_after": rows.load(), "seconds": round(time.monotonic() - began)}
    return {
        "schema": rows.SCHEMA, "commit": commit, "quick": quick, "environment": environment, "rows": found,
    }  # fmt: skip


def measure(part: str, quick: bool) -> list[dict[str, Any]]:
    """Return the rows of one part."""
    return [row.plain() for row in importlib.import_module(f"benchmarks.{part}").measure(quick)]


def told(row: dict[str, Any]) -> str:
    """Return a row's number beside its limits, in a line."""
    if row["ratio"] is None:
        return row["note"]
    limits = [f"{kind} {row[kind]:g}" for kind in ("bar", "aim") if row[kind] is not None]
    return f"{row['ratio']:.3g} {row['unit']}" + (f" ({', '.join(limits)})" if limits else "")


if __name__ == "__main__":
    raise SystemExit(main())
