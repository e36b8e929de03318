"""A cohort in continuous time whose rates move with the people: places that are limited, in steps of a week.

The step is the one of ``engine/reference.py``. Here each step is kept, so that a question may ask for any whole
number of steps, discount what is lived, and count those who are let in where some wait. Over a step of length h that
begins at t, what is lived counts exp(-force (t + h/2)): the mean of the discount over the step, but for (force h)^2/24
of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from bothand.engine.arrays import WEEKS, Chain, Floats, Schedule, Start, Trajectory
from bothand.engine.exact import fastest_exit
from bothand.engine.reference import Flows, simulate

WHOLE = 1e-9  # MATH: a number of steps this close to a whole one is that number
MOST_KEPT = 200_000_000  # UNIT: numbers that one course may keep, 1.6 GB


@dataclass(frozen=True)
class Stepped:
    """A cohort with the rates of one year, which hold in all years; D draws."""

    chain: Chain
    rates: Schedule  # one year
    people: Floats  # (S, N, D) on the first day
    steps: int  # a year
    _courses: dict[int, Trajectory] = field(default_factory=dict, repr=False)

    def people_at(self, years: float) -> Floats:
        """Return people in each compartment after ``years``, all strata together, (N, D)."""
        n = self._whole(years)
        return np.asarray(self._course(n).state[-1, :, 0].T if n else self.people.sum(axis=0))

    def years_lived(self, years: float, force: float = 0.0, gate: int | None = None) -> Floats:
        """Return person-years in each stratum and compartment, discounted by exp(-force t), (S, N, D).

        With a ``gate`` each step counts as much as the share of those who ask that is let in during it.
        """
        n = self._whole(years)
        if not n:
            return np.zeros_like(self.people)
        course = self._course(n)
        counts = np.exp(-force * (np.arange(n) + 0.5) / self.steps)[:, None] * np.ones(self.rates.draws)
        if gate is not None:
            counts = counts * course.fraction[:, gate]
        return np.asarray(np.einsum("tdsn,td->snd", course.person_years[:, :, 0], counts) / self.steps)

    def _whole(self, years: float) -> int:
        if not math.isfinite(years):
            raise ValueError("in steps a horizon has an end.")
        n = years * self.steps
        if abs(n - round(n)) > WHOLE * max(n, 1):
            raise ValueError(f"{years:g} years are not a whole number of steps: there are {self.steps} in a year.")
        return round(n)

    def _course(self, n: int) -> Trajectory:
        """Return what the cohort does in n steps, each of them kept as if it were a year."""
        if n not in self._courses:
            if n * self.people.size > MOST_KEPT:
                raise ValueError("this is too much to keep: ask with fewer draws, or for fewer years.")
            there = np.moveaxis(self.people, -1, 0)[:, None].copy()
            self._courses.clear()
            self._courses[n] = simulate(
                self.chain, _by_step(self.rates, n, self.steps), Start(there, np.zeros(self.rates.draws)), steps=1
            )
        return self._courses[n]


def stepped(chain: Chain, rates: Schedule, people: Floats) -> Stepped:
    """Return a cohort, ``people`` (S, N, D or 1) on its first day, ready to be stepped.

    Raises ValueError for a stock, of which a case does not say how much there is at the start.
    """
    if rates.slope.any() or rates.kits.any():
        raise ValueError("a case does not say how many kits there are on the first day: a model with a stock needs a "
                         "study.")  # fmt: skip
    steps = short_enough(chain, rates)
    there = np.broadcast_to(people, (*people.shape[:2], rates.draws)).copy()
    return Stepped(chain, replace(rates, inflow_origin=0), there, steps)


def short_enough(chain: Chain, rates: Schedule) -> int:
    """Return how many steps a year has by the rates of its first year.

    A step is a week, or shorter where people leave a compartment so fast that a week would be more than a mean stay.
    """
    flows = Flows(rates.plain[0], rates.by_stratum[0], rates.ageing, rates.inflow[0], 0)
    return WEEKS * max(math.ceil(fastest_exit(chain, flows) / WEEKS), 1)


def _by_step(rates: Schedule, n: int, steps: int) -> Schedule:
    """Return a schedule of n steps, in which the unit of time is a step and no longer a year."""

    def each(numbers: Floats, unit: float = 1.0) -> Floats:
        return np.broadcast_to(numbers[:1] / unit, (n, *numbers.shape[1:]))

    return replace(
        rates,
        plain=each(rates.plain, steps),
        by_stratum=each(rates.by_stratum, steps),
        slope=each(rates.slope, steps),
        ageing=rates.ageing / steps,
        inflow=each(rates.inflow, steps),
        places=each(rates.places),
        kits=each(rates.kits, steps),
        use_per_event=each(rates.use_per_event),
        event=each(rates.event, steps),
    )
