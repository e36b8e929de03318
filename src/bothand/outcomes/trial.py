"""One plan tried in the county: dollars to levers, levers to rates, rates to a run and its held-death twin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bothand.engine.arrays import Floats, Held, Schedule, Trajectory, Which
from bothand.engine.cohort import simulate
from bothand.engine.delivery import Delivery, Reach, at_draws, deliver
from bothand.engine.needs import ASKED, COUNTS, HELD_COUNTS, HOUSING, KINDS, KITS, MEASURES, TOLD_FLAT
from bothand.engine.rates import Environment, both_schedules
from bothand.engine.weights import Weights, weigh
from bothand.outcomes.county import County, in_groups, people_in
from bothand.outcomes.indicators import SUSTAINED, Run, Scales
from bothand.outcomes.ledger import Account, Horizons, Ledger, person_ledger
from bothand.outcomes.requests import Requests, met_within_thirty_days
from bothand.remembered import Remembered
from bothand.world.service import Places, Terms

FLAT = "@flat"  # the ending of measures that are neither discounted nor carried beyond the last year
YEAR_FIVE = 5  # UNIT: years from day one at which "sustained" is counted (DESIGN 7)


@dataclass(frozen=True)
class Trial:
    """What one plan did in every draw. ``delivery`` is None for the status quo run as it is."""

    run: Run
    delivery: Delivery | None
    reached: Mapping[str, Floats]  # measure -> people on an average day (Y, D)

    def at(self, which: Which) -> Trial:
        """Return some draws of the trial; nothing is run again."""

        def ledger(whole: Ledger) -> Ledger:
            return replace(whole, values={name: values[:, which] for name, values in whole.values.items()})

        def asked(whole: Sequence[Requests]) -> list[Requests]:
            kept = ("asked", "met", "waiting", "full")
            return [replace(one, **{name: getattr(one, name)[:, which] for name in kept}) for one in whole]

        cut = Run(
            ledger(self.run.main),
            ledger(self.run.twin),
            asked(self.run.requests),
            asked(self.run.held_requests),
            {name: people[which] for name, people in self.run.sustained.items()},
        )
        delivery = at_draws(self.delivery, which) if self.delivery else None
        return Trial(cut, delivery, {name: people[:, which] for name, people in self.reached.items()})


def status_quo(county: County, horizons: Horizons) -> Trial:
    """Return the status quo as a trial: its twin is itself."""
    weights = _weights(county, county.environment)
    ledger = _ledger(county, weights, county.quo, horizons)
    asked = _requests(county, weights, county.rates, county.quo)
    run = Run(ledger, ledger, asked, asked, _sustained(county, county.quo))
    return Trial(run, None, _reached(county, county.environment, weights, county.quo))


def try_plan(
    county: County,
    dollars: Floats,
    horizons: Horizons,
    *,
    board_lag: Floats,
    reach: Reach = "to the ceiling",
    sites: float = 1.0,
    places: Mapping[str, Places] | None = None,
    terms: Mapping[str, Terms] | None = None,
) -> Trial:
    """Run a plan. ``dollars`` (S, Y) or (S, Y, D): settlement dollars by service and year, order of the study;
    ``places``: services whose starts bring their own places or join the queue, where the plan says so; ``terms``:
    those on which the plan runs a service otherwise than the service's own file."""
    delivery = delivered(county, dollars, board_lag=board_lag, reach=reach, sites=sites, places=places, terms=terms)
    return try_levers(county, delivery.levers, horizons, delivery)


def delivered(
    county: County,
    dollars: Floats,
    *,
    board_lag: Floats,
    reach: Reach = "to the ceiling",
    sites: float = 1.0,
    places: Mapping[str, Places] | None = None,
    terms: Mapping[str, Terms] | None = None,
) -> Delivery:
    """Return what a plan's dollars buy in a county, before any run."""
    return deliver(
        dollars,
        county.setting.services,
        county.values,
        county.eligible,
        county.environment.levers,
        board_lag=board_lag,
        reach=reach,
        sites=sites,
        places=places,
        terms=terms,
    )


def try_levers(
    county: County, levers: Mapping[str, Floats], horizons: Horizons, delivery: Delivery | None = None
) -> Trial:
    """Run the county with other levers (Y, D), and its twin that takes deaths from the status quo."""
    model = county.setting.model
    environment = replace(county.environment, levers=levers)
    rates, twin_rates, held = both_rates(county, environment)
    main = simulate(model.chain, rates, county.start, keep="sum")
    twin = simulate(model.chain, twin_rates, county.start, held=held, keep="sum")
    return tell(county, environment, (rates, main), (twin_rates, twin), horizons, delivery)


def both_rates(county: County, environment: Environment) -> tuple[Schedule, Schedule, Held]:
    """Return the rates of a run, those of its held-death twin, and what the twin takes from the status quo."""
    model = county.setting.model
    plan, held = both_schedules(model, environment, county.environment)
    rates, twin = in_groups(county.start, plan), in_groups(county.start, held)
    return rates, twin, Held(twin.plain, twin.slope, twin.by_stratum, county.quo.at_hand)


def tell(
    county: County,
    environment: Environment,
    main: tuple[Schedule, Trajectory],
    twin: tuple[Schedule, Trajectory],
    horizons: Horizons,
    delivery: Delivery | None = None,
) -> Trial:
    """Return what a run and its held-death twin did, each given with its rates; both summed over strata."""
    weights = _weights(county, environment)
    run = Run(
        _ledger(county, weights, main[1], horizons),
        _ledger(county, weights, twin[1], horizons, HELD_COUNTS),
        _requests(county, weights, *main),
        _requests(county, weights, *twin),
        _sustained(county, main[1]),
    )
    return Trial(run, delivery, _reached(county, environment, weights, main[1]))


