"""From a compiled model and numbers to the Schedule that the engines run.

Each distinct sub-expression is evaluated once, with a year axis only where a lever or series in it changes between
years and a stratum axis only where sex or age matter. All arithmetic is elementwise, so a rate depends on nothing but
its own inputs: a lever at its status quo gives the status quo to the bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from bothand.engine.arrays import Floats, Schedule
from bothand.engine.compile import CompiledModel, ageing
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Path_
from bothand.remembered import Remembered
from bothand.world.language.edges import Edge
from bothand.world.language.expression import ExpressionError, evaluate, names, parse
from bothand.world.language.graph import LEVER, QUANTITY, SERIES, TABLE, Node
from bothand.world.language.graph import evaluate as evaluate_graph

ROUNDING = 1e-12  # MATH: a rate or probability may miss its bound by this much and is then set to the bound


@dataclass(frozen=True)
class Environment:
    """The numbers of one run. Times are in years and rates per year; D draws, Y years, S strata.

    Arrays may also be shorter by leading axes of size 1: a scalar, or (D,) for a lever or series that does not change.
    """

    quantities: Mapping[str, Floats]  # (D,)
    levers: Mapping[str, Floats]  # (Y, D)
    series: Mapping[str, Floats]  # (Y, D)
    tables: Mapping[str, Floats]  # (S,) or (S, D)
    years: tuple[int, ...]

    def in_years(self, which: slice) -> Environment:
        """Return the numbers of some years, by position; what does not change from year to year stays as it is."""

        def cut(values: Floats) -> Floats:
            return values[which] if np.ndim(values) > 1 and len(values) > 1 else values

        levers, series = ({name: cut(values) for name, values in all_.items()} for all_ in (self.levers, self.series))
        return replace(self, levers=levers, series=series, years=self.years[which])

    @cached_property
    def draws(self) -> int:
        """Number of draws: the longest last axis of what is given."""
        given = [*self.quantities.values(), *self.levers.values(), *self.series.values()]
        sizes = [np.shape(values)[-1] for values in given if np.ndim(values)]
        sizes += [np.shape(values)[1] for values in self.tables.values() if np.ndim(values) == 2]
        return max(sizes, default=1)


@dataclass
class Values:
    """Values of nodes in one environment, each found once."""

    model: CompiledModel
    environment: Environment
    known: dict[int, Any] = field(default_factory=dict)

    def need(self, roots: Iterable[int]) -> None:
        """Evaluate roots. Raises FaultsFound naming every input that is missing or has the wrong shape."""
        roots = frozenset(roots)
        _check_inputs(self.model, self.environment, roots)
        evaluate_graph(self.model.graph, roots, self._leaf, self.known)

    def of(self, node: int) -> Floats:
        """Return a node's value, axes (Y or 1, S or 1, D or 1)."""
        value: Floats = self.known[node]
        return value

    def flat(self, node: int) -> Floats:
        """Return the value of a node that is the same in every stratum, axes (Y or 1, D or 1)."""
        return self.of(node)[:, 0]

    def yearly(self, node: int) -> Floats:
        """Return the value of such a node for every year and draw, (Y, D)."""
        shape = (len(self.environment.years), self.environment.draws)
        return np.array(np.broadcast_to(self.flat(node), shape), order="C")

    def fixed(self, node: int) -> Floats:
        """Return the value of such a node that no year changes, (D,)."""
        return np.array(np.broadcast_to(self.flat(node)[0], (self.environment.draws,)))

    def _leaf(self, node: Node) -> Floats:
        environment = self.environment
        if node.kind == QUANTITY:
            return np.asarray(environment.quantities[node.name], dtype=np.float64).reshape(1, 1, -1)
        if node.kind == TABLE:
            return _by_stratum(self.model, node, np.asarray(environment.tables[node.name], dtype=np.float64))
        source = environment.levers if node.kind == LEVER else environment.series
        values = np.atleast_2d(np.asarray(source[node.name], dtype=np.float64))
        changes = values.shape[0] > 1 and bool(np.any(values != values[:1]))
        return (values if changes else values[:1])[:, None, :]


def _by_stratum(model: CompiledModel, node: Node, values: Floats) -> Floats:
    strata = len(model.chain.strata)
    wide = values[:, None] if values.ndim == 1 else values
    return np.broadcast_to(wide, (strata, wide.shape[1]))[None]


