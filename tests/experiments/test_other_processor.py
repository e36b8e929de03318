"""The same numbers on a plainer processor: what stands in for another machine, since a test has one only.

The kernels are compiled for the oldest processor of this kind, and NumPy and its linear algebra are kept from the newer
instructions: sums are then made in another order, as elsewhere. How far another operating system or another release of
a library would move the numbers is not told by this.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.small_worlds import what_one_plan_does

COUNTED = 1e-9
GAINED = 1e-8  # small differences of large numbers: the fit of the supply, four steps long, leaves 2e-9 in them
PLAIN = {
    "NUMBA_CPU_NAME": "generic",
    "OPENBLAS_CORETYPE": "Prescott",
    "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX X86_V3 X86_V4",
}
SCRIPT = """
import sys
import numpy as np
from experiments.small_worlds import what_one_plan_does

for name, found in zip(("counted", "gained"), what_one_plan_does(), strict=True):
    np.savez(f"{sys.argv[1]}/{name}.npz", **found)
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="the switches are of this kind")
def test_a_plainer_processor_gives_the_same_numbers(tmp_path: Path) -> None:
    paths = os.pathsep.join(path for path in sys.path if path)
    place = {**os.environ, **PLAIN, "PYTHONPATH": paths}
    subprocess.run([sys.executable, "-W", "ignore", "-c", SCRIPT, str(tmp_path)], env=place, check=True)
    counted, gained = what_one_plan_does()
    for kind, mine, close in (("counted", counted, COUNTED), ("gained", gained, GAINED)):
        with np.load(tmp_path / f"{kind}.npz") as plain:
            assert set(plain.files) == set(mine)
            apart = {
                name: np.abs(plain[name] - here).max() / np.abs(here).max() for name, here in mine.items() if here.any()
            }
            far = {name: share for name, share in apart.items() if share > close}
            assert not far, f"{kind}: {far}"
            assert any(apart.values()), "the switches changed nothing: this is no test"
