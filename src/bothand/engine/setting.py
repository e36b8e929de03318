"""The setting of a study: everything its file names, loaded, checked against each other and compiled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from bothand.engine.arrays import Floats
from bothand.engine.compile import CompiledModel, compile_model
from bothand.engine.needs import INPUTS_WITHOUT_INTERVAL, lacking
from bothand.evidence.draws import Draws, draw
from bothand.evidence.sets import mixed
from bothand.evidence.tables import Evidence, load_evidence, require_reference
from bothand.faults import Fault, FaultsFound, nearest
from bothand.files import Document, Path_, available, examine, named_file, read_toml, told
from bothand.units import MONEYS
from bothand.world import service as services_
from bothand.world.language.graph import QUANTITY
from bothand.world.model import ModelSpec, load_model
from bothand.world.place import Place, PlaceFile, quantity_keys, supplied
from bothand.world.placefile import load_place, named_faults
from bothand.world.plan import Plan, terms_of
from bothand.world.planfile import load_plan, read_plan
from bothand.world.population import background_mortality, people_shape, starters_shape
from bothand.world.service import Named, Service
from bothand.world.spending.rule import Bounds
from bothand.world.studyfile import (
    Study,
    StudyParts,
    beside,
    bounds_together,
    load_parts,
    load_study,
    money_beside_study,
    paid_years,
    rules_beside_place,
)
from bothand.world.terms import (
    Programme,
    catalogue_faults,
    load_plan_on_terms,
    load_programme,
    quantities_of,
    refused,
    run_by,
)

T = TypeVar("T")

# Quantities that ledgers, fits and decisions read beside the model's and the services' own.
BESIDE = (
    "close_bereaved_per_death",
    "cost_ems",
    "cost_od_hospital",
    "effective_kit_share",
    "ems_call_private_ratio",
    "evly_life_year_weight",
    "give_up_waiting",
    "naloxone_kit_months_in_circulation",
    "no_worse_margin",
    "prob_call_ems_public",
    "prob_witnessed",
    "share_injecting_oud",
    "share_od_public",
    "status_quo_touch",
    "toxicity_knot_spread",
    "toxicity_walk_sd",
)


@dataclass(frozen=True)
class Setting:
    """A study with its place, services, plans, model and evidence. No number has been drawn yet."""

    study: Study
    place: Place
    services: tuple[Service, ...]
    plans: tuple[Plan, ...]
    model: CompiledModel
    evidence: Evidence
    names: tuple[str, ...]  # every quantity that the study draws
    folder: Path = Path()  # of the study's file; a reader's own values and marks are beside it
    programmes: tuple[Programme, ...] = ()  # whose terms the services are run on

    def plan(self, key: str) -> Plan | None:
        """Return a plan of the study or a reader's own; None for one that was found by search."""
        return next((plan for plan in self.plans if plan.key == key), None)

    @property
    def bounds(self) -> Bounds:
        """The rules of spending of the study and its place together."""
        return bounds_together(self.study, self.place)

    @property
    def ages(self) -> tuple[int, ...]:
        """Edges of the model's age bands."""
        return tuple(int(a) for a in self.model.spec.header.strata.age)


