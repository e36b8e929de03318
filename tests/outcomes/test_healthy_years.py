"""Equal worth: a life saved counts the same whoever lives it, and no ledger scores a life saved as a loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.engine.arrays import Floats
from bothand.experiments.plans import PUBLIC_QUALITY, QUALITY
from bothand.experiments.worlds import World, with_values
from bothand.outcomes.equal_worth import gained, healthy_life_years, held_burden, quality_gain
from bothand.outcomes.indicators import gains, group_gains, remission_years
from bothand.outcomes.ledger import LIFETIME, Horizons, Ledger
from bothand.outcomes.trial import Trial, try_levers
from experiments.small_worlds import free_places, held_twin, levers, setting, told, with_places, world

# Campbell, Whittington and Pearson 2023 (evLY): survival gained at 0.851 a year, quality gained as in the QALY.
# People alive in five years without and with a treatment; quality without and with it; QALYs and evLYs gained.
ALIVE = ([1.0, 0.8, 0.6, 0.4, 0.2], [1.0, 0.9, 0.75, 0.6, 0.45])
WORKED = [
    (0.5, 0.5, 0.35, 0.5957),
    (0.5, 0.6, 0.72, 0.8957),
    (0.9, 0.9, 0.63, 0.5957),
    (0.574, 0.766, 1.1122, 1.1717),
]
WEIGHT = 0.851


def ledger(alive: float, quality: float) -> Ledger:
    values = {"alive": np.full((2, 1, 1), alive), "quality": np.full((2, 1, 1), alive * quality)}
    return Ledger(Horizons((5,)), ("all",), values)


@pytest.mark.parametrize(("before", "after", "qaly", "evly"), WORKED)
def test_the_published_worked_case_of_equal_worth(before: float, after: float, qaly: float, evly: float) -> None:
    without, with_it = (float(np.sum(a)) for a in ALIVE)
    main, twin, quo = ledger(with_it, after), ledger(without, after), ledger(without, before)
    found = healthy_life_years(main, twin, quo, np.array([WEIGHT]), "quality")
    assert_allclose(found, evly, atol=1e-9)
    assert_allclose(main.values["quality"] - quo.values["quality"], qaly, atol=1e-9)


@pytest.mark.parametrize(("before", "after", "qaly", "evly"), WORKED)
def test_the_published_formula_gives_the_three_countings_side_by_side(
    before: float, after: float, qaly: float, evly: float
) -> None:
    found, nord = (gained(*ALIVE, before, after, weight) for weight in (WEIGHT, 1))
    assert_allclose([found.life_years, found.qalys, found.evlys], [0.7, qaly, evly], atol=1e-9)
    assert_allclose(nord.evlys, 0.7 + (after - before) * sum(ALIVE[0]), atol=1e-9)
    assert (found.evlys < found.qalys) == (after > WEIGHT)


def test_quality_may_change_from_year_to_year() -> None:
    found = gained([1, 0.5], [1, 0.75], [0.5, 0.4], [0.6, 0.8], WEIGHT)
    assert_allclose(found.qalys, 0.1 + 0.25 * 0.8 + 0.5 * 0.4)
    assert_allclose(found.evlys, 0.1 + 0.25 * WEIGHT + 0.5 * 0.4)


def test_longer_life_is_worth_the_same_at_any_quality() -> None:
    without, with_it = (float(np.sum(a)) for a in ALIVE)
    worth = []
    for quality in (0.1, 0.574, 0.9, 1.0):
        main, twin = ledger(with_it, quality), ledger(without, quality)
        worth.append(healthy_life_years(main, twin, ledger(without, quality), np.array([WEIGHT]), "quality"))
    assert_allclose(worth, WEIGHT * (with_it - without), rtol=1e-12)


def test_a_group_without_people_has_no_quality_and_no_gain() -> None:
    empty = ledger(0.0, 0.5)
    assert np.array_equal(quality_gain(empty, empty, "quality"), np.zeros((2, 1, 1)))


# -------------------------------------------------------------------- a service that only lowers fatality
_TRIALS: dict[str, Trial] = {}


def twice_the_kits() -> dict[str, Floats]:
    return levers(world(), kits=2 * world().county.environment.levers["kits"])


def more_kits() -> Trial:
    if "kits" not in _TRIALS:
        _TRIALS["kits"] = try_levers(world().county, twice_the_kits(), world().horizons)
    return _TRIALS["kits"]


def tiny(values: Floats) -> Floats:
    """What rounding may do to a number of this size."""
    return np.asarray(1e-9 * np.maximum(np.abs(values).max(initial=0.0), 1e-3))


@pytest.mark.parametrize("quality", [QUALITY, PUBLIC_QUALITY])
def test_more_kits_earn_the_weight_of_a_life_year_and_nothing_else_in_every_group(quality: str) -> None:
    base, more = world().quo.run, more_kits().run
    saved = (more.main.values["alive"] - base.main.values["alive"])[-1]  # (D, O)
    assert (saved > 0).all()
    assert_allclose(world().scales.life_year, WEIGHT, rtol=1e-12)
    assert_allclose(group_gains(more, base, world().scales, quality) / saved, WEIGHT, rtol=1e-9)


def test_more_kits_save_lives_at_every_horizon_in_every_group_and_draw() -> None:
    base, more = world().quo.run.main, more_kits().run.main
    assert (more.values["alive"] > base.values["alive"]).all()
    years = [h for h in base.horizons.names if h != LIFETIME]
    assert (more.at("overdose_deaths", years[0]) < base.at("overdose_deaths", years[0])).all()


def test_the_twin_of_more_kits_is_the_status_quo_in_every_number() -> None:
    base, twin = world().quo.run.main, more_kits().run.twin
    assert set(base.values) - set(twin.values) == {"remissions"}  # some follow a held chance of surviving
    for name in twin.values:
        values = base.values[name]
        assert_allclose(twin.values[name], values, rtol=1e-12, atol=1e-12 * np.abs(values).max(), err_msg=name)
    lived, run = world().county.quo.person_years, held_twin(world(), twice_the_kits())[0]
    assert_allclose(run.person_years, lived, rtol=1e-12, atol=1e-12 * lived.max())


def test_more_kits_let_in_nobody_more_and_nobody_less_though_people_saved_ask_again() -> None:
    base, more = world().quo.run, more_kits().run
    assert any((then.asked != now.asked).any() for then, now in zip(more.requests, base.requests, strict=True))
    found = gains(more, base, world().scales, QUALITY)["requests_met"]
    assert (np.abs(found) <= tiny(scale_of("requests_met"))).all()


def test_more_kits_book_no_more_people_into_jail_when_deaths_are_held() -> None:
    county = world().county
    twin = told(world(), *held_twin(world(), twice_the_kits()), counts=["bookings"])
    base = told(world(), county.quo, county.environment, counts=["bookings"])
    now, then = (
        replace(ledger, values={**ledger.values, **more.values})
        for ledger, more in ((world().quo.run.main, base), (more_kits().run.twin, twin))
    )
    assert base.values["bookings"].any()
    assert (held_burden(then, now, "bookings") >= -tiny(now.values["bookings"])).all()


@pytest.mark.parametrize("cost", ["crime_and_justice", "health_care", "medication_cost", "overdoses"])
def test_more_kits_leave_no_burden_heavier_when_deaths_are_held(cost: str) -> None:
    base, twin = world().quo.run.main, more_kits().run.twin
    burden = held_burden(twin, base, cost)
    assert (burden >= -tiny(base.values[cost])).all()


def test_more_kits_leave_no_value_worse_in_any_draw() -> None:
    base, more = world().quo.run, more_kits().run
    found = gains(more, base, world().scales, QUALITY)
    worse = {name: float(gain.min()) for name, gain in found.items() if (gain < -tiny(scale_of(name))).any()}
    assert worse == {}
    assert (found["unbereaved_years"] > 0).all()


def scale_of(name: str) -> Floats:
    """The size of an indicator's level, which rounding is judged by."""
    base = world().quo.run.main
    levels = {
        "burden_lifted": base.values["crime_and_justice"].sum(axis=2),
        "quality_gained": base.values["alive"].sum(axis=2),
        "requests_met": np.sum([r.asked.sum(axis=0) for r in world().quo.run.requests], axis=0),
        "sustained_included": np.array(1.0),
        "sustained_without": np.array(1.0),
    }
    return np.asarray(levels.get(name, base.values["alive"].sum(axis=2)))