def _check_inputs(model: CompiledModel, environment: Environment, roots: frozenset[int]) -> None:
    years, draws, strata = len(environment.years), environment.draws, len(model.chain.strata)
    allowed: dict[str, tuple[Mapping[str, Floats], tuple[tuple[int, ...], ...]]] = {
        QUANTITY: (environment.quantities, ((), (1,), (draws,))),
        LEVER: (environment.levers, ((), (1,), (draws,), (years, 1), (years, draws), (1, draws))),
        SERIES: (environment.series, ((), (1,), (draws,), (years, 1), (years, draws), (1, draws))),
        TABLE: (environment.tables, ((strata,), (strata, 1), (strata, draws))),
    }
    file = model.spec.fault("").file
    faults = []
    for kind, (given, shapes) in allowed.items():
        wanted = model.graph.names_of(roots, kind)
        for name in sorted(wanted):
            if name not in given:
                faults.append(Fault(file, f"no value was given for the {kind} '{name}'.", nearest=nearest(name, given)))
            elif np.shape(given[name]) not in shapes:
                shown = f"{np.shape(given[name])}; allowed: {', '.join(map(str, dict.fromkeys(shapes)))}"
                faults.append(Fault(file, f"the values of the {kind} '{name}' have shape {shown}."))
    if faults:
        raise FaultsFound(faults)


# -------------------------------------------------------------------- schedule
def schedule(model: CompiledModel, environment: Environment) -> Schedule:
    """Return the rates of every year and draw.

    Raises FaultsFound for a missing input, and for a rate that is negative or not a number, a probability above 1,
    negative places, each with the draw and year in which it happens.
    """
    return _assemble(model, _schedule_values(model, environment), None)


def both_schedules(model: CompiledModel, plan: Environment, status_quo: Environment) -> tuple[Schedule, Schedule]:
    """Return the rates of every year and draw of a plan, as ``schedule`` does, and those of its held-death twin.

    The twin runs with every edge at the plan's numbers, but (1) death edges at the status quo's, and (2) edges of
    survivors at the plan's event rate and branch probability times the status quo's chance of surviving, so that
    people whom the plan saved do not appear as survivors. at_hand, which these edges read, is the one recorded in the
    status quo: ``Held(plain=s.plain, slope=s.slope, by_stratum=s.by_stratum, at_hand=recorded)`` with s from here.
    Capacities, the kits and the event rates of the stock stay the plan's: the twin has its own queues and stock.
    With the same environment twice it equals ``schedule`` to the bit.
    """
    own = _schedule_values(model, plan)
    known = _of_status_quo.of(status_quo, id(model), lambda: (model, _schedule_values(model, status_quo).known))[1]
    return _assemble(model, own, None), _assemble(model, own, Values(model, status_quo, known))


_of_status_quo: Remembered[tuple[CompiledModel, dict[int, Any]]] = Remembered()
"""What the rates of a status quo rest on, by model; it is asked again with every plan."""


def _schedule_values(model: CompiledModel, environment: Environment) -> Values:
    """Return the values of all nodes that a schedule rests on."""
    values = Values(model, environment)
    values.need(_schedule_roots(model))
    return values


def _schedule_roots(model: CompiledModel) -> frozenset[int]:
    return _roots.of(model, "schedule", lambda: _found_roots(model))


_roots: Remembered[frozenset[int]] = Remembered()
"""The roots of a model's schedule."""


def _found_roots(model: CompiledModel) -> frozenset[int]:
    roots: set[int] = set()
    for edge in model.edges:
        roots |= {edge.at_none, edge.at_full, *(edge.occurs or ()), *(edge.survives or ())}
    for nodes in model.probabilities.values():
        roots |= nodes
    for capacity in model.capacities:
        roots |= {capacity.places, capacity.fill}
    for inflow in model.inflows:
        roots |= {node for node in (inflow.rate, inflow.prevented) if node is not None}
    if model.stock is not None:
        stock = model.stock
        roots |= {stock.kits, stock.shelf_life, stock.most, stock.draw_down, stock.use_per_event}
        roots |= set(model.events[stock.event].values())
    return frozenset(roots)


