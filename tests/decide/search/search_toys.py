"""Small oracles and spaces with known answers, shared by the tests of the search."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from bothand.decide.search.answers import start
from bothand.decide.search.oracle import Point, SurfaceOracle
from bothand.decide.search.space import Space
from bothand.decide.surfaces import Surface

BUDGET = 100.0
LEVELS = np.array([0.25, 0.5, 1, 2, 4]) * BUDGET


def one_period(services: int, budget: float = BUDGET, **rules) -> Space:
    """One purse for some services."""
    return Space(tuple(f"s{i}" for i in range(services)), ("now",), np.array([budget]), **rules)


def names(count: int) -> tuple[str, ...]:
    return tuple(f"v{v}" for v in range(count))


class Additive:
    """u_v = sum over services of weight_vs * f(dollars of all periods), with f and its slope given."""

    def __init__(self, weights, function, slope):
        self.weights, self.function, self.slope = np.asarray(weights, dtype=float), function, slope

    def __call__(self, plan):
        x = plan.sum(axis=1)
        slopes = np.repeat((self.weights * self.slope(x))[:, :, None], plan.shape[1], axis=2)
        return Point(self.weights @ self.function(x), slopes)


def linear(weights) -> Additive:
    return Additive(weights, lambda x: x, np.ones_like)


def fading(weights, k):
    return Additive(weights, lambda x: 1 - np.exp(-x / k), lambda x: np.exp(-x / k) / k)


class Smooth:
    """Concave and not separable: what one period buys partly lasts, services stand in for each other.

    e = dollars with a part of earlier periods' ones; y = 1 - exp(-e / k); u_v = M_v (1 - exp(-a_v . y / M_v)).
    With ``harm``, some a_vs are below zero, and u_v is then not concave everywhere.
    """

    def __init__(self, seed=0, services=4, periods=2, values=3, harm=0.0, money=BUDGET):
        chance = np.random.default_rng(seed)
        share = chance.random((values, services))
        self.a = chance.exponential(1, (values, services)) * (share < 0.7)
        self.a[np.arange(values), chance.integers(0, services, values)] += 0.5
        self.a *= np.where(chance.random((values, services)) < harm, -0.4, 1)
        self.k = chance.uniform(0.3, 2, services) * money / periods / 2
        self.w = 0.9 ** np.arange(periods)
        lag = np.subtract.outer(np.arange(periods), np.arange(periods))
        self.lasting = np.where(lag >= 0, 0.4 ** np.maximum(lag, 0), 0)
        self.most = np.abs(self.a).sum(axis=1) * self.w.sum() * chance.uniform(0.5, 1.5, values)
        self.unit = chance.uniform(1, 1000, values)

    def __call__(self, plan):
        e = plan @ self.lasting.T
        rest = np.exp(-e / self.k[:, None])
        total = np.einsum("vs,sp,p->v", self.a, 1 - rest, self.w)
        outer = np.exp(-total / self.most)
        inner = np.einsum("vs,sp,p,pq->vsq", self.a, rest / self.k[:, None], self.w, self.lasting)
        gains = self.unit * self.most * (1 - outer)
        return Point(gains, (self.unit * outer)[:, None, None] * inner)


class Changed:
    """An oracle whose gains are multiplied, whose services or periods of dollars stand in another order."""

    def __init__(self, oracle, factor=1.0, order=None):
        self.oracle, self.factor, self.order = oracle, np.asarray(factor, dtype=float), order

    def __call__(self, plan):
        inner = plan if self.order is None else plan[np.argsort(self.order)]
        point = self.oracle(inner)
        slopes = point.slopes if self.order is None else point.slopes[:, self.order]
        return Point(point.gains * self.factor, slopes * np.broadcast_to(self.factor, point.gains.shape)[:, None, None])


def search_of(oracle, space, values, **settings):
    return start(names(values), space, oracle, **{"tolerance": 1e-4, "calls": 200, **settings})


def of_surface(surface: Surface, budget: float = BUDGET, **settings):
    """A search whose oracle is a surface over one period, and which knows it."""
    oracle = SurfaceOracle(surface, np.ones(1))
    space = Space(surface.services, ("now",), np.array([budget]))
    return start(surface.objectives, space, oracle, surface=oracle, **{"tolerance": 1e-6, "calls": 60, **settings})


def best_by_slsqp(oracle, space: Space, common, tries=1) -> float:
    """The largest least of some rows of gains, by a general solver of smooth programmes, in shares of all money."""
    n, total = int(np.prod(space.shape)), space.total
    cash = np.array(
        [np.tile(np.arange(space.shape[1]) <= p, space.shape[0]) for p in range(space.shape[1])], dtype=float
    )
    common = np.atleast_2d(common)

    def point(z):
        return oracle(z[:n].reshape(space.shape) * total)

    def gradient(z):
        return np.hstack([common @ point(z).slopes.reshape(-1, n) * total, -np.ones((len(common), 1))])

    conditions = [
        {
            "type": "ineq",
            "fun": lambda z: space.available / total - cash @ z[:n],
            "jac": lambda z: np.hstack([-cash, np.zeros((len(cash), 1))]),
        },
        {"type": "ineq", "fun": lambda z: common @ point(z).gains - z[n], "jac": gradient},
    ]
    ends = []
    chance = np.random.default_rng(1)
    for _ in range(tries):
        shares = chance.dirichlet(np.ones(space.shape[0]), space.shape[1]).T
        first = np.append((shares * space.receipts / total).ravel(), 0.0)
        found = minimize(
            lambda z: -z[n],
            first,
            jac=lambda z: np.append(np.zeros(n), -1.0),
            bounds=[(0, 1)] * n + [(None, None)],
            constraints=conditions,
            method="SLSQP",
            options={"maxiter": 500, "ftol": 1e-10},
        )
        ends.append(-found.fun)
    return max(ends)


def surfaces_of(seed, values=3, services=3, antagonism=False) -> Surface:
    """A random surface with falling slopes; with antagonism some are below zero."""
    chance = np.random.default_rng(seed)
    slopes = chance.gamma(1.0, 1.0, (values, services, len(LEVELS))) * (chance.random((values, services, 1)) < 0.7)
    if antagonism:
        slopes -= chance.gamma(1.0, 0.7, slopes.shape) * (chance.random((values, services, 1)) < 0.4)
    slopes = -np.sort(-slopes, axis=2)
    slopes[np.arange(values), chance.integers(0, services, values)] += 0.5
    gains = np.cumsum(slopes * np.diff(LEVELS, prepend=0), axis=2)
    services_named = tuple(f"s{i}" for i in range(services))
    return Surface(names(values), services_named, np.tile(LEVELS, (services, 1)), gains)
