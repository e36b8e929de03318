"""Delivery: dollars to units, people and levers, with closed forms for one service at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bothand.engine.arrays import Floats
from bothand.engine.delivery import SHARPNESS, Delivery, at_draws, corner, deliver
from bothand.evidence.draws import draw
from bothand.evidence.tables import load_evidence
from bothand.files import available
from bothand.world.plan import dollars
from bothand.world.planfile import load_plan
from bothand.world.service import Service, load_service, load_services, quantity_keys

YEARS = 6
SERVICES = [service for service in load_services(available("services")) if service.modelled]
LEVERS = [
    "programme_kits",
    "touch",
    "navigation",
    "methadone_places",
    "buprenorphine_places",
    "residential_places",
    "withdrawal_places",
    "low_barrier_ask",
    "continuity",
    "residential_medication",
    "housing",
    "peers",
    "centre",
    "prevention",
    *("drug_checking", "supervised", "safer_supply", "family", "naltrexone_start", "ed_start", "withdrawal_linked"),
    "housing_without_medication",
]
REACH = ("touch", "navigation", "low_barrier_ask", "continuity", "residential_medication", "housing", "peers", "centre")
NONE_TODAY = LEVERS[LEVERS.index("prevention") :]


def world(draws: int = 3, size: float = 1.0) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return (eligible, status quo) of a made-up county ``size`` times as large."""
    people = dict.fromkeys(LEVERS, 2000.0) | {"continuity": 60.0, "navigation": 500.0, "methadone_places": 80.0}
    eligible = {lever: np.full((YEARS, draws), size * count) for lever, count in people.items()}
    today = {lever: 0.05 if lever in REACH else 120.0 * size for lever in LEVERS} | dict.fromkeys(NONE_TODAY, 0.0)
    return eligible, {lever: np.full(draws, value) for lever, value in today.items()}


def numbers(services: Sequence[Service], draws: int = 3, **given: float) -> dict[str, Floats]:
    """Return one plain value for every quantity of the services: no start-up, no lag, no smallest award."""
    values: dict[str, float] = {}
    for service in services:
        values |= dict.fromkeys(quantity_keys(service), 1.0)
        values |= {part.quantity: 1000.0 for part in service.cost}
        values |= {service.payers.settlement: 0.5, service.start_up.quantity: 0.0, service.smallest.quantity: 0.0}
        values |= {service.lag: 0.0}
        if service.demand and service.demand.willing:
            values[service.demand.willing] = 0.4
    return {key: np.full(draws, given.get(key, value)) for key, value in values.items()}


def run(
    services: Sequence[Service], money: Any, draws: Mapping[str, Floats], size: float = 1.0, **how: Any
) -> Delivery:
    eligible, today = world(len(next(iter(draws.values()))), size)
    return deliver(money, services, draws, how.pop("eligible", eligible), today, **({"board_lag": 0.0} | how))


@pytest.fixture(scope="module")
def real() -> dict[str, Floats]:
    keys = [key for service in SERVICES for key in quantity_keys(service)]
    return dict(draw(load_evidence(), keys, 16, seed=1).values)


def first_round(plan: str) -> Floats:
    names = [service.key for service in SERVICES]
    return dollars(load_plan(plan), names, list(range(2026, 2026 + YEARS)), [750_000.0] * 3 + [0.0] * 3)


def test_zero_dollars_leave_every_lever_at_its_status_quo_to_the_bit(real: dict[str, Floats]) -> None:
    eligible, today = world(16)
    today = {lever: value * np.linspace(0.3, 1.7, 16) for lever, value in today.items()}
    found = deliver(np.zeros((len(SERVICES), YEARS)), SERVICES, real, eligible, today, board_lag=0.4)
    assert set(found.levers) == set(LEVERS)
    for lever, values in found.levers.items():
        assert values.tobytes() == np.broadcast_to(today[lever], (YEARS, 16)).tobytes(), lever


def test_a_lever_without_dollars_keeps_its_bits_while_others_are_paid_for(real: dict[str, Floats]) -> None:
    money = np.zeros((len(SERVICES), YEARS))
    money[[s.key for s in SERVICES].index("peer_coaching")] = 200_000
    eligible, today = world(16)
    found = deliver(money, SERVICES, real, eligible, today, board_lag=0.0)
    moved = [k for k, v in found.levers.items() if not np.array_equal(v, np.broadcast_to(today[k], v.shape))]
    assert moved == ["peers"]


