"""The toxicity of the supply: a yearly series with few knots and a declared penalty, fitted in every draw.

The counts that the fit sees are *contrasts* of log deaths: a level (one year) or a ratio (two years of one
definition, so that two death definitions are never mixed in one likelihood).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Floats

DIFFERENCE = 1e-4  # MATH: step of the forward differences in log toxicity
ITERATIONS = 4  # MATH: steps; the problem is nearly linear in logs, so the first step's slopes serve them all
SMALLEST_COUNT = 1e-9  # MATH: keeps the logarithm finite when a run has no deaths


@dataclass(frozen=True)
class Counts:
    """What the fit is given: ``contrast @ log(deaths)`` should be ``target`` with standard deviation ``spread``.

    contrast (M, Y), target (M,), spread (M,); ``label`` names each datum.
    """

    label: tuple[str, ...]
    contrast: Floats
    target: Floats
    spread: Floats


@dataclass(frozen=True)
class ToxicityFit:
    """Fitted log toxicity at the knots (K, D), the yearly series (Y, D) and the deaths it gives (Y, D)."""

    knots: tuple[int, ...]
    log_knots: Floats
    series: Floats
    deaths: Floats
    residuals: Floats  # (M, D) in standard deviations

    @property
    def free_parameters(self) -> int:
        """Number of free values of the fit: one a knot."""
        return len(self.knots)


def series_of(log_knots: Floats, knots: Sequence[int], years: Sequence[int]) -> Floats:
    """Return toxicity (Y, D): linear in the log between knots (K, D), constant before the first and after the last."""
    weights = np.stack([np.interp(years, knots, row) for row in np.eye(len(knots))])  # (K, Y)
    return np.asarray(np.exp(weights.T @ log_knots))


def fit(
    deaths_of: Callable[[Floats, int | None], Floats],
    counts: Counts,
    years: Sequence[int],
    knots: Sequence[int],
    penalty: Floats,
) -> ToxicityFit:
    """Fit the log toxicity at ``knots`` in every draw by Gauss-Newton with the slopes of the start (chord).

    ``deaths_of`` maps a toxicity series (Y, D), and how many of its years are asked for, to overdose deaths a year
    (Y, D), any number above zero in the years that are not; draws do not touch each other. It is called last with the
    series found and None: all years.
    Minimises, per draw, sum(((contrast @ log deaths - target) / spread)^2) + sum((step between knots / penalty)^2);
    ``penalty`` (D,) is the standard deviation allowed between neighbouring knots.
    """
    draws, size = penalty.shape[0], len(knots)
    log_knots = np.zeros((size, draws))
    steps = np.diff(np.eye(size), axis=0)  # (K - 1, K)

    def contrasts(deaths: Floats) -> Floats:
        logs = np.log(np.maximum(deaths, SMALLEST_COUNT))
        return np.asarray((counts.contrast @ logs - counts.target[:, None]) / counts.spread[:, None])

    told = 1 + int(np.flatnonzero(counts.contrast.any(axis=0))[-1])  # years up to the last count
    series = series_of(log_knots, knots, years)
    deaths = deaths_of(series, told)
    now = contrasts(deaths)  # (M, D)
    beside = [log_knots + DIFFERENCE * np.eye(size)[k][:, None] for k in range(size)]
    moved = [contrasts(deaths_of(series_of(at, knots, years), told)) for at in beside]
    slope = np.stack([(m - now) / DIFFERENCE for m in moved])  # (K, M, D)
    for step in range(ITERATIONS):
        change = np.empty_like(log_knots)
        for d in range(draws):
            jacobian = np.vstack([slope[:, :, d].T, steps / penalty[d]])
            residual = np.concatenate([now[:, d], steps @ log_knots[:, d] / penalty[d]])
            change[:, d] = np.linalg.lstsq(jacobian, -residual, rcond=None)[0]
        log_knots = log_knots + np.clip(change, -1, 1)
        series = series_of(log_knots, knots, years)
        deaths = deaths_of(series, told if step < ITERATIONS - 1 else None)
        now = contrasts(deaths)
    return ToxicityFit(tuple(knots), log_knots, series, deaths, now)


def walk(last: Floats, spread: Floats, years: int, seed: int) -> Floats:
    """Return the toxicity after the last count (Y, D): a random walk of the log with yearly sd ``spread`` (D,).

    Each step is spread * z - spread^2 / 2, so that the expected toxicity stays as it is: the walk adds doubt, no trend.

    The path of draw d is a function of (seed, year, d) alone, so it is the same under every plan and for any
    number of draws.
    """
    draws = last.shape[0]
    shocks = np.stack([_normals(seed, year, draws) for year in range(years)])
    steps = spread * shocks - spread**2 / 2
    return np.asarray(last * np.exp(np.cumsum(steps, axis=0)))


def _normals(seed: int, year: int, draws: int) -> Floats:
    return np.random.Generator(np.random.Philox(key=[seed, year])).standard_normal(draws)
