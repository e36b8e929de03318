"""A description for the terminal: plain words in lines of 100 characters.

A model in discrete time is told as its file has it, without drawings and without what follows for each cell.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from bothand.engine.discrete.structure import DiscreteModel
from bothand.report.describe import sizes
from bothand.report.describe.drawing import name as box_name
from bothand.report.describe.laws import (
    CAPACITY_LAW,
    CARRIED,
    COMPETING,
    COUNTING,
    FROM_RATES,
    HOW_TO_READ,
    HOW_TO_READ_CYCLES,
    STOCK_LAW,
    TERMS,
    TODAY,
)
from bothand.report.describe.nouns import Content, Event, Formula, Group, Inputs, Lever, Line, Named, Part, Term
from bothand.report.describe.parts import written
from bothand.report.describe.quantities import Used
from bothand.report.describe.stations import Wiring
from bothand.world.model import Branch, ModelSpec, Reward, Rule, Selector, Tree
from bothand.world.model import Event as EventSpec

T = TypeVar("T")


def lines(found: Content) -> list[str]:
    """Return the description, line by line, none longer than ``sizes.COLUMNS`` unless a single word is."""
    return _told(found.label, found.note, found.sizes, _sections(found))


def cycle_lines(model: DiscreteModel) -> list[str]:
    """Return the description of a model in discrete time, line by line, as ``lines`` does."""
    spec = model.spec
    counts = (
        ("states, each cycle of a stay that is kept for itself", model.n_living),
        ("ways to die", len(spec.dead)),
        ("rules", len(spec.rule)),
        ("rewards", len(spec.reward)),
        ("strategies", len(spec.variant)),
        ("quantities", len(model.symbols)),
    )
    return _told(spec.header.label or spec.name, spec.header.description, counts, _cycle_sections(model))


def _told(
    label: str, note: str, counts: Iterable[tuple[str, int]], sections: Iterable[tuple[str, str, Iterable[str]]]
) -> list[str]:
    out = [label, "=" * min(len(label), sizes.COLUMNS), ""]
    if note:
        out += [*_wrapped(note, 0), ""]
    out += [f"{count:>8,}  {what}" for what, count in counts]
    for title, intro, body in sections:
        shown = list(body)
        if shown:
            out += ["", *_title(title), *_wrapped(intro, 0), *([""] if intro else []), *shown]
    tight = [line.rstrip() for n, line in enumerate(out) if line or out[n - 1]]
    return tight if tight[-1] else tight[:-1]


def _sections(found: Content) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Yield (title, introduction, lines) of every section; one without lines is not shown."""
    yield "How to read", "", (line for said in HOW_TO_READ for line in _wrapped(said, 0))
    yield "Boxes and moves between them", "", _each(_drawing, found.drawings)
    yield "Dimensions of a person's state", "", _dimensions(found)
    yield "Cells that exist, by the group that people in them belong to on day one", "", _each(_group, found.groups)
    yield "Names for parts of formulas", "", _each(_let, found.lets)
    yield "Moves, by rule", "", _each(lambda part: _part(part, "moves"), (*found.rules, *found.passing))
    yield "Events and what may follow", "", _each(_event, found.events)
    yield "Capacities", CAPACITY_LAW, _each(_inputs, found.capacities)
    yield "Stock", STOCK_LAW, _each(_inputs, found.stock)
    yield "People who arrive", "", _each(_inputs, found.inflows)
    yield "Levers: what a service may move", TODAY, _each(_lever, found.levers)
    yield "How levers on one rate combine", "", _combined(found)
    yield "Terms: how a service may be run", TERMS, _each(_term, found.terms)
    yield "Series and tables that the place gives", "", _each(_one_given, found.given)
    yield "Measures: what a person-year counts for", "", _each(lambda part: _part(part, "cells"), found.measures)
    yield "What single people carry with them", CARRIED, _each(lambda part: _part(part, "cells"), found.carried)
    yield "Counts", "", _each(lambda count: _named(count.code, f"{count.label}: {count.note}"), found.counts)
    yield f"Quantities ({len(found.quantities)})", "", _each(_quantity, found.quantities)


