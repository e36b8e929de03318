"""Small surfaces with known answers, shared by the tests of the decide room."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from bothand.decide.surfaces import Surface

BUDGET = 100.0
LEVELS = np.array([0.25, 0.5, 1, 2, 4]) * BUDGET


def linear(slopes, levels=LEVELS, names=None) -> Surface:
    """Gains in straight lines: slopes[v][i] per dollar."""
    slopes = np.asarray(slopes, dtype=float)
    names = names or tuple(f"v{v}" for v in range(len(slopes)))
    services = tuple(f"s{i}" for i in range(slopes.shape[1]))
    dollars = np.tile(levels, (len(services), 1))
    return Surface(tuple(names), services, dollars, slopes[:, :, None] * dollars)


def curved(functions, levels=LEVELS) -> Surface:
    """functions[v][i] of dollars, read at the levels."""
    dollars = np.tile(levels, (len(functions[0]), 1))
    gains = [[f(row) for f, row in zip(of_value, dollars, strict=True)] for of_value in functions]
    objectives = tuple(f"v{v}" for v in range(len(functions)))
    return Surface(objectives, tuple(f"s{i}" for i in range(len(dollars))), dollars, np.array(gains))


@st.composite
def surfaces(draw, concave=True, antagonism=False, max_values=4, max_services=4) -> Surface:
    """Random surfaces; concave ones have falling slopes, those without antagonism have none below zero."""
    n_values, n_services = draw(st.integers(2, max_values)), draw(st.integers(2, max_services))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    slopes = rng.gamma(1.0, 1.0, (n_values, n_services, len(LEVELS)))
    slopes *= rng.random((n_values, n_services, 1)) < 0.7
    if antagonism:
        slopes -= rng.gamma(1.0, 0.7, slopes.shape) * (rng.random((n_values, n_services, 1)) < 0.4)
    if concave:
        slopes = -np.sort(-slopes, axis=2)
    slopes[np.arange(n_values), rng.integers(0, n_services, n_values)] += 0.5
    widths = np.diff(LEVELS, prepend=0)
    gains = np.cumsum(slopes * widths, axis=2)
    names = tuple(f"v{v}" for v in range(n_values))
    services = tuple(f"s{i}" for i in range(n_services))
    return Surface(names, services, np.tile(LEVELS, (n_services, 1)), gains)
