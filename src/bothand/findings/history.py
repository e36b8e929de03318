"""The fit, how wrong it was, and the model against what it was not given."""

from __future__ import annotations

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.weights import count_rates, measure
from bothand.experiments.results import Results
from bothand.findings.measures import attended_share, interval
from bothand.report.summary import Check, Fit, FitYear, Interval
from bothand.words import join_words
from bothand.world.place import Place, ratio, series

Z = 1.96  # MATH: 19 in 20 of a normal distribution
STATE, COUNTY = "opioid_deaths_wonder", "opioid_deaths_county"
PROVISIONAL = "opioid_deaths_vsrr"
RUNS_PER_DEATH = "ems_runs_per_death"  # a place's own quantity, its key before it
PERCENT = 100  # UNIT: parts of a whole
KITS = 1_000  # UNIT: kits that deaths averted are given for


def with_chance(expected: Floats, error: float) -> Interval:
    """Return mean and the range of 19 in 20 counts.

    Variances of expectations (D,), of Poisson chance, and of the count's definition (relative ``error``) add up.
    """
    mean = float(expected.mean())
    half = Z * float(np.sqrt(expected.var() + mean + (error * mean) ** 2))
    return Interval(mean=mean, low=max(0.0, mean - half), high=mean + half)


def fit(results: Results) -> Fit:
    """Return the state's and the county's years, both fits, and which years lie outside."""
    before, study = results.world.run_in, results.setting.study
    place = results.setting.place
    share_key = place.about.share_of_parent
    share = results.world.values[share_key] if share_key else np.ones(results.world.county.draws)
    given = before.environment.quantities
    errors = (float(given["deaths_error"][0]), float(given["deaths_error_early"][0]))
    tested = len(range(study.fit.test[0], study.fit.test[1] + 1))
    rows: list[FitYear] = []
    places = [(place.lineage[-1].label, STATE, np.ones_like(share)), (place.label, COUNTY, share)]
    for label, measure_name, part in places[: len(place.lineage)]:
        seen = _seen(results) if measure_name == STATE else _values(place, measure_name)
        for y, year in enumerate(before.years):
            error = errors[year < study.fit.test[0]]
            test = with_chance(before.test.deaths[y] * part, error) if year >= study.fit.test[0] else None
            decision = with_chance(before.decision.deaths[y] * part, error)
            observed = seen.get(year)
            judged = test if test is not None and year > study.fit.test[1] else decision
            outside = observed is not None and not judged.low <= observed <= judged.high
            rows.append(
                FitYear(place=label, year=year, observed=observed, test=test, decision=decision, outside=outside)
            )
    return Fit(
        years=rows,
        free_parameters=before.decision.free_parameters,
        test_years=study.fit.test,
        counts=len(before.fit_counts.label),
        wrong_by=wrong_by(results),
        note=(
            f"Two fits. The test fit uses {len(before.test.knots)} free values and the {tested} counts of "
            f"{study.fit.test[0]} to {study.fit.test[1]}; the decision fit uses {before.decision.free_parameters} free "
            f"values and {len(before.fit_counts.label)} counts. {study.fit.note} The county's deaths are the state's "
            f"times one uncertain share; they were not fitted. {_outside(rows)}"
        ),
    )


def _outside(rows: list[FitYear]) -> str:
    named = [f"{row.place} {row.year}" for row in rows if row.outside]
    return f"Outside the range: {join_words(named)}." if named else "No count lies outside the range."


def _values(place: Place, measure_name: str) -> dict[int, float]:
    return {year: point.value for year, point in series(place, measure_name).items() if point.value is not None}


def _seen(results: Results) -> dict[int, float]:
    """Return the state's deaths by year; the year that entered as a ratio is that ratio times the year before."""
    state, fitted = results.setting.place.lineage[-1], results.setting.study.fit
    seen = _values(state, STATE)
    if fitted.ratio_year is not None:
        before = seen[fitted.ratio_year - 1]
        seen[fitted.ratio_year] = before * ratio(state, PROVISIONAL, fitted.ratio_year, fitted.ratio_year - 1)
    return seen