def carried(found: Delivery, service: str, given_money: Floats) -> Floats:
    """Settlement dollars (Y, D) given but neither spent nor returned by the end of each year."""
    back = found.spent_by_payer[service]["settlement"] + found.unspent[service]
    return np.asarray(np.cumsum(given_money[:, None] - back, axis=0))


@pytest.mark.parametrize(
    "plan", ["harm_reduction_only", "treatment_only", "recovery_only", "even_split", "as_others_do"]
)
@pytest.mark.parametrize("reach", ["to the ceiling", "half the ceiling", "linear"])
def test_no_money_is_created_or_lost(real: dict[str, Floats], plan: str, reach: str) -> None:
    money = first_round(plan)
    found = run(SERVICES, money, real, reach=reach, board_lag=0.7)
    for service, given_money in zip(SERVICES, money, strict=True):
        spent = found.spent_by_payer[service.key]["settlement"].sum(axis=0)
        back = found.unspent[service.key].sum(axis=0)
        np.testing.assert_allclose(spent + back, np.full(16, given_money.sum()), rtol=1e-9, atol=1e-6)
        assert found.unspent[service.key].min() >= 0
        assert carried(found, service.key, given_money).min() >= -1e-6
        np.testing.assert_allclose(carried(found, service.key, given_money)[-1], 0, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 1e6), min_size=YEARS, max_size=YEARS),
    st.floats(0, 4),
    st.floats(0, 2e5),
    st.floats(0, 2e5),
)
def test_no_money_is_created_or_lost_whatever_the_dollars_lag_start_up_and_smallest_award(
    money: list[float], lag: float, start: float, smallest: float
) -> None:
    service = load_service("peer_coaching")
    draws = numbers([service], peer_coaching_start_up=start, peer_coaching_smallest=smallest)
    found = run([service], [money], draws, board_lag=lag)
    total = found.spent_by_payer["peer_coaching"]["settlement"].sum(axis=0) + found.unspent["peer_coaching"].sum(axis=0)
    np.testing.assert_allclose(total, np.full(3, sum(money)), rtol=1e-9, atol=1e-6)


def test_dollars_buy_units_at_the_settlements_share_and_the_rest_is_recorded() -> None:
    service = load_service("methadone_places")
    draws = numbers([service], methadone_places_board_share=0.25, cost_methadone_year=8000.0)
    found = run([service], np.full((1, YEARS), 20_000.0), draws)
    np.testing.assert_allclose(found.units["methadone_places"], 10, rtol=1e-3)
    np.testing.assert_allclose(found.levers["methadone_places"], 130, rtol=1e-3)
    paid = found.spent_by_payer["methadone_places"]
    np.testing.assert_allclose(paid["medicaid"], 3 * paid["settlement"], rtol=1e-12)


@pytest.mark.parametrize("lag", [0.0, 0.25, 1.0, 1.75])
def test_a_lag_moves_units_and_loses_none(lag: float) -> None:
    service = load_service("community_naloxone")
    draws = numbers([service], cost_kit=50.0, cost_kit_distribution_ssp=50.0)
    money = np.array([[50_000.0, 50_000.0, 50_000.0, 0, 0, 0]])
    found = run([service], money, draws, board_lag=lag)
    # three years of 1,000 kits a year, open from ``lag`` to ``lag`` + 3: the part of each year in operation
    edges = np.arange(YEARS + 1.0)
    open_time = np.clip(np.minimum(edges[1:], lag + 3) - np.maximum(edges[:-1], lag), 0, 1)
    np.testing.assert_allclose(found.units["community_naloxone"], 1000 * open_time[:, None] * np.ones(3), atol=1e-9)
    np.testing.assert_array_equal(found.levers["programme_kits"], 120 + found.units["community_naloxone"])


def test_money_whose_service_would_open_after_the_run_comes_back() -> None:
    service = load_service("community_naloxone")
    found = run([service], np.full((1, YEARS), 50_000.0), numbers([service]), board_lag=float(YEARS))
    assert not found.units["community_naloxone"].any()
    np.testing.assert_allclose(found.unspent["community_naloxone"].sum(axis=0), 50_000.0 * YEARS)


