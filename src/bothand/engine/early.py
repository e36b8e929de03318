"""Compile the cohort's step early, in a process of its own, while this one is busy with something else.

numba compiles one function at a time in a process. A first run needs two forms of the step, one for everyone in one
group and one for people told apart by their group on day one; the second is compiled here while the first is used. Both
end on disk, where later runs find them. A process that fails or is stopped costs nothing but the time: whoever needs
the form compiles it.
"""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from bothand.engine.arrays import Chain, Schedule, Start
from bothand.engine.vectors.kernel import run_block
from bothand.engine.vectors.lanes import known_forms

_under_way: dict[int, subprocess.Popen[bytes]] = {}


def begin(origins: int, strata: int) -> bool:
    """Begin to compile the form for so many origins and strata, unless two forms are on disk or it has begun.

    Says whether it began. The process ends by itself.
    """
    if origins in _under_way or known_forms(run_block) > 1:
        return False
    words = f"from bothand.engine.early import compile_form; compile_form({origins}, {strata})"
    quiet = subprocess.DEVNULL
    try:
        _under_way[origins] = subprocess.Popen([sys.executable, "-c", words], stdin=quiet, stdout=quiet, stderr=quiet)
    except OSError:
        return False
    return True


def wait_for(origins: int) -> None:
    """Wait for the form for so many origins, where one has begun to be compiled."""
    process = _under_way.pop(origins, None)
    if process is not None:
        process.wait()


def compile_form(origins: int, strata: int) -> None:
    """Compile the step for so many origins and strata, by a run of a few people who stay where they are."""
    from bothand.engine.cohort import simulate

    nobody, one = np.zeros(0, dtype=np.int64), np.zeros(1)
    chain = Chain(
        compartments=("here", "gone"),
        n_living=1,
        strata=tuple(map(str, range(strata))),
        source=nobody,
        target=nobody,
        death=nobody.astype(bool),
        n_plain=0,
        gate=nobody,
        coupled=nobody,
        held=nobody.astype(bool),
        capacities=(),
        holds=np.zeros((0, 2), dtype=bool),
        at_risk=np.array([True, False]),
        older=np.full(strata, -1),
        arrivals=(),
    )
    rates = Schedule(
        plain=np.zeros((1, 0, 1)),
        by_stratum=np.zeros((1, 0, strata, 1)),
        slope=np.zeros((1, 0, 1)),
        ageing=np.zeros(strata),
        inflow=np.zeros((1, 0, strata, 1)),
        inflow_origin=0,
        places=np.zeros((1, 0, 1)),
        fill=np.zeros((0, 1)),
        kits=one[None],
        shelf_life=one + 1,
        most=one,
        draw_down=one,
        use_per_event=one[None],
        event=np.zeros((1, 2, 1)),
    )
    people = np.zeros((1, origins, strata, 2))
    people[..., 0] = 1
    simulate(chain, rates, Start(people, one), steps=1)
