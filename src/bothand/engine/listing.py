"""A compiled model as plain data, printed from the very structure that the engines run (`bothand describe`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bothand.engine.compile import CompiledModel
from bothand.world.language.edges import Edge
from bothand.world.language.graph import LEVER, QUANTITY, SERIES, TABLE


def listing(model: CompiledModel) -> dict[str, Any]:
    """Return a model as dictionaries and lists that JSON can hold.

    Keys: model, compartments (code, label, group), rules (moves of one rule, grouped by formula), events,
    capacities, stock, inflows, levers, measures, counts, groups, quantities, assumed (pairs of levers that multiply
    without being declared). Formulas have their lets written out.
    """
    spec = model.spec
    names = model.chain.compartments
    groups = model.group_of.tolist()
    return {
        "model": {"name": spec.name, "label": spec.header.label, "description": spec.header.description},
        "strata": list(model.chain.strata),
        "compartments": [
            {"code": code, "label": label, "group": model.groups[g] if g >= 0 else None}
            for code, label, g in zip(names, model.labels, groups, strict=True)
        ],
        "rules": _rules(model),
        "events": [
            {
                "name": event.name,
                "label": event.label,
                "formulas": _by_formula(model, ((n, model.labels[i]) for i, n in model.events[event.name].items())),
            }
            for event in spec.event
        ],
        "capacities": [
            {
                "name": name,
                "label": capacity.label,
                "holds": [model.labels[i] for i in model.chain.holds[c].nonzero()[0]],
                "places": _formula(model, model.capacities[c].places),
                "fill": _formula(model, model.capacities[c].fill),
            }
            for c, (name, capacity) in enumerate(spec.capacity.items())
        ],
        "stock": _stock(model),
        "inflows": [
            {
                "name": name,
                "label": inflow.label,
                "to": model.labels[nodes.to],
                "prevented_to": None if nodes.prevented_to is None else model.labels[nodes.prevented_to],
                "rate": _formula(model, nodes.rate),
                "prevented": None if nodes.prevented is None else _formula(model, nodes.prevented),
            }
            for (name, inflow), nodes in zip(spec.inflow.items(), model.inflows, strict=True)
        ],
        "levers": [
            {
                "name": name,
                "label": lever.label,
                "kind": lever.kind,
                "unit": lever.unit,
                "status_quo": _formula(model, model.status_quo[name]) if name in model.status_quo else None,
                "eligible": [names[i] for i in model.eligible[name].nonzero()[0]],
            }
            for name, lever in spec.lever.items()
        ],
        "measures": [
            {
                "name": name,
                "label": measure.label,
                "unit": measure.unit,
                "formulas": _by_formula(
                    model, ((n, model.labels[i]) for i, n in enumerate(model.measures[name]) if n is not None)
                ),
            }
            for name, measure in spec.measure.items()
        ],
        "counts": [{"name": name, **count.model_dump()} for name, count in spec.count.items()],
        "groups": [{"name": name, "label": spec.group[name].label} for name in model.groups if name in spec.group],
        "quantities": list(model.symbols),
        "assumed": [list(pair) for pair in model.assumed],
    }


def _formula(model: CompiledModel, node: int) -> dict[str, Any]:
    found: dict[str, Any] = {"formula": model.graph.text(node)}
    for key, kind in (("quantities", QUANTITY), ("levers", LEVER), ("series", SERIES), ("tables", TABLE)):
        found[key] = sorted(model.graph.names(node, kind))
    return found


def _by_formula(model: CompiledModel, pairs: Iterable[tuple[int, Any]]) -> list[dict[str, Any]]:
    """Group whatever stands beside each node by the node's formula."""
    found: dict[int, list[Any]] = {}
    for node, what in pairs:
        found.setdefault(node, []).append(what)
    return [{**_formula(model, node), "where": where} for node, where in found.items()]


def _rules(model: CompiledModel) -> list[dict[str, Any]]:
    rules: dict[str, list[Edge]] = {}
    for edge in model.edges:
        rules.setdefault(edge.rule, []).append(edge)
    order = {name: i for i, name in enumerate(rule.name for rule in model.spec.rule)}
    found = []
    for name in sorted(rules, key=lambda rule: order.get(rule, len(order))):
        edges = rules[name]
        moves = ((edge.rate, {"from": model.labels[edge.source], "to": model.labels[edge.target]}) for edge in edges)
        found.append(
            {
                "name": name,
                "label": edges[0].label,
                "kind": "rule" if name in order else "phase" if name.startswith("phases ") else "branch",
                "death": edges[0].death,
                "gate": edges[0].gate,
                "request": edges[0].request,
                "moves": edges[0].moves,
                "formulas": _by_formula(model, moves),
            }
        )
    return found


def _stock(model: CompiledModel) -> dict[str, Any] | None:
    if model.stock is None:
        return None
    name, stock = next(iter(model.spec.stock.items()))
    nodes = model.stock
    return {
        "name": name,
        "label": stock.label,
        "event": stock.event,
        "among": [model.labels[i] for i in model.chain.at_risk.nonzero()[0]],
        "kits": _formula(model, nodes.kits),
        "shelf_life": _formula(model, nodes.shelf_life),
        "most": _formula(model, nodes.most),
        "draw_down": _formula(model, nodes.draw_down),
        "use_per_event": _formula(model, nodes.use_per_event),
    }
