"""What a description says, once for all its forms, made from the compiled model alone.

Nothing here is typed by hand from a model: change the file, and the description changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bothand.engine.compile import CompiledModel
from bothand.evidence.tables import Evidence
from bothand.report.describe import parts
from bothand.report.describe.nouns import Content, Dimension, Group, Named, Phase, Term
from bothand.report.describe.quantities import used
from bothand.report.describe.stations import Wiring, wiring
from bothand.report.describe.where import PHASE, Axes
from bothand.world.terms import NOT_HERE, TermChoice, load_terms

NO_CHANGE = f"{NOT_HERE}, beyond what a service's own numbers hold"


def axes_of(model: CompiledModel) -> Axes:
    """Return the axes of a model with their public labels."""
    spec = model.spec
    names = {name: dimension.label for name, dimension in spec.dimension.items()}
    labels = {(name, x.name): x.label for name, d in spec.dimension.items() for x in d.levels}
    if any(PHASE in cell for cell in model.cells):
        names[PHASE] = PHASE
        labels |= {(PHASE, step.name): step.label for phases in spec.phases.values() for step in phases.steps}
    return Axes(model.cells, names, labels)


def content(model: CompiledModel, evidence: Evidence) -> Content:
    """Return everything that a description of ``model`` says; quantities are looked up in ``evidence``."""
    spec = model.spec
    axes = axes_of(model)
    shown = [axis for axis in spec.dimension if len(axes.masks[axis]) > 1]
    return Content(
        code=spec.name,
        label=spec.header.label or spec.name,
        note=spec.header.description,
        sizes=_sizes(model),
        strata=model.chain.strata,
        drawings=tuple(wiring(model, axes, axis) for axis in shown),
        dimensions=_dimensions(model),
        phases=_phases(model, axes),
        dead=tuple(Named(f"dead.{code}", label) for code, label in spec.dead.items()),
        groups=_groups(model, axes),
        lets=tuple((name, parts.written(choice)) for name, choice in spec.let.items()),
        rules=parts.rules(model, axes),
        passing=parts.passing(model, axes),
        events=parts.events(model, axes),
        capacities=parts.capacities(model, axes),
        stock=parts.stock(model, axes),
        inflows=parts.inflows(model),
        levers=parts.levers(model, axes),
        given=_given(model),
        measures=parts.measures(model, axes),
        counts=_counts(model),
        declared=_declared(model),
        assumed=tuple(" and ".join(names) for names in model.assumed),
        quantities=used(sorted({*model.symbols, *model.carried.symbols(model.graph)}), evidence),
        terms=_terms(model),
        carried=parts.carried(model, axes),
    )


def _terms(model: CompiledModel) -> tuple[Term, ...]:
    """Return how services may be run, and what that changes here; nothing for a model in which it changes no lever."""
    catalogue = load_terms().values()
    if not any(_here(choice, model) for term in catalogue for choice in term.choice):
        return ()
    return tuple(
        Term(
            term.key,
            term.label,
            term.question,
            tuple(Named(c.key, c.label, "; ".join(_here(c, model)) or NO_CHANGE) for c in term.choice),
            term.evidence,
        )
        for term in catalogue
    )


def _here(choice: TermChoice, model: CompiledModel) -> list[str]:
    """Return what a choice changes on the levers of this model, in words."""
    found = []
    for change in choice.change:
        if change.lever in model.levers and (change.to is None or change.to in model.levers):
            how = {"undoes": "is not moved", "adds": f"moves {change.to} too", "moves_instead": f"becomes {change.to}"}
            rests = f", {change.quantity}" if change.quantity else ""
            found.append(f"{change.lever} {how[change.how]}{rests}: {change.words}")
    return found


def _sizes(model: CompiledModel) -> tuple[tuple[str, int], ...]:
    spec, chain = model.spec, model.chain
    bare = {tuple(level for axis, level in cell.items() if axis != PHASE) for cell in model.cells}
    return (
        ("cells", len(bare)),
        ("compartments of living people", chain.n_living),
        ("compartments of people who died", chain.n_all - chain.n_living),
        ("moves from compartment to compartment", len(model.edges)),
        ("moves whose rate differs by stratum", chain.n_by_stratum),
        ("strata", len(chain.strata)),
        ("rules", len(spec.rule)),
        ("events", len(spec.event)),
        ("levers", len(spec.lever)),
        ("quantities", len({*model.symbols, *model.carried.symbols(model.graph)})),
    )


def _dimensions(model: CompiledModel) -> tuple[Dimension, ...]:
    return tuple(
        Dimension(
            name,
            dimension.label,
            tuple(Named(level.name, level.label) for level in dimension.levels),
            tuple(Named(key, ", ".join(levels)) for key, levels in dimension.sets.items()),
        )
        for name, dimension in model.spec.dimension.items()
    )


def _phases(model: CompiledModel, axes: Axes) -> tuple[Phase, ...]:
    found = []
    for name, phases in model.spec.phases.items():
        steps = [step.name for step in phases.steps]
        inside = [i for i in range(len(axes.cells)) if axes.level(i, PHASE) in steps]
        shown = tuple(
            Named(step.name, step.label, f"lasts {step.mean} on average" if step.mean else "the last step")
            for step in phases.steps
        )
        found.append(Phase(name, tuple(axes.where(inside)), shown))
    return tuple(found)


def _groups(model: CompiledModel, axes: Axes) -> tuple[Group, ...]:
    found = []
    for number, name in enumerate(model.groups):
        spec = model.spec.group.get(name)
        inside = [i for i in range(len(axes.cells)) if model.group_of[i] == number]
        arrive = number == model.inflow_origin and bool(model.inflows)
        where = axes.where(inside) + (["everyone who arrives later"] if arrive else [])
        cells = tuple(Named(model.chain.compartments[i], model.labels[i]) for i in inside)
        found.append(Group(number + 1, name, spec.label if spec else "Everyone", tuple(where), cells))
    return tuple(found)


def _given(model: CompiledModel) -> tuple[Named, ...]:
    spec = model.spec
    series = [Named(f"{name}[year]", x.label, x.unit) for name, x in spec.series.items()]
    tables = [Named(f"{name}[{', '.join(x.by)}]", x.label, x.unit) for name, x in spec.table.items()]
    return (*series, *tables)


def _counts(model: CompiledModel) -> tuple[Named, ...]:
    return tuple(
        Named(name, count.label, "; ".join([*count.rules, *count.events])) for name, count in model.spec.count.items()
    )


def _declared(model: CompiledModel) -> tuple[tuple[str, str], ...]:
    return tuple(
        (" and ".join(name.strip() for name in pair.split(",")), "multiply" if how == "multiply" else "the best counts")
        for pair, how in model.spec.combine.items()
    )


def as_dict(wirings: Iterable[Wiring]) -> list[dict[str, Any]]:
    """Return drawings as plain data: boxes with their levels, layer and exits."""
    return [
        {
            "dimension": wired.axis,
            "label": wired.label,
            "boxes": [
                {
                    "kind": s.kind,
                    "title": s.title,
                    "number": s.number,
                    "layer": s.layer,
                    "levels": list(s.levels),
                    "within": list(s.within),
                    "from_every_box": list(s.always),
                    "exits": [
                        {"to": wired.stations[e.target].title, "labels": list(e.labels), "moves": e.moves}
                        for e in s.exits
                    ],
                }
                for s in wired.stations
            ],
        }
        for wired in wirings
    ]
