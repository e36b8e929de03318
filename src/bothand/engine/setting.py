"""The setting of a study: everything its file names, loaded, checked against each other and compiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bothand.engine.arrays import Floats
from bothand.engine.compile import CompiledModel, compile_model
from bothand.evidence.draws import Draws, draw
from bothand.evidence.tables import Evidence, load_evidence, require_reference
from bothand.faults import Fault, FaultsFound
from bothand.world import service as services_
from bothand.world.model import load_model
from bothand.world.place import Place, load_place, place_faults, quantity_keys, supplied
from bothand.world.plan import Plan, load_plan
from bothand.world.population import background_mortality, people_shape, starters_shape
from bothand.world.service import Service
from bothand.world.studyfile import Study, load_parts

# Quantities that ledgers, fits and decisions read beside the model's and the services' own.
BESIDE = (
    "close_bereaved_per_death",
    "cost_ems",
    "cost_od_hospital",
    "evly_life_year_weight",
    "no_worse_margin",
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

    @property
    def ages(self) -> tuple[int, ...]:
        """Edges of the model's age bands."""
        return tuple(int(a) for a in self.model.spec.header.strata.age)


def load_setting(study: str | Path, place: str | Path | None = None, plans: Sequence[Path] = ()) -> Setting:
    """Load a study. Raises FaultsFound once, with every fault of every file it names.

    ``place`` replaces the study's place; ``plans`` are a reader's own, added after the study's.
    """
    parts = load_parts(study)
    faults: list[Fault] = []
    found = load_place(place or parts.study.place)
    evidence = load_evidence(extra=found.evidence_files)
    keys = [service.key for service in parts.services]
    own: list[Plan] = []
    for path in plans:
        try:
            own.append(load_plan(path, keys, budget_of(parts.study, found)))
        except FaultsFound as error:
            faults += error.faults
    taken = {plan.key for plan in parts.plans}
    faults += [
        Fault(str(p), f"there is a plan called '{o.key}' already.")
        for p, o in zip(plans, own, strict=False)
        if o.key in taken
    ]
    inputs = set(found.about.inputs) | {name for part in found.lineage for name in part.about.inputs}
    units = {key: row.typed.kind for key, row in evidence.items() if row.typed is not None}
    spec = load_model(parts.study.model)
    model = compile_model(spec, {**units, **_input_units(inputs - set(spec.lever))})
    faults += place_faults(found, evidence.names, services_.available("services"))
    faults += _service_faults(parts.services, evidence)
    if faults:
        raise FaultsFound(faults)
    names = {s for s in model.symbols if s not in inputs} | set(BESIDE)
    names |= {key for part in found.lineage for key in quantity_keys(part)}
    names |= {key for service in parts.services for key in services_.quantity_keys(service)}
    return Setting(parts.study, found, parts.services, (*parts.plans, *own), model, evidence, tuple(sorted(names)))


def _input_units(inputs: set[str]) -> dict[str, str]:
    """Return the dimension word of what a place gives the model: people, or people a year for starts."""
    return {name: "hazard" if name.endswith("_per_year") else "count" for name in inputs}


def _service_faults(services: Sequence[Service], evidence: Evidence) -> list[Fault]:
    faults: list[Fault] = []
    for service in services:
        for ratio in service.ratios:
            try:
                require_reference(evidence, ratio.quantity, ratio.reference_population, f"services/{service.key}.toml")
            except FaultsFound as error:
                faults += error.faults
    return faults


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
