"""The fit, how wrong it was, and the model against what it was not given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.rates import count_rates, measure
from bothand.experiments.results import Results
from bothand.findings.measures import interval
from bothand.outcomes.county import people_in
from bothand.report.summary import Check, Fit, FitYear, Interval
from bothand.world.place import ratio, series

Z = 1.96  # MATH: 19 in 20 of a normal distribution
STATE, COUNTY = "opioid_deaths_wonder", "opioid_deaths_county"
PROVISIONAL = "opioid_deaths_vsrr"
PERCENT = 100  # UNIT


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
    rows: list[FitYear] = []
    places = [(place.lineage[-1].label, STATE, np.ones_like(share)), (place.label, COUNTY, share)]
    for label, measure_name, part in places[: len(place.lineage)]:
        seen = series(place.lineage[-1] if measure_name == STATE else place, measure_name)
        for y, year in enumerate(before.years):
            error = errors[year < study.fit.test[0]]
            test = with_chance(before.test.deaths[y] * part, error) if year >= study.fit.test[0] else None
            decision = with_chance(before.decision.deaths[y] * part, error)
            observed = seen[year].value if year in seen else None
            judged = test if test is not None and year > study.fit.test[1] else decision
            outside = observed is not None and not judged.low <= observed <= judged.high
            rows.append(
                FitYear(place=label, year=year, observed=observed, test=test, decision=decision, outside=outside)
            )
    return Fit(
        years=rows,
        free_parameters=before.decision.free_parameters,
        counts=len(before.fit_counts.label),
        wrong_by=wrong_by(results),
        note=(
            f"Two fits. The test fit uses {len(before.test.knots)} free values and the five counts of "
            f"{study.fit.test[0]} to {study.fit.test[1]}; the decision fit uses {before.decision.free_parameters} free "
            f"values and {len(before.fit_counts.label)} counts. {study.fit.note} The county's deaths are the state's "
            "times one uncertain share; they were not fitted."
        ),
    )


def wrong_by(results: Results) -> str:
    """Return the sentence: what the test fit expected of the years after it, and what was seen."""
    before, study, state = results.world.run_in, results.setting.study, results.setting.place.lineage[-1]
    seen = {year: point.value for year, point in series(state, STATE).items()}
    last, by_ratio = study.fit.last_level, study.fit.ratio_year
    actual = {last: float(seen[last] or 0)}
    if by_ratio is not None:
        actual[by_ratio] = actual[last] * ratio(state, PROVISIONAL, by_ratio, by_ratio - 1)
    parts = []
    for year, count in actual.items():
        expected = float(before.test.deaths[before.years.index(year)].mean())
        off = (expected / count - 1) * PERCENT
        parts.append(
            f"{expected:,.0f} deaths in {year} where {count:,.0f} were seen ({abs(off):.0f} % too {'many' if off > 0 else 'few'})"
        )
    ends = f"{study.fit.test[0]} to {study.fit.test[1]}"
    return f"Fitted to {ends} and carried forward, the model expected {' and '.join(parts)} in {state.label}."


def checks(results: Results) -> list[Check]:
    """Return the model against figures that no fit was given."""
    world = results.world
    before = world.run_in
    evidence = results.setting.evidence
    point = _share_on_medication(results)
    county = results.setting.place
    runs = _overdoses_a_death(results)
    receipt = evidence["moud_receipt_share_adjusted"]
    survey = evidence["moud_receipt_share_nsduh2022"]
    stable = evidence["stable_abstinence_10_30y"]
    given = evidence["od_death_naloxone_given_share"]
    last = before.trajectory.at_hand[-1]
    found = [
        Check(
            key="point_share",
            label="Share of people with addiction who are on medication on day one",
            model=interval(point),
            published_low=receipt.mean / 2,
            published_high=survey.mean,
            published=(
                f"{receipt.mean:.0%} to {survey.mean:.0%} receive it at some time in a year; fewer are on it on one day "
                "(no point share was found)"
            ),
            agrees=bool(receipt.mean / 2 <= point.mean() <= survey.mean),
        ),
        Check(
            key="runs_per_death",
            label="Overdoses for each overdose death, against ambulance runs for each death",
            model=interval(runs),
            published_low=evidence["washtenaw_ems_runs_per_death"].low
            if "washtenaw_ems_runs_per_death" in evidence
            else None,
            published_high=evidence["washtenaw_ems_runs_per_death"].high
            if "washtenaw_ems_runs_per_death" in evidence
            else None,
            published="5.7 (2022) and 9.6 (2023) ambulance runs for each opioid death in the county",
            agrees=_inside(
                runs, evidence["washtenaw_ems_runs_per_death"].low, evidence["washtenaw_ems_runs_per_death"].high
            ),
        ),
        Check(
            key="naloxone_at_hand",
            label="Share of witnessed overdoses with naloxone at hand on day one, against deaths in which it was given",
            model=interval(last),
            published_low=given.low,
            published_high=evidence["naloxone_use_witnessed_fentanyl"].high,
            published=f"given in {given.mean:.0%} of deaths; used at 67 % of witnessed overdoses where fentanyl leads (a model)",
            agrees=_inside(last, given.low, evidence["naloxone_use_witnessed_fentanyl"].high),
        ),
    ]
    for years, share in results.stable.items():
        found.append(
            Check(
                key=f"stable_{years}",
                label=f"Share of survivors in remission of five years and more, {years} years on",
                model=interval(share),
                published_low=stable.low,
                published_high=stable.high,
                published="15 % to 30 % stably abstinent after 10 to 30 years (long-term cohorts of people who used heroin)",
                agrees=_inside(share, stable.low, stable.high),
            )
        )
    return found if county else []


def _inside(values: Floats, low: float, high: float) -> bool:
    return bool(low <= float(values.mean()) <= high)


def _weights(results: Results, name: str) -> Floats:
    before = results.world.run_in
    weights = measure(results.setting.model, name, before.environment)
    return weights if weights.ndim == len("ND") else weights[-1]


def _share_on_medication(results: Results) -> Floats:
    state = results.world.run_in.trajectory.state[-1].sum(axis=1)  # (D, N)
    on, addiction = _weights(results, "on_medication"), _weights(results, "addiction")
    either = np.maximum(on, addiction)
    return np.asarray(np.einsum("dn,nd->d", state, on) / np.einsum("dn,nd->d", state, either))


def _overdoses_a_death(results: Results) -> Floats:
    before = results.world.run_in
    rates = count_rates(results.setting.model, "overdoses", before.environment).plain  # (Y, N, D)
    people = before.trajectory.person_years.sum(axis=(2, 3))
    overdoses = np.einsum("ydn,ynd->yd", people, rates)
    last = before.years.index(results.setting.study.fit.last_level)
    return np.asarray(overdoses[last] / before.decision.deaths[last])


def model_people(results: Results, name: str) -> Mapping[int, float]:
    """Return mean people in a measure by year of the run-in."""
    before = results.world.run_in
    people = people_in(before.trajectory, _weights(results, name))
    return {year: float(people[y].mean()) for y, year in enumerate(before.years)}
