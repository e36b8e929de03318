"""Less harm: a partial order over a model's states, declared as data, and what the model and its counts do along it.

A state is *less harm* than another when the first dimension in which they differ, in the order of the file, lies lower
by the pairs of the file or by what follows from them. States that no pair joins are not compared: neither is better.
No *credit rule* (a count or measure that says "this is a positive change") may be negative along the order. Where the
simulation finds a risk in a step it is listed with the levers that mitigate it: a risk to protect people from, never a
mark against the change. Source: DESIGN 9, rule 5. Data: ``data/principles/order/MODEL.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, Field

from bothand.engine.arrays import Bools, Floats, Schedule
from bothand.engine.compile import CompiledModel
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, data_folder, read_toml, validate
from bothand.world.service import Key, Record, Text

Levels = Annotated[tuple[str, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]


class Pair(Record):
    """Levels of one dimension of which the second are less harm than the first; only among people of ``where``."""

    dimension: Key
    more: Levels
    less: Levels
    where: dict[str, Levels] = Field({}, description="levels that hold of both; empty = everyone")


class Credit(Record):
    """One kind of positive change: the moves that are counted as it, each once, never added to another kind."""

    key: Key
    label: Text
    moves: tuple[str, ...] = Field(min_length=1, description="names of rules, or 'event: branch'")


class Risk(Record):
    """A step after which the simulation may find people at more risk, and the levers that mitigate it."""

    key: Key
    label: Text
    before: dict[str, Levels]
    after: dict[str, Levels]
    levers: tuple[Key, ...] = Field(min_length=1)


class OrderFile(Record):
    """The order of one model, the kinds of change that count, and the steps that carry risk."""

    model: Text
    first: tuple[Key, ...] = Field(min_length=1, description="dimensions, the weightiest first")
    counts: tuple[Key, ...] = Field(description="the model's counts that say 'this is a positive change'")
    measures: tuple[Key, ...] = Field(description="the model's measures that say so of a state; added up as one credit")
    pair: tuple[Pair, ...] = Field(min_length=1)
    credit: tuple[Credit, ...] = Field(min_length=1)
    risk: tuple[Risk, ...] = ()


@dataclass(frozen=True)
class Order:
    """``less[a, b]`` is true when living compartment b is less harm than a; a strict partial order."""

    file: OrderFile
    less: Bools  # (N, N), living compartments


@dataclass(frozen=True)
class FoundRisk:
    """A step in which the simulation finds a risk: overdoses a person-year before and after, mean of runs."""

    key: str
    label: str
    before: float
    after: float
    levers: tuple[str, ...]


@dataclass(frozen=True)
class OrderReport:
    """What a model does along its order.

    against: moves that a count credits although they lead to more harm; uncounted: moves toward less harm that no kind
    of change counts; falling: pairs of states along the order where a credited measure falls; counted: moves that
    count, by kind; risks: steps with a risk.
    """

    against: tuple[str, ...]
    uncounted: tuple[str, ...]
    falling: tuple[tuple[str, str], ...]
    counted: Mapping[str, int]
    risks: tuple[FoundRisk, ...]

    @property
    def sound(self) -> bool:
        """True when every step toward less harm counts and none counts against anyone."""
        return not (self.against or self.uncounted or self.falling)


def load_order(model: CompiledModel, path: Path | None = None) -> Order | None:
    """Read the order of a model; None when none is declared for it.

    Raises FaultsFound for unknown dimensions, levels, moves, counts, measures and levers, and for an order that goes
    round in a circle.
    """
    name = model.spec.header.name
    path = path or data_folder() / "principles" / "order" / f"{name}.toml"
    if not path.exists():
        return None
    document = read_toml(path)
    file = validate(OrderFile, document)
    faults = list(_faults(file, model, document))
    if faults:
        raise FaultsFound(faults)
    less = _less(file, model)
    if bool(np.any(np.diag(less))):
        raise FaultsFound([document.fault("the order goes round in a circle.", ("pair",))])
    return Order(file, less)


def _faults(file: OrderFile, model: CompiledModel, document: Document) -> Iterator[Fault]:
    spec = model.spec
    if file.model != spec.header.name:
        yield document.fault(f"this order is for '{spec.header.name}' by its file's name.", ("model",))
    moves = {edge.rule for edge in model.edges}
    lists: list[tuple[Path_, Sequence[str], Sequence[str]]] = [
        (("first",), file.first, list(spec.dimension)),
        (("counts",), file.counts, list(spec.count)),
        (("measures",), file.measures, list(spec.measure)),
    ]
    lists += [(("credit", n, "moves"), one.moves, sorted(moves)) for n, one in enumerate(file.credit)]
    lists += [(("risk", n, "levers"), one.levers, list(spec.lever)) for n, one in enumerate(file.risk)]
    selectors: list[tuple[Path_, Mapping[str, Sequence[str]]]] = []
    for n, pair in enumerate(file.pair):
        selectors += [
            (("pair", n, "more"), {pair.dimension: pair.more}),
            (("pair", n, "less"), {pair.dimension: pair.less}),
        ]
        selectors.append((("pair", n, "where"), pair.where))
    for n, risk in enumerate(file.risk):
        selectors += [(("risk", n, "before"), risk.before), (("risk", n, "after"), risk.after)]
    for where, selector in selectors:
        for dimension, levels in selector.items():
            lists.append((where, [dimension], list(spec.dimension)))
            known = spec.dimension.get(dimension)
            if known:
                lists.append((where, levels, [*(level.name for level in known.levels), *known.sets]))
    for where, named, known_names in lists:
        for name in named:
            if name not in known_names:
                yield document.fault(f"unknown name '{name}'.", where, nearest(name, known_names))


def expand(model: CompiledModel, dimension: str, names: Sequence[str]) -> set[str]:
    """Return the levels of a dimension that names of levels and sets stand for."""
    sets = model.spec.dimension[dimension].sets
    return {level for name in names for level in (expand(model, dimension, sets[name]) if name in sets else [name])}


def cells_of(model: CompiledModel, selector: Mapping[str, Sequence[str]]) -> list[int]:
    """Return the living compartments that a selector of levels and sets names."""
    wanted = {dimension: expand(model, dimension, names) for dimension, names in selector.items()}
    return [n for n, cell in enumerate(model.cells) if all(cell.get(d) in levels for d, levels in wanted.items())]


def _less(file: OrderFile, model: CompiledModel) -> Bools:
    """Return the order over living compartments: the first dimension that differs decides, if its pairs join them."""
    n = model.chain.n_living
    below = np.zeros((n, n), dtype=np.bool_)
    same = np.ones((n, n), dtype=np.bool_)
    for dimension in file.first:
        levels = np.array([cell.get(dimension, "") for cell in model.cells])
        lower = np.zeros((n, n), dtype=np.bool_)
        for pair in (p for p in file.pair if p.dimension == dimension):
            inside = np.zeros(n, dtype=np.bool_)
            inside[cells_of(model, pair.where)] = True
            more = np.isin(levels, sorted(expand(model, dimension, pair.more)))
            less = np.isin(levels, sorted(expand(model, dimension, pair.less)))
            lower |= (more & inside)[:, None] & (less & inside)[None, :]
        lower &= levels[:, None] != levels[None, :]
        below |= same & _closure(lower & same)
        same &= levels[:, None] == levels[None, :]
    return below


def _closure(relation: Bools) -> Bools:
    """Return what follows from a relation when a below b and b below c put a below c."""
    found = relation
    while True:
        longer = found | ((found.astype(np.int64) @ found.astype(np.int64)) > 0)
        if np.array_equal(longer, found):
            return found
        found = longer


def report(order: Order, model: CompiledModel, rates: Schedule, weights: Mapping[str, Floats]) -> OrderReport:
    """Return what a model does along its order.

    Args:
        order: the order of the model.
        model: the compiled model.
        rates: the status quo's rates; the overdoses of its first year say where a step carries risk.
        weights: credited measure -> weight of a person-year, (N, D) or (Y, N, D).
    """
    living = model.chain.n_living
    edges = [edge for edge in model.edges if edge.target < living]
    counted = {move for name in order.file.counts for move in _moves_of(model, name)}
    toward = {edge.rule for edge in edges if order.less[edge.source, edge.target]}
    away = {edge.rule for edge in edges if order.less[edge.target, edge.source]}
    credited = {move for kind in order.file.credit for move in kind.moves}
    return OrderReport(
        against=tuple(sorted((counted | credited) & away)),
        uncounted=tuple(sorted(toward - credited)),
        falling=falling(order, model, weights),
        counted={kind.label: len(set(kind.moves) & toward) for kind in order.file.credit},
        risks=tuple(_risks(order, model, rates)),
    )


def _moves_of(model: CompiledModel, count: str) -> set[str]:
    return set(model.spec.count[count].rules)


def falling(order: Order, model: CompiledModel, weights: Mapping[str, Floats]) -> tuple[tuple[str, str], ...]:
    """Return (more harm, less harm) by label where the credit of a state falls along the order in some draw or year."""
    living = model.chain.n_living
    parts = [np.asarray(weights[name])[..., :living, :] for name in order.file.measures]
    credit = sum((part if part.ndim > 2 else part[None] for part in parts), np.zeros((1, living, 1)))  # (Y, N, D)
    least = (credit[:, None] - credit[:, :, None]).min(axis=(0, -1))  # from a row's state to a column's
    found = np.argwhere(order.less & (least < 0))
    return tuple((model.labels[a], model.labels[b]) for a, b in found)


def _risks(order: Order, model: CompiledModel, rates: Schedule) -> Iterator[FoundRisk]:
    """Yield the declared steps after which people overdose more often, today."""
    hazard = rates.event[0].mean(axis=-1)  # (N,)
    for risk in order.file.risk:
        before, after = (float(hazard[cells_of(model, where)].mean()) for where in (risk.before, risk.after))
        if after > before:
            yield FoundRisk(risk.key, risk.label, before, after, risk.levers)