# -------------------------------------------------------------------- fewer starts
def prevented(where: World) -> Trial:
    key = f"prevention {id(where)}"
    if key not in _TRIALS:
        _TRIALS[key] = try_levers(where.county, levers(where, prevention=0.3), where.horizons)
    return _TRIALS[key]


def test_a_prevented_start_lowers_no_value_while_places_are_free() -> None:
    where = free_places()
    found = gains(prevented(where).run, where.quo.run, where.scales, QUALITY)
    worse = {name: float(gain.min()) for name, gain in found.items() if (gain < -tiny(scale_of(name))).any()}
    assert worse == {}


def test_a_prevented_start_lowers_no_value_of_life_help_or_remission_when_people_wait_for_places() -> None:
    # Shorter queues bring more people onto medication: contact and remission without medication may trade places.
    where = world()
    found = gains(prevented(where).run, where.quo.run, where.scales, QUALITY)
    names = ("requests_met", "remission_years", "healthy_life_years", "unbereaved_years", "burden_lifted")
    for name in (*names, "quality_gained", "sustained_included"):
        assert (found[name] > 0).all(), name


@pytest.mark.parametrize("where", [world, free_places], ids=["people wait", "places are free"])
def test_people_who_would_start_later_are_as_many_whether_or_not_they_start(where: Callable[[], World]) -> None:
    base = where()
    found = prevented(base).run
    assert np.array_equal(found.main.values["people"], base.quo.run.main.values["people"])
    later = base.setting.model.groups.index("start_later")
    lived = [r.values["alive"][..., later] for r in (found.main, found.twin, base.quo.run.main)]
    assert (lived[0] > lived[2]).all()
    assert (lived[1] >= lived[2]).all()


