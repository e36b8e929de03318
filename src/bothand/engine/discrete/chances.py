"""From numbers to the probabilities of every cycle.

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

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.linalg import expm

from bothand.engine.arrays import Floats
from bothand.engine.discrete.paths import Chances, Paths
from bothand.engine.discrete.structure import DiscreteModel, StageNodes
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Path_
from bothand.world.language.edges import Edge
from bothand.world.language.graph import CLOCK, LEVER, MODIFIER, QUANTITY, SERIES, TABLE, Node
from bothand.world.language.graph import evaluate as evaluate_graph

Key = tuple[str | int, ...]  # sex (text), age, cycle, year (whole numbers), in the order of the table's `by`

ROUNDING = 1e-12  # MATH: a probability may miss 0 or 1 by this much and is then set to it
MOST_HELD = 200_000_000  # UNIT: chances of one run, 8 bytes each
WHOLE = 1e-9  # MATH: an age this close below a whole number is that number


@dataclass(frozen=True)
class Numbers:
    """The numbers of one run. Rates are per year; an array has one value a draw, or is a single number."""

    quantities: Mapping[str, Any]  # (D,)
    levers: Mapping[str, Any] = field(default_factory=dict)  # (D,)
    tables: Mapping[str, Mapping[Key, Any]] = field(default_factory=dict)  # series and tables, each entry (D,)
    modifiers: Mapping[str, Any] = field(default_factory=dict)  # (D,): people stand where draws do

    @property
    def draws(self) -> int:
        """Number of draws: the longest array that is given."""
        given = [*self.quantities.values(), *self.levers.values(), *self.modifiers.values()]
        given += [entry for table in self.tables.values() for entry in table.values()]
        return max((np.size(value) for value in given), default=1)


@dataclass(frozen=True)
class Clock:
    """Moments at which formulas are read: the cycle, and the age and year at its start where the model has them."""

    cycle: Floats  # (T,)
    age: Floats | None = None
    year: Floats | None = None


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

    A modifier stands at its mean where people are not given one each. Raises FaultsFound naming every quantity, lever
    and table without numbers, and every entry that a table lacks.
    """
    roots, faults = set(roots), list[Fault]()
    modified = frozenset().union(*(model.graph.names(root, MODIFIER) for root in roots))
    given: tuple[tuple[str, Mapping[str, Any]], ...] = (
        (QUANTITY, numbers.quantities), (LEVER, numbers.levers), (SERIES, numbers.tables), (TABLE, numbers.tables),
    )  # fmt: skip
    file = model.spec.fault("").file
    for kind, names in given:
        for name in sorted(frozenset().union(*(model.graph.names(root, kind) for root in roots)) - set(names)):
            faults.append(Fault(file, f"no value was given for the {kind} '{name}'.", nearest=nearest(name, names)))
    if faults:
        raise FaultsFound(faults)

    own = {name: numbers.modifiers.get(name) for name in modified}
    own |= {name: mean_of(model, numbers, name) for name, value in own.items() if value is None}

    def leaf(node: Node) -> Floats:
        if node.kind == CLOCK:
            return np.asarray(getattr(now, node.name), dtype=np.float64).reshape(-1, 1, 1)
        if node.kind in (SERIES, TABLE):
            return _look_up(model, node, numbers.tables[node.name], now)
        if node.kind == MODIFIER:
            return np.asarray(own[node.name], dtype=np.float64).reshape(1, 1, -1)
        source = numbers.quantities if node.kind == QUANTITY else numbers.levers
        return np.asarray(source[node.name], dtype=np.float64).reshape(1, 1, -1)

    return evaluate_graph(model.graph, roots, leaf, {})


def distribution(model: DiscreteModel, numbers: Numbers, name: str) -> dict[str, Floats]:
    """Return the numbers of a modifier's distribution, (D,) each. Raises FaultsFound as ``read``."""
    nodes = model.modifiers[name].numbers
    found = read(model, numbers, nodes.values(), Clock(np.ones(1)))
    return {key: found[node].reshape(-1) for key, node in nodes.items()}


def mean_of(model: DiscreteModel, numbers: Numbers, name: str) -> Floats:
    """Return the mean of a modifier, (D,)."""
    by = distribution(model, numbers, name)
    return (by["low"] + by["high"]) / 2 if "low" in by else np.ones(1)


