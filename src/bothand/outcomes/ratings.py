"""What a local panel says of each service, value by value, on five points; its spread, never a sum.

A panel's table is a CSV with the columns service, role, rater, value, rating: one row for each rating that a person
gave. Nobody has rated anything unless such a table is given: there is no number of our own. Source: DESIGN 7.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import available, scan_csv
from bothand.outcomes.values import Value, load_values, values_of
from bothand.words import RATER_ROLES
from bothand.world.stakeholders import load_consulted

if TYPE_CHECKING:
    from bothand.engine.setting import Setting

COLUMNS = ("service", "role", "rater", "value", "rating")
LOWEST = 1  # UNIT: points of the form
HIGHEST = 5  # UNIT: points of the form
POINTS = tuple(range(LOWEST, HIGHEST + 1))
LEAST_APART = 3  # UNIT: raters of one role below which the role is not shown apart: a person could be known by it
EVERYONE = "everyone"
QUARTERS = (0.25, 0.5, 0.75)  # MATH: the middle half and its middle


@dataclass(frozen=True)
class Given:
    """One rating by one person."""

    service: str
    role: str
    rater: str
    value: str
    rating: int


@dataclass(frozen=True)
class Spread:
    """What the raters of one role, or all of them, said of a service and a value.

    counts: how many gave each of the five points, from 1 to 5; low and high hold the middle half of the ratings.
    """

    service: str
    value: str
    role: str
    counts: tuple[int, ...]
    low: float
    middle: float
    high: float


def load_rated(
    study: str,
    place: Path | None,
    plans: Sequence[Path],
    ratings: Path | None,
    stakeholders: Sequence[Path] = (),
    terms: Sequence[Path] = (),
) -> tuple[Setting, tuple[Given, ...]]:
    """Load a study and what a panel said of its services. Raises FaultsFound once, with the faults of both.

    The faults of ``stakeholders``, the files of those whom the run asks, and of ``terms``, in which programmes say how
    they run services, are told in the same pass.
    """
    from bothand.engine.setting import load_setting  # brings the engine: not for a mere check of a table

    faults: list[Fault] = []
    setting: Setting | None = None
    given: tuple[Given, ...] = ()
    values: tuple[Value, ...] | None = None
    try:
        setting = load_setting(study, place, plans, terms)
        values = values_of(setting.study, setting.folder, setting.services, setting.evidence.names).values
    except FaultsFound as found:
        faults += found.faults
    if ratings is not None:
        services = [s.key for s in setting.services] if setting else available("services")
        try:
            given = load_ratings(ratings, services, [v.key for v in values or load_values()])
        except FaultsFound as found:
            faults += found.faults
    if stakeholders:
        try:
            load_consulted(stakeholders, [v.key for v in values] if values else None, datetime.now(UTC))
        except FaultsFound as found:
            faults += found.faults
    if faults or setting is None:
        raise FaultsFound(faults)
    return setting, given


def load_ratings(path: Path, services: Collection[str], values: Collection[str]) -> tuple[Given, ...]:
    """Read a panel's table. Raises FaultsFound with every fault of the file in one pass."""
    rows, faults = scan_csv(path, COLUMNS)
    found: list[Given] = []
    first: dict[tuple[str, str, str], int] = {}
    roles: dict[str, str] = {}
    for line, row in rows:
        cells = {name: row[name].strip() for name in COLUMNS}
        wrong = list(_faults(cells, services, values))
        cell = (cells["service"], cells["rater"], cells["value"])
        if cells["rater"] and cell in first:
            wrong.append((f"'{cells['rater']}' rated this value of this service in line {first[cell]} already.", None))
        if roles.setdefault(cells["rater"], cells["role"]) != cells["role"] and cells["rater"]:
            wrong.append((f"'{cells['rater']}' has the role '{roles[cells['rater']]}' in another line.", None))
        first.setdefault(cell, line)
        faults += [Fault(str(path), message, line=line, nearest=near) for message, near in wrong]
        if not wrong:
            rating = int(cells["rating"])
            found.append(Given(cells["service"], cells["role"], cells["rater"], cells["value"], rating))
    if not rows and not faults:
        faults.append(Fault(str(path), "nobody has rated anything: the table has no row.", line=1))
    if faults:
        raise FaultsFound(faults)
    return tuple(found)


def _faults(
    cells: Mapping[str, str], services: Collection[str], values: Collection[str]
) -> Iterator[tuple[str, str | None]]:
    for name, known in (("service", services), ("value", values), ("role", tuple(RATER_ROLES))):
        if cells[name] not in known:
            yield f"unknown {name} '{cells[name]}'.", nearest(cells[name], known)
    if not cells["rater"]:
        yield "'rater' is empty: give every person a sign, such as a number, and keep no name.", None
    if not re.fullmatch(r"[0-9]+", cells["rating"]) or int(cells["rating"]) not in POINTS:
        message = f"a rating is a whole number from {LOWEST} to {HIGHEST}; found '{cells['rating']}'."
        yield f"{message} Who cannot say is left out.", None


def spreads(given: Sequence[Given]) -> list[Spread]:
    """Return the spread of every service and value that was rated, for everyone and for each role that may be shown."""
    found = []
    for service in dict.fromkeys(g.service for g in given):
        for value in dict.fromkeys(g.value for g in given if g.service == service):
            mine = [g for g in given if (g.service, g.value) == (service, value)]
            found.append(_spread(service, value, EVERYONE, [g.rating for g in mine]))
            by_role = {role: [g.rating for g in mine if g.role == role] for role in RATER_ROLES}
            found += [_spread(service, value, role, by_role[role]) for role in shown_apart(by_role)]
    return found


def shown_apart(by_role: Mapping[str, Sequence[int]]) -> list[str]:
    """Return the roles that may stand apart: none shows fewer than three people, nor does what is left of everyone."""
    shown = [role for role, ratings in by_role.items() if len(ratings) >= LEAST_APART]
    hidden = sum(len(ratings) for role, ratings in by_role.items() if role not in shown)
    if shown and 0 < hidden < LEAST_APART:
        shown.remove(min(shown, key=lambda role: len(by_role[role])))
    return shown


def _spread(service: str, value: str, role: str, ratings: Sequence[int]) -> Spread:
    low, middle, high = (float(q) for q in np.quantile(ratings, QUARTERS))
    return Spread(service, value, role, tuple(ratings.count(point) for point in POINTS), low, middle, high)
