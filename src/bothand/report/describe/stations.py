"""What a drawing shows: boxes of levels of one dimension in layers, and the moves between them, from the edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bothand.engine.compile import CompiledModel
from bothand.report.describe.where import Axes, either, phrases

START, STATE, DEAD = "start", "state", "dead"
ARRIVE = "People who arrive"
PREVENTED = "where the start is prevented"


@dataclass(frozen=True)
class Exit:
    """Moves from one box to another, in words. ``target`` is a box's place in the drawing; ``moves`` counts edges."""

    target: int
    labels: tuple[str, ...]
    moves: int


@dataclass(frozen=True)
class Station:
    """One box. ``within`` are moves between its own levels; ``always`` are moves into it from every living box."""

    kind: str
    title: str
    layer: int
    number: int = 0  # shown in the drawing; 0 = none
    levels: tuple[str, ...] = ()
    exits: tuple[Exit, ...] = ()
    within: tuple[str, ...] = ()
    always: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wiring:
    """One drawing: the boxes from top to bottom."""

    axis: str
    label: str
    stations: tuple[Station, ...]


@dataclass
class _Flows:
    """Labels of moves and their number of edges, by (from part, to part) and by (from part, way to die)."""

    between: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)
    deaths: dict[tuple[int, int], dict[str, int]] = field(default_factory=dict)
    within: dict[int, dict[str, int]] = field(default_factory=dict)


def wiring(model: CompiledModel, axes: Axes, axis: str) -> Wiring:
    """Return the drawing of one dimension: every edge that changes its level, arrivals and deaths.

    Levels share a box when the model's file names them as a set and some move leaves all of them together. Layers
    follow the moves away from the levels that people arrive in.
    """
    parts = partition(model, axes, axis)
    flows = _flows(model, axes, axis, parts)
    starts = _starts(model, axes, axis, parts)
    layers = _layers(parts, flows, sorted({to for to, _ in starts}))
    order = sorted(range(len(parts)), key=lambda p: (layers[p], p))
    first = 1 if starts else 0
    place = {part: first + n for n, part in enumerate(order)}
    always = _always(len(parts), flows)
    stations = [Station(START, ARRIVE, -1, exits=_exits([(place[to], x, 1) for to, x in starts]))] if starts else []
    for part in order:
        stations.append(
            Station(
                kind=STATE,
                title=either(axes.labels[axis, level] for level in parts[part]),
                layer=layers[part],
                number=place[part] - first + 1,
                levels=parts[part],
                exits=_exits(_leaving(flows, part, place, first + len(parts), always)),
                within=tuple(phrases(flows.within.get(part, {}))),
            )
        )
    for way, label in enumerate(model.spec.dead.values()):
        every = tuple(text for w, text in always if w == way)
        stations.append(Station(DEAD, label, max(layers) + 1, len(parts) + way + 1, always=every))
    return Wiring(axis, axes.names[axis], tuple(stations))


def _leaving(
    flows: _Flows, part: int, place: Mapping[int, int], first_dead: int, always: Sequence[tuple[int, str]]
) -> list[tuple[int, str, int]]:
    """Return (place of the target, label, edges) of what leaves a part, deaths that are said once left out."""
    found = []
    for (source, target), labels in flows.between.items():
        found += [(place[target], label, n) for label, n in labels.items() if source == part]
    for (source, way), labels in flows.deaths.items():
        drawn = {label: n for label, n in labels.items() if (way, label) not in always}
        found += [(first_dead + way, label, n) for label, n in drawn.items() if source == part]
    return found


