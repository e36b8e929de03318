"""From numbers to the probabilities of every cycle, and a cohort run through them.

How a rate r becomes a probability in a cycle of c years (``from_rates``), R being the sum of all rates out of a state::

    each-alone           p = 1 - exp(-r c)
    competing            p = r/R (1 - exp(-R c))        at most one move a cycle
    matrix-exponential   P = expm(Q c)                  any number of moves a cycle

How moves that were converted each alone, or given as probabilities, meet in one cycle (``competing``), d being the
sum of the death probabilities of a state::

    conditional-on-survival   death first; every other move has probability (1 - d) p
    subtract                  every move has its p; what is left, stays

A model whose cycle has stages takes them one after the other, each with the moves that it names. Where a duration is
kept, who stays goes on to the next cycle of the same stay.

Axes: T cycles, S strata, N compartments, E moves, D draws. Rates of cycle t are those at its start: the age and the
year that a table is read at are the last whole ones by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.linalg import expm

from bothand.engine.arrays import Floats
from bothand.engine.discrete.structure import DiscreteModel, StageNodes
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Path_
from bothand.world.language.edges import Edge
from bothand.world.language.graph import CLOCK, LEVER, QUANTITY, SERIES, TABLE, Node
from bothand.world.language.graph import evaluate as evaluate_graph

Key = tuple[str | int, ...]  # sex (text), age, cycle, year (whole numbers), in the order of the table's `by`

ROUNDING = 1e-12  # MATH: a probability may miss 0 or 1 by this much and is then set to it
WHOLE = 1e-9  # MATH: an age this close below a whole number is that number


@dataclass(frozen=True)
class Numbers:
    """The numbers of one run. Rates are per year; an array has one value a draw, or is a single number."""

    quantities: Mapping[str, Any]  # (D,)
    levers: Mapping[str, Any] = field(default_factory=dict)  # (D,)
    tables: Mapping[str, Mapping[Key, Any]] = field(default_factory=dict)  # series and tables, each entry (D,)

    @property
    def draws(self) -> int:
        """Number of draws: the longest array that is given."""
        given = [*self.quantities.values(), *self.levers.values()]
        given += [entry for table in self.tables.values() for entry in table.values()]
        return max((np.size(value) for value in given), default=1)


@dataclass(frozen=True)
class Clock:
    """Moments at which formulas are read: the cycle, and the age and year at its start where the model has them."""

    cycle: Floats  # (T,)
    age: Floats | None = None
    year: Floats | None = None


@dataclass(frozen=True)
class Part:
    """One stage of every cycle: who comes, then who moves."""

    matrix: Floats  # (T, S, N, N, D), from the first N to the second
    edges: tuple[int, ...]  # the moves that act in it
    by_move: Floats | None  # (T, S, E, D), in the order of ``edges``; None for a matrix exponential
    add: Floats | None = None  # (T, S, N, D) people who come before the moves; nobody is left below 0


@dataclass(frozen=True)
class Chances:
    """What may happen to a person in each cycle, stage after stage."""

    parts: tuple[Part, ...]

    @property
    def matrix(self) -> Floats:
        """Where a person is a whole cycle later, (T, S, N, N, D). Raises ValueError where people come meanwhile."""
        if any(part.add is not None for part in self.parts):
            raise ValueError("people come and go within a cycle: no table of chances says it all.")
        found = self.parts[0].matrix
        for part in self.parts[1:]:
            found = np.einsum("tsnkd,tskmd->tsnmd", found, part.matrix)
        return found


def clock(model: DiscreteModel, numbers: Numbers, first: int, last: int) -> Clock:
    """Return the clock of cycles ``first`` to ``last`` (1 is the first cycle). Raises FaultsFound."""
    cycle = np.arange(first, last + 1, dtype=np.float64)
    starts = {"age": model.start_age, "year": model.start_year}
    found = Clock(cycle)
    for name, node in starts.items():
        if node is None:
            continue
        value = read(model, numbers, [node], found)[node]
        if np.ptp(value) > 0:
            fault = model.spec.fault("this must be the same in every draw.", ("model", f"start_{name}"))
            raise FaultsFound([fault])
        found = replace(found, **{name: value.flat[0] + (cycle - 1) * model.cycle})
    return found


def read(model: DiscreteModel, numbers: Numbers, roots: Iterable[int], now: Clock) -> dict[int, Floats]:
    """Return the value of every root, axes (T or 1, S or 1, D or 1).

    Raises FaultsFound naming every quantity, lever and table without numbers, and every entry that a table lacks.
    """
    roots, faults = set(roots), list[Fault]()
    given: tuple[tuple[str, Mapping[str, Any]], ...] = (
        (QUANTITY, numbers.quantities), (LEVER, numbers.levers), (SERIES, numbers.tables), (TABLE, numbers.tables),
    )  # fmt: skip
    file = model.spec.fault("").file
    for kind, names in given:
        for name in sorted(frozenset().union(*(model.graph.names(root, kind) for root in roots)) - set(names)):
            faults.append(Fault(file, f"no value was given for the {kind} '{name}'.", nearest=nearest(name, names)))
    if faults:
        raise FaultsFound(faults)

    def leaf(node: Node) -> Floats:
        if node.kind == CLOCK:
            return np.asarray(getattr(now, node.name), dtype=np.float64).reshape(-1, 1, 1)
        if node.kind in (SERIES, TABLE):
            return _look_up(model, node, numbers.tables[node.name], now)
        source = numbers.quantities if node.kind == QUANTITY else numbers.levers
        return np.asarray(source[node.name], dtype=np.float64).reshape(1, 1, -1)

    return evaluate_graph(model.graph, roots, leaf, {})


def _look_up(model: DiscreteModel, node: Node, table: Mapping[Key, Any], now: Clock) -> Floats:
    """Return a table's entries for every moment and stratum."""
    faults, rows = dict[Key, Fault](), []
    for t in range(len(now.cycle)):
        for sex, _ in model.strata:
            key = tuple(sex if axis == "sex" else int(np.floor(getattr(now, axis)[t] + WHOLE)) for axis in node.by)
            if key in table:
                rows.append(np.atleast_1d(np.asarray(table[key], dtype=np.float64)))
                continue
            shown = ", ".join(f"{axis} {part}" for axis, part in zip(node.by, key, strict=True))
            message = f"the values of '{node.name}' have no entry for {shown} (cycle {now.cycle[t]:g})."
            faults[key] = Fault(model.spec.fault("").file, message)
    if faults:
        raise FaultsFound(faults.values())
    draws = max(row.size for row in rows)
    entries = np.array([np.broadcast_to(row, draws) for row in rows])
    return entries.reshape(len(now.cycle), len(model.strata), draws)


