"""From a model file to arrays of structure: who can move where, and which node of the graph is each rate.

``compile_model`` reports every fault of the file at once. What it refuses: names, levels, sets, targets and units
that do not fit; cells that nobody can enter; lets that rest on themselves; steps without time; rates in which
at_hand is not linear. What only numbers can show (a negative rate, a probability above 1) is refused by
``engine/rates.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from bothand.engine.arrays import Bools, Chain, Ints
from bothand.files import Path_
from bothand.world.language.carried import Carried, names_of, write_histories, write_modifiers
from bothand.world.language.cells import PHASE, Cells, expand, flags, one_cell, select
from bothand.world.language.dimensions import ANY, PLAIN
from bothand.world.language.edges import DEAD, Edge, Edges, write_edges
from bothand.world.language.formulas import Formulas
from bothand.world.language.graph import AT_HAND, LEVER, QUANTITY, SERIES, TABLE, Graph
from bothand.world.language.report import Report, check_variants
from bothand.world.language.tree import TreeNodes, write_trees
from bothand.world.model import ModelSpec

SHOWN = 5  # UNIT: cells named in one message
DISCRETE_KEYS = ("cycle", "from_rates", "competing", "start_age", "start_year")
EVERYONE = "everyone"  # the only group of a model that declares none


@dataclass(frozen=True)
class CapacityNodes:
    """Places (people) and the fill exponent of one capacity."""

    places: int
    fill: int
    where: Path_


@dataclass(frozen=True)
class StockNodes:
    """The inputs of the stock law, in the order of ``Schedule``; ``event`` names the event it serves."""

    kits: int
    shelf_life: int
    most: int
    draw_down: int
    use_per_event: int
    event: str


@dataclass(frozen=True)
class InflowNodes:
    """People a year into ``to``; the share ``prevented`` of them into ``prevented_to`` instead."""

    to: int
    rate: int
    prevented_to: int | None
    prevented: int | None
    where: Path_


@dataclass(frozen=True)
class CompiledModel:
    """A model ready to be given numbers. Nodes are places in ``graph``; ``edges`` are in the order of ``chain``."""

    spec: ModelSpec
    chain: Chain
    cells: tuple[Mapping[str, str], ...]  # living compartments: dimension -> level, and "phase" where there is one
    labels: tuple[str, ...]  # (N,) public names
    groups: tuple[str, ...]  # origins, the group that inflow belongs to last
    group_of: Ints  # (N,) index into groups, -1 for the dead
    inflow_origin: int  # index into groups
    edges: tuple[Edge, ...]
    graph: Graph
    events: Mapping[str, Mapping[int, int]]  # event -> compartment -> node
    probabilities: Mapping[tuple[str, Path_], frozenset[int]]
    capacities: tuple[CapacityNodes, ...]
    stock: StockNodes | None
    inflows: tuple[InflowNodes, ...]
    measures: Mapping[str, tuple[int | None, ...]]  # measure -> node per living compartment
    eligible: Mapping[str, Bools]  # lever -> (N,)
    status_quo: Mapping[str, int]  # lever -> node, where the model gives one
    symbols: tuple[str, ...]  # quantities that any formula reads, those of the levers' status quo included
    moving: tuple[str, ...]  # those of them that what moves people reads, measures left out
    assumed: tuple[tuple[str, str], ...]  # pairs of levers that multiply in some rate, undeclared
    trees: Mapping[str, TreeNodes] = field(default_factory=dict)
    carried: Carried = field(default_factory=Carried)  # by people, where asked for; what it reads is no symbol

    @property
    def levers(self) -> tuple[str, ...]:
        """Names of the levers, in the order of the file."""
        return tuple(self.spec.lever)


def compile_model(spec: ModelSpec, units: Mapping[str, str] | None = None, idle: Collection[str] = ()) -> CompiledModel:
    """Compile a continuous-time model.

    ``units`` maps the key of every quantity that exists to its dimension word (``language/dimensions.py``); with it,
    names that nothing has are refused and units are checked in full; without it, only what the model itself says.
    ``idle``: optional levers that nothing will move; the model is compiled as if it did not have them.
    Raises FaultsFound with every fault, each with file and line.
    """
    spec = spec.without(idle) if idle else spec
    report = Report(spec)
    if spec.header.time != "continuous":
        report.add("this model is in discrete time; a continuous one was expected.", ("model", "time"))
        report.stop()
    _check_time(spec, report)
    check_variants(spec, report)
    cells = expand(spec, report)
    formulas = Formulas(spec, report, units, idle)
    edges = write_edges(spec, cells, formulas, report)
    n = len(cells.all) + len(spec.dead)
    capacities, holds = _capacities(spec, cells, formulas, edges, report)
    stock, at_risk = _stock(spec, cells, formulas, edges, report)
    inflows = _inflows(spec, cells, formulas, report)
    measures = _measures(spec, cells, formulas, report)
    eligible = {
        name: np.array(flags(n, select(cells, lever.eligible, ("lever", name, "eligible"), report)))
        for name, lever in spec.lever.items()
    }
    status_quo = _status_quo(spec, formulas, report)
    groups, group_of, origin = _groups(spec, cells, inflows, report)
    _check_counts(spec, edges, report)
    trees = write_trees(spec, cells, formulas, list(spec.measure), report)
    carried = Carried(
        write_modifiers(spec, formulas, names_of(edges), report),
        write_histories(spec, cells, formulas, edges, report),
    )
    onward = [(edge.source, edge.target) for edge in edges.all]
    check_reachable(spec, cells, onward, (*arrivals_of(inflows), *started(spec, cells, trees)), report)
    assumed = formulas.combinations([edge.rate for edge in edges.all])
    report.stop()
    ordered = sorted(edges.all, key=lambda edge: formulas.graph.by_stratum(edge.rate))
    moving = _roots(ordered, edges, capacities, stock, inflows, {}, status_quo)
    roots = _roots(ordered, edges, capacities, stock, inflows, measures, status_quo)
    roots |= {node for tree in trees.values() for node in tree.roots}
    return CompiledModel(
        spec=spec,
        chain=_chain(spec, cells, ordered, formulas.graph, holds, at_risk, arrivals_of(inflows)),
        cells=tuple({**c.levels, **({PHASE: c.phase} if c.phase else {})} for c in cells.all),
        labels=(*(c.label for c in cells.all), *spec.dead.values()),
        groups=groups,
        group_of=group_of,
        inflow_origin=origin,
        edges=tuple(ordered),
        graph=formulas.graph,
        events=edges.events,
        probabilities={key: frozenset(nodes) for key, nodes in edges.probabilities.items()},
        capacities=capacities,
        stock=stock,
        inflows=inflows,
        measures=measures,
        eligible=eligible,
        status_quo=status_quo,
        symbols=_names(formulas, roots),
        moving=_names(formulas, moving),
        assumed=assumed,
        trees=trees,
        carried=carried,
    )


def arrivals_of(inflows: Sequence[InflowNodes]) -> tuple[int, ...]:
    """Return the compartments that inflow enters, each once."""
    found: dict[int, None] = {}
    for inflow in inflows:
        found[inflow.to] = None
        if inflow.prevented_to is not None:
            found[inflow.prevented_to] = None
    return tuple(found)


def _roots(
    edges: Sequence[Edge], found: Edges, capacities: Sequence[CapacityNodes], stock: StockNodes | None,
    inflows: Sequence[InflowNodes], measures: Mapping[str, Sequence[int | None]], status_quo: Mapping[str, int],
) -> set[int]:  # fmt: skip
    roots = {edge.rate for edge in edges} | set(status_quo.values())
    roots |= {node for rates in found.events.values() for node in rates.values()}
    roots |= {node for nodes in found.probabilities.values() for node in nodes}
    roots |= {node for capacity in capacities for node in (capacity.places, capacity.fill)}
    if stock is not None:
        roots |= {stock.kits, stock.shelf_life, stock.most, stock.draw_down, stock.use_per_event}
    roots |= {node for inflow in inflows for node in (inflow.rate, inflow.prevented) if node is not None}
    return roots | {node for nodes in measures.values() for node in nodes if node is not None}


def _names(formulas: Formulas, roots: Iterable[int]) -> tuple[str, ...]:
    return tuple(sorted(frozenset().union(*(formulas.graph.names(r, QUANTITY) for r in roots))))


def _plain(
    formulas: Formulas, text: str, where: Path_, wanted: str | None = None, fixed: bool = False
) -> int:  # fmt: skip
    """Return a node that is the same in every cell and stratum (and, when ``fixed``, in every year and plan)."""
    node = formulas.value(text, where)
    if formulas.graph.by_stratum(node) or formulas.graph.reads(node, AT_HAND):
        formulas.report.add("this may not depend on at_hand, sex or age.", where)
    if fixed and formulas.graph.reads(node, LEVER, SERIES):
        formulas.report.add("this is one number for all years and plans; no lever or series may stand in it.", where)
    if wanted is not None:
        formulas.check(node, wanted, where)
    return node


def _capacities(
    spec: ModelSpec, cells: Cells, formulas: Formulas, edges: Edges, report: Report
) -> tuple[tuple[CapacityNodes, ...], Bools]:
    n = len(cells.all) + len(spec.dead)
    holds = np.zeros((len(spec.capacity), n), dtype=np.bool_)
    nodes = []
    for c, (name, capacity) in enumerate(spec.capacity.items()):
        where: Path_ = ("capacity", name)
        holds[c, list(select(cells, capacity.holds, (*where, "holds"), report))] = True
        places = _plain(formulas, capacity.places, (*where, "places"), "count")
        fill = _plain(formulas, capacity.fill, (*where, "fill"), PLAIN, fixed=True)
        nodes.append(CapacityNodes(places, fill, where))
    for edge in edges.all:
        if edge.gate in spec.capacity:
            row = holds[list(spec.capacity).index(edge.gate)]
            if row[edge.source] or not row[edge.target]:
                message = f"the gate '{edge.gate}' needs a move from outside its places into them."
                report.add(message, (*edge.where[:2], "gate"))
    return tuple(nodes), holds


def _stock(
    spec: ModelSpec, cells: Cells, formulas: Formulas, edges: Edges, report: Report
) -> tuple[StockNodes | None, Bools]:
    at_risk = np.zeros(len(cells.all) + len(spec.dead), dtype=np.bool_)
    if not spec.stock:
        return None, at_risk
    if len(spec.stock) > 1:
        report.add("a model has one stock at most.", ("stock", list(spec.stock)[1]))
    name, stock = next(iter(spec.stock.items()))
    where: Path_ = ("stock", name)
    at_risk[list(select(cells, stock.among, (*where, "among"), report))] = True
    if stock.event not in edges.events:
        report.unknown("event", stock.event, edges.events, (*where, "event"))
    for node in edges.events.get(stock.event, {}).values():
        if formulas.graph.by_stratum(node) or formulas.graph.reads(node, AT_HAND):
            i = [event.name for event in spec.event].index(stock.event)
            report.add("the event of a stock may not depend on at_hand, sex or age.", ("event", i, "rate"))
    return StockNodes(
        kits=_plain(formulas, stock.kits, (*where, "kits"), "flow"),
        shelf_life=_plain(formulas, stock.shelf_life, (*where, "shelf_life"), "duration", fixed=True),
        most=_plain(formulas, stock.most, (*where, "most"), PLAIN, fixed=True),
        draw_down=_plain(formulas, stock.draw_down, (*where, "draw_down"), PLAIN, fixed=True),
        use_per_event=_plain(formulas, stock.use_per_event, (*where, "use_per_event")),
        event=stock.event,
    ), at_risk


def _inflows(spec: ModelSpec, cells: Cells, formulas: Formulas, report: Report) -> tuple[InflowNodes, ...]:
    found = []
    for name, inflow in spec.inflow.items():
        where: Path_ = ("inflow", name)
        if (inflow.prevented is None) != (inflow.prevented_to is None):
            report.add("'prevented' and 'prevented_to' belong together.", where)
        to = one_cell(cells, inflow.to, (*where, "to"), report)
        scope = formulas.inside(inflow.let, where)
        cell = None if to is None else cells.all[to]
        rate = formulas.broken if cell is None else formulas.value(inflow.rate, (*where, "rate"), scope, cell)
        formulas.check(rate, "flow", (*where, "rate"))
        if formulas.graph.reads(rate, AT_HAND):
            report.add("an inflow may not depend on at_hand.", (*where, "rate"))
        aside = None
        share = None
        if inflow.prevented is not None and inflow.prevented_to is not None:
            aside = one_cell(cells, inflow.prevented_to, (*where, "prevented_to"), report)
            share = _plain(formulas, inflow.prevented, (*where, "prevented"), PLAIN)
        if to is not None:
            found.append(InflowNodes(to, rate, aside, share, where))
    return tuple(found)


def _measures(spec: ModelSpec, cells: Cells, formulas: Formulas, report: Report) -> dict[str, tuple[int | None, ...]]:
    found: dict[str, tuple[int | None, ...]] = {}
    for name, measure in spec.measure.items():
        where: Path_ = ("measure", name)
        if measure.cells is not None:
            inside = select(cells, measure.cells, (*where, "in"), report)
            found[name] = tuple(formulas.graph.number(1) if i in inside else None for i in range(len(cells.all)))
            continue
        scope = formulas.inside(measure.let, where)
        nodes = tuple(formulas.node(measure.value, cell, (*where, "value"), scope) for cell in cells.all)
        for node in nodes:
            if node is not None and (formulas.graph.by_stratum(node) or formulas.graph.reads(node, AT_HAND)):
                report.add("a measure may not depend on at_hand, sex or age.", (*where, "value"))
            if node is not None:
                formulas.check(node, ANY, (*where, "value"))
        found[name] = nodes
    return found


def _status_quo(spec: ModelSpec, formulas: Formulas, report: Report) -> dict[str, int]:
    found = {}
    for name, lever in spec.lever.items():
        if lever.status_quo is not None:
            where: Path_ = ("lever", name, "status_quo")
            wanted = {"places": "count", "kits": "flow"}.get(lever.kind, PLAIN)
            found[name] = _plain(formulas, lever.status_quo, where, wanted, fixed=True)
            if formulas.graph.reads(found[name], TABLE):
                report.add("a status quo may read quantities only.", where)
    return found


def _groups(
    spec: ModelSpec, cells: Cells, inflows: Sequence[InflowNodes], report: Report
) -> tuple[tuple[str, ...], Ints, int]:
    """Return group names (inflow's last), the group of every compartment and the inflow's group."""
    living = len(cells.all)
    group_of = np.full(living + len(spec.dead), -1, dtype=np.int64)
    if not spec.group:
        group_of[:living] = 0
        return (EVERYONE,), group_of, 0
    arrivals = [name for name, group in spec.group.items() if not group.cells]
    if len(arrivals) > 1:
        report.add("two groups have an empty 'in'; only the group that inflow belongs to may.", ("group", arrivals[1]))
    if inflows and not arrivals:
        report.add("there is inflow, and no group with in = [] that it belongs to.", inflows[0].where)
    names = tuple([name for name in spec.group if name not in arrivals] + arrivals[:1])
    for g, name in enumerate(names):
        where: Path_ = ("group", name, "in")
        doubled = []
        for i in select(cells, spec.group[name].cells, where, report):
            if group_of[i] >= 0:
                doubled.append(f"{cells.all[i].code} (in {names[group_of[i]]})")
            group_of[i] = g
        if doubled:
            report.add(f"each cell is in one group only; already in another: {_some(doubled)}.", where)
    aside = [inflow.prevented_to for inflow in inflows if inflow.prevented_to is not None]
    for i in aside:
        if group_of[i] < 0 and arrivals:
            group_of[i] = len(names) - 1
    lost = [cell.code for i, cell in enumerate(cells.all) if group_of[i] < 0]
    if lost:
        report.add(f"{len(lost)} cells are in no group: {_some(lost)}.", ("group", names[0], "in"))
    return names, group_of, len(names) - 1 if arrivals else 0


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _check_counts(spec: ModelSpec, edges: Edges, report: Report) -> None:
    rules = dict.fromkeys([rule.name for rule in spec.rule] + [edge.rule for edge in edges.all])
    for name, count in spec.count.items():
        if not count.rules and not count.events:
            report.add("a count names rules or events.", ("count", name))
        for rule in count.rules:
            if rule not in rules:
                report.unknown("rule", rule, rules, ("count", name, "rules"))
        for event in count.events:
            if event in rules and ": " in event:
                report.add(f"'{event}' is a branch of an event: name it under 'rules'.", ("count", name, "events"))
            elif event not in edges.events:
                report.unknown("event", event, edges.events, ("count", name, "events"))


def _check_time(spec: ModelSpec, report: Report) -> None:
    """Refuse what only a model in discrete time has."""
    for key in DISCRETE_KEYS:
        if getattr(spec.header, key) is not None:
            report.add(f"'{key}' belongs to a model in discrete time.", ("model", key))
    for stage in range(len(spec.stage)):
        report.add("a stage is a part of a cycle: it belongs to a model in discrete time.", ("stage", stage))
    for name in spec.reward:
        report.add("a reward belongs to discrete time; here a [measure] weighs person-years.", ("reward", name))


def started(spec: ModelSpec, cells: Cells, trees: Mapping[str, TreeNodes]) -> tuple[int, ...]:
    """Return the living compartments in which trees leave people, for a model that says who is there on day one."""
    ends = dict.fromkeys(i for tree in trees.values() for i in tree.people if i < len(cells.all))
    return tuple(ends) if spec.header.day_one else ()


def check_reachable(
    spec: ModelSpec, cells: Cells, onward: Iterable[tuple[int, int]], arrivals: Sequence[int], report: Report
) -> None:
    """Refuse compartments that nobody can ever be in.

    People come from the inflow and from the cells named in ``model.day_one``. A model that names neither is a closed
    cohort that may start anywhere: then only dead compartments are asked for.
    """
    living = len(cells.all)
    leads: dict[int, list[int]] = {}
    for source, target in onward:
        leads.setdefault(source, []).append(target)
    day_one = set(select(cells, spec.header.day_one, ("model", "day_one"), report))
    seeds = day_one | set(arrivals)
    waiting = list(seeds or range(living))
    seen = set(waiting)
    while waiting:
        for target in leads.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    lost = [cell.code for i, cell in enumerate(cells.all) if i not in seen]
    if lost:
        report.add(
            f"nobody can come into {_some(lost)}: no rule, event or inflow leads there "
            "(cells that people are in on day one only are named in model.day_one).", ("cells", 0)
        )  # fmt: skip
    for j, name in enumerate(spec.dead):
        if living + j not in seen:
            report.add(f"nothing leads to {DEAD}{name}.", ("dead", name))


def _chain(
    spec: ModelSpec, cells: Cells, edges: Sequence[Edge], graph: Graph, holds: Bools, at_risk: Bools,
    arrivals: tuple[int, ...],
) -> Chain:  # fmt: skip
    strata = spec.header.strata
    bands = len(strata.bands)
    plain = [edge for edge in edges if not graph.by_stratum(edge.rate)]
    gates = list(spec.capacity)
    older = [s + 1 if (s + 1) % bands else -1 for s in range(len(strata.pairs))]
    return Chain(
        compartments=(*(cell.code for cell in cells.all), *(DEAD + name for name in spec.dead)),
        n_living=len(cells.all),
        strata=tuple(" ".join(x for x in pair if x) or EVERYONE for pair in strata.pairs),
        source=np.array([edge.source for edge in edges], dtype=np.int64),
        target=np.array([edge.target for edge in edges], dtype=np.int64),
        death=np.array([edge.death for edge in edges], dtype=np.bool_),
        n_plain=len(plain),
        gate=np.array([-1 if e.gate is None else gates.index(e.gate) for e in plain], dtype=np.int64),
        coupled=np.array([i for i, edge in enumerate(plain) if edge.coupled], dtype=np.int64),
        held=np.array([e.death or e.coupled or e.survives is not None for e in plain], dtype=np.bool_),
        capacities=tuple(spec.capacity),
        holds=holds,
        at_risk=at_risk,
        older=np.array(older, dtype=np.int64),
        arrivals=arrivals,
    )


def ageing(spec: ModelSpec) -> list[float]:
    """Return the hazard of moving into the next age band for every stratum: 1 / width, 0 in the last band."""
    ages = spec.header.strata.age
    hazards = [1 / (b - a) for a, b in pairwise(ages)][: max(len(ages) - 2, 0)]
    return [*hazards, 0.0] * len(spec.header.strata.sexes)
