"""Which plans are possible: dollars per service and spending period under a place's cash flow and rules.

A plan is an (S, P) array of dollars that *work* in each period. A start-up cost is paid on top, once, in the period in
which a service is first funded; so gains stay smooth in the plan's dollars, and the step stands here. (An oracle over
the engine must then be asked without start-up and smallest award, ``Spent(sites=0)``; ``paid`` adds them again.)

Money that has arrived by the end of period p, less the reserve that must still be in hand then::

    available_p = in_hand + receipts until (end of p - board lag) - reserve_p

Receipts come evenly over the years of their period. With carry-over "next period", everything paid until the end of p
is at most available_p; when "returned", what is paid in p is at most available_p - available_(p-1).
Source: DESIGN 8 ("search"), ``world.money``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from bothand.decide.surfaces import Bools, Floats

CarryOver = Literal["returned", "next period"]

MOST_PERIODS = 6  # MATH: spending periods of a search at most (DESIGN 8)
FUNDED = 1e-7  # MATH: a service is funded when it gets more than this share of all money


def _nothing() -> Floats:
    """Zero, whatever the shape."""
    return np.zeros(())


@dataclass(frozen=True, eq=False)
class Limit:
    """A linear row over dollars: the sum of ``weights`` x dollars may be ``most`` at most.

    Attributes:
        words: the rule in plain words, for messages.
        weights: (S, P) per dollar.
        most: in the unit of the weights.
    """

    words: str
    weights: Floats
    most: float


@dataclass(frozen=True, eq=False)
class Space:
    """The plans that money and rules allow.

    Attributes:
        services: names, length S. periods: labels, length P, at most six.
        receipts: (P,) dollars that arrive in each period. in_hand: dollars there on day one.
        years: (P,) length of each period; one year each if not given.
        board_lag: years from receipt to payment. Zero where the engine's delivery counts it already.
        reserve: (P,) dollars that must still be in hand at the end of each period.
        carry_over: what happens to money that is not paid in its period.
        least, most: (S, P) bounds of the dollars; "must" is a least above zero.
        smallest: (S, P) a service gets nothing or at least this in a period.
        start_up: (S,) dollars paid once, on top, when a service is first funded.
        (One number stands for an array of that number.)
        must_not: services that are not funded. coercive: services left out by the limit on coercion.
        limits: further rows, such as ``payer_cap``.

    Raises:
        ValueError: with every fault of the arrays at once. Rules that contradict each other are found by
            ``rules.contradiction``.
    """

    services: tuple[str, ...]
    periods: tuple[str, ...]
    receipts: Floats
    in_hand: float = 0.0
    years: Floats = field(default_factory=lambda: np.ones(()))
    board_lag: float = 0.0
    reserve: Floats = field(default_factory=_nothing)
    carry_over: CarryOver = "next period"
    least: Floats = field(default_factory=_nothing)
    most: Floats = field(default_factory=lambda: np.array(np.inf))
    smallest: Floats = field(default_factory=_nothing)
    start_up: Floats = field(default_factory=_nothing)
    must_not: tuple[str, ...] = ()
    coercive: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()

    def __post_init__(self) -> None:
        n_services, n_periods = self.shape
        shapes: dict[str, tuple[int, ...]] = {
            "receipts": (n_periods,),
            "years": (n_periods,),
            "reserve": (n_periods,),
            "start_up": (n_services,),
        }
        shapes |= dict.fromkeys(("least", "most", "smallest"), self.shape)
        wrong = []
        for name, shape in shapes.items():
            try:
                array = np.array(np.broadcast_to(np.asarray(getattr(self, name), dtype=np.float64), shape))
            except ValueError:
                wrong.append(f"{name} must have shape {shape}; found {np.shape(getattr(self, name))}")
                continue
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        faults = [*wrong, *(_faults(self) if not wrong else ())]
        if faults:
            raise ValueError("; ".join(faults))

    @property
    def shape(self) -> tuple[int, int]:
        """Number of services and of periods."""
        return len(self.services), len(self.periods)

    @cached_property
    def available(self) -> Floats:
        """Dollars that may have been paid by the end of each period, (P,)."""
        ends = np.concatenate([[0.0], np.cumsum(self.years)])
        arrived = np.concatenate([[0.0], np.cumsum(self.receipts)])
        until = np.interp(ends[1:] - self.board_lag, ends, arrived)
        money: Floats = self.in_hand + until - self.reserve
        return money

    @cached_property
    def spendable(self) -> Floats:
        """The money of each row of the cash flow, (P,): until its end, or in the period when the rest is returned."""
        money: Floats = self.available if self.carries else np.diff(self.available, prepend=0.0)
        return money

    @property
    def carries(self) -> bool:
        """Whether unspent money is kept for the next period."""
        return self.carry_over == "next period"

    @cached_property
    def total(self) -> float:
        """All dollars that can be paid over all periods."""
        return float(self.available[-1])

    @cached_property
    def left_out(self) -> Bools:
        """Services that may not be funded at all, (S,)."""
        return np.array([name in self.must_not or name in self.coercive for name in self.services])

    def funded(self, plan: npt.ArrayLike) -> Bools:
        """Which services get money in which periods, (S, P)."""
        found: Bools = np.asarray(plan) > FUNDED * self.total
        return found

    def paid(self, plan: npt.ArrayLike) -> Floats:
        """What a plan costs with its start-ups, (S, P): each on top of the first period with money."""
        on = self.funded(plan)
        first = on & (np.cumsum(on, axis=1) == 1)
        bill: Floats = np.asarray(plan, dtype=np.float64) + first * self.start_up[:, None]
        return bill

    def multiple(self, plan: npt.ArrayLike) -> float:
        """By how much all money must be multiplied for a plan to be paid; 1 or less: it can be paid today."""
        bill = self.paid(plan).sum(axis=0)
        bill = np.cumsum(bill) if self.carries else bill
        there = self.spendable > 0
        if (bill[~there] > FUNDED * self.total).any():
            return float(np.inf)
        return float(np.max(bill[there] / self.spendable[there], initial=0.0))


def payer_cap(space_shape: tuple[int, int], payer: str, bill: npt.ArrayLike, most: npt.ArrayLike) -> tuple[Limit, ...]:
    """What another payer's bill may come to in each period.

    Args:
        space_shape: (S, P).
        payer: who pays, for the words.
        bill: (S,) dollars billed to the payer per dollar of the plan.
        most: () or (P,) dollars the payer pays at most in each period.

    Returns:
        one Limit for each period.
    """
    n_services, n_periods = space_shape
    per_dollar = np.broadcast_to(np.asarray(bill, dtype=np.float64), (n_services,))
    caps = np.broadcast_to(np.asarray(most, dtype=np.float64), (n_periods,))
    found = []
    for p, cap in enumerate(caps.tolist()):
        weights = np.zeros(space_shape)
        weights[:, p] = per_dollar
        found.append(Limit(f"{payer} pays at most {dollars(cap)} in period {p + 1}", weights, cap))
    return tuple(found)


def dollars(amount: float) -> str:
    """An amount as people write it."""
    return f"${amount:,.0f}"


def _faults(space: Space) -> Iterator[str]:
    """Yield each fault of a space in plain words."""
    for label, names in (("services", space.services), ("periods", space.periods)):
        if not names or len(set(names)) != len(names):
            yield f"{label} must be named, each once; found {list(names)}"
    if len(space.periods) > MOST_PERIODS:
        yield f"at most {MOST_PERIODS} spending periods; found {len(space.periods)}"
    if space.carry_over not in ("returned", "next period"):
        yield f"carry_over must be 'returned' or 'next period'; found '{space.carry_over}'"
    for name in (*space.must_not, *space.coercive):
        if name not in space.services:
            yield f"'{name}' is left out but is no service here; there are {', '.join(space.services)}"
    for name in ("receipts", "in_hand", "board_lag", "reserve", "least", "most", "smallest", "start_up"):
        if not (np.asarray(getattr(space, name)) >= 0).all():
            yield f"{name} may not be below zero"
    for limit in space.limits:
        if np.shape(limit.weights) != space.shape:
            yield f"'{limit.words}' must have weights of shape {space.shape}; found {np.shape(limit.weights)}"
    if not (space.years > 0).all():
        yield "years of every period must be above zero"
    elif not space.total > 0:
        yield f"no money can be spent: {dollars(space.total)} in all, after the reserve and the board's lag"
    elif (space.spendable < 0).any():
        short = [name for name, money in zip(space.periods, space.spendable, strict=True) if money < 0]
        yield f"the reserve asks for more than has arrived by the end of {', '.join(short)}"
