"""Each group of people in the example: who they are, what happens to them, what one service alone would do."""

from __future__ import annotations

from bothand.report import summary as s
from example import study
from example.parts import interval, table
from example.services import KEYS

WITH = ("addiction", "treatment", "recovery")
USE = {
    "using": (("lower-risk use", 0.8), ("use of an unpredictable supply", 0.2)),
    "treatment": (("current use", 0.4), ("remission", 0.6)),
}


def groups() -> list[s.Group]:
    return [
        group.model_copy(
            update={
                "line": "with" if group.key in WITH else "without",
                "made_up_of": made_up_of(group.key),
                "course": course(group),
                "alone": alone(group),
            }
        )
        for group in study.groups()
    ]


def made_up_of(group: str) -> list[s.LevelShare]:
    rows = [(label, interval(share, 0.8, 1.1)) for label, share in USE.get(group, ())]
    return table(s.LevelShare, "label share", rows, dimension="use")


def course(group: s.Group) -> list[s.Course]:
    """What happens to a group with no new money: so many deaths in a year, and more in ten."""
    deaths, people = group.first_year_deaths.mean, group.people.mean
    return [
        s.Course(
            label=f"Overdose deaths {when}",
            unit="deaths",
            amount=interval(deaths * times, 0.7, 1.4),
            per_1000=interval(deaths * times / people * 1000, 0.7, 1.4),
        )
        for when, times in (("in the first year", 1), ("in 10 years", 8))
    ]


def alone(group: s.Group) -> dict[str, s.Interval]:
    """Healthy life-years: the first service brings most, but the ranges of others reach it; the last takes."""
    gains = {key: interval(group.people.mean / 900 / (n + 1), 0.3, 2.4) for n, key in enumerate(KEYS)}
    return {**gains, KEYS[-1]: interval(-group.people.mean / 9000)}