def load_setting(
    study: str | Path, place: str | Path | None = None, plans: Sequence[Path] = (), terms: Sequence[Path] = ()
) -> Setting:
    """Load a study. Raises FaultsFound once, with every fault of every file it names.

    ``place`` replaces the study's place; ``plans`` are a reader's own, added after the study's; ``terms`` are files in
    which programmes say how they run services: every plan that pays for one of these runs it so.
    """
    faults: list[Fault] = []
    inputs: set[str] = set()
    model: CompiledModel | None = None
    parts = _kept(lambda: load_parts(study), faults)
    about = parts.study if parts else _kept(lambda: load_study(study), [])
    parts, programmes = _run_by(parts, terms, faults)
    where = place or (beside(named_file("studies", study).parent, about.place) if about else None)
    folder = named_file("studies", study).parent if about else Path()
    tables = [folder / entry for entry in about.own_evidence] if about else []
    found, evidence, wrong = place_beside_evidence(where, tables) if where else (None, None, [])
    faults += wrong
    own = _own_plans(plans, about, found, parts, faults)
    faults += _refused(parts) if parts else []
    if about and found and evidence:
        faults += money_beside_study(about, found, read_toml(found.path))
        faults += _budget_faults(about, found, study) if parts else []
        faults += _rule_faults(parts, found, study) if parts else []
        faults += _service_faults(about, study, evidence) if parts else []
        faults += catalogue_faults(evidence)
        inputs = set(found.about.inputs) | {name for part in found.lineage for name in part.about.inputs}
        entry = beside(named_file("studies", study).parent, about.model)
        services = parts.services if parts else ()
        model = _kept(lambda: _model_of(load_model(entry), services, evidence, inputs), faults)
        faults += lacking(model) if model else []
        faults += _error_faults(found, evidence)
    names: set[str] = set()
    if parts and found and evidence and model:
        others = {key for part in found.lineage for key in quantity_keys(part)} | set(BESIDE)
        others |= {key for service in parts.services for key in services_.quantity_keys(service)}
        others |= _read_by_terms((*parts.plans, *own), parts.services, model)
        others |= set(model.carried.symbols(model.graph, parts.study.carry)) - inputs
        names = {s for s in model.symbols if s not in inputs} | others
        faults += _input_faults(found, model, evidence)
        faults += mixed_faults(model, evidence, parts.study.choices, others)
        faults += _choice_faults(parts.study, evidence, names, study)
        faults += _carry_faults(parts.study, model, study)
    if faults or not (parts and found and evidence and model):
        raise FaultsFound(faults)
    return Setting(
        parts.study,
        found,
        parts.services,
        (*parts.plans, *own),
        model,
        evidence,
        tuple(sorted(names)),
        folder,
        programmes,
    )


def _run_by(
    parts: StudyParts | None, terms: Sequence[Path], faults: list[Fault]
) -> tuple[StudyParts | None, tuple[Programme, ...]]:
    """Return a study's parts with its services on the terms of programmes, and these; what is wrong joins the faults.

    Where the study itself is faulty, each file is read alone.
    """
    if parts is None:
        for path in terms:
            _kept(partial(load_programme, path), faults)
        return None, ()
    found = _kept(lambda: run_by(parts.services, terms), faults)
    return (replace(parts, services=found[0]), found[1]) if found else (parts, ())


def _read_by_terms(plans: Iterable[Plan], services: Sequence[Service], model: CompiledModel) -> set[str]:
    """Return the quantities that are read because a plan runs a service on terms that are not the service's own."""
    runs = ((service, terms_of(plan, service)) for plan in plans for service in services)
    return {key for service, terms in runs for key in quantities_of(service, terms, model.levers)}


def _refused(parts: StudyParts) -> Iterator[Fault]:
    """Yield a fault for each service that a plan of the study cannot run as it says."""
    for entry in parts.study.plans:
        plan, document, _ = read_plan(beside(parts.folder, entry), [service.key for service in parts.services])
        yield from refused(plan, document, parts.services) if plan else ()


def _error_faults(place: Place, evidence: Evidence) -> Iterator[Fault]:
    """Yield a fault for an error of the fit's counts that is drawn: one error stands for all draws."""
    for part in place.lineage:
        for name in INPUTS_WITHOUT_INTERVAL:
            for key in part.about.inputs.get(name, ()):
                row = evidence.get(evidence.resolve(key))
                if row and row.family != "fixed":
                    message = f"'{name}' is one number, the same in every run; '{key}' has an interval."
                    yield Fault(str(part.path), message, f"inputs.{name}")


def _kept(load: Callable[[], T], faults: list[Fault]) -> T | None:
    """Load something, or note its faults and go on to the next."""
    try:
        return load()
    except FaultsFound as found:
        faults += found.faults
        return None


def _own_plans(
    paths: Sequence[Path], study: Study | None, place: Place | None, parts: StudyParts | None, faults: list[Fault]
) -> list[Plan]:
    """Load a reader's own plans; one that has the key of another plan is a fault."""
    taken = {plan.key for plan in parts.plans} if parts else set()
    keys = [Path(entry).stem for entry in study.services] if study else None
    years = paid_years(study, place) if study and place else None
    budget = budget_of(study, place) if study and place else None
    found = []
    for path in paths:
        services = parts.services if parts else ()
        plan = _kept(partial(load_plan_on_terms, _by_name(path), services, keys, budget, years), faults)
        if plan and plan.key in taken:
            faults.append(Fault(str(path), f"there is a plan called '{plan.key}' already.", "key"))
        if plan:
            taken = {*taken, plan.key}
            found.append(plan)
    return found


