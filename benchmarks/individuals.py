"""People one by one beside Starsim and NumPy, on one job, and how many people an answer needs."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import expm

from benchmarks import jobs
from benchmarks.rows import SAMPLES, NoPeerError, Peer, Row, alternate, compared, median, timed
from bothand.engine.arrays import Floats, Trajectory
from bothand.engine.cohort import simulate as cohort
from bothand.engine.people.people import Lives, simulate

PART = "people"
BAR, AIM, NUMPY_AIM, FEWER = 5.0, 12.0, 8.0, 100.0
WEEKS = 52
YEARS = 10
FAR = 4.5  # standard errors; one false alarm in 150,000
CONFIDENT = 1.959964
PERCENT = 0.01

JOB = (
    "five living states, two of them with two phases, two ways to die, 32 moves; 10 years of 52 weeks; person-weeks a "
    "core-second, those of the dead counted in all; time in every state and deaths by cause recorded; one thread"
)


def measure(quick: bool) -> list[Row]:
    """Return the rows of people followed one by one."""
    return [*beside_starsim(quick), beside_numpy(quick), *fewer_people(quick)]


# ------------------------------------------------------------------------------------- the same job for all
def weekly() -> tuple[Floats, Floats]:
    """Return what continuous time comes to in a week: chances of each move from each state, (N, N), row = from.

    Staying stands first. ``cumulative`` adds them up, ``target`` names the states.
    """
    chain, rates = jobs.people_model().chain, jobs.people_schedule(1)
    g = np.zeros((chain.n_all, chain.n_all))
    edges = np.concatenate([rates.plain[0, :, 0], rates.by_stratum[0, :, 0, 0]])
    np.add.at(g, (chain.source, chain.target), edges)
    np.fill_diagonal(g, -g.sum(axis=1))
    p = expm(g / WEEKS)
    target = np.array([[n, *(m for m in range(len(p)) if m != n)] for n in range(len(p))])
    cumulative = np.minimum(np.cumsum(np.take_along_axis(p, target, axis=1), axis=1), 1)
    cumulative[:, -1] = 1
    return cumulative, target


def ours(people: int, seed: int, years: int = YEARS, changes: dict[str, float] | None = None) -> Lives:
    """Run the people engine from the numbers on: rates, the cohort's weeks, everyone's life."""
    model, rates, start = jobs.people_model(), jobs.people_schedule(years, changes), jobs.people_start(people)
    weeks = cohort(model.chain, rates, start)
    return simulate(model, rates, start, seed=seed, people=people, weeks=weeks, log=False)


def expected(people: int) -> Trajectory:
    return cohort(jobs.people_model().chain, jobs.people_schedule(YEARS), jobs.people_start(people))


def refuse_other_job(died: list[float], people: int) -> float:
    """Return how far deaths of one cause are from the cohort's, in standard errors. Raises when too far."""
    chain = jobs.people_model().chain
    mean = expected(people).state[-1, 0, 0, chain.n_living :]
    errors = np.abs(np.array(died) - mean) / np.sqrt(mean * (1 - mean / people))
    worst = float(errors.max())
    assert worst < FAR, f"deaths are {worst:.1f} standard errors off: not the same job"
    return worst


def deaths_of(lives: Lives) -> list[float]:
    chain, moved = jobs.people_model().chain, lives.counts.sum(axis=(0, 1))
    return [float(moved[lives.named.target == n].sum()) for n in range(chain.n_living, chain.n_all)]


