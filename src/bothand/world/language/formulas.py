"""From the text of a choice to one node of the graph: names looked up, lets written in, choices made for a cell."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bothand.faults import nearest
from bothand.files import Path_
from bothand.world.language.cells import ALL, DURATION, Cell, axes
from bothand.world.language.dimensions import LEVERS, WORDS, Dimensions
from bothand.world.language.expression import (
    FUNCTIONS,
    Call,
    Expression,
    ExpressionError,
    Index,
    Name,
    Negative,
    Number,
    Operation,
    parse,
)
from bothand.world.language.graph import (
    AT_HAND,
    BROKEN,
    CLOCK,
    LEVER,
    MODIFIER,
    NEGATIVE,
    PICK,
    QUANTITY,
    SERIES,
    TABLE,
    Graph,
    Node,
)
from bothand.world.language.report import Report
from bothand.world.model import Lets, ModelSpec, Series, Table

NONE = "none"  # a choice that says: there is no such move here
RESERVED = frozenset([*FUNCTIONS, NONE, "at_hand", DURATION, "cycle", "year", "sex", "age", "phase", "by"])
CLOCKS = {"cycle": None, "age": "start_age", "year": "start_year"}  # what the clock of discrete time needs to be told
STRATUM_AXES = ("sex", "age")


@dataclass(frozen=True)
class Scope:
    """Lets that an expression may name: its own, then those around it."""

    lets: Mapping[str, Any]
    where: Path_
    outer: Scope | None = None


@dataclass(frozen=True)
class _Here:
    """What is fixed while an expression is read: the cell, the stratum, the lets, and the lets being read."""

    cell: Cell | None
    scope: Scope
    where: Path_
    stratum: int | None = None
    trail: tuple[str, ...] = ()


class Formulas:
    """The names of one model and its graph. ``units`` maps every quantity that exists to its dimension word.

    ``idle`` levers are no longer part of ``spec``; where a formula names one it reads 0.
    """

    def __init__(
        self, spec: ModelSpec, report: Report, units: Mapping[str, str] | None = None, idle: Collection[str] = ()
    ) -> None:
        self.spec = spec
        self.idle = idle
        self.report = report
        self.units = units
        self.graph = Graph()
        self.axes = axes(spec)
        self.strata = spec.header.strata.pairs
        self.scope = Scope(spec.let, ("let",))
        self.dimensions = Dimensions(self.graph, self._word)
        self.broken = self.graph.add(Node(BROKEN))
        self._check_names()

    def _check_names(self) -> None:
        spec = self.spec
        owners: dict[str, str] = {}
        kinds: tuple[tuple[str, Any], ...] = (
            (LEVER, spec.lever), (SERIES, spec.series), (TABLE, spec.table), ("let", spec.let),
            (MODIFIER, spec.modifier),
        )  # fmt: skip
        for kind, names in kinds:
            for name in names:
                if name in RESERVED:
                    self.report.add(f"'{name}' is a word of the language and cannot be a {kind}.", (kind, name))
                if name in owners:
                    self.report.add(f"'{name}' is already a {owners[name]}.", (kind, name))
                owners.setdefault(name, kind)
                if self.units is not None and name in self.units:
                    self.report.add(f"'{name}' is already a quantity of the evidence.", (kind, name))
        for name, series in self._given().items():
            if series.unit and series.unit not in WORDS:
                self.report.unknown("unit", series.unit, WORDS, (_kind(spec, name), name, "unit"))

    def _given(self) -> dict[str, Series | Table]:
        return {**self.spec.series, **self.spec.table}

    def inside(self, lets: Lets, where: Path_, outer: Scope | None = None) -> Scope:
        """Return the scope of a rule, event, branch or measure with lets of its own."""
        around: Scope | None = outer or self.scope
        taken = {*self.spec.lever, *self.spec.series, *self.spec.table, *self.spec.modifier}
        while around is not None:
            taken |= set(around.lets)
            around = around.outer
        for name in lets:
            if name in taken or name in RESERVED:
                self.report.add(f"'{name}' already has a meaning here; choose another name.", (*where, "let", name))
        return Scope(lets, (*where, "let"), outer or self.scope)

    def node(self, choice: Any, cell: Cell | None, where: Path_, scope: Scope | None = None) -> int | None:
        """Return the node of a choice in one cell; None when the choice says "none". Faults are reported."""
        try:
            return self._choice(choice, _Here(cell, scope or self.scope, where))
        except RecursionError:
            self.report.add("lets and brackets are nested too deeply here.", where)
            return self.broken

    def value(self, text: Any, where: Path_, scope: Scope | None = None, cell: Cell | None = None) -> int:
        """Return the node of a choice that may not be "none"."""
        found = self.node(text, cell, where, scope)
        if found is None:
            self.report.add('"none" has no meaning here; write "0".', where)
            return self.broken
        return found

    def check(self, node: int, wanted: str, where: Path_) -> None:
        """Report every mix of units in a node, and a result of another dimension than ``wanted``."""
        self.dimensions.check(node, wanted, lambda message: self.report.add(f"{message}.", where))

    def _word(self, leaf: Node) -> str | None:
        match leaf.kind:
            case "lever":
                return LEVERS[self.spec.lever[leaf.name].kind]
            case "at_hand":
                return "probability"
            case "clock":
                return "number"
            case "modifier":
                return "ratio"
            case "series" | "table":
                declared = self._given()[leaf.name].unit
                return declared or (self.units or {}).get(leaf.name)
            case _:
                return (self.units or {}).get(leaf.name)

    # ---------------------------------------------------------------- choices
    def _choice(self, choice: Any, here: _Here) -> int | None:
        if isinstance(choice, dict):
            return self._table(choice, here)
        if choice.strip() == NONE:
            return None
        try:
            tree = parse(choice)
        except ExpressionError as fault:
            self.report.add(f"in '{choice}': {fault}.", here.where)
            return self.broken
        return self._tree(tree, here)

    def _table(self, table: Mapping[str, Any], here: _Here) -> int | None:
        axis = table["by"]
        if axis in STRATUM_AXES:
            return self._by_stratum(table, axis, here)
        if axis not in self.axes:
            self.report.unknown("dimension", axis, [*self.axes, *STRATUM_AXES], here.where)
            return self.broken
        if here.cell is None:
            self.report.add(f"a choice by '{axis}' has no meaning here: this is the same in every cell.", here.where)
            return self.broken
        levels, sets = self.axes[axis]
        self._check_keys(table, [*levels, *sets], here.where)
        level = here.cell.level(axis)
        if level is not None and level in table:
            key = level
        else:
            found = [name for name in sets if name in table and level in sets[name]]
            if len(found) > 1:
                self.report.add(
                    f"{axis} = {level} is in {' and in '.join(found)}: the sets are ambiguous; add the level.",
                    here.where,
                )
                return self.broken
            key = found[0] if found else ALL
        if key not in table:
            self._missing(axis, level, here)
            return self.broken
        return self._choice(table[key], replace(here, where=(*here.where, key)))

    def _missing(self, axis: str, level: str | None, here: _Here) -> None:
        what = f"{axis} = {level}" if level else f"cells without a {axis}"
        self.report.add(
            f'the choice by {axis} has no entry for {what} and no "*"; write "none" where there is no such move.',
            here.where,
        )

    def _by_stratum(self, table: Mapping[str, Any], axis: str, here: _Here) -> int | None:
        names = self.spec.header.strata.sexes if axis == "sex" else self.spec.header.strata.bands
        if names == [""]:
            self.report.add(f"the model does not tell people apart by {axis}.", here.where)
            return self.broken
        self._check_keys(table, names, here.where)
        which = STRATUM_AXES.index(axis)
        if here.stratum is not None:
            return self._entry(table, axis, self.strata[here.stratum][which], here)
        parts = []
        for stratum, pair in enumerate(self.strata):
            part = self._entry(table, axis, pair[which], replace(here, stratum=stratum))
            if part is None:
                self.report.add('"none" has no meaning in a choice by sex or age; write "0".', here.where)
                return self.broken
            parts.append(part)
        if len(set(parts)) == 1:
            return parts[0]
        by = tuple(a for a in STRATUM_AXES if self._differs(parts, a))
        return self.graph.add(Node(PICK, by=by, parts=tuple(parts)))

    def _differs(self, parts: list[int], axis: str) -> bool:
        """Say whether the parts of a pick differ along an axis."""
        other = 1 - STRATUM_AXES.index(axis)
        seen: dict[str, int] = {}
        return any(seen.setdefault(pair[other], p) != p for pair, p in zip(self.strata, parts, strict=True))

    def _entry(self, table: Mapping[str, Any], axis: str, level: str, here: _Here) -> int | None:
        key = level if level in table else ALL
        if key not in table:
            self._missing(axis, level, here)
            return self.broken
        return self._choice(table[key], replace(here, where=(*here.where, key)))

    def _check_keys(self, table: Mapping[str, Any], known: list[str], where: Path_) -> None:
        for key in table:
            if key not in ("by", ALL) and key not in known:
                self.report.unknown(f"level or set of '{table['by']}' called", key, known, (*where, key))

    # ---------------------------------------------------------------- expressions
    def _tree(self, tree: Expression, here: _Here) -> int | None:
        match tree:
            case Number(value):
                return self.graph.number(value)
            case Name(name):
                return self._name(name, here)
            case Index(name, by):
                return self._index(name, by, here)
            case Negative(operand):
                parts, kind = [self._tree(operand, here)], NEGATIVE
            case Operation(sign, left, right):
                parts, kind = [self._tree(left, here), self._tree(right, here)], sign
            case Call(function, arguments):
                parts, kind = [self._tree(a, here) for a in arguments], function
        known = [p for p in parts if p is not None]
        return self.graph.apply(kind, *known) if len(known) == len(parts) else None

    def _name(self, name: str, here: _Here) -> int | None:
        scope: Scope | None = here.scope
        while scope is not None:
            if name in scope.lets:
                return self._let(name, scope, here)
            scope = scope.outer
        if name in self.spec.lever:
            return self.graph.add(Node(LEVER, name))
        if name in self.idle:
            return self.graph.lay_idle()
        if name == AT_HAND:
            if not self.spec.stock:
                self.report.add("at_hand needs a stock, and none is declared.", here.where)
            return self.graph.add(Node(AT_HAND, AT_HAND))
        if name in self.spec.series or name in self.spec.table:
            by = ["year"] if name in self.spec.series else self.spec.table[name].by
            self.report.add(f"write {name}[{', '.join(by)}].", here.where)
            return self.broken
        if name in self.spec.modifier:
            return self._modifier(name, here)
        if name in CLOCKS and self.spec.header.time == "discrete":
            return self.graph.add(Node(CLOCK, name)) if self._told(name, here) else self.broken
        if name == DURATION and self.spec.header.time == "discrete":
            return self._duration(here)
        if name in RESERVED:
            self.report.add(f"'{name}' is a word of the language and has no value of its own.", here.where)
            return self.broken
        if self.units is not None and name not in self.units:
            known = [*self.units, *self.spec.lever, *self.spec.let, *here.scope.lets]
            message = f"nothing is called '{name}': no quantity, lever or let."
            self.report.add(message, here.where, nearest(name, known), unknown=name)
            return self.broken
        return self.graph.add(Node(QUANTITY, name))

    def _modifier(self, name: str, here: _Here) -> int:
        if self.spec.header.time == "discrete":
            return self.graph.add(Node(MODIFIER, name))
        message = (
            f"in continuous time no formula reads '{name}': its own key 'changes' says which hazards it multiplies."
        )
        self.report.add(message, here.where)
        return self.broken

    def _duration(self, here: _Here) -> int:
        if here.cell is not None and here.cell.duration is not None:
            return self.graph.number(here.cell.duration)
        what = "here, where no cell is meant" if here.cell is None else f"of the cell {here.cell.code}"
        self.report.add(f"no [duration] counts the cycles {what}.", here.where)
        return self.broken

    def _told(self, clock: str, here: _Here) -> bool:
        """Say whether the model tells what a clock needs to know."""
        key = CLOCKS[clock]
        told = key is None or getattr(self.spec.header, key) is not None
        if not told:
            self.report.add(f"'{clock}' needs the key '{key}' in [model].", here.where)
        return told

    def _let(self, name: str, scope: Scope, here: _Here) -> int | None:
        where = (*scope.where, name)
        key = ".".join(map(str, where))
        if key in here.trail:
            self.report.add(f"the let '{name}' rests on itself.", where)
            return self.broken
        return self._choice(
            scope.lets[name], replace(here, scope=scope, where=where, trail=(*here.trail, key))
        )  # fmt: skip

    def _index(self, name: str, by: tuple[str, ...], here: _Here) -> int:
        spec = self.spec
        if name not in spec.series and name not in spec.table:
            self.report.unknown("series or table", name, [*spec.series, *spec.table], here.where)
            return self.broken
        kind = SERIES if name in spec.series else TABLE
        declared = ("year",) if kind == SERIES else tuple(spec.table[name].by)
        if by != declared:
            self.report.add(f"{name} is read as {name}[{', '.join(declared)}], not [{', '.join(by)}].", here.where)
            return self.broken
        if all(self._readable_by(axis, here) for axis in by):
            return self.graph.add(Node(kind, name, by=by))
        return self.broken

    def _readable_by(self, axis: str, here: _Here) -> bool:
        """Say whether a table or series can be read by an axis: people differ by it, or the clock tells it."""
        strata = self.spec.header.strata
        if self.spec.header.time == "discrete" and axis in CLOCKS:
            return self._told(axis, here)
        if axis == "cycle":
            self.report.add("only a model in discrete time has cycles.", here.where)
            return False
        if axis != "year" and not (strata.sex if axis == "sex" else strata.age):
            self.report.add(f"the model does not tell people apart by {axis}.", here.where)
            return False
        return True

    # ---------------------------------------------------------------- how effects combine
    def combinations(self, rates: Sequence[int]) -> tuple[tuple[str, str], ...]:
        """Check the pairs of [combine] against how they meet in the rates.

        Two names meet where an operation joins a part that reads one with a part that reads the other: under ``min``
        or ``max`` they combine by "best", else they "multiply". Returns the pairs of levers that multiply in some
        rate and are not declared: they are assumed.
        """
        declared = self._declared(rates)
        met: dict[frozenset[str], set[str]] = {}
        for i in self.graph.needed(rates):
            node = self.graph.nodes[i]
            how = "best" if node.kind in ("min", "max") else "multiply"
            for a, b in itertools.combinations(node.parts, 2):
                for pair in self._meetings(a, b, declared):
                    met.setdefault(pair, set()).add(how)
        for pair, (how, where) in declared.items():
            if met.get(pair, {how}) != {how}:
                other = "multiply" if how == "best" else "best"
                self.report.add(f"declared as '{how}', but in some rate the pair combines by '{other}'.", where)
        pairs = [sorted(pair) for pair, ways in met.items() if pair not in declared and "multiply" in ways]
        return tuple(sorted((a, b) for a, b in pairs))

    def _declared(self, rates: Sequence[int]) -> dict[frozenset[str], tuple[str, Path_]]:
        known = {n for rate in rates for kind in (LEVER, QUANTITY) for n in self.graph.names(rate, kind)}
        found: dict[frozenset[str], tuple[str, Path_]] = {}
        for key, how in self.spec.combine.items():
            names = [name.strip() for name in key.split(",")]
            where: Path_ = ("combine", key)
            if len(names) != 2 or names[0] == names[1]:
                self.report.add("a pair is two names with a comma between them.", where)
                continue
            for name in names:
                if name not in known:
                    self.report.unknown("lever or quantity in any rate called", name, sorted(known), where)
            found[frozenset(names)] = (how, where)
        return found

    def _meetings(self, a: int, b: int, declared: Iterable[frozenset[str]]) -> set[frozenset[str]]:
        left, right = self.graph.names(a, LEVER), self.graph.names(b, LEVER)
        found = {frozenset((x, y)) for x in left for y in right if x not in right and y not in left}
        wide = [self.graph.names(part, LEVER) | self.graph.names(part, QUANTITY) for part in (a, b)]
        for pair in declared:
            x, y = tuple(pair)
            if (x in wide[0] and y in wide[1]) or (y in wide[0] and x in wide[1]):
                found.add(pair)
        return found


def _kind(spec: ModelSpec, name: str) -> str:
    return "series" if name in spec.series else "table"