def _each(form: Callable[[T], Iterable[str]], items: Iterable[T]) -> Iterator[str]:
    for item in items:
        yield from form(item)


def _title(words: str) -> list[str]:
    return [words, "-" * min(len(words), sizes.COLUMNS), ""]


def _wrapped(words: str, indent: int, hanging: int | None = None, width: int = sizes.COLUMNS) -> list[str]:
    if not words:
        return []
    first, rest = " " * indent, " " * (indent if hanging is None else hanging)
    return textwrap.wrap(
        words, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
    )


def _named(code: str, words: str, indent: int = 0) -> list[str]:
    """Return a code name with words beside it, or under it where it is long."""
    column = indent + sizes.KEY_COLUMN
    if len(code) >= sizes.KEY_COLUMN:
        return [" " * indent + code, *_wrapped(words, column)]
    first, *rest = _wrapped(words, column) or [""]
    return [" " * indent + code.ljust(sizes.KEY_COLUMN) + first[column:], *rest]


def _formula(head: str, tree: Sequence[Line], indent: int = 0, width: int = sizes.COLUMNS) -> Iterator[str]:
    """Return a formula, or a tree of them, after its head."""
    first, *rest = tree
    yield from _wrapped(f"{head} {first.text}", indent, indent + sizes.SECOND, width)
    for line in rest:
        depth = indent + (line.depth + 1) * sizes.FIRST
        yield from _wrapped(line.text, depth, depth + sizes.FIRST, width)


def _drawing(wired: Wiring) -> Iterator[str]:
    yield from _wrapped(f"By {wired.label}", 0)
    for station in wired.stations:
        yield from _wrapped(box_name(station), sizes.FIRST)
        for text in station.within:
            yield from _wrapped(f"within: {text}", sizes.SECOND, sizes.THIRD)
        for text in station.always:
            yield from _wrapped(f"from every box: {text}", sizes.SECOND, sizes.THIRD)
        for leave in station.exits:
            said = f"-> {box_name(wired.stations[leave.target])}: {'; '.join(leave.labels)}"
            yield from _wrapped(said, sizes.SECOND, sizes.THIRD)
    yield ""


def _dimensions(found: Content) -> Iterator[str]:
    for dimension in found.dimensions:
        yield f"{dimension.label} [{dimension.code}]"
        for level in dimension.levels:
            yield from _named(level.code, level.label, sizes.FIRST)
        for held in dimension.sets:
            yield from _named(f"set {held.code}", held.label, sizes.FIRST)
        yield ""
    for phase in found.phases:
        yield from _wrapped(f"phases of {phase.code}: where {' + '.join(phase.where)}", 0, sizes.FIRST)
        for step in phase.steps:
            yield from _named(step.code, f"{step.label}; {step.note}", sizes.FIRST)
        yield ""
    yield "died"
    for dead in found.dead:
        yield from _named(dead.code, dead.label, sizes.FIRST)
    if len(found.strata) > 1:
        yield from _wrapped(f"strata: {', '.join(found.strata)}", 0, sizes.FIRST)


def _group(group: Group) -> Iterator[str]:
    yield from _wrapped(f"{group.number}. {group.label} [{group.code}], {len(group.cells)} compartments", 0)
    for where in group.where:
        yield from _wrapped(where, sizes.FIRST, sizes.SECOND)
    for cell in group.cells:
        yield from _wrapped(f"{cell.code} = {cell.label}", sizes.SECOND, sizes.THIRD)
    yield ""


def _part(part: Part, counted: str, width: int = sizes.COLUMNS) -> Iterator[str]:
    yield from _wrapped(f"{part.label} [{part.code}]" if part.label != part.code else part.label, 0, width=width)
    for note in part.notes:
        yield from _wrapped(note, sizes.FIRST, width=width)
    if part.written and not part.plain:
        yield from _formula("as written:", part.written, sizes.FIRST, width)
    for formula in part.formulas:
        yield from _written_out(formula, counted, width)
    yield ""