def test_start_up_is_paid_once_and_first() -> None:
    service = load_service("peer_coaching")
    draws = numbers([service], peer_coaching_start_up=30_000.0)
    found = run([service], np.full((1, YEARS), 20_000.0), draws)
    np.testing.assert_allclose(found.start_up["peer_coaching"][:, 0], [20_000, 10_000, 0, 0, 0, 0])
    np.testing.assert_allclose(found.units["peer_coaching"][:, 0], [0, 20, 40, 40, 40, 40], rtol=1e-6)
    spent = found.spent_by_payer["peer_coaching"]["settlement"].sum(axis=0)
    np.testing.assert_allclose(found.start_up["peer_coaching"].sum(axis=0) / spent, 30_000 / (YEARS * 20_000))


def test_a_start_up_that_all_the_money_cannot_pay_starts_nothing_and_all_comes_back() -> None:
    service = load_service("peer_coaching")
    draws = numbers([service], peer_coaching_start_up=200_000.0)
    found = run([service], np.full((1, YEARS), 20_000.0), draws)
    assert not found.units["peer_coaching"].any()
    np.testing.assert_array_equal(found.unspent["peer_coaching"], 20_000.0)


def test_what_start_up_does_to_doubling_is_start_up_over_the_price() -> None:
    service = load_service("community_naloxone")
    draws = numbers([service], community_naloxone_start_up=5000.0)
    once = run([service], np.full((1, YEARS), 20_000.0), draws).units["community_naloxone"].sum(axis=0)
    twice = run([service], np.full((1, YEARS), 40_000.0), draws).units["community_naloxone"].sum(axis=0)
    price = (draws["cost_kit"] + draws["cost_kit_distribution_ssp"]) * draws["community_naloxone_board_share"]
    np.testing.assert_allclose(twice - 2 * once, 5000.0 / price)


def test_fewer_dollars_than_the_smallest_award_come_back_in_full() -> None:
    service = load_service("recovery_housing")
    draws = numbers([service], recovery_housing_smallest=30_000.0)
    money = np.array([[29_999.0, 30_000.0, 0, 0, 0, 0]])
    found = run([service], money, draws)
    back_in_full = (money.T > 0) & (found.unspent["recovery_housing"] == money.T)
    np.testing.assert_array_equal(back_in_full[:, 0], [True] + [False] * 5)
    np.testing.assert_array_equal(found.unspent["recovery_housing"][0], 29_999.0)
    assert not found.units["recovery_housing"][0].any()
    assert found.units["recovery_housing"][1].all()


def test_reach_is_linear_to_the_ceiling_within_a_thousandth() -> None:
    offered = np.linspace(0, 0.8, 100)
    np.testing.assert_allclose(corner(offered, np.ones(100)), offered, rtol=1e-3, atol=0)


def test_the_corner_never_passes_its_ceiling_and_reaches_it() -> None:
    offered = np.geomspace(1e-6, 1e12, 400)
    served = corner(offered, np.full(400, 50.0))
    assert np.all(served <= 50.0)
    assert np.all(np.diff(served) >= 0)
    assert served[-1] == 50.0
    assert corner(np.array([50.0]), np.array([50.0]))[0] == pytest.approx(50 / 2 ** (1 / SHARPNESS), rel=1e-12)


def test_the_corner_is_smooth_where_its_two_forms_meet() -> None:
    step = 1e-4
    offered = np.array([1 - 2 * step, 1 - step, 1.0, 1 + step, 1 + 2 * step])
    slopes = np.diff(corner(offered, np.ones(5))) / step
    assert np.ptp(slopes) < SHARPNESS * 4 * step
    assert np.all(np.diff(slopes) < 0)


def test_nobody_is_served_where_nobody_is_eligible_and_nothing_bounds_an_infinite_ceiling() -> None:
    assert corner(np.array([5.0]), np.array([0.0]))[0] == 0
    assert corner(np.array([5.0]), np.array([np.inf]))[0] == 5


def test_people_beyond_the_willing_are_not_reached_and_the_money_comes_back() -> None:
    service = load_service("peer_coaching")
    found = run([service], np.full((1, YEARS), 5e6), numbers([service]))
    # 0.4 of 2,000 are willing, 0.05 have a coach today: 700 are left
    np.testing.assert_allclose(found.ceiling["peer_coaching"], 700)
    np.testing.assert_allclose(found.reached["peer_coaching"], 700, rtol=1e-6)
    np.testing.assert_allclose(found.levers["peers"], 0.4, rtol=1e-6)
    np.testing.assert_allclose(found.unspent["peer_coaching"], 5e6 - 700 * 500, rtol=1e-6)


