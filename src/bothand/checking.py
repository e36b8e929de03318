"""Reading any file of the project, whatever its kind, and telling every fault of it.

The file is long because every kind of file has its reader here, and the table of kinds after them.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bothand.ask.person.guide import Guide, load_guide
from bothand.ask.person.options import OptionsFile, PairsFile, load_options
from bothand.ask.programme.statements import Column, Questions, load_asked
from bothand.evidence.conversions import Derivations, load_derivations, load_price_index
from bothand.evidence.rows import COLUMNS as EVIDENCE
from bothand.evidence.sets import Sets, load_sets, set_faults
from bothand.evidence.tables import load_evidence
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import available, data_folder, examine, read_text, read_toml, scan_csv, told
from bothand.keys import DEFAULT_STUDY
from bothand.outcomes.lines import Inventory, LedgerFile, ledger_faults, load_inventory
from bothand.outcomes.ratings import COLUMNS as RATINGS
from bothand.outcomes.ratings import load_rated, load_ratings
from bothand.outcomes.values import COLUMNS as ALIGNMENT
from bothand.outcomes.values import (
    SOURCE_COLUMNS,
    Value,
    known_sources,
    load_alignment,
    load_sources,
    load_values,
    value_faults,
    values_of,
)
from bothand.principles.order import OrderFile, load_order
from bothand.principles.rules import REVIEW_COLUMNS, load_reviews, load_rules
from bothand.principles.rules import Rule as Principle
from bothand.world.cases.draws import DRAW, read_draws
from bothand.world.cases.loading import load_case, read_entries
from bothand.world.cases.nouns import CaseSpec
from bothand.world.disputes.loading import load_disputes
from bothand.world.disputes.register import Register
from bothand.world.headings import SpendingHeading, heading_faults
from bothand.world.help import Door, HelpLine, door_faults, line_faults
from bothand.world.model import ModelSpec, load_model, read_model
from bothand.world.place import Measure, PlaceFile, Point
from bothand.world.placefile import age_faults, load_place, measure_faults, series_faults
from bothand.world.plan import Plan
from bothand.world.population import AgeGroup, Mortality, OverdoseRate, R, Starters, Together, read_rows, table_faults
from bothand.world.rules import Rule, RuleStatus, rule_faults, status_faults
from bothand.world.service import Service, load_service, load_services
from bothand.world.stakeholders import Stakeholder
from bothand.world.studyfile import MOST_DRAWS, Study, load_study, paid_years
from bothand.world.terms import ProgrammeTerms, Term, load_plan_on_terms, load_programme, read_term, shown, term_faults

CLEAR = 0.5  # MATH: share of a table's columns that must be known before its kind is
AXES = ("sex", "age", "cycle", "year")


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name for people, the keys or columns that only it has, and its reader.

    The reader raises FaultsFound, or returns what a reader of a sound file must know beside, in sentences.
    """

    name: str
    keys: frozenset[str]
    read: Callable[[Path], Sequence[str] | None]


def check_files(files: Iterable[Path]) -> tuple[list[tuple[Path, str, Sequence[str]]], list[Fault]]:
    """Return (file, kind, what to know of it) of every sound file, and every fault of the others, each once."""
    sound: list[tuple[Path, str, Sequence[str]]] = []
    faults: list[Fault] = []
    for path in dict.fromkeys(files):
        try:
            kind = kind_of(path)
            sound.append((path, kind.name, kind.read(path) or ()))
        except FaultsFound as found:
            faults += found.faults
    return sound, list(dict.fromkeys(faults))


def check_run(
    study: str,
    folder: Path,
    place: Path | None,
    plans: Sequence[Path],
    draws: int | None,
    ratings: Path | None = None,
    chunks: Path | None = None,
    stakeholders: Sequence[Path] = (),
    full: bool = False,
    terms: Sequence[Path] = (),
) -> None:
    """Refuse a run that is too large or whose results cannot be written, before anything heavy is loaded.

    Raises FaultsFound with these faults and, so that all are told at once, those of the study's files, of the panel's
    ratings, of stakeholders and of programmes' terms. The files alone are left to the run, which reads them anyway.
    """
    from bothand.engine.runs.store import unfit
    from bothand.files.store import check_target

    faults = [*_faults_of(check_target, folder)]
    if draws is not None and draws > MOST_DRAWS:
        faults.append(Fault("--draws", f"{draws:,} runs; at most {MOST_DRAWS:,} are made."))
    if chunks is not None and (words := unfit(chunks)):
        faults.append(Fault(str(chunks), words))
    if stakeholders and not full:
        faults.append(Fault("--stakeholder", "stakeholders are asked in a full run only; add --full."))
    if faults:
        raise FaultsFound([*_faults_of(load_rated, study, place, plans, ratings, stakeholders, terms), *faults])


