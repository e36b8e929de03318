"""A draw has the same bits in vectors of four lanes and of eight, forward and swept back."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from chains import Size, random_case

from bothand.engine.adjoint.cohort import People, Worth, record, sweep_back
from bothand.engine.cohort import simulate
from bothand.engine.vectors.lanes import FEW, LANES, MANY

SIZE = Size(living=7, plain=18, bands=3, origins=3, draws=11, years=2, capacities=2, coupled=2, arrivals=1)
OTHERWISE = """
import sys
from llvmlite import binding
from numba.core.registry import cpu_target
cpu_target.target_context.codegen()  # code is made for this machine, whatever is said below
features = binding.get_host_cpu_features
said = features()
said["avx512f"] = not said.get("avx512f")
binding.get_host_cpu_features = lambda: said
from bothand.engine.vectors import lanes
binding.get_host_cpu_features = features
sys.path.insert(0, sys.argv[1])
from test_lanes import told
print(lanes.LANES, told())
"""


def told() -> str:
    """Return a digest of all that a run and a sweep over it give."""
    case, digest = random_case(5, SIZE), hashlib.sha256()
    run = simulate(*case, steps=13)
    recorded = record(*case, steps=13)
    weights = np.random.default_rng(5).random((SIZE.years, SIZE.draws, 1, len(case.chain.compartments)))
    slopes = sweep_back(recorded, Worth([People(np.ones((SIZE.draws, SIZE.origins)), weights)]))
    for whole in (run, slopes):
        for field in fields(whole):
            digest.update(np.ascontiguousarray(getattr(whole, field.name)).tobytes())
    return digest.hexdigest()


@pytest.mark.slow
def test_a_draw_has_the_same_bits_in_vectors_of_four_lanes_and_of_eight(tmp_path: Path) -> None:
    call = [sys.executable, "-c", OTHERWISE, str(Path(__file__).parent)]
    kept = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(call, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lanes, bits = done.stdout.split()
    assert {int(lanes), LANES} == {FEW, MANY}
    assert bits == told()
