"""Questions in closed form: against formulas known beforehand, against the exact engine, and against one another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad

from bothand.engine.arrays import Start
from bothand.engine.compile import compile_model
from bothand.engine.discrete.paths import Chances, Paths, run
from bothand.engine.exact import simulate_exact
from bothand.engine.questions import cycles, process
from bothand.engine.questions.process import Process
from bothand.engine.rates import Environment, schedule
from bothand.world.model import ModelSpec


def jumps(*rates, size, inflow=None):
    """Return the process with these (from, to, rate)."""
    generator = np.zeros((size, size))
    for source, target, rate in rates:
        generator[source, target] += rate
        generator[source, source] -= rate
    return Process(generator, np.zeros(size) if inflow is None else np.array(inflow, dtype=float))


def only(size, *states):
    return np.isin(np.arange(size), states)


# 0 <-> 1, both to 2, which nobody leaves
ILL = jumps((0, 1, 0.5), (1, 0, 0.2), (0, 2, 0.1), (1, 2, 0.7), size=3)
BEGIN = np.array([1.0, 0, 0])


@st.composite
def processes(draw):
    size = draw(st.integers(2, 5))
    rates = [
        (i, j, draw(st.one_of(st.just(0.0), st.floats(0.05, 3))))
        for i in range(size - 1)
        for j in range(size)
        if i != j
    ]
    return jumps(*rates, (0, size - 1, 0.3), size=size)


def test_people_lived_and_people_there_are_the_integral_of_one_another():
    for state in range(3):
        expected, _ = quad(lambda t, n=state: math.exp(-0.05 * t) * process.people_at(ILL, BEGIN, t)[n], 0, 7)
        assert process.years_lived(ILL, BEGIN, 7, 0.05)[state] == pytest.approx(expected, rel=1e-10)


@settings(max_examples=40, deadline=None)
@given(found=processes(), years=st.floats(0, 20))
def test_nobody_is_lost_and_every_year_is_lived_somewhere(found, years):
    people = np.arange(1.0, found.size + 1)
    assert_allclose(process.people_at(found, people, years).sum(), people.sum(), rtol=1e-10)
    assert_allclose(process.years_lived(found, people, years).sum(), people.sum() * years, rtol=1e-10, atol=1e-10)


def test_without_end_is_the_limit_of_a_long_horizon():
    long, endless = process.years_lived(ILL, BEGIN, 400), process.years_lived(ILL, BEGIN, math.inf)
    assert_allclose(endless[:2], long[:2], rtol=1e-10)
    assert endless[2] == math.inf
    assert_allclose(
        process.years_lived(ILL, BEGIN, math.inf, 0.1), process.years_lived(ILL, BEGIN, 400, 0.1), rtol=1e-10
    )


def test_a_place_that_is_never_met_is_not_lived_in():
    apart = jumps((0, 1, 1.0), (2, 3, 1.0), size=4)
    assert process.years_lived(apart, np.array([1.0, 0, 0, 0]), math.inf).tolist() == [1, math.inf, 0, 0]


def test_people_who_arrive_without_end_need_a_horizon_or_a_discount():
    open_ = jumps((0, 1, 0.5), size=2, inflow=[3, 0])
    with pytest.raises(ValueError, match="horizon or a discount"):
        process.years_lived(open_, np.zeros(2), math.inf)
    assert process.years_lived(open_, np.zeros(2), math.inf, 0.1)[0] == pytest.approx(3 / 0.1 / (0.5 + 0.1))


def test_the_time_until_a_state_is_the_solution_by_hand_and_infinite_where_it_may_never_come():
    # from 0: 1/0.6 + 5/6 h1;  from 1: 1/0.9 + 2/9 h0
    h0 = (1 / 0.6 + 5 / 6 / 0.9) / (1 - 5 / 6 * 2 / 9)
    assert process.years_until(ILL, only(3, 2))[0] == pytest.approx(h0)
    assert process.years_until(ILL, only(3, 1)).tolist() == [math.inf, 0, math.inf]


def test_a_stay_in_stages_lasts_the_sum_of_the_stages_and_ends_where_the_last_one_leads():
    stages = jumps((0, 1, 2.0), (1, 2, 4.0), (2, 3, 1.0), (2, 4, 3.0), size=5)
    inside = only(5, 0, 1, 2)
    assert process.years_until(stages, ~inside)[0] == pytest.approx(1 / 2 + 1 / 4 + 1 / 4)
    assert_allclose(process.after_visit(stages, inside, 0), [0, 0, 0, 0.25, 0.75])
    assert_allclose(process.after_visit(stages, only(5, 1, 2), 2), [0, 0, 0, 0.25, 0.75])
    with pytest.raises(ValueError, match="leaves"):
        process.after_visit(stages, only(5, 4), 4)
    with pytest.raises(ValueError, match="begins inside"):
        process.after_visit(stages, only(5, 4), 0)


@settings(max_examples=40, deadline=None)
@given(found=processes(), years=st.floats(0.1, 10))
def test_whoever_is_there_has_been_there_and_whoever_has_been_there_came_in(found, years):
    people = np.eye(found.size)[0]
    for state in range(1, found.size):
        inside = only(found.size, state)
        visited = process.chance_of_visit(found, people, inside, years)
        assert process.people_at(found, people, years)[state] <= visited + 1e-10
        assert visited <= process.entries(found, people, inside, years) + 1e-10


def test_a_visit_that_can_happen_once_is_an_entry():
    inside = only(3, 2)
    assert process.entries(ILL, BEGIN, inside, 4) == pytest.approx(process.chance_of_visit(ILL, BEGIN, inside, 4))


def test_a_count_of_people_who_are_here_is_binomial_and_of_people_who_arrive_poisson():
    leave = jumps((0, 1, 0.3), size=2)
    stay = math.exp(-0.3 * 2)
    assert process.variance(leave, np.array([50.0, 0]), only(2, 0), 2) == pytest.approx(50 * stay * (1 - stay))
    arrive = jumps((0, 1, 0.3), size=2, inflow=[8, 0])
    mean = process.people_at(arrive, np.zeros(2), 2)[0]
    assert mean == pytest.approx(8 / 0.3 * (1 - stay))
    assert process.variance(arrive, np.zeros(2), only(2, 0), 2) == pytest.approx(mean)


# ------------------------------------------------------------------ from a compiled model
MODEL = {
    "model": {"name": "m", "time": "continuous", "strata": {"sex": ["female", "male"], "age": [15, 45, 65, 100]}},
    "dead": {"any": "dead"},
    "dimension": {"state": {"label": "", "levels": [{"name": "a", "label": "A"}, {"name": "b", "label": "B"}]}},
    "cells": [{"state": "*"}],
    "table": {"background": {"label": "", "by": ["sex", "age"]}},
    "rule": [
        {"name": "moves", "label": "", "in": {"state": "a"}, "to": {"state": "b"}, "rate": "move"},
        {
            "name": "dies",
            "label": "",
            "in": {"state": "*"},
            "to": "dead.any",
            "rate": "background[sex, age]",
            "death": True,
        },
    ],
    "inflow": {"arrivals": {"label": "", "to": {"state": "a"}, "rate": "arrive"}},
}


def test_a_compiled_model_with_ages_and_arrivals_answers_as_the_exact_engine_runs_it():
    model = compile_model(ModelSpec.model_validate(MODEL))
    background = np.array([0.01, 0.02, 0.1, 0.02, 0.04, 0.2])
    values = {"move": np.array([0.4]), "arrive": np.array([6.0])}
    rates = schedule(model, Environment(values, {}, {}, {"background": background}, (0,)))
    found = process.process(model.chain, rates)
    assert_allclose(found.generator.sum(axis=1), 0, atol=1e-15)
    people = np.random.default_rng(1).uniform(0, 5, (1, 1, 6, 3))
    ran = simulate_exact(model.chain, rates, Start(people, np.zeros(1)))
    assert_allclose(process.people_at(found, people.ravel(), 1).reshape(6, 3), ran.final[0, 0], rtol=1e-12)
    assert_allclose(process.years_lived(found, people.ravel(), 1).reshape(6, 3), ran.person_years[0, 0, 0], rtol=1e-12)


def test_a_model_whose_rates_change_from_year_to_year_has_no_closed_form():
    model = compile_model(ModelSpec.model_validate(MODEL))
    values = {"move": np.array([0.4]), "arrive": np.array([6.0])}
    rates = schedule(model, Environment(values, {}, {}, {"background": np.full(6, 0.1)}, (2020, 2021)))
    with pytest.raises(ValueError, match="the same in all years"):
        process.process(model.chain, rates)


# ------------------------------------------------------------------ in cycles
# 0 -> 1 with 0.5, 1 -> 0 with 0.25, in every cycle
SWAP = Chances(
    (
        Paths(
            size=2,
            source=np.array([0, 0, 1, 1]),
            target=np.array([0, 1, 0, 1]),
            share=np.tile(np.array([0.5, 0.5, 0.25, 0.75])[None, None, :, None], (4, 1, 1, 1)),
            moves=None,
        ),
    )
)
ALL_IN_0 = np.array([[8.0, 0.0]])


def test_in_cycles_visits_entries_and_counts_are_what_one_counts_by_hand():
    people = run(SWAP, ALL_IN_0)
    inside = only(2, 1)
    assert people[:3, 0, 1, 0].tolist() == [0, 4, 5]
    assert cycles.chance_of_visit(SWAP, ALL_IN_0, inside, 3)[0] == 1 - 0.5**3
    assert cycles.entries(SWAP, people[:3], inside)[0] == 8 * 0.5 + 4 * 0.5
    assert cycles.people_counted(people[:3], inside, "life-table")[:, 0].tolist() == [2, 4.5]
    assert cycles.people_counted(people[:3], inside, "start")[:, 0].tolist() == [0, 4]
    with pytest.raises(ValueError, match="life table"):
        cycles.people_counted(people, inside, "weights")