def alone(model: DiscreteModel, numbers: Numbers, roots: Iterable[tuple[int, Path_]], most: float) -> None:
    """Raise FaultsFound where a modifier that stands at its mean enters a root by more than this power."""
    faults = {}
    for root, where in roots:
        for name in model.graph.names(root, MODIFIER) - set(numbers.modifiers):
            if model.graph.power(root, MODIFIER, name) > most:
                message = (
                    f"'{name}' differs between people, and here its mean does not stand for it: "
                    'ask with question = "people", which follows single people.'
                )
                faults[name, where] = model.spec.fault(message, where)
    if faults:
        raise FaultsFound(faults.values())


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

    Raises FaultsFound for a missing input, a modifier that people are not given one each of, a negative rate, a
    probability above 1, and moves out of a state that add up to more than 1, each with the cycle in which it happens;
    ValueError for more numbers than can be held at once.
    """
    numbers_held = cycles * len(model.strata) * (len(model.edges) + model.n_all) * numbers.draws
    if numbers_held > MOST_HELD:
        raise ValueError(
            f"{cycles:,} cycles of {len(model.edges) + model.n_all:,} paths in {numbers.draws:,} draws are "
            f"{numbers_held:,} chances; at most {MOST_HELD:,} are held. Ask for fewer draws or a shorter horizon."
        )
    alone(model, numbers, ((edge.rate, edge.where) for edge in model.edges), 0)
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
    return Chances(tuple(_paths(model, stage, rates, found) for stage in model.stages))


def _paths(model: DiscreteModel, stage: StageNodes, all_rates: Floats, found: Mapping[int, Floats]) -> Paths:
    """Return one stage of every cycle; ``all_rates`` (T, S, E, D) of every move of the model."""
    edges, rates = [model.edges[e] for e in stage.edges], all_rates[:, :, list(stage.edges)]
    add = _coming(model, stage, rates, found)
    if model.spec.header.from_rates == "matrix-exponential":
        source, target = (axis.ravel() for axis in np.indices((model.n_all, model.n_all)))
        return Paths(model.n_all, source, target, _exponential(model, edges, rates), None, add)
    by_move = _meet(model, edges, _convert(model, edges, rates))
    stays, share = _staying(model, stage, edges, by_move)
    return Paths(
        size=model.n_all,
        source=np.array([*(edge.source for edge in edges), *stays], dtype=np.int64),
        target=np.array([*(edge.target for edge in edges), *(model.stays[n] for n in stays)], dtype=np.int64),
        share=np.concatenate([by_move, share], axis=2),
        moves=stage.edges,
        add=add,
    )


def _coming(model: DiscreteModel, stage: StageNodes, rates: Floats, found: Mapping[int, Floats]) -> Floats | None:
    """Return people who come in a stage, (T, S, N, D); None when nobody can."""
    if all(node is None for node in stage.add):
        return None
    add = np.zeros((*rates.shape[:2], model.n_all, rates.shape[-1]))
    for n, node in enumerate(stage.add):
        if node is not None:
            add[:, :, n] = found[node]
    if not np.isfinite(add).all():
        raise FaultsFound([model.spec.fault("a number of people who come is not finite.", (*stage.where, "add"))])
    return add


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


def _staying(
    model: DiscreteModel, stage: StageNodes, edges: Sequence[Edge], by_move: Floats
) -> tuple[list[int], Floats]:  # fmt: skip
    """Return the compartments in which people may stay, and the share who do, (T, S, stays, D).

    What no move takes, stays; where a stage drops it, only the dead stay.
    """
    if not stage.stays:
        dead = list(range(model.n_living, model.n_all))
        return dead, np.ones((*by_move.shape[:2], len(dead), by_move.shape[-1]))
    left = np.ones((*by_move.shape[:2], model.n_all, by_move.shape[-1]))
    for e, edge in enumerate(edges):
        left[:, :, edge.source] -= by_move[:, :, e]
    if (left < -ROUNDING).any():
        t, _, state, _ = np.argwhere(left < -ROUNDING)[0]
        total, name = float((1 - left[t, :, state]).max()), model.labels[state]
        where = next(edge.where for edge in edges if edge.source == state)
        message = f"in cycle {t + 1} the moves out of '{name}' add up to {total:.6g}, more than 1."
        raise FaultsFound([model.spec.fault(message, where)])
    return list(range(model.n_all)), np.maximum(left, 0)


def _exponential(model: DiscreteModel, edges: Sequence[Edge], rates: Floats) -> Floats:
    """Return the share of people who go from every state to every state, (T, S, N * N, D)."""
    cycles, strata, _, draws = rates.shape
    generator = np.zeros((cycles, strata, model.n_all, model.n_all, draws))
    for e, edge in enumerate(edges):
        generator[:, :, edge.source, edge.target] += rates[:, :, e]
    states = np.arange(model.n_all)
    generator[:, :, states, states] -= generator.sum(axis=-2)
    found = np.moveaxis(expm(np.moveaxis(generator, -1, 2) * model.cycle), 2, -1)
    return np.asarray(found.reshape(cycles, strata, -1, draws))
