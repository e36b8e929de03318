"""A case: a model, numbers for its quantities with their source, questions, and the answers that were published.

A case file stands beside the models it names (`data/cases/`). ``load_case`` reads it with its models and tables and
reports every fault of the file at once; what only a compiled model can show is reported when the case is run
(`verify.py`). Times are in years, whatever the cycle.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Strict, model_validator

from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, examine, named_file, nearest_beside, read_csv, read_toml, told
from bothand.world.language.dimensions import WORDS
from bothand.world.model import (
    Competing,
    Counting,
    FromRates,
    ModelSpec,
    Selectors,
    Spec,
    Text,
    load_model,
)

Real = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Names = Annotated[list[str], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
Key = tuple[str | int, ...]  # one entry of a table, in the order of its `by`
Time = Literal["continuous", "discrete"]

VALUE = "value"
FRONTIER = ("status", "icer", "incremental cost", "incremental effect")


@dataclass(frozen=True)
class Question:
    """What a question needs, what it may have, and in which kind of time it has an answer."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    times: tuple[Time, ...] = ("continuous", "discrete")


QUESTIONS: Mapping[str, Question] = {
    "occupancy": Question(("of", "at"), ("from",)),
    "counted": Question(("of", "horizon", "counting"), ("from",), ("discrete",)),
    "total": Question(("reward", "horizon"), ("counting", "discount", "compounding")),
    "time": Question(("of", "horizon"), ("from", "discount", "compounding"), ("continuous",)),
    "sojourn": Question(("of",), (), ("continuous",)),
    "next state": Question(("from", "of"), (), ("continuous",)),
    "ever": Question(("of", "at"), ("from",)),
    "entries": Question(("of", "horizon"), ("from",)),
    "first passage": Question(("from", "of"), (), ("continuous",)),
    "variance": Question(("of", "at"), (), ("continuous",)),
    "status": Question(("cost", "effect", "horizon"), ("among", "counting")),
    "icer": Question(("cost", "effect", "horizon", "variant"), ("among", "counting")),
    "incremental cost": Question(("cost", "effect", "horizon", "variant"), ("among", "counting")),
    "incremental effect": Question(("cost", "effect", "horizon", "variant"), ("among", "counting")),
    "ratio": Question(("cost", "effect", "horizon", "variant", "against"), ("counting",)),
}
ALWAYS = ("id", "question", "cohort", "variant", "description", "expected", "tolerance", "origin", "published_as")


class About(Spec):
    """What the case is."""

    id: str
    title: str
    features: tuple[str, ...] = ()
    accuracy: Literal["exact"] = Field(description="answered without a step error: exponentials, solves, whole cycles")
    notes: str = ""


class Source(Spec):
    """Where numbers and answers come from, and under which licence they were published."""

    citation: str
    licence: str
    repo: str = ""
    commit: str = ""
    package: str = ""
    where: str = ""
    run: str = ""


class Value(Spec):
    """One number of the source. ``of`` says where it stands among the inputs of the reference file."""

    value: Real
    unit: str
    label: str
    of: tuple[str, ...] = ()


class Entries(Spec):
    """Numbers by age, cycle, year or sex: in a CSV file beside the case, or in a row that begins at ``first``."""

    label: str
    by: Names = Field(min_length=1)
    file: str | None = None
    first: int | None = None
    values: tuple[Real, ...] = ()
    of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_of_two(self) -> Entries:
        if (self.file is None) == (not self.values) or (self.first is None) == bool(self.values):
            raise ValueError("a table has either 'file', or 'first' and 'values'")
        return self


class Conventions(Spec):
    """What a cohort changes in the time of its model."""

    time: Time | None = None
    cycle: Text | None = None
    from_rates: FromRates | None = None
    competing: Competing | None = None


class Cohort(Spec):
    """People who start together in one model. ``states`` gives the source's names to sets of cells."""

    model: str
    label: str = ""
    conventions: Conventions = Conventions()
    start: dict[str, Real] = Field(default={})
    stratum: str | None = None
    states: dict[str, str | Selectors]


class Tolerance(Spec):
    """How far an answer may be from what was published: of the number (``rel``) or as a number (``abs``)."""

    rel: Annotated[float, Field(gt=0)] | None = None
    abs: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Tolerance:
        if (self.rel is None) == (self.abs is None):
            raise ValueError("a tolerance is either 'rel' or 'abs'")
        return self


class Ask(Spec):
    """One question. A list of variants, starts, times or states asks for a list of answers, nested in this order.

    When ``expected`` is a table, the answers for the states (else for the variants) go by name.
    """

    id: str
    question: str
    description: str = ""
    cohort: str | None = None
    variant: str | list[str] | None = None
    start: str | list[str] | None = Field(default=None, alias="from")
    at: Real | list[Real] | None = None
    of: str | list[str] | None = None
    horizon: Real | Literal["infinite"] | None = None
    reward: str | None = None
    counting: Counting | None = None
    discount: Real | None = None
    compounding: Literal["continuous", "yearly"] | None = None
    cost: str | None = None
    effect: str | None = None
    among: list[str] | None = None
    against: str | None = None
    expected: Any = None
    tolerance: Tolerance | Literal["exact"] | None = None
    origin: str = ""
    published_as: Any = None

    @property
    def years(self) -> float:
        """The horizon in years."""
        return math.inf if self.horizon == "infinite" else float(self.horizon or 0)