def _written_out(formula: Formula, counted: str, width: int) -> Iterator[str]:
    yield from _wrapped(f"= {formula.text}", sizes.FIRST, sizes.SECOND + 2, width)
    number = f"({formula.count} {counted if formula.count > 1 else counted.removesuffix('s')})"
    for n, where in enumerate(formula.where):
        last = f" {number}" if n == len(formula.where) - 1 else ""
        yield from _wrapped(f"{'for' if not n else 'and'} {where}{last}", sizes.SECOND, sizes.THIRD, width)
    for goes in formula.goes:
        yield from _wrapped(f"-> {goes}", sizes.SECOND, sizes.THIRD, width)


def _let(let: tuple[str, Sequence[Line]]) -> Iterator[str]:
    yield from _formula(f"{let[0]} =", let[1])


def _event(event: Event) -> Iterator[str]:
    yield from _part(event.rate, "cells")
    for branch in event.branches:
        yield from (sizes.HALF * " " + line for line in _part(branch, "moves", sizes.COLUMNS - sizes.HALF))


def _lever(lever: Lever) -> Iterator[str]:
    yield from _wrapped(f"{lever.label} [{lever.code}]", 0)
    yield from _wrapped(f"{lever.kind}{f' ({lever.unit})' if lever.unit else ''}", sizes.FIRST)
    yield from _wrapped(f"today: {lever.status_quo}", sizes.FIRST)
    for where in lever.eligible:
        yield from _wrapped(f"eligible: {where}", sizes.FIRST, sizes.SECOND)
    yield ""


def _term(term: Term) -> Iterator[str]:
    yield from _wrapped(f"{term.label} [{term.code}]: {term.question}", 0)
    for choice in term.choices:
        yield from _wrapped(f"{choice.code}: {choice.note}", sizes.FIRST, sizes.SECOND)
    if term.evidence:
        yield from _wrapped(f"evidence: {', '.join(term.evidence)}", sizes.FIRST, sizes.SECOND)
    yield ""


def _combined(found: Content) -> Iterator[str]:
    for pair, how in found.declared:
        yield from _wrapped(f"{pair}: {how} (declared)", 0)
    for pair in found.assumed:
        yield from _wrapped(f"{pair}: multiply (assumed, not declared)", 0)


def _one_given(given: Named) -> list[str]:
    return _named(given.code, f"{given.label}{f' ({given.note})' if given.note else ''}")


def _inputs(item: Inputs) -> Iterator[str]:
    yield from _wrapped(f"{item.label} [{item.code}]", 0)
    for head, words in item.facts:
        yield from _wrapped(f"{head}: {words}", sizes.FIRST, sizes.SECOND)
    for head, formula in item.formulas:
        yield from _wrapped(f"{head} = {formula}", sizes.FIRST, sizes.SECOND)
    yield ""


def _quantity(used: Used) -> Iterator[str]:
    value = f"{used.value} ({used.span}) {used.unit}, {used.grade_words}" if used.value else used.grade_words
    yield from _wrapped(f"{used.key} = {value}", 0, sizes.FIRST)
    yield from _wrapped(used.description, sizes.FIRST)
    for note in used.notes:
        yield from _wrapped(note, sizes.FIRST, sizes.SECOND)
    if used.via:
        yield from _wrapped(f"behind: {', '.join(used.via)}", sizes.FIRST, sizes.SECOND)
    yield from _wrapped(f"source: {used.source}", sizes.FIRST, sizes.SECOND)


# ------------------------------------------------------------------------------------------------- time in cycles


