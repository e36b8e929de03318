"""The rivals of the cohort engine in NumPy: each begins with the same drawn numbers and ends with the same results.

None of them uses the package, but for the list of which rule leads from where to where. The best form of each that we
know is here: matrices of small blocks that fit in the cache, one product a week, and the years lived from the sum of
people at the beginning of each week.

Axes: B draws of a block, S strata, N compartments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm
from scipy.sparse import block_diag, csr_array, eye_array, kron

from bothand.engine.arrays import Chain, Floats
from bothand.engine.compile import CompiledModel
from bothand.engine.rates import Environment

WEEKS = 52
KITS = 500.0  # kits in the right hands on day one
H = 1 / WEEKS
YEAR_IN_WEEKS = 365.25 / 7  # the length of a week in a model file; the engines take 52 steps a year


@dataclass(frozen=True)
class Job:
    """Where moves lead, and the numbers from which rates are built."""

    chain: Chain
    rules: tuple[str, ...]
    phases: tuple[str, ...]  # phase of the compartment that each edge leaves
    environment: Environment
    people: Floats  # (D, S, N) on day one
    ages: bool = True

    @property
    def years(self) -> int:
        return len(self.environment.years)


@dataclass(frozen=True)
class Results:
    """People who have died by each year's end (Y, D), by cause, and living person-years (D, N)."""

    overdose: Floats
    other: Floats
    lived: Floats


def job_of(model: CompiledModel, environment: Environment, people: Floats, ages: bool = True) -> Job:
    rules = tuple(edge.rule for edge in model.edges)
    names = [model.chain.compartments[source] for source in model.chain.source]
    return Job(model.chain, rules, tuple(name.rpartition(".")[2] for name in names), environment, people, ages)


def edge_rates(job: Job, which: slice, year: int) -> tuple[Floats, Floats]:
    """Build the rates of plain edges (E, B) and of death from other causes by stratum (S, B), written out by hand."""
    q = {name: values[which] if values.ndim else values for name, values in job.environment.quantities.items()}
    toxicity = job.environment.series["toxicity"][year, 0]
    chain = job.chain
    plain = np.empty((chain.n_plain, len(q["fatal"])))
    simple = {
        "starts addiction": "start_addiction", "starts injecting": "start_injecting",
        "stops injecting": "stop_injecting", "uses again in treatment": "use_again_in_treatment",
        "remission in treatment": "remission_in_treatment", "remission untreated": "remission_untreated",
        "uses again after": "use_again_after", "uses again in remission": "use_again_remission",
        "uses again in recovery": "use_again_recovery", "to recovery": "to_recovery", "jail": "jail_rate",
        "release": "release_rate",
    }  # fmt: skip
    weeks = {"p1": 2, "p2": 4, "p3": 8, "p4": 16}
    death = q["overdose_rate"] * q["fatal"] * toxicity
    for e, (rule, phase) in enumerate(zip(job.rules[: chain.n_plain], job.phases, strict=False)):
        name = chain.compartments[chain.source[e]]
        if rule in simple:
            plain[e] = q[simple[rule]]
        elif rule.startswith("asks for "):
            plain[e] = q["ask_" + rule.removeprefix("asks for ")]
        elif rule.startswith("leaves "):
            leave = q["leave_" + rule.removeprefix("leaves ")]
            plain[e] = leave * q["early_exit"] if phase == "p1" else leave
        elif rule.startswith("phases"):
            plain[e] = YEAR_IN_WEEKS / weeks[phase]
        elif rule == "overdose: fatal":
            if name == "injects":
                plain[e] = death * q["overdose_injecting"]
            elif name == "after_release.p1":
                plain[e] = death * q["overdose_early"]
            elif name.partition(".")[0] in ("methadone", "buprenorphine", "naltrexone", "residential"):
                plain[e] = death * q["overdose_in_treatment"]
            else:
                plain[e] = death
        else:
            raise ValueError(f"no rate was written for '{rule}'")
    return plain, job.environment.tables["background"][:, None] * q["excess_deaths"]


