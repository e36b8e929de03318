"""Cells: the combinations of levels that exist, split in phases; sets of them; where a move leads.

A *selector* is a table such as ``{ use = "settled", care = ["none", "waits"], phase = "longer" }``: each value is a
level, the name of a set, a list of either, or ``"*"``; a dimension that is not named is free.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bothand.faults import nearest
from bothand.files import Path_
from bothand.world.language.report import Report
from bothand.world.model import Dimension, ModelSpec, Selector

PHASE = "phase"
DURATION = "duration"
ALL = "*"
Allowed = dict[str, tuple[str, ...]]  # levels that a selector lets through, in the order in which it names them


@dataclass(frozen=True)
class Cell:
    """One living compartment. ``levels`` maps each dimension to a level; ``steps`` names its phases, if any.

    ``keeps`` names what keeps the duration of a stay, if any; ``duration`` is the cycle in a row that this is.
    """

    code: str
    label: str
    levels: Mapping[str, str]
    steps: str | None = None
    phase: str | None = None
    keeps: str | None = None
    duration: int | None = None

    def level(self, axis: str) -> str | None:
        """Return the level on a dimension, or the phase."""
        return self.phase if axis == PHASE else self.levels[axis]


@dataclass(frozen=True)
class Cells:
    """Every living compartment in order, and how to find one by its levels, phase and duration."""

    spec: ModelSpec
    all: tuple[Cell, ...]
    index: Mapping[tuple[tuple[str, ...], str | None, int | None], int] = field(repr=False)

    def entered(self, source: Cell, levels: tuple[str, ...], phase: str | None) -> int:
        """Return the compartment of these levels and phase that people from ``source`` come into next cycle."""
        found = self.index.get((levels, phase, None))
        if found is not None:
            return found
        first = self.all[self.index[levels, phase, 1]]
        on = source.keeps == first.keeps and source.duration is not None
        cycle = min((source.duration or 0) + 1, self.spec.duration[first.keeps or ""].longest) if on else 1
        return self.index[levels, phase, cycle]

    @property
    def stays(self) -> tuple[int, ...]:
        """The compartment in which people of each compartment are a cycle later when nothing moves them."""
        return tuple(self.entered(cell, tuple(cell.levels.values()), cell.phase) for cell in self.all)


def axes(spec: ModelSpec) -> dict[str, tuple[list[str], dict[str, list[str]]]]:
    """Return the levels and the sets of every dimension, and of the phases."""
    found = {name: ([x.name for x in d.levels], dict(d.sets)) for name, d in spec.dimension.items()}
    steps = dict.fromkeys(step.name for phases in spec.phases.values() for step in phases.steps)
    if steps:
        found[PHASE] = (list(steps), {})
    return found


def check_dimensions(spec: ModelSpec, report: Report) -> None:
    """Note levels that stand twice, sets of unknown levels, and names that mean two things."""
    for name, dimension in spec.dimension.items():
        where: Path_ = ("dimension", name)
        levels = [level.name for level in dimension.levels]
        if name in (PHASE, DURATION, "by", "sex", "age", "year", "cycle"):
            report.add(f"a dimension may not be called '{name}'.", where)
        for level in sorted({x for x in levels if levels.count(x) > 1}):
            report.add(f"the level '{level}' stands twice.", (*where, "levels"))
        for reserved in {"by", ALL} & {*levels, *dimension.sets}:
            report.add(f"a level or set may not be called '{reserved}'.", (*where, "levels"))
        _check_sets(dimension, levels, where, report)


def _check_sets(dimension: Dimension, levels: list[str], where: Path_, report: Report) -> None:
    for name, members in dimension.sets.items():
        here = (*where, "sets", name)
        if name in levels:
            report.add(f"'{name}' is both a level and a set.", here)
        if not members or len(set(members)) != len(members):
            report.add(f"the set '{name}' is empty or names a level twice.", here)
        for member in members:
            if member not in levels:
                report.unknown("level", member, levels, here)
    seen: set[str] = set()
    for family in dimension.pairs:
        for member in family:
            if member not in levels:
                report.unknown("level", member, levels, (*where, "pairs"))
            elif member in seen:
                report.add(f"'{member}' is in two families of pairs.", (*where, "pairs"))
            seen.add(member)


def allowed(spec: ModelSpec, selector: Selector, where: Path_, report: Report) -> Allowed | None:
    """Return the levels that a selector lets through, or None after noting what it names that does not exist."""
    known = axes(spec)
    found: Allowed = {}
    good = True
    for axis, value in selector.items():
        if axis not in known:
            report.unknown("dimension", axis, known, (*where, axis))
            good = False
            continue
        levels, sets = known[axis]
        names: list[str] = []
        for name in [value] if isinstance(value, str) else value:
            if name == ALL:
                names += levels
            elif name in sets or name in levels:
                names += sets.get(name, [name])
            else:
                report.unknown(f"level or set of '{axis}' called", name, [*levels, *sets], (*where, axis))
                good = False
        if axis != PHASE or value != ALL:
            found[axis] = tuple(dict.fromkeys(names))
    return found if good else None


def matches(cell: Cell, levels: Allowed) -> bool:
    """Say whether a cell is among those that a selector lets through."""
    return all(cell.level(axis) in names for axis, names in levels.items())


def select(cells: Cells, selectors: Sequence[Selector], where: Path_, report: Report) -> dict[int, Allowed]:
    """Return the compartments of a union of selectors, each with the first selector that it matches.

    A selector that no cell matches is a fault: it is nearly always a slip.
    """
    found: dict[int, Allowed] = {}
    for selector in selectors:
        levels = allowed(cells.spec, selector, where, report)
        if levels is None:
            continue
        hits = [i for i, cell in enumerate(cells.all) if matches(cell, levels)]
        if not hits and cells.all:
            report.add(f"no cell that exists matches {_shown(selector)}.", where)
        for i in hits:
            found.setdefault(i, levels)
    return dict(sorted(found.items()))


def _shown(selector: Selector) -> str:
    parts = (f"{k} = {v if isinstance(v, str) else ' or '.join(v)}" for k, v in selector.items())
    return "{ " + ", ".join(parts) + " }"


def expand(spec: ModelSpec, report: Report) -> Cells:
    """List every living compartment: the union of [[cells]], in the order of the levels, split in phases and cycles."""
    check_dimensions(spec, report)
    _check_phases(spec, report)
    bare = _bare(spec, report)
    labels = {name: {x.name: x.label for x in d.levels} for name, d in spec.dimension.items()}
    split = {name: allowed(spec, p.cells, ("phases", name, "in"), report) for name, p in spec.phases.items()}
    used: set[str] = set()
    everyone: list[Cell] = []
    for levels in bare:
        plain = Cell("/".join(levels.values()), _label(labels, levels), levels)
        blocks = [name for name, chosen in split.items() if chosen is not None and matches(plain, chosen)]
        used |= set(blocks)
        if len(blocks) > 1:
            report.add(f"the cell {plain.code} is split by {' and by '.join(blocks)}.", ("phases", blocks[1], "in"))
        everyone += _steps(spec, blocks[0], plain, labels) if blocks else [plain]
    for name in spec.phases:
        if name not in used and split[name] is not None:
            report.add("no cell that exists has these phases.", ("phases", name, "in"))
    everyone = _lasting(spec, everyone, report)
    index = {(tuple(cell.levels.values()), cell.phase, cell.duration): i for i, cell in enumerate(everyone)}
    return Cells(spec, tuple(everyone), index)


def _bare(spec: ModelSpec, report: Report) -> list[dict[str, str]]:
    rows = [(i, allowed(spec, row, ("cells", i), report)) for i, row in enumerate(spec.cells)]
    for i, row in enumerate(spec.cells):
        for name in spec.dimension:
            if name not in row:
                report.add(f"the dimension '{name}' is missing; write {name} = \"*\" for all its levels.", ("cells", i))
    good = [row for _, row in rows if row is not None]
    names = list(spec.dimension)
    found = []
    for combination in itertools.product(*([x.name for x in d.levels] for d in spec.dimension.values())):
        levels = dict(zip(names, combination, strict=True))
        if any(all(levels[axis] in ok for axis, ok in row.items() if axis in levels) for row in good):
            found.append(levels)
    return found


def _label(labels: Mapping[str, Mapping[str, str]], levels: Mapping[str, str], axis: str = "", step: str = "") -> str:
    parts = []
    for name, level in levels.items():
        text = labels[name][level]
        parts.append(f"{text} ({step})" if name == axis and text and step else text or (step if name == axis else ""))
    return "; ".join(part for part in parts if part)


def _steps(spec: ModelSpec, block: str, plain: Cell, labels: Mapping[str, Mapping[str, str]]) -> list[Cell]:
    axis = next(iter(spec.phases[block].cells))
    found = []
    for step in spec.phases[block].steps:
        code = "/".join(f"{x}.{step.name}" if name == axis else x for name, x in plain.levels.items())
        found.append(Cell(code, _label(labels, plain.levels, axis, step.label), plain.levels, block, step.name))
    return found


def _lasting(spec: ModelSpec, plain: list[Cell], report: Report) -> list[Cell]:
    """Split the cells that keep a duration, one for every cycle in a row."""
    chosen = {}
    for name, duration in spec.duration.items():
        where: Path_ = (DURATION, name)
        if spec.header.time != "discrete":
            report.add("a duration counts cycles: in continuous time [phases] say how long a stay is.", where)
        rows = [allowed(spec, selector, (*where, "in"), report) for selector in duration.cells]
        chosen[name] = [levels for levels in rows if levels is not None]
        if len(chosen[name]) == len(rows) and not any(matches(cell, x) for cell in plain for x in chosen[name]):
            report.add("no cell that exists keeps this duration.", (*where, "in"))
    found: list[Cell] = []
    for cell in plain:
        kept = [name for name, rows in chosen.items() if any(matches(cell, levels) for levels in rows)]
        if len(kept) > 1:
            report.add(f"the cell {cell.code} keeps {' and '.join(kept)}; a cell keeps one.", (DURATION, kept[1], "in"))
        found += _cycles(spec, kept[0], cell) if kept else [cell]
    return found


def _cycles(spec: ModelSpec, name: str, plain: Cell) -> Iterator[Cell]:
    kept = spec.duration[name]
    for cycle in range(1, kept.longest + 1):
        words = f"{kept.label} {cycle}{' or more' if cycle == kept.longest else ''}"
        label = f"{plain.label} ({words})" if plain.label else words
        yield replace(plain, code=f"{plain.code}@{cycle}", label=label, keeps=name, duration=cycle)


def _check_phases(spec: ModelSpec, report: Report) -> None:
    for name, phases in spec.phases.items():
        where: Path_ = ("phases", name, "steps")
        names = [step.name for step in phases.steps]
        for number, step in enumerate(phases.steps):
            here, last = (*where, number), number == len(names) - 1
            if step.name in names[:number]:
                report.add(f"the step '{step.name}' stands twice: people would go in a circle.", here)
            if last and step.mean is not None:
                report.add(f"the last step '{step.name}' has a mean, but there is no step after it.", here)
            if not last and step.mean is None:
                report.add(f"the step '{step.name}' has no mean, so nobody would reach the next one.", here)


def landing(
    cells: Cells, source: Cell, to: Mapping[str, str], origin: Allowed, where: Path_, report: Report
) -> int | None:
    """Return the compartment that a move from ``source`` leads to, or None after noting why there is none.

    ``to`` names only the dimensions that change. A set means its matching member (``_member``). A phase is entered
    at its first step and kept while the levels named in the phases' ``in`` are kept.
    """
    spec = cells.spec
    levels = dict(source.levels)
    for axis, name in to.items():
        if axis == PHASE:
            continue
        if axis not in spec.dimension:
            report.unknown("dimension", axis, spec.dimension, (*where, axis))
            return None
        member = _member(spec, axis, name, source.levels[axis], origin, (*where, axis), report)
        if member is None:
            return None
        levels[axis] = member
    key = tuple(levels.values())
    steps = [cell for cell in cells.all if tuple(cell.levels.values()) == key]
    if not steps:
        code = "/".join(key)
        near = nearest(code, ["/".join(cell.levels.values()) for cell in cells.all])
        report.add(f"from {source.code} this leads to {code}, which is not an allowed cell.", where, near)
        return None
    phase = _phase(spec, source, steps, levels, to.get(PHASE), where, report)
    if phase is False:
        return None
    return cells.entered(source, key, phase if isinstance(phase, str) else None)


def _phase(
    spec: ModelSpec, source: Cell, steps: Sequence[Cell], levels: Mapping[str, str], wanted: str | None,
    where: Path_, report: Report,
) -> str | bool | None:  # fmt: skip
    """Return the phase on arrival, None for a cell without phases, False after noting a fault."""
    names = [cell.phase for cell in steps]
    if wanted is not None:
        if wanted in names:
            return wanted
        report.unknown("phase", wanted, [n for n in names if n], (*where, PHASE))
        return False
    block = steps[0].steps
    if block is not None and source.steps == block:
        kept = all(source.levels.get(axis) == levels.get(axis) for axis in spec.phases[block].cells if axis != PHASE)
        return source.phase if kept else names[0]
    return names[0]


def _member(
    spec: ModelSpec, axis: str, name: str, now: str, origin: Allowed, where: Path_, report: Report
) -> str | None:
    """Return the level that a target names: a level, or the matching member of a set.

    The matching member is, in this order: the one in the same declared family (``pairs``); the level itself when it
    is a member; the one at the same place, when the rule's ``in`` names as many levels as the set has.
    """
    dimension = spec.dimension[axis]
    levels = [level.name for level in dimension.levels]
    if name in levels:
        return name
    if name not in dimension.sets:
        report.unknown(f"level or set of '{axis}' called", name, [*levels, *dimension.sets], where)
        return None
    members = dimension.sets[name]
    family = next((f for f in dimension.pairs if now in f), [])
    answers = [member for member in members if member in family]
    if len(answers) == 1 and now not in members:
        return answers[0]
    came = origin.get(axis, tuple(levels))
    placed = members[came.index(now)] if now in came and len(came) == len(members) else None
    if now in members:
        if placed is None or placed == now:
            return now
        report.add(f"'{now}' may stay or become '{placed}': the sets are ambiguous; name a level.", where)
    elif placed is not None:
        return placed
    else:
        report.add(f"which member of '{name}' answers '{now}' is not said; add it to dimension.{axis}.pairs.", where)
    return None


def one_cell(cells: Cells, to: Mapping[str, str], where: Path_, report: Report) -> int | None:
    """Return the single compartment that ``to`` names with a level of every dimension (first phase)."""
    chosen = allowed(cells.spec, dict(to), where, report)
    if chosen is None:
        return None
    hits = [i for i, cell in enumerate(cells.all) if matches(cell, chosen)]
    bare = dict.fromkeys(tuple(cells.all[i].levels.values()) for i in hits)
    if len(bare) != 1:
        report.add(f"this must name exactly one cell; it names {len(bare)}.", where)
        return None
    return hits[0]


def flags(size: int, chosen: Iterable[int]) -> list[bool]:
    """Return a list of ``size`` truth values, true at ``chosen``."""
    inside = set(chosen)
    return [i in inside for i in range(size)]