def _assemble(model: CompiledModel, own: Values, held: Values | None) -> Schedule:
    faults: dict[Path_, Fault] = {}
    years, draws = len(own.environment.years), own.environment.draws
    n_plain, coupled = model.chain.n_plain, model.chain.coupled
    plain_edges, by_stratum_edges = model.edges[:n_plain], model.edges[n_plain:]
    plain = _gather(model, plain_edges, 0, own, held, faults)[:, :, 0]
    full = _gather(model, [plain_edges[i] for i in coupled], 1, own, held, faults)[:, :, 0]
    by_stratum = _gather(model, by_stratum_edges, 0, own, held, faults)
    _check_probabilities(model, own, faults)
    inflow = _inflow(model, own, faults)
    places = np.empty((years, len(model.capacities), draws))
    fill = np.empty((len(model.capacities), draws))
    for c, capacity in enumerate(model.capacities):
        places[:, c] = own.yearly(capacity.places)
        fill[c] = own.fixed(capacity.fill)
        _refuse(model, own, places[:, c], "the places are", (*capacity.where, "places"), faults, finite=False)
        _refuse(model, own, fill[None, c], "the fill exponent is", (*capacity.where, "fill"), faults, above=True)
    stock = _stock(model, own, faults)
    if faults:
        raise FaultsFound(sorted(faults.values(), key=lambda fault: fault.line or 0))
    return Schedule(
        plain=np.ascontiguousarray(plain),
        by_stratum=by_stratum,
        slope=np.ascontiguousarray(full - plain[:, coupled]),
        ageing=np.array(ageing(model.spec)),
        inflow=inflow,
        inflow_origin=model.inflow_origin,
        places=places,
        fill=fill,
        **stock,
    )


def _gather(
    model: CompiledModel, edges: Iterable[Edge], end: int, own: Values, held: Values | None,
    faults: dict[Path_, Fault],
) -> Floats:  # fmt: skip
    """Return the rates of edges at at_hand = ``end`` (0 or 1): (Y, edges, S, D), S = 1 when no edge needs strata.

    Equal rates are checked once and then copied to their edges.
    """
    rows: dict[tuple[int, str], int] = {}
    values: list[Floats] = []
    index: list[int] = []
    for edge in edges:
        how = "" if held is None else "death" if edge.death else "survivors" if edge.survives else ""
        key = (edge.at_full if end else edge.at_none, how)
        if key not in rows:
            rows[key] = len(values)
            value = _rate(edge, end, how, own, held)
            _refuse(model, own, value, f"the rate of '{edge.rule}' is", edge.where, faults)
            values.append(value)
        index.append(rows[key])
    strata = max((value.shape[1] for value in values), default=1)
    strata = len(model.chain.strata) if strata > 1 else 1
    distinct = np.empty((len(own.environment.years), len(values), strata, own.environment.draws))
    for r, value in enumerate(values):
        np.maximum(value, 0, out=distinct[:, r])
    return np.take(distinct, np.array(index, dtype=np.int64), axis=1)


def _rate(edge: Edge, end: int, how: str, own: Values, held: Values | None) -> Floats:
    if held is not None and how == "death":
        return held.of(edge.at_full if end else edge.at_none)
    if held is not None and how == "survivors" and edge.occurs is not None and edge.survives is not None:
        return np.asarray(own.of(edge.occurs[end]) * held.of(edge.survives[end]))
    return own.of(edge.at_full if end else edge.at_none)


def _refuse(
    model: CompiledModel, own: Values, value: Floats, what: str, where: Path_, faults: dict[Path_, Fault],
    most: float = np.inf, finite: bool = True, above: bool = False,
) -> None:  # fmt: skip
    """Note a value that is not a number, infinite, below 0 (or at 0 when ``above``) or above ``most``."""
    wrong = ~(value > 0) if above else ~(value >= -ROUNDING)
    wrong |= value > most + ROUNDING
    if finite:
        wrong |= np.isinf(value)
    if where in faults or not wrong.any():
        return
    first = tuple(np.argwhere(wrong)[0])
    found = float(value[first])
    year = own.environment.years[first[0]] if value.shape[0] > 1 else None
    place = [f"draw {first[-1] + 1}"] + ([f"year {year}"] if year is not None else [])
    if value.ndim > 2 and value.shape[1] > 1:
        place.append(model.chain.strata[first[1]])
    said = "not a number" if np.isnan(found) else f"{found:.6g}"
    faults[where] = model.spec.fault(f"{what} {said} in {', '.join(place)}.", where)


def _check_probabilities(model: CompiledModel, own: Values, faults: dict[Path_, Fault]) -> None:
    for (name, where), nodes in model.probabilities.items():
        for node in nodes:
            _refuse(model, own, own.of(node), f"the probability of '{name}' is", where, faults, most=1)