def generators(job: Job, plain: Floats, other: Floats) -> Floats:
    """Return G without ageing, (B, S, N, N), column = from."""
    chain, draws = job.chain, plain.shape[1]
    n, source, target = chain.n_all, chain.source[: chain.n_plain], chain.target[: chain.n_plain]
    shared = np.zeros((draws, n, n))
    np.add.at(shared, (slice(None), target, source), plain.T)
    shared[:, np.arange(n), np.arange(n)] -= shared.sum(axis=1)
    found = np.repeat(shared[:, None], len(other), axis=1)
    living = np.arange(chain.n_living)
    found[:, :, living, living] -= other.T[:, :, None]
    found[:, :, n - 1, : chain.n_living] += other.T[:, :, None]
    return found


def ageing_of(chain: Chain, hazards: Floats, h: float) -> Floats:
    """Return what a time h of ageing does to strata, (S, S), exactly; column = from."""
    strata = len(chain.older)
    rate = np.zeros((strata, strata))
    for s, older in enumerate(chain.older):
        if older >= 0:
            rate[older, s] += hazards[s]
            rate[s, s] -= hazards[s]
    return np.asarray(expm(h * rate))


def blocks(job: Job, size: int) -> list[slice]:
    draws = len(job.people)
    return [slice(first, min(first + size, draws)) for first in range(0, draws, size)]


def gather(job: Job, parts: list[tuple[Floats, Floats, Floats]]) -> Results:
    overdose, other, lived = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    return Results(overdose, other, np.ascontiguousarray(lived.T))


def stepped(job: Job, hazards: Floats, size: int = 4) -> Results:
    """Weekly stepping with a matrix for every draw and stratum: one batched product a week.

    M = I + hG + h^2/2 G^2 is made once a year; ageing acts between weeks, half of it before the first and after the
    last (Strang). Years lived are h (I + h/2 G + h^2/6 G^2) times the sum of people at the beginning of each week.
    """
    return gather(job, [_stepped(job, hazards, which) for which in blocks(job, size)])


def _stepped(job: Job, hazards: Floats, which: slice) -> tuple[Floats, Floats, Floats]:
    chain, living = job.chain, job.chain.n_living
    y = job.people[which][..., None].copy()
    whole, half = (ageing_of(chain, hazards, h) for h in (H, H / 2))
    one = np.eye(chain.n_all)
    lived = np.zeros((chain.n_all, y.shape[0]))
    died = []
    for year in range(job.years):
        g = generators(job, *edge_rates(job, which, year))
        g2 = g @ g
        step, within = one + H * g + H**2 / 2 * g2, H * (one + H / 2 * g + H**2 / 6 * g2)
        if job.ages:
            y[:, :, :living, 0] = half @ y[:, :, :living, 0]
        summed = np.zeros_like(y)
        for week in range(WEEKS):
            summed += y
            y = step @ y
            if job.ages:
                y[:, :, :living, 0] = (whole if week < WEEKS - 1 else half) @ y[:, :, :living, 0]
        lived += (within @ summed)[..., 0].sum(axis=1).T
        died.append(y[:, :, living:, 0].sum(axis=1))
    found = np.array(died)
    return found[..., 0], found[..., 1], lived[:living]


def shared(job: Job, hazards: Floats, size: int = 8) -> Results:
    """Weekly stepping with one matrix for all strata of a draw, which this job allows.

    Only death from other causes differs by stratum, and it is the same in all living compartments: it then commutes
    with everything else, so that it can stand beside ageing in a small matrix that acts on strata from the right.
    """
    return gather(job, [_shared(job, hazards, which) for which in blocks(job, size)])


