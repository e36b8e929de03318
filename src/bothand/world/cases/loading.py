"""A case: a model, numbers for its quantities with their source, questions, and the answers that were published.

A case file stands beside the models it names (`data/cases/`). ``load_case`` reads it with its models, tables and draws
and reports every fault of the file at once; what only a compiled model can show is reported when the case is run
(`verify.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bothand.evidence.quantity import Floats
from bothand.faults import Fault, FaultsFound
from bothand.files import Document, Path_, examine, named_file, nearest_beside, read_csv, read_toml, told
from bothand.world.cases.draws import drawn, nearest_column, of_column, read_draws
from bothand.world.cases.nouns import Ask, CaseSpec, Cohort
from bothand.world.cases.questions import Examiner
from bothand.world.language.dimensions import WORDS
from bothand.world.model import ModelSpec, load_model

Key = tuple[str | int, ...]  # one entry of a table, in the order of its `by`

VALUE = "value"


@dataclass(frozen=True)
class Case:
    """A case without faults of its own, with the models of its cohorts (conventions applied), tables and draws."""

    spec: CaseSpec
    document: Document
    models: Mapping[str, ModelSpec]
    tables: Mapping[str, Mapping[Key, float]]
    draws: Mapping[str, Mapping[str, Floats]]  # set of draws -> number -> (D,)

    @property
    def id(self) -> str:
        """The case's id."""
        return self.spec.about.id

    @property
    def units(self) -> dict[str, str]:
        """The dimension word of every quantity."""
        return {name: value.unit for name, value in self.spec.value.items()}

    def numbers(self, cohort: str) -> dict[str, Floats]:
        """Return the numbers that a cohort is run with: (1,), or (D,) for one of its draws."""
        chosen = self.spec.cohort[cohort].draws
        found = {name: np.array([v.value]) for name, v in self.spec.value.items() if v.value is not None}
        found |= self.draws[chosen] if chosen is not None else {}
        return {name: self.stored(numbers) for name, numbers in found.items()}

    def stored(self, numbers: Floats) -> Floats:
        """Return numbers as the source stores them before it uses them."""
        if self.spec.about.precision == "double":
            return numbers
        return np.asarray(numbers, dtype=np.float32).astype(np.float64)

    def cohort_of(self, ask: Ask) -> str:
        """Return the cohort that a question is about."""
        return ask.cohort or next(iter(self.spec.cohort))


def load_case(path_or_name: Path | str) -> Case:
    """Read a case: a path to a TOML file, or the name of a case that ships inside the package.

    Raises FaultsFound with every fault of the case file and of the models and tables it names.
    """
    document = read_toml(named_file("cases", path_or_name))
    spec, form = examine(CaseSpec, document, fill=())
    if spec is None:
        raise FaultsFound(form)
    faults: list[Fault] = []
    models = _models(spec, document, faults)
    tables = _tables(spec, document, faults)
    draws = _draws(spec, document, faults)
    examiner = Examiner(spec, models, document, faults)
    for name, value in spec.value.items():
        examiner.known("unit", [value.unit], WORDS, (VALUE, name, "unit"))
    for name, cohort in spec.cohort.items():
        _check_cohort(name, cohort, examiner)
    named: list[tuple[str, Path_]] = [(ask.id, ("ask", i, "id")) for i, ask in enumerate(spec.ask)]
    named += [(item.id, ("waits", i, "id")) for i, item in enumerate(spec.waits)]
    for i, (name, where) in enumerate(named):
        if name in [earlier for earlier, _ in named[:i]]:
            faults.append(document.fault(f"two questions are called '{name}'.", where))
    for i, ask in enumerate(spec.ask):
        examiner.ask(ask, ("ask", i))
    if form or faults:
        raise FaultsFound([*form, *told(faults, form)])
    case = Case(spec, document, models, {}, draws)
    stored = {
        name: {key: float(case.stored(np.array(value))) for key, value in table.items()}
        for name, table in tables.items()
    }
    return replace(case, tables=stored)