def _by_name(path: Path) -> str | Path:
    """Return the bare name of a plan that ships, or else the path of a reader's own file."""
    bare = len(path.parts) == 1 and path.suffix != ".toml" and not path.exists()
    return str(path) if bare else path


def _budget_faults(study: Study, place: Place, name: str | Path) -> list[Fault]:
    """Hold the plans of a study against the money of the place, which the study's file does not know."""
    folder = named_file("studies", name).parent
    keys = [Path(entry).stem for entry in study.services]
    budget, years = budget_of(study, place), paid_years(study, place)
    faults: list[Fault] = []
    for entry in study.plans:
        _kept(partial(load_plan, beside(folder, entry), keys, budget, years), faults)
    return faults


def _rule_faults(parts: StudyParts, place: Place, name: str | Path) -> list[Fault]:
    """Hold the rules of a study and of its place against each other, the services and the money."""
    budget = budget_of(parts.study, place)
    if budget is None:
        return []
    documents = read_toml(named_file("studies", name)), read_toml(place.path)
    return list(rules_beside_place(parts.study, parts.services, place, max(budget.values()), *documents))


def _service_faults(study: Study, name: str | Path, evidence: Evidence) -> list[Fault]:
    folder = named_file("studies", name).parent
    return [fault for entry in study.services for fault in service_faults(beside(folder, entry), evidence)]


def place_beside_evidence(
    name: str | Path, tables: Sequence[Path] = ()
) -> tuple[Place | None, Evidence | None, list[Fault]]:
    """Return a place and the evidence with the place's own tables, each if it is sound, and every fault of both.

    ``tables``: a study's own tables of quantities.
    """
    faults: list[Fault] = []
    place = _kept(lambda: load_place(name), faults)
    evidence = _kept(lambda: load_evidence(extra=(*(place.evidence_files if place else ()), *tables)), faults)
    document = _kept(lambda: read_toml(named_file("places", name)), [])
    about, form = examine(PlaceFile, document) if document else (None, [])
    if document and about and evidence and (place or not about.evidence):
        faults += told(named_faults(about, document, evidence.names, available("services")), form)
    return place, evidence, faults


def service_faults(name: str | Path, evidence: Evidence) -> list[Fault]:
    """Return every fault of a service file: its own, unknown quantities, other kinds of number, other references."""
    document = read_toml(named_file("services", name))
    service, form = services_.read_service(document)
    if service is None:
        return form
    faults = list(key_faults(document, services_.named_keys(service), evidence))
    for number, ratio in enumerate(service.ratios):
        where = ("ratios", number, "reference_population")
        try:
            if ratio.quantity in evidence:
                require_reference(evidence, ratio.quantity, ratio.reference_population)
        except FaultsFound as found:
            faults += [document.fault(fault.message, where, fault.nearest) for fault in found.faults]
    return [*form, *told(faults, form)]


def key_faults(document: Document, named: Iterable[Named], evidence: Evidence) -> Iterator[Fault]:
    """Yield a fault for each quantity that does not exist, or is of another kind than its place asks for."""
    for where, key, kinds in named:
        row = evidence.get(evidence.resolve(key))
        if key not in evidence.names:
            yield document.fault(f"unknown quantity '{key}'.", where, nearest(key, evidence.names))
        elif kinds and row and row.typed and row.typed.kind not in kinds:
            wanted = "money" if kinds == MONEYS else " or ".join(sorted(kinds))
            yield document.fault(f"{wanted} was expected; '{key}' is in '{row.unit}', {row.typed.kind}.", where)


def _model_of(spec: ModelSpec, services: Sequence[Service], evidence: Evidence, inputs: Iterable[str]) -> CompiledModel:
    """Compile the model for these services: without the optional levers that none of them moves."""
    moved = {move.lever for service in services for move in service.moves}
    idle = [name for name, lever in spec.lever.items() if lever.optional and name not in moved]
    return model_beside_evidence(spec, evidence, inputs, idle)