def scales(county: County) -> Scales:
    """Return what the indicators need beside the runs."""
    return Scales(county.values["evly_life_year_weight"], county.values["close_bereaved_per_death"])


def _weights(county: County, environment: Environment) -> Weights:
    return weigh(county.setting.model, environment, MEASURES, (*COUNTS, *ASKED))


def _ledger(
    county: County, weights: Weights, run: Trajectory, horizons: Horizons, counts: Sequence[str] = COUNTS
) -> Ledger:
    """Return the ledger of a run; of a held-death twin only ``HELD_COUNTS``: its survivors have rates of their own."""
    study, years = county.setting.study, len(county.environment.years)

    def account(rate: float, ahead: Mapping[str, Floats], ending: str = "") -> Account:
        later = {name: (1 + rate) ** -years * _value(run, value) for name, value in ahead.items()}
        return Account(tuple(ahead), rate, later, ending)

    accounts = [account(study.discount, county.ahead)]
    accounts += [account(rate, ahead, f"@{rate:g}") for rate, ahead in county.ahead_beside.items()]
    if county.grouped:
        accounts.append(Account(TOLD_FLAT, 0, {}, FLAT))
    counted = {name: weights.counts[name].along(run.at_hand) for name in counts}
    chain = county.setting.model.chain
    ledger = person_ledger(chain, county.groups, run, weights.measures, counted, accounts, horizons)
    people = county.start.people[..., : chain.n_living].sum(axis=(2, -1)) + _starters(county)  # (D, O)
    return Ledger(horizons, ledger.groups, {**ledger.values, "people": np.stack([people] * len(horizons.names))})


def _value(run: Trajectory, ahead: Floats) -> Floats:
    """Return the value of the years after the last day by group (D, O)."""
    return np.asarray(np.einsum("dosn,dsn->do", run.final, ahead, optimize=True))


def _starters(county: County) -> Floats:
    """Return the people who would start later under the status quo, by group (D, O)."""
    total = np.zeros((county.draws, len(county.groups)))
    total[:, county.rates.inflow_origin] = county.rates.inflow.sum(axis=(0, 1, 2))
    return total


def _requests(county: County, weights: Weights, rates: Schedule, run: Trajectory) -> list[Requests]:
    model = county.setting.model
    totals = run.person_years.sum(axis=(2, -2))  # (Y, D, N)
    found = []
    for kind, asks in zip(KINDS, ASKED, strict=True):
        c, edge = lets_in(county, kind)
        asked = np.einsum("ydn,ynd->yd", totals, weights.counts[asks].along(run.at_hand))
        # The hazard of being let in while waiting, with free places.
        met = met_within_thirty_days(run.fraction[:, c], rates.plain[:, edge], county.values["give_up_waiting"])
        # No matrix product: a draw must not feel how many others there are.
        waiting = np.einsum("ydn,n->yd", totals, _cells(county, care=f"waits_{kind}"))
        inside = np.einsum("ydn,n->yd", totals, model.chain.holds[c].astype(float))
        full = np.divide(inside, rates.places[:, c], out=np.zeros_like(inside), where=rates.places[:, c] > 0)
        found.append(Requests(kind, asked, met, waiting, full))
    return found


def lets_in(county: County, kind: str) -> tuple[int, int]:
    """Return the capacity of a kind of help, and the plain edge by which people who wait for it are let in."""
    chain = county.setting.model.chain
    c = chain.capacities.index(f"{kind}_places")
    waits = _cells(county, care=f"waits_{kind}")
    return c, next(e for e in range(chain.n_plain) if chain.gate[e] == c and waits[chain.source[e]])


def _cells(county: County, **wanted: str) -> Floats:
    model = county.setting.model
    asked = tuple(wanted.items())

    def marked() -> Floats:
        marks = np.zeros(model.chain.n_all)
        for n, cell in enumerate(model.cells):
            marks[n] = all(cell.get(k) == v for k, v in asked)
        marks.setflags(write=False)
        return marks

    return _marks.of(model, asked, marked)


_marks: Remembered[Floats] = Remembered()
"""The compartments of a model that lie at some levels."""


def sustained_cells(county: County) -> tuple[int, dict[str, Floats]]:
    """Return year five (or the last), and the cells (N,) of remission of a year or more by both criteria."""
    levels = [f"remission_{name}" for name in SUSTAINED]
    return min(YEAR_FIVE, len(county.environment.years)), {
        "included": np.sum([_cells(county, use=level) for level in levels], axis=0),
        "without": np.sum([_cells(county, use=level, care="none") for level in levels], axis=0),
    }


def _sustained(county: County, run: Trajectory) -> dict[str, Floats]:
    """Return people in sustained remission at the end of year five (D, O), by both criteria."""
    year, cells = sustained_cells(county)
    return {criterion: np.einsum("don,n->do", run.state[year], inside) for criterion, inside in cells.items()}


def _reached(county: County, environment: Environment, weights: Weights, run: Trajectory) -> dict[str, Floats]:
    """Return people reached on an average day (Y, D): on medication, in contact, with a coach, housed; kits a year."""
    model = county.setting.model
    years = environment.years
    shape = (len(years), county.draws)

    def share(lever: str) -> Floats:
        cells = model.eligible[lever].astype(float)
        return np.asarray(np.broadcast_to(environment.levers[lever], shape) * people_in(run, cells))

    return {
        "on_medication": people_in(run, weights.measures["on_medication"]),
        "in_contact": people_in(run, weights.measures["in_contact"]),
        "with_peer": _either(county, environment, run, "peers", "centre"),
        "housed": sum((share(name) for name in HOUSING if name in model.levers), np.zeros(shape)),
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
