"""The parts of a model that carry formulas, in words: rules, events, capacities, stock, inflow, levers, measures,
and what single people carry with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bothand.engine.compile import CompiledModel
from bothand.report.describe.nouns import Event, Formula, Inputs, Lever, Line, Part
from bothand.report.describe.where import Axes
from bothand.world.model import Branch, Rule

ANY = "*"
PASSES = "goes on to the next phase"
OF_EVERYONE = "rate of the event * this probability"
OF_SURVIVORS = "rate of the event * this probability * (1 - probability of dying)"
KINDS = {
    "reach": "reach: the share of the eligible people who are reached",
    "share": "share: the share of those concerned",
    "places": "places: how many people there is room for",
    "kits": "kits: how many are handed out",
}


def written(choice: Any, lets: Mapping[str, Any] | None = None) -> tuple[Line, ...]:
    """Return a formula as the file has it: one line, or an indented tree of what it depends on; then its own lets."""
    lines = list(_tree(choice))
    for name, inner in (lets or {}).items():
        lines += _tree(inner, head=f"with {name} =")
    return tuple(lines)


def _tree(choice: Any, depth: int = 0, head: str = "") -> Iterator[Line]:
    if not isinstance(choice, dict):
        yield Line(depth, head, str(choice))
        return
    yield Line(depth, f"{head} by {choice['by']}:".strip())
    for key, inner in choice.items():
        if key != "by":
            name = "any other" if key == ANY else key
            yield from _tree(inner, depth + 1, f"{name}," if isinstance(inner, dict) else f"{name}:")


def rules(model: CompiledModel, axes: Axes) -> tuple[Part, ...]:
    """Return every rule, in the order of the file."""
    by_rule = _by_rule(model)
    return tuple(
        Part(
            rule.name,
            rule.label,
            _rule_notes(model, rule),
            written(rule.rate if rule.rate is not None else rule.probability, rule.let),
            _moves(model, axes, by_rule.get(rule.name, [])),
        )
        for rule in model.spec.rule
    )


def _rule_notes(model: CompiledModel, rule: Rule) -> tuple[str, ...]:
    notes = [f"let in while there are {model.spec.capacity[rule.gate].label}"] if rule.gate else []
    notes += [f"counts as a request for {rule.request}"] if rule.request else []
    notes += [f"counted as {rule.moves}"] if rule.moves else []
    notes += ["a death: the held-death twin holds it"] if rule.death else []
    return tuple(notes)


def passing(model: CompiledModel, axes: Axes) -> tuple[Part, ...]:
    """Return the moves from phase to phase, which no rule states."""
    by_rule = _by_rule(model)
    return tuple(
        Part(f"phases {name}", PASSES, (), (), _moves(model, axes, by_rule[f"phases {name}"]))
        for name in model.spec.phases
        if f"phases {name}" in by_rule
    )


def events(model: CompiledModel, axes: Axes) -> tuple[Event, ...]:
    """Return every event with its branches: a tree of two steps."""
    by_rule = _by_rule(model)
    found = []
    for event in model.spec.event:
        rate = Part(
            event.name, event.label, (), written(event.rate, event.let), _held(model, axes, model.events[event.name])
        )
        branches = [
            Part(
                branch.name,
                branch.label or branch.name,
                _branch_notes(branch),
                () if branch.probability is None else written(branch.probability, branch.let),
                _branch(model, axes, by_rule.get(f"{event.name}: {branch.name}", []), branch),
            )
            for branch in event.branch
        ]
        found.append(Event(rate, tuple(branches)))
    return tuple(found)


def _branch(model: CompiledModel, axes: Axes, edges: Sequence[int], branch: Branch) -> tuple[Formula, ...]:
    """Return who moves by a branch; its rate is the event's, which stands above it, times its probability."""
    if not edges:
        return ()
    rate = OF_SURVIVORS if branch.of == "survivors" else OF_EVERYONE
    where = axes.where(model.edges[e].source for e in edges)
    return (Formula(rate, tuple(where), len(edges), _goes(model, axes, edges)),)


