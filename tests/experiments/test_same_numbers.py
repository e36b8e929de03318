"""The same seed gives the same numbers: twice, for fewer draws, on other threads."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bothand.engine.arrays import Schedule, Start, Trajectory
from bothand.engine.cohort import simulate
from bothand.engine.setting import draw_values
from bothand.experiments.plans import try_study_plan, value_gains
from bothand.experiments.worlds import first_draws, open_world, walks
from bothand.keys import ALL_YEARS, THREE_YEARS
from experiments.small_worlds import drawn, numbers, plan, setting, unlike, world, years_of

PLAN = plan("even_split")
FEW = 3


def test_the_same_seed_opens_the_same_world_twice() -> None:
    again = open_world(setting(), draw_values(setting(), world().county.draws, 1).values, walks(1))
    assert unlike(again.quo.run, world().quo.run) == []
    for field in fields(Trajectory):
        assert np.array_equal(getattr(again.county.quo, field.name), getattr(world().county.quo, field.name))
    assert np.array_equal(again.money[ALL_YEARS], world().money[ALL_YEARS])
    one, other = (try_study_plan(w, PLAN, ALL_YEARS) for w in (again, world()))
    assert unlike(one.trial.run, other.trial.run) == []


def test_another_seed_opens_another_world() -> None:
    other, own = (draws.values["fatal_help_ratio"] for draws in (draw_values(setting(), 1, 2), drawn(1)))
    assert not np.isclose(other, own).any()


@pytest.mark.parametrize("mode", [THREE_YEARS, ALL_YEARS])
def test_the_first_draws_of_a_world_are_those_of_a_world_with_so_many(mode: str) -> None:
    few, cut = world(FEW), first_draws(world(), FEW)
    assert unlike(cut.quo.run, few.quo.run) == []
    one, other = (try_study_plan(w, PLAN, mode) for w in (cut, few))
    assert unlike(one.trial.run, other.trial.run) == []
    gains = [value_gains(w, t) for w, t in ((cut, one), (few, other))]
    for name, gain in gains[0].items():
        assert np.array_equal(gain, gains[1][name]), name


def test_a_draw_is_the_same_world_however_many_are_drawn() -> None:
    few, many = world(FEW).county, world().county
    assert np.array_equal(few.environment.series["toxicity"], many.environment.series["toxicity"][:, :FEW])
    assert np.array_equal(few.start.people, many.start.people[:FEW])
    assert np.array_equal(few.quo.final, many.quo.final[:FEW])
    one, other = (try_study_plan(w, PLAN, ALL_YEARS).trial.run for w in (world(FEW), world()))
    theirs = numbers(other)
    for name, values in numbers(one).items():
        assert_allclose(values, theirs[name][:, :FEW], rtol=1e-11, atol=1e-11, err_msg=name)


def widened(rates: Schedule, start: Start, times: int) -> tuple[Schedule, Start]:
    """The same draws several times over, so that there is work for several threads."""
    names = [f.name for f in fields(rates) if f.name not in ("ageing", "inflow_origin")]
    wide = {name: np.concatenate([getattr(rates, name)] * times, axis=-1) for name in names}
    people = np.concatenate([start.people] * times)
    return replace(rates, **wide), Start(people, np.concatenate([start.stock] * times))


def test_one_thread_and_two_give_the_same_bits_and_so_do_lanes_of_a_vector() -> None:
    county = world().county
    rates, start = widened(years_of(county.rates, 2), county.start, 4)
    chain = setting().model.chain
    one, two = (simulate(chain, rates, start, threads=threads) for threads in (1, 2))
    for field in fields(Trajectory):
        assert np.array_equal(getattr(one, field.name), getattr(two, field.name)), field.name
    draws = county.draws
    for copy in range(1, 4):
        assert np.array_equal(one.final[:draws], one.final[copy * draws : (copy + 1) * draws])
