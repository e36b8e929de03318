"""What each service's dollars do for each objective: piecewise linear curves on a grid of yearly dollars.

An *objective* is a value, a group or an indicator that has a gain against the status quo. The surrogate is additive::

    u_v(x) = sum over services i of curve_vi(x_i),    curve_vi(0) = 0

Axis letters: V objectives, I services, L levels of dollars (zero left out), P plans.
Source: DESIGN 8 ("maps by piecewise slopes"), knowledge/prototype.md 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bothand.decide.ruled.rules import Rules
from bothand.engine.arrays import Bools as Bools
from bothand.engine.arrays import Floats as Floats

ROUNDING = 1e-9  # MATH: relative slack for rounding of dollars and gains


@dataclass(frozen=True, eq=False)
class Surface:
    """Gains of every objective along the dollars of every service funded alone.

    Attributes:
        objectives: names of the values, groups or indicators, length V.
        services: names, length I.
        dollars: (I, L) yearly US dollars, above zero and increasing along L. Zero dollars gain zero and are left out.
            A first level at the start-up cost makes the step at the start exact.
        gains: (V, I, L) gain against the status quo with only service i funded at level l, in the unit of the
            objective; the mean over draws. More is better; negative where a service takes something away.
        one_of: groups of columns that are ways to run one service: at most one of each has dollars.
        rules: what every plan that is searched for on these curves keeps; None = the budget alone.

    Raises:
        ValueError: with every fault of the arrays at once.
    """

    objectives: tuple[str, ...]
    services: tuple[str, ...]
    dollars: Floats
    gains: Floats
    one_of: tuple[tuple[str, ...], ...] = ()
    rules: Rules | None = None

    def __post_init__(self) -> None:
        for name in ("dollars", "gains"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        faults = list(_faults(self))
        if faults:
            raise ValueError("; ".join(faults))

    def over(self, columns: Sequence[int], services: Sequence[str] | None = None) -> Surface:
        """Return the curves of some columns, by position, under their own names or other ones; rules go with them."""
        names = tuple(services or (self.services[i] for i in columns))
        rules = None if self.rules is None else self.rules.over(columns)
        return Surface(self.objectives, names, self.dollars[columns], self.gains[:, columns], rules=rules)

    @cached_property
    def widths(self) -> Floats:
        """Dollars between neighbouring levels, (I, L)."""
        return np.diff(self.dollars, axis=1, prepend=0)

    @cached_property
    def increments(self) -> Floats:
        """Gain between neighbouring levels, (V, I, L)."""
        return np.diff(self.gains, axis=2, prepend=0)

    @cached_property
    def scale(self) -> Floats:
        """Largest gain or loss on each objective's curves, (V,); 1 where all are zero."""
        largest: Floats = np.abs(self.gains).max(axis=(1, 2))
        return np.where(largest > 0, largest, 1)

    @cached_property
    def convex_at(self) -> Bools:
        """Where the slope rises from one segment to the next, (V, I, L-1): there a curve is not concave."""
        slopes = self.increments / self.widths
        rise = np.diff(slopes, axis=2) * self.widths[:, 1:]
        found: Bools = rise > ROUNDING * self.scale[:, None, None]
        return found

    @cached_property
    def asked_steps(self) -> Floats:
        """What others are asked for more between neighbouring levels, (I, L); zero without rules."""
        rules = self.rules
        return np.zeros(self.dollars.shape) if rules is None else np.diff(rules.asked, axis=1, prepend=0)

    @cached_property
    def asked_bends_down_at(self) -> Bools:
        """Where what others are asked for rises less from one segment to the next, (I, L-1)."""
        slopes = self.asked_steps / self.widths
        fall = -np.diff(slopes, axis=1) * self.widths[:, 1:]
        found: Bools = fall > ROUNDING * (np.abs(self.asked_steps).max() or 1.0)
        return found

    @cached_property
    def ways(self) -> tuple[list[int], ...]:
        """Positions of the columns of every group of which at most one has dollars."""
        return tuple([self.services.index(name) for name in group] for group in self.one_of)

    @cached_property
    def envelope(self) -> Surface:
        """The surface with every curve replaced by its concave envelope."""
        return concave(self)

    def index(self, objective: str) -> int:
        """Position of an objective; KeyError with the names allowed."""
        if objective not in self.objectives:
            raise KeyError(f"'{objective}' is not an objective of this surface; it has {', '.join(self.objectives)}")
        return self.objectives.index(objective)

    def indices(self, objectives: Iterable[str]) -> list[int]:
        """Positions of several objectives, in the order asked."""
        return [self.index(name) for name in objectives]


def _faults(surface: Surface) -> Iterable[str]:
    """Yield each fault of a surface in plain words."""
    n_objectives, n_services = len(surface.objectives), len(surface.services)
    for label, names in (("objectives", surface.objectives), ("services", surface.services)):
        if len(set(names)) != len(names) or not names:
            yield f"{label} must be named, each once; found {list(names)}"
    grouped = [name for group in surface.one_of for name in group]
    if len(set(grouped)) != len(grouped) or not set(grouped) <= set(surface.services):
        yield f"ways to run a service must be columns, each in one group; found {grouped}"
    dollars, gains = surface.dollars, surface.gains
    if dollars.ndim != 2 or dollars.shape[0] != n_services or dollars.shape[-1] == 0:
        yield f"dollars must have shape (services {n_services}, levels); found {dollars.shape}"
        return
    if gains.shape != (n_objectives, *dollars.shape):
        yield f"gains must have shape {(n_objectives, *dollars.shape)}; found {gains.shape}"
        return
    if not (np.isfinite(dollars).all() and np.isfinite(gains).all()):
        yield "dollars and gains must be finite numbers"
    for name, row in zip(surface.services, dollars, strict=True):
        if not (np.diff(row, prepend=0) > 0).all():
            yield f"dollars of '{name}' must be above zero and increasing; found {row.tolist()}"
    rules = surface.rules
    if rules is not None and (rules.asked.shape != dollars.shape or rules.weights.shape[1:] != (n_services,)):
        yield f"rules must be of {dollars.shape} services and levels; found {rules.asked.shape}"


