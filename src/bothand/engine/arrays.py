"""The arrays that pass between compiler, engines and outcomes.

Axis letters, in this fixed order wherever they meet: Y year, D draw, O origin (group on day one),
S stratum (sex x age, sex outermost), N compartment (living first, then dead), E edge, C capacity.
Rates are hazards per year, times are in years, occupancies in people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from bothand.evidence.arrays import Bools as Bools
from bothand.evidence.arrays import Floats as Floats
from bothand.evidence.arrays import Ints as Ints

WEEKS = 52  # UNIT: steps a year


Which = slice | Sequence[int]
"""Draws or years by their positions; some may stand twice."""

YEARLY = ("plain", "by_stratum", "slope", "inflow", "places", "kits", "use_per_event", "event")
"""The arrays of a ``Schedule`` that have a year axis, which comes first."""

SHARED = ("ageing", "inflow_origin")
"""What is the same in all draws of a ``Schedule``; everything else has draws last."""


@dataclass(frozen=True)
class Chain:
    """The structure of a compiled model: who can move where. No number of the world is in it.

    Edges are ordered: first ``n_plain`` edges whose rate is one number for all strata, then ``n_by_stratum``
    edges with a rate of their own in every stratum. Among the plain edges, some are *gated* (the rate is what
    it would be with free places, multiplied each step by the admitted fraction of ``gate``) and some *coupled*
    (rate = plain + slope * at_hand, at_hand in [0, 1] given by the stock).
    """

    compartments: tuple[str, ...]  # code names, living first, then dead
    n_living: int
    strata: tuple[str, ...]  # "female 15-24", ...
    source: Ints  # (E,)
    target: Ints  # (E,)
    death: Bools  # (E,) a path that the held-death twin holds
    n_plain: int
    gate: Ints  # (n_plain,) capacity index, -1 = not gated
    coupled: Ints  # indices into the plain edges whose rate depends on at_hand
    held: Bools  # (n_plain,) the twin takes plain AND slope of this edge, and at_hand, from the status quo
    capacities: tuple[str, ...]
    holds: Bools  # (C, N) compartments whose people take a place
    at_risk: Bools  # (N,) compartments counted as "people at risk" by the stock law
    older: Ints  # (S,) stratum that people age into, -1 = none
    arrivals: tuple[int, ...]  # compartments that inflow enters, in the order of Schedule.inflow

    @property
    def n_all(self) -> int:
        """Number of compartments, dead ones included."""
        return len(self.compartments)

    @property
    def n_by_stratum(self) -> int:
        """Number of edges whose rate differs by stratum."""
        return len(self.source) - self.n_plain


@dataclass(frozen=True)
class Schedule:
    """Rates of every year of a run, for D draws. All arrays float64, C order.

    The stock law (one stock at most), with K the kits in the right hands::

        dK/dt = kits - K / shelf_life - overdoses * use_per_event * at_hand
        at_hand = most * (1 - exp(-draw_down * K / people_at_risk))

    The capacity law, for each capacity with places C and fill exponent k::

        dN/dt = D * (1 - (N/C)^k) + others - exits * N

    D is the flow of the gated edges with free places; the end-of-step N is solved implicitly and the resulting
    fraction 1 - (N/C)^k, clipped to [0, 1], multiplies the gated edges for the whole step.
    """

    plain: Floats  # (Y, n_plain, D)
    by_stratum: Floats  # (Y, n_by_stratum, S, D)
    slope: Floats  # (Y, len(coupled), D)
    ageing: Floats  # (S,) hazard of moving into stratum `older`
    inflow: Floats  # (Y, len(arrivals), S, D) people per year
    inflow_origin: int  # origin index that arrivals belong to
    places: Floats  # (Y, C, D); np.inf = no limit (the gate stays open)
    fill: Floats  # (C, D) fill exponent k
    kits: Floats  # (Y, D) effective kits a year that reach people at risk; zeros when there is no stock
    shelf_life: Floats  # (D,) years
    most: Floats  # (D,)
    draw_down: Floats  # (D,)
    use_per_event: Floats  # (Y, D)
    event: Floats  # (Y, N, D) overdoses per person-year in each compartment

    @property
    def years(self) -> int:
        """Number of calendar years in the run."""
        return int(self.plain.shape[0])

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.plain.shape[2])

    def in_years(self, which: Which) -> Schedule:
        """Return the schedule of some years by their positions; a year may stand more than once."""
        cut: dict[str, Any] = {name: getattr(self, name)[which] for name in YEARLY}
        return replace(self, **cut)

    def at(self, which: Which) -> Schedule:
        """Return the schedule of some draws."""
        return replace(self, **{name: array[..., which] for name, array in self.by_draw.items()})

    @property
    def by_draw(self) -> dict[str, Any]:
        """The arrays that have draws, which come last, by name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in SHARED}


@dataclass(frozen=True)
class Start:
    """People and kits on the first day of a run."""

    people: Floats  # (D, O, S, N)
    stock: Floats  # (D,)

    @property
    def grouped(self) -> bool:
        """Say whether people are told apart by their group on day one."""
        return bool(self.people.shape[1] > 1)

    def together(self) -> Start:
        """Return the same day with everyone in one group."""
        return Start(self.people.sum(axis=1, keepdims=True), self.stock)

    def at(self, which: Which) -> Start:
        """Return the first day of some draws."""
        return Start(self.people[which], self.stock[which])


@dataclass(frozen=True)
class Held:
    """What the held-death twin takes from the status quo of the same draw."""

    plain: Floats  # (Y, n_plain, D) of the status quo (only edges with chain.held are used)
    slope: Floats  # (Y, len(coupled), D)
    by_stratum: Floats  # (Y, n_by_stratum, S, D) (only death edges are used)
    at_hand: Floats  # (Y * steps, D) recorded week by week

    def at(self, which: Which) -> Held:
        """Return what is held in some draws."""
        return Held(*(array[..., which] for array in vars(self).values()))


def hold(chain: Chain, schedule: Schedule, held: Held) -> Schedule:
    """Put the paths that a twin holds in the place of the schedule's own."""
    return replace(
        schedule,
        plain=np.where(chain.held[:, None], held.plain, schedule.plain),
        slope=np.where(chain.held[chain.coupled][:, None], held.slope, schedule.slope),
        by_stratum=np.where(chain.death[chain.n_plain :][:, None, None], held.by_stratum, schedule.by_stratum),
    )


@dataclass(frozen=True)
class Trajectory:
    """What one run did. Integrals are over each step with the same order of accuracy as the step."""

    person_years: Floats  # (Y, D, O, S, N): integral of occupancy over the year; dead compartments included
    state: Floats  # (Y + 1, D, O, N): people at the start and at each year's end, summed over strata
    final: Floats  # (D, O, S, N): people at the end, by stratum
    at_hand: Floats  # (Y * steps, D)
    fraction: Floats  # (Y * steps, C, D): share of those who ask for a place that is let in
    stock: Floats  # (Y + 1, D)

    def at(self, which: Which) -> Trajectory:
        """Return what the run did in some draws."""
        return Trajectory(
            person_years=self.person_years[:, which],
            state=self.state[:, which],
            final=self.final[which],
            at_hand=self.at_hand[:, which],
            fraction=self.fraction[:, :, which],
            stock=self.stock[:, which],
        )