def test_half_the_ceiling_halves_what_is_left_to_reach_and_linear_has_no_ceiling() -> None:
    service = load_service("peer_coaching")
    money = np.full((1, YEARS), 5e5)
    half = run([service], money, numbers([service]), reach="half the ceiling")
    np.testing.assert_allclose(half.levers["peers"], 0.05 + 0.35 / 2, rtol=1e-6)
    linear = run([service], money, numbers([service]), reach="linear")
    np.testing.assert_allclose(linear.units["peer_coaching"], 1000)
    np.testing.assert_allclose(linear.levers["peers"], 0.05 + 0.5)
    assert not linear.unspent["peer_coaching"].any()


def test_a_share_never_passes_one_even_without_a_ceiling() -> None:
    service = load_service("peer_coaching")
    found = run([service], np.full((1, YEARS), 1e9), numbers([service]), reach="linear")
    np.testing.assert_array_equal(found.levers["peers"], 1.0)


def test_where_more_are_served_today_than_are_willing_no_money_is_spent() -> None:
    service = load_service("peer_coaching")
    found = run([service], np.full((1, YEARS), 1e5), numbers([service], peer_coaching_willing=0.01))
    np.testing.assert_array_equal(found.levers["peers"], 0.05)
    np.testing.assert_array_equal(found.unspent["peer_coaching"], 1e5)


def test_two_services_on_one_lever_add_as_a_union_and_not_as_a_sum() -> None:
    coaches = load_service("peer_coaching")
    other = coaches.model_copy(update={"key": "other_coaches"})
    draws = numbers([coaches], peer_coaching_willing=1.0)
    found = run([coaches, other], np.full((2, YEARS), 1e5), draws)
    reached = [found.reached[key] / 2000 for key in ("peer_coaching", "other_coaches")]
    left = (1 - 0.05) * np.prod([1 - share / 0.95 for share in reached], axis=0)
    np.testing.assert_allclose(found.levers["peers"], 1 - left, rtol=1e-12)
    assert np.all(found.levers["peers"] < 0.05 + sum(reached))


def test_the_people_whom_two_services_reach_twice_are_the_product_of_their_shares_of_the_room() -> None:
    coaches = load_service("peer_coaching")
    other = coaches.model_copy(update={"key": "other_coaches"})
    draws = numbers([coaches], peer_coaching_willing=1.0)
    found = run([coaches, other], np.array([np.full(YEARS, 1e5), np.full(YEARS, 3e5)]), draws).overlap["peers"]
    room = 0.95 * 2000
    a, b = found.alone["peer_coaching"], found.alone["other_coaches"]
    np.testing.assert_allclose(a, 200, rtol=1e-3)
    np.testing.assert_allclose(b, 600, rtol=1e-3)
    np.testing.assert_allclose(found.twice, a * b / room, rtol=1e-12)
    np.testing.assert_allclose(found.together, a + b - a * b / room, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=4), st.sampled_from(["to the ceiling", "linear"]))
def test_services_reach_together_what_the_lever_gains_and_no_more_than_the_sum(money: list[float], reach: str) -> None:
    coaches = load_service("peer_coaching")
    many = [coaches.model_copy(update={"key": f"coaches_{number}"}) for number in range(len(money))]
    found = run(many, np.repeat(np.array(money)[:, None], YEARS, axis=1), numbers([coaches]), reach=reach)
    at_work = [one.key for one in many if np.any(found.units[one.key])]
    assert set(found.overlap) == ({"peers"} if len(at_work) > 1 else set())
    for one in found.overlap.values():
        assert list(one.alone) == at_work
        np.testing.assert_allclose(one.together, (found.levers["peers"] - 0.05) * 2000, rtol=1e-9, atol=1e-9)
        assert np.all(one.twice >= -1e-9)
        assert np.all(one.together >= np.max(list(one.alone.values()), axis=0) - 1e-9)


def test_services_on_levers_of_their_own_and_services_that_add_places_overlap_nowhere() -> None:
    apart = [load_service(key) for key in ("peer_coaching", "recovery_housing", "methadone_places")]
    assert run(apart, np.full((3, YEARS), 1e5), numbers(apart)).overlap == {}