def widened(surface: Surface, beside: Surface) -> Surface:
    """Return the curves of both, the first ones first.

    Raises:
        ValueError: other services or dollars.
    """
    if surface.services != beside.services or not np.array_equal(surface.dollars, beside.dollars):
        raise ValueError("curves of other services or dollars cannot stand beside each other")
    names = (*surface.objectives, *beside.objectives)
    return replace(surface, objectives=names, gains=np.concatenate([surface.gains, beside.gains]))


def filled(surface: Surface, plans: npt.ArrayLike) -> Floats:
    """Share of every segment that a plan pays for, lowest first.

    Args:
        surface: the curves.
        plans: (I,) or (P, I) yearly dollars.

    Returns:
        (I, L) or (P, I, L), from 0 to 1.

    Raises:
        ValueError: a plan with negative dollars or beyond the last level of a service's grid.
    """
    x = np.asarray(plans, dtype=np.float64)
    last = surface.dollars[:, -1]
    wrong: Bools = (x < -ROUNDING * last) | (x > (1 + ROUNDING) * last) | ~np.isfinite(x)
    if wrong.any():
        columns = np.flatnonzero(wrong.reshape(-1, len(last)).any(axis=0))
        named = [surface.services[i] for i in columns]
        raise ValueError(f"dollars below zero or beyond the grid of {', '.join(named)}")
    below = surface.dollars - surface.widths
    shares: Floats = np.clip((x[..., None] - below) / surface.widths, 0, 1)
    return shares


def evaluate(surface: Surface, plans: npt.ArrayLike) -> Floats:
    """Gain of every objective under a plan (or plans), exactly piecewise linear.

    Args:
        surface: the curves.
        plans: (I,) or (P, I) yearly dollars.

    Returns:
        (V,) or (P, V), each in its objective's unit.
    """
    gains: Floats = np.einsum("vil,...il->...v", surface.increments, filled(surface, plans))
    return gains


def asked_of_others(surface: Surface, plan: npt.ArrayLike) -> float:
    """What others are asked for under a plan (I,), dollars a year, by the curves of the rules; zero without rules."""
    return float((surface.asked_steps * filled(surface, plan)).sum())


def contributions(surface: Surface, plan: npt.ArrayLike) -> Floats:
    """What each service adds to, or takes from, each objective under a plan, (V, I).

    On an additive surface this is the Shapley share of each service; rows sum to ``evaluate(surface, plan)``.
    """
    added: Floats = np.einsum("vil,il->vi", surface.increments, filled(surface, plan))
    return added


def concave(surface: Surface, within: float | None = None) -> Surface:
    """The surface with curves replaced by their concave envelope from zero.

    Args:
        surface: the curves.
        within: replace a curve only if the envelope lies nowhere more than this share of the objective's largest gain
            above it (to smooth noise and leave true steps); None replaces all curves.

    Returns:
        a Surface on the same grid, nowhere below the given one. The correction at a plan is
        ``evaluate(concave(s), x) - evaluate(s, x)``; a convex harm (large at first, then level) is understated by it,
        so where antagonism matters give the surface itself to the solvers, which treat it exactly.
    """
    gains = surface.gains.copy()
    for v, i in np.argwhere(surface.convex_at.any(axis=2)):
        envelope = _envelope(surface.dollars[i], surface.gains[v, i])
        if within is None or np.max(envelope - surface.gains[v, i]) <= within * surface.scale[v]:
            gains[v, i] = envelope
    return replace(surface, gains=gains, rules=_eased(surface, within))


def _eased(surface: Surface, within: float | None) -> Rules | None:
    """Return rules whose cap asks less: the curves of what others are asked for, on the chords under their bends."""
    rules = surface.rules
    if rules is None or not surface.asked_bends_down_at.any():
        return rules
    asked, size = rules.asked.copy(), float(np.abs(rules.asked).max())
    for i in np.flatnonzero(surface.asked_bends_down_at.any(axis=1)):
        below = -_envelope(surface.dollars[i], -rules.asked[i])
        if within is None or np.max(rules.asked[i] - below) <= within * size:
            asked[i] = below
    return replace(rules, asked=asked)


def _envelope(dollars: Floats, gains: Floats) -> Floats:
    """Least concave curve above the points and the origin, read at the same dollars, (L,)."""
    hull: list[tuple[float, float]] = [(0.0, 0.0)]
    for x, y in zip(dollars.tolist(), gains.tolist(), strict=True):
        while len(hull) > 1 and _below((x, y), hull[-1], hull[-2]):
            hull.pop()
        hull.append((x, y))
    corner_x, corner_y = zip(*hull, strict=True)
    return np.asarray(np.maximum(np.interp(dollars, corner_x, corner_y), gains), dtype=np.float64)


def _below(new: tuple[float, float], middle: tuple[float, float], first: tuple[float, float]) -> bool:
    """Whether the middle point lies on or below the line from the first to the new point."""
    return (middle[1] - first[1]) * (new[0] - first[0]) <= (new[1] - first[1]) * (middle[0] - first[0])
