"""What a person carries with them: past events, the time since the last one, and modifiers of their own.

The cohort engine knows only where people are. A history is what its states leave out: how often something has happened
to a person, or whether it happened lately. With no history the two engines mean the same model.

A model file names what its people may carry (``[history.NAME]``, ``[modifier.NAME]``); ``carry`` gives those that are
asked for their numbers. A modifier is a value for life, by the quantile of a lot of one's own::

    uniform     low + (high - low) u
    gamma       mean 1, shape 1 / sd^2
    lognormal   mean 1, variance of the logarithm s^2 = log(1 + sd^2): exp(s z - s^2 / 2)
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.compile import CompiledModel
from bothand.engine.rates import Environment, Values
from bothand.world.language.carried import ByCell, belongs

ROUNDING = 1e-9  # MATH: a mean of 1, a share of 0 or 1 and a factor of 0 may be missed by this much


@dataclass(frozen=True)
class History:
    """How the past changes a hazard.

    ``after``: rules or events that add one to the level; ``changes``: rules or events whose hazard is multiplied;
    ``factors``: multiplier at level 0, 1, 2, ... (the last holds from there on), one number or one for each
    compartment (N,); ``fades``: years after the last time at which the level falls back to 0 (infinite = never);
    ``start``: share of people who have level 1 on day one, one number or (N,).
    """

    after: tuple[str, ...]
    changes: tuple[str, ...]
    factors: Sequence[float | Floats]
    fades: float = math.inf
    start: float | Floats = 0.0


@dataclass(frozen=True)
class Modifier:
    """A value of one's own for life that multiplies the hazards of ``changes``."""

    changes: tuple[str, ...]
    distribution: str  # "uniform", "gamma" or "lognormal"
    numbers: Mapping[str, float]  # low and high, or sd

    def of(self, u: Floats) -> Floats:
        """Return the values of people whose lots are ``u`` (P,), between 0 and 1."""
        return quantile(self.distribution, self.numbers, u)


@dataclass(frozen=True)
class Carry:
    """What people carry with them in a run; ``events``: hazards (Y, S, N) of events that leave them where they are."""

    histories: tuple[History, ...] = ()
    modifiers: tuple[Modifier, ...] = ()
    events: Mapping[str, Floats] = field(default_factory=dict)


NOTHING = Carry()


def carry(
    model: CompiledModel, environment: Environment, names: Collection[str], draw: int = 0, counted: Iterable[str] = ()
) -> Carry:
    """Return what people carry with them when these histories and modifiers of the model are asked for, in one draw.

    ``counted`` names further events that are to be followed though they move nobody.
    Raises ValueError for a name that the model does not have and a number that cannot be.
    """
    known = {**model.carried.histories, **model.carried.modifiers}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"this model has no history or modifier '{unknown[0]}'; it has: {', '.join(known) or 'none'}.")
    values = Values(model, environment)
    values.need(model.carried.roots(names))

    def one(node: int) -> float:
        return float(np.broadcast_to(values.of(node)[0, 0], environment.draws)[draw])

    def by_cell(row: ByCell, none: float) -> Floats:
        dead = len(model.chain.compartments) - len(row)
        return np.array([none if node is None else one(node) for node in row] + [none] * dead)

    histories = []
    for name, nodes in model.carried.histories.items():
        if name in names:
            factors = [by_cell(row, 1.0) for row in nodes.factors]
            fades = math.inf if nodes.fades is None else one(nodes.fades)
            histories.append(History(nodes.after, nodes.changes, factors, fades, by_cell(nodes.start, 0.0)))
    modifiers = [
        Modifier(nodes.changes, nodes.distribution, {key: one(node) for key, node in nodes.numbers.items()})
        for name, nodes in model.carried.modifiers.items()
        if name in names
    ]
    served = {model.stock.event} if model.stock else set()
    events = {name for history in histories for name in history.after if name in model.events} | set(counted)
    return Carry(tuple(histories), tuple(modifiers), _events(model, environment, sorted(events - served), draw))


def _events(model: CompiledModel, environment: Environment, names: Sequence[str], draw: int) -> dict[str, Floats]:
    """Return the hazard of events in every year, stratum and compartment, (Y, S, N) each."""
    values = Values(model, environment)
    values.need(node for name in names for node in model.events[name].values())
    shape = (len(environment.years), len(model.chain.strata), environment.draws)
    found = {}
    for name in names:
        hazard = np.zeros((*shape[:2], model.chain.n_all))
        for i, node in model.events[name].items():
            hazard[:, :, i] = np.broadcast_to(values.of(node), shape)[:, :, draw]
        found[name] = hazard
    return found


def quantile(distribution: str, numbers: Mapping[str, float], u: Floats) -> Floats:
    """Return the values of a modifier below which shares ``u`` of people lie. Raises ValueError for what cannot be."""
    if distribution == "uniform":
        low, high = numbers["low"], numbers["high"]
        if not low <= high:
            raise ValueError(f"a uniform modifier goes from the lower to the higher; found {low:g} to {high:g}.")
        return np.asarray(low + (high - low) * u)
    from scipy import special  # heavy, and seldom needed

    sd = numbers["sd"]
    if not 0 <= sd < math.inf:
        raise ValueError(f"the standard deviation of a modifier is {sd:g}.")
    if sd == 0:
        return np.ones_like(u)
    if distribution == "gamma":
        return np.asarray(special.gammaincinv(1 / sd**2, u) * sd**2)
    log_variance = math.log1p(sd**2)
    return np.asarray(np.exp(math.sqrt(log_variance) * special.ndtri(u) - log_variance / 2))


def require_known(model: CompiledModel, what: Carry) -> None:
    """Raise ValueError when a history or modifier names what the model does not have, or two change one hazard."""
    known = {edge.rule for edge in model.edges} | set(model.events)
    named = [name for h in what.histories for name in (*h.after, *h.changes)]
    unknown = [name for name in (*named, *(name for m in what.modifiers for name in m.changes)) if name not in known]
    if unknown:
        raise ValueError(f"this model has no rule or event '{unknown[0]}'")
    for edge in model.edges:
        for which in ("after", "changes"):
            if sum(belongs(edge.rule, getattr(h, which)) for h in what.histories) > 1:
                raise ValueError(f"two histories name '{edge.rule}'; one is allowed.")
        if sum(belongs(edge.rule, m.changes) for m in what.modifiers) > 1:
            raise ValueError(f"two modifiers name '{edge.rule}'; one is allowed.")
    for h in what.histories:
        factors = [np.asarray(factor, dtype=np.float64) for factor in h.factors]
        if len(factors) < 2 or not all((factor >= 0).all() and np.isfinite(factor).all() for factor in factors):
            raise ValueError("a history has a factor for level 0 and for each level after it, none of them negative.")
        start = np.asarray(h.start)
        if not ((start >= -ROUNDING) & (start <= 1 + ROUNDING)).all():
            raise ValueError("the share of people who begin at level 1 lies between 0 and 1.")
        if not h.fades > 0 or (start.any() and h.fades < math.inf):
            raise ValueError("a history fades after some time, and one that fades begins at level 0.")
    for modifier in what.modifiers:
        by = modifier.numbers
        if "low" in by and not (by["low"] >= 0 and abs((by["low"] + by["high"]) / 2 - 1) <= ROUNDING):
            raise ValueError("a modifier of hazards is not negative, and its mean is 1: a cohort is at its mean.")
