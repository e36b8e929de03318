"""Outcomes whose derivatives may be asked for, and what one more of each line of a ledger adds to them.

They are the gains of ``indicators.gains`` against the status quo, in all or for one group of day one, and deaths
averted. Each is differentiated as it is written there; what belongs to the status quo does not move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.needs import DURATIONS, GROUPS
from bothand.outcomes.equal_worth import held_quality
from bothand.outcomes.indicators import NOT_YET, Run, Scales, columns
from bothand.outcomes.ledger import LIFETIME, Ledger
from bothand.outcomes.trial import FLAT

Lines = dict[tuple[str, str], Floats]  # (line of a ledger, horizon) -> what one more in each group is worth (D, O)


@dataclass(frozen=True)
class Outcome:
    """One outcome: a name of ``NAMES``, for one group of day one or (None) all that it counts, by a horizon.

    ``sustained_*`` (the state at year five) and ``requests_met`` (all years) have no other horizon, and requests no
    group.
    """

    name: str
    group: str | None = None
    horizon: str = LIFETIME


@dataclass
class Stake:
    """What one more of each line adds to an outcome; what is not named adds nothing."""

    main: Lines = field(default_factory=dict)
    twin: Lines = field(default_factory=dict)
    sustained: dict[str, Floats] = field(default_factory=dict)  # criterion -> (D, O) of the main run
    met: list[Floats] = field(default_factory=list)  # (Y, D) of each kind of help: the twin's chance to be met in time


@dataclass(frozen=True)
class Beside:
    """What the outcomes rest on beside the ledgers' lines. ``run``: the plan's; ``quo``: of no new money."""

    run: Run
    quo: Run
    scales: Scales
    quality: str

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of day one."""
        return self.quo.main.groups

    def at(self, ledger: Ledger, name: str, horizon: str) -> Floats:
        """Return a line at a horizon, (D, O)."""
        return ledger.at(name, horizon)


def _inside(beside: Beside, outcome: Outcome, counted: tuple[str, ...]) -> Floats:
    """Return 1 for the groups that an outcome counts, else 0: (1, O)."""
    wanted = counted if outcome.group is None else tuple({outcome.group} & set(counted))
    marks = np.zeros((1, len(beside.groups)))
    marks[:, columns(beside.quo.main, wanted)] = 1
    return marks


def _lines(names: tuple[str, ...], counted: Callable[[Beside], tuple[str, ...]]) -> Callable[[Beside, Outcome], Stake]:
    def stake(beside: Beside, outcome: Outcome) -> Stake:
        people = np.ones((len(beside.scales.life_year), 1))
        worth = people * _inside(beside, outcome, counted(beside))
        return Stake(main={(name, outcome.horizon): worth for name in names})

    return stake


def _there(beside: Beside) -> tuple[str, ...]:
    return tuple(name for name in beside.groups if name != NOT_YET)


def _with_addiction(beside: Beside) -> tuple[str, ...]:
    return GROUPS


def _held(beside: Beside, outcome: Outcome, name: str) -> Lines:
    """Worth of the twin's lines to c_held(x) LY_0, where c_held is a line per person-year lived."""
    horizon, twin = outcome.horizon, beside.run.twin
    lived = twin.at("alive", horizon)
    at = twin.horizons.index(horizon)
    mean = held_quality(twin, name)[at]
    there = beside.quo.main.at("alive", horizon) * _inside(beside, outcome, beside.groups)
    each = np.divide(there, lived, out=np.zeros_like(lived), where=lived != 0)
    return {(name, horizon): each, ("alive", horizon): -each * mean}


def _healthy_life_years(beside: Beside, outcome: Outcome) -> Stake:
    saved = beside.scales.life_year[:, None] * _inside(beside, outcome, beside.groups)
    return Stake({("alive", outcome.horizon): saved}, _held(beside, outcome, beside.quality))