def model_beside_evidence(
    spec: ModelSpec, evidence: Evidence, inputs: Iterable[str], idle: Collection[str] = ()
) -> CompiledModel:
    """Compile a model whose quantities are rows of the evidence or ``inputs``, what a place gives it.

    ``idle``: optional levers that the study leaves out.
    Raises FaultsFound with every fault, names that nothing has and units that do not fit among them.
    """
    rows = {**evidence, **{slot: evidence[evidence.resolve(slot)] for slot in evidence.sets.slots}}
    units = {key: row.typed.kind for key, row in rows.items() if row.typed is not None}
    return compile_model(spec, {**units, **_input_units(set(inputs) - set(spec.lever))}, idle)


def mixed_faults(
    model: CompiledModel, evidence: Evidence, choices: Mapping[str, str], others: Iterable[str] = ()
) -> Iterator[Fault]:
    """Yield a fault where numbers of two options of the same alternatives would be used as one.

    What moves people and the ``others`` (quantities of the place and its services) rest on one option, and so does each
    measure beside them. Two measures may rest on two options: they are shown side by side, and nothing adds them up.
    """
    together = {*model.moving, *others}
    told: set[str] = set()
    uses: dict[Path_, set[str]] = {(): together}
    for name, nodes in model.measures.items():
        reads = (model.graph.names(node, QUANTITY) for node in nodes if node is not None)
        uses["measure", name] = together.union(*reads)
    for where, names in uses.items():
        rows = evidence.used_by(names, choices)
        found = mixed(evidence.sets, (row.key for row in rows))
        yield from (model.spec.fault(words, where) for name, words in found.items() if where == () or name not in told)
        told |= set(found) if where == () else set()


def _input_faults(place: Place, model: CompiledModel, evidence: Evidence) -> Iterator[Fault]:
    """Yield a fault for each number that the model asks of every place and that this one does not give."""
    document = read_toml(place.path)
    asked = {name for name, lever in model.spec.lever.items() if lever.status_quo is None}
    for name in sorted((asked | (set(model.symbols) - evidence.names)) - set(place.about.inputs)):
        yield document.fault(f"'{name}' is missing: the model asks it of every place.", ("inputs",))


def _carry_faults(study: Study, model: CompiledModel, name: str | Path) -> Iterator[Fault]:
    """Yield a fault for each history or modifier that the model does not have."""
    document, known = read_toml(named_file("studies", name)), [*model.carried.histories, *model.carried.modifiers]
    for asked in study.carry:
        if asked not in known:
            words = f"the model has no history or modifier '{asked}'; it has: {', '.join(known) or 'none'}."
            yield document.fault(words, ("carry",), nearest(asked, known))


def _choice_faults(study: Study, evidence: Evidence, names: set[str], name: str | Path) -> Iterator[Fault]:
    """Yield a fault for each choice between alternatives of which the study uses none."""
    document = read_toml(named_file("studies", name))
    for chosen in study.choices:
        if not names & set(evidence.sets.alternatives[chosen].slots):
            words = f"nothing in this study reads '{chosen}': the choice would change no number."
            yield document.fault(words, ("choices", chosen))


def _input_units(inputs: set[str]) -> dict[str, str]:
    """Return the dimension word of what a place gives the model: people, or people a year for starts."""
    return {name: "flow" if name.endswith("_per_year") else "count" for name in inputs}


def budget_of(study: Study, place: Place) -> dict[int, float] | None:
    """Return the first round's dollars by calendar year, which a plan may not exceed; None without money."""
    money = place.about.money
    if money is None:
        return None
    first, last = money.first_round.spent
    return dict.fromkeys(range(first, last + 1), money.first_round.usd / (last - first + 1))


def draw_values(setting: Setting, draws: int, seed: int) -> Draws:
    """Draw every quantity of a setting."""
    return draw(setting.evidence, setting.names, draws, seed, setting.study.choices)


def with_inputs(place: Place, values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return draws together with what a place gives the model, under the model's names."""
    return {**values, **supplied(place, values)}


def tables_of(setting: Setting) -> dict[str, Floats]:
    """Return the model's tables by stratum (S,): background mortality and the shape of starts."""
    return {
        "background": background_mortality(setting.place, setting.ages),
        "starters": starters_shape(setting.place, setting.ages),
    }


def composition(setting: Setting) -> Floats:
    """Return the share of people with addiction in each stratum (S,), from the composition of deaths."""
    return people_shape(setting.place.lineage[-1], setting.ages)