def kind_of(path: Path) -> Kind:
    """Return what kind of file this is, by what stands in it. Raises FaultsFound when it is none.

    Each key speaks for the kinds that have it, the louder the fewer they are; the loudest kind is the file's. Of kinds
    that are equally loud, the one in whose folder the file lies.
    """
    is_table = path.suffix.lower() == ".csv"
    kinds = TABLES if is_table else KINDS
    keys = next(csv.reader(read_text(path).splitlines()), []) if is_table else list(read_toml(path).data)
    loud = {kind: sum(1 / sum(key in k.keys for k in kinds) for key in keys if key in kind.keys) for kind in kinds}
    likely = [kind for kind in kinds if loud[kind] == max(loud.values()) > 0]
    likely = [kind for kind in likely if path.absolute().parent.name == f"{kind.name}s"] or likely
    if len(likely) == 1:
        return likely[0]
    what = "the header of no table" if is_table else "no file of a kind"
    names = ", ".join(kind.name for kind in kinds)
    raise FaultsFound([Fault(str(path), f"this is {what} that is known; known: {names}.", line=1)])


def _raise(faults: Sequence[Fault]) -> None:
    if faults:
        raise FaultsFound(faults)


# ------------------------------------------------------------------------------------------------------- TOML files


def _model(path: Path) -> None:
    """A model whose names are mostly those of the evidence is held against it; another brings numbers of its own."""
    from bothand.engine.compile import compile_model
    from bothand.engine.discrete.structure import compile_discrete
    from bothand.engine.setting import mixed_faults, model_beside_evidence

    spec, form = read_model(path)
    if spec is None:
        raise FaultsFound(form)
    if spec.header.time == "discrete":
        _raise([*form, *told(_faults_of(compile_discrete, spec), form)])
        return
    evidence = load_evidence()
    inputs = {name for place in available("places") for name in load_place(place).about.inputs}
    try:
        beside = list(mixed_faults(model_beside_evidence(spec, evidence, inputs), evidence, {}))
    except FaultsFound as found:
        beside = list(found.faults)
    strange = {fault.unknown for fault in beside if fault.unknown}
    known = evidence.names & set(re.findall(r"\w+", read_text(path)))
    alone = len(strange) > len(known)
    _raise([*form, *told(_faults_of(compile_model, spec) if alone else beside, form)])


def _faults_of(load: Callable[..., Any], *arguments: Any) -> Sequence[Fault]:
    try:
        load(*arguments)
    except FaultsFound as found:
        return found.faults
    return ()


def _programme(path: Path) -> None:
    load_programme(path)


def _case(path: Path) -> None:
    """A case with the models that it names, each compiled with the numbers that it is given."""
    from bothand.engine.questions.cohorts import unready

    _raise(unready(load_case(path)))


def _study(path: Path) -> None:
    from bothand.engine.setting import load_setting

    setting = load_setting(path)
    values_of(setting.study, setting.folder, setting.services, setting.evidence.names)


def _place(path: Path) -> None:
    from bothand.engine.setting import place_beside_evidence

    _, _, faults = place_beside_evidence(path)
    _raise(faults)


def _service(path: Path) -> None:
    from bothand.engine.setting import service_faults

    _raise(service_faults(path, load_evidence()))


def _plan(path: Path) -> Sequence[str]:
    """A plan by itself is held against the services that ship, and the money of the default study."""
    from bothand.engine.setting import budget_of

    study = load_study(DEFAULT_STUDY)
    place = load_place(study.place)
    services = load_services(available("services"))
    plan = load_plan_on_terms(path, services, None, budget_of(study, place), paid_years(study, place))
    return [*shown(plan), *_elsewhere(plan, study)]


def _elsewhere(plan: Plan, study: Study) -> Iterator[str]:
    """Yield a sentence for each service that ships and that a run of the default study would refuse."""
    spare = {line.service for line in plan.line if line.absent}
    for key in plan.services:
        if key not in (*study.services, *spare) and load_service(key).modelled:
            yield f"'{key}' is not in the study {study.key}, whose run refuses this plan; name a study that holds it."


