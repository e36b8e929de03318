"""The run-in: the parent state from the first year of the run-in to day one, with toxicity fitted on its deaths.

Two fits are made in every draw (DESIGN 4): a *test* fit to the years before the test years, carried forward, and a
*decision* fit to the last datum. The county starts from the state's cells times one uncertain share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.calibrate.toxicity import Counts, ToxicityFit, fit
from bothand.engine.arrays import Floats, Schedule, Start, Trajectory
from bothand.engine.cohort import simulate
from bothand.engine.compile import CompiledModel
from bothand.engine.needs import OVERDOSE, matching
from bothand.engine.rates import Environment, schedule, status_quo_levers
from bothand.world.place import Place, by_year, ratio, series
from bothand.world.studyfile import FitYears

DEATHS = "opioid_deaths_wonder"
PROVISIONAL = "opioid_deaths_vsrr"
KITS = "naloxone_kits"
ADDICTION = ("using", "injecting", "return_using", "return_injecting")
MEDICATION = ("methadone", "buprenorphine", "naltrexone")
TREND_YEARS = 5  # UNIT: years over which the trend of people with addiction is stated
TREND_SPREAD = 0.05  # MATH: log distance from the trend that counts as one standard deviation
DIFFERENCE = 0.05  # MATH: first step of the fit of onset, in logs
ONSET_STEPS = 3  # MATH: secant steps; the number of people is nearly linear in the log of onset


@dataclass(frozen=True)
class RunIn:
    """The state at day one, its fits, and the run that led there (no origins: O = 1)."""

    years: tuple[int, ...]
    environment: Environment
    trajectory: Trajectory  # person-years are summed over strata
    test: ToxicityFit
    decision: ToxicityFit
    onset: Floats  # (D,) how fast addiction develops against the published rates
    fit_counts: Counts


def first_people(model: CompiledModel, values: Mapping[str, Floats], shape: Floats) -> Start:
    """Return the people of the run-in's first day (D, 1, S, N), from the place's inputs (D,), spread by ``shape`` (S,).

    Within addiction: injecting by its share, contact by its share, and on methadone or buprenorphine as many as
    places times a ratio, in the longest phase (who they are is forgotten within the run-in).
    """
    addiction = values["people_with_addiction"]
    people = np.zeros((addiction.shape[0], 1, len(shape), model.chain.n_all))
    inject, touch = values["share_injecting_oud"], values["status_quo_touch"]
    treated = {
        kind: values[f"{kind}_places"] * values["on_medication_ratio"] for kind in ("methadone", "buprenorphine")
    }
    untreated = addiction - sum(treated.values())
    users, unpredictable = values["using_without_addiction"], values["unpredictable_share"]
    remission = addiction * values["remission_ratio"]
    early, late = values["remission_first_year_share"], values["remission_over_5_share"]
    amounts: list[tuple[dict[str, str], Floats]] = [
        ({"use": "lower_risk", "touch": "no"}, users * (1 - unpredictable)),
        ({"use": "unpredictable", "touch": "no"}, users * unpredictable),
        ({"use": "stopped"}, values["stopped_never_addicted"]),
        ({"use": "remission_under_1", "care": "none"}, remission * early),
        ({"use": "remission_1_to_5", "care": "none"}, remission * (1 - early) * (1 - late)),
        ({"use": "remission_over_5", "care": "none"}, remission * (1 - early) * late),
    ]
    for use, share in (("using", 1 - inject), ("injecting", inject)):
        for kind, amount in treated.items():
            amounts.append(({"use": use, "care": kind, "touch": "no", "phase": "longer"}, amount * share))
        for contact, part in (("no", 1 - touch), ("yes", touch)):
            amounts.append(({"use": use, "care": "none", "touch": contact}, untreated * share * part))
    for cell, amount in amounts:
        people[:, 0, :, compartment(model, cell)] += amount[:, None] * shape
    kits = values["kits_first_year"] * values["effective_kit_share"]
    return Start(people, kits * values["naloxone_kit_months_in_circulation"])


def compartment(model: CompiledModel, cell: Mapping[str, str]) -> int:
    """Return the one compartment that matches; raises LookupError when none or several do."""
    found = matching(model, cell)
    if len(found) != 1:
        raise LookupError(f"{len(found)} compartments match {dict(cell)}; exactly one was expected")
    return found[0]


def overdose_deaths(model: CompiledModel, trajectory: Trajectory) -> Floats:
    """Return overdose deaths a year (Y, D), all groups."""
    column = model.chain.compartments.index(OVERDOSE)
    dead = trajectory.state[..., column].sum(axis=-1)
    return np.asarray(np.diff(dead, axis=0))


def overdose_hazard(model: CompiledModel, rates: Schedule, at_hand: Floats) -> Floats:
    """Return overdose deaths a year of one person in each living compartment, first year (N, D); zero where none dies.

    ``at_hand`` (D,): naloxone at hand at a witnessed overdose.
    """
    chain = model.chain
    found = np.zeros((chain.n_living, rates.plain.shape[-1]))
    coupled = list(chain.coupled)
    for number, edge in enumerate(model.edges[: chain.n_plain]):
        if chain.compartments[edge.target] == OVERDOSE:
            found[edge.source] += rates.plain[0, number]
            if number in coupled:
                found[edge.source] += rates.slope[0, coupled.index(number)] * at_hand
    return found


def counts_of(
    place: Place,
    years: Sequence[int],
    levels: Sequence[int],
    ratio_year: int | None,
    spread: Floats,
    ratio_spread: float,
) -> Counts:
    """Build the data of a fit: one level a year, and the last year as a ratio within its own definition.

    ``spread`` (len(levels),) and ``ratio_spread`` are standard deviations of the log counts.
    """
    position = {year: i for i, year in enumerate(years)}
    rows, targets, labels = [], [], []
    for year in levels:
        row = np.zeros(len(years))
        row[position[year]] = 1
        rows.append(row)
        targets.append(float(np.log(by_year(place, DEATHS, [year])[0])))
        labels.append(f"{year}")
    spreads = list(spread)
    if ratio_year is not None:
        row = np.zeros(len(years))
        row[position[ratio_year]], row[position[ratio_year - 1]] = 1, -1
        rows.append(row)
        targets.append(float(np.log(ratio(place, PROVISIONAL, ratio_year, ratio_year - 1))))
        labels.append(f"{ratio_year}/{ratio_year - 1}")
        spreads.append(ratio_spread)
    return Counts(tuple(labels), np.array(rows), np.array(targets), np.array(spreads))


def count_spread(place: Place, levels: Sequence[int], definition: float, early: float, certain_from: int) -> Floats:
    """Return the standard deviation of log counts: chance (1/sqrt n) and the definition error, wider in early years."""
    counts = by_year(place, DEATHS, levels)
    wide = np.array([definition if year >= certain_from else early for year in levels])
    return np.asarray(np.sqrt(1 / counts + wide**2))


def run_in(
    model: CompiledModel,
    place: Place,
    values: Mapping[str, Floats],
    tables: Mapping[str, Floats],
    shape: Floats,
    years: Sequence[int],
    rules: FitYears,
    tested: bool = True,
) -> RunIn:
    """Fit toxicity twice and run the state to day one.

    ``values`` (D,) hold every quantity of the model and the place's inputs under the model's names; ``tables`` (S,)
    the model's tables; ``years`` run from the run-in's first year to the year before day one. Not ``tested``: the
    test fit is left out (it is the decision fit).
    """
    draws = values["people_with_addiction"].shape[0]
    levers = state_levers(model, place, values, years)
    values = {**values, "kits_first_year": levers["kits"][0]}
    base = Environment(
        values,
        levers,
        {"toxicity": np.ones((len(years), draws)), "onset": np.ones((len(years), draws))},
        tables,
        tuple(years),
    )
    start = first_people(model, values, shape)

    onset = fit_onset(model, base, start, years, values["addiction_trend"])
    base = replace(base, series={**base.series, "onset": np.broadcast_to(onset, (len(years), draws))})

    deaths_of = DeathsOf(model, base, start)
    penalty = values["toxicity_knot_spread"]
    # One error stands for all draws: a place whose rows give these an interval is refused when it is loaded.
    spreads = (float(values["deaths_error"][0]), float(values["deaths_error_early"][0]))

    def data(levels: Sequence[int], ratio_year: int | None) -> Counts:
        spread = count_spread(place, levels, *spreads, rules.test[0])
        return counts_of(place, years, levels, ratio_year, spread, spreads[0])

    first, last = rules.test
    counts = data(range(years[0], rules.last_level + 1), rules.ratio_year)
    decision = fit(deaths_of, counts, years, rules.decision_knots, penalty)
    trajectory = deaths_of.latest  # a fit ends with a run of what it found
    environment = replace(base, series={**base.series, "toxicity": decision.series})
    test = decision
    if tested:
        test = fit(deaths_of, data(range(first, last + 1), None), years, rules.test_knots, penalty)
    return RunIn(tuple(years), environment, trajectory, test, decision, onset, counts)


class DeathsOf:
    """Overdose deaths a year under a series of toxicity, (Y, D), by runs that begin where two series part.

    The first series is run year by year and what it left is kept: a later one that agrees with it in its first years,
    in every draw, goes on from there, to the same bits.
    """

    def __init__(self, model: CompiledModel, base: Environment, start: Start) -> None:
        self.model, self.base = model, base
        self._starts = [start]  # of every year of the first series
        self._first = np.zeros((0, start.people.shape[0]))  # the first series
        self._deaths = np.zeros_like(self._first)
        self._latest: Trajectory | None = None

    @property
    def latest(self) -> Trajectory:
        """The latest run of all years. Raises LookupError before there is one."""
        if self._latest is None:
            raise LookupError("no run of all years was made")
        return self._latest

    def __call__(self, toxicity: Floats, years: int | None) -> Floats:
        """Return overdose deaths of the first ``years`` years, and one in each year after them (Y, D).

        None = all years, run anew from the first to the last and kept as the latest.
        """
        if years is None:
            self._latest = self._run(toxicity, range(len(toxicity)), self._starts[0])
            return overdose_deaths(self.model, self._latest)
        if not len(self._first):
            self._run_first(toxicity[:years])
        deaths = np.ones_like(toxicity)
        known = min(years, len(self._first))
        apart = np.flatnonzero((toxicity[:known] != self._first[:known]).any(axis=1))
        begin = int(apart[0]) if len(apart) else known
        deaths[:begin] = self._deaths[:begin]
        if begin < years:
            run = self._run(toxicity, range(begin, years), self._starts[begin])
            deaths[begin:years] = overdose_deaths(self.model, run)
        return deaths

    def _run_first(self, toxicity: Floats) -> None:
        found = []
        for year in range(len(toxicity)):
            run = self._run(toxicity, range(year, year + 1), self._starts[year])
            self._starts.append(Start(run.final, run.stock[-1]))
            found.append(overdose_deaths(self.model, run)[0])
        self._first, self._deaths = toxicity, np.array(found)

    def _run(self, toxicity: Floats, years: range, start: Start) -> Trajectory:
        whole = replace(self.base, series={**self.base.series, "toxicity": toxicity})
        environment = whole.in_years(slice(years.start, years.stop))
        rates = replace(schedule(self.model, environment), inflow_origin=0)
        return simulate(self.model.chain, rates, start, keep="sum")


def fit_onset(model: CompiledModel, base: Environment, start: Start, years: Sequence[int], trend: Floats) -> Floats:
    """Return how fast addiction develops (D,), so that people with addiction keep their trend.

    ``trend`` (D,) is people with addiction (in treatment or not) TREND_YEARS after the first day, against the first
    day. A prior of log sd 1 keeps the factor near the published rates where inflow hardly moves the number. Chord
    steps in the log; toxicity barely matters here and stays at 1.
    """
    short = tuple(years[: TREND_YEARS + 1])
    shape = (len(short), trend.shape[0])
    levers = {name: value[: len(short)] for name, value in base.levers.items()}
    either = np.zeros(model.chain.n_all)
    for n, cell in enumerate(model.cells):
        either[n] = cell["use"] in ADDICTION or cell["care"] in MEDICATION

    def misses(log_onset: Floats) -> Floats:
        series = {"toxicity": np.ones(shape), "onset": np.broadcast_to(np.exp(log_onset), shape)}
        rates = schedule(model, replace(base, levers=levers, series=series, years=short))
        run = simulate(model.chain, replace(rates, inflow_origin=0), start, keep="sum")
        people = (run.state[..., 0, :] * either).sum(axis=-1)  # no matrix product: a draw must not feel the others
        return np.asarray((np.log(people[TREND_YEARS] / people[0]) - np.log(trend)) / TREND_SPREAD)

    log_onset = change = np.zeros(shape[1])
    now = misses(log_onset)
    slope = (misses(log_onset + DIFFERENCE) - now) / DIFFERENCE
    for step in range(ONSET_STEPS):
        if step > 0:
            before, now = now, misses(log_onset)
            moved = np.abs(change) > DIFFERENCE
            slope = np.where(moved, (now - before) / np.where(moved, change, 1), slope)
        change = np.clip(-(slope * now + log_onset) / (slope**2 + 1), -1, 1)
        log_onset = log_onset + change
    return np.asarray(np.exp(log_onset))


def state_levers(
    model: CompiledModel, place: Place, values: Mapping[str, Floats], years: Sequence[int]
) -> dict[str, Floats]:
    """Return every lever of the run-in (Y, D): status quo values, and kits by the place's series where it has one."""
    known = status_quo_levers(model, values, {name: name for name in place.about.inputs if name in model.levers})
    draws = values["people_with_addiction"].shape[0]
    levers: dict[str, Floats] = {name: np.broadcast_to(value, (len(years), draws)) for name, value in known.items()}
    kits = series(place, KITS)
    latest = kits[max(kits)].value if kits else None
    if latest:
        profile = np.interp(years, sorted(kits), [kits[y].value or 0 for y in sorted(kits)]) / latest
        levers["kits"] = profile[:, None] * values["kits"]
    return levers
