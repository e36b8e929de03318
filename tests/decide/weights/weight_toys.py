"""Sets of weights with known corners, random ones, and the reference cases of decisions, shared by these tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from bothand.decide.weights import WeightSet, all_weights, weight_set

REFERENCE = Path(__file__).parents[2] / "reference" / "decision"


def reference(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((REFERENCE / f"{name}.json").read_text("utf-8"))
    return found


def named(count: int) -> tuple[str, ...]:
    return tuple(f"v{n}" for n in range(count))


def ordered(count: int) -> WeightSet:
    """w0 >= w1 >= ... >= 0."""
    rows = np.eye(count)[:-1] - np.eye(count)[1:]
    return weight_set(named(count), rows, np.zeros(count - 1))


def point(weights: list[float]) -> WeightSet:
    """One weight alone."""
    return weight_set(named(len(weights)), np.eye(len(weights)), weights)


@st.composite
def weight_sets(draw: st.DrawFn, count: int | None = None) -> WeightSet:
    """Random cuts of the simplex that a random weight meets, so that the set is never empty."""
    n = count or draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    inside = rng.dirichlet(np.ones(n))
    rows = rng.normal(size=(draw(st.integers(0, 5)), n))
    return weight_set(named(n), rows, rows @ inside - rng.gamma(1.0, 0.1, len(rows)))


def tables(plans: int, count: int, seed: int) -> np.ndarray:
    """What random plans give random values, from -0.5 to 1."""
    return np.random.default_rng(seed).uniform(-0.5, 1, (plans, count))


__all__ = ["REFERENCE", "all_weights", "named", "ordered", "point", "reference", "tables", "weight_sets"]
