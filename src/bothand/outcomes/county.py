"""The county on day one and its status quo: what every plan is compared with, in every draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bothand.engine.arrays import Floats, Schedule, Start, Trajectory, Which
from bothand.engine.cohort import simulate
from bothand.engine.compile import EVERYONE
from bothand.engine.needs import MEASURES
from bothand.engine.rates import Environment, schedule, status_quo_levers
from bothand.engine.setting import Setting, tables_of, with_inputs
from bothand.engine.vectors.terminal import remaining
from bothand.engine.weights import by_year, last_year, measure, weigh
from bothand.world.language.graph import LEVER

BESIDE = ("alive", "quality_patient")


@dataclass(frozen=True)
class County:
    """D draws of one county, with its status quo.

    values: quantities and the place's inputs (D,); eligible: lever -> (Y, D) people; ahead: measure -> (D, S, N)
    value of one person's remaining life after the last day, discounted to the last day, along the status quo;
    ahead_beside: the same of BESIDE measures at the discount rates that the study shows beside.
    """

    setting: Setting
    values: Mapping[str, Floats]
    environment: Environment
    rates: Schedule
    start: Start
    quo: Trajectory
    eligible: Mapping[str, Floats]
    ahead: Mapping[str, Floats]
    ahead_beside: Mapping[float, Mapping[str, Floats]]

    @property
    def grouped(self) -> bool:
        """Say whether people are told apart by their group on day one."""
        return self.start.grouped

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the origin axis: the day-one groups, or everyone in one."""
        return self.setting.model.groups if self.grouped else (EVERYONE,)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return int(self.start.people.shape[0])

    def at(self, which: Which, changed: Mapping[str, Floats] | None = None) -> County:
        """Return some draws of the county; nothing is run again.

        ``changed``: values in these draws that move nothing before a plan (what a service costs, say).
        """
        values = {**{name: value[which] for name, value in self.values.items()}, **(changed or {})}
        environment = replace(
            self.environment,
            quantities=values,
            levers={name: value[:, which] for name, value in self.environment.levers.items()},
            series={name: value[:, which] for name, value in self.environment.series.items()},
        )
        return replace(
            self,
            values=values,
            environment=environment,
            rates=self.rates.at(which),
            start=self.start.at(which),
            quo=self.quo.at(which),
            eligible={name: people[:, which] for name, people in self.eligible.items()},
            ahead={name: value[which] for name, value in self.ahead.items()},
            ahead_beside={
                rate: {name: value[which] for name, value in ahead.items()} for rate, ahead in self.ahead_beside.items()
            },
        )


def first_day(
    setting: Setting, state: Trajectory, values: Mapping[str, Floats], state_kits: Floats, grouped: bool = True
) -> Start:
    """Return the county's first day: the state's people times its share, each in the group of their cell.

    ``values`` hold the county's inputs; ``state_kits`` (D,) the state's kits a year, to scale the stock of kits.
    Not ``grouped``: everyone in one group, which is several times quicker where groups are not asked for.
    """
    model = setting.model
    share_key = setting.place.about.share_of_parent
    share = values[share_key] if share_key else np.ones(state.final.shape[0])
    state_people = state.final[:, 0]  # (D, S, N)
    people = np.zeros((state_people.shape[0], len(model.groups), *state_people.shape[1:]))
    for n in range(model.chain.n_living):
        people[:, model.group_of[n], :, n] = share[:, None] * state_people[:, :, n]
    start = Start(people, state.stock[-1] * values["kits"] / state_kits)
    return start if grouped else start.together()


def open_county(setting: Setting, draws: Mapping[str, Floats], start: Start, toxicity: Floats, onset: Floats) -> County:
    """Run the status quo of the county and everything that plans need from it.

    ``toxicity`` (Y, D) is the supply's path from day one, the same under every plan; ``onset`` (D,) how fast addiction
    develops against the published rates, as fitted.
    """
    model, study = setting.model, setting.study
    values = with_inputs(setting.place, draws)
    own = {name: name for name in setting.place.about.inputs if name in model.levers}
    shape = toxicity.shape
    levers = {k: np.broadcast_to(v, shape) for k, v in status_quo_levers(model, values, own).items()}
    environment = Environment(
        values, levers, {"toxicity": toxicity, "onset": np.broadcast_to(onset, shape)}, tables_of(setting), study.years
    )
    rates = in_groups(start, schedule(model, environment))
    quo = simulate(model.chain, rates, start, keep="sum")
    unlimited = replace(rates, places=np.full_like(rates.places, np.inf), inflow_origin=0)
    free = simulate(model.chain, unlimited, start.together(), keep="sum")
    return County(
        setting,
        values,
        environment,
        rates,
        start,
        quo,
        _eligible(setting, environment, rates, quo, free),
        _ahead(setting, environment, rates, quo, MEASURES, setting.study.discount),
        {
            rate: _ahead(setting, environment, rates, quo, BESIDE, rate)
            for rate in (setting.study.discount_beside if start.grouped else ())
        },
    )


