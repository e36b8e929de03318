"""Weights from what people answer: swing points, best-worst comparisons, comparisons of every pair.

Swing is the default and best-worst the second method: they start from opposite ends (knowledge/deciding.md 2 (c)). Each
gives one weight vector; how far it may be off is for the stakeholder's file to say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from bothand.decide.surfaces import Floats

RANDOM_INDEX = (0, 0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51)  # MATH: by size of table, Saaty 1980
RECIPROCAL = 1e-6  # MATH: relative slack with which the halves of a table of comparisons must mirror each other


@dataclass(frozen=True, eq=False)
class BestWorst:
    """Weights of the linear best-worst method.

    Attributes:
        weights: (n,) sum 1. xi: the largest gap between a comparison and the weights; 0 = all answers agree.
    """

    weights: Floats
    xi: float


@dataclass(frozen=True, eq=False)
class Pairwise:
    """Weights from a table of comparisons: its principal eigenvector.

    Attributes:
        weights: (n,) sum 1. ratio: consistency ratio, 0 = all answers agree; above 0.1 the answers are usually asked
            again.
    """

    weights: Floats
    ratio: float


def swing_weights(points: npt.ArrayLike) -> Floats:
    """Swing points (n,), none negative, as weights that sum to 1.

    Raises:
        ValueError: a negative number, or nothing above zero.
    """
    given = np.asarray(points, dtype=np.float64)
    if given.ndim != 1 or not (given >= 0).all() or not 0 < given.sum() < np.inf:
        raise ValueError(f"points are not negative and not all zero; found {given.tolist()}")
    found: Floats = given / given.sum()
    return found


def best_worst(best_to_others: npt.ArrayLike, others_to_worst: npt.ArrayLike, best: int, worst: int) -> BestWorst:
    """Weights by the linear best-worst method (Rezaei 2016), one linear programme::

        minimise xi  such that  |w_best - a_j w_j| <= xi,  |w_j - b_j w_worst| <= xi,  sum w = 1,  w >= 0

    Args:
        best_to_others: a (n,), how many times as much the best value counts as each; 1 at the best itself.
        others_to_worst: b (n,), how many times as much each counts as the worst; 1 at the worst itself.
        best: position of the value that counts most. worst: of the one that counts least.

    Raises:
        ValueError: lists of different length, a number below 1, or no 1 where the best or the worst stands.
    """
    a, b = (np.asarray(given, dtype=np.float64) for given in (best_to_others, others_to_worst))
    if a.shape != b.shape or a.ndim != 1 or not ((a >= 1).all() and (b >= 1).all()):
        raise ValueError("both lists have a number for each value, none below 1")
    if a[best] != 1 or b[worst] != 1:
        raise ValueError("the best value counts once itself, and so does the worst")
    n = len(a)
    of_best = np.eye(n)[best] - a[:, None] * np.eye(n)
    of_worst = np.eye(n) - b[:, None] * np.eye(n)[worst]
    lines = np.concatenate([of_best, -of_best, of_worst, -of_worst])
    found = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=np.hstack([lines, -np.ones((len(lines), 1))]),
        b_ub=np.zeros(len(lines)),
        A_eq=np.append(np.ones(n), 0.0)[None, :],
        b_eq=[1],
        method="highs",
    )
    if found.status != 0 or found.x is None or found.fun is None:
        raise RuntimeError(f"the solver gave up: {found.message}")
    return BestWorst(np.asarray(found.x[:n]), max(0.0, float(found.fun)))


def pairwise_weights(table: npt.ArrayLike) -> Pairwise:
    """Weights by the principal eigenvector of a table of comparisons (Saaty), with its consistency ratio::

        ratio = (lambda - n) / (n - 1) / random index of a table of size n

    Args:
        table: (n, n), ``table[i, j]`` how many times as much i counts as j; its halves mirror each other. n <= 11.

    Raises:
        ValueError: a table that is not square, not above zero or does not mirror itself, or is too large.
    """
    given = np.asarray(table, dtype=np.float64)
    n = len(given)
    if given.shape != (n, n) or not (given > 0).all() or not np.allclose(given * given.T, 1, rtol=0, atol=RECIPROCAL):
        raise ValueError("a square table above zero was expected, with 1/x across from each x")
    if not 0 < n < len(RANDOM_INDEX):
        raise ValueError(f"a table of at most {len(RANDOM_INDEX) - 1} values can be judged; found {n}")
    sizes, vectors = np.linalg.eig(given)
    chief = int(np.argmax(sizes.real))
    vector = np.abs(vectors[:, chief].real)
    index = RANDOM_INDEX[n]
    ratio = (float(sizes[chief].real) - n) / (n - 1) / index if index else 0.0
    return Pairwise(vector / vector.sum(), ratio)
