"""How services meet: what joins each pair of them, and how many of the people whom a plan reaches are the same.

Everything here is worked out from the model and the services' files. Two services meet on one lever (delivery's own
law: reach joins as a union, places and kits add), in one rate (the model's [combine], or the assumption that effects
multiply), in one queue (the model's [capacity]), or in turn: one moves people to where the other is at work. A pair
that meets nowhere is independent: nothing was declared, so that is an assumption too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np

from bothand.engine.arrays import Floats
from bothand.engine.compile import CapacityNodes, CompiledModel
from bothand.engine.delivery import Overlap as Found
from bothand.experiments.plans import Tried
from bothand.experiments.results import Results
from bothand.findings.measures import interval
from bothand.outcomes.county import people_in
from bothand.report.summary import Interaction, Overlap
from bothand.words import join_words
from bothand.world.language.edges import Edge
from bothand.world.language.graph import LEVER
from bothand.world.service import Service

Way = Literal["multiply", "best"]
Met = Mapping[frozenset[str], Way]

MOVES_NAMED = 2  # UNIT: moves named where two effects meet
REACH = ("reach", "share")
INDEPENDENT = "no lever, rate or queue is shared, and neither moves people to where the other is at work"


# ------------------------------------------------------------------------------------------------ how services meet


def interactions(model: CompiledModel, services: list[Service]) -> list[Interaction]:
    """Return how every pair of these services combines: a row for each way, or one that says they are independent."""
    met = meetings(model)
    queues = {service.key: _in_queues(model, service) for service in services if service.moves}
    found = []
    for a, b in itertools.combinations([service for service in services if service.moves], 2):
        ways = [*_on_one_lever(model, a, b), *_in_one_rate(model, met, a, b)]
        ways += [*_in_one_queue(model, queues, a, b), *_in_turn(model, a, b), *_in_turn(model, b, a)]
        found += ways or [Interaction(a=a.key, b=b.key, how="independent", status="assumed", where=INDEPENDENT)]
    return found


def meetings(model: CompiledModel) -> dict[frozenset[str], Way]:
    """Return how every two levers meet in the rates of moves: under min or max the best counts, else they multiply.

    A pair that meets both ways multiplies somewhere, and is said to.
    """
    graph = model.graph
    found: dict[frozenset[str], Way] = {}
    for i in graph.needed([edge.rate for edge in model.edges]):
        node = graph.nodes[i]
        best = node.kind in ("min", "max")
        for one, other in itertools.combinations(node.parts, 2):
            left, right = graph.names(one, LEVER), graph.names(other, LEVER)
            for pair in (frozenset((x, y)) for x in left - right for y in right - left):
                found[pair] = "best" if best and found.get(pair) != "multiply" else "multiply"
    return found


def declared(model: CompiledModel) -> set[frozenset[str]]:
    """Return the pairs of levers whose way to combine the model's file declares."""
    return {frozenset(name.strip() for name in pair.split(",")) for pair in model.spec.combine}


def _levers(service: Service) -> set[str]:
    return {move.lever for move in service.moves}


def _on_one_lever(model: CompiledModel, a: Service, b: Service) -> Iterator[Interaction]:
    for move in a.moves:
        other = next((m for m in b.moves if m.lever == move.lever), None)
        if other is None:
            continue
        blended = move.blend is not None or other.blend is not None
        how: Literal["union", "add", "blend"] = "blend" if blended else "union" if move.kind in REACH else "add"
        label = model.spec.lever[move.lever].label
        yield Interaction(a=a.key, b=b.key, how=how, status="declared", where=label)


def _in_one_rate(model: CompiledModel, met: Met, a: Service, b: Service) -> Iterator[Interaction]:
    said = declared(model)
    for x, y in itertools.product(sorted(_levers(a)), sorted(_levers(b))):
        pair = frozenset((x, y))
        if pair in met:
            both = [edge for edge in model.edges if pair <= model.graph.names(edge.rate, LEVER)]
            status: Literal["declared", "assumed"] = "declared" if pair in said else "assumed"
            yield Interaction(a=a.key, b=b.key, how=met[pair], status=status, where=_moves(both))


def _moves(edges: list[Edge]) -> str:
    labels = list(dict.fromkeys(edge.label for edge in edges))
    more = len(labels) - MOVES_NAMED
    return "; ".join(labels if more <= 1 else [*labels[:MOVES_NAMED], f"{more} more moves"])


def _in_one_queue(
    model: CompiledModel, queues: Mapping[str, Mapping[str, list[str]]], a: Service, b: Service
) -> Iterator[Interaction]:
    for name in model.spec.capacity:
        one, other = queues[a.key][name], queues[b.key][name]
        if one and other and not one == other == ["adds places"]:
            label = model.spec.capacity[name].label
            where = f"{label}: the first {join_words(one)}; the second {join_words(other)}"
            yield Interaction(a=a.key, b=b.key, how="queue", status="declared", where=where)