def partition(model: CompiledModel, axes: Axes, axis: str) -> list[tuple[str, ...]]:
    """Return the levels of a dimension in boxes, in the order of the file; levels without a cell are left out."""
    leaves: dict[str, set[str]] = {level.name: set() for level in model.spec.dimension[axis].levels}
    used = {axes.level(i, axis) for i in range(len(axes.cells))}
    for edge in model.edges:
        if edge.target < len(axes.cells) and axes.level(edge.source, axis) != axes.level(edge.target, axis):
            leaves[axes.level(edge.source, axis)].add(edge.rule)
    levels = [level for level in leaves if level in used]
    taken: dict[str, tuple[str, ...]] = {}
    for members in model.spec.dimension[axis].sets.values():
        held = tuple(level for level in levels if level in members)
        free = len(held) > 1 and not any(level in taken for level in held)
        if free and set.intersection(*(leaves[level] for level in held)):
            taken |= dict.fromkeys(held, held)
    return list(dict.fromkeys(taken.get(level, (level,)) for level in levels))


def _flows(model: CompiledModel, axes: Axes, axis: str, parts: Sequence[tuple[str, ...]]) -> _Flows:
    part_of = {level: p for p, levels in enumerate(parts) for level in levels}
    found = _Flows()
    for edge in model.edges:
        before = axes.level(edge.source, axis)
        source = part_of[before]
        if edge.target >= len(axes.cells):
            labels = found.deaths.setdefault((source, edge.target - len(axes.cells)), {})
        elif before == (after := axes.level(edge.target, axis)):
            continue
        elif source == part_of[after]:
            labels = found.within.setdefault(source, {})
        else:
            labels = found.between.setdefault((source, part_of[after]), {})
        labels[edge.label] = labels.get(edge.label, 0) + 1
    return found


def _starts(model: CompiledModel, axes: Axes, axis: str, parts: Sequence[tuple[str, ...]]) -> list[tuple[int, str]]:
    """Return (part, label) of everything that people arrive by."""
    part_of = {level: p for p, levels in enumerate(parts) for level in levels}
    found: dict[tuple[int, str], None] = {}
    for nodes, inflow in zip(model.inflows, model.spec.inflow.values(), strict=True):
        to = part_of[axes.level(nodes.to, axis)]
        found[to, inflow.label] = None
        if nodes.prevented_to is not None:
            aside = part_of[axes.level(nodes.prevented_to, axis)]
            if aside != to:
                found[aside, PREVENTED] = None
    return list(found)


def _exits(found: Sequence[tuple[int, str, int]]) -> tuple[Exit, ...]:
    """Return one exit for each target, in the order of the boxes."""
    targets = sorted({target for target, _, _ in found})
    return tuple(
        Exit(to, tuple(phrases(x for t, x, _ in found if t == to)), sum(n for t, _, n in found if t == to))
        for to in targets
    )


def _always(parts: int, flows: _Flows) -> list[tuple[int, str]]:
    """Return (way to die, label) of the deaths that every box leads to: they are said once, not drawn."""
    seen: dict[tuple[int, str], int] = {}
    for (_, way), labels in flows.deaths.items():
        for label in labels:
            seen[way, label] = seen.get((way, label), 0) + 1
    return [key for key, count in seen.items() if count == parts]


def _layers(parts: Sequence[tuple[str, ...]], flows: _Flows, starts: Sequence[int]) -> list[int]:
    """Return the layer of every part: the longest way to it along moves that lead away from the start.

    A move leads away when its target is farther from the start than its source (fewest moves; ties as in the file).
    """
    onward: dict[int, list[int]] = {p: [] for p in range(len(parts))}
    for source, target in flows.between:
        onward[source].append(target)
    entered = {target for _, target in flows.between}
    distance = _distances(onward, starts or [p for p in onward if p not in entered] or [0])
    order = sorted(onward, key=lambda p: (distance.get(p, 0), p))
    rank = {part: n for n, part in enumerate(order)}
    layers = [0] * len(parts)
    for part in order:
        for target in onward[part]:
            if rank[target] > rank[part]:
                layers[target] = max(layers[target], layers[part] + 1)
    return layers


def _distances(onward: Mapping[int, Sequence[int]], starts: Sequence[int]) -> dict[int, int]:
    found = dict.fromkeys(starts, 0)
    waiting = list(starts)
    for part in waiting:
        for target in onward[part]:
            if target not in found:
                found[target] = found[part] + 1
                waiting.append(target)
    return found
