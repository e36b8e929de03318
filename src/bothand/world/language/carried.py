"""What single people carry with them: a modifier of their own, and how their past changes their hazards.

A cohort knows only where people are. The cohort engine leaves both out; the people engine follows them where it is
asked to (``engine/people/history.py``). So the quantities that only a history reads are no quantities of the model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bothand.files import Path_
from bothand.world.language.cells import Cells
from bothand.world.language.dimensions import PLAIN
from bothand.world.language.edges import Edges, span
from bothand.world.language.formulas import Formulas
from bothand.world.language.graph import AT_HAND, CLOCK, LEVER, MODIFIER, QUANTITY, SERIES, TABLE, Graph
from bothand.world.language.report import Report
from bothand.world.model import History, ModelSpec

ByCell = tuple[int | None, ...]  # a node for every living compartment; None: nothing here


@dataclass(frozen=True)
class ModifierNodes:
    """A modifier: its distribution, a node for each number of it, and what it multiplies (continuous time)."""

    distribution: str
    numbers: Mapping[str, int]
    changes: tuple[str, ...]
    where: Path_


@dataclass(frozen=True)
class HistoryNodes:
    """A history: the factor of each level and the share who begin at level 1, cell by cell; ``fades`` in years."""

    after: tuple[str, ...]
    changes: tuple[str, ...]
    factors: tuple[ByCell, ...]
    start: ByCell
    fades: int | None
    where: Path_

    @property
    def roots(self) -> set[int]:
        """Every node that must be evaluated."""
        cells = {node for row in (*self.factors, self.start) for node in row if node is not None}
        return cells if self.fades is None else cells | {self.fades}


@dataclass(frozen=True)
class Carried:
    """What people of a model may carry with them, by name."""

    modifiers: Mapping[str, ModifierNodes] = field(default_factory=dict)
    histories: Mapping[str, HistoryNodes] = field(default_factory=dict)

    def roots(self, names: Collection[str] | None = None) -> set[int]:
        """Return every node that these modifiers and histories read; of all of them when ``names`` is None."""
        found: set[int] = set()
        for name, modifier in self.modifiers.items():
            found |= set(modifier.numbers.values()) if names is None or name in names else set()
        for name, history in self.histories.items():
            found |= history.roots if names is None or name in names else set()
        return found

    def symbols(self, graph: Graph, names: Collection[str] | None = None) -> tuple[str, ...]:
        """Return the quantities that these modifiers and histories read."""
        return tuple(sorted(frozenset().union(*(graph.names(r, QUANTITY) for r in self.roots(names)))))


def write_modifiers(
    spec: ModelSpec, formulas: Formulas, names: Iterable[str], report: Report
) -> dict[str, ModifierNodes]:  # fmt: skip
    """Return the nodes of every modifier; ``names`` are the rules and events that it may multiply."""
    known, found = list(names), {}
    for name, modifier in spec.modifier.items():
        where: Path_ = ("modifier", name)
        numbers = {key: _number(formulas, text, (*where, key)) for key, text in modifier.numbers.items()}
        if spec.header.time == "discrete" and modifier.changes:
            report.add("in discrete time formulas read a modifier by its name; leave 'changes' out.", where)
        if spec.header.time == "continuous" and not modifier.changes:
            report.add("the key 'changes' is missing: which rules or events it multiplies.", where)
        _known(modifier.changes, known, (*where, "changes"), report)
        found[name] = ModifierNodes(modifier.distribution, numbers, tuple(modifier.changes), where)
    return found


def write_histories(
    spec: ModelSpec, cells: Cells, formulas: Formulas, edges: Edges, report: Report
) -> dict[str, HistoryNodes]:  # fmt: skip
    """Return the nodes of every history of a model in continuous time."""
    return {name: _history(name, history, cells, formulas, edges, report) for name, history in spec.history.items()}


def _history(
    name: str, history: History, cells: Cells, formulas: Formulas, edges: Edges, report: Report
) -> HistoryNodes:  # fmt: skip
    where: Path_ = ("history", name)
    if name in formulas.spec.modifier:
        report.add(f"'{name}' is already a modifier.", where)
    known = names_of(edges)
    for key in ("after", "changes"):
        _known(getattr(history, key), known, (*where, key), report)
    scope = formulas.inside(history.let, where)
    changed = {edge.source for edge in edges.all if belongs(edge.rule, history.changes)}
    changed |= {i for event in history.changes for i in edges.events.get(event, {})}

    def by_cell(choice: object, at: Path_, inside: Collection[int]) -> ByCell:
        nodes = [formulas.node(choice, cell, at, scope) if i in inside else None for i, cell in enumerate(cells.all)]
        for node in nodes:
            if node is not None:
                _only_quantities(formulas, node, at)
                formulas.check(node, PLAIN, at)
        return tuple(nodes)

    fades = None
    if history.fades is not None:
        fades = _length(formulas, history.fades, (*where, "fades"))
    nothing: ByCell = (None,) * len(cells.all)
    return HistoryNodes(
        after=tuple(history.after),
        changes=tuple(history.changes),
        factors=tuple(by_cell(f, (*where, "factors", i), changed) for i, f in enumerate(history.factors)),
        start=nothing if history.start is None else by_cell(history.start, (*where, "start"), range(len(cells.all))),
        fades=fades,
        where=where,
    )


def belongs(rule: str, names: Collection[str]) -> bool:
    """Say whether a move is one of these rules, or a branch of one of these events."""
    return rule in names or rule.partition(": ")[0] in names


def names_of(edges: Edges) -> list[str]:
    """Return the names of all rules, branches and events."""
    return list(dict.fromkeys([edge.rule for edge in edges.all] + list(edges.events)))


def _known(names: Iterable[str], known: list[str], where: Path_, report: Report) -> None:
    for name in names:
        if name not in known:
            report.unknown("rule or event", name, known, where)


def _number(formulas: Formulas, text: str, where: Path_) -> int:
    node = formulas.value(text, where)
    _only_quantities(formulas, node, where)
    formulas.check(node, PLAIN, where)
    return node


def _length(formulas: Formulas, text: str, where: Path_) -> int:
    years = span(text)
    if years is not None:
        return formulas.graph.number(years, f"({text.strip()})")
    node = formulas.value(text, where)
    _only_quantities(formulas, node, where)
    formulas.check(node, "duration", where)
    return node


def _only_quantities(formulas: Formulas, node: int, where: Path_) -> None:
    graph = formulas.graph
    if graph.reads(node, LEVER, SERIES, TABLE, AT_HAND, CLOCK, MODIFIER) or graph.by_stratum(node):
        formulas.report.add("this may read quantities only, the same for all years, plans, sexes and ages.", where)
