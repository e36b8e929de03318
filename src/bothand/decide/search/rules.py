"""The rules of a space as rows of a linear programme, each with its words; which of them contradict each other.

Columns, in this order: N dollars as shares of all money (service outermost), then one start for each period of each
service that has a start-up cost (1 in the period in which it is first funded), then one switch for each service and
period with a smallest size (1 when it gets money).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bothand.decide.programme import call_solver
from bothand.decide.search.oracle import as_plan
from bothand.decide.search.space import FUNDED, Space, dollars
from bothand.decide.surfaces import Floats

HOLDS = 1e-7  # MATH: share of all money, or of a limit, by which a plan may pass a rule through rounding
FIRST = 4.0  # MATH: a start is the first period with money: at least this many times what counts as funded


@dataclass(frozen=True, eq=False)
class Rule:
    """Rows ``matrix @ columns <= most + multiple * money`` of one rule; without words: how columns hang together.

    Attributes:
        words: the rule in plain words.
        matrix: (R, C). most: (R,). money: (R,) what grows with the money.
    """

    words: str
    matrix: Floats
    most: Floats
    money: Floats


@dataclass(frozen=True, eq=False)
class Table:
    """All rules of a space over one set of columns.

    Attributes:
        space: whose rules. largest: the most that all money may be multiplied by.
        rules: each with its rows.
        starts: (A, 2) service and period of each start column. switches: (B, 2) the same of each switch.
    """

    space: Space
    largest: float
    rules: tuple[Rule, ...]
    starts: npt.NDArray[np.int_]
    switches: npt.NDArray[np.int_]

    @property
    def n_dollars(self) -> int:
        """Number of dollar columns, N."""
        return int(np.prod(self.space.shape))

    @property
    def n_whole(self) -> int:
        """Number of columns that are 0 or 1."""
        return len(self.starts) + len(self.switches)

    @property
    def matrix(self) -> Floats:
        """All rows, (R, C)."""
        return np.concatenate([rule.matrix for rule in self.rules])

    @property
    def most(self) -> Floats:
        """Right-hand sides without money, (R,)."""
        return np.concatenate([rule.most for rule in self.rules])

    @property
    def money(self) -> Floats:
        """Right-hand sides that grow with the money, (R,)."""
        return np.concatenate([rule.money for rule in self.rules])

    @property
    def words(self) -> tuple[str, ...]:
        """The words of every row, length R."""
        return tuple(rule.words for rule in self.rules for _ in rule.most)

    def columns(self, plan: npt.ArrayLike) -> Floats:
        """All columns of a plan: shares of all money, its starts, its switches."""
        space = self.space
        on = space.funded(plan)
        first = on & (np.cumsum(on, axis=1) == 1)
        shares = np.asarray(plan, dtype=np.float64).ravel() / space.total
        parts = [first[tuple(self.starts.T)], on[tuple(self.switches.T)]]
        return np.concatenate([shares, *(part.astype(np.float64) for part in parts)])

    def broken(self, plan: npt.ArrayLike, multiple: float = 1.0) -> tuple[str, ...]:
        """The rules that a plan breaks by more than rounding, in words."""
        columns = self.columns(plan)
        over = self.matrix @ columns - self.most - multiple * self.money
        slack = HOLDS * np.maximum(1.0, np.abs(self.most))
        passed = [
            words or "starts and switches"
            for words, much, may in zip(self.words, over, slack, strict=True)
            if much > may
        ]
        return tuple(dict.fromkeys([*passed, *(["no dollars below zero"] if columns.min() < -HOLDS else [])]))


def table(space: Space, largest: float = 1.0) -> Table:
    """Write the rules of a space as rows; ``largest``: how far the money may be multiplied."""
    n_services, n_periods = space.shape
    starts = np.array([(s, p) for s in range(n_services) if space.start_up[s] > 0 for p in range(n_periods)])
    switches = np.argwhere(space.smallest > 0)
    bare = Table(space, largest, (), starts.reshape(-1, 2).astype(int), switches.reshape(-1, 2).astype(int))
    rules = (*_cash(bare), *_bounds(bare), *_limits(bare), *_starts(bare), *_switches(bare))
    return Table(space, largest, rules, bare.starts, bare.switches)


def _rule(words: str, matrix: Sequence[Floats], most: npt.ArrayLike, money: npt.ArrayLike = 0.0) -> Rule:
    """A rule from its rows."""
    rows = np.atleast_2d(np.asarray(matrix, dtype=np.float64))
    sides = [np.array(np.broadcast_to(np.asarray(side, dtype=np.float64), (len(rows),))) for side in (most, money)]
    return Rule(words, rows, sides[0], sides[1])


def _empty(bare: Table) -> Floats:
    """A row of zeros."""
    return np.zeros(bare.n_dollars + bare.n_whole)


def _row(bare: Table, weights: Floats) -> Floats:
    """A row over dollars only, from (S, P) weights."""
    row = _empty(bare)
    row[: bare.n_dollars] = weights.ravel()
    return row


def _cash(bare: Table) -> Iterator[Rule]:
    """What is paid, start-ups included, stays within the money."""
    space = bare.space
    n_periods = len(space.periods)
    for p, name in enumerate(space.periods):
        counted = np.arange(n_periods) <= p if space.carries else np.arange(n_periods) == p
        row = _row(bare, np.broadcast_to(counted, space.shape).astype(np.float64))
        for a, (s, q) in enumerate(bare.starts.tolist()):
            row[bare.n_dollars + a] = space.start_up[s] / space.total * counted[q]
        money = dollars(space.spendable[p])
        words = (
            f"{money} can have been paid by the end of {name}" if space.carries else f"{money} can be paid in {name}"
        )
        yield _rule(words, [row], 0.0, space.spendable[p] / space.total)


def _bounds(bare: Table) -> Iterator[Rule]:
    """Must, at most, must not, and the limit on coercion."""
    space = bare.space
    for s, service in enumerate(space.services):
        for names, words in (
            (space.must_not, "must not be funded"),
            (space.coercive, "is left out by the limit on coercion"),
        ):
            if service in names:
                one = np.zeros(space.shape)
                one[s] = 1
                yield _rule(f"'{service}' {words}", [_row(bare, one)], 0.0)
        for p, period in enumerate(space.periods):
            one = np.zeros(space.shape)
            one[s, p] = 1
            least, most = space.least[s, p], space.most[s, p]
            if least > 0:
                words = f"'{service}' must get at least {dollars(least)} in {period}"
                yield _rule(words, [_row(bare, -one)], -least / space.total)
            if np.isfinite(most):
                words = f"'{service}' may get at most {dollars(most)} in {period}"
                yield _rule(words, [_row(bare, one)], most / space.total)


def _limits(bare: Table) -> Iterator[Rule]:
    """Further rows, each brought to a largest weight of 1."""
    for limit in bare.space.limits:
        weights = np.asarray(limit.weights, dtype=np.float64) * bare.space.total
        size = float(np.abs(weights).max()) or 1.0
        yield _rule(limit.words, [_row(bare, weights / size)], limit.most / size)


def _ceiling(bare: Table) -> Floats:
    """The most that a service can get in a period whatever the rules say, as shares of all money, (S, P)."""
    space = bare.space
    money = np.broadcast_to(space.spendable * bare.largest, space.shape)
    return np.asarray(np.maximum(money, np.maximum(space.least, space.smallest)) / space.total)


def _starts(bare: Table) -> Iterator[Rule]:
    """No money before the start, one start at most, and the start is a period with money."""
    space, ceiling = bare.space, _ceiling(bare)
    for s in np.flatnonzero(space.start_up > 0).tolist():
        own = bare.n_dollars + np.flatnonzero(bare.starts[:, 0] == s)
        rows = []
        for p in range(len(space.periods)):
            row = _empty(bare)
            row[s * len(space.periods) + p] = 1
            row[own[: p + 1]] = -ceiling[s, p]
            rows.append(row)
        yield _rule(f"'{space.services[s]}' pays {dollars(space.start_up[s])} to start", rows, 0.0)
        once = _empty(bare)
        once[own] = 1
        first = []
        for p in range(len(space.periods)):
            row = _empty(bare)
            row[s * len(space.periods) + p] = -1
            row[own[p]] = FIRST * FUNDED
            first.append(row)
        yield _rule("", [once, *first], [1.0, *np.zeros(len(first)).tolist()])


def _switches(bare: Table) -> Iterator[Rule]:
    """Nothing, or at least the smallest size."""
    space, ceiling = bare.space, _ceiling(bare)
    for b, (s, p) in enumerate(bare.switches.tolist()):
        at, switch = s * len(space.periods) + p, bare.n_dollars + len(bare.starts) + b
        below, above = _empty(bare), _empty(bare)
        below[at], below[switch] = 1, -ceiling[s, p]
        above[at], above[switch] = -1, space.smallest[s, p] / space.total
        least = dollars(space.smallest[s, p])
        yield _rule(
            f"'{space.services[s]}' gets nothing or at least {least} in {space.periods[p]}", [below, above], 0.0
        )


def contradiction(space: Space) -> tuple[str, ...]:
    """The rules that together leave no plan, in words; none of them can be spared. Empty when a plan is possible."""
    found = table(space)
    kept = list(found.rules)
    if _some_plan(found, kept):
        return ()
    for rule in [rule for rule in found.rules if rule.words]:
        without = [other for other in kept if other is not rule]
        if not _some_plan(found, without):
            kept = without
    return tuple(rule.words for rule in kept if rule.words)


def check(space: Space) -> None:
    """Raise ValueError with the rules that contradict each other, if no plan is possible."""
    clash = contradiction(space)
    if clash:
        raise ValueError("no plan is possible; these rules contradict each other: " + "; ".join(clash))


def _some_plan(found: Table, rules: Sequence[Rule]) -> bool:
    """Whether any plan keeps some of the rules."""
    columns = found.n_dollars + found.n_whole
    bounds = np.array([(0.0, np.inf)] * found.n_dollars + [(0.0, 1.0)] * found.n_whole)
    whole = np.array([0] * found.n_dollars + [1] * found.n_whole)
    if not rules:
        return True
    matrix = np.concatenate([rule.matrix for rule in rules])
    limit = np.concatenate([rule.most + rule.money for rule in rules])
    return call_solver(np.zeros(columns), matrix, limit, bounds, whole if found.n_whole else None) is not None


def nearest_plan(found: Table, wanted: npt.ArrayLike) -> Floats:
    """The allowed plan whose dollars differ least in sum from those wanted, (S, P).

    Raises:
        ValueError: no plan is possible.
    """
    space, n = found.space, found.n_dollars
    target = np.asarray(wanted, dtype=np.float64).ravel() / space.total
    apart = np.concatenate([np.eye(n), np.zeros((n, found.n_whole)), -np.eye(n)], axis=1)
    under = np.concatenate([-np.eye(n), np.zeros((n, found.n_whole)), -np.eye(n)], axis=1)
    matrix = np.concatenate([np.pad(found.matrix, ((0, 0), (0, n))), apart, under])
    limit = np.concatenate([found.most + found.money, target, -target])
    bounds = np.array([(0.0, np.inf)] * n + [(0.0, 1.0)] * found.n_whole + [(0.0, np.inf)] * n)
    whole = np.array([0] * n + [1] * found.n_whole + [0] * n)
    cost = np.concatenate([np.zeros(n + found.n_whole), np.ones(n)])
    answer = call_solver(cost, matrix, limit, bounds, whole if found.n_whole else None)
    if answer is None:
        check(space)
        raise ValueError("no plan is possible")
    return as_plan(np.maximum(np.asarray(answer.x)[:n], 0) * space.total, space.shape)
