"""Who pays: nothing is charged twice, and nothing that nobody paid for is taken off."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.engine.arrays import Floats
from bothand.engine.delivery import Delivery, deliver
from bothand.evidence.draws import draw
from bothand.evidence.tables import load_evidence
from bothand.experiments.plans import Tried
from bothand.experiments.results import Results
from bothand.experiments.ruled.bill import TREATMENT_PLACES
from bothand.files import available
from bothand.findings.bills import FOLLOWS, paid_for_places, total_paid, treatment_that_follows
from bothand.findings.said.sentences import _bills
from bothand.outcomes.ledger import Horizons, Ledger
from bothand.outcomes.trial import FLAT
from bothand.report.summary import Bill, Interval
from bothand.world.service import Service, load_service, load_services, quantity_keys

DRAWS, YEARS, DOLLARS = 4, 6, 4e5
OWN, SHARED = "jail_medication_own_places", "jail_medication"
IN_JAIL, OUTSIDE = "jail_medication_cost_person", "jail_medication_place_cost"
FOLLOWED = 1e7  # dollars of added treatment years, whoever pays


@cache
def values(service: Service) -> dict[str, Floats]:
    return dict(draw(load_evidence(), quantity_keys(service), DRAWS, 1).values)


def bought(service: Service, drawn: dict[str, Floats]) -> Delivery:
    levers = {move.lever: np.zeros(DRAWS) for move in service.moves}
    eligible = {lever: np.full((YEARS, DRAWS), 1e6) for lever in levers}
    money = np.full((1, YEARS), DOLLARS)
    return deliver(money, [service], drawn, eligible, levers, board_lag=0, reach="linear")


def run_of(service: Service, drawn: dict[str, Floats]) -> tuple[Results, Tried]:
    """One service that was paid for, and a run whose added treatment years cost FOLLOWED."""
    delivery = bought(service, drawn)
    setting, county = SimpleNamespace(services=[service]), SimpleNamespace(draws=DRAWS)
    world = SimpleNamespace(setting=setting, values=drawn, county=county, quo=SimpleNamespace(run=costs(0)))
    results = SimpleNamespace(setting=setting, world=world)
    tried = SimpleNamespace(trial=SimpleNamespace(delivery=delivery, run=costs(FOLLOWED)))
    return cast(Results, results), cast(Tried, tried)


def costs(usd: float) -> SimpleNamespace:
    values = {f"medication_cost{FLAT}": np.full((2, DRAWS, 1), usd)}
    ledger = Ledger(Horizons((5,)), ("not_in_treatment",), values)
    return SimpleNamespace(main=ledger, twin=ledger)


def test_of_jail_medication_with_its_places_only_the_places_outside_are_taken_off() -> None:
    service = load_service(OWN)
    drawn = values(service)
    results, tried = run_of(service, drawn)
    people = bought(service, drawn).units[OWN].sum(axis=0)
    assert (people > 0).all()
    assert_allclose(paid_for_places(results, tried), people * drawn[OUTSIDE])
    assert_allclose(treatment_that_follows(results, tried), FOLLOWED - people * drawn[OUTSIDE])


def test_medication_in_jail_may_cost_anything_and_no_persons_place_outside_costs_more_or_less() -> None:
    service = load_service(OWN)
    for times in (0.1, 1.0, 10.0):
        drawn = values(service) | {IN_JAIL: times * values(service)[IN_JAIL]}
        people = bought(service, drawn).units[OWN].sum(axis=0)
        assert_allclose(paid_for_places(*run_of(service, drawn)) / people, drawn[OUTSIDE])


def test_places_that_others_pay_for_are_not_taken_off() -> None:
    service = load_service(SHARED)
    assert_allclose(paid_for_places(*run_of(service, values(service))), 0)


@pytest.mark.parametrize("key", ["methadone_places", "low_barrier_buprenorphine", "xr_naltrexone"])
def test_a_service_that_is_its_places_is_taken_off_whole_but_for_its_start_up(key: str) -> None:
    service = load_service(key)
    drawn = values(service)
    results, tried = run_of(service, drawn)
    opening = bought(service, drawn).start_up[key].sum(axis=0)
    assert_allclose(paid_for_places(results, tried), total_paid(results, tried) - opening)


def test_a_price_of_several_parts_says_which_of_them_buy_places() -> None:
    for service in load_services(available("services")):
        bringing = any(move.lever in TREATMENT_PLACES and not move.own_places for move in service.moves)
        marked = [part.beside_places for part in service.cost]
        assert any(marked) == (bringing and len(marked) > 1), service.key


@pytest.mark.parametrize(
    ("follows", "words"),
    [
        (1_300_000.0, "sets off $1.3 million of treatment that others pay"),
        (-180_000.0, "spares others $180,000 of treatment"),
    ],
)
def test_treatment_that_others_need_no_longer_pay_is_not_said_as_less_than_nothing(follows: float, words: str) -> None:
    def bill(payer: str, usd: float) -> Bill:
        return Bill(plan="both", payer=payer, usd=Interval(mean=usd, low=usd, high=usd), downstream=False)

    results: Any = SimpleNamespace(found_plan="both")
    said = _bills(results, [bill("Settlement money", 2_000_000.0), bill(FOLLOWS, follows)])
    assert said is not None
    assert said.text == f"The both/and plan spends $2 million of settlement money and {words}"
