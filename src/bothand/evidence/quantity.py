"""One sourced number, and the distribution that its row describes.

low-high is the 95 % range. The family is the row's, with two rules: low = high is fixed, and a mean on a bound is a
triangle that falls from that bound to the other (the bound is then a search bound, and nothing lies beyond it).
``quantile`` is the one door to the distributions. Source: DESIGN 5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import cast

import numpy as np

from bothand.evidence.arrays import Floats as Floats
from bothand.units import Unit, UnitError, parse_unit

ROLES = ("input", "check", "context")
GRADES = ("primary", "secondary", "judgement", "unverified")
ORIGINS = ("reported", "derived", "judgement", "recalled", "none")
DISTRIBUTIONS = ("fixed", "uniform", "triangular", "beta", "gamma", "lognormal", "normal")

LOWER_TAIL = 0.025  # MATH: probability below the 95 % range
UPPER_TAIL = 0.975  # MATH: probability below its upper end
NORMAL_POINT = 1.959963984540054  # MATH: 97.5 % point of the standard normal
INSIDE = 0.95  # MATH: probability inside the range
FIT_STEPS = 400  # MATH: most steps of a fit
REMEMBERED = 4096  # UNIT: fits that are remembered
FIT_TOLERANCE = 1e-10  # MATH: of the sum of squares


@dataclass(frozen=True)
class Quantity:
    """One row of the evidence tables. ``mean, low, high`` are in the row's own ``unit``; ``base_*`` in base units."""

    key: str
    group: str
    role: str
    description: str
    unit: str
    mean: float
    low: float
    high: float
    distribution: str
    population: str = ""
    reference_population: str = ""
    year: str = ""
    citation: str = ""
    locator: str = ""
    grade: str = "primary"
    interval_origin: str = "reported"
    note: str = ""
    checked_on: date | None = None
    review_by: date | None = None
    judged_by: str = ""
    judged_from: str = ""
    judged_why: str = ""
    file: str = ""
    line: int = 0
    conversion: str = ""
    inputs: tuple[str, ...] = ()

    @cached_property
    def typed(self) -> Unit | None:
        """The unit as a type, or None for a context row whose unit is free text."""
        try:
            return parse_unit(self.unit)
        except UnitError:
            return None

    @property
    def base_unit(self) -> str:
        """The unit of ``base_mean`` and of draws, in words."""
        return self.typed.base_text if self.typed else self.unit

    def to_base(self, value: float) -> float:
        """Return a value of this row in base units (per year, USD, years)."""
        return self.typed.to_base(value) if self.typed else value

    @property
    def base_mean(self) -> float:
        """The mean in base units."""
        return self.to_base(self.mean)

    @property
    def base_low(self) -> float:
        """The lower end of the 95 % range in base units."""
        return self.to_base(self.low)

    @property
    def base_high(self) -> float:
        """The upper end of the 95 % range in base units."""
        return self.to_base(self.high)

    @property
    def family(self) -> str:
        """The family that is drawn: the row's, unless low = high (fixed) or the mean is on a bound (triangular)."""
        if self.distribution == "fixed" or self.low == self.high:
            return "fixed"
        return "triangular" if self.mean in (self.low, self.high) else self.distribution

    @property
    def price_year(self) -> int | None:
        """The price year of a money row: the first four-figure year of ``year``, or None."""
        found = re.search(r"\b(19|20)\d\d\b", self.year) if self.typed and self.typed.is_money else None
        return int(found.group()) if found else None

    @property
    def source(self) -> str:
        """The source in one line: citation and locator, or who judged and from what."""
        if self.grade == "judgement":
            return f"Judgement by {self.judged_by}, from {self.judged_from}."
        return f"{self.citation} ({self.locator})" if self.locator else self.citation

    def quantile(self, u: Floats) -> Floats:
        """Return the values, in the row's unit, below which a share ``u`` (any shape, inside 0-1) of the draws lies."""
        typed = self.typed
        lowest, highest = (typed.lowest, typed.highest) if typed else (-np.inf, np.inf)
        values = _quantile(self.family, self.mean, self.low, self.high, u)
        return np.clip(values, lowest, highest)


def _quantile(family: str, mean: float, low: float, high: float, u: Floats) -> Floats:
    from scipy import special

    if family == "fixed":
        return np.full_like(u, mean)
    if family == "uniform":
        margin = (high - low) * (1 / INSIDE - 1) / 2
        return low - margin + u * (high - low + 2 * margin)
    if family == "triangular":
        return _triangle(*_triangle_ends(mean, low, high), u)
    if family in ("lognormal", "normal"):
        z = special.ndtri(u)
        if family == "normal":
            return mean + z * np.where(z < 0, mean - low, high - mean) / NORMAL_POINT
        return mean * np.exp(z * np.where(z < 0, np.log(mean / low), np.log(high / mean)) / NORMAL_POINT)
    a, b = fit(family, mean, low, high)
    return cast(Floats, special.betaincinv(a, b, u) if family == "beta" else special.gammaincinv(a, u) * b)


def _triangle(start: float, mode: float, end: float, u: Floats) -> Floats:
    span = end - start
    left = start + np.sqrt(np.clip(u * span * (mode - start), 0, None))
    right = end - np.sqrt(np.clip((1 - u) * span * (end - mode), 0, None))
    return np.where(u * span < mode - start, left, right)


@lru_cache(maxsize=REMEMBERED)
def _triangle_ends(mode: float, low: float, high: float) -> tuple[float, float, float]:
    """Ends of the triangle: low and high with the mode on one of them; else they are its 2.5 and 97.5 % points."""
    if mode in (low, high):
        return low, mode, high
    below, above = mode - low, high - mode
    x, y = below, above
    for _ in range(FIT_STEPS):
        x, y = below + np.sqrt(LOWER_TAIL * (x + y) * x), above + np.sqrt(LOWER_TAIL * (x + y) * y)
    return mode - float(x), mode, mode + float(y)


@lru_cache(maxsize=REMEMBERED)
def fit(family: str, mean: float, low: float, high: float) -> tuple[float, float]:
    """Return (a, b) of a beta or (shape, scale) of a gamma fitted to the mean and the two ends of the 95 % range.

    Least squares of the three misfits, each in units of the range's width, from the moments as a start. Two parameters
    meet three figures only when the family's skewness is the row's; else the misfit is shared among them.
    """
    from scipy import optimize, special

    width = high - low
    variance = (width / (2 * NORMAL_POINT)) ** 2

    def misfit(logs: Floats) -> Floats:
        a, b = np.exp(logs)
        if family == "beta":
            ends, centre = special.betaincinv(a, b, [LOWER_TAIL, UPPER_TAIL]), a / (a + b)
        else:
            ends, centre = special.gammaincinv(a, [LOWER_TAIL, UPPER_TAIL]) * b, a * b
        return (np.array([ends[0], ends[1], centre]) - [low, high, mean]) / width

    if family == "beta":
        size = max(mean * (1 - mean) / variance - 1, 1.0)
        start = np.log([mean * size, (1 - mean) * size])
    else:
        start = np.log([mean**2 / variance, variance / mean])
    found = optimize.least_squares(misfit, start, max_nfev=FIT_STEPS, xtol=FIT_TOLERANCE, ftol=FIT_TOLERANCE)
    a, b = np.exp(found.x)
    return float(a), float(b)
