"""What can chance alone do to a county's counts, and what becomes of ten thousand people?"""

from __future__ import annotations

from dataclasses import dataclass

from bothand.report.charts import Table
from bothand.report.lookup import Index
from bothand.report.summary import LifeCourse, Lives, Luck
from bothand.words import mean_words

HUNDRED = 100  # UNIT: years, pairs or people of whom so many
RETURNED = ("never before", "once before", "twice before", "three times or more before")


@dataclass(frozen=True)
class LivesView:
    """Everything the section shows."""

    chance: str
    counted: Table
    counted_note: str
    lives: str
    courses: Table


def view(index: Index) -> LivesView | None:
    """Return what people one by one show; None for a run in which nobody was followed."""
    luck, lives = index.summary.luck, index.summary.lives
    if luck is None or lives is None:
        return None
    rows = [
        [_plan(index, c.plan), mean_words(c.deaths.mean, c.deaths.low, c.deaths.high), _of_100(c.fewer_than_today)]
        for c in luck.counted
    ]
    caption = f"Overdose deaths counted in {luck.years} years, chance included"
    return LivesView(
        chance=_chance(luck),
        counted=Table(caption, ["Plan", "Deaths, and 19 in 20 counties", "Fewer than with no new money"], rows),
        counted_note=_note(luck),
        lives=_lives(index, lives),
        courses=_courses(index, lives),
    )


def _of_100(share: float) -> str:
    return f"{round(share * HUNDRED)} of {HUNDRED}"


def _plan(index: Index, key: str) -> str:
    return index.name(key)


def _chance(luck: Luck) -> str:
    fewer, fifth = _of_100(luck.fewer_next_year), _of_100(luck.a_fifth_fewer)
    return (
        f"In a county of this size fewer people die of overdose than in the year before in {fewer} years, although "
        f"nothing new is done; at least a fifth fewer in {fifth}. So a good year proves no plan, and a bad year "
        "disproves none."
    )


def _note(luck: Luck) -> str:
    shared = "kits, places and queues of their own" if luck.own_weeks else "the kits and places that their county has"
    return (
        f"{luck.counties} counties a plan, each of its {luck.people:,} people followed one by one, with {shared}. In "
        "the last column, pairs of counties with other luck; half and half would be chance."
    )


def _lives(index: Index, lives: Lives) -> str:
    first = lives.courses[0]
    died, reached = _count(lives, first.overdose_death), _count(lives, first.sustained)
    said = [
        f"Of {lives.people:,} people with addiction on day one, {died} die of overdose within five years with no new "
        f"money, and {reached} reach a year of remission, medication included; "
        f"{_count(lives, first.sustained_without)} reach one without medication."
    ]
    for other in lives.courses[1:]:
        died, reached = _count(lives, other.overdose_death), _count(lives, other.sustained)
        said.append(f"{_plan(index, other.plan)}, with the same luck: {died} die and {reached} reach it.")
    once, over = round(sum(first.returns[1:]) * HUNDRED), round(first.overdose_before * HUNDRED)
    said.append(
        f"Of {HUNDRED} who reach it, {once} return to use at least once before, and {over} survive an overdose on the "
        "way: recovery is seldom a straight line, and no step back ends it."
    )
    return " ".join(said)


def _count(lives: Lives, share: float) -> str:
    return f"{round(share * lives.people):,}"


def _courses(index: Index, lives: Lives) -> Table:
    def row(label: str, of: str) -> list[str]:
        return [label, *(_count(lives, getattr(course, of)) for course in lives.courses)]

    rows = [
        row("Die of overdose within five years", "overdose_death"),
        row("Die of another cause within five years", "other_death"),
        row("Reach a year of remission within five years, medication included", "sustained"),
        row("Reach it without medication", "sustained_without"),
        *(_returned(lives, n, words) for n, words in enumerate(RETURNED)),
        [
            "Of those who reach it: survive an overdose before",
            *(_of_reached(course, course.overdose_before) for course in lives.courses),
        ],
        row(f"Die of overdose within {lives.years} years", "overdose_death_in_all"),
    ]
    return Table(f"{lives.people:,} lives", ["", *(_plan(index, course.plan) for course in lives.courses)], rows)


def _returned(lives: Lives, n: int, words: str) -> list[str]:
    told = [_of_reached(course, course.returns[n]) for course in lives.courses]
    return [f"Of those who reach it: return to use {words}", *told]


def _of_reached(course: LifeCourse, share: float) -> str:
    return f"{share * HUNDRED:.1f} %" if course.sustained > 0 else "nobody"