def _cycle_sections(model: DiscreteModel) -> Iterator[tuple[str, str, Iterable[str]]]:
    spec = model.spec
    yield "How to read", "", (line for said in HOW_TO_READ_CYCLES for line in _wrapped(said, 0))
    yield "Time", "", _time(spec)
    yield "Dimensions of a person's state", "", _levels(spec)
    yield "States that exist", "", _each(lambda cell: _wrapped(_cells(spec, [cell]), 0), spec.cells)
    yield "Strategies", "", _each(lambda v: [*_lets(v.label or v.name, v.name, v.lets), ""], spec.variant)
    yield "Names for parts of formulas", "", _each(_let, [(name, written(let)) for name, let in spec.let.items()])
    yield "Before the first cycle", "", _each(lambda item: _tree(spec, *item), spec.tree.items())
    yield "Stages of a cycle, in their order", "", _each(lambda s: _named(s.name, s.label), spec.stage)
    yield "Moves, by rule", "", _each(lambda rule: _rule(spec, rule), spec.rule)
    yield "Events and what may follow", "", _each(lambda event: _happens(spec, event), spec.event)
    yield "Rewards: what a run adds up", "", _each(lambda item: _reward(*item), spec.reward.items())
    yield "Levers", "", _each(lambda item: _named(item[0], item[1].label), spec.lever.items())
    tables = [(f"{name}[{', '.join(table.by)}]", table.label) for name, table in spec.table.items()]
    tables += [(f"{name}[year]", series.label) for name, series in spec.series.items()]
    yield "Series and tables that a case gives", "", _each(lambda item: _named(*item), tables)
    carried = [(name, modifier.label) for name, modifier in spec.modifier.items()]
    yield "What single people carry with them", "", _each(lambda item: _named(*item), carried)
    yield "Quantities that a case gives", "", _wrapped(", ".join(model.symbols), 0)


def _time(spec: ModelSpec) -> Iterator[str]:
    header = spec.header
    yield from _wrapped(f"a cycle is {header.cycle}", 0)
    if header.from_rates is not None:
        yield from _wrapped(f"{header.from_rates}: {FROM_RATES[header.from_rates]}", 0, sizes.FIRST)
    if header.competing is not None:
        yield from _wrapped(f"{header.competing}: {COMPETING[header.competing]}", 0, sizes.FIRST)
    for what, formula in (("age", header.start_age), ("year", header.start_year)):
        if formula is not None:
            yield from _wrapped(f"{what} at the start of the first cycle = {formula}", 0)
    for name, duration in spec.duration.items():
        where = _cells(spec, duration.cells)
        said = f"{duration.label} [{name}]: how long people have been in {where}, up to {duration.longest} cycles"
        yield from _wrapped(said, 0, sizes.FIRST)


def _levels(spec: ModelSpec) -> Iterator[str]:
    for code, dimension in spec.dimension.items():
        yield f"{dimension.label} [{code}]"
        for level in dimension.levels:
            yield from _named(level.name, level.label, sizes.FIRST)
        for name, held in dimension.sets.items():
            yield from _named(f"set {name}", ", ".join(held), sizes.FIRST)
        yield ""
    if spec.dead:
        yield "died"
    for code, label in spec.dead.items():
        yield from _named(f"dead.{code}", label, sizes.FIRST)
    if len(spec.header.strata.pairs) > 1:
        yield from _wrapped(f"strata: {', '.join(spec.header.strata.sexes)}", 0, sizes.FIRST)


def _cells(spec: ModelSpec, chosen: Iterable[Selector]) -> str:
    """Return cells in words: "care: in treatment · home: yes; or care: not in treatment"."""
    said = []
    for selector in chosen:
        parts = []
        for axis, levels in selector.items():
            named = [levels] if isinstance(levels, str) else levels
            dimension = spec.dimension.get(axis)
            labels = {level.name: level.label for level in dimension.levels} if dimension else {}
            parts.append(f"{dimension.label if dimension else axis}: {' or '.join(labels.get(x, x) for x in named)}")
        said.append(" \u00b7 ".join(part for part in parts if not part.endswith(": *")) or "every state")
    return "; or ".join(said)