def _inflow(model: CompiledModel, own: Values, faults: dict[Path_, Fault]) -> Floats:
    arrivals = model.chain.arrivals
    shape = (len(own.environment.years), len(model.chain.strata), own.environment.draws)
    found = np.zeros((shape[0], len(arrivals), *shape[1:]))
    for inflow in model.inflows:
        rate = own.of(inflow.rate)
        _refuse(model, own, rate, "the inflow is", (*inflow.where, "rate"), faults)
        if inflow.prevented is None or inflow.prevented_to is None:
            found[:, arrivals.index(inflow.to)] += rate
            continue
        share = own.of(inflow.prevented)
        _refuse(model, own, share, "the share prevented is", (*inflow.where, "prevented"), faults, most=1)
        found[:, arrivals.index(inflow.to)] += rate * (1 - share)
        found[:, arrivals.index(inflow.prevented_to)] += rate * share
    return found


def _stock(model: CompiledModel, own: Values, faults: dict[Path_, Fault]) -> dict[str, Floats]:
    """Return the stock's part of the Schedule; without a stock, zeros (and a shelf life of one year)."""
    years, draws = len(own.environment.years), own.environment.draws
    event = np.zeros((years, model.chain.n_all, draws))
    if model.stock is None:
        zero, flat = np.zeros((years, draws)), np.zeros(draws)
        return {
            "kits": zero, "shelf_life": flat + 1, "most": flat, "draw_down": flat.copy(),
            "use_per_event": zero.copy(), "event": event,
        }  # fmt: skip
    nodes, where = model.stock, ("stock", next(iter(model.spec.stock)))
    for i, node in model.events[nodes.event].items():
        event[:, i] = own.flat(node)
        _refuse(model, own, own.of(node), f"the rate of '{nodes.event}' is", (*where, "event"), faults)
    found = {
        "kits": own.yearly(nodes.kits),
        "shelf_life": own.fixed(nodes.shelf_life),
        "most": own.fixed(nodes.most),
        "draw_down": own.fixed(nodes.draw_down),
        "use_per_event": own.yearly(nodes.use_per_event),
    }
    for name, value in found.items():
        limit = {"most": 1.0}.get(name, np.inf)
        table = value if value.ndim == 2 else value[None]
        said = f"'{name}' of the stock is"
        _refuse(model, own, table, said, (*where, name), faults, most=limit, above=name == "shelf_life")
    return {**found, "event": event}


# -------------------------------------------------------------------- levers
def unknown(model: CompiledModel, what: str, name: str, known: Iterable[str]) -> Fault:
    """Return the fault of a name that the model does not have, with the names that it has."""
    allowed = list(known)
    message = f"the model has no {what} '{name}'; it has: {', '.join(allowed) or 'none'}."
    return Fault(model.spec.fault("").file, message, nearest=nearest(name, allowed))


def status_quo_levers(
    model: CompiledModel, quantities: Mapping[str, Floats], place: Mapping[str, str] | None = None
) -> dict[str, Floats]:
    """Return every lever at its status quo, (D,).

    ``place`` maps levers to a place's own expression over quantities (a key, as a rule), which goes before the
    model's. Raises FaultsFound for a lever with neither, for an unknown lever or quantity, and for a value that is
    negative or, for a reach or share, above 1.
    """
    given = dict(place or {})
    faults = [unknown(model, "lever", name, model.levers) for name in given if name not in model.levers]
    environment = Environment(quantities, {}, {}, {}, (0,))
    values = Values(model, environment)
    found: dict[str, Floats] = {}
    for name, lever in model.spec.lever.items():
        try:
            if name in given:
                level = _expression(given[name], quantities)
            elif name in model.status_quo:
                values.need([model.status_quo[name]])
                level = values.fixed(model.status_quo[name])
            else:
                message = "this lever has no status quo: neither the model nor the place gives one."
                raise FaultsFound([model.spec.fault(message, ("lever", name))])
        except FaultsFound as found_faults:
            faults += found_faults.faults
            continue
        level = np.array(np.broadcast_to(level, (environment.draws,)), dtype=np.float64)
        most = 1.0 if lever.kind in ("reach", "share") else np.inf
        wrong: dict[Path_, Fault] = {}
        _refuse(model, values, level[None], f"the status quo of '{name}' is", ("lever", name), wrong, most=most)
        faults += wrong.values()
        found[name] = level
    if faults:
        raise FaultsFound(faults)
    return found


def _expression(text: str, quantities: Mapping[str, Floats]) -> Any:
    try:
        tree = parse(text)
    except ExpressionError as error:
        raise FaultsFound([Fault("place", f"in '{text}': {error}.")]) from error
    missing = sorted(names(tree) - set(quantities))
    if missing:
        near = nearest(missing[0], quantities)
        raise FaultsFound([Fault("place", f"no value was given for the quantity '{missing[0]}'.", nearest=near)])
    return evaluate(tree, quantities)