def _term(path: Path) -> None:
    term, document, form = read_term(path)
    _raise([*form, *told(term_faults(term, document, load_evidence()) if term else (), form)])


def _stakeholder(path: Path) -> Sequence[str]:
    """A position, and where its answers may come from the question."""
    from bothand.decide.weights import question_notes

    return question_notes(path)


def _register(path: Path) -> None:
    load_disputes(load_evidence(), [path])


def _value(path: Path) -> None:
    document = read_toml(path)
    value, form = examine(Value, document)
    faults: list[Fault] = []
    if value is not None:
        tags = known_sources(data_folder() / "values", path)
        faults += value_faults(value, document, tags)
    _raise([*form, *told(faults, form)])


def _ledger(path: Path) -> None:
    document = read_toml(path)
    ledger, form = examine(LedgerFile, document)
    faults = list(ledger_faults(ledger, document, load_evidence())) if ledger else []
    _raise([*form, *told(faults, form)])


def _guide(path: Path) -> None:
    load_guide(load_evidence(), load_values(), path.parent)


def _options(path: Path) -> None:
    """What a person might change, with every pair of two beside it in the folder."""
    load_options(load_evidence(), path.parent)


def _asked(path: Path) -> None:
    """Statements to a programme or questions, with the others in the folder: they name each other."""
    load_asked(path.parent)


def _inventory(path: Path) -> None:
    load_inventory(path)


def _sets(path: Path) -> None:
    sets, document = load_sets(path)
    if document is not None:
        _raise(set_faults(sets, document, load_evidence()))


def _derivations(path: Path) -> None:
    """A derived quantity may rest on rows, and on derived quantities above it; never on itself."""
    found, document = load_derivations(path)
    known = set(load_evidence()) - set(found.derived)
    faults = []
    for key, derivation in found.derived.items():
        for number, name in enumerate(derivation.inputs):
            if name not in known and document is not None:
                late = "rests on itself" if name == key else "stands further down"
                words = f"'{name}' {late}." if name in found.derived else f"unknown quantity '{name}'."
                faults.append(document.fault(words, ("derived", key, "from", number), nearest(name, known)))
        known.add(key)
    _raise(faults)


# ------------------------------------------------------------------------------------------------------------ tables


def _evidence(path: Path) -> None:
    """Rows by themselves stand beside the shipped ones; an edited copy of a shipped table stands in its place."""
    keys = {cells["key"].strip() for _, cells in scan_csv(path, EVIDENCE)[0]}
    copied = [name for name, table in _shipped_keys().items() if len(keys & table) > CLEAR * len(table)]
    load_evidence(extra=(path,), instead_of=copied)


def _shipped_keys() -> Mapping[str, set[str]]:
    tables: dict[str, set[str]] = {}
    for key, row in load_evidence().items():
        if row.file.endswith(".csv"):
            tables.setdefault(Path(row.file).name, set()).add(key)
    return tables


def _rows(row: type[R], together: Together[R]) -> Callable[[Path], None]:
    """Return a reader of a table that stands beside a place; what its rows say together is looked at too."""

    def read(path: Path) -> None:
        rows, faults = read_rows(path, row)
        _raise([*faults, *together(rows, path)])

    return read


def _series(points: Sequence[tuple[int, Point]], path: Path) -> Iterator[Fault]:
    return series_faults(_most(point.place for _, point in points), points, path)


def _ages(ages: Sequence[tuple[int, AgeGroup]], path: Path) -> Iterator[Fault]:
    return age_faults(_most(group.place for _, group in ages), ages, path)


def _most(names: Iterable[str]) -> str:
    """Return the name that stands most often: the place that a table by itself is of."""
    found = Counter(names).most_common(1)
    return found[0][0] if found else ""


def _life(rows: Sequence[tuple[int, Mortality]], path: Path) -> list[Fault]:
    return table_faults(str(path), [row for _, row in rows], ())


def _overdoses(rows: Sequence[tuple[int, OverdoseRate]], path: Path) -> list[Fault]:
    return table_faults(str(path), (), (), [row for _, row in rows])


def _starters(rows: Sequence[tuple[int, Starters]], path: Path) -> list[Fault]:
    return table_faults(str(path), (), [row for _, row in rows])


def _prices(path: Path) -> None:
    load_price_index(path=path)


