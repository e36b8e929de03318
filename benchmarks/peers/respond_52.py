"""The 52-state, 52-week job in respondpy: for every line of input a job, for every job its times and results."""

from __future__ import annotations

import json
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import respondpy as rpy

STAGES = ("migration", "behavior", "intervention", "overdose", "background_death")


def one(job: dict[str, object], log: Path) -> dict[str, object]:
    behave, change = np.array(job["behavior"]), np.array(job["intervention"])  # (D, 4, 4), (D, 13, 13), row = from
    overdose, fatal, background = (np.array(job[name]) for name in ("overdose", "fatal", "background"))  # (D, 52)
    start, weeks = np.array(job["start"]), int(str(job["weeks"]))
    config = rpy.RuntimeConfig()
    config.execution.total_threads = config.execution.eigen_threads = 1
    config.logging.logger_name, config.logging.file_path = "bench", str(log)
    began = time.process_time()
    sim = rpy.Simulation(config)
    sim.set_duration(weeks)
    for d in range(len(behave)):
        numbers = (
            [np.zeros(len(start))],
            [np.kron(np.eye(len(change[d])), behave[d].T)],
            [np.kron(change[d].T, np.eye(len(behave[d])))],
            [overdose[d], fatal[d]],
            [background[d]],
        )
        step = rpy.Timestep(config.logging)
        for name, matrices in zip(STAGES, numbers, strict=True):
            transition = rpy.Transition(name, name, config.logging)
            for matrix in matrices:
                transition.add_matrix(matrix)
            step.add_transition(transition)
        model = rpy.Model("markov", config)
        model.set_state(start)
        for _ in range(weeks):
            model.add_timestep(step)
        sim.add_model(model)
    ready = time.process_time()
    sim.run()
    done = time.process_time()
    state = [
        np.array(sim.get_model(d).get_histories()["state"].get_state_as_vector()).reshape(weeks + 1, -1)
        for d in range(len(behave))
    ]  # fmt: skip
    read = time.process_time()
    return {"build": ready - began, "run": done - ready, "read": read - done, "final": [s[-1].tolist() for s in state]}


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the peer says of itself goes with its complaints
    with TemporaryDirectory() as folder:
        for line in sys.stdin:
            answer = one(json.loads(line), Path(folder) / "respond.log")
            print(json.dumps({"version": version("respondpy"), **answer}), file=out, flush=True)