def beside_starsim(quick: bool) -> list[Row]:
    people, samples = (2_000, 2) if quick else (100_000, SAMPLES)
    cumulative, target = weekly()
    living = jobs.people_model().chain.n_living
    job = {
        "people": people, "weeks": YEARS * WEEKS, "start": jobs.people_start(1.0).people[0, 0, 0, :living].tolist(),
        "cumulative": cumulative.tolist(), "target": target.tolist(),
    }  # fmt: skip
    ways = {"with its common random numbers": True, "without common random numbers": False}
    mine: list[float] = []
    answers: dict[str, list[dict[str, Any]]] = {words: [] for words in ways}
    ours(people, 0)
    try:
        with Peer("starsim_people.py") as starsim:
            for crn in ways.values():
                starsim.ask({**job, "seed": 1, "crn": crn})
            for seed in range(samples):
                mine.append(timed(lambda s=seed: ours(people, s)))
                for words, crn in ways.items():
                    answers[words].append(starsim.ask({**job, "seed": seed + 2, "crn": crn}))
    except NoPeerError as why:
        return [
            Row(f"people beside Starsim {words}", PART, f"{people:,} people, {JOB}", None, "times", bar=BAR, aim=AIM,
                note=str(why))
            for words in ways
        ]  # fmt: skip
    refuse_other_job(deaths_of(ours(people, 0)), people)
    return [_starsim_row(words, people, mine, found) for words, found in answers.items()]


def _starsim_row(words: str, people: int, mine: list[float], answers: list[dict[str, Any]]) -> Row:
    far = max(refuse_other_job(answer["died"], people) for answer in answers)
    theirs = [float(answer["run"]) for answer in answers]
    speed = people * YEARS * WEEKS / 1e6
    return compared(
        f"people beside Starsim {words}", PART, f"{people:,} people, {JOB}", mine, theirs, bar=BAR, aim=AIM,
        note=f"Starsim {answers[0]['version']}, its run alone (making the simulation takes "
        f"{median([answer['prepare'] for answer in answers]):.2g} s more); ours from the numbers on. Millions of "
        f"person-weeks a core-second: {speed / median(mine):.0f} and {speed / median(theirs):.0f}. Deaths by cause "
        f"within {far:.1f} standard errors of the cohort. It steps by weeks, with weekly chances that are exact for "
        "continuous time; ours is in continuous time.",
    )  # fmt: skip


# ------------------------------------------------------------------------------------- NumPy
def numpy_people(people: int, seed: int, chances: tuple[Floats, Floats]) -> tuple[list[float], Floats]:
    """Follow people in plain NumPy, as in the Starsim module; the dead are put aside once in eight weeks."""
    cumulative, target = chances
    living = jobs.people_model().chain.n_living
    start = np.cumsum(jobs.people_start(1.0).people[0, 0, 0, :living])
    rng = np.random.default_rng(seed)
    here = np.minimum(np.searchsorted(start, (np.arange(people) + 0.5) / people, side="right"), living - 1)
    here = here.astype(np.int8)
    stay = np.ascontiguousarray(cumulative[:, 0]).astype(np.float32)
    died, occupied = np.zeros(len(stay) - living), np.zeros(len(stay))
    lot = np.empty(people, dtype=np.float32)
    for week in range(YEARS * WEEKS):
        occupied += np.bincount(here, minlength=len(stay))
        now = rng.random(dtype=np.float32, out=lot[: len(here)])
        moves = np.flatnonzero(now >= stay[here])
        rows = here[moves]
        # Who moves draws again, in double precision: 24 bits are too few to say where to.
        again = stay[rows] + (1 - stay[rows]) * rng.random(len(rows))
        there = target[rows, np.minimum((again[:, None] >= cumulative[rows]).sum(axis=1), len(stay) - 1)]
        here[moves] = there
        died += np.bincount(there[(there >= living) & (rows < living)] - living, minlength=len(died))
        if week % 8 == 0:
            here = here[here < living]
    return died.tolist(), occupied[:living] / WEEKS