def _in_queues(model: CompiledModel, service: Service) -> dict[str, list[str]]:
    """Return what a service does in every queue, by name."""
    return {
        name: _part_in(model, c, name, nodes, service)
        for c, (name, nodes) in enumerate(zip(model.spec.capacity, model.capacities, strict=True))
    }


def _part_in(model: CompiledModel, c: int, name: str, nodes: CapacityNodes, service: Service) -> list[str]:
    """Return what a service does in one queue: places, people who ask, people let in, people who leave."""
    levers, graph, holds = _levers(service), model.graph, model.chain.holds[c]
    asks = {rule.name for rule in model.spec.rule if rule.request}
    waiting = {edge.source for edge in model.edges if edge.gate == name}
    parts = ["adds places"] if levers & graph.names(nodes.places, LEVER) else []
    for edge in model.edges:
        if not levers & graph.names(edge.rate, LEVER):
            continue
        if edge.gate == name:
            parts.append("changes how soon people are let in")
        elif edge.rule in asks and edge.target in waiting:
            parts.append("makes more people ask")
        elif holds[edge.target] and not holds[edge.source]:
            parts.append("brings people in past the queue")
        elif holds[edge.source] and not holds[edge.target]:
            parts.append("changes how people leave")
    return list(dict.fromkeys(parts))


def _in_turn(model: CompiledModel, a: Service, b: Service) -> Iterator[Interaction]:
    """Yield where ``a`` changes a move that brings people to where ``b`` is at work."""
    graph, levers = model.graph, _levers(a)
    opened = {
        name
        for name, nodes in zip(model.spec.capacity, model.capacities, strict=True)
        if levers & graph.names(nodes.places, LEVER)
    }
    changed = [e for e in model.edges if levers & graph.names(e.rate, LEVER) or e.gate in opened]
    for name in sorted(_levers(b) - levers):
        at_work = model.eligible[name]
        into = [edge for edge in changed if at_work[edge.target] and not at_work[edge.source]]
        if into:
            yield Interaction(a=a.key, b=b.key, how="in turn", status="declared", where=_moves(into))


# ------------------------------------------------------------------------------------------- the same people twice


def overlaps(results: Results, tried: Tried) -> list[Overlap]:
    """Return how many people two services of a plan both reach, on any day of the first round's last year.

    On one lever by delivery's union. On two levers that multiply in one rate by the model's own assumption: in each
    cell those whom one reaches are as likely as others to be reached by the other.
    """
    delivery = tried.trial.delivery
    if delivery is None:
        return []
    found = [
        _told(results, list(one.alone), one, results.setting.model.spec.lever[lever].label, "union")
        for lever, one in delivery.overlap.items()
    ]
    return [*found, *_on_two_levers(results, tried)]


def _on_two_levers(results: Results, tried: Tried) -> Iterator[Overlap]:
    model, county, delivery = results.setting.model, results.world.county, tried.trial.delivery
    assert delivery is not None
    by_lever: dict[str, list[str]] = {}
    for service in results.setting.services:
        for move in service.moves:
            if move.kind == "reach" and np.any(delivery.units[service.key]):
                by_lever.setdefault(move.lever, []).append(service.key)
    met = meetings(model)
    for x, y in itertools.combinations(by_lever, 2):
        if met.get(frozenset((x, y))) != "multiply":
            continue
        more = [delivery.levers[name] - county.environment.levers[name] for name in (x, y)]
        cells = [model.eligible[name].astype(float) for name in (x, y)]
        alone = {
            name: share * people_in(county.quo, inside) for name, share, inside in zip((x, y), more, cells, strict=True)
        }
        twice = more[0] * more[1] * people_in(county.quo, cells[0] * cells[1])
        one = Found(alone, np.asarray(sum(alone.values()) - twice))
        label = join_words([model.spec.lever[name].label for name in (x, y)])
        yield _told(results, [*by_lever[x], *by_lever[y]], one, label, "multiply")


def _told(results: Results, services: list[str], one: Found, where: str, how: Literal["union", "multiply"]) -> Overlap:
    year = results.world.first_round[-1]

    def said(people: Floats) -> Floats:
        return np.asarray(people[year])

    whole = np.asarray(np.sum(list(one.alone.values()), axis=0))
    return Overlap(
        services=list(dict.fromkeys(services)),
        where=where,
        how=how,
        one_by_one=interval(said(whole)),
        together=interval(said(one.together)),
        twice=interval(said(one.twice)),
    )
