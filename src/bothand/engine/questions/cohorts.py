"""A cohort of a case with its numbers in, ready to answer one question at a time.

``ready`` compiles the cohort's model (as one of its variants) and gives it the case's numbers. A state of the case is
a set of cells; people who start in it are in its first compartment, the first phase where it has phases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from bothand.engine.arrays import Bools, Floats
from bothand.engine.compile import CompiledModel, compile_model
from bothand.engine.discrete.chances import Chances, Numbers, chances, run
from bothand.engine.discrete.rewards import total
from bothand.engine.discrete.structure import DiscreteModel, compile_discrete
from bothand.engine.questions import cycles, process
from bothand.engine.rates import Environment, schedule, status_quo_levers
from bothand.engine.weights import measure
from bothand.faults import Fault, FaultsFound
from bothand.world.casefile import Ask, Case
from bothand.world.language.cells import expand, select
from bothand.world.language.edges import DEAD
from bothand.world.language.report import Report
from bothand.world.model import ModelSpec, as_variant

WHOLE = 1e-9  # MATH: a number of cycles this close to a whole one is that number


@dataclass(frozen=True)
class Pick:
    """Which single answer of a question is wanted: from one state (None: the cohort's start), at one time, of one."""

    start: str | None = None
    at: float = 0.0
    of: str = ""


@dataclass(frozen=True)
class Continuous:
    """A cohort in continuous time. States run over strata (outermost) and compartments, M."""

    model: CompiledModel
    environment: Environment
    process: process.Process
    states: Mapping[str, Bools]  # (M,)
    first: Mapping[str, int]
    people: Floats  # (M,)

    def answer(self, ask: Ask, pick: Pick) -> float:
        """Return one answer. Raises ValueError for a question that has none."""
        found, people = self.process, self.people
        if pick.start is not None:
            found, people = found.closed, np.eye(found.size)[self.first[pick.start]]
        inside = self.states.get(pick.of, np.zeros(found.size, dtype=np.bool_))
        force = 0.0 if ask.discount is None else ask.discount
        if ask.compounding == "yearly":
            force = float(np.log1p(force))
        match ask.question:
            case "occupancy":
                return float(process.people_at(found, people, pick.at)[inside].sum())
            case "time":
                return float(process.years_lived(found, people, ask.years, force)[inside].sum())
            case "total":
                return float(process.years_lived(found, people, ask.years, force) @ self._weights(ask.reward or ""))
            case "sojourn":
                return float(process.years_until(found, ~inside)[self.first[pick.of]])
            case "next state":
                start = pick.start or ""
                return float(process.after_visit(found, self.states[start], self.first[start])[inside].sum())
            case "ever":
                return process.chance_of_visit(found, people, inside, pick.at)
            case "entries":
                return process.entries(found, people, inside, ask.years)
            case "first passage":
                return float(process.years_until(found, inside)[self.first[pick.start or ""]])
            case "variance":
                return process.variance(found, people, inside, pick.at)
        raise ValueError(f"'{ask.question}' has no answer in continuous time.")

    def _weights(self, name: str) -> Floats:
        return np.tile(measure(self.model, name, self.environment)[:, 0], len(self.model.chain.strata))


@dataclass(frozen=True)
class Discrete:
    """A cohort in discrete time, of the numbers' only draw."""

    model: DiscreteModel
    numbers: Numbers
    states: Mapping[str, Bools]  # (N,)
    first: Mapping[str, int]
    people: Floats  # (S, N)
    _chances: dict[int, Chances] = field(default_factory=dict, repr=False)

    def answer(self, ask: Ask, pick: Pick) -> float | list[float]:
        """Return one answer ("counted": one for each cycle). Raises ValueError for a question that has none."""
        start = self.people
        if pick.start is not None:
            start = np.zeros_like(start)
            start[np.argmax(self.people.sum(axis=1)), self.first[pick.start]] = 1
        inside = self.states.get(pick.of, np.zeros(self.model.n_all, dtype=np.bool_))
        n = self._cycles(pick.at if ask.horizon is None else ask.years)
        found = self._found(n)
        people = run(found, start) if n else start[None, :, :, None]
        match ask.question:
            case "occupancy":
                return float(people[-1][:, inside].sum())
            case "counted":
                return [float(x) for x in cycles.people_counted(people, inside, ask.counting or "end")[:, 0]]
            case "total":
                return self.total(ask, ask.reward or "")
            case "ever":
                return float(cycles.chance_of_visit(found, start, inside, n)[0])
            case "entries":
                return float(cycles.entries(found, people, inside)[0])
        raise ValueError(f"'{ask.question}' has no answer in discrete time.")

    def total(self, ask: Ask, reward: str) -> float:
        """Return the total of one reward over the horizon of a question."""
        if ask.discount is not None:
            raise ValueError("in discrete time the reward itself says how it is discounted.")
        n = self._cycles(ask.years)
        found = self._found(n)
        return float(total(self.model, reward, self.numbers, found, run(found, self.people))[0])

    def _found(self, n: int) -> Chances:
        if n not in self._chances:
            self._chances[n] = chances(self.model, self.numbers, max(n, 1))
        return self._chances[n]

    def _cycles(self, years: float) -> int:
        """Return a time as a whole number of cycles."""
        if not np.isfinite(years):
            raise ValueError("in discrete time a horizon has an end.")
        n = years / self.model.cycle
        if abs(n - round(n)) > WHOLE:
            raise ValueError(f"{years:g} years are not a whole number of cycles of {self.model.cycle:g} years.")
        return round(n)


def ready(case: Case, cohort: str, variant: str | None = None, counting: str | None = None) -> Continuous | Discrete:
    """Return a cohort of a case as one variant of its model, or as the model itself.

    ``counting`` replaces the counting of every reward. Raises FaultsFound with the faults of model and case.
    """
    spec = case.models[cohort]
    spec = spec if variant is None else as_variant(spec, variant)
    if counting is not None:
        changed = {"counting": counting, "weights": None}
        rewards = {name: reward.model_copy(update=changed) for name, reward in spec.reward.items()}
        spec = spec.model_copy(update={"reward": rewards})
    states = _states(case, cohort, spec)
    values = {name: np.array([value.value]) for name, value in case.spec.value.items()}
    units = {name: unit for name, unit in case.units.items() if name not in spec.lever}
    levers = {name: value for name, value in values.items() if name in spec.lever}
    quantities = {name: value for name, value in values.items() if name not in levers}
    if spec.header.time == "discrete":
        discrete = compile_discrete(spec, units)
        people, first = _start(case, cohort, states, [sex or "everyone" for sex, _ in discrete.strata])
        return Discrete(discrete, Numbers(quantities, levers, case.tables), states, first, people)
    model = compile_model(spec, units)
    levers = {**status_quo_levers(model, quantities), **levers} if spec.lever else {}
    environment = Environment(quantities, levers, {}, _by_stratum(case, model), (0,))
    people, first = _start(case, cohort, states, model.chain.strata)
    strata, n = people.shape
    offset = n * int(np.argmax(people.sum(axis=1)))
    return Continuous(
        model=model,
        environment=environment,
        process=process.process(model.chain, schedule(model, environment)),
        states={name: np.tile(inside, strata) for name, inside in states.items()},
        first={name: offset + i for name, i in first.items()},
        people=people.ravel(),
    )


def _states(case: Case, cohort: str, spec: ModelSpec) -> dict[str, Bools]:
    """Return which compartments each state of a cohort holds, (N,)."""
    cells = expand(spec, Report(spec))
    where = ("cohort", cohort, "states")
    here = spec.model_copy()
    here._document = case.document  # faults of a state's cells stand in the case file
    report = Report(here)
    dead = [DEAD + name for name in spec.dead]
    found: dict[str, Bools] = {}
    for name, state in case.spec.cohort[cohort].states.items():
        found[name] = np.zeros(len(cells.all) + len(dead), dtype=np.bool_)
        if not isinstance(state, str):
            found[name][list(select(cells, state, (*where, name), report))] = True
        elif state in dead:
            found[name][len(cells.all) + dead.index(state)] = True
        else:
            report.unknown("way to die called", state, dead, (*where, name))
    report.stop()
    return found


def _start(
    case: Case, cohort: str, states: Mapping[str, Bools], strata: tuple[str, ...] | list[str]
) -> tuple[Floats, dict[str, int]]:
    """Return the people of a cohort, (S, N), and the first compartment of every state."""
    named = case.spec.cohort[cohort]
    where = ("cohort", cohort, "stratum")
    if (named.stratum is None and len(strata) > 1) or (named.stratum is not None and named.stratum not in strata):
        raise FaultsFound([case.document.fault(f"name one stratum: {', '.join(strata)}.", where)])
    people = np.zeros((len(strata), len(next(iter(states.values())))))
    first = {name: int(np.argmax(inside)) for name, inside in states.items()}
    row = 0 if named.stratum is None else list(strata).index(named.stratum)
    for name, size in named.start.items():
        people[row, first[name]] += size
    return people, first


def _by_stratum(case: Case, model: CompiledModel) -> dict[str, Floats]:
    """Return the case's tables that a continuous model declares, one entry for each stratum."""
    found = {}
    faults = []
    for name, table in model.spec.table.items():
        entries = case.tables.get(name, {})
        keys = [
            tuple(sex if axis == "sex" else band for axis in table.by) for sex, band in model.spec.header.strata.pairs
        ]
        missing = [key for key in keys if key not in entries]
        if missing and name in case.tables:
            message = f"the values of '{name}' have no entry for {', '.join(map(str, missing[0]))}."
            faults.append(Fault(case.document.name, message))
        elif name in case.tables:
            found[name] = np.array([entries[key] for key in keys])
    if faults:
        raise FaultsFound(faults)
    return found
