"""Compile early, in a process of its own, what a first run needs later, while this one is busy with something else.

numba compiles one function at a time in a process. A first run needs two forms of the cohort's step, one for everyone
in one group and one for people told apart by their group on day one; the second is compiled here while the first is
used, and after it what remains of life beyond the last year, the people engine and, for a run that asks for slopes, the
sweep back. All ends on disk, where later runs find it. A process that fails or is stopped costs nothing but the time:
whoever needs the code compiles it.
"""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np

from bothand.engine.arrays import WEEKS, Chain, Schedule, Start, Trajectory
from bothand.engine.rates import Environment, schedule
from bothand.engine.vectors.adjoint import sweep_block
from bothand.engine.vectors.kernel import run_block
from bothand.engine.vectors.lanes import known_forms

READY = "the form is on disk"  # what the process says before it goes on with the rest
SOME = 0.1  # MATH: stands for every quantity of the smallest model: any share will do, for nothing is read off its run

_under_way: dict[int, subprocess.Popen[bytes]] = {}
_going_on: list[subprocess.Popen[bytes]] = []
_waiting = threading.Lock()


def begin(origins: int, strata: int, slopes: bool = False) -> bool:
    """Begin to compile the form for so many origins and strata, unless two forms are on disk or it has begun.

    ``slopes``: the sweep back too, unless it is on disk. Says whether it began. The process ends by itself.
    """
    there = known_forms(run_block) > 1 and (not slopes or known_forms(sweep_block) > 0)
    if origins in _under_way or there:
        return False
    words = f"from bothand.engine.early import compile_in_turn; compile_in_turn({origins}, {strata}, {slopes})"
    quiet, heard = subprocess.DEVNULL, subprocess.PIPE
    try:
        _under_way[origins] = subprocess.Popen([sys.executable, "-c", words], stdin=quiet, stdout=heard, stderr=quiet)
    except OSError:
        return False
    return True


def wait_for(origins: int) -> None:
    """Wait for the form for so many origins, where one has begun to be compiled."""
    process = _under_way.pop(origins, None)
    if process is None:
        return
    said = b""
    if process.stdout is not None:
        said = process.stdout.readline()  # its end, where the process has failed
        process.stdout.close()
    if said:
        _going_on.append(process)
    else:
        process.wait()


def wait_for_rest() -> None:
    """Wait for whatever else is being compiled."""
    with _waiting:  # whoever comes second waits too
        for process in _going_on:
            process.wait()
        _going_on.clear()


def compile_in_turn(origins: int, strata: int, slopes: bool) -> None:
    """Compile the form for so many origins and strata, say so, and go on with what a run needs last."""
    compile_form(origins, strata)
    print(READY, flush=True)
    compile_rest()
    if slopes:
        compile_sweep(origins, strata)


def compile_form(origins: int, strata: int) -> None:
    """Compile the step for so many origins and strata, by a run of a few people who stay where they are."""
    from bothand.engine.cohort import simulate

    simulate(*_smallest(origins, strata), steps=1)


def compile_sweep(origins: int, strata: int) -> None:
    """Compile the sweep back, one form for so many strata, by a sweep over a run of a few people who stay."""
    from bothand.engine.adjoint.cohort import Worth, record, sweep_back

    sweep_back(record(*_smallest(origins, strata), steps=1), Worth())


def _smallest(origins: int, strata: int) -> tuple[Chain, Schedule, Start]:
    """Return a model of so many origins and strata in which nothing happens, for one year and one draw."""
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
    return chain, rates, Start(people, one)


def compile_rest() -> None:
    """Compile what remains of life beyond the last year, and the people engine, by a year of the smallest model."""
    from bothand.engine.compile import compile_model
    from bothand.engine.people.people import simulate
    from bothand.engine.vectors.terminal import remaining
    from bothand.world.model import load_model

    model = compile_model(load_model("thread"))
    chain, some = model.chain, np.array([SOME])
    strata = len(chain.strata)
    tables = {name: np.full(strata, SOME) for name in model.spec.table}
    given = [dict.fromkeys(names, some) for names in (model.symbols, model.levers, model.spec.series)]
    rates = schedule(model, Environment(given[0], given[1], given[2], tables, (0,)))
    start = Start(np.ones((1, 1, strata, chain.n_all)), some)
    remaining(chain, rates.plain[0], rates.by_stratum[0], rates.ageing, np.ones((chain.n_all, 1, 1)), np.ones(1))
    weeks = Trajectory(
        person_years=np.zeros((1, 1, 1, strata, chain.n_all)),
        state=np.zeros((2, 1, 1, chain.n_all)),
        final=start.people,
        at_hand=np.zeros((WEEKS, 1)),
        fraction=np.ones((WEEKS, len(chain.capacities), 1)),
        stock=np.zeros((2, 1)),
    )
    simulate(model, rates, start, people=1, weeks=weeks, log=False)