def chances(model: DiscreteModel, numbers: Numbers, cycles: int) -> Chances:
    """Return the probabilities of cycles 1 to ``cycles``.

    Raises FaultsFound for a missing input, a negative rate, a probability above 1, and moves out of a state that add
    up to more than 1, each with the cycle in which it happens.
    """
    now = clock(model, numbers, 1, cycles)
    branches = {node for nodes in model.probabilities.values() for node in nodes}
    coming = {node for stage in model.stages for node in stage.add if node is not None}
    found = read(model, numbers, {edge.rate for edge in model.edges} | branches | coming, now)
    faults: dict[Path_, Fault] = {}
    for edge in model.edges:
        what = "probability" if edge.per_cycle else "rate"
        _refuse(model, found[edge.rate], f"the {what} of '{edge.rule}' is", edge.where, faults, edge.per_cycle)
    for (name, where), nodes in model.probabilities.items():
        for node in nodes:
            _refuse(model, found[node], f"the probability of '{name}' is", where, faults, True)
    if faults:
        raise FaultsFound(sorted(faults.values(), key=lambda fault: fault.line or 0))
    shape = (cycles, len(model.strata), len(model.edges), numbers.draws)
    rates = np.empty(shape)
    for e, edge in enumerate(model.edges):
        rates[:, :, e] = found[edge.rate]
    return Chances(tuple(_part(model, stage, rates, found) for stage in model.stages))


def _part(model: DiscreteModel, stage: StageNodes, all_rates: Floats, found: Mapping[int, Floats]) -> Part:
    """Return one stage of every cycle; ``all_rates`` (T, S, E, D) of every move of the model."""
    edges, rates = [model.edges[e] for e in stage.edges], all_rates[:, :, list(stage.edges)]
    add = None
    if any(node is not None for node in stage.add):
        add = np.zeros((*rates.shape[:2], model.n_all, rates.shape[-1]))
        for n, node in enumerate(stage.add):
            if node is not None:
                add[:, :, n] = found[node]
        if not np.isfinite(add).all():
            raise FaultsFound([model.spec.fault("a number of people who come is not finite.", (*stage.where, "add"))])
    if model.spec.header.from_rates == "matrix-exponential":
        return Part(_exponential(model, edges, rates), stage.edges, None, add)
    by_move = _meet(model, edges, _convert(model, edges, rates))
    return Part(_matrix(model, stage, edges, by_move), stage.edges, by_move, add)


def _refuse(
    model: DiscreteModel, value: Floats, what: str, where: Path_, faults: dict[Path_, Fault], capped: bool
) -> None:  # fmt: skip
    """Note a value that is below 0, not a number, infinite or (``capped``) above 1."""
    wrong = ~(value >= -ROUNDING) | np.isinf(value)
    if capped:
        wrong |= value > 1 + ROUNDING
    if wrong.any():
        first = tuple(np.argwhere(wrong)[0])
        place = f" in cycle {first[0] + 1}" if value.shape[0] > 1 else ""
        found = value[first]
        said = "not a number" if np.isnan(found) else f"{found:.6g}"
        faults.setdefault(where, model.spec.fault(f"{what} {said}{place}.", where))