def _shared(job: Job, hazards: Floats, which: slice) -> tuple[Floats, Floats, Floats]:
    chain, living = job.chain, job.chain.n_living
    y = np.ascontiguousarray(np.swapaxes(job.people[which], 1, 2))  # (B, N, S)
    _, other = edge_rates(job, which, 0)
    right = []
    for h in (H, H / 2):
        ages = ageing_of(chain, hazards, h).T if job.ages else np.eye(len(other))
        dies = np.exp(-h / 2 * other.T)  # (B, S), on both sides of ageing
        right.append(dies[:, :, None] * ages * dies[:, None, :])
    one, n = np.eye(chain.n_all), chain.n_all
    lived = np.zeros((n, len(y)))
    overdose, others, gone = [], [], np.zeros(len(y))
    for year in range(job.years):
        plain, _ = edge_rates(job, which, year)
        g = np.zeros((len(y), n, n))
        np.add.at(g, (slice(None), chain.target[: chain.n_plain], chain.source[: chain.n_plain]), plain.T)
        g[:, np.arange(n), np.arange(n)] -= g.sum(axis=1)
        g2 = g @ g
        step, within = one + H * g + H**2 / 2 * g2, H * (one + H / 2 * g + H**2 / 6 * g2)
        before = y[:, :living].sum(axis=(1, 2)) + y[:, living].sum(axis=1)
        y[:, :living] = y[:, :living] @ right[1]
        summed = np.zeros_like(y)
        for week in range(WEEKS):
            summed += y
            y = step @ y
            y[:, :living] = y[:, :living] @ right[0 if week < WEEKS - 1 else 1]
        lived += (within @ summed).sum(axis=2).T
        gone += before - y[:, :living].sum(axis=(1, 2)) - y[:, living].sum(axis=1)
        overdose.append(y[:, living].sum(axis=1))
        others.append(gone.copy())
    return np.array(overdose), np.array(others), lived[:living]


def listed(job: Job, hazards: Floats, size: int = 8) -> Results:
    """Weekly stepping along the list of moves: one sparse matrix for all draws and strata, two products a week."""
    return gather(job, [_listed(job, hazards, which) for which in blocks(job, size)])


def _listed(job: Job, hazards: Floats, which: slice) -> tuple[Floats, Floats, Floats]:
    chain, living = job.chain, job.chain.n_living
    y = job.people[which].ravel()
    shape = job.people[which].shape
    ages = np.zeros((shape[1], shape[1]))
    for s, older in enumerate(chain.older):
        if older >= 0 and job.ages:
            ages[older, s], ages[s, s] = hazards[s], ages[s, s] - hazards[s]
    alive = np.diag((np.arange(chain.n_all) < living).astype(float))
    moves = kron(eye_array(shape[0]), kron(csr_array(ages), csr_array(alive)))
    lived = np.zeros(shape)
    died = []
    for year in range(job.years):
        g = generators(job, *edge_rates(job, which, year)).reshape(-1, chain.n_all, chain.n_all)
        matrix = csr_array(block_diag(list(g), format="csr") + moves)
        first_sum, second_sum, people_sum = np.zeros_like(y), np.zeros_like(y), np.zeros_like(y)
        for _ in range(WEEKS):
            first = matrix @ y
            second = matrix @ first
            people_sum += y
            first_sum += first
            second_sum += second
            y = y + H * first + H**2 / 2 * second
        lived += (H * people_sum + H**2 / 2 * first_sum + H**3 / 6 * second_sum).reshape(shape)
        died.append(y.reshape(shape)[:, :, living:].sum(axis=1))
    found = np.array(died)
    return found[..., 0], found[..., 1], lived.sum(axis=1).T[:living]


def squared(job: Job, size: int = 4, constant: bool = False) -> Results:
    """A year at a time by P^52, by repeated squaring; nobody ages.

    Years lived come from the change of people over the year, by solving one small system. With ``constant`` rates of
    all years are those of the first, so that P^52 is made once.
    """
    return gather(job, [_yearly(job, which, constant, (_power, _weekly_years)) for which in blocks(job, size)])