def _check_cohort(name: str, cohort: Cohort, examiner: Examiner) -> None:
    """Note states, trees and draws that a cohort names and nothing has, and numbers that it would be without."""
    spec, where = examiner.spec, ("cohort", name)
    for state in cohort.start:
        examiner.known("state", [state], cohort.states, (*where, "start", state))
    if cohort.tree is not None and name in examiner.models:
        examiner.known("tree", [cohort.tree], examiner.models[name].tree, (*where, "tree"))
    if cohort.draws is not None and not examiner.known("set of draws", [cohort.draws], spec.draws, (*where, "draws")):
        return
    given = cohort.draws is not None and spec.draws[cohort.draws].file is not None
    for key, value in spec.value.items():
        drawn_too = cohort.draws is not None and (value.column if given else value.distribution) is not None
        if value.value is None and not drawn_too:
            how = "its draws are given" if given else "its draws are drawn" if cohort.draws else "it has no draws"
            message = f"the cohort '{name}' has no number for '{key}': {how}."
            examiner.add(message, (VALUE, key))


def _draws(spec: CaseSpec, document: Document, faults: list[Fault]) -> dict[str, dict[str, Floats]]:
    found: dict[str, dict[str, Floats]] = {}
    for name, draws in spec.draws.items():
        if draws.size is not None:
            found[name] = drawn(spec.value, draws.size, draws.seed)
            continue
        path, where = document.path.parent / (draws.file or ""), ("draws", name, "file")
        if not _there(path, document, where, faults):
            continue
        try:
            table = read_draws(path)
        except FaultsFound as failed:
            faults += failed.faults
            continue
        found[name], lost = of_column(spec.value, table)
        for column in lost:
            message = f"the table '{path.name}' has no column '{column}'."
            at = next(key for key, value in spec.value.items() if value.column == column)
            faults.append(document.fault(message, (VALUE, at, "column"), nearest_column(column, table)))
    return found


def _models(spec: CaseSpec, document: Document, faults: list[Fault]) -> dict[str, ModelSpec]:
    found = {}
    for name, cohort in spec.cohort.items():
        source: Path | str = cohort.model
        if cohort.model.endswith(".toml"):
            source = document.path.parent / cohort.model
            if not _there(source, document, ("cohort", name, "model"), faults):
                continue
        try:
            model = load_model(source)
        except FaultsFound as failed:
            faults += [fault for fault in failed.faults if fault not in faults]
            continue
        changes = cohort.conventions.model_dump(exclude_none=True)
        if changes.get("time") == "continuous":
            changes = dict.fromkeys(("cycle", "from_rates", "competing")) | changes
        header = model.header.model_copy(update=changes)
        found[name] = model.model_copy(update={"header": header, "let": {**model.let, **cohort.let}})
    return found


def _tables(spec: CaseSpec, document: Document, faults: list[Fault]) -> dict[str, dict[Key, float]]:
    found: dict[str, dict[Key, float]] = {}
    for name, table in spec.table.items():
        if table.file is None:
            found[name] = {(k,): value for k, value in enumerate(table.values, table.first or 0)}
            continue
        path = document.path.parent / table.file
        if not _there(path, document, ("table", name, "file"), faults):
            continue
        try:
            found[name] = read_entries(path, table.by)
        except FaultsFound as failed:
            faults += failed.faults
    return found


def _there(path: Path, document: Document, where: Path_, faults: list[Fault]) -> bool:
    """Say whether a file that the case names exists; note in the case's own line when it does not."""
    if path.exists():
        return True
    message = f"there is no file '{path.name}' in the folder '{path.parent.resolve().name}'."
    faults.append(document.fault(message, where, nearest_beside(path)))
    return False


def read_entries(path: Path, by: Sequence[str]) -> dict[Key, float]:
    """Read one table: a column for each of ``by``, and ``value``. Raises FaultsFound."""
    found: dict[Key, float] = {}
    faults = []
    for line, row in read_csv(path, [*by, VALUE]):
        key = tuple(int(row[axis]) if row[axis].isdigit() else row[axis] for axis in by)
        if key in found:
            faults.append(Fault(str(path), f"the entry {', '.join(map(str, key))} stands twice.", line=line))
        try:
            found[key] = float(row[VALUE])
        except ValueError:
            faults.append(Fault(str(path), f"a number was expected, found '{row[VALUE]}'.", VALUE, line))
    if faults:
        raise FaultsFound(faults)
    return found
