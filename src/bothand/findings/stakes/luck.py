"""People one by one: what counts of deaths may show by chance, and what became of ten thousand of them."""

from __future__ import annotations

import numpy as np

from bothand.engine.arrays import Floats, Ints
from bothand.experiments.individuals.counties import Counties
from bothand.experiments.individuals.courses import Courses
from bothand.experiments.results import Results
from bothand.findings.measures import interval
from bothand.report.summary import Counted, LifeCourse, Lives, Luck

FIFTH = 0.2  # UNIT: a fall that would be told in a newspaper
SUSTAINED_BY = 5  # UNIT: years within which sustained remission is reached
MOST = 3  # UNIT: returns to use shown one by one; more are shown together


def luck(results: Results) -> Luck | None:
    """Return what counts of deaths may show by chance; None where nobody was followed."""
    found, quo = results.counties, results.setting.study.status_quo
    if found is None:
        return None
    today = found.counted[quo]
    return Luck(
        counties=len(today),
        years=found.years,
        people=found.people,
        own_weeks=found.own_weeks,
        fewer_next_year=fell(today, 0),
        a_fifth_fewer=fell(today, FIFTH),
        counted=[
            Counted(
                plan=plan,
                deaths=interval(deaths.sum(axis=1).astype(float)),
                fewer_than_today=_fewer(found, deaths, today),
            )
            for plan, deaths in found.counted.items()
        ],
    )


def fell(counted: Ints, by: float) -> float:
    """Return the share of years (R, Y) in which fewer deaths are counted than the year before, by a share at least."""
    before, after = counted[:, :-1], counted[:, 1:]
    return float(np.mean((after < before) & (after <= (1 - by) * before)))


def _fewer(found: Counties, deaths: Ints, today: Ints) -> float:
    """Return how often a county with the plan counts fewer deaths than one of the same draw with other luck without."""
    with_plan, without = (rows.sum(axis=1).reshape(-1, found.lucks) for rows in (deaths, today))
    pairs = [
        np.mean((with_plan[:, i] < without[:, j]) + 0.5 * (with_plan[:, i] == without[:, j]))
        for i in range(found.lucks)
        for j in range(found.lucks)
        if i != j
    ]
    return float(np.mean(pairs)) if pairs else 0.5


def lives(results: Results) -> Lives | None:
    """Return the courses of ten thousand lives; None where nobody was followed."""
    if not results.courses:
        return None
    people = len(next(iter(results.courses.values())).returns)
    courses = [_course(plan, course) for plan, course in results.courses.items()]
    return Lives(people=people, years=len(results.setting.study.years), courses=courses)


def _course(plan: str, course: Courses) -> LifeCourse:
    reached = course.sustained < SUSTAINED_BY
    many = max(int(reached.sum()), 1)
    back = np.bincount(np.minimum(course.returns[reached], MOST), minlength=MOST + 1)
    return LifeCourse(
        plan=plan,
        overdose_death=_within(course.overdose_death, SUSTAINED_BY),
        other_death=_within(course.other_death, SUSTAINED_BY),
        sustained=_within(course.sustained, SUSTAINED_BY),
        sustained_without=_within(course.sustained_without, SUSTAINED_BY),
        returns=[float(n / many) for n in back],
        overdose_before=float((course.overdoses[reached] > 0).sum() / many),
        overdose_death_in_all=_within(course.overdose_death, np.inf),
    )


def _within(times: Floats, years: float) -> float:
    return float(np.mean(times < years))
