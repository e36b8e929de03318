"""Who is asked for exact numbers: one plan in, the gains of every objective and their slopes out.

One call of the real oracle (the adjoint engine) takes several core-seconds, so calls are counted and no plan is asked
for twice. An oracle that can tell gains apart from slopes (``Parted``) is asked for the slopes of an objective only
where a question needs them: a run alone costs a seventh of a run with all slopes.
Axis letters of this room: V objectives, S services, P spending periods, K plans seen, N = S * P columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from bothand.decide.surfaces import Floats, Surface


@dataclass(frozen=True, eq=False)
class Point:
    """What an oracle says of one plan.

    Attributes:
        gains: (V,) exact gain of each objective against the status quo, in its own unit; more is better.
        slopes: (V, S, P) what one more dollar of each service in each period adds; nan for what was not asked.
    """

    gains: Floats
    slopes: Floats


class Oracle(Protocol):
    """Exact gains and slopes at a plan, (S, P) dollars per spending period (without start-up costs)."""

    def __call__(self, plan: Floats) -> Point:
        """Return the point of a plan."""
        ...


@runtime_checkable
class Parted(Protocol):
    """An oracle that tells the gains of a plan, and the slopes of single objectives when they are asked for."""

    def gains(self, plan: Floats) -> Floats:
        """Return the gains of a plan (V,)."""
        ...

    def slopes(self, plan: Floats, objectives: Sequence[int]) -> Floats:
        """Return the slopes of some objectives at a plan, (len(objectives), S, P)."""
        ...


@dataclass(eq=False)
class Counted:
    """An oracle that counts its calls and remembers every answer.

    Attributes:
        oracle: whom to ask.
        calls: how many plans it was asked about. sweeps: for how many objectives at a plan it was asked for slopes.
    """

    oracle: Oracle | Parted
    calls: int = 0
    sweeps: int = 0
    seen: dict[bytes, Point] = field(default_factory=dict, repr=False)

    def __call__(self, plan: Floats) -> Point:
        """Return what is known of a plan; ask only when it is new. A ``Parted`` oracle is asked for the gains alone.

        Raises:
            ValueError: an answer whose numbers are not finite, or whose shapes do not fit the plan.
        """
        key = _key(plan)
        if key not in self.seen:
            self.calls += 1
            if isinstance(self.oracle, Parted):
                gains = np.asarray(self.oracle.gains(plan), dtype=np.float64)
                _checked(Point(gains, np.zeros((gains.size, *plan.shape))), plan)
                self.seen[key] = Point(gains, np.full((len(gains), *plan.shape), np.nan))
            else:
                self.seen[key] = _checked(self.oracle(plan), plan)
                self.sweeps += len(self.seen[key].gains)
        return self.seen[key]

    def sharpened(self, plan: Floats, objectives: npt.NDArray[np.int_]) -> Point:
        """Return the point of a plan with the slopes of some objectives, asked for where they are not known.

        Raises:
            ValueError: as above.
        """
        point = self(plan)
        unknown = [v for v in objectives.tolist() if np.isnan(point.slopes[v]).any()]
        if unknown and isinstance(self.oracle, Parted):
            self.sweeps += len(unknown)
            found = np.asarray(self.oracle.slopes(plan, unknown), dtype=np.float64)
            _checked(Point(point.gains[unknown], found), plan)
            slopes = np.array(point.slopes)
            slopes[unknown] = found
            point = self.seen[_key(plan)] = Point(point.gains, slopes)
        return point


def _key(plan: Floats) -> bytes:
    return np.ascontiguousarray(plan, dtype=np.float64).tobytes()


def _checked(point: Point, plan: Floats) -> Point:
    """The point, if its shapes fit and its numbers are finite."""
    gains, slopes = np.asarray(point.gains, dtype=np.float64), np.asarray(point.slopes, dtype=np.float64)
    if gains.ndim != 1 or slopes.shape != (len(gains), *plan.shape):
        found = f"{gains.shape} and {slopes.shape}"
        raise ValueError(f"the oracle must give gains (V,) and slopes (V, *{plan.shape}); it gave {found}")
    if not (np.isfinite(gains).all() and np.isfinite(slopes).all()):
        raise ValueError("the oracle gave a gain or slope that is not a finite number")
    return Point(gains, slopes)


@dataclass(frozen=True, eq=False)
class SurfaceOracle:
    """A surface of yearly dollars, read as an oracle over spending periods: cheap, separable, piecewise linear.

    The dollars of a period are spent evenly over its years, and each period brings its share of the whole gain::

        u_v(x) = sum over s, p of  years_p / sum(years) * curve_vs(x_sp / years_p)

    Slopes are those of the next dollar. Beyond the last level of a grid the curve goes on with its last slope.

    Attributes:
        surface: the curves.
        years: (P,) length of each spending period.
    """

    surface: Surface
    years: Floats

    def __call__(self, plan: Floats) -> Point:
        """Return gains (V,) and slopes (V, S, P) at a plan."""
        share = self.years / self.years.sum()
        slope, gain = self._read(plan / self.years)
        return Point(np.einsum("vsp,p->v", gain, share), slope * share / self.years)

    def _read(self, yearly: Floats) -> tuple[Floats, Floats]:
        """Slope and height of every curve at (S, P) yearly dollars, both (V, S, P)."""
        surface = self.surface
        slopes = surface.increments / surface.widths
        starts = surface.dollars - surface.widths
        heights = surface.gains - surface.increments
        level = (yearly[:, :, None] >= surface.dollars[:, None, :-1]).sum(axis=2)
        service = np.arange(len(yearly))[:, None]
        slope = slopes[:, service, level]
        return slope, heights[:, service, level] + slope * (yearly - starts[service, level])


def members_of(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Positions of named objectives; KeyError with the names allowed."""
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise KeyError(f"{', '.join(unknown)}: not an objective here; there are {', '.join(names)}")
    return [list(names).index(name) for name in wanted]


def as_plan(columns: npt.ArrayLike, shape: tuple[int, int]) -> Floats:
    """Columns (N,) as a plan (S, P)."""
    return np.asarray(columns, dtype=np.float64).reshape(shape)
