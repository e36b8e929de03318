"""Chance trees: what happens before a model begins. Probabilities multiply along a path, and what ways give adds up.

Several ways may lead to one fork; none may lead back. Formulas read quantities, levers and the lets of the model, and
so differ by variant and by draw; they do not read the clock, a table, or where a person is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bothand.files import Path_
from bothand.world.language.cells import Cells, one_cell
from bothand.world.language.dimensions import ANY, PLAIN
from bothand.world.language.edges import DEAD
from bothand.world.language.formulas import Formulas
from bothand.world.language.graph import AT_HAND, CLOCK, SERIES, TABLE, Graph
from bothand.world.language.report import Report
from bothand.world.model import Fork, ModelSpec, Tree, Way

REST = "rest"
K = TypeVar("K", int, str)


@dataclass
class TreeNodes:
    """One tree. Every number is a node of the graph, for one person who comes to the first fork."""

    people: dict[int, int] = field(default_factory=dict)  # compartment -> chance of starting there
    gives: dict[str, int] = field(default_factory=dict)  # reward -> what it adds on average
    ways: list[tuple[str, int, Path_]] = field(default_factory=list)  # each way's chance at its fork: 0 to 1
    forks: list[tuple[str, int, Path_]] = field(default_factory=list)  # the sum of a fork's ways: 1

    @property
    def roots(self) -> set[int]:
        """Every node that must be evaluated."""
        checked = {node for _, node, _ in (*self.ways, *self.forks)}
        return checked | set(self.people.values()) | set(self.gives.values())


def write_trees(
    spec: ModelSpec, cells: Cells, formulas: Formulas, rewards: Sequence[str], report: Report
) -> dict[str, TreeNodes]:
    """Return the nodes of every tree; ``rewards`` are the names that ways may give to. Faults are reported."""
    return {
        name: _Writer(cells, formulas, tuple(rewards), report, tree, ("tree", name)).write()
        for name, tree in spec.tree.items()
    }


@dataclass(frozen=True)
class _Writer:
    cells: Cells
    formulas: Formulas
    rewards: tuple[str, ...]
    report: Report
    tree: Tree
    where: Path_
    out: TreeNodes = field(default_factory=TreeNodes)
    chances: list[list[int]] = field(default_factory=list)

    def write(self) -> TreeNodes:
        names = [fork.name for fork in self.tree.fork]
        for f, fork in enumerate(self.tree.fork):
            if fork.name in names[:f]:
                self.report.add(f"two forks are called '{fork.name}'.", (*self.where, "fork", f, "name"))
            self.chances.append(self._chances(fork, (*self.where, "fork", f)))
        order = self._order()
        met = {0: self.formulas.graph.number(1)} if order else {}
        for f in order:
            self._leave(f, met)
        for f, name in enumerate(names):
            if f not in order and name not in names[:f]:
                self.report.add(f"no way leads to the fork '{name}'.", (*self.where, "fork", f))
        return self.out

    def _order(self) -> list[int]:
        """Return the forks that are met, each after all that lead to it; a circle and an unknown fork are reported."""
        names = [fork.name for fork in self.tree.fork]
        done: list[int] = []
        path: list[int] = []

        def visit(f: int) -> None:
            path.append(f)
            for w, way in enumerate(self.tree.fork[f].way):
                where: Path_ = (*self.where, "fork", f, "way", w, "to")
                if way.to is None:
                    continue
                if way.to not in names:
                    self.report.unknown("fork", way.to, names, where)
                elif names.index(way.to) in path:
                    self.report.add(f"this leads back to the fork '{way.to}': a tree has no circle.", where)
                elif names.index(way.to) not in done:
                    visit(names.index(way.to))
            done.append(path.pop())

        visit(0)
        return done[::-1]

    def _chances(self, fork: Fork, where: Path_) -> list[int]:
        """Return the chance of every way out of a fork, the rest worked out."""
        graph = self.formulas.graph
        rests = [w for w, way in enumerate(fork.way) if way.probability == REST]
        told: list[int] = []
        for w, way in enumerate(fork.way):
            if w in rests:
                told.append(graph.number(0))
                continue
            told.append(self._fixed(way.probability, PLAIN, (*where, "way", w, "probability")))
        total = told[0]
        for node in told[1:]:
            total = graph.apply("+", total, node)
        if len(rests) > 1:
            message = f"only one way of '{fork.name}' may be \"{REST}\"."
            self.report.add(message, (*where, "way", rests[1], "probability"))
        if rests:
            others = [node for w, node in enumerate(told) if w not in rests]
            left = graph.number(1)
            for node in others:
                left = graph.apply("-", left, node)
            told[rests[0]] = left
        else:
            self.out.forks.append((fork.name, total, where))
        for w, way in enumerate(fork.way):
            self.out.ways.append((way.name, told[w], (*where, "way", w, "probability")))
        return told

    def _fixed(self, choice: object, wanted: str, where: Path_) -> int:
        node, graph = self.formulas.value(choice, where), self.formulas.graph
        self.formulas.check(node, wanted, where)
        if graph.reads(node, CLOCK, SERIES, TABLE, AT_HAND) or graph.by_stratum(node):
            message = "a tree comes before the model: this may not read the clock, a table, at_hand, sex or age."
            self.report.add(message, where)
        return node

    def _leave(self, f: int, met: dict[int, int]) -> None:
        """Follow every way from a fork; ``met`` holds the chance to come to each fork, as far as it is known."""
        graph, names = self.formulas.graph, [fork.name for fork in self.tree.fork]
        for w, way in enumerate(self.tree.fork[f].way):
            where: Path_ = (*self.where, "fork", f, "way", w)
            here = graph.apply("*", met.get(f, graph.number(0)), self.chances[f][w])
            self._give(way, here, where)
            if way.to is None:
                end = self._end(way, (*where, "end"))
                if end is not None:
                    _add(graph, self.out.people, end, here)
            elif way.to in names:
                _add(graph, met, names.index(way.to), here)

    def _end(self, way: Way, where: Path_) -> int | None:
        if not isinstance(way.end, str):
            return one_cell(self.cells, way.end or {}, where, self.report)
        dead = [DEAD + name for name in self.cells.spec.dead]
        if way.end in dead:
            return len(self.cells.all) + dead.index(way.end)
        self.report.unknown("way to die called", way.end, dead, where)
        return None

    def _give(self, way: Way, chance: int, where: Path_) -> None:
        graph = self.formulas.graph
        for name, choice in way.gives.items():
            if name not in self.rewards:
                self.report.unknown("reward", name, self.rewards, (*where, "gives", name))
                continue
            given = graph.apply("*", chance, self._fixed(choice, ANY, (*where, "gives", name)))
            _add(graph, self.out.gives, name, given)


def _add(graph: Graph, sums: dict[K, int], key: K, node: int) -> None:
    sums[key] = graph.apply("+", sums[key], node) if key in sums else node
