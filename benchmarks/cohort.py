"""The cohort engine beside NumPy and SciPy on the same job, rates built and ageing in, on one thread each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks import jobs, stepping
from benchmarks.rows import SAMPLES, Row, alternate, compared, median, several, timed
from benchmarks.stepping import Results
from bothand.engine.arrays import Trajectory
from bothand.engine.cohort import simulate
from bothand.engine.compile import CompiledModel
from bothand.engine.exact import simulate_exact
from bothand.engine.rates import Environment, schedule

PART = "cohort"
BAR, AIM, AIM_SQUARING = 5.0, 12.0, 3.0
NEAR = 1e-5
SAME = 1e-9
CLOSE_SPLIT = 5e-6  # ageing that acts between weeks, not in them: 4e-7 of deaths, measured
SIZES = (2, 4, 8, 16, 32)

JOB = (
    "36 compartments, 12 strata, {years} years of 52 weeks, rates that differ by draw and year, built from 27 drawn "
    "numbers; one thread each"
)
QUICK_DRAWS, YEARS, QUICK_YEARS = 4, 10, 2


def measure(quick: bool) -> list[Row]:
    """Return the rows of the cohort engine."""
    return [*without_queues(quick), *with_queues(quick), *no_ageing(quick), accuracy(quick), *origins(quick)]


def results(run: Trajectory, living: int) -> Results:
    """Return what is compared, from a run of the engine that kept sums over strata."""
    died = run.state[1:, :, :, living:].sum(axis=2)
    return Results(died[..., 0], died[..., 1], run.person_years[..., :living].sum(axis=(0, 2, 3)))


def agree(ours: Results, theirs: Results, within: float, years_within: float | None = None) -> float:
    """Return the largest relative difference of deaths by cause and year. Raises AssertionError when it is too large.

    Person-years are held to ``within`` too, each compartment and draw; with ``years_within`` to that.
    """
    pairs = [(ours.overdose, theirs.overdose), (ours.other, theirs.other)]
    apart = max(float(np.abs(a / b - 1).max()) for a, b in pairs)
    lived = float(np.abs(ours.lived / theirs.lived - 1).max())
    assert apart <= within, f"deaths differ by {apart:.2g}: not the same job"
    assert lived <= (years_within or within), f"person-years differ by {lived:.2g}: not the same job"
    return max(apart, lived)


def best_size(run: Callable[[int], object], quick: bool) -> int:
    """Return the number of draws in a block at which a rival is fastest."""
    sizes = SIZES[1:2] if quick else SIZES
    run(sizes[0])
    return min(sizes, key=lambda size: timed(lambda: run(size)))


def samples(quick: bool) -> int:
    return 3 if quick else SAMPLES


def sized(quick: bool, draws: int, delivery: bool = False) -> tuple[CompiledModel, Environment, str]:
    """Return the model, its numbers, and what the job is in words."""
    draws, years = (QUICK_DRAWS, QUICK_YEARS) if quick else (draws, YEARS)
    numbers = jobs.reference_environment(draws, years, delivery)
    return jobs.reference_model(delivery), numbers, f"{draws} draws: {JOB.format(years=years)}"


def _beside(
    name: str, what: str, ours: Callable[[], Trajectory], rivals: dict[str, Callable[[int], Results]],
    quick: bool, *, living: int, within: float, years_within: float | None = None,
    limits: dict[str, float] | None = None, note: str = "",
) -> Row:  # fmt: skip
    """Time ours beside the fastest of some rivals that all do the same."""
    found: dict[str, tuple[float, int, float]] = {}
    same = results(ours(), living)
    for label, rival in rivals.items():
        size = best_size(rival, quick)
        apart = agree(same, rival(size), within, years_within)
        found[label] = (timed(lambda r=rival, s=size: r(s)), size, apart)
    label = min(found, key=lambda key: found[key][0])
    _, size, apart = found[label]
    mine, theirs = alternate(ours, lambda: rivals[label](size), samples(quick))
    others = ", ".join(f"{key} {seconds:.2f} s" for key, (seconds, _, _) in found.items() if key != label)
    told = f"Fastest rival: {label}, {size} draws at a time. Results differ by {apart:.1g} at most."
    told += f" Slower, once each: {others}." if others else ""
    return compared(name, PART, what, mine, theirs, note=f"{told} {note}".strip(), **(limits or {}))


def without_queues(quick: bool) -> list[Row]:
    model, numbers, what = sized(quick, 64)
    start, living = jobs.reference_start(model, numbers.draws), model.chain.n_living
    hazards = schedule(model, numbers).ageing
    job = stepping.job_of(model, numbers, start.people[:, 0])

    def ours() -> Trajectory:
        return simulate(model.chain, schedule(model, numbers), start, threads=1, keep="sum")

    general: dict[str, Callable[[int], Results]] = {
        "a matrix for each draw and stratum": lambda size: stepping.stepped(job, hazards, size),
        "a sparse list of moves": lambda size: stepping.listed(job, hazards, size),
    }
    special: dict[str, Callable[[int], Results]] = {
        "one matrix for all strata of a draw": lambda size: stepping.shared(job, hazards, size),
    }
    both = {"within": CLOSE_SPLIT, "years_within": 1e-3}
    rows = [
        _beside(
            "cohort beside NumPy stepping", f"{what}; ageing in, no queues, no kits",
            ours, general, quick, living=living, limits={"bar": BAR, "aim": AIM}, **both,
            note="Both for rates of any stratum.",
        ),
        _beside(
            "cohort beside NumPy stepping made for this job", f"{what}; ageing in, no queues, no kits",
            ours, special, quick, living=living, limits={"aim": BAR}, **both,
            note="It needs death from other causes to be the only rate that differs by stratum, and to be the same "
            "wherever people are. This engine does not need that.",
        ),
    ]  # fmt: skip
    built = several(lambda: schedule(model, numbers), samples(quick))
    share = median(built) / median(rows[0].samples["ours"])
    rows.append(
        Row("building rates", PART, "share of the first row's time that goes into building every rate", share, "share",
            samples={"ours": built})
    )  # fmt: skip
    return rows


def with_queues(quick: bool) -> list[Row]:
    model, numbers, what = sized(quick, 32, delivery=True)
    start = jobs.reference_start(model, numbers.draws, kits=stepping.KITS)
    hazards = schedule(model, numbers).ageing
    job = stepping.job_of(model, numbers, start.people[:, 0])

    def ours() -> Trajectory:
        return simulate(model.chain, schedule(model, numbers), start, threads=1, keep="sum")

    rivals: dict[str, Callable[[int], Results]] = {
        "matrices that change every week": lambda size: stepping.queued(job, hazards, jobs.GATED, size)
    }
    return [
        _beside(
            "cohort with queues and kits beside NumPy",
            f"{what}; ageing in, three queues and naloxone kits that change the rates every week",
            ours, rivals, quick, living=model.chain.n_living, within=SAME, limits={"aim": AIM},
        )
    ]  # fmt: skip


def no_ageing(quick: bool) -> list[Row]:
    """Rows of those that go a year at a time, which they can where nobody changes stratum."""
    model, numbers, what = sized(quick, 32)
    start, living = jobs.reference_start(model, numbers.draws), model.chain.n_living
    still = stepping.job_of(model, numbers, start.people[:, 0], ages=False)
    flat = replace(numbers, series={"toxicity": numbers.series["toxicity"][:1].repeat(len(numbers.years), axis=0)})

    def ours(given: Environment = numbers) -> Trajectory:
        rates = schedule(model, given)
        return simulate(
            model.chain, replace(rates, ageing=np.zeros_like(rates.ageing)), start, threads=1, keep="sum"
        )  # fmt: skip

    what = f"{what}; nobody ages, no queues, no kits"
    weekly: dict[str, Callable[[int], Results]] = {"P^52": lambda size: stepping.squared(still, size)}
    constant: dict[str, Callable[[int], Results]] = {
        "P^52": lambda size: stepping.squared(replace(still, environment=flat), size, constant=True)
    }
    matrix: dict[str, Callable[[int], Results]] = {"scipy.linalg.expm": lambda size: stepping.exponential(still, size)}
    rows = [
        _beside("cohort beside P^52", what, ours, weekly, quick, living=living, within=SAME,
                limits={"aim": AIM_SQUARING},
                note="P^52 by repeated squaring gives the end of each year; years lived come from one linear system. "
                "It has no ageing, queues or weekly results."),
        _beside("cohort beside P^52, rates of all years the same", f"{what}; the rates of the first year in all years",
                lambda: ours(flat), constant, quick, living=living, within=SAME, limits={"aim": AIM_SQUARING},
                note="The best case of the rival, which makes P^52 once for ten years; this engine steps every week."),
        _beside("cohort beside a matrix exponential a year", what, ours, matrix, quick, living=living, within=NEAR,
                years_within=0.05, note="The rival is exact, so the difference is the error of weekly steps."),
    ]  # fmt: skip
    return [*rows, exact_mode(quick)]


def exact_mode(quick: bool) -> Row:
    model, numbers, what = sized(quick, 8)
    start, living = jobs.reference_start(model, numbers.draws), model.chain.n_living
    still = stepping.job_of(model, numbers, start.people[:, 0], ages=False)

    def ours() -> Trajectory:
        rates = schedule(model, numbers)
        return simulate_exact(model.chain, replace(rates, ageing=np.zeros_like(rates.ageing)), start)

    def theirs() -> Results:
        return stepping.exponential(still, 4)

    exact = ours()
    died = exact.state[1:, :, 0, living:]
    lived = exact.person_years[..., :living].sum(axis=(0, 2, 3))
    apart = agree(Results(died[..., 0], died[..., 1], lived), theirs(), SAME)
    mine, other = alternate(ours, theirs, 2 if quick else 3)
    return compared(
        "exact mode beside a matrix exponential a year", PART, f"{what}; nobody ages, no queues, no kits", mine, other,
        note=f"Both are exact; results differ by {apart:.1g} at most. The exact mode is plain NumPy, to check by.",
    )  # fmt: skip


def accuracy(quick: bool) -> Row:
    """Return how far weekly steps are from the exact mode: deaths by cause, year and draw, and all person-years."""
    model, numbers, what = sized(quick, 16)
    start, living = jobs.reference_start(model, numbers.draws), model.chain.n_living
    rates = schedule(model, numbers)
    weekly, exact = simulate(model.chain, rates, start, threads=1), simulate_exact(model.chain, rates, start)
    dead = [run.state[1:, :, :, living:].sum(axis=2) for run in (weekly, exact)]
    years = [run.person_years[..., :living].sum(axis=(2, 3)) for run in (weekly, exact)]
    deaths = float(np.abs(dead[0] / dead[1] - 1).max())
    lived = float(np.abs(years[0].sum(axis=-1) / years[1].sum(axis=-1) - 1).max())
    cell = float(np.abs(years[0] / years[1] - 1).max())
    later = float(np.abs(years[0][1:] / years[1][1:] - 1).max())
    return Row(
        "weekly steps beside the exact mode", PART,
        f"{what}; ageing in: largest relative difference of deaths by cause, year and draw, and of all person-years by "
        "year and draw",
        max(deaths, lived), "relative difference", bar=NEAR, at_most=True,
        samples={"deaths": [deaths], "person-years": [lived]},
        note="Not within it: years in one compartment in one year. Where people stay two weeks and begin out of "
        f"balance, the first year is up to {cell:.1g} off, later years {later:.1g}.",
    )  # fmt: skip


def origins(quick: bool) -> list[Row]:
    model, numbers, what = sized(quick, 64)
    rates = schedule(model, numbers)
    starts = {count: jobs.reference_start(model, numbers.draws, count) for count in (1, 6)}

    def run(count: int) -> Trajectory:
        return simulate(model.chain, rates, starts[count], threads=1)

    one, six = alternate(lambda: run(1), lambda: run(6), samples(quick))
    return [
        Row("cost of six groups on day one", PART,
            f"{what}; rates given: seconds when people are told apart by six groups on day one, by seconds "
            "when they are not", median(six) / median(one), "times the cost", at_most=True,
            samples={"six": six, "one": one}, note="Every other row of the cohort has one group.")
    ]  # fmt: skip
