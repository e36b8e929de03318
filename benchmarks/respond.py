"""The cohort in discrete time beside respondpy, on the job that its own benchmark runs: 52 states, 52 weeks.

Thirteen kinds of care by four behaviours; a week is arrivals (none here), behaviour, care, overdose, death from other
causes, one after the other, each with a matrix or a vector of its own.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from benchmarks.jobs import written
from benchmarks.rows import SAMPLES, NoPeerError, Peer, Row, compared, timed
from bothand.engine.arrays import Floats
from bothand.engine.discrete.chances import Numbers, chances
from bothand.engine.discrete.paths import Chances, run
from bothand.engine.discrete.structure import DiscreteModel, compile_discrete

PART = "respondpy"
CARES, BEHAVIOURS, WEEKS = 13, 4, 52
SAME = 1e-12


def measure(quick: bool) -> list[Row]:
    """Return the rows beside respondpy: one draw of the numbers, and many."""
    samples = 3 if quick else 2 * SAMPLES
    rows: list[Row] = []
    try:
        with Peer("respond_52.py") as respond:
            for draws in (1, 8 if quick else 64):
                rows += _beside(respond, draws, samples)
    except NoPeerError as why:
        rows.append(Row("cohort beside respondpy", PART, "52 states, 52 weeks", None, "times", note=str(why)))
    return rows


@cache
def model() -> DiscreteModel:
    """Return the job as a model of ours: five stages, whose matrices say only who goes elsewhere."""

    def levels(kind: str, count: int) -> str:
        return ", ".join(f'{{ name = "{kind}{i}", label = "{kind} {i}" }}' for i in range(count))

    def choice(by: str, values: list[str]) -> str:
        return f'{{ by = "{by}", ' + ", ".join(f'{by}{i} = "{value}"' for i, value in enumerate(values)) + " }"

    def both(name: str) -> str:
        rows = [choice("behaviour", [f"{name}_{c}_{b}" for b in range(BEHAVIOURS)]) for c in range(CARES)]
        return '{ by = "care", ' + ", ".join(f"care{c} = {row}" for c, row in enumerate(rows)) + " }"

    def rule(name: str, stage: str, to: str, probability: str) -> str:
        return (
            f'[[rule]]\nname = "{name}"\nlabel = "{name}"\nstage = "{stage}"\nin = {{ care = "*" }}\nto = {to}\n'
            f"probability = {probability}\n"
        )

    def moves(stage: str, by: str, count: int) -> list[str]:
        found = []
        for j in range(count):
            values = ["none" if i == j else f"{stage}_{i}_{j}" for i in range(count)]
            found.append(rule(f"{stage} to {j}", stage, f'{{ {by} = "{by}{j}" }}', choice(by, values)))
        return found

    stages = "".join(
        f'[[stage]]\nname = "{s}"\nlabel = "{s}"\n' for s in ("behavior", "intervention", "overdose", "background")
    )
    parts = [
        '[model]\nname = "respond-job"\nlabel = "52 states"\ndescription = "For timing."\ntime = "discrete"\n'
        'cycle = "1 week"\ncompeting = "subtract"\n[dead]\noverdose = "died in an overdose"\n'
        'other = "died from other causes"\n',
        f'[dimension.care]\nlabel = "care"\nlevels = [{levels("care", CARES)}]\n',
        f'[dimension.behaviour]\nlabel = "behaviour"\nlevels = [{levels("behaviour", BEHAVIOURS)}]\n',
        '[[cells]]\ncare = "*"\nbehaviour = "*"\n',
        stages,
        *moves("behavior", "behaviour", BEHAVIOURS),
        *moves("intervention", "care", CARES),
        rule("dies in an overdose", "overdose", '"dead.overdose"', both("death")) + "death = true\n",
        rule("dies from other causes", "background", '"dead.other"', both("background")) + "death = true\n",
    ]
    return compile_discrete(written("\n".join(parts)))


def numbers_of(draws: int) -> dict[str, Floats]:
    """Draw every matrix and vector of the job; rows of matrices are where people come from."""
    rng = np.random.default_rng(1)
    behave, change = rng.random((draws, BEHAVIOURS, BEHAVIOURS)), rng.random((draws, CARES, CARES))
    behave += 8 * np.eye(BEHAVIOURS)
    change += 40 * np.eye(CARES)
    return {
        "behavior": behave / behave.sum(axis=2, keepdims=True),
        "intervention": change / change.sum(axis=2, keepdims=True),
        "overdose": rng.uniform(0.001, 0.01, (draws, CARES * BEHAVIOURS)),
        "fatal": rng.uniform(0.05, 0.15, (draws, CARES * BEHAVIOURS)),
        "background": rng.uniform(0.0001, 0.0008, (draws, CARES * BEHAVIOURS)),
    }


def named(given: dict[str, Floats]) -> Numbers:
    """Give every number of the job the name that the model has for it."""
    found: dict[str, Floats] = {}
    for stage, count in (("behavior", BEHAVIOURS), ("intervention", CARES)):
        found |= {f"{stage}_{i}_{j}": given[stage][:, i, j] for i in range(count) for j in range(count) if i != j}
    death = given["overdose"] * given["fatal"]
    for c in range(CARES):
        for b in range(BEHAVIOURS):
            found[f"death_{c}_{b}"] = death[:, c * BEHAVIOURS + b]
            found[f"background_{c}_{b}"] = given["background"][:, c * BEHAVIOURS + b]
    return Numbers(found)


def _beside(respond: Peer, draws: int, samples: int) -> list[Row]:
    given = numbers_of(draws)
    start = np.zeros((1, model().n_all))
    start[0, : CARES * BEHAVIOURS] = 100.0
    job: dict[str, Any] = {
        **{name: values.tolist() for name, values in given.items()}, "weeks": WEEKS,
        "start": start[0, : CARES * BEHAVIOURS].tolist(),
    }  # fmt: skip

    def built() -> Chances:
        return chances(model(), named(given), WEEKS)

    ready = built()
    final = run(ready, start)[-1, 0, : CARES * BEHAVIOURS].T
    apart = float(np.abs(np.array(respond.ask(job)["final"]) / final - 1).max())
    assert apart <= SAME, f"results differ by {apart:.2g}: not the same job"
    runs: tuple[list[float], list[float]] = ([], [])
    wholes: tuple[list[float], list[float]] = ([], [])
    for _ in range(samples):
        answer = respond.ask(job)
        runs[0].append(timed(lambda: run(ready, start)))
        runs[1].append(answer["run"])
        wholes[0].append(timed(lambda: run(built(), start)))
        wholes[1].append(answer["build"] + answer["run"] + answer["read"])
    what = f"52 states, 52 weeks of four stages, {draws} draw{'s' if draws > 1 else ''} of every matrix, one thread"
    note = f"respondpy {answer['version']}, one model a draw. Results differ by {apart:.1g} at most."
    many = "one draw" if draws == 1 else f"{draws} draws"
    return [
        compared(f"cohort beside respondpy, {many}, the run alone", PART, what, *runs, note=note),
        compared(
            f"cohort beside respondpy, {many}, end to end", PART,
            f"{what}: from matrices in memory to people in every state every week", *wholes,
            note=f"{note} Its reading from a database and our reading of a model file are left out of both.",
        ),
    ]  # fmt: skip