def in_groups(start: Start, rates: Schedule) -> Schedule:
    """Return a schedule whose arrivals join the only group where people are not told apart."""
    return rates if start.grouped else replace(rates, inflow_origin=0)


def _weights(setting: Setting, environment: Environment, lever: str) -> Floats:
    """Return how much a person in each compartment counts as eligible for a lever, (N,) or (N, D).

    One in the lever's own cells; a model whose lever is a share of unlike people gives a measure "eligible_LEVER".
    """
    own = f"eligible_{lever}"
    if own in setting.model.spec.measure:
        return measure(setting.model, own, environment)
    return setting.model.eligible[lever].astype(float)


def people_in(trajectory: Trajectory, cells: Floats) -> Floats:
    """Return people on an average day (Y, D) in compartments weighed by ``cells``, all groups together.

    ``cells`` is (N,), (N, D) or, for weights that change with the year, (Y, N, D).
    """
    people = trajectory.person_years.sum(axis=(2, -2))  # (Y, D, N)
    if cells.ndim == 1:
        return np.asarray(np.einsum("ydn,n->yd", people, cells))  # no matrix product: a draw must not feel the others
    return np.asarray(np.einsum("ydn,ynd->yd" if by_year(cells) else "ydn,nd->yd", people, cells))


def _eligible(
    setting: Setting, environment: Environment, rates: Schedule, quo: Trajectory, free: Trajectory
) -> dict[str, Floats]:
    """Return who could be reached: people eligible on a day for reach and share, who would take one more for places.

    Where a lever is a share of starts that are prevented, they are the starts a year.
    """
    model = setting.model
    found: dict[str, Floats] = {}
    for name, lever in model.spec.lever.items():
        if lever.kind in ("reach", "share"):
            found[name] = people_in(quo, _weights(setting, environment, name))
    found |= _starts(setting, rates)
    for c, name in enumerate(model.chain.capacities):
        held = model.chain.holds[c].astype(float)
        found[name] = np.maximum(people_in(free, held) - people_in(quo, held), 0)
    return found


def _starts(setting: Setting, rates: Schedule) -> dict[str, Floats]:
    """Return, for each lever that prevents starts, the starts a year (Y, D) that it acts on."""
    model = setting.model
    entered: dict[str, set[int]] = {}
    for inflow in model.inflows:
        for name in model.graph.names(inflow.prevented, LEVER) if inflow.prevented is not None else ():
            entered.setdefault(name, set()).update(i for i in (inflow.to, inflow.prevented_to) if i is not None)
    where = {name: [model.chain.arrivals.index(i) for i in sorted(into)] for name, into in entered.items()}
    return {name: np.asarray(rates.inflow[:, into].sum(axis=(1, 2))) for name, into in where.items()}


def _ahead(
    setting: Setting,
    environment: Environment,
    rates: Schedule,
    quo: Trajectory,
    names: tuple[str, ...],
    yearly_rate: float,
) -> dict[str, Floats]:
    """Return the remaining life after the last day along the status quo, its last week's queues and kits frozen."""
    model, chain = setting.model, setting.model.chain
    last = replace(environment, years=environment.years[-1:], levers={k: v[-1:] for k, v in environment.levers.items()})
    last = replace(last, series={k: v[-1:] for k, v in environment.series.items()})
    weighed = weigh(model, last, names).measures
    weights = np.stack([last_year(weighed[name]) for name in names], axis=1)  # (N, K, D)
    plain = rates.plain[-1].copy()
    gated = np.flatnonzero(chain.gate >= 0)
    plain[gated] *= quo.fraction[-1][chain.gate[gated]]
    plain[chain.coupled] += rates.slope[-1] * quo.at_hand[-1]
    discount = np.full(plain.shape[1], np.log1p(yearly_rate))
    value = remaining(chain, plain, rates.by_stratum[-1], rates.ageing, weights, discount)
    return {name: value[..., k] for k, name in enumerate(names)}