def _branch_notes(branch: Branch) -> tuple[str, ...]:
    notes = ["among those who survive"] if branch.of == "survivors" else []
    notes += [f"only where {_selector(x)}" for x in branch.where]
    notes += ["people stay where they are"] if branch.to is None else []
    notes += ["all others"] if branch.probability is None else []
    notes += ["a death: the held-death twin holds it"] if branch.death else []
    return tuple(notes)


def _selector(selector: Mapping[str, str | list[str]]) -> str:
    return ", ".join(f"{axis} is {x if isinstance(x, str) else ' or '.join(x)}" for axis, x in selector.items())


def _by_rule(model: CompiledModel) -> dict[str, list[int]]:
    """Return the places of the edges in ``model.edges``, by the name of what made them."""
    found: dict[str, list[int]] = {}
    for e, edge in enumerate(model.edges):
        found.setdefault(edge.rule, []).append(e)
    return found


def _moves(model: CompiledModel, axes: Axes, edges: Iterable[int]) -> tuple[Formula, ...]:
    """Return the formulas of moves, each with who it is for and what changes."""
    by_rate: dict[int, list[int]] = {}
    for e in sorted(edges, key=lambda e: model.edges[e].source):
        by_rate.setdefault(model.edges[e].rate, []).append(e)
    return tuple(
        Formula(
            model.graph.text(rate),
            tuple(axes.where(model.edges[e].source for e in found)),
            len(found),
            _goes(model, axes, found),
        )
        for rate, found in by_rate.items()
    )


def _goes(model: CompiledModel, axes: Axes, edges: Sequence[int]) -> tuple[str, ...]:
    """Return what moves change: the way to die, or a line for each new level ('care becomes: on methadone')."""
    ends = [(model.edges[e].source, model.edges[e].target) for e in edges]
    living = [(source, target) for source, target in ends if target < len(axes.cells)]
    lines = dict.fromkeys(model.labels[target] for _, target in ends if target >= len(axes.cells))
    for axis, name in axes.names.items():
        changes: dict[str, dict[str, None]] = {}
        for source, target in living:
            before, after = axes.level(source, axis), axes.level(target, axis)
            if before != after and after:
                changes.setdefault(after, {})[before] = None
        for after, came in changes.items():
            known = [level for level in came if level]
            said = f", from {axes.say(axis, known)}" if len(changes) > 1 and known else ""
            lines[f"{name} becomes: {axes.labels[axis, after]}{said}"] = None
    return tuple(lines)


def _held(model: CompiledModel, axes: Axes, nodes: Mapping[int, int]) -> tuple[Formula, ...]:
    """Return formulas that hold in cells, each with those cells."""
    by_node: dict[int, list[int]] = {}
    for i, node in nodes.items():
        by_node.setdefault(node, []).append(i)
    return tuple(Formula(model.graph.text(node), tuple(axes.where(i)), len(i)) for node, i in by_node.items())


def measures(model: CompiledModel, axes: Axes) -> tuple[Part, ...]:
    """Return every measure: its unit, and the weight of a person-year in each cell."""
    found = []
    for name, measure in model.spec.measure.items():
        nodes = {i: node for i, node in enumerate(model.measures[name]) if node is not None}
        lines = () if measure.value is None else written(measure.value, measure.let)
        found.append(Part(name, measure.label, (measure.unit,), lines, _held(model, axes, nodes)))
    return tuple(found)


def capacities(model: CompiledModel, axes: Axes) -> tuple[Inputs, ...]:
    """Return every capacity: who takes a place, and its two inputs."""
    found = []
    for c, (name, capacity) in enumerate(model.spec.capacity.items()):
        held = axes.where(int(i) for i in model.chain.holds[c].nonzero()[0])
        gated = [rule.label for rule in model.spec.rule if rule.gate == name]
        facts = (("who takes a place", " + ".join(held)), ("moves that need one", "; ".join(gated) or "none"))
        nodes = model.capacities[c]
        formulas = (("places C", model.graph.text(nodes.places)), ("fill exponent k", model.graph.text(nodes.fill)))
        found.append(Inputs(name, capacity.label, facts, formulas))
    return tuple(found)


