"""One plan tried in the county: dollars to levers, levers to rates, rates to a run and its held-death twin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bothand.engine.arrays import Floats, Held, Schedule, Trajectory
from bothand.engine.cohort import simulate
from bothand.engine.delivery import Delivery, Reach, deliver
from bothand.engine.rates import Environment, count_rates, held_schedule, measure, schedule
from bothand.outcomes.county import STEPS, County, in_groups, people_in
from bothand.outcomes.indicators import SUSTAINED, Run, Scales
from bothand.outcomes.ledger import Horizons, Ledger, person_ledger
from bothand.outcomes.requests import Requests, met_within_thirty_days
from bothand.world.service import Places

KINDS = ("methadone", "buprenorphine", "residential")
COSTS = ("alive", "medication_cost", "health_care", "crime_and_justice")
KITS = ("kits", "programme_kits")
FLAT = "@flat"  # the ending of measures that are neither discounted nor carried beyond the last year
YEAR_FIVE = 5  # UNIT: years from day one at which "sustained" is counted (DESIGN 7)


@dataclass(frozen=True)
class Trial:
    """What one plan did in every draw. ``delivery`` is None for the status quo run as it is."""

    run: Run
    delivery: Delivery | None
    reached: Mapping[str, Floats]  # measure -> people on an average day (Y, D)


def status_quo(county: County, horizons: Horizons) -> Trial:
    """Return the status quo as a trial: its twin is itself."""
    ledger = _ledger(county, county.environment, county.quo, horizons)
    asked = _requests(county, county.environment, county.rates, county.quo)
    run = Run(ledger, ledger, asked, asked, _sustained(county, county.quo))
    return Trial(run, None, _reached(county, county.environment, county.quo))


def try_plan(
    county: County,
    dollars: Floats,
    horizons: Horizons,
    *,
    board_lag: Floats,
    reach: Reach = "to the ceiling",
    sites: float = 1.0,
    places: Mapping[str, Places] | None = None,
) -> Trial:
    """Run a plan. ``dollars`` (S, Y) or (S, Y, D): settlement dollars by service and year, order of the study;
    ``places``: services whose starts bring their own places or join the queue, where the plan says so."""
    setting = county.setting
    delivery = deliver(
        dollars,
        setting.services,
        county.values,
        county.eligible,
        county.environment.levers,
        board_lag=board_lag,
        reach=reach,
        sites=sites,
        places=places,
    )
    return try_levers(county, delivery.levers, horizons, delivery)


def try_levers(
    county: County, levers: Mapping[str, Floats], horizons: Horizons, delivery: Delivery | None = None
) -> Trial:
    """Run the county with other levers (Y, D), and its twin that takes deaths from the status quo."""
    model = county.setting.model
    environment = replace(county.environment, levers=levers)
    rates = in_groups(county.start, schedule(model, environment))
    main = simulate(model.chain, rates, county.start, keep="sum")
    twin_rates = in_groups(county.start, held_schedule(model, environment, county.environment))
    held = Held(twin_rates.plain, twin_rates.slope, twin_rates.by_stratum, county.quo.at_hand)
    twin = simulate(model.chain, twin_rates, county.start, held=held, keep="sum")
    run = Run(
        _ledger(county, environment, main, horizons),
        _ledger(county, environment, twin, horizons),
        _requests(county, environment, rates, main),
        _requests(county, environment, twin_rates, twin),
        _sustained(county, main),
    )
    return Trial(run, delivery, _reached(county, environment, main))


def scales(county: County) -> Scales:
    """Return what the indicators need beside the runs."""
    return Scales(county.values["evly_life_year_weight"], county.values["close_bereaved_per_death"])


def _ledger(county: County, environment: Environment, run: Trajectory, horizons: Horizons) -> Ledger:
    setting, model = county.setting, county.setting.model
    rate = setting.study.discount
    measures = {name: measure(model, name, environment) for name in model.spec.measure}
    counts = {name: count_rates(model, name, environment).plain for name in model.spec.count}
    years = len(environment.years)
    present = (1 + rate) ** -years
    ahead = {name: present * _value(run, value) for name, value in county.ahead.items()}
    ledger = person_ledger(model.chain, county.groups, run, measures, counts, ahead, horizons, rate)
    people = county.start.people[..., : model.chain.n_living].sum(axis=(2, -1))  # (D, O)
    people = people + _starters(county)
    values = {**ledger.values, "people": np.stack([people] * len(horizons.names))}
    for beside, value in county.ahead_beside.items():
        later = {name: (1 + beside) ** -years * _value(run, v) for name, v in value.items()}
        own = {name: measures[name] for name in value}
        extra = person_ledger(model.chain, county.groups, run, own, {}, later, horizons, beside)
        values |= {f"{name}@{beside:g}": extra.values[name] for name in value}
    if len(county.groups) > 1:
        own = {name: measures[name] for name in COSTS}
        flat = person_ledger(model.chain, county.groups, run, own, {}, {}, horizons, 0)
        values |= {f"{name}{FLAT}": flat.values[name] for name in COSTS}
    return Ledger(ledger.horizons, ledger.groups, values)


def _value(run: Trajectory, ahead: Floats) -> Floats:
    """Return the value of the years after the last day by group (D, O)."""
    return np.asarray(np.einsum("dosn,dsn->do", run.final, ahead, optimize=True))


def _starters(county: County) -> Floats:
    """Return the people who would start later under the status quo, by group (D, O)."""
    total = np.zeros((county.draws, len(county.groups)))
    total[:, county.rates.inflow_origin] = county.rates.inflow.sum(axis=(0, 1, 2))
    return total


def _requests(county: County, environment: Environment, rates: Schedule, run: Trajectory) -> list[Requests]:
    model = county.setting.model
    totals = run.person_years.sum(axis=(2, -2))  # (Y, D, N)
    found = []
    for kind in KINDS:
        c = model.chain.capacities.index(f"{kind}_places")
        asked = np.einsum("ydn,ynd->yd", totals, count_rates(model, f"ask_{kind}", environment).plain)
        met = met_within_thirty_days(
            run.fraction[:, c], _let_in(county, rates, kind, c), county.values["give_up_waiting"], STEPS
        )
        waiting = totals @ _cells(county, care=f"waits_{kind}")
        inside = totals @ model.chain.holds[c].astype(float)
        full = np.divide(inside, rates.places[:, c], out=np.zeros_like(inside), where=rates.places[:, c] > 0)
        found.append(Requests(kind, asked, met, waiting, full))
    return found


def _let_in(county: County, rates: Schedule, kind: str, c: int) -> Floats:
    """Return the hazard of being let in while waiting, with free places, (Y, D)."""
    chain = county.setting.model.chain
    waits = _cells(county, care=f"waits_{kind}")
    gated = [e for e in range(chain.n_plain) if chain.gate[e] == c and waits[chain.source[e]]]
    return np.asarray(rates.plain[:, gated[0]])


def _cells(county: County, **wanted: str) -> Floats:
    model = county.setting.model
    marks = np.zeros(model.chain.n_all)
    for n, cell in enumerate(model.cells):
        marks[n] = all(cell.get(k) == v for k, v in wanted.items())
    return marks


def _sustained(county: County, run: Trajectory) -> dict[str, Floats]:
    """Return people in remission of a year or more at the end of year five (D, O), by both criteria."""
    year = min(YEAR_FIVE, run.state.shape[0] - 1)
    levels = [f"remission_{name}" for name in SUSTAINED]
    included = np.sum([_cells(county, use=level) for level in levels], axis=0)
    without = np.sum([_cells(county, use=level, care="none") for level in levels], axis=0)
    return {"included": run.state[year] @ included, "without": run.state[year] @ without}


def _reached(county: County, environment: Environment, run: Trajectory) -> dict[str, Floats]:
    """Return people reached on an average day (Y, D): on medication, in contact, with a coach, housed; kits a year."""
    model = county.setting.model
    years = environment.years
    shape = (len(years), county.draws)

    def people(name: str) -> Floats:
        return people_in(run, measure(model, name, environment)[:, 0])

    def share(lever: str) -> Floats:
        cells = model.eligible[lever].astype(float)
        return np.asarray(np.broadcast_to(environment.levers[lever], shape) * people_in(run, cells))

    return {
        "on_medication": people("on_medication"),
        "in_contact": people("in_contact"),
        "with_peer": _either(county, environment, run, "peers", "centre"),
        "housed": share("housing"),
        "kits": np.array(np.broadcast_to(sum(environment.levers[name] for name in KITS), shape)),
    }


def _either(county: County, environment: Environment, run: Trajectory, a: str, b: str) -> Floats:
    """Return people on an average day (Y, D) reached by one of two levers; those whom both could reach by the union."""
    model = county.setting.model
    shape = (len(environment.years), county.draws)
    one, two = (np.broadcast_to(environment.levers[name], shape) for name in (a, b))
    first, second = (model.eligible[name].astype(float) for name in (a, b))
    both = first * second
    alone = people_in(run, first - both) * one + people_in(run, second - both) * two
    return np.asarray(alone + people_in(run, both) * (1 - (1 - one) * (1 - two)))