def _alignment(path: Path) -> None:
    folder = path.parent if (path.parent / "sources.csv").is_file() and any(path.parent.glob("*.toml")) else None
    load_alignment(available("services"), folder, load_evidence().names, path)


def _sources(path: Path) -> None:
    load_sources(table=path)


def _ratings(path: Path) -> None:
    load_ratings(path, available("services"), [value.key for value in load_values()])


def _entries(path: Path) -> None:
    header = next(csv.reader(read_text(path).splitlines()), [])
    read_entries(path, [name for name in header if name in AXES])


def _draws(path: Path) -> None:
    read_draws(path)


def _principle(path: Path) -> None:
    """A principle beside the others of its folder, whose places and sources it shares; its own faults are told."""
    from bothand.findings.stakes.audits import NAMES
    from bothand.principles.audit import CHECKS

    document = read_toml(path)
    rule, form = examine(Principle, document)
    if rule is None:
        raise FaultsFound(form)
    _raise([*form, *document.misnamed(rule.key)])
    _raise([fault for fault in _faults_of(load_rules, CHECKS, path.parent, NAMES) if Path(fault.file) == path])


def _order(path: Path) -> None:
    """An order of harm, held against the model that it names."""
    from bothand.engine.setting import model_beside_evidence

    file, form = examine(OrderFile, read_toml(path))
    if file is None:
        raise FaultsFound(form)
    inputs = {name for place in available("places") for name in load_place(place).about.inputs}
    load_order(model_beside_evidence(load_model(file.model), load_evidence(), inputs), path)


def _reviews(path: Path) -> None:
    from bothand.principles.audit import CHECKS

    load_reviews([rule.key for rule in load_rules(CHECKS)], path)


def _kind(name: str, model: type[BaseModel], read: Callable[[Path], Sequence[str] | None]) -> Kind:
    return Kind(name, frozenset(info.alias or key for key, info in model.model_fields.items()), read)


KINDS = (
    _kind("study", Study, _study),
    _kind("place", PlaceFile, _place),
    _kind("service", Service, _service),
    _kind("plan", Plan, _plan),
    _kind("model", ModelSpec, _model),
    _kind("value", Value, _value),
    _kind("stakeholder", Stakeholder, _stakeholder),
    _kind("dispute", Register, _register),
    _kind("ledger", LedgerFile, _ledger),
    _kind("inventory of perspectives", Inventory, _inventory),
    _kind("term", Term, _term),
    _kind("terms of a programme", ProgrammeTerms, _programme),
    _kind("principle", Principle, _principle),
    _kind("order of harm", OrderFile, _order),
    _kind("case", CaseSpec, _case),
    _kind("guide for a person", Guide, _guide),
    _kind("ways to change", OptionsFile, _options),
    _kind("pairs of ways", PairsFile, _options),
    _kind("statements to a programme", Column, _asked),
    _kind("questions to a programme", Questions, _asked),
    _kind("sets of evidence", Sets, _sets),
    _kind("derived quantities", Derivations, _derivations),
)
TABLES = (
    Kind("evidence table", frozenset(EVIDENCE), _evidence),
    Kind("alignment table", frozenset(ALIGNMENT), _alignment),
    Kind("table of sources", frozenset(SOURCE_COLUMNS), _sources),
    Kind("table of reviews", frozenset(REVIEW_COLUMNS), _reviews),
    Kind("table of ratings", frozenset(RATINGS), _ratings),
    Kind("price index", frozenset(("year", "index", "source")), _prices),
    _kind("series of a place", Point, _rows(Point, _series)),
    _kind("table of ages", AgeGroup, _rows(AgeGroup, _ages)),
    _kind("table of rules", Rule, _rows(Rule, rule_faults)),
    _kind("table of numbers to call", HelpLine, _rows(HelpLine, line_faults)),
    _kind("table of doors", Door, _rows(Door, door_faults)),
    _kind("life table", Mortality, _rows(Mortality, _life)),
    _kind("table of overdose deaths", OverdoseRate, _rows(OverdoseRate, _overdoses)),
    _kind("table of starters", Starters, _rows(Starters, _starters)),
    _kind("table of measures", Measure, _rows(Measure, measure_faults)),
    _kind("table of rule statuses", RuleStatus, _rows(RuleStatus, status_faults)),
    _kind("table of spending headings", SpendingHeading, _rows(SpendingHeading, heading_faults)),
    Kind("table of a case", frozenset((*AXES, "value")), _entries),
    Kind("draws of a case", frozenset((DRAW,)), _draws),
)
