"""Expressions joined: every distinct sub-expression of a model stands once, so that it is evaluated once.

A node is a leaf (a number, quantity, lever, series, table, ``at_hand``, or in discrete time the *clock*: the cycle, the
age or the year, and a *modifier* that each person has of their own), an operation on earlier nodes, or a *pick*: one
node for each stratum. Nodes are numbered so that parts come before the whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bothand.remembered import Remembered
from bothand.world.language.expression import FUNCTIONS, SIGNS, join, negate, number_text

NUMBER, QUANTITY, LEVER, SERIES, TABLE, AT_HAND = "number", "quantity", "lever", "series", "table", "at_hand"
CLOCK = "clock"
MODIFIER = "modifier"
NEGATIVE, PICK, BROKEN = "negative", "pick", "broken"
LEAVES = frozenset([NUMBER, QUANTITY, LEVER, SERIES, TABLE, AT_HAND, CLOCK, MODIFIER, BROKEN])

Leaf = tuple[str, str]  # kind, name


@dataclass(frozen=True)
class Node:
    """One leaf or operation. ``kind`` is a leaf's kind, a sign, a function, "negative" or "pick"."""

    kind: str
    name: str = ""
    value: float = 0.0
    by: tuple[str, ...] = ()
    parts: tuple[int, ...] = ()


