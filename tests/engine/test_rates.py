"""Rates from numbers: by hand on the thread model, and the promises that schedules keep to the bit."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thread_numbers import BACKGROUND, QUANTITIES, STARTERS, environment

from bothand.engine.compile import compile_model
from bothand.engine.rates import Environment, Values, both_schedules, schedule, status_quo_levers
from bothand.engine.weights import count_rates, measure, weigh
from bothand.world.model import load_model
from faulty import faults_of

MODEL = compile_model(load_model("thread"))
TWIN_HELD = 0.1 * (1 - 0.6 * 0.5)  # fatal share with naloxone always at hand


def edge(rule, source=None):
    names = MODEL.chain.compartments
    found = [
        i for i, e in enumerate(MODEL.edges) if e.rule == rule and (source is None or names[e.source] == source)
    ]  # fmt: skip
    assert len(found) == 1, (rule, source, found)
    return found[0]


def same(first, second):
    for field in dataclasses.fields(first):
        a, b = getattr(first, field.name), getattr(second, field.name)
        assert np.array_equal(a, b), field.name


def rate(s, rule, source=None, year=0, draw=0):
    return s.plain[year, edge(rule, source), draw]


def test_rates_are_those_one_works_out_by_hand():
    s = schedule(MODEL, environment())
    assert rate(s, "ask for methadone") == 0.5
    assert rate(s, "admitted to methadone") == 10
    assert rate(s, "leave methadone", "using/methadone.first_4_weeks") == 0.8
    assert rate(s, "leave methadone", "using/methadone.longer") == 0.4
    assert rate(s, "return to use") == pytest.approx(0.3 * (1 - 0.25 + 0.25 * 0.8), rel=1e-15)
    assert rate(s, "phases medication") == pytest.approx(365.25 / 28, rel=1e-15)
    assert rate(s, "overdose: fatal", "using/none") == pytest.approx(0.08 * 0.1, rel=1e-15)
    assert rate(s, "overdose: fatal", "using/none", year=2) == pytest.approx(0.08 * 2 * 0.1, rel=1e-15)
    assert rate(s, "overdose: fatal", "using/methadone.longer") == pytest.approx(0.08 * 0.25 * 0.1, rel=1e-15)
    assert rate(s, "overdose: survived, stops") == pytest.approx(0.08 * 0.2 * (1 - 0.1), rel=1e-15)


def test_at_hand_enters_linearly_also_half_way():
    s = schedule(MODEL, environment())
    slope = dict(zip(MODEL.chain.coupled.tolist(), s.slope[0, :, 0], strict=True))
    fatal, stops = edge("overdose: fatal", "using/none"), edge("overdose: survived, stops")
    for at_hand in (0, 0.5, 1):
        share = 0.1 * (1 - 0.6 * at_hand * 0.5)
        assert s.plain[0, fatal, 0] + slope[fatal] * at_hand == pytest.approx(0.08 * share, rel=1e-12)
        assert s.plain[0, stops, 0] + slope[stops] * at_hand == pytest.approx(0.08 * 0.2 * (1 - share), rel=1e-12)


def test_deaths_from_other_causes_differ_by_sex_and_age():
    s = schedule(MODEL, environment())
    i = edge("death from other causes", "using/waits") - MODEL.chain.n_plain
    np.testing.assert_allclose(s.by_stratum[0, i, :, 0], BACKGROUND * [3, 3, 4, 4], rtol=1e-15)
    i = edge("death from other causes", "not_started/none") - MODEL.chain.n_plain
    np.testing.assert_array_equal(s.by_stratum[1, i, :, 1], BACKGROUND)


def test_inflow_is_split_by_the_share_prevented_and_nobody_is_lost():
    s = schedule(MODEL, environment(levers={"prevention": 0.25}))
    np.testing.assert_allclose(s.inflow[0, 0, :, 0], 120 * STARTERS * 0.75, rtol=1e-14)
    np.testing.assert_allclose(s.inflow.sum(axis=1)[0, :, 0], 120 * STARTERS, rtol=1e-14)
    assert s.inflow_origin == MODEL.groups.index("start_later")


def test_capacity_stock_and_event_carry_their_numbers():
    s = schedule(MODEL, environment())
    assert s.places[0, 0, 0] == 40
    assert s.fill[0, 0] == 6
    assert s.kits[0, 0] == 150
    assert (s.shelf_life[0], s.most[0], s.draw_down[0], s.use_per_event[0, 0]) == (2, 0.9, 0.7, 0.6)
    np.testing.assert_allclose(s.event[0, :, 0], [0, 0.08, 0.08, 0.02, 0.02, 0, 0, 0], rtol=1e-15)


def test_arrays_have_the_shapes_the_engines_expect():
    s = schedule(MODEL, environment(years=4, draws=3))
    c = MODEL.chain
    assert s.plain.shape == (4, c.n_plain, 3)
    assert s.by_stratum.shape == (4, c.n_by_stratum, 4, 3)
    assert s.slope.shape == (4, len(c.coupled), 3)
    assert s.inflow.shape == (4, len(c.arrivals), 4, 3)
    assert s.places.shape == (4, 1, 3)
    assert s.event.shape == (4, c.n_all, 3)
    assert all(getattr(s, f.name).flags.c_contiguous for f in dataclasses.fields(s) if f.name != "inflow_origin")


def test_a_lever_at_its_status_quo_gives_the_status_quo_to_the_bit():
    env = environment(draws=5, spread=0.01)
    level = status_quo_levers(MODEL, env.quantities)
    today = dataclasses.replace(env, levers={k: np.tile(v, (3, 1)) for k, v in level.items()})
    short = dataclasses.replace(env, levers=level)
    same(schedule(MODEL, today), schedule(MODEL, short))
    later = {k: v.copy() for k, v in today.levers.items()}
    later["peers"][2] = 0.9
    first, changed = schedule(MODEL, today), schedule(MODEL, dataclasses.replace(today, levers=later))
    np.testing.assert_array_equal(first.plain[:2], changed.plain[:2])
    assert not np.array_equal(first.plain[2], changed.plain[2])


@given(st.integers(1, 6), st.integers(0, 5))
@settings(max_examples=20, deadline=None)
def test_a_draw_does_not_depend_on_the_draws_beside_it(draws, which):
    which = min(which, draws - 1)
    env = environment(draws=draws, spread=0.02)
    one = Environment(
        quantities={k: v[which : which + 1] for k, v in env.quantities.items()},
        levers={k: v[:, which : which + 1] for k, v in env.levers.items()},
        series={k: v[:, which : which + 1] for k, v in env.series.items()},
        tables=env.tables,
        years=env.years,
    )
    many, single = schedule(MODEL, env), schedule(MODEL, one)
    np.testing.assert_array_equal(many.plain[..., which : which + 1], single.plain)
    np.testing.assert_array_equal(many.by_stratum[..., which : which + 1], single.by_stratum)
    np.testing.assert_array_equal(many.slope[..., which : which + 1], single.slope)


@given(st.sampled_from(sorted(set(QUANTITIES) - {"kits_today", "places_today", "peers_today"})))
@settings(deadline=None)
def test_every_quantity_of_the_model_moves_something(name):
    before, after = environment(levers={"peers": 0.3, "centre": 0.7}), None
    after = environment(levers={"peers": 0.3, "centre": 0.7}, **{name: QUANTITIES[name] * 0.9})
    if name == "peers_return_ratio":  # the better of two: the coach is the better one only when more are reached
        before = environment(levers={"peers": 0.9, "centre": 0.1})
        after = dataclasses.replace(before, quantities=after.quantities)
    first, second = schedule(MODEL, before), schedule(MODEL, after)
    moved = any(
        not np.array_equal(getattr(first, f.name), getattr(second, f.name)) for f in dataclasses.fields(first)
    )  # fmt: skip
    quality = np.array_equal(measure(MODEL, "quality", before), measure(MODEL, "quality", after))
    assert moved or not quality


# -------------------------------------------------------------------- the held-death twin
def test_the_twin_of_the_status_quo_is_the_status_quo_to_the_bit():
    env = environment(draws=4, spread=0.01)
    same(schedule(MODEL, env), both_schedules(MODEL, env, env)[1])


def test_the_twin_takes_deaths_from_the_status_quo_and_events_from_the_plan():
    quo = environment()
    plan = environment(overdose_rate=0.04, fatal_without_help=0.05, excess_deaths_men=2.0, ask_methadone=0.9)
    s = both_schedules(MODEL, plan, quo)[1]
    assert rate(s, "ask for methadone") == 0.9
    assert rate(s, "overdose: fatal", "using/none") == rate(schedule(MODEL, quo), "overdose: fatal", "using/none")
    i = edge("death from other causes", "using/none") - MODEL.chain.n_plain
    np.testing.assert_array_equal(s.by_stratum[:, i], schedule(MODEL, quo).by_stratum[:, i])
    stops = edge("overdose: survived, stops")
    assert s.plain[0, stops, 0] == pytest.approx(0.04 * 0.2 * (1 - 0.1), rel=1e-15)
    slope = s.slope[0, MODEL.chain.coupled.tolist().index(stops), 0]
    assert s.plain[0, stops, 0] + slope == pytest.approx(0.04 * 0.2 * (1 - TWIN_HELD), rel=1e-14)
    np.testing.assert_array_equal(s.event, schedule(MODEL, plan).event)


def test_a_plan_that_only_lowers_fatality_has_the_status_quo_as_its_twin():
    quo, plan = environment(), environment(fatal_without_help=0.03)
    twin, today = both_schedules(MODEL, plan, quo)[1], schedule(MODEL, quo)
    same(twin, today)


# -------------------------------------------------------------------- refusals
def refused(env):
    return faults_of(schedule, MODEL, env)


def test_a_rate_that_is_negative_in_any_draw_names_the_rule_the_draw_and_the_line():
    env = environment(draws=4)
    env.quantities["peers_return_ratio"][2] = -50.0
    (fault,) = refused(env)
    assert "'return to use'" in fault.message
    assert "draw 3" in fault.message
    assert fault.line is not None


def test_a_probability_above_one_is_refused():
    messages = " ".join(fault.message for fault in refused(environment(stops_after_overdose=1.2)))
    assert "the probability of 'overdose: survived, stops' is 1.2" in messages


def test_a_rate_that_is_not_finite_is_refused():
    (fault,) = refused(environment(admission_time=0.0))
    assert "'admitted to methadone' is inf" in fault.message


def test_what_the_stock_and_the_places_cannot_be_is_refused():
    faults = refused(environment(kit_shelf_life=0.0, most_at_hand=1.5, fill_exponent=0.0, levers={"places": -1.0}))
    assert {fault.where for fault in faults} == {
        "stock.naloxone.shelf_life", "stock.naloxone.most", "capacity.places.fill", "capacity.places.places",
    }  # fmt: skip


def test_every_missing_input_is_named_with_its_nearest():
    env = environment()
    quantities = {k: v for k, v in env.quantities.items() if k not in ("ask_methadone", "draw_down")}
    quantities["ask_methadon"] = quantities["witnessed"]
    faults = refused(dataclasses.replace(env, quantities=quantities, series={}))
    assert [fault.message.split("'")[1] for fault in faults] == ["ask_methadone", "draw_down", "toxicity"]
    assert faults[0].nearest == "ask_methadon"


def test_arrays_of_the_wrong_shape_are_refused():
    env = environment()
    env.levers["kits"] = np.ones((7, 2))
    assert "have shape (7, 2)" in refused(env)[0].message


# -------------------------------------------------------------------- measures, counts, levers
def test_measures_weigh_person_years():
    env = environment()
    np.testing.assert_array_equal(measure(MODEL, "remission", env)[:, 0], [0, 0, 0, 0, 0, 1, 0, 0])
    np.testing.assert_array_equal(measure(MODEL, "quality", env)[:, 1], [0.9, 0.6, 0.6, 0.7, 0.7, 0.8, 0, 0])
    coached = measure(MODEL, "coached", environment(levers={"peers": np.array([[0.1], [0.2], [0.3]])}))
    np.testing.assert_array_equal(coached[:, 5, 0], [0.1, 0.2, 0.3])


def test_counts_add_up_moves_and_events():
    env, s = environment(), schedule(MODEL, environment())
    overdoses = count_rates(MODEL, "overdoses", env)
    np.testing.assert_array_equal(overdoses.plain, s.event)
    assert overdoses.slope is None
    assert overdoses.gated is None
    deaths = count_rates(MODEL, "overdose_deaths", env)
    i = edge("overdose: fatal", "using/none")
    assert deaths.plain[0, 1, 0] == s.plain[0, i, 0]
    assert deaths.slope is not None
    assert deaths.slope[0, 1, 0] == s.slope[0, MODEL.chain.coupled.tolist().index(i), 0]
    other = count_rates(MODEL, "deaths_other", env)
    assert other.by_stratum is not None
    np.testing.assert_allclose(other.by_stratum[0, 1, :, 0], BACKGROUND * [3, 3, 4, 4], rtol=1e-15)
    assert not other.plain.any()
    admissions = count_rates(MODEL, "admissions", env)
    assert admissions.gated is not None
    assert admissions.gated[0, 0, 2, 0] == 10
    assert not admissions.plain.any()


def test_measures_and_counts_found_together_are_those_found_alone_and_share_their_parts(monkeypatch):
    env = environment(draws=3, spread=0.02)
    together = weigh(MODEL, env, MODEL.measures, MODEL.spec.count)
    for name, weights in together.measures.items():
        np.testing.assert_array_equal(weights, measure(MODEL, name, env))
    for name, rates in together.counts.items():
        same(rates, count_rates(MODEL, name, env))
    taken = []
    leaf = Values._leaf
    monkeypatch.setattr(Values, "_leaf", lambda self, node: taken.append(node) or leaf(self, node))
    weigh(MODEL, env, MODEL.measures, MODEL.spec.count)
    assert len(taken) == len(set(taken)) > 0


def test_every_unknown_name_is_told_at_once():
    faults = faults_of(weigh, MODEL, environment(), ["qualty"], ["overdose"])
    assert [fault.nearest for fault in faults] == ["quality", "overdoses"]


def test_the_draws_of_an_environment_are_counted_once_and_anew_for_a_changed_one():
    env = environment(draws=3)
    assert env.draws == 3
    assert "draws" in vars(env)
    wider = dataclasses.replace(env, quantities={k: np.tile(v, 2) for k, v in env.quantities.items()})
    assert wider.draws == 6


def test_eligible_people_are_those_in_the_levers_cells():
    assert np.flatnonzero(MODEL.eligible["peers"]).tolist() == [5]
    assert not MODEL.eligible["kits"].any()


def test_status_quo_comes_from_the_place_first_then_from_the_model():
    quantities = environment(draws=3, spread=0.1).quantities
    level = status_quo_levers(MODEL, quantities)
    np.testing.assert_array_equal(level["kits"], quantities["kits_today"])
    np.testing.assert_array_equal(level["prevention"], np.zeros(3))
    mine = status_quo_levers(MODEL, quantities, {"kits": "kits_today / 2", "prevention": "peers_today"})
    np.testing.assert_array_equal(mine["kits"], quantities["kits_today"] / 2)
    np.testing.assert_array_equal(mine["prevention"], quantities["peers_today"])
    wrong = {"peers": "kits_today", "kit": "1", "places": "places_todey"}
    assert len(faults_of(status_quo_levers, MODEL, quantities, wrong)) == 3
