"""What a person-year counts for: the weights of a model's measures, and the rates of its counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.compile import CompiledModel
from bothand.engine.rates import Environment, Values, unknown
from bothand.faults import FaultsFound
from bothand.world.language.graph import LEVER, SERIES

Moves = list[tuple[int, int, str | None]]  # compartment, node of the rate, gate


@dataclass(frozen=True)
class CountRates:
    """Expected moves or events per person-year in each compartment; the parts add up.

    Total = plain + by_stratum + slope * at_hand + the gated part of each capacity times the fraction let in.
    """

    plain: Floats  # (Y, N, D), at at_hand = 0, not gated
    slope: Floats | None  # (Y, N, D), times at_hand
    by_stratum: Floats | None  # (Y, N, S, D)
    gated: Floats | None  # (Y, C, N, D), times the fraction of capacity c

    def along(self, at_hand: Floats) -> Floats:
        """Return the whole rate (Y, N, D) where naloxone was at hand as a run recorded it, (Y * steps, D).

        Each year's mean stands for its weeks. Raises ValueError for parts that person-years summed over strata and
        weeks do not tell: rates by stratum, and moves that wait for a place.
        """
        if self.by_stratum is not None or self.gated is not None:
            raise ValueError("a count of moves that wait for places, or that differ by sex or age, has no yearly rate.")
        if self.slope is None:
            return self.plain
        yearly = at_hand.reshape(len(self.plain), -1, at_hand.shape[-1]).mean(axis=1)
        return np.asarray(self.plain + self.slope * yearly[:, None])


@dataclass(frozen=True)
class Weights:
    """The measures and counts of one environment, as ``measure`` and ``count_rates`` give them."""

    measures: Mapping[str, Floats]
    counts: Mapping[str, CountRates]


def weigh(
    model: CompiledModel, environment: Environment, measures: Iterable[str] = (), counts: Iterable[str] = ()
) -> Weights:
    """Evaluate measures and counts by name, every part that they share once.

    Raises FaultsFound for unknown names, missing inputs, and a measure whose value is not a finite number.
    """
    measures, counts = tuple(measures), tuple(counts)
    faults = [unknown(model, "measure", name, model.measures) for name in measures if name not in model.measures]
    faults += [unknown(model, "count", name, model.spec.count) for name in counts if name not in model.spec.count]
    if faults:
        raise FaultsFound(faults)
    values = Values(model, environment)
    moves = {name: _moves(model, name) for name in counts}
    values.need(
        {node for name in measures for node in model.measures[name] if node is not None}
        | {end for found in moves.values() for _, node, _ in found for end in _ends(model, node)}
    )
    return Weights(
        {name: _measure(name, values) for name in measures},
        {name: _count(found, values) for name, found in moves.items()},
    )


def measure(model: CompiledModel, name: str, environment: Environment) -> Floats:
    """Return the weight of a person-year in each compartment; 0 for the dead.

    (N, D), or (Y, N, D) for a measure that reads a lever or a series. Raises FaultsFound for an unknown name or
    input, and for a value that is not a finite number.
    """
    return weigh(model, environment, measures=[name]).measures[name]


def count_rates(model: CompiledModel, name: str, environment: Environment) -> CountRates:
    """Return the rates of a declared count; multiply by person-years in the same compartment and add up.

    A gated rule counts the moves *with free places*, apart, because the fraction let in changes weekly.
    """
    return weigh(model, environment, counts=[name]).counts[name]


def by_year(weights: Floats) -> bool:
    """Say whether weights are given year by year, (Y, N, D), and not once for all, (N, D)."""
    return weights.ndim > 2


def last_year(weights: Floats) -> Floats:
    """Return the weights of the last year, (N, D)."""
    return weights[-1] if by_year(weights) else weights


def _measure(name: str, values: Values) -> Floats:
    model, environment = values.model, values.environment
    nodes = model.measures[name]
    yearly = any(model.graph.reads(node, LEVER, SERIES) for node in nodes if node is not None)
    found = np.zeros((len(environment.years) if yearly else 1, model.chain.n_all, environment.draws))
    for i, node in enumerate(nodes):
        if node is not None:
            found[:, i] = values.flat(node)
    if not np.isfinite(found).all():
        fault = model.spec.fault("a value of this measure is not a finite number.", ("measure", name))
        raise FaultsFound([fault])
    return found if yearly else found[0]


def _moves(model: CompiledModel, name: str) -> Moves:
    """Return what a count adds up: moves of its rules, occurrences of its events."""
    count = model.spec.count[name]
    found: Moves = [(edge.source, edge.rate, edge.gate) for edge in model.edges if edge.rule in count.rules]
    for event in count.events:
        found += [(i, node, None) for i, node in model.events[event].items()]
    return found


def _ends(model: CompiledModel, node: int) -> tuple[int, int]:
    """Return a rate with at_hand at 0 and at 1."""
    return model.graph.replace_at_hand(node, 0), model.graph.replace_at_hand(node, 1)


def _count(moves: Moves, values: Values) -> CountRates:
    model, graph = values.model, values.model.graph
    ends = [_ends(model, node) for _, node, _ in moves]
    years, n, draws = len(values.environment.years), model.chain.n_all, values.environment.draws
    plain = np.zeros((years, n, draws))
    slope = np.zeros_like(plain) if any(none != full for none, full in ends) else None
    waits, differs = any(gate is not None for *_, gate in moves), any(graph.by_stratum(node) for _, node, _ in moves)
    gated = np.zeros((years, len(model.capacities), n, draws)) if waits else None
    by_stratum = np.zeros((years, n, len(model.chain.strata), draws)) if differs else None
    for (i, node, gate), (none, full) in zip(moves, ends, strict=True):
        if by_stratum is not None and graph.by_stratum(node):
            by_stratum[:, i] += values.of(none)
        elif gated is not None and gate is not None:
            gated[:, model.chain.capacities.index(gate), i] += values.flat(none)
        else:
            plain[:, i] += values.flat(none)
            if slope is not None:
                slope[:, i] += values.flat(full) - values.flat(none)
    return CountRates(plain, slope, by_stratum, gated)