# -------------------------------------------------------------------- retention
MANY = 64  # draws: those of the report


def as_drawn() -> World:
    """The places of the county as they were drawn: in many draws people wait for them."""
    return world(MANY)


def free() -> World:
    return with_places(world(MANY), 1e12)


def few() -> World:
    return with_places(world(MANY), 0.1)


@cache
def retained(where: Callable[[], World]) -> Floats:
    """Gain in years of remission, as a share of the years of the status quo, (H, D, O + 1): groups, and all of them.

    A fifth more people have a coach who only keeps them in treatment: no effect on return to use, retention raised.
    """
    base = where()
    keeps = np.maximum(base.values["peer_support_retention_rr"], 1.05)
    changed = {"recovery_support_relapse_scenario": np.ones_like(keeps), "peer_support_retention_rr": keeps}
    only = with_values(base, changed)
    more = np.minimum(only.county.environment.levers["peers"] + 0.2, 1)
    trial = try_levers(only.county, levers(only, peers=more), only.horizons)
    before, after = (remission_years(run.main, "included") for run in (only.quo.run, trial.run))
    before, after = (np.concatenate([y, y.sum(axis=2, keepdims=True)], axis=2) for y in (before, after))
    return np.asarray(after / before - 1)


def test_retention_lowers_remission_in_no_group_no_draw_and_at_no_horizon_while_places_are_free() -> None:
    gain = retained(free)
    assert len(gain[0]) == MANY
    assert (gain > 0).all()
    assert gain[-1, :, -1].mean() > 0.001


@pytest.mark.parametrize("where", [as_drawn, few], ids=["places as drawn", "few places"])
def test_retention_lowers_remission_in_no_draw_and_at_no_horizon_when_people_wait_for_places(
    where: Callable[[], World],
) -> None:
    gain = retained(where)
    assert (gain[..., -1] > 0).all()
    assert gain[-1, :, -1].mean() > 0.001


@pytest.mark.parametrize("where", [as_drawn, few], ids=["places as drawn", "few places"])
def test_people_in_treatment_gain_remission_by_retention_in_every_draw_though_others_wait_for_their_places(
    where: Callable[[], World],
) -> None:
    # Their places are kept, so some who wait get in later: in any other group a draw may lose (measured: 2.0 in 100).
    gain = retained(where)
    assert (gain[..., setting().model.groups.index("in_treatment")] > 0).all()
    assert gain.min() > -0.03