def test_where_everyone_who_is_willing_is_served_today_no_one_is_reached_once_or_twice() -> None:
    coaches = load_service("peer_coaching")
    other = coaches.model_copy(update={"key": "other_coaches"})
    draws = numbers([coaches], peer_coaching_willing=0.05)  # as many as are served today: no room
    found = run([coaches, other], np.full((2, YEARS), 1e5), draws)
    assert found.overlap == {}
    np.testing.assert_array_equal(found.levers["peers"], 0.05)


def test_the_first_draws_of_a_delivery_are_the_delivery_of_the_first_draws(real: dict[str, Floats]) -> None:
    money = first_round("even_split")
    whole = at_draws(run(SERVICES, money, real, board_lag=0.7), slice(4))
    few = run(SERVICES, money, {key: values[:4] for key, values in real.items()}, board_lag=0.7)
    for name in ("levers", "units", "reached", "start_up", "unspent", "ceiling"):
        for key, values in getattr(few, name).items():
            np.testing.assert_array_equal(getattr(whole, name)[key], values, err_msg=f"{name} {key}")
    for key, one in few.overlap.items():
        np.testing.assert_array_equal(whole.overlap[key].twice, one.twice)


def test_a_union_stays_below_the_ceiling_however_many_services_share_the_lever() -> None:
    coaches = load_service("peer_coaching")
    many = [coaches.model_copy(update={"key": f"coaches_{number}"}) for number in range(5)]
    found = run(many, np.full((5, YEARS), 1e7), numbers([coaches]))
    assert np.all(found.levers["peers"] <= 0.4 + 1e-12)


def test_the_ceiling_of_a_shared_lever_is_that_of_the_more_widely_wanted_service() -> None:
    coaches = load_service("peer_coaching")
    demand = coaches.demand
    assert demand is not None
    wanted = coaches.model_copy(
        update={"key": "wanted", "demand": demand.model_copy(update={"willing": "wanted_willing"})}
    )
    draws = numbers([coaches]) | {"wanted_willing": np.full(3, 0.8)}
    found = run([coaches, wanted], np.array([np.full(YEARS, 1e3), np.full(YEARS, 1e8)]), draws)
    np.testing.assert_allclose(found.levers["peers"], 0.8, rtol=1e-6)


def test_the_ceiling_is_that_of_the_year_in_which_the_service_runs() -> None:
    service = load_service("peer_coaching")
    eligible, _ = world()
    eligible["peers"] = np.linspace(1000, 6000, YEARS)[:, None] * np.ones(3)
    money = np.zeros((1, YEARS))
    money[0, 0] = 5e7
    found = run([service], money, numbers([service]), eligible=eligible, board_lag=2.0)
    np.testing.assert_allclose(found.reached["peer_coaching"][2], 0.35 * eligible["peers"][2], rtol=1e-6)


def test_people_reached_are_counted_at_a_time_or_a_year_as_the_service_says() -> None:
    coach, jail = load_service("recovery_community_centre"), load_service("jail_medication")
    draws = numbers([coach, jail], recovery_community_centre_people=30.0, jail_stay_days=0.1)
    found = run([coach, jail], np.full((2, YEARS), 10_000.0), draws)
    np.testing.assert_allclose(found.reached[coach.key], 30 * found.units[coach.key])
    np.testing.assert_array_equal(found.reached[jail.key], found.units[jail.key])


def test_places_and_kits_of_two_services_add() -> None:
    naloxone = load_service("community_naloxone")
    other = naloxone.model_copy(update={"key": "more_naloxone"})
    found = run([naloxone, other], np.full((2, YEARS), 1e4), numbers([naloxone]))
    np.testing.assert_allclose(found.levers["programme_kits"], 120 + 2 * found.units["community_naloxone"])


def test_low_barrier_buprenorphine_moves_places_and_asking() -> None:
    service = load_service("low_barrier_buprenorphine")
    draws = numbers([service], low_barrier_buprenorphine_offers=6.0)
    found = run([service], np.full((1, YEARS), 10_000.0), draws)
    np.testing.assert_allclose(found.levers["buprenorphine_places"], 140, rtol=1e-3)
    np.testing.assert_allclose(found.levers["low_barrier_ask"], 0.05 + 20 * 6 / 2000, rtol=1e-3)


