"""From what one more of a schedule's rates and of a model's weights is worth, what one more of its levers is worth.

The rates are those of ``rates.both_schedules``: a twin's edges of survivors move with the plan's
events and the status quo's chance of surviving, and its deaths do not move at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bothand.engine.adjoint.cohort import Slopes
from bothand.engine.adjoint.expressions import to_levers
from bothand.engine.arrays import Bools, Floats
from bothand.engine.compile import CompiledModel
from bothand.engine.rates import Environment, Values
from bothand.world.language.edges import Edge
from bothand.world.language.graph import LEVER
from bothand.world.language.graph import evaluate as evaluate_graph


def moved_edges(model: CompiledModel) -> tuple[Bools, Bools]:
    """Return which plain and which by-stratum edges have rates that levers move, (n_plain,) and (n_by_stratum,)."""
    moved = np.array([model.graph.reads(edge.rate, LEVER) for edge in model.edges], dtype=np.bool_)
    return moved[: model.chain.n_plain], moved[model.chain.n_plain :]


@dataclass
class Owed:
    """What one more of each node of a model's graph is worth in one environment, added up from all that reads it."""

    model: CompiledModel
    environment: Environment  # of the plan
    status_quo: Environment
    nodes: dict[int, Floats] = field(default_factory=dict)  # node -> (Y, S or 1, D)

    def add(self, node: int, worth: Floats) -> None:
        """Note what one more of a node is worth, (Y, D) or (Y, S, D); nothing for one that no lever moves."""
        if self.model.graph.reads(node, LEVER):
            more = worth[:, None] if worth.ndim == 2 else worth
            self.nodes[node] = self.nodes[node] + more if node in self.nodes else more

    def add_schedule(self, slopes: Slopes, twin: bool) -> None:
        """Note what the rates of a run are worth; ``twin``: of one that takes deaths from the status quo."""
        model, chain = self.model, self.model.chain
        plain, by_stratum = model.edges[: chain.n_plain], model.edges[chain.n_plain :]
        held = self._held(model.edges) if twin else None
        at_none = slopes.plain.copy()
        at_none[:, chain.coupled] -= slopes.slope
        for i, edge in enumerate(plain):
            self._add_edge(edge, 0, at_none[:, i, None], held)
        for j, i in enumerate(chain.coupled):
            self._add_edge(plain[i], 1, slopes.slope[:, j, None], held)
        for k, edge in enumerate(by_stratum):
            self._add_edge(edge, 0, slopes.by_stratum[:, k], held)
        self._add_inflow(slopes.inflow)
        for c, capacity in enumerate(model.capacities):
            self.add(capacity.places, slopes.places[:, c])
        if model.stock is not None:
            self.add(model.stock.kits, slopes.kits)
            self.add(model.stock.use_per_event, slopes.use_per_event)
            for n, node in model.events[model.stock.event].items():
                self.add(node, slopes.event[:, n])

    def levers(self) -> dict[str, Floats]:
        """Return lever -> what one more of it in each year is worth, (Y, D), of every lever of the model."""
        model, environment = self.model, self.environment
        shape = (len(environment.years), environment.draws)
        values = Values(model, environment)
        values.need(self.nodes)
        # A lever keeps its years here, also where it is the same in all of them.
        known = {i: value for i, value in values.known.items() if not model.graph.reads(i, LEVER)}
        wide = {name: np.broadcast_to(value, shape)[:, None] for name, value in environment.levers.items()}
        evaluate_graph(model.graph, self.nodes, lambda node: wide[node.name], known)
        found = to_levers(model.graph, known, self.nodes)
        return {name: found[name][:, 0] if name in found else np.zeros(shape) for name in model.levers}

    def _held(self, edges: Sequence[Edge]) -> Values:
        values = Values(self.model, self.status_quo)
        values.need({end for edge in edges if edge.survives is not None for end in edge.survives})
        return values

    def _add_edge(self, edge: Edge, end: int, worth: Floats, held: Values | None) -> None:
        """Note what the rate of an edge at at_hand = ``end`` is worth, (Y, S or 1, D)."""
        if held is not None and edge.death:
            return
        if held is not None and edge.occurs is not None and edge.survives is not None:
            self.add(edge.occurs[end], worth * held.of(edge.survives[end]))
            return
        self.add(edge.at_full if end else edge.at_none, worth)

    def _add_inflow(self, worth: Floats) -> None:
        """Note what people who arrive are worth, (Y, arrivals, S, D)."""
        arrivals = self.model.chain.arrivals
        nodes = [n for inflow in self.model.inflows for n in (inflow.rate, inflow.prevented) if n is not None]
        if not any(self.model.graph.reads(node, LEVER) for node in nodes):
            return
        values = Values(self.model, self.environment)
        values.need(nodes)
        for inflow in self.model.inflows:
            to = worth[:, arrivals.index(inflow.to)]
            if inflow.prevented is None or inflow.prevented_to is None:
                self.add(inflow.rate, to)
                continue
            aside, share = worth[:, arrivals.index(inflow.prevented_to)], values.of(inflow.prevented)
            self.add(inflow.rate, to * (1 - share) + aside * share)
            self.add(inflow.prevented, np.asarray(((aside - to) * values.of(inflow.rate)).sum(axis=1)))
