"""A cohort of a case with its numbers in, ready to answer one question at a time.

``ready`` compiles the cohort's model (as one of its variants) and gives it the case's numbers. A state of the case is
a set of cells; people who start in it are in its first compartment: the first phase, the first cycle of a stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bothand.engine.arrays import Bools, Floats
from bothand.engine.compile import CompiledModel, compile_model
from bothand.engine.discrete.chances import Clock, Numbers, chances, read
from bothand.engine.discrete.paths import Chances, run
from bothand.engine.discrete.rewards import total
from bothand.engine.discrete.structure import DiscreteModel, compile_discrete
from bothand.engine.questions import cycles, process
from bothand.engine.questions.stepped import Stepped, stepped
from bothand.engine.questions.trees import started
from bothand.engine.rates import Environment, Values, schedule, status_quo_levers
from bothand.engine.weights import count_rates, last_year, measure
from bothand.faults import Fault, FaultsFound
from bothand.world.cases.loading import Case
from bothand.world.cases.nouns import Ask
from bothand.world.cases.questions import FRONTIER, PEOPLE, UNDER_DOUBT, listed
from bothand.world.language.cells import expand, select
from bothand.world.language.edges import DEAD
from bothand.world.language.report import Report
from bothand.world.language.tree import TreeNodes
from bothand.world.model import ModelSpec, as_variant

WHOLE = 1e-9  # MATH: a number of cycles this close to a whole one is that number


ONE_STRATUM = "this is asked of one person: name one 'stratum' for the cohort, not shares of several."
FROM_ONE = ("sojourn", "next state", "first passage")  # asked of one person, who starts in one stratum


@dataclass(frozen=True)
class Pick:
    """Which single answer of a question is wanted: from one state (None: the cohort's start), at one time, of one."""

    start: str | None = None
    at: float = 0.0
    of: str = ""


@dataclass(frozen=True)
class Continuous:
    """A cohort in continuous time. States run over strata (outermost) and compartments, M; D draws."""

    model: CompiledModel
    environment: Environment
    processes: tuple[process.Process, ...]  # (D,); empty where the cohort is stepped
    states: Mapping[str, Bools]  # (M,)
    first: Mapping[str, int]
    people: Floats  # (M, D)
    given: Mapping[str, Floats]  # measure -> (D,) what the way to the start gave
    stepped: Stepped | None = None

    def answer(self, ask: Ask, pick: Pick) -> Floats:
        """Return one answer for every draw, (D,). Raises ValueError for a question that has none."""
        strata = self.people.reshape(len(self.model.chain.strata), self.model.chain.n_all, -1)
        if pick.start is not None or ask.question in FROM_ONE:
            _one_stratum(strata)
        if self.stepped is not None:
            found = self._in_steps(self.stepped, ask, pick)
        elif ask.question == "total":
            each = zip(self.processes, self.people.T, strict=True)
            years = [process.years_lived(one, people, ask.years, _force(ask)) for one, people in each]
            lived = np.array(years).T.reshape(strata.shape)
            found = self._added(ask.reward or "", lived, lambda gate: lived)
        else:
            found = np.array([self._one(ask, pick, draw) for draw in range(len(self.processes))])
        return found + (self.given.get(ask.reward or "", 0.0) if ask.question == "total" else 0.0)

    def _added(self, name: str, lived: Floats, let_in: Callable[[int], Floats]) -> Floats:
        """Return the total of a measure or a count over person-years (S, N, D), (D,).

        ``let_in`` gives those person-years times the share that a gate lets in.
        """
        if name in self.model.measures:
            return _weighed(lived, last_year(measure(self.model, name, self.environment)))
        rates = count_rates(self.model, name, self.environment)
        found = _weighed(lived, rates.plain[-1])
        if rates.by_stratum is not None:
            found = found + _weighed(lived, rates.by_stratum[-1].transpose(1, 0, 2))
        for gate, asking in enumerate([] if rates.gated is None else rates.gated[-1]):
            found = found + _weighed(let_in(gate), asking)
        return found

    def _in_steps(self, found: Stepped, ask: Ask, pick: Pick) -> Floats:
        """Return one answer for every draw, (D,), of a cohort whose rates move with the people."""
        if pick.start is not None:
            raise ValueError("where places are limited nobody's way is their own: 'from' has no answer.")
        n = self.model.chain.n_all
        inside = self.states[pick.of][:n] if pick.of else np.zeros(n, dtype=np.bool_)
        match ask.question:
            case "occupancy":
                return np.asarray(found.people_at(pick.at)[inside].sum(axis=0))
            case "time":
                return np.asarray(found.years_lived(ask.years, _force(ask))[:, inside].sum(axis=(0, 1)))
            case "total":
                over = (ask.years, _force(ask))
                return self._added(
                    ask.reward or "", found.years_lived(*over), lambda gate: found.years_lived(*over, gate)
                )
        raise ValueError(f"'{ask.question}' has no answer in steps.")

    def _one(self, ask: Ask, pick: Pick, draw: int) -> float:
        found, people = self.processes[draw], self.people[:, draw]
        if pick.start is not None:
            found, people = found.closed, np.eye(found.size)[self.first[pick.start]]
        inside = self.states.get(pick.of, np.zeros(found.size, dtype=np.bool_))
        match ask.question:
            case "occupancy":
                return float(process.people_at(found, people, pick.at)[inside].sum())
            case "time":
                return float(process.years_lived(found, people, ask.years, _force(ask))[inside].sum())
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

    @property
    def rewards(self) -> tuple[str, ...]:
        """What the cohort can be asked a total of."""
        return (*self.model.measures, *self.model.spec.count)

    @property
    def size(self) -> Floats:
        """How many people the cohort has, (D,)."""
        return np.asarray(self.people.sum(axis=0))

    def weights(self, name: str) -> Floats:
        """Return the weight of a person-year in every state and draw, (M, D)."""
        return np.tile(last_year(measure(self.model, name, self.environment)), (len(self.model.chain.strata), 1))


@dataclass(frozen=True)
class Discrete:
    """A cohort in discrete time, D draws."""

    model: DiscreteModel
    numbers: Numbers
    states: Mapping[str, Bools]  # (N,)
    first: Mapping[str, int]
    people: Floats  # (S, N, D or 1)
    given: Mapping[str, Floats]  # reward -> (D or 1,) what the way to the start gave
    _chances: dict[int, Chances] = field(default_factory=dict, repr=False)

    def answer(self, ask: Ask, pick: Pick) -> Floats:
        """Return one answer for every draw, (D,); "counted": one for each cycle too, (n, D).

        Raises ValueError for a question that has none.
        """
        start = self.people
        if pick.start is not None:
            _one_stratum(start)
            start = np.zeros((*self.people.shape[:2], 1))
            start[np.argmax(self.people.sum(axis=(1, 2))), self.first[pick.start]] = 1
        inside = self.states.get(pick.of, np.zeros(self.model.n_all, dtype=np.bool_))
        n = self.cycles_in(pick.at if ask.horizon is None else ask.years)
        found = self._found(n)
        people = run(found, start, n)
        match ask.question:
            case "occupancy":
                return np.asarray(people[-1][:, inside].sum(axis=(0, 1)))
            case "counted":
                return cycles.people_counted(people, inside, ask.counting or "end")
            case "total":
                return self.total(ask, ask.reward or "")
            case "ever":
                return cycles.chance_of_visit(found, start, inside, n)
            case "entries":
                return cycles.entries(found, people, inside)
        raise ValueError(f"'{ask.question}' has no answer in discrete time.")

    @property
    def rewards(self) -> tuple[str, ...]:
        """What the cohort can be asked a total of."""
        return tuple(self.model.rewards)

    @property
    def size(self) -> Floats:
        """How many people the cohort has, (D or 1,)."""
        return np.asarray(self.people.sum(axis=(0, 1)))

    def total(self, ask: Ask, reward: str) -> Floats:
        """Return the total of one reward over the horizon of a question, (D,)."""
        if ask.discount is not None:
            raise ValueError("in discrete time the reward itself says how it is discounted.")
        n = self.cycles_in(ask.years)
        found = self._found(n)
        sums = total(self.model, reward, self.numbers, found, run(found, self.people))
        return sums + self.given.get(reward, 0.0)

    def _found(self, n: int) -> Chances:
        if n not in self._chances:
            self._chances[n] = chances(self.model, self.numbers, max(n, 1))
        return self._chances[n]

    def cycles_in(self, years: float) -> int:
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
    values = case.numbers(cohort)
    levers = {name: value for name, value in values.items() if name in spec.lever}
    quantities = {name: value for name, value in values.items() if name not in levers}
    try:
        if spec.header.time == "discrete":
            return _discrete(case, cohort, spec, Numbers(quantities, levers, case.tables))
        return _continuous(case, cohort, spec, quantities, levers)
    except FaultsFound as found:
        raise FaultsFound([_located(fault, case, cohort) for fault in found.faults]) from found


def unready(case: Case) -> list[Fault]:
    """Return every fault that keeps a cohort of a case from being asked, as each variant that a question names."""
    found: dict[Fault, None] = {}
    for name, variant in dict.fromkeys(pair for ask in case.spec.ask for pair in _asked(case, ask)):
        try:
            ready(case, name, variant)
        except FaultsFound as failed:
            found |= dict.fromkeys(failed.faults)
        except ValueError as error:
            found[case.document.fault(str(error), ("cohort", name))] = None
    asks = [i for i, ask in enumerate(case.spec.ask) if _of_one_person(case, ask)]
    return [*found, *(case.document.fault(ONE_STRATUM, ("ask", i)) for i in asks)]


def _of_one_person(case: Case, ask: Ask) -> bool:
    """Return whether a question is asked of one person where the people of its cohort are of several strata."""
    if ask.given is not None:
        return False
    name = case.cohort_of(ask)
    continuous = case.models[name].header.time == "continuous"
    named = case.spec.cohort[name]
    several = named.stratum is not None and sum(share > 0 for share in named.shares.values()) > 1
    return several and (ask.start is not None or (continuous and ask.question in FROM_ONE))


def _asked(case: Case, ask: Ask) -> list[tuple[str, str | None]]:
    """Return the cohort of a question with each variant that it names, or compares without naming it."""
    if ask.given is not None:
        return []
    name = case.cohort_of(ask)
    variants = [*listed(ask.variant), *listed(ask.against)]
    if ask.question == PEOPLE:
        variants = [*variants, *(ask.among or [])]
    if ask.question in (*FRONTIER, *UNDER_DOUBT):
        variants = ask.among or [variant.name for variant in case.models[name].variant]
    return [(name, variant) for variant in variants or [None]]


def _located(fault: Fault, case: Case, cohort: str) -> Fault:
    """Return a fault of a name that the cohort itself gives a meaning at its place in the case file."""
    table, _, name = fault.where.partition(".")
    if table != "let" or name.split(".")[0] not in case.spec.cohort[cohort].let:
        return fault
    return case.document.fault(fault.message, ("cohort", cohort, "let", *name.split(".")), fault.nearest)


def _units(case: Case, spec: ModelSpec) -> dict[str, str]:
    return {name: unit for name, unit in case.units.items() if name not in spec.lever}


def _discrete(case: Case, cohort: str, spec: ModelSpec, numbers: Numbers) -> Discrete:
    states = _states(case, cohort, spec)
    model = compile_discrete(spec, _units(case, spec))
    tree = model.trees.get(case.spec.cohort[cohort].tree or "")
    values = read(model, numbers, tree.roots, Clock(np.ones(1))) if tree is not None else {}
    strata = [sex or "everyone" for sex, _ in model.strata]
    people, first, given = _start(case, cohort, states, strata, spec, tree, values)
    return Discrete(model, numbers, states, first, people, given)


def _continuous(
    case: Case, cohort: str, spec: ModelSpec, quantities: Mapping[str, Floats], levers: Mapping[str, Floats]
) -> Continuous:
    states = _states(case, cohort, spec)
    model = compile_model(spec, _units(case, spec))
    levers = {**status_quo_levers(model, dict(quantities)), **levers} if spec.lever else {}
    environment = Environment(quantities, levers, {}, _by_stratum(case, model), (0,))
    tree = model.trees.get(case.spec.cohort[cohort].tree or "")
    found = Values(model, environment)
    if tree is not None:
        found.need(tree.roots)
    people, first, given = _start(case, cohort, states, model.chain.strata, spec, tree, found.known)
    strata, n, _ = people.shape
    offset = n * int(np.argmax(people.sum(axis=(1, 2))))
    rates = schedule(model, environment)
    draws = rates.draws
    in_steps = case.spec.about.accuracy == "stepped"
    if not in_steps and np.isfinite(rates.places).any():
        raise ValueError('where places are limited there is no exact answer: say accuracy = "stepped" under [case].')
    exact = () if in_steps else tuple(process.process(model.chain, rates, draw) for draw in range(draws))
    return Continuous(
        model=model,
        environment=environment,
        processes=exact,
        states={name: np.tile(inside, strata) for name, inside in states.items()},
        first={name: offset + i for name, i in first.items()},
        people=np.broadcast_to(people.reshape(strata * n, -1), (strata * n, draws)),
        given=given,
        stepped=stepped(model.chain, rates, people) if in_steps else None,
    )


def _force(ask: Ask) -> float:
    """Return the discount of a question as a hazard."""
    force = 0.0 if ask.discount is None else ask.discount
    return float(np.log1p(force)) if ask.compounding == "yearly" else force


def _weighed(lived: Floats, weights: Floats) -> Floats:
    """Return what person-years (S, N, D) add up to, (D,). Years without end count nothing where the weight is 0."""
    return np.asarray((np.where(weights != 0, lived, 0.0) * weights).sum(axis=(0, 1)))


def _one_stratum(people: Floats) -> None:
    """Raise ValueError when the people of a cohort (S, N, D) are of several strata, and so no one of them starts."""
    if (people.sum(axis=(1, 2)) > 0).sum() > 1:
        raise ValueError(ONE_STRATUM)


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
        elif state == DEAD.rstrip("."):
            found[name][len(cells.all) :] = True
        elif state in dead:
            found[name][len(cells.all) + dead.index(state)] = True
        else:
            report.unknown("way to die called", state, [DEAD.rstrip("."), *dead], (*where, name))
    report.stop()
    return found


def _start(
    case: Case, cohort: str, states: Mapping[str, Bools], strata: Sequence[str], spec: ModelSpec,
    tree: TreeNodes | None, values: Mapping[int, Floats],
) -> tuple[Floats, dict[str, int], dict[str, Floats]]:  # fmt: skip
    """Return the people of a cohort, (S, N, D or 1), the first compartment of every state, and what a tree gave."""
    named = case.spec.cohort[cohort]
    where = ("cohort", cohort, "stratum")
    asked = {} if named.stratum is None else named.shares
    if (not asked and len(strata) > 1) or not set(asked) <= set(strata):
        message = f"name one stratum, or the share of each: {', '.join(strata)}."
        raise FaultsFound([case.document.fault(message, where)])
    share = np.array([asked.get(stratum, 0.0) for stratum in strata] if asked else [1.0])
    first = {name: int(np.argmax(inside)) for name, inside in states.items()}
    size = len(next(iter(states.values())))
    if tree is not None:
        shares, given = started(spec, tree, values, size)
        many = case.stored(np.array([named.people or 1.0]))
        people = share[:, None, None] * (many * shares)
        return people, first, {reward: many * found for reward, found in given.items()}
    people = np.zeros((len(strata), size, 1))
    for name, number in named.start.items():
        people[:, first[name], 0] += share * case.stored(np.array([number]))
    return people, first, {}


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
            if "age" in table.by:
                message += " In continuous time 'age' is a band, written so."
            faults.append(Fault(case.document.name, message))
        elif name in case.tables:
            found[name] = np.array([entries[key] for key in keys])
    if faults:
        raise FaultsFound(faults)
    return found
