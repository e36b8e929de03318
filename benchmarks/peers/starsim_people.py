"""The people job in Starsim: for every line of input a run, for every run a line with its times and totals.

The fastest module that we could write and still call Starsim: one integer state, one random number a person and week
(with Starsim's common random numbers or without), whoever stays is found by one comparison, only those who move are
looked up, the dead leave the active people by Starsim's own deaths, and nothing is recorded beyond the count of people
in every state each week. Weekly chances are those of continuous time, so that no accuracy is lost to the step.
"""

from __future__ import annotations

import json
import os
import sys
import time

import numpy as np
import starsim as ss


class Chain(ss.Module):
    def __init__(self, job: dict[str, list[float]], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.start = job["start"]
        # Chance of a move to a state or to one before it; staying comes first. Then which state that is. (N, N)
        self.cumulative, self.target = np.array(job["cumulative"]), np.array(job["target"])
        self.stay = np.ascontiguousarray(self.cumulative[:, 0])
        self.living = len(self.start)
        self.define_states(ss.IntArr("place", default=0))
        self.lot = ss.random()

    def init_post(self) -> None:
        super().init_post()
        share = np.cumsum(self.start)
        n = len(self.place.raw)
        self.place.raw[:] = np.minimum(np.searchsorted(share, (np.arange(n) + 0.5) / n, side="right"), self.living - 1)
        self.occupied = np.zeros(self.living)
        self.died = np.zeros(len(self.stay) - self.living)

    def step(self) -> None:
        active = self.sim.people.auids
        here = self.place.raw[active]
        self.occupied += np.bincount(here, minlength=self.living)[: self.living]
        lot = self.lot.rvs(active)
        moves = np.flatnonzero(lot >= self.stay[here])
        if not len(moves):
            return
        rows = here[moves]
        there = self.target[rows, (lot[moves, None] >= self.cumulative[rows]).sum(axis=1)]
        movers = active[moves]
        self.place.raw[movers] = there
        dead = there >= self.living
        if dead.any():
            self.died += np.bincount(there[dead] - self.living, minlength=len(self.died))
            self.sim.people.request_death(movers[dead])


def one(job: dict[str, object]) -> dict[str, object]:
    ss.options.set(crn=job["crn"], verbose=0)
    weeks = int(str(job["weeks"]))
    began = time.process_time()
    sim = ss.Sim(
        n_agents=job["people"], modules=[Chain(job)], start=0, stop=weeks - 1, dt=1, rand_seed=job["seed"],
        use_aging=False,
    )  # fmt: skip
    sim.init()
    ready = time.process_time()
    sim.run()
    done = time.process_time()
    chain = next(module for module in sim.modules if isinstance(module, Chain))
    assert sim.t.npts == weeks, sim.t.npts
    return {"prepare": ready - began, "run": done - ready, "died": chain.died.tolist()}


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the peer says of itself goes with its complaints
    for line in sys.stdin:
        print(json.dumps({"version": ss.__version__, **one(json.loads(line))}), file=out, flush=True)