class Graph:
    """The nodes of a model. Only the compiler adds to it."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._index: dict[Node, int] = {}
        self._leaves: list[frozenset[Leaf]] = []
        self._degree: list[float] = []
        self._strata: list[bool] = []
        self.idle = -1

    def lay_idle(self) -> int:
        """Return the node of a lever that no service of a study moves: the number 0, apart from every other 0."""
        self.idle = self.number(0, "0")
        return self.idle

    def add(self, node: Node) -> int:
        """Return the number of a node, adding it when it is new."""
        found = self._index.get(node)
        if found is not None:
            return found
        number = len(self.nodes)
        self.nodes.append(node)
        self._index[node] = number
        own = frozenset([(node.kind, node.name)]) if node.kind in LEAVES else frozenset()
        self._leaves.append(own.union(*(self._leaves[p] for p in node.parts)))
        self._degree.append(_degree(node, [self._degree[p] for p in node.parts], node.kind == AT_HAND))
        strata = node.kind == TABLE or (node.kind == PICK and len(set(node.parts)) > 1)
        self._strata.append(strata or any(self._strata[p] for p in node.parts))
        return number

    def number(self, value: float, shown: str = "") -> int:
        """Return the node of a number; ``shown`` is how it is written in formulas, if not as the number."""
        return self.add(Node(NUMBER, shown, float(value)))

    def apply(self, kind: str, *parts: int) -> int:
        """Return the node of an operation on nodes; a product with 1 is the other factor, which is exact.

        So is what an idle lever leaves: 0 * x = 0 / x = 0, x + 0 = x - 0 = x and with(0, r) = 1.
        """
        if self.idle in parts and (left := self._left(kind, parts)) is not None:
            return left
        if kind == "*":
            ones = [p for p in parts if self.nodes[p].kind == NUMBER and self.nodes[p].value == 1]
            if ones:
                return parts[1] if parts[0] == ones[0] else parts[0]
        return self.add(Node(kind, parts=tuple(parts)))

    def _left(self, kind: str, parts: tuple[int, ...]) -> int | None:
        """Return what an operation with an idle lever comes to; None when it is not worked out here."""
        match kind:
            case "*":
                return self.idle
            case "/" if parts[0] == self.idle:
                return self.idle
            case "+":
                return parts[1] if parts[0] == self.idle else parts[0]
            case "-" if parts[1] == self.idle:
                return parts[0]
            case "with" if parts[0] == self.idle:
                return self.number(1)
        return None

    def names(self, node: int, kind: str) -> frozenset[str]:
        """Return the names of the leaves of one kind that a node reads."""
        return frozenset(name for k, name in self._leaves[node] if k == kind)

    def names_of(self, roots: frozenset[int], kind: str) -> frozenset[str]:
        """Return the names of the leaves of one kind that any of the roots reads."""
        return _names.of(self, (roots, kind), lambda: frozenset().union(*(self.names(root, kind) for root in roots)))

    def reads(self, node: int, *kinds: str) -> bool:
        """Say whether a node reads a leaf of one of these kinds."""
        return any(kind in kinds for kind, _ in self._leaves[node])

    def degree(self, node: int) -> float:
        """Return the power of at_hand in a node: 0, 1 (linear), 2 and more, or infinity (not a polynomial)."""
        return self._degree[node]

    def power(self, node: int, kind: str, name: str) -> float:
        """Return the power of one leaf in a node, as ``degree`` does for at_hand."""
        found: dict[int, float] = {}
        for i in self.needed([node]):
            part = self.nodes[i]
            found[i] = _degree(part, [found[p] for p in part.parts], (part.kind, part.name) == (kind, name))
        return found[node]

    def by_stratum(self, node: int) -> bool:
        """Say whether a node differs by sex or age."""
        return self._strata[node]

    def replace_at_hand(self, node: int, value: float) -> int:
        """Return the node in which at_hand is a number."""
        if self._degree[node] == 0:
            return node
        new: dict[int, int] = {}
        for i in self.needed([node]):
            part = self.nodes[i]
            if part.kind == AT_HAND:
                new[i] = self.number(value)
            elif self._degree[i] == 0:
                new[i] = i
            else:
                new[i] = self.add(Node(part.kind, part.name, part.value, part.by, tuple(new[p] for p in part.parts)))
        return new[node]

    def needed(self, roots: Iterable[int]) -> tuple[int, ...]:
        """Return every node that the roots rest on, parts first."""
        asked = frozenset(roots)
        return _needed.of(self, asked, lambda: self._reached(asked))

    def _reached(self, roots: frozenset[int]) -> tuple[int, ...]:
        seen: set[int] = set()
        waiting = list(roots)
        while waiting:
            i = waiting.pop()
            if i not in seen:
                seen.add(i)
                waiting += self.nodes[i].parts
        return tuple(sorted(seen))

    def text(self, node: int) -> str:
        """Return the formula of a node, lets written out."""
        return self._text(node)[0]

    def _text(self, number: int) -> tuple[str, int]:
        node = self.nodes[number]
        parts = [self._text(p) for p in node.parts]
        if node.kind == NUMBER:
            return node.name or number_text(node.value), 2
        if node.kind in LEAVES:
            return (f"{node.name}[{', '.join(node.by)}]" if node.by else node.name), 2
        if node.kind == NEGATIVE:
            return negate(parts[0])
        if node.kind == PICK:
            return f"(by {' and '.join(node.by)}: {'; '.join(dict.fromkeys(t for t, _ in parts))})", 2
        if node.kind in SIGNS:
            return join(node.kind, *parts)
        return f"{node.kind}({', '.join(t for t, _ in parts)})", 2


_needed: Remembered[tuple[int, ...]] = Remembered()
"""What roots rest on. Nodes are only ever added, so it stays; and no task that is sent elsewhere takes it along."""

_names: Remembered[frozenset[str]] = Remembered()
"""The names that roots read, by kind."""


def _degree(node: Node, parts: list[float], here: bool) -> float:
    """Power of a leaf, which this node is or is not: exact for polynomials, infinite for what depends on it else."""
    if here:
        return 1
    if not any(parts):
        return 0
    match node.kind:
        case "*":
            return parts[0] + parts[1]
        case "/":
            return parts[0] if parts[1] == 0 else math.inf
        case "with":
            return max(parts[0], parts[0] + parts[1])
        case "+" | "-" | "negative" | "pick":
            return max(parts)
        case _:
            return math.inf


def evaluate(graph: Graph, roots: Iterable[int], leaf: Callable[[Node], Any], known: dict[int, Any]) -> dict[int, Any]:
    """Evaluate roots and what they rest on; each node once.

    ``leaf`` gives the value of a leaf that is not a number: an array of axes (Y or 1, S or 1, D). ``known`` holds
    values found before and is added to; it is also what is returned. Elementwise only, so a value never depends on
    which other years or draws are evaluated beside it.
    """
    with np.errstate(all="ignore"):
        for i in graph.needed(roots):
            if i in known:
                continue
            node = graph.nodes[i]
            if node.kind == NUMBER:
                known[i] = np.full((1, 1, 1), node.value)
            elif node.kind in LEAVES:
                known[i] = leaf(node)
            else:
                known[i] = _operate(node, [known[p] for p in node.parts])
    return known


_OPERATIONS: Mapping[str, Callable[..., Any]] = {**FUNCTIONS, **SIGNS, NEGATIVE: np.negative}


def _operate(node: Node, parts: list[Any]) -> Any:
    if node.kind != PICK:
        return _OPERATIONS[node.kind](*parts)
    shape = (max(p.shape[0] for p in parts), 1, max(p.shape[2] for p in parts))
    slices = [p[:, s : s + 1] if p.shape[1] > 1 else p for s, p in enumerate(parts)]
    return np.concatenate([np.broadcast_to(x, shape) for x in slices], axis=1)
