"""From a model file in discrete time to its structure: states, moves, rewards, and the conventions it names.

``compile_discrete`` reports every fault of the file at once, as ``engine/compile.py`` does for continuous time. What
a cycle cannot have without a convention of its own (inflow, queues, a stock, day-one groups) is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bothand.engine.compile import check_reachable, started
from bothand.files import Path_
from bothand.world.language.carried import ModifierNodes, names_of, write_modifiers
from bothand.world.language.cells import Cells, expand
from bothand.world.language.dimensions import ANY, PLAIN
from bothand.world.language.edges import DEAD, Edge, Edges, span, write_edges
from bothand.world.language.formulas import Formulas, Scope
from bothand.world.language.graph import CLOCK, LEVER, MODIFIER, QUANTITY, SERIES, TABLE, Graph
from bothand.world.language.report import Report, check_variants
from bothand.world.language.tree import TreeNodes, write_trees
from bothand.world.model import ModelSpec, Reward

REFUSED = ("capacity", "stock", "inflow", "measure", "count", "group", "history")


@dataclass(frozen=True)
class RewardNodes:
    """One reward: nodes of the graph for the living cells (None: nothing) and for the moves that carry one."""

    spec: Reward
    state: tuple[int | None, ...]
    discount: tuple[int | None, ...]
    moves: Mapping[int, int]  # edge -> node
    weights: int | None
    where: Path_

    @property
    def roots(self) -> set[int]:
        """Every node but the weights, which have a clock of their own."""
        return {node for node in (*self.state, *self.discount, *self.moves.values()) if node is not None}


@dataclass(frozen=True)
class StageNodes:
    """One part of a cycle: which edges act in it, nodes of the people who come (None: nobody), whether others stay."""

    name: str
    edges: tuple[int, ...]
    add: tuple[int | None, ...]  # (living,)
    stays: bool
    where: Path_


@dataclass(frozen=True)
class DiscreteModel:
    """A model in discrete time, ready to be given numbers."""

    spec: ModelSpec
    compartments: tuple[str, ...]  # code names, living first, then dead
    labels: tuple[str, ...]
    n_living: int
    strata: tuple[tuple[str, str], ...]  # (sex, "")
    cycle: float  # years
    start_age: int | None  # node
    start_year: int | None  # node
    edges: tuple[Edge, ...]
    stages: tuple[StageNodes, ...]  # one for a model that declares none
    stays: tuple[int, ...]  # (N,) where people of a compartment are a cycle later when no move takes them
    trees: Mapping[str, TreeNodes]
    graph: Graph
    probabilities: Mapping[tuple[str, Path_], frozenset[int]]  # of the branches of events
    rewards: Mapping[str, RewardNodes]
    modifiers: Mapping[str, ModifierNodes]
    symbols: tuple[str, ...]  # quantities that any formula reads

    @property
    def n_all(self) -> int:
        """Number of compartments, dead ones included."""
        return len(self.compartments)


def compile_discrete(spec: ModelSpec, units: Mapping[str, str] | None = None) -> DiscreteModel:
    """Compile a discrete-time model.

    ``units`` maps the key of every quantity that exists to its dimension word (``language/dimensions.py``); with it,
    names that nothing has are refused. Raises FaultsFound with every fault, each with file and line.
    """
    report = Report(spec)
    cycle = _conventions(spec, report)
    check_variants(spec, report)
    cells = expand(spec, report)
    formulas = Formulas(spec, report, units)
    edges = write_edges(spec, cells, formulas, report)
    _check_edges(spec, edges, report)
    starts = [_start(spec, formulas, key) for key in ("start_age", "start_year")]
    rewards = {name: _reward(name, reward, cells, formulas, edges.all) for name, reward in spec.reward.items()}
    stages = _stages(spec, cells, formulas, edges.all)
    trees = write_trees(spec, cells, formulas, list(spec.reward), report)
    stays = (*cells.stays, *range(len(cells.all), len(cells.all) + len(spec.dead)))
    onward = [(edge.source, edge.target) for edge in edges.all] + list(enumerate(cells.stays))
    check_reachable(spec, cells, onward, started(spec, cells, trees), report)
    formulas.combinations([edge.rate for edge in edges.all])
    modifiers = write_modifiers(spec, formulas, names_of(edges), report)
    _check_modifiers(formulas, stages, trees)
    report.stop()
    roots = {edge.rate for edge in edges.all} | {node for node in starts if node is not None}
    roots |= {node for reward in rewards.values() for node in reward.roots}
    roots |= {node for stage in stages for node in stage.add if node is not None}
    roots |= {node for tree in trees.values() for node in tree.roots}
    roots |= {reward.weights for reward in rewards.values() if reward.weights is not None}
    roots |= {node for modifier in modifiers.values() for node in modifier.numbers.values()}
    return DiscreteModel(
        spec=spec,
        compartments=(*(cell.code for cell in cells.all), *(DEAD + name for name in spec.dead)),
        labels=(*(cell.label for cell in cells.all), *spec.dead.values()),
        n_living=len(cells.all),
        strata=tuple(spec.header.strata.pairs),
        cycle=cycle,
        start_age=starts[0],
        start_year=starts[1],
        edges=tuple(edges.all),
        stages=stages,
        stays=stays,
        trees=trees,
        graph=formulas.graph,
        probabilities={key: frozenset(nodes) for key, nodes in edges.probabilities.items()},
        rewards=rewards,
        modifiers=modifiers,
        symbols=tuple(sorted(frozenset().union(*(formulas.graph.names(r, QUANTITY) for r in roots)))),
    )


def _conventions(spec: ModelSpec, report: Report) -> float:
    """Check what belongs to discrete time and return the length of a cycle, in years."""
    header, where = spec.header, ("model",)
    if header.time != "discrete":
        report.add("this model is in continuous time; a discrete one was expected.", (*where, "time"))
        report.stop()
    if header.strata.age:
        report.add("in discrete time the clock tells the age: use start_age.", (*where, "strata"))
    for table in REFUSED:
        for name in getattr(spec, table):
            report.add(f"a {table} has no meaning in discrete time.", (table, name))
    if header.cycle is None:
        report.add("the key 'cycle' is missing: how long a cycle is, such as \"1 year\".", where)
        return 1.0
    try:
        length = span(header.cycle) or float(header.cycle)
    except ValueError:
        length = 0.0
    if not 0 < length < float("inf"):
        message = f"'{header.cycle}' is no length of time; write a number of years, or such as \"4 weeks\"."
        report.add(message, (*where, "cycle"))
    return length


def _stages(spec: ModelSpec, cells: Cells, formulas: Formulas, edges: Sequence[Edge]) -> tuple[StageNodes, ...]:
    """Return the parts of a cycle in their order: the whole cycle when the model declares none."""
    nobody: tuple[int | None, ...] = (None,) * len(cells.all)
    _check_stages(spec, formulas.report)
    if not spec.stage:
        return (StageNodes("", tuple(range(len(edges))), nobody, True, ("model",)),)
    found = []
    for number, stage in enumerate(spec.stage):
        where: Path_ = ("stage", number)
        add = nobody
        if stage.add is not None:
            add = tuple(formulas.node(stage.add, cell, (*where, "add"), None) for cell in cells.all)
            for node in add:
                if node is not None:
                    formulas.check(node, "count", (*where, "add"))
        inside = tuple(e for e, edge in enumerate(edges) if edge.stage == stage.name)
        if not inside and stage.add is None:
            formulas.report.add(f"nothing happens in the stage '{stage.name}': no rule names it.", where)
        if stage.rest == "dropped" and any(not edges[e].per_cycle for e in inside):
            message = "where all else is dropped, rules give a probability, the share that goes there."
            formulas.report.add(message, (*where, "rest"))
        found.append(StageNodes(stage.name, inside, add, stage.rest == "stays", where))
    return tuple(found)


def _check_stages(spec: ModelSpec, report: Report) -> None:
    """Every rule and event stands in one stage that exists; what passes by itself has no stage to pass in."""
    names = [stage.name for stage in spec.stage]
    for number, name in enumerate(names):
        if name in names[:number]:
            report.add(f"two stages are called '{name}'.", ("stage", number, "name"))
    named: list[tuple[str | None, Path_]] = [(rule.stage, ("rule", i)) for i, rule in enumerate(spec.rule)]
    named += [(event.stage, ("event", i)) for i, event in enumerate(spec.event)]
    for stage, where in named:
        if stage is None and names:
            report.add("the key 'stage' is missing: the cycle of this model has stages.", where)
        elif stage is not None and stage not in names:
            report.unknown("stage", stage, names, (*where, "stage"))
    for key in ("phases", "duration"):
        for name in getattr(spec, key) if names else ():
            report.add("what passes by itself does not go with a cycle of stages.", (key, name))


def _check_modifiers(formulas: Formulas, stages: Sequence[StageNodes], trees: Mapping[str, TreeNodes]) -> None:
    """People who come in a stage, and trees, are there before anybody has a modifier."""
    for stage in stages:
        if any(node is not None and formulas.graph.reads(node, MODIFIER) for node in stage.add):
            formulas.report.add("people who come have no modifier yet.", (*stage.where, "add"))
    for name, tree in trees.items():
        if any(formulas.graph.reads(node, MODIFIER) for node in tree.roots):
            formulas.report.add("people at a tree have no modifier yet.", ("tree", name))


def _check_edges(spec: ModelSpec, edges: Edges, report: Report) -> None:
    """Every convention that a move rests on must be named, and none that would say something else."""
    header, where = spec.header, ("model",)
    rates = [edge for edge in edges.all if not edge.per_cycle]
    given = [edge for edge in edges.all if edge.per_cycle]
    if rates and header.from_rates is None:
        report.add("the key 'from_rates' is missing: how a rate becomes a probability a cycle.", where)
    if header.from_rates in ("competing", "matrix-exponential"):
        if header.competing is not None:
            message = f"with from_rates = '{header.from_rates}' the moves already compete; leave 'competing' out."
            report.add(message, (*where, "competing"))
        if given:
            report.add(f"a probability cannot stand beside from_rates = '{header.from_rates}'.", given[0].where)
    elif header.competing is None:
        report.add("the key 'competing' is missing: how death and the other moves of a cycle meet.", where)
    if header.from_rates == "matrix-exponential":
        for name in spec.duration:
            message = "with the matrix exponential several moves fit in a cycle; no duration is kept."
            report.add(message, ("duration", name))
        for name, reward in spec.reward.items():
            if reward.move:
                message = "with the matrix exponential several moves fit in a cycle; they cannot carry rewards."
                report.add(message, ("reward", name, "move"))


def _start(spec: ModelSpec, formulas: Formulas, key: str) -> int | None:
    text = getattr(spec.header, key)
    if text is None:
        return None
    where: Path_ = ("model", key)
    return _fixed(formulas, formulas.value(text, where), where)


def _fixed(formulas: Formulas, node: int, where: Path_, but: str = "") -> int:
    """Return a node after refusing that it changes with the clock (``but`` one of its hands)."""
    graph = formulas.graph
    if graph.reads(node, MODIFIER):
        formulas.report.add("this is one number for everyone; it may not read a modifier that people have.", where)
    if (graph.reads(node, SERIES, TABLE) and not but) or graph.names(node, CLOCK) - {but}:
        formulas.report.add("this is one number for all cycles; it may not read the clock nor a table.", where)
    return node


def _reward(name: str, reward: Reward, cells: Cells, formulas: Formulas, edges: Sequence[Edge]) -> RewardNodes:
    where: Path_ = ("reward", name)
    scope = formulas.inside(reward.let, where)
    report = formulas.report
    nothing: tuple[int | None, ...] = (None,) * len(cells.all)
    state = nothing
    if reward.state is not None:
        state = tuple(formulas.node(reward.state, cell, (*where, "state"), scope) for cell in cells.all)
    discount = nothing
    if reward.discount is not None:
        at: Path_ = (*where, "discount", "rate")
        found = [formulas.value(reward.discount.rate, at, scope, cell) for cell in cells.all]
        discount = tuple(_fixed(formulas, node, at) for node in found)
    for node in (*state, *discount):
        if node is not None:
            formulas.check(node, ANY, where)
    weights = None
    if (reward.counting == "weights") != (reward.weights is not None):
        report.add("'weights' belongs to counting = \"weights\", and there it must be given.", (*where, "counting"))
    if reward.weights is not None:
        weights = _weights(formulas, reward.weights, (*where, "weights"))
    moves = _moves(reward, cells, formulas, edges, (*where, "move"), scope)
    return RewardNodes(reward, state, discount, moves, weights, where)


def _weights(formulas: Formulas, text: str, where: Path_) -> int:
    node = formulas.value(text, where)
    formulas.check(node, PLAIN, where)
    if formulas.graph.reads(node, LEVER):
        formulas.report.add("weights may not read a lever.", where)
    return _fixed(formulas, node, where, but="cycle")


def _moves(
    reward: Reward, cells: Cells, formulas: Formulas, edges: Sequence[Edge], where: Path_, scope: Scope
) -> dict[int, int]:  # fmt: skip
    """Return the node of every edge that carries a reward, in the words of the cell it leaves."""
    rules = list(dict.fromkeys(edge.rule for edge in edges))
    found: dict[int, int] = {}
    for rule, choice in reward.move.items():
        if rule not in rules:
            formulas.report.unknown("rule", rule, rules, (*where, rule))
        for e, edge in enumerate(edges):
            if edge.rule != rule:
                continue
            node = formulas.node(choice, cells.all[edge.source], (*where, rule), scope)
            if node is not None:
                formulas.check(node, ANY, (*where, rule))
                found[e] = node
    return found