def _goes(spec: ModelSpec, to: str | dict[str, str]) -> str:
    if isinstance(to, str):
        return spec.dead.get(to.removeprefix("dead."), to)
    return _cells(spec, [dict(to)])


def _lets(label: str, code: str, lets: Mapping[str, Any]) -> Iterator[str]:
    yield from _wrapped(f"{label} [{code}]" if label != code else label, 0)
    for name, formula in lets.items():
        yield from _formula(f"{name} =", written(formula), sizes.FIRST)


def _rule(spec: ModelSpec, rule: Rule) -> Iterator[str]:
    yield from _wrapped(f"{rule.label} [{rule.name}]" if rule.label != rule.name else rule.label, 0)
    if rule.stage is not None:
        yield from _wrapped(f"stage: {rule.stage}", sizes.FIRST)
    if rule.death:
        yield from _wrapped("a death", sizes.FIRST)
    head = "rate a year =" if rule.rate is not None else "probability a cycle ="
    yield from _formula(head, written(rule.probability if rule.rate is None else rule.rate, rule.let), sizes.FIRST)
    yield from _wrapped(f"for {_cells(spec, rule.cells)}", sizes.FIRST, sizes.SECOND)
    yield from _wrapped(f"-> {_goes(spec, rule.to)}", sizes.FIRST, sizes.SECOND)
    yield ""


def _happens(spec: ModelSpec, event: EventSpec) -> Iterator[str]:
    yield from _wrapped(f"{event.label} [{event.name}]", 0)
    yield from _formula("rate a year =", written(event.rate, event.let), sizes.FIRST)
    yield from _wrapped(f"for {_cells(spec, event.cells)}", sizes.FIRST, sizes.SECOND)
    for branch in event.branch:
        yield from _follows(spec, branch)
    yield ""


def _follows(spec: ModelSpec, branch: Branch) -> Iterator[str]:
    yield from _wrapped(f"{branch.label or branch.name} [{branch.name}]", sizes.FIRST)
    if branch.probability is not None:
        yield from _formula("probability =", written(branch.probability, branch.let), sizes.SECOND)
    stays = "people stay where they are"
    yield from _wrapped(stays if branch.to is None else f"-> {_goes(spec, branch.to)}", sizes.SECOND)


def _tree(spec: ModelSpec, code: str, tree: Tree) -> Iterator[str]:
    yield from _wrapped(f"{tree.label} [{code}]", 0)
    for fork in tree.fork:
        yield from _wrapped(f"fork {fork.name}", sizes.FIRST)
        for way in fork.way:
            end = f"fork {way.to}" if way.end is None else _goes(spec, way.end)
            yield from _formula(f"{way.label or way.name}, probability", written(way.probability), sizes.SECOND)
            yield from _wrapped(f"-> {end}", sizes.THIRD)
            for name, formula in way.gives.items():
                yield from _formula(f"gives {name} =", written(formula), sizes.THIRD)
    yield ""


def _reward(code: str, reward: Reward) -> Iterator[str]:
    yield from _wrapped(f"{reward.label} [{code}]{f', {reward.unit}' if reward.unit else ''}", 0)
    yield from _wrapped(f"counted: {COUNTING[reward.counting]}", sizes.FIRST, sizes.SECOND)
    if reward.weights is not None:
        yield from _wrapped(f"weights = {reward.weights}", sizes.FIRST, sizes.SECOND)
    if reward.state is not None:
        yield from _formula("a year in a state =", written(reward.state, reward.let), sizes.FIRST)
    for name, formula in reward.move.items():
        yield from _formula(f"a move by '{name}', counted {reward.move_counted} =", written(formula), sizes.FIRST)
    if reward.discount is not None:
        first = "not discounted" if reward.discount.origin == "start" else "discounted by a cycle"
        yield from _formula("discount, a year =", written(reward.discount.rate), sizes.FIRST)
        yield from _wrapped(f"the first that is counted is {first}", sizes.FIRST)
    yield ""