def test_people_treated_in_jail_count_by_their_stay_and_bring_places_of_their_own() -> None:
    service = load_service("jail_medication")
    given_values = {"jail_stay_days": 0.1, "episode_years_bup": 0.6, "jail_medication_leave_on": 0.75}
    draws = numbers([service], **given_values)
    money = np.full((1, YEARS), 50_000.0)
    own = run([service], money, draws)
    np.testing.assert_allclose(own.units["jail_medication"], 100, rtol=1e-3)
    np.testing.assert_allclose(own.levers["continuity"], 0.05 + 100 * 0.1 * 0.75 / 60, rtol=1e-3)
    np.testing.assert_allclose(own.levers["buprenorphine_places"], 120 + 100 * 0.75 * 0.6, rtol=1e-3)
    queue = run([service], money, draws, places={"jail_medication": "queue"})
    np.testing.assert_array_equal(queue.levers["buprenorphine_places"], 120.0)
    np.testing.assert_array_equal(queue.levers["continuity"], own.levers["continuity"])


def test_new_residential_beds_blend_their_share_on_medication_with_that_of_the_beds_there_are() -> None:
    service = load_service("residential_with_medication")
    given_values = {"residential_episode_length": 0.25, "residential_with_medication_share": 0.8}
    draws = numbers([service], residential_with_medication_willing=1.0, **given_values)
    found = run([service], np.full((1, YEARS), 80_000.0), draws)
    beds = found.levers["residential_places"] - 120
    np.testing.assert_allclose(beds, 160 * 0.25, rtol=1e-3)
    np.testing.assert_allclose(found.levers["residential_medication"], (120 * 0.05 + beds * 0.8) / (120 + beds))


@pytest.mark.parametrize("sites", [1.0, 2.0])
def test_twice_the_people_places_sites_and_dollars_give_twice_the_units_and_the_same_shares(sites: float) -> None:
    draws = numbers(SERVICES)
    if sites > 1:
        draws |= {service.start_up.quantity: np.full(3, 3000.0) for service in SERVICES}
        draws |= {service.smallest.quantity: np.full(3, 20_000.0) for service in SERVICES}
    money = first_round("even_split")
    once, twice = run(SERVICES, money, draws), run(SERVICES, 2 * money, draws, size=2.0, sites=sites)
    assert sum(money[:, 0] > 0) == 10
    for service, given_money in zip(SERVICES, money, strict=True):
        np.testing.assert_allclose(twice.units[service.key], 2 * once.units[service.key], rtol=1e-12)
        assert once.units[service.key][0].all() == (given_money[0] > 0)
    for lever in LEVERS:
        factor = 1 if lever in REACH else 2
        np.testing.assert_allclose(twice.levers[lever], factor * once.levers[lever], rtol=1e-12)


def test_without_sites_levers_are_smooth_in_dollars(real: dict[str, Floats]) -> None:
    money = first_round("even_split")
    grid = np.linspace(1e-3, 2, 41)
    values = np.array([run(SERVICES, money * x, real, sites=0).levers["peers"].sum() for x in grid])
    assert np.all(np.diff(values) >= 0)
    assert np.abs(np.diff(values, 2)).max() < 0.2 * np.diff(values).max()


def test_more_dollars_never_reach_fewer_people(real: dict[str, Floats]) -> None:
    money = first_round("even_split")
    last = run(SERVICES, money, real)
    for factor in (1.5, 3.0, 10.0):
        found = run(SERVICES, money * factor, real)
        for service in SERVICES:
            assert np.all(found.reached[service.key] >= last.reached[service.key] - 1e-9), service.key
        last = found


def test_a_missing_quantity_lever_or_eligible_set_is_named() -> None:
    service = load_service("peer_coaching")
    draws = numbers([service])
    short = {key: value for key, value in draws.items() if key != "peer_coaching_willing"}
    with pytest.raises(ValueError, match="needs peer_coaching_willing"):
        run([service], np.zeros((1, YEARS)), short)
    with pytest.raises(ValueError, match="eligible people of lever 'peers'"):
        run([service], np.zeros((1, YEARS)), draws, eligible={})
    with pytest.raises(ValueError, match="needs peers"):
        deliver(np.zeros((1, YEARS)), [service], draws, {}, {"kits": np.zeros(3)}, board_lag=0.0)


def test_negative_missing_or_misshapen_dollars_are_refused() -> None:
    service = load_service("peer_coaching")
    for bad in (np.full((1, YEARS), -1.0), np.full((1, YEARS), np.nan)):
        with pytest.raises(ValueError, match="negative or missing"):
            run([service], bad, numbers([service]))
    with pytest.raises(ValueError, match="expected 1 services"):
        run([service], np.zeros((2, YEARS)), numbers([service]))