class CaseSpec(Spec):
    """A whole case file."""

    about: About = Field(alias="case")
    source: Source
    value: dict[str, Value] = Field(default={})
    table: dict[str, Entries] = Field(default={})
    cohort: dict[str, Cohort] = Field(min_length=1)
    ask: list[Ask] = Field(min_length=1)


@dataclass(frozen=True)
class Case:
    """A case without faults of its own, with the models of its cohorts (conventions applied) and its tables."""

    spec: CaseSpec
    document: Document
    models: Mapping[str, ModelSpec]
    tables: Mapping[str, Mapping[Key, float]]

    @property
    def id(self) -> str:
        """The case's id."""
        return self.spec.about.id

    @property
    def units(self) -> dict[str, str]:
        """The dimension word of every quantity."""
        return {name: value.unit for name, value in self.spec.value.items()}

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
    for name, value in spec.value.items():
        if value.unit not in WORDS:
            message = f"there is no dimension word '{value.unit}'; allowed: {', '.join(WORDS)}."
            faults.append(document.fault(message, (VALUE, name, "unit"), nearest(value.unit, WORDS)))
    for name, cohort in spec.cohort.items():
        for state in cohort.start:
            _known("state", [state], cohort.states, document, ("cohort", name, "start", state), faults)
    ids = [ask.id for ask in spec.ask]
    for i, ask in enumerate(spec.ask):
        if ask.id in ids[:i]:
            faults.append(document.fault(f"two questions are called '{ask.id}'.", ("ask", i, "id")))
        _check_ask(ask, ("ask", i), spec, models, document, faults)
    if form or faults:
        raise FaultsFound([*form, *told(faults, form)])
    return Case(spec, document, models, tables)


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
        found[name] = model.model_copy(update={"header": model.header.model_copy(update=changes)})
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
    message = f"there is no file '{path.name}' in the folder '{path.parent.name}'."
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


def _known(
    what: str, names: Iterable[str], allowed: Iterable[str], document: Document, where: Path_, faults: list[Fault]
) -> None:
    known = list(allowed)
    for name in names:
        if name not in known:
            message = f"there is no {what} '{name}'; there are: {', '.join(known) or 'none'}."
            faults.append(document.fault(message, where, nearest(name, known)))


def _check_ask(
    ask: Ask, where: Path_, spec: CaseSpec, models: Mapping[str, ModelSpec], document: Document, faults: list[Fault]
) -> None:
    """Note what a question lacks, what it cannot have, and names that nothing has."""
    cohort = ask.cohort or next(iter(spec.cohort))
    if len(spec.cohort) > 1 and ask.cohort is None:
        faults.append(document.fault("the key 'cohort' is missing: the case has several.", where))
    _known("cohort", [cohort], spec.cohort, document, (*where, "cohort"), faults)
    _known("question", [ask.question], QUESTIONS, document, (*where, "question"), faults)
    if ask.question not in QUESTIONS or cohort not in spec.cohort:
        return
    question = QUESTIONS[ask.question]
    given = {("from" if key == "start" else key): value for key, value in ask if value is not None}
    for key in question.needs:
        if key not in given:
            faults.append(document.fault(f"the key '{key}' is missing: '{ask.question}' needs it.", where))
    for key in [key for key, value in given.items() if value not in ("", [])]:
        if key not in (*ALWAYS, *question.needs, *question.may):
            faults.append(document.fault(f"'{key}' has no meaning for '{ask.question}'.", (*where, key)))
    if (ask.expected is None) != (ask.tolerance is None):
        faults.append(document.fault("'expected' and 'tolerance' belong together.", where))
    states = spec.cohort[cohort].states
    for key in ("of", "from"):
        _known("state", listed(given.get(key)), states, document, (*where, key), faults)
    if cohort not in models:
        return
    model = models[cohort]
    if model.header.time not in question.times:
        message = f"'{ask.question}' has no answer in {model.header.time} time."
        faults.append(document.fault(message, (*where, "question")))
    variants = [variant.name for variant in model.variant]
    for key in ("variant", "among", "against"):
        _known("variant", listed(given.get(key)), variants, document, (*where, key), faults)
    rewards, what = (model.reward, "reward") if model.header.time == "discrete" else (model.measure, "measure")
    for key in ("reward", "cost", "effect"):
        _known(what, listed(given.get(key)), rewards, document, (*where, key), faults)


def listed(value: Any) -> list[Any]:
    """Return a list as it is, nothing as an empty list, and anything else as a list of one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