def beside_numpy(quick: bool) -> Row:
    people, samples = (2_000, 2) if quick else (100_000, SAMPLES)
    chances = weekly()
    far = [0.0]

    def theirs() -> None:
        far[0] = max(far[0], refuse_other_job(numpy_people(people, 3, chances)[0], people))

    mine, other = alternate(lambda: ours(people, 1), theirs, samples)
    speed = people * YEARS * WEEKS / 1e6
    return compared(
        "people beside NumPy", PART, f"{people:,} people, {JOB}", mine, other, aim=NUMPY_AIM,
        note=f"Weekly steps, one single-precision random number a person and week, small integers, only those who move "
        f"are looked up. Millions of person-weeks a core-second: {speed / median(mine):.0f} and "
        f"{speed / median(other):.0f}. Deaths by cause within {far[0]:.1f} standard errors of the cohort.",
    )  # fmt: skip


# ------------------------------------------------------------------------------------- people that an answer needs
def fewer_people(quick: bool) -> list[Row]:
    """Return how many times fewer people are needed for +-1 % on deaths averted than with independent counts."""
    people, runs = (1_000, 12) if quick else (20_000, 60)
    cases = (("six services at once", jobs.SIX_SERVICES, FEWER), ("one service by 5 %", {"fatal": 0.95}, None))
    rows = []
    for words, changes, bar in cases:
        model = jobs.people_model()
        living = model.chain.n_living
        start = jobs.people_start(people)
        schedules = [jobs.people_schedule(YEARS, given) for given in (None, changes)]
        weeks = [cohort(model.chain, rates, start) for rates in schedules]
        averted = float(weeks[0].state[-1, 0, 0, living] - weeks[1].state[-1, 0, 0, living])
        counts, hazards = np.zeros((2, runs)), np.zeros((2, runs))
        for seed in range(runs):
            for arm in (0, 1):
                lives = simulate(
                    model, schedules[arm], start, seed=seed, people=people, weeks=weeks[arm], log=False
                )  # fmt: skip
                marked = lives.named.of("overdose") & lives.named.death
                counts[arm, seed] = lives.counts[:, :, marked].sum()
                hazards[arm, seed] = lives.hazards[:, :, marked].sum()
        shared = hazards[0] - hazards[1]
        averted_by = {"averted, same luck, hazards": shared, "averted, same luck, counts": counts[0] - counts[1]}
        alone = float(np.sqrt((counts.var(axis=1, ddof=1)).sum()))
        ways = {
            "same luck, hazards": float(shared.std(ddof=1)),
            "same luck, counts": float((counts[0] - counts[1]).std(ddof=1)),
            "own luck, hazards": float(np.sqrt(hazards.var(axis=1, ddof=1).sum())),
            "own luck, counts": alone,
        }
        error = shared.std(ddof=1) / np.sqrt(runs)
        assert abs(shared.mean() - averted) < FAR * error + 1e-5 * averted, "the mean is not the cohort's"
        needed = {way: people * (CONFIDENT * sd / (PERCENT * averted)) ** 2 for way, sd in ways.items()}
        ratio = needed["own luck, counts"] / needed["same luck, hazards"]
        low, high = _interval(counts, hazards)
        rows.append(
            Row(
                f"fewer people for +-1 % on deaths averted, {words}", PART,
                f"people needed for a 95 % interval of +-1 % on deaths from overdose averted in {YEARS} years, with "
                "counts of two independent runs, by those needed with the same luck in both and hazards summed in "
                f"place of counts; {runs} replications of {people:,} people",
                float(ratio), "times fewer", bar=bar,
                samples={way: found.tolist() for way, found in averted_by.items()},
                note=f"95 % interval of the ratio {low:.0f} to {high:.0f}. People needed: "
                + ", ".join(f"{way} {n:.2g}" for way, n in needed.items())
                + f". Deaths averted in the cohort: {averted / people:.2%} of people.",
            )
        )  # fmt: skip
    return rows


def _interval(counts: Floats, hazards: Floats) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the ratio over replications."""
    rng = np.random.default_rng(1)
    runs = counts.shape[1]
    found = []
    for _ in range(500):
        chosen = rng.integers(0, runs, runs)
        alone = counts[:, chosen].var(axis=1, ddof=1).sum()
        found.append(alone / (hazards[0] - hazards[1])[chosen].var(ddof=1))
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)