def exponential(job: Job, size: int = 4) -> Results:
    """A year at a time by the matrix exponential of SciPy; nobody ages."""
    return gather(job, [_yearly(job, which, False, (expm, _exact_years)) for which in blocks(job, size)])


def _power(g: Floats) -> Floats:
    p = np.eye(g.shape[-1]) + H * g + H**2 / 2 * (g @ g)
    p4 = np.linalg.matrix_power(p, 4)
    p16 = np.linalg.matrix_power(p4, 4)
    return np.asarray(p4 @ p16 @ (p16 @ p16))


def _weekly_years(g: Floats, change: Floats) -> Floats:
    """Return years lived in weekly steps that led to a change of people: W (M - I)^-1 change, G without the dead."""
    g2 = g @ g
    summed = np.linalg.solve(H * g + H**2 / 2 * g2, change)
    return np.asarray(H * (summed + g @ (H / 2 * summed + H**2 / 6 * (g @ summed))))


def _exact_years(g: Floats, change: Floats) -> Floats:
    return np.asarray(np.linalg.solve(g, change))


Year = tuple[Callable[[Floats], Floats], Callable[[Floats, Floats], Floats]]


def _yearly(job: Job, which: slice, constant: bool, one_year: Year) -> tuple[Floats, Floats, Floats]:
    living = job.chain.n_living
    power, years = one_year
    first = y = job.people[which][..., None]
    lived = np.zeros((living, len(y)))
    died = []
    for year in range(job.years):
        if year == 0 or not constant:
            g = generators(job, *edge_rates(job, which, year))
            p = power(g)
        after = p @ y
        if not constant:
            lived += years(g[..., :living, :living], (after - y)[:, :, :living])[..., 0].sum(axis=1).T
        died.append(after[:, :, living:, 0].sum(axis=1))
        y = after
    if constant:
        lived = years(g[..., :living, :living], (y - first)[:, :, :living])[..., 0].sum(axis=1).T
    found = np.array(died)
    return found[..., 0], found[..., 1], lived


# ------------------------------------------------------------------------------------- queues and kits
NEWTON = 30


def queued(job: Job, hazards: Floats, gated: tuple[str, ...], size: int = 32) -> Results:
    """Weekly stepping with three queues and kits of naloxone: rates change every week, so two products a week."""
    return gather(job, [_queued(job, hazards, gated, which) for which in blocks(job, size)])


