"""From what one more of some expressions is worth, what one more of every lever in them is worth.

Every node of a model's graph is visited once, the whole before its parts: a node hands what it is worth on to its
parts, each times the derivative of the operation (reverse accumulation). Where two parts of ``min`` or ``max`` are
equal, the first carries it, and a step (``within``) has no slope.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from bothand.engine.arrays import Floats
from bothand.world.language.graph import LEVER, NEGATIVE, PICK, Graph, Node


def spread(values: Floats, like: Any) -> Floats:
    """Return values summed over every axis in which ``like`` has length 1: the worth of what was broadcast."""
    over = tuple(axis for axis, size in enumerate(like.shape) if size == 1 and values.shape[axis] > 1)
    return np.asarray(values.sum(axis=over, keepdims=True)) if over else values


def to_levers(graph: Graph, known: Mapping[int, Any], worth: Mapping[int, Floats]) -> dict[str, Floats]:
    """Return lever -> what one more of it is worth, with the axes of its value in ``known``.

    Args:
        graph: the expressions of a model.
        known: node -> value, (Y or 1, S or 1, D or 1), of every node that the given ones rest on.
        worth: node -> what one more of its value is worth, of axes (Y, S or 1, D); a longer axis is added up.
    """
    owed: dict[int, Floats] = {}
    moved = [node for node in worth if graph.reads(node, LEVER)]
    for root in moved:
        _add(owed, root, _in_first(worth[root], known[root]), known)
    found: dict[str, Floats] = {}
    with np.errstate(all="ignore"):
        for i in reversed(graph.needed(moved)):
            if i not in owed:
                continue
            node, own = graph.nodes[i], owed.pop(i)
            if node.kind == LEVER:
                found[node.name] = own
            for part, more in _parts(node, own, known, i):
                if graph.reads(part, LEVER):
                    _add(owed, part, more, known)
    return found


def _in_first(worth: Floats, value: Any) -> Floats:
    """Return the worth of a number that is read from the first stratum, where its value has several."""
    if worth.shape[1] == value.shape[1] or worth.shape[1] > 1:
        return worth
    wide = np.zeros((worth.shape[0], value.shape[1], worth.shape[2]))
    wide[:, 0] = worth[:, 0]
    return wide


def _add(owed: dict[int, Floats], node: int, more: Floats, known: Mapping[int, Any]) -> None:
    own = spread(more, known[node])
    owed[node] = owed[node] + own if node in owed else own


def _parts(node: Node, own: Floats, known: Mapping[int, Any], i: int) -> Iterable[tuple[int, Floats]]:
    """Yield (part, what one more of it is worth) of one operation."""
    parts = [known[p] for p in node.parts]
    match node.kind:
        case "+":
            yield from ((p, own) for p in node.parts)
        case "-":
            yield node.parts[0], own
            yield node.parts[1], -own
        case "*":
            yield node.parts[0], own * parts[1]
            yield node.parts[1], own * parts[0]
        case "/":
            yield node.parts[0], own / parts[1]
            yield node.parts[1], -own * known[i] / parts[1]
        case "with":
            yield node.parts[0], own * (parts[1] - 1)
            yield node.parts[1], own * parts[0]
        case "exp":
            yield node.parts[0], own * known[i]
        case "log":
            yield node.parts[0], own / parts[0]
        case "min" | "max":
            yield from _chosen(node, own, parts, known[i])
        case _ if node.kind == NEGATIVE:
            yield node.parts[0], -own
        case _ if node.kind == PICK:
            # One part for each stratum: what a stratum is worth goes to its part, and to its part's own stratum.
            for s, (part, value) in enumerate(zip(node.parts, parts, strict=True)):
                more = np.zeros((own.shape[0], value.shape[1], own.shape[2]))
                more[:, s if value.shape[1] > 1 else 0] = own[:, s]
                yield part, more


def _chosen(node: Node, own: Floats, parts: list[Any], value: Any) -> Iterable[tuple[int, Floats]]:
    """Yield what the least or most of some parts is worth to each: all to the first that is it."""
    open_ = np.ones(value.shape, dtype=np.bool_)
    for part, number in zip(node.parts, parts, strict=True):
        mine = open_ & (number == value)
        open_ &= ~mine
        yield part, own * mine
