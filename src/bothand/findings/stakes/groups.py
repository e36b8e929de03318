"""Each group of people: who they are on day one, what happens to them with no new money, what one service does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.needs import GROUPS
from bothand.experiments.curves import GROUP
from bothand.experiments.plans import option_keys
from bothand.experiments.results import Results
from bothand.findings.measures import interval
from bothand.outcomes.indicators import remission_years
from bothand.outcomes.ledger import LIFETIME, Ledger
from bothand.report.summary import Course, Group, Interval, LevelShare
from bothand.words import PEOPLE

LEAST = 0.005  # UNIT: share of a group below which a level is not named
COUNTED = (
    ("overdose_deaths", "Overdose deaths", "deaths"),
    ("overdoses", "Overdoses, survived or not", "overdoses"),
    ("remissions", "Remissions that begin", "remissions"),
)
LIVED = (
    ("on_medication", "Years on medication"),
    ("waiting", "Years waiting for treatment"),
    ("in_contact", "Years in low-threshold contact"),
)


def groups(results: Results) -> list[Group]:
    """Return the groups of people as they are on day one, with what happens to them and what single services do."""
    base = results.world.quo.run.main
    first = base.values["overdose_deaths"][0]
    spec = results.setting.model.spec.group
    return [
        Group(
            key=name,
            label=spec[name].label,
            short=spec[name].short or spec[name].label,
            people=interval(base.at("people", LIFETIME)[:, o]),
            first_year_deaths=interval(first[:, o]),
            line="with" if name in GROUPS else "without",
            made_up_of=list(_made_up_of(results, o)),
            course=list(_course(results, o)),
            alone=_alone(results, name),
        )
        for o, name in enumerate(results.setting.model.groups)
    ]


def _made_up_of(results: Results, o: int) -> Iterator[LevelShare]:
    """Yield the share of each level in a group on day one; a dimension in which all are alike says nothing."""
    model = results.setting.model
    here = results.world.county.start.people[:, o, :, : len(model.cells)].sum(axis=1)  # (D, N)
    whole = here.sum(axis=1)
    if not np.all(whole > 0):
        return  # those who would start later are nowhere on day one
    for key, dimension in model.spec.dimension.items():
        shares = {
            level.label: here[:, [cell[key] == level.name for cell in model.cells]].sum(axis=1) / whole
            for level in dimension.levels
            if level.label
        }
        told = {label: share for label, share in shares.items() if np.mean(share) >= LEAST}
        if any(np.mean(share) < 1 - LEAST for share in told.values()):
            yield from (
                LevelShare(dimension=dimension.label, label=label, share=interval(share))
                for label, share in told.items()
            )


def _course(results: Results, o: int) -> Iterator[Course]:
    """Yield what happens to a group with no new money: counts by the first horizon and ten years, then years lived."""
    world = results.world
    base = world.quo.run.main
    people = base.at("people", LIFETIME)[:, o]
    ten, years = world.ten_years
    first = results.setting.study.horizons[0]
    spans = {str(first): "in the first year" if first == 1 else f"in {first} years", ten: f"in {years} years"}
    for name, label, unit in COUNTED:
        for horizon, words in spans.items():
            yield _told(f"{label} {words}", unit, base.at(name, horizon)[:, o], people)
    unit = "discounted years" if results.setting.study.discount else "years"
    lived = [(label, base.at(name, ten)) for name, label in LIVED]
    lived += [
        (f"Years in remission, {words}", _remission(base, criterion, ten))
        for criterion, words in (("included", "medication included"), ("without", "without medication"))
    ]
    for label, amount in lived:
        yield _told(f"{label}, {spans[ten]}", unit, amount[:, o], people)


def _remission(base: Ledger, criterion: str, horizon: str) -> Floats:
    return np.asarray(remission_years(base, criterion)[base.horizons.index(horizon)])


def _told(label: str, unit: str, amount: Floats, people: Floats) -> Course:
    of_each = np.divide(amount, people, out=np.zeros_like(amount), where=people > 0)
    return Course(label=label, unit=unit, amount=interval(amount), per_1000=interval(of_each * PEOPLE))


def _alone(results: Results, group: str) -> dict[str, Interval]:
    gains = results.curves.alone[GROUP + group]
    return {service: interval(gains[s]) for s, service in enumerate(option_keys(results.world))}
