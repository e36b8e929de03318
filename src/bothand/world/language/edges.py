"""Edges: rules, branches of events and the passing of phases, written out from set of cells to cell by cell."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bothand.files import Path_
from bothand.units import DAYS_IN_A_YEAR, MONTHS_IN_A_YEAR, WEEKS_IN_A_YEAR
from bothand.world.language.cells import Allowed, Cell, Cells, landing, select
from bothand.world.language.dimensions import PLAIN
from bothand.world.language.formulas import Formulas, Scope
from bothand.world.language.graph import NEGATIVE, NUMBER
from bothand.world.language.report import Report
from bothand.world.model import Branch, Event, ModelSpec, Rule

# UNIT: how many make a year
SPANS = {"day": DAYS_IN_A_YEAR, "week": WEEKS_IN_A_YEAR, "month": MONTHS_IN_A_YEAR, "year": 1.0}
_SPAN = re.compile(r"^\s*(\d+\.?\d*|\.\d+)\s*(day|week|month|year)s?\s*$")
DEAD = "dead."


def span(text: str) -> float | None:
    """Return a length of time such as "4 weeks" in years, or None when the text is not one."""
    found = _SPAN.match(text)
    return None if found is None else float(found.group(1)) / SPANS[found.group(2)]


@dataclass(frozen=True)
class Edge:
    """One move from one compartment to another.

    ``rate`` is a node of the graph, per year (``per_cycle``: a probability a cycle, in discrete time); ``at_none`` and
    ``at_full`` are the same rate with at_hand at 0 and 1 (one node when the rate does not read at_hand). An edge of
    survivors also has its two factors, each as (at_none, at_full): ``occurs`` = rate of the event times the branch's
    probability, ``survives`` = 1 minus the probabilities of the event's death branches.
    """

    rule: str  # a rule's name, "event: branch", or "phases NAME"
    label: str
    source: int
    target: int
    rate: int
    at_none: int
    at_full: int
    death: bool = False
    gate: str | None = None
    occurs: tuple[int, int] | None = None
    survives: tuple[int, int] | None = None
    request: str | None = None
    moves: str | None = None
    where: Path_ = ()
    per_cycle: bool = False
    stage: str | None = None

    @property
    def coupled(self) -> bool:
        """Say whether the rate depends on at_hand."""
        return self.at_none != self.at_full


@dataclass
class Edges:
    """What the file's moves come to: edges, rates of events by compartment, and probabilities to be checked."""

    all: list[Edge] = field(default_factory=list)
    events: dict[str, dict[int, int]] = field(default_factory=dict)
    probabilities: dict[tuple[str, Path_], set[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Writer:
    spec: ModelSpec
    cells: Cells
    formulas: Formulas
    report: Report
    out: Edges

    def add(self, edge: dict[str, Any], rate: int) -> None:
        """Add an edge after the checks that every edge must pass."""
        graph, where = self.formulas.graph, edge["where"]
        self.formulas.check(rate, PLAIN if edge.get("per_cycle") else "hazard", where)
        by_stratum = graph.by_stratum(rate)
        if graph.degree(rate) > 1:
            self.report.add("at_hand must enter a rate linearly (once, not inside min, max, exp or log).", where)
        if graph.degree(rate) and by_stratum:
            self.report.add("a rate that depends on at_hand may not depend on sex or age.", where)
        if edge.get("gate") is not None and (by_stratum or graph.degree(rate) or edge["death"]):
            self.report.add("a gated rate may not be a death nor depend on at_hand, sex or age.", where)
        if self._to_itself(edge["source"], edge["target"]) and edge.get("stage") not in self.whole:
            code = self.cells.all[edge["source"]].code
            self.report.add(f"people in {code} would move to where they are; leave them out of 'in'.", where)
        none, full = graph.replace_at_hand(rate, 0), graph.replace_at_hand(rate, 1)
        self.out.all.append(Edge(rate=rate, at_none=none, at_full=full, **edge))

    @property
    def whole(self) -> list[str]:
        """Stages whose rules say all there is, who stays included."""
        return [stage.name for stage in self.spec.stage if stage.rest == "dropped"]

    def _to_itself(self, source: int, target: int) -> bool:
        """Say whether a move changes nothing but how long people have been there."""
        if target >= len(self.cells.all):
            return False
        a, b = self.cells.all[source], self.cells.all[target]
        return a.levels == b.levels and a.phase == b.phase

    def target(
        self, to: str | Mapping[str, str], cell: Cell, origin: Allowed, where: Path_
    ) -> int | None:  # fmt: skip
        """Return the compartment a move leads to: a dead one by its name, a living one by what changes."""
        if not isinstance(to, str):
            return landing(self.cells, cell, to, origin, where, self.report)
        dead = [DEAD + name for name in self.spec.dead]
        if to in dead:
            return len(self.cells.all) + dead.index(to)
        self.report.unknown("way to die called", to, dead, where)
        return None

    def check_death(self, to: str | Mapping[str, str], death: bool, where: Path_) -> None:
        """A path to a dead compartment, and no other, is marked death = true."""
        if isinstance(to, str) and not death:
            self.report.add("a path to death must be marked death = true: the held-death twin holds it.", where)
        if death and not isinstance(to, str):
            self.report.add("death = true, but this path does not lead to a dead compartment.", where)


def write_edges(spec: ModelSpec, cells: Cells, formulas: Formulas, report: Report) -> Edges:
    """Return every edge in the order of the file: rules, then branches of events, then phases."""
    writer = _Writer(spec, cells, formulas, report, Edges())
    names: list[str] = []
    for i, rule in enumerate(spec.rule):
        if rule.name in names:
            report.add(f"two rules or events are called '{rule.name}'.", ("rule", i, "name"))
        names.append(rule.name)
        _rule(writer, rule, ("rule", i))
    for i, event in enumerate(spec.event):
        if event.name in names:
            report.add(f"two rules or events are called '{event.name}'.", ("event", i, "name"))
        names.append(event.name)
        _event(writer, event, ("event", i))
    for name in spec.phases:
        _passing(writer, name)
    return writer.out


def _rule(writer: _Writer, rule: Rule, where: Path_) -> None:
    """Write the edges of a rule; one whose rate is an idle lever, or a product with one, makes none."""
    formulas, report = writer.formulas, writer.report
    scope = formulas.inside(rule.let, where)
    writer.check_death(rule.to, rule.death, (*where, "to"))
    if rule.gate is not None and rule.gate not in writer.spec.capacity:
        report.unknown("capacity", rule.gate, writer.spec.capacity, (*where, "gate"))
    key, given = ("rate", rule.rate) if rule.probability is None else ("probability", rule.probability)
    if key == "probability" and writer.spec.header.time == "continuous":
        report.add("a probability a cycle needs a model in discrete time; write a rate a year.", (*where, key))
    chosen = select(writer.cells, rule.cells, (*where, "in"), report)
    made = False
    for i, origin in chosen.items():
        cell = writer.cells.all[i]
        rate = formulas.node(given, cell, (*where, key), scope)
        if rate is None:
            continue
        made = True
        if rate == formulas.graph.idle:
            continue
        _bounded(writer, rate, (*where, key), most=1 if key == "probability" else math.inf)
        target = writer.target(rule.to, cell, origin, (*where, "to"))
        if target is None:
            continue
        writer.add(
            {
                "rule": rule.name, "label": rule.label, "source": i, "target": target, "death": rule.death,
                "gate": rule.gate, "request": rule.request, "moves": rule.moves, "where": (*where, key),
                "per_cycle": key == "probability", "stage": rule.stage,
            },
            rate,
        )  # fmt: skip
    if chosen and not made:
        report.add(f'the {key} is "none" in every cell of this rule.', (*where, key))


def _bounded(writer: _Writer, number: int, where: Path_, most: float = math.inf) -> None:
    """Report a plain number that no draw could mend; what depends on draws is refused when numbers are put in."""
    node, sign = writer.formulas.graph.nodes[number], 1
    if node.kind == NEGATIVE:
        node, sign = writer.formulas.graph.nodes[node.parts[0]], -1
    value = sign * node.value
    if node.kind != NUMBER:
        return
    if value < 0 or value > most:
        allowed = "a probability lies between 0 and 1" if most == 1 else "a rate is not negative"
        writer.report.add(f"{allowed}; found {value:g}.", where)


def _event(writer: _Writer, event: Event, where: Path_) -> None:
    formulas = writer.formulas
    scope = formulas.inside(event.let, where)
    rates: dict[int, int] = {}
    chosen = select(writer.cells, event.cells, (*where, "in"), writer.report)
    for i in chosen:
        rate = formulas.node(event.rate, writer.cells.all[i], (*where, "rate"), scope)
        if rate is not None:
            formulas.check(rate, "hazard", (*where, "rate"))
            _bounded(writer, rate, (*where, "rate"))
            rates[i] = rate
    writer.out.events[event.name] = rates
    branches = [_branch(writer, event, b, scope, (*where, "branch", j), rates) for j, b in enumerate(event.branch)]
    names = [b.name for b in event.branch]
    for name in sorted({n for n in names if names.count(n) > 1}):
        writer.report.add(f"two branches are called '{name}'.", (*where, "branch"))
    graph = formulas.graph
    deaths: dict[int, int] = {}
    for branch, found in zip(event.branch, branches, strict=True):
        for i, node in found.items() if branch.death else ():
            deaths[i] = graph.apply("+", deaths[i], node) if i in deaths else node
    for j, (branch, found) in enumerate(zip(event.branch, branches, strict=True)):
        for i, node in found.items() if branch.to is not None else ():
            _branch_edge(writer, event, branch, (*where, "branch", j), i, (rates[i], node, deaths.get(i)), chosen[i])


def _branch(
    writer: _Writer, event: Event, branch: Branch, scope: Scope, where: Path_, rates: Mapping[int, int]
) -> dict[int, int]:
    """Return the branch's probability in every compartment where it may happen, after its own checks."""
    formulas, report = writer.formulas, writer.report
    inside = formulas.inside(branch.let, where, scope)
    if branch.to is not None:
        writer.check_death(branch.to, branch.death, where)
    elif branch.death or branch.of == "survivors":
        report.add("a branch that leads nowhere cannot be a death, nor be 'of survivors'.", where)
    if branch.death and branch.of == "survivors":
        report.add("a death cannot be 'of survivors'.", where)
    if branch.probability is None:
        if branch.to is not None:
            report.add("the key 'probability' is missing: the branch leads somewhere.", where)
        return {}
    chosen = set(rates)
    if branch.where:
        chosen &= set(select(writer.cells, branch.where, (*where, "where"), report))
        if not chosen:
            report.add("no cell of the event matches 'where'.", (*where, "where"))
    found = {}
    for i in sorted(chosen):
        node = formulas.node(branch.probability, writer.cells.all[i], (*where, "probability"), inside)
        if node is not None and node != formulas.graph.idle:
            formulas.check(node, PLAIN, (*where, "probability"))
            _bounded(writer, node, (*where, "probability"), most=1)
            ends = {formulas.graph.replace_at_hand(node, 0), formulas.graph.replace_at_hand(node, 1)}
            key = (f"{event.name}: {branch.name}", (*where, "probability"))
            writer.out.probabilities.setdefault(key, set()).update(ends)
            found[i] = node
    return found


def _branch_edge(
    writer: _Writer,
    event: Event,
    branch: Branch,
    where: Path_,
    i: int,
    nodes: tuple[int, int, int | None],
    origin: Allowed,
) -> None:
    """Write the edge of a branch from compartment ``i``; ``nodes``: event rate, probability, sum of the deaths."""
    rate, probability, deaths = nodes
    graph = writer.formulas.graph
    target = writer.target(branch.to or {}, writer.cells.all[i], origin, (*where, "to"))
    if target is None:
        return
    occurs = graph.apply("*", rate, probability)
    edge: dict[str, Any] = {
        "rule": f"{event.name}: {branch.name}", "label": branch.label or branch.name, "source": i, "target": target,
        "death": branch.death, "moves": branch.moves, "where": (*where, "probability"), "stage": event.stage,
    }  # fmt: skip
    if branch.of == "survivors":
        survives = graph.apply("-", graph.number(1), deaths) if deaths is not None else graph.number(1)
        edge["occurs"] = (graph.replace_at_hand(occurs, 0), graph.replace_at_hand(occurs, 1))
        edge["survives"] = (graph.replace_at_hand(survives, 0), graph.replace_at_hand(survives, 1))
        occurs = graph.apply("*", occurs, survives)
    writer.add(edge, occurs)


def _passing(writer: _Writer, name: str) -> None:
    """Advance through the steps of one set of phases, at 1 / mean."""
    formulas, cells = writer.formulas, writer.cells
    steps = writer.spec.phases[name].steps
    order = [step.name for step in steps]
    for i, cell in enumerate(cells.all):
        if cell.steps != name or cell.phase == order[-1] or cell.phase is None:
            continue
        at = order.index(cell.phase)
        mean = steps[at].mean
        if mean is None:
            continue  # reported by the cells
        where: Path_ = ("phases", name, "steps", at, "mean")
        node = _duration(writer, mean, where)
        rate = formulas.graph.apply("/", formulas.graph.number(1), node)
        target = cells.entered(cell, tuple(cell.levels.values()), order[at + 1])
        label = f"{steps[at].label}: over"
        edge = {"rule": f"phases {name}", "label": label, "source": i, "target": target, "where": where, "death": False}
        writer.add(edge, rate)


def _duration(writer: _Writer, mean: str, where: Path_) -> int:
    """Return the node of a mean time in years: "4 weeks", or an expression."""
    years = span(mean)
    if years is None:
        node = writer.formulas.value(mean, where)
        writer.formulas.check(node, "duration", where)
        return node
    if years == 0:
        writer.report.add("a step that takes no time is an immediate move; leave it out.", where)
        return writer.formulas.graph.number(1)
    return writer.formulas.graph.number(years, f"({mean.strip()})")