def _convert(model: DiscreteModel, edges: Sequence[Edge], rates: Floats) -> Floats:
    """Return the probability of every move in a cycle, before the moves meet. (T, S, E, D)"""
    given = np.array([edge.per_cycle for edge in edges], dtype=np.bool_)[:, None]
    if model.spec.header.from_rates == "competing":
        shared = _out_of(model, edges, rates)
        return np.divide(rates, shared, out=np.zeros_like(rates), where=shared > 0) * -np.expm1(-shared * model.cycle)
    return np.where(given, rates, -np.expm1(-rates * model.cycle))


def _meet(model: DiscreteModel, edges: Sequence[Edge], alone: Floats) -> Floats:
    """Return the probability of every move, once death has been drawn first where the model says so."""
    if model.spec.header.competing != "conditional-on-survival":
        return alone
    death = np.array([edge.death for edge in edges], dtype=np.bool_)[:, None]
    return np.where(death, alone, alone * (1 - _out_of(model, edges, np.where(death, alone, 0))))


def _out_of(model: DiscreteModel, edges: Sequence[Edge], values: Floats) -> Floats:
    """Return, for every move, the sum of a value over all moves out of the same state. (T, S, E, D)"""
    sums = np.zeros((*values.shape[:2], model.n_all, values.shape[3]))
    for e, edge in enumerate(edges):
        sums[:, :, edge.source] += values[:, :, e]
    return sums[:, :, [edge.source for edge in edges]]


def _matrix(model: DiscreteModel, stage: StageNodes, edges: Sequence[Edge], by_move: Floats) -> Floats:
    """Return the probabilities between states; what no move takes, stays (or is dropped, where the stage says so)."""
    found = _between(model, edges, by_move)
    dead = np.arange(model.n_living, model.n_all)
    if not stage.stays:
        found[:, :, dead, dead] = 1
        return found
    left = 1 - found.sum(axis=-2)
    if (left < -ROUNDING).any():
        t, _, state, _ = np.argwhere(left < -ROUNDING)[0]
        total, name = float((1 - left[t, :, state]).max()), model.labels[state]
        where = next(edge.where for edge in edges if edge.source == state)
        message = f"in cycle {t + 1} the moves out of '{name}' add up to {total:.6g}, more than 1."
        raise FaultsFound([model.spec.fault(message, where)])
    found[:, :, np.arange(model.n_all), list(model.stays)] += np.maximum(left, 0)
    return found


def _between(model: DiscreteModel, edges: Sequence[Edge], by_move: Floats) -> Floats:
    """Add up moves between the same two states. (T, S, N, N, D)"""
    found = np.zeros((*by_move.shape[:2], model.n_all, model.n_all, by_move.shape[3]))
    for e, edge in enumerate(edges):
        found[:, :, edge.source, edge.target] += by_move[:, :, e]
    return found


def _exponential(model: DiscreteModel, edges: Sequence[Edge], rates: Floats) -> Floats:
    generator = _between(model, edges, rates)
    states = np.arange(model.n_all)
    generator[:, :, states, states] -= generator.sum(axis=-2)
    return np.moveaxis(expm(np.moveaxis(generator, -1, 2) * model.cycle), 2, -1)


def run(found: Chances, start: Floats) -> Floats:
    """Return people at the points 0 to T between cycles, (T + 1, S, N, D).

    ``start`` holds the people at point 0, (S, N) or (S, N, D).
    """
    cycles, strata, n, _, draws = found.parts[0].matrix.shape
    people = np.empty((cycles + 1, strata, n, draws))
    people[0] = start if start.ndim > 2 else start[:, :, None]
    for t in range(cycles):
        now = people[t]
        for part in found.parts:
            now = np.einsum("snd,snmd->smd", _come(part, t, now), part.matrix[t])
        people[t + 1] = now
    return people


def _come(part: Part, t: int | slice, people: Floats) -> Floats:
    """Return people once those who come within a stage are there."""
    return people if part.add is None else np.maximum(people + part.add[t], 0)


def before_each(found: Chances, people: Floats) -> Iterator[tuple[Part, Floats]]:
    """Yield every stage with the people it begins with in each cycle, (T, S, N, D), from those at the points."""
    now = people[:-1]
    for part in found.parts:
        now = _come(part, slice(len(now)), now)
        yield part, now
        now = np.einsum("tsnd,tsnmd->tsmd", now, part.matrix[: len(now)])


def moved(edges: Sequence[Edge], found: Chances, people: Floats) -> Floats:
    """Return how many people every move takes in each cycle, (T, S, E, D).

    Raises ValueError for a matrix exponential, in which several moves fit in one cycle.
    """
    taken = np.zeros((len(people) - 1, people.shape[1], len(edges), people.shape[-1]))
    for part, now in before_each(found, people):
        if part.by_move is None:
            raise ValueError("a matrix exponential does not tell one move from another.")
        taken[:, :, list(part.edges)] = now[:, :, [edges[e].source for e in part.edges]] * part.by_move
    return taken
