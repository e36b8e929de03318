"""The front of the deciding job by NSGA-II in pymoo: for every line of input a run, and a line with its front.

The problem is given to it whole, a generation at a time, in NumPy. Plans are shares that are brought to the budget, so
that every plan it tries spends all the money and none breaks a rule: the best form that we found for it.
"""

from __future__ import annotations

import json
import os
import sys
import time

import numpy as np
import pymoo.version
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.problem import Problem
from pymoo.optimize import minimize


class Front(Problem):
    def __init__(self, job: dict[str, list[float]]) -> None:
        self.worth, self.half = np.array(job["worth"]), np.array(job["scale"])
        super().__init__(n_var=len(self.half), n_obj=len(self.worth), xl=0.0, xu=1.0)

    def _evaluate(self, x: np.ndarray, out: dict[str, np.ndarray], *args: object, **kwargs: object) -> None:
        dollars = x / np.maximum(x.sum(axis=1, keepdims=True), 1e-12)
        out["F"] = -(1 - np.exp(-dollars / self.half)) @ self.worth.T


def one(job: dict[str, object]) -> dict[str, object]:
    began = time.process_time()
    people, generations = int(str(job["population"])), int(str(job["generations"]))
    found = minimize(Front(job), NSGA2(pop_size=people), ("n_gen", generations), seed=job["seed"], verbose=False)
    spent = time.process_time() - began
    return {"run": spent, "gains": (-found.F).tolist(), "evaluations": int(found.algorithm.evaluator.n_eval)}


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the peer says of itself goes with its complaints
    for line in sys.stdin:
        print(json.dumps({"version": pymoo.version.__version__, **one(json.loads(line))}), file=out, flush=True)