def stock(model: CompiledModel, axes: Axes) -> tuple[Inputs, ...]:
    """Return the stock, if the model has one: whom it serves, and its five inputs."""
    if model.stock is None:
        return ()
    name, spec = next(iter(model.spec.stock.items()))
    facts = (
        ("people at risk", " + ".join(axes.where(int(i) for i in model.chain.at_risk.nonzero()[0]))),
        ("event it serves", spec.event),
    )
    keys = ("kits", "shelf_life", "most", "draw_down", "use_per_event")
    formulas = tuple((key, model.graph.text(getattr(model.stock, key))) for key in keys)
    return (Inputs(name, spec.label, facts, formulas),)


def inflows(model: CompiledModel) -> tuple[Inputs, ...]:
    """Return every inflow: where people arrive, and where those go whose start is prevented."""
    found = []
    for (name, spec), nodes in zip(model.spec.inflow.items(), model.inflows, strict=True):
        facts = [("arrive in", model.labels[nodes.to])]
        formulas = [("people a year", model.graph.text(nodes.rate))]
        if nodes.prevented_to is not None and nodes.prevented is not None:
            facts.append(("prevented, they stay in", model.labels[nodes.prevented_to]))
            formulas.append(("share prevented", model.graph.text(nodes.prevented)))
        found.append(Inputs(name, spec.label, tuple(facts), tuple(formulas)))
    return tuple(found)


def levers(model: CompiledModel, axes: Axes) -> tuple[Lever, ...]:
    """Return every lever: its kind, its status quo and who is eligible."""
    found = []
    for name, lever in model.spec.lever.items():
        eligible = axes.where(int(i) for i in model.eligible[name].nonzero()[0] if i < len(axes.cells))
        today = model.graph.text(model.status_quo[name]) if name in model.status_quo else "given by the place"
        found.append(Lever(name, lever.label, KINDS[lever.kind], lever.unit, today, tuple(eligible)))
    return tuple(found)


def carried(model: CompiledModel, axes: Axes) -> tuple[Part, ...]:
    """Return what single people may carry with them: modifiers of their own, then histories."""
    found = []
    for name, modifier in model.spec.modifier.items():
        numbers = ", ".join(f"{key} {text}" for key, text in modifier.numbers.items())
        mean = "" if modifier.distribution == "uniform" else ", mean 1"
        notes = (f"one value for life: {modifier.distribution}{mean}, {numbers}", *_changed(modifier.changes))
        found.append(Part(name, modifier.label, notes, (), ()))
    for name, history in model.spec.history.items():
        nodes = model.carried.histories[name]
        last = len(history.factors) - 1
        lines: list[Line] = []
        formulas: list[Formula] = []
        for level, (factor, row) in enumerate(zip(history.factors, nodes.factors, strict=True)):
            head = f"level {level}{' or more' if level == last else ''}:"
            lines += _tree(factor, head=head)
            held = _held(model, axes, {i: node for i, node in enumerate(row) if node is not None})
            formulas += [replace(one, text=f"{head} {one.text}") for one in held]
        if history.start is not None:
            lines += _tree(history.start, head="share at level 1 on day one:")
        for let, inner in history.let.items():
            lines += _tree(inner, head=f"with {let} =")
        fades = f"falls back to level 0 after {history.fades}" if history.fades is not None else "never fades"
        after = f"one level up after: {'; '.join(history.after)}; {fades}"
        found.append(Part(name, history.label, (after, *_changed(history.changes)), tuple(lines), tuple(formulas)))
    return tuple(found)


def _changed(names: Sequence[str]) -> tuple[str, ...]:
    return (f"multiplies the hazard of: {'; '.join(names)}",) if names else ()