def wrong_by(results: Results) -> str:
    """Return the sentence: what the test fit expected of the years after it, and what was seen."""
    before, study, state = results.world.run_in, results.setting.study, results.setting.place.lineage[-1]
    seen = _seen(results)
    parts = []
    for year in (study.fit.last_level, study.fit.ratio_year):
        if year is None:
            continue
        count = seen[year]
        expected = float(before.test.deaths[before.years.index(year)].mean())
        off = (expected / count - 1) * PERCENT
        way = "many" if off > 0 else "few"
        parts.append(f"{expected:,.0f} deaths in {year} where {count:,.0f} were seen ({abs(off):.0f} % too {way})")
    ends = f"{study.fit.test[0]} to {study.fit.test[1]}"
    return f"Fitted to {ends} and carried forward, the model expected {' and '.join(parts)} in {state.label}."


def checks(results: Results) -> list[Check]:
    """Return the model against figures that no fit was given."""
    evidence, before = results.setting.evidence, results.world.run_in
    receipt, survey = evidence["moud_receipt_share_adjusted"], evidence["moud_receipt_share_nsduh2022"]
    given, used = evidence["od_death_naloxone_given_share"], evidence["naloxone_use_witnessed_fentanyl"]
    kits = evidence["naloxone_kits_per_death_averted"]
    stable, runs = evidence["stable_abstinence_10_30y"], evidence.get(f"{results.setting.place.key}_{RUNS_PER_DEATH}")
    found = [
        _check(
            "point_share",
            "Share of people with addiction who are on medication on day one",
            _share_on_medication(results),
            (receipt.mean / 2, survey.mean),
            f"{receipt.mean:.0%} to {survey.mean:.0%} receive it at some time in a year; fewer are on it on one "
            "day, at least about half as many (no point share was found)",
        ),
        _check(
            "naloxone_at_hand",
            "Share of witnessed overdoses with naloxone at hand on day one",
            before.trajectory.at_hand[-1],
            (given.low, used.high),
            f"it was given in {given.mean:.0%} of opioid overdose deaths; a model has it used at {used.mean:.0%} of "
            "witnessed overdoses where fentanyl leads",
        ),
    ]
    if runs is not None and results.setting.place.parent is not None:
        found.append(
            _check(
                "runs_per_death",
                "Ambulance runs for each opioid overdose death",
                _runs_a_death(results),
                (runs.low, runs.high),
                f"{runs.low:g} to {runs.high:g} ambulance runs for each opioid death in the county (2022, 2023)",
            )
        )
    found.append(
        _check(
            "deaths_by_kits",
            f"Overdose deaths averted by {KITS:,} more naloxone kits from a programme",
            KITS * results.averted_by_kit,
            (KITS / kits.high, KITS / kits.low),
            f"one for {kits.low:g} to {kits.high:g} kits (best guess {kits.mean:g}) in a model of people who use "
            "heroin; the supply was another, and fewer kits were there already",
        )
    )
    for years, share in results.stable.items():
        found.append(
            _check(
                f"stable_{years}",
                f"Share of survivors in remission of five years and more, {years} years on",
                share,
                (stable.low, stable.high),
                f"{stable.low:.0%} to {stable.high:.0%} stably abstinent after 10 to 30 years (cohorts of people who "
                "used heroin)",
            )
        )
    return found


def _check(key: str, label: str, values: Floats, published: tuple[float, float], words: str) -> Check:
    low, high = published
    return Check(
        key=key,
        label=label,
        model=interval(values),
        published_low=low,
        published_high=high,
        published=words,
        agrees=bool(low <= float(values.mean()) <= high),
    )


def _weights(results: Results, name: str) -> Floats:
    before = results.world.run_in
    weights = measure(results.setting.model, name, before.environment)
    return weights if weights.ndim == len("ND") else weights[-1]


def _share_on_medication(results: Results) -> Floats:
    state = results.world.run_in.trajectory.state[-1].sum(axis=1)  # (D, N)
    on, addiction = _weights(results, "on_medication"), _weights(results, "addiction")
    either = np.maximum(on, addiction)
    return np.asarray(np.einsum("dn,nd->d", state, on) / np.einsum("dn,nd->d", state, either))


def _runs_a_death(results: Results) -> Floats:
    """Return overdoses that an ambulance attends, for each overdose death, in the last year of levels (D,)."""
    before = results.world.run_in
    rates = count_rates(results.setting.model, "overdoses", before.environment).plain  # (Y, N, D)
    people = before.trajectory.person_years.sum(axis=(2, -2))
    overdoses = np.einsum("ydn,ynd->yd", people, rates)
    last = before.years.index(results.setting.study.fit.last_level)
    attended = attended_share(results.world.values, results.draws.choices)
    return np.asarray(overdoses[last] * attended / before.decision.deaths[last])