def _queued(job: Job, hazards: Floats, gated: tuple[str, ...], which: slice) -> tuple[Floats, Floats, Floats]:
    chain, living, n = job.chain, job.chain.n_living, job.chain.n_all
    source, target = chain.source[: chain.n_plain], chain.target[: chain.n_plain]
    y = np.ascontiguousarray(np.swapaxes(job.people[which], 1, 2))
    draws = len(y)
    q = {name: np.broadcast_to(v, len(job.people))[which] for name, v in job.environment.quantities.items()}
    levers = job.environment.levers
    ages = np.zeros((y.shape[2], y.shape[2]))
    for s, older in enumerate(chain.older):
        if older >= 0:
            ages[older, s], ages[s, s] = hazards[s], ages[s, s] - hazards[s]
    kits = np.full(draws, KITS)
    asks = [np.flatnonzero([rule == f"asks for {name}" for rule in job.rules[: chain.n_plain]]) for name in gated]
    fatal = np.flatnonzero([rule == "overdose: fatal" for rule in job.rules[: chain.n_plain]])
    holds = [np.array([c.split(".")[0] == name for c in chain.compartments]) for name in gated]
    risk = chain.at_risk
    exits = [np.flatnonzero(h[source] & ~h[target]) for h in holds]
    lived, died = np.zeros((living, draws)), []
    for year in range(job.years):
        plain, other = edge_rates(job, which, year)
        g = np.zeros((draws, n, n))
        np.add.at(g, (slice(None), target, source), plain.T)
        deaths = other.T[:, None, :]  # (B, 1, S)
        events = np.zeros((draws, n))
        events[:, source[fatal]] = (plain[fatal] / q["fatal"]).T
        full_asks = [plain[edges] for edges in asks]
        full_fatal = plain[fatal]
        leaving = [np.zeros((draws, n)) for _ in gated]
        for c, edges in enumerate(exits):
            np.add.at(leaving[c], (slice(None), source[edges]), plain[edges].T)
        inside = np.arange(n)
        people_sum, first_sum, second_sum = (np.zeros((draws, n)) for _ in range(3))
        for _ in range(WEEKS):
            total = y.sum(axis=2)
            hand = q["most_at_hand"] * -np.expm1(-q["draw_down"] * kits / total[:, risk].sum(axis=1))
            saved = 1 - q["seen"] * hand * q["naloxone_effect"]
            g[:, target[fatal], source[fatal]] = (full_fatal * saved).T
            # Exits of a place are those of the week: deaths from overdose fall with naloxone at hand.
            for c, name in enumerate(gated):
                edges, held = asks[c], holds[c]
                asking = (full_asks[c] * total[:, source[edges]].T).sum(axis=0)
                out = (leaving[c] * total).sum(axis=1)
                lost = fatal[held[source[fatal]]]
                out -= ((1 - saved) * (plain[lost] * total[:, source[lost]].T)).sum(axis=0)
                out += (y[:, held].sum(axis=1) * other.T).sum(axis=1)
                share = _let_in(
                    float(levers[f"places_{name}"]), q["fill_exponent"], total[:, held].sum(axis=1), asking, out
                )
                g[:, target[edges], source[edges]] = (full_asks[c] * share).T
            g[:, inside, inside] = 0
            g[:, inside, inside] = -g.sum(axis=1)
            used = (events * total).sum(axis=1) * q["seen"] * hand
            loss = 1 / q["kit_shelf_life"] + np.divide(used, kits, out=np.zeros_like(kits), where=kits > 0)
            kits = kits * np.exp(-loss * H) + levers["kits"] * q["kit_reach"] * -np.expm1(-loss * H) / loss
            first = _move(g, deaths, ages, y, living)
            second = _move(g, deaths, ages, first, living)
            people_sum += total
            first_sum += first.sum(axis=2)
            second_sum += second.sum(axis=2)
            y = y + H * first + H**2 / 2 * second
        lived += (H * people_sum + H**2 / 2 * first_sum + H**3 / 6 * second_sum)[:, :living].T
        died.append(y[:, living:].sum(axis=2))
    found = np.array(died)
    return found[..., 0], found[..., 1], lived


def _move(g: Floats, deaths: Floats, ages: Floats, y: Floats, living: int) -> Floats:
    change = g @ y
    dying = deaths * y[:, :living]
    change[:, :living] += y[:, :living] @ ages.T - dying
    change[:, -1] += dying.sum(axis=1)
    return np.asarray(change)


def _let_in(places: float, fill: Floats, before: Floats, asking: Floats, leaving: Floats) -> Floats:
    """Solve N = before + h (asking (1 - (N / places)^fill) - leaving N / before) by Newton's method."""
    stay = 1 + H * np.divide(leaving, before, out=np.zeros_like(before), where=before > 0)
    high = np.minimum(places, (before + H * asking) / stay)
    people = np.where((before > 0) & (before < high), before, high)
    for _ in range(NEWTON):
        full = (people / places) ** fill
        gap = before + H * asking * (1 - full) - stay * people
        closer = np.minimum(people + gap / (H * asking * fill * full / people + stay), high)
        done = np.all(np.abs(closer - people) <= 1e-15 * people)
        people = closer
        if done:
            break
    return np.asarray(np.where(before >= places * stay, 0.0, np.clip(1 - (people / places) ** fill, 0, 1)))