def _unbereaved(beside: Beside, outcome: Outcome) -> Stake:
    kin = beside.scales.close_kin[:, None] * _inside(beside, outcome, beside.groups)
    return Stake({("alive", outcome.horizon): kin})


def _quality_gained(beside: Beside, outcome: Outcome) -> Stake:
    return Stake(twin=_held(beside, outcome, beside.quality))


def _burden_lifted(beside: Beside, outcome: Outcome) -> Stake:
    return Stake(twin={line: -worth for line, worth in _held(beside, outcome, "crime_and_justice").items()})


def _deaths_averted(beside: Beside, outcome: Outcome) -> Stake:
    each = -np.ones((len(beside.scales.life_year), 1)) * _inside(beside, outcome, beside.groups)
    return Stake({("overdose_deaths", outcome.horizon): each})


def _hope(criterion: str) -> Callable[[Beside, Outcome], Stake]:
    def stake(beside: Beside, outcome: Outcome) -> Stake:
        people = beside.quo.main.at("people", LIFETIME)[:, columns(beside.quo.main, GROUPS)].sum(axis=1)
        return Stake(sustained={criterion: _inside(beside, outcome, GROUPS) / people[:, None]})

    return stake


def _requests_met(beside: Beside, outcome: Outcome) -> Stake:
    if outcome.group is not None:
        raise ValueError("requests met are not told by group.")
    return Stake(met=[kind.asked for kind in beside.quo.held_requests])


def _treatment_that_follows(beside: Beside, outcome: Outcome) -> Stake:
    """Worth of the twin's lines to what added years on medication cost, lives held, not discounted."""
    horizon, twin, name = outcome.horizon, beside.run.twin, f"medication_cost{FLAT}"
    lived, cost = twin.at(f"alive{FLAT}", horizon), twin.at(name, horizon)
    there = beside.quo.main.at(f"alive{FLAT}", horizon) * _inside(beside, outcome, beside.groups)
    each = np.divide(there, lived, out=np.zeros_like(lived), where=lived != 0)
    mean = np.divide(cost, lived, out=np.zeros_like(lived), where=lived != 0)
    return Stake(twin={(name, horizon): each, (f"alive{FLAT}", horizon): -each * mean})


_STAKES: Mapping[str, Callable[[Beside, Outcome], Stake]] = {
    "contact_years": _lines(("in_contact",), _there),
    "requests_met": _requests_met,
    "unbroken_contact_years": _lines(("unbroken_contact",), _there),
    "remission_years": _lines(tuple(f"remission_included_{d}" for d in DURATIONS), _with_addiction),
    "healthy_life_years": _healthy_life_years,
    "unbereaved_years": _unbereaved,
    "burden_lifted": _burden_lifted,
    "quality_gained": _quality_gained,
    "sustained_included": _hope("included"),
    "sustained_without": _hope("without"),
    "deaths_averted": _deaths_averted,
}
NAMES = tuple(_STAKES)
FOLLOWS = "treatment_that_follows"
"""Beside these: what added years on medication cost, lives held, to the last year and not discounted."""


def stake(outcome: Outcome, beside: Beside) -> Stake:
    """Return what one more of each line adds to an outcome.

    Raises ValueError for an unknown outcome, group or horizon.
    """
    if outcome.name == FOLLOWS:
        return _treatment_that_follows(beside, outcome)
    if outcome.name not in _STAKES:
        raise ValueError(f"there is no outcome '{outcome.name}'; there are: {', '.join(NAMES)}.")
    if outcome.group is not None and outcome.group not in beside.groups:
        raise ValueError(f"there is no group '{outcome.group}'; there are: {', '.join(beside.groups)}.")
    names = beside.quo.main.horizons.names
    if outcome.horizon not in names:
        raise ValueError(f"there is no horizon '{outcome.horizon}'; there are: {', '.join(names)}.")
    return _STAKES[outcome.name](beside, outcome)
